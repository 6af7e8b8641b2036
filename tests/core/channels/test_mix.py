"""Concentration, mix, volume against quality, and the table of all measures."""

import numpy as np
import pandas as pd
import pytest

from core.channels import (
    channel_totals,
    compare_channels,
    concentrate,
    even_share,
    map_quality,
    measure_channels,
    mix_over_time,
)
from core.errors import NotEnoughData
from core.ingest import read_export
from core.traffic import make_traffic
from tests import naive
from tests.builders import TIMELESS_EXPORT, daily_traffic, hourly_traffic


def test_what_is_left_agrees_with_a_loop(sample_export) -> None:
    rows = naive.read_rows(sample_export)
    found = concentrate(read_export(sample_export).traffic)
    total = sum(float(row["Sessions"]) for row in rows)
    squares = 0.0
    for channel in found.frame.itertuples():
        others = [row for row in rows if row[naive.CHANNEL] != channel.channel]
        left = sum(float(row["Sessions"]) for row in others)
        engaged = sum(float(row["Engaged sessions"]) for row in others)
        assert channel.left == left
        assert channel.engagement_rate_without == pytest.approx(engaged / left)
        assert channel.share == pytest.approx(1 - left / total)
        squares += (1 - left / total) ** 2
    assert found.effective_channels == pytest.approx(1 / squares)


def test_equal_channels_are_as_many_as_they_are() -> None:
    found = concentrate(hourly_traffic(dict.fromkeys("ABCD", 0.5), mean=200))
    assert found.effective_channels == pytest.approx(4, abs=0.01)
    assert (found.frame["low"] < 0.25).any()
    assert found.frame["high"].between(0.24, 0.3).all()


def test_without_time_shares_have_no_interval() -> None:
    found = concentrate(read_export(TIMELESS_EXPORT).traffic)
    assert found.frame["share"].sum() == pytest.approx(1)
    assert found.frame["low"].isna().all()


def test_shares_of_a_day_add_up(sample_export) -> None:
    traffic = read_export(sample_export).traffic
    for grain in ("day", "week"):
        table = mix_over_time(traffic, "sessions", grain)
        sums = table.groupby("time")["share"].sum()
        np.testing.assert_allclose(sums, 1)
        assert table["value"].sum() == traffic.frame["sessions"].sum()


def test_no_channels_is_said() -> None:
    for analysis in (concentrate, lambda traffic: mix_over_time(traffic, "sessions", "day")):
        with pytest.raises(NotEnoughData, match="no_channels"):
            analysis(daily_traffic())


def test_places_on_the_map(seed_export) -> None:
    compared = compare_channels(read_export(seed_export).traffic)
    table = map_quality(compared).set_index("channel")
    assert table.loc["Referral", "place"] == "large, above the rest"
    assert table.loc["Direct", "place"] == "large, below the rest"
    assert table.loc["Email", "place"] == "too little data"
    assert "Unassigned" not in table.index
    assert table.loc["Referral", "numerator"] == pytest.approx(20653)
    assert even_share(compared) == pytest.approx((162895 - 559) / 6)


def test_small_and_good_is_told_from_large_and_good() -> None:
    frame = hourly_traffic({"A": 0.5, "B": 0.6}, mean=40).frame
    thin = hourly_traffic({"C": 0.8}, mean=1).frame
    table = map_quality(compare_channels(make_traffic(pd.concat([frame, thin]), "hour")))
    places = dict(zip(table["channel"], table["place"], strict=True))
    assert places["B"] == "large, above the rest"
    assert places["C"] == "small, above the rest"


def test_the_table_of_measures_holds_what_the_totals_hold(seed_export, truth) -> None:
    traffic = read_export(seed_export).traffic
    table = measure_channels(traffic).set_index(["channel", "metric"])["value"]
    totals = channel_totals(traffic).set_index("channel")
    names = {
        "sessions": "sessions",
        "users": "user_hours",
        "engaged_sessions": "engaged_sessions",
        "share": "share_of_sessions",
        "engagement_rate": "engagement_rate",
        "events_per_session": "events_per_session",
        "engaged_sessions_per_user": "engaged_sessions_per_user",
    }
    for name, expected in truth["channels"].items():
        for metric, figure in names.items():
            assert table[name, metric] == pytest.approx(expected[figure], rel=1e-3, abs=6e-5)
            assert table[name, metric] == pytest.approx(totals.loc[name, metric])


def test_intervals_hold_their_value_and_counts_have_none(sample_export) -> None:
    table = measure_channels(read_export(sample_export).traffic)
    known = table.dropna(subset="low")
    assert (known["low"] <= known["value"] + 1e-9).all()
    assert (known["value"] <= known["high"] + 1e-9).all()
    assert table.loc[table["metric"] == "sessions", "low"].isna().all()
