"""The look of every chart: two palettes, stable channel colours, one set of defaults.

The seven categorical colours were searched for, not picked. Between any two of them the
CAM02-UCS distance is at least 15 for normal sight and under full deuteranopia, protanopia and
tritanopia, and each stands out from the page by at least 3:1. ``tests/ui/test_theme.py``
measures both. The two sets share their hue families, so a channel keeps its colour when a person
switches between light and dark.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, TypeVar

import altair as alt

from core.language import SOURCE, month_names, separators, spoken, tc, weekday_names
from core.traffic import ALL_CHANNELS, UNATTRIBUTED

Mode = Literal["light", "dark"]
ChartT = TypeVar("ChartT", bound=alt.TopLevelMixin)

FONT: Final = '"Source Sans", "Source Sans Pro", "Helvetica Neue", Arial, sans-serif'
COLOURED_CHANNELS: Final = 6
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True)
class Palette:
    """The colours of one mode, as ``#rrggbb``.

    Attributes:
        background: The page behind the charts.
        text: Headlines and labels that matter.
        muted: Axis labels, captions; at least 4.5:1 to the background.
        grid: Grid lines; meant to be barely seen.
        context: Comparison periods, small channels, too little data; at least 3:1.
        primary: First series (sessions), the app's accent.
        secondary: Second series (users).
        categorical: Seven colours that stay apart for colour-blind readers.
        sequential: Ten steps of one hue; a larger amount stands out more.
        diverging: Eleven steps, negative to positive, neutral in the middle.
        positive: A change for the better.
        negative: A change for the worse.
    """

    background: str
    text: str
    muted: str
    grid: str
    context: str
    primary: str
    secondary: str
    categorical: tuple[str, ...]
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]
    positive: str
    negative: str


def _colours(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# In both: blue, orange, green, magenta, violet, gold, wine.
_LIGHT_SEVEN: Final = _colours("#315fcf #d77b1c #2ea37a #ab3b79 #541b81 #725f02 #6b1e1b")
_DARK_SEVEN: Final = _colours("#5ba0fa #e76c2b #8adbbd #da85b4 #855fc2 #f1d676 #ad5152")

_LIGHT: Final = Palette(
    background="#ffffff",
    text="#0b131d",
    muted="#5b6673",
    grid="#e6e9ee",
    context="#868e98",
    primary=_LIGHT_SEVEN[0],
    secondary=_LIGHT_SEVEN[1],
    categorical=_LIGHT_SEVEN,
    sequential=_colours(
        "#e6f1ff #c2ddfe #9cc7fd #7baff5 #5d97ea #417eda #2a65c7 #174db0 #083595 #021e77"
    ),
    diverging=_colours(
        "#7c3502 #a64d13 #c57041 #db9774 #e9c1ad #efecea #a4d6cf #59bdb1 #0a9e92 #037b71 #045a52"
    ),
    positive="#0f766e",
    negative="#b4441a",
)

_DARK: Final = Palette(
    background="#0f1419",
    text="#e6eaf0",
    muted="#9aa5b1",
    grid="#27303a",
    context="#737d89",
    primary=_DARK_SEVEN[0],
    secondary=_DARK_SEVEN[1],
    categorical=_DARK_SEVEN,
    sequential=_colours(
        "#1a263c #203862 #244b8a #285fb0 #3375d1 #478dea #63a6fb #8bbeff #b5d6fe #deedff"
    ),
    diverging=_colours(
        "#ffc29d #eb9660 #c17545 #925b38 #614332 #2f2d2c #29544d #167a6e #0ba190 #30c6b3 #6dead7"
    ),
    positive="#5fd0b4",
    negative="#f08a5d",
)

PALETTES: Final[Mapping[Mode, Palette]] = MappingProxyType({"light": _LIGHT, "dark": _DARK})


def time_axis(grain: str = "hour") -> alt.Axis:
    """Days as "6 Apr" (with the year on 1 January), hours as "18:00", months as "Apr 2024"."""
    form = tc("day of a time axis, in the codes of D3", "%-d %b")
    day = f"timeFormat(datum.value, '{form}')"
    year = (
        "(month(datum.value) == 0 && date(datum.value) == 1 ? timeFormat(datum.value, ' %Y') : '')"
    )
    hour = "timeFormat(datum.value, '%H:00')"
    words = f"hours(datum.value) == 0 ? {day} + {year} : {hour}"
    if grain == "month":
        form = tc("month of a time axis, in the codes of D3", "%b %Y")
        words = f"timeFormat(datum.value, '{form}')"
    # no "12:00" between the few days of a short file, no month named twice
    least = {"day": _DAY_MS, "month": 28 * _DAY_MS}.get(grain, alt.Undefined)
    return alt.Axis(labelExpr=words, tickMinStep=least)


def count_format(unit: str) -> str:
    """How tooltips write a value of that unit (``core.metrics.Unit``), as D3 formats.

    >>> count_format("share"), count_format("count")
    ('.1%', ',.0f')
    """
    return {"share": ".1%", "ratio": ".2f", "money": ",.2f"}.get(unit, ",.0f")


def names_above(base: alt.Chart, field: str, mode: Mode) -> alt.Chart:
    """Write each row's name above its mark: long names leave a phone no room beside it.

    Args:
        base: with ``y`` encoded on ``field`` and without an axis for it.
        field: column of the names; one in two lines has a line break.
        mode: light or dark.
    """
    above = base.mark_text(align="left", baseline="bottom", dy=-8, lineBreak="\n")
    colour = alt.value(PALETTES[mode].text)
    return above.encode(x=alt.value(0), color=colour, text=alt.Text(f"{field}:N"))


def channel_colours(channels_by_size: Sequence[str], mode: Mode) -> dict[str, str]:
    """Give every channel its colour.

    Args:
        channels_by_size: **All** channels of the file, largest first, whatever the filters say:
            colours stay put only as long as this list does.
        mode: ``"light"`` or ``"dark"``.

    Returns:
        Channel to colour, in the order given. The six largest have a colour of their own, the
        rest share grey. "Unassigned", "(other)" and "(not set)" are faults of tagging, not
        audiences: always grey, and they use up no colour. "(all)" has the primary colour.

    >>> channel_colours(["Direct", "Unassigned", "Email"], "light")
    {'Direct': '#315fcf', 'Unassigned': '#868e98', 'Email': '#d77b1c'}
    """
    palette = PALETTES[mode]
    special = dict.fromkeys(UNATTRIBUTED, palette.context) | {ALL_CHANNELS: palette.primary}
    ranked = [name for name in dict.fromkeys(channels_by_size) if name not in special]
    own = dict(zip(ranked, palette.categorical[:COLOURED_CHANNELS], strict=False))
    return {name: (special | own).get(name, palette.context) for name in channels_by_size}


def themed(chart: ChartT, mode: Mode) -> ChartT:
    """Return the chart in our look, on a transparent background.

    Call it once, on the outermost chart, and draw with ``st.altair_chart(..., theme=None)``:
    the look travels inside the chart. Altair allows no configuration inside a concatenated or
    layered part, so the parts must be plain.

    Args:
        chart: Any Altair chart: single, layered, concatenated, faceted. Not changed.
        mode: ``"light"`` or ``"dark"``.
    """
    return chart.configure(**_configuration(PALETTES[mode]))


def _configuration(palette: Palette) -> dict[str, Any]:
    return {
        "background": "transparent",
        "font": FONT,
        **_locale(),
        "view": {
            "stroke": None,
            "continuousWidth": 640,
            "continuousHeight": 320,
            "step": 26,
        },
        "concat": {"spacing": 28},
        "facet": {"spacing": 24},
        "range": _ranges(palette),
        **_axes(palette),
        **_marks(palette),
        "legend": _legend(palette),
        "title": _title(palette),
        "header": {
            "labelFontSize": 12,
            "labelFontWeight": 600,
            "labelColor": palette.text,
            "labelLimit": 320,
            "labelAnchor": "start",
            "labelPadding": 26,  # above the unit of the vertical axis
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titleColor": palette.muted,
        },
    }


def _locale() -> dict[str, Any]:
    """How D3 writes numbers and dates in the language spoken; English is what it knows itself."""
    if spoken() == SOURCE:
        return {}
    decimal, thousands = separators()
    monday, *others = weekday_names("wide")
    monday_short, *others_short = weekday_names()
    number = {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}
    time = {
        "dateTime": "%A %-d %B %Y, %X",
        "date": "%-d.%-m.%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": [others[-1], monday, *others[:-1]],
        "shortDays": [others_short[-1], monday_short, *others_short[:-1]],
        "months": list(month_names("wide")),
        "shortMonths": list(month_names()),
    }
    return {"locale": {"number": number, "time": time}}


def _ranges(palette: Palette) -> dict[str, list[str]]:
    sequential = list(palette.sequential)
    return {
        "category": list(palette.categorical),
        "ordinal": sequential,
        "ramp": sequential,
        "heatmap": sequential,
        "diverging": list(palette.diverging),
    }


def _axes(palette: Palette) -> dict[str, Any]:
    return {
        "axis": {
            "domain": False,
            "ticks": False,
            "grid": False,
            "gridColor": palette.grid,
            "gridWidth": 1,
            "labelColor": palette.muted,
            "labelFontSize": 12,
            "labelLimit": 260,
            "labelOverlap": True,
            "labelPadding": 8,
            "labelSeparation": 6,
            "titleColor": palette.muted,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titleLimit": 420,
            "titlePadding": 12,
        },
        "axisLeft": {  # the unit reads from left to right, above the numbers
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleAngle": 0,
            "titleBaseline": "bottom",
            "titleX": 0,
            "titleY": -10,
        },
        "axisYQuantitative": {"grid": True, "tickCount": 5},
        # Words within so many pixels of an end turn inwards: a phone has no room beside the plot.
        "axisXQuantitative": {"tickCount": 6, "labelFlush": 18},
        "axisXTemporal": {"labelFlush": 18},
    }


def _marks(palette: Palette) -> dict[str, Any]:
    return {
        "mark": {"color": palette.primary},
        "line": {"strokeWidth": 2, "strokeCap": "round", "strokeJoin": "round"},
        "trail": {"strokeCap": "round"},
        "area": {"line": False, "fillOpacity": 0.18},
        "bar": {"cornerRadiusEnd": 3, "discreteBandSize": {"band": 0.72}},
        "rect": {"cornerRadius": 1},
        "point": {"filled": True, "size": 64, "strokeWidth": 1.5},
        "rule": {"color": palette.muted, "strokeCap": "round"},
        "text": {"color": palette.text, "fontSize": 12},
    }


def _legend(palette: Palette) -> dict[str, Any]:
    return {
        "orient": "top",
        "direction": "horizontal",
        # Four in a row, two on a phone. Outside a browser the window has no size: four.
        "columns": {"expr": "windowSize()[0] < 640 ? 2 : 4"},
        "columnPadding": 18,
        "rowPadding": 4,
        "offset": 26,  # leaves room for the unit above the vertical axis
        "labelColor": palette.text,
        "labelFontSize": 12,
        "labelLimit": 260,
        "symbolSize": 90,
        "symbolStrokeWidth": 2.5,
        "titleColor": palette.muted,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleLimit": 260,
        "titlePadding": 6,
        "gradientLength": 180,
        "gradientThickness": 10,
    }


def _title(palette: Palette) -> dict[str, Any]:
    return {
        "anchor": "start",
        "frame": "bounds",
        "color": palette.text,
        "fontSize": 17,
        "fontWeight": 600,
        "lineHeight": 22,
        "offset": 16,
        "subtitleColor": palette.muted,
        "subtitleFontSize": 13,
        "subtitleLineHeight": 18,
        "subtitlePadding": 6,
    }
