"""Report card: what was forecast for past stretches, and what came."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import streamlit as st

from core import wording
from core.forecast import Forecast
from core.forecast.methods import MEMORIES
from core.forecast.report import daily_wape
from ui import messages
from ui.cards import Card, show
from ui.charts import forecast as charts
from ui.charts.notes import with_notes
from ui.notes import shown_notes
from ui.page import View
from ui.sections.forecast_question import HOURS_A_DAY, Question
from ui.sections.forecast_words import repeated, settings
from ui.text import escape

COLUMNS = {
    "fold": "Stretch",
    "time": "Time",
    "actual": "Counted",
    "mean": "Forecast",
    "low": "Band from",
    "high": "Band to",
    "naive": "Naive guess",
}
_LEAST_SHARE = 0.01


def draw_check(view: View, question: Question, result: Forecast) -> None:
    """The newest stretch of the past with its band, and all of them in numbers."""
    table, folds = result.backtest, result.accuracy.folds
    newest = table[table["fold"] == table["fold"].max()]
    letters, notes = shown_notes(newest["time"].min(), newest["time"].max())
    chart = charts.replayed(newest, question.label, question.grain, view.mode)
    st.subheader("How good was it on your past?")
    show(
        view,
        Card(
            slug=f"forecast-check-{question.slug}",
            headline=headline(question, result),
            chart=with_notes(chart, notes, view.mode),
            data=table,
            reading=f"Drawn: the newest of {folds} past stretches, forecast with what was known "
            f"before it. {letters}".strip(),
            metric=f"{question.label}, counted and forecast",
            columns=COLUMNS | {"naive": f"Repeating {repeated(question, result)}"},
            settings=settings(
                view, question, level=result.level, method=messages.METHODS[result.method]
            ),
        ),
    )
    with st.expander("Measures and methods", icon=":material/fact_check:"):
        for name, value, meaning in measures(question, result):
            st.markdown(f"- **{escape(f'{name}: {value}')}.** {escape(meaning)}")
        st.markdown(escape(say_methods(result.shares)))


def headline(question: Question, result: Forecast) -> str:
    """How past stretches went, in plain words."""
    accuracy, naive = result.accuracy, repeated(question, result)
    off = wording.percent(daily_wape(result.backtest), 0)
    gain = f"no better than repeating {naive}"
    if accuracy.skill > 0:
        gain = f"{wording.percent(accuracy.skill, 0)} better than repeating {naive}"
    return (
        f"On {accuracy.folds} past stretches of {_stretch(question, result)}: total inside the "
        f"band {accuracy.totals_in_band} of {accuracy.folds} times; off by {off} on a typical "
        f"{question.unit}; {gain}"
    )


def _stretch(question: Question, result: Forecast) -> str:
    """How long a replayed stretch is; shorter than the horizon where the history is short."""
    periods = result.evidence.replayed.plan.horizon
    number = periods // HOURS_A_DAY if question.grain == "hour" else periods
    return f"{number} {question.unit}" if number == 1 else f"{number} {question.unit}s"


def measures(question: Question, result: Forecast) -> list[tuple[str, str, str]]:
    """Name, value and plain meaning of each measure."""
    found, grain = result.accuracy, question.grain
    naive = repeated(question, result)
    return [
        (
            f"Typical miss per {grain} (WAPE)",
            wording.percent(found.wape),
            f"Sum of all misses ÷ sum of all counts. Repeating {naive}: "
            f"{wording.percent(found.naive_wape)}.",
        ),
        (
            "Against a naive guess inside the history (MASE)",
            _ratio(found.mase),
            "The mean miss ÷ that of the guess over the whole history; below 1 is better.",
        ),
        (
            "Lean (bias)",
            wording.signed_percent(found.bias),
            "Plus: the forecast was too high altogether. Minus: too low.",
        ),
        (
            f"{grain.capitalize()}s inside their band (coverage)",
            wording.percent(found.coverage, 0),
            f"Meant to be {wording.percent(result.level, 0)}.",
        ),
        (
            "Median miss of a total",
            wording.percent(found.total_error),
            f"Half of the {found.folds} stretches were closer, half further off.",
        ),
    ]


def _ratio(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "not available"


def say_methods(shares: Mapping[str, float]) -> str:
    """What the forecast was made with, by weight; and how fast its level follows.

    Args:
        shares: weight of each method, a key of ``core.forecast.methods.METHODS``.
    """
    fits = _listed(_grouped(shares, messages.FITS))
    levels = _grouped(shares, messages.MEMORIES)
    said = f"Made by: {fits}."
    if sum(levels.values()) > _LEAST_SHARE:
        said += f" Its level: {_listed(levels)}."
    return f"{said} The weights come from how well each did on the past stretches."


def _grouped(shares: Mapping[str, float], words: Mapping[str, str]) -> dict[str, float]:
    """Shares added up by the words for them, largest first; what has no words is left out."""
    found: dict[str, float] = {}
    for key, share in shares.items():
        for name in _parts(key):
            if name in words:
                found[words[name]] = found.get(words[name], 0.0) + share
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _parts(key: str) -> Iterable[str]:
    """Fit and memory of a method's key; a method without a memory is its own fit.

    >>> _parts("prophet_recent_fast"), _parts("seasonal_naive")
    (('prophet_recent', 'fast'), ('seasonal_naive',))
    """
    fit, _, memory = key.rpartition("_")
    return (fit, memory) if memory in MEMORIES else (key,)


def _listed(shares: Mapping[str, float]) -> str:
    """Names with their share; the smallest only counted.

    >>> _listed({"the typical week": 0.8, "the median": 0.195, "a": 0.005})
    'the typical week 80 %, the median 20 %, the rest below 1 % each'
    """
    large = {name: share for name, share in shares.items() if share >= _LEAST_SHARE}
    named = [f"{name} {wording.percent(share, 0)}" for name, share in large.items()]
    return ", ".join([*named, *(["the rest below 1 % each"] if len(large) < len(shares) else [])])
