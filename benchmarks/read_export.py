"""How fast is an export read, checked and rolled up? Against Arrow's CSV reader plus a group-by.

    python benchmarks/read_export.py [--rows 1000000] [--most 0]

Prints for files of growing size, made here in the form of a GA4 export by hour, channel and page:

    floor     seconds of pyarrow.csv.read_csv plus group-by with sums on the same bytes
    ours      seconds of read_export, which also decodes, checks and explains
    ratio     ours / floor, the median of pairs that ran one after the other
    per row   our microseconds per row: constant where the cost grows linearly
    memory    peak memory of a fresh process that reads the file, the bytes included, less what it
              took to start and to read a small file, as a multiple of the file

and the milliseconds for a file of 3,182 rows, the size of a month by hour and channel. The
targets: ratio at most 2 and memory at most 5 at a million rows, 50 ms for the small file. With
``--most 10000000`` sizes grow up to that many rows, which takes some 6 GB of memory.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import pyarrow as pa
from pyarrow import csv as arrow_csv

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.ingest import read_export

SMALL_ROWS = 3_182
CHANNELS = (
    "Organic Search",
    "Direct",
    "Paid Search",
    "Organic Social",
    "Referral",
    "Email",
    "Unassigned",
)
PAGES = 40
PAIRS = 5
HEADER = (
    "Session primary channel group (Default channel group),Page path and screen class,"
    "Date + hour (YYYYMMDDHH),Users,Sessions,Engaged sessions,"
    "Average engagement time per session,Engaged sessions per user,Events per session,"
    "Engagement rate,Event count"
)
PREAMBLE = "# ----------------------------------------\n# Start date: 20150101\n#\n"


def make_export(rows: int) -> bytes:
    """Make an export; counts follow from the row number and rates from the counts."""
    lines, hour, row = [PREAMBLE + HEADER], datetime(2015, 1, 1), 0
    while row < rows:
        stamp = f"{hour:%Y%m%d%H}"
        for channel in CHANNELS:
            for page in range(min(PAGES, rows - row)):
                lines.append(f"{channel},/guides/chapter-{page:02d},{stamp},{numbers(row)}")
                row += 1
        hour += timedelta(hours=1)
    return ("\r\n".join(lines) + "\r\n").encode()


def numbers(row: int) -> str:
    """The counts and rates of a row."""
    sessions = 5 + row * 7919 % 300
    users, engaged, events = (
        sessions - sessions // 5,
        sessions * (40 + row % 37) // 100,
        sessions * 4,
    )
    seconds = (row * 104_729 % 9_000_000) / 1e5
    return (
        f"{users},{sessions},{engaged},{seconds:.8f},{engaged / users:.9f},{events / sessions:.9f},"
        f"{engaged / sessions:.9f},{events}"
    )


def read_bare(data: bytes) -> pa.Table:
    """The floor: parse and add up, nothing understood, nothing checked."""
    start = data.index(HEADER.encode())
    table = arrow_csv.read_csv(pa.BufferReader(memoryview(data)[start:]))
    names = table.column_names
    return table.group_by([names[0], names[2]]).aggregate([(name, "sum") for name in names[3:]])


def seconds_of(action: Callable[[bytes], object], data: bytes) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action(data)
    return time.perf_counter() - start


def read_all(data: bytes) -> None:
    """Read without the limit that the app sets."""
    read_export(data, max_bytes=len(data))


def peak_memory(data: bytes) -> float:
    """Peak memory of a fresh process as a multiple of the file."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(data)
        file.flush()
        command = [sys.executable, __file__, "--measure", file.name]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(said) / len(data)


def measure_memory(path: Path) -> int:
    """Bytes that reading a file takes at its peak in this process."""
    read_all(make_export(SMALL_ROWS))
    before = peak_bytes()
    read_all(path.read_bytes())
    return peak_bytes() - before


def peak_bytes() -> int:
    """The most memory that this process ever held."""
    status = Path("/proc/self/status")
    if status.is_file():  # the other figure is inherited from the process that started this one
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Measure every size, print the table."""
    parser = argparse.ArgumentParser(description="Speed and memory of reading an export.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the main measurement")
    parser.add_argument("--most", type=int, default=0, help="go on by factors of ten up to this")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        print(measure_memory(chosen.measure))
        return
    small = make_export(SMALL_ROWS)
    read_all(small)
    millis = 1000 * median(seconds_of(read_all, small) for _ in range(2 * PAIRS))
    print(f"{SMALL_ROWS:,} rows: {millis:.0f} ms")
    sizes = [chosen.rows // 10, chosen.rows]
    while sizes[-1] * 10 <= chosen.most:
        sizes.append(sizes[-1] * 10)
    print(f"{'rows':>12}{'MB':>8}{'floor':>8}{'ours':>8}{'ratio':>8}{'per row':>9}{'memory':>8}")
    for rows in sizes:
        data = make_export(rows)
        read_bare(data), read_all(data)
        pairs = [(seconds_of(read_bare, data), seconds_of(read_all, data)) for _ in range(PAIRS)]
        floor, ours = (median(times) for times in zip(*pairs, strict=True))
        ratio = median(mine / bare for bare, mine in pairs)
        print(
            f"{rows:12,}{len(data) / 1e6:8.0f}{floor:8.2f}{ours:8.2f}{ratio:8.2f}"
            f"{1e6 * ours / rows:9.2f}{peak_memory(data):8.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
