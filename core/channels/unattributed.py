"""Unassigned, (other) and (not set): a diagnosis instead of a rank."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from core import wording
from core.channels.compare import MIN_SESSIONS
from core.day_clusters import (
    difference_interval,
    estimate_ratio,
    ratio_interval,
    share_interval,
    subtract,
)
from core.errors import NotEnoughData
from core.language import in_sentence, mark, t
from core.levels import find_level_changes
from core.metrics import METRICS
from core.rhythm import WINDOW_HOURS, find_window
from core.statistics import Interval, holm
from core.traffic import UNATTRIBUTED, Filters, Traffic, daily_by_channel, select

_LOOK = pd.Timedelta(days=14)
_MIN_LOOK = 4
_SURE = 0.05
_MATCH = (0.5, 2.0)
"""A channel that lost between half and twice what the label won lost "as much"."""
_LOW_RATE = 0.1
"""Engagement rate below which visits are hardly visits of people."""

CHECKS = MappingProxyType(
    {
        "Unassigned": (
            mark(
                "utm_medium of your campaign links: a value that no channel rule of GA4 knows ends "
                "here. In GA4, open Reports → Acquisition → Traffic acquisition and add “Session "
                "source / medium” to see which."
            ),
            mark(
                "Consent banner and tag order: if the page view is sent before the configuration "
                "tag, the visit has no source."
            ),
            mark(
                "Events sent from a server (Measurement Protocol) or by a payment page: they need "
                "the session_id of the visit."
            ),
        ),
        "(other)": (
            mark(
                "Too many different values in one dimension, such as page addresses with an ID: "
                "GA4 puts the rest of a day into (other)."
            ),
            mark("Export fewer dimensions at once, or a shorter span, and see whether it shrinks."),
        ),
        "(not set)": (
            mark(
                "The session_start event: where it is missing, GA4 cannot tell where the visit "
                "came from."
            ),
            mark(
                "Data of the last two days: GA4 may still be working on them. Export again later."
            ),
            mark("A filter or an audience trigger that sends events outside of a visit."),
        ),
    }
)
"""What to look at in the tagging, most frequent fault first.

Sources: https://support.google.com/analytics/answer/9756891 (default channel group),
https://support.google.com/analytics/answer/13504892 ((not set)),
https://support.google.com/analytics/answer/13331684 ((other) row),
https://support.google.com/analytics/answer/14847402 (tagging).
"""
_NOT_PEOPLE = mark(
    "Hardly any of these visits is engaged: look for automatic events that arrive without a page "
    "view, or for bots."
)


@dataclass(frozen=True)
class Diagnosis:
    """What is known of one label that stands for "GA4 could not tell".

    Args:
        label: ``Unassigned``, ``(other)`` or ``(not set)``.
        count: visits (main metric).
        share: of all, with its 95 % interval.
        engagement: engagement rate with its interval; value NaN where not exported.
        since: first day of a new level, or the first day seen where it appears late; ``None`` if
            it was there all along or that cannot be told.
        before: visits a day before ``since``.
        after: visits a day from then on.
        hours: first hour and hour after the last of the four in which clearly more comes than an
            even share; ``None`` where there are none.
        hours_share: part of its visits in them.
        counterpart: channel that lost as much at the same time; ``None`` if none surely did.
        counterpart_loss: visits a day that it lost.
        checks: what to look at in the tagging; ``t`` says them.
        sentence: all of it in words.
    """

    label: str
    count: float
    share: Interval
    engagement: Interval
    since: pd.Timestamp | None
    before: float
    after: float
    hours: tuple[int, int] | None
    hours_share: float
    counterpart: str | None
    counterpart_loss: float
    checks: tuple[str, ...]
    sentence: str


def diagnose_unattributed(traffic: Traffic) -> tuple[Diagnosis, ...]:
    """Say of each such label how much, since when, at which hours, and what to check.

    Args:
        traffic: any grain, with channels.

    Returns:
        One per label with visits, largest first; empty where GA4 could tell all of them.

    Raises:
        NotEnoughData: ``no_channels``.
    """
    if not traffic.has_channels:
        raise NotEnoughData("no_channels")
    sizes = traffic.frame.groupby("channel")[traffic.main_metric].sum()
    labels = [name for name in traffic.channels if name in UNATTRIBUTED and sizes[name] > 0]
    return tuple(_diagnose(traffic, label, float(sizes[label])) for label in labels)


def _diagnose(traffic: Traffic, label: str, count: float) -> Diagnosis:
    own = select(traffic, Filters(channels=(label,)))
    share, engagement = _share(traffic, label), _engagement(own)
    since, before, after = _since(own)
    counterpart, loss = _counterpart(traffic, label, since)
    hours, hours_share = _hours(own)
    checks = CHECKS[label]
    if count >= MIN_SESSIONS and engagement.high < _LOW_RATE:
        checks = (_NOT_PEOPLE, *checks)
    known: dict[str, Any] = {
        "label": label,
        "count": count,
        "share": share,
        "engagement": engagement,
        "since": since,
        "before": before,
        "after": after,
        "hours": hours,
        "hours_share": hours_share,
        "counterpart": counterpart,
        "counterpart_loss": loss,
        "checks": checks,
    }
    return Diagnosis(**known, sentence=_sentence(known, traffic))


def _share(traffic: Traffic, label: str) -> Interval:
    main = traffic.main_metric
    if traffic.has_time:
        daily = daily_by_channel(traffic, main)
        return ratio_interval(daily[label], daily.sum(axis=1), is_share=True)
    sums = traffic.frame.groupby("channel")[main].sum()
    return Interval(float(sums[label] / sums.sum()), np.nan, np.nan)


def _engagement(own: Traffic) -> Interval:
    entry = METRICS["engagement_rate"]
    names = (entry.numerator, str(entry.denominator))
    if not set(names) <= set(own.exported):
        return Interval(np.nan, np.nan, np.nan)
    if not own.has_time:
        top, bottom = (own.frame[name].to_numpy() for name in names)
        estimate = estimate_ratio([top.sum()], [bottom.sum()], is_share=True)
        return share_interval(estimate, float(bottom.sum()))
    top, bottom = (daily_by_channel(own, name).sum(axis=1) for name in names)
    return ratio_interval(top, bottom, is_share=True)


def _since(own: Traffic) -> tuple[pd.Timestamp | None, float, float]:
    """Day of the newest lasting rise, else the first day seen where it appears late."""
    try:
        changes = find_level_changes(own, own.main_metric).frame
    except NotEnoughData:
        return None, np.nan, np.nan
    rises = changes[(changes["change"] > 0) & changes["end"].isna()]
    if len(rises):
        row = rises.loc[rises["start"].idxmax()]
        return row["start"], float(row["before"]), float(row["after"])
    return _late_start(own)


def _late_start(own: Traffic) -> tuple[pd.Timestamp | None, float, float]:
    """A label that had no visit for long and then came on most days did not come by chance."""
    daily = daily_by_channel(own, own.main_metric).sum(axis=1)
    start = int(np.argmax(daily.to_numpy() > 0))
    later = daily.iloc[start:]
    if start < _LOOK.days or len(later) < _MIN_LOOK or (later > 0).mean() < 0.5:
        return None, np.nan, np.nan
    return pd.Timestamp(daily.index[start]), 0.0, float(later.mean())


def _counterpart(
    traffic: Traffic, label: str, since: pd.Timestamp | None
) -> tuple[str | None, float]:
    """The channel whose loss from that day on is sure and about as large as the label's gain."""
    if since is None or traffic.grain not in ("hour", "day"):
        return None, np.nan
    daily = daily_by_channel(traffic, traffic.main_metric)
    near = daily[(daily.index >= since - _LOOK) & (daily.index < since + _LOOK)]
    is_after = near.index >= since
    if min(is_after.sum(), (~is_after).sum()) < _MIN_LOOK:
        return None, np.nan
    steps = {str(name): _step(near[name], is_after) for name in near}
    gain = steps.pop(label).value
    rows = pd.DataFrame([vars(step) for step in steps.values()], index=list(steps))
    p_values = holm(rows["p_value"])
    fell = rows[(p_values < _SURE) & (-rows["value"]).between(_MATCH[0] * gain, _MATCH[1] * gain)]
    if fell.empty or not gain > 0:
        return None, np.nan
    name = (fell["value"] + gain).abs().idxmin()
    return str(name), float(-fell.loc[name, "value"])


