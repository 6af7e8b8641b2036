"""Simulated websites with a known truth: what a detector must find, and what is only noise.

Written without a look at any detector, so that a test against it is independent. Expected sessions
of a channel in an hour are

    mean x hour of the day x weekday x growth x day shock of the site x day shock of the channel

and the counts around it are negative binomial: variance = expected + expected² / size. Day shocks
have a memory, as those of real sites do: after a good day often follows another one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

COLUMNS = ["time", "channel", "sessions", "engaged_sessions"]

NAMES = (
    "Organic Search",
    "Direct",
    "Paid Search",
    "Referral",
    "Organic Social",
    "Email",
    "Organic Video",
)

_WEEKDAYS = np.array([1.03, 1.04, 1.02, 1.0, 0.91, 0.95, 1.05])
_ENGAGEMENT_SD = 0.1


@dataclass(frozen=True)
class Channel:
    """How one channel behaves.

    Args:
        name: as exported.
        mean: sessions an hour on a workday, averaged over the hours of the day.
        peak: busiest hour of the day; 13 is an office channel, 20 an evening channel.
        swing: how strong the day shape is; log of peak over trough is twice that.
        weekend: expected sessions of Saturday and Sunday, relative to a workday.
        late: by how many hours people come later at the weekend.
        rate: share of sessions that are engaged.
    """

    name: str
    mean: float
    peak: float = 13.0
    swing: float = 1.0
    weekend: float = 0.7
    late: float = 1.0
    rate: float = 0.55


_USUAL = (
    Channel("Organic Search", 60.0),
    Channel("Direct", 25.0, peak=14.0, swing=0.8, weekend=0.8, rate=0.45),
    Channel("Organic Social", 12.0, peak=20.0, swing=1.2, weekend=1.3, late=0.5, rate=0.35),
    Channel("Email", 3.5, peak=9.5, swing=1.4, weekend=0.4, rate=0.65),
    Channel("Referral", 0.4, weekend=0.6),
)


@dataclass(frozen=True)
class Site:
    """How one website behaves. Shocks are standard deviations of the log of a whole day.

    Args:
        channels: largest first.
        weeks: length in weeks.
        start: first day.
        growth: relative growth a week; 0.05 is 5 %.
        site_sd: day shock that all channels share.
        site_memory: correlation of that shock with the one of the day before.
        channel_sd: day shock of each channel by itself.
        channel_memory: correlation of that shock with the one of the day before.
        size: of the negative binomial; small is rough, infinity would be Poisson.
    """

    channels: tuple[Channel, ...] = _USUAL
    weeks: int = 8
    start: str = "2024-01-01"
    growth: float = 0.0
    site_sd: float = 0.08
    site_memory: float = 0.5
    channel_sd: float = 0.06
    channel_memory: float = 0.5
    size: float = 25.0

    @property
    def days(self) -> pd.DatetimeIndex:
        """All its days."""
        return pd.date_range(self.start, periods=self.weeks * 7, freq="D", unit="s")


def random_site(seed: int) -> Site:
    """Draw a site, so that a benchmark covers many kinds of them.

    Ranges, uniform unless said: 3 to 7 channels; 20 to 400 sessions an hour in total (log-uniform),
    of which the smallest channel has 0.1 to 0.7 (log-uniform); 4 to 12 weeks; growth -1 to 2 % a
    week; memories 0 to 0.7; shocks 0.03 to 0.12; size 10 to 60. ``_random_channel`` has the rest.
    """
    rng = np.random.default_rng([seed, 1])
    names = rng.permutation(NAMES)[: rng.integers(3, 8)]
    means = _random_means(rng, len(names))
    return Site(
        channels=tuple(map(_random_channel, [rng] * len(names), names, means)),
        weeks=int(rng.integers(4, 13)),
        start=f"2024-01-{rng.integers(1, 8):02d}",
        growth=rng.uniform(-0.01, 0.02),
        site_sd=rng.uniform(0.03, 0.12),
        site_memory=rng.uniform(0, 0.7),
        channel_sd=rng.uniform(0.03, 0.12),
        channel_memory=rng.uniform(0, 0.7),
        size=rng.uniform(10, 60),
    )


def _random_means(rng: np.random.Generator, count: int) -> np.ndarray:
    """Sessions an hour, falling by a factor of 1.6 to 4 from one channel to the next."""
    total = np.exp(rng.uniform(np.log(20), np.log(400)))
    smallest = np.exp(rng.uniform(np.log(0.1), np.log(0.7)))
    weights = 1 / np.cumprod(rng.uniform(1.6, 4, count - 1))
    large = weights / weights.sum() * (total - smallest)
    return np.sort(np.append(large, smallest))[::-1]


def _random_channel(rng: np.random.Generator, name: str, mean: float) -> Channel:
    """Office or evening channel, with a quiet or a busy weekend."""
    is_evening = rng.random() < 0.35
    return Channel(
        name=str(name),
        mean=float(mean),
        peak=rng.uniform(18, 22) if is_evening else rng.uniform(10, 15),
        swing=rng.uniform(0.5, 1.5),
        weekend=rng.uniform(0.9, 1.5) if is_evening else rng.uniform(0.3, 1.0),
        late=rng.uniform(0, 2),
        rate=rng.uniform(0.3, 0.75),
    )


def simulate(seed: int, site: Site | None = None, *, daily: bool = False) -> pd.DataFrame:
    """Draw the counts of a site in which nothing happens.

    Args:
        seed: same seed and site, same frame.
        site: by default ``Site()``.
        daily: add hours up to days.

    Returns:
        ``time`` (start of the hour or day), ``channel``, ``sessions`` and ``engaged_sessions``
        (whole numbers); one row per time and channel, zeros included, sorted by both.
    """
    site = site or Site()
    rng = np.random.default_rng([seed, 2])
    shared = _shocks(rng, len(site.days), site.site_sd, site.site_memory)
    parts = [_channel_frame(rng, site, channel, shared) for channel in site.channels]
    frame = pd.concat(parts)
    if daily:
        days = frame["time"].dt.normalize()
        frame = frame.drop(columns="time").groupby([days, "channel"]).sum().reset_index()
    return frame.sort_values(["time", "channel"], ignore_index=True)[COLUMNS]


def expected_sessions(site: Site, channel: Channel) -> np.ndarray:
    """Return the sessions expected each hour, before any shock: one row per day, 24 columns."""
    day = np.arange(len(site.days))
    weekday = site.days.day_of_week.to_numpy()
    is_weekend = weekday >= 5
    level = np.where(is_weekend, channel.weekend, 1.0) * _WEEKDAYS[weekday]
    level *= (1 + site.growth) ** (day / 7)
    shapes = np.array([_day_shape(channel, 0), _day_shape(channel, channel.late)])
    return channel.mean * level[:, None] * shapes[is_weekend.astype(int)]


def _day_shape(channel: Channel, late: float) -> np.ndarray:
    """24 factors around 1."""
    angle = (np.arange(24) - channel.peak - late) / 24 * 2 * np.pi
    shape = np.exp(channel.swing * np.cos(angle))
    return shape / shape.mean()


def _shocks(rng: np.random.Generator, days: int, sd: float, memory: float) -> np.ndarray:
    """Factors around 1, one a day: exp of a stationary AR(1) with that sd."""
    logs = rng.normal(0, sd, days)
    for day in range(1, days):
        logs[day] = memory * logs[day - 1] + np.sqrt(1 - memory**2) * logs[day]
    return np.exp(logs - sd**2 / 2)


def _channel_frame(
    rng: np.random.Generator, site: Site, channel: Channel, shared: np.ndarray
) -> pd.DataFrame:
    own = _shocks(rng, len(shared), site.channel_sd, site.channel_memory)
    mean = expected_sessions(site, channel) * (shared * own)[:, None]
    sessions = rng.negative_binomial(site.size, site.size / (site.size + mean))
    odds = channel.rate / (1 - channel.rate) * np.exp(rng.normal(0, _ENGAGEMENT_SD, len(shared)))
    engaged = rng.binomial(sessions, (odds / (1 + odds))[:, None])
    times = pd.date_range(site.start, periods=mean.size, freq="h", unit="s")
    counts = {"sessions": sessions.ravel(), "engaged_sessions": engaged.ravel()}
    return pd.DataFrame({"time": times, "channel": channel.name} | counts)


def plant_spike(
    frame: pd.DataFrame,
    channel: str,
    start: pd.Timestamp,
    hours: int = 4,
    factor: float = 3.5,
    seed: int = 0,
) -> pd.DataFrame:
    """Multiply the expected counts of one channel over some hours; a factor below 1 plants a dip.

    Args:
        frame: from ``simulate``; stays as it is.
        channel: where it happens.
        start: first hour; for daily data the day.
        hours: how long; for daily data 24 for each day.
        factor: what the expected counts are multiplied by.
        seed: of the noise of the sessions that are added or left out.

    Returns:
        A frame like ``frame``: whole numbers, the same share of sessions engaged.
    """
    end = start + pd.Timedelta(hours=hours)
    is_hit = frame["time"].ge(start) & frame["time"].lt(end) & frame["channel"].eq(channel)
    return _multiplied(frame, is_hit, factor, seed)


def plant_level(
    frame: pd.DataFrame,
    day: pd.Timestamp,
    factor: float = 0.7,
    channel: str | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Multiply all expected counts from a day on, as when a tag is lost on part of the pages.

    Args:
        frame: from ``simulate``; stays as it is.
        day: first day of the new level.
        factor: what the expected counts are multiplied by; 0.7 is a drop of 30 %.
        channel: where it happens; by default everywhere.
        seed: of the noise of the sessions that are added or left out.

    Returns:
        A frame like ``frame``: whole numbers, the same share of sessions engaged.
    """
    is_hit = frame["time"].ge(day)
    if channel is not None:
        is_hit &= frame["channel"].eq(channel)
    return _multiplied(frame, is_hit, factor, seed)


