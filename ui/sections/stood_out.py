"""What stood out: spikes and dips, and lasting changes of level."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from core import wording
from core.errors import NotEnoughData
from core.levels import LevelChanges
from core.metrics import METRICS
from core.spikes import Spikes
from core.traffic import ALL_CHANNELS
from ui import cache
from ui.cards import Card, show
from ui.charts import events as charts
from ui.charts.notes import with_notes
from ui.notes import shown_notes
from ui.page import View, say
from ui.text import escape

_SAID, _MOST_LEVELS = 3, 3


def counted(view: View, metric: str) -> str:
    """The metric if it is a count, else the main one: only counts have spikes and levels."""
    return view.traffic.main_metric if METRICS[metric].is_ratio else metric


def find_events(view: View, metric: str) -> Spikes | NotEnoughData:
    """Events inside the selected dates; what is usual comes from all dates."""
    metric = counted(view, metric)
    try:
        found = cache.find_spikes((*view.all_dates_key, metric), view.all_dates, metric)
    except NotEnoughData as problem:
        return problem
    start = pd.Timestamp(view.traffic.first_day)
    end = pd.Timestamp(view.traffic.last_day) + pd.Timedelta(days=1)
    is_inside = (found.frame["start"] < end) & (found.frame["end"] > start)
    return replace(found, frame=found.frame[is_inside])


def draw_spikes(view: View, found: Spikes | NotEnoughData) -> None:
    """Stretches far from the usual, and the channel that carried each."""
    st.subheader("What stood out")
    if isinstance(found, NotEnoughData):
        say(found)
        return
    if found.frame.empty:
        st.success(
            "**No spike and no dip stands out.** Every hour and day is within what this traffic "
            "does by itself, after a correction for having looked at all of them.",
            icon=":material/check_circle:",
        )
        return
    label = wording.metric_label(found.metric, view.traffic.grain)
    names = [
        f"{row['kind'].capitalize()}, {wording.moment(row['start'], row['end'])}{_who(row)}"
        for row in found.frame.to_dict("records")
    ]
    bars = pd.DataFrame(
        {"name": names, "actual": found.frame["actual"], "expected": found.frame["expected"]}
    )
    show(
        view,
        Card(
            slug=f"{found.metric}-spikes-and-dips",
            headline=_headline(found),
            chart=charts.stood_out(bars, f"{label} of all channels", view.mode),
            data=found.frame,
            reading="Usual: the same hours of other weeks. The file does not say why; look up what "
            "was posted, sent or linked then.",
            metric=f"{label}, counted against usual",
            columns=_SPIKE_COLUMNS,
        ),
    )
    for text in found.frame["sentence"].head(_SAID):
        st.markdown(f"- {escape(text)}")


def _who(row: dict) -> str:
    return "" if row["channel"] == ALL_CHANNELS else f" ({row['channel']})"


def _headline(found: Spikes) -> str:
    kinds = found.frame["kind"].value_counts()
    parts = [
        f"{kinds[kind]} {kind if kinds[kind] == 1 else kind + 's'}"
        for kind in ("spike", "dip")
        if kind in kinds
    ]
    return f"{' and '.join(parts)} stood out from the usual week"


_SPIKE_COLUMNS = {
    "kind": "What",
    "start": "Start",
    "end": "End",
    "expected": "Usual, all channels",
    "actual": "Counted, all channels",
    "excess": "Above usual",
    "ratio": "Counted ÷ usual",
    "channel": "Channel that carried it",
    "channel_expected": "Usual, channel",
    "channel_actual": "Counted, channel",
    "channel_share": "Channel's share of the change",
    "engagement_rate": "Engagement rate then",
    "usual_engagement_rate": "Engagement rate usually",
    "engagement": "Engagement meanwhile",
    "p_value": "Adjusted p-value",
    "sentence": "In words",
}


def draw_levels(view: View, metric: str) -> None:
    """Days from which a channel, or all traffic, kept a new level."""
    metric = counted(view, metric)
    try:
        found = cache.find_level_changes((*view.all_dates_key, metric), view.all_dates, metric)
    except NotEnoughData as problem:
        if problem.code != "needs_days" and view.all_dates.grain != "day":
            say(problem)
        return
    frame = found.frame[_is_shown(view, found)]
    if frame.empty:
        st.success(
            "**No channel moved to a new level and stayed there**, as far as these days can tell.",
            icon=":material/check_circle:",
        )
        return
    for name in list(dict.fromkeys(frame["channel"]))[:_MOST_LEVELS]:
        _draw_level(view, found, frame[frame["channel"] == name], name)


def _draw_level(view: View, found: LevelChanges, changes: pd.DataFrame, name: str) -> None:
    unit = "week" if view.all_dates.grain == "week" else "day"
    label = f"{wording.metric_label(found.metric, view.traffic.grain)} a {unit}"
    days = found.levels[found.levels["channel"] == name]
    letters, notes = shown_notes(days["time"].min(), days["time"].max())
    words = [text.rstrip(".") for text in changes["sentence"]]
    show(
        view,
        Card(
            slug=f"{found.metric}-level-of-{name}",
            headline=f"New level: {words[0]}",
            chart=with_notes(charts.level(days, label, view.mode), notes, view.mode),
            data=changes,
            reading="Thin: days with the usual ups and downs of the week taken out. Thick: the "
            f"level they keep. {'; '.join(words[1:])} {letters}".strip(),
            metric=f"{label}, weekdays evened out",
            columns=_LEVEL_COLUMNS,
        ),
    )


def _is_shown(view: View, found: LevelChanges) -> pd.Series:
    """Changes inside the selected dates."""
    start, end = pd.Timestamp(view.traffic.first_day), pd.Timestamp(view.traffic.last_day)
    return found.frame["start"].between(start, end)


_LEVEL_COLUMNS = {
    "channel": "Channel",
    "start": "Since",
    "end": "Until",
    "before": "Before",
    "after": "After",
    "change": "Change",
    "low": "From",
    "high": "To",
    "p_value": "Adjusted p-value",
    "sentence": "In words",
}
