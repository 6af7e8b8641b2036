"""The chart ahead: the newest history, then the forecast with its band, hour by hour to months."""

from __future__ import annotations

import pandas as pd

from core import wording
from core.forecast import Forecast, sum_by
from core.language import mark, t
from ui import messages
from ui.cards import Card, show
from ui.charts import forecast as charts
from ui.charts.notes import with_notes
from ui.choices import pick
from ui.notes import shown_notes
from ui.page import View
from ui.sections.forecast_question import Question, three
from ui.sections.forecast_words import draw_caveats, often, settings

STEPS = {"hour": mark("Hours"), "day": mark("Days"), "week": mark("Weeks"), "month": mark("Months")}
COLUMNS = {
    "time": mark("Time"),
    "mean": mark("Expected"),
    "low": mark("Band from"),
    "high": mark("Band to"),
}
_IN_PART = {
    "day": mark("Paler: a part of a day only."),
    "week": mark("Paler: a part of a week only."),
    "month": mark("Paler: a part of a month only."),
}
_MOST_DAYS_OF_HOURS = 14
_LEAST_DAYS = {"day": 1, "week": 14, "month": 56}
"""Days ahead from which a sum is offered."""
_HISTORY_SHOWN = {"hour": 14 * 24, "day": 21, "week": 8, "month": 6}
_DAYS_OF_WEEK = 7
_CLOCK_CHANGE = 1
"""Hours that a whole day may lack."""


def draw_ahead(view: View, question: Question, result: Forecast) -> None:
    """The forecast with its band, after the newest history at the same step."""
    step = _ask_step(question)
    said = at_step(result, question.grain, step)
    seen = history_at_step(question.history, question.grain, step, said["time"].iloc[0])
    seen = seen.tail(max(_HISTORY_SHOWN[step], len(said) if step != "hour" else 0))
    first, last = seen["time"].min() if len(seen) else said["time"].iloc[0], said["stop"].iloc[-1]
    letters, notes = shown_notes(first, last - pd.Timedelta(seconds=1))
    chart = charts.ahead(seen, said, question.label, step, view.mode)
    method = messages.method(result.method)
    show(
        view,
        Card(
            slug=f"forecast-{question.slug}-by-{step}",
            headline=headline(question, result, said["stop"].iloc[-1]),
            chart=with_notes(chart, notes, view.mode),
            data=said[list(COLUMNS)],
            reading=f"{_reading(question, result, said, step)} {letters}".strip(),
            metric=t(
                "{metric} by {step}, forecast with {level} band",
                metric=question.label,
                step=wording.step(step),
                level=wording.percent(result.level, 0),
            ),
            columns=COLUMNS,
            settings=settings(view, question, level=result.level, method=method),
        ),
    )
    draw_caveats(result.caveats)


def _ask_step(question: Question) -> str:
    """Hours for two weeks at most, days by default beyond; sums where they say more."""
    if question.grain not in ("hour", "day"):
        return question.grain
    own = {"hour": t(STEPS["hour"])} if question.grain == "hour" else {}
    if question.units > _MOST_DAYS_OF_HOURS:
        own = {}
    sums = {step: t(STEPS[step]) for step, least in _LEAST_DAYS.items() if question.units >= least}
    return pick("forecast", "step", t("Show by"), own | sums)


def headline(question: Question, result: Forecast, stop: pd.Timestamp) -> str:
    """About how much a day (week, month) is expected until ``stop``."""
    each = three(result.total.mean / max(question.units, 1))
    first, last = result.frame["time"].iloc[0], stop - pd.Timedelta(seconds=1)
    return t(
        "{metric}, {days}: about {count} a {step}",
        metric=question.of_channels(question.label),
        days=wording.span(first, last),
        count=each,
        step=wording.step(question.unit),
    )


def _reading(question: Question, result: Forecast, said: pd.DataFrame, step: str) -> str:
    parts = [_band(result, step, is_tried=step == question.grain)]
    parts.append(t("Events that never happened before are not in it."))
    if not said["is_whole"].all():
        parts.append(t(_IN_PART[step]))
    return " ".join(parts)


def _band(result: Forecast, step: str, *, is_tried: bool) -> str:
    """What the band is meant to hold, and what it held where the replay had the same step."""
    values = {"often": often(result.level), "step": wording.step(step)}
    if not is_tried:
        return t("The band: {often} the count of a single {step} is meant to lie in it.", **values)
    return t(
        "The band: {often} the count of a single {step} is meant to lie in it; "
        "on past stretches it held {share}.",
        share=wording.percent(result.accuracy.coverage, 0),
        **values,
    )


def at_step(result: Forecast, grain: str, step: str) -> pd.DataFrame:
    """The forecast at a step, with bands of its own.

    Args:
        result: a forecast.
        grain: of the forecast.
        step: ``grain`` or a longer one.

    Returns:
        ``time``, ``mean``, ``low``, ``high``, ``stop`` (end, exclusive) and ``is_whole``.
    """
    if step == grain:
        frame = result.frame.copy()
        frame["stop"] = frame["time"] + _offset(grain)
        return frame.assign(is_whole=True)
    sums = sum_by(result, step)
    sums["stop"] = sums["time"] + sums["periods"] * pd.Timedelta(1, "h" if grain == "hour" else "D")
    return sums.assign(is_whole=_is_whole(sums["time"], sums["periods"], grain, step))


def history_at_step(
    history: pd.Series, grain: str, step: str, first_ahead: pd.Timestamp
) -> pd.DataFrame:
    """What was counted before the forecast, at the same step; only what is whole.

    Weeks are stretches of seven days counted back from the first period ahead, as those of the
    forecast are counted on.

    Args:
        history: counts by period.
        grain: of the history.
        step: ``grain`` or a longer one.
        first_ahead: first time of the forecast.

    Returns:
        ``time``, ``value`` and ``stop`` (end, exclusive).
    """
    before = history[history.index < first_ahead]
    times = pd.DatetimeIndex(before.index)
    if step == grain:
        return pd.DataFrame(
            {"time": times, "value": before.to_numpy(), "stop": times + _offset(grain)}
        )
    grouped = before.groupby(_starts(times, step, first_ahead))
    sums = pd.DataFrame({"value": grouped.sum(), "periods": grouped.size()})
    sums = sums.rename_axis("time").reset_index()
    sums = sums[_is_whole(sums["time"], sums["periods"], grain, step)]
    return sums.assign(stop=sums["time"] + _offset(step))[["time", "value", "stop"]]


def _starts(times: pd.DatetimeIndex, step: str, first_ahead: pd.Timestamp) -> pd.DatetimeIndex:
    """Start of the day, week or month that each time belongs to."""
    if step == "week":
        week = pd.Timedelta(days=_DAYS_OF_WEEK)
        return pd.DatetimeIndex(first_ahead - -((times - first_ahead) // week) * week)
    if step == "month":
        return times.to_period("M").to_timestamp()
    return times.normalize()


def _is_whole(starts: pd.Series, periods: pd.Series, grain: str, step: str) -> pd.Series:
    """Whether each day, week or month has all its periods; one hour may lack to the clock."""
    days = {"day": 1, "week": _DAYS_OF_WEEK}.get(step, starts.dt.days_in_month)
    if grain == "hour":
        return periods >= days * 24 - _CLOCK_CHANGE
    return periods >= days


def _offset(step: str) -> pd.DateOffset:
    return {
        "hour": pd.DateOffset(hours=1),
        "day": pd.DateOffset(days=1),
        "week": pd.DateOffset(days=_DAYS_OF_WEEK),
        "month": pd.DateOffset(months=1),
    }[step]
