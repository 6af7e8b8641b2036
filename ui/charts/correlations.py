"""Charts of the Correlations page."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd
from altair.typing import ChartType

from core.correlations import SAME_NUMBER, STILL_THERE
from ui.charts.theme import PALETTES, Mode, names_above


def matrix(correlations: pd.DataFrame, labels: Mapping[str, str], mode: Mode) -> ChartType:
    """Draw every pair of measures once, the lower triangle.

    Args:
        correlations: square, index and columns are metric keys.
        labels: metric key to name.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    rows = pd.DataFrame(
        [
            (labels[first], labels[second], correlations.loc[first, second])
            for place, first in enumerate(correlations)
            for second in list(correlations)[:place]
        ],
        columns=["row", "column", "r"],
    )
    names = [labels[key] for key in correlations]
    base = alt.Chart(rows).encode(
        x=alt.X(
            "column:N",
            title=None,
            sort=names,
            axis=_axis(labelAngle=-40),
        ),
        y=alt.Y(
            "row:N",
            title=None,
            sort=names,
            axis=_axis(),
        ),
        tooltip=[
            alt.Tooltip("row:N", title="Measure"),
            alt.Tooltip("column:N", title="and"),
            alt.Tooltip("r:Q", title="Correlation", format="+.3f"),
        ],
    )
    cells = base.mark_rect().encode(
        color=alt.Color(
            "r:Q",
            title="Correlation",
            scale=alt.Scale(domain=[-1, 1], range="diverging"),
            legend=alt.Legend(format="+.1f", values=[-1, -0.5, 0, 0.5, 1]),
        )
    )
    on_dark = palette.background if mode == "dark" else "#ffffff"
    words = base.mark_text(fontSize=alt.ExprRef("width < 420 ? 8 : 12")).encode(
        text=alt.Text("r:Q", format=".2f"),
        color=alt.condition("abs(datum.r) > 0.55", alt.value(on_dark), alt.value(palette.text)),
    )
    return alt.layer(cells, words).properties(height=alt.Step(38))


def _axis(**options: float) -> alt.Axis:
    """Every measure is named; on a phone in smaller letters."""
    return alt.Axis(
        labelFontSize=alt.ExprRef("windowSize()[0] < 640 ? 10 : 12"),
        labelLimit=alt.ExprRef("windowSize()[0] < 640 ? 120 : 220"),
        labelOverlap=False,
        **options,  # type: ignore[arg-type]
    )


def pairs(table: pd.DataFrame, mode: Mode) -> ChartType:
    """Draw the correlation of pairs with its 95 % interval; what is no finding is grey.

    Args:
        table: ``pair``, ``r``, ``low``, ``high``, ``r_without_clock``, ``verdict``.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    colour = alt.condition(
        f"datum.verdict == '{STILL_THERE}'", alt.value(palette.primary), alt.value(palette.context)
    )
    base = alt.Chart(table[table["verdict"] != SAME_NUMBER]).encode(
        y=alt.Y("pair:N", sort=None, axis=None),
        color=colour,
        tooltip=[
            alt.Tooltip("pair:N", title="Pair"),
            alt.Tooltip("r:Q", title="Correlation", format="+.2f"),
            alt.Tooltip("low:Q", title="95 % interval from", format="+.2f"),
            alt.Tooltip("high:Q", title="to", format="+.2f"),
            alt.Tooltip("r_without_clock:Q", title="Without the clock", format="+.2f"),
            alt.Tooltip("verdict:N", title="Verdict"),
        ],
    )
    scale = alt.Scale(domain=[-1, 1])
    x = alt.X("low:Q", title="Correlation", axis=alt.Axis(grid=True, format="+.1f"), scale=scale)
    ranges = base.mark_rule(strokeWidth=3).encode(x=x, x2="high:Q")
    points = base.mark_point(size=90, opacity=1).encode(x=alt.X("r:Q", scale=scale))
    return alt.layer(ranges, points, names_above(base, "pair", mode)).properties(
        height=alt.Step(44)
    )
