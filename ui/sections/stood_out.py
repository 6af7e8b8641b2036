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
from ui.page import View
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


def find_levels(view: View, metric: str) -> LevelChanges | NotEnoughData:
    """Lasting changes inside the selected dates, looked for in all dates."""
    metric = counted(view, metric)
    try:
        found = cache.find_level_changes((*view.all_dates_key, metric), view.all_dates, metric)
    except NotEnoughData as problem:
        return problem
    start, end = pd.Timestamp(view.traffic.first_day), pd.Timestamp(view.traffic.last_day)
    return replace(found, frame=found.frame[found.frame["start"].between(start, end)])


def draw_stood_out(
    view: View, events: Spikes | NotEnoughData, levels: LevelChanges | NotEnoughData
) -> None:
    """Spikes, dips and lasting changes; nothing where the file tells neither."""
    if isinstance(events, NotEnoughData) and isinstance(levels, NotEnoughData):
        return
    st.subheader("What stood out")
    if not isinstance(events, NotEnoughData):
        _draw_spikes(view, events)
    if not isinstance(levels, NotEnoughData):
        _draw_levels(view, levels)


def _draw_spikes(view: View, found: Spikes) -> None:
    """Stretches far from the usual, and the channel that carried each."""
    if found.frame.empty:
        st.success(
            f"**No spike and no dip stands out.** {every_period(view)} is within what this traffic "
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
            chart=charts.stood_out(
                bars, _of_all(view, label), view.mode, METRICS[found.metric].unit
            ),
            data=found.frame,
            reading="Usual: the same hours of other weeks. The file does not say why; look up what "
            "was posted, sent or linked then.",
            metric=f"{label}, counted against usual",
            columns=_SPIKE_COLUMNS,
        ),
    )
    for text in found.frame["sentence"].head(_SAID):
        st.markdown(f"- {escape(text)}")


def _of_all(view: View, label: str) -> str:
    """A channel carried an event, its bar is of all traffic: to be said where there are several."""
    return f"{label} of all channels" if view.whole.has_channels else label


def every_period(view: View) -> str:
    """What was looked at for spikes and dips."""
    return "Every hour and day" if view.all_dates.grain == "hour" else "Every day"


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


def _draw_levels(view: View, found: LevelChanges) -> None:
    """Days from which a channel, or all traffic, kept a new level."""
    frame = found.frame
    if frame.empty:
        st.success(
            "**Nothing moved to a new level and stayed there**, as far as these "
            f"{'weeks' if view.all_dates.grain == 'week' else 'days'} can tell.",
            icon=":material/check_circle:",
        )
        return
    for name in list(dict.fromkeys(frame["channel"]))[:_MOST_LEVELS]:
        _draw_level(view, found, frame[frame["channel"] == name], name)


def _draw_level(view: View, found: LevelChanges, changes: pd.DataFrame, name: str) -> None:
    unit, length = ("week", 7) if view.all_dates.grain == "week" else ("day", 1)
    label = f"{wording.metric_label(found.metric, view.traffic.grain)} a {unit}"
    days = found.levels[found.levels["channel"] == name]
    last_day = days["time"].max() + pd.Timedelta(days=length - 1)
    letters, notes = shown_notes(days["time"].min(), last_day)
    words = [text.rstrip(".") for text in changes["sentence"]]
    show(
        view,
        Card(
            slug=f"{found.metric}-level-of-{name}",
            headline=_level_headline(name, words[0]),
            chart=with_notes(
                charts.level(days, label, view.mode, METRICS[found.metric].unit), notes, view.mode
            ),
            data=changes,
            reading=" ".join(
                [
                    f"Thin: {_THIN[unit]}. Thick: the level they keep.",
                    *(f"{text}." for text in words[1:]),
                    letters,
                ]
            ).strip(),
            metric=label if unit == "week" else f"{label}, weekdays evened out",
            columns=_LEVEL_COLUMNS,
        ),
    )


_THIN = {
    "day": "days with the usual ups and downs of the week taken out",
    "week": "weeks as they were counted",
}


def _level_headline(name: str, words: str) -> str:
    """The sentence on a change, which begins with the channel, as a headline."""
    return f"New level of {words[0].lower() + words[1:] if name == ALL_CHANNELS else words}"


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
