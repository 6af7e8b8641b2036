"""The simulator of pairs, checked against its own promises with plain arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.simulate_pairs import (
    MEANS,
    clock,
    linked_noise,
    simulate_flip,
    simulate_pair,
    true_link,
)

NAMES = ["sessions", "clicks"]


def test_same_seed_same_frame_and_another_seed_another() -> None:
    assert simulate_pair(1).equals(simulate_pair(1))
    assert not simulate_pair(1).equals(simulate_pair(2))
    assert simulate_flip(1).equals(simulate_flip(1))


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("link", [0.0, 0.5, -0.6])
def test_noise_has_its_memory_and_its_link(memory: float, link: float) -> None:
    noise = linked_noise(np.random.default_rng(0), 60_000, memory, link)
    assert noise.std(axis=1) == pytest.approx(1, abs=0.03)
    assert np.corrcoef(noise)[0, 1] == pytest.approx(link, abs=0.03)
    for row in noise:
        assert pd.Series(row).autocorr(1) == pytest.approx(memory, abs=0.02)


@pytest.mark.parametrize("lag", [1, 3])
def test_the_second_follows_the_first(lag: int) -> None:
    noise = linked_noise(np.random.default_rng(0), 30_000, 0.0, 0.5, lag)
    assert noise.shape == (2, 30_000)
    first, second = map(pd.Series, noise)
    assert second.corr(first.shift(lag)) == pytest.approx(0.5, abs=0.03)
    assert second.corr(first) == pytest.approx(0, abs=0.03)
    assert second.corr(first.shift(-lag)) == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize(("grain", "days", "rows"), [("hour", 28, 672), ("day", 90, 90)])
@pytest.mark.parametrize("strength", [0.0, 0.5])
def test_counts_are_whole_and_positive(grain: str, days: int, rows: int, strength: float) -> None:
    frame = simulate_pair(0, days, grain, memory=0.9, strength=strength)
    assert len(frame) == rows == frame["time"].nunique()
    assert (frame[NAMES] > 0).all(axis=None)
    assert (frame[NAMES] == frame[NAMES].round()).all(axis=None)


def test_counts_keep_mean_link_and_lag() -> None:
    frame = simulate_pair(0, 2_000, link=0.5, lag=3)
    assert frame[NAMES].mean().to_list() == pytest.approx(MEANS, rel=0.01)
    assert frame["clicks"].corr(frame["sessions"].shift(3)) == pytest.approx(0.5, abs=0.02)


def test_clock_is_even_on_average_and_absent_when_asked() -> None:
    times = pd.date_range("2024-01-01", periods=672, freq="h")
    assert (clock(times, 0.0) == 1).all()
    factors = pd.Series(clock(times, 0.5, 14.0), times)
    assert factors.mean() == pytest.approx(1, abs=0.03)
    assert factors.groupby(factors.index.hour).mean().idxmax() == 14
    days = pd.Series(clock(times[::24], 0.5), times[::24])
    assert days.groupby(days.index.day_of_week).mean().idxmin() == 5


def test_two_that_only_follow_the_clock_go_together_until_it_is_removed() -> None:
    frame = simulate_pair(0, 280, memory=0.5, strength=0.5)
    assert frame["sessions"].corr(frame["clicks"]) > 0.6
    hours = frame["time"].dt.day_of_week * 24 + frame["time"].dt.hour
    left = frame[NAMES] - frame[NAMES].groupby(hours).transform("mean")
    assert left["sessions"].corr(left["clicks"]) == pytest.approx(0, abs=0.06)


@pytest.mark.parametrize(("grain", "days"), [("hour", 700), ("day", 7_000)])
def test_true_link_is_what_is_left_without_the_clock(grain: str, days: int) -> None:
    frame = simulate_pair(1, days, grain, link=0.5, strength=0.5)
    hours = frame["time"].dt.day_of_week * 24 + frame["time"].dt.hour
    left = frame[NAMES] - frame[NAMES].groupby(hours).transform("mean")
    truth = true_link(days, grain, 0.5, 0.5)
    assert left["sessions"].corr(left["clicks"]) == pytest.approx(truth, abs=0.03)
    assert 0.45 < truth <= 0.5
    assert true_link(28, grain, 0.5, 0.0) == pytest.approx(0.5)


@pytest.mark.parametrize(("grain", "days"), [("hour", 28), ("day", 90)])
def test_flip_is_negative_within_and_positive_over_all(grain: str, days: int) -> None:
    for seed in range(20):
        frame = simulate_flip(seed, days, grain)
        assert frame["channel"].nunique() == 4
        assert frame["sessions"].corr(frame["clicks"]) > 0.5
        for _, part in frame.groupby("channel"):
            assert part["sessions"].corr(part["clicks"]) < -0.2


@pytest.mark.parametrize(("grain", "days"), [("hour", 28), ("day", 90)])
def test_without_a_flip_both_are_positive(grain: str, days: int) -> None:
    for seed in range(10):
        frame = simulate_flip(seed, days, grain, link=0.6)
        assert frame["sessions"].corr(frame["clicks"]) > 0.5
        for _, part in frame.groupby("channel"):
            assert part["sessions"].corr(part["clicks"]) > 0.2
