"""Bands from the errors of the replay: split conformal prediction on a stabilised scale.

Single periods: the errors of the replay are taken on a scale where their spread does not depend
on the count, and the band is cut at their quantiles with the finite-sample correction of split
conformal prediction (Vovk, Gammerman & Shafer 2005; Lei et al. 2018, JASA 113:1094-1111).
Hours of one day err together, so the correction counts effective, not raw, errors. Lead times
have their own quantiles where there are enough days; a later lead never has the narrower band.

The replayed bands are made without the errors of any period inside the window of their own fold,
so that their coverage is not circular (folds may overlap: leaving out the fold alone would still
leave the same hours in).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from core.forecast.backtest import Replay, Values
from core.forecast.contest import block_sums
from core.forecast.history import Grain

LEAD_EDGES = (1, 3, 7, 14, 28, 56)
LEAST_CYCLES = 30
LARGE_ENOUGH_MEAN = 5.0
MEDIAN_OF_CHI_SQUARE = 0.4549
PRIOR_DF = 4.0
PRIOR_SHARED_VARIANCE = 0.3
LEAST_WHOLE_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Band:
    """How far the counts may lie from the forecast.

    Args:
        dispersion: over-dispersion phi of the counts: variance = mean + phi * mean^2.
        starts: first lead (0 = next period) of each group of leads, rising.
        below: distance to the lower end for each group, on the stabilised scale, >= 0.
        above: distance to the upper end for each group, on the stabilised scale, >= 0.
        tested: leads that the replay could test; later ones are widened by the square root.
    """

    dispersion: float
    starts: tuple[int, ...]
    below: Values
    above: Values
    tested: int

    def around(self, mean: Values) -> tuple[Values, Values]:
        """Return lower and upper ends round the mean counts of leads 0, 1, 2, ..."""
        leads = np.arange(len(mean))
        group = np.searchsorted(self.starts, leads, side="right") - 1
        wider = np.sqrt(np.maximum(1.0, (leads + 1) / self.tested))
        centre = stabilise(mean, self.dispersion)
        low = restore(centre - self.below[group] * wider, self.dispersion)
        high = restore(centre + self.above[group] * wider, self.dispersion)
        return np.minimum(low, mean), np.maximum(high, mean)


def stabilise(counts: Values, dispersion: float) -> Values:
    """Map counts to a scale where their spread is about the same everywhere.

    Anscombe's transformation for negative binomial counts (1948, Biometrika 35:246-254): close to
    a square root for small dispersion, to a logarithm for large.

    >>> restore(stabilise(np.array([0.0, 7.0]), 0.1), 0.1).round(6)
    array([0., 7.])
    """
    return np.asarray(np.arcsinh(np.sqrt(dispersion * (counts + 0.375))) / np.sqrt(dispersion))


def restore(scaled: Values, dispersion: float) -> Values:
    """Undo ``stabilise``; whatever would be below zero is zero."""
    root = np.clip(scaled * np.sqrt(dispersion), 0.0, 50.0)
    return np.asarray(np.maximum(np.sinh(root) ** 2 / dispersion - 0.375, 0.0))


def estimate_dispersion(actual: Values, mean: Values) -> float:
    """Return phi of variance = mean + phi * mean^2, from the median so that spikes do not rule.

    >>> estimate_dispersion(np.array([10.0, 10.0]), np.array([10.0, 10.0]))
    0.001
    """
    large = mean >= LARGE_ENOUGH_MEAN
    if not large.any():
        return 0.1
    excess = (actual[large] - mean[large]) ** 2 / MEDIAN_OF_CHI_SQUARE - mean[large]
    return float(np.clip(np.median(excess / mean[large] ** 2), 1e-3, 10.0))


def make_band(
    replayed: Replay, method: str, grain: Grain, keep: NDArray[np.bool_], *, level: float
) -> Band:
    """Make a band from the replayed periods where ``keep`` is true.

    Args:
        replayed: the replay.
        method: key of the chosen method.
        grain: spacing; errors of one block (a day of hours, a week of days) go together.
        keep: which errors may be used, same shape as ``replayed.actual``.
        level: share of actual counts to be held, half of the rest on each side.
    """
    actual, mean = replayed.actual[keep], replayed.said[method][keep]
    if not len(actual):
        return Band(0.1, (0,), np.zeros(1), np.zeros(1), replayed.plan.horizon)
    dispersion = estimate_dispersion(actual, mean)
    errors = stabilise(actual, dispersion) - stabilise(mean, dispersion)
    leads = np.broadcast_to(np.arange(replayed.plan.horizon), keep.shape)[keep]
    places = replayed.places[keep]
    starts = group_leads(leads, places // grain.cycle, grain)
    group = np.searchsorted(starts, leads, side="right") - 1
    share = 0.5 + level / 2
    above, below = [], []
    for number in range(len(starts)):
        own = errors[group == number]
        independent = effective_size(own, places[group == number], grain.block)
        above.append(outer_quantile(own, share, independent))
        below.append(outer_quantile(-own, share, independent))
    return Band(
        dispersion,
        starts,
        np.maximum.accumulate(below),
        np.maximum.accumulate(above),
        replayed.plan.horizon,
    )


def group_leads(
    leads: NDArray[np.int64], cycles: NDArray[np.int64], grain: Grain
) -> tuple[int, ...]:
    """Return the first lead of each group; every group holds errors of at least thirty days."""
    last = int(leads.max())
    edges = [edge * grain.block for edge in LEAD_EDGES if edge * grain.block <= last]
    starts = [0]
    for edge in edges:
        done = (leads >= starts[-1]) & (leads < edge)
        rest = leads >= edge
        if min(len(np.unique(cycles[done])), len(np.unique(cycles[rest]))) >= LEAST_CYCLES:
            starts.append(edge)
    return tuple(starts)


def effective_size(errors: Values, places: NDArray[np.int64], block: int) -> float:
    """Return how many independent errors these are worth, at least one a block.

    Kish's design effect (Survey Sampling, 1965): n / (1 + (m - 1) * rho) with m periods a block
    and rho the share of the mean square that whole blocks have in common. Folds that overlap
    replay the same period more than once; it counts once.

    >>> effective_size(np.array([1.0, 1.0, -1.0, -1.0]), np.arange(4), block=2)
    2.0
    """
    blocks, number = np.unique(places // block, return_inverse=True)
    periods = len(np.unique(places))
    each = periods / len(blocks)
    square = float(np.mean(errors**2))
    if each <= 1 or square == 0:
        return float(len(blocks))
    together = np.bincount(number, errors) / np.bincount(number)
    shared = (float(np.mean(together**2)) / square - 1 / each) / (1 - 1 / each)
    return periods / (1 + (each - 1) * float(np.clip(shared, 0.0, 1.0)))


def outer_quantile(errors: Values, share: float, independent: float) -> float:
    """Return the quantile of the errors at ``share``, corrected for few independent ones; >= 0.

    The correction is ``share * (n + 1) / n``. Where it asks for more than the largest error seen,
    there is too little evidence for two separate sides: the largest error in either direction is
    taken and stretched by the same factor.

    >>> outer_quantile(np.array([-1.0, 0.0, 1.0, 2.0]), share=0.5, independent=1000)
    1.0
    >>> outer_quantile(np.array([-1.0]), share=0.9, independent=1)
    1.8
    """
    corrected = share * (independent + 1) / independent
    if corrected <= 1:
        return max(0.0, float(np.quantile(errors, corrected, method="higher")))
    return float(np.abs(errors).max()) * corrected


@dataclass(frozen=True)
class Spread:
    """How far a sum strays from its forecast, on the scale of log ratios.

    Args:
        scale: standard deviation.
        freedom: degrees of freedom of Student's t.
    """

    scale: float
    freedom: float

    def reach(self, level: float) -> float:
        """Return the half-width of the band that is to hold ``level`` of the sums."""
        return float(student_t.ppf(0.5 + level / 2, self.freedom)) * self.scale


def total_spread(
    replayed: Replay,
    method: str,
    grain: Grain,
    keep: NDArray[np.bool_],
    *,
    periods: int,
) -> Spread:
    """Return how far a sum over ``periods`` strays from its forecast, as a log ratio.

    The spread of the few log errors of fold totals is drawn towards what the errors of single
    blocks (days of hours, weeks of days) suggest if three tenths of their variance is shared by
    the whole fold; the prior weighs four degrees of freedom (a moderated variance, Smyth 2004),
    and the quantile is Student's t with the sum of both. Degrees of freedom count windows
    that do not overlap. Spikes are cut back first; wider by the square root beyond the replay.
    """
    actual = np.where(keep, replayed.actual, np.nan)
    said = np.where(np.isnan(actual), np.nan, replayed.said[method])
    width = replayed.plan.horizon
    expected = block_sums(said, grain.block)
    blocks = tame_errors(log_ratio(block_sums(actual, grain.block), expected))
    per_block = float(np.nanmean(blocks**2)) if np.isfinite(blocks).any() else 1.0
    count = max(1.0, min(width, periods) / grain.block)
    prior = per_block * (PRIOR_SHARED_VARIANCE + (1 - PRIOR_SHARED_VARIANCE) / count)
    whole = (~np.isnan(actual)).mean(axis=1) >= LEAST_WHOLE_SHARE
    reached = np.nansum((expected + 1) * np.exp(blocks) - 1, axis=1)
    errors = log_ratio(reached, np.nansum(expected, axis=1))[whole]
    windows = len(np.unique(replayed.places[whole][~np.isnan(actual[whole])])) / width
    squares = windows * float(np.mean(errors**2)) if len(errors) else 0.0
    variance = (squares + PRIOR_DF * prior) / (windows + PRIOR_DF)
    return Spread(float(np.sqrt(variance * max(1.0, periods / width))), windows + PRIOR_DF)


def tame_errors(errors: Values) -> Values:
    """Cut log errors beyond five robust standard deviations (and a factor of e): spikes.

    >>> tame_errors(np.array([0.1, -0.1, 9.0]))
    array([ 0.1, -0.1,  1. ])
    """
    seen = np.abs(errors[np.isfinite(errors)])
    limit = max(1.0, 5 * 1.4826 * float(np.median(seen))) if len(seen) else 1.0
    return np.asarray(np.clip(errors, -limit, limit))


def total_band(mean: float, spread: float, level: float) -> tuple[float, float]:
    """Return the ends of the band round a total count, never narrower than Poisson noise.

    >>> low, high = total_band(100.0, 0.1, 0.8)
    >>> low < 100 < high
    True
    """
    if spread == 0:
        return mean, mean
    poisson = float(student_t.ppf(0.5 + level / 2, 1e6)) / np.sqrt(mean + 1)
    reach = min(50.0, max(spread, poisson))
    low = (mean + 1) * np.exp(-reach) - 1
    return max(0.0, float(low)), float((mean + 1) * np.exp(reach) - 1)


def log_ratio(actual: Values, said: Values) -> Values:
    """Return log((actual + 1) / (said + 1)); the one keeps empty totals finite."""
    return np.asarray(np.log((actual + 1) / (said + 1)))
