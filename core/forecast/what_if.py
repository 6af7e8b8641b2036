"""What if: a campaign laid over a forecast, and the way to a goal. Arithmetic, no evidence.

That visits of a channel rise by a fifth is what the reader assumes. Nothing here says that a
campaign does that, what the added visits are worth, or which other channel loses them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.tseries.frequencies import to_offset

from core.forecast.bands import PRIOR_SHARED_VARIANCE
from core.forecast.history import GRAINS
from core.forecast.odds import chance_of_more
from core.forecast.results import Total

CAVEATS = (
    "campaign_outside_horizon",  # no period of the forecast lies in the campaign
    "campaign_cut_by_horizon",  # days of it that the forecast does not reach are left out
    "campaign_in_part_of_a_period",  # of a week or month its days in it count as a share
    "nothing_expected_from_channel",  # its forecast is zero: any per cent of it is zero
    "channel_above_total",  # its own forecast exceeds the total's in some periods
)
"""Codes of what must be said with a campaign."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Campaign:
    """An assumed change of one channel.

    Args:
        channel: as exported.
        start: first day.
        end: last day, inclusive, not before ``start``.
        change: 0.2 is 20 % more visits, -1 is none; never below.
    """

    channel: str
    start: date
    end: date
    change: float

    def __post_init__(self) -> None:
        """Refuse what no campaign can be."""
        if self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")
        if not -1 <= self.change < np.inf:
            raise ValueError(f"change must be a number from -1 on, not {self.change}")


@dataclass(frozen=True, eq=False)
class CampaignEffect:
    """A forecast without and with a campaign.

    Args:
        frame: ``time``, ``without`` and ``with_campaign`` (expected counts), ``low`` and ``high``
            (band of ``with_campaign``).
        added: counts added over the horizon, all of them inside the campaign; negative = fewer.
        total_without: expected count over the horizon.
        total_with: the same with the campaign.
        range_without: expected count, all channels, over the days of the campaign.
        range_with: the same with the campaign.
        channel_without: the channel's own expected count over those days.
        caveats: codes of ``CAVEATS``.
    """

    frame: pd.DataFrame
    added: float
    total_without: float
    total_with: float
    range_without: float
    range_with: float
    channel_without: float
    caveats: tuple[str, ...]

    @property
    def ahead(self) -> pd.DataFrame:
        """The forecast with the campaign as any other: ``time``, ``mean``, ``low``, ``high``."""
        columns = {"with_campaign": "mean"}
        return self.frame.rename(columns=columns)[["time", "mean", "low", "high"]]


def plan_campaign(
    total: pd.DataFrame,
    channel: pd.DataFrame,
    campaign: Campaign,
    *,
    grain: str,
    engagement: float = 1.0,
) -> CampaignEffect:
    """Lay an assumed change of one channel over the forecast of all.

    In each period of the campaign ``change * engagement`` of the channel's expected count is added
    to the total; outside nothing changes. For engaged sessions pass the forecasts of engaged
    sessions: the added visits then engage as the channel's usual ones do, times ``engagement``.

    Bands: the added visits are as uncertain, in per cent, as the channel's forecast. For an
    increase the distances of both bands are added up, as if channel and total erred together:
    the widest that two such errors can be. For a decrease that would be too narrow; there the
    channel is taken to err independently of the other channels, and what it no longer brings is
    no longer uncertain. The size of the change itself is an assumption and has no band.

    Args:
        total: forecast of all channels, ``time``, ``mean``, ``low``, ``high`` (counts).
        channel: forecast of the channel for the same times.
        campaign: the assumption.
        grain: ``hour``, ``day``, ``week`` or ``month``: how long a period is. A week that is
            partly in the campaign changes by its share of days.
        engagement: factor on the added counts; 0.8 = the added visits engage 20 % less often.

    Raises:
        ValueError: the times differ, or ``engagement`` is negative.

    >>> times = pd.date_range("2024-05-01", periods=2)
    >>> whole = pd.DataFrame({"time": times, "mean": 100.0, "low": 90.0, "high": 110.0})
    >>> part = pd.DataFrame({"time": times, "mean": 50.0, "low": 40.0, "high": 60.0})
    >>> day = date(2024, 5, 2)
    >>> found = plan_campaign(whole, part, Campaign("Email", day, day, 0.2), grain="day")
    >>> found.added, found.frame["high"].tolist()
    (10.0, [110.0, 122.0])
    """
    _check(total, channel, engagement)
    inside = _inside(pd.DatetimeIndex(total["time"]), campaign, grain)
    change = np.maximum(campaign.change * engagement, -1.0) * inside
    without, own = total["mean"].to_numpy("float64"), channel["mean"].to_numpy("float64")
    mean = np.maximum(without + change * own, 0.0)
    low = mean - _distance(without - total["low"], own - channel["low"], change)
    high = mean + _distance(total["high"] - without, channel["high"] - own, change)
    frame = pd.DataFrame(
        {
            "time": total["time"].to_numpy(),
            "without": without,
            "with_campaign": mean,
            "low": np.where(change == 0, total["low"], np.maximum(low, 0.0)),
            "high": np.where(change == 0, total["high"], high),
        }
    )
    return CampaignEffect(
        frame=frame,
        added=float((mean - without).sum()),
        total_without=float(without.sum()),
        total_with=float(mean.sum()),
        range_without=float(without @ inside),
        range_with=float(without @ inside + (mean - without).sum()),
        channel_without=float(own @ inside),
        caveats=_caveats(total, channel, inside, campaign, grain),
    )


