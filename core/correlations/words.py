"""Pairs of measures in words. Nothing here says that one measure makes the other move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.correlations.links import name
from core.correlations.verdicts import (
    CANNOT_TELL,
    DIFFERS,
    FOLLOWS_CLOCK,
    MIN_STRENGTH,
    SAME_NUMBER,
    STILL_THERE,
)
from core.metrics import METRICS

_SAME_TIME = {"hour": "at the same hour of the week", "day": "on the same weekday"}


def signed(value: float) -> str:
    """A correlation with its sign.

    >>> signed(-0.151), signed(0.27), signed(-0.001)
    ('−0.15', '+0.27', '+0.00')
    """
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _interval(low: float, high: float) -> str:
    return f", 95 % {signed(low)} to {signed(high)}" if np.isfinite(low) else ""


def _both(row: Mapping[str, Any]) -> str:
    return f"{name(row['first'])} and {name(row['second'])}"


def sentence(row: Mapping[str, Any], grain: str) -> str:
    """One sentence on a pair.

    Args:
        row: a row of ``Correlations.frame`` with its verdict.
        grain: period of an observation.
    """
    makers = {
        SAME_NUMBER: _same,
        DIFFERS: _differs,
        STILL_THERE: _still,
        FOLLOWS_CLOCK: _clock,
        CANNOT_TELL: _open,
    }
    return _upper(makers[row["verdict"]](row, grain))


def _same(row: Mapping[str, Any], grain: str) -> str:
    end = f" (r = {signed(row['r'])})" if np.isfinite(row["r"]) else ""
    return f"{_both(row)} are the same number twice: {row['link']}{end}."


def _differs(row: Mapping[str, Any], grain: str) -> str:
    ways = ("rise together", "move in opposite ways")
    pooled, opposite = ways if row["r"] > 0 else ways[::-1]
    is_reversed = row["r"] * row["r_within"] < 0 and abs(row["r_within"]) >= MIN_STRENGTH
    return (
        f"{_both(row)} {pooled} when all channels are pooled (r = {signed(row['r'])}), but "
        f"{opposite if is_reversed else 'hardly do so'} within the channels "
        f"({signed(row['r_within'])}): the pooled number compares channels."
    )


def _still(row: Mapping[str, Any], grain: str) -> str:
    left = row["r_without_clock"]
    way = "rise and fall together" if left > 0 else "move in opposite ways"
    ends = _interval(row["without_low"], row["without_high"])
    return f"also {_SAME_TIME[grain]}, {_both(row)} {way} (r = {signed(left)}{ends})."


def _clock(row: Mapping[str, Any], grain: str) -> str:
    left = row["r_without_clock"]
    end = "turns round" if left * row["r"] < 0 and abs(left) >= MIN_STRENGTH else "is gone"
    return (
        f"{_both(row)} both follow the clock: {_SAME_TIME[grain]} their link "
        f"(r = {signed(row['r'])}) {end} ({signed(left)})."
    )


def _open(row: Mapping[str, Any], grain: str) -> str:
    if np.isnan(row["r"]):
        return f"{_both(row)} cannot be compared: one of them does not vary where both are known."
    if np.isnan(row["r_without_clock"]):
        reason = (
            "there is too little data to take the clock out"
            if grain in _SAME_TIME
            else "there are no hours or weekdays to tell chance and seasons from a link"
        )
        return f"{_both(row)} have r = {signed(row['r'])}, but {reason}, so nothing can be said."
    if abs(row["r"] - row["r_known"]) >= MIN_STRENGTH:
        return (
            f"{_both(row)} have r = {signed(row['r'])} with the zeros written where a ratio has "
            f"nothing to divide by; without them it is {signed(row['r_known'])}, and nothing more "
            "can be said."
        )
    return (
        f"whether {_both(row)} go together cannot be told: r = {signed(row['r'])}"
        f"{_interval(row['low'], row['high'])}, {signed(row['r_without_clock'])} without the "
        "clock, which is not clear enough among so many pairs."
    )


def explanations(row: Mapping[str, Any], grain: str) -> tuple[str, ...]:
    """What else could explain a pair, most likely first.

    Args:
        row: a row of ``Correlations.frame``.
        grain: period of an observation.
    """
    first, second = METRICS[row["first"]], METRICS[row["second"]]
    found = []
    if row["verdict"] == SAME_NUMBER:
        found.append(f"Arithmetic: {row['link']}.")
    if row["verdict"] == FOLLOWS_CLOCK:
        found.append(
            "People are awake and at work at the same hours, whatever they do on the site."
        )
    if row["verdict"] == DIFFERS:
        found.append("The mix of channels: large and small channels differ in both measures.")
    if row["verdict"] == CANNOT_TELL:
        found.append("Chance: numbers that drift slowly often look alike for a while.")
    if _shares_a_count(first.key, second.key):
        found.append(
            "A shared part: one is divided by what the other counts, and that alone can tie them "
            "(Pearson 1897)."
        )
    if row["verdict"] in (STILL_THERE, FOLLOWS_CLOCK):
        found.append("Campaigns, news or holidays that move both on the same days.")
        found.append("The mix of channels: a channel that grows brings its own habits with it.")
    if row["verdict"] == STILL_THERE:
        found.append("Tagging: a tag that fails or fires twice moves several counts at once.")
    return tuple(found)


def _shares_a_count(first: str, second: str) -> bool:
    """One of the two is a ratio over something that the other one is or divides by, too."""
    parts = [{METRICS[key].numerator, METRICS[key].denominator} - {None} for key in (first, second)]
    is_ratio = METRICS[first].is_ratio or METRICS[second].is_ratio
    return is_ratio and bool(parts[0] & parts[1])


def how_to_test(row: Mapping[str, Any]) -> str:
    """How to find out more about a pair.

    Args:
        row: a row of ``Correlations.frame``.
    """
    first, second = name(row["first"]), name(row["second"])
    return {
        SAME_NUMBER: "Nothing to test: keep one of the two in your reports.",
        FOLLOWS_CLOCK: f"Compare the same hour of two weeks in which {first} differed, and see "
        f"whether {second} did too.",
        DIFFERS: "Choose one channel above, and look at each channel by itself.",
        STILL_THERE: f"Change {first} on purpose in some weeks chosen by lot (such as a campaign "
        f"that is on or off), and compare {second} between these weeks and the others.",
        CANNOT_TELL: "Collect more weeks, and look again.",
    }[row["verdict"]]
