"""The only module that touches session state: the loaded file, the filters, small choices.

Whatever was dropped lives here, in the memory of this visitor's session, and nowhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from core.annotations import Annotation
from core.errors import ExportError
from core.ingest import Import, Overrides, read_exports
from core.language import LANGUAGES, closest, mark, t, tn
from core.recommendations.cards import SavedCards
from core.traffic import Filters, Traffic
from ui import links, saved_views
from ui.guesses import Guess

SAMPLE = Path(__file__).parents[1] / "data" / "sample_ga4_export.csv"
_SOURCE, _FAILURE, _DROPS = "source", "failure", "drops"
_NOTES, _NOTE_FILES = "notes", "note_files"
_GUESSES = "guesses"
_ANSWERS, _MOST_ANSWERS = "answers", 12
_CARDS, _SAVED_CARDS, _CARD_FILES = "cards", "saved_cards", "card_files"
_TOUR = "tour"
_LANGUAGE = "language"
_LINK_READ, _WISH, _UNFIT = "link_read", "link_wish", "link_unfit"
DONE, DISMISSED = "done", "dismissed"
"""What a person can decide about a recommendation."""
Files = tuple[tuple[str, bytes], ...]
"""Name and content of what was dropped at once."""

_EXPLAINABLE = {"no_header", "no_count_column", "no_time_or_channel", "unreadable_times", "no_rows"}
_FILTER_KEYS = ("dates", "channels", "weekdays", "hours", "compare")


@dataclass(frozen=True, eq=False)
class Source:
    """What is loaded.

    Args:
        name: as dropped, "Sample export", or empty for several files.
        digest: of the bytes and of what the person decided; part of every cache key.
        result: what the reader made of it.
        files: as dropped, to read them again when the person decides something else.
        is_sample: whether it is the project's own sample.
    """

    name: str
    digest: str
    result: Import
    files: Files
    is_sample: bool = False

    @property
    def title(self) -> str:
        """The name for people: a file's as it is, else in the language spoken."""
        return t(self.name) if self.is_sample else _title(self.name, len(self.files))


@dataclass(frozen=True, eq=False)
class Failure:
    """A file that could not be read; what was loaded before stays loaded.

    Args:
        name: as dropped, empty for several files.
        error: with a code and its faults.
        files: as dropped where a person can say what is in them; else they are let go.
        overrides: what the person had decided.
        dropped: how many files.
    """

    name: str
    error: ExportError
    files: Files
    overrides: Overrides
    dropped: int = 1

    @property
    def title(self) -> str:
        """The name for people."""
        return _title(self.name, self.dropped)


def _title(name: str, count: int) -> str:
    return name or tn("{count} file", "{count} files", count)


def language_key() -> str:
    """Key of the choice of the language."""
    return _LANGUAGE


def language() -> str:
    """The language chosen; at first the one the address asks for, or else the browser's."""
    if st.session_state.get(_LANGUAGE) not in LANGUAGES:
        first = closest(st.query_params.get("lang") or st.context.locale)
        st.session_state[_LANGUAGE] = first
    return str(st.session_state[_LANGUAGE])


def resend_choices() -> None:
    """Send the choices to the browser again when the language is another one.

    A list there holds its words, and would send the old ones, which nobody knows any more.
    """
    if not is_news("language", language()):
        return
    for key in st.session_state:
        if str(key).startswith(("choice_", "reading_table_")):
            st.session_state[key] = st.session_state[key]


def source() -> Source | None:
    """What is loaded in this session."""
    return st.session_state.get(_SOURCE)


def failure() -> Failure | None:
    """The last file that could not be read, until another one is loaded."""
    return st.session_state.get(_FAILURE)


