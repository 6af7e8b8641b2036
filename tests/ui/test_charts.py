"""Every chart draws, in both modes, whatever the frame holds."""

import html
import json
import re

import numpy as np
import pandas as pd
import pytest

from core.forecast import Total, odds_curve
from ui.charts import channels, events, forecast, recommendations, rhythm, trends
from ui.charts.notes import with_notes
from ui.charts.theme import PALETTES, channel_colours, themed
from ui.export import chart_png, chart_svg, for_export

LONG = "A channel with a name that goes on and on, longer than any screen is wide " * 2
NAMES = ("Direct", LONG, '"quoted" <b>', "日本語", "O'Neill & Söhne")


def series(rows: int = 20, names=NAMES[:2], **changed):
    """Lines over time, the first and the last period unfinished."""
    times = pd.date_range("2024-01-01", periods=rows, freq="D")
    parts = []
    for name in names:
        part = pd.DataFrame({"time": times, "line": name, "value": np.arange(rows) + 4.0})
        part["is_complete"] = [number not in (0, rows - 1) for number in range(rows)]
        parts.append(part.assign(pace=part["value"] * np.where(part["is_complete"], 1, 2)))
    return pd.concat(parts, ignore_index=True).assign(**changed)


def over_time(table=None, mode="light", grain="day", **options):
    table = series() if table is None else table
    names = list(dict.fromkeys(table["line"]))
    colours = channel_colours(names, mode)
    return trends.over_time(table, colours, grain, mode, title="Sessions per day", **options)


def marks(kinds=("spike", "dip")):
    times = pd.date_range("2024-01-05", periods=len(kinds), unit="s")
    return pd.DataFrame({"time": times, "value": 5.0, "kind": list(kinds), "words": LONG})


def notes(count: int = 2):
    starts = pd.date_range("2024-01-03", periods=count, unit="s")
    table = pd.DataFrame({"start": starts, "end": starts + pd.Timedelta(days=2)})
    return table.assign(letter=list("AB"[:count]), note=LONG, when="Wed 3 Jan 2024")


def events_table(names=NAMES):
    return pd.DataFrame({"name": list(names), "actual": 5.0, "expected": 2.0})


def level(rows: int = 20):
    times = pd.date_range("2024-01-01", periods=rows)
    return events.level(
        pd.DataFrame({"time": times, "value": 3.0, "level": 3.0}), "Sessions a day", "light"
    )


def count_parts(effects=(5.0, -3.0, 0.0, 2.0, np.nan)):
    table = pd.DataFrame({"channel": NAMES[: len(effects)], "effect": list(effects)})
    return table.assign(actual=9.0, expected=np.nan)


def ratio_parts():
    table = pd.DataFrame({"channel": list(NAMES), "mix": 0.02, "within": -0.05})
    return table.assign(effect=-0.03, actual=0.5, expected=np.nan)


def week(values=None, is_thin=False):
    places = pd.MultiIndex.from_product([range(7), range(24)], names=["weekday", "hour"])
    table = places.to_frame(index=False)
    return table.assign(value=np.arange(168.0) if values is None else values, n=4, is_thin=is_thin)


def stretches(names=NAMES):
    table = pd.DataFrame({"name": list(names), "difference": 0.5, "low": 0.2, "high": 0.8})
    return table.assign(is_high=[True] + [False] * (len(names) - 1), seen="7 of 8 weeks")


def volume(names=NAMES):
    table = pd.DataFrame({"channel": list(names), "share": 0.5, "low": np.nan, "high": np.nan})
    table.loc[0, ["low", "high"]] = 0.4, 0.6
    return channels.volume(table.assign(left=5.0), "Sessions", names[0], {}, "light")


def intervals(names=NAMES, mode="light", **more):
    table = pd.DataFrame(
        {
            "channel": list(names),
            "n": 100.0,
            "value": 0.5,
            "low": [np.nan] * (len(names) - 1) + [0.4],
            "high": [np.nan] * (len(names) - 1) + [0.6],
            "verdict": ["too little data"] + ["better"] * (len(names) - 1),
        }
    ).assign(**more)
    colours = channel_colours(NAMES, mode)
    return channels.intervals(table, "engagement_rate", 0.5, colours, mode)


