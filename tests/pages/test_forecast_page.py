"""The Forecast page: what it says of real and of awkward files."""

import json
import re
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

import core.forecast
from core.annotations import annotate
from core.forecast import Forecast
from tests.builders import DAILY_EXPORT, TIMELESS_EXPORT
from tests.pages.test_pages import (
    HOSTILE,
    assert_no_markdown_from_outside,
    charts,
    choose,
    headlines,
    labelled,
    months,
    start,
    weeks,
    words,
)

PAGE = "pages/4_Forecast.py"
_REAL = core.forecast.forecast
_KNOWN: dict[tuple[int, int], Forecast] = {}


@pytest.fixture
def quick(monkeypatch) -> list[pd.DataFrame | None]:
    """Forecast each history and horizon once for all tests; returns the events of each call."""
    calls: list[pd.DataFrame | None] = []

    def make(history, horizon, level, *, events=None, on_progress=None):
        calls.append(events)
        on_progress(0.5, "replaying")
        key = (len(history), horizon)
        if key not in _KNOWN:
            _KNOWN[key] = _REAL(history, horizon, level)
        return _KNOWN[key]

    monkeypatch.setattr("core.forecast.forecast", make)
    return calls


def daily(first: str = "2024-01-01", days: int = 77) -> bytes:
    """Days of two channels, quiet Sundays."""
    random = np.random.default_rng(3)
    lines = ["Date,Session primary channel group,Sessions,Engaged sessions"]
    for day in pd.date_range(first, periods=days):
        mean = 90 if day.day_of_week == 6 else 160
        lines += [f"{day:%Y%m%d},{name},{random.poisson(mean)},30" for name in ("Direct", "Email")]
    return "\n".join(lines).encode()


def hourly(days: int, name: str = "Direct") -> bytes:
    random = np.random.default_rng(4)
    times = pd.date_range("2024-03-01", periods=24 * days, freq="h")
    lines = ["Date + hour (YYYYMMDDHH),Session primary channel group,Sessions"]
    lines += [f'{time:%Y%m%d%H},"{name}",{random.poisson(20) + 1}' for time in times]
    return "\n".join(lines).encode()


def answer(app: AppTest) -> str:
    """The sentence that answers the page's question."""
    return app.subheader[0].value.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def total(app: AppTest) -> float:
    return float(app.metric[0].value.replace(",", ""))


def main_spec(app: AppTest) -> dict:
    return json.loads(app.get("vega_lite_chart")[0].proto.spec)


def kinds(app: AppTest) -> dict[str, int]:
    """How many bars of each kind the first chart has; the forecast is in it twice, with bands."""
    found: dict[str, int] = {}
    for data in app.get("vega_lite_chart")[0].proto.datasets:
        table = pa.ipc.open_stream(data.data.data).read_pandas()
        found |= table["kind"].value_counts().to_dict()
    return found


def test_the_sample_is_forecast_checked_and_taken_apart(sample_export) -> None:
    app = start(sample_export, PAGE)
    assert re.fullmatch(
        r"Expect about 37,\d00 sessions in the next 7 days, likely 3\d,\d00 to 39,\d00\.",
        answer(app),
    )
    assert len(app.metric) <= 4
    shown, cards = words(app), headlines(app)
    assert cards[0].startswith("Sessions, 28 Apr – 4 May 2025: about 5,3")
    check = next(text for text in cards if text.startswith("On "))
    assert re.fullmatch(
        r"On 11 past stretches of 7 days: total inside the band \d+ of 11 times; off by \d+ % on "
        r"a typical day; \d+ % better than repeating last week",
        check,
    )
    assert "(WAPE)" in shown
    assert "Made by: " in shown
    assert "Sundays below average" in " ".join(cards)
    assert "four times in five the count of a single hour" in shown
    slider = labelled(app.slider, "How likely are more than so many sessions?")
    assert any(re.match(r"A chance of (9|10|11) % of more than", text) for text in cards)
    slider.set_value(slider.min).run()
    assert any(text.startswith("A chance above 99 %") for text in headlines(app))


