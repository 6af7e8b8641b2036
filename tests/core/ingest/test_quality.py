"""What is doubted: each note fires on a built case and stays silent on a calm one."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from core.ingest import Import, Note, read_export
from core.ingest.quality import check_completeness
from core.traffic import make_traffic

START = "2024-03-04"  # a Monday
SHAPE = 1 + 0.8 * np.sin((np.arange(24) - 9) / 24 * 2 * np.pi)


def hourly(mean: float, days: int = 28, seed: int = 0) -> pd.DataFrame:
    """One row per hour that has visits, as GA4 writes them."""
    rng, times = np.random.default_rng(seed), pd.date_range(START, periods=24 * days, freq="h")
    sessions = rng.poisson(mean * np.tile(SHAPE, days)).astype(float)
    frame = pd.DataFrame({"time": times, "channel": "Direct", "sessions": sessions})
    return frame[frame["sessions"] > 0]


def daily(mean: float, days: int = 60, seed: int = 0) -> pd.DataFrame:
    times = pd.date_range(START, periods=days)
    sessions = np.random.default_rng(seed).poisson(mean, days).astype(float)
    frame = pd.DataFrame({"time": times, "channel": "Direct", "sessions": sessions})
    return frame[frame["sessions"] > 0]


def periodic(mean: float, freq: str, size: int = 20) -> pd.DataFrame:
    times = pd.date_range("2022-01-02" if freq == "7D" else "2022-01-01", periods=size, freq=freq)
    sessions = np.random.default_rng(0).poisson(mean, size).astype(float)
    return pd.DataFrame({"time": times, "channel": "Direct", "sessions": sessions})


def between(frame: pd.DataFrame, first: str, last: str) -> pd.Series:
    return frame["time"].between(pd.Timestamp(first), pd.Timestamp(last))


def check(frame: pd.DataFrame, grain: str, comments: Sequence[str] = ()) -> list[Note]:
    return check_completeness(make_traffic(frame, grain), comments)


def codes(notes: Sequence[Note]) -> list[str]:
    return [note.code for note in notes]


@pytest.mark.parametrize("mean", [0.02, 0.1, 0.3, 1, 2, 5, 20, 300])
@pytest.mark.parametrize("seed", range(5))
def test_calm_hours_are_not_doubted(mean: float, seed: int) -> None:
    """Also those of tiny sites, whose nights have no rows at all."""
    assert check(hourly(mean, days=28, seed=seed), "hour") == []


@pytest.mark.parametrize("days", [1, 2, 5, 10])
@pytest.mark.parametrize("mean", [0.1, 1, 5, 50])
def test_calm_hours_of_a_short_file_are_not_doubted(mean: float, days: int) -> None:
    assert check(hourly(mean, days=days), "hour") == []


@pytest.mark.parametrize("mean", [0.1, 0.5, 2, 10, 500])
@pytest.mark.parametrize("seed", range(5))
def test_calm_days_are_not_doubted(mean: float, seed: int) -> None:
    assert check(daily(mean, seed=seed), "day") == []


@pytest.mark.parametrize("freq", ["7D", "MS"])
@pytest.mark.parametrize("mean", [5, 50, 5_000])
def test_calm_weeks_and_months_are_not_doubted(mean: float, freq: str) -> None:
    assert check(periodic(mean, freq), "week" if freq == "7D" else "month") == []


def test_a_shop_that_is_closed_at_weekends_is_not_doubted() -> None:
    frame = hourly(30, days=42)
    assert check(frame[frame["time"].dt.day_of_week < 5], "hour") == []
    frame = daily(300)
    assert check(frame[frame["time"].dt.day_of_week < 5], "day") == []


# ---- holes


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2024-03-13T10", "2024-03-13T10", 1),
        ("2024-03-13T10", "2024-03-13T15", 6),
        ("2024-03-13T00", "2024-03-15T23", 72),
        ("2024-03-08T00", "2024-03-27T23", 480),
        ("2024-03-06T00", "2024-03-29T23", 576),
    ],
)
def test_missing_hours_are_doubted(first: str, last: str, count: int) -> None:
    frame = hourly(30)
    notes = check(frame[~between(frame, first, last)], "hour")
    assert codes(notes) == ["missing_periods"]
    assert notes[0].count == count
    assert notes[0].params["first"] == pd.Timestamp(first)
    assert notes[0].params["last"] == pd.Timestamp(last)


def test_holes_of_a_small_site_are_counted_without_its_empty_nights() -> None:
    frame = hourly(1.5)
    notes = check(frame[~between(frame, "2024-03-13T08", "2024-03-13T21")], "hour")
    assert codes(notes) == ["missing_periods"]
    assert 14 <= notes[0].count <= 18


@pytest.mark.parametrize(
    ("grain", "freq", "step"), [("day", "D", 1), ("week", "7D", 7), ("month", "MS", 30)]
)
def test_missing_days_weeks_and_months_are_doubted(grain: str, freq: str, step: int) -> None:
    frame = daily(300) if grain == "day" else periodic(300, freq)
    notes = check(frame.drop(index=[7, 8]), grain)
    assert codes(notes) == ["missing_periods"]
    assert (notes[0].count, notes[0].params["grain"]) == (2, grain)
    assert notes[0].params["first"] == frame["time"][7]


def test_the_hour_that_summer_time_skips_is_told_and_not_doubted() -> None:
    frame = hourly(300)  # until 31 March, 23:00
    hour = "2024-03-31T02"
    notes = check(frame[~between(frame, hour, hour)], "hour")
    assert [(note.code, note.kind, note.params["time"]) for note in notes] == [
        ("skipped_hour", "info", pd.Timestamp(hour))
    ]
    two = check(frame[~between(frame, hour, "2024-03-31T03")], "hour")
    assert codes(two) == ["missing_periods"]


# ---- the end


@pytest.mark.parametrize(("hour", "is_doubted"), [(12, True), (20, True), (23, False)])
def test_a_last_day_without_its_last_hours_is_unfinished(hour: int, is_doubted: bool) -> None:
    frame = hourly(60)
    notes = check(frame[frame["time"] <= pd.Timestamp(f"2024-03-31T{hour}")], "hour")
    assert codes(notes) == ["unfinished"] * is_doubted


def test_hours_of_zeros_at_the_end_are_doubted() -> None:
    frame = hourly(60)
    frame.loc[frame["time"] > pd.Timestamp("2024-03-31T12"), "sessions"] = 0.0
    notes = check(frame, "hour")
    assert codes(notes) == ["ends_in_zeros"]
    assert (notes[0].count, notes[0].params["first"]) == (11, pd.Timestamp("2024-03-31T13"))


def test_zeros_at_the_end_of_a_tiny_site_are_nothing() -> None:
    frame = hourly(0.2)
    last = pd.DataFrame({"time": [pd.Timestamp("2024-03-31T23")], "channel": "Direct"})
    assert check(pd.concat([frame, last.assign(sessions=0.0)]), "hour") == []


def test_a_last_day_without_visits_is_nothing_on_a_tiny_site() -> None:
    times = pd.date_range(START, periods=29)
    frame = pd.DataFrame({"time": times, "channel": "Direct", "sessions": 3.0})
    frame.loc[28, "sessions"] = 0.0
    assert check(frame, "day") == []
    assert codes(check(frame.assign(sessions=100 * frame["sessions"]), "day")) == ["unfinished"]


@pytest.mark.parametrize(("share", "is_doubted"), [(0, True), (0.2, True), (0.6, False)])
def test_a_last_day_far_below_its_weekday_is_unfinished(share: float, is_doubted: bool) -> None:
    frame = daily(300)
    frame.loc[frame.index[-1], "sessions"] *= share
    assert codes(check(frame, "day")) == ["unfinished"] * is_doubted


@pytest.mark.parametrize(("grain", "freq"), [("week", "7D"), ("month", "MS")])
def test_a_last_week_or_month_far_below_the_ones_before_is_unfinished(
    grain: str, freq: str
) -> None:
    frame = periodic(300, freq)
    frame.loc[frame.index[-1], "sessions"] = 60
    notes = check(frame, grain)
    assert [(note.code, note.params["grain"]) for note in notes] == [("unfinished", grain)]


# ---- what the file says of itself


@pytest.mark.parametrize(
    "line",
    [
        "# This report is based on 12.3% of sessions (sampled)",
        "# Stichprobe: 12 %",
        "# Échantillonnage actif",
        "# サンプリング",
    ],
)
def test_a_file_that_says_it_is_sampled(line: str) -> None:
    notes = check(daily(300), "day", ["# Account: x", line])
    assert codes(notes) == ["sampled"]
    assert notes[0].params["said"] == line.strip("# ")


def test_a_file_that_says_small_numbers_were_withheld() -> None:
    assert codes(check(daily(300), "day", ["# Data thresholds were applied"])) == ["thresholded"]


@pytest.mark.parametrize("line", ["# Example", "# Sam's shop", "# Traffic acquisition", "#"])
def test_other_lines_say_nothing(line: str) -> None:
    assert check(daily(300), "day", [line]) == []


@pytest.mark.parametrize(
    ("channel", "code"),
    [("(other)", "other_row"), ("Unassigned", "unassigned"), ("(not set)", "unassigned")],
)
def test_a_share_without_a_channel_is_said(channel: str, code: str) -> None:
    frame = daily(300)
    frame.loc[frame.index % 4 == 0, "channel"] = channel
    notes = check(frame, "day")
    assert codes(notes) == [code]
    lost = frame.loc[frame["channel"] == channel, "sessions"].sum()
    assert notes[0].params["share"] == pytest.approx(lost / frame["sessions"].sum())


# ---- what the numbers say of each other


def read(header: str, *rows: str) -> Import:
    return read_export("\n".join([header, *rows, ""]).encode())


def test_a_rate_without_its_weight_is_not_averaged() -> None:
    result = read("Date,Users,Events per session", "20240101,10,4", "20240102,20,5")
    assert "events" not in result.traffic.exported
    note = next(note for note in result.notes if note.code == "rate_without_weight")
    assert dict(note.params) == {"metric": "events_per_session", "needs": "sessions"}


def test_a_rate_with_its_weight_is_multiplied_back() -> None:
    result = read("Date,Sessions,Events per session", "20240101,10,4", "20240102,20,5")
    assert result.traffic.frame["events"].tolist() == [40, 100]
    assert codes(result.notes) == []


def test_a_bounce_rate_counts_beside_measures_of_ga4_only() -> None:
    other = read("Date,Sessions,Bounce rate", "20240101,10,40%", "20240102,20,50%")
    assert codes(other.notes) == ["other_bounce_rate"]
    assert other.traffic.exported == ("sessions",)
    ours = read("Date,Sessions,Event count,Bounce rate", "20240101,10,9,40%", "20240102,20,9,50%")
    assert ours.traffic.frame["engaged_sessions"].tolist() == [6, 10]


def test_milliseconds_become_seconds() -> None:
    header = "Date,Sessions,Average engagement time per session"
    slow = read(header, "20240101,10,90000000", "20240102,20,90000000")
    assert codes(slow.notes) == ["milliseconds"]
    assert slow.traffic.frame["engagement_seconds"].tolist() == [900_000, 1_800_000]
    assert codes(read(header, "20240101,10,86000", "20240102,20,86000").notes) == []


def test_dates_dragged_down_a_column_are_doubted() -> None:
    days = pd.date_range("2024-01-01", periods=80)
    rows = [f"{day:%Y%m%d},{('Direct', 'Email')[n % 2]},{n + 5}" for n, day in enumerate(days)]
    assert "dates_dragged" in codes(read("Date,Channel,Sessions", *rows).notes)
    real = [f"{day:%Y%m%d},{name},9" for day in days for name in ("Direct", "Email")]
    assert "dates_dragged" not in codes(read("Date,Channel,Sessions", *real).notes)


def test_rows_with_more_cells_than_the_header_are_doubted() -> None:
    header = "Date,Channel,Sessions"
    result = read(header, "20240101,Direct,5", "20240102,Direct,1,204", "20240103,Direct,6")
    note = next(note for note in result.notes if note.code == "ragged_rows")
    assert (note.kind, note.count, note.example_row) == ("doubted", 1, 3)
    assert "ragged_rows" not in codes(read(header, "20240101,Direct,5,,", "20240102,A,6").notes)


@pytest.mark.parametrize("line", ["# Account: Sample account", "# Property: Sampling & Co"])
def test_a_name_with_the_word_in_it_is_no_confession(line) -> None:
    text = f"{line}\nDate,Sessions\n2024-01-01,5\n2024-01-02,6\n"
    assert "sampled" not in {note.code for note in read_export(text.encode()).notes}


@pytest.mark.parametrize(("end", "is_cut"), [("20240131", True), ("20240203", False)])
def test_a_last_week_that_the_report_does_not_cover_is_said(end: str, is_cut: bool) -> None:
    rows = "".join(f"{week:04},{900 + week}\n" for week in range(5))
    text = f"# Start date: 20240101\n# End date: {end}\nNth week,Sessions\n{rows}"
    notes = read_export(text.encode()).notes
    assert [note.params["grain"] for note in notes if note.code == "unfinished"] == [
        "week"
    ] * is_cut
