"""What a file can answer is said before one goes to a page."""

import pandas as pd
import pytest

from core.capabilities import left_out, missing
from core.ingest import read_export
from core.traffic import Traffic, make_traffic
from tests.builders import DAILY_EXPORT, TIMELESS_EXPORT
from tests.conftest import SAMPLE
from ui import messages

PAGES = ("trends", "correlations", "channels", "forecast", "recommendations")


@pytest.fixture(scope="module")
def sample() -> Traffic:
    return read_export(SAMPLE.read_bytes()).traffic


def test_the_sample_answers_everything(sample) -> None:
    for page in PAGES:
        assert missing(sample, page) is None
        assert left_out(sample, page) == ()


def test_a_daily_file_has_no_hours() -> None:
    daily = read_export(DAILY_EXPORT).traffic
    assert "peak_hours" in left_out(daily, "trends")
    assert "timing" in left_out(daily, "recommendations")


def test_a_file_without_dates_shows_no_change() -> None:
    timeless = read_export(TIMELESS_EXPORT).traffic
    assert missing(timeless, "trends").code == "no_time"
    assert {"change", "mix_over_time"} <= set(left_out(timeless, "channels"))


@pytest.mark.parametrize(("days", "is_full"), [(55, False), (56, True)])
def test_a_full_forecast_needs_eight_weeks_of_days(days, is_full) -> None:
    frame = pd.DataFrame(
        {"time": pd.date_range("2024-01-01", periods=days), "sessions": [100.0] * days}
    )
    lacks = left_out(make_traffic(frame, "day"), "forecast")
    assert ("full_forecast" not in lacks) is is_full
    assert "by_channel" in lacks


def test_every_part_has_words() -> None:
    poor = make_traffic(
        pd.DataFrame({"time": pd.date_range("2024-01-01", periods=3), "events": [1.0] * 3}), "day"
    )
    for page in PAGES:
        assert messages.parts(left_out(poor, page)).strip()
