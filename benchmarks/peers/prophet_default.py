"""Prophet as it comes, from the app's own environment."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd

from benchmarks.peers.contract import LEVELS, MOST_SECONDS, Case, time_limit, without_negatives


def prophet_default(case: Case) -> pd.DataFrame:
    """Forecast with Prophet's defaults; bands are quantiles of its own predictive samples."""
    logging.getLogger("prophet.plot").setLevel(logging.CRITICAL)
    import cmdstanpy
    import prophet

    cmdstanpy.disable_logging()
    logging.getLogger("prophet").setLevel(logging.ERROR)
    times = pd.date_range(case.known.index[-1], periods=case.ahead + 1, freq=case.freq)[1:]
    ahead = pd.DataFrame({"ds": times})
    np.random.seed(1)  # Prophet draws from the state that all share
    with time_limit(MOST_SECONDS):
        model = prophet.Prophet()
        model.fit(pd.DataFrame({"ds": case.known.index, "y": case.known.to_numpy()}))
        samples = model.predictive_samples(ahead)["yhat"]
        model.uncertainty_samples = 0
        mean = model.predict(ahead)["yhat"].to_numpy()
    ends = {}
    for level in LEVELS:
        low, high = np.quantile(samples, [0.5 - level / 200, 0.5 + level / 200], axis=1)
        ends |= {f"low{level}": low, f"high{level}": high}
    return without_negatives(pd.DataFrame({"mean": mean, **ends}))
