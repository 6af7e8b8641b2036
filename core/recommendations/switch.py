"""One channel stops on the day on which another starts: visits that changed their label."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from core import wording
from core.expected import OTHERS
from core.language import t
from core.recommendations.model import ChartHint, Effect, Evidence, Finding, Outcome
from core.recommendations.words import change_between, short
from core.traffic import ALL_CHANNELS, UNATTRIBUTED

SAME_DAY = pd.Timedelta(days=1)
"""Two level changes at most a day apart are one event."""
MATCH = (0.5, 2.0)
"""What one channel won lies between half and twice of what the other lost."""

Row = dict[Hashable, Any]


def channel_switches(evidence: Evidence) -> Outcome:
    """A channel drops and another rises by about as much on the same day.

    Condition: lasting level changes of two channels (``core.levels``), opposite, at most a day
    apart and alike in size; the p-value is the larger of the two.
    Evidence: visits a day of both, before and after.
    Action: look for a change of tags; compare the two channels as one across that day.
    Source: https://support.google.com/analytics/answer/9756891 (how GA4 assigns channels); Kovács
    et al. (2023), Biometrika 110:249.
    """
    return Outcome(tuple(_finding(evidence, *pair) for pair in _pairs(evidence)))


def switched(evidence: Evidence) -> set[str]:
    """Channels that are part of a switch."""
    return {str(row["channel"]) for pair in _pairs(evidence) for row in pair}


def _pairs(evidence: Evidence) -> list[tuple[Row, Row]]:
    """The channel that dropped and the one that rose; each in one pair at most."""
    if evidence.levels is None:
        return []
    out = (*UNATTRIBUTED, OTHERS, ALL_CHANNELS)
    rows = evidence.levels.frame.to_dict("records")
    rows = [row for row in rows if pd.isna(row["end"]) and row["channel"] not in out]
    falls = [row for row in rows if row["change"] < 0]
    rises = [row for row in rows if row["change"] > 0]
    pairs = []
    for fall in falls:
        match = next((rise for rise in rises if _belong(fall, rise)), None)
        if match is not None:
            rises.remove(match)
            pairs.append((fall, match))
    return pairs


def _belong(fall: Row, rise: Row) -> bool:
    lost, won = fall["before"] - fall["after"], rise["after"] - rise["before"]
    is_same_day = abs(fall["start"] - rise["start"]) <= SAME_DAY
    return bool(is_same_day and MATCH[0] * lost <= won <= MATCH[1] * lost)


def _finding(evidence: Evidence, fall: Row, rise: Row) -> Finding:
    old, new = fall["channel"], rise["channel"]
    lost = 7 * (fall["before"] - fall["after"])
    impact, unit = evidence.stake(lost, old)
    return Finding(
        rule_id="channel_switch",
        kind="tagging",
        subject=old,
        headline=t(
            "{old} fell and {new} rose by about {visits} a week on {day}",
            old=short(old),
            new=short(new),
            visits=wording.count(round(lost)),
            day=wording.day(fall["start"]),
        ),
        action=t(
            "Look for a change of tags on that day (utm_medium, redirects, a new link "
            "shortener). Until it is found, read {old} and {new} as one.",
            old=old,
            new=new,
        ),
        evidence=_table(fall, rise, evidence.head),
        n=evidence.traffic.frame.loc[
            evidence.traffic.frame["channel"].isin([old, new]), evidence.traffic.main_metric
        ].sum(),
        impact=impact,
        impact_unit=unit,
        p_value=max(fall["p_value"], rise["p_value"]),
        effect=Effect(fall["change"], fall["low"], fall["high"], "percent"),
        chart=ChartHint("days", evidence.traffic.main_metric, old, fall["start"], None),
        caveats=(t("Both may have moved for reasons of their own on the same day."),),
    )


def _table(fall: Row, rise: Row, label: str) -> pd.DataFrame:
    rows = [fall, rise]
    return pd.DataFrame(
        {
            t("Channel"): [row["channel"] for row in rows],
            t("{metric} a day before", metric=label): [
                wording.count(round(r["before"])) for r in rows
            ],
            t("Since"): [wording.count(round(row["after"])) for row in rows],
            t("Change"): [wording.signed_percent(row["change"]) for row in rows],
            t("95 % interval"): [change_between(row["low"], row["high"]) for row in rows],
        }
    )
