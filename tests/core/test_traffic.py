"""Traffic: what goes in comes out, whatever is filtered or grouped."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import AppError, ExportError
from core.ingest import read_export
from core.metrics import METRICS, RATIOS, available_metrics, summarise
from core.traffic import (
    COUNTS,
    Filters,
    Traffic,
    daily_by_channel,
    make_traffic,
    previous_period,
    select,
)
from core.wording import count, duration, metric_change, metric_value, percent, points
from tests import naive
from tests.builders import daily_traffic, hourly_traffic

TRAFFIC = hourly_traffic({"Direct": 0.4, "Referral": 0.6}, days=15)


@pytest.mark.parametrize("by", ["channel", "day", "weekday", "hour", ("channel", "hour")])
def test_groups_add_up_to_the_grand_total(by) -> None:
    whole, parts = summarise(TRAFFIC).iloc[0], summarise(TRAFFIC, by)
    for name in TRAFFIC.exported:
        assert parts[name].sum() == pytest.approx(whole[name])
    assert parts["rows"].sum() == len(TRAFFIC.frame)


def test_ratios_are_ratios_of_sums(sample_export) -> None:
    rows = naive.read_rows(sample_export)
    table = summarise(read_export(sample_export).traffic, "channel").set_index("channel")
    for channel in table.index:
        assert table.loc[channel, "engagement_rate"] == pytest.approx(naive.rate(rows, channel))


FILTERS = [
    Filters(channels=("Direct",)),
    Filters(start=date(2024, 1, 4), end=date(2024, 1, 9)),
    Filters(weekdays=(0, 6)),
    Filters(hours=(8, 9, 10)),
]


@pytest.mark.parametrize("first", FILTERS)
@pytest.mark.parametrize("second", FILTERS)
def test_filters_commute_and_agree_with_a_loop(first, second) -> None:
    one, two = select(select(TRAFFIC, first), second), select(select(TRAFFIC, second), first)
    pd.testing.assert_frame_equal(one.frame, two.frame)
    kept = [
        row["sessions"]
        for row in TRAFFIC.frame.to_dict("records")
        if lets_through(first, row) and lets_through(second, row)
    ]
    assert one.frame["sessions"].sum() == sum(kept)
    assert len(one.frame) == len(kept)


def lets_through(filters: Filters, row: dict) -> bool:
    time = row["time"]
    return (
        (filters.start is None or time.date() >= filters.start)
        and (filters.end is None or time.date() <= filters.end)
        and (filters.channels is None or row["channel"] in filters.channels)
        and (filters.weekdays is None or time.weekday() in filters.weekdays)
        and (filters.hours is None or time.hour in filters.hours)
    )


DAYS = 60


@settings(deadline=None, max_examples=300)
@given(
    first=st.integers(0, DAYS - 1),
    length=st.integers(1, DAYS),
    start=st.integers(0, 6),
    grain=st.sampled_from(["day", "hour"]),
)
def test_the_previous_period_is_weekday_for_weekday_where_the_file_reaches_back(
    first, length, start, grain
) -> None:
    traffic = covering(DAYS, f"2024-01-{1 + start:02d}", grain)
    begin = traffic.first_day + timedelta(days=first)
    end = min(begin + timedelta(days=length - 1), traffic.last_day)
    days = (end - begin).days + 1
    pair = previous_period(traffic, Filters(start=begin, end=end))
    if pair is None:  # one day, and nothing before it
        assert (days, first) == (1, 0)
        return
    (now, last), (then, before) = pair.current, pair.previous
    assert last == end
    assert last - now == before - then
    assert traffic.first_day <= then
    assert before < now  # the two never overlap
    assert pair.shift == now - then == last - before
    assert pair.days == (last - now).days + 1
    assert pair.is_adjacent == (before + timedelta(days=1) == now)
    weeks = min(weeks for weeks in range(1, 20) if 7 * weeks >= days)
    if first >= 7 * weeks:  # the file reaches far enough back
        assert (now, pair.shift) == (begin, timedelta(weeks=weeks))
        assert now.weekday() == then.weekday()
        assert not pair.is_inside
    elif first >= days:  # not by whole weeks, but by as many days
        assert now == begin
        assert pair.is_adjacent
        assert not pair.is_inside
    else:  # the selection itself is halved
        assert begin <= then
        assert pair.is_adjacent
        assert pair.is_inside
        if days >= 14:
            assert pair.days % 7 == 0
            assert now.weekday() == then.weekday()


def covering(days: int, start: str, grain: str) -> Traffic:
    periods = days * 24 if grain == "hour" else days
    times = pd.date_range(start, periods=periods, freq="h" if grain == "hour" else "D", unit="s")
    return make_traffic(pd.DataFrame({"time": times[:1], "sessions": 1.0}), grain, times)


@pytest.mark.parametrize(
    ("start", "end", "previous"),
    [
        ("2024-02-05", "2024-02-11", ("2024-01-29", "2024-02-04")),  # a week
        ("2024-02-08", "2024-02-09", ("2024-02-01", "2024-02-02")),  # Thursday and Friday
        ("2024-02-08", "2024-02-17", ("2024-01-25", "2024-02-03")),  # ten days: two weeks earlier
        ("2024-02-01", "2024-02-29", ("2023-12-28", "2024-01-25")),  # February: five weeks earlier
        ("2024-01-03", "2024-01-04", ("2023-12-27", "2023-12-28")),  # over the turn of the year
    ],
)
def test_the_previous_period_in_dates(start, end, previous) -> None:
    traffic = covering(120, "2023-12-01", "day")
    pair = previous_period(
        traffic, Filters(start=date.fromisoformat(start), end=date.fromisoformat(end))
    )
    assert tuple(day.isoformat() for day in pair.previous) == previous
    assert tuple(day.isoformat() for day in pair.current) == (start, end)


def test_without_a_selection_the_later_half_meets_the_earlier_one() -> None:
    pair = previous_period(covering(33, "2024-01-01", "hour"), Filters())
    assert pair.is_inside
    assert [day.isoformat() for day in pair.current] == ["2024-01-20", "2024-02-02"]
    assert [day.isoformat() for day in pair.previous] == ["2024-01-06", "2024-01-19"]


@pytest.mark.parametrize("grain", ["week", "month", "none"])
def test_weeks_and_months_have_no_previous_period(grain) -> None:
    frame = pd.DataFrame({"time": pd.date_range("2024-01-01", periods=3, freq="7D")})
    frame = frame.assign(sessions=1.0)
    if grain == "month":
        frame["time"] = pd.date_range("2024-01-01", periods=3, freq="MS")
    traffic = make_traffic(frame.drop(columns="time") if grain == "none" else frame, grain)
    assert previous_period(traffic, Filters()) is None


def test_only_the_dates_of_a_selection_choose_the_previous_period() -> None:
    traffic = hourly_traffic({"Direct": 0.4, "Referral": 0.6}, days=40)
    dates = Filters(start=date(2024, 1, 20), end=date(2024, 1, 29))
    more = replace(dates, channels=("Direct",), weekdays=(0, 1), hours=(8, 9))
    assert previous_period(traffic, more) == previous_period(traffic, dates)


def test_inputs_are_not_mutated_and_rows_of_one_cell_are_added() -> None:
    frame = pd.DataFrame({"time": pd.to_datetime(["2024-01-01"] * 2), "sessions": [1.0, 2.0]})
    before = frame.copy()
    traffic = make_traffic(frame, "day")
    pd.testing.assert_frame_equal(frame, before)
    assert traffic.frame["sessions"].tolist() == [3.0]
    assert traffic.frame["users"].isna().all()  # not exported is not zero
    before = TRAFFIC.frame.copy()
    select(TRAFFIC, FILTERS[0])
    summarise(TRAFFIC, "channel")
    daily_by_channel(TRAFFIC, "sessions")
    pd.testing.assert_frame_equal(TRAFFIC.frame, before)


def test_every_metric_is_explained_and_rests_on_counts() -> None:
    for key, metric in METRICS.items():
        assert metric.key == key
        assert metric.numerator in COUNTS
        assert metric.denominator is None or metric.denominator in COUNTS
        assert metric.definition.endswith(".")
        assert metric.source_url.startswith("https://")
    assert set(RATIOS) < set(METRICS)
    assert set(available_metrics(daily_traffic())) == {"sessions"}


def test_numbers_in_words_at_the_edges() -> None:
    nan = float("nan")
    for write in (count, percent, duration):
        assert write(nan) == "not available"
    for metric in METRICS:
        assert metric_value(metric, nan) == "not available"
        assert metric_change(metric, nan) == "not available"
        assert "-" not in metric_change(metric, -0.3)
    assert percent(0) == "0.0 %"
    assert points(-0.001) == "−0.1 points"
    assert count(-1234) == "−1,234"


def test_errors_keep_their_faults_through_pickling() -> None:
    import pickle

    error = ExportError.of([("no_count_column", {"columns": ("a",)}), ("no_rows", {"columns": ()})])
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert isinstance(copy, AppError)
    assert [fault.code for fault in copy.faults] == ["no_count_column", "no_rows"]
    assert dict(copy.faults[0].params) == {"columns": ("a",)}
