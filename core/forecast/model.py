"""The Prophet recipe. This is the only module that imports Prophet, and only when it is called."""

from __future__ import annotations

import logging
import threading
import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.forecast.history import Grain
from core.forecast.profiles import seasons, smearing_factor

FIT_LAST = {"hour": 12 * 168, "day": 1096}
LOOK_BACK = {"hour": 28 * 24, "day": 56}
HALF_LIFE = {"hour": 5 * 24, "day": 3}
DAILY_ORDER = 8
DAY_KIND_ORDER = 5
WEEKLY_ORDER = 3
YEARLY_ORDER = 6
LEAST_FOR_DAY_KINDS = 14 * 24
LEAST_FOR_YEARLY_FIT = 548
STAN_SEED = 1
DAY_KINDS = {"weekday": (0, 1, 2, 3, 4), "saturday": (5,), "sunday": (6,)}

_fitting = threading.Lock()


class ModelError(Exception):
    """Prophet could not be imported or fitted; the simple methods carry on."""


def prophet_mean(
    times: pd.DatetimeIndex,
    values: NDArray[np.float64],
    ahead: pd.DatetimeIndex,
    grain: Grain,
    *,
    yearly: bool = False,
) -> NDArray[np.float64]:
    """Forecast mean counts with Prophet on log counts, a flat trend and a smoothed level.

    Logs keep counts positive and seasonality multiplicative; a flat trend does not extrapolate
    three weeks of growth; the recent level comes from exponential smoothing of the last
    residuals; Duan's smearing brings the typical value of the log scale back to a mean. Only the
    last weeks are predicted besides the future: fitted values of a long history cost 700 MiB.
    Point forecasts only: Prophet's own bands draw from the global random state and cover too
    little.

    Args:
        times: the history's periods.
        values: counts, NaN where missing; hours before the last 12 weeks (days: 3 years) unused.
        ahead: periods to forecast.
        grain: ``hour`` or ``day``.
        yearly: fit a yearly season as well (where at least 548 days are there).

    Returns:
        Mean counts, finite and >= 0, one a period ahead.

    Raises:
        ModelError: Prophet or Stan gave up.
    """
    keep = FIT_LAST[grain.name]
    times, values = times[-keep:], values[-keep:]
    back = min(LOOK_BACK[grain.name], len(times))
    asked = pd.DatetimeIndex(times[-back:].append(ahead))
    fitted = _fit_and_predict(times, np.log1p(values), asked, _recipe(grain, times, yearly))
    return _to_counts(values[-back:], fitted[:back], fitted[back:], grain)


def _to_counts(
    actual: NDArray[np.float64],
    fitted: NDArray[np.float64],
    ahead: NDArray[np.float64],
    grain: Grain,
) -> NDArray[np.float64]:
    """Add the recent level on the log scale, then leave the log scale for a mean count."""
    residuals = np.log1p(actual) - fitted
    level = recent_level(residuals, HALF_LIFE[grain.name], grain.block)
    centred = fitted + (np.nanmean(residuals) if np.isfinite(residuals).any() else 0.0)
    factor = smearing_factor(actual, np.maximum(np.expm1(centred), 0.0))
    mean = np.maximum(np.expm1(np.clip(ahead + level, -50, 50)), 0.0) * factor
    if not np.isfinite(mean).all():
        raise ModelError
    return np.asarray(mean, dtype=np.float64)


def recent_level(residuals: NDArray[np.float64], half_life: float, block: int) -> float:
    """Return the exponentially weighted mean of log residuals, newest last.

    Within each block (a day of hours, a week of days) residuals are cut at +-1 (a factor of e)
    from the block's median: a spike yesterday is not a new level, but a shifted day is.

    >>> recent_level(np.array([0.0, 0.0, 0.3, 0.3]), half_life=1.0, block=2) > 0.2
    True
    """
    rows = seasons(residuals, block)
    rows = rows[~np.isnan(rows).all(axis=1)]
    if not len(rows):
        return 0.0
    middle = np.nanmedian(rows, axis=1, keepdims=True)
    tame = np.clip(rows, middle - 1, middle + 1).ravel()
    weights = np.where(np.isnan(tame), 0.0, 0.5 ** (np.arange(len(tame))[::-1] / half_life))
    return float(np.nansum(weights * tame) / weights.sum())


def _recipe(grain: Grain, times: pd.DatetimeIndex, yearly: bool) -> dict[str, Any]:
    """Choose Prophet's settings for this much history."""
    day_kinds = grain.name == "hour" and len(times) >= LEAST_FOR_DAY_KINDS
    plain_hours = grain.name == "hour" and not day_kinds
    return {
        "day_kinds": day_kinds,
        "daily": DAILY_ORDER if plain_hours else False,
        "yearly": YEARLY_ORDER if yearly and len(times) >= LEAST_FOR_YEARLY_FIT else False,
    }


def _fit_and_predict(
    times: pd.DatetimeIndex,
    logs: NDArray[np.float64],
    asked: pd.DatetimeIndex,
    recipe: dict[str, Any],
) -> NDArray[np.float64]:
    """Fit on the history and return the point prediction for the asked times, log scale.

    One fit at a time: the filter for Prophet's own deprecation warnings is process-wide state.
    """
    with _fitting, warnings.catch_warnings():
        # prophet 1.5 calls DataFrame.drop(inplace=True), which pandas 3.1 deprecates.
        warnings.filterwarnings(
            "ignore", message="The inplace keyword", category=DeprecationWarning
        )
        try:
            model = _new_model(recipe)
            model.fit(_frame(times, recipe).assign(y=logs).dropna(subset="y"), seed=STAN_SEED)
            predicted = model.predict(_frame(asked, recipe))["yhat"].to_numpy(dtype=np.float64)
            model.stan_backend.cleanup()
        except (
            ImportError,
            OSError,
            RuntimeError,
            ValueError,
            AttributeError,
            ArithmeticError,
        ) as error:
            raise ModelError from error
    return predicted


def _new_model(recipe: dict[str, Any]) -> Any:
    """Return an unfitted Prophet with our seasons and without its voice."""
    model = _prophet_class()(
        growth="flat",
        daily_seasonality=recipe["daily"],
        weekly_seasonality=WEEKLY_ORDER,
        yearly_seasonality=recipe["yearly"],
        uncertainty_samples=0,
    )
    if recipe["day_kinds"]:
        for kind in DAY_KINDS:
            model.add_seasonality(f"daily_{kind}", 1, DAY_KIND_ORDER, condition_name=kind)
    return model


def _prophet_class() -> Any:
    """Import Prophet late (0.5-1 s, 50 MB) and silence it in the order that works."""
    logging.getLogger("prophet.plot").setLevel(logging.CRITICAL)
    import cmdstanpy
    import prophet

    cmdstanpy.disable_logging()
    logging.getLogger("prophet").setLevel(logging.ERROR)
    return prophet.Prophet


def _frame(times: pd.DatetimeIndex, recipe: dict[str, Any]) -> pd.DataFrame:
    """Return Prophet's input: ``ds`` and, where asked, one flag for each kind of day."""
    frame = pd.DataFrame({"ds": times})
    if recipe["day_kinds"]:
        for kind, days in DAY_KINDS.items():
            frame[kind] = np.isin(times.day_of_week, days)
    return frame
