"""Headers to concepts: which column is the time, the channel, a count, a rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from core.ingest.tables import Table
from core.ingest.vocabulary import concept_of
from core.traffic import COUNTS

TIME_CONCEPTS = ("date_hour", "day", "hour", "week_start", "month", "nth_day", "nth_hour")
RATES: Mapping[str, tuple[str, str]] = {
    "engagement_rate": ("engaged_sessions", "sessions"),
    "bounce_rate": ("engaged_sessions", "sessions"),
    "engaged_sessions_per_user": ("engaged_sessions", "users"),
    "events_per_session": ("events", "sessions"),
    "views_per_session": ("views", "sessions"),
    "engagement_seconds_per_session": ("engagement_seconds", "sessions"),
    "engagement_seconds_per_user": ("engagement_seconds", "users"),
}
"""Exported rate -> the count it is made from and the count it is divided by."""

SHARES = ("engagement_rate", "bounce_rate")
"""Rates that lie between 0 and 1."""

_VISITOR_COUNTS = ("sessions", "users", "views", "events", "clicks")


@dataclass(frozen=True)
class Columns:
    """Positions of the columns of a table.

    Args:
        known: concept -> position; the first column of a concept counts.
        others: positions of columns that name nothing we use.
    """

    known: Mapping[str, int]
    others: tuple[int, ...]

    @property
    def has_time(self) -> bool:
        """Whether a date, or a running number of days or hours, is there."""
        return any(c in self.known for c in TIME_CONCEPTS if c != "hour")

    @property
    def has_channel(self) -> bool:
        """Whether a channel column is there."""
        return "channel" in self.known

    @property
    def has_visitor_count(self) -> bool:
        """Whether anything that counts visits, visitors or what they do is there."""
        return any(name in self.known for name in _VISITOR_COUNTS)

    @property
    def counts(self) -> tuple[str, ...]:
        """Exported counts."""
        return tuple(name for name in COUNTS if name in self.known)

    @property
    def rates(self) -> tuple[str, ...]:
        """Exported rates."""
        return tuple(name for name in RATES if name in self.known)


def recognise(header: Sequence[str]) -> Columns:
    """Find out what each column is.

    >>> recognise(["Date", "Country", "Sessions"])
    Columns(known={'day': 0, 'sessions': 2}, others=(1,))
    """
    known: dict[str, int] = {}
    others: list[int] = []
    for position, name in enumerate(header):
        concept = concept_of(name)
        if concept in (None, "total_marker") or concept in known:
            others.append(position)
        else:
            known[str(concept)] = position
    return Columns(known, tuple(others))


def choose_table(tables: Sequence[Table]) -> tuple[Table, Columns]:
    """The table that says most: time and channel, then time, then channel; then the main count.

    Args:
        tables: at least one.
    """

    def score(pair: tuple[Table, Columns]) -> tuple[bool, bool, bool, int]:
        table, columns = pair
        place = -next((i for i, n in enumerate(_VISITOR_COUNTS) if n in columns.known), 9)
        is_usable = columns.has_visitor_count and bool(table.rows)
        return is_usable, columns.has_time, columns.has_channel, place

    return max(((table, recognise(table.header)) for table in tables), key=score)


def cells_frame(table: Table) -> pd.DataFrame:
    """The cells of a table as text, one column per header position, short rows filled with "".

    Returns:
        Columns 0 to n-1, index = line in the file.
    """
    width = len(table.header)
    rows = [(cells + [""] * width)[:width] for _, cells in table.rows]
    lines = pd.Index([line for line, _ in table.rows], name="line", dtype="int64")
    return pd.DataFrame(rows, index=lines, columns=range(width), dtype=object)
