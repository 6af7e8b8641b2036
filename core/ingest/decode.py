"""Bytes to UTF-8: byte-order marks, UTF-16, old code pages, and files that are no text at all."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from core.errors import ExportError
from core.ingest.notes import Note
from core.ingest.vocabulary import concept_of

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"RIFF", "picture"),
    (b"%PDF", "pdf"),
    (b"PAR1", "binary"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"{\\rtf", "document"),
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WEB_PAGES = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"<table", b"<!--")
_JSON = re.compile(rb"[\[{]\s*[\[{\"]")
_CODE_PAGES = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1254",
    "shift_jis",
    "gb18030",
    "euc_kr",
    "mac_roman",
]
_MAC_LETTER = re.compile(rb"[\x80-\x9f]")
_CELL = re.compile(r"[^,;\t|\r\n\"]+")
_HEADER_BYTES = 5_000
_SAMPLE_BYTES = 200_000
_CHUNK_BYTES = 1 << 20
_CONTROLS = bytes({*range(9), *range(14, 32)} - {0x1B})


def decode(data: bytes) -> tuple[bytes, tuple[Note, ...]]:
    r"""Turn the bytes of a text file into UTF-8 with ``\n`` or ``\r\n`` line ends.

    Args:
        data: the whole file.

    Returns:
        UTF-8 without byte-order mark, and notes where something was guessed or mended.

    Raises:
        ExportError: ``empty_file`` or ``not_text`` (``kind``: picture, pdf, archive, document,
            web_page, json or binary).

    >>> decode(b"\xef\xbb\xbfDate,Sessions\n")
    (b'Date,Sessions\n', ())
    """
    if _is_blank(data):
        raise ExportError("empty_file")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise ExportError("not_text", kind=kind)
    text, notes = _to_utf8(data)
    _refuse_controls(text)
    start = text[:200].lstrip().lower()
    if start.startswith(_WEB_PAGES):
        raise ExportError("not_text", kind="web_page")
    if _JSON.match(start):
        raise ExportError("not_text", kind="json")
    if b"\x00" in text:
        zeros = text.count(b"\x00")
        text = text.replace(b"\x00", b"")
        notes = (*notes, Note("zero_bytes", "repaired", zeros))
    if b"\n" not in text and b"\r" in text:  # old Mac
        text = text.replace(b"\r", b"\n")
    if _is_blank(text):
        raise ExportError("empty_file")
    return text, notes


def _is_blank(data: bytes) -> bool:
    start = data[:_CHUNK_BYTES].strip(b" \t\r\n\x00")
    return not start and not data.strip(b" \t\r\n\x00")


def _to_utf8(data: bytes) -> tuple[bytes, tuple[Note, ...]]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if not data.startswith(mark):
            continue
        if encoding == "utf-8-sig":
            data = data[len(mark) :]
            break
        return data.decode(encoding, errors="replace").encode(), ()
    if _is_utf8(data):
        return data, ()
    encoding = _guess(data)
    note = Note("encoding_guessed", "doubted", params={"encoding": encoding})
    return data.decode(encoding, errors="replace").encode(), (note,)


def _is_utf8(data: bytes) -> bool:
    """In chunks, for a text of wide characters takes four times the memory of its bytes."""
    if data.isascii() and b"\x00" not in data[:_CHUNK_BYTES]:
        return True
    zeros = data[:_CHUNK_BYTES].count(b"\x00")
    if zeros > len(data[:_CHUNK_BYTES]) // 5:  # UTF-16 without a mark
        return False
    decoder, view = codecs.getincrementaldecoder("utf-8")(), memoryview(data)
    try:
        for start in range(0, len(data), _CHUNK_BYTES):
            decoder.decode(view[start : start + _CHUNK_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guess(data: bytes) -> str:
    sample = data[:_SAMPLE_BYTES]
    even, odd = sample[0::2].count(b"\x00"), sample[1::2].count(b"\x00")
    if max(even, odd) > len(sample) // 5:
        return "utf-16-le" if odd > even else "utf-16-be"
    wide = b"\n".join(line for line in sample.splitlines() if not line.isascii()) or sample
    if _is_damaged_utf8(wide):
        return "utf-8"
    # Without a letter in the part that is signs elsewhere it is no Mac's page, the last one.
    pages = _CODE_PAGES if _MAC_LETTER.search(wide) else _CODE_PAGES[:-1]
    best = from_bytes(wide, cp_isolation=pages).best()
    # Few letters make a poor guess; that a header then says something we know is a better one.
    return max(
        [best.encoding if best else "cp1252", *pages], key=lambda page: _count_known(wide, page)
    )


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether most wide characters are UTF-8, as in a file that was cut or joined badly."""
    text = data.decode(errors="replace")
    bad = text.count("\ufffd")
    return sum(sign > "\x7f" for sign in text) - bad > bad


def _count_known(data: bytes, encoding: str) -> int:
    cells = _CELL.findall(data[:_HEADER_BYTES].decode(encoding, errors="replace"))
    return sum(concept_of(cell) is not None for cell in cells if not cell.isascii())


def _refuse_controls(text: bytes) -> None:
    sample = text[:_CHUNK_BYTES]
    controls = len(sample) - len(sample.translate(None, delete=_CONTROLS))
    if controls > max(2, len(sample) // 200):
        raise ExportError("not_text", kind="binary")
