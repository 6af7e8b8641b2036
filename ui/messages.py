"""Codes to words: what we saw, why it matters, what to do in GA4."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core import wording
from core.errors import AppError
from core.forecast.cautious import LEAST_PERIODS
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
**Hours by channel: the file that answers most**

1. In Google Analytics open **Reports → Acquisition → Traffic acquisition**.
2. Choose the dates at the top right. Four weeks or more let us compare weeks and forecast.
3. Above the table click **+** next to the first column and add **Date + hour (YYYYMMDDHH)**
   (under *Time*). The first column stays **Session primary channel group**.
4. At the bottom of the table set **Rows per page** to the largest number.
5. At the top right click **Share this report → Download file → Download CSV**.

Do the numbers of rows at the bottom of the table exceed the rows per page? Then choose fewer days,
export again for the next days, and drop all files here at once.

**Days instead of hours**: add **Date** in step 3. Fewer rows, so a year fits in one file; the hours
of the day cannot be shown then.

**Explore**: *Explore → Blank*, rows **Date + hour** and **Session primary channel group**, values
**Sessions**, **Engaged sessions**, **Total users**, **Event count**, then *Export data → CSV*.

**Looker Studio**: a table with the same columns, then *⋮ → Export → CSV*.

| column | what it is for |
|---|---|
| Date + hour, or Date | Trends and Forecast; hours also show when people come |
| Session primary channel group | Channels, and which channels make a difference |
| Sessions | how many visits; everything else is held against it |
| Engaged sessions | how good the visits are (engagement rate) |
| Total users, Event count | Correlations, and events per session |
| Key events, Total revenue | what visits lead to, where you have marked it |
"""

_EXPORT_AGAIN = (
    "In GA4 open Reports → Acquisition → Traffic acquisition, add “Date + hour” as second "
    "column and download the CSV again."
)
_KINDS = {
    "picture": "a picture",
    "pdf": "a PDF document",
    "archive": "an archive of a kind we cannot open",
    "document": "a text document",
    "web_page": "a web page",
    "json": "a JSON file",
    "binary": "no text file",
}
_NO_NOTES = _KINDS | {"empty": "empty", "broken": "a table whose quotation marks do not match"}
_NO_CARDS = {
    "too_large": "far too large",
    "not_json": "no JSON file",
    "not_cards": "a JSON file of another kind, or it was changed",
}
_NOTES_AGAIN = (
    "Save your notes here first: that file shows the form. From a spreadsheet save it as CSV."
)


def _names(params: Mapping[str, Any], limit: int = 8) -> str:
    columns = [escape(_short(str(name))) for name in params["columns"] if str(name).strip()]
    more = f" and {len(columns) - limit} more" if len(columns) > limit else ""
    return ", ".join(columns[:limit]) + more if columns else "none"


def _short(name: str, longest: int = 60) -> str:
    return name if len(name) <= longest else f"{name[: longest - 2].rstrip()} …"


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:.0f} MB"


_REPORTS = {
    "page": "a Pages report",
    "page_title": "a Pages report",
    "event_name": "an Events report",
    "country": "a Countries report",
    "region": "a Regions report",
    "city": "a Cities report",
    "session_duration_bucket": "a report on how long visits last",
    "browser": "a Browsers report",
    "operating_system": "an Operating systems report",
    "campaign": "a Campaigns report",
    "query": "a Search queries report",
    "device": "a Devices report",
    "platform": "a Platforms report",
    "age": "an Age report",
    "gender": "a Gender report",
    "hostname": "a Hostnames report",
    "app_version": "an App versions report",
    "visitor_language": "a Languages report",
}


def _this(params: Mapping[str, Any]) -> str:
    report = _REPORTS.get(params.get("report", ""))
    return f"This is {report}. " if report else ""


_GRAIN_COLUMNS = {"week": "Week", "month": "Month"}
"""What GA4 calls the column of a coarser file."""


