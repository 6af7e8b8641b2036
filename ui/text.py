"""Text that comes from a file, made safe for Markdown."""

from __future__ import annotations

import re
from functools import cache

from core.language import t

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
_NO_BREAK = "\N{NO-BREAK SPACE}"
# Some languages set the thousands of a number apart with a space at which no line breaks.
_WHITE = re.compile(r"[^\S\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+")


def escape(text: str) -> str:
    r"""Show text as it is: no formatting, no link, and no picture fetched from outside.

    >>> escape("![x](https://a.b/c.png)")
    '\\!\\[x\\]\\(https\\://a\\.b/c\\.png\\)'
    """
    return _SPECIAL.sub(r"\\\1", keep_units(_WHITE.sub(" ", text).strip()))


def keep_units(text: str) -> str:
    r"""Keep numbers and their units on one line, however narrow the column is.

    >>> keep_units("+2.2 % in 1 min 2 s").split(" ")
    ['+2.2\xa0%', 'in', '1\xa0min', '2\xa0s']
    """
    said = (
        t("{number} %", number=""),
        t("{number} points", number=""),
        t("{number} M", number=""),
        t("{seconds} s", seconds=""),
        t("{hours} h {minutes} min", hours="", minutes=""),
    )
    return _before(" ".join(said)).sub(_NO_BREAK, text)


@cache
def _before(units: str) -> re.Pattern[str]:
    """The space between a number and any of these units."""
    wanted = sorted({"%", "point", *units.split()}, key=len, reverse=True)
    return re.compile(rf"(?<=\d) (?=(?:{'|'.join(map(re.escape, wanted))})(?!\w))")
