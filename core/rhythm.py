"""The rhythm of the week: hours and weekdays, the busiest part of the day, stretches to rank."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special, stats

from core.day_clusters import ratio_difference, ratio_interval
from core.errors import NotEnoughData
from core.metrics import METRICS, Metric, values
from core.traffic import Traffic, total_over_time

WINDOW_HOURS = 4
"""Length of the busiest part of the day: long enough to staff, short enough to act on."""

MIN_DAYS_FOR_RHYTHM = 7
MIN_DAYS_FOR_BLOCKS = 14
"""Two weeks: with one of each weekday nothing tells a habit from a single day."""

MIN_SEEN = 3
"""Hours of one weekday seen less often than this say little about that hour."""
MIN_BASE = 100
"""A share of 100 sessions is known to about ten points; fewer are too thin to read."""

BLOCK_HOURS = (2, 3, 4, 5, 6)
"""Lengths of stretches that are tried."""

_WEEK = 168
_LEVEL = 0.95
_MOST_FREEDOM = 100
_OWN_SPREAD = 0.99
"""How sure it must be that a stretch scatters more than others, before its own spread is used."""
_MIN_EXPECTED = 5.0
"""Visits that a typical stretch of that length would hold; fewer are not tried."""
_ROUNDS = 50
_VARIANCE_ROUNDS = 4
_TINY = 1e-9
_COLUMNS: dict[str, type] = {
    "weekday": int,
    "hour": int,
    "hours": int,
    "value": float,
    "difference": float,
    "low": float,
    "high": float,
    "p_value": float,
    "weeks_seen": int,
    "weeks_agreeing": int,
    "n": float,
}

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Columns = dict[str, Array]


def heat_map(traffic: Traffic, metric: str) -> pd.DataFrame:
    """A typical hour for each hour of each weekday.

    Args:
        traffic: hourly.
        metric: a count gives the mean per hour, a ratio the ratio of sums.

    Returns:
        ``weekday`` (0 is Monday), ``hour``, ``value``, ``n`` (hours seen), ``base`` (sum of a
        ratio's denominator, NaN for a count) and ``is_thin`` (seen less than ``MIN_SEEN`` times,
        or a base below ``MIN_BASE``); one row per cell that was covered at least once.

    Raises:
        NotEnoughData: ``needs_hours`` for a file that is not hourly, ``metric_not_exported``
            (``metric``).
    """
    _require_hours(traffic)
    _require_exported(traffic, metric)
    entry = METRICS[metric]
    sums = total_over_time(traffic, _parts(entry))
    groups = sums.groupby([sums.index.day_of_week, sums.index.hour])
    n, total = groups.size(), groups.sum()
    value = values(total, metric)
    table = pd.DataFrame({"value": value if entry.is_ratio else value / n, "n": n})
    table["base"] = total[entry.denominator] if entry.is_ratio else np.nan
    table["is_thin"] = (table["n"] < MIN_SEEN) | (table["base"] < MIN_BASE)
    return table.rename_axis(["weekday", "hour"]).reset_index()


def profile(traffic: Traffic, metric: str, by: str) -> pd.DataFrame:
    """A typical hour of the day, or a typical day of the week, with its uncertainty.

    Args:
        traffic: hourly for ``hour``; hourly or daily for ``weekday``.
        metric: a key of ``METRICS``; for a count the value is the mean per hour or day.
        by: ``hour`` or ``weekday``.

    Returns:
        ``hour`` or ``weekday``, ``value``, ``low``, ``high`` (95 %) and ``n`` (days seen).

    Raises:
        NotEnoughData: ``needs_hours`` or ``needs_days``.
    """
    if by == "hour":
        _require_hours(traffic)
    elif traffic.grain not in ("hour", "day"):
        raise NotEnoughData("needs_days", grain=traffic.grain)
    rows = []
    top, bottom = _daily_parts(traffic, metric, by)
    for key in top.columns:
        seen = bottom[key].notna()
        interval = ratio_interval(
            top.loc[seen, key], bottom.loc[seen, key], is_share=METRICS[metric].unit == "share"
        )
        rows.append((key, interval.value, interval.low, interval.high, int(seen.sum())))
    return pd.DataFrame(rows, columns=[by, "value", "low", "high", "n"])


def _daily_parts(traffic: Traffic, metric: str, by: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Numerator and denominator, one row per day and one column per hour or weekday."""
    entry = METRICS[metric]
    sums = total_over_time(traffic, traffic.exported)
    if by == "weekday":
        sums = sums.groupby(sums.index.normalize()).sum()
    day = sums.index.normalize()
    key = pd.Index(sums.index.hour if by == "hour" else sums.index.day_of_week, name=by)
    sums["_one"] = 1.0
    wide = sums.set_index([day, key])
    denominator = entry.denominator or "_one"
    return wide[entry.numerator].unstack(), wide[denominator].unstack()


