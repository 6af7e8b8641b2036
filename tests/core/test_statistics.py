"""Intervals and corrections, held against other libraries, slow loops and simulated truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.statistics import (
    benjamini_hochberg,
    correct_in_families,
    correlation_interval,
    effective_sample_size,
    holm,
    sessions_per_side,
    wilson_interval,
)


@pytest.mark.parametrize(("k", "n"), [(0, 5), (1, 3), (50, 100), (9, 9), (4, 559)])
def test_wilson_agrees_with_scipy(k, n) -> None:
    expected = stats.binomtest(k, n).proportion_ci(method="wilson")
    found = wilson_interval(k, n)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("seed", range(5))
def test_corrections_agree_with_scipy_and_a_loop(seed) -> None:
    p = np.random.default_rng(seed).random(20) ** 3
    np.testing.assert_allclose(benjamini_hochberg(p), stats.false_discovery_control(p))
    order, largest, slow = sorted(range(20), key=lambda i: p[i]), 0.0, [0.0] * 20
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, (20 - place) * p[index]))
        slow[index] = largest
    np.testing.assert_allclose(holm(p), slow)


def slow_benjamini_hochberg(p_values: list[float], level: float) -> list[bool]:
    """The procedure as it is written down: reject the k smallest, k the largest that fits."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    fits = [
        rank
        for rank, place in enumerate(order, start=1)
        if p_values[place] <= level * rank / len(order)
    ]
    rejected = set(order[: max(fits, default=0)])
    return [place in rejected for place in range(len(p_values))]


def slow_families(
    p_values: list[float], families: list[int], level: float
) -> tuple[set[int], list[bool]]:
    """Benjamini and Bogomolov (2014): families by Simes, then each at the level's part of them."""
    names = sorted(set(families))
    members = {name: [i for i, own in enumerate(families) if own == name] for name in names}
    simes = []
    for name in names:
        ordered = sorted(p_values[place] for place in members[name])
        simes.append(min(len(ordered) * p / rank for rank, p in enumerate(ordered, start=1)))
    is_chosen = slow_benjamini_hochberg(simes, level)
    chosen = {name for name, is_in in zip(names, is_chosen, strict=True) if is_in}
    rejected = [False] * len(p_values)
    for name in chosen:
        own = [p_values[place] for place in members[name]]
        verdicts = slow_benjamini_hochberg(own, level * len(chosen) / len(names))
        for place, verdict in zip(members[name], verdicts, strict=True):
            rejected[place] = verdict
    return chosen, rejected


@pytest.mark.parametrize("level", [0.01, 0.05, 0.2])
def test_families_agree_with_the_procedure_as_it_is_written_down(level) -> None:
    """The same families are chosen; within them no more is claimed than the procedure claims."""
    claims = most = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        families = rng.integers(0, 8, 60).tolist()
        p = np.where(rng.random(60) < 0.3, rng.random(60) ** 6, rng.random(60))
        claimed = correct_in_families(p, families) <= level
        chosen, rejected = slow_families(p.tolist(), families, level)
        assert {family for family, is_in in zip(families, claimed, strict=True) if is_in} == chosen
        assert not (claimed & ~np.array(rejected)).any()
        claims, most = claims + claimed.sum(), most + sum(rejected)
    assert claims >= 0.8 * most


@pytest.mark.parametrize("seed", range(5))
def test_one_family_is_plain_benjamini_hochberg(seed) -> None:
    p = np.random.default_rng(seed).random(30) ** 3
    found = correct_in_families(p, ["a"] * 30)
    np.testing.assert_allclose(found, stats.false_discovery_control(p))


@pytest.mark.parametrize("seed", range(5))
def test_families_of_one_are_plain_benjamini_hochberg_too(seed) -> None:
    p = np.random.default_rng(seed).random(30) ** 3
    found = correct_in_families(p, range(30))
    np.testing.assert_allclose(found, stats.false_discovery_control(p))


def test_what_was_not_tested_stays_untested_and_counts_for_nothing() -> None:
    nan = float("nan")
    p = [0.001, nan, 0.02, nan, 0.4, nan]
    families = ["a", "a", "b", "b", "b", "c"]
    found = correct_in_families(p, families)
    assert np.isnan(found).tolist() == [False, True, False, True, False, True]
    known = [0, 2, 4]
    without = correct_in_families([p[i] for i in known], [families[i] for i in known])
    np.testing.assert_allclose(found[known], without)
    assert np.isnan(correct_in_families([nan, nan], ["a", "b"])).all()
    assert correct_in_families([], []).tolist() == []


