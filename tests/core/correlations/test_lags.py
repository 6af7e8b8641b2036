"""Lagged relations: sign, true lags, false ones, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.correlations import Lags, find_lags, possible_lag_steps
from core.errors import NotEnoughData
from core.traffic import Traffic, make_traffic
from tests.builders import hourly_traffic
from tests.simulate_pairs import linked_noise, simulate_pair


def lags_of(
    seed: int, days: int, grain: str, pair: tuple[str, str] = ("sessions", "clicks"), **kind: Any
) -> Lags:
    return find_lags(make_traffic(simulate_pair(seed, days, grain, **kind), grain), *pair, grain)


def findings(found: Lags) -> set[int]:
    return set(found.frame.loc[found.frame["is_finding"], "lag"])


def most(count: int, share: float) -> int:
    return int(stats.binom.ppf(0.99, count, share))


def test_steps_and_lengths() -> None:
    found = lags_of(0, 28, "hour")
    assert found.frame["lag"].tolist() == list(range(-48, 49))
    assert (found.longest, found.step, found.first, found.second) == (
        48,
        "hour",
        "sessions",
        "clicks",
    )
    assert lags_of(0, 60, "day").longest == 14
    assert lags_of(0, 28, "day").longest == 7
    hours, days = (make_traffic(simulate_pair(0, 3, grain), grain) for grain in ("hour", "day"))
    assert possible_lag_steps(hours) == ("hour", "day")
    assert possible_lag_steps(days) == ("day",)
    weeks = pd.DataFrame({"time": pd.date_range("2024-01-01", periods=9, freq="7D")})
    assert possible_lag_steps(make_traffic(weeks.assign(sessions=range(9)), "week")) == ()


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9])
def test_a_lag_is_found_where_it_is_with_the_sign_of_what_comes_first(memory: float) -> None:
    for seed in range(6):
        found = lags_of(seed, 28, "hour", memory=memory, link=0.5, lag=3, strength=0.4)
        strongest = found.frame.loc[found.frame["r"].abs().idxmax()]
        assert strongest["lag"] == 3
        assert strongest["is_finding"]
        words = "A rise in sessions tends to come 3 hours before a rise in clicks"
        assert found.sentence.startswith(words)


def test_turned_round_the_lag_has_the_other_sign() -> None:
    kind = {"memory": 0.5, "link": -0.5, "lag": 2}
    one = lags_of(1, 28, "hour", **kind)
    two = lags_of(1, 28, "hour", ("clicks", "sessions"), **kind)
    mirrored = two.frame.assign(lag=-two.frame["lag"]).sort_values("lag", ignore_index=True)
    pd.testing.assert_frame_equal(one.frame, mirrored)
    assert findings(one) == {2}
    assert "2 hours before a fall in clicks" in two.sentence


def test_a_lag_of_days_is_found() -> None:
    assert findings(lags_of(0, 120, "day", memory=0.5, link=0.7, lag=2, strength=0.3)) == {2}


@pytest.mark.parametrize(
    ("days", "grain", "strength"),
    [(28, "hour", 0.5), (90, "day", 0.0)],
)
def test_independent_pairs_rarely_have_any_lag(days: int, grain: str, strength: float) -> None:
    found = [
        bool(findings(lags_of(seed + 600, days, grain, memory=0.9, strength=strength)))
        for seed in range(18)
    ]
    assert sum(found) <= most(18, 0.05)


def busy_days(seed: int) -> Traffic:
    """Good and bad days that remember each other, of each measure by itself."""
    rng, times = np.random.default_rng(seed), pd.date_range("2024-01-01", periods=56 * 24, freq="h")
    clock = 1 + 0.8 * np.sin((times.hour.to_numpy() - 9) / 24 * 2 * np.pi)
    days = np.exp(0.3 * np.repeat(linked_noise(rng, 56, 0.8, 0.0), 24, axis=1))
    sessions, clicks = rng.poisson(40 * clock * days)
    return make_traffic(
        pd.DataFrame({"time": times, "sessions": sessions, "clicks": clicks}), "hour"
    )


def test_good_and_bad_days_bring_no_lags_of_hours() -> None:
    found = [bool(findings(find_lags(busy_days(seed), "sessions", "clicks"))) for seed in range(18)]
    assert sum(found) <= most(18, 0.05)


def test_a_link_at_the_same_hour_does_not_spread_to_others() -> None:
    others = 0
    for seed in range(10):
        found = findings(lags_of(seed, 28, "hour", memory=0.9, link=0.6))
        assert 0 in found
        others += bool(found - {0})
    assert others <= most(10, 0.05)


def test_the_same_number_twice_is_no_finding_at_the_same_step() -> None:
    traffic = hourly_traffic({"A": 0.5})
    by_formula = find_lags(traffic, "sessions", "engaged_sessions")
    clicks = np.random.default_rng(0).poisson(30, 672)
    times = pd.date_range("2024-01-01", periods=672, freq="h")
    frame = pd.DataFrame({"time": times, "clicks": clicks, "revenue": 1.7 * clicks})
    by_values = find_lags(make_traffic(frame, "hour"), "clicks", "revenue")
    for found in (by_formula, by_values):
        row = found.frame.set_index("lag").loc[0]
        assert row["r"] > 0.4
        assert not row["is_finding"]
        assert np.isnan(row["p_value"])
        assert "same number twice" in found.sentence


def test_a_ratio_that_falls_with_its_own_denominator_is_no_finding_at_the_same_step() -> None:
    rng, times = np.random.default_rng(0), pd.date_range("2024-01-01", periods=672, freq="h")
    sessions = rng.poisson(30 * np.exp(0.4 * rng.normal(size=672)))
    frame = pd.DataFrame({"time": times, "sessions": sessions, "revenue": rng.gamma(40, 1, 672)})
    found = find_lags(make_traffic(frame, "hour"), "sessions", "revenue_per_session")
    assert found.frame.set_index("lag").loc[0, "r"] < -0.5
    assert not findings(found)
    assert found.sentence.startswith("In the same hour one is divided by the other; apart")


def test_intervals_hold_r() -> None:
    for seed in range(5):
        frame = lags_of(seed, 28, "hour", memory=0.9, link=0.3).frame
        assert (frame["low"] <= frame["r"]).all()
        assert (frame["r"] <= frame["high"]).all()
        assert frame["high"].max() <= 1


def test_refusals_say_what_is_missing() -> None:
    hours = make_traffic(simulate_pair(0, 13, "hour"), "hour")
    with pytest.raises(NotEnoughData) as error:
        find_lags(hours, "sessions", "clicks")
    assert (error.value.code, error.value.params) == ("too_few_days", {"have": 13, "need": 14})
    with pytest.raises(NotEnoughData) as error:
        find_lags(make_traffic(simulate_pair(0, 27, "day"), "day"), "sessions", "clicks", "day")
    assert (error.value.code, error.value.params) == ("too_few_days", {"have": 27, "need": 28})
    with pytest.raises(NotEnoughData) as error:
        find_lags(make_traffic(simulate_pair(0, 60, "day"), "day"), "sessions", "clicks", "hour")
    assert error.value.code == "needs_hours"
    nothing = simulate_pair(0).assign(sessions=0.0, engaged_sessions=0.0)
    with pytest.raises(NotEnoughData) as error:
        find_lags(make_traffic(nothing, "hour"), "clicks", "engagement_rate")
    assert error.value.code == "too_few_measures"
    for pair in (("sessions", "sessions"), ("sessions", "revenue")):
        with pytest.raises(ValueError, match="no pair"):
            find_lags(make_traffic(simulate_pair(0), "hour"), *pair)
    with pytest.raises(ValueError, match="step"):
        find_lags(hours, "sessions", "clicks", "week")
    with pytest.raises(ValueError, match="no channel"):
        find_lags(hours, "sessions", "clicks", "hour", "Z")
