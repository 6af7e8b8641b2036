"""No page shows words that are not in the catalogue, and each speaks the visitor's language."""

import gettext
import json
import re
import string
from collections.abc import Iterator
from dataclasses import replace

import pytest
from babel import Locale
from streamlit.testing.v1 import AppTest

from core import language, wording
from core.ingest import read_export
from core.traffic import Traffic
from tests.pages.test_pages import HOME, PAGES, ROOT, go_to
from ui import state

ALL_PAGES = [HOME, *PAGES, "pages/6_Glossary.py"]
# Names, not words: of products, formats, people who gave a method its name, units of the SI.
NAMES = set(
    re.findall(
        r"\S+",
        """Traffic Insights Google Analytics GA4 Search Console Excel Explore Looker Studio ChatGPT
        Vega Lite PNG SVG HTML CSV JSON ZIP PDF PowerPoint UTM UTF URL
        English Deutsch Español Français Português""",
    )
)
LETTERS = {ord(letter): ord(letter) + 0xFEE0 for letter in string.ascii_letters}
"""Each letter to its wide form, which a person can still read."""


def disguise(text: str) -> str:
    """The text without a Latin letter, but for the names of values, icons and links."""
    keep = r"(\{[^}]*\}|:[a-z_]+/[a-z_]+:|:[a-z_]+(?=\[)|https?://[^\s)]+|%-?[a-zA-Z]|YYYY-MM-DD)"
    parts = re.split(keep, text)
    return "".join(
        part if place % 2 else part.translate(LETTERS) for place, part in enumerate(parts)
    )


class Disguised(gettext.NullTranslations):
    """A language that has no Latin letters."""

    def gettext(self, message: str) -> str:
        return disguise(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return disguise(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return disguise(message)


@pytest.fixture
def disguised(monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(language, "_catalogue", lambda _: Disguised())
    for module in (language, wording):
        monkeypatch.setattr(module, "listed", " + ".join)
    language.speak("de")  # here too, to know the names of its months
    yield
    language.speak("en")


def opened(data: bytes | None, page: str, key: str = "de") -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    app.session_state["language"] = key
    if data is not None:
        app.session_state["source"] = state.Source("1234", "digest", read_export(data), ())
    app = app.run() if page == HOME else go_to(app, page)
    assert not app.exception, app.exception[0].stack_trace
    return app


def shown(app: AppTest) -> Iterator[str]:
    """Every string that reaches the browser to be read."""
    for block in (app.main, app.sidebar):
        for element in _elements(block):
            yield from _strings(element)


def _elements(block) -> Iterator:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from _elements(child)


READ = ("label", "value", "help", "placeholder", "body", "caption", "delta", "text", "alt", "title")


def _strings(element) -> Iterator[str]:
    proto = getattr(element, "proto", None)
    if proto is None:
        return
    kind = getattr(element, "type", "")
    if kind == "vega_lite_chart":
        yield proto.alt_text if hasattr(proto, "alt_text") else ""
        yield from _said_in_chart(json.loads(proto.spec))
        return
    if kind == "arrow_data_frame":
        yield from (str(column) for column in element.value.columns)
        return
    if kind in ("code", "html"):
        return
    for name in READ:
        value = getattr(proto, name, "")
        if isinstance(value, str) and kind not in ("text_input", "date_input"):
            yield value
    yield from (str(option) for option in getattr(proto, "options", ()) if isinstance(option, str))


def _said_in_chart(spec: object) -> Iterator[str]:
    """Titles, texts and the words in the data of a chart."""
    if isinstance(spec, list):
        for part in spec:
            yield from _said_in_chart(part)
    elif isinstance(spec, dict):
        for name, part in spec.items():
            if name in ("title", "text", "subtitle") and isinstance(part, str):
                yield part
            elif name not in ("config", "datasets", "transform"):
                yield from _said_in_chart(part)


def unknown_words(texts: Iterator[str], traffic: Traffic | None) -> set[str]:
    own = set(NAMES)
    if traffic is not None:
        own |= {word for channel in traffic.channels for word in re.findall(r"[A-Za-z]+", channel)}
    countries = Locale.parse(language.spoken()).territories.values()
    own |= {word for country in countries for word in re.findall(r"[A-Za-z]+", country)}
    own |= {word for names in (language.month_names(), language.weekday_names()) for word in names}
    found = set()
    for text in texts:
        plain = re.sub(r":[a-z_]+/[a-z_0-9]+:|:[a-z-]+(?=\[)|\]\([^)]*\)|https?://\S+", " ", text)
        for word in re.findall(r"[A-Za-z]{3,}", plain):
            if word not in own and not any(word in name for name in own):
                found.add(f"{word} in {text[:90]!r}")
    return found


@pytest.mark.parametrize("page", ALL_PAGES)
def test_a_page_with_a_file_shows_only_words_of_the_catalogue(
    page, disguised, sample_export
) -> None:
    app = opened(sample_export, page)
    source = app.session_state["source"]
    assert not unknown_words(shown(app), source.result.traffic)


@pytest.mark.parametrize("page", ALL_PAGES)
def test_a_page_without_a_file_shows_only_words_of_the_catalogue(page, disguised) -> None:
    assert not unknown_words(shown(opened(None, page)), None)


def test_the_choice_of_a_language_changes_the_words_and_keeps_the_filters(sample_export) -> None:
    app = opened(sample_export, "pages/1_Trends.py", "en")
    app.sidebar.multiselect[0].select("Direct").run()
    app.sidebar.selectbox(key=state.language_key()).set_value("de").run()
    assert not app.exception
    assert app.session_state["language"] == "de"
    assert app.sidebar.multiselect[0].value == ["Direct"]
    assert "Wochentage" in [pills.label for pills in app.sidebar.get("button_group")]


@pytest.mark.parametrize("key", [key for key in language.LANGUAGES if key != "en"])
@pytest.mark.parametrize("page", ALL_PAGES)
def test_every_page_works_in_every_language(page, key, sample_export) -> None:
    app = opened(sample_export, page, key)
    assert not app.error
    with_english = {text for text in shown(app) if re.search(r"\b(the|with|which|and)\b", text)}
    assert not with_english


def test_several_files_are_named_in_the_language_spoken_now(sample_export) -> None:
    app = opened(sample_export, HOME, "en")
    several = app.session_state["source"]
    app.session_state["source"] = replace(several, name="", files=(("a", b""), ("b", b"")))
    app.run()
    assert any("2 files" in text for text in shown(app))
    app.sidebar.selectbox(key=state.language_key()).set_value("fr").run()
    assert any("2 fichiers" in text for text in shown(app))
    assert not any("2 files" in text for text in shown(app))
