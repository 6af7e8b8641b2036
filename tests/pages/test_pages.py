"""Every page in every state, driven without a browser."""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from core.ingest import read_export
from tests import naive
from tests.builders import BROKEN_FILES, DAILY_EXPORT, TIMELESS_EXPORT, export_text
from ui import state
from ui.charts.theme import PALETTES, channel_colours

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("[1-5]_*.py"))
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
    return app.run() if page == HOME else go_to(app, page)


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
    return plain(" ".join(str(part) for part in parts))


def plain(markdown: str) -> str:
    """Without escapes; what keeps a number and its unit on one line is a blank to the eye."""
    return markdown.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


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
    "sample": [1, 8, 6, 6, 5],
    "real": [1, 7, 6, 6, 5],
    "days without channels": [1, 1, 5, 0, 4],
    "channels without time": [0, 0, 0, 3, 0],
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
@pytest.mark.parametrize("number", range(5))
def test_every_page_with_every_kind_of_file(exports, name, number) -> None:
    app = start(exports[name], [HOME, *PAGES][number])
    assert charts(app) == EXPECTED_CHARTS[name][number]
    assert app.subheader or app.info or number == 0
    if charts(app) == 0 and number != 0:
        assert "GA4" in words(app)  # what to export instead


def test_the_figures_of_a_real_export_are_on_screen(seed_export) -> None:
    app = start(seed_export)
    shown = words(app)
    for figure in ("162,895", "133,440", "90,132", "55.3 %", "4.73", "3,182 rows", "hourly"):
        assert figure in shown
    shown = words(go_to(app, "pages/3_Channels.py"))
    assert "Without Organic Social, 102,268 of 162,895 sessions would be left" in shown
    assert "Referral has the highest engagement rate that can be told, 66.6 %" in shown
    assert "19:00–23:00 are the busiest hours: 22.1 %" in words(go_to(app, "pages/1_Trends.py"))
    shown = words(go_to(app, "pages/2_Correlations.py"))
    assert "Sessions and users go together most (+0.99), the same number twice" in shown


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
    return labelled(app.button, label)


def labelled(widgets, label: str):
    """The last one of that name: a form comes after its shortcut."""
    return [found for found in widgets if found.label == label][-1]


def choose(app: AppTest, label: str, value: str) -> AppTest:
    """Press one of the options that stand side by side."""
    labelled(app.get("button_group"), label).set_value(value).run()
    assert not app.exception
    return app


def headlines(app: AppTest) -> list[str]:
    """What the chart cards say, as a person sees it."""
    found = [element.value for element in app.markdown if element.value.startswith("#### ")]
    return [plain(text.removeprefix("#### ")) for text in found]


def main_chart(app: AppTest) -> dict:
    return json.loads(app.get("vega_lite_chart")[0].proto.spec)


def dashes(app: AppTest) -> list[list[int]]:
    """Dash patterns of the lines of the first chart."""
    marks = [layer["mark"] for layer in main_chart(app)["layer"]]
    return [mark["strokeDash"] for mark in marks if mark["type"] == "line" and "strokeDash" in mark]


@pytest.mark.parametrize("page", [HOME, *PAGES])
def test_an_empty_selection_says_so_and_offers_the_reset(page) -> None:
    rows = b"Session primary channel group,Date,Sessions,Users\n" + b"".join(
        f"{name},202401{day:02d},9,8\n".encode()
        for name, first in (("Direct", 1), ("Email", 15))
        for day in range(first, first + 14)
    )
    app = start(rows, page)
    app.multiselect[0].select("Email")
    labelled(app.date_input, "Dates").set_value((date(2024, 1, 1), date(2024, 1, 5))).run()
    assert not app.exception
    assert "nothing of the file" in words(app)
    button(app, "Reset all filters").click().run()
    assert not app.exception
    assert "nothing of the file" not in words(app)


