"""The palette is measured, not believed; the settings of the app repeat it exactly."""

import itertools
import re
import tomllib
from pathlib import Path
from typing import get_args

import altair as alt
import numpy as np
import pandas as pd
import pytest
from colorspacious import cspace_convert

from ui import export
from ui.charts import channels, trends
from ui.charts.theme import PALETTES, Mode, Palette, channel_colours, themed

MODES = get_args(Mode)
VISIONS = ("normal", "deuteranomaly", "protanomaly", "tritanomaly")
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


@pytest.fixture
def palette(mode) -> Palette:
    return PALETTES[mode]


@pytest.fixture(scope="module")
def settings():
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


# --- Measuring ------------------------------------------------------------------------------


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = rgb(colour)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def appearance(colour: str, vision: str) -> np.ndarray:
    """CAM02-UCS coordinates of a colour as a person with this vision sees it."""
    seen = rgb(colour)
    if vision != "normal":
        space = {"name": "sRGB1+CVD", "cvd_type": vision, "severity": 100}
        seen = np.clip(cspace_convert(seen, space, "sRGB1"), 0, 1)
    return cspace_convert(seen, "sRGB1", "CAM02-UCS")


def distance(one: str, other: str, vision: str) -> float:
    return float(np.linalg.norm(appearance(one, vision) - appearance(other, vision)))


def hue(colour: str) -> float:
    return float(cspace_convert(rgb(colour), "sRGB1", "JCh")[2])


def test_the_measures_agree_with_known_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert distance("#ff0000", "#ff0000", "normal") == 0
    assert distance("#d62728", "#2ca02c", "deuteranomaly") < distance(
        "#d62728", "#2ca02c", "normal"
    )


# --- Palette --------------------------------------------------------------------------------


@pytest.mark.parametrize("vision", VISIONS)
def test_any_two_categorical_colours_stay_apart(palette, vision):
    pairs = itertools.combinations(palette.categorical, 2)
    assert min(distance(a, b, vision) for a, b in pairs) >= 15


@pytest.mark.parametrize("vision", VISIONS)
def test_the_grey_of_the_rest_is_not_taken_for_a_channel(palette, vision):
    assert min(distance(palette.context, c, vision) for c in palette.categorical) >= 12


@pytest.mark.parametrize("vision", VISIONS)
def test_better_and_worse_stay_apart(palette, vision):
    assert distance(palette.positive, palette.negative, vision) >= 15


def test_colours_stand_out_from_the_page(palette):
    page = palette.background
    assert len(set(palette.categorical)) == 7
    assert min(contrast(c, page) for c in palette.categorical) >= 3
    assert contrast(palette.context, page) >= 3
    text = (palette.text, palette.muted, palette.positive, palette.negative)
    assert min(contrast(c, page) for c in text) >= 4.5
    assert contrast(palette.grid, page) < 1.5


def test_a_channel_keeps_its_hue_between_light_and_dark():
    for light, dark in zip(*(PALETTES[m].categorical for m in MODES), strict=True):
        turn = abs(hue(light) - hue(dark))
        assert min(turn, 360 - turn) < 25


def test_series_colours_are_two_of_the_seven(palette):
    assert palette.primary == palette.categorical[0]
    assert palette.secondary in palette.categorical[1:]


def test_a_larger_amount_stands_out_more(palette):
    ratios = [contrast(c, palette.background) for c in palette.sequential]
    assert len(ratios) == 10
    assert ratios == sorted(ratios)
    assert ratios[-1] > 10


@pytest.mark.parametrize("vision", VISIONS)
def test_sequential_steps_are_seen_and_even(palette, vision):
    lightness = [appearance(c, vision)[0] for c in palette.sequential]
    steps = np.abs(np.diff(lightness))
    assert steps.min() > 4
    assert steps.max() < 2 * steps.min()


