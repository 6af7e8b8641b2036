"""Charts of what each channel is expected to bring, and of the engagement rate ahead."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from core.language import in_sentence, t, tc
from ui.charts.numbers import per_cent
from ui.charts.theme import PALETTES, Mode, time_axis

_PHONE = "windowSize()[0] < 640"


def furthest(table: pd.DataFrame) -> float:
    """Where bars and bands end: the band of a channel with few visits would squeeze all others.

    Args:
        table: as for ``expected_by_channel``.
    """
    bands = table["high"].where(~table["is_thin"])
    return float(pd.concat([bands, table["mean"], table["before"]]).max()) or 1.0


def expected_by_channel(
    table: pd.DataFrame, label: str, colours: Mapping[str, str], before: str, mode: Mode
) -> alt.LayerChart:
    """Draw what each channel is expected to bring, its band, and what it brought before.

    Args:
        table: ``channel``, ``mean``, ``low``, ``high``, ``before`` (counts; NaN = not known),
            ``is_thin`` (hardly any visits: hollow and grey) and ``words`` (written at the end of
            the row); in the order shown.
        label: name of the measure.
        colours: of every channel of the file.
        before: words for the stretch of ``before``.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    shown = table["channel"].map(dict(colours)).fillna(palette.context)
    rows = table.assign(
        shown=shown.where(~table["is_thin"], palette.context),
        reach=table["high"].clip(upper=furthest(table)),
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("channel:N", title=None, sort=list(rows["channel"]), axis=_channel_axis()),
        tooltip=[
            alt.Tooltip("channel:N", title=t("Channel")),
            alt.Tooltip(
                "mean:Q", title=t("Expected {metric}", metric=in_sentence(label)), format=",.0f"
            ),
            alt.Tooltip("low:Q", title=t("Band from"), format=",.0f"),
            alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format=",.0f"),
            alt.Tooltip("before:Q", title=before, format=",.0f"),
        ],
    )
    most = furthest(rows)
    room = alt.ExprRef(f"{_PHONE} ? {1.02 * most} : {1.28 * most}")  # for the words at the end
    scale = alt.Scale(domainMin=0, domainMax=room, nice=False)
    x = alt.X(
        "mean:Q",
        title=t("Expected {metric}", metric=in_sentence(label)),
        scale=scale,
        axis=_count_axis(),
    )
    colour = alt.Color("shown:N", scale=None)
    full = base.transform_filter("!datum.is_thin").mark_bar().encode(x=x, color=colour)
    hollow = base.transform_filter("datum.is_thin").mark_bar(
        fillOpacity=0, stroke=palette.context, strokeWidth=1.5
    )
    halo = base.mark_rule(color=palette.background, strokeWidth=4.5, opacity=0.8)
    band = base.mark_rule(color=palette.text, strokeWidth=1.6)
    ends = {"x": "low:Q", "x2": "reach:Q"}
    tick = base.transform_filter("isValid(datum.before)").mark_tick(
        color=palette.text, thickness=2.5, size=18
    )
    words = (
        base.transform_calculate(end="max(datum.reach, datum.before || 0)")
        .mark_text(align="left", dx=10, fontSize=alt.ExprRef(f"{_PHONE} ? 0 : 12"))
        .encode(x="end:Q", text="words:N", color=alt.value(palette.text))
    )
    layers = [
        full,
        hollow.encode(x=x),
        halo.encode(**ends),
        band.encode(**ends),
        tick.encode(x="before:Q"),
        words,
    ]
    return alt.LayerChart(layer=layers, height=alt.Step(34))


def _channel_axis() -> alt.Axis:
    """Every channel is named; on a phone in smaller letters."""
    return alt.Axis(
        labelFontSize=alt.ExprRef(f"{_PHONE} ? 11 : 12"),
        labelLimit=alt.ExprRef(f"{_PHONE} ? 110 : 260"),
        labelOverlap=False,
    )


def _count_axis() -> alt.Axis:
    words = "datum.value ? format(datum.value, '~s') : '0'"
    ticks = alt.ExprRef(f"{_PHONE} ? 3 : 6")
    return alt.Axis(grid=True, labelExpr=words, labelFlush=True, tickCount=ticks)


def rate_ahead(
    seen: pd.DataFrame, said: pd.DataFrame, label: str, grain: str, mode: Mode
) -> alt.LayerChart:
    """Draw a rate as it was counted of late, then as it is expected, with its band.

    Args:
        seen: ``time``, ``value`` (0 to 1).
        said: ``time``, ``mean``, ``low``, ``high`` (0 to 1).
        label: name of the rate.
        grain: of the points.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    x = alt.X("time:T", title=None, axis=time_axis(grain))
    words = f"format(100 * datum.value, '~f') + '{per_cent()}'"
    y = alt.Y("value:Q", title=label, axis=alt.Axis(labelExpr=words), scale=_around(seen, said))
    moment = alt.Tooltip("time:T", title=t("Time"), format="%a %-d %b %Y")
    counted = (
        alt.Chart(seen.assign(line="counted"))
        .mark_line(color=palette.context, strokeWidth=1.6)
        .encode(
            x=x, y=y, tooltip=[moment, alt.Tooltip("value:Q", title=t("Counted"), format=".1%")]
        )
    )
    base = alt.Chart(said.rename(columns={"mean": "value"})).encode(
        x=x,
        tooltip=[
            moment,
            alt.Tooltip("value:Q", title=t("Expected"), format=".1%"),
            alt.Tooltip("low:Q", title=t("Band from"), format=".1%"),
            alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format=".1%"),
        ],
    )
    band = base.mark_area(color=palette.primary, fillOpacity=0.25).encode(
        y=alt.Y("low:Q", title=label), y2="high:Q"
    )
    line = base.mark_line(color=palette.primary).encode(y=y)
    return alt.LayerChart(layer=[band, counted, line], height=220)


def _around(seen: pd.DataFrame, said: pd.DataFrame) -> alt.Scale:
    """From the lowest to the highest rate, with a little room and never outside of 0 to 1."""
    values = pd.concat([seen["value"], said["low"], said["high"]]).dropna()
    low, high = float(values.min()), float(values.max())
    room = max(0.1 * (high - low), 0.01)
    return alt.Scale(domain=[max(low - room, 0.0), min(high + room, 1.0)], nice=False, zero=False)
