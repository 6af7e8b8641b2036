"""Text that comes from a file, made safe for Markdown."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|points?|h|min|s|M)(?!\w))")
_NO_BREAK = "\N{NO-BREAK SPACE}"


def escape(text: str) -> str:
    r"""Show text as it is: no formatting, no link, and no picture fetched from outside.

    >>> escape("![x](https://a.b/c.png)")
    '\\!\\[x\\]\\(https\\://a\\.b/c\\.png\\)'
    """
    return _SPECIAL.sub(r"\\\1", keep_units(" ".join(text.split())))


def keep_units(text: str) -> str:
    r"""Keep numbers and their units on one line, however narrow the column is.

    >>> keep_units("+2.2 % in 1 min 2 s").split(" ")
    ['+2.2\xa0%', 'in', '1\xa0min', '2\xa0s']
    """
    return _BEFORE_UNIT.sub(_NO_BREAK, text)
