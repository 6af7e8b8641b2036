"""The usual: right on regular sites, deaf to wild hours, never told by what it is compared with."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import NotEnoughData
from core.expected import (
    MOST_CHANNELS,
    OTHERS,
    _midmean,
    counts_by_channel,
    even_out_weekdays,
    expect,
    expect_within,
    require_weeks,
    root_residual,
    root_spread,
    sum_over,
    unroot,
)
from core.traffic import ALL_CHANNELS, Filters, Traffic, make_traffic, select
from tests.simulate import simulate

DAY = pd.Timedelta(days=1)


def regular(grain: str, weeks: int, *, own_days: bool = False) -> pd.DataFrame:
    """A site whose weeks are all alike: two large channels, a small one, and the sum.

    Monday to Friday are alike, and so are Saturday and Sunday, unless each has a shape of its own.
    """
    rng, slots = np.random.default_rng(1), 24 if grain == "hour" else 1
    days = rng.integers([20, 10], [90, 40], size=(7, slots, 2)).astype(float)
    if not own_days:
        days = days[[0, 0, 0, 0, 0, 5, 5]]
    table = pd.DataFrame(np.tile(days.reshape(-1, 2), (weeks, 1)), columns=["Direct", "Email"])
    table.index = pd.date_range("2024-01-01", periods=len(table), freq=f"{24 // slots}h")
    table["Referral"] = table.sum(axis=1) / 50
    return table.assign(**{ALL_CHANNELS: table.sum(axis=1)})


def as_counts(frame: pd.DataFrame, grain: str = "hour", times: object = None) -> pd.DataFrame:
    return counts_by_channel(make_traffic(frame, grain, times), "sessions")


def assert_usable(counts: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Same shape, finite, never negative, and the channels add up."""
    assert expected.index.equals(counts.index)
    assert list(expected) == list(counts)
    assert np.isfinite(expected.to_numpy()).all()
    assert (expected.to_numpy() >= 0).all()
    parts = expected.drop(columns=ALL_CHANNELS)
    if len(parts.columns):
        np.testing.assert_allclose(parts.sum(axis=1), expected[ALL_CHANNELS], atol=1e-9)


# --- What it follows, and what it ignores -----------------------------------------------------


@pytest.mark.parametrize("grain", ["hour", "day"])
@pytest.mark.parametrize(("weeks", "own_days"), [(2, False), (4, False), (9, True)])
def test_the_expected_of_a_regular_site_is_the_site(grain, weeks, own_days) -> None:
    counts = regular(grain, weeks, own_days=own_days)
    expected = expect(counts)
    assert_usable(counts, expected)
    np.testing.assert_allclose(expected, counts, rtol=0.01 if own_days else 1e-9)


@pytest.mark.parametrize("grain", ["hour", "day"])
@pytest.mark.parametrize("factor", [0.0, 10.0])
def test_one_wild_period_moves_nothing_on_a_regular_site(grain, factor) -> None:
    calm = regular(grain, weeks=6)
    np.testing.assert_allclose(expect(with_a_wild_period(calm, factor)), calm)


