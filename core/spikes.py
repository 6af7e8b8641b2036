"""Spikes: hours or days far above what is usual for them, and the channel that carried them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from core.errors import NotEnoughData
from core.metrics import values
from core.statistics import benjamini_hochberg
from core.traffic import ALL_CHANNELS, UNATTRIBUTED, Traffic, total_over_time

FALSE_DISCOVERY_RATE = 0.05
MIN_RATIO = 1.3
"""A spike is at least 30 % above the expected: less is not worth a person's time."""
MIN_EXCESS = 10.0
"""... and at least ten more visits than expected."""
MIN_SEASONS = 3
"""Weeks (of hours or days) that must be there, so that a spike is compared with two others."""

WINDOWS = {"hour": (1, 4), "day": (1,)}
"""Lengths looked at: a single hour, and an evening whose hours are each unremarkable."""
_TAIL_FREEDOM = 20
"""Degrees of freedom of the tail: real traffic has more extreme hours than a normal one."""
_UNUSUAL = 0.1
"""Uncorrected p-value of a single period, above which it is no part of a spike."""
_MIN_MEAN = 1.0
"""Channels with fewer visits per period are looked at within the total only."""

_COLUMNS = (
    "start",
    "end",
    "expected",
    "actual",
    "excess",
    "ratio",
    "channel",
    "channel_expected",
    "channel_actual",
    "channel_share",
    "engagement_rate",
    "usual_engagement_rate",
    "p_value",
)


@dataclass(frozen=True, eq=False)
class Spikes:
    """What stood out.

    Args:
        frame: one row per spike, largest excess of a channel first: ``start``, ``end`` (exclusive),
            ``expected``, ``actual``, ``excess`` (actual - expected) and ``ratio`` of all channels
            together; ``channel`` that carries most of the excess with ``channel_expected``,
            ``channel_actual`` and ``channel_share`` of the excess of all channels that rose; its
            ``engagement_rate`` during and ``usual_engagement_rate`` at other times (NaN if not
            exported); ``p_value`` (smallest adjusted one).
        tested: p-value of everything looked at, before correction.
        metric: the count looked at.
    """

    frame: pd.DataFrame
    tested: pd.Series
    metric: str


def find_spikes(traffic: Traffic, metric: str = "sessions") -> Spikes:
    """Find periods far above the usual for the same hour of the week (or day of the week).

    Looked at are the total and each channel with enough visits, for single hours and for four
    hours together (single days for daily data). The expected value is the median of the same hour
    of the other weeks, moved with the level of the week. Square roots even out the spread of
    counts (Anscombe 1948, Biometrika 35:246); the spread itself is the median absolute deviation
    over all periods, so over-dispersed traffic has a high bar; the tail is Student's t, and all
    that was looked at is corrected together (Benjamini-Hochberg). Overlapping and neighbouring
    finds are joined into one event.

    Args:
        traffic: hourly or daily.
        metric: a count.

    Returns:
        The spikes, largest first; an empty frame is a result too.

    Raises:
        NotEnoughData: ``needs_days`` for other grains, ``too_few_days`` below three weeks.
    """
    if traffic.grain not in WINDOWS:
        raise NotEnoughData("needs_days", grain=traffic.grain)
    if traffic.days < MIN_SEASONS * 7:
        raise NotEnoughData("too_few_days", have=traffic.days, need=MIN_SEASONS * 7)
    counts = _counts_by_channel(traffic, metric)
    expected = counts.apply(expected_by_hour_of_week)
    tests = _test_all(counts, expected, WINDOWS[traffic.grain])
    adjusted = pd.Series(benjamini_hochberg(tests), index=tests.index)
    smallest = _smallest_by_time(adjusted, tests, counts > MIN_RATIO * expected)
    events = _join(smallest.index[smallest < FALSE_DISCOVERY_RATE], traffic.grain)
    rows = [_describe(traffic, counts, expected, smallest, event) for event in events]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    size = frame["channel_actual"] - frame["channel_expected"]
    order = size[size >= MIN_EXCESS].sort_values(ascending=False).index
    return Spikes(frame.loc[order].reset_index(drop=True), tests, metric)


def _counts_by_channel(traffic: Traffic, metric: str) -> pd.DataFrame:
    """One column for the total, one per channel that is a channel and large enough."""
    table = traffic.frame.pivot_table(
        index="time", columns="channel", values=metric, aggfunc="sum", observed=True
    ).reindex(traffic.times)
    table = table.fillna(0.0)
    names = [name for name in table if name not in (*UNATTRIBUTED, ALL_CHANNELS)]
    large = [name for name in names if table[name].mean() >= _MIN_MEAN]
    return table[large].assign(**{ALL_CHANNELS: total_over_time(traffic, [metric])[metric]})


