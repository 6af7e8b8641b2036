"""Damaged files: each is read or refused in words; nothing else is raised, no number is absurd."""

import gzip
import io
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core.errors import ExportError
from core.ingest import read_export
from core.traffic import COUNTS
from tests.builders import BROKEN_FILES, DAILY_EXPORT, TIMELESS_EXPORT
from tests.core.ingest.dialects import COUNTS as WRITTEN
from tests.core.ingest.dialects import DATES, LANGUAGES, Dialect, make_rows, write
from tests.core.ingest.workbooks import archive, locked_workbook, workbook
from ui.messages import NOTES, of_error

LONGEST = 20_000
"""Bytes of each file that are used: damage does not get worse further down."""

PIECES = (b'"', b"\x00", b",", b";", b"\t", b"\n", b"\r", b"\xff", b"#", b"-", b"1e999", b"nan")


def flip(data: bytearray, pick: random.Random) -> None:
    for _ in range(pick.randint(1, 20)):
        data[pick.randrange(len(data))] = pick.randrange(256)


def delete(data: bytearray, pick: random.Random) -> None:
    start = pick.randrange(len(data))
    del data[start : start + pick.choice((1, 5, 50, 2_000))]


def repeat(data: bytearray, pick: random.Random) -> None:
    start, place = pick.randrange(len(data)), pick.randrange(len(data))
    data[place:place] = data[start : start + pick.choice((1, 5, 50, 2_000))]


def insert(data: bytearray, pick: random.Random) -> None:
    for _ in range(pick.randint(1, 5)):
        place = pick.randrange(len(data) + 1)
        data[place:place] = pick.choice(PIECES) * pick.choice((1, 1, 2, 50))


def swap_lines(data: bytearray, pick: random.Random) -> None:
    lines = data.split(b"\n")
    for _ in range(pick.randint(1, 5)):
        first, second = pick.randrange(len(lines)), pick.randrange(len(lines))
        lines[first], lines[second] = lines[second], lines[first]
    data[:] = b"\n".join(lines)


MUTATIONS = (flip, delete, repeat, insert, swap_lines)


def mutate(files: Sequence[bytes], pick: random.Random) -> bytes:
    data = bytearray(pick.choice(files))
    if pick.random() < 0.2:  # the beginning of one file, the end of another
        other = pick.choice(files)
        data[pick.randrange(len(data) + 1) :] = other[pick.randrange(len(other) + 1) :]
    for _ in range(pick.randint(1, 3)):
        if data:
            pick.choice(MUTATIONS)(data, pick)
    return bytes(data)


def assert_import_or_export_error(data: bytes) -> bool:
    """Whether it was read."""
    try:
        result = read_export(data, "x.csv")
    except ExportError as error:
        assert of_error(error)
        return False
    traffic = result.traffic
    assert traffic.exported
    for name in COUNTS:
        values = traffic.frame[name].to_numpy()
        assert not np.isinf(values).any()
        assert name == "revenue" or not (values < 0).any()
        assert np.isnan(values).all() or np.isfinite(np.nansum(values))
    assert not traffic.frame.duplicated(["time", "channel"]).any()
    if traffic.has_time:
        assert traffic.frame["time"].isin(traffic.times).all()
    assert all(NOTES[note.code](note) for note in result.notes)
    return True


def assert_all(files: Sequence[bytes], size: int, seed: int) -> None:
    pick = random.Random(seed)
    was_read = [assert_import_or_export_error(mutate(files, pick)) for _ in range(size)]
    # Were all of them refused, or none, the damage would test nothing.
    assert size / 10 < sum(was_read) < size


def test_damaged_real_files(shared: Path) -> None:
    paths = sorted((shared / "data").glob("*.csv"))
    assert_all([path.read_bytes()[:LONGEST] for path in paths], 600, seed=1)


def test_damaged_small_files(sample_export: bytes) -> None:
    pick = random.Random(2)
    files = [sample_export[:LONGEST], DAILY_EXPORT, TIMELESS_EXPORT]
    files += [data for data in BROKEN_FILES.values() if data]
    for language in LANGUAGES:
        rows = make_rows(pick.randrange(999), "hour", has_channels=True, metrics=WRITTEN)
        dates = pick.choice(list(DATES))
        files.append(write(rows, "hour", Dialect(language=language, dates=dates, preamble=9)))
    assert_all(files, 300, seed=3)


def test_damaged_archives_and_workbooks() -> None:
    rows = [["Date", "Channel", "Sessions"], *(["20240101", f"c{n}", n] for n in range(20))]
    book = workbook(rows)
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        files = {name: source.read(name) for name in source.namelist()}
    pick = random.Random(4)
    whole = [archive({"a.csv": DAILY_EXPORT}), gzip.compress(DAILY_EXPORT), book, locked_workbook()]
    was_read = [assert_import_or_export_error(mutate(whole, pick)) for _ in range(200)]
    for _ in range(100):
        name = pick.choice(list(files))
        damaged = archive(files | {name: mutate([files[name]], pick)})
        was_read.append(assert_import_or_export_error(damaged))
    assert 30 < sum(was_read) < 300


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_every_beginning_of_a_file_is_read_or_refused(encoding: str) -> None:
    data = TIMELESS_EXPORT.decode().replace("Email", "Réseaux").encode(encoding)
    for size in range(len(data)):
        assert_import_or_export_error(data[:size])
