"""Notes of a person, drawn on every chart over time."""

from __future__ import annotations

import altair as alt
import pandas as pd

from core.language import t
from ui.charts.theme import PALETTES, Mode


def with_notes(chart: alt.LayerChart, notes: pd.DataFrame, mode: Mode) -> alt.LayerChart:
    """Put each note behind a chart over time: a band over its stretch, its letter on top.

    Args:
        chart: layered, with ``time:T`` as horizontal axis. Not changed.
        notes: ``start``, ``end``, ``letter``, ``note`` and ``when`` (in words); may be empty.
        mode: light or dark.
    """
    if notes.empty:
        return chart
    palette = PALETTES[mode]
    base = alt.Chart(notes).encode(
        x="start:T",
        tooltip=[alt.Tooltip("note:N", title=t("Note")), alt.Tooltip("when:N", title=t("When"))],
    )
    band = base.mark_rect(color=palette.context, opacity=0.22).encode(x2="end:T")
    edge = base.mark_rule(color=palette.muted, strokeDash=[3, 3])
    letter = base.mark_text(
        align="left", baseline="top", dx=4, fontWeight=600, color=palette.text
    ).encode(y=alt.value(2), text="letter:N")
    noted = chart.copy(deep=False)
    noted.layer = [band, edge, *chart.layer, letter]
    return noted
