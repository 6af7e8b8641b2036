"""Notes that a person writes on the chart, such as "newsletter". GA4 calls them annotations.

They travel as CSV with the columns ``start``, ``end`` and ``note``. One rule holds for each date,
written or read: without a time of day it is a whole day, and as an end the last day, included;
with a time of day it is a point on the clock, and as an end the point at which it is over. So
2024-04-17 to 2024-04-18 are two days, and 2024-04-17 18:00 to 2024-04-17 22:00 are four hours.
Without an end a note is about one day or one hour. Dates are those of the traffic: 2000 to 2100.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from core.errors import AppError, ExportError
from core.ingest.decode import decode
from core.ingest.tables import find_delimiter
from core.ingest.times import parse_times
from core.ingest.vocabulary import normalise

MOST_CHARACTERS = 120
MOST_NOTES = 500
MAX_BYTES = 1024 * 1024
COLUMNS = ("start", "end", "note")

_HEADERS: Mapping[str, Sequence[str]] = {
    "start": ("start", "start date", "start time", "from", "begin", "date", "annotation date"),
    "end": ("end", "end date", "end time", "to", "until"),
    "note": ("note", "notes", "text", "title", "annotation", "description"),
}
"""What each column may be called; of several that a file has, the first one here counts."""

_HOUR, _DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)
_LONGEST_DATE = 40
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_APOSTROPHE = re.compile(r"^'(?=[=+\-@＝＋－＠])")
_RANGE = re.compile(r"\s[-–—~]\s|–|20\d\d.*\D20\d\d")
_HAS_MINUTES = re.compile(r":(?!00)\d\d")
_OTHER_SCRIPT = re.compile(rb"[\x80-\xff]{3}")

Stretch = tuple[pd.Timestamp, pd.Timestamp]
"""Where a date begins, and where it is over when it stands as an end."""


class AnnotationError(AppError):
    """A note, or a file of notes, that cannot be used. This module raises nothing else.

    ``faults`` lists everything that is wrong, so that a person mends it in one go.

    >>> error = AnnotationError.of(AppError("note_without_text", row=3), AppError("notes_bad_date"))
    >>> error.code, [fault.code for fault in error.faults]
    ('note_without_text', ['note_without_text', 'notes_bad_date'])
    """

    @classmethod
    def of(cls, first: AppError, *others: AppError) -> AnnotationError:
        """One error out of several faults; its code is the code of the first."""
        return cls(first.code, **first.params, others=others)

    @property
    def faults(self) -> tuple[AppError, ...]:
        """Every fault found, this one first, each with its own code and parameters."""
        params = {key: value for key, value in self.params.items() if key != "others"}
        return (AppError(self.code, **params), *self.params.get("others", ()))


@dataclass(frozen=True, order=True)
class Annotation:
    """A note on a stretch of time. Made by ``annotate``, which checks it.

    Args:
        start: whole hour, without a zone.
        end: whole hour, exclusive. Midnight to midnight means whole days.
        text: what happened, 1 to 120 characters in one line.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    text: str

    @property
    def is_whole_days(self) -> bool:
        """Whether it begins and ends at midnight."""
        return self.start == self.start.normalize() and self.end == self.end.normalize()


def annotate(text: str, start: pd.Timestamp, end: pd.Timestamp) -> Annotation:
    """Write a note.

    Args:
        text: white space is collapsed, control characters are dropped, and so is an apostrophe
            that keeps a spreadsheet from running the text as a formula.
        start: rounded down to the hour.
        end: exclusive, rounded up to the hour.

    Raises:
        AnnotationError: ``note_without_text``, ``note_text_too_long``, ``note_ends_before_start``.

    >>> evening = pd.Timestamp("2024-04-17 18:00"), pd.Timestamp("2024-04-17 22:00")
    >>> annotate("  TV   spot ", *evening).text
    'TV spot'
    """
    said = _APOSTROPHE.sub("", " ".join(_CONTROLS.sub(" ", text).split()))
    faults = []
    if not said:
        faults.append(AppError("note_without_text"))
    if len(said) > MOST_CHARACTERS:
        faults.append(AppError("note_text_too_long", have=len(said), most=MOST_CHARACTERS))
    if end <= start:
        faults.append(AppError("note_ends_before_start"))
    if faults:
        raise AnnotationError.of(*faults)
    return Annotation(start.floor("h"), end.ceil("h"), said)


