"""Words that several parts of the Forecast page share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from core import wording
from core.forecast import Forecast, Total
from core.language import mark, t, tc
from ui import messages
from ui.page import View
from ui.sections.forecast_question import Question, three

_OFTEN = {0.8: mark("four times in five"), 0.95: mark("nineteen times in twenty")}
_OFTEN_FIRST = {0.8: mark("Four times in five"), 0.95: mark("Nineteen times in twenty")}
_SERIOUS = {
    "capped",
    "coverage_below_level",
    "mostly_zero",
    "no_better_than_naive",
    "prophet_failed",
}
"""What must not be folded away."""


def often(level: float) -> str:
    """How often the actual count is meant to lie in the band.

    >>> often(0.8), often(0.9)
    ('four times in five', '90 times in 100')
    """
    said = _OFTEN.get(round(level, 2))
    if said is not None:
        return t(said)
    return t("{count} times in 100", count=round(100 * level))


def often_first(level: float) -> str:
    """The same at the start of a sentence.

    >>> often_first(0.8), often_first(0.9)
    ('Four times in five', '90 times in 100')
    """
    said = _OFTEN_FIRST.get(round(level, 2))
    return often(level) if said is None else t(said)


def expectation(question: Question, total: Total) -> str:
    """How much to expect, with its band."""
    return t(
        "Expect about {amount} {when}, likely {low} to {high}.",
        amount=question.of_channels(question.amount(total.mean)),
        when=question.when,
        low=three(total.low),
        high=three(total.high),
    )


def repeated(question: Question, result: Forecast) -> str:
    """What the naive guess repeats, as what somebody repeats."""
    return {
        ("hour", 168): tc("what is repeated", "last week"),
        ("day", 7): tc("what is repeated", "last week"),
        ("week", 1): tc("what is repeated", "the last week"),
        ("week", 52): tc("what is repeated", "the same weeks of last year"),
        ("month", 1): tc("what is repeated", "the last month"),
        ("month", 12): tc("what is repeated", "the same months of last year"),
    }.get((question.grain, result.season), tc("what is repeated", "the last season"))


def draw_caveats(codes: Iterable[str]) -> None:
    """What must be said with a forecast: folded away unless it is serious."""
    known = list(dict.fromkeys(codes))
    if not known:
        return
    with st.expander(
        t("What to keep in mind ({count})", count=len(known)),
        icon=":material/info:",
        expanded=bool(_SERIOUS & set(known)),
    ):
        for code in known:
            st.markdown(f"- {t(messages.CAVEATS[code])}")


def settings(
    view: View, question: Question, *, level: float, method: str
) -> Mapping[str, str | float | int]:
    """What made the numbers, as columns of the file that is downloaded."""
    form = "%Y-%m-%d %H:%M" if question.grain == "hour" else "%Y-%m-%d"
    first, last = (question.history.index[place].strftime(form) for place in (0, -1))
    return {
        t("Measure"): question.label,
        t("Channel"): question.channels,
        t("Horizon"): question.length,
        t("Band level"): wording.percent(level, 0),
        t("Method"): method,
        t("Made from"): first,
        t("Made to"): last,
        t("Special days"): question.days.said,
        t("File"): view.source.title,
    }
