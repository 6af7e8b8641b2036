"""What reading a file gives: the traffic, and notes for the person who dropped it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, eq=False)
class Import:
    """A file that was read.

    Args:
        traffic: the counts.
        notes: what was skipped, repaired or doubted, in the order of the pipeline.
        rows: data rows that went into the traffic.
        filename: as dropped.
    """

    traffic: Traffic
    notes: tuple[Note, ...]
    rows: int
    filename: str = ""
