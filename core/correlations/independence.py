"""Test that two measures have nothing to do with each other, though both have a memory.

Two series that drift slowly correlate by chance far more often than a textbook says. The drift is
filtered out first: a measure is predicted from its own past, and the same filter runs over the
other one. If either series is free of memory, products of the two are uncorrelated in time, and
the plain standard error holds. Both measures take their turn as the one that makes the filter, so
that a link is found whichever of them carries the memory.

Sources: Box and Jenkins (1970), Time Series Analysis, chapter 11 (the same filter for both);
Haugh (1976), J. American Statistical Association 71:378 (independence by filtered series);
White (1980), Econometrica 48:817 (a standard error that lets the spread vary by hour).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from core.correlations.clock import Cleared

Array = NDArray[np.float64]

_LONGEST_MEMORY = 12
_OBSERVATIONS_PER_TERM = 8


@dataclass(frozen=True, eq=False)
class Grid:
    """Measures without the clock on a full grid, 0 where unknown: nothing unusual.

    Args:
        values: metrics × channels × times, each metric scaled to variance 1.
        is_known: the same shape.
        day: per time the number of its day; times of one day count as one look.
        lost: part of the observations that the clock's means used up.
    """

    values: Array
    is_known: NDArray[np.bool_]
    day: NDArray[np.int64]
    lost: float


def make_grid(cleared: Cleared, times: pd.DatetimeIndex, channels: NDArray[np.object_]) -> Grid:
    """Lay out rows × metrics; a period without a row is skipped if no channel has one."""
    values = cleared.values
    when, which = pd.factorize(times, sort=True)[0], pd.factorize(channels)[0]
    shape = (values.shape[1], int(which.max()) + 1, int(when.max()) + 1)
    grid, drift = np.full(shape, np.nan), np.zeros(shape[1:])
    grid[:, which, when], drift[which, when] = values.T, cleared.drift
    spread = np.sqrt(np.nanmean(values**2, axis=0, where=~np.isnan(values)))
    scaled = without_drift(grid / np.where(spread > 0, spread, 1.0)[:, None, None], drift)
    days = pd.factorize(times.unique().sort_values().normalize())[0].astype("int64")
    return Grid(np.nan_to_num(scaled), ~np.isnan(grid), days, cleared.lost)


def without_drift(values: Array, drift: Array) -> Array:
    """Take steady growth out of each series: two measures that both grow are no link.

    Args:
        values: series along the last axis; NaN where unknown.
        drift: of the same last axes, as in ``Cleared``.

    >>> steps = np.arange(-2.0, 3.0)
    >>> without_drift(3 * steps, steps).tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0]
    """
    is_known = ~np.isnan(values)
    known = np.maximum(is_known.sum(axis=-1, keepdims=True), 1)
    mean = np.sum(np.where(is_known, drift, 0.0), axis=-1, keepdims=True) / known
    centred = np.where(is_known, drift - mean, 0.0)
    size = np.sum(centred**2, axis=-1, keepdims=True)
    product = np.sum(centred * np.nan_to_num(values), axis=-1, keepdims=True)
    return values - product / np.where(size > 0, size, 1.0) * centred


@dataclass(frozen=True)
class Link:
    """Whether two measures are linked.

    Args:
        r: correlation of the filtered measures, by the filter that shows it more clearly.
        p_value: two-sided, of no link; twice the smaller one, as there are two filters.
    """

    r: float
    p_value: float


def find_links(grid: Grid, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Link]:
    """Test pairs of metrics, named by their places in the grid, the smaller one first."""
    found: dict[tuple[int, int], list[Link]] = {pair: [] for pair in pairs}
    for leader in sorted({metric for pair in found for metric in pair}):
        weights = memory_filter(grid.values[leader])
        own = _filtered(grid, leader, weights)
        for (first, second), links in found.items():
            if leader in (first, second):
                other = _filtered(grid, first + second - leader, weights)
                links.append(_test(grid, own, other))
    return {pair: _clearer(links) for pair, links in found.items()}


def _filtered(grid: Grid, metric: int, weights: Array) -> tuple[Array, NDArray[np.bool_]]:
    """One metric at a time, which the processor's own memory holds."""
    values = apply_filter(weights, grid.values[metric])
    return values, grid.is_known[metric, :, len(weights) - 1 :]


