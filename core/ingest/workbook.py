"""Workbooks to rows, read by a process of its own. See ``workbook_worker`` for why."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from core.errors import ExportError
from core.ingest.layout import Row

MAX_CELLS = 3_000_000
"""Cells of a workbook, over all its sheets."""

MAX_TEXT = 300 * 1024 * 1024
"""Characters that the cells may hold together."""

_MAX_MEMORY = 3 * 1024**3 // 2
_MAX_SECONDS = 60
_WORKER = Path(__file__).with_name("workbook_worker.py")


def read_workbook(data: bytes) -> Iterator[list[Row]]:
    """Rows of each sheet, in the order of the workbook.

    Args:
        data: xlsx, xlsm, xls or ods.

    Raises:
        ExportError: ``locked``, ``broken_workbook``, ``too_many_cells`` or ``bomb``.
    """
    limits = [str(limit) for limit in (_MAX_MEMORY, MAX_CELLS, MAX_TEXT)]
    try:
        done = subprocess.run(  # noqa: S603 - our own script; the file comes in as data
            [sys.executable, "-I", str(_WORKER), *limits],
            input=data,
            capture_output=True,
            timeout=_MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ExportError("too_many_cells", limit=MAX_CELLS) from error
    if done.returncode:  # it ran out of memory, or the library gave up on nonsense
        is_killed = done.returncode < 0 or b"memory" in done.stderr.lower()
        raise ExportError("too_many_cells" if is_killed else "broken_workbook", limit=MAX_CELLS)
    return _sheets(done.stdout)


def _sheets(lines: bytes) -> Iterator[list[Row]]:
    rows: list[Row] = []
    for line in io.BytesIO(lines):
        item = json.loads(line)
        if isinstance(item, str):
            raise ExportError(item, limit=MAX_TEXT if item == "bomb" else MAX_CELLS)
        if item is None:
            yield rows
            rows = []
        else:
            rows += enumerate(item, 1 + len(rows))
    yield rows
