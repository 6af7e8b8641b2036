"""Several files at once: each visit counts once."""

from collections.abc import Sequence

import pandas as pd
import pytest

from core.errors import ExportError
from core.ingest import Import, read_exports
from tests.builders import TIMELESS_EXPORT

CHANNELS = ("Direct", "Email")


def count(time: pd.Timestamp, channel: str) -> int:
    """What the website had: large enough that a hole is noticed."""
    return 100 + time.day + 7 * time.month + 50 * (channel == "Email")


def export(times: Sequence[pd.Timestamp], header: str = "Date,Channel,Sessions") -> bytes:
    is_hourly = any(time.hour for time in times)
    rows = [
        f"{time:{'%Y%m%d%H' if is_hourly else '%Y%m%d'}},{channel},{count(time, channel)}"
        for time in times
        for channel in CHANNELS
    ]
    return "\n".join([header, *rows, ""]).encode()


def days(first: str, last: str) -> list[pd.Timestamp]:
    return list(pd.date_range(first, last))


def note_of(result: Import, code: str):
    return next(note for note in result.notes if note.code == code)


def codes(result: Import) -> list[str]:
    return [note.code for note in result.notes]


def assert_true(result: Import, first: str, last: str) -> None:
    frame = result.traffic.frame
    expected = {(t, c): count(t, c) for t in days(first, last) for c in CHANNELS}
    found = dict(
        zip(zip(frame["time"], frame["channel"], strict=True), frame["sessions"], strict=True)
    )
    assert found == expected
    assert list(result.traffic.times) == days(first, last)


def test_months_are_joined_in_any_order() -> None:
    files = [
        ("mar.csv", export(days("2024-03-01", "2024-03-31"))),
        ("jan.csv", export(days("2024-01-01", "2024-01-31"))),
        ("feb.csv", export(days("2024-02-01", "2024-02-29"))),
    ]
    result = read_exports(files)
    assert_true(result, "2024-01-01", "2024-03-31")
    assert codes(result) == ["files_joined"]
    assert note_of(result, "files_joined").params["names"] == ("mar.csv", "jan.csv", "feb.csv")
    assert result.rows == 2 * 91


def test_days_in_two_files_count_once() -> None:
    files = [
        ("jan.csv", export(days("2024-01-01", "2024-02-03"))),
        ("feb.csv", export(days("2024-01-30", "2024-02-29"))),
    ]
    result = read_exports(files)
    assert_true(result, "2024-01-01", "2024-02-29")
    assert note_of(result, "overlapping_periods").count == 5
    assert note_of(result, "overlapping_periods").params["grain"] == "day"


@pytest.mark.parametrize("is_swapped", [False, True])
def test_of_an_unfinished_day_the_finished_file_counts(is_swapped: bool) -> None:
    whole = export(days("2024-01-31", "2024-02-29"))
    first = export(days("2024-01-01", "2024-01-31"))
    cut = first.replace(b"20240131,Direct,138", b"20240131,Direct,9")
    cut = cut.replace(b"20240131,Email,188\n", b"")
    assert cut != first
    files = [("jan.csv", cut), ("feb.csv", whole)]
    result = read_exports(files[::-1] if is_swapped else files)
    assert_true(result, "2024-01-01", "2024-02-29")
    assert "unfinished" not in codes(result)


def test_the_same_file_twice_counts_once() -> None:
    data = export(days("2024-01-01", "2024-01-31"))
    assert_true(read_exports([("a.csv", data), ("b.csv", data)]), "2024-01-01", "2024-01-31")


def test_a_month_that_is_not_there_is_doubted() -> None:
    files = [
        ("jan.csv", export(days("2024-01-01", "2024-01-31"))),
        ("mar.csv", export(days("2024-03-01", "2024-03-31"))),
    ]
    note = note_of(read_exports(files), "missing_periods")
    assert (note.count, note.params["first"]) == (29, pd.Timestamp("2024-02-01"))


def test_a_hole_that_another_file_fills_is_none() -> None:
    holed = [day for day in days("2024-01-01", "2024-02-29") if day.month == 1 or day.day > 9]
    files = [
        ("a.csv", export(holed)),
        ("b.csv", export(days("2024-02-01", "2024-02-09"))),
    ]
    result = read_exports(files)
    assert_true(result, "2024-01-01", "2024-02-29")
    assert "missing_periods" not in codes(result)


