"""Cards kept in a file, to be graded next month."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import AppError
from core.recommendations.model import EFFECT_UNITS, STRENGTHS, Effect, Finding
from core.traffic import COUNTS

FORMAT, VERSION = "traffic-insights cards", 1
STATES = ("", "dismissed", "done")
"""What a person decided about a card; empty for nothing yet."""
MOST_BYTES = 1_000_000
MOST_CARDS = 200
MOST_DAYS = 56
_LONGEST = 2_000
_LARGEST = 1e12
_YEARS = range(2000, 2200)


WHY = ("too_large", "not_json", "not_cards")
"""Reasons of ``cards_not_readable``."""


class CardsError(AppError):
    """A file that is no file of cards: ``cards_not_readable`` or ``cards_other_version``."""


@dataclass(frozen=True)
class Days:
    """Daily sums, in the order of time.

    Args:
        top: numerator of a ratio, or the count itself.
        bottom: denominator; 1 a day for a count.
    """

    top: tuple[float, ...] = ()
    bottom: tuple[float, ...] = ()


@dataclass(frozen=True)
class SavedCard:
    """What is kept of a card.

    Args:
        id: see ``card_id``.
        rule_id: name of the rule.
        kind: what it is about.
        subject: channel, time or all traffic.
        headline: as it stood there.
        strength: one of ``STRENGTHS``.
        effect: how large it was; ``None`` for plain counts without one.
        impact: what was at stake.
        unit: of the impact, in words.
        state: one of ``STATES``.
        metric: key of the metric that the card is about, empty if none is named.
        channel: the channel concerned, empty for all traffic or none.
        before: days to hold new ones against; empty for what needs none.
    """

    id: str
    rule_id: str
    kind: str
    subject: str
    headline: str
    strength: str
    effect: Effect | None
    impact: float
    unit: str
    state: str
    metric: str = ""
    channel: str = ""
    before: Days = Days()


@dataclass(frozen=True)
class SavedCards:
    """The cards of one file of traffic.

    Args:
        main_metric: what that file counted.
        first_day: first day it covered; ``None`` where it had no days.
        last_day: last day it covered.
        cards: in the order of the page.
        digest: stands for the content, for caches.
    """

    main_metric: str
    first_day: date | None
    last_day: date | None
    cards: tuple[SavedCard, ...]
    digest: str = ""

    @property
    def states(self) -> Mapping[str, str]:
        """What was decided, by id of the card; undecided ones are left out."""
        return {card.id: card.state for card in self.cards if card.state}


def card_id(finding: Finding) -> str:
    """The same for the same rule and subject, in every file and session.

    >>> import pandas as pd
    >>> card_id(Finding("concentration", "risk", "Direct", "", "", pd.DataFrame(), 1, 1))
    'aab1aa07eda8c5f3'
    """
    return _id(finding.rule_id, finding.subject)


def _id(rule_id: str, subject: str) -> str:
    content = f"{rule_id}\x00{subject}".encode("utf-8", "replace")
    return hashlib.sha256(content).hexdigest()[:16]


def write_cards(saved: SavedCards) -> bytes:
    """The file of some cards; ``load_cards`` reads it."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "main_metric": saved.main_metric,
        "first_day": saved.first_day.isoformat() if saved.first_day else None,
        "last_day": saved.last_day.isoformat() if saved.last_day else None,
        "cards": [_as_json(card) for card in saved.cards],
    }
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)
    return text.encode("utf-8", "replace")


