"""Rules: each fires on a small planted site, is silent on a calm one, and its words stay honest."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.ingest import read_export
from core.metrics import METRICS
from core.recommendations import RULES, Finding, Recommendation, recommend
from core.recommendations.engine import BUDGET, adjust, weigh
from core.recommendations.model import CHARTS, EFFECT_UNITS, KINDS, STRENGTHS, Effect, Evidence
from core.recommendations.plan import size_test
from core.recommendations.shape import shape_test
from core.recommendations.strength import is_worth, priority, strength_of
from core.traffic import Filters, Traffic, make_traffic, select
from data.generate_sample import story
from tests.builders import TIMELESS_EXPORT, daily_traffic, hourly_traffic
from tests.simulate_recommendations import draw, planted_world

CAUSAL = re.compile(
    r"\b(driv(e|es|en|ing)|caus(e|es|ed|ing)|prov(e|es|ed|en)|leads? to|led to|because of|due to|"
    r"results? in|thanks to|impacts?|boost(s|ed)?)\b",
    re.IGNORECASE,
)
JUDGING = {
    "better_channel",
    "worse_channel",
    "promising_channel",
    "growing_channel",
    "fading_channel",
    "session_depth",
    "loyalty",
}
LONGEST_HEADLINE = 110
ALL = "All traffic"

Frame = pd.DataFrame
Plant = Callable[[Frame], Frame]


def calm(days: int = 56, start: str = "2024-01-01", *, seed: int = 1, mean: float = 400) -> Frame:
    """Daily counts of three channels that differ in size only, with shocks from day to day."""
    rng, times = np.random.default_rng(seed), pd.date_range(start, periods=days)
    parts = []
    for channel, part in (("Organic Search", 0.45), ("Direct", 0.35), ("Referral", 0.3)):
        sessions = rng.negative_binomial(60, 60 / (60 + mean * part), days)
        rate = 1 / (1 + np.exp(-rng.normal(0.1, 0.1, days)))
        counts = {
            "sessions": sessions,
            "engaged_sessions": rng.binomial(sessions, rate),
            "events": sessions * 4 + rng.poisson(3 * sessions),
            "users": rng.binomial(sessions, 0.8),
        }
        parts.append(Frame({"time": times, "channel": channel, **counts}))
    return pd.concat(parts, ignore_index=True)


def times(where: Callable[[Frame], pd.Series], factor: float) -> Plant:
    """Multiply all counts of some rows."""

    def plant(frame: Frame) -> Frame:
        counts, is_hit = frame.columns[2:], where(frame)
        kept = frame.astype(dict.fromkeys(counts, float))
        kept.loc[is_hit, counts] = (kept.loc[is_hit, counts] * factor).round()
        return kept

    return plant


def rate(where: Callable[[Frame], pd.Series], points: float) -> Plant:
    """Add points to the engagement rate of some rows."""

    def plant(frame: Frame) -> Frame:
        kept, is_hit = frame.astype({"engaged_sessions": float}), where(frame)
        more = (points * kept["sessions"]).round()
        kept.loc[is_hit, "engaged_sessions"] += more[is_hit]
        return kept

    return plant


def of(channel: str) -> Callable[[Frame], pd.Series]:
    return lambda frame: frame["channel"] == channel


def since(day: str, channel: str = "") -> Callable[[Frame], pd.Series]:
    return lambda frame: (frame["time"] >= day) & (frame["channel"].eq(channel) | (channel == ""))


def small(channel: str, sessions: list[int], engaged: list[int]) -> Plant:
    """Add a channel with few sessions, in the middle of the file."""

    def plant(frame: Frame) -> Frame:
        days = frame["time"].unique()[10 : 10 + len(sessions)]
        counts = {"sessions": sessions, "engaged_sessions": engaged, "events": sessions}
        more = Frame({"time": days, "channel": channel, "users": sessions, **counts})
        return pd.concat([frame, more])

    return plant


def relabelled(day: str, old: str, new: str, share: float = 1.0) -> Plant:
    """From a day on, give visits of one channel another label."""

    def plant(frame: Frame) -> Frame:
        is_hit = since(day, old)(frame)
        moved = times(of(old), share)(frame[is_hit]).assign(channel=new)
        return pd.concat([times(since(day, old), 1 - share)(frame), moved])

    return plant


def daily(*plants: Plant, days: int = 56, start: str = "2024-01-01") -> Traffic:
    frame = calm(days, start)
    for plant in plants:
        frame = plant(frame)
    return make_traffic(frame, "day")


def shape_of_hours() -> Traffic:
    return hourly_traffic({"Organic Search": 0.5, "Direct": 0.5})


def planted(kind: str) -> Traffic:
    return make_traffic(draw(3, planted_world(kind, 3)), "hour")


def mix_that_hides() -> Traffic:
    """The better channel grows while every rate falls by six points."""
    day = "2024-01-29"
    better, falls = rate(of("Referral"), 0.2), rate(since(day), -0.06)
    return daily(better, falls, times(since(day, "Referral"), 2.2))


def more_of_less() -> Traffic:
    day = "2024-02-12"
    return daily(rate(since(day), -0.08), times(since(day), 1.4))


def a_hole() -> Traffic:
    traffic = shape_of_hours()
    frame = traffic.frame
    is_out = frame["time"].between("2024-01-10 08:00", "2024-01-10 11:00")
    return make_traffic(frame[~is_out], "hour", traffic.times)


def tuesdays(frame: Frame) -> pd.Series:
    return frame["time"].dt.day_of_week == 1


def decembers(frame: Frame) -> pd.Series:
    return frame["time"].dt.month == 12


SITES: dict[str, tuple[Callable[[], Traffic], str]] = {
    "busiest_hours": (shape_of_hours, "13:00–17:00"),
    "engaged_hours": (lambda: planted("window"), ""),
    "weekday_shape": (lambda: daily(times(tuesdays, 1.5)), "Tuesdays"),
    "spike": (
        lambda: daily(times(lambda f: f["time"].eq("2024-01-25") & of("Direct")(f), 4)),
        "Thu 25 Jan 2024",
    ),
    "better_channel": (lambda: daily(rate(of("Referral"), 0.11)), "Referral"),
    "worse_channel": (lambda: daily(rate(of("Direct"), -0.11)), "Direct"),
    "promising_channel": (
        lambda: daily(small("Organic Video", [10] * 14, [8] * 14)),
        "Organic Video",
    ),
    "too_small_to_judge": (lambda: daily(small("Email", [3], [3])), "Email"),
    "growing_channel": (lambda: daily(times(since("2024-02-08", "Referral"), 2)), "Referral"),
    "fading_channel": (lambda: daily(times(since("2024-02-08", "Direct"), 0.5)), "Direct"),
    "new_level": (lambda: daily(times(since("2024-01-29"), 0.5)), ALL),
    "channel_switch": (
        lambda: daily(relabelled("2024-01-29", "Referral", "Affiliates")),
        "Referral",
    ),
    "engagement_change": (lambda: daily(rate(since("2024-01-29"), -0.1)), ALL),
    "hidden_by_mix": (mix_that_hides, ALL),
    "engagement_falls_while_volume_grows": (more_of_less, ALL),
    "concentration": (lambda: daily(times(of("Direct"), 5)), "Direct"),
    "tagging_fault": (
        lambda: daily(relabelled("2024-01-29", "Direct", "Unassigned", 0.4)),
        "Unassigned",
    ),
    "missing_hours": (a_hole, ALL),
    "loyalty": (lambda: daily(fewer_users), "Referral"),
    "session_depth": (lambda: daily(fewer_events), "Direct"),
    "capacity": (daily, ""),
    "season_ahead": (
        lambda: daily(times(decembers, 1.6), days=1003, start="2022-01-01"),
        "December",
    ),
}
"""Rule: a site on which it must fire, and the subject it must name (empty: any)."""


def fewer_users(frame: Frame) -> Frame:
    return frame.assign(users=frame["users"] * np.where(of("Referral")(frame), 0.7, 1.0))


def fewer_events(frame: Frame) -> Frame:
    return frame.assign(events=frame["events"] * np.where(of("Direct")(frame), 0.7, 1.0))


def evidence_for(rule: str) -> Evidence:
    evidence = Evidence(SITES[rule][0](), with_forecast=False)
    if rule == "capacity":
        pretend_forecast(evidence, 5.0)
    return evidence


def pretend_forecast(evidence: Evidence, factor: float) -> None:
    """Put a forecast into the evidence whose peak is so many times the usual day."""
    time, mean = pd.Timestamp("2024-03-01"), factor * float(evidence.history.mean())
    ahead = {"time": [time], "mean": [mean], "low": [0.8 * mean], "high": [1.2 * mean]}
    evidence.__dict__["forecast"] = SimpleNamespace(
        peak=SimpleNamespace(time=time, mean=mean, high=1.3 * mean),
        frame=Frame(ahead),
        accuracy=SimpleNamespace(wape=0.2),
    )


@pytest.fixture(scope="module")
def fired() -> dict[str, tuple[Finding, ...]]:
    """What each rule finds on its own site."""
    return {rule: RULES[rule](evidence_for(rule)).findings for rule in RULES}


@pytest.fixture(scope="module")
def found(sample_export) -> list[Recommendation]:
    return recommend(read_export(sample_export).traffic)


@pytest.fixture(scope="module")
def on_real_data(seed_export) -> list[Recommendation]:
    return recommend(read_export(seed_export).traffic)


def test_there_are_enough_rules_and_a_site_for_each() -> None:
    assert len(RULES) >= 15
    assert set(SITES) == set(RULES)


@pytest.mark.parametrize("rule", list(RULES))
def test_a_rule_fires_on_its_site_and_names_the_subject(fired, rule) -> None:
    subjects = {finding.subject for finding in fired[rule]}
    assert subjects
    assert not SITES[rule][1] or SITES[rule][1] in subjects
    assert {finding.rule_id for finding in fired[rule]} == {rule}


@pytest.mark.parametrize("rule", list(RULES))
def test_what_a_rule_finds_is_complete(fired, rule) -> None:
    for finding in fired[rule]:
        assert finding.kind in KINDS
        assert finding.n > 0
        assert finding.impact >= 0
        assert len(finding.evidence)
        assert finding.caveats
        assert len(finding.headline) <= LONGEST_HEADLINE, finding.headline
        assert re.search(r"\d", finding.headline)
        if finding.effect:
            assert finding.effect.unit in EFFECT_UNITS
            assert not finding.effect.low > finding.effect.value
            assert not finding.effect.high < finding.effect.value
        if finding.chart:
            assert finding.chart.chart in CHARTS
            assert finding.chart.metric in METRICS
        if finding.test_plan:
            assert size_test(finding.test_plan).per_side > 0


@pytest.mark.parametrize("rule", list(RULES))
def test_a_rule_says_what_it_asks_for_and_where_that_comes_from(rule) -> None:
    text = str(RULES[rule].__doc__)
    for word in ("Condition", "ction", "ource"):
        assert word in text
    assert re.search(r"https://|\(\d{4}\)|core\.|as for", text)


@pytest.fixture(scope="module")
def quiet() -> list[set[str]]:
    """Rules that have a card on sites where nothing happens, plain counts included."""
    sites = [make_traffic(calm(seed=seed), "day") for seed in (1, 2)]
    return [{item.rule_id for item in recommend(site, with_forecast=False)} for site in sites]


@pytest.mark.parametrize("rule", list(RULES))
def test_a_rule_is_silent_on_a_calm_site(quiet, rule) -> None:
    assert not any(rule in rules for rules in quiet)


def test_capacity_is_silent_on_a_usual_peak_and_without_a_forecast() -> None:
    evidence = Evidence(daily(), with_forecast=False)
    assert not RULES["capacity"](evidence).findings
    pretend_forecast(evidence, 1.0)
    assert not RULES["capacity"](evidence).findings


def test_a_forecast_is_made_only_where_it_was_asked_for() -> None:
    assert Evidence(daily(), with_forecast=False).forecast is None
    assert Evidence(select(daily(), Filters(channels=())), with_forecast=True).forecast is None


def test_planted_mixes_are_found_in_what_is_recommended() -> None:
    kinds = {"mix": "hidden_by_mix", "tagging": "tagging_fault", "fade": "fading_channel"}
    for kind, rule in kinds.items():
        items = recommend(planted(kind), with_forecast=False)
        assert rule in {item.rule_id for item in items}


# Strength, correction and ranking


def finding(effect: Effect | None = None) -> Finding:
    table = Frame({"": [1]})
    return Finding("loyalty", "channels", "A", "1", "do", table, 10, 5.0, effect=effect)


@pytest.mark.parametrize(
    ("effect", "adjusted", "strength"),
    [
        (Effect(0.11, 0.05, 0.17, "points"), 0.009, "strong"),
        (Effect(-0.11, -0.17, -0.05, "points"), 0.009, "strong"),
        (Effect(0.11, 0.02, 0.2, "points"), 0.009, "moderate"),
        (Effect(0.11, 0.05, 0.17, "points"), 0.02, "moderate"),
        (Effect(0.11, np.nan, np.nan, "points"), 0.001, "moderate"),
        (None, 0.001, "moderate"),
        (Effect(0.5, 0.09, 0.9, "percent"), 0.001, "moderate"),
        (Effect(3.5, 1.4, 5.0, "times"), 0.001, "strong"),
        (Effect(0.11, 0.05, 0.17, "points"), 0.05, None),
        (None, None, "worth watching"),
    ],
)
def test_the_criteria_of_strength(effect, adjusted, strength) -> None:
    assert strength_of(finding(effect), adjusted) == strength


def test_an_interval_around_nothing_is_not_worth_having() -> None:
    assert not is_worth(Effect(0.0, -0.2, 0.2, "points"))


def test_everything_tested_is_corrected_together() -> None:
    pool = [0.001, 0.02, 0.5, 0.9]
    assert adjust(0.001, pool) == pytest.approx(0.004)
    assert adjust(0.02, pool) == pytest.approx(0.04)
    assert adjust(0.01, pool) == pytest.approx(0.01 * 5 / 2)
    assert adjust(None, pool) is None


def test_budgets_are_shared_out_whole_and_a_rule_that_is_silent_leaves_its_part() -> None:
    weight = weigh({"spike": [0.5], "fading_channel": [0.1] * 5, "loyalty": [np.nan, 0.1, 0.2]})
    assert weight["spike"] == pytest.approx(8 * BUDGET["spike"])
    whole = weight["spike"] + 5 * weight["fading_channel"] + 2 * weight["loyalty"]
    assert whole == pytest.approx(8)
    assert sum(BUDGET.values()) < 1
    assert weigh({"loyalty": [0.1]}) == {"loyalty": 1.0}


def test_ranking_and_evidence(found) -> None:
    order = [-priority(item) for item in found]
    assert order == sorted(order)
    for item in found:
        assert item.strength in STRENGTHS
        if item.adjusted_p_value is not None:
            assert item.adjusted_p_value < 0.05


def test_the_unit_of_impact_is_what_visits_are_for() -> None:
    frame = calm().assign(key_events=lambda rows: rows["sessions"] * 0.1)
    amount, unit = Evidence(make_traffic(frame, "day")).stake(100.0)
    assert (round(amount), unit) == (10, "key events a week")
    amount, unit = Evidence(make_traffic(calm(), "day")).stake(100.0)
    assert (amount, unit) == (100, "sessions a week")


def test_the_shape_of_a_cycle_needs_several_that_agree() -> None:
    rng = np.random.default_rng(1)
    weeks = Frame(rng.poisson(100, (8, 7)))
    assert shape_test(weeks)["p_value"].min() > 0.01
    once = weeks.copy()
    once.iloc[3, 2] = 900
    assert shape_test(once).loc[2, "p_value"] > 0.05
    weeks[2] *= 2
    assert shape_test(weeks)["p_value"].idxmin() == 2
    assert shape_test(weeks.head(1)).empty


# The sample's stories


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
    spikes = [item.headline for item in found if item.rule_id == "spike"]
    assert any(str(story("viral_spike").channel) in headline for headline in spikes)
    evening = next(item for item in found if item.rule_id == "busiest_hours")
    start, end = (int(text) for text in re.findall(r"(\d\d):00", evening.headline)[:2])
    assert start <= 20 < end


# Words


def assert_honest(items) -> None:
    for item in items:
        texts = [item.headline, item.action, item.impact_unit, *item.caveats]
        if item.test_plan:
            texts.append(item.test_plan.change)
        for text in texts:
            assert not CAUSAL.search(text), text
            assert "!" not in text
            assert not {"nan", "inf"} & set(re.findall(r"\w+", text.lower())), text


def test_the_words_of_all_rules_claim_no_cause(fired) -> None:
    assert_honest([item for findings in fired.values() for item in findings])


def test_the_words_claim_no_cause_on_the_sample(found) -> None:
    assert_honest(found)


def test_the_causal_lint_would_see_one() -> None:
    assert CAUSAL.search("Organic Social drives engagement")


def test_a_long_name_is_cut_in_the_headline() -> None:
    frame = rate(of("Referral"), 0.2)(calm()).replace("Referral", "Partner " * 20)
    items = recommend(make_traffic(frame, "day"), with_forecast=False)
    assert max(len(item.headline) for item in items) <= LONGEST_HEADLINE


# The real export


def test_the_cards_of_the_real_export(on_real_data) -> None:
    cards = {(item.rule_id, item.subject): item for item in on_real_data}
    assert cards["better_channel", "Referral"].strength == "strong"
    assert ("tagging_fault", "Unassigned") in cards
    assert ("too_small_to_judge", "Email") in cards
    video = cards["promising_channel", "Organic Video"]
    assert video.effect is not None
    assert re.search(r"About \d+ sessions", video.action)
    assert any(rule == "busiest_hours" for rule, _ in cards)
    spike = next(item for item in on_real_data if "17 Apr" in item.subject)
    assert "Organic Social" in spike.headline
    judged = {item.subject for item in on_real_data if item.rule_id in JUDGING}
    assert not judged & {"Email", "Unassigned"}
    assert_honest(on_real_data)


# Silence


def test_three_sessions_are_never_judged() -> None:
    for sessions in (0, 3):
        items = recommend(daily(small("Email", [3], [sessions])), with_forecast=False)
        assert not {item.rule_id for item in items if item.subject == "Email"} & JUDGING


def test_silence_is_a_result(sample_export) -> None:
    assert recommend(daily_traffic(), with_forecast=False) == []
    nothing = select(read_export(sample_export).traffic, Filters(channels=("Nobody",)))
    assert recommend(nothing) == []


def test_without_time_nothing_is_tested() -> None:
    items = recommend(read_export(TIMELESS_EXPORT).traffic)
    assert {item.strength for item in items} <= {"worth watching"}
    assert not {item.rule_id for item in items} & JUDGING


@pytest.mark.parametrize("grain", ["week", "month"])
def test_other_grains_are_no_trouble(grain) -> None:
    frame = calm(days=200)
    frame["time"] = frame["time"].dt.to_period(grain[0].upper()).dt.start_time
    assert_honest(recommend(make_traffic(frame, grain)))


def test_a_multiple_of_nothing_is_told_as_visits() -> None:
    days = pd.date_range("2024-01-01", periods=42)
    counts = np.where(np.arange(42) == 30, 60.0, 0.0)
    traffic = make_traffic(pd.DataFrame({"time": days, "sessions": counts}), "day")
    for item in recommend(traffic, with_forecast=False):
        assert item.effect is None or np.isfinite(item.effect.value)
