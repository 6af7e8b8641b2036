"""Spikes and dips: stretches far from the usual, who carried them, whether people engaged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from core import wording
from core.expected import (
    EFFICIENCY,
    OTHERS,
    OWN_SHAPE,
    Array,
    Span,
    channel_name,
    counts_by_channel,
    expect,
    expect_within,
    require_weeks,
    root_residual,
    root_spread,
    sum_over,
)
from core.language import in_sentence, mark, t
from core.metrics import METRICS, ratio
from core.statistics import correct_in_families, wilson_interval
from core.traffic import ALL_CHANNELS, UNATTRIBUTED, Traffic

FALSE_DISCOVERY_RATE = 0.05
MIN_RATIO = 1.3
"""A spike is at least 30 % above the expected, a dip as far below: less is not worth a look."""
MIN_EXCESS = 10.0
"""... and at least ten visits away from it."""
MOST_EVENTS = 100
"""Largest finds looked into: nobody reads more, and a mangled file may hold thousands."""
WINDOWS = {"hour": (1, 4), "day": (1,)}
"""Lengths looked at in one go: an hour, and an evening whose hours are each unremarkable."""
HELD, FELL, ROSE = mark("held"), mark("fell"), mark("rose")
CANNOT_TELL = mark("cannot tell")
"""Codes of what the engagement rate of the channel did meanwhile."""

_FREEDOMS = (20, 25, 30, 40, 50)
"""Degrees of freedom among which the tail of Student's t is chosen: real traffic has heavy ones."""
_TAIL_SHARE = 0.02
"""Share of periods that shows how heavy the tail is; a few events are no more than that."""
_MEDIAN_VARIANCE = 1.57
"""Variance of a median against that of a mean."""
_UNUSUAL = 0.1
"""Uncorrected p-value of a single period, above which it is no part of an event."""
_SHARED = 0.5
"""A channel that holds less than this part of the change did not carry it alone."""
_PRECISION = 0.1
"""Half-width of the engagement rate, in points of a share, within which "held" is said."""

_RATE_WEEKS, _LEAST_DAYS = pd.Timedelta(weeks=8), 5
"""Weeks around whose days show the usual engagement rate, and days it takes to tell its spread."""
_RATE_LEVEL = 0.99
"""Every event has such a verdict: a stricter level for saying that a rate moved."""
_ENGAGEMENT_PARTS = ("sessions", "engaged_sessions")

Kind = Literal["spike", "dip"]
SPIKE: Kind = "spike"
DIP: Kind = "dip"
KINDS: tuple[Kind, ...] = (SPIKE, DIP)

_COLUMNS = (
    "kind",
    "start",
    "end",
    "expected",
    "actual",
    "excess",
    "ratio",
    "channel",
    "channel_expected",
    "channel_actual",
    "channel_share",
    "engagement_rate",
    "usual_engagement_rate",
    "engagement",
    "p_value",
    "sentence",
)


@dataclass(frozen=True, eq=False)
class Spikes:
    """What stood out.

    Args:
        frame: one row per event, furthest from the expected first: ``kind`` (``spike`` or
            ``dip``), ``start``, ``end`` (exclusive), ``expected``, ``actual``, ``excess``
            (actual - expected) and ``ratio`` of all channels together; ``channel`` that carries
            most of it with ``channel_expected``, ``channel_actual`` and ``channel_share`` of the
            excess of all channels that moved the same way; its ``engagement_rate`` during and
            ``usual_engagement_rate`` at such hours (NaN if not exported) and what became of it
            (``engagement``: held, fell, rose, cannot tell); ``p_value`` (smallest adjusted one);
            ``sentence`` in plain words.
        parts: one row per event and channel: ``event`` (row of ``frame``), ``channel``,
            ``expected``, ``actual``, ``excess``; the excesses add up to that of the event.
        tested: p-value of everything looked at, before correction.
        metric: the count looked at.
    """

    frame: pd.DataFrame
    parts: pd.DataFrame
    tested: Array
    metric: str


