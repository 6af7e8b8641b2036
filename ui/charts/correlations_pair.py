"""Charts of one pair of measures: dots, and channel by channel."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd
from altair.typing import ChartType

from core.language import mark, t, tc
from ui.charts.numbers import label_expr
from ui.charts.theme import PALETTES, Mode, names_above

ALL_TOGETHER = mark("All channels together")
_HEIGHT = 320
_STEPS = {1: (5,), 2: (3, 8), 3: (2, 5, 9), 4: (2, 4, 6, 9)}
"""Which of the ten steps of one hue stand for how many groups."""
_ENDS = (0.02, 0.98)
_TIME_STEPS = (10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18000, 36000, 86400, 360000)


def straight_line(x: pd.Series, y: pd.Series) -> pd.DataFrame:
    """Two ends of the least-squares line through dots; empty where there is none.

    Returns:
        ``x`` and ``y``, at the 2nd and the 98th percentile of x: a far-off dot draws no line out.

    >>> straight_line(pd.Series([0.0, 1.0, 2.0]), pd.Series([1.0, 3.0, 5.0])).round(2).to_numpy()
    array([[0.04, 1.08],
           [1.96, 4.92]])
    """
    known = pd.DataFrame({"x": x, "y": y}).dropna()
    if len(known) < 3 or not known["x"].std() > 0:
        return known.iloc[:0]
    slope, start = np.polyfit(known["x"], known["y"], 1)
    ends = known["x"].quantile(list(_ENDS)).to_numpy()
    return pd.DataFrame({"x": ends, "y": start + slope * ends})


@dataclass(frozen=True)
class Axis:
    """What runs along an axis of a scatter chart.

    Args:
        title: name for people.
        unit: see ``core.metrics.Unit``; ``points`` for differences of shares.
        is_signed: whether it is a difference.
    """

    title: str
    unit: str
    is_signed: bool = False


def scatter(
    dots: pd.DataFrame,
    line: pd.DataFrame,
    axes: tuple[Axis, Axis],
    groups: Sequence[str],
    mode: Mode,
    *,
    is_sure: bool,
) -> ChartType:
    """Draw dots of two measures, shaded by when they were, with the straight line through all.

    Args:
        dots: ``x``, ``y``, ``group``, ``is_far`` (moved to the edge), ``when``, ``x_words`` and
            ``y_words``.
        line: ``x`` and ``y`` of its two ends.
        axes: across and up.
        groups: of ``dots``, in the order of time: at most four.
        mode: light or dark.
        is_sure: whether the line is told from a flat one; else it is dashed and grey.
    """
    palette = PALETTES[mode]
    shades = [palette.sequential[step] for step in _STEPS[len(groups)]]
    colour = alt.Color(
        "group:N",
        title=None,
        sort=list(groups),
        scale=alt.Scale(domain=list(groups), range=shades),
        legend=alt.Legend(symbolOpacity=1, columns=2) if len(groups) > 1 else None,
    )
    points = (
        alt.Chart(dots)
        .mark_point(filled=True, opacity=0.6, strokeWidth=0)
        .encode(
            x=_x(axes[0], dots["x"]),
            y=_y(axes[1], dots["y"]),
            color=colour,
            shape=alt.condition("datum.is_far", alt.value("triangle"), alt.value("circle")),
            size=alt.condition("datum.is_far", alt.value(48), alt.value(26)),
            tooltip=[
                alt.Tooltip("when:N", title=t("When")),
                alt.Tooltip("x_words:N", title=axes[0].title),
                alt.Tooltip("y_words:N", title=axes[1].title),
            ],
        )
    )
    look = {"color": palette.text} if is_sure else {"color": palette.muted, "strokeDash": [5, 4]}
    trend = alt.Chart(line).mark_line(strokeWidth=2.5, **look).encode(x="x:Q", y="y:Q")
    return alt.layer(points, trend).properties(height=_HEIGHT)


def _x(axis: Axis, values: pd.Series) -> alt.X:
    return alt.X("x:Q", axis=_ticks(axis, values), scale=alt.Scale(zero=False, nice=True))


def _y(axis: Axis, values: pd.Series) -> alt.Y:
    return alt.Y("y:Q", axis=_ticks(axis, values), scale=alt.Scale(zero=False, nice=True))


def _ticks(axis: Axis, values: pd.Series) -> alt.Axis:
    expression = label_expr(axis.unit, is_signed=axis.is_signed)
    places = _round_times(values) if axis.unit == "seconds" else []
    more = {"values": places} if places else {"tickCount": 5}
    return alt.Axis(labelExpr=expression, grid=True, title=axis.title, **more)


def _round_times(values: pd.Series) -> list[float]:
    """Ticks at whole minutes or hours, at most seven.

    >>> _round_times(pd.Series([0.0, 1500.0]))
    [0.0, 300.0, 600.0, 900.0, 1200.0, 1500.0]
    """
    low, high = float(values.min()), float(values.max())
    step = next((step for step in _TIME_STEPS if (high - low) / step <= 6), 0)
    if not step or not high > low:
        return []
    return [step * float(place) for place in range(math.ceil(low / step), int(high // step) + 1)]


def within(
    dots: pd.DataFrame,
    lines: pd.DataFrame,
    axes: tuple[Axis, Axis],
    colours: Mapping[str, str],
    mode: Mode,
) -> ChartType:
    """Draw the line through all channels together against the line within each channel.

    Args:
        dots: ``x`` and ``y``, drawn faintly.
        lines: ``channel`` (``ALL_TOGETHER`` for the pooled one), ``x``, ``y``.
        axes: across and up.
        colours: channel to colour, in the order of the legend.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    domain = [t(ALL_TOGETHER), *colours]
    shown = [palette.text, *colours.values()]
    faint = (
        alt.Chart(dots)
        .mark_point(size=14, filled=True, opacity=0.25, strokeWidth=0, color=palette.context)
        .encode(x=_x(axes[0], dots["x"]), y=_y(axes[1], dots["y"]))
    )
    named = lines.replace({"channel": {ALL_TOGETHER: domain[0]}})
    base = alt.Chart(named).encode(
        x="x:Q",
        y="y:Q",
        color=alt.Color(
            "channel:N", title=None, sort=domain, scale=alt.Scale(domain=domain, range=shown)
        ),
        detail="channel:N",
        tooltip=[alt.Tooltip("channel:N", title=t("Line"))],
    )
    dashes = alt.Scale(domain=domain, range=[[7, 5], *[[1, 0]] * len(colours)])
    through = base.mark_line(strokeWidth=3).encode(
        strokeDash=alt.StrokeDash("channel:N", title=None, sort=domain, scale=dashes)
    )
    return alt.layer(faint, through).properties(height=_HEIGHT)


