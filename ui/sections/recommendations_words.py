"""Words of a card: strength, effect, what is at stake, and what it rests on."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Literal

from core import wording
from core.language import group, in_sentence, mark, t, tn
from core.metrics import METRICS
from core.recommendations import Recommendation
from core.recommendations.model import STRENGTHS, Effect
from core.traffic import Traffic

Colour = Literal["green", "blue", "gray"]

KINDS: Mapping[str, str] = {
    "timing": mark("When to be there"),
    "spikes": mark("Spikes"),
    "channels": mark("Channels"),
    "changes": mark("Changes"),
    "tagging": mark("Tagging"),
    "risk": mark("Risks"),
    "planning": mark("Planning ahead"),
    "data": mark("Data quality"),
}
"""What cards are about, by kind, for the filter and the card."""

COLOURS: Mapping[str, Colour] = dict(zip(STRENGTHS, ("green", "blue", "gray"), strict=True))
BADGES: Mapping[str, str] = dict(
    zip(
        STRENGTHS,
        (mark("Strong evidence"), mark("Moderate evidence"), mark("Worth watching")),
        strict=True,
    )
)

_SIZES: Mapping[str, str] = {
    "points": mark("Difference"),
    "percent": mark("Difference"),
    "count": mark("How many"),
    "times": mark("Against the usual"),
}
"""What an effect is called, by its unit."""

_SAYS_ENOUGH = 55
"""Letters of a sentence that tells a person what to do."""

CORRECTION = mark(
    "Everything that was looked at in this file is corrected for together (Benjamini and Hochberg, "
    "1995), so that one of many looks does not pass for a finding."
)
_INTERVALS = mark(
    "Intervals are of 95\N{NO-BREAK SPACE}% and allow for good and bad days "
    "following each other. "
    "[Source](https://doi.org/10.1111/j.2517-6161.1995.tb02031.x)"
)
_CRITERIA: Mapping[str, str] = dict(
    zip(
        STRENGTHS,
        (
            mark(
                "Of cards this sure fewer than 1 in 100 would be chance, and even the weaker end "
                "of the interval is worth acting on."
            ),
            mark(
                "Of cards this sure fewer than 1 in 20 would be chance, but the true size may be "
                "too small to matter."
            ),
            mark("Not sure enough to act on, but worth another look."),
        ),
        strict=True,
    )
)
_ONE: Mapping[str, str] = {
    "sessions": mark("{count} session"),
    "engaged_sessions": mark("{count} engaged session"),
    "events": mark("{count} event"),
    "new_users": mark("{count} new user"),
    "views": mark("{count} view"),
    "clicks": mark("{count} click"),
    "key_events": mark("{count} key event"),
    "users": mark("{count} user"),
}
_ONE_USER: Mapping[str, str] = {
    "hour": mark("{count} user-hour"),
    "day": mark("{count} user-day"),
    "week": mark("{count} user-week"),
    "month": mark("{count} user-month"),
}
"""One of what is counted; users are counted anew in every hour, day, week or month."""


def method() -> str:
    """How everything is corrected, and where that comes from."""
    return f"{t(CORRECTION)} {t(_INTERVALS)}"


def criterion(item: Recommendation) -> str:
    """Why the card has its strength, for the badge's hover."""
    found = item.adjusted_p_value
    if found is None:
        return t("A plain count: nothing was tested, so no claim is made about what is behind it.")
    return f"{t(_CRITERIA[item.strength])} {p_value(found)}."


def p_value(adjusted: float) -> str:
    """The corrected p-value.

    >>> p_value(0.00002), p_value(0.0312)
    ('Adjusted p-value below 0.001', 'Adjusted p-value 0.031')
    """
    if adjusted < 0.001:
        return t("Adjusted p-value below {limit}", limit=group(0.001, 3))
    return t("Adjusted p-value {number}", number=group(adjusted, 3))


def effect(found: Effect) -> str:
    """An effect with its interval.

    >>> effect(Effect(0.113, 0.09, 0.136, "points"))
    '+11.3 points (95 % interval +9.0 to +13.6 points)'
    >>> effect(Effect(3.5, 2.9, 4.1, "times")), effect(Effect(559.0, math.nan, math.nan, "count"))
    ('3.5 times (95 % interval 2.9 to 4.1 times)', '559')
    """
    said = _amount(found.value, found.unit)
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return said
    low, high = _amount(found.low, found.unit), _amount(found.high, found.unit)
    return _with_interval(said, low.removesuffix(_unit(found.unit)), high)


