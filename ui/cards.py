"""A chart card: headline in words, chart, what to read from it, its data, its downloads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st
from altair.typing import ChartType

from core.language import bound, mark, t
from ui import export
from ui.charts.theme import themed
from ui.exhibits import Exhibit
from ui.help import column_help
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
        columns: marked names for people of the columns of ``data``.
        is_pickable: whether the page wants to hear of clicks and drags.
        settings: what made the numbers: further columns of the CSV, the same in every row.
        alt: what somebody hears who cannot see the chart; headline and reading if empty.
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
    alt: str = ""

    @property
    def spoken(self) -> str:
        """The finding for somebody who cannot see the chart."""
        return self.alt or f"{self.headline}. {self.reading}".removesuffix(" ")

    @property
    def titles(self) -> dict[str, str]:
        """Names of the columns in the language spoken; two that became one word stay apart."""
        names: dict[str, str] = {}
        for column, name in self.columns.items():
            said = t(name)
            names[column] = f"{said} ({name})" if said in names.values() else said
        return names

    @property
    def file(self) -> pd.DataFrame:
        """The numbers as they leave the app: with names for people and what made them."""
        return self.data.rename(columns=self.titles).assign(**self.settings)


def show(view: View, card: Card) -> Picked:
    """Draw a card with its data and downloads; returns what was picked in the chart, by name."""
    with st.container(border=True):
        st.markdown(f"#### {escape(card.headline)}")
        event = st.altair_chart(
            themed(card.chart, view.mode),
            theme=None,
            width="stretch",
            key=f"chart_{card.slug}",
            alt=card.spoken,
            on_select="rerun" if card.is_pickable else "ignore",
        )
        if card.reading:
            st.caption(escape(card.reading))
        with st.expander(t("Show the numbers"), icon=":material/table:"):
            shown = without_minus_zero(card.data).rename(columns=card.titles)
            explained = column_help(shown.columns, view.whole.grain, card.metric)
            st.dataframe(shown, hide_index=True, width="stretch", column_config=explained)
        offer(view, exhibit_of(view, card))
    return dict(getattr(event, "selection", {})) if card.is_pickable else {}


def without_minus_zero(table: pd.DataFrame) -> pd.DataFrame:
    """What a table on the page, which has four decimals, would show as "-0" is 0.

    >>> without_minus_zero(pd.DataFrame({"effect": [-0.00001, -0.3]}))["effect"].tolist()
    [0.0, -0.3]
    """
    numbers = table.select_dtypes("float")
    return table.assign(**numbers.mask((numbers <= 0) & (numbers > -_LEAST_SHOWN), 0.0))


_FORMATS: Mapping[str, tuple[str, str, Callable[[Exhibit], bytes]]] = MappingProxyType(
    {
        "PNG": ("image/png", mark("picture for slides"), lambda e: export.chart_png(e.picture())),
        "SVG": (
            "image/svg+xml",
            mark("picture for print"),
            lambda e: export.chart_svg(e.picture()),
        ),
        "HTML": (
            "text/html",
            mark("chart with tooltips, opens without internet"),
            lambda e: export.chart_html(e.picture()),
        ),
        "CSV": ("text/csv", mark("numbers for a spreadsheet"), lambda e: export.frame_csv(e.data)),
        "JSON": (
            "application/json",
            mark("chart as Vega-Lite, to change it"),
            lambda e: export.chart_json(e.picture()),
        ),
    }
)
"""Type, what it is good for, and how it is made, by format."""


def offer(view: View, exhibit: Exhibit, key: str = "") -> None:
    """Offer a chart in each format, made when it is asked for, and with all else of the page.

    Args:
        view: what the page works with.
        exhibit: the chart.
        key: of the buttons, where the slug alone is not the only one on the page.
    """
    view.exhibits.append(exhibit)
    with st.container(horizontal=True):
        for label, (mime, purpose, make) in _FORMATS.items():
            st.download_button(
                label,
                data=bound(partial(make, exhibit)),
                file_name=export.file_name(exhibit.slug, *view.file_parts, extension=label.lower()),
                mime=mime,
                key=f"download_{key or exhibit.slug}_{label}",
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
                help=f"{label}: {t(purpose)}",
            )


def exhibit_of(view: View, card: Card) -> Exhibit:
    """A card as it leaves the app, with the selection and where it comes from."""
    return Exhibit(
        slug=card.slug,
        title=card.headline,
        subtitle=" · ".join(part for part in (card.metric, view.selection) if part),
        caption=" ".join(part for part in (card.reading, view.provenance) if part),
        alt=card.spoken,
        chart=card.chart,
        data=card.file,
    )