def overlapping(
    annotations: Iterable[Annotation], start: pd.Timestamp, end: pd.Timestamp
) -> tuple[Annotation, ...]:
    """The notes that share some time with a range, whose end is exclusive; in the order given."""
    return tuple(note for note in annotations if note.start < end and start < note.end)


def to_frame(annotations: Iterable[Annotation]) -> pd.DataFrame:
    """Notes as a table of texts that a person and ``from_frame`` understand, sorted by start.

    >>> day = pd.Timestamp("2024-04-17")
    >>> notes = [annotate("Fair", day, day + 2 * _DAY), annotate("TV", day, day + 3 * _HOUR)]
    >>> to_frame(notes).to_numpy().tolist()
    [['2024-04-17 00:00', '2024-04-17 03:00', 'TV'], ['2024-04-17', '2024-04-18', 'Fair']]
    """
    rows = [(*_written_dates(note), note.text) for note in sorted(annotations)]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)


def _written_dates(note: Annotation) -> tuple[str, str]:
    if note.is_whole_days:
        return f"{note.start:%Y-%m-%d}", f"{note.end - _DAY:%Y-%m-%d}"
    return f"{note.start:%Y-%m-%d %H:%M}", f"{note.end:%Y-%m-%d %H:%M}"


def from_frame(frame: pd.DataFrame) -> tuple[Annotation, ...]:
    """Read a table of texts as notes, sorted by start and each one once.

    Args:
        frame: the columns ``start``, ``end`` and ``note``; an end may be empty, and where all
            three are, the row is skipped.

    Raises:
        AnnotationError: its faults are ``notes_bad_date`` and those of ``annotate``, each with
            its ``row``, the label of the index.

    >>> frame = pd.DataFrame({"start": ["17/4/2024"], "end": [""], "note": ["Fair"]})
    >>> from_frame(frame)[0].end
    Timestamp('2024-04-18 00:00:00')
    """
    texts = frame.reindex(columns=list(COLUMNS)).fillna("").astype(str)
    texts = texts.apply(lambda column: column.str.split().str.join(" "))
    texts = texts[texts.ne("").any(axis=1)]
    times = _read_times({*texts["start"], *texts["end"]})
    notes: set[Annotation] = set()
    faults: list[AppError] = []
    for row, first, last, text in texts.itertuples():
        try:
            notes.add(_read_note(text, first, last or first, times))
        except AnnotationError as error:
            faults += [AppError(fault.code, row=row, **fault.params) for fault in error.faults]
    if faults:
        raise AnnotationError.of(*faults)
    return tuple(sorted(notes))


def _read_note(text: str, first: str, last: str, times: Mapping[str, Stretch]) -> Annotation:
    bad = [date for date in dict.fromkeys((first, last)) if date not in times]
    if bad:
        raise AnnotationError.of(*(AppError("notes_bad_date", text=date) for date in bad))
    (start, _), (point, end) = times[first], times[last]
    if point == start:
        end = max(end, start + _HOUR)  # the same point on the clock twice is a moment
    return annotate(text, start, end)


def _read_times(texts: Iterable[str]) -> dict[str, Stretch]:
    """The texts that name a day or an hour; day first, unless more of them are dates otherwise."""
    readings = []
    for is_day_first in (True, False):
        found = {text: _read_time(text, is_day_first) for text in texts}
        readings.append({text: stretch for text, stretch in found.items() if stretch})
    return max(readings, key=len)


def _read_time(text: str, is_day_first: bool) -> Stretch | None:
    """What a text means as a date; nothing for weeks, months and ranges."""
    if not text or len(text) > _LONGEST_DATE or _RANGE.search(text):
        return None
    point, grain = _parse(text, is_day_first)
    if point is pd.NaT or grain:
        return None
    if not _has_clock(text, point, is_day_first):
        return point, point + _DAY
    return point, point + _HOUR if _HAS_MINUTES.search(text) else point


