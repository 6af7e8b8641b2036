"""What a report says is what the pages say, and a poor file still gets one."""

import io
from datetime import date

import pandas as pd
import pytest
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from core import wording
from core.ingest import read_export
from core.metrics import summarise

DAY = date(2026, 11, 28)
NAMES = ("<script>alert(1)</script>", "![x](https://evil.example/x.png)", "日本語", "=1+1")


def page() -> None:
    from datetime import date, timedelta

    import streamlit as st

    from core.traffic import Filters, previous_period, select
    from ui import state
    from ui.page import View
    from ui.report.contents import make_report

    name, data, is_empty = st.session_state["asked"]
    state.load([(name, data)])
    source = state.source()
    whole = source.result.traffic
    filters = Filters(end=whole.first_day - timedelta(days=1)) if is_empty else Filters()
    traffic, pair = select(whole, filters), previous_period(whole, filters)
    view = View(source, whole, traffic, filters, pair, False, "dark")
    told = []
    report = make_report(view, date(2026, 11, 28), lambda share, _: told.append(share))
    st.session_state["made"] = report, told


def made(data: bytes, name: str = "file.csv", *, is_empty: bool = False):
    app = AppTest.from_function(page, default_timeout=180)
    app.session_state["asked"] = name, data, is_empty
    app.run()
    assert not app.exception, app.exception
    return app.session_state["made"]


def daily(days: int = 21, names: tuple[str, ...] = NAMES, *, channel: bool = True) -> bytes:
    rows = [
        {"Channel": name, "Date": f"{day:%Y-%m-%d}", "Sessions": 90 + 7 * (n + place) % 40}
        | {"Engaged sessions": 50 + (5 * place + n) % 30}
        for n, day in enumerate(pd.date_range("2024-05-01", periods=days))
        for place, name in enumerate(names)
    ]
    frame = pd.DataFrame(rows)
    return (frame if channel else frame.drop(columns="Channel")).to_csv(index=False).encode()


def test_the_numbers_are_those_of_core() -> None:
    data = daily()
    report, told = made(data)
    totals = summarise(read_export(data, "file.csv").traffic).iloc[0]
    values = {number.label: number.value for number in report.numbers}
    assert values["Sessions"] == wording.headline("sessions", totals["sessions"])
    assert values["Engagement rate"] == wording.headline(
        "engagement_rate", totals["engagement_rate"]
    )
    assert told == sorted(told) and told[-1] < 1


def test_a_channel_may_be_named_anything() -> None:
    from ui.report.pdf import as_pdf
    from ui.report.powerpoint import as_powerpoint
    from ui.report.web import as_html

    report, _ = made(daily())
    assert b"<script" not in as_html(report)
    deck = Presentation(io.BytesIO(as_powerpoint(report)))
    assert len(deck.slides) >= len(report.slides) + 3
    assert as_pdf(report).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("data", "unanswered"),
    [
        (daily(3, ("Direct",)), "Correlations"),
        (daily(21, ("Direct",), channel=False), "Channels"),
        (b"Channel,Sessions,Engaged sessions\nDirect,900,400\nEmail,800,300\n", "Trends"),
    ],
)
def test_what_cannot_be_answered_is_said_in_the_appendix(data, unanswered) -> None:
    report, _ = made(data)
    assert unanswered not in {slide.page for slide in report.slides}
    lines = next(part.lines for part in report.appendix if "cannot" in part.heading)
    assert any(line.startswith(f"{unanswered}: ") for line in lines)


def test_an_empty_selection_has_a_report_too() -> None:
    report, _ = made(daily(), is_empty=True)
    assert report.slides == () and report.advice == () and report.numbers == ()
    assert report.no_advice == "The filters leave nothing of the file."
