"""The words of the interface: all in the catalogues, in every language, and nothing else shown."""

from __future__ import annotations

import ast
import re
import string
import threading
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from core import language, wording
from core.language import CATALOGUES, LANGUAGES, bound, speak, spoken, t, tc, tn
from ui import messages

ROOT = Path(__file__).resolve().parents[1]
KEYWORDS = {"t": None, "tn": (1, 2), "tc": ((1, "c"), 2), "mark": None}
CODE = ("core", "ui", "pages")
TRANSLATED = [key for key in LANGUAGES if key != "en"]

# Phrases that only machines read, or that are the same in every language.
IS_NO_PHRASE = re.compile(
    r"""(?x)
    [^a-zA-Z]*                                # no letters
    | .*(timeFormat|datum|windowSize|format\().*   # expressions of Vega
    | .*<[a-z!/].* | .*[:;]\s?[\d.#a-z-]+;.*      # HTML and CSS
    | (\#[0-9a-f]{6}\s?)+                     # colours
    | .*%[-A-Za-z].*                          # forms of dates
    | .*\(\?.*                                # regular expressions
    """,
    re.DOTALL,
)


@pytest.fixture(autouse=True)
def _english_after():
    before = spoken()
    yield
    speak(before)


@cache
def source_messages() -> dict[tuple[str | None, str | tuple[str, str]], str]:
    """What the code asks for, by context and text, and where."""
    found = {}
    for folder in (*CODE, "."):
        places = extract_from_dir(
            str(ROOT / folder),
            method_map=[("**.py" if folder != "." else "streamlit_app.py", "python")],
            keywords=KEYWORDS,
            directory_filter=None if folder != "." else lambda _: False,
        )
        for name, line, text, _, context in places:
            found[context, text] = f"{folder}/{name}:{line}"
    # A catalogue holds a text once: in its forms for one and many where it has them.
    with_plural = {(context, text[0]) for context, text in found if isinstance(text, tuple)}
    return {asked: place for asked, place in found.items() if asked not in with_plural}


@cache
def catalogue(key: str) -> Catalog:
    with (CATALOGUES / f"{key}.po").open("rb") as file:
        return read_po(file, locale=key, abort_invalid=True)


def entries(key: str) -> list[Message]:
    return [message for message in catalogue(key) if message.id]


