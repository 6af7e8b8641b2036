"""The committed sample against its script, and each planted story against the sample."""

import io
import itertools
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest

from data import generate_sample as sample

NAMES = ["channel", "time", "users", "sessions", "engaged", "time_avg"]
NAMES += ["engaged_per_user", "events_avg", "rate", "events"]
LARGE = ["Organic Social", "Organic Search", "Direct", "Paid Search"]
SPIKE = sample.story("viral_spike")
FADE = sample.story("fading_channel")
FAULT = sample.story("tagging_fault")


@pytest.fixture(scope="module")
def content() -> bytes:
    return sample.PATH.read_bytes()


@pytest.fixture(scope="module")
def raw(content) -> pd.DataFrame:
    """The table as text, with short names."""
    table = pd.read_csv(io.BytesIO(content), skiprows=10, dtype=str)
    return table.set_axis(NAMES, axis="columns")


@pytest.fixture(scope="module")
def rows(raw) -> pd.DataFrame:
    numbers = raw.drop(columns=["channel", "time"]).apply(pd.to_numeric)
    time = pd.to_datetime(raw["time"], format="%Y%m%d%H")
    return numbers.assign(channel=raw["channel"], time=time)


@pytest.fixture(scope="module")
def sessions(rows) -> pd.DataFrame:
    """Sessions, one line an hour, one column a channel, hours left out as zero."""
    return rows.pivot(index="time", columns="channel", values="sessions").fillna(0)


def without_spike(sessions: pd.DataFrame) -> pd.DataFrame:
    return sessions[(sessions.index < SPIKE.start) | (sessions.index >= SPIKE.end)]


def rate_of(rows: pd.DataFrame) -> float:
    return rows["engaged"].sum() / rows["sessions"].sum()


def in_story(rows: pd.DataFrame, story: sample.Story) -> pd.Series:
    in_span = (rows["time"] >= story.start) & (rows["time"] < story.end)
    return in_span & (rows["channel"] == story.channel)


def before_and_after(series: pd.Series, left: object, entered: object) -> tuple[float, float]:
    """Level per hour until the old state is left, and from when the new one is entered."""
    return weekly_level(series[series.index < left]), weekly_level(series[series.index >= entered])


def weekly_level(series: pd.Series) -> float:
    """Mean per hour in which each weekday weighs the same, however often it occurs."""
    return series.groupby(series.index.day_of_week).mean().mean()


# --- the file ---


def test_regeneration_is_byte_identical(content):
    assert sample.export(sample.sample_rows()) == content


def test_script_runs_by_itself_whatever_the_hash_seed(content, tmp_path):
    copy = tmp_path / "generate_sample.py"
    copy.write_bytes(Path(sample.__file__).read_bytes())
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, str(copy)], check=True, env=environment)
    assert (tmp_path / "sample_ga4_export.csv").read_bytes() == content


def test_every_line_ends_as_in_ga4(content):
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    assert content.isascii()


def test_preamble_and_header(content):
    lines = content.decode("utf-8").split("\r\n")
    assert all(text.startswith("#") for text in lines[:9])
    assert lines[7:10] == ["# Start date: 20250303", "# End date: 20250427", ""]
    assert lines[10] == (
        "Session primary channel group (Default channel group),Date + hour (YYYYMMDDHH),"
        "Users,Sessions,Engaged sessions,Average engagement time per session,"
        "Engaged sessions per user,Events per session,Engagement rate,Event count"
    )


def test_span_is_eight_whole_weeks(rows):
    hours = pd.date_range("2025-03-03 00:00", "2025-04-27 23:00", freq="h")
    assert set(rows["time"]) == set(hours)
    assert len(hours) == 8 * 7 * 24


def test_channels_and_volume(rows):
    assert set(rows["channel"]) == {*LARGE, "Referral", "Unassigned", "Email"}
    assert 250_000 < rows["sessions"].sum() < 400_000


def test_rows_are_unique_and_hours_without_sessions_are_left_out(rows):
    assert not rows.duplicated(["channel", "time"]).any()
    assert rows["sessions"].min() == 1
    assert len(rows) < 7 * 1344


def test_rows_are_sorted_by_users_then_time_then_channel(rows):
    in_order = rows.sort_values(["users", "time", "channel"], ascending=[False, True, True])
    assert in_order.index.equals(rows.index)


def test_counts_fit_into_each_other(rows):
    assert (rows["users"] >= 1).all()
    assert (rows["users"] <= rows["sessions"]).all()
    assert (rows["engaged"] <= rows["sessions"]).all()
    assert (rows["events"] >= rows["sessions"]).all()


@pytest.mark.parametrize(
    ("ratio", "numerator", "denominator"),
    [
        ("rate", "engaged", "sessions"),
        ("events_avg", "events", "sessions"),
        ("engaged_per_user", "engaged", "users"),
    ],
)
def test_ratios_are_those_of_the_counts(rows, ratio, numerator, denominator):
    np.testing.assert_allclose(rows[ratio], rows[numerator] / rows[denominator], rtol=5.1e-10)


