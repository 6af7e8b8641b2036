"""Text that comes from a file, made safe for Markdown."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def escape(text: str) -> str:
    r"""Show text as it is: no formatting, no link, and no picture fetched from outside.

    >>> escape("![x](https://a.b/c.png)")
    '\\!\\[x\\]\\(https\\://a\\.b/c\\.png\\)'
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
