"""What a person takes away opens where there is no internet."""

import io
import zipfile

import pytest
from playwright.sync_api import expect

from tests.conftest import SAMPLE
from tests.e2e.test_app import drop, go_to, main

pytestmark = pytest.mark.e2e


def test_the_html_and_the_archive_open_without_a_connection(app, visit, browser, tmp_path) -> None:
    page = visit(app)
    drop(page, SAMPLE.name, SAMPLE.read_bytes())
    expect(main(page).get_by_text(": we read")).to_be_visible()
    go_to(page, "Channels")
    with page.expect_download() as started:
        page.get_by_role("button", name="HTML").first.click()
    file = tmp_path / "chart.html"
    started.value.save_as(file)

    offline = browser.new_context(offline=True)
    asked: list[str] = []
    reader = offline.new_page()
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(file.as_uri())
    expect(reader.locator("svg.marks")).to_be_visible()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    offline.close()

    with page.expect_download() as started:
        page.get_by_role("button", name="Download everything on this page").click()
    with zipfile.ZipFile(io.BytesIO(started.value.path().read_bytes())) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    charts = page.locator('[data-testid="stVegaLiteChart"]').count()
    assert len([name for name in names if name.endswith(".png")]) == charts
