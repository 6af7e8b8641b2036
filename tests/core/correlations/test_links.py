"""Same number twice: found from the formulas, held against numbers made by the same rules."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from core.correlations import SAME_NUMBER, STILL_THERE, correlate
from core.correlations.links import division_reason, exact_multiple, link_reason
from core.metrics import METRICS
from core.traffic import make_traffic

PAIRS = list(combinations(METRICS, 2))

LINKED = {
    ("users", "sessions"): "all users are counted within sessions",
    ("users", "events"): "all users are counted within events",
    ("sessions", "engaged_sessions"): "all engaged sessions are counted within sessions",
    ("engaged_sessions", "users"): "both counted within sessions",
    ("engagement_rate", "engaged_sessions"): "engaged sessions divided by sessions",
    ("engagement_rate", "engaged_sessions_per_user"): "both divide engaged sessions",
    ("views_per_session", "events_per_session"): "both are divided by sessions",
    ("key_events", "key_events_per_session"): "key events divided by sessions",
}
FREE = [
    ("sessions", "engagement_rate"),
    ("users", "engagement_rate"),
    ("sessions", "clicks"),
    ("sessions", "revenue"),
    ("engagement_rate", "events_per_session"),
    ("engagement_rate", "revenue_per_session"),
    ("clicks", "revenue"),
]


@pytest.mark.parametrize(("pair", "words"), LINKED.items())
def test_linked_by_formula(pair: tuple[str, str], words: str) -> None:
    assert words in link_reason(*pair)
    assert link_reason(*pair[::-1]) != ""


@pytest.mark.parametrize("pair", FREE)
def test_free_by_formula(pair: tuple[str, str]) -> None:
    assert link_reason(*pair) == link_reason(*pair[::-1]) == ""


def above(key: str) -> set[str]:
    """A count and all that it is counted within."""
    part_of = METRICS[key].part_of
    return {key} | (above(part_of) if part_of else set())


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_every_pair_of_counts_and_every_ratio_with_its_parts(pair: tuple[str, str]) -> None:
    one, two = (METRICS[key] for key in pair)
    if not one.is_ratio and not two.is_ratio:
        is_part = one.key in above(two.key) or two.key in above(one.key)
        is_sibling = bool((above(one.key) & above(two.key)) - {"events"})
        assert (link_reason(*pair) != "") == (is_part or is_sibling)
    elif one.is_ratio != two.is_ratio:
        quotient, count = (one, two) if one.is_ratio else (two, one)
        assert (link_reason(*pair) != "") == (count.key == quotient.numerator)
        assert (division_reason(*pair) != "") == (count.key == quotient.denominator)
    else:
        is_same = one.numerator == two.numerator
        assert (link_reason(*pair) != "") >= (is_same and one.denominator == two.denominator)
        assert division_reason(*pair) == ""


def columns(**values: np.ndarray) -> list[pd.Series]:
    return [pd.Series(numbers, name=name) for name, numbers in values.items()]


def test_exact_multiples_by_the_numbers() -> None:
    steps = np.random.default_rng(0).poisson(30, 200) + 1.0
    assert "are equal" in exact_multiple(*columns(clicks=steps, views=steps))
    assert "exactly 2.5 times clicks" in exact_multiple(*columns(clicks=steps, revenue=2.5 * steps))
    assert "exactly 2.5 times" in exact_multiple(*columns(revenue=2.5 * steps, clicks=steps))
    nudged = 3 * steps
    nudged[7] += 1
    assert exact_multiple(*columns(clicks=steps, views=nudged)) == ""
    assert exact_multiple(*columns(clicks=steps, views=3 * steps + 1)) == ""
    constant = np.full(200, 4.0)
    assert exact_multiple(*columns(clicks=constant, views=3 * constant)) == ""


def test_zeros_and_holes_in_both_keep_a_multiple_and_in_one_break_it() -> None:
    steps = np.random.default_rng(0).poisson(2, 200).astype(float)
    assert "exactly 4 times" in exact_multiple(*columns(clicks=steps, views=4 * steps))
    holes = np.where(np.arange(200) % 7 == 0, np.nan, 4 * steps)
    assert "exactly 4 times" in exact_multiple(*columns(clicks=steps, views=holes))
    broken = 4 * steps
    broken[np.flatnonzero(steps == 0)[0]] = 1
    assert exact_multiple(*columns(clicks=steps, views=broken)) == ""


def hours(**values: np.ndarray) -> pd.DataFrame:
    times = pd.date_range("2024-01-01", periods=672, freq="h")
    return pd.DataFrame({"time": times, **values})


def test_a_multiple_in_the_file_is_the_same_number_twice() -> None:
    clicks = np.random.default_rng(0).poisson(30, 672).astype(float)
    frame = correlate(
        make_traffic(hours(clicks=clicks, revenue=1.7 * clicks), "hour"), "hour"
    ).frame
    assert frame["verdict"].tolist() == [SAME_NUMBER]
    assert frame["link"].tolist() == ["revenue is exactly 1.7 times clicks in every row"]
    assert frame["p_value"].isna().all()


def visits(seed: int) -> dict[str, np.ndarray]:
    """Visits with nothing special; the clicks know nothing of them."""
    rng = np.random.default_rng(seed)
    sessions = rng.poisson(30 * np.exp(0.4 * rng.normal(size=672)))
    return {"sessions": sessions, "revenue": rng.gamma(40, 1, 672)}


def test_a_ratio_falls_when_what_it_is_divided_by_rises() -> None:
    """Revenue has nothing to do with sessions, so revenue per session falls with them."""
    frame = correlate(make_traffic(hours(**visits(0)), "hour"), "hour").frame
    row = frame.set_index(["first", "second"]).loc[("sessions", "revenue_per_session")]
    assert row["r_without_clock"] < -0.5
    assert row["verdict"] == SAME_NUMBER
    assert row["link"].startswith("revenue per session is divided by sessions")


def test_a_ratio_that_rises_with_what_it_is_divided_by_is_a_finding() -> None:
    numbers = visits(1)
    numbers["revenue"] = numbers["sessions"] ** 2 * np.random.default_rng(1).gamma(40, 1, 672)
    frame = correlate(make_traffic(hours(**numbers), "hour"), "hour").frame
    row = frame.set_index(["first", "second"]).loc[("sessions", "revenue_per_session")]
    assert row["verdict"] == STILL_THERE


def test_ratios_over_the_same_count_are_no_finding_by_that_alone() -> None:
    """Key events and revenue know nothing of sessions or of each other (Pearson 1897)."""
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed + 50)
        numbers = visits(seed) | {"key_events": rng.poisson(40, 672)}
        frame = correlate(make_traffic(hours(**numbers), "hour"), "hour").frame
        row = frame.set_index(["first", "second"]).loc[
            ("key_events_per_session", "revenue_per_session")
        ]
        assert row["r"] > 0.2
        found.append(row["verdict"] == STILL_THERE)
    assert sum(found) <= 2
