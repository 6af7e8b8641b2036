"""Charts as PNG, SVG, HTML and Vega-Lite JSON, frames as CSV: what people take away. No streamlit.

Nothing here asks the network for anything, follows a link in the data or touches a setting that
visitors share. Altair's row limit and data transformers are process-wide switches, and Streamlit
flips them on its own threads while it draws; so rows are put into the chart before Altair sees it
(``_with_inline_data``), which also lifts the limit of 5,000 rows.

The price: encodings must name their type (``"sessions:Q"``, not ``"sessions"``), because Altair
can only guess a type from a frame.
"""

import functools
import html
import json
import re
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import altair as alt
import pandas as pd
import vl_convert

from core.language import spoken, t
from ui.charts.theme import PALETTES, themed

ChartT = TypeVar("ChartT", bound=alt.TopLevelMixin)

EXPORT_WIDTH: Final = 900
_GAP: Final = 60  # axis labels and spacing between charts that stand side by side
_TITLE_CHARACTERS: Final = 80
_SMALL_PRINT_CHARACTERS: Final = 120
_PARTS: Final = ("layer", "hconcat", "vconcat", "concat")
_TOP_LEVEL_ONLY: Final = ("config", "background", "padding", "autosize")
_NO_OUTSIDE_DATA: Final[list[str]] = []

_FILE_NAME_LENGTH: Final = 120
_FALLBACK_NAME: Final = "traffic-insights"
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
)
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")  # not allowed on Windows
_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")

