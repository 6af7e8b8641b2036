"""What a person decides wins over what we would guess."""

from datetime import date

import pandas as pd
import pytest

from core.errors import ExportError
from core.ingest import Import, Overrides, list_tables, read_export

TWO_TABLES = b"""\
# Start date: 20240101
Date,Sessions
20240101,5
20240102,6

Date,Channel,Users
20240101,Direct,50
20240102,Email,60
"""


def read(data: bytes | str, **decided) -> Import:
    data = data.encode() if isinstance(data, str) else data
    return read_export(data, "x.csv", Overrides(**decided))


def test_the_table() -> None:
    ours = read(TWO_TABLES)
    assert (ours.table, ours.traffic.exported) == (1, ("users",))
    assert [(t.index, t.header, t.rows, t.line) for t in ours.tables] == [
        (0, ("Date", "Sessions"), 2, 2),
        (1, ("Date", "Channel", "Users"), 2, 6),
    ]
    assert ours.tables[1].concepts == ("day", "channel", "users")
    assert ours.tables == list_tables([("x.csv", TWO_TABLES)])
    chosen = read(TWO_TABLES, table=0)
    assert chosen.table == 0
    assert chosen.traffic.frame["sessions"].tolist() == [5, 6]
    assert chosen.overrides == Overrides(table=0)


@pytest.mark.parametrize("table", [-1, 2, 99])
def test_a_table_that_is_not_there_changes_nothing(table: int) -> None:
    assert read(TWO_TABLES, table=table).table == 1


def test_a_column_that_we_do_not_know() -> None:
    data = "Tag,Besuche pro Tag,Notiz\n20240101,5,9\n20240102,6,9\n"
    with pytest.raises(ExportError):
        read(data)
    wanted = (("Tag", "day"), ("Besuche pro Tag", "sessions"))
    result = read(data, columns=wanted)
    assert result.traffic.frame["sessions"].tolist() == [5, 6]
    assert result.traffic.grain == "day"
    assert result.tables[0].concepts[1] == ""  # what we would take it for, not what was decided


def test_a_column_read_as_something_else() -> None:
    data = "Date,Sessions,Total users\n20240101,5,50\n20240102,6,60\n"
    result = read(data, columns=(("Total users", "sessions"),))
    assert result.traffic.frame["sessions"].tolist() == [50, 60]
    assert "users" not in result.traffic.exported


def test_a_column_to_be_ignored() -> None:
    data = "Date,Channel,Sessions\n20240101,Direct,5\n20240101,Email,6\n"
    result = read(data, columns=(("Channel", ""),))
    assert not result.traffic.has_channels
    assert result.traffic.frame["sessions"].tolist() == [11]


SOURCES = "Date,Session source / medium,Country,Sessions\n" + "".join(
    f"2024010{n},{source},{country},{n}\n"
    for n in (1, 2)
    for source, country in (("google / organic", "Peru"), ("bing / organic", "Chile"))
)


def test_the_channel() -> None:
    assert read(SOURCES).traffic.channels == ("Organic Search",)
    assert set(read(SOURCES, channel="Country").traffic.channels) == {"Peru", "Chile"}
    by_source = read(SOURCES, channel="Session source / medium").traffic
    assert set(by_source.channels) == {"google / organic", "bing / organic"}
    assert not read(SOURCES, channel="").traffic.has_channels
    assert read(SOURCES, channel="not there").traffic.channels == ("Organic Search",)


def test_the_channel_makes_a_file_without_one_usable() -> None:
    data = "Country,Sessions\nPeru,5\nChile,6\n"
    with pytest.raises(ExportError):
        read(data)
    assert read(data, channel="Country").traffic.channels == ("Chile", "Peru")


