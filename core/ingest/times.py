"""Cells to times, one column at a time: an order is chosen for the whole column, never by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from core.ingest.vocabulary import concept_of, normalise

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Times outside are typing errors: web analytics is younger, and the future is not measured."""

MAX_STEPS = 24 * 366 * 30
"""A running number of hours beyond thirty years is no running number."""

_MONTHS = Path(__file__).parents[2] / "data" / "month_names.csv"
_CLOCK = re.compile(
    r"[T\s,]+(\d{1,2})(?:(?::|h|\.)(\d{2})?(?::(\d{2}))?(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?"
    r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
_PACKED = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:(\d{2})(?:\d{2})?)?(?:\.0)?$")
_PACKED_MONTH = re.compile(r"^(\d{4})(\d{2})(?:\.0)?$")
_ISO_WEEK = re.compile(r"^(\d{4})\s*-?\s*[wk]+\s*(\d{1,2})$", re.IGNORECASE)
_THREE = re.compile(
    r"^(\d{1,4})\s*[-/. \u5e74\ub144]+\s*(\d{1,2})\s*[-/. \u6708\uc6d4]+\s*(\d{1,4})"
    r"\s*[\u65e5\uc77c.]?$"
)
_TWO = re.compile(r"^(\d{1,4})\s*[-/.\u5e74\ub144]\s*(\d{1,4})\s*[\u6708\uc6d4]?$")
_TO = re.compile(
    r"(?<=.{6})\s*(?:,|\s[-\u2013\u2014~]\s|\u2013|/(?=\d{4}-)|(?<=\d{8})-(?=\d{8}))\s*(?=.{6})"
)
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_NUMBER = re.compile(r"\d+")
_ELAPSED = re.compile(r"^\d{5}(\.\d+)?$|^1\d{9}$|^1\d{12}$")
_COUNTED = (
    ((36_526, 73_415), "1899-12-30", 86_400.0),
    ((1e9, 2e9), "1970-01-01", 1.0),
    ((1e12, 2e12), "1970-01-01", 0.001),
)
"""Range of the numbers, the moment they count from, and the seconds of one."""
_PREAMBLE_RANGE = re.compile(r"^[#\s\"]*(\d{8})\s*-\s*(\d{8})")
_PREAMBLE_DATE = re.compile(
    r"^[#\s\"]*([^:,\uff1a]{3,40}?)\s*[:,\uff1a]\s*\"?(\d{4})-?(\d{2})-?(\d{2})"
)


@dataclass(frozen=True, eq=False)
class Times:
    """A column of times.

    Args:
        values: datetime64, NaT where a cell could not be read.
        grain: ``month``, ``week`` or ``day`` where the cells themselves say so, else ``None``.
        is_day_first: how a date such as 3/4/2024 was read; ``None`` where none was met.
        is_ambiguous: day-first and month-first read the whole column equally well.
    """

    values: pd.Series
    grain: str | None = None
    is_day_first: bool | None = None
    is_ambiguous: bool = False


def parse_times(cells: pd.Series, *, is_day_first: bool | None = None) -> Times:
    """Read texts as times.

    Understands ``2024041623``, ``20240416``, ISO forms, numbers with ``/``, ``.`` or ``-`` in any
    order, names of months in the languages of the vocabulary, ``2024-W16``, ``202404``, ``Apr
    2024`` and ranges, whose first day counts. A zone is dropped: local time stays.

    Args:
        cells: the different texts of the column.
        is_day_first: decided by a person; by default decided from the whole column.

    >>> parse_times(pd.Series(["2024041623", "tomorrow"])).values.dt.hour.tolist()
    [23.0, nan]
    >>> found = parse_times(pd.Series(["3/4/2024", "3/25/2024"]))
    >>> found.values.dt.day.tolist(), found.is_day_first
    ([4, 25], False)
    """
    at_once = _read_packed(cells)
    at_once = _read_elapsed(cells) if at_once is None else at_once
    if at_once is not None:
        return Times(at_once)
    texts = [re.sub(r"\s+", " ", str(cell)).strip() for cell in cells]
    starts, spans = _split_ranges(texts)
    days, hours = _split_clocks(starts)
    parts = [_parts(day) for day in days]
    order, is_ambiguous = _find_order(parts, is_day_first)
    values = np.array(
        [
            _assemble(part, hour, is_day_first=order)
            for part, hour in zip(parts, hours, strict=True)
        ],
        dtype="datetime64[s]",
    )
    has_three = any(part and part.is_open for part in parts)
    return Times(
        pd.Series(values, index=cells.index),
        _grain_of(parts, spans),
        order if has_three else None,
        is_ambiguous,
    )


