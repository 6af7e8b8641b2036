"""What exports call things: the header vocabulary, kept as data."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_VOCABULARY = Path(__file__).parents[2] / "data" / "header_vocabulary.csv"


def normalise(text: str) -> str:
    r"""Fold what does not matter in a header: case, kinds of space, full-width forms, ``#``.

    >>> normalise(" Date\u00a0+  hour (YYYYMMDDHH)")
    'date + hour (yyyymmddhh)'
    """
    folded = unicodedata.normalize("NFKC", text).casefold().strip("\ufeff#\"' \t")
    return " ".join(folded.split())


@cache
def _spellings() -> tuple[Mapping[str, str], Mapping[str, str]]:
    with _VOCABULARY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    exact = {normalise(row["spelling"]): row["concept"] for row in rows if row["match"] == "exact"}
    prefix = {
        normalise(row["spelling"]): row["concept"] for row in rows if row["match"] == "prefix"
    }
    return MappingProxyType(exact), MappingProxyType(prefix)


def concept_of(header: str) -> str | None:
    """The concept that a header names, or ``None``.

    A spelling kept as ``prefix`` also matches with something in brackets behind it, such as the
    name of a custom channel group.

    >>> concept_of("Session primary channel group (Our own groups)"), concept_of("Country")
    ('channel', None)
    """
    exact, prefix = _spellings()
    name = normalise(header)
    if name in exact:
        return exact[name]
    longer = (concept for start, concept in prefix.items() if name.startswith(f"{start} ("))
    return next(longer, None)


def is_total_marker(cell: str) -> bool:
    """Whether a cell labels a row of totals.

    >>> is_total_marker("Grand total"), is_total_marker("Total: 1,204"), is_total_marker("Totalis")
    (True, True, False)
    """
    return concept_of(cell.partition(":")[0]) == "total_marker"
