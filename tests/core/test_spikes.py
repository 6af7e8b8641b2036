"""Spikes: few false alarms, planted ones found."""

import numpy as np
import pandas as pd
import pytest

from core.errors import NotEnoughData
from core.ingest import read_export
from core.spikes import expected_by_hour_of_week, find_spikes
from core.traffic import Traffic, make_traffic
from data.generate_sample import story
from tests.builders import daily_traffic


def site(seed: int, weeks: int = 6, mean: float = 40) -> pd.DataFrame:
    """Hours of a calm site: shape of day and week, over-dispersion, shocks from day to day."""
    rng, times = (
        np.random.default_rng(seed),
        pd.date_range("2024-01-01", periods=weeks * 168, freq="h"),
    )
    shape = np.exp(0.8 * np.sin((times.hour - 9) / 24 * 2 * np.pi)) * (
        1 - 0.3 * (times.day_of_week > 4)
    )
    day = np.repeat(np.exp(rng.normal(0, 0.08, weeks * 7)), 24)
    parts = []
    for channel, share in (("Direct", 0.6), ("Organic Social", 0.4)):
        expected = mean * shape * day * share * rng.gamma(25, 1 / 25, len(times))
        parts.append(
            pd.DataFrame({"time": times, "channel": channel, "sessions": rng.poisson(expected)})
        )
    return pd.concat(parts, ignore_index=True)


def as_traffic(frame: pd.DataFrame) -> Traffic:
    return make_traffic(frame, "hour")


def test_calm_sites_seldom_raise_an_alarm() -> None:
    alarms = sum(not find_spikes(as_traffic(site(seed))).frame.empty for seed in range(40))
    assert alarms <= 6


@pytest.mark.parametrize("seed", range(6))
def test_a_planted_spike_is_found_with_its_channel_and_time(seed) -> None:
    frame = site(seed)
    start, end = pd.Timestamp("2024-01-24 18:00"), pd.Timestamp("2024-01-24 22:00")
    is_meant = frame["time"].between(start, end, inclusive="left") & (
        frame["channel"] == "Organic Social"
    )
    planted = frame["sessions"].where(~is_meant, frame["sessions"] * 4)
    found = find_spikes(as_traffic(frame.assign(sessions=planted))).frame
    first = found.iloc[0]
    assert first["channel"] == "Organic Social"
    # the window of four hours may take in a high hour next to it
    assert start - pd.Timedelta(hours=2) <= first["start"] <= start
    assert end <= first["end"] <= end + pd.Timedelta(hours=2)
    assert first["channel_actual"] == pytest.approx(planted[is_meant].sum(), rel=0.25)
    assert first["excess"] == pytest.approx(first["actual"] - first["expected"])
    assert first["channel_share"] > 0.8


def test_the_expected_of_a_regular_site_is_the_other_weeks() -> None:
    times = pd.date_range("2024-01-01", periods=4 * 168, freq="h")
    week = np.random.default_rng(0).integers(10, 90, 168)
    counts = pd.Series(np.tile(week, 4).astype(float), times)
    np.testing.assert_allclose(expected_by_hour_of_week(counts), counts)
    odd = counts.copy()
    odd.iloc[200] *= 10  # one wild hour moves neither its own expected nor that of other weeks
    np.testing.assert_allclose(
        expected_by_hour_of_week(odd).iloc[[200, 368]], counts.iloc[[200, 368]]
    )


def test_the_story_of_the_sample_is_found(sample_export) -> None:
    planted = story("viral_spike")
    first = find_spikes(read_export(sample_export).traffic).frame.iloc[0]
    assert first["channel"] == planted.channel
    assert first["start"] == pd.Timestamp(planted.start)
    assert first["end"] == pd.Timestamp(planted.end)
    assert first["engagement_rate"] < first["usual_engagement_rate"]


def test_days_without_a_pattern_have_no_spike_and_one_day_is_found() -> None:
    calm = daily_traffic()
    assert find_spikes(calm).frame.empty
    frame = calm.frame.copy()
    frame.loc[30, "sessions"] *= 3
    found = find_spikes(make_traffic(frame, "day")).frame
    assert found["start"].tolist() == [frame.loc[30, "time"]]


def test_too_short_and_too_coarse_are_refused() -> None:
    with pytest.raises(NotEnoughData, match="too_few_days"):
        find_spikes(as_traffic(site(0, weeks=2)))
    weeks = pd.DataFrame(
        {"time": pd.date_range("2024-01-01", periods=9, freq="7D"), "sessions": 1.0}
    )
    with pytest.raises(NotEnoughData, match="needs_days"):
        find_spikes(make_traffic(weeks, "week"))
