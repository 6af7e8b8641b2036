"""A fair fight: channels compared at the same hours of the week."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import pandas as pd

from core import wording
from core.channels.compare import MIN_DAYS, MIN_SESSIONS, compare_parts
from core.channels.parts import Parts, require_ratio
from core.day_clusters import ratio_difference
from core.errors import NotEnoughData
from core.language import mark, t
from core.metrics import METRICS
from core.traffic import UNATTRIBUTED, Traffic

MIN_IN_STRATUM = 5
"""Visits that a channel must have at an hour of the week for that hour to be compared."""
MIN_COVERED = 0.9
"""Part of all visits that must fall into hours that can be compared."""
_SURE = 0.05

Strata = Callable[[pd.DatetimeIndex], pd.Index]


def _is_weekend(times: pd.DatetimeIndex) -> pd.Index:
    return pd.Index((times.day_of_week >= 5).astype(int))


_HOUR_OF_WEEK = mark("hour of the week")
_HOUR_OF_DAY = mark("hour of the day, workdays and weekends apart")
_FOUR_HOURS = mark("four hours of the day, workdays and weekends apart")
_WEEKDAY = mark("weekday")
_WEEKEND = mark("workdays and weekends apart")
_OF_HOURS: Mapping[str, Strata] = MappingProxyType(
    {
        _HOUR_OF_WEEK: lambda times: times.day_of_week * 24 + times.hour,
        _HOUR_OF_DAY: lambda times: _is_weekend(times) * 24 + times.hour,
        _FOUR_HOURS: lambda times: _is_weekend(times) * 24 + times.hour // 4,
    }
)
_OF_DAYS: Mapping[str, Strata] = MappingProxyType(
    {
        _WEEKDAY: lambda times: pd.Index(times.day_of_week),
        _WEEKEND: _is_weekend,
    }
)


_SAME_ORDER = MappingProxyType(
    {
        _HOUR_OF_WEEK: mark("With the hour of the week held alike, the order stays the same."),
        _HOUR_OF_DAY: mark(
            "With the hour of the day, workdays and weekends apart held alike, the order stays the "
            "same."
        ),
        _FOUR_HOURS: mark(
            "With the four hours of the day, workdays and weekends apart held alike, the order "
            "stays the same."
        ),
        _WEEKDAY: mark("With the weekday held alike, the order stays the same."),
        _WEEKEND: mark(
            "With the workdays and weekends apart held alike, the order stays the same."
        ),
    }
)
_OTHER_ORDER = MappingProxyType(
    {
        _HOUR_OF_WEEK: mark("With the hour of the week held alike, the order changes: {changes}."),
        _HOUR_OF_DAY: mark(
            "With the hour of the day, workdays and weekends apart held alike, the order changes: "
            "{changes}."
        ),
        _FOUR_HOURS: mark(
            "With the four hours of the day, workdays and weekends apart held alike, the order "
            "changes: {changes}."
        ),
        _WEEKDAY: mark("With the weekday held alike, the order changes: {changes}."),
        _WEEKEND: mark(
            "With the workdays and weekends apart held alike, the order changes: {changes}."
        ),
    }
)


@dataclass(frozen=True, eq=False)
class FairComparison:
    """Channels as they would compare if all had their visits at the same hours.

    Args:
        frame: one row per channel that can be compared, highest raw value first: ``channel``,
            ``n``, ``value``, ``low``, ``high`` (as counted), ``fair``, ``fair_low``,
            ``fair_high`` (95 %, at the hours of the whole site), ``rank`` and ``fair_rank`` (by
            value, 1 is the highest) and ``verdict`` (of the fair values, as in
            ``ChannelComparison``).
        swapped: pairs of channels whose order turns: ``ahead`` (fairly), ``behind``, ``gap``
            (fair difference), ``p_value`` and ``is_sure``.
        strata: what is held alike, such as ``hour of the week``; ``t`` says it.
        covered: part of all visits at hours that could be compared.
        left_out: channels with too few visits at too many hours.
        metric: the ratio compared.
        sentence: whether and how the order changes.
    """

    frame: pd.DataFrame
    swapped: pd.DataFrame
    strata: str
    covered: float
    left_out: tuple[str, ...]
    metric: str
    sentence: str


def like_for_like(traffic: Traffic, metric: str = "engagement_rate") -> FairComparison:
    """Compare channels at the same hours of the week, since channels live at different times.

    Direct standardisation: the ratio of each channel at each hour of the week, weighted by the
    visits of the whole site at that hour (Fleiss, Levin and Paik 2003, Statistical Methods for
    Rates and Proportions, chapter 19). Where hours of the week are too thin, hours of the day on
    workdays and weekends are held alike, then stretches of four; of daily files the weekday.

    Args:
        traffic: hourly or daily.
        metric: a ratio of ``METRICS``.

    Raises:
        NotEnoughData: ``no_channels``, ``metric_not_exported`` (``metric``), ``needs_days``
            (``grain``) for other than hours and days, ``too_few_channels`` (``have``, ``need``)
            where fewer than two can be compared.
    """
    require_ratio(traffic, metric)
    if traffic.grain not in ("hour", "day"):
        raise NotEnoughData("needs_days", grain=traffic.grain)
    visits = _Visits(traffic, metric)
    kinds = _OF_HOURS if traffic.grain == "hour" else _OF_DAYS
    coarsest = list(kinds)[-1]
    able = [name for name in visits.candidates if visits.covered([name], kinds[coarsest])]
    if len(able) < 2:
        raise NotEnoughData("too_few_channels", have=len(able), need=2)
    strata, covered = visits.finest(able, kinds)
    weighted = visits.weighted(able, kinds[strata])
    frame = _table(visits.plain(able), weighted)
    swapped = _swapped(frame, weighted)
    left_out = tuple(name for name in visits.candidates if name not in able)
    sentence = _sentence(frame, swapped, strata, metric)
    return FairComparison(frame, swapped, strata, covered, left_out, metric, sentence)


class _Visits:
    """Counts per time and channel of a ratio's two parts."""

    def __init__(self, traffic: Traffic, metric: str) -> None:
        entry = METRICS[metric]
        self.metric = metric
        self.top, self.bottom = (
            traffic.frame.pivot_table(index="time", columns="channel", values=name, aggfunc="sum")
            .reindex(index=traffic.times, columns=list(traffic.channels))
            .fillna(0.0)
            for name in (entry.numerator, entry.denominator)
        )
        self.times = pd.DatetimeIndex(self.bottom.index)
        self.real = [name for name in self.bottom if name not in UNATTRIBUTED]
        days = (self.bottom.groupby(self.times.normalize()).sum() > 0).sum()
        enough = (self.bottom.sum() >= MIN_SESSIONS) & (days >= MIN_DAYS)
        self.candidates = [name for name in self.real if enough[name]]

    def _comparable(self, names: list[str], strata: Strata) -> tuple[pd.Series, float]:
        """Visits of the site per stratum that all these channels have, and their part of all."""
        by_stratum = self.bottom.groupby(strata(self.times)).sum()
        site = by_stratum[self.real].sum(axis=1)
        is_thick = (by_stratum[names] >= MIN_IN_STRATUM).all(axis=1)
        covered = float(site[is_thick].sum() / site.sum()) if site.sum() > 0 else 0.0
        return site[is_thick], covered

    def covered(self, names: list[str], strata: Strata) -> bool:
        """Whether these channels can be compared at such hours."""
        return self._comparable(names, strata)[1] >= MIN_COVERED

    def finest(self, names: list[str], kinds: Mapping[str, Strata]) -> tuple[str, float]:
        """Finest kind of hours at which all these channels can be compared, else the coarsest."""
        for name, strata in kinds.items():
            if self.covered(names, strata):
                return name, self._comparable(names, strata)[1]
        name, strata = list(kinds.items())[-1]
        return name, self._comparable(names, strata)[1]

    def plain(self, names: list[str]) -> Parts:
        """Daily parts as counted."""
        days = self.times.normalize()
        return Parts(
            self.top[names].groupby(days).sum(), self.bottom[names].groupby(days).sum(), self.metric
        )

    def weighted(self, names: list[str], strata: Strata) -> Parts:
        """Daily parts in which every channel has the hours of the whole site.

        Each visit counts by how much rarer its hour is in the channel than in the site; both
        parts are then scaled to the effective number of visits (Kish 1965, Survey Sampling), so
        that unequal weights cost precision.
        """
        site, _ = self._comparable(names, strata)
        key = strata(self.times)
        own = self.bottom[names].groupby(key).sum().reindex(site.index)
        weight = own.rdiv(site / site.sum(), axis=0) * own.sum()
        effective = own.sum() ** 2 / (weight**2 * own).sum()
        weight = weight * (effective / own.sum())
        each = weight.reindex(key).fillna(0.0).to_numpy()
        days = self.times.normalize()
        top, bottom = ((part[names] * each).groupby(days).sum() for part in (self.top, self.bottom))
        return Parts(top, bottom, self.metric)


