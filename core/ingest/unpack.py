"""Dropped bytes to texts: what is inside archives and workbooks."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import ExportError
from core.ingest.cells import Table
from core.ingest.decode import decode
from core.ingest.layout import Layout
from core.ingest.notes import Note
from core.ingest.tables import read_tables
from core.ingest.workbook import read_workbook

MAX_UNPACKED_BYTES = 300 * 1024 * 1024
"""What an archive or workbook may hold when unpacked; a bomb holds far more."""

MAX_MEMBERS = 60
"""Files in an archive; nobody drops more exports at once."""

_GZIP, _OLD_OFFICE = b"\x1f\x8b", b"\xd0\xcf\x11\xe0"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BROKEN = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    ValueError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)
_CHUNK_BYTES = 1 << 20
_READABLE = (".csv", ".tsv", ".txt", ".tab", ".xlsx", ".xlsm", ".xls", ".ods", ".gz")


@dataclass(frozen=True, eq=False)
class Part:
    """One file out of what was dropped, with its tables.

    Args:
        name: of the file.
        tables: in the order of the file.
        first_line: for the words where no table was found.
        notes: on how it was decoded.
        error: why it could not be opened; the other files of an archive can be.
    """

    name: str
    tables: list[Table]
    first_line: str
    notes: tuple[Note, ...]
    error: ExportError | None = None


class _Room:
    """What may still be unpacked, over everything inside of what was dropped."""

    def __init__(self) -> None:
        self._left = MAX_UNPACKED_BYTES

    def fill(self, read: Callable[[int], bytes]) -> bytes:
        """All that a stream has, or the error of a bomb."""
        content = read(self._left + 1)
        self.take(len(content))
        return content

    def take(self, size: int) -> None:
        """Count what was unpacked: the sizes that an archive declares may be lies."""
        self._left -= size
        if self._left < 0:
            raise ExportError("bomb", limit=MAX_UNPACKED_BYTES)


def unpack(data: bytes, name: str, *, careful: bool = False) -> list[Part]:
    """Open what was dropped.

    Args:
        data: a text, a workbook, a ZIP archive or a gzipped text.
        name: as dropped.
        careful: whether every cell is to be read as text.

    Returns:
        One part, or for an archive one per file in it, with its error where it cannot be opened.

    Raises:
        ExportError: ``empty_file``, ``not_text``, ``bomb``, ``too_many_files``, ``locked``,
            ``broken_archive``, ``broken_workbook``, ``too_many_cells``, ``nothing_inside`` and
            the codes of ``tables.read_tables``.
    """
    return _open(data, name, _Room(), careful=careful)


def _open(data: bytes, name: str, room: _Room, *, careful: bool) -> list[Part]:
    if data.startswith(_GZIP):
        return _open(_gunzip(data, room), name.removesuffix(".gz"), room, careful=careful)
    if data.startswith(_OLD_OFFICE):
        return [_open_workbook(data, name)]
    if data.startswith(_ZIP):
        return _unzip(data, name, room, careful=careful)
    text, notes = decode(data)
    first = next((line for line in text[:5000].splitlines() if line.strip()), b"")
    tables = read_tables(text, careful=careful)
    return [Part(name, tables, first[:200].decode(errors="replace")[:80], notes)]


def _gunzip(data: bytes, room: _Room) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            found = room.fill(stream.read)
    except _BROKEN as error:
        raise ExportError("broken_archive") from error
    if found.startswith((_GZIP, *_ZIP)):
        raise ExportError("not_text", kind="archive")
    return found


def _unzip(data: bytes, name: str, room: _Room, *, careful: bool) -> list[Part]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            named = [info for info in archive.infolist() if info.filename]
            members = [info for info in named if not info.is_dir()]
            if len(members) > 50 * MAX_MEMBERS:
                raise ExportError("too_many_files", files=len(members), limit=MAX_MEMBERS)
            if any(info.flag_bits & 1 for info in members):
                raise ExportError("locked")
            if {"[Content_Types].xml", "content.xml"} & {info.filename for info in members}:
                _measure(archive, members, room)
                return [_open_workbook(data, name)]
            contents = _contents(archive, members, room)
    except RuntimeError as error:
        # NotImplementedError is one too: a way of packing that Python does not know.
        is_unknown = isinstance(error, NotImplementedError)
        raise ExportError("broken_archive" if is_unknown else "locked") from error
    except _BROKEN as error:
        raise ExportError("broken_archive") from error
    parts = [
        part
        for inner, content in contents
        for part in _open_member(content, inner, room, careful=careful)
    ]
    if not parts:
        raise ExportError("nothing_inside", names=tuple(inner for inner, _ in contents)[:8])
    return parts


def _open_member(content: bytes, name: str, room: _Room, *, careful: bool) -> list[Part]:
    """One file of an archive; what cannot be opened does not keep the others from being read."""
    is_archive = content.startswith(_ZIP) and not name.lower().endswith((".xlsx", ".xlsm", ".ods"))
    if is_archive or not content.strip():
        return []
    try:
        return _open(content, name, room, careful=careful)
    except ExportError as error:
        if error.code == "bomb":
            raise
        return [Part(name, [], "", (), error)]


def _is_wanted(name: str) -> bool:
    base = name.rsplit("/", 1)[-1]
    return base.lower().endswith(_READABLE) and not base.startswith(".") and "__MACOSX" not in name


def _contents(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], room: _Room
) -> list[tuple[str, bytes]]:
    files = [info for info in members if _is_wanted(info.filename)]
    if not files:
        names = sorted({info.filename for info in members})
        raise ExportError("nothing_inside", names=tuple(names)[:8])
    if len(files) > MAX_MEMBERS:
        raise ExportError("too_many_files", files=len(files), limit=MAX_MEMBERS)
    found = []
    for info in files:
        with archive.open(info) as stream:
            found.append((info.filename.rsplit("/", 1)[-1], room.fill(stream.read)))
    return found


def _measure(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], room: _Room) -> None:
    """Unpack a workbook in pieces and throw them away."""
    for info in members:
        with archive.open(info) as stream:
            while piece := stream.read(_CHUNK_BYTES):
                room.take(len(piece))


def _open_workbook(data: bytes, name: str) -> Part:
    tables = [table for rows in read_workbook(data) for table in Layout().read(rows)]
    return Part(name, tables, "", ())