def test_a_wild_day_does_not_lower_the_bar_for_the_others() -> None:
    """Fifty tiny p-values of one day; on another day the smallest of ten is an ordinary 0.02."""
    calm = [0.02, *np.linspace(0.1, 1, 9)]
    p, families = [1e-9] * 50 + calm, ["wild"] * 50 + ["calm"] * 10
    assert benjamini_hochberg(p)[50] < 0.05  # corrected in one pool, it would be a finding
    found = correct_in_families(p, families)
    assert found[50] >= 0.05
    assert (found[:50] < 0.05).all()
    assert correct_in_families(calm, ["calm"] * 10)[0] >= 0.05  # as without the wild day


def test_the_order_of_tests_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    p, families = rng.random(50) ** 4, rng.integers(0, 6, 50)
    order = rng.permutation(50)
    mixed = correct_in_families(p[order], families[order])
    np.testing.assert_allclose(mixed, correct_in_families(p, families)[order])


def test_where_there_is_nothing_a_claim_is_rare() -> None:
    """Sizes of families as they are: 56 days, of which each hour and channel was looked at."""
    families = np.repeat(np.arange(20), np.arange(1, 21))
    claims = 0
    for seed in range(400):
        p = np.random.default_rng(seed).random(len(families))
        claims += (correct_in_families(p, families) <= 0.05).any()
    assert claims / 400 <= 0.07


def test_false_findings_are_few_among_the_families_chosen() -> None:
    """Of 20 families 4 hold something; the false share within the chosen ones is 5 % at most."""
    shares, seen = [], 0.0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        is_true = (np.arange(20) < 4)[:, None] & (np.arange(15) < 5)
        scores = rng.normal(size=(20, 15)) + 4.0 * is_true
        p = stats.norm.sf(scores)
        found = correct_in_families(p.ravel(), np.repeat(np.arange(20), 15)).reshape(20, 15)
        claimed = found <= 0.05
        chosen = claimed.any(axis=1)
        false = (claimed & ~is_true).sum(axis=1) / np.maximum(claimed.sum(axis=1), 1)
        shares.append(false[chosen].mean() if chosen.any() else 0.0)
        seen += chosen[:4].mean()
    assert np.mean(shares) <= 0.06
    assert seen / 200 >= 0.95


def autoregressive(rng: np.random.Generator, rho: float, n: int) -> pd.Series:
    noise, values = rng.normal(size=n), [0.0]
    for step in noise[1:]:
        values.append(rho * values[-1] + step)
    return pd.Series(values, pd.date_range("2024", periods=n, freq="h"))


def test_effective_size_of_autocorrelated_series() -> None:
    """For two AR(1) series of the same rho, n (1 - rho^2) / (1 + rho^2) (Bartlett 1935)."""
    sizes = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        first, second = autoregressive(rng, 0.8, 600), autoregressive(rng, 0.8, 600)
        sizes.append(effective_sample_size(first, second))
    expected = 600 * (1 - 0.64) / (1 + 0.64)
    assert np.median(sizes) == pytest.approx(expected, rel=0.35)


def test_unrelated_slow_series_are_seldom_called_related() -> None:
    false = plain = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        first, second = autoregressive(rng, 0.9, 400), autoregressive(rng, 0.9, 400)
        r = float(first.corr(second))
        false += correlation_interval(r, effective_sample_size(first, second)).p_value < 0.05
        plain += correlation_interval(r, 400).p_value < 0.05
    assert false / 150 <= 0.12
    assert plain / 150 > 0.3


def test_correlation_interval_agrees_with_scipy() -> None:
    rng = np.random.default_rng(3)
    first = rng.normal(size=80)
    second = first + rng.normal(size=80)
    expected = stats.pearsonr(first, second)
    found = correlation_interval(float(expected.statistic), 80)
    ends = expected.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))


def test_sample_size_finds_what_it_promises() -> None:
    """Power by simulation: two groups of that size see a difference of 5 points in 80 %."""
    n = sessions_per_side(0.5, 0.05)
    rng = np.random.default_rng(0)
    first, second = rng.binomial(n, 0.5, 4000) / n, rng.binomial(n, 0.55, 4000) / n
    error = np.sqrt(first * (1 - first) / n + second * (1 - second) / n)
    power = np.mean(np.abs(second - first) / error > stats.norm.ppf(0.975))
    assert power == pytest.approx(0.8, abs=0.03)
