"""The page's answer: one sentence with the number and its band, and four numbers."""

from __future__ import annotations

import math

import streamlit as st

from core import wording
from core.errors import NotEnoughData
from core.forecast import Forecast, at_level
from core.forecast.report import daily_wape, is_total_doubtful
from ui import cache
from ui.help import metrics_help
from ui.page import View, stop_with
from ui.sections.forecast_cautious import draw_cautious
from ui.sections.forecast_question import ALL, LEVEL, Question, three
from ui.sections.forecast_words import often, repeated
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
    total = result.total
    return (
        f"Expect about {question.amount(total.mean)}{question.whose} {question.when}, likely "
        f"{three(total.low)} to {three(total.high)}."
    )


def doubts(result: Forecast) -> list[str]:
    """What the reader must know before the number is used."""
    total, accuracy, said = result.total, result.accuracy, []
    if total.high > _WIDE * max(total.low, 1.0):
        said.append(
            "That range is wide: on its past this traffic jumped about more than could be "
            "foreseen. Plan with the range, not with its middle."
        )
    if is_total_doubtful(accuracy, result.level):
        said.append(
            f"Trust the range less than it says: on past stretches only "
            f"{accuracy.totals_in_band} of {accuracy.folds} totals lay in theirs."
        )
    return said


def _expected(question: Question, result: Forecast) -> tuple[str, str, str]:
    total = result.total
    return (
        f"Expected {question.noun}",
        three(total.mean),
        f"All {question.length} together. {often(result.level).capitalize()} the true total is "
        f"meant to lie between {three(total.low)} and {three(total.high)}.",
    )


def _miss(question: Question, result: Forecast) -> tuple[str, str, str]:
    hours = ""
    if question.grain == "hour":
        hours = f" Single hours were off by {wording.percent(result.accuracy.wape)}."
    return (
        f"Typical miss per {question.unit}",
        wording.percent(daily_wape(result.backtest)),
        "When past stretches were forecast with what was known before them: sum of all misses ÷ "
        f"sum of all counts (WAPE).{hours}",
    )


def _totals(result: Forecast) -> tuple[str, str, str]:
    accuracy = result.accuracy
    return (
        "Past totals in band",
        f"{accuracy.totals_in_band} of {accuracy.folds}",
        f"Meant to be {wording.percent(result.level, 0)}. So many past stretches were forecast, "
        "each with a band made without the stretch it is tried on.",
    )


def _gain(question: Question, result: Forecast) -> tuple[str, str, str]:
    accuracy, naive = result.accuracy, repeated(question, result)
    is_better = accuracy.skill > 0
    return (
        _closer(question, result),
        f"by {wording.percent(accuracy.skill, 0)}" if is_better else "no",
        f"How much smaller its misses were on past stretches than those of repeating {naive}, "
        f"which was off by {wording.percent(accuracy.naive_wape)} per {question.grain}.",
    )


def _closer(question: Question, result: Forecast) -> str:
    """What the naive guess repeats, short enough for a card on a phone."""
    is_yearly = question.grain in ("week", "month") and result.season > 1
    last = "year" if is_yearly else "month" if question.grain == "month" else "week"
    return f"Closer than last {last}"
