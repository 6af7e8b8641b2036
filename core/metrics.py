"""The registry of metrics, and the only place where a ratio is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from core.language import in_sentence, mark, t
from core.traffic import COUNTS, Traffic

_GA4_METRICS = "https://support.google.com/analytics/answer/11143382"
_GA4_ENGAGEMENT = "https://support.google.com/analytics/answer/12195621"
_GA4_USERS = "https://support.google.com/analytics/answer/12253918"
_GA4_EVENTS = "https://support.google.com/analytics/answer/9322688"
_GA4_KEY_EVENTS = "https://support.google.com/analytics/answer/13128484"
_SEARCH_CONSOLE = "https://support.google.com/webmasters/answer/7042828"

Unit = Literal["count", "share", "ratio", "seconds", "money"]


@dataclass(frozen=True)
class Metric:
    """One measure: what it is called, how it is computed, and what it means.

    Args:
        key: name in frames.
        name: its English name.
        unit: ``count``, ``share`` (0 to 1), ``ratio``, ``seconds`` or ``money``.
        numerator: the column of ``COUNTS`` that is summed.
        denominator: the column it is divided by, or ``None`` for a count.
        additive: whether sums over time and channel mean what the label says.
        better: whether ``up`` or ``down`` is good news; ``None`` where neither is.
        part_of: the count that every unit of this one is also counted in, so that the two must
            move together (every engaged session is a session; every session sends an event).
        meaning: one English sentence in plain words.
        source_url: where Google defines it.
    """

    key: str
    name: str
    unit: Unit
    numerator: str
    denominator: str | None
    additive: bool
    better: Literal["up", "down"] | None
    meaning: str
    source_url: str
    part_of: str | None = None

    @property
    def label(self) -> str:
        """Name for people, in the language spoken."""
        return t(self.name)

    @property
    def definition(self) -> str:
        """One sentence in plain words, in the language spoken."""
        return t(self.meaning)

    @property
    def is_ratio(self) -> bool:
        """Whether it is one count divided by another."""
        return self.denominator is not None

    @property
    def formula(self) -> str:
        """How it is computed, in words.

        >>> METRICS["engagement_rate"].formula, METRICS["sessions"].formula
        ('engaged sessions ÷ sessions, each summed first', 'sum of sessions over all rows')
        """
        top = in_sentence(METRICS[self.numerator].label)
        if self.denominator is None:
            return t("sum of {metric} over all rows", metric=top)
        bottom = in_sentence(METRICS[self.denominator].label)
        return t(
            "{numerator} ÷ {denominator}, each summed first", numerator=top, denominator=bottom
        )


def _count(
    key: str,
    name: str,
    meaning: str,
    source_url: str = _GA4_METRICS,
    *,
    unit: Unit = "count",
    additive: bool = True,
    better: Literal["up", "down"] | None = "up",
    part_of: str | None = None,
) -> Metric:
    return Metric(key, name, unit, key, None, additive, better, meaning, source_url, part_of)


def _ratio(
    key: str,
    name: str,
    unit: Unit,
    parts: tuple[str, str],
    meaning: str,
    *,
    source_url: str = _GA4_METRICS,
) -> Metric:
    return Metric(key, name, unit, parts[0], parts[1], False, "up", meaning, source_url)


_ENTRIES = (
    _count("sessions", mark("Sessions"), mark("Visits to the site or app."), part_of="events"),
    _count(
        "users",
        mark("Users"),
        mark(
            "People (browsers or devices) seen in one row. Over several hours the same person "
            "counts again, so a sum is called user-hours."
        ),
        _GA4_USERS,
        additive=False,
        part_of="sessions",
    ),
    _count(
        "engaged_sessions",
        mark("Engaged sessions"),
        mark("Visits that showed interest: over 10 seconds, or a key event, or two or more pages."),
        _GA4_ENGAGEMENT,
        part_of="sessions",
    ),
    _count(
        "events",
        mark("Events"),
        mark("Everything GA4 recorded: page views, scrolls, clicks and so on."),
        _GA4_EVENTS,
    ),
    _count(
        "engagement_seconds",
        mark("Engagement time"),
        mark("Time with the site in the foreground, all sessions together."),
        _GA4_ENGAGEMENT,
        unit="seconds",
        part_of="sessions",
    ),
    _count(
        "new_users",
        mark("New users"),
        mark("People seen for the first time."),
        _GA4_USERS,
        part_of="users",
    ),
    _count("views", mark("Views"), mark("Pages or screens looked at."), part_of="events"),
    _count(
        "clicks", mark("Clicks"), mark("Clicks from search results to the site."), _SEARCH_CONSOLE
    ),
    _count(
        "key_events",
        mark("Key events"),
        mark("Events that you marked as important, such as a purchase or a sign-up."),
        _GA4_KEY_EVENTS,
        part_of="events",
    ),
    _count("revenue", mark("Revenue"), mark("Money from purchases, as exported."), unit="money"),
    _ratio(
        "engagement_rate",
        mark("Engagement rate"),
        "share",
        ("engaged_sessions", "sessions"),
        mark("Of all sessions, the share that was engaged."),
        source_url=_GA4_ENGAGEMENT,
    ),
    _ratio(
        "events_per_session",
        mark("Events per session"),
        "ratio",
        ("events", "sessions"),
        mark("How many events an average session has."),
        source_url=_GA4_EVENTS,
    ),
    _ratio(
        "engagement_time_per_session",
        mark("Engagement time per session"),
        "seconds",
        ("engagement_seconds", "sessions"),
        mark("How long the site was in the foreground in an average session."),
        source_url=_GA4_ENGAGEMENT,
    ),
    _ratio(
        "engaged_sessions_per_user",
        mark("Engaged sessions per user"),
        "ratio",
        ("engaged_sessions", "users"),
        mark("Engaged sessions divided by users; over several hours by user-hours."),
        source_url=_GA4_ENGAGEMENT,
    ),
    _ratio(
        "views_per_session",
        mark("Views per session"),
        "ratio",
        ("views", "sessions"),
        mark("How many pages an average session looks at."),
    ),
    _ratio(
        "key_events_per_session",
        mark("Key events per session"),
        "ratio",
        ("key_events", "sessions"),
        mark("How many key events an average session has."),
        source_url=_GA4_KEY_EVENTS,
    ),
    _ratio(
        "revenue_per_session",
        mark("Revenue per session"),
        "money",
        ("revenue", "sessions"),
        mark("Revenue divided by sessions."),
    ),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.key: metric for metric in _ENTRIES})
RATIOS: tuple[str, ...] = tuple(key for key, metric in METRICS.items() if metric.is_ratio)


def available_metrics(traffic: Traffic) -> tuple[str, ...]:
    """Keys of the metrics that this traffic can answer, counts first, in registry order."""
    exported = set(traffic.exported)
    return tuple(
        key
        for key, metric in METRICS.items()
        if metric.numerator in exported
        and (metric.denominator is None or metric.denominator in exported)
    )


def ratio(counts: pd.DataFrame, key: str, *, empty: float = float("nan")) -> pd.Series:
    """Divide a ratio's numerator by its denominator, row by row of already summed counts.

    Args:
        counts: has the numerator and denominator columns of the metric.
        key: a ratio of ``METRICS``.
        empty: the value where the denominator is 0. GA4 itself writes 0 there.

    Returns:
        float64 Series named ``key``.

    >>> sums = pd.DataFrame({"engaged_sessions": [1.0, 0.0], "sessions": [4.0, 0.0]})
    >>> ratio(sums, "engagement_rate").tolist()
    [0.25, nan]
    """
    metric = METRICS[key]
    denominator = counts[metric.denominator]
    values = counts[metric.numerator] / denominator.where(denominator != 0)
    return values.mask(denominator == 0, empty).rename(key)


def values(counts: pd.DataFrame, key: str) -> pd.Series:
    """A count as it stands, or a ratio of two counts: see ``ratio``."""
    return ratio(counts, key) if METRICS[key].is_ratio else counts[key]


def summarise(traffic: Traffic, by: str | Sequence[str] = ()) -> pd.DataFrame:
    """Sum the counts per group, then derive every ratio from the sums.

    A mean of row-wise rates exists nowhere: a row with one session would weigh as much as a row
    with a thousand.

    Args:
        traffic: any grain.
        by: any of ``time``, ``channel``, ``day``, ``weekday`` (0 is Monday) and ``hour``.

    Returns:
        The group columns, ``rows`` (rows of the export in the group), every name of ``COUNTS``
        and every key of ``RATIOS``; one row per group in sorted order, one row if ``by`` is empty.
        NaN where a measure was not exported or its denominator is 0.

    >>> rows = pd.DataFrame({"time": pd.to_datetime(["2024-01-01"] * 2), "channel": ["A", "B"],
    ...                      "sessions": [1.0, 99.0], "engaged_sessions": [1.0, 33.0]})
    >>> from core.traffic import make_traffic
    >>> float(summarise(make_traffic(rows, "day"))["engagement_rate"].iloc[0])
    0.34
    """
    names = [by] if isinstance(by, str) else list(by)
    frame = traffic.frame
    keys = [_group_key(frame, name) for name in names] or [np.zeros(len(frame), dtype=int)]
    grouped = frame.groupby(keys)
    sums = grouped[list(COUNTS)].sum(min_count=1)
    sums.insert(0, "rows", grouped.size())
    sums = sums.reset_index(drop=not names)
    return pd.concat([sums, *(ratio(sums, key) for key in RATIOS)], axis=1)


def _group_key(frame: pd.DataFrame, name: str) -> pd.Series:
    makers = {
        "time": lambda: frame["time"],
        "channel": lambda: frame["channel"],
        "day": frame["time"].dt.normalize,
        "weekday": lambda: frame["time"].dt.day_of_week,
        "hour": lambda: frame["time"].dt.hour,
    }
    if name not in makers:
        raise ValueError(f"cannot group by {name!r}; use any of {tuple(makers)}")
    return makers[name]().rename(name)
