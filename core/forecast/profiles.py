"""Forecasts that need no model: what the same hour of the week did before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

DAYS = 7
WEEKS_BACK = 4
PROFILE_WEEKS = 8
SMEAR_LIMITS = (0.5, 2.0)
SMEAR_QUANTILE = 0.99

ProfileFit = tuple[NDArray[np.float64], NDArray[np.float64]]


def seasons(values: NDArray[np.float64], season: int) -> NDArray[np.float64]:
    """Fold a series into one row a season, newest last, last column = last period.

    >>> seasons(np.array([9.0, 1, 2, 3, 4]), 2)
    array([[nan,  9.],
           [ 1.,  2.],
           [ 3.,  4.]])
    """
    missing = -len(values) % season
    padded = np.concatenate([np.full(missing, np.nan), values])
    return padded.reshape(-1, season)


def _spread(profile: NDArray[np.float64], fallback: float, horizon: int) -> NDArray[np.float64]:
    """Repeat one season over the horizon; places never seen take the fallback."""
    filled = np.where(np.isnan(profile), fallback, profile)
    return np.resize(filled, horizon)


def seasonal_naive(values: NDArray[np.float64], season: int, horizon: int) -> NDArray[np.float64]:
    """Forecast each period by the newest count at the same place of the season.

    >>> seasonal_naive(np.array([1.0, 2, 3, 4]), season=2, horizon=3)
    array([3., 4., 3.])
    """
    rows = seasons(values, season)
    newest = rows[0].copy()
    for row in rows[1:]:
        newest = np.where(np.isnan(row), newest, row)
    return _spread(newest, float(np.nanmean(values)), horizon)


def seasonal_mean(values: NDArray[np.float64], season: int, horizon: int) -> NDArray[np.float64]:
    """Forecast each period by the mean of the last four counts at the same place of the season."""
    rows = seasons(values, season)[-WEEKS_BACK:]
    counts = np.sum(~np.isnan(rows), axis=0)
    profile = np.where(counts > 0, np.nansum(rows, axis=0) / np.maximum(counts, 1), np.nan)
    return _spread(profile, float(np.nanmean(values)), horizon)


def seasonal_median(values: NDArray[np.float64], season: int, horizon: int) -> NDArray[np.float64]:
    """Forecast by the median of the last four counts at the same place, lifted to a mean.

    The median of skewed counts lies below their mean, so the whole profile is multiplied by the
    smearing factor of the very weeks that it was made of.
    """
    rows = seasons(values, season)[-WEEKS_BACK:]
    profile = np.full(season, np.nan)
    seen = ~np.isnan(rows).all(axis=0)
    profile[seen] = np.nanmedian(rows[:, seen], axis=0)
    fitted = np.broadcast_to(profile, rows.shape)
    factor = smearing_factor(rows.ravel(), fitted.ravel())
    return _spread(profile, float(np.nanmedian(values)), horizon) * factor


def week_profile(values: NDArray[np.float64], season: int, horizon: int) -> ProfileFit:
    """Return the typical week of log counts round their level, for ``smoothing.to_counts``.

    Each place of the week gets the median, over the last eight weeks, of how far its log count
    lay from the running level: the centred median of seven days.

    Args:
        values: counts, NaN where missing.
        season: 168 for hours, 7 for days.
        horizon: periods ahead.

    Returns:
        Fitted logs of the last eight weeks, and the shape of the periods ahead, both without the
        recent level.
    """
    logs = np.log1p(values[-PROFILE_WEEKS * season :])
    days = seasons(logs, season // DAYS)
    level = np.repeat(_running_level(days), season // DAYS)[-len(logs) :]
    rows = seasons(logs - level, season)
    is_seen = ~np.isnan(rows).all(axis=0)
    profile = np.zeros(season)
    profile[is_seen] = np.nanmedian(rows[:, is_seen], axis=0)
    return np.resize(profile, rows.size)[-len(logs) :], np.resize(profile, horizon)


def _running_level(days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the centred median of seven days of the middle log count; gaps take a neighbour."""
    is_seen = ~np.isnan(days).all(axis=1)
    middle = pd.Series(np.nan, index=range(len(days)))
    middle[is_seen] = np.nanmedian(days[is_seen], axis=1)
    smooth = middle.rolling(DAYS, center=True, min_periods=1).median()
    return smooth.bfill().ffill().fillna(0.0).to_numpy()


def year_profile(values: NDArray[np.float64], season: int, horizon: int) -> ProfileFit:
    """Return the shape of the year of log counts, for weeks and months; flat where season is 1.

    Args:
        values: counts, NaN where missing.
        season: periods of a year, 1 where there are fewer than three years.
        horizon: periods ahead.

    Returns:
        As ``week_profile``, over the whole history.
    """
    logs = np.log1p(values)
    rows = seasons(logs, season)
    around = rows - np.nanmedian(rows, axis=1, keepdims=True) if season > 1 else rows * 0.0
    profile = np.nan_to_num(np.nanmedian(around, axis=0)) if season > 1 else np.zeros(1)
    return np.resize(profile, rows.size)[-len(logs) :], np.resize(profile, horizon)


def smearing_factor(actual: NDArray[np.float64], fitted: NDArray[np.float64]) -> float:
    """Return the factor that turns a typical value into a mean.

    A ratio form of Duan's smearing estimate (1983, JASA 78:605-610): mean of the actual counts /
    mean of the fitted ones, on the data of the fit. The largest 1 % of log residuals is cut back
    to the 99th percentile first, so that one spike does not lift every hour after it.

    Args:
        actual: counts, NaN where missing.
        fitted: what the method says for the same periods, counts.

    Returns:
        The factor, between 0.5 and 2; 1 where it cannot be told.

    >>> smearing_factor(np.array([1.0, 3.0]), np.array([1.0, 1.0])) > 1
    True
    """
    ok = np.isfinite(actual) & np.isfinite(fitted)
    if not ok.any() or fitted[ok].sum() <= 0:
        return 1.0
    residuals = np.log1p(actual[ok]) - np.log1p(fitted[ok])
    tame = np.minimum(residuals, np.quantile(residuals, SMEAR_QUANTILE))
    mean = float(np.expm1(np.log1p(fitted[ok]) + tame).sum())
    return float(np.clip(mean / fitted[ok].sum(), *SMEAR_LIMITS))
