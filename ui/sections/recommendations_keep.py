"""Keeping cards, and grading those of last month by what came since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal

import pandas as pd
import streamlit as st

from core import wording
from core.errors import AppError
from core.language import bound, mark, spoken, t, tn
from core.recommendations import Recommendation
from core.recommendations.grading import (
    GRADES,
    GradedCard,
    SavedCards,
    card_id,
    load_cards,
    save_cards,
)
from ui import cache, export, messages, state
from ui.page import View
from ui.sections import recommendations_words as words
from ui.text import escape

_FILE_NAME = "traffic-insights-cards"
_SAID = dict(zip(GRADES, (mark("Held up"), mark("Faded"), mark("Too early to tell")), strict=True))
_NO_GRADE = mark("Not graded")
_COLOURS: Mapping[str, Literal["green", "orange", "gray"]] = dict(
    zip(GRADES, ("green", "orange", "gray"), strict=True)
)
_DECIDED = {state.DONE: mark("Done"), state.DISMISSED: mark("Not for us")}


def draw_keeping(view: View, found: list[Recommendation]) -> None:
    """Save the cards, load those of last month, and grade these."""
    saved = state.saved_cards()
    title = (
        t("Keep these cards, and grade last month’s") if found else t("Grade last month’s cards")
    )
    with st.expander(title, icon=":material/history:", expanded=saved is not None):
        st.markdown(
            t(
                "Keep the cards now and load them next month with the new export: each is then "
                "marked *held up*, *faded* or *too early to tell*."
            )
            if found
            else t(
                "Load the cards that you kept here last month: each is then marked *held up*, "
                "*faded* or *too early to tell*."
            )
        )
        _draw_downloads(view, found)
        _draw_upload()
        if saved is not None:
            _draw_grades(view, saved)


def _draw_downloads(view: View, found: list[Recommendation]) -> None:
    if not found:
        return
    states = state.card_states()  # the files are made outside of the session, which has none then
    with st.container(horizontal=True):
        st.download_button(
            t("Keep these cards (JSON)"),
            data=bound(lambda: save_cards(found, view.traffic, states)),
            file_name=export.file_name(_FILE_NAME, *view.file_parts, extension="json"),
            mime="application/json",
            key="download_cards_json",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            t("All cards as a table (CSV)"),
            data=bound(lambda: export.frame_csv(as_table(found, states))),
            file_name=export.file_name("recommendations", *view.file_parts, extension="csv"),
            mime="text/csv",
            key="download_cards_csv",
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
        )


def as_table(found: list[Recommendation], states: Mapping[str, str]) -> pd.DataFrame:
    """One row a card, in the order of the page, for people.

    Args:
        found: the cards.
        states: what was decided, by id of the card.
    """
    heads = [
        t("About"),
        t("Kind"),
        t("What we saw"),
        t("What to do"),
        t("Evidence"),
        t("Size"),
        t("Visits a week concerned"),
        t("Counted in"),
        t("Counted on"),
        t("Adjusted p-value"),
        t("What else could explain it"),
        t("Decided"),
    ]
    rows = [
        [
            f"{item.about}: {t(messages.RULES.get(item.rule_id, item.rule_id))}",
            t(words.KINDS[item.kind]),
            item.headline,
            item.action,
            t(item.strength),
            " ".join(words.size(item)).strip(),
            item.impact,
            item.impact_unit,
            item.n,
            item.adjusted_p_value,
            " ".join(item.caveats),
            _decided(states.get(card_id(item), "")),
        ]
        for item in found
    ]
    return pd.DataFrame(rows, columns=heads)


def _decided(made: str) -> str:
    return t(_DECIDED[made]) if made in _DECIDED else ""


def _draw_upload() -> None:
    dropped = st.file_uploader(
        t("Load last month’s cards: drop the JSON file here, or browse"),
        type=["json"],
        key=state.cards_zone_key(),
        max_upload_size=1,
    )
    if dropped is None:
        return
    try:
        saved = load_cards(dropped.getvalue())
    except AppError as error:  # what was loaded before stays
        message = messages.of_error(error)
        st.error(
            f"**{message.title}** {message.why}  \n{message.what_to_do}", icon=":material/error:"
        )
        return
    state.load_cards(saved)
    st.rerun()


def _draw_grades(view: View, saved: SavedCards) -> None:
    """Each card of last month with its grade; whatever is filtered, the whole file grades."""
    graded = cache.grade_cards((view.source.digest, saved.digest, spoken()), saved, view.whole)
    st.markdown(t("##### Last month’s cards, held against this export"))
    if not graded:
        st.caption(t("There was no card in that file."))
    else:
        st.markdown(escape(tally(graded)))
    for card in graded:
        _draw_grade(card)
    st.button(
        t("Let these go"),
        key="forget_saved_cards",
        icon=":material/close:",
        type="tertiary",
        on_click=state.forget_saved_cards,
    )


def tally(graded: list[GradedCard]) -> str:
    """How many cards have which grade.

    Args:
        graded: not empty.
    """
    counts = Counter(card.grade if card.rule else "" for card in graded)
    held, faded, early = (counts[grade] for grade in GRADES)
    parts = [
        (held, tn("{count} held up", "{count} held up", held)),
        (faded, tn("{count} faded", "{count} faded", faded)),
        (early, tn("{count} too early to tell", "{count} too early to tell", early)),
        (counts[""], tn("{count} not graded", "{count} not graded", counts[""])),
    ]
    return tn(
        "Of {count} card: {grades}.",
        "Of {count} cards: {grades}.",
        len(graded),
        grades=wording.listing([text for number, text in parts if number]),
    )


def verdict(card: GradedCard) -> str:
    """The grade for people; what no new days could grade is not told as too early."""
    return t(_SAID[card.grade] if card.rule else _NO_GRADE)


def _draw_grade(card: GradedCard) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(verdict(card), color=_COLOURS[card.grade])
            made = _decided(card.card.state)
            if made:
                st.markdown(t(":small[You marked it: {decision}]", decision=made), width="content")
        st.markdown(f"**{escape(card.headline)}**  \n{escape(card.reason)}")
        if card.rule:
            st.caption(escape(card.rule))
