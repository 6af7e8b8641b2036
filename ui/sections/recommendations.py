"""Recommendations: few ranked cards, what to do this week first."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.forecast import Forecast
from core.language import t, tn
from core.recommendations import Recommendation
from core.recommendations.cards import card_id
from core.traffic import Traffic
from ui import cache, state
from ui.choices import select_one
from ui.page import View
from ui.sections import recommendations_words as words
from ui.sections.recommendations_card import draw_card, draw_decided, keys_of
from ui.text import escape

PAGE = "recommendations"
MOST_OPEN = 7
"""Cards that are open; the rest is folded: nobody does ten things in a month."""
MORE_KEY = state.choice_key(PAGE, "more_is_open")
_THIS_WEEK = 3
_ALL = ""
_USEFUL_WEEKS, _USEFUL_CHANNELS = 8, 3


def weigh(view: View, ahead: Forecast | None = None) -> list[Recommendation]:
    """What the selection supports; quicker where the forecast of the rules is made already."""
    return cache.recommend(view.key, view.traffic, ahead)


def draw_answer(view: View, found: list[Recommendation]) -> None:
    """The page's answer in one sentence, and what to do this week; "nothing" is an answer too."""
    if not found:
        _draw_nothing(view)
        return
    left = undecided(found)
    if not left:
        st.subheader(t("Every card is dealt with."))
        st.markdown(t("What you did and what is not for you stands below, each with a way back."))
        return
    st.subheader(words.strength_sentence(left))
    with st.container(border=True):
        st.markdown(t("##### This week"))
        st.markdown(
            "\n".join(
                f"{place}. **{escape(item.about)}:** {escape(words.short_action(item.action))}"
                for place, item in enumerate(left[:_THIS_WEEK], 1)
            )
        )


def undecided(found: list[Recommendation]) -> list[Recommendation]:
    """Those that are neither done nor dismissed."""
    states = state.card_states()
    return [item for item in found if card_id(item) not in states]


def _draw_nothing(view: View) -> None:
    looked = cache.count_looks(view.key, view.traffic)
    st.subheader(t("Nothing stands out this month, and that is an answer."))
    st.success(
        tn(
            "{count} comparison or search was made, and every difference is within what chance "
            "brings. There is no fire to put out.",
            "{count} comparisons and searches were made, and every difference is within what "
            "chance brings. There is no fire to put out.",
            looked,
        )
        if looked
        else t("The selection holds nothing that could be compared, so nothing is claimed."),
        icon=":material/check_circle:",
    )
    needed = would_show_more(view.traffic)
    if needed:
        st.markdown(t("**What it would take to see more**"))
        st.markdown("\n".join(f"- {text}" for text in needed))


def would_show_more(traffic: Traffic) -> list[str]:
    """What the file does not have, and what could be seen with it.

    Args:
        traffic: of the selection.
    """
    weeks = traffic.days / 7
    known = [
        (
            traffic.has_time and traffic.grain == "hour",
            t("**Hours**: export “Date + hour”, and the busiest hours and the best hours show."),
        ),
        (
            traffic.has_channels and len(traffic.channels) >= _USEFUL_CHANNELS,
            t("**Channels**: export the channel group, and good and poor channels show."),
        ),
        (
            {"sessions", "engaged_sessions"} <= set(traffic.exported),
            t("**Engaged sessions**: export them, and it shows how good the visits are."),
        ),
        (weeks >= _USEFUL_WEEKS, _more_weeks(weeks)),
    ]
    missing = [text for is_there, text in known if not is_there]
    return missing or [
        t("**More visits**: with four times as many, differences half as large show.")
    ]


def _more_weeks(weeks: float) -> str:
    if weeks < 1:
        return t(
            "**More weeks**: less than a week is selected; with {weeks} or more, smaller changes "
            "show, and whether they last.",
            weeks=_USEFUL_WEEKS,
        )
    return tn(
        "**More weeks**: {count} week is selected; with {weeks} or more, smaller changes show, "
        "and whether they last.",
        "**More weeks**: {count} weeks are selected; with {weeks} or more, smaller changes show, "
        "and whether they last.",
        int(weeks),
        weeks=_USEFUL_WEEKS,
    )


@dataclass(frozen=True, eq=False)
class Shown:
    """A card on the page.

    Args:
        item: the card.
        place: its number in the order of the page.
        key: of its widgets.
        channel: that it is about, empty for all.
    """

    item: Recommendation
    place: int
    key: str
    channel: str


def draw_cards(view: View, found: list[Recommendation]) -> None:
    """The cards after the filters: seven open, the rest and the decided ones folded."""
    pairs = list(zip(found, keys_of(found), strict=True))
    states = state.card_states()
    left = [pair for pair in pairs if card_id(pair[0]) not in states]
    cards = [
        Shown(item, place, key, words.channel_of(item, view.whole))
        for place, (item, key) in enumerate(left, 1)
    ]
    shown = _filtered(cards)
    for card in shown[:MOST_OPEN]:
        draw_card(view, card.item, card.place, card.key)
    _draw_more(view, shown[MOST_OPEN:])
    draw_decided([pair for pair in pairs if card_id(pair[0]) in states])


def _draw_more(view: View, rest: list[Shown]) -> None:
    """The rest, drawn when the fold is opened."""
    if not rest:
        return
    fold = st.expander(
        tn("{count} more", "{count} more", len(rest)),
        icon=":material/unfold_more:",
        key=MORE_KEY,
        on_change="rerun",
    )
    if fold.open:
        with fold:
            for card in rest:
                draw_card(view, card.item, card.place, card.key)


def _filtered(cards: list[Shown]) -> list[Shown]:
    """Ask which kind and channel, where there is a choice."""
    kinds = {card.item.kind: t(words.KINDS[card.item.kind]) for card in cards}
    names = {card.channel: card.channel for card in cards if card.channel}
    if len(cards) < 2 or (len(kinds) < 2 and len(names) < 2):
        return cards
    left, right, _ = st.columns([2, 2, 3])
    with left:
        kind = select_one(PAGE, "kind", t("About"), {_ALL: t("Everything")} | kinds)
    with right:
        channel = select_one(PAGE, "channel", t("Channel"), {_ALL: t("All channels")} | names)
    kept = [
        card for card in cards if kind in (_ALL, card.item.kind) and channel in (_ALL, card.channel)
    ]
    if not kept:
        st.info(t("No card fits both choices."))
    return kept
