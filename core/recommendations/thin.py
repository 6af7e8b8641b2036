"""Channels with too little data for a verdict: what they might be, and what it takes to know."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from core import wording
from core.channels import MIN_SESSIONS, NOT_A_CHANNEL, TOO_LITTLE_DATA
from core.language import in_sentence, mark, t, tn
from core.metrics import METRICS, values
from core.recommendations.model import ChartHint, Effect, Evidence, Finding, Outcome
from core.recommendations.quality import design_effect, quality_plan
from core.recommendations.words import do_more, rate_table, short
from core.traffic import UNATTRIBUTED

LEAST_SESSIONS = 50
"""Below this nobody is promising: of ten such channels one looks good on luck alone."""
PRECISION = 0.05
"""Half-width of the interval at which a rate counts as known: five points."""
MAX_CARDS = 3
"""Cards of each kind, largest channel first; the rest stands on the Channels page."""
LEARN = {
    "Email": mark("Send one newsletter to the whole list with tagged links (utm_medium=email)"),
    "Organic Video": mark("Publish two more videos with the link in their first line"),
    "Paid Search": mark("Run one small campaign on your best keyword"),
    "Referral": mark("Ask two partners for a link"),
}
_LEARN = mark("Send tagged visits by this channel")
"""What to send so that a channel's visits can be judged."""

Row = dict[Hashable, Any]


def promising_channels(evidence: Evidence) -> Outcome:
    """Channels that look better than the others, on too few sessions to be sure.

    Condition: verdict ``too little data``, ``LEAST_SESSIONS`` or more, and the whole 95 % interval
    above the rate of all others. Never more than worth watching: of many small channels one looks
    good by chance.
    Evidence: its rate with the interval, and how many sessions tell it to five points.
    Action: more of the same, small, to learn.
    Source: Wilson (1927), J. American Statistical Association 22:209.
    """
    if evidence.quality is None or not evidence.weeks:
        return Outcome()
    rows = _undecided(evidence)
    found = [row for row in rows if _is_promising(evidence, row)]
    return Outcome(tuple(_promising(evidence, row) for row in found[:MAX_CARDS]))


def too_small_to_judge(evidence: Evidence) -> Outcome:
    """Channels with too few sessions for any verdict: said in counts, with what is needed.

    Condition: fewer than ``core.channels.MIN_SESSIONS`` sessions, and not promising.
    Evidence: sessions, and where the rate could lie.
    Action: what to send to learn more; neither praise nor blame.
    Source: Wilson (1927), J. American Statistical Association 22:209.
    """
    if evidence.quality is None:
        return Outcome()
    rows = [row for row in _undecided(evidence) if row["n"] < MIN_SESSIONS]
    rows = [row for row in rows if not _is_promising(evidence, row)]
    return Outcome(tuple(_small(evidence, row) for row in rows[:MAX_CARDS]))


def _undecided(evidence: Evidence) -> list[Row]:
    if evidence.quality is None:
        return []
    frame = evidence.quality.frame
    is_thin = (frame["verdict"] == TOO_LITTLE_DATA) & (frame["n"] >= 1)
    return frame[is_thin].to_dict("records")


def _is_promising(evidence: Evidence, row: Row) -> bool:
    return bool(row["n"] >= LEAST_SESSIONS and row["low"] > _rest(evidence, row["channel"]))


def _rest(evidence: Evidence, name: str) -> float:
    """Engagement rate of all other channels together."""
    totals = evidence.totals[~evidence.totals["channel"].isin([*UNATTRIBUTED, name])]
    sums = totals[["engaged_sessions", "sessions"]].sum().to_frame().T
    return float(values(sums, "engagement_rate").iloc[0])


def _table(evidence: Evidence) -> pd.DataFrame:
    if evidence.quality is None:
        return pd.DataFrame()
    frame = evidence.quality.frame
    return rate_table(frame[frame["verdict"] != NOT_A_CHANNEL], "engagement_rate")


def needed(row: Row) -> int:
    """Sessions that tell a rate to ``PRECISION``, at the unevenness seen.

    >>> needed({"value": 0.773, "n": 141, "low": 0.697, "high": 0.834})
    270
    """
    share = row["value"] * (1 - row["value"]) or 0.25
    plain = share * (1.96 / PRECISION) ** 2 * design_effect(row)
    return max(int(np.ceil(plain)), MIN_SESSIONS)


def _promising(evidence: Evidence, row: Row) -> Finding:
    name, rest = row["channel"], _rest(evidence, row["channel"])
    weekly = row["n"] / evidence.weeks
    total = needed(row)
    more = max(total - row["n"], 0)
    wait = t(
        "About {total} sessions would tell its rate to five points: {more} more, about {weeks} "
        "more weeks like these.",
        total=wording.count(total),
        more=wording.count(more),
        weeks=wording.count(np.ceil(more / weekly)),
    )
    impact, unit = evidence.stake(0.1 * weekly * row["value"], name, of="engaged_sessions")
    gap = row["value"] - rest
    return Finding(
        rule_id="promising_channel",
        kind="channels",
        subject=name,
        headline=t(
            "{channel} looks promising: {rate} engaged, but on only {sessions} sessions",
            channel=short(name),
            rate=_percent(row["value"]),
            sessions=wording.count(row["n"]),
        ),
        action=f"{do_more(name)} {wait}",
        evidence=_table(evidence),
        n=row["n"],
        impact=impact,
        impact_unit=t("{unit} if it grew by a tenth", unit=unit),
        effect=Effect(gap, row["low"] - rest, row["high"] - rest, "points"),
        chart=ChartHint("rates", "engagement_rate", name),
        caveats=(
            t(
                "Its rate lies between {low} and {high} (95 %); the other channels have {rest}.",
                low=_percent(row["low"]),
                high=_percent(row["high"]),
                rest=_percent(rest),
            ),
            t("Of many small channels, one looks good by chance."),
        ),
        test_plan=quality_plan(row, weekly, is_better=True),
    )


def _small(evidence: Evidence, row: Row) -> Finding:
    name, n = row["channel"], row["n"]
    return Finding(
        rule_id="too_small_to_judge",
        kind="channels",
        subject=name,
        headline=tn(
            "{channel} is too small to judge: {count} session",
            "{channel} is too small to judge: {count} sessions",
            n,
            channel=short(name),
            count=wording.count(n),
        ),
        action=t(
            "{action}; about {sessions} more sessions are needed before anything can be said "
            "about {channel}. Until then, change nothing on its account.",
            action=t(LEARN.get(name, _LEARN)),
            sessions=wording.count(MIN_SESSIONS - n),
            channel=short(name),
        ),
        evidence=_table(evidence),
        n=n,
        impact=n / evidence.weeks if evidence.weeks else 0.0,
        impact_unit=t("{metric} a week", metric=in_sentence(METRICS["sessions"].label)),
        chart=ChartHint("rates", "engagement_rate", name),
        caveats=(
            t(
                "Its engagement rate could lie anywhere between {low} and {high}.",
                low=_percent(row["low"]),
                high=_percent(row["high"]),
            ),
        ),
    )


def _percent(share: float) -> str:
    return wording.percent(share, 0)
