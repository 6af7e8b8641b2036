"""The pages: path, name, icon and the question each one answers."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.capabilities import missing
from core.language import mark, t
from ui import messages, state


@dataclass(frozen=True)
class Page:
    """One page.

    Args:
        key: name in code.
        path: script, from the top of the project.
        name: its English name.
        icon: a Material symbol that ships with Streamlit.
        answers: the English question that the page answers.
    """

    key: str
    path: str
    name: str
    icon: str
    answers: str

    @property
    def title(self) -> str:
        """Name for people, in the language spoken."""
        return t(self.name)

    @property
    def question(self) -> str:
        """What the page answers, in the language spoken."""
        return t(self.answers)


PAGES = (
    Page("home", "streamlit_app.py", mark("Home"), ":material/home:", mark("What is in my file?")),
    Page(
        "trends",
        "pages/1_Trends.py",
        mark("Trends"),
        ":material/show_chart:",
        mark("When do people come, is this week different, and what was that peak?"),
    ),
    Page(
        "correlations",
        "pages/2_Correlations.py",
        mark("Correlations"),
        ":material/scatter_plot:",
        mark("Which numbers move together, and which are the same number twice?"),
    ),
    Page(
        "channels",
        "pages/3_Channels.py",
        mark("Channels"),
        ":material/alt_route:",
        mark("Which channels bring many visits, and which bring good ones?"),
    ),
    Page(
        "forecast",
        "pages/4_Forecast.py",
        mark("Forecast"),
        ":material/update:",
        mark("What should I expect next, and how sure is that?"),
    ),
    Page(
        "recommendations",
        "pages/5_Recommendations.py",
        mark("Recommendations"),
        ":material/task_alt:",
        mark("What should I do, and how do I test it?"),
    ),
    Page(
        "glossary",
        "pages/6_Glossary.py",
        mark("Glossary"),
        ":material/menu_book:",
        mark("What do the numbers and words mean?"),
    ),
)
BY_KEY = {page.key: page for page in PAGES}


def draw_navigation() -> None:
    """Links to all pages, in order."""
    for page in PAGES:
        draw_page_link(page)


def draw_page_link(page: Page) -> None:
    """A link that keeps the filters in the address, marked where the file cannot answer."""
    source = state.source()
    problem = missing(source.result.traffic, page.key) if source else None
    st.page_link(
        page.path,
        label=page.title,
        icon=page.icon,
        help=messages.of_error(problem).title if problem else None,
        query_params=state.link_params(),
    )
    if problem:
        st.caption(messages.needs(problem))
