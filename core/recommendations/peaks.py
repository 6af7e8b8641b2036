"""Spikes worth understanding, and perhaps worth repeating."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from core import wording
from core.recommendations.model import Evidence, Finding, Outcome
from core.spikes import MIN_EXCESS, SPIKE, Spikes

MAX_CARDS = 2
HELD = 0.9
"""Engagement held if the rate during the spike is at least nine tenths of the usual one."""


def spikes(evidence: Evidence) -> Outcome:
    """The largest spikes: when, how much, by which channel, and whether engagement held."""
    if evidence.spikes is None:
        return Outcome()
    rows = _rises(evidence.spikes).head(MAX_CARDS).to_dict("records")
    return Outcome(tuple(_finding(evidence, row) for row in rows))


def _rises(found: Spikes | None) -> pd.DataFrame:
    """Spikes that brought visits, not dips and not visits filed under another channel."""
    if found is None:
        return pd.DataFrame()
    frame = found.frame
    return frame[(frame["kind"] == SPIKE) & (frame["excess"] >= MIN_EXCESS)]


def _finding(evidence: Evidence, row: dict[Hashable, Any]) -> Finding:
    metric = evidence.traffic.main_metric
    label = wording.metric_label(metric, evidence.traffic.grain).lower()
    when, name = wording.moment(row["start"], row["end"]), row["channel"]
    excess = row["channel_actual"] - row["channel_expected"]
    whose = "Traffic" if name == "(all)" else name
    held = row["engagement_rate"] / row["usual_engagement_rate"]
    return Finding(
        rule_id="spike",
        subject=when,
        headline=f"{whose} stood out on {when}: {wording.count(row['channel_actual'])} {label}, "
        f"about {wording.count(row['channel_expected'])} would be usual",
        action=_action(held),
        evidence=_table(_rises(evidence.spikes), label),
        n=float(row["channel_actual"]),
        impact=excess / evidence.weeks,
        impact_unit=f"{label} a week if it came back once in {evidence.weeks:.0f} weeks",
        p_value=row["p_value"],
        is_corrected=True,
        caveats=(
            "The export does not say what was posted, sent or linked then: only you know.",
            *_held_caveat(row, held),
        ),
    )


def _action(held: float) -> str:
    if np.isfinite(held) and held < HELD:
        return (
            "Look up what was shared then. The visits were many but less engaged: before you "
            "repeat it, give such visitors a page to go on with."
        )
    return "Look up what was posted, sent or linked then, and try it once more on purpose."


def _held_caveat(row: dict[Hashable, Any], held: float) -> tuple[str, ...]:
    if not np.isfinite(held):
        return ()
    word = "held" if held >= HELD else "was lower"
    return (
        f"Engagement {word}: {wording.percent(row['engagement_rate'])} during, "
        f"{wording.percent(row['usual_engagement_rate'])} at other times.",
    )


def _table(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "When": [
                wording.moment(start, end)
                for start, end in zip(frame["start"], frame["end"], strict=True)
            ],
            "Channel": frame["channel"],
            f"{label.capitalize()} of the channel": frame["channel_actual"].map(wording.count),
            "Usual": frame["channel_expected"].map(wording.count),
            "All channels": frame["actual"].map(wording.count),
            "Usual for all": frame["expected"].map(wording.count),
        }
    )