def test_the_period_before_is_drawn_when_asked_for(sample_export) -> None:
    app = start(sample_export, "pages/1_Trends.py")
    before = dashes(app)
    assert "against the" not in words(app)
    app.toggle[0].set_value(True).run()
    assert len(dashes(app)) == len(before) + 1
    assert [4, 3] in dashes(app)
    assert "Grey: last 28 days (31 Mar – 27 Apr 2025) against the 28 before." in words(app)
    choose(app, "Lines", "by_channel")
    assert [4, 3] in dashes(app)


def test_a_real_peak_has_a_name_and_a_channel(seed_export) -> None:
    app = start(seed_export, "pages/1_Trends.py")
    shown = words(app)
    glance = shown[shown.index("What was that peak?") :]
    assert glance.split("**")[1].strip().startswith("Wed 17 Apr 2024, 18:00")
    assert "Organic Social carries" in glance.split(". ")[1]
    assert "The highest day was Wed 17 Apr 2024: 7,659 sessions" in headlines(app)
    assert labelled(app.selectbox, STRETCH).options[0].startswith("Spike: Wed 17 Apr 2024, 18:00")
    card = next(text for text in headlines(app) if text.startswith("Wed 17 Apr 2024, 18:00"))
    assert card.endswith("is usual")


STRETCH = "Which stretch? (or click or drag in the chart)"
PEAKS = {
    "hour": "The highest hour was Wed 17 Apr 2024, 18:00–19:00: 513 sessions",
    "day": "The highest day was Wed 17 Apr 2024: 7,659 sessions",
    "week": "The highest week was the week of Mon 15 Apr 2024: 42,551 sessions",
    "month": "Sessions by month",  # neither April nor May is whole
}


def test_every_step_of_the_line(seed_export) -> None:
    app = start(seed_export, "pages/1_Trends.py")
    for grain, peak in PEAKS.items():
        choose(app, "Step", grain)
        assert headlines(app)[0] == peak
        assert f"unfinished {grain}s" in words(app) or grain in ("hour", "day")
    choose(app, "Lines", "by_channel")
    for grain in PEAKS:
        choose(app, "Step", grain)
        assert headlines(app)[0] == "Sessions by channel; Organic Social is the largest channel"


def test_a_rate_over_time(seed_export) -> None:
    app = start(seed_export, "pages/1_Trends.py")
    labelled(app.selectbox, "Metric").select("engagement_rate").run()
    assert not app.exception
    shown = headlines(app)
    assert shown[0] == "Engagement rate by day"  # the highest of a rate is chance
    assert "Engagement rate by hour of the week: mostly between 48.0 % and 59.9 %" in shown
    card = next(text for text in shown if text.startswith("Wed 17 Apr 2024, 18:00"))
    assert re.search(r"engagement rate \d\d\.\d %, \d\d\.\d % is usual", card)
    assert "is another mix of channels" in words(app)
    choose(app, "Lines", "by_channel")
    assert headlines(app)[0].startswith("Engagement rate by channel")
    assert "fewer than 100 visits" in words(app)


def test_time_is_told_in_hours_and_minutes_all_over_the_page(sample_export) -> None:
    app = start(sample_export, "pages/1_Trends.py")
    labelled(app.selectbox, "Metric").select("engagement_seconds").run()
    assert not app.exception
    write_note(app, "Reel", date(2025, 4, 2), date(2025, 4, 2))
    shown = words(app)
    time = r"(\d[\d,]* h )?\d+ min( \d+ s)?"
    assert re.search(rf"^The highest day was .*: {time} of engagement time$", headlines(app)[0])
    assert re.search(rf"^The fullest hour was .*: {time} of engag", "\n".join(headlines(app)), re.M)
    assert re.search(rf"{time} of engagement time, about {time} is usual\.", shown)
    assert re.search(rf"{time} (more|less) engagement time than usual", listed_notes(app)[0])
    assert not re.search(r"\d,\d{3} engagement time", shown)
    heights = [layer["encoding"].get("y", {}) for layer in main_chart(app)["layer"]]
    (axis,) = (height["axis"] for height in heights if "axis" in height)
    assert all(tick % 3600 == 0 for tick in axis["values"])


