"""What was that? A stretch against what is usual or against before, split into its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from core import wording
from core.errors import NotEnoughData
from core.expected import (
    EFFICIENCY,
    Span,
    channel_name,
    counts_by_channel,
    expect,
    expect_within,
    require_weeks,
    root_residual,
    root_spread,
    sum_over,
    unroot,
)
from core.language import in_sentence, mark, t
from core.metrics import METRICS, ratio
from core.traffic import ALL_CHANNELS, Traffic

Against = Literal["usual", "before"]

LEVEL = 0.95
MIN_ALIKE = 4
"""Stretches of the same length that a file must hold, so that one can be called unusual."""
_MOST_PLACEBOS = 40
_DUST = 12
"""Decimals beyond which parts hold nothing but what computing leaves over."""
_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Explanation:
    """A stretch of time, what was there, what was to be expected, and the parts of the difference.

    Args:
        metric: a key of ``METRICS``.
        start: first moment.
        end: first moment after it.
        against: ``usual`` or ``before``.
        actual: count or ratio of the stretch.
        expected: the same as expected, or as it was before.
        low: lower end of where 95 % of such stretches are when nothing special happens; NaN
            where the file holds too few of them, and against ``before``.
        high: upper end.
        parts: one row per channel, largest effect first: ``channel``, ``actual``, ``expected``,
            ``effect``; for a ratio also ``mix`` and ``within``. The effects add up to the
            difference.
        grain: of the traffic.
    """

    metric: str
    start: pd.Timestamp
    end: pd.Timestamp
    against: Against
    actual: float
    expected: float
    low: float
    high: float
    parts: pd.DataFrame
    grain: str

    @property
    def difference(self) -> float:
        """Actual less expected."""
        return self.actual - self.expected

    @property
    def difference_low(self) -> float:
        """Lower end of the difference's 95 % interval."""
        return self.actual - self.high

    @property
    def difference_high(self) -> float:
        """Upper end of the difference's 95 % interval."""
        return self.actual - self.low

    @property
    def is_unusual(self) -> bool:
        """Whether it lies outside of where such stretches usually are."""
        return bool(self.actual < self.low or self.actual > self.high)

    @property
    def mix(self) -> float:
        """Of a ratio's difference, what comes from other shares of the channels."""
        return float(self.parts["mix"].sum()) if "mix" in self.parts else float("nan")

    @property
    def within(self) -> float:
        """Of a ratio's difference, what comes from changes inside the channels."""
        return float(self.parts["within"].sum()) if "within" in self.parts else float("nan")


def explain(
    traffic: Traffic,
    metric: str,
    start: pd.Timestamp,
    end: pd.Timestamp,
    *,
    against: Against = "usual",
    shift: pd.Timedelta | None = None,
) -> Explanation:
    """Hold a stretch against what is usual for its hours, or against an earlier stretch.

    What is usual is worked out as if the stretch were not in the file (``core.expected``). The
    difference of a count is the sum of the channels' differences. The difference of a ratio is
    split into the mix of channels and changes within them, with the other factor at the mean of
    both sides, so that nothing is left over: Kitagawa (1955), J. American Statistical Association
    50:1168. The range of the usual comes from how far stretches of the same length in this file
    are from what was expected of them; for more than a day, each of them held out in turn.

    Args:
        traffic: with time; hourly or daily for ``usual``.
        metric: a key of ``METRICS``.
        start: first moment of the stretch.
        end: first moment after it.
        against: ``usual`` or ``before``.
        shift: how much earlier the other stretch lies, for ``before``.

    Raises:
        NotEnoughData: as ``core.expected.require_weeks``; ``nothing_there`` where the stretch, or
            the one before, holds no period of the file.
    """
    entry = METRICS[metric]
    names = [entry.numerator, *([entry.denominator] if entry.denominator else [])]
    span, earlier = (start, end), (start, end)
    if against == "before":
        earlier = _earlier(traffic, span, shift)
    else:
        require_weeks(traffic)
    for one in (span, earlier):
        if not ((traffic.times >= one[0]) & (traffic.times < one[1])).any():
            raise NotEnoughData("nothing_there")
    tables = others = {name: counts_by_channel(traffic, name) for name in names}
    if against == "usual":
        others = {name: expect_within(table, span) for name, table in tables.items()}
    now = pd.DataFrame({name: sum_over(tables[name], span) for name in names})
    then = pd.DataFrame({name: sum_over(others[name], earlier) for name in names})
    actual, expected = (_value(sums.loc[ALL_CHANNELS], metric) for sums in (now, then))
    low, high = float("nan"), float("nan")
    if against == "usual":
        low, high = _usual_range(tables, span, then.loc[ALL_CHANNELS], metric)
    parts = _split(now, then, metric)
    return Explanation(
        metric, start, end, against, actual, expected, low, high, parts, traffic.grain
    )


def _earlier(traffic: Traffic, span: Span, shift: pd.Timedelta | None) -> Span:
    """The same stretch that much earlier; of months as many months earlier."""
    start, end = span
    if traffic.grain == "month":
        months = pd.DateOffset(months=(end.year - start.year) * 12 + end.month - start.month)
        return start - months, end - months
    return start - (shift or end - start), end - (shift or end - start)


