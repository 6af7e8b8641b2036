"""Simulated channels whose visits cluster by days, with every true ratio known.

Written without a look at any analysis, so that a test against it is independent. Sessions come from
``tests/simulate.py``. An engaged session is a coin toss whose log-odds are

    level of the channel + hour of the day + shock of the day

and the shock, normal with a memory from day to day, is partly shared by all channels. A channel's
true rate is what the share of engaged sessions tends to over very many weeks: the normal shock is
integrated out, because the mean of expit(x) is not expit(mean of x). Events and seconds per session
are over-dispersed and have day shocks of their own, which multiply them by 1 on average.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

from tests.simulate import Channel, Site, expected_sessions, simulate

RATIOS = {
    "engagement_rate": "engaged_sessions",
    "events_per_session": "events",
    "engagement_time_per_session": "engagement_seconds",
}
"""Ratios per session that are simulated, and the count on top of each."""

SMALLEST = 3.0
"""Sessions expected of the smallest channel in the whole period."""

_EVENTS_SHAPE = 0.7
_SECONDS_SHAPE = 0.5
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(40)


@dataclass(frozen=True)
class RateSite:
    """How good the visits of a website are, channel by channel and day by day.

    Args:
        site: volumes, and the true ``rate`` of each channel in an hour of average quality.
        shock_sd: of a day's shock in log-odds (rates) or logs (events, seconds).
        memory: correlation of the shock with the one of the day before.
        shared: part of the shock's variance that all channels have in common.
        hour_swing: how much better the best hour is than the average one, in log-odds; the worst
            is as much worse. Holds for all channels alike.
        best_hour: of the day.
        events: per session, of every channel.
        seconds: of engagement per session, of every channel.
    """

    site: Site = field(default_factory=Site)
    shock_sd: float = 0.15
    memory: float = 0.5
    shared: float = 0.5
    hour_swing: float = 0.0
    best_hour: float = 13.0
    events: float = 4.0
    seconds: float = 50.0

    @property
    def names(self) -> list[str]:
        """Channels in the order of ``site``, largest first."""
        return [channel.name for channel in self.site.channels]


def unequal_shares(count: int, largest: float = 0.4) -> np.ndarray:
    """Return shares that fall as a power of the rank, from ``largest`` down, and add up to 1.

    With so few channels that even equal ones are larger than ``largest``, they are equal.
    """
    ranks = np.arange(1.0, count + 1)
    if count * largest <= 1:
        return np.full(count, 1 / count)
    power = brentq(lambda a: largest * (ranks**-a).sum() - 1, 0, 20)
    return largest * ranks**-power


def random_site(
    seed: int,
    channels: int = 4,
    weeks: int = 4,
    memory: float = 0.5,
    *,
    better: float = 0.0,
    spread: float = 0.0,
    shock_sd: float | None = None,
) -> RateSite:
    """Draw a site of a given kind.

    Ranges, uniform unless said: 2,000 to 50,000 sessions a week (log-uniform), the largest channel
    having 40 % of them and, of four channels or more, the smallest ``SMALLEST`` sessions in all;
    shocks of 0.05 to 0.25, of which 20 to 80 % are shared; a common rate of 35 to 65 %; busiest
    hours from 9 to 21, weekends of 30 to 140 % of a workday.

    Args:
        seed: same seed and kind, same site.
        channels: how many.
        weeks: how long.
        memory: of the shocks.
        better: points (0.08 are 8) by which the second largest channel is better than all others.
        spread: points by which rates differ at most from the common one, up or down.
        shock_sd: instead of a random one.
    """
    rng = np.random.default_rng([seed, 20])
    rates = rng.uniform(0.35, 0.65) + spread * rng.uniform(-1, 1, channels)
    rates[1] += better
    weekly = np.exp(rng.uniform(np.log(2_000), np.log(50_000)))
    drawn_sd, shared = rng.uniform(0.05, 0.25), rng.uniform(0.2, 0.8)
    site = Site(weeks=weeks, start=f"2024-01-{rng.integers(1, 8):02d}", size=rng.uniform(5, 30))
    site = replace(site, channel_sd=0.15)
    totals = _totals(channels, weekly * weeks)
    made = [_channel(rng, site, *both) for both in zip(range(channels), rates, totals, strict=True)]
    site = replace(site, channels=tuple(made))
    return RateSite(site, drawn_sd if shock_sd is None else shock_sd, memory, shared)


def _totals(channels: int, total: float) -> np.ndarray:
    """Sessions in the whole period, largest first."""
    if channels < 4:
        return total * unequal_shares(channels)
    return np.append((total - SMALLEST) * unequal_shares(channels - 1), SMALLEST)


def _channel(
    rng: np.random.Generator, site: Site, place: int, rate: float, total: float
) -> Channel:
    """Choose when a channel is busy; its mean is such that ``total`` sessions are expected."""
    shape = {"peak": rng.uniform(9, 21), "swing": rng.uniform(0.5, 1.3)}
    weekend = rng.uniform(0.3, 1.4)
    draft = Channel(f"Channel {place + 1:02d}", 1.0, **shape, weekend=weekend, rate=float(rate))
    mean = total / expected_sessions(site, draft).sum()
    return Channel(draft.name, float(mean), **shape, weekend=weekend, rate=float(rate))


def crossed_site(seed: int, weeks: int = 4, swing: float = 0.6, lead: float = 0.25) -> RateSite:
    """Draw a site whose raw order is the wrong one, because channels live at different hours.

    Visits are worth more at noon. The evening channel is better than the office channel at every
    hour by ``lead`` (log-odds), yet its ratio of sums is lower. Two more channels are worse.
    """
    rng = np.random.default_rng([seed, 21])
    weekly, base = np.exp(rng.uniform(np.log(8_000), np.log(50_000))), rng.uniform(-0.4, 0.4)
    kinds = {
        "Office": (0.4, 13.0, base),
        "Evening": (0.3, 21.0, base + lead),
        "Mixed": (0.2, 16.0, base - 0.5),
        "Early": (0.1, 10.0, base - 0.7),
    }
    made = [
        Channel(name, weekly * share / 168, peak, 1.2, weekend=0.9, rate=float(expit(odds)))
        for name, (share, peak, odds) in kinds.items()
    ]
    site = Site(tuple(made), weeks, channel_sd=0.15)
    return RateSite(site, rng.uniform(0.05, 0.2), rng.uniform(0, 0.6), 0.5, swing, 13.0)


# --- the truth ------------------------------------------------------------------------------------


def mean_rate(log_odds: np.ndarray, sd: float) -> np.ndarray:
    """Return the mean of expit(log-odds + normal shock): the long-run rate."""
    values = expit(np.asarray(log_odds)[..., None] + sd * _NODES)
    return values @ _WEIGHTS / _WEIGHTS.sum()


def level_of(rate: float, sd: float) -> float:
    """Return the log-odds at which the long-run rate is ``rate``."""
    return float(brentq(lambda level: float(mean_rate(level, sd)) - rate, -20, 20))


def _log_odds(rates: RateSite, channel: Channel) -> np.ndarray:
    """Log-odds before any shock, one per hour of the day."""
    angle = (np.arange(24) - rates.best_hour) / 24 * 2 * np.pi
    return level_of(channel.rate, rates.shock_sd) + rates.hour_swing * np.cos(angle)


def hourly_rates(rates: RateSite) -> pd.DataFrame:
    """Return the long-run rate: one row per hour of the day, one column per channel."""
    channels = rates.site.channels
    table = {c.name: mean_rate(_log_odds(rates, c), rates.shock_sd) for c in channels}
    return pd.DataFrame(table)


def hourly_sessions(rates: RateSite) -> pd.DataFrame:
    """Return the sessions expected in the whole period: as ``hourly_rates``."""
    site = rates.site
    return pd.DataFrame({c.name: expected_sessions(site, c).sum(axis=0) for c in site.channels})


def true_ratios(rates: RateSite, metric: str = "engagement_rate") -> pd.Series:
    """Return the long-run ratio of each channel."""
    if metric != "engagement_rate":
        value = rates.events if metric == "events_per_session" else rates.seconds
        return pd.Series(value, rates.names)
    sessions = hourly_sessions(rates)
    return (hourly_rates(rates) * sessions).sum() / sessions.sum()


def true_differences(rates: RateSite, metric: str = "engagement_rate") -> pd.Series:
    """Return the long-run ratio of each channel minus that of all others together."""
    sessions, ratios = hourly_sessions(rates).sum(), true_ratios(rates, metric)
    counts = sessions * ratios
    return ratios - (counts.sum() - counts) / (sessions.sum() - sessions)


def fair_rates(rates: RateSite) -> pd.Series:
    """Return the rate each channel would have if all lived at the hours of the whole site."""
    everyone = hourly_sessions(rates).sum(axis=1)
    return hourly_rates(rates).mul(everyone, axis=0).sum() / everyone.sum()


# --- the draw -------------------------------------------------------------------------------------


def simulate_rates(
    seed: int, rates: RateSite | None = None, *, daily: bool = False
) -> pd.DataFrame:
    """Draw the counts of a site.

    Args:
        seed: same seed and site, same frame.
        rates: by default ``RateSite()``.
        daily: add hours up to days.

    Returns:
        ``time`` (start of the hour or day), ``channel``, ``sessions``, ``engaged_sessions``,
        ``events`` and ``engagement_seconds``; one row per time and channel that had a session,
        sorted by both.
    """
    rates = rates or RateSite()
    frame = simulate(seed, rates.site)[["time", "channel", "sessions"]]
    names = sorted(rates.names)
    sessions = frame["sessions"].to_numpy().reshape(-1, 24, len(names))
    rng = np.random.default_rng([seed, 22])
    frame["engaged_sessions"] = _engaged(rng, rates, names, sessions).ravel()
    frame["events"] = _events(rng, rates, sessions).ravel()
    frame["engagement_seconds"] = _seconds(rng, rates, sessions).ravel()
    frame = frame[frame["sessions"] > 0]
    if daily:
        days = frame["time"].dt.normalize()
        frame = frame.drop(columns="time").groupby([days, "channel"]).sum().reset_index()
    return frame.reset_index(drop=True)


def day_shocks(rng: np.random.Generator, rates: RateSite, days: int, count: int) -> np.ndarray:
    """Draw normal shocks: one row per day, one column per channel.

    Each has the sd and the memory of ``rates``, any two channels the correlation ``shared``.
    """
    common = _remembering(rng, days, 1, rates.memory)
    own = _remembering(rng, days, count, rates.memory)
    return rates.shock_sd * (np.sqrt(rates.shared) * common + np.sqrt(1 - rates.shared) * own)


def _remembering(rng: np.random.Generator, days: int, count: int, memory: float) -> np.ndarray:
    """Draw columns of a stationary AR(1) with sd 1."""
    values = rng.normal(size=(days, count))
    for day in range(1, days):
        values[day] = memory * values[day - 1] + np.sqrt(1 - memory**2) * values[day]
    return values


def _engaged(
    rng: np.random.Generator, rates: RateSite, names: list[str], sessions: np.ndarray
) -> np.ndarray:
    by_name = {channel.name: channel for channel in rates.site.channels}
    levels = np.column_stack([_log_odds(rates, by_name[name]) for name in names])
    shocks = day_shocks(rng, rates, len(sessions), len(names))
    return rng.binomial(sessions, expit(levels + shocks[:, None]))


def _factors(rng: np.random.Generator, rates: RateSite, sessions: np.ndarray) -> np.ndarray:
    """Shocks as factors around 1, the same for all hours of a day."""
    shocks = day_shocks(rng, rates, len(sessions), sessions.shape[2])
    return np.exp(shocks - rates.shock_sd**2 / 2)[:, None]


def _events(rng: np.random.Generator, rates: RateSite, sessions: np.ndarray) -> np.ndarray:
    """Each session sends at least one; those beyond the first are negative binomial."""
    mean = rates.events * _factors(rng, rates, sessions) - 1
    shape = np.maximum(sessions, 1) * _EVENTS_SHAPE
    more = rng.negative_binomial(shape, _EVENTS_SHAPE / (_EVENTS_SHAPE + np.maximum(mean, 0)))
    return sessions + np.where(sessions > 0, more, 0)


def _seconds(rng: np.random.Generator, rates: RateSite, sessions: np.ndarray) -> np.ndarray:
    """The time of a session is a gamma with many short and few long ones."""
    mean = rates.seconds * _factors(rng, rates, sessions)
    return np.round(rng.gamma(sessions * _SECONDS_SHAPE, mean / _SECONDS_SHAPE))


def add_perfect_channel(frame: pd.DataFrame, name: str, sessions: int, seed: int) -> pd.DataFrame:
    """Add a channel of very few sessions, all of them engaged, each in a period of its own.

    Args:
        frame: from ``simulate_rates``; stays as it is.
        name: of the new channel.
        sessions: how many, each with 12 events and 300 seconds.
        seed: of where they go.
    """
    times = frame["time"].drop_duplicates()
    chosen = np.random.default_rng([seed, 23]).choice(times, sessions, replace=False)
    counts = {"sessions": 1, "engaged_sessions": 1, "events": 12, "engagement_seconds": 300.0}
    added = pd.DataFrame({"time": chosen, "channel": name} | counts)
    return pd.concat([frame, added]).sort_values(["time", "channel"], ignore_index=True)
