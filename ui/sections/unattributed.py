"""Unassigned, (other) and (not set): a diagnosis instead of a rank."""

from __future__ import annotations

import streamlit as st

from core.channels import Diagnosis
from core.language import t
from ui import cache
from ui.page import View
from ui.text import escape


def draw_unattributed(view: View) -> None:
    """What GA4 could not tell: how much, since when, which hours, and what to check."""
    found = cache.diagnose_unattributed(view.key, view.traffic)
    if not found:
        return
    st.subheader(t("What GA4 could not tell"))
    st.caption(t("These are no channels but visits whose origin is missing, so they get no rank."))
    for diagnosis in found:
        _draw(diagnosis)


def _draw(diagnosis: Diagnosis) -> None:
    with st.container(border=True):
        st.markdown(f"#### {escape(diagnosis.label)}")
        st.markdown(escape(diagnosis.sentence))
        st.markdown(t("**What to check in the tagging**"))
        st.markdown("\n".join(f"1. {escape(t(check))}" for check in diagnosis.checks))
