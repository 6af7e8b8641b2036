"""The clock taken out, held against pandas' group means and a slow loop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.correlations.clock import remove_means, without_clock
from core.correlations.observations import observe
from core.traffic import make_traffic
from tests.builders import hourly_traffic
from tests.simulate_pairs import simulate_pair


def test_means_of_groups_with_holes_as_a_loop_finds_them() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(5, 2, (60, 3))
    values[rng.random(values.shape) < 0.2] = np.nan
    group = rng.integers(0, 4, 60)
    expected = values.copy()
    for column in range(3):
        for place in range(4):
            some = [row for row in range(60) if group[row] == place]
            known = [values[row, column] for row in some if not np.isnan(values[row, column])]
            for row in some:
                expected[row, column] -= sum(known) / len(known)
    assert remove_means(values, group) == pytest.approx(expected, nan_ok=True)


def test_four_weeks_lose_the_hour_of_the_week_of_each_channel() -> None:
    observations = observe(hourly_traffic({"A": 0.4, "B": 0.6}), "rows")
    times, frame = observations.times, observations.known
    keys = [observations.channels, times.hour, times.day_of_week]
    expected = frame - frame.groupby(keys).transform("mean")
    cleared = without_clock(observations)
    assert cleared is not None
    assert cleared.values == pytest.approx(expected.to_numpy(), abs=1e-9, nan_ok=True)
    assert cleared.lost == pytest.approx(0.25)


def test_two_weeks_of_a_clock_and_nothing_else_leave_nothing_much() -> None:
    """Hour of the week is seen twice only; hours of workdays and weekends do instead."""
    times = pd.date_range("2024-01-01", periods=336, freq="h")
    level = np.where(times.day_of_week < 5, 50.0, 20.0) + 9 * np.sin(times.hour / 24 * 2 * np.pi)
    traffic = make_traffic(pd.DataFrame({"time": times, "sessions": level}), "hour")
    cleared = without_clock(observe(traffic, "hour"))
    assert cleared is not None
    assert np.abs(cleared.values).max() < 1e-6
    assert cleared.clock_share[0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("days", "grain", "is_possible"),
    [(13, "hour", False), (14, "hour", True), (20, "day", False), (21, "day", True)],
)
def test_how_many_days_it_takes(days: int, grain: str, is_possible: bool) -> None:
    traffic = make_traffic(simulate_pair(0, days, grain), grain)
    assert (without_clock(observe(traffic, grain)) is not None) == is_possible


def test_share_of_the_clock_is_none_for_noise_and_large_for_a_clock() -> None:
    noise = [
        without_clock(observe(make_traffic(simulate_pair(seed, memory=0.0), "hour"), "hour"))
        for seed in range(10)
    ]
    shares = [share for cleared in noise if cleared for share in cleared.clock_share]
    assert len(shares) == 20
    assert np.mean(shares) == pytest.approx(0, abs=0.03)
    traffic = make_traffic(simulate_pair(0, strength=0.5), "hour")
    cleared = without_clock(observe(traffic, "hour"))
    assert cleared is not None
    assert cleared.clock_share.min() > 0.8
