"""What a rule sees, what it says, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from core.channels import ChannelComparison, channel_totals, compare_channels
from core.errors import NotEnoughData
from core.spikes import Spikes, find_spikes
from core.traffic import UNATTRIBUTED, Filters, Traffic, select

STRENGTHS = ("strong", "moderate", "worth watching")


@dataclass(frozen=True)
class TestPlan:
    """How to find out whether an action works.

    Args:
        change: what to do on one side only.
        metric: key of the metric to read.
        smallest_effect: the smallest difference worth having, in the unit of the metric.
        sessions_per_side: sessions needed on each side at 80 % power, day-to-day swings included.
        days: at present traffic, both sides running at the same time.
    """

    __test__ = False  # pytest: this is not a test

    change: str
    metric: str
    smallest_effect: float
    sessions_per_side: int
    days: int

    @property
    def is_feasible(self) -> bool:
        """Whether it ends within twelve weeks."""
        return self.days <= 84


@dataclass(frozen=True, eq=False)
class Finding:
    """What one rule found about one subject.

    Args:
        rule_id: name of the rule.
        subject: channel, time or ``All traffic``.
        headline: plain words with the number.
        action: what a person could do.
        evidence: the numbers behind it, column names for people.
        n: how many sessions (or other counts) it rests on.
        impact: what is at stake, in sessions or engaged sessions a week.
        impact_unit: ``sessions a week`` or ``engaged sessions a week``.
        p_value: uncorrected; ``None`` where nothing was tested and it is a plain count.
        is_corrected: the p-value was already corrected for all that its rule looked at.
        caveats: what else could explain it, what the export cannot show.
        test_plan: where a change is proposed.
    """

    rule_id: str
    subject: str
    headline: str
    action: str
    evidence: pd.DataFrame
    n: float
    impact: float
    impact_unit: str = "sessions a week"
    p_value: float | None = None
    is_corrected: bool = False
    caveats: tuple[str, ...] = ()
    test_plan: TestPlan | None = None


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a rule gives back.

    Args:
        findings: what it found, maybe nothing.
        tested: uncorrected p-value of everything it looked at, found or not.
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
    """The traffic and the analyses that several rules share, each made once."""

    traffic: Traffic

    @cached_property
    def weeks(self) -> float:
        """Length in weeks."""
        return self.traffic.days / 7

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
    def quality(self) -> ChannelComparison | None:
        """Engagement rate compared between channels; ``None`` where that is not possible."""
        try:
            return compare_channels(self.traffic, "engagement_rate")
        except NotEnoughData:
            return None

    @cached_property
    def spikes(self) -> Spikes | None:
        """Spikes of the main metric; ``None`` where that is not possible."""
        try:
            return find_spikes(self.traffic, self.traffic.main_metric)
        except NotEnoughData:
            return None
