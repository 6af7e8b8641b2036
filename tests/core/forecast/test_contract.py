"""The contract of the forecast: what comes back, what is refused, what never happens."""

import os
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import NotEnoughData
from core.forecast import Forecast, forecast
from core.forecast import methods as methods_module
from core.forecast.backtest import plan_folds
from core.forecast.engine import CAVEATS
from core.forecast.history import GRAINS, read_history
from core.forecast.methods import METHODS
from core.forecast.model import ModelError

ROOT = Path(__file__).resolve().parents[3]
BACKTEST_COLUMNS = ["fold", "time", "actual", "mean", "low", "high", "naive"]


def hours(days: int = 28, mean: float = 20, seed: int = 0, start: str = "2024-01-01") -> pd.Series:
    """Counts an hour with a shape of the day and of the week."""
    times = pd.date_range(start, periods=days * 24, freq="h")
    shape = 1 + 0.6 * np.sin((times.hour - 9) / 24 * 2 * np.pi) - 0.3 * (times.day_of_week >= 5)
    return pd.Series(np.random.default_rng(seed).poisson(mean * shape).astype(float), times)


def days(length: int = 100, mean: float = 50, seed: int = 0) -> pd.Series:
    times = pd.date_range("2023-01-01", periods=length, freq="D")
    shape = 1 - 0.4 * (times.day_of_week >= 5)
    return pd.Series(np.random.default_rng(seed).poisson(mean * shape).astype(float), times)


def replaced(series: pd.Series, places: object, value: float) -> pd.Series:
    copy = series.copy()
    copy.iloc[places] = value
    return copy


@pytest.fixture(autouse=True)
def few_folds(monkeypatch, request) -> None:
    """What holds for four folds holds for twelve, in a third of the time."""
    if not any(word in request.node.name for word in ("folds", "own_window")):
        monkeypatch.setattr("core.forecast.backtest.MOST_FOLDS", 4)


def refusal(history: object, horizon: object = 24, level: object = 0.8) -> NotEnoughData:
    with pytest.raises(NotEnoughData) as caught:
        forecast(history, horizon, level)  # type: ignore[arg-type]
    return caught.value


def assert_sound(result: Forecast, horizon: int) -> None:
    """What holds for every forecast, whatever went in."""
    for frame in (result.frame, result.backtest):
        numbers = frame.select_dtypes("float").to_numpy()
        assert np.isfinite(numbers).all()
        assert (numbers >= 0).all()
        assert (frame["low"] <= frame["mean"]).all()
        assert (frame["mean"] <= frame["high"]).all()
    assert list(result.frame.columns) == ["time", "mean", "low", "high"]
    assert list(result.backtest.columns) == BACKTEST_COLUMNS
    assert len(result.frame) == horizon
    assert result.frame["time"].dtype.kind == "M"
    assert result.frame["time"].is_unique
    assert 0 <= result.total.low <= result.total.mean <= result.total.high < np.inf
    assert result.total.mean == pytest.approx(result.frame["mean"].sum())
    assert result.method in METHODS
    assert set(result.caveats) <= set(CAVEATS)
    assert len(set(result.caveats)) == len(result.caveats)
    assert 0 <= result.accuracy.totals_in_band <= result.accuracy.folds


BASE = hours()
GAPPY = BASE.sample(frac=0.7, random_state=1)
RNG = np.random.default_rng(3)
ODD_HISTORIES = {
    "duplicates": (pd.concat([BASE, BASE.iloc[5:9]]), "duplicate_times_summed"),
    "zone": (BASE.tz_localize("UTC").tz_convert("Europe/Berlin"), "time_zone_dropped"),
    "clock change": (hours(start="2024-03-20").tz_localize("UTC").tz_convert("US/Eastern"), None),
    "missing hours": (GAPPY, "gaps_in_history"),
    "nan": (replaced(BASE, slice(100, 180), np.nan), "gaps_in_history"),
    "nan at the end": (replaced(BASE, slice(620, 672), np.nan), None),
    "infinite": (replaced(BASE, [3, 300], np.inf), "infinite_values_ignored"),
    "constant": (BASE * 0 + 7, "constant_history"),
    "zeros": (BASE * 0, "constant_history"),
    "one spike": (replaced(BASE, 500, 1e9), "spike_in_history"),
    "spike at the end": (replaced(BASE, -1, 1e9), "spike_in_history"),
    "mostly zero": (pd.Series((RNG.random(672) < 0.1) * 1.0, BASE.index), "mostly_zero"),
    "almost all zero": (pd.Series((RNG.random(672) < 0.01) * 1.0, BASE.index), "mostly_zero"),
    "no time": (
        pd.Series(BASE.to_numpy(), pd.DatetimeIndex([pd.NaT, *BASE.index[1:]])),
        "rows_without_time_ignored",
    ),
    "shortest": (BASE.iloc[: 14 * 24], "backtest_shorter_than_horizon"),
    "nullable": (replaced(BASE, 3, np.nan).astype("Int64"), "gaps_in_history"),
    "shrinking": (pd.Series(np.exp(-np.arange(672) / 60) * 1e4, BASE.index), None),
    "growing": (pd.Series(np.exp(np.arange(672) / 60), BASE.index), "capped"),
    "stray row": (pd.concat([pd.Series([3.0], pd.DatetimeIndex(["1900-01-01"])), BASE]), None),
    "days": (days(), None),
    "shortest days": (days(56), "backtest_shorter_than_horizon"),
    "weeks": (pd.Series(days(30).to_numpy(), pd.date_range("2023", periods=30, freq="W")), None),
    "months": (pd.Series(days(40).to_numpy(), pd.date_range("2020", periods=40, freq="MS")), None),
}


