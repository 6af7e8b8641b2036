"""Trends at a glance: one sentence, then an answer to each of the page's three questions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.changes import headline_changes
from core.errors import NotEnoughData
from core.rhythm import Window
from core.spikes import Spikes
from core.traffic import Filters, select
from ui import cache
from ui.page import View
from ui.sections.rhythm import block_sentence, find_windows, window_name
from ui.text import escape

_NEEDS_DAYS = "Weeks or months do not tell: add “Date” to the export in GA4."


def draw_answer(view: View) -> None:
    """The page's answer in one sentence."""
    st.subheader(_answer(view))


def _answer(view: View) -> str:
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
    total = wording.count(float(view.traffic.frame[metric].sum()))
    days = view.traffic.days
    return f"{total} {label} in {days:,} {'day' if days == 1 else 'days'}."


def _shares(view: View, window: Window) -> str:
    label = wording.metric_label(view.traffic.main_metric, "hour").lower()
    return (
        f"{wording.percent(window.share)} of {label} in "
        f"{wording.percent(window.even_share)} of the hours"
    )


def draw_glance(view: View, found: Spikes | NotEnoughData) -> None:
    """When do people come, is this week different, what was that peak: one answer each."""
    answers = {
        "When do people come?": _when(view),
        "Is the last week different?": _last_week(view),
        "What was that peak?": _peak(found),
    }
    for column, (question, answer) in zip(st.columns(3), answers.items(), strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{question}**  \n{escape(answer)}")


def _when(view: View) -> str:
    metric = view.traffic.main_metric
    try:
        found = cache.find_blocks((*view.key, metric), view.traffic, metric)
    except NotEnoughData as problem:
        if problem.code == "too_few_days":
            return "That takes two weeks; the file holds fewer."
        return "Days do not tell: add “Date + hour” to the export in GA4."
    if found.high.empty:
        return "No stretch of the week is surely busier than a typical hour."
    return f"{block_sentence(found)}."


def _last_week(view: View) -> str:
    """The newest seven whole days against the seven before."""
    traffic, metric = view.all_dates, view.traffic.main_metric
    end = pd.Timestamp(view.traffic.last_day)
    if traffic.grain not in ("hour", "day"):
        return _NEEDS_DAYS
    if end - pd.Timedelta(days=13) < traffic.times[0]:
        return "That takes two weeks; the file holds fewer."
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
    if not pd.notna(row["change"]):
        return f"{days}: {wording.count(row['current'])} {label}; nothing the week before."
    change = wording.signed_percent(row["change"])
    verdict = "that is within chance"
    if pd.isna(row["low"]):
        verdict = "too little to say more"
    elif row["low"] > 0 or row["high"] < 0:
        low, high = (wording.signed_percent(row[name]) for name in ("low", "high"))
        verdict = f"95 % interval {low} to {high}"
    return (
        f"{days}: {wording.count(row['current'])} {label}, {change} on the seven days before; "
        f"{verdict}."
    )


def _peak(found: Spikes | NotEnoughData) -> str:
    if isinstance(found, NotEnoughData):
        is_short = found.code == "too_few_days"
        return "That takes two weeks; the file holds fewer." if is_short else _NEEDS_DAYS
    if found.frame.empty:
        return "Nothing stands out: every hour and day is within what this traffic does by itself."
    return str(found.frame["sentence"].iloc[0])
