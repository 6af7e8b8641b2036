"""The types that ``forecast`` returns. They carry frames, parameters and caveats, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from core.forecast.backtest import Replay
from core.forecast.history import History
from core.forecast.methods import Values


@dataclass(frozen=True)
class Total:
    """The sum over the whole horizon, with a band of its own.

    The band is narrower than the sum of the hourly bands and wider than independent hours would
    make it: neighbouring hours err together.

    Args:
        mean: expected count over the horizon.
        low: lower end of the band, a count, never above ``mean``.
        high: upper end of the band, a count, never below ``mean``.
        scale: standard deviation of log(actual / expected).
        freedom: degrees of freedom of that standard deviation (Student's t).
    """

    mean: float
    low: float
    high: float
    scale: float
    freedom: float


@dataclass(frozen=True)
class Peak:
    """The busiest period ahead, for capacity.

    Args:
        time: its start.
        mean: expected count.
        high: count that it should stay below in 95 of 100 cases.
    """

    time: pd.Timestamp
    mean: float
    high: float


@dataclass(frozen=True)
class Accuracy:
    """How the chosen method did when the past was replayed. NaN where a number is undefined.

    Args:
        folds: number of moments of the past from which the method forecast.
        wape: sum of absolute errors / sum of actual counts; 0.2 is "20 % off".
        mase: MAE / MAE of the seasonal naive inside the history; below 1 is better than it.
        bias: sum of (forecast - actual) / sum of actual; positive = forecast too high.
        coverage: share (0-1) of replayed periods whose actual count lay in its band.
        naive_wape: ``wape`` of the seasonal naive on the same periods.
        skill: 1 - MAE / MAE of the seasonal naive on the same periods; positive = better.
        total_error: median over folds of |forecast total - actual total| / actual total.
        totals_in_band: number of folds whose actual total lay in the band for the total.
    """

    folds: int
    wape: float
    mase: float
    bias: float
    coverage: float
    naive_wape: float
    skill: float
    total_error: float
    totals_in_band: int


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a forecast rests on; other levels, sums, rates and channels are made from it.

    Args:
        known: the checked history.
        replayed: what the chosen method and the naive guess said in each fold.
        method: key of the chosen method.
        mean: its counts ahead, before anything was capped.
        shares: weight of each method in it, summing to one.
        caveats: codes that belong to the way the mean was made.
    """

    known: History
    replayed: Replay
    method: str
    mean: Values
    shares: Mapping[str, float]
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Forecast:
    """A forecast, the replay that justifies it, and what must be said with it.

    Args:
        frame: one row a period ahead: ``time`` (datetime64, naive), ``mean``, ``low``, ``high``
            (float64 counts, finite, 0 <= low <= mean <= high).
        total: the sum over the horizon.
        peak: the busiest period ahead.
        backtest: one row a replayed period that has an actual count: ``fold`` (int, 0 = oldest),
            ``time``, ``actual``, ``mean``, ``low``, ``high``, ``naive``. The band of a fold is
            made without any error from that fold's own window of time.
        accuracy: the replay in numbers.
        method: stable key of the method that won, see ``core.forecast.methods.METHODS``.
        shares: weight of each method in the forecast, summing to one.
        level: the share of actual counts that the band is meant to hold.
        season: seasonal period in periods of the history (168 for hours, 7 for days).
        caveats: codes of what the reader must be told, see ``core.forecast.engine.CAVEATS``.
        evidence: what the forecast rests on.
    """

    frame: pd.DataFrame
    total: Total
    peak: Peak
    backtest: pd.DataFrame
    accuracy: Accuracy
    method: str
    shares: Mapping[str, float]
    level: float
    season: int
    caveats: tuple[str, ...]
    evidence: Evidence = field(repr=False)
