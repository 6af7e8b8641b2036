"""A real export, to the digit: every figure that was computed independently of this code."""

import pandas as pd
import pytest

from core import rhythm
from core.channels import channel_totals
from core.correlations import correlate
from core.ingest import read_export
from core.metrics import ratio, summarise
from core.statistics import wilson_interval
from core.traffic import Filters, select, total_over_time

MEASURES = {
    "users": "users",
    "sessions": "sessions",
    "engaged_sessions": "engaged_sessions",
    "aet": "engagement_time_per_session",
    "espu": "engaged_sessions_per_user",
    "eps": "events_per_session",
    "er": "engagement_rate",
    "events": "events",
}
COLUMNS = {
    "rows": "rows",
    "user_hours": "users",
    "sessions": "sessions",
    "engaged_sessions": "engaged_sessions",
    "events": "events",
    "share_of_sessions": "share",
    "engagement_rate": "engagement_rate",
    "events_per_session": "events_per_session",
    "avg_engagement_seconds_per_session": "engagement_time_per_session",
    "engaged_sessions_per_user": "engaged_sessions_per_user",
}
SEEN_ELSEWHERE = {"hours", "first", "last", "engagement_rate_wilson95", "mean_of_row_rates_WRONG"}


@pytest.fixture(scope="module")
def traffic(seed_export):
    return read_export(seed_export, "seed.csv").traffic


def assert_to_the_digits(found: float, expected: float) -> None:
    """Equal once rounded to as many decimals as the expected figure has."""
    text = repr(expected)
    decimals = len(text.partition(".")[2]) if "." in text else 0
    assert round(float(found), decimals) == pytest.approx(expected, abs=1e-9)


def assert_row(found: pd.Series, expected: dict) -> None:
    assert set(expected) <= set(COLUMNS) | SEEN_ELSEWHERE
    for name, value in expected.items():
        if name in COLUMNS:
            assert_to_the_digits(found[COLUMNS[name]], value)
    wrong = expected.get("mean_of_row_rates_WRONG")
    if wrong != expected["engagement_rate"]:  # the mean of rates would be another number
        assert abs(found["engagement_rate"] - wrong) > 0.00005


def test_totals(traffic, truth) -> None:
    total = truth["total"]
    assert_row(summarise(traffic).iloc[0], total)
    assert len(traffic.times) == total["hours"]
    assert traffic.times[0] == pd.Timestamp(total["first"])
    assert traffic.times[-1] == pd.Timestamp(total["last"])
    assert traffic.grain == "hour"


def test_channel_rows(traffic, truth) -> None:
    table = channel_totals(traffic).set_index("channel")
    assert set(table.index) == set(truth["channels"])
    for channel, expected in truth["channels"].items():
        assert_row(table.loc[channel], expected)
        row = table.loc[channel]
        interval = wilson_interval(row["engaged_sessions"], row["sessions"])
        for found, end in zip(
            (interval.low, interval.high), expected["engagement_rate_wilson95"], strict=True
        ):
            assert_to_the_digits(found, end)


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_row_correlations(traffic, truth, method) -> None:
    matrix = getattr(correlate(traffic, "rows"), method)
    expected = truth[f"row_correlation_{method}"]
    assert set(expected) == set(MEASURES)
    for first, row in expected.items():
        for second, r in row.items():
            assert_to_the_digits(matrix.loc[MEASURES[first], MEASURES[second]], r)


def test_the_hours_of_the_day_and_the_days_of_the_week(traffic, truth) -> None:
    expected = truth["hourly_total"]
    hours = rhythm.profile(traffic, "sessions", "hour").set_index("hour")["value"]
    for hour, value in expected["mean_sessions_by_hour"].items():
        assert_to_the_digits(hours[int(hour)], value)
    by_size = hours.sort_values(ascending=False)
    assert list(by_size.index[:5]) == expected["busiest_hours_of_day"]
    assert list(by_size.index[::-1][:3]) == expected["quietest_hours_of_day"]
    weekdays = rhythm.profile(traffic, "sessions", "weekday").set_index("weekday")["value"]
    for weekday, value in expected["mean_sessions_by_weekday_mon0"].items():
        assert_to_the_digits(weekdays[int(weekday)] / 24, value)


def test_the_highest_hour_and_the_weeks(traffic, truth) -> None:
    expected = truth["hourly_total"]
    sessions = total_over_time(traffic, ["sessions"])["sessions"]
    assert sessions.idxmax() == pd.Timestamp(expected["max_hour"])
    assert sessions.max() == expected["max_sessions"]
    for last_day, value in expected["weekly_sessions"].items():
        end = pd.Timestamp(last_day)
        week = select(traffic, Filters(start=(end - pd.Timedelta(days=6)).date(), end=end.date()))
        assert week.frame["sessions"].sum() == value


def test_sessions_and_engagement_rate_with_and_without_the_clock(traffic, truth) -> None:
    expected = truth["hourly_total"]
    counts = total_over_time(traffic, ["sessions", "engaged_sessions"])
    table = pd.DataFrame({"sessions": counts["sessions"], "rate": ratio(counts, "engagement_rate")})
    assert_to_the_digits(
        table["sessions"].corr(table["rate"]), expected["sessions_vs_engagement_rate_raw"]
    )
    hour = table.index.hour
    left = table - table.groupby(hour).transform("mean")
    assert_to_the_digits(left["sessions"].corr(left["rate"]), expected["after_hour_of_day_removed"])
    pairs = correlate(traffic, "hour").frame.set_index(["first", "second"])
    pair = pairs.loc[("sessions", "engagement_rate")]
    assert_to_the_digits(pair["r"], expected["sessions_vs_engagement_rate_raw"])
    assert_to_the_digits(pair["r_without_clock"], expected["after_hour_of_week_removed"])
    assert set(expected) == {
        "sessions_vs_engagement_rate_raw",
        "after_hour_of_day_removed",
        "after_hour_of_week_removed",
        "busiest_hours_of_day",
        "quietest_hours_of_day",
        "mean_sessions_by_hour",
        "max_hour",
        "max_sessions",
        "mean_sessions_by_weekday_mon0",
        "weekly_sessions",
    }
