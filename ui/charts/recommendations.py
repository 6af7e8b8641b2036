"""Chart of the Recommendations page."""

from __future__ import annotations

import altair as alt
import pandas as pd
from altair.typing import ChartType

from core.recommendations.model import STRENGTHS
from ui.charts.theme import PALETTES, Mode


def at_stake(table: pd.DataFrame, mode: Mode) -> ChartType:
    """Draw what each recommendation is about, in visits a week, coloured by how sure it is.

    Args:
        table: ``name``, ``impact``, ``impact_unit``, ``strength``, in the order shown.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    colours = [palette.primary, palette.secondary, palette.context]
    return (
        alt.Chart(table)
        .mark_bar()
        .encode(
            x=alt.X("impact:Q", title="Visits a week it is about", axis=alt.Axis(grid=True)),
            y=alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=300)),
            color=alt.Color(
                "strength:N",
                title=None,
                scale=alt.Scale(domain=list(STRENGTHS), range=colours),
            ),
            tooltip=[
                alt.Tooltip("name:N", title="About"),
                alt.Tooltip("impact:Q", title="Visits a week", format=",.0f"),
                alt.Tooltip("impact_unit:N", title="Counted in"),
                alt.Tooltip("strength:N", title="Evidence"),
            ],
        )
        .properties(height=alt.Step(30))
    )
