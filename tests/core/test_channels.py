"""Channels: ratios of sums, and no verdict on noise."""

import numpy as np
import pandas as pd
import pytest

from core.channels import channel_totals, compare_channels
from core.errors import NotEnoughData
from core.ingest import read_export
from core.traffic import make_traffic
from tests import naive
from tests.builders import TIMELESS_EXPORT, daily_traffic, hourly_traffic


def verdicts(traffic, metric: str = "engagement_rate") -> dict[str, str]:
    frame = compare_channels(traffic, metric).frame
    return dict(zip(frame["channel"], frame["verdict"], strict=True))


def test_values_agree_with_a_loop(sample_export) -> None:
    rows = naive.read_rows(sample_export)
    frame = compare_channels(read_export(sample_export).traffic).frame.set_index("channel")
    for channel in frame.index:
        assert frame.loc[channel, "value"] == pytest.approx(naive.rate(rows, channel))
    ends = frame.dropna(subset="low")
    assert (ends["low"] <= ends["value"]).all()
    assert (ends["value"] <= ends["high"]).all()


def alike(seed: int) -> object:
    """Four channels of one true rate that moves from day to day, and over-dispersed volume."""
    rng, times = np.random.default_rng(seed), pd.date_range("2024-01-01", periods=28)
    parts = []
    for channel in "ABCD":
        shock = rng.normal(0, 0.15, 28)
        sessions = rng.negative_binomial(10, 10 / 310, 28)
        engaged = rng.binomial(sessions, 1 / (1 + np.exp(-shock)))
        parts.append(
            pd.DataFrame(
                {
                    "time": times,
                    "channel": channel,
                    "sessions": sessions,
                    "engaged_sessions": engaged,
                }
            )
        )
    return make_traffic(pd.concat(parts), "day")


def test_channels_that_do_not_differ_are_seldom_judged() -> None:
    wrong = sum(
        bool({"better", "worse"} & set(verdicts(alike(seed)).values())) for seed in range(60)
    )
    assert wrong <= 7  # 5 % promised; 7 of 60 is two standard errors above


def test_a_better_channel_is_found() -> None:
    found = verdicts(hourly_traffic({"A": 0.5, "B": 0.5, "C": 0.6}))
    assert found["C"] == "better"
    assert found["A"] == found["B"] == "worse"


def test_three_sessions_are_no_verdict_and_unassigned_is_no_channel(sample_export) -> None:
    found = verdicts(read_export(sample_export).traffic)
    assert found["Email"] == "too little data"
    assert found["Unassigned"] == "not a channel"
    assert found["Referral"] == "better"


def test_the_real_export_is_judged_as_it_should_be(seed_export) -> None:
    found = verdicts(read_export(seed_export).traffic)
    assert found["Email"] == found["Organic Video"] == "too little data"
    assert found["Referral"] == "better"
    assert found["Direct"] == "worse"
    assert found["Unassigned"] == "not a channel"


def test_without_days_nobody_is_judged() -> None:
    found = verdicts(read_export(TIMELESS_EXPORT).traffic)
    assert set(found.values()) == {"too little data"}


@pytest.mark.parametrize(
    ("traffic", "metric", "code"),
    [
        (daily_traffic(), "engagement_rate", "no_channels"),
        (alike(0), "events_per_session", "metric_not_exported"),
    ],
)
def test_what_cannot_be_compared_is_refused(traffic, metric, code) -> None:
    with pytest.raises(NotEnoughData) as caught:
        compare_channels(traffic, metric)
    assert caught.value.code == code


def test_totals_of_channels_are_the_grand_total(sample_export) -> None:
    traffic = read_export(sample_export).traffic
    totals = channel_totals(traffic)
    assert totals["sessions"].sum() == traffic.frame["sessions"].sum()
    assert totals["share"].sum() == pytest.approx(1)
    assert totals["sessions"].is_monotonic_decreasing
