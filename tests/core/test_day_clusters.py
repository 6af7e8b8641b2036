"""Ratios and changes of daily counts, held against other libraries and simulated truth."""

import numpy as np
import pytest
from scipy import stats

from core.day_clusters import (
    change_interval,
    count_waves,
    difference_interval,
    estimate_ratio,
    ratio_difference,
    ratio_interval,
    subtract,
    typical_variances,
    variance_of,
)
from core.statistics import wilson_interval


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
def test_intervals_cover_what_they_promise_where_wilson_does_not(days) -> None:
    """200 sites whose true rate is 0.5; the standard error of a coverage of 95 % is 1.5 points."""
    waves = plain = 0
    for seed in range(200):
        top, bottom = shaky_site(seed, days)
        found = ratio_interval(top, bottom, is_share=True)
        naive = wilson_interval(top.sum(), bottom.sum())
        waves += found.low <= 0.5 <= found.high
        plain += naive.low <= 0.5 <= naive.high
    assert 0.91 <= waves / 200 <= 0.98
    assert plain / 200 < 0.75


def test_two_alike_are_seldom_called_different() -> None:
    false = 0
    for seed in range(200):
        first, second = shaky_site(seed, 28), shaky_site(seed + 10_000, 28)
        false += ratio_difference(first, second, is_share=True).p_value < 0.05
    assert false / 200 <= 0.08


def test_a_real_difference_is_seen_with_its_sign() -> None:
    held = 0
    for seed in range(20):
        better, worse = shaky_site(seed, 56, rate=0.7), shaky_site(seed + 500, 56)
        found = ratio_difference(better, worse, is_share=True)
        assert found.p_value < 0.001
        assert found.low > 0
        held += found.low < 0.19 < found.high  # 0.7 as log-odds, shaken, is 0.69
    assert held >= 17


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


def test_four_days_are_a_paired_t_test() -> None:
    """With as many waves as days allow, the waves hold exactly what the days' variance holds."""
    bottom = np.full(4, 1e6)
    first, second = np.array([6.0, 7, 5, 8]) * 1e5, np.array([4.0, 6, 5, 4]) * 1e5
    found = ratio_difference((first, bottom), (second, bottom), is_share=True)
    assert found.p_value == pytest.approx(stats.ttest_rel(first, second).pvalue)


def slow_wave_variance(influence: np.ndarray) -> float:
    """Lazarus and others (2018), as written down: mean of squared cosine weighted sums."""
    days = len(influence)
    squares = []
    for wave in range(1, count_waves(days) + 1):
        total = 0.0
        for day, pull in enumerate(influence):
            total += np.sqrt(2) * np.cos(np.pi * wave * (day + 0.5) / days) * pull
        squares.append(total**2)
    return sum(squares) / len(squares)


@pytest.mark.parametrize("days", [4, 11, 28, 90])
def test_the_variance_agrees_with_a_loop(days) -> None:
    top, bottom = shaky_site(days, days)
    estimate = estimate_ratio(top, bottom, is_share=True)
    rate = top.sum() / bottom.sum()
    pulls = np.array([(t - rate * b) / bottom.sum() for t, b in zip(top, bottom, strict=True)])
    assert estimate.seen == pytest.approx(slow_wave_variance(pulls))


def test_a_rhythm_of_the_week_costs_little() -> None:
    """Weekends with another rate are no uncertainty of the rate of whole weeks."""
    weekly = np.tile([500.0, 500, 500, 500, 500, 200, 200], 4)
    seen = estimate_ratio(weekly, np.full(28, 1000.0), is_share=False).seen
    by_single_days = np.var(weekly / 1000, ddof=1) / 28
    assert seen < 0.5 * by_single_days


def test_too_few_days_say_nothing_but_a_share_has_chance() -> None:
    assert np.isnan(ratio_interval([3, 4, 5], [9, 9, 9], is_share=False).low)
    found, plain = ratio_interval([3, 4, 5], [9, 9, 9], is_share=True), wilson_interval(12, 27)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))
    days = ([3, 4, 5], [9, 9, 9])
    assert np.isnan(ratio_difference(days, days, is_share=True).p_value)


def channels(seed: int, better: float = 0.0) -> list[tuple[np.ndarray, np.ndarray]]:
    """Six channels of very different size; shocks of 0.2 a day by themselves, 28 days."""
    rng = np.random.default_rng(seed)
    parts = []
    for place in range(6):
        sessions = rng.poisson(600 / 2**place * np.exp(rng.normal(0, 0.2, 28)))
        odds = 0.2 + (better if place == 2 else 0.0) + rng.normal(0, 0.2, 28)
        parts.append((rng.binomial(sessions, 1 / (1 + np.exp(-odds))), sessions))
    return parts


def claims(seed: int, *, with_floor: bool) -> int:
    """Channels that a difference to the rest is claimed of at the level of 1 %."""
    parts = channels(seed)
    tops, bottoms = (np.array(side) for side in zip(*parts, strict=True))
    gaps = []
    for place in range(6):
        own = estimate_ratio(tops[place], bottoms[place], is_share=True)
        others = [other for other in range(6) if other != place]
        rest = estimate_ratio(tops[others].sum(0), bottoms[others].sum(0), is_share=True)
        gaps.append(subtract(own, rest))
    floors = typical_variances(gaps, gaps) if with_floor else [None] * 6
    found = [
        difference_interval(gap, typical=floor) for gap, floor in zip(gaps, floors, strict=True)
    ]
    return sum(one.p_value < 0.01 for one in found)


def test_what_is_typical_keeps_the_strict_level_that_one_channel_alone_does_not() -> None:
    """A handful of waves now and then shows far too little of the variance of one channel."""
    alone = sum(claims(seed, with_floor=False) for seed in range(150))
    together = sum(claims(seed, with_floor=True) for seed in range(150))
    assert together <= 0.018 * 6 * 150  # 1 %, and two standard errors
    assert together < alone


def test_typical_variances_recover_the_planted_unevenness() -> None:
    """Shocks of 0.2 in log-odds: a variance of 0.04 (1 - p) p at that rate, per effective day."""
    found = []
    for seed in range(60):
        estimates = [estimate_ratio(*part, is_share=True) for part in channels(seed)]
        floors = typical_variances(estimates, estimates)
        one = estimates[0]
        found.append((floors[0].value - one.chance) / one.unevenness)
    assert np.mean(found) == pytest.approx(0.04, rel=0.25)


def test_the_variance_is_never_below_chance() -> None:
    even = estimate_ratio(np.full(28, 50.0), np.full(28, 100.0), is_share=True)
    assert variance_of(even).value == pytest.approx(0.25 / 2800)


def test_a_count_cannot_fall_by_more_than_all() -> None:
    found = change_interval([0, 1, 0, 0, 1, 0, 0], [5, 0, 0, 1, 0, 0, 0])
    assert found.low >= -1