@dataclass(frozen=True)
class Window:
    """A stretch of hours of the day.

    Args:
        start: first hour, 0 to 23.
        hours: how many hours it lasts; it may run over midnight.
        share: of the whole count that falls into it.
        share_low: lower end of the interval, corrected for having tried every start.
        share_high: upper end.
        even_share: what it would hold if every hour were alike.
        p_value: of "it holds an even share", corrected for having tried every start.
    """

    start: int
    hours: int
    share: float
    share_low: float
    share_high: float
    even_share: float
    p_value: float

    @property
    def end(self) -> int:
        """Hour at which it ends, 1 to 24."""
        return (self.start + self.hours - 1) % 24 + 1

    @property
    def is_clearly_busy(self) -> bool:
        """Whether even the low end holds more than an even share."""
        return self.share_low > self.even_share

    @property
    def is_clearly_quiet(self) -> bool:
        """Whether even the high end holds less than an even share."""
        return self.share_high < self.even_share


def find_window(traffic: Traffic, metric: str, *, busiest: bool = True) -> Window:
    """The busiest (or quietest) stretch of ``WINDOW_HOURS`` of the day.

    The interval is by blocks of days, at a level corrected (Bonferroni) for the 24 starts tried.

    Args:
        traffic: hourly, at least ``MIN_DAYS_FOR_RHYTHM`` days.
        metric: a count.
        busiest: ``False`` for the quietest.

    Raises:
        NotEnoughData: ``needs_hours``, ``too_few_days`` (have, need), ``too_few_hours`` when hours
            were filtered down to fewer than twice the window, ``no_visits`` when all is zero.
    """
    _require_hours(traffic)
    sums = total_over_time(traffic, [metric])[metric]
    table = sums.groupby([sums.index.normalize(), sums.index.hour]).sum().unstack()
    if len(table) < MIN_DAYS_FOR_RHYTHM:
        raise NotEnoughData("too_few_days", have=len(table), need=MIN_DAYS_FOR_RHYTHM)
    starts = [h for h in table if set(_hours_from(h)) <= set(table)]
    if table.shape[1] < 2 * WINDOW_HOURS or not starts:
        raise NotEnoughData("too_few_hours", have=table.shape[1], need=2 * WINDOW_HOURS)
    if not table.sum().sum() > 0:
        raise NotEnoughData("no_visits")
    by_start = {h: table[_hours_from(h)].sum(axis=1) for h in starts}
    pick = max if busiest else min
    start = pick(starts, key=lambda hour: by_start[hour].sum())
    level = 1 - 0.05 / 24
    interval = ratio_interval(by_start[start], table.sum(axis=1), is_share=False, level=level)
    even = WINDOW_HOURS / table.shape[1]
    low, high = np.nan_to_num([interval.low, interval.high], nan=even)
    days = ratio_difference(
        (by_start[start], table.sum(axis=1)),
        (table.sum(axis=1) * even, table.sum(axis=1)),
        is_share=False,
    )
    p_value = min(24 * days.p_value, 1.0) if np.isfinite(days.p_value) else 1.0
    return Window(int(start), WINDOW_HOURS, interval.value, float(low), float(high), even, p_value)


def _hours_from(start: int) -> list[int]:
    return [(start + step) % 24 for step in range(WINDOW_HOURS)]


def _require_hours(traffic: Traffic) -> None:
    if traffic.grain != "hour":
        raise NotEnoughData("needs_hours", grain=traffic.grain)


