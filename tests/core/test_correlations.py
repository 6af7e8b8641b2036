"""Correlations and what they are worth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.correlations import correlate, possible_levels
from core.errors import NotEnoughData
from core.correlations.links import link_reason
from core.traffic import make_traffic
from tests.builders import daily_traffic, hourly_traffic


def clocked(seed: int, shared: float = 0.0, **extra: float) -> object:
    """Hours in which sessions and clicks follow the clock, and share a part of their noise."""
    rng, times = np.random.default_rng(seed), pd.date_range("2024-01-01", periods=56 * 24, freq="h")
    clock = 40 * np.sin((times.hour - 9) / 24 * 2 * np.pi)
    common = rng.normal(0, 1, len(times))
    first, second = (
        100 + clock + 8 * (shared * common + (1 - shared) * rng.normal(0, 1, len(times)))
        for _ in range(2)
    )
    frame = pd.DataFrame({"time": times, "sessions": first, "clicks": second})
    return make_traffic(frame, "hour")


def verdict(traffic, first: str, second: str, level: str = "hour") -> str:
    pairs = correlate(traffic, level).frame.set_index(["first", "second"])
    return pairs.loc[(first, second), "verdict"]


def test_coefficients_agree_with_scipy() -> None:
    traffic = hourly_traffic({"A": 0.4, "B": 0.6}, days=10)
    found = correlate(traffic, "rows").frame.set_index(["first", "second"])
    sessions, users = traffic.frame["sessions"], traffic.frame["users"]
    pair = found.loc[("sessions", "users")]
    assert pair["r"] == pytest.approx(stats.pearsonr(sessions, users).statistic)
    assert pair["rho"] == pytest.approx(stats.spearmanr(sessions, users).statistic)


def test_two_that_follow_the_clock_are_no_finding() -> None:
    found = [verdict(clocked(seed), "sessions", "clicks") for seed in range(20)]
    assert found.count("both follow the clock") >= 18
    assert "still there" not in found


def test_a_link_of_its_own_is_still_there() -> None:
    assert verdict(clocked(0, shared=0.7), "sessions", "clicks") == "still there"


def unrelated(seed: int) -> object:
    rng = np.random.default_rng(seed)
    days = pd.date_range("2024-01-01", periods=90)
    first, second = rng.normal(200, 20, (2, 90))
    return make_traffic(pd.DataFrame({"time": days, "sessions": first, "clicks": second}), "day")


def test_unrelated_measures_are_seldom_called_linked() -> None:
    found = [verdict(unrelated(seed), "sessions", "clicks", "day") for seed in range(60)]
    assert found.count("still there") <= 7


def test_counts_inside_each_other_are_the_same_number_twice() -> None:
    traffic = hourly_traffic({"A": 0.5})
    frame = correlate(traffic, "hour").frame
    for row in frame.to_dict("records"):
        is_same = row["verdict"] == "same number twice"
        assert is_same == (link_reason(row["first"], row["second"]) != "")
    assert verdict(traffic, "sessions", "users") == "same number twice"


def test_levels_and_refusals() -> None:
    assert possible_levels(hourly_traffic({"A": 0.5}, days=2)) == ("rows", "hour", "day")
    with pytest.raises(NotEnoughData, match="too_few_measures"):
        correlate(daily_traffic())
    tiny = make_traffic(unrelated(0).frame.head(5), "day")
    with pytest.raises(NotEnoughData, match="too_few_observations"):
        correlate(tiny)
    with pytest.raises(NotEnoughData, match="needs_hours"):
        correlate(unrelated(0), "hour")


def test_intervals_hold_r_and_effective_size_never_exceeds_the_real_one() -> None:
    frame = correlate(clocked(1, shared=0.5), "hour").frame
    assert (frame["low"] <= frame["r"]).all()
    assert (frame["r"] <= frame["high"]).all()
    assert (frame["n_effective"] <= frame["n"]).all()
