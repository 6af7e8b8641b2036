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
from core.language import in_sentence, mark, t, tc, tn
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
_NEEDS_PERIODS = mark("That takes two periods of hours or days in one file.")


def ask_quality(view: View) -> str | None:
    """Ask what makes a visit good; ``None`` where the file holds no ratio."""
    able = available_metrics(view.traffic)
    options = {key: METRICS[key].label for key in FIRST_CHOICES if key in able}
    if not options:
        return None
    return pick(
        "channels", "quality", t("What makes a visit good?"), options, hint=metrics_help(options)
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
    first = channel_totals(view.traffic).iloc[0]
    label = wording.metric_label(view.traffic.main_metric, view.traffic.grain)
    largest = {
        "channel": first["channel"],
        "share": wording.percent(first["share"]),
        "metric": in_sentence(label),
    }
    quality = compare(view, metric)
    if quality is None:
        return t("{channel} is the largest channel: {share} of all {metric}.", **largest)
    name = in_sentence(METRICS[quality.metric].label)
    better = quality.frame[quality.frame["verdict"] == BETTER]
    if better.empty:
        return t(
            "{channel} is the largest channel: {share} of all {metric}; no channel’s {quality} is "
            "clearly above the rest.",
            **largest,
            quality=name,
        )
    best = better.loc[better["shrunken"].idxmax()]
    return t(
        "{channel} is the largest channel: {share} of all {metric}; {best} has the highest "
        "{quality} that can be told, {amount}.",
        **largest,
        best=best["channel"],
        quality=name,
        amount=wording.metric_value(quality.metric, best["value"]),
    )


def draw_glance(view: View, metric: str | None) -> None:
    """Which are good, which cannot be judged, which changed: one answer each."""
    answers = {
        t("Which visits are better?"): _which_are_better(compare(view, metric)),
        t("What cannot be told?"): _what_cannot_be_told(view, compare(view, metric)),
        t("Which channels changed?"): _what_changed(view),
    }
    for column, (question, answer) in zip(st.columns(3), answers.items(), strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{question}**  \n{escape(answer)}")


def _which_are_better(quality: ChannelComparison | None) -> str:
    if quality is None:
        return t("The file holds no measure of quality: export engaged sessions from GA4.")
    return f"{headline(quality)}."


def headline(quality: ChannelComparison) -> str:
    """Which channels are above and below the rest, in words."""
    frame, label = quality.frame, METRICS[quality.metric].label
    above, below = (
        list(frame.loc[frame["verdict"] == verdict, "channel"]) for verdict in (BETTER, WORSE)
    )
    if above and below:
        return t(
            "{metric}: {above} clearly above the rest; {below} clearly below the rest",
            metric=label,
            above=some(above),
            below=some(below),
        )
    if above:
        return t("{metric}: {channels} clearly above the rest", metric=label, channels=some(above))
    if below:
        return t("{metric}: {channels} clearly below the rest", metric=label, channels=some(below))
    real = frame[frame["verdict"] != NOT_A_CHANNEL]
    if len(real) < 2:
        return t("{metric}: there is no second channel to compare with", metric=label)
    if (real["verdict"] == TOO_LITTLE_DATA).all():
        return t("{metric}: too little data to compare channels", metric=label)
    return t("{metric}: no channel clearly differs from the rest", metric=label)


def worth_drawing(rows: pd.DataFrame, is_named: pd.Series) -> pd.DataFrame:
    """At most ``MOST_ROWS``, in their order: those that the headline names, then the largest."""
    first = rows.assign(is_named=is_named).sort_values(["is_named", "n"], ascending=False)
    return rows[rows.index.isin(first.index[:MOST_ROWS])]


def some(names: list[str]) -> str:
    """A list of at most three names."""
    if len(names) <= 3:
        return wording.listing(names)
    rest = tc("channels", "{count} more", count=wording.count(len(names) - 2))
    return wording.listing([*names[:2], rest])


def _what_cannot_be_told(view: View, quality: ChannelComparison | None) -> str:
    parts = [] if quality is None else _without_verdict(view, quality)
    parts += [
        t(
            "{label} ({share}) is no channel.",
            label=found.label,
            share=wording.percent(found.share.value),
        )
        for found in cache.diagnose_unattributed(view.key, view.traffic)
    ]
    return " ".join(parts) or t("Every channel has enough data to be judged.")


def _without_verdict(view: View, quality: ChannelComparison) -> list[str]:
    """Channels with too few visits by number, and those too uneven by name."""
    rows = quality.frame[quality.frame["verdict"] == TOO_LITTLE_DATA]
    few, uneven = rows[is_small(rows)], rows[~is_small(rows)]
    unit = in_sentence(METRICS[str(METRICS[quality.metric].denominator)].label)
    counts = [
        t(
            "{channel} ({count} {metric})",
            channel=row.channel,
            count=wording.count(row.n),
            metric=unit,
        )
        for row in few.itertuples()
    ]
    parts = []
    if counts:
        parts.append(t("Too little data for a verdict: {channels}.", channels=some(counts)))
    names = list(uneven["channel"])
    if names and view.traffic.grain == "week":
        parts.append(t("Too uneven from week to week to tell: {channels}.", channels=some(names)))
    elif names:
        parts.append(t("Too uneven from day to day to tell: {channels}.", channels=some(names)))
    return parts


def _what_changed(view: View) -> str:
    current, previous = view.period("current"), view.period("previous")
    if view.comparison is None or current is None or previous is None:
        return t(_NEEDS_PERIODS)
    if current.is_empty or previous.is_empty:
        return t(_NEEDS_PERIODS)
    metric = view.traffic.main_metric
    table = cache.channel_growth((*view.key, metric), current, previous, metric)
    rose, fell = (_with_change(table[table["verdict"] == verdict]) for verdict in (GREW, FELL))
    parts = []
    if rose:
        parts.append(tn("{channels} rose", "{channels} rose", len(rose), channels=some(rose)))
    if fell:
        parts.append(tn("{channels} fell", "{channels} fell", len(fell), channels=some(fell)))
    compared = describe_comparison(view.comparison)
    if not parts:
        return t("None beyond what happens by chance ({comparison}).", comparison=compared)
    return t("{changes} ({comparison}).", changes="; ".join(parts), comparison=compared)


def _with_change(rows: pd.DataFrame) -> list[str]:
    return [f"{row.channel} ({wording.signed_percent(row.change)})" for row in rows.itertuples()]
