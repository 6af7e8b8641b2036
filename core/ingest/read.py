"""The pipeline: bytes -> text -> tables -> columns -> values -> checks -> traffic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.errors import ExportError
from core.ingest.checks import check_identities, check_totals
from core.ingest.columns import Columns, cells_frame, choose_table
from core.ingest.counts import derive_counts, read_values
from core.ingest.decode import decode
from core.ingest.notes import Import, Note
from core.ingest.tables import Table, read_tables
from core.ingest.times import (
    find_grain,
    find_start_date,
    parse_hours,
    parse_steps,
    parse_times,
)
from core.ingest.vocabulary import is_total_marker
from core.traffic import ALL_CHANNELS, make_traffic

MAX_BYTES = 50 * 1024 * 1024
"""Larger files are refused: the free hosting has one small machine for all visitors."""

MAX_UNREADABLE_TIMES = 0.5
"""With more than this share of unreadable dates the file is refused, not guessed at."""

_ONE_TIME = ("date_hour", "day", "week_start", "month")


def read_export(data: bytes, filename: str = "") -> Import:
    r"""Read a dropped file as traffic.

    Args:
        data: the bytes of the file.
        filename: for the notes only; the content decides how it is read.

    Returns:
        The traffic and what was skipped, repaired or doubted.

    Raises:
        ExportError: codes ``empty_file``, ``too_large``, ``not_text``, ``unreadable_table``,
            ``too_many_columns``, ``no_table``, ``no_count_column``, ``no_time_or_channel``,
            ``unreadable_times``, ``no_start_date``, ``no_rows``. Nothing else is raised.

    >>> result = read_export(b"Date,Sessions\n20240101,5\n20240102,7\n")
    >>> result.traffic.grain, float(result.traffic.frame["sessions"].sum())
    ('day', 12.0)
    """
    if len(data) > MAX_BYTES:
        raise ExportError("too_large", size=len(data), limit=MAX_BYTES)
    text, notes = decode(data)
    tables = read_tables(text)
    if not tables:
        raise ExportError("no_table", first_line=text.strip().splitlines()[0][:80])
    table, columns = choose_table(tables)
    others = [Note("other_tables", "info", len(tables) - 1)] if len(tables) > 1 else []
    return _read_table(table, columns, filename, [*notes, *others])


def _read_table(table: Table, columns: Columns, filename: str, notes: list[Note]) -> Import:
    cells, totals, skipped = _separate_totals(table, columns)
    times, faults = _read_times(table, columns, cells)
    _raise_faults([*_find_faults(table, columns, cells), *faults])
    cells, time_notes = _drop_unreadable_times(cells, times)
    cells, duplicate_notes = _drop_duplicates(cells, columns)
    values, value_notes = read_values(cells, columns)
    counts, rate_notes = derive_counts(values)
    counts = counts[counts.notna().any(axis=1)]
    if counts.empty:
        raise ExportError("no_rows", columns=table.header)
    frame = _place(counts, cells.loc[counts.index], columns, times)
    grain = "none" if times is None else find_grain(frame["time"])
    notes += [*skipped, *time_notes, *duplicate_notes, *value_notes, *rate_notes]
    notes += [*check_identities(values), *check_totals(read_values(totals, columns)[0], counts)]
    notes += _dimension_notes(table, columns, cells, frame)
    return Import(make_traffic(frame, grain), tuple(notes), len(frame), filename)


def _find_faults(
    table: Table, columns: Columns, cells: pd.DataFrame
) -> list[tuple[str, dict[str, Any]]]:
    faults: list[tuple[str, dict[str, Any]]] = []
    if not columns.has_visitor_count:
        faults.append(("no_count_column", {"columns": table.header}))
    if not columns.has_time and not columns.has_channel:
        faults.append(("no_time_or_channel", {"columns": table.header}))
    if cells.empty:
        faults.append(("no_rows", {"columns": table.header}))
    return faults


def _raise_faults(faults: Sequence[tuple[str, dict[str, Any]]]) -> None:
    if faults:
        raise ExportError.of(faults)


def _separate_totals(
    table: Table, columns: Columns
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note]]:
    """Split off totals rows: labelled as such, or with all time and channel cells empty."""
    width = len(table.header)
    cells = cells_frame(table)
    dimensions = [p for c, p in columns.known.items() if c in (*_ONE_TIME, "nth_day", "channel")]
    labels = [*dimensions, *columns.others]
    marked = [any(map(is_total_marker, row[width:])) for _, row in table.rows]
    is_total = np.array(marked, dtype=bool)
    for position in labels:
        markers = [text for text in cells[position].unique() if is_total_marker(text)]
        is_total |= cells[position].isin(markers).to_numpy(dtype=bool)
    if dimensions:
        is_blank = [cells[position].str.strip().eq("").to_numpy(bool) for position in dimensions]
        is_total |= np.logical_and.reduce(is_blank)
    notes = []
    if is_total.any():
        line = int(cells.index[is_total][0])
        notes.append(Note("totals_rows", "skipped", int(is_total.sum()), line))
    if table.extra_lines:
        extra = table.extra_lines
        notes.append(Note("extra_lines", "skipped", len(extra), extra[0]))
    return cells[~is_total], cells[is_total], notes


def _read_times(
    table: Table, columns: Columns, cells: pd.DataFrame
) -> tuple[pd.Series | None, list[tuple[str, dict[str, Any]]]]:
    """The time of each row (``None`` where the file has no time) and what is wrong with it."""
    if not columns.has_time or cells.empty:
        return None, []
    concept = next(c for c in (*_ONE_TIME, "nth_hour", "nth_day") if c in columns.known)
    text = cells[columns.known[concept]]
    if concept in ("nth_day", "nth_hour"):
        start = find_start_date(table.comments)
        if start is None:
            return None, [("no_start_date", {"column": table.header[columns.known[concept]]})]
        times = parse_steps(text, start, "D" if concept == "nth_day" else "h")
    else:
        times = parse_times(text).values
    if concept == "day" and "hour" in columns.known:
        hours = parse_hours(cells[columns.known["hour"]])
        times = (times + pd.to_timedelta(hours, unit="h")).astype("datetime64[s]")
    if times.isna().mean() > MAX_UNREADABLE_TIMES:
        examples = tuple(text[times.isna()].str.slice(0, 40).unique()[:3])
        column = table.header[columns.known[concept]]
        return times, [("unreadable_times", {"column": column, "examples": examples})]
    return times, []


def _drop_unreadable_times(
    cells: pd.DataFrame, times: pd.Series | None
) -> tuple[pd.DataFrame, list[Note]]:
    if times is None or not times.isna().any():
        return cells, []
    bad = times.index[times.isna()]
    return cells.drop(bad), [Note("unreadable_times", "skipped", len(bad), int(bad[0]))]


def _drop_duplicates(cells: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, list[Note]]:
    """Drop rows that repeat another one in every cell, unless the file has rows of equal keys.

    Where many rows share time and channel but differ in numbers, a column was deleted, and two
    equal rows are then two real rows.
    """
    stripped = cells.apply(lambda column: column.str.strip())
    is_copy = stripped.duplicated().to_numpy()
    kept = stripped[~is_copy]
    keys = [p for c, p in columns.known.items() if c in (*_ONE_TIME, *_STEPS, "hour", "channel")]
    repeats = kept.duplicated(subset=[*keys, *columns.others]).to_numpy()
    if repeats.sum() > is_copy.sum():
        line = int(kept.index[repeats][0])
        return cells, [Note("repeated_keys", "doubted", int(repeats.sum()), line)]
    notes = []
    if is_copy.any():
        line = int(cells.index[is_copy][0])
        notes.append(Note("duplicate_rows", "repaired", int(is_copy.sum()), line))
    if repeats.any():
        line = int(kept.index[repeats][0])
        notes.append(Note("repeated_keys", "doubted", int(repeats.sum()), line))
    return cells[~is_copy], notes


_STEPS = ("nth_day", "nth_hour")


def _place(
    counts: pd.DataFrame, cells: pd.DataFrame, columns: Columns, times: pd.Series | None
) -> pd.DataFrame:
    frame = counts.copy()
    frame["time"] = pd.Timestamp(0) if times is None else times.loc[counts.index]
    frame["channel"] = ALL_CHANNELS
    if columns.has_channel:
        names = cells[columns.known["channel"]].str.strip().str.slice(0, 120)
        frame["channel"] = names.where(names != "", "(not set)")
    return frame


def _dimension_notes(
    table: Table, columns: Columns, cells: pd.DataFrame, frame: pd.DataFrame
) -> list[Note]:
    """Say which columns were not used, and that rows were added up over them."""
    names = tuple(table.header[p] for p in columns.others if table.header[p])
    if not names:
        return []
    repeated = int(frame.duplicated(["time", "channel"]).sum())
    if not repeated:
        return [Note("unused_columns", "info", len(names), params={"columns": names})]
    return [Note("dimensions_summed", "info", repeated, params={"columns": names})]
