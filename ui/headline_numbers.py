"""The row of headline numbers with sparkline and change."""

from __future__ import annotations

import math
from typing import Literal

import streamlit as st

from core import wording
from core.language import t
from core.metrics import METRICS, available_metrics, summarise
from core.trends import series
from ui import cache
from ui.filters import describe_comparison
from ui.help import metric_help
from ui.page import View
from ui.text import escape

FIVE = (
    "sessions",
    "users",
    "engaged_sessions",
    "engagement_rate",
    "events_per_session",
    "events",
    "views",
    "clicks",
    "key_events",
    "new_users",
    "revenue",
)
_SPARKLINE_POINTS = 60
_WIDTH = 168  # pixels: two beside each other on a phone, five on a screen
_WIDE, _LONG_LABEL = 232, 18
"""Width where a label would be cut, and how many letters are too many for the usual one."""


def draw_headline_numbers(view: View) -> None:
    """Up to five numbers of the selection; the change is grey unless it is clearly no chance."""
    metrics = [name for name in FIVE if name in available_metrics(view.traffic)][:5]
    totals = summarise(view.traffic).iloc[0]
    changes = find_changes(view, tuple(metrics))
    row = st.container(horizontal=True)
    for metric in metrics:
        label = wording.metric_label(metric, view.whole.grain)
        change, exact = changes.get(metric), wording.metric_value(metric, totals[metric])
        row.metric(
            label,
            wording.headline(metric, totals[metric]),
            delta=_delta(metric, change),
            delta_color=_colour(metric, change),
            delta_arrow=_arrow(change),
            help=f"{exact}. {metric_help(metric, view.whole.grain)}",
            chart_data=_sparkline(view, metric),
            border=True,
            width=_WIDE if len(label) > _LONG_LABEL else _WIDTH,
        )
    if changes and view.comparison:
        st.caption(
            t(
                "Change: {comparison}. Grey means it is within what happens by chance from day "
                "to day.",
                comparison=escape(describe_comparison(view.comparison)),
            )
        )


def find_changes(view: View, metrics: tuple[str, ...]) -> dict[str, dict]:
    """The change of each metric with its interval; empty where nothing can be compared."""
    current, previous = view.period("current"), view.period("previous")
    if current is None or previous is None or current.is_empty or previous.is_empty:
        return {}
    table = cache.headline_changes((*view.key, "changes", metrics), current, previous, metrics)
    return {row["metric"]: row for row in table.to_dict("records")}


def _delta(metric: str, change: dict | None) -> str | None:
    if change is None or not math.isfinite(change["change"]):
        return None
    return wording.metric_change(metric, change["change"])


def is_clear(change: dict) -> bool:
    """Whether a change is more than chance brings."""
    return bool(change["low"] > 0 or change["high"] < 0)


def _arrow(change: dict | None) -> Literal["up", "down", "off"]:
    """Said, not left to Streamlit: it takes a typographic minus for a plus."""
    if change is None or not is_clear(change):
        return "off"
    return "up" if change["change"] > 0 else "down"


def _colour(metric: str, change: dict | None) -> Literal["green", "red", "off"]:
    if change is None or not is_clear(change) or METRICS[metric].better is None:
        return "off"
    return "green" if is_good(metric, change) else "red"


def is_good(metric: str, change: dict) -> bool | None:
    """Whether a change is for the better; ``None`` where neither way is better."""
    better = METRICS[metric].better
    return None if better is None else (change["change"] > 0) == (better == "up")


def _sparkline(view: View, metric: str) -> list[float] | None:
    if not view.traffic.has_time or len(view.traffic.times) < 3:
        return None
    grain = "day" if view.traffic.grain == "hour" else view.traffic.grain
    values = series(view.traffic, [metric], grain)[metric].dropna()
    return values.tail(_SPARKLINE_POINTS).tolist() or None
