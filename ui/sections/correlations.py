"""Correlations: the matrix of all measures, and what each pair is worth."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core import wording
from core.correlations import (
    DIFFERS,
    FOLLOWS_CLOCK,
    SAME_NUMBER,
    STILL_THERE,
    Correlations,
    possible_levels,
)
from core.errors import NotEnoughData
from ui import cache
from ui.cache import Key
from ui.choices import pick, select_one
from ui.page import View, say
from ui.sections import correlations_guess as guessing
from ui.sections.correlations_words import (
    CAVEATS,
    LEVELS,
    METHODS,
    by_clock,
    labels_of,
    pair_name,
    signed,
)
from ui.text import escape

_ALL = ""


@dataclass(frozen=True)
class Asked:
    """What the page looks at.

    Args:
        level: one of ``core.correlations.LEVELS``.
        channel: the only channel looked at, or ``None``.
        method: ``pearson`` or ``spearman``.
        is_guessing: whether numbers are hidden until guessed.
        grain: of an observation.
    """

    level: str
    channel: str | None
    method: str
    is_guessing: bool
    grain: str

    @property
    def words(self) -> str:
        """What is correlated, for subtitles."""
        where = f" of {self.channel}" if self.channel else ""
        method = METHODS[self.method]
        return f"{method[0].lower()}{method[1:]}, {LEVELS[self.level].lower()}{where}"


def ask(view: View) -> Asked:
    """Ask for level, kind of correlation and channel; the level has a row of its own.

    Its three options stand side by side and would be cut off in a third of a small screen.
    """
    level = _ask_level(possible_levels(view.traffic))
    left, right = st.columns(2)
    with left:
        method = select_one("correlations", "method", "Kind of correlation", METHODS)
    with right:
        channel = _ask_channel(view)
    grain = "day" if level == "day" else view.traffic.grain
    return Asked(level, channel, method, guessing.ask_mode(), grain)


def _ask_level(levels: tuple[str, ...]) -> str:
    return pick(
        "correlations",
        "level",
        "Compare by",
        {level: LEVELS[level] for level in levels},
        hint="Rows: every hour (or day) of every channel, as exported. Hours and days: all "
        "channels together.",
    )


def _ask_channel(view: View) -> str | None:
    if not view.traffic.has_channels or len(view.traffic.channels) < 2:
        return None
    names = {_ALL: "All channels"} | {name: name for name in view.traffic.channels}
    return select_one("correlations", "channel", "Within one channel", names) or None


def key_of(view: View, asked: Asked) -> Key:
    """Names what is looked at in caches."""
    return (*view.key, asked.level, asked.channel)


def correlate(view: View, asked: Asked) -> Correlations:
    """Correlate; stops kindly where too little is selected."""
    try:
        return cache.correlate(key_of(view, asked), view.traffic, asked.level, asked.channel)
    except NotEnoughData as problem:
        st.subheader("Nothing can be said about this selection.")
        say(problem)
        st.stop()


def draw_answer(view: View, asked: Asked, result: Correlations) -> None:
    """The page's answer in one sentence."""
    labels = labels_of(view.traffic, result.pearson)
    text = answer(result, labels, asked.grain, names_one=not asked.is_guessing)
    if asked.channel:
        text = f"Within {asked.channel}: {text[0].lower()}{text[1:]}"
    st.subheader(escape(text))
    for code in result.caveats:
        st.caption(escape(CAVEATS[code]))


def answer(
    result: Correlations, labels: dict[str, str], grain: str, *, names_one: bool = True
) -> str:
    """Which numbers move together, and which are the same number twice.

    Args:
        result: all pairs.
        labels: metric key to name.
        grain: of an observation.
        names_one: whether to name the strongest link with its number.
    """
    frame, total = result.frame, len(result.frame)
    same, clock, differs, real = (
        int((frame["verdict"] == verdict).sum())
        for verdict in (SAME_NUMBER, FOLLOWS_CLOCK, DIFFERS, STILL_THERE)
    )
    if same == total:
        every = "the one pair of measures is" if total == 1 else f"all {total} pairs are"
        return f"Nothing to find: {every} the same number twice."
    if result.caveats:
        return _open_answer(total, same)
    parts = [f"{same} are the same number twice" if same != 1 else "1 is the same number twice"]
    if clock:
        parts.append(f"{clock} only {'follows' if clock == 1 else 'follow'} the clock")
    if differs:
        parts.append(f"{differs} {'does' if differs == 1 else 'do'} not hold within the channels")
    rest = total - same - clock - differs - real
    if rest:
        parts.append(f"{rest} could be chance")
    if not real:
        return (
            "No pair of measures goes together beyond the clock and chance: "
            f"of {total}, {wording.listing(parts)}."
        )
    when = by_clock("at the same hour and weekday", grain)
    found = f"{real} of {total} pairs {'goes' if real == 1 else 'go'} together also {when}"
    named = f" ({_strongest_left(frame, labels)})" if names_one else ""
    return f"{found}{named}; {wording.listing(parts)}."


def _open_answer(total: int, same: int) -> str:
    """What is left to say where the clock cannot be taken out.

    >>> _open_answer(1, 0)
    'Whether the one pair of measures has a link of its own cannot be told.'
    >>> _open_answer(3, 1).partition(": ")[2]
    'of 3 pairs, 1 is the same number twice, the rest stays open.'
    """
    if total == 1:
        return "Whether the one pair of measures has a link of its own cannot be told."
    start = "Whether any pair of measures has a link of its own cannot be told"
    if not same:
        return f"{start}: all {total} stay open."
    be = "is" if same == 1 else "are"
    return f"{start}: of {total} pairs, {same} {be} the same number twice, the rest stays open."


def _strongest_left(frame: pd.DataFrame, labels: dict[str, str]) -> str:
    found = frame[frame["verdict"] == STILL_THERE]
    row = found.loc[found["r_without_clock"].abs().idxmax()]
    name = pair_name(labels, row["first"], row["second"]).lower()
    start = "" if len(found) == 1 else "most of all "
    return f"{start}{name}, {signed(row['r_without_clock'])}"
