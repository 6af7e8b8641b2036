"""What a dropped file may look like, and what must come out."""

import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ExportError
from core.ingest import Import, read_export
from core.traffic import COUNTS
from tests import naive
from tests.builders import BROKEN_FILES, DAILY_EXPORT, HEADER, TIMELESS_EXPORT, export_text

ROWS = [
    ("Direct", "2024040600", 8, 10, 4, 12.5, 0.5, 4.2, 0.4, 42),
    ("Referral", "2024040600", 5, 5, 4, 90.0, 0.8, 6.0, 0.8, 30),
    ("Direct", "2024040601", 16, 20, 10, 30.0, 0.625, 4.0, 0.5, 80),
    ("Email", "2024040603", 1, 1, 0, 0.0, 0.0, 2.0, 0.0, 2),
]
PLAIN = export_text(ROWS)


def read(text: str | bytes) -> Import:
    return read_export(text.encode() if isinstance(text, str) else text, "export.csv")


def codes(result: Import) -> set[str]:
    return {note.code for note in result.notes}


def assert_same(first: Import, second: Import) -> None:
    pd.testing.assert_frame_equal(first.traffic.frame, second.traffic.frame)
    assert first.traffic.grain == second.traffic.grain
    assert list(first.traffic.times) == list(second.traffic.times)


def test_counts_agree_with_a_slow_reader() -> None:
    frame = read(PLAIN).traffic.frame
    rows = naive.read_rows(PLAIN.encode())
    by_channel = naive.add_up(rows, "Sessions", lambda row: row[naive.CHANNEL])
    assert frame.groupby("channel")["sessions"].sum().to_dict() == by_channel
    by_time = naive.add_up(rows, "Event count", lambda row: row[naive.TIME])
    found = frame.groupby(frame["time"].dt.strftime("%Y%m%d%H"))["events"].sum().to_dict()
    assert found == by_time
    seconds = sum(
        float(r["Sessions"]) * float(r["Average engagement time per session"]) for r in rows
    )
    assert frame["engagement_seconds"].sum() == pytest.approx(seconds)


def test_an_hour_without_a_row_is_covered_and_not_a_row() -> None:
    traffic = read(PLAIN).traffic
    assert traffic.grain == "hour"
    assert len(traffic.times) == 4
    assert len(traffic.frame) == 4
    assert traffic.frame[list(COUNTS)].dtypes.eq("float64").all()


