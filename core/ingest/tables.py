"""Text to tables: comment lines, blank lines, several tables under each other, padded commas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from core.errors import ExportError
from core.ingest.vocabulary import concept_of

DELIMITERS = (",", ";", "\t", "|")
MAX_COLUMNS = 500
MAX_CELL_CHARACTERS = 100_000
_LOOK_AHEAD_LINES = 60
_NUMBER = re.compile(r"[-+]?[\d.,\s]+%?")

Row = tuple[int, list[str]]
"""Line number in the file, counted from 1, and the cells."""


@dataclass(frozen=True, eq=False)
class Table:
    """One table of a file.

    Args:
        header: column names, without trailing padding.
        rows: the data rows with their line numbers; cells may be fewer or more than the header.
        header_line: line of the header in the file.
        comments: the comment lines above it, nearest last.
        extra_lines: lines within or right after the table that are not data of it.
    """

    header: tuple[str, ...]
    rows: list[Row]
    header_line: int
    comments: tuple[str, ...]
    extra_lines: list[int] = field(default_factory=list)


def read_tables(text: str) -> list[Table]:
    r"""Find every table whose header names at least one thing we know.

    Args:
        text: the decoded file.

    Returns:
        Tables in the order of the file; empty where no header was recognised.

    Raises:
        ExportError: ``unreadable_table`` when the text cannot be split into cells, and
            ``too_many_columns``.

    >>> tables = read_tables("# a comment\n\nDate,Sessions,,\n20240101,5,,\n")
    >>> tables[0].header, tables[0].rows
    (('Date', 'Sessions'), [(4, ['20240101', '5'])])
    """
    tables: list[Table] = []
    comments: list[str] = []
    for block in _blocks(_split(text, find_delimiter(text)), comments):
        table = _as_table(block, tuple(comments))
        if table:
            tables.append(table)
        elif tables:
            _continue(tables[-1], block)
    return tables


def find_delimiter(text: str) -> str:
    r"""The delimiter that occurs most in the first lines that are not comments.

    >>> find_delimiter("# a, b, c\nDate;Sessions\n20240101;5")
    ';'
    """
    lines = io.StringIO(text)
    head = "".join(
        line for line in islice(lines, _LOOK_AHEAD_LINES) if not line.lstrip().startswith("#")
    )
    return max(DELIMITERS, key=head.count)


def _split(text: str, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ExportError("unreadable_table", line=reader.line_num) from error
        while cells and not cells[-1].strip():
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise ExportError("too_many_columns", columns=len(cells), limit=MAX_COLUMNS)
        yield reader.line_num, cells


def _blocks(rows: Iterator[Row], comments: list[str]) -> Iterator[list[Row]]:
    """Runs of rows between blank lines and comments; fills ``comments`` on the way."""
    block: list[Row] = []
    for line, cells in rows:
        is_comment = bool(cells) and cells[0].lstrip().startswith("#")
        if cells and not is_comment:
            block.append((line, cells))
            continue
        if block:
            yield block
            block = []
        if is_comment:
            comments.append(",".join(cells))
    if block:
        yield block


def _as_table(block: list[Row], comments: tuple[str, ...]) -> Table | None:
    for position, (line, cells) in enumerate(block[:_LOOK_AHEAD_LINES]):
        if is_header(cells):
            header = tuple(cell.strip() for cell in cells)
            skipped = [number for number, _ in block[:position]]
            return Table(header, block[position + 1 :], line, comments, skipped)
    return None


def is_header(cells: list[str]) -> bool:
    """Whether a row names columns: something we know, and no numbers.

    >>> is_header(["Date", "Sessions"]), is_header(["Sessions", "12"]), is_header(["Direct"])
    (True, False, False)
    """
    known = [concept_of(cell) for cell in cells]
    return any(name not in (None, "total_marker") for name in known) and not any(
        _NUMBER.fullmatch(cell.strip()) for cell in cells
    )


def _continue(table: Table, block: list[Row]) -> None:
    """A blank line inside a table: rows as full as the table go on with it, others are notes."""
    for line, cells in block:
        if len(cells) == len(table.header) and any(_NUMBER.fullmatch(c.strip()) for c in cells[1:]):
            table.rows.append((line, cells))
        else:
            table.extra_lines.append(line)
