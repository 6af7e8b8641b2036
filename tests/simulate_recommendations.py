"""Simulated websites about which it is known what a person should be told, and what not.

Written without a look at any rule, so that a test against it is independent. A ``World`` holds what
is expected: sessions and an engagement rate for each day, hour and channel. Effects are planted
there, before chance comes in. Then sessions are negative binomial around

    expected x day shock of the site x day shock of the channel

and an engaged session is a coin toss whose log-odds are those of the rate plus a shock of the day,
half shared by all channels. All shocks remember the day before (AR(1)). Events, users and seconds
of engagement follow from the sessions, alike in every channel and hour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.signal import lfilter
from scipy.special import expit, logit

from tests.simulate_rates import unequal_shares

NAMES = (
    "Organic Search",
    "Direct",
    "Paid Search",
    "Referral",
    "Organic Social",
    "Email",
    "Display",
    "Affiliates",
)
TINY = "Organic Video"
"""Name of the channel of three sessions, which no world has otherwise."""
UNASSIGNED = "Unassigned"
USUAL_VISITS = 24
LARGE = 0.10
"""Share of the sessions that a channel needs for an effect to be planted in it."""

QUALITY, FADE, SPIKE, TAGGING, WINDOW, MIX = "quality", "fade", "spike", "tagging", "window", "mix"
POINTS, WINDOW_POINTS, FALL, LEAD = 0.11, 0.08, 0.08, 0.30
FADED, SPIKED, LOST = 0.5, 3.5, 0.15

_WEEKDAYS = np.array([1.03, 1.04, 1.02, 1.0, 0.93])
_EVENTS, _SECONDS, _RETURNING = 4.0, 50.0, 0.15


@dataclass(frozen=True)
class Noise:
    """How rough a site is; shocks are standard deviations of the log (or log-odds) of a day.

    Args:
        site_sd: shock of the sessions of all channels.
        own_sd: shock of the sessions of each channel by itself.
        rate_sd: shock of the engagement rate, half of its variance shared by all channels.
        memory: correlation of every shock with the one of the day before.
        size: of the negative binomial of an hour; small is rough, infinity would be Poisson.
    """

    site_sd: float = 0.08
    own_sd: float = 0.06
    rate_sd: float = 0.08
    memory: float = 0.4
    size: float = 25.0


@dataclass(frozen=True)
class Planted:
    """What is true of a world, and should be told.

    Args:
        kind: ``quality``, ``fade``, ``spike``, ``tagging``, ``window`` or ``mix``.
        channel: where it is; of a mix shift the better channel, of a window empty.
        hours: of the day, of a window.
        start: first hour of it, where it has one.
        end: end of it, exclusive.
    """

    kind: str
    channel: str = ""
    hours: tuple[int, ...] = ()
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None


@dataclass(frozen=True, eq=False)
class World:
    """What is expected of a site, before chance.

    Args:
        names: of the channels.
        start: first day.
        sessions: expected, days x 24 hours x channels.
        rates: engagement rates on a day without shock, of the same shape.
        noise: how rough it is.
        planted: what is true of it; ``None`` where nothing is.
    """

    names: tuple[str, ...]
    start: pd.Timestamp
    sessions: np.ndarray
    rates: np.ndarray
    noise: Noise = field(default_factory=Noise)
    planted: Planted | None = None

    @property
    def days(self) -> int:
        """Its length."""
        return len(self.sessions)

    @property
    def shares(self) -> np.ndarray:
        """Share of each channel in the expected sessions."""
        return self.sessions.sum(axis=(0, 1)) / self.sessions.sum()

    def hour(self, day: int, hour: int = 0) -> pd.Timestamp:
        """Return the moment at which an hour of a day starts, both counted from 0."""
        return self.start + pd.Timedelta(days=day, hours=hour)


# --- worlds in which nothing happens --------------------------------------------------------------


def flat_world(seed: int) -> World:
    """Draw a site without any effect: flat hours and weekdays, channels alike in all but size.

    Ranges, uniform unless said: 28 to 42 days; 4 to 8 channels, the largest with 25 to 40 % of the
    sessions; 500 to 7,000 sessions a day (log-uniform); rates of 35 to 65 %; shocks of sessions
    0.03 to 0.12, of rates 0.05 to 0.25; memory 0 to 0.6; size 10 to 60.
    """
    rng = np.random.default_rng([seed, 50])
    return _world(rng, rng.uniform(0.05, 0.25), np.ones((1, 24, 1)), np.ones((7, 1)))


def calm_world(seed: int) -> World:
    """Draw a site with the shape of day and week that sites have, and no other effect.

    As ``flat_world``, but shocks of rates of 0.03 to 0.12; busiest hours at 11 to 20 o'clock, a
    little different by channel; weekends with 50 to 110 % of a workday. Rates are flat.
    """
    rng = np.random.default_rng([seed, 51])
    peaks = rng.uniform(11, 20) + rng.uniform(-1, 1, len(NAMES))
    angles = (np.arange(24)[:, None] - peaks) / 24 * 2 * np.pi
    hours = np.exp(rng.uniform(0.5, 1.2) * np.cos(angles))
    weekends = rng.uniform(0.5, 1.1) * rng.uniform(0.9, 1.1, len(NAMES))
    weekdays = np.vstack([np.tile(_WEEKDAYS[:, None], len(NAMES)), weekends, weekends])
    return _world(rng, rng.uniform(0.03, 0.12), hours[None], weekdays)


def _world(
    rng: np.random.Generator, rate_sd: float, hours: np.ndarray, weekdays: np.ndarray
) -> World:
    """Shapes broadcast over 1 x 24 x channels and 7 x channels; every mean comes out right."""
    days, count = int(rng.integers(28, 43)), int(rng.integers(4, 9))
    start = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(rng.integers(300)))
    daily = np.exp(rng.uniform(np.log(500), np.log(7_000)))
    shares = rng.permutation(unequal_shares(count, rng.uniform(0.25, 0.4)))
    week = weekdays[(start.day_of_week + np.arange(days)) % 7][:, None]
    shape = np.ones((days, 24, count)) * hours[..., :count] * week[..., :count]
    sessions = daily * days * shares * shape / shape.sum(axis=(0, 1))
    noise = Noise(
        site_sd=rng.uniform(0.03, 0.12),
        own_sd=rng.uniform(0.03, 0.12),
        rate_sd=rate_sd,
        memory=rng.uniform(0, 0.6),
        size=rng.uniform(10, 60),
    )
    names = tuple(str(name) for name in rng.permutation(NAMES)[:count])
    return World(names, start, sessions, np.full_like(sessions, rng.uniform(0.35, 0.65)), noise)


def light_world(seed: int) -> World:
    """Draw a small calm site of 28 days and two channels: quick to look at as days."""
    world = calm_world(10_000_000 + seed)
    kept = {"sessions": world.sessions[:28, :, :2], "rates": world.rates[:28, :, :2]}
    return replace(world, names=world.names[:2], **kept)


# --- what can be planted: each takes a world and chance -------------------------------------------


def plant_quality(world: World, rng: np.random.Generator) -> World:
    """Make the visits of one large channel better by ``POINTS`` in rate."""
    place = _large(world, rng)
    rates = world.rates.copy()
    rates[..., place] += POINTS
    return replace(world, rates=rates, planted=Planted(QUALITY, world.names[place]))


def plant_fade(world: World, rng: np.random.Generator) -> World:
    """Let one large channel sink to half, over three days, at the start of the last third."""
    place, first = _large(world, rng), _last_third(world)
    level = np.interp(np.arange(world.days), [first - 1, first + 2], [1, FADED])
    sessions = world.sessions.copy()
    sessions[..., place] *= level[:, None]
    planted = Planted(FADE, world.names[place], start=world.hour(first), end=world.hour(world.days))
    return replace(world, sessions=sessions, planted=planted)


def plant_spike(world: World, rng: np.random.Generator) -> World:
    """Multiply some busy hours of one large channel on one day, with the usual engagement.

    The hours usually have ``USUAL_VISITS`` or more: eleven visits instead of four are 2.7 times
    as many and yet nothing that anyone could tell from chance.
    """
    place = _large(world, rng)
    day, length = int(rng.integers(7, world.days - 3)), int(rng.integers(3, 7))
    busiest = int(world.sessions[..., place].sum(axis=0).argmax())
    first = int(np.clip(busiest - length // 2 + rng.integers(-2, 3), 6, 23 - length))
    if world.sessions[day, first : first + length, place].sum() < USUAL_VISITS:
        place = int(world.shares.argmax())
    sessions = world.sessions.copy()
    sessions[day, first : first + length, place] *= SPIKED
    span = {"start": world.hour(day, first), "end": world.hour(day, first + length)}
    return replace(world, sessions=sessions, planted=Planted(SPIKE, world.names[place], **span))


def plant_tagging(world: World, rng: np.random.Generator) -> World:
    """Let every channel lose a part to Unassigned from about the middle on."""
    first = world.days // 2 + int(rng.integers(-2, 3))
    share = np.where(np.arange(world.days) >= first, LOST, 0.0)[:, None, None]
    kept, lost = world.sessions * (1 - share), (world.sessions * share).sum(axis=2, keepdims=True)
    rates = np.concatenate([world.rates, world.rates[..., :1]], axis=2)
    planted = Planted(TAGGING, UNASSIGNED, start=world.hour(first), end=world.hour(world.days))
    return replace(
        world,
        names=(*world.names, UNASSIGNED),
        sessions=np.concatenate([kept, lost], axis=2),
        rates=rates,
        planted=planted,
    )


def plant_window(world: World, rng: np.random.Generator) -> World:
    """Make visits at three to five hours of the day better by ``WINDOW_POINTS``, in all channels.

    The hours lie between 8 and midnight, where a site of its kind has visits to judge by.
    """
    length = int(rng.integers(3, 6))
    first = int(rng.integers(8, 25 - length))
    rates = world.rates.copy()
    rates[:, first : first + length] += WINDOW_POINTS
    return replace(
        world, rates=rates, planted=Planted(WINDOW, hours=tuple(range(first, first + length)))
    )


def plant_mix(world: World, rng: np.random.Generator) -> World:
    """Let the rate of every channel fall by ``FALL``, hidden by the growth of a better one.

    One large channel is better than the others by ``LEAD``. Both start together, somewhere from
    the middle to two thirds, and the site's rate stays what it was.
    """
    place = _large(world, rng)
    first = int(rng.integers(world.days // 2, _last_third(world) + 1))
    rates, sessions = world.rates.copy(), world.sessions.copy()
    rates[..., place] += LEAD
    rates[first:] -= FALL
    sessions[first:, :, place] *= _hiding_growth(world.shares[place])
    span = {"start": world.hour(first), "end": world.hour(world.days)}
    planted = Planted(MIX, world.names[place], **span)
    return replace(world, sessions=sessions, rates=rates, planted=planted)


def _hiding_growth(share: float) -> float:
    """By how much the better channel must grow for the site's rate to stand still."""

    def surplus(growth: float) -> float:
        return LEAD * (share * growth / (share * growth + 1 - share) - share) - FALL

    return float(brentq(surplus, 1, 50))


