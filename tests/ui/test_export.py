"""What a person downloads: complete, legible, the same for everyone, and safe to open."""

import io
import json
import re
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import altair as alt
import numpy as np
import pandas as pd
import pytest

from ui.charts.theme import PALETTES, themed
from ui.export import chart_html, chart_png, chart_svg, file_name, for_export, frame_csv

WORDS = {
    "title": "Evenings are busiest: 18:00-22:00 brings 31 % of sessions in 17 % of the hours",
    "subtitle": "Sessions per hour, all channels",
    "caption": "export.csv, Sat 6 Apr 2024 to Fri 3 May 2024",
}
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def frame() -> pd.DataFrame:
    times = pd.date_range("2024-04-06", periods=48, freq="h")
    sessions = 100 + 50 * np.sin(np.arange(48) / 24 * 2 * np.pi)
    channel = np.where(np.arange(48) % 2, "Direct", "Referral")
    return pd.DataFrame({"time": times, "channel": channel, "sessions": sessions})


@pytest.fixture
def lines(frame) -> alt.Chart:
    return alt.Chart(frame).mark_line().encode(x="time:T", y="sessions:Q", color="channel:N")


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def kinds(chart: alt.Chart) -> dict[str, alt.TopLevelMixin]:
    other = alt.Chart(chart.data.head(20)).mark_point().encode(x="time:T", y="sessions:Q")
    return {
        "single": chart,
        "container": chart.properties(width="container", height="container"),
        "layer": alt.layer(chart, other),
        "hconcat": chart | other,
        "vconcat": chart & other,
        "concat": alt.concat(chart, other, other, columns=2),
        "facet": chart.facet("channel:N", columns=2),
        "column": chart.encode(column="channel:N"),
        "nested": (chart | other) & alt.layer(chart, other),
        "interactive": chart.interactive(),
        "titled": chart.properties(title="Old title"),
        "themed": themed(chart, "dark"),
    }


KINDS = list(
    kinds(alt.Chart(pd.DataFrame({"time": [], "channel": [], "sessions": []})).mark_line())
)


# --- Charts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_chart_exports_at_a_sensible_size(lines, kind):
    width, height = size(chart_png(for_export(kinds(lines)[kind], **WORDS), scale=1))
    assert 600 < width < 1150
    assert 300 < height < 1100


def test_scale_multiplies_the_pixels(lines):
    chart = for_export(lines, **WORDS)
    once, twice = size(chart_png(chart, scale=1)), size(chart_png(chart))
    assert np.allclose(twice, 2 * np.array(once), atol=2)


def test_export_is_light_on_white_and_900_wide(lines):
    spec = for_export(themed(lines, "dark"), **WORDS).to_dict()
    assert spec["background"] == PALETTES["light"].background
    assert spec["config"]["axis"]["labelColor"] == PALETTES["light"].muted
    assert spec["vconcat"][0]["width"] == 900


def test_export_leaves_the_chart_unchanged(lines):
    before = lines.to_dict()
    for_export(lines, **WORDS)
    chart_svg(lines)
    assert lines.to_dict() == before


@pytest.mark.parametrize("width", [320, alt.Step(24)])
def test_a_width_that_was_chosen_is_kept(lines, width):
    spec = for_export(lines.properties(width=width), **WORDS).to_dict()
    assert spec["vconcat"][0]["width"] in (320, {"step": 24})


def test_svg_carries_the_words(lines):
    svg = chart_svg(for_export(lines.properties(title="Old title"), **WORDS)).decode()
    seen = " ".join(re.findall(r"<text[^>]*>([^<]*)<", svg))
    assert svg.startswith("<svg")
    for part in WORDS.values():
        assert part in " ".join(seen.split())
    assert "Old title" not in seen
    assert f'aria-label="{WORDS["title"]}' in svg


def test_a_description_of_the_chart_stays_its_text_alternative(lines):
    spec = for_export(lines.properties(description="Two waves"), **WORDS).to_dict()
    assert spec["description"] == "Two waves"


def test_long_words_wrap_and_missing_words_leave_no_gap(lines):
    long = for_export(lines, title="word " * 60, subtitle="", caption="").to_dict()
    assert all(len(line) <= 80 for line in long["title"]["text"])
    assert len(long["title"]["text"]) > 3
    assert "subtitle" not in long["title"]


def test_a_plain_chart_gets_the_look_too(lines):
    svg = chart_svg(lines).decode()
    assert PALETTES["light"].categorical[0] in svg or "rgb(49, 95, 207)" in svg


def test_twenty_thousand_rows_export(lines):
    many = pd.DataFrame({"x": np.arange(20_000), "y": np.arange(20_000) % 97})
    chart = alt.Chart(many).mark_point().encode(x="x:Q", y="y:Q")
    assert size(chart_png(for_export(chart, **WORDS), scale=1))[0] > 800


def test_export_touches_no_setting_that_visitors_share(lines):
    state = alt.data_transformers.active, dict(alt.data_transformers.options)
    calls = []
    alt.data_transformers.register("spy", lambda data, **_: calls.append(data))
    try:
        with alt.data_transformers.enable("spy"):  # as Streamlit does while it draws
            svg = chart_svg(for_export(lines | lines, **WORDS)).decode()
    finally:
        alt.data_transformers.register("spy", None)
    assert not calls
    assert "Referral" in svg
    assert state == (alt.data_transformers.active, dict(alt.data_transformers.options))