def test_a_week_of_stretches_too_thin_to_judge_is_no_all_clear() -> None:
    rows = [
        ("Direct", f"202401{day:02d}{hour:02d}", 1, int(hour == 12), 1, 30, 0.5, 4, 0.5, 4)
        for day in range(1, 15)
        for hour in range(24)
    ]
    app = start(export_text(rows).encode(), "pages/1_Trends.py")
    shown = words(app)
    assert "Sessions: no stretch of the week can be judged." in shown
    assert (
        "Each stretch of the week was seen too seldom, or holds too few visits, to tell." in shown
    )
    assert "0 stretches" not in shown


@pytest.mark.parametrize("metric", ["engagement_seconds", "events_per_session"])
def test_both_sides_of_a_comparison_are_told_in_the_same_unit(sample_export, metric) -> None:
    app = start(sample_export, "pages/1_Trends.py")
    labelled(app.selectbox, "Metric").select(metric).run()
    assert not app.exception
    card = next(text for text in headlines(app) if text.endswith("is usual"))
    told, usual = card.partition(": ")[2].removesuffix(" is usual").rsplit(", ", 1)
    units = [re.findall(r"\b(?:h|min|s)\b", side) for side in (told, usual)]
    assert units[0] == units[1]
    assert ("." in told) == ("." in usual)


def test_another_stretch_by_hand_and_against_the_week_before(seed_export) -> None:
    app = start(seed_export, "pages/1_Trends.py")
    labelled(app.selectbox, STRETCH).select("own").run()
    labelled(app.date_input, "Days").set_value((date(2024, 4, 17), date(2024, 4, 17))).run()
    assert not app.exception
    assert any(text.startswith("Wed 17 Apr 2024: 7,659 sessions") for text in headlines(app))
    choose(app, "Held against", "before")
    rows = naive.read_rows(seed_export)
    days = naive.add_up(rows, "Sessions", lambda row: row[naive.TIME][:8])
    assert f"Wed 17 Apr 2024: 7,659 sessions, {days['20240410']:,.0f} before" in headlines(app)


def write_note(app: AppTest, text: str, *days: date) -> AppTest:
    """Fill in the form at the end of the page."""
    labelled(app.text_input, "What happened?").set_value(text)
    labelled(app.date_input, "First and last day").set_value(days)
    button(app, "Keep the note").click().run()
    assert not app.exception
    return app


def listed_notes(app: AppTest) -> list[str]:
    found = [element.value for element in app.markdown if re.match(r"\*\*[A-Z]+\. ", element.value)]
    return [plain(text) for text in found]


def test_a_note_is_on_every_chart_over_time_until_the_file_is_removed(
    seed_export, sample_export
) -> None:
    app = start(seed_export, "pages/1_Trends.py")
    assert listed_notes(app) == []
    write_note(app, "Reel by a partner", date(2024, 4, 17), date(2024, 4, 17))
    write_note(app, "TV spot", date(2024, 4, 10), date(2024, 4, 11))
    first, second = listed_notes(app)  # in the order of time
    assert first.startswith("**A. TV spot** · 10 Apr – 11 Apr 2024")
    assert second.startswith("**B. Reel by a partner** · Wed 17 Apr 2024")
    lift = r"[\d,]+ (more|fewer) sessions than usual \(95 % interval [+−][\d,]+ to [+−][\d,]+\): "
    assert re.search(lift + "beyond chance", second)
    assert re.search(lift + "(beyond|within) chance", first)
    legend = "Notes: A: TV spot; B: Reel by a partner."
    assert legend in words(app)
    assert "letter" in json.dumps(main_chart(app))
    assert any("Reel by a partner" in name for name in labelled(app.selectbox, STRETCH).options)
    choose(app, "Step", "hour")
    assert legend in words(app)

    go_to(app, HOME)
    assert legend in words(app)
    assert "letter" in json.dumps(main_chart(app))

    app.file_uploader[0].upload("sample.csv", sample_export, "text/csv").run()
    assert "Notes:" not in words(app)  # another year
    go_to(app, "pages/1_Trends.py")
    assert [text.rsplit("  \n", 1)[1] for text in listed_notes(app)] == [
        "Outside of what is loaded."
    ] * 2

    go_to(app, HOME)
    button(app, "Remove this file").click().run()
    app.file_uploader[0].upload("export.csv", seed_export, "text/csv").run()
    assert "TV spot" not in words(app)
    assert listed_notes(go_to(app, "pages/1_Trends.py")) == []


