"""The Correlations page: what it says of real and of awkward files, and guessing first."""

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.correlations import SAME_NUMBER, STILL_THERE, correlate
from core.ingest import read_export
from tests.builders import DAILY_EXPORT, export_text
from tests.pages.test_pages import (
    HOME,
    HOSTILE,
    assert_no_markdown_from_outside,
    button,
    charts,
    choose,
    go_to,
    headlines,
    hostile_export,
    labelled,
    start,
    weeks,
    words,
)
from tests.ui.test_words import CAUSAL
from ui import guesses
from ui.sections.correlations_dots import MOST_DOTS, framed, groups_of, thinned
from ui.sections.correlations_words import signed

PAGE = "pages/2_Correlations.py"
PAIR = "Which pair? (or click its cell)"


def answer(app: AppTest) -> str:
    return app.subheader[0].value.replace("\\", "")


def pick_pair(app: AppTest, name: str) -> AppTest:
    box = labelled(app.selectbox, PAIR)
    box.select_index(list(box.options).index(name)).run()
    assert not app.exception
    return app


def test_the_real_export_is_told_as_it_is(seed_export) -> None:
    app = start(seed_export, PAGE)
    frame = correlate(read_export(seed_export).traffic, "rows").frame
    same, real = ((frame["verdict"] == verdict).sum() for verdict in (SAME_NUMBER, STILL_THERE))
    assert f"{same} are the same number twice" in answer(app)
    assert f"{real} of 36 pairs" in answer(app) or not real
    assert headlines(app)[0] == "Sessions and users go together most (+0.99), the same number twice"

    pick_pair(app, "Engaged sessions and engagement rate")
    shown = words(app)
    assert "Engaged sessions and engagement rate: same number twice" in shown
    assert "engagement rate is engaged sessions divided by sessions" in shown
    assert any(text.startswith("As counted") and "+0.43" in text for text in headlines(app))
    assert "Drawn are 2,000 of 3,182 dots" in shown
    assert "What could explain it" in shown
    assert "How to find out" in shown

    choose(app, "Compare by", "hour")
    pick_pair(app, "Sessions and engagement rate")
    assert any(text.startswith("As counted") and "+0.27" in text for text in headlines(app))
    assert any(text.startswith("At the same hour and weekday") for text in headlines(app))
    shown = words(app)
    assert "both follow the clock" in shown
    assert "Nothing stands out." in shown
    assert not CAUSAL.search(shown)
    assert not re.search(r"\bnan\b|NaT|None\b", shown)


def test_within_one_channel_and_by_order_only(seed_export) -> None:
    app = start(seed_export, PAGE)
    assert any("channels the link is clear" in text for text in headlines(app))
    labelled(app.selectbox, "Within one channel").select("Referral").run()
    labelled(app.selectbox, "Kind of correlation").select("spearman").run()
    assert not app.exception
    assert answer(app).startswith("Within Referral: ")
    frame = correlate(read_export(seed_export).traffic, "rows", "Referral").frame
    asked = frame["first"] + "·" + frame["second"] == labelled(app.selectbox, PAIR).value
    rho, r = frame.loc[asked, ["rho", "r"]].iloc[0]
    assert any(f"({signed(rho)}," in text for text in headlines(app) if text[:10] == "As counted")
    assert f"Straight line (Pearson): {signed(r)}" in words(app)
    assert not any("channels the link is clear" in text for text in headlines(app))
    labelled(app.selectbox, "Within one channel").select("Email").run()
    assert not app.exception
    assert "nan" not in words(app)


def test_a_narrow_selection_says_what_is_missing(seed_export) -> None:
    app = start(seed_export, PAGE)
    labelled(app.date_input, "Dates").set_value((date(2024, 4, 8), date(2024, 4, 14))).run()
    assert not app.exception
    assert "The clock cannot be taken out here" in words(app)
    assert "cannot be told" in answer(app)
    assert "7 days are selected" in words(app)  # before one can be moved against the other
    labelled(app.multiselect, "Channels").select("Email").run()
    assert not app.exception
    assert answer(app) == "Nothing can be said about this selection."


def test_guessing_first_hides_every_number_until_a_guess() -> None:
    app = start(DAILY_EXPORT, PAGE)
    labelled(app.toggle, "Guess first").set_value(True).run()
    assert not app.exception
    assert headlines(app)[0] == "0 of 21 numbers uncovered"
    assert charts(app) == 1
    assert not re.search(r"[+−]0\.\d\d", words(app))
    pick_pair(app, "Sessions and engagement rate")
    assert button(app, "Show the number").disabled
    choose(app, "How do they go together?", "up")
    assert button(app, "Show the number").disabled
    choose(app, "How strongly?", "weak")
    button(app, "Show the number").click().run()
    assert not app.exception
    shown = words(app)
    assert "You expected that they weakly rise together. In the file one strongly falls" in shown
    assert "So far: 0 of 1 direction right, 0 of 1 with the strength." in shown
    assert headlines(app)[0] == "1 of 21 numbers uncovered"

    pick_pair(app, "Engaged sessions and engagement rate")
    choose(app, "How do they go together?", "none")  # no strength to be asked for
    button(app, "Show the number").click().run()
    assert "of 2 directions right" in words(app)
    assert "Sessions and engagement rate (−0." in words(app)  # listed by verdict
    assert "Sessions and engaged sessions (" not in words(app)  # still to be guessed

    labelled(app.date_input, "Dates").set_value((date(2024, 1, 8), date(2024, 2, 18))).run()
    assert headlines(app)[0] == "0 of 21 numbers uncovered"  # another question
    labelled(app.toggle, "Guess first").set_value(False).run()
    assert charts(app) > 3


