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
from core.language import bound, in_sentence, t
from core.metrics import METRICS
from ui import cache, export, messages, state
from ui.notes import lettered
from ui.page import View
from ui.text import escape

_FILE_NAME = "traffic-insights-notes.csv"


def offer_note(span: Span) -> None:
    """Write down what a stretch was, right where it is explained."""
    with st.popover(t("Write a note for this stretch"), icon=":material/edit_note:"):
        key = f"note_{span[0]:%Y%m%d%H}_{span[1]:%Y%m%d%H}"
        with st.form(key, border=False, clear_on_submit=True):
            text = st.text_input(t("What happened?"), placeholder=t("Newsletter, TV spot, sale …"))
            if st.form_submit_button(t("Keep the note")):
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
    st.subheader(t("Your notes"))
    st.caption(
        t(
            "Write down what happened, and every chart over time shows it. Notes stay in this "
            "session: save them as CSV, and load them again with the next export."
        )
    )
    if state.notes():
        _draw_list(view, metric)
    with st.expander(t("Write a note"), icon=":material/edit_note:", expanded=not state.notes()):
        _draw_form(view)
    _draw_files()


def _draw_form(view: View) -> None:
    last = view.whole.last_day
    with st.form("note_form", border=False, clear_on_submit=True):
        text = st.text_input(t("What happened?"), placeholder=t("Newsletter, TV spot, sale …"))
        left, right = st.columns(2)
        days = left.date_input(
            t("First and last day"), value=(last, last), format=wording.date_field()
        )
        hours = (0, 24)
        if view.whole.grain == "hour":
            hours = right.slider(t("Hours of the day"), 0, 24, (0, 24), format="%d:00")
        if st.form_submit_button(t("Keep the note"), type="primary"):
            both = days if isinstance(days, tuple) else (days, days)
            _keep(text, *_moments(both, hours))


def _moments(days: tuple[date, ...], hours: tuple[int, int]) -> tuple[pd.Timestamp, pd.Timestamp]:
    start, end = (pd.Timestamp.combine(day, time()) for day in (days[0], days[-1]))
    return start + pd.Timedelta(hours=hours[0]), end + pd.Timedelta(hours=hours[1])


def _draw_list(view: View, metric: str) -> None:
    label = wording.metric_label(metric, view.traffic.grain)
    for name, note in lettered().items():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{name}. {escape(note.text)}** · "
                f"{escape(wording.moment(note.start, note.end))}  \n"
                f"{escape(_lift(view, metric, label, note))}"
            )
            st.button(
                t("Remove"),
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
            return t("Outside of what is loaded.")
        return _unknown(metric, in_sentence(label), messages.reason(problem))
    return lift_sentence(result, label)


def _unknown(metric: str, label: str, reason: str) -> str:
    if METRICS[metric].is_ratio:
        return t(
            "How the {metric} moved with it cannot be said: {reason}", metric=label, reason=reason
        )
    if METRICS[metric].unit == "count":
        return t(
            "How many {metric} went with it cannot be said: {reason}", metric=label, reason=reason
        )
    return t("How much {metric} went with it cannot be said: {reason}", metric=label, reason=reason)


def lift_sentence(result: Explanation, label: str) -> str:
    """Actual against usual with its interval, in words that claim no cause.

    Args:
        result: of the stretch of a note.
        label: name of the metric, as at the beginning of a sentence.
    """
    change = _against_usual(result, label)
    if pd.isna(result.low):
        return t("{change}; the file is too short to say how sure that is.", change=change)
    low = wording.signed_value(result.metric, result.difference_low)
    high = wording.signed_value(result.metric, result.difference_high)
    if result.is_unusual:
        return t(
            "{change} (95 % interval {low} to {high}): beyond chance.",
            change=change,
            low=low,
            high=high,
        )
    return t(
        "{change} (95 % interval {low} to {high}): within chance.",
        change=change,
        low=low,
        high=high,
    )


def _against_usual(result: Explanation, label: str) -> str:
    """What was counted less what is usual, such as "30 more sessions than usual"."""
    metric, within = METRICS[result.metric], in_sentence(label)
    change = wording.signed_value(result.metric, result.difference)
    if metric.is_ratio:
        return t("{metric} {change} against the usual", metric=label, change=change)
    if change[0] not in "+−":  # zero has no sign
        if metric.unit == "count":
            return t("As many {metric} as usual", metric=within)
        return t("As much {metric} as usual", metric=within)
    size = wording.whole_value(result.metric, abs(result.difference))
    if result.difference >= 0:
        return t("{amount} more {metric} than usual", amount=size, metric=within)
    if metric.unit == "count":
        return t("{amount} fewer {metric} than usual", amount=size, metric=within)
    return t("{amount} less {metric} than usual", amount=size, metric=within)


def _draw_files() -> None:
    left, right = st.columns(2, vertical_alignment="bottom")
    notes = state.notes()  # the file is made outside of the session, which knows none then
    if notes:
        left.download_button(
            t("Save notes as CSV"),
            data=bound(lambda: export.frame_csv(to_frame(notes))),
            file_name=_FILE_NAME,
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
        )
    dropped = right.file_uploader(
        t("Load notes from a CSV"), type=["csv"], key=state.notes_zone_key(), max_upload_size=1
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
