"""Opens a page: settings, navigation, what is loaded, filters; stops kindly without data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NoReturn

import streamlit as st

from core import wording
from core.capabilities import missing
from core.errors import NotEnoughData
from core.language import LANGUAGES, speak, spoken, t
from core.traffic import Comparison, Filters, Traffic, previous_period, select
from ui import filters as filter_controls
from ui import messages, sharing, state, tour
from ui.browser import tell_browser
from ui.cache import Key
from ui.charts.theme import Mode, channel_colours
from ui.clock import today
from ui.exhibits import Exhibit
from ui.navigation import BY_KEY, draw_navigation
from ui.text import escape


@dataclass(frozen=True, eq=False)
class View:
    """What a page works with.

    Args:
        source: the loaded file.
        whole: its traffic, unfiltered.
        traffic: its traffic, filtered.
        filters: what was chosen.
        comparison: two periods of equal length, where the file allows.
        wants_comparison: whether the person wants to see the earlier one.
        mode: light or dark.
        exhibits: the charts that this run of the page has shown so far.
    """

    source: state.Source
    whole: Traffic
    traffic: Traffic
    filters: Filters
    comparison: Comparison | None
    wants_comparison: bool
    mode: Mode
    exhibits: list[Exhibit] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """Names this selection of this file, told in this language, in caches."""
        return (self.source.digest, self.filters, spoken())

    @cached_property
    def all_dates(self) -> Traffic:
        """What the other filters let through on every day: what is usual shows over a long time."""
        return select(self.whole, replace(self.filters, start=None, end=None))

    @property
    def all_dates_key(self) -> Key:
        """Names ``all_dates`` in caches."""
        return (self.source.digest, replace(self.filters, start=None, end=None), spoken())

    @property
    def colours(self) -> dict[str, str]:
        """Colour of each channel, the same under any filter."""
        return channel_colours(self.whole.channels, self.mode)

    @property
    def selection(self) -> str:
        """Span and filters in words."""
        return filter_controls.describe(self.traffic, self.filters)

    @property
    def provenance(self) -> str:
        """Where a picture comes from: file, comparison and date of making, in words."""
        parts = [t("Source: {file}.", file=self.source.title)]
        if self.wants_comparison and self.comparison:
            compared = filter_controls.describe_comparison(self.comparison)
            parts.append(t("Compared: {comparison}.", comparison=compared))
        parts.append(t("Made on {day} with Traffic Insights.", day=wording.day(today())))
        return " ".join(parts)

    @property
    def file_parts(self) -> tuple[str, ...]:
        """Span and filters as parts of a file name."""
        return filter_controls.file_parts(self.traffic, self.filters)

    def period(self, which: str) -> Traffic | None:
        """Traffic of the ``current`` or ``previous`` period of the comparison, other filters on."""
        if self.comparison is None:
            return None
        start, end = getattr(self.comparison, which)
        chosen = Filters(
            start, end, self.filters.channels, self.filters.weekdays, self.filters.hours
        )
        return select(self.whole, chosen)


def start_page(key: str) -> None:
    """Settings and navigation, the same on every page."""
    speak(state.language())
    state.resend_choices()
    page = BY_KEY[key]
    name = "Traffic Insights"
    st.set_page_config(
        page_title=name if key == "home" else f"{page.title} · {name}",
        page_icon="📈",
        layout="wide",
        menu_items={
            "about": t("Website traffic from a GA4 export, and never noise stated as fact.")
        },
    )
    state.read_link()
    with st.sidebar:
        st.markdown(f"### :material/insights: {name}")
        draw_navigation()
        draw_language(key)
    if state.source() is None:
        sharing.draw_wish()
        state.write_link()


def draw_language(page: str) -> None:
    """The choice of the language; the browser's is the first. The page hears of both."""
    with st.container(gap=None):
        st.selectbox(
            t("Language"),
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            key=state.language_key(),
            persist_state="session",
            label_visibility="collapsed",
        )
        tell_browser(page)


def open_page(key: str) -> View:
    """Open an analysis page; stops the script kindly where there is nothing to analyse.

    Args:
        key: a key of ``ui.navigation.BY_KEY``.
    """
    start_page(key)
    page = BY_KEY[key]
    st.title(page.title)
    source = state.source()
    if source is None:
        _invite(page.question)
    tour.draw_step(key)
    view = _view(source, key)
    st.caption(f"{page.question} — {escape(source.title)} · {escape(view.selection)}")
    if view.filters.is_active:
        st.button(
            t("Filtered: reset"),
            icon=":material/filter_alt_off:",
            on_click=state.reset_filters,
            key="reset_at_top",
            type="tertiary",
            help=t("Back to everything in the file"),
        )
    problem = missing(view.whole, key)
    if problem:
        stop_with(problem)
    if view.traffic.is_empty:
        say_nothing_selected()
        st.stop()
    return view


def open_home() -> View | None:
    """Open the home page; ``None`` until something is loaded."""
    start_page("home")
    source = state.source()
    tour.draw_step("home")
    return _view(source, "home") if source else None


def _view(source: state.Source, key: str) -> View:
    whole = source.result.traffic
    with st.sidebar:
        st.divider()
        st.caption(f"**{escape(source.title)}**")
        chosen = filter_controls.draw_filters(whole)
        sharing.draw_share(source, key)
    state.write_link()
    sharing.draw_unfit()
    view = View(
        source=source,
        whole=whole,
        traffic=select(whole, chosen),
        filters=chosen,
        comparison=previous_period(whole, chosen),
        wants_comparison=state.wants_comparison(),
        mode=current_mode(),
    )
    _offer_report(view)
    return view


def _offer_report(view: View) -> None:
    """Every page offers the report, also one that has nothing to show itself."""
    # Imported here: the report asks the sections, and the sections know this module.
    from ui.sections.report import draw_report  # noqa: PLC0415

    with st.sidebar:
        draw_report(view)


def current_mode() -> Mode:
    """Light or dark, as the visitor's browser shows it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def _invite(question: str) -> NoReturn:
    """No file yet: say what the page will answer, and offer both ways to go on."""
    st.subheader(question)
    st.write(
        t(
            "Nothing is loaded yet. Drop a Google Analytics 4 export on the home page, or see "
            "how this page looks with the sample."
        )
    )
    left, right, _ = st.columns([1, 1, 2])
    left.page_link(
        "streamlit_app.py",
        label=t("Go to the drop zone"),
        icon=":material/upload_file:",
        query_params=state.link_params(),
    )
    right.button(t("Use the sample"), icon=":material/science:", on_click=state.load_sample)
    st.stop()


def say_nothing_selected() -> None:
    """The filters leave nothing; offer the reset."""
    st.info(t("These filters leave nothing of the file: no row fits all of them at once."))
    st.button(
        t("Reset all filters"),
        icon=":material/restart_alt:",
        on_click=state.reset_filters,
        key="reset_empty",
        type="primary",
    )


def stop_with(problem: NotEnoughData) -> NoReturn:
    """Say why there is nothing to show, and what to export instead."""
    say(problem)
    st.page_link(
        "streamlit_app.py",
        label=t("Drop another file"),
        icon=":material/upload_file:",
        query_params=state.link_params(),
    )
    st.stop()


def say(problem: NotEnoughData) -> None:
    """Say in a box why something is not shown."""
    message = messages.of_error(problem)
    st.info(f"**{message.title}**  \n{message.why}  \n{message.what_to_do}")
