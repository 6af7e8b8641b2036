"""Report card: what was forecast for past stretches, and what came."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import streamlit as st

from core import wording
from core.forecast import Forecast
from core.forecast.methods import MEMORIES
from core.forecast.report import daily_wape
from core.language import group, mark, t
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
    "fold": mark("Stretch"),
    "time": mark("Time"),
    "actual": mark("Counted"),
    "mean": mark("Forecast"),
    "low": mark("Band from"),
    "high": mark("Band to"),
    "naive": mark("Naive guess"),
}
_COVERAGE = {
    "hour": mark("Hours inside their band (coverage)"),
    "day": mark("Days inside their band (coverage)"),
    "week": mark("Weeks inside their band (coverage)"),
    "month": mark("Months inside their band (coverage)"),
}
_LEAST_SHARE = 0.01


def draw_check(view: View, question: Question, result: Forecast) -> None:
    """The newest stretch of the past with its band, and all of them in numbers."""
    table, folds = result.backtest, result.accuracy.folds
    newest = table[table["fold"] == table["fold"].max()]
    letters, notes = shown_notes(newest["time"].min(), newest["time"].max())
    chart = charts.replayed(newest, question.label, question.grain, view.mode)
    st.subheader(t("How good was it on your past?"))
    show(
        view,
        Card(
            slug=f"forecast-check-{question.slug}",
            headline=headline(question, result),
            chart=with_notes(chart, notes, view.mode),
            data=table,
            reading=f"{_reading(folds)} {letters}".strip(),
            metric=t("{metric}, counted and forecast", metric=question.label),
            columns=COLUMNS | {"naive": t("Repeating {last}", last=repeated(question, result))},
            settings=settings(
                view, question, level=result.level, method=messages.method(result.method)
            ),
        ),
    )
    with st.expander(t("Measures and methods"), icon=":material/fact_check:"):
        for name, value, meaning in measures(question, result):
            measured = t("{measure}: {amount}", measure=name, amount=value)
            st.markdown(f"- **{escape(measured)}.** {escape(meaning)}")
        st.markdown(escape(say_methods(result.shares)))


def _reading(folds: int) -> str:
    return t(
        "Drawn: the newest of {count} past stretches, forecast with what was known before it.",
        count=folds,
    )


def headline(question: Question, result: Forecast) -> str:
    """How past stretches went, in plain words."""
    accuracy = result.accuracy
    values = {
        "folds": wording.count(accuracy.folds),
        "length": _stretch(question, result),
        "inside": wording.count(accuracy.totals_in_band),
        "off": wording.percent(daily_wape(result.backtest), 0),
        "step": wording.step(question.unit),
        "last": repeated(question, result),
    }
    if accuracy.skill > 0:
        return t(
            "On {folds} past stretches of {length}: total inside the band {inside} of {folds} "
            "times; off by {off} on a typical {step}; {share} better than repeating {last}",
            share=wording.percent(accuracy.skill, 0),
            **values,
        )
    return t(
        "On {folds} past stretches of {length}: total inside the band {inside} of {folds} "
        "times; off by {off} on a typical {step}; no better than repeating {last}",
        **values,
    )


def _stretch(question: Question, result: Forecast) -> str:
    """How long a replayed stretch is; shorter than the horizon where the history is short."""
    periods = result.evidence.replayed.plan.horizon
    number = periods // HOURS_A_DAY if question.grain == "hour" else periods
    return wording.steps(question.unit, number)


def measures(question: Question, result: Forecast) -> list[tuple[str, str, str]]:
    """Name, value and plain meaning of each measure."""
    found, grain = result.accuracy, question.grain
    return [
        (
            t("Typical miss per {step} (WAPE)", step=wording.step(grain)),
            wording.percent(found.wape),
            t(
                "Sum of all misses ÷ sum of all counts. Repeating {last}: {share}.",
                last=repeated(question, result),
                share=wording.percent(found.naive_wape),
            ),
        ),
        (
            t("Against a naive guess inside the history (MASE)"),
            _ratio(found.mase),
            t("The mean miss ÷ that of the guess over the whole history; below 1 is better."),
        ),
        (
            t("Lean (bias)"),
            wording.signed_percent(found.bias),
            t("Plus: the forecast was too high altogether. Minus: too low."),
        ),
        (
            t(_COVERAGE[grain]),
            wording.percent(found.coverage, 0),
            t("Meant to be {level}.", level=wording.percent(result.level, 0)),
        ),
        (
            t("Median miss of a total"),
            wording.percent(found.total_error),
            t("Half of the {count} stretches were closer, half further off.", count=found.folds),
        ),
    ]


def _ratio(value: float) -> str:
    return group(value, 2) if math.isfinite(value) else t("not available")


def say_methods(shares: Mapping[str, float]) -> str:
    """What the forecast was made with, by weight; and how fast its level follows.

    Args:
        shares: weight of each method, a key of ``core.forecast.methods.METHODS``.
    """
    levels = _grouped(shares, messages.MEMORIES)
    said = [t("Made by: {methods}.", methods=_listed(_grouped(shares, messages.FITS)))]
    if sum(levels.values()) > _LEAST_SHARE:
        said.append(t("Its level: {methods}.", methods=_listed(levels)))
    said.append(t("The weights come from how well each did on the past stretches."))
    return " ".join(said)


def _grouped(shares: Mapping[str, float], words: Mapping[str, str]) -> dict[str, float]:
    """Shares added up by the words for them, largest first; what has no words is left out."""
    found: dict[str, float] = {}
    for key, share in shares.items():
        for name in _parts(key):
            if name in words:
                said = t(words[name])
                found[said] = found.get(said, 0.0) + share
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
    return ", ".join(
        [*named, *([t("the rest below 1 % each")] if len(large) < len(shares) else [])]
    )