def test_files_of_another_kind_are_left_out_and_named() -> None:
    hours = [
        day + pd.Timedelta(hours=n) for day in days("2024-01-01", "2024-01-02") for n in range(24)
    ]
    files = [
        ("days.csv", export(days("2024-01-01", "2024-03-31"))),
        ("hours.csv", export(hours, "Date + hour,Channel,Sessions")),
        ("channels.csv", TIMELESS_EXPORT),
        ("users.csv", export(days("2024-01-01", "2024-01-31"), "Date,Channel,Total users")),
        ("plain.csv", b"Date,Sessions\n20240101,5\n20240102,6\n"),
    ]
    result = read_exports(files)
    assert_true(result, "2024-01-01", "2024-03-31")
    left = note_of(result, "files_left_out")
    assert left.params["names"] == ("hours.csv", "channels.csv", "users.csv", "plain.csv")


def test_a_file_that_cannot_be_read_is_named() -> None:
    files = [
        ("jan.csv", export(days("2024-01-01", "2024-01-31"))),
        ("x.png", b"\x89PNG\r\n\x1a\n"),
        ("y.csv", b"Country,City\nPeru,Lima\n"),
    ]
    result = read_exports(files)
    assert_true(result, "2024-01-01", "2024-01-31")
    failed = [dict(note.params) for note in result.notes if note.code == "file_failed"]
    assert {(one["name"], one["reason"]) for one in failed} == {
        ("x.png", "not_text"),
        ("y.csv", "no_count_column"),
    }


def test_files_without_time_are_not_joined() -> None:
    other = TIMELESS_EXPORT.replace(b"Email", b"Affiliates")
    with pytest.raises(ExportError) as caught:
        read_exports([("a.csv", TIMELESS_EXPORT), ("b.csv", other)])
    assert caught.value.code == "several_without_time"
    assert caught.value.params["names"] == ("a.csv", "b.csv")


def test_with_nothing_readable_the_first_fault_is_told() -> None:
    with pytest.raises(ExportError) as caught:
        read_exports([("a.csv", b""), ("b.csv", b"hello\n")])
    assert caught.value.code == "empty_file"


def test_files_together_may_be_too_large() -> None:
    data = export(days("2024-01-01", "2024-01-31"))
    with pytest.raises(ExportError) as caught:
        read_exports([("a.csv", data), ("b.csv", data)], max_bytes=2 * len(data) - 1)
    assert caught.value.code == "too_large"


def test_weeks_that_begin_on_other_days_are_not_mixed() -> None:
    sundays = export(
        list(pd.date_range("2024-01-07", periods=9, freq="7D")), "Week,Channel,Sessions"
    )
    mondays = export(
        list(pd.date_range("2024-03-11", periods=5, freq="7D")), "Week,Channel,Sessions"
    )
    result = read_exports([("sundays.csv", sundays), ("mondays.csv", mondays)])
    assert note_of(result, "files_left_out").params["names"] == ("mondays.csv",)
    assert result.traffic.frame["time"].dt.day_of_week.eq(6).all()
    assert len(result.traffic.times) == 9


def test_months_overlap_by_months() -> None:
    header = "Month,Channel,Sessions"
    first = export(list(pd.date_range("2023-01-01", periods=12, freq="MS")), header)
    second = export(list(pd.date_range("2023-12-01", periods=12, freq="MS")), header)
    result = read_exports([("a.csv", first), ("b.csv", second)])
    assert result.traffic.grain == "month"
    assert len(result.traffic.times) == 23
    assert note_of(result, "overlapping_periods").count == 1
    frame = result.traffic.frame
    assert frame["sessions"].tolist() == [
        count(t, c) for t, c in zip(frame["time"], frame["channel"], strict=True)
    ]


def test_one_file_a_channel_is_added_up() -> None:
    whole = "".join(
        f"{day:%Y%m%d},{channel},{count(day, channel)}\n"
        for day in days("2024-01-01", "2024-01-05")
        for channel in ("Direct", "Email")
    )
    lines = whole.splitlines(keepends=True)
    files = [
        (f"{channel}.csv", ("Date,Channel,Sessions\n" + "".join(x for x in lines if channel in x)))
        for channel in ("Direct", "Email")
    ]
    joined = read_exports([(name, text.encode()) for name, text in files])
    single = read_exports([("all.csv", ("Date,Channel,Sessions\n" + whole).encode())])
    pd.testing.assert_frame_equal(joined.traffic.frame, single.traffic.frame)
    assert "overlapping_periods" not in codes(joined)
