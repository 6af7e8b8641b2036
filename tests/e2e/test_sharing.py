"""A link in a real browser: made, carried from page to page, opened by somebody else."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import SAMPLE

pytestmark = pytest.mark.e2e


def drop(page) -> None:
    export = {"name": "own.csv", "mimeType": "text/csv", "buffer": SAMPLE.read_bytes()}
    page.locator('input[type="file"]').first.set_input_files(export)
    expect(page.get_by_text("Where to go next")).to_be_visible()


def test_a_link_shows_another_person_the_same_number(app, visit) -> None:
    page = visit(app)
    drop(page)
    page.get_by_test_id("stSidebar").get_by_role("button", name="Mon", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?weekday=mon$"))
    number = page.get_by_test_id("stMetricValue").first
    filtered = page.get_by_text("Where to go next")
    expect(filtered).to_be_visible()
    page.wait_for_timeout(1500)
    shown = number.inner_text()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Channels").click()
    expect(page).to_have_url(re.compile(r"/Channels\?weekday=mon$"))
    page.get_by_role("button", name="Share this view").click()
    expect(page.get_by_test_id("stCode")).to_contain_text("/Channels?weekday=mon")

    other = visit(f"{app}/?weekday=mon")
    expect(other.get_by_text("Drop the file to see this view: Mon")).to_be_visible()
    drop(other)
    expect(other.get_by_test_id("stMetricValue").first).to_have_text(shown)
    expect(other).to_have_url(re.compile(r"\?weekday=mon$"))
