"""Rows to tables: comments, blank lines, several tables under each other, notes below them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.errors import ExportError
from core.ingest.cells import ColumnBuilder, Table
from core.ingest.roles import TIMES
from core.ingest.vocabulary import concept_of, is_total_marker

MAX_COLUMNS = 500
"""A wider table is no report of visits."""

LOOK_AHEAD_ROWS = 60
"""A header stands this close to the top of its block, or nowhere."""

PIVOT_SEPARATOR = " \u203a "
"""Between the upper and the lower name of a column of a pivot."""

_MOST_NOTED_LINES = 1_000
_NUMBER = re.compile(r"[-+<$€£¥]?\s?\d[\d.,:'\s\u00a0\u202f]*\s?[%€£$]?|--?|")
_SEPARATOR_LINE = re.compile(r"sep=.?", re.IGNORECASE)

Row = tuple[int, list[str]]
"""Line number in the file, counted from 1, and the cells without trailing empty ones."""


def looks_like_number(cell: str) -> bool:
    """Whether a cell holds a number, a duration, a bare date or nothing."""
    return _NUMBER.fullmatch(cell.strip()) is not None


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row names at least two columns: something we know, and no numbers.

    >>> is_header(["Date", "Sessions"]), is_header(["Sessions", "12"]), is_header(["Direct"])
    (True, False, False)
    """
    known = [concept_of(cell) for cell in cells]
    return (
        len(cells) > 1
        and any(name not in (None, "total_marker") for name in known)
        and not any(cell.strip() and looks_like_number(cell) for cell in cells)
    )


@dataclass
class _Draft:
    """A table while its rows come in."""

    header: tuple[str, ...]
    header_line: int
    comments: tuple[str, ...]
    titles: tuple[str, ...]
    columns: list[ColumnBuilder]
    lines: list[int] = field(default_factory=list)
    marks: list[bool] = field(default_factory=list)
    extra_lines: list[int] = field(default_factory=list)
    ragged_lines: list[int] = field(default_factory=list)
    spread: str = ""

    def add(self, line: int, cells: list[str]) -> None:
        width = len(self.header)
        beyond = cells[width:]
        is_marked = bool(beyond) and any(map(is_total_marker, beyond))
        if beyond and not is_marked and any(cell.strip() for cell in beyond):
            _note_line(self.ragged_lines, line)
        self.lines.append(line)
        self.marks.append(is_marked)
        for position, column in enumerate(self.columns):
            column.append(cells[position] if position < len(cells) else "")

    def finish(self) -> Table:
        return Table(
            self.header,
            tuple(column.finish() for column in self.columns),
            np.array(self.lines, dtype="int64"),
            self.header_line,
            self.comments,
            self.titles,
            tuple(self.extra_lines),
            np.array(self.marks, dtype=bool),
            tuple(self.ragged_lines),
            self.spread,
        )


def _note_line(lines: list[int], line: int) -> None:
    if len(lines) < _MOST_NOTED_LINES:
        lines.append(line)


