"""A series of counts, checked and laid on a regular grid. Gaps stay gaps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import NotEnoughData

STEPS = {"week": 7 * 86_400, "day": 86_400, "hour": 3_600}  # seconds
MICROSECONDS = 1_000_000
LARGEST_COUNT = 1e15  # beyond this, neighbouring whole numbers are no longer told apart
LEAST_OBSERVED_SHARE = 0.5
UNFINISHED_SHARE = 0.5
"""A last period below this share of every like period before looks as if it were still going on."""
LEAST_LIKE = 3
LEAST_USUAL = 10.0
"""Visits that a period must usually have before few of them look unfinished."""
LEAST_TRAILING_ZEROS = 3


@dataclass(frozen=True)
class Grain:
    """One spacing of the history and what follows from it. Lengths are in periods.

    Args:
        name: ``hour``, ``day``, ``week`` or ``month``.
        alias: pandas frequency of the grid.
        season: seasonal period (168 hours: the hour of the week).
        cycle: step between folds: a whole day for hours, so that folds start at one hour of day.
        block: a stretch whose errors go together (a day of hours, a week of days).
        unit: word of ``have`` and ``need`` in the error: ``day``, ``week`` or ``month``.
        per_unit: periods in one unit.
        least: shortest history.
        most: longest history that is used; older periods are left out.
        most_ahead: longest horizon.
    """

    name: str
    alias: str
    season: int
    cycle: int
    block: int
    unit: str
    per_unit: int
    least: int
    most: int
    most_ahead: int


GRAINS = {
    "hour": Grain("hour", "h", 168, 24, 24, "day", 24, 14 * 24, 731 * 24, 366 * 24),
    "day": Grain("day", "D", 7, 1, 7, "day", 1, 56, 1461, 731),
    "week": Grain("week", "7D", 1, 1, 4, "week", 1, 12, 520, 104),
    "month": Grain("month", "MS", 1, 1, 3, "month", 1, 12, 240, 36),
}
YEAR_OF = {"week": 52, "month": 12}


@dataclass(frozen=True, eq=False)
class History:
    """A regular history.

    Args:
        times: start of each period, naive, without holes.
        values: counts, float64; NaN where the period is missing.
        grain: the spacing.
        peak: largest count ever seen, before older periods were left out.
        caveats: what was repaired on the way, as codes.
    """

    times: pd.DatetimeIndex
    values: NDArray[np.float64]
    grain: Grain
    peak: float
    caveats: tuple[str, ...]

    def ahead(self, horizon: int) -> pd.DatetimeIndex:
        """Return the times of the next ``horizon`` periods."""
        return pd.date_range(self.times[-1], periods=horizon + 1, freq=self.grain.alias)[1:]


def read_history(series: pd.Series) -> History:
    """Check a series of counts and lay it on its grid.

    Sorts, drops the time zone (local wall time stays), sums rows of the same time, treats
    infinities as gaps, cuts gaps off both ends, keeps at most ``Grain.most`` periods, and leaves
    out an end that looks unfinished.

    Args:
        series: counts on a ``DatetimeIndex``; never mutated.

    Returns:
        The regular history.

    Raises:
        NotEnoughData: ``forecast_without_time``, ``history_not_numeric``, ``negative_values``
            (count), ``history_empty``, ``grain_not_supported`` (step_minutes),
            ``irregular_history`` (off_grid, rows), ``history_too_short`` (have, need, unit),
            ``history_too_many_gaps`` (have, need, unit: half of the span must have counts).
    """
    raw = numeric_counts(series)
    clean, caveats = one_count_a_time(raw)
    if clean.empty:
        raise NotEnoughData("history_empty")
    grain = find_grain(pd.DatetimeIndex(clean.index))
    _check_span(clean, grain)
    kept = _lay_on_grid(clean, grain)
    if len(kept) > grain.most:
        kept = _without_outer_gaps(kept.iloc[-grain.most :])
        caveats.append("older_history_left_out")
    unfinished = count_unfinished(kept.to_numpy(), grain)
    if unfinished:
        kept = _without_outer_gaps(kept.iloc[:-unfinished])
        caveats.append("unfinished_end_left_out")
    _check_gaps(kept, grain)
    if kept.isna().any():
        caveats.append("gaps_in_history")
    return History(
        times=pd.DatetimeIndex(kept.index),
        values=kept.to_numpy(dtype=np.float64),
        grain=_with_season(grain, len(kept)),
        peak=float(clean.max()),
        caveats=tuple(caveats),
    )


def numeric_counts(series: pd.Series) -> pd.Series:
    """Return a float copy, or raise ``NotEnoughData`` where this cannot be a history."""
    if not isinstance(series, pd.Series) or not isinstance(series.index, pd.DatetimeIndex):
        raise NotEnoughData("forecast_without_time")
    if series.dtype.kind in "cmM":
        raise NotEnoughData("history_not_numeric")
    try:
        values = series.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    except (TypeError, ValueError):
        raise NotEnoughData("history_not_numeric") from None
    negative = int(np.sum(values < 0))
    if negative:
        raise NotEnoughData("negative_values", count=negative)
    return pd.Series(values, index=series.index)


def one_count_a_time(series: pd.Series) -> tuple[pd.Series, list[str]]:
    """Return one finite value a time, sorted, naive, and the caveats of what was repaired."""
    caveats = []
    index = pd.DatetimeIndex(series.index)
    if index.tz is not None:
        caveats.append("time_zone_dropped")
        index = index.tz_localize(None)
    values = series.to_numpy()
    if (values > LARGEST_COUNT).any():
        caveats.append("infinite_values_ignored")
    if index.hasnans:
        caveats.append("rows_without_time_ignored")
    usable = (values <= LARGEST_COUNT) & ~np.asarray(index.isna())
    clean = pd.Series(values[usable], index=index[usable])
    if clean.index.has_duplicates:
        caveats.append("duplicate_times_summed")
        clean = clean.groupby(level=0).sum()
    return clean.sort_index(), caveats


def find_grain(times: pd.DatetimeIndex) -> Grain:
    """Return the coarsest grain on whose grid every time lies.

    Args:
        times: sorted, unique, naive.

    Raises:
        NotEnoughData: ``history_too_short``, ``grain_not_supported`` or ``irregular_history``.

    >>> find_grain(pd.date_range("2024-01-01", periods=5, freq="D")).name
    'day'
    """
    if len(times) < 2:
        hours = GRAINS["hour"]
        raise NotEnoughData("history_too_short", have=0, need=hours.least // 24, unit="day")
    gaps = np.diff(times.as_unit("us").asi8)
    if gaps.min() >= 28 * STEPS["day"] * MICROSECONDS and _is_first_of_month(times):
        return GRAINS["month"]
    for name, seconds in STEPS.items():
        if (gaps % (seconds * MICROSECONDS) == 0).all():
            return GRAINS[name]
    hour = STEPS["hour"] * MICROSECONDS
    if gaps.max() < hour:
        raise NotEnoughData(
            "grain_not_supported", step_minutes=float(gaps.min() / MICROSECONDS / 60)
        )
    raise NotEnoughData(
        "irregular_history", off_grid=int((gaps % hour != 0).sum()), rows=len(times)
    )


def _is_first_of_month(times: pd.DatetimeIndex) -> bool:
    """Tell whether all times share one time of day and stand on the first of a month."""
    return bool((times.day == 1).all() and (times - times.normalize()).nunique() == 1)


def _check_span(clean: pd.Series, grain: Grain) -> None:
    """Raise where the span from first to last period is shorter than the grain needs."""
    first, last = clean.index[0], clean.index[-1]
    if grain.name == "month":
        span = (last.year - first.year) * 12 + last.month - first.month + 1
    else:
        span = int((last - first).total_seconds() // STEPS[grain.name]) + 1
    if span < grain.least:
        raise NotEnoughData(
            "history_too_short",
            have=span // grain.per_unit,
            need=grain.least // grain.per_unit,
            unit=grain.unit,
        )


def _lay_on_grid(clean: pd.Series, grain: Grain) -> pd.Series:
    """Return the series on the full grid between its first and last time; holes are NaN.

    Only the last ``Grain.most`` + 1 periods are laid out, so that one stray row decades ago
    costs nothing.
    """
    last = clean.index[-1]
    if grain.name == "month":
        return clean.reindex(pd.date_range(clean.index[0], last, freq="MS"))
    step = pd.Timedelta(seconds=STEPS[grain.name])
    start = max(clean.index[0], last - grain.most * step)
    return clean.reindex(pd.date_range(start, last, freq=step))


def _without_outer_gaps(series: pd.Series) -> pd.Series:
    return series.loc[series.first_valid_index() : series.last_valid_index()]


def count_unfinished(values: NDArray[np.float64], grain: Grain) -> int:
    """Return how many periods at the end look unfinished.

    An export made in the middle of a day (week, month) ends in a part of it. The last period is
    unfinished if it has less than half of every like period of the weeks before, and these had
    ten visits at least. Zeros that fill the rest of a day of hours after visits in the morning are
    unfinished too, with the hour before them, if the same hours of every day of the week before
    had visits. A day and more of zeros is an outage, not an export at noon.

    >>> count_unfinished(np.array([80.0, 90, 85, 88, 20]), GRAINS["month"])
    1
    """
    if grain.name == "hour":
        zeros = _trailing_zeros(values)
        if zeros >= LEAST_TRAILING_ZEROS:
            is_part_of_day = zeros < grain.cycle and _usually_busy(values, zeros)
            return zeros + 1 if is_part_of_day else 0
    like = values[: len(values) - 1][::-1][_like_step(grain) - 1 :: _like_step(grain)][:4]
    like = like[~np.isnan(like)]
    if len(like) < LEAST_LIKE or like.min() < LEAST_USUAL:
        return 0
    return int(values[-1] < UNFINISHED_SHARE * like.min())


def _like_step(grain: Grain) -> int:
    """Periods back to one that is alike: an hour of the day, a weekday, the period before."""
    return {"hour": 24, "day": 7}.get(grain.name, 1)


def _trailing_zeros(values: NDArray[np.float64]) -> int:
    busy = np.flatnonzero(values != 0)
    return len(values) - 1 - int(busy[-1]) if len(busy) else 0


def _usually_busy(values: NDArray[np.float64], zeros: int) -> bool:
    """Tell whether the same hours of each of the seven days before had visits."""
    sums = [np.nansum(values[-zeros - day * 24 :][:zeros]) for day in range(1, 8)]
    return bool(len(values) >= zeros + 7 * 24 and min(sums) >= LEAST_USUAL)


def check_request(horizon: Any, level: Any) -> None:
    """Raise ``NotEnoughData`` where horizon or level make no sense."""
    is_whole = isinstance(horizon, int | np.integer) and not isinstance(horizon, bool)
    if not is_whole or horizon < 1:
        raise NotEnoughData("horizon_not_positive", horizon=horizon)
    if not isinstance(level, float | int | np.floating) or not 0 < float(level) < 1:
        raise NotEnoughData("level_out_of_range", level=level)


def _check_gaps(kept: pd.Series, grain: Grain) -> None:
    """Raise where too few periods of the span have a count."""
    observed = int(kept.notna().sum())
    need = int(np.ceil(max(len(kept), grain.least) * LEAST_OBSERVED_SHARE))
    if observed < need:
        raise NotEnoughData(
            "history_too_many_gaps",
            have=observed // grain.per_unit,
            need=-(-need // grain.per_unit),
            unit=grain.unit,
        )


def _with_season(grain: Grain, length: int) -> Grain:
    """Give weeks and months a yearly season once three years are there."""
    year = YEAR_OF.get(grain.name)
    return replace(grain, season=year) if year and length >= 3 * year else grain
