"""Traffic: the one data type. Counts per time and channel, and how to filter, total and compare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COUNTS = (
    "sessions",
    "engaged_sessions",
    "events",
    "users",
    "engagement_seconds",
    "new_users",
    "views",
    "clicks",
    "key_events",
    "revenue",
)
"""Additive columns of ``Traffic.frame``. NaN means not exported, 0 means exported as zero."""

ALL_CHANNELS = "(all)"
"""The channel of every row when the export has no channel column."""

UNATTRIBUTED = ("Unassigned", "(other)", "(not set)")
"""Labels that say "GA4 could not tell", so they are a tagging matter and not a channel to rank."""

GRAINS = ("hour", "day", "week", "month", "none")
_OFFSETS = {"hour": "h", "day": "D", "week": "7D", "month": "MS"}
_MAIN_METRICS = ("sessions", "users", "views", "events", "clicks")


@dataclass(frozen=True, eq=False)
class Traffic:
    """Counts of one website over time and channel. Nobody mutates the frame.

    Args:
        frame: columns ``time`` (datetime64, naive, start of the period), ``channel`` (str) and
            every name of ``COUNTS`` (float64); one row per time and channel.
        grain: ``hour``, ``day``, ``week``, ``month`` or ``none``.
        times: every period that the data cover, also those without a row (GA4 leaves out zero
            rows). Empty for grain ``none``.
    """

    frame: pd.DataFrame
    grain: str
    times: pd.DatetimeIndex

    @property
    def has_time(self) -> bool:
        """Whether the rows are placed in time."""
        return self.grain != "none"

    @property
    def has_channels(self) -> bool:
        """Whether the export told channels apart."""
        return not self.frame["channel"].eq(ALL_CHANNELS).all()

    @property
    def is_empty(self) -> bool:
        """Whether no row is left, for example after filtering."""
        return self.frame.empty

    @property
    def exported(self) -> tuple[str, ...]:
        """Names of ``COUNTS`` that hold at least one value."""
        return tuple(name for name in COUNTS if self.frame[name].notna().any())

    @property
    def main_metric(self) -> str:
        """What pages show first: sessions, else users, views, events, clicks."""
        return next((name for name in _MAIN_METRICS if name in self.exported), "sessions")

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels, largest first by the main metric, ties in alphabetical order."""
        sizes = self.frame.groupby("channel")[self.main_metric].sum().reset_index()
        ordered = sizes.sort_values([self.main_metric, "channel"], ascending=[False, True])
        return tuple(ordered["channel"])

    @property
    def first_day(self) -> date:
        """First calendar day covered."""
        return self.times[0].date()

    @property
    def last_day(self) -> date:
        """Last calendar day covered: for weeks and months the last day of the last one."""
        return (_period_ends(self.times[-1:], self.grain)[0] - timedelta(seconds=1)).date()

    @property
    def days(self) -> int:
        """Number of calendar days from the first to the last covered."""
        return (self.last_day - self.first_day).days + 1 if len(self.times) else 0


@dataclass(frozen=True)
class Filters:
    """What a person wants to look at. ``None`` means everything.

    Args:
        start: first day, inclusive.
        end: last day, inclusive.
        channels: names as exported.
        weekdays: 0 is Monday, 6 is Sunday.
        hours: hours of the day, 0 to 23.
    """

    start: date | None = None
    end: date | None = None
    channels: tuple[str, ...] | None = None
    weekdays: tuple[int, ...] | None = None
    hours: tuple[int, ...] | None = None

    @property
    def is_active(self) -> bool:
        """Whether anything is filtered at all."""
        return self != Filters()


def make_traffic(frame: pd.DataFrame, grain: str, times: pd.DatetimeIndex | None = None) -> Traffic:
    """Complete, sort and freeze a frame of counts.

    Args:
        frame: ``time`` (unless ``grain`` is ``none``), optionally ``channel``, and any of
            ``COUNTS``. Rows of the same time and channel are added up.
        grain: one of ``GRAINS``.
        times: the periods covered; by default from the first to the last time without a hole.

    Returns:
        A ``Traffic`` whose frame has every column and one row per time and channel.

    >>> rows = pd.DataFrame({"time": pd.to_datetime(["2024-01-01", "2024-01-03"]), "sessions": 5.0})
    >>> traffic = make_traffic(rows, "day")
    >>> len(traffic.times), traffic.channels, traffic.exported
    (3, ('(all)',), ('sessions',))
    """
    if grain not in GRAINS:
        raise ValueError(f"grain must be one of {GRAINS}, not {grain!r}")
    grouped = _add_up(frame, grain)
    if times is None:
        times = all_periods(pd.DatetimeIndex(grouped["time"]), grain)
    return Traffic(grouped, grain, times)


