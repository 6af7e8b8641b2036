"""Bands from the errors of the replay: split conformal prediction on a stabilised scale.

Single periods: the errors of the replay are taken on a scale where their spread depends neither on
the count nor on the lead time, and the band is cut at their quantiles with the finite-sample
correction of split conformal prediction (Vovk, Gammerman & Shafer 2005; Lei et al. 2018, JASA
113:1094-1111). Hours of one day err together, so the correction counts effective, not raw, errors.
How the spread grows with the lead is one number, a power, estimated from all errors together:
quantiles of each lead by itself would be cut from a handful of days.

The replayed bands are made without the errors of any period inside the window of their own fold,
so that their coverage is not circular (folds may overlap: leaving out the fold alone would still
leave the same hours in). Only the weights of the other folds' blends know that window: a change of
a tenth there moves the band by less than half a per cent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from core.forecast.backtest import Replay
from core.forecast.contest import block_sums
from core.forecast.history import Grain
from core.forecast.methods import Values

CAP = 3.0
"""No forecast above so many times the largest count ever seen, without saying so."""
ROUNDING = 1e-9
STEEPEST = 0.5
"""Spread grows at most with the square root of the lead, as a random walk does."""
USUAL_STEEPNESS, STEEPNESS_WEIGHT = 0.2, 50.0
"""What is believed before any error was seen, and how many leads of errors that is worth."""
LARGE_ENOUGH_MEAN = 5.0
MEDIAN_OF_CHI_SQUARE = 0.4549
PRIOR_DF = 4.0
PRIOR_SHARED_VARIANCE = 0.15
MOST_FREEDOM = 8.0
"""Sums have heavier tails than a normal distribution however many were seen."""
BULK = 0.8
"""The share of errors that tells the spread; the rest may be spikes."""
LEAST_WHOLE_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Band:
    """How far the counts may lie from the forecast.

    Args:
        dispersion: over-dispersion phi of the counts: variance = mean + phi * mean^2.
        steepness: power of the lead with which the spread grows, 0 to 0.5.
        below: distance to the lower end at the first lead, on the stabilised scale, >= 0.
        above: distance to the upper end at the first lead, on the stabilised scale, >= 0.
        block: leads that share one spread (a day of hours).
        tested: leads that the replay could test; later ones are widened by the square root.
    """

    dispersion: float
    steepness: float
    below: float
    above: float
    block: int
    tested: int

    def around(self, mean: Values) -> tuple[Values, Values]:
        """Return lower and upper ends round the mean counts of leads 0, 1, 2, ..."""
        leads = np.arange(len(mean))
        wider = lead_scale(np.minimum(leads, self.tested - 1), self.steepness, self.block)
        wider = wider * np.sqrt(np.maximum(1.0, (leads + 1) / self.tested))
        centre = stabilise(mean, self.dispersion)
        low = restore(centre - self.below * wider, self.dispersion)
        high = restore(centre + self.above * wider, self.dispersion)
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
    block = grain.cycle
    if not len(actual):
        return Band(0.1, 0.0, 0.0, 0.0, block, replayed.plan.horizon)
    dispersion = estimate_dispersion(actual, mean)
    errors = stabilise(actual, dispersion) - stabilise(mean, dispersion)
    leads = np.broadcast_to(np.arange(replayed.plan.horizon), keep.shape)[keep]
    steepness = estimate_steepness(errors, leads, block)
    errors = errors / lead_scale(leads, steepness, block)
    independent = effective_size(errors, replayed.places[keep], grain.block)
    below, above = outer_quantiles(errors, level, independent)
    return Band(dispersion, steepness, below, above, block, replayed.plan.horizon)


def lead_scale(leads: NDArray[np.int64], steepness: float, block: int) -> Values:
    """Return how much wider than the first block (day) each lead is.

    >>> lead_scale(np.array([0, 23, 24, 95]), 0.5, 24).round(2)
    array([1.  , 1.  , 1.41, 2.  ])
    """
    return np.asarray((leads // block + 1.0) ** steepness)


def estimate_steepness(errors: Values, leads: NDArray[np.int64], block: int) -> float:
    """Return the power of the lead with which the typical error grows, 0 to 0.5.

    The slope of log mean absolute errors of each block of leads on the log of the lead, drawn
    towards a fifth, for a few folds tell little about it.

    >>> lead = np.arange(1000)
    >>> 0.4 < estimate_steepness(np.sqrt(lead + 1.0), lead, block=1) <= 0.5
    True
    """
    number = leads // block
    counts = np.bincount(number)
    typical = np.bincount(number, np.abs(errors)) / np.maximum(counts, 1)
    usable = (counts > 0) & (typical > 0)
    if usable.sum() < 3:
        return USUAL_STEEPNESS
    lead = np.log(np.flatnonzero(usable) + 1.0)
    lead = lead - lead.mean()
    slope = float((lead * np.log(typical[usable])).sum() / (lead**2).sum())
    trust = usable.sum() / (usable.sum() + STEEPNESS_WEIGHT)
    return float(np.clip(trust * slope + (1 - trust) * USUAL_STEEPNESS, 0.0, STEEPEST))


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


def outer_quantiles(errors: Values, level: float, independent: float) -> tuple[float, float]:
    """Return how far below and above the errors reach, corrected for few independent ones; >= 0.

    The correction of split conformal prediction: the share held is ``level * (n + 1) / n``, what
    is left is divided evenly between the two sides. Where it asks for more than the largest error
    seen, there is too little evidence for two separate sides: the largest error in either
    direction is taken and stretched by the same factor.

    >>> outer_quantiles(np.array([-2.0, -1.0, 0.0, 1.0, 3.0]), level=0.5, independent=1000)
    (2.0, 3.0)
    >>> outer_quantiles(np.array([-1.0]), level=0.8, independent=1)
    (1.6, 1.6)
    """
    corrected = level * (independent + 1) / independent
    if corrected > 1:
        furthest = float(np.abs(errors).max()) * corrected
        return furthest, furthest
    share = 0.5 + corrected / 2
    below, above = (np.quantile(side, share, method="higher") for side in (-errors, errors))
    return max(0.0, float(below)), max(0.0, float(above))


@dataclass(frozen=True)
class Spread:
    """How far sums over equal stretches stray from their forecast, on the scale of log ratios.

    Args:
        scale: standard deviation for the first stretch ahead.
        freedom: degrees of freedom of Student's t.
        steepness: power of the number of the stretch with which the spread grows, 0 to 0.5.
    """

    scale: float
    freedom: float
    steepness: float

    def reach(self, level: float, stretch: int = 0) -> float:
        """Return the half-width of the band that is to hold ``level`` of the sums.

        Args:
            level: between 0 and 1.
            stretch: number of the stretch ahead, 0 for the first.
        """
        quantile = float(student_t.ppf(0.5 + level / 2, self.freedom))
        return quantile * self.scale * (stretch + 1.0) ** self.steepness


def sum_spread(
    replayed: Replay,
    method: str,
    grain: Grain,
    keep: NDArray[np.bool_],
    *,
    periods: int,
) -> Spread:
    """Return how far sums over ``periods`` stray from their forecast, as log ratios.

    The spread of such sums in the replay is drawn towards what the errors of single blocks (days
    of hours, weeks of days) suggest if a seventh of their variance is shared by the whole stretch;
    the prior weighs four degrees of freedom (a moderated variance, Smyth 2004), and the quantile
    is Student's t. Degrees of freedom count stretches that do not overlap. Wider by the square
    root where the replay knows only shorter stretches.
    """
    actual = np.where(keep, replayed.actual, np.nan)
    said = np.where(np.isnan(actual), np.nan, replayed.said[method])
    stretch = min(periods, replayed.plan.horizon)
    errors, numbers = _stretch_errors(actual, said, stretch)
    steepness = estimate_steepness(errors, numbers, 1) if len(errors) else 0.0
    errors = errors / lead_scale(numbers, steepness, 1)
    blocks = log_ratio(block_sums(actual, grain.block), block_sums(said, grain.block))
    count = max(1.0, stretch / grain.block)
    prior = robust_variance(blocks) * (PRIOR_SHARED_VARIANCE + (1 - PRIOR_SHARED_VARIANCE) / count)
    whole = slice(0, actual.shape[1] // stretch * stretch)
    seen = len(np.unique(replayed.places[:, whole][~np.isnan(actual[:, whole])])) / stretch
    squares = seen * robust_variance(errors) if len(errors) else 0.0
    variance = (squares + PRIOR_DF * prior) / (seen + PRIOR_DF)
    scale = float(np.sqrt(variance * max(1.0, periods / stretch)))
    return Spread(scale, min(seen + PRIOR_DF, MOST_FREEDOM), steepness)


def _stretch_errors(actual: Values, said: Values, stretch: int) -> tuple[Values, NDArray[np.int64]]:
    """Return log errors of the sums over whole stretches, and the number of each in its fold."""
    count = actual.shape[1] // stretch
    cut = slice(0, count * stretch)
    is_whole = (~np.isnan(actual[:, cut])).reshape(len(actual), count, stretch).mean(axis=2)
    errors = log_ratio(block_sums(actual[:, cut], stretch), block_sums(said[:, cut], stretch))
    kept = is_whole >= LEAST_WHOLE_SHARE
    return errors[kept], np.broadcast_to(np.arange(count), kept.shape)[kept]


def robust_variance(errors: Values) -> float:
    """Return the squared scale of a Student's t that holds as many errors as near to zero.

    >>> round(robust_variance(np.array([0.1, -0.1, 0.1, -0.1, 0.1, 9.0])), 4)
    0.0051
    """
    seen = np.abs(errors[np.isfinite(errors)])
    if not len(seen):
        return 1.0
    return float(np.quantile(seen, BULK) / student_t.ppf(0.5 + BULK / 2, MOST_FREEDOM)) ** 2


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
