"""Several files at once: one month each, overlapping days counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from core.errors import ExportError
from core.ingest.notes import Import, Note
from core.ingest.quality import check_completeness
from core.traffic import COUNTS, Traffic, all_periods, make_traffic

_OF_THE_WHOLE = (
    "other_row",
    "unassigned",
    "skipped_hour",
    "missing_periods",
    "ends_in_zeros",
    "unfinished",
)
"""Notes that hold for a single file only: another may fill the hole, or leave one in between."""


def combine(imports: Sequence[Import], name: str = "") -> Import:
    """Join files into one traffic.

    Files that fit the best one (same grain, both with or both without channels, a count in
    common) are joined; the others are named and left out. A period that several files hold is
    taken from the file that has most there: an export made in the middle of a day has less of it.
    Files without a channel in common are added up.

    Args:
        imports: as read, at least one.
        name: for the whole.

    Returns:
        The joint traffic with all notes.

    Raises:
        ExportError: ``several_without_time``, for nothing tells whether they hold the same visits.

    """
    if len(imports) == 1:
        return imports[0]
    best = max(imports, key=_worth)
    kept = [one for one in imports if _fits(one.traffic, best.traffic)]
    left = tuple(one.filename for one in imports if one not in kept)
    notes = [Note("files_left_out", "skipped", len(left), params={"names": left})] if left else []
    if len(kept) == 1:
        return replace(best, notes=(*best.notes, *notes))
    names = tuple(one.filename for one in kept)
    if not best.traffic.has_time:
        raise ExportError("several_without_time", names=names)
    traffic, overlap = _join([one.traffic for one in kept])
    if overlap:
        grain = best.traffic.grain
        notes.append(Note("overlapping_periods", "repaired", overlap, params={"grain": grain}))
    joined = Note("files_joined", "info", len(kept), params={"names": names})
    parts = [note for one in kept for note in one.notes if note.code not in _OF_THE_WHOLE]
    notes = [joined, *parts, *notes, *check_completeness(traffic, ())]
    rows = sum(one.rows for one in kept)
    return replace(best, traffic=traffic, notes=tuple(notes), rows=rows, filename=name, tables=())


def _worth(one: Import) -> tuple[bool, bool, float]:
    traffic = one.traffic
    return traffic.has_time, traffic.has_channels, float(one.rows)


def _fits(traffic: Traffic, best: Traffic) -> bool:
    return (
        traffic.grain == best.grain
        and traffic.has_channels == best.has_channels
        and traffic.main_metric == best.main_metric
        and not (best.grain == "week" and (traffic.times[0] - best.times[0]).days % 7)
    )


def _join(parts: Sequence[Traffic]) -> tuple[Traffic, int]:
    metric, grain = parts[0].main_metric, parts[0].grain
    frames = [part.frame.assign(file=number) for number, part in enumerate(parts)]
    every = pd.concat(frames, ignore_index=True)
    sums = every.groupby(["time", "file"])[metric].sum().reset_index()
    # Equal sums: the file named first, so that the result does not hang on chance.
    chosen = sums.sort_values(["time", metric, "file"], ascending=[True, False, True])
    chosen = chosen.drop_duplicates("time")[["time", "file"]]
    is_split = _have_own_channels(parts)
    kept = every if is_split else every.merge(chosen, on=["time", "file"])
    overlap = 0 if is_split else len(sums) - len(chosen)
    covered = pd.DatetimeIndex(set().union(*(part.times for part in parts)))
    columns = ["time", "channel", *COUNTS]
    return make_traffic(kept[columns], grain, all_periods(covered, grain)), overlap


def _have_own_channels(parts: Sequence[Traffic]) -> bool:
    """Whether each file holds other channels, as one file a channel does."""
    names = [set(part.channels) for part in parts]
    return parts[0].has_channels and sum(map(len, names)) == len(set().union(*names))
