"""Trends: over time, the rhythm of the week, the busiest hours, what stood out."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.errors import NotEnoughData
from core.spikes import Spikes
from core.traffic import Traffic
from core.trends import (
    WINDOW_HOURS,
    Window,
    default_grain,
    find_window,
    heat_map,
    possible_grains,
    profile,
    series,
)
from ui import cache
from ui.cards import Card, show
from ui.charts import trends as charts
from ui.choices import pick
from ui.filters import describe_comparison
from ui.page import View, say

_GRAIN_LABELS = {"hour": "By hour", "day": "By day", "week": "By week", "month": "By month"}


def shown_counts(traffic: Traffic) -> dict[str, str]:
    """Sessions and users (or what the file counts instead) with their names."""
    keys = [key for key in traffic.exported if key in ("sessions", "users")]
    keys = keys or [traffic.main_metric]
    return {key: wording.metric_label(key, traffic.grain) for key in keys}


def draw_answer(view: View) -> None:
    """The page's answer in one sentence."""
    st.subheader(_answer(view))


def _answer(view: View) -> str:
    try:
        window = find_window(view.traffic, view.traffic.main_metric)
    except NotEnoughData:
        return _daily_answer(view)
    if not window.is_clearly_busy:
        return "No part of the day is clearly busier than the rest."
    return f"{_name(window)} are the busiest hours: {_shares(view, window)}."


def _daily_answer(view: View) -> str:
    metric = view.traffic.main_metric
    label = wording.metric_label(metric, view.traffic.grain).lower()
    total = wording.count(float(view.traffic.frame[metric].sum()))
    days = view.traffic.days
    return f"{total} {label} in {days:,} {'day' if days == 1 else 'days'}."


def _name(window: Window) -> str:
    return f"{wording.clock(window.start)}–{wording.clock(window.end)}"


def _shares(view: View, window: Window) -> str:
    label = wording.metric_label(view.traffic.main_metric, "hour").lower()
    return (
        f"{wording.percent(window.share)} of {label} in "
        f"{wording.percent(window.even_share)} of the hours"
    )


def draw_over_time(view: View, *, with_choice: bool = True) -> None:
    """Sessions and users over time, with the period before in grey if wanted."""
    labels = shown_counts(view.traffic)
    grain = _ask_grain(view) if with_choice else _coarse(view.traffic)
    traffic, previous = view.traffic, None
    if view.wants_comparison and view.comparison:
        current, before = view.period("current"), view.period("previous")
        if current is not None and before is not None and not current.is_empty:
            traffic = current
            previous = series(before, list(labels), grain)
            previous["time"] += pd.Timedelta(days=view.comparison.days)
    table = series(traffic, list(labels), grain)
    reading = _reading(view, table, grain, has_previous=previous is not None)
    show(
        view,
        Card(
            slug=f"{'-and-'.join(labels)}-by-{grain}",
            headline=_peak(table, next(iter(labels)), next(iter(labels.values())), grain),
            chart=charts.over_time(table, labels, grain, view.mode, previous),
            data=table,
            reading=reading,
            metric=f"{' and '.join(labels.values())} by {grain}",
            columns={"time": "Time", "is_complete": "Whole period", **labels},
        ),
    )


def _coarse(traffic: Traffic) -> str:
    return "day" if traffic.grain == "hour" and traffic.days > 3 else traffic.grain


def _ask_grain(view: View) -> str:
    grains = {grain: _GRAIN_LABELS[grain] for grain in possible_grains(view.whole)}
    return pick("trends", "grain", "Step", grains, default=default_grain(view.whole))


def _peak(table: pd.DataFrame, metric: str, label: str, grain: str) -> str:
    complete = table[table["is_complete"]]
    if complete.empty or not complete[metric].max() > 0:
        return f"{label} by {grain}"
    best = complete.loc[complete[metric].idxmax()]
    when = {
        "hour": lambda t: wording.moment(t, t + pd.Timedelta(hours=1)),
        "day": wording.day,
        "week": lambda t: f"the week of {wording.day(t)}",
        "month": lambda t: f"{t:%B %Y}",
    }[grain](best["time"])
    return f"The highest {grain} was {when}: {wording.count(best[metric])} {label.lower()}"


def _reading(view: View, table: pd.DataFrame, grain: str, *, has_previous: bool) -> str:
    parts = ["A high point may be chance; what stood out for certain is listed on Trends."]
    if not table["is_complete"].all():
        parts.append(f"Hollow dots are unfinished {grain}s.")
    if has_previous and view.comparison:
        parts.append(f"Grey: the period before ({describe_comparison(view.comparison)}).")
    return " ".join(parts)


