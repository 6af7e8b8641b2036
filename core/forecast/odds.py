"""The chance that a total comes out above a number, from the band of the total."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t as student_t

from core.forecast.results import Total

CURVE_POINTS = 81
_FURTHEST = 0.005
"""The curve goes on until the chance is within half a per cent of certain."""


def chance_of_more(total: Total, threshold: float) -> float:
    """Return the chance that the actual total exceeds a number.

    The logarithm of actual / expected follows Student's t, as for the band of the total, never
    narrower than Poisson counts.

    Args:
        total: of a forecast.
        threshold: a count.

    Returns:
        Between 0 and 1; one half at the expected total.

    >>> total = Total(mean=100.0, low=80.0, high=125.0, scale=0.15, freedom=8.0)
    >>> chance_of_more(total, 100.0), round(chance_of_more(total, 125.0), 2)
    (0.5, 0.09)
    """
    if threshold < 0:
        return 1.0
    if not total.mean > 0:
        return 0.0
    distance = np.log((threshold + 1) / (total.mean + 1)) / _scale(total)
    return float(student_t.sf(distance, total.freedom))


def _scale(total: Total) -> float:
    """Standard deviation of the log ratio; Poisson counts stray by 1 / root of the count."""
    return float(max(total.scale, 1 / np.sqrt(total.mean + 1)))


def odds_curve(total: Total) -> pd.DataFrame:
    """Return the chance of more for every total worth asking about.

    Args:
        total: of a forecast.

    Returns:
        ``total`` (counts, rising) and ``chance`` (0 to 1, falling); one row where nothing is
        expected.
    """
    if not total.mean > 0:
        return pd.DataFrame({"total": [0.0], "chance": [0.0]})
    reach = min(float(student_t.isf(_FURTHEST, total.freedom)) * _scale(total), 3.0)
    logs = np.linspace(-reach, reach, CURVE_POINTS)
    counts = np.unique(np.round(np.maximum((total.mean + 1) * np.exp(logs) - 1, 0.0)))
    chances = [chance_of_more(total, count) for count in counts]
    return pd.DataFrame({"total": counts, "chance": chances})
