"""Channels at the same hours, held against a loop and against sites whose order is known."""

import numpy as np
import pandas as pd
import pytest

from core.channels import compare_channels, like_for_like
from core.errors import NotEnoughData
from core.ingest import read_export
from core.traffic import Traffic, make_traffic
from tests.builders import TIMELESS_EXPORT, hourly_traffic


def site(seed: int, *, gap: float = 0.05, days: int = 56) -> Traffic:
    """Night visits are engaged seldom, whatever brings them; ``Night`` comes mostly at night.

    At every hour ``Night`` is better than ``Day`` by the gap, yet it looks worse as counted.
    """
    rng = np.random.default_rng(seed)
    times = pd.date_range("2024-01-01", periods=days * 24, freq="h")
    is_night = (times.hour < 7) | (times.hour >= 21)
    rate = np.where(is_night, 0.3, 0.6)
    parts = []
    for name, at_night, extra in (("Night", 60, gap), ("Day", 15, 0.0)):
        mean = np.where(is_night, at_night, 75 - at_night)
        sessions = rng.poisson(mean * np.exp(rng.normal(0, 0.1, len(times))))
        shock = np.repeat(rng.normal(0, 0.01, days), 24)
        engaged = rng.binomial(sessions, np.clip(rate + extra + shock, 0, 1))
        parts.append(
            pd.DataFrame(
                {"time": times, "channel": name, "sessions": sessions, "engaged_sessions": engaged}
            )
        )
    return make_traffic(pd.concat(parts), "hour")


def slow_standard(traffic: Traffic, name: str) -> float:
    """Rate of a channel at each hour of the week, weighted by the site's visits, by loops."""
    own, site_visits = {}, {}
    for row in traffic.frame.itertuples():
        hour = row.time.day_of_week * 24 + row.time.hour
        site_visits[hour] = site_visits.get(hour, 0) + row.sessions
        if row.channel == name:
            top, bottom = own.get(hour, (0, 0))
            own[hour] = (top + row.engaged_sessions, bottom + row.sessions)
    total = sum(site_visits.values())
    return sum(site_visits[hour] / total * top / bottom for hour, (top, bottom) in own.items())


def test_values_agree_with_a_loop() -> None:
    traffic = site(0)
    found = like_for_like(traffic)
    assert found.strata == "hour of the week"
    assert found.covered == 1
    for row in found.frame.itertuples():
        assert row.fair == pytest.approx(slow_standard(traffic, row.channel))


def test_the_order_turns_where_hours_made_it() -> None:
    for seed in range(5):
        traffic = site(seed)
        counted = compare_channels(traffic).frame.set_index("channel")["value"]
        assert counted["Night"] < counted["Day"]
        found = like_for_like(traffic)
        assert found.frame.sort_values("fair_rank")["channel"].tolist() == ["Night", "Day"]
        assert found.swapped[["ahead", "behind"]].to_numpy().tolist() == [["Night", "Day"]]
        assert found.swapped["is_sure"].all()
        assert "Night goes ahead of Day" in found.sentence


def test_alike_at_every_hour_is_seldom_called_different() -> None:
    wrong = 0
    for seed in range(30):
        verdicts = like_for_like(site(seed, gap=0.0, days=28)).frame["verdict"]
        wrong += bool({"better", "worse"} & set(verdicts))
    assert wrong <= 4  # 5 % promised; two standard errors above


def test_fair_intervals_hold_the_standardised_truth() -> None:
    """The site has 75 visits an hour at any time, of which 10 in 24 hours are at night."""
    truth, held = 10 / 24 * 0.35 + 14 / 24 * 0.65, 0
    for seed in range(40):
        row = like_for_like(site(seed, days=28)).frame.set_index("channel").loc["Night"]
        held += row["fair_low"] <= truth <= row["fair_high"]
    assert held >= 35


def test_the_order_of_real_channels_stays(seed_export) -> None:
    found = like_for_like(read_export(seed_export).traffic)
    assert found.swapped.empty
    assert "stays the same" in found.sentence
    assert found.frame["channel"].tolist()[0] == "Referral"


def test_thin_channels_are_held_alike_by_wider_stretches() -> None:
    found = like_for_like(hourly_traffic({"A": 0.5, "B": 0.5}, mean=1.0))
    assert found.strata != "hour of the week"
    assert found.covered >= 0.9


def test_a_channel_of_office_hours_only_is_left_out() -> None:
    traffic = site(1, days=28)
    rows = traffic.frame[traffic.frame["channel"] == "Day"]
    office = rows[rows["time"].dt.hour.between(10, 11)].assign(channel="Office")
    found = like_for_like(make_traffic(pd.concat([traffic.frame, office]), "hour"))
    assert found.left_out == ("Office",)
    assert "Office" not in set(found.frame["channel"])


def test_days_are_held_alike_by_weekday() -> None:
    hours = site(2)
    frame = hours.frame.assign(time=hours.frame["time"].dt.normalize())
    assert like_for_like(make_traffic(frame, "day")).strata == "weekday"


@pytest.mark.parametrize(
    ("traffic", "code"),
    [
        (lambda: read_export(TIMELESS_EXPORT).traffic, "needs_days"),
        (lambda: hourly_traffic({"A": 0.5}), "too_few_channels"),
        (lambda: hourly_traffic({"A": 0.5, "B": 0.5}, days=2), "too_few_channels"),
    ],
)
def test_what_cannot_be_compared_is_refused(traffic, code) -> None:
    with pytest.raises(NotEnoughData) as caught:
        like_for_like(traffic())
    assert caught.value.code == code
