"""The tour and the help on hover in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_app import wait_until_idle

pytestmark = pytest.mark.e2e


def test_the_tour_goes_on_back_and_ends_and_help_asks_nobody(app, visit) -> None:
    outside: list[str] = []
    page = visit(app)
    page.on("request", lambda one: outside.append(one.url))
    page.get_by_role("button", name="Take the two-minute tour").click()
    expect(page.get_by_text("Tour 1 of 6: Home.")).to_be_visible()
    wait_until_idle(page)  # what still comes in would move the mark from under the mouse
    help_mark = page.locator('[data-testid="stMetric"] [data-testid="stTooltipHoverTarget"]').first
    help_mark.hover()
    link = page.get_by_role("link", name="Definition in GA4's help")
    expect(link).to_have_attribute("href", "https://support.google.com/analytics/answer/11143382")
    page.get_by_role("link", name="Next: Trends").click()
    expect(page.get_by_text("Tour 2 of 6: Trends.")).to_be_visible()
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.get_by_text("Tour 1 of 6: Home.")).to_be_visible()
    page.get_by_role("button", name="End the tour").click()
    expect(page.get_by_text("Tour 1 of 6")).to_have_count(0)
    assert [url for url in outside if not url.startswith((app, "data:", "blob:"))] == []
