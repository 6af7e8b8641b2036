"""Cells to numbers, one column at a time."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

MAX_COUNT = 1e12
"""Above this a count is a typing error: no website has a trillion sessions in an hour."""

_MISSING = frozenset({"", "-", "--", "\u2013", "\u2014", "n/a", "na", "null", "none", "nan"})
_MISSING_WORDS = frozenset({"(not set)", "(none)"})
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']|\u2019")
_CURRENCY = (
    r"(?:[A-Z]{0,3}[$€£¥₽₹₺₩₴₦₫₪฿₱]|(?:kr|zł|Kč|Ft|TL|lei|Rs|руб|р|лв|грн)\.?|[元円圓원]|"
    r"(?:EUR|USD|GBP|CHF|JPY|CNY|KRW|INR|RUB|PLN|CZK|SEK|NOK|DKK|HUF|TRY|BRL|MXN|CAD|AUD|NZD|ZAR|"
    r"RON|BGN|UAH|ILS|AED|SAR|SGD|HKD|TWD|THB|IDR|MYR|PHP|VND|ARS|CLP|COP|PEN|EGP|NGN|KES|PKR))"
)
"""Only what is surely money: without its unit "1,2 Mio." would be one."""
_UNIT = re.compile(rf"^(?P<sign>[-+]?)(?:{_CURRENCY})?(?P<rest>[-+]?[\d.,].*?)(?:{_CURRENCY})?$")
_HIDDEN = re.compile(r"^<\s*\S*\d")
_SCALE = re.compile(r"^([-+]?[\d.,]+)([km])$", re.IGNORECASE)
_CLOCK = re.compile(r"^(?:(\d+):)?(\d{1,3}):(\d{2}(?:[.,]\d+)?)$")
_SPELLED = re.compile(
    r"^(?:(\d+)\s*d)?\s*(?:(\d+)\s*h\w*\.?)?\s*(?:(\d+)\s*m\w*\.?)?\s*"
    r"(?:(\d+(?:[.,]\d+)?)\s*s\w*\.?)?$",
    re.IGNORECASE,
)
_GROUPED = {
    ".": re.compile(r"^[-+]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d+)?$"),
    ",": re.compile(r"^[-+]?\d{1,3}(\.\d{2,3})*\.\d{3}(,\d+)?$"),
}
_CLEAR_POINT = re.compile(r"^\s*\d+\.(\d{1,2}|\d{4,})\s*$")
_PLAIN = re.compile(r"^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$", re.IGNORECASE)
_OTHER = {".": ",", ",": "."}


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no number.

    >>> is_missing(" --"), is_missing("(not set)"), is_missing("0")
    (True, True, False)
    """
    text = cell.strip().casefold()
    return text in _MISSING or text in _MISSING_WORDS


def is_hidden(cell: str) -> bool:
    """Whether a small number was hidden, as in ``<10``.

    >>> is_hidden("< 10"), is_hidden("10")
    (True, False)
    """
    return _HIDDEN.match(cell.strip()) is not None


def bare(cell: str) -> str:
    """A number without spaces, currency and per cent.

    >>> bare("US$ 3,101.00"), bare("1\u00a0327"), bare("93,26 %"), bare("0,00 €")
    ('3,101.00', '1327', '93,26', '0,00')
    """
    text = _SPACES.sub("", cell).removesuffix("%")
    found = _UNIT.match(text)
    return found["sign"] + found["rest"] if found else text


def find_decimal_sign(cells: pd.Series, *, is_whole: bool = False) -> str | None:
    """Which sign separates the decimals in a column; ``None`` where nothing tells.

    Args:
        cells: the different texts of the column.
        is_whole: whether the column counts something, so that 1.234 is more likely a thousand.

    >>> find_decimal_sign(pd.Series(["1.234,5", "7"])), find_decimal_sign(pd.Series(["0.61"]))
    (',', '.')
    >>> find_decimal_sign(pd.Series(["1.234", "987"]), is_whole=True)
    ','
    """
    signed = [cell for cell in cells if "." in cell or "," in cell]
    if not any("," in cell for cell in signed) and any(map(_CLEAR_POINT.match, signed)):
        return "."
    texts = [bare(cell) for cell in cells if not is_missing(cell) and not is_hidden(cell)]
    texts = [text.lstrip("+-") for text in texts if not _CLOCK.match(text)]
    votes = {sign: sum(_tells(text, sign) for text in texts) for sign in ".,"}
    if votes["."] != votes[","]:
        return max(votes, key=lambda sign: votes[sign])
    if not is_whole:
        return None
    has_four_digits = any(re.fullmatch(r"\d{4,}", text) for text in texts)
    grouped = {sign: sum(bool(_GROUPED[sign].match(text)) for text in texts) for sign in ".,"}
    if grouped[","] and not has_four_digits and not grouped["."]:
        return ","
    return "." if grouped["."] and not grouped[","] else None


