"""Correlations of all pairs with their intervals, from observations that know of each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import fft, stats

from core.statistics import effective_sample_sizes

Array = NDArray[np.float64]

_LEVEL = 0.95
_FEWEST = 3.5
_FEWEST_WAVES = 4
_WAVES = 0.12
"""Times 2/3 power of the periods: few enough for hours that remember each other (AR 0.9)."""
_ALMOST_ONE = 0.999999
_NO_SPREAD = 1e-9


@dataclass(frozen=True, eq=False)
class Panel:
    """Columns of numbers on a grid of times and channels.

    Args:
        values: times × channels × columns, each column with mean 0 and variance 1; 0 where
            nothing is known.
        is_known: the same shape, 1 or 0.
    """

    values: Array
    is_known: Array

    @property
    def is_series(self) -> bool:
        """One observation at each time."""
        return self.values.shape[1] == 1

    @property
    def is_alike(self) -> bool:
        """Where one column is known, all are."""
        return bool((self.is_known == self.is_known[:, :, :1]).all())

    def products(self, left: Array, right: Array) -> Array:
        """Sum over the channels of the products of two columns: times × pairs."""
        i, j = np.triu_indices(left.shape[2], 1)
        whole = left.transpose(0, 2, 1) @ right
        return whole.reshape(len(whole), -1)[:, i * whole.shape[2] + j]

    def where_both(self, values: Array) -> tuple[Array, Array]:
        """Sums over the channels of each pair's first and second, where both are known."""
        if not self.is_alike:
            return self.products(values, self.is_known), self.products(self.is_known, values)
        sums = values.sum(axis=1)
        i, j = np.triu_indices(values.shape[2], 1)
        return sums[:, i], sums[:, j]


def make_panel(values: Array, times: pd.DatetimeIndex) -> Panel:
    """Rows × columns, in any order; rows of equal time become the channels of that time."""
    when = pd.factorize(times, sort=True)[0]
    order = np.argsort(when, kind="stable")
    counts = np.bincount(when)
    place = np.arange(len(when)) - np.repeat(np.cumsum(counts) - counts, counts)
    scaled = standardise(values)
    grid = np.full((len(counts), int(counts.max()), values.shape[1]), np.nan)
    grid[when[order], place] = scaled[order]
    is_known = ~np.isnan(grid)
    return Panel(np.where(is_known, grid, 0.0), is_known.astype("float64"))


def standardise(values: Array) -> Array:
    """Each column with mean 0 and variance 1; one that does not vary is all NaN."""
    n = np.maximum(np.count_nonzero(~np.isnan(values), axis=0), 1)
    centred = values - np.nansum(values, axis=0) / n
    spread = np.sqrt(np.nansum(centred**2, axis=0) / n)
    size = np.nan_to_num(np.abs(values)).max(axis=0, initial=0.0)
    return centred / np.where(spread > _NO_SPREAD * size, spread, np.nan)


def correlate_all(panel: Panel, lost: float = 0.0) -> pd.DataFrame:
    """Pearson's r of every pair of columns, with its 95 % interval.

    One observation at a time: Fisher's z with the effective sample size (see
    ``effective_sample_size``), which is smaller still where a few wild observations pull r more
    than those of a normal distribution would. Several at a time (channels): they share the hour,
    so the pulls on r are summed per time, and the variance of those sums is taken from their slow
    movements, which holds whatever binds channels and neighbouring hours.

    Sources: Pyper and Peterman (1998), Can. J. Fish. Aquat. Sci. 55:2127; Lazarus, Lewis, Stock
    and Watson (2018), J. Business & Economic Statistics 36:541.

    Args:
        panel: of M columns.
        lost: part of the observations that was used up by means taken away before.

    Returns:
        One row per pair, in the order of ``itertools.combinations``: ``r``, ``low``, ``high``,
        ``n`` and ``n_effective``. NaN where a column does not vary or observations are too few.
    """
    r, n, pull = _influence(panel)
    if not panel.is_series:
        return _by_waves(r, n, pull, lost)
    sizes = effective_sample_sizes(panel.values[:, 0])[np.triu_indices(panel.values.shape[2], 1)]
    inside = np.where(np.abs(r) < _ALMOST_ONE, 1 - r * r, 1.0)
    wild = np.where(np.abs(r) < _ALMOST_ONE, n * np.sum(pull**2, axis=0) / inside**2, 1.0)
    return _by_size(r, n, np.minimum(sizes, n) * (1 - lost) / np.fmax(wild, 1.0))


