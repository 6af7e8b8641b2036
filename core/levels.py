"""Level changes: days from which a channel, or all of them, moved to a new level and stayed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from core import wording
from core.errors import NotEnoughData
from core.expected import OTHERS, Array, counts_by_channel, even_out_weekdays
from core.language import in_sentence, mark, t, tn
from core.statistics import benjamini_hochberg
from core.traffic import ALL_CHANNELS, Traffic

FALSE_DISCOVERY_RATE = 0.05
MIN_CHANGE = 0.2
"""A smaller step is within what a site does from month to month."""
MIN_COUNT = 5.0
"""Visits a day, before or after, below which a channel has no level to speak of."""
SHORTEST = 3
"""Periods that a new level must have lasted to be told."""
_STAYS = {"hour": 7, "day": 7, "week": 3}
"""Periods that a level lasts before the next one; what is shorter is a spike or a dip."""
_MIN_PERIODS = {"hour": 14, "day": 14, "week": 12}
_AROUND = 28
"""Periods on each side that say how large a change is."""
_USUAL_MEMORY, _MEMORY_WEIGHT = 0.4, 90
"""How alike neighbouring days usually are, worth as much as that many days of data."""
_OUTLIER = 3.0
_NOT_A_SLOPE, _BETTER = 0.05, 5.0
"""Growth would be cut into steps: so a step must show beside a slope at that level, and leave less
misfit than a slope alone, by as many variances of a day."""
_LARGE = 0.5
"""A change of the logarithm that is worth telling also where it took some days."""
_NO_ERROR = 1e-9
"""Standard error of days that are all alike."""

_COLUMNS = (
    "channel",
    "start",
    "end",
    "before",
    "after",
    "change",
    "low",
    "high",
    "p_value",
    "sentence",
)


@dataclass(frozen=True, eq=False)
class LevelChanges:
    """Where the level moved and stayed.

    Args:
        frame: one row per change, largest in visits first: ``channel`` (``(all)`` for all
            together), ``start`` (first day of the new level), ``end`` (first day of the next
            one, ``NaT`` if it lasts), ``before`` and ``after`` (mean per day, weekdays evened
            out), ``change`` (-0.3 is 30 % less), ``low`` and ``high`` (95 %), ``p_value``
            (corrected for all days and channels looked at) and ``sentence``.
        levels: ``time``, ``channel``, ``value`` (weekdays evened out) and ``level`` of each
            channel with a change, for drawing.
        metric: the count looked at.
    """

    frame: pd.DataFrame
    levels: pd.DataFrame
    metric: str


@dataclass(frozen=True)
class _Step:
    place: int
    size: float
    error: float
    p_value: float
    is_abrupt: bool


def find_level_changes(traffic: Traffic, metric: str = "sessions") -> LevelChanges:
    """Find lasting changes of the level of all traffic and of each channel.

    On the logarithm of daily counts, weekdays evened out, candidates come from seeded binary
    segmentation for changes in mean (Kovács et al. 2023, Biometrika 110:249; package
    ``changeforest``). Each is then tested by generalised least squares on up to four weeks of
    both sides, with errors that are alike from day to day (AR(1), its memory estimated from
    differences as in Chakar et al. 2017, Bernoulli 23:1408, so that a step does not pass for
    memory), times half the number of days at which it could have been, for neighbouring days are
    hardly two tries. The channels are corrected together (Benjamini-Hochberg), the whole site is
    a question of its own. A step must also fit better than a slope: steady growth has none.

    Args:
        traffic: hourly, daily (two weeks or more) or weekly (twelve).
        metric: a count.

    Raises:
        NotEnoughData: ``needs_days`` (``grain``) for months, ``too_few_days`` (``have``,
            ``need``) for less.
    """
    daily = _daily(traffic, metric)
    names = [str(name) for name in daily if name != OTHERS and daily[name].max() >= MIN_COUNT]
    inner = _STAYS[traffic.grain]
    steps = {name: _steps(daily[name], inner) for name in names}
    whole = {name: found for name, found in steps.items() if name == ALL_CHANNELS}
    parts = {name: found for name, found in steps.items() if name != ALL_CHANNELS}
    kept = [*_keep(whole), *_keep(parts)]
    return _results(daily, kept, metric, traffic.grain)


def _keep(steps: dict[str, list[_Step]]) -> list[tuple[str, _Step, float]]:
    """Those that survive the correction for all series looked at, with the corrected p-value."""
    pairs = [(name, step) for name, found in steps.items() for step in found]
    idle = sum(not found for found in steps.values())  # looked at, nothing there
    p_values = [step.p_value for _, step in pairs] + [1.0] * idle
    adjusted = benjamini_hochberg(p_values)[: len(pairs)]
    corrected = [(name, step, float(p)) for (name, step), p in zip(pairs, adjusted, strict=True)]
    return [item for item in corrected if item[2] < FALSE_DISCOVERY_RATE]


def _daily(traffic: Traffic, metric: str) -> pd.DataFrame:
    """Counts per day, weekdays evened out, or per week as they are; half days left out."""
    if traffic.grain not in _STAYS:
        raise NotEnoughData("needs_days", grain=traffic.grain)
    counts = counts_by_channel(traffic, metric)
    if traffic.grain == "hour":
        days = counts.groupby(pd.DatetimeIndex(counts.index).normalize())
        counts = days.sum()[days.size() == days.size().max()]
    need = _MIN_PERIODS[traffic.grain]
    if len(counts) < need:
        in_days = 7 if traffic.grain == "week" else 1
        raise NotEnoughData("too_few_days", have=len(counts) * in_days, need=need * in_days)
    return counts if traffic.grain == "week" else even_out_weekdays(counts)


def _steps(level: pd.Series, inner: int) -> list[_Step]:
    """Level changes of one series that stand the test, in the order of time."""
    logs = np.log(level.to_numpy() + 1)
    memory, spread = _memory(logs)
    spread = max(spread, float(np.sqrt(1 / (level.mean() + 1))))  # at least that of counting
    places = _candidates(_without_outliers(logs, spread), memory, spread)
    clean, known = _without_outliers(logs, spread), dict[tuple[int, int, int], _Step]()
    while places:
        steps = [_test(clean, places, number, memory, known) for number in range(len(places))]
        weakest = _weakest(steps, places, len(clean), inner)
        if weakest is None:
            return steps
        places.pop(weakest)
    return []


def _weakest(steps: list[_Step], places: list[int], length: int, inner: int) -> int | None:
    """The step to give up first: one that is no step, or one of two that are too close."""
    by_strength = sorted(range(len(steps)), key=lambda n: abs(steps[n].size) / steps[n].error)
    if any(step.p_value >= FALSE_DISCOVERY_RATE for step in steps):
        return by_strength[0]
    for number in by_strength:
        if abs(np.expm1(steps[number].size)) < MIN_CHANGE or not steps[number].is_abrupt:
            return number
    edges = [0, *places, length]
    for number, (first, second) in enumerate(pairwise(edges[:-1])):
        if second - first < inner:
            return min({max(number - 1, 0), number}, key=by_strength.index)
    return None


def _memory(logs: Array) -> tuple[float, float]:
    """How alike neighbouring days are, and how far days stray, from differences.

    For an AR(1) the variance of differences two days apart is 1 + memory times that one day
    apart; a change of level touches only one or two of them.
    """
    one, two = (
        stats.median_abs_deviation(logs[gap:] - logs[:-gap], scale="normal") ** 2 for gap in (1, 2)
    )
    seen = float(np.clip(two / one - 1, 0, 0.8)) if one > 0 else 0.0
    weight = len(logs) / (len(logs) + _MEMORY_WEIGHT)
    memory = weight * seen + (1 - weight) * _USUAL_MEMORY
    return memory, float(np.sqrt(one / 2 / (1 - memory)))


def _without_outliers(logs: Array, spread: float) -> Array:
    """A wild day is a spike, not a level: drawn in to what days around it do."""
    around = pd.Series(logs).rolling(7, center=True, min_periods=3).median().to_numpy()
    return np.clip(logs, around - _OUTLIER * spread, around + _OUTLIER * spread)


def _candidates(logs: Array, memory: float, spread: float) -> list[int]:
    """Days at which a change would pay for itself; many on purpose, for each is tested."""
    from changeforest import Control, changeforest

    penalty = np.log(len(logs)) * spread**2 * (1 + memory) / (1 - memory)
    control = Control(
        minimal_relative_segment_length=(SHORTEST - 1.25) / len(logs),  # counted less one
        minimal_gain_to_split=penalty,
    )
    found = changeforest(logs[:, None], "change_in_mean", "sbs", control).split_points()
    return [int(place) for place in found if SHORTEST <= place <= len(logs) - SHORTEST]


def _test(
    logs: Array,
    places: list[int],
    number: int,
    memory: float,
    known: dict[tuple[int, int, int], _Step],
) -> _Step:
    """One step at the day near it that fits best, to which its place moves."""
    edges = [0, *places, len(logs)]
    place = places[number]
    first = max(edges[number], place - _AROUND)
    last = min(edges[number + 2], place + _AROUND)
    if (first, place, last) not in known:  # most neighbours stay when one step is given up
        known[first, place, last] = _best_step(logs, (first, place, last), memory)
    places[number] = known[first, place, last].place
    return known[first, place, last]


def _best_step(logs: Array, where: tuple[int, int, int], memory: float) -> _Step:
    """Size and p-value of a step between two days, at the day near its place that fits best."""
    first, place, last = where
    nearby = range(max(place - 2, first + SHORTEST), min(place + 2, last - SHORTEST) + 1)
    part = logs[first:last]
    fits = {day: _fit(part, day - first, memory) for day in [*nearby] or [place]}
    best = min(fits, key=lambda day: fits[day][2])
    size, error, _ = fits[best]
    p_value = float(2 * stats.t.sf(abs(size) / error, max(last - first - 2, 1)))
    is_abrupt = abs(size) >= _LARGE or _is_abrupt(part, best - first, memory)
    return _Step(best, size, error, min(p_value * len(logs) / 2, 1.0), is_abrupt)


def _fit(logs: Array, place: int, memory: float) -> tuple[float, float, float]:
    """Size of a step at that place, its standard error and the misfit."""
    step = (np.arange(len(logs)) >= place).astype(float)
    return _least_squares(np.column_stack([np.ones(len(logs)), step]), logs, memory)


def _is_abrupt(logs: Array, place: int, memory: float) -> bool:
    """Whether a step fits clearly better than a slope, and still shows beside one."""
    time = np.arange(len(logs)) - place
    one, step = np.ones(len(logs)), (time >= 0).astype(float)
    _, _, with_step = _least_squares(np.column_stack([one, step]), logs, memory)
    _, _, with_slope = _least_squares(np.column_stack([one, time]), logs, memory)
    size, error, _ = _least_squares(np.column_stack([one, step, time]), logs, memory)
    freedom = max(len(logs) - 3, 1)
    is_beside = 2 * stats.t.sf(abs(size) / error, freedom) < _NOT_A_SLOPE
    return bool(is_beside and with_slope - with_step > _BETTER * with_step / freedom)


def _least_squares(terms: Array, logs: Array, memory: float) -> tuple[float, float, float]:
    """Second coefficient, its standard error and the misfit, under AR(1) errors."""
    white = _without_memory(np.column_stack([terms, logs]), memory)
    white, target = white[:, :-1], white[:, -1]
    inverse = np.linalg.pinv(white.T @ white)
    fitted = inverse @ white.T @ target
    misfit = float(((target - white @ fitted) ** 2).sum())
    variance = misfit / max(len(logs) - terms.shape[1], 1)
    error = float(np.sqrt(variance * inverse[1, 1]))
    return float(fitted[1]), max(error, _NO_ERROR), misfit


def _without_memory(columns: Array, memory: float) -> Array:
    """Each row less what it has from the row before (Prais and Winsten 1954)."""
    scale = np.sqrt(1 - memory**2)
    return np.vstack([columns[:1], (columns[1:] - memory * columns[:-1]) / scale])


def _results(
    daily: pd.DataFrame, kept: list[tuple[str, _Step, float]], metric: str, grain: str
) -> LevelChanges:
    rows: list[dict[str, Any]] = []
    drawn = [pd.DataFrame(columns=["time", "channel", "value", "level"])]
    for name in dict.fromkeys(name for name, _, _ in kept):
        own = [(step, p) for other, step, p in kept if other == name]
        edges = [0, *(step.place for step, _ in own), len(daily)]
        means = [float(daily[name].iloc[first:end].mean()) for first, end in pairwise(edges)]
        rows += [{"channel": name, **row} for row in _rows(daily.index, own, means)]
        levels = np.repeat(means, np.diff(edges))
        values = {"time": daily.index, "channel": name, "value": daily[name], "level": levels}
        drawn.append(pd.DataFrame(values))
    for row in rows:
        row["sentence"] = _sentence(row, daily.index[-1], metric, grain)
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    frame = frame.astype(dict.fromkeys(("start", "end"), "datetime64[s]"))
    order = (frame["after"] - frame["before"]).abs().sort_values(ascending=False).index
    table = pd.concat(drawn[1:] or drawn, ignore_index=True)
    return LevelChanges(frame.loc[order].reset_index(drop=True), table, metric)


def _rows(
    times: pd.Index, own: list[tuple[_Step, float]], means: list[float]
) -> Iterator[dict[str, Any]]:
    ends = [*(times[step.place] for step, _ in own[1:]), pd.NaT]
    for (step, p_value), end, (before, after) in zip(own, ends, pairwise(means), strict=True):
        reach = float(stats.norm.ppf(0.975)) * step.error
        yield {
            "start": times[step.place],
            "end": end,
            "before": before,
            "after": after,
            "change": float(np.expm1(step.size)),
            "low": float(np.expm1(step.size - reach)),
            "high": float(np.expm1(step.size + reach)),
            "p_value": p_value,
        }


def _sentence(row: dict[str, Any], last: pd.Timestamp, metric: str, grain: str) -> str:
    """What moved, by how much and since when."""
    name = t("All traffic") if row["channel"] == ALL_CHANNELS else row["channel"]
    return t("{channel}: {change}.", channel=name, change=in_words(row, last, metric, grain))


def in_words(row: Mapping[Any, Any], last: pd.Timestamp, metric: str, grain: str) -> str:
    """From where to where a level moved, since when and until when; stands after a colon.

    Args:
        row: of ``LevelChanges.frame``.
        last: last day, or first day of the last week, of ``LevelChanges.levels``.
        metric: the count looked at.
        grain: of the traffic.
    """
    label = in_sentence(wording.metric_label(metric, grain))
    said = {
        "before": wording.whole_value(metric, row["before"]),
        "after": wording.amount(metric, row["after"], label, is_about=True),
        "start": _since(row),
    }
    is_weekly = grain == "week"
    if not pd.isna(row["end"]):
        return t(_ENDED[is_weekly], **said, end=wording.day(row["end"]))
    so_far = (last - row["start"]).days // (7 if is_weekly else 1) + 1
    if so_far < _STAYS[grain]:
        return _young(so_far, said, is_weekly=is_weekly)
    return t(_LASTING[is_weekly], **said)


def _since(row: Mapping[Any, Any]) -> str:
    """First day of the new level, and in brackets how large the change is."""
    start = wording.day(row["start"])
    if not round(row["before"]) > 0:  # a multiple of nearly nothing says nothing
        return start
    change, low, high = (wording.signed_percent(row[key]) for key in ("change", "low", "high"))
    return t(
        "{day} ({change}, 95 % interval {low} to {high})",
        day=start,
        change=change,
        low=low,
        high=high,
    )


_LASTING = {
    False: mark("from about {before} to about {after} a day since {start}"),
    True: mark("from about {before} to about {after} a week since {start}"),
}
_ENDED = {
    False: mark("from about {before} to about {after} a day since {start}, until {end}"),
    True: mark("from about {before} to about {after} a week since {start}, until {end}"),
}
"""By whether the traffic is weekly."""


def _young(so_far: int, said: dict[str, str], *, is_weekly: bool) -> str:
    if is_weekly:
        return tn(
            "from about {before} to about {after} a week since {start}; so far {count} week",
            "from about {before} to about {after} a week since {start}; so far {count} weeks",
            so_far,
            **said,
        )
    return tn(
        "from about {before} to about {after} a day since {start}; so far {count} day",
        "from about {before} to about {after} a day since {start}; so far {count} days",
        so_far,
        **said,
    )
