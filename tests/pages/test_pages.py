"""Every page in every state, driven without a browser."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.ingest import read_export
from tests.builders import BROKEN_FILES, DAILY_EXPORT, TIMELESS_EXPORT, export_text
from ui import state

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*.py"))
HOME = "streamlit_app.py"
HOSTILE = "![x](https://evil.example/x.png)"


def start(data: bytes | None = None, page: str = HOME) -> AppTest:
    """A visitor on a page, with a file loaded or not."""
    app = AppTest.from_file(str(ROOT / HOME), default_timeout=120)
    if data is not None:
        digest = hashlib.sha256(data).hexdigest()
        app.session_state["source"] = state.Source(
            "export.csv", digest, read_export(data), (("export.csv", data),)
        )
    return go_to(app.run(), page)


def go_to(app: AppTest, page: str) -> AppTest:
    app.switch_page(page).run()
    assert not app.exception, app.exception[0].stack_trace
    return app


def words(app: AppTest) -> str:
    """All that can be read on the page, as a person sees it."""
    parts = [
        element.value
        for kind in ("title", "subheader", "markdown", "caption")
        for element in app.get(kind)
    ]
    parts += [
        element.value
        for kind in ("info", "error", "success", "warning")
        for element in app.get(kind)
    ]
    parts += [f"{metric.label} {metric.value}" for metric in app.metric]
    return " ".join(str(part) for part in parts).replace("\\", "")


def charts(app: AppTest) -> int:
    return len(app.get("vega_lite_chart"))


@pytest.mark.parametrize("page", PAGES)
def test_nothing_uploaded_says_what_the_page_answers_and_offers_the_sample(page) -> None:
    app = start(page=page)
    assert "?" in app.subheader[0].value
    assert charts(app) == 0
    app.button[0].click().run()
    assert not app.exception
    assert charts(app) >= 1


def test_home_without_a_file_says_what_to_drop_and_how_to_get_it() -> None:
    app = start()
    assert "GA4 export" in app.file_uploader[0].label
    assert "Traffic acquisition" in words(app)


EXPECTED_CHARTS = {
    "sample": [1, 4, 2, 4, 2, 1],
    "real": [1, 4, 2, 4, 2, 1],
    "days without channels": [1, 1, 2, 0, 2, 0],
    "channels without time": [0, 0, 0, 3, 0, 1],
}


@pytest.fixture
def exports(request, sample_export) -> dict[str, bytes]:
    files = {
        "sample": sample_export,
        "days without channels": DAILY_EXPORT,
        "channels without time": TIMELESS_EXPORT,
    }
    if request.node.callspec.params["name"] == "real":
        files["real"] = request.getfixturevalue("seed_export")
    return files


@pytest.mark.parametrize("name", EXPECTED_CHARTS)
@pytest.mark.parametrize("number", range(6))
def test_every_page_with_every_kind_of_file(exports, name, number) -> None:
    app = start(exports[name], [HOME, *PAGES][number])
    assert charts(app) == EXPECTED_CHARTS[name][number]
    assert app.subheader or app.info or number == 0
    if charts(app) == 0 and number not in (0, 5):
        assert "GA4" in words(app)  # what to export instead


def test_the_figures_of_a_real_export_are_on_screen(seed_export) -> None:
    app = start(seed_export)
    shown = words(app)
    for figure in ("162,895", "133,440", "90,132", "55.3 %", "4.73", "3,182 rows", "hourly"):
        assert figure in shown
    assert "60,627 of 162,895 sessions" in words(go_to(app, "pages/3_Channels.py"))
    assert "Referral has the best engagement rate, 66.6 %" in words(app)
    assert "19:00–23:00 are the busiest hours: 22.1 %" in words(go_to(app, "pages/1_Trends.py"))
    shown = words(go_to(app, "pages/2_Correlations.py"))
    assert "Sessions and users go together most (+0.99), the same number twice" in shown
    shown = words(go_to(app, "pages/5_Recommendations.py"))
    assert "Email is too small to judge: 3 sessions" in shown


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_a_broken_file_is_explained_and_loses_nothing(sample_export, name) -> None:
    app = start(sample_export)
    app.file_uploader[0].upload(name, BROKEN_FILES[name], "text/csv").run()
    assert not app.exception
    assert f"We could not read “{name}”" in words(app)
    assert "GA4" in app.error[0].value
    assert "is still loaded" in words(app)
    assert "318,745" in words(app)


def test_a_dropped_file_is_read_and_replaces_the_failure(sample_export) -> None:
    app = start()
    app.file_uploader[0].upload("empty.csv", b"", "text/csv").run()
    assert app.error
    app.file_uploader[0].upload("good.csv", sample_export, "text/csv").run()
    assert not app.error
    assert "good.csv: we read 7,226 rows" in words(app)


def test_filters_survive_page_changes_and_are_reset_in_one_click(sample_export) -> None:
    app = start(sample_export)
    app.date_input[0].set_value((date(2025, 4, 1), date(2025, 4, 14))).run()
    chosen = next(m.value for m in app.metric if m.label == "Sessions")
    assert chosen != "318,745"
    go_to(app, "pages/3_Channels.py")
    assert "1 Apr – 14 Apr 2025" in words(app)
    assert f"of {chosen} sessions" in words(app)
    go_to(app, HOME)
    assert next(m.value for m in app.metric if m.label == "Sessions") == chosen
    button(app, "Reset filters").click().run()
    assert next(m.value for m in app.metric if m.label == "Sessions") == "318,745"


def button(app: AppTest, label: str):
    return next(found for found in app.button if found.label == label)


@pytest.mark.parametrize("page", [HOME, *PAGES])
def test_an_empty_selection_says_so_and_offers_the_reset(page) -> None:
    rows = b"Session primary channel group,Date,Sessions,Users\n" + b"".join(
        f"{name},202401{day:02d},9,8\n".encode()
        for name, first in (("Direct", 1), ("Email", 15))
        for day in range(first, first + 14)
    )
    app = start(rows, page)
    app.multiselect[0].select("Email")
    app.date_input[0].set_value((date(2024, 1, 1), date(2024, 1, 5))).run()
    assert not app.exception
    assert "nothing of the file" in words(app)
    button(app, "Reset all filters").click().run()
    assert not app.exception
    assert "nothing of the file" not in words(app)


def test_the_period_before_is_drawn_when_asked_for(sample_export) -> None:
    app = start(sample_export, "pages/1_Trends.py")
    before = app.get("vega_lite_chart")[0].proto.spec
    app.toggle[0].set_value(True).run()
    after = app.get("vega_lite_chart")[0].proto.spec
    assert "strokeDash" not in before
    assert "strokeDash" in after
    assert "28 before" in words(app)


def test_text_from_a_file_is_never_markdown() -> None:
    channels = (HOSTILE, "<script>alert(1)</script>", "[a](https://evil.example)")
    rows = [
        (f'"{name}"', f"202401{day:02d}00", 9, 10 * n, 5 * n, 30, 0.5, 4, 0.5, 40 * n)
        for n, name in enumerate(channels, 1)
        for day in range(1, 29)
    ]
    app = start(export_text(rows).encode())
    for page in (HOME, "pages/1_Trends.py", "pages/3_Channels.py", "pages/5_Recommendations.py"):
        go_to(app, page)
        for kind in ("title", "subheader", "markdown", "caption", "info", "success", "error"):
            for element in app.get(kind):
                assert "![x](" not in element.value
                assert "[a](" not in element.value


def test_a_forecast_follows_the_choices(sample_export) -> None:
    app = start(sample_export, "pages/4_Forecast.py")
    whole = app.subheader[0].value
    assert "37" in whole
    app.selectbox[1].select("Referral").run()
    assert not app.exception
    assert "from Referral" in app.subheader[0].value
    app.selectbox[2].select(14).run()
    assert "next 14 days" in app.subheader[0].value
