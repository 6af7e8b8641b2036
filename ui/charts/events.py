"""What stood out: spikes and dips, level changes, and the parts of a stretch."""

from __future__ import annotations

from functools import partial

import altair as alt
import pandas as pd
from altair.typing import ChartType

from core import wording
from core.language import in_sentence, mark, t
from core.metrics import METRICS
from ui.charts.numbers import number_axis, value_tip, with_words
from ui.charts.theme import PALETTES, Mode, Palette, names_above, time_axis

_PARTS = {"mix": mark("another mix of channels"), "within": mark("change within channels")}
_BOTH = ["actual", "expected"]


def stood_out(table: pd.DataFrame, label: str, mode: Mode, unit: str = "count") -> ChartType:
    """Draw each event's count as a bar and what was expected as a tick.

    Args:
        table: ``name``, ``expected``, ``actual``.
        label: name of the measure.
        mode: light or dark.
        unit: of the metric, see ``core.metrics.Unit``.
    """
    palette = PALETTES[mode]
    base = alt.Chart(with_words(table, unit, _BOTH)).encode(
        y=alt.Y("name:N", sort=None, axis=None),
        tooltip=[
            alt.Tooltip("name:N", title=t("When and where")),
            value_tip("actual", label, unit),
            value_tip("expected", t("Usual"), unit),
        ],
    )
    axis = number_axis(unit, [*table["actual"], *table["expected"]], grid=True)
    x = alt.X("actual:Q", title=t("{metric} (the mark shows the usual)", metric=label), axis=axis)
    bars = base.mark_bar(color=palette.primary, size=12, yOffset=4).encode(x=x)
    ticks = base.mark_tick(color=palette.text, thickness=3, size=20, yOffset=4)
    layers = alt.layer(bars, ticks.encode(x="expected:Q"), names_above(base, "name", mode))
    return layers.properties(height=alt.Step(46))


def level(
    table: pd.DataFrame, label: str, mode: Mode, unit: str = "count", colour: str = ""
) -> alt.LayerChart:
    """Draw the days of one channel, weekdays evened out, and the level they keep.

    Args:
        table: ``time``, ``value``, ``level``.
        label: name of the measure, with its unit of time.
        mode: light or dark.
        unit: of the metric, see ``core.metrics.Unit``.
        colour: of the channel; the usual one if empty.
    """
    palette = PALETTES[mode]
    base = alt.Chart(with_words(table, unit, ["value", "level"])).encode(
        x=alt.X("time:T", title=None, axis=time_axis("day")),
        tooltip=[
            alt.Tooltip("time:T", title=t("From"), format="%a %-d %b %Y"),
            value_tip("value", t("Counted"), unit),
            value_tip("level", t("Level"), unit),
        ],
    )
    axis = number_axis(unit, table["value"])
    y = alt.Y("value:Q", title=label, scale=alt.Scale(zero=True), axis=axis)
    days = base.mark_line(color=palette.context, strokeWidth=1.4).encode(y=y)
    steps = base.mark_line(color=colour or palette.primary, strokeWidth=3, interpolate="step-after")
    return alt.LayerChart(layer=[days, steps.encode(y="level:Q")], height=200)


def parts(table: pd.DataFrame, metric: str, mode: Mode) -> ChartType:
    """Draw what each channel adds to or takes from the difference.

    Args:
        table: ``channel`` and ``effect``; for a ratio also ``mix`` and ``within``.
        metric: key of the metric.
        mode: light or dark.
    """
    entry, palette = METRICS[metric], PALETTES[mode]
    unit = "points" if entry.unit == "share" else entry.unit
    axis = number_axis(unit, table["effect"], is_signed=True, grid=True)
    y = alt.Y("channel:N", sort=list(table["channel"]), title=None)
    number = "+.2%" if entry.unit == "share" else "+,.1f" if not entry.is_ratio else "+.3f"
    tooltip = [
        alt.Tooltip("channel:N", title=t("Channel")),
        value_tip("actual", t("Then"), entry.unit),
        value_tip("expected", t("Against"), entry.unit),
        value_tip("effect", t("Its part of the difference"), entry.unit, number),
    ]
    title = t("More or less {metric}", metric=in_sentence(entry.label))
    if entry.unit == "share":
        title = t("More or less points")
    x = alt.X("effect:Q", title=title, axis=axis)
    rows = with_words(_by_part(table) if entry.is_ratio else table, entry.unit, _BOTH)
    rows = with_words(rows, entry.unit, ["effect"], partial(wording.signed_value, metric))
    bars = alt.Chart(rows).mark_bar(size=14).encode(x=x, y=y, tooltip=tooltip)
    by_sign = alt.condition(
        "datum.effect > 0", alt.value(palette.primary), alt.value(palette.secondary)
    )
    bars = bars.encode(color=_part_colour(palette) if entry.is_ratio else by_sign)
    zero = (
        alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=palette.muted).encode(x="zero:Q")
    )
    return alt.layer(bars, zero).properties(height=alt.Step(26))


def _by_part(table: pd.DataFrame) -> pd.DataFrame:
    """Mix and change within as rows of their own: stacked, each on its own side of zero."""
    rows = table.drop(columns="effect").melt(["channel", *_BOTH], list(_PARTS), "part", "effect")
    return rows.replace({"part": {part: t(name) for part, name in _PARTS.items()}})


def _part_colour(palette: Palette) -> alt.Color:
    scale = alt.Scale(
        domain=[t(name) for name in _PARTS.values()], range=[palette.context, palette.primary]
    )
    return alt.Color("part:N", title=None, scale=scale)
