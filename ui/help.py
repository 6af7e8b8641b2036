"""What a person reads on hover: a metric's definition, formula and source; why a part is missing.

Everything about metrics comes from the registry. The links are plain links: nothing is asked of
another server until a person clicks one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from core import wording
from core.errors import NotEnoughData
from core.language import mark, t, tc
from core.metrics import METRICS
from ui import messages

WHY_NOT = mark("{part}: why is this not shown?")
_SUMMED = {
    "hour": mark("Here they are added up over hours, so one person can count several times."),
    "day": mark("Here they are added up over days, so one person can count several times."),
    "week": mark("Here they are added up over weeks, so one person can count several times."),
    "month": mark("Here they are added up over months, so one person can count several times."),
}


def metric_help(metric: str, grain: str = "day") -> str:
    """Markdown for ``help=``: what a metric means, how it is computed, and Google's page on it.

    Args:
        metric: a key of ``METRICS``.
        grain: of the file; users added up over its hours or days get a word of warning.

    >>> metric_help("engagement_rate").split(". [")[0].splitlines()[-1]
    'Computed as: engaged sessions ÷ sessions, each summed first'
    """
    entry = METRICS[metric]
    meaning = entry.definition
    if not entry.additive and not entry.is_ratio and grain in _SUMMED:
        meaning += f" {t(_SUMMED[grain])}"
    computed = t("Computed as: {formula}.", formula=entry.formula)
    return f"{meaning}\n\n{computed} [{source_name(metric)}]({entry.source_url})"


def source_name(metric: str) -> str:
    """What the link to the definition is called: clicks are a matter of Search Console."""
    is_ga4 = "/analytics/" in METRICS[metric].source_url
    return t("Definition in GA4's help") if is_ga4 else t("Definition in Search Console's help")


def metrics_help(metrics: Iterable[str], grain: str = "day") -> str:
    """The same for a control with a few metrics side by side, each under its name."""
    parts = [
        f"**{wording.metric_label(metric, grain)}**: {metric_help(metric, grain)}"
        for metric in metrics
    ]
    return "\n\n".join(parts)


def column_help(columns: Iterable[str], grain: str = "day", about: str = "") -> dict[str, Any]:
    """Help for those columns of a table that show a metric, for ``column_config``.

    Args:
        columns: names for people, such as ``Sessions`` or ``Engagement rate without it``, in the
            language spoken.
        grain: of the file.
        about: what the whole table shows, such as ``Sessions by day``: the metric of columns that
            are named ``Counted`` or ``Value``.

    >>> sorted(column_help(["Channel", "User-hours", "Sessions per page"], "hour"))
    ['User-hours']
    """
    values = {*_VALUES, *(t(value) for value in _VALUES)}
    found = {}
    for name in columns:
        is_value = str(name) in values
        metric = _metric_of(about if is_value else str(name), grain)
        # Many languages have one word for "sessions per page" and "sessions by day".
        if metric and (is_value or not _is_per(str(name), metric, grain)):
            found[str(name)] = st.column_config.Column(help=metric_help(metric, grain))
    return found


_VALUES = (mark("Counted"), mark("Value"), "value")


def _metric_of(name: str, grain: str) -> str | None:
    """The metric whose name a text begins with; the longest, for "Sessions" begins many."""
    lowered = name.lower()
    labels = {key: wording.metric_label(key, grain).lower() for key in METRICS}
    fits = [
        key
        for key, label in labels.items()
        if lowered in (label, key) or lowered.startswith((f"{label} ", f"{label},"))
    ]
    best = max(fits, key=lambda key: len(labels[key]), default=None)
    word = tc("sessions and users", "and")
    return None if best is None or _goes_on(name, labels[best], word) else best


def _is_per(name: str, metric: str, grain: str) -> bool:
    return _goes_on(name, wording.metric_label(metric, grain), tc("sessions per page", "per"))


def _goes_on(name: str, label: str, word: str) -> bool:
    return name.lower().removeprefix(label.lower()).startswith(f" {word} ")


def why_not(what: str, problem: NotEnoughData) -> None:
    """Where a part of a page is left out: what, why and what to do, folded and calm.

    Args:
        what: the part in the language spoken, such as ``Change against the period before``.
        problem: why the file or the selection does not allow it.
    """
    message = messages.of_error(problem)
    explain_missing(what, f"**{message.title}**  \n{message.why}  \n{message.what_to_do}")


def explain_missing(what: str, reason: str) -> None:
    """The same where the reason is no code of its own.

    Args:
        what: the part.
        reason: Markdown, with what to do; text from a file in it is escaped already.
    """
    with st.expander(t(WHY_NOT, part=what), icon=":material/help:"):
        st.markdown(reason)
