"""The button in the sidebar: it makes three files, keeps them, and says when they are old."""

import hashlib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.ingest import read_export
from tests.builders import DAILY_EXPORT
from ui import state

ROOT = Path(__file__).parents[2]
BUTTON = "make_report"
OLD = "You have changed the filters since"


@pytest.fixture
def app() -> AppTest:
    data = DAILY_EXPORT if isinstance(DAILY_EXPORT, bytes) else DAILY_EXPORT.encode()
    opened = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=180)
    opened.session_state["source"] = state.Source(
        "export.csv", hashlib.sha256(data).hexdigest(), read_export(data), (("export.csv", data),)
    )
    opened.run()
    assert not opened.exception
    return opened


def files(app: AppTest) -> list[str]:
    labels = [each.proto.label for each in app.sidebar.get("download_button")]
    return [label for label in labels if label != "Save this view"]


def press(app: AppTest) -> None:
    app.button(key=BUTTON).click().run()
    assert not app.exception, app.exception[0].stack_trace


def is_old(app: AppTest) -> bool:
    return any(OLD in caption.value for caption in app.sidebar.caption)


def test_one_press_makes_three_files_that_stay(app) -> None:
    assert files(app) == []
    press(app)
    assert files(app) == ["Download PowerPoint", "Download PDF", "Download HTML"]
    app.switch_page("pages/1_Trends.py").run()
    assert len(files(app)) == 3
    assert not is_old(app)


def test_other_filters_make_it_old_until_it_is_made_again(app) -> None:
    press(app)
    app.session_state[state.filter_key("weekdays")] = [0, 1]
    app.run()
    assert is_old(app)
    assert len(files(app)) == 3
    assert app.button(key=BUTTON).label == "Make it again for this selection"
    press(app)
    assert not is_old(app)
