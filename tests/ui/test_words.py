"""The words of the app: every code has some, and they stay calm and helpful."""

import ast
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from core.channels import BETTER, LIKE_THE_REST, NOT_A_CHANNEL, TOO_LITTLE_DATA, WORSE
from core.correlations import CANNOT_TELL, FOLLOWS_CLOCK, SAME_NUMBER, STILL_THERE
from core.errors import AppError
from core.forecast.backtest import METHODS
from core.forecast.engine import CAVEATS
from core.ingest.notes import Note
from core.metrics import METRICS
from core.recommendations import RULES
from core.traffic import Comparison, Filters, make_traffic
from ui import messages
from ui.filters import describe, describe_comparison, file_parts
from ui.sections.correlations import VERDICTS
from ui.text import escape

ROOT = Path(__file__).parents[2]
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
}
COLUMNS = {"too_many_columns": 300, "no_numbers": ("sessions", "events_per_user")}


def codes(*makers: str) -> set[str]:
    """Literal first arguments of calls such as ``NotEnoughData("no_time")`` anywhere in core."""
    found = set()
    for path in (ROOT / "core").rglob("*.py"):
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


ERROR_CODES = codes("NotEnoughData", "ExportError", "AppError") | fault_codes()
NOTE_CODES = codes("Note", "_note")


def test_the_scan_sees_codes() -> None:
    assert {"no_time", "history_too_short", "empty_file", "no_count_column"} <= ERROR_CODES
    assert {"duplicate_rows", "identity_broken"} <= NOTE_CODES


def test_every_code_has_words_and_no_words_are_left_over() -> None:
    assert set(messages.ERRORS) == ERROR_CODES
    assert set(messages.NOTES) == NOTE_CODES
    assert set(messages.CAVEATS) == set(CAVEATS)
    assert set(messages.METHODS) == set(METHODS)
    assert set(messages.RULES) == set(RULES)
    assert set(VERDICTS) == {SAME_NUMBER, FOLLOWS_CLOCK, STILL_THERE, CANNOT_TELL}


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


def test_the_glossary_explains_every_metric_code_rule_and_verdict() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    verdicts = {BETTER, WORSE, LIKE_THE_REST, TOO_LITTLE_DATA, NOT_A_CHANNEL, *VERDICTS}
    keys = {*METRICS, *RULES, *ERROR_CODES, *NOTE_CODES, *CAVEATS, *METHODS, *verdicts}
    assert {key for key in keys if f"`{key}`" not in glossary} == set()
    assert {metric.label for metric in METRICS.values() if metric.label not in glossary} == set()


def test_text_from_a_file_is_shown_as_it_is() -> None:
    for mark in "*_`[]()!<>#$~|:\\":
        assert f"\\{mark}" in escape(f"a{mark}b")
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
