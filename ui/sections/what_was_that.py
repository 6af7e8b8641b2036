"""What was that? Any stretch against the usual or against before, split by channel."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pandas as pd
import streamlit as st

from core import wording
from core.errors import NotEnoughData
from core.expected import Span, channel_name
from core.explain import Against, Explanation, detail, headline
from core.language import mark, t, tn
from core.metrics import METRICS
from core.spikes import DIP, SPIKE, Spikes
from ui import cache, state
from ui.cards import Card, show
from ui.charts import events as charts
from ui.choices import pick, select_one
from ui.notes import lettered
from ui.page import View, say
from ui.sections.notes import offer_note
from ui.text import escape

_PICKED, _OWN, _LATEST = "picked", "own", "latest"
_MOST_EVENTS, _MOST_PARTS = 8, 10
_WEEK = pd.Timedelta(days=7)


def draw_what_was_that(
    view: View, metric: str, picked: Span | None, found: Spikes | NotEnoughData
) -> None:
    """Ask for a stretch and say what it was; nothing where no stretch has another to stand by."""
    knows_usual = not isinstance(found, NotEnoughData)
    _, latest = _latest(view, is_short=not knows_usual)
    if not knows_usual and not _reaches_back(view, latest, _shift(view, latest)):
        return
    st.subheader(t("What was that?"))
    spans = _spans(view, picked, found)
    key = state.choice_key("trends", "stretch")
    if picked is not None and state.is_news("trends_picked", picked):
        state.choose(key, _PICKED)
    names = {name: words for name, (words, _) in spans.items()} | {_OWN: t("Another stretch …")}
    chosen = select_one(
        "trends", "stretch", t("Which stretch? (or click or drag in the chart)"), names
    )
    span = _ask_span(view) if chosen == _OWN else spans[chosen][1]
    if span is None:
        return
    against, shift = _ask_against(view, span, knows_usual=knows_usual)
    if shift is not None and not _reaches_back(view, span, shift):
        st.info(escape(_begins_later(view, span, shift, knows_usual=knows_usual)))
        offer_note(span)
        return
    try:
        result = cache.explain_stretch(
            (*view.all_dates_key, metric, span, against, shift),
            view.all_dates,
            metric,
            span,
            against,
            shift,
        )
    except NotEnoughData as problem:
        say(problem)
        return
    _draw(view, result, shift)
    offer_note(span)


def _spans(
    view: View, picked: Span | None, found: Spikes | NotEnoughData
) -> dict[str, tuple[str, Span]]:
    """Stretches to choose from: picked, what stood out, notes, the latest days."""
    spans: dict[str, tuple[str, Span]] = {}
    if picked is not None:
        spans[_PICKED] = (
            t("Picked in the chart: {when}", when=wording.moment(*picked)),
            picked,
        )
    if not isinstance(found, NotEnoughData):
        for row in found.frame.head(_MOST_EVENTS).to_dict("records"):
            span = (row["start"], row["end"])
            name = t(_EVENTS[row["kind"]], when=wording.moment(*span))
            spans[f"{row['kind']} {span}"] = (name, span)
    for letter, note in lettered().items():
        when = wording.moment(note.start, note.end)
        spans[f"note {note.start} {note.text}"] = (
            t("Note {letter}: {text} ({when})", letter=letter, text=note.text, when=when),
            (note.start, note.end),
        )
    spans[_LATEST] = _latest(view, is_short=isinstance(found, NotEnoughData))
    return spans


_EVENTS = {SPIKE: mark("Spike: {when}"), DIP: mark("Dip: {when}")}


def _latest(view: View, *, is_short: bool) -> tuple[str, Span]:
    """The newest week, week or month of the file; of a short file the newest day."""
    end = pd.Timestamp(view.traffic.last_day) + pd.Timedelta(days=1)
    if view.traffic.grain in ("hour", "day") and is_short:
        span = (end - pd.Timedelta(days=1), end)
        return t("The last day: {when}", when=wording.moment(*span)), span
    if view.traffic.grain in ("hour", "day"):
        span = (max(end - _WEEK, pd.Timestamp(view.traffic.first_day)), end)
        return t("The last days: {when}", when=wording.moment(*span)), span
    span = (view.traffic.times[-1], end)
    if view.traffic.grain == "week":
        return t("The last week: {when}", when=wording.moment(*span)), span
    return t("The last month: {when}", when=wording.moment(*span)), span


def _ask_span(view: View) -> Span | None:
    """First and last day, and hours where the file has them."""
    first, last = view.whole.first_day, view.whole.last_day
    left, right = st.columns(2)
    key = state.start_with(state.choice_key("trends", "days"), (last, last))
    days = left.date_input(
        t("Days"),
        min_value=first,
        max_value=last,
        key=key,
        persist_state="session",
        format=wording.date_field(),
    )
    if view.whole.grain != "hour":
        return span_of(days, (0, 24))
    key = state.start_with(state.choice_key("trends", "hours"), (0, 24))
    hours: Any = right.slider(t("Hours"), 0, 24, key=key, persist_state="session", format="%d:00")
    return span_of(days, hours)


def span_of(days: date | tuple[date, ...], hours: tuple[int, int]) -> Span | None:
    """Start and end of chosen days and hours; ``None`` while the second day is not chosen.

    >>> start, end = span_of((date(2024, 4, 17), date(2024, 4, 17)), (18, 24))
    >>> str(start), str(end)
    ('2024-04-17 18:00:00', '2024-04-18 00:00:00')
    """
    both = days if isinstance(days, tuple) else (days, days)
    if len(both) != 2 or hours[0] >= hours[1]:
        return None
    start, end = (pd.Timestamp.combine(day, time()) for day in both)
    return start + pd.Timedelta(hours=hours[0]), end + pd.Timedelta(hours=hours[1])


def _ask_against(
    view: View, span: Span, *, knows_usual: bool
) -> tuple[Against, pd.Timedelta | None]:
    """Against the usual of such hours, or against the same hours whole weeks earlier."""
    shift = _shift(view, span)
    options = {"usual": t("What is usual then")} if knows_usual else {}
    options["before"] = _earlier(view, shift)
    chosen = pick("trends", "against", t("Held against"), options)
    return ("before", shift) if chosen == "before" else ("usual", None)


def _reaches_back(view: View, span: Span, shift: pd.Timedelta) -> bool:
    """Whether the file holds the earlier stretch."""
    if view.all_dates.grain == "month":
        months = (span[1].year - span[0].year) * 12 + span[1].month - span[0].month
        return bool(span[0] - pd.DateOffset(months=months) >= view.all_dates.times[0])
    return bool(span[0] - shift >= view.all_dates.times[0])


def _begins_later(view: View, span: Span, shift: pd.Timedelta, *, knows_usual: bool) -> str:
    """Why an earlier stretch cannot be held against this one, and what to do."""
    is_compared = shift > _fewest_weeks(span) and view.all_dates.grain != "month"
    return f"{_where_it_begins(view, span, shift)} {t(_WAYS[knows_usual, is_compared])}"


def _where_it_begins(view: View, span: Span, shift: pd.Timedelta) -> str:
    day, stretch = wording.day(view.all_dates.first_day), wording.moment(*span)
    if view.all_dates.grain == "month":
        return t(
            "The file begins on {day}, so it does not hold what was the month before than "
            "{stretch}.",
            day=day,
            stretch=stretch,
        )
    return tn(
        "The file begins on {day}, so it does not hold what was one week earlier than {stretch}.",
        "The file begins on {day}, so it does not hold what was {count} weeks earlier than "
        "{stretch}.",
        shift // _WEEK,
        day=day,
        stretch=stretch,
    )


_WAYS = {
    (False, False): mark("Choose a later stretch."),
    (True, False): mark("Choose a later stretch or hold it against what is usual."),
    (False, True): mark("Choose a later stretch or switch off “Compare with the period before”."),
    (True, True): mark(
        "Choose a later stretch or hold it against what is usual or switch off “Compare with the "
        "period before”."
    ),
}
"""By whether the usual is known, and whether an earlier period is compared."""


def _fewest_weeks(span: Span) -> pd.Timedelta:
    return pd.Timedelta(-(-(span[1] - span[0]) // _WEEK) * _WEEK)


def _shift(view: View, span: Span) -> pd.Timedelta:
    """Whole weeks, the fewest that keep both apart; the period before where it is compared."""
    if view.all_dates.grain == "month":
        return span[1] - span[0]
    length = _fewest_weeks(span)
    if view.wants_comparison and view.comparison:
        return max(pd.Timedelta(view.comparison.shift), length)
    return length


def _earlier(view: View, shift: pd.Timedelta) -> str:
    if view.all_dates.grain == "month":
        return t("The month before")
    return tn("One week earlier", "{count} weeks earlier", shift // _WEEK)


def _draw(view: View, result: Explanation, shift: pd.Timedelta | None) -> None:
    label = wording.metric_label(result.metric, view.traffic.grain)
    table = _shown(result)
    if len(table) < 2 or not table["effect"].abs().sum() > 0:
        _draw_in_words(view, result, shift)
        return
    show(
        view,
        Card(
            slug=f"{result.metric}-what-was-that",
            headline=headline(result),
            chart=charts.parts(table, result.metric, view.mode),
            data=result.parts.assign(channel=result.parts["channel"].map(channel_name)),
            reading=f"{_more(view, result, shift)} {_how_to_read(result)}".strip(),
            metric=t(_DIFFERENCE[result.against], metric=label),
            columns=_PART_COLUMNS,
        ),
    )


_DIFFERENCE: dict[Against, str] = {
    "usual": mark("{metric}, difference from what is usual, by channel"),
    "before": mark("{metric}, difference from before, by channel"),
}


def _more(view: View, result: Explanation, shift: pd.Timedelta | None) -> str:
    """What "before" means, as one possible choice is not offered; then what stands behind it."""
    return f"{_before(view, shift)} {detail(result)}".strip()


def _before(view: View, shift: pd.Timedelta | None) -> str:
    if shift is None:
        return ""
    if view.all_dates.grain == "month":
        return t("Before: the month before.")
    return tn("Before: one week earlier.", "Before: {count} weeks earlier.", shift // _WEEK)


def _draw_in_words(view: View, result: Explanation, shift: pd.Timedelta | None) -> None:
    """One part alone is the whole difference: a chart would only repeat the sentence."""
    with st.container(border=True):
        st.markdown(f"#### {escape(headline(result))}")
        if text := _more(view, result, shift):
            st.caption(escape(text))


_PART_COLUMNS = {
    "channel": mark("Channel"),
    "actual": mark("Then"),
    "expected": mark("Usual or before"),
    "effect": mark("Part of the difference"),
    "mix": mark("From another mix"),
    "within": mark("From change within"),
}


def _shown(result: Explanation) -> pd.DataFrame:
    """The largest parts, the rest in one row, so that the bars still add up."""
    table = result.parts.assign(channel=result.parts["channel"].map(channel_name))
    if len(table) <= _MOST_PARTS:
        return table
    columns = [name for name in ("effect", "mix", "within") if name in table]
    rest = table.iloc[_MOST_PARTS - 1 :][columns].sum().to_frame().T.assign(channel=t("the rest"))
    return pd.concat([table.head(_MOST_PARTS - 1), rest], ignore_index=True)


def _how_to_read(result: Explanation) -> str:
    if METRICS[result.metric].is_ratio:
        return t(
            "The bars add up to the whole difference. Mix: channels with a higher or lower rate "
            "had another share. Within: the rate of a channel itself was different."
        )
    return t("The bars add up to the whole difference. The file does not say why it was so.")
