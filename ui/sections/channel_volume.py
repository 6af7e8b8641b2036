"""How much each channel brings: share, growth, mix over time, and when its visits come."""

from __future__ import annotations

import pandas as pd

from core import wording
from core.channels import FELL, GREW, Concentration
from core.errors import NotEnoughData
from core.metrics import METRICS, available_metrics
from core.traffic import ALL_CHANNELS, Traffic
from core.trends import possible_grains
from core.wording import WEEKDAYS
from ui import cache
from ui.cards import Card, show
from ui.charts import channels as charts
from ui.choices import pick, select_one
from ui.filters import describe_comparison
from ui.help import explain_missing, metrics_help, why_not
from ui.page import View, say
from ui.sections.channels import FIRST_CHOICES, some, worth_drawing

_MOST_PERIODS = 45


def draw_volume(view: View) -> None:
    """Share of each channel, and what would be left without one of them."""
    try:
        found = cache.concentrate(view.key, view.traffic)
    except NotEnoughData as problem:
        say(problem)
        return
    label = wording.metric_label(found.metric, view.traffic.grain)
    names = list(found.frame["channel"])
    gone = _ask_gone(names)
    row = found.frame.set_index("channel").loc[gone]
    show(
        view,
        Card(
            slug=f"{found.metric.replace('_', '-')}-by-channel",
            headline=_volume_headline(found, row, label),
            chart=charts.volume(_shares(found, gone), label, gone, view.mode),
            data=found.frame,
            reading=f"{_quality_without(view, row)}{_concentration(found)}"
            if len(names) > 1
            else "",
            metric=f"Share of {label.lower()} by channel, with 95 % intervals",
            columns=_share_columns(label, view.traffic.grain),
        ),
    )


def _reading(view: View, found: Concentration, row: pd.Series) -> str:
    if len(found.frame) == 1:
        return ""
    return f"{_quality_without(view, row)}{_concentration(found)}"


def _shares(found: Concentration, gone: str) -> pd.DataFrame:
    rows = found.frame.assign(n=found.frame["share"])
    return worth_drawing(rows, rows["channel"] == gone)


