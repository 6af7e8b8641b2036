"""The Channels page: what it says of real and of awkward files."""

import numpy as np
import pandas as pd
import pytest

from tests.builders import TIMELESS_EXPORT
from tests.pages.test_pages import choose, go_to, headlines, labelled, start, words

PAGE = "pages/3_Channels.py"


def export(frame: pd.DataFrame, time: str = "Date") -> bytes:
    """As GA4 writes it: one row per channel and day."""
    names = {"channel": "Session primary channel group", "time": time, "sessions": "Sessions"}
    names |= {"engaged": "Engaged sessions"}
    return frame.rename(columns=names).to_csv(index=False).encode()


def days(channels: int, length: int = 28, mean: float = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    parts = []
    for place in range(channels):
        sessions = rng.poisson(mean / (place + 1), length) + 1
        engaged = rng.binomial(sessions, 0.5 + 0.1 * (place == 1))
        dates = pd.date_range("2024-01-01", periods=length).strftime("%Y%m%d")
        frame = pd.DataFrame({"channel": f"Source {place}", "time": dates})
        parts.append(frame.assign(sessions=sessions, engaged=engaged))
    return pd.concat(parts)


def test_the_real_export_is_told_as_it_is(seed_export) -> None:
    shown = words(go_to(start(seed_export), PAGE))
    assert "Organic Search and Referral clearly above the rest" in shown
    assert "Organic Video (141 sessions) and Email (3 sessions)" in shown
    assert "Unassigned (0.34 %) is no channel" in shown
    assert "None beyond what happens by chance" in shown
    assert "What to check in the tagging" in shown
    assert "Large, above the rest" in shown
    assert "as concentrated as 3.7 channels" in shown


def test_the_fair_fight_says_whether_the_order_holds(seed_export) -> None:
    app = go_to(start(seed_export), PAGE)
    choose(app, "Compare", "fair")
    assert headlines(app)[0] == (
        "Engagement rate: the order of channels stays the same at the same hours"
    )
    assert "With the hour of the week held alike" in words(app)


def test_another_measure_of_quality_is_asked_for(seed_export) -> None:
    app = go_to(start(seed_export), PAGE)
    choose(app, "What makes a visit good?", "events_per_session")
    assert "Referral has the highest events per session that can be told, 5.74" in words(app)
    choose(app, "Change of", "engagement_rate")
    assert "Engagement rate: no channel changed beyond chance" in headlines(app)


def test_any_channel_can_be_imagined_gone(seed_export) -> None:
    app = go_to(start(seed_export), PAGE)
    labelled(app.selectbox, "What if this channel vanished?").select("Referral").run()
    assert "Without Referral, 131,905 of 162,895 sessions would be left" in words(app)
    assert "Engagement rate of the others: 52.7 % (all together: 55.3 %)" in words(app)


@pytest.mark.parametrize("count", [1, 2, 60])
def test_any_number_of_channels_is_fine(count) -> None:
    app = go_to(start(export(days(count))), PAGE)
    assert not app.exception
    shown = words(app)
    if count == 1:
        assert "there is no second channel to compare with" in shown
        assert "Without" not in shown
    else:
        assert "Source 1 clearly above the rest" in shown
    if count == 60:
        assert "40 more channels stand in the numbers" in shown


def test_one_week_says_what_it_cannot_tell() -> None:
    app = go_to(start(export(days(3, length=7, mean=40))), PAGE)
    assert not app.exception
    assert "too little data to compare channels" in words(app)


def test_channels_without_time_have_no_verdict() -> None:
    app = go_to(start(TIMELESS_EXPORT), PAGE)
    assert not app.exception
    assert "too little data to compare channels" in words(app)
    assert "That takes two periods of hours or days in one file" in words(app)


def test_without_a_ratio_volume_is_shown_all_the_same() -> None:
    app = go_to(start(export(days(3).drop(columns="engaged"))), PAGE)
    assert not app.exception
    assert "The file holds no measure of quality" in words(app)
    assert "Without Source 0" in words(app)


def test_weeks_are_judged_too() -> None:
    frame = days(3, length=20, mean=900)
    weeks = [f"2024{week:02d}" for week in range(1, 21)]
    frame["time"] = weeks * 3
    app = go_to(start(export(frame, "Week")), PAGE)
    assert not app.exception
    assert "Source 1 clearly above the rest" in words(app)
    assert not [control for control in app.get("button_group") if control.label == "Compare"]


def test_whoever_the_headline_names_is_drawn() -> None:
    """Of sixty channels twenty are drawn: those that differ, and the largest."""
    frame = days(60)
    low = frame["channel"] == "Source 2"
    frame.loc[low, "engaged"] = (frame.loc[low, "engaged"] * 0.6).astype(int)
    app = go_to(start(export(frame)), PAGE)
    assert "Source 2 clearly below the rest" in words(app)
    drawn = app.get("vega_lite_chart")[0].proto.spec
    for name in ("Source 0", "Source 1", "Source 2"):
        assert f'"{name}"' in drawn


def test_the_smallest_channel_can_be_imagined_gone_and_is_drawn() -> None:
    app = go_to(start(export(days(60))), PAGE)
    labelled(app.selectbox, "What if this channel vanished?").select("Source 59").run()
    assert "Without Source 59" in words(app)
    assert '"Source 59"' in app.get("vega_lite_chart")[2].proto.spec