def _read_packed(cells: pd.Series) -> pd.Series | None:
    """``2024041623`` or ``20240416`` in every cell, read at once; ``None`` for anything else."""
    widths = {len(cell) for cell in cells}
    if len(widths) != 1 or not widths <= {8, 10} or not all(map(str.isdecimal, cells)):
        return None
    numbers = np.array(cells.tolist(), dtype="U10").astype("int64")
    hours = numbers % 100 if widths == {10} else np.zeros(len(numbers), dtype="int64")
    days = numbers // 100 if widths == {10} else numbers
    year, month, day = days // 10_000, days // 100 % 100, days % 100
    starts = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    found = starts.astype("datetime64[D]") + (day - 1)
    is_real = (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12)
    is_real &= (day >= 1) & (found.astype("datetime64[M]") == starts) & (hours < 24)
    if not is_real.any():
        return None
    times = found.astype("datetime64[s]") + hours.astype("timedelta64[h]")
    return pd.Series(np.where(is_real, times, np.datetime64("NaT", "s")), index=cells.index)


def _read_elapsed(cells: pd.Series) -> pd.Series | None:
    """Days that a spreadsheet counts from 1899-12-30, or seconds or milliseconds from 1970."""
    texts = [str(cell).strip() for cell in cells]
    if not texts or not all(_ELAPSED.match(text) for text in texts):
        return None
    numbers = np.array(texts, dtype="float64")
    for (first, last), origin, seconds in _COUNTED:
        if first <= numbers.min() and numbers.max() < last:
            # A minute is rounded to, for 0.7083 of a day is 17 o'clock and not a second before.
            passed = np.round(numbers * seconds / 60).astype("int64") * 60
            times = np.datetime64(origin, "s") + passed.astype("timedelta64[s]")
            return pd.Series(times.astype("datetime64[h]").astype("datetime64[s]"), cells.index)
    return None


@dataclass(frozen=True)
class _Parts:
    """Numbers of a date; with ``is_open`` the first two are day and month in an unknown order."""

    numbers: tuple[int, int, int]
    grain: str = "day"
    hour: int = 0
    is_open: bool = False
    sign: str = ""


