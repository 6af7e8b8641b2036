"""Numbers, days and hours as a person writes them in the language spoken; one way everywhere."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd

from core.language import dated, group, listed, mark, t, tc, tn, weekday_names
from core.metrics import METRICS

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""Codes of the weekdays; ``weekday`` names them for people."""
ALL_WEEKDAYS = (
    mark("Mondays"),
    mark("Tuesdays"),
    mark("Wednesdays"),
    mark("Thursdays"),
    mark("Fridays"),
    mark("Saturdays"),
    mark("Sundays"),
)
"""What all Mondays, all Tuesdays … are called; also subjects of recommendations."""
_MINUS = "−"
_STEP = {"hour": mark("hour"), "day": mark("day"), "week": mark("week"), "month": mark("month")}
_STEPS = {
    "hour": mark("hours"),
    "day": mark("days"),
    "week": mark("weeks"),
    "month": mark("months"),
}
_SO_MANY_STEPS = {
    "hour": lambda n: tn("{count} hour", "{count} hours", n),
    "day": lambda n: tn("{count} day", "{count} days", n),
    "week": lambda n: tn("{count} week", "{count} weeks", n),
    "month": lambda n: tn("{count} month", "{count} months", n),
}
_SUMMED_USERS = {
    "hour": mark("User-hours"),
    "day": mark("User-days"),
    "week": mark("User-weeks"),
    "month": mark("User-months"),
}


def count(value: float) -> str:
    """A count with thousands commas; one decimal below 10 where it is no whole number.

    >>> count(162895), count(4.25), count(float("nan"))
    ('162,895', '4.2', 'not available')
    """
    if not math.isfinite(value):
        return t("not available")
    digits = 1 if abs(value) < 10 and value != round(value) else 0
    return _number(value, digits)


def _number(value: float, digits: int, *, is_signed: bool = False) -> str:
    """A number with its thousands apart; what is zero when rounded has no sign."""
    text = group(value, digits)
    if not any(digit in text for digit in "123456789"):
        return text
    return (_MINUS if value < 0 else "+" if is_signed else "") + text


def signed_count(value: float) -> str:
    """A difference of counts with its sign.

    >>> signed_count(734.2), signed_count(-12.0), signed_count(-0.4)
    ('+734', '−12', '0')
    """
    return _number(value, 0, is_signed=True) if math.isfinite(value) else t("not available")


def percent(share: float, digits: int | None = None) -> str:
    """A share as per cent with about three significant figures.

    >>> percent(0.5533), percent(0.0034), percent(1.0)
    ('55.3 %', '0.34 %', '100 %')
    """
    if not math.isfinite(share):
        return t("not available")
    value = 100 * share
    if digits is None:
        digits = 0 if abs(value) >= 99.95 else 2 if abs(value) < 0.995 and value else 1
    return _per_cent(_number(value, digits))


def signed_percent(change: float) -> str:
    """A relative change with its sign.

    >>> signed_percent(0.042), signed_percent(-0.3), signed_percent(12.0), signed_percent(-1e-9)
    ('+4.2 %', '−30.0 %', '×13', '0.0 %')
    """
    if not math.isfinite(change):
        return t("not available")
    if change >= 5:
        return f"×{_number(change + 1, 0)}"
    return _per_cent(_number(100 * change, 1, is_signed=True))


def _per_cent(number: str) -> str:
    """English and most others write a space before the sign, Portuguese none."""
    return t("{number} %", number=number)


def points(difference: float) -> str:
    """A difference of two rates in points, never in per cent.

    >>> points(0.042), points(-0.119), points(-0.0001)
    ('+4.2 points', '−11.9 points', '0.0 points')
    """
    if not math.isfinite(difference):
        return t("not available")
    return t("{number} points", number=_number(100 * difference, 1, is_signed=True))


