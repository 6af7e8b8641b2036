"""Graded advice: the file of cards, and grades by simulated next months."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import AppError
from core.recommendations.cards import MOST_BYTES, WHY
from core.recommendations.grading import GRADES, card_id, grade, load_cards, save_cards
from core.recommendations.model import ChartHint, Effect, Recommendation
from core.recommendations.remeasure import MEASURES
from core.traffic import Filters, Traffic, make_traffic, select
from tests.builders import hourly_traffic
from tests.simulate import Channel, Site, plant_level, simulate

FIRST, SECOND = "2024-01-01", "2024-01-29"
NEW = pd.Timestamp(SECOND)
SITES = 40
CAUSAL = re.compile(
    r"\b(driv\w*|drove|caus\w*|prov(e|es|ed|en|ing)|because|due to|owing to|(lead|leads|led) to"
    r"|thanks to|result(s|ed)? in|responsible|impact\w*|effects?|boosts?)\b",
    re.IGNORECASE,
)


def card(
    rule: str, subject: str, value: float = 0.1, unit: str = "points", start: str | None = None
) -> Recommendation:
    """A card as a rule would make it."""
    metric = "engagement_rate" if unit == "points" and "channel" in rule else "sessions"
    return Recommendation(
        rule_id=rule,
        kind="channels",
        subject=subject,
        headline=f"{subject} stands out — “really”",
        action="Try it.",
        evidence=pd.DataFrame(),
        n=100,
        impact=12.5,
        effect=Effect(value, value / 2, value * 2, unit),
        chart=ChartHint("days", metric, subject, pd.Timestamp(start) if start else None),
        strength="strong",
    )


def before(frame: pd.DataFrame, grain: str = "day") -> Traffic:
    return make_traffic(frame[frame["time"] < NEW], grain)


def site(seed: int, start: str, rates: dict[str, float], weeks: int = 4) -> pd.DataFrame:
    channels = tuple(
        Channel(name, 8.0 / (place + 1), rate=rate)
        for place, (name, rate) in enumerate(rates.items())
    )
    return simulate(seed, Site(channels, weeks=weeks, start=start), daily=True)


def quality(seed: int, *, is_kept: bool) -> tuple[pd.DataFrame, Recommendation]:
    rates = {"Direct": 0.5, "Referral": 0.6, "Email": 0.5}
    later = rates if is_kept else rates | {"Referral": 0.5}
    frames = [site(seed, FIRST, rates), site(seed + 10_000, SECOND, later)]
    return pd.concat(frames), card("better_channel", "Referral")


def level(seed: int, *, is_kept: bool, factor: float = 1.5) -> tuple[pd.DataFrame, Recommendation]:
    start = "2024-01-15"
    frame = site(seed, FIRST, {"Direct": 0.5, "Referral": 0.6, "Email": 0.5}, weeks=8)
    frame = plant_level(frame, pd.Timestamp(start), factor, "Direct", seed)
    if not is_kept:
        frame = plant_level(frame, NEW, 1 / factor, "Direct", seed + 1)
    rule = "growing_channel" if factor > 1 else "fading_channel"
    return frame, card(rule, "Direct", factor - 1, "percent", start)


def fade(seed: int, *, is_kept: bool) -> tuple[pd.DataFrame, Recommendation]:
    return level(seed, is_kept=is_kept, factor=0.6)


def engagement(seed: int, *, is_kept: bool) -> tuple[pd.DataFrame, Recommendation]:
    rates, start = {"Direct": 0.5, "Referral": 0.6}, "2024-01-15"
    risen = {name: rate + 0.06 for name, rate in rates.items()}
    frames = [
        site(seed, FIRST, rates, weeks=2),
        site(seed + 10_000, start, risen, weeks=2),
        site(seed + 20_000, SECOND, risen if is_kept else rates),
    ]
    return pd.concat(frames), card("engagement_change", "All traffic", 0.06, start=start)


def tagging(seed: int, *, is_kept: bool) -> tuple[pd.DataFrame, Recommendation]:
    frame = site(seed, FIRST, {"Direct": 0.5, "Referral": 0.6, "Unassigned": 0.05}, weeks=8)
    if not is_kept:
        frame = plant_level(frame, NEW, 0.03, "Unassigned", seed)
    return frame, card("tagging_fault", "Unassigned")


def concentration(seed: int, *, is_kept: bool) -> tuple[pd.DataFrame, Recommendation]:
    frame = site(seed, FIRST, {"Direct": 0.5, "Referral": 0.6, "Email": 0.5}, weeks=8)
    frame = plant_level(frame, pd.Timestamp(FIRST), 2.0, "Direct", seed)
    if not is_kept:
        frame = plant_level(frame, NEW, 0.75 / 2, "Direct", seed)  # half of all, just
    return frame, card("concentration", "Direct")


def hours(seed: int, *, is_kept: bool) -> tuple[pd.DataFrame, Recommendation]:
    channels = (Channel("Direct", 3.0, peak=20.0, swing=0.8),)
    flat = (Channel("Direct", 3.0, swing=0.0),)
    frames = [
        simulate(seed, Site(channels, weeks=4, start=FIRST)),
        simulate(seed + 9_000, Site(channels if is_kept else flat, weeks=4, start=SECOND)),
    ]
    return pd.concat(frames), card("busiest_hours", "18:00–22:00")


MONTHS: dict[str, Callable[..., tuple[pd.DataFrame, Recommendation]]] = {
    one.__name__: one for one in (quality, level, fade, engagement, tagging, concentration, hours)
}


def grades(make: Callable[..., tuple[pd.DataFrame, Recommendation]], *, is_kept: bool) -> Counter:
    found: Counter = Counter()
    for seed in range(SITES):
        frame, item = make(seed, is_kept=is_kept)
        grain = "hour" if make is hours else "day"
        saved = load_cards(save_cards([item], before(frame, grain), {}))
        found[grade(saved, make_traffic(frame, grain))[0].grade] += 1
    return found


@pytest.mark.parametrize("name", MONTHS)
def test_what_is_kept_held_up(name) -> None:
    found = grades(MONTHS[name], is_kept=True)
    assert found["held up"] >= 0.8 * SITES
    assert found["faded"] <= 0.05 * SITES


@pytest.mark.parametrize("name", MONTHS)
def test_what_is_gone_did_not_hold_up(name) -> None:
    found = grades(MONTHS[name], is_kept=False)
    assert found["held up"] <= 0.05 * SITES


@pytest.fixture(scope="module")
def month() -> Traffic:
    return hourly_traffic({"Direct": 0.6, "Email": 0.5, "Unassigned": 0.1}, days=56, start=FIRST)


@pytest.fixture(scope="module")
def items() -> list[Recommendation]:
    rules = [*MEASURES, "spike", "season_ahead", "of_a_later_version"]
    subjects = {"busiest_hours": "12:00–16:00", "tagging_fault": "Unassigned"}
    return [card(rule, subjects.get(rule, "Email")) for rule in rules]


def early(traffic: Traffic) -> Traffic:
    return select(traffic, Filters(end=date(2024, 1, 28)))


def test_cards_survive_the_file(month, items) -> None:
    states = {card_id(items[0]): "done", card_id(items[1]): "dismissed", card_id(items[2]): "odd"}
    data = save_cards(items, early(month), states)
    saved = load_cards(data)
    assert [one.headline for one in saved.cards] == [item.headline for item in items]
    assert [one.effect for one in saved.cards] == [item.effect for item in items]
    assert [one.id for one in saved.cards] == [card_id(item) for item in items]
    assert saved.states == {card_id(items[0]): "done", card_id(items[1]): "dismissed"}
    assert (saved.first_day, saved.last_day) == (date(2024, 1, 1), date(2024, 1, 28))
    assert saved.main_metric == "sessions"
    assert data == save_cards(items, early(month), states)
    assert saved.digest != load_cards(save_cards(items[:1], early(month), states)).digest


def test_an_effect_without_ends_survives(month) -> None:
    item = replace(card("spike", "x"), effect=Effect(3.0, float("nan"), float("nan"), "times"))
    (saved,) = load_cards(save_cards([item], month, {})).cards
    assert saved.effect is not None
    assert np.isnan(saved.effect.low)
    bare = load_cards(save_cards([replace(item, effect=None, chart=None)], month, {})).cards[0]
    assert bare.effect is None


def test_an_identifier_stands_for_rule_and_subject() -> None:
    one = card("better_channel", "Email")
    assert card_id(one) == card_id(replace(one, headline="other", impact=3))
    others = [card("better_channel", "Direct"), card("worse_channel", "Email")]
    assert len({card_id(one), *map(card_id, others)}) == 3


def test_words_are_complete_and_claim_nothing(month, items) -> None:
    for new in (month, early(month), select(month, Filters(end=date(2024, 2, 5)))):
        for found in grade(load_cards(save_cards(items, early(month), {})), new):
            assert found.grade in GRADES
            assert found.headline
            assert not CAUSAL.search(f"{found.reason} {found.rule}"), found.reason
            assert not re.search(r"\bnan\b|None|NaT", f"{found.reason} {found.rule}")
            assert found.rule or found.reason.startswith("Cannot be graded: ")


def test_what_cannot_be_graded_says_why(month, items) -> None:
    found = {
        one.card.rule_id: one for one in grade(load_cards(save_cards(items, month, {})), month)
    }
    for rule in ("spike", "season_ahead", "of_a_later_version"):
        assert found[rule].grade == "too early"
        assert found[rule].reason.startswith("Cannot be graded: ")


@pytest.mark.parametrize(("last", "said"), [(28, "0 new days"), (31, "3 new days")])
def test_few_days_are_too_early(month, last, said) -> None:
    saved = load_cards(save_cards([card("better_channel", "Direct")], early(month), {}))
    (found,) = grade(saved, select(month, Filters(end=date(2024, 1, last))))
    assert found.grade == "too early"
    assert said in found.reason
    assert "14 are needed" in found.reason


def test_only_new_days_count(month) -> None:
    """The saved days may be in the new file or not, and say whatever they like."""
    saved = load_cards(save_cards([card("better_channel", "Direct")], early(month), {}))
    alone = grade(saved, select(month, Filters(start=date(2024, 1, 29))))
    assert grade(saved, month) == alone
    assert alone[0].grade == "held up"


def test_without_days_nothing_is_graded(month) -> None:
    timeless = make_traffic(month.frame.drop(columns="time"), "none")
    item = card("better_channel", "Direct")
    for saved, new in (
        (save_cards([item], timeless, {}), month),
        (save_cards([item], early(month), {}), timeless),
    ):
        (found,) = grade(load_cards(saved), new)
        assert (found.grade, found.effect) == ("too early", None)
        assert "Cannot be graded" in found.reason


def test_a_channel_that_vanished_faded_or_held_up(month) -> None:
    without = month.frame[(month.frame["channel"] != "Email") | (month.frame["time"] < NEW)]
    new = make_traffic(without, "hour", month.times)
    cards = [
        card("growing_channel", "Email", 0.5, "percent", "2024-01-15"),
        card("fading_channel", "Email", -0.5, "percent", "2024-01-15"),
        card("better_channel", "Email"),
    ]
    found = grade(load_cards(save_cards(cards, early(month), {})), new)
    assert [one.grade for one in found] == ["faded", "held up", "too early"]


def valid() -> dict:
    traffic = early(hourly_traffic({"Direct": 0.6, "Email": 0.5}, days=28, start=FIRST))
    start = "2024-01-15"
    items = [
        card("growing_channel", "Email", 0.5, "percent", start),
        card("concentration", "Direct"),
    ]
    return json.loads(save_cards(items, traffic, {}))


VALID = valid()


def code_of(data: bytes) -> str:
    with pytest.raises(AppError) as error:
        load_cards(data)
    return error.value.code


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "not_cards"),
        (b'{"version": 1}', "not_cards"),
        (b"9" * 5000, "not_json"),
        (b" " * (MOST_BYTES + 1), "too_large"),
    ],
)
def test_what_is_no_file_of_cards_is_refused(data, reason) -> None:
    with pytest.raises(AppError) as error:
        load_cards(data)
    assert error.value.code == "cards_not_readable"
    assert error.value.params["reason"] == reason
    assert reason in WHY


def test_another_version_is_told_apart() -> None:
    assert code_of(json.dumps(VALID | {"version": 2}).encode()) == "cards_other_version"
    assert code_of(json.dumps(VALID | {"version": True}).encode()) == "cards_not_readable"


CARD = VALID["cards"][0]


@pytest.mark.parametrize(
    "change",
    [
        {"state": "deleted"},
        {"strength": "certain"},
        {"id": "0"},
        {"headline": 3},
        {"headline": "x" * 3000},
        {"impact": True},
        {"impact": 1e300},
        {"effect": {"value": 1, "low": 0, "high": 2, "unit": "metres"}},
        {"before": {"top": [1], "bottom": []}},
        {"before": {"top": [-1], "bottom": [1]}},
    ],
)
def test_a_card_that_is_none_is_refused(change) -> None:
    assert code_of(json.dumps(VALID | {"cards": [CARD | change]}).encode()) == "cards_not_readable"


@pytest.mark.parametrize("day", ["9999-12-31", "soon", 3, "2023-01-01"])
def test_a_day_that_is_none_is_refused(day) -> None:
    assert code_of(json.dumps(VALID | {"last_day": day}).encode()) == "cards_not_readable"


KEYS = st.text(max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_give_cards_or_an_app_error(data) -> None:
    with pytest.raises(AppError):
        load_cards(data)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_gives_cards_or_an_app_error(data) -> None:
    """One value anywhere in a good file is replaced; what still loads can be graded."""
    content = json.loads(json.dumps(VALID))
    place, key = content, data.draw(st.sampled_from(sorted(content)))
    while isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
        place = place[key]
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(list(keys)))
    place[key] = data.draw(JSON)
    try:
        saved = load_cards(json.dumps(content).encode())
    except AppError:
        return
    assert len(grade(saved, TWO_MONTHS)) == len(saved.cards)


TWO_MONTHS = make_traffic(level(1, is_kept=True)[0], "day")
