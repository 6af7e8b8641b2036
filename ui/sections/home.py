"""Home: drop a file, see what was read, go on."""

from __future__ import annotations

import streamlit as st

from core import wording
from core.capabilities import left_out, missing
from core.ingest import Import, Note, list_tables
from core.language import mark, t, tn
from ui import messages, state, tour
from ui.navigation import BY_KEY, PAGES, Page
from ui.page import View, say_nothing_selected
from ui.sections.reading import Reading, draw_reading
from ui.text import escape

FILE_TYPES = ("csv", "tsv", "txt", "xlsx", "xls", "ods", "zip", "gz", "json")
"""JSON is for saved views."""
_ROWS = {
    "hour": mark("{rows}: hourly"),
    "day": mark("{rows}: daily"),
    "week": mark("{rows}: weekly"),
    "month": mark("{rows}: monthly"),
}
_KINDS = {
    "skipped": mark("Left out"),
    "repaired": mark("Repaired"),
    "doubted": mark("Please check"),
    "info": mark("Good to know"),
}


def draw_welcome() -> None:
    """What the app is for, until something is loaded."""
    st.title(t("What does your website traffic really say?"))
    st.markdown(
        t(
            "Drop a Google Analytics 4 export and see when people come, which channels bring good "
            "visits, what to expect next and what to try. **We never state noise as fact.**"
        )
    )


def draw_drop_zone() -> None:
    """Take a file or the sample; a file that fails is explained and loses nothing."""
    dropped = st.file_uploader(
        t(
            "Drag and drop a GA4 export here (by hour or by day, best with channels; several "
            "months at once are fine)"
        ),
        type=list(FILE_TYPES),
        accept_multiple_files=True,
        key=state.drop_zone_key(),
    )
    if dropped:
        with st.spinner(t("Reading your file …")):
            page = state.load_dropped([(file.name, file.getvalue()) for file in dropped])
        if page in BY_KEY and page != "home" and state.source() and not state.failure():
            st.switch_page(BY_KEY[page].path)
        st.rerun()
    with st.container(horizontal=True):  # one below the other where a tablet has no room
        st.button(
            t("Use the sample"),
            icon=":material/science:",
            on_click=state.load_sample,
            width="content",
        )
        tour.draw_start()
    st.caption(
        t(
            "Your file stays in this browser session's memory on the server: it is not stored, not "
            "logged, not shared, and gone when you remove it or leave."
        )
    )
    is_failed = state.failure() is not None
    with st.expander(
        t("How to get this file out of GA4"), expanded=state.source() is None or is_failed
    ):
        st.markdown(t(messages.HOW_TO_EXPORT))


def draw_failure() -> None:
    """Why the last file could not be read, and that nothing was lost."""
    failure = state.failure()
    if failure is None:
        return
    parts = [t("**We could not read “{name}”.**", name=escape(failure.title))]
    for fault in failure.error.faults:
        message = messages.of_error(fault)
        parts.append(f"**{message.title}** {message.why}  \n{message.what_to_do}")
    if source := state.source():
        parts.append(t("“{name}” is still loaded.", name=escape(source.title)))
    st.error("\n\n".join(parts), icon=":material/error:")
    codes = {fault.code for fault in failure.error.faults}
    choices = list_tables(failure.files)
    if choices:
        table = failure.overrides.table or 0
        questions = ("is_day_first",) if "unreadable_times" in codes else ()
        draw_reading(Reading("failed", failure.files, choices, table, failure.overrides, questions))


def draw_health(view: View) -> None:
    """What was read from the file, what was left out, repaired or doubted, and how to decide."""
    result, source = view.source.result, view.source
    said = t("{name}: we read {content}", name=escape(source.title), content=_content(result))
    st.markdown(f"#### {said}")
    for kind in ("doubted", "repaired", "skipped"):
        _draw_notes([note for note in result.notes if note.kind == kind])
    if not [note for note in result.notes if note.kind != "info"]:
        st.caption(t("Nothing was left out, repaired or in doubt."))
    _draw_notes([note for note in result.notes if note.kind == "info"])
    with st.container(horizontal=True):
        st.button(t("Remove this file"), icon=":material/delete:", on_click=state.remove_source)
    if not source.is_sample:
        draw_reading(
            Reading(
                "loaded", source.files, result.tables, result.table, result.overrides, _open(result)
            )
        )


def _draw_notes(notes: list[Note]) -> None:
    """One box for doubts, small print for the rest."""
    if not notes:
        return
    kind = notes[0].kind
    if kind == "doubted":
        lines = [f"- {messages.of_note(note)}" for note in notes]
        st.warning(f"**{t(_KINDS[kind])}**\n\n" + "\n".join(lines))
        return
    for note in notes:
        st.caption(t("**{kind}:** {note}", kind=t(_KINDS[kind]), note=messages.of_note(note)))


def _open(result: Import) -> tuple[str, ...]:
    """What a person can decide about this file."""
    is_hourly = result.traffic.grain == "hour"
    return (*result.questions, *(["shift_hours"] if is_hourly else []))


def has_selection(view: View) -> bool:
    """Whether the filters leave anything; says so where they do not."""
    if view.traffic.is_empty:
        say_nothing_selected()
    return not view.traffic.is_empty


def _content(result: Import) -> str:
    """What was read, as a list: rows, dates, channels."""
    traffic = result.traffic
    rows = tn("{count} row", "{count} rows", result.rows)
    if traffic.has_time:
        days = wording.span(traffic.first_day, traffic.last_day)
        parts = [t(_ROWS[traffic.grain], rows=rows), days]
    else:
        parts = [rows, t("without dates")]
    if traffic.has_channels:
        parts.append(tn("{count} channel", "{count} channels", len(traffic.channels)))
    else:
        parts.append(t("without channels"))
    return ", ".join(parts)


def draw_where_next(view: View) -> None:
    """A link to each page, with what this file can and cannot answer there."""
    title = t("Where to go next")
    st.markdown(f"#### {title}")
    for page in (page for page in PAGES if page.key not in ("home", "glossary")):
        problem = missing(view.whole, page.key)
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.page_link(
                page.path, label=page.title, icon=page.icon, query_params=state.link_params()
            )
            st.caption(messages.of_error(problem).title if problem else _offer(view, page))


def _offer(view: View, page: Page) -> str:
    """What a page answers, and what of it this file cannot."""
    without = left_out(view.whole, page.key)
    if not without:
        return page.question
    lacks = t("Not with this file: {parts}.", parts=messages.parts(without))
    return f"{page.question} {lacks}"
