"""The methods that compete: Prophet in several recipes, profiles, and the naive guess.

A fit gives the shape; each fit is offered with several memories for the level (fast, steady, slow)
and one with damped growth. Which of them to believe, and how much, is for the contest.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.forecast.history import Grain, History
from core.forecast.learning import Lesson, learn_from
from core.forecast.model import ModelError, Recipe, fit_prophet
from core.forecast.profiles import (
    seasonal_mean,
    seasonal_median,
    seasonal_naive,
    seasons,
    week_profile,
    year_profile,
)
from core.forecast.smoothing import Fit, damped_growth, to_counts

Values = NDArray[np.float64]

FITS = (
    "prophet_recent",  # Prophet on log counts of the newest weeks
    "prophet_one_day",  # the same with one daily shape for all days of the week
    "prophet_long",  # Prophet on log counts of up to 12 weeks of hours
    "prophet_counts",  # Prophet on plain counts of the newest weeks, seasons multiplied
    "prophet_yearly",  # Prophet with a yearly season
    "prophet_events",  # Prophet with holidays and notes
    "profile",  # the typical week (or year) of the counts
)
MEMORIES = {"fast": 1.0, "steady": 3.0, "slow": 14.0}
"""Half-life of the level: days; for weeks and months a third of it, in periods."""
SIMPLE = (
    "seasonal_median",  # median of the last four counts at the same place of the season
    "seasonal_mean",  # mean of the last four counts at the same place (mostly-zero histories)
    "seasonal_naive",  # the newest count at the same place of the season
)
METHODS = (
    *(f"{fit}_{memory}" for fit in FITS for memory in MEMORIES),
    "prophet_damped",  # Prophet on log counts with damped growth
    *SIMPLE,
    "blend",  # all of them, weighted by how well each did in the replay
)
RECENT = {"hour": 28 * 24, "day": 112}
LONG = {"hour": 12 * 168, "day": 1096}
YEAR = {"hour": 365 * 24, "day": 365}
LEAST_YEARS_FITTED = 1.5
MOST_MISSING_OF_DAY = 0.25
MOSTLY_ZERO_SHARE = 0.5


def wants_model(history: History) -> bool:
    """Tell whether Prophet has anything to learn here: hours or days that are not constant."""
    seen = history.values[~np.isnan(history.values)]
    return history.grain.name in RECENT and bool(seen.max() > seen.min())


def is_mostly_zero(values: Values) -> bool:
    """Tell whether at least half of the counts are zero: medians would forecast nothing at all."""
    return bool(np.mean(values[~np.isnan(values)] == 0) >= MOSTLY_ZERO_SHARE)


def forecasts_at(
    history: History,
    origin: int,
    horizon: int,
    *,
    with_model: bool,
    events: pd.DataFrame | None = None,
) -> tuple[dict[str, Values], bool]:
    """Return each method's forecast that knows only the first ``origin`` periods.

    Args:
        history: checked.
        origin: periods known.
        horizon: periods ahead.
        with_model: whether Prophet takes part.
        events: flags of holidays and notes, one row a period of the history and on to the end of
            the longest horizon; ``None`` for none.

    Returns:
        Method key to mean counts, and whether Prophet worked.
    """
    lesson = learn_from(history, origin)
    if np.isnan(lesson.values).all():
        lesson = Lesson(lesson.times[:1], *(np.zeros(1),) * 2, np.zeros(1, dtype=bool), None)
    found = _simple(history, lesson, horizon)
    if is_mostly_zero(history.values):
        return found, with_model
    found |= _with_memories("profile", _profile(history, lesson, horizon), lesson, history.grain)
    if not with_model:
        return found, False
    try:
        for key, fit in _fits(history, lesson, horizon, events):
            found |= _with_memories(key, fit, lesson, history.grain)
    except ModelError:
        return {key: mean for key, mean in found.items() if "prophet" not in key}, False
    return found, True


def _simple(history: History, lesson: Lesson, horizon: int) -> dict[str, Values]:
    """The naive guess, and the mean for mostly-zero histories, else the median."""
    season = history.grain.season
    naive = seasonal_naive(lesson.values, season, horizon)
    if is_mostly_zero(history.values):
        return {
            "seasonal_naive": naive,
            "seasonal_mean": seasonal_mean(lesson.values, season, horizon),
        }
    clean = lesson.clean if np.isfinite(lesson.clean).any() else lesson.values
    return {"seasonal_naive": naive, "seasonal_median": seasonal_median(clean, season, horizon)}


def _profile(history: History, lesson: Lesson, horizon: int) -> Fit:
    """The typical week of hours and days, the typical year of weeks and months."""
    make = week_profile if history.grain.name in RECENT else year_profile
    return Fit(*make(lesson.clean, history.grain.season, horizon))


def _fits(
    history: History, lesson: Lesson, horizon: int, events: pd.DataFrame | None
) -> Iterator[tuple[str, Fit]]:
    """Prophet in each recipe that this much history allows."""
    grain = history.grain
    ahead = pd.date_range(lesson.times[-1], periods=horizon + 1, freq=grain.alias)[1:]
    flags = None if events is None else events.iloc[: len(lesson.times) + horizon]
    found: dict[str, Fit] = {}
    for key, recipe in recipes(
        len(history.values), len(lesson.times), grain, has_events=flags is not None
    ).items():
        found[key] = fit_prophet(
            lesson.times,
            lesson.clean,
            ahead,
            recipe,
            grain=grain.name,
            flags=flags if key == "prophet_events" else None,
        )
    if grain.name == "hour" and len(history.values) >= 2 * YEAR["hour"]:
        found["prophet_yearly"] = _yearly_hours(lesson, found["prophet_recent"], ahead)
    yield from found.items()


def recipes(length: int, known: int, grain: Grain, *, has_events: bool) -> dict[str, Recipe]:
    """Return the recipes to try.

    Args:
        length: periods of the whole history: all folds try the same.
        known: periods known at this fold.
        grain: ``hour`` or ``day``.
        has_events: whether holidays or notes are to be learnt.

    >>> from core.forecast.history import GRAINS
    >>> list(recipes(100, 80, GRAINS["day"], has_events=False))
    ['prophet_recent', 'prophet_counts']
    """
    recent, long = Recipe(RECENT[grain.name]), Recipe(LONG[grain.name])
    found = {"prophet_recent": recent, "prophet_counts": Recipe(recent.window, is_log=False)}
    if grain.name == "hour":
        found["prophet_one_day"] = Recipe(recent.window, has_day_kinds=False)
        if length > 1.25 * recent.window:
            found["prophet_long"] = long
    elif length >= 2 * YEAR["day"]:
        found["prophet_yearly"] = Recipe(long.window, has_year=_has_year(known, grain.name))
    if has_events:
        found["prophet_events"] = found.get("prophet_yearly", long)
    return found


def _has_year(known: int, grain: str) -> bool:
    return known >= LEAST_YEARS_FITTED * YEAR[grain]


def _yearly_hours(lesson: Lesson, recent: Fit, ahead: pd.DatetimeIndex) -> Fit:
    """The hours of the recent fit, scaled to a yearly fit of whole days.

    Seventeen thousand hours tell no more about the year than their 730 days, and take far longer.
    Days are stretches of 24 hours counted back from the last one known.
    """
    rows = seasons(lesson.clean, 24)
    is_whole = np.isnan(rows).mean(axis=1) <= MOST_MISSING_OF_DAY
    days = np.where(
        is_whole, 24 * np.nanmean(np.where(is_whole[:, None], rows, 0.0), axis=1), np.nan
    )
    starts = pd.date_range(
        lesson.times[-1] - pd.Timedelta(hours=23), periods=len(rows), freq="-24h"
    )
    days_ahead = ahead[::24]
    recipe = Recipe(LONG["day"], has_year=_has_year(len(lesson.times), "hour"))
    yearly = fit_prophet(starts[::-1], days, days_ahead, recipe, grain="day")
    back = len(recent.back) // 24
    said = np.concatenate([yearly.back[-back:], yearly.ahead])
    hours = np.expm1(np.concatenate([recent.back[-back * 24 :], recent.ahead]))
    sums = block_totals(np.maximum(hours, 0.0), 24)
    factor = np.divide(np.expm1(said), sums, out=np.ones_like(sums), where=sums > 0)
    logs = np.log1p(np.maximum(hours * np.repeat(factor, 24)[: len(hours)], 0.0))
    return Fit(logs[: back * 24], logs[back * 24 :])


def block_totals(values: Values, block: int) -> Values:
    """Return the sum of each stretch of ``block`` periods; a shorter rest is scaled up.

    >>> block_totals(np.array([1.0, 2, 3]), 2)
    array([3., 6.])
    """
    rest = -len(values) % block
    padded = np.append(values, np.full(rest, np.nan)).reshape(-1, block)
    return np.asarray(np.nanmean(padded, axis=1) * block)


def _with_memories(key: str, fit: Fit, lesson: Lesson, grain: Grain) -> dict[str, Values]:
    """One forecast for each half-life of the level, and one with damped growth."""
    a_day = 24 if grain.name == "hour" else 1
    unit = a_day if grain.name in RECENT else 1 / 3
    found = {
        f"{key}_{memory}": to_counts(fit, lesson.clean, half_life * unit, grain.block)
        for memory, half_life in MEMORIES.items()
    }
    if key == "prophet_recent":
        growth = damped_growth(fit, lesson.clean, a_day)
        found["prophet_damped"] = found[f"{key}_steady"] * growth
    return found
