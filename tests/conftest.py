"""Fixtures for all tests."""

import json
import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("TRAFFIC_INSIGHTS_SHARED", Path(__file__).parents[2] / "shared"))
SAMPLE = Path(__file__).parents[1] / "data" / "sample_ga4_export.csv"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real exports and figures computed independently; not part of the project."""
    if not (SHARED / "data").is_dir():
        pytest.skip("needs the real exports, which are not part of the project")
    return SHARED


@pytest.fixture(scope="session")
def seed_export(shared: Path) -> bytes:
    """A real hourly export by channel, whose figures are known to the digit."""
    return (shared / "data" / "ga4_hourly_by_channel.csv").read_bytes()


@pytest.fixture(scope="session")
def sample_export() -> bytes:
    """The project's own sample, whose stories are known truth."""
    return SAMPLE.read_bytes()


@pytest.fixture(scope="session")
def truth(shared: Path) -> dict:
    """Figures of the real export, computed without this project."""
    return json.loads((shared / "truth" / "seed_export.json").read_text(encoding="utf-8"))