def _require_exported(traffic: Traffic, metric: str) -> None:
    """An empty selection is empty, whatever the file holds."""
    if not traffic.is_empty and not set(_parts(METRICS[metric])) <= set(traffic.exported):
        raise NotEnoughData("metric_not_exported", metric=metric)


def _parts(entry: Metric) -> list[str]:
    return [name for name in (entry.numerator, entry.denominator) if name]


@dataclass(frozen=True, eq=False)
class Blocks:
    """Stretches of the week that are surely above or below a typical hour.

    Args:
        high: those above, surest first: ``weekday`` (0 is Monday) and ``hour`` of the first hour,
            ``hours`` (length), ``value`` (mean per hour, or ratio of sums), ``difference`` from a
            typical hour of the same weeks (relative for a count: 0.31 is 31 % above; in the unit
            of the metric for a ratio) with ``low`` and ``high`` (95 % for all that was tried at
            once), ``p_value`` (adjusted likewise), ``weeks_seen``, ``weeks_agreeing`` (weeks in
            which it was on the same side of that week's own typical hour) and ``n`` (sum of the
            count, or of the ratio's denominator). Empty when nothing is sure.
        low: the same for those below.
        typical: mean per hour, every hour of the week weighing alike; or the ratio of sums.
        metric: key of ``METRICS``.
        weeks: stretches of seven days begun, from the first hour covered.
        tried: how many stretches were looked at, for which all figures are corrected.
    """

    high: pd.DataFrame
    low: pd.DataFrame
    typical: float
    metric: str
    weeks: int
    tried: int