def _test(
    grid: Grid,
    one: tuple[Array, NDArray[np.bool_]],
    two: tuple[Array, NDArray[np.bool_]],
) -> Link:
    both = one[1] & two[1]
    first, second = (one[0], two[0]) if both.all() else (one[0] * both, two[0] * both)
    return judge_products(first, second, grid.day[-both.shape[1] :], grid.lost)


def _clearer(links: list[Link]) -> Link:
    known = [link for link in links if not np.isnan(link.p_value)]
    if not known:
        return Link(float("nan"), float("nan"))
    best = min(known, key=lambda link: link.p_value)
    return Link(best.r, min(1.0, len(links) * best.p_value))


def memory_filter(values: Array) -> Array:
    """Weights that leave of each value what its own past does not tell: 1, -φ1, -φ2 and so on.

    Yule and Walker's equations by Levinson's recursion, on the sum over the channels; the number
    of terms by Schwarz's criterion (1978, Annals of Statistics 6:461).

    Args:
        values: channels × times around 0.

    >>> rng = np.random.default_rng(0)
    >>> values = np.zeros(3000)
    >>> for time in range(1, 3000):
    ...     values[time] = 0.8 * values[time - 1] + rng.normal()
    >>> memory_filter(values[None]).round(1).tolist()
    [1.0, -0.8]
    """
    times = values.shape[-1]
    longest = max(min(_LONGEST_MEMORY, times // _OBSERVATIONS_PER_TERM), 0)
    moments = np.array(
        [np.sum(values[:, : times - lag] * values[:, lag:]) for lag in range(longest + 1)]
    )
    if not moments[0] > 0:
        return np.ones(1)
    return _levinson(moments, times)


def _levinson(moments: Array, times: int) -> Array:
    weights = best = np.ones(1)
    left, least = float(moments[0]), float(np.log(moments[0]))
    for terms in range(1, len(moments)):
        step = -float(weights @ moments[terms:0:-1]) / left
        longer = np.append(weights, 0.0)
        weights = longer + step * longer[::-1]
        left *= 1 - step**2
        if not left > 1e-12 * moments[0]:
            break
        cost = float(np.log(left) + terms * np.log(times) / times)
        if cost < least:
            least, best = cost, weights
    return best


def apply_filter(weights: Array, values: Array) -> Array:
    """Weighted sum of each value and its past, along the last axis; the first ones are left out."""
    terms = len(weights) - 1
    length = values.shape[-1] - terms
    result = np.zeros((*values.shape[:-1], length))
    for lag, weight in enumerate(weights):
        result += weight * values[..., terms - lag : terms - lag + length]
    return result


def judge_products(first: Array, second: Array, day: NDArray[np.int64], lost: float) -> Link:
    """Correlation of two filtered measures and whether it could be chance.

    Args:
        first: channels × times around 0, 0 where unknown.
        second: the same shape.
        day: per time; of White's error and of the one between days the larger counts.
        lost: part of the observations used up before.
    """
    size = float(np.sum(first**2)) * float(np.sum(second**2))
    looks = int(np.count_nonzero((first != 0).any(axis=0) & (second != 0).any(axis=0)))
    freedom = looks * (1 - lost) - 2.0
    if not size > 0 or not freedom >= 2:
        return Link(float("nan"), float("nan"))
    by_time = np.sum(first * second, axis=0)
    by_day = np.bincount(day - day[0], by_time).astype("float64")
    days = int(np.count_nonzero(by_day))
    chance = size / max(int(np.count_nonzero(first * second)), 1)
    variance = max(_variance(by_time, looks), _variance(by_day, days), chance)
    error = np.sqrt(variance * looks / freedom)
    freedom = max(min(freedom, days - 1.0), 1.0)
    p_value = 2 * stats.t.sf(abs(by_time.sum()) / error, freedom)
    return Link(float(by_time.sum() / np.sqrt(size)), float(p_value))


def _variance(parts: Array, count: int) -> float:
    """Variance of a sum of independent parts, as they show it."""
    return float(parts @ parts - parts.sum() ** 2 / count) * count / max(count - 1, 1)
