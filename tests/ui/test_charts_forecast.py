"""Charts of channels ahead, of a rate ahead, of a campaign and of the way to a goal."""

import json

import numpy as np
import pandas as pd
import pytest

from ui.charts import forecast_channels, forecast_plan
from ui.charts.theme import PALETTES, channel_colours, themed
from ui.export import chart_svg, for_export

NAMES = ("Direct", "A channel with a name longer than any phone is wide", '"quoted" <b>', "日本語")
DAYS = pd.date_range("2024-05-01", periods=14)


def expected(names=NAMES, mode="light", *, before: float = 90.0, thin: int = 1):
    means = 100.0 * np.arange(len(names), 0, -1)
    table = pd.DataFrame({"channel": list(names), "mean": means, "low": 0.8 * means})
    is_thin = [place >= len(names) - thin for place in range(len(names))]
    table = table.assign(high=1.2 * means, before=before, is_thin=is_thin, words="100 · 10 %")
    colours = channel_colours(list(names), mode)
    return forecast_channels.expected_by_channel(table, "Sessions", colours, "Before", mode)


def rate(mode="light", *, seen: int = 14, value: float = 0.55):
    before = pd.DataFrame({"time": DAYS - pd.Timedelta(days=14), "value": 0.5}).iloc[:seen]
    said = pd.DataFrame({"time": DAYS, "mean": value, "low": value - 0.05, "high": value + 0.05})
    said = said.assign(low=said["low"].clip(lower=0), high=said["high"].clip(upper=1))
    return forecast_channels.rate_ahead(before, said, "Engagement rate", "day", mode)


def campaign(mode="light", *, days: int = 3, mean: float = 100.0, grain="day"):
    effect = pd.DataFrame({"time": DAYS, "without": mean, "with_campaign": 1.2 * mean})
    effect = effect.assign(low=0.9 * mean, high=1.3 * mean)
    stretch = DAYS[3], DAYS[3] + pd.Timedelta(days=days)
    return forecast_plan.campaign(effect, stretch, "Sessions", grain, mode)


def goal(mode="light", *, wanted: float = 900.0, has_plan: bool = True):
    path = pd.DataFrame({"time": DAYS, "cumulated": 60.0 * np.arange(1, 15)})
    path = path.assign(low=0.9 * path["cumulated"], high=1.1 * path["cumulated"])
    more = path.assign(cumulated=1.1 * path["cumulated"]) if has_plan else None
    return forecast_plan.way_to_goal(
        path, wanted, "Goal: 900", label="Sessions", grain="day", mode=mode, planned=more
    )


CHARTS = {
    "channels": expected,
    "one channel": lambda mode: expected(NAMES[:1], mode, thin=0),
    "channels without a before": lambda mode: expected(mode=mode, before=np.nan),
    "only thin channels": lambda mode: expected(mode=mode, thin=4),
    "rate": rate,
    "rate without a past": lambda mode: rate(mode, seen=0),
    "rate of one": lambda mode: rate(mode, value=1.0),
    "campaign": campaign,
    "campaign of nothing": lambda mode: campaign(mode, mean=0.0),
    "campaign by month": lambda mode: campaign(mode, grain="month"),
    "goal": goal,
    "goal far away": lambda mode: goal(mode, wanted=1e9),
    "goal alone": lambda mode: goal(mode, has_plan=False),
}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", CHARTS)
def test_chart_draws_on_screen_and_for_export(name, mode) -> None:
    chart = CHARTS[name](mode)
    assert b"<svg" in chart_svg(themed(chart, mode))
    picture = for_export(chart, title="A finding", subtitle="Sessions", caption="Source")
    assert b"A finding" in chart_svg(picture)
    assert '"tooltip"' in json.dumps(chart.to_dict())


def layers(chart) -> list[dict]:
    return chart.to_dict()["layer"]


def test_a_thin_channel_is_hollow_and_grey_and_the_others_keep_their_colour() -> None:
    spec = expected().to_dict()
    full, hollow, *_ = spec["layer"]
    assert hollow["mark"]["fillOpacity"] == 0
    assert hollow["mark"]["stroke"] == PALETTES["light"].context
    rows = next(iter(spec["datasets"].values()))
    assert [row["shown"] for row in rows] == [
        *list(channel_colours(NAMES, "light").values())[:3],
        PALETTES["light"].context,
    ]
    assert full["encoding"]["x"]["scale"]["domainMin"] == 0


def test_the_band_of_a_thin_channel_does_not_squeeze_the_others() -> None:
    table = pd.DataFrame(
        {"mean": [100.0, 5.0], "high": [120.0, 9000.0], "before": 90.0, "is_thin": [False, True]}
    )
    assert forecast_channels.furthest(table) == 120
    assert forecast_channels.furthest(table.assign(high=0.0, mean=0.0, before=np.nan)) == 1


def test_bars_and_counts_start_at_zero_and_a_rate_stays_in_its_range() -> None:
    assert layers(campaign())[1]["encoding"]["y"]["scale"] == {"zero": True}
    assert layers(goal())[1]["encoding"]["y"]["scale"]["domain"][0] == 0
    low, high = layers(rate(value=0.99))[1]["encoding"]["y"]["scale"]["domain"]
    assert 0 <= low < 0.5
    assert high == 1


def test_without_is_dashed_and_grey() -> None:
    lines = layers(campaign())[-1]["encoding"]
    assert lines["color"]["scale"]["domain"] == lines["strokeDash"]["scale"]["domain"]
    assert lines["color"]["scale"]["range"][0] == PALETTES["light"].context
    assert lines["strokeDash"]["scale"]["range"][0] == [5, 4]


def test_the_goal_has_room_above_it() -> None:
    domain = layers(goal(wanted=5000))[1]["encoding"]["y"]["scale"]["domain"]
    assert domain[1] > 5000
    assert len(layers(goal(has_plan=False))) == len(layers(goal())) - 1
