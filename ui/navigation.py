"""The pages: path, name, icon and the question each one answers."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.capabilities import missing
from ui import messages, state


@dataclass(frozen=True)
class Page:
    """One page.

    Args:
        key: name in code.
        path: script, from the top of the project.
        title: name for people.
        icon: a Material symbol that ships with Streamlit.
        question: what the page answers.
    """

    key: str
    path: str
    title: str
    icon: str
    question: str


PAGES = (
    Page("home", "streamlit_app.py", "Home", ":material/home:", "What is in my file?"),
    Page(
        "trends",
        "pages/1_Trends.py",
        "Trends",
        ":material/show_chart:",
        "When do people come, is this week different, and what was that peak?",
    ),
    Page(
        "correlations",
        "pages/2_Correlations.py",
        "Correlations",
        ":material/scatter_plot:",
        "Which numbers move together, and which are the same number twice?",
    ),
    Page(
        "channels",
        "pages/3_Channels.py",
        "Channels",
        ":material/alt_route:",
        "Which channels bring many visits, and which bring good ones?",
    ),
    Page(
        "forecast",
        "pages/4_Forecast.py",
        "Forecast",
        ":material/update:",
        "What should I expect next, and how sure is that?",
    ),
    Page(
        "recommendations",
        "pages/5_Recommendations.py",
        "Recommendations",
        ":material/task_alt:",
        "What should I do, and how do I test it?",
    ),
    Page(
        "glossary",
        "pages/6_Glossary.py",
        "Glossary",
        ":material/menu_book:",
        "What do the numbers and words mean?",
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
