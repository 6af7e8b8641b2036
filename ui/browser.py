"""The few things that only a script inside the page can do; nothing of a file goes into it."""

from __future__ import annotations

import streamlit as st

from core.language import spoken

# Streamlit's page calls itself English: a screen reader would read German with English sounds.
# And on a phone its sidebar stays open over the page that was chosen in it.
_SCRIPT = """<script>
(() => {
    const root = document.documentElement;
    root.lang = "{language}";
    const isNew = root.dataset.page && root.dataset.page !== "{page}";
    root.dataset.page = "{page}";
    const sidebar = document.querySelector('[data-testid="stSidebar"]');
    const isOpen = sidebar && sidebar.getBoundingClientRect().right > 100;
    const fold = document.querySelector('[data-testid="stSidebarCollapseButton"] button');
    if (isNew && isOpen && fold && window.innerWidth < 640) fold.click();
})();
</script>"""


def tell_browser(page: str) -> None:
    """Say which language the page speaks, and fold the sidebar of a phone on a new page.

    Args:
        page: key of the page.
    """
    script = _SCRIPT.replace("{language}", spoken()).replace("{page}", page)
    st.html(script, unsafe_allow_javascript=True)
