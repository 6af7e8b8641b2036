"""Graded advice: cards of last month, held against the days that came since."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core import wording
from core.language import t, tn
from core.recommendations.cards import (
    MOST_CARDS,
    STATES,
    CardsError,
    Days,
    SavedCard,
    SavedCards,
    card_id,
    load_cards,
    write_cards,
)
from core.recommendations.model import Effect, Recommendation
from core.recommendations.remeasure import (
    MEASURES,
    NO_MEASURE,
    WHY_NOT,
    Measured,
    days_before,
    measure,
    metric_of,
)
from core.traffic import Filters, Traffic, select

__all__ = [
    "GRADES",
    "CardsError",
    "Days",
    "GradedCard",
    "SavedCard",
    "SavedCards",
    "card_id",
    "grade",
    "load_cards",
    "save_cards",
]

GRADES = HELD_UP, FADED, TOO_EARLY = ("held up", "faded", "too early")
MIN_DAYS = 14
"""Two of each weekday; fewer say little of how days differ."""


@dataclass(frozen=True)
class GradedCard:
    """A card of last month with its grade.

    Args:
        card: as it was saved.
        grade: one of ``GRADES``.
        effect: the same effect on the new days; ``None`` where it was not measured.
        reason: what the new days show, or why nothing can be said yet, in words.
        rule: how a card of this kind is graded, in words.
    """

    card: SavedCard
    grade: str
    effect: Effect | None
    reason: str
    rule: str

    @property
    def headline(self) -> str:
        """As it stood on the card."""
        return self.card.headline


def save_cards(
    found: Sequence[Recommendation], traffic: Traffic, states: Mapping[str, str]
) -> bytes:
    """Keep cards for next month.

    Args:
        found: the cards, of which the first 200 are kept.
        traffic: what they are about. Some daily sums of it (up to 56 days of the channel a card is
            about) go into the file, for next month's export no longer holds them.
        states: ``dismissed`` or ``done`` by ``card_id``; anything else counts as undecided.

    Returns:
        JSON in UTF-8; ``load_cards`` reads it.
    """
    has_days = traffic.has_time and len(traffic.times) > 0
    saved = SavedCards(
        traffic.main_metric,
        traffic.first_day if has_days else None,
        traffic.last_day if has_days else None,
        tuple(_keep(item, traffic, states) for item in found[:MOST_CARDS]),
    )
    return write_cards(saved)


def _keep(item: Recommendation, traffic: Traffic, states: Mapping[str, str]) -> SavedCard:
    identifier = card_id(item)
    state = states.get(identifier, "")
    return SavedCard(
        id=identifier,
        rule_id=item.rule_id,
        kind=item.kind,
        subject=item.subject,
        headline=item.headline,
        strength=item.strength,
        effect=item.effect,
        impact=item.impact,
        unit=item.impact_unit,
        state=state if state in STATES else "",
        metric=metric_of(traffic, item),
        channel=item.subject if item.subject in traffic.channels else "",
        before=days_before(traffic, item),
    )


def grade(saved: SavedCards, traffic: Traffic) -> list[GradedCard]:
    """Say of each card whether the days since then bear it out.

    Measured are days after the saved file's last one only, so that no day that made a card also
    confirms it. With a 95 % interval, a card about something that is gone is said to have held up
    in at most 1 of 40 cases.

    Args:
        saved: of ``load_cards``.
        traffic: next month's; it may reach back into the days of the cards.

    Returns:
        In the order of the file. ``held up``: the whole interval lies on the side of 0 that the
        card named. ``faded``: the whole interval lies below the smallest effect worth having on
        that side (also where it is clearly above 0: there, but no longer worth having).
        ``too early``: otherwise, with fewer than ``MIN_DAYS`` new days, or where a card cannot be
        graded at all, which the reason then says.
    """
    if saved.last_day is None:
        why = t("Cannot be graded: these cards come from a file without days.")
        return [_early(card, why) for card in saved.cards]
    if traffic.grain not in ("hour", "day"):
        why = t("Cannot be graded: the new file has no days.")
        return [_early(card, why) for card in saved.cards]
    after = select(traffic, Filters(start=saved.last_day + timedelta(days=1)))
    return [_grade(card, after, saved.last_day) for card in saved.cards]


def _grade(card: SavedCard, after: Traffic, last_day: date) -> GradedCard:
    why = _why_not(card)
    if why:
        return _early(card, t("Cannot be graded: {reason}", reason=why))
    days = after.times.normalize().nunique()
    if days < MIN_DAYS or after.is_empty:
        return _early(card, _too_few(days, last_day))
    found = measure(after, card)
    if found is None:
        return _early(
            card, t("The {days} new days do not hold what it takes to measure it again.", days=days)
        )
    verdict = _verdict(found.effect, MEASURES[card.rule_id].smallest, _direction(card))
    return GradedCard(card, verdict, found.effect, _reason(found, after, days), _rule(card))


def _too_few(days: int, last_day: date) -> str:
    return tn(
        "{count} new day after {day} so far; {needed} are needed.",
        "{count} new days after {day} so far; {needed} are needed.",
        days,
        day=wording.day(last_day),
        needed=MIN_DAYS,
    )


def _why_not(card: SavedCard) -> str:
    if card.rule_id not in MEASURES:
        return t(WHY_NOT.get(card.rule_id, NO_MEASURE))
    return "" if _direction(card) else t("the card does not say in which direction.")


def _direction(card: SavedCard) -> int:
    """1 or -1, or 0 where the card does not say."""
    fixed = MEASURES[card.rule_id].direction
    if fixed or card.effect is None or not math.isfinite(card.effect.value):
        return fixed
    value = card.effect.value - (1 if card.effect.unit == "times" else 0)
    return (value > 0) - (value < 0)


def _verdict(effect: Effect, smallest: float, direction: int) -> str:
    """Faded comes first: what is surely there and surely too small is not worth acting on.

    >>> [_verdict(Effect(0.03, low, high, "points"), 0.02, 1)
    ...  for low, high in ((0.01, 0.05), (-0.01, 0.07), (0.001, 0.015))]
    ['held up', 'too early', 'faded']
    """
    low, high = sorted((direction * effect.low, direction * effect.high))
    if high < smallest:
        return FADED
    return HELD_UP if low > 0 else TOO_EARLY


def _early(card: SavedCard, reason: str) -> GradedCard:
    rule = _rule(card) if card.rule_id in MEASURES and _direction(card) else ""
    return GradedCard(card, TOO_EARLY, None, reason, rule)


def _reason(found: Measured, after: Traffic, days: int) -> str:
    effect = found.effect
    value, low, high = (_said(end, effect.unit) for end in (effect.value, effect.low, effect.high))
    span = wording.span(after.first_day, after.last_day)
    return t(
        "{measure}: {effect} (95 % interval {low} to {high}) on {days} new days, {span}.",
        measure=found.what,
        effect=value,
        low=low,
        high=high,
        days=days,
        span=span,
    )


def _said(value: float, unit: str) -> str:
    return wording.points(value) if unit == "points" else wording.signed_percent(value)


def _rule(card: SavedCard) -> str:
    known, direction = MEASURES[card.rule_id], _direction(card)
    worth = _said(direction * known.smallest, known.unit) if known.smallest else ""
    faded = (
        t("Faded: the whole interval lies below {limit}.", limit=worth or "0")
        if direction > 0
        else t("Faded: the whole interval lies above {limit}.", limit=worth or "0")
    )
    early = t("Otherwise, or with fewer than {days} new days: too early.", days=MIN_DAYS)
    return f"{_held_up(direction, worth)} {faded} {early}"


def _held_up(direction: int, worth: str) -> str:
    if direction > 0 and worth:
        return t(
            "Held up: the whole interval of the new days lies above 0 and reaches {limit}.",
            limit=worth,
        )
    if direction > 0:
        return t("Held up: the whole interval of the new days lies above 0.")
    if worth:
        return t(
            "Held up: the whole interval of the new days lies below 0 and reaches {limit}.",
            limit=worth,
        )
    return t("Held up: the whole interval of the new days lies below 0.")
