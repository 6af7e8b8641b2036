"""Charts of the Recommendations page, small: the evidence of a card."""

from __future__ import annotations

import altair as alt
import pandas as pd
from altair.typing import ChartType

from core.language import t, tc
from core.metrics import METRICS
from ui.charts.numbers import number_axis, value_tip, with_words
from ui.charts.theme import PALETTES, Mode

HEIGHT = 200


def marked(
    chart: alt.LayerChart, span: tuple[pd.Timestamp, pd.Timestamp] | None, mode: Mode
) -> alt.LayerChart:
    """Put a pale band behind the stretch that a card is about.

    Args:
        chart: layered, with ``time:T`` as horizontal axis. Not changed.
        span: start and end of the stretch, ``None`` for none.
        mode: light or dark.
    """
    small = chart.copy(deep=False)
    small.height = HEIGHT
    if span is None:
        return small
    rows = pd.DataFrame({"start": [span[0]], "end": [span[1]]})
    # Stretches of a few hours are a hairline in a line of months: the edge is always seen.
    band = (
        alt.Chart(rows)
        .mark_rect(
            color=PALETTES[mode].secondary,
            fillOpacity=0.22,
            stroke=PALETTES[mode].secondary,
            strokeOpacity=0.7,
        )
        .encode(
            x="start:T",
            x2="end:T",
            tooltip=[
                alt.Tooltip("start:T", title=t("From"), format="%a %-d %b %Y, %H:00"),
                alt.Tooltip(
                    "end:T", title=tc("end of an interval", "to"), format="%a %-d %b %Y, %H:00"
                ),
            ],
        )
    )
    small.layer = [band, *chart.layer]
    return small


def typical(table: pd.DataFrame, by: str, metric: str, label: str, mode: Mode) -> ChartType:
    """Draw a typical hour or weekday with its 95 % interval: counts from zero on, rates as dots.

    Args:
        table: ``name``, ``value``, ``low``, ``high``, ``n`` (days seen), ``is_meant`` (coloured);
            in the order shown.
        by: ``hour`` or ``weekday``.
        metric: key of ``METRICS``.
        label: its name.
        mode: light or dark.
    """
    palette, entry = PALETTES[mode], METRICS[metric]
    is_hour = by == "hour"
    counted = (
        t("{metric} in a typical hour", metric=label)
        if is_hour
        else t("{metric} in a typical day", metric=label)
    )
    rows = with_words(table, entry.unit, ["value", "low", "high"])
    base = alt.Chart(rows).encode(
        x=alt.X(
            "name:N",
            title=t("Hour of the day") if is_hour else None,
            sort=list(table["name"]),
            axis=alt.Axis(labelAngle=0),
        ),
        color=alt.condition(
            "datum.is_meant", alt.value(palette.primary), alt.value(palette.context)
        ),
        tooltip=_typical_tips(t("Hour") if is_hour else t("Day"), label, entry.unit),
    )
    axis = number_axis(entry.unit, table["value"], tickCount=4)
    y = alt.Y(
        "value:Q",
        title=label if entry.is_ratio else counted,
        axis=axis,
        scale=alt.Scale(zero=not entry.is_ratio),
    )
    spread = base.transform_filter("isValid(datum.low)").encode(y="low:Q", y2="high:Q")
    if entry.is_ratio:
        layers = [
            spread.mark_rule(strokeWidth=2),
            base.mark_point(size=60, opacity=1).encode(y=y),
        ]
    else:
        whiskers = spread.mark_rule(strokeWidth=1).encode(color=alt.value(palette.text))
        layers = [base.mark_bar().encode(y=y), whiskers]
    return alt.LayerChart(layer=layers, height=HEIGHT)


def _typical_tips(name: str, label: str, unit: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("name:N", title=name),
        value_tip("value", label, unit),
        value_tip("low", t("95 % interval from"), unit),
        value_tip("high", tc("end of an interval", "to"), unit),
        alt.Tooltip("n:Q", title=t("Days seen")),
    ]
