"""What a forecast is made of: weekdays, parts of the day, the level, months; in numbers and words.

Each table says how the counts of the history divide, with a 95 % interval that holds for all of
its rows together (Bonferroni), and beside it how the forecast divides. Sentences name only rows
that clearly differ, by the history: a forecast repeats what it was made of, noise included.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from core import wording
from core.day_clusters import ratio_interval
from core.forecast.odds import chance_of_more
from core.forecast.results import Total
from core.language import group, month_names, t, tc, tn

DAY_PARTS = (("night", 0, 6), ("morning", 6, 12), ("afternoon", 12, 18), ("evening", 18, 24))
"""Code, first hour and hour of the end."""
COLUMNS = ("share", "low", "high", "even", "ahead", "is_clear", "n")
MIN_LOOKS = 3
"""Each weekday must have been seen that often amid a whole week, for its spread to be known."""
MIN_YEARS = 2
OPEN_CHANCES = (0.25, 0.75)
"""Between these chances of more than before, the forecast does not say more or less."""

_ERROR = 0.05
_OWN_SPREAD = 0.99
"""How sure it must be that a weekday scatters more than others, before its own spread is used."""
_NO_COUNT = 0.5
"""Stands for a sum of no visits where a logarithm is needed."""
_WEEKS_OF_A_PART = 4
_FEWEST_OF_MONTH = {"hour": 25, "day": 25, "week": 4, "month": 1}
"""Days, weeks or months with counts, that a month needs to be told."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """The forecast against as many of the newest weeks (or months) seen.

    Args:
        ahead: expected count over the whole horizon.
        past: count that the newest weeks would give over the same weekdays and hours; NaN where
            they have gaps.
        change: ahead / past - 1; 0.06 is 6 % above.
        low: lower end of the change, by the band of the total. The past is known and adds nothing.
        high: upper end.
        chance: chance (0-1) of more than ``past``.
        periods_seen: weeks (of a monthly history: months) that ``past`` is the mean of.
    """

    ahead: float
    past: float
    change: float
    low: float
    high: float
    chance: float
    periods_seen: int

    @property
    def is_open(self) -> bool:
        """Whether more and less than before are about as likely."""
        return OPEN_CHANCES[0] <= self.chance <= OPEN_CHANCES[1]


@dataclass(frozen=True, eq=False)
class Components:
    """What the forecast is made of.

    The three tables share their columns: ``share`` (of an average week, day or year of the
    history, 0 to 1, sums to 1), ``low`` and ``high`` (95 %, for all rows together), ``even`` (the
    share if all were alike), ``ahead`` (the same share in the forecast, growth included; NaN where
    it is too short), ``is_clear`` (the interval leaves out ``even``) and ``n`` (times seen). A
    table is empty where the history cannot tell.

    Args:
        weekdays: ``weekday`` (0 is Monday); of hours and days.
        day_parts: ``part`` (see ``DAY_PARTS``), ``start`` and ``end`` (hours); of hours.
        level: the forecast against the newest weeks.
        year: ``month`` (1 is January), as if all months were equally long and without the growth
            of the site; from two years on.
        sentences: what to say, most important first.
    """

    weekdays: pd.DataFrame
    day_parts: pd.DataFrame
    level: Level
    year: pd.DataFrame
    sentences: tuple[str, ...]


def find_components(
    history: pd.Series,
    ahead: pd.DataFrame,
    grain: str,
    total: Total,
    *,
    label: str = "sessions",
    is_counted: bool = True,
) -> Components:
    """Tell what a forecast is made of.

    Args:
        history: counts on a regular ``DatetimeIndex`` (hours, days, weeks or months), zeros
            filled; NaN where a period is missing.
        ahead: the forecast, ``time`` and ``mean``.
        grain: ``hour``, ``day``, ``week`` or ``month``.
        total: of the same forecast.
        label: name of the metric in the middle of a sentence, see ``wording.metric_label``.
        is_counted: whether it is said "as many" (visits) or "as much" (time, money).
    """
    said = pd.Series(ahead["mean"].to_numpy("float64"), pd.DatetimeIndex(ahead["time"]))
    seen_days, days_ahead = _day_table(history, grain), _day_table(said, grain)
    weekdays = _weekdays(seen_days, days_ahead)
    day_parts = _day_parts(seen_days, days_ahead) if grain == "hour" else _no_table("part")
    level = _compare_level(history, said, grain, total)
    year = _year(_by_day(history, seen_days), _by_day(said, days_ahead), grain)
    sentences = [
        *_say_level(level, len(said), grain, label, is_counted=is_counted),
        *(_say_weekdays(weekdays) if grain in ("hour", "day") else ()),
        *_say_day_parts(day_parts, label),
        *_say_year(year),
    ]
    return Components(weekdays, day_parts, level, year, tuple(sentences))


def _no_table(*keys: str) -> pd.DataFrame:
    return pd.DataFrame(columns=[*keys, *COLUMNS])


def _day_table(series: pd.Series, grain: str) -> pd.DataFrame:
    """One row per day in a row, one column per hour (or a single one); without hours never seen."""
    if grain not in ("hour", "day") or series.empty:
        return pd.DataFrame()
    times = pd.DatetimeIndex(series.index)
    hour = times.hour if grain == "hour" else np.zeros(len(times), dtype=int)
    wide = pd.Series(series.to_numpy("float64"), [times.normalize(), hour]).unstack()
    return wide.dropna(axis=1, how="all").asfreq("D")


def _by_day(series: pd.Series, days: pd.DataFrame) -> pd.Series:
    """Sums per day of hours and days; weeks and months as they are."""
    return series if days.empty else _daily(days)


def _daily(table: pd.DataFrame) -> pd.Series:
    """Sums per day; NaN for a day with an hour missing."""
    return table.sum(axis=1, skipna=False)


# Weekdays


def _weekdays(seen_days: pd.DataFrame, days_ahead: pd.DataFrame) -> pd.DataFrame:
    """Each weekday's share of an average week."""
    looks = _looks(_daily(seen_days)) if len(seen_days) else {}
    if len(looks) < 7 or min(len(around) for _, around in looks.values()) < MIN_LOOKS:
        return _no_table("weekday")
    found = _ratios([looks[day] for day in range(7)])
    if not found.value.sum() > 0:
        return _no_table("weekday")
    table = _table(found)
    table["ahead"] = _weekdays_ahead(_daily(days_ahead))
    table.insert(0, "weekday", range(7))
    return table


