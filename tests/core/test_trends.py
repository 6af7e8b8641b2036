"""Series over time, held against loops."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

from core import trends
from core.errors import NotEnoughData
from core.ingest import read_export
from core.traffic import Filters, Traffic, make_traffic, select
from tests.builders import TIMELESS_EXPORT, daily_traffic, hourly_traffic

TRAFFIC = hourly_traffic({"Direct": 0.4, "Referral": 0.6}, days=24, start="2024-01-03")
STARTS = {
    "hour": lambda t: t,
    "day": lambda t: t.normalize(),
    "week": lambda t: t.normalize() - pd.Timedelta(days=t.weekday()),
    "month": lambda t: t.normalize().replace(day=1),
}


@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
def test_series_agrees_with_a_loop(grain) -> None:
    sums: dict = defaultdict(lambda: [0.0, 0.0])
    for row in TRAFFIC.frame.to_dict("records"):
        cell = sums[STARTS[grain](row["time"])]
        cell[0] += row["sessions"]
        cell[1] += row["engaged_sessions"]
    table = trends.series(TRAFFIC, ["sessions", "engagement_rate"], grain)
    assert list(table["time"]) == sorted(sums)
    for row in table.to_dict("records"):
        sessions, engaged = sums[row["time"]]
        assert row["sessions"] == sessions
        assert row["engagement_rate"] == pytest.approx(engaged / sessions)


def test_unfinished_periods_are_marked() -> None:
    weeks = trends.series(TRAFFIC, ["sessions"], "week")  # Wed 3 to Fri 26 January 2024
    assert weeks["is_complete"].tolist() == [False, True, True, False]
    assert trends.series(TRAFFIC, ["sessions"], "day")["is_complete"].all()
    part = select(TRAFFIC, Filters(hours=(8, 9)))
    assert trends.series(part, ["sessions"], "hour")["is_complete"].all()


# --- How much of a period is there ------------------------------------------------------------


def plain_weeks(first: str, last: str, times: pd.DatetimeIndex | None = None) -> Traffic:
    """Days of 100 visits from Monday to Friday and of 50 at weekends: 600 a week."""
    days = pd.date_range(first, last)
    frame = pd.DataFrame({"time": days, "sessions": np.where(days.day_of_week < 5, 100.0, 50.0)})
    if times is not None:
        frame = frame[frame["time"].isin(times)]
    return make_traffic(frame, "day", times)


def by_time(table: pd.DataFrame, column: str) -> dict[str, float]:
    return dict(zip(table["time"].dt.strftime("%m-%d %H"), table[column], strict=True))


def test_half_a_week_covers_its_part_of_the_visits() -> None:
    """From Wednesday: 3 x 100 + 2 x 50 of 600. To Saturday: 5 x 100 + 50 of 600."""
    table = trends.series(plain_weeks("2024-01-03", "2024-01-27"), ["sessions"], "week")
    assert table["covered"].tolist() == pytest.approx([400 / 600, 1, 1, 550 / 600])
    assert table["is_complete"].tolist() == [False, True, True, False]
    assert table["sessions"].tolist() == [400, 600, 600, 550]


def test_half_a_month_covers_its_part_of_the_visits() -> None:
    """January 2024 has 23 working days and 8 days of weekends; to the 16th there are 12 and 4."""
    table = trends.series(plain_weeks("2023-12-01", "2024-01-16"), ["sessions"], "month")
    assert table["covered"].tolist() == pytest.approx([1, 1400 / 2700])
    assert table["is_complete"].tolist() == [True, False]


def test_half_a_day_covers_its_part_of_the_visits() -> None:
    """Ten visits an hour by day, from 8 to 20 o'clock, and none at night; the file ends at 14."""
    times = pd.date_range("2024-01-01", "2024-01-15 13:00", freq="h")
    is_day = (times.hour >= 8) & (times.hour < 20)
    traffic = make_traffic(pd.DataFrame({"time": times[is_day], "sessions": 10.0}), "hour", times)
    table = trends.series(traffic, ["sessions"], "day")
    assert table["covered"].tolist() == pytest.approx([1] * 14 + [0.5])
    assert table["is_complete"].tolist() == [True] * 14 + [False]


# --- Gaps -------------------------------------------------------------------------------------


def hours_of(sessions: np.ndarray, times: pd.DatetimeIndex, without: list[str]) -> Traffic:
    """Hourly traffic without rows at some times and where there are no visits, as GA4 does."""
    frame = pd.DataFrame({"time": times, "sessions": sessions})
    is_kept = (frame["sessions"] > 0) & ~frame["time"].isin(pd.to_datetime(without))
    return make_traffic(frame[is_kept], "hour", times)


