"""Metrics over time: total or by channel, with the period before, marks, notes and picking."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core import wording
from core.errors import NotEnoughData
from core.expected import OTHERS, Span, channel_name
from core.language import in_sentence, mark, month_names, t, tc
from core.metrics import METRICS, available_metrics
from core.traffic import Traffic
from core.trends import MIN_BASE, default_grain, possible_grains
from ui import cache
from ui.cache import Key
from ui.cards import Card, Picked, show
from ui.charts import trends as charts
from ui.charts.notes import with_notes
from ui.charts.theme import PALETTES
from ui.choices import pick, select_one
from ui.filters import describe_comparison
from ui.help import metric_help
from ui.notes import shown_notes
from ui.page import View

_GRAIN_LABELS = {
    "hour": mark("Hour"),
    "day": mark("Day"),
    "week": mark("Week"),
    "month": mark("Month"),
}
_BY_STEP = {
    "hour": mark("{metric} by hour"),
    "day": mark("{metric} by day"),
    "week": mark("{metric} by week"),
    "month": mark("{metric} by month"),
}
_STEPS = {
    "hour": pd.DateOffset(hours=1),
    "day": pd.DateOffset(days=1),
    "week": pd.DateOffset(days=7),
    "month": pd.DateOffset(months=1),
}
_TOGETHER, _BY_CHANNEL = "together", "by_channel"
_LEAST_COVERED = 0.05
"""Part of a period below which nothing is said about its pace."""


def shown_counts(traffic: Traffic) -> dict[str, str]:
    """Sessions and users (or what the file counts instead) with their names."""
    keys = [key for key in traffic.exported if key in ("sessions", "users")]
    keys = keys or [traffic.main_metric]
    return {key: wording.metric_label(key, traffic.grain) for key in keys}


def draw_overview(view: View) -> None:
    """Sessions and users over time; for the home page."""
    show(view, overview_card(view))


def overview_card(view: View) -> Card:
    """Sessions and users over time, at a step that suits the span; needs time."""
    labels = shown_counts(view.traffic)
    is_long = view.traffic.grain == "hour" and view.traffic.days > 3
    possible = possible_grains(view.traffic)
    grain = "day" if is_long and "day" in possible else possible[0]
    table = _lines(view.traffic, view.key, labels, grain)
    palette = PALETTES[view.mode]
    colours = dict(zip(labels.values(), (palette.primary, palette.secondary), strict=False))
    letters, notes = shown_notes(*_ends(table, grain))
    first = next(iter(labels))
    chart = charts.over_time(
        table, colours, grain, view.mode, title=wording.per_step(t("Count"), grain)
    )
    return Card(
        slug=f"{'-and-'.join(labels)}-by-{grain}",
        headline=_peak(table, first, labels[first], grain),
        chart=with_notes(chart, notes, view.mode),
        data=table,
        reading=_reading(table, grain, letters=letters),
        metric=t(_BY_STEP[grain], metric=wording.listing(list(labels.values()))),
        columns=_COLUMNS,
    )


_COLUMNS = {
    "time": mark("Time"),
    "line": mark("Line"),
    "value": mark("Counted"),
    "pace": mark("At this pace"),
    "is_complete": mark("Whole period"),
    "covered": mark("Part of the period covered"),
    "was": mark("Time then"),
    "period": mark("Period"),
}


@dataclass(frozen=True)
class Choice:
    """What the page shows over time.

    Args:
        metric: key of ``METRICS``; the rest of the page is about it too.
        grain: step of the line.
        is_split: whether each channel has a line of its own.
    """

    metric: str
    grain: str
    is_split: bool


def ask(view: View) -> Choice:
    """Ask for metric, step and lines, side by side where there is room."""
    left, middle, right = st.columns(3)
    with left:
        metric = _ask_metric(view)
    with middle:
        grain = _ask_grain(view)
    with right:
        lines = _ask_lines(view)
    return Choice(metric, grain, lines == _BY_CHANNEL)


def _ask_metric(view: View) -> str:
    options = {
        key: wording.metric_label(key, view.whole.grain) for key in available_metrics(view.whole)
    }
    main = view.whole.main_metric
    ordered = {main: options[main]} | options
    return select_one(
        "trends",
        "metric",
        t("Metric"),
        ordered,
        explain=lambda key: metric_help(key, view.whole.grain),
    )


def draw_over_time(view: View, choice: Choice) -> Span | None:
    """One metric over time; returns the stretch that was clicked or dragged, if any."""
    metric, grain, is_split = choice.metric, choice.grain, choice.is_split
    traffic, key, before = view.traffic, view.key, None
    if view.wants_comparison and view.comparison:
        current, earlier = view.period("current"), view.period("previous")
        if current and earlier and not current.is_empty and not earlier.is_empty:
            traffic, key = current, (*view.key, "current")
            before = _table(earlier, (*view.key, "previous"), metric, grain, is_split=is_split)
    table = _table(traffic, key, metric, grain, is_split=is_split)
    previous = _moved(before, table, view, grain) if before is not None else None
    letters, notes = shown_notes(*_ends(table, grain))
    label = wording.metric_label(metric, view.traffic.grain)
    marks = None if is_split else _marks(view, metric, table, grain)
    chart = charts.over_time(
        table,
        _colours(view, table, is_split=is_split),
        grain,
        view.mode,
        title=label if METRICS[metric].is_ratio else wording.per_step(label, grain),
        unit=METRICS[metric].unit,
        previous=previous,
        marks=marks,
        is_pickable=True,
    )
    picked = show(
        view,
        Card(
            slug=f"{metric}-by-{grain}{'-and-channel' if is_split else ''}",
            headline=_channels_headline(table, label)
            if is_split
            else _peak(table, metric, label, grain),
            chart=with_notes(chart, notes, view.mode),
            data=table if previous is None else _with_previous(table, previous),
            reading=_reading(
                table,
                grain,
                view if before is not None else None,
                letters,
                is_ratio=METRICS[metric].is_ratio,
                is_marked=marks is not None and not marks.empty,
            ),
            metric=t(_BY_STEP[grain], metric=label),
            columns=_COLUMNS,
            is_pickable=True,
        ),
    )
    return picked_span(picked, grain, st.context.timezone)


def _ask_grain(view: View) -> str:
    possible = possible_grains(view.traffic)
    grains = {grain: t(_GRAIN_LABELS[grain]) for grain in possible}
    hint = ""
    if view.traffic.grain not in possible:
        hint = t("Hours and days of several years make an unreadable line: narrow the dates.")
    return pick(
        "trends", "grain", t("Step"), grains, default=default_grain(view.traffic), hint=hint
    )


def _ask_lines(view: View) -> str:
    options = {_TOGETHER: t("All together")}
    if view.whole.has_channels:
        options[_BY_CHANNEL] = t("By channel")
    return pick("trends", "lines", t("Lines"), options)


def _table(traffic: Traffic, key: Key, metric: str, grain: str, *, is_split: bool) -> pd.DataFrame:
    if is_split:
        rows = cache.series_by_channel((*key, metric, grain), traffic, metric, grain)
        rows = rows.rename(columns={"channel": "line"})
        rows["line"] = rows["line"].map(channel_name)
        return rows.assign(pace=_pace(rows["value"], rows["covered"], metric))
    labels = {metric: wording.metric_label(metric, traffic.grain)}
    return _lines(traffic, key, labels, grain)


def _lines(traffic: Traffic, key: Key, labels: dict[str, str], grain: str) -> pd.DataFrame:
    wide = cache.series((*key, *labels, grain), traffic, tuple(labels), grain)
    fixed = ["time", "is_complete", "covered"]
    parts = [
        wide[[*fixed, metric]]
        .rename(columns={metric: "value"})
        .assign(line=label, pace=_pace(wide[metric], wide["covered"], metric))
        for metric, label in labels.items()
    ]
    return pd.concat(parts, ignore_index=True)[
        ["time", "line", "value", "pace", "is_complete", "covered"]
    ]


def _ends(table: pd.DataFrame, grain: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last moment drawn."""
    last = table["time"].max() + _STEPS[grain] - pd.Timedelta(hours=1)
    return table["time"].min(), last


