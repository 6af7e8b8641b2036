"""The filter and the test of no link, held against statsmodels and plain sums."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.regression.linear_model import burg
from statsmodels.tsa.stattools import levinson_durbin

from core.correlations.clock import Cleared
from core.correlations.independence import (
    Grid,
    apply_filter,
    find_links,
    judge_products,
    make_grid,
    memory_filter,
)
from tests.simulate_pairs import linked_noise


def second_order(seed: int, length: int = 4000) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=length)
    for time in range(2, length):
        values[time] += 0.5 * values[time - 1] + 0.3 * values[time - 2]
    return values - values.mean()


def test_weights_are_those_of_yule_and_walker() -> None:
    values = second_order(0)
    weights = memory_filter(values[None])
    terms = len(weights) - 1
    assert terms >= 2
    _, expected, *_ = levinson_durbin(values, nlags=terms)
    assert -weights[1:] == pytest.approx(expected, abs=1e-6)
    assert -weights[1:3] == pytest.approx(burg(values, order=2)[0], abs=0.05)


def test_noise_needs_no_filter() -> None:
    lengths = [
        len(memory_filter(np.random.default_rng(seed).normal(size=(1, 600)))) for seed in range(40)
    ]
    assert np.mean(np.array(lengths) == 1) > 0.9
    assert memory_filter(np.zeros((1, 50))).tolist() == [1.0]


def test_filter_as_a_loop_applies_it() -> None:
    values = np.random.default_rng(0).normal(size=(2, 30))
    weights = np.array([1.0, -0.6, 0.2])
    expected = [
        [row[time] - 0.6 * row[time - 1] + 0.2 * row[time - 2] for time in range(2, 30)]
        for row in values
    ]
    assert apply_filter(weights, values) == pytest.approx(np.array(expected))


def grid_of(values: np.ndarray, times: pd.DatetimeIndex) -> Grid:
    """Lay out columns from which no clock was taken."""
    drift = np.linspace(-1, 1, len(times))
    cleared = Cleared(values, np.zeros(values.shape[1]), 0.0, drift)
    return make_grid(cleared, times, np.full(len(times), "all", object))


def p_values(memories: tuple[float, float], samples: int, length: int = 336) -> np.ndarray:
    times = pd.date_range("2024-01-01", periods=length, freq="h")
    found = []
    for seed in range(samples):
        rng = np.random.default_rng([seed, 9])
        pair = [linked_noise(rng, length, memory, 0.0)[0] for memory in memories]
        grid = grid_of(np.array(pair).T, times)
        found.append(find_links(grid, [(0, 1)])[0, 1].p_value)
    return np.array(found)


@pytest.mark.parametrize("memories", [(0.0, 0.0), (0.9, 0.9), (0.97, 0.97)])
def test_small_p_values_are_as_rare_as_they_say(memories: tuple[float, float]) -> None:
    found = p_values(memories, 200)
    assert (found < 0.05).sum() <= stats.binom.ppf(0.995, 200, 0.05)
    assert (found < 0.01).sum() <= stats.binom.ppf(0.995, 200, 0.01)


def test_two_that_both_grow_are_no_link() -> None:
    times, trend = pd.date_range("2024-01-01", periods=336, freq="h"), np.linspace(0, 4, 336)
    found = []
    for seed in range(100):
        pair = np.random.default_rng(seed).normal(size=(336, 2)) + trend[:, None]
        grid = grid_of(pair - pair.mean(axis=0), times)
        found.append(find_links(grid, [(0, 1)])[0, 1].p_value < 0.05)
    assert sum(found) <= stats.binom.ppf(0.995, 100, 0.05)


def test_hours_of_one_day_are_one_look() -> None:
    """Each day has one number in both, over and over: 14 looks and not 336."""
    rng = np.random.default_rng(0)
    days = rng.normal(size=(2, 14))
    first, second = np.repeat(days, 24, axis=1)
    by_day = judge_products(first[None], second[None], np.repeat(np.arange(14), 24), 0.0)
    by_hour = judge_products(first[None], second[None], np.arange(336), 0.0)
    assert by_day.r == by_hour.r
    assert by_day.p_value > 0.05
    assert by_day.p_value > 5 * by_hour.p_value


def test_nothing_to_go_by_gives_nothing() -> None:
    empty = judge_products(np.zeros((1, 50)), np.ones((1, 50)), np.arange(50), 0.0)
    assert np.isnan(empty.p_value)
    short = judge_products(np.ones((1, 3)), np.ones((1, 3)), np.arange(3), 0.0)
    assert np.isnan(short.p_value)
