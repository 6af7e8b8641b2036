"""Charts of the Channels page: quality, volume, growth, mix and rhythm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from altair.typing import ChartType

from core.channels import NOT_A_CHANNEL, TOO_LITTLE_DATA, WITHIN_CHANCE
from core.language import in_sentence, t, tc, weekday_names
from core.metrics import METRICS
from ui.charts.labels import ALIGN, OFFSETS, place_names
from ui.charts.numbers import per_cent
from ui.charts.theme import PALETTES, Mode, count_format

MOST_NAMES = 8
"""Names written into a map; with more they cover each other, and hovering tells them."""
_DOT = 110
_MAP_HEIGHT, _USUAL_WIDTH = 380, 800


def _channel_axis() -> alt.Axis:
    """Every channel is named; on a phone in smaller letters."""
    return alt.Axis(
        labelFontSize=alt.ExprRef("windowSize()[0] < 640 ? 11 : 12"),
        labelLimit=alt.ExprRef("windowSize()[0] < 640 ? 130 : 260"),
        labelOverlap=False,
    )


def volume(
    table: pd.DataFrame, label: str, gone: str, colours: Mapping[str, str], mode: Mode
) -> ChartType:
    """Draw each channel's share of the visits with its interval; the one imagined gone is coloured.

    Args:
        table: ``channel``, ``share``, ``low``, ``high`` (0 to 1), ``left``; largest first.
        label: name of the measure.
        gone: the channel that is imagined gone.
        colours: of every channel of the file.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    base = alt.Chart(table).encode(
        y=alt.Y("channel:N", title=None, sort=list(table["channel"]), axis=_channel_axis()),
        tooltip=[
            alt.Tooltip("channel:N", title=t("Channel")),
            alt.Tooltip(
                "share:Q", title=t("Share of {metric}", metric=in_sentence(label)), format=".1%"
            ),
            alt.Tooltip("low:Q", title=t("95 % interval from"), format=".1%"),
            alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format=".1%"),
            alt.Tooltip("left:Q", title=t("Left without it"), format=",.0f"),
        ],
    )
    is_gone = alt.datum.channel == gone
    bars = base.mark_bar().encode(
        x=alt.X(
            "share:Q", title=t("Share of {metric}", metric=in_sentence(label)), axis=_per_cent()
        ),
        color=alt.condition(
            is_gone, alt.value(colours.get(gone, palette.context)), alt.value(palette.context)
        ),
    )
    whiskers = base.transform_filter("isValid(datum.low)").mark_rule(color=palette.text)
    return alt.layer(bars, whiskers.encode(x="low:Q", x2="high:Q")).properties(height=alt.Step(28))


def _per_cent(**options: Any) -> alt.Axis:
    words = f"format(100 * datum.value, '~f') + '{per_cent()}'"
    return alt.Axis(grid=True, labelExpr=words, **options)


