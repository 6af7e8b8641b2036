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
from tests.simulate_pairs import linked_noise, simulate_pair

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


@pytest.mark.parametrize(
    ("grain", "days", "memory", "samples"),
    [("hour", 28, 0.5, 120), ("hour", 28, 0.9, 120), ("day", 90, 0.5, 150), ("day", 90, 0.9, 150)],
)
def test_intervals_hold_the_true_correlation(
    grain: str, days: int, memory: float, samples: int
) -> None:
    """Of 0.5; for the ranks of normal numbers 6/π arcsin(r/2) (Pearson 1907)."""
    pearson, spearman, clean, plain = [], [], [], []
    for seed in range(samples):
        frame = simulate_pair(seed + 7000, days, grain, memory=memory, link=0.5)
        row = correlate(make_traffic(frame, grain), grain).frame.iloc[0]
        pearson.append(row["low"] <= 0.5 <= row["high"])
        clean.append(row["without_low"] <= 0.5 <= row["without_high"])
        rank = 6 / np.pi * np.arcsin(0.25)
        spearman.append(row["rho_low"] <= rank <= row["rho_high"])
        ends = stats.pearsonr(frame["sessions"], frame["clicks"]).confidence_interval()
        plain.append(ends.low <= 0.5 <= ends.high)
    assert is_promised(pearson)
    assert is_promised(spearman)
    assert is_promised(clean)
    assert np.mean(plain) < 0.93  # or memory would be no matter


def channels_that_share(seed: int, link: float) -> tuple[np.ndarray, pd.DatetimeIndex]:
    """Five channels of 28 days of hours; half of the spread is common to all of them."""
    rng = np.random.default_rng([seed, 8])
    common = linked_noise(rng, 672, 0.8, link)
    parts = [np.sqrt(0.5) * (common + linked_noise(rng, 672, 0.8, link)) for _ in range(5)]
    times = pd.date_range("2024-01-01", periods=672, freq="h")
    return np.hstack(parts).T, times.append([times] * 4)


def test_rows_of_channels_that_share_their_hours_are_not_independent() -> None:
    held, plain = [], []
    for seed in range(150):
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
