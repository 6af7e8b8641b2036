"""One level with a wide band, for histories too short to show what repeats.

Ten days tell how much traffic there is, not how Mondays differ from Sundays. So a single level is
carried on, and everything that so few periods cannot tell is put into the band as a prior: how
much days differ, how alike neighbouring days are, how the level wanders off, and how far a
weekday that was never seen may lie from the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from core.errors import NotEnoughData
from core.forecast.bands import CAP, ROUNDING
from core.forecast.history import (
    GRAINS,
    Grain,
    check_request,
    find_grain,
    numeric_counts,
    one_count_a_time,
)
from core.forecast.results import Total

LEAST_PERIODS = 3
_HOURS, _MISSING_HOURS = 24, 1
"""A day is whole with its first and last hour and one hour short, for the clock goes forward."""
_OUTLIER, _LEAST_SPREAD = 3.0, 0.15
"""Robust standard deviations beyond which a period may be a spike, and the least that one is."""
_WILD_LOW, _WILD_HIGH = float(np.log(10)), float(np.log(3))
"""Two periods that far from the middle are no shape of the week; quiet Sundays bend a mean little,
high ones much."""
_LONE_SHARE = 14
"""One period in so many may be drawn in as a spike; more than that are no spikes."""
_PRIOR_FREEDOM = 4.0
"""Periods' worth of what is known about spread beforehand, see ``_Habits``."""
_LEAST_LEFT = 0.1
"""Of the spread, at least that much shows around a mean that was made from the same periods."""
_PRIOR_MEMORY, _MEMORY_WEIGHT = 0.5, 40.0
"""How alike neighbouring periods are, worth as much as that many periods of data."""
_MOST_MEMORY = 0.9
_UNSEEN_WEEKDAY, _SEEN_ONCE = 0.3, 0.5
"""Standard deviation of the log of a weekday nobody has seen, and its share after one look."""
_FURTHEST = 20.0
_POISSON_MATTERS = 1e6
"""Above, its quantiles fail in scipy; those of the normal distribution are the same."""
CAVEATS = frozenset(
    {
        "level_only",  # one level for all periods ahead; no shape of the week or year is known
        "incomplete_days_left_out",  # first or last day lacked hours and was not used
        "weekdays_not_seen",  # a weekday lies ahead that the history does not hold
        "spike_cut_back",  # a period far from all others was drawn in: it does not set the level
        "older_history_left_out",  # only the newest part of the history was used
        "gaps_in_history",  # periods inside the span have no count, or days lack hours; not used
        "mostly_zero",  # at least half of the counts are zero: bands are coarse
        "capped",  # the band exceeded three times the largest count ever seen
    }
)
"""Those of ``core.forecast.history`` (zone, infinities, times, duplicates) come on top."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Habits:
    """What is known of traffic at one step before any of it is seen; logarithms.

    Args:
        most: newest periods that are used.
        half_life: periods after which one counts half.
        spread: standard deviation of a period around the level.
        drift: standard deviation of what the level moves by from one period to the next.
    """

    most: int
    half_life: float
    spread: float
    drift: float


_HABITS = {
    "day": _Habits(most=56, half_life=14.0, spread=0.3, drift=0.03),
    "week": _Habits(most=26, half_life=6.0, spread=0.2, drift=0.09),
    "month": _Habits(most=24, half_life=4.0, spread=0.2, drift=0.18),
}
_NEEDED = {
    "hour": GRAINS["hour"].least // _HOURS,
    "day": 56,
    "week": GRAINS["week"].least,
    "month": GRAINS["month"].least,
}
"""Days, weeks or months that the full forecast should have; of days it wants each weekday often."""


@dataclass(frozen=True, eq=False)
class LevelForecast:
    """One level carried on, for a history too short for ``Forecast``.

    Args:
        frame: one row a period ahead: ``time`` (datetime64, naive), ``mean``, ``low``, ``high``
            (float64 counts, finite, 0 <= low <= mean <= high). The mean is the same everywhere.
        total: the sum over the horizon, fit for ``core.forecast.chance_of_more``.
        step: ``day``, ``week`` or ``month``: what a row is. Hours are summed to days.
        periods: how many periods of that step the level was taken from.
        have: whole periods that the history holds.
        needed: periods that the full forecast asks for.
        unit: of ``have`` and ``needed``: ``day``, ``week`` or ``month``.
        level: the share of actual counts that the band is meant to hold.
        caveats: codes of what the reader must be told, see ``CAVEATS``; ``level_only`` always.
    """

    frame: pd.DataFrame
    total: Total
    step: str
    periods: int
    have: int
    needed: int
    unit: str
    level: float
    caveats: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Recent:
    """Whole periods, oldest first. ``places`` count periods from the oldest one, gaps included."""

    counts: Array
    times: pd.DatetimeIndex
    places: NDArray[np.int64]
    grain: Grain
    have: int
    needed: int
    peak: float
    caveats: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Level:
    """The level, the weights it was made with, and how single periods stray from it."""

    mean: float
    weights: Array
    variance: float
    memory: float
    freedom: float


def forecast_level(history: pd.Series, horizon: int, level: float = 0.8) -> LevelForecast:
    """Forecast one level for a history that is too short to show what repeats.

    Args:
        history: counts on a ``DatetimeIndex``, hourly, daily, weekly or monthly; any row order,
            never mutated. A zone is dropped, rows of the same time are summed, NaN, infinities
            and missing periods are gaps. Hours are summed to days; days that lack hours are left
            out, so the forecast starts after the last whole day.
        horizon: periods ahead **of the result's step**: days also where the history is hourly;
            at most 731 days, 104 weeks or 36 months.
        level: share of actual counts that the band is to hold, between 0 and 1 exclusive.

    Returns:
        The level. A longer history than needed is no error: its newest part is used.

    Raises:
        NotEnoughData: the only exception, with the codes of ``core.forecast.forecast``;
            ``history_too_short`` (have, need, unit) below three whole periods.

    Notes:
        The level is a mean of the newest periods that counts each weekday alike and older weeks
        less, after lone spikes were drawn in. The band is a prediction interval from Student's t
        for log((actual + 1) / (level + 1)): neighbouring periods are alike (AR(1)), the level
        wanders (random walk), and spread, memory and the shape of the week are drawn to priors.
        It is never narrower than Poisson counts. Periods that are alike stray less from their own
        mean than from the level to come; the spread seen is put right for that.

    >>> days = pd.date_range("2024-01-01", periods=10, freq="D")
    >>> found = forecast_level(pd.Series(100.0, index=days), 7)
    >>> found.frame["mean"].tolist() == [100.0] * 7, found.step, found.have, found.needed
    (True, 'day', 10, 56)
    """
    check_request(horizon, level)
    known = _read(history)
    if horizon > known.grain.most_ahead:
        raise NotEnoughData("horizon_too_long", horizon=horizon, most=known.grain.most_ahead)
    tamed = _tame(known.counts)
    found = _find_level(tamed, known)
    unseen = _unseen(known, int(horizon))
    each, together = _variances(found, known, unseen)
    band = _band(found, np.sqrt(each), level)
    total = _total(found, float(np.sqrt(together)), int(horizon), level)
    frame, total, is_capped = _cap(_frame(known, found.mean, band), total, known.peak)
    return LevelForecast(
        frame=frame,
        total=total,
        step=known.grain.name,
        periods=len(known.counts),
        have=known.have,
        needed=known.needed,
        unit=known.grain.name,
        level=float(level),
        caveats=_caveats(known, tamed, unseen, is_capped=is_capped),
    )


def _read(history: pd.Series) -> _Recent:
    """Check the history and return its newest whole periods."""
    clean, caveats = one_count_a_time(numeric_counts(history))
    if clean.empty:
        raise NotEnoughData("history_empty")
    if len(clean) < 2:
        raise NotEnoughData("history_too_short", have=0, need=LEAST_PERIODS, unit="day")
    grain = find_grain(pd.DatetimeIndex(clean.index))
    step = GRAINS["day"] if grain.name == "hour" else grain
    if grain.name == "hour":
        clean, found = _whole_days(clean)
        caveats += found
    newest = _newest(clean, step)
    if len(newest) < len(clean):
        caveats.append("older_history_left_out")
    times = pd.DatetimeIndex(newest.index)
    places = _places(times, step)
    if len(places) <= places[-1]:
        caveats.append("gaps_in_history")
    return _Recent(
        counts=newest.to_numpy(dtype=np.float64),
        times=times,
        places=places,
        grain=step,
        have=len(clean),
        needed=_NEEDED[grain.name],
        peak=float(clean.max()),
        caveats=tuple(caveats),
    )


def _whole_days(hours: pd.Series) -> tuple[pd.Series, list[str]]:
    """Sum hours to days and leave out days that lack hours, with the caveat at either end.

    A day has all its hours, or all but one inside it: the clock goes forward once a year.
    """
    times = pd.DatetimeIndex(hours.index)
    days = hours.groupby(times.normalize())
    hour = pd.Series(times.hour, index=times).groupby(times.normalize())
    is_whole = days.size() >= _HOURS - _MISSING_HOURS
    is_whole &= (hour.min() == 0) & (hour.max() == _HOURS - 1)
    is_cut = not (is_whole.iloc[0] and is_whole.iloc[-1])
    return days.sum()[is_whole], ["incomplete_days_left_out"] if is_cut else []


def _newest(clean: pd.Series, step: Grain) -> pd.Series:
    """Return the periods that lie less than ``_Habits.most`` before the end; three at least."""
    newest = clean
    if not clean.empty:
        places = _places(pd.DatetimeIndex(clean.index), step)
        newest = clean[places > places[-1] - _HABITS[step.name].most]
    if len(newest) < LEAST_PERIODS:
        raise NotEnoughData(
            "history_too_short", have=len(newest), need=LEAST_PERIODS, unit=step.name
        )
    return newest


def _places(times: pd.DatetimeIndex, step: Grain) -> NDArray[np.int64]:
    """Count the periods from the first time to each; times that are missing count too."""
    if step.name == "month":
        months = times.year.to_numpy() * 12 + times.month.to_numpy()
        return np.asarray(months - months[0], dtype=np.int64)
    length = 7 if step.name == "week" else 1
    return np.asarray((times - times[0]).days.to_numpy() // length, dtype=np.int64)


def _ahead(known: _Recent, horizon: int) -> pd.DatetimeIndex:
    return pd.date_range(known.times[-1], periods=horizon + 1, freq=known.grain.alias)[1:]


def _tame(counts: Array) -> Array:
    """Draw lone periods in to what the others do, so that one spike does not set the level.

    The limit is three robust standard deviations of the logarithm, or as far as the next most
    extreme period goes: two quiet Sundays are no spikes. Beyond three times the middle, a tenth
    of it, or six deviations, nothing is let through.

    >>> _tame(np.array([100.0, 103.0, 98.0, 101.0, 99.0, 9000.0])).round().tolist()
    [100.0, 103.0, 98.0, 101.0, 99.0, 158.0]
    >>> _tame(np.array([100.0, 102.0, 98.0, 101.0, 99.0, 42.0, 40.0])).round().tolist()
    [100.0, 102.0, 98.0, 101.0, 99.0, 42.0, 42.0]
    """
    logs = np.log1p(counts)
    middle = float(np.median(logs))
    spread = float(stats.median_abs_deviation(logs, scale="normal"))
    spread = max(spread, _LEAST_SPREAD, float(1 / np.sqrt(np.exp(middle))))
    below = _limit(middle - logs, spread, _WILD_LOW)
    above = _limit(logs - middle, spread, _WILD_HIGH)
    is_usual = (logs >= middle - below) & (logs <= middle + above)
    drawn_in = np.expm1(np.clip(logs, middle - below, middle + above))
    return np.where(is_usual, counts, drawn_in)


def _limit(away: Array, spread: float, wild: float) -> float:
    """Return how far a period may be away from the middle, on one side of it."""
    lone = 1 + len(away) // _LONE_SHARE
    next_most = float(np.sort(away)[-1 - lone])
    return float(np.clip(next_most, _OUTLIER * spread, max(2 * _OUTLIER * spread, wild)))


def _find_level(tamed: Array, known: _Recent) -> _Level:
    """Return the level with the spread and the memory of single periods around it."""
    habits = _HABITS[known.grain.name]
    weights = _weights(known, habits.half_life)
    mean = float(weights @ tamed)
    errors = np.log1p(tamed) - np.log1p(mean)
    memory = _memory(errors, known.places)
    left = 1 - float(weights @ _alike(known.places, memory) @ weights)
    seen = float(weights @ errors**2) / max(left, _LEAST_LEFT)
    prior = habits.spread**2 + 1 / (mean + 1)
    looks = max(len(tamed) * (1 - memory**2) / (1 + memory**2) - 1, 0.0)
    freedom = _PRIOR_FREEDOM + looks
    variance = (_PRIOR_FREEDOM * prior + looks * seen) / freedom
    return _Level(mean, weights, variance, memory, freedom)


def _weights(known: _Recent, half_life: float) -> Array:
    """Return weights that sum to 1: newer periods count more, each weekday seen counts alike."""
    fresh = pd.Series(0.5 ** ((known.places[-1] - known.places) / half_life))
    if known.grain.name == "day":
        fresh = fresh / fresh.groupby(known.times.day_of_week).transform("sum")
    return np.asarray(fresh / fresh.sum(), dtype=np.float64)


def _memory(errors: Array, places: NDArray[np.int64]) -> float:
    """Return how alike neighbouring periods are, drawn to what is usual."""
    is_next = np.diff(places) == 1
    square = float(np.mean(errors**2))
    pairs = int(is_next.sum())
    seen = float((errors[1:] * errors[:-1])[is_next].sum()) / square if square > 0 else 0.0
    memory = (seen + _MEMORY_WEIGHT * _PRIOR_MEMORY) / (pairs + _MEMORY_WEIGHT)
    return float(np.clip(memory, 0.0, _MOST_MEMORY))


def _alike(places: NDArray[np.int64], memory: float) -> Array:
    """Return the correlation of an AR(1) between the places."""
    return np.asarray(memory ** np.abs(np.subtract.outer(places, places)), dtype=np.float64)


def _unseen(known: _Recent, horizon: int) -> Array:
    """Return for each period ahead how unknown its weekday is: 1 never seen, 0 seen twice."""
    if known.grain.name != "day":
        return np.zeros(horizon)
    looks = np.bincount(known.times.day_of_week, minlength=7)
    strange = np.select([looks == 0, looks == 1], [1.0, _SEEN_ONCE], 0.0)
    return np.asarray(strange[_ahead(known, horizon).day_of_week])


def _variances(found: _Level, known: _Recent, unseen: Array) -> tuple[Array, float]:
    """Return the variance of log(actual / level) for each period ahead, and for their mean."""
    drift = _HABITS[known.grain.name].drift
    past = known.places
    ahead = past[-1] + 1 + np.arange(len(unseen))
    every = np.concatenate([past, ahead])
    wandered = drift**2 * np.minimum.outer(every, every)
    shared = found.variance * _alike(every, found.memory) + wandered
    own = shared[len(past) :, len(past) :] + _UNSEEN_WEEKDAY**2 * np.outer(unseen, unseen)
    cross = shared[len(past) :, : len(past)] @ found.weights
    of_level = float(found.weights @ shared[: len(past), : len(past)] @ found.weights)
    each = np.diag(own) - 2 * cross + of_level
    return each, float(own.mean() - 2 * cross.mean() + of_level)


def _band(found: _Level, scale: Array, level: float) -> tuple[Array, Array]:
    """Return the ends of the band of each period, never narrower than Poisson counts."""
    share = 0.5 + level / 2
    low, high = _around(found.mean, stats.t.ppf(share, found.freedom) * scale)
    fewest, most = (_poisson(found.mean, side) for side in (1 - share, share))
    return np.minimum(low, fewest), np.maximum(high, most)


def _poisson(mean: float, share: float) -> float:
    """Return a quantile of Poisson counts.

    >>> _poisson(100.0, 0.9), round(_poisson(1e8, 0.9) - 1e8)
    (113.0, 12816)
    """
    if mean > _POISSON_MATTERS:
        return mean + float(stats.norm.ppf(share) * np.sqrt(mean))
    return float(stats.poisson.ppf(share, mean))


def _around(mean: float, reach: Array) -> tuple[Array, Array]:
    reach = np.minimum(reach, _FURTHEST)
    low = np.maximum((mean + 1) * np.exp(-reach) - 1, 0.0)
    return np.minimum(low, mean), np.maximum((mean + 1) * np.exp(reach) - 1, mean)


def _total(found: _Level, scale: float, horizon: int, level: float) -> Total:
    """Return the sum; its scale is what ``chance_of_more`` reckons with, Poisson at least."""
    mean = found.mean * horizon
    scale *= horizon * (found.mean + 1) / (mean + 1)  # the one added weighs less in a sum
    scale = max(scale, 1 / float(np.sqrt(mean + 1)))
    reach = np.array([stats.t.ppf(0.5 + level / 2, found.freedom) * scale])
    low, high = _around(mean, reach)
    return Total(mean, float(low[0]), float(high[0]), scale, found.freedom)


def _frame(known: _Recent, mean: float, band: tuple[Array, Array]) -> pd.DataFrame:
    low, high = band
    return pd.DataFrame({"time": _ahead(known, len(low)), "mean": mean, "low": low, "high": high})


def _cap(frame: pd.DataFrame, total: Total, peak: float) -> tuple[pd.DataFrame, Total, bool]:
    """Cut what exceeds the largest count ever seen too far, and tell whether something does.

    Where nothing but zeros was seen, a count of one is taken for the largest: a few empty days do
    not prove that nobody will ever come.
    """
    roof = CAP * max(peak, 1.0)
    slack = ROUNDING * (1 + roof)
    most = np.array([CAP * peak, CAP * peak * len(frame)]) + slack
    is_capped = bool(frame["high"].max() > most[0] or total.high > most[1])
    frame = frame.assign(high=frame["high"].clip(upper=roof))
    return frame, replace(total, high=min(total.high, roof * len(frame))), is_capped


def _caveats(known: _Recent, tamed: Array, unseen: Array, *, is_capped: bool) -> tuple[str, ...]:
    """Return the codes of what must be said with this level."""
    found = {
        "level_only": True,
        "weekdays_not_seen": bool((unseen == 1).any()),
        "spike_cut_back": bool((tamed < known.counts).any()),
        "mostly_zero": bool(np.mean(known.counts == 0) >= 0.5),
        "capped": is_capped,
    }
    return (*known.caveats, *(code for code, holds in found.items() if holds))
