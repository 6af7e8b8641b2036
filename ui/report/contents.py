"""From what a person looks at to what the report says; every number is one that a page shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from core import wording
from core.capabilities import missing
from core.errors import NotEnoughData
from core.language import mark, t
from core.metrics import available_metrics, summarise
from ui import messages
from ui.filters import describe_comparison
from ui.headline_numbers import FIVE, find_changes, is_clear, is_good
from ui.page import View
from ui.report.advice import advise
from ui.report.method import method_section
from ui.report.model import Number, Report, Section, Slide
from ui.report.slides import PAGES

Tell = Callable[[float, str], None]
_KINDS = {
    "skipped": mark("Left out"),
    "repaired": mark("Repaired"),
    "doubted": mark("To be doubted"),
    "info": mark("Read"),
}
_EMPTY = mark("The filters leave nothing of the file.")
_NOTHING = mark("Nothing stands out beyond chance in what is selected, and that is an answer.")


def make_report(view: View, made: date, on_progress: Tell) -> Report:
    """Ask every page for its finding.

    Args:
        view: what the person looks at; the report is light whatever they see.
        made: the day of making.
        on_progress: told the share done and what comes next, in words.
    """
    view = replace(view, mode="light")
    slides, unanswered = [], []
    for place, (key, (page, make)) in enumerate(PAGES.items()):
        name = t(page)
        on_progress(place / (len(PAGES) + 2), f"{name} …")
        try:
            slides.append(_slide(view, key, make))
        except NotEnoughData as problem:
            unanswered.append(_unanswered(name, problem))
    on_progress(len(PAGES) / (len(PAGES) + 2), t("Weighing the evidence …"))
    try:
        advice, no_advice = advise(view), t(_EMPTY if view.traffic.is_empty else _NOTHING)
    except NotEnoughData as problem:
        advice, no_advice = (), _unanswered(t("Recommendations"), problem)
    on_progress((len(PAGES) + 1) / (len(PAGES) + 2), t("Writing …"))
    numbers, compared = _numbers(view)
    return Report(
        title=_title(view),
        selection=view.selection,
        source=view.source.title,
        made=wording.day(made),
        numbers=numbers,
        compared=compared,
        slides=tuple(slides),
        advice=advice,
        no_advice=no_advice,
        appendix=tuple(_appendix(view, made, tuple(unanswered))),
    )


def _slide(view: View, key: str, make: Callable[[View], Slide]) -> Slide:
    problem = missing(view.whole, key)
    if problem is None and view.traffic.is_empty:
        problem = NotEnoughData("nothing_selected")
    if problem is not None:
        raise problem
    return make(view)


def _unanswered(name: str, problem: NotEnoughData) -> str:
    if problem.code == "nothing_selected":
        return t("{page}: the filters leave nothing of the file.", page=name)
    message = messages.of_error(problem)
    return f"{name}: {message.title} {message.why}"


def _title(view: View) -> str:
    if not view.traffic.has_time or view.traffic.is_empty:
        return t("Website traffic")
    return t(
        "Website traffic, {span}", span=wording.span(view.traffic.first_day, view.traffic.last_day)
    )


def _numbers(view: View) -> tuple[tuple[Number, ...], str]:
    """At most five, and which periods their changes compare."""
    if view.traffic.is_empty:
        return (), ""
    metrics = tuple(name for name in FIVE if name in available_metrics(view.traffic))[:5]
    totals, changes = summarise(view.traffic).iloc[0], find_changes(view, metrics)
    numbers = tuple(
        _number(view, metric, float(totals[metric]), changes.get(metric)) for metric in metrics
    )
    is_told = any(number.change for number in numbers) and view.comparison is not None
    return numbers, describe_comparison(view.comparison) if is_told and view.comparison else ""


def _number(view: View, metric: str, value: float, change: dict | None) -> Number:
    label = wording.metric_label(metric, view.whole.grain)
    said = wording.headline(metric, value)
    if change is None or not is_clear(change):
        within = t("no clear change") if change is not None else ""
        return Number(label, said, within)
    good = is_good(metric, change)
    tone = "plain" if good is None else "good" if good else "bad"
    return Number(label, said, wording.metric_change(metric, change["change"]), tone)  # type: ignore[arg-type]


def _appendix(view: View, made: date, unanswered: tuple[str, ...]) -> Iterator[Section]:
    yield Section(t("What this rests on"), tuple(_basis(view, made)))
    yield Section(t("The quality of the data"), tuple(_quality(view)))
    if unanswered:
        yield Section(t("What this file cannot answer"), unanswered)
    yield method_section()


def _basis(view: View, made: date) -> Iterator[str]:
    result = view.source.result
    yield t(
        "File: {file}; {rows} rows were read.",
        file=view.source.title,
        rows=wording.count(result.rows),
    )
    yield t("Shown: {selection}.", selection=view.selection)
    if view.whole.has_time:
        yield t(
            "The file covers {span}.", span=wording.span(view.whole.first_day, view.whole.last_day)
        )
    if view.comparison:
        yield t(
            "Compared: {periods}.",
            periods=describe_comparison(view.comparison),
        )
    yield t("Made on {day} with Traffic Insights.", day=wording.day(made))


def _quality(view: View) -> Iterator[str]:
    notes = view.source.result.notes
    for kind, word in _KINDS.items():
        for note in notes:
            if note.kind == kind:
                yield f"{t(word)}: {messages.of_note(note)}"
    if not notes:
        yield t("Nothing was left out, repaired or doubted.")