def test_a_note_can_be_removed_and_one_without_text_is_explained(seed_export) -> None:
    app = start(seed_export, "pages/1_Trends.py")
    write_note(app, "   ", date(2024, 4, 17), date(2024, 4, 17))
    assert "The note has no text." in words(app)
    assert listed_notes(app) == []
    write_note(app, "Reel", date(2024, 4, 17), date(2024, 4, 17))
    assert len(listed_notes(app)) == 1
    button(app, "Remove").click().run()
    assert not app.exception
    assert listed_notes(app) == []
    assert "Notes:" not in words(app)


def test_a_note_for_the_stretch_just_explained(seed_export) -> None:
    app = start(seed_export, "pages/1_Trends.py")
    card = next(text for text in headlines(app) if text.startswith("Wed 17 Apr 2024, 18:00"))
    app.text_input[0].set_value("Reel")
    app.button[0].click().run()
    assert not app.exception
    (note,) = listed_notes(app)
    assert note.startswith(f"**A. Reel** · {card.split(': ', 1)[0]}")


@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
def test_a_note_on_the_last_day_is_on_the_chart_at_every_step(seed_export, grain) -> None:
    app = start(seed_export, "pages/1_Trends.py")
    choose(app, "Step", grain)
    write_note(app, "Spring sale", date(2024, 5, 3), date(2024, 5, 3))
    assert "Notes: A: Spring sale." in words(app)


def test_notes_from_a_file(sample_export) -> None:
    app = start(sample_export, "pages/1_Trends.py")
    write_note(app, "Reel", date(2025, 4, 2), date(2025, 4, 2))
    zone = "Load notes from a CSV"
    broken = b"start,note\nsoon ![x](https://evil.example/x.png),Newsletter\n2025-04-02,\n"
    labelled(app.file_uploader, zone).upload("notes.csv", broken, "text/csv").run()
    assert not app.exception
    assert "The note in row 2 has a date that we cannot read" in words(app)
    assert "The note in row 3 has no text." in words(app)
    assert all("![x](" not in element.value for element in app.error)
    assert len(listed_notes(app)) == 1  # nothing lost, nothing half read
    assert headlines(app)[0].startswith("The highest day was Wed 2 Apr 2025")
    labelled(app.file_uploader, zone).upload("picture.csv", b"\x89PNG\r\n\x1a\n", "text/csv").run()
    assert "This cannot be read as notes" in words(app)
    for nothing in (b"start,end,note\n", b""):
        labelled(app.file_uploader, zone).upload("notes.csv", nothing, "text/csv").run()
        assert not app.exception
        said = "There is no note in this file." if nothing else "cannot be read as notes: it is emp"
        assert said in words(app)
        assert len(listed_notes(app)) == 1
    good = b"start,end,note\n2025-03-20,2025-03-21,Newsletter\n2025-04-02,2025-04-02,Reel\n"
    labelled(app.file_uploader, zone).upload("notes.csv", good, "text/csv").run()
    assert not app.exception
    assert not app.error
    assert [text.split("**")[1] for text in listed_notes(app)] == ["A. Newsletter", "B. Reel"]
    assert labelled(app.file_uploader, zone).value is None