def _looks(daily: pd.Series) -> dict[int, tuple[Array, Array]]:
    """Per weekday its counts and the mean of the seven days around each of them.

    Around, not of one calendar week: on a growing site Sundays would beat Mondays. The stretches
    around the days of one weekday do not overlap.
    """
    around = daily.rolling(7, center=True).mean()
    usable = around.notna()
    weekday = pd.DatetimeIndex(daily.index).day_of_week
    return {
        day: (daily[mine].to_numpy(), around[mine].to_numpy())
        for day in range(7)
        if (mine := usable & (weekday == day)).any()
    }


@dataclass(frozen=True, eq=False)
class _Ratios:
    """Ratios to an average day or month, ``centre`` of the interval and errors of its logarithm."""

    value: Array
    centre: Array
    error: Array
    freedom: float
    seen: NDArray[np.int64]


def _ratios(looks: list[tuple[Array, Array]]) -> _Ratios:
    """Ratios of sums to an average day, with their errors.

    What a day has over or under the week around it is nearly independent of the same a week
    later, also where good days come in a row (for a memory of 0.5 from day to day the correlation
    is 0.02). The relative variance beyond counting is shared by all weekdays, so that a few
    weeks suffice; a weekday that clearly scatters more keeps its own. Neighbouring days stray
    together, so they count as half as many degrees of freedom.
    """
    size = np.array([len(top) for top, _ in looks])
    around = np.maximum([mean.mean() for _, mean in looks], 1e-9)
    value = np.array([top.mean() for top, _ in looks]) / around
    fitted = np.maximum(value * around, _NO_COUNT / size)
    strays = [top - own * mean for own, (top, mean) in zip(value, looks, strict=True)]
    spread = np.array([stray @ stray for stray in strays]) / (size - 1) / fitted**2
    excess = max(float(np.average(spread - 1 / fitted, weights=size - 1)), 0.0)
    own = spread * (size - 1) / stats.chi2.ppf(_OWN_SPREAD, size - 1)
    error = np.sqrt(np.maximum(1 / fitted + excess, own) / size)
    return _Ratios(value, fitted / around, error, float(np.sum(size - 1)) / 2, size)


