"""Dots of a pair of measures: thinned, grouped by when they were, and put into words."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from core import wording
from core.language import dated, group, mark, month_names, t
from core.metrics import METRICS
from ui.charts.correlations_pair import Axis

MOST_DOTS = 2000
_DAY_PARTS = ("00:00–06:00", "06:00–12:00", "12:00–18:00", "18:00–24:00")
_WEEK_PARTS = (mark("Monday to Friday"), mark("Saturday and Sunday"))
_ALL = "all"
_MOST_STRETCHES = 4


def two_columns(observations: pd.DataFrame, *, is_without: bool) -> pd.DataFrame:
    """Dots where both measures are known, as ``x`` and ``y``.

    Args:
        observations: of ``core.correlations.Pair``.
        is_without: what is left without the clock, instead of what was counted.
    """
    ending = "_without" if is_without else ""
    dots = observations.assign(x=observations[f"first{ending}"], y=observations[f"second{ending}"])
    return dots.dropna(subset=["x", "y"])


def thinned(dots: pd.DataFrame) -> pd.DataFrame:
    """At most ``MOST_DOTS``, picked at random but always the same ones."""
    return dots if len(dots) <= MOST_DOTS else dots.sample(MOST_DOTS, random_state=0)


def framed(dots: pd.DataFrame) -> pd.DataFrame:
    """Move far-off dots to the edge, so that they do not squeeze the others into a corner.

    Returns:
        The same dots with ``is_far``, and with ``x`` and ``y`` within the frame.
    """
    ends = {name: _ends(dots[name]) for name in ("x", "y")}
    far = pd.concat([~dots[name].between(*both) for name, both in ends.items()], axis=1)
    inside = {name: dots[name].clip(*both) for name, both in ends.items()}
    return dots.assign(**inside, is_far=far.any(axis=1))


def _ends(values: pd.Series) -> tuple[float, float]:
    """The whole range, or a little more than its middle 99 % where that is less than half."""
    low, high = float(values.min()), float(values.max())
    inner_low, inner_high = values.quantile([0.005, 0.995])
    width = inner_high - inner_low
    if not 0 < width < (high - low) / 2:
        return low, high
    return max(low, inner_low - width / 10), min(high, inner_high + width / 10)


def groups_of(dots: pd.DataFrame, grain: str) -> tuple[pd.Series, list[str]]:
    """When each dot was: part of the day or of the week, else stretch of the file.

    Returns:
        The group of each dot, and the groups that occur in the order of time.
    """
    if grain == "hour":
        parts = [_DAY_PARTS[int(hour) // 6] for hour in dots["hour"]]
        order: tuple[str, ...] = _DAY_PARTS
    elif grain == "day":
        order = tuple(t(part) for part in _WEEK_PARTS)
        parts = [order[day >= 5] for day in dots["weekday"]]
    else:
        parts = _stretches(dots["time"])
        order = tuple(dict.fromkeys(parts[place] for place in dots["time"].argsort()))
    present = set(parts)
    return pd.Series(parts, index=dots.index), [name for name in order if name in present]


def _stretches(times: pd.Series) -> list[str]:
    """Up to four stretches with as many times each, named by their first and last day."""
    known = sorted(times.dropna().unique())
    count = min(_MOST_STRETCHES, len(known) // 6)
    if count < 2:
        return [_ALL] * len(times)
    place = {time: number * count // len(known) for number, time in enumerate(known)}
    names = {}
    for number in range(count):
        own = [time for time in known if place[time] == number]
        names[number] = wording.span(pd.Timestamp(own[0]).date(), pd.Timestamp(own[-1]).date())
    return [names[place[time]] for time in times]


def in_words(
    dots: pd.DataFrame, metrics: tuple[str, str], grain: str, *, is_without: bool
) -> pd.DataFrame:
    """The same dots with ``when``, ``x_words`` and ``y_words``."""
    write = difference if is_without else wording.metric_value
    return dots.assign(
        when=_when(dots, grain),
        x_words=[write(metrics[0], value) for value in dots["x"]],
        y_words=[write(metrics[1], value) for value in dots["y"]],
    )


def _when(dots: pd.DataFrame, grain: str) -> list[str]:
    times = ["" if pd.isna(time) else _moment(time, grain) for time in dots["time"]]
    names = [name if name != "(all)" else "" for name in dots["channel"]]
    return [" · ".join(part for part in both if part) for both in zip(times, names, strict=True)]


def _moment(time: pd.Timestamp, grain: str) -> str:
    if grain == "month":
        return f"{month_names('wide')[time.month - 1]} {time.year}"
    if grain == "week":
        return t("week of {day}", day=dated(time, "yMMMd"))
    day = dated(time, "yMMMEd")
    return f"{day}, {wording.clock(time.hour)}" if grain == "hour" else day


def difference(metric: str, value: float) -> str:
    """A difference from the usual, in the unit of the metric.

    >>> difference("engagement_rate", 0.042), difference("sessions", -12.34)
    ('+4.2 points', '−12.3')
    """
    if not math.isfinite(value):
        return t("not available")
    if METRICS[metric].unit == "share":
        return wording.points(value)
    return ("−" if value < 0 else "+") + group(value, 1 if abs(value) < 1000 else 0)


def axes_of(
    metrics: tuple[str, str], labels: Mapping[str, str], *, is_without: bool
) -> tuple[Axis, Axis]:
    """Titles and units of both axes."""
    first, second = (_axis(metric, labels[metric], is_without=is_without) for metric in metrics)
    return first, second


def _axis(metric: str, label: str, *, is_without: bool) -> Axis:
    unit = METRICS[metric].unit
    if not is_without:
        return Axis(label, unit)
    is_share = unit == "share"
    text = _POINTS_FROM_USUAL if is_share else _FROM_USUAL
    title = t(text, metric=label)
    return Axis(title, "points" if is_share else unit, is_signed=True)


_FROM_USUAL = mark("{metric}, from usual")
_POINTS_FROM_USUAL = mark("{metric}, points from usual")
