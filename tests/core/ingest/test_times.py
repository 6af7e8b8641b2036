"""Cells to times: each format, and what the whole column decides."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ExportError
from core.ingest import Import, read_export
from core.ingest.times import (
    find_end_date,
    find_grain,
    find_start_date,
    parse_hours,
    parse_steps,
    parse_times,
    parse_week_numbers,
)

MONTHS = Path(__file__).parents[3] / "data" / "month_names.csv"

# A cell and the time it is; None is none.
CELLS = [
    ("2024041623", "2024-04-16T23"),
    ("2024041600", "2024-04-16T00"),
    ("20240416", "2024-04-16"),
    ("20240416.0", "2024-04-16"),
    ("202404", "2024-04-01"),
    ("2024-04", "2024-04-01"),
    ("04/2024", "2024-04-01"),
    ("2024-04-16", "2024-04-16"),
    ("2024/04/16", "2024-04-16"),
    ("2024.4.6", "2024-04-06"),
    ("2024-04-16T23:59:59", "2024-04-16T23"),
    ("2024-04-16 23:00:00", "2024-04-16T23"),
    ("2024-04-16T23:00:00.000Z", "2024-04-16T23"),
    ("2024-04-16T23:00:00+02:00", "2024-04-16T23"),
    ("2024-04-16 23:00 UTC", "2024-04-16T23"),
    ("4/16/2024", "2024-04-16"),
    ("16/4/2024", "2024-04-16"),
    ("16.04.2024", "2024-04-16"),
    ("16-04-2024", "2024-04-16"),
    ("16.4.24", "2024-04-16"),
    ("4/16/2024 11 PM", "2024-04-16T23"),
    ("4/16/2024, 11:00:00 p.m.", "2024-04-16T23"),
    ("4/16/2024 12:00 AM", "2024-04-16T00"),
    ("4/16/2024 12:00 PM", "2024-04-16T12"),
    ("16 April 2024", "2024-04-16"),
    ("Apr 16, 2024", "2024-04-16"),
    ("Tuesday, April 16, 2024", "2024-04-16"),
    ("16-Apr-24", "2024-04-16"),
    ("Apr 2024", "2024-04-01"),
    ("16 avril 2024", "2024-04-16"),
    ("16. März 2024", "2024-03-16"),
    ("16 de abril de 2024", "2024-04-16"),
    ("2024年4月16日", "2024-04-16"),
    ("2024년 4월 16일", "2024-04-16"),
    ("2024-W16", "2024-04-15"),
    ("2024W01", "2024-01-01"),
    ("2020-W53", "2020-12-28"),
    ("2024-04-16 - 2024-04-22", "2024-04-16"),
    ("2024-04-16,2024-04-22", "2024-04-16"),
    ("Apr 16, 2024 – Apr 22, 2024", "2024-04-16"),
    ("16.04.2024-22.04.2024", None),
    ("20240416-20240422", "2024-04-16"),
    ("2024-04-16/2024-04-22", "2024-04-16"),
    ("29.02.2024", "2024-02-29"),
    ("29.02.2023", None),
    ("2024-13-01", None),
    ("2024-04-31", None),
    ("2024041624", None),
    ("2024-04-16 25:00", None),
    ("2021-W53", None),
    ("1999-12-31", None),
    ("2101-01-01", None),
    ("20240-01-01", None),
    ("tomorrow", None),
    ("Juin", None),
    ("12", None),
    ("", None),
]


@pytest.mark.parametrize(("cell", "time"), CELLS)
def test_a_cell_is_this_time(cell: str, time: str | None) -> None:
    for cells in ([cell], [cell, "nonsense"]):  # the second way reads each cell on its own
        found = parse_times(pd.Series(cells)).values.to_numpy()[0]
        assert np.isnat(found) if time is None else found == np.datetime64(time)


def test_every_name_of_a_month_is_its_month() -> None:
    with MONTHS.open(encoding="utf-8", newline="") as file:
        names = [(row["name"], int(row["month"])) for row in csv.DictReader(file)]
    assert {month for _, month in names} == set(range(1, 13))
    for cells in ([f"16 {name} 2024" for name, _ in names], [f"{name} 2024" for name, _ in names]):
        assert parse_times(pd.Series(cells)).values.dt.month.tolist() == [n for _, n in names]


# ---- day first or month first


def written(form: str, first: date, days: int) -> pd.Series:
    return pd.Series([(first + timedelta(days=n)).strftime(form) for n in range(days)])


@given(st.dates(date(2001, 1, 1), date(2099, 1, 1)), st.integers(32, 200), st.booleans())
def test_a_month_of_days_decides_the_order(first, days, is_day_first) -> None:
    found = parse_times(written("%d/%m/%Y" if is_day_first else "%m/%d/%Y", first, days))
    assert found.is_day_first is is_day_first
    assert not found.is_ambiguous
    assert found.values.dt.date.tolist() == [first + timedelta(days=n) for n in range(days)]


@pytest.mark.parametrize("is_day_first", [True, False])
def test_one_cell_decides_for_all(is_day_first: bool) -> None:
    cells = ["13/04/2024", "01/02/2024"] if is_day_first else ["04/13/2024", "02/01/2024"]
    found = parse_times(pd.Series(cells))
    assert found.is_day_first is is_day_first
    assert found.values.dt.date.tolist() == [date(2024, 4, 13), date(2024, 2, 1)]


def test_days_close_together_are_more_likely_than_days_scattered_over_the_year() -> None:
    found = parse_times(pd.Series([f"0{n}/05/2024" for n in range(1, 10)]))
    assert found.is_day_first
    assert not found.is_ambiguous
    found = parse_times(pd.Series([f"05/0{n}/2024" for n in range(1, 10)]))
    assert found.is_day_first is False


@pytest.mark.parametrize(
    ("cell", "day"), [("3/4/2024", date(2024, 3, 4)), ("3-4-2024", date(2024, 4, 3))]
)
def test_what_can_be_read_two_ways_is_read_as_usual_and_said(cell: str, day: date) -> None:
    found = parse_times(pd.Series([cell]))
    assert found.is_ambiguous
    assert found.values.dt.date.tolist() == [day]


def test_dots_are_day_first_and_no_question() -> None:
    found = parse_times(pd.Series([f"01.{month:02}.2028" for month in range(1, 13)]))
    assert not found.is_ambiguous
    assert found.values.dt.month.tolist() == list(range(1, 13))


def test_the_same_day_and_month_are_not_ambiguous() -> None:
    assert not parse_times(pd.Series(["5/5/2024"])).is_ambiguous


def test_an_ambiguous_file_says_so_and_asks() -> None:
    result = read_export(b"Date,Sessions\n3/4/2024,5\n4/3/2024,6\n")
    note = next(note for note in result.notes if note.code == "ambiguous_dates")
    assert note.params["is_day_first"] is False
    assert note.params["example"] == "3/4/2024"
    assert result.questions == ("is_day_first",)


# ---- grain


def day_list(first: str, step: int, size: int) -> list[str]:
    return [f"{day:%Y%m%d}" for day in pd.date_range(first, periods=size, freq=f"{step}D")]


GRAINS = [
    ("Date", ["2024041600", "2024041623"], "hour"),
    ("Date", day_list("2024-04-16", 1, 5), "day"),
    ("Date", day_list("2024-04-16", 7, 5), "week"),
    ("Date", ["20240101", "20240201", "20240401"], "month"),
    ("Date", ["20240131", "20240229", "20240331"], "month"),
    ("Date", ["20240101", "20240108"], "day"),
    ("Date", ["20240101"], "day"),
    ("Month", ["202404"], "month"),
    ("Week", ["2024-W16"], "week"),
    ("Date", ["2024-04-15 - 2024-04-21"], "week"),
    ("Date", ["2024-04-01 - 2024-04-30"], "month"),
]


@pytest.mark.parametrize(("header", "cells", "grain"), GRAINS)
def test_the_times_tell_the_grain(header: str, cells: list[str], grain: str) -> None:
    result = read_export((f"{header},Sessions\n" + "".join(f"{c},5\n" for c in cells)).encode())
    assert result.traffic.grain == grain
    assert len(result.traffic.frame) == len(cells)
    assert result.traffic.frame["time"].isin(result.traffic.times).all()


def test_months_begin_on_their_first_day() -> None:
    result = read_export(b"Date,Sessions\n20240131,5\n20240229,6\n20240331,7\n")
    assert [str(time.date()) for time in result.traffic.times] == [
        "2024-01-01",
        "2024-02-01",
        "2024-03-01",
    ]


def test_the_hour_that_summer_time_skips_is_no_error() -> None:
    hours = list(pd.date_range("2024-03-25", periods=24 * 14, freq="h"))
    kept = [t for t in hours if t != pd.Timestamp("2024-03-31T02")]
    rows = "".join(f"{time:%Y%m%d%H},40\n" for time in kept)
    result = read_export(("Date + hour,Sessions\n" + rows).encode())
    assert result.traffic.frame["time"].tolist() == kept
    assert len(result.traffic.times) == len(hours)
    notes = [note.code for note in result.notes]
    assert notes == ["skipped_hour"]


def test_find_grain_of_hours() -> None:
    assert find_grain(pd.Series(pd.to_datetime(["2024-01-01T00", "2024-01-01T05"]))) == "hour"


# ---- weeks and running numbers


def ga4_week(day: date) -> int:
    """Slowly: week 1 begins on 1 January, a new one begins every Sunday."""
    week, one = 1, date(day.year, 1, 1)
    while one < day:
        one += timedelta(days=1)
        week += one.weekday() == 6
    return week


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)))
def test_a_week_number_is_the_sunday_before(day: date) -> None:
    cells = pd.Series([f"{ga4_week(day):02}"])
    found = parse_week_numbers(cells, pd.Timestamp(day.year, 1, 1))[0].date()
    assert found.weekday() == 6
    assert timedelta(0) <= day - found < timedelta(days=7)


def test_week_numbers_below_the_one_of_the_start_are_of_the_next_year() -> None:
    weeks = parse_week_numbers(pd.Series(["45", "53", "01", "10"]), pd.Timestamp("2024-11-06"))
    assert [str(week.date()) for week in weeks] == [
        "2024-11-03",
        "2024-12-29",
        "2024-12-29",
        "2025-03-02",
    ]


@pytest.mark.parametrize("cell", ["0", "55", "x", "1.5", ""])
def test_no_week_number(cell: str) -> None:
    assert parse_week_numbers(pd.Series([cell]), pd.Timestamp("2024-01-01")).isna().all()


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)), st.integers(0, 500))
def test_the_nth_week_holds_its_days(start: date, days: int) -> None:
    """Counted day by day: a new week begins every Sunday after the start."""
    day = start + timedelta(days=days)
    sundays = sum((start + timedelta(days=n)).weekday() == 6 for n in range(1, days + 1))
    found = parse_steps(pd.Series([f"{sundays:04}"]), pd.Timestamp(start), "nth_week")[0].date()
    assert found.weekday() == 6
    assert timedelta(0) <= day - found < timedelta(days=7)


@pytest.mark.parametrize(
    ("concept", "step", "time"),
    [
        ("nth_hour", "0025", "2024-01-16T01"),
        ("nth_day", "0000", "2024-01-15"),
        ("nth_day", "0031", "2024-02-15"),
        ("nth_month", "0000", "2024-01-01"),
        ("nth_month", "0013", "2025-02-01"),
        ("nth_day", "-1", None),
        ("nth_day", "9999999", None),
        ("nth_day", "x", None),
    ],
)
def test_a_running_number_counts_from_the_start(concept: str, step: str, time: str | None) -> None:
    found = parse_steps(pd.Series([step]), pd.Timestamp("2024-01-15"), concept).to_numpy()[0]
    assert np.isnat(found) if time is None else found == np.datetime64(time)


def totals(result: Import) -> dict[str, float]:
    sums = result.traffic.frame.groupby("time")["sessions"].sum()
    return {str(time.date()): float(value) for time, value in sums.items()}


def test_weeks_of_several_years_are_told_apart_by_the_year() -> None:
    text = (
        "# Start date: 20231225\n# End date: 20250110\nYear,Week,Sessions\n2023,52,1\n2023,53,2\n"
        "2024,01,4\n2024,53,8\n2025,01,16\n2025,02,32\n"
    )
    result = read_export(text.encode())
    assert result.traffic.grain == "week"
    # The week that holds New Year stands in the file twice, once with each year.
    expected = {"2023-12-24": 1, "2023-12-31": 2 + 4, "2024-12-29": 8 + 16, "2025-01-05": 32}
    assert totals(result) == expected


def test_weeks_of_several_years_without_a_year_are_refused() -> None:
    text = "# Start date: 20230101\n# End date: 20241231\nWeek,Sessions\n01,5\n02,6\n"
    with pytest.raises(ExportError) as caught:
        read_export(text.encode())
    assert caught.value.code == "unreadable_times"
    assert totals(read_export(text.replace("2023", "2024").encode()))["2023-12-31"] == 5


def test_a_first_week_that_is_clipped_belongs_to_its_week() -> None:
    rows = "".join(f"{day},5\n" for day in ["2025-01-01", "2025-01-05", "2025-01-12"])
    result = read_export(("Week,Sessions\n" + rows).encode())
    assert totals(result) == {"2024-12-29": 5, "2025-01-05": 5, "2025-01-12": 5}
    assert result.traffic.frame["time"].isin(result.traffic.times).all()


def test_numbered_days_without_a_date_are_said() -> None:
    rows = "Nth day,Sessions\n0000,5\n0001,6\n"
    result = read_export(rows.encode())
    assert [note.code for note in result.notes] == ["undated"]
    assert result.questions == ("start",)
    dated = read_export(("# Start date: 20240406\n" + rows).encode())
    assert "undated" not in {note.code for note in dated.notes}
    assert totals(dated) == {"2024-04-06": 5, "2024-04-07": 6}


def test_two_periods_under_each_other_are_not_added_up() -> None:
    rows = (
        "Nth day,Date range,Sessions\n0000,20240201-20240202,5\n0000,20240101-20240102,50\n"
        "0001,20240201-20240202,6\n0001,20240101-20240102,60\n"
    )
    result = read_export(rows.encode())
    assert totals(result) == {"2024-02-01": 5, "2024-02-02": 6}
    note = next(note for note in result.notes if note.code == "compared_periods")
    assert note.params["others"] == ("20240101-20240102",)


# ---- hours and preambles


def test_hours_of_the_day() -> None:
    cells = ["0", "07", "23", "24", "7 PM", "12 am", "12 p.m.", "07:30", "7h", "x", "", "7.0"]
    found = parse_hours(pd.Series(cells)).tolist()
    expected = [0, 7, 23, np.nan, 19, 0, 12, 7, 7, np.nan, np.nan, 7]
    assert found == pytest.approx(expected, nan_ok=True)


def test_a_date_and_an_hour_make_a_time() -> None:
    result = read_export(b"Date,Hour,Sessions\n20240416,23,5\n20240417,00,6\n20240417,x,7\n")
    assert result.traffic.frame["time"].tolist() == [
        datetime(2024, 4, 16, 23),
        datetime(2024, 4, 17, 0),
    ]
    assert result.traffic.grain == "hour"
    assert [note.code for note in result.notes] == ["unreadable_times"]


@pytest.mark.parametrize(
    "line",
    [
        "# Start date: 20240406",
        "# Start date: 2024-04-06",
        "# Startdatum: 20240406",
        "# Fecha de inicio: 20240406,,,",
        '"# Start date: 20240406"',
        "# 開始日：20240406",
        "# 20240406-20240503",
        "Start date,20240406",
    ],
)
def test_the_start_date_of_a_preamble(line: str) -> None:
    assert find_start_date(["# Account: x", line, "#"]) == pd.Timestamp("2024-04-06")


def test_no_start_date() -> None:
    assert find_start_date(["# Account: 20240406", "# Start date: 99999999", "# x"]) is None
    assert find_end_date(["# Start date: 20240406"]) is None
    assert find_end_date(["# End date: 20240503"]) == pd.Timestamp("2024-05-03")


def test_the_nearest_start_date_counts() -> None:
    lines = ["# Start date: 20200101", "# Start date: 20240406"]
    assert find_start_date(lines) == pd.Timestamp("2024-04-06")


def test_dates_and_numbers_of_other_scripts_do_no_harm() -> None:
    result = read_export("Date,Sessions\n٢٠٢٤٠٤١٦,5\n٢٠٢٤٠٤١٧,6\n".encode())
    assert totals(result) == {"2024-04-16": 5, "2024-04-17": 6}


@pytest.mark.parametrize(
    ("cells", "hours"),
    [
        (["45292", "45293"], [0, 24]),  # 2024-01-01 as a spreadsheet counts days
        (["45292.208333", "45292.708333"], [5, 17]),
        (["1704067200", "1704085200"], [0, 5]),
        (["1704067200000", "1704085200000"], [0, 5]),
    ],
)
def test_times_that_are_counted_from_a_moment(cells, hours) -> None:
    start = pd.Timestamp("2024-01-01")
    found = parse_times(pd.Series(cells)).values
    assert found.tolist() == [start + pd.Timedelta(hours=hour) for hour in hours]
