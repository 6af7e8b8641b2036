"""Charts of the Forecast page."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ui.charts.theme import PALETTES, Mode, time_axis

SEEN, SAID = "counted", "forecast"


def ahead(history: pd.DataFrame, said: pd.DataFrame, label: str, mode: Mode) -> alt.LayerChart:
    """Draw the newest history, then the forecast with its band.

    Args:
        history: ``time``, ``value``.
        said: ``time``, ``mean``, ``low``, ``high``.
        label: name of the measure.
        mode: light or dark.
    """
    lines = pd.concat(
        [
            history.assign(kind=SEEN),
            said[["time", "mean"]].rename(columns={"mean": "value"}).assign(kind=SAID),
        ]
    )
    return _with_band(lines, said, label, mode)


def replayed(fold: pd.DataFrame, label: str, mode: Mode) -> alt.LayerChart:
    """Draw what was forecast for a past stretch and what was then counted.

    Args:
        fold: ``time``, ``actual``, ``mean``, ``low``, ``high``.
        label: name of the measure.
        mode: light or dark.
    """
    parts = {SEEN: "actual", SAID: "mean"}
    lines = pd.concat(
        [
            fold[["time", column]].rename(columns={column: "value"}).assign(kind=kind)
            for kind, column in parts.items()
        ]
    )
    return _with_band(lines, fold, label, mode)


def _with_band(lines: pd.DataFrame, band: pd.DataFrame, label: str, mode: Mode) -> alt.LayerChart:
    palette = PALETTES[mode]
    moment = alt.Tooltip("time:T", title="Time", format="%a %-d %b %Y, %H:00")
    x = alt.X("time:T", title=None, axis=time_axis())
    scale = alt.Scale(domain=[SEEN, SAID], range=[palette.context, palette.primary])
    area = (
        alt.Chart(band)
        .mark_area(color=palette.primary, fillOpacity=0.25)
        .encode(
            x=x,
            y=alt.Y("low:Q", title=label, scale=alt.Scale(zero=True)),
            y2="high:Q",
            tooltip=[
                moment,
                alt.Tooltip("low:Q", title="Band from", format=",.0f"),
                alt.Tooltip("high:Q", title="to", format=",.0f"),
            ],
        )
    )
    drawn = (
        alt.Chart(lines)
        .mark_line(strokeWidth=1.6)
        .encode(
            x=x,
            y=alt.Y("value:Q", title=label),
            color=alt.Color("kind:N", title=None, scale=scale),
            tooltip=[
                moment,
                alt.Tooltip("kind:N", title="Line"),
                alt.Tooltip("value:Q", title=label, format=",.0f"),
            ],
        )
    )
    return alt.LayerChart(layer=[area, drawn], height=340)


def odds(curve: pd.DataFrame, asked: float, label: str, mode: Mode) -> alt.LayerChart:
    """Draw the chance of more than each total; the total asked about is marked.

    Args:
        curve: as ``core.forecast.odds_curve``.
        asked: the total asked about.
        label: name of the measure.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    axis = alt.Axis(labelExpr="format(100 * datum.value, '.0f') + ' %'")
    base = alt.Chart(curve).encode(
        x=alt.X(
            "total:Q",
            title=f"{label} in total",
            scale=alt.Scale(zero=False, nice=False),
            axis=alt.Axis(format=",.0f", grid=False),
        ),
        tooltip=[
            alt.Tooltip("total:Q", title=f"More than so many {label.lower()}", format=",.0f"),
            alt.Tooltip("chance:Q", title="Chance", format=".0%"),
        ],
    )
    y = alt.Y("chance:Q", title="Chance of more", axis=axis, scale=alt.Scale(domain=[0, 1]))
    area = base.mark_area(color=palette.primary, fillOpacity=0.18).encode(y=y)
    line = base.mark_line(color=palette.primary).encode(y=y)
    mark = (
        alt.Chart(pd.DataFrame({"total": [asked]}))
        .mark_rule(color=palette.secondary, strokeWidth=2)
        .encode(x="total:Q")
    )
    return alt.LayerChart(layer=[area, line, mark], height=240)
