"""Forecast: what to expect, with a band, and how far off it was in past weeks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from core import wording
from core.errors import NotEnoughData
from core.forecast import Forecast, chance_of_more, odds_curve
from core.traffic import Filters, Traffic, select, total_over_time
from ui import cache, messages
from ui.cards import Card, show
from ui.charts import forecast as charts
from ui.charts.notes import with_notes
from ui.choices import select_one
from ui.notes import shown_notes
from ui.page import View, stop_with
from ui.text import escape

LEVEL = 0.8
METRICS_SHOWN = ("sessions", "users", "engaged_sessions")
ALL = "All traffic"
HORIZONS = {"hour": (7, 14, 28), "day": (14, 28, 56)}
_HISTORY_SHOWN = 3


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be forecast.

    Args:
        metric: a count.
        channel: a channel or ``ALL``.
        days: how far ahead.
        history: the count of each period, zero hours filled in.
        grain: of the history.
    """

    metric: str
    channel: str
    days: int
    history: pd.Series
    grain: str

    @property
    def horizon(self) -> int:
        """Periods ahead."""
        return self.days * 24 if self.grain == "hour" else self.days

    @property
    def label(self) -> str:
        """Name of what is counted."""
        return wording.metric_label(self.metric, self.grain)

    @property
    def whose(self) -> str:
        """Of which channel, for the middle of a sentence."""
        return "" if self.channel == ALL else f" from {self.channel}"


def ask(view: View) -> Question:
    """Ask for measure, channel and horizon. Dates and channels of the filters apply."""
    traffic = select(view.whole, replace(view.filters, weekdays=None, hours=None))
    if view.filters.weekdays or view.filters.hours:
        st.caption("A forecast needs all weekdays and hours: those two filters do not apply here.")
    metrics = [key for key in METRICS_SHOWN if key in traffic.exported] or [traffic.main_metric]
    left, middle, right = st.columns(3)
    with left:
        names = {key: wording.metric_label(key, traffic.grain) for key in metrics}
        metric = select_one("forecast", "metric", "Measure", names)
    with middle:
        channels = {ALL: ALL} | {name: name for name in _channels(traffic)}
        channel = select_one("forecast", "channel", "Channel", channels)
    with right:
        horizons = {days: f"{days} days" for days in HORIZONS[traffic.grain]}
        days = select_one("forecast", "days", "Look ahead", horizons)
    return Question(metric, channel, days, _history(traffic, metric, channel), traffic.grain)


def _channels(traffic: Traffic) -> tuple[str, ...]:
    return traffic.channels if traffic.has_channels else ()


def _history(traffic: Traffic, metric: str, channel: str) -> pd.Series:
    if channel != ALL:
        traffic = select(traffic, Filters(channels=(channel,)))
    return total_over_time(traffic, [metric])[metric]


def make(view: View, question: Question) -> Forecast:
    """Forecast; stops kindly where the history is too short or too thin."""
    key = (*view.key, question.metric, question.channel, question.horizon, LEVEL)
    try:
        return cache.make_forecast(key, question.history, question.horizon, LEVEL)
    except NotEnoughData as problem:
        stop_with(problem)


def draw_answer(question: Question, result: Forecast) -> None:
    """The page's answer in one sentence, and three numbers."""
    total = result.total
    st.subheader(
        escape(
            f"Expect about {_three(total.mean)} {question.label.lower()}{question.whose} in the "
            f"next {question.days} days, likely {_three(total.low)} to {_three(total.high)}."
        )
    )
    error, naive = result.accuracy.wape, result.accuracy.naive_wape
    kind = question.grain
    columns = st.columns(3)
    columns[0].metric(
        f"Expected {question.label.lower()}",
        _three(total.mean),
        help=f"The whole {question.days} days together. Four times in five the true total should "
        f"lie between {_three(total.low)} and {_three(total.high)}.",
        border=True,
    )
    columns[1].metric(
        f"Typical miss per {kind}",
        wording.percent(error),
        help="Sum of all misses ÷ sum of all counts, when past weeks were forecast with what was "
        f"known before them (WAPE). Repeating last week was off by {wording.percent(naive)}.",
        border=True,
    )
    columns[2].metric(
        "Past counts inside the band",
        wording.percent(result.accuracy.coverage, 0),
        help=f"Meant to be {wording.percent(LEVEL, 0)}; measured on {result.accuracy.folds} "
        "forecasts of the past, each band made without the weeks it is tried on.",
        border=True,
    )


def _three(value: float) -> str:
    """Three significant figures: a forecast knows no more."""
    return wording.count(float(f"{value:.3g}"))