def test_a_busy_hour_without_a_row_is_a_gap_and_a_quiet_one_is_zero() -> None:
    times = pd.date_range("2024-01-01", periods=21 * 24, freq="h")
    sessions = np.where(times.hour >= 7, 40.0, 2.0)
    traffic = hours_of(sessions, times, ["2024-01-10 15:00", "2024-01-10 03:00"])
    table = trends.series(traffic, ["sessions"], "hour")
    values = by_time(table, "sessions")
    assert np.isnan(values["01-10 15"])
    assert values["01-10 03"] == 0
    assert table["sessions"].isna().sum() == 1
    assert table["sessions"].sum() == sessions.sum() - 42
    assert table["covered"].tolist() == [time != "01-10 15" for time in values]
    days = trends.series(traffic, ["sessions"], "day")
    whole = 17 * 40 + 7 * 2
    assert by_time(days, "covered")["01-10 00"] == pytest.approx((whole - 40) / whole)
    assert by_time(days, "sessions")["01-10 00"] == whole - 42
    assert days["is_complete"].tolist() == [day != "01-10 00" for day in by_time(days, "covered")]


def test_an_hour_that_is_usually_empty_is_zero_also_if_one_night_was_wild() -> None:
    times = pd.date_range("2024-01-01", periods=28 * 24, freq="h")
    sessions = np.where(times.hour >= 7, 40.0, 0.0)
    sessions[times == "2024-01-09 03:00"] = 60.0
    traffic = hours_of(sessions, times, [])
    table = trends.series(traffic, ["sessions"], "hour")
    assert table["sessions"].tolist() == sessions.tolist()
    assert table["is_complete"].all()
    assert trends.series(traffic, ["sessions"], "day")["is_complete"].all()


def test_a_day_without_a_row_is_a_gap() -> None:
    days = pd.date_range("2024-01-01", "2024-01-28")
    frame = plain_weeks("2024-01-01", "2024-01-28").frame
    traffic = make_traffic(frame[frame["time"] != "2024-01-16"], "day", days)
    table = trends.series(traffic, ["sessions"], "day")
    assert [time for time, value in by_time(table, "sessions").items() if np.isnan(value)] == [
        "01-16 00"
    ]
    weeks = trends.series(traffic, ["sessions"], "week")
    assert weeks["covered"].tolist() == pytest.approx([1, 1, 500 / 600, 1])
    assert weeks["sessions"].tolist() == [600, 600, 500, 600]


def test_days_of_few_visits_without_a_row_are_zero() -> None:
    days = pd.date_range("2024-01-01", periods=28)
    frame = pd.DataFrame({"time": days, "sessions": 3.0})
    traffic = make_traffic(frame.drop(index=[5, 6]), "day", days)
    table = trends.series(traffic, ["sessions"], "day")
    assert table["sessions"].tolist() == [0 if place in (5, 6) else 3 for place in range(28)]
    assert table["is_complete"].all()


def test_the_hole_of_a_combined_file_is_a_gap() -> None:
    """January and March were exported, February was not: from the 1st to the 29th."""
    days = pd.date_range("2024-01-01", "2024-03-31")
    there = days[days.month != 2]
    traffic = plain_weeks("2024-01-01", "2024-03-31", there)
    table = trends.series(traffic, ["sessions"], "day")
    assert len(table) == 91
    is_hole = table["time"].dt.month == 2
    assert table["sessions"].isna().tolist() == is_hole.tolist()
    assert table["covered"].tolist() == (~is_hole).astype(float).tolist()
    months = trends.series(traffic, ["sessions"], "month")
    assert months["covered"].tolist() == [1, 0, 1]
    assert np.isnan(months["sessions"][1])
    weeks = by_time(trends.series(traffic, ["sessions"], "week"), "covered")
    # Monday 29 January to Wednesday are there, and from Friday 1 March on.
    expected = {"01-29 00": 300 / 600, "02-05 00": 0, "02-12 00": 0, "02-19 00": 0}
    expected |= {"01-22 00": 1, "02-26 00": 200 / 600, "03-04 00": 1}
    assert {week: weeks[week] for week in expected} == pytest.approx(expected)


def test_a_weekly_file_with_a_hole_has_its_gap() -> None:
    times = pd.date_range("2024-01-07", periods=8, freq="7D")  # weeks that start on Sunday
    there = times.delete(3)
    frame = pd.DataFrame({"time": there, "sessions": np.arange(7.0)})
    table = trends.series(make_traffic(frame, "week", there), ["sessions"], "week")
    assert table["time"].tolist() == times.tolist()
    np.testing.assert_array_equal(table["sessions"], [0, 1, 2, np.nan, 3, 4, 5, 6])
    assert table["covered"].tolist() == [1, 1, 1, 0, 1, 1, 1, 1]


