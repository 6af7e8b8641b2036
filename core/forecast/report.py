"""Measures of a replay for people: what goes beside the accuracy of single periods."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binom

from core.forecast.accuracy import wape
from core.forecast.results import Accuracy

_DAY = pd.Timedelta(days=1)
_DOUBTFUL = 0.05


def daily_wape(backtest: pd.DataFrame) -> float:
    """Return the sum of absolute errors of days as a share of the sum of actual counts.

    Errors of hours cancel out within a day; people plan by days. Days are stretches of 24 hours
    from the first hour of each fold; where hours have no count, both sides leave them out. Days,
    weeks and months are longer than that already and stay as they are.

    Args:
        backtest: of a ``Forecast``: ``fold``, ``time``, ``actual``, ``mean``.

    Returns:
        0.09 is "9 % off on a typical day"; NaN where nothing was counted.

    >>> hours = pd.date_range("2024-01-01", periods=48, freq="h")
    >>> counts = {"actual": [10.0] * 48, "mean": [12.0, 8.0] * 12 + [11.0] * 24}
    >>> daily_wape(pd.DataFrame({"fold": 0, "time": hours} | counts))
    0.05
    """
    since_first = backtest["time"] - backtest.groupby("fold")["time"].transform("min")
    days = backtest.groupby([backtest["fold"], since_first // _DAY])[["actual", "mean"]].sum()
    return wape(days["actual"].to_numpy(dtype=np.float64), days["mean"].to_numpy(dtype=np.float64))


def is_total_doubtful(accuracy: Accuracy, level: float) -> bool:
    """Tell whether the band of the total held clearly fewer past totals than it should.

    Args:
        accuracy: of a ``Forecast``.
        level: share of totals that the band is meant to hold.

    Notes:
        Fewer than chance gives one time in twenty, if folds were independent. They overlap, so
        this is a sign for the reader and no test.
    """
    return bool(binom.cdf(accuracy.totals_in_band, accuracy.folds, level) < _DOUBTFUL)
