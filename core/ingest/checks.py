"""Do the numbers agree with each other? Rows that break an identity are named, never changed."""

from __future__ import annotations

import pandas as pd

from core.ingest.columns import RATES
from core.ingest.notes import Note

_RELATIVE_TOLERANCE = 0.006
"""Rates are sometimes printed with two decimals."""
_ABSOLUTE_TOLERANCE = 0.51
"""Half a session of rounding."""

_PARTS = (("engaged_sessions", "sessions"), ("new_users", "users"))
_TOTALED = ("sessions", "engaged_sessions", "events", "views", "clicks")


def check_identities(values: pd.DataFrame) -> list[Note]:
    """Compare each exported rate with the counts it must be made of.

    Args:
        values: counts and rates per row, index = line in the file.

    Returns:
        A note per broken identity with the number of rows and the first line concerned:
        ``identity_broken`` (rate × denominator is not the numerator) and ``part_exceeds_whole``.

    >>> rows = pd.DataFrame({"sessions": [100.0], "engaged_sessions": [50.0],
    ...                      "engagement_rate": [0.9]}, index=[7])
    >>> [(note.code, note.count, note.example_row) for note in check_identities(rows)]
    [('identity_broken', 1, 7)]
    """
    notes = [_check_rate(values, rate) for rate in RATES]
    notes += [_check_part(values, part, whole) for part, whole in _PARTS]
    return [note for note in notes if note]


def _check_rate(values: pd.DataFrame, rate: str) -> Note | None:
    numerator, denominator = RATES[rate]
    if not {rate, numerator, denominator} <= set(values):
        return None
    share = 1 - values[rate] if rate == "bounce_rate" else values[rate]
    expected = share * values[denominator]
    gap = (expected - values[numerator]).abs()
    allowed = _ABSOLUTE_TOLERANCE + _RELATIVE_TOLERANCE * values[[denominator, numerator]].max(
        axis=1
    )
    is_broken = (gap > allowed) & (values[denominator] > 0)
    return _note("identity_broken", is_broken, metric=rate, made_of=(numerator, denominator))


def _check_part(values: pd.DataFrame, part: str, whole: str) -> Note | None:
    if not {part, whole} <= set(values):
        return None
    exceeds = values[part] > values[whole] + _ABSOLUTE_TOLERANCE
    if part == "new_users":  # GA4 counts someone new in the session before the first full row
        exceeds &= values[whole] > 0
    return _note("part_exceeds_whole", exceeds, metric=part, whole=whole)


def _note(code: str, is_broken: pd.Series, **params: object) -> Note | None:
    if not is_broken.any():
        return None
    line = int(is_broken.index[is_broken.to_numpy()][0])
    return Note(code, "doubted", int(is_broken.sum()), line, params)


def check_totals(totals: pd.DataFrame, counts: pd.DataFrame) -> list[Note]:
    """Compare the totals row of the export with the sum of the rows that were read.

    Args:
        totals: counts of the totals rows (unparseable cells NaN).
        counts: counts per data row.

    Returns:
        ``total_differs`` per count that is off by more than 0.5 %: rows are missing in the file,
        or it was filtered or sampled. Users are left out, for GA4 counts each person once there.
    """
    notes = []
    for name in (name for name in _TOTALED if name in totals and name in counts):
        exported, read = totals[name].max(), counts[name].sum()
        if exported > 0 and abs(exported - read) > 0.005 * exported:
            params = {"metric": name, "exported": float(exported), "read": float(read)}
            notes.append(Note("total_differs", "doubted", 1, int(totals.index[0]), params))
    return notes