def load(
    files: Sequence[tuple[str, bytes]],
    overrides: Overrides | None = None,
    *,
    is_sample: bool = False,
) -> None:
    """Read files into the session. What fails leaves everything else as it was."""
    kept, wanted = tuple(files), overrides or Overrides()
    name = kept[0][0] if len(kept) == 1 else ""
    try:
        result = read_exports(kept, wanted)
    except ExportError as error:
        can_explain = _EXPLAINABLE & {fault.code for fault in error.faults}
        st.session_state[_FAILURE] = Failure(
            name, error, kept if can_explain else (), wanted, len(kept)
        )
        return
    st.session_state.pop(_FAILURE, None)
    digest = hashlib.sha256(repr(wanted).encode())
    for _, data in kept:
        digest.update(hashlib.sha256(data).digest())
    st.session_state[_SOURCE] = Source(name, digest.hexdigest(), result, kept, is_sample)
    _keep_dismissed_cards()
    forget_choices()
    _grant_wish(result.traffic, is_sample=is_sample)


def drop_zone_key() -> str:
    """Key of the drop zone; a new one empties it."""
    return f"drop_zone_{st.session_state.get(_DROPS, 0)}"


def load_dropped(files: Sequence[tuple[str, bytes]]) -> str:
    """Read what lies in the drop zone, then empty it.

    Returns:
        Key of the page that a saved view among the files asks for, empty if none does.
    """
    st.session_state[_DROPS] = st.session_state.get(_DROPS, 0) + 1
    try:
        view, data = saved_views.take_out(files)
    except ExportError as error:
        st.session_state[_FAILURE] = Failure(files[0][0], error, (), Overrides())
        return ""
    if view is not None:
        st.session_state[_WISH] = view.wish
    if data:
        load(data)
    elif (loaded := source()) is not None:
        st.session_state.pop(_FAILURE, None)
        reset_filters()
        _grant_wish(loaded.result.traffic, is_sample=loaded.is_sample)
    return view.page if view is not None else ""


def save_view(page: str) -> bytes:
    """This page with these filters, as a file to keep."""
    return saved_views.as_json(saved_views.SavedView(page, _current_wish()))


def load_sample() -> None:
    """Read the project's own sample export."""
    load([(mark("Sample export"), SAMPLE.read_bytes())], is_sample=True)


def remove_source() -> None:
    """Forget the loaded file, the notes, guesses and decisions on it and all choices."""
    for key in (_SOURCE, _FAILURE, _NOTES, _GUESSES, _ANSWERS, _CARDS, _SAVED_CARDS, _UNFIT):
        st.session_state.pop(key, None)
    forget_choices()


def forget_choices() -> None:
    """Drop filters and the choices made on the pages: they belong to one file."""
    for key in [name for name in st.session_state if str(name).startswith(("filter_", "choice_"))]:
        del st.session_state[key]


def read_link() -> None:
    """Take the wish of the link that opened this session, once; a link to the sample opens it.

    Later the filters are the truth and the address follows them.
    """
    if st.session_state.get(_LINK_READ):
        return
    st.session_state[_LINK_READ] = True
    if source() is not None:
        return
    asked = {name: st.query_params.get_all(name) for name in st.query_params}
    st.session_state[_WISH] = links.read_params(asked)
    if wish().sample:
        load_sample()


def wish() -> links.Wish:
    """What a link asked for that no file has answered yet."""
    return st.session_state.get(_WISH) or links.Wish()


def unfit() -> tuple[str, ...]:
    """Filters of the link that the file loaded with it could not take."""
    return st.session_state.get(_UNFIT, ())


def _grant_wish(traffic: Traffic, *, is_sample: bool) -> None:
    """Set the filters a link asked for, where this file has them; then forget the wish.

    A link to the sample says nothing about another file.
    """
    wanted = wish()
    for key in (_WISH, _UNFIT):
        st.session_state.pop(key, None)
    if wanted.sample and not is_sample:
        return
    fitting, left_out = links.fit(wanted, traffic)
    st.session_state[_UNFIT] = left_out
    if fitting.start or fitting.end:
        days = (fitting.start or traffic.first_day, fitting.end or traffic.last_day)
        st.session_state[filter_key("dates")] = days
    values = {
        "channels": list(fitting.channels),
        "weekdays": list(fitting.weekdays),
        "hours": fitting.hours,
        "compare": fitting.compare,
    }
    for name, value in values.items():
        if value:
            st.session_state[filter_key(name)] = value


