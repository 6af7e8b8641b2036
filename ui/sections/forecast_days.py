"""Special days of a forecast: public holidays of a country and the person's own notes."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core import wording
from core.forecast import special_days
from core.language import dated, t, tn, weekday_names
from ui import state
from ui.choices import select_one
from ui.text import escape

_NONE = ""
_STEPS = {"hour": pd.Timedelta(hours=1), "day": pd.Timedelta(days=1)}
_MOST_NAMED = 4


@dataclass(frozen=True, eq=False)
class SpecialDays:
    """Special days to learn from.

    Args:
        events: ``name``, ``start``, ``end``; ``None`` where there are none.
        key: of the choices, for caches.
        country: whose public holidays are in, in words; empty for none.
        has_notes: whether the person's notes are in.
    """

    events: pd.DataFrame | None
    key: Hashable = ()
    country: str = ""
    has_notes: bool = False

    @property
    def said(self) -> str:
        """What was taken for special, for a table that leaves the app."""
        if self.country and self.has_notes:
            return t("public holidays of {country} and notes", country=self.country)
        if self.country:
            return t("public holidays of {country}", country=self.country)
        return t("notes") if self.has_notes else t("none")


NO_EVENTS = SpecialDays(None)


def ask_special_days(times: pd.DatetimeIndex, grain: str, horizon: int) -> SpecialDays:
    """Ask, folded away, which special days the forecast should know; say what it makes of them.

    Args:
        times: of the history.
        grain: ``hour`` or ``day``.
        horizon: periods ahead.
    """
    ahead = pd.date_range(times[-1], periods=horizon + 1, freq=_STEPS[grain])[1:]
    with st.expander(t("Special days"), icon=":material/celebration:"):
        left, right = st.columns(2, vertical_alignment="bottom")
        with left:
            countries = special_days.countries()
            names = {_NONE: t("No holidays")} | countries
            country = select_one("forecast", "country", t("Public holidays of"), names)
        with right:
            has_notes = _ask_notes()
        events = _events(country, times[0], ahead[-1], has_notes=has_notes)
        for sentence in describe(events, times, ahead):
            st.markdown(f"- {escape(sentence)}")
        if not country and not has_notes:
            st.caption(
                t(
                    "Holidays and notes of the past are then no surprise to the forecast, and "
                    "those ahead are expected to be like their examples in your file."
                )
            )
    key = (country, state.notes() if has_notes else ())
    kept = None if events.empty else events
    return SpecialDays(kept, key, countries.get(country, ""), has_notes)


def _ask_notes() -> bool:
    """Whether the notes count as special days; asked only where there are some."""
    if not state.notes():
        return False
    key = state.start_with(state.choice_key("forecast", "notes"), value=False)
    return st.toggle(
        t("Use my notes as events"),
        key=key,
        persist_state="session",
        help=t(
            "Notes with the same text are one event: write “Newsletter” on past sends and on the "
            "next one, and the forecast expects it to be like those."
        ),
    )


def _events(
    country: str, first: pd.Timestamp, last: pd.Timestamp, *, has_notes: bool
) -> pd.DataFrame:
    parts = [special_days.events_from_notes(state.notes() if has_notes else ())]
    if country:
        parts.append(special_days.public_holidays(country, first.normalize(), last.normalize()))
    kept = [part for part in parts if not part.empty]
    return pd.concat(kept, ignore_index=True) if kept else parts[0]


def describe(events: pd.DataFrame, times: pd.DatetimeIndex, ahead: pd.DatetimeIndex) -> list[str]:
    """Say which special days are learnt from, and which lie ahead without an example.

    Args:
        events: ``name``, ``start``, ``end``.
        times: of the history.
        ahead: of the forecast.
    """
    if events.empty:
        return []
    step = times[1] - times[0] if len(times) > 1 else pd.Timedelta(days=1)
    seconds = int(step.total_seconds())
    seen, later = (
        special_days.flag_events(part, events, step_seconds=seconds) for part in (times, ahead)
    )
    unknown = special_days.unlearnable(seen, later)
    known = special_days.learnable(seen, later)
    return [
        *_say_known(known, later),
        *(_say_unknown(name, later) for name in unknown[:_MOST_NAMED]),
        *_say_more(unknown),
        *([] if known or unknown else [t("None of these days lies in your file or ahead of it.")]),
    ]


def _say_known(known: list[str], later: pd.DataFrame) -> list[str]:
    """Those with an example: which of them lie ahead, and which count for the past only."""
    if not known:
        return []
    ahead = [f"{name} ({_day_of(name, later)})" for name in known if later[name].max() > 0]
    if not ahead:
        return [t("Used for the past only: {names}.", names=_few(known))]
    return [
        tn(
            "Used: {names} lies ahead and has an example in your file.",
            "Used: {names} lie ahead and have examples in your file.",
            len(ahead),
            names=_few(ahead),
        )
    ]


def _few(names: list[str]) -> str:
    """At most four names.

    >>> _few(["A", "B"]), _few(list("ABCDEF"))
    ('A and B', 'A, B, C, D and 2 more')
    """
    if len(names) <= _MOST_NAMED:
        return wording.listing(names)
    return tn(
        "{names} and {count} more",
        "{names} and {count} more",
        len(names) - _MOST_NAMED,
        names=", ".join(names[:_MOST_NAMED]),
    )


def _say_unknown(name: str, later: pd.DataFrame) -> str:
    days, day = _days_of(name, later), _day_of(name, later)
    if len(days) > 1:
        return t(
            "{name}, {day}, lies ahead and has no example in your file: it is "
            "treated like any other day.",
            name=name,
            day=day,
        )
    return t(
        "{name}, {day}, lies ahead and has no example in your file: it is "
        "treated like any {weekday}.",
        name=name,
        day=day,
        weekday=weekday_names("wide")[days[0].day_of_week],
    )


def _say_more(unknown: list[str]) -> list[str]:
    more = len(unknown) - _MOST_NAMED
    if more <= 0:
        return []
    return [
        tn(
            "{count} more without an example is treated like usual days.",
            "{count} more without an example are treated like usual days.",
            more,
        )
    ]


def _days_of(name: str, later: pd.DataFrame) -> pd.DatetimeIndex:
    """The days ahead that have the event."""
    return pd.DatetimeIndex(later.index[later[name] > 0]).normalize().unique()


def _day_of(name: str, later: pd.DataFrame) -> str:
    """The first day ahead that has it."""
    return dated(_days_of(name, later)[0], "MMMd")
