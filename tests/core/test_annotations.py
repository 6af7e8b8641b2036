"""Notes on the chart: what is written comes back, whatever spreadsheet it went through."""

import codecs
import gzip
import pickle
from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.annotations import (
    COLUMNS,
    MAX_BYTES,
    MOST_CHARACTERS,
    MOST_NOTES,
    Annotation,
    AnnotationError,
    annotate,
    from_frame,
    overlapping,
    read_annotations,
    to_frame,
)
from ui.export import frame_csv
from ui.messages import of_error

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def note(text: str, start: str, end: str) -> Annotation:
    return annotate(text, at(start), at(end))


def faults(data: bytes) -> list[tuple[str, object]]:
    """Code and row of everything that is wrong with a file; each has words."""
    with pytest.raises(AnnotationError) as caught:
        read_annotations(data)
    for fault in caught.value.faults:
        of_error(fault)
    return [(fault.code, fault.params.get("row")) for fault in caught.value.faults]


# --- Writing a note ---------------------------------------------------------------------------


def test_a_note_is_one_line_on_whole_hours() -> None:
    made = annotate("\u00a0TV\r\n  spot\x00\x07 ", at("2024-04-17 18:20"), at("2024-04-17 18:40"))
    assert made == Annotation(at("2024-04-17 18:00"), at("2024-04-17 19:00"), "TV spot")
    assert not made.is_whole_days
    assert note("Fair", "2024-04-17", "2024-04-19").is_whole_days
    assert not note("Fair", "2024-04-17", "2024-04-19 01:00").is_whole_days


def test_an_apostrophe_before_a_formula_is_the_spreadsheets_and_not_the_texts() -> None:
    said = {"'=1+1": "=1+1", "'-5 %": "-5 %", "''=1": "''=1", "'t was nice": "'t was nice"}
    for text, kept in said.items():
        assert note(text, "2024-04-17", "2024-04-18").text == kept


@pytest.mark.parametrize("text", ["", "  \t\n", "\x00\x1f", "\ud800"])
def test_a_note_needs_a_text(text: str) -> None:
    with pytest.raises(AnnotationError) as caught:
        note(text, "2024-04-17", "2024-04-18")
    assert caught.value.code == "note_without_text"


def test_a_text_has_a_longest_length() -> None:
    assert note("é" * MOST_CHARACTERS, "2024-04-17", "2024-04-18")
    with pytest.raises(AnnotationError) as caught:
        note("é" * (MOST_CHARACTERS + 1), "2024-04-17", "2024-04-18")
    assert caught.value.code == "note_text_too_long"
    assert dict(caught.value.params) == {"have": 121, "most": 120, "others": ()}


@pytest.mark.parametrize("end", ["2024-04-17 18:00", "2024-04-17 17:59", "2023-04-18"])
def test_a_note_ends_after_it_begins(end: str) -> None:
    with pytest.raises(AnnotationError) as caught:
        note("TV", "2024-04-17 18:00", end)
    assert caught.value.code == "note_ends_before_start"


def test_everything_that_is_wrong_is_said_at_once_also_after_pickling() -> None:
    with pytest.raises(AnnotationError) as caught:
        note(" ", "2024-04-17", "2024-04-17")
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert isinstance(copy, AnnotationError)
    codes = [fault.code for fault in copy.faults]
    assert codes == ["note_without_text", "note_ends_before_start"]


def test_notes_overlap_a_range_when_they_share_an_hour_with_it() -> None:
    day = note("Fair", "2024-04-17", "2024-04-18")
    evening = note("TV", "2024-04-17 18:00", "2024-04-17 22:00")
    for start, end, found in [
        ("2024-04-16", "2024-04-17", ()),
        ("2024-04-17", "2024-04-17 01:00", (day,)),
        ("2024-04-17 17:00", "2024-04-17 18:00", (day,)),
        ("2024-04-17 21:00", "2024-04-17 23:00", (evening, day)),
        ("2024-04-01", "2024-05-01", (evening, day)),
        ("2024-04-17 22:00", "2024-04-18 09:00", (day,)),
        ("2024-04-18", "2024-04-19", ()),
    ]:
        assert overlapping([evening, day], at(start), at(end)) == found


# --- There and back ---------------------------------------------------------------------------


