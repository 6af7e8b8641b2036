"""Sharing: the link to this view, and what a link that was opened still waits for."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from core import wording
from core.language import t
from ui import export, links, state
from ui.text import escape


def draw_share(source: state.Source, page: str) -> None:
    """A small popover with the link to this page and these filters, and the view as a file."""
    with st.popover(t("Share this view"), icon=":material/link:"):
        st.code(link(st.context.url or "", state.link_params()), language=None, wrap_lines=True)
        if not state.link_is_whole():
            st.caption(t("The channels chosen are too many for a link: it leaves them out."))
        if source.is_sample:
            st.caption(t("Whoever opens this link sees the sample with these filters."))
        else:
            st.caption(
                t(
                    "The link holds the filters, not your data: whoever opens it drops the "
                    "same file."
                )
            )
        st.download_button(
            t("Save this view"),
            data=state.save_view(page),
            file_name=export.file_name("view", page, extension="json"),
            mime="application/json",
            key="save_view",
            on_click="ignore",
            icon=":material/bookmark:",
            width="stretch",
        )
        st.caption(
            t(
                "A small file with page and filters, no data. Drop it on the home page, alone or "
                "together with an export, to come back to this view."
            )
        )


def draw_wish() -> None:
    """Nothing is loaded, but a link asked for a view: say which, and what to do."""
    wish = state.wish()
    if wish.is_filter:
        st.info(t("Drop the file to see this view: {view}", view=escape(links.describe(wish))))


def draw_unfit() -> None:
    """One line on what of the opened link this file does not have."""
    if unfit := state.unfit():
        names = wording.listing([t(name) for name in unfit])
        st.caption(
            t(
                "Not everything in the link fits this file. "
                "Left out, wholly or in part: {filters}.",
                filters=names,
            )
        )


def link(address: str, params: links.Params) -> str:
    """The address of a page with its query.

    >>> link("http://localhost:8501/Channels", {"channel": ["Paid Search", "R&D"]})
    'http://localhost:8501/Channels?channel=Paid+Search&channel=R%26D'
    """
    query = urlencode(params, doseq=True)
    return f"{address}?{query}" if query else address
