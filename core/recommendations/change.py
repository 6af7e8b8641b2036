"""What has changed lately: channels that grow or fade, engagement that moved."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta
from typing import Any

import pandas as pd

from core import wording
from core.changes import channel_changes, headline_changes
from core.recommendations.model import Evidence, Finding, Outcome
from core.traffic import UNATTRIBUTED, Filters, Traffic, select

MIN_CHANGE = 0.15
"""A channel that moved by less than 15 % is within what people expect from week to week."""
MIN_RATE_CHANGE = 0.015
MIN_COUNT = 100
"""Visits in both periods together, below which a change is not reported."""

Row = dict[Hashable, Any]


def growing_channels(evidence: Evidence) -> Outcome:
    """Channels with clearly more visits in the last weeks than in as many weeks before."""
    return _changed(evidence, direction=1)


def fading_channels(evidence: Evidence) -> Outcome:
    """Channels with clearly fewer visits in the last weeks than in as many weeks before."""
    return _changed(evidence, direction=-1)


def _changed(evidence: Evidence, direction: int) -> Outcome:
    pair = last_two_periods(evidence.traffic)
    if pair is None:
        return Outcome()
    metric = evidence.traffic.main_metric
    frame = channel_changes(*pair, metric)
    frame = frame[~frame["channel"].isin(UNATTRIBUTED)]
    frame = frame[frame["current"] + frame["previous"] >= MIN_COUNT]
    hits = frame[(frame["change"] * direction >= MIN_CHANGE) & frame["p_value"].notna()]
    tested = tuple(frame["p_value"].dropna()) if direction > 0 else ()
    rows = hits.to_dict("records")
    return Outcome(tuple(_finding(row, pair, metric, frame) for row in rows), tested)


def last_two_periods(traffic: Traffic) -> tuple[Traffic, Traffic] | None:
    """The last two weeks and the two before (one week each where there are fewer than four)."""
    if traffic.grain not in ("hour", "day") or traffic.days < 14:
        return None
    length = timedelta(days=14 if traffic.days >= 28 else 7)
    last, day = traffic.last_day, timedelta(days=1)
    middle = last - length
    current = select(traffic, Filters(start=middle + day, end=last))
    return current, select(traffic, Filters(start=middle - length + day, end=middle))


def _finding(row: Row, pair: tuple[Traffic, Traffic], metric: str, frame: pd.DataFrame) -> Finding:
    name, days = row["channel"], pair[0].days
    label = wording.metric_label(metric, pair[0].grain).lower()
    is_growth = row["change"] > 0
    word = "up" if is_growth else "down"
    amount = wording.signed_percent(row["change"]).lstrip("+−")
    return Finding(
        rule_id="growing_channel" if is_growth else "fading_channel",
        subject=name,
        headline=f"{name} is {word} {amount} in the last {days} days",
        action="Find out what was published, paid or linked since, and repeat it on purpose."
        if is_growth
        else "Check budget, links, tracking and rankings of this channel before anything else.",
        evidence=_table(frame),
        n=row["current"] + row["previous"],
        impact=abs(row["current"] - row["previous"]) / days * 7,
        impact_unit=f"{label} a week",
        p_value=row["p_value"],
        caveats=(
            f"Compared: {wording.span(pair[0].first_day, pair[0].last_day)} with "
            f"{wording.span(pair[1].first_day, pair[1].last_day)}; the season may differ.",
            *_tagging_caveat(pair, metric, row),
        ),
    )


def _tagging_caveat(pair: tuple[Traffic, Traffic], metric: str, row: Row) -> tuple[str, ...]:
    now, before = (
        part.frame.loc[part.frame["channel"].isin(UNATTRIBUTED), metric].sum() for part in pair
    )
    moved = now - before
    lost = row["previous"] - row["current"]
    if lost > 0 and moved > 0.3 * lost:
        return ("Unattributed visits rose at the same time: part of this may be lost tags.",)
    return ()


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Channel": frame["channel"],
            "Before": frame["previous"].map(wording.count),
            "Last": frame["current"].map(wording.count),
            "Change": frame["change"].map(wording.signed_percent),
            "95 % interval": [
                f"{wording.signed_percent(low)} to {wording.signed_percent(high)}"
                for low, high in zip(frame["low"], frame["high"], strict=True)
            ],
        }
    )


def engagement_change(evidence: Evidence) -> Outcome:
    """The engagement rate of attributed traffic moved by more than it moves from day to day."""
    pair = last_two_periods(evidence.real)
    if pair is None or not {"sessions", "engaged_sessions"} <= set(evidence.traffic.exported):
        return Outcome()
    row = headline_changes(*pair, ["engagement_rate"]).to_dict("records")[0]
    if pd.isna(row["p_value"]):
        return Outcome()
    tested = (float(row["p_value"]),)
    if abs(row["change"]) < MIN_RATE_CHANGE:
        return Outcome(tested=tested)
    word = "rose" if row["change"] > 0 else "fell"
    days = pair[0].days
    sessions = float(pair[0].frame["sessions"].sum())
    finding = Finding(
        rule_id="engagement_change",
        subject="All traffic",
        headline=f"Engagement rate {word} from {wording.percent(row['previous'])} to "
        f"{wording.percent(row['current'])} in the last {days} days",
        action="Compare the channels and landing pages of both periods on the Channels page.",
        evidence=pd.DataFrame(
            {
                "Period": ["Before", "Last"],
                "Engagement rate": [
                    wording.percent(row["previous"]),
                    wording.percent(row["current"]),
                ],
                "Difference": ["", wording.points(row["change"])],
            }
        ),
        n=sessions,
        impact=abs(row["change"]) * sessions / days * 7,
        impact_unit="engaged sessions a week",
        p_value=float(row["p_value"]),
        caveats=("The mix of channels may have changed, and each channel kept its rate.",),
    )
    return Outcome((finding,), tested)