def _large(world: World, rng: np.random.Generator) -> int:
    return int(rng.choice(np.flatnonzero(world.shares >= LARGE)))


def _last_third(world: World) -> int:
    return world.days - round(world.days / 3)


PLANTS: dict[str, Callable[[World, np.random.Generator], World]] = {
    QUALITY: plant_quality,
    FADE: plant_fade,
    SPIKE: plant_spike,
    TAGGING: plant_tagging,
    WINDOW: plant_window,
    MIX: plant_mix,
}


def planted_world(kind: str, seed: int) -> World:
    """Draw a calm site with one effect; sites of the same seed are alike but for it."""
    rng = np.random.default_rng([seed, 52, list(PLANTS).index(kind)])
    return PLANTS[kind](calm_world(seed), rng)


# --- chance ---------------------------------------------------------------------------------------


def draw(seed: int, world: World, *, daily: bool = False) -> pd.DataFrame:
    """Draw the counts of a world.

    Args:
        seed: same seed and world, same frame.
        world: what is expected.
        daily: add hours up to days.

    Returns:
        ``time`` (start of the hour or day), ``channel``, ``sessions``, ``engaged_sessions``,
        ``events``, ``users`` and ``engagement_seconds``; one row per time and channel that had a
        session, sorted by both.
    """
    rng, noise, days = np.random.default_rng([seed, 53]), world.noise, world.days
    shape = (days, 1, len(world.names))
    sessions = _sessions(rng, world)
    shocks = np.sqrt(0.5) * (
        _remembering(rng, (days, 1, 1), noise.memory) + _remembering(rng, shape, noise.memory)
    )
    engaged = rng.binomial(sessions, expit(logit(world.rates) + noise.rate_sd * shocks))
    counts = {"sessions": sessions, "engaged_sessions": engaged} | _others(rng, world, sessions)
    frame = _long(world, counts)
    if daily:
        by = [frame["time"].dt.normalize(), "channel"]
        frame = frame.drop(columns="time").groupby(by).sum().reset_index()
    return frame[frame["sessions"] > 0].reset_index(drop=True)


