"""Numbers, days and hours as a person writes them; one way everywhere."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd

from core.metrics import METRICS

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MINUS = "−"


def count(value: float) -> str:
    """A count with thousands commas; one decimal below 10 where it is no whole number.

    >>> count(162895), count(4.25), count(float("nan"))
    ('162,895', '4.2', 'not available')
    """
    if not math.isfinite(value):
        return "not available"
    digits = 1 if abs(value) < 10 and value != round(value) else 0
    return _number(value, digits)


def _number(value: float, digits: int, *, is_signed: bool = False) -> str:
    """A number with thousands commas; what is zero when rounded has no sign."""
    text = f"{abs(value):,.{digits}f}"
    if not text.strip("0.,"):
        return text
    return (_MINUS if value < 0 else "+" if is_signed else "") + text


def signed_count(value: float) -> str:
    """A difference of counts with its sign.

    >>> signed_count(734.2), signed_count(-12.0), signed_count(-0.4)
    ('+734', '−12', '0')
    """
    return _number(value, 0, is_signed=True) if math.isfinite(value) else "not available"


def percent(share: float, digits: int | None = None) -> str:
    """A share as per cent with about three significant figures.

    >>> percent(0.5533), percent(0.0034), percent(1.0)
    ('55.3 %', '0.34 %', '100 %')
    """
    if not math.isfinite(share):
        return "not available"
    value = 100 * share
    if digits is None:
        digits = 0 if abs(value) >= 99.95 else 2 if abs(value) < 0.995 and value else 1
    return f"{_number(value, digits)} %"


def signed_percent(change: float) -> str:
    """A relative change with its sign.

    >>> signed_percent(0.042), signed_percent(-0.3), signed_percent(12.0), signed_percent(-1e-9)
    ('+4.2 %', '−30.0 %', '×13', '0.0 %')
    """
    if not math.isfinite(change):
        return "not available"
    if change >= 5:
        return f"×{_number(change + 1, 0)}"
    return f"{_number(100 * change, 1, is_signed=True)} %"


def points(difference: float) -> str:
    """A difference of two rates in points, never in per cent.

    >>> points(0.042), points(-0.119), points(-0.0001)
    ('+4.2 points', '−11.9 points', '0.0 points')
    """
    if not math.isfinite(difference):
        return "not available"
    return f"{_number(100 * difference, 1, is_signed=True)} points"


def duration(seconds: float) -> str:
    """Seconds as a person says them.

    >>> duration(57.96), duration(62), duration(7260), duration(-62)
    ('58 s', '1 min 2 s', '2 h 1 min', '−1 min 2 s')
    """
    if not math.isfinite(seconds):
        return "not available"
    whole = round(abs(seconds))
    sign = _MINUS if seconds < 0 and whole else ""
    if whole < 60:
        return f"{sign}{whole} s"
    if whole < 3600:
        return f"{sign}{whole // 60} min {whole % 60} s"
    minutes = round(whole / 60)
    return f"{sign}{minutes // 60:,} h {minutes % 60} min"


def metric_value(metric: str, value: float) -> str:
    """A value of a metric in its unit.

    >>> metric_value("engagement_rate", 0.5533), metric_value("events_per_session", 4.733)
    ('55.3 %', '4.73')
    """
    unit = METRICS[metric].unit
    if not math.isfinite(value):
        return "not available"
    if unit == "share":
        return percent(value)
    if unit == "seconds":
        return duration(value)
    if unit == "count":
        return count(value)
    return _number(value, 2)


def signed_value(metric: str, value: float) -> str:
    """A difference of two values of a metric with its sign, in its unit.

    >>> signed_value("sessions", 734.2), signed_value("engagement_seconds", -3720)
    ('+734', '−1 h 2 min')
    >>> signed_value("revenue", 1204.5), signed_value("engagement_rate", 0.042)
    ('+1,204.50', '+4.2 points')
    """
    unit = METRICS[metric].unit
    if not math.isfinite(value):
        return "not available"
    if unit == "share":
        return points(value)
    if unit == "seconds":
        return ("+" if round(value) > 0 else "") + duration(value)
    return _number(value, 0 if unit == "count" else 2, is_signed=True)


def whole_value(metric: str, value: float) -> str:
    """As ``metric_value``, but an expected or average count is rounded: nobody came half.

    >>> whole_value("sessions", 4.25), whole_value("revenue", 4.25)
    ('4', '4.25')
    """
    is_count = METRICS[metric].unit == "count" and math.isfinite(value)
    return metric_value(metric, round(value) if is_count else value)


def amount(metric: str, value: float, label: str, *, is_about: bool = False) -> str:
    """How much of a metric there was; time and money are "of" something, counts are not.

    Args:
        metric: a key of ``METRICS``.
        value: in its unit.
        label: its name in the middle of a sentence.
        is_about: whether a count is rounded to whole ones.

    >>> amount("sessions", 50, "sessions"), amount("revenue", 4.5, "revenue")
    ('50 sessions', '4.50 of revenue')
    >>> amount("engagement_seconds", 3720, "engagement time")
    '1 h 2 min of engagement time'
    """
    of = "" if METRICS[metric].unit == "count" else "of "
    said = (whole_value if is_about else metric_value)(metric, value)
    return f"{said} {of}{label}"


def more_or_less(metric: str, difference: float) -> str:
    """The word for a difference: counts are fewer, time and money are less.

    >>> more_or_less("sessions", -3), more_or_less("revenue", -3), more_or_less("revenue", 3)
    ('fewer', 'less', 'more')
    """
    if difference >= 0:
        return "more"
    return "fewer" if METRICS[metric].unit == "count" else "less"


def difference(metric: str, value: float) -> str:
    """How much more or less of a metric there was.

    >>> difference("sessions", -12.4), difference("engagement_seconds", 3720)
    ('12 fewer', '1 h 2 min more')
    """
    return f"{whole_value(metric, abs(value))} {more_or_less(metric, value)}"


def how_much(metric: str) -> str:
    """The question after the size of a count, or of time or money.

    >>> how_much("sessions"), how_much("revenue")
    ('how many', 'how much')
    """
    return "how many" if METRICS[metric].unit == "count" else "how much"


def headline(metric: str, value: float) -> str:
    """A value of a metric for a narrow card: counts from a million on are rounded.

    >>> headline("events", 6686120), headline("events", 999999), headline("events", 1.25e9)
    ('6.69 M', '999,999', '1,250 M')
    """
    if METRICS[metric].unit != "count" or not 1e6 <= value < math.inf:
        return metric_value(metric, value)
    return f"{value / 1e6:,.{2 if value < 1e8 else 0}f} M"


def metric_change(metric: str, change: float) -> str:
    """A change of a metric: points for shares, a signed number for ratios, per cent for counts.

    >>> metric_change("engagement_rate", -0.025), metric_change("sessions", -0.022)
    ('−2.5 points', '−2.2 %')
    """
    if not math.isfinite(change):
        return "not available"
    return signed_value(metric, change) if METRICS[metric].is_ratio else signed_percent(change)


def metric_label(metric: str, grain: str = "day", *, is_summed: bool = True) -> str:
    """Name of a metric; users summed over hours or days are user-hours or user-days.

    >>> metric_label("users", "hour"), metric_label("users", "day", is_summed=False)
    ('User-hours', 'Users')
    """
    if metric == "users" and is_summed and grain in ("hour", "day", "week", "month"):
        return f"User-{grain}s"
    return METRICS[metric].label


def day(value: date | pd.Timestamp) -> str:
    """A day with its weekday.

    >>> day(date(2024, 4, 17))
    'Wed 17 Apr 2024'
    """
    return f"{WEEKDAYS[value.weekday()]} {value.day} {value.strftime('%b %Y')}"


def span(first: date, last: date) -> str:
    """A range of days, with the year once where it is the same.

    >>> span(date(2024, 4, 6), date(2024, 5, 3)), span(date(2023, 12, 30), date(2024, 1, 2))
    ('6 Apr – 3 May 2024', '30 Dec 2023 – 2 Jan 2024')
    """
    start = f"{first.day} {first.strftime('%b')}"
    if first.year != last.year:
        start += f" {first.year}"
    end = f"{last.day} {last.strftime('%b %Y')}"
    return end if first == last else f"{start} – {end}"


def clock(hour: int) -> str:
    """An hour of the day.

    >>> clock(7), clock(24)
    ('07:00', '24:00')
    """
    return f"{hour:02d}:00"


def moment(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """A stretch of hours or days.

    >>> moment(pd.Timestamp("2024-04-17 18:00"), pd.Timestamp("2024-04-17 23:00"))
    'Wed 17 Apr 2024, 18:00–23:00'
    >>> moment(pd.Timestamp("2024-04-17"), pd.Timestamp("2024-04-18"))
    'Wed 17 Apr 2024'
    """
    is_days = start.hour == 0 and end.hour == 0
    last = end - pd.Timedelta(seconds=1)
    if is_days:
        return day(start) if start.date() == last.date() else span(start.date(), last.date())
    if start.date() == last.date():
        return f"{day(start)}, {clock(start.hour)}–{clock(end.hour or 24)}"
    return f"{day(start)}, {clock(start.hour)} – {day(end)}, {clock(end.hour)}"


def listing(names: list[str] | tuple[str, ...]) -> str:
    """Names in a sentence.

    >>> listing(["Email", "Referral", "Direct"])
    'Email, Referral and Direct'
    """
    *head, tail = names
    return f"{', '.join(head)} and {tail}" if head else tail
