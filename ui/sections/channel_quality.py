"""How good the visits of each channel are: intervals, a fair fight, and a map with volume."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.channels import (
    BETTER,
    NOT_A_CHANNEL,
    TOO_LITTLE_DATA,
    WORSE,
    ChannelComparison,
    FairComparison,
    even_share,
    map_quality,
)
from core.errors import NotEnoughData
from core.metrics import METRICS, summarise
from ui import cache
from ui.cards import Card, show
from ui.charts import channels as charts
from ui.choices import pick
from ui.help import explain_missing
from ui.page import View, say
from ui.sections.channels import MOST_ROWS, compare, headline, worth_drawing
from ui.text import escape

_AS_COUNTED, _SAME_HOURS = "counted", "fair"


def draw_quality(view: View, metric: str | None) -> None:
    """One ratio by channel with intervals and verdicts; nothing where it was not exported."""
    result = compare(view, metric)
    if result is None:
        explain_missing("How good each channel’s visits are", _NO_QUALITY)
        return
    if _ask_hours(view) == _SAME_HOURS:
        _draw_fair(view, result)
    else:
        _draw_counted(view, result)


_NO_QUALITY = (
    "**The file holds no measure of quality for the channels chosen.**  \nA rate needs two counts, "
    "such as engaged sessions and sessions.  \nIn GA4 export Traffic acquisition with its usual "
    "columns, “Engaged sessions” and “Event count” among them."
)


def _ask_hours(view: View) -> str:
    if view.traffic.grain not in ("hour", "day"):
        return _AS_COUNTED
    hours = "hours" if view.traffic.grain == "hour" else "weekdays"
    return pick(
        "channels",
        "hours",
        "Compare",
        {_AS_COUNTED: "As counted", _SAME_HOURS: f"At the same {hours}"},
        hint="Channels live at different times: at night people behave differently, whatever "
        "brought them. At the same hours shows how channels compare if all had the hours of the "
        "whole site.",
    )


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    """Highest first; what is too small to judge below, and no tagging faults."""
    real = frame[frame["verdict"] != NOT_A_CHANNEL]
    return real.sort_values(["rank", "n"], ascending=[True, False], na_position="last")


def _drawn(rows: pd.DataFrame) -> pd.DataFrame:
    return worth_drawing(rows, rows["verdict"].isin((BETTER, WORSE)))


def _draw_counted(view: View, result: ChannelComparison) -> None:
    show(view, counted_card(view, result))


def counted_card(view: View, result: ChannelComparison) -> Card:
    """A ratio by channel as it was counted, with intervals."""
    metric = result.metric
    entry = METRICS[metric]
    overall = float(summarise(view.traffic)[metric].iloc[0])
    rows = _ranked(result.frame)
    return Card(
        slug=f"{metric.replace('_', '-')}-by-channel",
        headline=headline(result),
        chart=charts.intervals(_drawn(rows), metric, overall, view.colours, view.mode),
        data=result.frame,
        reading=f"{entry.definition} Dashed: all channels together "
        f"({wording.metric_value(metric, overall)}). Lines are 95 % intervals that allow for "
        f"good and bad days. {_hollow(rows)}{_more(rows)}".strip(),
        metric=f"{entry.label} by channel, sums divided by sums",
        columns=_COLUMNS | {"value": entry.label},
    )


def _hollow(rows: pd.DataFrame) -> str:
    is_small = rows["verdict"] == TOO_LITTLE_DATA
    if not is_small.any():
        return ""
    return (
        "Hollow and grey: too few visits or too uneven to judge; such lines may go on beyond the "
        "chart. "
    )


def _more(rows: pd.DataFrame) -> str:
    left = len(rows) - MOST_ROWS
    return f"{left} more channels stand in the numbers." if left > 0 else ""


_COLUMNS = {
    "channel": "Channel",
    "n": "Counted on",
    "days": "Days seen",
    "low": "95 % from",
    "high": "95 % to",
    "shrunken": "Drawn towards the others",
    "rank": "Rank",
    "difference": "Difference to the rest",
    "difference_low": "Difference from",
    "difference_high": "Difference to",
    "p_value": "Adjusted p-value",
    "verdict": "Compared with the rest",
}


def _draw_fair(view: View, counted: ChannelComparison) -> None:
    metric = counted.metric
    try:
        fair = cache.like_for_like((*view.key, metric), view.traffic, metric)
    except NotEnoughData as problem:
        say(problem)
        return
    rows = fair.frame.sort_values("fair_rank").rename(
        columns={"value": "counted", "low": "counted_low", "high": "counted_high"}
    )
    rows = rows.rename(columns={"fair": "value", "fair_low": "low", "fair_high": "high"})
    overall = float(summarise(view.traffic)[metric].iloc[0])
    entry = METRICS[metric]
    show(
        view,
        Card(
            slug=f"{metric.replace('_', '-')}-by-channel-same-hours",
            headline=_fair_headline(fair),
            chart=charts.intervals(_drawn(rows), metric, overall, view.colours, view.mode),
            data=fair.frame,
            reading=f"{fair.sentence} Dots: at the same hours. Small grey lines: as counted. "
            f"{wording.percent(fair.covered)} of the visits could be compared.{_left(fair)}",
            metric=f"{entry.label} by channel, {fair.strata} held alike",
            columns=_FAIR_COLUMNS | {"value": f"{entry.label} as counted"},
        ),
    )


def _fair_headline(fair: FairComparison) -> str:
    label = METRICS[fair.metric].label
    if fair.swapped.empty:
        return f"{label}: the order of channels stays the same at the same hours"
    return f"{label}: the order of channels changes at the same hours"


def _left(fair: FairComparison) -> str:
    if not fair.left_out:
        return ""
    return f" Too few visits at too many hours: {wording.listing(fair.left_out)}."


_FAIR_COLUMNS = {
    "channel": "Channel",
    "n": "Counted on",
    "low": "As counted from",
    "high": "As counted to",
    "fair": "At the same hours",
    "fair_low": "95 % from",
    "fair_high": "95 % to",
    "rank": "Rank as counted",
    "fair_rank": "Rank at the same hours",
    "verdict": "Compared with the rest",
}


def draw_map(view: View, metric: str | None) -> None:
    """Volume against quality, with the four corners in words."""
    result = compare(view, metric)
    if result is None:
        return
    table = map_quality(result)
    if len(table) < 2:
        explain_missing(
            "Volume against quality",
            "Fewer than two channels have enough visits to be placed on a map.  \nChoose more "
            "dates or channels, or export a longer span.",
        )
        return
    entry, border = METRICS[result.metric], even_share(result)
    overall = float(summarise(view.traffic)[result.metric].iloc[0])
    visits = METRICS[str(entry.denominator)].label.lower()
    show(
        view,
        Card(
            slug=f"{result.metric.replace('_', '-')}-against-volume",
            headline=_map_headline(table),
            chart=charts.quality_map(
                table,
                result.metric,
                view.colours,
                view.mode,
                overall=overall,
                border=border,
            ),
            data=table,
            reading=f"To the right: more {visits}; higher: better. The dashed lines are an even "
            f"share ({wording.count(border)} {visits} each) and all channels together. The larger "
            f"the dot, the more {METRICS[entry.numerator].label.lower()}. Hollow: too few "
            "visits or too uneven to judge.",
            metric=f"{entry.label} against {visits}",
            columns=_MAP_COLUMNS
            | {"value": entry.label, "numerator": METRICS[entry.numerator].label},
        ),
    )
    _say_places(table)


def _say_places(table: pd.DataFrame) -> None:
    """The corners in words: a phone has no room for names beside dots."""
    for place, rows in table.groupby("place", sort=False):
        names = escape(wording.listing(list(rows["channel"])[:12]))
        more = f" and {len(rows) - 12} more" if len(rows) > 12 else ""
        st.markdown(f"- **{str(place).capitalize()}**: {names}{more}")


def _map_headline(table: pd.DataFrame) -> str:
    both = list(table.loc[table["place"] == "large, above the rest", "channel"])
    if both:
        verb = "is" if len(both) == 1 else "are"
        return f"{wording.listing(both[:3])} {verb} both large and above the rest"
    return "No channel is both large and clearly above the rest"


_MAP_COLUMNS = {
    "channel": "Channel",
    "n": "Counted on",
    "low": "95 % from",
    "high": "95 % to",
    "verdict": "Compared with the rest",
    "is_judged": "Enough data",
    "place": "Place",
}
