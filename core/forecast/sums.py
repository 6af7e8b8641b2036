"""Days, weeks and months of a forecast, each sum with a band of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import NotEnoughData
from core.forecast.bands import CAP, sum_spread, total_band
from core.forecast.results import Forecast

UNITS = {"hour": ("day", "week", "month"), "day": ("week", "month"), "week": (), "month": ()}
"""Sums that make sense for each grain."""


def sum_by(result: Forecast, unit: str) -> pd.DataFrame:
    """Add a forecast up, with bands from the errors of such sums in the replay.

    Errors of neighbouring periods go together, so the band of a sum is neither the sum of bands
    nor that of independent periods.

    Args:
        result: a forecast of hours or days.
        unit: ``day`` (calendar days, for hours), ``week`` (stretches of seven days from the first
            period ahead; a shorter rest stands last) or ``month`` (calendar months).

    Returns:
        ``time`` (start), ``mean``, ``low``, ``high`` (counts, bands at ``result.level``) and
        ``periods`` (how many periods of the forecast were added up).

    Raises:
        NotEnoughData: ``sum_not_possible`` (grain, unit).
    """
    known = result.evidence.known
    if unit not in UNITS[known.grain.name]:
        raise NotEnoughData("sum_not_possible", grain=known.grain.name, unit=unit)
    groups = result.frame.groupby(_starts(result.frame["time"], unit), sort=True)
    sums = groups.agg(time=("time", "first"), mean=("mean", "sum"), periods=("mean", "size"))
    spreads = {
        size: sum_spread(
            result.evidence.replayed,
            result.method,
            known.grain,
            result.evidence.replayed.usable,
            periods=int(size),
        )
        for size in sums["periods"].unique()
    }
    ends = [
        total_band(mean, spreads[size].reach(result.level, stretch), result.level)
        for stretch, (mean, size) in enumerate(zip(sums["mean"], sums["periods"], strict=True))
    ]
    roof = CAP * known.peak * sums["periods"].to_numpy()
    sums["low"] = np.minimum([low for low, _ in ends], sums["mean"])
    sums["high"] = np.maximum(np.minimum([high for _, high in ends], roof), sums["mean"])
    return sums[["time", "mean", "low", "high", "periods"]].reset_index(drop=True)


def _starts(times: pd.Series, unit: str) -> NDArray[np.int64]:
    """Number of the day, week or month that each period belongs to."""
    if unit == "month":
        return np.asarray(times.dt.year * 12 + times.dt.month)
    start = times.dt.normalize()
    days = (start - start.iloc[0]).dt.days.to_numpy()
    return np.asarray(days if unit == "day" else (times - times.iloc[0]).dt.days.to_numpy() // 7)
