"""Small exports and traffic for tests."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.traffic import Traffic, make_traffic

HEADER = (
    "Session primary channel group (Default channel group)",
    "Date + hour (YYYYMMDDHH)",
    "Users",
    "Sessions",
    "Engaged sessions",
    "Average engagement time per session",
    "Engaged sessions per user",
    "Events per session",
    "Engagement rate",
    "Event count",
)


def hourly_traffic(
    rates: Mapping[str, float],
    days: int = 28,
    mean: float = 20,
    seed: int = 0,
    start: str = "2024-01-01",
) -> Traffic:
    """Hourly traffic of channels with a day shape; ``rates``: their true engagement rates."""
    rng, times = np.random.default_rng(seed), pd.date_range(start, periods=days * 24, freq="h")
    shape = 1 + 0.6 * np.sin((times.hour - 9) / 24 * 2 * np.pi)
    parts = []
    for channel, rate in rates.items():
        sessions = rng.poisson(mean * shape)
        engaged = rng.binomial(sessions, rate)
        parts.append(
            pd.DataFrame(
                {
                    "time": times,
                    "channel": channel,
                    "sessions": sessions,
                    "engaged_sessions": engaged,
                    "events": sessions * 4 + rng.poisson(1, len(times)),
                    "users": np.ceil(sessions * 0.8),
                    "engagement_seconds": sessions * 50.0,
                }
            )
        )
    return make_traffic(pd.concat(parts), "hour")


def daily_traffic(days: int = 60, mean: float = 200, seed: int = 0) -> Traffic:
    """Daily traffic without channels and without a pattern."""
    sessions = np.random.default_rng(seed).poisson(mean, days).astype(float)
    times = pd.date_range("2024-01-01", periods=days, freq="D")
    return make_traffic(pd.DataFrame({"time": times, "sessions": sessions}), "day")


def export_text(rows: list[tuple[object, ...]], header: tuple[str, ...] = HEADER) -> str:
    """A CSV without preamble."""
    return "\n".join(",".join(map(str, line)) for line in [header, *rows]) + "\n"


DAILY_EXPORT = (
    "# Start date: 20240101\nDate,Sessions,Engaged sessions,Event count,Users\n"
    + "".join(
        f"{day:%Y%m%d},{100 + day.day_of_week * 9 + day.day % 5},{60 + day.day % 7},"
        f"{400 + day.day},{80 + day.day % 9}\n"
        for day in pd.date_range("2024-01-01", periods=60)
    )
).encode()
"""Days without channels."""

TIMELESS_EXPORT = (
    b"Session primary channel group,Users,Sessions,Engaged sessions,Event count\n"
    b"Direct,900,1000,400,4000\nReferral,450,500,350,3000\nEmail,2,3,1,9\n"
)
"""Channels without time."""

BROKEN_FILES: Mapping[str, bytes] = {
    "empty.csv": b"",
    "picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "no_counts.csv": b"Date,Country\n20240101,Chile\n20240102,Peru\n",
    "bad_dates.csv": b"Date,Sessions\nsoon,3\nlater,4\n",
}
