"""The matrix of all pairs of measures, and the list that follows its clicks."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.correlations import SAME_NUMBER, Correlations
from core.language import t
from ui import state
from ui.cards import Card, Picked, show
from ui.charts import correlations as charts
from ui.choices import select_one
from ui.page import View
from ui.sections import correlations_guess as guessing
from ui.sections.correlations import Asked
from ui.sections.correlations_words import (
    COEFFICIENTS,
    SIGNS,
    PairKey,
    by_clock,
    by_worth,
    labels_of,
    pair_name,
    signed,
)


def draw_matrix(view: View, asked: Asked, result: Correlations) -> PairKey:
    """All pairs as a matrix; returns the pair that was clicked or chosen from the list."""
    labels = labels_of(view.traffic, result.pearson)
    frame = _shown(view, asked, result)
    place = st.container()
    slug = f"correlations-{asked.method}-{asked.level}-{asked.channel or 'all'}"
    pair = _choose_pair(frame, labels, asked, f"chart_{slug}")
    turn = state.count_news("correlations_pair", pair)
    with place:
        show(
            view,
            Card(
                slug=slug,
                headline=_strongest(frame, labels),
                chart=charts.matrix(frame, labels, view.mode, picked=pair, turn=turn),
                data=_square(frame, labels),
                reading=_legend(frame, asked.grain),
                metric=t("Correlation, {settings}", settings=asked.words),
                is_pickable=True,
            ),
        )
    return pair


def _shown(view: View, asked: Asked, result: Correlations) -> pd.DataFrame:
    """All pairs with the value drawn; what is yet to be guessed has none."""
    frame = result.frame.assign(
        value=result.frame[COEFFICIENTS[asked.method]], without=result.frame["r_without_clock"]
    )
    if asked.is_guessing:
        hidden = guessing.is_hidden(view, asked.level, asked.channel, frame)
        frame["verdict"] = frame["verdict"].mask(hidden, charts.HIDDEN)
        frame[["value", "without"]] = frame[["value", "without"]].mask(hidden)
    return frame


def _choose_pair(frame: pd.DataFrame, labels: dict[str, str], asked: Asked, chart: str) -> PairKey:
    """A list of pairs that follows the clicks in the matrix."""
    ordered = frame if asked.is_guessing else by_worth(frame)
    pairs = list(zip(ordered["first"], ordered["second"], strict=True))
    options = {"·".join(pair): pair_name(labels, *pair) for pair in pairs}
    clicked = clicked_cell(state.picked_in(chart))
    if clicked and state.is_news("correlations_clicked", clicked) and clicked[0] in options:
        state.choose(state.choice_key("correlations", "pair"), clicked[0])
    chosen = select_one("correlations", "pair", t("Which pair? (or click its cell)"), options)
    first, _, second = chosen.partition("·")
    return first, second


def clicked_cell(picked: Picked) -> tuple[str, int] | None:
    """Option of the pair whose cell was clicked, and the turn it was clicked in.

    >>> clicked_cell({"pair": [{"first": "sessions", "second": "users", "turn": 2}]})
    ('sessions·users', 2)
    >>> clicked_cell({"pair": []}) is None
    True
    """
    cells = picked.get(charts.PICKED) or []
    if not cells:
        return None
    return f"{cells[0]['first']}·{cells[0]['second']}", int(cells[0]["turn"])


def _strongest(frame: pd.DataFrame, labels: dict[str, str]) -> str:
    known = frame.dropna(subset="value")
    if (frame["verdict"] == charts.HIDDEN).any():
        return t("{known} of {total} numbers uncovered", known=len(known), total=len(frame))
    if known.empty:
        return t("No pair of measures varies together")
    row = known.loc[known["value"].abs().idxmax()]
    name = pair_name(labels, row["first"], row["second"])
    value = signed(row["value"])
    if row["verdict"] == SAME_NUMBER:
        return t(
            "{pair} go together most ({correlation}), the same number twice",
            pair=name,
            correlation=value,
        )
    return t("{pair} go together most ({correlation})", pair=name, correlation=value)


def _square(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """The matrix as a table; both triangles, so that a row can be read alone."""
    mirrored = frame.rename(columns={"first": "second", "second": "first"})
    both = pd.concat([frame, mirrored], ignore_index=True)
    square = both.pivot(index="first", columns="second", values="value")
    square = square.reindex(index=list(labels), columns=list(labels))
    return square.rename(index=labels, columns=labels).rename_axis(t("Measure")).reset_index()


def _legend(frame: pd.DataFrame, grain: str) -> str:
    """What the numbers and the marks of the cells mean, for the verdicts that occur."""
    seen = set(frame["verdict"])
    signs = [t(by_clock(words, grain)) for verdict, words in SIGNS.items() if verdict in seen]
    hidden = [t("?: guess first.")] if charts.HIDDEN in seen else []
    return " ".join(
        [
            t(
                "+1: always rise together (green); 0: no link; −1: one falls as the other rises "
                "(brown). A name ends its row and heads its column."
            ),
            t("Blue frame: the pair looked at below."),
            *signs,
            *hidden,
        ]
    )
