"""Cells to numbers, against a table written by hand."""

import numpy as np
import pandas as pd
import pytest

from core.ingest import read_export
from core.ingest.numbers import (
    MAX_COUNT,
    find_decimal_sign,
    is_hidden,
    is_missing,
    parse_number,
    parse_numbers,
)

# A cell, its decimal sign, and the number it is; None is no number.
NUMBERS = [
    # whole numbers in every style
    ("0", ".", 0),
    ("12", ".", 12),
    (" 12 ", ",", 12),
    ("1,204", ".", 1_204),
    ("1,234,567", ".", 1_234_567),
    ("1.204", ",", 1_204),
    ("1.234.567", ",", 1_234_567),
    ("1 204", ".", 1_204),
    ("1\u00a0204\u00a0567", ",", 1_204_567),
    ("1\u202f204", ",", 1_204),
    ("1\u2009204", ".", 1_204),
    ("1'204", ".", 1_204),
    ("1\u2019204", ".", 1_204),
    ("12,34,567", ".", 1_234_567),
    # decimals
    ("0.5", ".", 0.5),
    ("0,5", ",", 0.5),
    (".5", ".", 0.5),
    ("5.", ".", 5),
    ("1,234.5", ".", 1_234.5),
    ("1.234,5", ",", 1_234.5),
    ("1\u00a0234,5", ",", 1_234.5),
    ("1.204", ".", 1.204),
    ("1,204", ",", 1.204),
    ("1e3", ".", 1_000),
    ("1.5E+03", ".", 1_500),
    ("+7", ".", 7),
    ("-7", ".", -7),
    # currency and per cent
    ("$3,101.00", ".", 3_101),
    ("US$ 3,101.00", ".", 3_101),
    ("-$5.50", ".", -5.5),
    ("€ 1.204,50", ",", 1_204.5),
    ("1 204,50 €", ",", 1_204.5),
    ("1.204,50 zł", ",", 1_204.5),
    ("£12", ".", 12),
    ("¥1,204", ".", 1_204),
    ("R$ 10,00", ",", 10),
    ("10,00 kr.", ",", 10),
    ("$.50", ".", 0.5),
    ("EUR 1.204,50", ",", 1_204.5),
    ("1,204 USD", ".", 1_204),
    ("1,204 руб.", ".", 1_204),
    ("1,204円", ".", 1_204),
    ("61.8%", ".", 0.618),
    ("61,8 %", ",", 0.618),
    ("61,8\u00a0%", ",", 0.618),
    ("100%", ".", 1),
    # thousands and millions
    ("1.2k", ".", 1_200),
    ("1,2K", ",", 1_200),
    ("3M", ".", 3_000_000),
    ("3m", ".", 3_000_000),
    ("2.5M", ".", 2_500_000),
    # no numbers, or none that this sign allows
    ("many", ".", None),
    ("1.2.3", ".", None),
    ("1,20", ".", None),
    ("1.20", ",", None),
    ("1,2345", ".", None),
    ("12:30", ".", None),
    ("0:01:23", ".", None),
    ("20s", ".", None),
    ("1-2", ".", None),
    ("=cmd()", ".", None),
    ("1 and 2", ".", None),
    ("1,2 Mio.", ",", None),
    ("1,2 mil", ",", None),
    ("1.5B", ".", None),
    ("1,2 тыс.", ",", None),
    ("3万", ".", None),
    ("#5", ".", None),
    ("", ".", None),
]


@pytest.mark.parametrize(("cell", "sign", "number"), NUMBERS)
def test_a_cell_is_this_number(cell: str, sign: str, number: float | None) -> None:
    found = parse_number(cell, sign)
    assert np.isnan(found) if number is None else found == pytest.approx(number, rel=1e-12)


DURATIONS = [
    ("0:01:23", 83),
    ("1:23", 83),
    ("290:52:51", 290 * 3_600 + 52 * 60 + 51),
    ("00:00:00", 0),
    ("0:01:23.5", 83.5),
    ("1m 23s", 83),
    ("1 m 23 s", 83),
    ("2m", 120),
    ("45s", 45),
    ("1h 2m 3s", 3_723),
    ("1 h 2 min 3 sec.", 3_723),
    ("2 d 1 h", 49 * 3_600),
    ("12.5s", 12.5),
    ("83", 83),
    ("83.25", 83.25),
]


@pytest.mark.parametrize(("cell", "seconds"), DURATIONS)
def test_a_duration_is_so_many_seconds(cell: str, seconds: float) -> None:
    assert parse_number(cell, is_duration=True) == pytest.approx(seconds)


# A column of cells, whether it counts something, and the sign its decimals have; None: open.
COLUMNS = [
    (["1,204", "980"], True, "."),
    (["1.204", "980"], True, ","),
    (["1,204", "980"], False, None),
    (["1.204", "980"], False, None),
    (["1,204", "0.5"], False, "."),
    (["1.204", "0,5"], False, ","),
    (["1.234,5"], False, ","),
    (["1,234.5"], False, "."),
    (["1.234.567"], False, ","),
    (["1,234,567"], False, "."),
    (["12,5 %", "8,0 %"], False, ","),
    (["12.50 €"], False, "."),
    (["0,125"], False, ","),
    (["0.125"], False, "."),
    (["1234.567"], False, "."),
    (["1.204", "2044"], True, None),
    (["5", "7"], True, None),
    ([], False, None),
    (["--", "(not set)", "<10"], True, None),
    (["0:01:23", "1:30,5"], False, None),
]


