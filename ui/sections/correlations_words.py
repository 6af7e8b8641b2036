"""Names of pairs and verdicts in words, for all sections of the Correlations page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from core import wording
from core.correlations import CANNOT_TELL, DIFFERS, FOLLOWS_CLOCK, SAME_NUMBER, STILL_THERE
from core.language import group, in_sentence, mark, t
from core.traffic import Traffic
from ui import guesses

PairKey = tuple[str, str]

LEVELS: Mapping[str, str] = {
    "rows": mark("Rows of the file"),
    "hour": mark("Hours"),
    "day": mark("Days"),
}
LEVELS_INSIDE: Mapping[str, str] = {
    "rows": mark("rows of the file"),
    "hour": mark("hours"),
    "day": mark("days"),
}
"""The same for the middle of a sentence."""
METHODS: Mapping[str, str] = {
    "pearson": mark("Straight line (Pearson)"),
    "spearman": mark("Order only (Spearman)"),
}
METHODS_INSIDE: Mapping[str, str] = {
    "pearson": mark("straight line (Pearson)"),
    "spearman": mark("order only (Spearman)"),
}
"""The same for the middle of a sentence."""
COEFFICIENTS: Mapping[str, str] = {"pearson": "r", "spearman": "rho"}
"""Column of each kind of correlation."""
INTERVALS: Mapping[str, tuple[str, str, str]] = {
    "pearson": ("r", "low", "high"),
    "spearman": ("rho", "rho_low", "rho_high"),
}
"""Columns of each kind of correlation with its 95 % interval."""
VERDICTS: Mapping[str, str] = {
    STILL_THERE: mark("also at the same hour and weekday; worth a look"),
    DIFFERS: mark("all channels together show it, the single channels do not"),
    FOLLOWS_CLOCK: mark("the link goes once hour and weekday are taken out"),
    CANNOT_TELL: mark("it could be chance"),
    SAME_NUMBER: mark("linked by how they are counted; no insight"),
}
"""Every verdict with its meaning, the most worth a look first."""

SIGNS: Mapping[str, str] = {
    STILL_THERE: mark("Bold with a frame: still there at the same hour and weekday."),
    DIFFERS: mark("Dashed frame: all channels together show it, the single channels do not."),
    FOLLOWS_CLOCK: mark("Pale with a small clock: both follow the clock."),
    CANNOT_TELL: mark("No colour: cannot tell."),
    SAME_NUMBER: mark("Grey with =: the same number twice."),
}
"""How the matrix marks each verdict."""

CAVEATS: Mapping[str, str] = {
    "clock_unknown": mark(
        "The clock cannot be taken out here: that takes two weeks of hours or three "
        "weeks of days. So no link is called a finding."
    ),
}
"""What must be said next to the numbers, by code."""
OPEN = mark("the clock cannot be taken out")
"""Why nothing can be told where the clock is unknown."""


def labels_of(traffic: Traffic, keys: Iterable[str]) -> dict[str, str]:
    """Metric key to its name."""
    return {key: wording.metric_label(key, traffic.grain, is_summed=False) for key in keys}


def pair_name(labels: Mapping[str, str], first: str, second: str) -> str:
    """Two measures in one name.

    >>> pair_name({"users": "Users", "engagement_rate": "Engagement rate"}, "users",
    ...           "engagement_rate")
    'Users and engagement rate'
    """
    return wording.listing([labels[first], in_sentence(labels[second])])


def pair_inside(labels: Mapping[str, str], first: str, second: str) -> str:
    """The same in the middle of a sentence."""
    return wording.listing([in_sentence(labels[first]), in_sentence(labels[second])])


def signed(value: float) -> str:
    """A correlation with its sign.

    >>> signed(-0.094), signed(-0.004), signed(float("nan"))
    ('−0.09', '0.00', 'not available')
    """
    if not math.isfinite(value):
        return t("not available")
    rounded = round(value, 2)
    sign = "−" if rounded < 0 else "+" if rounded else ""
    return sign + group(rounded, 2)


def with_interval(value: float, low: float, high: float) -> str:
    """A correlation with its 95 % interval, where that is known.

    >>> with_interval(0.27, -0.11, 0.58)
    '+0.27, 95 % interval −0.11 to +0.58'
    """
    if not math.isfinite(low):
        return signed(value)
    return t(
        "{correlation}, 95 % interval {low} to {high}",
        correlation=signed(value),
        low=signed(low),
        high=signed(high),
    )


def how_they_go(value: float, low: float, high: float) -> str:
    """What a correlation says of two measures, with care where its interval holds zero.

    >>> how_they_go(0.27, -0.11, 0.58), how_they_go(-0.7, -0.8, -0.6)
    ('no clear link', 'one strongly falls as the other rises')
    """
    is_clear = not math.isfinite(low) or low > 0 or high < 0
    direction = guesses.direction_of(value)
    if not is_clear:
        return t("no clear link")
    if direction == guesses.NONE:
        return t("no link to speak of")
    return guesses.in_words(direction, guesses.strength_of(value))


def by_clock(text: str, grain: str) -> str:
    """A marked text on hours and weekdays, for observations that have weekdays only.

    >>> by_clock(VERDICTS[FOLLOWS_CLOCK], "day")
    'the link goes once the weekday is taken out'
    """
    return text if grain == "hour" else _BY_DAY.get(text, text)


_BY_DAY = {
    VERDICTS[STILL_THERE]: mark("also on the same weekday; worth a look"),
    VERDICTS[FOLLOWS_CLOCK]: mark("the link goes once the weekday is taken out"),
    SIGNS[STILL_THERE]: mark("Bold with a frame: still there on the same weekday."),
}
"""Texts on hours and weekdays to those on weekdays."""


def by_worth(frame: pd.DataFrame) -> pd.DataFrame:
    """Pairs that are most worth a look first, the stronger first among equals."""
    rank = frame["verdict"].map({verdict: place for place, verdict in enumerate(VERDICTS)})
    value = frame["r_without_clock"].where(frame["verdict"] == STILL_THERE, frame["r"])
    order = pd.DataFrame({"rank": rank, "size": -value.abs()})
    return frame.loc[order.sort_values(["rank", "size"], kind="stable").index]


def heading(row: Mapping[Any, Any], labels: Mapping[str, str]) -> str:
    """The pair and its verdict."""
    pair = pair_name(labels, row["first"], row["second"])
    return t("{pair}: {verdict}", pair=pair, verdict=t(row["verdict"]))
