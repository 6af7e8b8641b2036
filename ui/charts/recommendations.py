"""Chart of the Recommendations page."""

from __future__ import annotations

import altair as alt
import pandas as pd
from altair.typing import ChartType

from core.recommendations.model import STRENGTHS
from ui.charts.theme import PALETTES, Mode, names_above


def at_stake(table: pd.DataFrame, mode: Mode) -> ChartType:
    """Draw what each recommendation is about, in visits a week, coloured by how sure it is.

    Args:
        table: ``name``, ``impact``, ``impact_unit``, ``strength``, in the order shown.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    colours = [palette.primary, palette.secondary, palette.context]
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", sort=None, axis=None),
        tooltip=[
            alt.Tooltip("name:N", title="About"),
            alt.Tooltip("impact:Q", title="Visits a week", format=",.0f"),
            alt.Tooltip("impact_unit:N", title="Counted in"),
            alt.Tooltip("strength:N", title="Evidence"),
        ],
    )
    scale = alt.Scale(domain=list(STRENGTHS), range=colours)
    bars = base.mark_bar(size=12, yOffset=4).encode(
        x=alt.X("impact:Q", title="Visits a week it is about", axis=alt.Axis(grid=True)),
        color=alt.Color("strength:N", title=None, scale=scale),
    )
    return alt.layer(bars, names_above(base, "name", mode)).properties(height=alt.Step(44))
