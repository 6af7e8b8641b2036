"""Series over time: lines, the period before, unfinished periods, marks and notes."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from core.language import t, tc
from ui.charts.numbers import number_axis, value_tip, with_words
from ui.charts.theme import PALETTES, Mode, time_axis

_TIME_FORMATS = {"hour": "%a %-d %b %Y, %H:00", "day": "%a %-d %b %Y", "month": "%B %Y"}
MOMENT, STRETCH = "moment", "stretch"
"""Names under which the page hears of a click and of a drag."""
_MOST_DOTS = 62


def over_time(
    table: pd.DataFrame,
    colours: Mapping[str, str],
    grain: str,
    mode: Mode,
    *,
    title: str,
    unit: str = "count",
    previous: pd.DataFrame | None = None,
    marks: pd.DataFrame | None = None,
    is_pickable: bool = False,
) -> alt.LayerChart:
    """Draw measures or channels over time.

    A gap breaks the line. An unfinished period is a hollow dot at the end of a dotted line, drawn
    where it would be at its pace so far, so that it is not read as a crash.

    Args:
        table: ``time``, ``line`` (name), ``value`` (NaN in a gap), ``pace`` (the value, or for an
            unfinished period what it comes to at this pace) and ``is_complete``.
        colours: name of each line to its colour, in the order of the legend.
        grain: of the rows: ``hour``, ``day``, ``week`` or ``month``.
        mode: light or dark.
        title: what the vertical axis counts.
        unit: of the metric, see ``core.metrics.Unit``.
        previous: the same columns, its times already moved onto those of ``table``.
        marks: ``time``, ``value``, ``kind`` (``spike`` or ``dip``) and ``words`` of what stood out.
        is_pickable: whether a person can click a point or drag a stretch.
    """
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    legend = alt.Legend() if len(colours) > 1 else None
    rows = table.assign(whole=table["value"].where(table["is_complete"]))
    rows = with_words(rows, unit, ["value", "pace"])
    base = alt.Chart(rows).encode(
        x=alt.X("time:T", title=None, axis=time_axis(grain)),
        color=alt.Color("line:N", title=None, scale=scale, legend=legend),
        tooltip=_tooltip(grain, unit),
    )
    y = alt.Y(
        "whole:Q",
        title=title,
        scale=alt.Scale(zero=unit != "share"),
        axis=number_axis(unit, table["pace"]),
    )
    layers: list[alt.Chart] = []
    if previous is not None:
        layers.append(_earlier(previous, grain, unit, PALETTES[mode].context))
    layers += [
        base.mark_line(interpolate="linear" if grain == "hour" else "monotone").encode(y=y),
        _dotted(rows, base),
        _dots(rows, base),
    ]
    if marks is not None and not marks.empty:
        layers.append(_marks(marks, mode))
    if is_pickable:
        layers.append(_pickable(rows, marks, grain, unit, mode))
    return alt.LayerChart(layer=layers, height=340)


def _time_format(grain: str) -> str:
    return _TIME_FORMATS.get(grain) or tc(
        "time of a tooltip, in the codes of D3", "week of %-d %b %Y"
    )


def _tooltip(grain: str, unit: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("time:T", title=t("Time"), format=_time_format(grain)),
        alt.Tooltip("line:N", title=t("Line")),
        value_tip("value", t("Counted"), unit),
        value_tip("pace", t("At this pace"), unit),
    ]


def _dotted(rows: pd.DataFrame, base: alt.Chart) -> alt.Chart:
    """From the last whole period to an unfinished one, and on to the next."""
    pieces = []
    for name, line in rows.groupby("line", sort=False):
        unfinished = (~line["is_complete"]).to_numpy().nonzero()[0]
        for place in unfinished[line["pace"].notna().to_numpy()[unfinished]]:
            for first in (place - 1, place):
                if 0 <= first < len(line) - 1:
                    piece = line.iloc[[first, first + 1]]
                    pieces.append(piece.assign(piece=f"{name} {first}"))
    data = pd.concat(pieces) if pieces else rows.iloc[:0].assign(piece="")
    chart = base.mark_line(strokeDash=[2, 4], strokeWidth=1.6).encode(y="pace:Q", detail="piece:N")
    return chart.properties(data=data)


def _dots(rows: pd.DataFrame, base: alt.Chart) -> alt.Chart:
    """Hollow ones for unfinished periods; full ones where there are few, or one stands alone."""
    known = rows["whole"].notna()
    by_line = known.groupby(rows["line"])
    is_alone = ~by_line.shift(1, fill_value=False) & ~by_line.shift(-1, fill_value=False)
    is_shown = (len(rows) <= _MOST_DOTS) | is_alone | ~rows["is_complete"]
    data = rows[is_shown & rows["pace"].notna()]
    full = alt.condition("datum.is_complete", alt.value(1), alt.value(0))
    chart = base.mark_point(size=42, filled=False).encode(y="pace:Q", fillOpacity=full)
    return chart.encode(fill=base.encoding.color).properties(data=data)


def _earlier(previous: pd.DataFrame, grain: str, unit: str, colour: str) -> alt.Chart:
    rows = previous[previous["is_complete"]].assign(period=t("period before"))
    rows = with_words(rows, unit, ["value"])
    return (
        alt.Chart(rows)
        .mark_line(color=colour, strokeWidth=1.2, strokeDash=[4, 3], point=_points(rows, colour))
        .encode(
            x="time:T",
            y="value:Q",
            detail="line:N",
            tooltip=[
                alt.Tooltip("period:N", title=t("Period")),
                alt.Tooltip("was:T", title=t("Time"), format=_time_format(grain)),
                alt.Tooltip("line:N", title=t("Line")),
                value_tip("value", t("Counted"), unit),
            ],
        )
    )


def _points(rows: pd.DataFrame, colour: str) -> alt.OverlayMarkDef | bool:
    """A dot for each of a few: one alone has no line."""
    return alt.OverlayMarkDef(color=colour, size=24) if len(rows) <= _MOST_DOTS else False


def _marks(marks: pd.DataFrame, mode: Mode) -> alt.Chart:
    """Triangles at what stood out: up for spikes, down for dips."""
    shape = alt.Scale(domain=["spike", "dip"], range=["triangle-up", "triangle-down"])
    return (
        alt.Chart(marks)
        .mark_point(size=90, filled=True, color=PALETTES[mode].text, opacity=0.9, yOffset=-14)
        .encode(
            x="time:T",
            y="value:Q",
            shape=alt.Shape("kind:N", scale=shape, legend=None),
            tooltip=[alt.Tooltip("words:N", title=t("Stood out"))],
        )
    )


def _pickable(
    rows: pd.DataFrame, marks: pd.DataFrame | None, grain: str, unit: str, mode: Mode
) -> alt.Chart:
    """What hears of clicks and drags; the moment comes back as text, which has no time zone.

    A click at any height picks the time under the pointer, and hovering tells all lines at once:
    only the horizontal place counts, so this lies over everything else that could be hovered.
    """
    points = rows.groupby("time", as_index=False)["pace"].max()
    points["at"] = points["time"].dt.strftime("%Y-%m-%dT%H:%M")
    tooltip = [alt.Tooltip("time:T", title=t("Time"), format=_time_format(grain))]
    lines = list(dict.fromkeys(rows["line"]))
    for place, name in enumerate(lines):
        values = rows[rows["line"] == name].set_index("time")["value"]
        points[f"value{place}"] = points["time"].map(values)
        tooltip.append(value_tip(f"value{place}", name, unit))
    if len(lines) == 1 and not rows["is_complete"].all():
        tooltip.append(value_tip("pace", t("At this pace"), unit))
    points = with_words(points, unit, ["pace", *(f"value{place}" for place in range(len(lines)))])
    if marks is not None and not marks.empty:
        words = marks.drop_duplicates("time").set_index("time")["words"]
        points["words"] = points["time"].map(words).fillna(t("no"))
        tooltip.append(alt.Tooltip("words:N", title=t("Stood out")))
    click = alt.selection_point(
        name=MOMENT, encodings=["x"], fields=["at"], nearest=True, on="click", empty=False
    )
    drag = alt.selection_interval(name=STRETCH, encodings=["x"], empty=False)
    ring = alt.Chart(points).mark_point(
        size=160, filled=False, strokeWidth=2, color=PALETTES[mode].text
    )
    return ring.encode(
        x="time:T",
        y="pace:Q",
        opacity=alt.condition(click, alt.value(1), alt.value(0)),
        tooltip=tooltip,
    ).add_params(click, drag)
