"""Do the numbers agree with each other? Rows that break an identity are named, never changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.ingest.notes import Note
from core.ingest.roles import RATES, SHARES

_RELATIVE_TOLERANCE = 0.006
"""Rates are sometimes printed with two decimals."""
_ABSOLUTE_TOLERANCE = 0.51
"""Half a session of rounding."""

_MOST_DECIMALS = 4
_PARTS = (("engaged_sessions", "sessions"), ("new_users", "users"))
_PER_ACTIVE_USER = ("events_per_user", "views_per_user")
"""GA4 divides these by active users, while the users of a file may be all of them."""

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
    notes = [_check_rate(values, rate) for rate in RATES if rate not in _PER_ACTIVE_USER]
    notes += [_check_part(values, part, whole) for part, whole in _PARTS]
    return [note for note in notes if note]


def _check_rate(values: pd.DataFrame, rate: str) -> Note | None:
    numerator, denominator = RATES[rate]
    if not {rate, numerator, denominator} <= set(values):
        return None
    share, whole, part = (values[name].to_numpy() for name in (rate, denominator, numerator))
    gap = np.abs((1 - share if rate == "bounce_rate" else share) * whole - part)
    if not len(gap) or np.fmax.reduce(gap) <= _ABSOLUTE_TOLERANCE:
        return None
    allowed = np.fmax(_RELATIVE_TOLERANCE * np.fmax(whole, part), _rounding(share, rate) * whole)
    allowed += _ABSOLUTE_TOLERANCE
    is_broken = pd.Series((gap > allowed) & (whole > 0), index=values.index)
    return _note("identity_broken", is_broken, metric=rate, made_of=(numerator, denominator))


def _rounding(values: np.ndarray, rate: str) -> float:
    """Half of the last decimal that a rate is printed with: 2.1 may stand for 2.149."""
    fewest = 2 if rate in SHARES else 1
    for decimals in range(fewest, _MOST_DECIMALS):
        scaled = values * 10**decimals
        if np.nanmax(np.abs(scaled - np.round(scaled)), initial=0) < 1e-6:
            return 0.5 * 10.0**-decimals
    return 0.0


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
