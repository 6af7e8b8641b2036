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
from core.language import SOURCE, spoken, t, tn
from ui import cache
from ui.cache import Key
from ui.choices import pick, select_one
from ui.page import View, say
from ui.sections import correlations_guess as guessing
from ui.sections.correlations_words import (
    CAVEATS,
    LEVELS,
    LEVELS_INSIDE,
    METHODS,
    METHODS_INSIDE,
    labels_of,
    pair_inside,
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
        method, level = t(METHODS_INSIDE[self.method]), t(LEVELS_INSIDE[self.level])
        if self.channel:
            return t(
                "{method}, {level} of {channel}", method=method, level=level, channel=self.channel
            )
        return t("{method}, {level}", method=method, level=level)


def ask(view: View) -> Asked:
    """Ask for level, kind of correlation and channel; the level has a row of its own.

    Its three options stand side by side and would be cut off in a third of a small screen.
    """
    level = _ask_level(possible_levels(view.traffic))
    methods = {method: t(name) for method, name in METHODS.items()}
    left, right = st.columns(2)
    with left:
        method = select_one("correlations", "method", t("Kind of correlation"), methods)
    with right:
        channel = _ask_channel(view)
    grain = "day" if level == "day" else view.traffic.grain
    return Asked(level, channel, method, guessing.ask_mode(), grain)


def _ask_level(levels: tuple[str, ...]) -> str:
    return pick(
        "correlations",
        "level",
        t("Compare by"),
        {level: t(LEVELS[level]) for level in levels},
        hint=t(
            "Rows: every hour (or day) of every channel, as exported. Hours and days: all "
            "channels together."
        ),
    )


def _ask_channel(view: View) -> str | None:
    if not view.traffic.has_channels or len(view.traffic.channels) < 2:
        return None
    names = {_ALL: t("All channels")} | {name: name for name in view.traffic.channels}
    return select_one("correlations", "channel", t("Within one channel"), names) or None


def key_of(view: View, asked: Asked) -> Key:
    """Names what is looked at in caches."""
    return (*view.key, asked.level, asked.channel)


def correlate(view: View, asked: Asked) -> Correlations:
    """Correlate; stops kindly where too little is selected."""
    try:
        return cache.correlate(key_of(view, asked), view.traffic, asked.level, asked.channel)
    except NotEnoughData as problem:
        st.subheader(t("Nothing can be said about this selection."))
        say(problem)
        st.stop()


def draw_answer(view: View, asked: Asked, result: Correlations) -> None:
    """The page's answer in one sentence."""
    labels = labels_of(view.traffic, result.pearson)
    text = answer(result, labels, asked.grain, names_one=not asked.is_guessing)
    if asked.channel:
        text = t("Within {channel}: {finding}", channel=asked.channel, finding=_inside(text))
    st.subheader(escape(text))
    for code in result.caveats:
        st.caption(escape(t(CAVEATS[code])))


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
        return tn(
            "Nothing to find: the one pair of measures is the same number twice.",
            "Nothing to find: all {count} pairs are the same number twice.",
            total,
        )
    if result.caveats:
        return _open_answer(total, same)
    parts = [tn("{count} is the same number twice", "{count} are the same number twice", same)]
    if clock:
        parts.append(tn("{count} only follows the clock", "{count} only follow the clock", clock))
    if differs:
        parts.append(
            tn(
                "{count} does not hold within the channels",
                "{count} do not hold within the channels",
                differs,
            )
        )
    rest = total - same - clock - differs - real
    if rest:
        parts.append(tn("{count} could be chance", "{count} could be chance", rest))
    if not real:
        return t(
            "No pair of measures goes together beyond the clock and chance: of {total}, {parts}.",
            total=total,
            parts=wording.listing(parts),
        )
    found = _left(real, total, grain)
    if names_one:
        found = f"{found} ({_strongest_left(frame, labels)})"
    return f"{found}; {wording.listing(parts)}."


def _inside(sentence: str) -> str:
    """A sentence after a colon, where English begins with a small letter."""
    return sentence if spoken() != SOURCE else sentence[0].lower() + sentence[1:]


def _left(real: int, total: int, grain: str) -> str:
    if grain == "hour":
        return tn(
            "{count} of {total} pairs goes together also at the same hour and weekday",
            "{count} of {total} pairs go together also at the same hour and weekday",
            real,
            total=total,
        )
    return tn(
        "{count} of {total} pairs goes together also on the same weekday",
        "{count} of {total} pairs go together also on the same weekday",
        real,
        total=total,
    )


def _open_answer(total: int, same: int) -> str:
    """What is left to say where the clock cannot be taken out.

    >>> _open_answer(1, 0)
    'Whether the one pair of measures has a link of its own cannot be told.'
    >>> _open_answer(3, 1).partition(": ")[2]
    'of 3 pairs, 1 is the same number twice, the rest stays open.'
    """
    if total == 1:
        return t("Whether the one pair of measures has a link of its own cannot be told.")
    if not same:
        return t(
            "Whether any pair of measures has a link of its own cannot be told: "
            "all {total} stay open.",
            total=total,
        )
    return tn(
        "Whether any pair of measures has a link of its own cannot be told: of {total} pairs, "
        "{count} is the same number twice, the rest stays open.",
        "Whether any pair of measures has a link of its own cannot be told: of {total} pairs, "
        "{count} are the same number twice, the rest stays open.",
        same,
        total=total,
    )


def _strongest_left(frame: pd.DataFrame, labels: dict[str, str]) -> str:
    found = frame[frame["verdict"] == STILL_THERE]
    row = found.loc[found["r_without_clock"].abs().idxmax()]
    name, value = pair_inside(labels, row["first"], row["second"]), signed(row["r_without_clock"])
    if len(found) == 1:
        return f"{name}, {value}"
    return t("most of all {pair}, {correlation}", pair=name, correlation=value)
