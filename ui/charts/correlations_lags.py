"""A pair of measures with one of the two moved in time against the other."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
from altair.typing import ChartType

from core import wording
from core.language import in_sentence, mark, t, tc
from ui.charts.numbers import label_expr
from ui.charts.theme import PALETTES, Mode

_SAME = {
    "hour": mark("in the same hour"),
    "day": mark("in the same day"),
}
_LEAST_EXTENT = 0.3
"""The chart reaches at least this far up and down, or noise would fill it."""


def lags(table: pd.DataFrame, names: tuple[str, str], step: str, mode: Mode) -> ChartType:
    """Draw the correlation with one measure moved against the other, one pin per step.

    Args:
        table: ``lag`` (positive: the first comes earlier), ``r``, ``low``, ``high``, ``p_value``,
            ``is_finding``.
        names: of the first and the second measure.
        step: ``hour`` or ``day``.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    base = _base(table, names, step)
    colour = alt.condition(
        "datum.is_finding", alt.value(palette.primary), alt.value(palette.context)
    )
    band = base.mark_area(color=palette.context, fillOpacity=0.16, interpolate="step").encode(
        y=_height(table), y2="high:Q"
    )
    stems = base.mark_rule(strokeWidth=1.5).encode(y="zero:Q", y2="r:Q", color=colour)
    pins = base.mark_point(opacity=1).encode(
        y="r:Q",
        color=colour,
        size=alt.condition("datum.is_finding", alt.value(90), alt.value(22)),
    )
    cross = alt.Chart(pd.DataFrame({"at": [0.0]}))
    level = cross.mark_rule(color=palette.muted).encode(y="at:Q")
    upright = cross.mark_rule(color=palette.muted, strokeDash=[2, 3]).encode(x="at:Q")
    return alt.layer(band, level, upright, stems, pins).properties(height=260)


def _base(table: pd.DataFrame, names: tuple[str, str], step: str) -> alt.Chart:
    rows = table.assign(
        zero=0.0,
        order=[_order(lag, names, step) for lag in table["lag"]],
        is_sure=[t("yes") if finding else t("no") for finding in table["is_finding"]],
    )
    title = [
        t(
            "{steps} apart; right: {metric} earlier,",
            steps=wording.steps(step),
            metric=in_sentence(names[0]),
        ),
        t("left: {metric} earlier", metric=in_sentence(names[1])),
    ]
    return alt.Chart(rows).encode(
        x=alt.X(
            "lag:Q",
            title=title,
            axis=alt.Axis(labelExpr="abs(datum.value)", tickMinStep=1),
            scale=alt.Scale(nice=False, padding=6),
        ),
        tooltip=[
            alt.Tooltip("order:N", title=t("Order")),
            alt.Tooltip("r:Q", title=t("Correlation"), format="+.2f"),
            alt.Tooltip("low:Q", title=t("95 % interval from"), format="+.2f"),
            alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format="+.2f"),
            alt.Tooltip("is_sure:N", title=t("Stands out")),
        ],
    )


def _height(table: pd.DataFrame) -> alt.Y:
    ends = table[["low", "high", "r"]].abs().max().max()
    extent = float(np.nanmax([_LEAST_EXTENT, ends]))
    return alt.Y(
        "low:Q",
        title=t("Correlation without the clock"),
        scale=alt.Scale(domain=[-extent, extent], nice=True),
        axis=alt.Axis(labelExpr=label_expr("ratio", is_signed=True)),
    )


def _order(lag: int, names: tuple[str, str], step: str) -> str:
    if lag == 0:
        return t(_SAME[step])
    earlier, later = names if lag > 0 else names[::-1]
    return t(
        "{earlier} {steps} before {later}",
        earlier=earlier,
        steps=wording.steps(step, abs(lag)),
        later=in_sentence(later),
    )
