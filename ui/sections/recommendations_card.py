"""One card: what was seen, what to try, the evidence, what else could explain it, the test."""

from __future__ import annotations

import streamlit as st

from core.language import t
from core.recommendations import Recommendation
from core.recommendations.cards import card_id
from ui import state
from ui.cards import offer
from ui.help import column_help
from ui.page import View
from ui.sections import recommendations_words as words
from ui.sections.recommendations_evidence import draw_evidence
from ui.sections.recommendations_plan import draw_plan
from ui.text import escape


def keys_of(found: list[Recommendation]) -> list[str]:
    """A key for each card, its id unless another card of the same rule and subject has that.

    Args:
        found: every card, in the order of the page.
    """
    names = [card_id(item) for item in found]
    return [
        f"{name}_{earlier}" if (earlier := names[:place].count(name)) else name
        for place, name in enumerate(names)
    ]


def draw_card(view: View, item: Recommendation, place: int, key: str) -> None:
    """Draw a card whole.

    Args:
        view: what the page works with.
        item: the card.
        place: its number in the order of the page.
        key: of its widgets, see ``keys_of``.
    """
    with st.container(border=True):
        _draw_head(view, item, place)
        exhibit = None
        has_chart = item.chart is not None and bool(item.chart.chart)
        if has_chart:
            left, right = st.columns([5, 3], gap="medium")
            with left:
                exhibit = draw_evidence(view, item, f"evidence_{key}")
            with right:
                _draw_facts(view, item)
        else:
            _draw_facts(view, item)
        _draw_doubts(item)
        if exhibit is not None:
            with st.expander(t("Take this chart away"), icon=":material/download:"):
                offer(view, exhibit, key)
        if item.test_plan is not None:
            draw_plan(item, key)
        _draw_buttons(card_id(item), key)


def _draw_head(view: View, item: Recommendation, place: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(
            t(words.BADGES[item.strength]),
            color=words.COLOURS[item.strength],
            help=words.criterion(item),
        )
        about = [t(words.KINDS[item.kind]), words.channel_of(item, view.whole)]
        said = escape(" · ".join(part for part in about if part))
        st.markdown(f":small[{said}]", width="content")
    st.markdown(f"#### {place}. {escape(item.headline)}")
    st.markdown(t("**Try:** {action}", action=escape(item.action)))


def _draw_facts(view: View, item: Recommendation) -> None:
    """Size with its interval, what it rests on, what is at stake."""
    facts = []
    if item.effect is not None:
        facts.append(words.size(item))
    facts.append((t("Counted on"), words.counted_on(item, view.whole)))
    stake = words.at_stake(item)
    if stake:
        facts.append((t("At stake, not a promise"), stake))
    st.markdown("\n\n".join(f"**{name}**  \n{escape(text)}" for name, text in facts))


def _draw_doubts(item: Recommendation) -> None:
    with st.expander(
        t("What else could explain it, and the numbers"), icon=":material/fact_check:"
    ):
        for caveat in item.caveats:
            st.markdown(f"- {escape(caveat)}")
        if not item.evidence.empty:
            explained = column_help(item.evidence.columns)
            st.dataframe(item.evidence, hide_index=True, width="stretch", column_config=explained)
        st.caption(f"{escape(words.criterion(item))} {words.method()}")


def _draw_buttons(name: str, key: str) -> None:
    with st.container(horizontal=True):
        st.button(
            t("Done"),
            key=f"done_{key}",
            icon=":material/check:",
            on_click=state.decide_card,
            args=(name, state.DONE),
        )
        st.button(
            t("Not for us"),
            key=f"dismiss_{key}",
            icon=":material/visibility_off:",
            type="tertiary",
            on_click=state.decide_card,
            args=(name, state.DISMISSED),
        )


def draw_decided(found: list[tuple[Recommendation, str]]) -> None:
    """Cards that were done or dismissed, folded, each with a way back.

    Args:
        found: those with their keys, in the order of the page; maybe none.
    """
    if not found:
        return
    with st.expander(
        t("Done or not for us ({count})", count=len(found)), icon=":material/inventory_2:"
    ):
        for item, key in found:
            name = card_id(item)
            is_done = state.card_states()[name] == state.DONE
            with st.container(horizontal=True, vertical_alignment="center"):
                said = t("Done") if is_done else t("Not for us")
                st.markdown(f"**{said}:** {escape(item.headline)}")
                st.button(
                    t("Undo"),
                    key=f"undo_{key}",
                    icon=":material/undo:",
                    type="tertiary",
                    on_click=state.decide_card,
                    args=(name, ""),
                )
