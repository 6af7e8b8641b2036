"""Whatever the dialect, what was written is read."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.ingest import Import, read_export
from core.traffic import ALL_CHANNELS
from tests.core.ingest.dialects import COUNTS, DATES, LANGUAGES, Dialect, Rows, make_rows, write

GRAINS = ("hour", "day", "week", "month", "none")
NUMBERS = (
    ("", "."),
    ("", ","),
    (",", "."),
    (".", ","),
    ("\u00a0", ","),
    ("\u202f", ","),
    ("\u2009", "."),
    ("'", "."),
)

dialects = st.builds(
    lambda numbers, **rest: Dialect(thousands=numbers[0], decimal=numbers[1], **rest),
    st.sampled_from(NUMBERS),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "code page")),
    delimiter=st.sampled_from((",", ";", "\t", "|")),
    language=st.sampled_from(LANGUAGES),
    dates=st.sampled_from(tuple(DATES)),
    preamble=st.sampled_from((0, 1, 9)),
    padding=st.sampled_from((0, 3)),
    totals=st.sampled_from(("none", "first", "last")),
    line_end=st.sampled_from(("\n", "\r\n", "\r")),
    is_quoted=st.booleans(),
    order=st.integers(0, 2**32),
)
metric_choices = st.lists(st.sampled_from((*COUNTS[1:], "revenue")), unique=True, max_size=6).map(
    lambda more: ("sessions", *more)
)


def assert_read(result: Import, rows: Rows, grain: str) -> None:
    traffic = result.traffic
    assert traffic.grain == grain
    wanted = {(t, channel or ALL_CHANNELS): counts for (t, channel), counts in rows.items()}
    frame = traffic.frame
    times = [None if grain == "none" else time.to_pydatetime() for time in frame["time"]]
    found = dict(zip(zip(times, frame["channel"], strict=True), frame.index, strict=True))
    assert found.keys() == wanted.keys()
    metrics = next(iter(wanted.values()))
    assert set(traffic.exported) == set(metrics)
    for name in metrics:
        values = frame[name].to_numpy()[[found[key] for key in wanted]]
        assert np.allclose(values, [counts[name] for counts in wanted.values()], rtol=1e-9, atol=0)
    assert grain == "none" or frame["time"].isin(traffic.times).all()


@settings(max_examples=150, deadline=None)
@given(
    dialects,
    st.sampled_from(GRAINS),
    st.booleans(),
    metric_choices,
    st.integers(0, 2**32),
)
def test_what_was_written_in_any_dialect_is_read(dialect, grain, has_channels, metrics, seed):
    rows = make_rows(seed, grain, has_channels=has_channels or grain == "none", metrics=metrics)
    try:
        data = write(rows, grain, dialect)
    except UnicodeEncodeError:
        assume(False)
    assert_read(read_export(data, "x.csv"), rows, grain)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("grain", GRAINS)
def test_every_language_is_read(language, grain):
    rows = make_rows(len(language), grain, has_channels=True, metrics=(*COUNTS, "revenue"))
    for order in range(5):  # other spellings and another order of the columns
        data = write(rows, grain, Dialect(language=language, preamble=9, order=order))
        assert_read(read_export(data, "x.csv"), rows, grain)