def _metric_names(names: tuple[str, ...]) -> str:
    return ", ".join(_METRIC_NAMES.get(name) or METRICS[name].label for name in names)


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
        f"This is {_KINDS.get(p['kind'], _KINDS['binary'])}, not a table.",
        "We read CSV files, Excel workbooks, and ZIP or GZ archives of them.",
        "If it comes from a spreadsheet, save it as CSV or XLSX. Otherwise: " + _EXPORT_AGAIN,
    ),
    "bomb": lambda p: Message(
        f"Unpacked, this holds more than {_megabytes(p['limit'])}.",
        "The app shares one small machine between all visitors.",
        "Unpack it yourself and drop the one export you need.",
    ),
    "too_many_files": lambda p: Message(
        f"There are {p['files']:,} files in this archive; we take up to {p['limit']}.",
        "We would have to guess which of them belong together.",
        "Drop the exports you need, without the archive.",
    ),
    "locked": lambda p: Message(
        "The file is protected by a password.",
        "We cannot look inside.",
        "Open it, save it without a password, and drop it again.",
    ),
    "broken_archive": lambda p: Message(
        "The archive is damaged.",
        "It breaks off or its check sums are wrong, so its content cannot be trusted.",
        "Download it again.",
    ),
    "broken_workbook": lambda p: Message(
        "The workbook cannot be opened.",
        "It is damaged, or of a kind that we do not know.",
        "Save it as CSV (UTF-8) and drop that, or download the CSV from GA4.",
    ),
    "too_many_cells": lambda p: Message(
        f"The workbook has more than {p['limit']:,} cells.",
        "The app shares one small machine between all visitors.",
        "Save the sheet with the report as CSV and drop that.",
    ),
    "nothing_inside": lambda p: Message(
        "There is no CSV file or workbook in this archive.",
        "We saw: " + ", ".join(escape(_short(str(name))) for name in p["names"]) + ".",
        _EXPORT_AGAIN,
    ),
    "line_too_long": lambda p: Message(
        f"Line {p['line']:,} is longer than {p['limit']:,} characters.",
        "No row of a report is that long: the line ends are missing or the file is damaged.",
        _EXPORT_AGAIN,
    ),
    "several_without_time": lambda p: Message(
        "These files have no dates, so they cannot be joined.",
        "Nothing tells whether they hold the same visits or different ones.",
        "Drop one of them, or add “Date + hour” as second column in GA4 and export again.",
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
        "We found no table in this file.",
        f"It begins with “{escape(p['first_line'])}”. We look for a row of column names with rows "
        "of numbers below it.",
        _EXPORT_AGAIN,
    ),
    "no_header": lambda p: Message(
        "The row with the column names is missing.",
        f"There {_be(p['width'])} {_many(p['width'], 'column')} of data, and nothing says what "
        f"{'it counts' if p['width'] == 1 else 'they count'}.",
        "Tell us below which column is what, or: " + _EXPORT_AGAIN,
    ),
    "no_count_column": lambda p: Message(
        f"{_this(p)}We know none of its columns as a count of visits.",
        f"We saw: {_names(p)}. We need sessions (visits), users, views, events or search clicks.",
        "Tell us below if one of the columns is that, or: " + _EXPORT_AGAIN,
    ),
    "no_time_or_channel": lambda p: Message(
        f"{_this(p)}There is neither a date nor a channel in it.",
        f"We saw: {_names(p)}. Without time or channel there is nothing to compare.",
        _EXPORT_AGAIN,
    ),
    "no_numbers": lambda p: Message(
        "Not one count in this file can be read as a number.",
        f"We looked in: {_metric_names(p['columns'])}.",
        _EXPORT_AGAIN,
    ),
    "unreadable_times": lambda p: Message(
        f"The dates in “{escape(p['column'])}” cannot be read.",
        "We saw for example "
        + ", ".join(f"“{escape(text)}”" for text in p["examples"])
        + "; we expected 2024041718 (17 April 2024, 18:00), 20240417 or 2024-04-17.",
        "Was it saved by a spreadsheet? Download the CSV from GA4 again and drop it unopened.",
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
    "too_few_channels": lambda p: Message(
        "Fewer than two channels have enough visits to be compared at the same hours.",
        "At hours with hardly any visits a rate is chance.",
        "Choose a longer range of dates, more channels or more hours.",
    ),
    "too_few_visits": lambda p: Message(
        f"No channel has {_many(p['need'], 'visit')} in this selection.",
        "Fewer visits have no rhythm that can be told from chance.",
        "Choose a longer range of dates, here or in GA4.",
    ),
    "needs_hours": lambda p: Message(
        f"Hours of the day cannot be shown: the file counts by {_grain(p)}.",
        "A day's total does not say when in the day people came.",
        f"Add “Date + hour” instead of “{_GRAIN_COLUMNS.get(_grain(p), 'Date')}” as second column "
        "in GA4.",
    ),
    "needs_days": lambda p: Message(
        f"This needs days or hours; the file counts by {_grain(p)}.",
        "Too few points are left to tell a pattern from chance.",
        "Add “Date” or “Date + hour” as second column in GA4.",
    ),
    "too_few_days": lambda p: Message(
        f"{_many(p['have'], 'day')} {_be(p['have'])} selected; at least {p['need']} "
        f"{_be(p['need'])} needed.",
        "One day of each kind cannot show what is usual.",
        "Choose a longer range of dates, here or in GA4.",
    ),
    "too_few_hours": lambda p: Message(
        f"Only {_many(p['have'], 'hour')} of the day {_be(p['have'])} selected; at least "
        f"{p['need']} {_be(p['need'])} needed.",
        "A busy part of the day stands out against the rest of the day.",
        "Widen the hours in the filter.",
    ),
    "nothing_there": lambda p: Message(
        "The file holds nothing for one of the two stretches.",
        "A comparison needs counts on both sides.",
        "Choose a stretch inside the file, or compare with what is usual.",
    ),
    "no_visits": lambda p: Message(
        "There is not a single visit in this selection.",
        "A share of nothing is nothing.",
        "Choose other dates or channels.",
    ),
    "too_few_measures": lambda p: Message(
        f"{_only(p['have'])} {'measure varies' if p['have'] == 1 else 'measures vary'}; at least "
        f"{p['need']} {_be(p['need'])} needed.",
        "A correlation is between two measures that both vary.",
        "Export more columns: GA4's Traffic acquisition report has nine.",
    ),
    "too_few_observations": lambda p: Message(
        f"There {_be(p['have'])} {_many(p['have'], 'row')}; at least {p['need']} "
        f"{_be(p['need'])} needed.",
        "With so few, any two measures seem to move together.",
        "Choose a longer range of dates, or export by day or hour from GA4.",
    ),
    "metric_not_exported": lambda p: Message(
        f"{METRICS[p['metric']].label} is not in this file.",
        "It is computed from columns that were not exported.",
        "GA4's Traffic acquisition report has them; download it with all columns.",
    ),
    "history_too_short": lambda p: Message(
        f"The history is {_length(p['have'], p)} long; {_which_forecast(p)} needs {p['need']}.",
        "What repeats from week to week can only be seen after some weeks.",
        "Choose or export a longer range of dates; eight weeks are good, a year is better.",
    ),
    "history_too_many_gaps": lambda p: Message(
        f"{_only(_length(p['have'], p))} of the history {_have(p['have'])} a count; {p['need']} "
        f"{_be(p['need'])} needed.",
        "A forecast from so few would be a guess.",
        "Choose dates without holes, or export them again from GA4.",
    ),
    "history_empty": lambda p: Message(
        "There is nothing to learn from in this selection.",
        "Not one period has a count.",
        "Choose other dates, another channel or another measure.",
    ),
    "negative_values": lambda p: Message(
        f"{_many(p['count'], 'count')} {_be(p['count'])} below zero.",
        "Visits cannot be negative, so the file was changed after the export.",
        _EXPORT_AGAIN,
    ),
    "irregular_history": lambda p: Message(
        "The times in this file are not whole hours or days.",
        "A forecast needs evenly spaced periods.",
        _EXPORT_AGAIN,
    ),
    "grain_not_supported": lambda p: Message(
        f"The rows are {_many(round(p['step_minutes']), 'minute')} apart; an hour is the finest "
        "step we take.",
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
    "country_not_offered": lambda p: Message(
        f"We do not know the public holidays of “{escape(_short(str(p['country'])))}”.",
        "The forecast would take them for usual days.",
        "Choose another country, or write the holidays down as notes.",
    ),
    "sum_not_possible": lambda p: Message(
        f"A forecast by {p['grain']} cannot be shown by {p['unit']}.",
        "Only longer steps can be added up from shorter ones.",
        "Choose another step.",
    ),
    "rate_without_counts": lambda p: Message(
        "There are too few counts to forecast this rate.",
        "A rate of hardly any visits jumps about.",
        "Choose a longer range of dates, or all traffic.",
    ),
    "note_without_text": lambda p: Message(
        f"The note{_in_row(p)} has no text.",
        "A mark on the chart helps only if it says what happened.",
        "Write a word or two, such as “newsletter”.",
    ),
    "note_text_too_long": lambda p: Message(
        f"The note{_in_row(p)} has {_many(p['have'], 'character')}; we take up to {p['most']:,}.",
        "Longer ones would cover the chart.",
        "Shorten it.",
    ),
    "note_ends_before_start": lambda p: Message(
        f"The note{_in_row(p)} does not end after it begins.",
        "So nothing tells which visits it is about.",
        "Swap its dates, or leave the end empty for one day or one hour.",
    ),
    "notes_unreadable": lambda p: Message(
        f"This cannot be read as notes: it is {_NO_NOTES.get(p['kind'], _KINDS['binary'])}.",
        "Notes are read from a CSV file with a row of column names and one row per note.",
        _NOTES_AGAIN,
    ),
    "notes_too_large": lambda p: Message(
        f"The file of notes is larger than {_megabytes(p['limit'])}.",
        "Hundreds of notes fit into a small part of that, so it is probably something else.",
        _NOTES_AGAIN,
    ),
    "notes_too_many": lambda p: Message(
        f"There {_be(p['have'])} {_many(p['have'], 'note')} in this file; we take up to "
        f"{p['most']:,}.",
        "So many marks would cover the chart.",
        "Keep those that matter for the dates you look at, and load the file again.",
    ),
    "notes_no_columns": lambda p: Message(
        "We do not see which columns hold the date and the text of the notes.",
        f"We saw: {_names(p)}. We need “start” and “note”; “end” may be left out.",
        "Write these names into the first row, and load the file again.",
    ),
    "notes_none": lambda p: Message(
        "There is no note in this file.",
        "It has column names and nothing below them, so nothing was added.",
        "Write a note into each row, or pick the file that you saved here.",
    ),
    "notes_bad_date": lambda p: Message(
        f"The note{_in_row(p)} has {_no_date(p)}.",
        "Without it the note has no place on the chart.",
        "Write it as 2024-04-17 for a whole day, or 2024-04-17 18:00 for an hour.",
    ),
    "cards_not_readable": lambda p: Message(
        f"This cannot be read as cards: it is {_NO_CARDS.get(p.get('reason', ''), 'another file')}"
        ".",
        "Cards can be graded only from the file in which they were kept. Nothing was changed.",
        "Pick the JSON file that you kept here last month, as it was downloaded.",
    ),
    "view_other_version": lambda p: Message(
        "This view was saved by another version of this app.",
        "It writes filters in another form, so we would have to guess what they say.",
        "Set the filters once more and save the view again.",
    ),
    "cards_other_version": lambda p: Message(
        "These cards were kept by another version of this app.",
        "It writes them in another form, so we would have to guess what they say.",
        "Keep the cards of this export now, and grade those next month.",
    ),
}


def _which_forecast(params: Mapping[str, Any]) -> str:
    return "even a cautious forecast" if params["need"] <= LEAST_PERIODS else "a full forecast"


def _in_row(params: Mapping[str, Any]) -> str:
    return f" in row {params['row']}" if "row" in params else ""


def _no_date(params: Mapping[str, Any]) -> str:
    text = params.get("text", "")
    return f"a date that we cannot read: “{escape(_short(text))}”" if text else "no date"


def _grain(params: Mapping[str, Any]) -> str:
    return str(params.get("grain", "day"))


def _many(number: int, noun: str) -> str:
    """So many of something.

    >>> _many(1, "day"), _many(1204, "day")
    ('1 day', '1,204 days')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _be(number: int) -> str:
    return "is" if number == 1 else "are"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _only(number: int | str) -> str:
    """Few, or none at all.

    >>> _only(0), _only("3 days")
    ('No', 'Only 3 days')
    """
    return "No" if number == 0 else f"Only {number}"


def _length(number: int, params: Mapping[str, Any]) -> str:
    return _many(number, str(params.get("unit", "day")))


_NEEDS = {
    "no_time": "needs dates",
    "no_channels": "needs channels",
    "too_few_measures": "needs more measures",
    "too_few_observations": "needs more rows",
    "history_too_short": "needs a longer history",
}


_PARTS = {
    "peak_hours": "peak hours",
    "spikes": "spikes and lasting changes",
    "by_channel": "anything by channel",
    "clock": "the pull of the time of day",
    "change": "change against the period before",
    "mix_over_time": "the mix over time",
    "engagement": "engagement rates",
    "full_forecast": "a full forecast (only the level)",
    "timing": "advice on hours of the day",
}


def parts(codes: tuple[str, ...]) -> str:
    """Names of parts of a page, see ``core.capabilities.left_out``.

    >>> parts(("peak_hours", "by_channel"))
    'peak hours and anything by channel'
    """
    return wording.listing([_PARTS[code] for code in codes])


def needs(error: AppError) -> str:
    """What a page lacks in this file, in a few words under its link."""
    return _NEEDS.get(error.code, "not with this file")


def of_error(error: AppError) -> Message:
    """Words for an expected failure."""
    return ERRORS[error.code](error.params)


NOTES: Mapping[str, Callable[[Note], str]] = {
    "encoding_guessed": lambda n: (
        f"The file is not UTF-8; we read it as {n.params['encoding']}. Accents in names may look "
        "odd; the numbers are not touched by this."
    ),
    "zero_bytes": lambda n: (
        f"{_many(n.count, 'empty byte')} {_were(n.count)} taken out of the text."
    ),
    "pivot_unfolded": lambda n: "A pivot table was turned into one row per time and channel.",
    "compared_periods": lambda n: (
        f"The file compares periods; we read {escape(str(n.params['period']))} and left out "
        f"{escape(', '.join(n.params['others']))}."
    ),
    "ragged_rows": lambda n: (
        f"{_rows(n)} with more cells than the header; what is beyond was not read{_where(n)}."
    ),
    "hidden_numbers": lambda n: (
        f"{_many(n.count, 'cell')} of {_metric(n)} only {'says' if n.count == 1 else 'say'} "
        f"“less than”{_where(n)}; {'it is' if n.count == 1 else 'they are'} missing in all sums."
    ),
    "other_bounce_rate": lambda n: (
        "The bounce rate is not used: outside GA4 it counts visits of one page, however long "
        "somebody stayed, and is no engagement rate."
    ),
    "milliseconds": lambda n: "Engagement time was in milliseconds; we made seconds of it.",
    "sources_classified": lambda n: (
        f"There is no channel column, so we sorted {_many(n.count, 'value')} of "
        f"“{escape(n.params['column'])}” into GA4's default channel groups. You can choose the "
        "column itself below."
    ),
    "other_split": lambda n: (
        f"There is no channel column; “{escape(n.params['column'])}” takes its place."
    ),
    "segments_overlap": lambda n: (
        "These are segments, and one person can be in several of them: do not add them up."
    ),
    "dates_dragged": lambda n: (
        f"Every one of {_rows(n)} has its own day, one after the other: the dates look dragged "
        "down in a spreadsheet. Totals, channels and hours of the day hold; anything over time "
        "does not."
    ),
    "undated": lambda n: (
        f"“{escape(n.params['column'])}” only numbers the periods and the file says no date. We "
        "begin on Monday, 1 January 2001, so dates and weekdays are not real; set the first day "
        "below."
    ),
    "ambiguous_dates": lambda n: (
        f"Dates such as “{escape(n.params['example'])}” can be read two ways; we read the "
        f"{'day' if n.params['is_day_first'] else 'month'} first. You can change that below."
    ),
    "sampled": lambda n: f"The file says that it is sampled: “{escape(n.params['said'])}”.",
    "thresholded": lambda n: (
        f"The file says that small numbers were withheld: “{escape(n.params['said'])}”."
    ),
    "other_row": lambda n: (
        f"{_share(n)} of {_metric(n).lower()} are in “(other)”: GA4 ran out of rows and lumped "
        "them together."
    ),
    "unassigned": lambda n: (
        f"{_share(n)} of {_metric(n).lower()} have no channel (Unassigned or not set)."
    ),
    "repeated_hour": lambda n: (
        f"The hour of {_moment(n, 'time')} stands in the file twice: the clock was put back to "
        "winter time. Both are added up."
    ),
    "skipped_hour": lambda n: (
        "An hour on a Sunday night is missing: the clock was put forward for summer time."
    ),
    "missing_periods": lambda n: (
        f"{_many(n.count, n.params['grain'])} inside the span {_be(n.count)} missing, "
        f"{'' if n.count == 1 else 'the first '}{_moment(n, 'first')}. "
        f"{'It counts' if n.count == 1 else 'They count'} as zero; if the measurement broke down, "
        "choose other dates."
    ),
    "ends_in_zeros": lambda n: (
        f"The last {_last(n)} zero, from {_moment(n, 'first')} on: "
        f"{'it' if n.count == 1 else 'they'} had probably not happened when the file was made. "
        f"Leave {'it' if n.count == 1 else 'them'} out with the dates filter."
    ),
    "unfinished": lambda n: (
        f"The last {n.params['grain']} ({_moment(n, 'last')}) looks unfinished: the report "
        "ends before it does."
    ),
    "files_joined": lambda n: f"{_many(n.count, 'file')} {_were(n.count)} joined.",
    "files_left_out": lambda n: (
        f"{_many(n.count, 'file')} of another kind {_were(n.count)} left out: "
        + ", ".join(escape(_short(str(name))) for name in n.params["names"][:8])
        + "."
    ),
    "overlapping_periods": lambda n: (
        f"{_many(n.count, n.params['grain'])} stood in several files and {_were(n.count)} counted "
        f"once, from the file that has most of {'it' if n.count == 1 else 'them'}."
    ),
    "file_failed": lambda n: (
        f"“{escape(n.params['name'])}” could not be used: {_first_words(n.params['reason'])}"
    ),
    "other_tables": lambda n: (
        f"The file holds {n.count} more {'table' if n.count == 1 else 'tables'}; we took the one "
        "that says most about time and channel. You can choose another below."
    ),
    "totals_rows": lambda n: f"{_rows(n)} of totals left out{_where(n)}.",
    "extra_lines": lambda n: f"{_many(n.count, 'line')} outside the table left out{_where(n)}.",
    "unreadable_times": lambda n: (
        f"{_rows(n)} left out because the date could not be read{_where(n)}."
    ),
    "duplicate_rows": lambda n: f"{_rows(n)} stood in the file twice and counted once{_where(n)}.",
    "repeated_keys": lambda n: (
        f"{_rows(n)} {'repeats' if n.count == 1 else 'repeat'} an hour and channel with other "
        f"numbers; they were added up{_where(n)}. If the file was pasted together from two "
        "exports, that counts some visits twice."
    ),
    "unreadable_numbers": lambda n: (
        f"{_many(n.count, 'cell')} of {_metric(n)} {_be(n.count)} no plausible number and "
        f"{_were(n.count)} left out{_where(n)}."
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
    "events_per_user": "Events per user",
    "views_per_user": "Views per user",
    "bounce_rate": "Bounce rate",
    "engagement_seconds_per_session": "Engagement time per session",
    "engagement_seconds_per_user": "Engagement time per user",
}


def of_note(note: Note) -> str:
    """Words for a note of the reader."""
    return NOTES[note.code](note)


def _rows(note: Note) -> str:
    return _many(note.count, "row")


def _last(note: Note) -> str:
    """The grain as the last one, or so many of it, with its verb."""
    grain = note.params["grain"]
    return f"{grain} is" if note.count == 1 else f"{_many(note.count, grain)} are"


def _where(note: Note) -> str:
    return f" (e.g. line {note.example_row:,})" if note.example_row else ""


def _share(note: Note) -> str:
    return wording.percent(note.params["share"])


def _moment(note: Note, name: str) -> str:
    time = note.params[name]
    return f"{time:%-d %b %Y}" + (f", {time:%H:00}" if time.hour else "")


_FAILED = {
    "no_table": "no table in it.",
    "no_count_column": "no count of visits in it.",
    "no_time_or_channel": "neither a date nor a channel in it.",
    "no_rows": "no rows in it.",
    "empty_file": "it is empty.",
    "not_text": "it is no table.",
    "locked": "it is protected by a password.",
}


def _first_words(code: str) -> str:
    return _FAILED.get(code, "it cannot be read.")


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
    "no_better_than_naive": "On the past it was no better than repeating what had been there a "
    "season (week, month or year) before.",
    "coverage_below_level": "On past stretches the band held too few counts: trust it less.",
    "capped": "It ran off and was stopped at three times the largest count ever seen.",
    "prophet_failed": "Prophet could not be used here; simpler methods made this forecast.",
    "spikes_left_out": "Spikes and dips of the past were left out of what it learned from: it "
    "does not expect them again.",
    "new_level": "The newest days stand at a new level; it goes on from there.",
    "unfinished_end_left_out": "The end of the file looked unfinished, so it was left out and the "
    "forecast begins with it.",
    "events_without_example": "A special day lies ahead that your file has no example of; it is "
    "treated like any other day.",
    "reconciled": "All channels were forecast together, so that they add up to all traffic.",
    "level_only": "It knows one level only: that some weekdays, or times of the year, bring more "
    "than others cannot be told yet.",
    "incomplete_days_left_out": "The first or last day lacks hours and was not used.",
    "weekdays_not_seen": "A weekday lies ahead that your file does not hold.",
    "spike_cut_back": "A day (week, month) far from all others counts less, so that it does not "
    "set the level.",
}
"""Caveats of a forecast, by code."""

FITS: Mapping[str, str] = {
    "prophet_recent": "Prophet on the newest weeks",
    "prophet_one_day": "Prophet with one shape for all days",
    "prophet_long": "Prophet on many weeks",
    "prophet_counts": "Prophet on plain counts",
    "prophet_yearly": "Prophet with a yearly season",
    "prophet_events": "Prophet with holidays and notes",
    "prophet_damped": "Prophet with growth that levels off",
    "profile": "the typical week or year",
    "seasonal_median": "the median of the last four weeks (months)",
    "seasonal_mean": "the mean of the last four weeks (months)",
    "seasonal_naive": "the last season repeated",
}
"""Ways to find the shape of what is ahead, for the middle of a sentence."""

MEMORIES: Mapping[str, str] = {
    "fast": "quick to follow the newest days",
    "steady": "steady over about a week",
    "slow": "slow to move",
}
"""How fast a level follows what is new, for the middle of a sentence."""

_ALONE = ("prophet_damped", "seasonal_median", "seasonal_mean", "seasonal_naive")
METHODS: Mapping[str, str] = (
    {
        f"{fit}_{memory}": f"{words}, its level {pace}"
        for fit, words in FITS.items()
        if fit not in _ALONE
        for memory, pace in MEMORIES.items()
    }
    | {key: FITS[key] for key in _ALONE}
    | {"blend": "Prophet and simple methods, weighted by how well each did on the past"}
)
"""Ways of forecasting, by key, for the middle of a sentence."""

CAMPAIGN_CAVEATS: Mapping[str, str] = {
    "campaign_outside_horizon": "No day of this campaign lies in the time ahead.",
    "campaign_cut_by_horizon": "The campaign reaches beyond the forecast; the days outside of it "
    "are left out.",
    "campaign_in_part_of_a_period": "Of a week or month that the campaign covers in part, only "
    "its share of the days is changed.",
    "nothing_expected_from_channel": "Nothing is expected from this channel on those days, and any "
    "per cent of nothing is nothing.",
    "channel_above_total": "Here and there the channel is expected to bring more than all traffic "
    "together, for the two were forecast apart: take the added visits as rough.",
}
"""What must be said with a campaign, by code."""

RULES: Mapping[str, str] = {
    "busiest_hours": "busiest hours",
    "engaged_hours": "more engaged hours",
    "weekday_shape": "shape of the week",
    "spike": "stood out",
    "better_channel": "more engaged visits",
    "worse_channel": "less engaged visits",
    "promising_channel": "promising, too little data",
    "too_small_to_judge": "too small to judge",
    "growing_channel": "growing",
    "fading_channel": "fading",
    "new_level": "new level",
    "channel_switch": "changed its label",
    "engagement_change": "engagement moved",
    "hidden_by_mix": "hidden by the mix",
    "engagement_falls_while_volume_grows": "more visits, less engaged",
    "concentration": "much depends on it",
    "tagging_fault": "check the tagging",
    "missing_hours": "nothing recorded",
    "loyalty": "come more often",
    "session_depth": "depth of visits",
    "capacity": "prepare for the peak",
    "season_ahead": "season ahead",
}
"""What a recommendation is about, by rule, in two or three words."""

CONCEPTS: Mapping[str, str] = {
    "": "Not used",
    "day": "Date",
    "date_hour": "Date and hour",
    "hour": "Hour of the day",
    "week": "Week",
    "month": "Month",
    "year": "Year",
    "nth_hour": "Hour, counted from the start",
    "nth_day": "Day, counted from the start",
    "nth_week": "Week, counted from the start",
    "nth_month": "Month, counted from the start",
    "channel": "Channel",
    "first_user_channel": "First user channel",
    "source_medium": "Source / medium",
    "first_user_source_medium": "First user source / medium",
    "source": "Source",
    "medium": "Medium",
    "segment": "Segment",
    "device": "Device",
    "sessions": "Sessions (visits)",
    "users": "Users (visitors)",
    "new_users": "New users",
    "engaged_sessions": "Engaged sessions",
    "events": "Events",
    "views": "Views",
    "clicks": "Search clicks",
    "key_events": "Key events",
    "revenue": "Revenue",
    "engagement_seconds": "Engagement time, total",
    "engagement_rate": "Engagement rate",
    "bounce_rate": "Bounce rate",
    "engaged_sessions_per_user": "Engaged sessions per user",
    "events_per_session": "Events per session",
    "events_per_user": "Events per user",
    "views_per_session": "Views per session",
    "views_per_user": "Views per user",
    "engagement_seconds_per_session": "Engagement time per session",
    "engagement_seconds_per_user": "Engagement time per user",
}
"""What a column of a file can be read as, by concept of the header vocabulary."""
