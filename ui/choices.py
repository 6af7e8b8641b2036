"""Choices on a page: one of a few, remembered across pages, forgotten with the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import streamlit as st

from ui import state

OptionT = TypeVar("OptionT", str, int)


def pick(
    page: str,
    name: str,
    label: str,
    options: Mapping[OptionT, str],
    *,
    default: OptionT | None = None,
    hint: str = "",
) -> OptionT:
    """Ask for one of a few options, drawn side by side; a single option is not asked for.

    Args:
        page: key of the page.
        name: of the choice.
        label: what is asked.
        options: value to its name for people.
        default: chosen at first; the first option if not given.
        hint: shown on hover.
    """
    first = next(iter(options)) if default is None else default
    key = _remembered(page, name, options, first)
    if len(options) == 1:
        return first
    chosen = st.segmented_control(
        label,
        list(options),
        format_func=lambda value: options[value],
        key=key,
        persist_state="session",
        required=True,
        help=hint or None,
    )
    return first if chosen is None else chosen


def select_one(
    page: str,
    name: str,
    label: str,
    options: Mapping[OptionT, str],
    *,
    explain: Callable[[OptionT], str] | None = None,
) -> OptionT:
    """Ask for one of many options, drawn as a list that opens.

    Args:
        page: key of the page.
        name: of the choice.
        label: what is asked.
        options: value to its name for people.
        explain: makes the text shown on hover from what is chosen now.
    """
    key = _remembered(page, name, options, next(iter(options)))
    return st.selectbox(
        label,
        list(options),
        format_func=lambda value: options[value],
        key=key,
        persist_state="session",
        help=explain(state.chosen(key)) if explain else None,
    )


def _remembered(page: str, name: str, options: Mapping[OptionT, str], first: OptionT) -> str:
    key = state.choice_key(page, name)
    state.keep_valid(key, list(options))
    return state.start_with(key, first)