def _ask_gone(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    options = {name: name for name in names}
    return select_one("channels", "gone", "What if this channel vanished?", options)


def _volume_headline(found: Concentration, row: pd.Series, label: str) -> str:
    if len(found.frame) == 1:
        return f"{row.name} brings {wording.count(found.total)} {label.lower()}"
    return (
        f"Without {row.name}, {wording.count(row['left'])} of {wording.count(found.total)} "
        f"{label.lower()} would be left"
    )


def _quality_without(view: View, row: pd.Series) -> str:
    key = next((key for key in FIRST_CHOICES if f"{key}_without" in row), None)
    if key is None:
        return ""
    overall = cache.compare_channels((*view.key, key), view.traffic, key).frame
    total = (overall["value"].fillna(0) * overall["n"]).sum() / overall["n"].sum()
    value, before = (wording.metric_value(key, number) for number in (row[f"{key}_without"], total))
    return f"{METRICS[key].label} of the others: {value} (all together: {before}). "


def _concentration(found: Concentration) -> str:
    return (
        f"The mix is as concentrated as {found.effective_channels:.1f} channels of equal size "
        "would be. All this assumes that none of the visits would come another way."
    )


def _share_columns(label: str, grain: str) -> dict[str, str]:
    ratios = {f"{key}_without": f"{METRICS[key].label} without it" for key in METRICS}
    names = {
        "channel": "Channel",
        "share": f"Share of {label.lower()}",
        "low": "95 % from",
        "high": "95 % to",
        "left": f"{label} without it",
    }
    counts = {key: wording.metric_label(key, grain) for key in METRICS}
    return counts | names | ratios


_NO_PERIODS = (
    "**The file holds no two periods to compare.**  \nA change needs the days looked at and as "
    "many days before them.  \nExport a longer span with “Date” or “Date + hour” as second "
    "column, or choose a shorter range of dates."
)


def draw_growth(view: View) -> None:
    """Change of each channel against the comparison period."""
    current, previous = view.period("current"), view.period("previous")
    if current is None or previous is None or current.is_empty or previous.is_empty:
        explain_missing("Change against the period before", _NO_PERIODS)
        return
    metric = _ask_growth(view.traffic)
    try:
        table = cache.channel_growth((*view.key, metric), current, previous, metric)
    except NotEnoughData as problem:
        say(problem)
        return
    label = wording.metric_label(metric, view.traffic.grain)
    compared = describe_comparison(view.comparison) if view.comparison else ""
    show(
        view,
        Card(
            slug=f"change-of-{metric.replace('_', '-')}-by-channel",
            headline=_growth_headline(table, metric, label),
            chart=charts.growth(_drawn(table), metric, view.colours, view.mode),
            data=table,
            reading=f"{compared[:1].upper()}{compared[1:]}. Coloured: beyond chance, after a "
            "correction for the number of channels. Grey and hollow: within what happens from "
            "day to day, or too little data.",
            metric=f"Change of {label.lower()} by channel, with 95 % intervals",
            columns=_GROWTH_COLUMNS,
        ),
    )


def _drawn(table: pd.DataFrame) -> pd.DataFrame:
    return worth_drawing(table, table["verdict"].isin((GREW, FELL)))


def _ask_growth(traffic: Traffic) -> str:
    main, able = traffic.main_metric, available_metrics(traffic)
    options = {main: wording.metric_label(main, traffic.grain)}
    options |= {key: METRICS[key].label for key in FIRST_CHOICES if key in able}
    hint = metrics_help(options, traffic.grain)
    return pick("channels", "growth", "Change of", options, hint=hint)


def _growth_headline(table: pd.DataFrame, metric: str, label: str) -> str:
    parts = []
    for verdict in (GREW, FELL):
        rows = table[table["verdict"] == verdict]
        names = [
            f"{row.channel} {verdict} ({wording.metric_change(metric, row.change)})"
            for row in rows.itertuples()
        ]
        if names:
            parts.append(some(names))
    if parts:
        return f"{label}: {'; '.join(parts)}"
    return f"{label}: no channel changed beyond chance"


_GROWTH_COLUMNS = {
    "channel": "Channel",
    "current": "Now",
    "previous": "Before",
    "change": "Change",
    "low": "95 % from",
    "high": "95 % to",
    "n": "Counted on",
    "p_value": "Adjusted p-value",
    "verdict": "Verdict",
}


def draw_mix(view: View) -> None:
    """Share of each channel over time."""
    traffic = view.traffic
    if not traffic.has_time:
        why_not("Mix of channels over time", NotEnoughData("no_time"))
        return
    if len(traffic.times) < 2 or len(traffic.channels) < 2:
        explain_missing(
            "Mix of channels over time",
            "A mix over time needs two periods and two channels.  \nChoose more dates or channels, "
            "or export a longer span.",
        )
        return
    grain = _mix_grain(traffic)
    metric = traffic.main_metric
    table = cache.mix_over_time((*view.key, metric, grain), traffic, metric, grain)
    table = table.assign(period=[_period(time, grain) for time in table["time"]])
    label = wording.metric_label(metric, traffic.grain)
    show(
        view,
        Card(
            slug=f"mix-of-channels-by-{grain}",
            headline=_mix_headline(table, grain),
            chart=charts.mix(table, label, view.colours, view.mode),
            data=table.drop(columns="period"),
            reading=f"Each bar is one {grain} and adds up to 100 %. Paler: not wholly in the "
            "file, or filtered.",
            metric=f"Share of {label.lower()} by channel and {grain}",
            columns=_MIX_COLUMNS | {"value": label},
        ),
    )


def _mix_grain(traffic: Traffic) -> str:
    """The finest step that is still readable as bars."""
    possible = [grain for grain in possible_grains(traffic) if grain != "hour"]
    days = {"day": 1, "week": 7, "month": 30}
    able = [grain for grain in possible if traffic.days / days[grain] <= _MOST_PERIODS]
    return able[0] if able else (possible or [traffic.grain])[-1]


def _period(time: pd.Timestamp, grain: str) -> str:
    if grain == "month":
        return time.strftime("%b %Y")
    return f"{time.day} {time.strftime('%b')}" + (f" {time.year}" if grain == "week" else "")


def _mix_headline(table: pd.DataFrame, grain: str) -> str:
    whole = table[table["is_complete"] & table["share"].notna()]
    if whole.empty:
        return f"Mix of channels by {grain}"
    first = whole["channel"].iloc[0]
    shares = whole.loc[whole["channel"] == first, "share"]
    low, high = wording.percent(float(shares.min())), wording.percent(float(shares.max()))
    if low == high:
        return f"{first}: {low} of the visits of every {grain}"
    return f"{first}: {low} to {high} of a {grain}’s visits"


_MIX_COLUMNS = {
    "time": "Time",
    "channel": "Channel",
    "share": "Share",
    "is_complete": "Wholly there",
}


def draw_rhythms(view: View) -> None:
    """When each channel's visits come."""
    try:
        table = cache.channel_rhythms(view.key, view.traffic)
    except NotEnoughData as problem:
        why_not("When each channel’s visits come", problem)
        return
    is_hours = view.traffic.grain == "hour"
    shown = table.assign(channel=table["channel"].replace({ALL_CHANNELS: "All channels"}))
    part = "hour of the day" if is_hours else "weekday"
    show(
        view,
        Card(
            slug=f"channels-by-{part.replace(' ', '-')}",
            headline=_rhythm_headline(table, is_hours=is_hours),
            chart=charts.rhythms(shown, view.mode),
            data=shown,
            reading=f"Each row adds up to 100 % of that channel’s own visits; without a rhythm "
            f"every {part} would have {wording.percent(table['even'].iloc[0])}. Channels with "
            "few visits are left out.",
            metric=f"Share of a channel’s visits by {part}",
            columns=_RHYTHM_COLUMNS,
        ),
    )


def _rhythm_headline(table: pd.DataFrame, *, is_hours: bool) -> str:
    """Busiest part of the site, and the channel that is furthest from it."""
    shares = table.pivot_table(index="channel", columns="part", values="share")
    whole = shares.loc[ALL_CHANNELS]
    own = shares.drop(index=ALL_CHANNELS)
    if len(own) < 2:
        return f"Visits of {own.index[0]} peak {_part(own.iloc[0], is_hours=is_hours)}"
    name = (own - whole).abs().sum(axis=1).idxmax()
    return (
        f"All visits peak {_part(whole, is_hours=is_hours)}; those of {name} are spread most "
        f"differently and peak {_part(own.loc[name], is_hours=is_hours)}"
    )


def _part(shares: pd.Series, *, is_hours: bool) -> str:
    peak = int(shares.idxmax())
    return f"at {wording.clock(peak)}" if is_hours else f"on {WEEKDAYS[peak]}"


_RHYTHM_COLUMNS = {
    "channel": "Channel",
    "part": "Hour or weekday",
    "share": "Share of its visits",
    "low": "95 % from",
    "high": "95 % to",
    "even": "Even share",
}
