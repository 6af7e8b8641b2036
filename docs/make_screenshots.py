"""Takes the pictures of the user guide: every page at one width and in one mode.

python docs/make_screenshots.py [--width 1440] [--theme light] [--file EXPORT] [--out FOLDER]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.e2e.conftest import FLAGS, load_finder, running_app  # noqa: E402

PAGES = (
    "Home",
    "Trends",
    "Correlations",
    "Channels",
    "Forecast",
    "Recommendations",
    "Glossary",
)
HEIGHT = 900
PHONE = 700
COLOURS = 128
PATIENCE = 240_000
"""Milliseconds: the forecast takes long where the machine is busy."""
BUSY = '[data-testid="stStatusWidget"], [data-testid="stSpinner"], [data-testid="stSkeleton"]'


def main() -> None:
    """Start the app, load a file, take all pictures."""
    parser = argparse.ArgumentParser(description="Take the pictures of the user guide.")
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--file", type=Path, help="drop this export instead of the sample")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with running_app() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=load_finder().find_chromium(), args=list(FLAGS)
        )
        context = browser.new_context(
            viewport={"width": options.width, "height": HEIGHT}, color_scheme=options.theme
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector('[data-testid="stFileUploaderDropzone"]')
        picture(page, options.width, options.out / "welcome.png")
        load(page, options.file)
        for name in PAGES:
            visit(page, name, options.width)
            path = options.out / f"{name.lower()}.png"
            if name == "Glossary":  # a long list, its top shows enough
                shoot(page, path)
            else:
                picture(page, options.width, path)
        if options.file is None:
            tour(page, options.width, options.out / "tour.png")
        browser.close()


def load(page: Page, file: Path | None) -> None:
    """Use the sample or drop a file."""
    page.wait_for_selector('[data-testid="stFileUploaderDropzone"]')
    if file is None:
        page.get_by_role("button", name="Use the sample").click()
    else:
        page.set_input_files('input[type="file"]', file)
    page.wait_for_selector('[data-testid="stMetric"]')


def tour(page: Page, width: int, path: Path) -> None:
    """Start the tour and take what a visitor sees of its second step without scrolling."""
    visit(page, "Home", width)
    page.get_by_role("button", name="Take the two-minute tour").click()
    settle(page)
    page.get_by_role("link", name="Next: Trends").click()
    settle(page)
    shoot(page, path)


def visit(page: Page, name: str, width: int) -> None:
    """Go to a page by its link; on a phone the sidebar is opened and closed again."""
    sidebar = page.locator('[data-testid="stSidebar"]')
    if width < PHONE and page.locator('[data-testid="stExpandSidebarButton"]').count():
        page.locator('[data-testid="stExpandSidebarButton"]').first.click()
    sidebar.get_by_role("link", name=name).click()
    settle(page)
    if width < PHONE:
        close = page.locator('[data-testid="stSidebarCollapseButton"] button')
        if close.count() and close.first.is_visible():
            close.first.click()


def settle(page: Page) -> None:
    """Wait until nothing is computing any more and everything is drawn."""
    page.wait_for_timeout(1500)
    page.wait_for_function(f"!document.querySelector('{BUSY}')")
    page.wait_for_timeout(1000)


def picture(page: Page, width: int, path: Path) -> None:
    """Take the whole page: Streamlit scrolls inside, so the window grows to its content."""
    for _ in range(2):
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": max(HEIGHT, height)})
        settle(page)
    shoot(page, path)
    page.set_viewport_size({"width": width, "height": HEIGHT})


def shoot(page: Page, path: Path) -> None:
    """Take what is in the window, in few colours: small files."""
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    main()
