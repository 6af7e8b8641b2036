"""Sizes of tests: against statsmodels, against simulated tests, and in words."""

import re
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail
from statsmodels.stats.rates import power_poisson_ratio_2indep

from core.recommendations.model import TestPlan
from core.recommendations.plan import (
    FEWEST_WEEKS,
    MOST_WEEKS,
    describe_plan,
    difference_words,
    size_test,
)

MONDAY = date(2024, 5, 6)
CAUSAL = re.compile(
    r"\b(driv\w*|drove|caus\w*|prov(e|es|ed|en|ing)|because|due to|owing to|(lead|leads|led) to"
    r"|thanks to|result(s|ed)? in|responsible|impact\w*|effects?|boosts?)\b",
    re.IGNORECASE,
)


def share_plan(base=0.55, effect=0.02, design_effect=1.0, weekly=5000.0) -> TestPlan:
    change = "Show every second visit the new page."
    return TestPlan(change, "Email", "engagement_rate", base, effect, design_effect, weekly)


def count_plan(effect=0.2, design_effect=5.0, weekly=5000.0) -> TestPlan:
    change = "Repeat it in every second week."
    return TestPlan(change, "Email", "sessions", weekly, effect, design_effect, weekly)


@pytest.mark.parametrize("base", [0.02, 0.05, 0.1, 0.3, 0.5, 0.67, 0.8, 0.95])
@pytest.mark.parametrize("effect", [0.005, 0.01, 0.02, 0.05, 0.1, 0.2])
@pytest.mark.parametrize("design_effect", [1.0, 2.5])
def test_a_share_agrees_with_statsmodels(base, effect, design_effect) -> None:
    if base + effect >= 1:
        return
    found = size_test(share_plan(base, effect, design_effect)).per_side
    expected = samplesize_proportions_2indep_onetail(effect, base, 0.8, alpha=0.05)
    rounding = (design_effect + 1) / (design_effect * expected)  # to whole sessions
    assert found == pytest.approx(design_effect * expected, rel=0.002 + rounding)


