"""A test as a calendar file: its days, and the day of decision.

Written here and not by a library: two all-day events of seven fixed properties need three rules of
RFC 5545 (line ends, folding, escaping), some thirty lines. ``icalendar`` and ``ics`` would add two
or three distributions to every deployed install and are made for reading other people's calendars.
The tests read the file back with ``icalendar``, which so stays an independent witness.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, timedelta

from core.language import t
from core.recommendations.model import TestPlan
from core.recommendations.plan import TestSize, describe_plan

_LINE = 75
"""Octets in a line, its end not counted (RFC 5545, section 3.1)."""


def as_ics(plan: TestPlan, size: TestSize, start: date, headline: str, *, stamp: datetime) -> bytes:
    """The test as an all-day event, and another one for the day of decision.

    Args:
        plan: what is tested.
        size: of ``size_test``; it must be feasible.
        start: first day.
        headline: of the card.
        stamp: when the file is made; without a time zone it is taken for UTC.

    Returns:
        An iCalendar file (RFC 5545). The same plan, days and headline have the same identifiers
        again, so that a calendar that reads the file twice holds each event once.

    Raises:
        ValueError: the test is not over within 12 weeks.
    """
    if not size.is_feasible:
        raise ValueError("a test that the traffic cannot carry has no days")
    text = f"{headline}\n{describe_plan(plan, size, start)}"
    first, second = _summaries(plan.channel)
    after, decision = size.last_day(start) + timedelta(days=1), size.decision_day(start)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Traffic Insights//Test plan//EN",
        *_event(first, text, start, after, stamp),
        *_event(second, text, decision, decision + timedelta(days=1), stamp),
        "END:VCALENDAR",
    ]
    return b"".join(_fold(line) for line in lines)


def _summaries(channel: str) -> tuple[str, str]:
    """Of the test, and of the decision."""
    if not channel:
        return t("Test: all traffic"), t("Decide on the test: all traffic")
    return t("Test: {channel}", channel=channel), t(
        "Decide on the test: {channel}", channel=channel
    )


def _event(summary: str, text: str, first: date, after: date, stamp: datetime) -> list[str]:
    """One all-day event; ``after`` is the day after its last, as the format wants it."""
    utc = stamp.astimezone(UTC) if stamp.tzinfo else stamp
    return [
        "BEGIN:VEVENT",
        f"UID:{_identifier(summary, text, first)}",
        f"DTSTAMP:{utc:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
        f"DTEND;VALUE=DATE:{after:%Y%m%d}",
        f"SUMMARY:{_escape(summary)}",
        f"DESCRIPTION:{_escape(text)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _identifier(summary: str, text: str, first: date) -> str:
    content = "\x00".join([summary, text, first.isoformat()]).encode("utf-8", "replace")
    return f"{hashlib.sha256(content).hexdigest()[:32]}@traffic-insights"


def _escape(text: str) -> str:
    r"""A text value: separators marked, line breaks written, control characters left out.

    >>> _escape("Email; a, b\nc")
    'Email\\; a\\, b\\nc'
    """
    marked = re.sub(r"([\\;,])", r"\\\1", text)
    written = re.sub(r"\r\n|\r|\n", r"\\n", marked)
    return re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", "", written)


def _fold(line: str) -> bytes:
    r"""A line in pieces of at most 75 octets, no character cut in two.

    >>> _fold("SUMMARY:" + "é" * 40).split(b"\r\n ")[1].decode().strip()
    'ééééééé'
    """
    pieces: list[bytes] = [b""]
    for character in line:
        octets = character.encode("utf-8", "replace")
        if len(pieces[-1]) + len(octets) > _LINE - (len(pieces) > 1):  # a space leads the others
            pieces.append(b"")
        pieces[-1] += octets
    return b"\r\n ".join(pieces) + b"\r\n"
