"""How long a test must run: a plan turned into numbers and into text to copy."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

import numpy as np
from scipy import stats

from core import wording
from core.language import group, in_sentence, t, tn
from core.metrics import METRICS, Metric
from core.recommendations.model import TestPlan
from core.statistics import sessions_per_side

MOST_WEEKS = 12
"""Longer than a quarter nobody keeps two versions alike in all but one thing."""
FEWEST_WEEKS = 2
"""One week has one of each weekday, which tells nothing of how much such days differ."""
POWER, ALPHA = 0.8, 0.05
PROCESSING = timedelta(days=2)
"""GA4 may change the numbers of the last 24 to 48 hours.

Source: https://support.google.com/analytics/answer/11198161
"""
_STEPS = {"share": 0.001, "count": 0.01, "ratio": 0.01}
"""How finely the smallest difference that can be shown is told, by unit of the metric."""


@dataclass(frozen=True)
class TestSize:
    """What a test takes.

    Args:
        smallest_effect: points as a fraction for a share, else a fraction of the base.
        per_side: sessions (or other counts that ``weekly`` counts) needed on each side.
        days: until both sides together have them, side by side, at the present traffic.
        weeks: ``days`` rounded up to whole weeks, at least ``FEWEST_WEEKS`` on each side; for a
            count, whose weeks take turns, to an even number, so that each side has every weekday
            as often.
        is_feasible: it is over within ``MOST_WEEKS``.
        larger_step: the smallest difference that ``MOST_WEEKS`` could show, in the unit of
            ``smallest_effect``; ``None`` if not even a doubling (for a share above a half: not
            even one that leaves nothing to gain).
    """

    __test__ = False  # pytest: this is not a test

    smallest_effect: float
    per_side: int
    days: int
    weeks: int
    is_feasible: bool
    larger_step: float | None

    def last_day(self, start: date) -> date:
        """Last day of a test that starts on that day."""
        return start + timedelta(days=7 * self.weeks - 1)

    def decision_day(self, start: date) -> date:
        """First day on which GA4 has all of the last day.

        >>> size = TestSize(0.02, 8590, 20, 3, True, 0.01)
        >>> size.last_day(date(2024, 5, 6)).isoformat(), size.decision_day(date(2024, 5, 6)).day
        ('2024-05-26', 29)
        """
        return self.last_day(start) + timedelta(days=1) + PROCESSING


def size_test(plan: TestPlan, smallest_effect: float | None = None) -> TestSize:
    """Sessions and days that show a difference in 80 of 100 tests, and one that is not in 5.

    Shares: ``core.statistics.sessions_per_side``. Counts (visits of the days with the change
    against those without it) and means of counts (events per session): Wald test of the ratio of
    two Poisson rates, n = z² (1 + 1 / (1 + e)) / log(1 + e)² counts on the side without the change
    (Zhu and Lakkis 2014, Statistics in Medicine 33:376, without their dispersion). All are
    multiplied by the design effect, for visits of one day go together (Kish 1965, Survey Sampling,
    section 8.2).

    Args:
        plan: for a count, ``weekly`` counts that metric.
        smallest_effect: another one than the plan's, in its unit.

    Raises:
        ValueError: no traffic, no difference, a share that is 0 or 1, a measure in seconds or
            money (how much single visits differ is not in the export).

    >>> plan = TestPlan("a new page", "Email", "engagement_rate", 0.6664, 0.02, 1.5, 3000)
    >>> size_test(plan)
    TestSize(smallest_effect=0.02, per_side=12884, days=61, weeks=9, is_feasible=True, \
larger_step=0.017)
    """
    effect = plan.smallest_effect if smallest_effect is None else smallest_effect
    _check(plan, effect)
    per_side = _per_side(plan, effect)
    days, weeks = _days(plan, per_side), _weeks(plan, per_side)
    return TestSize(effect, per_side, days, weeks, weeks <= MOST_WEEKS, _larger_step(plan))


def _check(plan: TestPlan, effect: float) -> None:
    unit = METRICS[plan.metric].unit
    if unit not in _STEPS:
        raise ValueError(f"a test of {plan.metric} cannot be sized: it is in {unit}")
    if not (plan.weekly > 0 and effect > 0):
        raise ValueError("a test needs traffic and a difference to look for")
    if not (0 < plan.base < 1 if unit == "share" else unit == "count" or plan.base > 0):
        raise ValueError(f"a test cannot start from {plan.base}")


def _per_side(plan: TestPlan, effect: float) -> int:
    metric, design_effect = METRICS[plan.metric], max(plan.design_effect, 1.0)
    if metric.unit == "share":
        independent: float = sessions_per_side(plan.base, effect, power=POWER, alpha=ALPHA)
    else:
        independent = _counts(effect) / (plan.base if metric.is_ratio else 1.0)
    return ceil(independent * design_effect)


def _counts(effect: float) -> float:
    """Independent counts on the side without the change that show a relative difference."""
    z = stats.norm.ppf(1 - ALPHA / 2) + stats.norm.ppf(POWER)
    return float(z**2 * (1 + 1 / (1 + effect)) / np.log1p(effect) ** 2)


def _days(plan: TestPlan, per_side: int) -> int:
    return ceil(2 * per_side / plan.weekly * 7)


def _weeks(plan: TestPlan, per_side: int) -> int:
    weeks = ceil(_days(plan, per_side) / 7)
    return max(weeks + weeks % 2, 2 * FEWEST_WEEKS) if _in_turns(plan) else max(weeks, FEWEST_WEEKS)


def _in_turns(plan: TestPlan) -> bool:
    """A count has no visits to split: weeks with the change take turns with weeks without it."""
    return METRICS[plan.metric].unit == "count"


def _larger_step(plan: TestPlan) -> float | None:
    """Smallest difference that the longest test shows, up to a doubling or all there is."""
    unit = METRICS[plan.metric].unit
    step = _STEPS[unit]
    largest = min(plan.base, 1 - plan.base) if unit == "share" else 1.0
    tried = range(1, int(largest / step + 1e-9) + 1)
    place = bisect_left(
        tried, True, key=lambda k: _weeks(plan, _per_side(plan, k * step)) <= MOST_WEEKS
    )
    return round(tried[place] * step, 6) if place < len(tried) else None


def describe_plan(plan: TestPlan, size: TestSize, start: date) -> str:
    """The test in words, to copy into a mail or a ticket.

    Args:
        plan: what is tested.
        size: of ``size_test``.
        start: first day.

    Returns:
        Lines of plain text; where the traffic can never show it within 12 weeks, they say so and
        name a larger step.

    >>> plan = TestPlan("Show every second visit the new page.", "Email", "engagement_rate",
    ...                 0.6664, 0.02, 1.5, 3000)
    >>> print(describe_plan(plan, size_test(plan), date(2024, 5, 6)).splitlines()[5])
    When: Mon 6 May 2024 to Sun 7 Jul 2024, 9 whole weeks, both sides side by side.
    """
    lines = _question(plan, size)
    if not size.is_feasible:
        return "\n".join([*lines, *_out_of_reach(plan, size)])
    return "\n".join(
        [*lines, *_needed(plan, size), *_when(plan, size, start), *_decision(plan, size)]
    )


def difference_words(plan: TestPlan, effect: float) -> str:
    """A difference as the plan counts it.

    >>> plan = TestPlan("a new page", "Email", "engagement_rate", 0.6664, 0.02, 1.5, 3000)
    >>> difference_words(plan, 0.02)
    '2.0 points'
    """
    if METRICS[plan.metric].unit == "share":
        return wording.points(effect).lstrip("+")
    return wording.percent(effect, 1 if effect < 0.1 else 0)


def _question(plan: TestPlan, size: TestSize) -> list[str]:
    label = METRICS[plan.metric].label
    is_count = METRICS[plan.metric].unit == "count"
    now = (
        t("Read: {metric}, now about {weekly} a week.", metric=label, weekly=_weekly(plan))
        if is_count
        else t("Read: {metric}, now {rate}.", metric=label, rate=_value(plan))
    )
    channel = plan.channel
    return [
        t("What to change: {change}", change=plan.change),
        t("For: {channel}.", channel=channel) if channel else t("For: all traffic."),
        now,
        t(
            "Smallest difference worth having: {difference}.",
            difference=difference_words(plan, size.smallest_effect),
        ),
    ]


def _value(plan: TestPlan) -> str:
    return wording.metric_value(plan.metric, plan.base)


def _weekly(plan: TestPlan) -> str:
    return wording.count(plan.weekly)


def _counted(metric: Metric) -> str:
    """What ``weekly`` and ``per_side`` count."""
    return in_sentence(METRICS[metric.denominator or metric.key].label)


def _needed(plan: TestPlan, size: TestSize) -> list[str]:
    needed = tn(
        "Needed: {visits} {metric} on each side, which takes {count} day at about {weekly} a week "
        "for both.",
        "Needed: {visits} {metric} on each side, which takes {count} days at about {weekly} a week "
        "for both.",
        size.days,
        visits=wording.count(size.per_side),
        metric=_counted(METRICS[plan.metric]),
        weekly=wording.count(round(plan.weekly)),
    )
    if round(plan.design_effect, 1) <= 1:
        return [needed]
    allowed = t(
        "Days differ more than chance alone would have it; that is allowed for, by {factor} times "
        "as many.",
        factor=group(plan.design_effect, 1),
    )
    return [f"{needed} {allowed}"]


def _when(plan: TestPlan, size: TestSize, start: date) -> list[str]:
    first, last = wording.day(start), wording.day(size.last_day(start))
    if _in_turns(plan):
        return [
            t(
                "When: {first} to {last}, {weeks} whole weeks, one week with the change, one "
                "without it, in turns.",
                first=first,
                last=last,
                weeks=size.weeks,
            )
        ]
    return [
        t(
            "When: {first} to {last}, {weeks} whole weeks, both sides side by side.",
            first=first,
            last=last,
            weeks=size.weeks,
        )
    ]


def _decision(plan: TestPlan, size: TestSize) -> list[str]:
    difference = difference_words(plan, size.smallest_effect)
    return [
        t(
            "Decide: once, from the days of the test, at least {days} days after the last "
            "(GA4 still changes them until then). If the 95 % interval of the difference (with the "
            "change minus without it) lies above 0, keep the change; if it lies below 0, take the "
            "change back; otherwise leave things as they were.",
            days=PROCESSING.days,
        ),
        t(
            "Do not stop early: who looks every day and stops at the first good one finds "
            "differences that are not there."
        ),
        t(
            "If the true difference is {difference}, 80 of 100 such tests find it. If there is "
            "none, 5 of 100 seem to find one.",
            difference=difference,
        ),
    ]


def _out_of_reach(plan: TestPlan, size: TestSize) -> list[str]:
    counted = _counted(METRICS[plan.metric])
    missing = t(
        "Not within {limit} weeks: it takes {visits} {metric} on each side, and about {weekly} a "
        "week for both would need {weeks} weeks.",
        limit=MOST_WEEKS,
        visits=wording.count(size.per_side),
        metric=counted,
        weekly=wording.count(round(plan.weekly)),
        weeks=wording.count(size.weeks),
    )
    if size.larger_step is None:
        return [
            missing,
            t(
                "No step is large enough at this traffic, not even a doubling: bring more {metric} "
                "first, or test on more channels at once.",
                metric=counted,
            ),
        ]
    return [
        missing,
        t(
            "Take a larger step: {limit} weeks can show a difference of {difference} or more. "
            "Change something that could move it that far, or test on more channels at once.",
            limit=MOST_WEEKS,
            difference=difference_words(plan, size.larger_step),
        ),
    ]
