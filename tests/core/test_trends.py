"""Time, rhythm and windows, held against loops."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

from core import trends
from core.errors import NotEnoughData
from core.traffic import Filters, make_traffic, select
from tests.builders import daily_traffic, hourly_traffic

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


def test_weeks_do_not_add_up_to_months() -> None:
    frame = pd.DataFrame(
        {"time": pd.date_range("2024-01-01", periods=9, freq="7D"), "sessions": 1.0}
    )
    assert trends.possible_grains(make_traffic(frame, "week")) == ("week",)
    assert trends.possible_grains(TRAFFIC) == ("hour", "day", "week", "month")


def test_heat_map_and_profiles_agree_with_loops() -> None:
    cells: dict = defaultdict(float)
    hours: dict = defaultdict(float)
    for row in TRAFFIC.frame.to_dict("records"):
        cells[row["time"].weekday(), row["time"].hour] += row["sessions"]
        hours[row["time"].hour] += row["sessions"]
    table = trends.heat_map(TRAFFIC, "sessions")
    assert len(table) == 168
    for row in table.to_dict("records"):
        seen = sum(time.weekday() == row["weekday"] for time in TRAFFIC.times[::24])
        assert row["n"] == seen
        assert row["value"] == pytest.approx(cells[row["weekday"], row["hour"]] / seen)
    for row in trends.profile(TRAFFIC, "sessions", "hour").to_dict("records"):
        assert row["value"] == pytest.approx(hours[row["hour"]] / 24)
        assert row["low"] <= row["value"] <= row["high"]


def peaked(hours: set[int], days: int = 28) -> object:
    times = pd.date_range("2024-01-01", periods=days * 24, freq="h")
    noise = np.random.default_rng(0).poisson(20, len(times))
    sessions = noise + 40.0 * np.isin(times.hour, list(hours))
    return make_traffic(pd.DataFrame({"time": times, "sessions": sessions}), "hour")


@pytest.mark.parametrize(
    ("hours", "start", "end"), [((18, 19, 20, 21), 18, 22), ((22, 23, 0, 1), 22, 2)]
)
def test_the_busiest_window_is_found_also_over_midnight(hours, start, end) -> None:
    window = trends.find_window(peaked(set(hours)), "sessions")
    assert (window.start, window.end) == (start, end)
    assert window.is_clearly_busy
    assert window.p_value < 0.001
    assert window.even_share == pytest.approx(4 / 24)


def test_flat_traffic_has_no_busy_window() -> None:
    busy = sum(trends.find_window(flat(seed), "sessions").is_clearly_busy for seed in range(40))
    assert busy <= 3


def flat(seed: int) -> object:
    times = pd.date_range("2024-01-01", periods=28 * 24, freq="h")
    sessions = np.random.default_rng(seed).poisson(20, len(times)).astype(float)
    return make_traffic(pd.DataFrame({"time": times, "sessions": sessions}), "hour")


@pytest.mark.parametrize(
    ("traffic", "code"),
    [
        (daily_traffic(), "needs_hours"),
        (select(flat(0), Filters(end=pd.Timestamp("2024-01-03").date())), "too_few_days"),
        (select(flat(0), Filters(hours=(8, 9, 10, 11, 12))), "too_few_hours"),
        (make_traffic(flat(0).frame.assign(sessions=0.0), "hour"), "no_visits"),
    ],
)
def test_too_little_is_refused_with_a_code(traffic, code) -> None:
    with pytest.raises(NotEnoughData) as caught:
        trends.find_window(traffic, "sessions")
    assert caught.value.code == code


def test_inputs_are_not_mutated() -> None:
    before = TRAFFIC.frame.copy()
    trends.series(TRAFFIC, ["sessions"], "week")
    trends.heat_map(TRAFFIC, "engagement_rate")
    trends.find_window(TRAFFIC, "sessions")
    pd.testing.assert_frame_equal(TRAFFIC.frame, before)
