"""What is usual: the expected count of every hour or day and channel, and how far counts stray."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats

from core.errors import NotEnoughData
from core.language import mark, t
from core.traffic import ALL_CHANNELS, Traffic, total_over_time

MIN_DAYS = 14
"""A profile of the week needs every weekday twice: one to look at and one to compare it with."""
MOST_CHANNELS = 30
"""Smaller channels are looked at together: each costs time, and none of them tells much."""
OTHERS = mark("all others")

_TOGETHER = {ALL_CHANNELS: mark("(all)"), OTHERS: OTHERS}

Span = tuple[pd.Timestamp, pd.Timestamp]
"""Start, and end (exclusive)."""

_WEEKS_AROUND = 8
_PRIOR_DAYS = 14
_PRIOR_WEIGHT = 2
"""What days of the same kind say counts as much as two weeks of the same weekday."""
_LEVEL_DAYS = 15
_MIN_LEVEL_DAYS = 4
OWN_SHAPE = 1.0
"""Visits per period from which a channel has a shape of its own."""
_BINS, _BIN_SIZE = 8, 24
_POISSON_VARIANCE = 0.25
"""Variance of the square root of a Poisson count: real counts vary at least as much."""
_ANSCOMBE = 0.375
EFFICIENCY = 0.37
"""A spread from the median absolute deviation is worth that part of the observations."""

Array = NDArray[np.float64]


def counts_by_channel(traffic: Traffic, metric: str) -> pd.DataFrame:
    """Counts per period, one column a channel, with zeros where the file has no row.

    Args:
        traffic: with time.
        metric: a count.

    Returns:
        Index ``time`` = ``traffic.times``; columns: the largest channels, ``all others`` where
        there are more than ``MOST_CHANNELS``, and last ``(all)``, the sum.
    """
    total = total_over_time(traffic, [metric])[metric]
    if not traffic.has_channels:
        return total.to_frame(ALL_CHANNELS)
    table = traffic.frame.pivot_table(
        index="time", columns="channel", values=metric, aggfunc="sum", observed=True
    )
    table = table.reindex(index=traffic.times, columns=list(traffic.channels)).fillna(0.0)
    small = table.columns[MOST_CHANNELS:]
    if len(small):
        table = table.drop(columns=small).assign(**{OTHERS: table[small].sum(axis=1)})
    return table.assign(**{ALL_CHANNELS: total}).rename_axis(index="time", columns="channel")


def channel_name(channel: str) -> str:
    """A channel's own name; all of them and the smaller ones together in the language spoken.

    >>> channel_name("Direct"), channel_name("(all)")
    ('Direct', '(all)')
    """
    return t(_TOGETHER[channel]) if channel in _TOGETHER else channel


def require_weeks(traffic: Traffic) -> None:
    """Refuse what has no profile of the week.

    Raises:
        NotEnoughData: ``needs_days`` (``grain``) for other than hours and days, ``too_few_days``
            (``have``, ``need``) below two weeks.
    """
    if traffic.grain not in ("hour", "day"):
        raise NotEnoughData("needs_days", grain=traffic.grain)
    if traffic.days < MIN_DAYS:
        raise NotEnoughData("too_few_days", have=traffic.days, need=MIN_DAYS)


def expect(counts: pd.DataFrame, hold_out: Span | None = None) -> pd.DataFrame:
    """Expected count of each period, from the same hour of the other weeks.

    The expected is a level times a profile. The level is the running median of fifteen days,
    weekdays evened out, so it follows growth, steps with a lasting change and ignores a wild day.
    The profile is the mean of the middle half of the same hour in up to eight weeks around, never
    of the day itself; days of the same kind (Monday to Friday, or the weekend) count as two more
    weeks, so that one wild hour among few weeks decides nothing. A channel with fewer than one
    visits per period takes the shape of the whole site at its own level. Channels are scaled to
    add up to the expected of ``(all)``.

    Args:
        counts: as ``counts_by_channel``, of hours or days; two weeks or more.
        hold_out: a stretch that is to have no say in what is expected of it.

    Returns:
        The same shape.

    >>> days = pd.date_range("2024-01-01", periods=28)
    >>> calm = pd.DataFrame({"(all)": [20.0, 20, 20, 20, 20, 8, 8] * 4}, index=days)
    >>> wild = calm.copy()
    >>> wild.iloc[9] = 90
    >>> expect(wild)["(all)"].iloc[[9, 12]].tolist()
    [20.0, 8.0]
    """
    grid = _Grid(counts, hold_out)
    return grid.as_frame(_expect(grid, np.arange(len(grid.days))))


def _expect(grid: _Grid, days: NDArray[np.int64]) -> Array:
    """Expected counts as days × slots × channels, for the days asked for; NaN for the others."""
    shape = grid.values[:, :, grid.is_dense]
    level = _day_level(shape, grid)
    expected = np.full_like(grid.values, np.nan)
    profile = _profile(shape / _positive(level)[:, None], grid, days)
    expected[:, :, grid.is_dense] = profile * level[:, None]
    sparse = ~grid.is_dense
    expected[:, :, sparse] = expected[:, :, -1:] * _share_of_day(grid)[:, None]
    return _add_up(expected, grid.mean[:-1])


def expect_within(counts: pd.DataFrame, span: Span) -> pd.DataFrame:
    """Expected count of each period of a stretch, as if the stretch were not in the file.

    Only the weeks around it have a say, so a file of several years takes no longer.

    Args:
        counts: as for ``expect``.
        span: start and end (exclusive); periods outside of the file are left out.

    Returns:
        The rows of the stretch.
    """
    near = pd.Timedelta(weeks=_WEEKS_AROUND, days=_LEVEL_DAYS)
    around = counts[(counts.index >= span[0] - near) & (counts.index < span[1] + near)]
    grid = _Grid(around, span)
    inside = np.flatnonzero((grid.days >= span[0].normalize()) & (grid.days < span[1]))
    expected = grid.as_frame(_expect(grid, inside))
    return expected[(expected.index >= span[0]) & (expected.index < span[1])]


class _Grid:
    """Counts as days × slots of the day × channels; NaN where nothing is covered or held out."""

    def __init__(self, counts: pd.DataFrame, hold_out: Span | None) -> None:
        times = pd.DatetimeIndex(counts.index)
        self.counts = counts
        self.days = pd.date_range(times[0].normalize(), times[-1].normalize(), unit="s")
        hours = np.unique(times.hour)
        self.place = (
            (times.normalize() - self.days[0]).days.to_numpy(),
            np.searchsorted(hours, times.hour),
        )
        self.values = np.full((len(self.days), len(hours), counts.shape[1]), np.nan)
        self.values[self.place] = counts.to_numpy()
        if hold_out is not None:
            held = (times >= hold_out[0]) & (times < hold_out[1])
            self.values[self.place[0][held], self.place[1][held]] = np.nan
        known = np.maximum((~np.isnan(self.values)).sum(axis=(0, 1)), 1)
        self.mean = np.nansum(self.values, axis=(0, 1)) / known
        self.is_dense = self.mean >= OWN_SHAPE
        self.is_dense[-1] = True  # the whole site, whose shape the small ones take
        self.weekday = self.days.day_of_week.to_numpy()
        self.kind = self.weekday >= 5

    def as_frame(self, values: Array) -> pd.DataFrame:
        """Back to the form of the counts."""
        return pd.DataFrame(
            values[self.place], index=self.counts.index, columns=self.counts.columns
        )


def _midmean(values: Array) -> Array:
    """Mean of the middle half along the first axis, NaN left out; 0 where there is nothing else.

    As deaf to wild hours as a person needs, and steadier than the median: of normal data its
    variance is 1.2 times that of the mean, the median's is 1.6 times (Tukey 1977, Exploratory
    Data Analysis, and Rosenberger and Gasko 1983).
    """
    ordered = np.sort(values, axis=0)  # NaN goes last
    known = np.count_nonzero(~np.isnan(values), axis=0)
    place = np.arange(len(values)).reshape(-1, *[1] * (values.ndim - 1))
    cut = np.where(known > 2, np.maximum(known // 4, 1), 0)  # of three, the middle one
    is_middle = (place >= cut) & (place < known - cut)
    middle = np.where(is_middle, ordered, 0.0)
    return middle.sum(axis=0) / np.maximum(is_middle.sum(axis=0), 1)


def _positive(values: Array) -> Array:
    return np.where(values > 0, values, 1.0)


def _shrunk(own: Array, prior: Array) -> Array:
    """What the same weekday says, with the prior as ``_PRIOR_WEIGHT`` more of it."""
    return _midmean(np.concatenate([own, *[prior[None]] * _PRIOR_WEIGHT]))


def _day_totals(values: Array, grid: _Grid) -> Array:
    """Total of each day; of a part of a day what the whole would be by the shape of its kind."""
    totals = np.full((len(values), values.shape[2]), np.nan)
    for kind in (False, True):
        days = grid.kind == kind
        part = values[days]
        typical = _midmean(part)
        covered = np.where(np.isnan(part), 0.0, typical).sum(axis=1)
        scale = typical.sum(axis=0) / _positive(covered)
        seen = np.nansum(part, axis=1)
        is_known = ~np.isnan(part).all(axis=1)
        totals[days] = np.where(is_known, seen * np.where(covered > 0, scale, 1.0), np.nan)
    return totals


def even_out_weekdays(daily: pd.DataFrame) -> pd.DataFrame:
    """Daily counts with the weekdays' own levels taken out, so that what is left is comparable."""
    grid = _Grid(daily, None)
    totals = grid.values[:, 0]
    return grid.as_frame((totals / _positive(_weekday_factor(totals, grid)))[:, None])