@dataclass(frozen=True, eq=False)
class _Event:
    """What one channel (or all) did: its excess per period, without a gap of two or more."""

    kind: Kind
    excess: pd.Series
    step: pd.Timedelta
    p_value: float

    @property
    def size(self) -> float:
        return abs(float(self.excess.sum()))

    @property
    def span(self) -> Span:
        return self.excess.index[0], self.excess.index[-1] + self.step

    def overlaps(self, other: _Event) -> bool:
        """Whether both go the same way and share a period."""
        (start, end), (first, last) = self.span, other.span
        return self.kind == other.kind and start < last and first < end

    def without(self, others: list[_Event]) -> _Event | None:
        """The largest piece outside of all the others; ``None`` if less than half is left."""
        free = pd.Series(data=True, index=self.excess.index)
        for start, end in (other.span for other in others if self.overlaps(other)):
            free &= (free.index < start) | (free.index >= end)
        pieces = [piece for _, piece in self.excess[free].groupby((~free).cumsum()[free])]
        largest = max(pieces, key=lambda piece: abs(piece.sum()), default=None)
        if largest is None or 2 * abs(largest.sum()) < self.size:
            return None
        return replace(self, excess=largest)


_Tails = dict[tuple[Kind, int], Array]


@dataclass(frozen=True, eq=False)
class _Look:
    """One channel (or all) looked at: its counts, and the p-value of each kind and window."""

    grain: str
    actual: pd.Series
    expected: pd.Series
    tails: _Tails
    adjusted: _Tails = field(default_factory=dict)

    def events(self, kind: Kind) -> list[_Event]:
        """Runs of periods that a significant window covers and that are unusual by themselves.

        Without the second condition a window would take in the ordinary hours before and after.
        """
        high, low = self.actual, self.expected
        is_far = (high > MIN_RATIO * low) if kind == SPIKE else (low > MIN_RATIO * high)
        is_part = is_far.to_numpy() & (self.tails[kind, 1] < _UNUSUAL)
        p = pd.Series(np.where(is_part, self._smallest(kind), 1.0), self.actual.index)
        step = pd.Timedelta(1, "h" if self.grain == "hour" else "D")
        excess = self.actual - self.expected
        return [
            _Event(kind, excess[first:last], step, float(p[first:last].min()))
            for first, last in _runs(p.index[p < FALSE_DISCOVERY_RATE], step)
        ]

    def days(self) -> NDArray[np.datetime64]:
        """The day of each test."""
        day = pd.DatetimeIndex(self.actual.index).normalize().to_numpy()
        return np.tile(day, len(self.tails))

    def _smallest(self, kind: Kind) -> Array:
        """Of each period, the smallest corrected p-value of the windows that cover it."""
        smallest = np.ones(len(self.actual))
        for (tail, window), p in self.adjusted.items():
            if tail == kind:
                ahead = pd.Series(p).fillna(1.0)[::-1].rolling(window, min_periods=1).min()[::-1]
                smallest = np.minimum(smallest, ahead)
        return smallest


def find_spikes(traffic: Traffic, metric: str = "sessions") -> Spikes:
    """Find stretches far above or below the usual for the same hours of the week.

    Looked at are the total and each channel with enough visits, for single hours, four hours and
    whole days (single days for daily data), upwards and downwards. The expected comes from
    ``core.expected.expect``. Square roots even out the spread of counts; the spread itself is
    taken from the same traffic, for each length by itself, so over-dispersed traffic and shocks
    that last a day have a high bar; the tail is Student's t, and all that was looked at is
    corrected together, each day a family (``core.statistics.correct_in_families``), so that one
    wild evening lowers the bar for no other day. Neighbouring finds of a channel are one
    event, and so are overlapping ones of several channels. How far an event is from the usual is
    then measured without it.

    Args:
        traffic: hourly or daily.
        metric: a count.

    Returns:
        The events, largest first; an empty frame is a result too.

    Raises:
        NotEnoughData: ``needs_days`` for other grains, ``too_few_days`` below two weeks.
    """
    counts, found, tested = _find_events(traffic, metric)
    return _describe_all(traffic, counts, found, tested, metric)


