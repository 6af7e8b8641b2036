"""One visitor walks through every page once; several tests look at what was seen.

Every page is laid out at four widths, the charts and words measured in each, and axe-core is run
in the light look of a laptop and the dark look of a phone. One session is enough, so that nothing
is computed twice.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page, expect

SCREENS = (1920, 1440, 768)
PHONE, LAPTOP = 390, 1440
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = """standards => axe.run({exclude: [['svg.marks']]},
    {runOnly: standards, resultTypes: ['violations']})"""
"""Not inside charts: Vega gives its groups of marks a role and no name (see docs/accessibility.md),
and the colours in charts are measured in tests/ui/test_theme.py."""
LONGEST_CHART = 900
"""Pixels: a chart higher than this does not fit a screen."""

MEASURE = r"""tallest => {
    const main = document.querySelector('[data-testid="stMain"]');
    const wide = document.documentElement.clientWidth;
    const found = [];
    if (main.scrollWidth > main.clientWidth + 1 || document.documentElement.scrollWidth > wide + 1)
        found.push('the page scrolls sideways');
    for (const one of main.querySelectorAll('*:not(svg, svg *, style, script)')) {
        const box = one.getBoundingClientRect();
        if (box.width < 3 || box.height < 3) continue;
        const words = one.textContent.trim();
        if (!words) continue;
        const style = getComputedStyle(one);
        const hides = ['hidden', 'clip'].includes(style.overflowX) && style.display !== 'inline';
        if (hides && one.clientWidth && one.scrollWidth > one.clientWidth + 1)
            found.push(`cut off: ${words.slice(0, 60)}`);
        if (!one.children.length && box.right > wide + 1 && box.left < wide)
            found.push(`beyond the edge: ${words.slice(0, 60)}`);
    }
    for (const chart of main.querySelectorAll('[data-testid="stVegaLiteChart"]')) {
        const drawn = chart.querySelector('svg.marks');
        if (!drawn) continue;
        const name = (chart.getAttribute('aria-label') || '').slice(0, 40);
        const outer = chart.getBoundingClientRect(), box = drawn.getBoundingClientRect();
        if (box.right > outer.right + 1 || box.right > wide)
            found.push(`chart wider than its card: ${name}`);
        if (box.height > tallest) found.push(`chart too high (${box.height}): ${name}`);
        for (const text of drawn.querySelectorAll('text')) {
            const place = text.getBoundingClientRect();
            if (!place.width || getComputedStyle(text).opacity === '0') continue;
            const out = [box.left - place.left, place.right - box.right,
                         box.top - place.top, place.bottom - box.bottom];
            const over = Math.round(Math.max(...out)); // a line is a little higher than its letters
            if (over > 3 || text.textContent.endsWith('…'))
                found.push(`cut by ${over} px in the chart "${name}": ${text.textContent}`);
        }
    }
    return [...new Set(found)];
}"""
CHARTS = """() => [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')].map(chart =>
    chart.getAttribute('aria-label') || '')"""


@dataclass
class Seen:
    """What the visitor saw.

    Args:
        layout: page and width → what is cut off or too large.
        violations: page and mode → violations of axe-core, as it returns them.
        alternatives: page → the alternative text of each chart.
        tables: page → how many charts offer their numbers.
        outside: addresses asked for beyond this machine.
    """

    layout: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    violations: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    alternatives: dict[str, list[str]] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    outside: list[str] = field(default_factory=list)


def is_outside(url: str) -> bool:
    """Whether an address leaves this machine."""
    return not re.match(r"(https?|wss?)://localhost[:/]|data:|blob:", url)


def settle(page: Page) -> None:
    """No run under way, and the charts drawn anew."""
    app = page.locator('[data-testid="stApp"]')
    page.wait_for_timeout(400)
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    page.wait_for_timeout(300)


def look(page: Page, name: str, seen: Seen) -> None:
    """Measure a page at every width of a screen, and ask axe."""
    for width in SCREENS:
        page.set_viewport_size({"width": width, "height": 1000})
        settle(page)
        seen.layout[name, width] = page.evaluate(MEASURE, LONGEST_CHART)
        if width == LAPTOP:
            seen.violations[name, "light"] = ask_axe(page)
            seen.alternatives[name] = page.evaluate(CHARTS)
            seen.tables[name] = page.get_by_text("Show the numbers", exact=True).count()


def look_at_phone(page: Page, name: str, seen: Seen) -> None:
    """Measure a page as it was drawn for a phone, and ask axe."""
    settle(page)
    seen.layout[name, PHONE] = page.evaluate(MEASURE, LONGEST_CHART)
    seen.violations[name, "dark"] = ask_axe(page)


def ask_axe(page: Page) -> list[dict[str, Any]]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(RUN_AXE, STANDARDS)["violations"]
    return [each for each in found if each["impact"] in ("serious", "critical")]


def open_sidebar(page: Page) -> None:
    closed = page.locator('[data-testid="stExpandSidebarButton"]')
    if closed.count() and closed.is_visible():
        closed.click()


def walk(page: Page, address: str, places: tuple[str, ...]) -> Seen:
    """Home without a file, home with the sample, then each page; all of it again on a phone.

    The phone is dark, and comes to each page anew: what is drawn there is drawn for its width.
    """
    seen = Seen()
    page.on(
        "request",
        lambda asked: seen.outside.append(asked.url) if is_outside(asked.url) else None,
    )
    page.goto(address)
    expect(page.locator("h1")).to_be_visible()
    look(page, "Home, empty", seen)
    page.get_by_role("button", name="sample").first.click()
    expect(page.locator('[data-testid="stMain"]').get_by_text("we read").first).to_be_visible()
    look(page, "Home", seen)
    for place in places:
        page.set_viewport_size({"width": LAPTOP, "height": 1000})
        go_to(page, place)
        look(page, place, seen)
    page.set_viewport_size({"width": PHONE, "height": 1000})
    page.emulate_media(color_scheme="dark")
    for place in places:
        go_to(page, place)
        look_at_phone(page, place, seen)
    return seen


def go_to(page: Page, place: str) -> None:
    """Follow the link in the sidebar, which is folded away on a phone."""
    open_sidebar(page)
    link = page.locator('[data-testid="stSidebar"]').get_by_role("link", name=place)
    link.evaluate("link => link.click()")
    expect(page.locator("h1")).to_have_text(place)
    settle(page)
    if place != "Glossary":
        expect(page.locator('[data-testid="stVegaLiteChart"] svg').first).to_be_visible()
