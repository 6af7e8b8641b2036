"""The only module that caches: one-line wrappers round core functions.

Every cache belongs to one session and is bounded. The key is the digest of the file plus all
parameters; the traffic itself goes unhashed (its name starts with an underscore), for Streamlit
hashes large frames on a sample only. Expected failures are raised and so never cached.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd
import streamlit as st

from core import changes, channels, correlations, forecast, recommendations, spikes
from core.traffic import Traffic

Key = tuple[Hashable, ...]
_OPTIONS: dict[str, Any] = {"scope": "session", "max_entries": 24}


@st.cache_data(show_spinner="Looking for spikes …", **_OPTIONS)
def find_spikes(key: Key, _traffic: Traffic, metric: str) -> spikes.Spikes:
    """See ``core.spikes.find_spikes``."""
    return spikes.find_spikes(_traffic, metric)


@st.cache_data(show_spinner="Correlating …", **_OPTIONS)
def correlate(key: Key, _traffic: Traffic, level: str) -> correlations.Correlations:
    """See ``core.correlations.correlate``."""
    return correlations.correlate(_traffic, level)


@st.cache_data(show_spinner="Comparing channels …", **_OPTIONS)
def compare_channels(key: Key, _traffic: Traffic, metric: str) -> channels.ChannelComparison:
    """See ``core.channels.compare_channels``."""
    return channels.compare_channels(_traffic, metric)


@st.cache_data(show_spinner=False, **_OPTIONS)
def headline_changes(
    key: Key, _current: Traffic, _previous: Traffic, metrics: tuple[str, ...]
) -> pd.DataFrame:
    """See ``core.changes.headline_changes``."""
    return changes.headline_changes(_current, _previous, list(metrics))


@st.cache_data(
    show_spinner="Trying the forecast on your past weeks, then looking ahead …", **_OPTIONS
)
def make_forecast(key: Key, _history: pd.Series, horizon: int, level: float) -> forecast.Forecast:
    """See ``core.forecast.forecast``."""
    return forecast.forecast(_history, horizon, level)


@st.cache_data(show_spinner="Weighing the evidence …", **_OPTIONS)
def recommend(key: Key, _traffic: Traffic) -> list[recommendations.Recommendation]:
    """See ``core.recommendations.recommend``."""
    return recommendations.recommend(_traffic)
