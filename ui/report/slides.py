"""The finding of each page of the app, with its chart and two sentences."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import altair as alt
from altair.typing import ChartType
from PIL import Image, ImageChops

from core import wording
from core.channels import BETTER, NOT_A_CHANNEL, WORSE
from core.correlations import SAME_NUMBER, possible_levels
from core.errors import NotEnoughData
from core.forecast import Forecast
from core.forecast.report import daily_wape
from core.language import in_sentence, mark, t, tn
from core.metrics import METRICS, available_metrics, summarise
from core.recommendations.model import DAYS_AHEAD
from ui import cache, export
from ui.charts import channels as channel_charts
from ui.charts import correlations as matrix_charts
from ui.charts import forecast as forecast_charts
from ui.charts.correlations_list import pairs
from ui.page import View
from ui.report.model import Slide
from ui.sections import (
    channels,
    correlations,
    forecast_ahead,
    forecast_answer,
    over_time,
    trends,
)
from ui.sections.correlations_list import named
from ui.sections.correlations_words import CAVEATS, labels_of
from ui.sections.forecast_question import LEVEL, Question, usual_question
from ui.sections.forecast_words import often

_MOST_ROWS = 8
_MOST_PAIRS = 5
_HEIGHT = 270
"""Pixels of a chart over time: low and wide, so that its words are large on a slide."""
_WHITE = (255, 255, 255)
_TRIED = {
    "day": mark(
        "Tried on the past, {hits} of {totals} totals lay in their band, and a day was typically "
        "missed by {error}."
    ),
    "week": mark(
        "Tried on the past, {hits} of {totals} totals lay in their band, and a week was typically "
        "missed by {error}."
    ),
    "month": mark(
        "Tried on the past, {hits} of {totals} totals lay in their band, and a month was typically "
        "missed by {error}."
    ),
}
_BAND = {
    "day": mark("{expected}; the band is meant to hold a single day {often}."),
    "week": mark("{expected}; the band is meant to hold a single week {often}."),
    "month": mark("{expected}; the band is meant to hold a single month {often}."),
}
_AHEAD = {
    "day": mark("{metric} by day: what was counted, then the forecast with its band."),
    "week": mark("{metric} by week: what was counted, then the forecast with its band."),
    "month": mark("{metric} by month: what was counted, then the forecast with its band."),
}


def _trends(view: View) -> Slide:
    card = over_time.overview_card(view)
    return Slide(
        page=t("Trends"),
        finding=card.headline,
        says=trends.answer(view),
        minds=card.reading,
        picture=_picture(_low(card.chart)),
        description=t(
            "{metric} as a line. {headline}.", metric=card.metric, headline=card.headline
        ),
    )


def _correlations(view: View) -> Slide:
    levels = possible_levels(view.traffic)
    if not levels:
        raise NotEnoughData("too_few_observations", have=len(view.traffic.frame), need=3)
    grain = "day" if levels[0] == "day" else view.traffic.grain
    result = cache.correlate((*view.key, levels[0], None), view.traffic, levels[0], None)
    labels = labels_of(view.traffic, result.pearson)
    table = named(result.frame.dropna(subset="r"), labels)
    told = table[table["verdict"] != SAME_NUMBER].head(_MOST_PAIRS)
    if told.empty:
        frame = result.frame.assign(
            value=result.frame["r"], without=result.frame["r_without_clock"]
        )
        chart, says = matrix_charts.matrix(frame, labels, view.mode), t("Each cell is a pair.")
    else:
        chart = pairs(told, view.mode)
        says = tn(
            "Shown: the one pair worth a look; dot and line as counted with the 95 % interval, the "
            "diamond without the clock.",
            "Shown: the {count} pairs most worth a look; dot and line as counted with the 95 % "
            "interval, the diamond without the clock.",
            len(told),
        )
    caveat = next((t(CAVEATS[code]) for code in result.caveats), "")
    return Slide(
        page=t("Correlations"),
        finding=correlations.answer(result, labels, grain),
        says=says,
        minds=caveat or t("That two numbers move together does not say that one makes the other."),
        picture=_picture(chart),
        description=t("How strongly pairs of measures go together, with 95 % intervals."),
    )


def _channels(view: View) -> Slide:
    able = available_metrics(view.traffic)
    metric = next((name for name in channels.FIRST_CHOICES if name in able), None)
    result = channels.compare(view, metric)
    if metric is None or result is None:
        return _channel_shares(view)
    rows = result.frame[result.frame["verdict"] != NOT_A_CHANNEL]
    is_named = rows["verdict"].isin((BETTER, WORSE))
    first = rows.assign(is_named=is_named).sort_values(["is_named", "n"], ascending=False)
    drawn = rows[rows.index.isin(first.index[:_MOST_ROWS])]
    drawn = drawn.sort_values(["rank", "n"], ascending=[True, False], na_position="last")
    overall = float(summarise(view.traffic)[metric].iloc[0])
    label = METRICS[metric].label
    return Slide(
        page=t("Channels"),
        finding=f"{channels.headline(result)}.",
        says=channels.answer(view, metric),
        minds=t(
            "Lines are 95 % intervals that allow for good and bad days; hollow dots rest on too "
            "few visits or are too uneven to judge."
        ),
        picture=_picture(channel_charts.intervals(drawn, metric, overall, view.colours, view.mode)),
        description=t(
            "{metric} by channel with 95 % intervals; all channels together: {overall}.",
            metric=label,
            overall=wording.metric_value(metric, overall),
        ),
    )


def _channel_shares(view: View) -> Slide:
    """How much each channel brings, where the file has no measure of quality."""
    found = cache.concentrate(view.key, view.traffic)
    label = wording.metric_label(found.metric, view.traffic.grain)
    chart = channel_charts.volume(found.frame.head(_MOST_ROWS), label, "", view.colours, view.mode)
    return Slide(
        page=t("Channels"),
        finding=channels.answer(view, None),
        says=t(
            "The bars are shares of all {metric}; thin lines are 95 % intervals.",
            metric=in_sentence(label),
        ),
        minds=t("How good the visits are cannot be told: the file holds no measure of quality."),
        picture=_picture(chart),
        description=t("Share of {metric} by channel.", metric=in_sentence(label)),
    )


def look_ahead(view: View) -> tuple[Question, Forecast]:
    """Two weeks (or the first horizon on offer) ahead, as far as the recommendations look.

    Raises:
        NotEnoughData: where the history is too short.
    """
    question = usual_question(view, DAYS_AHEAD)
    result = cache.make_forecast(
        question.key, question.history, question.horizon, LEVEL, question.events
    )
    return question, result


def _forecast(view: View) -> Slide:
    question, result = look_ahead(view)
    step = "day" if question.grain == "hour" else question.grain
    said = forecast_ahead.at_step(result, question.grain, step)
    first = said["time"].iloc[0]
    seen = forecast_ahead.history_at_step(question.history, question.grain, step, first).tail(28)
    accuracy = result.accuracy
    minds = t(
        _TRIED[step],
        hits=accuracy.totals_in_band,
        totals=accuracy.folds,
        error=wording.percent(daily_wape(result.backtest)),
    )
    doubts = forecast_answer.doubts(result)
    return Slide(
        page=t("Forecast"),
        finding=forecast_answer.answer(question, result),
        says=t(
            _BAND[step],
            expected=forecast_ahead.headline(question, result, said["stop"].iloc[-1]),
            often=often(result.level),
        ),
        minds=" ".join([minds, *doubts[:1]]),
        picture=_picture(_low(forecast_charts.ahead(seen, said, question.label, step, view.mode))),
        description=t(_AHEAD[step], metric=question.label),
    )


PAGES: Mapping[str, tuple[str, Callable[[View], Slide]]] = {
    "trends": (mark("Trends"), _trends),
    "correlations": (mark("Correlations"), _correlations),
    "channels": (mark("Channels"), _channels),
    "forecast": (mark("Forecast"), _forecast),
}
"""Pages with a slide of their own: their name, and what makes the slide."""


def _low(chart: ChartType) -> ChartType:
    if isinstance(chart, (alt.Chart, alt.LayerChart)):
        return chart.properties(height=_HEIGHT)
    return chart


def _picture(chart: ChartType) -> bytes:
    """A chart as PNG without the heading and the margin that a chart alone would need."""
    drawn = export.chart_png(export.for_export(chart, title="", subtitle="", caption=""), 2)
    with Image.open(io.BytesIO(drawn)) as picture:
        flat = picture.convert("RGB")
    edges = ImageChops.difference(flat, Image.new("RGB", flat.size, _WHITE)).getbbox()
    kept = flat.crop(edges) if edges else flat
    file = io.BytesIO()
    kept.save(file, "PNG")
    return file.getvalue()
