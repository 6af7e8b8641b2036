"""How engaged visits are now against before: moved, hidden by the mix, falling in a crowd."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from core import wording
from core.channels import MIN_SESSIONS
from core.day_clusters import (
    Estimate,
    Variance,
    change_interval,
    estimate_ratio,
    ratio_difference,
    typical_variances,
    variance_of,
)
from core.explain import split_ratio
from core.language import group, t
from core.recommendations.change import compared
from core.recommendations.model import ChartHint, Effect, Evidence, Finding, Outcome
from core.recommendations.words import ALL, change_between, named, repair, short
from core.statistics import Interval, holm
from core.traffic import UNATTRIBUTED, Filters, Traffic, daily_by_channel, select

MIN_RATE_CHANGE = 0.015
"""Less than a point and a half is within what people expect from week to week."""
MIN_VOLUME_CHANGE = 0.1
HIDDEN = 2 / 3
"""A change within the channels is hidden where all traffic shows less than two thirds of it."""
NEWEST = (1 / 3, 5 / 12, 1 / 2)
"""Parts of the file (or of its last ``LONGEST`` days) that are held against what came before."""
LONGEST, SHORTEST, FEWEST = 84, 14, 7
"""Days: of what is looked at, of one more look in longer files, and of any newest part."""
RATE = "engagement_rate"


@dataclass(frozen=True, eq=False)
class _Moved:
    """Engagement of attributed traffic in two periods.

    Args:
        pair: later and earlier period.
        parts: what ``core.explain.split_ratio`` gives, by channel.
        rates: engagement rate of all, later and earlier.
        overall: its difference, tested.
        within: the part inside the channels, tested.
    """

    pair: tuple[Traffic, Traffic]
    parts: pd.DataFrame
    rates: tuple[float, float]
    overall: Interval
    within: Interval

    @property
    def is_hidden(self) -> bool:
        """Whether the channels moved and all traffic stood still or went the other way."""
        shown = self.overall.value * np.sign(self.within.value)
        return bool(
            abs(self.within.value) >= MIN_RATE_CHANGE and shown < HIDDEN * abs(self.within.value)
        )


def engagement_change(evidence: Evidence) -> Outcome:
    """The engagement rate of attributed traffic moved by more than it moves from day to day.

    Condition: the newest third to half of the file (``NEWEST``) against what came before, by
    ``MIN_RATE_CHANGE`` or more, where the channels themselves moved the same way.
    Evidence: both rates, split into mix and change within the channels.
    Action: compare channels and landing pages of both periods.
    Source: Kitagawa (1955), J. American Statistical Association 50:1168 (the split); Lazarus et al.
    (2018), J. Business & Economic Statistics 36:541 (the test).
    """
    looks = _looks(evidence)
    tested = (min(look.overall.p_value for look in looks),) if looks else ()
    found = [
        look
        for look in looks
        if abs(look.overall.value) >= MIN_RATE_CHANGE
        and look.overall.value * look.within.value > 0
        and not look.is_hidden
    ]
    surest = sorted(found, key=lambda look: look.overall.p_value)[:1]
    return Outcome(tuple(_change(evidence, look) for look in surest), tested)


def hidden_by_mix(evidence: Evidence) -> Outcome:
    """Engagement within the channels moved, and another mix of channels hides it.

    Condition: the part within the channels is ``MIN_RATE_CHANGE`` or more and not by chance, and
    all traffic shows less than two thirds of it (``HIDDEN``), or the opposite.
    Evidence: every channel's rate before and after; the split into mix and within.
    Action: judge the channels by their own rates; find what changed in those that moved most.
    Source: Kitagawa (1955), J. American Statistical Association 50:1168; Simpson (1951), JRSS B
    13:238 (why totals mislead).
    """
    looks = _looks(evidence)
    surest = sorted((look for look in looks if look.is_hidden), key=lambda one: one.within.p_value)
    tested = (min(look.within.p_value for look in looks),) if looks else ()
    return Outcome(tuple(_hidden(evidence, look) for look in surest[:1]), tested)


def _looks(evidence: Evidence) -> list[_Moved]:
    """The newest part of the file against what came before, at a few lengths of that part.

    The p-values are corrected (Holm) for having looked at several.
    """
    if not evidence.has_engagement or not evidence.is_daily:
        return []
    made = [_compare(pair) for pair in _pairs(evidence.real)]
    looks = [one for one in made if one is not None and np.isfinite(one.within.p_value)]
    overall = holm([look.overall.p_value for look in looks])
    within = holm([look.within.p_value for look in looks])
    return [
        replace(
            look,
            overall=replace(look.overall, p_value=float(overall[place])),
            within=replace(look.within, p_value=float(within[place])),
        )
        for place, look in enumerate(looks)
    ]


def _pairs(traffic: Traffic) -> list[tuple[Traffic, Traffic]]:
    """Newest days and the days before; nobody knows on which day a change began."""
    days = min(traffic.days, LONGEST)
    lengths = {round(part * days) for part in NEWEST}
    if traffic.days > LONGEST:
        lengths.add(SHORTEST)
    first = traffic.last_day - timedelta(days=days - 1)
    return [_cut(traffic, first, days) for days in sorted(lengths) if days >= FEWEST]


def _cut(traffic: Traffic, first: date, days: int) -> tuple[Traffic, Traffic]:
    middle = traffic.last_day - timedelta(days=days)
    later = select(traffic, Filters(start=middle + timedelta(days=1)))
    return later, select(traffic, Filters(start=first, end=middle))


_Daily = tuple[pd.DataFrame, pd.DataFrame]


def _compare(pair: tuple[Traffic, Traffic]) -> _Moved | None:
    now, before = (_daily(part) for part in pair)
    names = [name for name in now[0] if name in before[0] and name not in UNATTRIBUTED]
    later, earlier = (_sums(part, names) for part in (now, before))
    if not names or min(part["sessions"].sum() for part in (later, earlier)) < MIN_SESSIONS:
        return None
    parts = split_ratio(later, earlier, RATE)
    rates = [
        float(part["engaged_sessions"].sum() / part["sessions"].sum()) for part in (later, earlier)
    ]
    shares = [part["sessions"] / part["sessions"].sum() for part in (later, earlier)]
    weight = ((shares[0] + shares[1]) / 2).where(parts[["actual", "expected"]].notna().all(axis=1))
    sides = [_side(part, names, weight.fillna(0.0).to_numpy()) for part in (now, before)]
    overall = _add([side.overall for side in sides])
    within = _wider(_add([side.within for side in sides]), _pool([side.shown for side in sides]))
    return _Moved(
        pair,
        parts,
        (rates[0], rates[1]),
        _tested(rates[0] - rates[1], overall),
        _tested(float(parts["within"].sum()), within),
    )


def _daily(traffic: Traffic) -> _Daily:
    return daily_by_channel(traffic, "engaged_sessions"), daily_by_channel(traffic, "sessions")


def _sums(part: _Daily, names: list[str]) -> pd.DataFrame:
    top, bottom = (table[names].sum() for table in part)
    return pd.DataFrame({"engaged_sessions": top, "sessions": bottom})


@dataclass(frozen=True)
class _Side:
    """How well the rates of one period are known.

    Args:
        overall: of the rate of all.
        within: of the channels' rates at fixed shares, their own variances added up.
        shown: the same as the days show it, with what all channels share on a day.
    """

    overall: Variance
    within: Variance
    shown: Estimate


def _side(part: _Daily, names: list[str], weight: NDArray[np.float64]) -> _Side:
    top, bottom = part
    each = [estimate_ratio(top[name], bottom[name], is_share=True) for name in names]
    whole = estimate_ratio(top[names].sum(axis=1), bottom[names].sum(axis=1), is_share=True)
    typical = typical_variances(each, [*each, whole])
    used = [place for place in range(len(names)) if weight[place] > 0]
    own = [_scaled(variance_of(each[place], typical[place]), weight[place]) for place in used]
    influence = np.sum([weight[place] * each[place].influence for place in used], axis=0)
    shown = replace(whole, influence=np.atleast_1d(influence))
    return _Side(variance_of(whole, typical[-1]), _add(own), shown)


def _pool(shown: list[Estimate]) -> Variance:
    """Variance of the difference of two periods whose days are alike uneven."""
    size = np.array([one.unevenness for one in shown])
    waves = np.array([one.freedom for one in shown], dtype="float64")
    seen = np.array([one.seen for one in shown])
    if not (np.isfinite(seen).all() and (size > 0).all() and (waves > 0).all()):
        return Variance(np.nan, 1.0)
    daily = float(np.sum(waves * seen / size) / waves.sum())
    return Variance(daily * float(size.sum()), float(waves.sum()))


def _wider(added: Variance, shown: Variance) -> Variance:
    """The larger variance: channels that share their days are known less well than their sum."""
    return shown if shown.value > added.value else added


def _scaled(variance: Variance, weight: float) -> Variance:
    return Variance(variance.value * weight**2, variance.freedom)


def _add(parts: list[Variance]) -> Variance:
    """Variance of a sum of independent parts (Satterthwaite 1946, Biometrics 2:110)."""
    values = np.array([part.value for part in parts])
    total = float(values.sum())
    if not total > 0:
        return Variance(np.nan, 1.0)
    squares = float(np.sum(values**2 / np.array([part.freedom for part in parts])))
    return Variance(total, total**2 / squares)


def _tested(value: float, variance: Variance) -> Interval:
    error = float(np.sqrt(variance.value))
    if not error > 0:
        return Interval(value, np.nan, np.nan)
    reach = variance.quantile(0.95) * error
    p_value = float(2 * stats.t.sf(abs(value) / error, variance.freedom))
    return Interval(value, value - reach, value + reach, p_value)


def _sessions(look: _Moved) -> float:
    return float(look.pair[0].frame["sessions"].sum())


def _stake(evidence: Evidence, look: _Moved, points: float) -> tuple[float, str]:
    weekly = _sessions(look) / look.pair[0].days * 7
    return evidence.stake(abs(points) * weekly, of="engaged_sessions")


def _compared(look: _Moved) -> str:
    return compared(*look.pair)


def _marked(look: _Moved) -> ChartHint:
    now = look.pair[0]
    end = pd.Timestamp(now.last_day) + pd.Timedelta(days=1)
    return ChartHint("days", RATE, "", pd.Timestamp(now.first_day), end)


def _change(evidence: Evidence, look: _Moved) -> Finding:
    gap, days = look.overall, look.pair[0].days
    impact, unit = _stake(evidence, look, gap.value)
    now, before = (wording.percent(rate) for rate in look.rates)
    text = (
        t(
            "Engagement rate rose from {before} to {now} in the last {days} days",
            before=before,
            now=now,
            days=days,
        )
        if gap.value > 0
        else t(
            "Engagement rate fell from {before} to {now} in the last {days} days",
            before=before,
            now=now,
            days=days,
        )
    )
    return Finding(
        rule_id="engagement_change",
        kind="changes",
        subject=ALL,
        subject_words=t(ALL),
        headline=text,
        action=t(
            "Compare the channels and landing pages of both periods on the Channels page, the "
            "channel that moved most first."
        ),
        evidence=_table(look),
        n=_sessions(look),
        impact=impact,
        impact_unit=unit,
        p_value=gap.p_value,
        effect=Effect(gap.value, gap.low, gap.high, "points"),
        chart=_marked(look),
        caveats=(
            t(
                "Of the change, {change} is another mix of channels.",
                change=wording.points(look.parts["mix"].sum()),
            ),
            _compared(look),
        ),
    )


def _hidden(evidence: Evidence, look: _Moved) -> Finding:
    gap = look.within
    impact, unit = _stake(evidence, look, gap.value)
    most = (look.parts["within"] * np.sign(gap.value)).idxmax()
    points, total = group(100 * gap.value, 1), wording.points(look.overall.value)
    text = (
        t(
            "Engagement within channels fell by {points} points; the total ({change}) hides it",
            points=points,
            change=total,
        )
        if gap.value < 0
        else t(
            "Engagement within channels rose by {points} points; the total ({change}) hides it",
            points=points,
            change=total,
        )
    )
    return Finding(
        rule_id="hidden_by_mix",
        kind="changes",
        subject=ALL,
        subject_words=t(ALL),
        headline=text,
        action=t(
            "Judge channels by their own rates, not by the total. Start with "
            "{channel}, which moved most: what is new on its landing pages?",
            channel=short(str(most)),
        ),
        evidence=_table(look),
        n=_sessions(look),
        impact=impact,
        impact_unit=unit,
        p_value=gap.p_value,
        effect=Effect(gap.value, gap.low, gap.high, "points"),
        chart=_marked(look),
        caveats=(
            t(
                "Another mix of channels moved the total by {change} meanwhile.",
                change=wording.points(look.parts["mix"].sum()),
            ),
            _compared(look),
        ),
    )


def _table(look: _Moved) -> pd.DataFrame:
    parts = look.parts
    rows = pd.DataFrame(
        {
            t("Channel"): [named(str(name)) for name in parts.index],
            t("Before"): parts["expected"].map(wording.percent),
            t("Last"): parts["actual"].map(wording.percent),
            t("Through the mix"): parts["mix"].map(wording.points),
            t("Within"): parts["within"].map(wording.points),
        }
    )
    now, before = look.rates
    total = {
        t("Channel"): t(ALL),
        t("Before"): wording.percent(before),
        t("Last"): wording.percent(now),
        t("Through the mix"): wording.points(parts["mix"].sum()),
        t("Within"): wording.points(parts["within"].sum()),
    }
    return pd.concat([rows, pd.DataFrame([total])], ignore_index=True)


def falls_while_volume_grows(evidence: Evidence) -> Outcome:
    """More visits, of which a smaller part is engaged: of all traffic or of one channel.

    Condition: in the last two weeks against the two before, visits up by ``MIN_VOLUME_CHANGE`` and
    the rate down by ``MIN_RATE_CHANGE`` or more, neither by chance: the p-value is the larger of
    the two, corrected (Holm) for the channels.
    Evidence: both changes with their intervals.
    Action: look at what brings the new visits before more is spent on it.
    Source: Berger (1982), Technometrics 24:295 (both must hold); Holm (1979), Scandinavian Journal
    of Statistics 6:65.
    """
    if not evidence.has_engagement or evidence.last_two is None:
        return Outcome()
    looks = _grown(evidence.last_two)
    if looks.empty:
        return Outcome()
    hits = looks[(looks["volume"] >= MIN_VOLUME_CHANGE) & (looks["rate"] <= -MIN_RATE_CHANGE)]
    rows = hits.sort_values("p_value").head(1)
    findings = tuple(_worse(evidence, looks.loc[name]) for name in rows.index)
    return Outcome(findings, (float(np.nanmin([1.0, *looks["p_value"]])),))


def _grown(pair: tuple[Traffic, Traffic]) -> pd.DataFrame:
    """Change of visits and of their engagement rate, of all traffic and of each channel."""
    now, before = (_daily(part) for part in pair)
    names = [name for name in now[0] if name in before[0] and name not in UNATTRIBUTED]
    names = [n for n in names if min(now[1][n].sum(), before[1][n].sum()) >= MIN_SESSIONS]
    groups = {ALL: names} | ({name: [name] for name in names} if len(names) > 1 else {})
    rows = {name: _both(now, before, group) for name, group in groups.items() if group}
    frame = pd.DataFrame(rows).T
    if len(frame):
        frame["p_value"] = holm(frame["p_value"])
    return frame


def _both(now: _Daily, before: _Daily, names: list[str]) -> dict[str, float]:
    later, earlier = (
        tuple(table[names].sum(axis=1).to_numpy() for table in side) for side in (now, before)
    )
    volume = change_interval(later[1], earlier[1])
    rate = ratio_difference((later[0], later[1]), (earlier[0], earlier[1]), is_share=True)
    is_so = volume.value > 0 > rate.value
    return {
        "volume": volume.value,
        "volume_low": volume.low,
        "volume_high": volume.high,
        "rate": rate.value,
        "rate_low": rate.low,
        "rate_high": rate.high,
        "sessions": float(later[1].sum()),
        "p_value": max(volume.p_value, rate.p_value) if is_so else 1.0,
    }


def _worse(evidence: Evidence, row: pd.Series) -> Finding:
    name, days = str(row.name), evidence.last_two[0].days if evidence.last_two else 7
    weekly = row["sessions"] / days * 7
    impact, unit = evidence.stake(-row["rate"] * weekly, name, of="engaged_sessions")
    look = t("Look at what brings the new visits before more is spent on it.")
    then = repair(name) if name != ALL else t("The Channels page shows which channel grew.")
    return Finding(
        rule_id="engagement_falls_while_volume_grows",
        kind="changes",
        subject=name,
        subject_words=t(ALL) if name == ALL else "",
        headline=t(
            "{channel}: sessions {volume}, but engagement {rate} in the last {days} days",
            channel=short(name),
            volume=wording.signed_percent(row["volume"]),
            rate=wording.points(row["rate"]),
            days=days,
        ),
        action=f"{look} {then}",
        evidence=pd.DataFrame(
            {
                "": [t("Sessions"), t("Engagement rate")],
                t("Change"): [wording.signed_percent(row["volume"]), wording.points(row["rate"])],
                t("95 % interval"): [
                    change_between(row["volume_low"], row["volume_high"]),
                    change_between(row["rate_low"], row["rate_high"], is_share=True),
                ],
            }
        ),
        n=float(row["sessions"]),
        impact=impact,
        impact_unit=unit,
        p_value=float(row["p_value"]),
        effect=Effect(row["rate"], row["rate_low"], row["rate_high"], "points"),
        chart=ChartHint("days", RATE, "" if name == ALL else name),
        caveats=(
            t("New visitors often look around less than those who know the site."),
            t("The weeks before may have been unusual."),
        ),
    )
