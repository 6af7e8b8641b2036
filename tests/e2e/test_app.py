"""What only a browser shows: dropping a file, walking through the pages, downloads, isolation."""

import base64
import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core import wording
from tests import naive
from tests.conftest import SAMPLE, SHARED
from tests.e2e.conftest import running_app
from tests.e2e.walk import is_outside

pytestmark = pytest.mark.e2e
PAGES = ("Trends", "Correlations", "Channels", "Forecast", "Recommendations")
DROP = """([zone, name, encoded]) => {
    const bytes = Uint8Array.from(atob(encoded), letter => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, {type: 'text/csv'}));
    const options = {bubbles: true, cancelable: true};
    for (const kind of ['dragenter', 'dragover', 'drop'])
        zone.dispatchEvent(new DragEvent(kind, {...options, dataTransfer: transfer}));
}"""


@pytest.fixture(scope="module")
def export() -> tuple[str, bytes]:
    """A real export where there is one, else the sample."""
    real = SHARED / "data" / "ga4_hourly_by_channel.csv"
    path = real if real.is_file() else SAMPLE
    return path.name, path.read_bytes()


def drop(page: Page, name: str, data: bytes) -> None:
    """Drag a file from the desktop and drop it on the zone, which each drop replaces."""
    zone = page.locator('[data-testid="stFileUploaderDropzone"]')
    wait_until_idle(page)
    expect(zone).to_have_count(1)
    expect(zone).to_be_visible()
    page.evaluate(DROP, [zone.element_handle(), name, base64.b64encode(data).decode()])


def wait_until_idle(page: Page) -> None:
    """No run of the script is under way."""
    app = page.locator('[data-testid="stApp"]')
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def go_to(page: Page, name: str) -> None:
    page.locator('[data-testid="stSidebar"]').get_by_role("link", name=name, exact=False).click()
    expect(page.locator("h1")).to_have_text(name)


def main(page: Page):
    return page.locator('[data-testid="stMain"]')


def sessions(rows: list[dict[str, str]], channel: str | None = None) -> str:
    sums = naive.add_up(rows, "Sessions", lambda row: row[naive.CHANNEL])
    return f"{sums[channel] if channel else sum(sums.values()):,.0f}"


def test_a_file_is_dropped_and_every_page_answers(app, visit, export) -> None:
    name, data = export
    rows = naive.read_rows(data)
    outside: list[str] = []
    page = visit(app)
    page.on(
        "request", lambda request: outside.append(request.url) if is_outside(request.url) else None
    )
    drop(page, name, data)
    expect(main(page).get_by_text(f"{name}: we read {len(rows):,} rows")).to_be_visible()
    expect(main(page).get_by_text(sessions(rows), exact=True)).to_be_visible()
    for place in PAGES:
        go_to(page, place)
        chart = page.locator(
            '[data-testid="stVegaLiteChart"] canvas, [data-testid="stVegaLiteChart"] svg'
        )
        expect(chart.first).to_be_visible()
        expect(page.locator('[data-testid="stException"]')).to_have_count(0)
        expect(page.locator('[data-testid="stAlertContentError"]')).to_have_count(0)
    assert outside == []


def test_a_filter_reaches_every_page_and_the_downloads(app, visit, export) -> None:
    name, data = export
    rows = naive.read_rows(data)
    referral = sessions(rows, "Referral")
    page = visit(app)
    drop(page, name, data)
    expect(main(page).get_by_text(sessions(rows), exact=True)).to_be_visible()
    page.locator('[data-testid="stMultiSelect"] input').click()
    page.get_by_role("option", name="Referral").click()
    page.keyboard.press("Escape")
    expect(main(page).get_by_text(referral, exact=True)).to_be_visible()
    go_to(page, "Channels")
    expect(main(page).get_by_text(f"Referral brings {referral} sessions")).to_be_visible()

    file, content = download(page, "CSV")
    assert re.fullmatch(r"engagement-rate-by-channel.*\d{4}-\d\d-\d\d.*referral.*\.csv", file)
    table = pd.read_csv(io.BytesIO(content))
    assert table["Channel"].tolist() == ["Referral"]
    assert f"{table['Counted on'].iloc[0]:,.0f}" == referral

    file, content = download(page, "PNG")
    assert file.endswith(".png")
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert picture.width > 800
    assert len(set(picture.resize((200, 100)).get_flattened_data())) > 20

    file, content = download(page, "SVG")
    assert content.startswith(b"<svg")
    assert b"Referral" in content

    page.get_by_role("button", name="Reset filters").click()
    expect(main(page).get_by_text(f"of {sessions(rows)} sessions")).to_be_visible()


