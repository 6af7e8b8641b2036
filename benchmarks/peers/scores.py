"""How good was what was said? One row a forecast, then one figure a series, then one for all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.peers.contract import LEVELS, Case

NAIVE = "naive"
INTERVAL_LEVEL = 80
"""The level of the interval score, in %."""


def score(case: Case, who: str, said: pd.DataFrame) -> dict[str, float | str]:
    """Hold one forecast against what came; hours (days) without a count do not count."""
    seen = case.truth.notna().to_numpy()
    truth, said = case.truth.to_numpy()[seen], said[seen]
    bands = {level: (said[f"low{level}"], said[f"high{level}"]) for level in LEVELS}
    covers = {
        f"cover{level}": float(np.mean((low <= truth) & (truth <= high)))
        for level, (low, high) in bands.items()
    }
    return {
        "series": case.series,
        "freq": case.freq,
        "who": who,
        "mae": float(np.mean(np.abs(said["mean"] - truth))),
        "interval": interval_score(truth, *bands[INTERVAL_LEVEL], alpha=1 - INTERVAL_LEVEL / 100),
        "said": float(said["mean"].sum()),
        "sum": float(truth.sum()),
    } | covers


def interval_score(truth: np.ndarray, low: pd.Series, high: pd.Series, alpha: float) -> float:
    """Return the mean interval score of central bands: their width and what lies outside.

    Gneiting & Raftery, Strictly Proper Scoring Rules, Prediction, and Estimation (2007), eq. 43.
    """
    below, above = np.maximum(low - truth, 0), np.maximum(truth - high, 0)
    return float(np.mean(high - low + 2 / alpha * (below + above)))


def by_series(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the measures by ``series`` and ``who``: means over the moments, relative ones too."""
    groups = scores.groupby(["series", "who"], sort=False)
    table = groups[["mae", "interval", "cover80", "cover95", "said", "sum"]].mean()
    naive = table["mae"].xs(NAIVE, level="who")
    base = naive.reindex(table.index.get_level_values("series")).to_numpy()
    return table.assign(
        rel=table["mae"] / base,
        interval=table["interval"] / base,
        bias=100 * (table["said"] / table["sum"] - 1),
        freq=groups["freq"].first(),
    )


def geometric_mean(values: pd.Series) -> float:
    """Return the geometric mean: relative errors multiply."""
    return float(np.exp(np.log(values).mean()))


def mean(values: pd.Series) -> float:
    """Return the mean: each series counts alike."""
    return float(values.mean())


MEASURES: dict[str, tuple[str, Callable[[pd.Series], float]]] = {
    "rel": ("MAE / MAE of the naive", geometric_mean),
    "interval": ("interval score at 80 % / MAE of the naive", geometric_mean),
    "cover80": ("coverage of the 80 % bands", mean),
    "cover95": ("coverage of the 95 % bands", mean),
    "bias": ("bias, %", mean),
}


def overall(table: pd.DataFrame, measure: str) -> pd.Series:
    """Return one figure by method over all the series of a table."""
    return table.groupby("who", sort=False)[measure].agg(MEASURES[measure][1])


def laid_out(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return a measure, a row a series and a column a method, with rows over several series."""
    order = list(dict.fromkeys(table.index.get_level_values("who")))
    wide = table[measure].unstack("who")[order]
    if table["freq"].nunique() > 1:
        for freq, part in table.groupby("freq"):
            wide.loc[{"h": "all hourly", "D": "all daily"}[freq]] = overall(part, measure)
    wide.loc["all"] = overall(table, measure)
    return wide.rename_axis(index=None, columns=None)
