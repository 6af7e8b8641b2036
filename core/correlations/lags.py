"""Does a rise in one measure come before a rise in another?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from core import wording
from core.correlations.clock import without_clock
from core.correlations.independence import (
    Link,
    apply_filter,
    judge_products,
    memory_filter,
    without_drift,
)
from core.correlations.links import division_reason, link, name
from core.correlations.observations import Observations, choose_channel, observe
from core.correlations.verdicts import FALSE_DISCOVERY_RATE, MIN_STRENGTH
from core.correlations.words import signed
from core.errors import NotEnoughData
from core.language import mark, t
from core.statistics import benjamini_hochberg
from core.traffic import Traffic

_LONGEST = {"hour": 48, "day": 14}
_MIN_DAYS = {"hour": 14, "day": 28}
_STEP = {"hour": pd.Timedelta(hours=1), "day": pd.Timedelta(days=1)}
_MIN_PER_LAG = 4
_DAYS_AS_LOOKS = 28
_LEVEL = 0.95
_SAME_NUMBER, _DIVIDED = "same", "divided"
"""What can tie two measures by arithmetic."""

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Lags:
    """Correlation of two measures with one of them moved in time.

    Args:
        frame: one row per lag: ``lag`` (steps; positive: first comes earlier than second), ``r``
            (clock and memory taken out), ``low``, ``high`` (95 %), ``p_value`` (adjusted for all
            lags) and ``is_finding``.
        first: key of a metric.
        second: key of another.
        step: ``hour`` or ``day``.
        longest: steps looked at in each direction.
        sentence: what was found.
        caveats: codes of what must be said next to the numbers.
    """

    frame: pd.DataFrame
    first: str
    second: str
    step: str
    longest: int
    sentence: str
    caveats: tuple[str, ...] = ()


def possible_lag_steps(traffic: Traffic) -> tuple[str, ...]:
    """Steps in which this traffic can be moved against itself, finest first."""
    return {"hour": ("hour", "day"), "day": ("day",)}.get(traffic.grain, ())


def find_lags(
    traffic: Traffic, first: str, second: str, step: str = "hour", channel: str | None = None
) -> Lags:
    """Look for lags at which two measures are linked, up to 48 hours or 14 days either way.

    Both lose the clock. Then the memory of one is filtered out, and the same filter runs over the
    other (Box and Jenkins 1970, chapter 11), once for each of the two as the one that makes the
    filter. A lag is a finding only if it shows with both filters: a link at the same hour between
    measures of different memory would otherwise look like a lag. Corrected for all lags.

    Args:
        traffic: of hours or days.
        first: key of a metric.
        second: key of another.
        step: one of ``possible_lag_steps``.
        channel: look at this channel only.

    Raises:
        NotEnoughData: ``needs_hours`` (grain), ``too_few_days`` (have, need) or
            ``too_few_measures`` (have, need) where one of the two does not vary.
    """
    observations = _two(observe(choose_channel(traffic, channel), _checked(step)), first, second)
    have, need = traffic.days, _MIN_DAYS[step]
    cleared = without_clock(observations)
    if have < need or cleared is None:
        raise NotEnoughData("too_few_days", have=have, need=need)
    columns = np.column_stack([cleared.values, cleared.drift])
    *series, drift = _regular(columns, observations.times, step)
    values = without_drift(np.array(series), np.nan_to_num(drift))
    varying = int(np.nan_to_num(values).any(axis=1).sum())
    if varying < 2:
        raise NotEnoughData("too_few_measures", have=varying, need=2)
    longest = min(_LONGEST[step], values.shape[1] // _MIN_PER_LAG)
    day = _day(observations.times, step)
    frame = _all_lags(values, day, longest, cleared.lost)
    tie = _tie(observations.known, frame)
    frame = _judge(frame, is_linked=tie != "")
    found = frame[frame["is_finding"]]
    if found.empty:
        sentence = _nothing(first, second, step, longest, tie)
    else:
        sentence = _strongest(found, first, second, step)
    return Lags(frame, first, second, step, longest, sentence)


def _checked(step: str) -> str:
    if step not in _LONGEST:
        raise ValueError(f"step must be one of {tuple(_LONGEST)}, not {step!r}")
    return step


def _two(observations: Observations, first: str, second: str) -> Observations:
    if first == second or not {first, second} <= set(observations.known):
        raise ValueError(f"no pair of {first!r} and {second!r}; use any of {[*observations.known]}")
    return observations.keep([first, second])


def _regular(values: Array, times: pd.DatetimeIndex, step: str) -> Array:
    """One row a column on an unbroken time axis, NaN where nothing is known."""
    place = ((times - times.min()) // _STEP[step]).to_numpy("int64")
    grid = np.full((values.shape[1], int(place.max()) + 1), np.nan)
    grid[:, place] = values.T
    return grid


def _day(times: pd.DatetimeIndex, step: str) -> Codes:
    """Which hours count as one look: those of a day, which is good or bad as a whole.

    Under four weeks each hour counts by itself: so few days know their own spread too badly to
    stand a correction for all lags.
    """
    first = times.min()
    steps = np.arange((times.max() - first) // _STEP[step] + 1)
    days = (steps + first.hour) // 24
    return days if step == "hour" and days[-1] + 1 >= _DAYS_AS_LOOKS else steps


def _all_lags(values: Array, day: Codes, longest: int, lost: float) -> pd.DataFrame:
    tests = [_filtered(values, leader) for leader in (0, 1)]
    rows = []
    for lag in range(-longest, longest + 1):
        links = [_at_lag(*test, day, lag, lost) for test in tests]
        leading = max(links, key=lambda one: one.p_value) if lag == 0 else links[int(lag < 0)]
        rows.append((lag, *_interval(leading), _weaker(links)))
    return pd.DataFrame(rows, columns=["lag", "r", "low", "high", "p_value"])


def _filtered(values: Array, leader: int) -> tuple[Array, NDArray[np.bool_]]:
    filled = np.nan_to_num(values)
    weights = memory_filter(filled[leader : leader + 1])
    return apply_filter(weights, filled), ~np.isnan(values[:, len(weights) - 1 :])


def _at_lag(
    filtered: Array, is_known: NDArray[np.bool_], day: Codes, lag: int, lost: float
) -> Link:
    early, late = slice(0, filtered.shape[1] - abs(lag)), slice(abs(lag), None)
    first, second = (early, late) if lag >= 0 else (late, early)
    both = is_known[0, first] & is_known[1, second]
    one, two = (filtered[0, first] * both)[None], (filtered[1, second] * both)[None]
    return judge_products(one, two, day[-filtered.shape[1] :][early], lost)


def _weaker(links: list[Link]) -> float:
    """A finding has to show with either filter, and with the same sign."""
    is_same = links[0].r * links[1].r > 0
    return max(link.p_value for link in links) if is_same else 1.0


def _interval(link: Link) -> tuple[float, float, float]:
    """Ends by Fisher's z, with the error that belongs to the p-value."""
    if np.isnan(link.p_value) or link.r == 0:
        return link.r, np.nan, np.nan
    z = np.arctanh(np.clip(link.r, -0.999999, 0.999999))
    normal = stats.norm.isf(max(link.p_value, 1e-300) / 2)
    reach = stats.norm.ppf((1 + _LEVEL) / 2) * abs(z) / max(normal, 1e-9)
    low, high = float(np.tanh(z - reach)), float(np.tanh(z + reach))
    return link.r, min(low, link.r), max(high, link.r)