def download(page: Page, label: str) -> tuple[str, bytes]:
    """Click the first button of that name; file name and content."""
    with page.expect_download() as caught:
        main(page).locator('[data-testid="stDownloadButton"]', has_text=label).first.click()
    return caught.value.suggested_filename, Path(caught.value.path()).read_bytes()


def test_a_broken_file_is_explained_and_the_good_one_stays(app, visit, export) -> None:
    name, data = export
    page = visit(app)
    drop(page, name, data)
    expect(main(page).get_by_text(f"{name}: ")).to_be_visible()
    drop(page, "holiday.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    expect(main(page).get_by_text("This is a picture, not a table")).to_be_visible()
    expect(main(page).get_by_text("is still loaded")).to_be_visible()
    expect(main(page).get_by_text(sessions(naive.read_rows(data)), exact=True)).to_be_visible()


def choose(page: Page, grid, row: int, meaning: str) -> None:
    """Pick a meaning from the list in the second column of a grid of two rows.

    The grid is drawn on a canvas, so nothing tells when the list is open: what was chosen shows
    in the table for screen readers, and until it does we try again.
    """
    chosen = page.locator('[data-testid="stDataFrame"] canvas td').get_by_text(meaning, exact=True)
    for pause in (500, 1000, 3000):
        page.wait_for_timeout(pause)
        box = grid.bounding_box()
        across, down = box["width"] * 0.75, box["height"] * (row + 0.5) / 3
        page.mouse.dblclick(box["x"] + across, box["y"] + down)
        page.wait_for_timeout(pause)
        page.keyboard.type(meaning)
        page.wait_for_timeout(pause)
        page.keyboard.press("Enter")
        page.wait_for_timeout(pause)
        if chosen.count():
            return
    expect(chosen).to_have_count(1)


def test_a_person_says_what_the_columns_are(app, visit) -> None:
    rows = [f"2024-01-{day:02},{day}" for day in range(1, 29)]
    page = visit(app)
    drop(page, "knocks.csv", "\n".join(["Moment,Klopfen", *rows]).encode())
    expect(main(page).get_by_text("We know none of its columns")).to_be_visible()
    page.get_by_text("Tell us what is in this file").click()
    grid = page.locator('[data-testid="stDataFrame"] canvas').first
    expect(grid).to_be_visible()
    choose(page, grid, 1, "Date")
    choose(page, grid, 2, "Sessions (visits)")
    page.get_by_role("button", name="Read it this way").click()
    expect(main(page).get_by_text("we read 28 rows: daily, 1 Jan – 28 Jan 2024")).to_be_visible()
    expect(main(page).get_by_text(str(sum(range(1, 29))), exact=True)).to_be_visible()


def plot(page: Page) -> dict[str, float]:
    """Where the chart over time is on the screen; brought into view first."""
    chart = main(page).locator('[data-testid="stVegaLiteChart"]').first
    chart.scroll_into_view_if_needed()
    wait_until_idle(page)
    page.wait_for_timeout(500)  # the chart is drawn anew after a run
    return chart.bounding_box()


def chosen_stretch(page: Page):
    return main(page).get_by_role("combobox", name="Which stretch?")


def pick(page: Page, act: Callable[[dict[str, float]], None], words: str) -> None:
    """Click or drag in the chart until the page has heard it: nothing tells when it listens."""
    chosen = re.compile(rf"^Picked in the chart: {re.escape(words)}$")
    for _ in range(3):
        act(plot(page))
        try:
            expect(chosen_stretch(page)).to_have_value(chosen, timeout=10_000)
        except AssertionError:
            continue
        return
    expect(chosen_stretch(page)).to_have_value(chosen)


def day_at(days: int, place: float) -> float:
    """Where the n-th day of so many lies across a chart: axis titles take its left edge."""
    return LEFT + (RIGHT - LEFT) * place / (days - 1)


LEFT, RIGHT = 0.021, 0.993
"""Edges of the plot as parts of the chart, for a chart as wide as these tests draw it."""


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_a_click_and_a_drag_say_what_that_was(app, visit, export, zone) -> None:
    name, data = export
    totals = naive.add_up(naive.read_rows(data), "Sessions", lambda row: row[naive.TIME][:8])
    days = sorted(totals)
    best = max(totals, key=totals.get)
    page = visit(app, zone)
    drop(page, name, data)
    expect(main(page).get_by_text(f"{name}: ")).to_be_visible()
    go_to(page, "Trends")
    expect(main(page).get_by_text(f"The highest day was {written(best)}")).to_be_visible()

    def click(box: dict[str, float], day: str, height: float) -> None:
        across = box["x"] + box["width"] * day_at(len(days), days.index(day))
        page.mouse.click(across, box["y"] + box["height"] * height)

    for day, height in ((days[3], 0.8), (days[9], 0.4), (best, 0.1)):  # not only on the line
        pick(page, partial(click, day=day, height=height), written(day))
    told = main(page).get_by_role(
        "heading", name=f"{written(best)}: {totals[best]:,.0f} sessions, "
    )
    expect(told).to_be_visible()
    check_parts(page, told.inner_text())

    first, last = len(days) // 4, len(days) // 2

    def drag(box: dict[str, float]) -> None:
        ends = [day_at(len(days), place) for place in (first - 0.4, last + 0.4)]
        left, right = (box["x"] + box["width"] * end for end in ends)
        middle = box["y"] + box["height"] * 0.5
        page.mouse.move(left, middle)
        page.mouse.down()
        page.mouse.move((left + right) / 2, middle, steps=5)
        page.mouse.move(right, middle, steps=5)
        page.mouse.up()

    start, end = (pd.Timestamp(days[place]).date() for place in (first, last))
    pick(page, drag, wording.span(start, end))
    inside = sum(totals[day] for day in days[first : last + 1])
    told = main(page).get_by_role("heading", name=f"{inside:,.0f} sessions, ")
    expect(told).to_be_visible()


def written(day: str) -> str:
    return wording.day(pd.Timestamp(day))


def check_parts(page: Page, told: str) -> None:
    """The numbers behind the bars add up to the difference of the two in the headline."""
    actual, usual = (
        float(number.replace(",", ""))
        for number in re.findall(r"([\d,]+)(?: sessions| is usual)", told)
    )
    card = main(page).locator('[data-testid="stVerticalBlock"]', has_text=told).last
    with page.expect_download() as caught:
        card.locator('[data-testid="stDownloadButton"]', has_text="CSV").click()
    file = caught.value
    assert file.suggested_filename.startswith("sessions-what-was-that")
    table = pd.read_csv(file.path())
    assert table["Then"].sum() == pytest.approx(actual)
    assert table["Part of the difference"].sum() == pytest.approx(actual - usual, abs=0.5)


def test_notes_are_saved_and_loaded_again(app, visit, export) -> None:
    name, data = export
    page = visit(app)
    drop(page, name, data)
    expect(main(page).get_by_text(f"{name}: ")).to_be_visible()
    go_to(page, "Trends")
    form = main(page).locator('[data-testid="stForm"]')
    expect(form).to_be_visible()
    wait_until_idle(page)
    form.get_by_label("What happened?").fill("Reel by a partner")
    form.get_by_role("button", name="Keep the note").click()
    note = main(page).get_by_text("A. Reel by a partner", exact=True)
    legend = main(page).get_by_text("Notes: A: Reel by a partner.")
    expect(note).to_be_visible()
    expect(legend.first).to_be_visible()

    file, content = download(page, "Save notes as CSV")
    assert file == "traffic-insights-notes.csv"
    header, *saved = content.decode("utf-8-sig").splitlines()
    assert header == "start,end,note"
    assert [line.split(",")[2] for line in saved] == ["Reel by a partner"]
    main(page).get_by_role("button", name="Remove", exact=True).click()
    expect(note).to_have_count(0)
    expect(legend).to_have_count(0)

    wait_until_idle(page)
    zone = main(page).locator('[data-testid="stFileUploader"]', has_text="Load notes")
    zone.locator('input[type="file"]').set_input_files(
        {"name": file, "mimeType": "text/csv", "buffer": content}
    )
    expect(note).to_be_visible()
    expect(legend.first).to_be_visible()
    page.locator('[data-testid="stSidebar"]').get_by_role("link", name="Home").click()
    expect(main(page).get_by_text(f"{name}: we read")).to_be_visible()
    expect(legend).to_be_visible()


def test_two_visitors_never_see_each_other(app, visit, export) -> None:
    name, data = export
    first, second = visit(app), visit(app)
    drop(first, name, data)
    expect(main(first).get_by_text(f"{name}: ")).to_be_visible()
    second.reload()
    expect(second.locator('[data-testid="stFileUploaderDropzone"]')).to_be_visible()
    expect(second.get_by_text(name)).to_have_count(0)
    go_to(second, "Trends")
    expect(second.get_by_role("button", name="Use the sample")).to_be_visible()
    expect(second.get_by_text(name)).to_have_count(0)
    second.get_by_role("button", name="Use the sample").click()
    expect(main(second).get_by_text("Sample export").first).to_be_visible()
    go_to(first, "Trends")
    expect(first.get_by_text(name).first).to_be_visible()
    expect(first.get_by_text("Sample export")).to_have_count(0)


@pytest.mark.parametrize("place", ["Channels", "Recommendations"])
def test_a_deep_link_works_on_a_server_that_has_just_started(visit, place) -> None:
    with running_app() as address:
        page = visit(f"{address}/{place}")
        expect(page.locator("h1")).to_have_text(place)
        page.get_by_role("button", name="Use the sample").click()
        expect(page.locator('[data-testid="stVegaLiteChart"]').first).to_be_visible()
        page.locator('[data-testid="stSidebar"]').get_by_role("link", name="Home").click()
        expect(main(page).get_by_text("Sample export: we read 7,226 rows")).to_be_visible()


def test_a_click_on_a_cell_shows_what_the_pair_is_worth(app, visit, export) -> None:
    """The first column of the last row: sessions and engaged sessions per user."""
    name, data = export
    page = visit(app)
    drop(page, name, data)
    expect(main(page).get_by_text(f"{name}: ")).to_be_visible()
    go_to(page, "Correlations")
    expect(main(page).get_by_text("are the same number twice").first).to_be_visible()
    chosen = main(page).get_by_role("combobox", name="Which pair?")
    for _ in range(3):  # nothing tells when the chart listens
        box = plot(page)
        page.mouse.click(box["x"] + 30, box["y"] + box["height"] - 25)
        try:
            expect(chosen).to_have_value("Sessions and engaged sessions per user", timeout=10_000)
            break
        except AssertionError:
            continue
    heading = re.compile("^Sessions and engaged sessions per user: ")
    expect(main(page).get_by_role("heading", name=heading)).to_be_visible()
    expect(main(page).get_by_text("How to find out")).to_be_visible()


def test_on_a_phone_the_sidebar_gives_way_to_the_page_chosen_in_it(app, visit) -> None:
    page = visit(f"{app}/?data=sample")
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Glossary").click()
    expect(page.locator("h1")).to_have_text("Glossary")
    expect(
        page.get_by_test_id("stSidebar").get_by_role("link", name="Home")
    ).not_to_be_in_viewport()
