"""The Recommendations page: what to do this week, the cards, their tests, and last month's."""

import functools
import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from core.recommendations import Recommendation, TestPlan, grading, recommend
from core.recommendations.cards import card_id
from core.recommendations.model import ChartHint, Effect
from tests.builders import DAILY_EXPORT, TIMELESS_EXPORT
from tests.pages.test_channels_page import days, export
from tests.pages.test_pages import (
    HOSTILE,
    assert_no_markdown_from_outside,
    charts,
    go_to,
    headlines,
    labelled,
    plain,
    start,
    words,
)
from ui import cache, state
from ui.sections import recommendations
from ui.sections import recommendations_plan as plan_section
from ui.sections.recommendations_keep import as_table
from ui.sections.recommendations_plan import next_monday, open_key
from ui.sections.recommendations_words import size

PAGE = "pages/5_Recommendations.py"
HINTS = ("rates", "hours", "weekdays", "days", "shares", "forecast", "")
CHANNELS = ("Organic Social", "Referral", "Direct")


def card(number: int = 0, **changed) -> Recommendation:
    """A made-up card; numbers above the first are of other channels, kinds and strengths."""
    channel = CHANNELS[number % 3]
    made = Recommendation(
        rule_id=f"rule_{number}",
        kind="channels" if number % 2 == 0 else "changes",
        subject=channel,
        headline=f"{channel}: finding number {number}",
        action=f"Look at landing page {number} and try another one for half of it. Then wait.",
        evidence=pd.DataFrame({"Channel": [channel], "Sessions": ["1,204"]}),
        n=1204.0,
        impact=1234.0 - number,
        impact_unit="engaged sessions a week",
        p_value=0.0001,
        effect=Effect(0.113, 0.09, 0.136, "points"),
        chart=ChartHint("rates", "engagement_rate", channel),
        caveats=("Channels bring different people with different aims.",),
        strength="strong" if number < 2 else "moderate",
        adjusted_p_value=0.0002 if number < 2 else 0.03,
    )
    return replace(made, **changed)


SLIDER = "Smallest difference in engagement rate worth having"
PLAN = TestPlan(
    change="Show every second visit the new page.",
    channel="Referral",
    metric="engagement_rate",
    base=0.666,
    smallest_effect=0.02,
    design_effect=1.5,
    weekly=7700.0,
)


@pytest.fixture
def shows(monkeypatch):
    """Makes the page find these cards."""

    def found(*cards: Recommendation) -> None:
        monkeypatch.setattr(cache, "recommend", lambda key, traffic, ahead: list(cards))

    return found


@pytest.fixture(scope="module")
def small() -> bytes:
    """Four weeks of days of the three channels, read faster than the sample."""
    return export(days(3).replace({"channel": {f"Source {n}": c for n, c in enumerate(CHANNELS)}}))


@pytest.fixture
def in_haste(monkeypatch) -> None:
    """The real rules but those that need a forecast, which takes seconds."""
    quick = functools.cache(lambda traffic: recommend(traffic, with_forecast=False))
    monkeypatch.setattr(cache, "recommend", lambda key, traffic, ahead: quick(traffic))


def page_of(data: bytes):
    return start(data, PAGE)


def press(app, key: str):
    app.button(key=key).click().run()
    assert not app.exception
    return app


def folds(app) -> list[str]:
    return [fold.label for fold in app.expander]


def numbers(app) -> list[int]:
    """Which cards are open, by the number in their headline."""
    return [int(text.rpartition(" ")[2]) for text in headlines(app)]


def test_ten_seconds_tell_what_to_do_on_monday(small, shows) -> None:
    shows(*map(card, range(9)))
    app = page_of(small)
    assert app.subheader[0].value == "2 things rest on strong evidence, 7 more are worth a look."
    shown = words(app)
    assert "This week" in shown
    assert "1. **Organic Social:** Look at landing page 0 and try another one" in shown
    assert "3. **Direct:** Look at landing page 2 and try another one" in shown
    assert "Then wait" not in next(one.value for one in app.markdown if "1. **" in one.value)


def test_seven_cards_are_open_and_the_rest_is_folded(small, shows) -> None:
    shows(*map(card, range(9)))
    app = page_of(small)
    assert numbers(app) == list(range(7))
    assert "2 more" in folds(app)
    app.session_state[recommendations.MORE_KEY] = True
    assert numbers(app.run()) == list(range(9))


def test_a_card_says_how_large_how_sure_and_what_is_at_stake(small, shows) -> None:
    shows(card())
    app = page_of(small)
    shown = words(app)
    assert "+11.3 points (95 % interval +9.0 to +13.6 points)" in shown
    assert "1,204 sessions" in shown
    assert "At stake, not a promise**  \nabout 1,200 engaged sessions a week" in shown
    assert "fewer than 1 in 100 would be chance" in shown
    assert "Adjusted p-value below 0.001" in shown
    assert "Channels bring different people" in shown
    assert "Benjamini and Hochberg" in shown
    assert "Plan a test" not in folds(app)