def _tie(known: pd.DataFrame, frame: pd.DataFrame) -> str:
    """What arithmetic ties the two by in the same step; empty if nothing."""
    first, second = map(str, known)
    if link(first, second, known, known[first].corr(known[second])):
        return _SAME_NUMBER
    is_downwards = bool((frame.loc[frame["lag"] == 0, "r"] < 0).any())
    is_divided = division_reason(first, second) != "" and is_downwards
    return _DIVIDED if is_divided else ""


def _judge(frame: pd.DataFrame, *, is_linked: bool) -> pd.DataFrame:
    is_asked = ~((frame["lag"] == 0) & is_linked)
    p_value = pd.Series(benjamini_hochberg(frame["p_value"].where(is_asked)))
    is_strong = frame["r"].abs() >= MIN_STRENGTH
    is_finding = (p_value < FALSE_DISCOVERY_RATE) & is_strong
    return frame.assign(p_value=p_value, is_finding=is_finding)


def _nothing(first: str, second: str, step: str, longest: int, tie: str) -> str:
    text = _NOTHING_ELSE[step, tie] if tie else _NOTHING[step]
    return t(text, longest=longest, first=name(first), second=name(second))


_NOTHING = {
    "hour": mark(
        "No hour up to {longest} before or after shows a link between {first} and {second} "
        "that chance would not bring as well."
    ),
    "day": mark(
        "No day up to {longest} before or after shows a link between {first} and {second} "
        "that chance would not bring as well."
    ),
}
_NOTHING_ELSE = {
    ("hour", _SAME_NUMBER): mark(
        "In the same hour they are the same number twice; apart from that, no hour up to "
        "{longest} before or after shows a link between {first} and {second} that chance would "
        "not bring as well."
    ),
    ("hour", _DIVIDED): mark(
        "In the same hour one is divided by the other; apart from that, no hour up to "
        "{longest} before or after shows a link between {first} and {second} that chance would "
        "not bring as well."
    ),
    ("day", _SAME_NUMBER): mark(
        "In the same day they are the same number twice; apart from that, no day up to "
        "{longest} before or after shows a link between {first} and {second} that chance would "
        "not bring as well."
    ),
    ("day", _DIVIDED): mark(
        "In the same day one is divided by the other; apart from that, no day up to "
        "{longest} before or after shows a link between {first} and {second} that chance would "
        "not bring as well."
    ),
}


def _strongest(found: pd.DataFrame, first: str, second: str, step: str) -> str:
    one, two = name(first), name(second)
    best = found.loc[found["p_value"].idxmin()]
    lag, r = int(best["lag"]), signed(best["r"])
    if lag == 0:
        text = t(_SAME_STEP[step], first=one, second=two, r=r)
        return text[0].upper() + text[1:]
    early, late = (one, two) if lag > 0 else (two, one)
    text = _RISE if best["r"] > 0 else _FALL
    return t(text, earlier=early, later=late, steps=wording.steps(step, abs(lag)), r=r)


_SAME_STEP = {
    "hour": mark("{first} and {second} move in the same hour (r = {r})."),
    "day": mark("{first} and {second} move in the same day (r = {r})."),
}
_RISE = mark("A rise in {earlier} tends to come {steps} before a rise in {later} (r = {r}).")
_FALL = mark("A rise in {earlier} tends to come {steps} before a fall in {later} (r = {r}).")
