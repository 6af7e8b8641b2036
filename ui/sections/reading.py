"""How a file was read, and what a person decides instead: table, columns, dates, numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from core import wording
from core.ingest import Overrides, TableChoice
from core.language import mark, spoken, t, tn
from ui import messages, state

_LABELS = {"loaded": mark("How we read this file"), "failed": mark("Tell us what is in this file")}
_COLUMN, _MEANING = "column", "meaning"
_ORDERS = {
    None: mark("As it looks"),
    True: mark("Day first (31/12)"),
    False: mark("Month first (12/31)"),
}
_SIGNS = {None: mark("As it looks"), ".": mark("Point (1,204.5)"), ",": mark("Comma (1.204,5)")}
_MOST_SHIFT_HOURS = 26
_LONGEST_TITLE = 60


@dataclass(frozen=True, eq=False)
class Reading:
    """What can be decided about the files at hand.

    Args:
        key: tells this form from another one on the same page.
        files: as dropped.
        tables: what was found in them; empty where several files were joined.
        table: index of the one that was read.
        overrides: what was decided so far.
        questions: names of the overrides, beside table and columns, that would change something.
    """

    key: str
    files: state.Files
    tables: tuple[TableChoice, ...]
    table: int
    overrides: Overrides
    questions: tuple[str, ...]


def draw_reading(reading: Reading) -> None:
    """The decisions in a form behind an expander; nothing is read again before it is sent."""
    if not reading.tables and not reading.questions:
        return
    is_decided = reading.overrides != Overrides()
    label = t(_LABELS[reading.key])
    if is_decided:
        label = t("{title} (changed by you)", title=label)
    with st.expander(label, icon=":material/tune:", expanded=is_decided):
        table = _ask_table(reading)
        with st.form(f"reading_{reading.key}", border=False):
            columns = _ask_columns(reading, table)
            decided = _ask_rest(reading)
            is_sent = st.form_submit_button(t("Read it this way"), type="primary")
        if is_decided:
            st.button(
                t("Back to how we saw it"),
                on_click=state.load,
                args=(reading.files,),
                key=f"reading_back_{reading.key}",
            )
    if is_sent:
        chosen = table if reading.tables and table != _best(reading) else None
        with st.spinner(t("Reading your file again …")):
            state.load(reading.files, Overrides(table=chosen, columns=columns, **decided))
        st.rerun()


def _best(reading: Reading) -> int | None:
    """The table that is read when nobody decides."""
    return None if reading.overrides.table is not None else reading.table


def _ask_table(reading: Reading) -> int:
    if len(reading.tables) < 2:
        return reading.table
    return st.selectbox(
        t("Table"),
        range(len(reading.tables)),
        index=reading.table,
        format_func=lambda index: _name(reading.tables[index]),
        help=t(
            "The file holds several tables; we take the one that says most about time and channel."
        ),
        key=f"reading_table_{reading.key}_{state.drop_zone_key()}",
    )


def _name(table: TableChoice) -> str:
    names = ", ".join(name for name in table.header if name)[:_LONGEST_TITLE]
    title = f"{table.title[:_LONGEST_TITLE]}: " if table.title else ""
    return tn(
        "{table} ({count} row, line {line})",
        "{table} ({count} rows, line {line})",
        table.rows,
        table=f"{title}{names}",
        line=wording.count(table.line),
    )


def _ask_columns(reading: Reading, index: int) -> tuple[tuple[str, str], ...]:
    """Ask what each column is; only what differs from how we see it is kept."""
    if not reading.tables:
        return reading.overrides.columns
    table = reading.tables[index]
    earlier = dict(reading.overrides.columns)
    seen = dict(zip(table.header, table.concepts, strict=True))
    now = [earlier.get(name, seen[name]) for name in table.header]
    known = [key if key in messages.CONCEPTS else "" for key in now]
    words = {key: messages.concept(key) for key in messages.CONCEPTS}
    rows = pd.DataFrame({_COLUMN: table.header, _MEANING: [words[key] for key in known]})
    edited = st.data_editor(
        rows,
        hide_index=True,
        width="stretch",
        disabled=[_COLUMN],
        column_config={
            _COLUMN: st.column_config.Column(t("Column in the file")),
            _MEANING: st.column_config.SelectboxColumn(
                t("Read as"), options=list(words.values()), required=True
            ),
        },
        key=f"reading_columns_{reading.key}_{state.drop_zone_key()}_{index}_{spoken()}",
    )
    keys = {word: key for key, word in words.items()}
    answers = zip(table.header, rows[_MEANING], edited[_MEANING], strict=True)
    changed = {name: keys[chosen] for name, before, chosen in answers if chosen != before}
    return tuple({**earlier, **changed}.items())


def _ask_rest(reading: Reading) -> dict[str, Any]:
    """Ask what else is open for this file; name of the override -> decision."""
    wanted = reading.overrides
    ask: dict[str, Callable[[], object]] = {
        "is_day_first": lambda: _ask_one(t("Order of dates"), _ORDERS, wanted.is_day_first),
        "decimal_sign": lambda: _ask_one(t("Decimal sign"), _SIGNS, wanted.decimal_sign),
        "start": lambda: _ask_start(wanted.start),
        "shift_hours": lambda: _ask_shift(wanted.shift_hours),
    }
    return {
        name: draw() if name in reading.questions else getattr(wanted, name)
        for name, draw in ask.items()
    }


def _ask_one(label: str, options: dict, current: object) -> object:
    keys = list(options)
    return st.radio(
        label,
        keys,
        index=keys.index(current),
        format_func=lambda key: t(options[key]),
        horizontal=True,
    )


def _ask_start(current: date | None) -> date | None:
    return st.date_input(
        t("First day"),
        value=current,
        min_value=date(2000, 1, 1),
        max_value=date(2100, 12, 31),
        format=wording.date_field(),
        help=t("The file numbers its days; this is the day that number 0 stands for."),
    )


def _ask_shift(current: int) -> int:
    return int(
        st.number_input(
            t("Move all hours by"),
            min_value=-_MOST_SHIFT_HOURS,
            max_value=_MOST_SHIFT_HOURS,
            value=current,
            help=t(
                "GA4 writes hours in the time zone of the property. If you live in another one, "
                "move them by the difference in hours."
            ),
        )
    )