def test_diverging_is_balanced_round_a_neutral_middle(palette):
    ratios = [contrast(c, palette.background) for c in palette.diverging]
    middle = len(ratios) // 2
    assert len(ratios) == 11
    assert ratios[middle] == min(ratios) < 1.5
    assert np.ptp(rgb(palette.diverging[middle])) < 0.03
    assert ratios[middle:] == sorted(ratios[middle:])
    assert ratios[middle::-1] == sorted(ratios[middle::-1])
    assert ratios == pytest.approx(ratios[::-1], rel=0.15)


# --- Channels -------------------------------------------------------------------------------

CHANNELS = ["Organic Social", "Direct", "Unassigned", "Referral", "Email", "SMS", "Paid", "Video"]


def test_the_six_largest_have_their_own_colour_and_the_rest_is_grey(mode, palette):
    colours = channel_colours(CHANNELS, mode)
    real = [name for name in CHANNELS if name != "Unassigned"]
    assert list(colours) == CHANNELS
    assert [colours[name] for name in real[:6]] == list(palette.categorical[:6])
    assert {colours[name] for name in real[6:]} == {palette.context}


@pytest.mark.parametrize("name", ["Unassigned", "(other)", "(not set)"])
def test_faults_of_tagging_are_grey_and_use_up_no_colour(mode, palette, name):
    colours = channel_colours([name, "Direct"], mode)
    assert colours == {name: palette.context, "Direct": palette.categorical[0]}


def test_a_file_without_channels_is_drawn_in_the_primary_colour(mode, palette):
    assert channel_colours(["(all)"], mode) == {"(all)": palette.primary}


def test_filtering_changes_no_colour_while_the_full_list_is_passed(mode):
    everywhere = channel_colours(CHANNELS, mode)
    shown = {name: everywhere[name] for name in ("Referral", "Video")}
    assert shown == {n: c for n, c in channel_colours(CHANNELS, mode).items() if n in shown}
    assert shown["Referral"] != channel_colours(["Referral"], mode)["Referral"]


def test_no_channels_and_repeated_channels(mode, palette):
    assert channel_colours([], mode) == {}
    assert channel_colours(["A", "A", "B"], mode) == dict(
        zip("AB", palette.categorical, strict=False)
    )


# --- Look -----------------------------------------------------------------------------------


def bars() -> alt.Chart:
    frame = pd.DataFrame({"channel": ["Direct", "Email"], "sessions": [3, 4]})
    return alt.Chart(frame).mark_bar().encode(x="sessions:Q", y="channel:N", color="channel:N")


CHARTS = {
    "single": bars,
    "layer": lambda: bars() + bars().mark_text().encode(text="sessions:Q"),
    "hconcat": lambda: bars() | bars(),
    "vconcat": lambda: bars() & bars(),
    "concat": lambda: alt.concat(bars(), bars(), columns=1),
    "facet": lambda: bars().facet("channel:N", columns=2),
}


@pytest.mark.parametrize("kind", CHARTS)
def test_every_kind_of_chart_takes_the_look_and_stays_valid(kind, mode, palette):
    chart = CHARTS[kind]()
    dressed = themed(chart, mode)
    config = dressed.to_dict()["config"]  # validates against the Vega-Lite schema
    assert type(dressed) is type(chart)
    assert chart.config is alt.Undefined
    assert config["background"] == "transparent"
    assert config["range"]["category"] == list(palette.categorical)
    assert config["range"]["heatmap"] == list(palette.sequential)
    assert config["axis"]["labelColor"] == palette.muted


def test_the_grid_runs_along_amounts_only(mode):
    config = themed(bars(), mode).to_dict()["config"]
    assert config["axis"]["grid"] is False
    assert config["axisYQuantitative"]["grid"] is True


# --- Settings of the app --------------------------------------------------------------------


