"""Writes traffic as an export in any dialect: the opposite of what the reader does."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

DATA = Path(__file__).parents[3] / "data"
LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "cs", "ru", "tr", "ja", "zh", "ko")
COUNTS = ("sessions", "users", "engaged_sessions", "events", "views", "new_users")
CHANNELS = (
    "Organic Search",
    "Direct",
    "(not set)",
    "Email, letters",
    'Say "hi"',
    "Réseaux sociaux",
    "Социальные сети",
    "検索",
)
CODE_PAGES = {"ru": "cp1251"}
Key = tuple[datetime | None, str]
Rows = dict[Key, dict[str, float]]


@dataclass(frozen=True)
class Dialect:
    """How an export is written."""

    encoding: str = "utf-8"
    delimiter: str = ","
    language: str = "en"
    thousands: str = ""
    decimal: str = "."
    dates: str = "packed"
    preamble: int = 0
    padding: int = 0
    totals: str = "none"
    line_end: str = "\n"
    is_quoted: bool = False
    order: int = 0


@cache
def _vocabulary() -> dict[tuple[str, str], list[str]]:
    """Spellings of each concept and language; those of GA4 where there are any."""
    found: dict[tuple[str, str, str], list[str]] = {}
    with (DATA / "header_vocabulary.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["concept"], row["language"], row["product"])
            found.setdefault(key, []).append(row["spelling"])
    return {
        (concept, language): found.get((concept, language, "ga4"), spellings)
        for (concept, language, product), spellings in found.items()
        if product in ("ga4", "any")
    }


@cache
def _months() -> dict[tuple[str, int], str]:
    with (DATA / "month_names.csv").open(encoding="utf-8", newline="") as file:
        return {(row["language"], int(row["month"])): row["name"] for row in csv.DictReader(file)}


def spell(concept: str, language: str, pick: random.Random) -> str:
    """A header in a language, or in English where the language has none of its own."""
    words = _vocabulary()
    return pick.choice(words.get((concept, language)) or words[concept, "en"])


def _month(time: datetime, language: str) -> str:
    return _months().get((language, time.month)) or _months()["en", time.month]


def _clock(time: datetime, grain: str) -> str:
    return f" {time:%H}:00" if grain == "hour" else ""


def _plain_day(form: str) -> Callable[[datetime, str, str], str]:
    of_month = form.replace("%d", "").strip("./")
    return lambda time, grain, _: (
        time.strftime(of_month if grain == "month" else form) + _clock(time, grain)
    )


def _american(time: datetime, grain: str, _: str) -> str:
    if grain == "month":
        return f"{time.month}/{time.year}"
    clock = f" {time.hour % 12 or 12}:00 {'PM' if time.hour > 11 else 'AM'}"
    return f"{time.month}/{time.day}/{time.year}" + clock * (grain == "hour")


def _packed(time: datetime, grain: str, _: str) -> str:
    return time.strftime({"hour": "%Y%m%d%H", "month": "%Y%m"}.get(grain, "%Y%m%d"))


def _iso(time: datetime, grain: str, _: str) -> str:
    return time.strftime({"hour": "%Y-%m-%dT%H:00:00", "month": "%Y-%m"}.get(grain, "%Y-%m-%d"))


def _named(time: datetime, grain: str, language: str) -> str:
    if grain == "month":
        return f"{_month(time, language)} {time.year}"
    return f"{time.day} {_month(time, language)} {time.year}" + _clock(time, grain)


def _american_name(time: datetime, grain: str, _: str) -> str:
    if grain == "month":
        return f"{_month(time, 'en')} {time.year}"
    return f"{_month(time, 'en')} {time.day}, {time.year}" + _clock(time, grain)


def _east_asian(time: datetime, grain: str, _: str) -> str:
    if grain == "month":
        return f"{time.year}年{time.month}月"
    return f"{time.year}年{time.month}月{time.day}日" + _clock(time, grain)


DATES: dict[str, Callable[[datetime, str, str], str]] = {
    "packed": _packed,
    "iso": _iso,
    "day first": _plain_day("%d.%m.%Y"),
    "day first, slashes": _plain_day("%d/%m/%Y"),
    "american": _american,
    "named": _named,
    "american name": _american_name,
    "east asian": _east_asian,
    "split": _packed,
}


def number(value: float, dialect: Dialect) -> str:
    """A number as the dialect writes it; what is no whole number has two decimals."""
    whole, _, decimals = f"{value:,.2f}".partition(".")
    text = whole.replace(",", dialect.thousands)
    return text if value == int(value) else text + dialect.decimal + decimals


def write(rows: Rows, grain: str, dialect: Dialect) -> bytes:
    """An export that holds these rows.

    Args:
        rows: counts per time and channel.
        grain: as ``Traffic.grain``.
        dialect: how to write it.
    """
    pick = random.Random(dialect.order)
    is_split = grain == "hour" and dialect.dates == "split"
    has_channels = any(channel for _, channel in rows)
    times = {"none": [], "hour": ["day", "hour"] if is_split else ["date_hour"]}.get(grain, [grain])
    metrics = list(next(iter(rows.values())))
    names = [*times, *(["channel"] if has_channels else []), *metrics]
    pick.shuffle(names)
    body = [
        [_cell(name, key, counts, (grain, dialect)) for name in names]
        for key, counts in rows.items()
    ]
    pick.shuffle(body)
    if dialect.totals != "none":
        marker = spell("total_marker", dialect.language, pick)
        sums = {name: sum(counts[name] for counts in rows.values()) for name in metrics}
        label = "channel" if has_channels else times[0]
        total = [
            number(sums[n], dialect) if n in sums else marker if n == label else "" for n in names
        ]
        body.insert(0 if dialect.totals == "first" else len(body), total)
    header = [spell(name, dialect.language, pick) for name in names]
    return _to_bytes([header, *body], dialect, _preamble(rows, dialect, pick))


def _cell(name: str, key: Key, counts: dict[str, float], how: tuple[str, Dialect]) -> str:
    (grain, dialect), (time, channel) = how, key
    if name in counts:
        return number(counts[name], dialect)
    if name == "channel":
        return channel
    assert time is not None
    if name == "hour":
        return f"{time.hour:02}"
    is_split = grain == "hour" and dialect.dates == "split"
    return DATES[dialect.dates](time, "day" if is_split else grain, dialect.language)


def _preamble(rows: Rows, dialect: Dialect, pick: random.Random) -> list[str]:
    first = min((time for time, _ in rows if time), default=datetime(2024, 1, 1))
    start = f"# {spell('start_date', dialect.language, pick)}: {first:%Y%m%d}"
    if dialect.preamble == 1:
        return [start]
    lines = ["# ----------------", "# Traffic", "# Account: x", "#", start]
    return [*lines, "# a, b", "#", "# ----------------", "#"] if dialect.preamble else []


def _to_bytes(table: list[list[str]], dialect: Dialect, preamble: list[str]) -> bytes:
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if dialect.is_quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=dialect.delimiter, quoting=quoting, lineterminator="\n")
    writer.writerows(table)
    lines = [*preamble, *text.getvalue().splitlines()]
    padded = [line + dialect.delimiter * dialect.padding for line in lines]
    whole = "".join(line + dialect.line_end for line in padded)
    if dialect.encoding == "code page":
        return whole.encode(CODE_PAGES.get(dialect.language, "cp1252"))
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(dialect.encoding, b"")
    return mark + whole.encode(dialect.encoding)


def make_rows(seed: int, grain: str, *, has_channels: bool, metrics: tuple[str, ...]) -> Rows:
    """Random counts per time and channel; some combinations have no row, as in real exports.

    The first period begins on the 13th or later, and no period but the first three may be missing
    on its own, so that the dates can be read in one way only.
    """
    pick = random.Random(seed)
    times = _times(pick, grain)
    channels = pick.sample(CHANNELS, pick.randint(1, 5)) if has_channels else [""]
    largest = pick.choice((9, 900, 9_000, 3_000_000))
    rows: Rows = {}
    for place, time in enumerate(times):
        for channel in channels:
            if place > 3 and pick.random() < 0.3:
                continue
            sessions = pick.randint(0, largest)
            values = {name: float(pick.randint(0, largest)) for name in COUNTS}
            values |= {
                "sessions": float(sessions),
                "engaged_sessions": float(pick.randint(0, sessions)),
                "revenue": pick.randint(0, 100 * largest) / 100,
            }
            rows[time, channel] = {name: values[name] for name in metrics}
    return rows


def _times(pick: random.Random, grain: str) -> list[datetime | None]:
    if grain == "none":
        return [None]
    first = datetime(pick.randint(2012, 2030), pick.randint(1, 12), pick.randint(13, 28))
    size = pick.randint(4, 30)
    if grain == "month":
        months = range(first.month - 1, first.month - 1 + size)
        return [datetime(first.year + n // 12, n % 12 + 1, 1) for n in months]
    if grain == "week":
        first -= timedelta(days=(first.weekday() + pick.randint(0, 1)) % 7)
    step = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}[grain]
    return [first + n * step for n in range(size)]
