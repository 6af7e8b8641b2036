"""No part of a page vanishes in silence: a folded line says why and what to do."""

from __future__ import annotations

import pytest

from tests.builders import DAILY_EXPORT, TIMELESS_EXPORT
from tests.pages.test_pages import HOME, start, weeks
from ui.help import WHY_NOT

CHANNELS, FORECAST = "pages/3_Channels.py", "pages/4_Forecast.py"
BARE = b"Session primary channel group,Sessions\n" + b"".join(
    b"Channel %d,%d\n" % (number, 100 + number) for number in range(12)
)


def folded(app) -> dict[str, str]:
    """What is not shown, with the reason."""
    ending = WHY_NOT.removeprefix("{part}")
    return {
        fold.label.removesuffix(ending): " ".join(text.value for text in fold.markdown)
        for fold in app.expander
        if fold.label.endswith(ending)
    }


@pytest.mark.parametrize(
    ("data", "page", "parts"),
    [
        (TIMELESS_EXPORT, HOME, {"Visits over time"}),
        (
            TIMELESS_EXPORT,
            CHANNELS,
            {
                "Change against the period before",
                "Mix of channels over time",
                "When each channel’s visits come",
            },
        ),
        (BARE, CHANNELS, {"How good each channel’s visits are"}),
        (DAILY_EXPORT, FORECAST, {"What to expect from each channel"}),
        (weeks(), CHANNELS, {"When each channel’s visits come"}),
    ],
    ids=["home without time", "channels without time", "no rate", "no channels", "weeks"],
)
def test_what_a_file_cannot_show_is_said(data, page, parts) -> None:
    found = folded(start(data, page))
    assert parts <= set(found)
    for part in parts:
        assert "Export" in found[part] or "export" in found[part] or "GA4" in found[part], part


@pytest.mark.parametrize("page", [HOME, CHANNELS, FORECAST])
def test_a_file_that_holds_everything_is_not_lectured(sample_export, page) -> None:
    assert folded(start(sample_export, page)) == {}