def _has_clock(text: str, point: pd.Timestamp, is_day_first: bool) -> bool:
    if text.isdecimal():
        return len(text) > 8  # 2024041700, not 20240417
    # A date that an hour can be added to has none, in every form that times are read in.
    return bool(point.hour) or _parse(f"{text} 07:00", is_day_first)[0] is pd.NaT


def _parse(text: str, is_day_first: bool) -> tuple[pd.Timestamp, str | None]:
    found = parse_times(pd.Series([text]), is_day_first=is_day_first)
    return pd.Timestamp(found.values.iloc[0]), found.grain


def read_annotations(data: bytes) -> tuple[Annotation, ...]:
    r"""Read notes from a CSV file, also one that went through a spreadsheet.

    Args:
        data: the file: commas, semicolons or tabs; UTF-8, UTF-16 or the code page of Windows.
            Columns may stand in any order, further ones are not read.

    Returns:
        Sorted by start, each note once.

    Raises:
        AnnotationError: ``notes_too_large``, ``notes_unreadable``, ``notes_no_columns``,
            ``notes_too_many``, ``notes_none`` (nothing below the header) and those of
            ``from_frame``, whose ``row`` counts from 1 with the header, as a spreadsheet does.

    >>> read_annotations(b"Date;Note\r\n17.04.2024 18:00;TV spot\r\n")[0].end
    Timestamp('2024-04-17 19:00:00')
    """
    if len(data) > MAX_BYTES:
        raise AnnotationError.of(AppError("notes_too_large", size=len(data), limit=MAX_BYTES))
    try:
        text = _decode(data)
    except ExportError as error:
        kind = error.params.get("kind", "empty")
        raise AnnotationError.of(AppError("notes_unreadable", kind=kind)) from error
    try:
        header, rows = _split(text)
    except csv.Error as error:
        raise AnnotationError.of(AppError("notes_unreadable", kind="broken")) from error
    places = _find_columns(header)
    if len(rows) > MOST_NOTES:
        raise AnnotationError.of(AppError("notes_too_many", have=len(rows), most=MOST_NOTES))
    cells = [[row[at] if at in range(len(row)) else "" for at in places] for row in rows.values()]
    found = from_frame(pd.DataFrame(cells, index=list(rows), columns=list(COLUMNS), dtype=str))
    if not found:
        raise AnnotationError.of(AppError("notes_none"))
    return found


def _decode(data: bytes) -> str:
    """Text, with Windows' code page where only a few letters could tell which it is."""
    text, notes = decode(data)
    pages = [str(note.params["encoding"]) for note in notes if note.code == "encoding_guessed"]
    if pages and not pages[0].startswith("utf") and not _OTHER_SCRIPT.search(data):
        text, _ = decode(data.decode("cp1252", errors="replace").encode())
    return text.decode(errors="replace")


def _split(text: str) -> tuple[list[str], dict[int, list[str]]]:
    """The header, and every row that holds something by its number in a spreadsheet."""
    if text[:4].casefold() == "sep=":
        text = text.partition("\n")[2]
    delimiter = find_delimiter(text.lstrip().partition("\n")[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = {number: _trim(cells) for number, cells in enumerate(reader, 1)}
    (_, header), *body = [item for item in rows.items() if item[1]] or [(0, [])]
    width = len(header)
    return header, {
        # A note with commas that nobody put into quotation marks runs on behind the last column.
        number: [*cells[: width - 1], delimiter.join(cells[width - 1 :])]
        for number, cells in body
    }


def _trim(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _find_columns(header: Sequence[str]) -> list[int]:
    """Where start, end and note stand; -1 for a file without ends."""
    names = [normalise(name) for name in header]
    places = {
        column: next((names.index(word) for word in words if word in names), -1)
        for column, words in _HEADERS.items()
    }
    if -1 in (places["start"], places["note"]):
        raise AnnotationError.of(AppError("notes_no_columns", columns=tuple(header)))
    return [places[column] for column in COLUMNS]
