"""The glossary: every metric and every term, searchable, with nothing loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.metrics import METRICS
from ui.help import metric_help
from ui.navigation import BY_KEY
from ui.state import choice_key
from ui.text import escape

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
_SECTIONS = {"Terms": 2, "Verdicts": 3}
"""Tables shown on the page, and how many columns they have."""
_ROW = re.compile(r"^\| (?!-|term \||verdict \|)(.+) \|$", re.MULTILINE)
_CODE_PLACE = re.compile(r" \(`core/[\w/.]+`\)")


@dataclass(frozen=True)
class Entry:
    """One word.

    Args:
        name: plain text.
        meaning: plain text.
    """

    name: str
    meaning: str

    def fits(self, asked: str) -> bool:
        """Whether every word asked for stands in it."""
        text = f"{self.name} {self.meaning}".lower()
        return all(word in text for word in asked.lower().split())


def read_terms(markdown: str) -> list[Entry]:
    r"""Terms and verdicts of ``docs/glossary.md``, in alphabetical order, without places in code.

    >>> read_terms("## Terms\n\n| term | meaning |\n|---|---|\n| bias | `x` is too high. |\n")
    [Entry(name='bias', meaning='x is too high.')]
    """
    entries = []
    for title, columns in _SECTIONS.items():
        part = markdown.partition(f"## {title}\n")[2].partition("\n## ")[0]
        for row in _ROW.findall(_CODE_PLACE.sub("", part)):
            cells = [cell.replace("`", "").strip() for cell in row.split(" | ")]
            if len(cells) == columns:
                entries.append(Entry(_with_place(cells), cells[-1]))
    return sorted(entries, key=lambda entry: entry.name.lower())


def _with_place(cells: list[str]) -> str:
    return f"{cells[0]} ({cells[1].capitalize()})" if len(cells) == 3 else cells[0]


def metric_entries() -> dict[str, Entry]:
    """Every metric of the registry as an entry, by key."""
    return {
        key: Entry(metric.label, f"{metric.definition} {metric.formula}")
        for key, metric in METRICS.items()
    }


def draw_title() -> None:
    """Name and question."""
    page = BY_KEY["glossary"]
    st.title(page.title)
    st.caption(f"{page.question} The question mark beside a metric says the same.")


def ask() -> str:
    """Ask for a word; empty shows all."""
    asked = st.text_input(
        "Find a word",
        key=choice_key("glossary", "asked"),
        placeholder="engaged, interval, forecast …",
        icon=":material/search:",
    )
    return asked.strip()


def draw_metrics(asked: str) -> None:
    """The metrics that fit, each with definition, formula and Google's page."""
    fitting = [key for key, entry in metric_entries().items() if entry.fits(asked)]
    st.subheader("Numbers")
    if not fitting:
        st.caption("No number is called that or explained with it.")
    for key in fitting:
        with st.container(border=True):
            st.markdown(f"**{METRICS[key].label}**  \n{metric_help(key, 'none')}")


def draw_terms(asked: str) -> None:
    """The terms that fit."""
    fitting = [entry for entry in read_terms(GLOSSARY.read_text("utf-8")) if entry.fits(asked)]
    st.subheader("Words")
    if not fitting:
        st.caption("No word fits. Try a shorter one, such as “rate”.")
        return
    lines = [f"**{escape(entry.name)}**  \n{escape(entry.meaning)}" for entry in fitting]
    st.markdown("\n\n".join(lines))
