"""The engagement rate ahead: the ratio of two forecasts, with a band that holds."""

import numpy as np
import pytest

from core.errors import NotEnoughData
from core.forecast import forecast_rate
from core.forecast.assemble import assemble
from tests.simulate_forecasts import evidence

RATE = 0.55


def pair(seed: int, spread: float = 0.0):
    """Forecasts of engaged sessions and sessions, and what came of both."""
    whole, came = evidence(seed)
    rng = np.random.default_rng(seed + 10_000)
    odds = np.log(RATE / (1 - RATE)) + rng.normal(0, spread, whole.replayed.actual.shape)
    rates = 1 / (1 + np.exp(-odds))
    counts = rng.binomial(whole.replayed.actual.astype(int), rates).astype(float)
    part, _ = evidence(seed, thinned=RATE)
    object.__setattr__(part.replayed, "actual", counts)
    ahead = 1 / (1 + np.exp(-np.log(RATE / (1 - RATE)) - rng.normal(0, spread, len(came))))
    engaged = rng.binomial(came.astype(int), ahead)
    return assemble(part, 0.8), assemble(whole, 0.8), engaged / came


@pytest.mark.parametrize("spread", [0.0, 0.1])
def test_the_band_of_a_day_holds_what_it_says(spread: float) -> None:
    inside = []
    for seed in range(80):
        top, base, came = pair(seed, spread)
        frame = forecast_rate(top, base).frame
        inside.append(((frame["low"] <= came) & (came <= frame["high"])).mean())
    assert 0.75 <= np.mean(inside) <= 0.88


def test_the_rate_is_the_ratio_of_the_sums_and_not_the_mean_of_rates() -> None:
    top, base, _ = pair(1)
    found = forecast_rate(top, base)
    assert found.mean == pytest.approx(top.total.mean / base.total.mean)
    assert found.low < found.mean < found.high
    assert ((found.frame["low"] >= 0) & (found.frame["high"] <= 1)).all()
    assert found.high - found.low < (found.frame["high"] - found.frame["low"]).max()


def test_nothing_expected_is_said() -> None:
    top, base, _ = pair(1)
    object.__setattr__(base.total, "mean", 0.0)
    with pytest.raises(NotEnoughData, match="rate_without_counts"):
        forecast_rate(top, base)


def test_forecasts_of_different_periods_do_not_go_together() -> None:
    top, base, _ = pair(1)
    with pytest.raises(ValueError, match="same periods"):
        forecast_rate(top, assemble(evidence(1, horizon=14)[0], 0.8))
    assert forecast_rate(top, base).looks > 100
