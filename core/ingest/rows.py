"""Rows that must not be counted: totals, and copies of other rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from core.ingest.cells import Flags, Table
from core.ingest.columns import Columns
from core.ingest.notes import Note
from core.ingest.roles import TIMES
from core.ingest.vocabulary import is_total_marker


def separate_totals(table: Table, columns: Columns) -> tuple[Table, Table, list[Note]]:
    """Split off totals rows: labelled as such, or without a time or a channel.

    Args:
        table: all rows.
        columns: what they are.

    Returns:
        The data rows, the totals rows, and notes on them and on lines outside the table.
    """
    width = len(table)
    is_total = table.has_total_mark.copy() if len(table.has_total_mark) else np.zeros(width, bool)
    places = [columns.known[concept] for concept in TIMES if concept in columns.known]
    split = [columns.known[columns.split]] if columns.split else []
    for position in {*places, *split, *columns.others}:
        is_total |= table.columns[position].flag(is_total_marker)
    is_blank = np.zeros(width, dtype=bool)
    if places or split:
        is_blank = np.logical_and.reduce([table.columns[p].is_blank for p in places or split])
    notes = []
    is_empty = is_blank & _has_no_number(table, columns)
    is_total = (is_total | is_blank) & ~is_empty
    if is_total.any():
        line = int(table.lines[is_total.argmax()])
        notes.append(Note("totals_rows", "skipped", int(is_total.sum()), line))
    extra = [*table.extra_lines, *table.lines[is_empty].tolist()]
    if extra:
        notes.append(Note("extra_lines", "skipped", len(extra), min(extra)))
    if table.ragged_lines:
        lines = table.ragged_lines
        notes.append(Note("ragged_rows", "doubted", len(lines), lines[0]))
    if not is_total.any() and not is_empty.any():
        return table, table.take(is_total), notes
    return table.take(~(is_total | is_empty)), table.take(is_total), notes


def _has_no_number(table: Table, columns: Columns) -> Flags:
    cells = [table.columns[columns.known[name]].is_blank for name in columns.counts]
    return np.logical_and.reduce(cells) if cells else np.zeros(len(table), dtype=bool)


def drop_copies(table: Table, columns: Columns) -> tuple[Flags, list[Note]]:
    """Find rows that repeat another one in every cell, unless the file has rows of equal keys.

    Where many rows share time and channel but differ in numbers, a column was deleted, and two
    equal rows are then two real rows.

    Args:
        table: data rows.
        columns: what they are.

    Returns:
        Per row whether it is a copy to be left out, and notes.
    """
    none = np.zeros(len(table), dtype=bool)
    if len(table) < 2:
        return none, []
    keys = _joint_key(table, _key_positions(table, columns))
    if _are_all_different(keys):
        return none, []
    is_repeat = pd.Series(keys).duplicated().to_numpy()
    shares_key = np.nonzero(pd.Series(keys).duplicated(keep=False).to_numpy())[0]
    counts = {columns.known[name] for name in (*columns.counts, *columns.rates)}
    cells = _joint_key(table, range(len(table.header)), counts)[shares_key]
    is_copy = none.copy()
    is_copy[shares_key] = pd.Series(cells).duplicated().to_numpy()
    is_other = is_repeat & ~is_copy
    copies, others = int(is_copy.sum()), int(is_other.sum())
    notes = []
    if others > copies:
        line = int(table.lines[is_other.argmax()])
        return none, [Note("repeated_keys", "doubted", others + copies, line)]
    line = int(table.lines[is_copy.argmax()])
    notes.append(Note("duplicate_rows", "repaired", copies, line))
    if others:
        line = int(table.lines[is_other.argmax()])
        notes.append(Note("repeated_keys", "doubted", others, line))
    return is_copy, notes


def find_repeats(table: Table, columns: Columns) -> Flags:
    """Per row whether an earlier one has the same time, channel and other names."""
    keys = _joint_key(table, _key_positions(table, columns))
    return pd.Series(keys).duplicated().to_numpy()


def _are_all_different(keys: np.ndarray) -> bool:
    size = int(keys.max()) + 1
    if size > 8 * len(keys) + 1_000_000:
        return not pd.Series(keys).duplicated().any()
    occurs = np.zeros(size, dtype=bool)  # a grid is faster than a hash table where it fits
    occurs[keys] = True
    return int(occurs.sum()) == len(keys)


def _key_positions(table: Table, columns: Columns) -> list[int]:
    named = [*TIMES, "hour", "year", "date_range", "medium"]
    places = {columns.known[concept] for concept in named if concept in columns.known}
    if columns.split:
        places.add(columns.known[columns.split])
    return sorted(places | set(columns.others))


def _joint_key(table: Table, positions: Sequence[int], counts: Collection[int] = ()) -> np.ndarray:
    """One number per row for its cells in several columns."""
    key = np.zeros(len(table), dtype="int64")
    for position in positions:
        codes = table.columns[position].keys(is_count=position in counts)
        size = int(codes.max(initial=0)) + 1
        if key.max(initial=0) > 2**62 // size:
            key = pd.factorize(key)[0].astype("int64")
        key = key * size + codes
    return key
