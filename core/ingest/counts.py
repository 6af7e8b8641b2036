"""Exported counts and rates to additive counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.ingest.cells import Column, Table
from core.ingest.columns import Columns
from core.ingest.notes import Note
from core.ingest.numbers import MAX_COUNT, find_decimal_sign, is_hidden, parse_numbers
from core.ingest.roles import GA4_ONLY, RATES, SECONDS, SHARES, WHOLE
from core.traffic import COUNTS


def find_decimal_signs(
    table: Table, columns: Columns, wanted: str | None = None
) -> tuple[dict[str, str], bool]:
    """The decimal sign of every count and rate, each decided from its whole column.

    Args:
        table: with its cells.
        columns: where they are.
        wanted: decided by a person.

    Returns:
        Name -> sign, and whether a column could have been read with the other sign too. A column
        that tells nothing follows the others of the table.
    """
    names = (*columns.counts, *columns.rates)
    if wanted:
        return dict.fromkeys(names, wanted), True
    told: dict[str, str | None] = {}
    is_open = False
    for name in names:
        column = table.columns[columns.known[name]]
        if column.numbers is not None:
            told[name] = "."
            continue
        has_signs = any("," in text or "." in text for text in column.texts)
        told[name] = find_decimal_sign(column.unique, is_whole=name in WHOLE)
        is_open |= has_signs and find_decimal_sign(column.unique) is None
    signs = {sign for sign in told.values() if sign}
    usual = "," if signs == {","} else "."
    return {name: sign or usual for name, sign in told.items()}, is_open


def read_values(
    table: Table, columns: Columns, signs: dict[str, str]
) -> tuple[pd.DataFrame, list[Note]]:
    """Read every recognised count and rate.

    Args:
        table: with its cells.
        columns: where they are.
        signs: decimal sign by name, see ``find_decimal_signs``.

    Returns:
        One float64 column per count and rate, index = line in the file, and notes on cells that
        are no numbers.
    """
    read: dict[str, np.ndarray] = {}
    notes: list[Note] = []
    for name in (*columns.counts, *columns.rates):
        column = table.columns[columns.known[name]]
        values, unreadable = _read_column(column, name, signs.get(name, "."))
        hidden = column.flag(is_hidden)
        read[name] = values
        params = {"metric": name}
        if unreadable.any():
            line, bad = int(table.lines[unreadable.argmax()]), int(unreadable.sum())
            notes.append(Note("unreadable_numbers", "doubted", bad, line, params))
        if hidden.any():
            line, small = int(table.lines[hidden.argmax()]), int(hidden.sum())
            notes.append(Note("hidden_numbers", "doubted", small, line, params))
    return pd.DataFrame(read, index=pd.Index(table.lines, name="line"), copy=False), notes


def _read_column(column: Column, name: str, sign: str) -> tuple[np.ndarray, np.ndarray]:
    if column.numbers is not None:
        values = column.numbers
        unreadable = np.isinf(values)
        has_percent = False
    else:
        numbers, is_bad = _parse(column.unique, sign, is_duration=name in SECONDS)
        values, unreadable = column.spread(numbers), column.spread(is_bad)
        has_percent = any("%" in text for text in column.texts)
    if name in SHARES and not has_percent and np.nanmax(values, initial=0) > 1.0001:
        values = values / 100
    low = -np.inf if name == "revenue" else 0  # refunds
    high = 1.0001 if name in SHARES else MAX_COUNT
    with np.errstate(invalid="ignore"):
        is_absurd = (values < low) | (values > high) | np.isinf(values)
    if is_absurd.any():
        return np.where(is_absurd, np.nan, values), unreadable | is_absurd
    return values, unreadable


def _parse(texts: pd.Series, sign: str, *, is_duration: bool) -> tuple[pd.Series, pd.Series]:
    """Plain numbers at once, the others one by one."""
    if sign == ",":
        return parse_numbers(texts, sign, is_duration=is_duration)
    plain = texts.where(texts.str.fullmatch(r"\s*\d+(?:\.\d+)?\s*").astype(bool))
    numbers = pd.to_numeric(plain, errors="coerce").astype("float64")
    left = numbers.isna()
    is_bad = pd.Series(False, index=texts.index)
    if left.any():
        numbers[left], is_bad[left] = parse_numbers(texts[left], sign, is_duration=is_duration)
    return numbers, is_bad


def derive_counts(values: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Multiply rates back to counts where the count itself was not exported.

    A rate alone cannot be added up over hours or channels; rate × denominator can. A bounce rate
    is used only beside measures that GA4 alone has: older products call visits of one page a
    bounce, however long they lasted.

    Args:
        values: counts and rates per row.

    Returns:
        The counts only, and a note per rate that cannot be used.

    >>> rates = {"engagement_rate": [0.4], "views_per_session": [2.0]}
    >>> rows = pd.DataFrame({"sessions": [10.0]} | rates)
    >>> derive_counts(rows)[0].to_dict("records")
    [{'sessions': 10.0, 'engaged_sessions': 4.0, 'views': 20.0}]
    """
    counts = {name: values[name] for name in values if name not in RATES}
    notes: list[Note] = []
    is_ga4 = any(name in values for name in GA4_ONLY)
    for rate in (name for name in RATES if name in values):
        numerator, denominator = RATES[rate]
        if numerator in counts:
            continue
        if rate == "bounce_rate" and not is_ga4:
            notes.append(Note("other_bounce_rate", "skipped", params={"metric": rate}))
            continue
        if denominator not in values:
            missing = {"metric": rate, "needs": denominator}
            notes.append(Note("rate_without_weight", "skipped", params=missing))
            continue
        share = 1 - values[rate] if rate == "bounce_rate" else values[rate]
        product = share * values[denominator]
        counts[numerator] = product.where(values[denominator] != 0, 0.0)
    kept = {name: counts[name] for name in COUNTS if name in counts}
    return pd.DataFrame(kept, index=values.index, copy=False), notes


def repair_milliseconds(counts: pd.DataFrame) -> tuple[pd.DataFrame, Sequence[Note]]:
    """Engagement time in milliseconds, as some exports write it, to seconds.

    More than a day per session or user is no time that a person spent on a page.
    """
    whole = next((name for name in ("sessions", "users") if name in counts), None)
    if "engagement_seconds" not in counts or whole is None or not counts[whole].sum():
        return counts, ()
    average = counts["engagement_seconds"].sum() / counts[whole].sum()
    if average <= 86_400:
        return counts, ()
    note = Note("milliseconds", "repaired", params={"metric": SECONDS[1]})
    return counts.assign(engagement_seconds=counts["engagement_seconds"] / 1000), (note,)