@pytest.mark.parametrize("name", ODD_HISTORIES)
def test_odd_histories_give_sound_forecasts_and_stay_as_they_were(name: str) -> None:
    history, caveat = ODD_HISTORIES[name]
    before, horizon = history.copy(), 168 if len(history) > 300 else 28
    result = forecast(history, horizon)
    assert_sound(result, horizon)
    pd.testing.assert_series_equal(history, before)
    assert caveat is None or caveat in result.caveats


@pytest.mark.parametrize(
    ("history", "code"),
    [
        (BASE.iloc[:0], "history_empty"),
        (BASE * np.nan, "history_empty"),
        (BASE.iloc[:1], "history_too_short"),
        (BASE.iloc[: 14 * 24 - 1], "history_too_short"),
        (days(55), "history_too_short"),
        (replaced(BASE, 3, -1), "negative_values"),
        (replaced(BASE, 3, -np.inf), "negative_values"),
        (BASE.sample(frac=0.1, random_state=1), "history_too_many_gaps"),
        (BASE.reset_index(drop=True), "forecast_without_time"),
        ([1, 2, 3], "forecast_without_time"),
        (BASE.astype(object).replace(BASE.iloc[0], "many"), "history_not_numeric"),
        (pd.Series(BASE.index, BASE.index), "history_not_numeric"),
        (pd.Series(1.0, pd.date_range("2024", periods=2000, freq="15min")), "grain_not_supported"),
        (
            pd.Series(1.0, BASE.index + pd.to_timedelta(RNG.integers(0, 3000, 672), "s")),
            "irregular_history",
        ),
    ],
)
def test_what_cannot_be_forecast_is_refused_with_a_code(history: object, code: str) -> None:
    assert refusal(history).code == code


def test_a_refusal_says_have_and_need_in_whole_days() -> None:
    assert dict(refusal(BASE.iloc[:335]).params) == {"have": 13, "need": 14, "unit": "day"}
    assert dict(refusal(days(55)).params) == {"have": 55, "need": 56, "unit": "day"}


@pytest.mark.parametrize("horizon", [0, -1, 1.5, True, None, "3", float("nan")])
def test_horizon_must_be_a_positive_whole_number(horizon: object) -> None:
    assert refusal(BASE, horizon).code == "horizon_not_positive"


@pytest.mark.parametrize("level", [0, 1, -0.5, 80, None, "high", float("nan")])
def test_level_must_lie_between_zero_and_one(level: object) -> None:
    assert refusal(BASE, 24, level).code == "level_out_of_range"


def test_an_endless_horizon_is_refused() -> None:
    assert refusal(BASE, 10**8).code == "horizon_too_long"


def test_the_forecast_begins_where_the_history_ends() -> None:
    result = forecast(BASE, 3)
    assert result.frame["time"].tolist() == list(pd.date_range("2024-01-29", periods=3, freq="h"))


def test_row_order_is_irrelevant_and_results_repeat_in_parallel() -> None:
    shuffled = BASE.sample(frac=1, random_state=2)
    with warnings.catch_warnings(), ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda series: forecast(series, 48), [BASE, shuffled, BASE]))
    for other in results[1:]:
        pd.testing.assert_frame_equal(results[0].frame, other.frame)
        pd.testing.assert_frame_equal(results[0].backtest, other.backtest)
        assert other.total == results[0].total


