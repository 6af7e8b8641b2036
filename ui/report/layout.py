"""Where everything stands on a page of 16:9, the same for PowerPoint and PDF; inches, points."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from core.language import t
from ui.charts.theme import PALETTES
from ui.report.fit import clean, fitting, height
from ui.report.model import Advice, Number, Report, Section, Slide, Tone

WIDTH, HEIGHT = 13.333, 7.5
_LEFT, _INNER = 0.6, 12.13
_TOP, _TITLE_ROOM = 0.4, 1.0
_BODY, _BOTTOM = 1.55, 6.85
_FOOT = 7.0
_PALETTE = PALETTES["light"]
_TONES: dict[Tone, str] = {
    "good": _PALETTE.positive,
    "bad": _PALETTE.negative,
    "plain": _PALETTE.muted,
}
_ADVICE_A_PAGE = 3
_START = 1.2
"""Where the text of the appendix begins."""


@dataclass(frozen=True)
class Run:
    """A stretch of text of one look."""

    text: str
    is_bold: bool = False
    colour: str = _PALETTE.text


@dataclass(frozen=True)
class Text:
    """A paragraph in its box.

    Args:
        left: inches from the left.
        top: inches from the top.
        width: inches.
        height: inches.
        size: of the letters, in points.
        runs: what it says.
    """

    left: float
    top: float
    width: float
    height: float
    size: float
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Picture:
    """A PNG in its box, with what it shows in words."""

    left: float
    top: float
    width: float
    height: float
    png: bytes
    description: str


@dataclass(frozen=True)
class Bar:
    """A plain coloured rectangle."""

    left: float
    top: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True)
class Page:
    """A page: its title, and what else stands on it."""

    title: Text
    parts: tuple[Text | Picture | Bar, ...]


def lay_out(report: Report) -> tuple[Page, ...]:
    """All pages of a report, in their order, with their numbers."""
    bare = [_first(report), *(_chart_page(slide) for slide in report.slides)]
    bare += [*_advice_pages(report), *_appendix_pages(report.appendix)]
    source = clean(report.source)
    return tuple(
        Page(page.title, (*page.parts, *_foot(source, place, len(bare))))
        for place, page in enumerate(bare, 1)
    )


def _text(
    text: str,
    box: tuple[float, float, float, float],
    largest: float,
    *,
    smallest: float = 9,
    is_bold: bool = False,
    colour: str = _PALETTE.text,
) -> Text:
    left, top, width, room = box
    said, size = fitting(clean(text), width, room, largest=largest, smallest=smallest)
    return Text(left, top, width, room, size, (Run(said, is_bold, colour),))


def _title(text: str, top: float = _TOP, largest: float = 28) -> Text:
    box = (_LEFT, top, _INNER, _TITLE_ROOM)
    return _text(text, box, largest, smallest=14, is_bold=True)


def _foot(source: str, place: int, pages: int) -> Iterator[Text]:
    muted = _PALETTE.muted
    said = t("Source: {source}", source=source)
    yield _text(said, (_LEFT, _FOOT, 10.0, 0.25), 10, smallest=9, colour=muted)
    yield _text(f"{place} / {pages}", (12.0, _FOOT, 0.8, 0.25), 10, colour=muted)


def _first(report: Report) -> Page:
    parts: list[Text | Picture | Bar] = [
        Bar(0, 0, WIDTH, 0.14, _PALETTE.primary),
        _text(
            t(
                "{selection} · {source} · made on {day}",
                selection=report.selection,
                source=report.source,
                day=report.made,
            ),
            (_LEFT, 1.42, _INNER, 0.32),
            13,
            colour=_PALETTE.muted,
        ),
    ]
    for place, number in enumerate(report.numbers):
        parts += _number(number, _LEFT + place * 2.46)
    if report.compared:
        said = t(
            "Change: {periods}. A change is named only where it is clear.",
            periods=report.compared,
        )
        parts.append(_text(said, (_LEFT, 3.75, _INNER, 0.3), 11, colour=_PALETTE.muted))
    parts += _in_short(report.slides)
    return Page(_title(report.title, largest=34), tuple(parts))


def _number(number: Number, left: float) -> Iterator[Text | Bar]:
    yield Bar(left, 2.1, 2.29, 1.5, "#f3f5f9")
    inner, width = left + 0.12, 2.05
    yield _text(number.label, (inner, 2.17, width, 0.3), 12, colour=_PALETTE.muted)
    yield _text(number.value, (inner, 2.5, width, 0.6), 28, smallest=12, is_bold=True)
    if number.change:
        colour = _TONES[number.tone]
        yield _text(number.change, (inner, 3.2, width, 0.3), 12, colour=colour)


def _in_short(slides: tuple[Slide, ...]) -> Iterator[Text]:
    """The findings of all pages, for whoever reads one page only."""
    if slides:
        yield _text(t("In short"), (_LEFT, 4.15, _INNER, 0.35), 16, is_bold=True)
    for place, slide in enumerate(slides):
        top = 4.55 + place * 0.58
        yield _text(slide.page, (_LEFT, top, 1.5, 0.5), 12, is_bold=True, colour=_PALETTE.primary)
        yield _text(slide.finding, (_LEFT + 1.6, top, _INNER - 1.6, 0.5), 12)


def _chart_page(slide: Slide) -> Page:
    picture = _placed(slide.picture, (_LEFT, 1.5, _INNER, 4.0), clean(slide.description))
    return Page(
        _title(slide.finding),
        (
            picture,
            _text(slide.says, (_LEFT, 5.75, _INNER, 0.54), 15),
            _text(slide.minds, (_LEFT, 6.33, _INNER, 0.5), 13, colour=_PALETTE.muted),
        ),
    )


def _placed(png: bytes, box: tuple[float, float, float, float], description: str) -> Picture:
    """As large as the box allows, in the middle of it."""
    left, top, width, room = box
    wide, high = struct.unpack(">II", png[16:24])
    scale = min(width / wide, room / high)
    across, down = wide * scale, high * scale
    return Picture(
        left + (width - across) / 2, top + (room - down) / 2, across, down, png, description
    )


def _advice_pages(report: Report) -> Iterator[Page]:
    if not report.advice:
        said = _text(report.no_advice, (_LEFT, _BODY, _INNER, 2.0), 18)
        yield Page(_title(t("Recommendations")), (said,))
    advice = report.advice
    for start in range(0, len(advice), _ADVICE_A_PAGE):
        shown = advice[start : start + _ADVICE_A_PAGE]
        parts: list[Text | Picture | Bar] = []
        for place, item in enumerate(shown):
            parts += _advice(item, start + place + 1, _BODY - 0.15 + place * 1.82)
        title = (
            t("What to do, and how to test it (more)")
            if start
            else t("What to do, and how to test it")
        )
        yield Page(_title(title), tuple(parts))


def _advice(item: Advice, place: int, top: float) -> Iterator[Text | Bar]:
    yield Bar(_LEFT, top, 0.06, 1.62, _PALETTE.primary)
    left, width = _LEFT + 0.2, _INNER - 0.2
    headline = f"{place}. {item.headline}"
    yield _text(headline, (left, top, width, 0.36), 16, smallest=11, is_bold=True)
    for row, (label, said) in enumerate(item.facts):
        line = top + 0.4 + row * 0.41
        colour = _PALETTE.muted
        yield _text(label, (left, line, 1.3, 0.38), 11, is_bold=True, colour=colour)
        yield _text(said, (left + 1.3, line, width - 1.3, 0.39), 11, smallest=8)


def _appendix_pages(sections: tuple[Section, ...]) -> Iterator[Page]:
    """Headings and lines one below the other, a new page where one is full."""
    parts: list[Text | Picture | Bar] = []
    top, size, pages = _START, 11.0, 0
    for section in sections:
        if top > _BOTTOM - 1.0:
            yield _appendix_page(parts, pages)
            parts, top, pages = [], _START, pages + 1
        box = (_LEFT, top, _INNER, 0.36)
        parts.append(_text(section.heading, box, 15, is_bold=True, colour=_PALETTE.primary))
        top += 0.38
        for line in map(clean, section.lines):
            room = min(height(line, size, _INNER), 1.2) + 0.02
            if top + room > _BOTTOM:
                yield _appendix_page(parts, pages)
                parts, top, pages = [], _START, pages + 1
            parts.append(_text(line, (_LEFT, top, _INNER, room), size))
            top += room + 0.05
        top += 0.12
    if parts:
        yield _appendix_page(parts, pages)


def _appendix_page(parts: list[Text | Picture | Bar], pages: int) -> Page:
    title = t("Appendix: data and method (more)") if pages else t("Appendix: data and method")
    return Page(_title(title), tuple(parts))