@pytest.mark.parametrize("grain", ["hour", "day"])
@pytest.mark.parametrize("factor", [0.0, 10.0])
def test_one_wild_period_hardly_moves_anything_on_a_noisy_site(grain, factor) -> None:
    for seed in range(4):
        calm = as_counts(simulate(seed, daily=grain == "day"), grain)
        largest = calm.columns[0]
        moved = expect(with_a_wild_period(calm, factor)) / expect(calm) - 1
        moved = moved[[largest, ALL_CHANNELS]].abs()
        assert moved.iloc[len(calm) // 2 + 3].max() < 0.08
        assert moved.mean().max() < 0.03
        assert moved.max().max() < 0.3  # a plain mean of other weeks would move by 100 %


@pytest.mark.parametrize("grain", ["hour", "day"])
@pytest.mark.parametrize("day", [2, 5, 8, 13])  # Wednesday, Saturday, Tuesday, Sunday
def test_of_two_weeks_a_wild_period_is_not_the_usual_of_the_other(grain, day) -> None:
    """Where it is, it has an echo: the same hour of the other week seems far below the usual."""
    calm = regular(grain, weeks=2)
    place = day * 24 + 20 if grain == "hour" else day
    ratio = expect(with_a_wild_period(calm, 3.5, place)) / calm
    np.testing.assert_allclose(ratio[["Direct", ALL_CHANNELS]], 1, atol=0.15)


def with_a_wild_period(calm: pd.DataFrame, factor: float, place: int | None = None) -> pd.DataFrame:
    wild, place = calm.astype(float), len(calm) // 2 + 3 if place is None else place
    wild.iloc[place, [0, -1]] += (factor - 1) * wild.iloc[place, 0]
    return wild


def test_a_wild_day_of_all_hours_moves_nothing() -> None:
    calm = regular("hour", weeks=6)
    is_wild = pd.DatetimeIndex(calm.index).normalize() == pd.Timestamp("2024-01-24")
    np.testing.assert_allclose(expect(calm.mul(np.where(is_wild, 4.0, 1.0), axis=0)), calm)


@pytest.mark.parametrize("grain", ["hour", "day"])
def test_a_lasting_step_is_followed_from_its_first_day(grain) -> None:
    calm = regular(grain, weeks=8)
    stepped = calm.mul(np.where(calm.index >= "2024-01-31", 2.0, 1.0), axis=0)
    np.testing.assert_allclose(expect(stepped), stepped, rtol=0.01)


def test_growth_is_followed() -> None:
    calm = regular("hour", weeks=8)
    grown = calm.mul(1.05 ** (np.arange(len(calm)) / 168), axis=0)
    days = pd.DatetimeIndex(calm.index).normalize()
    ratio = (expect(grown) / grown)[ALL_CHANNELS].groupby(days).median()
    np.testing.assert_allclose(ratio.iloc[7:-7], 1.0, atol=0.01)
    # In the first and last week the level rests on one side: four days of growth at most.
    np.testing.assert_allclose(ratio, 1.0, atol=0.04)


def test_a_small_channel_has_the_shape_of_the_whole_site_at_its_own_level() -> None:
    frame = simulate(5)
    frame.loc[frame["channel"] == "Email", ["sessions"]] = 0
    email = pd.DataFrame({"time": frame["time"].unique(), "channel": "Email"})
    hour = email["time"].dt.hour
    email["sessions"] = np.where(hour == 3, 9, 0)  # nine visits a night, 0.4 an hour
    expected = expect(as_counts(pd.concat([frame, email])))
    share = expected["Email"] / expected[ALL_CHANNELS]
    by_hour = share.groupby(share.index.hour).mean()
    assert by_hour.max() / by_hour.min() < 1.5  # of what it really has, the ratio is infinite
    assert expected["Email"].sum() == pytest.approx(9 * 56, rel=0.1)


# --- What is held out has no say --------------------------------------------------------------

COUNT = st.integers(0, 500)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_held_out_has_no_say_in_its_own_expected(data) -> None:
    grain = data.draw(st.sampled_from(["hour", "day"]))
    frame = simulate(data.draw(st.integers(0, 5)), daily=grain == "day")
    if grain == "day":  # one channel at the border between a shape of its own and none
        is_email = frame["channel"] == "Email"
        frame.loc[is_email, "sessions"] = frame.loc[is_email, "sessions"] // 28
    counts = as_counts(frame[frame["time"] < "2024-01-22"], grain)
    first = data.draw(st.integers(0, len(counts) - 1))
    length = data.draw(st.integers(1, 60 if grain == "hour" else 6))
    inside = counts.index[first : first + length]
    span = (inside[0], inside[-1] + pd.Timedelta(1, "h" if grain == "hour" else "D"))
    changed = counts.copy()
    for name in counts:
        drawn = data.draw(st.lists(COUNT, min_size=len(inside), max_size=len(inside)))
        changed.loc[inside, name] = np.array(drawn, dtype=float)
    one, two = expect(counts, span), expect(changed, span)
    pd.testing.assert_frame_equal(one.loc[inside], two.loc[inside], check_exact=True)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 3),
    grain=st.sampled_from(["hour", "day"]),
    place=st.floats(0, 0.99),
    length=st.integers(1, 60),
)
def test_a_stretch_by_itself_has_the_expected_of_the_whole(seed, grain, place, length) -> None:
    """Eight weeks lie within reach, so it must be the same."""
    counts = as_counts(simulate(seed, daily=grain == "day"), grain)
    inside = counts.index[int(place * len(counts)) :][: length if grain == "hour" else length // 8]
    if inside.empty:
        return
    span = inside[0], inside[-1] + pd.Timedelta(1, "h" if grain == "hour" else "D")
    found = expect_within(counts, span)
    assert found.index.equals(inside)
    np.testing.assert_allclose(found, expect(counts, span).loc[inside], rtol=1e-9)


def test_a_stretch_of_years_is_as_good_as_one_of_weeks() -> None:
    calm = regular("hour", weeks=60)
    grown = calm.mul(np.where(calm.index < "2024-06-01", 0.5, 1.0), axis=0)
    span = pd.Timestamp("2024-10-01 08:00"), pd.Timestamp("2024-10-03 20:00")
    found = expect_within(grown, span)
    np.testing.assert_allclose(found, calm.loc[found.index])
    assert found.index[0] == span[0]
    assert found.index[-1] == span[1] - pd.Timedelta(hours=1)


def test_a_channel_that_only_a_held_out_spike_makes_large_is_still_small() -> None:
    days = pd.date_range("2024-01-01", periods=28)
    calm = pd.DataFrame({"Email": 1.0, "Direct": 50.0, ALL_CHANNELS: 51.0}, index=days)
    calm.loc[days.day_of_week == 0, ["Direct", ALL_CHANNELS]] += 30
    wild = calm.copy()
    wild.loc[days[14], ["Email", ALL_CHANNELS]] += 5000
    span = (days[14], days[15])  # a Monday
    pd.testing.assert_series_equal(
        expect(calm, span).loc[days[14]], expect(wild, span).loc[days[14]]
    )


def test_holding_out_is_not_leaving_alone() -> None:
    """The level of a day without its own hours is that of the days around."""
    counts = as_counts(simulate(2))
    span = (pd.Timestamp("2024-02-06"), pd.Timestamp("2024-02-10"))
    inside = (counts.index >= span[0]) & (counts.index < span[1])
    tripled = counts.mul(np.where(inside, 3.0, 1.0), axis=0)
    held, seen = expect(tripled, span)[inside], expect(tripled)[inside]
    calm = expect(counts)[inside]
    assert held.sum().sum() == pytest.approx(calm.sum().sum(), rel=0.1)
    assert seen.sum().sum() > held.sum().sum()


# --- Files that are not as they should be -----------------------------------------------------


def few_visits() -> pd.DataFrame:
    """Three channels with next to nobody at night."""
    rng, times = np.random.default_rng(0), pd.date_range("2024-01-01", periods=28 * 24, freq="h")
    usual = np.where(times.hour < 6, 0.15, 8.0)
    parts = [
        pd.DataFrame({"time": times, "channel": name, "sessions": rng.poisson(usual)})
        for name in ("Direct", "Email", "Referral")
    ]
    return pd.concat(parts)


def test_channels_add_up_where_each_by_itself_has_next_to_nobody() -> None:
    counts = as_counts(few_visits())
    assert_usable(counts, expect(counts))


def test_many_channels_are_looked_at_together_and_still_add_up() -> None:
    rng, days = np.random.default_rng(3), pd.date_range("2024-01-01", periods=35)
    parts = [
        pd.DataFrame({"time": days, "channel": f"C{size:02d}", "sessions": rng.poisson(size, 35)})
        for size in range(2, 42)
    ]
    frame = pd.concat(parts)
    counts = as_counts(frame, "day")
    totals = frame.groupby("channel")["sessions"].sum().sort_values(ascending=False)
    assert list(counts)[-2:] == [OTHERS, ALL_CHANNELS]
    assert set(list(counts)[:-2]) == set(totals.index[:MOST_CHANNELS])
    for time, row in counts.iterrows():
        today = frame[frame["time"] == time].set_index("channel")["sessions"]
        assert row[ALL_CHANNELS] == today.sum()
        assert row[OTHERS] == today[totals.index[MOST_CHANNELS:]].sum()
        assert row.drop(ALL_CHANNELS).sum() == today.sum()
    assert_usable(counts, expect(counts))


def test_thirty_channels_have_no_others() -> None:
    days = pd.date_range("2024-01-01", periods=14)
    parts = [
        pd.DataFrame({"time": days, "channel": f"C{number}", "sessions": 9.0})
        for number in range(MOST_CHANNELS)
    ]
    assert OTHERS not in as_counts(pd.concat(parts), "day")


WEEKDAYS = [(0, 1, 2, 3, 4), (5, 6), (0, 3), (2,)]


@pytest.mark.parametrize(
    ("grain", "filters"),
    [
        ("hour", Filters(hours=(8, 9, 10, 20))),
        ("hour", Filters(hours=(13,))),
        ("hour", Filters(weekdays=(2,), hours=(19, 20))),
        *[("hour", Filters(weekdays=days)) for days in WEEKDAYS],
        *[("day", Filters(weekdays=days)) for days in WEEKDAYS],
    ],
)
def test_filtered_traffic_has_an_expected_close_to_it(grain, filters) -> None:
    traffic = make_traffic(simulate(4, daily=grain == "day"), grain)
    counts = counts_by_channel(select(traffic, filters), "sessions")
    expected = expect(counts)
    assert_usable(counts, expected)
    ratio = expected[ALL_CHANNELS].sum() / counts[ALL_CHANNELS].sum()
    assert ratio == pytest.approx(1, abs=0.05)
    one_by_one = expected[ALL_CHANNELS] / counts[ALL_CHANNELS]
    assert one_by_one.median() == pytest.approx(1, abs=0.1)


def test_a_hole_in_the_file_is_no_fall_to_zero() -> None:
    calm = regular("hour", weeks=6)
    kept = calm[(calm.index < "2024-01-17 07:00") | (calm.index >= "2024-01-25")]
    expected = expect(kept)
    assert_usable(kept, expected)
    np.testing.assert_allclose(expected, kept)


def test_an_unfinished_day_is_expected_at_the_level_of_whole_ones() -> None:
    calm = regular("hour", weeks=4)
    kept = calm[(calm.index >= "2024-01-01 13:00") & (calm.index < "2024-01-28 05:00")]
    np.testing.assert_allclose(expect(kept), kept)


@pytest.mark.parametrize("grain", ["hour", "day"])
@pytest.mark.parametrize("days", [14, 15, 17])
def test_two_weeks_and_hardly_anything_in_them(grain, days) -> None:
    frame = simulate(6, daily=grain == "day")
    frame = frame[frame["time"] < pd.Timestamp("2024-01-01") + days * DAY].copy()
    rare = frame["channel"] == "Referral"
    frame.loc[rare, "sessions"] = (np.arange(rare.sum()) < 3).astype(int)
    frame.loc[frame["channel"] == "Email", "sessions"] = 0
    counts = as_counts(frame, grain)
    assert counts["Referral"].sum() == 3
    assert counts["Email"].sum() == 0
    expected = expect(counts)
    assert_usable(counts, expected)
    assert expected["Email"].sum() == 0
    for span in [(counts.index[0], counts.index[5]), (counts.index[-3], counts.index[-1])]:
        assert_usable(counts, expect(counts, span))


@pytest.mark.parametrize("grain", ["hour", "day"])
def test_nothing_at_all_is_expected_of_nothing(grain) -> None:
    counts = regular(grain, weeks=2) * 0
    assert (expect(counts) == 0).all(axis=None)


def test_without_channels_there_is_the_whole_site_only() -> None:
    days = pd.date_range("2024-01-01", periods=14)
    counts = as_counts(pd.DataFrame({"time": days, "sessions": 7.0}), "day")
    assert list(counts) == [ALL_CHANNELS]
    assert_usable(counts, expect(counts))


def test_counts_agree_with_a_loop_and_inputs_are_not_mutated() -> None:
    frame = simulate(7)
    frame = frame[(frame["sessions"] > 0) & (frame["time"] < "2024-01-15")]
    traffic = make_traffic(frame, "hour")
    before = traffic.frame.copy()
    counts = counts_by_channel(traffic, "sessions")
    kept = counts.copy()
    sums: dict = {}
    for row in frame.to_dict("records"):
        for name in (row["channel"], ALL_CHANNELS):
            key = row["time"], name
            sums[key] = sums.get(key, 0) + row["sessions"]
    for time in traffic.times:
        for name in counts:
            assert counts.loc[time, name] == sums.get((time, name), 0)
    expect(counts, (traffic.times[5], traffic.times[9]))
    pd.testing.assert_frame_equal(traffic.frame, before)
    pd.testing.assert_frame_equal(counts, kept)


def traffic_of(days: int, grain: str) -> Traffic:
    step = {"hour": "h", "day": "D", "week": "7D", "month": "MS"}[grain]
    periods = days * 24 if grain == "hour" else days
    times = pd.date_range("2024-01-01", periods=periods, freq=step)
    return make_traffic(pd.DataFrame({"time": times, "sessions": 1.0}), grain)


@pytest.mark.parametrize("grain", ["hour", "day"])
def test_two_weeks_are_enough_and_a_day_less_is_not(grain) -> None:
    require_weeks(traffic_of(14, grain))
    with pytest.raises(NotEnoughData) as caught:
        require_weeks(traffic_of(13, grain))
    assert caught.value.code == "too_few_days"
    assert dict(caught.value.params) == {"have": 13, "need": 14}


@pytest.mark.parametrize("grain", ["week", "month"])
def test_weeks_and_months_have_no_profile_of_the_week(grain) -> None:
    with pytest.raises(NotEnoughData) as caught:
        require_weeks(traffic_of(30, grain))
    assert caught.value.code == "needs_days"
    assert dict(caught.value.params) == {"grain": grain}


# --- The parts it is made of ------------------------------------------------------------------


def slow_midmean(values: list[float]) -> list[float]:
    """Of 4k + 3 values there are two that may be called the middle half."""
    known = sorted(value for value in values if not math.isnan(value))
    cuts = {len(known) // 4, (len(known) + 1) // 4}
    middles = [known[cut : len(known) - cut] for cut in cuts]
    return [math.fsum(middle) / len(middle) if middle else 0.0 for middle in middles]


CELL = st.one_of(st.just(math.nan), st.floats(0, 1e6))


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=12))
def test_the_mean_of_the_middle_half_agrees_with_a_loop(rows) -> None:
    found = _midmean(np.array(rows))
    for value, column in zip(found.tolist(), zip(*rows, strict=True), strict=True):
        assert any(value == pytest.approx(slow) for slow in slow_midmean(list(column)))


