"""Peers that anyone could work out on paper: last week again, the mean of the four prior weeks.

Their bands are the usual ones: what the same rule would have erred in the known past, weeks ahead
for weeks ahead, gives quantiles (10 % and 90 %; 2.5 % and 97.5 %), which are added to the forecast.
The fourth week ahead thus has the errors of forecasts from four weeks before. Gaps are left out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.peers.contract import AHEAD, LEVELS, SEASON, Case, without_negatives

WEEKS = 4
Rule = Callable[[pd.DataFrame], pd.Series]


def last_week(case: Case) -> pd.DataFrame:
    """Forecast each hour (day) with the newest count at the same place of the week."""
    return _forecast(case, lambda weeks: weeks.bfill(axis=1).iloc[:, 0])


def four_weeks(case: Case) -> pd.DataFrame:
    """Forecast each hour (day) with the mean at the same place of up to four prior weeks."""
    return _forecast(case, lambda weeks: weeks.mean(axis=1))


def _forecast(case: Case, rule: Rule) -> pd.DataFrame:
    """Apply a rule to the prior weeks (newest first), with bands from its past errors."""
    season, ahead = SEASON[case.freq], AHEAD[case.freq]
    parts = []
    for week in range(1, -(-ahead // season) + 1):
        past = rule(_prior_weeks(case.known, season, week))
        grid = pd.concat([case.known, pd.Series(np.nan, range(week * season))], ignore_index=True)
        mean = rule(_prior_weeks(grid, season, week)).to_numpy()[-season:]
        parts.append(_with_bands(mean, (case.known - past).dropna().to_numpy()))
    return without_negatives(pd.concat(parts, ignore_index=True).iloc[:ahead])


def _prior_weeks(series: pd.Series, season: int, week: int) -> pd.DataFrame:
    """Return the counts at the same place of the weeks that were known ``week`` weeks ahead."""
    lags = range(week, week + WEEKS)
    return pd.concat({lag: series.shift(lag * season) for lag in lags}, axis=1)


def _with_bands(mean: np.ndarray, errors: np.ndarray) -> pd.DataFrame:
    """Add quantiles of past errors to the forecast."""
    ends = {}
    for level in LEVELS:
        below, above = np.quantile(errors, [0.5 - level / 200, 0.5 + level / 200])
        ends |= {f"low{level}": mean + below, f"high{level}": mean + above}
    return pd.DataFrame({"mean": mean, **ends})
