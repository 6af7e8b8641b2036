"""Effective sizes and intervals: slow loops, known truths, and shares of intervals that hold them.

Thresholds are the promise (93 to 97 %) plus three standard errors of a share of that many samples.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.correlations import correlate
from core.correlations.intervals import correlate_all, make_panel
from core.statistics import effective_sample_size, effective_sample_sizes
from core.traffic import make_traffic
from tests.simulate_pairs import linked_noise, simulate_pair, true_link

Held = list[bool]


def is_promised(held: Held) -> bool:
    slack = 3 * np.sqrt(0.05 * 0.95 / len(held))
    return 0.93 - slack <= np.mean(held) <= 0.97 + slack


def slow_effective_size(first: np.ndarray, second: np.ndarray) -> float:
    """Pyper and Peterman's formula, sum by sum."""
    n = len(first)
    total = 1 / n
    for lag in range(1, max(n // 4, 1)):
        product = 1.0
        for values in (first, second):
            mean = sum(values) / n
            top = sum((values[t] - mean) * (values[t + lag] - mean) for t in range(n - lag))
            product *= top / sum((value - mean) ** 2 for value in values)
        total += 2 / n * (n - lag) / n * product
    return min(n, 1 / total) if total > 0 else n


def test_effective_sizes_as_the_sums_say() -> None:
    rng = np.random.default_rng(0)
    noise = np.vstack([linked_noise(rng, 60, 0.8, 0.3), linked_noise(rng, 60, 0.0, 0.0)])
    found = effective_sample_sizes(noise.T)
    for one in range(4):
        for two in range(4):
            expected = slow_effective_size(noise[one], noise[two])
            assert found[one, two] == pytest.approx(expected)
    assert effective_sample_size(noise[0], noise[1]) == pytest.approx(found[0, 1])


def test_effective_size_of_what_does_not_vary_or_is_short() -> None:
    assert effective_sample_sizes(np.ones((20, 2))).tolist() == [[20, 20], [20, 20]]
    assert effective_sample_sizes(np.array([[1.0, 2.0], [3.0, 1.0]])).max() <= 2


def test_independent_observations_have_about_fishers_interval() -> None:
    rng = np.random.default_rng(1)
    noise = linked_noise(rng, 2000, 0.0, 0.5)
    times = pd.date_range("2024-01-01", periods=2000, freq="h")
    row = correlate_all(make_panel(noise.T, times)).iloc[0]
    exact = stats.pearsonr(*noise).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((exact.low, exact.high), abs=0.01)


SIDE_BY_SIDE = 20


def pairs_side_by_side(seed: int, length: int, memory: float, link: float) -> np.ndarray:
    """Unrelated pairs, so that one call tells of many: columns 0 and 1, 2 and 3 and so on."""
    rng = np.random.default_rng([seed, 12])
    return np.vstack([linked_noise(rng, length, memory, link) for _ in range(SIDE_BY_SIDE)]).T


def own_pairs(values: np.ndarray) -> pd.DataFrame:
    times = pd.date_range("2024-01-01", periods=len(values), freq="h")
    found = correlate_all(make_panel(values, times))
    first, second = np.triu_indices(values.shape[1], 1)
    return found[(first % 2 == 0) & (second == first + 1)]


@pytest.mark.parametrize(
    ("length", "memory"),
    [(60, 0.0), (60, 0.9), (90, 0.5), (90, 0.9), (180, 0.9), (336, 0.5), (672, 0.9)],
)
def test_intervals_hold_the_true_correlation(length: int, memory: float) -> None:
    """Of 0.5; for the ranks of normal numbers 6/π arcsin(r/2) (Pearson 1907)."""
    rank = 6 / np.pi * np.arcsin(0.25)
    held: dict[str, Held] = {"pearson": [], "spearman": []}
    for seed in range(10):
        values = pairs_side_by_side(seed, length, memory, 0.5)
        pearson, spearman = own_pairs(values), own_pairs(stats.rankdata(values, axis=0))
        held["pearson"] += ((pearson["low"] <= 0.5) & (pearson["high"] >= 0.5)).tolist()
        held["spearman"] += ((spearman["low"] <= rank) & (spearman["high"] >= rank)).tolist()
    assert len(held["pearson"]) == 10 * SIDE_BY_SIDE
    assert is_promised(held["pearson"])
    assert is_promised(held["spearman"])


def test_plain_intervals_would_not() -> None:
    values = pairs_side_by_side(0, 90, 0.9, 0.5)
    ends = [
        stats.pearsonr(values[:, place], values[:, place + 1]).confidence_interval()
        for place in range(0, 2 * SIDE_BY_SIDE, 2)
    ]
    assert np.mean([low <= 0.5 <= high for low, high in ends]) < 0.8


@pytest.mark.parametrize(("grain", "days"), [("hour", 28), ("day", 90)])
def test_intervals_without_the_clock_hold_the_true_correlation(grain: str, days: int) -> None:
    held = []
    for seed in range(30):
        frame = simulate_pair(seed + 7000, days, grain, memory=0.5, link=0.5, strength=0.5)
        row = correlate(make_traffic(frame, grain), grain).frame.iloc[0]
        truth = true_link(days, grain, 0.5, 0.5)
        held.append(row["without_low"] <= truth <= row["without_high"])
    assert is_promised(held)


def channels_that_share(seed: int, link: float) -> tuple[np.ndarray, pd.DatetimeIndex]:
    """Five channels of 28 days of hours; half of the spread is common to all of them."""
    rng = np.random.default_rng([seed, 8])
    common = linked_noise(rng, 672, 0.8, link)
    parts = [np.sqrt(0.5) * (common + linked_noise(rng, 672, 0.8, link)) for _ in range(5)]
    times = pd.date_range("2024-01-01", periods=672, freq="h")
    return np.hstack(parts).T, times.append([times] * 4)


def test_rows_of_channels_that_share_their_hours_are_not_independent() -> None:
    held, plain = [], []
    for seed in range(60):
        values, times = channels_that_share(seed, 0.4)
        row = correlate_all(make_panel(values, times)).iloc[0]
        held.append(row["low"] <= 0.4 <= row["high"])
        ends = stats.pearsonr(*values.T).confidence_interval()
        plain.append(ends.low <= 0.4 <= ends.high)
    assert is_promised(held)
    assert np.mean(plain) < 0.7


def test_holes_are_left_out_pair_by_pair() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=(300, 4)) + rng.normal(size=(300, 1))
    values[rng.random(values.shape) < 0.3] = np.nan
    times = pd.date_range("2024-01-01", periods=100, freq="h")
    found = correlate_all(make_panel(values, times.append([times, times])))
    expected = pd.DataFrame(values).corr().to_numpy()[np.triu_indices(4, 1)]
    assert found["r"].to_numpy() == pytest.approx(expected)
    known = (~np.isnan(values)).astype(int)
    assert found["n"].tolist() == (known.T @ known)[np.triu_indices(4, 1)].tolist()


def test_too_little_gives_no_ends() -> None:
    times = pd.date_range("2024-01-01", periods=3, freq="h")
    row = correlate_all(make_panel(np.array([[1.0, 2], [2, 1], [3, 3]]), times)).iloc[0]
    assert np.isnan(row["low"])
    assert np.isnan(row["high"])
    same = correlate_all(make_panel(np.ones((50, 2)), times.repeat(20)[:50])).iloc[0]
    assert np.isnan(same["r"])
