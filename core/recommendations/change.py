"""What has changed and lasts: channels that grow or fade, new levels."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from core import wording
from core.changes import channel_changes
from core.expected import OTHERS
from core.language import group, mark, t
from core.recommendations.model import ChartHint, Effect, Evidence, Finding, Outcome
from core.recommendations.switch import switched
from core.recommendations.words import ALL, change_between, count_plan, do_more, named, short
from core.traffic import ALL_CHANNELS, UNATTRIBUTED, Filters, Traffic, daily_by_channel, select

MIN_CHANGE = 0.15
"""A channel that moved by less than 15 % is within what people expect from week to week."""
MIN_COUNT = 100
"""Visits in both periods together, below which a change is not reported."""
LEAST_LOST = 0.02
"""Rise of visits without a channel, as a part of all others, that can explain anything."""
CHECK = mark("Check budget, links, tracking and rankings of this channel before anything else.")

Row = dict[Hashable, Any]


def growing_channels(evidence: Evidence) -> Outcome:
    """Channels with clearly more visits than before.

    Condition: a lasting new level in the later half (``core.levels``), or the last two weeks
    against the two before, by ``MIN_CHANGE`` or more.
    Evidence: before and after with the interval of the change.
    Action: find out what is new, and repeat it on purpose.
    Source: Kovács et al. (2023), Biometrika 110:249 (levels); Lazarus et al. (2018), J. Business &
    Economic Statistics 36:541 (periods).
    """
    return _moved(evidence, direction=1)


def fading_channels(evidence: Evidence) -> Outcome:
    """Channels with clearly fewer visits than before.

    Condition, evidence, source: as for growing ones, downwards, and more than visits that lost
    their channel at the same time.
    Action: check budget, links, tracking and rankings.
    """
    return _moved(evidence, direction=-1)


def new_levels(evidence: Evidence) -> Outcome:
    """All traffic, or a channel long ago, moved to a new level and stayed there.

    Condition: a lasting level change of all traffic; of a channel where it began in the earlier
    half (what began later is told as growing or fading). No channel that is part of a switch.
    Evidence: visits a day before and after, with the interval of the change.
    Action: note what happened on that day, so that comparisons across it are read with care.
    Source: Kovács et al. (2023), Biometrika 110:249.
    """
    rows = lasting(evidence)
    tested = (
        ()
        if evidence.levels is None
        else (min([1.0, *(row["p_value"] for row in _all(evidence))]),)
    )
    rows = [row for row in rows if row["channel"] == ALL_CHANNELS or not _is_lost(evidence, row)]
    told = [row for row in rows if row["channel"] == ALL_CHANNELS or not _is_late(evidence, row)]
    return Outcome(tuple(_level(evidence, row, "new_level") for row in told), tested)


def _all(evidence: Evidence) -> list[Row]:
    return [] if evidence.levels is None else evidence.levels.frame.to_dict("records")


def lasting(evidence: Evidence) -> list[Row]:
    """Level changes that last to the end, of channels that are no part of a switch."""
    out = {*UNATTRIBUTED, OTHERS, *switched(evidence)}
    return [row for row in _all(evidence) if pd.isna(row["end"]) and row["channel"] not in out]


def _is_late(evidence: Evidence, row: Row) -> bool:
    """Whether it began in the later half."""
    times = evidence.traffic.times
    middle = times[0] + (times[-1] - times[0]) / 2
    return bool(row["start"] >= middle.normalize())


def _moved(evidence: Evidence, direction: int) -> Outcome:
    rule = "growing_channel" if direction > 0 else "fading_channel"
    late = [row for row in lasting(evidence) if _is_late(evidence, row)]
    late = [row for row in late if row["channel"] != ALL_CHANNELS]
    told = [row for row in late if row["change"] * direction > 0 and not _is_lost(evidence, row)]
    findings = [_level(evidence, row, rule) for row in told]
    frame = _periods(evidence)
    if frame is None:
        return Outcome(tuple(findings))
    known = {row["channel"] for row in late} | switched(evidence)
    rest = frame[~frame["channel"].isin(known) & (frame["change"] * direction >= MIN_CHANGE)]
    rest = rest[rest["p_value"].notna()]
    start = pd.Timestamp(evidence.last_two[0].first_day) if evidence.last_two else pd.NaT
    findings += [
        _period(evidence, row, frame, rule)
        for row in rest.to_dict("records")
        if not _is_lost(evidence, row | {"start": start})
    ]
    # both rules read the same comparisons: they are counted once, with the growing ones
    tested = tuple(frame["p_value"].dropna()) if direction > 0 else ()
    return Outcome(tuple(findings), tested)


def _periods(evidence: Evidence) -> pd.DataFrame | None:
    """Each channel's last weeks against as many before."""
    if evidence.last_two is None:
        return None
    frame = channel_changes(*evidence.last_two, evidence.traffic.main_metric)
    frame = frame[~frame["channel"].isin((*UNATTRIBUTED, ALL_CHANNELS))]
    return frame[frame["current"] + frame["previous"] >= MIN_COUNT]


