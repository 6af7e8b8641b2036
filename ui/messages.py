"""Codes to words: what we saw, why it matters, what to do in GA4."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core import wording
from core.errors import AppError
from core.ingest import Note
from core.metrics import METRICS
from ui.text import escape


@dataclass(frozen=True)
class Message:
    """Words for a problem.

    Args:
        title: what we saw.
        why: why it matters.
        what_to_do: what to click or change.
    """

    title: str
    why: str
    what_to_do: str


HOW_TO_EXPORT = """
1. In Google Analytics open **Reports → Acquisition → Traffic acquisition**.
2. Choose the dates at the top right. Four weeks or more let us compare weeks and forecast.
3. Above the table click **+** next to the first column and add **Date + hour (YYYYMMDDHH)**
   (under *Time*). **Date** works too, without the hours of the day.
4. At the bottom of the table set **Rows per page** to the largest number.
5. At the top right click **Share this report → Download file → Download CSV**.
"""

_EXPORT_AGAIN = (
    "In GA4 open Reports → Acquisition → Traffic acquisition, add “Date + hour” as second "
    "column and download the CSV again."
)
_KINDS = {
    "picture": "a picture",
    "pdf": "a PDF document",
    "workbook": "an Excel workbook or ZIP archive",
    "archive": "a compressed archive",
    "binary": "no text file",
}


def _names(params: Mapping[str, Any], limit: int = 8) -> str:
    columns = [escape(str(name)[:40]) for name in params["columns"] if str(name).strip()]
    more = f" and {len(columns) - limit} more" if len(columns) > limit else ""
    return ", ".join(columns[:limit]) + more if columns else "none"


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:.0f} MB"


Words = Callable[[Mapping[str, Any]], Message]

ERRORS: Mapping[str, Words] = {
    "empty_file": lambda p: Message(
        "The file is empty.",
        "There is nothing in it to read.",
        f"The download may have been cut off. {_EXPORT_AGAIN}",
    ),
    "too_large": lambda p: Message(
        f"The file has {_megabytes(p['size'])}, more than the {_megabytes(p['limit'])} we take.",
        "The app shares one small machine between all visitors.",
        "Choose fewer months in GA4, or leave out page and country: hour and channel do.",
    ),
    "not_text": lambda p: Message(
        f"This is {_KINDS.get(p['kind'], _KINDS['binary'])}, not a CSV file.",
        "We read the text file that GA4 makes with “Download CSV”.",
        "If it is a workbook, save the sheet as CSV first. Otherwise: " + _EXPORT_AGAIN,
    ),
    "unreadable_table": lambda p: Message(
        f"The table breaks off near line {p['line']}.",
        "A quotation mark is open or a cell is far too long, so columns cannot be told apart.",
        f"Was it edited by hand? {_EXPORT_AGAIN}",
    ),
    "too_many_columns": lambda p: Message(
        f"A row has {p['columns']:,} columns; we read up to {p['limit']}.",
        "That is not the shape of a GA4 report.",
        _EXPORT_AGAIN,
    ),
    "no_table": lambda p: Message(
        "We found no table with column names we know.",
        f"The file begins with “{escape(p['first_line'])}”. We look for names such as Date + hour, "
        "Session primary channel group, Sessions or Users, in English.",
        "Was the header row deleted, or is the report in another language? " + _EXPORT_AGAIN,
    ),
    "no_count_column": lambda p: Message(
        "No column counts visits.",
        f"We saw: {_names(p)}. We need Sessions, Users, Views, Event count or Clicks.",
        _EXPORT_AGAIN,
    ),
    "no_time_or_channel": lambda p: Message(
        "There is neither a date nor a channel in this file.",
        f"We saw: {_names(p)}. Without time or channel there is nothing to compare.",
        _EXPORT_AGAIN,
    ),
    "unreadable_times": lambda p: Message(
        f"The dates in “{escape(p['column'])}” cannot be read.",
        "We saw for example "
        + ", ".join(f"“{escape(text)}”" for text in p["examples"])
        + "; we expected 2024041718 (17 April 2024, 18:00), 20240417 or 2024-04-17.",
        "Was it saved by a spreadsheet? Download the CSV from GA4 again and drop it unopened.",
    ),
    "no_start_date": lambda p: Message(
        f"“{escape(p['column'])}” counts days, but the file does not say from which date.",
        "GA4 writes a line “# Start date” above the table; it is missing here.",
        "Download the CSV from GA4 again and keep the lines at the top.",
    ),
    "no_rows": lambda p: Message(
        "The table has column names but no numbers.",
        f"We saw: {_names(p)}.",
        "Choose dates with traffic in GA4, check the report's filters, and download again.",
    ),
    "no_time": lambda p: Message(
        "This file has no dates.",
        "Trends and forecasts need to know when the visits were.",
        "Add “Date + hour” as second column in GA4's Traffic acquisition report.",
    ),
    "no_channels": lambda p: Message(
        "This file does not tell channels apart.",
        "There is nothing to compare with one channel only.",
        "Download GA4's Traffic acquisition report, whose first column is the channel group.",
    ),
    "needs_hours": lambda p: Message(
        f"Hours of the day cannot be shown: the file counts by {_grain(p)}.",
        "A day's total does not say when in the day people came.",
        "Add “Date + hour” instead of “Date” as second column in GA4.",
    ),
    "needs_days": lambda p: Message(
        f"This needs days or hours; the file counts by {_grain(p)}.",
        "Too few points are left to tell a pattern from chance.",
        "Add “Date” or “Date + hour” as second column in GA4.",
    ),
    "too_few_days": lambda p: Message(
        f"{_days(p['have'])} are selected; at least {p['need']} are needed.",
        "One day of each kind cannot show what is usual.",
        "Choose a longer range of dates, here or in GA4.",
    ),
    "too_few_hours": lambda p: Message(
        f"Only {p['have']} hours of the day are selected; at least {p['need']} are needed.",
        "A busy part of the day stands out against the rest of the day.",
        "Widen the hours in the filter.",
    ),
    "no_visits": lambda p: Message(
        "There is not a single visit in this selection.",
        "A share of nothing is nothing.",
        "Choose other dates or channels.",
    ),
    "too_few_measures": lambda p: Message(
        f"Only {p['have']} measure varies; at least {p['need']} are needed.",
        "A correlation is between two measures that both vary.",
        "Export more columns: GA4's Traffic acquisition report has nine.",
    ),
    "too_few_observations": lambda p: Message(
        f"There are {p['have']} rows; at least {p['need']} are needed.",
        "With so few, any two measures seem to move together.",
        "Choose a longer range of dates, or export by day or hour from GA4.",
    ),
    "metric_not_exported": lambda p: Message(
        f"{METRICS[p['metric']].label} is not in this file.",
        "It is computed from columns that were not exported.",
        "GA4's Traffic acquisition report has them; download it with all columns.",
    ),
    "history_too_short": lambda p: Message(
        f"The history is {_length(p['have'], p)} long; a forecast needs {p['need']}.",
        "What repeats from week to week can only be seen after some weeks.",
        "Export a longer range of dates from GA4; eight weeks are good, a year is better.",
    ),
    "history_too_many_gaps": lambda p: Message(
        f"Only {_length(p['have'], p)} of the history have a count; {p['need']} are needed.",
        "A forecast from so few would be a guess.",
        "Choose dates without holes, or export them again from GA4.",
    ),
    "history_empty": lambda p: Message(
        "There is nothing to learn from in this selection.",
        "Not one period has a count.",
        "Choose other dates, another channel or another measure.",
    ),
    "negative_values": lambda p: Message(
        f"{p['count']} counts are below zero.",
        "Visits cannot be negative, so the file was changed after the export.",
        _EXPORT_AGAIN,
    ),
    "irregular_history": lambda p: Message(
        "The times in this file are not whole hours or days.",
        "A forecast needs evenly spaced periods.",
        _EXPORT_AGAIN,
    ),
    "grain_not_supported": lambda p: Message(
        f"The rows are {p['step_minutes']:.0f} minutes apart; an hour is the finest step we take.",
        "Shorter steps hold too few visits each.",
        _EXPORT_AGAIN,
    ),
    "horizon_too_long": lambda p: Message(
        f"{p['horizon']:,} periods ahead are too many; {p['most']:,} is the most.",
        "Further out the band would hold everything and say nothing.",
        "Choose a shorter horizon.",
    ),
    "horizon_not_positive": lambda p: Message(
        "The horizon must be at least one period.",
        "There is nothing to look ahead to.",
        "Choose a longer horizon.",
    ),
    "level_out_of_range": lambda p: Message(
        "The band must hold between 0 and 100 % of the counts.",
        "Neither nothing nor everything can be promised.",
        "Choose a level such as 80 %.",
    ),
    "forecast_without_time": lambda p: Message(
        "A forecast needs dates.",
        "Without them there is no next week.",
        "Add “Date + hour” as second column in GA4's Traffic acquisition report.",
    ),
    "history_not_numeric": lambda p: Message(
        "This measure holds something else than numbers.",
        "Only counts can be forecast.",
        _EXPORT_AGAIN,
    ),
}


def _grain(params: Mapping[str, Any]) -> str:
    return str(params.get("grain", "day"))


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _length(number: int, params: Mapping[str, Any]) -> str:
    unit = str(params.get("unit", "day"))
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def of_error(error: AppError) -> Message:
    """Words for an expected failure."""
    return ERRORS[error.code](error.params)


NOTES: Mapping[str, Callable[[Note], str]] = {
    "encoding_guessed": lambda n: "The file is not UTF-8; accents may look odd in channel names.",
    "other_tables": lambda n: (
        f"The file holds {n.count} more tables; we took the one that says "
        "most about time and channel."
    ),
    "totals_rows": lambda n: f"{_rows(n)} of totals left out{_where(n)}.",
    "extra_lines": lambda n: f"{n.count} lines outside the table left out{_where(n)}.",
    "unreadable_times": lambda n: (
        f"{_rows(n)} left out because the date could not be read{_where(n)}."
    ),
    "duplicate_rows": lambda n: f"{_rows(n)} stood in the file twice and counted once{_where(n)}.",
    "repeated_keys": lambda n: (
        f"{_rows(n)} repeat an hour and channel with other numbers; they "
        f"were added up{_where(n)}. If the file was pasted together from two exports, that counts "
        "some visits twice."
    ),
    "unreadable_numbers": lambda n: (
        f"{n.count} cells of {_metric(n)} are no plausible number and were left out{_where(n)}."
    ),
    "rate_without_weight": lambda n: (
        f"{_metric(n)} is not used: to average it fairly the column "
        f"{METRICS[n.params['needs']].label} is needed."
    ),
    "identity_broken": lambda n: (
        f"{_rows(n)} where {_metric(n)} does not fit "
        f"{METRICS[n.params['made_of'][0]].label} ÷ {METRICS[n.params['made_of'][1]].label}"
        f"{_where(n)}. We use the counts."
    ),
    "part_exceeds_whole": lambda n: (
        f"{_rows(n)} with more {_metric(n)} than {METRICS[n.params['whole']].label}{_where(n)}."
    ),
    "total_differs": lambda n: (
        f"The totals row says {wording.count(n.params['exported'])} "
        f"{_metric(n)}, the rows add up to {wording.count(n.params['read'])}: the export was cut "
        "off, filtered or sampled."
    ),
    "unused_columns": lambda n: f"Not used: {_names(n.params)}.",
    "dimensions_summed": lambda n: (
        f"Added up over {_names(n.params)}: users who appear in several rows count several times."
    ),
}
_METRIC_NAMES = {
    "bounce_rate": "Bounce rate",
    "engagement_seconds_per_session": "Engagement time per session",
    "engagement_seconds_per_user": "Engagement time per user",
}


def of_note(note: Note) -> str:
    """Words for a note of the reader."""
    return NOTES[note.code](note)


def _rows(note: Note) -> str:
    return "1 row" if note.count == 1 else f"{note.count:,} rows"


def _where(note: Note) -> str:
    return f" (e.g. line {note.example_row:,})" if note.example_row else ""


def _metric(note: Note) -> str:
    key = note.params["metric"]
    return _METRIC_NAMES.get(key) or METRICS[key].label


CAVEATS: Mapping[str, str] = {
    "time_zone_dropped": "The times carried a zone; we kept the time on the clock.",
    "infinite_values_ignored": "Counts without an end were treated as missing.",
    "rows_without_time_ignored": "Rows without a time were left out.",
    "duplicate_times_summed": "Several rows had the same time and were added up.",
    "older_history_left_out": "Only the newest part of this long history was used.",
    "gaps_in_history": "Some periods have no count; they were left as gaps, not taken as zero.",
    "constant_history": "Every count was the same, so the band has no width.",
    "mostly_zero": "At least half of the counts are zero: go by the total.",
    "spike_in_history": "One count is far above all others; it is not expected again.",
    "backtest_shorter_than_horizon": "The history is too short to try this horizon on the past; "
    "we tried a shorter one and widened the band further out.",
    "few_folds": "There was little past to try it on, so “how far off” is a rough guess.",
    "no_better_than_naive": "On past weeks this was no better than repeating the week before.",
    "coverage_below_level": "On past weeks the band held too few counts: trust it less.",
    "capped": "It ran off and was stopped at three times the largest count ever seen.",
    "prophet_failed": "Prophet could not be used here; simpler methods made this forecast.",
}
"""Caveats of a forecast, by code."""

METHODS: Mapping[str, str] = {
    "prophet_log_flat": "Prophet on log counts with a flat trend",
    "prophet_log_flat_yearly": "Prophet on log counts with a flat trend and a yearly season",
    "seasonal_median": "the median of the last four weeks",
    "seasonal_mean": "the mean of the last four weeks",
    "seasonal_naive": "the last week repeated",
    "average": "the mean of Prophet and the last four weeks",
    "average_yearly": "the mean of Prophet with a yearly season and the last four weeks",
    "blend": "Prophet and simple weekly methods, weighted by how well each did on past weeks",
}
"""Ways of forecasting, by key, for the middle of a sentence."""

RULES: Mapping[str, str] = {
    "busiest_hours": "busiest hours",
    "better_channel": "more engaged visits",
    "worse_channel": "less engaged visits",
    "too_small_to_judge": "too small to judge",
    "growing_channel": "growing",
    "fading_channel": "fading",
    "engagement_change": "engagement moved",
    "tagging_fault": "check the tagging",
    "concentration": "much depends on it",
    "spike": "stood out",
}
"""What a recommendation is about, by rule, in two or three words."""
