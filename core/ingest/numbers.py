"""Cells to numbers, one column at a time."""

from __future__ import annotations

import numpy as np
import pandas as pd

MAX_COUNT = 1e12
"""Above this a count is a typing error: no website has a trillion sessions in an hour."""

_THOUSANDS = r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"
_DURATION = r"(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)"
_CURRENCY = r"^[$€£¥]\s*|\s*[$€£¥]$"
_MISSING = frozenset({"", "--", "-", "n/a", "null", "nan", "(not set)"})


def parse_numbers(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read a column of text as numbers.

    Understands plain numbers, thousands commas, per cent (``61.8%`` is 0.618), currency signs and
    durations (``0:01:23`` is 83 seconds).

    Args:
        cells: text.

    Returns:
        Numbers (float64, NaN where missing or unreadable) and whether a cell was unreadable.

    >>> numbers, unreadable = parse_numbers(pd.Series(["1,204", "61.8%", "0:01:23", "", "many"]))
    >>> numbers.tolist(), unreadable.tolist()
    ([1204.0, 0.618, 83.0, nan, nan], [False, False, False, False, True])
    """
    text = cells.str.strip()
    numbers = pd.to_numeric(text, errors="coerce").astype("float64")
    is_missing = text.str.casefold().isin(_MISSING)
    left = numbers.isna() & ~is_missing
    if left.any():
        numbers = numbers.where(~left, _parse_decorated(text[left]).reindex(text.index))
    numbers = numbers.where(np.isfinite(numbers))
    return numbers, numbers.isna() & ~is_missing


def _parse_decorated(text: pd.Series) -> pd.Series:
    bare = text.str.replace(r"[\s\u00a0\u202f]", "", regex=True)
    bare = bare.str.replace(_CURRENCY, "", regex=True)
    is_percent = bare.str.endswith("%")
    bare = bare.str.removesuffix("%")
    is_grouped = bare.str.fullmatch(_THOUSANDS)
    bare = bare.where(~is_grouped, bare.str.replace(",", ""))
    numbers = pd.to_numeric(bare, errors="coerce").astype("float64")
    numbers = numbers.where(~is_percent, numbers / 100)
    return numbers.fillna(_parse_durations(bare))


def _parse_durations(text: pd.Series) -> pd.Series:
    parts = text.str.extract(f"^{_DURATION}$").astype("float64")
    return parts[0].fillna(0) * 3600 + parts[1] * 60 + parts[2]


def parse_counts(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read a column of counts: as ``parse_numbers``, but negative or absurd ones are unreadable.

    >>> parse_counts(pd.Series(["3", "-1", "1e308"]))[0].tolist()
    [3.0, nan, nan]
    """
    numbers, unreadable = parse_numbers(cells)
    is_absurd = (numbers < 0) | (numbers > MAX_COUNT)
    return numbers.mask(is_absurd), unreadable | is_absurd


def parse_shares(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read a column of shares as 0 to 1, also where it was written as 0 to 100 without a sign.

    >>> parse_shares(pd.Series(["55.3", "8"]))[0].tolist()
    [0.5529999999999999, 0.08]
    """
    numbers, unreadable = parse_numbers(cells)
    if numbers.max() > 1.0001 and not cells.str.contains("%", regex=False).any():
        numbers = numbers / 100
    is_absurd = (numbers < 0) | (numbers > 1.0001)
    return numbers.mask(is_absurd), unreadable | is_absurd
