"""The evidence of a card as a small chart: those of the other pages, with one thing meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st
from altair.typing import ChartType

from core import wording
from core.channels import BETTER, NOT_A_CHANNEL, TOO_LITTLE_DATA, WORSE
from core.errors import NotEnoughData
from core.language import mark, t, tn
from core.metrics import METRICS, available_metrics, summarise
from core.recommendations import Recommendation
from core.recommendations.model import ChartHint
from core.traffic import Filters, Traffic, select
from core.trends import possible_grains
from ui import cache, state
from ui.cache import Key
from ui.charts import channels as channel_charts
from ui.charts import recommendations as charts
from ui.charts import trends as trend_charts
from ui.charts.theme import PALETTES, themed
from ui.exhibits import Exhibit
from ui.navigation import BY_KEY
from ui.page import View
from ui.text import escape

_MOST_ROWS = 6
_ROOM = {"left": 5, "top": 5, "right": 20, "bottom": 5}
"""Pixels round a chart: the last number of its axis is not cut."""
_OF_ONE = {
    "hour": mark("{metric} of {channel} by hour"),
    "day": mark("{metric} of {channel} by day"),
    "week": mark("{metric} of {channel} by week"),
    "month": mark("{metric} of {channel} by month"),
}
_OF_ALL = {
    "hour": mark("{metric} by hour, all channels"),
    "day": mark("{metric} by day, all channels"),
    "week": mark("{metric} by week, all channels"),
    "month": mark("{metric} by month, all channels"),
}
_TYPICAL_OF_ONE = {
    "hour": mark("{metric} of {channel} in a typical hour; thin lines are 95 % intervals."),
    "weekday": mark("{metric} of {channel} in a typical weekday; thin lines are 95 % intervals."),
}
_TYPICAL_OF_ALL = {
    "hour": mark("{metric} in a typical hour; thin lines are 95 % intervals."),
    "weekday": mark("{metric} in a typical weekday; thin lines are 95 % intervals."),
}
_CLOCK = re.compile(r"(\d\d):00–(\d\d):00$")


def draw_evidence(view: View, item: Recommendation, key: str) -> Exhibit | None:
    """Draw the chart of a card with a line on what to read; nothing where it has none.

    Args:
        view: what the page works with.
        item: the card.
        key: of the chart.

    Returns:
        The chart as it leaves the app, ``None`` where there is none.
    """
    hint = item.chart
    if (
        hint is None
        or hint.chart not in _MAKERS
        or hint.metric not in available_metrics(view.whole)
    ):
        return None
    try:
        chart, reading = _MAKERS[hint.chart](view, hint, item.subject)
    except NotEnoughData:  # the table of evidence is still there
        return None
    st.altair_chart(
        themed(chart, view.mode).properties(padding=_ROOM),
        theme=None,
        width="stretch",
        key=key,
        alt=item.headline,
    )
    st.caption(escape(reading))
    if hint.chart == "forecast":
        page = BY_KEY["forecast"]
        st.page_link(
            page.path,
            label=t("See what is expected"),
            icon=page.icon,
            query_params=state.link_params(),
        )
    return Exhibit(
        slug=f"{item.rule_id}-{item.subject}",
        title=item.headline,
        subtitle=view.selection,
        caption=f"{reading} {view.provenance}",
        alt=f"{item.headline}. {reading}",
        chart=chart,
        data=item.evidence,
    )


Drawn = tuple[ChartType, str]


def _aim(view: View, hint: ChartHint) -> tuple[Traffic, Key, str]:
    """The traffic that a hint is about, its key for caches, and its name if it is a channel."""
    if hint.channel not in view.traffic.channels or len(view.traffic.channels) == 1:
        return view.traffic, view.key, ""
    only = select(view.traffic, Filters(channels=(hint.channel,)))
    return only, (*view.key, "only", hint.channel), hint.channel


def _rates(view: View, hint: ChartHint, subject: str) -> Drawn:
    """The ratio of each channel; the one meant is coloured."""
    found = cache.compare_channels((*view.key, hint.metric), view.traffic, hint.metric)
    rows = found.frame[found.frame["verdict"] != NOT_A_CHANNEL].dropna(subset="value")
    is_meant = rows["channel"] == hint.channel
    first = rows.assign(is_meant=is_meant).sort_values(["is_meant", "n"], ascending=False)
    drawn = rows[rows.index.isin(first.index[:_MOST_ROWS])].sort_values("value", ascending=False)
    colours = dict.fromkeys(drawn["channel"], PALETTES[view.mode].context)
    is_coloured = drawn["verdict"].isin((BETTER, WORSE)) | (drawn["channel"] == hint.channel)
    own = view.colours.get(hint.channel, PALETTES[view.mode].primary)
    colours |= {hint.channel: own} if is_coloured.any() else {}
    overall = float(summarise(view.traffic)[hint.metric].iloc[0])
    chart = channel_charts.intervals(drawn, hint.metric, overall, colours, view.mode)
    said = [t("Lines are 95 % intervals; dashed: all channels together.")]
    if drawn["verdict"].eq(TOO_LITTLE_DATA).any():
        said.append(t("Hollow: too little data."))
    left = len(rows) - len(drawn)
    if left:
        said.append(
            tn("{count} smaller one is left out.", "{count} smaller ones are left out.", left)
        )
    return chart, " ".join(said)


def _shares(view: View, hint: ChartHint, subject: str) -> Drawn:
    """Shares of channels; the one meant is coloured."""
    found = cache.concentrate(view.key, view.traffic)
    frame = found.frame
    first = frame.assign(is_meant=frame["channel"] == hint.channel)
    first = first.sort_values(["is_meant", "share"], ascending=False)
    drawn = frame[frame.index.isin(first.index[:_MOST_ROWS])]
    label = wording.metric_label(found.metric, view.traffic.grain)
    chart = channel_charts.volume(drawn, label, hint.channel, view.colours, view.mode)
    return chart, t("Thin lines are 95 % intervals.")


def _days(view: View, hint: ChartHint, subject: str) -> Drawn:
    """The metric by day (or what the file has) with the stretch marked."""
    traffic, key, name = _aim(view, hint)
    grains = possible_grains(traffic)
    if not grains:
        raise NotEnoughData("no_time")
    grain = "day" if "day" in grains else grains[0]
    table = cache.series((*key, hint.metric, grain), traffic, (hint.metric,), grain)
    label = wording.metric_label(hint.metric, view.traffic.grain)
    rows = table.rename(columns={hint.metric: "value"}).assign(line=name or label)
    rows["pace"] = rows["value"]
    entry, palette = METRICS[hint.metric], PALETTES[view.mode]
    chart = trend_charts.over_time(
        rows,
        {name or label: view.colours.get(name or "", palette.primary)},
        grain,
        view.mode,
        title=label if entry.is_ratio else wording.per_step(label, grain),
        unit=entry.unit,
    )
    span = _stretch(hint, rows["time"], grain)
    whose = (
        t(_OF_ONE[grain], metric=label, channel=name) if name else t(_OF_ALL[grain], metric=label)
    )
    said = [whose, _marked_words(hint)] if span and hint.start is not None else [whose]
    return charts.marked(chart, span, view.mode), "; ".join(said) + "."


def _stretch(
    hint: ChartHint, times: pd.Series, grain: str
) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """The marked stretch (without an end: until the last day); none outside of what is drawn."""
    if hint.start is None or times.empty:
        return None
    last = times.max()
    start, end = max(hint.start, times.min()), min(hint.end or last, last)
    if grain == "day" and hint.end is not None and hint.end - hint.start <= pd.Timedelta(days=1):
        start = hint.start.normalize() - pd.Timedelta(hours=12)  # round the dot of that day
        end = start + pd.Timedelta(days=1)
    return (start, end) if start < end and start <= last else None


def _marked_words(hint: ChartHint) -> str:
    if hint.start is None:
        return ""
    if hint.end is None:
        return t("the band begins on {day}", day=wording.day(hint.start))
    return t("the band is {moment}", moment=wording.moment(hint.start, hint.end))


def _hours(view: View, hint: ChartHint, subject: str) -> Drawn:
    return _typical(view, hint, "hour", hours_in(subject))


def _weekdays(view: View, hint: ChartHint, subject: str) -> Drawn:
    return _typical(view, hint, "weekday", days_in(subject))


def _typical(view: View, hint: ChartHint, by: str, meant: set[int]) -> Drawn:
    """A typical hour or weekday; what the card is about is coloured."""
    traffic, key, name = _aim(view, hint)
    table = cache.profile((*key, hint.metric, by), traffic, hint.metric, by)
    names = table[by].map(str if by == "hour" else wording.weekday)
    rows = table.assign(name=names, is_meant=table[by].isin(meant))
    label = wording.metric_label(hint.metric, view.traffic.grain)
    chart = charts.typical(rows, by, hint.metric, label, view.mode)
    if name:
        return chart, t(_TYPICAL_OF_ONE[by], metric=label, channel=name)
    return chart, t(_TYPICAL_OF_ALL[by], metric=label)


def hours_in(subject: str) -> set[int]:
    """The hours of the day that a card names.

    >>> sorted(hours_in("22:00–02:00")), sorted(hours_in("Thursdays 18:00–20:00"))
    ([0, 1, 22, 23], [18, 19])
    """
    found = _CLOCK.search(subject)
    if found is None:
        return set()
    start, end = (int(part) for part in found.groups())
    return {(start + step) % 24 for step in range((end - start) % 24 or 24)}


def days_in(subject: str) -> set[int]:
    """The weekdays that a card names, 0 is Monday.

    >>> days_in("Saturdays"), days_in("Direct")
    ({5}, set())
    """
    return {place for place, name in enumerate(wording.ALL_WEEKDAYS) if subject.startswith(name)}


_MAKERS: Mapping[str, Callable[[View, ChartHint, str], Drawn]] = {
    "rates": _rates,
    "shares": _shares,
    "days": _days,
    "forecast": _days,
    "hours": _hours,
    "weekdays": _weekdays,
}
