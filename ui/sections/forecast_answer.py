"""The page's answer: one sentence with the number and its band, and four numbers."""

from __future__ import annotations

import math

import streamlit as st

from core import wording
from core.errors import NotEnoughData
from core.forecast import Forecast, at_level
from core.forecast.report import daily_wape, is_total_doubtful
from core.language import t
from ui import cache
from ui.help import metrics_help
from ui.page import View, stop_with
from ui.sections.forecast_cautious import draw_cautious
from ui.sections.forecast_question import ALL, LEVEL, Question, three
from ui.sections.forecast_words import expectation, often_first, repeated
from ui.text import escape

TOO_SHORT = "history_too_short"
_WIDE = 3.0
"""Upper end of the band ÷ lower end, from which the range is the message."""


def make(view: View, question: Question) -> Forecast:
    """Forecast. A history too short for it gets one level instead, and the page ends there."""
    try:
        return with_level(_make(question), question.level)
    except NotEnoughData as problem:
        if problem.code == TOO_SHORT:
            draw_cautious(view, question, problem)
            st.stop()
        stop_with(problem)


def _make(question: Question) -> Forecast:
    """Of all traffic by itself; of a channel so that all channels add up to all traffic."""
    horizon, events = question.horizon, question.events
    if question.channel == ALL or question.table is None:
        return cache.make_forecast(question.key, question.history, horizon, LEVEL, events)
    together = cache.make_channel_forecasts(question.key, question.table, horizon, LEVEL, events)
    return together.channels[question.channel]


def with_level(result: Forecast, level: float) -> Forecast:
    """The same forecast with bands of another level."""
    return result if math.isclose(result.level, level) else at_level(result, level)


def draw_answer(question: Question, result: Forecast) -> None:
    """One sentence, and at most four numbers."""
    st.subheader(escape(answer(question, result)))
    for doubt in doubts(result):
        st.caption(escape(doubt))
    row = st.container(horizontal=True)
    counted = metrics_help([question.metric], question.grain)
    for label, value, more in (
        _expected(question, result),
        _miss(question, result),
        _totals(result),
        _gain(question, result),
    ):
        row.metric(label, value, help=f"{escape(more)}\n\n{counted}", border=True, width="stretch")


def answer(question: Question, result: Forecast) -> str:
    """How much to expect, with its band."""
    return expectation(question, result.total)


def doubts(result: Forecast) -> list[str]:
    """What the reader must know before the number is used."""
    total, accuracy, said = result.total, result.accuracy, []
    if total.high > _WIDE * max(total.low, 1.0):
        said.append(
            t(
                "That range is wide: on its past this traffic jumped about more than could be "
                "foreseen. Plan with the range, not with its middle."
            )
        )
    if is_total_doubtful(accuracy, result.level):
        said.append(
            t(
                "Trust the range less than it says: on past stretches only "
                "{inside} of {all} totals lay in theirs.",
                inside=accuracy.totals_in_band,
                all=accuracy.folds,
            )
        )
    return said


def _expected(question: Question, result: Forecast) -> tuple[str, str, str]:
    total = result.total
    together = t("All {length} together.", length=question.length)
    band = t(
        "{often} the true total is meant to lie between {low} and {high}.",
        often=often_first(result.level),
        low=three(total.low),
        high=three(total.high),
    )
    return (
        t("Expected {metric}", metric=question.noun),
        three(total.mean),
        f"{together} {band}",
    )


def _miss(question: Question, result: Forecast) -> tuple[str, str, str]:
    meaning = t(
        "When past stretches were forecast with what was known before them: sum of all misses ÷ "
        "sum of all counts (WAPE)."
    )
    if question.grain == "hour":
        share = wording.percent(result.accuracy.wape)
        meaning = " ".join([meaning, t("Single hours were off by {share}.", share=share)])
    return (
        t("Typical miss per {step}", step=wording.step(question.unit)),
        wording.percent(daily_wape(result.backtest)),
        meaning,
    )


def _totals(result: Forecast) -> tuple[str, str, str]:
    accuracy = result.accuracy
    return (
        t("Past totals in band"),
        t("{inside} of {all}", inside=accuracy.totals_in_band, all=accuracy.folds),
        t(
            "Meant to be {level}. So many past stretches were forecast, "
            "each with a band made without the stretch it is tried on.",
            level=wording.percent(result.level, 0),
        ),
    )


def _gain(question: Question, result: Forecast) -> tuple[str, str, str]:
    accuracy, share = result.accuracy, wording.percent(result.accuracy.skill, 0)
    return (
        _closer(question, result),
        t("by {share}", share=share) if accuracy.skill > 0 else t("no"),
        t(
            "How much smaller its misses were on past stretches than those of repeating {last}, "
            "which was off by {share} per {step}.",
            last=repeated(question, result),
            share=wording.percent(accuracy.naive_wape),
            step=wording.step(question.grain),
        ),
    )


def _closer(question: Question, result: Forecast) -> str:
    """What the naive guess repeats, short enough for a card on a phone."""
    if question.grain in ("week", "month") and result.season > 1:
        return t("Closer than last year")
    if question.grain == "month":
        return t("Closer than last month")
    return t("Closer than last week")
