"""All pairs by verdict: in words, and with their intervals."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.correlations import (
    CANNOT_TELL,
    DIFFERS,
    FOLLOWS_CLOCK,
    SAME_NUMBER,
    STILL_THERE,
    Correlations,
)
from core.language import mark, t, tn
from ui.cards import Card, show
from ui.charts import correlations_list as charts
from ui.page import View
from ui.sections import correlations_guess as guessing
from ui.sections.correlations import Asked
from ui.sections.correlations_words import (
    LEVELS_INSIDE,
    OPEN,
    VERDICTS,
    by_clock,
    by_worth,
    labels_of,
    pair_name,
    signed,
)
from ui.text import escape

MOST_PAIRS = 12
PAIRS_NAMED = 4


def draw_list(view: View, asked: Asked, result: Correlations) -> None:
    """Every pair by verdict; while guessing, only what was guessed."""
    frame = result.frame
    if asked.is_guessing:
        frame = frame[~guessing.is_hidden(view, asked.level, asked.channel, frame)]
    table = named(frame.dropna(subset="r"), labels_of(view.traffic, result.pearson))
    st.subheader(t("All pairs by verdict"))
    if table.empty:
        st.caption(t("Each pair is listed here once you have guessed it."))
        return
    _draw_words(table, asked, is_open=bool(result.caveats))
    if (table["verdict"] != SAME_NUMBER).any():
        _draw_intervals(view, asked, result, table)


def named(frame: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Pairs with their names in a column ``pair``, those most worth a look first."""
    ordered = by_worth(frame).reset_index(drop=True)
    names = [
        pair_name(labels, *pair) for pair in zip(ordered["first"], ordered["second"], strict=True)
    ]
    ordered.insert(0, "pair", names)
    return ordered.drop(columns=["first", "second"])


def _draw_words(table: pd.DataFrame, asked: Asked, *, is_open: bool) -> None:
    for verdict, meaning in VERDICTS.items():
        pairs = table[table["verdict"] == verdict]
        if len(pairs):
            # The number that the verdict speaks of.
            column = "r_without_clock" if verdict == STILL_THERE else "r"
            names = "; ".join(
                f"{row['pair']} ({signed(row[column])})"
                for row in pairs.head(PAIRS_NAMED).to_dict("records")
            )
            rest = len(pairs) - PAIRS_NAMED
            if rest > 0:
                names = tn(
                    "{names} and {count} more", "{names} and {count} more", rest, names=names
                )
            is_unknown = is_open and verdict == CANNOT_TELL
            why = t(OPEN if is_unknown else by_clock(meaning, asked.grain))
            st.markdown(f"- **{t(_HEADS[verdict])}** ({why}): {escape(names)}.")


_HEADS = {
    STILL_THERE: mark("Still there"),
    DIFFERS: mark("Differs between channels"),
    FOLLOWS_CLOCK: mark("Both follow the clock"),
    CANNOT_TELL: mark("Cannot tell"),
    SAME_NUMBER: mark("Same number twice"),
}
"""Verdicts at the beginning of a line."""


def _draw_intervals(view: View, asked: Asked, result: Correlations, table: pd.DataFrame) -> None:
    drawn = table[table["verdict"] != SAME_NUMBER].head(MOST_PAIRS)
    show(
        view,
        Card(
            slug=f"correlation-pairs-{asked.level}-{asked.channel or 'all'}",
            headline=_headline(table, is_open=bool(result.caveats)),
            chart=charts.pairs(drawn, view.mode),
            data=table.assign(verdict=table["verdict"].map(t)),
            reading=_reading(drawn, table),
            metric=_subtitle(asked),
            columns=_COLUMNS,
        ),
    )


def _subtitle(asked: Asked) -> str:
    level = t(LEVELS_INSIDE[asked.level])
    if asked.channel:
        return t(
            "Pearson correlation, {level} of {channel}, 95 % intervals",
            level=level,
            channel=asked.channel,
        )
    return t("Pearson correlation, {level}, 95 % intervals", level=level)


def _headline(table: pd.DataFrame, *, is_open: bool) -> str:
    if is_open:
        return t("As counted: what is left without the clock cannot be told")
    real = int((table["verdict"] == STILL_THERE).sum())
    if not real:
        return t("Nothing stands out once the clock is taken out")
    return tn(
        "{count} of {total} pair is still there",
        "{count} of {total} pairs are still there",
        real,
        total=len(table),
    )


def _reading(drawn: pd.DataFrame, table: pd.DataFrame) -> str:
    rest = int((table["verdict"] != SAME_NUMBER).sum()) - len(drawn)
    text = t(
        "Dot and line: as counted, with its 95 % interval. Diamond: without the clock. Blue: still "
        "there, or going the other way within channels, after a correction for all pairs; grey: "
        "the clock or chance. Nothing here says that one makes the other."
    )
    if not rest:
        return text
    more = tn("{count} more in the table.", "{count} more in the table.", rest)
    return f"{text} {more}"


_COLUMNS = {
    "pair": mark("Pair"),
    "r": mark("Pearson"),
    "low": mark("95 % from"),
    "high": mark("95 % to"),
    "rho": mark("Spearman"),
    "rho_low": mark("Spearman 95 % from"),
    "rho_high": mark("Spearman 95 % to"),
    "n": mark("Dots"),
    "n_effective": mark("Independent dots"),
    "r_without_clock": mark("Pearson without the clock"),
    "without_low": mark("Without the clock 95 % from"),
    "without_high": mark("Without the clock 95 % to"),
    "r_within": mark("Pearson within channels"),
    "p_value": mark("Adjusted p-value"),
    "verdict": mark("Verdict"),
    "link": mark("Why the same number"),
    "sentence": mark("In words"),
}
