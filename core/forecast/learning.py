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
from core.spikes import find_spikes
from core.traffic import Traffic, make_traffic

Values = NDArray[np.float64]

SEARCHED = {"hour": 12 * 168, "day": 182}
"""Periods back in which spikes and new levels are looked for; older ones bend nothing."""
FRESH_DAYS = 14
"""A new level younger than this is carried back over the history; later, smoothing has it."""
LEAST_SEEN = {"hour": 14 * 24, "day": 21}
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
    since, ratio = _new_level(newest)
    is_spike = _find_spikes(newest, times, since)
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


def _new_level(newest: Traffic) -> tuple[pd.Timestamp | None, float]:
    """First period of a fresh lasting level, and new level / old level."""
    try:
        found = find_level_changes(newest, _METRIC).frame
    except NotEnoughData:
        return None, 1.0
    lasting = found[found["end"].isna() & (found["before"] > 0) & (found["after"] > 0)]
    if lasting.empty:
        return None, 1.0
    change = lasting.sort_values("start").iloc[-1]
    if newest.times[-1] - change["start"] > pd.Timedelta(days=FRESH_DAYS):
        return None, 1.0
    return change["start"], float(change["after"] / change["before"])


def _find_spikes(
    newest: Traffic, times: pd.DatetimeIndex, since: pd.Timestamp | None
) -> NDArray[np.bool_]:
    """Mark the periods of spikes and dips; none where there is too little to tell."""
    is_spike = np.zeros(len(times), dtype=bool)
    try:
        found = find_spikes(newest, _METRIC).frame
    except NotEnoughData:
        return is_spike
    for start, end in zip(found["start"], found["end"], strict=True):
        is_spike |= np.asarray((times >= start) & (times < end))
    return is_spike if since is None else is_spike & np.asarray(times < since)