def find_spans(traffic: Traffic, metric: str = "sessions") -> list[Span]:
    """Find where the spikes and dips are, without describing them: several times faster.

    Args:
        traffic: hourly or daily.
        metric: a count.

    Returns:
        Start and end (exclusive) of each stretch, largest first; also of those that
        ``find_spikes`` leaves out because only a few visits were missing or too many.

    Raises:
        NotEnoughData: as ``find_spikes``.
    """
    return [event.span for event in _find_events(traffic, metric)[1]]


def _find_events(traffic: Traffic, metric: str) -> tuple[pd.DataFrame, list[_Event], Array]:
    """Counts by channel, the events in them, and every p-value that was looked at."""
    require_weeks(traffic)
    counts = counts_by_channel(traffic, metric)
    has_hours = traffic.grain == "hour" and bool(counts[ALL_CHANNELS].median() > 0)
    looks = _look_at(counts, "hour") if has_hours else []  # of mostly empty hours only days tell
    looks += _look_at(_whole_days(counts), "day")
    tested = np.concatenate([np.empty(0), *(p for look in looks for p in look.tails.values())])
    corrected = _correct(looks, tested)
    found = _tell_once(_largest(corrected, "hour"))
    days = _tell_once(_largest(corrected, "day"))  # told only where no hours of it are
    found += [day for day in days if not any(day.overlaps(other) for other in found)]
    return counts, found, tested


def _largest(looks: list[_Look], grain: str) -> list[_Event]:
    own = [look for look in looks if look.grain == grain]
    events = [event for look in own for kind in KINDS for event in look.events(kind)]
    return sorted(events, key=lambda event: -event.size)[:MOST_EVENTS]


def _whole_days(counts: pd.DataFrame) -> pd.DataFrame:
    """Totals of the days that are covered like any other."""
    days = counts.groupby(pd.DatetimeIndex(counts.index).normalize())
    return days.sum()[days.size() == days.size().max()]


def _look_at(counts: pd.DataFrame, grain: str) -> list[_Look]:
    expected = expect(counts)
    names = [name for name in counts if _is_looked_at(str(name), counts[name])]
    that_day = _given_the_day(counts[names], expected[names]) if grain == "hour" else expected
    scores = {
        (name, window): _scores(counts[name], that_day[name], window)
        for name in names
        for window in WINDOWS[grain]
    }
    heaviness = _freedom(np.concatenate([np.empty(0), *scores.values()]))
    looks = []
    for name in names:
        tails: _Tails = {}
        for window in WINDOWS[grain]:
            freedom = min(EFFICIENCY * len(counts) / window, heaviness)
            tails[SPIKE, window] = stats.t.sf(scores[name, window], freedom)
            tails[DIP, window] = stats.t.cdf(scores[name, window], freedom)
        looks.append(_Look(grain, counts[name], expected[name], tails))
    return looks


def _is_looked_at(name: str, counts: pd.Series) -> bool:
    is_channel = name not in (*UNATTRIBUTED, OTHERS)
    return name == ALL_CHANNELS or (is_channel and bool(counts.mean() >= OWN_SHAPE))


def _scores(actual: pd.Series, expected: pd.Series, window: int) -> Array:
    """How far each window is from the expected, in usual spreads; at its last period."""
    usual = expected.rolling(window).sum()
    residual = root_residual(actual.rolling(window).sum(), usual)
    return ((residual - residual.median()) / root_spread(residual, usual)).to_numpy()


