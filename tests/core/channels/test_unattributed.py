"""Unassigned, (other) and (not set): how much, since when, which hours, who lost as much."""

import numpy as np
import pandas as pd
import pytest

from core.channels import diagnose_unattributed
from core.channels.unattributed import CHECKS
from core.errors import NotEnoughData
from core.ingest import read_export
from core.traffic import UNATTRIBUTED, Traffic, make_traffic
from tests.builders import TIMELESS_EXPORT, daily_traffic, hourly_traffic
from tests.simulate import simulate


def mislabelled(seed: int, *, start: int = 28, share: float = 0.5, source: str = "Direct"):
    """From that day on a part of one channel's visits arrives as Unassigned."""
    rng, frame = np.random.default_rng([seed, 9]), simulate(seed)
    day = frame["time"].min() + pd.Timedelta(days=start)
    rows = (frame["time"] >= day) & (frame["channel"] == source)
    lost = frame[rows].copy()
    for name in ("engaged_sessions", "sessions"):
        lost[name] = rng.binomial(lost[name].astype(int), share)
        frame.loc[rows, name] -= lost[name]
    few = frame[frame["channel"] == source].assign(channel="Unassigned")
    few[["sessions", "engaged_sessions"]] = 0.0
    few.loc[few["time"].dt.hour == 12, "sessions"] = 3.0
    parts = [frame, few, lost.assign(channel="Unassigned")]
    return make_traffic(pd.concat(parts), "hour"), day


def test_the_day_and_the_channel_that_lost_as_much_are_found() -> None:
    right_day = right_channel = 0
    for seed in range(12):
        traffic, day = mislabelled(seed)
        (found,) = diagnose_unattributed(traffic)
        right_day += found.since is not None and abs(found.since - day) <= pd.Timedelta(days=1)
        right_channel += found.counterpart == "Direct"
        assert found.counterpart in (None, "Direct")
    assert right_day >= 11
    assert right_channel >= 9


def test_what_was_there_all_along_has_no_beginning_and_no_counterpart() -> None:
    blamed = 0
    for seed in range(12):
        frame = simulate(seed)
        frame["channel"] = frame["channel"].replace({"Email": "(not set)"})
        (found,) = diagnose_unattributed(make_traffic(frame, "hour"))
        blamed += found.since is not None or found.counterpart is not None
    assert blamed <= 1


def test_a_label_that_appears_late_is_dated() -> None:
    frame = simulate(5)
    day = frame["time"].min() + pd.Timedelta(days=40)
    extra = frame[(frame["time"] >= day) & (frame["channel"] == "Email")]
    extra = extra.assign(channel="(other)", sessions=1.0, engaged_sessions=0.0)
    (found,) = diagnose_unattributed(make_traffic(pd.concat([frame, extra]), "hour"))
    assert found.label == "(other)"
    assert found.since == day
    assert found.before == 0
    assert "lost about as much" not in found.sentence


def test_the_real_export_has_a_tagging_fault(seed_export, truth) -> None:
    (found,) = diagnose_unattributed(read_export(seed_export).traffic)
    assert found.label == "Unassigned"
    assert found.count == 559
    expected = truth["channels"]["Unassigned"]
    assert found.share.value == pytest.approx(expected["share_of_sessions"], abs=5e-5)
    assert found.engagement.value == pytest.approx(expected["engagement_rate"], abs=5e-5)
    assert found.share.low < found.share.value < found.share.high
    assert "Hardly any" in found.checks[0]
    assert "559 sessions, 0.34 % of all" in found.sentence


def test_hours_are_named_where_it_clearly_comes_then() -> None:
    traffic = hourly_traffic({"A": 0.5})
    nights = traffic.frame[traffic.frame["time"].dt.hour.isin([1, 2, 3])]
    visits = np.random.default_rng(0).poisson(5, len(nights)).astype(float)
    nights = nights.assign(channel="Unassigned", sessions=visits, engaged_sessions=0.0)
    noon = traffic.frame[traffic.frame["time"].dt.hour == 12]
    noon = noon.assign(channel="Unassigned", sessions=1.0, engaged_sessions=0.0)
    frame = pd.concat([traffic.frame, nights, noon])
    (found,) = diagnose_unattributed(make_traffic(frame, "hour"))
    assert found.hours is not None
    assert found.hours[0] in (0, 1)
    assert found.hours_share == pytest.approx(visits.sum() / (visits.sum() + 28))


@pytest.mark.parametrize("label", UNATTRIBUTED)
def test_every_label_has_something_to_check(label) -> None:
    assert len(CHECKS[label]) >= 2


def without_time() -> Traffic:
    return read_export(TIMELESS_EXPORT.replace(b"Email", b"(not set)")).traffic


def test_without_time_it_is_measured_all_the_same() -> None:
    (found,) = diagnose_unattributed(without_time())
    assert found.count == 3
    assert found.since is None
    assert np.isfinite(found.engagement.high)


def test_where_all_is_told_there_is_nothing_to_say() -> None:
    assert diagnose_unattributed(hourly_traffic({"A": 0.5})) == ()
    with pytest.raises(NotEnoughData, match="no_channels"):
        diagnose_unattributed(daily_traffic())
