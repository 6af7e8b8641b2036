"""The walk of somebody new: from the dropped file to the slides, counted in clicks."""

import io
import re

import pytest
from playwright.sync_api import Locator, Page, expect
from pptx import Presentation

from tests.conftest import SHARED
from tests.e2e.test_app import drop, main, wait_until_idle

pytestmark = pytest.mark.e2e
EXPORT = SHARED / "data" / "ga4_hourly_by_channel.csv"
MOST_CLICKS = 12


class Walker:
    """Clicks for a person and counts it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, target: Locator) -> None:
        wait_until_idle(self.page)
        target.click()
        self.clicks += 1

    def go_to(self, name: str) -> None:
        sidebar = self.page.locator('[data-testid="stSidebar"]')
        self.click(sidebar.get_by_role("link", name=re.compile(name)))
        expect(self.page.locator("h1")).to_have_text(name)

    def reads(self, words: str) -> None:
        expect(main(self.page).get_by_text(re.compile(words)).first).to_be_visible()


@pytest.mark.skipif(not EXPORT.is_file(), reason="the real export is not in this checkout")
def test_a_newcomer_finds_the_peak_the_channel_next_week_and_the_slides(app, visit) -> None:
    walker = Walker(visit(app))
    drop(walker.page, EXPORT.name, EXPORT.read_bytes())
    walker.reads("we read 3,182 rows")

    walker.go_to("Trends")
    walker.reads(r"Wed 17 Apr 2024, 18:00–23:00.*Organic Social carries 73\s%")

    walker.go_to("Channels")
    walker.reads("Organic Search and Referral clearly above the rest")

    walker.go_to("Forecast")
    walker.reads("Expected sessions")
    walker.reads(r"40,\d{3}|41,\d{3}")

    walker.click(walker.page.get_by_role("button", name="Make a report"))
    slides = walker.page.get_by_role("button", name="PowerPoint")
    expect(slides).to_be_visible()
    with walker.page.expect_download() as started:
        walker.click(slides)
    deck = Presentation(io.BytesIO(started.value.path().read_bytes()))
    words = " ".join(
        shape.text_frame.text
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_text_frame
    )
    assert "162,895" in words
    assert "Referral" in words
    assert walker.clicks <= MOST_CLICKS
