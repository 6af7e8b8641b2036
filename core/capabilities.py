"""What is possible with this traffic: one answer for the home page and each page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.correlations import MIN_OBSERVATIONS
from core.errors import NotEnoughData
from core.expected import MIN_DAYS
from core.forecast.history import GRAINS
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


def left_out(traffic: Traffic, page: str) -> tuple[str, ...]:
    """Parts of a page that this traffic cannot fill, though the page has something to show.

    Args:
        traffic: the whole file, unfiltered.
        page: as for ``missing``.

    Returns:
        Codes, in the order of the page; empty for a complete file.

    >>> import pandas as pd
    >>> from core.traffic import make_traffic
    >>> timeless = make_traffic(pd.DataFrame({"channel": ["Direct"], "sessions": [10.0]}), "none")
    >>> left_out(timeless, "channels")
    ('change', 'mix_over_time', 'engagement')
    """
    has_hours, has_channels = traffic.grain == "hour", traffic.has_channels
    has_usual = traffic.grain in ("hour", "day") and traffic.days >= MIN_DAYS
    has_rates = "engagement_rate" in available_metrics(traffic)
    lacks = {
        "trends": {
            "peak_hours": not has_hours,
            "spikes": not has_usual,
            "by_channel": not has_channels,
        },
        "correlations": {"clock": not has_hours, "by_channel": not has_channels},
        "channels": {
            "change": not has_usual,
            "mix_over_time": not traffic.has_time,
            "engagement": not has_rates,
        },
        "forecast": {
            "full_forecast": not _has_full_history(traffic),
            "by_channel": not has_channels,
            "engagement": not has_rates,
        },
        "recommendations": {
            "timing": not has_hours,
            "by_channel": not has_channels,
            "engagement": not has_rates,
            "spikes": not has_usual,
        },
    }
    return tuple(part for part, is_out in lacks.get(page, {}).items() if is_out)


def _has_full_history(traffic: Traffic) -> bool:
    grain = GRAINS.get(traffic.grain)
    return grain is not None and len(traffic.times) >= grain.least


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
