"""Small workbooks, good and bad, made without a library for workbooks."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_SECTOR = 512


@dataclass(frozen=True)
class Formula:
    """A cell that is worked out: what the spreadsheet last saw there is kept beside it."""

    text: str
    value: float


def workbook(*sheets: Sequence[Sequence[object]]) -> bytes:
    """A workbook of texts, numbers, dates and formulas; ``None`` is an empty cell."""
    return workbook_of([_sheet(rows) for rows in sheets])


def workbook_of(sheet_data: Sequence[str]) -> bytes:
    """A workbook whose sheets hold these rows of XML."""
    numbers = range(1, len(sheet_data) + 1)
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    links += f'<Relationship Id="rId999" Type="{_LINKS}/styles" Target="styles.xml"/>'
    office = f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/>'
    formats = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs>'
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{office}</Relationships>',
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{sheets}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{formats}</styleSheet>',
    }
    for n, rows in zip(numbers, sheet_data, strict=True):
        files[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
    return archive({name: (_HEAD + text).encode() for name, text in files.items()})


def archive(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return data.getvalue()


def _sheet(rows: Sequence[Sequence[object]]) -> str:
    return "".join(
        f'<row r="{line}">' + "".join(_cell(n, line, cell) for n, cell in enumerate(row)) + "</row>"
        for line, row in enumerate(rows, 1)
    )


def _cell(position: int, line: int, cell: object) -> str:
    place = f'r="{chr(ord("A") + position)}{line}"'
    if cell is None:
        return f"<c {place}/>"
    if isinstance(cell, str):
        return f'<c {place} t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    if isinstance(cell, datetime):
        days = (cell - datetime(1899, 12, 30)).total_seconds() / 86_400
        return f'<c {place} s="1"><v>{days!r}</v></c>'
    if isinstance(cell, Formula):
        return f"<c {place}><f>{escape(cell.text)}</f><v>{cell.value!r}</v></c>"
    return f"<c {place}><v>{cell!r}</v></c>"


def spreadsheet(rows: str) -> bytes:
    """An OpenDocument spreadsheet with these rows of XML."""
    names = {
        key: f"urn:oasis:names:tc:opendocument:xmlns:{key}:1.0"
        for key in ("office", "table", "text")
    }
    spaces = " ".join(f'xmlns:{key}="{name}"' for key, name in names.items())
    body = f'<table:table table:name="S">{rows}</table:table>'
    inner = f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
    content = f"{_HEAD}<office:document-content {spaces}>{inner}</office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'{_HEAD}<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>'
    )
    files = {"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content}
    return archive({name: text.encode() for name, text in files.items()})


def locked_workbook() -> bytes:
    """What Excel writes with a password: a compound file with an encrypted package in it."""
    free, last, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    sectors = 8  # of each stream: 4,096 bytes, below which it would stand elsewhere
    chain = [*range(3, 2 + sectors), last, *range(3 + sectors, 2 + 2 * sectors), last]
    fat = [table, last, *chain]
    fat += [free] * (_SECTOR // 4 - len(fat))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHH6xIIIIIIIII", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, last, 0, last, 0
    )
    head += struct.pack("<109I", 0, *[free] * 108)
    entries = [
        _entry("Root Entry", 5, child=1, start=last, size=0),
        _entry("EncryptionInfo", 2, right=2, start=2, size=4096),
        _entry("EncryptedPackage", 2, start=2 + sectors, size=4096),
        _entry("", 0, start=0, size=0),
    ]
    return head + struct.pack("<128I", *fat) + b"".join(entries) + bytes(2 * 4096)


def _entry(
    name: str, kind: int, *, start: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
) -> bytes:
    text = name.encode("utf-16-le") + bytes(2) * bool(name)
    links = struct.pack("<BBIII", kind, 1, 0xFFFFFFFF, right, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<H", len(text))
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
