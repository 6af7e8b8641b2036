"""From a replay and a mean to a forecast: bands, total, peak, replayed past, caveats.

Kept apart from the verb, for reconciled channels and other levels are put together the same way.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.forecast.accuracy import fold_totals, measure
from core.forecast.backtest import Replay
from core.forecast.bands import CAP, ROUNDING, make_band, sum_spread, total_band
from core.forecast.history import History
from core.forecast.methods import Values, is_mostly_zero
from core.forecast.results import Accuracy, Evidence, Forecast, Peak, Total

FEW_WINDOWS = 3.0
SPIKE_TIMES = 10.0
COVERAGE_SLACK = 0.15
PEAK_LEVEL = 0.9
"""A band of 90 % has its upper end at the 95th percentile."""


def assemble(evidence: Evidence, level: float) -> Forecast:
    """Put bands round everything and say what must be said.

    Args:
        evidence: history, replay, chosen method and its mean ahead.
        level: share of actual counts that the band is to hold, between 0 and 1 exclusive.
    """
    known, replayed, method = evidence.known, evidence.replayed, evidence.method
    frame, total, capped = _future(known, replayed, method, evidence.mean, level)
    backtest, accuracy = _past(known, replayed, method, level)
    horizon = len(evidence.mean)
    found = _caveats(known, replayed, accuracy, horizon=horizon, level=level)
    caveats = (*known.caveats, *evidence.caveats, *found, *(("capped",) if capped else ()))
    return Forecast(
        frame=frame,
        total=total,
        peak=_peak(known, replayed, method, frame),
        backtest=backtest,
        accuracy=accuracy,
        method=method,
        shares=evidence.shares,
        level=level,
        season=known.grain.season,
        caveats=caveats,
        evidence=evidence,
    )


def at_level(result: Forecast, level: float) -> Forecast:
    """Return the same forecast with bands that are to hold another share of the counts.

    >>> from core.forecast import forecast
    >>> days = pd.date_range("2024-01-01", periods=70)
    >>> usual = forecast(pd.Series(np.tile([5.0, 9, 7, 8, 6, 2, 3], 10) + days.day % 2, days), 7)
    >>> wide = at_level(usual, 0.95)
    >>> bool((wide.frame["high"] >= usual.frame["high"]).all()), wide.level
    (True, 0.95)
    """
    return assemble(result.evidence, level)


def _future(
    known: History, replayed: Replay, method: str, mean: Values, level: float
) -> tuple[pd.DataFrame, Total, bool]:
    """Return the forecast with bands, its total, and whether something had to be capped."""
    usable = replayed.usable
    low, high = make_band(replayed, method, known.grain, usable, level=level).around(mean)
    roof = CAP * known.peak
    capped = bool((np.maximum(mean, high) > roof + ROUNDING * (1 + roof)).any())
    mean, low, high = (np.minimum(x, roof) for x in (mean, low, high))
    spread = sum_spread(replayed, method, known.grain, usable, periods=len(mean))
    expected = float(mean.sum())
    total_low, total_high = total_band(expected, spread.reach(level), level)
    total = Total(
        mean=expected,
        low=min(expected, total_low),
        high=max(expected, min(total_high, roof * len(mean))),
        scale=spread.scale,
        freedom=spread.freedom,
    )
    times = known.ahead(len(mean))
    frame = pd.DataFrame({"time": times, "mean": mean, "low": low, "high": high})
    return frame, total, capped


def _peak(known: History, replayed: Replay, method: str, frame: pd.DataFrame) -> Peak:
    """Return the busiest period ahead, with the count that it stays below in 95 of 100 cases."""
    mean = frame["mean"].to_numpy()
    place = int(mean.argmax())
    band = make_band(replayed, method, known.grain, replayed.usable, level=PEAK_LEVEL)
    high = min(float(band.around(mean)[1][place]), max(CAP * known.peak, float(mean[place])))
    return Peak(frame["time"].iloc[place], float(mean[place]), high)


def _past(
    known: History, replayed: Replay, method: str, level: float
) -> tuple[pd.DataFrame, Accuracy]:
    """Return the replay of the chosen method with honest bands, and its measures."""
    width = replayed.plan.horizon
    rows, spreads = [], {}
    for fold in range(len(replayed.plan.origins)):
        keep = replayed.outside_of(fold)
        mean = replayed.said[method][fold]
        ends = make_band(replayed, method, known.grain, keep, level=level).around(mean)
        rows.append(_fold_rows(known, replayed, fold, mean, ends))
        spreads[fold] = sum_spread(replayed, method, known.grain, keep, periods=width)
    backtest = pd.concat(rows, ignore_index=True).dropna(subset="actual", ignore_index=True)
    sums = fold_totals(backtest)
    expected = zip(sums["fold"], sums["mean"], strict=True)
    totals = [total_band(mean, spreads[fold].reach(level), level) for fold, mean in expected]
    return backtest, measure(backtest, known.values, known.grain.season, totals)


def _fold_rows(
    known: History, replayed: Replay, fold: int, mean: Values, ends: tuple[Values, Values]
) -> pd.DataFrame:
    """Return the replayed periods of one fold as a frame."""
    return pd.DataFrame(
        {
            "fold": fold,
            "time": known.times[replayed.places[fold]],
            "actual": replayed.actual[fold],
            "mean": mean,
            "low": ends[0],
            "high": ends[1],
            "naive": replayed.said["seasonal_naive"][fold],
        }
    )


def _caveats(
    known: History, replayed: Replay, accuracy: Accuracy, *, horizon: int, level: float
) -> tuple[str, ...]:
    """Return the codes of what must be said with this forecast."""
    seen = known.values[~np.isnan(known.values)]
    is_constant = bool(seen.max() == seen.min())
    windows = len(np.unique(replayed.places)) / replayed.plan.horizon
    found = {
        "constant_history": is_constant,
        "mostly_zero": not is_constant and is_mostly_zero(seen),
        "spike_in_history": _has_spike(seen),
        "backtest_shorter_than_horizon": replayed.plan.horizon < horizon,
        "few_folds": windows < FEW_WINDOWS,
        "no_better_than_naive": not is_constant and accuracy.skill <= 0,
        "coverage_below_level": accuracy.coverage < level - COVERAGE_SLACK,
    }
    return tuple(code for code, holds in found.items() if holds)


def _has_spike(seen: Values) -> bool:
    """Tell whether the largest count is out of all proportion to the 99th percentile."""
    usual = float(np.quantile(seen, 0.99))
    return bool(seen.max() > SPIKE_TIMES * max(usual, 1.0))
