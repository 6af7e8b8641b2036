"""How good the visits of each channel are: intervals, a fair fight, and a map with volume."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import wording
from core.channels import (
    BETTER,
    LARGE_AND_HIGH,
    LARGE_AND_LOW,
    LIKE_THE_REST,
    NOT_A_CHANNEL,
    SMALL_AND_HIGH,
    SMALL_AND_LOW,
    TOO_LITTLE_DATA,
    WORSE,
    ChannelComparison,
    FairComparison,
    even_share,
    map_quality,
)
from core.errors import NotEnoughData
from core.language import in_sentence, mark, t, tn
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
        explain_missing(t("How good each channel’s visits are"), t(_NO_QUALITY))
        return
    if _ask_hours(view) == _SAME_HOURS:
        _draw_fair(view, result)
    else:
        _draw_counted(view, result)


_NO_QUALITY = mark(
    "**The file holds no measure of quality for the channels chosen.**  \nA rate needs two counts, "
    "such as engaged sessions and sessions.  \nIn GA4 export Traffic acquisition with its usual "
    "columns, “Engaged sessions” and “Event count” among them."
)


def _ask_hours(view: View) -> str:
    if view.traffic.grain not in ("hour", "day"):
        return _AS_COUNTED
    is_hourly = view.traffic.grain == "hour"
    return pick(
        "channels",
        "hours",
        t("Compare"),
        {
            _AS_COUNTED: t("As counted"),
            _SAME_HOURS: t("At the same hours") if is_hourly else t("At the same weekdays"),
        },
        hint=t(
            "Channels live at different times: at night people behave differently, whatever "
            "brought them. At the same hours shows how channels compare if all had the hours of "
            "the whole site."
        ),
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
        data=_in_words(result.frame),
        reading=_how_to_read(rows, metric, overall),
        metric=t("{metric} by channel, sums divided by sums", metric=entry.label),
        columns=_COLUMNS | {"value": entry.label},
    )


def _how_to_read(rows: pd.DataFrame, metric: str, overall: float) -> str:
    value = wording.metric_value(metric, overall)
    parts = [
        METRICS[metric].definition,
        t("Dashed: all channels together ({value}).", value=value),
        t("Lines are 95 % intervals that allow for good and bad days."),
    ]
    if (rows["verdict"] == TOO_LITTLE_DATA).any():
        parts.append(
            t(
                "Hollow and grey: too few visits or too uneven to judge; such lines may go on "
                "beyond the chart."
            )
        )
    left = len(rows) - MOST_ROWS
    if left > 0:
        parts.append(
            tn(
                "{count} more channel stands in the numbers.",
                "{count} more channels stand in the numbers.",
                left,
            )
        )
    return " ".join(parts)


def _in_words(table: pd.DataFrame, *codes: str) -> pd.DataFrame:
    """The same with its verdicts, and what else holds codes, in the language spoken."""
    return table.assign(**{name: table[name].map(t) for name in ("verdict", *codes)})


_COLUMNS = {
    "channel": mark("Channel"),
    "n": mark("Counted on"),
    "days": mark("Days seen"),
    "low": mark("95 % from"),
    "high": mark("95 % to"),
    "shrunken": mark("Drawn towards the others"),
    "rank": mark("Rank"),
    "difference": mark("Difference to the rest"),
    "difference_low": mark("Difference from"),
    "difference_high": mark("Difference to"),
    "p_value": mark("Adjusted p-value"),
    "verdict": mark("Compared with the rest"),
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
            data=_in_words(fair.frame),
            reading=_how_to_read_fair(fair),
            metric=t(
                "{metric} by channel, {strata} held alike",
                metric=entry.label,
                strata=t(fair.strata),
            ),
            columns=_FAIR_COLUMNS | {"value": t("{metric} as counted", metric=entry.label)},
        ),
    )


def _fair_headline(fair: FairComparison) -> str:
    label = METRICS[fair.metric].label
    if fair.swapped.empty:
        return t("{metric}: the order of channels stays the same at the same hours", metric=label)
    return t("{metric}: the order of channels changes at the same hours", metric=label)


def _how_to_read_fair(fair: FairComparison) -> str:
    parts = [
        fair.sentence,
        t("Dots: at the same hours. Small grey lines: as counted."),
        t("{share} of the visits could be compared.", share=wording.percent(fair.covered)),
    ]
    if fair.left_out:
        names = wording.listing(fair.left_out)
        parts.append(t("Too few visits at too many hours: {channels}.", channels=names))
    return " ".join(parts)


_FAIR_COLUMNS = {
    "channel": mark("Channel"),
    "n": mark("Counted on"),
    "low": mark("As counted from"),
    "high": mark("As counted to"),
    "fair": mark("At the same hours"),
    "fair_low": mark("95 % from"),
    "fair_high": mark("95 % to"),
    "rank": mark("Rank as counted"),
    "fair_rank": mark("Rank at the same hours"),
    "verdict": mark("Compared with the rest"),
}


def draw_map(view: View, metric: str | None) -> None:
    """Volume against quality, with the four corners in words."""
    result = compare(view, metric)
    if result is None:
        return
    table = map_quality(result)
    if len(table) < 2:
        explain_missing(
            t("Volume against quality"),
            t(
                "Fewer than two channels have enough visits to be placed on a map.  \nChoose more "
                "dates or channels, or export a longer span."
            ),
        )
        return
    entry, border = METRICS[result.metric], even_share(result)
    overall = float(summarise(view.traffic)[result.metric].iloc[0])
    visits = in_sentence(METRICS[str(entry.denominator)].label)
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
            data=_in_words(table, "place"),
            reading=t(
                "To the right: more {visits}; higher: better. The dashed lines are an even "
                "share ({count} {visits} each) and all channels together. The larger "
                "the dot, the more {metric}. Hollow: too few "
                "visits or too uneven to judge.",
                visits=visits,
                count=wording.count(border),
                metric=in_sentence(METRICS[entry.numerator].label),
            ),
            metric=t("{metric} against {visits}", metric=entry.label, visits=visits),
            columns=_MAP_COLUMNS
            | {"value": entry.label, "numerator": METRICS[entry.numerator].label},
        ),
    )
    _say_places(table)


def _say_places(table: pd.DataFrame) -> None:
    """The corners in words: a phone has no room for names beside dots."""
    for place, rows in table.groupby("place", sort=False):
        names = escape(wording.listing(list(rows["channel"])[:_MOST_NAMED]))
        more = len(rows) - _MOST_NAMED
        if more > 0:
            names = t("{channels} and {count} more", channels=names, count=wording.count(more))
        st.markdown(f"- **{t(_PLACES[str(place)])}**: {names}")


_MOST_NAMED = 12
_PLACES = {
    LARGE_AND_HIGH: mark("Large, above the rest"),
    LARGE_AND_LOW: mark("Large, below the rest"),
    SMALL_AND_HIGH: mark("Small, above the rest"),
    SMALL_AND_LOW: mark("Small, below the rest"),
    LIKE_THE_REST: mark("Like the rest"),
    TOO_LITTLE_DATA: mark("Too little data"),
}


def _map_headline(table: pd.DataFrame) -> str:
    both = list(table.loc[table["place"] == LARGE_AND_HIGH, "channel"])
    if not both:
        return t("No channel is both large and clearly above the rest")
    return tn(
        "{channels} is both large and above the rest",
        "{channels} are both large and above the rest",
        len(both),
        channels=wording.listing(both[:3]),
    )


_MAP_COLUMNS = {
    "channel": mark("Channel"),
    "n": mark("Counted on"),
    "low": mark("95 % from"),
    "high": mark("95 % to"),
    "verdict": mark("Compared with the rest"),
    "is_judged": mark("Enough data"),
    "place": mark("Place"),
}