def test_several_visitors_export_at_once(frame):
    def picture(channel: str) -> bytes:
        part = frame[frame["channel"] == channel]
        chart = alt.Chart(part).mark_line().encode(x="time:T", y="sessions:Q")
        return chart_svg(for_export(chart, title=channel, subtitle="", caption=""))

    names = ["Direct", "Referral"] * 6
    alone = {name: picture(name) for name in set(names)}
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(picture, names))
    assert together == [alone[name] for name in names]


@pytest.fixture
def listener():
    """Count the requests that reach a server on this machine."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_drawing_fetches_nothing(listener):
    address, seen = listener
    remote = alt.Chart(f"{address}/data.csv").mark_point().encode(x="a:Q")
    with pytest.raises(ValueError, match="not allowed"):
        chart_png(remote)
    frame = pd.DataFrame({"link": [f"{address}/a.png"], "x": [1]})
    links = alt.Chart(frame).mark_text().encode(x="x:Q", text="link:N", href="link:N")
    assert size(chart_png(links))[0] > 0
    assert seen == []


def test_html_opens_offline(lines):
    page = chart_html(for_export(lines, **WORDS)).decode()
    opening_tags = re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page.split("<script>")[0])
    assert not re.findall(r"<script[^>]*\bsrc\s*=", page)
    assert not opening_tags
    assert "default-src 'none'" in page
    assert "connect-src" not in page
    assert WORDS["title"] in page
    assert len(page) > 500_000


def test_text_of_the_data_cannot_leave_the_script_of_the_page():
    evil = "</script><script>alert(1)</script><!--"
    frame = pd.DataFrame({"channel": [evil], "sessions": [1]})
    chart = alt.Chart(frame).mark_bar().encode(x="sessions:Q", y="channel:N")
    page = chart_html(for_export(chart, title=evil, subtitle=evil, caption=evil)).decode()
    assert "<script>alert" not in page
    assert page.count("</script>") == 2
    written = json.loads(re.search(r'vegaEmbed\("#chart", (\{.*\}), \{', page)[1])
    assert evil in json.dumps(written)


def test_an_encoding_without_a_type_is_refused_in_words(frame):
    with pytest.raises(ValueError, match="without a type"):
        chart_png(alt.Chart(frame).mark_line().encode(x="time", y="sessions"))


# --- Tables ---------------------------------------------------------------------------------


def test_csv_reads_back_as_it_was(frame):
    frame = frame.assign(city='Köln, "Süd"', empty=np.nan)
    data = frame_csv(frame)
    back = pd.read_csv(io.BytesIO(data), encoding="utf-8-sig", parse_dates=["time"])
    assert data.startswith(BOM)
    assert not data.startswith(BOM + BOM)
    pd.testing.assert_frame_equal(back, frame, check_dtype=False)


def test_csv_times_are_iso(frame):
    days = pd.DataFrame({"day": pd.date_range("2024-04-06", periods=2)})
    assert b"2024-04-06 13:00:00,Direct" in frame_csv(frame)
    assert frame_csv(days) == BOM + b"day\r\n2024-04-06\r\n2024-04-07\r\n"


@pytest.mark.parametrize(
    "cell",
    ["=1+1", '=HYPERLINK("http://x")', "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"],
)
@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_csv_runs_no_formula(cell, dtype):
    data = frame_csv(pd.DataFrame({"channel": pd.Series([cell, "Direct"], dtype=dtype)}))
    back = pd.read_csv(io.BytesIO(data), encoding="utf-8-sig")
    assert back["channel"].tolist() == [f"'{cell}", "Direct"]


def test_csv_header_runs_no_formula_and_numbers_stay_numbers():
    data = frame_csv(pd.DataFrame({"=cmd": [-1.5, np.nan], "same": [True, False]}))
    assert data == BOM + b"'=cmd,same\r\n-1.5,True\r\n,False\r\n"


def test_csv_takes_mixed_repeated_and_no_columns():
    twice = pd.DataFrame([["=a", -1], [-2, "=b"]], columns=["x", "x"])
    before = twice.copy()
    assert frame_csv(twice) == BOM + b"x,x\r\n'=a,-1\r\n-2,'=b\r\n"
    pd.testing.assert_frame_equal(twice, before)
    assert frame_csv(pd.DataFrame({"a": []})) == BOM + b"a\r\n"


# --- File names -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "extension", "expected"),
    [
        (
            ("sessions", "2024-04-06_to_2024-05-03", "Organic Social"),
            "png",
            "sessions_2024-04-06_to_2024-05-03_organic-social.png",
        ),
        (("Émile", "Größe", "Łódź"), "csv", "emile_grosse_lodz.csv"),
        (("../../etc/passwd",), "csv", "etc-passwd.csv"),
        (("..\\..\\windows", "C:\\x"), "csv", "windows_c-x.csv"),
        (("", "  ", "trends"), ".SVG", "trends.svg"),
        (("🚀🚀", "日本"), "png", "traffic-insights.png"),
        (("launch 🚀",), "png", "launch.png"),
        ((), "html", "traffic-insights.html"),
        (("a\x00b\nc",), "png", "a-b-c.png"),
        (("con",), "csv", "traffic-insights_con.csv"),
        (("rate 1.5 %",), "png", "rate-1-5.png"),
        (("-rf", "--help"), "png", "rf_help.png"),
        (("x",), "../sh", "x.sh"),
        (("x",), "", "x.txt"),
    ],
)
def test_file_names(parts, extension, expected):
    assert file_name(*parts, extension=extension) == expected


@pytest.mark.parametrize("extension", ["png", "p" * 300])
def test_file_names_are_bounded(extension):
    name = file_name("a" * 500, "b" * 500, extension=extension)
    assert len(name) <= 120
    assert re.fullmatch(r"[a-z0-9_-]+\.[a-z0-9]+", name)
