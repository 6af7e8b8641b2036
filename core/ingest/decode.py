"""Bytes to text: byte-order marks, UTF-8, UTF-16, and files that are no text at all."""

from __future__ import annotations

import codecs

from core.errors import ExportError
from core.ingest.notes import Note

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"RIFF", "picture"),
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "workbook"),
    (b"\xd0\xcf\x11\xe0", "workbook"),
    (b"\x1f\x8b", "archive"),
    (b"PAR1", "binary"),
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> tuple[str, tuple[Note, ...]]:
    r"""Turn the bytes of a text file into text.

    Args:
        data: the whole file.

    Returns:
        The text without byte-order mark, and a note where the encoding had to be guessed.

    Raises:
        ExportError: ``empty_file`` or ``not_text`` (``kind``: picture, pdf, workbook, archive or
            binary).

    >>> decode(b"\xef\xbb\xbfDate,Sessions\n")
    ('Date,Sessions\n', ())
    """
    if not data.strip(b" \t\r\n\x00"):
        raise ExportError("empty_file")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise ExportError("not_text", kind=kind)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _checked(data.decode(encoding, errors="replace")), ()
    try:
        return _checked(data.decode("utf-8")), ()
    except UnicodeDecodeError:
        text = _checked(data.decode("cp1252", errors="replace"))
        return text, (Note("encoding_guessed", "doubted"),)


def _checked(text: str) -> str:
    control = sum(text.count(chr(code)) for code in (*range(9), *range(14, 32)))
    if control > max(2, len(text) // 200):
        raise ExportError("not_text", kind="binary")
    text = text.replace("\x00", "")
    if not text.strip():
        raise ExportError("empty_file")
    return text
