"""A rate ahead, such as the engagement rate: the ratio of two forecasts of counts.

A rate is never forecast by itself: a day with three visits would weigh as much as one with three
thousand. Its band comes from the replay, where the ratio of the two forecasts is held against the
ratio of the two counts, day by day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import t as student_t

from core.errors import NotEnoughData
from core.forecast.contest import block_sums
from core.forecast.methods import Values
from core.forecast.results import Forecast

LEAST_LOOKS = 5
PRIOR_LOOKS = 4.0
_EDGE = 1e-4
"""Rates are kept this far from 0 and 1, where the logit has no value."""


@dataclass(frozen=True, eq=False)
class RateForecast:
    """A rate ahead.

    Args:
        frame: ``time`` (day, or the period where it is longer), ``mean``, ``low``, ``high``: 0 to
            1, low <= mean <= high.
        mean: the rate over the whole horizon.
        low: lower end of its band.
        high: upper end of its band.
        level: the share of actual rates that the bands are to hold.
        looks: days of the replay that the bands rest on.
    """

    frame: pd.DataFrame
    mean: float
    low: float
    high: float
    level: float
    looks: int


def forecast_rate(numerator: Forecast, denominator: Forecast) -> RateForecast:
    """Return the ratio of two forecasts, a day at a time and over the whole horizon.

    Errors are taken as differences of logits, so the band stays between 0 and 1; those of a day
    are the square of counting noise plus what rates stray beyond it (a method of moments), and
    Student's t with the days of the replay. Over the horizon the counting noise averages out, the
    rest is taken to move together, for a rate that is off today is off tomorrow.

    Args:
        numerator: such as engaged sessions.
        denominator: such as sessions, on the same periods, horizon and level.

    Raises:
        NotEnoughData: ``rate_without_counts``: nothing is expected in the denominator, or fewer
            than five days of the replay have a count.
        ValueError: the two forecasts are not about the same periods.
    """
    if not numerator.frame["time"].equals(denominator.frame["time"]):
        raise ValueError("both forecasts must be about the same periods")
    block = denominator.evidence.known.grain.cycle
    counts, errors = _replayed_errors(numerator, denominator, block)
    if len(errors) < LEAST_LOOKS or not denominator.total.mean > 0:
        raise NotEnoughData("rate_without_counts")
    overall = _rate(numerator.total.mean, denominator.total.mean)
    noise = 1 / (counts * overall * (1 - overall))
    extra = _beyond_counting(errors, noise)
    times, above, below = _by_block(numerator, denominator, block)
    mean = _rate(above, below)
    freedom = len(errors) + PRIOR_LOOKS
    quantile = float(student_t.ppf(0.5 + denominator.level / 2, freedom))
    reach = quantile * np.sqrt(extra + 1 / (np.maximum(below, 1.0) * mean * (1 - mean)))
    low, high = _around(mean, reach)
    whole = quantile * np.sqrt(extra + 1 / (below.sum() * overall * (1 - overall)))
    ends = _around(np.array([overall]), np.array([whole]))
    return RateForecast(
        frame=pd.DataFrame({"time": times, "mean": mean, "low": low, "high": high}),
        mean=float(overall),
        low=float(ends[0][0]),
        high=float(ends[1][0]),
        level=denominator.level,
        looks=len(errors),
    )


def _rate(above: Values | float, below: Values | float) -> Values:
    """Above / below, kept off the edges; one half where nothing is expected."""
    base = np.asarray(below, dtype=float)
    ratio = np.divide(above, base, out=np.full(base.shape, 0.5), where=base > 0)
    return np.clip(ratio, _EDGE, 1 - _EDGE)


def _replayed_errors(top: Forecast, base: Forecast, block: int) -> tuple[Values, Values]:
    """Visits of each replayed day, and its logit rate less the one that was forecast."""
    tops, bases = top.evidence.replayed, base.evidence.replayed
    seen = ~np.isnan(tops.actual) & ~np.isnan(bases.actual)
    sums = [
        block_sums(np.where(seen, values, np.nan), block)
        for values in (
            tops.actual,
            bases.actual,
            tops.said[top.method],
            bases.said[base.method],
        )
    ]
    usable = np.isfinite(sums[1]) & (sums[1] > 0) & (sums[3] > 0)
    above, below, said_above, said_below = (values[usable] for values in sums)
    # half a visit each way keeps days on which all or none engaged (Haldane's correction)
    actual = np.log((above + 0.5) / (np.maximum(below - above, 0.0) + 0.5))
    return below, np.asarray(actual - logit(_rate(said_above, said_below)))


def _beyond_counting(errors: Values, noise: Values) -> float:
    """Variance of rates from day to day beyond counting, never below zero."""
    middle = float(np.quantile(errors**2, 0.8) / student_t.ppf(0.9, 1e6) ** 2)
    return max(0.0, middle - float(np.median(noise)))


def _by_block(top: Forecast, base: Forecast, block: int) -> tuple[pd.DatetimeIndex, Values, Values]:
    """Start, numerator and denominator of each day (or longer period) ahead."""
    count = -(-len(base.frame) // block)
    starts = pd.DatetimeIndex(base.frame["time"].iloc[::block])
    sums = [block_sums(f.frame["mean"].to_numpy()[None], block)[0] for f in (top, base)]
    return starts[:count], sums[0], sums[1]


def _around(mean: Values, reach: Values) -> tuple[Values, Values]:
    """Ends of the band on the scale of rates."""
    centre = logit(mean)
    low, high = expit(centre - reach), expit(centre + reach)
    return np.minimum(low, mean), np.maximum(high, mean)
