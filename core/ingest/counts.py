"""Exported counts and rates to additive counts."""

from __future__ import annotations

import pandas as pd

from core.ingest.columns import RATES, SHARES, Columns
from core.ingest.notes import Note
from core.ingest.numbers import parse_counts, parse_numbers, parse_shares


def read_values(cells: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, list[Note]]:
    """Read every recognised count and rate.

    Args:
        cells: text, see ``columns.cells_frame``.
        columns: where they are.

    Returns:
        One float64 column per count and rate, and notes on cells that are no numbers.
    """
    read: dict[str, pd.Series] = {}
    notes: list[Note] = []
    for name in (*columns.counts, *columns.rates):
        parse = parse_counts if name in columns.counts else parse_numbers
        parse = parse_shares if name in SHARES else parse
        read[name], unreadable = parse(cells[columns.known[name]])
        if unreadable.any():
            line = int(unreadable.index[unreadable.to_numpy()][0])
            bad = int(unreadable.sum())
            notes.append(Note("unreadable_numbers", "doubted", bad, line, {"metric": name}))
    return pd.DataFrame(read, index=cells.index), notes


def derive_counts(values: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Multiply rates back to counts where the count itself was not exported.

    A rate alone cannot be added up over hours or channels; rate × denominator can.

    Args:
        values: counts and rates per row.

    Returns:
        The counts only, and a note per rate that cannot be used because its denominator is
        missing.

    >>> rates = {"engagement_rate": [0.4], "views_per_session": [2.0]}
    >>> rows = pd.DataFrame({"sessions": [10.0]} | rates)
    >>> derive_counts(rows)[0].to_dict("records")
    [{'sessions': 10.0, 'engaged_sessions': 4.0, 'views': 20.0}]
    """
    counts = values[[name for name in values if name not in RATES]].copy()
    notes: list[Note] = []
    for rate in (name for name in RATES if name in values):
        numerator, denominator = RATES[rate]
        if numerator in counts:
            continue
        if denominator not in values:
            missing = {"metric": rate, "needs": denominator}
            notes.append(Note("rate_without_weight", "skipped", params=missing))
            continue
        share = 1 - values[rate] if rate == "bounce_rate" else values[rate]
        product = share * values[denominator]
        counts[numerator] = product.where(values[denominator] != 0, 0.0)
    return counts, notes
