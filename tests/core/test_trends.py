"""Series over time, held against loops."""

from collections import defaultdict

import pandas as pd
import pytest

from core import trends
from core.traffic import Filters, make_traffic, select
from tests.builders import hourly_traffic

TRAFFIC = hourly_traffic({"Direct": 0.4, "Referral": 0.6}, days=24, start="2024-01-03")
STARTS = {
    "hour": lambda t: t,
    "day": lambda t: t.normalize(),
    "week": lambda t: t.normalize() - pd.Timedelta(days=t.weekday()),
    "month": lambda t: t.normalize().replace(day=1),
}


@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
def test_series_agrees_with_a_loop(grain) -> None:
    sums: dict = defaultdict(lambda: [0.0, 0.0])
    for row in TRAFFIC.frame.to_dict("records"):
        cell = sums[STARTS[grain](row["time"])]
        cell[0] += row["sessions"]
        cell[1] += row["engaged_sessions"]
    table = trends.series(TRAFFIC, ["sessions", "engagement_rate"], grain)
    assert list(table["time"]) == sorted(sums)
    for row in table.to_dict("records"):
        sessions, engaged = sums[row["time"]]
        assert row["sessions"] == sessions
        assert row["engagement_rate"] == pytest.approx(engaged / sessions)


def test_unfinished_periods_are_marked() -> None:
    weeks = trends.series(TRAFFIC, ["sessions"], "week")  # Wed 3 to Fri 26 January 2024
    assert weeks["is_complete"].tolist() == [False, True, True, False]
    assert trends.series(TRAFFIC, ["sessions"], "day")["is_complete"].all()
    part = select(TRAFFIC, Filters(hours=(8, 9)))
    assert trends.series(part, ["sessions"], "hour")["is_complete"].all()


def test_weeks_do_not_add_up_to_months() -> None:
    frame = pd.DataFrame(
        {"time": pd.date_range("2024-01-01", periods=9, freq="7D"), "sessions": 1.0}
    )
    assert trends.possible_grains(make_traffic(frame, "week")) == ("week",)
    assert trends.possible_grains(TRAFFIC) == ("hour", "day", "week", "month")


def test_inputs_are_not_mutated() -> None:
    before = TRAFFIC.frame.copy()
    trends.series(TRAFFIC, ["sessions"], "week")
    pd.testing.assert_frame_equal(TRAFFIC.frame, before)
