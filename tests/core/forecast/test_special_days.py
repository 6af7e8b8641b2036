"""Public holidays and notes as flags: the right days, the right periods, one name a thing."""

import re

import numpy as np
import pandas as pd
import pytest

from core.annotations import annotate
from core.errors import NotEnoughData
from core.forecast.special_days import (
    COLUMNS,
    countries,
    events_from_notes,
    flag_events,
    learnable,
    public_holidays,
    unlearnable,
)

DAY, HOUR = 86_400, 3_600


def at(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def events(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame([(name, at(a), at(b)) for name, a, b in rows], columns=list(COLUMNS))


def holiday(country: str, day: str) -> list[str]:
    return public_holidays(country, at(day), at(day))["name"].tolist()


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("DE", "2024-04-01", "Easter Monday"),
        ("DE", "2024-10-03", "German Unity Day"),
        ("US", "2023-11-23", "Thanksgiving Day"),
        ("GB", "2022-09-19", "State Funeral of Queen Elizabeth II"),
        ("FR", "2024-07-14", "National Day"),
        ("JP", "2024-05-05", "Children's Day"),
        ("RU", "2022-03-07", "Day off"),  # "(substituted from 03/05/2022)"
        ("BY", "2024-07-03", "Independence Day of the Republic of Belarus (Day of the Republic)"),
    ],
)
def test_days_and_their_english_names(country, day, name) -> None:
    assert holiday(country, day) == [name]


def test_a_moved_holiday_bears_its_own_name() -> None:
    found = public_holidays("US", at("2022-12-24"), at("2022-12-31"))
    assert found["name"].tolist() == ["Christmas Day", "Christmas Day"]
    assert found["start"].dt.strftime("%d").tolist() == ["25", "26"]


def test_regional_days_and_usual_days_are_none() -> None:
    assert holiday("DE", "2024-05-30") == []  # Corpus Christi: some states only
    assert holiday("DE", "2024-04-02") == []


def test_both_ends_of_the_range_count_and_days_are_whole() -> None:
    found = public_holidays("DE", at("2024-12-25 18:00"), at("2025-01-01 07:00"))
    assert found["name"].tolist() == ["Christmas Day", "Second Day of Christmas", "New Year's Day"]
    assert (found["end"] - found["start"] == pd.Timedelta(days=1)).all()
    assert (found["start"] == found["start"].dt.normalize()).all()


@pytest.mark.parametrize("code", ["", "XX", "de", "DEU", "Germany"])
def test_an_unknown_country_is_refused(code) -> None:
    with pytest.raises(NotEnoughData) as caught:
        public_holidays(code, at("2024-01-01"), at("2024-12-31"))
    assert (caught.value.code, caught.value.params["country"]) == ("country_not_offered", code)


def test_every_country_has_a_readable_name_and_can_be_asked() -> None:
    names = countries()
    assert len(names) == len(set(names.values())) >= 240
    assert all(len(code) == 2 and code.isupper() for code in names)
    assert [name for name in names.values() if re.search("[a-z][A-Z]", name)] == [
        "Heard Island and McDonald Islands"
    ]
    assert list(names)[:2] == ["AF", "AX"]  # Åland stands with A
    for code in list(names)[::10]:
        found = public_holidays(code, at("2024-01-01"), at("2024-12-31"))
        assert list(found) == list(COLUMNS)
        assert not found.duplicated().any()
        assert found.dtypes.iloc[1:].astype(str).tolist() == ["datetime64[us]"] * 2


def test_a_country_without_holidays_gives_an_empty_frame_that_flags_nothing() -> None:
    none = public_holidays("BV", at("2024-01-01"), at("2024-12-31"))
    assert none.empty
    flags = flag_events(pd.date_range("2024-01-01", periods=3), none, step_seconds=DAY)
    assert flags.shape == (3, 0)
    assert learnable(flags, flags) == unlearnable(flags, flags) == []