def _table(plain: Parts, weighted: Parts) -> pd.DataFrame:
    raw = compare_parts(plain).frame.set_index("channel")
    fair = compare_parts(weighted).frame.set_index("channel")
    frame = raw[["n", "value", "low", "high"]].assign(
        fair=fair["value"],
        fair_low=fair["low"],
        fair_high=fair["high"],
        rank=raw["value"].rank(ascending=False, method="first"),
        fair_rank=fair["value"].rank(ascending=False, method="first"),
        verdict=fair["verdict"],
    )
    return frame.sort_values("rank").reset_index()


def _swapped(frame: pd.DataFrame, weighted: Parts) -> pd.DataFrame:
    """Channels that stand next to each other in the fair order and the other way round before."""
    ordered = frame.sort_values("fair_rank")[["channel", "rank"]].itertuples(index=False)
    rows = []
    for first, second in pairwise(ordered):
        if first.rank > second.rank:
            rows.append((first.channel, second.channel, *_gap(weighted, first[0], second[0])))
    return pd.DataFrame(rows, columns=["ahead", "behind", "gap", "p_value", "is_sure"])


def _gap(parts: Parts, first: str, second: str) -> tuple[float, float, bool]:
    sides = [(parts.top[name], parts.bottom[name]) for name in (first, second)]
    found = ratio_difference(sides[0], sides[1], is_share=parts.is_share)
    return found.value, found.p_value, bool(found.p_value < _SURE)


def _sentence(frame: pd.DataFrame, swapped: pd.DataFrame, strata: str, metric: str) -> str:
    moved = (frame["fair"] - frame["value"]).abs()
    if swapped.empty:
        most = frame.loc[moved.idxmax()]
        largest = t(
            "The largest move is that of {channel}: {counted} as counted, {fair} then.",
            channel=most["channel"],
            counted=wording.metric_value(metric, most["value"]),
            fair=wording.metric_value(metric, most["fair"]),
        )
        return f"{t(_SAME_ORDER[strata])} {largest}"
    pairs = [
        t("{channel} goes ahead of {other}", channel=row.ahead, other=row.behind)
        for row in swapped.itertuples()
    ]
    changes = t(_OTHER_ORDER[strata], changes=wording.listing(pairs))
    if swapped["is_sure"].all():
        return changes
    doubt = t("Such a narrow order may be chance.")
    return f"{changes} {doubt}"
