"""Spikes worth understanding, and perhaps worth repeating."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from core import wording
from core.errors import NotEnoughData
from core.explain import explain
from core.language import mark, t
from core.recommendations.model import ChartHint, Effect, Evidence, Finding, Outcome
from core.recommendations.words import count_plan, moment_as_subject, named, short
from core.spikes import FELL, HELD, MIN_EXCESS, ROSE, SPIKE, Spikes
from core.statistics import benjamini_hochberg
from core.traffic import ALL_CHANNELS, Filters, daily_by_channel, select

MAX_CARDS = 2
LEAST_USUAL = 0.5
MIN_TIMES = 5 / 3
"""A spike that is not two thirds above the usual of its channel gets no card."""
ACTIONS = {
    HELD: mark("Look up what was posted, sent or linked then, and try it once more on purpose."),
    ROSE: mark("Look up what was posted, sent or linked then, and try it once more on purpose."),
    FELL: mark(
        "Look up what was shared then, but do not repeat it as it was: the visits were less "
        "engaged. First give such visitors a page to go on with."
    ),
}
UNKNOWN = mark(
    "Look up what was posted, sent or linked then; before you repeat it, check that people stayed."
)
"""Where the export cannot tell whether people engaged."""
_MEANWHILE = {
    HELD: mark("Engagement held: {rate} during, {usual} at such hours."),
    FELL: mark("Engagement was lower: {rate} during, {usual} at such hours."),
    ROSE: mark("Engagement was higher: {rate} during, {usual} at such hours."),
}

Row = dict[Hashable, Any]


def spikes(evidence: Evidence) -> Outcome:
    """The largest spikes: when, how much, by which channel, and whether engagement held.

    Condition: ``core.spikes.find_spikes`` found it, with ``MIN_EXCESS`` visits or more and
    ``MIN_TIMES`` the usual of its channel.
    Evidence: visits against the usual of the channel and of all; its engagement meanwhile.
    Action: repeat on purpose where engagement held, repair first where it fell.
    Source: Benjamini and Bogomolov (2014), JRSS B 76:297 (many looks); Kish (1965), Survey
    Sampling (engagement meanwhile).
    """
    if evidence.spikes is None:
        return Outcome()
    rows = _rises(evidence.spikes).head(MAX_CARDS).to_dict("records")
    smallest = _smallest(evidence.spikes)
    if len(evidence.spikes.frame) == 1:  # what was seen at all was seen there
        rows = [row | {"p_value": min(row["p_value"], smallest)} for row in rows]
    return Outcome(tuple(_finding(evidence, row) for row in rows), (smallest,))


def _smallest(found: Spikes) -> float:
    """The family's p-value: the smallest corrected one of all looks, whichever correction."""
    corrected = np.nanmin([1.0, *benjamini_hochberg(found.tested)])
    return float(min([corrected, *found.frame["p_value"]]))


def _rises(found: Spikes | None) -> pd.DataFrame:
    """Spikes that brought visits, not dips and not visits filed under another channel."""
    if found is None:
        return pd.DataFrame()
    frame = found.frame
    is_large = frame["channel_actual"] >= MIN_TIMES * frame["channel_expected"]
    return frame[(frame["kind"] == SPIKE) & (frame["excess"] >= MIN_EXCESS) & is_large]