def intervals(
    table: pd.DataFrame, metric: str, overall: float, colours: Mapping[str, str], mode: Mode
) -> ChartType:
    """Draw a ratio of each channel with its 95 % interval; hollow and grey is not judged.

    The axis spans what can be judged: an interval of three visits would squeeze all others.

    Args:
        table: ``channel``, ``n``, ``value``, ``low``, ``high``, ``verdict``, in the order shown;
            where ``counted`` is there too, it is drawn as a small line (the value as counted,
            beside the one at the same hours).
        metric: key of a ratio.
        overall: the ratio of all channels together, a dashed line.
        colours: of every channel of the file.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    rows = table.dropna(subset="value").copy()
    rows["said"] = rows["verdict"].map(t)
    rows["is_judged"] = ~rows["verdict"].isin((TOO_LITTLE_DATA, NOT_A_CHANNEL))
    rows["shown"] = rows["channel"].map(dict(colours)).where(rows["is_judged"], palette.context)
    base = alt.Chart(rows).encode(
        y=alt.Y("channel:N", title=None, sort=list(rows["channel"]), axis=_channel_axis()),
        color=alt.Color("shown:N", scale=None),
        tooltip=_tips(metric, t("Counted on"), said=t("Compared with the rest")),
    )
    x = alt.X("low:Q", title=_title(metric), axis=_axis(metric), scale=_span(rows, overall))
    ranges = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=3, clip=True)
    judged = base.transform_filter("datum.is_judged").mark_point(size=_DOT, opacity=1, clip=True)
    other = base.transform_filter("!datum.is_judged").mark_point(
        size=90, filled=False, opacity=1, strokeWidth=2, clip=True
    )
    line = (
        alt.Chart(pd.DataFrame({"overall": [overall]}))
        .mark_rule(color=palette.muted, strokeDash=[4, 3])
        .encode(x=alt.X("overall:Q"))
    )
    layers = [
        line,
        ranges.encode(x=x, x2="high:Q"),
        judged.encode(x=alt.X("value:Q")),
        other.encode(x=alt.X("value:Q")),
    ]
    if "counted" in rows:
        tick = base.mark_tick(thickness=2, size=16, color=palette.text, clip=True)
        layers.append(tick.encode(x="counted:Q", color=alt.value(palette.muted)))
    return alt.layer(*layers).properties(height=alt.Step(34))


def _tips(metric: str, counted: str, **more: str) -> list[alt.Tooltip]:
    """What hovering a channel tells: value, interval, visits, and one more column in words."""
    form = _number(metric)
    return [
        alt.Tooltip("channel:N", title=t("Channel")),
        alt.Tooltip("value:Q", title=METRICS[metric].label, format=form),
        alt.Tooltip("low:Q", title=t("95 % interval from"), format=form),
        alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format=form),
        alt.Tooltip("n:Q", title=counted, format=",.0f"),
        *(alt.Tooltip(f"{field}:N", title=title) for field, title in more.items()),
    ]


def _span(rows: pd.DataFrame, overall: float) -> alt.Scale:
    """Ends of all judged intervals and of all values, with a little room."""
    judged = rows[rows["is_judged"]]
    ends = pd.concat([judged["low"], judged["high"], rows["value"], pd.Series([overall])]).dropna()
    low, high = float(ends.min()), float(ends.max())
    room = 0.08 * (high - low) or 0.05 * abs(high) or 0.05
    return alt.Scale(domain=[max(low - room, 0.0), high + room], nice=False, zero=False)


def _number(metric: str) -> str:
    unit = METRICS[metric].unit
    return {"share": ".1%", "seconds": ",.0f"}.get(unit, ",.2f")


def _title(metric: str) -> str:
    entry = METRICS[metric]
    return t("{metric}, seconds", metric=entry.label) if entry.unit == "seconds" else entry.label


def _axis(metric: str) -> alt.Axis:
    is_share = METRICS[metric].unit == "share"
    return _per_cent() if is_share else alt.Axis(grid=True, format="~s")


def quality_map(
    table: pd.DataFrame,
    metric: str,
    colours: Mapping[str, str],
    mode: Mode,
    *,
    overall: float,
    border: float,
) -> ChartType:
    """Draw volume (log scale) against quality; the size of a dot is what both make together.

    Args:
        table: as ``core.channels.map_quality``.
        metric: key of a ratio.
        colours: of every channel of the file.
        mode: light or dark.
        overall: the ratio of all channels together: the line between above and below.
        border: visits of an even share: the line between small and large.
    """
    palette, entry = PALETTES[mode], METRICS[metric]
    rows = table.dropna(subset="value").copy()
    rows["shown"] = rows["channel"].map(dict(colours)).where(rows["is_judged"], palette.context)
    rows["said"] = rows["place"].map(t)
    visits = METRICS[str(entry.denominator)].label
    base = alt.Chart(rows).encode(
        x=alt.X(
            "n:Q",
            title=t("{metric} (each step is ten times more)", metric=visits),
            scale=alt.Scale(type="log", domain=_decades(rows["n"])),
            axis=alt.Axis(grid=True, format="~s", values=_powers(rows["n"]), labelOverlap=False),
        ),
        y=alt.Y("value:Q", title=_title(metric), axis=_axis(metric), scale=_span(rows, overall)),
        color=alt.Color("shown:N", scale=None),
        tooltip=_tips(metric, visits, said=t("Place")),
    )
    size = alt.Size(
        "numerator:Q",
        title=METRICS[entry.numerator].label,
        scale=alt.Scale(range=[60, 1400], zero=True),
        legend=None,
    )
    judged = base.transform_filter("datum.is_judged").mark_circle(opacity=0.85).encode(size=size)
    other = base.transform_filter("!datum.is_judged").mark_point(
        size=90, filled=False, opacity=1, strokeWidth=2
    )
    return alt.layer(
        *_borders(overall, border, rows, mode), judged, other, *_names(base, rows, mode)
    ).properties(height=_MAP_HEIGHT)


def _borders(overall: float, border: float, rows: pd.DataFrame, mode: Mode) -> list[alt.Chart]:
    """The two lines, and the four corners in words."""
    palette = PALETTES[mode]
    lines = alt.Chart(pd.DataFrame({"n": [border], "value": [overall]})).mark_rule(
        color=palette.muted, strokeDash=[4, 3]
    )
    corners = pd.DataFrame(
        {
            "text": [t("small, above"), t("large, above"), t("small, below"), t("large, below")],
            "is_right": [False, True, False, True],
            "is_top": [True, True, False, False],
        }
    )
    texts = []
    for row in corners.itertuples():
        texts.append(
            alt.Chart(pd.DataFrame({"text": [row.text]}))
            .mark_text(
                color=palette.muted,
                fontStyle="italic",
                align="right" if row.is_right else "left",
                baseline="top" if row.is_top else "bottom",
            )
            .encode(
                text="text:N",
                x=alt.value(alt.ExprRef("width - 6") if row.is_right else 6),
                y=alt.value(6 if row.is_top else alt.ExprRef("height - 6")),
            )
        )
    return [lines.encode(x="n:Q"), lines.encode(y="value:Q"), *(texts if len(rows) > 1 else [])]


def _names(base: alt.Chart, rows: pd.DataFrame, mode: Mode) -> list[alt.Chart]:
    """The largest channels by name, one layer per side; a phone has the list beneath instead."""
    named = rows.head(MOST_NAMES)
    sides = pd.Series(place_names(list(named["channel"]), _pixels(named, rows)), named["channel"])
    layers = []
    for side in sorted(set(sides)):
        right, down = OFFSETS[side]
        marks = base.transform_filter(
            alt.FieldOneOfPredicate(field="channel", oneOf=list(sides.index[sides == side]))
        ).mark_text(
            dx=right,
            dy=down,
            align=ALIGN[side],
            baseline="middle",
            fontSize=alt.ExprRef("windowSize()[0] < 640 ? 0 : 12"),
        )
        layers.append(marks.encode(text="channel:N", color=alt.value(PALETTES[mode].text)))
    return layers


def _pixels(named: pd.DataFrame, rows: pd.DataFrame) -> list[tuple[float, float]]:
    """Where dots stand on a common screen; only to tell which names would meet."""
    low, high = np.log(_decades(rows["n"]))
    ends = float(rows["value"].min()), float(rows["value"].max())
    across = (np.log(named["n"]) - low) / (high - low) * _USUAL_WIDTH
    down = (ends[1] - named["value"]) / ((ends[1] - ends[0]) or 1.0) * 0.85 * _MAP_HEIGHT
    return list(zip(across, down, strict=True))


def _decades(counts: pd.Series) -> list[float]:
    """Room on both sides, so that no name is cut off."""
    return [max(float(counts.min()), 1.0) / 3, float(counts.max()) * 3]


def _powers(counts: pd.Series) -> list[float]:
    low, high = np.log10(_decades(counts))
    return [10.0**power for power in range(int(np.ceil(low)), int(np.floor(high)) + 1)]


def growth(table: pd.DataFrame, metric: str, colours: Mapping[str, str], mode: Mode) -> ChartType:
    """Draw each channel's change against the period before with its 95 % interval.

    Args:
        table: as ``core.channels.channel_growth``.
        metric: key of the metric.
        colours: of every channel of the file.
        mode: light or dark.
    """
    palette, entry = PALETTES[mode], METRICS[metric]
    rows = table.dropna(subset="change").copy()
    rows["said"] = rows["verdict"].map(t)
    is_clear = ~rows["verdict"].isin((WITHIN_CHANCE, TOO_LITTLE_DATA))
    rows["shown"] = rows["channel"].map(dict(colours)).where(is_clear, palette.context)
    rows["is_clear"] = is_clear
    title, axis, form = _change_axis(metric)
    known = rows[rows["verdict"] != TOO_LITTLE_DATA]
    ends = pd.concat([known["low"], known["high"], known["change"], pd.Series([0.0])]).dropna()
    reach = float(ends.abs().max()) or 1.0
    base = alt.Chart(rows).encode(
        y=alt.Y("channel:N", title=None, sort=list(rows["channel"]), axis=_channel_axis()),
        color=alt.Color("shown:N", scale=None),
        tooltip=[
            alt.Tooltip("channel:N", title=t("Channel")),
            alt.Tooltip("previous:Q", title=t("Before"), format=_value_form(metric)),
            alt.Tooltip("current:Q", title=t("Now"), format=_value_form(metric)),
            alt.Tooltip(
                "change:Q",
                title=t("Change of {metric}", metric=in_sentence(entry.label)),
                format=form,
            ),
            alt.Tooltip("low:Q", title=t("95 % interval from"), format=form),
            alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format=form),
            alt.Tooltip("said:N", title=t("Verdict")),
        ],
    )
    scale = alt.Scale(domain=[float(ends.min()) - 0.05 * reach, float(ends.max()) + 0.05 * reach])
    x = alt.X("low:Q", title=title, axis=axis, scale=scale)
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=palette.muted)
    ranges = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=3, clip=True)
    clear = base.transform_filter("datum.is_clear").mark_point(size=_DOT, opacity=1, clip=True)
    other = base.transform_filter("!datum.is_clear").mark_point(
        size=90, filled=False, opacity=1, strokeWidth=2, clip=True
    )
    return alt.layer(
        zero.encode(x="zero:Q"),
        ranges.encode(x=x, x2="high:Q"),
        clear.encode(x="change:Q"),
        other.encode(x="change:Q"),
    ).properties(height=alt.Step(34))


def _value_form(metric: str) -> str:
    entry = METRICS[metric]
    return _number(metric) if entry.is_ratio else count_format(entry.unit)


def _change_axis(metric: str) -> tuple[str, alt.Axis, str]:
    """Title, axis and number format of a change: points for shares, per cent for counts."""
    entry = METRICS[metric]
    signed = "(datum.value > 0 ? '+' : datum.value < 0 ? '−' : '')"
    if entry.unit == "share":
        words = f"{signed} + format(abs(100 * datum.value), '.3~f')"
        return t("Change in points"), alt.Axis(grid=True, labelExpr=words), "+.1%"
    if entry.is_ratio:
        words = f"{signed} + format(abs(datum.value), '.3~f')"
        title = t("Change, seconds") if entry.unit == "seconds" else t("Change")
        return title, alt.Axis(grid=True, labelExpr=words), "+.2f"
    words = f"{signed} + format(abs(100 * datum.value), '.3~f') + '{per_cent()}'"
    return (
        t("Change of {metric}", metric=in_sentence(entry.label)),
        alt.Axis(grid=True, labelExpr=words),
        "+.1%",
    )


def mix(table: pd.DataFrame, label: str, colours: Mapping[str, str], mode: Mode) -> ChartType:
    """Draw each channel's share over time, stacked to the whole; unfinished periods are paler.

    Args:
        table: as ``core.channels.mix_over_time``, with ``period`` (its name for people).
        label: name of the measure.
        colours: of every channel of the file.
        mode: light or dark.
    """
    names = list(dict.fromkeys(table["channel"]))
    place = {name: order for order, name in enumerate(names)}
    rows = table.assign(order=table["channel"].map(place))
    shown = [colours.get(name, PALETTES[mode].context) for name in names]
    return (
        alt.Chart(rows)
        .mark_bar(cornerRadiusEnd=0)
        .encode(
            x=alt.X(
                "period:O",
                title=None,
                sort=None,
                axis=alt.Axis(labelAngle=0, labelOverlap=True),
            ),
            y=alt.Y(
                "share:Q",
                title=t("Share of {metric}", metric=in_sentence(label)),
                axis=_per_cent(),
                scale=alt.Scale(domain=[0, 1]),
            ),
            color=alt.Color(
                "channel:N", title=None, sort=names, scale=alt.Scale(domain=names, range=shown)
            ),
            opacity=alt.condition("datum.is_complete", alt.value(1.0), alt.value(0.45)),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("period:N", title=t("Period")),
                alt.Tooltip("channel:N", title=t("Channel")),
                alt.Tooltip("share:Q", title=t("Share"), format=".1%"),
                alt.Tooltip("value:Q", title=label, format=",.0f"),
            ],
        )
        .properties(height=320)
    )


def rhythms(table: pd.DataFrame, mode: Mode) -> ChartType:
    """Draw when each channel's visits come: one row a channel, each row adds up to 100 %.

    Args:
        table: as ``core.channels.channel_rhythms``.
        mode: light or dark.
    """
    is_hours = table["part"].nunique() > 7
    parts = [str(part) for part in range(24)] if is_hours else list(weekday_names())
    rows = table.assign(name=[parts[part] for part in table["part"]])
    return (
        alt.Chart(rows)
        .mark_rect()
        .encode(
            x=alt.X(
                "name:O",
                title=t("Hour of the day") if is_hours else None,
                sort=parts,
                axis=alt.Axis(labelAngle=0),
            ),
            y=alt.Y("channel:N", title=None, sort=None, axis=_channel_axis()),
            color=alt.Color(
                "share:Q",
                title=t("Share of the channel’s own visits"),
                scale=alt.Scale(domainMin=0),
                legend=alt.Legend(format=".0%"),
            ),
            tooltip=[
                alt.Tooltip("channel:N", title=t("Channel")),
                alt.Tooltip("name:N", title=t("Hour") if is_hours else t("Weekday")),
                alt.Tooltip("share:Q", title=t("Share of its visits"), format=".1%"),
                alt.Tooltip("low:Q", title=t("95 % interval from"), format=".1%"),
                alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format=".1%"),
            ],
        )
        .properties(height=alt.Step(30))
    )
