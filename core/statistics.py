"""Intervals, corrections for having looked often, effective and needed sample sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats


@dataclass(frozen=True)
class Interval:
    """A value with its uncertainty.

    Args:
        value: the estimate.
        low: lower end, NaN where nothing can be said.
        high: upper end, NaN where nothing can be said.
        p_value: two-sided, of "no difference", where the value is a difference; else NaN.
    """

    value: float
    low: float
    high: float
    p_value: float = float("nan")

    @property
    def half_width(self) -> float:
        """Half of the distance from low to high."""
        return (self.high - self.low) / 2


def wilson_interval(successes: float, n: float, level: float = 0.95) -> Interval:
    """Interval of a share from independent trials (Wilson 1927, JASA 22:209).

    Args:
        successes: may be fractional, as an effective count is.
        n: trials, 0 gives NaN.
        level: such as 0.95.

    >>> interval = wilson_interval(1, 3)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.061, 0.792)
    """
    return _wilson(successes / n if n > 0 else np.nan, n, stats.norm.ppf((1 + level) / 2))


def _wilson(share: float, n: float, z: float) -> Interval:
    if not n > 0:
        return Interval(np.nan, np.nan, np.nan)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return Interval(float(share), float(max(centre - reach, 0)), float(min(centre + reach, 1)))


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-values that control the false discovery rate; NaN stays NaN.

    Source: Benjamini and Hochberg (1995), JRSS B 57:289, by ``scipy.stats``.

    >>> benjamini_hochberg([0.01, 0.04, float("nan")]).tolist()
    [0.02, 0.04, nan]
    """
    p = np.asarray(p_values, "float64")
    adjusted = np.full_like(p, np.nan)
    known = ~np.isnan(p)
    if known.any():
        adjusted[known] = stats.false_discovery_control(p[known])
    return adjusted


