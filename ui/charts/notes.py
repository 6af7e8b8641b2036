"""Notes of a person, drawn on every chart over time."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ui.charts.theme import PALETTES, Mode


def notes_layers(notes: pd.DataFrame, mode: Mode) -> list[alt.Chart]:
    """Draw each note as a band over its stretch, with its letter on top.

    Args:
        notes: ``start``, ``end``, ``letter``, ``note`` and ``when`` (in words).
        mode: light or dark.

    Returns:
        Layers to put behind the lines; none where there is no note.
    """
    if notes.empty:
        return []
    palette = PALETTES[mode]
    base = alt.Chart(notes).encode(
        x="start:T",
        tooltip=[alt.Tooltip("note:N", title="Note"), alt.Tooltip("when:N", title="When")],
    )
    band = base.mark_rect(color=palette.context, opacity=0.22).encode(x2="end:T")
    edge = base.mark_rule(color=palette.muted, strokeDash=[3, 3])
    letter = base.mark_text(
        align="left", baseline="top", dx=4, fontWeight=600, color=palette.text
    ).encode(y=alt.value(2), text="letter:N")
    return [band, edge, letter]
