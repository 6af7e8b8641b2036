"""The person's notes as charts draw them."""

from __future__ import annotations

import pandas as pd

from core import wording
from core.annotations import Annotation, overlapping
from core.language import t, tn
from ui import state

_MOST_NAMED = 4


def letter(place: int) -> str:
    """A, B … Z, AA, AB … for the n-th note, counted from 0.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    while place >= 0:
        name = chr(ord("A") + place % 26) + name
        place = place // 26 - 1
    return name


def lettered() -> dict[str, Annotation]:
    """Every note with its letter, in the order of time; the same letter on every chart."""
    return {letter(place): note for place, note in enumerate(state.notes())}


def notes_frame(notes: dict[str, Annotation]) -> pd.DataFrame:
    """Columns ``start``, ``end``, ``letter``, ``note`` and ``when``, for ``ui.charts.notes``."""
    rows = [
        (note.start, note.end, name, note.text, wording.moment(note.start, note.end))
        for name, note in notes.items()
    ]
    return pd.DataFrame(rows, columns=["start", "end", "letter", "note", "when"])


def shown_notes(first: pd.Timestamp, last: pd.Timestamp) -> tuple[str, pd.DataFrame]:
    """Notes on days that a chart shows: their legend in words, and the frame to draw.

    Args:
        first: first day or hour drawn.
        last: last day or hour drawn.
    """
    inside = set(overlapping(state.notes(), first, last.normalize() + pd.Timedelta(days=1)))
    kept = {name: note for name, note in lettered().items() if note in inside}
    named = [f"{name}: {note.text}" for name, note in list(kept.items())[:_MOST_NAMED]]
    more = len(kept) - _MOST_NAMED
    if more > 0:
        named.append(tn("and {count} more note", "and {count} more notes", more))
    legend = t("Notes: {notes}.", notes="; ".join(named)) if named else ""
    return legend, notes_frame(kept)
