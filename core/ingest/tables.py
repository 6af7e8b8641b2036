"""Text to tables: by a fast reader where the file is plain, by a careful one where it is not."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from core.errors import ExportError
from core.ingest.cells import Table
from core.ingest.layout import Layout, Row
from core.ingest.plain import read_plain

DELIMITERS = (",", ";", "\t", "|")
MAX_CELL_CHARACTERS = 100_000
"""A longer cell means that a quotation mark was left open."""

MAX_LINE_CHARACTERS = 2_000_000
"""A longer line is no row of a report."""

FAST_FROM_BYTES = 100_000
"""Smaller files go the careful way, which takes no time for them."""

HEAD_BYTES = 16_384
_WRAPPED = re.compile(rb'"[^"]*[,;\t|][^"]*"')
_LOOK_AHEAD_LINES = 60


def read_tables(text: bytes, *, careful: bool = False) -> list[Table]:
    r"""Find every table of a file.

    Args:
        text: UTF-8.
        careful: whether every cell is to be read as text, whatever it costs.

    Returns:
        Tables in the order of the file; empty where there is none.

    Raises:
        ExportError: ``unreadable_table`` when the text cannot be split into cells,
            ``line_too_long`` and ``too_many_columns``.

    >>> tables = read_tables(b"# a comment\n\nDate,Sessions,,\n20240101,5,,\n")
    >>> tables[0].header, tables[0].lines.tolist(), tables[0].columns[1].texts
    (('Date', 'Sessions'), [4], ('5',))
    """
    text = _unwrap(text)
    delimiter = find_delimiter(text[:HEAD_BYTES].decode(errors="replace"))
    if len(text) >= FAST_FROM_BYTES and not careful:
        head = text[: text.rfind(b"\n", 0, HEAD_BYTES) + 1]
        table = read_plain(text, head, delimiter, _read_head(head, delimiter))
        if table is not None:
            return [table]
    return read_carefully(text, delimiter)


def _unwrap(text: bytes) -> bytes:
    """Take off quotation marks round whole lines, as a file saved from one column has them."""
    lines = [line.strip() for line in text[:HEAD_BYTES].splitlines()[:-1] if line.strip()]
    if len(lines) < 2 or not all(_WRAPPED.fullmatch(line) for line in lines):
        return text
    return b"\n".join(line.strip().strip(b'"') for line in text.splitlines())


def read_carefully(text: bytes, delimiter: str) -> list[Table]:
    """Find every table, row by row. See ``read_tables``."""
    return Layout().read(_split(text, delimiter))


def find_delimiter(text: str) -> str:
    r"""The delimiter that occurs in most of the first lines that are not comments, and most often.

    >>> find_delimiter("# a, b, c\nDate;Sessions\n20240101;5")
    ';'
    """
    lines = list(islice(io.StringIO(text), 2 * _LOOK_AHEAD_LINES))
    if lines and lines[0].lower().startswith("sep=") and lines[0][4:5] in DELIMITERS:
        return lines[0][4]
    rows = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]

    def score(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in rows]
        common = Counter(count for count in counts if count).most_common(1)
        return (common[0][1] if common else 0), sum(counts)

    return max(DELIMITERS, key=score)


def _split(text: bytes, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    lines = _Lines(text, delimiter)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ExportError("unreadable_table", line=reader.line_num) from error
        if lines.end_row():
            raise ExportError("unreadable_table", line=lines.row_start)
        while cells and not cells[-1].strip():
            cells.pop()
        yield reader.line_num, cells


class _Lines:
    """The lines of a text; notices where an open quotation mark makes one row of many."""

    def __init__(self, text: bytes, delimiter: str) -> None:
        self._stream = io.TextIOWrapper(io.BytesIO(text), "utf-8", errors="replace", newline="")
        self._delimiter = delimiter
        self._number = 0
        self._quotes = 0
        self._delimiters: list[int] = []
        self._usual = 0
        self.row_start = 1

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(MAX_LINE_CHARACTERS):
            self._number += 1
            if len(line) >= MAX_LINE_CHARACTERS:
                raise ExportError("line_too_long", line=self._number, limit=MAX_LINE_CHARACTERS)
            self._quotes += line.count('"')
            self._delimiters.append(line.count(self._delimiter))
            yield line

    def end_row(self) -> bool:
        """Begin the next row; whether the one before swallowed others.

        It did where its quotation marks are no pairs, or where each of its lines is a row.
        """
        counts, self._delimiters = self._delimiters, []
        quotes, self._quotes = self._quotes, 0
        self.row_start = self._number - len(counts) + 1
        if len(counts) > 1:
            return quotes % 2 == 1 or 0 < self._usual == min(counts) == max(counts)
        self._usual = counts[0] if counts else 0
        return False


def _read_head(head: bytes, delimiter: str) -> list[Table]:
    try:
        return read_carefully(head, delimiter)
    except ExportError:
        return []  # the careful way will say what is wrong
