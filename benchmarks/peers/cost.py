"""What a forecast costs: seconds, and memory above what the app takes anyway.

Run as a script, it imports what the app imports, makes one forecast on two years of hours and
prints by how many MiB the peak of its memory grew. What Prophet's own process takes meanwhile is
not in it.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from core.forecast import forecast

LEVEL = 0.8
AHEAD = 7 * 24
MONTH, TWO_YEARS = 28 * 24, 730 * 24
APP = ("streamlit", "altair", "core", "ui")
KIB_IN_MIB = 1024


def two_years_of_hours(seed: int = 1) -> pd.Series:
    """Simulate sessions an hour: day, week, year, growth, slow shocks of days, chance."""
    random = np.random.default_rng(seed)
    times = pd.date_range("2023-01-01", periods=TWO_YEARS, freq="h")
    hour, day = times.hour.to_numpy(), np.arange(TWO_YEARS) / 24
    shocks = np.zeros(TWO_YEARS // 24)
    for place in range(1, len(shocks)):
        shocks[place] = 0.8 * shocks[place - 1] + random.normal(0, 0.08)
    log_mean = (
        np.log(120)
        + 0.9 * np.sin(2 * np.pi * (hour - 8) / 24)
        - 0.4 * (times.day_of_week.to_numpy() >= 5)
        + 0.2 * np.sin(2 * np.pi * day / 365.25)
        + 0.3 * day / 730
        + np.repeat(shocks, 24)
    )
    mean = np.exp(log_mean)
    return pd.Series(random.negative_binomial(20, 20 / (20 + mean)).astype(float), index=times)


def seconds_of(known: pd.Series, runs: int) -> float:
    """Return the median time of one forecast, seven days ahead."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        forecast(known, AHEAD, LEVEL)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def peak_mib() -> float:
    """Return the most memory that this process has held so far.

    Linux hands the peak of the process that starts another on to it in ``getrusage``; /proc knows
    better.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) / KIB_IN_MIB
    import resource  # noqa: PLC0415 - Windows has none

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / KIB_IN_MIB / (KIB_IN_MIB if sys.platform == "darwin" else 1)


def import_app() -> None:
    """Import what the app imports, all pages open."""
    for name in APP:
        module = importlib.import_module(name)
        inner = module.__path__ if name in {"core", "ui"} else []
        for found in pkgutil.walk_packages(inner, f"{name}."):
            importlib.import_module(found.name)


def memory_mib() -> float | None:
    """Measure in a fresh process by how much one forecast on two years of hours raises the peak.

    None where the system does not tell.
    """
    if os.name == "nt":
        return None
    command = [sys.executable, str(Path(__file__).resolve())]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(printed.split()[-1])


if __name__ == "__main__":
    import_app()
    history = two_years_of_hours()
    base = peak_mib()
    forecast(history, AHEAD, LEVEL)
    print(peak_mib() - base)
