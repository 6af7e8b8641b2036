"""All pairs by verdict: in words, and with their intervals."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.correlations import CANNOT_TELL, SAME_NUMBER, STILL_THERE, Correlations
from ui.cards import Card, show
from ui.charts import correlations_list as charts
from ui.page import View
from ui.sections import correlations_guess as guessing
from ui.sections.correlations import Asked
from ui.sections.correlations_words import (
    LEVELS,
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
    st.subheader("All pairs by verdict")
    if table.empty:
        st.caption("Each pair is listed here once you have guessed it.")
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
            more = f" and {len(pairs) - PAIRS_NAMED} more" if len(pairs) > PAIRS_NAMED else ""
            is_unknown = is_open and verdict == CANNOT_TELL
            why = OPEN if is_unknown else by_clock(meaning, asked.grain)
            st.markdown(f"- **{verdict.capitalize()}** ({why}): {escape(names + more)}.")


def _draw_intervals(view: View, asked: Asked, result: Correlations, table: pd.DataFrame) -> None:
    drawn = table[table["verdict"] != SAME_NUMBER].head(MOST_PAIRS)
    where = f" of {asked.channel}" if asked.channel else ""
    show(
        view,
        Card(
            slug=f"correlation-pairs-{asked.level}-{asked.channel or 'all'}",
            headline=_headline(table, is_open=bool(result.caveats)),
            chart=charts.pairs(drawn, view.mode),
            data=table,
            reading=_reading(drawn, table),
            metric=f"Pearson correlation, {LEVELS[asked.level].lower()}{where}, 95 % intervals",
            columns=_COLUMNS,
        ),
    )


def _headline(table: pd.DataFrame, *, is_open: bool) -> str:
    if is_open:
        return "As counted: what is left without the clock cannot be told"
    real = int((table["verdict"] == STILL_THERE).sum())
    if not real:
        return "Nothing stands out once the clock is taken out"
    return f"{real} of {len(table)} {'pair is' if real == 1 else 'pairs are'} still there"


def _reading(drawn: pd.DataFrame, table: pd.DataFrame) -> str:
    rest = int((table["verdict"] != SAME_NUMBER).sum()) - len(drawn)
    more = f" {rest} more in the table." if rest else ""
    return (
        "Dot and line: as counted, with its 95 % interval. Diamond: without the clock. Blue: still "
        "there, or going the other way within channels, after a correction for all pairs; grey: "
        f"the clock or chance. Nothing here says that one makes the other.{more}"
    )


_COLUMNS = {
    "pair": "Pair",
    "r": "Pearson",
    "low": "95 % from",
    "high": "95 % to",
    "rho": "Spearman",
    "rho_low": "Spearman 95 % from",
    "rho_high": "Spearman 95 % to",
    "n": "Dots",
    "n_effective": "Independent dots",
    "r_without_clock": "Pearson without the clock",
    "without_low": "Without the clock 95 % from",
    "without_high": "Without the clock 95 % to",
    "r_within": "Pearson within channels",
    "p_value": "Adjusted p-value",
    "verdict": "Verdict",
    "link": "Why the same number",
    "sentence": "In words",
}
