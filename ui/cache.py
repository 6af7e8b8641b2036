"""The only module that caches: one-line wrappers round core functions.

Every cache belongs to one session and is bounded; what shows its progress in words is kept in
session state, the rest in Streamlit's cache with session scope. The key is the digest of the file
plus all parameters; the traffic itself goes unhashed (its name starts with an underscore), for
Streamlit hashes large frames on a sample only. Expected failures are raised and so never cached.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import nullcontext
from functools import wraps
from typing import ParamSpec, TypeVar

import pandas as pd
import streamlit as st

from core import (
    changes,
    channels,
    correlations,
    explain,
    forecast,
    levels,
    recommendations,
    rhythm,
    spikes,
    trends,
)
from core.language import mark, t
from core.recommendations.cards import SavedCards
from core.recommendations.grading import GradedCard, grade
from core.recommendations.model import Evidence
from core.traffic import Traffic
from ui import state
from ui.text import escape

Key = tuple[Hashable, ...]
ResultT = TypeVar("ResultT")
P = ParamSpec("P")


def _cached(says: str = "") -> Callable[[Callable[P, ResultT]], Callable[P, ResultT]]:
    """Keep the answers of this session, and say meanwhile, in its language, what is worked out."""

    def keep(function: Callable[P, ResultT]) -> Callable[P, ResultT]:
        keep_here = st.cache_data(show_spinner=False, scope="session", max_entries=24)
        kept = keep_here(function)

        @wraps(function)
        def ask(*args: P.args, **kwargs: P.kwargs) -> ResultT:
            with st.spinner(t(says)) if says else nullcontext():
                return kept(*args, **kwargs)

        return ask

    return keep


@_cached(mark("Looking for spikes …"))
def find_spikes(key: Key, _traffic: Traffic, metric: str) -> spikes.Spikes:
    """See ``core.spikes.find_spikes``."""
    return spikes.find_spikes(_traffic, metric)


@_cached(mark("Looking for lasting changes …"))
def find_level_changes(key: Key, _traffic: Traffic, metric: str) -> levels.LevelChanges:
    """See ``core.levels.find_level_changes``."""
    return levels.find_level_changes(_traffic, metric)


@_cached(mark("Holding it against what is usual …"))
def explain_stretch(
    key: Key,
    _traffic: Traffic,
    metric: str,
    span: tuple[pd.Timestamp, pd.Timestamp],
    against: explain.Against,
    shift: pd.Timedelta | None,
) -> explain.Explanation:
    """See ``core.explain.explain``."""
    return explain.explain(_traffic, metric, *span, against=against, shift=shift)


@_cached(mark("Ranking the stretches of the week …"))
def find_blocks(key: Key, _traffic: Traffic, metric: str) -> rhythm.Blocks:
    """See ``core.rhythm.find_blocks``."""
    return rhythm.find_blocks(_traffic, metric)


@_cached()
def find_window(key: Key, _traffic: Traffic, metric: str, *, busiest: bool) -> rhythm.Window:
    """See ``core.rhythm.find_window``."""
    return rhythm.find_window(_traffic, metric, busiest=busiest)


@_cached()
def profile(key: Key, _traffic: Traffic, metric: str, by: str) -> pd.DataFrame:
    """See ``core.rhythm.profile``."""
    return rhythm.profile(_traffic, metric, by)


@_cached()
def heat_map(key: Key, _traffic: Traffic, metric: str) -> pd.DataFrame:
    """See ``core.rhythm.heat_map``."""
    return rhythm.heat_map(_traffic, metric)


@_cached()
def series(key: Key, _traffic: Traffic, metrics: tuple[str, ...], grain: str) -> pd.DataFrame:
    """See ``core.trends.series``."""
    return trends.series(_traffic, metrics, grain)


@_cached()
def series_by_channel(key: Key, _traffic: Traffic, metric: str, grain: str) -> pd.DataFrame:
    """See ``core.trends.series_by_channel``."""
    return trends.series_by_channel(_traffic, metric, grain)


@_cached(mark("Correlating …"))
def correlate(
    key: Key, _traffic: Traffic, level: str, channel: str | None = None
) -> correlations.Correlations:
    """See ``core.correlations.correlate``."""
    return correlations.correlate(_traffic, level, channel)


@_cached(mark("Looking at this pair …"))
def examine(
    key: Key, _traffic: Traffic, pair: tuple[str, str], level: str, channel: str | None
) -> correlations.Pair:
    """See ``core.correlations.examine``."""
    return correlations.examine(_traffic, *pair, level, channel)


@_cached(mark("Moving one against the other …"))
def find_lags(
    key: Key, _traffic: Traffic, pair: tuple[str, str], step: str, channel: str | None
) -> correlations.Lags:
    """See ``core.correlations.find_lags``."""
    return correlations.find_lags(_traffic, *pair, step, channel)


@_cached(mark("Comparing channels …"))
def compare_channels(key: Key, _traffic: Traffic, metric: str) -> channels.ChannelComparison:
    """See ``core.channels.compare_channels``."""
    return channels.compare_channels(_traffic, metric)


@_cached(mark("Comparing at the same hours …"))
def like_for_like(key: Key, _traffic: Traffic, metric: str) -> channels.FairComparison:
    """See ``core.channels.like_for_like``."""
    return channels.like_for_like(_traffic, metric)


@_cached()
def concentrate(key: Key, _traffic: Traffic) -> channels.Concentration:
    """See ``core.channels.concentrate``."""
    return channels.concentrate(_traffic)


@_cached()
def channel_growth(key: Key, _current: Traffic, _previous: Traffic, metric: str) -> pd.DataFrame:
    """See ``core.channels.channel_growth``."""
    return channels.channel_growth(_current, _previous, metric)


@_cached()
def mix_over_time(key: Key, _traffic: Traffic, metric: str, grain: str) -> pd.DataFrame:
    """See ``core.channels.mix_over_time``."""
    return channels.mix_over_time(_traffic, metric, grain)


@_cached(mark("Looking when each channel’s visits come …"))
def channel_rhythms(key: Key, _traffic: Traffic) -> pd.DataFrame:
    """See ``core.channels.channel_rhythms``."""
    return channels.channel_rhythms(_traffic)


@_cached(mark("Looking at what GA4 could not tell …"))
def diagnose_unattributed(key: Key, _traffic: Traffic) -> tuple[channels.Diagnosis, ...]:
    """See ``core.channels.diagnose_unattributed``."""
    return channels.diagnose_unattributed(_traffic)


@_cached(mark("Measuring channels …"))
def measure_channels(key: Key, _traffic: Traffic) -> pd.DataFrame:
    """See ``core.channels.measure_channels``."""
    return channels.measure_channels(_traffic)


@_cached()
def headline_changes(
    key: Key, _current: Traffic, _previous: Traffic, metrics: tuple[str, ...]
) -> pd.DataFrame:
    """See ``core.changes.headline_changes``."""
    return changes.headline_changes(_current, _previous, list(metrics))


@_cached(mark("Weighing the evidence, which takes a few seconds …"))
def recommend(
    key: Key, _traffic: Traffic, _ahead: forecast.Forecast | None = None
) -> list[recommendations.Recommendation]:
    """See ``core.recommendations.recommend``; the answer is the same with ``_ahead`` or without."""
    return recommendations.recommend(_traffic, ahead=_ahead)


@_cached(mark("Holding last month’s cards against this export …"))
def grade_cards(key: Key, _saved: SavedCards, _traffic: Traffic) -> list[GradedCard]:
    """See ``core.recommendations.grading.grade``."""
    return grade(_saved, _traffic)


@_cached()
def count_looks(key: Key, _traffic: Traffic) -> int:
    """How much the rules compared; an analysis that corrects its own many looks counts once."""
    evidence = Evidence(_traffic, with_forecast=False)
    return sum(len(rule(evidence).tested) for rule in recommendations.RULES.values())


def make_forecast(
    key: Key, history: pd.Series, horizon: int, level: float, events: pd.DataFrame | None
) -> forecast.Forecast:
    """See ``core.forecast.forecast``; says what it does while it works."""
    return _with_progress(
        ("forecast", *key, horizon, level),
        lambda tell: forecast.forecast(history, horizon, level, events=events, on_progress=tell),
        lambda stage: t(_STAGES.get(stage, _WORKING)),
    )


def make_channel_forecasts(
    key: Key, table: pd.DataFrame, horizon: int, level: float, events: pd.DataFrame | None
) -> forecast.ChannelForecasts:
    """See ``core.forecast.forecast_channels``; says which channel it is at."""
    return _with_progress(
        ("channel forecasts", *key, horizon, level),
        lambda tell: forecast.forecast_channels(
            table, horizon, level, events=events, on_progress=tell
        ),
        lambda name: (
            t("Forecasting {channel} …", channel=escape(name))
            if name
            else t("Forecasting all traffic …")
        ),
    )


def known_channel_forecasts(
    key: Key, horizon: int, level: float
) -> forecast.ChannelForecasts | None:
    """What ``make_channel_forecasts`` has made in this session, ``None`` if nothing."""
    return state.answer(("channel forecasts", *key, horizon, level))


_STAGES = {
    "replaying": mark("Trying the forecast on your past weeks …"),
    "forecasting": mark("Looking ahead …"),
    "done": mark("Ready"),
}
_WORKING = mark("Forecasting …")


def _with_progress(
    key: Key, make: Callable[[Callable[[float, str], None]], ResultT], say: Callable[[str], str]
) -> ResultT:
    """Make a result under a bar with words, or take the one of this session.

    Streamlit's own cache cannot draw into a bar from inside and be replayed. Failures are raised
    and not kept.
    """
    known = state.answer(key)
    if known is not None:
        return known
    bar = st.progress(0.0, text=say(""))

    def tell(share: float, stage: str) -> None:
        bar.progress(min(max(share, 0.0), 1.0), say(stage))

    try:
        result = make(tell)
    finally:
        bar.empty()
    state.keep_answer(key, result)
    return result