def _tells(text: str, sign: str) -> bool:
    """Whether a text makes sense with this decimal sign only."""
    other = _OTHER[sign]
    if text.count(sign) != 1:
        return text.count(other) > 1 and sign not in text and bool(_GROUPED[sign].match(text))
    whole, _, decimals = text.partition(sign)
    if other in decimals:
        return False
    if other in whole:
        return bool(_GROUPED[sign].match(text))
    return len(decimals) != 3 or len(whole) > 3 or whole in ("", "0")


def parse_number(cell: str, decimal_sign: str = ".", *, is_duration: bool = False) -> float:
    """Read one cell; NaN where it is no number.

    ``61.8%`` is 0.618, ``1.2k`` is 1200 and ``2M`` two million; as a duration ``0:01:23`` and
    ``1m 23s`` are 83 seconds and ``2m`` is 120.

    >>> [parse_number(cell) for cell in ["1,204", "61.8%", "2M", "0:01:23", "$3,101.00"]]
    [1204.0, 0.618, 2000000.0, nan, 3101.0]
    >>> [parse_number(cell, is_duration=True) for cell in ["0:01:23", "1m 23s", "2m", "83"]]
    [83.0, 83.0, 120.0, 83.0]
    >>> parse_number("1.204,5", ","), parse_number("many")
    (1204.5, nan)
    """
    text = cell.strip()
    if is_duration and not np.isnan(duration := _parse_duration(text)):
        return duration
    is_percent = text.endswith("%")
    scale = 1.0
    if found := _SCALE.match(text):
        text, scale = found[1], {"k": 1e3, "m": 1e6}[found[2].casefold()]
    number = _plain(bare(text), decimal_sign) * scale
    return round(number / 100, 15) if is_percent else number


def _parse_duration(text: str) -> float:
    if found := _CLOCK.match(text):
        hours, minutes, seconds = found.groups(default="0")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
    if any(unit in text.casefold() for unit in "smhd") and (found := _SPELLED.match(text)):
        parts = [float(part.replace(",", ".")) for part in found.groups("0")]
        return ((parts[0] * 24 + parts[1]) * 60 + parts[2]) * 60 + parts[3]
    return float("nan")


def _plain(text: str, decimal_sign: str) -> float:
    if _GROUPED[decimal_sign].match(text):
        text = text.replace(_OTHER[decimal_sign], "")
    if decimal_sign == ",":
        text = text.replace(",", ".") if "." not in text else "?"
    return float(text) if _PLAIN.match(text) else np.nan


def parse_numbers(
    cells: pd.Series, decimal_sign: str = ".", *, is_duration: bool = False
) -> tuple[pd.Series, pd.Series]:
    """Read texts as numbers.

    Args:
        cells: text.
        decimal_sign: ``.`` or ``,``.
        is_duration: whether the column holds times spent, so that ``2m`` is two minutes.

    Returns:
        Numbers (float64, NaN where missing, hidden or unreadable) and whether a cell was
        unreadable.

    >>> numbers, unreadable = parse_numbers(pd.Series(["1,204", "", "<10", "many"]))
    >>> numbers.tolist(), unreadable.tolist()
    ([1204.0, nan, nan, nan], [False, False, False, True])
    """
    numbers = np.full(len(cells), np.nan)
    unreadable = np.zeros(len(cells), dtype=bool)
    for place, cell in enumerate(cells):
        if is_missing(cell) or is_hidden(cell):
            continue
        try:
            number = parse_number(cell, decimal_sign, is_duration=is_duration)
        except (OverflowError, ValueError):
            number = np.nan
        unreadable[place] = not np.isfinite(number)
        numbers[place] = number if np.isfinite(number) else np.nan
    return pd.Series(numbers, index=cells.index), pd.Series(unreadable, index=cells.index)