def test_settings_repeat_the_palette(settings, mode, palette):
    theme = settings["theme"][mode]
    middle = len(palette.diverging) // 2
    assert theme["backgroundColor"] == palette.background
    assert theme["textColor"] == theme["sidebar"]["textColor"] == palette.text
    assert theme["linkColor"] == palette.primary
    assert theme["greenColor"] == palette.positive
    assert theme["redColor"] == palette.negative
    assert theme["chartCategoricalColors"] == list(palette.categorical)
    assert theme["chartSequentialColors"] == list(palette.sequential)
    assert theme["chartDivergingColors"] == [
        *palette.diverging[:middle],
        *palette.diverging[middle + 1 :],
    ]


def test_the_accent_is_a_blue_of_ours_that_white_words_can_be_read_on(settings, mode, palette):
    theme = settings["theme"][mode]
    accent = theme["primaryColor"]
    assert accent == theme["sidebar"]["primaryColor"]
    assert accent in (palette.primary, *palette.sequential)
    assert contrast(accent, "#ffffff") >= 4.5
    assert contrast(accent, palette.background) >= 3


def test_words_can_be_read_on_every_surface(settings, mode, palette):
    theme = settings["theme"][mode]
    surfaces = [
        part[key]
        for part in (theme, theme["sidebar"])
        for key in ("backgroundColor", "secondaryBackgroundColor")
    ]
    assert min(contrast(palette.muted, surface) for surface in surfaces) >= 4.5


CAPTION = 0.6
"""Streamlit draws captions and small labels at this part of the text colour."""


def faded(colour: str, surface: str) -> str:
    mixed = CAPTION * rgb(colour) + (1 - CAPTION) * rgb(surface)
    return "#" + "".join(f"{round(part * 255):02x}" for part in mixed)


def test_captions_can_be_read_on_every_surface(settings, mode):
    theme = settings["theme"][mode]
    for part in (theme, theme["sidebar"]):
        for key in ("backgroundColor", "secondaryBackgroundColor"):
            surface = part[key]
            assert contrast(faded(part["textColor"], surface), surface) >= 4.5


def test_no_look_of_ours_moves():
    """Nobody who asked for less motion gets any from us."""
    sources = [*(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    moving = re.compile(r"@keyframes|animation\s*:|transition\s*:|st\.(balloons|snow)\(")
    assert [path.name for path in sources if moving.search(path.read_text("utf-8"))] == []


def drawn_by_channel(colours: dict[str, str], mode: Mode) -> dict[str, alt.TopLevelMixin]:
    """The charts of the page that show channels, of the same two channels."""
    names = list(colours)
    times = pd.date_range("2024-01-01", periods=4)
    over_time = pd.DataFrame({"time": [*times, *times], "line": np.repeat(names, 4)})
    over_time = over_time.assign(value=3.0, is_complete=True, pace=3.0)
    typical = {"low": 0.4, "high": 0.6, "n": 900.0, "numerator": 450.0, "is_judged": True}
    rates = pd.DataFrame({"channel": names, "value": [0.45, 0.55]}).assign(**typical)
    return {
        "over time": trends.over_time(over_time, colours, "day", mode, title="Sessions"),
        "map": channels.quality_map(
            rates.assign(place="large, above"),
            "engagement_rate",
            colours,
            mode,
            overall=0.5,
            border=500.0,
        ),
    }


def test_a_channel_has_one_colour_in_every_chart_and_picture(mode):
    colours = {name: channel_colours(CHANNELS, mode)[name] for name in ("Referral", "Video")}
    for name, chart in drawn_by_channel(colours, mode).items():
        picture = export.chart_svg(themed(chart, mode)).decode()
        for colour in colours.values():
            assert colour in picture, name


def test_settings_are_known_to_streamlit(settings):
    config = pytest.importorskip("streamlit.config")

    def names(table, prefix):
        for key, value in table.items():
            name = f"{prefix}.{key}"
            yield from names(value, name) if isinstance(value, dict) else [name]

    known = set(config.get_config_options())
    ours = {n for section, table in settings.items() for n in names(table, section)}
    assert ours <= known


def test_the_app_tells_nobody_and_shows_no_code(settings):
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"
    assert "://" not in (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
