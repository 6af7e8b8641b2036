"""Empirical Bayes, held against a slow version and simulated truth."""

import numpy as np
import pandas as pd
import pytest

from core.channels.shrink import shrink


def shares(values: list[float], n: list[float]) -> pd.DataFrame:
    table = pd.DataFrame({"value": values, "n": n}, index=[f"C{i}" for i in range(len(n))])
    return table.assign(variance=table["value"] * (1 - table["value"]) / table["n"])


def slow_posterior(values: list[float], variances: list[float]) -> list[float]:
    """DerSimonian and Laird (1986) and the normal posterior mean, one number after the other."""
    weights = [1 / v for v in variances]
    mean = sum(w * x for w, x in zip(weights, values, strict=True)) / sum(weights)
    q = sum(w * (x - mean) ** 2 for w, x in zip(weights, values, strict=True))
    c = sum(weights) - sum(w * w for w in weights) / sum(weights)
    between = max((q - (len(values) - 1)) / c, 0)
    weights = [1 / (v + between) for v in variances]
    mean = sum(w * x for w, x in zip(weights, values, strict=True)) / sum(weights)
    return [
        mean + between / (between + v) * (x - mean) if between > 0 else mean
        for x, v in zip(values, variances, strict=True)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_ratios_agree_with_a_loop(seed) -> None:
    rng = np.random.default_rng(seed)
    values, variances = rng.normal(5, 1, 6), rng.uniform(0.05, 2, 6)
    table = pd.DataFrame({"value": values, "variance": variances, "n": 1e9})
    expected = slow_posterior(list(values), list(variances))
    assert shrink(table, is_share=False).tolist() == pytest.approx(expected)


def test_certain_values_stay_and_uncertain_ones_move() -> None:
    found = shrink(shares([0.4, 0.5, 0.6, 0.9], [1e6, 1e6, 1e6, 10]), is_share=True)
    assert found.iloc[:3].tolist() == pytest.approx([0.4, 0.5, 0.6], abs=0.001)
    assert 0.5 < found.iloc[3] < 0.9


def test_perfect_and_hopeless_few_are_drawn_to_the_middle() -> None:
    found = shrink(shares([0.5, 0.55, 1.0, 0.0], [900, 900, 1, 2]), is_share=True)
    assert found.between(0.4, 0.65).all()


def test_drawn_values_are_nearer_to_the_truth_than_those_counted() -> None:
    counted = drawn = 0.0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        truth, n = rng.normal(0.5, 0.05, 8).clip(0.05, 0.95), rng.integers(5, 400, 8)
        table = shares(list(rng.binomial(n, truth) / n), list(n))
        counted += np.abs(table["value"] - truth).sum()
        drawn += np.abs(shrink(table, is_share=True).to_numpy() - truth).sum()
    assert drawn < 0.75 * counted


def test_what_is_unknown_stays_unknown() -> None:
    table = shares([0.5, np.nan, 0.6], [100, 0, 100])
    assert np.isnan(shrink(table, is_share=True).iloc[1])
    alone = shares([0.7], [50])
    assert shrink(alone, is_share=True).tolist() == [0.7]


def test_a_mean_of_no_known_spread_is_drawn_far() -> None:
    """No variance and few visits: it is taken to stray as such a number of visits does."""
    table = pd.DataFrame(
        {"value": [4.0, 5.0, 12.0], "variance": [0.01, 0.01, np.nan], "n": [9000.0, 9000.0, 2.0]}
    )
    assert shrink(table, is_share=False).iloc[2] < 7
