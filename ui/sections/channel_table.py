"""Every measure of every channel, with its interval, to look at and to take away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core import wording
from core.channels import channel_growth
from core.language import bound, mark, t
from core.metrics import METRICS
from core.traffic import Traffic
from ui import cache, export
from ui.help import column_help
from ui.page import View

_SHARE = "share"


def draw_table(view: View) -> None:
    """A wide table for the eye, a long one with intervals and changes for the file."""
    measures = cache.measure_channels(view.key, view.traffic)
    with st.expander(t("All measures of all channels"), icon=":material/table:"):
        shown = _wide(measures, view.traffic.grain)
        st.dataframe(
            shown,
            hide_index=True,
            width="stretch",
            column_config=column_help(shown.columns, view.traffic.grain),
        )
        st.caption(
            t("In brackets: 95 % interval. The download also holds what each was counted on.")
        )
        st.download_button(
            "CSV",
            data=bound(lambda: export.frame_csv(_long(view, measures))),
            file_name=export.file_name("measures-by-channel", *view.file_parts, extension="csv"),
            mime="text/csv",
            key="download_measures_by_channel",
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
            help=t("Download as CSV"),
        )


def _wide(measures: pd.DataFrame, grain: str) -> pd.DataFrame:
    keys = list(dict.fromkeys(measures["metric"]))
    channels = list(dict.fromkeys(measures["channel"]))
    shown = pd.DataFrame({t("Channel"): channels})
    for key in keys:
        rows = measures[measures["metric"] == key].set_index("channel")
        shown[_name(key, grain)] = [
            _words(key, rows.loc[name]) if name in rows.index else "" for name in channels
        ]
    return shown


def _name(key: str, grain: str) -> str:
    return t("Share") if key == _SHARE else wording.metric_label(key, grain)


def _words(key: str, row: pd.Series) -> str:
    write = wording.percent if key == _SHARE else lambda value: wording.metric_value(key, value)
    value = write(float(row["value"]))
    if not np.isfinite([row["low"], row["high"]]).all():
        return value
    return f"{value} ({write(float(row['low']))} – {write(float(row['high']))})"


def _long(view: View, measures: pd.DataFrame) -> pd.DataFrame:
    """One row per channel and measure, with its change against the comparison period."""
    table = measures.merge(_changes(view), on=["channel", "metric"], how="left")
    table["metric"] = [_name(key, view.traffic.grain) for key in table["metric"]]
    return table.rename(columns={column: t(name) for column, name in _COLUMNS.items()})


def _changes(view: View) -> pd.DataFrame:
    periods = view.period("current"), view.period("previous")
    names = ["channel", "metric", "change", "change_low", "change_high"]
    current, previous = periods
    if current is None or previous is None or current.is_empty or previous.is_empty:
        return pd.DataFrame(columns=names)
    metrics = [key for key in METRICS if _is_there(current, previous, key)]
    tables = [
        channel_growth(current, previous, key)
        .rename(columns={"low": "change_low", "high": "change_high"})
        .assign(metric=key)
        for key in metrics
    ]
    return pd.concat(tables)[names] if tables else pd.DataFrame(columns=names)


def _is_there(current: Traffic, previous: Traffic, key: str) -> bool:
    entry = METRICS[key]
    needed = {entry.numerator, *([entry.denominator] if entry.denominator else [])}
    return needed <= set(current.exported) & set(previous.exported)


_COLUMNS = {
    "channel": mark("Channel"),
    "metric": mark("Measure"),
    "value": mark("Value"),
    "low": mark("95 % from"),
    "high": mark("95 % to"),
    "n": mark("Counted on"),
    "change": mark("Change"),
    "change_low": mark("Change from"),
    "change_high": mark("Change to"),
}
