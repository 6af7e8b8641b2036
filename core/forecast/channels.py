"""Channels that add up to the forecast of all traffic.

All traffic is forecast by itself: the larger a count, the surer its forecast. Each channel is
forecast by itself too, and what is then missing (or too much) in their sum is shared among them in
proportion to how unsure each is: the weighted least squares reconciliation with variances on the
diagonal (Hyndman, Lee & Wang 2016, Comput. Stat. Data Anal. 97:16-32), with the total held fixed,
so that "all traffic" is one number on every page. The replay of the past is reconciled fold by
fold, so accuracy and bands are those of the reconciled channels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.forecast.assemble import assemble
from core.forecast.engine import gather_evidence
from core.forecast.history import History, check_request, read_history
from core.forecast.methods import Values
from core.forecast.results import Evidence, Forecast
from core.language import mark, t

OTHERS = mark("all others")
"""Key of the channels that are forecast together."""
MOST_CHANNELS = 8
"""Larger ones are forecast one by one, the rest together."""
_NO_ERROR = 1e-9


@dataclass(frozen=True, eq=False)
class ChannelForecasts:
    """Forecasts that add up.

    Args:
        total: all traffic.
        channels: name to forecast, largest first; ``all others`` where there are many. For each
            period ahead the means add up to ``total`` (unless something was capped).
    """

    total: Forecast
    channels: Mapping[str, Forecast]


def forecast_channels(
    table: pd.DataFrame,
    horizon: int,
    level: float = 0.8,
    *,
    events: pd.DataFrame | None = None,
    on_progress: Callable[[float, str], None] | None = None,
) -> ChannelForecasts:
    """Forecast all traffic and its channels so that they add up.

    Args:
        table: counts on a ``DatetimeIndex``, one column a channel, zeros where a channel has no
            visits; a period where every channel is NaN is a gap.
        horizon: periods ahead.
        level: share of actual counts that each band is to hold.
        events: see ``core.forecast.forecast``.
        on_progress: called with the share done (0-1) and what is being forecast: a channel's name
            in the language spoken, empty for all traffic.

    Returns:
        The forecasts. A channel without a single visit is left out.

    Raises:
        NotEnoughData: as ``core.forecast.forecast``, for all traffic.
    """
    check_request(horizon, level)
    parts = _largest(table)
    whole = read_history(table.sum(axis=1, min_count=1))
    tell = on_progress or (lambda _share, _name: None)
    tell(0.0, "")
    total = gather_evidence(whole, int(horizon), events, lambda _share, _stage: None)
    found: dict[str, Evidence] = {}
    for number, name in enumerate(parts.columns):
        said = t(OTHERS) if name == OTHERS else str(name)
        tell((number + 1) / (len(parts.columns) + 1), said)
        known = _on_grid_of(whole, parts[name])
        found[name] = gather_evidence(known, int(horizon), events, lambda _share, _stage: None)
    tell(1.0, "")
    return ChannelForecasts(
        total=assemble(total, float(level)),
        channels={
            name: assemble(evidence, float(level))
            for name, evidence in reconcile(total, found).items()
        },
    )


def _largest(table: pd.DataFrame) -> pd.DataFrame:
    """The largest channels and the sum of the rest, largest first; empty ones left out."""
    sizes = table.sum().sort_values(ascending=False, kind="stable")
    names = [name for name in sizes.index if sizes[name] > 0]
    if len(names) <= MOST_CHANNELS + 1:
        return table[names]
    rest = table[names[MOST_CHANNELS:]].sum(axis=1, min_count=1)
    return table[names[:MOST_CHANNELS]].assign(**{OTHERS: rest})


def _on_grid_of(whole: History, series: pd.Series) -> History:
    """A channel on the very periods of all traffic; what is missing there is a zero."""
    clean = series.copy()
    index = pd.DatetimeIndex(clean.index)
    if index.tz is not None:
        clean.index = index.tz_localize(None)
    values = clean.groupby(level=0).sum().reindex(whole.times).fillna(0.0).to_numpy()
    values = np.where(np.isnan(whole.values), np.nan, values)
    return replace(whole, values=values, peak=float(np.nanmax(values)), caveats=())


def reconcile(total: Evidence, channels: Mapping[str, Evidence]) -> dict[str, Evidence]:
    """Return the channels with means, ahead and in each fold, that add up to the total.

    Args:
        total: of all traffic.
        channels: by name, on the same periods and folds.
    """
    variances = {name: _variance(evidence) for name, evidence in channels.items()}
    whole = sum(variances.values())
    weights = {name: variance / whole for name, variance in variances.items()}
    ahead = _share_out(total.mean, {n: e.mean for n, e in channels.items()}, weights)
    said = _share_out(
        total.replayed.said[total.method],
        {name: e.replayed.said[e.method] for name, e in channels.items()},
        weights,
    )
    return {
        name: replace(
            evidence,
            mean=ahead[name],
            replayed=replace(
                evidence.replayed,
                said=dict(evidence.replayed.said) | {evidence.method: said[name]},
            ),
            caveats=(*evidence.caveats, "reconciled"),
        )
        for name, evidence in channels.items()
    }


def _variance(evidence: Evidence) -> float:
    """Mean squared error in the replay."""
    errors = evidence.replayed.said[evidence.method] - evidence.replayed.actual
    seen = errors[np.isfinite(errors)]
    return float(np.mean(seen**2)) + _NO_ERROR if len(seen) else _NO_ERROR


def _share_out(
    total: Values, parts: Mapping[str, Values], weights: Mapping[str, float]
) -> dict[str, Values]:
    """Share what is missing to the total, by weight; none falls below zero.

    What a channel cannot give because it is at zero is taken from the others in proportion to
    their size, so that the sum is exact.

    >>> parts = {"a": np.array([6.0]), "b": np.array([2.0])}
    >>> shared = _share_out(np.array([10.0]), parts, {"a": 0.75, "b": 0.25})
    >>> shared["a"].tolist(), shared["b"].tolist()
    ([7.5], [2.5])
    """
    missing = total - np.sum(list(parts.values()), axis=0)
    moved = {name: np.maximum(mean + weights[name] * missing, 0.0) for name, mean in parts.items()}
    reached = np.sum(list(moved.values()), axis=0)
    factor = np.divide(total, reached, out=np.zeros_like(total), where=reached > 0)
    return {name: mean * factor for name, mean in moved.items()}
