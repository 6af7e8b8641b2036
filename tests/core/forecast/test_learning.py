"""What the methods learn from: spikes do not bend the forecast, a lasting new level does."""

import numpy as np
import pandas as pd
import pytest

from core.forecast import forecast
from core.forecast.history import GRAINS, count_unfinished, read_history
from core.forecast.learning import learn_from
from tests.simulate_forecasts import daily_site, site


def changed(series: pd.Series, places: slice, factor: float) -> pd.Series:
    copy = series.copy()
    copy.iloc[places] *= factor
    return copy


def lesson_of(series: pd.Series, known: int | None = None):
    history = read_history(series)
    return learn_from(history, len(history.values) if known is None else known)


def test_a_spike_is_left_out_and_the_rest_is_as_it_was() -> None:
    calm = site(3, 4)[0]
    lesson = lesson_of(changed(calm, slice(500, 506), 10))
    assert lesson.is_spike[500:506].all()
    assert lesson.is_spike.sum() <= 24
    kept = ~lesson.is_spike
    np.testing.assert_array_equal(lesson.clean[kept], calm.to_numpy()[kept])


def test_what_comes_later_is_not_known_earlier() -> None:
    calm = site(3, 4)[0]
    later = changed(calm, slice(550, 600), 20)
    np.testing.assert_array_equal(lesson_of(calm, 504).clean, lesson_of(later, 504).clean)


@pytest.mark.parametrize("days", [3, 5, 10])
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_new_level_lifts_the_older_history_and_is_no_spike(days: int, factor: float) -> None:
    calm = site(3, 8)[0]
    lesson = lesson_of(changed(calm, slice(-24 * days, None), factor))
    assert lesson.level_since is not None
    assert abs((lesson.times[-24 * days] - lesson.level_since).days) <= 1
    assert not lesson.is_spike[-24 * (days - 1) :].any()
    before = np.nanmean(lesson.clean[: -24 * (days + 1)])
    assert before / calm.iloc[: -24 * (days + 1)].mean() == pytest.approx(factor, rel=0.12)


def test_sites_without_spikes_or_levels_are_left_alone() -> None:
    touched = [lesson_of(site(seed, 5)[0]) for seed in range(12)]
    assert sum(lesson.level_since is not None for lesson in touched) <= 1
    assert np.mean([lesson.is_spike.mean() for lesson in touched]) < 0.01


def test_weeks_and_months_are_left_as_they_are() -> None:
    series = pd.Series(
        np.r_[np.full(30, 50.0), 900, 50], pd.date_range("2023", periods=32, freq="W")
    )
    assert not lesson_of(series).is_spike.any()


def test_a_spike_does_not_bend_the_forecast_and_a_new_level_does_at_once() -> None:
    calm = daily_site(5)
    usual = forecast(calm, 14).total.mean
    spiky = forecast(changed(calm, slice(-3, -2), 8), 14)
    lifted = forecast(changed(calm, slice(-4, None), 2), 14)
    assert spiky.total.mean == pytest.approx(usual, rel=0.08)
    assert "spikes_left_out" in spiky.caveats
    assert lifted.total.mean == pytest.approx(2 * usual, rel=0.12)
    assert "new_level" in lifted.caveats


HOURS = np.tile(np.r_[np.full(8, 2.0), np.full(16, 40.0)], 10)
DAYS = np.tile([50.0, 60, 55, 52, 48, 30, 25], 6)


@pytest.mark.parametrize(
    ("values", "grain", "expected"),
    [
        (HOURS, "hour", 0),
        (np.r_[HOURS[:-14], np.zeros(14)], "hour", 15),  # exported at ten, zeros to midnight
        (np.r_[HOURS[:-23], 0.4, np.zeros(22)], "hour", 23),
        (np.r_[HOURS[:-24], np.zeros(24)], "hour", 0),  # a whole day of nothing is an outage
        (np.r_[HOURS[:-48], np.zeros(48)], "hour", 0),
        (np.r_[HOURS[:-13], 12.0], "hour", 1),  # the hour that was still going on
        (np.r_[HOURS[:-13], 30.0], "hour", 0),
        (DAYS, "day", 0),
        (np.r_[DAYS[:-1], 9.0], "day", 1),
        (np.r_[DAYS[:-1], 14.0], "day", 0),
        (DAYS / 10, "day", 0),  # too few visits to tell
        (np.r_[np.full(9, 80.0), 30], "month", 1),
        (np.r_[np.full(9, 80.0), 45], "week", 0),
    ],
)
def test_an_unfinished_end_is_told_from_a_quiet_one(values, grain: str, expected: int) -> None:
    assert count_unfinished(values, GRAINS[grain]) == expected


def test_the_forecast_begins_with_the_unfinished_day() -> None:
    calm = daily_site(6)
    history = read_history(changed(calm, slice(-1, None), 0.2))
    assert "unfinished_end_left_out" in history.caveats
    assert history.ahead(1)[0] == calm.index[-1]
