"""Recommendations: planted stories are met, noise is not, and the words stay honest."""

import re

import numpy as np
import pandas as pd
import pytest

from core.ingest import read_export
from core.recommendations import RULES, recommend
from core.recommendations.model import STRENGTHS
from core.traffic import Filters, make_traffic, select
from data.generate_sample import story
from tests.builders import TIMELESS_EXPORT, daily_traffic

CAUSAL = re.compile(
    r"\b(drives?|driven|causes?d?|caused by|proves?|leads? to|because of|due to|results? in|"
    r"thanks to|impacts?|boosts?)\b",
    re.IGNORECASE,
)
TESTED_RULES = {
    "better_channel",
    "worse_channel",
    "growing_channel",
    "fading_channel",
    "engagement_change",
}


@pytest.fixture(scope="module")
def found(sample_export):
    return recommend(read_export(sample_export).traffic)


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ("fading_channel", "fading_channel"),
        ("better_channel", "better_channel"),
        ("tagging_fault", "tagging_fault"),
        ("too_small_to_judge", "tiny_channel"),
    ],
)
def test_a_planted_story_is_met(found, rule, key) -> None:
    assert (rule, story(key).channel) in {(item.rule_id, item.subject) for item in found}


def test_the_planted_spike_and_the_evening_are_met(found) -> None:
    spike = next(item for item in found if item.rule_id == "spike")
    assert story("viral_spike").channel in spike.headline
    evening = next(item for item in found if item.rule_id == "busiest_hours")
    start, end = (int(text) for text in re.findall(r"(\d\d):00", evening.headline)[:2])
    assert "20:00" in story("evening_peak").sentence or "19:00" in story("evening_peak").sentence
    assert start <= 20 < end


def test_nothing_else_is_said_of_channels(found) -> None:
    planted = {story(key).channel for key in ("fading_channel", "better_channel", "tiny_channel")}
    assert {item.subject for item in found if item.rule_id in TESTED_RULES} <= planted


def noise(seed: int) -> object:
    """Four channels that do not differ and do not change, with shocks from day to day."""
    rng, times = np.random.default_rng(seed), pd.date_range("2024-01-01", periods=42)
    parts = []
    for channel in "ABCD":
        sessions = rng.negative_binomial(15, 15 / 315, 42)
        engaged = rng.binomial(sessions, 1 / (1 + np.exp(-rng.normal(0, 0.15, 42))))
        counts = {"sessions": sessions, "engaged_sessions": engaged}
        parts.append(pd.DataFrame({"time": times, "channel": channel, **counts}))
    return make_traffic(pd.concat(parts), "day")


def test_noise_is_seldom_called_a_finding() -> None:
    false = 0
    for seed in range(40):
        false += bool({item.rule_id for item in recommend(noise(seed))} & TESTED_RULES)
    assert false <= 6


def test_ranking_strength_and_evidence(found) -> None:
    order = [(STRENGTHS.index(item.strength), -item.impact) for item in found]
    assert order == sorted(order)
    for item in found:
        assert item.rule_id in RULES
        assert len(item.evidence)
        assert item.n > 0
        if item.adjusted_p_value is not None:
            assert item.adjusted_p_value < 0.05


def assert_honest(items) -> None:
    for item in items:
        texts = [item.headline, item.action, *item.caveats]
        if item.test_plan:
            texts.append(item.test_plan.change)
        for text in texts:
            assert not CAUSAL.search(text), text
            assert "!" not in text
            assert "nan" not in text.lower().split()


def test_the_words_claim_no_cause(found) -> None:
    assert_honest(found)


def test_the_words_claim_no_cause_on_real_data(seed_export) -> None:
    items = recommend(read_export(seed_export).traffic)
    assert_honest(items)
    assert ("better_channel", "Referral") in {(item.rule_id, item.subject) for item in items}
    judged = {item.subject for item in items if item.rule_id in TESTED_RULES}
    assert not judged & {"Email", "Organic Video", "Unassigned"}


def test_the_causal_lint_would_see_one() -> None:
    assert CAUSAL.search("Organic Social drives engagement")


def test_silence_is_a_result(sample_export) -> None:
    assert recommend(daily_traffic()) == []
    nothing = select(read_export(sample_export).traffic, Filters(channels=("Nobody",)))
    assert recommend(nothing) == []


def test_without_time_nothing_is_tested() -> None:
    items = recommend(read_export(TIMELESS_EXPORT).traffic)
    assert not {item.rule_id for item in items} & TESTED_RULES
