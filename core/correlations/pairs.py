"""One pair of measures from near: its dots, its channels, what could explain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.correlations import words
from core.correlations.clock import without_clock
from core.correlations.correlate import correlate
from core.correlations.intervals import correlate_all, correlate_two, make_panel
from core.correlations.observations import (
    MIN_OBSERVATIONS,
    Observations,
    choose_channel,
    observe,
    observe_channels,
)
from core.traffic import Traffic


@dataclass(frozen=True, eq=False)
class Pair:
    """One pair of measures.

    Args:
        row: the pair's row of ``Correlations.frame``.
        observations: one row per observation: ``time``, ``channel``, ``first``, ``second``,
            ``first_without``, ``second_without`` (without the clock, around 0 in the measure's
            own unit; NaN where not possible), ``hour`` (0-23, NaN for days and longer) and
            ``weekday`` (0 is Monday; NaN for weeks and longer).
        by_channel: ``channel``, ``n``, ``n_effective``, ``r``, ``low``, ``high`` and
            ``r_without_clock`` of each channel with enough observations, largest first.
        sentence: what the numbers say.
        explanations: what else could explain it.
        test: how to find out.
    """

    row: dict[str, Any]
    observations: pd.DataFrame
    by_channel: pd.DataFrame
    sentence: str
    explanations: tuple[str, ...]
    test: str


def examine(
    traffic: Traffic, first: str, second: str, level: str = "rows", channel: str | None = None
) -> Pair:
    """Look at one pair from near.

    Args:
        traffic: any grain.
        first: key of a metric.
        second: key of another.
        level: as for ``correlate``.
        channel: look at this channel only.

    Raises:
        NotEnoughData: as ``correlate``.
        ValueError: the pair is not among those that can be correlated.
    """
    row = _find(correlate(traffic, level, channel).frame, first, second)
    chosen = choose_channel(traffic, channel)
    observations = observe(chosen, level).keep([first, second])
    within = observe_channels(chosen, level).keep([first, second])
    return Pair(
        row,
        _dots(observations),
        _by_channel(within, chosen.channels),
        row["sentence"],
        words.explanations(row, observations.grain),
        words.how_to_test(row),
    )


def _find(frame: pd.DataFrame, first: str, second: str) -> dict[str, Any]:
    """The pair's row, named the way it was asked for."""
    pairs = {frozenset((row["first"], row["second"])): row for row in frame.to_dict("records")}
    row = pairs.get(frozenset((first, second)))
    if row is None:
        raise ValueError(f"no pair of {first!r} and {second!r} varies here")
    return row | {"first": first, "second": second}


def _dots(observations: Observations) -> pd.DataFrame:
    times, cleared = observations.times, without_clock(observations)
    left = np.full(observations.known.shape, np.nan) if cleared is None else cleared.values
    has_days = observations.grain in ("hour", "day")
    nothing = np.full(len(times), np.nan)
    columns = {
        "time": times,
        "channel": observations.channels,
        "first": observations.shown.iloc[:, 0].to_numpy(),
        "second": observations.shown.iloc[:, 1].to_numpy(),
        "first_without": left[:, 0],
        "second_without": left[:, 1],
        "hour": times.hour.to_numpy("float64") if observations.grain == "hour" else nothing,
        "weekday": times.day_of_week.to_numpy("float64") if has_days else nothing,
    }
    return pd.DataFrame(columns)


def _by_channel(observations: Observations, channels: tuple[str, ...]) -> pd.DataFrame:
    rows = [_channel_row(observations, channel) for channel in channels]
    columns = ["channel", "n", "n_effective", "r", "low", "high", "r_without_clock"]
    return pd.DataFrame([row for row in rows if row], columns=columns).astype({"n": "int64"})


def _channel_row(observations: Observations, channel: str) -> dict[str, Any]:
    """Empty where the channel has too few observations or does not vary."""
    is_own = (observations.channels == channel) & observations.known.notna().all(axis=1).to_numpy()
    if is_own.sum() < MIN_OBSERVATIONS:
        return {}
    own = Observations(
        observations.shown[is_own].reset_index(drop=True),
        observations.known[is_own].reset_index(drop=True),
        observations.times[is_own],
        observations.channels[is_own],
        observations.grain,
    )
    found = correlate_all(make_panel(own.known.to_numpy("float64"), own.times)).iloc[0].to_dict()
    if np.isnan(found["r"]):
        return {}
    cleared = without_clock(own)
    left = np.nan if cleared is None else correlate_two(*cleared.values.T)
    return {"channel": channel, **found, "r_without_clock": left}
