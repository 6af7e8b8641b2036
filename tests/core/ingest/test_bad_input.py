"""Hostile and hopeless files: each is refused with its code, or read with the right numbers."""

import gzip
import io
import struct
import sys
import time
import zipfile
from collections.abc import Callable

import pytest

from core.errors import ExportError
from core.ingest import Import, read_export
from core.ingest.unpack import MAX_UNPACKED_BYTES
from tests.core.ingest.workbooks import (
    archive,
    locked_workbook,
    spreadsheet,
    workbook,
    workbook_of,
)

PLAIN = b"Date,Sessions\n20240101,5\n20240102,7\n"
MOST_SECONDS = 10


def zeros_zipped(name: str, **others: bytes) -> bytes:
    """An archive that unpacks to more than we take, of a thousandth of that size."""
    return archive(others | {name: bytes(MAX_UNPACKED_BYTES + 1)})


def patched(data: bytes, flags: int = 0, method: int | None = None, size: int | None = None):
    """An archive of one file that says something else of it, in both places."""
    changed = bytearray(data)
    central = changed.rfind(b"PK\x01\x02")
    for place in (6, central + 8):
        changed[place] |= flags
    if method is not None:
        changed[8] = changed[central + 10] = method
    if size is not None:
        changed[22:26] = changed[central + 24 : central + 28] = struct.pack("<I", size)
    return bytes(changed)


def row(line: int, place: str) -> str:
    return f'<row r="{line}"><c r="{place}"><v>1</v></c></row>'


def ods_row(times: int, width: int) -> str:
    value = 'office:value-type="float" office:value="1"'
    cell = f'<table:table-cell {value} table:number-columns-repeated="{width}"/>'
    return f'<table:table-row table:number-rows-repeated="{times}">{cell}</table:table-row>'


REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "10,000 columns": ("too_many_columns", lambda: b"Date,Sessions" + b",x" * 10_000 + b"\n1,2\n"),
    "10,000 cells in a row": ("too_many_columns", lambda: PLAIN + b"1," * 10_000 + b"1\n"),
    "one line of 50 MB": ("line_too_long", lambda: b"a" * 50_000_000),
    "one row of 50 MB": ("line_too_long", lambda: b"Date,Sessions\n" + b"1,2," * 12_500_000),
    "a quotation mark that never ends": (
        "unreadable_table",
        lambda: b'Date,Sessions\n"' + b"20240101,1\n" * 4_000_000,
    ),
    "a quotation mark open to the end": (
        "unreadable_table",
        lambda: PLAIN.replace(b"5", b'"5') + b"20240103,9\n",
    ),
    "a quotation mark around several rows": (
        "unreadable_table",
        lambda: b'Date,Channel,Sessions\n20240101,"A,5\n20240102,B,6\n20240103,C",7\n',
    ),
    "100,001 quotation marks": (
        "unreadable_table",
        lambda: b"Date,Sessions\n" + b'"' * 100_001 + b"\n20240101,5\n",
    ),
    "bomb, gzipped": ("bomb", lambda: gzip.compress(bytes(MAX_UNPACKED_BYTES + 1))),
    "bomb, zipped": ("bomb", lambda: zeros_zipped("a.csv")),
    "bomb of gzipped files": (
        "bomb",
        lambda: archive(
            {f"{n}.csv.gz": gzip.compress(bytes(MAX_UNPACKED_BYTES // 2)) for n in range(3)}
        ),
    ),
    "bomb in a workbook": ("bomb", lambda: zeros_zipped("a", **{"[Content_Types].xml": b""})),
    "sizes that lie": (
        "broken_archive",
        lambda: patched(archive({"a.csv": PLAIN * 99}), size=10),
    ),
    "a cut archive": ("broken_archive", lambda: archive({"a.csv": PLAIN})[:-30]),
    "a cut gzip": ("broken_archive", lambda: gzip.compress(PLAIN)[:-3]),
    "a way of packing nobody knows": (
        "broken_archive",
        lambda: patched(archive({"a.csv": PLAIN}), method=9),
    ),
    "an archive with a password": ("locked", lambda: patched(archive({"a.csv": PLAIN}), flags=1)),
    "a workbook with a password": ("locked", locked_workbook),
    "a cell at the far end of the sheet": (
        "too_many_cells",
        lambda: workbook_of([row(1, "A1") + row(1_048_576, "XFD1048576")]),
    ),
    "a cell beyond the end of the sheet": (
        "too_many_cells",
        lambda: workbook_of([row(1, "A1") + row(4_294_967_295, "ZZZZZ4294967295")]),
    ),
    "a sheet of repeated cells": ("too_many_cells", lambda: spreadsheet(ods_row(1_048_576, 4))),
    "an impossible cell": ("broken_workbook", lambda: workbook_of([row(1, "1A")])),
    "an old workbook of nothing": ("broken_workbook", lambda: b"\xd0\xcf\x11\xe0" + bytes(2_000)),
    "an empty workbook": ("no_table", lambda: workbook([])),
    "an empty archive": ("nothing_inside", lambda: archive({})),
    "an archive of pictures": ("nothing_inside", lambda: archive({"a.png": b"x"})),
    "an archive in an archive": (
        "nothing_inside",
        lambda: archive({"a.zip": archive({"a.csv": PLAIN})}),
    ),
    "an archive called .csv in an archive": (
        "nothing_inside",
        lambda: archive({"a.csv": archive({"a.csv": PLAIN})}),
    ),
    "gzipped twice": ("not_text", lambda: gzip.compress(gzip.compress(PLAIN))),
    "61 files": ("too_many_files", lambda: archive({f"{n}.csv": PLAIN for n in range(61)})),
    "20,240 as a year": (
        "unreadable_times",
        lambda: b"Date,Sessions\n20240-01-01,5\n20240-01-02,7\n",
    ),
    "a web page": ("not_text", lambda: b"<!DOCTYPE html><html><body>Date,Sessions</body></html>"),
    "a table of a web page": ("not_text", lambda: b"\n <table><tr><td>Date</td></tr></table>"),
    "JSON": ("not_text", lambda: b'{"date": "20240101", "sessions": 5}'),
    "JSON of many lines": ("not_text", lambda: b'[\n  {"date": "20240101"},\n  {"date": 1}\n]'),
    "nothing but formulas": ("no_numbers", lambda: b"Date,Sessions\n20240101,=cmd()\n"),
}


def read_in_time(data: bytes) -> Import:
    start = time.perf_counter()
    try:
        return read_export(data, "x.csv")
    finally:
        assert time.perf_counter() - start < MOST_SECONDS


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused(name: str) -> None:
    code, make = REFUSED[name]
    data = make()
    with pytest.raises(ExportError) as caught:
        read_in_time(data)
    assert caught.value.code == code


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit a process")
def test_a_workbook_gets_no_more_memory_than_is_good_for_all() -> None:
    data = workbook_of([row(1, "A1") + row(1_048_576, "EZ1048576")])  # 160 million cells
    with pytest.raises(ExportError) as caught:
        read_in_time(data)
    assert caught.value.code == "too_many_cells"
    import resource

    kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert kilobytes < 2_500_000


def sessions(result: Import) -> list[float]:
    return result.traffic.frame["sessions"].tolist()


def counted(result: Import) -> dict[str, int]:
    return {note.code: note.count for note in result.notes}


def test_zero_bytes_are_taken_out() -> None:
    result = read_in_time(PLAIN.replace(b"5", b"\x005\x00"))
    assert sessions(result) == [5, 7]
    assert counted(result) == {"zero_bytes": 2}


@pytest.mark.parametrize("cell", [b"1e308", b"-5", b"=cmd()", b"9" * 400, b"inf", b"1e13"])
def test_a_count_that_cannot_be_is_left_out_and_said(cell: bytes) -> None:
    result = read_in_time(PLAIN.replace(b"5", cell) + b"20240103,9\n")
    assert sessions(result) == [7, 9]
    note = next(note for note in result.notes if note.code == "unreadable_numbers")
    assert (note.count, note.example_row, note.params["metric"]) == (1, 2, "sessions")


def test_rows_of_an_impossible_year_are_left_out_and_said() -> None:
    result = read_in_time(PLAIN + b"202400103,9\n")
    assert sessions(result) == [5, 7]
    assert counted(result) == {"unreadable_times": 1}


def test_a_cell_that_would_be_a_formula_stays_a_text() -> None:
    rows = b'Date,Channel,Sessions\n20240101,=cmd(),5\n20240101,"=HYPERLINK(""x"")",6\n'
    assert set(read_in_time(rows).traffic.channels) == {"=cmd()", '=HYPERLINK("x")'}


def test_one_bad_file_does_not_spoil_an_archive() -> None:
    files = {"a.csv": PLAIN, "b.csv": b"\x89PNG\r\n\x1a\n", "c.csv": b"Date,Sessions\n20240103,4\n"}
    result = read_in_time(archive(files))
    assert sessions(result) == [5, 7, 4]
    failed = [dict(note.params) for note in result.notes if note.code == "file_failed"]
    assert failed == [{"name": "b.csv", "reason": "not_text"}]


def test_a_file_without_a_name_is_passed_over() -> None:
    data = archive({"x.csv": b"hello", "a.csv": PLAIN}).replace(b"x.csv", b"\0.csv")
    assert sessions(read_in_time(data)) == [5, 7]


def test_a_file_larger_than_the_limit_is_refused_unread() -> None:
    with pytest.raises(ExportError) as caught:
        read_export(PLAIN, max_bytes=len(PLAIN) - 1)
    assert caught.value.code == "too_large"
    assert sessions(read_export(PLAIN, max_bytes=len(PLAIN))) == [5, 7]


def test_an_archive_may_declare_a_size_of_its_own() -> None:
    """A stream without a size in front of it, as pipes write them."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, piece) -> int:
            self.data += bytes(piece)
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w") as target:
        target.writestr("a.csv", PLAIN)
    assert sessions(read_in_time(pipe.data)) == [5, 7]
