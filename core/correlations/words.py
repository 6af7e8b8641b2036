"""Pairs of measures in words. Nothing here says that one measure makes the other move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core import wording
from core.correlations.links import name
from core.correlations.verdicts import (
    CANNOT_TELL,
    DIFFERS,
    FOLLOWS_CLOCK,
    MIN_STRENGTH,
    SAME_NUMBER,
    STILL_THERE,
)
from core.language import group, mark, t
from core.metrics import METRICS

_CLOCKS = ("hour", "day")
"""Grains of which the clock can be taken out."""


def signed(value: float) -> str:
    """A correlation with its sign.

    >>> signed(-0.151), signed(0.27), signed(-0.001)
    ('−0.15', '+0.27', '+0.00')
    """
    return ("−" if round(value, 2) < 0 else "+") + group(value, 2)


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _with_ends(r: float, low: float, high: float) -> str:
    """A correlation with its 95 % interval, where that is known."""
    if not np.isfinite(low):
        return signed(r)
    return t("{r}, 95 % {low} to {high}", r=signed(r), low=signed(low), high=signed(high))


def _both(row: Mapping[str, Any]) -> str:
    return wording.listing([name(row["first"]), name(row["second"])])


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
    pair, reason = _both(row), row["link"]
    if np.isfinite(row["r"]):
        return t(
            "{pair} are the same number twice: {reason} (r = {r}).",
            pair=pair,
            reason=reason,
            r=signed(row["r"]),
        )
    return t("{pair} are the same number twice: {reason}.", pair=pair, reason=reason)


def _differs(row: Mapping[str, Any], grain: str) -> str:
    is_reversed = row["r"] * row["r_within"] < 0 and abs(row["r_within"]) >= MIN_STRENGTH
    text = _DIFFER[bool(row["r"] > 0), bool(is_reversed)]
    return t(text, pair=_both(row), r=signed(row["r"]), within=signed(row["r_within"]))


_DIFFER = {
    (True, True): mark(
        "{pair} rise together when all channels are pooled (r = {r}), but move in opposite ways "
        "within the channels ({within}): the pooled number compares channels."
    ),
    (True, False): mark(
        "{pair} rise together when all channels are pooled (r = {r}), but hardly do so "
        "within the channels ({within}): the pooled number compares channels."
    ),
    (False, True): mark(
        "{pair} move in opposite ways when all channels are pooled (r = {r}), but rise together "
        "within the channels ({within}): the pooled number compares channels."
    ),
    (False, False): mark(
        "{pair} move in opposite ways when all channels are pooled (r = {r}), but hardly do so "
        "within the channels ({within}): the pooled number compares channels."
    ),
}
"""By whether the pooled link is positive, and whether it is reversed within channels."""


def _still(row: Mapping[str, Any], grain: str) -> str:
    left = row["r_without_clock"]
    r = _with_ends(left, row["without_low"], row["without_high"])
    return t(_STILL[grain, bool(left > 0)], pair=_both(row), r=r)


_STILL = {
    ("hour", True): mark(
        "also at the same hour of the week, {pair} rise and fall together (r = {r})."
    ),
    ("hour", False): mark(
        "also at the same hour of the week, {pair} move in opposite ways (r = {r})."
    ),
    ("day", True): mark("also on the same weekday, {pair} rise and fall together (r = {r})."),
    ("day", False): mark("also on the same weekday, {pair} move in opposite ways (r = {r})."),
}
"""By grain, and by whether what is left is positive."""


def _clock(row: Mapping[str, Any], grain: str) -> str:
    left = row["r_without_clock"]
    turns = left * row["r"] < 0 and abs(left) >= MIN_STRENGTH
    text = _BY_THE_CLOCK[grain, bool(turns)]
    return t(text, pair=_both(row), r=signed(row["r"]), left=signed(left))


_BY_THE_CLOCK = {
    ("hour", True): mark(
        "{pair} both follow the clock: at the same hour of the week their link (r = {r}) "
        "turns round ({left})."
    ),
    ("hour", False): mark(
        "{pair} both follow the clock: at the same hour of the week their link (r = {r}) "
        "is gone ({left})."
    ),
    ("day", True): mark(
        "{pair} both follow the clock: on the same weekday their link (r = {r}) "
        "turns round ({left})."
    ),
    ("day", False): mark(
        "{pair} both follow the clock: on the same weekday their link (r = {r}) is gone ({left})."
    ),
}
"""By grain, and by whether the link turns round without the clock."""


def _open(row: Mapping[str, Any], grain: str) -> str:
    pair = _both(row)
    if np.isnan(row["r"]):
        return t(
            "{pair} cannot be compared: one of them does not vary where both are known.", pair=pair
        )
    r = signed(row["r"])
    if np.isnan(row["r_without_clock"]) and grain in _CLOCKS:
        return t(
            "{pair} have r = {r}, but there is too little data to take the clock out, "
            "so nothing can be said.",
            pair=pair,
            r=r,
        )
    if np.isnan(row["r_without_clock"]):
        return t(
            "{pair} have r = {r}, but there are no hours or weekdays to tell chance and seasons "
            "from a link, so nothing can be said.",
            pair=pair,
            r=r,
        )
    if abs(row["r"] - row["r_known"]) >= MIN_STRENGTH:
        return t(
            "{pair} have r = {r} with the zeros written where a ratio has nothing to divide by; "
            "without them it is {known}, and nothing more can be said.",
            pair=pair,
            r=r,
            known=signed(row["r_known"]),
        )
    return t(
        "whether {pair} go together cannot be told: r = {r}, {left} without the clock, which is "
        "not clear enough among so many pairs.",
        pair=pair,
        r=_with_ends(row["r"], row["low"], row["high"]),
        left=signed(row["r_without_clock"]),
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
        found.append(t("Arithmetic: {reason}.", reason=row["link"]))
    if row["verdict"] == FOLLOWS_CLOCK:
        found.append(
            t("People are awake and at work at the same hours, whatever they do on the site.")
        )
    if row["verdict"] == DIFFERS:
        found.append(t("The mix of channels: large and small channels differ in both measures."))
    if row["verdict"] == CANNOT_TELL:
        found.append(t("Chance: numbers that drift slowly often look alike for a while."))
    if _shares_a_count(first.key, second.key):
        found.append(
            t(
                "A shared part: one is divided by what the other counts, and that alone can tie "
                "them (Pearson 1897)."
            )
        )
    if row["verdict"] in (STILL_THERE, FOLLOWS_CLOCK):
        found.append(t("Campaigns, news or holidays that move both on the same days."))
        found.append(t("The mix of channels: a channel that grows brings its own habits with it."))
    if row["verdict"] == STILL_THERE:
        found.append(t("Tagging: a tag that fails or fires twice moves several counts at once."))
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
        SAME_NUMBER: t("Nothing to test: keep one of the two in your reports."),
        FOLLOWS_CLOCK: t(
            "Compare the same hour of two weeks in which {first} differed, and see "
            "whether {second} did too.",
            first=first,
            second=second,
        ),
        DIFFERS: t("Choose one channel above, and look at each channel by itself."),
        STILL_THERE: t(
            "Change {first} on purpose in some weeks chosen by lot (such as a campaign "
            "that is on or off), and compare {second} between these weeks and the others.",
            first=first,
            second=second,
        ),
        CANNOT_TELL: t("Collect more weeks, and look again."),
    }[row["verdict"]]
