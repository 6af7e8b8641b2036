"""The glossary: every metric and every term, searchable, with nothing loaded."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.language import alphabetical, t
from core.metrics import METRICS
from ui.help import metric_help
from ui.navigation import BY_KEY
from ui.state import choice_key
from ui.terms import TERMS, VERDICTS
from ui.text import escape


@dataclass(frozen=True)
class Entry:
    """One word, in the language spoken.

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


def term_entries() -> list[Entry]:
    """Terms and verdicts in alphabetical order."""
    terms = [Entry(t(name), t(meaning)) for name, meaning in TERMS.items()]
    verdicts = [Entry(_verdicts(names, page), t(meaning)) for names, page, meaning in VERDICTS]
    return sorted(terms + verdicts, key=lambda entry: alphabetical(entry.name))


def _verdicts(names: tuple[str, ...], page: str) -> str:
    return f"{', '.join(t(name) for name in names)} ({BY_KEY[page].title})"


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
    more = t("The question mark beside a metric says the same.")
    st.caption(f"{page.question} {more}")


def ask() -> str:
    """Ask for a word; empty shows all."""
    asked = st.text_input(
        t("Find a word"),
        key=choice_key("glossary", "asked"),
        placeholder=t("engaged, interval, forecast …"),
        icon=":material/search:",
    )
    return asked.strip()


def draw_metrics(asked: str) -> None:
    """The metrics that fit, each with definition, formula and Google's page."""
    fitting = [key for key, entry in metric_entries().items() if entry.fits(asked)]
    st.subheader(t("Numbers"))
    if not fitting:
        st.caption(t("No number is called that or explained with it."))
    for key in fitting:
        with st.container(border=True):
            st.markdown(f"**{METRICS[key].label}**  \n{metric_help(key, 'none')}")


def draw_terms(asked: str) -> None:
    """The terms that fit."""
    fitting = [entry for entry in term_entries() if entry.fits(asked)]
    st.subheader(t("Words"))
    if not fitting:
        st.caption(t("No word fits. Try a shorter one, such as “rate”."))
        return
    lines = [f"**{escape(entry.name)}**  \n{escape(entry.meaning)}" for entry in fitting]
    st.markdown("\n\n".join(lines))
