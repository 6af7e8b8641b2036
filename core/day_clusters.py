"""Ratios and changes of daily counts, with the uncertainty that good and bad days bring.

Visits of one day go together, and a good day is followed by a good day. So the variance of a sum
is taken from its slow movements: the days' contributions are projected on a few long cosine waves,
each of which is one nearly independent look at the long-run variance, and Student's t has as many
degrees of freedom as there are waves. A rhythm of the week lies between these waves and costs
little width. Source: Lazarus, Lewis, Stock and Watson (2018), "HAR Inference: Recommendations for
Practice", J. Business & Economic Statistics 36:541; their number of waves is 0.4 days^(2/3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from core.statistics import Interval, wilson_interval

MIN_DAYS = 4
"""Below this many days the spread between days is itself a guess."""
_FEWEST_WAVES = 3
_CERTAIN = 1e6
"""Degrees of freedom of a variance that is known and not estimated."""
_ROUNDS = 4
_SMALLEST = 1e-15

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Estimate:
    """A ratio, a difference or a change, with what is needed to know its uncertainty.

    Args:
        value: the estimate.
        influence: per day, how far that day pulls the value; sums to 0.
        chance: variance that independent visits would have; the true one is at least that.
        unevenness: what the variance grows by, per unit of the variance of the days' own
            logarithm (for a share: log-odds).
        roughness: what it grows by, per unit of the relative variance of single visits; 0 for a
            share, whose visits have no variance but chance.
        days: days with anything in them.
    """

    value: float
    influence: Array
    chance: float
    unevenness: float
    roughness: float
    days: int

    @property
    def waves(self) -> int:
        """Independent looks at the variance; 0 where there are too few days."""
        return count_waves(len(self.influence)) if self.days >= MIN_DAYS else 0

    @property
    def freedom(self) -> int:
        """Degrees of freedom of the variance seen."""
        return min(self.waves, self.days - 1)

    @property
    def seen(self) -> float:
        """Long-run variance as the days show it; NaN where there are too few."""
        return float(np.mean(_project(self.influence, self.waves) ** 2)) if self.waves else np.nan


def count_waves(days: int) -> int:
    """How many slow waves tell the variance of that many days.

    >>> [count_waves(days) for days in (4, 14, 28, 56, 365)]
    [3, 3, 4, 6, 20]
    """
    return max(round(0.4 * days ** (2 / 3)), _FEWEST_WAVES)


def _project(influence: Array, waves: int) -> Array:
    """Strength of the slowest cosines (orthonormal but for the length) in a series of days."""
    phase = (np.arange(len(influence)) + 0.5) / len(influence)
    return np.sqrt(2) * np.cos(np.pi * np.outer(np.arange(1, waves + 1), phase)) @ influence


def _unknown(days: int) -> Estimate:
    return Estimate(np.nan, np.zeros(days), np.nan, np.nan, np.nan, 0)


def estimate_ratio(numerator: ArrayLike, denominator: ArrayLike, *, is_share: bool) -> Estimate:
    """A ratio of sums from its daily parts; value NaN where the denominator is 0.

    Args:
        numerator: daily sums, zeros included, in the order of time.
        denominator: daily sums of the same days.
        is_share: each unit of the numerator is one of the denominator.
    """
    top, bottom = np.asarray(numerator, "float64"), np.asarray(denominator, "float64")
    total = float(bottom.sum())
    if not total > 0:
        return _unknown(len(top))
    value = float(top.sum() / total)
    scale = value * (1 - value) if is_share else value
    return Estimate(
        value,
        influence=(top - value * bottom) / total,
        chance=scale / total if is_share else 0.0,
        unevenness=float(scale**2 * np.sum(bottom**2) / total**2),
        roughness=0.0 if is_share else value**2 / total,
        days=int(np.count_nonzero(bottom)),
    )


def subtract(first: Estimate, second: Estimate) -> Estimate:
    """First minus second over the same days; days on which both are high or low cancel."""
    return Estimate(
        first.value - second.value,
        first.influence - second.influence,
        first.chance + second.chance,
        first.unevenness,
        first.roughness,
        min(first.days, second.days),
    )


def estimate_change(current: ArrayLike, previous: ArrayLike) -> Estimate:
    """Relative change of a total between two periods, day paired with day by position.

    Args:
        current: daily counts of the later period.
        previous: daily counts of the earlier one, as many; value NaN where they are none.
    """
    now, before = np.asarray(current, "float64"), np.asarray(previous, "float64")
    total = float(before.sum())
    if not total > 0 or len(now) != len(before):
        return _unknown(len(now))
    value = float(now.sum() / total - 1)
    influence = (now - (1 + value) * before) / total
    poisson = (float(now.sum()) + (1 + value) ** 2 * total) / total**2
    # a shock of a day moves both totals by the same part, whatever their size
    return Estimate(value, influence, poisson, (1 + value) ** 2, 0.0, len(now))


@dataclass(frozen=True)
class Variance:
    """A variance and how well it is known.

    Args:
        value: NaN where nothing can be said.
        freedom: degrees of freedom.
    """

    value: float
    freedom: float

    def quantile(self, level: float) -> float:
        """Student's t, two-sided."""
        return float(stats.t.ppf((1 + level) / 2, self.freedom))