def _with_interval(effect: str, low: str, high: str) -> str:
    return t("{effect} (95 % interval {low} to {high})", effect=effect, low=low, high=high)


def _unit(unit: str) -> str:
    """What stands after a number of points or times, as the language spoken writes it."""
    if unit == "points":
        return t("{number} points", number="")
    return t("{number} times", number="") if unit == "times" else ""


_TAGGING = {
    True: mark("Share, above the 1 % that is common"),
    False: mark("Engagement rate, against a quarter of the others’"),
}
"""What the difference of a tagging card is from: too many such visits, or too empty ones."""


def size(item: Recommendation) -> tuple[str, str]:
    """What the size of a finding is called, and the size with its interval; empty without one.

    Args:
        item: the card; of a share of the whole, points from zero on are told as the share.
    """
    found = item.effect
    if found is None:
        return "", ""
    if found.unit == "points" and item.chart is not None and item.chart.chart == "shares":
        said, low, high = map(wording.percent, (found.value, found.low, found.high))
        return t("Share"), _with_interval(said, low, high) if math.isfinite(found.low) else said
    if item.rule_id == "tagging_fault":
        return t(_TAGGING[found.value > 0]), effect(found)
    return t(_SIZES[found.unit]), effect(found)


def _amount(value: float, unit: str) -> str:
    if unit == "points":
        return wording.points(value)
    if unit == "percent":
        return wording.signed_percent(value)
    if unit == "times":
        return t("{number} times", number=group(value, 1))
    return wording.count(value)


def at_stake(item: Recommendation) -> str:
    """How much a week it is about, in round numbers; empty where that is less than one."""
    if not math.isfinite(item.impact) or item.impact < 1:
        return ""
    return t(
        "about {amount} {unit}", amount=wording.count(rounded(item.impact)), unit=item.impact_unit
    )


def counted_on(item: Recommendation, traffic: Traffic) -> str:
    """What a card rests on.

    Args:
        item: the card.
        traffic: of the file, for what it counts.
    """
    metric = item.chart.metric if item.chart else ""
    denominator = METRICS[metric].denominator if metric in METRICS else None
    counted = denominator or traffic.main_metric
    one = _ONE_USER.get(traffic.grain) if counted == "users" else None
    one = one or _ONE.get(counted)
    if item.n == 1 and one is not None:
        return t(one, count=wording.count(item.n))
    label = in_sentence(wording.metric_label(counted, traffic.grain))
    return t("{count} {metric}", count=wording.count(item.n), metric=label)


def rounded(value: float) -> float:
    """Two figures are enough for what may come.

    >>> rounded(1234.0), rounded(0.534)
    (1200.0, 0.53)
    """
    return float(f"{value:.2g}")


def short_action(action: str) -> str:
    """The first step of an action: its first sentence, with the next where that says little.

    >>> short_action("Find the sites that link to you, and ask two more like them. Then wait.")
    'Find the sites that link to you, and ask two more like them.'
    >>> short_action("It is no audience. Check the tags first.")
    'It is no audience. Check the tags first.'
    """
    said = ""
    for sentence in re.split(r"(?<=\.) ", action):
        said = f"{said} {sentence}".strip()
        if len(said) >= _SAYS_ENOUGH:
            break
    return said


def channel_of(item: Recommendation, traffic: Traffic) -> str:
    """The channel that a card is about, empty if it is about all of them.

    Args:
        item: the card.
        traffic: whose channels are known.
    """
    plan, chart = item.test_plan, item.chart
    named = (item.subject, chart.channel if chart else "", plan.channel if plan else "")
    return next((name for name in named if name in traffic.channels), "")


def strength_sentence(found: list[Recommendation]) -> str:
    """How many rest on what, in one sentence.

    Args:
        found: not empty.
    """
    strong = sum(item.strength == STRENGTHS[0] for item in found)
    rest = len(found) - strong
    if not strong:
        return tn("{count} thing is worth a look.", "{count} things are worth a look.", rest)
    if not rest:
        return tn(
            "{count} thing rests on strong evidence.",
            "{count} things rest on strong evidence.",
            strong,
        )
    return t(
        "{strong}, {others}.",
        strong=tn(
            "{count} thing rests on strong evidence",
            "{count} things rest on strong evidence",
            strong,
        ),
        others=tn("{count} more is worth a look", "{count} more are worth a look", rest),
    )
