"""The filters: drawn once, in the sidebar, for all pages."""

from __future__ import annotations

import streamlit as st

from core import wording
from core.language import t, tn
from core.traffic import Comparison, Filters, Traffic, previous_period
from ui import state


def draw_filters(traffic: Traffic) -> Filters:
    """Draw the controls that make sense for this file, and return what was chosen."""
    if traffic.has_time:
        _dates(traffic)
    if traffic.has_channels:
        _channels(traffic)
    if traffic.grain in ("hour", "day"):
        _weekdays()
    if traffic.grain == "hour":
        _hours()
    if previous_period(traffic, state.chosen_filters(traffic)):
        state.start_with(state.filter_key("compare"), value=False)
        st.toggle(
            t("Compare with the period before"),
            key=state.filter_key("compare"),
            persist_state="session",
            help=t("Draws an earlier period of equal length in grey, weekday under weekday."),
        )
    filters = state.chosen_filters(traffic)
    if filters.is_active:
        st.button(t("Reset filters"), icon=":material/restart_alt:", on_click=state.reset_filters)
    return filters


def _dates(traffic: Traffic) -> None:
    key = state.start_with(state.filter_key("dates"), (traffic.first_day, traffic.last_day))
    st.date_input(
        t("Dates"),
        min_value=traffic.first_day,
        max_value=traffic.last_day,
        key=key,
        persist_state="session",
        format=wording.date_field(),
    )


def _channels(traffic: Traffic) -> None:
    key = state.start_with(state.filter_key("channels"), [])
    st.multiselect(
        t("Channels"),
        traffic.channels,
        key=key,
        persist_state="session",
        placeholder=t("All channels"),
    )


def _weekdays() -> None:
    key = state.start_with(state.filter_key("weekdays"), [])
    st.pills(
        t("Weekdays"),
        range(7),
        selection_mode="multi",
        format_func=wording.weekday,
        key=key,
        persist_state="session",
        help=t("None chosen means all."),
    )


def _hours() -> None:
    key = state.start_with(state.filter_key("hours"), (0, 24))
    st.slider(t("Hours of the day"), 0, 24, key=key, persist_state="session", format="%d:00")


def describe(traffic: Traffic, filters: Filters) -> str:
    """The selection in words, for captions: span, then what is filtered.

    Args:
        traffic: the filtered traffic.
        filters: what was chosen.
    """
    parts = []
    if traffic.has_time and len(traffic.times):
        parts.append(wording.span(traffic.first_day, traffic.last_day))
    if filters.channels:
        names = list(filters.channels)
        many = tn("{count} channel", "{count} channels", len(names))
        parts.append(wording.listing(names) if len(names) <= 3 else many)
    if filters.weekdays:
        parts.append(wording.listing([wording.weekday(n) for n in filters.weekdays]))
    if filters.hours:
        parts.append(f"{wording.clock(filters.hours[0])}–{wording.clock(filters.hours[-1] + 1)}")
    return " · ".join(parts) or t("everything in the file")


def file_parts(traffic: Traffic, filters: Filters) -> tuple[str, ...]:
    """The selection as parts of a file name."""
    parts = []
    if traffic.has_time and len(traffic.times):
        parts.append(f"{traffic.first_day}_to_{traffic.last_day}")
    if filters.channels:
        parts.extend(filters.channels[:3])
        parts.append("more" if len(filters.channels) > 3 else "")
    if filters.weekdays:
        parts.append("-".join(wording.WEEKDAYS[n] for n in filters.weekdays))
    if filters.hours:
        parts.append(f"{filters.hours[0]:02d}h-{filters.hours[-1] + 1:02d}h")
    return tuple(part for part in parts if part)


def describe_comparison(comparison: Comparison) -> str:
    """Which days are compared with which.

    >>> from datetime import date, timedelta
    >>> start = date(2024, 4, 20)
    >>> pair = Comparison((start, start + timedelta(days=13)),
    ...                   (start - timedelta(days=14), start - timedelta(days=1)), True)
    >>> describe_comparison(pair)
    'last 14 days (20 Apr – 3 May 2024) against the 14 before'
    """
    current = wording.span(*comparison.current)
    if not comparison.is_adjacent:
        return tn(
            "{count} day ({span}) against {earlier}",
            "{count} days ({span}) against {earlier}",
            comparison.days,
            span=current,
            earlier=wording.span(*comparison.previous),
        )
    if comparison.is_inside:
        return tn(
            "last {count} day ({span}) against the {count} before",
            "last {count} days ({span}) against the {count} before",
            comparison.days,
            span=current,
        )
    return tn(
        "{count} day ({span}) against the {count} before",
        "{count} days ({span}) against the {count} before",
        comparison.days,
        span=current,
    )
