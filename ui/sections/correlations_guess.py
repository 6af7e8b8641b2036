"""Guess first: the numbers stay hidden until the person has said what to expect."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.language import mark, t
from ui import guesses, state
from ui.guesses import DIRECTIONS, NONE, STRENGTHS, Guess
from ui.page import View
from ui.sections.correlations_words import COEFFICIENTS, PairKey, pair_name
from ui.text import escape

WHY = mark(
    "Hides the numbers until you have said what you expect. In experiments, people who first "
    "said what they expect took fewer chance patterns for real ones. Your guesses stay in this "
    "session."
)
_STRENGTH_HINT = mark("Weak: under 0.3 either way. Medium: 0.3 to 0.6. Strong: from 0.6 on.")


def ask_mode() -> bool:
    """Whether the person wants to guess before seeing the numbers."""
    return st.toggle(
        t("Guess first"),
        key=state.start_with(state.choice_key("correlations", "guess"), False),
        persist_state="session",
        help=t(WHY),
    )


def name_of(view: View, level: str, channel: str | None, pair: PairKey) -> Hashable:
    """Names a pair in this selection: with other filters it is another question."""
    return (view.source.digest, view.filters, level, channel, frozenset(pair))


def is_hidden(view: View, level: str, channel: str | None, frame: pd.DataFrame) -> pd.Series:
    """Which of the pairs are still to be guessed."""
    known = {guess.pair for guess in state.guesses()}
    names = [
        name_of(view, level, channel, pair)
        for pair in zip(frame["first"], frame["second"], strict=True)
    ]
    return pd.Series([name not in known for name in names], index=frame.index)


def guess_pair(
    name: Hashable, row: Mapping[str, Any], method: str, labels: Mapping[str, str]
) -> bool:
    """Ask for a guess, or tell how it went; whether the pair may be shown."""
    made = next((guess for guess in state.guesses() if guess.pair == name), None)
    if made is None:
        _ask(name, row, method, labels)
        return False
    st.info(f"{escape(guesses.sentence(made))}  \n{escape(guesses.tally(state.guesses()))}")
    return True


def _ask(name: Hashable, row: Mapping[str, Any], method: str, labels: Mapping[str, str]) -> None:
    asked = f"{row['first']}_{row['second']}"
    with st.container(border=True):
        st.markdown(
            "#### "
            + t("{pair}: your guess", pair=escape(pair_name(labels, row["first"], row["second"])))
        )
        direction = _options(f"direction_{asked}", t("How do they go together?"), DIRECTIONS)
        strength = ""
        if direction not in (None, NONE):
            found = _options(f"strength_{asked}", t("How strongly?"), STRENGTHS, t(_STRENGTH_HINT))
            strength = found or ""
        guess = Guess(name, direction or "", strength, float(row[COEFFICIENTS[method]]))
        st.button(
            t("Show the number"),
            type="primary",
            key=f"reveal_{asked}",
            disabled=not (strength or direction == NONE),
            on_click=state.add_guess,
            args=(guess,),
        )
        if words := guesses.tally(state.guesses()):
            st.caption(escape(words))


def _options(name: str, label: str, options: Mapping[str, str], hint: str = "") -> str | None:
    return st.segmented_control(
        label,
        list(options),
        format_func=lambda value: t(options[value]),
        key=state.choice_key("correlations", name),
        help=hint or None,
    )
