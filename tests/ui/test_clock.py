"""The day it is where the visitor sits."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from ui.clock import zone_named


def test_a_known_zone_is_taken():
    assert zone_named("Europe/Berlin") == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("name", [None, "", "Nowhere/Else", "../../secret", "/etc", "a" * 5000])
def test_what_is_no_zone_is_utc(name):
    assert zone_named(name) is UTC
