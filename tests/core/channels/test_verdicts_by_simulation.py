"""The bars of ``benchmarks/honest_verdicts.py`` for channels, on small samples with fixed seeds.

Each threshold is the promise plus what chance allows: counts of sites may lie where a binomial of
the promised share lies in 99 % of samples of that size; shares of intervals, of which those on one
site go together, may be off by three standard errors taken by site. So a test fails when a promise
is clearly broken. Whether it is kept to the percent is the benchmark's question.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.channels import compare_channels, like_for_like
from core.traffic import Traffic, make_traffic
from tests.simulate_rates import (
    RateSite,
    add_perfect_channel,
    crossed_site,
    fair_rates,
    random_site,
    simulate_rates,
    true_differences,
    true_ratios,
)

KINDS = [(4, 4, 0.0), (4, 4, 0.5), (12, 4, 0.5), (4, 8, 0.5)]
"""Channels, weeks and memory of the sites, in turn."""
ALIKE, BETTER, PERFECT, CROSSED = 80, 40, 9, 16
LEAST = 200
ENOUGH_WEEKS = 8


def compared(traffic: Traffic, metric: str = "engagement_rate") -> pd.DataFrame:
    return compare_channels(traffic, metric).frame.set_index("channel")


def days_of(seed: int, site: RateSite) -> Traffic:
    return make_traffic(simulate_rates(seed, site, daily=True), "day")


def most(count: int, share: float) -> int:
    """The most of so many that chance allows when ``share`` is promised."""
    return int(stats.binom.ppf(0.99, count, share))


def fewest(count: int, share: float) -> int:
    return count - most(count, 1 - share)


def share_and_error(held: list[list[bool]]) -> tuple[float, float]:
    """Share of all answers, one list per site, and its standard error by site."""
    sums, counts = np.array([sum(some) for some in held]), np.array([len(some) for some in held])
    share = sums.sum() / counts.sum()
    return share, np.sqrt(((sums - share * counts) ** 2).sum()) / counts.sum()


def is_kept(held: list[list[bool]]) -> bool:
    """Whether 93 to 97 % of the intervals hold the truth, as far as chance lets one tell."""
    share, error = share_and_error(held)
    return 0.93 - 3 * error <= share <= 0.97 + 3 * error


Compared = list[tuple[RateSite, pd.DataFrame]]


@pytest.fixture(scope="module")
def alike() -> Compared:
    """Sites whose channels do not differ."""
    sites = [random_site(seed, *KINDS[seed % len(KINDS)]) for seed in range(ALIKE)]
    return [(site, compared(days_of(seed, site))) for seed, site in enumerate(sites)]


@pytest.fixture(scope="module")
def better() -> Compared:
    """Sites with many days whose second largest channel is better by 8 points."""
    sites = [
        random_site(
            1_000 + seed, (4, 12)[seed % 2], ENOUGH_WEEKS, 0.5 * (seed % 4 // 2), better=0.08
        )
        for seed in range(BETTER)
    ]
    return [(site, compared(days_of(seed, site))) for seed, site in enumerate(sites)]


def test_channels_that_do_not_differ_are_seldom_judged(alike: Compared) -> None:
    wrong = sum(frame["verdict"].isin(["better", "worse"]).any() for _, frame in alike)
    assert wrong <= most(ALIKE, 0.05)


def test_a_channel_better_by_8_points_is_found(better: Compared) -> None:
    found = [frame["verdict"][site.names[1]] for site, frame in better]
    assert found.count("better") >= fewest(BETTER, 0.95)
    assert "worse" not in found


def test_a_better_channel_is_seldom_called_like_the_rest_with_few_days() -> None:
    """In two weeks a third of them cannot be told from the rest: that is too little data."""
    sites = [random_site(2_000 + seed, 12, 2, 0.5, better=0.08) for seed in range(BETTER)]
    found = [compared(days_of(seed, site)) for seed, site in enumerate(sites)]
    verdicts = [frame["verdict"][site.names[1]] for site, frame in zip(sites, found, strict=True)]
    assert verdicts.count("like the rest") <= most(BETTER, 0.05)


def held(site: RateSite, frame: pd.DataFrame) -> list[bool]:
    """Whether the interval of each large channel holds its true rate."""
    large, truth = frame[frame["n"] >= LEAST], true_ratios(site)
    return [row["low"] <= truth[name] <= row["high"] for name, row in large.iterrows()]


def held_gaps(site: RateSite, frame: pd.DataFrame) -> list[bool]:
    known, truth = frame.dropna(subset="difference_low"), true_differences(site)
    return [
        row["difference_low"] <= truth[name] <= row["difference_high"]
        for name, row in known.iterrows()
    ]


def test_intervals_hold_the_true_rate(alike: Compared, better: Compared) -> None:
    assert is_kept([held(*some) for some in alike + better])


def test_intervals_of_differences_hold_the_true_difference(
    alike: Compared, better: Compared
) -> None:
    assert is_kept([held_gaps(*some) for some in alike + better])


def test_intervals_of_single_sessions_would_not(alike: Compared) -> None:
    """The simulated days do cluster: Wilson's intervals hold the truth far too seldom."""
    right = []
    for site, frame in alike:
        large, truth = frame[frame["n"] >= LEAST], true_ratios(site)
        reach = 1.96 * np.sqrt(large["value"] * (1 - large["value"]) / large["n"])
        right.append(list((large["value"] - truth[large.index]).abs() <= reach))
    assert share_and_error(right)[0] < 0.85


@pytest.mark.parametrize("sessions", [1, 3])
def test_a_few_perfect_sessions_are_never_ranked_first(sessions: int) -> None:
    for seed in range(PERFECT):
        site = random_site(3_000 + seed, 2 + 3 * seed, 4, spread=0.15 * (seed % 2))
        frame = simulate_rates(seed, site, daily=True)
        found = compared(make_traffic(add_perfect_channel(frame, "Perfect", sessions, seed), "day"))
        assert found["value"]["Perfect"] == 1
        assert found["rank"]["Perfect"] != 1
        assert found["verdict"]["Perfect"] == "too little data"


def fairly_compared() -> Iterator[tuple[pd.Series, pd.DataFrame]]:
    for seed in range(CROSSED):
        site = crossed_site(seed)
        traffic = make_traffic(simulate_rates(seed, site), "hour")
        yield fair_rates(site), like_for_like(traffic).frame.set_index("channel")


def test_like_for_like_holds_the_fair_rate_and_restores_the_order() -> None:
    right, restored = [], 0
    for truth, frame in fairly_compared():
        is_held = (frame["fair_low"] <= truth) & (truth <= frame["fair_high"])
        right.append(list(is_held))
        restored += frame["fair_rank"].idxmin() == truth.idxmax()
        assert frame["fair_rank"].idxmin() == frame["fair"].idxmax()
        assert (frame["fair_low"] < frame["fair"]).all()
        assert (frame["fair"] < frame["fair_high"]).all()
        assert frame["rank"].idxmin() != truth.idxmax()
    assert is_kept(right)
    assert restored >= fewest(CROSSED, 0.95)
