"""What reading a file gives: the traffic, notes on it, and what a person can decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from core.traffic import Traffic

Kind = Literal["info", "repaired", "skipped", "doubted"]


@dataclass(frozen=True)
class Note:
    """One thing a person should know about how the file was read.

    Args:
        code: stable name; the words live in the UI.
        kind: ``info``, ``repaired``, ``skipped`` or ``doubted``.
        count: number of rows or cells concerned.
        example_row: line in the file, counted from 1, where it can be seen; 0 if nowhere.
        params: further values for the words.
    """

    code: str
    kind: Kind
    count: int = 0
    example_row: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Overrides:
    """What a person decides where the reader would guess. ``None`` and empty mean: as we see it.

    Args:
        table: which table of the file, counted from 0.
        columns: pairs of a column's name and the concept it is to be read as; ``""`` means that
            it is to be ignored.
        channel: name of the column whose values are the channels.
        is_day_first: whether 3/4 is the 3rd of April.
        decimal_sign: ``.`` or ``,``.
        start: first day, where the file only numbers days, weeks or hours.
        shift_hours: added to every time by the hour, to move it to another time zone.
    """

    table: int | None = None
    columns: tuple[tuple[str, str], ...] = ()
    channel: str | None = None
    is_day_first: bool | None = None
    decimal_sign: str | None = None
    start: date | None = None
    shift_hours: int = 0


@dataclass(frozen=True)
class TableChoice:
    """A table of the file, for a person to choose from.

    Args:
        index: position in the file, counted from 0.
        title: the line above it.
        header: names of its columns.
        concepts: what we take each column for, ``""`` where we do not use it.
        rows: number of rows.
        line: line of its header in the file.
    """

    index: int
    title: str
    header: tuple[str, ...]
    concepts: tuple[str, ...]
    rows: int
    line: int


@dataclass(frozen=True, eq=False)
class Import:
    """A file that was read.

    Args:
        traffic: the counts.
        notes: what was skipped, repaired or doubted, in the order of the pipeline.
        rows: data rows that went into the traffic.
        filename: as dropped.
        tables: the tables of the file, the one read first of all named by ``table``.
        table: index of the table that was read.
        overrides: what the person had decided.
        questions: which of the overrides would change something here: ``is_day_first``,
            ``decimal_sign``, ``start``.
    """

    traffic: Traffic
    notes: tuple[Note, ...]
    rows: int
    filename: str = ""
    tables: tuple[TableChoice, ...] = ()
    table: int = 0
    overrides: Overrides = field(default_factory=Overrides)
    questions: tuple[str, ...] = ()
