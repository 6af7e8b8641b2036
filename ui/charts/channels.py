"""Charts of the Channels page."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd
from altair.typing import ChartType

from core.channels import NOT_A_CHANNEL, TOO_LITTLE_DATA
from core.metrics import METRICS
from ui.charts.theme import PALETTES, Mode


def volume(table: pd.DataFrame, labels: Mapping[str, str], mode: Mode) -> ChartType:
    """Draw counts by channel, one bar per measure.

    Args:
        table: ``channel`` and one column per key of ``labels``, largest first.
        labels: metric key to name, at most two.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    rows = table.melt("channel", list(labels), "measure", "value")
    rows["measure"] = rows["measure"].map(dict(labels))
    names = list(labels.values())
    return (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("value:Q", title=" and ".join(names), axis=alt.Axis(grid=True)),
            y=alt.Y("channel:N", title=None, sort=list(table["channel"])),
            yOffset=alt.YOffset("measure:N", sort=names),
            color=alt.Color(
                "measure:N",
                title=None,
                sort=names,
                scale=alt.Scale(domain=names, range=[palette.primary, palette.secondary]),
            ),
            tooltip=[
                alt.Tooltip("channel:N", title="Channel"),
                alt.Tooltip("measure:N", title="Measure"),
                alt.Tooltip("value:Q", title="Count", format=",.0f"),
            ],
        )
        .properties(height=alt.Step(16))
    )


def intervals(
    table: pd.DataFrame, metric: str, overall: float, colours: Mapping[str, str], mode: Mode
) -> ChartType:
    """Draw a ratio of each channel with its 95 % interval; hollow and grey is not judged.

    Args:
        table: ``channel``, ``n``, ``value``, ``low``, ``high``, ``verdict``.
        metric: key of a ratio.
        overall: the ratio of all channels together, a dashed line.
        colours: of every channel of the file.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    factor, unit, form = _scale(metric)
    rows = table.dropna(subset="value").copy()
    rows[["value", "low", "high"]] *= factor
    rows["is_judged"] = ~rows["verdict"].isin((TOO_LITTLE_DATA, NOT_A_CHANNEL))
    rows["shown"] = rows["channel"].map(dict(colours)).where(rows["is_judged"], palette.context)
    base = alt.Chart(rows).encode(
        y=alt.Y("channel:N", title=None, sort=list(rows["channel"])),
        color=alt.Color("shown:N", scale=None),
        tooltip=[
            alt.Tooltip("channel:N", title="Channel"),
            alt.Tooltip("value:Q", title=unit, format=form),
            alt.Tooltip("low:Q", title="95 % interval from", format=form),
            alt.Tooltip("high:Q", title="to", format=form),
            alt.Tooltip("n:Q", title="Counted on", format=",.0f"),
            alt.Tooltip("verdict:N", title="Compared with the rest"),
        ],
    )
    axis = alt.Axis(grid=True)
    x = alt.X("low:Q", title=unit, axis=axis, scale=alt.Scale(zero=False, nice=True))
    ranges = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=3)
    judged = base.transform_filter("datum.is_judged").mark_point(size=110, opacity=1)
    other = base.transform_filter("!datum.is_judged").mark_point(
        size=90, filled=False, opacity=1, strokeWidth=2
    )
    line = (
        alt.Chart(pd.DataFrame({"overall": [overall * factor]}))
        .mark_rule(color=palette.muted, strokeDash=[4, 3])
        .encode(x=alt.X("overall:Q", title=unit))
    )
    return alt.layer(
        line,
        ranges.encode(x=x, x2="high:Q"),
        judged.encode(x=alt.X("value:Q", title=unit)),
        other.encode(x=alt.X("value:Q", title=unit)),
    ).properties(height=alt.Step(34))


def _scale(metric: str) -> tuple[float, str, str]:
    """Factor, axis title and number format of a ratio."""
    entry = METRICS[metric]
    if entry.unit == "share":
        return 100.0, f"{entry.label}, %", ".1f"
    if entry.unit == "seconds":
        return 1.0, f"{entry.label}, seconds", ",.0f"
    return 1.0, entry.label, ",.2f"