def _given_the_day(actual: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """The expected moved to the level of its own day, as far as days differ by more than chance.

    The level of a day is the median ratio of its hours, so some wild hours of it have no say. It
    is drawn towards 1 by the part of its spread that chance alone explains.
    """
    day = pd.DatetimeIndex(actual.index).normalize()
    return pd.DataFrame(
        {name: expected[name] * _day_factor(actual[name], expected[name], day) for name in actual}
    )


def _day_factor(actual: pd.Series, expected: pd.Series, day: pd.DatetimeIndex) -> Array:
    codes, days = pd.factorize(day)
    slot = pd.Series(codes).groupby(codes).cumcount().to_numpy()
    weight = np.zeros((len(days), slot.max() + 1))
    weight[codes, slot] = expected.clip(lower=0)
    level = np.zeros_like(weight)
    level[codes, slot] = actual / expected.where(expected > 0, 1.0)
    level = _weighted_median(level, weight)
    noise = _noise(actual, expected) * _MEDIAN_VARIANCE / np.maximum(weight.sum(axis=1), 1)
    spread = max(float(stats.median_abs_deviation(level, scale="normal")) ** 2, 1e-9)
    factor = 1 + np.clip(1 - noise / spread, 0, 1) * (level - 1)
    return factor[codes]


def _weighted_median(values: Array, weight: Array) -> Array:
    """Of each row."""
    order = np.argsort(values, axis=1)
    reached = np.take_along_axis(weight, order, 1).cumsum(axis=1)
    place = (reached >= reached[:, -1:] / 2).argmax(axis=1)
    return np.take_along_axis(values, order, 1)[np.arange(len(values)), place]


def _noise(actual: pd.Series, expected: pd.Series) -> float:
    """Variance of an hour against that of a Poisson count."""
    spread = stats.median_abs_deviation(root_residual(actual, expected), scale="normal")
    return max(4 * float(spread) ** 2, 1.0)


def _freedom(scores: Array) -> float:
    """Degrees of freedom of the t distribution whose far values are as far as those seen."""
    known = np.abs(scores[~np.isnan(scores)])
    if not len(known) or not np.median(known) > 0:
        return _FREEDOMS[0]
    seen = np.quantile(known, 1 - _TAIL_SHARE) / np.median(known)
    far = [_quantile(1 - _TAIL_SHARE / 2, freedom) for freedom in _FREEDOMS]
    return float(_FREEDOMS[int(np.argmin(np.abs(np.array(far) - seen)))])


def _quantile(level: float, freedom: float) -> float:
    """Of a t distribution, counted in its own median absolute deviation."""
    return float(stats.t.ppf(level, freedom) / stats.t.ppf(0.75, freedom))


def _correct(looks: list[_Look], tested: Array) -> list[_Look]:
    """The same with all p-values corrected together, each day a family of its own."""
    days = np.concatenate([look.days() for look in looks] or [np.empty(0, dtype="datetime64[s]")])
    ends = np.cumsum([len(p) for look in looks for p in look.tails.values()])
    adjusted = iter(np.split(correct_in_families(tested, days), ends))
    return [replace(look, adjusted={key: next(adjusted) for key in look.tails}) for look in looks]


def _runs(times: pd.Index, step: pd.Timedelta) -> list[Span]:
    """Runs of periods, at most one unremarkable period apart, as first and last."""
    runs: list[Span] = []
    for time in times:
        if runs and time - runs[-1][1] <= 2 * step:
            runs[-1] = (runs[-1][0], time)
        else:
            runs.append((time, time))
    return runs


def _tell_once(events: list[_Event]) -> list[_Event]:
    """What several channels did at the same time is one event; what is left of others stays.

    Args:
        events: largest first.
    """
    told: list[_Event] = []
    for event in events:
        rest = event.without(told)
        if rest is not None:
            told.append(rest)
    return told


def _describe_all(
    traffic: Traffic,
    counts: pd.DataFrame,
    events: list[_Event],
    tested: Array,
    metric: str,
) -> Spikes:
    both = {name: counts_by_channel(traffic, name) for name in _ENGAGEMENT_PARTS if events}
    described = [_describe(traffic, counts, both, event) for event in events]
    for row, _ in described:
        row["sentence"] = _sentence(row, metric, traffic.grain)
    kept = [(row, parts) for row, parts in described if abs(_channel_excess(row)) >= MIN_EXCESS]
    kept.sort(key=lambda pair: -abs(_channel_excess(pair[0])))
    frame = pd.DataFrame([row for row, _ in kept], columns=list(_COLUMNS))
    frame = frame.astype(dict.fromkeys(("start", "end"), "datetime64[s]"))
    parts = [part.assign(event=place) for place, (_, part) in enumerate(kept)]
    names = ["event", "channel", "expected", "actual", "excess"]
    table = pd.concat(parts)[names] if parts else pd.DataFrame(columns=names)
    return Spikes(frame, table.reset_index(drop=True), tested, metric)


def _channel_excess(row: dict[str, Any]) -> float:
    return float(row["channel_actual"] - row["channel_expected"])


def _describe(
    traffic: Traffic, counts: pd.DataFrame, both: dict[str, pd.DataFrame], event: _Event
) -> tuple[dict[str, Any], pd.DataFrame]:
    """An event in numbers, and its parts; measured as if it were not in the file."""
    span = event.span
    parts = pd.DataFrame(
        {"actual": sum_over(counts, span), "expected": expect_within(counts, span).sum()}
    ).rename_axis("channel")
    parts["excess"] = parts["actual"] - parts["expected"]
    whole = parts.loc[ALL_CHANNELS]
    parts = parts.drop(ALL_CHANNELS) if len(parts) > 1 else parts
    sign = 1 if event.kind == SPIKE else -1
    moved = (sign * parts["excess"]).clip(lower=0)
    channel = str((sign * parts["excess"]).idxmax())
    row: dict[str, Any] = {
        "kind": event.kind,
        "start": span[0],
        "end": span[1],
        **whole.to_dict(),
        "ratio": whole["actual"] / whole["expected"] if whole["expected"] > 0 else np.inf,
        "channel": channel,
        "channel_expected": parts.loc[channel, "expected"],
        "channel_actual": parts.loc[channel, "actual"],
        "channel_share": moved[channel] / moved.sum() if moved.sum() > 0 else np.nan,
        **_engagement(traffic, both, channel, span),
        "p_value": event.p_value,
    }
    return row, parts.reset_index()


def _engagement(
    traffic: Traffic, both: dict[str, pd.DataFrame], channel: str, span: Span
) -> dict[str, Any]:
    """Engagement rate of a channel during a stretch against the same hours of other days."""
    is_known = set(_ENGAGEMENT_PARTS) <= set(traffic.exported)
    if not is_known or not all(channel in table for table in both.values()):
        return {"engagement_rate": np.nan, "usual_engagement_rate": np.nan, "engagement": ""}
    counts = pd.DataFrame({name: table[channel] for name, table in both.items()})
    during = sum_over(counts, span)
    days = _like_days(counts, span)
    now, before = (
        float(ratio(sums.to_frame().T, "engagement_rate").iloc[0]) for sums in (during, days.sum())
    )
    return {
        "engagement_rate": now,
        "usual_engagement_rate": before,
        "engagement": _verdict(during, days, before),
    }


def _like_days(counts: pd.DataFrame, span: Span) -> pd.DataFrame:
    """Sums over the same hours of other days of the same kind, in the weeks around."""
    times = pd.DatetimeIndex(counts.index)
    inside = times[(times >= span[0]) & (times < span[1])]
    is_near = (times >= span[0] - _RATE_WEEKS) & (times < span[1] + _RATE_WEEKS)
    is_alike = times.hour.isin(inside.hour) & (
        (times.day_of_week >= 5) == (inside[0].day_of_week >= 5)
    )
    is_other = ~times.normalize().isin(inside.normalize())
    rows = counts[is_near & is_alike & is_other]
    return rows.groupby(pd.DatetimeIndex(rows.index).normalize()).sum()


def _verdict(during: pd.Series, days: pd.DataFrame, before: float) -> str:
    """What became of the rate: binomial chance, widened by how it strays from day to day.

    Days differ by more than chance, and that part of their spread does not shrink with the
    visits of a day: the busier the stretch is than the days it is held against, the more of its
    visits say the same thing twice (the design effect of Kish, Survey Sampling, 1965).
    """
    chance = np.sqrt((days["sessions"] * before * (1 - before)).where(lambda v: v > 0))
    rest = ((days["engaged_sessions"] - days["sessions"] * before) / chance).dropna()
    if len(rest) < _LEAST_DAYS:
        return CANNOT_TELL
    spread = max(float(stats.median_abs_deviation(rest, scale="normal")), 1.0)
    busier = during["sessions"] / days.loc[rest.index, "sessions"].median()
    effective = during / (1 + (spread**2 - 1) * busier)
    now = wilson_interval(effective["engaged_sessions"], effective["sessions"], _RATE_LEVEL)
    if not np.isfinite([before, now.low]).all():
        return CANNOT_TELL
    if now.high < before:
        return FELL
    if now.low > before:
        return ROSE
    return HELD if now.half_width <= _PRECISION else CANNOT_TELL


def _sentence(row: dict[str, Any], metric: str, grain: str) -> str:
    """What happened, in plain words and without a cause."""
    label = in_sentence(wording.metric_label(metric, grain))
    parts = [
        t(
            "{when}: {amount}, about {usual} is usual.",
            when=wording.moment(row["start"], row["end"]),
            amount=wording.amount(metric, row["actual"], label),
            usual=wording.whole_value(metric, row["expected"]),
        )
    ]
    if row["channel"] != ALL_CHANNELS:
        parts.append(_carrier(row, metric))
    if row["engagement"] in _ENGAGEMENT:
        parts.append(
            t(
                _ENGAGEMENT[row["engagement"]],
                now=wording.percent(row["engagement_rate"]),
                usual=wording.percent(row["usual_engagement_rate"]),
            )
        )
    return " ".join(parts)


_ENGAGEMENT = {
    HELD: mark("Its engagement rate held ({now}, usually {usual})."),
    FELL: mark("Its engagement rate was lower ({now}, usually {usual})."),
    ROSE: mark("Its engagement rate was higher ({now}, usually {usual})."),
}


def _carrier(row: dict[str, Any], metric: str) -> str:
    excess = _channel_excess(row)
    if abs(row["excess"]) < _SHARED * abs(excess) or row["excess"] * excess < 0:
        kind = _SWITCHED
    else:
        kind = _SHARING if row["channel_share"] < _SHARED else _CARRYING
    way = "up" if excess >= 0 else "down"
    unit = "count" if METRICS[metric].unit == "count" else "amount"
    return t(
        kind[way, unit],
        channel=channel_name(row["channel"]),
        share=wording.percent(row["channel_share"], 0),
        amount=wording.whole_value(metric, abs(excess)),
    )


_SWITCHED = {
    ("up", "count"): mark(
        "{channel} had {amount} more than usual while other channels had fewer: visits may have "
        "been filed under another channel (tagging)."
    ),
    ("up", "amount"): mark(
        "{channel} had {amount} more than usual while other channels had less: visits may have "
        "been filed under another channel (tagging)."
    ),
    ("down", "count"): mark(
        "{channel} had {amount} fewer than usual while other channels had more: visits may have "
        "been filed under another channel (tagging)."
    ),
    ("down", "amount"): mark(
        "{channel} had {amount} less than usual while other channels had more: visits may have "
        "been filed under another channel (tagging)."
    ),
}
_SHARED_RISE = mark("Several channels share it; {channel} most, with {share} of the rise.")
_SHARED_DROP = mark("Several channels share it; {channel} most, with {share} of the drop.")
_SHARING = {
    ("up", "count"): _SHARED_RISE,
    ("up", "amount"): _SHARED_RISE,
    ("down", "count"): _SHARED_DROP,
    ("down", "amount"): _SHARED_DROP,
}
_CARRIED_RISE = mark("{channel} carries {share} of the rise ({amount} more than usual).")
_CARRYING = {
    ("up", "count"): _CARRIED_RISE,
    ("up", "amount"): _CARRIED_RISE,
    ("down", "count"): mark("{channel} carries {share} of the drop ({amount} fewer than usual)."),
    ("down", "amount"): mark("{channel} carries {share} of the drop ({amount} less than usual)."),
}
"""By the way the channel went, and by whether the metric counts."""