def test_the_pair_stays_when_one_comes_back() -> None:
    app = pick_pair(start(DAILY_EXPORT, PAGE), "Users and events")
    go_to(app, HOME)
    go_to(app, PAGE)
    assert "Users and events: same number twice" in words(app)


def test_text_from_a_file_is_never_markdown() -> None:
    app = start(hostile_export(), PAGE)
    assert_no_markdown_from_outside(app)
    labelled(app.selectbox, "Within one channel").select(HOSTILE).run()
    assert not app.exception
    assert answer(app).startswith(f"Within {HOSTILE}: ")
    assert_no_markdown_from_outside(app)


def without_time(count: int = 14) -> bytes:
    rows = [
        f"Source {place},{90 + 7 * place % 40},{100 + 13 * place},{40 + place % 5},{900 - place}"
        for place in range(count)
    ]
    header = "Session primary channel group,Users,Sessions,Engaged sessions,Event count"
    return "\n".join([header, *rows]).encode()


def one_channel() -> bytes:
    random = np.random.default_rng(0)
    rows = [
        ("Direct", f"{time:%Y%m%d%H}", 9, sessions, sessions // 2, 30, 0.5, 4, 0.5, 4 * sessions)
        for time, sessions in zip(
            pd.date_range("2024-01-01", periods=21 * 24, freq="h"),
            random.poisson(20, 21 * 24),
            strict=True,
        )
    ]
    return export_text(rows).encode()


FILES = {
    "days without channels": (DAILY_EXPORT, "No pair of measures goes together"),
    "channels without time": (without_time(), "cannot be told"),
    "weeks, two measures": (weeks(), "cannot be told"),
    "one channel": (one_channel(), "same number twice"),
}


@pytest.mark.parametrize("name", FILES)
def test_awkward_files(name) -> None:
    data, said = FILES[name]
    app = start(data, PAGE)
    assert said in answer(app)
    assert charts(app) >= 2
    shown = words(app)
    assert not re.search(r"\bnan\b|NaT|None\b", shown)
    is_open = "the clock cannot be taken out" in shown
    assert is_open == (said == "cannot be told")
    assert ("it takes a file of hours or days" in shown) == is_open
    labels = {box.label for box in app.selectbox}
    assert ("Within one channel" in labels) == (
        name not in ("days without channels", "one channel")
    )


def test_two_measures_that_are_one_number() -> None:
    rows = "\n".join(f"202401{day:02d},{day % 9 + 100},{day % 5 + 40}" for day in range(1, 31))
    app = start(f"Date,Sessions,Users\n{rows}\n".encode(), PAGE)
    assert answer(app) == "Nothing to find: the one pair of measures is the same number twice."


def dots(**columns) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    rest = {"x": range(size), "y": range(size), "time": pd.NaT, "hour": np.nan, "weekday": np.nan}
    return pd.DataFrame(rest | columns)


def test_dots_are_grouped_by_the_finest_clock_there_is() -> None:
    group, order = groups_of(dots(hour=[23.0, 0.0, 7.0]), "hour")
    assert group.tolist() == ["18:00–24:00", "00:00–06:00", "06:00–12:00"]
    assert order == ["00:00–06:00", "06:00–12:00", "18:00–24:00"]  # nobody came in the afternoon
    assert groups_of(dots(weekday=[6.0, 0.0]), "day")[1] == [
        "Monday to Friday",
        "Saturday and Sunday",
    ]
    weekly = pd.date_range("2024-01-01", periods=26, freq="7D")
    stretches = groups_of(dots(time=weekly[::-1]), "week")[1]
    assert len(stretches) == 4
    assert stretches[0].startswith("1 Jan")
    assert len(groups_of(dots(time=weekly[:5]), "week")[1]) == 1
    assert len(groups_of(dots(x=[1, 2]), "none")[1]) == 1


def test_many_dots_are_thinned_always_the_same_way() -> None:
    many = dots(x=range(5000))
    assert len(thinned(many)) == MOST_DOTS
    assert thinned(many).equals(thinned(many))
    assert thinned(many[:10]) is not None
    assert len(thinned(many[:10])) == 10


def test_a_far_off_dot_moves_to_the_edge_and_is_marked() -> None:
    usual = np.random.default_rng(0).normal(0, 1, 999)
    found = framed(dots(x=[*usual, 500.0], y=[*usual, 0.0]))
    assert found["is_far"].iloc[-1]
    assert found["is_far"].sum() <= 11
    assert found["x"].max() < 10
    assert not framed(dots(x=usual, y=usual))["is_far"].any()


@pytest.mark.parametrize("r", [-0.95, -0.45, -0.12, 0.0, 0.09, 0.1, 0.3, 0.59, 0.6, 1.0])
def test_a_perfect_guess_is_right(r) -> None:
    guess = guesses.Guess("a", guesses.direction_of(r), guesses.strength_of(r), r)
    assert guess.is_right
    assert "and that is so" in guesses.sentence(guess)
    wrong = guesses.Guess("a", "down" if r > -0.1 else "up", "weak", r)
    assert not wrong.is_direction_right
