"""The two-minute tour: a slim box at the top of each page, for those who asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from core.language import mark, t
from ui import state
from ui.navigation import BY_KEY

STEPS: Mapping[str, str] = MappingProxyType(
    {
        "home": mark(
            "Home says what was read from the file and whether anything is in doubt. Look at "
            "the five numbers: hover over the question mark of one (or tap it) to see what it "
            "means."
        ),
        "trends": mark(
            "Look at the first chart: the marks are stretches that stood out. Below, “What "
            "was that?” says which channels made the difference. Click on any point to ask "
            "about it."
        ),
        "correlations": mark(
            "Look at the grid: each cell is a pair of numbers. Many pairs are the same number "
            "counted twice, or both follow the time of day; the text beside a pair says so."
        ),
        "channels": mark(
            "Look at the first chart: the line around each dot is what the data allow. Where "
            "the lines of two channels overlap widely, do not call one better."
        ),
        "forecast": mark(
            "Look at the band, not only the line: most of the coming days should lie in it. "
            "“How good was it on your past?” tries the forecast on weeks that are already "
            "over."
        ),
        "recommendations": mark(
            "Look at the first card: what to do, how much evidence there is, what else could "
            "explain it and how to test it. Then drop a file of your own on Home."
        ),
    }
)
"""What to look at, by key of the page, in the order of the tour; ``t`` says it."""


def draw_start() -> None:
    """The button that opens the sample and begins."""
    st.button(
        t("Take the two-minute tour"),
        icon=":material/tour:",
        on_click=state.start_tour,
        width="content",
        help=t(
            "Opens the sample and shows on each page what to look at. You can stop at any time."
        ),
    )


def draw_step(key: str) -> None:
    """The box of a page; nothing where no tour is under way or another file is loaded.

    Args:
        key: a key of ``ui.navigation.BY_KEY``.
    """
    source = state.source()
    if key not in STEPS or not state.is_touring() or source is None or not source.is_sample:
        return
    keys = list(STEPS)
    place = keys.index(key)
    with st.container(border=True, key="tour"):
        title = t(
            "Tour {place} of {count}: {page}.",
            place=place + 1,
            count=len(keys),
            page=BY_KEY[key].title,
        )
        st.markdown(f"**{title}** {t(STEPS[key])}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if place > 0:
                _link(keys[place - 1], t("Back"), ":material/arrow_back:")
            if place + 1 < len(keys):
                after = keys[place + 1]
                label = t("Next: {page}", page=BY_KEY[after].title)
                _link(after, label, ":material/arrow_forward:")
            else:
                _link("glossary", t("What the words mean"), ":material/menu_book:")
            st.button(t("End the tour"), on_click=state.end_tour, type="tertiary", key="end_tour")


def _link(key: str, label: str, icon: str) -> None:
    st.page_link(
        BY_KEY[key].path,
        label=label,
        icon=icon,
        width="content",
        query_params=state.link_params(),
    )
