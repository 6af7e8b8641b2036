"""What if there is a goal: the chance of reaching it, and the way there."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from core import wording
from core.forecast import CampaignEffect, Forecast, Goal, reach_goal, scale_total, sum_by
from core.language import group, mark, t
from ui import state
from ui.cards import Card, show
from ui.charts import forecast_plan as charts
from ui.page import View
from ui.sections.forecast_question import Question, three


def by_day(result: Forecast) -> pd.DataFrame:
    """Days instead of hours: campaigns and goals are planned in days."""
    if result.evidence.known.grain.name != "hour":
        return result.frame
    days = sum_by(result, "day")
    return days.assign(time=days["time"].dt.normalize())


def draw_goal(
    view: View, question: Question, result: Forecast, effect: CampaignEffect | None
) -> None:
    """Ask for a goal and say how likely it is, without and with the campaign above."""
    title = t("A goal")
    st.markdown(f"##### {title}")
    goal = _ask_goal(question, result)
    found = reach_goal(by_day(result), result.total, goal)
    planned = None
    if effect is not None and effect.added:
        planned = reach_goal(effect.ahead, scale_total(result.total, effect.added), goal)
    grain = "day" if question.grain == "hour" else question.grain
    path = found.path
    if planned is not None:
        path = path.assign(with_campaign=planned.path["cumulated"].to_numpy())
    show(
        view,
        Card(
            slug=f"goal-{question.slug}",
            headline=t(
                "Chance of at least {amount} {when}: {chance}",
                amount=question.of_channels(question.number(wording.count(goal))),
                when=question.when,
                chance=chance_words(found.chance),
            ),
            chart=charts.way_to_goal(
                found.path,
                goal,
                t("Goal: {count}", count=wording.count(goal)),
                label=question.label,
                grain=grain,
                mode=view.mode,
                planned=None if planned is None else planned.path,
            ),
            data=path,
            reading=_goal_reading(question, found, planned),
            metric=t(
                "{metric} added up, with {level}% band",
                metric=question.label,
                level=group(100 * question.level, 0),
            ),
            columns={
                "time": mark("Up to the end of"),
                "cumulated": mark("Expected so far"),
                "low": mark("Band from"),
                "high": mark("Band to"),
                "with_campaign": mark("With the campaign"),
            },
            settings={t("Goal"): goal},
        ),
    )


def _ask_goal(question: Question, result: Forecast) -> int:
    """A whole number; at first about a twentieth above the forecast."""
    step, first = first_goal(result.total.mean)
    name = f"goal_{question.metric}_{question.channel}_{question.horizon}_{first}"
    key = state.start_with(state.choice_key("forecast", name), first)
    left, _ = st.columns([1, 2])
    goal = left.number_input(
        t("Goal for the whole {length}", length=question.length),
        min_value=1,
        max_value=10**12,
        step=step,
        key=key,
        persist_state="session",
    )
    return first if goal is None else int(goal)


def first_goal(expected: float) -> tuple[int, int]:
    """A round step and a goal in such steps, about a twentieth above what is expected.

    >>> first_goal(162_460), first_goal(3.2)
    ((1000, 171000), (1, 4))
    """
    step = 10 ** max(len(str(int(expected))) - 3, 0)
    return step, max(math.ceil(1.05 * expected / step) * step, 1)


def chance_words(chance: float) -> str:
    """The nearest whole per cent; nothing is certain.

    >>> chance_words(0.004), chance_words(0.234), chance_words(0.999)
    ('below 1 %', '23 %', 'above 99 %')
    """
    if chance < 0.01:
        return t("below 1 %")
    return t("above 99 %") if chance > 0.99 else wording.percent(chance, 0)


def _goal_reading(question: Question, found: Goal, planned: Goal | None) -> str:
    parts = [_gap(question, found)]
    if not pd.isna(found.day):
        parts.append(t("The expected path passes the goal on {day}.", day=wording.day(found.day)))
    if planned is not None:
        parts.append(
            t(
                "With the campaign above (dashed): {chance}.",
                chance=chance_words(planned.chance),
            )
        )
    return " ".join(parts)


def _gap(question: Question, found: Goal) -> str:
    """What is missing, and by how much every period would have to be above its forecast."""
    if not abs(found.gap) >= 0.5:
        return t("The goal is what is expected: as likely reached as not.")
    share = wording.percent(abs(found.increase), 1 if abs(found.increase) < 0.1 else 0)
    step = wording.step(question.unit)
    if found.gap > 0:
        return t(
            "{count} above what is expected: that would take {share} more each {step} "
            "than forecast.",
            count=three(found.gap),
            share=share,
            step=step,
        )
    return t(
        "{count} below what is expected: {share} less each {step} would still do.",
        count=three(-found.gap),
        share=share,
        step=step,
    )
