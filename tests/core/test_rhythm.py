"""The rhythm of the week, held against loops and against sites whose truth is known."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core import rhythm
from core.errors import NotEnoughData
from core.metrics import METRICS, RATIOS
from core.traffic import COUNTS, Filters, Traffic, make_traffic, select
from tests.builders import daily_traffic, hourly_traffic
from tests.simulate import expected_sessions, random_site, simulate

TRAFFIC = hourly_traffic({"Direct": 0.4, "Referral": 0.6}, days=24, start="2024-01-03")
HOUR = pd.Timedelta(hours=1)
THURSDAY_EVENING = tuple(3 * 24 + hour for hour in (18, 19, 20, 21))
TUESDAY_MORNING = tuple(24 + hour for hour in (9, 10, 11, 12))
SUNDAY_NIGHT = (6 * 24 + 22, 6 * 24 + 23, 0, 1)


# The hours of the week, the hours of the day and the busiest of them.


def test_heat_map_and_profiles_agree_with_loops() -> None:
    cells: dict = defaultdict(float)
    hours: dict = defaultdict(float)
    for row in TRAFFIC.frame.to_dict("records"):
        cells[row["time"].weekday(), row["time"].hour] += row["sessions"]
        hours[row["time"].hour] += row["sessions"]
    table = rhythm.heat_map(TRAFFIC, "sessions")
    assert len(table) == 168
    for row in table.to_dict("records"):
        seen = sum(time.weekday() == row["weekday"] for time in TRAFFIC.times[::24])
        assert row["n"] == seen
        assert row["value"] == pytest.approx(cells[row["weekday"], row["hour"]] / seen)
    for row in rhythm.profile(TRAFFIC, "sessions", "hour").to_dict("records"):
        assert row["value"] == pytest.approx(hours[row["hour"]] / 24)
        assert row["low"] <= row["value"] <= row["high"]


def test_the_heat_map_of_a_ratio_says_what_it_rests_on() -> None:
    cells: dict = defaultdict(lambda: [0.0, 0.0])
    for row in TRAFFIC.frame.to_dict("records"):
        cell = cells[row["time"].weekday(), row["time"].hour]
        cell[0] += row["engaged_sessions"]
        cell[1] += row["sessions"]
    table = rhythm.heat_map(TRAFFIC, "engagement_rate")
    assert table["is_thin"].nunique() == 2
    for row in table.to_dict("records"):
        engaged, sessions = cells[row["weekday"], row["hour"]]
        assert row["value"] == pytest.approx(engaged / sessions)
        assert row["base"] == sessions
        assert row["is_thin"] == (row["n"] < 3 or sessions < 100)


def test_hours_of_the_week_seen_twice_are_thin() -> None:
    table = rhythm.heat_map(hourly_traffic({"Direct": 0.5}, days=17), "sessions")
    assert table["base"].isna().all()
    assert table["is_thin"].equals(table["n"] < 3)
    assert table.groupby("weekday")["is_thin"].all().tolist() == [False] * 3 + [True] * 4


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_has_a_rhythm(metric) -> None:
    times = pd.date_range("2024-01-01", periods=336, freq="h")
    counts = {name: np.full(336, 60.0 + place) for place, name in enumerate(COUNTS)}
    traffic = make_traffic(pd.DataFrame({"time": times} | counts), "hour")
    table = rhythm.heat_map(traffic, metric)
    assert table["value"].notna().all()
    assert table["base"].isna().all() != METRICS[metric].is_ratio
    found = rhythm.find_blocks(traffic, metric)
    assert found.typical == pytest.approx(table["value"].iloc[0])
    assert found.high.empty
    assert found.low.empty


def peaked(hours: set[int], days: int = 28) -> Traffic:
    times = pd.date_range("2024-01-01", periods=days * 24, freq="h")
    noise = np.random.default_rng(0).poisson(20, len(times))
    sessions = noise + 40.0 * np.isin(times.hour, list(hours))
    return make_traffic(pd.DataFrame({"time": times, "sessions": sessions}), "hour")


@pytest.mark.parametrize(
    ("hours", "start", "end"), [((18, 19, 20, 21), 18, 22), ((22, 23, 0, 1), 22, 2)]
)
def test_the_busiest_window_is_found_also_over_midnight(hours, start, end) -> None:
    window = rhythm.find_window(peaked(set(hours)), "sessions")
    assert (window.start, window.end) == (start, end)
    assert window.is_clearly_busy
    assert window.p_value < 0.001
    assert window.even_share == pytest.approx(4 / 24)


def test_flat_traffic_has_no_busy_window() -> None:
    busy = sum(rhythm.find_window(flat(seed), "sessions").is_clearly_busy for seed in range(40))
    assert busy <= 3


def flat(seed: int) -> Traffic:
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
def test_too_little_for_a_window_is_refused_with_a_code(traffic, code) -> None:
    with pytest.raises(NotEnoughData) as caught:
        rhythm.find_window(traffic, "sessions")
    assert caught.value.code == code


# Stretches of the week.


def site(
    seed: int,
    *,
    weeks: float = 4,
    mean: float = 240,
    busy: Collection[int] = (),
    engaged: Collection[int] = (),
    swing: float = 0.0,
    start: str = "2024-01-01",
) -> Traffic:
    """A site without rhythm, apart from what is planted; the size and noise of a real export.

    Days have good and bad luck with a memory (AR(1)), hours are negative binomial.

    Args:
        seed: of the noise.
        weeks: length.
        mean: sessions an hour.
        busy: hours of the week with 40 % more sessions.
        engaged: hours of the week with an engagement rate of 0.65; 0.55 else.
        swing: of a day shape.
        start: first hour.
    """
    rng = np.random.default_rng(seed)
    times = pd.date_range(start, periods=int(weeks * 168), freq="h")
    days = len(times) // 24 + 1
    luck = rng.normal(0, 1, days)
    for day in range(1, days):
        luck[day] = 0.5 * luck[day - 1] + np.sqrt(0.75) * luck[day]
    hour_of_week = times.day_of_week * 24 + times.hour
    expected = mean * np.repeat(np.exp(0.07 * luck), 24)[: len(times)]
    expected *= np.where(np.isin(hour_of_week, list(busy)), 1.4, 1.0)
    expected *= 1 + swing * np.sin((times.hour - 9) / 24 * 2 * np.pi)
    sessions = rng.negative_binomial(40, 40 / (40 + expected))
    odds = np.exp(np.log(0.55 / 0.45) + np.repeat(rng.normal(0, 0.1, days), 24)[: len(times)])
    rate = odds / (1 + odds) + np.where(np.isin(hour_of_week, list(engaged)), 0.1, 0.0)
    counts = {"sessions": sessions, "engaged_sessions": rng.binomial(sessions, rate)}
    return make_traffic(pd.DataFrame({"time": times} | counts), "hour")


def hours_of(row) -> list[int]:
    return [(row["weekday"] * 24 + row["hour"] + step) % 168 for step in range(row["hours"])]


def listed(found: rhythm.Blocks) -> list[tuple[bool, dict]]:
    """All stretches, with whether they are above."""
    return [(True, row) for row in found.high.to_dict("records")] + [
        (False, row) for row in found.low.to_dict("records")
    ]


def by_hand(traffic: Traffic, metric: str, row: dict, *, is_high: bool) -> dict:
    """What a stretch should say, hour by hour; for whole weeks, and for ratios also others."""
    entry = METRICS[metric]
    sums: dict = {time: [0.0, 0.0] for time in traffic.times}
    for record in traffic.frame.to_dict("records"):
        sums[record["time"]][0] += record[entry.numerator]
        sums[record["time"]][1] += record[entry.denominator] if entry.is_ratio else 0.0
    if not entry.is_ratio:
        sums = {time: [top, 1.0] for time, (top, _) in sums.items()}
    weeks: dict = defaultdict(lambda: [0.0, 0.0])
    whole = int((traffic.times[-1] + HOUR - traffic.times[0]) / pd.Timedelta(days=7))

    def week(time: pd.Timestamp) -> int:
        return min((time - traffic.times[0]).days // 7, whole - 1)

    for time, (top, bottom) in sums.items():
        weeks[week(time)][0] += top
        weeks[week(time)][1] += bottom
    seen = agreeing = 0
    tops = bottoms = 0.0
    for time in traffic.times:
        if (time.weekday(), time.hour) != (row["weekday"], row["hour"]):
            continue
        hours = [time + step * HOUR for step in range(row["hours"])]
        if not all(hour in sums for hour in hours):
            continue
        top = sum(sums[hour][0] for hour in hours)
        usual = sum(sums[hour][1] * weeks[week(hour)][0] / weeks[week(hour)][1] for hour in hours)
        seen += 1
        agreeing += top > usual if is_high else top < usual
        tops += top
        bottoms += sum(sums[hour][1] for hour in hours)
    return {
        "value": tops / bottoms,
        "n": bottoms if entry.is_ratio else tops,
        "weeks_seen": seen,
        "weeks_agreeing": agreeing,
    }


@pytest.mark.parametrize(
    ("metric", "weeks", "filters"),
    [
        ("sessions", 4, Filters()),
        ("sessions", 4, Filters(hours=tuple(range(8, 24)), weekdays=(0, 1, 3, 4, 6))),
        ("engagement_rate", 4, Filters()),
        ("engagement_rate", 4.6, Filters(hours=(0, 1, 2, 3, 17, 18, 19, 20, 21, 22, 23))),
    ],
)
def test_stretches_agree_with_loops(metric, weeks, filters) -> None:
    # The first hour lies inside what is planted, so that a stretch runs from week to week.
    whole = site(
        5,
        weeks=weeks,
        busy=THURSDAY_EVENING,
        engaged=THURSDAY_EVENING,
        swing=0.5,
        start="2024-01-04 20:00",
    )
    traffic = select(whole, filters)
    found = rhythm.find_blocks(traffic, metric, most=20)
    assert any(set(hours_of(row)) & {3 * 24 + 19, 3 * 24 + 20} for _, row in listed(found))
    for is_high, row in listed(found):
        expected = by_hand(traffic, metric, row, is_high=is_high)
        assert {name: row[name] for name in expected} == pytest.approx(expected)
    if not METRICS[metric].is_ratio:
        cells = rhythm.heat_map(traffic, metric)["value"]
        assert found.typical == pytest.approx(cells.mean())


@pytest.mark.parametrize("metric", ["sessions", "engagement_rate"])
def test_sites_without_a_rhythm_seldom_show_one(metric) -> None:
    found = [rhythm.find_blocks(site(seed), metric) for seed in range(60)]
    assert sum(len(one.high) + len(one.low) > 0 for one in found) <= 6
    assert {one.tried for one in found} == {5 * 168}


@pytest.mark.parametrize(("weeks", "mean"), [(2, 40), (8, 1.5)])
def test_short_and_small_sites_without_a_rhythm_seldom_show_one(weeks, mean) -> None:
    found = [rhythm.find_blocks(site(s, weeks=weeks, mean=mean), "sessions") for s in range(40)]
    assert sum(len(one.high) + len(one.low) > 0 for one in found) <= 4


def test_quiet_hours_of_rare_and_large_orders_are_no_rhythm() -> None:
    alarms = 0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        times = pd.date_range("2024-01-01", periods=56 * 24, freq="h")
        revenue = [rng.lognormal(3, 1.2, orders).sum() for orders in rng.poisson(0.2, len(times))]
        traffic = make_traffic(pd.DataFrame({"time": times, "revenue": revenue}), "hour")
        found = rhythm.find_blocks(traffic, "revenue")
        alarms += len(found.high) + len(found.low) > 0
    assert alarms <= 3


def test_the_correction_is_that_of_the_largest_of_many_over_one_spread() -> None:
    rng = np.random.default_rng(0)
    largest = np.abs(rng.normal(size=(20_000, 60))).max(axis=1)
    for freedom in (3.0, 14.0, 100.0):
        over_spread = largest / np.sqrt(rng.chisquare(freedom, len(largest)) / freedom)
        rank = np.quantile(over_spread, [0.5, 0.95])
        chance = rhythm._chance(rank, np.full(2, freedom), 60)
        assert chance == pytest.approx([0.5, 0.05], abs=0.012)
        assert rhythm._reach(np.full(2, freedom), 60) == pytest.approx(rank[1], rel=0.03)


def test_a_busy_evening_is_found_and_its_interval_holds_the_truth() -> None:
    truth = np.ones(168)
    truth[list(THURSDAY_EVENING)] = 1.4
    truth /= truth.mean()
    hits = covered = 0
    for seed in range(40):
        for row in rhythm.find_blocks(site(seed, busy=THURSDAY_EVENING), "sessions").high.to_dict(
            "records"
        ):
            if len(set(hours_of(row)) & set(THURSDAY_EVENING)) >= 3:
                hits += 1
                covered += row["low"] <= truth[hours_of(row)].mean() - 1 <= row["high"]
                break
    assert hits >= 36
    assert covered >= 0.9 * hits


def test_intervals_hold_for_all_stretches_of_a_site_at_once() -> None:
    misses = claims = 0
    for seed in range(20):
        plan = random_site(seed)
        hourly = sum(expected_sessions(plan, channel) for channel in plan.channels).ravel()
        hourly /= (1 + plan.growth) ** (np.arange(len(hourly)) // 24 / 7)
        truth = np.bincount(
            (plan.days[0].day_of_week * 24 + np.arange(len(hourly))) % 168, weights=hourly
        )
        truth /= truth.mean()
        found = rhythm.find_blocks(make_traffic(simulate(seed, plan), "hour"), "sessions", most=9)
        wrong = [
            not row["low"] <= truth[hours_of(row)].mean() - 1 <= row["high"]
            for _, row in listed(found)
        ]
        claims += len(wrong)
        misses += any(wrong)
    assert claims > 100
    assert misses <= 2


def test_volume_and_engagement_may_point_to_different_hours() -> None:
    only_its_own = 0
    for seed in range(15):
        traffic = site(seed, busy=THURSDAY_EVENING, engaged=TUESDAY_MORNING)
        volume = rhythm.find_blocks(traffic, "sessions").high.to_dict("records")
        quality = rhythm.find_blocks(traffic, "engagement_rate").high.to_dict("records")
        found = [{hour for row in rows for hour in hours_of(row)} for rows in (volume, quality)]
        only_its_own += (
            len(found[0] & set(THURSDAY_EVENING)) >= 3
            and len(found[1] & set(TUESDAY_MORNING)) >= 3
            and not found[0] & set(TUESDAY_MORNING)
            and not found[1] & set(THURSDAY_EVENING)
        )
    assert only_its_own >= 13


@pytest.mark.parametrize("weeks", [2, 4])
def test_one_viral_evening_is_no_habit(weeks) -> None:
    alarms = 0
    for seed in range(25):
        traffic = site(seed, weeks=weeks, mean=40)
        evening = pd.Timestamp("2024-01-11 18:00")
        is_hit = traffic.frame["time"].between(evening, evening + 3 * HOUR)
        frame = traffic.frame.assign(
            sessions=traffic.frame["sessions"].where(~is_hit, traffic.frame["sessions"] * 4)
        )
        alarms += not rhythm.find_blocks(make_traffic(frame, "hour"), "sessions").high.empty
    assert alarms <= 2


def test_a_stretch_may_run_over_midnight_from_sunday_into_monday() -> None:
    found = rhythm.find_blocks(site(1, weeks=8, busy=SUNDAY_NIGHT), "sessions")
    row = found.high.to_dict("records")[0]
    assert len(set(hours_of(row)) & set(SUNDAY_NIGHT)) >= 3
    assert row["weekday"] == 6
    assert row["weeks_seen"] == 7  # the eighth runs beyond the end of the file


def test_a_cut_off_last_week_does_not_tilt_the_rest() -> None:
    """Counts that are exactly level times profile; 17 days, weekends quiet, weeks differ."""
    times = pd.date_range("2024-01-01", periods=17 * 24, freq="h")
    profile = np.repeat([1.0, 1.2, 1.0, 1.0, 1.1, 0.4, 0.3], 24) * np.tile(
        np.linspace(0.2, 1.8, 24), 7
    )
    level = np.where(np.arange(len(times)) < 168, 20_000, 30_000)
    sessions = level * np.tile(profile, 3)[: len(times)]
    traffic = make_traffic(pd.DataFrame({"time": times, "sessions": sessions}), "hour")
    found = rhythm.find_blocks(traffic, "sessions", most=9)
    assert len(listed(found)) > 9
    for is_high, row in listed(found):
        truth = profile[hours_of(row)].mean() / profile.mean() - 1
        assert row["difference"] == pytest.approx(truth, abs=1e-6)
        assert (row["difference"] > 0) == is_high
        assert row["weeks_seen"] == row["weeks_agreeing"]
        assert row["weeks_seen"] == (3 if max(hours_of(row)) < 72 else 2)
    assert found.weeks == 3


def test_weeks_before_a_channel_began_are_not_seen() -> None:
    later = site(2, weeks=6, busy=THURSDAY_EVENING)
    times = pd.date_range("2023-12-04", later.times[-1], freq="h")
    found = rhythm.find_blocks(make_traffic(later.frame, "hour", times), "sessions")
    alone = rhythm.find_blocks(later, "sessions")
    assert found.weeks == 10
    assert found.typical == pytest.approx(alone.typical)
    pd.testing.assert_frame_equal(found.high, alone.high)
    assert found.high["weeks_seen"].max() == 6


@pytest.mark.parametrize("metric", ["sessions", "engagement_rate"])
def test_a_filtered_hour_lies_in_no_stretch(metric) -> None:
    whole = site(3, busy=THURSDAY_EVENING, engaged=THURSDAY_EVENING, swing=0.6)
    hours, weekdays = (0, 1, 2, 3, 9, 10, 11, 18, 19, 22, 23), (0, 2, 3, 6)
    allowed = {weekday * 24 + hour for weekday in weekdays for hour in hours}
    traffic = select(whole, Filters(hours=hours, weekdays=weekdays))
    found = rhythm.find_blocks(traffic, metric, most=30)
    assert listed(found)
    for _, row in listed(found):
        assert set(hours_of(row)) <= allowed
    assert found.tried < 168


def test_the_list_is_clear_and_says_the_same_as_its_intervals() -> None:
    found = rhythm.find_blocks(site(4, busy=THURSDAY_EVENING, swing=0.5), "sessions", most=30)
    for frame in (found.high, found.low):
        rows = frame.to_dict("records")
        assert len(rows) > 3
        taken = [hour for row in rows for hour in hours_of(row)]
        around = [h for row in rows for h in (hours_of(row)[0] - 1, hours_of(row)[-1] + 1)]
        assert len(set(taken)) == len(taken)
        assert not {hour % 168 for hour in around} & set(taken)
        assert (frame["p_value"] < 0.05).all()
        assert (frame["low"] * frame["high"] > 0).all()
        assert frame["difference"].between(frame["low"], frame["high"]).all()
        assert frame["hours"].between(2, 6).all()
    assert len(rhythm.find_blocks(site(4, swing=0.5), "sessions", most=2).low) == 2


def test_neither_the_order_of_rows_nor_of_channels_matters() -> None:
    traffic = hourly_traffic({"Direct": 0.4, "Referral": 0.6}, days=28)
    shuffled = replace(traffic, frame=traffic.frame.sample(frac=1, random_state=1))
    for metric in ("sessions", "engagement_rate"):
        one, other = (rhythm.find_blocks(either, metric) for either in (traffic, shuffled))
        pd.testing.assert_frame_equal(one.high, other.high)
        pd.testing.assert_frame_equal(one.low, other.low)
    pd.testing.assert_frame_equal(
        rhythm.heat_map(traffic, "sessions"), rhythm.heat_map(shuffled, "sessions")
    )


@pytest.mark.parametrize(
    ("traffic", "metric", "code", "params"),
    [
        (daily_traffic(), "sessions", "needs_hours", {"grain": "day"}),
        (hourly_traffic({"A": 0.5}, days=13), "sessions", "too_few_days", {"have": 13, "need": 14}),
        (make_traffic(flat(0).frame.assign(sessions=0.0), "hour"), "sessions", "no_visits", {}),
        (select(flat(0), Filters(channels=("Email",))), "engagement_rate", "no_visits", {}),
        (
            make_traffic(flat(0).frame.assign(sessions=0.0, engaged_sessions=0.0), "hour"),
            "engagement_rate",
            "no_visits",
            {},
        ),
        *[
            (flat(0), metric, "metric_not_exported", {"metric": metric})
            for metric in ("clicks", *RATIOS)
        ],
    ],
)
def test_too_little_for_stretches_is_refused_with_a_code(traffic, metric, code, params) -> None:
    with pytest.raises(NotEnoughData) as caught:
        rhythm.find_blocks(traffic, metric)
    assert caught.value.code == code
    assert dict(caught.value.params) == params


def test_a_heat_map_of_what_was_not_exported_is_refused() -> None:
    with pytest.raises(NotEnoughData) as caught:
        rhythm.heat_map(flat(0), "engagement_rate")
    assert caught.value.code == "metric_not_exported"


def test_two_weeks_are_enough_and_too_thin_is_an_empty_list() -> None:
    assert rhythm.find_blocks(hourly_traffic({"A": 0.5}, days=14), "sessions").tried == 5 * 168 - 15
    thin = rhythm.find_blocks(hourly_traffic({"A": 0.5}, days=28, mean=0.1), "engagement_rate")
    never = make_traffic(flat(0).frame.assign(key_events=0.0), "hour")
    for found in (thin, rhythm.find_blocks(never, "key_events_per_session")):
        assert found.high.empty
        assert found.low.empty
        assert found.tried == 0
        assert found.high.dtypes["weekday"] == "int64"


def test_stretches_on_fewer_than_a_hundred_sessions_are_not_tried() -> None:
    """Five sessions an hour, four weeks: five hours hold 100, six 120, or 90 in three weeks."""
    times = pd.date_range("2024-01-01", periods=672, freq="h")
    frame = pd.DataFrame({"time": times, "sessions": 5.0, "engaged_sessions": 3.0})
    found = rhythm.find_blocks(make_traffic(frame, "hour"), "engagement_rate")
    assert found.tried == 164 + 163
    assert rhythm.find_blocks(make_traffic(frame, "hour"), "sessions").tried == 840


def test_inputs_are_not_mutated() -> None:
    before = TRAFFIC.frame.copy()
    rhythm.heat_map(TRAFFIC, "engagement_rate")
    rhythm.find_window(TRAFFIC, "sessions")
    rhythm.find_blocks(TRAFFIC, "engagement_rate")
    pd.testing.assert_frame_equal(TRAFFIC.frame, before)