def link_params() -> links.Params:
    """What a link to this view carries: the filters, never data or the name of a file."""
    return links.as_params(_current_wish())


def link_is_whole() -> bool:
    """Whether a link to this view holds all of its filters."""
    return links.carries_channels(_current_wish())


def _current_wish() -> links.Wish:
    """What leads to the filters as they stand; what a link waits for where nothing is loaded."""
    loaded = source()
    if loaded is None:
        return wish()
    filters = chosen_filters(loaded.result.traffic)
    return links.of_filters(filters, compare=wants_comparison(), sample=loaded.is_sample)


def write_link() -> None:
    """Let the address of the page follow the filters; writes only what changed."""
    wanted = link_params()
    shown = {name: st.query_params.get_all(name) for name in st.query_params}
    if shown != wanted:
        st.query_params.from_dict(wanted)


def notes() -> tuple[Annotation, ...]:
    """What the person wrote on the charts, in the order of time; they outlive a change of file."""
    return tuple(st.session_state.get(_NOTES, ()))


def add_notes(*more: Annotation) -> None:
    """Keep these notes too, each once."""
    st.session_state[_NOTES] = tuple(sorted({*notes(), *more}))


def notes_zone_key() -> str:
    """Key of the drop zone for notes; a new one empties it."""
    return f"notes_zone_{st.session_state.get(_NOTE_FILES, 0)}"


def load_notes(found: tuple[Annotation, ...]) -> None:
    """Keep the notes of a file and empty its drop zone."""
    add_notes(*found)
    st.session_state[_NOTE_FILES] = st.session_state.get(_NOTE_FILES, 0) + 1


def remove_note(note: Annotation) -> None:
    """Forget one note."""
    st.session_state[_NOTES] = tuple(one for one in notes() if one != note)


def guesses() -> tuple[Guess, ...]:
    """What the person guessed of pairs of measures in this session, first guess first."""
    return tuple(st.session_state.get(_GUESSES, ()))


def add_guess(guess: Guess) -> None:
    """Keep a guess; the first one on a pair counts."""
    if all(one.pair != guess.pair for one in guesses()):
        st.session_state[_GUESSES] = (*guesses(), guess)


def card_states() -> dict[str, str]:
    """What the person decided, by id of the card: ``DONE`` or ``DISMISSED``."""
    return dict(st.session_state.get(_CARDS, {}))


def decide_card(card: str, decision: str) -> None:
    """Mark a card as ``DONE`` or ``DISMISSED``; an empty decision takes that back."""
    others = {name: kept for name, kept in card_states().items() if name != card}
    st.session_state[_CARDS] = others | ({card: decision} if decision else {})


def _keep_dismissed_cards() -> None:
    """What is not for a person stays so with another file; what was done may be due again."""
    kept = {card: kind for card, kind in card_states().items() if kind == DISMISSED}
    st.session_state[_CARDS] = kept


def saved_cards() -> SavedCards | None:
    """Cards of an earlier month, ``None`` if none were loaded; they outlive a change of file."""
    return st.session_state.get(_SAVED_CARDS)


def cards_zone_key() -> str:
    """Key of the drop zone for earlier cards; a new one empties it."""
    return f"cards_zone_{st.session_state.get(_CARD_FILES, 0)}"


def load_cards(saved: SavedCards) -> None:
    """Keep the cards of an earlier month and empty their drop zone.

    What the person had dismissed stays so, unless decided otherwise since.
    """
    dismissed = {card: kind for card, kind in saved.states.items() if kind == DISMISSED}
    st.session_state[_CARDS] = dismissed | card_states()
    st.session_state[_SAVED_CARDS] = saved
    st.session_state[_CARD_FILES] = st.session_state.get(_CARD_FILES, 0) + 1


