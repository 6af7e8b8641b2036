"""How far off a forecast was: the usual measures, with their signs and sources."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.forecast.results import Accuracy

Values = NDArray[np.float64]


def wape(actual: Values, said: Values) -> float:
    """Return the sum of absolute errors as a share of the sum of actual counts.

    >>> wape(np.array([10.0, 30.0]), np.array([12.0, 28.0]))
    0.1
    """
    return _share(float(np.abs(said - actual).sum()), float(actual.sum()))


def bias(actual: Values, said: Values) -> float:
    """Return sum of (forecast - actual) / sum of actual: positive = the forecast is too high.

    >>> bias(actual=np.array([10.0, 10.0]), said=np.array([12.0, 10.0]))
    0.1
    """
    return _share(float((said - actual).sum()), float(actual.sum()))


def skill(actual: Values, said: Values, naive: Values) -> float:
    """Return 1 - MAE / MAE of the seasonal naive: positive = better than it, 0 = a tie.

    >>> skill(actual=np.array([10.0]), said=np.array([11.0]), naive=np.array([14.0]))
    0.75
    """
    error, reference = float(np.abs(said - actual).mean()), float(np.abs(naive - actual).mean())
    if error == 0 and reference == 0:
        return 0.0
    return 1 - _share(error, reference)


def mase(actual: Values, said: Values, history: Values, season: int) -> float:
    """Return MAE / in-sample MAE of the seasonal naive (Hyndman & Koehler 2006, eq. for MASE).

    Hyndman & Koehler, "Another look at measures of forecast accuracy", Int. J. Forecasting
    22:679-688. The scale is taken over the whole history.

    >>> mase(np.array([5.0]), np.array([6.0]), history=np.array([1.0, 3.0, 5.0]), season=1)
    0.5
    """
    steps = np.abs(history[season:] - history[:-season])
    scale = float(np.nanmean(steps)) if np.isfinite(steps).any() else 0.0
    return _share(float(np.abs(said - actual).mean()), scale)


def coverage(actual: Values, low: Values, high: Values) -> float:
    """Return the share (0-1) of actual counts inside their band, ends included."""
    return float(np.mean((low <= actual) & (actual <= high)))


def fold_totals(backtest: pd.DataFrame) -> pd.DataFrame:
    """Return actual and forecast total of each fold: ``fold``, ``actual``, ``mean``."""
    return backtest.groupby("fold", as_index=False)[["actual", "mean"]].sum()


def measure(
    backtest: pd.DataFrame, history: Values, season: int, total_bands: list[tuple[float, float]]
) -> Accuracy:
    """Measure a replay.

    Args:
        backtest: ``fold``, ``actual``, ``mean``, ``low``, ``high``, ``naive``.
        history: the counts before and during the replay, NaN where missing.
        season: seasonal period.
        total_bands: low and high of the total for each fold of ``backtest``, oldest first.
    """
    actual, said, naive = (backtest[c].to_numpy() for c in ("actual", "mean", "naive"))
    totals = fold_totals(backtest)
    sums = totals["actual"].to_numpy()
    errors = np.abs(totals["mean"].to_numpy() - sums)[sums > 0] / sums[sums > 0]
    inside = [low <= s <= high for s, (low, high) in zip(sums, total_bands, strict=True)]
    return Accuracy(
        folds=len(totals),
        wape=wape(actual, said),
        mase=mase(actual, said, history, season),
        bias=bias(actual, said),
        coverage=coverage(actual, backtest["low"].to_numpy(), backtest["high"].to_numpy()),
        naive_wape=wape(actual, naive),
        skill=skill(actual, said, naive),
        total_error=float(np.median(errors)) if len(errors) else float("nan"),
        totals_in_band=int(sum(inside)),
    )


def _share(part: float, whole: float) -> float:
    """Return part / whole; NaN where the whole is zero, for the number is then undefined."""
    return part / whole if whole > 0 else float("nan")