def test_hours_and_days_are_flagged_where_they_share_time() -> None:
    evening = events(("TV", "2024-04-17 18:30", "2024-04-17 20:00"))
    hours = flag_events(
        pd.date_range("2024-04-17", periods=48, freq="h"), evening, step_seconds=HOUR
    )
    assert hours.index[hours["TV"] == 1].hour.tolist() == [18, 19]  # the end is exclusive
    days = flag_events(pd.date_range("2024-04-16", periods=3), evening, step_seconds=DAY)
    assert days["TV"].tolist() == [0.0, 1.0, 0.0]


def test_a_holiday_covers_its_24_hours_and_no_other() -> None:
    easter = public_holidays("DE", at("2024-04-01"), at("2024-04-01"))
    hours = pd.date_range("2024-03-31", periods=72, freq="h")
    flags = flag_events(hours, easter, step_seconds=HOUR)["Easter Monday"]
    assert flags.dtype == np.float64
    assert flags.sum() == 24
    assert flags.loc["2024-04-01"].eq(1).all()


def test_case_and_space_do_not_make_two_names() -> None:
    sent = events(
        ("Newsletter", "2024-04-02", "2024-04-03"),
        (" newsletter  ", "2024-04-04", "2024-04-05"),
        ("NEWS  LETTER", "2024-04-05", "2024-04-06"),
    )
    flags = flag_events(pd.date_range("2024-04-01", periods=5), sent, step_seconds=DAY)
    assert list(flags) == ["NEWS LETTER", "Newsletter"]
    assert flags["Newsletter"].tolist() == [0.0, 1.0, 0.0, 1.0, 0.0]


def test_events_outside_keep_their_column_so_that_both_sides_match() -> None:
    both = events(("Fair", "2024-04-02", "2024-04-03"), ("Sale", "2024-05-02", "2024-05-03"))
    past = flag_events(pd.date_range("2024-04-01", periods=5), both, step_seconds=DAY)
    ahead = flag_events(pd.date_range("2024-05-01", periods=5), both, step_seconds=DAY)
    assert list(past) == list(ahead) == ["Fair", "Sale"]
    assert (past["Sale"].sum(), ahead["Sale"].sum()) == (0.0, 1.0)
    assert (learnable(past, ahead), unlearnable(past, ahead)) == (["Fair"], ["Sale"])


def test_what_is_always_there_teaches_nothing_and_is_not_missing_either() -> None:
    always = events(("New site", "2024-01-01", "2025-01-01"))
    past = flag_events(pd.date_range("2024-04-01", periods=5), always, step_seconds=DAY)
    ahead = flag_events(pd.date_range("2024-05-01", periods=5), always, step_seconds=DAY)
    assert learnable(past, ahead) == unlearnable(past, ahead) == []


def test_rows_without_name_time_or_length_flag_nothing_and_order_is_irrelevant() -> None:
    odd = pd.DataFrame(
        {
            "name": ["A", "B", "  ", None, "C"],
            "start": [
                at("2024-04-02"),
                pd.NaT,
                at("2024-04-02"),
                at("2024-04-02"),
                at("2024-04-02"),
            ],
            "end": [
                at("2024-04-03"),
                at("2024-04-03"),
                at("2024-04-03"),
                at("2024-04-03"),
                at("2024-04-01"),
            ],
        }
    )
    before = odd.copy()
    times = pd.date_range("2024-04-01", periods=4)
    flags = flag_events(times[::-1], odd, step_seconds=DAY)
    assert list(flags) == ["A"]
    assert flags.sort_index()["A"].tolist() == [0.0, 1.0, 0.0, 0.0]
    pd.testing.assert_frame_equal(odd, before)


def test_notes_become_events_and_meet_holidays_of_the_same_name() -> None:
    notes = [
        annotate("easter monday", at("2023-04-10"), at("2023-04-11")),
        annotate("Fair", at("2023-04-01"), at("2023-04-03")),
    ]
    found = events_from_notes(notes)
    assert found["name"].tolist() == ["Fair", "easter monday"]
    assert events_from_notes([]).empty
    year = public_holidays("DE", at("2024-04-01"), at("2024-04-02"))
    together = pd.concat([year, found])
    days = pd.date_range("2023-04-01", "2024-04-01")
    flags = flag_events(days, together, step_seconds=DAY)
    assert list(flags) == ["Easter Monday", "Fair"]
    assert flags["Easter Monday"].sum() == 2
    assert flags["Fair"].sum() == 2