def _multiplied(frame: pd.DataFrame, is_hit: pd.Series, factor: float, seed: int) -> pd.DataFrame:
    """Treat engaged and other sessions alike, so that neither can outnumber the sessions."""
    rng = np.random.default_rng([seed, 3])
    hit = frame.loc[is_hit, ["sessions", "engaged_sessions"]].to_numpy()
    engaged = _resized(rng, hit[:, 1], factor)
    sessions = engaged + _resized(rng, hit[:, 0] - hit[:, 1], factor)
    result = frame.copy()
    result.loc[is_hit, "sessions"] = sessions
    result.loc[is_hit, "engaged_sessions"] = engaged
    return result


def _resized(rng: np.random.Generator, counts: np.ndarray, factor: float) -> np.ndarray:
    if factor < 1:
        return rng.binomial(counts, factor)
    return counts + rng.poisson((factor - 1) * counts)


def random_days(
    rng: np.random.Generator,
    frame: pd.DataFrame,
    count: int = 1,
    before: int = 7,
    after: int = 3,
    apart: int = 3,
) -> list[pd.Timestamp]:
    """Choose days to plant something on.

    Args:
        rng: where the chance comes from.
        frame: with ``time``.
        count: how many days.
        before: days left untouched at the start.
        after: days left untouched at the end.
        apart: least distance between two of the days.

    Returns:
        The days, in order.
    """
    days = frame["time"].dt.normalize().drop_duplicates().sort_values().to_list()
    allowed = days[before : len(days) - after]
    free = allowed[rng.integers(min(apart, len(allowed))) :: apart]
    chosen = rng.choice(len(free), size=count, replace=False)
    return [free[place] for place in sorted(chosen)]


def random_evenings(
    rng: np.random.Generator, frame: pd.DataFrame, count: int = 1, before: int = 7, after: int = 3
) -> list[pd.Timestamp]:
    """Choose evenings, starting at 17 to 20 o'clock; see ``random_days``."""
    days = random_days(rng, frame, count, before, after)
    return [day + pd.Timedelta(hours=int(rng.integers(17, 21))) for day in days]