def test_a_table_of_notes_reads_as_a_person_says_it() -> None:
    notes = [
        note("launch", "2024-04-17 23:00", "2024-04-18"),
        note("TV", "2024-04-17", "2024-04-17 01:00"),
        note("Easter", "2024-03-31", "2024-04-02"),
        note("Fair", "2024-04-17", "2024-04-18"),
    ]
    assert to_frame(notes).to_dict("split")["data"] == [
        ["2024-03-31", "2024-04-01", "Easter"],
        ["2024-04-17 00:00", "2024-04-17 01:00", "TV"],
        ["2024-04-17", "2024-04-17", "Fair"],
        ["2024-04-17 23:00", "2024-04-18 00:00", "launch"],
    ]


TEXTS = st.one_of(
    st.text(st.characters(), min_size=1, max_size=MOST_CHARACTERS),
    st.text("\"',;\t=+-@＝ \n\r#|äß🎉👩‍👩‍👧€", min_size=1, max_size=MOST_CHARACTERS),
    st.sampled_from(["=1+1", '"', '""', "a,", ",", "NA", "null", "2024-04-17", "#", "sep=;"]),
)
DAYS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda time: pd.Timestamp(time).normalize()
)


@st.composite
def annotations(draw: st.DrawFn) -> Annotation:
    start, text, step = draw(DAYS), draw(TEXTS), draw(st.sampled_from([HOUR, DAY]))
    start += draw(st.integers(0, 23)) * HOUR if step == HOUR else 0 * DAY
    try:
        return annotate(text, start, start + draw(st.integers(1, 60)) * step)
    except AnnotationError as error:
        assert error.code == "note_without_text"  # white space only
        return annotate("x", start, start + step)


@settings(deadline=None)
@given(st.lists(annotations(), min_size=1, max_size=8))
@example([note("''=1+1", "2024-04-17", "2024-04-18"), note("a,,", "2024-04-17", "2024-04-18")])
def test_what_is_saved_is_what_is_loaded(notes: list[Annotation]) -> None:
    once = tuple(sorted(set(notes)))
    assert from_frame(to_frame(notes)) == once
    assert read_annotations(frame_csv(to_frame(notes))) == once


def test_the_largest_table_of_notes_can_be_loaded() -> None:
    times = pd.date_range("2024-01-01", periods=MOST_NOTES, freq="h")
    notes = tuple(annotate("👩" * MOST_CHARACTERS, time, time + HOUR) for time in times)
    assert read_annotations(frame_csv(to_frame(notes))) == notes


def test_order_and_copies_do_not_matter() -> None:
    rows = [b"2024-04-18,b", b"2024-04-17,a", b"2024-04-18, b ", b"17 Apr 2024,a", b"2024-04-17,b"]
    found = read_annotations(b"date,note\n" + b"\n".join(rows))
    assert [(one.start.day, one.text) for one in found] == [(17, "a"), (17, "b"), (18, "b")]
    assert read_annotations(b"date,note\n" + b"\n".join(rows[::-1])) == found


# --- What people and spreadsheets make of it --------------------------------------------------

