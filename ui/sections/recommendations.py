"""Recommendations: ranked cards with evidence, strength, caveats and a test plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd
import streamlit as st

from core import wording
from core.metrics import METRICS
from core.recommendations import Recommendation, TestPlan
from ui import cache, messages
from ui.cards import Card, show
from ui.charts import recommendations as charts
from ui.page import View
from ui.text import escape

_BADGES: Mapping[str, Literal["green", "blue", "gray"]] = {
    "strong": "green",
    "moderate": "blue",
    "worth watching": "gray",
}


def weigh(view: View) -> list[Recommendation]:
    """What the selection supports."""
    return cache.recommend(view.key, view.traffic)


def draw_answer(found: list[Recommendation]) -> None:
    """The page's answer in one sentence; "nothing stands out" is one too."""
    if not found:
        st.subheader("Nothing stands out, and that is an answer.")
        st.success(
            "Every difference in this selection is within what chance brings, after a correction "
            "for all that we looked at. There is no fire to put out. Come back with more weeks, "
            "or widen the filters.",
            icon=":material/check_circle:",
        )
        return
    strong = sum(item.strength == "strong" for item in found)
    rest = len(found) - strong
    parts = []
    if strong:
        parts.append(
            f"{strong} {'thing rests' if strong == 1 else 'things rest'} on strong evidence"
        )
    if rest:
        more = "more " if strong else "thing " if rest == 1 else "things "
        parts.append(f"{rest} {more}{'is' if rest == 1 else 'are'} worth a look")
    st.subheader(f"{', '.join(parts)}.")


def draw_at_stake(view: View, found: list[Recommendation]) -> None:
    """How many visits a week each is about."""
    if not found:
        return
    table = pd.DataFrame(
        {
            "name": [f"{place}. {_title(item)}" for place, item in enumerate(found, 1)],
            "headline": [item.headline for item in found],
            "action": [item.action for item in found],
            "strength": [item.strength for item in found],
            "impact": [item.impact for item in found],
            "impact_unit": [item.impact_unit for item in found],
            "n": [item.n for item in found],
            "p_value": [item.adjusted_p_value for item in found],
        }
    )
    show(
        view,
        Card(
            slug="recommendations",
            headline="What each one is about, in visits a week",
            chart=charts.at_stake(table, view.mode),
            data=table,
            reading="Not a promise of what you gain: how many visits are concerned.",
            metric="Visits a week concerned",
            columns=_COLUMNS,
        ),
    )


def _title(item: Recommendation) -> str:
    return f"{item.subject}: {messages.RULES[item.rule_id]}"


_COLUMNS = {
    "name": "About",
    "headline": "What we saw",
    "action": "What to do",
    "strength": "Evidence",
    "impact": "Visits a week concerned",
    "impact_unit": "Counted in",
    "n": "Counted on",
    "p_value": "Adjusted p-value",
}


def draw_cards(found: list[Recommendation]) -> None:
    """One card each: headline, action, evidence, caveats, test plan."""
    for place, item in enumerate(found, 1):
        with st.container(border=True):
            st.badge(item.strength.capitalize(), color=_BADGES[item.strength])
            st.markdown(f"#### {place}. {escape(item.headline)}")
            st.markdown(f"**Try:** {escape(item.action)}")
            if item.test_plan:
                st.markdown(f"**How to test it:** {escape(_plan(item.test_plan))}")
            with st.expander("Evidence and caveats", icon=":material/fact_check:"):
                st.dataframe(item.evidence, hide_index=True, width="stretch")
                st.caption(escape(_basis(item)))
                for caveat in item.caveats:
                    st.markdown(f"- {escape(caveat)}")


def _plan(plan: TestPlan) -> str:
    effect = wording.metric_change(plan.metric, plan.smallest_effect).lstrip("+")
    text = (
        f"{plan.change} Read {METRICS[plan.metric].label.lower()}. To see a difference of {effect} "
        f"takes about {wording.count(float(f'{plan.sessions_per_side:.2g}'))} sessions on each side"
    )
    if plan.is_feasible:
        return f"{text}, about {plan.days} days at present traffic."
    return f"{text}: longer than twelve weeks at present traffic, so go for a bolder change."


def _basis(item: Recommendation) -> str:
    text = f"Counted on {wording.count(item.n)} visits."
    if item.adjusted_p_value is None:
        return f"{text} A plain count; nothing was tested."
    shown = "below 0.001" if item.adjusted_p_value < 0.001 else f"{item.adjusted_p_value:.3f}"
    return f"{text} Adjusted p-value: {shown}, corrected for everything we looked at."