def weeks(count: int = 26) -> bytes:
    """Whole weeks by channel."""
    lines = ["Week,Session primary channel group,Sessions,Engaged sessions"]
    for number, monday in enumerate(pd.date_range("2024-01-01", periods=count, freq="7D")):
        week = f"{monday:%Y-%m-%d} - {monday + pd.Timedelta(days=6):%Y-%m-%d}"
        lines += [f"{week},Direct,{100 + number % 5},60", f"{week},Email,{200 + number % 3},90"]
    return "\n".join(lines).encode()


def months(count: int = 14) -> bytes:
    """Whole months by channel."""
    lines = ["Month,Session primary channel group,Sessions,Engaged sessions"]
    for number, month in enumerate(pd.date_range("2023-01-01", periods=count, freq="MS")):
        lines += [f"{month:%Y%m},Direct,{1000 + number},600", f"{month:%Y%m},Email,2000,900"]
    return "\n".join(lines).encode()


def test_weeks_are_held_against_the_week_before_and_say_what_days_would_tell() -> None:
    app = start(weeks(), "pages/1_Trends.py")
    assert charts(app) == 2
    assert "the week of Mon" in headlines(app)[0]
    assert headlines(app)[1] == "24 Jun – 30 Jun 2024: 301 sessions, 304 before"
    shown = words(app)
    assert shown.count("Hours of the day cannot be shown: the file counts by week.") == 1
    assert "Add “Date + hour” instead of “Week” as second column" in shown
    assert shown.count("This needs days or hours; the file counts by week.") == 1
    assert shown.count("counts by week") == 2
    assert "?**" not in shown  # no card with a question and no answer
    assert len(app.info) == 1
    assert [group.label for group in app.get("button_group")] == ["Lines"]
    choose(app, "Lines", "by_channel")
    write_note(app, "Sale", date(2024, 6, 3), date(2024, 6, 4))
    assert "Notes: A: Sale." in words(app)


def test_a_note_in_the_last_week_is_on_the_chart_of_a_new_level() -> None:
    rows = weeks().decode().splitlines()
    late = [f"{row.rsplit(',', 2)[0]},{700 + number % 7},60" for number, row in enumerate(rows)]
    app = start("\n".join([*rows[:31], *late[31:]]).encode(), "pages/1_Trends.py")
    level = next(text for text in headlines(app) if text.startswith("New level of all traffic: "))
    assert level.startswith("New level of all traffic: from about 303 to about 1,4")
    assert level.count(": ") == 1
    assert "Thin: weeks as they were counted. Thick: the level they keep." in words(app)
    write_note(app, "Sale", date(2024, 6, 29), date(2024, 6, 29))  # the Saturday of it
    over_time, *levels = [
        element.value for element in app.caption if "Notes: A: Sale." in plain(element.value)
    ]
    assert "high point" in over_time
    assert len(levels) == headlines(app).count(level) + 2  # of each channel, too


@pytest.mark.parametrize("count", [13, 14, 15, 16])  # the last is January … April
def test_months_are_held_against_the_month_before_however_long_it_was(count) -> None:
    app = start(months(count), "pages/1_Trends.py")
    assert headlines(app)[0].startswith("The highest month was")
    assert "the file counts by month" in words(app)
    assert headlines(app)[1].endswith(f"{3000 + count - 1:,} sessions, {3000 + count - 2:,} before")


@pytest.mark.parametrize("days", [1, 10])
def test_less_than_two_weeks_says_what_is_missing(days) -> None:
    rows = [
        ("Direct", f"202401{day:02d}{hour:02d}", 9, 10 + hour, 5, 30, 0.5, 4, 0.5, 40)
        for day in range(1, days + 1)
        for hour in range(24)
    ]
    app = start(export_text(rows).encode(), "pages/1_Trends.py")
    assert headlines(app)[0].startswith("The highest")
    shown = words(app)
    noun = "1 day is" if days == 1 else f"{days} days are"
    assert shown.count(f"{noun} selected; at least 14 are needed.") == 1
    assert shown.count("Choose a longer range of dates") == 1
    assert "?**" not in shown  # no card with a question and no answer
    subheaders = [element.value for element in app.subheader]
    assert ("What was that?" in subheaders) == (days > 7)  # else there is nothing to stand by
    assert "What stood out" not in subheaders
    write_note(app, "Sale", date(2024, 1, 1), date(2024, 1, 1))
    assert f"How many sessions went with it cannot be said: {noun} sel" in listed_notes(app)[0]


