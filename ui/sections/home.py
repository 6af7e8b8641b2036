"""Home: drop a file, see what was read, go on."""

from __future__ import annotations

import streamlit as st

from core import wording
from core.capabilities import missing
from core.ingest import Import
from ui import messages, state
from ui.navigation import PAGES
from ui.page import View, say_nothing_selected
from ui.text import escape

FILE_TYPES = ("csv", "tsv", "txt")
_KINDS = {
    "skipped": "Left out",
    "repaired": "Repaired",
    "doubted": "Please check",
    "info": "Good to know",
}


def draw_welcome() -> None:
    """What the app is for, until something is loaded."""
    st.title("What does your website traffic really say?")
    st.markdown(
        "Drop a Google Analytics 4 export and see when people come, which channels bring good "
        "visits, what to expect next and what to try. **We never state noise as fact.**"
    )


def draw_drop_zone() -> None:
    """Take a file or the sample; a file that fails is explained and loses nothing."""
    dropped = st.file_uploader(
        "Drag and drop a GA4 export here (CSV, by hour or by day, best with channels)",
        type=list(FILE_TYPES),
        key=state.drop_zone_key(),
    )
    if dropped is not None:
        with st.spinner("Reading your file …"):
            state.load_dropped(dropped.getvalue(), dropped.name)
        st.rerun()
    left, right = st.columns([1, 2], vertical_alignment="center")
    left.button(
        "Use the sample",
        icon=":material/science:",
        on_click=state.load_sample,
        width="stretch",
    )
    right.caption(
        "Your file stays in this browser session's memory on the server: it is not stored, not "
        "logged, not shared, and gone when you remove it or leave."
    )
    with st.expander("How to get this file out of GA4", expanded=state.source() is None):
        st.markdown(messages.HOW_TO_EXPORT)


def draw_failure() -> None:
    """Why the last file could not be read, and that nothing was lost."""
    failure = state.failure()
    if failure is None:
        return
    parts = [f"**We could not read “{escape(failure.name)}”.**"]
    for fault in failure.error.faults:
        message = messages.of_error(fault)
        parts.append(f"**{message.title}** {message.why}  \n{message.what_to_do}")
    if source := state.source():
        parts.append(f"“{escape(source.name)}” is still loaded.")
    st.error("\n\n".join(parts), icon=":material/error:")


def draw_health(view: View) -> None:
    """What was read from the file, and what was left out, repaired or doubted."""
    result = view.source.result
    st.markdown(f"#### {escape(view.source.name)}: {_size(result)}")
    notes = [note for note in result.notes if note.kind in ("doubted", "repaired", "skipped")]
    if not notes:
        st.caption("Nothing was left out, repaired or in doubt.")
    for note in result.notes:
        show = st.warning if note.kind == "doubted" else st.caption
        show(f"**{_KINDS[note.kind]}:** {messages.of_note(note)}")
    st.button("Remove this file", icon=":material/delete:", on_click=state.remove_source)


def has_selection(view: View) -> bool:
    """Whether the filters leave anything; says so where they do not."""
    if view.traffic.is_empty:
        say_nothing_selected()
    return not view.traffic.is_empty


def _size(result: Import) -> str:
    traffic = result.traffic
    parts = [f"{result.rows:,} rows"]
    if traffic.has_time:
        parts.append(
            f"{wording.span(traffic.first_day, traffic.last_day)} ({traffic.days:,} days, by "
            f"{traffic.grain})"
        )
    else:
        parts.append("without dates")
    count = len(traffic.channels)
    parts.append(f"{count} channels" if traffic.has_channels else "without channels")
    return ", ".join(parts)


def draw_where_next(view: View) -> None:
    """A link to each page, with what this file can and cannot answer there."""
    st.markdown("#### Where to go next")
    for page in PAGES[1:]:
        problem = missing(view.whole, page.key)
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.page_link(page.path, label=page.title, icon=page.icon)
            st.caption(messages.of_error(problem).title if problem else page.question)
