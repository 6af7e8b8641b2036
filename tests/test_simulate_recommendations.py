"""The simulator of sites with something to tell, checked against its own promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.simulate_recommendations import (
    FADE,
    FADED,
    FALL,
    LARGE,
    LEAD,
    LOST,
    MIX,
    PLANTS,
    POINTS,
    QUALITY,
    SPIKE,
    SPIKED,
    TAGGING,
    TINY,
    UNASSIGNED,
    WINDOW,
    WINDOW_POINTS,
    Noise,
    World,
    add_tiny,
    calm_world,
    draw,
    flat_world,
    light_world,
    planted_world,
)

SEEDS = range(8)
QUIET = Noise(site_sd=0.0, own_sd=0.0, rate_sd=0.0, memory=0.0, size=1e9)


def site_rate(world: World, days: slice) -> float:
    engaged = (world.sessions * world.rates)[days]
    return float(engaged.sum() / world.sessions[days].sum())


def busy(world: World) -> World:
    """Return the same world with so many sessions and so few shocks that sums tell the truth."""
    return replace(world, sessions=world.sessions * 200, noise=QUIET)


def sums(frame: pd.DataFrame, by: str = "channel") -> pd.DataFrame:
    return frame.groupby(by)[["sessions", "engaged_sessions", "events", "users"]].sum()


def test_same_seed_same_frame_and_another_seed_another() -> None:
    assert draw(3, flat_world(3)).equals(draw(3, flat_world(3)))
    assert not draw(3, flat_world(3)).equals(draw(4, flat_world(3)))
    assert not draw(3, flat_world(3)).equals(draw(3, flat_world(4)))


@pytest.mark.parametrize("kind", PLANTS)
def test_counts_are_whole_and_fit_into_each_other(kind: str) -> None:
    world = planted_world(kind, 0)
    frame = draw(0, world)
    assert not frame.duplicated(["time", "channel"]).any()
    assert frame["engaged_sessions"].between(0, frame["sessions"]).all()
    assert frame["users"].between(0, frame["sessions"]).all()
    assert (frame["events"] >= frame["sessions"]).all()
    numbers = frame.drop(columns=["time", "channel"])
    assert (numbers == numbers.round()).all(axis=None)
    daily = draw(0, world, daily=True)
    assert sums(daily).equals(sums(frame))
    assert daily["time"].nunique() == world.days


@pytest.mark.parametrize("seed", SEEDS)
def test_flat_worlds_are_flat(seed: int) -> None:
    world = flat_world(seed)
    assert 28 <= world.days <= 42
    assert 4 <= len(world.names) <= 8
    assert world.shares.sum() == pytest.approx(1)
    assert 0.25 <= world.shares.max() <= 0.4
    assert world.sessions.std(axis=(0, 1)).max() < 1e-9
    assert world.rates.std() < 1e-12
    assert world.planted is None


def test_draws_of_flat_worlds_are_flat_on_average() -> None:
    totals = []
    for seed in range(30):
        world = flat_world(seed)
        frame = draw(seed, world)
        hours = frame.groupby(frame["time"].dt.hour)["sessions"].sum()
        by_day = frame.groupby("time")["sessions"].sum().resample("D").sum()
        halves = by_day.iloc[:14].sum() / by_day.iloc[14:28].sum()
        rates = frame["engaged_sessions"].sum() / frame["sessions"].sum() - world.rates[0, 0, 0]
        swing = hours.loc[12:17].sum() / hours.sum() - 0.25
        expected = frame["sessions"].sum() / world.sessions.sum()
        totals.append([swing, np.log(halves), rates, np.log(expected)])
    values = np.array(totals)
    errors = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    assert (np.abs(values.mean(axis=0)) < 3 * errors).all()
    assert (errors < 0.03).all()


def test_days_remember_and_channels_go_together() -> None:
    noise = Noise(site_sd=0.3, own_sd=0.3, rate_sd=0.3, memory=0.6, size=1e9)
    world = replace(flat_world(0), noise=noise)
    long = np.full((2_000, 24, 2), 1_000.0)
    world = replace(world, names=("A", "B"), sessions=long, rates=np.full_like(long, 0.5))
    table = draw(0, world, daily=True).pivot_table(index="time", columns="channel")
    volumes = np.log(table["sessions"])
    rates = table["engaged_sessions"] / table["sessions"]
    for shocks in (volumes, rates):
        assert shocks["A"].autocorr() == pytest.approx(0.6, abs=0.06)
        assert shocks["A"].corr(shocks["B"]) == pytest.approx(0.5, abs=0.08)
    assert volumes["A"].std() == pytest.approx(0.3 * np.sqrt(2), rel=0.08)
    assert np.log(rates["A"] / (1 - rates["A"])).std() == pytest.approx(0.3, rel=0.08)


@pytest.mark.parametrize("seed", SEEDS)
def test_calm_worlds_have_busy_hours_and_equal_rates(seed: int) -> None:
    world = calm_world(seed)
    hours = world.sessions.sum(axis=(0, 2))
    assert 10 <= hours.argmax() <= 21
    assert hours.max() > 2 * hours.min()
    assert world.rates.std() < 1e-12


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", PLANTS)
def test_planted_channels_are_large_and_the_rest_is_calm(kind: str, seed: int) -> None:
    calm, world = calm_world(seed), planted_world(kind, seed)
    planted = world.planted
    assert planted is not None
    assert planted.kind == kind
    assert world.rates.max() < 0.99
    assert world.rates.min() > 0.2
    if planted.channel in calm.names:
        place = calm.names.index(planted.channel)
        assert calm.shares[place] >= LARGE
        others = np.arange(len(calm.names)) != place
        assert np.array_equal(world.sessions[..., others], calm.sessions[..., others])


@pytest.mark.parametrize("seed", SEEDS)
def test_quality_is_in_the_counts(seed: int) -> None:
    world = planted_world(QUALITY, seed)
    table = sums(draw(seed, busy(world)))
    rates = table["engaged_sessions"] / table["sessions"]
    gap = rates[world.planted.channel] - rates.drop(world.planted.channel)
    assert gap.to_numpy() == pytest.approx(POINTS, abs=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_fade_is_in_the_counts(seed: int) -> None:
    calm, world = calm_world(seed), planted_world(FADE, seed)
    third = (world.planted.end - world.planted.start).days
    assert abs(third - world.days / 3) <= 0.5
    ratio = (world.sessions / calm.sessions)[..., world.names.index(world.planted.channel)]
    assert ratio[: -third - 1] == pytest.approx(1)
    assert ratio[2 - third :] == pytest.approx(FADED)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_spike_is_in_the_counts(seed: int) -> None:
    planted = planted_world(SPIKE, seed).planted
    frames = [draw(seed, busy(world)) for world in (calm_world(seed), planted_world(SPIKE, seed))]
    hit = [
        frame[frame["channel"].eq(planted.channel)]
        .set_index("time")["sessions"][planted.start : planted.end - pd.Timedelta(hours=1)]
        .sum()
        for frame in frames
    ]
    assert hit[1] / hit[0] == pytest.approx(SPIKED, rel=0.05)
    assert planted.start.date() == (planted.end - pd.Timedelta(hours=1)).date()


@pytest.mark.parametrize("seed", SEEDS)
def test_unassigned_takes_from_the_others(seed: int) -> None:
    calm, world = calm_world(seed), planted_world(TAGGING, seed)
    first = (world.planted.start - world.start).days
    assert abs(first - world.days / 2) <= 2.5
    assert world.names[-1] == UNASSIGNED
    assert world.sessions.sum(axis=2) == pytest.approx(calm.sessions.sum(axis=2))
    lost = world.sessions[..., -1].sum(axis=1) / world.sessions.sum(axis=(1, 2))
    assert lost[:first] == pytest.approx(0)
    assert lost[first:] == pytest.approx(LOST)
    since = draw(seed, world).query("channel == @UNASSIGNED")["time"].min()
    assert since >= world.planted.start


@pytest.mark.parametrize("seed", SEEDS)
def test_the_window_is_in_the_counts(seed: int) -> None:
    world = planted_world(WINDOW, seed)
    frame = draw(seed, busy(world))
    is_in = frame["time"].dt.hour.isin(world.planted.hours)
    engaged, sessions = (
        frame.groupby(is_in)[name].sum() for name in ("engaged_sessions", "sessions")
    )
    assert (engaged / sessions).diff().iloc[-1] == pytest.approx(WINDOW_POINTS, abs=0.005)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mix_hides_the_fall_of_every_channel(seed: int) -> None:
    world = planted_world(MIX, seed)
    first = (world.planted.start - world.start).days
    before, after = slice(None, first), slice(first, None)
    fall = world.rates[after].mean(axis=(0, 1)) - world.rates[before].mean(axis=(0, 1))
    assert fall == pytest.approx(-FALL)
    assert site_rate(world, after) == pytest.approx(site_rate(world, before), abs=0.004)
    place = world.names.index(world.planted.channel)
    lead = world.rates[..., place] - np.delete(world.rates, place, axis=2)[..., 0]
    assert lead == pytest.approx(LEAD)


@pytest.mark.parametrize("seed", range(8))
def test_tiny_has_three_tempting_sessions(seed: int) -> None:
    frame = draw(seed, light_world(seed), daily=True)
    before = frame.copy()
    added = add_tiny(frame, seed)
    pd.testing.assert_frame_equal(frame, before)
    tiny = added[added["channel"].eq(TINY)]
    assert tiny["sessions"].sum() == 3
    assert tiny["engaged_sessions"].sum() == 3 * (seed % 2)
    assert added["channel"].nunique() == 3
    assert added["time"].is_monotonic_increasing
