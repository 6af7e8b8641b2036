"""Replay the past: forecast from several moments of the history with every method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.forecast.history import Grain, History
from core.forecast.methods import Values, forecasts_at, wants_model

MOST_FOLDS = 12
SPARE_CYCLES = 3
CYCLES_APART = 3
LONGEST_FIRST_TRAINING = {"hour": 28 * 24, "day": 56, "week": 26, "month": 24}

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Plan:
    """Where the replay starts and how far it looks.

    Args:
        origins: number of periods known at each fold, oldest fold first.
        horizon: periods forecast in each fold.
    """

    origins: tuple[int, ...]
    horizon: int


@dataclass(frozen=True, eq=False)
class Replay:
    """What each method said in each fold.

    Args:
        plan: the folds.
        actual: counts, one row a fold, NaN where the period is missing.
        said: method key to its forecasts, same shape as ``actual``.
    """

    plan: Plan
    actual: Values
    said: Mapping[str, Values]

    @property
    def places(self) -> NDArray[np.int64]:
        """Position in the history of each replayed period, same shape as ``actual``."""
        return np.asarray(self.plan.origins)[:, None] + np.arange(self.plan.horizon)[None, :]

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Mark the replayed periods that have a count."""
        return ~np.isnan(self.actual)

    def outside_of(self, fold: int) -> NDArray[np.bool_]:
        """Mark the usable periods that lie outside the window of one fold.

        Folds may overlap: leaving out the fold alone would leave the same hours in.
        """
        return self.usable & ~np.isin(self.places, self.places[fold])


def plan_folds(length: int, horizon: int, grain: Grain) -> Plan:
    """Choose up to 12 folds, the newest ending where the history ends.

    Folds are as long as the horizon if the history allows at least four of them (moved on by one
    day at a time if need be), else shorter. They do not overlap where the history is long enough,
    and short ones stand three days apart, for neighbouring days are alike.

    >>> from core.forecast.history import GRAINS
    >>> plan_folds(28 * 24, 7 * 24, GRAINS["hour"]).origins[0] / 24
    14.0
    """
    first = _first_training(length, grain)
    room = max(1, (length - first) // grain.cycle - SPARE_CYCLES) * grain.cycle
    tested = min(horizon, room)
    free = (length - tested - first) // grain.cycle
    whole = -(-tested // grain.cycle)
    step = max(1, min(max(whole, CYCLES_APART), -(-free // (MOST_FOLDS - 1)))) * grain.cycle
    newest_first = range(length - tested, first - 1, -step)
    return Plan(tuple(reversed(newest_first[:MOST_FOLDS])), tested)


def _first_training(length: int, grain: Grain) -> int:
    """Return the shortest history that a fold may know: half of all, within limits."""
    half = length // 2 // grain.cycle * grain.cycle
    return max(grain.season, min(half, LONGEST_FIRST_TRAINING[grain.name]))


def replay(
    history: History, plan: Plan, on_progress: Progress, events: pd.DataFrame | None = None
) -> tuple[Replay, bool]:
    """Forecast from every fold with every method.

    Args:
        history: checked.
        plan: the folds.
        on_progress: told the share done.
        events: flags of holidays and notes, see ``core.forecast.methods.forecasts_at``.

    Returns:
        The replay, and whether Prophet took part from first to last.
    """
    wide = np.append(history.values, np.full(plan.horizon, np.nan))
    actual = np.stack([wide[o : o + plan.horizon] for o in plan.origins])
    said, has_model = [], wants_model(history)
    for number, origin in enumerate(plan.origins):
        on_progress(number / (len(plan.origins) + 1), "replaying")
        forecasts, has_model = forecasts_at(
            history, origin, plan.horizon, with_model=has_model, events=events
        )
        said.append(forecasts)
    shared = [key for key in said[-1] if all(key in forecasts for forecasts in said)]
    return Replay(plan, actual, {k: np.stack([f[k] for f in said]) for k in shared}), has_model
