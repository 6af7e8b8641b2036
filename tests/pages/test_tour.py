"""The tour: only for those who start it, on the sample, through all pages, left at any time."""

from __future__ import annotations

from tests.pages.test_pages import HOME, PAGES, button, go_to, start, words
from ui.tour import STEPS

START, END = "Take the two-minute tour", "End the tour"


def test_nobody_sees_it_who_did_not_ask(sample_export) -> None:
    app = start()
    assert "Tour 1" not in words(app)
    button(app, "Use the sample").click().run()
    assert not app.exception
    assert "Tour 1" not in words(app)
    assert END not in [one.label for one in app.button]


def test_it_leads_through_all_pages_and_ends() -> None:
    app = start()
    button(app, START).click().run()
    assert not app.exception
    assert app.session_state["source"].is_sample
    assert "Tour 1 of 6: Home." in words(app)
    for number, page in enumerate(PAGES, start=2):
        text = words(go_to(app, page))
        assert f"Tour {number} of 6: {app.title[0].value}." in text
    button(app, END).click().run()
    assert not app.exception
    for page in (HOME, PAGES[0]):
        assert "Tour " not in words(go_to(app, page))
    assert app.session_state["source"].is_sample


def test_with_a_file_of_ones_own_it_is_over(seed_export) -> None:
    app = start()
    button(app, START).click().run()
    app.file_uploader[0].upload("export.csv", seed_export, "text/csv").run()
    assert not app.exception
    assert "Tour 1" not in words(app)


def test_it_takes_about_two_minutes_to_read() -> None:
    count = sum(len(text.split()) for text in STEPS.values())
    assert 120 <= count <= 400  # a person reads 200 words a minute, and looks
