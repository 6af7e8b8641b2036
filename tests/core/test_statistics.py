"""Intervals and corrections, held against other libraries, slow loops and simulated truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.statistics import (
    benjamini_hochberg,
    change_interval,
    correlation_interval,
    effective_sample_size,
    holm,
    ratio_difference,
    ratio_interval,
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


def test_a_ratio_is_the_ratio_of_sums() -> None:
    rng = np.random.default_rng(1)
    bottom = rng.poisson(30, 28)
    top = rng.binomial(bottom, 0.4)
    found = ratio_interval(top, bottom, is_share=True)
    assert found.value == pytest.approx(sum(top) / sum(bottom))
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_nothing_is_said_without_data() -> None:
    for top, bottom in (([], []), ([0.0, 0.0], [0.0, 0.0])):
        found = ratio_interval(top, bottom, is_share=True)
        assert np.isnan([found.low, found.high]).all()


def shaky_site(seed: int, days: int, rate: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Daily engaged sessions and sessions; the rate of neighbouring days is alike (rho 0.3)."""
    rng, shock, rates = np.random.default_rng(seed), 0.0, []
    for _ in range(days):
        shock = 0.3 * shock + rng.normal(0, 0.25)
        rates.append(1 / (1 + np.exp(-(np.log(rate / (1 - rate)) + shock))))
    sessions = rng.poisson(400, days)
    return rng.binomial(sessions, rates), sessions


@pytest.mark.parametrize("days", [28, 56])
def test_day_blocks_cover_what_they_promise_where_wilson_does_not(days) -> None:
    """200 sites whose true rate is 0.5; the standard error of a coverage of 95 % is 1.5 points."""
    blocks = plain = 0
    for seed in range(200):
        top, bottom = shaky_site(seed, days)
        found = ratio_interval(top, bottom, is_share=True)
        naive = wilson_interval(top.sum(), bottom.sum())
        blocks += found.low <= 0.5 <= found.high
        plain += naive.low <= 0.5 <= naive.high
    assert 0.89 <= blocks / 200 <= 0.99
    assert plain / 200 < 0.75


def test_two_alike_are_seldom_called_different() -> None:
    false = 0
    for seed in range(200):
        first, second = shaky_site(seed, 28), shaky_site(seed + 10_000, 28)
        false += ratio_difference(first, second, is_share=True).p_value < 0.05
    assert false / 200 <= 0.1


def test_a_real_difference_is_seen_with_its_sign() -> None:
    found = ratio_difference(
        shaky_site(1, 56, rate=0.7), shaky_site(2, 56, rate=0.5), is_share=True
    )
    assert found.p_value < 0.001
    assert found.low < 0.2 < found.high


def test_no_change_is_seldom_called_one() -> None:
    false = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        now, before = rng.negative_binomial(20, 20 / 220, (2, 14))
        found = change_interval(now, before)
        false += found.p_value < 0.05
    assert false / 200 <= 0.09


def test_change_is_relative_to_the_period_before() -> None:
    found = change_interval([20.0] * 14, [10.0] * 14)
    assert found.value == pytest.approx(1.0)
    assert found.low > 0
    assert np.isnan(change_interval([3.0] * 14, [0.0] * 14).value)


def test_from_11_to_6_is_no_change_worth_a_word() -> None:
    few = change_interval([1, 1, 1, 1, 1, 1, 0] * 1, [2, 2, 2, 2, 1, 1, 1])
    assert few.p_value > 0.05


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