def _level(evidence: Evidence, row: Row, rule: str) -> Finding:
    name = ALL if row["channel"] == ALL_CHANNELS else row["channel"]
    daily = _daily(evidence, row["channel"])
    lost = 7 * (row["after"] - row["before"])
    impact, unit = evidence.stake(abs(lost), row["channel"])
    return Finding(
        rule_id=rule,
        kind="changes",
        subject=name,
        subject_words=t(ALL) if name == ALL else "",
        headline=_level_headline(name, row, evidence.label),
        action=_what_to_do(rule, name, row["change"]),
        evidence=_level_table(row, evidence.head),
        n=float(daily.sum()),
        impact=impact,
        impact_unit=unit,
        p_value=row["p_value"],
        effect=Effect(row["change"], row["low"], row["high"], "percent"),
        chart=ChartHint(
            "days", evidence.traffic.main_metric, _channel(row), row["start"], _end(evidence)
        ),
        caveats=(
            t("The export does not say what changed on that day: only you know."),
            t("A change of tags or of the consent banner looks the same as a change of visits."),
            *_tagging_caveat(evidence, lost / 7, row["start"]),
        ),
        test_plan=_growth_plan(name, evidence, daily) if rule == "growing_channel" else None,
    )


def _level_headline(name: str, row: Row, label: str) -> str:
    values = {
        "channel": short(name),
        "day": wording.day(row["start"]),
        "before": _number(row["before"]),
        "after": _number(row["after"]),
        "metric": label,
    }
    if row["change"] >= 1:
        return t(
            "{channel} has been {ratio} times as large since {day}: {before} to {after} {metric} "
            "a day",
            ratio=_times(row["change"]),
            **values,
        )
    values["change"] = wording.percent(abs(row["change"]), 0)
    if row["change"] > 0:
        return t(
            "{channel} has been up {change} since {day}: {before} to {after} {metric} a day",
            **values,
        )
    return t(
        "{channel} has been down {change} since {day}: {before} to {after} {metric} a day",
        **values,
    )


def _what_to_do(rule: str, name: str, change: float) -> str:
    if rule == "growing_channel":
        first = t("Find out what was published, paid or linked since.")
        return f"{first} {do_more(name)}"
    if rule == "fading_channel":
        return t(CHECK)
    if change < 0:
        return t(
            "Look up that day: check the tags on all pages first, add it as a note on the Trends "
            "page, and compare periods on one side of it only."
        )
    return t(
        "Look up that day: note what was new on that day, add it as a note on the Trends page, "
        "and compare periods on one side of it only."
    )


def _channel(row: Row) -> str:
    return "" if row["channel"] == ALL_CHANNELS else str(row["channel"])


def _end(evidence: Evidence) -> pd.Timestamp:
    return pd.Timestamp(evidence.traffic.last_day) + pd.Timedelta(days=1)


def _times(change: float) -> str:
    return group(change + 1, 1)


def _number(value: float) -> str:
    return wording.count(round(value) if value >= 10 else value)


def _daily(evidence: Evidence, channel: str) -> pd.Series:
    table = daily_by_channel(evidence.traffic, evidence.traffic.main_metric)
    return table.sum(axis=1) if channel in (ALL_CHANNELS, ALL) else table[channel]


def _growth_plan(name: str, evidence: Evidence, daily: pd.Series) -> Any:
    change = t(
        "Repeat what is new in {channel} in every second week, and leave it out in the others.",
        channel=name,
    )
    return count_plan(change, name, evidence.traffic.main_metric, daily.iloc[-28:])


def _level_table(row: Row, label: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "": [t("Before"), t("Since"), t("Change")],
            t("{metric} a day", metric=label): [
                wording.count(round(row["before"])),
                wording.count(round(row["after"])),
                wording.signed_percent(row["change"]),
            ],
            t("95 % interval"): ["", "", change_between(row["low"], row["high"])],
        }
    )


