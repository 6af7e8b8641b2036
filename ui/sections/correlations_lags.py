"""Does one of two measures move before the other?"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.correlations import SAME_NUMBER, Lags, possible_lag_steps
from core.errors import NotEnoughData
from ui import cache
from ui.cards import Card, show
from ui.charts import correlations_lags as charts
from ui.choices import pick
from ui.page import View, say
from ui.sections.correlations import Asked
from ui.sections.correlations_words import PairKey, labels_of, pair_name, signed
from ui.text import escape

_STEPS = {"hour": "Hour by hour", "day": "Day by day"}
_USUAL = {"hour": "hour and weekday", "day": "the weekday"}


def draw_lags(view: View, asked: Asked, pair: PairKey, verdict: str) -> None:
    """The pair with one of the two moved in time against the other."""
    steps = possible_lag_steps(view.traffic)
    st.subheader("Does one come before the other?")
    if not steps:
        st.caption("That cannot be told here: it takes a file of hours or days.")
        return
    options = {step: _STEPS[step] for step in steps}
    step = pick("correlations", "step", "Move one of them", options)
    key = (*view.key, pair, step, asked.channel)
    try:
        found = cache.find_lags(key, view.traffic, pair, step, asked.channel)
    except NotEnoughData as problem:
        if problem.code == "too_few_measures":
            st.caption("Too little varies here to move one against the other.")
        else:
            say(problem)
        return
    if not found.frame["is_finding"].any():
        st.success(
            f"**Nothing stands out.** {escape(found.sentence)}", icon=":material/check_circle:"
        )
    _draw(view, asked, found, labels_of(view.traffic, pair), verdict)


def _draw(view: View, asked: Asked, found: Lags, labels: Mapping[str, str], verdict: str) -> None:
    names = (labels[found.first], labels[found.second])
    where = f" of {asked.channel}" if asked.channel else ""
    show(
        view,
        Card(
            slug=f"lags-{found.first}-{found.second}-{found.step}-{asked.channel or 'all'}",
            headline=headline(found, labels),
            chart=charts.lags(found.frame, names, found.step, view.mode),
            data=found.frame,
            reading=_reading(found, verdict),
            metric=f"Correlation of {pair_name(labels, found.first, found.second).lower()}{where}, "
            f"moved {found.step} by {found.step}, without the clock",
            columns=_COLUMNS,
        ),
    )


def headline(found: Lags, labels: Mapping[str, str]) -> str:
    """What stands out among the lags."""
    findings = found.frame[found.frame["is_finding"]]
    if findings.empty:
        reach = f"{found.longest} {found.step}{'' if found.longest == 1 else 's'}"
        return f"Neither comes first: nothing within {reach} is beyond chance"
    row = findings.loc[findings["r"].abs().idxmax()]
    lag, together = int(row["lag"]), "rise together" if row["r"] > 0 else "move in opposite ways"
    if lag == 0:
        end = "" if len(findings) == 1 else " most of all"
        start = "Neither comes first: " if len(findings) == 1 else ""
        text = f"they {together}{end} in the same {found.step} ({signed(row['r'])})"
        return f"{start}{text}" if start else text[0].upper() + text[1:]
    first, second = found.first, found.second
    earlier, later = (first, second) if lag > 0 else (second, first)
    steps = f"{abs(lag)} {found.step}{'' if abs(lag) == 1 else 's'}"
    order = f"{labels[earlier]} {steps} before {labels[later].lower()}"
    return f"{order}: they {together} ({signed(row['r'])})"


def _reading(found: Lags, verdict: str) -> str:
    text = (
        f"One pin per {found.step}; the grey band is its 95 % interval. Blue pins are beyond "
        f"chance after a correction for all {len(found.frame)} looked at; the usual of "
        f"{_USUAL[found.step]} is taken out of both first."
    )
    if verdict == SAME_NUMBER:
        text += " In the same period the two are the same number, which is no finding."
    return f"{text} What comes first need not bring what comes later."


_COLUMNS = {
    "lag": "Steps that the first comes earlier",
    "r": "Correlation",
    "low": "95 % from",
    "high": "95 % to",
    "p_value": "Adjusted p-value",
    "is_finding": "Beyond chance",
}
