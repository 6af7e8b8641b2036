"""Cells to times, one column at a time: a format is chosen for the whole column, never by row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Times outside are typing errors: web analytics is younger, and the future is not measured."""

_HOUR_FORMATS = (
    "%Y%m%d%H",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H",
    "%m/%d/%Y %I:%M:%S %p",
)
_DAY_FORMATS = (
    "%Y%m%d",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%m/%d/%y",
    "%d/%m/%y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%b %d, %Y",
    "%d %b %Y",
)
_MONTH_FORMATS = ("%Y%m", "%Y-%m")
_START_DATE = re.compile(
    r"start date\s*:?\s*(\d{4}-?\d{2}-?\d{2})|^[#\s]*(\d{8})\s*-\s*\d{8}", re.IGNORECASE
)


@dataclass(frozen=True, eq=False)
class Times:
    """A column of times.

    Args:
        values: datetime64, NaT where a cell could not be read.
        is_ambiguous: day-first and month-first read the whole column equally well.
    """

    values: pd.Series
    is_ambiguous: bool = False


def parse_times(cells: pd.Series) -> Times:
    """Read a column of text as times by the one format that reads most of it.

    Args:
        cells: text such as ``2024041623``, ``20240416`` or ``2024-04-16``.

    Returns:
        The times. Of two formats that read equally much, the one with the shorter span wins, for
        exported days lie close together.

    >>> parse_times(pd.Series(["2024041623", "tomorrow"])).values.dt.hour.tolist()
    [23.0, nan]
    """
    text = cells.str.strip().str.removesuffix(".0")
    unique = pd.Series(text.unique(), dtype=object).astype(str)
    readings = [_read(unique, form) for form in (*_HOUR_FORMATS, *_DAY_FORMATS, *_MONTH_FORMATS)]
    best = max(readings, key=_quality)
    rivals = [r for r in readings if r is not best and _quality(r) == _quality(best)]
    is_ambiguous = best.notna().any() and any(not r.equals(best) for r in rivals)
    lookup = pd.Series(best.to_numpy(), index=unique)
    return Times(text.map(lookup).astype("datetime64[s]"), bool(is_ambiguous))


def _read(text: pd.Series, form: str) -> pd.Series:
    width = {"%Y%m%d%H": 10, "%Y%m%d": 8, "%Y%m": 6}.get(form)
    if width:  # strptime would also take 2024041 for 2024-04-1
        text = text.where(text.str.len() == width)
    times = pd.to_datetime(text, format=form, errors="coerce").astype("datetime64[s]")
    return times.where(times.dt.year.between(FIRST_YEAR, LAST_YEAR))


def _quality(times: pd.Series) -> tuple[int, int]:
    span = times.max() - times.min()
    return int(times.notna().sum()), -(0 if pd.isna(span) else span.days)


def parse_hours(cells: pd.Series) -> pd.Series:
    """Hour of the day, 0 to 23, NaN where a cell is no such hour.

    >>> parse_hours(pd.Series(["07", "23", "24"])).tolist()
    [7.0, 23.0, nan]
    """
    hours = pd.to_numeric(cells.str.strip(), errors="coerce")
    return hours.where(hours.between(0, 23) & (hours % 1 == 0)).astype("float64")


def parse_steps(cells: pd.Series, start: pd.Timestamp, unit: str) -> pd.Series:
    """Times from a running number ("Nth day", 0000 is the start date).

    >>> parse_steps(pd.Series(["0000", "0031"]), pd.Timestamp("2024-01-01"), "D").dt.day.tolist()
    [1, 1]
    """
    steps = pd.to_numeric(cells.str.strip(), errors="coerce")
    steps = steps.where(steps.between(0, 24 * 366 * 30))
    return (start + pd.to_timedelta(steps, unit=unit)).astype("datetime64[s]")


def find_start_date(comments: Sequence[str]) -> pd.Timestamp | None:
    """The nearest start date in the comment lines above a table.

    >>> find_start_date(["# Start date: 20240406", "# End date: 20240503"])
    Timestamp('2024-04-06 00:00:00')
    """
    for comment in reversed(comments):
        found = _START_DATE.search(comment)
        if found:
            day = pd.to_datetime((found[1] or found[2]).replace("-", ""), errors="coerce")
            return None if pd.isna(day) else day
    return None


def find_grain(times: pd.Series) -> str:
    """Hour, day, week or month, from the times themselves.

    >>> find_grain(pd.Series(pd.to_datetime(["2024-01-01", "2024-02-01", "2024-04-01"])))
    'month'
    """
    unique = times.dropna().drop_duplicates().sort_values()
    if (unique.dt.hour != 0).any():
        return "hour"
    days = unique.diff().dropna().dt.days.to_numpy()
    if len(days) >= 2 and (unique.dt.day == 1).all() and days.min() >= 28:
        return "month"
    if len(days) >= 2 and np.all(days % 7 == 0):
        return "week"
    return "day"
