"""What a card said, measured again on new days. Each kind of rule has its measure here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from core import wording
from core.channels import compare_channels
from core.day_clusters import (
    Array,
    Estimate,
    Variance,
    estimate_ratio,
    ratio_difference,
    ratio_interval,
    variance_of,
)
from core.errors import NotEnoughData
from core.language import in_sentence, mark, t
from core.metrics import METRICS
from core.recommendations.cards import MOST_DAYS, Days, SavedCard
from core.recommendations.model import Effect, Finding
from core.statistics import Interval
from core.traffic import UNATTRIBUTED, Filters, Traffic, select, total_over_time

HALF, TAGGING = 0.5, 0.01
"""Shares above which one channel carries much, and visits without a channel are many."""
_RECENT = 14
"""Days at the end of a file that a card without a marked stretch is about."""


@dataclass(frozen=True)
class Measured:
    """What new days show.

    Args:
        effect: with its 95 % interval.
        what: what was measured, in words, to be followed by a colon and the value.
    """

    effect: Effect
    what: str


@dataclass(frozen=True)
class Measure:
    """How cards of one rule are graded.

    Args:
        again: measures on new days; ``None`` where they hold too little for it.
        unit: of the effect, ``points`` or ``percent``.
        smallest: what is worth having, in that unit; 0 where the effect already
            counts from a threshold.
        direction: 1 or -1 where all cards of the rule say the same, 0 where the card's own effect
            tells.
        before: daily parts of the saved file that new days are held against, if any are.
    """

    again: Callable[[Traffic, SavedCard], Measured | None]
    unit: str
    smallest: float
    direction: int = 0
    before: Callable[[Traffic, Finding], Days] | None = None


def days_before(traffic: Traffic, finding: Finding) -> Days:
    """What to keep of a file so that a card about it can be graded; empty where nothing is."""
    measure = MEASURES.get(finding.rule_id)
    if measure is None or measure.before is None or traffic.grain not in ("hour", "day"):
        return Days()
    return measure.before(traffic, finding)


def _quality(after: Traffic, card: SavedCard) -> Measured | None:
    """Engagement rate of the channel against the other channels."""
    return _against_others(after, card.subject, "engagement_rate")


def _depth(after: Traffic, card: SavedCard) -> Measured | None:
    """The ratio that the card names, of the channel against the other channels."""
    is_ratio = card.metric in METRICS and METRICS[card.metric].is_ratio
    return _against_others(after, card.subject, card.metric) if is_ratio else None


def _against_others(after: Traffic, channel: str, metric: str) -> Measured | None:
    """Points for a share, else relative to the others."""
    frame = compare_channels(after, metric).frame.set_index("channel")
    if channel not in frame.index:
        return None
    row = frame.loc[channel]
    is_share = METRICS[metric].unit == "share"
    scale = 1.0 if is_share else float(row["value"] - row["difference"])
    if not scale > 0:
        return None
    names = ("difference", "difference_low", "difference_high")
    found = Interval(*(float(row[name] / scale) for name in names))
    effect = _effect(found, "points" if is_share else "percent")
    return Measured(effect, t("{metric} against the other channels", metric=METRICS[metric].label))


def _level_before(traffic: Traffic, finding: Finding) -> Days:
    metric = metric_of(traffic, finding)
    if metric not in traffic.exported:  # a ratio has no level a day
        return Days()
    daily = _daily(_own(traffic, _channel_of(traffic, finding)), metric)
    return _whole_weeks(_earlier(daily, _start(traffic, finding)))


def _level(after: Traffic, card: SavedCard) -> Measured | None:
    """Visits a day against the days before the change that the card tells of."""
    before = _arrays(card.before)
    if card.metric not in after.exported or len(before[0]) < 7:
        return None
    daily = _daily(_own(after, card.channel), card.metric)
    found = _relative(_arrays(_whole_weeks(daily, is_end=False)), before)
    label = wording.metric_label(card.metric, after.grain)
    return Measured(
        _effect(found, "percent"),
        t("{metric} a day against the days before the change", metric=label),
    )


def _rate_before(traffic: Traffic, finding: Finding) -> Days:
    if not {"engaged_sessions", "sessions"} <= set(traffic.exported):
        return Days()
    daily = _daily(_real(traffic, _channel_of(traffic, finding)), "engaged_sessions", "sessions")
    return _whole_weeks(_earlier(daily, _start(traffic, finding)))


def _rate(after: Traffic, card: SavedCard) -> Measured | None:
    """Engagement rate against the days before the change that the card tells of."""
    before = _arrays(card.before)
    if len(before[0]) < 7 or not {"engaged_sessions", "sessions"} <= set(after.exported):
        return None
    daily = _daily(_real(after, card.channel), "engaged_sessions", "sessions")
    found = _apart(_arrays(_whole_weeks(daily, is_end=False)), before)
    return Measured(
        _effect(found, "points"), t("Engagement rate against the days before the change")
    )


def _window(after: Traffic, card: SavedCard) -> Measured | None:
    """Share of the hours named on the card, above that of as many even hours."""
    hours = _hours(card.subject)
    metric = card.metric if card.metric in after.exported else after.main_metric
    if hours is None or after.grain != "hour":
        return None
    sums = total_over_time(after, [metric])[metric]
    table = sums.groupby([sums.index.normalize(), sums.index.hour]).sum().unstack(fill_value=0.0)
    inside = table[[hour for hour in hours if hour in table]]
    whole, even = table.sum(axis=1), inside.shape[1] / table.shape[1]
    inside = inside.sum(axis=1)
    found = ratio_difference((inside, whole), (whole * even, whole), is_share=False)
    label = in_sentence(wording.metric_label(metric, after.grain))
    return Measured(
        _effect(found, "points"),
        t("Share of {metric} at {hours} above an even share", metric=label, hours=card.subject),
    )


def _hours(subject: str) -> list[int] | None:
    """Hours of a stretch of the day, of every day.

    >>> _hours("22:00–02:00"), _hours("Mon 9:00–11:00")
    ([22, 23, 0, 1], None)
    """
    found = re.fullmatch(r"(\d\d):00–(\d\d):00", subject)
    if not found:
        return None
    start, end = int(found[1]), int(found[2])
    if start > 23 or not 1 <= end <= 24:
        return None
    return [(start + step) % 24 for step in range((end - start) % 24 or 24)]


def _tagging_before(traffic: Traffic, finding: Finding) -> Days:
    whole = _daily(traffic, traffic.main_metric)
    own = _daily(_own(traffic, finding.subject), traffic.main_metric)
    return _last(pd.DataFrame({"top": own["top"], "bottom": whole["top"]}))


def _tagging(after: Traffic, card: SavedCard) -> Measured | None:
    """Share of the label above 1 %, or above half of what it was if that is less."""
    top, bottom = _arrays(card.before)
    if not bottom.sum() > 0:
        return None
    return _share_above(after, card, min(TAGGING, top.sum() / bottom.sum() / 2))


def _concentration(after: Traffic, card: SavedCard) -> Measured | None:
    """Share of the channel in visits with a channel, above a half."""
    return _share_above(_real(after, ""), card, HALF)


def _share_above(after: Traffic, card: SavedCard, threshold: float) -> Measured | None:
    metric = after.main_metric
    own, whole = (
        _daily(part, metric)["top"].to_numpy() for part in (_own(after, card.subject), after)
    )
    if not whole.sum() > 0:
        return None
    found = ratio_interval(own, whole, is_share=True)
    above = Interval(*(end - threshold for end in (found.value, found.low, found.high)))
    label = in_sentence(wording.metric_label(metric, after.grain))
    return Measured(
        _effect(above, "points"),
        t(
            "Share of {channel} in {metric}, counted from {limit} on",
            channel=card.subject,
            metric=label,
            limit=wording.percent(threshold),
        ),
    )


def _daily(traffic: Traffic, top: str, bottom: str = "") -> pd.DataFrame:
    """Sums per covered day, ``top`` and ``bottom`` (1 where none is asked for); half days left out.

    A file by the hour may break off in the middle of its last day.
    """
    names = [top, bottom] if bottom else [top]
    sums = total_over_time(traffic, names)
    days = sums.groupby(sums.index.normalize())
    daily, hours = days.sum(), days.size()
    daily = daily[hours == hours.max()]
    return pd.DataFrame({"top": daily[top], "bottom": daily[bottom] if bottom else 1.0})


def _own(traffic: Traffic, channel: str) -> Traffic:
    """One channel, or all where none is named."""
    return select(traffic, Filters(channels=(channel,))) if channel else traffic


def _real(traffic: Traffic, channel: str) -> Traffic:
    """One channel, or all that GA4 could name."""
    names = (channel,) if channel else tuple(set(traffic.channels) - set(UNATTRIBUTED))
    return select(traffic, Filters(channels=names))


def metric_of(traffic: Traffic, finding: Finding) -> str:
    """The metric that a card names, else the main one of the file."""
    named = finding.chart.metric if finding.chart else ""
    return named if named in METRICS and _is_exported(traffic, named) else traffic.main_metric


def _is_exported(traffic: Traffic, metric: str) -> bool:
    entry = METRICS[metric]
    return {entry.numerator, entry.denominator} - {None} <= set(traffic.exported)


def _channel_of(traffic: Traffic, finding: Finding) -> str:
    return finding.subject if finding.subject in traffic.channels else ""


def _start(traffic: Traffic, finding: Finding) -> pd.Timestamp:
    """First day of what the card tells of."""
    if finding.chart is not None and finding.chart.start is not None:
        return finding.chart.start.normalize()
    length = _RECENT if traffic.days >= 2 * _RECENT else 7
    return pd.Timestamp(traffic.last_day) - pd.Timedelta(days=length - 1)


def _earlier(daily: pd.DataFrame, start: pd.Timestamp) -> pd.DataFrame:
    return daily[daily.index < start]


def _last(daily: pd.DataFrame) -> Days:
    kept = daily.iloc[-MOST_DAYS:]
    return Days(tuple(kept["top"].tolist()), tuple(kept["bottom"].tolist()))


def _whole_weeks(daily: pd.DataFrame, *, is_end: bool = True) -> Days:
    """The last (or first) days in whole weeks, so that weekdays weigh alike."""
    length = len(daily) // 7 * 7
    return _last(daily.iloc[len(daily) - length :] if is_end else daily.iloc[:length])


def _arrays(days: Days) -> tuple[Array, Array]:
    return np.asarray(days.top, "float64"), np.asarray(days.bottom, "float64")


def _relative(now: tuple[Array, Array], before: tuple[Array, Array]) -> Interval:
    """Relative change of the mean a day, symmetric on the log scale, never narrower than Poisson.

    Half a visit is added to each side, so that a channel that vanished has an interval.
    """
    means = [float((top.sum() + 0.5) / len(top)) for top, _ in (now, before)]
    spreads = [
        Variance(found.value / mean**2, found.freedom)
        for found, mean in zip((_of_counts(now[0]), _of_counts(before[0])), means, strict=True)
    ]
    value, reach = float(np.log(means[0] / means[1])), _reach(*spreads)
    return Interval(*map(float, np.expm1([value, value - reach, value + reach])))


def _of_counts(counts: Array) -> Variance:
    """Of the mean a day."""
    estimate = estimate_ratio(counts, np.ones(len(counts)), is_share=False)
    return variance_of(replace(estimate, chance=(counts.sum() + 0.5) / len(counts) ** 2))


def _apart(now: tuple[Array, Array], before: tuple[Array, Array]) -> Interval:
    """Difference of two shares of separate periods."""
    new, old = (_estimate(*part) for part in (now, before))
    value, reach = new.value - old.value, _reach(variance_of(new), variance_of(old))
    return Interval(value, value - reach, value + reach)


def _estimate(top: Array, bottom: Array) -> Estimate:
    return estimate_ratio(top, bottom, is_share=True)


def _reach(first: Variance, second: Variance) -> float:
    """Half of the 95 % interval of a difference (Welch 1947, Biometrika 34:28)."""
    total = first.value + second.value
    if not total > 0:
        return float("nan")
    spread = first.value**2 / first.freedom + second.value**2 / second.freedom
    return float(Variance(total, total**2 / spread).quantile(0.95) * np.sqrt(total))


def _effect(found: Interval, unit: str) -> Effect:
    return Effect(found.value, found.low, found.high, unit)


def measure(after: Traffic, card: SavedCard) -> Measured | None:
    """What the card said, on new days only; ``None`` where they hold too little for it."""
    try:
        found = MEASURES[card.rule_id].again(after, card)
    except NotEnoughData:
        return None
    if found is None or not np.isfinite([found.effect.low, found.effect.high]).all():
        return None
    return found


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "better_channel": Measure(_quality, "points", 0.02, 1),
        "worse_channel": Measure(_quality, "points", 0.02, -1),
        "promising_channel": Measure(_quality, "points", 0.02, 1),
        "session_depth": Measure(_depth, "percent", 0.05),
        "growing_channel": Measure(_level, "percent", 0.05, 1, _level_before),
        "fading_channel": Measure(_level, "percent", 0.05, -1, _level_before),
        "new_level": Measure(_level, "percent", 0.05, 0, _level_before),
        "engagement_change": Measure(_rate, "points", 0.005, 0, _rate_before),
        "engagement_falls_while_volume_grows": Measure(_rate, "points", 0.005, -1, _rate_before),
        "busiest_hours": Measure(_window, "points", 0.02, 1),
        "tagging_fault": Measure(_tagging, "points", 0.0, 1, _tagging_before),
        "concentration": Measure(_concentration, "points", 0.0, 1),
    }
)
"""By rule id. What stands in none of them cannot be graded."""
NO_MEASURE = mark("there is no measure that new days could bear out or contradict.")
WHY_NOT: Mapping[str, str] = MappingProxyType(
    {
        "spike": mark("a spike is one moment; new days say nothing about it."),
        "too_small_to_judge": mark("the card said that nothing can be said yet."),
        "missing_hours": mark("it is about holes in that file."),
        "channel_switch": mark("it is about one day on which visits changed their label."),
        "capacity": mark("it is about a forecast; the Forecast page grades those."),
        "loyalty": mark("the export holds no returning visitors, and the card says so."),
        "hidden_by_mix": mark("it is about the mix of channels in that file."),
        "season_ahead": mark("it is about a season that returns once a year."),
    }
)
