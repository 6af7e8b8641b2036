"""What makes a file less than the whole truth: cut, sampled, unfinished, with holes."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.ingest.notes import Note
from core.ingest.times import find_end_date
from core.traffic import UNATTRIBUTED, Traffic, total_over_time

_SAMPLED = re.compile(
    r"\bsampled\b|\bsampling\b|stichprobe|\u00e9chantillonn|muestreo|muestread|amostrage|amostrad|"
    r"campionament|campionat|steekproef|pr\u00f3bkowan|\u30b5\u30f3\u30d7\u30ea\u30f3\u30b0|"
    r"\u62bd\u6837|\u62bd\u6a23|\u0432\u044b\u0431\u043e\u0440\u043a",
    re.IGNORECASE,
)
_THRESHOLD = re.compile(r"threshold|schwellenwert|seuil|umbral|soglia|limiares", re.IGNORECASE)
_EXPECTED_WHERE_MISSING = 10
"""Visits that the missing hours would usually have: with fewer, GA4 may simply have none."""
_UNFINISHED_SHARE = 1 / 3
_SEASONS = {"hour": 24, "day": 7}
_WEEKS_FOR_HOURS_OF_WEEK = 3
_LEAST_PERIODS = 8
_OTHER = "(other)"


def check_completeness(traffic: Traffic, comments: Sequence[str]) -> list[Note]:
    """Look for signs that the file does not hold everything.

    Args:
        traffic: as read.
        comments: the lines above the table.

    Returns:
        Notes: ``sampled``, ``thresholded``, ``other_row``, ``unassigned``, ``skipped_hour`` (the
        clock was put forward), ``missing_periods``, ``ends_in_zeros``, ``unfinished``.
    """
    notes = [*_check_comments(comments), *_check_labels(traffic)]
    if traffic.has_time and not traffic.is_empty:
        totals = total_over_time(traffic, [traffic.main_metric])[traffic.main_metric]
        notes += _check_missing(traffic, totals)
        notes += _check_last_day(traffic, comments) or _check_end(traffic, totals)
    return notes


def _check_comments(comments: Sequence[str]) -> list[Note]:
    notes = []
    if said := _find_line(comments, _SAMPLED):
        notes.append(Note("sampled", "doubted", params={"said": said}))
    if said := _find_line(comments, _THRESHOLD):
        notes.append(Note("thresholded", "doubted", params={"said": said}))
    return notes


def _find_line(comments: Sequence[str], pattern: re.Pattern[str]) -> str:
    said = next((text for text in comments if _says(text, pattern)), "")
    return said.strip("# \t,")[:120]


def _says(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether a line speaks of it, and not a name in it, as in "Account: Sampling Ltd"."""
    key, colon, value = text.partition(":")
    is_name = bool(colon) and not pattern.search(key) and not any(map(str.isdigit, value))
    return not is_name and pattern.search(text) is not None


def _check_labels(traffic: Traffic) -> list[Note]:
    if not traffic.has_channels:
        return []
    metric = traffic.main_metric
    sums = traffic.frame.groupby("channel")[metric].sum()
    whole = float(sums.sum())
    notes = []
    if whole > 0 and sums.get(_OTHER, 0) > 0:
        params = {"metric": metric, "share": float(sums[_OTHER] / whole)}
        notes.append(Note("other_row", "doubted", params=params))
    lost = sum(float(sums.get(name, 0)) for name in UNATTRIBUTED if name != _OTHER)
    if whole > 0 and lost > 0:
        params = {"metric": metric, "share": lost / whole}
        notes.append(Note("unassigned", "info", params=params))
    return notes


