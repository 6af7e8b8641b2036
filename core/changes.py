"""What changed between two periods of equal length, with the uncertainty of the change."""

from __future__ import annotations

import pandas as pd

from core.day_clusters import (
    change_from,
    change_interval,
    estimate_change,
    ratio_difference,
    typical_variances,
)
from core.metrics import METRICS, values
from core.statistics import Interval
from core.traffic import Traffic, daily_by_channel, total_over_time

LEAST_TO_LEARN_FROM = 50.0
"""Visits in each period from which a channel shows how uneven its days are."""


def channel_changes(current: Traffic, previous: Traffic, metric: str) -> pd.DataFrame:
    """Change of each channel's count between two periods of equal length.

    Channels lend each other strength: two fortnights show the variance of a single one in a few
    waves only, and now and then far too little of it.

    Args:
        current: hourly or daily.
        previous: the period before, as many days.
        metric: a count.

    Returns:
        ``channel``, ``current``, ``previous``, ``change`` (0.1 is 10 % more), ``low``, ``high``
        (95 %) and ``p_value``; largest first.
    """
    now, before = daily_by_channel(current, metric), daily_by_channel(previous, metric)
    names = list(dict.fromkeys([*now.columns, *before.columns]))
    pairs = [
        tuple(part.get(name, pd.Series(0.0, index=part.index)) for part in (now, before))
        for name in names
    ]
    estimates = [estimate_change(*pair) for pair in pairs]
    learned = [
        estimate
        for estimate, pair in zip(estimates, pairs, strict=True)
        if min(part.sum() for part in pair) >= LEAST_TO_LEARN_FROM
    ]
    rows = []
    for name, pair, estimate, typical in zip(
        names, pairs, estimates, typical_variances(learned, estimates), strict=True
    ):
        change = change_from(estimate, typical=typical)
        sums = (part.sum() for part in pair)
        rows.append((name, *sums, change.value, change.low, change.high, change.p_value))
    columns = ["channel", "current", "previous", "change", "low", "high", "p_value"]
    return pd.DataFrame(rows, columns=columns)


def headline_changes(current: Traffic, previous: Traffic, metrics: list[str]) -> pd.DataFrame:
    """Change of counts (relative) and ratios (difference) of all traffic between two periods.

    Args:
        current: hourly or daily.
        previous: as many days.
        metrics: keys of ``METRICS``.

    Returns:
        ``metric``, ``current``, ``previous``, ``change`` (a part of the previous for counts, a
        difference for ratios), ``low``, ``high``, ``p_value``.
    """
    now, before = _daily(current), _daily(previous)
    rows = []
    for metric in metrics:
        entry = METRICS[metric]
        new, old = (_overall(part, metric) for part in (now, before))
        if entry.is_ratio:
            change = _ratio_change(now, before, metric)
        else:
            change = change_interval(now[metric], before[metric])
        rows.append((metric, new, old, change.value, change.low, change.high, change.p_value))
    names = ["metric", "current", "previous", "change", "low", "high", "p_value"]
    return pd.DataFrame(rows, columns=names)


def _daily(traffic: Traffic) -> pd.DataFrame:
    sums = total_over_time(traffic, traffic.exported)
    return sums.groupby(sums.index.normalize()).sum()


def _overall(days: pd.DataFrame, metric: str) -> float:
    return float(values(days.sum().to_frame().T, metric).iloc[0])


def _ratio_change(now: pd.DataFrame, before: pd.DataFrame, metric: str) -> Interval:
    entry = METRICS[metric]
    parts = [(part[entry.numerator], part[entry.denominator]) for part in (now, before)]
    return ratio_difference(parts[0], parts[1], is_share=entry.unit == "share")
