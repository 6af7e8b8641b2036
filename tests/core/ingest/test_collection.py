"""A collection of real exports against what was worked out for each by hand."""

import csv
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import SHARED

ROOT = Path(__file__).parents[3]
TRUTH = SHARED / "data" / "truth.csv"
OTHER_CHANNELS = {"ga4_api_source_medium_sgestri.csv", "ga4_snapshot_scorecard_setheryd.csv"}
"""Source and medium are classified into channel groups; the collection counts their pairs."""


def load_benchmark() -> ModuleType:
    path = ROOT / "benchmarks" / "read_collection.py"
    spec = importlib.util.spec_from_file_location("read_collection", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows() -> list[dict[str, str]]:
    if not TRUTH.is_file():
        return []
    with TRUTH.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["file"])
def test_a_real_export_is_read_or_refused_as_worked_out(shared: Path, row: dict[str, str]) -> None:
    benchmark = load_benchmark()
    said, wrong = benchmark.compare(shared / "data" / row["file"], row)
    assert not set(benchmark.SERIOUS) & set(wrong), (said, wrong)
    expected = {"channels", "top_channel"} if row["file"] in OTHER_CHANNELS else set()
    assert set(wrong) == expected, (said, wrong)


def test_every_file_of_the_collection_is_tested(shared: Path) -> None:
    files = {path.name for path in (shared / "data").glob("*.csv")} - {"truth.csv", "manifest.csv"}
    assert {row["file"] for row in rows()} == files


def test_the_comparison_notices_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"Date,Channel,Sessions\n20240101,Direct,5\n20240102,Email,7\n")
    truth = {"expect": "read", "grain": "day", "metric": "sessions", "total": "12", "rows": "2"}
    truth |= {"first": "2024-01-01", "last": "2024-01-02", "channels": "2", "top_channel": "Email"}
    compare = load_benchmark().compare
    assert compare(path, truth)[1] == {}
    for name, other in {"grain": "hour", "total": "13", "rows": "3", "top_channel": "x"}.items():
        assert set(compare(path, truth | {name: other})[1]) == {name}
    assert compare(path, truth | {"expect": "refuse"})[1] == {"expect": "read"}
    path.write_bytes(b"nothing")
    assert compare(path, truth)[1] == {"expect": "refuse"}
