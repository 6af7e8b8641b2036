"""One pair of measures: its dots, its channels, what could explain it, how to test it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core import wording
from core.correlations import CANNOT_TELL, DIFFERS, FOLLOWS_CLOCK, Correlations, Pair
from core.language import mark, t, tn
from ui import cache
from ui.cards import Card, show
from ui.charts import correlations_pair as charts
from ui.page import View
from ui.sections import correlations_guess as guessing
from ui.sections.correlations import Asked, key_of
from ui.sections.correlations_channels import draw_channels, draw_within
from ui.sections.correlations_dots import (
    MOST_DOTS,
    axes_of,
    framed,
    groups_of,
    in_words,
    thinned,
    two_columns,
)
from ui.sections.correlations_lags import draw_lags
from ui.sections.correlations_words import (
    INTERVALS,
    METHODS,
    PairKey,
    heading,
    how_they_go,
    labels_of,
    pair_name,
    signed,
    with_interval,
)
from ui.text import escape


def draw_pair(view: View, asked: Asked, result: Correlations, pair: PairKey) -> None:
    """All about one pair, or the question what it might be."""
    labels = labels_of(view.traffic, result.pearson)
    found = cache.examine(
        (*key_of(view, asked), pair), view.traffic, pair, asked.level, asked.channel
    )
    if asked.is_guessing:
        name = guessing.name_of(view, asked.level, asked.channel, pair)
        if not guessing.guess_pair(name, found.row, asked.method, labels):
            return
    verdict = found.row["verdict"]
    st.subheader(escape(heading(found.row, labels)))
    st.markdown(escape(found.sentence))
    _draw_dots(view, asked, found, labels)
    if verdict == DIFFERS:
        draw_within(view, asked, found, labels)
    if len(found.by_channel) > 1:
        draw_channels(view, asked, found, labels)
    _draw_advice(found)
    draw_lags(view, asked, pair, verdict)


def _draw_dots(view: View, asked: Asked, found: Pair, labels: Mapping[str, str]) -> None:
    """As counted, beside what is left once the clock is taken out."""
    has_left = found.observations["first_without"].notna().any()
    places = st.columns(2) if has_left else [st.container()]
    with places[0]:
        _scatter(view, asked, found, labels, is_without=False)
    if has_left:
        with places[1]:
            _scatter(view, asked, found, labels, is_without=True)


def _scatter(
    view: View, asked: Asked, found: Pair, labels: Mapping[str, str], *, is_without: bool
) -> None:
    row = found.row
    metrics = (row["first"], row["second"])
    dots = two_columns(found.observations, is_without=is_without)
    group, groups = groups_of(dots, asked.grain)
    picked = in_words(
        thinned(dots.assign(group=group)), metrics, asked.grain, is_without=is_without
    )
    drawn, is_sure = framed(picked), _is_sure(found, is_without=is_without)
    kind = "without-the-clock" if is_without else "as-counted"
    show(
        view,
        Card(
            slug=f"{'-and-'.join(metrics)}-{kind}-{asked.level}-{asked.channel or 'all'}",
            headline=_left_headline(found, asked) if is_without else _raw_headline(found, asked),
            chart=charts.scatter(
                drawn,
                charts.straight_line(dots["x"], dots["y"]),
                axes_of(metrics, labels, is_without=is_without),
                groups,
                view.mode,
                is_sure=is_sure,
            ),
            data=_table(dots, metrics, labels),
            reading=" ".join(
                [
                    *_dots_reading(drawn, len(dots), asked, is_sure=is_sure),
                    "" if is_without else _other_kind(found, asked),
                ]
            ).strip(),
            metric=_subtitle(asked, pair_name(labels, *metrics), is_without=is_without),
        ),
    )


def _subtitle(asked: Asked, pair: str, *, is_without: bool) -> str:
    if asked.channel:
        pair = t("{pair} of {channel}", pair=pair, channel=asked.channel)
    if is_without:
        return t("{pair}, difference from the usual at that time", pair=pair)
    return pair


def _raw_headline(found: Pair, asked: Asked) -> str:
    numbers = _as_counted(found, asked.method)
    return t(
        "As counted: {link} ({correlation})",
        link=how_they_go(*numbers),
        correlation=with_interval(*numbers),
    )


def _as_counted(found: Pair, method: str) -> tuple[float, float, float]:
    """A correlation of what was counted, and the ends of its interval."""
    value, low, high = (found.row[column] for column in INTERVALS[method])
    return value, low, high


def _left_headline(found: Pair, asked: Asked) -> str:
    row = found.row
    value, ends = row["r_without_clock"], (row["without_low"], row["without_high"])
    text = _ON_THE_WEEKDAY if asked.grain == "day" else _AT_THE_HOUR
    if pd.isna(value):
        return t(text, finding=t("too little varies to tell"))
    if row["verdict"] == CANNOT_TELL:
        chance = t("{correlation}, which could be chance", correlation=signed(value))
        return t(text, finding=chance)
    return t(text, finding=f"{how_they_go(value, *ends)} ({with_interval(value, *ends)})")


_ON_THE_WEEKDAY = mark("On the same weekday: {finding}")
_AT_THE_HOUR = mark("At the same hour and weekday: {finding}")


def _dots_reading(drawn: pd.DataFrame, size: int, asked: Asked, *, is_sure: bool) -> list[str]:
    parts = [t(_DOTS[asked.level])]
    if size > MOST_DOTS:
        parts = [
            t(
                "Drawn are {drawn} of {all} dots, picked at random; the numbers use all.",
                drawn=wording.count(MOST_DOTS),
                all=wording.count(size),
            )
        ]
    if far := int(drawn["is_far"].sum()):
        parts.append(
            tn(
                "{count} dot further out: triangles at the edge.",
                "{count} dots further out: triangles at the edge.",
                far,
            )
        )
    if not is_sure:
        parts.append(t("Dashed: whether the line is not flat cannot be told."))
    return parts


_DOTS = {
    "rows": mark("One dot per row."),
    "hour": mark("One dot per hour."),
    "day": mark("One dot per day."),
}


def _other_kind(found: Pair, asked: Asked) -> str:
    """The kind of correlation that was not asked for, to hold against the other."""
    other = next(method for method in METHODS if method != asked.method)
    correlation = with_interval(*_as_counted(found, other))
    return t("{method}: {correlation}.", method=t(METHODS[other]), correlation=correlation)


def _is_sure(found: Pair, *, is_without: bool) -> bool:
    """Whether the line is told from a flat one."""
    row = found.row
    if is_without and row["verdict"] in (CANNOT_TELL, FOLLOWS_CLOCK):
        return False
    low, high = ("without_low", "without_high") if is_without else ("low", "high")
    return bool(row[low] > 0 or row[high] < 0)


def _table(dots: pd.DataFrame, metrics: tuple[str, str], labels: Mapping[str, str]) -> pd.DataFrame:
    names = {
        "x": labels[metrics[0]],
        "y": labels[metrics[1]],
        "time": t("Time"),
        "channel": t("Channel"),
    }
    return dots[["time", "channel", "x", "y"]].rename(columns=names)


def _draw_advice(found: Pair) -> None:
    left, right = st.columns(2)
    with left:
        st.markdown("#### " + t("What could explain it"))
        for words in found.explanations:
            st.markdown(f"- {escape(words)}")
    with right:
        st.markdown("#### " + t("How to find out"))
        st.markdown(escape(found.test))
