"""How the traffic is made up: one channel that carries much, visits that GA4 could not place."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core import wording
from core.channels import Diagnosis, concentrate
from core.day_clusters import ratio_difference
from core.language import group, t
from core.recommendations.model import ChartHint, Effect, Evidence, Finding, Outcome
from core.recommendations.words import from_to, short
from core.statistics import Interval
from core.traffic import UNATTRIBUTED, daily_by_channel

CONCENTRATION = 0.5
MIN_SHARE = 0.01
"""Less than one visit in a hundred without a channel is usual."""
MIN_UNATTRIBUTED = 50
SURE = 0.001
"""P-value above which the card is a plain count: far enough down to survive the correction."""
LOW_ENGAGEMENT = 0.25
"""Of the engagement rate of all: visits so empty are measurement, not people."""


def tagging_fault(evidence: Evidence) -> Outcome:
    """Visits without a channel: many, or so little engaged that tracking must be broken.

    Condition: ``MIN_UNATTRIBUTED`` visits or more under Unassigned, (not set) or (other), and
    either more than ``MIN_SHARE`` of all, or an engagement rate below ``LOW_ENGAGEMENT`` of that
    of all others. A visit without a channel is a fault whatever chance does, so the card stays, as
    a plain count, where the test is not passed or there are no days.
    Evidence: how many, since when, which channel lost as many.
    Action: what to check in the tagging, most frequent fault first.
    Source: https://support.google.com/analytics/answer/9756891,
    https://support.google.com/analytics/answer/13504892,
    https://support.google.com/analytics/answer/13331684.
    """
    found, tested = [], []
    for one in evidence.unattributed:
        if one.count < MIN_UNATTRIBUTED:
            continue
        many, empty = _many(evidence, one), _empty(evidence, one)
        tested += [look.p_value for look in (many, empty) if np.isfinite(look.p_value)]
        if one.share.value >= MIN_SHARE:
            found.append(_tagging(evidence, one, many))
        elif empty.value < 0:
            found.append(_tagging(evidence, one, empty))
    return Outcome(tuple(found), tuple(tested))


def _many(evidence: Evidence, one: Diagnosis) -> Interval:
    """Its share of all since it rose, less the share that is usual."""
    if not evidence.is_daily:
        return Interval(one.share.value - MIN_SHARE, np.nan, np.nan)
    daily = daily_by_channel(evidence.traffic, evidence.traffic.main_metric)
    if one.since is not None:
        daily = daily[daily.index >= one.since]
    whole = daily.sum(axis=1)
    usual = (MIN_SHARE * whole, whole)
    return ratio_difference((daily[one.label], whole), usual, is_share=True)


def _empty(evidence: Evidence, one: Diagnosis) -> Interval:
    """Its engagement rate, less a quarter of that of all others."""
    nothing = Interval(np.nan, np.nan, np.nan)
    if not evidence.has_engagement or not evidence.is_daily:
        return nothing
    engaged, sessions = (
        daily_by_channel(evidence.traffic, name) for name in ("engaged_sessions", "sessions")
    )
    others = [name for name in sessions if name not in UNATTRIBUTED]
    if one.label not in sessions or not others:
        return nothing
    usual = (LOW_ENGAGEMENT * engaged[others].sum(axis=1), sessions[others].sum(axis=1))
    return ratio_difference((engaged[one.label], sessions[one.label]), usual, is_share=True)


def _tagging(evidence: Evidence, one: Diagnosis, gap: Interval) -> Finding:
    impact, unit = evidence.stake(one.count / (evidence.weeks or 1))
    return Finding(
        rule_id="tagging_fault",
        kind="tagging",
        subject=one.label,
        headline=_headline(one, evidence.label),
        action=t(
            "Treat it as a tagging matter, not as an audience. Check first: {check}",
            check=t(one.checks[0]),
        ),
        evidence=_tagging_table(evidence, one),
        n=float(one.count),
        impact=impact,
        impact_unit=unit,
        p_value=gap.p_value if gap.p_value < SURE else None,
        effect=Effect(gap.value, gap.low, gap.high, "points"),
        chart=ChartHint("days", evidence.traffic.main_metric, one.label, one.since, None),
        caveats=(
            *_counterpart(one),
            t("GA4 also uses this label for a short while until data are processed."),
        ),
    )


def _headline(one: Diagnosis, label: str) -> str:
    values = {
        "channel": one.label,
        "visits": wording.count(one.count),
        "metric": label,
        "share": wording.percent(one.share.value),
    }
    if not np.isfinite(one.engagement.value):
        if one.since is None:
            return t("{channel}: {visits} {metric} without a channel ({share})", **values)
        return t(
            "{channel}: {visits} {metric} without a channel ({share}), more since {day}",
            day=wording.day(one.since),
            **values,
        )
    rate = wording.percent(one.engagement.value)
    if one.since is None:
        return t(
            "{channel}: {visits} {metric} without a channel ({share}), {rate} engaged",
            rate=rate,
            **values,
        )
    return t(
        "{channel}: {visits} {metric} without a channel ({share}), {rate} engaged, more since "
        "{day}",
        rate=rate,
        day=wording.day(one.since),
        **values,
    )


def _counterpart(one: Diagnosis) -> tuple[str, ...]:
    if one.counterpart is None:
        return ()
    lost = wording.count(round(one.counterpart_loss))
    return (
        t(
            "{channel} lost about as much at the same time ({lost} a day).",
            channel=short(one.counterpart),
            lost=lost,
        ),
    )


def _tagging_table(evidence: Evidence, one: Diagnosis) -> pd.DataFrame:
    share = one.share
    return pd.DataFrame(
        {
            t("Label"): [one.label],
            evidence.head: [wording.count(one.count)],
            t("Share"): [wording.percent(share.value)],
            t("95 % interval"): [
                from_to(wording.percent(share.low), wording.percent(share.high))
                if np.isfinite(share.low)
                else ""
            ],
            t("Engagement rate"): [wording.percent(one.engagement.value)],
        }
    )


def concentration(evidence: Evidence) -> Outcome:
    """More than half of the traffic comes by one channel: a plain share, no test.

    Condition: a share of ``CONCENTRATION`` or more among at least two channels. Worth watching.
    Evidence: share of every channel, and what would be left without it.
    Action: build a second leg.
    Source: Hill (1973), Ecology 54:427 (how many equal channels it is like).
    """
    metric = evidence.traffic.main_metric
    totals = evidence.totals[~evidence.totals["channel"].isin(UNATTRIBUTED)]
    if len(totals) < 2 or not evidence.weeks or not totals.iloc[0]["share"] >= CONCENTRATION:
        return Outcome()
    found, top = concentrate(evidence.traffic), totals.iloc[0]
    row = found.frame.set_index("channel").loc[top["channel"]]
    impact, unit = evidence.stake(0.1 * float(top[metric]) / evidence.weeks, top["channel"])
    finding = Finding(
        rule_id="concentration",
        kind="risk",
        subject=top["channel"],
        headline=t(
            "{channel} brings {share} of all {metric}; without it {left} are left",
            channel=short(top["channel"]),
            share=wording.percent(top["share"]),
            metric=evidence.label,
            left=wording.count(row["left"]),
        ),
        action=t(
            "Build a second leg before you need it: pick the channel with the best engagement "
            "rate and enough data, and set it a goal for the quarter."
        ),
        evidence=pd.DataFrame(
            {
                t("Channel"): totals["channel"],
                evidence.head: totals[metric].map(wording.count),
                t("Share"): totals["share"].map(wording.percent),
            }
        ),
        n=float(totals[metric].sum()),
        impact=impact,
        impact_unit=t("{unit} if it lost a tenth", unit=unit),
        effect=Effect(row["share"], row["low"], row["high"], "points"),
        chart=ChartHint("shares", metric, top["channel"]),
        caveats=(
            t("A large share is a risk only if the channel can change without you."),
            t(
                "The mix is as concentrated as {number} equal channels.",
                number=group(found.effective_channels, 1),
            ),
        ),
    )
    return Outcome((finding,))