def duration(seconds: float) -> str:
    """Seconds as a person says them.

    >>> duration(57.96), duration(62), duration(7260), duration(-62)
    ('58 s', '1 min 2 s', '2 h 1 min', '−1 min 2 s')
    """
    if not math.isfinite(seconds):
        return t("not available")
    whole = round(abs(seconds))
    sign = _MINUS if seconds < 0 and whole else ""
    if whole < 60:
        return sign + t("{seconds} s", seconds=whole)
    if whole < 3600:
        return sign + t("{minutes} min {seconds} s", minutes=whole // 60, seconds=whole % 60)
    minutes = round(whole / 60)
    hours = group(minutes // 60, 0)
    return sign + t("{hours} h {minutes} min", hours=hours, minutes=minutes % 60)


def metric_value(metric: str, value: float) -> str:
    """A value of a metric in its unit.

    >>> metric_value("engagement_rate", 0.5533), metric_value("events_per_session", 4.733)
    ('55.3 %', '4.73')
    """
    unit = METRICS[metric].unit
    if not math.isfinite(value):
        return t("not available")
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
        return t("not available")
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
    said = (whole_value if is_about else metric_value)(metric, value)
    if METRICS[metric].unit == "count":
        return t("{count} {metric}", count=said, metric=label)
    return t("{amount} of {metric}", amount=said, metric=label)


def headline(metric: str, value: float) -> str:
    """A value of a metric for a narrow card: counts from a million on are rounded.

    >>> headline("events", 6686120), headline("events", 999999), headline("events", 1.25e9)
    ('6.69 M', '999,999', '1,250 M')
    """
    if METRICS[metric].unit != "count" or not 1e6 <= value < math.inf:
        return metric_value(metric, value)
    return t("{number} M", number=group(value / 1e6, 2 if value < 1e8 else 0))


def metric_change(metric: str, change: float) -> str:
    """A change of a metric: points for shares, a signed number for ratios, per cent for counts.

    >>> metric_change("engagement_rate", -0.025), metric_change("sessions", -0.022)
    ('−2.5 points', '−2.2 %')
    """
    if not math.isfinite(change):
        return t("not available")
    return signed_value(metric, change) if METRICS[metric].is_ratio else signed_percent(change)


def metric_label(metric: str, grain: str = "day", *, is_summed: bool = True) -> str:
    """Name of a metric; users summed over hours or days are user-hours or user-days.

    >>> metric_label("users", "hour"), metric_label("users", "day", is_summed=False)
    ('User-hours', 'Users')
    """
    if metric == "users" and is_summed and grain in _SUMMED_USERS:
        return t(_SUMMED_USERS[grain])
    return METRICS[metric].label


def step(grain: str) -> str:
    """The name of a step of time, for the middle of a sentence.

    >>> step("hour")
    'hour'
    """
    return t(_STEP[grain])


def steps(grain: str, count: float | None = None) -> str:
    """Some steps of time, or so many.

    >>> steps("hour"), steps("day", 1), steps("week", 1200)
    ('hours', '1 day', '1,200 weeks')
    """
    return t(_STEPS[grain]) if count is None else _SO_MANY_STEPS[grain](count)


def per_step(label: str, grain: str) -> str:
    """A measure by step of time, as an axis names it.

    >>> per_step("Sessions", "day")
    'Sessions per day'
    """
    return t("{metric} per {step}", metric=label, step=step(grain))


def day(value: date | pd.Timestamp) -> str:
    """A day with its weekday.

    >>> day(date(2024, 4, 17))
    'Wed 17 Apr 2024'
    """
    return dated(value, "yMMMEd")


def weekday(number: int) -> str:
    """The short name of a weekday, 0 for Monday.

    >>> weekday(0)
    'Mon'
    """
    return weekday_names()[number]


def date_field() -> str:
    """How a field shows a date, in the letters of ``st.date_input``.

    >>> date_field()
    'YYYY-MM-DD'
    """
    return tc("form of a date field, of YYYY, MM and DD with / - or .", "YYYY-MM-DD")


def span(first: date, last: date) -> str:
    """A range of days, with the year once where it is the same.

    >>> span(date(2024, 4, 6), date(2024, 5, 3)), span(date(2023, 12, 30), date(2024, 1, 2))
    ('6 Apr – 3 May 2024', '30 Dec 2023 – 2 Jan 2024')
    """
    end = dated(last, "yMMMd")
    if first == last:
        return end
    start = dated(first, "MMMd" if first.year == last.year else "yMMMd")
    return f"{start} – {end}"


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
    return listed(names)
