"""All that a page shows, in every format, as one ZIP. Pure."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator

from core.language import mark, t
from ui import export
from ui.exhibits import Exhibit

_ABOUT = mark("""Traffic Insights: {title}

{caption}

Each chart stands in its own folder:
  .png   the picture for slides and documents, at double size
  .svg   the same picture without pixels, for print and design programs
  .html  the chart with its tooltips; opens in any browser, without internet
  .csv   the numbers behind it, for spreadsheets
  .json  the chart as Vega-Lite, for those who want to change it

The charts:
{charts}""")


def bundle(title: str, caption: str, exhibits: Iterable[Exhibit], *parts: str) -> bytes:
    """Pack charts with their numbers, and a text that says what is what.

    Args:
        title: of the page.
        caption: file, span, filters, comparison and date of making, in words.
        exhibits: in the order of the page. Two of one slug get numbers.
        *parts: what the selection adds to file names.

    Returns:
        A ZIP with one folder for each chart; every name is ASCII and stays inside it.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = []
        for folder, exhibit in _folders(exhibits):
            lines.append(f"  {folder}: {exhibit.title}")
            for extension, content in files_of(exhibit):
                name = export.file_name(exhibit.slug, *parts, extension=extension)
                archive.writestr(f"{folder}/{name}", content)
        about = t(_ABOUT, title=title, caption=caption, charts="\n".join(lines))
        archive.writestr("README.txt", f"{about}\n".encode("utf-8-sig"))
    return packed.getvalue()


def files_of(exhibit: Exhibit) -> Iterator[tuple[str, bytes]]:
    """Extension and content of each format of a chart."""
    picture = exhibit.picture()
    yield "png", export.chart_png(picture)
    yield "svg", export.chart_svg(picture)
    yield "html", export.chart_html(picture)
    yield "json", export.chart_json(picture)
    yield "csv", export.frame_csv(exhibit.data)


def _folders(exhibits: Iterable[Exhibit]) -> Iterator[tuple[str, Exhibit]]:
    for place, exhibit in enumerate(exhibits, start=1):
        yield f"{place:02d}_{export.file_name(exhibit.slug, extension='x')[:-2][:60]}", exhibit
