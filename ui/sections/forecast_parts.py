"""What a forecast is made of: its level, weekdays, parts of the day, months of the year."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core import wording
from core.forecast import Components, Forecast, find_components
from core.language import in_sentence, mark, month_names, t, tc
from core.metrics import METRICS
from ui.cards import Card, show
from ui.charts import forecast as charts
from ui.help import explain_missing
from ui.page import View
from ui.sections.forecast_question import Question
from ui.text import escape

_DAY_PARTS = {
    "night": mark("Nights"),
    "morning": mark("Mornings"),
    "afternoon": mark("Afternoons"),
    "evening": mark("Evenings"),
}
_NO_DIFFERENCE = {
    "day": mark("No weekday clearly differs from the others"),
    "part": mark("No part of the day clearly differs from the others"),
    "month": mark("No month clearly differs from the others"),
}
_READING = {
    "day": mark(
        "How far each is above or below an average day, with a 95 % interval for "
        "all together. Hollow and grey: may be chance."
    ),
    "part": mark(
        "How far each is above or below an average part of the day, with a 95 % interval for "
        "all together. Hollow and grey: may be chance."
    ),
    "month": mark(
        "How far each is above or below an average month, with a 95 % interval for "
        "all together. Hollow and grey: may be chance."
    ),
}
_MOST_NAMED = 4
_SHOWN = ("name", "difference", "low", "high", "ahead", "is_clear", "n")
_COLUMNS = {
    "name": mark("Part"),
    "difference": mark("Against an even share"),
    "low": mark("95 % interval from"),
    "ahead": mark("In the forecast"),
    "is_clear": mark("Clearly differs"),
    "n": mark("Times seen"),
}


def draw_parts(view: View, question: Question, result: Forecast) -> None:
    """Sentences, then a small chart for each table that the history can fill."""
    seen = question.history[question.history.index < result.frame["time"].iloc[0]]
    found = find_components(
        seen,
        result.frame,
        question.grain,
        result.total,
        label=question.noun,
        is_counted=METRICS[question.metric].unit == "count",
    )
    if not found.sentences:
        explain_missing(
            t("What the forecast is made of"),
            t(
                "No pattern of the week or year can be told apart from chance here.  \n"
                "A longer history may show one."
            ),
        )
        return
    st.subheader(t("What the forecast is made of"))
    for sentence in found.sentences:
        st.markdown(f"- {escape(sentence)}")
    _draw_tables(view, question, found)


def _draw_tables(view: View, question: Question, found: Components) -> None:
    tables = {
        "weekdays": (found.weekdays, "day", _weekday),
        "parts-of-the-day": (found.day_parts, "part", _day_part),
        "months": (found.year, "month", _month),
    }
    shown = {slug: parts for slug, parts in tables.items() if not parts[0].empty}
    if not shown:
        return
    for place, (slug, (table, kind, name)) in zip(
        st.columns(len(shown)), shown.items(), strict=True
    ):
        with place:
            _draw_table(view, question, slug, against_even(table, name), kind)


def _draw_table(view: View, question: Question, slug: str, table: pd.DataFrame, kind: str) -> None:
    show(
        view,
        Card(
            slug=f"forecast-{slug}-{question.metric.replace('_', '-')}",
            headline=part_headline(table, kind),
            chart=charts.parts(table, kind, view.mode),
            data=table[list(_SHOWN)],
            reading=t(_READING[kind]),
            metric=question.of_channels(question.label),
            columns=_COLUMNS | {"high": tc("end of an interval", "to")},
        ),
    )


def against_even(table: pd.DataFrame, name: Callable[[pd.Series], str]) -> pd.DataFrame:
    """Shares as differences from an even share, for people.

    Args:
        table: of ``Components``.
        name: row to its name.

    Returns:
        ``name``, ``difference``, ``low``, ``high``, ``ahead`` (0.1 is 10 % above), ``is_clear``,
        ``n``.
    """
    rows = table.assign(name=[name(row) for _, row in table.iterrows()])
    rows["difference"] = rows["share"] / rows["even"] - 1
    for column in ("low", "high", "ahead"):
        rows[column] = rows[column].astype(float) / rows["even"] - 1
    rows["is_clear"] = rows["is_clear"].astype(bool)
    return rows[list(_SHOWN)]


def part_headline(table: pd.DataFrame, kind: str) -> str:
    """Which rows clearly differ, in words.

    Args:
        table: of ``against_even``.
        kind: what a row is: ``day``, ``part`` (of the day) or ``month``.
    """
    clear = table[table["is_clear"]]
    above = _bare(list(clear.loc[clear["difference"] > 0, "name"]), kind)
    below = _bare(list(clear.loc[clear["difference"] < 0, "name"]), kind)
    if above and below:
        text = t("{above} above average; {below} below average", above=above, below=below)
    elif above:
        text = t("{above} above average", above=above)
    elif below:
        text = t("{below} below average", below=below)
    else:
        text = t(_NO_DIFFERENCE[kind])
    return text[:1].upper() + text[1:]


def _bare(names: list[str], kind: str) -> str:
    """Names for a headline: parts of the day without their hours, many only counted.

    >>> _bare(["Mornings (06–12)"], "part"), _bare(list("ABCDE"), "month"), _bare([], "day")
    ('mornings', '5 months', '')
    """
    if len(names) > _MOST_NAMED:
        return wording.steps(kind, len(names))
    bare = [in_sentence(name.partition(" (")[0]) if " (" in name else name for name in names]
    return wording.listing(bare)


def _weekday(row: pd.Series) -> str:
    return t(wording.ALL_WEEKDAYS[int(row["weekday"])])


def _day_part(row: pd.Series) -> str:
    hours = f"{int(row['start']):02d}–{int(row['end']):02d}"
    return f"{t(_DAY_PARTS[row['part']])} ({hours})"


def _month(row: pd.Series) -> str:
    return month_names("wide")[int(row["month"]) - 1]