def _day_level(values: Array, grid: _Grid) -> Array:
    """Level of each day and channel: its weekday's factor times the running median."""
    totals = _day_totals(values, grid)
    factor = _weekday_factor(totals, grid)
    return _running_median(totals / _positive(factor)) * factor


def _weekday_factor(totals: Array, grid: _Grid) -> Array:
    level = _running_median(totals)
    ratio = np.where(level >= 1, totals / _positive(level), np.nan)  # no level, no weekdays
    factor = np.ones_like(totals)
    for weekday in range(7):
        same, kind = grid.weekday == weekday, grid.kind == (weekday >= 5)
        factor[same] = _shrunk(ratio[same], _midmean(ratio[kind]))
    return factor


def _running_median(totals: Array) -> Array:
    """Over fifteen known days around; across a hole a straight line, beyond the end the last."""
    frame = pd.DataFrame(totals)
    known = frame[frame.notna().any(axis=1)]  # a filter may leave Mondays only
    least = min(_MIN_LEVEL_DAYS, max(len(known), 1))
    rolled = known.rolling(_LEVEL_DAYS, center=True, min_periods=least).median()
    filled = rolled.reindex(frame.index).interpolate(limit_direction="both")
    return filled.fillna(0.0).to_numpy()


def _profile(relative: Array, grid: _Grid, asked: NDArray[np.int64]) -> Array:
    """Per day asked for and slot, the usual share of the day's level, from other days only."""
    days = np.arange(len(relative))
    result = np.full_like(relative, np.nan)
    for day in asked:
        apart = np.abs(days - day)
        own = (apart % 7 == 0) & (apart > 0) & (apart <= 7 * _WEEKS_AROUND)
        prior = (grid.kind == grid.kind[day]) & (apart > 0) & (apart <= _PRIOR_DAYS)
        result[day] = _shrunk(relative[own], _midmean(relative[prior]))
    if result.shape[1] == 1:
        return result
    # The middle of small counts lies below their mean; the parts of a day make up the day.
    return result / _positive(result.sum(axis=1))[:, None]


