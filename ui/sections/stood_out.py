"""What stood out: spikes and dips, and lasting changes of level."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from core import wording
from core.errors import NotEnoughData
from core.expected import channel_name
from core.language import mark, t, tn
from core.levels import LevelChanges, in_words
from core.metrics import METRICS
from core.spikes import DIP, SPIKE, Spikes
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
    st.subheader(t("What stood out"))
    if not isinstance(events, NotEnoughData):
        _draw_spikes(view, events)
    if not isinstance(levels, NotEnoughData):
        _draw_levels(view, levels)


def _draw_spikes(view: View, found: Spikes) -> None:
    """Stretches far from the usual, and the channel that carried each."""
    if found.frame.empty:
        st.success(_nothing_found(view), icon=":material/check_circle:")
        return
    label = wording.metric_label(found.metric, view.traffic.grain)
    names = [
        f"{t(KINDS[row['kind']])}, {wording.moment(row['start'], row['end'])}{_who(row)}"
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
            data=_in_words(found.frame),
            reading=t(
                "Usual: the same hours of other weeks. The file does not say why; look up what "
                "was posted, sent or linked then."
            ),
            metric=t("{metric}, counted against usual", metric=label),
            columns=_SPIKE_COLUMNS,
        ),
    )
    for text in found.frame["sentence"].head(_SAID):
        st.markdown(f"- {escape(text)}")


def _of_all(view: View, label: str) -> str:
    """A channel carried an event, its bar is of all traffic: to be said where there are several."""
    return t("{metric} of all channels", metric=label) if view.whole.has_channels else label


def _nothing_found(view: View) -> str:
    if view.all_dates.grain == "hour":
        return t(
            "**No spike and no dip stands out.** Every hour and day is within what this traffic "
            "does by itself, after a correction for having looked at all of them."
        )
    return t(
        "**No spike and no dip stands out.** Every day is within what this traffic does by "
        "itself, after a correction for having looked at all of them."
    )


KINDS = {SPIKE: mark("Spike"), DIP: mark("Dip")}
"""Names of what ``core.spikes`` finds."""
_CODES = {SPIKE: mark("spike"), DIP: mark("dip")}
"""The same as the table of the events has them."""


def _in_words(events: pd.DataFrame) -> pd.DataFrame:
    """The events with their codes in the language spoken."""
    return events.assign(
        kind=[t(_CODES[kind]) for kind in events["kind"]],
        channel=events["channel"].map(channel_name),
        engagement=[t(code) if code else "" for code in events["engagement"]],
    )


def _who(row: dict) -> str:
    return "" if row["channel"] == ALL_CHANNELS else f" ({channel_name(row['channel'])})"


def _headline(found: Spikes) -> str:
    kinds = found.frame["kind"].value_counts()
    spikes, dips = (int(kinds.get(kind, 0)) for kind in (SPIKE, DIP))
    if spikes and dips:
        return t(
            "{spikes} and {dips} stood out from the usual week",
            spikes=tn("{count} spike", "{count} spikes", spikes),
            dips=tn("{count} dip", "{count} dips", dips),
        )
    if dips:
        return tn(
            "{count} dip stood out from the usual week",
            "{count} dips stood out from the usual week",
            dips,
        )
    return tn(
        "{count} spike stood out from the usual week",
        "{count} spikes stood out from the usual week",
        spikes,
    )


_SPIKE_COLUMNS = {
    "kind": mark("What"),
    "start": mark("Start"),
    "end": mark("End"),
    "expected": mark("Usual, all channels"),
    "actual": mark("Counted, all channels"),
    "excess": mark("Above usual"),
    "ratio": mark("Counted ÷ usual"),
    "channel": mark("Channel that carried it"),
    "channel_expected": mark("Usual, channel"),
    "channel_actual": mark("Counted, channel"),
    "channel_share": mark("Channel's share of the change"),
    "engagement_rate": mark("Engagement rate then"),
    "usual_engagement_rate": mark("Engagement rate usually"),
    "engagement": mark("Engagement meanwhile"),
    "p_value": mark("Adjusted p-value"),
    "sentence": mark("In words"),
}


def _draw_levels(view: View, found: LevelChanges) -> None:
    """Days from which a channel, or all traffic, kept a new level."""
    frame = found.frame
    if frame.empty:
        st.success(_no_new_level(view), icon=":material/check_circle:")
        return
    for name in list(dict.fromkeys(frame["channel"]))[:_MOST_LEVELS]:
        _draw_level(view, found, frame[frame["channel"] == name], name)


def _no_new_level(view: View) -> str:
    if view.all_dates.grain == "week":
        return t(
            "**Nothing moved to a new level and stayed there**, as far as these weeks can tell."
        )
    return t("**Nothing moved to a new level and stayed there**, as far as these days can tell.")


def _draw_level(view: View, found: LevelChanges, changes: pd.DataFrame, name: str) -> None:
    is_weekly = view.all_dates.grain == "week"
    measure = wording.metric_label(found.metric, view.traffic.grain)
    label = (
        t("{metric} a week", metric=measure) if is_weekly else t("{metric} a day", metric=measure)
    )
    days = found.levels[found.levels["channel"] == name]
    last_day = days["time"].max() + pd.Timedelta(days=6 if is_weekly else 0)
    letters, notes = shown_notes(days["time"].min(), last_day)
    first = in_words(changes.iloc[0], days["time"].max(), found.metric, view.all_dates.grain)
    show(
        view,
        Card(
            slug=f"{found.metric}-level-of-{name}",
            headline=_level_headline(name, first),
            chart=with_notes(
                charts.level(
                    days, label, view.mode, METRICS[found.metric].unit, view.colours.get(name, "")
                ),
                notes,
                view.mode,
            ),
            data=changes.assign(channel=channel_name(name)),
            reading=" ".join(
                [t(_LINES[is_weekly]), *changes["sentence"].iloc[1:], letters]
            ).strip(),
            metric=label if is_weekly else t("{metric}, weekdays evened out", metric=label),
            columns=_LEVEL_COLUMNS,
        ),
    )


_A_STEP = {False: mark("{metric} a day"), True: mark("{metric} a week")}
_LINES = {
    False: mark(
        "Thin: days with the usual ups and downs of the week taken out. Thick: the level they keep."
    ),
    True: mark("Thin: weeks as they were counted. Thick: the level they keep."),
}
"""By whether the file is weekly."""


def _level_headline(name: str, change: str) -> str:
    """What moved to which level, as a headline."""
    if name == ALL_CHANNELS:
        return t("New level of all traffic: {change}", change=change)
    return t("New level of {channel}: {change}", channel=name, change=change)


_LEVEL_COLUMNS = {
    "channel": mark("Channel"),
    "start": mark("Since"),
    "end": mark("Until"),
    "before": mark("Before"),
    "after": mark("After"),
    "change": mark("Change"),
    "low": mark("95 % from"),
    "high": mark("95 % to"),
    "p_value": mark("Adjusted p-value"),
    "sentence": mark("In words"),
}
