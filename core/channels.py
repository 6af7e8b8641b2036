"""Channels compared fairly: ratios of sums, intervals by blocks of days, no verdict on noise."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.errors import NotEnoughData
from core.metrics import METRICS, summarise
from core.statistics import Interval, holm, ratio_difference, ratio_interval
from core.traffic import UNATTRIBUTED, Traffic, daily_by_channel

MIN_SESSIONS = 200
"""Below this a channel is not judged: a rate from 200 sessions is known to 7 points at best."""
MIN_DAYS = 7
"""A channel must have been there on as many days, or one good day decides."""
FAMILY_ERROR = 0.05
"""Chance that any channel gets a wrong "better" or "worse"."""
PRECISION = {"share": 0.05, "ratio": 0.15, "seconds": 0.15, "money": 0.25}
"""Half-width (points of a share, else part of the value) within which "like the rest" is said."""

BETTER, WORSE = "better", "worse"
LIKE_THE_REST = "like the rest"
TOO_LITTLE_DATA = "too little data"
NOT_A_CHANNEL = "not a channel"


@dataclass(frozen=True, eq=False)
class ChannelComparison:
    """Each channel against all the others together.

    Args:
        frame: one row per channel, largest first: ``channel``, ``n`` (the denominator, usually
            sessions), ``days`` (with at least one of it), ``value``, ``low``, ``high`` (95 %),
            ``difference`` to the rest with ``difference_low`` and ``difference_high``,
            ``p_value`` (corrected for the number of channels) and ``verdict``: ``better``,
            ``worse``, ``like the rest``, ``too little data``, or ``not a channel`` for labels
            such as Unassigned.
        metric: the ratio compared.
        tested: uncorrected p-values of the comparisons made, by channel.
    """

    frame: pd.DataFrame
    metric: str
    tested: pd.Series


def compare_channels(traffic: Traffic, metric: str = "engagement_rate") -> ChannelComparison:
    """Compare a ratio between channels without stating noise as fact.

    Args:
        traffic: any grain; intervals that respect days need an hourly or daily file.
        metric: a ratio of ``METRICS``.

    Returns:
        See ``ChannelComparison``. Without days the intervals are those of independent sessions
        (shares) or missing (other ratios), and no channel is called better or worse.

    Raises:
        NotEnoughData: ``no_channels``, or ``metric_not_exported`` (``metric``).
    """
    if not traffic.has_channels:
        raise NotEnoughData("no_channels")
    entry = METRICS[metric]
    if not {entry.numerator, entry.denominator} <= set(traffic.exported):
        raise NotEnoughData("metric_not_exported", metric=metric)
    top, bottom = _parts(traffic, metric)
    real = [name for name in top if name not in UNATTRIBUTED]
    rows = [_describe(top, bottom, name, real, metric) for name in top]
    frame = pd.DataFrame(rows)
    tested = frame.set_index("channel")["raw_p_value"]
    frame["p_value"] = holm(frame.pop("raw_p_value"))
    frame["verdict"] = [_verdict(row, metric) for row in frame.to_dict("records")]
    return ChannelComparison(frame, metric, tested.dropna())


def _parts(traffic: Traffic, metric: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Numerator and denominator: a row per day (one row without days), a column per channel."""
    entry = METRICS[metric]
    names = (entry.numerator, str(entry.denominator))
    if traffic.grain in ("hour", "day"):
        return tuple(daily_by_channel(traffic, name) for name in names)
    sums = traffic.frame.groupby("channel")[list(names)].sum().reindex(list(traffic.channels))
    return tuple(sums[[name]].T.reset_index(drop=True) for name in names)


def _describe(
    top: pd.DataFrame, bottom: pd.DataFrame, name: str, real: list[str], metric: str
) -> dict[str, object]:
    is_share = METRICS[metric].unit == "share"
    interval = ratio_interval(top[name], bottom[name], is_share=is_share)
    others = [other for other in real if other != name]
    n, days = float(bottom[name].sum()), int((bottom[name] > 0).sum())
    gap = Interval(np.nan, np.nan, np.nan)
    if name in real and others and n >= MIN_SESSIONS and days >= MIN_DAYS:
        rest = (top[others].sum(axis=1), bottom[others].sum(axis=1))
        gap = ratio_difference((top[name], bottom[name]), rest, is_share=is_share)
    return {
        "channel": name,
        "n": n,
        "days": days,
        "value": interval.value,
        "low": interval.low,
        "high": interval.high,
        "difference": gap.value,
        "difference_low": gap.low,
        "difference_high": gap.high,
        "raw_p_value": gap.p_value,
    }


def _verdict(row: dict[Hashable, Any], metric: str) -> str:
    if row["channel"] in UNATTRIBUTED:
        return NOT_A_CHANNEL
    if np.isnan(row["p_value"]):
        return TOO_LITTLE_DATA
    if row["p_value"] < FAMILY_ERROR:
        return BETTER if row["difference"] > 0 else WORSE
    unit = METRICS[metric].unit
    allowed = PRECISION[unit] * (1 if unit == "share" else row["value"])
    reach = (row["difference_high"] - row["difference_low"]) / 2
    return LIKE_THE_REST if reach <= allowed else TOO_LITTLE_DATA


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
