"""How good the visits of a channel are: engagement rate against the other channels."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from core import wording
from core.channels import BETTER, MIN_SESSIONS, NOT_A_CHANNEL, TOO_LITTLE_DATA, WORSE
from core.recommendations.model import Evidence, Finding, Outcome, TestPlan
from core.statistics import sessions_per_side

MIN_DIFFERENCE = 0.03
"""Three points: smaller differences are real in large data but change no decision."""
SMALLEST_EFFECT = 0.02
MAX_TOO_SMALL = 3
"""Cards for channels too small to judge, largest first; the rest stands on the Channels page."""

Row = dict[Hashable, Any]


def better_channels(evidence: Evidence) -> Outcome:
    """Channels whose visits are engaged clearly more often than those of the others."""
    return _by_verdict(evidence, BETTER)


def worse_channels(evidence: Evidence) -> Outcome:
    """Channels whose visits are engaged clearly less often than those of the others."""
    return _by_verdict(evidence, WORSE)


def _by_verdict(evidence: Evidence, verdict: str) -> Outcome:
    if evidence.quality is None:
        return Outcome()
    rows = [
        row
        for row in evidence.quality.frame.to_dict("records")
        if row["verdict"] == verdict and abs(row["difference"]) >= MIN_DIFFERENCE
    ]
    # both rules read the same comparisons: they are counted once, with the better ones
    tested = tuple(evidence.quality.tested) if verdict == BETTER else ()
    return Outcome(tuple(_finding(evidence, row, verdict) for row in rows), tested)


def _finding(evidence: Evidence, row: Row, verdict: str) -> Finding:
    name, is_better = row["channel"], verdict == BETTER
    weekly = row["n"] / evidence.weeks
    step = "one more campaign, partner or post type" if is_better else "a landing page that says"
    action = (
        f"Look for what these visits have in common and try {step} of the same kind."
        if is_better
        else f"Check where {name} visits land and whether the page keeps what the link promised; "
        "try another landing page for half of them."
    )
    gap = "above" if is_better else "below"
    return Finding(
        rule_id="better_channel" if is_better else "worse_channel",
        subject=name,
        headline=f"{name}: {wording.percent(row['value'])} of its sessions are engaged, "
        f"{abs(100 * row['difference']):.1f} points {gap} the other channels",
        action=action,
        evidence=_table(evidence.quality.frame if evidence.quality else pd.DataFrame()),
        n=row["n"],
        impact=0.1 * weekly * row["value"] if is_better else -row["difference"] * weekly,
        impact_unit="engaged sessions a week "
        + ("if it grew by a tenth" if is_better else "if it matched the others"),
        p_value=float(evidence.quality.tested[name]) if evidence.quality else None,
        caveats=(
            "Channels bring different people with different aims; the rate alone does not say why.",
            "The comparison is not adjusted for the hours at which each channel is active.",
        ),
        test_plan=_plan(row, weekly, name, is_better=is_better),
    )


def _plan(row: Row, weekly: float, name: str, *, is_better: bool) -> TestPlan:
    plain = sessions_per_side(row["value"], SMALLEST_EFFECT)
    needed = int(np.ceil(plain * _design_effect(row)))
    change = (
        f"Tag the new campaign, partner or post and compare its visits with other {name} visits "
        "of the same days."
        if is_better
        else f"Show every second {name} visit the new landing page, the others the old one."
    )
    return TestPlan(
        change=change,
        metric="engagement_rate",
        smallest_effect=SMALLEST_EFFECT,
        sessions_per_side=needed,
        days=int(np.ceil(2 * needed / (weekly / 7))),
    )


def _design_effect(row: Row) -> float:
    """How much wider the interval is than for independent sessions, squared; at least 1."""
    independent = 1.96 * np.sqrt(row["value"] * (1 - row["value"]) / row["n"])
    half = (row["high"] - row["low"]) / 2
    return float(max(1.0, (half / independent) ** 2)) if independent > 0 else 1.0


def too_small_to_judge(evidence: Evidence) -> Outcome:
    """Channels with too few sessions for any verdict: said in counts, with what is needed."""
    if evidence.quality is None:
        return Outcome()
    frame = evidence.quality.frame
    small = frame[(frame["verdict"] == TOO_LITTLE_DATA) & frame["n"].between(1, MIN_SESSIONS - 1)]
    return Outcome(tuple(_small(evidence, row) for row in small.to_dict("records")[:MAX_TOO_SMALL]))


def _small(evidence: Evidence, row: Row) -> Finding:
    name, n = row["channel"], row["n"]
    rate = f"{wording.percent(row['low'], 0)} and {wording.percent(row['high'], 0)}"
    noun = "session" if n == 1 else "sessions"
    return Finding(
        rule_id="too_small_to_judge",
        subject=name,
        headline=f"{name} is too small to judge: {wording.count(n)} {noun}",
        action=f"Collect at least {wording.count(MIN_SESSIONS)} sessions before you decide "
        f"anything about {name}; about {wording.count(MIN_SESSIONS - n)} more are needed.",
        evidence=_table(evidence.quality.frame) if evidence.quality else pd.DataFrame(),
        n=n,
        impact=n / evidence.weeks if evidence.weeks else 0.0,
        caveats=(f"Its engagement rate could lie anywhere between {rate}.",),
    )


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    rows = frame[frame["verdict"] != NOT_A_CHANNEL]
    return pd.DataFrame(
        {
            "Channel": rows["channel"],
            "Sessions": rows["n"].map(wording.count),
            "Engagement rate": rows["value"].map(wording.percent),
            "95 % interval": [
                f"{wording.percent(low)} to {wording.percent(high)}"
                for low, high in zip(rows["low"], rows["high"], strict=True)
            ],
            "Verdict": rows["verdict"],
        }
    )
