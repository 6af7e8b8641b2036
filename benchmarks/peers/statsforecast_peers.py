"""MSTL and AutoETS of statsforecast, run by the Python of their own environment.

    .venv-peers/bin/python benchmarks/peers/statsforecast_peers.py KNOWN.csv SAID.csv

KNOWN has ``case``, ``freq``, ``y``, in order of time; SAID gets ``case``, ``peer``, ``row`` and the
columns of ``contract.COLUMNS``. A fit that fails or takes too long leaves no rows. Gaps are
interpolated. MSTL takes the day and the week of hours, the week of days, and the year of days once
there are two; its trend is the default, AutoETS. AutoETS takes the day of hours, the week of days.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from statsforecast.models import MSTL, AutoETS

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.peers.contract import (
    AHEAD,
    FAILURES,
    LEVELS,
    MOST_SECONDS,
    time_limit,
    without_negatives,
)

YEAR = 365


def models(freq: str, length: int) -> dict[str, MSTL | AutoETS]:
    """Return the peers for a history of this length."""
    if freq == "h":
        return {"MSTL": MSTL([24, 168]), "AutoETS": AutoETS(24)}
    seasons = [7, YEAR] if length >= 2 * YEAR else [7]
    return {"MSTL": MSTL(seasons), "AutoETS": AutoETS(7)}


def fit(model: MSTL | AutoETS, known: np.ndarray, ahead: int) -> pd.DataFrame:
    """Forecast with both bands."""
    with time_limit(MOST_SECONDS):
        said = model.forecast(y=known, h=ahead, level=list(LEVELS))
    ends = {f"low{level}": said[f"lo-{level}"] for level in LEVELS}
    ends |= {f"high{level}": said[f"hi-{level}"] for level in LEVELS}
    frame = pd.DataFrame({"mean": said["mean"], **ends})
    if not np.isfinite(frame.to_numpy()).all():
        raise ValueError("not finite")
    return without_negatives(frame)


def forecasts(data: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield what each peer says in each case."""
    for case, group in data.groupby("case"):
        freq, known = group["freq"].iloc[0], group["y"].interpolate().to_numpy(np.float64)
        for peer, model in models(freq, len(known)).items():
            try:
                said = fit(model, known, AHEAD[freq])
            except FAILURES as failure:
                print(f"{peer}, case {case}: {failure!r}", file=sys.stderr)
            else:
                yield said.assign(case=case, peer=peer, row=range(len(said)))


if __name__ == "__main__":
    pd.concat(forecasts(pd.read_csv(sys.argv[1]))).to_csv(sys.argv[2], index=False)
