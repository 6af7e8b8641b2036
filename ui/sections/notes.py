"""Notes on the charts: write, list with their lift, save and load again."""

from __future__ import annotations

from datetime import date, time

import pandas as pd
import streamlit as st

from core import wording
from core.annotations import Annotation, AnnotationError, annotate, read_annotations, to_frame
from core.errors import NotEnoughData
from core.expected import Span
from core.explain import Explanation
from core.metrics import METRICS
from ui import cache, export, messages, state
from ui.notes import lettered
from ui.page import View
from ui.text import escape

_FILE_NAME = "traffic-insights-notes.csv"


def offer_note(span: Span) -> None:
    """Write down what a stretch was, right where it is explained."""
    with st.popover("Write a note for this stretch", icon=":material/edit_note:"):
        key = f"note_{span[0]:%Y%m%d%H}_{span[1]:%Y%m%d%H}"
        with st.form(key, border=False, clear_on_submit=True):
            text = st.text_input("What happened?", placeholder="Newsletter, TV spot, sale …")
            if st.form_submit_button("Keep the note"):
                _keep(text, *span)


def _keep(text: str, start: pd.Timestamp, end: pd.Timestamp) -> None:
    try:
        state.add_notes(annotate(text, start, end))
    except AnnotationError as error:
        _explain(error)
        return
    st.rerun()


def _explain(error: AnnotationError) -> None:
    parts = []
    for fault in error.faults:
        message = messages.of_error(fault)
        parts.append(f"**{message.title}** {message.why}  \n{message.what_to_do}")
    st.error("\n\n".join(parts), icon=":material/error:")


def draw_notes(view: View, metric: str) -> None:
    """The person's notes: what each went with, and how to keep them."""
    st.subheader("Your notes")
    st.caption(
        "Write down what happened, and every chart over time shows it. Notes stay in this session: "
        "save them as CSV, and load them again with the next export."
    )
    if state.notes():
        _draw_list(view, metric)
    with st.expander("Write a note", icon=":material/edit_note:", expanded=not state.notes()):
        _draw_form(view)
    _draw_files()


def _draw_form(view: View) -> None:
    last = view.whole.last_day
    with st.form("note_form", border=False, clear_on_submit=True):
        text = st.text_input("What happened?", placeholder="Newsletter, TV spot, sale …")
        left, right = st.columns(2)
        days = left.date_input("First and last day", value=(last, last), format="YYYY-MM-DD")
        hours = (0, 24)
        if view.whole.grain == "hour":
            hours = right.slider("Hours of the day", 0, 24, (0, 24), format="%d:00")
        if st.form_submit_button("Keep the note", type="primary"):
            both = days if isinstance(days, tuple) else (days, days)
            _keep(text, *_moments(both, hours))


def _moments(days: tuple[date, ...], hours: tuple[int, int]) -> tuple[pd.Timestamp, pd.Timestamp]:
    start, end = (pd.Timestamp.combine(day, time()) for day in (days[0], days[-1]))
    return start + pd.Timedelta(hours=hours[0]), end + pd.Timedelta(hours=hours[1])


def _draw_list(view: View, metric: str) -> None:
    label = wording.metric_label(metric, view.traffic.grain).lower()
    for name, note in lettered().items():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{name}. {escape(note.text)}** · "
                f"{escape(wording.moment(note.start, note.end))}  \n"
                f"{escape(_lift(view, metric, label, note))}"
            )
            st.button(
                "Remove",
                key=f"remove_note_{name}",
                icon=":material/delete:",
                type="tertiary",
                on_click=state.remove_note,
                args=(note,),
            )


def _lift(view: View, metric: str, label: str, note: Annotation) -> str:
    """What was counted meanwhile against what is usual then, with an interval."""
    span = (note.start, note.end)
    key = (*view.all_dates_key, metric, span, "usual", None)
    try:
        result = cache.explain_stretch(key, view.all_dates, metric, span, "usual", None)
    except NotEnoughData as problem:
        if problem.code == "nothing_there":
            return "Outside of what is loaded."
        return f"{_what_went_with_it(metric, label)} cannot be said: {_lower(problem)}"
    return lift_sentence(result, label)


def _what_went_with_it(metric: str, label: str) -> str:
    if METRICS[metric].is_ratio:
        return f"How the {label} moved with it"
    return f"{wording.how_much(metric).capitalize()} {label} went with it"


def _lower(problem: NotEnoughData) -> str:
    title = messages.of_error(problem).title
    return title[:1].lower() + title[1:]


def lift_sentence(result: Explanation, label: str) -> str:
    """Actual against usual with its interval, in words that claim no cause."""
    change = wording.signed_value(result.metric, result.difference)
    ends = (
        wording.signed_value(result.metric, end)
        for end in (result.difference_low, result.difference_high)
    )
    text = f"{wording.difference(result.metric, result.difference)} {label} than usual"
    if METRICS[result.metric].is_ratio:
        text = f"{label.capitalize()} {change} against the usual"
    elif change[0] not in "+−":  # zero has no sign
        text = f"As {wording.how_much(result.metric).removeprefix('how ')} {label} as usual"
    if pd.isna(result.low):
        return f"{text}; the file is too short to say how sure that is."
    verdict = "beyond chance" if result.is_unusual else "within chance"
    return f"{text} (95 % interval {' to '.join(ends)}): {verdict}."


def _draw_files() -> None:
    left, right = st.columns(2, vertical_alignment="bottom")
    notes = state.notes()  # the file is made outside of the session, which knows none then
    if notes:
        left.download_button(
            "Save notes as CSV",
            data=lambda: export.frame_csv(to_frame(notes)),
            file_name=_FILE_NAME,
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
        )
    dropped = right.file_uploader(
        "Load notes from a CSV", type=["csv"], key=state.notes_zone_key(), max_upload_size=1
    )
    if dropped is None:
        return
    try:
        found = read_annotations(dropped.getvalue())
    except AnnotationError as error:
        _explain(error)
        return
    state.load_notes(found)
    st.rerun()
