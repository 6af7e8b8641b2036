"""What the concepts of the vocabulary are good for: times, splits, counts, rates."""

from __future__ import annotations

from collections.abc import Mapping

TIMES = ("date_hour", "day", "week", "month", "nth_hour", "nth_day", "nth_week", "nth_month")
"""Concepts that place a row in time, finest and surest first."""

TIME_PARTS = ("hour", "year", "weekday", "minute", "date_range")
"""Concepts that help to place a row in time, or repeat what another column says."""

SPLITS = (
    "channel",
    "first_user_channel",
    "source_medium",
    "source",
    "first_user_source_medium",
    "segment",
    "device",
)
"""Concepts that can stand for the channel, best first. Country, page and the like cannot."""

SOURCES = ("source_medium", "source", "first_user_source_medium")
"""Splits that Google's rules classify into channel groups."""

RATES: Mapping[str, tuple[str, str]] = {
    "engagement_rate": ("engaged_sessions", "sessions"),
    "bounce_rate": ("engaged_sessions", "sessions"),
    "engaged_sessions_per_user": ("engaged_sessions", "users"),
    "events_per_session": ("events", "sessions"),
    "events_per_user": ("events", "users"),
    "views_per_session": ("views", "sessions"),
    "views_per_user": ("views", "users"),
    "engagement_seconds_per_session": ("engagement_seconds", "sessions"),
    "engagement_seconds_per_user": ("engagement_seconds", "users"),
}
"""Exported rate -> the count it is made from and the count it is divided by."""

SHARES = ("engagement_rate", "bounce_rate")
"""Rates that lie between 0 and 1."""

SECONDS = ("engagement_seconds", "engagement_seconds_per_session", "engagement_seconds_per_user")
"""Counts and rates that may be written as durations."""

VISITOR_COUNTS = ("sessions", "users", "views", "events", "clicks", "daily_users")
"""Counts of visits, visitors or what they do, best first; without one a file says nothing."""

OTHER_NUMBERS = (
    "returning_users",
    "transactions",
    "impressions",
    "bounces",
    "rolling_users",
    "sessions_per_user",
    "session_seconds_per_session",
    "click_through_rate",
    "search_position",
    "conversion_rate",
)
"""Numbers that we know and do not use."""

GA4_ONLY = ("engaged_sessions", "engagement_rate", "events", "events_per_session", "key_events")
"""Where one of these stands, a bounce rate is GA4's: the share of sessions not engaged."""

WHOLE = ("sessions", "users", "views", "events", "clicks", "new_users", "engaged_sessions")
"""Counts without decimals, so that 1.234 is more likely a thousand."""
