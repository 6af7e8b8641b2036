"""What each channel is expected to bring, and what if: a campaign, a goal."""

import re
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core import forecast as core_forecast
from core.errors import NotEnoughData
from core.forecast import methods
from core.forecast.model import ModelError
from core.forecast.what_if import CAVEATS
from core.traffic import Filters, Traffic, make_traffic
from tests.builders import daily_traffic, hourly_traffic
from tests.pages.test_pages import ROOT, charts, headlines, labelled, words
from ui import messages, state
from ui.page import View
from ui.sections import forecast_channels as by_channel
from ui.sections.forecast_days import NO_EVENTS
from ui.sections.forecast_plan import IS_OPEN, STANDING_NOTE
from ui.sections.forecast_question import ALL, LEVEL, Question

RATE_IS_OPEN = state.choice_key("forecast", "rate_is_open")
OFFER, WORK_OUT = "Forecast each channel", "Work it out"


def remembered(function):
    """The same function, that answers a question on the same numbers once."""
    known: dict[tuple, object] = {}

    def ask(counts: pd.Series | pd.DataFrame, horizon: int, level: float = LEVEL, **_options):
        key = (tuple(getattr(counts, "columns", ())), counts.to_numpy().tobytes(), horizon, level)
        if key not in known:
            known[key] = function(counts, horizon, level)
        return known[key]

    return ask


QUICK = {
    name: remembered(getattr(core_forecast, name)) for name in ("forecast", "forecast_channels")
}


@pytest.fixture(autouse=True)
def quick(request, monkeypatch) -> None:
    """Simple methods alone: a fit of Prophet takes most of the time of a forecast."""

    def fail(*_args: object, **_options: object) -> None:
        raise ModelError

    if "real" not in request.node.name:
        monkeypatch.setattr(methods, "fit_prophet", fail)
        for name, function in QUICK.items():
            monkeypatch.setattr(core_forecast, name, function)


def daily(days: int = 70, *, has_engaged: bool = True, thin: bool = True) -> Traffic:
    """Three channels day by day, one of them with three visits in all."""
    rng, times = np.random.default_rng(0), pd.date_range("2024-01-01", periods=days)
    parts = []
    for name, mean in {"Direct": 300, "Referral": 120}.items():
        sessions = rng.poisson(mean * (1 + 0.3 * (times.day_of_week < 5)))
        engaged = rng.binomial(sessions, 0.6)
        parts.append(
            pd.DataFrame(
                {"time": times, "channel": name, "sessions": sessions, "engaged_sessions": engaged}
            )
        )
    if thin:
        few = pd.DataFrame({"time": times[-3:], "channel": "Email", "sessions": 1})
        parts.append(few.assign(engaged_sessions=1))
    frame = pd.concat(parts)
    return make_traffic(frame if has_engaged else frame.drop(columns="engaged_sessions"), "day")


def scene(traffic: Traffic, *, channel: str = ALL, horizon: int = 28, level: float = LEVEL, **more):
    """What the page hands to its sections."""
    source = state.Source("export.csv", "digest", None, ())
    view = View(source, traffic, traffic, Filters(), None, False, "light")
    table = traffic.frame.pivot_table(
        index="time", columns="channel", values="sessions", aggfunc="sum", observed=True
    )
    table = table.reindex(index=traffic.times, columns=list(traffic.channels)).fillna(0.0)
    history = table.sum(axis=1) if channel == ALL else table[channel]
    question = Question(
        metric="sessions",
        channel=channel,
        horizon=horizon,
        grain=traffic.grain,
        history=history,
        table=table if traffic.has_channels else None,
        days=NO_EVENTS,
        level=level,
        key=("digest", Filters(), "sessions", horizon),
    )
    question = replace(question, **more)
    if channel == ALL:
        result = core_forecast.forecast(history, horizon, level)
    else:
        result = core_forecast.forecast_channels(table, horizon, level).channels[channel]
    return SimpleNamespace(view=view, question=question, result=result)


def draw() -> None:
    import streamlit as st

    from ui.sections.forecast_channels import draw_channels
    from ui.sections.forecast_plan import draw_plan

    scene = st.session_state["scene"]
    draw_channels(scene.view, scene.question)
    draw_plan(scene.view, scene.question, scene.result)


def start(given: SimpleNamespace, *opened: str) -> AppTest:
    app = AppTest.from_function(draw, default_timeout=120)
    app.session_state["scene"] = given
    for key in opened:
        app.session_state[key] = True
    return calm(app.run())


def calm(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].stack_trace
    return app


def press(app: AppTest, label: str) -> AppTest:
    return calm(labelled(app.button, label).click().run())


