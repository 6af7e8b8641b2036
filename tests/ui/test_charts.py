"""Every chart draws, in both modes, whatever the frame holds."""

import json

import numpy as np
import pandas as pd
import pytest

from core.correlations import correlate
from core.recommendations.model import STRENGTHS
from tests.builders import hourly_traffic
from ui.charts import channels, correlations, forecast, recommendations, trends
from ui.charts.theme import channel_colours, themed
from ui.export import chart_png, chart_svg, for_export

LONG = "A channel with a name that goes on and on, longer than any screen is wide " * 2
NAMES = ("Direct", LONG, '"quoted" <b>', "日本語", "O'Neill & Söhne")


def over_time(rows: int = 20, **options):
    table = pd.DataFrame(
        {
            "time": pd.date_range("2024-01-01", periods=rows, freq="D"),
            "sessions": np.arange(rows, dtype=float),
            "users": np.nan,
            "is_complete": [False] + [True] * (rows - 1),
        }
    )
    labels = {"sessions": "Sessions", "users": "User-days"}
    return trends.over_time(table, labels, "day", "light", **options)


def volume(names=NAMES):
    table = pd.DataFrame({"channel": list(names), "sessions": 5.0, "users": 0.0})
    return channels.volume(table, {"sessions": "Sessions", "users": "Users"}, "light")


def intervals(names=NAMES, mode="light"):
    table = pd.DataFrame(
        {
            "channel": list(names),
            "n": 100.0,
            "value": 0.5,
            "low": [np.nan] * (len(names) - 1) + [0.4],
            "high": [np.nan] * (len(names) - 1) + [0.6],
            "verdict": ["too little data"] + ["better"] * (len(names) - 1),
        }
    )
    colours = channel_colours(NAMES, mode)
    return channels.intervals(table, "engagement_rate", 0.5, colours, mode)


def matrix():
    result = correlate(hourly_traffic({"A": 0.5}, days=3), "rows")
    labels = {key: f"{key} {LONG}" for key in result.pearson}
    return correlations.matrix(result.pearson, labels, "dark")


def pairs(verdict="still there"):
    table = pd.DataFrame(
        {
            "pair": list(NAMES),
            "r": 0.5,
            "low": 0.3,
            "high": 0.6,
            "r_without_clock": np.nan,
            "verdict": verdict,
        }
    )
    return correlations.pairs(table, "light")


def said(rows: int = 24):
    times = pd.date_range("2024-01-01", periods=rows, freq="h")
    values = {"mean": 5.0, "low": 0.0, "high": 9.0, "actual": 4.0, "value": 4.0}
    return pd.DataFrame({"time": times} | values)


def hours(highlighted):
    table = pd.DataFrame({"hour": range(24), "value": 5.0, "low": np.nan, "high": np.nan, "n": 4})
    return trends.hours_of_day(table, highlighted, "Sessions", "dark")


CHARTS = {
    "over time": over_time,
    "over time, one row": lambda: over_time(1),
    "over time, period before": lambda: over_time(
        previous=pd.DataFrame(
            {
                "time": pd.date_range("2024-01-01", periods=3),
                "sessions": 1.0,
                "users": 1.0,
                "is_complete": True,
            }
        )
    ),
    "rhythm": lambda: trends.rhythm(
        pd.DataFrame({"weekday": [0, 6], "hour": [0, 23], "value": [1.0, 0.0], "n": [4, 4]}),
        "Sessions",
    ),
    "hours of day": lambda: hours({18, 19}),
    "hours of day, none meant": lambda: hours(set()),
    "stood out": lambda: trends.stood_out(
        pd.DataFrame({"name": list(NAMES), "actual": 5.0, "expected": 2.0}), "Sessions", "light"
    ),
    "volume": volume,
    "volume, one channel": lambda: volume(NAMES[:1]),
    "volume, thirty channels": lambda: volume([f"Channel {n}" for n in range(30)]),
    "intervals": intervals,
    "intervals, dark": lambda: intervals(mode="dark"),
    "matrix": matrix,
    "pairs": pairs,
    "pairs, none a finding": lambda: pairs("cannot tell"),
    "forecast": lambda: forecast.ahead(said(), said(), "Sessions", "light"),
    "replay": lambda: forecast.replayed(said(), "Sessions", "dark"),
    "at stake": lambda: recommendations.at_stake(
        pd.DataFrame(
            {
                "name": list(NAMES),
                "impact": [5.0, 0.0, 1.0, 2.0, 3.0],
                "impact_unit": "sessions a week",
                "strength": [*STRENGTHS, *STRENGTHS[:2]],
            }
        ),
        "light",
    ),
}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", CHARTS)
def test_chart_draws_on_screen_and_for_export(name, mode) -> None:
    chart = CHARTS[name]()
    assert b"<svg" in chart_svg(themed(chart, mode))
    picture = for_export(chart, title="A finding", subtitle="Sessions", caption="Source")
    assert b"A finding" in chart_svg(picture)


def test_a_picture_is_a_png() -> None:
    picture = for_export(volume(), title="A finding", subtitle="", caption="")
    assert chart_png(picture, scale=1).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", CHARTS)
def test_everything_drawn_can_be_read_on_hover(name) -> None:
    assert '"tooltip"' in json.dumps(themed(CHARTS[name](), "light").to_dict())


def test_a_channel_keeps_its_colour_when_others_are_filtered_out() -> None:
    whole, part = (
        {
            row["channel"]: row["shown"]
            for rows in spec["datasets"].values()
            for row in rows
            if "shown" in row
        }
        for spec in (intervals().to_dict(), intervals(NAMES[3:]).to_dict())
    )
    assert part[NAMES[4]] == whole[NAMES[4]]


def test_too_little_data_is_grey() -> None:
    spec = intervals().to_dict()
    rows = [row for rows in spec["datasets"].values() for row in rows if "shown" in row]
    greys = {row["shown"] for row in rows if row["verdict"] == "too little data"}
    assert greys == {"#868e98"}
