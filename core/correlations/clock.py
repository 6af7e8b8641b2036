"""Take the clock out: what is left of a measure once its usual value at that hour is gone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.correlations.observations import Observations

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

_PER_CELL = 3
_MIN_DAYS = 14


@dataclass(frozen=True, eq=False)
class Cleared:
    """Measures without the clock.

    Args:
        values: rows × metrics around 0, in each metric's own unit; NaN where unknown.
        clock_share: per metric, part of its spread (within the channels) that the clock makes
            up, corrected for the number of means; 0 is what chance gives.
        lost: part of the observations that the means used up.
        drift: per row what is left of the passing time once the same means are taken away: what
            a steady growth looks like among the values.
    """

    values: Array
    clock_share: Array
    lost: float
    drift: Array


def without_clock(observations: Observations) -> Cleared | None:
    """Remove the mean of the same hour of the week (of days: weekday), within each channel.

    Two weeks of hours lose the mean of the hour of the day (of Monday to Friday, or of the
    weekend) and then of the weekday, as an hour of the week is seen only twice. Rows of several
    channels lose the mean of their own channel too, or large and small channels would make every
    pair of counts look alike.

    Returns:
        ``None`` where the clock is not known well enough: weeks, months, no time, under two weeks
        of hours or three of days.
    """
    clocks = _clocks(observations)
    if not clocks:
        return None
    channel = pd.factorize(observations.channels)[0].astype("int64")
    passed = observations.times.to_numpy("datetime64[s]").astype("float64")
    columns = np.column_stack([observations.known.to_numpy("float64"), passed - passed.min()])
    within = remove_means(columns, channel)
    left, cells = within, 0
    for clock in clocks:
        group = _combine(channel, clock)
        left, cells = remove_means(left, group), cells + len(np.unique(group))
    lost = min(cells / len(left), 0.9)
    share = _share(within[:, :-1], left[:, :-1], lost)
    return Cleared(left[:, :-1], share, lost, left[:, -1])


def remove_means(values: Array, group: Codes) -> Array:
    """Subtract from each column the mean of its group; NaN stays NaN and counts nowhere.

    >>> remove_means(np.array([[1.0], [3.0], [7.0]]), np.array([0, 0, 1])).ravel().tolist()
    [-1.0, 1.0, 0.0]
    """
    result = np.empty_like(values)
    for column, numbers in enumerate(values.T):
        is_known = ~np.isnan(numbers)
        sums = np.bincount(group, np.where(is_known, numbers, 0.0))
        means = sums / np.maximum(np.bincount(group, is_known), 1)
        left = numbers - means[group]
        # Differences this small are rounding: a measure that is nothing but clock leaves nothing.
        left[np.abs(left) <= 1e-9 * np.abs(numbers)] = 0.0
        result[:, column] = left
    return result


def _clocks(observations: Observations) -> list[Codes]:
    """Clocks to take out one after the other, the fullest that the weeks allow."""
    times, grain = observations.times, observations.grain
    if grain not in ("hour", "day") or not len(times):
        return []
    covered = times.unique()
    weekday = times.day_of_week.to_numpy("int64")
    days = (covered.max().normalize() - covered.min().normalize()).days + 1
    week = weekday * 24 + times.hour.to_numpy("int64") if grain == "hour" else weekday
    if len(covered) >= _PER_CELL * len(np.unique(week)) and days >= _MIN_DAYS:
        return [week]
    if grain == "hour" and days >= _MIN_DAYS:
        is_weekend = (weekday >= 5).astype("int64")
        return [is_weekend * 24 + times.hour.to_numpy("int64"), weekday]
    return []


def _combine(first: Codes, second: Codes) -> Codes:
    return pd.factorize(first * (int(second.max()) + 1) + second)[0].astype("int64")


def _share(before: Array, after: Array, lost: float) -> Array:
    """Adjusted R² of the clock."""
    total, left = np.nansum(before**2, axis=0), np.nansum(after**2, axis=0)
    part = np.divide(left, total, out=np.ones_like(left), where=total > 0)
    return 1 - part / (1 - lost)
