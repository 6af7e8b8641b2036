"""What is correlated: one row per observation, at the level that a person chooses."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import NotEnoughData
from core.metrics import METRICS, available_metrics, ratio, values
from core.traffic import ALL_CHANNELS, Traffic, total_over_time

LEVELS = ("rows", "hour", "day")
MIN_OBSERVATIONS = 10


@dataclass(frozen=True, eq=False)
class Observations:
    """Measures side by side, in the order of time.

    Args:
        shown: one column per metric; at the level of rows a ratio without a denominator is 0, as
            GA4 writes it. Correlated for the matrix, so that it agrees with the file.
        known: the same, but such a ratio is NaN. An hour without visits has no engagement rate:
            a zero there tells only that nobody came, so no verdict rests on it.
        times: start of the period of each row.
        channels: channel of each row.
        grain: period of a row: ``hour``, ``day``, ``week``, ``month`` or ``none``.
    """

    shown: pd.DataFrame
    known: pd.DataFrame
    times: pd.DatetimeIndex
    channels: NDArray[np.object_]
    grain: str

    @property
    def has_channels(self) -> bool:
        """Whether there are several channels to tell apart."""
        return len(self.channels) > 0 and bool((self.channels != self.channels[0]).any())

    def keep(self, keys: list[str]) -> Observations:
        """The same rows with these metrics only."""
        return replace(self, shown=self.shown[keys], known=self.known[keys])


def possible_levels(traffic: Traffic) -> tuple[str, ...]:
    """Levels that this traffic can be correlated at, finest first.

    Without channels the rows are the hours (or days) themselves, and not a level of their own.
    """
    totals = {"hour": ("hour", "day"), "day": ("day",)}.get(traffic.grain, ())
    return ("rows", *totals) if traffic.has_channels or not totals else totals


def choose_channel(traffic: Traffic, channel: str | None) -> Traffic:
    """Only the rows of one channel; the periods covered stay.

    Raises:
        ValueError: the traffic has no such channel.
    """
    if channel is None:
        return traffic
    is_chosen = traffic.frame["channel"] == channel
    if not is_chosen.any():
        raise ValueError(f"no channel {channel!r}; use any of {traffic.channels}")
    return replace(traffic, frame=traffic.frame[is_chosen].reset_index(drop=True))


def observe(traffic: Traffic, level: str) -> Observations:
    """Every available metric at a level.

    Args:
        traffic: any grain.
        level: ``rows`` (period × channel as exported), ``hour`` or ``day`` (totals of all
            channels, periods without a row count as 0).

    Raises:
        NotEnoughData: ``needs_hours`` (``grain``) for a level finer than the traffic.
    """
    if level == "rows":
        frame = traffic.frame
        channels, times = frame["channel"].to_numpy(object), pd.DatetimeIndex(frame["time"])
        return _as_exported(
            _measure(frame, times, channels, available_metrics(traffic), traffic.grain), frame
        )
    _require(traffic, level)
    counts = total_over_time(traffic, traffic.exported)
    if level == "day":
        counts = counts.groupby(pd.DatetimeIndex(counts.index).normalize()).sum()
    channels = np.full(len(counts), ALL_CHANNELS, object)
    return _measure(
        counts, pd.DatetimeIndex(counts.index), channels, available_metrics(traffic), level
    )


def observe_channels(traffic: Traffic, level: str) -> Observations:
    """The same level within each channel: one row per period and channel that the file has."""
    if level != "day" or traffic.grain == "day":
        return observe(traffic, "rows")
    frame = traffic.frame
    days = frame["time"].dt.normalize()
    counts = frame.groupby([days, "channel"])[list(traffic.exported)].sum().reset_index()
    channels, times = counts["channel"].to_numpy(object), pd.DatetimeIndex(counts["time"])
    return _measure(counts, times, channels, available_metrics(traffic), "day")


def _require(traffic: Traffic, level: str) -> None:
    if level not in LEVELS:
        raise ValueError(f"level must be one of {LEVELS}, not {level!r}")
    if traffic.grain not in ("hour", level):
        raise NotEnoughData("needs_hours", grain=traffic.grain)


def _measure(
    counts: pd.DataFrame,
    times: pd.DatetimeIndex,
    channels: NDArray[np.object_],
    keys: tuple[str, ...],
    grain: str,
) -> Observations:
    known = pd.DataFrame({key: values(counts, key) for key in keys}).reset_index(drop=True)
    return Observations(known, known, times, channels, grain)


def _as_exported(observations: Observations, counts: pd.DataFrame) -> Observations:
    """GA4 writes 0 for a ratio whose denominator is 0."""
    ratios = {
        key: ratio(counts, key, empty=0.0).to_numpy()
        for key in map(str, observations.known)
        if METRICS[key].is_ratio
    }
    return replace(observations, shown=observations.known.assign(**ratios))
