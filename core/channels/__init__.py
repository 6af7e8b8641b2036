"""Channels: how much each brings, how good its visits are, and what cannot be told."""

from core.channels.compare import (
    BETTER,
    LIKE_THE_REST,
    MIN_SESSIONS,
    NOT_A_CHANNEL,
    TOO_LITTLE_DATA,
    WORSE,
    ChannelComparison,
    compare_channels,
    is_small,
)
from core.channels.growth import FELL, GREW, WITHIN_CHANCE, channel_growth
from core.channels.like_for_like import FairComparison, like_for_like
from core.channels.mix import Concentration, concentrate, mix_over_time
from core.channels.quality_map import (
    LARGE_AND_HIGH,
    LARGE_AND_LOW,
    SMALL_AND_HIGH,
    SMALL_AND_LOW,
    even_share,
    map_quality,
)
from core.channels.rhythms import channel_rhythms
from core.channels.totals import channel_totals, measure_channels, share_intervals
from core.channels.unattributed import Diagnosis, diagnose_unattributed

__all__ = [
    "BETTER",
    "FELL",
    "GREW",
    "LARGE_AND_HIGH",
    "LARGE_AND_LOW",
    "LIKE_THE_REST",
    "MIN_SESSIONS",
    "NOT_A_CHANNEL",
    "SMALL_AND_HIGH",
    "SMALL_AND_LOW",
    "TOO_LITTLE_DATA",
    "WITHIN_CHANCE",
    "WORSE",
    "ChannelComparison",
    "Concentration",
    "Diagnosis",
    "FairComparison",
    "channel_growth",
    "channel_rhythms",
    "channel_totals",
    "compare_channels",
    "concentrate",
    "diagnose_unattributed",
    "even_share",
    "is_small",
    "like_for_like",
    "map_quality",
    "measure_channels",
    "mix_over_time",
    "share_intervals",
]
