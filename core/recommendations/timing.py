"""When people come and when they engage: hours of the day, days of the week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import wording
from core.day_clusters import (
    difference_interval,
    estimate_ratio,
    ratio_interval,
    subtract,
    typical_variances,
)
from core.errors import NotEnoughData
from core.language import mark, t
from core.recommendations.model import ChartHint, Effect, Evidence, Finding, Outcome, TestPlan
from core.recommendations.shape import shape_test
from core.recommendations.words import change_between, count_plan, from_to
from core.rhythm import MIN_BASE, WINDOW_HOURS, Window, find_blocks, find_window
from core.statistics import Interval
from core.traffic import total_over_time

MIN_POINTS = 0.03
"""Hours whose engagement differs by less change no plan."""
MIN_SHAPE = 0.1
"""A weekday within a tenth of the average needs no plan of its own."""
MIN_WEEKS = 4
WHEN_FOR_ENGAGEMENT = 14
"""Days, below which hours are not compared."""
ZONE = mark("Hours are in the time zone of the GA4 property.")


def busiest_hours(evidence: Evidence) -> Outcome:
    """Four hours of the day hold clearly more than an even share: publish or staff there.

    Condition: even the low end of the share's interval is above an even share.
    Evidence: their share with its interval, corrected for the 24 starts tried.
    Action: publish, send and staff there first; check that the servers hold.
    Source: Lazarus et al. (2018), J. Business & Economic Statistics 36:541.
    """
    traffic, metric = evidence.traffic, evidence.traffic.main_metric
    try:
        busy = find_window(traffic, metric)
        quiet = find_window(traffic, metric, busiest=False)
    except NotEnoughData:
        return Outcome()
    found = (_busy(evidence, busy, quiet),) if busy.is_clearly_busy else ()
    return Outcome(found, (busy.p_value,))


def _busy(evidence: Evidence, busy: Window, quiet: Window) -> Finding:
    metric, even = evidence.traffic.main_metric, busy.even_share
    total = float(evidence.traffic.frame[metric].sum())
    when = f"{wording.clock(busy.start)}–{wording.clock(busy.end)}"
    impact, unit = evidence.stake(0.1 * busy.share * total / evidence.weeks)
    return Finding(
        rule_id="busiest_hours",
        kind="timing",
        subject=when,
        headline=t(
            "{hours} holds {share} of {metric} in {even} of the hours",
            hours=when,
            share=wording.percent(busy.share),
            metric=evidence.label,
            even=wording.percent(even),
        ),
        action=t(
            "Publish, send and staff for these hours first, and plan maintenance outside of "
            "them; try one post a day moved into them."
        ),
        evidence=_window_table([busy, quiet]),
        n=total,
        impact=impact,
        impact_unit=t("{unit} if a tenth more came then", unit=unit),
        p_value=busy.p_value,
        effect=Effect(busy.share - even, busy.share_low - even, busy.share_high - even, "points"),
        chart=ChartHint("hours", metric),
        caveats=(
            t("You may publish at these hours already, and people may come to what is new."),
            t(ZONE),
        ),
        test_plan=count_plan(
            t(
                "Publish one post a day between {hours} in every second week, at the usual time "
                "in the others.",
                hours=when,
            ),
            "",
            metric,
            _daily(evidence),
        ),
    )


def _daily(evidence: Evidence) -> pd.Series:
    metric = evidence.traffic.main_metric
    total = total_over_time(evidence.traffic, [metric])[metric]
    return total.groupby(pd.DatetimeIndex(total.index).normalize()).sum().iloc[-56:]


def _window_table(windows: list[Window]) -> pd.DataFrame:
    rows = [
        {
            t("Hours"): f"{wording.clock(w.start)}–{wording.clock(w.end)}",
            t("Share"): wording.percent(w.share),
            t("95 % interval"): from_to(
                wording.percent(w.share_low), wording.percent(w.share_high)
            ),
            t("Even share"): wording.percent(w.even_share),
        }
        for w in windows
    ]
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class _Hours:
    """A stretch with another engagement rate than the rest of the time.

    Args:
        when: the subject of a card.
        when_words: the same in the language spoken.
        rate: inside.
        rest: outside.
        gap: difference with its interval and a p-value corrected for every stretch tried.
        n: sessions inside.
        design: variance of the rate inside against independent sessions.
    """

    when: str
    when_words: str
    rate: float
    rest: float
    gap: Interval
    n: float
    design: float


def engaged_hours(evidence: Evidence) -> Outcome:
    """Hours of the day (or a stretch of the week) with clearly more engaged visits.

    Condition: four hours of the day differ from the rest of the same days by ``MIN_POINTS`` or
    more, corrected for every start tried; else a stretch of the week by ``find_blocks``.
    Evidence: both rates, the difference with its interval.
    Action: send there what asks for attention: newsletters, offers, long reads.
    Source: Lazarus et al. (2018), J. Business & Economic Statistics 36:541; Stoline and Ury (1979),
    Technometrics 21:87 (stretches of the week).
    """
    if evidence.traffic.grain != "hour" or not evidence.has_engagement:
        return Outcome()
    if evidence.traffic.days < WHEN_FOR_ENGAGEMENT or evidence.real.is_empty:
        return Outcome()
    of_day, of_week = _best_of_day(evidence), _best_of_week(evidence)
    tested = [found.gap.p_value if found else 1.0 for found in (of_day, of_week)]
    sure = [f for f in (of_day, of_week) if f and f.gap.low > 0 and f.gap.value >= MIN_POINTS]
    return Outcome(tuple(_engaged(evidence, found) for found in sure[:1]), tuple(tested))


def _best_of_day(evidence: Evidence) -> _Hours | None:
    sums = total_over_time(evidence.real, ["engaged_sessions", "sessions"])
    index = pd.DatetimeIndex(sums.index)
    wide = sums.groupby([index.normalize(), index.hour]).sum().unstack(fill_value=0.0)
    top, bottom = wide["engaged_sessions"], wide["sessions"]
    starts = [
        h for h in top if set(_from(h)) <= set(top) and bottom[_from(h)].sum().sum() >= MIN_BASE
    ]
    if top.shape[1] < 2 * WINDOW_HOURS or len(starts) < 2:
        return None
    gaps = {}
    for start in starts:
        inside = _from(start)
        parts = [
            (table[inside].sum(axis=1), table.drop(columns=inside).sum(axis=1))
            for table in (top, bottom)
        ]
        both = [estimate_ratio(parts[0][i], parts[1][i], is_share=True) for i in (0, 1)]
        gaps[start] = subtract(both[0], both[1])
    typical = typical_variances(list(gaps.values()), list(gaps.values()))
    level = 1 - 0.05 / len(starts)
    found = {
        start: difference_interval(gap, level, one)
        for (start, gap), one in zip(gaps.items(), typical, strict=True)
    }
    best = min(starts, key=lambda h: (found[h].value <= 0, found[h].p_value))
    return _as_hours(best, found[best], len(starts), top, bottom)


def _as_hours(
    start: int, gap: Interval, tried: int, top: pd.DataFrame, bottom: pd.DataFrame
) -> _Hours:
    inside = _from(start)
    engaged, sessions = top[inside].sum(axis=1), bottom[inside].sum(axis=1)
    n, rate = float(sessions.sum()), float(engaged.sum() / sessions.sum())
    own = ratio_interval(engaged, sessions, is_share=True)
    plain = 1.96 * np.sqrt(rate * (1 - rate) / n)
    p_value = min(tried * gap.p_value, 1.0) if np.isfinite(gap.p_value) else 1.0
    when = f"{wording.clock(start)}–{wording.clock((start + WINDOW_HOURS - 1) % 24 + 1)}"
    corrected = Interval(gap.value, gap.low, gap.high, p_value)
    design = max(float((own.half_width / plain) ** 2), 1.0) if plain > 0 else 1.0
    return _Hours(when, when, rate, rate - gap.value, corrected, n, design)


def _best_of_week(evidence: Evidence) -> _Hours | None:
    try:
        blocks = find_blocks(evidence.real, "engagement_rate", 1)
    except NotEnoughData:
        return None
    if blocks.high.empty:
        return None
    row = blocks.high.iloc[0]
    end = (row["hour"] + row["hours"] - 1) % 24 + 1
    day = wording.ALL_WEEKDAYS[int(row["weekday"])]
    hours = f"{wording.clock(int(row['hour']))}–{wording.clock(int(end))}"
    said = t("{weekdays} {hours}", weekdays=t(day), hours=hours)
    gap = Interval(row["difference"], row["low"], row["high"], row["p_value"])
    rate = row["value"]
    return _Hours(f"{day} {hours}", said, rate, rate - row["difference"], gap, row["n"], 1.0)


def _from(start: int) -> list[int]:
    return [(start + step) % 24 for step in range(WINDOW_HOURS)]


def _engaged(evidence: Evidence, found: _Hours) -> Finding:
    gap, weekly = found.gap, found.n / evidence.weeks
    impact, unit = evidence.stake(0.1 * weekly * found.rate, of="engaged_sessions")
    return Finding(
        rule_id="engaged_hours",
        kind="timing",
        subject=found.when,
        subject_words=found.when_words,
        headline=t(
            "{hours}: {rate} of sessions are engaged, {rest} at other times",
            hours=found.when_words,
            rate=wording.percent(found.rate),
            rest=wording.percent(found.rest),
        ),
        action=t("Send what asks for attention at these hours: newsletters, offers, long reads."),
        evidence=pd.DataFrame(
            {
                t("Hours"): [found.when_words, t("Other times"), t("Difference")],
                t("Engagement rate"): [
                    wording.percent(found.rate),
                    wording.percent(found.rest),
                    wording.points(gap.value),
                ],
                t("95 % interval"): ["", "", change_between(gap.low, gap.high, is_share=True)],
            }
        ),
        n=found.n,
        impact=impact,
        impact_unit=t("{unit} if a tenth more came then", unit=unit),
        p_value=gap.p_value,
        effect=Effect(gap.value, gap.low, gap.high, "points"),
        chart=ChartHint("hours", "engagement_rate"),
        caveats=(
            t(
                "Other channels may be at work at these hours: the same people need not be more "
                "engaged then."
            ),
            t(ZONE),
        ),
        test_plan=TestPlan(
            t(_SEND_HALF), "", "engagement_rate", found.rate, 0.02, found.design, weekly
        ),
    )


_SEND_HALF = mark(
    "Send half of the newsletters or posts at these hours, the others at the usual time."
)


def weekday_shape(evidence: Evidence) -> Outcome:
    """A weekday is clearly above (or below) the average day of its week.

    Condition: at least ``MIN_WEEKS`` whole weeks; the day differs by ``MIN_SHAPE`` or more,
    corrected for seven days.
    Evidence: every weekday against the average with its interval.
    Action: plan the important post or mailing for the strongest day.
    Source: ``core.recommendations.shape`` (Student's t with weeks as replicates).
    """
    if not evidence.is_daily:
        return Outcome()
    table = shape_test(_weeks(evidence))
    if table.empty:
        return Outcome()
    sure = table[table["change"].abs() >= MIN_SHAPE]
    sure = sure[sure[["low", "high"]].min(axis=1) * sure[["low", "high"]].max(axis=1) > 0]
    found = (_weekday(evidence, table, sure),) if len(sure) else ()
    return Outcome(found, (float(table["p_value"].min()),))


def _weeks(evidence: Evidence) -> pd.DataFrame:
    """Counts of whole weeks: rows of seven days from the last one backwards."""
    history = evidence.history
    days = history.groupby(pd.DatetimeIndex(history.index).normalize()).sum(min_count=1)
    days = days.asfreq("D")
    weeks = len(days) // 7
    if weeks < MIN_WEEKS:
        return pd.DataFrame()
    days = days.iloc[-7 * weeks :]
    names = pd.DatetimeIndex(days.index[:7]).day_of_week
    table = pd.DataFrame(days.to_numpy().reshape(weeks, 7), columns=names).dropna()
    return table[table.sum(axis=1) > 0]


def _weekday(evidence: Evidence, table: pd.DataFrame, sure: pd.DataFrame) -> Finding:
    above = sure[sure["change"] > 0]
    best = above["change"].idxmax() if len(above) else sure["change"].idxmin()
    row, daily = table.loc[best], _daily(evidence)
    visits = float(daily[pd.DatetimeIndex(daily.index).day_of_week == best].mean())
    name, is_above = t(wording.ALL_WEEKDAYS[int(best)]), row["change"] > 0
    impact, unit = evidence.stake(0.1 * visits)
    return Finding(
        rule_id="weekday_shape",
        kind="timing",
        subject=wording.ALL_WEEKDAYS[int(best)],
        subject_words=name,
        headline=_weekday_headline(name, row["change"], evidence.label, visits),
        action=t(
            "Plan the most important post or mailing of the week for {weekdays}.", weekdays=name
        )
        if is_above
        else t(
            "Plan maintenance and changes for {weekdays}, and important posts for other days.",
            weekdays=name,
        ),
        evidence=_weekday_table(table),
        n=float(daily.sum()),
        impact=impact,
        impact_unit=t("{unit} if a tenth more came on that day", unit=unit),
        p_value=float(row["p_value"]),
        effect=Effect(float(row["change"]), float(row["low"]), float(row["high"]), "percent"),
        chart=ChartHint("weekdays", evidence.traffic.main_metric),
        caveats=(
            t("You may publish on some weekdays already, and people may come to what is new."),
        ),
        test_plan=count_plan(
            t(
                "Publish the main post on {weekdays} in every second week, on another day in the "
                "others.",
                weekdays=name,
            ),
            "",
            evidence.traffic.main_metric,
            daily,
        )
        if is_above
        else None,
    )


def _weekday_headline(name: str, change: float, label: str, visits: float) -> str:
    size, count = wording.percent(abs(change), 0), wording.count(round(visits))
    if change > 0:
        return t(
            "{weekdays} bring {change} more {metric} than an average day: {visits}",
            weekdays=name,
            change=size,
            metric=label,
            visits=count,
        )
    return t(
        "{weekdays} bring {change} fewer {metric} than an average day: {visits}",
        weekdays=name,
        change=size,
        metric=label,
        visits=count,
    )


def _weekday_table(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.sort_index()
    return pd.DataFrame(
        {
            t("Weekday"): [t(wording.ALL_WEEKDAYS[int(day)]) for day in ordered.index],
            t("Against an average day"): ordered["change"].map(wording.signed_percent),
            t("95 % interval"): [
                change_between(low, high)
                for low, high in zip(ordered["low"], ordered["high"], strict=True)
            ],
        }
    )
