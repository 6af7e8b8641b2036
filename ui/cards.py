"""A chart card: headline in words, chart, what to read from it, its data, its downloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st
from altair.typing import ChartType

from ui import export
from ui.charts.theme import themed
from ui.page import View
from ui.text import escape

Picked = dict[str, Any]
_LEAST_SHOWN = 0.00005
"""Half of the last decimal of a table on the page."""


@dataclass(frozen=True, eq=False)
class Card:
    """What a chart card shows.

    Args:
        slug: what the chart shows, for file names and keys, such as ``sessions-over-time``.
        headline: the finding, plain text.
        chart: without a title of its own.
        data: the numbers behind it, as downloaded.
        reading: one line on what to read from it.
        metric: the metric, for the subtitle of the picture.
        columns: names for people of the columns of ``data``.
        is_pickable: whether the page wants to hear of clicks and drags.
        settings: what made the numbers: further columns of the CSV, the same in every row.
    """

    slug: str
    headline: str
    chart: ChartType
    data: pd.DataFrame
    reading: str = ""
    metric: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    is_pickable: bool = False
    settings: Mapping[str, str | float | int] = field(default_factory=dict)

    @property
    def file(self) -> pd.DataFrame:
        """The numbers as they leave the app: with names for people and what made them."""
        return self.data.rename(columns=self.columns).assign(**self.settings)


def show(view: View, card: Card) -> Picked:
    """Draw a card with its data and downloads; returns what was picked in the chart, by name."""
    with st.container(border=True):
        st.markdown(f"#### {escape(card.headline)}")
        event = st.altair_chart(
            themed(card.chart, view.mode),
            theme=None,
            width="stretch",
            key=f"chart_{card.slug}",
            alt=card.headline,
            on_select="rerun" if card.is_pickable else "ignore",
        )
        if card.reading:
            st.caption(escape(card.reading))
        with st.expander("Show the numbers", icon=":material/table:"):
            shown = without_minus_zero(card.data).rename(columns=card.columns)
            st.dataframe(shown, hide_index=True, width="stretch")
        _downloads(view, card)
    return dict(getattr(event, "selection", {})) if card.is_pickable else {}


def without_minus_zero(table: pd.DataFrame) -> pd.DataFrame:
    """What a table on the page, which has four decimals, would show as "-0" is 0.

    >>> without_minus_zero(pd.DataFrame({"effect": [-0.00001, -0.3]}))["effect"].tolist()
    [0.0, -0.3]
    """
    numbers = table.select_dtypes("float")
    return table.assign(**numbers.mask((numbers <= 0) & (numbers > -_LEAST_SHOWN), 0.0))


def _downloads(view: View, card: Card) -> None:
    parts = (card.slug, *view.file_parts)
    with st.container(horizontal=True):
        for label, mime, make in (
            ("PNG", "image/png", lambda: export.chart_png(_picture(view, card))),
            ("SVG", "image/svg+xml", lambda: export.chart_svg(_picture(view, card))),
            ("CSV", "text/csv", lambda: export.frame_csv(card.file)),
        ):
            st.download_button(
                label,
                data=make,
                file_name=export.file_name(*parts, extension=label.lower()),
                mime=mime,
                key=f"download_{card.slug}_{label}",
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
                help=f"Download as {label}",
            )


def _picture(view: View, card: Card) -> alt.TopLevelMixin:
    subtitle = " · ".join(part for part in (card.metric, view.selection) if part)
    caption = f"Source: {view.source.name}. {card.reading}".strip()
    return export.for_export(card.chart, title=card.headline, subtitle=subtitle, caption=caption)
