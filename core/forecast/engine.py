"""The verb: history in, forecast out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from core.errors import NotEnoughData
from core.forecast.assemble import assemble
from core.forecast.backtest import Progress, plan_folds, replay
from core.forecast.contest import HOME, choose, with_blend
from core.forecast.history import STEPS, History, check_request, read_history
from core.forecast.learning import learn_from
from core.forecast.methods import RECENT, forecasts_at, wants_model
from core.forecast.results import Evidence, Forecast
from core.forecast.special_days import flag_events, learnable, unlearnable

CAVEATS = frozenset(
    {
        "time_zone_dropped",  # times carried a zone; local wall time was kept
        "infinite_values_ignored",  # infinite counts (or above 10^15) were treated as gaps
        "rows_without_time_ignored",  # rows whose time was missing were left out
        "duplicate_times_summed",  # several rows had the same time and were summed
        "older_history_left_out",  # only the newest part of a very long history was used
        "gaps_in_history",  # periods inside the span have no count; they were left as gaps
        "constant_history",  # every count was the same, so the band has no width
        "mostly_zero",  # at least half of the counts are zero: means are small, bands are coarse
        "spike_in_history",  # one count is more than ten times the 99th percentile of the others
        "backtest_shorter_than_horizon",  # the replay could test only shorter horizons
        "few_folds",  # fewer than three windows of time that do not overlap: a rough guess
        "no_better_than_naive",  # in the replay nothing beat repeating the last season
        "coverage_below_level",  # in the replay the band held clearly fewer counts than its level
        "capped",  # the forecast or its band exceeded three times the largest count ever seen
        "spikes_left_out",  # spikes and dips were left out of what the methods learn from
        "new_level",  # the newest days stand at a new level; older history was lifted to it
        "unfinished_end_left_out",  # the last period looked unfinished; the forecast begins there
        "events_without_example",  # a holiday or note lies ahead that the history lacks
        "reconciled",  # channels were made to add up to the forecast of all traffic
        "prophet_failed",  # Prophet could not be used; simple seasonal methods only
    }
)
"""Codes of what the reader must be told."""


def forecast(
    history: pd.Series,
    horizon: int,
    level: float = 0.8,
    *,
    events: pd.DataFrame | None = None,
    on_progress: Callable[[float, str], None] | None = None,
) -> Forecast:
    """Forecast counts, with a band from the errors that the method made on this very history.

    Replays the past from up to twelve moments, lets Prophet in several recipes, profiles and the
    seasonal naive compete there (``core.forecast.methods``), and forecasts with the blend of them,
    or with a simple method where that did as well. Spikes of the past do not bend it; a new level
    that lasts counts at once (``core.forecast.learning``). The accuracy is slightly flattering by
    nature: weights and measures come from the same folds. Deterministic, and independent of
    whatever else runs.

    Args:
        history: counts on a ``DatetimeIndex``, hourly, daily, weekly or monthly; any row order.
            A zone is dropped (local wall time stays), rows of the same time are summed, NaN,
            infinities and missing periods are gaps: fill zero hours before, explicitly. The
            forecast starts after the last period that has a count.
        horizon: periods ahead, at most 366 days of hours, 731 days, 104 weeks or 36 months.
        level: share of actual counts that the band is to hold, between 0 and 1 exclusive.
        events: holidays and notes, ``name``, ``start``, ``end`` (naive, exclusive), as
            ``core.forecast.special_days`` makes them; for hours and days.
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
            - ``history_too_short`` (have, need, unit): 14 days of hours, 56 days, 12 weeks or
              12 months are needed; ``unit`` is ``day``, ``week`` or ``month``.
            - ``history_too_many_gaps`` (have, need, unit): less than half of the span has counts.

    Notes:
        Bands: ``core.forecast.bands``. Measures: ``core.forecast.accuracy``. At most the last
        731 days of hours are read and the last 12 weeks of them fitted (days: 1,461 and 1,096).

    >>> flat = pd.Series(5.0, index=pd.date_range("2024-01-01", periods=56, freq="D"))
    >>> forecast(flat, 2).frame["mean"].tolist()
    [5.0, 5.0]
    """
    check_request(horizon, level)
    known = read_history(history)
    evidence = gather_evidence(known, int(horizon), events, on_progress or _say_nothing)
    return assemble(evidence, float(level))


def _say_nothing(_share: float, _stage: str) -> None:
    """Stand in for a missing ``on_progress``."""


def gather_evidence(
    known: History, horizon: int, events: pd.DataFrame | None, tell: Progress
) -> Evidence:
    """Replay the past, weigh the methods and forecast with the choice.

    Raises:
        NotEnoughData: ``horizon_too_long`` (horizon, most).
    """
    if horizon > known.grain.most_ahead:
        raise NotEnoughData("horizon_too_long", horizon=horizon, most=known.grain.most_ahead)
    flags, missing = _flag(known, horizon, events)
    plan = plan_folds(len(known.values), horizon, known.grain)
    replayed, has_model = replay(known, plan, tell, flags)
    tell(len(plan.origins) / (len(plan.origins) + 1), "forecasting")
    options, has_model = forecasts_at(
        known, len(known.values), horizon, with_model=has_model, events=flags
    )
    options = {key: mean for key, mean in options.items() if key in replayed.said}
    replayed, options, shares = with_blend(replayed, options, known.grain.block)
    method = choose(replayed, known.grain.block)
    failed = ("prophet_failed",) if wants_model(known) and not has_model else ()
    kept = {key: replayed.said[key] for key in (method, "seasonal_naive")}
    tell(1.0, "done")
    return Evidence(
        known=known,
        replayed=replace(replayed, said=kept),
        method=method,
        mean=options[method],
        shares=shares if method == HOME else {method: 1.0},
        caveats=(*_learning_caveats(known), *missing, *failed),
    )


def _flag(
    known: History, horizon: int, events: pd.DataFrame | None
) -> tuple[pd.DataFrame | None, tuple[str, ...]]:
    """Flags of the events that the history has an example of, and what must be said of others."""
    if events is None or events.empty or known.grain.name not in RECENT:
        return None, ()
    times = known.times.append(known.ahead(horizon))
    flags = flag_events(times, events, step_seconds=STEPS[known.grain.name])
    seen, ahead = flags.iloc[: len(known.times)], flags.iloc[len(known.times) :]
    names = learnable(seen, ahead)
    missing = ("events_without_example",) if unlearnable(seen, ahead) else ()
    return (flags[names] if names else None), missing


def _learning_caveats(known: History) -> tuple[str, ...]:
    """Return what was left out of, or carried over in, the history that the methods saw."""
    lesson = learn_from(known, len(known.values))
    found = {
        "spikes_left_out": bool(lesson.is_spike.any()),
        "new_level": lesson.level_since is not None,
    }
    return tuple(code for code, holds in found.items() if holds)
