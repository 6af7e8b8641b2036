"""Saving a view and coming back to it."""

from streamlit.testing.v1 import AppTest

from tests.conftest import SAMPLE
from tests.pages.test_pages import HOME, ROOT, plain
from ui.links import Wish
from ui.saved_views import SavedView, as_json

CSV = ("export.csv", SAMPLE.read_bytes(), "text/csv")
MONDAYS = as_json(SavedView("channels", Wish(channels=("Referral", "No such"), weekdays=(0,))))


def drop(app: AppTest, *files: tuple[str, bytes, str]) -> AppTest:
    app.file_uploader[0].upload(*files[0])
    for file in files[1:]:
        app.file_uploader[0].upload(*file)
    app.run()
    assert not app.exception
    return app


def home() -> AppTest:
    return AppTest.from_file(str(ROOT / HOME), default_timeout=120).run()


def weekdays(app: AppTest) -> list[int]:
    return list(app.session_state["filter_weekdays"])


def test_a_view_is_applied_to_what_is_loaded():
    app = drop(home(), CSV)
    drop(app, ("view.json", MONDAYS, "application/json"))
    assert weekdays(app) == [0]
    assert app.session_state["filter_channels"] == ["Referral"]
    assert app.title[0].value == "Channels"
    assert "Left out, wholly or in part: channels" in " ".join(
        plain(caption.value) for caption in app.caption
    )


def test_a_view_without_data_waits_for_it():
    app = drop(home(), ("view.json", MONDAYS, "application/json"))
    assert "Drop the file to see this view" in plain(app.info[0].value)
    drop(app, CSV)
    assert weekdays(app) == [0]


def test_another_json_file_is_refused_and_nothing_is_lost():
    app = drop(home(), CSV)
    drop(app, ("other.json", b'{"format": "other"}', "application/json"))
    assert "We could not read" in plain(app.error[0].value)
    assert app.session_state["source"].name == "export.csv"


def test_the_filters_can_be_reset_at_the_top_of_a_page():
    app = drop(home(), CSV)
    drop(app, ("view.json", MONDAYS, "application/json"))
    app.button(key="reset_at_top").click().run()
    assert not app.exception
    assert weekdays(app) == []