def find_blocks(traffic: Traffic, metric: str, most: int = 5) -> Blocks:
    """Rank the stretches of 2 to 6 hours of the week that differ from a typical hour.

    Weeks are the replicates: a stretch is judged by its distance from the level of each week. Few
    weeks tell little about the spread of one stretch, so all stretches of a length share one: a
    part as of counting (Poisson or binomial, or wider) and a part that the visits of a day have in
    common. A stretch that surely scatters more keeps its own spread, so that one viral evening
    makes no habit. Intervals and p-values hold for everything tried at once (see ``_chance``);
    exact Poisson or binomial limits guard small numbers.

    The surest stretch is listed first. What overlaps it goes, and so does what lies on the same
    rise or fall: two stretches of one side have at least two hours of the other side between them.

    Args:
        traffic: hourly, at least two weeks. Stretches hold covered hours only, so they respect
            filters; they may run over midnight and from Sunday into Monday.
        metric: a key of ``METRICS``.
        most: how many to list on each side.

    Raises:
        NotEnoughData: ``needs_hours`` (``grain``), ``too_few_days`` (``have``, ``need``),
            ``metric_not_exported`` (``metric``), ``no_visits`` when all is zero.

    >>> from core.traffic import make_traffic
    >>> times = pd.date_range("2024-01-01", periods=28 * 24, freq="h")
    >>> is_evening = (times.day_of_week == 3) & times.hour.isin([18, 19, 20, 21])
    >>> rows = pd.DataFrame({"time": times, "sessions": np.where(is_evening, 90.0, 50.0)})
    >>> find_blocks(make_traffic(rows, "hour"), "sessions").high[["weekday", "hour", "hours"]]
       weekday  hour  hours
    0        3    18      4
    """
    _require_hours(traffic)
    if traffic.days < MIN_DAYS_FOR_BLOCKS:
        raise NotEnoughData("too_few_days", have=traffic.days, need=MIN_DAYS_FOR_BLOCKS)
    _require_exported(traffic, metric)
    entry = METRICS[metric]
    grid = _make_grid(traffic, entry)
    if not grid.is_covered.any():
        raise NotEnoughData("no_visits")
    tried = _judge(grid)
    high, low = (_tidy(tried, places) for places in _choose(tried, grid, most))
    weeks = -(-len(grid.top) // _WEEK)
    return Blocks(high, low, grid.typical, metric, weeks, len(tried["start"]))


@dataclass(frozen=True, eq=False)
class _Grid:
    """Every hour from the first to the last covered, in order.

    Args:
        entry: the metric.
        hour_of_week: 0 is Monday midnight.
        is_covered: ``False`` for what was filtered out, and for weeks without any visit (a
            channel that began later); all counts are 0 there.
        top: numerator.
        bottom: denominator; for a count 1 per covered hour.
        expected: numerator of a typical hour of the same week.
        typical: the metric in a typical hour.
    """

    entry: Metric
    hour_of_week: Whole
    is_covered: NDArray[np.bool_]
    top: Array
    bottom: Array
    expected: Array
    typical: float

    @property
    def is_share(self) -> bool:
        """Whether each unit of the numerator is one of the denominator."""
        return self.entry.unit == "share"

    @property
    def covered(self) -> Whole:
        """Hours of the week that are covered at all."""
        return np.unique(self.hour_of_week[self.is_covered])

    def by_hour(self, hourly: Array) -> Array:
        """Sums per hour of the week."""
        return _sum_by(self.hour_of_week, hourly, _WEEK)


def _make_grid(traffic: Traffic, entry: Metric) -> _Grid:
    sums = total_over_time(traffic, _parts(entry))
    place = ((sums.index - sums.index[0]) // pd.Timedelta(hours=1)).to_numpy()
    length = int(place[-1]) + 1
    top, bottom, is_covered = np.zeros(length), np.zeros(length), np.zeros(length, dtype=bool)
    top[place] = sums[entry.numerator]
    bottom[place] = sums[entry.denominator] if entry.is_ratio else 1.0
    is_covered[place] = True
    first = sums.index[0].day_of_week * 24 + sums.index[0].hour
    hour_of_week = (first + np.arange(length)) % _WEEK
    grid = _Grid(entry, hour_of_week, is_covered, top, bottom, np.zeros(length), 0.0)
    week = _weeks(grid)
    weight = bottom if entry.is_ratio else top
    grid = replace(grid, is_covered=is_covered & (_sum_by(week, weight)[week] > 0))
    return replace(grid, expected=bottom * _levels(grid, week), typical=_typical(grid))


def _typical(grid: _Grid) -> float:
    if grid.entry.is_ratio:
        return float(_divide(grid.top.sum(keepdims=True), grid.bottom.sum(keepdims=True))[0])
    seen = grid.by_hour(grid.is_covered.astype(float))
    return float(_divide(grid.by_hour(grid.top), seen)[seen > 0].mean()) if seen.any() else 0.0


def _weeks(grid: _Grid) -> Whole:
    """Number of the week of each hour: as many covered hours as there are hours of the week.

    What is left over at the end joins the last one.
    """
    size = len(grid.covered)
    last = max(int(grid.is_covered.sum()) // size - 1, 0)
    return np.clip((np.cumsum(grid.is_covered) - 1) // size, 0, last)


def _levels(grid: _Grid, week: Whole) -> Array:
    """Level of the week of each hour, in the unit of the metric.

    For a ratio that is the ratio of sums. Counts are level of the week times profile of the week,
    fitted by turns, so that a week without its weekend does not pass for a good one.
    """
    by_week, by_hour = _sum_by(week, grid.top), grid.by_hour(grid.top)
    level = np.maximum(_divide(by_week, _sum_by(week, grid.bottom)), 0.0)
    if grid.entry.is_ratio or not by_hour.sum() > 0:
        return level[week]
    covered = grid.is_covered.astype(float)
    is_seen = grid.by_hour(covered) > 0
    for _ in range(_ROUNDS):
        before = level
        profile = _divide(by_hour, grid.by_hour(covered * level[week]))
        hourly = (profile / profile[is_seen].mean())[grid.hour_of_week]
        level = np.maximum(_divide(by_week, _sum_by(week, covered * hourly)), 0.0)
        if np.allclose(level, before, rtol=1e-9, atol=0):
            break
    return level[week]


def _sum_by(place: Whole, weights: Array, size: int = 0) -> Array:
    return np.bincount(place, weights=weights, minlength=size).astype("float64")


def _divide(above: Array, below: Array) -> Array:
    """Zero where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros(len(above)), where=below > 0)


def _judge(grid: _Grid) -> Columns:
    """Every stretch tried, with its difference, interval and p-value."""
    lengths = [_of_length(grid, hours) for hours in BLOCK_HOURS] if grid.typical > 0 else []
    lengths = [_with_variance(grid, columns) for columns in lengths if len(columns["start"])]
    if not lengths:
        return dict.fromkeys(("start", "hours", "difference", "rank", "low", "high"), np.empty(0))
    columns = {name: np.concatenate([one[name] for one in lengths]) for name in lengths[0]}
    tried, freedom = len(columns["start"]), columns["freedom"]
    limits, exact_limits = (
        (_limits_of_shares, _exact_of_shares) if grid.is_share else (_limits, _exact)
    )
    rank, low, high = limits(columns, _reach(freedom, tried))
    exact_low, exact_high, exact_p = exact_limits(columns, (1 - _LEVEL) / tried)
    p_value = np.maximum(_chance(np.abs(rank), freedom, tried), exact_p * tried)
    is_relative = grid.is_share or not grid.entry.is_ratio
    unit = 1.0 if is_relative else columns["expected"] / columns["n"]
    return columns | {
        "rank": np.abs(rank),
        "difference": columns["difference"] * unit,
        "low": np.minimum(low, exact_low) * unit,
        "high": np.maximum(high, exact_high) * unit,
        "p_value": np.minimum(p_value, 1.0),
    }


def _of_length(grid: _Grid, hours: int) -> Columns:
    """Stretches of one length that are seen twice and not too thin: sums over the weeks.

    ``difference`` is top minus expected, relative to ``size``: the denominator of a share, else
    the expected itself. ``scatter`` estimates the variance of ``top``.
    """
    stop = len(grid.top) - hours + 1

    def rolled(hourly: Array) -> Array:
        return np.sum([hourly[step : stop + step] for step in range(hours)], axis=0)

    start = grid.hour_of_week[:stop]
    top, bottom, expected = rolled(grid.top), rolled(grid.bottom), rolled(grid.expected)
    is_seen = (rolled(grid.is_covered.astype(float)) == hours) & (bottom > 0)
    size = bottom if grid.is_share else expected

    def summed(weekly: Array) -> Array:
        return _sum_by(start, np.where(is_seen, weekly, 0.0), _WEEK)

    total, seen = summed(size), summed(np.ones(stop))
    difference = _divide(summed(top - expected), total)
    residual = top - expected - difference[start] * size
    margin = 1e-9 * expected
    columns = {
        "start": np.arange(_WEEK, dtype="float64"),
        "hours": np.full(_WEEK, float(hours)),
        "value": _divide(summed(top), summed(bottom)),
        "difference": difference,
        "top": summed(top),
        "expected": summed(expected),
        "size": total,
        "squares": summed(size**2),
        "scatter": _divide(summed(residual**2) * seen, seen - 1),
        "weeks_seen": seen,
        "above": summed((top > expected + margin).astype(float)),
        "below": summed((top < expected - margin).astype(float)),
        "n": summed(bottom if grid.entry.is_ratio else top),
    }
    is_tried = (seen >= 2) & (columns["expected"] >= _MIN_EXPECTED)
    if grid.entry.is_ratio:
        is_tried &= columns["n"] >= MIN_BASE
    return {name: column[is_tried] for name, column in columns.items()}


def _with_variance(grid: _Grid, columns: Columns) -> Columns:
    """Share the spread of one length: variance of the difference of a typical stretch.

    The variance of ``top`` has a counted and a shared part. For a share p of n visits they grow as
    p(1 - p)n and n², else as m and m², where m is ``top``: as in Poisson counts, whose means all
    visits of a day have in common. ``own`` is the least that a stretch scatters by itself.
    """
    size, squares, freedom = columns["size"], columns["squares"], columns["weeks_seen"] - 1
    mean = np.maximum(1 + columns["difference"], 0)
    share = np.clip(columns["value"], 0, 1)
    counted = share * (1 - share) * size if grid.is_share else mean * size
    shared = squares if grid.is_share else mean**2 * squares
    floor = 1.0 if grid.is_share or not grid.entry.is_ratio else 0.0
    scale = _fit_variance(columns["scatter"], np.column_stack([counted, shared]), floor)
    typical = min(grid.typical, 1.0)
    scale[0] *= typical * (1 - typical) if grid.is_share else 1.0
    bound = freedom / stats.chi2.ppf(_OWN_SPREAD, freedom)
    days = _freedom(grid, scale[0], scale[1] * squares.sum() / size.sum(), columns["hours"][0])
    return columns | {
        "counted": scale[0] / size + _TINY,
        "shared": scale[1] * squares / size**2 + _TINY,
        "own": columns["scatter"] / size**2 * bound,
        "freedom": np.full(len(size), days),
    }


def _fit_variance(scatter: Array, design: Array, floor: float) -> Array:
    """Scales of the two parts, not negative, by least squares relative to the fitted variance."""
    scale = np.array([1.0, 0.0])
    for _ in range(_VARIANCE_ROUNDS):
        fitted = design @ scale
        weight = _divide(np.ones(len(fitted)), fitted)
        rest = (scatter - floor * design[:, 0]) * weight
        scale = optimize.nnls(design * weight[:, None], rest)[0] + [floor, 0.0]
    return scale


def _freedom(grid: _Grid, counted: float, shared: float, hours: float) -> float:
    """Degrees of freedom of a variance of two parts (Satterthwaite 1946, Biometrics 2:110).

    The shared part is known from as many days as there are beyond the first of each weekday, the
    counted part from as many stretches side by side.
    """
    covered = grid.covered
    again = float(grid.is_covered.sum()) / len(covered) - 1
    days = again * len(np.unique(covered // 24))
    stretches = max(again * len(covered) / hours, days)
    squares = counted**2 / stretches + shared**2 / days
    freedom = (counted + shared) ** 2 / squares if squares > 0 else days
    return float(np.clip(freedom, 1, _MOST_FREEDOM))


def _chance(rank: Array, freedom: Array, tried: int) -> Array:
    """Chance that the largest of so many statistics, all over one spread, is at least this.

    The studentised maximum modulus (Stoline and Ury 1979, Technometrics 21:87). Dependence between
    the statistics makes it smaller (Šidák 1967, JASA 62:626). Bonferroni with Student's t would
    ask for much more with few weeks, as if each stretch had a spread of its own.
    """
    spread = np.linspace(0.02, 3, 150)
    each, place = np.unique(freedom, return_inverse=True)
    log = (each[:, None] - 1) * np.log(spread) - each[:, None] * spread**2 / 2
    weight = np.exp(log - log.max(axis=1, keepdims=True))[place]
    beyond = np.minimum(2 * special.ndtr(-rank[:, None] * spread), 1 - 1e-12)
    any_beyond = -np.expm1(tried * np.log1p(-beyond))
    return (weight * any_beyond).sum(axis=1) / weight.sum(axis=1)


def _reach(freedom: Array, tried: int) -> Array:
    """The statistic that chance reaches in 5 %."""
    each, place = np.unique(freedom, return_inverse=True)
    low, high = np.zeros(len(each)), np.full(len(each), 1000.0)
    for _ in range(50):
        middle = (low + high) / 2
        is_low = _chance(middle, each, tried) > 1 - _LEVEL
        low, high = np.where(is_low, middle, low), np.where(is_low, high, middle)
    return high[place]


def _limits(columns: Columns, reach: Array) -> tuple[Array, Array, Array]:
    """Statistic and interval of a relative difference, by the shared spread and by its own.

    The shared spread is used on a scale on which the variance is 1: the integral of
    1/sqrt(counted m + shared m²), a square root for small counts and a logarithm for large ones.
    """
    difference, counted, shared = columns["difference"], columns["counted"], columns["shared"]
    step = np.sqrt(shared) / 2
    middle = np.arcsinh(np.sqrt(np.maximum(1 + difference, 0) * shared / counted)) / step
    rank = middle - np.arcsinh(np.sqrt(shared / counted)) / step
    low, high = (
        counted / shared * np.sinh(np.maximum(end, 0) * step) ** 2 - 1
        for end in (middle - reach, middle + reach)
    )
    own = np.sqrt(columns["own"])
    most = np.abs(difference) / np.maximum(own, _TINY)
    low, high = (
        np.minimum(low, difference - reach * own),
        np.maximum(high, difference + reach * own),
    )
    return np.clip(rank, -most, most), low, high


def _limits_of_shares(columns: Columns, reach: Array) -> tuple[Array, Array, Array]:
    """Statistic and interval of a difference of shares."""
    difference, error = columns["difference"], np.sqrt(_variance(columns))
    return difference / error, difference - reach * error, difference + reach * error


def _exact_of_shares(columns: Columns, alpha: float) -> tuple[Array, Array, Array]:
    """Limits of the difference by Clopper and Pearson (1934), and p-values before correction.

    The sample is taken as large as one of independent visits with the same variance.
    """
    null = np.clip(columns["expected"] / columns["size"], 0, 1)
    n = null * (1 - null) / _variance(columns)
    k = np.clip(columns["top"] / columns["size"], 0, 1) * n
    some, rest = np.maximum(k, _TINY), np.maximum(n - k, _TINY)
    low = special.betaincinv(some, n - k + 1, alpha / 2) - null
    high = special.betaincinv(k + 1, rest, 1 - alpha / 2) - null
    at_least, at_most = special.betainc(some, n - k + 1, null), special.betaincc(k + 1, rest, null)
    return low, high, 2 * np.minimum(at_least, at_most)


def _exact(columns: Columns, alpha: float) -> tuple[Array, Array, Array]:
    """Limits of a relative difference by Garwood (1936), and p-values before correction.

    The count is taken as large as an independent (Poisson) one with the same relative variance.
    """
    mean = 1 / _variance(columns)
    k = np.maximum(1 + columns["difference"], 0) * mean
    some = np.maximum(k, _TINY)
    low = special.gammaincinv(some, alpha / 2) / mean - 1
    high = special.gammaincinv(k + 1, 1 - alpha / 2) / mean - 1
    at_least, at_most = special.gammainc(some, mean), special.gammaincc(k + 1, mean)
    return low, high, 2 * np.minimum(at_least, at_most)


def _variance(columns: Columns) -> Array:
    return np.maximum(columns["counted"] + columns["shared"], columns["own"])


def _choose(tried: Columns, grid: _Grid, most: int) -> tuple[list[int], list[int]]:
    """Places of the surest above and below, without what overlaps or lies on the same rise."""
    start, hours = tried["start"].astype(int), tried["hours"].astype(int)
    order = np.lexsort((hours, start, -tried["rank"]))
    is_sure = (tried["low"] > 0) | (tried["high"] < 0)
    is_taken = np.zeros(_WEEK, dtype=bool)
    is_near = {side: np.zeros(_WEEK, dtype=bool) for side in (1, -1)}
    chosen: dict[int, list[int]] = {1: [], -1: []}
    for place in order[is_sure[order]]:
        side = 1 if tried["difference"][place] > 0 else -1
        inside = np.arange(start[place], start[place] + hours[place]) % _WEEK
        if len(chosen[side]) < most and not (is_taken | is_near[side])[inside].any():
            is_taken[inside] = True
            is_near[side][_until_the_other_side(grid, inside, side)] = True
            chosen[side].append(int(place))
    return chosen[1], chosen[-1]


def _until_the_other_side(grid: _Grid, inside: Whole, side: int) -> Whole:
    """Hours around a stretch, up to two of the other side in a row or one that is not covered."""
    excess = grid.by_hour(grid.top - grid.expected)
    is_covered = np.isin(np.arange(_WEEK), grid.covered)
    near = []
    for step, end in ((1, int(inside[-1])), (-1, int(inside[0]))):
        for hour in range(end + step, end + step * (_WEEK - 1), step):
            two = [hour % _WEEK, (hour + step) % _WEEK]
            if not is_covered[two[0]]:
                break
            if is_covered[two[1]] and side * excess[two].sum() < 0:
                near += two
                break
            near.append(two[0])
    return np.array(near, dtype=int)


def _tidy(tried: Columns, places: list[int]) -> pd.DataFrame:
    frame = pd.DataFrame({name: column[places] for name, column in tried.items()})
    frame["weekday"], frame["hour"] = frame["start"] // 24, frame["start"] % 24
    if len(frame):
        is_high = frame["difference"] > 0
        frame["weeks_agreeing"] = frame["above"].where(is_high, frame["below"])
    return frame.reindex(columns=list(_COLUMNS)).astype(_COLUMNS)
