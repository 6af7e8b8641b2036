"""Correlations: the matrix of all measures, and what each pair is worth."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.correlations import (
    CANNOT_TELL,
    FOLLOWS_CLOCK,
    SAME_NUMBER,
    STILL_THERE,
    Correlations,
    possible_levels,
)
from core.errors import NotEnoughData
from ui import cache
from ui.cards import Card, show
from ui.charts import correlations as charts
from ui.choices import pick
from ui.page import View, stop_with

MOST_PAIRS = 12
PAIRS_NAMED = 4
_LEVELS = {"rows": "Rows of the file", "hour": "Hours", "day": "Days"}
_METHODS = {"pearson": "Pearson (straight line)", "spearman": "Spearman (order only)"}
VERDICTS = {
    SAME_NUMBER: "linked by how they are counted; no insight",
    FOLLOWS_CLOCK: "the link goes once hour and weekday are taken out",
    STILL_THERE: "once hour and weekday are taken out; worth a look",
    CANNOT_TELL: "it could be chance",
}


def ask_and_correlate(view: View) -> Correlations:
    """Ask for the level, and correlate; stops kindly where too little is selected."""
    levels = possible_levels(view.traffic)
    level = pick(
        "correlations",
        "level",
        "Compare by",
        {level: _LEVELS[level] for level in levels},
        hint="Rows: every hour (or day) of every channel, as exported. Hours and days: all "
        "channels together.",
    )
    try:
        return cache.correlate((*view.key, level), view.traffic, level)
    except NotEnoughData as problem:
        stop_with(problem)


def draw_answer(result: Correlations) -> None:
    """The page's answer in one sentence."""
    counts = result.frame["verdict"].value_counts()
    same, real = int(counts.get(SAME_NUMBER, 0)), int(counts.get(STILL_THERE, 0))
    total = len(result.frame)
    first = f"{same} of {total} pairs are the same number twice" if same else f"{total} pairs"
    second = (
        f"{real} {'is a link' if real == 1 else 'are links'} of their own"
        if real
        else "no pair is a link of its own"
    )
    st.subheader(f"{first}; {second} once the clock is taken out.")


def draw_matrix(view: View, result: Correlations) -> None:
    """All pairs as a heat map."""
    method = pick(
        "correlations",
        "method",
        "Kind of correlation",
        _METHODS,
        hint="Spearman looks at ranks only, so that a few very large hours do not decide.",
    )
    matrix = result.pearson if method == "pearson" else result.spearman
    labels = _labels(view, list(matrix))
    named = matrix.rename(index=labels, columns=labels).rename_axis("Measure").reset_index()
    show(
        view,
        Card(
            slug=f"correlations-{method}-{result.level}",
            headline=_strongest(result, method, labels),
            chart=charts.matrix(matrix, labels, view.mode),
            data=named,
            reading="+1: always rise together; 0: no straight link; −1: one falls as the other "
            "rises. A high number is no finding by itself: see the verdicts below.",
            metric=f"{method.capitalize()} correlation, {_LEVELS[result.level].lower()}",
        ),
    )


def _labels(view: View, keys: list[str]) -> dict[str, str]:
    return {key: wording.metric_label(key, view.traffic.grain, is_summed=False) for key in keys}


def _strongest(result: Correlations, method: str, labels: dict[str, str]) -> str:
    column = {"pearson": "r", "spearman": "rho"}[method]
    known = result.frame.dropna(subset=column)
    if known.empty:
        return "No pair of measures varies together"
    row = known.loc[known[column].abs().idxmax()]
    names = f"{labels[row['first']]} and {labels[row['second']].lower()}"
    end = ", the same number twice" if row["verdict"] == SAME_NUMBER else ""
    return f"{names} go together most ({_signed(row[column])}){end}"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def draw_pairs(view: View, result: Correlations) -> None:
    """The strongest pairs in words, with intervals and verdicts."""
    labels = _labels(view, list(result.pearson))
    table = _named_pairs(result, labels)
    if (table["verdict"] == SAME_NUMBER).all():
        st.info("Every pair is the same number twice, by how the measures are computed.")
    else:
        _show_pairs(view, result, table, labels)
    _draw_words(table)


def _draw_words(table: pd.DataFrame) -> None:
    st.markdown("#### The strongest pairs in words")
    for verdict, meaning in VERDICTS.items():
        pairs = table[table["verdict"] == verdict]
        if len(pairs):
            strongest = pairs.head(PAIRS_NAMED).to_dict("records")
            names = "; ".join(f"{row['pair']} ({_signed(row['r'])})" for row in strongest)
            more = f" and {len(pairs) - PAIRS_NAMED} more" if len(pairs) > PAIRS_NAMED else ""
            st.markdown(f"- **{verdict.capitalize()}** ({meaning}): {names}{more}.")


def _named_pairs(result: Correlations, labels: dict[str, str]) -> pd.DataFrame:
    frame = result.frame.dropna(subset="r")
    order = frame["r"].abs().sort_values(ascending=False, kind="stable").index
    frame = frame.loc[order].reset_index(drop=True)
    names = frame["first"].map(labels) + " – " + frame["second"].map(labels).str.lower()
    frame.insert(0, "pair", names)
    return frame.drop(columns=["first", "second"])


def _show_pairs(
    view: View, result: Correlations, table: pd.DataFrame, labels: dict[str, str]
) -> None:
    drawn = table[table["verdict"] != SAME_NUMBER].head(MOST_PAIRS)
    real = int((table["verdict"] == STILL_THERE).sum())
    show(
        view,
        Card(
            slug=f"correlation-pairs-{result.level}",
            headline=f"{real} of {len(table)} pairs stay linked without the clock"
            if real
            else "Nothing stands out once the clock is taken out",
            chart=charts.pairs(drawn, view.mode),
            data=table,
            reading="Coloured: still there once hour, weekday and channel are taken out, after a "
            "correction for all pairs. Grey: chance, or both follow the clock. None of this says "
            "that one makes the other.",
            metric=f"Pearson correlation, {_LEVELS[result.level].lower()}, 95 % intervals",
            columns=_PAIR_COLUMNS,
        ),
    )


_PAIR_COLUMNS = {
    "pair": "Pair",
    "r": "Pearson",
    "rho": "Spearman",
    "low": "95 % from",
    "high": "95 % to",
    "n": "Dots",
    "n_effective": "Independent dots",
    "r_without_clock": "Pearson without the clock",
    "p_value": "Adjusted p-value",
    "verdict": "Verdict",
}