@pytest.mark.parametrize("day", ["2024-03-31", "2024-10-27"])
def test_the_hour_that_a_clock_change_takes_leaves_its_day_whole(day) -> None:
    """At 2 o'clock of the last Sunday in March there is no hour; in October there are two."""
    times = pd.date_range(pd.Timestamp(day) - pd.Timedelta(days=20), periods=28 * 24, freq="h")
    sessions = np.round(60 * np.exp(1.2 * np.cos((times.hour - 14) / 24 * 2 * np.pi))) + 5
    missing = [f"{day} 02:00"] if day.startswith("2024-03") else []
    traffic = hours_of(sessions.to_numpy(), times, missing)
    for grain in ("day", "week"):
        table = trends.series(traffic, ["sessions"], grain)
        inside = table["time"].le(day) & (table["time"] > pd.Timestamp(day) - pd.Timedelta(days=7))
        assert table.loc[inside, "is_complete"].all()
    hours = by_time(trends.series(traffic, ["sessions"], "hour"), "sessions")
    assert sum(np.isnan(value) for value in hours.values()) == len(missing)


# --- Filters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "filters",
    [
        Filters(hours=(8, 9, 10)),
        Filters(hours=(0, 23)),
        Filters(weekdays=(0, 1, 2, 3, 4)),
        Filters(weekdays=(5,)),
        Filters(weekdays=(0, 3), hours=(12,)),
        Filters(channels=("Direct",)),
    ],
)
def test_filters_make_nothing_incomplete(filters) -> None:
    whole = hourly_traffic({"Direct": 0.4, "Referral": 0.6}, days=28, start="2024-01-01")
    traffic = select(whole, filters)
    for grain in ("hour", "day", "week"):
        table = trends.series(traffic, ["sessions"], grain)
        assert table["is_complete"].all()
        assert table["covered"].tolist() == pytest.approx([1] * len(table))
        assert table["sessions"].sum() == traffic.frame["sessions"].sum()
        assert set(table["time"]) == {STARTS[grain](time) for time in traffic.times}


def test_weekdays_of_daily_data_can_be_filtered() -> None:
    traffic = select(plain_weeks("2024-01-01", "2024-01-28"), Filters(weekdays=(0, 6)))
    table = trends.series(traffic, ["sessions"], "week")
    assert table["sessions"].tolist() == [150] * 4
    assert table["is_complete"].all()


def test_a_filtered_week_that_is_cut_is_still_unfinished() -> None:
    traffic = select(plain_weeks("2024-01-03", "2024-01-28"), Filters(weekdays=(0, 3, 4)))
    table = trends.series(traffic, ["sessions"], "week")
    assert table["covered"].tolist() == pytest.approx([2 / 3, 1, 1, 1])
    assert table["is_complete"].tolist() == [False, True, True, True]


# --- Channel by channel -----------------------------------------------------------------------


def nine_channels(seed: int = 0) -> Traffic:
    """The eighth and ninth are so small that most hours have no row of them."""
    rng, times = np.random.default_rng(seed), pd.date_range("2024-01-03", periods=500, freq="h")
    means = dict(zip("ABCDEFGHI", (90, 50, 30, 20, 15, 10, 5, 0.3, 0.1), strict=True))
    parts = []
    for name, mean in means.items():
        sessions = rng.poisson(mean, len(times))
        engaged = rng.binomial(sessions, 0.5)
        parts.append(
            pd.DataFrame(
                {"time": times, "channel": name, "sessions": sessions, "engaged_sessions": engaged}
            )
        )
    frame = pd.concat(parts)
    return make_traffic(frame[frame["sessions"] > 0], "hour", times)


@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
def test_channels_agree_with_a_loop_and_add_up(grain) -> None:
    traffic = nine_channels()
    sums: dict = defaultdict(float)
    for row in traffic.frame.to_dict("records"):
        name = row["channel"] if row["channel"] in "ABCDEF" else "all others"
        sums[STARTS[grain](row["time"]), name] += row["sessions"]
    table = trends.series_by_channel(traffic, "sessions", grain)
    assert list(dict.fromkeys(table["channel"])) == [*"ABCDEF", "all others"]
    for row in table.to_dict("records"):
        assert row["value"] == sums[row["time"], row["channel"]]
    total = trends.series(traffic, ["sessions"], grain)
    added = table.groupby("time")["value"].sum()
    assert added.tolist() == total["sessions"].tolist()
    for name in ("is_complete", "covered"):
        for channel in table["channel"].unique():
            own = table.loc[table["channel"] == channel, name]
            assert own.tolist() == total[name].tolist()


