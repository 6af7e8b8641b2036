"""Change between two periods: values by hand, and no change called one."""

import numpy as np
import pandas as pd
import pytest

from core.capabilities import missing
from core.changes import channel_changes, headline_changes
from core.ingest import read_export
from core.traffic import Filters, Traffic, make_traffic, previous_period, select
from tests.builders import DAILY_EXPORT, TIMELESS_EXPORT, hourly_traffic


def halves(traffic: Traffic) -> tuple[Traffic, Traffic]:
    pair = previous_period(traffic, Filters())
    assert pair is not None
    return select(traffic, Filters(*pair.current)), select(traffic, Filters(*pair.previous))


def test_values_agree_with_sums() -> None:
    now, before = halves(hourly_traffic({"A": 0.5, "B": 0.3}))
    table = channel_changes(now, before, "sessions").set_index("channel")
    for channel in "AB":
        later, earlier = (
            part.frame.loc[part.frame["channel"] == channel, "sessions"].sum()
            for part in (now, before)
        )
        assert table.loc[channel, "change"] == pytest.approx(later / earlier - 1)
    row = headline_changes(now, before, ["engagement_rate"]).iloc[0]
    rates = [
        part.frame["engaged_sessions"].sum() / part.frame["sessions"].sum()
        for part in (now, before)
    ]
    assert row["change"] == pytest.approx(rates[0] - rates[1])
    assert row["low"] <= row["change"] <= row["high"]


def test_a_calm_site_seldom_changes_and_a_fall_is_seen() -> None:
    false = 0
    for seed in range(60):
        table = headline_changes(
            *halves(hourly_traffic({"A": 0.5}, seed=seed)), ["sessions", "engagement_rate"]
        )
        false += int((table["p_value"] < 0.05).sum())
    assert false <= 12  # of 120
    traffic = hourly_traffic({"A": 0.5})
    late = traffic.frame["time"] >= pd.Timestamp("2024-01-15")
    fallen = traffic.frame.assign(sessions=np.where(late, 0.7, 1.0) * traffic.frame["sessions"])
    row = channel_changes(*halves(make_traffic(fallen, "hour")), "sessions").iloc[0]
    assert row["p_value"] < 0.001
    assert row["low"] < -0.3 < row["high"]


def test_a_channel_of_one_period_only_is_listed() -> None:
    now, before = halves(hourly_traffic({"A": 0.5, "B": 0.5}))
    table = channel_changes(now, select(before, Filters(channels=("A",))), "sessions")
    assert set(table["channel"]) == {"A", "B"}
    row = table.set_index("channel").loc["B"]
    assert row["previous"] == 0
    assert np.isnan(row["change"])


@pytest.mark.parametrize(
    ("data", "page", "code"),
    [
        (DAILY_EXPORT, "channels", "no_channels"),
        (DAILY_EXPORT, "trends", None),
        (DAILY_EXPORT, "forecast", None),
        (TIMELESS_EXPORT, "trends", "no_time"),
        (TIMELESS_EXPORT, "forecast", "no_time"),
        (TIMELESS_EXPORT, "correlations", "too_few_observations"),
        (TIMELESS_EXPORT, "channels", None),
        (TIMELESS_EXPORT, "recommendations", None),
        (b"Date,Sessions\n20240101,3\n20240102,4\n", "forecast", "history_too_short"),
        (b"Date,Sessions\n20240101,3\n20240102,4\n", "correlations", "too_few_measures"),
    ],
)
def test_what_a_file_can_answer(data, page, code) -> None:
    problem = missing(read_export(data).traffic, page)
    assert (problem.code if problem else None) == code
