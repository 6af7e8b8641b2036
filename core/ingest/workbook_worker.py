"""Runs in a process of its own: a workbook from standard input to rows on standard output.

A workbook of a thousand bytes can place a single cell so far out that the library asks for more
memory than there is, which ends the process without an error to catch. Here that process serves
one file of one person, and not everybody. Run by ``workbook``; imports nothing of this project,
so that it starts at once.

Each line is JSON: ``null`` begins a sheet, a list holds its next rows as texts without trailing
empty ones, a text is the code of an error.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TextIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

_BATCH_ROWS = 500
_LOCKED_PART = "EncryptedPackage".encode("utf-16-le")
_LOCKED_WORDS = ("password", "encrypt")


def read_rows(data: bytes, max_cells: int) -> Iterator[str | list[list[str]] | None]:
    """Every row of every sheet, as the lines described above."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                max_cells -= (sheet.total_height + 1) * sheet.width  # with blank rows above
                if max_cells < 0:
                    yield "too_many_cells"
                    return
                yield None
                rows = map(as_texts, sheet.iter_rows())
                while batch := list(islice(rows, _BATCH_ROWS)):
                    yield batch
    except PasswordError:
        yield "locked"
    except CalamineError as error:
        is_locked = _LOCKED_PART in data or any(
            word in str(error).lower() for word in _LOCKED_WORDS
        )
        yield "locked" if is_locked else "broken_workbook"
    except (ValueError, TypeError, OverflowError, KeyError):
        yield "broken_workbook"


def as_texts(row: Sequence[object]) -> list[str]:
    """The texts of a row without trailing empty ones."""
    texts = [as_text(value) for value in row]
    while texts and not texts[-1].strip():
        texts.pop()
    return texts


def as_text(value: object) -> str:
    """A cell of a workbook as an export would write it.

    >>> as_text(5.0), as_text(datetime(2024, 4, 6)), as_text(timedelta(seconds=83))
    ('5', '2024-04-06', '83')
    """
    if isinstance(value, (str, bool)):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.15g}"
    return str(value)


def limit_memory(size: int) -> None:
    """Let this process have no more than so many bytes, where the system can do that."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(data: bytes, out: TextIO, max_cells: int, max_characters: int) -> None:
    """Write the lines, at most so many characters: a text used by a million cells fills a disk."""
    for item in read_rows(data, max_cells):
        line = json.dumps(item) + "\n"
        max_characters -= len(line)
        if max_characters < 0:
            out.write('"bomb"\n')
            return
        out.write(line)


if __name__ == "__main__":
    memory, cells, characters = (int(argument) for argument in sys.argv[1:4])
    limit_memory(memory)
    main(sys.stdin.buffer.read(), sys.stdout, cells, characters)
