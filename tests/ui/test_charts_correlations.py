"""Charts of the Correlations page: every one draws, and says what it should without colour."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest

from core.correlations import CANNOT_TELL, DIFFERS, FOLLOWS_CLOCK, SAME_NUMBER, STILL_THERE
from ui.charts import correlations, correlations_lags, correlations_list, correlations_pair
from ui.charts.correlations_pair import ALL_TOGETHER, Axis
from ui.charts.theme import PALETTES, channel_colours, themed
from ui.export import chart_svg, for_export

LONG = "A channel with a name that goes on and on, longer than any screen is wide"
NAMES = ("Direct", LONG, '"quoted" <b>', "日本語", "O'Neill & Söhne")
LABELS = {
    "sessions": "Sessions",
    "users": "Users",
    "events": "Events",
    "engagement_time_per_session": "Engagement time per session",
}
VERDICTS = (SAME_NUMBER, FOLLOWS_CLOCK, DIFFERS, STILL_THERE, CANNOT_TELL, correlations.HIDDEN)


def pairs_of(count: int = 4, verdicts=VERDICTS) -> tuple[pd.DataFrame, dict[str, str]]:
    labels = dict(list(LABELS.items())[:count])
    rows = [
        (*pair, 0.9 - 0.3 * place, np.nan, verdicts[place % len(verdicts)])
        for place, pair in enumerate(itertools.combinations(labels, 2))
    ]
    table = pd.DataFrame(rows, columns=["first", "second", "value", "without", "verdict"])
    table.loc[table["verdict"] == correlations.HIDDEN, "value"] = np.nan
    return table, labels


def matrix(count: int = 4, mode="light", verdicts=VERDICTS, **options):
    return correlations.matrix(*pairs_of(count, verdicts), mode, **options)


def intervals(verdict: str = STILL_THERE, without: float = 0.2):
    table = pd.DataFrame({"pair": list(NAMES), "r": 0.5, "low": 0.3, "high": 0.6})
    return correlations_list.pairs(table.assign(r_without_clock=without, verdict=verdict), "light")


def dots(rows: int = 30, groups=("early", "late")) -> pd.DataFrame:
    numbers = np.arange(rows, dtype=float)
    table = pd.DataFrame({"x": numbers, "y": 2 * numbers, "when": LONG, "is_far": False})
    table["group"] = [groups[number % len(groups)] for number in range(rows)]
    return table.assign(x_words="1", y_words="2", channel=NAMES[1])


AXES = (Axis("Sessions", "count"), Axis("Engagement rate, points from usual", "points", True))


def scatter(groups=("early", "late"), rows: int = 30, is_sure: bool = True, axes=AXES):
    table = dots(rows, groups)
    line = correlations_pair.straight_line(table["x"], table["y"])
    return correlations_pair.scatter(table, line, axes, groups, "light", is_sure=is_sure)


def within(names=NAMES):
    table = dots()
    lines = correlations_pair.straight_line(table["x"], table["y"])
    parts = [lines.assign(channel=name) for name in (ALL_TOGETHER, *names)]
    colours = channel_colours(names, "light")
    return correlations_pair.within(table, pd.concat(parts), AXES, colours, "light")


def by_channel(mode="light", low: float = 0.1):
    table = pd.DataFrame({"channel": list(NAMES), "n": 90, "n_effective": 20.5, "r": 0.3})
    table = table.assign(low=low, high=low + 0.4, r_without_clock=[np.nan, *[0.1] * 4])
    return correlations_pair.by_channel(table, 0.25, channel_colours(NAMES, mode), mode)


def lags(findings=(3,), longest: int = 6, step="hour", mode="light"):
    table = pd.DataFrame({"lag": range(-longest, longest + 1), "r": 0.05, "low": -0.1, "high": 0.2})
    table["is_finding"] = table["lag"].isin(findings)
    return correlations_lags.lags(table.assign(p_value=0.5), ("Sessions", LONG), step, mode)


SECONDS = (Axis("Engagement time", "seconds"), Axis("Sessions", "count"))
CHARTS = {
    "matrix": matrix,
    "matrix, one pair": lambda: matrix(2),
    "matrix, dark": lambda: matrix(mode="dark", picked=("sessions", "users"), turn=3),
    "matrix, all the same number": lambda: matrix(verdicts=(SAME_NUMBER,)),
    "matrix, nothing to be told": lambda: matrix(verdicts=(CANNOT_TELL,)),
    "matrix, all hidden": lambda: matrix(verdicts=(correlations.HIDDEN,)),
    "pairs": intervals,
    "pairs, no finding": lambda: intervals(CANNOT_TELL),
    "pairs, clock unknown": lambda: intervals(without=np.nan),
    "scatter": scatter,
    "scatter, four shades": lambda: scatter(("a", "b", "c", "d")),
    "scatter, no time": lambda: scatter(("all",), is_sure=False),
    "scatter, two dots": lambda: scatter(rows=2),
    "scatter, seconds": lambda: scatter(axes=SECONDS),
    "within": within,
    "within, one channel": lambda: within(NAMES[:1]),
    "by channel": by_channel,
    "by channel, no intervals": lambda: by_channel("dark", np.nan),
    "lags": lags,
    "lags, none": lambda: lags(()),
    "lags, days": lambda: lags((0, -1), 2, "day", "dark"),
}


@pytest.mark.parametrize("name", CHARTS)
def test_chart_draws_on_screen_and_for_export(name) -> None:
    chart = CHARTS[name]()
    mode = "dark" if "dark" in name else "light"
    assert '"tooltip"' in json.dumps(themed(chart, mode).to_dict())  # and the schema is kept
    picture = for_export(chart, title="A finding", subtitle="Sessions", caption="Source")
    assert b"A finding" in chart_svg(picture)


def rows_of(chart) -> list[tuple[dict, list[dict]]]:
    """Every drawn layer, at any depth, with its rows."""
    spec = chart.to_dict(validate=False)

    def walk(part, shared):
        own = part.get("data", shared)
        if "layer" in part:
            return [found for layer in part["layer"] for found in walk(layer, own)]
        return [(part, spec["datasets"][own["name"]])]

    return walk(spec, None)


def texts(chart) -> str:
    return chart_svg(themed(chart, "light")).decode()


def rects(chart, **mark) -> list[list[dict]]:
    found = []
    for layer, rows in rows_of(chart):
        if layer["mark"]["type"] == "rect" and all(
            layer["mark"].get(key) == value for key, value in mark.items()
        ):
            found.append(rows)
    return found


def test_every_verdict_can_be_told_without_colour() -> None:
    (solid,) = rects(matrix(), strokeDash=[1, 0])
    (dashed,) = rects(matrix(), strokeDash=[4, 3])
    assert [row["verdict"] for row in solid] == [STILL_THERE]
    assert [row["verdict"] for row in dashed] == [DIFFERS]
    signs = {
        layer["mark"].get("text", "clock"): {row["verdict"] for row in rows}
        for layer, rows in rows_of(matrix())
        if layer["mark"].get("text") == "=" or layer["mark"]["type"] == "point"
    }
    assert signs == {"=": {SAME_NUMBER}, "clock": {FOLLOWS_CLOCK}}
    opacity = {row["verdict"]: row["opacity"] for row in rects(matrix())[0]}
    assert opacity[STILL_THERE] > opacity[FOLLOWS_CLOCK] > opacity[CANNOT_TELL] == 0


def test_each_cell_has_its_number_and_each_measure_its_name_once() -> None:
    svg = texts(matrix())
    for number in (">0.90<", ">0.60<", ">0.30<", ">0.00<", ">−0.30<"):
        assert number in svg
    for name in (">Sessions<", ">Users<", ">Events<", ">Engagement time<", ">per session<"):
        assert svg.count(name) == 1


def test_a_hidden_number_is_nowhere_in_the_chart() -> None:
    table, labels = pairs_of(2, (correlations.HIDDEN,))
    chart = correlations.matrix(table.assign(r=0.4321, rho=0.1234), labels, "light")
    sent = json.dumps(chart.to_dict(validate=False))  # the browser can show it as a table
    assert "0.4321" not in sent
    assert "0.1234" not in sent
    assert ">?<" in texts(chart)
    (cells,) = rects(chart)
    assert [row["value"] for row in cells] == [None]
    assert [row["shade"] for row in cells] == [0.0]  # drawn, so that it can be clicked


def test_a_click_on_a_cell_names_the_pair_and_the_turn() -> None:
    chart = matrix(turn=7)
    (click,) = chart.to_dict(validate=False)["params"]
    assert click["name"] == correlations.PICKED
    assert click["select"]["fields"] == ["first", "second", "turn"]
    assert {row["turn"] for row in rects(chart)[0]} == {7}


def test_the_picked_pair_has_a_frame() -> None:
    assert len(rects(matrix(picked=("sessions", "users")))) == len(rects(matrix())) + 1
    assert len(rects(matrix(picked=("sessions", "revenue")))) == len(rects(matrix()))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_what_is_no_finding_is_grey(mode) -> None:
    palette = PALETTES[mode]
    spec = json.dumps(lags(mode=mode).to_dict(validate=False))
    assert palette.primary in spec
    assert palette.context in spec
    pins = [rows for layer, rows in rows_of(lags((3, 4))) if layer["mark"]["type"] == "point"]
    assert [row["lag"] for row in pins[0] if row["is_finding"]] == [3, 4]


def test_a_pin_says_which_comes_first() -> None:
    (_, rows), *_ = rows_of(lags())
    orders = {row["lag"]: row["order"] for row in rows}
    assert orders[1].startswith("Sessions 1 hour before a channel")
    assert orders[-2].endswith("2 hours before sessions")
    assert orders[0] == "in the same hour"


def test_a_line_that_may_be_flat_is_dashed() -> None:
    for is_sure in (True, False):
        (line,) = (
            layer["mark"]
            for layer, _ in rows_of(scatter(is_sure=is_sure))
            if layer["mark"]["type"] == "line"
        )
        assert ("strokeDash" in line) == (not is_sure)


def test_shades_run_in_the_order_of_time() -> None:
    (points, _), *_ = rows_of(scatter(("night", "morning", "noon", "evening")))
    scale = points["encoding"]["color"]["scale"]
    assert scale["domain"] == ["night", "morning", "noon", "evening"]
    places = [PALETTES["light"].sequential.index(shade) for shade in scale["range"]]
    assert places == sorted(places)


def test_a_straight_line_agrees_with_a_naive_one() -> None:
    random = np.random.default_rng(0)
    x = pd.Series(random.normal(5, 2, 200))
    y = 3 - 0.5 * x + random.normal(0, 1, 200)
    middle_x, middle_y = sum(x) / 200, sum(y) / 200
    slope = sum((a - middle_x) * (b - middle_y) for a, b in zip(x, y, strict=True)) / sum(
        (a - middle_x) ** 2 for a in x
    )
    line = correlations_pair.straight_line(x, y)
    assert np.diff(line["y"])[0] / np.diff(line["x"])[0] == pytest.approx(slope)
    assert line["y"][0] == pytest.approx(middle_y + slope * (line["x"][0] - middle_x))


@pytest.mark.parametrize("x", [[], [1.0], [2.0, 2.0, 2.0], [1.0, np.nan, np.nan]])
def test_no_line_without_spread(x) -> None:
    values = pd.Series(x, dtype=float)
    assert correlations_pair.straight_line(values, values).empty
