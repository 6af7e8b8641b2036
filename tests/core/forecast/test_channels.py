"""Channels that add up, held against the textbook's matrices."""

import numpy as np
import pandas as pd
import pytest

from core.errors import NotEnoughData
from core.forecast import forecast, forecast_channels
from core.forecast.channels import MOST_CHANNELS, OTHERS, _share_out
from tests.simulate_forecasts import daily_site


def table(channels: int = 3, weeks: int = 9) -> pd.DataFrame:
    parts = {
        f"channel {number}": daily_site(number, weeks, mean=900 / (number + 1))
        for number in range(channels)
    }
    return pd.DataFrame(parts)


@pytest.fixture(scope="module")
def made():
    counts = table()
    counts["rare"] = (np.arange(len(counts)) % 9 == 0) * 1.0
    counts["empty"] = 0.0
    return counts, forecast_channels(counts, 14)


def test_means_add_up_in_every_period_and_in_the_replay(made) -> None:
    _, found = made
    sums = sum(result.frame["mean"] for result in found.channels.values())
    np.testing.assert_allclose(sums, found.total.frame["mean"])
    replayed = [result.evidence for result in found.channels.values()]
    past = sum(part.replayed.said[part.method] for part in replayed)
    whole = found.total.evidence
    np.testing.assert_allclose(past, whole.replayed.said[whole.method])
    assert sum(r.total.mean for r in found.channels.values()) == pytest.approx(
        found.total.total.mean
    )


def test_the_total_is_the_forecast_of_all_traffic_by_itself(made) -> None:
    counts, found = made
    alone = forecast(counts.sum(axis=1), 14)
    pd.testing.assert_frame_equal(alone.frame, found.total.frame)


def test_channels_are_sound_and_empty_ones_are_left_out(made) -> None:
    _, found = made
    assert list(found.channels) == ["channel 0", "channel 1", "channel 2", "rare"]
    for result in found.channels.values():
        assert (result.frame["low"] >= 0).all()
        assert (result.frame["low"] <= result.frame["mean"]).all()
        assert (result.frame["mean"] <= result.frame["high"]).all()
        assert "reconciled" in result.caveats


def test_many_small_channels_go_together(monkeypatch) -> None:
    calls = []
    monkeypatch.setattr("core.forecast.channels.gather_evidence", lambda *a, **k: calls.append(a))
    monkeypatch.setattr("core.forecast.channels.reconcile", lambda total, parts: parts)
    monkeypatch.setattr("core.forecast.channels.assemble", lambda evidence, level: evidence)
    found = forecast_channels(table(MOST_CHANNELS + 4), 7)
    assert list(found.channels)[-1] == OTHERS
    assert len(calls) == 1 + MOST_CHANNELS + 1


@pytest.mark.parametrize("seed", range(4))
def test_shares_agree_with_constrained_least_squares(seed: int) -> None:
    """Least change, weighted by 1 / variance, under the one condition that the sum is right."""
    rng = np.random.default_rng(seed)
    means, variances = rng.uniform(50, 100, 4), rng.uniform(1, 9, 4)
    total = means.sum() + rng.normal(0, 20)
    solve = np.block(
        [[np.diag(1 / variances), np.ones((4, 1))], [np.ones((1, 4)), np.zeros((1, 1))]]
    )
    expected = np.linalg.solve(solve, np.append(means / variances, total))[:4]
    names = list("abcd")
    weights = dict(zip(names, variances / variances.sum(), strict=True))
    parts = {name: np.array([mean]) for name, mean in zip(names, means, strict=True)}
    shared = _share_out(np.array([total]), parts, weights)
    np.testing.assert_allclose([shared[name][0] for name in names], expected)


def test_a_channel_is_never_pushed_below_zero_and_the_sum_stays_right() -> None:
    parts = {"a": np.array([1.0]), "b": np.array([9.0])}
    shared = _share_out(np.array([6.0]), parts, {"a": 0.9, "b": 0.1})
    assert shared["a"][0] == 0
    assert shared["b"][0] == pytest.approx(6)


def test_too_little_is_refused_as_for_all_traffic() -> None:
    with pytest.raises(NotEnoughData, match="history_too_short"):
        forecast_channels(table(2, weeks=5), 7)


def test_progress_names_the_channels(monkeypatch) -> None:
    monkeypatch.setattr("core.forecast.channels.gather_evidence", lambda *a, **k: None)
    monkeypatch.setattr("core.forecast.channels.reconcile", lambda total, parts: parts)
    monkeypatch.setattr("core.forecast.channels.assemble", lambda evidence, level: evidence)
    seen: list[tuple[float, str]] = []
    forecast_channels(table(2), 7, on_progress=lambda share, name: seen.append((share, name)))
    assert [name for _, name in seen] == ["", "channel 0", "channel 1", ""]
    assert [share for share, _ in seen] == sorted(share for share, _ in seen)