def test_the_last_day_of_a_short_file_is_held_against_the_same_day_a_week_before() -> None:
    app = start(DAYS_BY_CHANNEL, "pages/1_Trends.py")
    assert headlines(app)[1] == "Wed 10 Jan 2024: 30 sessions, 15 before"
    assert "Before: one week earlier." in words(app)
    assert "Held against" not in [group.label for group in app.get("button_group")]
    labelled(app.selectbox, STRETCH).select("own").run()
    labelled(app.date_input, "Days").set_value((date(2024, 1, 4), date(2024, 1, 4))).run()
    assert not app.exception
    shown = words(app)
    assert (
        "The file begins on Mon 1 Jan 2024, so it does not hold what was one week earlier than "
        "Thu 4 Jan 2024. Choose a later stretch." in shown
    )
    assert "usual" not in shown.partition("What was that?")[2].partition("selected;")[0]


DAYS_BY_CHANNEL = b"Date,Session primary channel group,Sessions\n" + b"".join(
    b"202401%02d,Direct,%d\n202401%02d,Email,%d\n" % (day, 9 + day, day, day + (day > 7))
    for day in range(1, 11)
)


def test_what_a_file_cannot_tell_is_said_once_and_only_where_it_matters(sample_export) -> None:
    app = start(DAILY_EXPORT, "pages/1_Trends.py")
    shown = words(app)
    assert shown.count("the file counts by day") == 1
    assert "the hours of the week and the busiest stretches of the week." in shown
    assert "The week" not in [element.value for element in app.subheader]
    assert "When do people come?" not in shown
    assert "Is the last week different?" in shown
    assert not start(sample_export, "pages/1_Trends.py").info


def test_one_channel_is_told_in_words_and_not_as_one_bar() -> None:
    app = start(DAILY_EXPORT, "pages/1_Trends.py")
    assert "(all)" not in words(app)
    assert re.search(r"^23 Feb – 29 Feb 2024: \d+ sessions, \d+ is usual$", headlines(app)[1])
    assert "what such a stretch usually has" in words(app)


def test_what_stood_out_is_of_all_channels_only_where_there_are_some(seed_export) -> None:
    days = pd.date_range("2024-01-01", periods=56)
    counts = np.random.default_rng(1).poisson(900, len(days)) * np.where(days.day == 10, 2.5, 1.0)
    rows = [f"{day:%Y%m%d},{count:.0f}" for day, count in zip(days, counts, strict=True)]
    app = start("\n".join(["Date,Sessions", *rows]).encode(), "pages/1_Trends.py")
    specs = [element.proto.spec for element in app.get("vega_lite_chart")]
    assert sum("Sessions (the mark shows the usual)" in spec for spec in specs) == 1
    real = start(seed_export, "pages/1_Trends.py").get("vega_lite_chart")
    assert sum("Sessions of all channels (the mark" in chart.proto.spec for chart in real) == 1


def test_an_earlier_stretch_that_the_file_does_not_hold_stays_on_offer(seed_export) -> None:
    app = start(seed_export, "pages/1_Trends.py")
    choose(app, "Held against", "before")
    assert headlines(app)[1].endswith(" before")
    assert "Before: one week earlier." in words(app)
    app.toggle[0].set_value(True).run()
    assert not app.exception
    held = labelled(app.get("button_group"), "Held against")
    assert held.value == "before"
    assert list(held.options) == ["What is usual then", "2 weeks earlier"]
    assert (
        "The file begins on Sat 6 Apr 2024, so it does not hold what was 2 weeks earlier than "
        "Wed 17 Apr 2024, 18:00–23:00. Choose a later stretch or hold it against what is usual or "
        "switch off “Compare with the period before”." in words(app)
    )
    choose(app, "Held against", "usual")
    assert headlines(app)[1].endswith(" is usual")
    assert "Before: " not in words(app)


