"""What lies ahead: the forecast's peak, and the strong months of the year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core import wording
from core.forecast import Forecast
from core.language import mark, month_names, t
from core.recommendations.model import ChartHint, Effect, Evidence, Finding, Outcome
from core.recommendations.shape import shape_test
from core.recommendations.words import from_to, moment_as_subject

ABOVE_TYPICAL = 1.2
"""A peak is worth preparing for from a fifth above the typical busiest period of a week."""
MIN_SEASON = 0.1
MONTHS_AHEAD = 3
MIN_YEARS = 2
_DAYS_OF_MONTH = 25
"""Days with counts that a month needs to be told."""
MONTHS = tuple(pd.Timestamp(2024, month, 1).month_name() for month in range(1, 13))
"""Codes of the months; ``month_names`` names them for people."""


def capacity(evidence: Evidence) -> Outcome:
    """The forecast's busiest period lies above what was seen, or clearly above what is typical.

    Condition: expected above everything seen, or ``ABOVE_TYPICAL`` times the median of the weeks'
    busiest periods. A forecast is not a test, so worth watching.
    Evidence: the peak ahead with its upper end, the typical and the largest one seen.
    Action: prepare servers, stock and staff.
    Source: Hyndman and Athanasopoulos (2021), Forecasting: Principles and Practice,
    https://otexts.com/fpp3/.
    """
    ahead = evidence.forecast
    if ahead is None:
        return Outcome()
    history = evidence.history.dropna()
    weeks = np.arange(len(history))[::-1] // (168 if evidence.traffic.grain == "hour" else 7)
    typical, most = float(history.groupby(weeks).max().median()), float(history.max())
    mean = ahead.peak.mean
    if not typical > 0 or not (mean > most or mean >= ABOVE_TYPICAL * typical):
        return Outcome()
    return Outcome((_capacity(evidence, ahead, typical, most),))


_PREPARE = {
    "hour": mark(
        "Prepare servers, stock and staff for up to {limit} {metric} in that hour, and plan "
        "no maintenance then."
    ),
    "day": mark(
        "Prepare servers, stock and staff for up to {limit} {metric} in that day, and plan no "
        "maintenance then."
    ),
}
_PEAKS = (
    mark("Expected peak"),
    mark("It should stay below"),
    mark("Busiest of a usual week"),
    mark("Most seen"),
)
_IN_ONE = {"hour": mark("{metric} in one hour"), "day": mark("{metric} in one day")}


def _capacity(evidence: Evidence, ahead: Forecast, typical: float, most: float) -> Finding:
    peak, unit = ahead.peak, evidence.traffic.grain
    moment = (peak.time, peak.time + pd.Timedelta(1, "h" if unit == "hour" else "D"))
    at = ahead.frame.set_index("time").loc[peak.time]
    impact, words = evidence.stake(max(peak.mean - typical, 0.0))
    return Finding(
        rule_id="capacity",
        kind="planning",
        subject=moment_as_subject(*moment),
        subject_words=wording.moment(*moment),
        headline=t(
            "About {expected} {metric} expected on {moment}; a usual week peaks at {usual}",
            expected=wording.count(round(peak.mean)),
            metric=evidence.label,
            moment=wording.moment(*moment),
            usual=wording.count(round(typical)),
        ),
        action=t(_PREPARE[unit], limit=wording.count(np.ceil(peak.high)), metric=evidence.label),
        evidence=pd.DataFrame(
            {
                "": [t(name) for name in _PEAKS],
                t(_IN_ONE[unit], metric=evidence.head): [
                    wording.count(round(value)) for value in (peak.mean, peak.high, typical, most)
                ],
            }
        ),
        n=float(evidence.history.sum()),
        impact=impact,
        impact_unit=t("{unit} above a usual peak", unit=words),
        effect=Effect(peak.mean / typical, at["low"] / typical, at["high"] / typical, "times"),
        chart=ChartHint("forecast", evidence.traffic.main_metric, "", peak.time, None),
        caveats=(
            t("A forecast goes on as before: it knows nothing of what you plan."),
            t(
                "When the past was replayed, it was off by {error} of the counts.",
                error=wording.percent(ahead.accuracy.wape, 0),
            ),
        ),
    )


def season_ahead(evidence: Evidence) -> Outcome:
    """A month that is clearly above the average of its year lies ahead.

    Condition: ``MIN_YEARS`` whole years; the month is above by ``MIN_SEASON`` or more with growth
    removed, corrected for twelve months, and begins within ``MONTHS_AHEAD`` months.
    Evidence: every month against the average with its interval.
    Action: prepare content, budget and servers.
    Source: ``core.recommendations.shape`` (Student's t with years as replicates).
    """
    if not evidence.traffic.has_time or evidence.traffic.days < 365 * MIN_YEARS:
        return Outcome()
    years = _years(evidence)
    table = shape_test(years)
    if table.empty:
        return Outcome()
    last = pd.Timestamp(evidence.traffic.last_day)
    ahead = [(last + pd.DateOffset(months=step)).month for step in range(1, MONTHS_AHEAD + 1)]
    rows = table.loc[[month for month in ahead if month in table.index]]
    sure = rows[(rows["change"] >= MIN_SEASON) & (rows["low"] > 0)]
    found = (_season(evidence, table, int(sure["change"].idxmax())),) if len(sure) else ()
    return Outcome(found, (float(table["p_value"].min()),))


def _years(evidence: Evidence) -> pd.DataFrame:
    """Visits a day by year and month, growth removed; years count back from the last month."""
    history = evidence.history
    periods = pd.DatetimeIndex(history.index).to_period("M")
    mean, size = history.groupby(periods).mean(), history.groupby(periods).size()
    if evidence.traffic.grain in ("hour", "day"):
        need = _DAYS_OF_MONTH * (24 if evidence.traffic.grain == "hour" else 1)
        mean = mean[size >= need]
    mean = mean.reindex(pd.period_range(mean.index[0], mean.index[-1], freq="M"))
    years = len(mean) // 12
    if years < MIN_YEARS or mean.isna().any() or not (mean > 0).all():
        return pd.DataFrame()
    mean = mean.iloc[-12 * years :]
    logs = np.log(mean.to_numpy())
    growth = float(np.mean(logs[12:] - logs[:-12])) / 12
    level = np.exp(logs - growth * np.arange(len(logs)))
    months = pd.PeriodIndex(mean.index[:12]).month
    return pd.DataFrame(level.reshape(years, 12), columns=months)


def _season(evidence: Evidence, table: pd.DataFrame, month: int) -> Finding:
    row, names = table.loc[month], month_names("wide")
    name = names[month - 1]
    weekly = float(evidence.history.sum()) / evidence.weeks
    impact, unit = evidence.stake(0.1 * float(row["change"]) * weekly)
    ordered = table.sort_index()
    return Finding(
        rule_id="season_ahead",
        kind="planning",
        subject=MONTHS[month - 1],
        subject_words=name,
        headline=t(
            "{month} lies ahead: {change} more {metric} than an average month in past years",
            month=name,
            change=wording.percent(row["change"], 0),
            metric=evidence.label,
        ),
        action=t(
            "Prepare content, budget and servers for {month} now, and plan larger changes for a "
            "quieter month.",
            month=name,
        ),
        evidence=pd.DataFrame(
            {
                t("Month"): [names[int(place) - 1] for place in ordered.index],
                t("Against an average month"): ordered["change"].map(wording.signed_percent),
                t("95 % interval"): [
                    from_to(wording.signed_percent(low), wording.signed_percent(high))
                    for low, high in zip(ordered["low"], ordered["high"], strict=True)
                ],
            }
        ),
        n=float(evidence.history.sum()),
        impact=impact,
        impact_unit=t("{unit} if a tenth of that is won or lost", unit=unit),
        p_value=float(row["p_value"]),
        effect=Effect(float(row["change"]), float(row["low"]), float(row["high"]), "percent"),
        chart=ChartHint("days", evidence.traffic.main_metric),
        caveats=(
            t("Few years are few looks: a fair or a campaign of past years may not come back."),
        ),
    )
