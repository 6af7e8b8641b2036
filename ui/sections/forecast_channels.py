"""What each channel is expected to bring, adding up to all traffic; the engagement rate ahead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from core import wording
from core.errors import NotEnoughData
from core.forecast import ChannelForecasts, Forecast, RateForecast, forecast_rate
from core.forecast.channels import MOST_CHANNELS, OTHERS
from core.language import group, mark, t, tn
from core.metrics import METRICS
from core.traffic import UNATTRIBUTED, Filters, Traffic, select, total_over_time
from ui import cache, messages, state
from ui.cache import Key
from ui.cards import Card, show
from ui.charts import forecast_channels as charts
from ui.help import explain_missing, why_not
from ui.page import View
from ui.sections.forecast_answer import with_level
from ui.sections.forecast_question import ALL, LEVEL, Question, three
from ui.text import escape

ENGAGED, VISITS, RATE = "engaged_sessions", "sessions", "engagement_rate"
SECONDS_A_CHANNEL = 2
FEW = 30
"""A channel of which fewer are expected has hardly any visits."""
_UNIT = {"day": mark("Day"), "week": mark("Week"), "month": mark("Month")}
_SHOWN = 28
"""Counted days (weeks, months) drawn before a rate ahead."""


def draw_channels(view: View, question: Question) -> None:
    """The forecasts of all channels, once asked for; the engagement rate, once opened."""
    if question.table is not None and int((question.table.sum() > 0).sum()) > 1:
        _draw_by_channel(view, question, question.table)
    elif not view.whole.has_channels:
        why_not(t("What to expect from each channel"), NotEnoughData("no_channels"))
    if {ENGAGED, VISITS} <= set(view.whole.exported):
        _draw_rate_fold(view, question)
    else:
        explain_missing(t("The engagement rate ahead"), t(_NO_RATE))


_NO_RATE = mark(
    "The file does not count both sessions and engaged sessions.  \nIn GA4 export Traffic "
    "acquisition with both columns."
)


def _draw_by_channel(view: View, question: Question, table: pd.DataFrame) -> None:
    st.subheader(t("What to expect from each channel"))
    is_asked = question.channel != ALL
    if not is_asked and known_channels(question) is None:
        is_asked = _offer(question, table)
    if not is_asked and known_channels(question) is None:
        return
    try:
        found = _with_level(make_channels(question, table), question.level)
    except NotEnoughData as problem:
        say_briefly(problem)
        return
    if not found.total.total.mean > 0:
        st.caption(
            t("The forecast of {metric} is zero for every channel.", metric=escape(question.noun))
        )
        return
    show(view, _channel_card(view, question, found, table))


def _offer(question: Question, table: pd.DataFrame) -> bool:
    """A button, for it takes seconds; whether it was pressed."""
    many = min(int((table.sum() > 0).sum()), MOST_CHANNELS + 1)
    place = st.empty()
    with place.container(border=True):
        what = t(
            "How many {metric} to expect from each channel, adding up to all traffic.",
            metric=escape(question.noun),
        )
        st.caption(f"{what} {about_seconds(many)}")
        is_pressed = st.button(t("Forecast each channel"), icon=":material/stacked_bar_chart:")
    if is_pressed:
        place.empty()
    return is_pressed


def about_seconds(channels: int) -> str:
    """How long so many channels take, in a sentence."""
    return tn(
        "That takes about {count} second.",
        "That takes about {count} seconds.",
        SECONDS_A_CHANNEL * channels,
    )


def known_channels(question: Question) -> ChannelForecasts | None:
    """The forecasts of all channels, if this session has made them."""
    return cache.known_channel_forecasts(question.key, question.horizon, LEVEL)


def make_channels(question: Question, table: pd.DataFrame) -> ChannelForecasts:
    """Forecast all channels, with bands of ``LEVEL``.

    Raises:
        NotEnoughData: as ``core.forecast.forecast``.
    """
    return cache.make_channel_forecasts(
        question.key, table, question.horizon, LEVEL, question.events
    )


def _with_level(found: ChannelForecasts, level: float) -> ChannelForecasts:
    return ChannelForecasts(
        total=with_level(found.total, level),
        channels={name: with_level(one, level) for name, one in found.channels.items()},
    )


def say_briefly(problem: NotEnoughData) -> None:
    """One line on why something is not shown."""
    message = messages.of_error(problem)
    st.caption(escape(f"{message.title} {message.why}"))


def _rows(found: ChannelForecasts, question: Question, table: pd.DataFrame) -> pd.DataFrame:
    """One row a channel, those expected to bring most first, with what it brought before."""
    whole, before = found.total.total.mean, _before(found, question, table)
    rows = pd.DataFrame(
        {
            "channel": list(found.channels),
            "mean": [one.total.mean for one in found.channels.values()],
            "low": [one.total.low for one in found.channels.values()],
            "high": [one.total.high for one in found.channels.values()],
            "before": [before[name] for name in found.channels],
            "is_thin": [_is_thin(one) for one in found.channels.values()],
        }
    )
    rows["share"] = rows["mean"] / whole if whole > 0 else np.nan
    rows["is_rest"] = rows["channel"] == OTHERS
    rows = rows.sort_values(["is_rest", "mean"], ascending=[True, False], kind="stable")
    return rows.drop(columns="is_rest").reset_index(drop=True)


def _is_thin(one: Forecast) -> bool:
    return "mostly_zero" in one.caveats or one.total.mean < FEW


def _before(found: ChannelForecasts, question: Question, table: pd.DataFrame) -> dict[str, float]:
    """What each channel, and all together, brought in as long a time before; NaN if unknown."""
    if len(table) < question.horizon:
        return dict.fromkeys((*found.channels, ALL), np.nan)
    newest = table.iloc[-question.horizon :].sum()
    own = {name: float(newest[name]) for name in found.channels if name in newest}
    whole = float(newest.sum())
    return own | {OTHERS: whole - sum(own.values()), ALL: whole}


def _channel_card(
    view: View, question: Question, found: ChannelForecasts, table: pd.DataFrame
) -> Card:
    rows = _rows(found, question, table)
    before = _before_title(question)
    shown = rows.assign(is_cut=rows["high"] > charts.furthest(rows))
    shown = shown.assign(
        channel=rows["channel"].replace({OTHERS: t("All others")}),
        words=[_at_the_end(row) for row in shown.to_dict("records")],
    )
    return Card(
        slug=f"forecast-by-channel-{question.slug}",
        headline=_channel_headline(question, found, rows),
        chart=charts.expected_by_channel(shown, question.label, view.colours, before, view.mode),
        data=_numbers(found, rows, _before(found, question, table)[ALL]),
        reading=_channel_reading(question, shown),
        metric=t(
            "{metric} {when} by channel, with {level}% bands",
            metric=question.label,
            when=question.when,
            level=group(100 * question.level, 0),
        ),
        columns={
            "channel": mark("Channel"),
            "mean": mark("Expected"),
            "low": mark("Band from"),
            "high": mark("Band to"),
            "share": mark("Share of all, %"),
            "before": before,
            "change": mark("Change, %"),
        },
    )


def _before_title(question: Question) -> str:
    number = question.units
    return {
        "day": tn("The day before", "The {count} days before", number),
        "week": tn("The week before", "The {count} weeks before", number),
        "month": tn("The month before", "The {count} months before", number),
    }[question.unit]


def _at_the_end(row: dict) -> str:
    """Count and share; of a thin channel the count alone, and how far its band reaches."""
    if row["mean"] < 1:
        return t("hardly any")
    if row["is_thin"]:
        count = three(row["mean"]) if row["mean"] >= FEW else wording.count(round(row["mean"]))
        if row["is_cut"]:
            return t("about {count}, band to {high}", count=count, high=three(row["high"]))
        return t("about {count}", count=count)
    return f"{three(row['mean'])} · {wording.percent(row['share'], 0 if row['share'] > 0.1 else 1)}"


def _channel_headline(question: Question, found: ChannelForecasts, rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    return t(
        "{channel} is expected to bring {share} of {metric} {when}: about {count} "
        "(likely {low} to {high}) of {total} from all channels together",
        channel=first["channel"],
        share=wording.percent(first["share"], 0),
        metric=question.noun,
        when=question.when,
        count=three(first["mean"]),
        low=three(first["low"]),
        high=three(first["high"]),
        total=three(found.total.total.mean),
    )


def _channel_reading(question: Question, rows: pd.DataFrame) -> str:
    parts = [
        t(
            "Line: the band meant to hold {level} of the totals.",
            level=wording.percent(question.level, 0),
        )
    ]
    if rows["before"].notna().any():
        outside = rows[(rows["before"] < rows["low"]) | (rows["before"] > rows["high"])]
        names = list(outside.loc[~outside["is_thin"], "channel"])
        parts.append(_compared(names, question.length))
    if rows["is_thin"].any():
        parts.append(t("Hollow: few visits, or none most of the time, so little can be told."))
    for row in rows[rows["is_cut"]].itertuples():
        parts.append(
            t(
                "The band of {channel} reaches to {high}, past this chart.",
                channel=row.channel,
                high=three(row.high),
            )
        )
    return " ".join(parts)


def _compared(names: list[str], length: str) -> str:
    if not names:
        return t(
            "Upright mark: the {length} before; in the band of every larger channel, "
            "so no change can be told.",
            length=length,
        )
    rest = len(names) - 2
    shown = names if rest <= 1 else [*names[:2], tn("{count} more", "{count} more", rest)]
    return t(
        "Upright mark: the {length} before; outside of the band for {channels}.",
        length=length,
        channels=wording.listing(shown),
    )


def _numbers(found: ChannelForecasts, rows: pd.DataFrame, before: float) -> pd.DataFrame:
    """All channels, then the line that equals all traffic, with the band of all traffic."""
    total = found.total.total
    line = {"channel": t(ALL), "mean": total.mean, "low": total.low, "high": total.high}
    last = pd.DataFrame([line | {"share": rows["share"].sum(), "before": before}])
    table = pd.concat([rows.drop(columns="is_thin"), last], ignore_index=True)
    table["channel"] = table["channel"].replace({OTHERS: t("All others")})
    earlier = table["before"].where(table["before"] >= FEW)  # of a handful, per cents mislead
    table["change"] = (100 * (table["mean"] / earlier - 1)).round(1)
    table["share"] = (100 * table["share"]).round(2)
    counts = ["mean", "low", "high"]
    return table.assign(**table[counts].round(1))[["channel", *counts, "share", "before", "change"]]


def _draw_rate_fold(view: View, question: Question) -> None:
    """Opening it asks for it: two forecasts are to be made."""
    fold = st.expander(
        t("Engagement rate ahead"),
        icon=":material/percent:",
        key=state.choice_key("forecast", "rate_is_open"),
        on_change="rerun",
    )
    if not fold.open:
        return
    with fold:
        try:
            found = _rate(view, question)
        except NotEnoughData as problem:
            say_briefly(problem)
            return
        show(view, _rate_card(view, question, found))


def _rate(view: View, question: Question) -> RateForecast:
    top, base = (forecast_of(view, question, metric) for metric in (ENGAGED, VISITS))
    return forecast_rate(top, base)


def forecast_of(
    view: View, question: Question, metric: str, channel: str | None = None
) -> Forecast:
    """Forecast another measure for the same time, of one channel or of all traffic.

    Raises:
        NotEnoughData: as ``core.forecast.forecast``.
    """
    key: Key = tuple(metric if part == question.metric else part for part in question.key)
    if channel is not None:
        key = (*key, channel)
    history = counted(view, metric, channel)
    made = cache.make_forecast(key, history, question.horizon, LEVEL, question.events)
    return with_level(made, question.level)


def counted(view: View, metric: str, channel: str | None = None) -> pd.Series:
    """The history of a measure under the filters of a forecast."""
    traffic = _traffic(view)
    if channel is not None:
        traffic = select(traffic, Filters(channels=(channel,)))
    return total_over_time(traffic, [metric])[metric]


def _traffic(view: View) -> Traffic:
    return select(view.whole, replace(view.filters, weekdays=None, hours=None))


def _rate_card(view: View, question: Question, found: RateForecast) -> Card:
    label, unit, seen = METRICS[RATE].label, question.unit, _seen_rates(view, question.grain)
    return Card(
        slug=f"forecast-engagement-rate-{question.units}-{question.unit}s",
        headline=t(
            "{metric} expected {when}: {rate}, likely {low} to {high}",
            metric=label,
            when=question.when,
            rate=wording.percent(found.mean),
            low=wording.percent(found.low),
            high=wording.percent(found.high),
        ),
        chart=charts.rate_ahead(seen, found.frame, label, question.unit, view.mode),
        data=found.frame,
        reading=_rate_reading(found, seen, unit),
        metric=t(
            "{metric} by {step}, forecast with {level}% band",
            metric=label,
            step=wording.step(unit),
            level=group(100 * found.level, 0),
        ),
        columns={
            "time": _UNIT[unit],
            "mean": mark("Expected"),
            "low": mark("Band from"),
            "high": mark("Band to"),
        },
    )


def _rate_reading(found: RateForecast, seen: pd.DataFrame, unit: str) -> str:
    number, rate = len(seen), _newest(seen)
    grey = {
        "day": tn(
            "Grey: counted, {rate} in the newest day.",
            "Grey: counted, {rate} in the newest {count} days.",
            number,
            rate=rate,
        ),
        "week": tn(
            "Grey: counted, {rate} in the newest week.",
            "Grey: counted, {rate} in the newest {count} weeks.",
            number,
            rate=rate,
        ),
        "month": tn(
            "Grey: counted, {rate} in the newest month.",
            "Grey: counted, {rate} in the newest {count} months.",
            number,
            rate=rate,
        ),
    }[unit]
    made = t(
        "All traffic: engaged sessions ÷ sessions, each forecast by itself; "
        "the band is meant to hold {level} of the {steps}.",
        level=wording.percent(found.level, 0),
        steps=wording.steps(unit),
    )
    return f"{grey} {made}"


def _seen_rates(view: View, grain: str) -> pd.DataFrame:
    """The rate of the newest periods, where there was a visit; hours are added up to days."""
    counts = total_over_time(_traffic(view), [ENGAGED, VISITS])
    newest = (counts.resample("D").sum() if grain == "hour" else counts).iloc[-_SHOWN:]
    newest = newest[newest[VISITS] > 0]
    rates = newest[ENGAGED] / newest[VISITS]
    return pd.DataFrame(
        {
            "time": newest.index,
            "value": rates.to_numpy(),
            "visits": newest[VISITS].to_numpy(),
        }
    )


def _newest(seen: pd.DataFrame) -> str:
    """Rate of what is shown, as a ratio of sums."""
    return wording.percent(float((seen["value"] * seen["visits"]).sum() / seen["visits"].sum()))


def can_have_campaign(name: str) -> bool:
    """Whether a campaign can be aimed at a channel: not at what GA4 could not tell."""
    return name != OTHERS and name not in UNATTRIBUTED