@pytest.mark.parametrize("grain", ["hour", "day", "week"])
def test_ratios_of_channels_agree_with_a_loop_where_there_is_enough(grain) -> None:
    traffic = nine_channels(1)
    sums: dict = defaultdict(lambda: [0.0, 0.0])
    for row in traffic.frame.to_dict("records"):
        name = row["channel"] if row["channel"] in "ABCDEF" else "all others"
        cell = sums[STARTS[grain](row["time"]), name]
        cell[0] += row["engaged_sessions"]
        cell[1] += row["sessions"]
    table = trends.series_by_channel(traffic, "engagement_rate", grain)
    assert len(table) == 7 * len(trends.series(traffic, ["sessions"], grain))
    for row in table.to_dict("records"):
        engaged, sessions = sums[row["time"], row["channel"]]
        if sessions < 100:
            assert np.isnan(row["value"])
        else:
            assert row["value"] == pytest.approx(engaged / sessions)


@pytest.mark.parametrize(("count", "lines"), [(1, 1), (6, 6), (7, 7), (8, 7)])
def test_one_channel_is_not_called_all_others(count, lines) -> None:
    days = pd.date_range("2024-01-01", periods=14)
    parts = [
        pd.DataFrame({"time": days, "channel": f"C{place}", "sessions": 50.0 - place})
        for place in range(count)
    ]
    table = trends.series_by_channel(make_traffic(pd.concat(parts), "day"), "sessions", "day")
    names = list(dict.fromkeys(table["channel"]))
    assert len(names) == lines
    assert ("all others" in names) == (count > 7)


def test_gaps_are_gaps_of_every_channel() -> None:
    frame = nine_channels().frame
    gap = pd.Timestamp("2024-01-10 15:00")
    times = pd.date_range("2024-01-03", periods=500, freq="h")
    traffic = make_traffic(frame[frame["time"] != gap], "hour", times)
    table = trends.series_by_channel(traffic, "sessions", "hour")
    assert table.loc[table["value"].isna(), "time"].tolist() == [gap] * 7
    assert table.loc[table["channel"] == "all others", "value"].eq(0).sum() < 20


# --- Steps that can be drawn ------------------------------------------------------------------


def test_weeks_do_not_add_up_to_months() -> None:
    frame = pd.DataFrame(
        {"time": pd.date_range("2024-01-01", periods=9, freq="7D"), "sessions": 1.0}
    )
    assert trends.possible_grains(make_traffic(frame, "week")) == ("week",)
    assert trends.possible_grains(TRAFFIC) == ("hour", "day", "week", "month")


@pytest.mark.parametrize(
    ("grain", "periods", "expected"),
    [
        ("hour", 24 * 120, ("hour", "day", "week", "month")),
        ("hour", 24 * 130, ("day", "week", "month")),
        ("hour", 24 * 3 * 365, ("day", "week", "month")),
        ("hour", 24 * 9 * 365, ("week", "month")),
        ("day", 8 * 365, ("day", "week", "month")),
        ("day", 9 * 365, ("week", "month")),
        ("month", 60, ("month",)),
        ("day", 1, ("day", "week", "month")),
    ],
)
def test_steps_of_more_points_than_can_be_drawn_are_left_out(grain, periods, expected) -> None:
    step = {"hour": "h", "day": "D", "month": "MS"}[grain]
    times = pd.date_range("2010-01-01", periods=periods, freq=step)
    traffic = make_traffic(pd.DataFrame({"time": times[[0, -1]], "sessions": 1.0}), grain, times)
    assert trends.possible_grains(traffic) == expected
    assert trends.default_grain(traffic) in expected


@pytest.mark.parametrize(
    ("grain", "days", "expected"),
    [
        ("hour", 2, "hour"),
        ("hour", 30, "day"),
        ("day", 60, "day"),
        ("day", 700, "week"),
        ("day", 8000, "month"),
    ],
)
def test_the_first_step_shown_is_the_finest_that_can_be_read(grain, days, expected) -> None:
    periods = days * 24 if grain == "hour" else days
    times = pd.date_range("2000-01-01", periods=periods, freq="h" if grain == "hour" else "D")
    traffic = make_traffic(pd.DataFrame({"time": times[[0, -1]], "sessions": 1.0}), grain, times)
    assert trends.default_grain(traffic) == expected


def test_without_time_there_is_no_series() -> None:
    traffic = read_export(TIMELESS_EXPORT, "a.csv").traffic
    assert trends.possible_grains(traffic) == ()
    with pytest.raises(NotEnoughData) as caught:
        trends.series(traffic, ["sessions"], "day")
    assert caught.value.code == "no_time"


def test_inputs_are_not_mutated() -> None:
    for traffic, grain in ((TRAFFIC, "week"), (daily_traffic(), "month")):
        before, times = traffic.frame.copy(), traffic.times.copy()
        trends.series(traffic, ["sessions"], grain)
        trends.series_by_channel(traffic, "sessions", grain)
        trends.find_gaps(traffic)
        pd.testing.assert_frame_equal(traffic.frame, before)
        pd.testing.assert_index_equal(traffic.times, times)
