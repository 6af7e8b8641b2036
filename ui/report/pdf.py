"""The report as PDF, page for page as the slides, in a font with most alphabets."""

from __future__ import annotations

import functools
import io
import logging
from importlib.util import find_spec
from pathlib import Path

from fpdf import FPDF

from core.language import spoken
from ui.report.fit import LINE
from ui.report.layout import HEIGHT, WIDTH, Bar, Page, Picture, Text, lay_out
from ui.report.model import Report

_POINTS = 72
_FAMILY = "DejaVu"
_SILENT = ("fpdf", "fontTools")
"""Loggers that would repeat text of the file, such as signs that the font lacks."""


def as_pdf(report: Report) -> bytes:
    """A PDF of 16:9 with an outline; signs that the font lacks are drawn as boxes."""
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.ERROR)
    pages = lay_out(report)
    pdf = FPDF(unit="in", format=(HEIGHT, WIDTH), orientation="landscape")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        pdf.add_font(_FAMILY, style, _fonts() / file)
    pdf.set_title(pages[0].title.runs[0].text)
    pdf.set_lang(spoken())
    for page in pages:
        _draw(pdf, page)
    return bytes(pdf.output())


@functools.cache
def _fonts() -> Path:
    """The folder of the fonts that matplotlib, which Prophet needs, brings; not imported for it."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("matplotlib with its fonts is not installed")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


def _draw(pdf: FPDF, page: Page) -> None:
    pdf.add_page()
    pdf.start_section(page.title.runs[0].text)
    _write(pdf, page.title)
    for part in page.parts:
        if isinstance(part, Bar):
            pdf.set_fill_color(part.colour)
            pdf.rect(part.left, part.top, part.width, part.height, style="F")
        elif isinstance(part, Picture):
            pdf.image(
                io.BytesIO(part.png),
                part.left,
                part.top,
                part.width,
                part.height,
                alt_text=part.description,
            )
        else:
            _write(pdf, part)


def _write(pdf: FPDF, text: Text) -> None:
    for run in text.runs:
        pdf.set_font(_FAMILY, "B" if run.is_bold else "", text.size)
        pdf.set_text_color(run.colour)
        pdf.set_xy(text.left, text.top)
        pdf.multi_cell(text.width, text.size * LINE / _POINTS, run.text, align="L")
