"""Volume against quality: which channels are large, which are good, which are both."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.channels.compare import (
    BETTER,
    NOT_A_CHANNEL,
    TOO_LITTLE_DATA,
    WORSE,
    ChannelComparison,
)
from core.language import mark

LARGE_AND_HIGH = mark("large, above the rest")
LARGE_AND_LOW = mark("large, below the rest")
SMALL_AND_HIGH = mark("small, above the rest")
SMALL_AND_LOW = mark("small, below the rest")
_WORDS = {
    (True, BETTER): LARGE_AND_HIGH,
    (True, WORSE): LARGE_AND_LOW,
    (False, BETTER): SMALL_AND_HIGH,
    (False, WORSE): SMALL_AND_LOW,
}


def even_share(compared: ChannelComparison) -> float:
    """What every channel would have if all were alike: the border between small and large."""
    real = compared.frame[compared.frame["verdict"] != NOT_A_CHANNEL]
    return float(real["n"].sum() / len(real)) if len(real) else np.nan


def map_quality(compared: ChannelComparison) -> pd.DataFrame:
    """Place each channel by its volume and its quality.

    Args:
        compared: a comparison, usually of the engagement rate.

    Returns:
        ``channel``, ``n`` (visits), ``value``, ``low``, ``high``, ``numerator`` (such as engaged
        sessions), ``verdict``, ``is_judged`` and ``place`` (in words: a channel is large from an
        even share on, and above or below the rest only where that is no chance), largest first;
        labels such as Unassigned and channels without visits left out.
    """
    frame = compared.frame
    shown = frame[(frame["verdict"] != NOT_A_CHANNEL) & (frame["n"] > 0)].copy()
    border = even_share(compared)
    shown["numerator"] = shown["n"] * shown["value"]
    shown["is_judged"] = shown["verdict"] != TOO_LITTLE_DATA
    shown["place"] = [
        _WORDS.get((row.n >= border, row.verdict), row.verdict)
        for row in shown[["n", "verdict"]].itertuples()
    ]
    names = ["channel", "n", "value", "low", "high", "numerator", "verdict", "is_judged", "place"]
    return shown[names].reset_index(drop=True)
