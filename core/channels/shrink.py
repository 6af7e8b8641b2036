"""Empirical Bayes: values drawn towards each other as far as they are uncertain."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special


def shrink(table: pd.DataFrame, *, is_share: bool) -> pd.Series:
    """Draw each value towards the common mean, the uncertain ones most.

    Values are normal around a common mean with a variance between them that is estimated by
    moments (DerSimonian and Laird 1986, Controlled Clinical Trials 7:177); the shrunken value is
    the posterior mean (Efron and Morris 1975, JASA 70:311). Shares are taken on the scale of
    log-odds, from their effective number of visits and with half a visit more on each side, so
    that one perfect visit is no certainty.

    Args:
        table: ``value``, ``variance`` (NaN: unknown) and ``n`` (visits), one row per channel.
        is_share: whether values are shares.

    Returns:
        Shrunken values, same index; NaN where the value is.

    >>> rates = pd.DataFrame({"value": [0.5, 1.0], "n": [900.0, 1.0]}, ["Direct", "Email"])
    >>> rates["variance"] = rates["value"] * (1 - rates["value"]) / rates["n"]
    >>> shrink(rates, is_share=True).round(2).tolist()
    [0.5, 0.5]
    """
    known = table[table["value"].notna() & (table["n"] > 0)]
    if len(known) < 2:
        return table["value"].copy()
    centre, variance = _log_odds(known) if is_share else (known["value"], _filled(known))
    mean, between = _pooled(centre.to_numpy(), variance.to_numpy())
    own = between / (between + variance) if between > 0 else 0.0 * variance
    drawn = mean + own * (centre - mean)
    values = pd.Series(special.expit(drawn), drawn.index) if is_share else drawn
    return values.reindex(table.index)


def _log_odds(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    chance = table["value"] * (1 - table["value"])
    is_wide = table["variance"] > chance / table["n"]
    n = (chance / table["variance"]).where(is_wide & (chance > 0), table["n"])
    hits, misses = table["value"] * n + 0.5, (1 - table["value"]) * n + 0.5
    return np.log(hits / misses), 1 / hits + 1 / misses


def _filled(table: pd.DataFrame) -> pd.Series:
    """Variance; where it is unknown (or, of zeros, 0), what that many visits usually have."""
    per_visit = (table["variance"] * table["n"]).where(table["value"] > 0)
    usual = float(per_visit.median()) if per_visit.notna().any() else np.inf
    return table["variance"].where(table["value"] > 0).fillna(usual / table["n"])


def _pooled(values: np.ndarray, variance: np.ndarray) -> tuple[float, float]:
    """Common mean, and variance between the true values."""
    weight = 1 / variance
    if not weight.sum() > 0:
        return float(values.mean()), 0.0
    mean = float(np.sum(weight * values) / weight.sum())
    excess = float(np.sum(weight * (values - mean) ** 2)) - (len(values) - 1)
    between = max(excess / (weight.sum() - np.sum(weight**2) / weight.sum()), 0.0)
    weight = 1 / (variance + between)
    return float(np.sum(weight * values) / weight.sum()), float(between)
