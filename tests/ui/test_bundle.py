"""Everything on a page in one ZIP: complete, named safely, and saying where it comes from."""

import io
import json
import zipfile

import altair as alt
import pandas as pd
import pytest
import vl_convert
from streamlit.testing.v1 import AppTest

from tests.conftest import SAMPLE
from ui import export
from ui.bundle import bundle
from ui.exhibits import Exhibit

FORMATS = {"png", "svg", "html", "json", "csv"}
CAPTION = "Source: export.csv. Made on Sat 28 Nov 2026 with Traffic Insights."


def exhibit(slug: str = "sessions-over-time", title: str = "Köln was up") -> Exhibit:
    frame = pd.DataFrame({"channel": ["Direct", "Köln"], "sessions": [3, 5]})
    chart = alt.Chart(frame).mark_bar().encode(x="sessions:Q", y="channel:N")
    return Exhibit(slug, title, "Sessions · Apr 2024", CAPTION, "Spoken words", chart, frame)


def unpack(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_chart_is_there_in_every_format():
    files = unpack(bundle("Trends", CAPTION, [exhibit(), exhibit("peak-hours")]))
    assert {name.rsplit(".", 1)[1] for name in files} == FORMATS | {"txt"}
    assert len(files) == 2 * len(FORMATS) + 1
    about = files["README.txt"].decode("utf-8-sig")
    assert "Köln was up" in about
    assert CAPTION in about


def test_two_charts_of_one_name_do_not_overwrite_each_other():
    files = unpack(bundle("Trends", CAPTION, [exhibit(), exhibit()]))
    assert len(files) == 2 * len(FORMATS) + 1


@pytest.mark.parametrize("slug", ["../../x", "C:\\x", "🎉", "a" * 300, "con", ""])
def test_names_stay_inside_the_archive_and_are_ascii(slug):
    files = unpack(bundle("Trends", CAPTION, [exhibit(slug)], "../..", "🎉"))
    for name in files:
        assert name.isascii()
        assert ".." not in name.replace("...", "")
        assert not name.startswith("/")
        assert "\\" not in name
        assert name.count("/") <= 1
        assert len(name) <= 200


def test_the_caption_and_the_subtitle_are_inside_the_picture():
    svg = export.chart_svg(exhibit().picture()).decode()
    for words in ("Source: export.csv", "Made on Sat 28 Nov 2026", "Sessions · Apr 2024"):
        assert words in svg
    assert 'aria-label="Spoken words"' in svg


def test_the_png_is_made_at_double_size():
    png = export.chart_png(exhibit().picture())
    assert int.from_bytes(png[16:20], "big") >= 1800


def test_the_json_is_a_whole_chart_that_draws():
    spec = json.loads(export.chart_json(exhibit().picture()))
    assert "vega-lite" in spec["$schema"]
    assert "Köln" in json.dumps(spec, ensure_ascii=False)
    assert "url" not in json.dumps({**spec, "$schema": ""})
    assert vl_convert.vegalite_to_png(json.dumps(spec)).startswith(b"\x89PNG")


def test_nothing_is_drawn_before_somebody_asks(monkeypatch):
    made: list[str] = []
    for name in ("chart_png", "chart_svg", "chart_html", "chart_json", "frame_csv"):
        monkeypatch.setattr(export, name, lambda *_, name=name: made.append(name) or b"")
    app = AppTest.from_file("../../streamlit_app.py", default_timeout=120).run()
    app.file_uploader[0].upload("sample.csv", SAMPLE.read_bytes(), "text/csv").run()
    app.switch_page("pages/3_Channels.py").run()
    labels = [button.label for button in app.get("download_button")]
    assert {"PNG", "SVG", "HTML", "CSV", "JSON"} <= set(labels)
    assert "Download everything on this page (ZIP)" in labels
    assert made == []
