"""Workbooks and archives say the same as the text they hold."""

import gzip
from datetime import datetime, timedelta

import pandas as pd
import pytest

from core.ingest import Import, read_export, read_exports
from core.ingest.workbook_worker import as_text, read_rows
from tests.core.ingest.workbooks import Formula, archive, spreadsheet, workbook

HEADER = ["Date + hour (YYYYMMDDHH)", "Session primary channel group", "Sessions", "Total revenue"]
START = datetime(2024, 4, 6)
ROWS = [
    [START + timedelta(hours=n), channel, n * 7 % 50, n / 8]
    for n in range(40)
    for channel in ("Direct", "Réseaux, payés")
]


def as_csv(rows: list[list[object]]) -> bytes:
    lines = [f'{t:%Y%m%d%H},"{channel}",{count},{money}' for t, channel, count, money in rows]
    return "\n".join([",".join(HEADER), *lines, ""]).encode()


TEXT = as_csv(ROWS)


def assert_same(first: Import, second: Import) -> None:
    pd.testing.assert_frame_equal(first.traffic.frame, second.traffic.frame)
    assert first.traffic.grain == second.traffic.grain
    assert first.traffic.times.equals(second.traffic.times)
    assert first.rows == second.rows


WRAPPED = {
    "gzip": gzip.compress(TEXT),
    "zip": archive({"a.csv": TEXT}),
    "zip in a folder with rubbish": archive(
        {"2024/a.csv": TEXT, "__MACOSX/2024/._a.csv": b"\0\1\2", "2024/readme.md": b"hello"}
    ),
    "gzip in a zip": archive({"a.csv.gz": gzip.compress(TEXT)}),
    "workbook": workbook([HEADER, *ROWS]),
    "workbook of texts": workbook(
        [HEADER, *([f"{t:%Y%m%d%H}", channel, str(a), str(b)] for t, channel, a, b in ROWS)]
    ),
    "workbook of numbers": workbook(
        [HEADER, *([float(f"{t:%Y%m%d%H}"), channel, float(a), b] for t, channel, a, b in ROWS)]
    ),
    "workbook of formulas": workbook(
        [HEADER, *([t, channel, Formula(f"{a}*1", a), b] for t, channel, a, b in ROWS)]
    ),
    "workbook with a preamble": workbook([["# Account: x"], ["#"], [], HEADER, *ROWS]),
    "workbook, second sheet": workbook([["Notes"], ["made by hand"]], [HEADER, *ROWS]),
    "workbook with empty cells around": workbook(
        [[*HEADER, None, None], *([*row, None, None] for row in ROWS), [None] * 6]
    ),
    "workbook in a zip": archive({"a.xlsx": workbook([HEADER, *ROWS])}),
}


@pytest.mark.parametrize("way", WRAPPED)
def test_the_wrapping_makes_no_difference(way: str) -> None:
    assert_same(read_export(WRAPPED[way], "x"), read_export(TEXT, "x"))


def test_formulas_are_read_by_what_they_came_to() -> None:
    book = workbook([["Date", "Sessions"], ["20240101", Formula("SUM(1,2)", 3)], ["20240102", 4]])
    assert read_export(book).traffic.frame["sessions"].tolist() == [3, 4]


def test_a_line_of_a_workbook_is_the_line_in_its_sheet() -> None:
    rows = [[], [], [None, "Date", "Sessions"], [None, "20240101", 3], [None, "20240102", "many"]]
    note = next(n for n in read_export(workbook(rows)).notes if n.code == "unreadable_numbers")
    assert note.example_row == 5


def test_an_open_document_is_read() -> None:
    def cells(*values: str) -> str:
        inner = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{value}</text:p>'
            "</table:table-cell>"
            for value in values
        )
        return f"<table:table-row>{inner}</table:table-row>"

    rows = cells("Date", "Sessions") + cells("2024-01-01", "3") + cells("2024-01-02", "4")
    assert read_export(spreadsheet(rows)).traffic.frame["sessions"].tolist() == [3, 4]


def test_files_of_an_archive_are_joined_like_files_dropped_at_once() -> None:
    files = {"a.csv": as_csv(ROWS[:60]), "b.csv": as_csv(ROWS[40:])}
    joined = read_export(archive(files), "x.zip")
    assert_same(joined, read_exports(list(files.items())))
    pd.testing.assert_frame_equal(joined.traffic.frame, read_export(TEXT).traffic.frame)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (5.0, "5"),
        (0.1, "0.1"),
        (1e15, "1000000000000000.0"),
        (2024040623.0, "2024040623"),
        (True, "True"),
        ("007", "007"),
        (datetime(2024, 4, 6), "2024-04-06"),
        (datetime(2024, 4, 6, 23), "2024-04-06 23:00:00"),
        (timedelta(minutes=1, seconds=23), "83"),
        (timedelta(days=40, microseconds=500_000), "3456000.5"),
    ],
)
def test_a_cell_becomes_what_an_export_would_write(cell: object, text: str) -> None:
    assert as_text(cell) == text


def test_the_worker_stops_at_the_limit_of_cells() -> None:
    book = workbook([["Date", "Sessions"], ["20240101", 3]])
    assert list(read_rows(book, 4)) == [None, [["Date", "Sessions"], ["20240101", "3"]]]
    assert list(read_rows(book, 3)) == ["too_many_cells"]