def draw_rhythm(view: View) -> None:
    """Hour of the day and weekday as a heat map; why not, where the file has no hours."""
    metric = view.traffic.main_metric
    label = wording.metric_label(metric, "hour")
    try:
        table = heat_map(view.traffic, metric)
    except NotEnoughData as problem:
        say(problem)
        return
    best = table.loc[table["value"].idxmax()]
    weekday, hour = wording.WEEKDAYS[int(best["weekday"])], wording.clock(int(best["hour"]))
    seen = int(table["n"].min())
    show(
        view,
        Card(
            slug=f"{metric}-by-hour-and-weekday",
            headline=f"The fullest hour was {weekday} at {hour}: {wording.count(best['value'])} "
            f"{label.lower()} on average",
            chart=charts.rhythm(table, label),
            data=table,
            reading=f"Darker is busier. Each cell is the mean of at least {seen} "
            f"{'hour' if seen == 1 else 'hours'}."
            if view.mode == "light"
            else f"Lighter is busier. Each cell is the mean of at least {seen} hours.",
            metric=f"{label} in a typical hour",
            columns={"weekday": "Weekday (0 = Mon)", "hour": "Hour", "value": label, "n": "Hours"},
        ),
    )


def draw_hours(view: View) -> None:
    """The busiest and the quietest hours of the day."""
    metric = view.traffic.main_metric
    label = wording.metric_label(metric, "hour")
    try:
        busiest = find_window(view.traffic, metric)
        quietest = find_window(view.traffic, metric, busiest=False)
        table = profile(view.traffic, metric, "hour")
    except NotEnoughData as problem:
        if problem.code != "needs_hours":  # the heat map has already said it
            say(problem)
        return
    hours = {(busiest.start + step) % 24 for step in range(WINDOW_HOURS)}
    show(
        view,
        Card(
            slug=f"{metric}-by-hour-of-day",
            headline=_hours_headline(busiest, quietest),
            chart=charts.hours_of_day(
                table, hours if busiest.is_clearly_busy else set(), label, view.mode
            ),
            data=table,
            reading="The lines are 95 % intervals over days. "
            f"Busiest: {wording.percent(busiest.share)} of all, quietest: "
            f"{wording.percent(quietest.share)}.",
            metric=f"{label} in a typical hour",
            columns={"hour": "Hour", "value": label, "low": "From", "high": "To", "n": "Days"},
        ),
    )


def _hours_headline(busiest: Window, quietest: Window) -> str:
    if busiest.is_clearly_busy and quietest.is_clearly_quiet:
        return f"Busiest {_name(busiest)}, quietest {_name(quietest)}"
    if busiest.is_clearly_busy:
        return f"Busiest {_name(busiest)}; no stretch is clearly quiet"
    return "No stretch of the day clearly stands out"


def draw_spikes(view: View) -> None:
    """Hours or days far above the usual, and the channel that carried each."""
    metric = view.traffic.main_metric
    try:
        found = cache.find_spikes((*view.key, metric), view.traffic, metric)
    except NotEnoughData as problem:
        say(problem)
        return
    if found.frame.empty:
        st.success(
            "**No spike stands out.** Every hour and day is within what this traffic does by "
            "itself, after a correction for having looked at all of them.",
            icon=":material/check_circle:",
        )
        return
    _show_spikes(view, found)


def _show_spikes(view: View, found: Spikes) -> None:
    label = wording.metric_label(found.metric, view.traffic.grain)
    frame = found.frame
    moments = [wording.moment(a, b) for a, b in zip(frame["start"], frame["end"], strict=True)]
    names = [
        when if channel == "(all)" else f"{channel}, {when}"
        for when, channel in zip(moments, frame["channel"], strict=True)
    ]
    bars = pd.DataFrame(
        {"name": names, "actual": frame["channel_actual"], "expected": frame["channel_expected"]}
    )
    number = len(frame)
    show(
        view,
        Card(
            slug=f"{found.metric}-spikes",
            headline=f"{number} {'spike' if number == 1 else 'spikes'} stood out from the usual "
            "week",
            chart=charts.stood_out(bars, label, view.mode),
            data=frame,
            reading="Expected: the same hour of the other weeks, at the level of that week. "
            "The file does not say why; look up what was posted, sent or linked then.",
            metric=f"{label}, actual against expected",
            columns=_SPIKE_COLUMNS,
        ),
    )


_SPIKE_COLUMNS = {
    "start": "Start",
    "end": "End",
    "expected": "Expected, all channels",
    "actual": "Actual, all channels",
    "excess": "Above expected",
    "ratio": "Actual ÷ expected",
    "channel": "Channel that carried it",
    "channel_expected": "Expected, channel",
    "channel_actual": "Actual, channel",
    "channel_share": "Channel's share of the rise",
    "engagement_rate": "Engagement rate then",
    "usual_engagement_rate": "Engagement rate usually",
    "p_value": "Adjusted p-value",
}
