"""One level for a short history: it holds what it promises, and it never fails otherwise."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.errors import NotEnoughData
from core.forecast import chance_of_more
from core.forecast.cautious import CAVEATS, LevelForecast, forecast_level

HISTORY_CAVEATS = {
    "time_zone_dropped",
    "infinite_values_ignored",
    "rows_without_time_ignored",
    "duplicate_times_summed",
}


def days(counts: object, start: str = "2024-01-01", freq: str = "D") -> pd.Series:
    values = np.asarray(counts, dtype=float)
    return pd.Series(values, pd.date_range(start, periods=len(values), freq=freq))


def hours(length: int, start: str = "2024-01-01", mean: float = 20, seed: int = 0) -> pd.Series:
    times = pd.date_range(start, periods=length, freq="h")
    shape = 1 + 0.6 * np.sin((times.hour - 9) / 24 * 2 * np.pi)
    return pd.Series(np.random.default_rng(seed).poisson(mean * shape).astype(float), times)


def site(rng: np.random.Generator, length: int) -> pd.Series:
    """A site with known laws: weekends of its own, memory, a wandering level, a rare spike."""
    times = pd.date_range("2024-01-01", periods=length) + pd.Timedelta(days=int(rng.integers(7)))
    shape = rng.normal(0, 0.08, 7)
    shape[5:] += rng.normal(-0.3, 0.4)
    memory, spread, drift = rng.uniform(0, 0.8), rng.uniform(0.05, 0.3), rng.uniform(0, 0.04)
    stray = np.empty(length)
    stray[0] = rng.normal(0, spread)
    for place in range(1, length):
        new = np.sqrt(1 - memory**2) * rng.normal(0, spread)
        stray[place] = memory * stray[place - 1] + new
    level = rng.uniform(1, 9) + np.cumsum(rng.normal(0, drift, length))
    spike = np.where(rng.random(length) < 0.01, rng.uniform(2, 8, length), 1)
    expected = np.exp(level + shape[times.day_of_week] + stray) * spike
    return pd.Series(rng.poisson(expected).astype(float), times)


def assert_sound(found: LevelForecast, horizon: int, peak: float) -> None:
    frame, total = found.frame, found.total
    numbers = frame[["mean", "low", "high"]].to_numpy()
    assert list(frame) == ["time", "mean", "low", "high"]
    assert len(frame) == horizon
    assert np.isfinite(numbers).all()
    assert (numbers[:, 1] >= 0).all()
    assert (frame["low"] <= frame["mean"]).all()
    assert (frame["mean"] <= frame["high"]).all()
    assert frame["mean"].nunique() == 1
    roof = 3 * max(peak, 1) * (1 + 1e-9)
    assert 0 <= total.low <= total.mean <= total.high <= roof * horizon
    assert total.mean == pytest.approx(frame["mean"].sum())
    assert total.scale > 0
    assert total.freedom >= 1
    assert (frame["high"] <= roof).all()
    assert (frame["high"].max() <= 3 * peak * (1 + 1e-9)) or "capped" in found.caveats
    assert "level_only" in found.caveats
    assert set(found.caveats) <= set(CAVEATS) | HISTORY_CAVEATS


@pytest.mark.parametrize(("length", "horizon"), [(5, 7), (8, 14), (12, 7), (28, 14), (40, 7)])
def test_the_band_holds_what_it_promises_on_sites_of_known_law(length, horizon) -> None:
    rng = np.random.default_rng([1, length, horizon])
    held, totals = [], []
    for _ in range(120):
        whole = site(rng, length + horizon)
        found = forecast_level(whole.iloc[:length], horizon)
        actual = whole.iloc[length:].to_numpy()
        held.append(np.mean((actual >= found.frame["low"]) & (actual <= found.frame["high"])))
        totals.append(found.total.low <= actual.sum() <= found.total.high)
    assert 0.79 < np.mean(held) < 0.95
    assert 0.8 < np.mean(totals) < 0.99


def test_memory_widens_the_total_beyond_independent_days() -> None:
    found = forecast_level(site(np.random.default_rng(3), 12), 14)
    reach = np.log((found.frame["high"] + 1) / (found.frame["mean"] + 1)).mean()
    of_total = np.log((found.total.high + 1) / (found.total.mean + 1))
    assert reach / np.sqrt(14) * 1.3 < of_total < reach


def test_the_chance_of_more_agrees_with_the_band_of_the_total() -> None:
    found = forecast_level(days(np.random.default_rng(0).poisson(300, 20)), 7, level=0.9)
    assert chance_of_more(found.total, found.total.high) == pytest.approx(0.05, abs=1e-6)
    assert chance_of_more(found.total, found.total.low) == pytest.approx(0.95, abs=1e-6)


def test_one_spike_does_not_bend_the_level() -> None:
    calm = days(np.random.default_rng(5).poisson(200, 10))
    wild = calm.copy()
    wild.iloc[6] = 20_000
    before, after = forecast_level(calm, 7), forecast_level(wild, 7)
    assert after.total.mean == pytest.approx(before.total.mean, rel=0.12)
    assert after.total.high < 1.5 * before.total.high
    assert "spike_cut_back" in after.caveats
    assert "spike_cut_back" not in before.caveats


def test_the_level_counts_each_weekday_alike() -> None:
    times = pd.date_range("2024-01-01", periods=12)  # two working weeks, one weekend
    counts = np.where(times.day_of_week >= 5, 30.0, 100.0)
    found = forecast_level(pd.Series(counts, times), 7)
    assert found.total.mean == pytest.approx(5 * 100 + 2 * 30)


def test_the_level_follows_the_newest_weeks() -> None:
    found = forecast_level(days([100.0] * 21 + [200.0] * 21), 7)
    assert 150 < found.frame["mean"].iloc[0] < 200


def test_a_weekday_never_seen_is_wider_and_is_told() -> None:
    found = forecast_level(days([100, 104, 97, 103, 99]), 7)  # Monday to Friday
    width = (found.frame["high"] - found.frame["low"]).to_numpy()
    assert width[:2].min() > 1.1 * width[2:].max()  # Saturday, Sunday
    assert "weekdays_not_seen" in found.caveats
    assert "weekdays_not_seen" not in forecast_level(days([100.0] * 7), 7).caveats


def test_less_is_known_of_what_is_further_and_from_shorter_histories() -> None:
    calm = np.random.default_rng(1).poisson(500, 56)
    far = forecast_level(days(calm), 28).frame
    assert far["high"].iloc[-1] > far["high"].iloc[0]
    short, long = (forecast_level(days(calm[-length:]), 7).total for length in (7, 56))
    assert short.high / short.mean > long.high / long.mean


@pytest.mark.parametrize("mean", [0.4, 3, 40, 4_000])
def test_never_narrower_than_poisson(mean) -> None:
    for seed in range(5):
        found = forecast_level(days(np.random.default_rng(seed).poisson(mean, 30) + 1), 7)
        fewest, most = stats.poisson.ppf([0.1, 0.9], found.frame["mean"].iloc[0])
        assert (found.frame["low"] <= fewest).all()
        assert (found.frame["high"] >= most).all()
        assert found.total.scale >= 1 / np.sqrt(found.total.mean + 1)


def test_hours_become_whole_days_and_cut_days_are_left_out() -> None:
    counts = hours(9 * 24, start="2024-01-01 15:00")  # eight whole days between two cut ones
    found = forecast_level(counts, 7)
    assert (found.step, found.unit, found.have, found.needed, found.periods) == (
        "day", "day", 8, 14, 8,
    )  # fmt: skip
    assert found.frame["time"].iloc[0] == pd.Timestamp("2024-01-10")
    assert "incomplete_days_left_out" in found.caveats
    assert found.frame["mean"].iloc[0] == pytest.approx(480, rel=0.05)
    whole = forecast_level(hours(8 * 24), 7)
    assert "incomplete_days_left_out" not in whole.caveats


def test_a_day_of_23_hours_is_whole_and_one_with_a_hole_is_a_gap() -> None:
    spring = hours(8 * 24).drop(pd.Timestamp("2024-01-04 02:00"))
    assert forecast_level(spring, 3).have == 8
    holed = hours(8 * 24).drop(pd.date_range("2024-01-04 02:00", periods=3, freq="h"))
    found = forecast_level(holed, 3)
    assert found.have == 7
    assert "gaps_in_history" in found.caveats


@pytest.mark.parametrize(
    ("freq", "step", "needed", "next_time"),
    [("D", "day", 56, "2024-01-06"), ("7D", "week", 12, "2024-02-05"),
     ("MS", "month", 12, "2024-06-01")],
)  # fmt: skip
def test_each_step_stays_at_its_step(freq, step, needed, next_time) -> None:
    found = forecast_level(days([90, 100, 110, 95, 105], freq=freq), 3)
    assert (found.step, found.unit, found.have, found.needed) == (step, step, 5, needed)
    assert found.frame["time"].iloc[0] == pd.Timestamp(next_time)
    assert_sound(found, 3, 110)


def test_a_long_history_is_read_from_its_end() -> None:
    found = forecast_level(days([10.0] * 300 + [100.0] * 56), 7)
    assert (found.periods, found.have) == (56, 356)
    assert found.frame["mean"].iloc[0] == pytest.approx(100)
    assert "older_history_left_out" in found.caveats


def refusal(history: object, horizon: object = 7, level: object = 0.8) -> NotEnoughData:
    with pytest.raises(NotEnoughData) as caught:
        forecast_level(history, horizon, level)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("history", "have", "unit"),
    [
        (days([5]), 0, "day"),
        (days([5, 6]), 2, "day"),
        (days([5, np.nan, np.nan, 6]), 2, "day"),
        (days([5, 6], freq="7D"), 2, "week"),
        (days([5, 6], freq="MS"), 2, "month"),
        (hours(3 * 24, start="2024-01-01 01:00"), 2, "day"),
        (hours(20), 0, "day"),
    ],
)
def test_fewer_than_three_whole_periods_are_refused(history, have, unit) -> None:
    error = refusal(history)
    assert error.code == "history_too_short"
    assert dict(error.params) == {"have": have, "need": 3, "unit": unit}


@pytest.mark.parametrize(
    ("history", "horizon", "level", "code"),
    [
        (days([1, 2, 3, 4]), 0, 0.8, "horizon_not_positive"),
        (days([1, 2, 3, 4]), 2.5, 0.8, "horizon_not_positive"),
        (days([1, 2, 3, 4]), 732, 0.8, "horizon_too_long"),
        (days([1, 2, 3, 4]), 7, 1.0, "level_out_of_range"),
        (days([1, 2, 3, 4]), 7, np.nan, "level_out_of_range"),
        (days([1, 2, -3, 4]), 7, 0.8, "negative_values"),
        (days([np.nan] * 5), 7, 0.8, "history_empty"),
        (pd.Series([1.0, 2.0, 3.0]), 7, 0.8, "forecast_without_time"),
        (days([1, 2, 3, 4]).astype(str) + "x", 7, 0.8, "history_not_numeric"),
        (days([1, 2, 3, 4], freq="5min"), 7, 0.8, "grain_not_supported"),
        (days([1, 2, 3, 4], freq="90min"), 7, 0.8, "irregular_history"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_code(history, horizon, level, code) -> None:
    assert refusal(history, horizon, level).code == code


BAD = {
    "zeros": days([0.0] * 9),
    "constant": days([7.0] * 9),
    "one spike": days([0, 0, 0, 0, 9_000, 0, 0, 0, 0]),
    "one count": days([0, 0, 0, 0, 0, 0, 0, 1]),
    "huge": days([1e15, 1e14, 3, 1e15, 0]),
    "infinite": days([5, np.inf, 6, 7, np.nan, 8, 5]),
    "unsorted": days([5, 6, 7, 8, 9, 10]).sample(frac=1, random_state=0),
    "duplicates": pd.concat([days([5, 6, 7, 8]), days([1, 1, 1, 1])]),
    "zone": days(np.arange(1.0, 9)).tz_localize("Europe/Berlin"),
    "hours over a change of clock": hours(240, "2024-03-27").tz_localize(
        "Europe/Berlin", nonexistent="shift_forward", ambiguous="NaT"
    ),
    "no times": pd.Series(
        [1.0, 2, 3, 4, 5], pd.DatetimeIndex([*pd.date_range("2024-01-01", periods=4), pd.NaT])
    ),
    "integers": days([5, 6, 7, 8]).astype("Int64"),
    "a stray row": pd.concat([days([4.0], start="1970-01-01"), days([5, 6, 7, 8])]),
    "steep": days(np.exp(np.arange(0, 30))),
    "only Mondays and gaps": days([50, np.nan, np.nan, np.nan, 60, np.nan, 70, np.nan, 80]),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize(("horizon", "level"), [(1, 0.8), (31, 0.999), (731, 0.5)])
def test_odd_histories_give_a_sound_forecast(name, horizon, level) -> None:
    history = BAD[name]
    before = history.copy()
    found = forecast_level(history, horizon, level)
    pd.testing.assert_series_equal(history, before)
    finite = history.to_numpy(dtype=float, na_value=np.nan)
    per_day = 24 if "hours" in name else 1
    peak = float(np.nanmax(finite[np.isfinite(finite)])) * per_day + (name == "duplicates")
    assert_sound(found, horizon, peak)


def test_caps_are_told() -> None:
    assert "capped" in forecast_level(BAD["zeros"], 7).caveats
    assert "capped" in forecast_level(days([5, 6, 7, 8]), 365, level=0.999).caveats
    assert "capped" not in forecast_level(days([500, 560, 520, 540]), 7).caveats


def test_empty_days_do_not_prove_that_nobody_comes() -> None:
    found = forecast_level(days([0.0] * 5), 7)
    assert found.frame["mean"].eq(0).all()
    assert found.frame["high"].gt(0).all()
    assert {"mostly_zero", "capped"} <= set(found.caveats)


@pytest.mark.parametrize("mean", [0.5, 2.0, 10.0])
def test_totals_of_small_sites_are_held(mean) -> None:
    rng = np.random.default_rng([2, int(mean * 10)])
    held = []
    for _ in range(100):
        counts = days(rng.poisson(mean, 19))
        total = forecast_level(counts.iloc[:12], 7).total
        held.append(total.low <= counts.iloc[12:].sum() <= total.high)
    assert np.mean(held) > 0.8


def test_the_order_of_rows_is_irrelevant_and_the_answer_always_the_same() -> None:
    counts = site(np.random.default_rng(9), 20)
    first, second = forecast_level(counts, 7), forecast_level(counts.iloc[::-1], 7)
    pd.testing.assert_frame_equal(first.frame, second.frame)
    assert first.total == second.total