def test_engagement_time_is_whole_seconds_and_only_of_engaged_sessions(rows):
    seconds = rows["time_avg"] * rows["sessions"]
    np.testing.assert_allclose(seconds, seconds.round(), atol=1e-4)
    assert ((seconds > 0) == (rows["engaged"] > 0)).all()


def test_numbers_have_at_most_ten_digits(raw):
    digits = raw["engaged_per_user"].str.replace(".", "").str.lstrip("0").str.len()
    assert digits.max() == 10
    assert not raw["rate"].str.contains("e").any()


# --- the stories ---


def test_stories_lie_in_the_span_under_unique_keys():
    assert len({story.key for story in sample.STORIES}) == len(sample.STORIES) == 7
    assert all(sample.START <= s.start < s.end <= sample.END for s in sample.STORIES)


def test_readme_tells_each_story():
    text = sample.PATH.with_name("README.md").read_text(encoding="utf-8")
    table = {row.split("|")[1].strip(" `"): row for row in text.splitlines() if "| `" in row}
    for story in sample.STORIES:
        assert story.channel in table[story.key]
        assert f"{story.size:g}" in table[story.key]
        is_always = story.start == sample.START
        assert is_always or f"{story.start:%Y-%m-%d}" in table[story.key]


def test_spike_against_the_same_hours_of_other_weeks(sessions):
    usual = sessions[SPIKE.channel]
    hours = pd.date_range(SPIKE.start, SPIKE.end, freq="h", inclusive="left")
    weeks = [pd.Timedelta(weeks=week) for week in (-4, -3, -2, -1, 1, 2, 3)]
    expected = sum(np.median([usual[hour + week] for week in weeks]) for hour in hours)
    assert len(hours) == 5
    assert usual[hours].sum() / expected == pytest.approx(SPIKE.size, rel=0.12)


@pytest.mark.parametrize("edge", [SPIKE.start - pd.Timedelta(hours=1), pd.Timestamp(SPIKE.end)])
def test_spike_has_sharp_edges(sessions, edge):
    usual = sessions[SPIKE.channel]
    assert usual[edge] < 1.5 * usual[edge - pd.Timedelta(weeks=1)]


def test_spike_engages_less(rows):
    is_spike = in_story(rows, SPIKE)
    usual = rate_of(rows[(rows["channel"] == SPIKE.channel) & ~is_spike])
    gap = usual - rate_of(rows[is_spike])
    assert gap == pytest.approx(sample.SPIKE_RATE_DROP, abs=0.03)


def test_no_other_hour_rises_like_the_spike(sessions):
    large = without_spike(sessions)[[*LARGE, "Referral"]]
    slot = [large.index.day_of_week, large.index.hour]
    usual = large.groupby(slot).transform("median")
    assert (large / usual)[usual >= 30].max().max() < 2.5


def test_fading_channel_keeps_the_planted_share_and_stays_low(sessions):
    before, after = before_and_after(sessions[FADE.channel], FADE.start, FADE.end)
    assert after / before == pytest.approx(FADE.size, abs=0.05)
    assert after / before < 0.5
    last_days = sessions.loc["2025-04-21":, FADE.channel]
    assert weekly_level(last_days) / after == pytest.approx(1, abs=0.1)


def test_fade_begins_at_two_thirds_and_is_gradual(sessions):
    assert (FADE.start - sample.START) / (sample.END - sample.START) == pytest.approx(
        2 / 3, abs=0.03
    )
    before, after = before_and_after(sessions[FADE.channel], FADE.start, FADE.end)
    middle = FADE.start + (FADE.end - FADE.start) / 2
    on_the_way = sessions.loc[middle - pd.Timedelta(days=1) : middle, FADE.channel].mean()
    assert after < on_the_way < before


@pytest.mark.parametrize("other", LARGE)
def test_referral_engages_more_than_each_other(rows, other):
    story = sample.story("better_channel")
    usual = rows[~in_story(rows, SPIKE)]
    by_channel = usual.groupby("channel")[["engaged", "sessions"]].sum()
    rate = by_channel["engaged"] / by_channel["sessions"]
    assert rate[story.channel] - rate[other] == pytest.approx(story.size, abs=0.015)


def test_referral_does_more_and_stays_longer(rows):
    rows = rows.assign(seconds=rows["time_avg"] * rows["sessions"])
    sums = rows.groupby("channel")[["events", "seconds", "sessions"]].sum()
    events, seconds = sums["events"] / sums["sessions"], sums["seconds"] / sums["sessions"]
    assert events["Referral"] > events[LARGE].max() + 0.7
    assert seconds["Referral"] > seconds[LARGE].max() + 15


def test_unassigned_is_a_handful_then_the_planted_share(sessions):
    is_after = sessions.index >= FAULT.start
    after = sessions[is_after].sum()
    assert 1 <= sessions.loc[~is_after, FAULT.channel].sum() < 20
    assert after[FAULT.channel] / after.sum() == pytest.approx(FAULT.size, abs=0.005)