PREAMBLE = (
    "# ---\n# Account: x\n#\n# Start date: 20240406\n# End date: 20240503\n# a,b\n#\n# ---\n#\n"
)
SHAPES = {
    "one line of preamble": "# ------\n" + PLAIN,
    "nine lines of preamble": PREAMBLE + PLAIN,
    "blank lines": "\n\n" + PLAIN + "\n\n",
    "padded with commas": "\n".join(line + ",,," for line in (PREAMBLE + PLAIN).split("\n")),
    "byte order mark": "\ufeff" + PLAIN,
    "Windows line ends": PLAIN.replace("\n", "\r\n"),
    "old Mac line ends": PLAIN.replace("\n", "\r"),
    "no line end at the end": PLAIN.rstrip("\n"),
    "quoted": "\n".join(",".join(f'"{c}"' for c in line.split(",")) for line in PLAIN.splitlines()),
    "semicolons": PLAIN.replace(",", ";"),
    "tabs": PLAIN.replace(",", "\t"),
    "header in capitals": PLAIN.replace("Sessions", "SESSIONS", 1),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shape_makes_no_difference(shape) -> None:
    assert_same(read(SHAPES[shape]), read(PLAIN))


@pytest.mark.parametrize("seed", range(3))
def test_row_order_makes_no_difference(seed) -> None:
    rows = random.Random(seed).sample(ROWS, len(ROWS))
    assert_same(read(export_text(rows)), read(PLAIN))


def test_repeated_rows_count_once_and_are_said() -> None:
    result = read(export_text([*ROWS, ROWS[0], ROWS[0]]))
    assert_same(result, read(PLAIN))
    note = next(note for note in result.notes if note.code == "duplicate_rows")
    assert note.count == 2
    assert note.example_row == 6


def test_a_totals_row_is_left_out_and_checked() -> None:
    total = ("Grand total", "", 30, 36, 18, 20, 0.6, 4.2, 0.5, 154)
    result = read(export_text([*ROWS, total]))
    assert_same(result, read(PLAIN))
    assert "totals_rows" in codes(result)
    assert "total_differs" not in codes(result)
    more = ("Grand total", "", 60, 72, 36, 20, 0.6, 4.2, 0.5, 308)
    cut_off = read(export_text([*ROWS, more]))
    note = next(note for note in cut_off.notes if note.params.get("metric") == "sessions")
    assert (note.code, note.params["exported"], note.params["read"]) == ("total_differs", 72, 36)


@pytest.mark.parametrize(("place", "wrong"), [(8, 0.9), (7, 9.0), (6, 3.0)])
def test_rows_that_break_an_identity_are_named(place, wrong) -> None:
    rows = [list(row) for row in ROWS]
    rows[2][place] = wrong
    result = read(export_text([tuple(row) for row in rows]))
    note = next(note for note in result.notes if note.code == "identity_broken")
    assert note.count == 1
    assert note.example_row == 4
    assert note.kind == "doubted"
    assert_same(result, read(PLAIN))  # the counts are what we use


def test_rounded_rates_break_no_identity() -> None:
    assert "identity_broken" not in codes(read(PLAIN))


def test_more_engaged_sessions_than_sessions_are_doubted() -> None:
    rows = [("Direct", "2024040600", 8, 10, 14, 12.5, 1.75, 4.2, 1.4, 42)]
    result = read(export_text(rows))
    assert "part_exceeds_whole" in codes(result)


def test_days_without_channels() -> None:
    traffic = read(DAILY_EXPORT).traffic
    assert traffic.grain == "day"
    assert not traffic.has_channels
    assert len(traffic.times) == 60


def test_channels_without_time() -> None:
    traffic = read(TIMELESS_EXPORT).traffic
    assert traffic.grain == "none"
    assert traffic.channels == ("Direct", "Referral", "Email")


BAD = {
    "empty.csv": "empty_file",
    "picture.csv": "not_text",
    "no_counts.csv": "no_count_column",
    "bad_dates.csv": "unreadable_times",
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_says_why(name) -> None:
    with pytest.raises(ExportError) as caught:
        read(BROKEN_FILES[name])
    assert caught.value.code == BAD[name]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" \n \n", "empty_file"),
        (",".join(HEADER) + "\n", "no_rows"),
        ("Country,Sessions\nPeru,3\n", "no_time_or_channel"),
        ("hello\nworld\n", "no_table"),
    ],
)
def test_other_unusable_files(text, code) -> None:
    with pytest.raises(ExportError) as caught:
        read(text)
    assert code in {fault.code for fault in caught.value.faults}


def test_every_fault_is_reported_at_once() -> None:
    with pytest.raises(ExportError) as caught:
        read("Date,Country\nsoon,Peru\nlater,Chile\n")
    assert {fault.code for fault in caught.value.faults} >= {"no_count_column", "unreadable_times"}


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_an_import_or_an_export_error(data) -> None:
    assert_import_or_export_error(data)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_damaged_export_gives_an_import_or_an_export_error(data) -> None:
    raw = bytearray((PREAMBLE + PLAIN).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(raw) - 1))
        piece = data.draw(
            st.sampled_from([b"", b"\x00", b",", b'"', b"\n", b"\xff", b"-", b"1e999"])
        )
        raw[place : place + data.draw(st.integers(0, 5))] = piece
        raw = raw or bytearray(b",")
    assert_import_or_export_error(bytes(raw))


def assert_import_or_export_error(data: bytes) -> None:
    try:
        result = read_export(data, "x.csv")
    except ExportError as error:
        assert error.faults
    else:
        counts = result.traffic.frame[list(COUNTS)]
        assert not (counts == float("inf")).any().any()
        assert result.traffic.exported


@pytest.mark.parametrize(
    ("header", "cells"),
    [("Source,Medium", "a / b,organic"), ("Session source / medium", "a / organic")],
)
def test_sources_become_channels_and_campaigns_have_their_say(header: str, cells: str) -> None:
    google = "google,cpc" if "," in header else "google / cpc"
    text = (
        f"Date,{header},Session campaign,Sessions\n20240101,{google},Shopping_x,5\n"
        f"20240101,{google},brand,3\n20240101,{cells},(organic),2\n"
    )
    frame = read(text).traffic.frame
    by_channel = dict(zip(frame["channel"], frame["sessions"], strict=True))
    assert by_channel == {"Paid Shopping": 5, "Paid Search": 3, "Organic Search": 2}
