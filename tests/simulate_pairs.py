"""Simulated pairs of measures whose link is known: none, a given one, a delayed one, a flip.

Written without a look at any analysis, so that a test against it is independent. A measure is

    mean x clock x (1 + swing x noise)

The noise has mean 0, sd 1 and a memory from one period to the next. The two measures go into the
columns ``sessions`` and ``clicks``, which nothing ties together by the way they are counted.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

MEANS = (1000.0, 600.0)
"""Of sessions and clicks: so large that rounding is no noise of its own."""
PEAKS = (14.0, 16.0)
"""Busiest hours of sessions and clicks."""

_SWING = 0.1
_WEEKDAYS = np.array([1.05, 1.08, 1.06, 1.02, 0.95, 0.85, 0.99])
_STEPS_PER_DAY = {"hour": 24, "day": 1}


def linked_noise(
    rng: np.random.Generator, length: int, memory: float, link: float, lag: int = 0
) -> np.ndarray:
    """Draw two stationary AR(1) series of sd 1.

    Args:
        rng: where the chance comes from.
        length: of each.
        memory: correlation of each with itself one period before.
        link: correlation of the second with the first, ``lag`` periods before.
        lag: how many periods the first comes earlier.

    Returns:
        Two rows.
    """
    first, own = _remembering(rng, 2, length + lag, memory)
    second = link * first + np.sqrt(1 - link**2) * own
    return np.array([first[lag:], second[: len(second) - lag]])


def _remembering(rng: np.random.Generator, count: int, length: int, memory: float) -> np.ndarray:
    values = rng.normal(size=(count, length))
    for place in range(1, length):
        news = np.sqrt(1 - memory**2) * values[:, place]
        values[:, place] = memory * values[:, place - 1] + news
    return values


def clock(times: pd.DatetimeIndex, strength: float, peak: float = 14.0) -> np.ndarray:
    """Return factors around 1 by hour of the day and weekday; all 1 where ``strength`` is 0."""
    weekdays = _WEEKDAYS[times.day_of_week.to_numpy()] ** (5 * strength)
    hours = np.ones(len(times))
    if (times.hour != 0).any():
        hours += strength * np.cos((times.hour.to_numpy() - peak) / 24 * 2 * np.pi)
    return weekdays * hours


def simulate_pair(
    seed: int,
    days: int = 28,
    grain: str = "hour",
    *,
    memory: float = 0.5,
    link: float = 0.0,
    lag: int = 0,
    strength: float = 0.0,
) -> pd.DataFrame:
    """Draw sessions and clicks.

    Args:
        seed: same arguments, same frame.
        days: how long.
        grain: ``hour`` or ``day``.
        memory: correlation of each with itself one period before, once the clock is removed.
        link: correlation of the two once the clock is removed.
        lag: by how many periods the clicks follow the sessions.
        strength: of the clock, 0 to 1; clicks are busiest two hours after sessions.

    Returns:
        ``time``, ``sessions`` and ``clicks`` (whole, positive numbers).
    """
    rng = np.random.default_rng([seed, 30])
    steps = days * _STEPS_PER_DAY[grain]
    freq = "h" if grain == "hour" else "D"
    times = pd.date_range("2024-01-01", periods=steps, freq=freq, unit="s")
    noise = linked_noise(rng, steps, memory, link, lag)
    counts = [
        np.maximum(np.round(mean * clock(times, strength, peak) * (1 + _SWING * row)), 1)
        for mean, peak, row in zip(MEANS, PEAKS, noise, strict=True)
    ]
    return pd.DataFrame({"time": times, "sessions": counts[0], "clicks": counts[1]})


def true_link(days: int, grain: str, link: float, strength: float) -> float:
    """Return the correlation that the counts have around their clock.

    Noise is multiplied by the clock, so busy hours weigh more; that the two clocks differ makes the
    correlation a little weaker than ``link``.
    """
    freq, steps = ("h" if grain == "hour" else "D"), days * _STEPS_PER_DAY[grain]
    times = pd.date_range("2024-01-01", periods=steps, freq=freq, unit="s")
    first, second = (clock(times, strength, peak) for peak in PEAKS)
    return float(link * (first @ second) / np.sqrt((first @ first) * (second @ second)))


def simulate_flip(
    seed: int, days: int = 28, grain: str = "hour", *, link: float = -0.6, memory: float = 0.5
) -> pd.DataFrame:
    """Draw four channels: the larger has more of both, yet within each the two go against another.

    Args:
        seed: same arguments, same frame.
        days: how long.
        grain: ``hour`` or ``day``.
        link: correlation within each channel; that of all rows together is clearly positive.
        memory: as in ``simulate_pair``.

    Returns:
        ``time``, ``channel``, ``sessions`` and ``clicks``, sorted by time and channel.
    """
    parts = []
    for place, size in enumerate((0.7, 0.9, 1.1, 1.3)):
        part = simulate_pair(1000 * seed + place, days, grain, memory=memory, link=link)
        counts = (part[["sessions", "clicks"]] * size).round()
        channel = f"Channel {place + 1}"
        parts.append(part[["time"]].assign(channel=channel, **counts))
    return pd.concat(parts).sort_values(["time", "channel"], ignore_index=True)
