"""Growth and fade against the period before, and when each channel's visits come."""

import numpy as np
import pandas as pd
import pytest

from core.channels import channel_growth, channel_rhythms
from core.errors import NotEnoughData
from core.ingest import read_export
from core.traffic import Traffic, make_traffic
from tests.builders import daily_traffic, hourly_traffic
from tests.simulate import Channel, Site, simulate


def halves(frame: pd.DataFrame) -> tuple[Traffic, Traffic]:
    """Later and earlier half."""
    middle = frame["time"].min() + (frame["time"].max() - frame["time"].min()) / 2
    later = frame[frame["time"] > middle]
    return make_traffic(later, "hour"), make_traffic(frame[frame["time"] <= middle], "hour")


def doubled(seed: int) -> pd.DataFrame:
    frame = simulate(seed)
    is_later = frame["time"] >= frame["time"].min() + pd.Timedelta(weeks=4)
    frame.loc[is_later & (frame["channel"] == "Direct"), ["sessions", "engaged_sessions"]] *= 2
    return frame


def test_a_channel_that_doubled_is_said_to_have_risen() -> None:
    found = channel_growth(*halves(doubled(0)), "sessions").set_index("channel")
    row = found.loc["Direct"]
    assert row["verdict"] == "rose"
    assert row["low"] < 1 < row["high"]
    assert row["current"] / row["previous"] - 1 == pytest.approx(row["change"])


def test_steady_channels_are_seldom_said_to_have_changed() -> None:
    wrong = 0
    for seed in range(30):
        frame = simulate(seed)
        for metric in ("sessions", "engagement_rate"):
            verdicts = channel_growth(*halves(frame), metric)["verdict"]
            wrong += bool({"rose", "fell"} & set(verdicts))
    assert wrong <= 7  # of 60; 5 % promised, and two standard errors


def test_a_rate_that_fell_is_a_difference() -> None:
    frame = simulate(3)
    is_later = frame["time"] >= frame["time"].min() + pd.Timedelta(weeks=4)
    rows = is_later & (frame["channel"] == "Organic Search")
    frame.loc[rows, "engaged_sessions"] = (frame.loc[rows, "engaged_sessions"] * 0.8).round()
    found = channel_growth(*halves(frame), "engagement_rate").set_index("channel")
    assert found.loc["Organic Search", "verdict"] == "fell"
    assert found.loc["Organic Search", "change"] == pytest.approx(-0.11, abs=0.02)
    assert found.loc["Direct", "verdict"] == "within chance"


def test_from_one_visit_to_two_nothing_is_said(seed_export) -> None:
    traffic = read_export(seed_export).traffic
    later, earlier = halves(traffic.frame)
    found = channel_growth(later, earlier, "sessions").set_index("channel")
    assert found.loc["Email", "verdict"] == "too little data"
    assert "Unassigned" not in found.index
    assert found.loc["Referral", ["current", "previous"]].tolist() == [16125, 14865]


def test_a_channel_of_one_period_only_is_no_fault() -> None:
    later, earlier = halves(simulate(1))
    alone = make_traffic(later.frame.replace({"channel": {"Direct": "New"}}), "hour")
    for metric in ("sessions", "engagement_rate"):
        found = channel_growth(alone, earlier, metric).set_index("channel")
        assert {"New", "Direct"} <= set(found.index)
        assert np.isnan(found.loc["New", "change"])


EVENING = Channel("Organic Social", 40.0, peak=20.0, swing=1.3)
OFFICE = Channel("Direct", 60.0, peak=11.0, swing=1.3)


def test_channels_peak_when_they_were_made_to() -> None:
    frame = simulate(0, Site(channels=(OFFICE, EVENING)))
    table = channel_rhythms(make_traffic(frame, "hour"))
    shares = table.pivot_table(index="channel", columns="part", values="share")
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert abs(shares.loc["Organic Social"].idxmax() - 20) <= 1
    assert abs(shares.loc["Direct"].idxmax() - 11) <= 1
    by_hand = frame[frame["channel"] == "Direct"].groupby(frame["time"].dt.hour)["sessions"].sum()
    np.testing.assert_allclose(shares.loc["Direct"], by_hand / by_hand.sum())
    known = table.dropna(subset="low")
    assert (known["low"] <= known["share"]).all()
    assert (known["share"] <= known["high"]).all()


def test_days_have_a_rhythm_of_the_week() -> None:
    frame = simulate(0, daily=True)
    table = channel_rhythms(make_traffic(frame, "day"))
    own = table[table["channel"] == "Organic Social"].set_index("part")["share"]
    assert own.idxmax() in (5, 6)  # made busier at the weekend
    assert table["even"].iloc[0] == pytest.approx(1 / 7)


@pytest.mark.parametrize(
    ("traffic", "code"),
    [
        (daily_traffic, "no_channels"),
        (lambda: hourly_traffic({"A": 0.5, "B": 0.5}, days=3), "too_few_days"),
        (lambda: hourly_traffic({"A": 0.5, "B": 0.5}, days=8, mean=0.5), "too_few_visits"),
    ],
)
def test_no_rhythm_is_said(traffic, code) -> None:
    with pytest.raises(NotEnoughData) as caught:
        channel_rhythms(traffic())
    assert caught.value.code == code