def test_unassigned_hardly_engages(rows):
    assert 0 < rate_of(rows[in_story(rows, FAULT)]) < 0.02


def test_direct_loses_what_unassigned_wins(sessions):
    before, after = before_and_after(sessions["Direct"], FAULT.start, FAULT.start)
    few, many = before_and_after(sessions[FAULT.channel], FAULT.start, FAULT.start)
    assert (before - after) / (many - few) == pytest.approx(1, abs=0.25)


def test_moving_sessions_keeps_each_hours_total():
    drawn = {channel.name: sample.draw_sessions(channel) for channel in sample.CHANNELS}
    moved = sample.move_mistagged(drawn)
    assert [sum(hour) for hour in zip(*moved.values(), strict=True)] == [
        sum(hour) for hour in zip(*drawn.values(), strict=True)
    ]
    assert {name for name in drawn if moved[name] != drawn[name]} == {"Direct", "Unassigned"}


@pytest.mark.parametrize("channel", [*LARGE, "Referral"])
def test_weekends_are_lower(sessions, channel):
    story = sample.story("weekend_dip")
    usual = without_spike(sessions)[channel]
    is_weekend = usual.index.day_of_week >= 5
    loss = 1 - usual[is_weekend].mean() / usual[~is_weekend].mean()
    assert loss == pytest.approx(story.size, abs=0.08)


@pytest.mark.parametrize("channel", [*LARGE, "Referral"])
def test_evening_peak_and_early_trough(sessions, channel):
    story = sample.story("evening_peak")
    usual = without_spike(sessions)[channel]
    by_hour = usual.groupby(usual.index.hour).mean().sort_values()
    assert by_hour.index[-1] == 20
    assert set(by_hour.index[-3:]) == {19, 20, 21}
    assert set(by_hour.index[:2]) == {4, 5}
    assert by_hour[20] / by_hour.mean() == pytest.approx(story.size, rel=0.08)


def test_hour_shape_is_relative_to_an_average_hour():
    assert sum(sample.HOUR_SHAPE_PCT) == 100 * len(sample.HOUR_SHAPE_PCT) == 2400
    assert max(sample.HOUR_SHAPE_PCT) / 100 == sample.story("evening_peak").size


def test_email_is_tiny(sessions):
    assert 10 <= sessions["Email"].sum() <= 25


# --- all else is noise ---


def test_other_large_channels_share_one_engagement_rate(rows):
    usual = rows[~in_story(rows, SPIKE)]
    rates = [rate_of(usual[usual["channel"] == channel]) for channel in LARGE]
    assert max(rates) - min(rates) < 0.015
    assert np.mean(rates) == pytest.approx(sample.USUAL_RATE, abs=0.01)


@pytest.mark.parametrize(
    "channels",
    [["Organic Social"], ["Organic Search"], ["Referral"], ["Direct", "Unassigned"]],
    ids=" + ".join,
)
def test_no_other_trend(sessions, channels):
    together = without_spike(sessions)[channels].sum(axis="columns")
    weeks = together.groupby((together.index - sample.START).days // 7).mean()
    assert len(weeks) == 8
    assert weeks[4:].mean() / weeks[:4].mean() == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("channel", [*LARGE, "Referral"])
def test_no_trend_in_engagement(rows, channel):
    usual = rows[(rows["channel"] == channel) & ~in_story(rows, SPIKE)]
    week = (usual["time"] - sample.START).dt.days // 7
    sums = usual.groupby(week)[["engaged", "sessions"]].sum()
    slope_per_week = np.polyfit(sums.index, sums["engaged"] / sums["sessions"], 1)[0]
    assert abs(7 * slope_per_week) < 0.012


@pytest.mark.parametrize("channel", [*LARGE, "Referral"])
def test_counts_scatter_more_than_poisson(sessions, channel):
    quiet = sessions.loc[:"2025-03-31", channel]
    slots = quiet[quiet.index.day_of_week < 5]
    by_hour = slots.groupby(slots.index.hour)
    assert (by_hour.var() / by_hour.mean()).mean() > 1.2


def test_shocks_lean_on_the_day_before():
    shocks = np.array(sample.daily_shocks(Random(5), days=5_000))
    following = np.corrcoef(shocks[:-1], shocks[1:])[0, 1]
    assert following == pytest.approx(sample.SHOCK_PERSISTENCE, abs=0.05)
    assert shocks.std() == pytest.approx(1, abs=0.05)
    assert shocks.mean() == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("mean", [0.01, 0.7, 40.0])
def test_poisson_like_keeps_its_mean(mean):
    rng = Random(11)
    counts = np.array([sample.poisson_like(rng, mean) for _ in range(5_000)])
    assert counts.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / 5_000))
    assert 0.8 * mean < counts.var() < 1.2 * mean or mean < 0.1


def test_channels_draw_from_streams_of_their_own():
    streams = [sample.stream(channel.name, "sessions").random() for channel in sample.CHANNELS]
    assert all(one != other for one, other in itertools.combinations(streams, 2))