def _pace(values: pd.Series, covered: pd.Series, metric: str) -> pd.Series:
    """What a part of a period comes to at its pace; a ratio stays what it is."""
    if METRICS[metric].is_ratio:
        return values
    return values / covered.where(covered >= _LEAST_COVERED)


def _colours(view: View, table: pd.DataFrame, *, is_split: bool) -> dict[str, str]:
    palette = PALETTES[view.mode]
    names = list(dict.fromkeys(table["line"]))
    if not is_split:
        return dict.fromkeys(names, palette.primary)
    return {name: view.colours.get(name, palette.context) for name in names}


def _moved(before: pd.DataFrame, table: pd.DataFrame, view: View, grain: str) -> pd.DataFrame:
    """The earlier period under the later one: weekday under weekday, n-th week under n-th."""
    if grain in ("hour", "day") and view.comparison:
        times = before["time"] + view.comparison.shift
    else:
        ours = table["time"].drop_duplicates().to_list()
        theirs = before["time"].drop_duplicates().to_list()
        times = before["time"].map(dict(zip(theirs, ours, strict=False)))
    return before.assign(was=before["time"], time=times).dropna(subset="time")


def _with_previous(table: pd.DataFrame, previous: pd.DataFrame) -> pd.DataFrame:
    selected, before = t("selected"), tc("the period", "before")
    return pd.concat(
        [table.assign(period=selected, was=table["time"]), previous.assign(period=before)],
        ignore_index=True,
    )


def _marks(view: View, metric: str, table: pd.DataFrame, grain: str) -> pd.DataFrame | None:
    """Where something stood out, at the height of the line."""
    if METRICS[metric].is_ratio or grain not in ("hour", "day"):
        return None
    try:
        events = cache.find_spikes((*view.all_dates_key, metric), view.all_dates, metric).frame
    except NotEnoughData:
        return None
    times = events["start"] if grain == "hour" else events["start"].dt.normalize()
    values = table.set_index("time")["pace"].reindex(times)
    marks = pd.DataFrame(
        {
            "time": times.to_numpy(),
            "value": values.to_numpy(),
            "kind": events["kind"].to_numpy(),
            "words": events["sentence"].to_numpy(),
        }
    )
    return marks.dropna(subset="value").drop_duplicates("time")  # largest first


