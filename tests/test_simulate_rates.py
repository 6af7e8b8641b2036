"""The simulator of rates, checked against its own promises with plain arithmetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from tests.simulate import Channel, Site
from tests.simulate_rates import (
    RATIOS,
    SMALLEST,
    RateSite,
    add_perfect_channel,
    crossed_site,
    day_shocks,
    fair_rates,
    hourly_rates,
    hourly_sessions,
    level_of,
    mean_rate,
    random_site,
    simulate_rates,
    true_differences,
    true_ratios,
    unequal_shares,
)

TWO = (Channel("Direct", 60.0, rate=0.2), Channel("Email", 40.0, peak=20.0, rate=0.6))
LONG = RateSite(Site(TWO, weeks=150), shock_sd=0.25, memory=0.0)


def ratios(frame: pd.DataFrame, by: str = "channel") -> pd.DataFrame:
    sums = frame.drop(columns={"time", "channel"} - {by}).groupby(by).sum(numeric_only=True)
    return pd.DataFrame({metric: sums[top] / sums["sessions"] for metric, top in RATIOS.items()})


def test_same_seed_same_frame_and_another_seed_another() -> None:
    assert simulate_rates(3).equals(simulate_rates(3))
    assert not simulate_rates(3).equals(simulate_rates(4))
    assert random_site(3) == random_site(3) != random_site(4)


@pytest.mark.parametrize("daily", [False, True])
def test_counts_are_whole_and_fit_into_each_other(daily: bool) -> None:
    frame = simulate_rates(0, random_site(0, channels=12), daily=daily)
    assert not frame.duplicated(["time", "channel"]).any()
    assert (frame["sessions"] > 0).all()
    assert frame["engaged_sessions"].between(0, frame["sessions"]).all()
    assert (frame["events"] >= frame["sessions"]).all()
    assert (frame["engagement_seconds"] >= 0).all()
    numbers = frame.drop(columns=["time", "channel"])
    assert (numbers == numbers.round()).all(axis=None)


def test_days_are_the_sums_of_hours() -> None:
    hourly, daily = simulate_rates(5), simulate_rates(5, daily=True)
    for name in ("sessions", *RATIOS.values()):
        sums = hourly.groupby([hourly["time"].dt.normalize(), "channel"])[name].sum()
        assert sums.to_list() == daily[name].to_list()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 12, 60])
def test_shares_fall_from_the_largest_and_add_up(count: int) -> None:
    shares = unequal_shares(count)
    assert len(shares) == count
    assert shares.sum() == pytest.approx(1)
    assert shares[0] == pytest.approx(max(0.4, 1 / count))
    assert (np.diff(shares) <= 0).all()


@pytest.mark.parametrize("channels", [2, 4, 12, 60])
@pytest.mark.parametrize("weeks", [2, 12])
def test_random_sites_have_the_sizes_promised(channels: int, weeks: int) -> None:
    for seed in range(10):
        site = random_site(seed, channels, weeks)
        sessions = hourly_sessions(site).sum()
        assert list(sessions.index) == site.names
        assert (sessions.diff().dropna() <= 1e-6).all()
        assert 2_000 <= sessions.sum() / weeks <= 50_000
        assert sessions.max() / sessions.sum() == pytest.approx(max(0.4, 1 / channels), rel=0.01)
        if channels >= 4:
            assert sessions.min() == pytest.approx(SMALLEST)
        assert 0.05 <= site.shock_sd <= 0.25
        assert 0.2 <= site.shared <= 0.8


def test_expected_sessions_are_those_that_come() -> None:
    site = random_site(2, channels=12, weeks=8)
    drawn = [simulate_rates(seed, site).groupby("channel")["sessions"].sum() for seed in range(25)]
    means = pd.concat(drawn, axis=1).fillna(0).mean(axis=1)
    expected = hourly_sessions(site).sum()
    assert means.to_numpy()[:-1] == pytest.approx(expected.to_numpy()[:-1], rel=0.1)
    assert means.to_numpy()[-1] == pytest.approx(SMALLEST, abs=1.2)


def test_mean_rate_integrates_the_shock_out() -> None:
    shocks = np.random.default_rng(0).normal(0, 1.5, 400_000)
    for level in (-2.0, 0.0, 1.0):
        drawn = expit(level + shocks).mean()
        assert mean_rate(level, 1.5) == pytest.approx(drawn, abs=0.002)
        assert level_of(float(mean_rate(level, 1.5)), 1.5) == pytest.approx(level)
    assert mean_rate(-2.0, 1.5) > expit(-2.0) + 0.05


@pytest.mark.parametrize("shock_sd", [0.25, 1.0])
def test_long_run_rates_are_the_true_ones(shock_sd: float) -> None:
    site = replace(LONG, shock_sd=shock_sd)
    measured = ratios(simulate_rates(1, site, daily=True))
    for metric in RATIOS:
        truth = true_ratios(site, metric)
        error = 4 * max(truth) * shock_sd / np.sqrt(7 * 150)
        assert measured[metric].to_numpy() == pytest.approx(truth.to_numpy(), abs=error)
    assert true_ratios(site).to_list() == pytest.approx([0.2, 0.6])


def test_channels_that_do_not_differ_have_no_true_difference() -> None:
    alike, better = random_site(1, 12), random_site(1, 12, better=0.08)
    assert true_ratios(alike).std() == pytest.approx(0, abs=1e-12)
    for metric in RATIOS:
        assert true_differences(alike, metric).to_list() == pytest.approx([0] * 12, abs=1e-12)
    assert true_differences(better).iloc[1] == pytest.approx(0.08)
    assert true_differences(better).drop(better.names[1]).max() < 0


def test_difference_of_two_channels_is_that_to_the_other() -> None:
    assert true_differences(LONG).to_list() == pytest.approx([-0.4, 0.4])


@pytest.mark.parametrize(("memory", "shared"), [(0.0, 0.2), (0.6, 0.8)])
def test_shocks_have_their_sd_memory_and_shared_part(memory: float, shared: float) -> None:
    site = replace(LONG, shock_sd=0.2, memory=memory, shared=shared)
    shocks = pd.DataFrame(day_shocks(np.random.default_rng(0), site, 8_000, 2))
    assert shocks.std().to_list() == pytest.approx([0.2, 0.2], rel=0.05)
    assert shocks[0].autocorr(1) == pytest.approx(memory, abs=0.05)
    assert shocks[0].autocorr(2) == pytest.approx(memory**2, abs=0.05)
    assert shocks.corr().loc[0, 1] == pytest.approx(shared, abs=0.05)


def test_shocks_start_as_they_go_on() -> None:
    site = replace(LONG, shock_sd=0.2, memory=0.6)
    rng = np.random.default_rng(1)
    first = [day_shocks(rng, site, 2, 1)[:, 0] for _ in range(3_000)]
    assert np.std(first, axis=0) == pytest.approx(0.2, rel=0.06)


def test_daily_rates_cluster_and_remember() -> None:
    channels = tuple(replace(channel, mean=2_000.0, rate=0.5) for channel in TWO)
    site = RateSite(Site(channels, weeks=100), shock_sd=0.2, memory=0.6, shared=0.5)
    frame = simulate_rates(2, site, daily=True)
    days = frame.assign(rate=frame["engaged_sessions"] / frame["sessions"])
    rates = days.pivot(index="time", columns="channel", values="rate")
    assert rates["Direct"].std() == pytest.approx(0.2 * 0.25, rel=0.1)
    assert rates["Direct"].autocorr(1) == pytest.approx(0.6, abs=0.1)
    assert rates.corr().iloc[0, 1] == pytest.approx(0.5, abs=0.12)


def test_rates_follow_the_hour() -> None:
    site = replace(LONG, hour_swing=0.8, best_hour=13.0)
    frame = simulate_rates(3, site)
    for channel in TWO:
        rows = frame[frame["channel"].eq(channel.name)]
        rows = rows.assign(hour=rows["time"].dt.hour).drop(columns=["time", "channel"])
        sums = rows.groupby("hour").sum()
        measured = sums["engaged_sessions"] / sums["sessions"]
        truth = hourly_rates(site)[channel.name]
        assert measured.to_numpy() == pytest.approx(truth.to_numpy(), abs=0.03)
        assert truth.idxmax() == 13
    weights = hourly_sessions(site)
    loop = sum(hourly_rates(site)["Email"][h] * weights["Email"][h] for h in range(24))
    assert true_ratios(site)["Email"] == pytest.approx(loop / weights["Email"].sum())


def test_fair_rates_are_weighted_by_the_whole_site() -> None:
    site = replace(LONG, hour_swing=0.8)
    everyone = [hourly_sessions(site).loc[hour].sum() for hour in range(24)]
    rates = hourly_rates(site)["Direct"]
    by_hand = sum(w * r for w, r in zip(everyone, rates, strict=True)) / sum(everyone)
    assert fair_rates(site)["Direct"] == pytest.approx(by_hand)
    assert fair_rates(LONG).to_list() == pytest.approx(true_ratios(LONG).to_list())


def test_crossed_sites_stand_in_the_wrong_order_by_their_ratios() -> None:
    for seed in range(100):
        site = crossed_site(seed)
        raw, fair = true_ratios(site), fair_rates(site)
        assert list(fair.nlargest(2).index) == ["Evening", "Office"]
        assert list(raw.nlargest(2).index) == ["Office", "Evening"]
        assert (hourly_rates(site)["Evening"] > hourly_rates(site)["Office"]).all()


def test_events_and_seconds_are_rougher_than_chance() -> None:
    channel = Channel("Direct", 100.0, swing=0.0, weekend=1.0, late=0.0)
    site = RateSite(Site((channel,), weeks=40, site_sd=0, channel_sd=0), shock_sd=0.0)
    frame = simulate_rates(4, site)
    left = frame["events"] - site.events * frame["sessions"]
    extra = site.events - 1
    variance = extra + extra**2 / 0.7
    assert (left**2).sum() / frame["sessions"].sum() == pytest.approx(variance, rel=0.1)
    left = frame["engagement_seconds"] - site.seconds * frame["sessions"]
    variance = site.seconds**2 / 0.5
    assert (left**2).sum() / frame["sessions"].sum() == pytest.approx(variance, rel=0.1)


@pytest.mark.parametrize("sessions", [1, 3])
def test_perfect_channel_is_added_and_nothing_else_changes(sessions: int) -> None:
    calm = simulate_rates(1, daily=True)
    frame = add_perfect_channel(calm, "Perfect", sessions, seed=0)
    added = frame[frame["channel"].eq("Perfect")]
    assert len(added) == added["sessions"].sum() == added["engaged_sessions"].sum() == sessions
    assert frame[~frame["channel"].eq("Perfect")].reset_index(drop=True).equals(calm)
    assert calm.equals(simulate_rates(1, daily=True))
