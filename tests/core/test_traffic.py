"""Traffic: what goes in comes out, whatever is filtered or grouped."""

from datetime import date, timedelta

import pandas as pd
import pytest

from core.errors import AppError, ExportError
from core.ingest import read_export
from core.metrics import METRICS, RATIOS, available_metrics, summarise
from core.traffic import COUNTS, Filters, daily_by_channel, make_traffic, previous_period, select
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


@pytest.mark.parametrize("first", range(0, 40, 7))
@pytest.mark.parametrize("length", [1, 2, 7, 14, 20])
def test_the_previous_period_is_as_long_and_whole_weeks_earlier(first, length) -> None:
    traffic = daily_traffic(60)
    start = traffic.first_day + timedelta(days=first)
    end = min(start + timedelta(days=length - 1), traffic.last_day)
    pair = previous_period(traffic, Filters(start=start, end=end))
    if pair is None:
        assert length == 1
        assert first == 0
        return
    assert pair.previous[1] < pair.current[0]
    assert pair.previous[1] - pair.previous[0] == pair.current[1] - pair.current[0]
    assert traffic.first_day <= pair.previous[0]
    assert pair.current[1] == end
    whole_weeks = -(-length // 7) * 7
    if not pair.is_inside and start - timedelta(days=whole_weeks) >= traffic.first_day:
        assert pair.shift.days == whole_weeks
        assert pair.previous[0].weekday() == pair.current[0].weekday()


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
