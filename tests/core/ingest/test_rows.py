"""Rows that must not be counted: totals, and copies of other rows."""

import pandas as pd
import pytest

from core.ingest import Import, read_export

HEADER = "Date,Channel,Country,Sessions"


def read(*rows: str, header: str = HEADER) -> Import:
    return read_export("\n".join([header, *rows, ""]).encode())


def total(result: Import) -> float:
    return float(result.traffic.frame["sessions"].sum())


def counts(result: Import) -> dict[str, int]:
    return {note.code: note.count for note in result.notes}


def test_a_copy_counts_once() -> None:
    result = read("20240101,Direct,Peru,5", "20240101,Direct,Peru,5", "20240102,Direct,Peru,6")
    assert total(result) == 11
    assert counts(result)["duplicate_rows"] == 1


def test_rows_that_differ_in_a_dimension_are_no_copies() -> None:
    result = read("20240101,Direct,Peru,5", "20240101,Direct,Chile,5")
    assert total(result) == 10
    assert counts(result) == {"dimensions_summed": 1}


def test_where_many_rows_share_a_key_equal_rows_are_two_rows() -> None:
    """A column was deleted: two of its values happened to have the same count."""
    rows = [f"20240101,Direct,{n}" for n in (5, 5, 6, 7, 8)]
    result = read(*rows, header="Date,Channel,Sessions")
    assert total(result) == 31
    assert counts(result) == {"repeated_keys": 4}


def test_a_few_rows_that_share_a_key_are_added_up_and_doubted() -> None:
    rows = [*["20240101,Direct,5"] * 3, "20240101,Direct,9"]
    result = read(*rows, header="Date,Channel,Sessions")
    assert total(result) == 14
    assert counts(result) == {"duplicate_rows": 2, "repeated_keys": 1}


@pytest.mark.parametrize(("first", "second"), [("4", "4.0"), ("4", "4.00"), (" 4", "4")])
def test_a_copy_may_be_written_otherwise(first: str, second: str) -> None:
    result = read(f"20240101,Direct,Peru,{first}", f"20240101,Direct,Peru,{second}")
    assert total(result) == 4


def test_versions_that_look_like_equal_numbers_are_two() -> None:
    header = "Date,Channel,Release,Sessions"
    result = read("20240101,Direct,1.1,5", "20240101,Direct,1.10,5", header=header)
    assert total(result) == 10
    assert "duplicate_rows" not in counts(result)


TOTALS = [
    "Grand total,,,11",
    ",,,11",
    "20240101,Total,,11",
    "Gesamt,,,11",
    "Итого,,,11",
    "20240101,Direct,Total,11",
    ",,,11,Grand total",
]


@pytest.mark.parametrize("row", TOTALS)
@pytest.mark.parametrize("is_first", [True, False])
def test_totals_are_left_out(row: str, is_first: bool) -> None:
    rows = ["20240101,Direct,Peru,5", "20240102,Direct,Peru,6"]
    result = read(*([row, *rows] if is_first else [*rows, row]))
    assert total(result) == 11
    assert counts(result)["totals_rows"] == 1
    assert "total_differs" not in counts(result)


def test_totals_that_say_more_than_the_rows_are_doubted() -> None:
    result = read("20240101,Direct,Peru,5", "Grand total,,,50")
    assert total(result) == 5
    assert "total_differs" in counts(result)


@pytest.mark.parametrize("name", ["Totalis", "Summer sale", "Total war forum"])
def test_names_that_only_begin_like_totals_are_channels(name: str) -> None:
    assert total(read("20240101,Direct,Peru,5", f"20240101,{name},Peru,6")) == 11


def hours_around_a_sunday(repeated: str) -> str:
    hours = [f"{time:%Y%m%d%H}" for time in pd.date_range("2024-10-26", periods=48, freq="h")]
    rows = [f"{hour},Direct,{20 + place}" for place, hour in enumerate([*hours, repeated])]
    return "Date + hour,Channel,Sessions\n" + "\n".join(rows)


def test_the_hour_that_happens_twice_in_autumn_is_said_and_counted_twice() -> None:
    result = read_export(hours_around_a_sunday("2024102702").encode())
    assert [note.code for note in result.notes if note.kind != "info"] == []
    note = next(note for note in result.notes if note.code == "repeated_hour")
    assert note.params["time"] == pd.Timestamp("2024-10-27 02:00")
    assert result.traffic.frame["sessions"].sum() == sum(range(20, 69))


@pytest.mark.parametrize("repeated", ["2024102615", "2024102715"])
def test_any_other_hour_that_stands_there_twice_is_doubted(repeated: str) -> None:
    codes = {note.code for note in read_export(hours_around_a_sunday(repeated).encode()).notes}
    assert "repeated_keys" in codes
    assert "repeated_hour" not in codes
