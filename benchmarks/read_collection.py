"""Is a collection of real exports read as worked out by hand? Prints a table, one line per file.

    python benchmarks/read_collection.py [FOLDER]

The folder holds exports and ``truth.csv`` with the columns ``file``, ``expect`` (``read`` or
``refuse``), ``grain``, ``metric``, ``total``, ``rows``, ``first``, ``last``, ``channels`` and
``top_channel``. Without a folder the project's own sample is read against its own numbers. Ends
with exit code 1 where a file is read when it should be refused, refused when it should be read,
or read with another grain, metric or total; other differences are shown and left to judgement.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.errors import ExportError
from core.ingest import Import, read_export

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample_ga4_export.csv"
SERIOUS = ("expect", "grain", "metric", "total")


def differences(result: Import, truth: dict[str, str]) -> dict[str, str]:
    """Compare what was read with what was worked out by hand.

    Args:
        result: of ``read_export``.
        truth: a row of ``truth.csv``; empty cells are not compared.

    Returns:
        Name of the column -> what we say instead.
    """
    traffic = result.traffic
    metric = truth["metric"]
    total = float(traffic.frame[metric].sum()) if metric in traffic.exported else float("nan")
    ours = {
        "expect": "read",
        "grain": traffic.grain,
        "metric": metric if metric in traffic.exported else "/".join(traffic.exported),
        "total": f"{total:.10g}",
        "rows": str(result.rows),
    }
    if traffic.has_time:
        form = "%Y-%m-%dT%H" if traffic.grain == "hour" else "%Y-%m-%d"
        ours |= {"first": f"{traffic.times[0]:{form}}", "last": f"{traffic.times[-1]:{form}}"}
    if traffic.has_channels:
        ours |= {"channels": str(len(traffic.channels)), "top_channel": traffic.channels[0]}
    return {
        name: value
        for name, value in ours.items()
        if truth[name] and not is_same(value, truth[name])
    }


def is_same(ours: str, theirs: str) -> bool:
    """Whether two cells say the same, numbers by value."""
    try:
        return abs(float(ours) - float(theirs)) <= 1e-9 * max(abs(float(theirs)), 1)
    except ValueError:
        return ours == theirs


def compare(path: Path, truth: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Read one file; what came out in short, and how that differs from the truth."""
    try:
        result = read_export(path.read_bytes(), path.name)
    except ExportError as error:
        wrong = {"expect": "refuse"} if truth["expect"] == "read" else {}
        return f"refused: {error.code}", wrong
    traffic = result.traffic
    said = f"{traffic.grain}, {result.rows:,} rows, {len(traffic.channels)} channels"
    if truth["expect"] == "refuse":
        return said, {"expect": "read"}
    return said, differences(result, truth)


def sample_truth() -> pd.DataFrame:
    """What is known of the project's own sample without our reader."""
    rows = pd.read_csv(SAMPLE, comment="#")
    sessions = rows.groupby(rows.columns[0])["Sessions"].sum()
    truth = {
        "file": SAMPLE.name,
        "expect": "read",
        "grain": "hour",
        "metric": "sessions",
        "total": str(sessions.sum()),
        "rows": str(len(rows)),
        "first": "",
        "last": "",
        "channels": str(len(sessions)),
        "top_channel": str(sessions.idxmax()),
    }
    return pd.DataFrame([truth])


def main() -> None:
    """Read every file of the folder, print the table."""
    parser = argparse.ArgumentParser(description="Reads a collection of exports.")
    parser.add_argument("folder", type=Path, nargs="?", help="exports and truth.csv")
    folder = parser.parse_args().folder
    truth = sample_truth() if folder is None else pd.read_csv(folder / "truth.csv", dtype=str)
    serious = 0
    for row in truth.fillna("").to_dict("records"):
        said, wrong = compare((folder or SAMPLE.parent) / row["file"], row)
        is_serious = any(name in wrong for name in SERIOUS)
        serious += is_serious
        mark = "WRONG" if is_serious else "differs" if wrong else "right"
        details = "; ".join(f"{name} {value}, not {row[name]}" for name, value in wrong.items())
        print(f"{mark:8}{row['file']:45}{said:40}{details}")
    print(f"{len(truth) - serious} of {len(truth)} read or refused as they should be")
    sys.exit(1 if serious else 0)


if __name__ == "__main__":
    main()
