"""How much each channel brings: share, growth, mix over time, and when its visits come."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core import wording
from core.channels import FELL, GREW, Concentration
from core.errors import NotEnoughData
from core.expected import channel_name
from core.language import dated, group, in_sentence, mark, t, tn
from core.metrics import METRICS, available_metrics
from core.traffic import ALL_CHANNELS, Comparison, Traffic
from core.trends import possible_grains
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
            chart=charts.volume(_shares(found, gone), label, gone, view.colours, view.mode),
            data=found.frame,
            reading=_reading(view, found, row),
            metric=t(
                "Share of {metric} by channel, with 95 % intervals", metric=in_sentence(label)
            ),
            columns=_share_columns(label, view.traffic.grain),
        ),
    )


def _reading(view: View, found: Concentration, row: pd.Series) -> str:
    if len(found.frame) == 1:
        return ""
    return f"{_quality_without(view, row)} {_concentration(found)}".strip()


def _shares(found: Concentration, gone: str) -> pd.DataFrame:
    rows = found.frame.assign(n=found.frame["share"])
    return worth_drawing(rows, rows["channel"] == gone)


def _ask_gone(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    options = {name: name for name in names}
    return select_one("channels", "gone", t("What if this channel vanished?"), options)


def _volume_headline(found: Concentration, row: pd.Series, label: str) -> str:
    if len(found.frame) == 1:
        return t(
            "{channel} brings {count} {metric}",
            channel=row.name,
            count=wording.count(found.total),
            metric=in_sentence(label),
        )
    return t(
        "Without {channel}, {left} of {total} {metric} would be left",
        channel=row.name,
        left=wording.count(row["left"]),
        total=wording.count(found.total),
        metric=in_sentence(label),
    )


def _quality_without(view: View, row: pd.Series) -> str:
    key = next((key for key in FIRST_CHOICES if f"{key}_without" in row), None)
    if key is None:
        return ""
    overall = cache.compare_channels((*view.key, key), view.traffic, key).frame
    total = (overall["value"].fillna(0) * overall["n"]).sum() / overall["n"].sum()
    value, before = (wording.metric_value(key, number) for number in (row[f"{key}_without"], total))
    return t(
        "{metric} of the others: {now} (all together: {before}).",
        metric=METRICS[key].label,
        now=value,
        before=before,
    )


def _concentration(found: Concentration) -> str:
    return t(
        "The mix is as concentrated as {channels} channels of equal size would be. "
        "All this assumes that none of the visits would come another way.",
        channels=group(found.effective_channels, 1),
    )


def _share_columns(label: str, grain: str) -> dict[str, str]:
    ratios = {
        f"{key}_without": t("{metric} without it", metric=METRICS[key].label) for key in METRICS
    }
    names = {
        "channel": mark("Channel"),
        "share": t("Share of {metric}", metric=in_sentence(label)),
        "low": mark("95 % from"),
        "high": mark("95 % to"),
        "left": t("{metric} without it", metric=label),
    }
    counts = {key: wording.metric_label(key, grain) for key in METRICS}
    return counts | names | ratios


_NO_PERIODS = mark(
    "**The file holds no two periods to compare.**  \nA change needs the days looked at and as "
    "many days before them.  \nExport a longer span with “Date” or “Date + hour” as second "
    "column, or choose a shorter range of dates."
)


def draw_growth(view: View) -> None:
    """Change of each channel against the comparison period."""
    current, previous = view.period("current"), view.period("previous")
    if current is None or previous is None or current.is_empty or previous.is_empty:
        explain_missing(t("Change against the period before"), t(_NO_PERIODS))
        return
    metric = _ask_growth(view.traffic)
    try:
        table = cache.channel_growth((*view.key, metric), current, previous, metric)
    except NotEnoughData as problem:
        say(problem)
        return
    label = wording.metric_label(metric, view.traffic.grain)
    compared = _compared(view.comparison) if view.comparison else ""
    show(
        view,
        Card(
            slug=f"change-of-{metric.replace('_', '-')}-by-channel",
            headline=_growth_headline(table, metric, label),
            chart=charts.growth(_drawn(table), metric, view.colours, view.mode),
            data=table.assign(verdict=table["verdict"].map(t)),
            reading=f"{compared} {t(_COLOURS)}".strip(),
            metric=t(
                "Change of {metric} by channel, with 95 % intervals", metric=in_sentence(label)
            ),
            columns=_GROWTH_COLUMNS,
        ),
    )


_COLOURS = mark(
    "Coloured: beyond chance, after a correction for the number of channels. Grey and hollow: "
    "within what happens from day to day, or too little data."
)


def _compared(comparison: Comparison) -> str:
    """Which days are compared with which, as a sentence of its own."""
    if comparison.is_adjacent and comparison.is_inside:
        return tn(
            "Last {count} day ({span}) against the {count} before.",
            "Last {count} days ({span}) against the {count} before.",
            comparison.days,
            span=wording.span(*comparison.current),
        )
    return f"{describe_comparison(comparison)}."


def _drawn(table: pd.DataFrame) -> pd.DataFrame:
    return worth_drawing(table, table["verdict"].isin((GREW, FELL)))


def _ask_growth(traffic: Traffic) -> str:
    main, able = traffic.main_metric, available_metrics(traffic)
    options = {main: wording.metric_label(main, traffic.grain)}
    options |= {key: METRICS[key].label for key in FIRST_CHOICES if key in able}
    hint = metrics_help(options, traffic.grain)
    return pick("channels", "growth", t("Change of"), options, hint=hint)


def _growth_headline(table: pd.DataFrame, metric: str, label: str) -> str:
    said = {
        GREW: mark("{channel} rose ({change})"),
        FELL: mark("{channel} fell ({change})"),
    }
    parts = []
    for verdict, words in said.items():
        names = [
            t(words, channel=row.channel, change=wording.metric_change(metric, row.change))
            for row in table[table["verdict"] == verdict].itertuples()
        ]
        if names:
            parts.append(some(names))
    if parts:
        return t("{metric}: {finding}", metric=label, finding="; ".join(parts))
    return t("{metric}: no channel changed beyond chance", metric=label)


_GROWTH_COLUMNS = {
    "channel": mark("Channel"),
    "current": mark("Now"),
    "previous": mark("Before"),
    "change": mark("Change"),
    "low": mark("95 % from"),
    "high": mark("95 % to"),
    "n": mark("Counted on"),
    "p_value": mark("Adjusted p-value"),
    "verdict": mark("Verdict"),
}


def draw_mix(view: View) -> None:
    """Share of each channel over time."""
    traffic = view.traffic
    if not traffic.has_time:
        why_not(t("Mix of channels over time"), NotEnoughData("no_time"))
        return
    if len(traffic.times) < 2 or len(traffic.channels) < 2:
        explain_missing(
            t("Mix of channels over time"),
            t(
                "A mix over time needs two periods and two channels.  \nChoose more dates or "
                "channels, or export a longer span."
            ),
        )
        return
    grain = _mix_grain(traffic)
    metric = traffic.main_metric
    table = cache.mix_over_time((*view.key, metric, grain), traffic, metric, grain)
    table = table.assign(
        period=[_period(time, grain) for time in table["time"]],
        channel=table["channel"].map(channel_name),
    )
    label = wording.metric_label(metric, traffic.grain)
    show(
        view,
        Card(
            slug=f"mix-of-channels-by-{grain}",
            headline=_mix_headline(table, grain),
            chart=charts.mix(table, label, view.colours, view.mode),
            data=table.drop(columns="period"),
            reading=t(_MIX[grain].bars),
            metric=t(_MIX[grain].measure, metric=in_sentence(label)),
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
    return dated(time, {"month": "yMMM", "week": "yMMMd"}.get(grain, "MMMd"))


@dataclass(frozen=True)
class _Step:
    """What is said of the mix by one step of time."""

    bars: str
    measure: str
    mix: str
    steady: str
    moving: str


_MIX = {
    "day": _Step(
        mark(
            "Each bar is one day and adds up to 100 %. Paler: not wholly in the file, or filtered."
        ),
        mark("Share of {metric} by channel and day"),
        mark("Mix of channels by day"),
        mark("{channel}: {share} of the visits of every day"),
        mark("{channel}: {low} to {high} of a day’s visits"),
    ),
    "week": _Step(
        mark(
            "Each bar is one week and adds up to 100 %. Paler: not wholly in the file, or filtered."
        ),
        mark("Share of {metric} by channel and week"),
        mark("Mix of channels by week"),
        mark("{channel}: {share} of the visits of every week"),
        mark("{channel}: {low} to {high} of a week’s visits"),
    ),
    "month": _Step(
        mark(
            "Each bar is one month and adds up to 100 %. Paler: not wholly in the file, or "
            "filtered."
        ),
        mark("Share of {metric} by channel and month"),
        mark("Mix of channels by month"),
        mark("{channel}: {share} of the visits of every month"),
        mark("{channel}: {low} to {high} of a month’s visits"),
    ),
}


def _mix_headline(table: pd.DataFrame, grain: str) -> str:
    whole = table[table["is_complete"] & table["share"].notna()]
    if whole.empty:
        return t(_MIX[grain].mix)
    first = whole["channel"].iloc[0]
    shares = whole.loc[whole["channel"] == first, "share"]
    low, high = wording.percent(float(shares.min())), wording.percent(float(shares.max()))
    if low == high:
        return t(_MIX[grain].steady, channel=first, share=low)
    return t(_MIX[grain].moving, channel=first, low=low, high=high)


_MIX_COLUMNS = {
    "time": mark("Time"),
    "channel": mark("Channel"),
    "share": mark("Share"),
    "is_complete": mark("Wholly there"),
}


def draw_rhythms(view: View) -> None:
    """When each channel's visits come."""
    try:
        table = cache.channel_rhythms(view.key, view.traffic)
    except NotEnoughData as problem:
        why_not(t("When each channel’s visits come"), problem)
        return
    is_hours = view.traffic.grain == "hour"
    shown = table.assign(channel=table["channel"].replace({ALL_CHANNELS: t("All channels")}))
    even = wording.percent(table["even"].iloc[0])
    show(
        view,
        Card(
            slug="channels-by-hour-of-the-day" if is_hours else "channels-by-weekday",
            headline=_rhythm_headline(table, is_hours=is_hours),
            chart=charts.rhythms(shown, view.mode),
            data=shown,
            reading=t(_ROWS[is_hours], share=even),
            metric=t(_SHARES[is_hours]),
            columns=_RHYTHM_COLUMNS,
        ),
    )