def _sessions(rng: np.random.Generator, world: World) -> np.ndarray:
    noise, days = world.noise, world.days
    logs = noise.site_sd * _remembering(rng, (days, 1, 1), noise.memory)
    logs = logs + noise.own_sd * _remembering(rng, (days, 1, len(world.names)), noise.memory)
    mean = world.sessions * np.exp(logs - (noise.site_sd**2 + noise.own_sd**2) / 2)
    return rng.negative_binomial(noise.size, noise.size / (noise.size + mean))


def _remembering(rng: np.random.Generator, shape: tuple[int, ...], memory: float) -> np.ndarray:
    """Draw a stationary AR(1) of sd 1 along the days."""
    news = rng.normal(size=shape)
    news[1:] *= np.sqrt(1 - memory**2)
    return lfilter([1.0], [1.0, -memory], news, axis=0)


def _others(rng: np.random.Generator, world: World, sessions: np.ndarray) -> dict[str, Any]:
    """Counts alike in every channel and hour, each with a day shock of its own."""
    noise, shape = world.noise, (world.days, 1, len(world.names))

    def shock() -> np.ndarray:
        return noise.rate_sd * _remembering(rng, shape, noise.memory)

    more = rng.negative_binomial(np.maximum(sessions, 1), 1 / (_EVENTS * np.exp(shock())))
    returning = rng.binomial(sessions, expit(logit(_RETURNING) + shock()))
    seconds = rng.gamma(sessions * 0.5, 2 * _SECONDS * np.exp(shock()))
    return {
        "events": sessions + np.where(sessions > 0, more, 0),
        "users": sessions - returning,
        "engagement_seconds": np.round(seconds),
    }