def test_the_real_export_by_hour_and_by_day(seed_export) -> None:
    app = start(seed_export, PAGE)
    assert answer(app).startswith("Expect about 40,")
    assert [one["mark"]["type"] for one in main_spec(app)["layer"]] == ["area", "line"]
    wide = answer(choose(app, "Band", 95))
    assert "nineteen times in twenty" in words(app)
    choose(app, "Band", 80)
    assert answer(app) != wide
    choose(app, "Show by", "day")
    layers = main_spec(app)["layer"]
    assert [one["mark"]["type"] for one in layers] == ["rect", "rect", "rule"]
    assert layers[0]["encoding"]["y2"]["datum"] == 0  # bars from zero
    assert kinds(app) == {"counted": 21, "forecast": 7}


def test_days_without_channels(quick) -> None:
    app = start(DAILY_EXPORT, PAGE)
    assert "in the next 14 days" in answer(app)
    assert labelled(app.selectbox, "Channel").options == ["All traffic"]
    assert labelled(app.selectbox, "Look ahead").options == ["14 days", "28 days", "56 days"]
    labelled(app.selectbox, "Look ahead").select(28).run()
    assert not app.exception
    assert "in the next 28 days" in answer(app)
    choose(app, "Show by", "week")
    assert "the count of a single week" in words(app)
    assert len(quick) == 2


def test_what_is_known_is_not_worked_out_again(quick) -> None:
    app = start(DAILY_EXPORT, PAGE)
    choose(app, "Band", 95)
    choose(app, "Show by", "week")
    app.switch_page("pages/1_Trends.py").run()
    app.switch_page(PAGE).run()
    assert "95 %" in words(app) or "nineteen" in words(app)
    assert len(quick) == 1
    labelled(app.date_input, "Dates").set_value((date(2024, 1, 1), date(2024, 2, 27))).run()
    assert len(quick) == 2


def test_weeks_and_channels_that_add_up() -> None:
    app = start(weeks(), PAGE)
    assert "in the next 4 weeks" in answer(app)
    whole, parts = total(app), []
    for name in ("Direct", "Email"):
        labelled(app.selectbox, "Channel").select(name).run()
        assert not app.exception
        assert f"sessions from {name} in the next 4 weeks" in answer(app)
        parts.append(total(app))
    assert sum(parts) == pytest.approx(whole, rel=0.01)
    assert "add up to all traffic" in words(app)
    labelled(app.selectbox, "Look ahead").select(26).run()
    assert "in the next 26 weeks" in answer(app)
    assert "Special days" not in [fold.label for fold in app.expander]


def test_small_channels_are_offered_together() -> None:
    rows = ["Week,Session primary channel group,Sessions"]
    for number, monday in enumerate(pd.date_range("2024-01-01", periods=20, freq="7D")):
        week = f"{monday:%Y-%m-%d} - {monday + pd.Timedelta(days=6):%Y-%m-%d}"
        rows += [f"{week},Source {place},{200 - 9 * place + number % 3}" for place in range(12)]
    app = start("\n".join(rows).encode(), PAGE)
    channel = labelled(app.selectbox, "Channel")
    assert channel.options == ["All traffic", *(f"Source {n}" for n in range(8)), "All others"]
    channel.select("all others").run()
    assert not app.exception
    assert "sessions from all other channels in the next 4 weeks" in answer(app)
    assert 4 * 4 * 110 < total(app) < 4 * 4 * 130


def test_months() -> None:
    app = start(months(), PAGE)
    assert "in the next 3 months" in answer(app)
    assert headlines(app)[0].startswith("Sessions, 1 Mar – 31 May 2024: about 3,")
    assert "month" in labelled(app.metric, "Typical miss per month").label


def test_a_file_without_time_says_what_to_export() -> None:
    app = start(TIMELESS_EXPORT, PAGE)
    assert charts(app) == 0
    assert "GA4" in words(app)


def test_ten_days_get_a_level_and_say_what_is_missing() -> None:
    app = start(hourly(10), PAGE)
    shown = words(app)
    assert "The history is 10 days long; a full forecast needs 14." in shown
    assert "Cautious: level only" in shown
    assert re.search(r"Expect about 3,\d+ sessions in the next 7 days, likely", shown)
    assert "It knows one level only" in shown
    assert charts(app) == 1
    assert not app.slider[1:]  # no odds
    assert kinds(app) == {"counted": 10, "forecast": 7}  # days, of hours


def test_two_days_stop_kindly() -> None:
    app = start(hourly(2), PAGE)
    assert charts(app) == 0
    assert "The history is 2 days long; even a cautious forecast needs 3." in words(app)
    assert "longer range of dates" in words(app)


