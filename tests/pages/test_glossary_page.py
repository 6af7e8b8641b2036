"""The glossary page: every metric and word, searchable, with and without a file."""

from __future__ import annotations

import re

from core.metrics import METRICS
from tests.pages.test_pages import ROOT, start, words
from ui.sections.glossary import term_entries
from ui.terms import TERMS, VERDICTS

PAGE = "pages/6_Glossary.py"
ROW = re.compile(r"^\| (?!-|term \||verdict \|)(.+) \|$", re.MULTILINE)
CODE_PLACE = re.compile(r" \(`core/[\w/.]+`\)")


def rows_of_document(title: str) -> list[list[str]]:
    """A table of ``docs/glossary.md``, without places in code."""
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    part = CODE_PLACE.sub("", text).partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [row.replace("`", "").split(" | ") for row in ROW.findall(part)]
    return [[cell.strip() for cell in row] for row in rows]


def test_with_nothing_loaded_every_metric_stands_there_with_formula_and_link() -> None:
    app = start(page=PAGE)
    shown = words(app)
    for metric in METRICS.values():
        assert f"**{metric.label}**" in shown
        assert metric.definition in shown
        assert metric.formula in shown
        assert metric.source_url in shown


def test_the_words_that_the_app_uses_are_explained() -> None:
    names = " ".join(entry.name for entry in term_entries()).lower()
    wanted = ("95 % interval", "correction for many looks", "engaged session", "wape")
    for word in (*wanted, "prediction interval", "user-hours", "within chance"):
        assert word in names, word


def test_no_place_in_the_code_is_shown() -> None:
    for entry in term_entries():
        assert "core/" not in entry.meaning
        assert "`" not in f"{entry.name}{entry.meaning}"


def test_the_page_and_the_document_say_the_same() -> None:
    assert rows_of_document("Terms") == [list(row) for row in TERMS.items()]
    verdicts = [[", ".join(names), page, meaning] for names, page, meaning in VERDICTS]
    assert rows_of_document("Verdicts") == verdicts
    assert len(TERMS) > 40
    assert len(verdicts) > 10


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
