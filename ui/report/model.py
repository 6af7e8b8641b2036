"""What a report says, without a word on how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "bad", "plain"]


@dataclass(frozen=True)
class Number:
    """A headline number.

    Args:
        label: what is counted.
        value: with its unit.
        change: against the earlier period, empty where there is none.
        tone: good or bad where the change is clearly no chance.
    """

    label: str
    value: str
    change: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True)
class Slide:
    """What one page of the app found.

    Args:
        page: name of the page.
        finding: the title.
        says: a sentence on what it says.
        minds: a sentence on how sure it is, or what to mind.
        picture: the chart as PNG.
        description: the chart in words.
    """

    page: str
    finding: str
    says: str
    minds: str
    picture: bytes
    description: str


@dataclass(frozen=True)
class Advice:
    """A recommendation.

    Args:
        headline: what was seen.
        facts: further lines, each with its label: what to try, the evidence, how to test.
    """

    headline: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    """A part of the appendix: a heading and its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """A whole report, plain text throughout.

    Args:
        title: what it is about.
        selection: span and filters.
        source: name of the file.
        made: when, in words.
        numbers: at most five.
        compared: which periods the changes compare; empty without changes.
        slides: one a page of the app that has an answer.
        advice: the most important recommendations; maybe none.
        no_advice: what to say where there is none.
        appendix: on the data and the method.
    """

    title: str
    selection: str
    source: str
    made: str
    numbers: tuple[Number, ...]
    compared: str
    slides: tuple[Slide, ...]
    advice: tuple[Advice, ...]
    no_advice: str
    appendix: tuple[Section, ...]