@pytest.mark.parametrize(("is_day_first", "month"), [(True, 4), (False, 3), (None, 3)])
def test_day_first(is_day_first: bool | None, month: int) -> None:
    result = read("Date,Sessions\n3/4/2024,5\n4/3/2024,6\n", is_day_first=is_day_first)
    assert result.traffic.frame["time"].dt.month.tolist() == [3, 4]
    by_month = dict(
        zip(result.traffic.frame["time"].dt.month, result.traffic.frame["sessions"], strict=True)
    )
    assert by_month[month] == 5
    has_note = "ambiguous_dates" in {note.code for note in result.notes}
    assert has_note is (is_day_first is None)
    assert result.questions == ("is_day_first",)  # so that it can be changed again


def test_day_first_that_fits_no_cell_is_refused_and_not_turned_round() -> None:
    with pytest.raises(ExportError) as caught:
        read("Date,Sessions\n3/14/2024,5\n3/15/2024,6\n", is_day_first=True)
    assert caught.value.code == "unreadable_times"


@pytest.mark.parametrize(
    ("sign", "revenue"), [(",", [1_204, 7_001]), (".", [1.204, 7.001]), (None, [1.204, 7.001])]
)
@pytest.mark.parametrize("size", [1, 40_000])
def test_the_decimal_sign(sign: str | None, revenue: list[float], size: int) -> None:
    """Also of a file large enough to be read fast."""
    days = pd.date_range("2001-01-01", periods=2 * size, freq="h")
    rows = [f"{day:%Y%m%d%H};5;{('1.204', '7.001')[n % 2]}" for n, day in enumerate(days)]
    result = read("\n".join(["Date + hour;Sessions;Total revenue", *rows, ""]), decimal_sign=sign)
    assert result.traffic.frame["revenue"].tolist() == revenue * size


NUMBERED = "Nth day,Sessions\n0000,5\n0001,6\n"


def test_the_start() -> None:
    decided = read(NUMBERED, start=date(2024, 4, 6))
    assert [str(day.date()) for day in decided.traffic.times] == ["2024-04-06", "2024-04-07"]
    assert decided.questions == ("start",)
    assert "undated" not in {note.code for note in decided.notes}
    over = read("# Start date: 20200101\n" + NUMBERED, start=date(2024, 4, 6))
    assert over.traffic.first_day == date(2024, 4, 6)
    weeks = read("Week,Sessions\n01,5\n02,6\n", start=date(2024, 1, 1))
    assert weeks.traffic.first_day == date(2023, 12, 31)


HOURLY = "Date + hour,Sessions\n2024010122,5\n2024010123,6\n2024010200,7\n"


@pytest.mark.parametrize("hours", [-30, -1, 0, 2, 14])
def test_shifted_hours(hours: int) -> None:
    before, after = read(HOURLY).traffic, read(HOURLY, shift_hours=hours).traffic
    assert (after.times - before.times == pd.Timedelta(hours=hours)).all()
    assert after.frame["sessions"].tolist() == [5, 6, 7]
    assert after.grain == "hour"


@pytest.mark.parametrize(
    "text",
    [
        "Date,Sessions\n20240101,5\n20240102,6\n",
        "Week,Sessions\n20240107,5\n20240114,6\n",
        "Month,Sessions\n202401,5\n202402,6\n",
    ],
)
def test_days_weeks_and_months_have_no_hour_to_shift(text: str) -> None:
    before, after = read(text).traffic, read(text, shift_hours=5).traffic
    assert before.grain == after.grain
    assert before.times.equals(after.times)


def test_overrides_are_kept_with_the_result() -> None:
    decided = Overrides(shift_hours=2, channel="")
    assert read_export(HOURLY.encode(), "x.csv", decided).overrides == decided


def test_tables_of_a_file_that_cannot_be_read_are_shown() -> None:
    tables = list_tables([("x.csv", b"Tag,Besuche pro Tag\n20240101,5\n20240102,6\n")])
    assert [(table.header, table.rows) for table in tables] == [(("Tag", "Besuche pro Tag"), 2)]
    assert list_tables([("x.png", b"\x89PNG\r\n\x1a\n")]) == ()
    assert list_tables([("a.csv", TWO_TABLES), ("b.csv", TWO_TABLES)]) == ()