EVENING = note("Köln, TV", "2024-04-17 18:00", "2024-04-17 22:00")
FAIR = note("Fair", "2024-04-20", "2024-04-22")
PLAIN = 'start,end,note\n2024-04-17 18:00,2024-04-17 22:00,"Köln, TV"\n2024-04-20,2024-04-21,Fair\n'
GERMAN = (
    "Start;End;Note\r\n17.04.2024 18:00;17.04.2024 22:00;Köln, TV\r\n20.04.2024;21.04.2024;Fair"
)
TABS = GERMAN.replace(";", "\t").replace(".", "/")
AMERICAN = (
    'NOTE,FROM,TO\n"Köln, TV",4/17/2024 6:00 PM,4/17/2024 10:00 PM\nFair,4/20/2024,4/21/2024\n'
)
DIALECTS: dict[str, bytes] = {
    "as saved": PLAIN.encode(),
    "with a byte order mark": PLAIN.encode("utf-8-sig"),
    "every cell in quotes": b'"start","end","note"\n"2024-04-17 18:00","2024-04-17 22:00",'
    + '"Köln, TV"\n"2024-04-20","2024-04-21","Fair"'.encode(),
    "Excel's CSV in German": GERMAN.encode("cp1252"),
    "Excel's CSV UTF-8 in German": GERMAN.encode("utf-8-sig"),
    "Excel's Unicode text": codecs.BOM_UTF16_LE + TABS.encode("utf-16-le"),
    "UTF-16 without a mark": TABS.encode("utf-16-le"),
    "Excel in American": AMERICAN.encode("cp1252"),
    "an old Mac": AMERICAN.replace("\n", "\r").encode(),
    "with a separator line": b"sep=;\r\n" + GERMAN.encode(),
    "with blank lines and rows": b"\r\n\r\n"
    + GERMAN.replace("\r\n", "\r\n;;\r\n\r\n").encode()
    + b"\r\n;;;;\r\n",
    "with columns of its own": (
        "colour,Description,ID,Start date,End date,\n"
        'red,"Köln, TV",1,2024-04-17T18:00:00,2024-04-17T21:30:00\n'
        ",Fair,2,20240420,20240421,,\n"
        ",,3\n"
    ).encode(),
    "written by hand, without quotation marks": PLAIN.replace('"', "").encode(),
    "with a line break in a cell": PLAIN.replace("Köln, ", "Köln,\n").encode(),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_is_read(name: str) -> None:
    assert read_annotations(DIALECTS[name]) == (EVENING, FAIR)


# Start and end as they stand in the file, and the stretch they mean.
STRETCHES = [
    ("2024-04-17", "", "2024-04-17", "2024-04-18"),
    ("2024-04-17", "2024-04-17", "2024-04-17", "2024-04-18"),
    ("20240417", "", "2024-04-17", "2024-04-18"),
    ("17 Apr 24", "", "2024-04-17", "2024-04-18"),
    ("17. 4. 2024", "", "2024-04-17", "2024-04-18"),
    ("45399", "", "2024-04-17", "2024-04-18"),
    ("45399.75", "", "2024-04-17 18:00", "2024-04-17 19:00"),
    ("2024-04-17 18:00", "", "2024-04-17 18:00", "2024-04-17 19:00"),
    ("2024-04-17 18:00", "2024-04-17 18:00", "2024-04-17 18:00", "2024-04-17 19:00"),
    ("2024-04-17 18:30", "", "2024-04-17 18:00", "2024-04-17 19:00"),
    ("2024-04-17 18:30", "2024-04-17 20:15", "2024-04-17 18:00", "2024-04-17 21:00"),
    ("2024-04-17 18:00", "2024-04-18", "2024-04-17 18:00", "2024-04-19"),
    ("2024-04-17", "2024-04-17 18:00", "2024-04-17", "2024-04-17 18:00"),
    ("2024041718", "2024041720", "2024-04-17 18:00", "2024-04-17 20:00"),
    ("2024042018", "", "2024-04-20 18:00", "2024-04-20 19:00"),
    ("2024041700", "", "2024-04-17", "2024-04-17 01:00"),
    ("17/04/2024 0:00", "", "2024-04-17", "2024-04-17 01:00"),
    ("17.4.2024 0.00", "", "2024-04-17", "2024-04-17 01:00"),
    ("4/17/2024 12:00 AM", "", "2024-04-17", "2024-04-17 01:00"),
    ("2024-04-17T00", "", "2024-04-17", "2024-04-17 01:00"),
]


@pytest.mark.parametrize(("start", "end", "first", "last"), STRETCHES)
def test_a_date_is_a_day_and_with_a_time_an_hour(start, end, first, last) -> None:
    found = read_annotations(f"start;end;note\n{start};{end};x\n".encode())
    assert found == (note("x", first, last),)


def test_the_day_comes_first_unless_it_cannot() -> None:
    assert read_annotations(b"date,note\n3/4/2024,x\n")[0].start == at("2024-04-03")
    found = read_annotations(b"date,end,note\n3/4/2024,,x\n4/5/2024,4/25/2024,y\n")
    assert [one.start for one in found] == [at("2024-03-04"), at("2024-04-05")]


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("Köln", "cp1252"),
        ("naïve", "cp1252"),
        ("5 € für Übergrößen", "cp1252"),
        ("Año nuevo, promoção", "cp1252"),
        ("Рассылка новостей", "cp1251"),
        ("ニュースレターを送った", "shift_jis"),
    ],
)
def test_accents_survive_a_code_page(text: str, page: str) -> None:
    data = f"start;note\r\n2024-04-17;{text}\r\n".encode(page)
    assert read_annotations(data)[0].text == text


@pytest.mark.parametrize("data", [frame_csv(to_frame([])), b"start,end,note\n,,\n\n", b"date;note"])
def test_a_file_without_notes_is_told_and_not_passed_over(data) -> None:
    assert faults(data) == [("notes_none", None)]
    assert tuple(to_frame([]).columns) == COLUMNS
    assert from_frame(to_frame([])) == ()


