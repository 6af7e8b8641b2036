"""The report as PowerPoint: titles in their place, text that can be edited, pictures described."""

from __future__ import annotations

import io
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from core.language import spoken
from ui.report.layout import HEIGHT, WIDTH, Bar, Page, Picture, Text, lay_out
from ui.report.model import Report

_FONT = "Arial"
_TITLE_ONLY = "Title Only"


def as_powerpoint(report: Report) -> bytes:
    """A presentation of 16:9."""
    deck = Presentation()
    _widen(deck)
    deck.core_properties.title = lay_out(report)[0].title.runs[0].text
    deck.core_properties.author = "Traffic Insights"
    deck.core_properties.language = spoken()
    layout = deck.slide_layouts.get_by_name(_TITLE_ONLY)
    for page in lay_out(report):
        _draw(deck.slides.add_slide(layout), page)
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def _widen(deck: Any) -> None:
    """From the 4:3 of the template to 16:9, its master and layouts too; unused layouts go."""
    wider = Inches(WIDTH) / deck.slide_width
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for layout in list(deck.slide_layouts):
        if layout.name != _TITLE_ONLY:
            deck.slide_layouts.remove(layout)
    for base in (deck.slide_master, *deck.slide_layouts):
        for shape in base.placeholders:
            left, width = shape.left, shape.width
            shape.left, shape.width = int(left * wider), int(width * wider)


def _draw(slide: Any, page: Page) -> None:
    _write(slide.shapes.title, page.title)
    slide.shapes.title.text_frame.vertical_anchor = MSO_ANCHOR.TOP
    for part in page.parts:
        if isinstance(part, Bar):
            _draw_bar(slide, part)
        elif isinstance(part, Picture):
            _draw_picture(slide, part)
        else:
            box = slide.shapes.add_textbox(0, 0, 1, 1)
            _write(box, part)


def _write(shape: Any, text: Text) -> None:
    """Put a text into a shape at its place; it wraps, and its box has no margin of its own."""
    shape.left, shape.top = Inches(text.left), Inches(text.top)
    shape.width, shape.height = Inches(text.width), Inches(text.height)
    frame = shape.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    paragraph = frame.paragraphs[0]
    paragraph.alignment = 1  # left, whatever the template says
    for part in text.runs:
        run = paragraph.add_run()
        run.text = part.text
        run.font.name, run.font.size, run.font.bold = _FONT, Pt(text.size), part.is_bold
        run.font.color.rgb = _rgb(part.colour)
        run._r.get_or_add_rPr().set("lang", spoken())


def _draw_bar(slide: Any, bar: Bar) -> None:
    place = (Inches(size) for size in (bar.left, bar.top, bar.width, bar.height))
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *place)
    shape.fill.solid()
    shape.fill.fore_color.rgb = _rgb(bar.colour)
    shape.line.fill.background()
    shape._element.remove(shape._element.find(qn("p:style")))  # its shadow


def _draw_picture(slide: Any, picture: Picture) -> None:
    place = (Inches(size) for size in (picture.left, picture.top, picture.width, picture.height))
    shape = slide.shapes.add_picture(io.BytesIO(picture.png), *place)
    shape._element.nvPicPr.cNvPr.set("descr", picture.description)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#").upper())
