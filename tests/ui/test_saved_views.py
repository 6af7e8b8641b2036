"""A view that was saved comes back as it was; whatever else is in the file does nothing."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ExportError
from ui.links import Wish
from ui.saved_views import FORMAT, MAX_BYTES, SavedView, as_json, read_view, take_out

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(
    days=st.lists(DAYS, min_size=2, max_size=2).map(sorted),
    channels=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50),
        max_size=5,
        unique=True,
    ),
    weekdays=st.sets(st.integers(0, 6)),
    compare=st.booleans(),
)
def test_what_was_saved_comes_back(days, channels, weekdays, compare):
    wish = Wish(*days, tuple(channels), tuple(sorted(weekdays)), (8, 18), compare)
    assert read_view(as_json(SavedView("channels", wish))) == SavedView("channels", wish)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"1",
        b"null",
        b'{"format": "else"}',
        b"[" * 50_000,
        b"NaN",
        b"x" * (MAX_BYTES + 1),
    ],
)
def test_another_file_is_no_view(data):
    assert read_view(data) is None


def view(**content: object) -> SavedView | None:
    return read_view(json.dumps({"format": FORMAT, "version": 1} | content).encode())


@pytest.mark.parametrize(
    "filters",
    [
        None,
        [],
        "from",
        {"from": "2024-04-06"},
        {"from": ["2024-13-45"]},
        {"from": [["2024-04-06"]]},
        {"from": ["2024-05-01"], "to": ["2024-04-01"]},
        {"hours": ["18-8"]},
        {"weekday": ["__import__('os')"]},
        {"source": ["x"]},
    ],
)
def test_filters_that_make_no_sense_are_dropped(filters):
    assert view(page="trends", filters=filters) == SavedView("trends", Wish())


def test_a_page_that_is_no_text_is_none():
    assert view(page=["trends"]) == SavedView("", Wish())


def test_another_version_is_said():
    data = json.dumps({"format": FORMAT, "version": 2}).encode()
    with pytest.raises(ExportError, match="view_other_version"):
        read_view(data)


def test_a_view_is_found_among_exports():
    saved = as_json(SavedView("trends", Wish(weekdays=(0,))))
    found, others = take_out([("a.csv", b"x"), ("View.JSON", saved), ("b.json", b"{}")])
    assert found == SavedView("trends", Wish(weekdays=(0,)))
    assert [name for name, _ in others] == ["a.csv", "b.json"]
