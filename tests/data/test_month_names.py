"""The names of months: none with two meanings, and written as people write them."""

import csv
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from core.ingest.times import parse_times

NAMES = Path(__file__).parents[2] / "data" / "month_names.csv"
WRITTEN = {
    "5 Mar 2024": 3,
    "March 5, 2024": 3,
    "5. März 2024": 3,
    "5 févr. 2024": 2,
    "5 août 2024": 8,
    "5 de enero de 2024": 1,
    "5 de jun. de 2024": 6,
    "5 maggio 2024": 5,
    "5 mei 2024": 5,
    "5 października 2024": 10,
    "5. září 2024": 9,
    "5 мая 2024 г.": 5,
    "5 Ağustos 2024": 8,
}


def test_a_name_means_one_month() -> None:
    months = defaultdict(set)
    with NAMES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            months[row["name"]].add(row["month"])
    assert len(months) > 150
    assert {name for name, numbers in months.items() if len(numbers) > 1} == set()


@pytest.mark.parametrize("text", WRITTEN)
def test_a_date_is_read_as_people_write_it(text) -> None:
    found = parse_times(pd.Series([text])).values
    assert found.tolist() == [pd.Timestamp(2024, WRITTEN[text], 5)]