def test_global_random_state_is_neither_read_nor_moved() -> None:
    np.random.seed(5)
    before = np.random.get_state()[1].copy()
    forecast(days(60), 7)
    assert (np.random.get_state()[1] == before).all()


def test_a_higher_level_never_narrows_the_band() -> None:
    narrow, wide = forecast(BASE, 48, 0.5), forecast(BASE, 48, 0.95)
    assert (wide.frame["low"] <= narrow.frame["low"]).all()
    assert (wide.frame["high"] >= narrow.frame["high"]).all()
    assert wide.total.high > narrow.total.high


def test_the_band_of_the_total_is_narrower_than_the_summed_bands() -> None:
    result = forecast(BASE, 168)
    assert result.total.high - result.total.low < (result.frame["high"] - result.frame["low"]).sum()


def test_nothing_exceeds_three_times_the_largest_count_ever_seen() -> None:
    result = forecast(ODD_HISTORIES["growing"][0], 168)
    assert result.frame["high"].max() <= 3 * ODD_HISTORIES["growing"][0].max() * (1 + 1e-9)


def test_one_spike_hardly_moves_the_forecast() -> None:
    calm, spiky = forecast(BASE, 168), forecast(replaced(BASE, 500, 1e6), 168)
    assert spiky.total.mean == pytest.approx(calm.total.mean, rel=0.05)


def test_a_horizon_beyond_the_replay_is_said_and_widens() -> None:
    result = forecast(BASE, 21 * 24)
    assert "backtest_shorter_than_horizon" in result.caveats
    width = (result.frame["high"] - result.frame["low"]).to_numpy()
    assert width[-168:].mean() > width[:168].mean()


def test_progress_rises_to_one_and_may_stop_the_work() -> None:
    seen: list[tuple[float, str]] = []
    forecast(BASE, 24, on_progress=lambda share, stage: seen.append((share, stage)))
    assert [share for share, _ in seen] == sorted(share for share, _ in seen)
    assert seen[-1] == (1.0, "done")
    assert {stage for _, stage in seen} == {"replaying", "forecasting", "done"}

    def stop(_share: float, _stage: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forecast(BASE, 24, on_progress=stop)


@pytest.mark.parametrize("fails_after", [0, 3])
def test_without_prophet_the_simple_methods_carry_on(monkeypatch, fails_after: int) -> None:
    calls, real = [], methods_module.fit_prophet

    def failing(*args: object, **options: object) -> np.ndarray:
        calls.append(1)
        if len(calls) > fails_after:
            raise ModelError
        return real(*args, **options)

    monkeypatch.setattr(methods_module, "fit_prophet", failing)
    result = forecast(BASE, 24)
    assert_sound(result, 24)
    assert "prophet_failed" in result.caveats
    assert "prophet" not in result.method


@pytest.mark.parametrize("length_days", [14, 15, 21, 28, 56, 365])
@pytest.mark.parametrize("horizon_days", [1, 7, 28])
def test_folds_stay_inside_the_history(length_days: int, horizon_days: int) -> None:
    plan = plan_folds(length_days * 24, horizon_days * 24, GRAINS["hour"])
    assert plan.origins[-1] + plan.horizon == length_days * 24
    assert min(plan.origins) >= 7 * 24
    assert 4 <= len(plan.origins) <= 12
    assert list(plan.origins) == sorted(set(plan.origins))


def test_a_replayed_band_does_not_know_the_counts_of_its_own_window() -> None:
    """Change the counts of the newest fold: its band must not move.

    But for a hair: the weights of the other folds' blends know the window.
    """
    history = days(98)
    changed = history.copy()
    changed.iloc[-7:] = (history.iloc[-7:] * 1.1).round()
    frames = [forecast(series, 7).backtest for series in (history, changed)]
    newest = [frame[frame["fold"] == frame["fold"].max()] for frame in frames]
    np.testing.assert_allclose(newest[0]["mean"], newest[1]["mean"], rtol=1e-9)
    for column in ("low", "high"):
        np.testing.assert_allclose(newest[0][column], newest[1][column], rtol=0.01)


def test_reading_keeps_local_wall_time_and_leaves_gaps() -> None:
    local = BASE.drop(BASE.index[50]).tz_localize("Europe/Berlin")
    history = read_history(local)
    assert history.times[0] == BASE.index[0]
    assert np.isnan(history.values[50])
    assert np.isnan(history.values).sum() == 1


def test_importing_the_forecast_loads_neither_prophet_nor_streamlit() -> None:
    code = (
        "import sys, core.forecast;"
        "print(sorted({'prophet', 'cmdstanpy', 'streamlit', 'altair'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "[]"
