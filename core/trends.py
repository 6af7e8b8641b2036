"""Series over time: any metric at any step, gaps as gaps, unfinished periods as unfinished."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.errors import NotEnoughData
from core.expected import OTHERS
from core.metrics import METRICS, values
from core.traffic import Traffic, all_periods, total_over_time

MOST_POINTS = 3000
"""Points that a chart draws fluidly; longer spans are offered in larger steps only."""
MOST_LINES = 6
"""Channels with a line of their own: as many as have a colour of their own."""

MIN_BASE = 100
"""A share of 100 sessions is known to about ten points; a line through fewer draws chance."""

_BUCKETS = {"hour": "h", "day": "D", "week": "W-SUN", "month": "M"}
_ORDER = ("hour", "day", "week", "month")
_SECONDS = {"hour": 3600, "day": 86_400, "week": 604_800, "month": 2_592_000}
_SURELY_SOME = 10.0
"""Visits that are usual where none at all were recorded: that is a hole and not a quiet hour."""
_WHOLE = 0.98
"""Part of its usual visits that a finished period covers: a clock change takes an hour of night."""


def possible_grains(traffic: Traffic) -> tuple[str, ...]:
    """Grains the series can be drawn at: its own and every coarser one, if not too many points.

    Weeks do not add up to months, so a weekly export is drawn weekly only.
    """
    if not traffic.has_time:
        return ()
    if traffic.grain == "week":
        return ("week",)
    grains = _ORDER[_ORDER.index(traffic.grain) :]
    return tuple(grain for grain in grains if _points(traffic, grain) <= MOST_POINTS) or ("month",)


def _points(traffic: Traffic, grain: str) -> float:
    return (traffic.times[-1] - traffic.times[0]).total_seconds() / _SECONDS[grain]


def default_grain(traffic: Traffic) -> str:
    """The finest grain that still draws a readable line (up to about 400 points)."""
    grains = possible_grains(traffic)
    most = {"hour": 4 * 24}  # longer, the nights make a comb of the line
    readable = [grain for grain in grains if _points(traffic, grain) <= most.get(grain, 400)]
    return readable[0] if readable else grains[-1]


def series(traffic: Traffic, metrics: Sequence[str], grain: str) -> pd.DataFrame:
    """Metrics over time, all channels together; weeks start on Monday.

    Args:
        traffic: with time.
        metrics: keys of ``METRICS``; ratios are derived after summing.
        grain: one of ``possible_grains``.

    Returns:
        ``time`` (start of the period), one column per metric (NaN in a gap), ``is_complete``
        (whether the period is wholly there, so that a half week is not read as a crash) and
        ``covered`` (the part of its usual visits that falls into what is there, 0 to 1).

    Raises:
        NotEnoughData: ``no_time`` for a file without time.
    """
    if not traffic.has_time:
        raise NotEnoughData("no_time")
    cover = _cover(traffic, grain)
    sums = _sums(traffic, total_over_time(traffic, traffic.exported), grain).reindex(cover.index)
    table = pd.DataFrame({metric: values(sums, metric) for metric in metrics})
    table = table.mask(cover["covered"] == 0).join(cover)
    return table.rename_axis("time").reset_index()


def series_by_channel(traffic: Traffic, metric: str, grain: str) -> pd.DataFrame:
    """One metric over time for the largest channels, the smaller ones together.

    Args:
        traffic: with time and channels.
        metric: a key of ``METRICS``.
        grain: one of ``possible_grains``.

    Returns:
        ``time``, ``channel`` (at most ``MOST_LINES`` and ``all others``), ``value`` (of a ratio
        only where its denominator reaches ``MIN_BASE``), ``is_complete`` and ``covered``, as
        ``series``; largest channel first.
    """
    cover = _cover(traffic, grain)
    channels = traffic.channels
    own = channels if len(channels) <= MOST_LINES + 1 else channels[:MOST_LINES]
    names = traffic.frame["channel"].where(traffic.frame["channel"].isin(own), OTHERS)
    entry = METRICS[metric]
    needed = [entry.numerator, *([entry.denominator] if entry.denominator else [])]
    counts = traffic.frame.groupby(["time", names])[needed].sum()
    lines = []
    for name in [*own, OTHERS] if len(own) < len(channels) else own:
        rows = counts.xs(name, level="channel").reindex(traffic.times, fill_value=0.0)
        sums = _sums(traffic, rows, grain).reindex(cover.index)
        line = values(sums, metric).mask(cover["covered"] == 0)
        if entry.denominator:
            line = line.where(sums[entry.denominator] >= MIN_BASE)
        lines.append(cover.assign(channel=name, value=line))
    table = pd.concat(lines).rename_axis("time").reset_index()
    return table[["time", "channel", "value", "is_complete", "covered"]]


def _sums(traffic: Traffic, counts: pd.DataFrame, grain: str) -> pd.DataFrame:
    if grain == traffic.grain:  # a weekly file's weeks may start on any day
        return counts
    return counts.groupby(_starts(pd.DatetimeIndex(counts.index), grain)).sum()


def _starts(times: pd.DatetimeIndex, grain: str) -> pd.DatetimeIndex:
    """Start of the period in which each time lies."""
    return times.to_period(_BUCKETS[grain]).start_time.astype("datetime64[s]")


def _cover(traffic: Traffic, grain: str) -> pd.DataFrame:
    """Per period of a grain, ``is_complete`` and ``covered``; also of periods in a hole."""
    if grain == traffic.grain and grain not in ("hour", "day"):
        times = all_periods(traffic.times, grain)
        covered = times.isin(traffic.times).astype(float)
        return pd.DataFrame({"is_complete": True, "covered": covered}, index=times)
    every = _every_period(traffic, grain)
    is_there = every.isin(traffic.times) & ~every.isin(find_gaps(traffic))
    usual = _usual(traffic, every)
    start = _starts(every, grain)
    there = pd.Series(usual * is_there).groupby(start).sum()
    whole = pd.Series(usual).groupby(start).sum()
    periods = pd.Series(is_there).groupby(start).mean()
    covered = (there / whole.where(whole > 0)).fillna(periods).where(periods > 0, 0.0)
    return pd.DataFrame({"is_complete": covered >= _WHOLE, "covered": covered})


def _every_period(traffic: Traffic, grain: str) -> pd.DatetimeIndex:
    """Hours or days of every period touched, those left out that a filter leaves out."""
    times = traffic.times
    first, last = _starts(times[[0, -1]], grain)
    end = (last.to_period(_BUCKETS[grain]) + 1).start_time
    step = {"hour": "h", "day": "D", "month": "MS"}[traffic.grain]
    every = pd.date_range(first, end, freq=step, inclusive="left", unit="s")
    span = times[-1] - times[0]
    if traffic.grain == "hour" and span >= pd.Timedelta(hours=23):
        every = every[every.hour.isin(times.hour.unique())]
    if traffic.grain in ("hour", "day") and span >= pd.Timedelta(days=6):
        every = every[every.day_of_week.isin(times.day_of_week.unique())]
    return every


def find_gaps(traffic: Traffic) -> pd.DatetimeIndex:
    """Hours or days without any row where at least ten visits are usual: nothing was recorded.

    Args:
        traffic: hourly or daily; other grains have no gaps.
    """
    if traffic.grain not in ("hour", "day"):
        return traffic.times[:0]
    without = traffic.times[~traffic.times.isin(traffic.frame["time"].unique())]
    return without[_usual(traffic, without) >= _SURELY_SOME]


def _usual(traffic: Traffic, times: pd.DatetimeIndex) -> np.ndarray:
    """Median of the main metric at the same hour and weekday, else at the same hour.

    An hour left out on a day that has rows counts as zero, or one wild night would make the
    empty nights around it look like failures. Days without any row count as nothing.
    """
    total = traffic.frame.groupby("time")[traffic.main_metric].sum()
    days = traffic.times.normalize()
    recorded = traffic.times[days.isin(pd.DatetimeIndex(total.index).normalize())]
    total = total.reindex(recorded, fill_value=0.0)
    index = pd.DatetimeIndex(total.index)
    by_week = total.groupby([index.day_of_week, index.hour]).median()
    by_hour = total.groupby(index.hour).median()
    exact = by_week.reindex(pd.MultiIndex.from_arrays([times.day_of_week, times.hour])).to_numpy()
    return np.where(np.isnan(exact), by_hour.reindex(times.hour).fillna(0.0).to_numpy(), exact)