def _finding(evidence: Evidence, row: Row) -> Finding:
    metric, moment = evidence.traffic.main_metric, (row["start"], row["end"])
    name, is_all = row["channel"], row["channel"] == ALL_CHANNELS
    excess = row["channel_actual"] - row["channel_expected"]
    impact, unit = evidence.stake(excess / evidence.weeks, name)
    return Finding(
        rule_id="spike",
        kind="spikes",
        subject=moment_as_subject(*moment),
        subject_words=wording.moment(*moment),
        headline=_headline(row, evidence.label),
        action=t(ACTIONS.get(row["engagement"], UNKNOWN)),
        evidence=_table(_rises(evidence.spikes), evidence.head),
        n=float(row["channel_actual"]),
        impact=impact,
        impact_unit=t(
            "{unit} if it came back once in {weeks} weeks",
            unit=unit,
            weeks=wording.count(round(evidence.weeks)),
        ),
        p_value=row["p_value"],
        effect=_effect(evidence, row),
        chart=ChartHint("days", metric, "" if is_all else name, row["start"], row["end"]),
        caveats=(
            t("The export does not say what was posted, sent or linked then: only you know."),
            t("One such moment is no habit: it may not come back."),
            *_engagement_caveat(row),
        ),
        test_plan=_plan(evidence, row),
    )


def _headline(row: Row, label: str) -> str:
    moment = wording.moment(row["start"], row["end"])
    actual = wording.count(row["channel_actual"])
    usual = wording.count(round(row["channel_expected"]))
    if row["channel"] == ALL_CHANNELS:
        return t(
            "Traffic on {moment}: {actual} {metric}, usually {usual}",
            moment=moment,
            actual=actual,
            metric=label,
            usual=usual,
        )
    return t(
        "{channel} on {moment}: {actual} {metric}, usually {usual}",
        channel=short(row["channel"]),
        moment=moment,
        actual=actual,
        metric=label,
        usual=usual,
    )


def _effect(evidence: Evidence, row: Row) -> Effect:
    """How many times the usual it was, against where such a stretch usually lies.

    Where next to nothing is usual, a multiple of it says nothing: how many visits more.
    """
    if row["channel_expected"] < LEAST_USUAL:
        more = float(row["channel_actual"] - row["channel_expected"])
        return Effect(more, np.nan, np.nan, "count")
    metric, ratio = (
        evidence.traffic.main_metric,
        _times(row["channel_actual"], row["channel_expected"]),
    )
    own = select(evidence.traffic, Filters(channels=(row["channel"],)))
    own = evidence.traffic if row["channel"] == ALL_CHANNELS else own
    try:
        usual = explain(own, metric, row["start"], row["end"])
    except NotEnoughData:
        return Effect(ratio, np.nan, np.nan, "times")
    low, high = (_times(row["channel_actual"], end) for end in (usual.high, usual.low))
    return Effect(ratio, low, high if np.isfinite(high) else 100 * ratio, "times")


def _times(actual: float, usual: float) -> float:
    return float(actual / usual) if usual > 0 else np.inf if usual == 0 else np.nan


def _engagement_caveat(row: Row) -> tuple[str, ...]:
    if row["engagement"] not in _MEANWHILE:
        return (t("Whether the visits were as engaged as usual cannot be told."),)
    return (
        t(
            _MEANWHILE[row["engagement"]],
            rate=wording.percent(row["engagement_rate"]),
            usual=wording.percent(row["usual_engagement_rate"]),
        ),
    )


def _plan(evidence: Evidence, row: Row) -> Any:
    if row["engagement"] not in (HELD, ROSE):
        return None
    metric, name = evidence.traffic.main_metric, row["channel"]
    table = daily_by_channel(evidence.traffic, metric)
    daily = table[name] if name in table else table.sum(axis=1)
    whose = "" if name == ALL_CHANNELS else name
    change = t("Repeat what was shared then, once a week in every second week.")
    return count_plan(change, whose, metric, daily.iloc[-28:])


def _table(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("When"): [
                wording.moment(start, end)
                for start, end in zip(frame["start"], frame["end"], strict=True)
            ],
            t("Channel"): frame["channel"].map(named),
            t("{metric} of the channel", metric=label): frame["channel_actual"].map(wording.count),
            t("Usual"): frame["channel_expected"].round().map(wording.count),
            t("All channels"): frame["actual"].map(wording.count),
            t("Usual for all"): frame["expected"].round().map(wording.count),
        }
    )
