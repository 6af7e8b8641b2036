"""What a visit holds and how often people come, by channel."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from core import wording
from core.channels import BETTER, MIN_SESSIONS, NOT_A_CHANNEL, WORSE, ChannelComparison
from core.channels.compare import compare_parts
from core.channels.parts import Parts
from core.language import group, in_sentence, t
from core.metrics import METRICS, available_metrics
from core.recommendations.model import ChartHint, Effect, Evidence, Finding, Outcome, TestPlan
from core.recommendations.words import rate_table, short, unevenness
from core.traffic import daily_by_channel

MIN_DIFFERENCE = 0.1
"""A tenth more or less a visit changes a decision."""
DEPTH = ("views_per_session", "events_per_session", "engagement_time_per_session")
"""What tells the depth of a visit, the plainest that was exported first."""

Row = dict[Hashable, Any]


def session_depth(evidence: Evidence) -> Outcome:
    """A channel whose visits hold clearly fewer (else more) pages or events than the others'.

    Condition: ``compare_channels`` says ``worse`` or ``better`` by ``MIN_DIFFERENCE`` or more; the
    one at stake most is told.
    Evidence: the ratio of every channel with its interval.
    Action: give its visitors a next step; test it on half of them.
    Source: https://support.google.com/analytics/answer/11143382 (metrics); Lazarus et al. (2018),
    J. Business & Economic Statistics 36:541.
    """
    metric = next((name for name in DEPTH if name in available_metrics(evidence.traffic)), None)
    found = evidence.compare(metric) if metric else None
    if found is None or metric is None:
        return Outcome()
    rows = _clear(found.frame)
    worse = [row for row in rows if row["verdict"] == WORSE]
    told = sorted(worse or rows, key=lambda row: -abs(row["difference"]) * row["n"])[:1]
    findings = tuple(_depth(evidence, row, found) for row in told)
    return Outcome(findings, tuple(found.tested))


def _clear(frame: pd.DataFrame) -> list[Row]:
    rows = frame[frame["verdict"].isin([BETTER, WORSE])].to_dict("records")
    return [row for row in rows if abs(_relative(row).value) >= MIN_DIFFERENCE]


def _relative(row: Row) -> Effect:
    """Difference to the others as a part of theirs."""
    rest = row["value"] - row["difference"]
    return Effect(
        row["difference"] / rest,
        row["difference_low"] / rest,
        row["difference_high"] / rest,
        "percent",
    )


def _depth(evidence: Evidence, row: Row, found: ChannelComparison) -> Finding:
    metric, frame, name = found.metric, found.frame, row["channel"]
    effect, entry = _relative(row), METRICS[metric]
    weekly, is_less = row["n"] / (evidence.weeks or 1), row["difference"] < 0
    rest = row["value"] - row["difference"]
    visits = abs(effect.value) * weekly if is_less else 0.1 * weekly
    impact, unit = evidence.stake(0.1 * visits, name)
    return Finding(
        rule_id="session_depth",
        kind="channels",
        subject=name,
        headline=t(
            "{channel}: {number} {metric}, the others {others}",
            channel=short(name),
            number=wording.metric_value(metric, row["value"]),
            metric=in_sentence(entry.label),
            others=wording.metric_value(metric, rest),
        ),
        action=t(
            "Give its visitors a next step: related pages, a clear link at the end, and try it "
            "on half of them."
        )
        if is_less
        else t(
            "Look at the pages on which these visits go on, and link to them from the landing "
            "pages of other channels."
        ),
        evidence=rate_table(frame[frame["verdict"] != NOT_A_CHANNEL], metric),
        n=row["n"],
        impact=impact,
        impact_unit=t("{unit} if one in ten of these went on", unit=unit),
        p_value=float(found.tested[name]),
        effect=effect,
        chart=ChartHint("rates", metric, name),
        caveats=(
            t("People of another channel may look for something else, and find it at once."),
            t("Events count everything GA4 records: a page with many automatic events has more."),
        ),
        test_plan=_plan(evidence, row) if is_less else None,
    )


def _plan(evidence: Evidence, row: Row) -> TestPlan | None:
    """By the engagement rate where there is one: a share has a known spread."""
    totals = evidence.totals.set_index("channel")
    name = row["channel"]
    if not evidence.has_engagement or not 0 < totals.loc[name, "engagement_rate"] < 1:
        return None
    change = t(
        "Show every second {channel} visit related pages at the end, the others the old page.",
        channel=name,
    )
    daily = daily_by_channel(evidence.traffic, "sessions")[name]
    base = float(totals.loc[name, "engagement_rate"])
    weekly = row["n"] / (evidence.weeks or 1)
    design = min(unevenness(daily), 2.0)
    return TestPlan(change, name, "engagement_rate", base, 0.02, design, weekly)


def loyalty(evidence: Evidence) -> Outcome:
    """A channel whose people come clearly more often than those of the others.

    Condition: sessions per user differ from the rest by ``MIN_DIFFERENCE`` or more, by the same
    test as the engagement rate. The export holds no retention, and the card says so.
    Evidence: sessions per user of every channel with its interval.
    Action: give those who come back a reason to subscribe.
    Source: https://support.google.com/analytics/answer/12253918 (users).
    """
    if not {"sessions", "users"} <= set(evidence.traffic.exported):
        return Outcome()
    if not evidence.is_daily or not evidence.traffic.has_channels:
        return Outcome()
    top, bottom = (daily_by_channel(evidence.traffic, name) for name in ("sessions", "users"))
    found = compare_parts(Parts(top, bottom, "engaged_sessions_per_user"))  # for its unit: a ratio
    rows = [row for row in _clear(found.frame) if row["verdict"] == BETTER]
    rows = sorted((r for r in rows if r["n"] >= MIN_SESSIONS), key=lambda r: -r["difference"])
    findings = tuple(_loyal(evidence, row, found.frame, found.tested) for row in rows[:1])
    return Outcome(findings, tuple(found.tested))


def _loyal(evidence: Evidence, row: Row, frame: pd.DataFrame, tested: pd.Series) -> Finding:
    name, rest = row["channel"], row["value"] - row["difference"]
    users = wording.metric_label("users", evidence.traffic.grain)
    impact, unit = evidence.stake(0.1 * row["difference"] * row["n"] / evidence.weeks, name)
    table = rate_table(frame[frame["verdict"] != NOT_A_CHANNEL], "engaged_sessions_per_user")
    table.columns = pd.Index(
        [t("Channel"), users, t("Sessions per user"), t("95 % interval"), t("Verdict")]
    )
    return Finding(
        rule_id="loyalty",
        kind="channels",
        subject=name,
        headline=t(
            "{channel}: {number} sessions per user, the others {others}",
            channel=short(name),
            number=group(row["value"], 2),
            others=group(rest, 2),
        ),
        action=t(
            "Give the people of this channel a reason to subscribe, and the others a reason to "
            "come back: a series, a reminder, a newsletter."
        ),
        evidence=table,
        n=row["n"],
        impact=impact,
        impact_unit=t("{unit} if it rose by a tenth of the gap", unit=unit),
        p_value=float(tested[name]),
        effect=_relative(row),
        chart=None,
        caveats=(
            t("The export holds no retention: whether people come back next week is not in it."),
            _counted_anew(evidence.traffic.grain, in_sentence(users)),
        ),
    )


def _counted_anew(grain: str, users: str) -> str:
    if grain == "hour":
        return t(
            "Users are counted anew in every hour ({users}), so this tells visits close together "
            "only.",
            users=users,
        )
    return t(
        "Users are counted anew in every day ({users}), so this tells visits close together only.",
        users=users,
    )
