"""All pairs: coefficients held against scipy, levels, refusals, and what must always hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.correlations import (
    CANNOT_TELL,
    DIFFERS,
    FALSE_DISCOVERY_RATE,
    FOLLOWS_CLOCK,
    LEVELS,
    SAME_NUMBER,
    STILL_THERE,
    Correlations,
    correlate,
    possible_levels,
)
from core.errors import NotEnoughData
from core.traffic import Traffic, make_traffic
from tests.builders import daily_traffic, hourly_traffic
from tests.simulate_pairs import simulate_flip, simulate_pair

COLUMNS = [
    *("first", "second", "r", "low", "high", "rho", "rho_low", "rho_high", "n", "n_effective"),
    *("r_without_clock", "without_low", "without_high", "r_within", "p_value"),
    *("verdict", "link", "sentence"),
]
VERDICTS = {SAME_NUMBER, FOLLOWS_CLOCK, DIFFERS, STILL_THERE, CANNOT_TELL}
CAUSAL = ("cause", "because of", "lead", "driv", "boost", "increase", "due to", "effect", "result")


def row_of(found: Correlations, first: str, second: str) -> pd.Series:
    return found.frame.set_index(["first", "second"]).loc[(first, second)]


def check(found: Correlations, channel: str | None = None) -> None:
    """What holds for any traffic."""
    frame = found.frame
    assert list(frame.columns) == COLUMNS
    assert set(frame["verdict"]) <= VERDICTS
    for low, value, high in (
        ("low", "r", "high"),
        ("rho_low", "rho", "rho_high"),
        ("without_low", "r_without_clock", "without_high"),
    ):
        known = frame[frame[low].notna()]
        assert (known[low] <= known[value]).all()
        assert (known[value] <= known[high]).all()
        assert known[low].ge(-1).all()
        assert known[high].le(1).all()
    assert (frame["n_effective"].fillna(0) <= frame["n"]).all()
    assert ((frame["verdict"] == SAME_NUMBER) == (frame["link"] != "")).all()
    assert frame.loc[frame["verdict"] == SAME_NUMBER, "p_value"].isna().all()
    found_pairs = frame[frame["verdict"] == STILL_THERE]
    assert (found_pairs["p_value"] < FALSE_DISCOVERY_RATE).all()
    assert not frame["sentence"].str.contains("nan|inf").any()
    assert not frame["sentence"].str.lower().str.contains("|".join(CAUSAL)).any()
    assert frame["sentence"].str.match(r"[A-Z].*\.$").all()
    if channel is not None:
        assert DIFFERS not in set(frame["verdict"])


@pytest.fixture(scope="module")
def site() -> Traffic:
    return hourly_traffic({"A": 0.4, "B": 0.6, "C": 0.5}, mean=5)


@pytest.mark.parametrize("level", LEVELS)
def test_coefficients_agree_with_scipy(site: Traffic, level: str) -> None:
    frame = site.frame
    if level != "rows":
        times = frame["time"] if level == "hour" else frame["time"].dt.normalize()
        frame = frame.groupby(times)[["sessions", "events", "engaged_sessions"]].sum()
    ratio = (frame["engaged_sessions"] / frame["sessions"]).fillna(0.0)
    for key, values in (("events", frame["events"]), ("engagement_rate", ratio)):
        row = row_of(correlate(site, level), "sessions", key)
        assert row["r"] == pytest.approx(stats.pearsonr(frame["sessions"], values).statistic)
        assert row["rho"] == pytest.approx(stats.spearmanr(frame["sessions"], values).statistic)
        assert row["n"] == len(frame)


def test_hours_without_visits_have_no_rate_and_count_nowhere() -> None:
    traffic = hourly_traffic({"A": 0.4}, days=20, mean=1)
    totals = traffic.frame
    used = totals[totals["sessions"] > 0]
    assert len(used) < len(totals)
    row = row_of(correlate(traffic, "hour"), "sessions", "engagement_rate")
    rate = used["engaged_sessions"] / used["sessions"]
    assert row["n"] == len(used)
    assert row["r"] == pytest.approx(stats.pearsonr(used["sessions"], rate).statistic)
    assert row["rho"] == pytest.approx(stats.spearmanr(used["sessions"], rate).statistic)


def test_within_is_the_pooled_correlation_around_the_means_of_channels(site: Traffic) -> None:
    frame = site.frame[site.frame["sessions"] > 0]
    numbers = pd.DataFrame(
        {"sessions": frame["sessions"], "rate": frame["engaged_sessions"] / frame["sessions"]}
    )
    # Sessions lose the mean of all rows, the rate that of the rows where there is one.
    means = site.frame.groupby("channel", observed=True)["sessions"].mean()
    numbers["sessions"] -= frame["channel"].map(means).astype("float64")
    numbers["rate"] -= numbers.groupby(frame["channel"], observed=True)["rate"].transform("mean")
    row = row_of(correlate(site), "sessions", "engagement_rate")
    expected = stats.pearsonr(numbers["sessions"], numbers["rate"]).statistic
    assert row["r_within"] == pytest.approx(expected, abs=1e-9)


def test_matrices_hold_the_same_numbers_as_the_pairs(site: Traffic) -> None:
    found = correlate(site)
    check(found)
    for row in found.frame.itertuples():
        assert found.pearson.loc[row.first, row.second] == pytest.approx(row.r)
        assert found.spearman.loc[row.second, row.first] == pytest.approx(row.rho)
    size = len(found.pearson)
    assert len(found.frame) == size * (size - 1) / 2
    assert (found.level, found.channel, found.caveats) == ("rows", None, ())


def test_order_of_rows_is_irrelevant_and_input_stays_as_it_is(site: Traffic) -> None:
    before = site.frame.copy()
    shuffled = make_traffic(site.frame.sample(frac=1, random_state=0), "hour")
    pd.testing.assert_frame_equal(correlate(site).frame, correlate(shuffled).frame)
    pd.testing.assert_frame_equal(site.frame, before)


@pytest.mark.parametrize("level", LEVELS)
def test_one_channel_is_as_if_the_file_had_no_other(site: Traffic, level: str) -> None:
    found = correlate(site, level, "B")
    alone = make_traffic(site.frame[site.frame["channel"] == "B"], "hour")
    columns = [name for name in COLUMNS if name != "r_within"]
    pd.testing.assert_frame_equal(found.frame[columns], correlate(alone, level).frame[columns])
    check(found, "B")
    assert found.channel == "B"
    assert found.frame["r_within"].isna().all()


def test_units_are_irrelevant() -> None:
    frame = simulate_pair(3, link=0.5, strength=0.3)
    one = correlate(make_traffic(frame, "hour"), "hour").frame
    large = frame.assign(sessions=frame["sessions"] * 1e6, clicks=frame["clicks"] * 1e-6)
    two = correlate(make_traffic(large, "hour"), "hour").frame
    pd.testing.assert_frame_equal(one, two, rtol=1e-6)


def test_levels() -> None:
    hours = simulate_pair(0, days=3)
    assert possible_levels(make_traffic(hours, "hour")) == ("hour", "day")
    assert possible_levels(make_traffic(simulate_flip(0, days=3), "hour")) == LEVELS
    assert possible_levels(daily_traffic()) == ("day",)
    assert possible_levels(make_traffic(simulate_flip(0, 9, "day"), "day")) == ("rows", "day")
    assert possible_levels(weekly(9)) == ("rows",)


def test_refusals_say_what_is_missing() -> None:
    days = make_traffic(simulate_pair(0, 9, "day"), "day")
    for traffic, level, code in (
        (daily_traffic(), "day", "too_few_measures"),
        (days, "day", "too_few_observations"),
        (days, "hour", "needs_hours"),
        (weekly(30), "day", "needs_hours"),
    ):
        with pytest.raises(NotEnoughData) as error:
            correlate(traffic, level)
        assert error.value.code == code
    with pytest.raises(ValueError, match="no channel"):
        correlate(hourly_traffic({"A": 0.5}, days=2), "rows", "Z")
    with pytest.raises(ValueError, match="level"):
        correlate(hourly_traffic({"A": 0.5}, days=2), "minute")


def weekly(weeks: int, channels: int = 1) -> Traffic:
    rng, times = np.random.default_rng(1), pd.date_range("2024-01-01", periods=weeks, freq="7D")
    parts = [
        pd.DataFrame({"time": times, "channel": f"c{place}"}).assign(
            sessions=rng.poisson(500, weeks), clicks=rng.poisson(300, weeks)
        )
        for place in range(channels)
    ]
    return make_traffic(pd.concat(parts), "week")


def counts(times: pd.DatetimeIndex, channels: int, mean: float, holes: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(len(times) + channels)
    parts = []
    for place in range(channels):
        sessions = rng.poisson(mean, len(times)) * (rng.random(len(times)) >= holes)
        parts.append(
            pd.DataFrame({"time": times, "channel": f"c{place}", "sessions": sessions}).assign(
                users=np.ceil(sessions * 0.8),
                engaged_sessions=rng.binomial(sessions, 0.5),
                events=4 * sessions + rng.poisson(1, len(times)),
                clicks=rng.poisson(5, len(times)),
                revenue=rng.gamma(1, 10, len(times)),
            )
        )
    return pd.concat(parts, ignore_index=True)


def hours(count: int) -> pd.DatetimeIndex:
    return pd.date_range("2024-01-01", periods=count, freq="h")


def strange() -> dict[str, Traffic]:
    """Files as they come, and worse."""
    month, days = hours(672), pd.date_range("2024-01-01", periods=28)
    plain = counts(month, 2, 20)
    rng = np.random.default_rng(0)
    clock = np.tile(np.arange(168.0), 8)
    spike = np.where(np.arange(len(plain)) == 300, 1000.0, 0.0)
    frames = {
        "a day": counts(hours(24), 3, 2, 0.3),
        "a week": counts(hours(168), 3, 2, 0.3),
        "two weeks": counts(hours(336), 2, 20),
        "one hour of thirty channels": counts(hours(1), 30, 20),
        "sixty channels, mostly empty": counts(hours(336), 60, 1, 0.9),
        "a constant": plain.assign(sessions=7.0),
        "nothing but zeros": plain.assign(sessions=0.0, users=0.0, engaged_sessions=0.0),
        "hardly a change": plain.assign(sessions=1e12 + plain["sessions"]),
        "nothing but clock": plain.assign(sessions=clock, clicks=clock[::-1]),
        "nothing but growth": plain.assign(sessions=np.arange(1344.0)),
        "one event in both": plain.assign(clicks=spike, revenue=spike / 2),
        "holes": plain.assign(
            revenue=plain["revenue"].where(rng.random(len(plain)) < 0.7),
            clicks=plain["clicks"].where(rng.random(len(plain)) < 0.1),
        ),
        "a month missing": plain[(plain["time"] < "2024-01-10") | (plain["time"] > "2024-01-22")],
        "two hours of each day": plain[plain["time"].dt.hour.isin([9, 10])],
        "a channel of one hour": plain[(plain["channel"] != "c1") | (plain["time"] == month[5])],
    }
    found = {name: make_traffic(frame, "hour") for name, frame in frames.items()}
    timeless = counts(hours(1), 30, 20).drop(columns="time")
    return found | {
        "days": make_traffic(counts(days, 3, 1, 0.5), "day"),
        "no time": make_traffic(timeless, "none"),
        "weeks": weekly(30, 2),
    }


STRANGE = strange()


@pytest.mark.parametrize("name", STRANGE)
def test_strange_files_get_no_warning_and_no_wrong_number(name: str) -> None:
    traffic = STRANGE[name]
    asked = [*((level, None) for level in LEVELS), ("rows", traffic.channels[0])]
    for level, channel in asked:
        try:
            found = correlate(traffic, level, channel)
        except NotEnoughData:
            continue
        check(found, channel)


@pytest.mark.parametrize("name", ["a day", "a week", "weeks", "no time"])
def test_without_a_clock_to_take_out_nothing_is_a_finding(name: str) -> None:
    found = correlate(STRANGE[name])
    assert found.frame["r_without_clock"].isna().all()
    assert set(found.frame["verdict"]) <= {SAME_NUMBER, DIFFERS, CANNOT_TELL}
    assert found.caveats == ("clock_unknown",)


def test_what_is_nothing_but_clock_follows_it() -> None:
    row = row_of(correlate(STRANGE["nothing but clock"], "hour"), "sessions", "clicks")
    assert row["verdict"] in {CANNOT_TELL, FOLLOWS_CLOCK}
    assert np.isnan(row["r_without_clock"])
