"""Does one of two measures move before the other?"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core import wording
from core.correlations import SAME_NUMBER, Lags, possible_lag_steps
from core.errors import NotEnoughData
from core.language import in_sentence, mark, t
from ui import cache
from ui.cards import Card, show
from ui.charts import correlations_lags as charts
from ui.choices import pick
from ui.page import View, say
from ui.sections.correlations import Asked
from ui.sections.correlations_words import PairKey, labels_of, pair_inside, signed
from ui.text import escape

_STEPS = {"hour": mark("Hour by hour"), "day": mark("Day by day")}


def draw_lags(view: View, asked: Asked, pair: PairKey, verdict: str) -> None:
    """The pair with one of the two moved in time against the other."""
    steps = possible_lag_steps(view.traffic)
    st.subheader(t("Does one come before the other?"))
    if not steps:
        st.caption(t("That cannot be told here: it takes a file of hours or days."))
        return
    options = {step: t(_STEPS[step]) for step in steps}
    step = pick("correlations", "step", t("Move one of them"), options)
    key = (*view.key, pair, step, asked.channel)
    try:
        found = cache.find_lags(key, view.traffic, pair, step, asked.channel)
    except NotEnoughData as problem:
        if problem.code == "too_few_measures":
            st.caption(t("Too little varies here to move one against the other."))
        else:
            say(problem)
        return
    if not found.frame["is_finding"].any():
        st.success(
            t("**Nothing stands out.** {sentence}", sentence=escape(found.sentence)),
            icon=":material/check_circle:",
        )
    _draw(view, asked, found, labels_of(view.traffic, pair), verdict)


def _draw(view: View, asked: Asked, found: Lags, labels: Mapping[str, str], verdict: str) -> None:
    names = (labels[found.first], labels[found.second])
    show(
        view,
        Card(
            slug=f"lags-{found.first}-{found.second}-{found.step}-{asked.channel or 'all'}",
            headline=headline(found, labels),
            chart=charts.lags(found.frame, names, found.step, view.mode),
            data=found.frame,
            reading=_reading(found, verdict),
            metric=_subtitle(found, labels, asked.channel),
            columns=_COLUMNS,
        ),
    )


def _subtitle(found: Lags, labels: Mapping[str, str], channel: str | None) -> str:
    pair = pair_inside(labels, found.first, found.second)
    if channel:
        return t(_OF_CHANNEL[found.step], pair=pair, channel=channel)
    return t(_MOVED[found.step], pair=pair)


_MOVED = {
    "hour": mark("Correlation of {pair}, moved hour by hour, without the clock"),
    "day": mark("Correlation of {pair}, moved day by day, without the clock"),
}
_OF_CHANNEL = {
    "hour": mark("Correlation of {pair} of {channel}, moved hour by hour, without the clock"),
    "day": mark("Correlation of {pair} of {channel}, moved day by day, without the clock"),
}


def headline(found: Lags, labels: Mapping[str, str]) -> str:
    """What stands out among the lags."""
    findings = found.frame[found.frame["is_finding"]]
    if findings.empty:
        reach = wording.steps(found.step, found.longest)
        return t("Neither comes first: nothing within {reach} is beyond chance", reach=reach)
    row = findings.loc[findings["r"].abs().idxmax()]
    lag, is_rise, value = int(row["lag"]), bool(row["r"] > 0), signed(row["r"])
    if lag == 0:
        return t(_SAME[found.step, len(findings) == 1, is_rise], correlation=value)
    first, second = found.first, found.second
    earlier, later = (first, second) if lag > 0 else (second, first)
    return t(
        _TOGETHER if is_rise else _OPPOSITE,
        earlier=labels[earlier],
        steps=wording.steps(found.step, abs(lag)),
        later=in_sentence(labels[later]),
        correlation=value,
    )


_TOGETHER = mark("{earlier} {steps} before {later}: they rise together ({correlation})")
_OPPOSITE = mark("{earlier} {steps} before {later}: they move in opposite ways ({correlation})")
_SAME = {
    ("hour", True, True): mark(
        "Neither comes first: they rise together in the same hour ({correlation})"
    ),
    ("hour", True, False): mark(
        "Neither comes first: they move in opposite ways in the same hour ({correlation})"
    ),
    ("hour", False, True): mark("They rise together most of all in the same hour ({correlation})"),
    ("hour", False, False): mark(
        "They move in opposite ways most of all in the same hour ({correlation})"
    ),
    ("day", True, True): mark(
        "Neither comes first: they rise together in the same day ({correlation})"
    ),
    ("day", True, False): mark(
        "Neither comes first: they move in opposite ways in the same day ({correlation})"
    ),
    ("day", False, True): mark("They rise together most of all in the same day ({correlation})"),
    ("day", False, False): mark(
        "They move in opposite ways most of all in the same day ({correlation})"
    ),
}
"""By step, whether it is the only finding, and whether they rise together."""


def _reading(found: Lags, verdict: str) -> str:
    parts = [t(_PINS[found.step], lags=len(found.frame))]
    if verdict == SAME_NUMBER:
        parts.append(t("In the same period the two are the same number, which is no finding."))
    parts.append(t("What comes first need not bring what comes later."))
    return " ".join(parts)


_PINS = {
    "hour": mark(
        "One pin per hour; the grey band is its 95 % interval. Blue pins are beyond chance after "
        "a correction for all {lags} looked at; the usual of hour and weekday is taken out of "
        "both first."
    ),
    "day": mark(
        "One pin per day; the grey band is its 95 % interval. Blue pins are beyond chance after "
        "a correction for all {lags} looked at; the usual of the weekday is taken out of both "
        "first."
    ),
}
_COLUMNS = {
    "lag": mark("Steps that the first comes earlier"),
    "r": mark("Correlation"),
    "low": mark("95 % from"),
    "high": mark("95 % to"),
    "p_value": mark("Adjusted p-value"),
    "is_finding": mark("Beyond chance"),
}
