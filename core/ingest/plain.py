"""One plain table below a preamble, read by Arrow: large files in a fraction of the time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from core.ingest.cells import Column, Table
from core.ingest.layout import MAX_COLUMNS, looks_like_number
from core.ingest.roles import RATES, WHOLE
from core.ingest.vocabulary import concept_of
from core.traffic import COUNTS

_SAMPLE_ROWS = 200
_BLOCK_BYTES = 1 << 22


def read_plain(text: bytes, head: bytes, delimiter: str, found: Sequence[Table]) -> Table | None:
    """Read a file that holds one table without anything in between.

    Args:
        text: the whole file, UTF-8.
        head: its first lines.
        delimiter: between the cells.
        found: the tables that the careful way finds in the head.

    Returns:
        What the careful way would return, or ``None`` where anything is out of line.
    """
    if len(found) != 1 or not found[0].header_line or len(found[0]) < 2 or found[0].extra_lines:
        return None
    start = _offset_of_line(head, found[0].header_line + 1)
    if start is None:
        return None
    width = text[start : text.find(b"\n", start)].count(delimiter.encode()) + 1
    if not len(found[0].header) <= width <= MAX_COLUMNS:
        return None
    columns = _parse(memoryview(text)[start:], delimiter, _guess_types(found[0], width))
    return _check(columns, found[0]) if columns else None


def _guess_types(head: Table, width: int) -> dict[str, bool]:
    """Name of the column for Arrow -> whether it holds numbers."""
    return {str(position): _is_plain_number(head, position) for position in range(width)}


def _parse(body: memoryview, delimiter: str, is_number: dict[str, bool]) -> list[Column]:
    """Every column; empty where the rows are not all alike."""
    names = list(is_number)
    while True:
        try:
            found = arrow_csv.read_csv(
                pa.BufferReader(body),
                read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
                parse_options=arrow_csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
                convert_options=arrow_csv.ConvertOptions(
                    column_types={name: _type(is_number[name]) for name in names},
                    null_values=[""],
                    strings_can_be_null=False,
                ),
                memory_pool=pa.system_memory_pool(),
            )
            break
        except pa.ArrowInvalid as error:
            odd = _column_of(str(error), names)
            if not is_number.get(odd):
                return []
            is_number = is_number | {odd: False}
    chunks = found.columns
    del found  # each column is freed as soon as its copy is made
    return [_column(chunks.pop(0), is_number[name]) for name in names]


def _check(columns: list[Column], head: Table) -> Table | None:
    width = len(head.header)
    if any(map(_has_fractions, head.header, columns)):
        return None  # 1.204 may be a thousand: the whole column must be seen as text
    if any("\n" in text or "\r" in text for column in columns for text in column.texts):
        return None  # lines could not be counted any more, nor a mark left open be noticed
    if any(map(_has_words, head.header, columns)):
        return None  # such as the header of another table
    if _is_broken_up(columns[0]) or not all(column.is_blank.all() for column in columns[width:]):
        return None
    lines = np.arange(len(columns[0]), dtype="int64") + head.header_line + 1
    kept = tuple(columns[:width])
    return Table(head.header, kept, lines, head.header_line, head.comments, head.titles)


def _offset_of_line(head: bytes, line: int) -> int | None:
    """Where a line begins, if no quoted or old Mac line break moved the count."""
    if head.count(b"\r") != head.count(b"\r\n"):
        return None
    offset = 0
    for _ in range(line - 1):
        offset = head.find(b"\n", offset) + 1
        if not offset:
            return None
    return None if head[:offset].count(b'"') % 2 else offset


def _is_broken_up(first: Column) -> bool:
    """Whether the body holds a comment or a row without a first cell; blank lines do not parse."""
    if first.numbers is not None:
        return bool(np.isnan(first.numbers).any())
    return any(not name.strip() or name.startswith("#") for name in first.texts)


def _has_words(name: str, column: Column) -> bool:
    return concept_of(name) in WHOLE and not all(map(looks_like_number, column.texts))


def _has_fractions(name: str, column: Column) -> bool:
    if column.numbers is None or concept_of(name) not in WHOLE:
        return False
    return bool(np.any(np.floor(column.numbers) < column.numbers))


def _type(is_number: bool) -> pa.DataType:
    return pa.float64() if is_number else pa.dictionary(pa.int32(), pa.string())


def _is_plain_number(head: Table, position: int) -> bool:
    """Whether a sample of cells are numbers with a decimal point at most, and not all codes."""
    if position >= len(head.header):
        return False
    if concept_of(head.header[position]) not in (*COUNTS, *RATES):
        return False  # a date, the name of something, or a version: 1.1 is not 1.10
    column = head.columns[position]
    cells = [column.text_at(row).strip() for row in range(min(len(head), _SAMPLE_ROWS))]
    if any(len(cell) > 1 and cell[0] == "0" and cell[1] != "." for cell in cells):
        return False  # a code such as 0007
    return all(map(looks_like_number, cells)) and all(map(_is_plain, cells))


def _is_plain(cell: str) -> bool:
    return not cell or cell.replace(".", "", 1).isdecimal()


def _column_of(message: str, names: Sequence[str]) -> str:
    """The column that Arrow's message names (``In CSV column #3: ...``)."""
    place = message.partition("column #")[2].partition(":")[0]
    return names[int(place)] if place.isdecimal() and int(place) < len(names) else ""


def _column(found: pa.ChunkedArray, is_number: bool) -> Column:
    if is_number:
        return Column(np.zeros(0, dtype="int32"), (), found.to_numpy())
    whole = found.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0)
    return Column(
        whole.indices.to_numpy(zero_copy_only=False).astype("int32"),
        tuple(whole.dictionary.to_pylist()),
    )