def _as_json(card: SavedCard) -> dict[str, Any]:
    effect = card.effect
    return {
        "id": card.id,
        "rule_id": card.rule_id,
        "kind": card.kind,
        "subject": card.subject,
        "headline": card.headline,
        "strength": card.strength,
        "effect": effect
        and {
            "value": _finite(effect.value),
            "low": _finite(effect.low),
            "high": _finite(effect.high),
            "unit": effect.unit,
        },
        "impact": _finite(card.impact),
        "unit": card.unit,
        "state": card.state,
        "metric": card.metric,
        "channel": card.channel,
        "before": {"top": list(card.before.top), "bottom": list(card.before.bottom)},
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def load_cards(data: bytes) -> SavedCards:
    """Read a file that ``save_cards`` made.

    Args:
        data: what a person dropped; anything at all.

    Raises:
        CardsError: ``cards_not_readable`` (``reason``: ``too_large`` with ``limit`` in bytes,
            ``not_json`` or ``not_cards``), ``cards_other_version`` (``version``, ``known``).
    """
    if len(data) > MOST_BYTES:
        raise CardsError("cards_not_readable", reason="too_large", limit=MOST_BYTES)
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise CardsError("cards_not_readable", reason="not_json") from error
    _check_version(content)
    try:
        return _read(content, hashlib.sha256(data).hexdigest()[:16])
    except (KeyError, TypeError, ValueError) as error:
        raise CardsError("cards_not_readable", reason="not_cards") from error


def _check_version(content: Any) -> None:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CardsError("cards_not_readable", reason="not_cards")
    version = content.get("version")
    if type(version) is not int or not 0 < version < 1000:
        raise CardsError("cards_not_readable", reason="not_cards")
    if version != VERSION:
        raise CardsError("cards_other_version", version=version, known=VERSION)


def _read(content: dict[str, Any], digest: str) -> SavedCards:
    first, last = (_day(content[key]) for key in ("first_day", "last_day"))
    cards = content["cards"]
    if not isinstance(cards, list) or len(cards) > MOST_CARDS:
        raise ValueError("no list of cards")
    if (first is None) != (last is None) or (first and last and first > last):
        raise ValueError("no span of days")
    main = _one_of(COUNTS)(content["main_metric"])
    return SavedCards(main, first, last, tuple(_card(card) for card in cards), digest)


def _card(entry: dict[str, Any]) -> SavedCard:
    rule_id, subject = _text(entry["rule_id"]), _text(entry["subject"])
    return SavedCard(
        id=_one_of((_id(rule_id, subject),))(entry["id"]),
        rule_id=rule_id,
        kind=_text(entry["kind"]),
        subject=subject,
        headline=_text(entry["headline"]),
        strength=_one_of(STRENGTHS)(entry["strength"]),
        effect=None if entry["effect"] is None else _effect(entry["effect"]),
        impact=_number(entry["impact"]),
        unit=_text(entry["unit"]),
        state=_one_of(STATES)(entry["state"]),
        metric=_text(entry["metric"]),
        channel=_text(entry["channel"]),
        before=_days(entry["before"]),
    )


def _effect(entry: dict[str, Any]) -> Effect:
    value, low, high = (_number(entry[key]) for key in ("value", "low", "high"))
    return Effect(value, low, high, _one_of(EFFECT_UNITS)(entry["unit"]))


def _days(entry: dict[str, Any]) -> Days:
    top, bottom = (tuple(_number(value) for value in entry[key]) for key in ("top", "bottom"))
    is_fine = len(top) == len(bottom) <= MOST_DAYS and all(value >= 0 for value in (*top, *bottom))
    if not is_fine:
        raise ValueError("no days")
    return Days(top, bottom)


def _day(value: Any) -> date | None:
    found = None if value is None else date.fromisoformat(value)
    if found and found.year not in _YEARS:
        raise ValueError("no day of a website")
    return found


def _number(value: Any) -> float:
    """A number; ``null`` is NaN."""
    if value is None:
        return math.nan
    if type(value) not in (int, float) or not abs(value) <= _LARGEST:
        raise ValueError("no number")
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError("no text")
    return value.encode("utf-8", "replace").decode("utf-8")  # half characters show nowhere


def _one_of(allowed: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError("none of what there is")
        return value

    return read
