"""The one place that reads the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def today() -> date:
    """The day it is where the visitor sits; in UTC where the browser does not tell."""
    return datetime.now(zone_named(st.context.timezone)).date()


def zone_named(name: str | None) -> tzinfo:
    """A time zone by its name, UTC where there is none of that name."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
