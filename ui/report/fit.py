"""How large text can be so that it stays in its box; an estimate on the safe side."""

from __future__ import annotations

import math
import unicodedata

_POINTS = 72  # in an inch
LINE = 1.22
"""Height of a line, of the size of the letters."""
LETTER = 0.58
"""Width of a letter, of its size: that of the wider of both fonts."""
_WIDE = 1.05


def clean(text: str) -> str:
    r"""Text without line ends and signs that no file may hold.

    >>> clean("a\x00b\n c")
    'a b c'
    """
    kept = (" " if unicodedata.category(sign)[0] == "C" else sign for sign in text)
    return " ".join("".join(kept).split(" ")).replace("  ", " ").strip()


def lines(text: str, size: float, width: float) -> int:
    """How many lines a text takes.

    Args:
        text: one paragraph.
        size: of its letters, in points.
        width: of the box, in inches.

    >>> lines("word " * 20, 12, 5.0), lines("", 12, 5.0)
    (2, 1)
    """
    room = max(width * _POINTS / size, 1.0)
    needed, row = 1, 0.0
    for word in text.split(" "):
        length = _length(word)
        if row and row + LETTER + length > room:
            needed, row = needed + 1, 0.0
        row += length + (LETTER if row else 0.0)
        if row > room:  # a word longer than a line is broken
            needed += math.ceil(row / room) - 1
            row = row % room
    return needed


def _length(word: str) -> float:
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in word)
    return LETTER * (len(word) - wide) + _WIDE * wide


def height(text: str, size: float, width: float) -> float:
    """Height of a paragraph in inches; see ``lines``."""
    return lines(text, size, width) * size * LINE / _POINTS


def fitting(
    text: str, width: float, room: float, *, largest: float, smallest: float
) -> tuple[str, float]:
    """The text and the size at which it fits; cut with an ellipsis where even the smallest fails.

    Args:
        text: one paragraph.
        width: of the box, in inches.
        room: height of the box, in inches.
        largest: size to start with, in points.
        smallest: size to stop at, in points.

    >>> fitting("Short", 5.0, 0.5, largest=28, smallest=12)
    ('Short', 28)
    """
    size = largest
    while size > smallest and height(text, size, width) > room:
        size -= 1
    if height(text, size, width) <= room:
        return text, size
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        is_in = height(text[:middle] + "…", size, width) <= room
        low, high = (middle, high) if is_in else (low, middle - 1)
    return text[:low].rstrip() + "…", size
