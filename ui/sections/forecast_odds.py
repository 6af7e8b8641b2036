"""How likely is more than a number of the reader's, and what to plan for."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.forecast import Forecast, chance_of_more, odds_curve
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
            "How likely is more?",
            "The totals that can be expected are too few to ask about one.  \nChoose more dates or "
            "channels, or look further ahead.",
        )
        return
    st.subheader("How likely is more?")
    asked = _ask_total(question, result, curve)
    chance = chance_of_more(result.total, asked)
    show(
        view,
        Card(
            slug=f"chances-{question.slug}",
            headline=f"{_chance(chance)} of more than {wording.count(asked)} {question.noun}"
            f"{question.whose} {question.when}",
            chart=charts.odds(curve, asked, question.label, view.mode),
            data=curve,
            reading=_plan(question, result),
            metric=f"Chance of more {question.noun}, from how far off past totals were",
            columns={"total": f"{question.label} in total", "chance": "Chance of more"},
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
        f"How likely are more than so many {question.noun}?",
        low,
        high,
        start,
        step,
        format="localized",
        key=f"odds_{name}_{low}_{high}",
    )


def _chance(chance: float) -> str:
    """The nearest whole per cent; nothing is certain.

    >>> _chance(0.0971), _chance(0.999)
    ('A chance of 10 %', 'A chance above 99 %')
    """
    if chance < 0.01:
        return "A chance below 1 %"
    if chance > 0.99:
        return "A chance above 99 %"
    return f"A chance of {wording.percent(chance, 0)}"


def _plan(question: Question, result: Forecast) -> str:
    """The busiest period ahead, for capacity."""
    peak, grain = result.peak, question.grain
    when = {
        "hour": f"{wording.day(peak.time)}, {wording.clock(peak.time.hour)}",
        "month": f"{peak.time:%B %Y}",
        "week": f"the week of {wording.day(peak.time)}",
    }.get(grain, wording.day(peak.time))
    return (
        f"Busiest {grain} expected: {when}, about {question.amount(peak.mean)}; plan for "
        f"{three(peak.high)}, which 95 of 100 such {grain}s should stay below."
    )
