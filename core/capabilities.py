"""What is possible with this traffic: one answer for the home page and each page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.correlations import MIN_OBSERVATIONS
from core.errors import NotEnoughData
from core.metrics import available_metrics
from core.traffic import Traffic

FORECAST_LEAST: Mapping[str, int] = MappingProxyType({"hour": 3, "day": 3, "week": 3, "month": 3})
"""Days (weeks, months) that even a forecast of the level alone needs, by grain."""


def missing(traffic: Traffic, page: str) -> NotEnoughData | None:
    """Why a page has nothing to show for this traffic, or ``None`` if it has.

    Args:
        traffic: the whole file, unfiltered.
        page: ``trends``, ``correlations``, ``channels``, ``forecast`` or ``recommendations``.

    >>> import pandas as pd
    >>> from core.traffic import make_traffic
    >>> timeless = make_traffic(pd.DataFrame({"channel": ["Direct"], "sessions": [10.0]}), "none")
    >>> missing(timeless, "trends").code, missing(timeless, "channels")
    ('no_time', None)
    """
    checks = {
        "trends": _needs_time,
        "correlations": _needs_measures,
        "channels": _needs_channels,
        "forecast": _needs_history,
    }
    return checks[page](traffic) if page in checks else None


def _needs_time(traffic: Traffic) -> NotEnoughData | None:
    return None if traffic.has_time else NotEnoughData("no_time")


def _needs_channels(traffic: Traffic) -> NotEnoughData | None:
    return None if traffic.has_channels else NotEnoughData("no_channels")


def _needs_measures(traffic: Traffic) -> NotEnoughData | None:
    measures = len(available_metrics(traffic))
    if measures < 2:
        return NotEnoughData("too_few_measures", have=measures, need=2)
    if len(traffic.frame) < MIN_OBSERVATIONS:
        return NotEnoughData("too_few_observations", have=len(traffic.frame), need=MIN_OBSERVATIONS)
    return None


def _needs_history(traffic: Traffic) -> NotEnoughData | None:
    if not traffic.has_time:
        return NotEnoughData("no_time")
    need = FORECAST_LEAST[traffic.grain]
    unit = traffic.grain if traffic.grain in ("week", "month") else "day"
    have = traffic.days if unit == "day" else len(traffic.times)
    if have < need:
        return NotEnoughData("history_too_short", have=have, need=need, unit=unit)
    return None
