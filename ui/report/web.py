"""The report as one HTML file that asks nobody for anything."""

from __future__ import annotations

import base64
from html import escape

from core.language import spoken, t
from ui.charts.theme import PALETTES
from ui.report.fit import clean
from ui.report.model import Advice, Number, Report, Section, Slide

_PALETTE = PALETTES["light"]
_COLOURS = {"good": _PALETTE.positive, "bad": _PALETTE.negative, "plain": _PALETTE.muted}
_STYLE = f"""
body {{ margin: 0 auto; max-width: 60rem; padding: 2rem 1rem; color: {_PALETTE.text};
  background: {_PALETTE.background}; font: 16px/1.5 "Source Sans", "Helvetica Neue", Arial,
  sans-serif; overflow-wrap: anywhere; }}
h1, h2, h3 {{ line-height: 1.25; }}
.muted, dt {{ color: {_PALETTE.muted}; }}
.numbers {{ display: flex; flex-wrap: wrap; gap: 0.75rem; padding: 0; list-style: none; }}
.numbers li {{ flex: 1 1 9rem; background: #f3f5f9; padding: 0.75rem; }}
.numbers strong {{ display: block; font-size: 1.6rem; }}
section {{ border-top: 1px solid {_PALETTE.grid}; margin-top: 2rem; break-inside: avoid; }}
img {{ max-width: 100%; height: auto; }}
dd {{ margin: 0 0 0.5rem; }}
"""
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def as_html(report: Report) -> bytes:
    """A page with its style and pictures inside; it forbids itself every request and script."""
    about = t(
        "{selection} · {source} · made on {day}",
        selection=report.selection,
        source=report.source,
        day=report.made,
    )
    parts = [
        f"<h1>{_safe(report.title)}</h1>",
        f'<p class="muted">{_safe(about)}</p>',
        _numbers(report),
        *map(_slide, report.slides),
        _advice(report),
        *map(_section, report.appendix),
    ]
    page = _PAGE.format(
        language=spoken(), title=_safe(report.title), style=_STYLE, body="\n".join(parts)
    )
    return page.encode("utf-8")


def _safe(text: str) -> str:
    return escape(clean(text))


def _numbers(report: Report) -> str:
    items = "".join(map(_number, report.numbers))
    said = t("Change: {periods}.", periods=report.compared)
    compared = f'<p class="muted">{_safe(said)}</p>' if report.compared else ""
    return f'<ul class="numbers">{items}</ul>{compared}' if items else ""


def _number(number: Number) -> str:
    colour = _COLOURS[number.tone]
    return (
        f'<li><span class="muted">{_safe(number.label)}</span><strong>{_safe(number.value)}'
        f'</strong><span style="color: {colour}">{_safe(number.change)}</span></li>'
    )


def _slide(slide: Slide) -> str:
    picture = base64.b64encode(slide.picture).decode("ascii")
    return (
        f'<section><p class="muted">{_safe(slide.page)}</p><h2>{_safe(slide.finding)}</h2>'
        f'<img src="data:image/png;base64,{picture}" alt="{_safe(slide.description)}">'
        f'<p>{_safe(slide.says)}</p><p class="muted">{_safe(slide.minds)}</p></section>'
    )


def _advice(report: Report) -> str:
    cards = "".join(map(_card, report.advice)) or f"<p>{_safe(report.no_advice)}</p>"
    heading = _safe(t("What to do, and how to test it"))
    return f"<section><h2>{heading}</h2>{cards}</section>"


def _card(item: Advice) -> str:
    rows = "".join(f"<dt>{_safe(name)}</dt><dd>{_safe(text)}</dd>" for name, text in item.facts)
    return f"<h3>{_safe(item.headline)}</h3><dl>{rows}</dl>"


def _section(section: Section) -> str:
    lines = "".join(f"<li>{_safe(line)}</li>" for line in section.lines)
    return f"<section><h2>{_safe(section.heading)}</h2><ul>{lines}</ul></section>"
