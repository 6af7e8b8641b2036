"""When people come: series over time, the rhythm of the week, the busiest part of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import NotEnoughData
from core.metrics import METRICS, values
from core.statistics import ratio_difference, ratio_interval
from core.traffic import Traffic, total_over_time

WINDOW_HOURS = 4
"""Length of the busiest part of the day: long enough to staff, short enough to act on."""

MIN_DAYS_FOR_RHYTHM = 7
_BUCKETS = {"hour": "h", "day": "D", "week": "W-SUN", "month": "M"}
_ORDER = ("hour", "day", "week", "month")


def possible_grains(traffic: Traffic) -> tuple[str, ...]:
    """Grains the series can be drawn at: its own and every coarser one.

    Weeks do not add up to months, so a weekly export is drawn weekly only.
    """
    if not traffic.has_time:
        return ()
    if traffic.grain == "week":
        return ("week",)
    return _ORDER[_ORDER.index(traffic.grain) :]


def default_grain(traffic: Traffic) -> str:
    """The finest grain that still draws a readable line (up to about 400 points)."""
    seconds = {"hour": 3600, "day": 86_400, "week": 604_800, "month": 2_592_000}
    span = (traffic.times[-1] - traffic.times[0]).total_seconds()
    grains = possible_grains(traffic)
    most = {"hour": 4 * 24}  # longer, the nights make a comb of the line
    readable = [grain for grain in grains if span / seconds[grain] <= most.get(grain, 400)]
    return readable[0] if readable else grains[-1]


def series(traffic: Traffic, metrics: Sequence[str], grain: str) -> pd.DataFrame:
    """Metrics over time, all channels together; weeks start on Monday.

    Args:
        traffic: with time.
        metrics: keys of ``METRICS``; ratios are derived after summing.
        grain: one of ``possible_grains``.

    Returns:
        ``time`` (start of the period), one column per metric, and ``is_complete``: whether the
        period lies wholly inside the covered span, so that a half week is not read as a crash.

    Raises:
        NotEnoughData: ``no_time`` for a file without time.
    """
    if not traffic.has_time:
        raise NotEnoughData("no_time")
    sums = total_over_time(traffic, traffic.exported)
    if grain != traffic.grain:
        sums = sums.groupby(sums.index.to_period(_BUCKETS[grain])).sum()
        starts = sums.index.start_time.astype("datetime64[s]")
        ends = sums.index.end_time
        last = traffic.times[-1] + _last_step(traffic.grain) - pd.Timedelta(seconds=1)
        is_complete = (starts >= traffic.times[0]) & (ends.floor("s") <= last)
        sums.index = starts
    else:
        is_complete = np.ones(len(sums), dtype=bool)
    table = pd.DataFrame({metric: values(sums, metric) for metric in metrics})
    table["is_complete"] = is_complete
    return table.rename_axis("time").reset_index()


def _last_step(grain: str) -> pd.Timedelta:
    return pd.Timedelta(hours=1) if grain == "hour" else pd.Timedelta(days=1)


def heat_map(traffic: Traffic, metric: str) -> pd.DataFrame:
    """A typical hour for each hour of each weekday.

    Args:
        traffic: hourly.
        metric: a count gives the mean per hour, a ratio the ratio of sums.

    Returns:
        ``weekday`` (0 is Monday), ``hour``, ``value`` and ``n`` (hours seen), one row per cell
        that was covered at least once.

    Raises:
        NotEnoughData: ``needs_hours`` for a file that is not hourly.
    """
    _require_hours(traffic)
    sums = total_over_time(traffic, traffic.exported)
    groups = sums.groupby([sums.index.day_of_week, sums.index.hour])
    n = groups.size()
    total = values(groups.sum(), metric)
    value = total if METRICS[metric].is_ratio else total / n
    table = pd.DataFrame({"value": value, "n": n})
    return table.rename_axis(["weekday", "hour"]).reset_index()


def profile(traffic: Traffic, metric: str, by: str) -> pd.DataFrame:
    """A typical hour of the day, or a typical day of the week, with its uncertainty.

    Args:
        traffic: hourly for ``hour``; hourly or daily for ``weekday``.
        metric: a key of ``METRICS``; for a count the value is the mean per hour or day.
        by: ``hour`` or ``weekday``.

    Returns:
        ``hour`` or ``weekday``, ``value``, ``low``, ``high`` (95 %) and ``n`` (days seen).

    Raises:
        NotEnoughData: ``needs_hours`` or ``needs_days``.
    """
    if by == "hour":
        _require_hours(traffic)
    elif traffic.grain not in ("hour", "day"):
        raise NotEnoughData("needs_days", grain=traffic.grain)
    rows = []
    top, bottom = _daily_parts(traffic, metric, by)
    for key in top.columns:
        seen = bottom[key].notna()
        interval = ratio_interval(
            top.loc[seen, key], bottom.loc[seen, key], is_share=METRICS[metric].unit == "share"
        )
        rows.append((key, interval.value, interval.low, interval.high, int(seen.sum())))
    return pd.DataFrame(rows, columns=[by, "value", "low", "high", "n"])


def _daily_parts(traffic: Traffic, metric: str, by: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Numerator and denominator, one row per day and one column per hour or weekday."""
    entry = METRICS[metric]
    sums = total_over_time(traffic, traffic.exported)
    if by == "weekday":
        sums = sums.groupby(sums.index.normalize()).sum()
    day = sums.index.normalize()
    key = pd.Index(sums.index.hour if by == "hour" else sums.index.day_of_week, name=by)
    sums["_one"] = 1.0
    wide = sums.set_index([day, key])
    denominator = entry.denominator or "_one"
    return wide[entry.numerator].unstack(), wide[denominator].unstack()