def _split_ranges(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """First day of each cell, and days from first to last where it is a range."""
    starts, spans = [], []
    for text in texts:
        found = _split_range(text)
        if found is None:
            starts.append(text)
            continue
        starts.append(found[0])
        left, right = (_assemble(_parts(day), 0, is_day_first=True) for day in found)
        spans.append(int((right - left) / np.timedelta64(1, "D")) + 1 if left < right else 0)
    return starts, spans


def _split_range(text: str) -> tuple[str, str] | None:
    """First and last day; a comma may also stand within a date."""
    for sign in _TO.finditer(text):
        days = text[: sign.start()].strip(), text[sign.end() :].strip()
        first, last = map(_parts, days)
        if first and last and first.grain == last.grain == "day":
            return days
    return None


def _split_clocks(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    days, hours = [], []
    for text in texts:
        found = _CLOCK.search(text)
        day = text[: found.start()].strip() if found else ""
        if not found or _parts(day) is None or _parts(text) is not None:
            days.append(text)
            hours.append(0)
            continue
        hour, half = int(found[1]), (found[4] or "").casefold()[:1]
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        days.append(day)
        hours.append(hour if hour <= 23 else -1)
    return days, hours


def _parts(text: str) -> _Parts | None:
    readers = (_packed_parts, _three_parts, _two_parts, _named_month)
    return next((parts for read in readers if (parts := read(text))), None)


def _packed_parts(text: str) -> _Parts | None:
    if found := _PACKED.match(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
        return _Parts((year, month, day), hour=int(found[4] or 0))
    if found := _PACKED_MONTH.match(text):
        return _Parts((int(found[1]), int(found[2]), 1), "month")
    if found := _ISO_WEEK.match(text):
        return _Parts((int(found[1]), int(found[2]), 0), "iso_week")
    return None


def _three_parts(text: str) -> _Parts | None:
    if found := _THREE.match(text):
        first, second, third = (int(part) for part in found.groups())
        if len(found[1]) == 4:
            return _Parts((first, second, third))
        if len(found[3]) in (2, 4) and len(found[1]) <= 2:
            sign = re.sub(r"\d", "", text)[:1]
            return _Parts((first, second, _full_year(found[3])), is_open=True, sign=sign)
    return None


def _two_parts(text: str) -> _Parts | None:
    if found := _TWO.match(text):
        if len(found[1]) == 4 and len(found[2]) <= 2:
            return _Parts((int(found[1]), int(found[2]), 1), "month")
        if len(found[2]) == 4 and len(found[1]) <= 2:
            return _Parts((int(found[2]), int(found[1]), 1), "month")
    return None


def _full_year(digits: str) -> int:
    return 2000 + int(digits) if len(digits) == 2 else int(digits)


@cache
def _month_numbers() -> dict[str, int]:
    with _MONTHS.open(encoding="utf-8", newline="") as file:
        return {row["name"]: int(row["month"]) for row in csv.DictReader(file)}


def _named_month(text: str) -> _Parts | None:
    if len(text) > 40:
        return None
    words = [normalise(word) for word in _WORD.findall(text)]
    months = [_month_numbers()[word] for word in words if word in _month_numbers()]
    numbers = _NUMBER.findall(text)
    if len(months) != 1 or len(words) > 4:
        return None
    years = [number for number in numbers if len(number) == 4]
    rest = [number for number in numbers if len(number) <= 2]
    if len(years) == 1 and len(rest) == 0 and len(numbers) == 1:
        return _Parts((int(years[0]), months[0], 1), "month")
    if len(years) == 1 and len(rest) == 1 and len(numbers) == 2:
        return _Parts((int(years[0]), months[0], int(rest[0])))
    if not years and len(rest) == 2 and len(numbers) == 2:  # 5 Mar 24
        return _Parts((_full_year(rest[1]), months[0], int(rest[0])))
    return None


def _find_order(parts: Sequence[_Parts | None], wanted: bool | None) -> tuple[bool, bool]:
    """Whether days come first, and whether the column could be read either way."""
    open_ones = [part for part in parts if part and part.is_open]
    if wanted is not None or not open_ones:
        return bool(wanted), False
    readings = {
        is_first: np.array(
            [_assemble(part, 0, is_day_first=is_first) for part in open_ones], dtype="datetime64[s]"
        )
        for is_first in (True, False)
    }
    known = {order: int((~np.isnat(days)).sum()) for order, days in readings.items()}
    if known[True] != known[False]:
        return known[True] > known[False], False
    if all(part.sign == "." for part in open_ones):
        return True, False  # nobody writes the month first with dots
    spans = {order: _span(days) for order, days in readings.items()}
    usual = open_ones[0].sign != "/"
    if spans[True] != spans[False] and len(open_ones) > 1:
        # Exported days lie close together; read the wrong way they are scattered over a year.
        closest = min(spans, key=lambda order: spans[order])
        return closest, spans[not closest] < 3 * max(spans[closest], 1)
    return usual, not np.array_equal(readings[True], readings[False])


def _span(days: np.ndarray) -> int:
    known = days[~np.isnat(days)]
    return int((known.max() - known.min()) / np.timedelta64(1, "D")) if len(known) else 0


def _assemble(part: _Parts | None, hour: int, *, is_day_first: bool) -> np.datetime64:
    missing = np.datetime64("NaT", "s")
    if part is None or hour < 0 or not 0 <= part.hour <= 23:
        return missing
    first, second, third = part.numbers
    year, month, day = first, second, third
    if part.is_open:
        year, month, day = (third, second, first) if is_day_first else (third, first, second)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return missing
    try:
        start = (
            date.fromisocalendar(year, month, 1)
            if part.grain == "iso_week"
            else date(year, month, day)
        )
    except ValueError:
        return missing
    return np.datetime64(start, "s") + np.timedelta64(hour + part.hour, "h")


def _grain_of(parts: Sequence[_Parts | None], spans: Sequence[int]) -> str | None:
    grains = {part.grain for part in parts if part}
    if spans:
        longest = max(spans)
        return "week" if longest == 7 else "month" if 28 <= longest <= 31 else None
    if grains == {"month"}:
        return "month"
    return "week" if grains == {"iso_week"} else None


def parse_hours(cells: pd.Series) -> pd.Series:
    """Hour of the day, 0 to 23, NaN where a cell is no such hour.

    >>> parse_hours(pd.Series(["07", "23", "24", "7 PM", "07:00"])).tolist()
    [7.0, 23.0, nan, 19.0, 7.0]
    """
    pattern = r"^(\d{1,2})(?:\.0)?(?:\s*[h:.]\s*(?:\d{2})?(?::\d{2})?)?\s*([ap])?\.?(?:m\.?)?$"
    parts = cells.astype(str).str.strip().str.casefold().str.extract(pattern)
    hours = pd.to_numeric(parts[0], errors="coerce").astype("float64")
    half = parts[1]
    hours = hours.where(half.isna(), hours % 12 + 12.0 * half.eq("p"))
    return hours.where(hours.between(0, 23))


def parse_steps(cells: pd.Series, start: pd.Timestamp, concept: str) -> pd.Series:
    """Times from a running number ("Nth day", 0000 is the start date).

    GA4's weeks begin on Sunday, so week 0000 is the one that holds the start date; month 0000 is
    the month of the start date.

    Args:
        cells: texts such as ``0031``.
        start: first day of the report.
        concept: ``nth_hour``, ``nth_day``, ``nth_week`` or ``nth_month``.

    >>> days = parse_steps(pd.Series(["0000", "0031"]), pd.Timestamp("2024-01-01"), "nth_day")
    >>> days.dt.day.tolist()
    [1, 1]
    """
    steps = pd.to_numeric(cells.astype(str).str.strip(), errors="coerce")
    steps = steps.where(steps.between(0, MAX_STEPS) & (steps % 1 == 0))
    if concept == "nth_month":
        first = start.to_period("M")
        known = steps.where(steps < 12 * 30)
        months = [pd.NaT if pd.isna(n) else (first + int(n)).start_time for n in known]
        return pd.Series(months, index=cells.index, dtype="datetime64[s]")
    if concept == "nth_week":
        start = sunday_before(start)
        steps = steps.where(steps < 53 * 30)
    days = {"nth_hour": 1 / 24, "nth_day": 1, "nth_week": 7}[concept]
    return (start + pd.to_timedelta((steps * days * 86_400).round(), unit="s")).astype(
        "datetime64[s]"
    )


def sunday_before(day: pd.Timestamp) -> pd.Timestamp:
    """The Sunday on or before a day.

    >>> sunday_before(pd.Timestamp("2025-01-01")).date().isoformat()
    '2024-12-29'
    """
    return day.normalize() - pd.Timedelta(days=(day.day_of_week + 1) % 7)


def parse_week_numbers(cells: pd.Series, start: pd.Timestamp) -> pd.Series:
    """First days of weeks numbered within the year, as GA4 counts them.

    Week 01 holds 1 January and weeks begin on Sunday. Numbers below the one of the start date
    belong to the following year.

    Args:
        cells: texts such as ``01`` to ``53``.
        start: first day of the report.

    >>> weeks = parse_week_numbers(pd.Series(["01", "53"]), pd.Timestamp("2024-01-01"))
    >>> [week.date().isoformat() for week in weeks]
    ['2023-12-31', '2024-12-29']
    """
    numbers = pd.to_numeric(cells.astype(str).str.strip(), errors="coerce")
    numbers = numbers.where(numbers.between(1, 54) & (numbers % 1 == 0))
    first = sunday_before(pd.Timestamp(start.year, 1, 1))
    of_start = (sunday_before(start) - first).days // 7 + 1
    second = sunday_before(pd.Timestamp(start.year + 1, 1, 1))
    days = pd.to_timedelta(7 * (numbers - 1), unit="D")
    return (first + days).where(numbers >= of_start, second + days).astype("datetime64[s]")


def find_start_date(comments: Sequence[str]) -> pd.Timestamp | None:
    """The nearest start date in the lines above a table, in any language of the vocabulary.

    >>> find_start_date(["# Start date: 20240406", "# End date: 20240503"])
    Timestamp('2024-04-06 00:00:00')
    """
    return _preamble_date(comments, "start_date", 1)


def find_end_date(comments: Sequence[str]) -> pd.Timestamp | None:
    """The nearest end date in the lines above a table.

    >>> find_end_date(["# 20240406-20240503"])
    Timestamp('2024-05-03 00:00:00')
    """
    return _preamble_date(comments, "end_date", 2)


def _preamble_date(comments: Sequence[str], concept: str, group: int) -> pd.Timestamp | None:
    for comment in reversed(comments):
        text = comment.strip()
        if found := _PREAMBLE_RANGE.match(text):
            digits = found[group]
        elif (found := _PREAMBLE_DATE.match(text)) and concept_of(found[1]) == concept:
            digits = found[2] + found[3] + found[4]
        else:
            continue
        day = pd.to_datetime(digits, format="%Y%m%d", errors="coerce")
        if not pd.isna(day) and FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
    return None


def begin_weeks(times: np.ndarray) -> np.ndarray:
    """Move each time to the first day of its week, which begins on the weekday most of them have.

    Exports clip the first week to the first day of the report.

    >>> times = np.array(["2025-01-01", "2025-01-05", "2025-01-12"], "datetime64[D]")
    >>> begin_weeks(times).astype("datetime64[D]").astype(str).tolist()
    ['2024-12-29', '2025-01-05', '2025-01-12']
    """
    days = times.astype("datetime64[D]")
    different = np.unique(days)
    # Of two weeks the second tells, for only the first one can be clipped.
    weights = 1 + np.arange(len(different)) / max(len(different), 1) ** 2
    usual = np.bincount(different.astype("int64") % 7, weights).argmax() if len(days) else 0
    return (days - (days.astype("int64") - usual) % 7).astype("datetime64[s]")


def find_grain(times: pd.Series) -> str:
    """Hour, day, week or month, from the times themselves.

    >>> find_grain(pd.Series(pd.to_datetime(["2024-01-01", "2024-02-01", "2024-04-01"])))
    'month'
    """
    is_new = np.diff(times.to_numpy(), prepend=np.datetime64("NaT")) != np.timedelta64(0)
    unique = times[is_new].dropna().drop_duplicates().sort_values()  # runs first: it is faster
    if (unique.dt.hour != 0).any():
        return "hour"
    days = unique.diff().dropna().dt.days.to_numpy()
    at_ends = (unique.dt.day == 1).all() or (unique + pd.Timedelta(days=1)).dt.day.eq(1).all()
    if len(days) >= 2 and at_ends and days.min() >= 28:
        return "month"
    if len(days) >= 2 and np.all(days % 7 == 0):
        return "week"
    return "day"