def correct_in_families(p_values: ArrayLike, families: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-values when tests come in families, such as all tests of one day.

    One strong finding brings many small p-values of its own kind (the hours of an evening, the
    channel and the total). Corrected in one pool they would lower the bar for all others. Here
    families are chosen first, by Benjamini-Hochberg on their Simes p-values; within a chosen one
    the bar is as much stricter as fewer families are chosen. This controls the expected share of
    false findings, averaged over the families chosen.

    Sources: Simes (1986), Biometrika 73:751; Benjamini and Bogomolov (2014), JRSS B 76:297.

    Args:
        p_values: one per test; NaN was not tested and stays NaN.
        families: a label per test.

    >>> correct_in_families([0.001, 0.002, 0.5, 0.6], ["a", "a", "b", "b"]).round(3).tolist()
    [0.004, 0.004, 0.6, 0.6]
    """
    p = np.asarray(p_values, "float64")
    codes = pd.factorize(np.asarray(families))[0]
    known = ~np.isnan(p)
    within = np.full_like(p, np.nan)
    order = np.lexsort((p[known], codes[known]))
    sizes = np.bincount(codes[known], minlength=codes.max(initial=-1) + 1)
    ends = np.cumsum(sizes)[sizes > 0]
    where = np.flatnonzero(known)[order]
    for part in np.split(where, ends[:-1]):
        within[part] = benjamini_hochberg(p[part])
    simes = pd.Series(within[known]).groupby(codes[known]).min()  # the smallest adjusted one
    chosen = pd.Series(benjamini_hochberg(simes), simes.index)
    # Of m families R are chosen at the level of this one: its own bar is stricter by m / R.
    rank = chosen.rank(method="max")
    family = pd.Series(codes[known])
    adjusted = within[known] * family.map(len(chosen) / rank).to_numpy()
    result = np.full_like(p, np.nan)
    result[known] = np.minimum(np.maximum(adjusted, family.map(chosen).to_numpy()), 1.0)
    return result


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-values that control the chance of even one false claim; NaN stays NaN.

    Source: Holm (1979), Scandinavian Journal of Statistics 6:65.

    >>> [round(p, 2) for p in holm([0.01, 0.04, 0.03]).tolist()]
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, "float64")
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known])]
    adjusted = np.full_like(p, np.nan)
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted


def effective_sample_size(first: ArrayLike, second: ArrayLike) -> float:
    """How many independent observations two autocorrelated series are worth when correlated.

    1/n_eff = 1/n + 2/n Σ (n-j)/n r1(j) r2(j), lags up to n/4, never more than n.
    Source: Pyper and Peterman (1998), Can. J. Fish. Aquat. Sci. 55:2127.

    Args:
        first: in the order of time, no NaN.
        second: as long.

    >>> steps = np.sin(np.arange(200) / 20)
    >>> effective_sample_size(steps, steps) < 50
    True
    """
    both = np.column_stack([np.asarray(first, "float64"), np.asarray(second, "float64")])
    return float(effective_sample_sizes(both)[0, 1])


def effective_sample_sizes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """``effective_sample_size`` of every pair of columns.

    Args:
        values: observations in the order of time × columns, no NaN.

    Returns:
        Square and symmetric; n where a column does not vary.
    """
    n = len(values)
    lags = np.arange(1, max(n // 4, 1))
    by_lag = np.array([_autocorrelation(column, lags) for column in values.T])
    inverse = 1 / n + 2 / n * ((by_lag * (n - lags) / n) @ by_lag.T)
    return np.where(inverse > 1 / n, 1 / np.maximum(inverse, 1 / n), n)


def _autocorrelation(values: NDArray[np.float64], lags: NDArray[np.int64]) -> NDArray[np.float64]:
    centred = values - values.mean()
    spread = float(np.dot(centred, centred))
    if not spread > 0 or not len(lags):
        return np.zeros(len(lags))
    size = 1 << (2 * len(values) - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(centred, size)) ** 2
    return np.fft.irfft(spectrum, size)[lags] / spread


def correlation_interval(r: float, n: float, level: float = 0.95) -> Interval:
    """Interval of a correlation by Fisher's z with a (possibly effective) sample size.

    Source: Fisher (1915), Biometrika 10:507.

    >>> interval = correlation_interval(0.5, 50)
    >>> round(interval.low, 2), round(interval.high, 2), interval.p_value < 0.001
    (0.26, 0.68, True)
    """
    if not n > 3.5 or np.isnan(r):
        return Interval(r, np.nan, np.nan)
    r_inside = float(np.clip(r, -0.999999, 0.999999))
    z, error = np.arctanh(r_inside), 1 / np.sqrt(n - 3)
    reach = stats.norm.ppf((1 + level) / 2) * error
    p_value = float(2 * stats.norm.sf(abs(z) / error))
    return Interval(r, float(np.tanh(z - reach)), float(np.tanh(z + reach)), p_value)


def sessions_per_side(
    rate: float, difference: float, *, power: float = 0.8, alpha: float = 0.05
) -> int:
    """Sessions needed in each of two groups to see a difference of a share.

    Normal approximation, pooled where there is no difference: Fleiss, Levin and Paik (2003),
    Statistical Methods for Rates and Proportions, chapter 4, without continuity correction.
    Independent sessions; multiply by the design effect.

    Args:
        rate: present share.
        difference: smallest change worth seeing, such as 0.02 for two points.
        power: chance to see it if it is there.
        alpha: two-sided chance to see it if it is not.

    >>> sessions_per_side(0.6664, 0.02)
    8589
    """
    other = min(rate + difference, 1.0)
    middle = (rate + other) / 2
    same, apart = 2 * middle * (1 - middle), rate * (1 - rate) + other * (1 - other)
    reach = stats.norm.ppf(1 - alpha / 2) * np.sqrt(same) + stats.norm.ppf(power) * np.sqrt(apart)
    return int(np.ceil((reach / (other - rate)) ** 2))
