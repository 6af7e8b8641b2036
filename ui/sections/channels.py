"""Channels: how much each brings, and how good its visits are."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.channels import BETTER, TOO_LITTLE_DATA, WORSE, ChannelComparison, channel_totals
from core.errors import NotEnoughData
from core.metrics import METRICS, available_metrics, summarise
from ui import cache
from ui.cards import Card, show
from ui.charts import channels as charts
from ui.page import View
from ui.sections.over_time import shown_counts
from ui.text import escape

SHOWN_RATIOS = ("engagement_rate", "events_per_session", "engagement_time_per_session")


def draw_answer(view: View) -> None:
    """The page's answer in one sentence."""
    totals = channel_totals(view.traffic)
    first = totals.iloc[0]
    label = wording.metric_label(view.traffic.main_metric, view.traffic.grain).lower()
    answer = f"{first['channel']} is the largest channel: {wording.percent(first['share'])} of all "
    answer += label
    quality = _compare(view, "engagement_rate")
    if quality is not None:
        answer += _best(quality)
    st.subheader(escape(f"{answer}."))


def _best(quality: ChannelComparison) -> str:
    better = quality.frame[quality.frame["verdict"] == BETTER]
    if better.empty:
        return "; no channel's engagement rate is clearly above the rest"
    row = better.loc[better["value"].idxmax()]
    return f"; {row['channel']} has the best engagement rate, {wording.percent(row['value'])}"


def _compare(view: View, metric: str) -> ChannelComparison | None:
    try:
        return cache.compare_channels((*view.key, metric), view.traffic, metric)
    except NotEnoughData:
        return None


def draw_volume(view: View) -> None:
    """Sessions and users by channel."""
    totals, labels = channel_totals(view.traffic), shown_counts(view.traffic)
    main, label = next(iter(labels.items()))
    table = totals[["channel", *labels, "share"]]
    first = table.iloc[0]
    is_hourly = "users" in labels and view.traffic.has_time
    show(
        view,
        Card(
            slug=f"{'-and-'.join(labels)}-by-channel",
            headline=f"{first['channel']} brings {wording.count(first[main])} of "
            f"{wording.count(table[main].sum())} {label.lower()}",
            chart=charts.volume(table, labels, view.mode),
            data=table,
            reading=f"{labels['users']}: people counted once in each {view.traffic.grain}, so one "
            "person may count several times."
            if is_hourly
            else "",
            metric=f"{' and '.join(labels.values())} by channel",
            columns={"channel": "Channel", **labels, "share": f"Share of {label.lower()}"},
        ),
    )


def draw_ratio(view: View, metric: str) -> None:
    """One ratio by channel with intervals and verdicts; nothing where it was not exported."""
    result = _compare(view, metric)
    if result is None:
        return
    label = METRICS[metric].label
    overall = float(summarise(view.traffic)[metric].iloc[0])
    frame = result.frame
    show(
        view,
        Card(
            slug=f"{metric.replace('_', '-')}-by-channel",
            headline=_headline(result, label),
            chart=charts.intervals(frame, metric, overall, view.colours, view.mode),
            data=frame,
            reading=f"{METRICS[metric].definition} Dashed: all channels together "
            f"({wording.metric_value(metric, overall)}). Lines are 95 % intervals; hollow and "
            "grey: too little data to judge, or not a channel.",
            metric=f"{label} by channel, sums divided by sums",
            columns=_RATIO_COLUMNS | {"value": label},
        ),
    )


def _headline(result: ChannelComparison, label: str) -> str:
    frame = result.frame
    parts = []
    for verdict, word in ((BETTER, "above"), (WORSE, "below")):
        names = list(frame.loc[frame["verdict"] == verdict, "channel"])
        if names:
            parts.append(f"{_some(names)} clearly {word} the rest")
    if parts:
        return f"{label}: {'; '.join(parts)}"
    if (frame["verdict"] == TOO_LITTLE_DATA).all():
        return f"{label}: too little data to compare channels"
    return f"{label}: no channel clearly differs from the rest"


def _some(names: list[str]) -> str:
    shown = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"]
    return wording.listing(shown)


_RATIO_COLUMNS = {
    "channel": "Channel",
    "n": "Counted on",
    "days": "Days seen",
    "low": "95 % from",
    "high": "95 % to",
    "difference": "Difference to the rest",
    "difference_low": "Difference from",
    "difference_high": "Difference to",
    "p_value": "Adjusted p-value",
    "verdict": "Compared with the rest",
}


def draw_table(view: View) -> None:
    """Every measure of every channel."""
    totals = channel_totals(view.traffic)
    keys = [key for key in available_metrics(view.traffic) if key in totals]
    grain = view.traffic.grain
    shown = pd.DataFrame({"Channel": totals["channel"]})
    for key in keys:
        shown[wording.metric_label(key, grain)] = [
            wording.metric_value(key, value) for value in totals[key]
        ]
    with st.expander("All measures of all channels", icon=":material/table:"):
        st.dataframe(shown, hide_index=True, width="stretch")
