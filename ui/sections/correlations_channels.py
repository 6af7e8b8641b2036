"""One pair of measures channel by channel."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from core import wording
from core.correlations import Pair
from core.language import mark, t, tn
from ui.cards import Card, show
from ui.charts import correlations_pair as charts
from ui.charts.correlations_pair import ALL_TOGETHER
from ui.page import View
from ui.sections.correlations import Asked
from ui.sections.correlations_dots import axes_of, thinned, two_columns
from ui.sections.correlations_words import pair_inside, pair_name, signed

_MOST_LINES = 7


def draw_within(view: View, asked: Asked, found: Pair, labels: Mapping[str, str]) -> None:
    """The line through everything against the line within each channel."""
    row = found.row
    metrics = (row["first"], row["second"])
    dots = two_columns(found.observations, is_without=False)
    names = list(found.by_channel["channel"].head(_MOST_LINES))
    lines = _lines(dots, names)
    show(
        view,
        Card(
            slug=f"{'-and-'.join(metrics)}-within-channels-{asked.level}",
            headline=t(
                "All channels together {pooled}, within the channels {within}",
                pooled=signed(row["r"]),
                within=signed(row["r_within"]),
            ),
            chart=charts.within(
                thinned(dots),
                lines,
                axes_of(metrics, labels, is_without=False),
                {name: view.colours[name] for name in names},
                view.mode,
            ),
            data=_table(lines, metrics, labels),
            reading=t(
                "Dashed: the line through all channels together. Coloured: within one "
                "channel. The dashed line compares channels with each other, not hours."
            ),
            metric=t("{pair}, by channel", pair=pair_name(labels, *metrics)),
        ),
    )


def _table(
    lines: pd.DataFrame, metrics: tuple[str, str], labels: Mapping[str, str]
) -> pd.DataFrame:
    named = lines.replace({"channel": {ALL_TOGETHER: t(ALL_TOGETHER)}})
    names = {"channel": t("Line"), "x": labels[metrics[0]], "y": labels[metrics[1]]}
    return named.rename(columns=names)


def _lines(dots: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    parts = [(ALL_TOGETHER, dots)]
    parts += [(name, dots[dots["channel"] == name]) for name in names]
    return pd.concat(
        [charts.straight_line(part["x"], part["y"]).assign(channel=name) for name, part in parts],
        ignore_index=True,
    )


def draw_channels(view: View, asked: Asked, found: Pair, labels: Mapping[str, str]) -> None:
    """How the two go together within each channel."""
    row, table = found.row, found.by_channel
    show(
        view,
        Card(
            slug=f"{row['first']}-and-{row['second']}-by-channel-{asked.level}",
            headline=channels_headline(table),
            chart=charts.by_channel(table, row["r"], view.colours, view.mode),
            data=table,
            reading=_channels_reading(view, table),
            metric=t(
                "Correlation of {pair} within each channel, 95 % intervals",
                pair=pair_inside(labels, row["first"], row["second"]),
            ),
            columns=_CHANNEL_COLUMNS,
        ),
    )


def channels_headline(table: pd.DataFrame) -> str:
    """In how many channels the two go together for certain.

    >>> channels_headline(pd.DataFrame({"channel": ["A", "B"], "r": [0.5, 0.1], "low": [0.3, -0.1],
    ...                                 "high": [0.6, 0.3]}))
    'In 1 of 2 channels the link is clear: A (+0.50)'
    """
    clear = table[(table["low"] > 0) | (table["high"] < 0)]
    if clear.empty:
        return t("In none of {total} channels is the link clear", total=len(table))
    names = [f"{row['channel']} ({signed(row['r'])})" for row in clear.head(3).to_dict("records")]
    rest = len(clear) - 3
    listed = wording.listing(names)
    if rest > 0:
        all_names = ", ".join(names)
        listed = tn("{names} and {count} more", "{names} and {count} more", rest, names=all_names)
    return t(
        "In {clear} of {total} channels the link is clear: {channels}",
        clear=len(clear),
        total=len(table),
        channels=listed,
    )


def _channels_reading(view: View, table: pd.DataFrame) -> str:
    left_out = [name for name in view.traffic.channels if name not in set(table["channel"])]
    text = t(
        "Dot and line: as counted within the channel, with its 95 % interval. Diamond: without "
        "the clock. Dashed: all channels together."
    )
    if not left_out:
        return text
    left = tn(
        "{channels} is left out: too little to correlate.",
        "{channels} are left out: too little to correlate.",
        len(left_out),
        channels=wording.listing(left_out),
    )
    return f"{text} {left}"


_CHANNEL_COLUMNS = {
    "channel": mark("Channel"),
    "n": mark("Dots"),
    "n_effective": mark("Independent dots"),
    "r": mark("Pearson"),
    "low": mark("95 % from"),
    "high": mark("95 % to"),
    "r_without_clock": mark("Pearson without the clock"),
}
