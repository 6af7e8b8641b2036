"""The simulator itself, checked against its own promises with plain arithmetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.simulate import (
    COLUMNS,
    Channel,
    Site,
    plant_level,
    plant_spike,
    random_days,
    random_evenings,
    random_site,
    simulate,
)

STILL = Site(growth=0.0, site_sd=0.0, channel_sd=0.0)
LONG_AND_STILL = replace(STILL, channels=(Channel("Direct", 40.0),), weeks=60)


def by_hour_of_week(values: pd.DataFrame) -> np.ndarray:
    """Sessions of one channel: one row per week, 168 columns."""
    return values["sessions"].to_numpy().reshape(-1, 168)


def test_same_seed_same_frame_and_another_seed_another() -> None:
    assert simulate(3).equals(simulate(3))
    assert not simulate(3).equals(simulate(4))


@pytest.mark.parametrize("daily", [False, True])
def test_frame_is_complete_and_whole(daily: bool) -> None:
    frame = simulate(0, daily=daily)
    assert list(frame) == COLUMNS
    assert len(frame) == 5 * 56 * (1 if daily else 24)
    assert not frame.duplicated(["time", "channel"]).any()
    assert frame["sessions"].dtype.kind == frame["engaged_sessions"].dtype.kind == "i"
    assert frame["engaged_sessions"].between(0, frame["sessions"]).all()


def test_days_are_the_sums_of_hours() -> None:
    hourly, daily = simulate(5), simulate(5, daily=True)
    sums = hourly.groupby([hourly["time"].dt.date, "channel"])["sessions"].sum()
    assert sums.to_list() == daily["sessions"].to_list()


def test_each_channel_has_its_mean_on_workdays() -> None:
    frame = pd.concat([simulate(seed) for seed in range(20)])
    means = frame[frame["time"].dt.day_of_week < 5].groupby("channel")["sessions"].mean()
    for channel in Site().channels:
        assert means[channel.name] == pytest.approx(channel.mean, rel=0.05)


def test_weekend_and_peak_hour_are_those_of_the_channel() -> None:
    channel = Channel("Email", 40.0, peak=9.0, late=3.0, weekend=0.5)
    frame = simulate(1, replace(LONG_AND_STILL, channels=(channel,)))
    is_weekend = frame["time"].dt.day_of_week >= 5
    rest, work = frame[is_weekend], frame[~is_weekend]
    assert rest["sessions"].mean() / work["sessions"].mean() == pytest.approx(0.5, rel=0.03)
    busiest = [part.groupby(part["time"].dt.hour)["sessions"].mean() for part in (work, rest)]
    assert abs(busiest[0].idxmax() - 9) <= 1
    assert abs(busiest[1].idxmax() - 12) <= 1


def test_growth_is_per_week() -> None:
    weeks = by_hour_of_week(simulate(0, replace(LONG_AND_STILL, weeks=21, growth=0.05))).sum(1)
    assert weeks[-1] / weeks[0] == pytest.approx(1.05**20, rel=0.05)


@pytest.mark.parametrize("size", [10.0, 25.0, 60.0])
def test_variance_is_mean_plus_square_over_size(size: float) -> None:
    weeks = by_hour_of_week(simulate(0, replace(LONG_AND_STILL, size=size)))
    mean = weeks.mean(axis=0)
    ratio = weeks.var(axis=0, ddof=1).sum() / mean.sum()
    assert ratio > 1.2
    assert ratio == pytest.approx((mean + mean**2 / size).sum() / mean.sum(), rel=0.1)


@pytest.mark.parametrize("memory", [0.0, 0.6])
def test_daily_totals_remember_the_day_before(memory: float) -> None:
    site = Site(weeks=150, site_memory=memory, site_sd=0.12, channel_sd=0.0)
    totals = simulate(0, site, daily=True).groupby("time")["sessions"].sum()
    logs = np.log(totals.to_numpy()).reshape(-1, 7)
    shocks = pd.Series((logs - logs.mean(axis=0)).ravel())
    assert shocks.std() == pytest.approx(0.12, rel=0.1)
    assert shocks.autocorr(1) == pytest.approx(memory, abs=0.1)


def test_channels_share_the_shock_of_the_site_only() -> None:
    channels = (Channel("Direct", 300.0), Channel("Email", 300.0))
    for site_sd, channel_sd, expected in [(0.1, 0.0, 1.0), (0.0, 0.1, 0.0), (0.1, 0.1, 0.5)]:
        site = Site(channels, weeks=100, site_sd=site_sd, channel_sd=channel_sd, size=60)
        days = simulate(0, site, daily=True).pivot(columns="channel", index="time")["sessions"]
        logs = np.log(days.to_numpy()).reshape(-1, 7, 2)
        shocks = (logs - logs.mean(axis=0)).reshape(-1, 2)
        assert np.corrcoef(shocks.T)[0, 1] == pytest.approx(expected, abs=0.15)


@pytest.mark.parametrize("factor", [0.4, 2.5, 3.5])
def test_spike_multiplies_its_hours_and_touches_nothing_else(factor: float) -> None:
    calm, start = simulate(1), pd.Timestamp("2024-01-20 17:00")
    hit = calm["time"].between(start, "2024-01-20 20:00") & calm["channel"].eq("Direct")
    assert hit.sum() == 4
    planted = [plant_spike(calm, "Direct", start, factor=factor, seed=seed) for seed in range(50)]
    ratios = [
        frame.loc[hit, "sessions"].sum() / calm.loc[hit, "sessions"].sum() for frame in planted
    ]
    assert np.mean(ratios) == pytest.approx(factor, rel=0.05)
    assert all(frame[~hit].equals(calm[~hit]) for frame in planted)
    assert all((frame["engaged_sessions"] <= frame["sessions"]).all() for frame in planted)
    assert calm.equals(simulate(1))


@pytest.mark.parametrize("channel", [None, "Organic Search"])
@pytest.mark.parametrize("factor", [0.7, 1.4])
def test_level_multiplies_from_its_day_on(channel: str | None, factor: float) -> None:
    calm, day = simulate(2), pd.Timestamp("2024-02-07")
    planted = plant_level(calm, day, factor, channel)
    hit = calm["time"].ge(day) & (calm["channel"].eq(channel) if channel else True)
    before, after = calm[hit], planted[hit]
    assert after["sessions"].sum() / before["sessions"].sum() == pytest.approx(factor, rel=0.02)
    rates = [part["engaged_sessions"].sum() / part["sessions"].sum() for part in (before, after)]
    assert rates[1] == pytest.approx(rates[0], rel=0.02)
    assert planted[~hit].equals(calm[~hit])
    assert calm.loc[planted["sessions"].ne(calm["sessions"]), "time"].min() == day
    assert planted.dtypes.equals(calm.dtypes)


def test_spike_of_daily_data_is_one_day() -> None:
    calm, day = simulate(1, daily=True), pd.Timestamp("2024-01-20")
    planted = plant_spike(calm, "Direct", day, hours=24, factor=2.5)
    assert planted["sessions"].ne(calm["sessions"]).sum() == 1


def test_random_sites_stay_in_their_ranges_and_differ() -> None:
    sites = [random_site(seed) for seed in range(200)]
    assert random_site(7) == sites[7]
    for site in sites:
        means = [channel.mean for channel in site.channels]
        assert 3 <= len({channel.name for channel in site.channels}) == len(means) <= 7
        assert means == sorted(means, reverse=True)
        assert 20 <= sum(means) <= 400
        assert min(means) <= 0.7
        assert max(means) >= 3
        assert 4 <= site.weeks <= 12
        assert min(site.site_memory, site.channel_memory) >= 0
        assert max(site.site_memory, site.channel_memory) <= 0.7
        assert min(site.site_sd, site.channel_sd) >= 0.03
        assert max(site.site_sd, site.channel_sd) <= 0.12
        assert 10 <= site.size <= 60
    assert {site.weeks for site in sites} == set(range(4, 13))
    assert {len(site.channels) for site in sites} == set(range(3, 8))


def test_random_places_stay_away_from_the_edges_and_from_each_other() -> None:
    frame = simulate(0, Site(weeks=4))
    for seed in range(50):
        rng = np.random.default_rng(seed)
        days = pd.DatetimeIndex(random_days(rng, frame, count=3, before=10, after=5, apart=4))
        assert days[0] >= pd.Timestamp("2024-01-11")
        assert days[-1] <= pd.Timestamp("2024-01-23")
        assert min(days[1:] - days[:-1]) >= pd.Timedelta(days=4)
        assert {evening.hour for evening in random_evenings(rng, frame, count=2)} <= {
            17,
            18,
            19,
            20,
        }
