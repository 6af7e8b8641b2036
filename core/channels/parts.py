"""What a comparison of channels is made of: numerator and denominator per day and channel."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.errors import NotEnoughData
from core.metrics import METRICS
from core.traffic import UNATTRIBUTED, Traffic, daily_by_channel


@dataclass(frozen=True, eq=False)
class Parts:
    """Daily parts of a ratio.

    Args:
        top: numerator, one row per day (week, month; one row without time), one column per
            channel, largest first.
        bottom: denominator, the same shape.
        metric: key of the ratio.
    """

    top: pd.DataFrame
    bottom: pd.DataFrame
    metric: str

    @property
    def is_share(self) -> bool:
        """Whether each unit of the numerator is one of the denominator."""
        return METRICS[self.metric].unit == "share"

    @property
    def real(self) -> list[str]:
        """Channels that are no tagging fault."""
        return [name for name in self.top if name not in UNATTRIBUTED]


def require_ratio(traffic: Traffic, metric: str) -> None:
    """Refuse what cannot be compared.

    Raises:
        NotEnoughData: ``no_channels``, or ``metric_not_exported`` (``metric``).
    """
    if not traffic.has_channels:
        raise NotEnoughData("no_channels")
    entry = METRICS[metric]
    if not {entry.numerator, entry.denominator} <= set(traffic.exported):
        raise NotEnoughData("metric_not_exported", metric=metric)


def daily_parts(traffic: Traffic, metric: str) -> Parts:
    """Numerator and denominator of a ratio per day and channel; see ``require_ratio``."""
    require_ratio(traffic, metric)
    entry = METRICS[metric]
    top, bottom = (_daily(traffic, str(name)) for name in (entry.numerator, entry.denominator))
    return Parts(top, bottom, metric)


def _daily(traffic: Traffic, name: str) -> pd.DataFrame:
    if traffic.has_time:
        return daily_by_channel(traffic, name)
    sums = traffic.frame.groupby("channel")[[name]].sum().reindex(list(traffic.channels))
    return sums.T.reset_index(drop=True)
