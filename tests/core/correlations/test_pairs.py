"""One pair from near: its dots, its channels, its words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.correlations import (
    CANNOT_TELL,
    DIFFERS,
    FOLLOWS_CLOCK,
    SAME_NUMBER,
    STILL_THERE,
    correlate,
    examine,
)
from core.metrics import METRICS
from core.traffic import Traffic, make_traffic
from tests.builders import hourly_traffic
from tests.simulate_pairs import simulate_flip, simulate_pair

CAUSAL = ("cause", "lead", "driv", "boost", "due to", "effect", "because of")


@pytest.fixture(scope="module")
def flip() -> Traffic:
    return make_traffic(simulate_flip(1), "hour")


def test_dots_are_the_rows_and_what_is_left_of_them(flip: Traffic) -> None:
    pair = examine(flip, "sessions", "clicks")
    dots, frame = pair.observations, flip.frame.reset_index(drop=True)
    assert list(dots.columns) == [
        *("time", "channel", "first", "second", "first_without", "second_without"),
        *("hour", "weekday"),
    ]
    assert (dots["first"] == frame["sessions"]).all()
    assert (dots["second"] == frame["clicks"]).all()
    assert (dots["hour"] == frame["time"].dt.hour).all()
    assert (dots["weekday"] == frame["time"].dt.day_of_week).all()
    keys = [frame["channel"], frame["time"].dt.day_of_week, frame["time"].dt.hour]
    expected = frame["sessions"] - frame.groupby(keys, observed=True)["sessions"].transform("mean")
    assert dots["first_without"].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-9)
    left = stats.pearsonr(dots["first_without"], dots["second_without"]).statistic
    assert pair.row["r_without_clock"] == pytest.approx(left)


def test_row_is_that_of_the_frame_whichever_is_named_first(flip: Traffic) -> None:
    row = correlate(flip).frame.iloc[0].to_dict()
    one, two = examine(flip, "sessions", "clicks"), examine(flip, "clicks", "sessions")
    assert one.row == row
    assert two.row == row | {"first": "clicks", "second": "sessions"}
    assert (two.observations["first"] == one.observations["second"]).all()


@pytest.mark.parametrize("level", ["rows", "hour"])
def test_each_channel_by_itself(flip: Traffic, level: str) -> None:
    found = examine(flip, "sessions", "clicks", level).by_channel
    assert list(found.columns) == [
        *("channel", "n", "n_effective", "r", "low", "high", "r_without_clock"),
    ]
    assert found["channel"].tolist() == list(flip.channels)  # largest first
    for row in found.itertuples():
        own = flip.frame[flip.frame["channel"] == row.channel]
        assert row.r == pytest.approx(stats.pearsonr(own["sessions"], own["clicks"]).statistic)
        assert row.n == len(own)
        assert row.low < row.r < row.high < 0


def test_days_by_channel_are_sums_of_their_hours(flip: Traffic) -> None:
    found = examine(flip, "sessions", "clicks", "day").by_channel.set_index("channel")
    own = flip.frame[flip.frame["channel"] == "Channel 1"]
    days = own.groupby(own["time"].dt.normalize())[["sessions", "clicks"]].sum()
    assert found.loc["Channel 1", "r"] == pytest.approx(days.corr().iloc[0, 1])
    assert (found["n"] == 28).all()


def test_small_channels_are_left_out() -> None:
    frame = hourly_traffic({"A": 0.5, "B": 0.5}).frame
    few = frame[
        (frame["channel"] == "A") | (frame["time"] < frame["time"].min() + pd.Timedelta("5h"))
    ]
    found = examine(make_traffic(few, "hour"), "sessions", "engagement_rate").by_channel
    assert found["channel"].tolist() == ["A"]


def test_days_have_weekdays_and_no_hours_and_weeks_neither() -> None:
    days = examine(make_traffic(simulate_pair(0, 30, "day"), "day"), "sessions", "clicks", "day")
    assert days.observations["hour"].isna().all()
    assert days.observations["weekday"].notna().all()
    times = pd.date_range("2024-01-01", periods=30, freq="7D")
    rng = np.random.default_rng(0)
    frame = {"time": times, "sessions": rng.poisson(90, 30), "clicks": rng.poisson(90, 30)}
    weeks = examine(make_traffic(pd.DataFrame(frame), "week"), "sessions", "clicks")
    for column in ("hour", "weekday", "first_without", "second_without"):
        assert weeks.observations[column].isna().all()
    assert weeks.row["verdict"] == CANNOT_TELL


def test_no_such_pair_or_channel(flip: Traffic) -> None:
    for pair in (("sessions", "sessions"), ("sessions", "revenue"), ("sessions", "nonsense")):
        with pytest.raises(ValueError, match="no pair"):
            examine(flip, *pair)
    with pytest.raises(ValueError, match="no channel"):
        examine(flip, "sessions", "clicks", "rows", "Z")


def every_verdict() -> dict[str, Traffic]:
    clock = simulate_pair(2, strength=0.5)
    multiple = clock.assign(clicks=2 * clock["sessions"])
    frames = {
        SAME_NUMBER: multiple,
        FOLLOWS_CLOCK: clock,
        DIFFERS: simulate_flip(1),
        STILL_THERE: simulate_pair(2, link=0.5),
        CANNOT_TELL: simulate_pair(2, link=0.0),
    }
    return {verdict: make_traffic(frame, "hour") for verdict, frame in frames.items()}


@pytest.mark.parametrize(("verdict", "traffic"), every_verdict().items(), ids=str)
def test_words_fit_the_verdict_and_never_say_that_one_makes_the_other(
    verdict: str, traffic: Traffic
) -> None:
    level = "rows" if verdict == DIFFERS else "hour"
    pair = examine(traffic, "sessions", "clicks", level)
    assert pair.row["verdict"] == verdict
    assert pair.sentence == pair.row["sentence"]
    assert f"{abs(pair.row['r']):.2f}" in pair.sentence or verdict == STILL_THERE
    assert pair.explanations
    assert pair.test.endswith(".")
    for text in (pair.sentence, *pair.explanations, pair.test):
        assert not any(word in text.lower() for word in CAUSAL)
        assert not any(key in text for key in METRICS if "_" in key)


def test_still_there_tells_the_number_without_the_clock() -> None:
    pair = examine(make_traffic(simulate_pair(2, link=0.5), "hour"), "sessions", "clicks", "hour")
    assert f"{pair.row['r_without_clock']:+.2f}" in pair.sentence