def _check_missing(traffic: Traffic, totals: pd.Series) -> list[Note]:
    is_missing = ~traffic.times.isin(traffic.frame["time"].unique())
    every = _runs(is_missing)
    usual, pace = _usual(traffic, totals, every), float(totals.mean())
    # At night a small site has no visits and GA4 then writes no row: only a hole that would hold
    # visits otherwise is one, both by its hours and by the pace of the whole file.
    runs = [
        run
        for run in every
        if min(usual[run].sum(), pace * (run.stop - run.start)) >= _EXPECTED_WHERE_MISSING
    ]
    if not runs:
        return []
    missing = totals.index[np.concatenate([np.r_[run] for run in runs])]
    is_clock = traffic.grain == "hour" and all(t.day_of_week == 6 and t.hour <= 3 for t in missing)
    if is_clock and len(missing) <= 1 + len(totals) // (24 * 360):
        return [Note("skipped_hour", "info", len(missing), params={"time": missing[0]})]
    params = {"grain": traffic.grain, "first": missing[0], "last": missing[-1]}
    return [Note("missing_periods", "doubted", len(missing), params=params)]


def _runs(is_missing: np.ndarray) -> list[slice]:
    """Where one missing period follows the other."""
    edges = np.flatnonzero(np.diff(np.r_[False, is_missing, False]))
    return [slice(first, end) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def _usual(traffic: Traffic, totals: pd.Series, runs: Sequence[slice]) -> np.ndarray:
    """What each period usually has: the median of its hour or weekday, long holes left out."""
    times, season = totals.index, _SEASONS.get(traffic.grain, 1)
    place = np.zeros(len(totals), dtype=int)
    if traffic.grain == "day":
        place = times.day_of_week.to_numpy()
    elif traffic.grain == "hour":
        has_weeks = len(totals) >= _WEEKS_FOR_HOURS_OF_WEEK * 168
        place = (times.day_of_week * 24 * has_weeks + times.hour).to_numpy()
    counts = totals.to_numpy().copy()
    for run in runs:
        if run.stop - run.start >= season:
            counts[run] = np.nan
    return pd.Series(counts).groupby(place).transform("median").fillna(0).to_numpy()


def _check_last_day(traffic: Traffic, comments: Sequence[str]) -> list[Note]:
    """A week or month that goes on after the last day that the file names."""
    end = find_end_date(comments)
    if traffic.grain not in ("week", "month") or end is None:
        return []
    if not traffic.times[-1] <= end < pd.Timestamp(traffic.last_day):
        return []
    params = {"grain": traffic.grain, "last": traffic.times[-1]}
    return [Note("unfinished", "doubted", 1, params=params)]


def _check_end(traffic: Traffic, totals: pd.Series) -> list[Note]:
    values = totals.to_numpy()
    if len(values) < _LEAST_PERIODS or not values.any():
        return []
    last = int(np.nonzero(values)[0][-1])
    zeros = len(values) - 1 - last
    if zeros and traffic.grain == "hour" and zeros >= 3:
        usual = _usual_before(values, last + 1, 24, zeros)
        if usual >= _EXPECTED_WHERE_MISSING:
            params = {"grain": traffic.grain, "first": totals.index[last + 1]}
            return [Note("ends_in_zeros", "doubted", zeros, params=params)]
    if traffic.grain == "hour":
        end = totals.index[-1]
        usual = _usual_before(values, len(values), 24, 23 - end.hour)
        if usual < _EXPECTED_WHERE_MISSING:
            return []
        return [Note("unfinished", "doubted", 1, params={"grain": "day", "last": end})]
    season = 7 if traffic.grain == "day" else 1
    before = values[len(values) - 1 - season :: -season][:4]
    is_enough = len(before) >= 3 and before.min() >= _EXPECTED_WHERE_MISSING
    if is_enough and values[-1] < _UNFINISHED_SHARE * before.min():
        params = {"grain": traffic.grain, "last": totals.index[-1]}
        return [Note("unfinished", "doubted", 1, params=params)]
    return []


def _usual_before(values: np.ndarray, start: int, season: int, length: int) -> float:
    """What the same places of the cycle before had."""
    places = [n for n in range(start - season, start - season + length) if 0 <= n < start]
    return float(values[places].sum()) if places else 0.0
