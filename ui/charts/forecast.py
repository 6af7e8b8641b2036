"""Charts of the Forecast page."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from core import wording
from core.language import in_sentence, mark, t, tc
from ui.charts.numbers import number_axis, per_cent
from ui.charts.theme import PALETTES, Mode, time_axis

SEEN, SAID = mark("counted"), mark("forecast")
MOST_BARS = 75
"""More of them are drawn as lines: bars would be thinner than the gaps between them."""
_HEIGHT = 340
_INSET = 0.1
"""Part of a step that stays empty on either side of a bar."""
_CLEAR, _PALE = 0.7, 0.3
"""Opacity of a bar ahead: the line of its band stays readable over it."""
_MOST_DOTS = 31
_AGAINST = {
    "day": mark("Against an average day"),
    "part": mark("Against an average part of the day"),
    "month": mark("Against an average month"),
}
_SAID = ["time", "mean", "low", "high", "stop", "is_whole"]
_MOMENTS = {"hour": "%a %-d %b %Y, %H:00", "day": "%a %-d %b %Y", "month": "%B %Y"}


def ahead(
    seen: pd.DataFrame,
    said: pd.DataFrame,
    label: str,
    step: str,
    mode: Mode,
    *,
    is_hollow: bool = False,
) -> alt.LayerChart:
    """Draw the newest history, then the forecast with its band: few as bars, many as lines.

    Args:
        seen: ``time``, ``value``, ``stop`` (end, exclusive).
        said: ``time``, ``mean``, ``low``, ``high``, ``stop``, ``is_whole`` (else paler).
        label: name of the measure.
        step: what a row is: ``hour``, ``day``, ``week`` or ``month``.
        mode: light or dark.
        is_hollow: whether the forecast stands on too little data.
    """
    rows = pd.concat(
        [
            seen.assign(kind=t(SEEN), is_whole=True),
            said[_SAID].rename(columns={"mean": "value"}).assign(kind=t(SAID)),
        ],
        ignore_index=True,
    )
    if step != "hour" and len(rows) <= MOST_BARS:
        return _bars(rows, label, step, mode, is_hollow=is_hollow)
    return _lines(rows[["time", "value", "kind"]], said, label, step, mode)


def replayed(fold: pd.DataFrame, label: str, step: str, mode: Mode) -> alt.LayerChart:
    """Draw what was forecast for a past stretch and what was then counted.

    Args:
        fold: ``time``, ``actual``, ``mean``, ``low``, ``high``.
        label: name of the measure.
        step: what a row is.
        mode: light or dark.
    """
    parts = {t(SEEN): "actual", t(SAID): "mean"}
    lines = pd.concat(
        [
            fold[["time", column]].rename(columns={column: "value"}).assign(kind=kind)
            for kind, column in parts.items()
        ]
    )
    return _lines(lines, fold, label, step, mode)


def _moment(step: str) -> alt.Tooltip:
    form = _MOMENTS.get(step) or tc("week of a tooltip, in the codes of D3", "from %a %-d %b %Y")
    return alt.Tooltip("time:T", title=t("Time"), format=form)


def _height_axis(label: str, step: str) -> alt.Y:
    """Counts from zero on."""
    return alt.Y(
        "value:Q",
        title=wording.per_step(label, step),
        scale=alt.Scale(zero=True),
        axis=number_axis("count", []),
    )


def _kinds(mode: Mode, *, is_hollow: bool = False) -> alt.Color:
    palette = PALETTES[mode]
    said = palette.background if is_hollow else palette.primary
    scale = alt.Scale(domain=[t(SEEN), t(SAID)], range=[palette.context, said])
    return alt.Color("kind:N", title=None, scale=scale)


def _band_tips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("low:Q", title=t("Band from"), format=",.0f"),
        alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format=",.0f"),
    ]


def _bars(
    rows: pd.DataFrame, label: str, step: str, mode: Mode, *, is_hollow: bool
) -> alt.LayerChart:
    """A bar a period, from zero; a line over each forecast from end to end of its band."""
    palette = PALETTES[mode]
    table = _with_edges(rows)
    tips = [
        _moment(step),
        alt.Tooltip("kind:N", title=t("Bar")),
        alt.Tooltip("value:Q", title=label, format=",.0f"),
    ]
    x = alt.X("left:T", title=None, axis=_from_the_left(step))
    y = _height_axis(label, step)
    seen, said = (table[table["kind"] == kind] for kind in (t(SEEN), t(SAID)))
    base = {"x": x, "x2": "right:T", "y": y, "y2": alt.datum(0), "tooltip": tips}
    kinds = _kinds(mode, is_hollow=is_hollow)
    drawn = alt.Chart(seen).mark_rect().encode(color=kinds, **base)
    look: dict[str, Any] = {}
    if is_hollow:
        look = {"stroke": palette.context, "strokeDash": [3, 2]}
    expected = (
        alt.Chart(said)
        .mark_rect(**look)
        .encode(
            color=kinds,
            fillOpacity=alt.condition("datum.is_whole", alt.value(_CLEAR), alt.value(_PALE)),
            **{**base, "tooltip": [*tips, *_band_tips()]},
        )
    )
    reach = (
        alt.Chart(said)
        .mark_rule(color=palette.text, strokeWidth=1.6)
        .encode(x="middle:T", y="low:Q", y2="high:Q", tooltip=[*tips, *_band_tips()])
    )
    return alt.LayerChart(layer=[drawn, expected, reach], height=_HEIGHT)


def _from_the_left(step: str) -> alt.Axis:
    """Names begin where their bars do."""
    axis = time_axis("month" if step == "month" else "day")
    axis.labelAlign, axis.labelFlush, axis.labelBound = "left", False, True
    return axis


def _with_edges(rows: pd.DataFrame) -> pd.DataFrame:
    """Left and right edge of each bar, and its middle."""
    length = rows["stop"] - rows["time"]
    return rows.assign(
        left=rows["time"] + _INSET * length,
        right=rows["stop"] - _INSET * length,
        middle=rows["time"] + length / 2,
    )


def _lines(
    lines: pd.DataFrame, band: pd.DataFrame, label: str, step: str, mode: Mode
) -> alt.LayerChart:
    palette = PALETTES[mode]
    axis = time_axis(step if step in ("hour", "month") else "day")
    x = alt.X("time:T", title=None, axis=axis)
    y = _height_axis(label, step)
    tips = [_moment(step), *_band_tips()]
    area = (
        alt.Chart(band)
        .mark_area(color=palette.primary, fillOpacity=0.25)
        .encode(
            x=x, y=alt.Y("low:Q", title=wording.per_step(label, step)), y2="high:Q", tooltip=tips
        )
    )
    drawn = (
        alt.Chart(lines)
        .mark_line(strokeWidth=1.6, point=_dots(lines))
        .encode(
            x=x,
            y=y,
            color=_kinds(mode),
            tooltip=[
                _moment(step),
                alt.Tooltip("kind:N", title=t("Line")),
                alt.Tooltip("value:Q", title=label, format=",.0f"),
            ],
        )
    )
    return alt.LayerChart(layer=[area, drawn], height=_HEIGHT)


def _dots(lines: pd.DataFrame) -> alt.OverlayMarkDef | bool:
    """Dots on lines of few points."""
    is_few = len(lines) <= 2 * _MOST_DOTS
    return alt.OverlayMarkDef(size=30) if is_few else False


def parts(table: pd.DataFrame, kind: str, mode: Mode) -> alt.LayerChart:
    """Draw how far weekdays, parts of the day or months are from an average one.

    Args:
        table: ``name``, ``difference``, ``low``, ``high`` (0.1 is 10 % above), ``is_clear``.
        kind: what a row is: ``day``, ``part`` (of the day) or ``month``.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", title=None, sort=list(table["name"])),
        color=alt.condition(
            "datum.is_clear", alt.value(palette.primary), alt.value(palette.context)
        ),
        tooltip=[
            alt.Tooltip("name:N", title=t("What")),
            alt.Tooltip("difference:Q", title=t("Against an average one"), format="+.0%"),
            alt.Tooltip("low:Q", title=t("95 % interval from"), format="+.0%"),
            alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format="+.0%"),
            alt.Tooltip("ahead:Q", title=t("In the forecast"), format="+.0%"),
        ],
    )
    x = alt.X(
        "difference:Q",
        title=t(_AGAINST[kind]),
        axis=number_axis("share", [], is_signed=True, grid=True, tickCount=4),
    )
    even = alt.Chart(pd.DataFrame({"even": [0.0]})).mark_rule(
        color=palette.muted, strokeDash=[4, 3]
    )
    layers = [
        even.encode(x="even:Q"),
        base.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q"), x2="high:Q"),
        base.transform_filter("datum.is_clear").mark_point(size=110, opacity=1).encode(x=x),
        base.transform_filter("!datum.is_clear")
        .mark_point(size=90, filled=False, opacity=1, strokeWidth=2, fill=palette.background)
        .encode(x=x),
    ]
    return alt.LayerChart(layer=layers, height=alt.Step(30))


