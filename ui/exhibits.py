"""One chart as it leaves the app: its words, its picture and its numbers. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from altair import TopLevelMixin
from altair.typing import ChartType

from ui import export


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A chart with all that a picture of it has to say by itself.

    Args:
        slug: what the chart shows, for file names, such as ``sessions-over-time``.
        title: the finding, plain text.
        subtitle: metric, span and filters.
        caption: source, comparison and date of making; small print inside the picture.
        alt: what somebody hears who cannot see the chart.
        chart: without a title of its own.
        data: the numbers behind it, with names for people.
    """

    slug: str
    title: str
    subtitle: str
    caption: str
    alt: str
    chart: ChartType
    data: pd.DataFrame

    def picture(self) -> TopLevelMixin:
        """The chart in the light look with its words; for ``chart_png`` and its kin."""
        return export.for_export(
            self.chart,
            title=self.title,
            subtitle=self.subtitle,
            caption=self.caption,
            description=self.alt,
        )
