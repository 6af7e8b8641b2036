"""How likely is more than a number of the reader's, and what to plan for."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.forecast import Forecast, chance_of_more, odds_curve
from core.language import mark, month_names, t
from ui.cards import Card, show
from ui.charts import forecast as charts
from ui.help import explain_missing
from ui.page import View
from ui.sections.forecast_question import Question, three


def draw_odds(view: View, question: Question, result: Forecast) -> None:
    """Ask for a total, and say how likely more is; then the busiest period, to plan for."""
    curve = odds_curve(result.total)
    if len(curve) < 3:
        explain_missing(
            t("How likely is more?"),
            t(
                "The totals that can be expected are too few to ask about one.  \n"
                "Choose more dates or channels, or look further ahead."
            ),
        )
        return
    st.subheader(t("How likely is more?"))
    asked = _ask_total(question, result, curve)
    chance = chance_of_more(result.total, asked)
    show(
        view,
        Card(
            slug=f"chances-{question.slug}",
            headline=_headline(question, asked, chance),
            chart=charts.odds(curve, asked, question.label, view.mode),
            data=curve,
            reading=_plan(question, result),
            metric=t(
                "Chance of more {metric}, from how far off past totals were", metric=question.noun
            ),
            columns={
                "total": t("{metric} in total", metric=question.label),
                "chance": mark("Chance of more"),
            },
        ),
    )


def _ask_total(question: Question, result: Forecast, curve: pd.DataFrame) -> int:
    """A slider over all totals worth asking about; it starts at the upper end of the band."""
    low, high = int(curve["total"].iloc[0]), int(curve["total"].iloc[-1])
    step = max(1, 10 ** (len(str(high - low)) - 3))
    low, high = low // step * step, -(-high // step) * step
    start = min(max(round(result.total.high / step) * step, low), high)
    name = f"{question.slug} {question.channel}"
    return st.slider(
        t("How likely are more than so many {metric}?", metric=question.noun),
        low,
        high,
        start,
        step,
        format="localized",
        key=f"odds_{name}_{low}_{high}",
    )


def _headline(question: Question, asked: int, chance: float) -> str:
    """The chance to the nearest whole per cent; nothing is certain."""
    amount = question.of_channels(question.number(wording.count(asked)))
    if chance < 0.01:
        return t(
            "A chance below 1 % of more than {amount} {when}", amount=amount, when=question.when
        )
    if chance > 0.99:
        return t(
            "A chance above 99 % of more than {amount} {when}", amount=amount, when=question.when
        )
    return t(
        "A chance of {chance} of more than {amount} {when}",
        chance=wording.percent(chance, 0),
        amount=amount,
        when=question.when,
    )


_PLAN = {
    "hour": mark(
        "Busiest hour expected: {when}, about {amount}; plan for {most}, "
        "which 95 of 100 such hours should stay below."
    ),
    "day": mark(
        "Busiest day expected: {when}, about {amount}; plan for {most}, "
        "which 95 of 100 such days should stay below."
    ),
    "week": mark(
        "Busiest week expected: {when}, about {amount}; plan for {most}, "
        "which 95 of 100 such weeks should stay below."
    ),
    "month": mark(
        "Busiest month expected: {when}, about {amount}; plan for {most}, "
        "which 95 of 100 such months should stay below."
    ),
}


def _plan(question: Question, result: Forecast) -> str:
    """The busiest period ahead, for capacity."""
    peak = result.peak
    return t(
        _PLAN[question.grain],
        when=_when(peak.time, question.grain),
        amount=question.amount(peak.mean),
        most=three(peak.high),
    )


def _when(time: pd.Timestamp, grain: str) -> str:
    day = wording.day(time)
    if grain == "hour":
        return f"{day}, {wording.clock(time.hour)}"
    if grain == "week":
        return t("the week of {day}", day=day)
    if grain == "month":
        return t("{month} {year}", month=month_names("wide")[time.month - 1], year=time.year)
    return day