@pytest.mark.parametrize("effect", [0.02, 0.05, 0.1, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("design_effect", [1.0, 6.0])
def test_a_count_agrees_with_statsmodels(effect, design_effect) -> None:
    found = size_test(count_plan(effect, design_effect)).per_side
    power = partial(
        power_poisson_ratio_2indep,
        1 + effect,
        1.0,
        value=1,
        dispersion=design_effect,
        alternative="two-sided",
        method_var="alt",
        return_results=False,
    )
    assert power(nobs1=found * 1.02) > 0.8 > power(nobs1=(found - 1) * 0.98)


def test_a_mean_of_counts_needs_as_many_counts() -> None:
    plan = replace(count_plan(0.1), metric="events_per_session", base=4.0)
    assert size_test(plan).per_side == pytest.approx(size_test(count_plan(0.1)).per_side / 4, abs=1)


def found_in(difference: np.ndarray, error: np.ndarray, days: int) -> float:
    """Share of simulated tests whose interval leaves out 0, spread between days estimated."""
    return float(np.mean(np.abs(difference) > stats.t.ppf(0.975, 2 * days - 2) * error))


def share_side(rng, rate, daily, days, design_effect) -> tuple[np.ndarray, np.ndarray]:
    """Share and its squared error by days: beta-binomial days with that design effect."""
    alike = (design_effect - 1) / (daily - 1)
    scale = 1 / alike - 1
    rates = rng.beta(rate * scale, (1 - rate) * scale, (2000, days))
    daily_rates = rng.binomial(daily, rates) / daily
    return daily_rates.mean(axis=1), daily_rates.var(axis=1, ddof=1) / days


@pytest.mark.parametrize(
    ("base", "effect", "design_effect", "daily"),
    [(0.55, 0.03, 1.5, 300), (0.55, 0.02, 4.0, 1000), (0.1, 0.02, 2.0, 200), (0.9, 0.03, 3.0, 150)],
)
def test_simulated_tests_of_that_size_find_a_share(base, effect, design_effect, daily) -> None:
    rng = np.random.default_rng(int(1000 * base))
    size = size_test(share_plan(base, effect, design_effect, weekly=14.0 * daily))
    side = partial(share_side, rng, daily=daily, days=size.days, design_effect=design_effect)
    (old, old_error), (new, new_error) = side(rate=base), side(rate=base + effect)
    power = found_in(new - old, np.sqrt(old_error + new_error), size.days)
    assert 0.75 <= power <= 0.85
    again, error = side(rate=base)
    assert found_in(again - old, np.sqrt(old_error + error), size.days) <= 0.07


@pytest.mark.parametrize(("effect", "design_effect", "daily"), [(0.2, 20, 150), (0.1, 8, 400)])
def test_simulated_tests_of_that_size_find_a_count(effect, design_effect, daily) -> None:
    """Days taken in turns: half of them with the change, half without."""
    rng = np.random.default_rng(daily)
    size = size_test(count_plan(effect, design_effect, weekly=7.0 * daily))
    days, odds = round(size.per_side / daily), 1 / design_effect

    def side(mean: float) -> np.ndarray:  # negative binomial: variance = mean * design effect
        return rng.negative_binomial(mean * odds / (1 - odds), odds, (2000, days))

    old, new = side(daily), side(daily * (1 + effect))
    change = np.log(new.mean(axis=1) / old.mean(axis=1))
    errors = [s.var(axis=1, ddof=1) / days / s.mean(axis=1) ** 2 for s in (old, new)]
    assert 0.75 <= found_in(change, np.sqrt(errors[0] + errors[1]), days) <= 0.85


def test_days_are_whole_weeks_of_both_sides() -> None:
    size = size_test(share_plan(0.6664, 0.02, 1.5, 3000))
    assert size.days == np.ceil(2 * size.per_side / (3000 / 7))
    assert 7 * (size.weeks - 1) < size.days <= 7 * size.weeks
    assert (size.last_day(MONDAY) - MONDAY).days + 1 == 7 * size.weeks
    assert size.last_day(MONDAY).weekday() == 6
    assert (size.decision_day(MONDAY) - size.last_day(MONDAY)).days == 3


def test_even_a_large_site_tests_two_weeks() -> None:
    size = size_test(share_plan(weekly=1e7))
    assert (size.days, size.weeks) == (1, FEWEST_WEEKS)
    assert size_test(count_plan(weekly=1e7)).weeks == 2 * FEWEST_WEEKS  # as many on each side


@pytest.mark.parametrize("weekly", [900, 1300, 1700, 2100])
def test_weeks_in_turns_come_in_pairs(weekly) -> None:
    assert size_test(count_plan(weekly=weekly)).weeks % 2 == 0


@pytest.mark.parametrize("weekly", [40.0, 200.0, 900.0, 4000.0])
@pytest.mark.parametrize("make", [share_plan, count_plan])
def test_the_larger_step_is_the_smallest_that_can_be_shown(make, weekly) -> None:
    plan, grain = make(weekly=weekly), 0.001 if make is share_plan else 0.01
    step = size_test(plan).larger_step
    if step is None:
        assert not size_test(plan, 0.45 if make is share_plan else 1.0).is_feasible
        return
    assert size_test(plan, step).is_feasible
    assert step <= grain or not size_test(plan, step - grain).is_feasible


def test_the_chosen_difference_goes_before_the_planned_one() -> None:
    plan = share_plan()
    assert size_test(plan, 0.05) == size_test(replace(plan, smallest_effect=0.05))
    assert size_test(plan, 0.04).per_side == pytest.approx(size_test(plan).per_side / 4, rel=0.05)


@pytest.mark.parametrize(
    "plan",
    [
        share_plan(weekly=0),
        share_plan(effect=0),
        share_plan(base=1.0),
        share_plan(base=float("nan")),
        share_plan(weekly=float("nan")),
        replace(share_plan(), metric="engagement_time_per_session", base=50.0),
    ],
)
def test_what_cannot_be_sized_is_refused(plan) -> None:
    with pytest.raises(ValueError, match="a test"):
        size_test(plan)


def test_the_words_hold_everything() -> None:
    plan = share_plan(0.6664, 0.02, 1.5, 3000)
    text = describe_plan(plan, size_test(plan), MONDAY)
    for part in (
        "Show every second visit the new page.",
        "For: Email.",
        "Engagement rate, now 66.6 %",
        "2.0 points",
        "12,884 sessions on each side",
        "61 days",
        "Mon 6 May 2024 to Sun 7 Jul 2024, 9 whole weeks",
        "lies above 0, keep the change",
        "otherwise leave things as they were",
        "Do not stop early",
        "1.5 times as many",
    ):
        assert part in text
    assert not CAUSAL.search(text)


@pytest.mark.parametrize(
    ("plan", "part"),
    [
        (share_plan(weekly=400.0), "Take a larger step: 12 weeks can show a difference of"),
        (share_plan(weekly=1.0), "not even a doubling"),
        (count_plan(weekly=60.0), "Take a larger step"),
    ],
)
def test_what_is_out_of_reach_is_said(plan, part) -> None:
    size = size_test(plan)
    text = describe_plan(plan, size, MONDAY)
    assert not size.is_feasible
    assert size.weeks > MOST_WEEKS
    assert f"Not within {MOST_WEEKS} weeks" in text
    assert part in text
    assert "When:" not in text
    assert not CAUSAL.search(text)


def test_a_count_is_told_in_per_cent() -> None:
    plan = replace(count_plan(), channel="")
    text = describe_plan(plan, size_test(plan), MONDAY)
    assert difference_words(plan, 0.2) == "20 %"
    assert "For: all traffic." in text
    assert "one week with the change, one without it, in turns" in text
    assert "Sessions, now about 5,000 a week" in text