def by_channel(
    table: pd.DataFrame, pooled: float, colours: Mapping[str, str], mode: Mode
) -> ChartType:
    """Draw the correlation within each channel with its 95 % interval; a diamond has no clock.

    Args:
        table: ``channel``, ``n``, ``n_effective``, ``r``, ``low``, ``high``, ``r_without_clock``.
        pooled: the correlation of all channels together, a dashed line.
        colours: of every channel of the file.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    rows = table.assign(shown=[colours.get(name, palette.context) for name in table["channel"]])
    base = alt.Chart(rows).encode(
        y=alt.Y("channel:N", sort=None, axis=None),
        color=alt.Color("shown:N", scale=None),
        tooltip=[
            alt.Tooltip("channel:N", title=t("Channel")),
            alt.Tooltip("r:Q", title=t("Correlation"), format="+.2f"),
            alt.Tooltip("low:Q", title=t("95 % interval from"), format="+.2f"),
            alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format="+.2f"),
            alt.Tooltip("r_without_clock:Q", title=t("Without the clock"), format="+.2f"),
            alt.Tooltip("n:Q", title=t("Dots"), format=",.0f"),
            alt.Tooltip("n_effective:Q", title=t("Independent dots"), format=",.0f"),
        ],
    )
    scale = alt.Scale(domain=[-1, 1])
    axis = alt.Axis(grid=True, labelExpr=label_expr("ratio", is_signed=True))
    x = alt.X("low:Q", title=t("Correlation within the channel"), axis=axis, scale=scale)
    ranges = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=3)
    dots = base.mark_point(size=100, opacity=1).encode(x=alt.X("r:Q", scale=scale))
    bare = base.transform_filter("isValid(datum.r_without_clock)").mark_point(
        size=110, filled=False, shape="diamond", strokeWidth=2, opacity=1
    )
    return alt.layer(
        _upright(0.0, palette.grid, scale),
        _upright(pooled, palette.muted, scale, dash=[4, 3]),
        ranges.encode(x=x, x2="high:Q"),
        dots,
        bare.encode(x=alt.X("r_without_clock:Q", scale=scale)),
        names_above(base, "channel", mode),
    ).properties(height=alt.Step(44))


def _upright(
    value: float, colour: str, scale: alt.Scale, dash: Sequence[int] = (1, 0)
) -> alt.Chart:
    return (
        alt.Chart(pd.DataFrame({"at": [value]}))
        .mark_rule(color=colour, strokeDash=list(dash), strokeWidth=1.5)
        .encode(x=alt.X("at:Q", scale=scale))
    )
