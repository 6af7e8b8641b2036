"""Chart of all pairs of measures, one below the other."""

from __future__ import annotations

import textwrap

import altair as alt
import pandas as pd
from altair.typing import ChartType

from core.correlations import DIFFERS, SAME_NUMBER, STILL_THERE
from core.language import t, tc
from ui.charts.numbers import label_expr
from ui.charts.theme import PALETTES, Mode, names_above

_PHONE_LINE = 60
"""Letters of a name that stand beside each other on a phone."""


def pairs(table: pd.DataFrame, mode: Mode) -> ChartType:
    """Draw the correlation of pairs with its 95 % interval; what is no finding is grey.

    Args:
        table: ``pair``, ``r``, ``low``, ``high``, ``r_without_clock``, ``verdict``.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    colour = alt.condition(
        f"datum.verdict == '{STILL_THERE}' || datum.verdict == '{DIFFERS}'",
        alt.value(palette.primary),
        alt.value(palette.context),
    )
    rows = table[table["verdict"] != SAME_NUMBER]
    lines = [textwrap.fill(name, _PHONE_LINE) for name in rows["pair"]]
    base = alt.Chart(rows.assign(said=rows["verdict"].map(t), lines=lines)).encode(
        y=alt.Y("pair:N", sort=None, axis=None),
        color=colour,
        tooltip=[
            alt.Tooltip("pair:N", title=t("Pair")),
            alt.Tooltip("r:Q", title=t("Correlation"), format="+.2f"),
            alt.Tooltip("low:Q", title=t("95 % interval from"), format="+.2f"),
            alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format="+.2f"),
            alt.Tooltip("r_without_clock:Q", title=t("Without the clock"), format="+.2f"),
            alt.Tooltip("said:N", title=t("Verdict")),
        ],
    )
    scale = alt.Scale(domain=[-1, 1])
    axis = alt.Axis(grid=True, labelExpr=label_expr("ratio", is_signed=True))
    x = alt.X("low:Q", title=t("Correlation"), axis=axis, scale=scale)
    ranges = base.mark_rule(strokeWidth=3).encode(x=x, x2="high:Q")
    points = base.mark_point(size=90, opacity=1).encode(x=alt.X("r:Q", scale=scale))
    bare = base.transform_filter("isValid(datum.r_without_clock)").mark_point(
        size=110, filled=False, shape="diamond", strokeWidth=2, opacity=1
    )
    return alt.layer(
        ranges,
        points,
        bare.encode(x=alt.X("r_without_clock:Q", scale=scale)),
        names_above(base, "lines", mode),
    ).properties(height=alt.Step(44))
