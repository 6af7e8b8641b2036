"""What a forecast is made of: its level, weekdays, parts of the day, months of the year."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core import wording
from core.forecast import Components, Forecast, find_components
from core.metrics import METRICS
from ui.cards import Card, show
from ui.charts import forecast as charts
from ui.help import explain_missing
from ui.page import View
from ui.sections.forecast_question import Question
from ui.text import escape

_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_MONTHS = tuple(pd.Timestamp(2024, month, 1).month_name() for month in range(1, 13))
_MOST_NAMED = 4
_SHOWN = ("name", "difference", "low", "high", "ahead", "is_clear", "n")
_COLUMNS = {
    "name": "Part",
    "difference": "Against an even share",
    "low": "95 % interval from",
    "high": "to",
    "ahead": "In the forecast",
    "is_clear": "Clearly differs",
    "n": "Times seen",
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
            "What the forecast is made of",
            "No pattern of the week or year can be told apart from chance here.  \nA longer "
            "history may show one.",
        )
        return
    st.subheader("What the forecast is made of")
    for sentence in found.sentences:
        st.markdown(f"- {escape(sentence)}")
    _draw_tables(view, question, found)


def _draw_tables(view: View, question: Question, found: Components) -> None:
    tables = {
        "weekdays": (found.weekdays, "weekday", "day", _weekday),
        "parts-of-the-day": (found.day_parts, "part", "part of the day", _day_part),
        "months": (found.year, "month", "month", _month),
    }
    shown = {slug: parts for slug, parts in tables.items() if not parts[0].empty}
    if not shown:
        return
    for place, (slug, (table, _, noun, name)) in zip(
        st.columns(len(shown)), shown.items(), strict=True
    ):
        with place:
            _draw_table(view, question, slug, against_even(table, name), noun)


def _draw_table(view: View, question: Question, slug: str, table: pd.DataFrame, noun: str) -> None:
    show(
        view,
        Card(
            slug=f"forecast-{slug}-{question.metric.replace('_', '-')}",
            headline=part_headline(table, noun),
            chart=charts.parts(table, noun, view.mode),
            data=table[list(_SHOWN)],
            reading=f"How far each is above or below an average {noun}, with a 95 % interval for "
            "all together. Hollow and grey: may be chance.",
            metric=f"{question.label}{question.whose}",
            columns=_COLUMNS,
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


def part_headline(table: pd.DataFrame, noun: str) -> str:
    """Which rows clearly differ, in words."""
    clear = table[table["is_clear"]]
    above = list(clear.loc[clear["difference"] > 0, "name"])
    below = list(clear.loc[clear["difference"] < 0, "name"])
    said = [
        f"{_bare(names, noun)} {side} average"
        for names, side in ((above, "above"), (below, "below"))
        if names
    ]
    text = "; ".join(said)
    return text[:1].upper() + text[1:] or f"No {_kind(noun)} clearly differs from the others"


def _bare(names: list[str], noun: str) -> str:
    """Names for a headline: parts of the day without their hours, many only counted.

    >>> _bare(["Mornings (06–12)"], "part of the day"), _bare(list("ABCDE"), "month")
    ('mornings', '5 months')
    """
    if len(names) > _MOST_NAMED:
        return f"{len(names)} {noun}s"
    bare = [name.partition(" (")[0].lower() if " (" in name else name for name in names]
    return wording.listing(bare)


def _kind(noun: str) -> str:
    return "weekday" if noun == "day" else noun


def _weekday(row: pd.Series) -> str:
    return _WEEKDAYS[int(row["weekday"])]


def _day_part(row: pd.Series) -> str:
    hours = f"{int(row['start']):02d}–{int(row['end']):02d}"
    return f"{str(row['part']).capitalize()}s ({hours})"


def _month(row: pd.Series) -> str:
    return _MONTHS[int(row["month"]) - 1]
