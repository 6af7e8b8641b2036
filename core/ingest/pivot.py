"""Wide tables to long ones: pivots, channels as columns, two periods side by side."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from core.ingest.cells import Column, Table
from core.ingest.layout import PIVOT_SEPARATOR
from core.ingest.notes import Note
from core.ingest.roles import RATES, TIMES, VISITOR_COUNTS
from core.ingest.vocabulary import concept_in, concept_of, is_total_marker, normalise
from core.traffic import COUNTS

_RULES = Path(__file__).parents[2] / "data" / "channel_rules.csv"
_DATE = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
_PERIOD = re.compile(rf"^({_DATE}\s*[-\u2013]\s*{_DATE})\s+(.+)$")
_BARE_RANGE = re.compile(rf"^(.+?)\s+\(({_DATE}\s*[-\u2013]\s*{_DATE})\)$")


def make_long(table: Table) -> tuple[Table, list[Note]]:
    """Bring a table into the form of one row per time and channel, if it has another.

    Args:
        table: as it stands in the file.

    Returns:
        The table with one column per measure, and notes on what was rearranged or left out.
    """
    table, notes = _first_period(table)
    table, more = _first_range(table)
    notes += more
    named = [name.partition(PIVOT_SEPARATOR) for name in table.header]
    if any(separator for _, separator, _ in named):
        return _melt_pivot(table), [*notes, Note("pivot_unfolded", "repaired", len(table))]
    places = [n for n, name in enumerate(table.header) if _is_channel_name(name)]
    concepts = [concept_of(name) for name in table.header]
    metric = _metric_of_title(table)
    has_count = any(c in VISITOR_COUNTS for c in concepts)
    if len(places) >= 2 and metric and not has_count and any(c in TIMES for c in concepts):
        melted = _melt(table, [(table.header[n], metric, n) for n in places])
        return melted, [*notes, Note("pivot_unfolded", "repaired", len(table))]
    return table, notes


def _metric_of_title(table: Table) -> str | None:
    concept = concept_in(table.title)
    return concept if concept in VISITOR_COUNTS else None


@cache
def _channel_names() -> frozenset[str]:
    with _RULES.open(encoding="utf-8", newline="") as file:
        return frozenset(normalise(row["channel"]) for row in csv.DictReader(file))


def _is_channel_name(name: str) -> bool:
    return normalise(name) in _channel_names()


def _first_period(table: Table) -> tuple[Table, list[Note]]:
    """Of two periods side by side keep the first, which is the current one."""
    found = [_PERIOD.match(name) or _BARE_RANGE.match(name) for name in table.header]
    periods: list[str] = []
    names: list[tuple[int, str]] = []
    for position, (match, name) in enumerate(zip(found, table.header, strict=True)):
        if match is None:
            names.append((position, name))
            continue
        is_prefix = match.re is _PERIOD
        period, bare = (match[1], match[2]) if is_prefix else (match[2], match[1])
        if period not in periods:
            periods.append(period)
        if period == periods[0]:
            names.append((position, bare))
    if len(periods) < 2:
        return table, []
    kept = replace(
        table,
        header=tuple(name for _, name in names),
        columns=tuple(table.columns[position] for position, _ in names),
    )
    params = {"period": periods[0], "others": tuple(periods[1:])}
    return kept, [Note("compared_periods", "skipped", len(periods) - 1, params=params)]


def _first_range(table: Table) -> tuple[Table, list[Note]]:
    """Of two periods under each other keep the first, unless each row says its own date."""
    concepts = [concept_of(name) for name in table.header]
    if "date_range" not in concepts or {"date_hour", "day"} & set(concepts):
        return table, []
    column = table.columns[concepts.index("date_range")]
    periods = [text for text in column.texts if text.strip() and not is_total_marker(text)]
    if len(periods) != 2:
        return table, []
    params = {"period": periods[0], "others": (periods[1],)}
    kept = table.take(~column.flag(lambda text: text == periods[1]))
    return kept, [Note("compared_periods", "skipped", 1, params=params)]


def _melt_pivot(table: Table) -> Table:
    parts: list[tuple[str, str, int]] = []
    for position, name in enumerate(table.header):
        top, separator, metric = name.partition(PIVOT_SEPARATOR)
        if separator and not is_total_marker(top):
            parts.append((top, metric, position))
    return _melt(table, parts)


def _melt(table: Table, parts: Sequence[tuple[str, str, int]]) -> Table:
    """One row per old row and channel.

    Args:
        table: wide.
        parts: channel, name of the measure, position of the column.
    """
    used = {position for _, _, position in parts}
    channels = list(dict.fromkeys(channel for channel, _, _ in parts))
    metrics = list(dict.fromkeys(metric for _, metric, _ in parts))
    fixed = [
        n
        for n, name in enumerate(table.header)
        if n not in used
        and PIVOT_SEPARATOR not in name
        and concept_of(name) not in (*COUNTS, *RATES)
    ]
    rows, times = len(table), len(channels)
    where = {(channel, metric): position for channel, metric, position in parts}
    columns = [_repeat(table.columns[n], times) for n in fixed]
    columns.append(Column(np.repeat(np.arange(times, dtype="int32"), rows), tuple(channels)))
    empty = Column(np.zeros(rows, dtype="int32"), ("",))
    for metric in metrics:
        stack = [where.get((channel, metric)) for channel in channels]
        columns.append(_stack([empty if n is None else table.columns[n] for n in stack]))
    marks = np.tile(table.has_total_mark, times)
    return replace(
        table,
        header=(*(table.header[n] for n in fixed), table.spread or "Channel", *metrics),
        columns=tuple(columns),
        lines=np.tile(table.lines, times),
        has_total_mark=marks,
    )


def _repeat(column: Column, times: int) -> Column:
    if column.numbers is not None:
        return replace(column, numbers=np.tile(column.numbers, times))
    return replace(column, codes=np.tile(column.codes, times))


def _stack(columns: Sequence[Column]) -> Column:
    texts: dict[str, int] = {}
    codes = []
    for column in columns:
        if column.numbers is not None:
            cells = [column.text_at(row) for row in range(len(column.numbers))]
            codes.append([texts.setdefault(cell, len(texts)) for cell in cells])
        else:
            places = [texts.setdefault(text, len(texts)) for text in column.texts]
            codes.append([places[code] for code in column.codes])
    return Column(np.concatenate([np.array(part, dtype="int32") for part in codes]), tuple(texts))
