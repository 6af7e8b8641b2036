"""How good the visits of a channel are: engagement rate against the other channels."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from core import wording
from core.channels import BETTER, NOT_A_CHANNEL, WORSE
from core.language import group, t
from core.recommendations.model import ChartHint, Effect, Evidence, Finding, Outcome, TestPlan
from core.recommendations.words import do_more, rate_table, repair, short

MIN_DIFFERENCE = 0.03
"""Three points: smaller differences are real in large data but change no decision."""
SMALLEST_EFFECT = 0.02

Row = dict[Hashable, Any]


def better_channels(evidence: Evidence) -> Outcome:
    """Channels whose visits are engaged clearly more often than those of the others.

    Condition: ``compare_channels`` says ``better``, by ``MIN_DIFFERENCE`` or more.
    Evidence: rate of every channel with its interval; the difference to the rest.
    Action: more of the same kind, in the words of that channel.
    Source: https://support.google.com/analytics/answer/12195621 (engaged sessions); Lazarus et al.
    (2018), J. Business & Economic Statistics 36:541, for days that go together.
    """
    return _by_verdict(evidence, BETTER)


def worse_channels(evidence: Evidence) -> Outcome:
    """Channels whose visits are engaged clearly less often than those of the others.

    Condition: ``compare_channels`` says ``worse``, by ``MIN_DIFFERENCE`` or more.
    Evidence: as for the better ones.
    Action: repair or personalise the landing page, and test it on half of the visits.
    Source: as for the better ones; Kohavi, Tang and Xu (2020), Trustworthy Online Controlled
    Experiments, for the test.
    """
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
    return Outcome(tuple(_finding(evidence, row) for row in rows), tested)


def _finding(evidence: Evidence, row: Row) -> Finding:
    name, is_better = row["channel"], row["difference"] > 0
    weekly = row["n"] / evidence.weeks
    gain = 0.1 * weekly * row["value"] if is_better else -row["difference"] * weekly
    impact, unit = evidence.stake(gain, name, of="engaged_sessions")
    frame = evidence.quality.frame if evidence.quality else evidence.totals
    return Finding(
        rule_id="better_channel" if is_better else "worse_channel",
        kind="channels",
        subject=name,
        headline=_headline(row, is_better=is_better),
        action=do_more(name) if is_better else repair(name),
        evidence=rate_table(frame[frame["verdict"] != NOT_A_CHANNEL], "engagement_rate"),
        n=row["n"],
        impact=impact,
        impact_unit=t("{unit} if it grew by a tenth", unit=unit)
        if is_better
        else t("{unit} if it matched the others", unit=unit),
        p_value=float(evidence.quality.tested[name]) if evidence.quality else None,
        effect=Effect(row["difference"], row["difference_low"], row["difference_high"], "points"),
        chart=ChartHint("rates", "engagement_rate", name),
        caveats=(
            t(
                "Channels bring different people with different aims; the rate alone does not "
                "say why."
            ),
            t("The comparison is not adjusted for the hours at which each channel is active."),
        ),
        test_plan=quality_plan(row, weekly, is_better=is_better),
    )


def _headline(row: Row, *, is_better: bool) -> str:
    channel, rate = short(row["channel"]), wording.percent(row["value"])
    points = group(100 * row["difference"], 1)
    if is_better:
        return t(
            "{channel}: {rate} of its sessions are engaged, {points} points above the others",
            channel=channel,
            rate=rate,
            points=points,
        )
    return t(
        "{channel}: {rate} of its sessions are engaged, {points} points below the others",
        channel=channel,
        rate=rate,
        points=points,
    )


def quality_plan(row: Row, weekly: float, *, is_better: bool) -> TestPlan | None:
    """Two points of the engagement rate, among visits of that channel; none from 0 or 100 %."""
    name = row["channel"]
    if not (weekly > 0 and 0 < row["value"] < 1):
        return None
    change = (
        t(
            "Tag the new campaign, partner or post and compare its visits with other {channel} "
            "visits of the same days.",
            channel=name,
        )
        if is_better
        else t(
            "Show every second {channel} visit the new landing page, the others the old one.",
            channel=name,
        )
    )
    return TestPlan(
        change=change,
        channel=name,
        metric="engagement_rate",
        base=row["value"],
        smallest_effect=SMALLEST_EFFECT,
        design_effect=design_effect(row),
        weekly=weekly,
    )


def design_effect(row: Row) -> float:
    """How much wider the interval is than for independent sessions, squared; at least 1."""
    independent = 1.96 * np.sqrt(row["value"] * (1 - row["value"]) / row["n"])
    half = (row["high"] - row["low"]) / 2
    return float(max(1.0, (half / independent) ** 2)) if independent > 0 else 1.0
