"""The rhythm of the week: heat map, stretches of the week, hours of the day."""

from __future__ import annotations

from functools import partial

import altair as alt
import pandas as pd
from altair.typing import ChartType

from core import wording
from core.language import t, tc, weekday_names
from core.metrics import METRICS
from ui.charts.numbers import clock_ticks, label_expr, number_axis, value_tip, with_words
from ui.charts.theme import PALETTES, Mode

_CLIPPED = (0.02, 0.98)
"""Part of the cells between which colours are spread: one wild hour does not pale the rest."""


def heat_map(table: pd.DataFrame, metric: str, label: str, mode: Mode) -> ChartType:
    """Draw a typical hour for every hour of every weekday; cells too thin to trust are hatched.

    Args:
        table: ``weekday`` (0 is Monday), ``hour``, ``value``, ``n``, ``is_thin``.
        metric: key of the metric.
        label: name of the measure.
        mode: light or dark.
    """
    unit = METRICS[metric].unit
    rows = table.assign(
        day=[wording.weekday(number) for number in table["weekday"]],
        trust=[t("too few to trust") if thin else t("yes") for thin in table["is_thin"]],
    )
    ends = [float(end) for end in rows["value"].quantile(list(_CLIPPED)).fillna(0.0)]
    base = alt.Chart(with_words(rows, unit, ["value"])).encode(
        x=alt.X("hour:O", title=t("Hour of the day"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("day:O", title=None, sort=list(weekday_names()), axis=alt.Axis(labelOverlap=False)),
        tooltip=[
            alt.Tooltip("day:O", title=t("Weekday")),
            alt.Tooltip("hour:O", title=t("Hour")),
            value_tip("value", label, unit),
            alt.Tooltip("n:Q", title=t("Hours seen")),
            alt.Tooltip("trust:N", title=t("Enough to trust")),
        ],
    )
    cells = base.mark_rect().encode(
        color=alt.Color(
            "value:Q",
            title=t("{metric} in a typical hour", metric=label),
            scale=alt.Scale(domain=ends if ends[0] < ends[1] else alt.Undefined, clamp=True),
            legend=_legend(unit, ends),
        )
    )
    thin = base.transform_filter("datum.is_thin").mark_text(
        text="×", fontSize=11, color=PALETTES[mode].muted
    )
    return alt.layer(cells, thin).properties(height=alt.Step(30))


def _legend(unit: str, ends: list[float]) -> alt.Legend:
    """Of the colours; of time at whole minutes or hours."""
    inside = [tick for tick in clock_ticks(ends) if ends[0] <= tick <= ends[1]]
    values = inside if unit == "seconds" and inside else alt.Undefined
    return alt.Legend(labelExpr=label_expr(unit), values=values)


def blocks(table: pd.DataFrame, metric: str, mode: Mode) -> ChartType:
    """Draw how far stretches of the week are from a typical hour, with 95 % intervals.

    Args:
        table: ``name``, ``difference``, ``low``, ``high``, ``is_high``, ``seen``; in the order
            shown. Differences as a part for counts, in the unit of the metric for ratios.
        metric: key of the metric.
        mode: light or dark.
    """
    entry, palette = METRICS[metric], PALETTES[mode]
    is_part = not entry.is_ratio or entry.unit == "share"
    number = "+.0%" if is_part else "+.2~f"
    title = t("points from the average") if entry.unit == "share" else t("from a typical hour")
    unit = "points" if entry.unit == "share" else entry.unit if entry.is_ratio else "share"
    axis = number_axis(unit, [*table["low"], *table["high"]], is_signed=True, grid=True)
    say = partial(wording.signed_value, metric)
    base = alt.Chart(with_words(table, unit, ["difference", "low", "high"], say)).encode(
        y=alt.Y("name:N", sort=None, title=None),
        tooltip=[
            alt.Tooltip("name:N", title=t("When")),
            value_tip("difference", t("Difference"), unit, number),
            value_tip("low", t("95 % interval from"), unit, number),
            value_tip("high", tc("end of an interval", "to"), unit, number),
            alt.Tooltip("seen:N", title=t("Seen in")),
        ],
    )
    colour = alt.condition("datum.is_high", alt.value(palette.primary), alt.value(palette.context))
    whiskers = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=title, axis=axis), x2="high:Q", color=colour
    )
    dots = base.mark_point(size=90, filled=True, opacity=1).encode(x="difference:Q", color=colour)
    zero = (
        alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=palette.muted).encode(x="zero:Q")
    )
    return alt.layer(zero, whiskers, dots).properties(height=alt.Step(28))


def hours_of_day(table: pd.DataFrame, highlighted: set[int], label: str, mode: Mode) -> ChartType:
    """Draw a typical hour of the day with its 95 % interval; the busiest stretch is coloured.

    Args:
        table: ``hour``, ``value``, ``low``, ``high``, ``n``.
        highlighted: hours to colour.
        label: name of the measure.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    rows = table.assign(is_meant=table["hour"].isin(highlighted))
    base = alt.Chart(rows).encode(
        x=alt.X("hour:O", title=t("Hour of the day"), axis=alt.Axis(labelAngle=0)),
        tooltip=[
            alt.Tooltip("hour:O", title=t("Hour")),
            alt.Tooltip("value:Q", title=label, format=",.1f"),
            alt.Tooltip("low:Q", title=t("95 % interval from"), format=",.1f"),
            alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format=",.1f"),
            alt.Tooltip("n:Q", title=t("Days seen")),
        ],
    )
    colour = alt.condition("datum.is_meant", alt.value(palette.primary), alt.value(palette.context))
    y = alt.Y(
        "value:Q",
        title=t("{metric} in a typical hour", metric=label),
        axis=number_axis("count", table["value"]),
    )
    bars = base.mark_bar().encode(y=y, color=colour)
    whiskers = base.mark_rule(color=palette.text, strokeWidth=1).encode(y="low:Q", y2="high:Q")
    return alt.layer(bars, whiskers).properties(height=250)
