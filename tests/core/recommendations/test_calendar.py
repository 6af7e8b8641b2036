"""The calendar file, read back by an independent library."""

from datetime import UTC, date, datetime, timedelta, timezone

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recommendations.calendar import as_ics
from core.recommendations.model import TestPlan
from core.recommendations.plan import describe_plan, size_test

MONDAY, STAMP = date(2024, 5, 6), datetime(2024, 5, 1, 9, 30, tzinfo=UTC)
PLAN = TestPlan("A, b; c\\d\nnew — page", "Émail", "engagement_rate", 0.6664, 0.02, 1.5, 3000)
SIZE = size_test(PLAN)


def events(data: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def test_both_events_are_read_back() -> None:
    test, decision = events(as_ics(PLAN, SIZE, MONDAY, "Email, good; really", stamp=STAMP))
    assert (test["DTSTART"].dt, test["DTEND"].dt) == (MONDAY, date(2024, 7, 8))
    assert decision["DTSTART"].dt == SIZE.decision_day(MONDAY)
    assert decision["DTEND"].dt - decision["DTSTART"].dt == timedelta(days=1)
    assert test["SUMMARY"] == "Test: Émail"
    expected = "Email, good; really\n" + describe_plan(PLAN, SIZE, MONDAY)
    assert test["DESCRIPTION"] == decision["DESCRIPTION"] == expected
    assert test["DTSTAMP"].dt == STAMP
    assert test["UID"] != decision["UID"]


def test_lines_are_short_and_end_as_they_should() -> None:
    data = as_ics(PLAN, SIZE, MONDAY, "ü" * 300, stamp=STAMP)
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert "�" not in "".join(line.decode("utf-8", "replace") for line in lines)


def test_identifiers_stand_for_the_content() -> None:
    def uids(headline: str, start: date, stamp: datetime) -> list[str]:
        return [event["UID"] for event in events(as_ics(PLAN, SIZE, start, headline, stamp=stamp))]

    first = uids("a", MONDAY, STAMP)
    assert first == uids("a", MONDAY, STAMP + timedelta(days=3))
    assert not set(first) & set(uids("b", MONDAY, STAMP))
    assert not set(first) & set(uids("a", MONDAY + timedelta(days=7), STAMP))


def test_the_stamp_is_told_in_utc() -> None:
    east = STAMP.astimezone(timezone(timedelta(hours=5)))
    naive = STAMP.replace(tzinfo=None)
    made = {as_ics(PLAN, SIZE, MONDAY, "a", stamp=stamp) for stamp in (STAMP, east, naive)}
    assert len(made) == 1


def test_a_test_that_never_ends_has_no_calendar() -> None:
    size = size_test(PLAN, 0.0001)
    with pytest.raises(ValueError, match="cannot carry"):
        as_ics(PLAN, size, MONDAY, "a", stamp=STAMP)


@given(st.text(max_size=200))
def test_any_headline_survives(headline) -> None:
    test, _ = events(as_ics(PLAN, SIZE, MONDAY, headline, stamp=STAMP))
    lines = headline.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c in "\n\t" or (ord(c) >= 32 and ord(c) != 127))
    assert test["DESCRIPTION"].startswith(kept)
