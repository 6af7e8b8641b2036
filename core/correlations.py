"""Which measures move together, which are the same number twice, and which follow the clock."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from core.errors import NotEnoughData
from core.metrics import METRICS, available_metrics, is_linked, ratio
from core.statistics import benjamini_hochberg, correlation_interval, effective_sample_size
from core.traffic import Traffic, total_over_time

LEVELS = ("rows", "hour", "day")
MIN_OBSERVATIONS = 10
FALSE_DISCOVERY_RATE = 0.05
MIN_STRENGTH = 0.1
"""A weaker correlation explains less than 1 % of the spread and is not worth a sentence."""

SAME_NUMBER = "same number twice"
FOLLOWS_CLOCK = "both follow the clock"
STILL_THERE = "still there"
CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, eq=False)
class Correlations:
    """Every pair of measures.

    Args:
        frame: one row per pair: ``first``, ``second``, ``r`` (Pearson), ``rho`` (Spearman),
            ``low`` and ``high`` (95 % of r, by the effective sample size), ``n``,
            ``n_effective``, ``r_without_clock`` (hour of the week, or weekday, and at the level of
            rows the channel removed; NaN where that is not possible), ``p_value`` (of r without
            clock where known, corrected for all pairs that are not linked) and ``verdict``.
        pearson: square matrix, index and columns are metric keys.
        spearman: the same.
        level: ``rows``, ``hour`` or ``day``.
    """

    frame: pd.DataFrame
    pearson: pd.DataFrame
    spearman: pd.DataFrame
    level: str


def possible_levels(traffic: Traffic) -> tuple[str, ...]:
    """Levels that this traffic can be correlated at, finest first."""
    if traffic.grain == "hour":
        return LEVELS
    return ("rows", "day") if traffic.grain == "day" else ("rows",)


def correlate(traffic: Traffic, level: str = "rows") -> Correlations:
    """Correlate all measures, and say of each pair what the number is worth.

    Args:
        traffic: any grain.
        level: ``rows`` (time × channel as exported; a ratio whose denominator is 0 counts as 0,
            as GA4 writes it), ``hour`` or ``day`` (totals of all channels; such ratios are left
            out).

    Returns:
        See ``Correlations``. Verdicts: ``same number twice`` (linked by how they are computed),
        ``both follow the clock`` (the link vanishes or flips once hour of week, and channel for
        rows, are removed),
        ``still there``, ``cannot tell``. Rows of several channels at the same time are not
        independent, so at that level the number of distinct times caps the effective size.

    Raises:
        NotEnoughData: ``too_few_observations`` (have, need) or ``too_few_measures``.
    """
    keys = list(available_metrics(traffic))
    table = _observations(traffic, level, keys)
    varying = [key for key in keys if table[key].nunique() > 1]
    if len(varying) < 2:
        raise NotEnoughData("too_few_measures", have=len(varying), need=2)
    if len(table) < MIN_OBSERVATIONS:
        raise NotEnoughData("too_few_observations", have=len(table), need=MIN_OBSERVATIONS)
    table = table[varying]
    pearson, spearman = table.corr(), table.corr(method="spearman")
    channel = traffic.frame["channel"] if level == "rows" and traffic.has_channels else None
    residual = _without_clock(table, channel) if traffic.has_time else None
    pairs = [
        _describe(table, residual, pearson, spearman, pair) for pair in combinations(varying, 2)
    ]
    frame = pd.DataFrame(pairs)
    is_free = ~np.array([is_linked(*pair) for pair in combinations(varying, 2)])
    frame["p_value"] = benjamini_hochberg(frame["p_value"].where(is_free))
    frame["verdict"] = [_verdict(row) for row in frame.to_dict("records")]
    return Correlations(frame, pearson, spearman, level)


def _observations(traffic: Traffic, level: str, keys: list[str]) -> pd.DataFrame:
    """One row per observation in the order of time, one column per metric, index ``time``."""
    if level not in possible_levels(traffic):
        raise NotEnoughData("needs_hours", grain=traffic.grain)
    if level == "rows":
        counts, empty = traffic.frame.set_index("time"), 0.0
    else:
        counts, empty = total_over_time(traffic, traffic.exported), float("nan")
        if level == "day":
            counts = counts.groupby(counts.index.normalize()).sum()
    columns = {
        key: ratio(counts, key, empty=empty) if METRICS[key].is_ratio else counts[key]
        for key in keys
    }
    return pd.DataFrame(columns)


def _without_clock(table: pd.DataFrame, channel: pd.Series | None) -> pd.DataFrame | None:
    """What is left after the mean of each hour of the week (or weekday) is taken away.

    Rows of several channels also lose the mean of their channel, or large and small channels
    would make every pair of counts look alike. ``None`` where cells hold fewer than three.
    """
    hour, weekday = table.index.hour, table.index.day_of_week
    by_channel = [] if channel is None else [channel.to_numpy()]
    candidates = [[hour, weekday], [hour]] if hour.nunique() > 1 else [[weekday]]
    for clock in candidates:
        key = [*by_channel, *clock]
        if len(table) >= 3 * len(set(zip(*key, strict=True))):
            return table - table.groupby(key).transform("mean")
    return None


def _describe(
    table: pd.DataFrame,
    residual: pd.DataFrame | None,
    pearson: pd.DataFrame,
    spearman: pd.DataFrame,
    pair: tuple[str, str],
) -> dict[str, object]:
    first, second = pair
    r = float(pearson.loc[first, second])
    n, n_effective = _sizes(table[[first, second]])
    interval = correlation_interval(r, n_effective)
    left, p_value = float("nan"), interval.p_value
    if residual is not None:
        left = _correlation(residual[first], residual[second])
        p_value = correlation_interval(left, _sizes(residual[[first, second]])[1]).p_value
    return {
        "first": first,
        "second": second,
        "r": r,
        "rho": float(spearman.loc[first, second]),
        "low": interval.low,
        "high": interval.high,
        "n": n,
        "n_effective": n_effective,
        "r_without_clock": left,
        "p_value": p_value,
    }


def _correlation(first: pd.Series, second: pd.Series) -> float:
    """Pearson's r, NaN where one of the two does not vary."""
    spread = min(float(first.std()), float(second.std()))
    return float(first.corr(second)) if spread > 1e-12 else float("nan")


def _sizes(pair: pd.DataFrame) -> tuple[int, float]:
    known = pair.dropna()
    by_time = known.groupby(level=0).mean()
    first, second = (by_time.iloc[:, column] for column in (0, 1))
    size = effective_sample_size(first, second) if len(by_time) > 1 else float(len(known))
    return len(known), size


def _verdict(row: dict[str, float]) -> str:
    if is_linked(str(row["first"]), str(row["second"])):
        return SAME_NUMBER
    is_sure = row["p_value"] < FALSE_DISCOVERY_RATE
    left = row["r_without_clock"]
    if np.isnan(left):
        return STILL_THERE if is_sure and abs(row["r"]) >= MIN_STRENGTH else CANNOT_TELL
    was_there = row["low"] > 0 or row["high"] < 0 or abs(row["r"]) >= 2 * MIN_STRENGTH
    if is_sure and abs(left) >= MIN_STRENGTH and np.sign(left) == np.sign(row["r"]):
        return STILL_THERE
    return FOLLOWS_CLOCK if was_there else CANNOT_TELL