def _share_of_day(grid: _Grid) -> Array:
    """Per day, what part of the site each channel that is too small for a shape has."""
    totals = _day_totals(grid.values, grid)
    level = _running_median(totals)
    return level[:, ~grid.is_dense] / _positive(level[:, -1:])


def _add_up(expected: Array, mean: Array) -> Array:
    """Scale the channels so that they add up to the whole site, which stands last.

    Where none of them has an expected of its own, each has its share of the whole file.
    """
    parts, whole = expected[:, :, :-1], expected[:, :, -1:]
    total = parts.sum(axis=2, keepdims=True)
    share = mean / max(mean.sum(), 1e-9)
    scaled = np.where(total > 0, parts * (whole / _positive(total)), share * whole)
    return np.concatenate([scaled, whole], axis=2)


def root_residual(actual: pd.Series, expected: pd.Series) -> pd.Series:
    """Difference of the square roots: counts of any size then stray about equally.

    Source: Anscombe (1948), Biometrika 35:246.
    """
    return np.sqrt(actual + _ANSCOMBE) - np.sqrt(expected.clip(lower=0) + _ANSCOMBE)


def unroot(expected: float, distance: float) -> float:
    """The count that lies so far from the expected, counted in square roots.

    >>> round(unroot(100.0, 1.0), 1), unroot(1.0, -5.0)
    (121.0, 0.0)
    """
    root = np.sqrt(max(expected, 0) + _ANSCOMBE) + distance
    return float(max(max(root, 0) ** 2 - _ANSCOMBE, 0))


def root_spread(residual: pd.Series, expected: pd.Series) -> pd.Series:
    """How far square roots of counts usually stray, for each expected count.

    Chance makes the square root stray alike at any level, day-to-day shocks more the higher the
    level; so the variance is a + b·expected. Both are fitted to the median absolute deviation in
    up to eight classes of the expected, which a few wild hours cannot move; never below Poisson.

    Args:
        residual: as ``root_residual``.
        expected: of the same periods.
    """
    known = residual.notna() & expected.notna()
    rest, size = residual[known], expected[known]
    bins = int(np.clip(len(rest) // _BIN_SIZE, 1, _BINS))
    order = np.argsort(size.to_numpy(), kind="stable")
    parts = np.array_split(order, bins)
    variance = np.array([_robust_variance(rest.to_numpy()[part]) for part in parts])
    centre = np.array([size.to_numpy()[part].mean() for part in parts])
    terms = np.column_stack([np.ones(bins), centre])
    weight = 1 / np.maximum(variance, _POISSON_VARIANCE)  # as a variance strays by its own size
    a, b = optimize.nnls(terms * weight[:, None], variance * weight)[0]
    return np.sqrt((a + b * expected.clip(lower=0)).clip(lower=_POISSON_VARIANCE))


def _robust_variance(values: Array) -> float:
    return float(stats.median_abs_deviation(values, scale="normal")) ** 2


def sum_over(frame: pd.DataFrame, span: Span) -> pd.Series:
    """Column sums over a stretch of time."""
    return frame[(frame.index >= span[0]) & (frame.index < span[1])].sum()