def _step(daily: pd.Series, is_after: np.ndarray) -> Interval:
    """Difference of the daily mean after and before, with its uncertainty."""
    after = estimate_ratio(daily.where(is_after, 0.0), is_after.astype(float), is_share=False)
    before = estimate_ratio(daily.where(~is_after, 0.0), (~is_after).astype(float), is_share=False)
    return difference_interval(subtract(after, before))


def _hours(own: Traffic) -> tuple[tuple[int, int] | None, float]:
    if own.grain != "hour" or own.frame[own.main_metric].sum() < MIN_SESSIONS:
        return None, np.nan
    try:
        found = find_window(own, own.main_metric, busiest=True)
    except NotEnoughData:
        return None, np.nan
    if not found.is_clearly_busy:
        return None, np.nan
    return (found.start, (found.start + WINDOW_HOURS) % 24), found.share


def _sentence(known: dict[str, Any], traffic: Traffic) -> str:
    parts = [_how_much(known, traffic), _when(known), _where(known), _who(known)]
    return " ".join(part for part in parts if part)


def _how_much(known: dict[str, Any], traffic: Traffic) -> str:
    metric = in_sentence(wording.metric_label(traffic.main_metric, traffic.grain))
    amount = t("{count} {metric}", count=wording.count(known["count"]), metric=metric)
    share = wording.percent(known["share"].value)
    if not np.isfinite(known["engagement"].value):
        return t(
            "{label}: {amount}, {share} of all.", label=known["label"], amount=amount, share=share
        )
    return t(
        "{label}: {amount}, {share} of all, {engaged} of them engaged.",
        label=known["label"],
        amount=amount,
        share=share,
        engaged=wording.percent(known["engagement"].value),
    )


def _when(known: dict[str, Any]) -> str:
    if known["since"] is None:
        return t("No day is seen from which there is clearly more of it.")
    return t(
        "Since {day} there is more of it: from {before} to {after} a day.",
        day=wording.day(known["since"]),
        before=wording.count(known["before"]),
        after=wording.count(known["after"]),
    )


def _where(known: dict[str, Any]) -> str:
    if known["hours"] is None:
        return ""
    start, end = known["hours"]
    return t(
        "{share} of it come between {start} and {end}.",
        share=wording.percent(known["hours_share"]),
        start=wording.clock(start),
        end=wording.clock(end),
    )


def _who(known: dict[str, Any]) -> str:
    if known["counterpart"] is None:
        return ""
    return t(
        "{channel} lost about as much at the same time ({loss} a day).",
        channel=known["counterpart"],
        loss=wording.count(known["counterpart_loss"]),
    )
