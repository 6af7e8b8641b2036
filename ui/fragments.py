"""Parts of a page that run again by themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from core.language import speak
from ui import state

P = ParamSpec("P")


def fragment(draw: Callable[P, None]) -> Callable[P, None]:
    """As ``st.fragment``; speaks the visitor's language also when it runs without its page."""

    @st.fragment
    @wraps(draw)
    def speaking(*args: P.args, **kwargs: P.kwargs) -> None:
        speak(state.language())
        draw(*args, **kwargs)

    return speaking