# --- What cannot be read ----------------------------------------------------------------------

REFUSED: dict[str, tuple[str, bytes]] = {
    "nothing": ("notes_unreadable", b""),
    "blanks": ("notes_unreadable", b" \r\n\x00"),
    "a picture": ("notes_unreadable", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    "a workbook": ("notes_unreadable", b"PK\x03\x04" + gzip.compress(b"a" * 1000)),
    "JSON": ("notes_unreadable", b'[{"start": "2024-04-17", "note": "x"}]'),
    "a web page": ("notes_unreadable", b"<html><table><tr><td>start"),
    "a quotation mark left open": ("notes_unreadable", b'date,note\n2024-04-17,"x\n2024-04-18,y\n'),
    "a quotation mark closed by another": (
        "notes_unreadable",
        b'date,note\n2024-04-17,"x\n2024-04-18,"y"\n',
    ),
    "too large": ("notes_too_large", b"date,note\n" + b"\n" * MAX_BYTES),
    "too many": ("notes_too_many", b"date,note\n" + b"2024-04-17,x\n" * (MOST_NOTES + 1)),
    "delimiters only": ("notes_no_columns", b",,\n,,\n"),
    "no header": ("notes_no_columns", b"2024-04-17,x\n2024-04-18,y\n"),
    "no text": ("notes_no_columns", b"start,end\n2024-04-17,2024-04-18\n"),
    "no date": ("notes_no_columns", b"note,end\nx,2024-04-18\n"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hopeless_file_is_refused(name: str) -> None:
    code, data = REFUSED[name]
    assert faults(data) == [(code, None)]


@pytest.mark.parametrize(
    "date",
    [
        "soon",
        "",
        "2024-02-30",
        "1999-12-31",
        "2024-04-17 25:00",
        "2024-04",
        "Apr 2024",
        "2024-W16",
        "2024-04-17 - 2024-04-20",
        "20240417-20240420",
        "17/04/24 – 20/04/24",
        "," * 99_999 + "x",
    ],
)
def test_what_is_no_day_and_no_hour_is_a_bad_date(date: str) -> None:
    assert faults(f"date;note\n2024-04-17;a\n{date};b\n".encode()) == [("notes_bad_date", 3)]


def test_every_bad_row_is_named_at_once() -> None:
    rows = [
        "start,end,note",
        "2024-04-17,,fine",
        "soon,later,x",
        "",
        "2024-04-17,,",
        f"2024-04-17,,{'x' * 121}",
        "2024-04-18,2024-04-17,x",
        "2024-04-18 12:00,2024-04-18 11:00,",
        ",2024-04-17,x",
    ]
    data = "\n".join(rows).encode()
    assert faults(data) == [
        ("notes_bad_date", 3),
        ("notes_bad_date", 3),
        ("note_without_text", 5),
        ("note_text_too_long", 6),
        ("note_ends_before_start", 7),
        ("note_without_text", 8),
        ("note_ends_before_start", 8),
        ("notes_bad_date", 9),
    ]
    with pytest.raises(AnnotationError) as caught:
        read_annotations(data)
    said = [of_error(fault).title for fault in caught.value.faults]
    assert said[0] == "The note in row 3 has a date that we cannot read: “soon”."
    assert said[3] == "The note in row 6 has 121 characters; we take up to 120."
    assert said[-1] == "The note in row 9 has no date."


CELLS = st.text('2024-/.: 17PMäT"\n0–', max_size=20) | st.text(max_size=20)
LINES = st.lists(CELLS, min_size=1, max_size=4).map(",".join)


@settings(deadline=None)
@given(
    st.binary(max_size=400)
    | st.lists(LINES, max_size=6).map(lambda rows: "\n".join(["date,end,note", *rows]).encode())
    | st.tuples(st.just(PLAIN.encode("utf-16")), st.binary(max_size=9)).map(b"".join)
    | st.tuples(st.just(GERMAN.encode("cp1252")), st.binary(max_size=99)).map(b"".join)
)
def test_any_bytes_are_notes_or_an_annotation_error(data: bytes) -> None:
    try:
        found = read_annotations(data)
    except AnnotationError as error:
        assert error.faults
        assert all(of_error(fault).title.endswith(".") for fault in error.faults)
        return
    assert read_annotations(frame_csv(to_frame(found))) == found