@pytest.mark.parametrize(
    ("name", "metric"),
    [("rates", "engagement_rate")]
    + [(name, metric) for name in HINTS[1:] for metric in ("sessions", "engagement_rate")],
)
def test_every_kind_of_evidence_is_drawn(sample_export, shows, name, metric) -> None:
    span = {"start": pd.Timestamp("2024-05-06 18:00"), "end": pd.Timestamp("2024-05-06 22:00")}
    hints = [ChartHint(name, metric), ChartHint(name, metric, "Referral", **span)]
    shows(*(card(place, chart=hint) for place, hint in enumerate(hints)))
    assert charts(page_of(sample_export)) == (2 if name else 0)


@pytest.mark.parametrize("data", [DAILY_EXPORT, TIMELESS_EXPORT])
def test_evidence_that_a_file_does_not_hold_is_left_out(data, shows) -> None:
    shows(*(card(place, chart=ChartHint(name, "sessions")) for place, name in enumerate(HINTS[1:])))
    app = page_of(data)
    assert not app.exception
    assert numbers(app) == list(range(6))


def test_cards_are_filtered_by_kind_and_channel(small, shows) -> None:
    shows(*map(card, range(6)))
    app = page_of(small)
    labelled(app.selectbox, "About").select("channels").run()
    assert numbers(app) == [0, 2, 4]
    labelled(app.selectbox, "Channel").select("Direct").run()
    assert numbers(app) == [2]
    labelled(app.selectbox, "About").select("changes").run()
    assert numbers(app) == [5]
    assert headlines(app)[0].startswith("6. ")  # its number in the whole list


def test_a_card_is_done_dismissed_and_brought_back(small, shows) -> None:
    found = [card(number) for number in range(3)]
    shows(*found)
    app = page_of(small)
    press(app, f"done_{card_id(found[0])}")
    press(app, f"dismiss_{card_id(found[1])}")
    assert numbers(app) == [2]
    assert "Done or not for us (2)" in folds(app)
    assert app.subheader[0].value == "1 thing is worth a look."
    press(app, f"done_{card_id(found[2])}")
    assert state.DONE in app.session_state["cards"].values()
    assert app.subheader[0].value == "Every card is dealt with."
    for item in found:
        press(app, f"undo_{card_id(item)}")
    assert numbers(app) == [0, 1, 2]


def test_what_is_not_for_us_stays_so_with_the_next_file_and_what_was_done_may_be_due_again(
    small, shows
) -> None:
    found = [card(number) for number in range(3)]
    shows(*found)
    app = page_of(small)
    press(app, f"done_{card_id(found[0])}")
    press(app, f"dismiss_{card_id(found[1])}")
    go_to(app, "streamlit_app.py")
    app.file_uploader[0].upload("next.csv", DAILY_EXPORT, "text/csv").run()
    assert app.session_state["cards"] == {card_id(found[1]): state.DISMISSED}
    assert numbers(go_to(app, PAGE)) == [0, 2]


def test_a_share_of_the_whole_is_told_as_a_share() -> None:
    hint = ChartHint("shares", "sessions", "Direct")
    item = card(effect=Effect(0.509, 0.492, 0.526, "points"), chart=hint)
    assert size(item) == ("Share", "50.9 % (95 % interval 49.2 % to 52.6 %)")
    assert size(card(effect=None)) == ("", "")


def test_two_cards_of_one_rule_and_subject_live_side_by_side(small, shows) -> None:
    shows(card(), card())
    app = page_of(small)
    press(app, f"done_{card_id(card())}_1")
    assert headlines(app) == []


def test_the_table_has_what_was_decided() -> None:
    found = [card(0), card(1, effect=None)]
    table = as_table(found, {card_id(found[0]): state.DISMISSED})
    assert table["Decided"].tolist() == ["Not for us", ""]
    assert table["What we saw"].tolist() == [item.headline for item in found]
    assert table["Size"].tolist()[1] == ""


def planned(data: bytes, shows, plan: TestPlan = PLAN):
    item = card(1, test_plan=plan)
    shows(item)
    app = start(data)
    app.session_state[open_key(card_id(item))] = True
    return go_to(app, PAGE), item


def test_a_smaller_difference_takes_a_longer_test(small, shows) -> None:
    app, _ = planned(small, shows)
    assert app.date_input[0].value == next_monday(date.today())
    assert "12,900 sessions on each side" in words(app)
    first = app.code[0].value
    assert "2.0 points" in first
    labelled(app.slider, SLIDER).set_value(4.0).run()
    assert "4.0 points" in app.code[0].value
    assert "12,900" not in words(app)
    later = date(2027, 3, 1)
    app.date_input[0].set_value(later).run()
    assert "Mon 1 Mar 2027" in words(app)


def test_a_test_becomes_a_calendar_file(small, shows) -> None:
    app, item = planned(small, shows)
    (button,) = [one for one in app.get("download_button") if "calendar" in one.label]
    assert button.label == "Add to your calendar (.ics)"
    size = plan_section.size_test(PLAN)
    data = plan_section.calendar(item, PLAN, size, date(2027, 3, 1))()
    assert data.startswith(b"BEGIN:VCALENDAR")
    assert b"20270301" in data


