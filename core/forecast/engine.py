"""The verb: history in, forecast out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from core.errors import NotEnoughData
from core.forecast.accuracy import fold_totals, measure
from core.forecast.backtest import (
    Replay,
    Values,
    forecasts_at,
    is_mostly_zero,
    plan_folds,
    replay,
    wants_model,
)
from core.forecast.bands import make_band, total_band, total_spread
from core.forecast.contest import choose, with_blend
from core.forecast.history import History, read_history
from core.forecast.results import Accuracy, Forecast, Peak, Total

CAP = 3.0
ROUNDING = 1e-9
FEW_WINDOWS = 3.0
SPIKE_TIMES = 10.0
COVERAGE_SLACK = 0.15
PEAK_LEVEL = 0.9
"""A band of 90 % has its upper end at the 95th percentile."""
CAVEATS = {
    "time_zone_dropped": "times carried a zone; local wall time was kept",
    "infinite_values_ignored": "infinite counts (or above 10^15) were treated as gaps",
    "rows_without_time_ignored": "rows whose time was missing were left out",
    "duplicate_times_summed": "several rows had the same time and were summed",
    "older_history_left_out": "only the newest part of a very long history was used",
    "gaps_in_history": "periods inside the span have no count; they were left as gaps",
    "constant_history": "every count was the same, so the band has no width",
    "mostly_zero": "at least half of the counts are zero: means are small, bands are coarse",
    "spike_in_history": "one count is more than ten times the 99th percentile of the others",
    "backtest_shorter_than_horizon": "the replay could test only shorter horizons; wider beyond",
    "few_folds": "fewer than three windows of time that do not overlap: accuracy is a rough guess",
    "no_better_than_naive": "in the replay nothing beat repeating the last season",
    "coverage_below_level": "in the replay the band held clearly fewer counts than its level",
    "capped": "the forecast or its band exceeded three times the largest count ever seen",
    "prophet_failed": "Prophet could not be used; simple seasonal methods only",
}


def forecast(
    history: pd.Series,
    horizon: int,
    level: float = 0.8,
    *,
    on_progress: Callable[[float, str], None] | None = None,
) -> Forecast:
    """Forecast counts, with a band from the errors that the method made on this very history.

    Replays the past from up to twelve moments, lets Prophet on log counts, the median of the
    prior weeks, the seasonal naive and mixtures compete, and forecasts with the winner. The
    accuracy belongs to the winner, chosen on the same folds: slightly flattering by nature.
    Deterministic, and independent of whatever else runs.

    Args:
        history: counts on a ``DatetimeIndex``, hourly, daily, weekly or monthly; any row order.
            A zone is dropped (local wall time stays), rows of the same time are summed, NaN,
            infinities and missing periods are gaps: fill zero hours before, explicitly. The
            forecast starts after the last period that has a count.
        horizon: periods ahead, at most 366 days of hours, 731 days, 104 weeks or 36 months.
        level: share of actual counts that the band is to hold, between 0 and 1 exclusive.
        on_progress: called with the share done (0-1) and a stage: ``replaying``, ``forecasting``,
            ``done``. What it raises passes through.

    Returns:
        The forecast.

    Raises:
        NotEnoughData: the only exception, with one of these codes:

            - ``forecast_without_time``: no Series with a ``DatetimeIndex``.
            - ``horizon_not_positive`` (horizon): not a whole number of at least 1.
            - ``horizon_too_long`` (horizon, most): in periods.
            - ``level_out_of_range`` (level).
            - ``history_not_numeric``; ``history_empty``: no row with a time and a finite count.
            - ``negative_values`` (count).
            - ``irregular_history`` (off_grid, rows): steps that are no whole hours.
            - ``grain_not_supported`` (step_minutes): finer than an hour.
            - ``history_too_short`` (have, need, unit): 14 days of hours, 28 days, 12 weeks or
              12 months are needed; ``unit`` is ``day``, ``week`` or ``month``.
            - ``history_too_many_gaps`` (have, need, unit): less than half of the span has counts.

    Notes:
        Bands: ``core.forecast.bands``. Measures: ``core.forecast.accuracy``. At most the last
        731 days of hours are read and the last 12 weeks of them fitted (days: 1,461 and 1,096).

    >>> flat = pd.Series(5.0, index=pd.date_range("2024-01-01", periods=28, freq="D"))
    >>> forecast(flat, 2).frame["mean"].tolist()
    [5.0, 5.0]
    """
    _check_request(horizon, level)
    known = read_history(history)
    if horizon > known.grain.most_ahead:
        raise NotEnoughData("horizon_too_long", horizon=horizon, most=known.grain.most_ahead)
    tell = on_progress or _say_nothing
    plan = plan_folds(len(known.values), horizon, known.grain)
    replayed, has_model = replay(known, plan, tell)
    tell(len(plan.origins) / (len(plan.origins) + 1), "forecasting")
    result = _finish(known, replayed, int(horizon), float(level), has_model=has_model)
    tell(1.0, "done")
    return result


def _check_request(horizon: Any, level: Any) -> None:
    is_whole = isinstance(horizon, int | np.integer) and not isinstance(horizon, bool)
    if not is_whole or horizon < 1:
        raise NotEnoughData("horizon_not_positive", horizon=horizon)
    if not isinstance(level, float | int | np.floating) or not 0 < float(level) < 1:
        raise NotEnoughData("level_out_of_range", level=level)


def _say_nothing(_share: float, _stage: str) -> None:
    """Stand in for a missing ``on_progress``."""


def _finish(
    known: History, replayed: Replay, horizon: int, level: float, *, has_model: bool
) -> Forecast:
    """Choose the method, forecast with it and put bands round everything."""
    options, has_model = forecasts_at(known, len(known.values), horizon, with_model=has_model)
    options = {key: mean for key, mean in options.items() if key in replayed.said}
    replayed, options = with_blend(replayed, options, known.grain.block)
    method = choose(replayed, known.grain.name, known.grain.block)
    frame, total, capped = _future(known, replayed, method, options[method], level)
    peak = _peak(known, replayed, method, frame)
    backtest, accuracy = _past(known, replayed, method, level)
    caveats = (*known.caveats, *_caveats(known, replayed, accuracy, horizon=horizon, level=level))
    if capped:
        caveats += ("capped",)
    if wants_model(known) and not has_model:
        caveats += ("prophet_failed",)
    return Forecast(
        frame=frame,
        total=total,
        peak=peak,
        backtest=backtest,
        accuracy=accuracy,
        method=method,
        level=level,
        season=known.grain.season,
        caveats=caveats,
    )


def _future(
    known: History, replayed: Replay, method: str, mean: Values, level: float
) -> tuple[pd.DataFrame, Total, bool]:
    """Return the forecast with bands, its total, and whether something had to be capped."""
    usable = replayed.usable
    low, high = make_band(replayed, method, known.grain, usable, level=level).around(mean)
    roof = CAP * known.peak
    capped = bool((np.maximum(mean, high) > roof + ROUNDING * (1 + roof)).any())
    mean, low, high = (np.minimum(x, roof) for x in (mean, low, high))
    spread = total_spread(replayed, method, known.grain, usable, periods=len(mean))
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
        spreads[fold] = total_spread(replayed, method, known.grain, keep, periods=width)
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
