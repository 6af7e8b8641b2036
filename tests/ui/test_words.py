"""The words of the app: every code has some, and they stay calm and helpful."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import explain, levels, spikes, wording
from core.channels import BETTER, LIKE_THE_REST, NOT_A_CHANNEL, TOO_LITTLE_DATA, WORSE
from core.correlations import CANNOT_TELL, DIFFERS, FOLLOWS_CLOCK, SAME_NUMBER, STILL_THERE
from core.errors import AppError
from core.forecast import cautious, engine
from core.forecast.methods import FITS, MEMORIES, METHODS, SIMPLE
from core.ingest.notes import Note
from core.metrics import METRICS
from core.recommendations import RULES
from core.traffic import ALL_CHANNELS, Comparison, Filters, Traffic, make_traffic
from tests.builders import hourly_traffic
from ui import messages
from ui.charts.trends import MOMENT, STRETCH
from ui.filters import describe, describe_comparison, file_parts
from ui.notes import letter
from ui.sections.correlations_words import VERDICTS
from ui.sections.notes import lift_sentence
from ui.sections.over_time import picked_span
from ui.sections.what_was_that import span_of
from ui.text import escape

ROOT = Path(__file__).parents[2]
CAVEATS = engine.CAVEATS | cautious.CAVEATS
PARAMS = {
    "have": 3,
    "need": 7,
    "unit": "day",
    "grain": "day",
    "metric": "sessions",
    "columns": ("Date", "![x](https://evil.example/x.png)"),
    "column": "Date",
    "examples": ("soon",),
    "first_line": "hello",
    "line": 4,
    "size": 60_000_000,
    "limit": 50_000_000,
    "kind": "picture",
    "count": 2,
    "country": "![x](https://evil.example/x.png)",
    "step_minutes": 15.0,
    "horizon": 10**6,
    "most": 8784,
    "exported": 72.0,
    "read": 36.0,
    "whole": "sessions",
    "needs": "sessions",
    "made_of": ("engaged_sessions", "sessions"),
    "width": 4,
    "files": 70,
    "names": ("![x](https://evil.example/x.png).csv",),
    "report": "page",
    "encoding": "cp1252",
    "period": "8/1/25 - 8/30/25",
    "others": ("7/1/25 - 7/31/25",),
    "example": "3/4/2024",
    "is_day_first": False,
    "said": "based on 45 % of sessions",
    "share": 0.12,
    "first": pd.Timestamp("2024-03-31 02:00"),
    "last": pd.Timestamp("2024-04-01"),
    "time": pd.Timestamp("2024-03-31 02:00"),
    "name": "holiday.csv",
    "reason": "no_table",
    "row": 3,
    "text": "soon ![x](https://evil.example/x.png)",
}
COLUMNS = {"too_many_columns": 300, "no_numbers": ("sessions", "events_per_user")}


def codes(*makers: str) -> set[str]:
    """Literal first arguments of calls such as ``NotEnoughData("no_time")``.

    Looked for anywhere in core, and where saved views are read.
    """
    found = set()
    for path in [*(ROOT / "core").rglob("*.py"), ROOT / "ui" / "saved_views.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in makers and node.args:
                first = node.args[0]
                choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                constants = [choice for choice in choices if isinstance(choice, ast.Constant)]
                found |= {one.value for one in constants if isinstance(one.value, str)}
    return found


def fault_codes() -> set[str]:
    """Codes of faults collected before they are raised together: tuples of a code and a dict."""
    found = set()
    for path in (ROOT / "core" / "ingest").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Tuple)
                and len(node.elts) == 2
                and isinstance(node.elts[0], ast.Constant)
                and isinstance(node.elts[1], (ast.Dict, ast.Call))
            ):
                found.add(str(node.elts[0].value))
    return found


ERROR_CODES = (
    codes("NotEnoughData", "ExportError", "AppError", "AnnotationError", "CardsError")
    | fault_codes()
)
NOTE_CODES = codes("Note", "_note")


def test_the_scan_sees_codes() -> None:
    assert {"no_time", "history_too_short", "empty_file", "no_count_column"} <= ERROR_CODES
    assert {"notes_bad_date", "note_without_text", "notes_too_many"} <= ERROR_CODES
    assert {"duplicate_rows", "identity_broken"} <= NOTE_CODES


def test_every_code_has_words_and_no_words_are_left_over() -> None:
    assert set(messages.ERRORS) == ERROR_CODES
    assert set(messages.NOTES) == NOTE_CODES
    assert set(messages.CAVEATS) == set(CAVEATS)
    assert len({messages.method(key) for key in METHODS}) == len(METHODS)
    assert set(messages.FITS) == {*FITS, *SIMPLE, "prophet_damped"}
    assert set(messages.MEMORIES) == set(MEMORIES)
    assert set(messages.RULES) == set(RULES)
    assert set(VERDICTS) == {SAME_NUMBER, FOLLOWS_CLOCK, DIFFERS, STILL_THERE, CANNOT_TELL}


def assert_calm(text: str) -> None:
    assert "!" not in text.replace("\\!", "")
    assert "![" not in text
    assert not {"you forgot", "invalid", "wrong file"} & {text.lower()}


@pytest.mark.parametrize("code", sorted(messages.ERRORS))
def test_a_problem_says_what_why_and_what_to_do(code) -> None:
    more = {"columns": COLUMNS[code]} if code in COLUMNS else {}
    message = messages.of_error(AppError(code, **(PARAMS | more)))
    for text in (message.title, message.why, message.what_to_do):
        assert text.endswith(".")
        assert_calm(text)


@pytest.mark.parametrize("code", sorted(messages.NOTES))
def test_a_note_is_a_sentence(code) -> None:
    text = messages.of_note(Note(code, "skipped", count=2, example_row=1204, params=PARAMS))
    assert text.rstrip(")").endswith(".")
    assert_calm(text)


COUNTED = re.compile(
    r"(?<![\d,.–-])1 (?:\w+ )?(?:hours|days|weeks|months|minutes|rows|columns|cells|lines|bytes"
    r"|values|files|counts|measures|visits|characters|notes|periods|channels)\b"
    r"|^1 [^.;]*?\b(?:are|were|have|vary|stand|repeat|say)\b"
)
"""One of something told as several."""


@pytest.mark.parametrize(
    "text", ["1 days is selected", "Only 1 hours of", "1 empty bytes was", "1 row of it repeat"]
)
def test_one_told_as_several_would_be_seen(text) -> None:
    assert COUNTED.search(text)


@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
def test_one_of_something_is_no_plural(grain) -> None:
    one = {"have": 1, "need": 1, "count": 1, "width": 1, "step_minutes": 1.0, "grain": grain}
    told = []
    for code in messages.ERRORS:
        more = {"columns": COLUMNS[code]} if code in COLUMNS else {}
        message = messages.of_error(AppError(code, **(PARAMS | one | {"unit": grain} | more)))
        told += [message.title, message.why, message.what_to_do]
    for code in messages.NOTES:
        note = Note(code, "skipped", count=1, example_row=1204, params=PARAMS | one)
        told.append(messages.of_note(note))
    assert [text for text in told if COUNTED.search(text)] == []


@pytest.mark.parametrize(
    ("code", "params", "title"),
    [
        ("too_few_days", {"have": 1, "need": 14}, "1 day is selected; at least 14 are needed."),
        ("too_few_days", {"have": 9, "need": 14}, "9 days are selected; at least 14 are needed."),
        (
            "too_few_hours",
            {"have": 1, "need": 8},
            "Only 1 hour of the day is selected; at least 8 are needed.",
        ),
        (
            "too_few_measures",
            {"have": 1, "need": 2},
            "Only 1 measure varies; at least 2 are needed.",
        ),
        ("too_few_measures", {"have": 0, "need": 2}, "No measures vary; at least 2 are needed."),
        ("too_few_observations", {"have": 1, "need": 8}, "There is 1 row; at least 8 are needed."),
        ("negative_values", {"count": 1}, "1 count is below zero."),
        ("negative_values", {"count": 1204}, "1,204 counts are below zero."),
        (
            "history_too_many_gaps",
            {"have": 1, "need": 14, "unit": "day"},
            "Only 1 day of the history has a count; 14 are needed.",
        ),
    ],
)
def test_one_and_several_have_their_own_grammar(code, params, title) -> None:
    assert messages.of_error(AppError(code, **params)).title == title


@pytest.mark.parametrize(
    ("code", "count", "text"),
    [
        (
            "missing_periods",
            1,
            "1 hour inside the span is missing, 31 Mar 2024, 02:00. It counts as zero;",
        ),
        (
            "missing_periods",
            2,
            "2 hours inside the span are missing, the first 31 Mar 2024, 02:00. They count as",
        ),
        ("ends_in_zeros", 1, "The last hour is zero, from 31 Mar 2024, 02:00 on: it had probably"),
        ("ends_in_zeros", 3, "The last 3 hours are zero, from 31 Mar 2024, 02:00 on: they had"),
        ("repeated_keys", 1, "1 row repeats an hour and channel"),
        ("unreadable_numbers", 1, "1 cell of Sessions is no plausible number and was left out"),
    ],
)
def test_notes_on_one_and_on_several(code, count, text) -> None:
    note = Note(code, "skipped", count=count, example_row=4, params=PARAMS | {"grain": "hour"})
    assert messages.of_note(note).startswith(text)


def test_the_glossary_explains_every_metric_code_rule_and_verdict() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    verdicts = {BETTER, WORSE, LIKE_THE_REST, TOO_LITTLE_DATA, NOT_A_CHANNEL, *VERDICTS}
    keys = {*METRICS, *RULES, *ERROR_CODES, *NOTE_CODES, *CAVEATS, *METHODS, *verdicts}
    assert {key for key in keys if f"`{key}`" not in glossary} == set()
    assert {metric.label for metric in METRICS.values() if metric.label not in glossary} == set()


def test_text_from_a_file_is_shown_as_it_is() -> None:
    for mark in "*_`[]()!<>#$~|:\\":
        assert f"\\{mark}" in escape(f"a{mark}b")
    assert escape(
        "+2.2 % of 3 min 1 s"
    ) == "\\+2\\.2\N{NO-BREAK SPACE}% of 3\N{NO-BREAK SPACE}min 1" + ("\N{NO-BREAK SPACE}s")
    assert escape("4 more sessions, 5 Many") == "4 more sessions, 5 Many"
    assert escape("two\nlines\tand  spaces") == "two lines and spaces"


def test_a_selection_in_words_and_in_a_file_name() -> None:
    frame = pd.DataFrame(
        {"time": pd.date_range("2024-04-06", periods=48, freq="h"), "sessions": 1.0}
    )
    traffic = make_traffic(frame, "hour")
    filters = Filters(channels=("Direct", "Email"), weekdays=(0, 6), hours=(8, 9, 10))
    assert (
        describe(traffic, filters)
        == "6 Apr – 7 Apr 2024 · Direct and Email · Mon and Sun · 08:00–11:00"
    )
    assert file_parts(traffic, filters) == (
        "2024-04-06_to_2024-04-07",
        "Direct",
        "Email",
        "Mon-Sun",
        "08h-11h",
    )
    assert file_parts(traffic, Filters()) == ("2024-04-06_to_2024-04-07",)
    pair = Comparison(
        (date(2024, 4, 8), date(2024, 4, 8)), (date(2024, 4, 7), date(2024, 4, 7)), False
    )
    assert describe_comparison(pair) == "1 day (8 Apr 2024) against the 1 before"


CAUSAL = re.compile(
    r"\b(driv\w*|drove|caus\w*|prov(e|es|ed|en|ing)|because|due to|owing to|(lead|leads|led) to"
    r"|thanks to|result(s|ed)? in|responsible|impact\w*|effects?)\b",
    re.IGNORECASE,
)
EVENING = pd.Timestamp("2024-01-17 18:00"), pd.Timestamp("2024-01-17 22:00")


@pytest.fixture(scope="module")
def eventful() -> Traffic:
    """Four weeks with a wild evening, a dead night and two channels that move for good."""
    table = hourly_traffic({"Direct": 0.6, "Email": 0.3, "Referral": 0.5}, days=42).frame.copy()
    counts = ["sessions", "engaged_sessions", "events"]
    table[counts] = table[counts].astype(float)
    is_late = table["time"] >= "2024-01-29"
    is_evening = (table["time"] >= EVENING[0]) & (table["time"] < EVENING[1])
    is_night = table["time"].between("2024-02-06 08:00", "2024-02-06 19:00")
    for name, place, factor in (
        ("Email", is_evening, 6.0),
        ("Direct", is_night, 0.05),
        ("Referral", is_late, 2.5),
        ("Direct", is_late, 0.5),
    ):
        table.loc[place & (table["channel"] == name), counts] *= factor
    return make_traffic(table, "hour")


def told(traffic: Traffic) -> Iterator[str]:
    """Every kind of sentence about what stood out."""
    events = spikes.find_spikes(traffic).frame
    assert set(events["kind"]) == set(spikes.KINDS)
    yield from events["sentence"]
    changes = levels.find_level_changes(traffic).frame
    assert {"Referral", "Direct"} <= set(changes["channel"])
    yield from changes["sentence"]
    for metric in ("sessions", "engagement_rate", "engagement_time_per_session"):
        for start, end in (EVENING, ("2024-02-06", "2024-02-07"), ("2024-01-08", "2024-02-05")):
            span = pd.Timestamp(start), pd.Timestamp(end)
            usual = explain.explain(traffic, metric, *span)
            yield from (explain.sentence(usual), lift_sentence(usual, METRICS[metric].label))
            if span[0] > pd.Timestamp("2024-01-08"):
                week = pd.Timedelta(days=7)
                before = explain.explain(traffic, metric, *span, against="before", shift=week)
                yield from (explain.headline(before), explain.detail(before))


def test_what_stood_out_is_never_told_as_cause_and_effect(eventful) -> None:
    sentences = list(told(eventful))
    assert len(sentences) > 30
    assert [text for text in sentences if CAUSAL.search(text)] == []
    assert [text for text in sentences if re.search(r"\bnan\b|NaT|None", text)] == []


@pytest.mark.parametrize(
    "text",
    ["Email drives it", "is caused by", "This proves", "because of", "led to more", "thanks to"],
)
def test_a_claim_of_a_cause_would_be_seen(text) -> None:
    assert CAUSAL.search(text)


def explanation(metric: str, actual: float, low: float, high: float) -> explain.Explanation:
    """A stretch of which twenty, or half, was to be expected."""
    expected = 0.5 if METRICS[metric].is_ratio else 20.0
    parts = pd.DataFrame({"channel": [ALL_CHANNELS], "effect": [actual - expected]})
    return explain.Explanation(
        metric, *EVENING, "usual", actual, expected, low, high, parts, "hour"
    )


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (
            explanation("sessions", 50.0, 12.0, 30.0),
            "30 more sessions than usual (95 % interval +20 to +38): beyond chance.",
        ),
        (
            explanation("sessions", 15.0, 12.0, 30.0),
            "5 fewer sessions than usual (95 % interval −15 to +3): within chance.",
        ),
        (
            explanation("sessions", 20.3, 12.0, 30.0),
            "As many sessions as usual (95 % interval −10 to +8): within chance.",
        ),
        (
            explanation("engagement_seconds", 3740.0, 12.0, 30.0),
            "1 h 2 min more sessions than usual (95 % interval +1 h 2 min to +1 h 2 min): beyond "
            "chance.",
        ),
        (
            explanation("revenue", 15.0, 12.0, 30.0),
            "5.00 less sessions than usual (95 % interval −15.00 to +3.00): within chance.",
        ),
        (
            explanation("engagement_rate", 0.62, 0.45, 0.55),
            "Sessions +12.0 points against the usual (95 % interval +7.0 points to +17.0 points): "
            "beyond chance.",
        ),
        (
            explanation("sessions", 50.0, np.nan, np.nan),
            "30 more sessions than usual; the file is too short to say how sure that is.",
        ),
    ],
)
def test_what_went_with_a_note_is_told_with_its_interval(result, words) -> None:
    assert lift_sentence(result, "Sessions") == words


def zeros() -> Iterator[str]:
    """Every way to write a number, of what is zero but for the dust of computing."""
    for value in (0.0, -0.0, 1e-9, -1e-9):
        yield from (wording.count(value), wording.signed_count(value), wording.percent(value))
        yield from (wording.signed_percent(value), wording.points(value), wording.duration(value))
        for metric in METRICS:
            yield wording.metric_value(metric, value)
            yield wording.signed_value(metric, value)
            yield wording.metric_change(metric, value)
            yield wording.whole_value(metric, value)


def test_zero_has_no_sign() -> None:
    assert [text for text in zeros() if re.search("[-−+]", text)] == []


def milliseconds(moment: str, zone: str) -> float:
    """What a browser in that zone calls this moment of its own clock."""
    return pd.Timestamp(moment).tz_localize(zone).timestamp() * 1000


ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Europe/Berlin"]
STRETCHES = [
    # from and to as dragged, step, and what it takes in: points that lie inside
    ("2024-04-17 18:30", "2024-04-17 22:10", "hour", "2024-04-17 19:00", "2024-04-17 23:00"),
    ("2024-04-17 19:00", "2024-04-17 22:00", "hour", "2024-04-17 19:00", "2024-04-17 23:00"),
    ("2024-04-16 12:00", "2024-04-19 06:00", "day", "2024-04-17", "2024-04-20"),
    ("2024-04-17 00:00", "2024-04-17 00:00", "day", "2024-04-17", "2024-04-18"),
    ("2024-04-17 08:00", "2024-04-17 20:00", "day", "2024-04-17", "2024-04-18"),
    ("2024-04-03 00:00", "2024-04-17 00:00", "week", "2024-04-08", "2024-04-22"),
    ("2024-04-08 00:00", "2024-04-15 00:00", "week", "2024-04-08", "2024-04-22"),
    ("2024-01-20 00:00", "2024-03-02 00:00", "month", "2024-02-01", "2024-04-01"),
    ("2024-01-01 00:00", "2024-02-29 00:00", "month", "2024-01-01", "2024-03-01"),
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("low", "high", "grain", "start", "end"), STRETCHES)
def test_a_dragged_stretch_holds_the_points_drawn_in_it(zone, low, high, grain, start, end) -> None:
    ends = [milliseconds(low, zone), milliseconds(high, zone)]
    for order in (ends, ends[::-1]):  # dragged from right to left, too
        span = picked_span({STRETCH: {"time": order}, MOMENT: []}, grain, zone)
        assert span == (pd.Timestamp(start), pd.Timestamp(end))


@pytest.mark.parametrize(
    ("grain", "end"),
    [
        ("hour", "2024-04-01 01:00"),
        ("day", "2024-04-02"),
        ("week", "2024-04-08"),
        ("month", "2024-05-01"),
    ],
)
@pytest.mark.parametrize("zone", [*ZONES, None])
def test_a_clicked_point_is_its_whole_period(grain, end, zone) -> None:
    span = picked_span({MOMENT: [{"at": "2024-04-01T00:00"}]}, grain, zone)
    assert span == (pd.Timestamp("2024-04-01"), pd.Timestamp(end))


def test_a_drag_across_a_change_of_the_clock_keeps_to_the_days_drawn() -> None:
    ends = [milliseconds(day, "America/New_York") for day in ("2024-03-09 12:00", "2024-03-11")]
    span = picked_span({STRETCH: {"time": ends}}, "day", "America/New_York")
    assert span == (pd.Timestamp("2024-03-10"), pd.Timestamp("2024-03-12"))


@pytest.mark.parametrize("picked", [{}, {STRETCH: {}, MOMENT: []}, {STRETCH: {"time": []}}])
def test_nothing_picked_is_no_stretch(picked) -> None:
    assert picked_span(picked, "day", "UTC") is None


def test_days_and_hours_chosen_by_hand() -> None:
    first, last = date(2024, 4, 17), date(2024, 4, 19)
    assert span_of((first, last), (0, 24)) == (
        pd.Timestamp("2024-04-17"),
        pd.Timestamp("2024-04-20"),
    )
    assert span_of((first, last), (18, 22)) == (
        pd.Timestamp("2024-04-17 18:00"),
        pd.Timestamp("2024-04-19 22:00"),
    )
    assert span_of(first, (6, 7)) == (
        pd.Timestamp("2024-04-17 06:00"),
        pd.Timestamp("2024-04-17 07:00"),
    )
    assert span_of((first,), (0, 24)) is None  # the second day is still to come
    assert span_of((), (0, 24)) is None
    assert span_of((first, last), (7, 7)) is None


def test_notes_are_lettered_like_the_columns_of_a_spreadsheet() -> None:
    names = [letter(place) for place in range(26 * 27 + 1)]
    assert names[:3] == ["A", "B", "C"]
    assert names[24:29] == ["Y", "Z", "AA", "AB", "AC"]
    assert names[-2:] == ["ZZ", "AAA"]
    assert len(set(names)) == len(names)
