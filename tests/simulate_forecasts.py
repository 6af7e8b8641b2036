"""Sites and replays whose truth is known, for the tests of the forecast."""

import numpy as np
import pandas as pd

from core.forecast.backtest import Plan, Replay
from core.forecast.history import GRAINS, History
from core.forecast.results import Evidence


def site(seed: int, weeks: int, mean: float = 30) -> tuple[pd.Series, pd.Series]:
    """Hours with a shape of day and week, over-dispersion, autocorrelated days.

    Returns the history and the week after it.
    """
    rng, length = np.random.default_rng(seed), (weeks + 1) * 168
    hour = np.arange(length)
    shape = np.exp(0.8 * np.sin((hour % 24 - 9) / 24 * 2 * np.pi))
    shape *= np.array([1, 1.05, 1.05, 1, 0.95, 0.7, 0.75])[hour // 24 % 7]
    shocks = [0.0]
    for noise in rng.normal(0, 0.12, length // 24 - 1):
        shocks.append(0.6 * shocks[-1] + noise)
    expected = mean * shape * np.exp(np.repeat(shocks, 24))
    counts = rng.poisson(expected * rng.gamma(20, 1 / 20, length)).astype(float)
    series = pd.Series(counts, pd.date_range("2024-01-01", periods=length, freq="h"))
    return series.iloc[:-168], series.iloc[-168:]


def daily_site(seed: int, weeks: int = 12, mean: float = 400) -> pd.Series:
    """Days with a weekly shape, a level that wanders a little, over-dispersion."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2024-01-01", periods=7 * weeks)
    shape = np.where(days.day_of_week >= 5, 0.6, 1.0)
    level = mean * np.exp(np.cumsum(rng.normal(0, 0.01, len(days))))
    noisy = level * shape * rng.gamma(25, 1 / 25, len(days))
    return pd.Series(rng.poisson(noisy).astype(float), days)


def log_errors(
    rng: np.random.Generator,
    rows: int,
    horizon: int,
    *,
    spread: float,
    memory: float,
    growth: float,
) -> np.ndarray:
    """Errors of forecasts on the log scale: AR(1) within a fold, growing with the lead."""
    errors = np.empty((rows, horizon))
    errors[:, 0] = rng.normal(0, 1, rows)
    for lead in range(1, horizon):
        errors[:, lead] = memory * errors[:, lead - 1]
        errors[:, lead] += np.sqrt(1 - memory**2) * rng.normal(0, 1, rows)
    return errors * spread * (np.arange(horizon) + 1.0) ** growth


def evidence(
    seed: int,
    *,
    folds: int = 12,
    horizon: int = 28,
    mean: float = 1000,
    spread: float = 0.15,
    memory: float = 0.3,
    growth: float = 0.0,
    thinned: float = 1.0,
) -> tuple[Evidence, np.ndarray]:
    """A replay with errors of a known distribution, and what comes after it.

    Days whose forecast is always ``mean``; folds do not overlap. With ``thinned`` below 1 it is
    about a part of the counts, drawn binomially: the same seed gives both.
    """
    rng = np.random.default_rng(seed)
    errors = log_errors(rng, folds + 1, horizon, spread=spread, memory=memory, growth=growth)
    counts = rng.poisson(mean * np.exp(errors)).astype(float)
    if thinned < 1:
        counts = rng.binomial(counts.astype(int), thinned).astype(float)
    first = 56
    values = np.concatenate([np.full(first, mean * thinned), counts[:-1].ravel()])
    times = pd.date_range("2023-01-02", periods=len(values))
    known = History(times, values, GRAINS["day"], float(values.max()), ())
    said = np.full((folds, horizon), mean * thinned)
    plan = Plan(tuple(range(first, len(values), horizon)), horizon)
    replayed = Replay(plan, counts[:-1], {"blend": said, "seasonal_naive": said * 1.2})
    return Evidence(known, replayed, "blend", said[0], {"blend": 1.0}), counts[-1]
