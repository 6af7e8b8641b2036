"""What all who forecast in the benchmark share: how far ahead, which bands, the shape of it.

This file is read by two environments with different versions of pandas: keep it plain.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

import pandas as pd

AHEAD = {"h": 7 * 24, "D": 28}
SEASON = {"h": 168, "D": 7}
LEVELS = (80, 95)
COLUMNS = ["mean", "low80", "high80", "low95", "high95"]
"""One row a period ahead: what is expected and the ends of both bands; counts, none below 0."""

MOST_SECONDS = 120
"""What one fit of a peer may take."""
FAILURES = (TimeoutError, RuntimeError, ValueError, ArithmeticError, IndexError)
"""What a fit that fails may raise."""


class Case(NamedTuple):
    """One moment of one series: what was known, what came.

    ``known`` ends with a count; both are on the regular grid ``freq``, gaps are NaN.
    """

    series: str
    freq: str
    known: pd.Series
    truth: pd.Series

    @property
    def ahead(self) -> int:
        """Periods to forecast."""
        return AHEAD[self.freq]


def without_negatives(said: pd.DataFrame) -> pd.DataFrame:
    """Lift what is below zero to zero, to the benefit of those who do not know of counts."""
    return said[COLUMNS].clip(lower=0)


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raise ``TimeoutError`` inside once the time is up; unlimited where there are no alarms."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
