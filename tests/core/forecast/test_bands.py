"""Bands on replays whose errors are drawn from a known distribution: do they hold what they say?"""

import numpy as np
import pytest

from core.forecast import at_level, sum_by
from core.forecast.assemble import assemble
from core.forecast.bands import estimate_steepness, make_band, outer_quantiles, sum_spread
from core.forecast.history import GRAINS
from tests.simulate_forecasts import evidence


def held(level: float, **truth: float) -> np.ndarray:
    """Share of 150 replays whose next counts lie in the band, for each lead."""
    inside = []
    for seed in range(100):
        known, actual = evidence(seed, **truth)
        frame = assemble(known, level).frame
        inside.append((frame["low"] <= actual) & (actual <= frame["high"]))
    return np.mean(inside, axis=0)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_bands_hold_their_share_of_single_periods(level: float) -> None:
    assert held(level).mean() == pytest.approx(level, abs=0.025)


def test_bands_widen_with_the_lead_as_the_errors_do() -> None:
    """Errors that grow with the root of the lead: the first and last weeks are held alike."""
    shares = held(0.8, growth=0.4)
    assert shares.mean() == pytest.approx(0.8, abs=0.04)
    assert shares[:7].mean() == pytest.approx(shares[-7:].mean(), abs=0.17)
    flat = [make_band_of(seed, growth=0.0).steepness for seed in range(20)]
    steep = [make_band_of(seed, growth=0.4).steepness for seed in range(20)]
    assert np.mean(flat) < np.mean(steep) - 0.1


def make_band_of(seed: int, **truth: float):
    known, _ = evidence(seed, **truth)
    usable = known.replayed.usable
    return make_band(known.replayed, "blend", GRAINS["day"], usable, level=0.8)


@pytest.mark.parametrize("memory", [0.0, 0.6])
@pytest.mark.parametrize("unit", ["week", "month"])
def test_sums_hold_their_share_whether_days_err_together_or_not(memory, unit) -> None:
    inside = []
    for seed in range(100):
        known, actual = evidence(seed, memory=memory)
        sums = sum_by(assemble(known, 0.8), unit)
        ends = np.cumsum(sums["periods"])
        came = np.array([part.sum() for part in np.split(actual, ends[:-1])])
        inside += list((sums["low"] <= came) & (came <= sums["high"]))
    assert 0.72 <= np.mean(inside) <= 0.9


def test_the_total_holds_its_share() -> None:
    inside = []
    for seed in range(120):
        known, actual = evidence(seed, memory=0.5)
        total = assemble(known, 0.8).total
        inside.append(total.low <= actual.sum() <= total.high)
    assert 0.72 <= np.mean(inside) <= 0.9


def test_sums_add_up_and_weeks_are_narrower_than_their_days_together() -> None:
    result = assemble(evidence(1)[0], 0.8)
    weeks = sum_by(result, "week")
    assert weeks["mean"].sum() == pytest.approx(result.frame["mean"].sum())
    assert weeks["periods"].tolist() == [7, 7, 7, 7]
    days = (result.frame["high"] - result.frame["low"]).iloc[:7].sum()
    assert weeks["high"].iloc[0] - weeks["low"].iloc[0] < days
    assert (weeks["low"] <= weeks["mean"]).all()
    assert (weeks["mean"] <= weeks["high"]).all()


def test_a_sum_that_the_replay_never_saw_is_wider_by_the_square_root() -> None:
    known, _ = evidence(1)
    spreads = [
        sum_spread(known.replayed, "blend", GRAINS["day"], known.replayed.usable, periods=periods)
        for periods in (28, 112)
    ]
    assert spreads[1].scale == pytest.approx(2 * spreads[0].scale)


def test_another_level_changes_bands_and_nothing_else() -> None:
    usual = assemble(evidence(1)[0], 0.8)
    wide = at_level(usual, 0.95)
    assert wide.frame["mean"].equals(usual.frame["mean"])
    assert (wide.frame["high"] > usual.frame["high"]).all()
    assert wide.total.high > usual.total.high
    assert at_level(wide, 0.8).frame.equals(usual.frame)


def test_few_errors_give_wider_bands_and_steepness_stays_in_its_limits() -> None:
    rng = np.random.default_rng(0)
    errors = rng.normal(size=2000)
    assert outer_quantiles(errors, 0.8, 5)[1] > outer_quantiles(errors, 0.8, 2000)[1]
    leads = np.tile(np.arange(20), 100)
    for wild in (errors * (leads + 1) ** 3, errors / (leads + 1) ** 3):
        assert 0 <= estimate_steepness(wild, leads, 1) <= 0.5
