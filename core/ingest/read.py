"""The pipeline: bytes -> tables -> columns -> values -> checks -> traffic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from core.errors import ExportError
from core.ingest.cells import Column, Table
from core.ingest.checks import check_identities, check_totals
from core.ingest.columns import Columns, choose_table, describe
from core.ingest.combine import combine
from core.ingest.counts import derive_counts, find_decimal_signs, read_values, repair_milliseconds
from core.ingest.notes import Import, Note, Overrides, TableChoice
from core.ingest.pivot import make_long
from core.ingest.place import Clock, is_dragged, is_put_back, read_channels, read_times
from core.ingest.quality import check_completeness
from core.ingest.rows import drop_copies, find_repeats, separate_totals
from core.ingest.times import begin_weeks, find_grain
from core.ingest.unpack import Part, unpack
from core.traffic import Traffic, make_traffic

MAX_BYTES = 100 * 1024 * 1024
"""Larger files are refused: the free hosting has one small machine for all visitors."""

_REPORTS = (
    "page",
    "page_title",
    "event_name",
    "country",
    "region",
    "city",
    "session_duration_bucket",
    "browser",
    "operating_system",
    "campaign",
    "query",
    "device",
    "platform",
    "age",
    "gender",
    "hostname",
    "app_version",
    "visitor_language",
)


def read_export(
    data: bytes,
    filename: str = "",
    overrides: Overrides | None = None,
    *,
    max_bytes: int = MAX_BYTES,
) -> Import:
    r"""Read a dropped file as traffic.

    Args:
        data: the bytes of the file: CSV in any dialect and encoding, a workbook, a ZIP archive of
            such files, or a gzipped one.
        filename: for the notes only; the content decides how it is read.
        overrides: what a person decided where we would guess.
        max_bytes: the most that is taken.

    Returns:
        The traffic and what was skipped, repaired or doubted.

    Raises:
        ExportError: codes ``empty_file``, ``too_large``, ``not_text``, ``unreadable_table``,
            ``line_too_long``, ``too_many_columns``, ``no_table``, ``no_header``,
            ``no_count_column``, ``no_time_or_channel``, ``unreadable_times``, ``no_rows``,
            ``no_numbers``, and for archives and workbooks those of ``unpack``. Nothing else is
            raised.

    >>> result = read_export(b"Date,Sessions\n20240101,5\n20240102,7\n")
    >>> result.traffic.grain, float(result.traffic.frame["sessions"].sum())
    ('day', 12.0)
    """
    if len(data) > max_bytes:
        raise ExportError("too_large", size=len(data), limit=max_bytes)
    wanted = overrides or Overrides()
    parts = unpack(data, filename, careful=wanted.decimal_sign == ",")
    if len(parts) == 1:
        return replace(_read_part(parts[0], wanted), filename=filename)
    return _read_parts(parts, wanted, filename)


def read_exports(
    files: Sequence[tuple[str, bytes]],
    overrides: Overrides | None = None,
    *,
    max_bytes: int = MAX_BYTES,
) -> Import:
    """Read several files dropped at once, such as one month each.

    Args:
        files: name and bytes of each.
        overrides: what a person decided; holds for all of them.
        max_bytes: the most that is taken, all files together.

    Returns:
        One traffic; periods that several files hold are counted once.

    Raises:
        ExportError: as ``read_export``; with several files only where none of them can be read.
    """
    size = sum(len(data) for _, data in files)
    if size > max_bytes:
        raise ExportError("too_large", size=size, limit=max_bytes)
    if len(files) == 1:
        return read_export(files[0][1], files[0][0], overrides, max_bytes=max_bytes)
    wanted = overrides or Overrides()
    parts: list[Part] = []
    failed: list[tuple[str, ExportError]] = []
    for name, data in files:
        try:
            parts += unpack(data, name, careful=wanted.decimal_sign == ",")
        except ExportError as error:
            failed.append((name, error))
    names = ", ".join(name for name, _ in files)
    return _read_parts(parts, wanted, names, failed)


def list_tables(files: Sequence[tuple[str, bytes]]) -> tuple[TableChoice, ...]:
    """Show what is in a file that could not be read, so that a person can say what it is.

    Args:
        files: as dropped; only a single one can be explained by a person.

    Returns:
        Its tables; empty where there is none or several files were dropped.
    """
    if len(files) != 1 or len(files[0][1]) > MAX_BYTES:
        return ()
    try:
        parts = unpack(files[0][1], files[0][0])
    except ExportError:
        return ()
    tables = [make_long(table)[0] for table in parts[0].tables] if len(parts) == 1 else []
    return tuple(describe(index, table) for index, table in enumerate(tables))


def _read_parts(
    parts: Sequence[Part],
    wanted: Overrides,
    name: str,
    failed: Sequence[tuple[str, ExportError]] = (),
) -> Import:
    found: list[Import] = []
    problems = list(failed)
    for part in parts:
        try:
            found.append(replace(_read_part(part, wanted), filename=part.name))
        except ExportError as error:
            problems.append((part.name, error))
    if not found:
        raise problems[0][1] if problems else ExportError("empty_file")
    joint = combine(found, name)
    notes = [
        Note("file_failed", "skipped", params={"name": bad, "reason": error.code})
        for bad, error in problems
    ]
    return replace(joint, notes=(*joint.notes, *notes), filename=name)


def _read_part(part: Part, wanted: Overrides) -> Import:
    if part.error is not None:
        raise part.error
    if not part.tables:
        raise ExportError("no_table", first_line=part.first_line)
    long = [make_long(table) for table in part.tables]
    tables = [table for table, _ in long]
    index, columns = choose_table(tables, wanted)
    notes = [*part.notes, *long[index][1]]
    if len(tables) > 1:
        notes.append(Note("other_tables", "info", len(tables) - 1))
    result = _read_table(tables[index], columns, wanted, notes)
    choices = tuple(describe(n, table) for n, table in enumerate(tables))
    return replace(result, tables=choices, table=index, overrides=wanted)


def _read_table(table: Table, columns: Columns, wanted: Overrides, notes: list[Note]) -> Import:
    table, totals, skipped = separate_totals(table, columns)
    clock = read_times(table, columns, wanted)
    _raise_faults(table, columns, clock)
    table, clock, time_notes = _drop_unreadable_times(table, clock)
    table, clock, copy_notes = _drop_copies(table, columns, clock)
    signs, is_sign_open = find_decimal_signs(table, columns, wanted.decimal_sign)
    values, value_notes = read_values(table, columns, signs)
    counts, rate_notes = derive_counts(values)
    counts, unit_notes = repair_milliseconds(counts)
    channels, channel_notes = read_channels(table, columns)
    traffic, rows = _add_up(counts, channels, clock)
    notes = [*notes, *skipped, *(clock.notes if clock else ()), *time_notes, *copy_notes]
    notes += [*value_notes, *rate_notes, *unit_notes, *channel_notes]
    notes += [
        *check_identities(values),
        *check_totals(_read_totals(totals, columns, signs), counts),
    ]
    notes += [*_dimension_notes(table, columns, traffic, rows), *_segment_notes(columns)]
    if clock is not None and is_dragged(clock.values, channels):
        notes.append(Note("dates_dragged", "doubted", rows, int(table.lines[0])))
    notes += check_completeness(traffic, table.comments)
    questions = (*(clock.questions if clock else ()), *(["decimal_sign"] if is_sign_open else []))
    return Import(traffic, tuple(notes), rows, questions=questions)


def _raise_faults(table: Table, columns: Columns, clock: Clock | None) -> None:
    faults: list[tuple[str, dict[str, Any]]] = []
    params = {"columns": table.header, "report": _report(columns)}
    if not table.header_line and not columns.known:
        faults.append(("no_header", {"width": len(table.header)}))
    elif not columns.has_visitor_count:
        faults.append(("no_count_column", dict(params)))
    if not columns.has_time and columns.split is None and table.header_line:
        faults.append(("no_time_or_channel", dict(params)))
    if not len(table):
        faults.append(("no_rows", {"columns": table.header}))
    faults += clock.faults if clock else ()
    if faults:
        raise ExportError.of(faults)


def _report(columns: Columns) -> str:
    """What kind of report it is, as the concept of its main column; empty where unknown."""
    return next((concept for concept in _REPORTS if concept in columns.known), "")


def _drop_unreadable_times(
    table: Table, clock: Clock | None
) -> tuple[Table, Clock | None, list[Note]]:
    if clock is None or not np.isnat(clock.values).any():
        return table, clock, []
    is_bad = np.isnat(clock.values)
    line = int(table.lines[is_bad.argmax()])
    note = Note("unreadable_times", "skipped", int(is_bad.sum()), line)
    return table.take(~is_bad), replace(clock, values=clock.values[~is_bad]), [note]


def _drop_copies(
    table: Table, columns: Columns, clock: Clock | None
) -> tuple[Table, Clock | None, list[Note]]:
    is_copy, notes = drop_copies(table, columns)
    if notes and clock is not None:
        times = clock.values[find_repeats(table, columns)]
        if is_put_back(times):
            params = {"time": pd.Timestamp(times[0])}
            return table, clock, [Note("repeated_hour", "info", len(times), params=params)]
    if not is_copy.any():
        return table, clock, notes
    if clock is not None:
        clock = replace(clock, values=clock.values[~is_copy])
    return table.take(~is_copy), clock, notes


def _read_totals(totals: Table, columns: Columns, signs: dict[str, str]) -> pd.DataFrame:
    return read_values(totals, columns, signs)[0] if len(totals) else pd.DataFrame()


def _add_up(counts: pd.DataFrame, channels: Column, clock: Clock | None) -> tuple[Traffic, int]:
    numbers = {name: counts[name].to_numpy() for name in counts}
    has_value = np.zeros(len(counts), dtype=bool)
    for values in numbers.values():
        has_value |= ~np.isnan(values)
    if not has_value.any():
        raise ExportError("no_numbers", columns=tuple(counts.columns))
    names = pd.Categorical.from_codes(channels.codes, list(channels.texts))
    times = np.zeros(len(counts), dtype="datetime64[s]") if clock is None else clock.values
    frame = pd.DataFrame({"time": times, "channel": names} | numbers, copy=False)
    if not has_value.all():
        frame = frame[has_value]
    grain = "none" if clock is None else clock.grain or find_grain(frame["time"])
    if grain in ("week", "month") and (frame["time"].dt.hour != 0).any():
        grain = "hour"
    if grain == "month":
        frame["time"] = frame["time"].to_numpy().astype("datetime64[M]").astype("datetime64[s]")
    elif grain == "week":
        frame["time"] = begin_weeks(frame["time"].to_numpy())
    return make_traffic(frame, grain), len(frame)


def _dimension_notes(table: Table, columns: Columns, traffic: Traffic, rows: int) -> list[Note]:
    """Say which columns were not used, and that rows were added up over them."""
    names = tuple(table.header[p] for p in columns.others if table.header[p])
    notes = []
    repeated = rows - len(traffic.frame)
    if names and repeated:
        notes.append(Note("dimensions_summed", "info", repeated, params={"columns": names}))
        names = ()
    names += tuple(table.header[p] for p in columns.unused if table.header[p])
    if names:
        notes.append(Note("unused_columns", "info", len(names), params={"columns": names}))
    return notes


def _segment_notes(columns: Columns) -> list[Note]:
    return [Note("segments_overlap", "doubted")] if columns.split == "segment" else []
