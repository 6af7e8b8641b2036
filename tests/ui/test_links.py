"""Links carry filters there and back, and nothing else."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.traffic import make_traffic
from ui.links import LONGEST_NAME, MOST_CHANNELS, Wish, as_params, fit, read_params

NAMES = some.text(min_size=1, max_size=LONGEST_NAME)
HOURS = some.tuples(some.integers(0, 23), some.integers(1, 24)).filter(
    lambda pair: pair[0] < pair[1] and pair != (0, 24)
)


@some.composite
def wishes(draw) -> Wish:
    first, last = sorted(draw(some.tuples(some.dates(), some.dates())))
    return Wish(
        draw(some.sampled_from([first, None])),
        draw(some.sampled_from([last, None])),
        tuple(draw(some.lists(NAMES, unique=True, max_size=4))),
        tuple(sorted(draw(some.sets(some.integers(0, 6))))),
        draw(some.none() | HOURS),
        draw(some.booleans()),
        draw(some.booleans()),
    )


@given(wishes())
@settings(max_examples=100, deadline=None)
def test_a_wish_survives_the_link(wish) -> None:
    assert read_params(as_params(wish)) == wish


VALUES = some.lists(some.text(max_size=20), max_size=4)
KNOWN = some.sampled_from(["from", "to", "channel", "weekday", "hours", "compare", "data", "x"])


@given(some.dictionaries(KNOWN, VALUES))
@settings(max_examples=100, deadline=None)
def test_anything_is_read_without_an_error_and_is_stable(params) -> None:
    wish = read_params(params)
    assert read_params(as_params(wish)) == wish


@pytest.mark.parametrize(
    "params",
    [
        {"from": ["NaT"], "to": ["nan"]},
        {"from": ["2024-02-30"]},
        {"from": ["20240406"]},
        {"from": ["2024-04-12"], "to": ["2024-04-06"]},
        {"from": ["2024-04-06", "2024-04-07"]},
        {"from": ["٢٠٢٤-04-06"]},
        {"hours": ["18-8"]},
        {"hours": ["8-99"]},
        {"hours": ["0-24"]},
        {"hours": ["__import__('os')"]},
        {"weekday": ["<script>", "7", "-1"]},
        {"compare": ["true"]},
        {"channel": ["x" * 1_000_000]},
        {"channel": ["a"] * (MOST_CHANNELS + 1)},
        {"channel": [""]},
        {"data": ["../../etc/passwd"]},
        {"choice_trends_metric": ["sessions"], "source": ["x"]},
    ],
)
def test_what_is_malformed_is_dropped(params) -> None:
    assert read_params(params) == Wish()


def hourly():
    times = pd.date_range("2024-04-06", "2024-04-12 23:00", freq="h")
    frame = pd.DataFrame({"time": times, "channel": "Referral", "sessions": 1.0})
    return make_traffic(frame, "hour")


WANTED = Wish(date(2024, 4, 6), date(2024, 4, 8), ("Referral",), (0,), (8, 18))


def test_what_fits_is_kept_as_it_is() -> None:
    assert fit(WANTED, hourly()) == (WANTED, ())


def test_days_outside_the_file_are_dropped_as_a_whole() -> None:
    fitting, unfit = fit(replace(WANTED, end=date(2024, 4, 13)), hourly())
    assert (fitting.start, fitting.end, unfit) == (None, None, ("dates",))


def test_a_channel_the_file_lacks_is_dropped_and_named() -> None:
    wanted = replace(WANTED, channels=("Referral", "![](https://x)"))
    assert fit(wanted, hourly()) == (WANTED, ("channels",))


def test_a_file_without_time_takes_only_its_channels() -> None:
    timeless = make_traffic(pd.DataFrame({"channel": ["Referral"], "sessions": [1.0]}), "none")
    fitting, unfit = fit(WANTED, timeless)
    assert fitting == Wish(channels=("Referral",))
    assert unfit == ("dates", "weekdays", "hours")


def test_a_link_holds_as_many_channels_as_it_is_read_with_or_none() -> None:
    names = tuple(f"channel {number}" for number in range(MOST_CHANNELS + 1))
    most = Wish(channels=names[:-1])
    assert read_params(as_params(most)) == most
    assert as_params(Wish(channels=names)) == {}