def typical_variances(
    learned_from: Sequence[Estimate], estimates: Sequence[Estimate]
) -> list[Variance]:
    """What the variance of each would be if the days and visits of all were equally uneven.

    One channel alone shows its variance in a handful of waves, and now and then shows far too
    little of it. All channels together show it well. The excess over chance is fitted as a part
    that shrinks with the visits and a part that does not. How many waves' worth that is, is told
    by how far the channels stray from it (Smyth 2004, Statistical Applications in Genetics and
    Molecular Biology 3:3, section 6.2), but never more than what a channel shows by itself.

    Args:
        learned_from: of the same days, one per channel.
        estimates: those to tell the variance of.

    Returns:
        One each; chance alone, worth nothing, where there are fewer than two to learn from.
    """
    known = [one for one in learned_from if np.isfinite(one.seen) and one.unevenness > 0]
    if len(known) < 2:
        return [Variance(one.chance, 0.0) for one in estimates]
    share = _fit_excess(known)
    chance = np.array([one.chance for one in known])
    seen = np.array([one.seen for one in known])
    freedom = _prior_freedom(seen, chance + _terms(known) @ share, known[0].waves)
    extra = np.nan_to_num(_terms(estimates) @ share)
    return [
        Variance(one.chance + more, freedom) for one, more in zip(estimates, extra, strict=True)
    ]


def _fit_excess(known: Sequence[Estimate]) -> Array:
    """Unevenness of days, and roughness of visits, that best explain the variances seen."""
    terms, chance = _terms(known), np.array([one.chance for one in known])
    excess = np.array([one.seen for one in known]) - chance
    expected = np.maximum(chance, np.median(excess))
    share = np.zeros(terms.shape[1])
    for _ in range(_ROUNDS):  # a variance strays by its own size, which the fit itself tells
        expected = np.maximum(expected, _SMALLEST)
        share = optimize.nnls(terms / expected[:, None], excess / expected)[0]
        expected = chance + terms @ share
    return share


def _prior_freedom(seen: Array, typical: Array, waves: int) -> float:
    """Waves that the typical variance is worth: many if all channels keep to it, else few."""
    ratios = np.log(np.maximum(seen, _SMALLEST) / np.maximum(typical, _SMALLEST))
    excess = float(np.var(ratios, ddof=1)) - float(special.polygamma(1, waves / 2))
    if excess <= special.polygamma(1, waves / 2):  # as many as a channel's own, or more
        return float(waves)
    return float(2 * optimize.brentq(lambda half: special.polygamma(1, half) - excess, 1e-3, waves))


def _terms(estimates: Sequence[Estimate]) -> Array:
    return np.array([(one.unevenness, one.roughness) for one in estimates])


def variance_of(estimate: Estimate, typical: Variance | None = None) -> Variance:
    """Variance to go by: what the days show, drawn to the typical one, never less than chance.

    Without a typical one, chance is known and no guess where it exceeds what the days show.
    """
    if not estimate.days:
        return Variance(np.nan, 1)
    if typical is None or not typical.freedom:
        return _alone(estimate)
    own = estimate.freedom if np.isfinite(estimate.seen) else 0
    freedom = typical.freedom + own
    shown = np.nan_to_num(estimate.seen)
    value = (typical.freedom * typical.value + own * shown) / freedom
    value = max(value, estimate.chance)
    return Variance(value if value > 0 else np.nan, max(freedom, float(_FEWEST_WAVES)))


def _alone(estimate: Estimate) -> Variance:
    if np.isfinite(estimate.seen) and estimate.seen > estimate.chance:
        return Variance(estimate.seen, estimate.freedom)
    return Variance(estimate.chance if estimate.chance > 0 else np.nan, _CERTAIN)