def test_holidays_without_an_example_are_named(quick) -> None:
    app = start(daily(), PAGE)
    country = labelled(app.selectbox, "Public holidays of")
    assert country.options[0] == "No holidays"
    country.select("DE").run()
    assert not app.exception
    shown = words(app)
    assert (
        "Good Friday, 29 Mar, lies ahead and has no example in your file: it is treated like any "
        "Friday." in shown
    )
    assert "Used for the past only: New Year's Day." in shown
    assert quick[0] is None
    assert "Good Friday" in set(quick[1]["name"])
    assert len(quick) == 2


def test_notes_count_as_events_when_asked_for(quick) -> None:
    app = start(daily())
    sends = [pd.Timestamp(day) for day in ("2024-01-16", "2024-02-13", "2024-03-19")]
    app.session_state["notes"] = tuple(
        annotate("Newsletter", day, day + pd.Timedelta(days=1)) for day in sends
    )
    app.switch_page(PAGE).run()
    assert quick == [None]
    toggle = labelled(app.toggle, "Use my notes as events")
    toggle.set_value(True).run()
    assert not app.exception
    assert "Used: Newsletter (19 Mar) lies ahead and has an example in your file." in words(app)
    assert len(quick[1]) == 3
    labelled(app.toggle, "Use my notes as events").set_value(False).run()
    assert len(quick) == 2  # known from before


def test_the_table_that_leaves_the_app_says_what_made_it(quick, monkeypatch) -> None:
    cards = []
    for module in ("forecast_ahead", "forecast_check"):
        monkeypatch.setattr(f"ui.sections.{module}.show", lambda _view, card: cards.append(card))
    app = start(DAILY_EXPORT, PAGE)
    assert not app.exception
    ahead, check = cards
    assert len(ahead.file) == 14
    assert {"Time", "Expected", "Band from", "Band to"} <= set(ahead.file)
    row = ahead.file.iloc[0]
    assert (row["Measure"], row["Channel"], row["Horizon"]) == (
        "Sessions",
        "All traffic",
        "14 days",
    )
    assert (row["Band level"], row["File"]) == ("80 %", "export.csv")
    assert (row["Made from"], row["Made to"]) == ("2024-01-01", "2024-02-29")
    assert row["Special days"] == "none"
    assert row["Method"]
    assert set(ahead.settings) <= set(check.file)
    assert "File" not in ahead.data  # the table on the page stays small


def test_weekdays_and_hours_of_the_filters_do_not_apply(quick) -> None:
    app = start(DAILY_EXPORT, PAGE)
    before = answer(app)
    labelled(app.get("button_group"), "Weekdays").set_value([0, 1]).run()
    assert not app.exception
    assert "those two filters do not apply here" in words(app)
    assert answer(app) == before


def test_channel_names_are_never_markdown() -> None:
    app = start(hourly(10, HOSTILE) + b'\n2024030100,"Direct",2000', PAGE)
    labelled(app.selectbox, "Channel").select(HOSTILE).run()
    assert not app.exception
    assert HOSTILE in answer_of_cautious(app)
    assert_no_markdown_from_outside(app)


def answer_of_cautious(app: AppTest) -> str:
    return next(text for text in (answer(app), *headlines(app)) if text.startswith("Expect"))


def test_a_channel_of_the_filters_is_named() -> None:
    app = start(weeks(), PAGE)
    app.multiselect[0].select("Email").run()
    assert not app.exception
    assert "sessions from Email in the next 4 weeks" in answer(app)
    assert labelled(app.selectbox, "Channel").options == ["All chosen channels"]


def test_a_range_too_wide_to_plan_with_is_said_to_be_so() -> None:
    rows = ["Week,Session primary channel group,Sessions"]
    wild = np.random.default_rng(5).lognormal(5, 2, 30)
    for monday, count in zip(pd.date_range("2024-01-01", periods=30, freq="7D"), wild, strict=True):
        week = f"{monday:%Y-%m-%d} - {monday + pd.Timedelta(days=6):%Y-%m-%d}"
        rows.append(f"{week},Direct,{count:.0f}")
    app = start("\n".join(rows).encode(), PAGE)
    assert "Plan with the range, not with its middle." in words(app)