def _add_up(frame: pd.DataFrame, grain: str) -> pd.DataFrame:
    """Sum rows of equal time and channel; a sum of nothing but NaN is NaN.

    Times and channels become places in a grid, which a million rows fill faster than a hash table.
    """
    if frame.empty:
        empty = frame.reindex(columns=["time", "channel", *COUNTS])
        return empty.astype(
            {"time": "datetime64[s]", "channel": str} | dict.fromkeys(COUNTS, float)
        )
    seconds = _seconds(frame, grain)
    first = seconds.min()
    step = max(int(np.gcd.reduce(seconds - first)), 1)
    codes, names = _channel_codes(frame)
    key, places = _compact((seconds - first) // step * len(names) + codes)
    summed: dict[str, Any] = {
        "time": (first + places // len(names) * step).astype("datetime64[s]"),
        "channel": pd.Series(names, dtype=str).take(places % len(names)).array,
    }
    nothing = np.full(len(places), np.nan)
    for name in COUNTS:
        summed[name] = nothing
        if name in frame:
            values = frame[name].to_numpy(dtype="float64")
            summed[name] = _sums(key, values, len(places))
    return pd.DataFrame(summed, copy=False)


def _seconds(frame: pd.DataFrame, grain: str) -> NDArray[np.int64]:
    if grain == "none":
        return np.zeros(len(frame), dtype="int64")
    return frame["time"].to_numpy(dtype="datetime64[s]").astype("int64")


def _channel_codes(frame: pd.DataFrame) -> tuple[NDArray[np.int64], list[str]]:
    """Per row the place of its channel in the sorted names."""
    if "channel" not in frame:
        return np.zeros(len(frame), dtype="int64"), [ALL_CHANNELS]
    channel = frame["channel"]
    if not isinstance(channel.dtype, pd.CategoricalDtype):
        channel = channel.astype(object).fillna(ALL_CHANNELS).astype(str).astype("category")
    order = np.argsort(channel.cat.categories.to_numpy(dtype=object))
    names = [str(channel.cat.categories[place]) for place in order]
    return np.argsort(order)[channel.cat.codes.to_numpy()].astype("int64"), names


def _compact(cells: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the cells of a grid that occur: number per row, and the cell of each number."""
    size = int(cells.max()) + 1
    if size > 8 * len(cells) + 1_000_000:
        places, key = np.unique(cells, return_inverse=True)
        return key, places
    occurs = np.zeros(size, dtype=bool)
    occurs[cells] = True
    numbers = np.cumsum(occurs, dtype="int32")
    return numbers[cells] - 1, np.flatnonzero(occurs)


def _sums(key: NDArray[np.int64], values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    is_missing = np.isnan(values)
    if not is_missing.any():
        return np.bincount(key, weights=values, minlength=size).astype("float64")
    sums = np.bincount(key, weights=np.where(is_missing, 0.0, values), minlength=size)
    known = np.bincount(key, weights=~is_missing, minlength=size)
    return np.where(known > 0, sums, np.nan)


def all_periods(times: pd.DatetimeIndex, grain: str) -> pd.DatetimeIndex:
    """Every period from the first to the last of these, in any order; empty for grain ``none``."""
    if grain == "none" or times.empty:
        return pd.DatetimeIndex([], dtype="datetime64[s]")
    return pd.date_range(times.min(), times.max(), freq=_OFFSETS[grain], unit="s")


def _period_ends(times: pd.DatetimeIndex, grain: str) -> pd.DatetimeIndex:
    steps = {"hour": pd.Timedelta(hours=1), "day": pd.Timedelta(days=1)}
    if grain == "month":
        return times + pd.offsets.MonthBegin(1)
    return times + steps.get(grain, pd.Timedelta(days=7))


def select(traffic: Traffic, filters: Filters) -> Traffic:
    """Keep what the filters let through; a traffic without time ignores the time filters.

    >>> rows = pd.DataFrame({"time": pd.date_range("2024-01-01", periods=48, freq="h"),
    ...                      "sessions": 1.0})
    >>> morning = select(make_traffic(rows, "hour"), Filters(hours=(8, 9)))
    >>> len(morning.frame), len(morning.times)
    (4, 4)
    """
    frame = traffic.frame
    if filters.channels is not None:
        frame = frame[frame["channel"].isin(filters.channels)]
    if not traffic.has_time:
        return replace(traffic, frame=frame.reset_index(drop=True))
    times = traffic.times[_is_kept(traffic.times, traffic.grain, filters)]
    frame = frame[frame["time"].isin(times)]
    return replace(traffic, frame=frame.reset_index(drop=True), times=times)


def _is_kept(times: pd.DatetimeIndex, grain: str, filters: Filters) -> pd.Series:
    kept = pd.Series(data=True, index=times)
    if filters.start is not None:
        kept &= times >= pd.Timestamp(filters.start)
    if filters.end is not None:
        kept &= times < pd.Timestamp(filters.end) + timedelta(days=1)
    if filters.weekdays is not None and grain in ("hour", "day"):
        kept &= times.day_of_week.isin(filters.weekdays)
    if filters.hours is not None and grain == "hour":
        kept &= times.hour.isin(filters.hours)
    return kept.to_numpy()


@dataclass(frozen=True)
class Comparison:
    """Two periods of equal length, whole weeks apart where the file allows.

    Args:
        current: first and last day of the later period.
        previous: first and last day of the earlier one.
        is_inside: the selection itself was halved, because nothing lies before it in the file.
    """

    current: tuple[date, date]
    previous: tuple[date, date]
    is_inside: bool

    @property
    def days(self) -> int:
        """Length of each period in days."""
        return (self.current[1] - self.current[0]).days + 1

    @property
    def shift(self) -> timedelta:
        """How much earlier the earlier period lies."""
        return self.current[0] - self.previous[0]

    @property
    def is_adjacent(self) -> bool:
        """Whether the earlier period ends where the later one starts."""
        return self.shift.days == self.days


def previous_period(traffic: Traffic, filters: Filters) -> Comparison | None:
    """Find the period of equal length before the selection, weekday for weekday.

    It lies a whole number of weeks earlier, the fewest that keep the two apart, so that Mondays
    meet Mondays; where the file does not reach back that far, right before. Where it holds
    nothing before the selection, the later half of the selection is compared with the half
    before it, in whole weeks where possible.

    Args:
        traffic: the whole, unfiltered traffic.
        filters: the person's selection; only its dates matter here.

    Returns:
        The two periods, or ``None`` when fewer than two days are selected or there is no time.

    >>> rows = pd.DataFrame({"time": pd.date_range("2024-01-01", periods=28), "sessions": 1.0})
    >>> traffic = make_traffic(rows, "day")
    >>> halves = previous_period(traffic, Filters())
    >>> halves.is_inside, halves.days, halves.previous[0].isoformat()
    (True, 14, '2024-01-01')
    >>> pair = previous_period(traffic, Filters(start=date(2024, 1, 19), end=date(2024, 1, 28)))
    >>> pair.days, pair.shift.days
    (10, 14)
    """
    if traffic.grain not in ("hour", "day") or not len(traffic.times):
        return None
    start = max(filters.start or traffic.first_day, traffic.first_day)
    end = min(filters.end or traffic.last_day, traffic.last_day)
    days = (end - start).days + 1
    for shift in (-(-days // 7) * 7, days):
        if days >= 1 and start - timedelta(days=shift) >= traffic.first_day:
            return _earlier(end, days, shift, is_inside=False)
    half = days // 2
    half = half - half % 7 if half >= 7 else half
    return _earlier(end, half, half, is_inside=True) if half >= 1 else None


def _earlier(end: date, days: int, shift: int, *, is_inside: bool) -> Comparison:
    start, back = end - timedelta(days=days - 1), timedelta(days=shift)
    return Comparison((start, end), (start - back, end - back), is_inside)


def total_over_time(traffic: Traffic, metrics: Iterable[str]) -> pd.DataFrame:
    """Add up all channels per period, with zeros where the file has no row.

    GA4 leaves out combinations without a session, so a period inside the covered span without a
    row is a zero and not a gap.

    Args:
        traffic: with time.
        metrics: names of ``COUNTS`` that were exported.

    Returns:
        One column per metric, index ``time`` = ``traffic.times``.
    """
    totals = traffic.frame.groupby("time")[list(metrics)].sum()
    return totals.reindex(traffic.times, fill_value=0.0).rename_axis("time")


def daily_by_channel(traffic: Traffic, metric: str) -> pd.DataFrame:
    """Daily counts, one column per channel, with zeros where a channel has no row.

    Args:
        traffic: hourly or daily.
        metric: a name of ``COUNTS``.

    Returns:
        Index: the covered days; columns: channels, largest first.
    """
    table = traffic.frame.pivot_table(
        index=traffic.frame["time"].dt.normalize(),
        columns="channel",
        values=metric,
        aggfunc="sum",
        observed=True,
    )
    days = traffic.times.normalize().unique()
    return table.reindex(index=days, columns=list(traffic.channels)).fillna(0.0).rename_axis("day")
