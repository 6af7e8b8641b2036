"""Channels at a glance: one sentence, then an answer to each of the page's three questions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.channels import (
    BETTER,
    FELL,
    GREW,
    NOT_A_CHANNEL,
    TOO_LITTLE_DATA,
    WORSE,
    ChannelComparison,
    channel_totals,
    is_small,
)
from core.errors import NotEnoughData
from core.metrics import METRICS, available_metrics
from ui import cache
from ui.choices import pick
from ui.filters import describe_comparison
from ui.help import metrics_help
from ui.page import View
from ui.text import escape

FIRST_CHOICES = (
    "engagement_rate",
    "events_per_session",
    "engagement_time_per_session",
    "engaged_sessions_per_user",
    "key_events_per_session",
    "revenue_per_session",
    "views_per_session",
)

MOST_ROWS = 20
"""Channels drawn in one chart; the numbers beneath hold all."""
_NEEDS_PERIODS = "That takes two periods of hours or days in one file."


def ask_quality(view: View) -> str | None:
    """Ask what makes a visit good; ``None`` where the file holds no ratio."""
    able = available_metrics(view.traffic)
    options = {key: METRICS[key].label for key in FIRST_CHOICES if key in able}
    if not options:
        return None
    return pick(
        "channels", "quality", "What makes a visit good?", options, hint=metrics_help(options)
    )


def compare(view: View, metric: str | None) -> ChannelComparison | None:
    """Channels compared by a ratio; ``None`` where that is not possible."""
    if metric is None:
        return None
    try:
        return cache.compare_channels((*view.key, metric), view.traffic, metric)
    except NotEnoughData:
        return None


def draw_answer(view: View, metric: str | None) -> None:
    """The page's answer in one sentence."""
    st.subheader(escape(answer(view, metric)))


def answer(view: View, metric: str | None) -> str:
    """The largest channel, and the one with the best visits that can be told."""
    totals = channel_totals(view.traffic)
    first = totals.iloc[0]
    label = wording.metric_label(view.traffic.main_metric, view.traffic.grain).lower()
    share = wording.percent(first["share"])
    largest = f"{first['channel']} is the largest channel: {share} of all "
    quality = compare(view, metric)
    ending = "" if quality is None else f"; {_best(quality)}"
    return f"{largest}{label}{ending}."


def _best(quality: ChannelComparison) -> str:
    name = METRICS[quality.metric].label.lower()
    better = quality.frame[quality.frame["verdict"] == BETTER]
    if better.empty:
        return f"no channel’s {name} is clearly above the rest"
    row = better.loc[better["shrunken"].idxmax()]
    value = wording.metric_value(quality.metric, row["value"])
    return f"{row['channel']} has the highest {name} that can be told, {value}"


def draw_glance(view: View, metric: str | None) -> None:
    """Which are good, which cannot be judged, which changed: one answer each."""
    answers = {
        "Which visits are better?": _which_are_better(compare(view, metric)),
        "What cannot be told?": _what_cannot_be_told(view, compare(view, metric)),
        "Which channels changed?": _what_changed(view),
    }
    for column, (question, answer) in zip(st.columns(3), answers.items(), strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{question}**  \n{escape(answer)}")


def _which_are_better(quality: ChannelComparison | None) -> str:
    if quality is None:
        return "The file holds no measure of quality: export engaged sessions from GA4."
    return f"{headline(quality)}."


def headline(quality: ChannelComparison) -> str:
    """Which channels are above and below the rest, in words."""
    frame, label = quality.frame, METRICS[quality.metric].label
    parts = []
    for verdict, word in ((BETTER, "above"), (WORSE, "below")):
        names = list(frame.loc[frame["verdict"] == verdict, "channel"])
        if names:
            parts.append(f"{some(names)} clearly {word} the rest")
    if parts:
        return f"{label}: {'; '.join(parts)}"
    real = frame[frame["verdict"] != NOT_A_CHANNEL]
    if len(real) < 2:
        return f"{label}: there is no second channel to compare with"
    if (real["verdict"] == TOO_LITTLE_DATA).all():
        return f"{label}: too little data to compare channels"
    return f"{label}: no channel clearly differs from the rest"


def worth_drawing(rows: pd.DataFrame, is_named: pd.Series) -> pd.DataFrame:
    """At most ``MOST_ROWS``, in their order: those that the headline names, then the largest."""
    first = rows.assign(is_named=is_named).sort_values(["is_named", "n"], ascending=False)
    return rows[rows.index.isin(first.index[:MOST_ROWS])]


def some(names: list[str]) -> str:
    """A list of at most three names."""
    shown = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"]
    return wording.listing(shown)


def _what_cannot_be_told(view: View, quality: ChannelComparison | None) -> str:
    parts = [] if quality is None else _without_verdict(view, quality)
    for found in cache.diagnose_unattributed(view.key, view.traffic):
        parts.append(f"{found.label} ({wording.percent(found.share.value)}) is no channel.")
    return " ".join(parts) or "Every channel has enough data to be judged."


def _without_verdict(view: View, quality: ChannelComparison) -> list[str]:
    """Channels with too few visits by number, and those too uneven by name."""
    rows = quality.frame[quality.frame["verdict"] == TOO_LITTLE_DATA]
    few, uneven = rows[is_small(rows)], rows[~is_small(rows)]
    unit = METRICS[str(METRICS[quality.metric].denominator)].label.lower()
    counts = [f"{row.channel} ({wording.count(row.n)} {unit})" for row in few.itertuples()]
    parts = [f"Too little data for a verdict: {some(counts)}."] if counts else []
    if len(uneven):
        step = "week to week" if view.traffic.grain == "week" else "day to day"
        names = some(list(uneven["channel"]))
        parts.append(f"Too uneven from {step} to tell: {names}.")
    return parts


def _what_changed(view: View) -> str:
    current, previous = view.period("current"), view.period("previous")
    if view.comparison is None or current is None or previous is None:
        return _NEEDS_PERIODS
    if current.is_empty or previous.is_empty:
        return _NEEDS_PERIODS
    metric = view.traffic.main_metric
    table = cache.channel_growth((*view.key, metric), current, previous, metric)
    parts = []
    for verdict in (GREW, FELL):
        rows = table[table["verdict"] == verdict]
        names = [
            f"{row.channel} ({wording.signed_percent(row.change)})" for row in rows.itertuples()
        ]
        if names:
            parts.append(f"{some(names)} {verdict}")
    compared = describe_comparison(view.comparison)
    if not parts:
        return f"None beyond what happens by chance ({compared})."
    return f"{'; '.join(parts)} ({compared})."