def _check(total: pd.DataFrame, channel: pd.DataFrame, engagement: float) -> None:
    if list(total["time"]) != list(channel["time"]):
        raise ValueError("total and channel must be forecasts for the same times")
    if not 0 <= engagement < np.inf:
        raise ValueError(f"engagement must be a factor from 0 on, not {engagement}")


def _inside(times: pd.DatetimeIndex, campaign: Campaign, grain: str) -> Array:
    """Share of each period (0 to 1) that lies in the campaign."""
    starts, ends = times, _ends(times, grain)
    first, after = pd.Timestamp(campaign.start), pd.Timestamp(campaign.end) + pd.Timedelta(days=1)
    overlap = np.minimum(ends, after) - np.maximum(starts, first)
    share = np.asarray(overlap / (ends - starts), dtype="float64")
    return np.clip(share, 0.0, 1.0)


def _ends(times: pd.DatetimeIndex, grain: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(times + to_offset(GRAINS[grain].alias))


def _distance(of_total: pd.Series, of_channel: pd.Series, change: Array) -> Array:
    """Distance from the expected count to one end of the band, see ``plan_campaign``.

    For a decrease by ``c`` of a part that errs independently of the rest the variance is that of
    the rest plus (1 - c)² of the part: T² - (2c - c²) P².
    """
    whole, part = of_total.to_numpy("float64"), of_channel.to_numpy("float64")
    together = whole + change * part
    known = np.minimum(part, whole)  # a part that errs by itself strays no further than the whole
    apart = np.sqrt(np.maximum(whole**2 + (2 * change + change**2) * known**2, 0.0))
    return np.where(change >= 0, together, apart)


def _caveats(
    total: pd.DataFrame, channel: pd.DataFrame, inside: Array, campaign: Campaign, grain: str
) -> tuple[str, ...]:
    if not inside.any():
        return ("campaign_outside_horizon",)
    times = pd.DatetimeIndex(total["time"])
    is_cut = (
        pd.Timestamp(campaign.start) < times[0].normalize()
        or pd.Timestamp(campaign.end) + pd.Timedelta(days=1) > _ends(times, grain)[-1]
    )
    own = channel["mean"].to_numpy("float64") * inside
    found = {
        "campaign_cut_by_horizon": is_cut,
        "campaign_in_part_of_a_period": bool(((inside > 0) & (inside < 1)).any()),
        "nothing_expected_from_channel": not own.sum() > 0,
        "channel_above_total": bool((own > total["mean"].to_numpy("float64") * (1 + 1e-9)).any()),
    }
    return tuple(code for code, is_true in found.items() if is_true)


def scale_total(total: Total, added: float) -> Total:
    """Return the same distribution round a shifted expectation, for the odds with a campaign.

    The total strays by as much in per cent as before, never less than Poisson counts: added visits
    count as uncertain as the others.

    Args:
        total: of the forecast without the campaign.
        added: counts, ``CampaignEffect.added``; negative = fewer.

    >>> scale_total(Total(99.0, 49.0, 199.0, scale=0.5, freedom=8.0), added=100.0)
    Total(mean=199.0, low=99.0, high=399.0, scale=0.5, freedom=8.0)
    """
    if added == 0:
        return total
    mean = max(total.mean + added, 0.0)
    wider = _log_scale(mean, total.scale) / _log_scale(total.mean, total.scale)
    below, above = (wider * reach for reach in _reaches(total))
    low, high = (mean + 1) * np.exp(-below) - 1, (mean + 1) * np.exp(above) - 1
    return replace(total, mean=mean, low=_tidy(low, 0.0, mean), high=_tidy(high, mean, np.inf))


def _tidy(value: float, least: float, most: float) -> float:
    """Cut to a range; what logarithms left beyond the ninth digit is rounded away."""
    return float(np.clip(round(value, 9), least, most))


def _log_scale(mean: float, scale: float) -> float:
    """Standard deviation of the log ratio; Poisson counts stray by 1 / root of the count."""
    return float(max(scale, 1 / np.sqrt(mean + 1)))


def _reaches(total: Total) -> tuple[float, float]:
    """Distances of the ends of the band from the mean, as log ratios."""
    centre = np.log(total.mean + 1)
    return float(centre - np.log(total.low + 1)), float(np.log(total.high + 1) - centre)


@dataclass(frozen=True, eq=False)
class Goal:
    """A goal for the total of the horizon.

    Args:
        goal: the count wanted.
        expected: the count expected.
        chance: chance (0-1) of at least the goal.
        gap: goal - expected; positive = counts that are missing, negative = to spare.
        increase: by how much every day would have to exceed its forecast; 0.1 is 10 %, negative
            where less would do; NaN where nothing is expected.
        path: ``time``, ``cumulated`` (expected count up to the end of that period), ``low``,
            ``high`` (its band; the last row has the band of the total).
        day: day on which the expected path passes the goal, ``NaT`` if it does not.
    """

    goal: float
    expected: float
    chance: float
    gap: float
    increase: float
    path: pd.DataFrame
    day: pd.Timestamp


def reach_goal(frame: pd.DataFrame, total: Total, goal: float) -> Goal:
    """Hold a forecast against a goal for its whole horizon.

    The band of the path: of the relative variance of a sum a part is shared by the whole horizon
    and the rest averages out over its days (the same part as in ``bands.sum_spread``).
    So the path starts wider, in per cent, than it ends, and ends as wide as the total. It is never
    narrower than Poisson counts or than periods that err independently, and never beyond the
    band of the end: counts do not fall again.

    Args:
        frame: forecast, ``time``, ``mean``, ``low``, ``high``; with a campaign
            ``CampaignEffect.ahead``.
        total: of the same forecast; with a campaign from ``scale_total``.
        goal: count over the horizon.

    >>> days = pd.DataFrame({"time": pd.date_range("2024-05-01", periods=4), "mean": 25.0})
    >>> days["low"], days["high"] = 15.0, 35.0
    >>> found = reach_goal(days, Total(100.0, 80.0, 125.0, scale=0.15, freedom=8.0), goal=75.0)
    >>> found.gap, found.increase, found.day.day
    (-25.0, -0.25, 3)
    """
    path = _path(frame, total)
    passed = path["cumulated"].to_numpy() >= goal - 1e-9 * max(abs(goal), 1.0)
    day = pd.Timestamp(path["time"].iloc[int(passed.argmax())]) if passed.any() else pd.NaT
    return Goal(
        goal=goal,
        expected=total.mean,
        chance=chance_of_more(total, goal - 0.5),  # of whole visits, "at least" starts half below
        gap=goal - total.mean,
        increase=goal / total.mean - 1 if total.mean > 0 else np.nan,
        path=path,
        day=day if day is pd.NaT else day.normalize(),
    )


def _path(frame: pd.DataFrame, total: Total) -> pd.DataFrame:
    """Cumulated expected counts with a band that ends as the band of the total."""
    cumulated = frame["mean"].to_numpy("float64").cumsum()
    wider = _relative_width(pd.DatetimeIndex(frame["time"]), cumulated, total)
    below, above = (np.minimum(reach * wider, 50.0) for reach in _reaches(total))
    low = np.minimum((cumulated + 1) * np.exp(-below) - 1, cumulated - _apart(frame, "low"))
    high = np.maximum((cumulated + 1) * np.exp(above) - 1, cumulated + _apart(frame, "high"))
    low = np.minimum(np.maximum.accumulate(np.maximum(low, 0.0)), total.low)
    high = np.minimum(np.maximum.accumulate(high), total.high)
    if len(frame):
        low[-1], high[-1] = total.low, total.high
    ends = {"low": np.minimum(low, cumulated), "high": np.maximum(high, cumulated)}
    return pd.DataFrame({"time": frame["time"].to_numpy(), "cumulated": cumulated, **ends})


def _apart(frame: pd.DataFrame, end: str) -> Array:
    """Distance to one end of the band of a running sum, if all periods erred independently."""
    distances = (frame[end] - frame["mean"]).to_numpy("float64")
    return np.sqrt((distances**2).cumsum())


def _relative_width(times: pd.DatetimeIndex, cumulated: Array, total: Total) -> Array:
    """Width of the log ratio at each step, as a multiple of the width of the total."""
    if times.empty:
        return np.empty(0)
    days = np.asarray((times - times[0]).days + 1, dtype="float64")
    variance = PRIOR_SHARED_VARIANCE + (1 - PRIOR_SHARED_VARIANCE) / days
    scale = total.scale * np.sqrt(variance / variance[-1])
    return np.maximum(scale, 1 / np.sqrt(cumulated + 1)) / _log_scale(total.mean, total.scale)
