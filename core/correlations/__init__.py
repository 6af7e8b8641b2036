"""Which measures move together, and what that is worth."""

from core.correlations.correlate import Correlations, correlate
from core.correlations.lags import Lags, find_lags, possible_lag_steps
from core.correlations.observations import LEVELS, MIN_OBSERVATIONS, possible_levels
from core.correlations.pairs import Pair, examine
from core.correlations.verdicts import (
    CANNOT_TELL,
    DIFFERS,
    FALSE_DISCOVERY_RATE,
    FOLLOWS_CLOCK,
    MIN_STRENGTH,
    SAME_NUMBER,
    STILL_THERE,
)

__all__ = [
    "CANNOT_TELL",
    "DIFFERS",
    "FALSE_DISCOVERY_RATE",
    "FOLLOWS_CLOCK",
    "LEVELS",
    "MIN_OBSERVATIONS",
    "MIN_STRENGTH",
    "SAME_NUMBER",
    "STILL_THERE",
    "Correlations",
    "Lags",
    "Pair",
    "correlate",
    "examine",
    "find_lags",
    "possible_lag_steps",
    "possible_levels",
]
