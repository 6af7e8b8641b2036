"""The mix of channels: how much hangs on the largest, and how shares move over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.channels.totals import channel_totals, share_intervals
from core.errors import NotEnoughData
from core.metrics import METRICS, available_metrics
from core.traffic import Traffic
from core.trends import series_by_channel


@dataclass(frozen=True, eq=False)
class Concentration:
    """How much hangs on few channels.

    Args:
        frame: one row per channel, largest first: ``channel``, every count exported, ``share`` of
            the main metric with ``low`` and ``high`` (95 %), ``left`` (main metric without it)
            and, where exported, every ratio of all the others together, as ``<ratio>_without``.
        total: main metric of all.
        effective_channels: as many equal channels would be as concentrated: 1 / sum of squared
            shares (Hill 1973, Ecology 54:427, number of order 2).
        metric: the main metric.
    """

    frame: pd.DataFrame
    total: float
    effective_channels: float
    metric: str


def concentrate(traffic: Traffic) -> Concentration:
    """What if a channel vanished: what would be left, and how good its visits.

    Args:
        traffic: any grain, with channels.

    Raises:
        NotEnoughData: ``no_channels``, ``no_visits``.
    """
    if not traffic.has_channels:
        raise NotEnoughData("no_channels")
    totals, main = channel_totals(traffic), traffic.main_metric
    total = float(totals[main].sum())
    if not total > 0:
        raise NotEnoughData("no_visits")
    shares = share_intervals(traffic).set_index("channel")[["low", "high"]]
    frame = totals[["channel", *traffic.exported, "share"]].join(shares, on="channel")
    frame["left"] = total - totals[main]
    for key in available_metrics(traffic):
        entry = METRICS[key]
        if entry.denominator:
            top, bottom = (
                totals[name].sum() - totals[name] for name in (entry.numerator, entry.denominator)
            )
            frame[f"{key}_without"] = top / bottom.where(bottom > 0)
    effective = float(1 / np.sum(totals["share"] ** 2))
    return Concentration(frame, total, effective, main)


def mix_over_time(traffic: Traffic, metric: str, grain: str) -> pd.DataFrame:
    """Share of each channel in a count, over time.

    Args:
        traffic: with time and channels.
        metric: a count.
        grain: one of ``core.trends.possible_grains``.

    Returns:
        ``time``, ``channel`` (the largest, and ``all others``), ``value``, ``share`` (NaN where
        nothing was counted) and ``is_complete``; largest channel first.

    Raises:
        NotEnoughData: ``no_channels``, ``no_time``.
    """
    if not traffic.has_channels:
        raise NotEnoughData("no_channels")
    if not traffic.has_time:
        raise NotEnoughData("no_time")
    table = series_by_channel(traffic, metric, grain)
    whole = table.groupby("time")["value"].transform("sum")
    table["share"] = table["value"] / whole.where(whole > 0)
    return table[["time", "channel", "value", "share", "is_complete"]]
