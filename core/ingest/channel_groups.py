"""From source and medium to GA4's default channel groups: rules and source lists kept as data."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

NOT_SET = "(not set)"
"""What GA4 writes where it knows no value."""

_DATA = Path(__file__).parents[2] / "data"
_SEPARATOR = " / "


@dataclass(frozen=True)
class _Rule:
    """One line of the rules: every condition that is given must hold."""

    channel: str
    source: re.Pattern[str] | None
    category: str
    medium: re.Pattern[str] | None
    campaign: re.Pattern[str] | None

    def holds(self, source: str, category: str, medium: str, campaign: str) -> bool:
        return (not self.category or self.category == category) and all(
            pattern is None or pattern.fullmatch(text) is not None
            for pattern, text in (
                (self.source, source),
                (self.medium, medium),
                (self.campaign, campaign),
            )
        )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _pattern(text: str) -> re.Pattern[str] | None:
    return re.compile(text, re.IGNORECASE | re.DOTALL) if text else None


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            channel=row["channel"],
            source=_pattern(row["source_pattern"]),
            category=row["source_category"],
            medium=_pattern(row["medium_pattern"]),
            campaign=_pattern(row["campaign_pattern"]),
        )
        for row in _rows("channel_rules.csv")
    )


@cache
def _categories() -> Mapping[str, str]:
    return MappingProxyType(
        {_fold(row["source"]): row["category"] for row in _rows("source_categories.csv")}
    )


def _text(cell: Any) -> str:
    return (NOT_SET if pd.isna(cell) else str(cell).strip()) or NOT_SET


def _fold(cell: Any) -> str:
    return _text(cell).casefold()


def _channel(source: str, medium: str, campaign: str) -> str:
    category = _categories().get(source, "")
    # The last rule has no condition, so there always is an answer.
    return next(rule.channel for rule in _rules() if rule.holds(source, category, medium, campaign))


def classify(
    sources: pd.Series, mediums: pd.Series, campaigns: pd.Series | None = None
) -> pd.Series:
    """Name the default channel group of each row, as GA4 does for manually tagged traffic.

    The first rule of ``data/channel_rules.csv`` that holds decides; upper and lower case are the
    same. Rules as published in https://support.google.com/analytics/answer/9756891

    GA4 knows more about ads of linked Google accounts than source and medium tell: a click on
    Google's display or video network is ``google / cpc`` too, and comes out as Paid Search here.

    Args:
        sources: such as ``google``; missing or empty counts as ``(not set)``.
        mediums: such as ``organic``, one for each source.
        campaigns: campaign names, one for each source. Without them Cross-network cannot be
            told from other paid traffic, nor shopping by the name of its campaign.

    Returns:
        The channel of each row, with the index of ``sources``. The rows go together by position.

    Raises:
        ValueError: when the columns differ in length.

    >>> classify(pd.Series(["google", "news.site", "(not set)"]),
    ...          pd.Series(["CPC", "referral", "(not set)"])).tolist()
    ['Paid Search', 'Referral', 'Unassigned']
    """
    names = [NOT_SET] * len(sources) if campaigns is None else campaigns
    columns = {"source": sources, "medium": mediums, "campaign": names}
    cells = pd.DataFrame({key: np.asarray(cell, dtype=object) for key, cell in columns.items()})
    # Exports repeat few combinations on many rows; both calls number them as they first appear.
    codes = cells.groupby(list(columns), sort=False, dropna=False).ngroup().to_numpy()
    distinct = cells.drop_duplicates().itertuples(index=False, name=None)
    channels = np.array([_channel(*map(_fold, combination)) for combination in distinct], object)
    return pd.Series(channels[codes], index=sources.index, dtype="str", name="channel")


def split_source_medium(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Take cells of the dimension "Source / medium" apart.

    Args:
        cells: such as ``google / organic``. What has no " / " is all source.

    Returns:
        Sources and mediums with the index of ``cells``; what is missing or empty is
        ``(not set)``. See https://support.google.com/analytics/answer/9756891

    >>> sources, mediums = split_source_medium(pd.Series(["google / organic", "newsletter"]))
    >>> sources.tolist(), mediums.tolist()
    (['google', 'newsletter'], ['organic', '(not set)'])
    """
    codes, distinct = pd.factorize(np.asarray(cells, dtype=object), use_na_sentinel=False)
    halves = [("" if pd.isna(cell) else str(cell)).partition(_SEPARATOR) for cell in distinct]

    def column(position: int, name: str) -> pd.Series:
        parts = np.array([_text(half[position]) for half in halves], dtype=object)
        return pd.Series(parts[codes], index=cells.index, dtype="str", name=name)

    return column(0, "source"), column(2, "medium")
