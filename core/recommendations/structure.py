"""How the traffic is made up: one channel that carries much, visits that GA4 could not place."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core import wording
from core.recommendations.model import Evidence, Finding, Outcome
from core.traffic import UNATTRIBUTED

CONCENTRATION = 0.5
MIN_UNATTRIBUTED_SHARE = 0.01
MIN_UNATTRIBUTED = 50
LOW_ENGAGEMENT = 0.25
"""Of the engagement rate of all: visits so empty are measurement, not people."""


def tagging_fault(evidence: Evidence) -> Outcome:
    """Visits without a channel: many, or so little engaged that tracking must be broken.

    A plain count, no test: every one of these visits is one that GA4 could not place.
    """
    metric = evidence.traffic.main_metric
    totals = evidence.totals.set_index("channel")
    findings = []
    for name in (name for name in UNATTRIBUTED if name in totals.index):
        row = totals.loc[name]
        is_many = row["share"] >= MIN_UNATTRIBUTED_SHARE
        if row[metric] >= MIN_UNATTRIBUTED and (is_many or _is_empty(totals, name)):
            findings.append(_tagging(evidence, name, row, metric))
    return Outcome(tuple(findings))


def _is_empty(totals: pd.DataFrame, name: str) -> bool:
    everyone = totals["engaged_sessions"].sum() / totals["sessions"].sum()
    rate = totals.loc[name, "engagement_rate"]
    return bool(np.isfinite(rate) and rate < LOW_ENGAGEMENT * everyone)


def _tagging(evidence: Evidence, name: str, row: pd.Series, metric: str) -> Finding:
    label = wording.metric_label(metric, evidence.traffic.grain).lower()
    rate = row["engagement_rate"]
    tail = f", {wording.percent(rate)} of them engaged" if np.isfinite(rate) else ""
    since = _since(evidence, name, metric)
    return Finding(
        rule_id="tagging_fault",
        subject=name,
        headline=f"{name}: {wording.count(row[metric])} {label} without a channel{tail}"
        + (f", mostly since {since}" if since else ""),
        action="Treat it as a tagging matter, not as an audience: check UTM tags of newsletters "
        "and ads, the consent banner and server-side events in GA4's DebugView.",
        evidence=pd.DataFrame(
            {
                "Label": [name],
                label.capitalize(): [wording.count(row[metric])],
                "Share": [wording.percent(row["share"])],
                "Engagement rate": [wording.percent(rate)],
            }
        ),
        n=float(row[metric]),
        impact=float(row[metric]) / evidence.weeks if evidence.weeks else float(row[metric]),
        impact_unit=f"{label} a week",
        caveats=("GA4 also uses this label for a short while until data are processed.",),
    )


def _since(evidence: Evidence, name: str, metric: str) -> str:
    """The day from which on nearly all of it came, if most days before had next to none."""
    traffic = evidence.traffic
    if traffic.grain not in ("hour", "day"):
        return ""
    rows = traffic.frame[traffic.frame["channel"] == name]
    daily = rows.groupby(rows["time"].dt.normalize())[metric].sum()
    daily = daily.reindex(traffic.times.normalize().unique(), fill_value=0.0)
    first = int(np.argmax(daily.cumsum().to_numpy() > 0.02 * daily.sum()))
    return wording.day(daily.index[first]) if first >= 7 else ""


def concentration(evidence: Evidence) -> Outcome:
    """More than half of the traffic comes by one channel: a plain share, no test."""
    metric = evidence.traffic.main_metric
    totals = evidence.totals[~evidence.totals["channel"].isin(UNATTRIBUTED)]
    if len(totals) < 2 or not evidence.weeks or totals.iloc[0]["share"] < CONCENTRATION:
        return Outcome()
    top = totals.iloc[0]
    label = wording.metric_label(metric, evidence.traffic.grain).lower()
    finding = Finding(
        rule_id="concentration",
        subject=top["channel"],
        headline=f"{top['channel']} brings {wording.percent(top['share'])} of all {label}",
        action="Build a second leg before you need it: pick the channel with the best engagement "
        "rate and enough data, and set it a goal for the quarter.",
        evidence=pd.DataFrame(
            {
                "Channel": totals["channel"],
                label.capitalize(): totals[metric].map(wording.count),
                "Share": totals["share"].map(wording.percent),
            }
        ),
        n=float(totals[metric].sum()),
        impact=float(top[metric]) / evidence.weeks * 0.1,
        impact_unit=f"{label} a week if it lost a tenth",
        caveats=("A large share is a risk only if the channel can change without you.",),
    )
    return Outcome((finding,))