def test_weekdays_evened_out_leave_what_is_not_the_week() -> None:
    days = pd.date_range("2024-01-01", periods=42)
    week = [20.0, 22, 20, 19, 24, 8, 6] * 6
    calm = pd.DataFrame({ALL_CHANNELS: week}, index=days)
    np.testing.assert_allclose(even_out_weekdays(calm), 20.0, rtol=0.02)
    stepped = calm.mul(np.where(days >= "2024-01-23", 1.5, 1.0), axis=0)
    even = even_out_weekdays(stepped)[ALL_CHANNELS]
    np.testing.assert_allclose(even[:"2024-01-22"], 20.0, rtol=0.05)
    np.testing.assert_allclose(even["2024-01-23":], 30.0, rtol=0.05)


@settings(deadline=None)
@given(st.floats(0, 1e6), st.floats(-0.5, 100))
def test_a_distance_in_roots_leads_back_to_the_count(expected, distance) -> None:
    count = unroot(expected, distance)
    back = root_residual(pd.Series([count]), pd.Series([expected])).iloc[0]
    if count > 0:
        assert back == pytest.approx(distance, abs=1e-6)
    else:
        assert back >= distance - 1e-6


def overdispersed(
    size: float, seed: int = 0, n: int = 1344
) -> tuple[pd.Series, pd.Series, np.random.Generator]:
    """Negative binomial counts of eight weeks of hours, from one visit an hour to 400."""
    rng = np.random.default_rng(seed)
    expected = np.exp(rng.uniform(np.log(1), np.log(400), n))
    counts = rng.negative_binomial(size, size / (size + expected))
    return pd.Series(counts, dtype=float), pd.Series(expected), rng