def quality_map(names=NAMES):
    table = pd.DataFrame({"channel": list(names), "n": [10.0**n for n in range(len(names))]})
    table = table.assign(value=0.5, low=0.4, high=0.6, numerator=table["n"] / 2, place="small")
    table["n"] = table["n"].clip(upper=1e7)
    table["is_judged"] = table["n"] > 1
    colours = channel_colours(names, "dark")
    return channels.quality_map(
        table, "engagement_rate", colours, "dark", overall=0.5, border=500.0
    )


def growth(metric, names=NAMES):
    table = pd.DataFrame({"channel": list(names), "current": 5.0, "previous": 4.0, "change": 0.25})
    table = table.assign(low=0.1, high=0.4, n=9.0, p_value=0.01, verdict="rose")
    table.loc[0, ["low", "high", "verdict"]] = np.nan, np.nan, "too little data"
    return channels.growth(table, metric, channel_colours(names, "light"), "light")


def mix():
    places = pd.MultiIndex.from_product([["1 Jan", "2 Jan"], NAMES], names=["period", "channel"])
    table = places.to_frame(index=False).assign(share=1 / len(NAMES), value=9.0)
    table["is_complete"] = table["period"] == "1 Jan"
    return channels.mix(table, "Sessions", channel_colours(NAMES, "light"), "light")


def rhythms_of(parts):
    places = pd.MultiIndex.from_product([NAMES, range(parts)], names=["channel", "part"])
    table = places.to_frame(index=False).assign(share=1 / parts, low=np.nan, high=np.nan)
    return channels.rhythms(table, "dark")


def said(rows: int = 24):
    times = pd.date_range("2024-01-01", periods=rows, freq="h")
    values = {"mean": 5.0, "low": 0.0, "high": 9.0, "actual": 4.0, "value": 4.0}
    ends = {"stop": times + pd.Timedelta(hours=1), "is_whole": times > times[0]}
    return pd.DataFrame({"time": times} | values | ends)


def seen(rows: int = 24):
    return said().head(rows)[["time", "value", "stop"]]


def week_parts():
    table = pd.DataFrame({"name": list(NAMES), "difference": 0.1, "low": 0.05, "high": 0.2})
    return table.assign(ahead=np.nan, is_clear=[True] * 4 + [False], n=4)


def chances(mean):
    total = Total(mean=mean, low=mean * 0.8, high=mean * 1.2, scale=0.15, freedom=8.0)
    return forecast.odds(odds_curve(total), mean, "Sessions", "light")


def typical(by, metric):
    table = pd.DataFrame({"name": list(NAMES), "value": 0.5, "low": np.nan, "high": 0.6, "n": 4})
    table = table.assign(is_meant=table["name"] == NAMES[0])
    return recommendations.typical(table, by, metric, "Sessions", "light")


def hours(highlighted):
    table = pd.DataFrame({"hour": range(24), "value": 5.0, "low": np.nan, "high": np.nan, "n": 4})
    return rhythm.hours_of_day(table, highlighted, "Sessions", "dark")


