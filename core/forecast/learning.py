"""What the methods learn from: the history without its spikes, at the level that it has now.

A newsletter that went viral three weeks ago must not bend the forecast; a new level that came to
stay last week must count at once. Both are looked for in what is known at the moment of the
forecast, so the replay of the past is as wise as the forecast itself, and no wiser.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import NotEnoughData
from core.forecast.history import History
from core.levels import find_level_changes
from core.spikes import find_spans
from core.traffic import Traffic, make_traffic

Values = NDArray[np.float64]

SEARCHED = {"hour": 12 * 168, "day": 364}
"""Periods back in which spikes and new levels are looked for; older ones bend nothing."""
FRESH_DAYS = 14
"""A new level younger than this is carried back over the history; later, smoothing has it."""
LEAST_SEEN = {"hour": 14 * 24, "day": 21}
WHOLE_DAY_SHARE = 0.5
"""A spike that takes this much of a day has its foothills in the rest of it."""
BEFORE_DAYS = 28
LEAST_LEFT_OF_CHANGE = 0.4
MOST_MASKED = 0.25
"""Where more than this stands out, it is not a spike but the way of this site."""
_METRIC = "sessions"
"""Any count will do: the search does not read the name."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """The history up to one moment, as the methods may see it.

    Args:
        times: the known periods.
        values: counts as they were, NaN where missing.
        clean: the same without spikes and dips (NaN), lifted to the newest level.
        is_spike: which periods were left out as spikes or dips.
        level_since: first period of a new level that the older history was lifted to.
    """

    times: pd.DatetimeIndex
    values: Values
    clean: Values
    is_spike: NDArray[np.bool_]
    level_since: pd.Timestamp | None


def learn_from(history: History, origin: int) -> Lesson:
    """Return what may be learnt from the first ``origin`` periods.

    Spikes are those of ``core.spikes``; a new level is the newest change of ``core.levels`` that
    lasts and is at most two weeks old. Periods of a new level are never taken for a spike. Weeks
    and months are left as they are: the methods for them are robust by themselves.
    """
    times, values = history.times[:origin], history.values[:origin]
    nothing = Lesson(times, values, values, np.zeros(origin, dtype=bool), None)
    newest = _as_traffic(times, values, history.grain.name)
    if newest is None:
        return nothing
    spikes = _find_spans(newest)
    passed = _mark(times, [span for span in spikes if span[1] <= times[-1]])
    since, ratio = _new_level(newest, np.where(passed, np.nan, values), times)
    is_spike = _with_foothills(_mark(times, spikes), times, newest.grain)
    if since is not None:
        is_spike &= np.asarray(times < since)
    if is_spike.sum() > MOST_MASKED * len(newest.times):
        is_spike = nothing.is_spike
    clean = np.where(is_spike, np.nan, values)
    if since is not None:
        clean = np.where(times < since, clean * ratio, clean)
    return Lesson(times, values, clean, is_spike, since)


def _as_traffic(times: pd.DatetimeIndex, values: Values, grain: str) -> Traffic | None:
    """The newest periods that have a count, as spikes and levels want them."""
    if grain not in SEARCHED:
        return None
    start = max(0, len(values) - SEARCHED[grain])
    seen = np.flatnonzero(~np.isnan(values[start:])) + start
    if len(seen) < LEAST_SEEN[grain]:
        return None
    rows = pd.DataFrame({"time": times[seen].as_unit("s"), _METRIC: values[seen]})
    return make_traffic(rows, grain, pd.DatetimeIndex(rows["time"]))


def _find_spans(newest: Traffic) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Start and end (exclusive) of spikes and dips; none where there is too little to tell."""
    try:
        return find_spans(newest, _METRIC)
    except NotEnoughData:
        return []


def _mark(
    times: pd.DatetimeIndex, spans: list[tuple[pd.Timestamp, pd.Timestamp]]
) -> NDArray[np.bool_]:
    marked = np.zeros(len(times), dtype=bool)
    for start, end in spans:
        marked |= np.asarray((times >= start) & (times < end))
    return marked


def _new_level(
    newest: Traffic, calm: Values, times: pd.DatetimeIndex
) -> tuple[pd.Timestamp | None, float]:
    """First period of a fresh lasting level, and new level / old level.

    A single wild day can look like the first day of a new level, so most of the change must still
    be there when spikes that have passed are left out.

    Args:
        newest: what is searched.
        calm: all counts known, NaN for gaps and for spikes that have passed.
        times: their periods.
    """
    nothing = (None, 1.0)
    try:
        found = find_level_changes(newest, _METRIC).frame
    except NotEnoughData:
        return nothing
    lasting = found[found["end"].isna() & (found["before"] > 0) & (found["after"] > 0)]
    if lasting.empty:
        return nothing
    change = lasting.sort_values("start").iloc[-1]
    since, said = change["start"], float(1 + change["change"])
    if times[-1] - since > pd.Timedelta(days=FRESH_DAYS):
        return nothing
    left = _ratio_at(calm, times, since)
    if not left > 0 or np.log(left) / np.log(said) < LEAST_LEFT_OF_CHANGE:
        return nothing
    return since, said


def _ratio_at(calm: Values, times: pd.DatetimeIndex, since: pd.Timestamp) -> float:
    """New level / old level, like with like: by hour of the day, or by weekday."""
    before = (times < since) & (times >= since - pd.Timedelta(days=BEFORE_DAYS))
    is_hourly = times.normalize().has_duplicates
    place = pd.Series(times.hour if is_hourly else times.day_of_week)
    counts = pd.Series(calm)
    usual = place.map(counts[before].groupby(place[before]).mean())
    after = np.asarray(times >= since) & counts.notna().to_numpy() & usual.notna().to_numpy()
    whole = float(usual[after].sum())
    return float(counts[after].sum()) / whole if whole > 0 else 0.0


def _with_foothills(
    is_spike: NDArray[np.bool_], times: pd.DatetimeIndex, grain: str
) -> NDArray[np.bool_]:
    """Mark the whole day where a spike takes half of its hours."""
    if grain != "hour":
        return is_spike
    return np.asarray(is_spike | (_shares_of_days(is_spike, times) >= WHOLE_DAY_SHARE))


def _shares_of_days(is_spike: NDArray[np.bool_], times: pd.DatetimeIndex) -> Values:
    """Share of the calendar day's hours that are marked, for each hour."""
    days = pd.Series(is_spike.astype(float)).groupby(times.normalize())
    return days.transform("sum").to_numpy() / 24