def expected_by_hour_of_week(actual: pd.Series) -> pd.Series:
    """Median of the same hour of the week over the other weeks, scaled to the level of this week.

    Args:
        actual: hourly or daily counts, DatetimeIndex.

    Returns:
        As long; NaN where there is no other week.
    """
    week = pd.Index((actual.index - actual.index[0]).days // 7, name="week")
    key = [actual.index.day_of_week, actual.index.hour]
    level = _level_of_week(actual, week)
    table = (actual / level).groupby([*key, week]).mean().unstack()
    others = {column: table.drop(columns=column).median(axis=1) for column in table}
    index = pd.MultiIndex.from_arrays([*key, week])
    expected = pd.DataFrame(others).stack().reindex(index)
    return pd.Series(expected.to_numpy(), index=actual.index) * level


def _level_of_week(actual: pd.Series, week: pd.Index) -> pd.Series:
    """The level of each week, as the median ratio of its hours to the typical week."""
    typical = actual.groupby([actual.index.day_of_week, actual.index.hour]).transform("median")
    ratio = (actual / typical.where(typical > 0)).groupby(week).transform("median")
    return ratio.where(ratio > 0, 1.0).fillna(1.0)


def _test_all(counts: pd.DataFrame, expected: pd.DataFrame, windows: tuple[int, ...]) -> pd.Series:
    """p-values, index: window, channel, time (the last period of the window)."""
    return pd.concat(
        {
            (window, name): _upper_tail(
                counts[name].rolling(window).sum(), expected[name].rolling(window).sum()
            )
            for window in windows
            for name in counts
        },
        names=["window", "channel", "time"],
    )


def _upper_tail(actual: pd.Series, expected: pd.Series) -> pd.Series:
    residual = np.sqrt(actual + 0.375) - np.sqrt(expected.clip(lower=0) + 0.375)
    spread = stats.median_abs_deviation(residual.dropna(), scale="normal")
    spread = max(float(spread), 0.5)  # the Poisson spread of a square root is the least possible
    z = (residual - residual.median()) / spread
    return pd.Series(stats.t.sf(z, _TAIL_FREEDOM), index=actual.index)


def _smallest_by_time(adjusted: pd.Series, tested: pd.Series, is_high: pd.DataFrame) -> pd.Series:
    """Smallest adjusted p-value of each period, over channels and the windows that cover it.

    A period counts only where it is itself well above the expected of that channel and unusual by
    itself, or a window would take in the ordinary hours before and after.
    """
    smallest = pd.Series(1.0, index=is_high.index)
    for (window, name), p_values in adjusted.groupby(level=["window", "channel"]):
        p = p_values.droplevel(["window", "channel"]).fillna(1.0)
        covering = p[::-1].rolling(window, min_periods=1).min()[::-1]
        is_unusual = tested.xs((1, name), level=("window", "channel")) < _UNUSUAL
        smallest = np.minimum(smallest, covering.where(is_high[name] & is_unusual, 1.0))
    return smallest


def _join(times: pd.DatetimeIndex, grain: str) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Runs of found periods, at most one unremarkable period apart, as start and end."""
    step = pd.Timedelta(hours=1) if grain == "hour" else pd.Timedelta(days=1)
    events: list[tuple[pd.Timestamp, pd.Timestamp]] = []
    for time in times:
        if events and time - events[-1][1] <= step:
            events[-1] = (events[-1][0], time + step)
        else:
            events.append((time, time + step))
    return events


def _describe(
    traffic: Traffic,
    counts: pd.DataFrame,
    expected: pd.DataFrame,
    smallest: pd.Series,
    event: tuple[pd.Timestamp, pd.Timestamp],
) -> tuple[object, ...]:
    start, end = event
    during = (counts.index >= start) & (counts.index < end)
    got, usual = counts[during].sum(), expected[during].sum()
    excess = (got - usual).drop(ALL_CHANNELS)
    channel = str(excess.idxmax()) if len(excess) else ALL_CHANNELS
    share = float(excess.max() / excess.clip(lower=0).sum()) if len(excess) else 1.0
    rate, usual_rate = _engagement(traffic, channel, start, end)
    total, typical = float(got[ALL_CHANNELS]), float(usual[ALL_CHANNELS])
    ratio = total / typical if typical > 0 else float("inf")
    return (
        *(start, end, typical, total, total - typical, ratio),
        *(channel, float(usual[channel]), float(got[channel]), share),
        *(rate, usual_rate, float(smallest[during].min())),
    )


def _engagement(
    traffic: Traffic, channel: str, start: pd.Timestamp, end: pd.Timestamp
) -> tuple[float, float]:
    if not {"sessions", "engaged_sessions"} <= set(traffic.exported):
        return float("nan"), float("nan")
    rows = traffic.frame[traffic.frame["channel"] == channel]
    is_during = (rows["time"] >= start) & (rows["time"] < end)
    sums = rows.groupby(is_during)[["sessions", "engaged_sessions"]].sum()
    rates = values(sums, "engagement_rate").reindex([True, False])
    return float(rates.iloc[0]), float(rates.iloc[1])