_PAGE: Final = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data: blob:; \
script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>body {{ margin: 24px; background: {background}; }}</style>
</head>
<body>
<div id="chart"></div>
<script>{library}</script>
<script>
vegaEmbed("#chart", {spec}, {options});
</script>
</body>
</html>
"""
_EMBED_OPTIONS: Final = {
    "mode": "vega-lite",
    "renderer": "svg",
    "actions": {"export": True, "source": False, "compiled": False, "editor": False},
}


# --- Charts ---------------------------------------------------------------------------------


def for_export(
    chart: alt.TopLevelMixin, *, title: str, subtitle: str, caption: str, description: str = ""
) -> alt.VConcatChart:
    """Make a chart that stands on its own in a slide.

    Args:
        chart: A plain Altair chart of any kind, as the chart modules return it. Not changed.
        title: The finding, in words; replaces a title the chart has. Wrapped.
        subtitle: Metric, span, grain, filters. Wrapped.
        caption: File and date range; small, at the bottom. Wrapped.
        description: What is read aloud of the picture; the chart's own or the title if empty.

    Returns:
        The chart in the light look on white, 900 px wide where it had no width of its own.
        Pass it to ``chart_png``, ``chart_svg`` or ``chart_html``.
    """
    body = _with_fixed_width(_without_top_level(chart), EXPORT_WIDTH)
    body = body.properties(title=_small_print(caption))
    # A legend belongs to the outermost chart, and a title stands above the legends of its own
    # chart: so the heading goes outside and the small print inside.
    page = alt.vconcat(
        body,
        title=_heading(title, subtitle),
        description=description or _spoken(chart, title, subtitle),
    )
    return _on_paper(page)


def chart_png(chart: alt.TopLevelMixin, scale: float = 2) -> bytes:
    """Draw a chart as PNG.

    Args:
        chart: A chart from ``for_export``; a chart without a look gets the light one.
        scale: Pixels of the image to one pixel of the chart.
    """
    spec = _spec(chart)
    png = vl_convert.vegalite_to_png(
        spec, vl_version=_vega_lite(), scale=scale, allowed_base_urls=_NO_OUTSIDE_DATA
    )
    return bytes(png)


def chart_svg(chart: alt.TopLevelMixin) -> bytes:
    """Draw a chart as SVG, in UTF-8; its words stay words, its description is read aloud.

    Args:
        chart: A chart from ``for_export``; a chart without a look gets the light one.
    """
    spec = _spec(chart)
    svg = vl_convert.vegalite_to_svg(
        spec, vl_version=_vega_lite(), allowed_base_urls=_NO_OUTSIDE_DATA
    )
    label = html.escape(str(spec.get("description", "")))
    return str(svg).replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1).encode("utf-8")


def chart_html(chart: alt.TopLevelMixin) -> bytes:
    """Wrap a chart into one HTML file that opens without internet, tooltips included.

    The page forbids itself every request, and text from the data cannot end the script.

    Args:
        chart: A chart from ``for_export``; a chart without a look gets the light one.
    """
    spec = _spec(chart)
    page = _PAGE.format(
        language=spoken(),
        title=html.escape(str(spec.get("description", t("Traffic Insights")))),
        background=PALETTES["light"].background,
        library=_library(),
        spec=_script_json(spec),
        options=_script_json(_EMBED_OPTIONS),
    )
    return page.encode("utf-8")


def chart_json(chart: alt.TopLevelMixin) -> bytes:
    """Write a chart as Vega-Lite JSON, rows and look included, for editors that read it.

    Args:
        chart: A chart from ``for_export``; a chart without a look gets the light one.
    """
    return json.dumps(_spec(chart), ensure_ascii=False, indent=1).encode("utf-8")


def _on_paper(chart: ChartT) -> ChartT:
    return themed(chart, "light").properties(background=PALETTES["light"].background, padding=20)


def _heading(title: str, subtitle: str) -> alt.TitleParams:
    heading = alt.TitleParams(text=_wrapped(title, _TITLE_CHARACTERS))
    if subtitle.strip():
        heading.subtitle = _wrapped(subtitle, _SMALL_PRINT_CHARACTERS)
    return heading


def _small_print(caption: str) -> alt.TitleParams:
    palette = PALETTES["light"]
    return alt.TitleParams(
        text=_wrapped(caption, _SMALL_PRINT_CHARACTERS),
        orient="bottom",
        anchor="start",
        color=palette.muted,
        fontSize=11,
        fontWeight="normal",
        lineHeight=15,
        offset=14,
    )


def _spoken(chart: alt.TopLevelMixin, title: str, subtitle: str) -> str:
    own = _get(chart, "description")
    return str(own) if own is not None else " ".join(f"{title} {subtitle}".split())


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width) or [""]


def _get(chart: Any, name: str) -> Any:
    """Return a property of an Altair chart, None where it is not set or unknown."""
    value = getattr(chart, name, alt.Undefined)
    return None if value is alt.Undefined else value


def _without_top_level(chart: ChartT) -> ChartT:
    """Drop what Altair allows on the outermost chart only."""
    copy = _shallow(chart)
    for name in _TOP_LEVEL_ONLY:
        if _get(copy, name) is not None:
            copy[name] = alt.Undefined
    return copy


def _shallow(chart: Any) -> Any:
    return chart.copy(deep=False)


# --- Width ----------------------------------------------------------------------------------


def _with_fixed_width(chart: Any, width: int) -> Any:
    """Replace "container" and missing widths, which mean nothing outside a browser."""
    copy = _shallow(chart)
    if isinstance(chart, alt.HConcatChart):
        copy.hconcat = _shared_width(chart.hconcat, width)
    elif isinstance(chart, alt.VConcatChart):
        copy.vconcat = [_with_fixed_width(part, width) for part in chart.vconcat]
    elif isinstance(chart, alt.ConcatChart):
        columns = _get(chart, "columns") or len(chart.concat)
        part_width = _column_width(width, min(columns, len(chart.concat)))
        copy.concat = [_with_fixed_width(part, part_width) for part in chart.concat]
    elif isinstance(chart, alt.FacetChart):
        copy.spec = _with_fixed_width(chart.spec, _column_width(width, _get(chart, "columns") or 3))
    elif isinstance(chart, (alt.Chart, alt.LayerChart)):
        _fix_size(copy, _column_width(width, 3) if _is_trellis(chart) else width)
    return copy


def _shared_width(parts: Sequence[Any], width: int) -> list[Any]:
    part_width = _column_width(width, len(parts))
    return [_with_fixed_width(part, part_width) for part in parts]


def _column_width(width: int, columns: int) -> int:
    return max(width // max(columns, 1) - (_GAP if columns > 1 else 0), 120)


def _fix_size(chart: Any, width: int) -> None:
    if _get(chart, "width") in (None, "container"):
        chart.width = width
    if _get(chart, "height") == "container":
        chart.height = alt.Undefined


def _is_trellis(chart: Any) -> bool:
    encoding = _get(chart, "encoding")
    return any(_get(encoding, name) is not None for name in ("facet", "column"))


# --- Chart to specification -----------------------------------------------------------------


def _spec(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """Return the complete Vega-Lite specification, rows included."""
    dressed = chart if _get(chart, "config") is not None else _on_paper(chart)
    return dict(_with_inline_data(dressed, {}).to_dict())


def _with_inline_data(chart: Any, seen: dict[int, alt.InlineData]) -> Any:
    """Copy a chart with every frame in it, at any depth, replaced by its rows.

    A frame inside a lookup transform is not reached; join in ``core`` instead.

    Args:
        chart: Any Altair chart.
        seen: Frames already turned into rows, by identity, so that layers share them.
    """
    copy = _shallow(chart)
    data = _get(chart, "data")
    if isinstance(data, pd.DataFrame):
        if id(data) not in seen:
            seen[id(data)] = _rows(data)
        copy.data = seen[id(data)]
    for name in _PARTS:
        if (parts := _get(chart, name)) is not None:
            copy[name] = [_with_inline_data(part, seen) for part in parts]
    if (inner := _get(chart, "spec")) is not None:
        copy.spec = _with_inline_data(inner, seen)
    return copy


def _rows(frame: pd.DataFrame) -> alt.InlineData:
    return alt.InlineData(values=alt.to_values(frame)["values"])


@functools.cache
def _vega_lite() -> str:
    """Return the Vega-Lite version that Altair writes, as vl-convert spells it: "6.1"."""
    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])


@functools.cache
def _library() -> str:
    """Return Vega, Vega-Lite and the embedder as one script, about 0.9 MB."""
    snippet = "window.vegaEmbed=vegaEmbed;"
    return str(vl_convert.javascript_bundle(snippet, vl_version=_vega_lite()))


def _script_json(value: Any) -> str:
    """Return JSON that is safe between <script> tags: no text can close them."""
    return json.dumps(value).replace("<", "\\u003c")


# --- Tables ---------------------------------------------------------------------------------


def frame_csv(frame: pd.DataFrame) -> bytes:
    """Write a frame as CSV that spreadsheets open well and safely.

    UTF-8 with a byte order mark, so that Excel reads "Köln". Times as 2024-04-06 18:00:00, or
    2024-04-06 where a column has whole days only: ISO 8601 with the blank that spreadsheets
    recognise. Text that a spreadsheet would run as a formula gets a leading apostrophe; numbers
    stay numbers.

    Args:
        frame: Any frame; its index is left out. Not changed.
    """
    safe = frame.rename(columns=_defused)
    for position in range(safe.shape[1]):
        if not _is_plain(safe.dtypes.iloc[position]):
            safe.isetitem(position, [_defused(cell) for cell in safe.iloc[:, position]])
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _is_plain(dtype: Any) -> bool:
    """Tell whether a column can hold no text."""
    return bool(pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_datetime64_any_dtype(dtype))


def _defused(cell: Any) -> Any:
    """Disarm a spreadsheet formula.

    >>> _defused("=1+1"), _defused("Direct"), _defused(-5)
    ("'=1+1", 'Direct', -5)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


# --- File names -----------------------------------------------------------------------------


def file_name(*parts: str, extension: str) -> str:
    """Build a file name that is safe on every system.

    ASCII, lower case, at most 120 characters, no folders. Accents are dropped, letters without
    an ASCII form left out, empty parts skipped.

    Args:
        *parts: What the file is about, most important first.
        extension: Such as ``"png"``.

    >>> file_name("sessions", "2024-04-06_to_2024-05-03", "Organic Social", extension="png")
    'sessions_2024-04-06_to_2024-05-03_organic-social.png'
    """
    suffix = f".{_slug(extension) or 'txt'}"[:12]
    stem = "_".join(slug for part in parts if (slug := _slug(part)))
    stem = stem[: _FILE_NAME_LENGTH - len(suffix)].strip("-_") or _FALLBACK_NAME
    if _RESERVED.fullmatch(stem):
        stem = f"{_FALLBACK_NAME}_{stem}"
    return stem + suffix


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    ascii_only = plain.encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9_]+", "-", ascii_only).strip("-_")
