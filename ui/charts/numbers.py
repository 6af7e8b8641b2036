"""How axes, legends and tooltips write numbers: short, zero as "0", seconds as a clock does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core import wording
from core.language import t
from ui.charts.theme import count_format

_PER_CENT = "format(100 * datum.value, '{sign},.3~f') + '{per_cent}'"
_FEW = {
    "count": "abs(datum.value) < 1000 ? format(datum.value, '{sign},.2~f') : "
    "format(datum.value, '{sign}.3~s')",
    "share": _PER_CENT,
    "seconds": "abs(datum.value) >= 3600 ? format(datum.value / 3600, '{sign},.1~f') + ' h' : "
    "abs(datum.value) >= 60 ? format(datum.value / 60, '{sign}.1~f') + ' min' : "
    "format(datum.value, '{sign}.2~f') + ' s'",
    "money": "abs(datum.value) < 10000 ? format(datum.value, '{sign},.2~f') : "
    "format(datum.value, '{sign}.3~s')",
    "ratio": "format(datum.value, '{sign},.3~f')",
    "points": "format(100 * datum.value, '{sign}.3~f')",
}
_STEPS = (1, 2, 5, 10, 15, 30)
_SECONDS = (*_STEPS, *(60 * step for step in _STEPS), *(3600 * step for step in (1, 2, 3, 6, 12)))
"""Steps between ticks that a clock knows; above them days, by decimal steps."""
_MOST_TICKS = 6


def number_axis(
    unit: str, values: Iterable[float], *, is_signed: bool = False, **options: Any
) -> alt.Axis:
    """An axis with zero on it; of seconds with ticks at whole minutes or hours.

    Args:
        unit: see ``label_expr``.
        values: what is drawn; empty places are left out.
        is_signed: whether values above zero have a plus.
        options: of the axis.
    """
    if unit == "seconds":
        options["values"] = clock_ticks(values)
    return alt.Axis(labelExpr=label_expr(unit, is_signed=is_signed), **options)


def clock_ticks(seconds: Iterable[float]) -> list[float]:
    """Ticks from the smallest to the largest value, zero among them.

    >>> clock_ticks([7000.0]), clock_ticks([-50.0, 100.0])
    ([0.0, 1800.0, 3600.0, 5400.0], [-30.0, 0.0, 30.0, 60.0, 90.0])
    """
    known = [float(value) for value in seconds if np.isfinite(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    least = (high - low) / _MOST_TICKS
    days = (86_400 * size * 10**power for power in range(9) for size in (1, 2, 5))
    step = next(step for step in (*_SECONDS, *days) if step >= least)
    return [float(step * place) for place in range(int(-(-low // step)), int(high // step) + 1)]


def label_expr(unit: str, *, is_signed: bool = False) -> str:
    """An expression of Vega that labels the ticks of an axis or a legend.

    D3's own formats give all ticks of an axis one prefix and so call zero "0k"; a signed format
    calls it "+0".

    Args:
        unit: see ``core.metrics.Unit``; ``points`` for differences of shares.
        is_signed: whether values above zero have a plus.

    >>> label_expr("share")
    "datum.value == 0 ? '0' : format(100 * datum.value, ',.3~f') + ' %'"
    """
    few = _FEW.get(unit, _FEW["ratio"]).replace("{sign}", "+" if is_signed else "")
    few = few.replace("{per_cent}", per_cent())
    return f"datum.value == 0 ? '0' : {few}"


def per_cent() -> str:
    """What stands after a number of per cent, as the language spoken writes it.

    >>> per_cent()
    ' %'
    """
    return t("{number} %", number="")


def with_words(
    table: pd.DataFrame,
    unit: str,
    columns: Sequence[str],
    say: Callable[[float], str] = wording.duration,
) -> pd.DataFrame:
    """Add what ``value_tip`` shows of seconds, which no format of D3 writes as hours and minutes.

    Args:
        table: with ``columns`` of numbers.
        unit: see ``core.metrics.Unit``; of another one than seconds nothing is added.
        columns: to be told in words.
        say: number to words.

    >>> with_words(pd.DataFrame({"value": [62.0]}), "seconds", ["value"]).to_dict("list")
    {'value': [62.0], 'value_said': ['1 min 2 s']}
    """
    if unit != "seconds":
        return table
    return table.assign(**{f"{column}_said": table[column].map(say) for column in columns})


def value_tip(column: str, title: str, unit: str, number: str = "") -> alt.Tooltip:
    """A line of a tooltip on a value; of seconds the table comes from ``with_words``.

    Args:
        column: of the value.
        title: what stands before it.
        unit: see ``core.metrics.Unit``.
        number: format of D3 for other units than seconds, else the usual one of the unit.
    """
    if unit == "seconds":
        return alt.Tooltip(f"{column}_said:N", title=title)
    return alt.Tooltip(f"{column}:Q", title=title, format=number or count_format(unit))
