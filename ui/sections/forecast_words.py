"""Words that several parts of the Forecast page share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from core import wording
from core.forecast import Forecast
from ui import messages
from ui.page import View
from ui.sections.forecast_question import ALL, Question

_OFTEN = {0.8: "four times in five", 0.95: "nineteen times in twenty"}
_REPEATED = {
    ("hour", 168): "last week",
    ("day", 7): "last week",
    ("week", 1): "the last week",
    ("week", 52): "the same weeks of last year",
    ("month", 1): "the last month",
    ("month", 12): "the same months of last year",
}
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
    return _OFTEN.get(round(level, 2), f"{round(100 * level)} times in 100")


def repeated(question: Question, result: Forecast) -> str:
    """What the naive guess repeats."""
    return _REPEATED.get((question.grain, result.season), "the last season")


def draw_caveats(codes: Iterable[str]) -> None:
    """What must be said with a forecast: folded away unless it is serious."""
    known = list(dict.fromkeys(codes))
    if not known:
        return
    with st.expander(
        f"What to keep in mind ({len(known)})",
        icon=":material/info:",
        expanded=bool(_SERIOUS & set(known)),
    ):
        for code in known:
            st.markdown(f"- {messages.CAVEATS[code]}")


def settings(
    view: View, question: Question, *, level: float, method: str
) -> Mapping[str, str | float | int]:
    """What made the numbers, as columns of the file that is downloaded."""
    form = "%Y-%m-%d %H:%M" if question.grain == "hour" else "%Y-%m-%d"
    first, last = (question.history.index[place].strftime(form) for place in (0, -1))
    return {
        "Measure": question.label,
        "Channel": question.whose.removeprefix(" from ") or ALL,
        "Horizon": question.length,
        "Band level": wording.percent(level, 0),
        "Method": method,
        "Made from": first,
        "Made to": last,
        "Special days": question.days.said,
        "File": view.source.name,
    }