def _value(sums: pd.Series, metric: str) -> float:
    entry = METRICS[metric]
    if not entry.is_ratio:
        return float(sums[entry.numerator])
    return float(ratio(sums.to_frame().T, metric).iloc[0])


def _split(now: pd.DataFrame, then: pd.DataFrame, metric: str) -> pd.DataFrame:
    channels = [name for name in now.index if name != ALL_CHANNELS] or [ALL_CHANNELS]
    now, then = now.loc[channels], then.loc[channels]
    if METRICS[metric].is_ratio:
        parts = split_ratio(now, then, metric)
    else:
        parts = pd.DataFrame({"actual": now[metric], "expected": then[metric]})
        parts["effect"] = parts["actual"] - parts["expected"]
    parts = parts[(now != 0).any(axis=1) | (then != 0).any(axis=1)].fillna({"effect": 0.0})
    parts = parts.round(_DUST) + 0.0  # and no -0, which a table would show
    order = parts["effect"].abs().sort_values(ascending=False, kind="stable").index
    return parts.loc[order].rename_axis("channel").reset_index()


def split_ratio(now: pd.DataFrame, then: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Split the difference of a ratio of sums into mix and real change, channel by channel.

    Args:
        now: index: channels; columns: numerator and denominator of the metric.
        then: the same of the other side.
        metric: a ratio.

    Returns:
        Index: channels; ``actual`` and ``expected`` (the ratios), ``mix`` (its share of the
        denominator moved, weighed by how far it is from the average), ``within`` (its own ratio
        moved, weighed by its mean share) and ``effect``, their sum.

    >>> counts = ["engaged_sessions", "sessions"]
    >>> now = pd.DataFrame([[30.0, 60.0], [4.0, 40.0]], ["Email", "Ads"], counts)
    >>> then = pd.DataFrame([[10.0, 20.0], [8.0, 80.0]], ["Email", "Ads"], counts)
    >>> parts = split_ratio(now, then, "engagement_rate")
    >>> parts[["mix", "within"]].sum().round(3).tolist()
    [0.16, 0.0]
    """
    denominator = str(METRICS[metric].denominator)
    rates = pd.DataFrame({"actual": ratio(now, metric), "expected": ratio(then, metric)})
    known = rates.bfill(axis=1).ffill(axis=1).fillna(0.0)  # of one side only: all is mix
    shares = [sums[denominator] / sums[denominator].sum() for sums in (now, then)]
    average = sum(_value(sums.sum(), metric) for sums in (now, then)) / 2
    rates["mix"] = (shares[0] - shares[1]) * (known.mean(axis=1) - average)
    rates["within"] = (shares[0] + shares[1]) / 2 * (known["actual"] - known["expected"])
    rates["within"] += _orphans(now, metric) - _orphans(then, metric)
    rates["effect"] = rates["mix"] + rates["within"]
    return rates


def _orphans(sums: pd.DataFrame, metric: str) -> pd.Series:
    """What channels without a denominator (events without a session) add to the whole ratio."""
    entry = METRICS[metric]
    size = sums[str(entry.denominator)]
    return sums[entry.numerator].where(size == 0, 0.0) / (size.sum() or np.nan)


def _usual_range(
    tables: dict[str, pd.DataFrame], span: Span, expected: pd.Series, metric: str
) -> tuple[float, float]:
    """Where 95 % of such stretches are when nothing special happens."""
    whole = {name: table[[ALL_CHANNELS]] for name, table in tables.items()}
    times = next(iter(whole.values())).index
    inside = int(((times >= span[0]) & (times < span[1])).sum())
    if len(times) / inside < MIN_ALIKE:
        return float("nan"), float("nan")
    if span[1] - span[0] >= _DAY:
        actual, usual = _held_out(whole, span)
    else:
        actual, usual = _rolling(whole, inside, span)
    freedom = max(EFFICIENCY * len(times) / inside, 1)
    reach = float(stats.t.ppf((1 + LEVEL) / 2, freedom))
    if METRICS[metric].is_ratio:
        return _ratio_range(actual, usual, expected, metric, reach)
    rest = root_residual(actual[metric], usual[metric])
    spread = root_spread(rest, usual[metric])
    at = (usual[metric] - expected[metric]).abs().idxmin()  # spread of stretches of that size
    return unroot(expected[metric], -reach * spread[at]), unroot(
        expected[metric], reach * spread[at]
    )


def _ratio_range(
    actual: pd.DataFrame, usual: pd.DataFrame, expected: pd.Series, metric: str, reach: float
) -> tuple[float, float]:
    """Ratios stray the less, the more there is in the denominator."""
    size = str(METRICS[metric].denominator)
    rest = (ratio(actual, metric) - ratio(usual, metric)) * np.sqrt(actual[size])
    spread = stats.median_abs_deviation(rest.dropna(), scale="normal") if rest.notna().any() else 0
    centre = _value(expected, metric)
    far = reach * float(spread) / np.sqrt(max(expected[size], 1.0))
    top = 1.0 if METRICS[metric].unit == "share" else np.inf
    return max(centre - far, 0.0), min(centre + far, top)


def _rolling(
    whole: dict[str, pd.DataFrame], length: int, span: Span
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every other stretch of up to a day, and what was expected of it."""

    def sums(make: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
        rolled = {name: make(table)[ALL_CHANNELS].rolling(length).sum() for name, table in pairs}
        return pd.DataFrame(rolled)

    pairs = list(whole.items())
    actual, usual = sums(lambda table: table), sums(expect)
    kept = actual.notna().all(axis=1) & ((actual.index < span[0]) | (actual.index >= span[1]))
    return actual[kept], usual[kept]


def _held_out(whole: dict[str, pd.DataFrame], span: Span) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Other stretches of as many days, and what is expected of each without itself."""
    days = {
        name: table.groupby(pd.DatetimeIndex(table.index).normalize()).sum()
        for name, table in whole.items()
    }
    index = next(iter(days.values())).index
    length = (span[1] - span[0]).ceil("D")
    starts = [
        day
        for day in index
        if day + length <= index[-1] + _DAY and (day + length <= span[0] or day >= span[1])
    ]
    starts = starts[:: max(len(starts) // _MOST_PLACEBOS, 1)]
    spans = [(day, day + length) for day in starts]
    without = {
        name: table[~((index >= span[0]) & (index < span[1]))] for name, table in days.items()
    }
    actual = [
        {name: sum_over(table, one)[ALL_CHANNELS] for name, table in days.items()} for one in spans
    ]
    usual = [
        {name: expect_within(table, one).sum()[ALL_CHANNELS] for name, table in without.items()}
        for one in spans
    ]
    return pd.DataFrame(actual, index=starts), pd.DataFrame(usual, index=starts)


def headline(explanation: Explanation) -> str:
    """When, how much, and how much against it."""
    e = explanation
    label = in_sentence(wording.metric_label(e.metric, e.grain))
    when = wording.moment(e.start, e.end)
    if not np.isfinite([e.actual, e.expected]).all():
        return t("{when}: there is nothing to compare {metric} with", when=when, metric=label)
    other = wording.whole_value(e.metric, e.expected)
    if METRICS[e.metric].is_ratio:
        value = wording.metric_value(e.metric, e.actual)
        return t(_RATIO[e.against], when=when, metric=label, now=value, other=other)
    amount = wording.amount(e.metric, e.actual, label)
    return t(_COUNT[e.against], when=when, amount=amount, other=other)


_RATIO: Mapping[Against, str] = MappingProxyType(
    {
        "usual": mark("{when}: {metric} {now}, {other} is usual"),
        "before": mark("{when}: {metric} {now}, {other} before"),
    }
)
_COUNT: Mapping[Against, str] = MappingProxyType(
    {
        "usual": mark("{when}: {amount}, {other} is usual"),
        "before": mark("{when}: {amount}, {other} before"),
    }
)


def sentence(explanation: Explanation) -> str:
    """The stretch in a few words: the headline, how unusual it is and where it comes from."""
    return f"{headline(explanation)}. {detail(explanation)}".strip()


def detail(explanation: Explanation) -> str:
    """How unusual the stretch is and what part of the difference is the largest."""
    if not np.isfinite([explanation.actual, explanation.expected]).all():
        return ""
    parts = [_how_unusual(explanation), _largest_part(explanation)]
    return " ".join(part for part in parts if part)


def _how_unusual(e: Explanation) -> str:
    if not np.isfinite(e.low):
        if e.against == "before":
            return ""
        return t("The file is too short to say how unusual that is.")
    low, high = (wording.whole_value(e.metric, end) for end in (e.low, e.high))
    if e.is_unusual:
        return t(
            "That is outside of what such a stretch usually has ({low} to {high}).",
            low=low,
            high=high,
        )
    return t(
        "That is within what such a stretch usually has ({low} to {high}).", low=low, high=high
    )


def _largest_part(e: Explanation) -> str:
    if len(e.parts) < 2 or not e.difference:
        return ""
    if METRICS[e.metric].is_ratio:
        mix, within = (wording.metric_change(e.metric, part) for part in (e.mix, e.within))
        return t(
            "Of the difference, {mix} is another mix of channels and {within} changes within them.",
            mix=mix,
            within=within,
        )
    first = e.parts[np.sign(e.parts["effect"]) == np.sign(e.difference)].iloc[0]
    part, total = (
        wording.whole_value(e.metric, abs(size)) for size in (first["effect"], e.difference)
    )
    channel = channel_name(first["channel"])
    if e.difference > 0:
        return t(
            "{channel} had {part} more, all together {total} more.",
            channel=channel,
            part=part,
            total=total,
        )
    if METRICS[e.metric].unit == "count":
        return t(
            "{channel} had {part} fewer, all together {total} fewer.",
            channel=channel,
            part=part,
            total=total,
        )
    return t(
        "{channel} had {part} less, all together {total} less.",
        channel=channel,
        part=part,
        total=total,
    )
