"""Where a row belongs: its time and its channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.ingest.cells import Codes, Column, Table, text_column
from core.ingest.channel_groups import classify, split_source_medium
from core.ingest.columns import Columns
from core.ingest.notes import Note, Overrides
from core.ingest.roles import SOURCES
from core.ingest.times import (
    find_end_date,
    find_start_date,
    parse_hours,
    parse_steps,
    parse_times,
    parse_week_numbers,
)
from core.traffic import ALL_CHANNELS

UNDATED_START = pd.Timestamp("2001-01-01")
"""Day 1 where a file numbers its days and says no date: a Monday long before any export."""

MAX_UNREADABLE_TIMES = 0.5
"""With more than this share of unreadable dates the file is refused, not guessed at."""

_LONGEST_NAME = 120
_LEAST_DRAGGED = 60
_SUNDAY = 6
_LAST_CHANGE = 3
_AUTUMN_MONTHS = (4, 9, 10, 11)
_MOST_DAYS_OF_WEEKS = 366
_NTH = ("nth_hour", "nth_day", "nth_week", "nth_month")
_RUNNING = {"hour": "nth_hour", "day": "nth_day", "week": "nth_week", "month": "nth_month"}
_PERIODS = {"week": "week", "nth_week": "week", "month": "month", "nth_month": "month"}

Fault = tuple[str, dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Clock:
    """The time of each row.

    Args:
        values: datetime64[s] per row, NaT where it could not be read.
        grain: where the column itself says it, else ``None``.
        notes: what was assumed.
        questions: which overrides would change something.
        faults: why the times cannot be used.
    """

    values: np.ndarray
    grain: str | None = None
    notes: tuple[Note, ...] = ()
    questions: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_times(table: Table, columns: Columns, overrides: Overrides) -> Clock | None:
    """Place the rows in time; ``None`` where the file has no time."""
    concept = columns.time
    if concept is None or not len(table):
        return None
    name = table.header[columns.known[concept]]
    column = _as_text(table.columns[columns.known[concept]])
    if concept in _RUNNING and _is_running_number(column):
        concept = _RUNNING[concept]
    if concept in _NTH:
        clock = _count_from_start(table, columns, column, overrides, (name, concept))
    elif concept == "week" and _is_week_number(column):
        clock = _number_weeks(table, columns, column, overrides, name)
    else:
        clock = _read_dates(table, columns, column, concept, overrides)
    values = clock.values
    if concept == "day" and "hour" in columns.known:
        hours = _as_text(table.columns[columns.known["hour"]])
        numbers = hours.spread(parse_hours(hours.unique))
        values = values + np.where(np.isnan(numbers), np.nan, numbers * 3600).astype(
            "timedelta64[s]"
        )
    missing = np.isnat(values)
    if (values[~missing] != values[~missing].astype("datetime64[D]")).any():
        values = values + np.timedelta64(overrides.shift_hours, "h")  # days have no hour to move
    faults = clock.faults
    if not faults and missing.mean() > MAX_UNREADABLE_TIMES:
        examples = tuple(
            dict.fromkeys(column.text_at(row)[:40] for row in np.nonzero(missing)[0][:9])
        )
        faults = (("unreadable_times", {"column": name, "examples": examples[:3]}),)
    grain = _PERIODS.get(concept) or clock.grain
    return Clock(values, grain, clock.notes, clock.questions, faults)


def _as_text(column: Column) -> Column:
    if column.numbers is None:
        return column
    return text_column([column.text_at(row) for row in range(len(column.numbers))])


def _is_running_number(column: Column) -> bool:
    """Whether a column named like a date holds 0000, 0001 and so on."""
    texts = [text.strip() for text in column.texts if text.strip()]
    return (
        bool(texts)
        and all(text.isdecimal() and len(text) in (4, 6) for text in texts)
        and min(texts).startswith("00")
    )


def _count_from_start(
    table: Table,
    columns: Columns,
    column: Column,
    overrides: Overrides,
    named: tuple[str, str],
) -> Clock:
    name, concept = named
    start = _find_start(table, columns, overrides)
    notes: tuple[Note, ...] = ()
    if start is None:
        start = UNDATED_START
        notes = (Note("undated", "doubted", params={"column": name}),)
    values = column.spread(parse_steps(column.unique, start, concept))
    return Clock(values.astype("datetime64[s]"), None, notes, _start_question(notes, overrides))


def _start_question(notes: tuple[Note, ...], overrides: Overrides) -> tuple[str, ...]:
    """The first day is asked for where the file does not say it."""
    return ("start",) if notes or overrides.start else ()


def _find_start(table: Table, columns: Columns, overrides: Overrides) -> pd.Timestamp | None:
    if overrides.start:
        return pd.Timestamp(overrides.start)
    if "date_range" in columns.known:
        ranges = _as_text(table.columns[columns.known["date_range"]])
        used = ranges.unique[np.unique(ranges.codes)]  # rows of another period may be gone
        starts = parse_times(used, is_day_first=overrides.is_day_first).values.dropna()
        if len(starts):
            return starts.min()
    return find_start_date(table.comments)


def _is_week_number(column: Column) -> bool:
    texts = [text.strip() for text in column.texts if text.strip()]
    return bool(texts) and all(text.isdecimal() and len(text) <= 2 for text in texts)


def _number_weeks(
    table: Table, columns: Columns, column: Column, overrides: Overrides, name: str
) -> Clock:
    if "year" in columns.known and not overrides.start:
        years = _as_text(table.columns[columns.known["year"]])
        parts = [
            parse_week_numbers(column.unique, pd.Timestamp(int(text), 1, 1)).to_numpy()
            if _is_year(text)
            else np.full(len(column.texts), np.datetime64("NaT", "s"))
            for text in years.texts
        ]
        values = np.stack(parts)[years.codes, column.codes]
        return Clock(values.astype("datetime64[s]"))
    start, end = _find_start(table, columns, overrides), find_end_date(table.comments)
    faults: tuple[Fault, ...] = ()
    if start is not None and end is not None and (end - start).days > _MOST_DAYS_OF_WEEKS:
        # Each number then is the sum of that week in several years.
        faults = (("unreadable_times", {"column": name, "examples": column.texts[:3]}),)
    notes: tuple[Note, ...] = ()
    if start is None:
        start = UNDATED_START
        notes = (Note("undated", "doubted", params={"column": name}),)
    values = column.spread(parse_week_numbers(column.unique, start))
    questions = _start_question(notes, overrides)
    return Clock(values.astype("datetime64[s]"), None, notes, questions, faults)


def _is_year(text: str) -> bool:
    return text.strip().isdecimal() and 2000 <= int(text[:6]) <= 2100


def _read_dates(
    table: Table, columns: Columns, column: Column, concept: str, overrides: Overrides
) -> Clock:
    found = parse_times(column.unique, is_day_first=overrides.is_day_first)
    year = columns.known.get("year")
    if found.values.isna().all() and year is not None:
        column = _with_year(column, _as_text(table.columns[year]), concept)
        found = parse_times(column.unique, is_day_first=overrides.is_day_first)
    values = column.spread(found.values.to_numpy()).astype("datetime64[s]")
    notes: tuple[Note, ...] = ()
    if found.is_ambiguous:
        params = {"is_day_first": bool(found.is_day_first), "example": column.text_at(0)[:40]}
        notes = (Note("ambiguous_dates", "doubted", len(values), int(table.lines[0]), params),)
    questions = () if found.is_day_first is None else ("is_day_first",)
    return Clock(values, found.grain, notes, questions)


def _with_year(column: Column, years: Column, concept: str) -> Column:
    """A date without a year, such as 01-Jun, joined with the year beside it."""
    codes, pairs = _side_by_side([column, years])
    texts = []
    for text, year in pairs:
        is_number = concept == "month" and text.strip().isdecimal()
        texts.append(f"{year.strip()}-{text.strip().zfill(2)}" if is_number else f"{text} {year}")
    return Column(codes, tuple(texts))


def _side_by_side(columns: Sequence[Column]) -> tuple[Codes, list[tuple[str, ...]]]:
    """The different texts that stand together in a row, and per row their position."""
    sizes = tuple(len(column.texts) for column in columns)
    joint = np.ravel_multi_index(tuple(column.codes for column in columns), sizes)
    places, codes = np.unique(joint, return_inverse=True)
    rows = zip(*np.unravel_index(places, sizes), strict=True)
    texts = [tuple(c.texts[n] for c, n in zip(columns, row, strict=True)) for row in rows]
    return codes.astype("int32"), texts


def read_channels(table: Table, columns: Columns) -> tuple[Column, list[Note]]:
    """The channel of each row.

    A source with its medium is classified into GA4's default channel groups; everything
    else is taken as it stands.
    """
    if columns.split is None:
        return Column(np.zeros(len(table), dtype="int32"), (ALL_CHANNELS,)), []
    concept, position = columns.split, columns.known[columns.split]
    column = _as_text(table.columns[position])
    notes = []
    medium = _column_of(table, columns, "medium") if concept == "source" else None
    sources = len(column.texts)
    if concept in SOURCES and (concept != "source" or medium is not None):
        column = _classify(column, medium, _column_of(table, columns, "campaign"))
        params = {"column": table.header[position]}
        notes.append(Note("sources_classified", "info", sources, params=params))
    elif concept not in ("channel", "first_user_channel"):
        params = {"column": table.header[position], "concept": concept}
        notes.append(Note("other_split", "info", len(column.texts), params=params))
    names = [text.strip()[:_LONGEST_NAME] or "(not set)" for text in column.texts]
    unique = {name: place for place, name in enumerate(dict.fromkeys(names))}
    places = np.array([unique[name] for name in names], dtype="int32")
    codes = column.spread(places) if names else column.codes
    return Column(codes, tuple(unique)), notes


def _column_of(table: Table, columns: Columns, concept: str) -> Column | None:
    position = columns.known.get(concept)
    return None if position is None else _as_text(table.columns[position])


def _classify(sources: Column, mediums: Column | None, campaigns: Column | None) -> Column:
    """Channel group of each row; without ``mediums`` the source cells hold both."""
    columns = [column for column in (sources, mediums, campaigns) if column is not None]
    codes, rows = _side_by_side(columns)
    texts = pd.DataFrame(rows, dtype=object)
    source, medium = split_source_medium(texts[0]) if mediums is None else (texts[0], texts[1])
    campaign = None if campaigns is None else texts[len(columns) - 1]
    groups, names = pd.factorize(classify(source, medium, campaign).to_numpy(dtype=object))
    return Column(groups.astype("int32")[codes], tuple(map(str, names)))


def is_put_back(times: np.ndarray) -> bool:
    """Whether all rows that repeat others lie in one hour in which clocks are put back.

    That is an hour of a Sunday night in autumn, of the northern or the southern half of the world,
    which really happens twice: its rows are added up and none of them is a copy.
    """
    if not len(times) or (times != times[0]).any():
        return False
    hour = pd.Timestamp(times[0])
    is_sunday_night = hour.day_of_week == _SUNDAY and 0 < hour.hour <= _LAST_CHANGE
    return is_sunday_night and hour.month in _AUTUMN_MONTHS


def is_dragged(times: np.ndarray, channels: Column) -> bool:
    """Whether every row in file order has its own day, each one after the last.

    That is what a spreadsheet writes when a date is dragged down a column; an export by channel
    has several rows a day.
    """
    if len(times) < _LEAST_DRAGGED or not _is_daily(times[:_LEAST_DRAGGED]):
        return False
    return len(np.unique(channels.codes)) > 1 and _is_daily(times)


def _is_daily(times: np.ndarray) -> bool:
    steps = np.diff(times.astype("datetime64[D]")) == np.timedelta64(1, "D")
    return bool(steps.mean() > 0.99)
