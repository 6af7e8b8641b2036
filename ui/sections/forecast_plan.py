"""What if: a campaign laid over the forecast, and the chance of reaching a goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

import pandas as pd
import streamlit as st
from pandas.tseries.frequencies import to_offset

from core import wording
from core.errors import NotEnoughData
from core.forecast import Campaign, CampaignEffect, Forecast, plan_campaign
from core.forecast.channels import MOST_CHANNELS, OTHERS
from core.language import mark, t
from core.metrics import METRICS
from ui import messages, state
from ui.cards import Card, show
from ui.charts import forecast_plan as charts
from ui.choices import select_one
from ui.fragments import fragment
from ui.help import metric_help
from ui.page import View
from ui.sections.forecast_answer import with_level
from ui.sections.forecast_channels import (
    ENGAGED,
    VISITS,
    about_seconds,
    can_have_campaign,
    forecast_of,
    known_channels,
    make_channels,
    say_briefly,
)
from ui.sections.forecast_goal import by_day, draw_goal
from ui.sections.forecast_question import ALL, Question, three
from ui.text import escape

IS_OPEN = state.choice_key("forecast", "plan_is_open")
STANDING_NOTE = mark(
    "This is arithmetic on your assumption, not evidence that a campaign does this. The band says "
    "how unsure the forecast is; the assumed change has none. Visits that other channels might "
    "lose are not taken off."
)
_LEAST_CHANGE, _MOST_CHANGE, _FIRST_CHANGE = -50, 200, 20
_LEAST_ENGAGED, _MOST_ENGAGED = 50, 120
_PERIODS = {"hour": "h", "day": "D", "week": "7D", "month": "MS"}
_TWO_WEEKS = 14


@dataclass(frozen=True, eq=False)
class Plan:
    """What the person assumes.

    Args:
        campaign: channel, days and change.
        engagement: factor on how often the added visits engage.
        grain: of the frames that the campaign is laid over: no finer than a day.
    """

    campaign: Campaign
    engagement: float
    grain: str


@fragment
def draw_plan(view: View, question: Question, result: Forecast) -> None:
    """A fold with a campaign and a goal; nothing in it is worked out before it is opened."""
    fold = st.expander(
        t("What if … a campaign, a goal"), icon=":material/flag:", key=IS_OPEN, on_change="rerun"
    )
    if not fold.open:
        return
    with fold:
        if not result.total.mean > 0:
            st.caption(
                t(
                    "The forecast of {metric} is zero: nothing to plan on.",
                    metric=escape(question.noun),
                )
            )
            return
        effect = _draw_campaign(view, question, result)
        draw_goal(view, question, result, effect)


def _draw_campaign(view: View, question: Question, result: Forecast) -> CampaignEffect | None:
    """Ask for a campaign and show it; ``None`` until it can be worked out."""
    title = t("A campaign")
    st.markdown(f"##### {title}")
    plan = _ask_campaign(view, question, result)
    if plan is None:
        st.caption(t("Choose the last day of the campaign too."))
        return None
    try:
        pair = _total_and_channel(question, result, plan.campaign.channel)
        if pair is None:
            return None
        engaged = _engaged(view, question, plan)
    except NotEnoughData as problem:
        say_briefly(problem)
        return None
    effect = _lay_over(*pair, plan)
    _say_numbers(question, effect, engaged)
    show(view, _campaign_card(view, question, plan, effect))
    caveats = dict.fromkeys((*effect.caveats, *(engaged.caveats if engaged else ())))
    said = [t(messages.CAMPAIGN_CAVEATS[code]) for code in caveats]
    st.caption(" ".join([t(STANDING_NOTE), *said]))
    return effect


def _ask_campaign(view: View, question: Question, result: Forecast) -> Plan | None:
    places = st.columns(4 if _asks_engagement(view, question) else 3)
    with places[0]:
        channel = _ask_channel(question)
    with places[1]:
        days = _ask_days(question, result)
    with places[2]:
        change = _ask_per_cent(
            "change", t("Change of its {metric}", metric=question.noun), _CHANGES
        )
    engaged = 100
    if _asks_engagement(view, question):
        with places[3]:
            engaged = _ask_per_cent(
                "engaged",
                t("How the added visits engage"),
                _ENGAGEMENTS,
                hint=t(
                    "Compared with the channel’s usual visits: 80 % means that they show interest "
                    "(engage) a fifth less often."
                ),
            )
    if days is None:
        return None
    grain = "day" if question.grain == "hour" else question.grain
    return Plan(Campaign(channel, *days, change / 100), engaged / 100, grain)


def _asks_engagement(view: View, question: Question) -> bool:
    """Whether engaged sessions are worked out too."""
    is_exported = ENGAGED in view.whole.exported
    return question.metric == VISITS and is_exported and question.channel != OTHERS


def _ask_channel(question: Question) -> str:
    """The channel of the page; for all traffic any that a campaign can be aimed at."""
    names = _aims(question)
    if not names:
        own = {ALL: t(ALL), OTHERS: t("All other channels")}.get(question.channel, question.channel)
        st.selectbox(t("Campaign on"), [own], disabled=True, help=t("The channel chosen above."))
        return question.channel
    return select_one(
        "forecast", "campaign_channel", t("Campaign on"), {name: name for name in names}
    )


def _aims(question: Question) -> list[str]:
    if question.table is None or question.channel != ALL:
        return []
    sizes = question.table.sum().sort_values(ascending=False, kind="stable")
    names = [str(name) for name in sizes.index if sizes[name] > 0]
    if len(names) > MOST_CHANNELS + 1:
        names = names[:MOST_CHANNELS]
    return [name for name in names if can_have_campaign(name)] if len(names) > 1 else []


def _named(channel: str) -> str:
    return {ALL: t("all traffic"), OTHERS: t("all other channels")}.get(channel, channel)


def _ask_days(question: Question, result: Forecast) -> tuple[date, date] | None:
    """First and last day inside the forecast."""
    first, last = _span(question, result)
    name = f"campaign_days_{first:%Y%m%d}_{last:%Y%m%d}"
    key = state.start_with(state.choice_key("forecast", name), first_days(first, last))
    chosen = st.date_input(
        t("First and last day"),
        min_value=first,
        max_value=last,
        key=key,
        format=wording.date_field(),
        persist_state="session",
    )
    days = cast("Sequence[date]", chosen)
    return (days[0], days[1]) if len(days) == 2 else None


def first_days(first: date, last: date) -> tuple[date, date]:
    """The second week of the forecast; of a shorter one some days in its middle.

    >>> first_days(date(2024, 5, 1), date(2024, 5, 28))
    (datetime.date(2024, 5, 8), datetime.date(2024, 5, 14))
    >>> first_days(date(2024, 5, 1), date(2024, 5, 7))
    (datetime.date(2024, 5, 3), datetime.date(2024, 5, 5))
    """
    days = (last - first).days + 1
    start = first + timedelta(days=7 if days >= _TWO_WEEKS else days // 3)
    length = 7 if days >= _TWO_WEEKS else max(days // 2, 1)
    return start, min(start + timedelta(days=length - 1), last)


def _span(question: Question, result: Forecast) -> tuple[date, date]:
    times = result.frame["time"]
    end = times.iloc[-1] + to_offset(_PERIODS[question.grain]) - pd.Timedelta(seconds=1)
    return times.iloc[0].date(), end.date()


_CHANGES = (_LEAST_CHANGE, _MOST_CHANGE, _FIRST_CHANGE, 5, "%+d %%")
_ENGAGEMENTS = (_LEAST_ENGAGED, _MOST_ENGAGED, 100, 5, "%d %%")


def _ask_per_cent(
    name: str, label: str, span: tuple[int, int, int, int, str], *, hint: str = ""
) -> int:
    least, most, first, step, form = span
    key = state.start_with(state.choice_key("forecast", f"campaign_{name}"), first)
    return st.slider(
        label,
        least,
        most,
        step=step,
        format=form,
        key=key,
        help=hint or None,
        persist_state="session",
    )


def _total_and_channel(
    question: Question, result: Forecast, channel: str
) -> tuple[Forecast, Forecast] | None:
    """The forecasts of what the page is about and of the channel; ``None`` until asked for."""
    if channel == question.channel or question.table is None:
        return result, result
    if known_channels(question) is None and not _is_asked(question.table):
        return None
    is_new = known_channels(question) is None
    found = make_channels(question, question.table)
    if is_new:
        st.rerun()  # the page draws the channels too, now that they are known
    level = question.level
    return with_level(found.total, level), with_level(found.channels[channel], level)


def _is_asked(table: pd.DataFrame) -> bool:
    many = min(int((table.sum() > 0).sum()), MOST_CHANNELS + 1)
    st.caption(" ".join([t("For this every channel is forecast."), about_seconds(many)]))
    return st.button(t("Work it out"), icon=":material/calculate:", type="primary")


def _engaged(view: View, question: Question, plan: Plan) -> CampaignEffect | None:
    """The same for engaged sessions, where the page is about sessions; ``None`` if it cannot be."""
    if not _asks_engagement(view, question):
        return None
    channel = plan.campaign.channel
    try:
        own = forecast_of(view, question, ENGAGED, None if channel == ALL else channel)
        whole = own if channel == question.channel else forecast_of(view, question, ENGAGED)
    except NotEnoughData:
        return None
    return _lay_over(whole, own, plan, plan.engagement)


def _lay_over(
    total: Forecast, channel: Forecast, plan: Plan, engagement: float = 1.0
) -> CampaignEffect:
    return plan_campaign(
        by_day(total), by_day(channel), plan.campaign, grain=plan.grain, engagement=engagement
    )


def _say_numbers(
    question: Question, effect: CampaignEffect, engaged: CampaignEffect | None
) -> None:
    """Totals with the campaign, each with what it adds."""
    shown = [(question.metric, question.label, effect)]
    shown += [("engaged_sessions", t("Engaged sessions"), engaged)] if engaged else []
    for place, (metric, label, one) in zip(st.columns(len(shown)), shown, strict=True):
        place.metric(
            t("{metric} with the campaign", metric=label),
            three(one.total_with),
            _added(one.added),
            delta_color="off",
            delta_arrow="off",
            delta_description=t("on {count} as forecast", count=three(one.total_without)),
            help=metric_help(metric, question.grain),
            border=True,
        )


def _added(added: float) -> str:
    """What is added, to three figures."""
    return wording.signed_count(float(f"{added:.3g}")) if abs(added) >= 1 else t("nothing")


def _campaign_card(view: View, question: Question, plan: Plan, effect: CampaignEffect) -> Card:
    asked = plan.campaign
    start, after = pd.Timestamp(asked.start), pd.Timestamp(asked.end) + pd.Timedelta(days=1)
    half = pd.Timedelta(hours=12 if plan.grain == "day" else 0)  # a day is drawn at its start
    edges = (start - half, after - half)
    return Card(
        slug=f"campaign-{question.slug}",
        headline=_campaign_headline(question, asked, effect),
        chart=charts.campaign(effect.frame, edges, question.label, plan.grain, view.mode),
        data=effect.frame,
        reading=_campaign_reading(question, effect),
        metric=t(
            "{metric} by {step}, an assumption laid over the forecast",
            metric=question.label,
            step=wording.step(plan.grain),
        ),
        columns={
            "time": mark("Time"),
            "without": mark("As forecast"),
            "with_campaign": mark("With the campaign"),
            "low": mark("Band from"),
            "high": mark("Band to"),
        },
        settings={
            t("Campaign on"): _named(asked.channel),
            t("First day"): f"{asked.start:%Y-%m-%d}",
            t("Last day"): f"{asked.end:%Y-%m-%d}",
            t("Assumed change"): asked.change,
        },
    )


def _campaign_headline(question: Question, asked: Campaign, effect: CampaignEffect) -> str:
    values = {
        "share": wording.percent(abs(asked.change), 0),
        "metric": question.noun,
        "channel": _named(asked.channel),
        "days": wording.span(asked.start, asked.end),
        "count": three(abs(effect.added)),
        "total": three(effect.total_with),
        "when": question.when,
    }
    if asked.change >= 0:
        return t(
            "{share} more {metric} from {channel} on {days} would be about {count} more: "
            "{total} {when}",
            **values,
        )
    if METRICS[question.metric].unit == "count":
        return t(
            "{share} fewer {metric} from {channel} on {days} would be about {count} fewer: "
            "{total} {when}",
            **values,
        )
    return t(
        "{share} less {metric} from {channel} on {days} would be about {count} less: "
        "{total} {when}",
        **values,
    )


def _campaign_reading(question: Question, effect: CampaignEffect) -> str:
    return t(
        "Shaded: the days of the campaign, {count} {metric} instead of {before}. "
        "The band goes with the coloured line and is meant to hold {level} of the counts.",
        count=three(effect.range_with),
        metric=question.noun,
        before=three(effect.range_without),
        level=wording.percent(question.level, 0),
    )
