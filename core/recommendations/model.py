"""What a rule sees, what it says, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import pandas as pd

from core import wording
from core.channels import (
    ChannelComparison,
    Diagnosis,
    channel_totals,
    compare_channels,
    diagnose_unattributed,
)
from core.errors import NotEnoughData
from core.forecast import Forecast, forecast
from core.language import in_sentence, mark, t
from core.levels import LevelChanges, find_level_changes
from core.spikes import Spikes, find_spikes
from core.traffic import UNATTRIBUTED, Filters, Traffic, select, total_over_time
from core.trends import find_gaps

STRENGTHS = (mark("strong"), mark("moderate"), mark("worth watching"))
KINDS = ("timing", "spikes", "channels", "changes", "tagging", "risk", "planning", "data")
"""What cards are about, for the filter of the page."""
EFFECT_UNITS = ("points", "percent", "count", "times")
DAYS_AHEAD = 14
"""How far the rules look ahead."""

CHARTS = ("rates", "hours", "weekdays", "days", "shares", "forecast", "")
"""Charts of other pages that a card may show: engagement rate by channel with intervals; counts or
a rate by hour of the day; by weekday; a line of days with a stretch marked; shares of channels; the
forecast; none (the table of evidence alone)."""


@dataclass(frozen=True)
class Effect:
    """How large what was found is, with its 95 % interval.

    Args:
        value: points and percent as fractions (0.11 is 11 points or 11 %), counts as counts,
            times as a ratio (3.5 is 3.5 times).
        low: lower end; NaN where there is no interval.
        high: upper end; NaN where there is no interval.
        unit: one of ``EFFECT_UNITS``.
    """

    value: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True)
class ChartHint:
    """Which chart of another page shows the evidence.

    Args:
        chart: one of ``CHARTS``.
        metric: key of a metric.
        channel: the channel concerned, empty for all traffic.
        start: first moment of a marked stretch, ``None`` for none.
        end: end of it, exclusive.
    """

    chart: str
    metric: str
    channel: str = ""
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None


@dataclass(frozen=True)
class TestPlan:
    """How to find out whether an action works; numbers follow from ``core.recommendations.plan``.

    Args:
        change: what to do on one side only, in words.
        channel: for which channel, empty for all traffic.
        metric: key of the ratio or count to read.
        base: its value now.
        smallest_effect: the smallest difference worth having: points as fractions for shares,
            a fraction of the base for counts.
        design_effect: how many times the variance of independent sessions the days show, >= 1.
        weekly: sessions a week that such a test can use, both sides together.
    """

    __test__ = False  # pytest: this is not a test

    change: str
    channel: str
    metric: str
    base: float
    smallest_effect: float
    design_effect: float
    weekly: float


@dataclass(frozen=True, eq=False)
class Finding:
    """What one rule found about one subject.

    Args:
        rule_id: name of the rule.
        kind: one of ``KINDS``.
        subject: channel, time or ``All traffic``; the same in every language, for ids.
        headline: plain words with the number.
        action: what a person could do.
        evidence: the numbers behind it, column names for people.
        n: how many sessions (or other counts) it rests on.
        impact: what is at stake a week, see ``Evidence.stake``.
        impact_unit: ``revenue``, ``key events``, ``engaged sessions`` or the main metric, then
            ``a week`` and maybe a condition.
        p_value: uncorrected; ``None`` where nothing was tested and it is a plain count.
        effect: how large it is, with its interval; ``None`` for plain counts without one.
        chart: which chart of another page shows it.
        caveats: what else could explain it, what the export cannot show.
        test_plan: where a change is proposed.
        subject_words: the subject in the language spoken, empty where it is a name.
    """

    rule_id: str
    kind: str
    subject: str
    headline: str
    action: str
    evidence: pd.DataFrame
    n: float
    impact: float
    impact_unit: str = ""
    p_value: float | None = None
    effect: Effect | None = None
    chart: ChartHint | None = None
    caveats: tuple[str, ...] = ()
    test_plan: TestPlan | None = None
    subject_words: str = ""

    @property
    def about(self) -> str:
        """The subject for people."""
        return self.subject_words or self.subject


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a rule gives back.

    Args:
        findings: what it found, maybe nothing.
        tested: p-value of everything it looked at, found or not. An analysis that corrects for its
            own many looks (spikes, windows of the day) gives one p-value a family: its smallest
            corrected one.
    """

    findings: tuple[Finding, ...] = ()
    tested: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Recommendation(Finding):
    """A finding that survived the correction, with its strength."""

    strength: str = STRENGTHS[-1]
    adjusted_p_value: float | None = None


