"""The rhythm of the week: when people come, and when they engage."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st

from core import wording
from core.errors import NotEnoughData
from core.language import in_sentence, mark, t, tn
from core.metrics import METRICS, available_metrics
from core.rhythm import WINDOW_HOURS, Blocks, Window
from ui import cache
from ui.cards import Card, show
from ui.charts import rhythm as charts
from ui.charts.theme import Mode
from ui.page import View

ENGAGEMENT = "engagement_rate"


def draw_week(view: View, metric: str) -> None:
    """When people come and engage; nothing where the file has no hours."""
    if view.traffic.grain != "hour":
        return
    st.subheader(t("The week"))
    _draw_heat_map(view, metric)
    _draw_both_blocks(view, metric)
    _draw_hours(view)


def find_problems(view: View, metric: str) -> dict[str, NotEnoughData]:
    """What of the week the file cannot tell, marked for the catalogue, and why."""
    problems: dict[str, NotEnoughData] = {}
    try:
        cache.heat_map((*view.key, metric), view.traffic, metric)
    except NotEnoughData as problem:
        problems[mark("the hours of the week")] = problem
    try:
        main = view.traffic.main_metric
        cache.find_blocks((*view.key, main), view.traffic, main)
    except NotEnoughData as problem:
        problems[mark("the busiest stretches of the week")] = problem
    return problems


def _draw_heat_map(view: View, metric: str) -> None:
    """Hour of the day and weekday as a heat map."""
    label = wording.metric_label(metric, "hour")
    try:
        table = cache.heat_map((*view.key, metric), view.traffic, metric)
    except NotEnoughData:
        return
    show(
        view,
        Card(
            slug=f"{metric}-by-hour-and-weekday",
            headline=_fullest(table, metric, label),
            chart=charts.heat_map(table, metric, label, view.mode),
            data=table,
            reading=_how_to_read(view, table, metric),
            metric=t("{metric} in a typical hour", metric=label),
            columns={
                "weekday": mark("Weekday (0 = Mon)"),
                "hour": mark("Hour"),
                "value": label,
                "n": mark("Hours seen"),
                "base": mark("Counted on"),
                "is_thin": mark("Too few to trust"),
            },
        ),
    )


def _fullest(table: pd.DataFrame, metric: str, label: str) -> str:
    sure = table[~table["is_thin"] & table["value"].notna()]
    if sure.empty:
        return t("{metric}: each hour was seen too seldom to name one", metric=label)
    if METRICS[metric].is_ratio:  # the highest of 168 is chance more often than not
        low, high = (
            wording.metric_value(metric, end) for end in sure["value"].quantile([0.05, 0.95])
        )
        return t(
            "{metric} by hour of the week: mostly between {low} and {high}",
            metric=label,
            low=low,
            high=high,
        )
    best = sure.loc[sure["value"].idxmax()]
    return t(
        "The fullest hour was {weekday} at {time}: {amount} on average",
        weekday=wording.weekday(int(best["weekday"])),
        time=wording.clock(int(best["hour"])),
        amount=wording.amount(metric, best["value"], in_sentence(label)),
    )


def _how_to_read(view: View, table: pd.DataFrame, metric: str) -> str:
    parts = [
        t(_SHADES[view.mode, METRICS[metric].is_ratio]),
        tn(
            "Each cell was seen at least {count} time.",
            "Each cell was seen at least {count} times.",
            int(table["n"].min()),
        ),
    ]
    if table["is_thin"].any():
        parts.append(t("× marks cells with too little to trust."))
    return " ".join(parts)


_SHADES: Mapping[tuple[Mode, bool], str] = MappingProxyType(
    {
        ("light", True): mark("Darker is higher."),
        ("light", False): mark("Darker is busier."),
        ("dark", True): mark("Lighter is higher."),
        ("dark", False): mark("Lighter is busier."),
    }
)
"""By the mode, and by whether it is a ratio that is shaded."""


def _draw_both_blocks(view: View, metric: str) -> None:
    """Ranked stretches of the week, for volume and for engagement beside each other."""
    volume = view.traffic.main_metric if METRICS[metric].is_ratio else metric
    quality = metric if METRICS[metric].is_ratio else ENGAGEMENT
    both = [volume, quality] if quality in available_metrics(view.traffic) else [volume]
    for column, one in zip(st.columns(len(both)), both, strict=True):
        with column:
            _draw_blocks(view, one)


def _draw_blocks(view: View, metric: str) -> None:
    try:
        found = cache.find_blocks((*view.key, metric), view.traffic, metric)
    except NotEnoughData:
        return
    label = wording.metric_label(metric, "hour")
    table = _listed(found)
    if not found.tried:
        st.info(
            t(
                "**{metric}: no stretch of the week can be judged.** Each was seen only once or "
                "holds too few visits: choose a longer range of dates.",
                metric=label,
            )
        )
        return
    if table.empty:
        st.success(_nothing_found(found, label), icon=":material/check_circle:")
        return
    show(
        view,
        Card(
            slug=f"{metric}-stretches-of-the-week",
            headline=_blocks_headline(found, label),
            chart=charts.blocks(table, metric, view.mode),
            data=table.drop(columns="name").assign(
                weekday=[wording.weekday(number) for number in table["weekday"]]
            ),
            reading=_how_to_read_blocks(found),
            metric=t("{metric}, stretches of the week against a typical hour", metric=label),
            columns=_BLOCK_COLUMNS,
        ),
    )


def _nothing_found(found: Blocks, label: str) -> str:
    return tn(
        "**{metric}: no stretch of the week stands out.** What differs is within chance, "
        "after a correction for the one stretch looked at.",
        "**{metric}: no stretch of the week stands out.** What differs is within chance, "
        "after a correction for the {count} stretches looked at.",
        found.tried,
        metric=label,
    )


def _how_to_read_blocks(found: Blocks) -> str:
    colours = t("Colour: above a typical hour; grey: below.")
    lines = tn(
        "Lines are 95 % intervals, corrected for the one stretch looked at.",
        "Lines are 95 % intervals, corrected for the {count} stretches looked at.",
        found.tried,
    )
    return f"{colours} {lines}"


_BLOCK_COLUMNS: dict[str, str] = {
    "is_high": mark("Above a typical hour"),
    "weekday": mark("Weekday"),
    "hour": mark("First hour"),
    "hours": mark("Hours"),
    "value": mark("Value"),
    "difference": mark("Difference"),
    "low": mark("From"),
    "high": mark("To"),
    "p_value": mark("Adjusted p-value"),
    "weeks_seen": mark("Weeks seen"),
    "weeks_agreeing": mark("Weeks on the same side"),
    "n": mark("Counted on"),
    "seen": mark("Seen in"),
}


def _listed(found: Blocks) -> pd.DataFrame:
    """Those above, then those below, with names for people."""
    table = pd.concat(
        [found.high.assign(is_high=True), found.low.assign(is_high=False)], ignore_index=True
    )
    rows = table.to_dict("records")
    table["name"] = [stretch_name(row) for row in rows]
    table["seen"] = [
        tn(
            "{agreeing} of {count} week",
            "{agreeing} of {count} weeks",
            row["weeks_seen"],
            agreeing=row["weeks_agreeing"],
        )
        for row in rows
    ]
    return table


def stretch_name(row: Mapping[Any, Any]) -> str:
    """Weekday and hours of a stretch of the week.

    >>> stretch_name({"weekday": 3, "hour": 18, "hours": 4})
    'Thu 18:00–22:00'
    """
    weekday, start = wording.weekday(int(row["weekday"])), int(row["hour"])
    end = (start + int(row["hours"]) - 1) % 24 + 1
    return f"{weekday} {wording.clock(start)}–{wording.clock(end)}"


def _blocks_headline(found: Blocks, label: str) -> str:
    if found.high.empty:
        return t(
            "{metric}: no stretch is surely above a typical hour; some are below", metric=label
        )
    return t("{metric}: {finding}", metric=label, finding=block_sentence(found))


def block_sentence(found: Blocks) -> str:
    """The first stretch above a typical hour, in words."""
    row = found.high.iloc[0]
    change, low, high = (_change(found.metric, row[name]) for name in ("difference", "low", "high"))
    return tn(
        "{stretch} is {change} above a typical hour (95 % interval {low} to {high}), "
        "seen in {agreeing} of {count} week",
        "{stretch} is {change} above a typical hour (95 % interval {low} to {high}), "
        "seen in {agreeing} of {count} weeks",
        int(row["weeks_seen"]),
        stretch=stretch_name(row),
        change=change,
        low=low,
        high=high,
        agreeing=int(row["weeks_agreeing"]),
    )


def _change(metric: str, value: float) -> str:
    if not METRICS[metric].is_ratio:
        return wording.percent(value, 0)
    return wording.metric_change(metric, value).lstrip("+")


def find_windows(view: View) -> tuple[Window, Window] | None:
    """The busiest and the quietest hours of the day; ``None`` where the file cannot tell."""
    metric = view.traffic.main_metric
    key = (*view.key, metric)
    try:
        busiest = cache.find_window(key, view.traffic, metric, busiest=True)
        return busiest, cache.find_window(key, view.traffic, metric, busiest=False)
    except NotEnoughData:
        return None


def _draw_hours(view: View) -> None:
    """The busiest and the quietest hours of the day."""
    windows = find_windows(view)
    if windows is None:
        return
    busiest, quietest = windows
    metric = view.traffic.main_metric
    label = wording.metric_label(metric, "hour")
    table = cache.profile((*view.key, metric), view.traffic, metric, "hour")
    hours = {(busiest.start + step) % 24 for step in range(WINDOW_HOURS)}
    show(
        view,
        Card(
            slug=f"{metric}-by-hour-of-day",
            headline=_hours_headline(busiest, quietest),
            chart=charts.hours_of_day(
                table, hours if busiest.is_clearly_busy else set(), label, view.mode
            ),
            data=table,
            reading=t(
                "The lines are 95 % intervals over days. Busiest: {busiest} of all, quietest: "
                "{quietest}.",
                busiest=wording.percent(busiest.share),
                quietest=wording.percent(quietest.share),
            ),
            metric=t("{metric} in a typical hour", metric=label),
            columns={
                "hour": mark("Hour"),
                "value": label,
                "low": mark("From"),
                "high": mark("To"),
                "n": mark("Days"),
            },
        ),
    )


def _hours_headline(busiest: Window, quietest: Window) -> str:
    if busiest.is_clearly_busy and quietest.is_clearly_quiet:
        return t(
            "Busiest {busiest}, quietest {quietest}",
            busiest=window_name(busiest),
            quietest=window_name(quietest),
        )
    if busiest.is_clearly_busy:
        return t("Busiest {busiest}; no stretch is clearly quiet", busiest=window_name(busiest))
    return t("No stretch of the day clearly stands out")


def window_name(window: Window) -> str:
    """Hours of a stretch of the day."""
    return f"{wording.clock(window.start)}–{wording.clock(window.end)}"
