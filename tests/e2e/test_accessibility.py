"""What axe-core finds on every page, and what it cannot: names of charts, tables, keys, requests.

What is left over is not ours to mend; each exception names its rule, the element and the thread in
which its makers discuss it. Anything else of weight fails. See docs/accessibility.md.
"""

import re
from dataclasses import dataclass

import pytest

from tests.e2e.walk import Seen, walk

pytestmark = pytest.mark.e2e
PAGES = ("Trends", "Correlations", "Channels", "Forecast", "Recommendations", "Glossary")


@dataclass(frozen=True)
class NotOurs:
    """A violation that Streamlit or Vega brings along."""

    rule: str
    element: str
    mode: str
    reason: str
    thread: str


NOT_OURS = (
    NotOurs(
        "target-size",
        r'^<span role="spinbutton"',
        "any",
        "parts of a date are small; the calendar button beside them does the same",
        "https://github.com/streamlit/streamlit/pull/16460",
    ),
    NotOurs(
        "color-contrast",
        r"^<p>",
        "dark",
        "one accent serves as words on dark and under white words: no blue has 4.5:1 to both",
        "https://github.com/streamlit/streamlit/issues/12801",
    ),
)


@pytest.fixture(scope="module")
def seen(app, browser) -> Seen:
    """What one visitor saw on all pages."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(60_000)
    yield walk(context.new_page(), app, PAGES)
    context.close()


def is_in_the_accent(node: dict) -> bool:
    """A chosen segment, or an end of the slider of hours."""
    place = " ".join(map(str, node["target"]))
    is_end_of_slider = re.fullmatch(r"<p>\d?\d:00</p>", node["html"]) is not None
    return 'data-selected="true"' in place or is_end_of_slider


def is_not_ours(rule: str, node: dict, mode: str) -> bool:
    """Whether an exception covers it; contrast only where Streamlit writes in the accent."""
    if rule == "color-contrast" and not is_in_the_accent(node):
        return False
    return any(
        each.rule == rule and each.mode in ("any", mode) and re.search(each.element, node["html"])
        for each in NOT_OURS
    )


def test_axe_finds_nothing_of_weight_that_is_ours(seen) -> None:
    ours = [
        (page, mode, found["id"], node["html"][:160])
        for (page, mode), violations in seen.violations.items()
        for found in violations
        for node in found["nodes"]
        if not is_not_ours(found["id"], node, mode)
    ]
    assert len(seen.violations) == 2 * len(PAGES) + 2  # home, empty and not, is not asked in dark
    assert ours == []


def test_every_chart_says_its_finding_and_most_offer_their_numbers(seen) -> None:
    for page in PAGES[:-1]:
        names = seen.alternatives[page]
        assert names, page
        assert all(len(name) > 15 and name != "Vega visualization" for name in names), page
    for page in ("Trends", "Correlations", "Channels", "Forecast"):
        assert seen.tables[page] >= len(seen.alternatives[page]), page


def test_nothing_is_cut_off_at_any_width(seen) -> None:
    faults = {place: found for place, found in seen.layout.items() if found}
    assert faults == {}


def test_no_page_asks_for_anything_outside_in_light_or_dark(seen) -> None:
    assert seen.outside == []


FOCUSED = """() => {
    const one = document.activeElement;
    window.order = [...(window.order || []), one];
    const before = window.order.at(-2);
    const follows = !before ||
        Boolean(before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    return [one.innerText || one.getAttribute('aria-label') || one.tagName, follows];
}"""


def test_keys_reach_the_page_in_reading_order(app, visit) -> None:
    page = visit(app)
    sample = page.get_by_role("button", name="sample").first
    sample.wait_for()
    page.wait_for_timeout(1000)
    reached = []
    for _ in range(25):
        page.keyboard.press("Tab")
        name, follows = page.evaluate(FOCUSED)
        reached.append(name)
        assert follows, reached
        if "sample" in name:
            break
    assert "Skip to main content" in reached[0]
    names = [name.split()[-1] for name in reached]  # behind the name of its icon
    assert [name for name in names if name in ("Home", *PAGES)] == ["Home", *PAGES]
    assert "sample" in reached[-1]
