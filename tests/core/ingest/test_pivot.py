"""Wide tables to long ones."""

import pandas as pd
import pytest

from core.errors import ExportError
from core.ingest import Import, read_export


def read(text: str) -> Import:
    return read_export(text.encode(), "x.csv")


def cells(result: Import, metric: str = "sessions") -> dict[tuple[str, str], float]:
    frame = result.traffic.frame
    times = frame["time"].dt.strftime("%m-%d")
    return dict(zip(zip(times, frame["channel"], strict=True), frame[metric], strict=True))


EXPECTED = {
    ("01-01", "Direct"): 5,
    ("01-01", "Email"): 7,
    ("01-02", "Direct"): 6,
    ("01-02", "Email"): 8,
}

PIVOT = """\
,Session default channel group,Direct,Direct,Email,Email,Totals,Totals
Date,,Sessions,Event count,Sessions,Event count,Sessions,Event count
20240101,,5,50,7,70,12,120
20240102,,6,60,8,80,14,140
"""


def test_a_pivot_with_totals_is_unfolded() -> None:
    result = read(PIVOT)
    assert cells(result) == EXPECTED
    assert cells(result, "events") == {key: 10 * value for key, value in EXPECTED.items()}
    assert [note.code for note in result.notes] == ["pivot_unfolded"]


def test_cells_of_a_merged_header_stand_in_its_first_column_only() -> None:
    merged = PIVOT.replace("Direct,Direct", "Direct,").replace("Email,Email", "Email,")
    result = read(merged.replace("Totals,Totals", "Totals,"))
    assert cells(result) == EXPECTED


def test_a_pivot_with_a_row_of_totals() -> None:
    total = "Grand total,,11,110,15,150,26,260\n"
    result = read(PIVOT + total)
    assert cells(result) == EXPECTED
    assert "totals_rows" in {note.code for note in result.notes}


def test_a_plain_pivot_of_one_measure() -> None:
    text = "Session default channel group,Direct,Email\nDate,Sessions,Sessions\n"
    assert cells(read(text + "20240101,5,7\n20240102,6,8\n")) == EXPECTED


def test_a_pivot_over_countries_has_no_channels() -> None:
    result = read(PIVOT.replace("Session default channel group", "Country"))
    assert not result.traffic.has_channels
    assert result.traffic.frame["sessions"].tolist() == [12, 14]


def test_the_date_may_stand_in_the_upper_of_two_headers() -> None:
    text = "Date,Direct,,Email,\n,Sessions,Event count,Sessions,Event count\n"
    assert cells(read(text + "20240101,5,50,7,70\n20240102,6,60,8,80\n")) == EXPECTED


WIDE = "Date,Direct,Email\n20240101,5,7\n20240102,6,8\n"


def test_channels_as_columns_need_a_title_that_names_the_measure() -> None:
    result = read("Sessions\n" + WIDE)
    assert cells(result) == EXPECTED
    assert result.traffic.exported == ("sessions",)
    assert set(cells(read("# Total users\n" + WIDE), "users").values()) == {5, 6, 7, 8}
    for title in ("", "# Our shop\n"):
        with pytest.raises(ExportError) as caught:
            read(title + WIDE)
        assert caught.value.code == "no_count_column"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1/1/24 - 1/2/24 {}", "12/1/23 - 12/2/23 {}"),
        ("{} (1/1/24 - 1/2/24)", "{} (12/1/23 - 12/2/23)"),
        ("2024-01-01 – 2024-01-02 {}", "2023-12-01 – 2023-12-02 {}"),
    ],
)
def test_of_two_periods_side_by_side_the_first_is_read(first: str, second: str) -> None:
    names = [form.format(name) for name in ("Sessions", "Event count") for form in (first, second)]
    text = ",".join(["Session default channel group", *names])
    result = read(text + "\nDirect,5,50,1,10\nEmail,7,70,2,20\n")
    frame = result.traffic.frame.set_index("channel")
    assert frame["sessions"].to_dict() == {"Direct": 5, "Email": 7}
    assert frame["events"].to_dict() == {"Direct": 1, "Email": 2}
    (note,) = result.notes
    assert (note.code, note.count) == ("compared_periods", 1)
    assert note.params["period"] in first
    assert [period in second for period in note.params["others"]] == [True]


def test_of_two_periods_under_each_other_the_first_is_read() -> None:
    rows = "Direct,20240101-20240102,5\nDirect,20231201-20231202,50\nEmail,20240101-20240102,7\n"
    result = read("Session default channel group,Date range,Sessions\n" + rows)
    assert result.traffic.frame.set_index("channel")["sessions"].to_dict() == {
        "Direct": 5,
        "Email": 7,
    }
    assert [note.code for note in result.notes if note.kind == "skipped"] == ["compared_periods"]


def test_two_periods_with_dates_of_their_own_are_both_read() -> None:
    rows = "20240101,now,5\n20231201,before,50\n"
    result = read("Date,Date range,Sessions\n" + rows)
    assert result.traffic.frame["sessions"].tolist() == [50, 5]


def test_a_pivot_is_read_fast_and_carefully_alike() -> None:
    days = pd.date_range("2020-01-01", periods=400)
    rows = "".join(f"{day:%Y%m%d},,5,50,7,70,12,120\n" for day in days)
    header = "".join(PIVOT.splitlines(keepends=True)[:2])
    frame = read(header + rows).traffic.frame
    assert frame.groupby("channel")["sessions"].sum().to_dict() == {"Direct": 2_000, "Email": 2_800}
