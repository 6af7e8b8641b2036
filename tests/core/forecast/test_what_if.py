"""Campaigns and goals: arithmetic by hand, what never changes, and bands that agree."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.forecast import Total, chance_of_more
from core.forecast.what_if import CAVEATS, Campaign, plan_campaign, reach_goal, scale_total

TOTAL = Total(mean=2800.0, low=2400.0, high=2801 * 2801 / 2401 - 1, scale=0.11, freedom=12.0)


def ahead(mean, width=0.1, periods=28, freq="D", start="2024-05-01") -> pd.DataFrame:
    times = pd.date_range(start, periods=periods, freq=freq)
    mean = np.broadcast_to(np.asarray(mean, "float64"), periods)
    return pd.DataFrame(
        {"time": times, "mean": mean, "low": mean * (1 - width), "high": mean * (1 + width)}
    )


def campaign(change: float, first: int = 6, last: int = 12) -> Campaign:
    return Campaign("Email", date(2024, 5, first), date(2024, 5, last), change)


def planned(change: float, total=100.0, channel=30.0, grain="day", **more):
    return plan_campaign(ahead(total), ahead(channel, 0.3), campaign(change), grain=grain, **more)


# Campaign


def test_a_fifth_more_of_one_channel_by_hand() -> None:
    found = planned(0.2)
    assert found.added == pytest.approx(7 * 0.2 * 30)
    assert (found.total_without, found.total_with) == pytest.approx((2800, 2842))
    assert (found.range_without, found.range_with) == pytest.approx((700, 742))
    assert found.channel_without == pytest.approx(210)
    assert found.caveats == ()
    row = found.frame.iloc[5]
    assert (row["time"].day, row["without"], row["with_campaign"]) == (6, 100, 106)
    assert (row["low"], row["high"]) == pytest.approx((106 - 10 - 0.2 * 9, 106 + 10 + 0.2 * 9))


def test_the_effect_is_the_share_of_the_channels_own_sum() -> None:
    rng = np.random.default_rng(1)
    own = rng.gamma(2, 20, 28)
    found = planned(0.35, total=own + 50, channel=own)
    assert found.added == pytest.approx(0.35 * own[5:12].sum())
    assert found.added == pytest.approx(found.total_with - found.total_without)


@pytest.mark.parametrize("change", [-1.0, -0.4, 0.5, 3.0])
def test_outside_the_range_nothing_changes(change) -> None:
    frame, plain = planned(change).frame, ahead(100.0)
    outside = ~frame["time"].dt.day.between(6, 12)
    same = frame.loc[outside, ["with_campaign", "low", "high"]].to_numpy()
    assert (same == plain.loc[outside, ["mean", "low", "high"]].to_numpy()).all()


def test_no_change_changes_nothing() -> None:
    found = planned(0.0)
    pd.testing.assert_frame_equal(found.ahead, ahead(100.0))
    assert found.added == 0
    assert scale_total(TOTAL, found.added) == TOTAL


def test_more_is_more_and_bands_stay_in_order() -> None:
    changes = [-1.0, -0.9, -0.5, -0.01, 0.0, 0.01, 0.5, 2.0]
    frames = [planned(change).frame for change in changes]
    means = [frame["with_campaign"].sum() for frame in frames]
    widths = [(frame["high"] - frame["low"]).iloc[7] for frame in frames]
    assert means == sorted(means)
    assert widths == sorted(widths)
    for frame in frames:
        assert (frame["low"] >= 0).all()
        assert (frame["low"] <= frame["with_campaign"]).all()
        assert (frame["with_campaign"] <= frame["high"]).all()


def test_without_the_only_channel_nothing_is_left_and_nothing_uncertain() -> None:
    whole = ahead(100.0)
    row = plan_campaign(whole, whole, campaign(-1.0), grain="day").frame.iloc[7]
    assert (row["with_campaign"], row["low"], row["high"]) == (0, 0, 0)


def test_the_only_channel_keeps_its_relative_band() -> None:
    whole = ahead(100.0)
    row = plan_campaign(whole, whole, campaign(0.5), grain="day").frame.iloc[7]
    assert (row["low"], row["high"]) == pytest.approx((135, 165))


def test_engaged_visits_follow_the_channels_rate_times_the_factor() -> None:
    visits = planned(0.2)
    engaged = planned(0.2, total=60.0, channel=15.0)
    assert engaged.added / visits.added == pytest.approx(15 / 30)
    less = planned(0.2, total=60.0, channel=15.0, engagement=0.8)
    assert less.added / visits.added == pytest.approx(0.8 * 15 / 30)
    assert planned(-1.0, engagement=2.0).added == pytest.approx(-7 * 30)


def test_hours_of_the_last_day_belong_to_the_campaign() -> None:
    hours = ahead(10.0, periods=24 * 14, freq="h")
    found = plan_campaign(hours, hours, campaign(1.0, 3, 4), grain="hour")
    changed = found.frame[found.frame["with_campaign"] > 10]["time"]
    assert (changed.min(), changed.max()) == (
        pd.Timestamp("2024-05-03 00:00"),
        pd.Timestamp("2024-05-04 23:00"),
    )


def test_a_week_changes_by_its_share_of_days() -> None:
    weeks = ahead(70.0, periods=4, freq="7D", start="2024-04-29")
    found = plan_campaign(weeks, weeks, campaign(1.0, 3, 6), grain="week")  # Fri to Mon
    assert found.frame["with_campaign"].tolist() == pytest.approx([100, 80, 70, 70])
    assert found.caveats == ("campaign_in_part_of_a_period",)
    months = ahead(310.0, periods=2, freq="MS")
    assert plan_campaign(months, months, campaign(1.0, 1, 31), grain="month").added == 310


def test_caveats_say_what_was_left_out() -> None:
    whole, part = ahead(100.0), ahead(30.0)
    late = Campaign("Email", date(2024, 7, 1), date(2024, 7, 7), 0.5)
    found = plan_campaign(whole, part, late, grain="day")
    assert found.caveats == ("campaign_outside_horizon",)
    assert found.added == found.range_without == found.range_with == 0
    pd.testing.assert_frame_equal(found.ahead, whole)
    long = Campaign("Email", date(2024, 5, 20), date(2024, 6, 20), 0.5)
    assert plan_campaign(whole, part, long, grain="day").caveats == ("campaign_cut_by_horizon",)
    assert planned(0.2, channel=0.0).caveats == ("nothing_expected_from_channel",)
    odd = planned(-1.0, channel=130.0)
    assert odd.caveats == ("channel_above_total",)
    assert (odd.frame["with_campaign"] >= 0).all()
    assert {*found.caveats, *odd.caveats} <= set(CAVEATS)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="before start"):
        campaign(0.2, 12, 6)
    with pytest.raises(ValueError, match="from -1 on"):
        campaign(-1.1)
    with pytest.raises(ValueError, match="same times"):
        plan_campaign(ahead(1.0), ahead(1.0, periods=3), campaign(0.2), grain="day")
    with pytest.raises(ValueError, match="factor"):
        planned(0.2, engagement=-0.1)


# Total with a campaign


@pytest.mark.parametrize("added", [-2799.0, -500.0, 42.0, 9000.0])
def test_a_shifted_total_keeps_its_relative_spread(added) -> None:
    shifted = scale_total(TOTAL, added)
    assert shifted.mean == pytest.approx(2800 + added)
    assert shifted.low <= shifted.mean <= shifted.high
    assert chance_of_more(shifted, shifted.mean) == pytest.approx(0.5)
    before, after = (chance_of_more(one, one.high) for one in (TOTAL, shifted))
    assert after == pytest.approx(before, abs=1e-3)


def test_a_total_cannot_fall_below_nothing() -> None:
    assert scale_total(TOTAL, -9000.0).mean == 0
    assert scale_total(TOTAL, -9000.0).low == 0


# Goal


def test_a_goal_by_hand() -> None:
    found = reach_goal(ahead(100.0), TOTAL, 3080.0)
    assert (found.gap, found.expected, found.increase) == pytest.approx((280, 2800, 0.1))
    assert found.day is pd.NaT
    distance = np.log(3080.5 / 2801) / 0.11
    assert found.chance == pytest.approx(stats.t.sf(distance, 12))
    near = reach_goal(ahead(100.0), TOTAL, 950.0)
    assert near.day == pd.Timestamp("2024-05-10")
    assert reach_goal(ahead(100.0), TOTAL, 1000.0).day == pd.Timestamp("2024-05-10")
    assert reach_goal(ahead(100.0), TOTAL, 2800.0).day == pd.Timestamp("2024-05-28")


def test_a_higher_goal_is_never_likelier() -> None:
    chances = [reach_goal(ahead(100.0), TOTAL, goal).chance for goal in range(0, 6000, 250)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.999


def test_the_path_ends_in_the_band_of_the_total_and_starts_wider_in_per_cent() -> None:
    path = reach_goal(ahead(100.0), TOTAL, 3000.0).path
    assert path["cumulated"].tolist() == pytest.approx([100.0 * day for day in range(1, 29)])
    last = path.iloc[-1]
    assert (last["low"], last["cumulated"], last["high"]) == (TOTAL.low, 2800, TOTAL.high)
    for name in ("low", "cumulated", "high"):
        assert (path[name].diff().dropna() >= 0).all()
    assert (path["low"] <= path["cumulated"]).all()
    assert (path["cumulated"] <= path["high"]).all()
    relative = (path["high"] - path["low"]) / path["cumulated"]
    assert (relative.diff().dropna() < 1e-12).all()


def test_the_path_holds_what_it_says() -> None:
    """Errors of which a seventh is shared by the whole horizon, as the band supposes."""
    rng, days, runs = np.random.default_rng(2), 28, 4000
    shared, own = rng.normal(0, 0.039, (runs, 1)), rng.normal(0, 0.092, (runs, days))
    paths = (1000 * np.exp(shared + own)).cumsum(axis=1)
    scale = float(np.std(np.log(paths[:, -1] / (1000 * days))))
    mean = 1000.0 * days
    reach = 1.2816 * scale
    total = Total(mean, mean * np.exp(-reach), mean * np.exp(reach), scale, freedom=1e6)
    path = reach_goal(ahead(1000.0), total, mean).path
    inside = (paths >= path["low"].to_numpy()) & (paths <= path["high"].to_numpy())
    for day in (1, 3, 7, 14, 27):
        assert inside[:, day - 1].mean() == pytest.approx(0.8, abs=0.05)


def test_the_path_of_one_hour_is_no_surer_than_that_hour() -> None:
    hours = ahead(10.0, width=0.9, periods=48, freq="h")
    first = reach_goal(hours, Total(480.0, 400.0, 576.0, 0.13, 10.0), 300.0).path.iloc[0]
    assert first["low"] <= hours["low"][0] + 1e-9
    assert first["high"] >= hours["high"][0] - 1e-9


def test_hours_pass_a_goal_on_a_day() -> None:
    hours = ahead(10.0, periods=48, freq="h")
    total = Total(480.0, 400.0, 576.0, scale=0.13, freedom=10.0)
    found = reach_goal(hours, total, 300.0)
    assert found.day == pd.Timestamp("2024-05-02")
    assert len(found.path) == 48


def test_with_a_campaign_goal_path_and_total_agree() -> None:
    found = planned(0.5)
    total = scale_total(TOTAL, found.added)
    goal = reach_goal(found.ahead, total, 2900.0)
    assert goal.path["cumulated"].iloc[-1] == pytest.approx(total.mean)
    assert goal.path["high"].iloc[-1] == total.high
    assert goal.chance > reach_goal(ahead(100.0), TOTAL, 2900.0).chance
    assert goal.gap == pytest.approx(2900 - 2905)


def test_nothing_expected_reaches_nothing() -> None:
    nothing = Total(0.0, 0.0, 0.0, scale=0.0, freedom=4.0)
    found = reach_goal(ahead(0.0), nothing, 10.0)
    assert (found.chance, found.gap, found.day) == (0.0, 10.0, pd.NaT)
    assert np.isnan(found.increase)
    assert (found.path[["cumulated", "low", "high"]] == 0).all(axis=None)


def test_inputs_stay_as_they_are() -> None:
    whole, part = ahead(100.0), ahead(30.0)
    plan_campaign(whole, part, campaign(0.2), grain="day")
    reach_goal(whole, TOTAL, 100.0)
    pd.testing.assert_frame_equal(whole, ahead(100.0))
    pd.testing.assert_frame_equal(part, ahead(30.0))