def _influence(panel: Panel) -> tuple[Array, Array, Array]:
    """Per pair r and n, and how far each time pulls r (the derivative by its weight)."""
    both = panel.where_both(panel.is_known)[0]
    n = both.sum(axis=0)
    squares = panel.where_both(panel.values**2)
    product, least = panel.products(panel.values, panel.values), np.maximum(n, 1)
    if not panel.is_alike:
        product, squares = _scaled_again(panel, both, product, squares)
    r = np.where(n >= 3, np.clip(product.sum(axis=0) / least, -1.0, 1.0), np.nan)
    return r, n, (product - r / 2 * (squares[0] + squares[1])) / least


def _scaled_again(
    panel: Panel, both: Array, product: Array, squares: tuple[Array, Array]
) -> tuple[Array, tuple[Array, Array]]:
    """Products and squares by the mean and spread of what is known of both."""
    sums, least = panel.where_both(panel.values), np.maximum(both.sum(axis=0), 1)
    means = [part.sum(axis=0) / least for part in sums]
    own = [
        square - 2 * mean * part + mean**2 * both
        for square, mean, part in zip(squares, means, sums, strict=True)
    ]
    variances = [part.sum(axis=0) / least for part in own]
    one, two = (np.where(part > _NO_SPREAD, part, np.nan) for part in variances)
    crossed = product - means[1] * sums[0] - means[0] * sums[1] + means[0] * means[1] * both
    return crossed / np.sqrt(one * two), (own[0] / one, own[1] / two)


def correlate_two(first: Array, second: Array) -> float:
    """Pearson's r of what is known of both; NaN where one does not vary.

    >>> left = correlate_two(np.array([1.0, 2.0, 3.0, np.nan]), np.array([4.0, 2.0, 0.0, 9.0]))
    >>> round(left, 6)
    -1.0
    """
    both = np.column_stack([first, second])
    scaled = standardise(both[~np.isnan(both).any(axis=1)])
    return (
        float(np.clip(np.mean(scaled[:, 0] * scaled[:, 1]), -1.0, 1.0))
        if len(scaled) > 2
        else np.nan
    )


def _by_size(r: Array, n: Array, size: Array) -> pd.DataFrame:
    error = 1 / np.sqrt(np.where(size > _FEWEST, size - 3, np.nan))
    return _table(r, stats.norm.ppf((1 + _LEVEL) / 2) * error, n, size)


def _by_waves(r: Array, n: Array, pull: Array, lost: float) -> pd.DataFrame:
    times = len(pull)
    waves = max(round(_WAVES * times ** (2 / 3)), _FEWEST_WAVES)
    strength = fft.dct(pull, axis=0)[1 : waves + 1] / np.sqrt(2)
    variance = np.sum(strength**2, axis=0) / max(len(strength), 1) / (1 - lost)
    is_fit = (variance > 0) & (np.abs(r) < _ALMOST_ONE) & (times >= 2 * waves)
    error = np.sqrt(np.where(is_fit, variance, np.nan)) / np.where(is_fit, 1 - r * r, 1)
    size = np.minimum(1 / error**2 + 3, n)
    return _table(r, stats.t.ppf((1 + _LEVEL) / 2, waves) * error, n, size)


def _table(r: Array, reach: Array, n: Array, size: Array) -> pd.DataFrame:
    """Ends by Fisher's z (Fisher 1915, Biometrika 10:507)."""
    z = np.arctanh(np.clip(r, -_ALMOST_ONE, _ALMOST_ONE))
    low, high = np.minimum(np.tanh(z - reach), r), np.maximum(np.tanh(z + reach), r)
    columns = {"r": r, "low": low, "high": high, "n": n.astype("int64"), "n_effective": size}
    return pd.DataFrame(columns)
