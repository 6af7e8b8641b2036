"""Prophet. This is the only module that imports it, and only when it is called."""

from __future__ import annotations

import logging
import threading
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.forecast.smoothing import Fit

Values = NDArray[np.float64]

LOOK_BACK = {"hour": 28 * 24, "day": 56}
DAILY_ORDER = 8
DAY_KIND_ORDER = 5
WEEKLY_ORDER = 3
YEARLY_ORDER = 6
EVENT_PRIOR = 1.0
"""Standard deviation of an event's effect on the log scale: a factor of 2.7 is nothing unusual."""
LEAST_FOR_DAY_KINDS = 14 * 24
STAN_SEED = 1
DAY_KINDS = {"weekday": (0, 1, 2, 3, 4), "saturday": (5,), "sunday": (6,)}

_fitting = threading.Lock()


class ModelError(Exception):
    """Prophet could not be imported or fitted; the simple methods carry on."""


@dataclass(frozen=True)
class Recipe:
    """How Prophet is set up.

    Args:
        window: newest periods that are fitted.
        is_log: whether on log counts with added seasons, or on counts with multiplied ones.
        has_day_kinds: a daily shape of its own for weekdays, Saturdays and Sundays (hours).
        has_year: a yearly season.
    """

    window: int
    is_log: bool = True
    has_day_kinds: bool = True
    has_year: bool = False


def fit_prophet(
    times: pd.DatetimeIndex,
    counts: Values,
    ahead: pd.DatetimeIndex,
    recipe: Recipe,
    *,
    grain: str,
    flags: pd.DataFrame | None = None,
) -> Fit:
    """Fit the shape of day, week and year with Prophet; its trend is flat.

    A flat trend does not extrapolate three weeks of growth; level and growth are told by the
    newest residuals (``core.forecast.smoothing``). Only the last weeks are predicted besides the
    future: fitted values of a long history cost 700 MiB. Point predictions only: Prophet's own
    bands draw from the global random state and cover too little.

    Args:
        times: the known periods.
        counts: NaN where missing.
        ahead: periods to forecast.
        recipe: the settings.
        grain: ``hour`` or ``day``.
        flags: events as columns of 0 and 1, one row for each of ``times`` and then ``ahead``.

    Returns:
        The fit on the log scale, log(1 + count).

    Raises:
        ModelError: Prophet or Stan gave up.
    """
    frame = pd.DataFrame({"ds": times.append(ahead), "y": np.nan})
    frame.loc[: len(times) - 1, "y"] = np.log1p(counts) if recipe.is_log else counts
    events = [] if flags is None else _seen_events(flags.iloc[: len(times)], recipe.window)
    for number, name in enumerate(events):
        frame[f"event_{number}"] = flags[name].to_numpy() if flags is not None else 0.0
    has_kinds = grain == "hour" and min(len(times), recipe.window) >= LEAST_FOR_DAY_KINDS
    kinds = DAY_KINDS if has_kinds and recipe.has_day_kinds else {}
    for kind, days in kinds.items():
        frame[kind] = frame["ds"].dt.day_of_week.isin(days)
    settings = {
        "daily": DAILY_ORDER if grain == "hour" and not kinds else False,
        "yearly": YEARLY_ORDER if recipe.has_year else False,
        "mode": "additive" if recipe.is_log else "multiplicative",
        "kinds": tuple(kinds),
        "events": len(events),
    }
    back = min(LOOK_BACK[grain], recipe.window, len(times))
    known = frame.iloc[max(0, len(times) - recipe.window) : len(times)]
    said = _fit_and_predict(known, frame.iloc[len(times) - back :], settings)
    logs = said if recipe.is_log else np.log1p(np.maximum(said, 0.0))
    fit = Fit(logs[:back], logs[back:])
    if not fit.is_finite:
        raise ModelError
    return fit


def _seen_events(flags: pd.DataFrame, window: int) -> list[str]:
    """Return the events that the fitted periods hold an example of."""
    newest = flags.iloc[-window:]
    return [name for name in newest.columns if 0 < newest[name].sum() < len(newest)]


def _fit_and_predict(known: pd.DataFrame, asked: pd.DataFrame, settings: dict[str, Any]) -> Values:
    """Fit on the history and return the point prediction for the asked times.

    One fit at a time: the filter for Prophet's own deprecation warnings is process-wide state.
    """
    with _fitting, warnings.catch_warnings():
        # prophet 1.5 calls DataFrame.drop(inplace=True), which pandas 3.1 deprecates.
        warnings.filterwarnings("ignore", message=".*inplace", category=DeprecationWarning)
        try:
            model = _new_model(settings)
            model.fit(known.dropna(subset="y").reset_index(drop=True), seed=STAN_SEED)
            inputs = asked.drop(columns="y").reset_index(drop=True)
            predicted = model.predict(inputs)["yhat"].to_numpy(dtype=np.float64)
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
    return np.asarray(predicted)


def _new_model(settings: dict[str, Any]) -> Any:
    """Return an unfitted Prophet with our seasons and without its voice."""
    model = _prophet_class()(
        growth="flat",
        daily_seasonality=settings["daily"],
        weekly_seasonality=WEEKLY_ORDER,
        yearly_seasonality=settings["yearly"],
        seasonality_mode=settings["mode"],
        uncertainty_samples=0,
    )
    for kind in settings["kinds"]:
        model.add_seasonality(f"daily_{kind}", 1, DAY_KIND_ORDER, condition_name=kind)
    for number in range(settings["events"]):
        model.add_regressor(f"event_{number}", prior_scale=EVENT_PRIOR, standardize=False)
    return model


def _prophet_class() -> Any:
    """Import Prophet late (0.5-1 s, 50 MB) and silence it in the order that works."""
    logging.getLogger("prophet.plot").setLevel(logging.CRITICAL)
    import cmdstanpy
    import prophet

    cmdstanpy.disable_logging()
    logging.getLogger("prophet").setLevel(logging.ERROR)
    return prophet.Prophet