def shown_table(app: AppTest, place: int = 0) -> pd.DataFrame:
    return app.dataframe[place].value


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_channels_are_forecast_when_asked_and_add_up() -> None:
    given = scene(daily())
    app = start(given)
    assert charts(app) == 0
    assert "That takes about 6 seconds" in words(app)
    app = press(app, OFFER)
    assert re.match(
        r"Direct is expected to bring 7\d % of sessions in the next 28 days: about [\d,]+ "
        r"\(likely [\d,]+ to [\d,]+\) of [\d,]+ from all channels together",
        headlines(app)[0],
    )
    table = shown_table(app)
    assert list(table["Channel"]) == ["Direct", "Referral", "Email", ALL]
    assert table["Expected"].iloc[:-1].sum() == pytest.approx(table["Expected"].iloc[-1], abs=0.5)
    assert table["Expected"].iloc[-1] == pytest.approx(given.result.total.mean, abs=0.1)
    assert table["Share of all, %"].iloc[-1] == pytest.approx(100)
    assert table["The 28 days before"].iloc[-1] == given.question.history.iloc[-28:].sum()
    assert np.isnan(table.set_index("Channel").loc["Email", "Change, %"])
    calm(app.run())
    assert OFFER not in [button.label for button in app.button]


def test_a_channel_with_hardly_any_visits_is_hollow() -> None:
    app = press(start(scene(daily())), OFFER)
    assert "Hollow: few visits" in words(app)


def test_who_chose_a_channel_sees_all_channels_at_once() -> None:
    app = start(scene(daily(), channel="Referral"))
    assert "Direct is expected to bring" in headlines(app)[0]


def test_a_surer_band_is_a_wider_one() -> None:
    usual, wide = (press(start(scene(daily(), level=level)), OFFER) for level in (0.8, 0.95))
    assert (shown_table(wide)["Band to"] >= shown_table(usual)["Band to"]).all()
    assert "meant to hold 95 %" in words(wide)


def test_more_than_nine_channels_end_with_all_others() -> None:
    traffic = daily(thin=False)
    copies = [
        traffic.frame.assign(channel=traffic.frame["channel"].astype(str) + f" {copy}")
        for copy in range(6)
    ]
    app = press(start(scene(make_traffic(pd.concat(copies), "day")), IS_OPEN), OFFER)
    table = shown_table(app).set_index("Channel")
    assert len(table) == 10
    assert list(table.index[-2:]) == ["All others", ALL]
    earlier = table["The 28 days before"]
    assert earlier.iloc[:-1].sum() == pytest.approx(earlier.iloc[-1])
    assert len(labelled(app.selectbox, "Campaign on").options) == 8


def test_a_thin_forecast_of_channels_is_declined_in_one_line(monkeypatch) -> None:
    def decline(*_args: object, **_options: object) -> None:
        raise NotEnoughData("history_empty")

    monkeypatch.setattr(by_channel.cache, "make_channel_forecasts", decline)
    app = press(start(scene(daily())), OFFER)
    assert charts(app) == 0
    assert messages.of_error(NotEnoughData("history_empty")).title in words(app)


def test_the_engagement_rate_ahead_is_made_when_opened() -> None:
    app = start(scene(daily()), RATE_IS_OPEN)
    told = re.match(
        r"Engagement rate expected in the next 28 days: ([\d.]+) %, likely ([\d.]+) % to ([\d.]+)",
        headlines(app)[0],
    )
    value, low, high = (float(part) for part in told.groups())
    assert low < value < high
    assert value == pytest.approx(60, abs=1.5)
    assert "in the newest 28 days" in words(app)


def test_without_engaged_sessions_there_is_no_rate() -> None:
    app = start(scene(daily(has_engaged=False)), RATE_IS_OPEN, IS_OPEN)
    folds = [fold.label for fold in app.expander if "rate" in fold.label]
    assert folds == ["The engagement rate ahead: why is this not shown?"]
    assert [one.label for one in app.slider] == ["Change of its sessions"]


def test_a_campaign_is_worked_out_when_asked() -> None:
    app = start(scene(daily()), IS_OPEN)
    assert headlines(app)[0].startswith("Chance of at least")  # a goal needs no channels
    app = press(app, WORK_OUT)
    assert WORK_OUT not in [button.label for button in app.button]
    assert OFFER not in [button.label for button in app.button]
    told = re.match(
        r"20 % more sessions from Direct on 18 Mar – 24 Mar 2024 would be about ([\d,]+) more: "
        r"([\d,]+) in the next 28 days",
        headlines(app)[1],
    )
    added = number(told[1])
    assert added == pytest.approx(0.2 * 300 * 7 * 1.2, rel=0.1)
    assert STANDING_NOTE in words(app)
    assert [one.label for one in app.metric] == [
        "Sessions with the campaign",
        "Engaged sessions with the campaign",
    ]
    assert number(app.metric[1].delta) == pytest.approx(0.6 * added, rel=0.05)


