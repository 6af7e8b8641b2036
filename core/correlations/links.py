"""Pairs that are the same number twice: found from the formulas in the registry of metrics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from core.language import in_sentence, mark, separators, t
from core.metrics import METRICS, Metric
from core.wording import metric_label

_SAME_QUOTIENT = 1e-6
_ALMOST_ONE = 0.9999


def link_reason(first: str, second: str) -> str:
    """Why two metrics must move together by the way they are computed; empty if they need not.

    Counts: one is counted within the other, or both within a third, unless that is all events: of
    those a visit has many, and two kinds of them go their own ways. A ratio and the count that it
    divides. Two ratios of the same count over linked counts, or of a count and of a part of it
    over the same one. A ratio and what it is divided by are not linked: the sign between them is
    open.

    Args:
        first: a key of ``METRICS``.
        second: another.

    >>> link_reason("users", "sessions")
    'all users are counted within sessions'
    >>> link_reason("engagement_rate", "engaged_sessions_per_user")
    'both divide engaged sessions'
    >>> link_reason("engagement_rate", "engaged_sessions")
    'engagement rate is engaged sessions divided by sessions'
    >>> link_reason("views_per_session", "events_per_session")
    'all views are counted within events, and both are divided by sessions'
    >>> link_reason("sessions", "engagement_rate"), link_reason("sessions", "key_events")
    ('', '')
    """
    one, two = METRICS[first], METRICS[second]
    if one.is_ratio and two.is_ratio:
        return _link_of_ratios(one, two)
    if one.is_ratio or two.is_ratio:
        quotient, count = (one, two) if one.is_ratio else (two, one)
        return _formula(quotient) if count.key == quotient.numerator else ""
    return _link_of_counts(first, second)


def division_reason(first: str, second: str) -> str:
    """Why a ratio falls as the count that it is divided by rises; empty for other pairs.

    >>> division_reason("clicks", "revenue")
    ''
    """
    for quotient, count in ((METRICS[first], second), (METRICS[second], first)):
        if quotient.denominator == count:
            return t(
                "{ratio} is divided by {count}, so one falls as the other rises",
                ratio=name(quotient.key),
                count=name(count),
            )
    return ""


def exact_multiple(first: pd.Series, second: pd.Series) -> str:
    """Why two columns are the same number twice by their values; empty if they are not.

    >>> steps = pd.Series([1.0, 2.0, 5.0])
    >>> exact_multiple(steps.rename("clicks"), (4 * steps).rename("views"))
    'views are exactly 4 times clicks in every row'
    >>> exact_multiple(steps.rename("clicks"), (4 * steps + 1).rename("views"))
    ''
    """
    small, large = (first, second) if first.abs().sum() <= second.abs().sum() else (second, first)
    both = small.notna() & large.notna()
    is_used = both & ((small != 0) | (large != 0))
    if is_used.sum() < 3 or small[is_used].nunique() < 2 or (small[is_used] == 0).any():
        return ""
    quotient = (large[is_used] / small[is_used]).to_numpy()
    middle = float(np.median(quotient))
    if not np.all(np.abs(quotient - middle) <= _SAME_QUOTIENT * abs(middle)):
        return ""
    lower, upper = name(str(small.name)), name(str(large.name))
    if abs(middle - 1) < _SAME_QUOTIENT:
        return t("{first} and {second} are equal in every row", first=lower, second=upper)
    text = _MULTIPLES if _is_plural(str(large.name)) else _MULTIPLE
    factor = f"{middle:.4g}".replace(".", separators()[0])
    return t(text, large=upper, small=lower, factor=factor)


_MULTIPLE = mark("{large} is exactly {factor} times {small} in every row")
_MULTIPLES = mark("{large} are exactly {factor} times {small} in every row")


def link(first: str, second: str, table: pd.DataFrame, r: float) -> str:
    """Why a pair is the same number twice, by its formulas or by its values; empty if not.

    Args:
        first: a column of the table.
        second: another.
        table: one row per observation.
        r: their correlation, which spares a closer look where it is not nearly one.
    """
    by_formula = link_reason(first, second)
    if by_formula or not abs(r) > _ALMOST_ONE:
        return by_formula
    return exact_multiple(table[first], table[second])


def name(key: str) -> str:
    """Label of a metric inside a sentence.

    >>> name("engaged_sessions")
    'engaged sessions'
    """
    return in_sentence(metric_label(key, is_summed=False))


def _is_plural(key: str) -> bool:
    """Whether English speaks of it in the plural: sessions are, a rate is."""
    return METRICS[key].unit == "count" and not METRICS[key].is_ratio


def _formula(quotient: Metric) -> str:
    return t(
        "{ratio} is {numerator} divided by {denominator}",
        ratio=name(quotient.key),
        numerator=name(quotient.numerator),
        denominator=name(str(quotient.denominator)),
    )


def _link_of_ratios(one: Metric, two: Metric) -> str:
    below = str(one.denominator), str(two.denominator)
    if one.numerator == two.numerator:
        is_linked = below[0] == below[1] or _link_of_counts(*below)
        return t("both divide {metric}", metric=name(one.numerator)) if is_linked else ""
    # A part by way of the denominator is none: that is what both are divided by.
    is_part = below[0] == below[1] and below[0] not in _between(one.numerator, two.numerator)
    inside = _link_of_parts(one.numerator, two.numerator) if is_part else ""
    if not inside:
        return ""
    return t("{reason}, and both are divided by {metric}", reason=inside, metric=name(below[0]))


def _link_of_counts(first: str, second: str) -> str:
    inside, around = _link_of_parts(first, second), set(_containers(second))
    shared = [key for key in _containers(first) if key in around and METRICS[key].part_of]
    if inside or not shared:
        return inside
    return t(
        "{first} and {second} are both counted within {whole}",
        first=name(first),
        second=name(second),
        whole=name(shared[0]),
    )


def _link_of_parts(first: str, second: str) -> str:
    """Why one is a part of the other, directly or through others."""
    for part, whole in ((first, second), (second, first)):
        if whole in _containers(part):
            return t(_PARTS if _is_plural(part) else _PART, part=name(part), whole=name(whole))
    return ""


_PART = mark("all {part} is counted within {whole}")
_PARTS = mark("all {part} are counted within {whole}")


def _between(first: str, second: str) -> set[str]:
    """What the one is counted within, or the other one."""
    return {*_containers(first), *_containers(second)}


def _containers(key: str) -> Iterator[str]:
    current: str | None = key
    while current is not None:
        yield current
        current = METRICS[current].part_of
