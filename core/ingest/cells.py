"""The cells of a table, column by column: each text is kept once, rows point to it."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.ingest.numbers import is_missing

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
_ZEROS = re.compile(r"(?<=\d)\.00?$")


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table, as text or, where a parser has read it already, as numbers.

    Args:
        codes: per row the position of its text in ``texts``; unused for numbers.
        texts: each different text once.
        numbers: per row a number, NaN where the cell is empty; ``None`` for text.
    """

    codes: Codes
    texts: tuple[str, ...] = ()
    numbers: Floats | None = None

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.codes) if self.numbers is None else len(self.numbers)

    @property
    def unique(self) -> pd.Series:
        """The different texts."""
        return pd.Series(self.texts, dtype=object)

    def spread(self, values: pd.Series | np.ndarray) -> np.ndarray:
        """Bring one value per different text back to one value per row."""
        return np.asarray(values)[self.codes]

    def flag(self, is_meant: Callable[[str], bool]) -> Flags:
        """Per row whether its text is meant; numbers never are."""
        if self.numbers is not None:
            return np.zeros(len(self.numbers), dtype=bool)
        return self.spread(np.array([is_meant(text) for text in self.texts], dtype=bool))

    @property
    def is_blank(self) -> Flags:
        """Per row whether the cell is empty."""
        if self.numbers is not None:
            return np.isnan(self.numbers)
        return self.flag(lambda text: not text.strip())

    def text_at(self, row: int) -> str:
        """The text of one row."""
        if self.numbers is not None:
            return "" if np.isnan(self.numbers[row]) else f"{self.numbers[row]:.15g}"
        return self.texts[self.codes[row]]

    def keys(self, *, is_count: bool = False) -> NDArray[np.int64]:
        """Per row a number that is equal where the trimmed cells are equal.

        Args:
            is_count: whether 4 and 4.0 are the same, and a dash and an empty cell.
        """
        if self.numbers is not None:
            return pd.factorize(self.numbers, use_na_sentinel=False)[0].astype("int64")
        texts = self.unique.str.strip()
        if is_count:
            texts = texts.str.replace(_ZEROS, "", regex=True).mask(texts.map(is_missing), "")
        return self.spread(pd.factorize(texts)[0].astype("int64"))

    def take(self, kept: Flags) -> Column:
        """Only some rows."""
        if self.numbers is not None:
            return replace(self, numbers=self.numbers[kept])
        return replace(self, codes=self.codes[kept])


def text_column(cells: Sequence[str]) -> Column:
    """A column out of plain cells.

    >>> text_column(["a", "b", "a"]).codes.tolist()
    [0, 1, 0]
    """
    builder = ColumnBuilder()
    for cell in cells:
        builder.append(cell)
    return builder.finish()


class ColumnBuilder:
    """Collects cells without keeping a text twice."""

    def __init__(self, blanks: int = 0) -> None:
        self._places: dict[str, int] = {}
        self._codes = array("i")
        for _ in range(blanks):
            self.append("")

    def append(self, cell: str) -> None:
        """Add the cell of the next row."""
        self._codes.append(self._places.setdefault(cell, len(self._places)))

    def finish(self) -> Column:
        """The column."""
        return Column(np.array(self._codes, dtype="int32"), tuple(self._places))


@dataclass(frozen=True, eq=False)
class Table:
    """One table of a file.

    Args:
        header: column names, trimmed.
        columns: as many as names.
        lines: line in the file of each row, counted from 1.
        header_line: line of the header; 0 where the table has none and the names are ours.
        comments: comment and title lines above it, nearest last.
        titles: those of them that stand after the table before.
        extra_lines: lines within or after the table that are no data of it.
        has_total_mark: per row whether a cell beyond the header marks a totals row.
        ragged_lines: lines with more cells than the header; what is beyond was not read.
        spread: name of what a pivot spreads over its columns, where the file says it.
    """

    header: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: NDArray[np.int64]
    header_line: int
    comments: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    extra_lines: tuple[int, ...] = ()
    has_total_mark: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))
    ragged_lines: tuple[int, ...] = ()
    spread: str = ""

    def __len__(self) -> int:
        """Number of data rows."""
        return len(self.lines)

    @property
    def title(self) -> str:
        """The nearest line above the table that says something, without ``#``."""
        said = (text.strip('# -\t,"') for text in reversed(self.titles))
        return next((text for text in said if text and ":" not in text), "")

    def take(self, kept: Flags) -> Table:
        """Only some rows."""
        marks = self.has_total_mark[kept] if len(self.has_total_mark) else self.has_total_mark
        columns = tuple(column.take(kept) for column in self.columns)
        return replace(self, columns=columns, lines=self.lines[kept], has_total_mark=marks)