def odds(curve: pd.DataFrame, asked: float, label: str, mode: Mode) -> alt.LayerChart:
    """Draw the chance of more than each total; the total asked about is marked.

    Args:
        curve: as ``core.forecast.odds_curve``.
        asked: the total asked about.
        label: name of the measure.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    axis = alt.Axis(labelExpr=f"format(100 * datum.value, '.0f') + '{per_cent()}'")
    base = alt.Chart(curve).encode(
        x=alt.X(
            "total:Q",
            title=t("{metric} in total", metric=label),
            scale=alt.Scale(zero=False, nice=False),
            axis=number_axis("count", [], grid=False, labelFlush=True),
        ),
        tooltip=[
            alt.Tooltip(
                "total:Q",
                title=t("More than so many {metric}", metric=in_sentence(label)),
                format=",.0f",
            ),
            alt.Tooltip("chance:Q", title=t("Chance"), format=".0%"),
        ],
    )
    y = alt.Y("chance:Q", title=t("Chance of more"), axis=axis, scale=alt.Scale(domain=[0, 1]))
    area = base.mark_area(color=palette.primary, fillOpacity=0.18).encode(y=y)
    line = base.mark_line(color=palette.primary).encode(y=y)
    mark = (
        alt.Chart(pd.DataFrame({"total": [asked]}))
        .mark_rule(color=palette.secondary, strokeWidth=2)
        .encode(x="total:Q")
    )
    return alt.LayerChart(layer=[area, line, mark], height=240)