def _period(evidence: Evidence, row: Row, frame: pd.DataFrame, rule: str) -> Finding:
    now, before = evidence.last_two or (evidence.traffic, evidence.traffic)
    name, days, metric = row["channel"], now.days, evidence.traffic.main_metric
    lost = (row["current"] - row["previous"]) / days
    impact, unit = evidence.stake(abs(lost) * 7, name)
    return Finding(
        rule_id=rule,
        kind="changes",
        subject=name,
        headline=_period_headline(row, days, evidence.label),
        action=_what_to_do(rule, name, row["change"]),
        evidence=_period_table(frame),
        n=row["current"] + row["previous"],
        impact=impact,
        impact_unit=unit,
        p_value=row["p_value"],
        effect=Effect(row["change"], row["low"], row["high"], "percent"),
        chart=ChartHint("days", metric, name, pd.Timestamp(now.first_day), _end(evidence)),
        caveats=(
            compared(now, before),
            *_tagging_caveat(evidence, lost, pd.Timestamp(now.first_day)),
        ),
        test_plan=_growth_plan(name, evidence, _daily(evidence, name))
        if rule == "growing_channel"
        else None,
    )


def _period_headline(row: Row, days: int, label: str) -> str:
    values = {
        "channel": short(row["channel"]),
        "days": days,
        "before": wording.count(row["previous"]),
        "after": wording.count(row["current"]),
        "metric": label,
    }
    if row["change"] >= 1:
        return t(
            "{channel} is {ratio} times as large in the last {days} days: {before} to {after} "
            "{metric}",
            ratio=_times(row["change"]),
            **values,
        )
    values["change"] = wording.percent(abs(row["change"]), 0)
    if row["change"] > 0:
        return t(
            "{channel} is up {change} in the last {days} days: {before} to {after} {metric}",
            **values,
        )
    return t(
        "{channel} is down {change} in the last {days} days: {before} to {after} {metric}",
        **values,
    )


def compared(now: Traffic, before: Traffic) -> str:
    """Which periods were compared, as a caveat."""
    return t(
        "Compared: {now} with {before}; the season may differ.",
        now=wording.span(now.first_day, now.last_day),
        before=wording.span(before.first_day, before.last_day),
    )


def _is_lost(evidence: Evidence, row: Row) -> bool:
    """Whether most of a fall may be visits that lost their channel: the tagging card tells those.

    What visits without a channel rose by is given back to the channels in proportion to their
    size; a fall that is then below ``MIN_CHANGE`` is no story of the channel.
    """
    if row["change"] >= 0:
        return False
    counted = daily_by_channel(evidence.traffic, evidence.traffic.main_metric)
    is_lost = counted.columns.isin(UNATTRIBUTED)
    later = counted.index >= row["start"]
    if later.all() or not later.any():
        return False
    rise = counted.loc[later, is_lost].sum(axis=1).mean()
    rise -= counted.loc[~later, is_lost].sum(axis=1).mean()
    usual = counted.loc[~later, ~is_lost].sum(axis=1).mean()
    given_back = max(rise, 0.0) / usual if usual > 0 else 0.0
    return bool(given_back > LEAST_LOST and row["change"] + given_back > -MIN_CHANGE)


def _tagging_caveat(evidence: Evidence, gain: float, start: pd.Timestamp) -> tuple[str, ...]:
    """Visits lost a day that turn up without a channel at the same time."""
    names = [name for name in evidence.traffic.channels if name in UNATTRIBUTED]
    if gain >= 0 or not names:
        return ()
    daily = daily_by_channel(_only(evidence.traffic, names), evidence.traffic.main_metric)
    total = daily.sum(axis=1)
    moved = total[total.index >= start].mean() - total[total.index < start].mean()
    if np.isfinite(moved) and moved > -0.3 * gain:
        return (t("Unattributed visits rose at the same time: part of this may be lost tags."),)
    return ()


def _only(traffic: Traffic, names: list[str]) -> Traffic:
    return select(traffic, Filters(channels=tuple(names)))


def _period_table(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("Channel"): frame["channel"].map(named),
            t("Before"): frame["previous"].map(wording.count),
            t("Last"): frame["current"].map(wording.count),
            t("Change"): frame["change"].map(wording.signed_percent),
            t("95 % interval"): [
                change_between(low, high)
                for low, high in zip(frame["low"], frame["high"], strict=True)
            ],
        }
    )
