"""Channels compared fairly: ratios of sums, days that go together, no verdict on noise."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.channels.parts import Parts, daily_parts
from core.channels.shrink import shrink
from core.day_clusters import (
    Estimate,
    Variance,
    difference_interval,
    estimate_ratio,
    positive_interval,
    share_interval,
    subtract,
    typical_variances,
    variance_of,
)
from core.language import mark
from core.metrics import METRICS
from core.statistics import Interval, holm
from core.traffic import UNATTRIBUTED, Traffic

MIN_SESSIONS = 200
"""Below this a channel is not judged: a rate from 200 sessions is known to 7 points at best."""
MIN_DAYS = 7
"""A channel must have been there on as many days (or weeks), or one good day decides."""
FAMILY_ERROR = 0.05
"""Chance that any channel gets a wrong "better" or "worse"."""
PRECISION = {"share": 0.05, "ratio": 0.15, "seconds": 0.15, "money": 0.25}
"""A difference (points of a share, else part of the value) that surely is no larger than this is
"like the rest": its whole interval must lie within."""
NEGLIGIBLE = {"share": 0.01, "ratio": 0.02, "seconds": 0.02, "money": 0.02}
"""A smaller difference (as above) is real in large data and changes no decision."""

BETTER, WORSE = mark("better"), mark("worse")
LIKE_THE_REST = mark("like the rest")
TOO_LITTLE_DATA = mark("too little data")
NOT_A_CHANNEL = mark("not a channel")


@dataclass(frozen=True, eq=False)
class ChannelComparison:
    """Each channel against all the others together.

    Args:
        frame: one row per channel, largest first: ``channel``, ``n`` (the denominator, usually
            sessions), ``days`` (with at least one of it; weeks of a weekly file), ``value``,
            ``low``, ``high`` (95 %), ``shrunken`` (value drawn towards the others as far as it is
            uncertain), ``rank`` (by ``shrunken``, 1 is the highest; NaN for what is too small to
            judge and for Unassigned), ``difference`` to the rest with ``difference_low`` and
            ``difference_high``, ``p_value`` (corrected for the number of channels) and
            ``verdict``: ``better``, ``worse``, ``like the rest``, ``too little data``, or
            ``not a channel`` for labels such as Unassigned.
        metric: the ratio compared.
        tested: uncorrected p-values of the comparisons made, by channel.
    """

    frame: pd.DataFrame
    metric: str
    tested: pd.Series


def compare_channels(traffic: Traffic, metric: str = "engagement_rate") -> ChannelComparison:
    """Compare a ratio between channels without stating noise as fact.

    The rest is the ratio of sums of all other channels, Unassigned and the like left out. Its
    difference to a channel is tested with the unevenness of days (``core.day_clusters``), drawn
    towards the one typical of all channels, and Holm's correction for the number of channels.

    Args:
        traffic: any grain; without time no channel is called better or worse.
        metric: a ratio of ``METRICS``.

    Returns:
        See ``ChannelComparison``. Without time the intervals are those of independent sessions
        (shares) or missing (other ratios).

    Raises:
        NotEnoughData: ``no_channels``, or ``metric_not_exported`` (``metric``).
    """
    return compare_parts(daily_parts(traffic, metric))


def is_small(frame: pd.DataFrame) -> pd.Series:
    """Per row of a comparison, whether it has too few visits or days for any verdict.

    What is not small and yet has ``too little data`` is too uneven from day to day (week to week).
    """
    return (frame["n"] < MIN_SESSIONS) | (frame["days"] < MIN_DAYS)


def compare_parts(parts: Parts) -> ChannelComparison:
    """Compare what ``daily_parts`` gives; see ``compare_channels``."""
    estimates = {name: _estimate(parts, [name]) for name in parts.top}
    judged = [name for name in parts.real if _is_large_enough(parts, estimates[name], name)]
    typical = _typical(estimates, judged)
    frame = pd.DataFrame(
        [_describe(parts, name, estimates[name], typical[name]) for name in parts.top]
    )
    gaps = _gaps(parts, judged, estimates)
    nothing = Interval(np.nan, np.nan, np.nan)
    found = [gaps.get(name, nothing) for name in frame["channel"]]
    frame["shrunken"], frame["rank"] = _ranked(parts, estimates, typical, judged)
    frame["difference"] = [gap.value for gap in found]
    frame["difference_low"] = [gap.low for gap in found]
    frame["difference_high"] = [gap.high for gap in found]
    tested = pd.Series([gap.p_value for gap in found], index=list(frame["channel"]))
    frame["p_value"] = holm(tested)
    frame["verdict"] = [_verdict(row, parts.metric) for row in frame.to_dict("records")]
    return ChannelComparison(frame, parts.metric, tested.dropna())


def _estimate(parts: Parts, names: list[str]) -> Estimate:
    top, bottom = parts.top[names].sum(axis=1), parts.bottom[names].sum(axis=1)
    return estimate_ratio(top, bottom, is_share=parts.is_share)


def _is_large_enough(parts: Parts, estimate: Estimate, name: str) -> bool:
    return float(parts.bottom[name].sum()) >= MIN_SESSIONS and estimate.days >= MIN_DAYS


def _typical(estimates: dict[str, Estimate], judged: list[str]) -> dict[str, Variance]:
    """Variance typical of each channel, learned from those large enough to show it."""
    learned = typical_variances([estimates[name] for name in judged], list(estimates.values()))
    return dict(zip(estimates, learned, strict=True))


def _describe(
    parts: Parts, name: str, estimate: Estimate, typical: Variance
) -> dict[str, str | float]:
    n = float(parts.bottom[name].sum())
    if parts.is_share:
        interval = share_interval(estimate, n, typical=typical)
    elif estimate.days >= MIN_DAYS:
        interval = positive_interval(estimate, typical=typical)
    else:  # unlike a share, a mean of a few visits does not tell how much visits differ
        interval = Interval(estimate.value, np.nan, np.nan)
    return {
        "channel": name,
        "n": n,
        "days": estimate.days,
        "value": interval.value,
        "low": interval.low,
        "high": interval.high,
    }


def _gaps(parts: Parts, judged: list[str], estimates: dict[str, Estimate]) -> dict[str, Interval]:
    """Difference of each judged channel to all the others together."""
    gaps = {}
    for name in judged:
        others = [other for other in parts.real if other != name]
        if parts.bottom[others].to_numpy().sum() > 0:
            gaps[name] = subtract(estimates[name], _estimate(parts, others))
    learned = typical_variances(list(gaps.values()), list(gaps.values()))
    return {
        name: difference_interval(gap, typical=typical)
        for (name, gap), typical in zip(gaps.items(), learned, strict=True)
    }


def _ranked(
    parts: Parts,
    estimates: dict[str, Estimate],
    typical: dict[str, Variance],
    judged: list[str],
) -> tuple[list[float], list[float]]:
    """Shrunken value of each channel, and the rank among those large enough to be judged."""
    n = parts.bottom.sum()
    table = pd.DataFrame(
        {
            "value": [estimates[name].value for name in parts.real],
            "variance": [_variance(parts, estimates[name], typical[name]) for name in parts.real],
            "n": n[parts.real].to_numpy(),
        },
        index=parts.real,
    )
    shrunken = shrink(table, is_share=parts.is_share).reindex(list(parts.top))
    order = pd.DataFrame({"shrunken": shrunken, "n": n}).loc[judged]
    order = order.sort_values(["shrunken", "n"], ascending=False)
    rank = pd.Series(np.arange(1.0, len(order) + 1), index=order.index).reindex(list(parts.top))
    return shrunken.tolist(), rank.tolist()


def _variance(parts: Parts, estimate: Estimate, typical: Variance) -> float:
    """NaN where a mean of few visits does not tell how much visits differ."""
    is_known = parts.is_share or estimate.days >= MIN_DAYS
    return variance_of(estimate, typical).value if is_known else np.nan


def _verdict(row: dict[Hashable, Any], metric: str) -> str:
    if row["channel"] in UNATTRIBUTED:
        return NOT_A_CHANNEL
    if np.isnan(row["p_value"]):
        return TOO_LITTLE_DATA
    unit = METRICS[metric].unit
    scale = 1.0 if unit == "share" else row["value"]
    if row["p_value"] < FAMILY_ERROR and abs(row["difference"]) >= NEGLIGIBLE[unit] * scale:
        return BETTER if row["difference"] > 0 else WORSE
    furthest = max(abs(row["difference_low"]), abs(row["difference_high"]))
    return LIKE_THE_REST if furthest <= PRECISION[unit] * scale else TOO_LITTLE_DATA
