"""Charts of the Trends page."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd
from altair.typing import ChartType

from core.wording import WEEKDAYS
from ui.charts.theme import PALETTES, Mode, names_above, time_axis

_TIME_FORMATS = {"hour": "%a %-d %b %Y, %H:00", "day": "%a %-d %b %Y", "month": "%B %Y"}
_WEEK_FORMAT = "week of %-d %b %Y"
EARLIER = "period before"


def over_time(
    table: pd.DataFrame,
    labels: Mapping[str, str],
    grain: str,
    mode: Mode,
    previous: pd.DataFrame | None = None,
) -> ChartType:
    """Draw measures over time; unfinished periods are hollow dots, the earlier period is grey.

    Args:
        table: ``time``, one column per key of ``labels``, ``is_complete``.
        labels: metric key to name, at most two.
        grain: of the rows: ``hour``, ``day``, ``week`` or ``month``.
        mode: light or dark.
        previous: the same columns, its times already moved onto those of ``table``.
    """
    palette = PALETTES[mode]
    colours = dict(zip(labels.values(), (palette.primary, palette.secondary), strict=False))
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    x = alt.X("time:T", title=None, axis=time_axis(grain))
    y = alt.Y("value:Q", title=f"Count per {grain}", scale=alt.Scale(zero=True))
    colour = alt.Color("measure:N", title=None, scale=scale)
    tooltip = [
        alt.Tooltip("time:T", title="Time", format=_TIME_FORMATS.get(grain, _WEEK_FORMAT)),
        alt.Tooltip("measure:N", title="Measure"),
        alt.Tooltip("value:Q", title="Count", format=",.0f"),
    ]
    rows = _long(table, labels)
    base = alt.Chart(rows).encode(x=x, y=y, color=colour, tooltip=tooltip)
    complete = base.transform_filter("datum.is_complete")
    lines = complete.mark_line(interpolate="monotone")
    dots = complete.mark_point(size=40, opacity=0 if len(table) > 62 else 1)
    unfinished = base.transform_filter("!datum.is_complete").mark_point(filled=False, size=60)
    layers = [lines, dots, unfinished]
    if previous is not None:
        layers.insert(
            0, _earlier(_long(previous[previous["is_complete"]], labels), palette.context, x, y)
        )
    return alt.layer(*layers).properties(height=320)


def _long(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    long = table.melt(["time", "is_complete"], list(labels), "measure", "value")
    return long.assign(measure=long["measure"].map(dict(labels))).dropna(subset="value")


def _earlier(rows: pd.DataFrame, colour: str, x: alt.X, y: alt.Y) -> alt.Chart:
    return (
        alt.Chart(rows.assign(period=EARLIER))
        .mark_line(color=colour, strokeWidth=1.2, strokeDash=[4, 3], interpolate="monotone")
        .encode(
            x=x,
            y=y,
            detail="measure:N",
            tooltip=[
                alt.Tooltip("period:N", title="Period"),
                alt.Tooltip("measure:N", title="Measure"),
                alt.Tooltip("value:Q", title="Count", format=",.0f"),
            ],
        )
    )


def rhythm(table: pd.DataFrame, label: str) -> ChartType:
    """Draw a typical hour for every hour of every weekday.

    Args:
        table: ``weekday`` (0 is Monday), ``hour``, ``value``, ``n``.
        label: name of the measure.
    """
    rows = table.assign(day=[WEEKDAYS[number] for number in table["weekday"]])
    return (
        alt.Chart(rows)
        .mark_rect()
        .encode(
            x=alt.X("hour:O", title="Hour of the day", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("day:O", title=None, sort=list(WEEKDAYS), axis=alt.Axis(labelOverlap=False)),
            color=alt.Color("value:Q", title=f"{label} in a typical hour"),
            tooltip=[
                alt.Tooltip("day:O", title="Weekday"),
                alt.Tooltip("hour:O", title="Hour"),
                alt.Tooltip("value:Q", title=label, format=",.1f"),
                alt.Tooltip("n:Q", title="Hours seen"),
            ],
        )
        .properties(height=alt.Step(30))
    )


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
        x=alt.X("hour:O", title="Hour of the day", axis=alt.Axis(labelAngle=0)),
        tooltip=[
            alt.Tooltip("hour:O", title="Hour"),
            alt.Tooltip("value:Q", title=label, format=",.1f"),
            alt.Tooltip("low:Q", title="95 % interval from", format=",.1f"),
            alt.Tooltip("high:Q", title="to", format=",.1f"),
            alt.Tooltip("n:Q", title="Days seen"),
        ],
    )
    colour = alt.condition("datum.is_meant", alt.value(palette.primary), alt.value(palette.context))
    y = alt.Y("value:Q", title=f"{label} in a typical hour")
    bars = base.mark_bar().encode(y=y, color=colour)
    whiskers = base.mark_rule(color=palette.text, strokeWidth=1).encode(y="low:Q", y2="high:Q")
    return alt.layer(bars, whiskers).properties(height=250)


def stood_out(table: pd.DataFrame, label: str, mode: Mode) -> ChartType:
    """Draw each spike's count as a bar and what was expected as a tick.

    Args:
        table: ``name``, ``expected``, ``actual``.
        label: name of the measure.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", sort=None, axis=None),
        tooltip=[
            alt.Tooltip("name:N", title="When and where"),
            alt.Tooltip("actual:Q", title=label, format=",.0f"),
            alt.Tooltip("expected:Q", title="Expected", format=",.0f"),
        ],
    )
    x = alt.X("actual:Q", title=f"{label} (the mark shows the expected)", axis=alt.Axis(grid=True))
    bars = base.mark_bar(color=palette.primary, size=12, yOffset=4).encode(x=x)
    ticks = base.mark_tick(color=palette.text, thickness=3, size=20, yOffset=4)
    layers = alt.layer(bars, ticks.encode(x="expected:Q"), names_above(base, "name", mode))
    return layers.properties(height=alt.Step(46))
