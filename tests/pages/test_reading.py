"""Home's form to read a file another way: what is asked, and what comes of the answers."""

from datetime import date
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.ingest import Overrides
from core.traffic import Traffic
from tests.builders import DAILY_EXPORT

HOME = Path(__file__).parents[2] / "streamlit_app.py"
AMBIGUOUS = b"Date,Sessions\n01/02/2024,5\n02/03/2024,6\n03/04/2024,7\n"
GERMAN = b"Datum;Sitzungen\n01.02.2024;1.204\n02.02.2024;1.310\n"
UNDATED = b"Nth day,Sessions\n" + b"".join(b"%04d,%d\n" % (day, 50 + day) for day in range(30))
STACKED = (
    b"# Start date: 20240101\nNth day,Sessions\n"
    + b"".join(b"%04d,%d\n" % (day, 5) for day in range(20))
    + b"\n# Channels\nSession default channel group,Sessions\nDirect,40\nReferral,60\n"
)
UNKNOWN = b"Moment,Klopfen\n" + b"".join(b"2024-01-%02d,%d\n" % (day, day) for day in range(1, 29))


def start(*files: tuple[str, bytes]) -> AppTest:
    app = AppTest.from_file(str(HOME), default_timeout=120).run()
    app.file_uploader[0].set_value([(name, data, "text/csv") for name, data in files])
    return app.run()


def send(app: AppTest, label: str = "Read it this way") -> AppTest:
    app = next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def widget(app: AppTest, kind: str, label: str):
    return next(element for element in app.get(kind) if element.label == label)


def traffic(app: AppTest) -> Traffic:
    return app.session_state["source"].result.traffic


def warnings(app: AppTest) -> str:
    return " ".join(box.value for box in app.warning).replace("\\", "")


def test_the_order_of_day_and_month_can_be_decided() -> None:
    app = start(("days.csv", AMBIGUOUS))
    assert "can be read two ways" in warnings(app)
    for is_day_first, last in ((True, date(2024, 4, 3)), (False, date(2024, 3, 4))):
        widget(app, "radio", "Order of dates").set_value(is_day_first)
        app = send(app)
        assert traffic(app).last_day == last
        assert "can be read two ways" not in warnings(app)
    app = send(app, "Back to how we saw it")
    assert "can be read two ways" in warnings(app)


def test_the_decimal_sign_can_be_decided() -> None:
    app = start(("tage.csv", GERMAN))
    assert traffic(app).frame["sessions"].tolist() == [1204, 1310]
    widget(app, "radio", "Decimal sign").set_value(".")
    app = send(app)
    assert traffic(app).frame["sessions"].tolist() == [1.204, 1.31]


def test_numbered_days_get_their_dates_from_the_person() -> None:
    app = start(("days.csv", UNDATED))
    assert "dates and weekdays are not real" in warnings(app)
    widget(app, "date_input", "First day").set_value(date(2024, 4, 6))
    app = send(app)
    assert traffic(app).first_day == date(2024, 4, 6)
    assert "not real" not in warnings(app)


def test_another_table_can_be_chosen() -> None:
    app = start(("snapshot.csv", STACKED))
    assert traffic(app).grain == "day"
    widget(app, "selectbox", "Table").set_value(1).run()
    app = send(app)
    assert traffic(app).channels == ("Referral", "Direct")
    app = send(app)  # sending the form again changes nothing
    assert traffic(app).channels == ("Referral", "Direct")


def test_hours_can_be_moved_to_another_time_zone() -> None:
    app = start(("hours.csv", b"Date + hour,Sessions\n2024040623,5\n2024040700,6\n"))
    widget(app, "number_input", "Move all hours by").set_value(2)
    app = send(app)
    assert [time.hour for time in traffic(app).times] == [1, 2]


def test_several_files_are_joined_and_overlapping_days_count_once() -> None:
    lines = DAILY_EXPORT.splitlines(keepends=True)
    first, second = b"".join(lines[:40]), b"".join([*lines[:2], *lines[30:]])
    whole, joined = start(("all.csv", DAILY_EXPORT)), start(("1.csv", first), ("2.csv", second))
    assert traffic(joined).frame.equals(traffic(whole).frame)
    assert "10 days stood in several files" in " ".join(text.value for text in joined.caption)


def test_a_file_of_unknown_columns_can_be_explained_by_the_person() -> None:
    app = start(("knocks.csv", UNKNOWN))
    assert "We know none of its columns as a count of visits" in app.error[0].value
    assert "source" not in app.session_state
    assert any(box.label == "Tell us what is in this file" for box in app.get("expander"))
    failure = app.session_state["failure"]
    decided = Overrides(columns=(("Moment", "day"), ("Klopfen", "sessions")))
    app = AppTest.from_function(load_as_decided, kwargs={"files": failure.files, "how": decided})
    app = app.run()
    assert traffic(app).frame["sessions"].sum() == sum(range(1, 29))
    assert traffic(app).first_day == date(2024, 1, 1)


def test_a_file_that_nobody_can_explain_is_let_go_and_the_way_to_export_shown() -> None:
    app = start(("days.csv", AMBIGUOUS), ("more.csv", AMBIGUOUS))
    app.file_uploader[0].set_value([("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(99), "text/csv")])
    app = app.run()
    assert app.session_state["failure"].files == ()
    steps = next(
        box for box in app.get("expander") if box.label == "How to get this file out of GA4"
    )
    assert steps.proto.expanded


def load_as_decided(files, how) -> None:
    from ui import state

    state.load(files, how)