HOSTILE_CHANNELS = (HOSTILE, "<script>alert(1)</script>", "[a](https://evil.example)")


def hostile_export() -> bytes:
    """Five weeks; the first channel has a wild evening, the second moves to a new level."""
    random = np.random.default_rng(1)
    rows = []
    for number, name in enumerate(HOSTILE_CHANNELS):
        for time in pd.date_range("2024-01-01", periods=35 * 24, freq="h"):
            is_evening = number == 0 and f"{time:%m%d}" == "0117" and 18 <= time.hour < 22
            is_late = number == 1 and time >= pd.Timestamp("2024-01-22")
            sessions = random.poisson(20 * (9 if is_evening else 3 if is_late else 1))
            rows.append(
                (f'"{name}"', f"{time:%Y%m%d%H}", 9, sessions, sessions // 2, 30, 0.5, 4, 0.5, 99)
            )
    return export_text(rows).encode()


def test_text_from_a_file_is_never_markdown() -> None:
    app = start(hostile_export(), "pages/1_Trends.py")
    shown = words(app)
    assert f"{HOSTILE} carries" in shown  # in a sentence about a spike
    assert "New level of <script>alert(1)</script>: from about" in shown
    write_note(app, HOSTILE, date(2024, 1, 17), date(2024, 1, 17))
    assert f"A. {HOSTILE}" in words(app)
    assert f"Notes: A: {HOSTILE}" in words(app)
    assert_no_markdown_from_outside(app)
    choose(app, "Lines", "by_channel")
    assert_no_markdown_from_outside(app)
    for page in (HOME, "pages/3_Channels.py", "pages/5_Recommendations.py"):
        assert_no_markdown_from_outside(go_to(app, page))


def assert_no_markdown_from_outside(app: AppTest) -> None:
    for kind in ("title", "subheader", "markdown", "caption", "info", "success", "error"):
        for element in app.get(kind):
            assert "![x](" not in element.value
            assert "[a](" not in element.value
            assert not re.search(r"(?<!\\)<script", element.value)


@pytest.mark.parametrize("page", PAGES)
def test_a_channel_has_one_colour_wherever_it_is_drawn(sample_export, page) -> None:
    """Or it is grey, where it is not what the chart is about."""
    app = start(sample_export, page)
    own = channel_colours(app.session_state["source"].result.traffic.channels, "light")
    grey = PALETTES["light"].context
    pairs = [pair for chart in app.get("vega_lite_chart") for pair in coloured_channels(chart)]
    drawn = [(name, colour) for name, colour in pairs if name in own]
    assert {(name, colour) for name, colour in drawn if colour != grey} <= set(own.items())
    if page in ("pages/3_Channels.py", "pages/5_Recommendations.py"):
        assert len({name for name, _ in drawn}) >= 5


def coloured_channels(chart) -> Iterator[tuple[str, str]]:
    """Channel and colour, from the scales of a chart and from its data."""
    spec = json.loads(chart.proto.spec)
    for scale in scales_of(spec):
        yield from zip(scale["domain"], scale["range"], strict=False)
    for data in chart.proto.datasets:
        rows = pa.ipc.open_stream(data.data.data).read_pandas()
        if {"channel", "shown"} <= set(rows.columns):
            yield from zip(rows["channel"], rows["shown"], strict=True)


def scales_of(spec: object) -> Iterator[dict]:
    """Those of colours by channel, wherever in the chart."""
    if isinstance(spec, list):
        for part in spec:
            yield from scales_of(part)
    elif isinstance(spec, dict):
        scale = spec.get("scale")
        is_named = isinstance(scale, dict) and {"domain", "range"} <= set(scale)
        if is_named and str(spec.get("field")) in ("channel", "line"):
            yield scale
        for part in spec.values():
            yield from scales_of(part)
