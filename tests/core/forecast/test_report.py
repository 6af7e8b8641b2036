"""Measures of a replay for people, against a slow loop."""

import numpy as np
import pandas as pd
import pytest

from core.forecast import Accuracy
from core.forecast.report import daily_wape, is_total_doubtful


def replay(step: str, lengths: tuple[int, ...]) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    parts = []
    for fold, length in enumerate(lengths):
        times = pd.date_range("2024-01-01 15:00", periods=length, freq=step)
        counts = {"actual": rng.poisson(40, length), "mean": rng.uniform(30, 50, length)}
        parts.append(pd.DataFrame({"fold": fold, "time": times + pd.Timedelta(days=fold)} | counts))
    return pd.concat(parts, ignore_index=True)


def slow(backtest: pd.DataFrame) -> float:
    """Day by day: 24 hours from the first hour of each fold."""
    missed = counted = 0.0
    for fold in set(backtest["fold"]):
        rows = backtest[backtest["fold"] == fold]
        start = min(rows["time"])
        days: dict[int, list[float]] = {}
        for row in rows.itertuples():
            day = (row.time - start).days
            sums = days.setdefault(day, [0.0, 0.0])
            sums[0] += row.actual
            sums[1] += row.mean
        missed += sum(abs(said - actual) for actual, said in days.values())
        counted += sum(actual for actual, _ in days.values())
    return missed / counted


@pytest.mark.parametrize("step", ["h", "D", "7D"])
def test_days_are_added_up_as_by_hand(step) -> None:
    table = replay(step, (48, 30, 100))
    assert daily_wape(table) == pytest.approx(slow(table))
    holes = table.drop(index=range(3, 20))
    assert daily_wape(holes) == pytest.approx(slow(holes))


def test_hours_that_cancel_out_are_no_miss_of_a_day() -> None:
    table = replay("h", (24,)).assign(actual=10.0, mean=[12.0, 8.0] * 12)
    assert daily_wape(table) == 0


def test_nothing_counted_has_no_share() -> None:
    assert np.isnan(daily_wape(replay("D", (5,)).assign(actual=0.0)))


@pytest.mark.parametrize(("held", "is_doubtful"), [(3, True), (4, False), (7, False)])
def test_three_of_seven_totals_are_too_few_for_four_in_five(held, is_doubtful) -> None:
    accuracy = Accuracy(7, 0.1, 0.9, 0.0, 0.8, 0.2, 0.5, total_error=0.1, totals_in_band=held)
    assert is_total_doubtful(accuracy, 0.8) == is_doubtful