def test_the_assumption_can_be_changed() -> None:
    app = press(start(scene(daily()), IS_OPEN), WORK_OUT)
    before = number(app.metric[1].delta)
    calm(labelled(app.slider, "How the added visits engage").set_value(50).run())
    assert number(app.metric[1].delta) == pytest.approx(before / 2, rel=0.05)
    calm(labelled(app.slider, "Change of its sessions").set_value(-50).run())
    assert "50 % fewer sessions from Direct" in headlines(app)[1]
    assert app.metric[0].delta.startswith("−")
    calm(labelled(app.slider, "Change of its sessions").set_value(0).run())
    assert app.metric[0].delta == "nothing"
    calm(labelled(app.selectbox, "Campaign on").select("Referral").run())
    calm(app.date_input[0].set_value((date(2024, 3, 11),)).run())
    assert "Choose the last day" in words(app)
    calm(app.date_input[0].set_value((date(2024, 3, 11), date(2024, 3, 11))).run())
    assert "0 % more sessions from Referral on 11 Mar 2024" in headlines(app)[1]


def test_a_channel_of_its_own_needs_no_button() -> None:
    app = start(scene(daily(), channel="Referral"), IS_OPEN)
    assert "20 % more sessions from Referral" in headlines(app)[1]
    assert "of at least" in headlines(app)[2]
    assert "sessions from Referral in the next 28 days" in headlines(app)[2]


def test_without_channels_the_campaign_is_on_all_traffic() -> None:
    app = start(scene(daily_traffic(70)), IS_OPEN)
    assert "20 % more sessions from all traffic" in headlines(app)[0]
    assert OFFER not in [button.label for button in app.button]


def test_no_campaign_is_aimed_at_what_ga4_could_not_tell() -> None:
    traffic = daily(thin=False)
    renamed = traffic.frame.assign(
        channel=traffic.frame["channel"].astype(str).replace({"Direct": "Unassigned"})
    )
    app = start(scene(make_traffic(renamed, "day")), IS_OPEN)
    assert list(labelled(app.selectbox, "Campaign on").options) == ["Referral"]


def test_a_goal_has_a_chance_and_a_way_there() -> None:
    given = scene(daily())
    app = start(given, IS_OPEN)
    goal = app.number_input[0]
    assert goal.value == pytest.approx(1.05 * given.result.total.mean, rel=0.01)
    assert re.search(
        r"Chance of at least [\d,]+ sessions in the next 28 days: \d+ %|below 1 %",
        headlines(app)[0],
    )
    assert re.search(r"above what is expected: that would take 5\.\d % more each day", words(app))
    calm(goal.set_value(1000).run())
    assert headlines(app)[0].endswith("above 99 %")
    assert "less each day would still do" in words(app)
    assert "The expected path passes the goal on" in words(app)
    calm(app.number_input[0].set_value(10**6).run())
    assert headlines(app)[0].endswith("below 1 %")
    assert "passes" not in words(app)


def test_the_goal_is_held_against_the_campaign_too() -> None:
    app = press(start(scene(daily()), IS_OPEN), WORK_OUT)
    calm(labelled(app.slider, "Change of its sessions").set_value(200).run())
    told = re.search(r"With the campaign above \(dashed\): (above )?(\d+) %", words(app))
    alone = re.search(r"(\d+) %$", headlines(app)[-1])
    assert int(told[2]) > int(alone[1])
    assert "With the campaign" in app.dataframe[-1].value


def test_nothing_expected_is_nothing_to_plan_on() -> None:
    given = scene(daily_traffic(70, mean=0))
    app = start(given, IS_OPEN)
    assert "nothing to plan on" in words(app)
    assert charts(app) == 0


@pytest.mark.parametrize(("grain", "step"), [("week", "7D"), ("month", "MS")])
def test_weeks_and_months_say_that_a_part_counts_as_a_share(grain, step) -> None:
    rng, times = np.random.default_rng(0), pd.date_range("2021-03-01", periods=40, freq=step)
    frame = pd.DataFrame({"time": times, "sessions": rng.poisson(900, 40).astype(float)})
    app = start(scene(make_traffic(frame, grain), horizon=4), IS_OPEN)
    days = app.date_input[0].value
    calm(app.date_input[0].set_value((days[0], days[0])).run())
    assert messages.CAMPAIGN_CAVEATS["campaign_in_part_of_a_period"] in words(app)
    assert f"more each {grain} than forecast" in words(app)


def test_every_caveat_of_a_campaign_has_words_and_stands_in_the_glossary() -> None:
    assert set(messages.CAMPAIGN_CAVEATS) == set(CAVEATS)
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert [code for code in CAVEATS if f"`{code}`" not in glossary] == []


def test_hours_are_planned_in_days() -> None:
    given = scene(hourly_traffic({"Direct": 0.6, "Email": 0.3}, days=21), horizon=7 * 24)
    app = press(start(given, IS_OPEN), WORK_OUT)
    assert "in the next 7 days" in headlines(app)[1]
    planned = app.dataframe[1].value
    assert len(planned) == 7
    assert planned["As forecast"].sum() == pytest.approx(given.result.total.mean)


def test_a_real_forecast_from_end_to_end() -> None:
    given = scene(daily_traffic(60), horizon=14)
    app = start(given, IS_OPEN)
    assert charts(app) == 2
    assert "prophet_failed" not in given.result.caveats
