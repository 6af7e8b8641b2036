"""What is to be forecast: measure, channel, how far ahead, and how wide the band is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from core import wording
from core.forecast.channels import MOST_CHANNELS, OTHERS
from core.language import in_sentence, mark, t, tn
from core.metrics import METRICS
from core.traffic import Filters, Traffic, select, total_over_time
from ui.cache import Key
from ui.choices import pick, select_one
from ui.help import metric_help
from ui.page import View
from ui.sections.forecast_days import NO_EVENTS, SpecialDays, ask_special_days

LEVEL = 0.8
"""What is computed; other levels are made from it."""
LEVELS = (80, 95)
"""Per cent of the counts that a band may be meant to hold."""
ALL, _CHOSEN = mark("All traffic"), mark("All chosen channels")
HOURS_A_DAY = 24
HORIZONS = {
    "hour": (7, 14, 28, 60, 90),
    "day": (14, 28, 56, 90, 180, 365),
    "week": (4, 8, 13, 26, 52),
    "month": (3, 6, 12),
}
"""How far ahead to look, by grain: days (of hours and days), weeks or months."""
_ALWAYS_OFFERED = 2
_MOST_NAMED = 3
_FIRST = ("sessions", "users", "engaged_sessions", "key_events")
_UNITS = ("count", "money")


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be forecast.

    Args:
        metric: a key of ``METRICS`` that is summed.
        channel: a channel, ``all others`` where there are many, or ``ALL``.
        horizon: periods ahead.
        grain: of the history: ``hour``, ``day``, ``week`` or ``month``.
        history: the count of each period for this channel, zeros filled in.
        table: the counts of all channels, one column each; ``None`` where the file has none.
        days: special days to learn from, and what to say of them.
        level: the share of actual counts that bands are meant to hold.
        key: of file, dates, channels of the filters, metric, horizon and events, for caches; not
            of ``channel``, for all channels are forecast together.
        among: channels of the filters; empty for no choice.
    """

    metric: str
    channel: str
    horizon: int
    grain: str
    history: pd.Series
    table: pd.DataFrame | None
    days: SpecialDays
    level: float
    key: Key
    among: tuple[str, ...] = ()

    @property
    def events(self) -> pd.DataFrame | None:
        """Holidays and notes to learn from: ``name``, ``start``, ``end``."""
        return self.days.events

    @property
    def label(self) -> str:
        """Name of what is counted."""
        return wording.metric_label(self.metric, self.grain)

    @property
    def noun(self) -> str:
        """Name of what is counted, in the middle of a sentence."""
        return in_sentence(self.label)

    @property
    def channels(self) -> str:
        """The channels that are counted, in the middle of a sentence but for all traffic."""
        if self.channel == ALL and not self.among:
            return t(ALL)
        if self.channel == ALL:
            count = len(self.among)
            is_few = count <= _MOST_NAMED
            return wording.listing(self.among) if is_few else _so_many_channels(count)
        return t("all other channels") if self.channel == OTHERS else self.channel

    @property
    def unit(self) -> str:
        """What the horizon is told in: ``day`` for hours and days, ``week`` or ``month``."""
        return "day" if self.grain == "hour" else self.grain

    @property
    def units(self) -> int:
        """How many of ``unit`` lie ahead."""
        return self.horizon // HOURS_A_DAY if self.grain == "hour" else self.horizon

    @property
    def length(self) -> str:
        """How far ahead, such as "28 days" or "6 months"."""
        return wording.steps(self.unit, self.units)

    @property
    def when(self) -> str:
        """The time ahead in a sentence, such as "in the next 28 days"."""
        return {
            "day": tn("in the next day", "in the next {count} days", self.units),
            "week": tn("in the next week", "in the next {count} weeks", self.units),
            "month": tn("in the next month", "in the next {count} months", self.units),
        }[self.unit]

    @property
    def slug(self) -> str:
        """Part of file names."""
        return f"{self.metric.replace('_', '-')}-{self.units}-{self.unit}s"

    def amount(self, value: float) -> str:
        """So many of what is counted, to three figures: a forecast knows no more."""
        if METRICS[self.metric].unit == "count":
            return self.number(three(value))
        return t("{amount} of {metric}", amount=three(value), metric=self.noun)

    def number(self, count: str) -> str:
        """A number with the name of what is counted."""
        return t("{count} {metric}", count=count, metric=self.noun)

    def of_channels(self, what: str) -> str:
        """What is counted with the channels it comes from; as it is for all traffic.

        Args:
            what: such as "Sessions" or "40,600 sessions".
        """
        if self.channel == OTHERS:
            return t("{what} from all other channels", what=what)
        if self.channel == ALL and not self.among:
            return what
        if self.channel == ALL and len(self.among) > _MOST_NAMED:
            return tn(
                "{what} from {count} channel",
                "{what} from {count} channels",
                len(self.among),
                what=what,
            )
        return t("{what} from {channels}", what=what, channels=self.channels)


def _so_many_channels(number: int) -> str:
    return tn("{count} channel", "{count} channels", number)


def three(value: float) -> str:
    """Three significant figures: a forecast knows no more.

    >>> three(40630.03), three(4.25), three(0.0)
    ('40,600', '4.2', '0')
    """
    return wording.count(float(f"{value:.3g}"))


