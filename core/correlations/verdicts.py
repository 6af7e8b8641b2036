"""The one verdict that each pair of measures gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from core.language import mark

SAME_NUMBER = mark("same number twice")
FOLLOWS_CLOCK = mark("both follow the clock")
DIFFERS = mark("differs between channels")
STILL_THERE = mark("still there")
CANNOT_TELL = mark("cannot tell")

FALSE_DISCOVERY_RATE = 0.05
MIN_STRENGTH = 0.1
"""A weaker correlation explains less than 1 % of the spread and is not worth a sentence."""
_SEEN_BY_ALL = 0.2
"""A correlation that a person sees in the matrix and asks about, however few the looks."""
_NOTHING = 0.05
_CLOCK_SHARE = 0.05
"""What follows the clock has at least that part of its spread from it, beyond chance."""


def decide(row: Mapping[str, Any]) -> str:
    """Verdict of a pair: the first that applies, strictest first.

    Args:
        row: ``link``, ``r``, ``low``, ``high``, ``r_known`` (without ratios that have no
            denominator), ``r_within``, ``within_low``, ``within_high``, ``r_without_clock``,
            ``p_value`` (adjusted), ``p_sign`` (sign of the link that it belongs to),
            ``clock_share`` (of the measure that follows the clock less) and ``is_pooled``
            (whether the observations are those of several channels).
    """
    verdicts: tuple[tuple[str, Callable[[Mapping[str, Any]], bool]], ...] = (
        (SAME_NUMBER, lambda pair: pair["link"] != ""),
        (CANNOT_TELL, lambda pair: bool(np.isnan(pair["r"]))),
        (DIFFERS, _is_reversed_within),
        (CANNOT_TELL, lambda pair: bool(np.isnan(pair["r_without_clock"]))),
        (STILL_THERE, _is_left),
        (DIFFERS, _is_gone_within),
        (FOLLOWS_CLOCK, _went_with_the_clock),
    )
    return next((verdict for verdict, applies in verdicts if applies(row)), CANNOT_TELL)


def _excludes_zero(low: float, high: float) -> bool:
    return low > 0 or high < 0


def _was_there(row: Mapping[str, Any]) -> bool:
    """A link to be seen, and not only one of zeros written for ratios of nothing."""
    size = min(abs(row["r"]), abs(row["r_known"])) if row["r"] * row["r_known"] > 0 else 0.0
    return size >= _SEEN_BY_ALL or (
        size >= MIN_STRENGTH and _excludes_zero(row["low"], row["high"])
    )


def _is_reversed_within(row: Mapping[str, Any]) -> bool:
    """Simpson's paradox: pooled and within the channels, both clear, with opposite signs."""
    pooled, within = row["r_known"], row["r_within"]
    is_pooled_there = abs(row["r"]) >= _SEEN_BY_ALL or _excludes_zero(row["low"], row["high"])
    is_within_there = _excludes_zero(row["within_low"], row["within_high"])
    is_strong = abs(within) >= MIN_STRENGTH and min(abs(pooled), abs(row["r"])) >= _NOTHING
    is_opposite = pooled * within < 0 and row["r"] * within < 0
    return bool(is_pooled_there and is_within_there and is_strong and is_opposite)


def _is_gone_within(row: Mapping[str, Any]) -> bool:
    """Most of the pooled link is a difference between channels, and not between hours."""
    pooled = row["r_known"]
    within = row["r_within"] * np.sign(pooled)
    return bool(row["is_pooled"] and _was_there(row) and within < abs(pooled) / 2)


def _is_left(row: Mapping[str, Any]) -> bool:
    left = row["r_without_clock"]
    is_sure = row["p_value"] < FALSE_DISCOVERY_RATE and row["p_sign"] * left > 0
    # A link that the clock hides, or that it does not turn round.
    is_same_way = row["r_known"] * left > 0 or abs(row["r_known"]) < MIN_STRENGTH
    return bool(is_sure and abs(left) >= MIN_STRENGTH and is_same_way)


def _went_with_the_clock(row: Mapping[str, Any]) -> bool:
    left = row["r_without_clock"] * np.sign(row["r_known"])
    is_gone = _was_there(row) and left < abs(row["r_known"]) / 2
    is_turned = row["p_value"] < FALSE_DISCOVERY_RATE and left <= -MIN_STRENGTH
    return bool((is_gone or is_turned) and row["clock_share"] >= _CLOCK_SHARE)
