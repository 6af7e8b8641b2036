"""Do places of a cycle (weekdays of a week, months of a year) differ, cycle after cycle?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats


def shape_test(cycles: pd.DataFrame) -> pd.DataFrame:
    """Tell each place's distance from the mean of its cycle, cycles being the replicates.

    On the logarithm of counts. All places share one spread; a place that scatters more keeps its
    own, so that one wild Wednesday makes no habit. Student's t, corrected (Bonferroni) for the
    number of places.

    Args:
        cycles: one row per complete cycle, one column per place; counts.

    Returns:
        Index: places; ``change`` (0.2 is 20 % above the mean), ``low``, ``high`` (95 %, for all
        places at once), ``p_value`` (corrected) and ``agreeing`` (cycles on the same side); empty
        with fewer than two cycles.

    >>> weeks = pd.DataFrame([[100, 100, 140], [110, 108, 150], [90, 92, 128]], columns=list("abc"))
    >>> shape_test(weeks).loc["c", "change"].round(2)
    np.float64(0.25)
    """
    rows, places = cycles.shape
    if rows < 2 or places < 2:
        return pd.DataFrame(columns=["change", "low", "high", "p_value", "agreeing"])
    logs = np.log(cycles + 0.5)
    distance = logs.sub(logs.mean(axis=1), axis=0)
    mean = distance.mean()
    own = distance.var(ddof=1)
    error = np.sqrt(np.maximum(own, own.mean()) / rows)
    freedom = (rows - 1) * (places - 1)
    t = stats.t.ppf(1 - 0.025 / places, freedom)
    chance = 2 * stats.t.sf((mean.abs() / error.clip(lower=1e-12)).to_numpy(), freedom)
    return pd.DataFrame(
        {
            "change": np.expm1(mean),
            "low": np.expm1(mean - t * error),
            "high": np.expm1(mean + t * error),
            "p_value": np.minimum(places * chance, 1.0),
            "agreeing": (np.sign(distance) == np.sign(mean)).sum(),
        }
    )
