"""The report in a real browser: one press, a bar with words, a file that arrives."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_a_report_is_made_and_taken_away(app, visit) -> None:
    page = visit(app)
    page.get_by_role("button", name="sample").first.click()
    side = page.locator('[data-testid="stSidebar"]')
    side.get_by_role("button", name="Make a report").click()
    expect(side.get_by_role("progressbar")).to_be_visible()
    powerpoint = side.get_by_role("button", name="Download PowerPoint")
    expect(powerpoint).to_be_visible(timeout=90_000)
    with page.expect_download() as started:
        powerpoint.click()
    assert started.value.suggested_filename.endswith(".pptx")
    assert started.value.path().read_bytes().startswith(b"PK")
