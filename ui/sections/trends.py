"""Trends at a glance: one sentence, then an answer to each of the page's three questions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.changes import headline_changes
from core.errors import NotEnoughData
from core.expected import MIN_DAYS
from core.language import in_sentence, mark, t, tn
from core.levels import LevelChanges
from core.spikes import Spikes
from core.traffic import Filters, select
from ui import cache, messages
from ui.page import View
from ui.sections import rhythm
from ui.sections.rhythm import block_sentence, find_windows, window_name
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
        return t("No part of the day is clearly busier than the rest.")
    return t(
        "{hours} are the busiest hours: {share} of {metric} in {even_share} of the hours.",
        hours=window_name(busiest),
        share=wording.percent(busiest.share),
        metric=in_sentence(wording.metric_label(view.traffic.main_metric, "hour")),
        even_share=wording.percent(busiest.even_share),
    )


def _daily_answer(view: View) -> str:
    metric = view.traffic.main_metric
    label = in_sentence(wording.metric_label(metric, view.traffic.grain))
    total = wording.amount(metric, float(view.traffic.frame[metric].sum()), label)
    return tn("{total} in {count} day.", "{total} in {count} days.", view.traffic.days, total=total)


def draw_glance(view: View, found: Spikes | NotEnoughData) -> None:
    """When do people come, is this week different, what was that peak: one answer each.

    What the file cannot answer is left out; ``draw_missing`` says why, once.
    """
    answers = {
        t("When do people come?"): _when(view),
        t("Is the last week different?"): _last_week(view),
        t("What was that peak?"): _peak(view, found),
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
        problems[_LASTING] = levels
    by_code: dict[str, list[str]] = {}
    for part, problem in problems.items():
        by_code.setdefault(problem.code, []).append(part)
    words = [_missing(problems[parts[0]], parts) for parts in by_code.values()]
    if words:
        st.info("\n\n".join(words))


_LASTING = mark("lasting changes")
_NEED_WEEKS = (
    mark("the last week against the week before"),
    mark("any stretch against what is usual"),
    mark("what stood out"),
)


def _missing(problem: NotEnoughData, parts: list[str]) -> str:
    message = messages.of_error(problem)
    return t(
        "**{title}**  \n{what_to_do} Then this page also shows {parts}.",
        title=message.title,
        what_to_do=message.what_to_do,
        parts=wording.listing([t(part) for part in parts]),
    )


def _when(view: View) -> str:
    metric = view.traffic.main_metric
    try:
        found = cache.find_blocks((*view.key, metric), view.traffic, metric)
    except NotEnoughData:
        return ""
    if not found.tried:
        return t("Each stretch of the week was seen too seldom, or holds too few visits, to tell.")
    if found.high.empty:
        return t("No stretch of the week is surely busier than a typical hour.")
    return f"{block_sentence(found)}."


def _last_week(view: View) -> str:
    """The newest seven whole days against the seven before."""
    traffic, metric = view.all_dates, view.traffic.main_metric
    end = pd.Timestamp(view.traffic.last_day)
    if traffic.grain not in ("hour", "day") or traffic.days < MIN_DAYS:
        return ""
    if end - pd.Timedelta(days=13) < traffic.times[0].normalize():
        return t("The file begins less than two weeks before the last day chosen.")
    if traffic.grain == "hour" and traffic.times[-1].hour < traffic.times.hour.max():
        end -= pd.Timedelta(days=1)  # the last day is unfinished
    starts = [end - pd.Timedelta(days=back) for back in (6, 13)]
    weeks = [
        select(traffic, Filters(start=start.date(), end=(start + pd.Timedelta(days=6)).date()))
        for start in starts
    ]
    row = headline_changes(weeks[0], weeks[1], [metric]).iloc[0]
    label = in_sentence(wording.metric_label(metric, traffic.grain))
    days = wording.span(starts[0].date(), end.date())
    total = wording.amount(metric, row["current"], label)
    if not pd.notna(row["change"]):
        return t("{days}: {total}; nothing the week before.", days=days, total=total)
    return t(_verdict(row), days=days, total=total, **_changes(row))


def _verdict(row: pd.Series) -> str:
    if pd.isna(row["low"]):
        return mark("{days}: {total}, {change} on the seven days before; too little to say more.")
    if row["low"] > 0 or row["high"] < 0:
        return mark(
            "{days}: {total}, {change} on the seven days before; 95 % interval {low} to {high}."
        )
    return mark("{days}: {total}, {change} on the seven days before; that is within chance.")


def _changes(row: pd.Series) -> dict[str, str]:
    return {name: wording.signed_percent(row[name]) for name in ("change", "low", "high")}


def _peak(view: View, found: Spikes | NotEnoughData) -> str:
    if isinstance(found, NotEnoughData):
        return ""
    if not found.frame.empty:
        return str(found.frame["sentence"].iloc[0])
    if view.all_dates.grain == "hour":
        return t(
            "Nothing stands out: every hour and day is within what this traffic does by itself."
        )
    return t("Nothing stands out: every day is within what this traffic does by itself.")