def _channels_headline(table: pd.DataFrame, label: str) -> str:
    rest = channel_name(OTHERS)
    first = next((name for name in table["line"] if name != rest), "")
    return t("{metric} by channel; {channel} is the largest channel", metric=label, channel=first)


def _peak(table: pd.DataFrame, metric: str, label: str, grain: str) -> str:
    whole = table[table["is_complete"] & (table["line"] == table["line"].iloc[0])]
    if METRICS[metric].is_ratio or whole.empty or not whole["value"].max() > 0:
        return t(_BY_STEP[grain], metric=label)
    best = whole.loc[whole["value"].idxmax()]
    amount = wording.amount(metric, best["value"], in_sentence(label))
    return t(_HIGHEST[grain], when=_when(best["time"], grain), amount=amount)


_HIGHEST = {
    "hour": mark("The highest hour was {when}: {amount}"),
    "day": mark("The highest day was {when}: {amount}"),
    "week": mark("The highest week was the week of {when}: {amount}"),
    "month": mark("The highest month was {when}: {amount}"),
}


def _when(time: pd.Timestamp, grain: str) -> str:
    """A period, a week by its first day."""
    if grain == "hour":
        return wording.moment(time, time + pd.Timedelta(hours=1))
    if grain == "month":
        return t("{month} {year}", month=month_names("wide")[time.month - 1], year=time.year)
    return wording.day(time)


def _why_it_breaks(*, is_thin: bool) -> str:
    if is_thin:
        return t(
            "A line breaks where a rate would rest on fewer than {limit} visits.",
            limit=wording.count(MIN_BASE),
        )
    return t("Where the line breaks, nothing was recorded.")


_UNFINISHED = {
    "hour": mark("Hollow dots are unfinished hours, drawn where they are heading at their pace."),
    "day": mark("Hollow dots are unfinished days, drawn where they are heading at their pace."),
    "week": mark("Hollow dots are unfinished weeks, drawn where they are heading at their pace."),
    "month": mark("Hollow dots are unfinished months, drawn where they are heading at their pace."),
}


def _reading(
    table: pd.DataFrame,
    grain: str,
    compared: View | None = None,
    letters: str = "",
    *,
    is_ratio: bool = False,
    is_marked: bool = False,
) -> str:
    parts = [t("A high point may be chance.")]
    if is_marked:
        parts = [t("A high point may be chance; triangles mark what stood out for certain.")]
    if not table["is_complete"].all():
        parts.append(t(_UNFINISHED[grain]))
    if table["value"].isna().any():
        parts.append(_why_it_breaks(is_thin=table["line"].nunique() > 1 and is_ratio))
    if compared and compared.comparison:
        parts.append(t("Grey: {comparison}.", comparison=describe_comparison(compared.comparison)))
    return " ".join([*parts, letters]).strip()


def picked_span(picked: Picked, grain: str, zone: str | None = None) -> Span | None:
    """Start and end of what was dragged, else of what was clicked, in whole periods.

    Args:
        picked: as ``ui.cards.show`` returns it. A click comes as text, a drag in milliseconds of
            the visitor's clock.
        grain: of the chart.
        zone: the visitor's time zone, in which the browser drew the times.

    >>> start, end = picked_span({"moment": [{"at": "2024-04-17T00:00"}]}, "day")
    >>> str(start), str(end)
    ('2024-04-17 00:00:00', '2024-04-18 00:00:00')
    >>> noon, midnight = 1713355200000, 1713484800000  # 17 and 19 April 2024 in UTC
    >>> start, end = picked_span({"stretch": {"time": [noon, midnight]}}, "day", "UTC")
    >>> str(start), str(end)
    ('2024-04-18 00:00:00', '2024-04-20 00:00:00')
    """
    stretch = (picked.get(charts.STRETCH) or {}).get("time")
    if stretch and len(stretch) == 2:
        low, high = (_as_drawn(value, zone) for value in sorted(stretch))
        start, last = _floor(low, grain), _floor(high, grain)
        if start < low and start < last:  # the point of that period lies before the stretch
            start += _STEPS[grain]
        return start, last + _STEPS[grain]
    moments = picked.get(charts.MOMENT) or []
    if moments:
        start = pd.Timestamp(moments[0]["at"])
        return start, start + _STEPS[grain]
    return None


def _as_drawn(milliseconds: float, zone: str | None) -> pd.Timestamp:
    moment = pd.Timestamp(milliseconds, unit="ms", tz="UTC")
    return moment.tz_convert(zone or "UTC").tz_localize(None)


def _floor(time: pd.Timestamp, grain: str) -> pd.Timestamp:
    if grain in ("hour", "day"):
        return time.floor("h" if grain == "hour" else "D")
    return time.to_period("W-SUN" if grain == "week" else "M").start_time.floor("s")
