"""One pair of measures channel by channel."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from core import wording
from core.correlations import Pair
from ui.cards import Card, show
from ui.charts import correlations_pair as charts
from ui.charts.correlations_pair import ALL_TOGETHER
from ui.page import View
from ui.sections.correlations import Asked
from ui.sections.correlations_dots import axes_of, thinned, two_columns
from ui.sections.correlations_words import pair_name, signed

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
            headline=f"All channels together {signed(row['r'])}, within the channels "
            f"{signed(row['r_within'])}",
            chart=charts.within(
                thinned(dots),
                lines,
                axes_of(metrics, labels, is_without=False),
                {name: view.colours[name] for name in names},
                view.mode,
            ),
            data=lines.rename(columns={"channel": "Line", **_ends_of(metrics, labels)}),
            reading="Dashed: the line through all channels together. Coloured: within one "
            "channel. The dashed line compares channels with each other, not hours.",
            metric=f"{pair_name(labels, *metrics)}, by channel",
        ),
    )


def _ends_of(metrics: tuple[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    return {"x": labels[metrics[0]], "y": labels[metrics[1]]}


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
            metric=f"Correlation of {pair_name(labels, row['first'], row['second']).lower()} "
            "within each channel, 95 % intervals",
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
        return f"In none of {len(table)} channels is the link clear"
    names = [f"{row['channel']} ({signed(row['r'])})" for row in clear.head(3).to_dict("records")]
    more = f" and {len(clear) - 3} more" if len(clear) > 3 else ""
    listed = ", ".join(names) + more if more else wording.listing(names)
    return f"In {len(clear)} of {len(table)} channels the link is clear: {listed}"


def _channels_reading(view: View, table: pd.DataFrame) -> str:
    left_out = [name for name in view.traffic.channels if name not in set(table["channel"])]
    text = (
        "Dot and line: as counted within the channel, with its 95 % interval. Diamond: without "
        "the clock. Dashed: all channels together."
    )
    if not left_out:
        return text
    verb = "is" if len(left_out) == 1 else "are"
    return f"{text} {wording.listing(left_out)} {verb} left out: too little to correlate."


_CHANNEL_COLUMNS = {
    "channel": "Channel",
    "n": "Dots",
    "n_effective": "Independent dots",
    "r": "Pearson",
    "low": "95 % from",
    "high": "95 % to",
    "r_without_clock": "Pearson without the clock",
}
