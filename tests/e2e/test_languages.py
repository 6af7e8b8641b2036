"""The language of the browser, the one in the address, and the one that is chosen."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e


def page_link(page: Page, name: str):
    return page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True)


def first_number(page: Page):
    return page.get_by_test_id("stMetricValue").first


def test_the_browser_decides_first_and_then_the_person(app, visit) -> None:
    page = visit(f"{app}/Trends?data=sample&weekday=mon", locale="fr-CA")
    expect(page.locator("h1")).to_have_text("Tendances")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("button", name="lun.", exact=True)).to_be_visible()
    expect(page.locator('[data-testid="stVegaLiteChart"] svg').first).to_contain_text("mars")

    page.get_by_test_id("stSidebar").get_by_role("combobox", name="Langue").click()
    page.get_by_role("option", name="Deutsch").click()
    page_link(page, "Kanäle").click()
    expect(page.locator("h1")).to_have_text("Kanäle")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page).to_have_url(re.compile(r"/Channels\?data=sample&weekday=mon$"))
    page_link(page, "Start").click()
    expect(first_number(page)).to_have_text(re.compile(r"^\d{2}\.\d{3}$"))


def test_a_link_can_ask_for_a_language(app, visit) -> None:
    page = visit(f"{app}/?lang=pt", locale="en-US")
    expect(page.locator("h1")).to_be_visible()
    expect(page_link(page, "Previsão")).to_be_visible()


def test_a_language_that_is_not_there_is_english(app, visit) -> None:
    page = visit(f"{app}/?lang=xx", locale="ja-JP")
    expect(page_link(page, "Forecast")).to_be_visible()


def test_what_is_taken_away_speaks_the_language(app, visit) -> None:
    page = visit(f"{app}/?data=sample", locale="es-ES")
    expect(first_number(page)).to_have_text("318.745")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="SVG").first.click()
    picture = waiting.value.path().read_text(encoding="utf-8")
    assert "Fuente: Exportación de ejemplo." in picture
    assert "Source" not in picture.replace("Source Sans", "")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV").first.click()
    assert "Contado" in waiting.value.path().read_text(encoding="utf-8-sig").splitlines()[0]


def test_a_switch_keeps_what_lists_show_and_folds_speak_the_language(app, visit) -> None:
    page = visit(f"{app}/Trends?data=sample")
    sidebar = page.get_by_test_id("stSidebar")
    page.get_by_test_id("stMain").get_by_role("combobox").first.click()
    page.get_by_role("option", name="Engaged sessions", exact=True).click()
    expect(page.get_by_text("engaged sessions in").first).to_be_visible()

    sidebar.get_by_role("combobox", name="Language").click()
    page.get_by_role("option", name="Deutsch").click()
    metric = page.get_by_test_id("stMain").get_by_role("combobox").first
    expect(metric).to_have_value("Sitzungen mit Interaktionen")
    sidebar.get_by_role("button", name="Mo", exact=True).click()
    expect(page).to_have_url(re.compile("weekday=mon"))
    expect(metric).to_have_value("Sitzungen mit Interaktionen")

    page_link(page, "Prognose").click()
    expect(page.locator("h1")).to_have_text("Prognose")
    page.get_by_text("Was wäre wenn … eine Kampagne, ein Ziel").click()
    expect(page.get_by_text("Eine Kampagne", exact=True)).to_be_visible()
    expect(page.get_by_text("What if")).to_have_count(0)
