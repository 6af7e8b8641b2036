"""Headers to concepts: which column is the time, the channel, a count, a rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.ingest.cells import Table
from core.ingest.layout import looks_like_number
from core.ingest.notes import Overrides, TableChoice
from core.ingest.roles import OTHER_NUMBERS, RATES, SPLITS, TIME_PARTS, TIMES, VISITOR_COUNTS
from core.ingest.vocabulary import concept_in, concept_of, normalise
from core.traffic import COUNTS

_SAMPLE_TEXTS = 50
_INDEX_NAMES = ("", "unnamed: 0", "index", "row")


@dataclass(frozen=True)
class Columns:
    """Positions of the columns of a table.

    Args:
        known: concept -> position; the first column of a concept counts.
        split: concept of the column whose values are the channels, ``None`` without one.
        others: positions of columns of text that say something else, over which rows are summed.
        unused: positions of numbers that name nothing we use.
    """

    known: Mapping[str, int]
    split: str | None
    others: tuple[int, ...]
    unused: tuple[int, ...] = ()

    @property
    def time(self) -> str | None:
        """The concept that places rows in time."""
        return next((concept for concept in TIMES if concept in self.known), None)

    @property
    def has_time(self) -> bool:
        """Whether a date, or a running number of days or hours, is there."""
        return self.time is not None

    @property
    def has_visitor_count(self) -> bool:
        """Whether anything that counts visits, visitors or what they do is there."""
        return any(name in self.known for name in VISITOR_COUNTS)

    @property
    def is_usable(self) -> bool:
        """Whether traffic over time or by channel can be built."""
        return self.has_visitor_count and (self.has_time or self.split is not None)

    @property
    def counts(self) -> tuple[str, ...]:
        """Exported counts."""
        return tuple(name for name in COUNTS if name in self.known)

    @property
    def rates(self) -> tuple[str, ...]:
        """Exported rates."""
        return tuple(name for name in RATES if name in self.known)


def recognise(table: Table, overrides: Overrides | None = None) -> Columns:
    """Find out what each column is.

    Args:
        table: with its header.
        overrides: what a person decided about columns.
    """
    wanted = overrides or Overrides()
    decided = dict(wanted.columns)
    known: dict[str, int] = {}
    rest: list[int] = []
    by_decision = sorted(range(len(table.header)), key=lambda n: table.header[n] not in decided)
    for position in by_decision:
        name = table.header[position]
        concept = decided.get(name, concept_of(name))
        if concept in (None, "", "total_marker") or concept in known:
            rest.append(position)
        else:
            known[str(concept)] = position
    _name_by_title(table, known, rest)
    _promote_hours(table, known)
    if "daily_users" in known and "users" not in known:
        known["users"] = known.pop("daily_users")
        known["daily_users"] = known["users"]
    split = _choose_split(table, known, wanted)
    used = {known[c] for c in (*TIMES, *COUNTS, *RATES, *OTHER_NUMBERS) if c in known}
    used |= {known[c] for c in TIME_PARTS if c in known}
    used |= {known[split]} if split else set()
    left = [n for n in range(len(table.header)) if n not in used]
    unused = tuple(n for n in left if _is_number_column(table, n))
    return Columns(known, split, tuple(n for n in left if n not in unused), unused)


def _promote_hours(table: Table, known: dict[str, int]) -> None:
    """Where "Hour" or "Minute" holds whole dates, such as 2020060113, it places rows in time."""
    for concept in ("hour", "minute"):
        if concept in known and not any(time in known for time in TIMES):
            column = table.columns[known[concept]]
            texts = [text.strip() for text in column.texts[:_SAMPLE_TEXTS] if text.strip()]
            if texts and all(text.isdecimal() and len(text) in (10, 12) for text in texts):
                known["date_hour"] = known.pop(concept)


def _name_by_title(table: Table, known: dict[str, int], rest: list[int]) -> None:
    """Where the only count has no telling name, the title above the table names it."""
    concept = concept_in(table.title)
    numbers = [n for n in rest if len(table) and _is_number_column(table, n)]
    numbers = [n for n in numbers if normalise(table.header[n]) not in _INDEX_NAMES]
    is_unnamed = not any(name in known for name in VISITOR_COUNTS)
    if is_unnamed and concept in VISITOR_COUNTS and len(numbers) == 1:
        known[str(concept)] = numbers[0]
        rest.remove(numbers[0])


def _choose_split(table: Table, known: dict[str, int], wanted: Overrides) -> str | None:
    if wanted.channel in table.header:
        known["channel"] = table.header.index(str(wanted.channel))
        return "channel"
    if wanted.channel == "":
        return None
    return next((concept for concept in SPLITS if concept in known), None)


def _is_number_column(table: Table, position: int) -> bool:
    column = table.columns[position]
    if column.numbers is not None:
        return True
    if concept_of(table.header[position]) in (*SPLITS, "page", "page_title", "event_name"):
        return False
    texts = [text for text in column.texts[:_SAMPLE_TEXTS] if text.strip()]
    return bool(texts) and all(map(looks_like_number, texts))


def choose_table(
    tables: Sequence[Table], overrides: Overrides | None = None
) -> tuple[int, Columns]:
    """The table that says most: time and channel, then time, then channel; then the main count.

    Args:
        tables: at least one.
        overrides: what a person decided.
    """
    wanted = overrides or Overrides()
    if wanted.table is not None and 0 <= wanted.table < len(tables):
        return wanted.table, recognise(tables[wanted.table], wanted)
    columns = [recognise(table, wanted) for table in tables]
    best = max(range(len(tables)), key=lambda n: _worth(tables[n], columns[n]))
    return best, columns[best]


def _worth(table: Table, columns: Columns) -> tuple[int, ...]:
    counts = [name for name in VISITOR_COUNTS if name in columns.known]
    if "daily_users" in counts:  # GA4's block of rolling numbers, a twin of a better one
        counts = ["daily_users"]
    place = VISITOR_COUNTS.index(counts[0]) if counts else len(VISITOR_COUNTS)
    split = SPLITS.index(columns.split) if columns.split else len(SPLITS)
    return (
        int(columns.is_usable and len(table) > 0),
        int(columns.has_time),
        int(columns.split is not None),
        int(columns.has_visitor_count),
        -int(_is_contradicted(table, columns)),
        -place,
        -split,
    )


def _is_contradicted(table: Table, columns: Columns) -> bool:
    """Whether the title names a narrower thing than the column, as "Crash-free users" does."""
    named = concept_in(table.title)
    return (
        named in columns.known
        and named in VISITOR_COUNTS
        and concept_of(table.title) is None
        and concept_of(table.header[columns.known[str(named)]]) == named
    )


def describe(index: int, table: Table) -> TableChoice:
    """A table for a person to choose from."""
    columns = recognise(table)
    known = {c: n for c, n in columns.known.items() if c != "daily_users"}  # is among the users
    places = {position: concept for concept, position in known.items()}
    if columns.split:
        places[columns.known[columns.split]] = columns.split
    concepts = tuple(places.get(n, "") for n in range(len(table.header)))
    return TableChoice(index, table.title, table.header, concepts, len(table), table.header_line)
