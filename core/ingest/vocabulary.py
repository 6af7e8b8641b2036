"""What exports call things: the header vocabulary, kept as data."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

_VOCABULARY = Path(__file__).parents[2] / "data" / "header_vocabulary.csv"
_ACCENTS = re.compile("[\u0300-\u036f]")
_GAPS = re.compile(r"[\s_.\-\u2010-\u2015]+")
_TITLE_WORDS = 5


@lru_cache(maxsize=20_000)
def normalise(text: str) -> str:
    r"""Fold what does not matter in a header: case, accents, kinds of space, dots, dashes, ``#``.

    >>> normalise(" Date\u00a0+  hour (YYYYMMDDHH)"), normalise("Page.Loads"), normalise("Sessões")
    ('date + hour (yyyymmddhh)', 'page loads', 'sessoes')
    """
    folded = unicodedata.normalize("NFKC", text[:200]).casefold().strip("\ufeff#\"' \t")
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", folded)))
    return _GAPS.sub(" ", bare).strip()


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

    >>> concept_of("Session primary channel group (Our own groups)"), concept_of("Shoe size")
    ('channel', None)
    """
    return _concept(normalise(header))


@lru_cache(maxsize=20_000)
def _concept(name: str) -> str | None:
    exact, prefix = _spellings()
    if name in exact:
        return exact[name]
    start = name.partition("(")[0].rstrip()
    if start in prefix:
        return prefix[start]
    if name.startswith("session ") and name.endswith((" channels", " channel group")):
        return "channel"  # a channel group that the property's owner named
    return None


def concept_in(title: str) -> str | None:
    """The concept at the end of a short title such as "Facebook visits", or ``None``.

    >>> concept_in("Facebook visits"), concept_in("What happened with all of our nice visits?")
    ('sessions', None)
    """
    words = normalise(title).split()
    if len(words) > _TITLE_WORDS:
        return None
    names = (_concept(" ".join(words[start:])) for start in range(len(words)))
    return next((name for name in names if name), None)


def is_total_marker(cell: str) -> bool:
    """Whether a cell labels a row of totals.

    >>> is_total_marker("Grand total"), is_total_marker("Total: 1,204"), is_total_marker("Totalis")
    (True, True, False)
    """
    if cell[:1].isdecimal() or len(cell) > 60:
        return False
    return concept_of(cell.partition(":")[0]) == "total_marker"
