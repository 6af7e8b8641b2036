"""Exported charts look as they did: shrunk to a thumbnail, so that fonts make no difference.

A picture that is meant to change: delete the stored one, run this test (it fails once and stores
the new one), look at it, and commit it.
"""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageFilter

from ui.charts import trends
from ui.charts.theme import channel_colours
from ui.export import chart_png, for_export

STORED = Path(__file__).with_name("pictures")
SIZE = (160, 90)
CHANGED = 0.3
"""Part of the ink that may differ. Other fonts change letters only; see the last test."""


def lines(colours: dict[str, str] | None = None, names: tuple[str, ...] = ("Direct", "Referral")):
    """Two channels over four weeks, the first and the last day unfinished."""
    times = pd.date_range("2024-01-01", periods=28)
    wave = 100 + 40 * np.sin(np.arange(28) * 2 * np.pi / 7)
    parts = [
        pd.DataFrame({"time": times, "line": name, "value": wave * size, "pace": wave * size})
        for name, size in (("Direct", 2.0), ("Referral", 1.0))
    ]
    table = pd.concat(parts, ignore_index=True).assign(is_complete=True)
    table = table[table["line"].isin(names)]
    colours = colours or channel_colours(["Direct", "Referral"], "light")
    return trends.over_time(table, colours, "day", "light", title="Sessions per day")


PICTURES = {"lines": lines}


def thumbnail(picture: Image.Image) -> np.ndarray:
    small = picture.convert("RGB").resize(SIZE, Image.Resampling.BOX)
    return np.asarray(small.filter(ImageFilter.GaussianBlur(1)), dtype=float)


def changed(picture: Image.Image, stored: Image.Image) -> float:
    """Part of the ink of the stored picture that is not where or what it was."""
    now, then = thumbnail(picture), thumbnail(stored)
    return float(np.abs(now - then).sum() / (255 - then).sum())


def drawn(chart) -> Image.Image:
    page = for_export(chart, title="A finding", subtitle="Sessions", caption="Source")
    return Image.open(io.BytesIO(chart_png(page, scale=1)))


@pytest.mark.parametrize("name", PICTURES)
def test_an_exported_chart_looks_as_stored(name) -> None:
    path = STORED / f"{name}.png"
    picture = drawn(PICTURES[name]())
    if not path.exists():
        STORED.mkdir(exist_ok=True)
        picture.save(path, optimize=True)
        pytest.fail(f"stored {path.name}: look at it, then run again")
    stored = Image.open(path)
    assert picture.width == pytest.approx(stored.width, abs=12)
    assert picture.height == pytest.approx(stored.height, abs=12)
    assert changed(picture, stored) < CHANGED


def test_the_comparison_sees_other_colours_and_a_missing_line() -> None:
    whole = drawn(lines())
    swapped = drawn(lines({"Direct": "#d77b1c", "Referral": "#315fcf"}))
    assert changed(swapped, whole) > CHANGED
    assert changed(drawn(lines(names=("Referral",))), whole) > CHANGED
