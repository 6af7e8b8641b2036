"""Chart of all pairs of measures: the matrix."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from altair.typing import ChartType

from core.correlations import CANNOT_TELL, DIFFERS, FOLLOWS_CLOCK, SAME_NUMBER, STILL_THERE
from core.language import group, mark, separators, t
from ui.charts.theme import PALETTES, Mode

PICKED = "pair"
"""Name under which the page hears of a click on a cell."""
HIDDEN = mark("hidden")
"""Stands for the verdict of a pair that the person has yet to guess."""
_OPACITY = {STILL_THERE: 1.0, DIFFERS: 1.0, FOLLOWS_CLOCK: 0.4, CANNOT_TELL: 0.0}
_BOLD = (STILL_THERE, DIFFERS)
_SIGNED = (SAME_NUMBER, FOLLOWS_CLOCK)
_NAME_WIDTH = 15
_COLUMNS = ("first", "second", "value", "without", "verdict")
"""What is sent to the browser: a number that is still to be guessed is not."""
_INSET = 0.06
_HALF_LINE = 0.16
"""Half a line of a name, in rows: names of two lines start that much higher."""
_CLOCK = "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0M0,-0.6L0,0.1L0.5,0.1"
_PHONE_WIDTH = 318
_IS_PHONE = "windowSize()[0] < 640"


def matrix(
    pairs: pd.DataFrame,
    labels: Mapping[str, str],
    mode: Mode,
    *,
    picked: tuple[str, str] | None = None,
    turn: int = 0,
) -> ChartType:
    """Draw every pair of measures once, the lower triangle; a click on a cell is heard.

    Names stand on the diagonal: each ends its row and heads its column. So no name is turned or
    cut, and a phone has the whole width for the cells.

    Args:
        pairs: ``first`` and ``second`` (metric keys, ``first`` earlier in ``labels``), ``value``
            (drawn; NaN where hidden or unknown), ``without`` (the clock) and ``verdict``.
        labels: metric key to name, in the order drawn.
        mode: light or dark.
        picked: the pair to put a frame round.
        turn: another number makes a second click on the same cell count as a new one.
    """
    rows = _with_ink(_cells(pairs, labels), mode).assign(turn=turn)
    rows["is_picked"] = [pair == picked for pair in zip(rows["first"], rows["second"], strict=True)]
    count = len(labels)
    layers: list[ChartType] = [
        _fills(rows, count, mode),
        *_outlines(rows, mode),
        _numbers(rows, count),
        *_signs(rows, mode),
        _names(labels, mode),
    ]
    return alt.layer(*layers).properties(height=40 * count)


def _cells(pairs: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    place = {key: number for number, key in enumerate(labels)}
    left, top = pairs["first"].map(place), pairs["second"].map(place)
    decimal, _ = separators()
    return pairs[list(_COLUMNS)].assign(
        left=left,
        right=left + 1,
        top=top,
        bottom=top + 1,
        one=pairs["first"].map(dict(labels)),
        other=pairs["second"].map(dict(labels)),
        opacity=pairs["verdict"].map(_OPACITY).fillna(0.0),
        shade=pairs["value"].fillna(0.0),
        words=_written(pairs),
        short=[words.replace(f"0{decimal}", decimal, 1) for words in _written(pairs)],
        said=pairs["verdict"].map(t),
        clock_free=[_number(value) for value in pairs["without"]],
    )


def _with_ink(cells: pd.DataFrame, mode: Mode) -> pd.DataFrame:
    return cells.assign(ink=[_ink(row, mode) for row in cells.to_dict("records")])


def _written(pairs: pd.DataFrame) -> list[str]:
    hidden = pairs["verdict"] == HIDDEN
    return [
        "?" if is_hidden else _number(value)
        for is_hidden, value in zip(hidden, pairs["value"], strict=True)
    ]


def _number(value: float) -> str:
    if pd.isna(value):
        return "–"
    return ("−" if round(value, 2) < 0 else "") + group(value, 2)


def _x(field: str, count: int) -> alt.X:
    """Cells of one size; room on the right for the last name, and no cell too wide."""
    cells = count - 1
    ends = f"{_IS_PHONE} ? {_phone_ends(count)} : {max(1.2 * cells, 9.0)}"
    return alt.X(
        f"{field}:Q",
        axis=None,
        scale=alt.Scale(domainMin=0, domainMax=alt.ExprRef(ends), nice=False, zero=False),
    )


def _y(field: str, count: int) -> alt.Y:
    scale = alt.Scale(domain=[count, 0], nice=False, zero=False)
    return alt.Y(f"{field}:Q", axis=None, scale=scale)


def _fills(rows: pd.DataFrame, count: int, mode: Mode) -> alt.Chart:
    palette = PALETTES[mode]
    click = alt.selection_point(
        name=PICKED, fields=["first", "second", "turn"], on="click", toggle=False, empty=False
    )
    grey = f"datum.verdict == '{SAME_NUMBER}' || datum.verdict == '{HIDDEN}'"
    scale = alt.Scale(domain=[-1, 1], range=list(palette.diverging))
    return (
        alt.Chart(rows)
        .mark_rect(stroke=palette.grid, strokeWidth=1, cursor="pointer")
        .encode(
            x=_x("left", count),
            x2="right:Q",
            y=_y("top", count),
            y2="bottom:Q",
            color=alt.condition(
                grey,
                alt.value(palette.grid),
                alt.Color("shade:Q", scale=scale, legend=None),
            ),
            fillOpacity=alt.condition(
                grey, alt.value(0.75), alt.FillOpacity("opacity:Q", scale=None, legend=None)
            ),
            tooltip=[
                alt.Tooltip("one:N", title=t("Measure")),
                alt.Tooltip("other:N", title=t("and")),
                alt.Tooltip("words:N", title=t("Correlation")),
                alt.Tooltip("clock_free:N", title=t("Without the clock")),
                alt.Tooltip("said:N", title=t("Verdict")),
            ],
        )
        .add_params(click)
    )


def _outlines(rows: pd.DataFrame, mode: Mode) -> list[alt.Chart]:
    """A solid line round what is still there, a dashed one where channels differ, the pick."""
    palette = PALETTES[mode]
    inner = rows.assign(
        left=rows["left"] + _INSET,
        right=rows["right"] - _INSET,
        top=rows["top"] + _INSET,
        bottom=rows["bottom"] - _INSET,
    )
    styles = (
        (inner[rows["verdict"] == STILL_THERE], 2.2, [1, 0]),
        (inner[rows["verdict"] == DIFFERS], 1.8, [4, 3]),
        (rows[rows["is_picked"]].assign(ink=palette.primary), 3.5, [1, 0]),
    )
    return [
        alt.Chart(data)
        .mark_rect(fillOpacity=0, strokeWidth=width, strokeDash=dash, cursor="pointer")
        .encode(
            x="left:Q",
            x2="right:Q",
            y="top:Q",
            y2="bottom:Q",
            stroke=alt.Stroke("ink:N", scale=None),
        )
        for data, width, dash in styles
        if len(data)
    ]


def _numbers(rows: pd.DataFrame, count: int) -> ChartType:
    """Numbers in the cells; a phone has room for them without the zero in front."""
    has_sign = rows["verdict"].isin(_SIGNED)
    middle = rows.assign(
        x=rows["left"] + 0.5,
        y=rows["top"] + np.where(has_sign, 0.62, 0.5),
        is_bold=rows["verdict"].isin(_BOLD),
    )
    size = alt.ExprRef(f"{_IS_PHONE} ? {_phone_size(count)} : 13")
    parts = [
        alt.Chart(middle[middle["is_bold"] == is_bold])
        .transform_calculate(shown=f"{_IS_PHONE} ? datum.short : datum.words")
        .mark_text(fontSize=size, fontWeight=700 if is_bold else 400, cursor="pointer")
        .encode(x="x:Q", y="y:Q", text="shown:N", color=alt.Color("ink:N", scale=None))
        for is_bold in (True, False)
    ]
    return alt.layer(*parts)


def _phone_size(count: int) -> float:
    """Size of a number of four signs that fits into a cell on a phone.

    >>> _phone_size(4), _phone_size(9), _phone_size(14)
    (12, 12, 7.5)
    """
    width = _PHONE_WIDTH / _phone_ends(count)
    return min(12, round(2 * 0.42 * width) / 2)


def _phone_ends(count: int) -> float:
    """How many cells wide the matrix and the name beside its last row are on a phone."""
    cells = count - 1
    return max(1.38 * cells, cells + 1.2)


def _ink(row: Mapping[Any, Any], mode: Mode) -> str:
    """Colour of a number that can be read on its cell."""
    palette = PALETTES[mode]
    if row["verdict"] in (SAME_NUMBER, CANNOT_TELL):
        return palette.muted
    is_filled = row["opacity"] == 1 and abs(row["value"]) > 0.55
    on_fill = palette.background if mode == "dark" else "#ffffff"
    return on_fill if is_filled else palette.text


def _signs(rows: pd.DataFrame, mode: Mode) -> list[alt.Chart]:
    """An equals sign for the same number twice, a small clock for what follows the clock."""
    palette = PALETTES[mode]
    place = rows.assign(x=rows["left"] + 0.5, y=rows["top"] + 0.24)
    same, clock = (place[rows["verdict"] == verdict] for verdict in (SAME_NUMBER, FOLLOWS_CLOCK))
    return [
        alt.Chart(same).mark_text(text="=", color=palette.muted).encode(x="x:Q", y="y:Q"),
        alt.Chart(clock)
        .mark_point(
            shape=_CLOCK, size=90, filled=False, stroke=palette.text, strokeWidth=1.1, opacity=1
        )
        .encode(x="x:Q", y="y:Q"),
    ]


def _names(labels: Mapping[str, str], mode: Mode) -> alt.Chart:
    lines = [
        textwrap.wrap(name, _NAME_WIDTH, break_long_words=False)[:3] for name in labels.values()
    ]
    table = pd.DataFrame(
        {
            "name": ["\n".join(parts) for parts in lines],
            "x": [float(number) for number in range(len(lines))],
            "y": [row + 0.5 - _HALF_LINE * (len(parts) - 1) for row, parts in enumerate(lines)],
        }
    )
    return (
        alt.Chart(table)
        .mark_text(
            align="left",
            baseline="middle",
            dx=6,
            lineBreak="\n",
            lineHeight=alt.ExprRef(f"{_IS_PHONE} ? 11 : 14"),
            fontSize=alt.ExprRef(f"{_IS_PHONE} ? 10 : 12"),
            color=PALETTES[mode].text,
        )
        .encode(x="x:Q", y="y:Q", text="name:N")
    )