def ask(view: View) -> Question:
    """Ask for measure, channel, horizon, band and special days.

    Dates and channels of the filters apply; weekdays and hours do not, for what repeats from day
    to day and week to week must be seen whole.
    """
    traffic = select(view.whole, replace(view.filters, weekdays=None, hours=None))
    if view.filters.weekdays or view.filters.hours:
        st.caption(
            t("A forecast needs all weekdays and hours: those two filters do not apply here.")
        )
    places = st.columns([3, 3, 2, 2])
    with places[0]:
        metric = select_one(
            "forecast",
            "metric",
            t("Measure"),
            _measures(traffic),
            explain=lambda key: metric_help(key, traffic.grain),
        )
    table = _by_channel(traffic, metric) if traffic.has_channels else None
    with places[1]:
        channel = select_one("forecast", "channel", t("Channel"), _channels(table, view.filters))
    with places[2]:
        units = select_one("forecast", "horizon", t("Look ahead"), _horizons(traffic))
    with places[3]:
        levels = {level: wording.percent(level / 100, 0) for level in LEVELS}
        level = pick("forecast", "level", t("Band"), levels, hint=t(_BAND_HINT)) / 100
    horizon = units * HOURS_A_DAY if traffic.grain == "hour" else units
    history = total_over_time(traffic, [metric])[metric]
    days = NO_EVENTS
    if traffic.grain in ("hour", "day"):
        days = ask_special_days(pd.DatetimeIndex(history.index), traffic.grain, horizon)
    if table is not None and channel != ALL:
        history = of_channel(table, channel)
    return Question(
        metric=metric,
        channel=channel,
        horizon=horizon,
        grain=traffic.grain,
        history=history,
        table=table,
        days=days,
        level=level,
        key=(*_file_key(view), metric, horizon, days.key),
        among=view.filters.channels or (),
    )


def usual_question(view: View, days: int) -> Question:
    """What the page asks of a file at first, without drawing a control.

    Args:
        view: what is selected.
        days: how far to look ahead in files by hour or day; the first horizon on offer in others.
    """
    traffic = select(view.whole, replace(view.filters, weekdays=None, hours=None))
    metric, units = next(iter(_measures(traffic))), next(iter(_horizons(traffic)))
    units = days if traffic.grain in ("hour", "day") else units
    horizon = units * HOURS_A_DAY if traffic.grain == "hour" else units
    return Question(
        metric=metric,
        channel=ALL,
        horizon=horizon,
        grain=traffic.grain,
        history=total_over_time(traffic, [metric])[metric],
        table=None,
        days=NO_EVENTS,
        level=LEVEL,
        key=(*_file_key(view), metric, horizon, NO_EVENTS.key),
        among=view.filters.channels or (),
    )


_BAND_HINT = mark(
    "How often the actual count is meant to lie in the band: four times in five, or nineteen times "
    "in twenty. A surer band is a wider one."
)


def _file_key(view: View) -> Key:
    filters = Filters(view.filters.start, view.filters.end, view.filters.channels)
    return (view.source.digest, filters)


def _measures(traffic: Traffic) -> dict[str, str]:
    """What the file counts, the usual measures first."""
    known = [key for key in traffic.exported if METRICS[key].unit in _UNITS]
    ordered = [key for key in _FIRST if key in known] + [k for k in known if k not in _FIRST]
    return {
        key: wording.metric_label(key, traffic.grain) for key in ordered or [traffic.main_metric]
    }


def _by_channel(traffic: Traffic, metric: str) -> pd.DataFrame:
    """Counts per period, one column a channel, zeros where the file has no row."""
    table = traffic.frame.pivot_table(
        index="time", columns="channel", values=metric, aggfunc="sum", observed=True
    )
    names = [name for name in traffic.channels if name in table]
    return table.reindex(index=traffic.times, columns=names).fillna(0.0).rename_axis("time")


def _channels(table: pd.DataFrame | None, filters: Filters) -> dict[str, str]:
    """All traffic, then what ``core.forecast.forecast_channels`` tells apart."""
    offered = {ALL: t(_CHOSEN) if filters.channels else t(ALL)}
    names = [] if table is None else _by_size(table)
    if len(names) < 2:
        return offered
    if len(names) > MOST_CHANNELS + 1:
        return offered | {name: name for name in names[:MOST_CHANNELS]} | {OTHERS: t("All others")}
    return offered | {name: name for name in names}


def _by_size(table: pd.DataFrame) -> list[str]:
    """Channels that have any count, largest first."""
    sizes = table.sum().sort_values(ascending=False, kind="stable")
    return [str(name) for name in sizes.index if sizes[name] > 0]


def of_channel(table: pd.DataFrame, channel: str) -> pd.Series:
    """The history of one channel, or of all that are forecast together as ``all others``.

    Args:
        table: counts, one column a channel.
        channel: a column, or ``all others``.
    """
    if channel in table:
        return table[channel]
    return table[_by_size(table)[MOST_CHANNELS:]].sum(axis=1)


def _horizons(traffic: Traffic) -> dict[int, str]:
    """No further ahead than the history is long, but always the first two."""
    options = HORIZONS[traffic.grain]
    unit = "day" if traffic.grain == "hour" else traffic.grain
    have = traffic.days if unit == "day" else len(traffic.times)
    offered = _no_further(options, have)
    return {number: wording.steps(unit, number) for number in offered}


def _no_further(options: Iterable[int], have: int) -> list[int]:
    """The first two options, and those that are not above ``have``.

    >>> _no_further((7, 14, 28, 60), 30), _no_further((7, 14, 28, 60), 3)
    ([7, 14, 28], [7, 14])
    """
    return [n for place, n in enumerate(options) if place < _ALWAYS_OFFERED or n <= have]
