"""One button makes a report of what is selected; its three files wait under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import streamlit as st

from core.language import spoken, t
from ui import export, state
from ui.cache import Key
from ui.page import View

_TYPES = {
    "PowerPoint": (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "PDF": ("pdf", "application/pdf"),
    "HTML": ("html", "text/html"),
}


@dataclass(frozen=True)
class Made:
    """A report that was made: of what, and its files by kind."""

    key: Key
    selection: str
    files: Mapping[str, bytes]
    name_parts: tuple[str, ...]


def draw_report(view: View) -> None:
    """The button, the bar while it works, then the files."""
    st.divider()
    made: Made | None = state.answer(_last(view))
    is_current = made is not None and made.key == _key(view)
    label = (
        t("Make a report") if made is None or is_current else t("Make it again for this selection")
    )
    place = st.container()
    if place.button(
        label,
        key="make_report",
        icon=":material/summarize:",
        type="primary" if not is_current else "secondary",
        width="stretch",
        help=t("The findings of all pages as PowerPoint, PDF and HTML."),
    ):
        made, is_current = _make(view), True
    if made is None:
        return
    if not is_current:
        st.caption(t("You have changed the filters since: these files show the selection before."))
    _draw_files(made)


def _key(view: View) -> Key:
    states = tuple(sorted(state.card_states().items()))
    return ("report", *view.key, view.wants_comparison, states, state.notes())


def _last(view: View) -> Key:
    """Where the newest report of this file in the language spoken is kept."""
    return ("newest_report", view.source.digest, spoken())


def _make(view: View) -> Made:
    """Make all files under a bar with words."""
    # Half a second that only those who want a report pay.
    from ui.report.contents import make_report  # noqa: PLC0415
    from ui.report.pdf import as_pdf  # noqa: PLC0415
    from ui.report.powerpoint import as_powerpoint  # noqa: PLC0415
    from ui.report.web import as_html  # noqa: PLC0415

    bar = st.progress(0.0, text=t("Looking at the selection …"))

    def tell(share: float, text: str) -> None:
        bar.progress(0.9 * share, text=text)

    try:
        report = make_report(view, date.today(), tell)
        bar.progress(0.92, text=t("Writing the files …"))
        files = {
            "PowerPoint": as_powerpoint(report),
            "PDF": as_pdf(report),
            "HTML": as_html(report),
        }
    finally:
        bar.empty()
    made = Made(_key(view), view.selection, files, view.file_parts)
    state.keep_answer(_last(view), made)
    return made


def _draw_files(made: Made) -> None:
    for kind, (extension, mime) in _TYPES.items():
        st.download_button(
            t("Download {kind}", kind=kind),
            data=made.files[kind],
            file_name=export.file_name("report", *made.name_parts, extension=extension),
            mime=mime,
            key=f"report_{kind}",
            on_click="ignore",
            icon=":material/download:",
            width="stretch",
        )