@dataclass(frozen=True)
class Window:
    """A stretch of hours of the day.

    Args:
        start: first hour, 0 to 23.
        hours: how many hours it lasts; it may run over midnight.
        share: of the whole count that falls into it.
        share_low: lower end of the interval, corrected for having tried every start.
        share_high: upper end.
        even_share: what it would hold if every hour were alike.
        p_value: of "it holds an even share", corrected for having tried every start.
    """

    start: int
    hours: int
    share: float
    share_low: float
    share_high: float
    even_share: float
    p_value: float

    @property
    def end(self) -> int:
        """Hour at which it ends, 1 to 24."""
        return (self.start + self.hours - 1) % 24 + 1

    @property
    def is_clearly_busy(self) -> bool:
        """Whether even the low end holds more than an even share."""
        return self.share_low > self.even_share

    @property
    def is_clearly_quiet(self) -> bool:
        """Whether even the high end holds less than an even share."""
        return self.share_high < self.even_share


def find_window(traffic: Traffic, metric: str, *, busiest: bool = True) -> Window:
    """The busiest (or quietest) stretch of ``WINDOW_HOURS`` of the day.

    The interval is by blocks of days, at a level corrected (Bonferroni) for the 24 starts tried.

    Args:
        traffic: hourly, at least ``MIN_DAYS_FOR_RHYTHM`` days.
        metric: a count.
        busiest: ``False`` for the quietest.

    Raises:
        NotEnoughData: ``needs_hours``, ``too_few_days`` (have, need), ``too_few_hours`` when hours
            were filtered down to fewer than twice the window, ``no_visits`` when all is zero.
    """
    _require_hours(traffic)
    sums = total_over_time(traffic, [metric])[metric]
    table = sums.groupby([sums.index.normalize(), sums.index.hour]).sum().unstack()
    if len(table) < MIN_DAYS_FOR_RHYTHM:
        raise NotEnoughData("too_few_days", have=len(table), need=MIN_DAYS_FOR_RHYTHM)
    starts = [h for h in table if set(_hours_from(h)) <= set(table)]
    if table.shape[1] < 2 * WINDOW_HOURS or not starts:
        raise NotEnoughData("too_few_hours", have=table.shape[1], need=2 * WINDOW_HOURS)
    if not table.sum().sum() > 0:
        raise NotEnoughData("no_visits")
    by_start = {h: table[_hours_from(h)].sum(axis=1) for h in starts}
    pick = max if busiest else min
    start = pick(starts, key=lambda hour: by_start[hour].sum())
    level = 1 - 0.05 / 24
    interval = ratio_interval(by_start[start], table.sum(axis=1), is_share=False, level=level)
    even = WINDOW_HOURS / table.shape[1]
    low, high = np.nan_to_num([interval.low, interval.high], nan=even)
    days = ratio_difference(
        (by_start[start], table.sum(axis=1)),
        (table.sum(axis=1) * even, table.sum(axis=1)),
        is_share=False,
    )
    p_value = min(24 * days.p_value, 1.0) if np.isfinite(days.p_value) else 1.0
    return Window(int(start), WINDOW_HOURS, interval.value, float(low), float(high), even, p_value)


def _hours_from(start: int) -> list[int]:
    return [(start + step) % 24 for step in range(WINDOW_HOURS)]


def _require_hours(traffic: Traffic) -> None:
    if traffic.grain != "hour":
        raise NotEnoughData("needs_hours", grain=traffic.grain)
