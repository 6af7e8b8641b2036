"""Slow, obvious versions of what core computes: the oracle of the tests. No pandas."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable

CHANNEL = "Session primary channel group (Default channel group)"
TIME = "Date + hour (YYYYMMDDHH)"


def read_rows(data: bytes) -> list[dict[str, str]]:
    """The rows of a well-formed GA4 export; preamble lines start with ``#``."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    lines = [line for line in text.split("\n") if line.strip(", ") and not line.startswith("#")]
    return list(csv.DictReader(lines))


def add_up(rows: list[dict[str, str]], column: str, key: Callable[[dict[str, str]], str]) -> dict:
    """Sum of a column per key."""
    sums: dict[str, float] = defaultdict(float)
    for row in rows:
        sums[key(row)] += float(row[column])
    return dict(sums)


def rate(rows: list[dict[str, str]], channel: str) -> float:
    """Engagement rate of a channel: engaged sessions over sessions, one row after the other."""
    top = bottom = 0.0
    for row in rows:
        if row[CHANNEL] == channel:
            top += float(row["Engaged sessions"])
            bottom += float(row["Sessions"])
    return top / bottom
