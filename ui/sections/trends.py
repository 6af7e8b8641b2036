"""Trends at a glance: one sentence, then an answer to each of the page's three questions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.changes import headline_changes
from core.errors import NotEnoughData
from core.expected import MIN_DAYS
from core.levels import LevelChanges
from core.rhythm import Window
from core.spikes import Spikes
from core.traffic import Filters, select
from ui import cache, messages
from ui.page import View
from ui.sections import rhythm
from ui.sections.rhythm import block_sentence, find_windows, window_name
from ui.sections.stood_out import every_period
from ui.text import escape


def draw_answer(view: View) -> None:
    """The page's answer in one sentence."""
    st.subheader(escape(answer(view)))


def answer(view: View) -> str:
    """When people come, or how many came, in one sentence."""
    windows = find_windows(view)
    if windows is None:
        return _daily_answer(view)
    busiest = windows[0]
    if not busiest.is_clearly_busy:
        return "No part of the day is clearly busier than the rest."
    return f"{window_name(busiest)} are the busiest hours: {_shares(view, busiest)}."


def _daily_answer(view: View) -> str:
    metric = view.traffic.main_metric
    label = wording.metric_label(metric, view.traffic.grain).lower()
    total = wording.amount(metric, float(view.traffic.frame[metric].sum()), label)
    days = view.traffic.days
    return f"{total} in {days:,} {'day' if days == 1 else 'days'}."


def _shares(view: View, window: Window) -> str:
    label = wording.metric_label(view.traffic.main_metric, "hour").lower()
    return (
        f"{wording.percent(window.share)} of {label} in "
        f"{wording.percent(window.even_share)} of the hours"
    )


def draw_glance(view: View, found: Spikes | NotEnoughData) -> None:
    """When do people come, is this week different, what was that peak: one answer each.

    What the file cannot answer is left out; ``draw_missing`` says why, once.
    """
    answers = {
        "When do people come?": _when(view),
        "Is the last week different?": _last_week(view),
        "What was that peak?": _peak(view, found),
    }
    known = {question: answer for question, answer in answers.items() if answer}
    if not known:
        return
    for column, (question, answer) in zip(st.columns(len(known)), known.items(), strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{question}**  \n{escape(answer)}")


def draw_missing(
    view: View, metric: str, events: Spikes | NotEnoughData, levels: LevelChanges | NotEnoughData
) -> None:
    """What this page cannot show of this file, why, and what to do: all of it in one box."""
    problems = rhythm.find_problems(view, metric)
    if isinstance(events, NotEnoughData):
        problems |= dict.fromkeys(_NEED_WEEKS, events)
    if isinstance(levels, NotEnoughData):
        problems["lasting changes"] = levels
    by_code: dict[str, list[str]] = {}
    for part, problem in problems.items():
        by_code.setdefault(problem.code, []).append(part)
    words = [_missing(problems[parts[0]], parts) for parts in by_code.values()]
    if words:
        st.info("\n\n".join(words))


_NEED_WEEKS = (
    "the last week against the week before",
    "any stretch against what is usual",
    "what stood out",
)


def _missing(problem: NotEnoughData, parts: list[str]) -> str:
    message = messages.of_error(problem)
    return (
        f"**{message.title}**  \n{message.what_to_do} Then this page also shows "
        f"{wording.listing(parts)}."
    )


def _when(view: View) -> str:
    metric = view.traffic.main_metric
    try:
        found = cache.find_blocks((*view.key, metric), view.traffic, metric)
    except NotEnoughData:
        return ""
    if not found.tried:
        return "Each stretch of the week was seen too seldom, or holds too few visits, to tell."
    if found.high.empty:
        return "No stretch of the week is surely busier than a typical hour."
    return f"{block_sentence(found)}."


def _last_week(view: View) -> str:
    """The newest seven whole days against the seven before."""
    traffic, metric = view.all_dates, view.traffic.main_metric
    end = pd.Timestamp(view.traffic.last_day)
    if traffic.grain not in ("hour", "day") or traffic.days < MIN_DAYS:
        return ""
    if end - pd.Timedelta(days=13) < traffic.times[0].normalize():
        return "The file begins less than two weeks before the last day chosen."
    if traffic.grain == "hour" and traffic.times[-1].hour < traffic.times.hour.max():
        end -= pd.Timedelta(days=1)  # the last day is unfinished
    starts = [end - pd.Timedelta(days=back) for back in (6, 13)]
    weeks = [
        select(traffic, Filters(start=start.date(), end=(start + pd.Timedelta(days=6)).date()))
        for start in starts
    ]
    row = headline_changes(weeks[0], weeks[1], [metric]).iloc[0]
    label = wording.metric_label(metric, traffic.grain).lower()
    days = wording.span(starts[0].date(), end.date())
    total = wording.amount(metric, row["current"], label)
    if not pd.notna(row["change"]):
        return f"{days}: {total}; nothing the week before."
    change = wording.signed_percent(row["change"])
    verdict = "that is within chance"
    if pd.isna(row["low"]):
        verdict = "too little to say more"
    elif row["low"] > 0 or row["high"] < 0:
        low, high = (wording.signed_percent(row[name]) for name in ("low", "high"))
        verdict = f"95 % interval {low} to {high}"
    return f"{days}: {total}, {change} on the seven days before; {verdict}."


def _peak(view: View, found: Spikes | NotEnoughData) -> str:
    if isinstance(found, NotEnoughData):
        return ""
    if found.frame.empty:
        every = every_period(view).lower()
        return f"Nothing stands out: {every} is within what this traffic does by itself."
    return str(found.frame["sentence"].iloc[0])