def true_spread(size: float, mean: float) -> float:
    rng = np.random.default_rng(9)
    draws = rng.negative_binomial(size, size / (size + mean), 20_000)
    return statistics.stdev(math.sqrt(draw + 3 / 8) for draw in draws.tolist())


@pytest.mark.parametrize("size", [10.0, 25.0, 60.0])
def test_the_spread_of_roots_is_near_the_true_one(size) -> None:
    levels = (5.0, 20.0, 80.0, 300.0)
    found = []
    for seed in range(5):
        actual, expected, _ = overdispersed(size, seed)
        spread = root_spread(root_residual(actual, expected), expected)
        found.append([spread[(expected - level).abs().idxmin()] for level in levels])
    for level, mean in zip(levels, np.mean(found, axis=0), strict=True):
        assert mean == pytest.approx(true_spread(size, level), rel=0.1)


def test_wild_hours_hardly_move_the_spread_and_gaps_none() -> None:
    actual, expected, rng = overdispersed(25.0)
    calm = root_spread(root_residual(actual, expected), expected)
    wild = actual.where(rng.random(len(actual)) > 0.02, actual * 8)
    ratio = root_spread(root_residual(wild, expected), expected) / calm
    assert ratio.between(0.95, 1.1).all()
    residual = root_residual(actual, expected)
    gap = residual.index % 50 == 0
    assert np.isfinite(root_spread(residual.mask(gap), expected)).all()


def test_the_spread_is_never_below_that_of_counting() -> None:
    expected = pd.Series(np.linspace(1, 50, 200))
    nothing = pd.Series(np.zeros(200))
    np.testing.assert_allclose(root_spread(nothing, expected), 0.5)


def test_sums_over_a_stretch_leave_out_its_end() -> None:
    times = pd.date_range("2024-01-01", periods=5, freq="h")
    table = pd.DataFrame({"a": [1, 2, 4, 8, 16], "b": 1}, index=times)
    assert sum_over(table, (times[1], times[3])).to_dict() == {"a": 6, "b": 2}
