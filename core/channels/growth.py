"""Which channels grew or faded against the comparison period, beyond what happens by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.changes import channel_changes
from core.channels.parts import require_ratio
from core.day_clusters import ratio_difference
from core.language import mark
from core.metrics import METRICS
from core.statistics import holm
from core.traffic import UNATTRIBUTED, Traffic, daily_by_channel

MIN_COUNT = 50
"""Visits of both periods together below which nothing is said of a change."""
FAMILY_ERROR = 0.05

GREW, FELL = mark("rose"), mark("fell")
WITHIN_CHANCE = mark("within chance")
TOO_LITTLE_DATA = mark("too little data")

_NAMES = ["channel", "current", "previous", "change", "low", "high", "p_value"]


def channel_growth(current: Traffic, previous: Traffic, metric: str) -> pd.DataFrame:
    """Change of a count or a ratio of each channel between two periods of equal length.

    Args:
        current: hourly or daily.
        previous: the period before, as many days.
        metric: a key of ``METRICS``.

    Returns:
        ``channel``, ``current``, ``previous``, ``change`` (a part of the previous for counts, a
        difference for ratios), ``low`` and ``high`` (95 %), ``n`` (visits in both periods),
        ``p_value`` (corrected for the number of channels by Holm's method) and ``verdict``
        (``rose``, ``fell``, ``within chance``, ``too little data``), largest first. Labels such
        as Unassigned are left out.

    Raises:
        NotEnoughData: ``no_channels``, ``metric_not_exported`` (``metric``).
    """
    if METRICS[metric].is_ratio:
        require_ratio(current, metric)
        table = _ratio_changes(current, previous, metric)
        counted = str(METRICS[metric].denominator)
    else:
        table, counted = channel_changes(current, previous, metric), metric
    sizes = sum(
        _sizes(part, counted).reindex(table["channel"]).fillna(0.0) for part in (current, previous)
    )
    table["n"] = sizes.to_numpy()
    table = table[~table["channel"].isin(UNATTRIBUTED)].reset_index(drop=True)
    table["p_value"] = holm(table["p_value"].where(table["n"] >= MIN_COUNT))
    table["verdict"] = [_verdict(row.p_value, row.change) for row in table.itertuples()]
    return table


def _sizes(traffic: Traffic, name: str) -> pd.Series:
    return traffic.frame.groupby("channel")[name].sum()


def _verdict(p_value: float, change: float) -> str:
    if np.isnan(p_value):
        return TOO_LITTLE_DATA
    if p_value >= FAMILY_ERROR:
        return WITHIN_CHANCE
    return GREW if change > 0 else FELL


_Daily = tuple[pd.DataFrame, pd.DataFrame]


def _ratio_changes(current: Traffic, previous: Traffic, metric: str) -> pd.DataFrame:
    now, before = (_daily(part, metric) for part in (current, previous))
    names = dict.fromkeys([*current.channels, *previous.channels])
    return pd.DataFrame(
        [(name, *_change(now, before, name, metric)) for name in names], columns=_NAMES
    )


def _daily(traffic: Traffic, metric: str) -> _Daily:
    entry = METRICS[metric]
    top, bottom = (
        daily_by_channel(traffic, str(name)) for name in (entry.numerator, entry.denominator)
    )
    return top, bottom


def _change(now: _Daily, before: _Daily, name: str, metric: str) -> tuple[float, ...]:
    later, earlier = (
        (table.get(name, pd.Series(0.0, table.index)) for table in part) for part in (now, before)
    )
    (top, bottom), (old_top, old_bottom) = later, earlier
    found = ratio_difference(
        (top, bottom), (old_top, old_bottom), is_share=METRICS[metric].unit == "share"
    )
    return (
        _quotient(top, bottom),
        _quotient(old_top, old_bottom),
        found.value,
        found.low,
        found.high,
        found.p_value,
    )


def _quotient(top: pd.Series, bottom: pd.Series) -> float:
    return float(top.sum() / bottom.sum()) if bottom.sum() > 0 else np.nan