def test_a_test_that_never_ends_proposes_a_larger_step(small, shows) -> None:
    app, _ = planned(small, shows, replace(PLAN, weekly=1500.0))
    shown = words(app)
    assert "12 weeks do not show a difference of 2.0 points" in shown
    assert "Take a larger step" in shown
    assert not app.main.code
    labelled(app.slider, SLIDER).set_value(8.0).run()
    assert app.main.code


def test_a_plan_that_cannot_be_sized_is_told_and_breaks_nothing(small, shows) -> None:
    app, _ = planned(small, shows, replace(PLAN, weekly=0.0))
    assert not app.exception
    assert "cannot be planned" in words(app)


def test_nothing_stands_out_says_what_was_looked_at_and_what_is_missing(shows) -> None:
    shows()
    app = page_of(DAILY_EXPORT)
    assert app.subheader[0].value == "Nothing stands out this month, and that is an answer."
    shown = words(app)
    assert "What it would take to see more" in shown
    assert "Hours: export" in shown.replace("**", "")
    assert "Channels: export" in shown.replace("**", "")
    assert headlines(app) == []


def test_the_real_export_is_told_as_it_is(seed_export, in_haste) -> None:
    app = page_of(seed_export)
    assert "rest on strong evidence" in app.subheader[0].value
    assert "Find the linking sites" in words(app)
    assert charts(app) == recommendations.MOST_OPEN
    app.session_state[recommendations.MORE_KEY] = True
    shown = words(app.run())
    assert not app.exception
    assert "Email is too small to judge: 3 sessions" in shown
    assert "Unassigned: 559 sessions without a channel" in shown


@pytest.mark.parametrize("data", [DAILY_EXPORT, TIMELESS_EXPORT])
def test_small_files_have_an_answer_too(data, in_haste) -> None:
    app = page_of(data)
    assert app.subheader[0].value.endswith(".")


def test_cards_are_kept_loaded_and_graded(sample_export, monkeypatch) -> None:
    """One run on the sample with the real rules."""
    real, found = cache.recommend, []
    monkeypatch.setattr(
        cache,
        "recommend",
        lambda key, traffic, ahead: found.append(real(key, traffic, ahead)) or found[-1],
    )
    app = page_of(sample_export)
    assert "rest on strong evidence" in app.subheader[0].value
    assert charts(app) >= 3
    files = [button.label for button in app.get("download_button")]
    assert "Keep these cards (JSON)" in files
    traffic = app.session_state["source"].result.traffic
    first = card_id(found[-1][0])
    data = grading.save_cards(found[-1], traffic, {first: state.DISMISSED})
    app.file_uploader[0].upload("cards.json", data, "application/json").run()
    assert not app.exception
    title = "Last month’s cards, held against this export"
    assert title in words(app)
    assert re.search(
        rf"Of {len(found[-1])} cards: \d+ too early to tell and \d not graded", words(app)
    )
    assert "Done or not for us (1)" in folds(app)
    app.file_uploader[0].upload("cards.json", b"not cards", "application/json").run()
    assert not app.exception
    assert "This cannot be read as cards: it is no JSON file." in plain(app.error[0].value)
    assert title in words(app)  # nothing is lost
    press(app, "forget_saved_cards")
    assert title not in words(app)


def test_grades_are_told_with_their_reason_and_rule(small, shows, monkeypatch) -> None:
    shows(card())
    app = page_of(small)
    traffic = app.session_state["source"].result.traffic
    data = grading.save_cards([card(number) for number in range(3)], traffic, {})
    graded = [
        grading.GradedCard(kept, verdict, None, f"Reason {verdict}.", "The rule.")
        for kept, verdict in zip(grading.load_cards(data).cards, grading.GRADES, strict=True)
    ]
    monkeypatch.setattr(cache, "grade_cards", lambda key, saved, traffic: graded)
    app.file_uploader[0].upload("cards.json", data, "application/json").run()
    shown = words(app)
    assert "Of 3 cards: 1 held up, 1 faded and 1 too early to tell." in shown
    for verdict in grading.GRADES:
        assert f"Reason {verdict}." in shown
    assert "The rule." in shown


def test_text_from_a_file_is_never_markdown(small, shows) -> None:
    hostile = {
        "subject": HOSTILE,
        "headline": f"{HOSTILE} stood out",
        "action": f"{HOSTILE} again",
        "caveats": (HOSTILE,),
        "impact_unit": f"{HOSTILE} a week",
        "chart": ChartHint("days", "sessions", HOSTILE),
        "test_plan": replace(PLAN, change=HOSTILE, channel=HOSTILE),
    }
    found = [card(number, **hostile) for number in range(2)]
    shows(*found)
    app = start(small)
    app.session_state[open_key(card_id(found[0]))] = True
    go_to(app, PAGE)
    assert_no_markdown_from_outside(app)
    press(app, f"done_{card_id(found[0])}")
    assert HOSTILE in words(app)
    assert_no_markdown_from_outside(app)
