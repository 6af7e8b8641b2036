"""Hours or days on which nothing was recorded."""

from __future__ import annotations

import pandas as pd

from core import wording
from core.language import t, tn
from core.recommendations.model import ChartHint, Evidence, Finding, Outcome
from core.recommendations.words import ALL
from core.trends import find_gaps

MOST_ROWS = 10


def missing_hours(evidence: Evidence) -> Outcome:
    """Hours (or days) without any row where visits are usual.

    Condition: ``core.trends.find_gaps`` names at least one: ten visits or more are usual then. A
    plain count, so worth watching.
    Evidence: the stretches.
    Action: check whether the site or the tag was down; export the days again.
    Source: https://support.google.com/analytics/answer/9383630 (data thresholds),
    https://support.google.com/analytics/answer/11198161 (data freshness).
    """
    if not evidence.is_daily:
        return Outcome()
    gaps = find_gaps(evidence.traffic)
    return Outcome((_finding(evidence, gaps),)) if len(gaps) else Outcome()


def _stretches(
    gaps: pd.DatetimeIndex, step: pd.Timedelta
) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Runs of neighbouring gaps, longest first."""
    runs: list[tuple[pd.Timestamp, pd.Timestamp]] = []
    for time in gaps:
        if runs and runs[-1][1] == time:
            runs[-1] = (runs[-1][0], time + step)
        else:
            runs.append((time, time + step))
    return sorted(runs, key=lambda run: (run[0] - run[1], run[0]))


def _finding(evidence: Evidence, gaps: pd.DatetimeIndex) -> Finding:
    unit = evidence.traffic.grain
    runs = _stretches(gaps, pd.Timedelta(1, "h" if unit == "hour" else "D"))
    weekly = evidence.history.mean() * len(gaps) / evidence.weeks
    impact, words = evidence.stake(float(weekly))
    return Finding(
        rule_id="missing_hours",
        kind="data",
        subject=ALL,
        subject_words=t(ALL),
        headline=_headline(unit, len(gaps), wording.moment(*runs[0])),
        action=t(
            "Check whether the site or its tag was down then, and export these days once more. "
            "Averages and forecasts leave them out."
        ),
        evidence=pd.DataFrame(
            {
                t("Nothing recorded"): [wording.moment(*run) for run in runs[:MOST_ROWS]],
                t("Hours") if unit == "hour" else t("Days"): [
                    str(int(((gaps >= start) & (gaps < end)).sum()))
                    for start, end in runs[:MOST_ROWS]
                ],
            }
        ),
        n=float(len(gaps)),
        impact=impact,
        impact_unit=t("{unit} not counted", unit=words),
        chart=ChartHint("days", evidence.traffic.main_metric, "", *runs[0]),
        caveats=(
            t(
                "GA4 withholds rows with few people (thresholds) and needs up to two days for the "
                "newest data."
            ),
        ),
    )


def _headline(unit: str, gaps: int, longest: str) -> str:
    if unit == "hour":
        return tn(
            "{count} hour without any row, the longest on {moment}",
            "{count} hours without any row, the longest on {moment}",
            gaps,
            moment=longest,
        )
    return tn(
        "{count} day without any row, the longest on {moment}",
        "{count} days without any row, the longest on {moment}",
        gaps,
        moment=longest,
    )
