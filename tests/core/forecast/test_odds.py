"""The chance of more than a total: held against its band, and against what came."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from core.forecast import Total, chance_of_more, odds_curve
from core.forecast.assemble import assemble
from tests.simulate_forecasts import evidence

TOTAL = Total(mean=5000.0, low=4300.0, high=5800.0, scale=0.1, freedom=10.0)


@pytest.mark.parametrize("threshold", [0, 3000, 4500, 5000, 5600, 9000])
def test_the_chance_agrees_with_draws_of_the_same_distribution(threshold) -> None:
    draws = stats.t.rvs(10, size=200_000, random_state=1)
    totals = 5001 * np.exp(0.1 * draws) - 1
    assert chance_of_more(TOTAL, threshold) == pytest.approx(np.mean(totals > threshold), abs=0.004)


def test_small_totals_are_never_surer_than_counts_can_be() -> None:
    few = Total(mean=9.0, low=8.0, high=10.0, scale=0.001, freedom=10.0)
    assert 0.1 < chance_of_more(few, 13) < 0.2  # Poisson: 0.13 above 12.5


def test_the_curve_falls_from_nearly_sure_to_hardly() -> None:
    curve = odds_curve(TOTAL)
    assert (curve["total"].diff().dropna() > 0).all()
    assert (curve["chance"].diff().dropna() < 0).all()
    assert curve["chance"].iloc[0] > 0.99
    assert curve["chance"].iloc[-1] < 0.01


def test_nothing_expected_is_no_chance_of_more() -> None:
    nothing = Total(mean=0.0, low=0.0, high=0.0, scale=0.0, freedom=4.0)
    assert chance_of_more(nothing, 0) == 0.0
    assert len(odds_curve(nothing)) == 1
    assert chance_of_more(nothing, -1) == 1.0


def test_ends_of_the_band_and_chances_say_the_same_and_hold_what_they_say() -> None:
    """Of totals to come, those said to be exceeded by nine in ten, five in ten, one in ten."""
    above = {0.9: 0, 0.5: 0, 0.1: 0}
    for seed in range(100):
        known, actual = evidence(seed, memory=0.4)
        said = assemble(known, 0.8)
        assert chance_of_more(said.total, said.total.high) == pytest.approx(0.1, abs=0.02)
        assert chance_of_more(said.total, said.total.low) == pytest.approx(0.9, abs=0.02)
        curve = odds_curve(said.total)
        for chance in above:
            place = (curve["chance"] - chance).abs().idxmin()
            above[chance] += actual.sum() > curve.loc[place, "total"]
    assert 80 <= above[0.9] <= 98
    assert 38 <= above[0.5] <= 62
    assert 2 <= above[0.1] <= 20


def test_the_busiest_period_is_the_largest_mean_and_is_seldom_exceeded() -> None:
    exceeded = 0
    for seed in range(100):
        known, actual = evidence(seed)
        shape = 1 + 0.3 * (np.arange(28) == 17)
        said = assemble(replace(known, mean=known.mean * shape), 0.8)
        best = said.frame.loc[said.frame["mean"].idxmax()]
        assert (said.peak.time, said.peak.mean) == (best["time"], best["mean"])
        assert said.peak.high >= best["high"]
        exceeded += actual[17] * 1.3 > said.peak.high
    assert exceeded <= 12
