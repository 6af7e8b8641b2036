"""A history too short for a forecast: one level with a wide band, marked as such."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.errors import NotEnoughData
from core.forecast import LevelForecast, forecast_level
from core.language import mark, t
from ui import state
from ui.cards import Card, show
from ui.charts import forecast as charts
from ui.charts.notes import with_notes
from ui.notes import shown_notes
from ui.page import View, say, stop_with
from ui.sections.forecast_ahead import COLUMNS, history_at_step
from ui.sections.forecast_question import Question, three
from ui.sections.forecast_words import draw_caveats, expectation, often_first, settings
from ui.text import escape

METHOD = mark("one level only, for a history too short to show what repeats")
_HEADLINE = {
    "day": mark("About {amount} a day, the same for every day ahead"),
    "week": mark("About {amount} a week, the same for every week ahead"),
    "month": mark("About {amount} a month, the same for every month ahead"),
}
_HOLLOW = {
    "day": mark("Hollow: expected, one level for all days."),
    "week": mark("Hollow: expected, one level for all weeks."),
    "month": mark("Hollow: expected, one level for all months."),
}
_HISTORY_SHOWN = 56


def draw_cautious(view: View, question: Question, problem: NotEnoughData) -> None:
    """Say what is missing, and show how much traffic there is and how far it may wander."""
    try:
        found = forecast_level(question.history, question.units, question.level)
    except NotEnoughData as too_little:
        stop_with(too_little)
    _draw_answer(question, found)
    say(problem)
    _draw_chart(view, question, found)
    draw_caveats(found.caveats)
    st.page_link(
        "streamlit_app.py",
        label=t("Drop another file"),
        icon=":material/upload_file:",
        query_params=state.link_params(),
    )


def _draw_answer(question: Question, found: LevelForecast) -> None:
    total = found.total
    st.badge(t("Cautious: level only"), icon=":material/horizontal_rule:", color="gray")
    st.subheader(escape(expectation(question, total)))
    band = t(
        "{often} the true total is meant to lie in that range.", often=often_first(found.level)
    )
    why = t("It is wide, for so short a file does not show what repeats from week to week.")
    st.caption(f"{band} {why}")


def _draw_chart(view: View, question: Question, found: LevelForecast) -> None:
    said = _with_ends(found)
    seen = history_at_step(question.history, question.grain, found.step, said["time"].iloc[0])
    seen = seen.tail(_HISTORY_SHOWN)
    letters, notes = shown_notes(seen["time"].iloc[0], said["time"].iloc[-1])
    chart = charts.ahead(seen, said, question.label, found.step, view.mode, is_hollow=True)
    each = three(found.total.mean / len(said))
    show(
        view,
        Card(
            slug=f"cautious-forecast-{question.slug}",
            headline=t(_HEADLINE[found.step], amount=question.of_channels(question.number(each))),
            chart=with_notes(chart, notes, view.mode),
            data=said[list(COLUMNS)],
            reading=f"{_reading(found)} {letters}".strip(),
            metric=t(
                "{metric} by {step}, level only, with {level} band",
                metric=question.label,
                step=wording.step(found.step),
                level=wording.percent(found.level, 0),
            ),
            columns=COLUMNS,
            settings=settings(view, question, level=found.level, method=t(METHOD)),
        ),
    )


def _reading(found: LevelForecast) -> str:
    band = t(
        "{often} the count of a single {step} is meant to lie between the ends of its line.",
        often=often_first(found.level),
        step=wording.step(found.step),
    )
    return f"{t(_HOLLOW[found.step])} {band}"


def _with_ends(found: LevelForecast) -> pd.DataFrame:
    """The level as the chart ahead draws it."""
    offset = {"week": pd.DateOffset(days=7), "month": pd.DateOffset(months=1)}
    stop = found.frame["time"] + offset.get(found.step, pd.DateOffset(days=1))
    return found.frame.assign(stop=stop, is_whole=True)