class Layout:
    """Finds the tables in a stream of rows."""

    def __init__(self) -> None:
        self._tables: list[_Draft] = []
        self._comments: list[str] = []
        self._titles: list[str] = []
        self._block: list[Row] = []
        self._open: _Draft | None = None

    def read(self, rows: Iterable[Row]) -> list[Table]:
        """Find every table.

        Args:
            rows: of the whole file, blank ones as empty lists.

        Returns:
            Tables in the order of the file, also those with column names we do not know.

        Raises:
            ExportError: ``too_many_columns``.
        """
        for line, cells in rows:
            if len(cells) > MAX_COLUMNS:
                raise ExportError("too_many_columns", columns=len(cells), limit=MAX_COLUMNS)
            if not cells:
                self._end_block()
            elif self._is_comment(cells):
                self._end_block()
                if cells[0].lstrip().startswith("#"):
                    self._say(",".join(cells))
            elif self._open is not None:
                self._add(self._open, line, cells)
            else:
                self._look_for_header(line, cells)
        self._end_block()
        return [draft.finish() for draft in self._tables]

    def _is_comment(self, cells: list[str]) -> bool:
        first = cells[0].lstrip()
        if _SEPARATOR_LINE.fullmatch(first) and len(cells) <= 2 and not self._tables:
            return True
        if not first.startswith("#"):
            return False
        is_row = self._open is not None and len(cells) == len(self._open.header) > 1
        return not (is_row and looks_like_number(cells[-1])) and not is_header(cells[1:])

    def _say(self, text: str) -> None:
        if len(self._comments) < _MOST_NOTED_LINES:
            self._comments.append(text[:500])
            self._titles.append(text[:500])

    def _add(self, draft: _Draft, line: int, cells: list[str]) -> None:
        if cells[0][:1].isdigit() or not is_header(cells) or len(cells) < 2:
            if len(cells) == 1 and len(draft.header) > 1 and not looks_like_number(cells[0]):
                self._say(cells[0])  # a note, or the title of the next table
                _note_line(draft.extra_lines, line)
            else:
                draft.add(line, cells)
        elif tuple(cell.strip() for cell in cells) == draft.header:
            _note_line(draft.extra_lines, line)  # the header again: files pasted together
        elif sum(concept_of(cell) is not None for cell in cells) * 2 > len(cells):
            self._start(line, cells)
        else:
            draft.add(line, cells)

    def _look_for_header(self, line: int, cells: list[str]) -> None:
        if is_header(cells):
            before = self._block
            self._block = []
            for number, earlier in before:
                self._say(",".join(earlier))
                if self._tables:
                    _note_line(self._tables[-1].extra_lines, number)
            self._start(line, cells, before)
            return
        self._block.append((line, cells))
        if len(self._block) >= LOOK_AHEAD_ROWS:
            self._settle()

    def _start(self, line: int, cells: list[str], before: Sequence[Row] = ()) -> None:
        names = tuple(cell.strip() for cell in cells)
        above = [c for _, c in before] or self._take_back_header(names)
        upper = next((c for c in reversed(above) if _is_upper_header(c, names)), None)
        if upper:
            names = tuple(
                _join(top, name) for top, name in zip(_fill(upper, names), names, strict=True)
            )
        draft = self._open_draft(names, line)
        named = [cell.strip() for cell in upper or [] if concept_of(cell) not in (None, *TIMES)]
        draft.spread = named[0] if named else ""

    def _take_back_header(self, names: tuple[str, ...]) -> list[list[str]]:
        """A header without rows is the upper one of a pivot where it stands above repeated names.

        There it begins with a name we know: the dimension that was spread over the columns.
        """
        draft = self._open
        if draft is None or draft.lines or not _is_upper_header(list(draft.header), names):
            return []
        self._tables.pop()
        self._titles = list(draft.titles)
        return [list(draft.header)]

    def _open_draft(self, names: tuple[str, ...], line: int) -> _Draft:
        columns = [ColumnBuilder() for _ in names]
        draft = _Draft(names, line, tuple(self._comments), tuple(self._titles), columns)
        self._titles = []
        self._tables.append(draft)
        self._open = draft
        return draft

    def _end_block(self) -> None:
        if self._block:
            self._settle()
        self._open = None

    def _settle(self) -> None:
        """Decide what a block without a known header is: more of a table, another, notes."""
        block, self._block = self._block, []
        last = self._tables[-1] if self._tables else None
        width = max(len(cells) for _, cells in block)
        if last is not None and all(_continues(last, cells) for _, cells in block):
            self._open = last
            for line, cells in block:
                last.add(line, cells)
        elif width >= 2 and len(block) >= 2 and _is_unknown_table(block):
            has_header = not any(looks_like_number(c) for c in block[0][1] if c.strip())
            names = block[0][1] if has_header else [f"Column {n + 1}" for n in range(width)]
            draft = self._open_draft(
                tuple(name.strip() for name in names), block[0][0] if has_header else 0
            )
            for line, cells in block[has_header:]:
                draft.add(line, cells)
        else:
            for line, cells in block:
                self._say(",".join(cells))
                if last is not None:
                    _note_line(last.extra_lines, line)


def _continues(draft: _Draft, cells: list[str]) -> bool:
    """Whether a row after a blank line goes on with the table: as wide, and with numbers."""
    if len(draft.header) < 2 or len(cells) != len(draft.header) or not draft.lines:
        return False
    return any(cell.strip() and looks_like_number(cell) for cell in cells[1:])


def _is_unknown_table(block: Sequence[Row]) -> bool:
    """Whether the rows below the first are equally wide and each holds a number."""
    width = len(block[0][1])
    rows = [cells for _, cells in block[1:]]
    return width >= 2 and all(
        len(cells) <= width and any(c.strip() and looks_like_number(c) for c in cells)
        for cells in rows
    )


def _is_upper_header(cells: list[str], names: tuple[str, ...]) -> bool:
    """Whether a row stands above repeated column names, as in a pivot table."""
    known = [name for name in names if name]
    said = [cell for cell in cells if cell.strip()]
    is_wide = 2 <= len(cells) <= len(names) and len(set(said)) >= 2
    return is_wide and len(set(known)) < len(known) and not any(map(looks_like_number, said))


def _fill(upper: list[str], names: tuple[str, ...]) -> list[str]:
    """Cells of merged headers stand in the first column of the merge only."""
    filled, current = [], ""
    for position in range(len(names)):
        cell = upper[position].strip() if position < len(upper) else ""
        current = cell or (current if names.count(names[position]) > 1 else "")
        filled.append(current)
    return filled


def _join(top: str, name: str) -> str:
    if not name and concept_of(top) in TIMES:
        return top  # the upper one of two merged cells holds the name
    return f"{top}{PIVOT_SEPARATOR}{name}" if top and concept_of(top) is None else name