_ROWS = {
    True: mark(
        "Each row adds up to 100 % of that channel’s own visits; without a rhythm every hour of "
        "the day would have {share}. Channels with few visits are left out."
    ),
    False: mark(
        "Each row adds up to 100 % of that channel’s own visits; without a rhythm every weekday "
        "would have {share}. Channels with few visits are left out."
    ),
}
_SHARES = {
    True: mark("Share of a channel’s visits by hour of the day"),
    False: mark("Share of a channel’s visits by weekday"),
}
_ONE_PEAK = {
    True: mark("Visits of {channel} peak at {peak}"),
    False: mark("Visits of {channel} peak on {peak}"),
}
_TWO_PEAKS = {
    True: mark(
        "All visits peak at {peak}; those of {channel} are spread most differently and peak at "
        "{other}"
    ),
    False: mark(
        "All visits peak on {peak}; those of {channel} are spread most differently and peak on "
        "{other}"
    ),
}
"""By whether hours are told, or weekdays."""


def _rhythm_headline(table: pd.DataFrame, *, is_hours: bool) -> str:
    """Busiest part of the site, and the channel that is furthest from it."""
    shares = table.pivot_table(index="channel", columns="part", values="share")
    whole = shares.loc[ALL_CHANNELS]
    own = shares.drop(index=ALL_CHANNELS)
    if len(own) < 2:
        peak = _peak(own.iloc[0], is_hours=is_hours)
        return t(_ONE_PEAK[is_hours], channel=own.index[0], peak=peak)
    name = (own - whole).abs().sum(axis=1).idxmax()
    return t(
        _TWO_PEAKS[is_hours],
        peak=_peak(whole, is_hours=is_hours),
        channel=name,
        other=_peak(own.loc[name], is_hours=is_hours),
    )


def _peak(shares: pd.Series, *, is_hours: bool) -> str:
    peak = int(shares.idxmax())
    return wording.clock(peak) if is_hours else wording.weekday(peak)


_RHYTHM_COLUMNS = {
    "channel": mark("Channel"),
    "part": mark("Hour or weekday"),
    "share": mark("Share of its visits"),
    "low": mark("95 % from"),
    "high": mark("95 % to"),
    "even": mark("Even share"),
}