def forms(message: Message) -> list[tuple[str, str]]:
    """Source and translation, one pair a plural form."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[min(place, 1)], text) for place, text in enumerate(message.string)]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_there_is_a_catalogue_for_every_language() -> None:
    assert set(TRANSLATED) == {"de", "es", "fr", "pt"}
    assert {path.stem for path in CATALOGUES.glob("*.po")} == set(TRANSLATED)


@pytest.mark.parametrize("key", TRANSLATED)
def test_no_string_is_missing_and_none_is_left_over(key) -> None:
    known = {(message.context, message.id) for message in entries(key)}
    missing = {asked: place for asked, place in source_messages().items() if asked not in known}
    assert not missing, missing
    assert not known - set(source_messages())


@pytest.mark.parametrize("key", TRANSLATED)
def test_every_string_is_translated_and_none_is_a_guess(key) -> None:
    for message in entries(key):
        assert not message.fuzzy, message.id
        assert all(text.strip() for _, text in forms(message)), message.id
    if entries(key):
        plurals = [one for one in entries(key) if isinstance(one.id, tuple)]
        assert all(len(one.string) == catalogue(key).num_plurals for one in plurals)


@pytest.mark.parametrize("key", TRANSLATED)
def test_a_translation_fills_in_the_same_values(key) -> None:
    for message in entries(key):
        for place, (source, text) in enumerate(forms(message)):
            if place == 0 and isinstance(message.id, tuple):
                # "one day" may do without its number
                assert fields(text) <= fields(source) | {"count"}, (source, text)
            else:
                assert fields(text) == fields(source), (source, text)


@pytest.mark.parametrize("key", TRANSLATED)
def test_a_translation_keeps_bold_links_lines_and_the_last_sign(key) -> None:
    for message in entries(key):
        for source, text in forms(message):
            assert text.count("**") == source.count("**"), text
            assert text.count("](") == source.count("]("), text
            assert text.count("\n") == source.count("\n"), text
            for sign in (".", "?", ":", "…"):
                assert text.rstrip(" ”»").endswith(sign) == source.rstrip(" ”").endswith(sign) or (
                    sign == "."
                ), text
            assert (text != text.strip()) == (source != source.strip()), text


@pytest.mark.parametrize("key", TRANSLATED)
def test_a_language_is_not_english(key) -> None:
    """Names and signs are the same everywhere; sentences are not."""
    same = [
        source
        for message in entries(key)
        for source, text in forms(message)
        if text == source and len(re.findall(r"[A-Za-z]{2,}", source)) > 4
    ]
    assert not same


def test_the_app_shows_no_words_beside_the_catalogue() -> None:
    """A string with several words is either asked of the catalogue or a matter of machines."""
    beside = [place for path in sources() for place in phrases_beside(path)]
    assert not beside, "\n".join(beside)


def sources() -> list[Path]:
    found = [path for folder in CODE for path in sorted((ROOT / folder).rglob("*.py"))]
    return [*found, ROOT / "streamlit_app.py"]


def phrases_beside(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    ignored: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            ignored.add(id(node.value))
        is_word = isinstance(node, ast.Call) and _called(node) in KEYWORDS
        # errors of programmers, patterns, forms of dates
        is_code = isinstance(node, ast.Call) and _called(node) in {"compile", "strftime", "TypeVar"}
        is_raised = isinstance(node, ast.Raise) and not _is_app_error(node)
        is_type = isinstance(node, ast.Subscript) and _name(node.value) == "Literal"
        if is_word:
            ignored |= {id(inner) for inner in node.args}
        elif is_code or is_raised or is_type:
            ignored |= {id(inner) for inner in ast.walk(node)}
    where = path.relative_to(ROOT).as_posix()
    return [
        f"{where}:{node.lineno}: {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in ignored
        and is_phrase(node.value)
        and node.value not in NOT_SHOWN.get(where, ())
        and not any(where.startswith(folder) for folder in NO_WORDS)
    ]


def is_phrase(text: str) -> bool:
    several = len(re.findall(r"[A-Za-z][a-z]+", text)) >= 2 and " " in text.strip()
    return several and not IS_NO_PHRASE.fullmatch(text)


def _called(node: ast.Call) -> str:
    return _name(node.func)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_app_error(node: ast.Raise) -> bool:
    return isinstance(node.exc, ast.Call) and _called(node.exc) in {"ExportError", "NotEnoughData"}


NO_WORDS = ("core/ingest/", "core/forecast/special_days.py")
"""Reads what others wrote, in their words; holds the English names of countries."""
NOT_SHOWN: dict[str, set[str]] = {
    "core/annotations.py": {"start date", "start time", "annotation date", "end date", "end time"},
    "core/channels/unattributed.py": {"(not set)"},
    "core/recommendations/calendar.py": {"PRODID:-//Traffic Insights//Test plan//EN"},
    "core/recommendations/cards.py": {"traffic-insights cards"},
    "core/recommendations/grading.py": {"held up", "too early"},
    "core/recommendations/thin.py": {"Organic Video", "Paid Search"},
    "core/recommendations/words.py": {
        "Organic Social",
        "Paid Social",
        "Organic Video",
        "Organic Search",
        "Paid Search",
    },
    "core/traffic.py": {"(not set)"},
    "ui/cache.py": {"channel forecasts"},
    "ui/charts/theme.py": {'"Source Sans", "Source Sans Pro", "Helvetica Neue", Arial, sans-serif'},
    "ui/page.py": {"Traffic Insights", "### :material/insights: "},
    "ui/report/powerpoint.py": {"Title Only", "Traffic Insights"},
}
"""Phrases that are codes, or names that GA4 and others gave, by file."""

ON_WEDNESDAY = date(2024, 4, 17)


@pytest.mark.parametrize(
    ("key", "number", "share", "day", "span", "weekday", "names"),
    [
        ("en", "162,895", "55.3 %", "Wed 17 Apr 2024", "6 Apr – 3 May 2024", "Mon", "A, B and C"),
        (
            "de",
            "162.895",
            "55,3 %",
            "Mi., 17. Apr. 2024",
            "6. Apr. – 3. Mai 2024",
            "Mo",
            "A, B und C",
        ),
        ("es", "162.895", "55,3 %", "mié, 17 abr 2024", "6 abr – 3 may 2024", "lun", "A, B y C"),
        (
            "fr",
            "162 895",
            "55,3 %",
            "mer. 17 avr. 2024",
            "6 avr. – 3 mai 2024",
            "lun.",
            "A, B et C",
        ),
        (
            "pt",
            "162.895",
            "55,3%",
            "qua., 17 de abr. de 2024",
            "6 de abr. – 3 de mai. de 2024",
            "seg.",
            "A, B e C",
        ),
    ],
)
def test_numbers_dates_and_weekdays_follow_the_language(
    key, number, share, day, span, weekday, names
) -> None:
    """Expected by CLDR 48 and the style guides of the languages."""
    speak(key)
    assert wording.count(162895).replace("\N{NARROW NO-BREAK SPACE}", " ") == number
    assert wording.percent(0.5533).replace("\N{NO-BREAK SPACE}", " ") == share
    assert wording.day(ON_WEDNESDAY) == day
    assert wording.span(date(2024, 4, 6), date(2024, 5, 3)) == span
    assert wording.weekday(0) == weekday
    assert wording.listing(["A", "B", "C"]) == names
    assert wording.moment(pd.Timestamp("2024-04-17"), pd.Timestamp("2024-04-18")) == day


def test_a_spanish_list_sounds_right() -> None:
    speak("es")
    assert wording.listing(["sesiones", "ingresos"]) == "sesiones e ingresos"
    assert wording.listing(["Email", "Direct", "hierro"]) == "Email, Direct y hierro"


def test_plurals_follow_the_rule_of_the_language(monkeypatch) -> None:
    speak("de")
    assert tn("{count} day", "{count} days", 1) == "1 Tag"
    assert tn("{count} day", "{count} days", 1200) == "1.200 Tage"


@pytest.mark.parametrize("key", LANGUAGES)
def test_what_a_column_can_be_has_a_word_of_its_own(key) -> None:
    """A person picks the word, and the word leads back to the meaning."""
    speak(key)
    words = [messages.concept(concept) for concept in messages.CONCEPTS]
    assert len(set(words)) == len(words)


def test_every_thread_speaks_for_itself() -> None:
    speak("de")
    heard = []
    thread = threading.Thread(target=lambda: heard.append(spoken()))
    thread.start()
    thread.join()
    assert heard == ["en"]
    carried = bound(lambda: heard.append(spoken()))
    thread = threading.Thread(target=carried)
    thread.start()
    thread.join()
    assert heard == ["en", "de"]


def test_a_language_we_do_not_know_is_refused_and_english_is_the_fallback() -> None:
    with pytest.raises(KeyError):
        speak("xx")
    assert language.closest("ja") == "en"
    assert t("No such words in any catalogue {here}", here="!").endswith("!")
    assert tc("nowhere", "x") == "x"
