"""What stood out: spikes and dips, level changes, and the parts of a stretch."""

from __future__ import annotations

import altair as alt
import pandas as pd
from altair.typing import ChartType

from core.metrics import METRICS
from ui.charts.numbers import number_axis
from ui.charts.theme import PALETTES, Mode, Palette, count_format, names_above, time_axis

MIX, WITHIN = "another mix of channels", "change within channels"


def stood_out(table: pd.DataFrame, label: str, mode: Mode, unit: str = "count") -> ChartType:
    """Draw each event's count as a bar and what was expected as a tick.

    Args:
        table: ``name``, ``expected``, ``actual``.
        label: name of the measure.
        mode: light or dark.
        unit: of the metric, see ``core.metrics.Unit``.
    """
    palette = PALETTES[mode]
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", sort=None, axis=None),
        tooltip=[
            alt.Tooltip("name:N", title="When and where"),
            alt.Tooltip("actual:Q", title=label, format=",.0f"),
            alt.Tooltip("expected:Q", title="Usual", format=",.0f"),
        ],
    )
    axis = number_axis(unit, [*table["actual"], *table["expected"]], grid=True)
    x = alt.X("actual:Q", title=f"{label} (the mark shows the usual)", axis=axis)
    bars = base.mark_bar(color=palette.primary, size=12, yOffset=4).encode(x=x)
    ticks = base.mark_tick(color=palette.text, thickness=3, size=20, yOffset=4)
    layers = alt.layer(bars, ticks.encode(x="expected:Q"), names_above(base, "name", mode))
    return layers.properties(height=alt.Step(46))


def level(table: pd.DataFrame, label: str, mode: Mode, unit: str = "count") -> alt.LayerChart:
    """Draw the days of one channel, weekdays evened out, and the level they keep.

    Args:
        table: ``time``, ``value``, ``level``.
        label: name of the measure, with its unit of time.
        mode: light or dark.
        unit: of the metric, see ``core.metrics.Unit``.
    """
    palette = PALETTES[mode]
    base = alt.Chart(table).encode(
        x=alt.X("time:T", title=None, axis=time_axis("day")),
        tooltip=[
            alt.Tooltip("time:T", title="From", format="%a %-d %b %Y"),
            alt.Tooltip("value:Q", title="Counted", format=",.0f"),
            alt.Tooltip("level:Q", title="Level", format=",.0f"),
        ],
    )
    axis = number_axis(unit, table["value"])
    y = alt.Y("value:Q", title=label, scale=alt.Scale(zero=True), axis=axis)
    days = base.mark_line(color=palette.context, strokeWidth=1.4).encode(y=y)
    steps = base.mark_line(color=palette.primary, strokeWidth=3, interpolate="step-after")
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
    title = "points" if entry.unit == "share" else entry.label.lower()
    y = alt.Y("channel:N", sort=list(table["channel"]), title=None)
    number = "+.2%" if entry.unit == "share" else "+,.1f" if not entry.is_ratio else "+.3f"
    tooltip = [
        alt.Tooltip("channel:N", title="Channel"),
        alt.Tooltip("actual:Q", title="Then", format=count_format(entry.unit)),
        alt.Tooltip("expected:Q", title="Against", format=count_format(entry.unit)),
        alt.Tooltip("effect:Q", title="Its part of the difference", format=number),
    ]
    x = alt.X("effect:Q", title=f"More or less {title}", axis=axis)
    bars = _split_bars(table, palette) if entry.is_ratio else _plain_bars(table, palette)
    bars = bars.encode(x=x, y=y, tooltip=tooltip)
    zero = (
        alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=palette.muted).encode(x="zero:Q")
    )
    return alt.layer(bars, zero).properties(height=alt.Step(26))


def _plain_bars(table: pd.DataFrame, palette: Palette) -> alt.Chart:
    colour = alt.condition(
        "datum.effect > 0", alt.value(palette.primary), alt.value(palette.secondary)
    )
    return alt.Chart(table).mark_bar(size=14).encode(color=colour)


def _split_bars(table: pd.DataFrame, palette: Palette) -> alt.Chart:
    """Mix and change within stacked, each on its own side of zero."""
    names = {"mix": MIX, "within": WITHIN}
    rows = table.drop(columns="effect").melt(
        ["channel", "actual", "expected"], list(names), "part", "effect"
    )
    scale = alt.Scale(domain=list(names.values()), range=[palette.context, palette.primary])
    colour = alt.Color("part:N", title=None, scale=scale)
    return alt.Chart(rows.replace({"part": names})).mark_bar(size=14).encode(color=colour)
