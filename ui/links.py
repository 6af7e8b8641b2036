"""The filters as query parameters of a link, and back: strict, nothing is ever evaluated."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core import wording
from core.language import mark, t
from core.traffic import Filters, Traffic

LONGEST_NAME, MOST_CHANNELS = 200, 40
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOURS = re.compile(r"([0-9]{1,2})-([0-9]{1,2})")
_WEEKDAYS = {name.lower(): number for number, name in enumerate(wording.WEEKDAYS)}
Params = dict[str, list[str]]
"""Values by name of the parameter, as a link carries them."""


@dataclass(frozen=True)
class Wish:
    """What a link asks for; ``None`` and empty mean everything.

    Args:
        start: first day.
        end: last day, included.
        channels: names as in the file.
        weekdays: 0 is Monday.
        hours: first hour, and the hour after the last.
        compare: whether to show the period before.
        sample: whether the link is about the project's own sample.
    """

    start: date | None = None
    end: date | None = None
    channels: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, int] | None = None
    compare: bool = False
    sample: bool = False

    @property
    def is_filter(self) -> bool:
        """Whether it asks for anything but a file."""
        return replace(self, sample=False) != Wish()


def of_filters(filters: Filters, *, compare: bool = False, sample: bool = False) -> Wish:
    """The wish that leads to these filters."""
    hours = (filters.hours[0], filters.hours[-1] + 1) if filters.hours else None
    channels, weekdays = filters.channels or (), filters.weekdays or ()
    return Wish(filters.start, filters.end, channels, weekdays, hours, compare, sample)


def carries_channels(wish: Wish) -> bool:
    """Whether a link can hold the channels: as many and as long names as it is read with.

    >>> carries_channels(Wish(channels=("Email",))), carries_channels(Wish(channels=("x" * 201,)))
    (True, False)
    """
    return len(wish.channels) <= MOST_CHANNELS and all(
        len(name) <= LONGEST_NAME for name in wish.channels
    )


def as_params(wish: Wish) -> Params:
    """Query parameters with short names; what is not filtered is not named.

    >>> as_params(Wish(date(2024, 4, 6), channels=("Referral",), weekdays=(0,), hours=(8, 18)))
    {'from': ['2024-04-06'], 'channel': ['Referral'], 'weekday': ['mon'], 'hours': ['8-18']}
    """
    params = {
        "data": ["sample"] if wish.sample else [],
        "from": [wish.start.isoformat()] if wish.start else [],
        "to": [wish.end.isoformat()] if wish.end else [],
        "channel": list(wish.channels) if carries_channels(wish) else [],
        "weekday": [wording.WEEKDAYS[number].lower() for number in wish.weekdays],
        "hours": [f"{wish.hours[0]}-{wish.hours[1]}"] if wish.hours else [],
        "compare": ["1"] if wish.compare else [],
    }
    return {name: values for name, values in params.items() if values}


def read_params(params: Mapping[str, Sequence[str]]) -> Wish:
    """What a link asks for. Whatever is unknown, malformed, doubled or too long is dropped.

    >>> read_params({"from": ["2024-04-06"], "to": ["NaT"], "hours": ["18-8"], "x": ["1"]})
    Wish(start=datetime.date(2024, 4, 6), end=None, channels=(), weekdays=(), hours=None, \
compare=False, sample=False)
    """
    start, end = _day(_only(params, "from")), _day(_only(params, "to"))
    if start and end and start > end:
        start = end = None
    weekdays = {_WEEKDAYS[name] for name in params.get("weekday", ())[:7] if name in _WEEKDAYS}
    return Wish(
        start,
        end,
        _channels(params.get("channel", ())),
        tuple(sorted(weekdays)),
        _hours(_only(params, "hours")),
        _only(params, "compare") == "1",
        _only(params, "data") == "sample",
    )


def fit(wish: Wish, traffic: Traffic) -> tuple[Wish, tuple[str, ...]]:
    """What of a wish this file can show, and the names of the filters that do not fit it.

    Days outside the file drop the dates as a whole: a shortened period would show another number.
    """
    unfit = []
    if (wish.start or wish.end) and not _has_days(wish, traffic):
        wish, unfit = replace(wish, start=None, end=None), [mark("dates")]
    known = tuple(name for name in wish.channels if name in traffic.channels)
    if known != wish.channels or (known and not traffic.has_channels):
        unfit.append(mark("channels"))
        wish = replace(wish, channels=known if traffic.has_channels else ())
    if wish.weekdays and traffic.grain not in ("hour", "day"):
        wish, unfit = replace(wish, weekdays=()), [*unfit, mark("weekdays")]
    if wish.hours and traffic.grain != "hour":
        wish, unfit = replace(wish, hours=None), [*unfit, mark("hours")]
    return wish, tuple(unfit)


def describe(wish: Wish) -> str:
    """A wish in words, not escaped: days, channels, weekdays, hours."""
    parts = []
    if wish.start and wish.end:
        parts.append(wording.span(wish.start, wish.end))
    elif wish.start:
        parts.append(t("from {day}", day=wording.day(wish.start)))
    elif wish.end:
        parts.append(t("until {day}", day=wording.day(wish.end)))
    if wish.channels:
        parts.append(wording.listing(list(wish.channels)))
    if wish.weekdays:
        parts.append(wording.listing([wording.weekday(number) for number in wish.weekdays]))
    if wish.hours:
        parts.append(f"{wording.clock(wish.hours[0])}–{wording.clock(wish.hours[1])}")
    if wish.compare:
        parts.append(t("compared with the period before"))
    return ", ".join(parts)


def _only(params: Mapping[str, Sequence[str]], name: str) -> str:
    values = params.get(name, ())
    return values[0] if len(values) == 1 and len(values[0]) <= LONGEST_NAME else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _channels(names: Sequence[str]) -> tuple[str, ...]:
    """Names of sensible length, each once; far too many are none."""
    if len(names) > MOST_CHANNELS:
        return ()
    return tuple(dict.fromkeys(name for name in names if 0 < len(name) <= LONGEST_NAME))


def _hours(text: str) -> tuple[int, int] | None:
    found = _HOURS.fullmatch(text)
    if not found:
        return None
    first, after = int(found[1]), int(found[2])
    return (first, after) if first < after <= 24 and (first, after) != (0, 24) else None


def _has_days(wish: Wish, traffic: Traffic) -> bool:
    if not traffic.has_time:
        return False
    days = [day for day in (wish.start, wish.end) if day]
    return all(traffic.first_day <= day <= traffic.last_day for day in days)