@dataclass(frozen=True, eq=False)
class Evidence:
    """The traffic and the analyses that several rules share, each made once.

    Args:
        traffic: what the person selected.
        with_forecast: whether a forecast (2-3 s) may be made.
        ahead: two weeks ahead of ``history``, where the caller has made that forecast already.
    """

    traffic: Traffic
    with_forecast: bool = True
    ahead: Forecast | None = None

    @cached_property
    def weeks(self) -> float:
        """Length in weeks; 0 without time."""
        return self.traffic.days / 7

    @cached_property
    def label(self) -> str:
        """Name of the main metric in the middle of a sentence."""
        return in_sentence(self.head)

    @cached_property
    def head(self) -> str:
        """Name of the main metric at the head of a column."""
        return wording.metric_label(self.traffic.main_metric, self.traffic.grain)

    @cached_property
    def is_daily(self) -> bool:
        """Whether there are days to compare."""
        return self.traffic.grain in ("hour", "day") and not self.traffic.is_empty

    @cached_property
    def has_engagement(self) -> bool:
        """Whether sessions and engaged sessions were exported."""
        return {"sessions", "engaged_sessions"} <= set(self.traffic.exported)

    @cached_property
    def real(self) -> Traffic:
        """Without Unassigned, (other) and (not set)."""
        names = tuple(name for name in self.traffic.channels if name not in UNATTRIBUTED)
        return select(self.traffic, Filters(channels=names))

    @cached_property
    def totals(self) -> pd.DataFrame:
        """Counts and ratios per channel."""
        return channel_totals(self.traffic)

    @cached_property
    def last_two(self) -> tuple[Traffic, Traffic] | None:
        """The last two weeks and the two before (one week each where there are fewer than four)."""
        if not self.is_daily or self.traffic.days < 14:
            return None
        return _split(self.traffic, 14 if self.traffic.days >= 28 else 7)

    @cached_property
    def quality(self) -> ChannelComparison | None:
        """Engagement rate compared between channels; ``None`` where that is not possible."""
        return self.compare("engagement_rate")

    def compare(self, metric: str) -> ChannelComparison | None:
        """A ratio compared between channels; ``None`` where that is not possible."""
        try:
            return compare_channels(self.traffic, metric)
        except NotEnoughData:
            return None

    @cached_property
    def spikes(self) -> Spikes | None:
        """Spikes of the main metric; ``None`` where that is not possible."""
        try:
            return find_spikes(self.traffic, self.traffic.main_metric)
        except NotEnoughData:
            return None

    @cached_property
    def levels(self) -> LevelChanges | None:
        """Lasting changes of level of the main metric; ``None`` where that is not possible."""
        try:
            return find_level_changes(self.traffic, self.traffic.main_metric)
        except NotEnoughData:
            return None

    @cached_property
    def unattributed(self) -> tuple[Diagnosis, ...]:
        """What is known of Unassigned, (other) and (not set)."""
        try:
            return diagnose_unattributed(self.traffic)
        except NotEnoughData:
            return ()

    @cached_property
    def history(self) -> pd.Series:
        """The main metric of all traffic over time, NaN where nothing was recorded."""
        name = self.traffic.main_metric
        total = total_over_time(self.traffic, [name])[name]
        return total.mask(total.index.isin(find_gaps(self.traffic)))

    @cached_property
    def forecast(self) -> Forecast | None:
        """Two weeks ahead; ``None`` where it was not asked for or the data are too few."""
        if not self.with_forecast or not self.is_daily:
            return None
        if self.ahead is not None:
            return self.ahead
        try:
            return forecast(self.history, DAYS_AHEAD * (24 if self.traffic.grain == "hour" else 1))
        except NotEnoughData:
            return None

    @cached_property
    def goal(self) -> str:
        """What visits are for, as far as it was exported: revenue, key events, or nothing."""
        names = [name for name in ("revenue", "key_events") if name in self.traffic.exported]
        return next((name for name in names if self.traffic.frame[name].sum() > 0), "")

    def stake(self, visits: float, channel: str = "", *, of: str = "") -> tuple[float, str]:
        """What some visits a week are worth in the person's own unit, and the name of that unit.

        Args:
            visits: a week.
            channel: whose revenue or key events per visit count, where it had enough of them.
            of: the count that ``visits`` is of, by default the main metric.
        """
        count = of or self.traffic.main_metric
        if not self.goal:
            return visits, self._a_week(count)
        sums = self.totals.set_index("channel")[[self.goal, count]]
        own = sums.loc[channel] if channel in sums.index else sums.sum()
        base = own if own[self.goal] >= _ENOUGH and own[count] > 0 else sums.sum()
        return visits * float(base[self.goal] / max(base[count], 1.0)), self._a_week(self.goal)

    def _a_week(self, metric: str) -> str:
        label = wording.metric_label(metric, self.traffic.grain)
        return t("{metric} a week", metric=in_sentence(label))


_ENOUGH = 30
"""Key events or revenue of a channel, below which the rate of all traffic stands for its own."""


def _split(traffic: Traffic, days: int) -> tuple[Traffic, Traffic]:
    """The last so many days, and as many before them."""
    last, one = traffic.last_day, timedelta(days=1)
    middle = last - timedelta(days=days)
    current = select(traffic, Filters(start=middle + one, end=last))
    first = middle - timedelta(days=days) + one
    return current, select(traffic, Filters(start=first, end=middle))
