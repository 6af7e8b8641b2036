"""Pages are tested on a few files many times: what is worked out from a file is worked out once."""

import hashlib
import pickle
from functools import wraps
from types import ModuleType

import pytest

from core import channels, correlations, forecast, levels, recommendations, rhythm, spikes
from core.language import spoken

SLOW = (
    (forecast, "forecast"),
    (forecast, "forecast_channels"),
    (recommendations, "recommend"),
    (correlations, "correlate"),
    (correlations, "examine"),
    (correlations, "find_lags"),
    (spikes, "find_spikes"),
    (levels, "find_level_changes"),
    (rhythm, "find_blocks"),
    (channels, "compare_channels"),
    (channels, "like_for_like"),
)
"""Pure functions that ``ui/cache.py`` calls; each has tests of its own in ``tests/core``."""
WORDLESS = {"forecast", "forecast_channels", "find_level_changes", "compare_channels"}
"""Those whose results hold no words, and so are the same in every language."""


def remember(function, known: dict):
    """The function, which gives what it gave for arguments of equal content."""

    @wraps(function)
    def remembered(*args, **kwargs):
        given = {name: value for name, value in kwargs.items() if name != "on_progress"}
        language = "" if function.__name__ in WORDLESS else spoken()
        asked = (function.__name__, language, args, given)
        key = hashlib.sha256(pickle.dumps(asked)).hexdigest()
        if key not in known:
            known[key] = function(*args, **kwargs)
        return known[key]

    return remembered


@pytest.fixture(scope="session")
def _remembering() -> list[tuple[ModuleType, str, object]]:
    known: dict = {}
    return [(module, name, remember(getattr(module, name), known)) for module, name in SLOW]


@pytest.fixture(autouse=True)
def known_results(_remembering, monkeypatch) -> None:
    for module, name, remembered in _remembering:
        monkeypatch.setattr(module, name, remembered)
