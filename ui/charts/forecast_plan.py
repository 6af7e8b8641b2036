"""Charts of what if: a campaign laid over the forecast, and the way to a goal."""

from __future__ import annotations

import json

import altair as alt
import pandas as pd

from core import wording
from core.language import in_sentence, mark, t, tc
from ui.charts.theme import PALETTES, Mode, time_axis

_WITHOUT, _WITH = mark("as forecast"), mark("with the campaign")
_UP_TO = {
    "hour": mark("Up to the end of the hour of"),
    "day": mark("Up to the end of the day of"),
    "week": mark("Up to the end of the week of"),
    "month": mark("Up to the end of the month of"),
}
_DASH = [5, 4]


def campaign(
    effect: pd.DataFrame,
    stretch: tuple[pd.Timestamp, pd.Timestamp],
    label: str,
    grain: str,
    mode: Mode,
) -> alt.LayerChart:
    """Draw the forecast without and with a campaign; its days are shaded.

    Args:
        effect: ``time``, ``without``, ``with_campaign``, ``low``, ``high`` (band of the latter).
        stretch: start and end of the campaign.
        label: name of the measure.
        grain: of the rows.
        mode: light or dark.
    """
    palette = PALETTES[mode]
    x = alt.X("time:T", title=None, axis=time_axis(grain))
    y = alt.Y("low:Q", title=wording.per_step(label, grain), scale=alt.Scale(zero=True))
    shade = (
        alt.Chart(pd.DataFrame({"start": [stretch[0]], "end": [stretch[1]]}))
        .mark_rect(color=palette.context, opacity=0.16)
        .encode(x=alt.X("start:T", title=None, axis=time_axis(grain)), x2="end:T")
    )
    base = alt.Chart(effect).encode(x=x, tooltip=_tips(label))
    band = base.mark_area(color=palette.primary, fillOpacity=0.25).encode(y=y, y2="high:Q")
    lines = base.transform_fold(["without", "with_campaign"], as_=["column", "value"])
    kinds = [t(_WITHOUT), t(_WITH)]
    named = lines.transform_calculate(
        kind=f"datum.column == 'without' ? {json.dumps(kinds[0])} : {json.dumps(kinds[1])}"
    ).mark_line(strokeWidth=2)
    drawn = named.encode(
        y=alt.Y("value:Q", title=wording.per_step(label, grain)),
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=kinds, range=[palette.context, palette.primary]),
        ),
        strokeDash=alt.StrokeDash(
            "kind:N", title=None, scale=alt.Scale(domain=kinds, range=[_DASH, [1, 0]])
        ),
    )
    return alt.LayerChart(layer=[shade, band, drawn], height=280)


def _tips(label: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("time:T", title=t("From"), format="%a %-d %b %Y"),
        alt.Tooltip("without:Q", title=t("{metric} as forecast", metric=label), format=",.0f"),
        alt.Tooltip(
            "with_campaign:Q", title=t("{metric} with the campaign", metric=label), format=",.0f"
        ),
        alt.Tooltip("low:Q", title=t("Band from"), format=",.0f"),
        alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format=",.0f"),
    ]


def way_to_goal(
    path: pd.DataFrame,
    goal: float,
    words: str,
    *,
    label: str,
    grain: str,
    mode: Mode,
    planned: pd.DataFrame | None = None,
) -> alt.LayerChart:
    """Draw the counts as they add up, with their band, and the goal as a level line.

    Args:
        path: ``time``, ``cumulated``, ``low``, ``high``.
        goal: the count wanted.
        words: what is written at the goal.
        label: name of the measure.
        grain: of the rows.
        mode: light or dark.
        planned: the same path with a campaign, drawn without its band.
    """
    palette = PALETTES[mode]
    x = alt.X("time:T", title=None, axis=time_axis(grain))
    most = max(goal, float(path["high"].max()))  # and room for the words at the goal
    scale = alt.Scale(domain=[0, 1.12 * most], nice=False)
    y = alt.Y("cumulated:Q", title=t("{metric}, added up", metric=label), scale=scale)
    base = alt.Chart(path).encode(x=x, tooltip=_way_tips(label, grain))
    band = base.mark_area(color=palette.primary, fillOpacity=0.25).encode(
        y=alt.Y("low:Q", title=t("{metric}, added up", metric=label)), y2="high:Q"
    )
    line = base.mark_line(color=palette.primary).encode(y=y)
    level = alt.Chart(pd.DataFrame({"goal": [goal], "words": [words]}))
    rule = level.mark_rule(color=palette.secondary, strokeWidth=2).encode(y="goal:Q")
    name = level.mark_text(
        align="left", baseline="bottom", dx=4, dy=-5, fontWeight=600, color=palette.text
    ).encode(x=alt.value(0), y="goal:Q", text="words:N")
    layers: list[alt.Chart] = [band, line, rule, name]
    if planned is not None:
        dashed = alt.Chart(planned).mark_line(color=palette.text, strokeDash=_DASH)
        layers.append(dashed.encode(x=x, y="cumulated:Q"))
    return alt.LayerChart(layer=layers, height=260)


def _way_tips(label: str, grain: str) -> list[alt.Tooltip]:
    expected = t("Expected {metric}", metric=in_sentence(label))
    return [
        alt.Tooltip("time:T", title=t(_UP_TO[grain]), format="%a %-d %b %Y"),
        alt.Tooltip("cumulated:Q", title=expected, format=",.0f"),
        alt.Tooltip("low:Q", title=t("Band from"), format=",.0f"),
        alt.Tooltip("high:Q", title=tc("end of an interval", "to"), format=",.0f"),
    ]