def share_interval(
    estimate: Estimate, n: float, level: float = 0.95, typical: Variance | None = None
) -> Interval:
    """Wilson's interval with the effective number of visits, so that a tiny sample stays wide.

    Source: Franco, Little, Louis and Slud (2019), J. Survey Statistics and Methodology 7:334.

    Args:
        estimate: a share.
        n: visits.
        level: such as 0.95.
        typical: see ``typical_variances``.
    """
    if not n > 0:
        return Interval(np.nan, np.nan, np.nan)
    variance = variance_of(estimate, typical)
    z = stats.norm.ppf((1 + level) / 2)
    widened = variance.value * (variance.quantile(level) / z) ** 2
    effective = n * estimate.chance / widened if widened > estimate.chance > 0 else n
    return wilson_interval(estimate.value * effective, effective, level)


def positive_interval(
    estimate: Estimate, level: float = 0.95, typical: Variance | None = None
) -> Interval:
    """Interval of a positive ratio, symmetric on the log scale."""
    variance = variance_of(estimate, typical)
    if not (variance.value > 0 and estimate.value > 0):
        return Interval(estimate.value, np.nan, np.nan)
    relative = variance.quantile(level) * np.sqrt(variance.value) / estimate.value
    reach = float(np.exp(min(relative, 50.0)))
    return Interval(estimate.value, estimate.value / reach, estimate.value * reach)


def difference_interval(
    estimate: Estimate, level: float = 0.95, typical: Variance | None = None
) -> Interval:
    """Interval of a difference or change with the p-value of none; NaN where days are too few."""
    variance = variance_of(estimate, typical)
    if not (variance.value > 0 and estimate.waves):
        return Interval(estimate.value, np.nan, np.nan)
    error = float(np.sqrt(variance.value))
    reach = variance.quantile(level) * error
    p_value = float(2 * stats.t.sf(abs(estimate.value) / error, variance.freedom))
    return Interval(estimate.value, estimate.value - reach, estimate.value + reach, p_value)


def ratio_interval(
    numerator: ArrayLike, denominator: ArrayLike, *, is_share: bool, level: float = 0.95
) -> Interval:
    """Interval of a ratio of sums, from its daily parts.

    Args:
        numerator: daily sums, zeros included, in the order of time.
        denominator: daily sums of the same days.
        is_share: each unit of the numerator is one of the denominator.
        level: such as 0.95.

    Returns:
        NaN ends where there are too few days (for a share plain Wilson).

    >>> interval = ratio_interval([1, 0], [2, 1], is_share=True)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.061, 0.792)
    """
    estimate = estimate_ratio(numerator, denominator, is_share=is_share)
    if is_share:
        return share_interval(estimate, float(np.sum(denominator)), level)
    return positive_interval(estimate, level)


def ratio_difference(
    first: tuple[ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike],
    *,
    is_share: bool,
    level: float = 0.95,
) -> Interval:
    """Difference of two ratios of sums (first minus second), day paired with day.

    Args:
        first: daily numerators and denominators.
        second: the same of the other group or period, as many days.
        is_share: whether the ratios are shares.
        level: such as 0.95.

    >>> days = np.ones(30)
    >>> gap = ratio_difference((days * 60, days * 100), (days * 50, days * 100), is_share=True)
    >>> round(gap.value, 2), gap.p_value < 0.05
    (0.1, True)
    """
    one, two = (estimate_ratio(*part, is_share=is_share) for part in (first, second))
    return difference_interval(subtract(one, two), level)


def change_interval(current: ArrayLike, previous: ArrayLike, level: float = 0.95) -> Interval:
    """Relative change of a total between two periods of equal length, day paired with day.

    Days are paired by position, which matches weekdays where the length is in whole weeks. It is
    never narrower than for independent (Poisson) counts, so that a change from 11 sessions to 6
    is not called one.

    Args:
        current: daily counts of the later period.
        previous: daily counts of the earlier one, as many.
        level: such as 0.95.

    Returns:
        Value 0.1 means 10 % more than before; NaN where the earlier total is 0.

    >>> round(change_interval([11] * 14, [10] * 14).value, 6)
    0.1
    """
    return change_from(estimate_change(current, previous), level)


def change_from(
    estimate: Estimate, level: float = 0.95, typical: Variance | None = None
) -> Interval:
    """Interval of a relative change; no count is negative, so it ends at -1."""
    found = difference_interval(estimate, level, typical)
    return replace(found, low=max(found.low, -1.0) if np.isfinite(found.low) else found.low)