def forget_saved_cards() -> None:
    """Let the cards of an earlier month go."""
    st.session_state.pop(_SAVED_CARDS, None)


def answer(key: Hashable) -> Any:
    """A result kept in this session under a key, ``None`` if there is none (any more)."""
    return st.session_state.get(_ANSWERS, {}).get(key)


def keep_answer(key: Hashable, value: object) -> None:
    """Keep a result that took long; the oldest gives way to the twelfth after it."""
    kept = dict(st.session_state.get(_ANSWERS, {}))
    kept.pop(key, None)
    kept[key] = value
    st.session_state[_ANSWERS] = dict(list(kept.items())[-_MOST_ANSWERS:])


def is_touring() -> bool:
    """Whether the person takes the tour."""
    return bool(st.session_state.get(_TOUR, False))


def start_tour() -> None:
    """Open the sample and begin the tour."""
    load_sample()
    st.session_state[_TOUR] = True


def end_tour() -> None:
    """No more boxes of the tour; what is loaded stays."""
    st.session_state.pop(_TOUR, None)


def reset_filters() -> None:
    """Back to everything."""
    for name in _FILTER_KEYS:
        st.session_state.pop(filter_key(name), None)


def filter_key(name: str) -> str:
    """Session key of a filter's widget."""
    return f"filter_{name}"


def choice_key(page: str, name: str) -> str:
    """Session key of a choice on a page; it survives page changes."""
    return f"choice_{page}_{name}"


def start_with(key: str, value: object) -> str:
    """Give a widget its first value without overwriting what the person chose; returns the key."""
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def choose(key: str, value: object) -> None:
    """Set what a widget shows, before it is drawn."""
    st.session_state[key] = value


def chosen(key: str) -> Any:
    """What a widget shows, or will show when it is drawn; ``None`` before its first value."""
    return st.session_state.get(key)


def is_news(name: str, value: object) -> bool:
    """Whether a value is another than the last time this was asked."""
    key = choice_key("last", name)
    is_other = st.session_state.get(key) != value
    st.session_state[key] = value
    return is_other


def count_news(name: str, value: object) -> int:
    """How often a value was another than the time before."""
    key = choice_key("count", name)
    seen = int(st.session_state.get(key, 0)) + is_news(name, value)
    st.session_state[key] = seen
    return seen


def picked_in(chart: str) -> dict[str, Any]:
    """What is picked in a chart card by its key, before it is drawn; empty if nothing is."""
    return dict(getattr(st.session_state.get(chart), "selection", None) or {})


def keep_valid(key: str, options: tuple | list) -> None:
    """Forget a stored choice that this file does not offer."""
    if key in st.session_state and st.session_state[key] not in options:
        del st.session_state[key]


def chosen_filters(traffic: Traffic) -> Filters:
    """The filters as they stand; ``None`` where nothing is left out of this traffic."""
    get = st.session_state.get
    start, end = _dates(get(filter_key("dates")))
    if traffic.has_time:
        start = None if start == traffic.first_day else start
        end = None if end == traffic.last_day else end
    hours = get(filter_key("hours")) or (0, 24)
    return Filters(
        start=start,
        end=end,
        channels=tuple(get(filter_key("channels")) or ()) or None,
        weekdays=tuple(sorted(get(filter_key("weekdays")) or ())) or None,
        hours=None if tuple(hours) == (0, 24) else tuple(range(hours[0], hours[1])),
    )


def _dates(chosen: tuple[date, ...] | None) -> tuple[date | None, date | None]:
    """Half a range (the person is still choosing) counts as open to the end."""
    if not chosen:
        return None, None
    return chosen[0], chosen[1] if len(chosen) > 1 else None


def wants_comparison() -> bool:
    """Whether the previous period should be shown."""
    return bool(st.session_state.get(filter_key("compare"), False))
