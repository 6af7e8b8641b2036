"""Every measure of every channel, with its uncertainty and its change."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.channels.compare import ChannelComparison, compare_channels
from core.day_clusters import ratio_interval
from core.metrics import METRICS, available_metrics, summarise
from core.traffic import Traffic, daily_by_channel


def channel_totals(traffic: Traffic) -> pd.DataFrame:
    """Every count and ratio per channel with its share of the main metric.

    Returns:
        ``channel``, ``rows``, counts, ratios, ``share`` (of the main metric, 0 to 1), largest
        first.
    """
    table = summarise(traffic, "channel")
    main = traffic.main_metric
    total = table[main].sum()
    table["share"] = table[main] / total if total > 0 else np.nan
    return table.sort_values([main, "channel"], ascending=[False, True]).reset_index(drop=True)


def measure_channels(traffic: Traffic) -> pd.DataFrame:
    """Counts, share and ratios of every channel, each ratio with its n and 95 % interval.

    Returns:
        One row per channel and measure, largest channel first: ``channel``, ``metric`` (a key of
        ``METRICS``, or ``share``), ``value``, ``low``, ``high`` (NaN for counts) and ``n`` (what
        the ratio was counted on).
    """
    totals = channel_totals(traffic)
    counts = [key for key in available_metrics(traffic) if not METRICS[key].is_ratio]
    rows = [
        (name, key, value, np.nan, np.nan, np.nan)
        for key in counts
        for name, value in zip(totals["channel"], totals[key], strict=True)
    ]
    parts = [pd.DataFrame(rows, columns=_COLUMNS), share_intervals(traffic)]
    for key in available_metrics(traffic):
        if METRICS[key].is_ratio and traffic.has_channels:
            parts.append(_of_ratio(compare_channels(traffic, key)))
    table = pd.concat(parts)
    place = {name: order for order, name in enumerate(totals["channel"])}
    return table.sort_values("channel", key=lambda column: column.map(place), kind="stable")[
        _COLUMNS
    ].reset_index(drop=True)


_COLUMNS = ["channel", "metric", "value", "low", "high", "n"]


def _of_ratio(compared: ChannelComparison) -> pd.DataFrame:
    return compared.frame.assign(metric=compared.metric)[_COLUMNS]


def share_intervals(traffic: Traffic) -> pd.DataFrame:
    """Share of each channel in the main metric, with its 95 % interval.

    Returns:
        ``channel``, ``metric`` (``share``), ``value``, ``low``, ``high`` and ``n`` (the total);
        the interval is NaN without days.
    """
    main = traffic.main_metric
    if not traffic.has_time:
        totals = channel_totals(traffic)
        empty = {"metric": "share", "low": np.nan, "high": np.nan, "n": totals[main].sum()}
        return totals[["channel", "share"]].rename(columns={"share": "value"}).assign(**empty)
    daily = daily_by_channel(traffic, main)
    whole = daily.sum(axis=1)
    rows = []
    for name in daily:
        found = ratio_interval(daily[name], whole, is_share=True)
        rows.append((name, "share", found.value, found.low, found.high, float(whole.sum())))
    return pd.DataFrame(rows, columns=_COLUMNS)