def _table(found: _Ratios) -> pd.DataFrame:
    """Shares with intervals that hold for all rows together, symmetric on the log scale."""
    count, whole = len(found.value), float(found.value.sum())
    quantile = stats.t.isf(_ERROR / 2 / count, found.freedom)
    reach = np.exp(np.minimum(quantile * found.error, 50.0))
    table = pd.DataFrame({"share": found.value / whole})
    table["low"], table["high"] = table["share"] / reach, found.centre / whole * reach
    table["even"], table["ahead"] = 1 / count, np.nan
    return _with_verdict(table.assign(n=found.seen))


def _with_verdict(table: pd.DataFrame) -> pd.DataFrame:
    table["is_clear"] = (table["low"] > table["even"]) | (table["high"] < table["even"])
    return table[[*(name for name in table if name not in COLUMNS), *COLUMNS]]


def _weekdays_ahead(daily: pd.Series) -> Array:
    """Shares of the whole weeks of the forecast; NaN where it has none."""
    whole = daily.dropna()
    whole = whole.iloc[: len(whole) // 7 * 7]
    sums = whole.groupby(pd.DatetimeIndex(whole.index).day_of_week).sum().reindex(range(7))
    return np.asarray(sums / sums.sum(skipna=False), dtype="float64")


# Parts of the day


def _day_parts(seen_days: pd.DataFrame, days_ahead: pd.DataFrame) -> pd.DataFrame:
    """Each part's share of the day, by slow waves of days; only hours that were seen count."""
    whole, later = seen_days.dropna(), days_ahead.dropna()
    total, rows = whole.sum(axis=1), []
    if not total.sum() > 0:
        return _no_table("part", "start", "end")
    level = 1 - _ERROR / len(DAY_PARTS)
    for name, start, end in DAY_PARTS:
        mine = [hour for hour in whole if start <= hour < end]
        found = ratio_interval(whole[mine].sum(axis=1), total, is_share=False, level=level)
        even, said = len(mine) / whole.shape[1], _share_of(later, mine)
        rows.append((name, start, end, found.value, found.low, found.high, even, said))
    names = ["part", "start", "end", "share", "low", "high", "even", "ahead"]
    return _with_verdict(pd.DataFrame(rows, columns=names).assign(n=len(whole)))


def _share_of(table: pd.DataFrame, columns: list[int]) -> float:
    total = float(table.to_numpy().sum())
    return float(table.reindex(columns=columns).to_numpy().sum()) / total if total > 0 else np.nan


# Level


def _compare_level(history: pd.Series, said: pd.Series, grain: str, total: Total) -> Level:
    """Hold the total against the newest weeks, weekday by weekday and hour by hour."""
    cycle = _cycle(grain)
    weeks = min(_periods_wanted(len(said), cycle), len(history) // cycle)
    newest = history.iloc[len(history) - weeks * cycle :] if weeks else history.iloc[:0]
    means = newest.groupby(_places(newest, grain)).mean()
    past = float(means.reindex(_places(said, grain)).sum(skipna=False)) if weeks else np.nan
    if not past > 0:
        return Level(total.mean, past, np.nan, np.nan, np.nan, np.nan, weeks)
    change, low, high = (end / past - 1 for end in (total.mean, total.low, total.high))
    return Level(total.mean, past, change, low, high, chance_of_more(total, past), weeks)


def _cycle(grain: str) -> int:
    return {"hour": 168, "day": 7}.get(grain, 1)


def _periods_wanted(length: int, cycle: int) -> int:
    """As many whole weeks as are ahead; four where a part of a week is to be compared."""
    return length // cycle if length % cycle == 0 else max(length // cycle, _WEEKS_OF_A_PART)


def _places(series: pd.Series, grain: str) -> NDArray[np.int64]:
    """Hour of the week, or weekday; all weeks and months are alike."""
    times = pd.DatetimeIndex(series.index)
    if grain not in ("hour", "day"):
        return np.zeros(len(times), dtype=np.int64)
    return np.asarray(times.day_of_week * 24 + times.hour, dtype=np.int64)


# Months of the year


def _year(history: pd.Series, said: pd.Series, grain: str) -> pd.DataFrame:
    """Each month's share of a year, a steady growth taken out."""
    monthly = _monthly(history, grain)
    seen = monthly.groupby(monthly.index.month).size().reindex(range(1, 13), fill_value=0)
    if seen.min() < MIN_YEARS or not monthly["mean"].sum() > 0:
        return _no_table("month")
    table = _table(_month_ratios(monthly, seen.to_numpy()))
    later = _monthly(said, grain)["mean"]
    if set(later.index.month) == set(range(1, 13)):
        means = later.groupby(later.index.month).mean()
        table["ahead"] = (means / means.sum()).to_numpy()
    table.insert(0, "month", range(1, 13))
    return table


def _monthly(series: pd.Series, grain: str) -> pd.DataFrame:
    """Mean count a day and sum of each month that is nearly whole; a week is of its middle day."""
    counts = series.dropna()
    times = pd.DatetimeIndex(counts.index)
    middle = times + pd.Timedelta(days=3) if grain == "week" else times
    days = {"week": np.full(len(times), 7), "month": times.days_in_month}.get(grain)
    table = pd.DataFrame({"sum": counts.to_numpy(), "days": 1 if days is None else days})
    grouped = table.groupby(middle.to_period("M").rename("month"))
    sums = grouped.sum()[grouped.size() >= _FEWEST_OF_MONTH[grain]]
    return sums.assign(mean=sums["sum"] / sums["days"])


def _month_ratios(monthly: pd.DataFrame, seen: NDArray[np.int64]) -> _Ratios:
    """Fit log of the daily mean as month of the year plus a steady growth, by least squares.

    A level that wanders stays high for months, so what is left over counts for as many
    independent months as its memory from month to month allows (Bartlett 1946: n (1-r) / (1+r)),
    and the variance grows by as much.
    """
    logs = np.log((monthly["sum"] + _NO_COUNT) / monthly["days"]).to_numpy()
    number = monthly.index.month.to_numpy() - 1
    time = np.array([month.ordinal for month in monthly.index], "float64")
    design = np.column_stack([np.eye(12)[number], time - time.mean()])
    inverse = np.linalg.pinv(design.T @ design)
    effect = inverse @ design.T @ logs
    left = logs - design @ effect
    memory = float(np.clip(left[1:] @ left[:-1] / max(float(left @ left), 1e-12), 0.0, 0.9))
    spare = len(logs) - 13
    worth = (1 - memory) / (1 + memory)
    variance = max(float(left @ left) / spare, float(np.mean(1 / (monthly["sum"] + _NO_COUNT))))
    centre = np.eye(12) - 1 / 12
    own = np.diag(centre @ inverse[:12, :12] @ centre.T)
    ratio = np.exp(effect[:12] - effect[:12].mean())
    return _Ratios(ratio, ratio, np.sqrt(variance * own), max(spare * worth, 1.0), seen)


# Words


def _say_level(
    level: Level, length: int, grain: str, label: str, *, is_counted: bool
) -> tuple[str, ...]:
    if not np.isfinite(level.change):
        return ()
    number, unit = _stretch(length, grain)
    values = {"ahead": _ahead(number, unit), "past": _past(level, length, grain)}
    if level.is_open:
        return (_say_as_much(number, values | {"metric": label}, is_counted=is_counted),)
    values |= {"low": _signed(level.low), "high": _signed(level.high)}
    size = _whole(level.change)
    if size == "0":
        return (_say_slightly(number, values, is_above=level.change >= 0),)
    values["share"] = _per_cent(size)
    if level.change >= 0:
        return (
            tn(
                "{ahead} is expected {share} above {past} (likely {low} to {high}).",
                "{ahead} are expected {share} above {past} (likely {low} to {high}).",
                number,
                **values,
            ),
        )
    return (
        tn(
            "{ahead} is expected {share} below {past} (likely {low} to {high}).",
            "{ahead} are expected {share} below {past} (likely {low} to {high}).",
            number,
            **values,
        ),
    )


def _say_as_much(number: int, values: dict[str, str], *, is_counted: bool) -> str:
    if is_counted:
        return tn(
            "{ahead} is expected to hold about as many {metric} as {past}; "
            "the difference is within what the forecast is usually off by.",
            "{ahead} are expected to hold about as many {metric} as {past}; "
            "the difference is within what the forecast is usually off by.",
            number,
            **values,
        )
    return tn(
        "{ahead} is expected to hold about as much {metric} as {past}; "
        "the difference is within what the forecast is usually off by.",
        "{ahead} are expected to hold about as much {metric} as {past}; "
        "the difference is within what the forecast is usually off by.",
        number,
        **values,
    )


def _say_slightly(number: int, values: dict[str, str], *, is_above: bool) -> str:
    if is_above:
        return tn(
            "{ahead} is expected slightly above {past} (likely {low} to {high}).",
            "{ahead} are expected slightly above {past} (likely {low} to {high}).",
            number,
            **values,
        )
    return tn(
        "{ahead} is expected slightly below {past} (likely {low} to {high}).",
        "{ahead} are expected slightly below {past} (likely {low} to {high}).",
        number,
        **values,
    )


def _stretch(length: int, grain: str) -> tuple[int, str]:
    """What lies ahead, in the longest unit that it is whole in.

    >>> _stretch(28, "day"), _stretch(48, "hour"), _stretch(30, "hour")
    ((4, 'week'), (2, 'day'), (30, 'hour'))
    """
    cycle = _cycle(grain)
    if length % cycle == 0:
        return length // cycle, "month" if grain == "month" else "week"
    if grain == "hour":
        return (length // 24, "day") if length % 24 == 0 else (length, "hour")
    return length, "day"


def _ahead(number: int, unit: str) -> str:
    """What lies ahead, for the start of a sentence.

    >>> _ahead(4, "week"), _ahead(1, "month")
    ('The next 4 weeks', 'The next month')
    """
    return {
        "hour": tn("The next hour", "The next {count} hours", number),
        "day": tn("The next day", "The next {count} days", number),
        "week": tn("The next week", "The next {count} weeks", number),
        "month": tn("The next month", "The next {count} months", number),
    }[unit]


def _past(level: Level, length: int, grain: str) -> str:
    """What the time ahead is held against.

    >>> seen = Level(1, 1, 0, 0, 0, 0.5, periods_seen=4)
    >>> _past(seen, 28, "day"), _past(seen, 10, "day")
    ('the last 4', 'the same weekdays of the last 4 weeks')
    """
    number, unit = _stretch(length, grain)
    seen = level.periods_seen
    if unit == "hour":
        return tn("the same hours of last week", "the same hours of the last {count} weeks", seen)
    if unit == "day":
        return tn(
            "the same weekdays of last week", "the same weekdays of the last {count} weeks", seen
        )
    if unit == "month":
        return _past_months(seen, is_as_long=seen == number)
    return _past_weeks(seen, is_as_long=seen == number)


def _past_weeks(seen: int, *, is_as_long: bool) -> str:
    count = group(seen, 0)
    if is_as_long:
        return tc("weeks", "the last {count}", count=count) if seen > 1 else t("the last week")
    return tn("the last week, week for week", "the last {count}, week for week", seen)


def _past_months(seen: int, *, is_as_long: bool) -> str:
    count = group(seen, 0)
    if is_as_long:
        return tc("months", "the last {count}", count=count) if seen > 1 else t("the last month")
    return tn("the last month, month for month", "the last {count}, month for month", seen)


def _say_weekdays(table: pd.DataFrame) -> tuple[str, ...]:
    if table.empty:
        return (t("There are too few whole weeks to tell the weekdays apart."),)
    extremes = _extremes(table)
    if not extremes:
        return (t("No weekday clearly differs from the others."),)
    return tuple(_say_weekday(row) for row in extremes)


def _say_year(table: pd.DataFrame) -> tuple[str, ...]:
    if table.empty:
        return ()
    extremes = _extremes(table)
    if not extremes:
        return (t("No month of the year clearly differs from the others."),)
    return tuple(_say_month(row) for row in extremes)


def _extremes(table: pd.DataFrame) -> list[pd.Series]:
    """The highest and the lowest of the rows that clearly differ, on their own side of even."""
    clear = table[table["is_clear"].astype(bool)].sort_values("share", kind="stable")
    above, below = clear[clear["share"] > clear["even"]], clear[clear["share"] < clear["even"]]
    return [side.iloc[place] for side, place in ((above, -1), (below, 0)) if len(side)]


def _say_weekday(row: pd.Series) -> str:
    """A weekday's share as so much above or below the average.

    >>> row = {"weekday": 3, "share": 0.16, "low": 0.15, "high": 0.17, "even": 1 / 7}
    >>> _say_weekday(pd.Series(row))
    'Thursdays run 12 % above an average day (95 % interval 5 to 19).'
    """
    weekdays = (
        tc("subject of a sentence", "Mondays"),
        tc("subject of a sentence", "Tuesdays"),
        tc("subject of a sentence", "Wednesdays"),
        tc("subject of a sentence", "Thursdays"),
        tc("subject of a sentence", "Fridays"),
        tc("subject of a sentence", "Saturdays"),
        tc("subject of a sentence", "Sundays"),
    )
    is_above, values = _against_even(row)
    values["weekdays"] = weekdays[int(row["weekday"])]
    if is_above:
        return t(
            "{weekdays} run {share} above an average day (95 % interval {low} to {high}).", **values
        )
    return t(
        "{weekdays} run {share} below an average day (95 % interval {low} to {high}).", **values
    )


def _say_month(row: pd.Series) -> str:
    """A month's share as so much above or below the average."""
    is_above, values = _against_even(row)
    values["month"] = month_names("wide")[int(row["month"]) - 1]
    if is_above:
        return t(
            "{month} runs {share} above an average month (95 % interval {low} to {high}).",
            **values,
        )
    return t(
        "{month} runs {share} below an average month (95 % interval {low} to {high}).", **values
    )


def _against_even(row: pd.Series) -> tuple[bool, dict[str, str]]:
    """Whether a share is above an even one, and by how much in words, with its interval."""
    value, *ends = (float(row[name]) / float(row["even"]) - 1 for name in ("share", "low", "high"))
    if value < 0:
        ends = [-ends[1], -ends[0]]
    low, high = (_whole(end) for end in ends)
    return value > 0, {"share": _per_cent(_whole(value)), "low": low, "high": high}


def _say_day_parts(table: pd.DataFrame, label: str) -> tuple[str, ...]:
    if table.empty:
        return ()
    busy = table[table["is_clear"].astype(bool) & (table["share"] > table["even"])]
    if busy.empty:
        return (
            t("No part of the day clearly holds more than its share of {metric}.", metric=label),
        )
    row = busy.loc[(busy["share"] / busy["even"]).idxmax()]
    hours = f"{wording.clock(int(row['start']))}–{wording.clock(int(row['end']))}"
    parts = {
        "night": tc("subject of a sentence", "Nights"),
        "morning": tc("subject of a sentence", "Mornings"),
        "afternoon": tc("subject of a sentence", "Afternoons"),
        "evening": tc("subject of a sentence", "Evenings"),
    }
    return (
        t(
            "{parts} ({hours}) carry {share} of {metric} in {even} of the hours "
            "(95 % interval {low} to {high}).",
            parts=parts[row["part"]],
            hours=hours,
            share=_per_cent(_whole(row["share"])),
            metric=label,
            even=_per_cent(_whole(row["even"])),
            low=_whole(row["low"]),
            high=_whole(row["high"]),
        ),
    )


def _whole(share: float) -> str:
    """Per cent without sign; one decimal below 1.

    >>> _whole(0.124), _whole(-0.004), _whole(12.0)
    ('12', '0.4', '1,200')
    """
    size = abs(100 * share)
    if size >= 0.95:
        return group(size, 0)
    return group(size, 1) if round(size, 1) else "0"


def _signed(change: float) -> str:
    """Per cent with its sign.

    >>> _signed(0.152), _signed(-0.03), _signed(0.0)
    ('+15 %', '−3 %', '0 %')
    """
    size = _whole(change)
    return _per_cent(f"{'' if size == '0' else '+' if change > 0 else '−'}{size}")


def _per_cent(number: str) -> str:
    return t("{number} %", number=number)
