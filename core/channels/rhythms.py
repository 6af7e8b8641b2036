"""When each channel's visits come, beside the whole site."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.day_clusters import ratio_interval
from core.errors import NotEnoughData
from core.traffic import ALL_CHANNELS, UNATTRIBUTED, Traffic, total_over_time

MIN_DAYS = 7
MIN_VISITS = 500
"""With fewer visits a day has no shape: twenty an hour stray by a fifth."""
MOST_CHANNELS = 6


def channel_rhythms(traffic: Traffic) -> pd.DataFrame:
    """Share of each channel's visits by hour of the day, or by weekday of a daily file.

    Args:
        traffic: hourly or daily, with channels.

    Returns:
        ``channel`` (the largest that have enough visits, then ``(all)``), ``part`` (hour 0 to 23,
        or weekday, 0 is Monday), ``share`` (of the channel's own visits, 0 to 1), ``low`` and
        ``high`` (95 %; of weekdays NaN below four weeks) and ``even`` (the share if all parts
        were alike).

    Raises:
        NotEnoughData: ``no_channels``, ``needs_days`` (``grain``), ``too_few_days`` (``have``,
            ``need``), ``too_few_visits`` (``need``) where no channel is large enough.
    """
    _require(traffic)
    main = traffic.main_metric
    sizes = traffic.frame.groupby("channel")[main].sum()
    names = [
        name for name in traffic.channels if name not in UNATTRIBUTED and sizes[name] >= MIN_VISITS
    ][:MOST_CHANNELS]
    if not names:
        raise NotEnoughData("too_few_visits", need=MIN_VISITS)
    tables = [_shape(_counts(traffic, name, main), name) for name in (*names, ALL_CHANNELS)]
    return pd.concat(tables, ignore_index=True)


def _require(traffic: Traffic) -> None:
    if not traffic.has_channels:
        raise NotEnoughData("no_channels")
    if traffic.grain not in ("hour", "day"):
        raise NotEnoughData("needs_days", grain=traffic.grain)
    if traffic.days < MIN_DAYS:
        raise NotEnoughData("too_few_days", have=traffic.days, need=MIN_DAYS)


def _counts(traffic: Traffic, name: str, metric: str) -> pd.DataFrame:
    """One row per day and a column per hour, or one row per week and a column per weekday."""
    if name == ALL_CHANNELS:
        counts = total_over_time(traffic, [metric])[metric]
    else:
        own = traffic.frame[traffic.frame["channel"] == name].set_index("time")[metric]
        counts = own.reindex(traffic.times, fill_value=0.0).fillna(0.0)
    times = pd.DatetimeIndex(counts.index)
    if traffic.grain == "hour":
        return counts.groupby([times.normalize(), times.hour]).sum().unstack()
    weeks = times.normalize() - pd.to_timedelta(times.day_of_week, unit="D")
    return counts.groupby([weeks, times.day_of_week]).sum().unstack()


def _shape(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Shares of the whole, from the rows in which no part is missing."""
    whole = table.dropna()
    if whole.empty:
        whole = table.fillna(0.0)
    total = whole.sum(axis=1)
    rows = []
    for part in whole:
        found = ratio_interval(whole[part], total, is_share=False)
        value = 0.0 if np.isnan(found.value) else found.value
        rows.append((name, part, value, found.low, found.high, 1 / whole.shape[1]))
    return pd.DataFrame(rows, columns=["channel", "part", "share", "low", "high", "even"])