@pytest.mark.parametrize(("cells", "is_whole", "sign"), COLUMNS)
def test_the_whole_column_tells_the_decimal_sign(cells, is_whole, sign) -> None:
    assert find_decimal_sign(pd.Series(cells, dtype=object), is_whole=is_whole) == sign


@pytest.mark.parametrize("cell", ["", " ", "-", "--", "–", "—", "n/a", "N/A", "null", "(not set)"])
def test_missing_is_not_unreadable(cell: str) -> None:
    assert is_missing(cell)
    numbers, unreadable = parse_numbers(pd.Series([cell, "5"]))
    assert np.isnan(numbers[0])
    assert numbers[1] == 5
    assert not unreadable.any()


@pytest.mark.parametrize(
    ("cell", "is_less"), [("<10", True), ("< 10", True), ("<1%", True), ("10", False), ("<", False)]
)
def test_less_than_is_hidden(cell: str, is_less: bool) -> None:
    assert is_hidden(cell) is is_less


def frame_of(text: str) -> pd.DataFrame:
    return read_export(text.encode()).traffic.frame


def test_the_columns_of_a_table_agree_on_a_decimal_sign_where_one_says_nothing() -> None:
    text = "Date;Sessions;Total revenue\n20240101;1.204;1.204\n20240102;98;7.001\n"
    assert frame_of(text)["revenue"].tolist() == [1_204, 7_001]
    american = "Date;Sessions;Total revenue\n20240101;1,204;1,204\n20240102;98;7.5\n"
    assert frame_of(american)["revenue"].tolist() == [1_204, 7.5]


def test_a_column_that_can_be_read_two_ways_is_a_question() -> None:
    header = "Date;Sessions;Total revenue\n"
    unclear = read_export((header + "20240101;5;1.204\n20240102;98;7.001\n").encode())
    clear = read_export((header + "20240101;5;1.20\n20240102;98;7.00\n").encode())
    assert unclear.questions == ("decimal_sign",)
    assert clear.questions == ()
    assert unclear.traffic.frame["revenue"].tolist() == [1.204, 7.001]


def test_hidden_numbers_are_missing_and_said() -> None:
    result = read_export(b"Date,Sessions\n20240101,<10\n20240102,12\n20240103,< 10\n")
    assert result.traffic.frame["sessions"].tolist() == [12]
    note = next(note for note in result.notes if note.code == "hidden_numbers")
    assert (note.count, note.example_row) == (2, 2)


def test_millions_of_sessions_are_no_minutes_and_minutes_no_millions() -> None:
    text = "Date,Sessions,Average engagement time per session\n20240101,2M,2m\n20240102,1.5k,30s\n"
    frame = frame_of(text)
    assert frame["sessions"].tolist() == [2e6, 1_500]
    assert frame["engagement_seconds"].tolist() == [2e6 * 120, 1_500 * 30]


@pytest.mark.parametrize("cells", [("61.8%", "40%"), ("0.618", "0.4"), ("61.8", "40")])
def test_a_share_is_a_share_however_it_is_written(cells) -> None:
    rows = "".join(f"2024010{n},1000,{cell}\n" for n, cell in enumerate(cells, 1))
    frame = frame_of("Date,Sessions,Engagement rate\n" + rows)
    assert frame["engaged_sessions"].to_numpy() == pytest.approx([618, 400])


def test_a_share_above_one_is_left_out() -> None:
    result = read_export(b"Date,Sessions,Engagement rate\n20240101,10,140%\n20240102,10,50%\n")
    assert result.traffic.frame["engaged_sessions"].tolist()[1] == 5
    assert np.isnan(result.traffic.frame["engaged_sessions"][0])
    assert {note.code for note in result.notes} >= {"unreadable_numbers"}


def test_refunds_may_be_negative_and_nothing_else() -> None:
    frame = frame_of("Date,Sessions,Total revenue\n20240101,5,-12.50\n20240102,7,3.25\n")
    assert frame["revenue"].tolist() == [-12.5, 3.25]


def test_the_largest_count_is_a_trillion() -> None:
    text = f"Date,Sessions\n20240101,{MAX_COUNT:.0f}\n20240102,{MAX_COUNT * 1.01:.0f}\n"
    assert frame_of(text)["sessions"].tolist() == [MAX_COUNT]


@pytest.mark.parametrize("cell", ["9" * 400, "1e999", "-1e999", "1e1000", "9" * 400 + ":00:00"])
def test_no_number_is_infinite(cell: str) -> None:
    for is_duration in (False, True):
        numbers, unreadable = parse_numbers(pd.Series([cell]), is_duration=is_duration)
        assert np.isnan(numbers[0])
        assert unreadable[0]
