"""All charts of a page, in every format, in one download."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.language import bound, t, tn
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
    st.download_button(
        t("Download everything on this page (ZIP)"),
        data=bound(
            partial(
                bundle,
                BY_KEY[page].title,
                f"{view.selection}\n{view.provenance}",
                tuple(view.exhibits),
                *view.file_parts,
            )
        ),
        file_name=export.file_name(
            "traffic-insights", BY_KEY[page].name, *view.file_parts, extension="zip"
        ),
        mime="application/zip",
        key="download_everything",
        on_click="ignore",
        icon=":material/folder_zip:",
        help=tn(
            "{count} chart as PNG, SVG, HTML and JSON with its numbers as CSV. "
            "Takes 10 to 15 seconds to make.",
            "{count} charts as PNG, SVG, HTML and JSON with their numbers as CSV. "
            "Takes 10 to 15 seconds to make.",
            len(view.exhibits),
        ),
    )