CHARTS = {
    "over time": over_time,
    "over time, one row": lambda: over_time(series(1)),
    "over time, one whole row": lambda: over_time(series(1, is_complete=True)),
    "over time, nothing known": lambda: over_time(series(value=np.nan, pace=np.nan)),
    "over time, many channels": lambda: over_time(series(names=NAMES)),
    "over time, hours": lambda: over_time(grain="hour"),
    "over time, weeks": lambda: over_time(grain="week"),
    "over time, a share": lambda: over_time(series(value=0.5, pace=0.5), unit="share"),
    "over time, money": lambda: over_time(unit="money"),
    "over time, period before": lambda: over_time(
        previous=series(3).assign(was=pd.Timestamp("2023-12-01"))
    ),
    "over time, marked": lambda: over_time(marks=marks()),
    "over time, nothing to mark": lambda: over_time(marks=marks(())),
    "over time, to pick from": lambda: over_time(is_pickable=True),
    "over time, all at once": lambda: with_notes(
        over_time(
            mode="dark",
            marks=marks(),
            is_pickable=True,
            previous=series().assign(was=pd.Timestamp("2023-12-01")),
        ),
        notes(),
        "dark",
    ),
    "over time, one note": lambda: with_notes(over_time(), notes(1), "light"),
    "heat map": lambda: rhythm.heat_map(week(), "sessions", LONG, "light"),
    "heat map, one cell": lambda: rhythm.heat_map(week()[:1], "sessions", "Sessions", "dark"),
    "heat map, all alike": lambda: rhythm.heat_map(week(4.0), "sessions", "Sessions", "light"),
    "heat map, nothing known": lambda: rhythm.heat_map(
        week(np.nan, is_thin=True), "engagement_rate", "Engagement rate", "light"
    ),
    "stretches": lambda: rhythm.blocks(stretches(), "sessions", "light"),
    "stretches of a share": lambda: rhythm.blocks(stretches(), "engagement_rate", "dark"),
    "stretches of a ratio": lambda: rhythm.blocks(stretches(), "events_per_session", "light"),
    "one stretch": lambda: rhythm.blocks(stretches(NAMES[1:2]), "sessions", "light"),
    "hours of day": lambda: hours({18, 19}),
    "hours of day, none meant": lambda: hours(set()),
    "stood out": lambda: events.stood_out(events_table(), "Sessions", "light"),
    "stood out, one": lambda: events.stood_out(events_table(NAMES[1:2]), LONG, "dark"),
    "level": level,
    "level, one day": lambda: level(1),
    "level with notes": lambda: with_notes(level(), notes(), "light"),
    "parts of a count": lambda: events.parts(count_parts(), "sessions", "light"),
    "parts of a count, one": lambda: events.parts(count_parts((4.0,)), "sessions", "dark"),
    "parts of a share": lambda: events.parts(ratio_parts(), "engagement_rate", "light"),
    "parts of a ratio": lambda: events.parts(ratio_parts(), "events_per_session", "dark"),
    "volume": volume,
    "volume, one channel": lambda: volume(NAMES[:1]),
    "volume, thirty channels": lambda: volume([f"Channel {n}" for n in range(30)]),
    "chances": lambda: chances(5000.0),
    "chances of a small total": lambda: chances(2.0),
    "quality map": quality_map,
    "quality map, one channel": lambda: quality_map(NAMES[:1]),
    "quality map, sixty channels": lambda: quality_map([f"Channel {n}" for n in range(60)]),
    "growth of sessions": lambda: growth("sessions"),
    "growth of a rate": lambda: growth("engagement_rate"),
    "growth of time": lambda: growth("engagement_time_per_session"),
    "growth of one channel": lambda: growth("sessions", NAMES[:1]),
    "mix": mix,
    "rhythms of hours": lambda: rhythms_of(24),
    "rhythms of days": lambda: rhythms_of(7),
    "intervals, same hours": lambda: intervals(counted=0.45),
    "intervals": intervals,
    "intervals, dark": lambda: intervals(mode="dark"),
    "forecast, hours": lambda: forecast.ahead(seen(), said(), "Sessions", "hour", "light"),
    "forecast, days": lambda: forecast.ahead(seen(), said(), "Sessions", "day", "light"),
    "forecast, many days": lambda: forecast.ahead(seen(), said(90), "Sessions", "day", "dark"),
    "forecast, no history": lambda: forecast.ahead(seen(0), said(), "Sessions", "month", "dark"),
    "forecast, level only": lambda: forecast.ahead(
        seen(), said(), "Sessions", "day", "light", is_hollow=True
    ),
    "replay": lambda: forecast.replayed(said(), "Sessions", "hour", "dark"),
    "parts of the week": lambda: forecast.parts(week_parts(), "day", "light"),
    "typical hours": lambda: typical("hour", "sessions"),
    "typical weekdays, a rate": lambda: typical("weekday", "engagement_rate"),
    "a marked stretch": lambda: recommendations.marked(
        over_time(), (pd.Timestamp("2024-01-03"), pd.Timestamp("2024-01-09")), "dark"
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


def layers_of(chart) -> list[dict]:
    """Layers, each with its own rows in place of a name for them."""
    spec = chart.to_dict()
    shared = spec.get("data")
    return [
        {**layer, "rows": spec["datasets"][layer.get("data", shared)["name"]]}
        for layer in spec["layer"]
    ]


def is_line(layer: dict, *, is_dashed: bool) -> bool:
    return layer["mark"]["type"] == "line" and ("strokeDash" in layer["mark"]) == is_dashed


def test_an_unfinished_period_is_dotted_and_never_part_of_the_solid_line() -> None:
    layers = layers_of(over_time(series(names=NAMES[:1])))
    (solid,) = (layer for layer in layers if is_line(layer, is_dashed=False))
    (dotted,) = (layer for layer in layers if is_line(layer, is_dashed=True))
    assert solid["encoding"]["y"]["field"] == "whole"
    drawn = [row["whole"] for row in solid["rows"]]
    assert [drawn[0], drawn[-1]] == [None, None]
    assert drawn[1:-1] == [row["value"] for row in solid["rows"]][1:-1]
    pieces = pd.DataFrame(dotted["rows"]).groupby("piece")
    days = {tuple(rows["time"].str[8:10]) for _, rows in pieces}
    assert days == {("01", "02"), ("19", "20")}
    assert dotted["encoding"]["y"]["field"] == "pace"  # where it is heading, not a crash
    assert dotted["encoding"]["detail"]["field"] == "piece"


def test_dots_are_hollow_for_unfinished_periods_only() -> None:
    long = series(100, names=NAMES[:1])
    (dots,) = (layer for layer in layers_of(over_time(long)) if layer["mark"]["type"] == "point")
    assert [row["is_complete"] for row in dots["rows"]] == [False, False]
    hollow = dots["encoding"]["fillOpacity"]
    assert hollow["condition"] == {"test": "datum.is_complete", "value": 1}
    assert hollow["value"] == 0


def test_a_gap_stays_in_the_data_so_that_the_line_breaks() -> None:
    table = series(names=NAMES[:1])
    table.loc[[7, 9], ["value", "pace"]] = np.nan
    layers = layers_of(over_time(table))
    (solid,) = (layer for layer in layers if is_line(layer, is_dashed=False))
    assert len(solid["rows"]) == len(table)
    assert [row["whole"] for row in solid["rows"]][7:10] == [None, 12.0, None]
    assert "impute" not in json.dumps(solid["encoding"])


def test_a_day_between_two_gaps_is_seen_as_a_dot() -> None:
    table = series(100, names=NAMES[:1])
    table.loc[[7, 9], ["value", "pace"]] = np.nan
    (dots,) = (layer for layer in layers_of(over_time(table)) if layer["mark"]["type"] == "point")
    assert [row["time"][:10] for row in dots["rows"]] == ["2024-01-01", "2024-01-09", "2024-04-09"]


def domain(values) -> list[float]:
    chart = rhythm.heat_map(week(values), "sessions", "Sessions", "light")
    scale = chart.to_dict()["layer"][0]["encoding"]["color"]["scale"]
    assert scale["clamp"]
    return scale["domain"]


def test_one_wild_hour_does_not_pale_the_rest_of_the_week() -> None:
    usual = np.random.default_rng(0).uniform(10, 20, 168)
    wild = usual.copy()
    wild[40] = 5000.0
    low, high = domain(wild)
    assert usual.min() <= low < high <= usual.max()
    assert domain(wild) == pytest.approx(domain(usual), abs=1)
    assert domain(np.arange(168.0)) == pytest.approx([0.02 * 167, 0.98 * 167])


def test_cells_too_thin_to_trust_are_marked() -> None:
    thin = np.arange(168) % 5 == 0
    cells, crosses = layers_of(rhythm.heat_map(week(is_thin=thin), "sessions", "S", "light"))
    assert crosses["transform"] == [{"filter": "datum.is_thin"}]
    assert crosses["mark"]["text"] == "×"
    assert [row["is_thin"] for row in crosses["rows"]] == thin.tolist()
    said = {row["is_thin"]: row["trust"] for row in cells["rows"]}
    assert said == {True: "too few to trust", False: "yes"}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_parts_of_a_count_have_one_colour_for_more_and_one_for_less(mode) -> None:
    bars = layers_of(events.parts(count_parts(), "sessions", mode))[0]
    colour = bars["encoding"]["color"]
    assert colour["condition"] == {"test": "datum.effect > 0", "value": PALETTES[mode].primary}
    assert colour["value"] == PALETTES[mode].secondary


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_parts_of_a_ratio_have_one_colour_for_mix_and_one_for_change_within(mode) -> None:
    bars = layers_of(events.parts(ratio_parts(), "engagement_rate", mode))[0]
    scale = bars["encoding"]["color"]["scale"]
    colours = dict(zip(scale["domain"], scale["range"], strict=True))
    assert len(set(colours.values())) == 2
    drawn = pd.DataFrame(bars["rows"])
    named = {"another mix of channels", "change within channels"}
    assert set(drawn["part"]) == set(colours) == named
    sums = drawn.groupby("channel")["effect"].sum()
    assert sums.to_dict() == pytest.approx(dict.fromkeys(NAMES, -0.03))  # nothing left over


def test_channels_stay_in_the_order_given_whatever_they_are_called() -> None:
    bars = layers_of(events.parts(count_parts(), "sessions", "light"))[0]
    assert bars["encoding"]["y"]["sort"] == list(NAMES)


def test_a_chart_without_notes_is_the_same_chart() -> None:
    chart = over_time()
    assert with_notes(chart, notes()[:0], "light") is chart


def test_a_note_is_a_band_behind_and_a_letter_on_top() -> None:
    chart = over_time()
    before = chart.to_dict()
    layers = layers_of(with_notes(chart, notes(), "light"))
    assert chart.to_dict() == before
    assert len(layers) == len(before["layer"]) + 3
    band, letter = layers[0], layers[-1]
    assert band["mark"]["type"] == "rect"
    assert band["encoding"]["x"]["field"] == "start"
    assert band["encoding"]["x2"]["field"] == "end"
    assert letter["mark"]["type"] == "text"
    assert letter["encoding"]["text"]["field"] == "letter"
    assert [row["letter"] for row in letter["rows"]] == ["A", "B"]
    svg = chart_svg(themed(with_notes(chart, notes(), "light"), "light")).decode()
    assert ">A</text>" in svg
    assert ">B</text>" in svg


def test_a_chart_to_pick_from_hears_clicks_and_drags_and_still_becomes_a_picture() -> None:
    chart = with_notes(over_time(is_pickable=True, marks=marks()), notes(), "light")
    selections = {param["name"]: param["select"]["type"] for param in chart.to_dict()["params"]}
    assert selections == {trends.MOMENT: "point", trends.STRETCH: "interval"}
    picture = for_export(chart, title="A finding", subtitle="", caption="")
    assert b"<svg" in chart_svg(picture)
    assert chart_png(picture, scale=1).startswith(b"\x89PNG")


def test_a_click_at_any_height_picks_the_time_under_the_pointer() -> None:
    table = series(names=NAMES)
    chart = over_time(table, is_pickable=True, marks=marks())
    (click,) = (one for one in chart.to_dict()["params"] if one["name"] == trends.MOMENT)
    assert click["select"]["encodings"] == ["x"]
    assert click["select"]["nearest"]
    ring = layers_of(chart)[-1]
    assert len(ring["rows"]) == table["time"].nunique()  # one point a time, whatever its lines
    titles = [entry["title"] for entry in ring["encoding"]["tooltip"]]
    assert titles == ["Time", *NAMES, "Stood out"]
    assert [row["value0"] for row in ring["rows"]] == table["value"][:20].tolist()
    assert [row["words"] == LONG for row in ring["rows"]].count(True) == 2


def test_what_a_whole_period_comes_to_is_not_told_twice() -> None:
    ring = layers_of(over_time(series(names=["A"], is_complete=True), is_pickable=True))[-1]
    assert [entry["title"] for entry in ring["encoding"]["tooltip"]] == ["Time", "A"]
    ring = layers_of(over_time(series(names=["A"]), is_pickable=True))[-1]
    titles = [entry["title"] for entry in ring["encoding"]["tooltip"]]
    assert titles == ["Time", "A", "At this pace"]


def shown_in_tooltips(chart) -> set[str]:
    """Every value that hovering shows and that a chart does not format as a number."""
    layers = [layer for layer in layers_of(chart) if layer["encoding"].get("tooltip")]
    return {
        str(row.get(entry["field"]))
        for layer in layers
        for entry in layer["encoding"]["tooltip"]
        if entry["type"] == "nominal"
        for row in layer["rows"]
    }


def seconds_of(unit: str) -> dict:
    """Charts of values of 2 h 1 min: of time together, and of time a visit."""
    long, time = 7260.0, "engagement_seconds"
    each = {"difference": long, "low": -long, "high": long}
    lines = series(names=["A"], value=long, pace=long)
    days = pd.DataFrame({"time": lines["time"], "value": long, "level": long})
    both = pd.DataFrame({"name": ["A"], "actual": long, "expected": long})
    split = {"actual": long, "expected": long, "mix": long, "within": -long}
    return {
        "over time": lambda: over_time(lines, unit=unit, previous=lines.assign(was=lines["time"])),
        "picked from": lambda: over_time(lines, unit=unit, is_pickable=True),
        "stood out": lambda: events.stood_out(both, "Time", "light", unit),
        "level": lambda: events.level(days, "Time", "light", unit),
        "parts": lambda: events.parts(count_parts((long,)).assign(actual=long), time, "light"),
        "parts of a ratio": lambda: events.parts(
            ratio_parts().assign(**split), "engagement_time_per_session", "light"
        ),
        "week": lambda: rhythm.heat_map(week(np.full(168, long)), time, "Time", "light"),
        "stretches": lambda: rhythm.blocks(
            stretches().assign(**each), "engagement_time_per_session", "light"
        ),
    }


@pytest.mark.parametrize("name", seconds_of("seconds"))
def test_hovering_tells_seconds_as_hours_and_minutes(name) -> None:
    chart = seconds_of("seconds")[name]()
    shown = shown_in_tooltips(chart)
    assert {"2 h 1 min", "+2 h 1 min"} & shown
    assert not {text for text in shown if "7260" in text or text == "None"}
    assert chart_svg(themed(chart, "light"))


def labels_of(chart) -> list[str]:
    """What stands at the ticks of a drawn chart."""
    svg = chart_svg(themed(chart, "light")).decode()
    return [html.unescape(text) for text in re.findall(r">([^<>]+)</text>", svg)]


@pytest.mark.parametrize(
    ("name", "make", "expected"),
    [
        ("counts", lambda: over_time(series(value=8000.0, pace=8000.0)), {"0", "2k", "8k"}),
        ("small counts", lambda: over_time(series(value=0.5, pace=0.5)), {"0", "0.1", "0.5"}),
        (
            "time",
            lambda: over_time(series(value=7200.0, pace=7200.0), unit="seconds"),
            {"0", "30 min", "1.5 h", "2 h"},
        ),
        ("money", lambda: over_time(series(value=2.5, pace=2.5), unit="money"), {"0", "0.5"}),
        ("parts", lambda: events.parts(count_parts(), "sessions", "light"), {"0", "+2", "−2"}),
        (
            "parts of time",
            lambda: events.parts(count_parts((7200.0, -60.0)), "engagement_seconds", "light"),
            {"0", "+30 min", "+2 h"},
        ),
        (
            "parts of a share",
            lambda: events.parts(ratio_parts(), "engagement_rate", "light"),
            {"0", "−2"},
        ),
        (
            "a heat map of time",
            lambda: rhythm.heat_map(
                week(np.arange(168.0) * 60), "engagement_seconds", "Engagement time", "light"
            ),
            {"0", "30 min", "1 h", "2.5 h"},
        ),
        ("stretches", lambda: rhythm.blocks(stretches(), "sessions", "light"), {"0", "+40 %"}),
        ("stood out", lambda: events.stood_out(events_table(), "Sessions", "light"), {"0", "5"}),
        ("level", level, {"0", "3"}),
        ("hours", lambda: hours({18}), {"0", "5"}),
    ],
)
def test_zero_is_zero_on_every_axis(name, make, expected) -> None:
    shown = set(labels_of(make()))
    assert expected <= shown
    assert not {text for text in shown if re.fullmatch(r"[+−-]?0(k|M|%|\.0*| %|m)", text)}
    assert not {"+0", "−0", "-0"} & shown


def test_a_picked_moment_comes_back_as_text_which_has_no_time_zone() -> None:
    layers = layers_of(over_time(series(names=NAMES[:1]), is_pickable=True))
    assert [row["at"] for row in layers[-1]["rows"]][:2] == ["2024-01-01T00:00", "2024-01-02T00:00"]


def test_nothing_can_be_picked_where_the_page_does_not_listen() -> None:
    assert "params" not in over_time().to_dict()


def test_marks_point_up_for_spikes_and_down_for_dips() -> None:
    *_, triangles = layers_of(over_time(marks=marks()))
    scale = triangles["encoding"]["shape"]["scale"]
    shapes = dict(zip(scale["domain"], scale["range"], strict=True))
    assert shapes == {"spike": "triangle-up", "dip": "triangle-down"}
    assert [row["kind"] for row in triangles["rows"]] == ["spike", "dip"]
    assert len(layers_of(over_time(marks=marks(())))) == len(layers_of(over_time()))


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
