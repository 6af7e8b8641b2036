"""Channels compared: ratios of sums, and no verdict on noise."""

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


def test_every_rate_agrees_with_figures_computed_elsewhere(seed_export, truth) -> None:
    frame = compare_channels(read_export(seed_export).traffic).frame.set_index("channel")
    for name, expected in truth["channels"].items():
        assert frame.loc[name, "value"] == pytest.approx(expected["engagement_rate"], abs=5e-5)
        assert frame.loc[name, "n"] == expected["sessions"]
        low, high = expected["engagement_rate_wilson95"]  # never narrower than plain chance
        assert frame.loc[name, "low"] <= low + 1e-3
        assert frame.loc[name, "high"] >= high - 1e-3


def test_three_perfect_visits_top_no_list() -> None:
    for perfect in (1, 3):
        parts = [alike(3).frame]
        times = pd.date_range("2024-01-01", periods=perfect)
        tiny = {"time": times, "channel": "Email", "sessions": 1.0, "engaged_sessions": 1.0}
        frame = compare_channels(make_traffic(pd.concat([*parts, pd.DataFrame(tiny)]), "day")).frame
        email = frame.set_index("channel").loc["Email"]
        assert email["value"] == 1.0
        assert np.isnan(email["rank"])
        assert email["verdict"] == "too little data"
        assert email["shrunken"] < 0.7


def test_ranks_follow_the_shrunken_value() -> None:
    frame = compare_channels(hourly_traffic({"A": 0.5, "B": 0.4, "C": 0.6})).frame
    assert frame.sort_values("rank")["channel"].tolist() == ["C", "A", "B"]
    assert sorted(frame["rank"]) == [1, 2, 3]


def test_a_real_difference_of_no_weight_is_no_verdict() -> None:
    """Half a point, seen in four million visits."""
    days = pd.date_range("2024-01-01", periods=28)
    parts = [
        pd.DataFrame({"time": days, "channel": name, "sessions": 1e5, "engaged_sessions": engaged})
        for name, engaged in (("A", 50_500.0), ("B", 50_000.0))
    ]
    frame = compare_channels(make_traffic(pd.concat(parts), "day")).frame
    assert (frame["p_value"] < 0.05).all()
    assert set(frame["verdict"]) == {"like the rest"}


def test_weeks_are_enough_for_a_verdict() -> None:
    rng, weeks = np.random.default_rng(0), pd.date_range("2024-01-01", periods=20, freq="7D")
    parts = []
    for name, rate in (("A", 0.5), ("B", 0.62)):
        sessions = rng.poisson(800, 20)
        engaged = rng.binomial(sessions, rate)
        parts.append(
            pd.DataFrame(
                {"time": weeks, "channel": name, "sessions": sessions, "engaged_sessions": engaged}
            )
        )
    assert verdicts(make_traffic(pd.concat(parts), "week")) == {"A": "worse", "B": "better"}


def test_one_channel_has_no_rest_to_differ_from() -> None:
    assert verdicts(hourly_traffic({"A": 0.5})) == {"A": "too little data"}


def test_sixty_channels_and_one_week() -> None:
    rates = {f"Channel {place}": 0.5 for place in range(60)}
    found = verdicts(hourly_traffic(rates, days=7, mean=3))
    assert len(found) == 60
    assert not {"better", "worse"} & set(found.values())


def test_the_order_of_rows_does_not_matter() -> None:
    traffic = alike(5)
    shuffled = make_traffic(traffic.frame.sample(frac=1, random_state=1), "day")
    one, two = (compare_channels(part).frame for part in (traffic, shuffled))
    pd.testing.assert_frame_equal(one, two)


def test_few_visits_without_a_share_have_no_interval(seed_export) -> None:
    """A mean over three days does not tell how much visits differ."""
    frame = compare_channels(read_export(seed_export).traffic, "events_per_session").frame
    email = frame.set_index("channel").loc["Email"]
    assert np.isfinite(email["value"])
    assert np.isnan([email["low"], email["high"]]).all()
    assert email["shrunken"] > email["value"] + 0.5  # drawn most of the way to the others
