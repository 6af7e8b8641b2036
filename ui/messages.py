"""Codes to words: what we saw, why it matters, what to do in GA4."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core import wording
from core.errors import AppError
from core.forecast.cautious import LEAST_PERIODS
from core.ingest import Note
from core.language import dated, group, in_sentence, mark, t, tc, tn
from core.metrics import METRICS
from ui.text import escape


@dataclass(frozen=True)
class Message:
    """Words for a problem, in the language spoken.

    Args:
        title: what we saw.
        why: why it matters.
        what_to_do: what to click or change.
    """

    title: str
    why: str
    what_to_do: str


HOW_TO_EXPORT = mark("""\
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
| Key events, Total revenue | what visits lead to, where you have marked it |""")

_EXPORT_AGAIN = mark(
    "In GA4 open Reports → Acquisition → Traffic acquisition, add “Date + hour” as second "
    "column and download the CSV again."
)
_NO_TABLES = {
    "picture": mark("This is a picture, not a table."),
    "pdf": mark("This is a PDF document, not a table."),
    "archive": mark("This is an archive of a kind we cannot open, not a table."),
    "document": mark("This is a text document, not a table."),
    "web_page": mark("This is a web page, not a table."),
    "json": mark("This is a JSON file, not a table."),
    "binary": mark("This is no text file, not a table."),
}
_NO_NOTES = {
    "picture": mark("This cannot be read as notes: it is a picture."),
    "pdf": mark("This cannot be read as notes: it is a PDF document."),
    "archive": mark("This cannot be read as notes: it is an archive of a kind we cannot open."),
    "document": mark("This cannot be read as notes: it is a text document."),
    "web_page": mark("This cannot be read as notes: it is a web page."),
    "json": mark("This cannot be read as notes: it is a JSON file."),
    "binary": mark("This cannot be read as notes: it is no text file."),
    "empty": mark("This cannot be read as notes: it is empty."),
    "broken": mark(
        "This cannot be read as notes: it is a table whose quotation marks do not match."
    ),
}
_NO_CARDS = {
    "too_large": mark("This cannot be read as cards: it is far too large."),
    "not_json": mark("This cannot be read as cards: it is no JSON file."),
    "not_cards": mark(
        "This cannot be read as cards: it is a JSON file of another kind, or it was changed."
    ),
    "": mark("This cannot be read as cards: it is another file."),
}
_NOTES_AGAIN = mark(
    "Save your notes here first: that file shows the form. From a spreadsheet save it as CSV."
)
_ONE_MACHINE = mark("The app shares one small machine between all visitors.")
_REPORTS = {
    "page": mark("This is a Pages report."),
    "page_title": mark("This is a Pages report."),
    "event_name": mark("This is an Events report."),
    "country": mark("This is a Countries report."),
    "region": mark("This is a Regions report."),
    "city": mark("This is a Cities report."),
    "session_duration_bucket": mark("This is a report on how long visits last."),
    "browser": mark("This is a Browsers report."),
    "operating_system": mark("This is an Operating systems report."),
    "campaign": mark("This is a Campaigns report."),
    "query": mark("This is a Search queries report."),
    "device": mark("This is a Devices report."),
    "platform": mark("This is a Platforms report."),
    "age": mark("This is an Age report."),
    "gender": mark("This is a Gender report."),
    "hostname": mark("This is a Hostnames report."),
    "app_version": mark("This is an App versions report."),
    "visitor_language": mark("This is a Languages report."),
}
_GRAIN_COLUMNS = {"day": mark("Date"), "week": mark("Week"), "month": mark("Month")}
"""What GA4 calls the column of a coarser file."""


def _names(params: Mapping[str, Any], limit: int = 8) -> str:
    columns = [escape(_short(str(name))) for name in params["columns"] if str(name).strip()]
    if not columns:
        return t("none")
    names = ", ".join(columns[:limit])
    more = len(columns) - limit
    if more <= 0:
        return names
    return tn("{names} and {count} more", "{names} and {count} more", more, names=names)


def _files(names: Iterable[object]) -> str:
    return ", ".join(escape(_short(str(name))) for name in names)


def _short(name: str, longest: int = 60) -> str:
    return name if len(name) <= longest else f"{name[: longest - 2].rstrip()} …"


def _quoted(text: str) -> str:
    return t("“{text}”", text=escape(text))


def _megabytes(size: int) -> str:
    return t("{size} MB", size=group(size / 1024**2, 0))


def _of_report(params: Mapping[str, Any], sentence: str) -> str:
    """The sentence, after the one that says which report of GA4 this is."""
    report = _REPORTS.get(params.get("report", ""))
    return f"{t(report)} {sentence}" if report else sentence


def _metric_names(names: tuple[str, ...]) -> str:
    return ", ".join(_metric_name(name) for name in names)


Words = Callable[[Mapping[str, Any]], Message]

ERRORS: Mapping[str, Words] = {
    "empty_file": lambda p: Message(
        t("The file is empty."),
        t("There is nothing in it to read."),
        t(
            "The download may have been cut off. {how_to_export}",
            how_to_export=t(_EXPORT_AGAIN),
        ),
    ),
    "too_large": lambda p: Message(
        t(
            "The file has {size}, more than the {limit} we take.",
            size=_megabytes(p["size"]),
            limit=_megabytes(p["limit"]),
        ),
        t(_ONE_MACHINE),
        t("Choose fewer months in GA4, or leave out page and country: hour and channel do."),
    ),
    "not_text": lambda p: Message(
        t(_NO_TABLES.get(p["kind"], _NO_TABLES["binary"])),
        t("We read CSV files, Excel workbooks, and ZIP or GZ archives of them."),
        t(
            "If it comes from a spreadsheet, save it as CSV or XLSX. Otherwise: {how_to_export}",
            how_to_export=t(_EXPORT_AGAIN),
        ),
    ),
    "bomb": lambda p: Message(
        t("Unpacked, this holds more than {limit}.", limit=_megabytes(p["limit"])),
        t(_ONE_MACHINE),
        t("Unpack it yourself and drop the one export you need."),
    ),
    "too_many_files": lambda p: Message(
        tn(
            "There is {count} file in this archive; we take up to {limit}.",
            "There are {count} files in this archive; we take up to {limit}.",
            p["files"],
            limit=wording.count(p["limit"]),
        ),
        t("We would have to guess which of them belong together."),
        t("Drop the exports you need, without the archive."),
    ),
    "locked": lambda p: Message(
        t("The file is protected by a password."),
        t("We cannot look inside."),
        t("Open it, save it without a password, and drop it again."),
    ),
    "broken_archive": lambda p: Message(
        t("The archive is damaged."),
        t("It breaks off or its check sums are wrong, so its content cannot be trusted."),
        t("Download it again."),
    ),
    "broken_workbook": lambda p: Message(
        t("The workbook cannot be opened."),
        t("It is damaged, or of a kind that we do not know."),
        t("Save it as CSV (UTF-8) and drop that, or download the CSV from GA4."),
    ),
    "too_many_cells": lambda p: Message(
        t("The workbook has more than {limit} cells.", limit=wording.count(p["limit"])),
        t(_ONE_MACHINE),
        t("Save the sheet with the report as CSV and drop that."),
    ),
    "nothing_inside": lambda p: Message(
        t("There is no CSV file or workbook in this archive."),
        t("We saw: {names}.", names=_files(p["names"])),
        t(_EXPORT_AGAIN),
    ),
    "line_too_long": lambda p: Message(
        t(
            "Line {line} is longer than {limit} characters.",
            line=wording.count(p["line"]),
            limit=wording.count(p["limit"]),
        ),
        t("No row of a report is that long: the line ends are missing or the file is damaged."),
        t(_EXPORT_AGAIN),
    ),
    "several_without_time": lambda p: Message(
        t("These files have no dates, so they cannot be joined."),
        t("Nothing tells whether they hold the same visits or different ones."),
        t("Drop one of them, or add “Date + hour” as second column in GA4 and export again."),
    ),
    "unreadable_table": lambda p: Message(
        t("The table breaks off near line {line}.", line=p["line"]),
        t("A quotation mark is open or a cell is far too long, so columns cannot be told apart."),
        t("Was it edited by hand? {how_to_export}", how_to_export=t(_EXPORT_AGAIN)),
    ),
    "too_many_columns": lambda p: Message(
        tn(
            "A row has {count} column; we read up to {limit}.",
            "A row has {count} columns; we read up to {limit}.",
            p["columns"],
            limit=wording.count(p["limit"]),
        ),
        t("That is not the shape of a GA4 report."),
        t(_EXPORT_AGAIN),
    ),
    "no_table": lambda p: Message(
        t("We found no table in this file."),
        t(
            "It begins with “{first_line}”. We look for a row of column names with rows "
            "of numbers below it.",
            first_line=escape(p["first_line"]),
        ),
        t(_EXPORT_AGAIN),
    ),
    "no_header": lambda p: Message(
        t("The row with the column names is missing."),
        tn(
            "There is {count} column of data, and nothing says what it counts.",
            "There are {count} columns of data, and nothing says what they count.",
            p["width"],
        ),
        t(
            "Tell us below which column is what, or: {how_to_export}",
            how_to_export=t(_EXPORT_AGAIN),
        ),
    ),
    "no_count_column": lambda p: Message(
        _of_report(p, t("We know none of its columns as a count of visits.")),
        t(
            "We saw: {names}. We need sessions (visits), users, views, events or search clicks.",
            names=_names(p),
        ),
        t(
            "Tell us below if one of the columns is that, or: {how_to_export}",
            how_to_export=t(_EXPORT_AGAIN),
        ),
    ),
    "no_time_or_channel": lambda p: Message(
        _of_report(p, t("There is neither a date nor a channel in it.")),
        t("We saw: {names}. Without time or channel there is nothing to compare.", names=_names(p)),
        t(_EXPORT_AGAIN),
    ),
    "no_numbers": lambda p: Message(
        t("Not one count in this file can be read as a number."),
        t("We looked in: {metrics}.", metrics=_metric_names(p["columns"])),
        t(_EXPORT_AGAIN),
    ),
    "unreadable_times": lambda p: Message(
        t("The dates in “{column}” cannot be read.", column=escape(p["column"])),
        t(
            "We saw for example {examples}; we expected 2024041718 (17 April 2024, 18:00), "
            "20240417 or 2024-04-17.",
            examples=", ".join(_quoted(text) for text in p["examples"]),
        ),
        t("Was it saved by a spreadsheet? Download the CSV from GA4 again and drop it unopened."),
    ),
    "no_rows": lambda p: Message(
        t("The table has column names but no numbers."),
        t("We saw: {names}.", names=_names(p)),
        t("Choose dates with traffic in GA4, check the report's filters, and download again."),
    ),
    "no_time": lambda p: Message(
        t("This file has no dates."),
        t("Trends and forecasts need to know when the visits were."),
        t("Add “Date + hour” as second column in GA4's Traffic acquisition report."),
    ),
    "no_channels": lambda p: Message(
        t("This file does not tell channels apart."),
        t("There is nothing to compare with one channel only."),
        t("Download GA4's Traffic acquisition report, whose first column is the channel group."),
    ),
    "too_few_channels": lambda p: Message(
        t("Fewer than two channels have enough visits to be compared at the same hours."),
        t("At hours with hardly any visits a rate is chance."),
        t("Choose a longer range of dates, more channels or more hours."),
    ),
    "too_few_visits": lambda p: Message(
        tn(
            "No channel has {count} visit in this selection.",
            "No channel has {count} visits in this selection.",
            p["need"],
        ),
        t("Fewer visits have no rhythm that can be told from chance."),
        t("Choose a longer range of dates, here or in GA4."),
    ),
    "needs_hours": lambda p: Message(
        t("Hours of the day cannot be shown: the file counts by {step}.", step=_by(_grain(p))),
        t("A day's total does not say when in the day people came."),
        t(
            "Add “Date + hour” instead of “{column}” as second column in GA4.",
            column=t(_GRAIN_COLUMNS.get(_grain(p), _GRAIN_COLUMNS["day"])),
        ),
    ),
    "needs_days": lambda p: Message(
        t("This needs days or hours; the file counts by {step}.", step=_by(_grain(p))),
        t("Too few points are left to tell a pattern from chance."),
        t("Add “Date” or “Date + hour” as second column in GA4."),
    ),
    "too_few_days": lambda p: Message(
        tn(
            "{count} day is selected; at least {need} are needed.",
            "{count} days are selected; at least {need} are needed.",
            p["have"],
            need=wording.count(p["need"]),
        ),
        t("One day of each kind cannot show what is usual."),
        t("Choose a longer range of dates, here or in GA4."),
    ),
    "too_few_hours": lambda p: Message(
        tn(
            "Only {count} hour of the day is selected; at least {need} are needed.",
            "Only {count} hours of the day are selected; at least {need} are needed.",
            p["have"],
            need=wording.count(p["need"]),
        ),
        t("A busy part of the day stands out against the rest of the day."),
        t("Widen the hours in the filter."),
    ),
    "nothing_there": lambda p: Message(
        t("The file holds nothing for one of the two stretches."),
        t("A comparison needs counts on both sides."),
        t("Choose a stretch inside the file, or compare with what is usual."),
    ),
    "no_visits": lambda p: Message(
        t("There is not a single visit in this selection."),
        t("A share of nothing is nothing."),
        t("Choose other dates or channels."),
    ),
    "too_few_measures": lambda p: Message(
        _too_few_measures(p["have"], wording.count(p["need"])),
        t("A correlation is between two measures that both vary."),
        t("Export more columns: GA4's Traffic acquisition report has nine."),
    ),
    "too_few_observations": lambda p: Message(
        tn(
            "There is {count} row; at least {need} are needed.",
            "There are {count} rows; at least {need} are needed.",
            p["have"],
            need=wording.count(p["need"]),
        ),
        t("With so few, any two measures seem to move together."),
        t("Choose a longer range of dates, or export by day or hour from GA4."),
    ),
    "metric_not_exported": lambda p: Message(
        t("{metric} is not in this file.", metric=METRICS[p["metric"]].label),
        t("It is computed from columns that were not exported."),
        t("GA4's Traffic acquisition report has them; download it with all columns."),
    ),
    "history_too_short": lambda p: Message(
        _too_short(p),
        t("What repeats from week to week can only be seen after some weeks."),
        t("Choose or export a longer range of dates; eight weeks are good, a year is better."),
    ),
    "history_too_many_gaps": lambda p: Message(
        tn(
            "Only {length} of the history has a count; {need} are needed.",
            "Only {length} of the history have a count; {need} are needed.",
            p["have"],
            length=_periods(p["have"], _unit(p)),
            need=wording.count(p["need"]),
        ),
        t("A forecast from so few would be a guess."),
        t("Choose dates without holes, or export them again from GA4."),
    ),
    "history_empty": lambda p: Message(
        t("There is nothing to learn from in this selection."),
        t("Not one period has a count."),
        t("Choose other dates, another channel or another measure."),
    ),
    "negative_values": lambda p: Message(
        tn("{count} count is below zero.", "{count} counts are below zero.", p["count"]),
        t("Visits cannot be negative, so the file was changed after the export."),
        t(_EXPORT_AGAIN),
    ),
    "irregular_history": lambda p: Message(
        t("The times in this file are not whole hours or days."),
        t("A forecast needs evenly spaced periods."),
        t(_EXPORT_AGAIN),
    ),
    "grain_not_supported": lambda p: Message(
        tn(
            "The rows are {count} minute apart; an hour is the finest step we take.",
            "The rows are {count} minutes apart; an hour is the finest step we take.",
            round(p["step_minutes"]),
        ),
        t("Shorter steps hold too few visits each."),
        t(_EXPORT_AGAIN),
    ),
    "horizon_too_long": lambda p: Message(
        t(
            "{periods} periods ahead are too many; {most} is the most.",
            periods=wording.count(p["horizon"]),
            most=wording.count(p["most"]),
        ),
        t("Further out the band would hold everything and say nothing."),
        t("Choose a shorter horizon."),
    ),
    "horizon_not_positive": lambda p: Message(
        t("The horizon must be at least one period."),
        t("There is nothing to look ahead to."),
        t("Choose a longer horizon."),
    ),
    "level_out_of_range": lambda p: Message(
        t("The band must hold between 0 and 100 % of the counts."),
        t("Neither nothing nor everything can be promised."),
        t("Choose a level such as 80 %."),
    ),
    "forecast_without_time": lambda p: Message(
        t("A forecast needs dates."),
        t("Without them there is no next week."),
        t("Add “Date + hour” as second column in GA4's Traffic acquisition report."),
    ),
    "history_not_numeric": lambda p: Message(
        t("This measure holds something else than numbers."),
        t("Only counts can be forecast."),
        t(_EXPORT_AGAIN),
    ),
    "country_not_offered": lambda p: Message(
        t(
            "We do not know the public holidays of “{country}”.",
            country=escape(_short(str(p["country"]))),
        ),
        t("The forecast would take them for usual days."),
        t("Choose another country, or write the holidays down as notes."),
    ),
    "sum_not_possible": lambda p: Message(
        t(
            "A forecast by {step} cannot be shown by {other_step}.",
            step=_by(p["grain"]),
            other_step=_by(p["unit"]),
        ),
        t("Only longer steps can be added up from shorter ones."),
        t("Choose another step."),
    ),
    "rate_without_counts": lambda p: Message(
        t("There are too few counts to forecast this rate."),
        t("A rate of hardly any visits jumps about."),
        t("Choose a longer range of dates, or all traffic."),
    ),
    "note_without_text": lambda p: Message(
        t("The note in row {row} has no text.", row=p["row"])
        if "row" in p
        else t("The note has no text."),
        t("A mark on the chart helps only if it says what happened."),
        t("Write a word or two, such as “newsletter”."),
    ),
    "note_text_too_long": lambda p: Message(
        _note_too_long(p),
        t("Longer ones would cover the chart."),
        t("Shorten it."),
    ),
    "note_ends_before_start": lambda p: Message(
        t("The note in row {row} does not end after it begins.", row=p["row"])
        if "row" in p
        else t("The note does not end after it begins."),
        t("So nothing tells which visits it is about."),
        t("Swap its dates, or leave the end empty for one day or one hour."),
    ),
    "notes_unreadable": lambda p: Message(
        t(_NO_NOTES.get(p["kind"], _NO_NOTES["binary"])),
        t("Notes are read from a CSV file with a row of column names and one row per note."),
        t(_NOTES_AGAIN),
    ),
    "notes_too_large": lambda p: Message(
        t("The file of notes is larger than {limit}.", limit=_megabytes(p["limit"])),
        t("Hundreds of notes fit into a small part of that, so it is probably something else."),
        t(_NOTES_AGAIN),
    ),
    "notes_too_many": lambda p: Message(
        tn(
            "There is {count} note in this file; we take up to {most}.",
            "There are {count} notes in this file; we take up to {most}.",
            p["have"],
            most=wording.count(p["most"]),
        ),
        t("So many marks would cover the chart."),
        t("Keep those that matter for the dates you look at, and load the file again."),
    ),
    "notes_no_columns": lambda p: Message(
        t("We do not see which columns hold the date and the text of the notes."),
        t("We saw: {names}. We need “start” and “note”; “end” may be left out.", names=_names(p)),
        t("Write these names into the first row, and load the file again."),
    ),
    "notes_none": lambda p: Message(
        t("There is no note in this file."),
        t("It has column names and nothing below them, so nothing was added."),
        t("Write a note into each row, or pick the file that you saved here."),
    ),
    "notes_bad_date": lambda p: Message(
        _bad_date(p),
        t("Without it the note has no place on the chart."),
        t("Write it as 2024-04-17 for a whole day, or 2024-04-17 18:00 for an hour."),
    ),
    "cards_not_readable": lambda p: Message(
        t(_NO_CARDS.get(p.get("reason", ""), _NO_CARDS[""])),
        t("Cards can be graded only from the file in which they were kept. Nothing was changed."),
        t("Pick the JSON file that you kept here last month, as it was downloaded."),
    ),
    "view_other_version": lambda p: Message(
        t("This view was saved by another version of this app."),
        t("It writes filters in another form, so we would have to guess what they say."),
        t("Set the filters once more and save the view again."),
    ),
    "cards_other_version": lambda p: Message(
        t("These cards were kept by another version of this app."),
        t("It writes them in another form, so we would have to guess what they say."),
        t("Keep the cards of this export now, and grade those next month."),
    ),
}


def _too_few_measures(have: int, need: str) -> str:
    if not have:
        return t("No measures vary; at least {need} are needed.", need=need)
    return tn(
        "Only {count} measure varies; at least {need} are needed.",
        "Only {count} measures vary; at least {need} are needed.",
        have,
        need=need,
    )


def _too_short(params: Mapping[str, Any]) -> str:
    length = _periods(params["have"], _unit(params))
    need = wording.count(params["need"])
    if params["need"] <= LEAST_PERIODS:
        return t(
            "The history is {length} long; even a cautious forecast needs {need}.",
            length=length,
            need=need,
        )
    return t(
        "The history is {length} long; a full forecast needs {need}.", length=length, need=need
    )


def _note_too_long(params: Mapping[str, Any]) -> str:
    have, most = params["have"], wording.count(params["most"])
    if "row" not in params:
        return tn(
            "The note has {count} character; we take up to {most}.",
            "The note has {count} characters; we take up to {most}.",
            have,
            most=most,
        )
    return tn(
        "The note in row {row} has {count} character; we take up to {most}.",
        "The note in row {row} has {count} characters; we take up to {most}.",
        have,
        row=params["row"],
        most=most,
    )


def _bad_date(params: Mapping[str, Any]) -> str:
    text = escape(_short(params.get("text", "")))
    row = params.get("row")
    if row is None:
        if not text:
            return t("The note has no date.")
        return t("The note has a date that we cannot read: “{text}”.", text=text)
    if not text:
        return t("The note in row {row} has no date.", row=row)
    return t("The note in row {row} has a date that we cannot read: “{text}”.", row=row, text=text)


def _grain(params: Mapping[str, Any]) -> str:
    return str(params.get("grain", "day"))


def _unit(params: Mapping[str, Any]) -> str:
    return str(params.get("unit", "day"))


def _by(grain: str) -> str:
    """A step after "counts by" or "a forecast by"."""
    steps = {
        "hour": tc("counts by …", "hour"),
        "day": tc("counts by …", "day"),
        "week": tc("counts by …", "week"),
        "month": tc("counts by …", "month"),
    }
    return steps.get(grain, grain)


def _periods(number: int, grain: str) -> str:
    """So many hours, days, weeks or months.

    >>> _periods(1, "day"), _periods(1204, "week")
    ('1 day', '1,204 weeks')
    """
    if grain == "hour":
        return tn("{count} hour", "{count} hours", number)
    if grain == "week":
        return tn("{count} week", "{count} weeks", number)
    if grain == "month":
        return tn("{count} month", "{count} months", number)
    return tn("{count} day", "{count} days", number)


_NEEDS = {
    "no_time": mark("needs dates"),
    "no_channels": mark("needs channels"),
    "too_few_measures": mark("needs more measures"),
    "too_few_observations": mark("needs more rows"),
    "history_too_short": mark("needs a longer history"),
}


_PARTS = {
    "peak_hours": mark("peak hours"),
    "spikes": mark("spikes and lasting changes"),
    "by_channel": mark("anything by channel"),
    "clock": mark("the pull of the time of day"),
    "change": mark("change against the period before"),
    "mix_over_time": mark("the mix over time"),
    "engagement": mark("engagement rates"),
    "full_forecast": mark("a full forecast (only the level)"),
    "timing": mark("advice on hours of the day"),
}


def parts(codes: tuple[str, ...]) -> str:
    """Names of parts of a page, see ``core.capabilities.left_out``.

    >>> parts(("peak_hours", "by_channel"))
    'peak hours and anything by channel'
    """
    return wording.listing([t(_PARTS[code]) for code in codes])


def needs(error: AppError) -> str:
    """What a page lacks in this file, in a few words under its link."""
    return t(_NEEDS[error.code]) if error.code in _NEEDS else t("not with this file")


def of_error(error: AppError) -> Message:
    """Words for an expected failure."""
    return ERRORS[error.code](error.params)


def reason(error: AppError) -> str:
    """What we saw, to go on with after a colon."""
    if error.code == "needs_days":
        step = _by(_grain(error.params))
        return t("this needs days or hours; the file counts by {step}.", step=step)
    return of_error(error).title


_UNFINISHED = {
    "day": mark("The last day ({moment}) looks unfinished: the report ends before it does."),
    "week": mark("The last week ({moment}) looks unfinished: the report ends before it does."),
    "month": mark("The last month ({moment}) looks unfinished: the report ends before it does."),
}
_TWO_WAYS = {
    True: mark(
        "Dates such as “{example}” can be read two ways; we read the day first. "
        "You can change that below."
    ),
    False: mark(
        "Dates such as “{example}” can be read two ways; we read the month first. "
        "You can change that below."
    ),
}
"""By whether the day was taken to be first."""

# In the notes {where} is “ (e.g. line 1,204)” with the space before it, or nothing.
NOTES: Mapping[str, Callable[[Note], str]] = {
    "encoding_guessed": lambda n: t(
        "The file is not UTF-8; we read it as {encoding}. Accents in names may look "
        "odd; the numbers are not touched by this.",
        encoding=n.params["encoding"],
    ),
    "zero_bytes": lambda n: tn(
        "{count} empty byte was taken out of the text.",
        "{count} empty bytes were taken out of the text.",
        n.count,
    ),
    "pivot_unfolded": lambda n: t("A pivot table was turned into one row per time and channel."),
    "compared_periods": lambda n: t(
        "The file compares periods; we read {period} and left out {others}.",
        period=escape(str(n.params["period"])),
        others=escape(", ".join(n.params["others"])),
    ),
    "ragged_rows": lambda n: tn(
        "{count} row with more cells than the header; what is beyond was not read{where}.",
        "{count} rows with more cells than the header; what is beyond was not read{where}.",
        n.count,
        where=_where(n),
    ),
    "hidden_numbers": lambda n: tn(
        "{count} cell of {metric} only says “less than”{where}; it is missing in all sums.",
        "{count} cells of {metric} only say “less than”{where}; they are missing in all sums.",
        n.count,
        metric=_metric(n),
        where=_where(n),
    ),
    "other_bounce_rate": lambda n: t(
        "The bounce rate is not used: outside GA4 it counts visits of one page, however long "
        "somebody stayed, and is no engagement rate."
    ),
    "milliseconds": lambda n: t("Engagement time was in milliseconds; we made seconds of it."),
    "sources_classified": lambda n: tn(
        "There is no channel column, so we sorted {count} value of “{column}” into GA4's default "
        "channel groups. You can choose the column itself below.",
        "There is no channel column, so we sorted {count} values of “{column}” into GA4's default "
        "channel groups. You can choose the column itself below.",
        n.count,
        column=escape(n.params["column"]),
    ),
    "other_split": lambda n: t(
        "There is no channel column; “{column}” takes its place.", column=escape(n.params["column"])
    ),
    "segments_overlap": lambda n: t(
        "These are segments, and one person can be in several of them: do not add them up."
    ),
    "dates_dragged": lambda n: tn(
        "Every one of {count} row has its own day, one after the other: the dates look dragged "
        "down in a spreadsheet. Totals, channels and hours of the day hold; anything over time "
        "does not.",
        "Every one of {count} rows has its own day, one after the other: the dates look dragged "
        "down in a spreadsheet. Totals, channels and hours of the day hold; anything over time "
        "does not.",
        n.count,
    ),
    "undated": lambda n: t(
        "“{column}” only numbers the periods and the file says no date. We "
        "begin on Monday, 1 January 2001, so dates and weekdays are not real; set the first day "
        "below.",
        column=escape(n.params["column"]),
    ),
    "ambiguous_dates": lambda n: t(
        _TWO_WAYS[bool(n.params["is_day_first"])], example=escape(n.params["example"])
    ),
    "sampled": lambda n: t(
        "The file says that it is sampled: “{said}”.", said=escape(n.params["said"])
    ),
    "thresholded": lambda n: t(
        "The file says that small numbers were withheld: “{said}”.", said=escape(n.params["said"])
    ),
    "other_row": lambda n: t(
        "{share} of {metric} are in “(other)”: GA4 ran out of rows and lumped them together.",
        share=_share(n),
        metric=in_sentence(_metric(n)),
    ),
    "unassigned": lambda n: t(
        "{share} of {metric} have no channel (Unassigned or not set).",
        share=_share(n),
        metric=in_sentence(_metric(n)),
    ),
    "repeated_hour": lambda n: t(
        "The hour of {moment} stands in the file twice: the clock was put back to "
        "winter time. Both are added up.",
        moment=_moment(n, "time"),
    ),
    "skipped_hour": lambda n: t(
        "An hour on a Sunday night is missing: the clock was put forward for summer time."
    ),
    "missing_periods": lambda n: tn(
        "{periods} inside the span is missing, {moment}. It counts as zero; if the measurement "
        "broke down, choose other dates.",
        "{periods} inside the span are missing, the first {moment}. They count as zero; if the "
        "measurement broke down, choose other dates.",
        n.count,
        periods=_periods(n.count, n.params["grain"]),
        moment=_moment(n, "first"),
    ),
    "ends_in_zeros": lambda n: tn(
        "The last hour is zero, from {moment} on: it had probably not happened when the file was "
        "made. Leave it out with the dates filter.",
        "The last {count} hours are zero, from {moment} on: they had probably not happened when "
        "the file was made. Leave them out with the dates filter.",
        n.count,
        moment=_moment(n, "first"),
    ),
    "unfinished": lambda n: t(
        _UNFINISHED.get(n.params["grain"], _UNFINISHED["day"]), moment=_moment(n, "last")
    ),
    "files_joined": lambda n: tn("{count} file was joined.", "{count} files were joined.", n.count),
    "files_left_out": lambda n: tn(
        "{count} file of another kind was left out: {names}.",
        "{count} files of another kind were left out: {names}.",
        n.count,
        names=_files(n.params["names"][:8]),
    ),
    "overlapping_periods": lambda n: tn(
        "{periods} stood in several files and was counted once, from the file that has most of it.",
        "{periods} stood in several files and were counted once, from the file that has most of "
        "them.",
        n.count,
        periods=_periods(n.count, n.params["grain"]),
    ),
    "file_failed": lambda n: t(
        "“{name}” could not be used: {reason}",
        name=escape(n.params["name"]),
        reason=_why_failed(n.params["reason"]),
    ),
    "other_tables": lambda n: tn(
        "The file holds {count} more table; we took the one that says most about time and "
        "channel. You can choose another below.",
        "The file holds {count} more tables; we took the one that says most about time and "
        "channel. You can choose another below.",
        n.count,
    ),
    "totals_rows": lambda n: tn(
        "{count} row of totals left out{where}.",
        "{count} rows of totals left out{where}.",
        n.count,
        where=_where(n),
    ),
    "extra_lines": lambda n: tn(
        "{count} line outside the table left out{where}.",
        "{count} lines outside the table left out{where}.",
        n.count,
        where=_where(n),
    ),
    "unreadable_times": lambda n: tn(
        "{count} row left out because the date could not be read{where}.",
        "{count} rows left out because the date could not be read{where}.",
        n.count,
        where=_where(n),
    ),
    "duplicate_rows": lambda n: tn(
        "{count} row stood in the file twice and counted once{where}.",
        "{count} rows stood in the file twice and counted once{where}.",
        n.count,
        where=_where(n),
    ),
    "repeated_keys": lambda n: tn(
        "{count} row repeats an hour and channel with other numbers; they were added up{where}. "
        "If the file was pasted together from two exports, that counts some visits twice.",
        "{count} rows repeat an hour and channel with other numbers; they were added up{where}. "
        "If the file was pasted together from two exports, that counts some visits twice.",
        n.count,
        where=_where(n),
    ),
    "unreadable_numbers": lambda n: tn(
        "{count} cell of {metric} is no plausible number and was left out{where}.",
        "{count} cells of {metric} are no plausible number and were left out{where}.",
        n.count,
        metric=_metric(n),
        where=_where(n),
    ),
    "rate_without_weight": lambda n: t(
        "{metric} is not used: to average it fairly the column {column} is needed.",
        metric=_metric(n),
        column=METRICS[n.params["needs"]].label,
    ),
    "identity_broken": lambda n: tn(
        "{count} row where {metric} does not fit {numerator} ÷ {denominator}{where}. "
        "We use the counts.",
        "{count} rows where {metric} does not fit {numerator} ÷ {denominator}{where}. "
        "We use the counts.",
        n.count,
        metric=_metric(n),
        numerator=METRICS[n.params["made_of"][0]].label,
        denominator=METRICS[n.params["made_of"][1]].label,
        where=_where(n),
    ),
    "part_exceeds_whole": lambda n: tn(
        "{count} row with more {part} than {whole}{where}.",
        "{count} rows with more {part} than {whole}{where}.",
        n.count,
        part=_metric(n),
        whole=METRICS[n.params["whole"]].label,
        where=_where(n),
    ),
    "total_differs": lambda n: t(
        "The totals row says {exported} {metric}, the rows add up to {read}: the export was cut "
        "off, filtered or sampled.",
        exported=wording.count(n.params["exported"]),
        metric=_metric(n),
        read=wording.count(n.params["read"]),
    ),
    "unused_columns": lambda n: t("Not used: {names}.", names=_names(n.params)),
    "dimensions_summed": lambda n: t(
        "Added up over {names}: users who appear in several rows count several times.",
        names=_names(n.params),
    ),
}
_METRIC_NAMES = {
    "events_per_user": mark("Events per user"),
    "views_per_user": mark("Views per user"),
    "bounce_rate": mark("Bounce rate"),
    "engagement_seconds_per_session": mark("Engagement time per session"),
    "engagement_seconds_per_user": mark("Engagement time per user"),
}
_FAILED = {
    "no_table": mark("no table in it."),
    "no_count_column": mark("no count of visits in it."),
    "no_time_or_channel": mark("neither a date nor a channel in it."),
    "no_rows": mark("no rows in it."),
    "empty_file": mark("it is empty."),
    "not_text": mark("it is no table."),
    "locked": mark("it is protected by a password."),
}


def of_note(note: Note) -> str:
    """Words for a note of the reader."""
    return NOTES[note.code](note)


def _where(note: Note) -> str:
    if not note.example_row:
        return ""
    place = t("(e.g. line {line})", line=wording.count(note.example_row))
    return f" {place}"


def _share(note: Note) -> str:
    return wording.percent(note.params["share"])


def _moment(note: Note, name: str) -> str:
    time = note.params[name]
    day = dated(time, "yMMMd")
    return f"{day}, {wording.clock(time.hour)}" if time.hour else day


def _why_failed(code: str) -> str:
    return t(_FAILED[code]) if code in _FAILED else t("it cannot be read.")


def _metric(note: Note) -> str:
    return _metric_name(note.params["metric"])


def _metric_name(key: str) -> str:
    return t(_METRIC_NAMES[key]) if key in _METRIC_NAMES else METRICS[key].label


CAVEATS: Mapping[str, str] = {
    "time_zone_dropped": mark("The times carried a zone; we kept the time on the clock."),
    "infinite_values_ignored": mark("Counts without an end were treated as missing."),
    "rows_without_time_ignored": mark("Rows without a time were left out."),
    "duplicate_times_summed": mark("Several rows had the same time and were added up."),
    "older_history_left_out": mark("Only the newest part of this long history was used."),
    "gaps_in_history": mark(
        "Some periods have no count; they were left as gaps, not taken as zero."
    ),
    "constant_history": mark("Every count was the same, so the band has no width."),
    "mostly_zero": mark("At least half of the counts are zero: go by the total."),
    "spike_in_history": mark("One count is far above all others; it is not expected again."),
    "backtest_shorter_than_horizon": mark(
        "The history is too short to try this horizon on the past; "
        "we tried a shorter one and widened the band further out."
    ),
    "few_folds": mark("There was little past to try it on, so “how far off” is a rough guess."),
    "no_better_than_naive": mark(
        "On the past it was no better than repeating what had been there a "
        "season (week, month or year) before."
    ),
    "coverage_below_level": mark("On past stretches the band held too few counts: trust it less."),
    "capped": mark("It ran off and was stopped at three times the largest count ever seen."),
    "prophet_failed": mark("Prophet could not be used here; simpler methods made this forecast."),
    "spikes_left_out": mark(
        "Spikes and dips of the past were left out of what it learned from: it "
        "does not expect them again."
    ),
    "new_level": mark("The newest days stand at a new level; it goes on from there."),
    "unfinished_end_left_out": mark(
        "The end of the file looked unfinished, so it was left out and the forecast begins with it."
    ),
    "events_without_example": mark(
        "A special day lies ahead that your file has no example of; it is "
        "treated like any other day."
    ),
    "reconciled": mark("All channels were forecast together, so that they add up to all traffic."),
    "level_only": mark(
        "It knows one level only: that some weekdays, or times of the year, bring more "
        "than others cannot be told yet."
    ),
    "incomplete_days_left_out": mark("The first or last day lacks hours and was not used."),
    "weekdays_not_seen": mark("A weekday lies ahead that your file does not hold."),
    "spike_cut_back": mark(
        "A day (week, month) far from all others counts less, so that it does not set the level."
    ),
}
"""Caveats of a forecast, by code; ``t`` says them."""

FITS: Mapping[str, str] = {
    "prophet_recent": mark("Prophet on the newest weeks"),
    "prophet_one_day": mark("Prophet with one shape for all days"),
    "prophet_long": mark("Prophet on many weeks"),
    "prophet_counts": mark("Prophet on plain counts"),
    "prophet_yearly": mark("Prophet with a yearly season"),
    "prophet_events": mark("Prophet with holidays and notes"),
    "prophet_damped": mark("Prophet with growth that levels off"),
    "profile": mark("the typical week or year"),
    "seasonal_median": mark("the median of the last four weeks (months)"),
    "seasonal_mean": mark("the mean of the last four weeks (months)"),
    "seasonal_naive": mark("the last season repeated"),
}
"""Ways to find the shape of what is ahead, for the middle of a sentence."""

MEMORIES: Mapping[str, str] = {
    "fast": mark("quick to follow the newest days"),
    "steady": mark("steady over about a week"),
    "slow": mark("slow to move"),
}
"""How fast a level follows what is new, for the middle of a sentence."""

_BLEND = mark("Prophet and simple methods, weighted by how well each did on the past")


def method(key: str) -> str:
    """A way of forecasting, for the middle of a sentence.

    Args:
        key: of ``core.forecast.methods.METHODS``.

    >>> method("seasonal_naive"), method("profile_slow")
    ('the last season repeated', 'the typical week or year, its level slow to move')
    """
    if key == "blend":
        return t(_BLEND)
    if key in FITS:
        return t(FITS[key])
    fit, memory = key.rsplit("_", 1)
    return t("{method}, its level {pace}", method=t(FITS[fit]), pace=t(MEMORIES[memory]))


CAMPAIGN_CAVEATS: Mapping[str, str] = {
    "campaign_outside_horizon": mark("No day of this campaign lies in the time ahead."),
    "campaign_cut_by_horizon": mark(
        "The campaign reaches beyond the forecast; the days outside of it are left out."
    ),
    "campaign_in_part_of_a_period": mark(
        "Of a week or month that the campaign covers in part, only "
        "its share of the days is changed."
    ),
    "nothing_expected_from_channel": mark(
        "Nothing is expected from this channel on those days, and any "
        "per cent of nothing is nothing."
    ),
    "channel_above_total": mark(
        "Here and there the channel is expected to bring more than all traffic "
        "together, for the two were forecast apart: take the added visits as rough."
    ),
}
"""What must be said with a campaign, by code."""

RULES: Mapping[str, str] = {
    "busiest_hours": mark("busiest hours"),
    "engaged_hours": mark("more engaged hours"),
    "weekday_shape": mark("shape of the week"),
    "spike": mark("stood out"),
    "better_channel": mark("more engaged visits"),
    "worse_channel": mark("less engaged visits"),
    "promising_channel": mark("promising, too little data"),
    "too_small_to_judge": mark("too small to judge"),
    "growing_channel": mark("growing"),
    "fading_channel": mark("fading"),
    "new_level": mark("new level"),
    "channel_switch": mark("changed its label"),
    "engagement_change": mark("engagement moved"),
    "hidden_by_mix": mark("hidden by the mix"),
    "engagement_falls_while_volume_grows": mark("more visits, less engaged"),
    "concentration": mark("much depends on it"),
    "tagging_fault": mark("check the tagging"),
    "missing_hours": mark("nothing recorded"),
    "loyalty": mark("come more often"),
    "session_depth": mark("depth of visits"),
    "capacity": mark("prepare for the peak"),
    "season_ahead": mark("season ahead"),
}
"""What a recommendation is about, by rule, in two or three words."""

CONCEPTS: Mapping[str, str] = {
    "": mark("Not used"),
    "day": mark("Date"),
    "date_hour": mark("Date and hour"),
    "hour": mark("Hour of the day"),
    "week": mark("Week"),
    "month": mark("Month"),
    "year": mark("Year"),
    "nth_hour": mark("Hour, counted from the start"),
    "nth_day": mark("Day, counted from the start"),
    "nth_week": mark("Week, counted from the start"),
    "nth_month": mark("Month, counted from the start"),
    "channel": mark("Channel"),
    "first_user_channel": mark("First user channel"),
    "source_medium": mark("Source / medium"),
    "first_user_source_medium": mark("First user source / medium"),
    "source": mark("Source"),
    "medium": "Medium",
    "segment": mark("Segment"),
    "device": mark("Device"),
    "sessions": mark("Sessions (visits)"),
    "users": mark("Users (visitors)"),
    "new_users": mark("New users"),
    "engaged_sessions": mark("Engaged sessions"),
    "events": mark("Events"),
    "views": mark("Views"),
    "clicks": mark("Search clicks"),
    "key_events": mark("Key events"),
    "revenue": mark("Revenue"),
    "engagement_seconds": mark("Engagement time, total"),
    "engagement_rate": mark("Engagement rate"),
    "bounce_rate": mark("Bounce rate"),
    "engaged_sessions_per_user": mark("Engaged sessions per user"),
    "events_per_session": mark("Events per session"),
    "events_per_user": mark("Events per user"),
    "views_per_session": mark("Views per session"),
    "views_per_user": mark("Views per user"),
    "engagement_seconds_per_session": mark("Engagement time per session"),
    "engagement_seconds_per_user": mark("Engagement time per user"),
}
"""What a column of a file can be read as, by concept of the header vocabulary."""


def concept(key: str) -> str:
    """What a column can be read as, in the language spoken.

    >>> concept("medium"), concept("day")
    ('Medium', 'Date')
    """
    # With a context, for a correlation can be "Medium" too.
    return tc("of a source", "Medium") if key == "medium" else t(CONCEPTS[key])
