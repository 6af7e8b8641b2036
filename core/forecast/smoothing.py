"""From a fit on the log scale to counts: the recent level, its damped growth, the mean.

A fit knows the shape of the day and of the week. Where the traffic stands just now is told by what
the fit left over in the newest periods, smoothed exponentially (Brown 1959; Hyndman &
Athanasopoulos, Forecasting: Principles and Practice, section 8.1). How quickly to forget is
decided by the contest, so each fit is offered with several half-lives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import theilslopes

from core.forecast.profiles import seasons, smearing_factor

Values = NDArray[np.float64]

LARGEST_LOG = 50.0
DAMPING = 0.9
"""Growth of a day that is left on the next one (Gardner & McKenzie 1985: damped trends win)."""
GROWTH_DAYS = 28
LEAST_GROWTH_DAYS = 10


@dataclass(frozen=True, eq=False)
class Fit:
    """A fit on the log scale, log(1 + count).

    Args:
        back: fitted values of the newest periods known.
        ahead: predictions, without the recent level.
    """

    back: Values
    ahead: Values

    @property
    def is_finite(self) -> bool:
        """Whether every value is a number."""
        return bool(np.isfinite(self.back).all() and np.isfinite(self.ahead).all())


def to_counts(fit: Fit, clean: Values, half_life: float, block: int) -> Values:
    """Add the recent level on the log scale, then leave the log scale for a mean count.

    Args:
        fit: of a method.
        clean: counts that it was fitted on, NaN where missing; the newest are used.
        half_life: periods after which a residual counts half.
        block: periods of a day of hours or a week of days.

    Returns:
        Mean counts, finite and >= 0, one a period ahead.
    """
    actual = clean[-len(fit.back) :]
    residuals = np.log1p(actual) - fit.back
    level = recent_level(residuals, half_life, block)
    centred = fit.back + (np.nanmean(residuals) if np.isfinite(residuals).any() else 0.0)
    factor = smearing_factor(actual, _counts(centred))
    return _counts(fit.ahead + level) * factor


def _counts(logs: Values) -> Values:
    return np.asarray(np.maximum(np.expm1(np.clip(logs, -LARGEST_LOG, LARGEST_LOG)), 0.0))


def recent_level(residuals: Values, half_life: float, block: int) -> float:
    """Return the exponentially weighted mean of log residuals, newest last.

    Within each block (a day of hours, a week of days) residuals are cut at +-1 (a factor of e)
    from the block's median: a spike yesterday is not a new level, but a shifted day is.

    >>> recent_level(np.array([0.0, 0.0, 0.3, 0.3]), half_life=1.0, block=2) > 0.2
    True
    """
    rows = seasons(residuals, block)
    rows = rows[~np.isnan(rows).all(axis=1)]
    if not len(rows):
        return 0.0
    middle = np.nanmedian(rows, axis=1, keepdims=True)
    tame = np.clip(rows, middle - 1, middle + 1).ravel()
    weights = np.where(np.isnan(tame), 0.0, 0.5 ** (np.arange(len(tame))[::-1] / half_life))
    whole = float(weights.sum())
    return float(np.nansum(weights * tame) / whole) if whole > 0 else 0.0


def damped_growth(fit: Fit, clean: Values, periods_a_day: int) -> Values:
    """Return the factor by which damped growth lifts (or lowers) each period ahead.

    The slope is Theil and Sen's median of slopes over the residuals of the last four weeks of
    days; each day ahead adds nine tenths of the growth of the day before.

    >>> rising = np.expm1(np.arange(28) * 0.1)
    >>> damped_growth(Fit(np.zeros(28), np.zeros(2)), rising, 1).round(3)
    array([1.094, 1.186])
    """
    residuals = np.log1p(clean[-len(fit.back) :]) - fit.back
    rows = seasons(residuals, periods_a_day)[-GROWTH_DAYS:]
    is_seen = ~np.isnan(rows).all(axis=1)
    if is_seen.sum() < LEAST_GROWTH_DAYS:
        return np.ones(len(fit.ahead))
    days = np.nanmedian(rows[is_seen], axis=1)
    slope = float(theilslopes(days, np.flatnonzero(is_seen))[0])
    ahead = np.arange(len(fit.ahead)) // periods_a_day + 1
    reach = DAMPING * (1 - DAMPING**ahead) / (1 - DAMPING)
    return np.asarray(np.exp(np.clip(slope * reach, -3.0, 3.0)))
