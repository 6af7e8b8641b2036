"""All charts of a page, in every format, in one download."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ui import export
from ui.bundle import bundle
from ui.navigation import BY_KEY
from ui.page import View


def draw_take_away(view: View, page: str) -> None:
    """Offer what the page has shown as one ZIP, which is made when it is asked for.

    Args:
        view: after all cards of the page were drawn.
        page: key of the page.
    """
    if not view.exhibits:
        return
    title = BY_KEY[page].title
    st.download_button(
        "Download everything on this page (ZIP)",
        data=partial(
            bundle,
            title,
            f"{view.selection}\n{view.provenance}",
            tuple(view.exhibits),
            *view.file_parts,
        ),
        file_name=export.file_name("traffic-insights", title, *view.file_parts, extension="zip"),
        mime="application/zip",
        key="download_everything",
        on_click="ignore",
        icon=":material/folder_zip:",
        help=f"{len(view.exhibits)} charts as PNG, SVG, HTML and JSON with their numbers as CSV. "
        "Takes 10 to 15 seconds to make.",
    )