def _long(world: World, counts: dict[str, Any]) -> pd.DataFrame:
    order = np.argsort(world.names)
    hours = pd.date_range(world.start, periods=world.days * 24, freq="h", unit="s")
    names = np.array(world.names)[order]
    frame = pd.DataFrame({"time": hours.repeat(len(names)), "channel": np.tile(names, len(hours))})
    return frame.assign(**{name: values[..., order].ravel() for name, values in counts.items()})


def add_tiny(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Add the channel ``TINY`` of three sessions, as tempting as chance can make it.

    Args:
        frame: from ``draw``, by days; stays as it is.
        seed: by which they are all engaged or none is; and all on one day, all in the first week,
            all in the last one, or anywhere.
    """
    rng = np.random.default_rng([seed, 54])
    days = frame["time"].drop_duplicates().sort_values().to_numpy()
    pools = [[rng.choice(days)] * 3, days[:7], days[-7:], days]
    chosen = rng.choice(pools[seed // 2 % 4], 3, replace=False)
    one = {"sessions": 1, "engaged_sessions": seed % 2, "users": 1}
    one |= {"events": 12 if seed % 2 else 1, "engagement_seconds": 300.0 * (seed % 2)}
    tiny = pd.DataFrame({"time": chosen, "channel": TINY} | one)
    tiny = tiny.groupby(["time", "channel"]).sum().reset_index()
    return pd.concat([frame, tiny]).sort_values(["time", "channel"], ignore_index=True)