def draw_ahead(view: View, question: Question, result: Forecast) -> None:
    """The forecast with its band, after the newest history."""
    newest = question.history.iloc[-_HISTORY_SHOWN * _week(question.grain) :]
    seen = pd.DataFrame({"time": newest.index, "value": newest.to_numpy()})
    first, last = result.frame["time"].iloc[0], result.frame["time"].iloc[-1]
    letters, notes = shown_notes(newest.index[0], last)
    show(
        view,
        Card(
            slug=f"forecast-{question.metric.replace('_', '-')}-{question.days}-days",
            headline=f"{question.label}{question.whose}, {wording.span(first, last)}",
            chart=with_notes(
                charts.ahead(seen, result.frame, question.label, view.mode), notes, view.mode
            ),
            data=result.frame,
            reading=f"The band is meant to hold {wording.percent(LEVEL, 0)} of the counts. Events "
            f"that never happened before are not in it. {letters}".strip(),
            metric=f"{question.label} by {question.grain}, forecast with {LEVEL:.0%} band",
            columns={"time": "Time", "mean": "Expected", "low": "Band from", "high": "Band to"},
        ),
    )
    if result.caveats:
        with st.expander("What to keep in mind", icon=":material/info:", expanded=True):
            for code in result.caveats:
                st.markdown(f"- {messages.CAVEATS[code]}")


def _week(grain: str) -> int:
    return 7 * 24 if grain == "hour" else 14


def draw_odds(view: View, question: Question, result: Forecast) -> None:
    """Ask for a total, and say how likely more is; then the busiest period, to plan for."""
    curve = odds_curve(result.total)
    if len(curve) < 3:
        return
    asked = _ask_total(question, result, curve)
    chance = chance_of_more(result.total, asked)
    label, days = question.label.lower(), question.days
    show(
        view,
        Card(
            slug=f"chances-{question.metric.replace('_', '-')}-{days}-days",
            headline=f"{_chance(chance)} of more than {wording.count(asked)} {label}"
            f"{question.whose} in the next {days} days",
            chart=charts.odds(curve, asked, question.label, view.mode),
            data=curve,
            reading=_plan(question, result),
            metric=f"Chance of more {label}, from how far off past totals were",
            columns={"total": f"{question.label} in total", "chance": "Chance of more"},
        ),
    )


def _ask_total(question: Question, result: Forecast, curve: pd.DataFrame) -> int:
    """A slider over all totals worth asking about; it starts at the upper end of the band."""
    low, high = int(curve["total"].iloc[0]), int(curve["total"].iloc[-1])
    step = max(1, 10 ** (len(str(high - low)) - 3))
    low, high = low // step * step, -(-high // step) * step
    start = min(max(round(result.total.high / step) * step, low), high)
    name = f"{question.metric} {question.channel} {question.days}"
    return st.slider(
        f"How likely are more than so many {question.label.lower()}?",
        low,
        high,
        start,
        step,
        key=f"odds_{name}_{low}_{high}",
    )


def _chance(chance: float) -> str:
    """The nearest whole per cent; nothing is certain."""
    if chance < 0.01:
        return "A chance below 1 %"
    if chance > 0.99:
        return "A chance above 99 %"
    return f"A chance of {wording.percent(chance, 0)}"


def _plan(question: Question, result: Forecast) -> str:
    peak, label = result.peak, question.label.lower()
    is_hour = question.grain == "hour"
    when = wording.day(peak.time) + (f", {wording.clock(peak.time.hour)}" if is_hour else "")
    return (
        f"Busiest {question.grain} expected: {when}, about {_three(peak.mean)} {label}; plan for "
        f"{_three(peak.high)}, which 95 of 100 such {question.grain}s should stay below."
    )


def draw_replay(view: View, question: Question, result: Forecast) -> None:
    """The newest stretch of the past: what was forecast, and what came."""
    table, accuracy = result.backtest, result.accuracy
    newest = table[table["fold"] == table["fold"].max()]
    _, notes = shown_notes(newest["time"].min(), newest["time"].max())
    show(
        view,
        Card(
            slug=f"forecast-check-{question.metric.replace('_', '-')}",
            headline=_check_headline(result),
            chart=with_notes(charts.replayed(newest, question.label, view.mode), notes, view.mode),
            data=table,
            reading=f"Drawn: the newest of {accuracy.folds} past stretches. The total of a "
            f"stretch was typically off by {wording.percent(accuracy.total_error)}; "
            f"{accuracy.totals_in_band} of {accuracy.folds} totals lay in their band. "
            f"Method: {messages.METHODS[result.method]}.",
            metric=f"{question.label}, counted and forecast",
            columns={
                "fold": "Stretch",
                "time": "Time",
                "actual": "Counted",
                "mean": "Forecast",
                "low": "Band from",
                "high": "Band to",
                "naive": "Repeating last week",
            },
        ),
    )


def _check_headline(result: Forecast) -> str:
    skill = result.accuracy.skill
    if not skill > 0:
        return "On past weeks the forecast was no better than repeating last week"
    return (
        f"On past weeks it missed by {wording.percent(skill, 0)} less than repeating last week did"
    )
