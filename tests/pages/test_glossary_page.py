"""The glossary page: every metric and word, searchable, with and without a file."""

from __future__ import annotations

from core.metrics import METRICS
from tests.pages.test_pages import start, words
from ui.sections.glossary import GLOSSARY, read_terms

PAGE = "pages/6_Glossary.py"


def test_with_nothing_loaded_every_metric_stands_there_with_formula_and_link() -> None:
    app = start(page=PAGE)
    shown = words(app)
    for metric in METRICS.values():
        assert f"**{metric.label}**" in shown
        assert metric.definition in shown
        assert metric.formula in shown
        assert metric.source_url in shown


def test_the_words_that_the_app_uses_are_explained() -> None:
    names = " ".join(entry.name for entry in read_terms(GLOSSARY.read_text("utf-8"))).lower()
    wanted = ("95 % interval", "correction for many looks", "engaged session", "wape")
    for word in (*wanted, "prediction interval", "user-hours", "within chance"):
        assert word in names, word


def test_no_place_in_the_code_is_shown() -> None:
    for entry in read_terms(GLOSSARY.read_text("utf-8")):
        assert "core/" not in entry.meaning
        assert "`" not in f"{entry.name}{entry.meaning}"


def test_the_search_leaves_only_what_fits_and_says_when_nothing_does() -> None:
    app = start(page=PAGE)
    app.text_input[0].set_value("WAPE").run()
    assert "**WAPE**" in words(app)
    assert "**Sessions**" not in words(app)
    assert "No number is called that" in words(app)
    app.text_input[0].set_value("zebra").run()
    assert "No word fits." in words(app)
    app.text_input[0].set_value("engaged ÷").run()
    assert "**Engagement rate**" in words(app)
    assert "**Views per session**" not in words(app)


def test_it_opens_with_a_file_loaded_and_keeps_it(sample_export) -> None:
    app = start(sample_export, PAGE)
    assert "**Sessions**" in words(app)
    assert app.session_state["source"].name == "export.csv"
