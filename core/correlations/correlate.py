"""All pairs of measures, each with its intervals, its verdict and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from core.correlations import words
from core.correlations.clock import Cleared, remove_means, without_clock
from core.correlations.independence import find_links, make_grid
from core.correlations.intervals import correlate_all, make_panel
from core.correlations.links import division_reason, link
from core.correlations.observations import (
    MIN_OBSERVATIONS,
    Observations,
    choose_channel,
    observe,
    observe_channels,
)
from core.correlations.parts import check_parts
from core.correlations.verdicts import SAME_NUMBER, STILL_THERE, decide
from core.errors import NotEnoughData
from core.statistics import benjamini_hochberg
from core.traffic import Traffic

COLUMNS = [
    *("first", "second", "r", "low", "high", "rho", "rho_low", "rho_high", "n", "n_effective"),
    *("r_without_clock", "without_low", "without_high", "r_within", "p_value"),
    *("verdict", "link", "sentence"),
]


@dataclass(frozen=True, eq=False)
class Correlations:
    """Every pair of measures.

    Args:
        frame: one row per pair: ``first``, ``second`` (keys of metrics); ``r`` (Pearson), ``low``,
            ``high`` (its 95 % interval); ``rho`` (Spearman), ``rho_low``, ``rho_high``; ``n``;
            ``n_effective`` (independent observations that would know as much);
            ``r_without_clock``, ``without_low``, ``without_high`` (Pearson once the clock, and
            for rows the channel, is taken out; NaN where that is not possible); ``r_within``
            (means of the channels taken out, the clock left in; NaN for one channel);
            ``p_value`` (of the link without the clock, adjusted for all pairs that are not
            linked by arithmetic; NaN for those); ``verdict``; ``link`` (why the two are the same
            number twice, else empty) and ``sentence``.
        pearson: square, index and columns are the metrics that vary.
        spearman: the same.
        level: ``rows``, ``hour`` or ``day``.
        channel: the only channel looked at, or ``None``.
        caveats: codes of what must be said next to the numbers.
    """

    frame: pd.DataFrame
    pearson: pd.DataFrame
    spearman: pd.DataFrame
    level: str
    channel: str | None = None
    caveats: tuple[str, ...] = ()


def correlate(traffic: Traffic, level: str = "rows", channel: str | None = None) -> Correlations:
    """Correlate all measures, and say of each pair what the number is worth.

    Args:
        traffic: any grain.
        level: ``rows`` (period × channel as exported; a ratio whose denominator is 0 counts as 0,
            as GA4 writes it, in ``r`` and ``rho``, and not at all in the verdict), ``hour`` or
            ``day`` (totals of all channels; such ratios are left out).
        channel: look at this channel only.

    Returns:
        See ``Correlations``. Verdicts, strictest first: ``same number twice`` (by the formulas of
        the two, or exact multiples), ``differs between channels`` (pooled and within-channel
        signs disagree: Simpson 1951, JRSS B 13:238), ``still there`` (without the clock, after
        false-discovery control), ``both follow the clock`` (the link vanishes or flips without
        it), ``cannot tell``.

    Raises:
        NotEnoughData: ``needs_hours`` (grain), ``too_few_observations`` (have, need) or
            ``too_few_measures`` (have, need).
        ValueError: no such channel or level.
    """
    chosen = choose_channel(traffic, channel)
    observations = _enough(observe(chosen, level))
    keys = list(observations.shown)
    ranks = observations.shown.rank()
    pearson, spearman = observations.shown.corr(), _spearman(observations.shown, ranks)
    cleared = without_clock(observations)
    parts = [
        _pairs(keys),
        _shown(observations, ranks, spearman),
        _left(observations, cleared),
        _within(observe_channels(chosen, level).keep(keys), len(keys)),
    ]
    pairs = pd.concat(parts, axis=1).assign(is_pooled=observations.has_channels)
    frame = _judge(pairs, observations.shown)
    frame["sentence"] = [words.sentence(row, observations.grain) for row in _records(frame)]
    return Correlations(frame[COLUMNS], pearson, spearman, level, channel, _caveats(cleared))


def _enough(observations: Observations) -> Observations:
    """Leave out what never varies, and refuse what is too little."""
    shown = observations.shown
    varying = [str(key) for key in shown if shown[key].nunique() > 1]
    if len(varying) < 2:
        raise NotEnoughData("too_few_measures", have=len(varying), need=2)
    if len(shown) < MIN_OBSERVATIONS:
        raise NotEnoughData("too_few_observations", have=len(shown), need=MIN_OBSERVATIONS)
    return observations.keep(varying)


def _spearman(shown: pd.DataFrame, ranks: pd.DataFrame) -> pd.DataFrame:
    """Pearson of the ranks; only with holes does each pair need ranks of its own."""
    return shown.corr(method="spearman") if shown.isna().any(axis=None) else ranks.corr()


def _pairs(keys: list[str]) -> pd.DataFrame:
    return pd.DataFrame(combinations(keys, 2), columns=["first", "second"])


def _shown(observations: Observations, ranks: pd.DataFrame, spearman: pd.DataFrame) -> pd.DataFrame:
    """Pearson and Spearman of the numbers as shown, with intervals."""
    times = observations.times
    found = correlate_all(make_panel(observations.shown.to_numpy("float64"), times))
    ranked = correlate_all(make_panel(ranks.to_numpy("float64"), times))
    upper = np.triu_indices(len(spearman), 1)
    rho = spearman.to_numpy()[upper]
    return found.assign(
        rho=rho,
        rho_low=np.minimum(ranked["low"], rho),
        rho_high=np.maximum(ranked["high"], rho),
        r_known=observations.known.corr().to_numpy()[upper],
    )


def _left(observations: Observations, cleared: Cleared | None) -> pd.DataFrame:
    """What is left without the clock: ``r_without_clock``, its interval, the test, the share."""
    names = ["r_without_clock", "without_low", "without_high", "p_value", "p_sign", "clock_share"]
    if cleared is None:
        return pd.DataFrame(np.nan, _pairs(list(observations.shown)).index, names)
    times = observations.times
    found = correlate_all(make_panel(cleared.values, times), cleared.lost)
    grid = make_grid(cleared, times, observations.channels)
    keys = [str(key) for key in observations.known]
    links = find_links(grid, combinations(range(len(keys)), 2))
    links = check_parts(grid, keys, links)
    shares = [min(pair) for pair in combinations(cleared.clock_share, 2)]
    signs = [np.sign(link.r) for link in links.values()]
    p_values = [link.p_value for link in links.values()]
    columns = (found["r"], found["low"], found["high"], p_values, signs, shares)
    return pd.DataFrame(dict(zip(names, columns, strict=True)))


def _within(observations: Observations, count: int) -> pd.DataFrame:
    """Pooled within the channels: each measure loses the mean of its channel."""
    names = {"r": "r_within", "low": "within_low", "high": "within_high"}
    if not observations.has_channels:
        return pd.DataFrame(np.nan, range(count * (count - 1) // 2), list(names.values()))
    channel = pd.factorize(observations.channels)[0].astype("int64")
    left = remove_means(observations.known.to_numpy("float64"), channel)
    lost = min(int(channel.max() + 1) / len(left), 0.9)
    return correlate_all(make_panel(left, observations.times), lost)[list(names)].rename(
        columns=names
    )


def _judge(frame: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Links, adjusted p-values, verdicts."""
    records = _records(frame)
    frame["link"] = [link(row["first"], row["second"], shown, row["r"]) for row in records]
    divided = pd.Series([division_reason(row["first"], row["second"]) for row in records])
    is_divided = (frame["link"] == "") & (divided != "") & (frame["r_without_clock"] < 0)
    frame["p_value"] = _adjust(frame["p_value"].where(frame["link"] == ""), is_divided)
    frame["verdict"] = [decide(row) for row in _records(frame)]
    # Dividing by a count makes a link with it, downwards; only one upwards is worth a look.
    is_found = is_divided & (frame["verdict"] == STILL_THERE)
    frame.loc[is_found, "link"] = divided[is_found]
    frame.loc[is_found, "verdict"] = SAME_NUMBER
    frame.loc[is_found, "p_value"] = np.nan
    return frame


def _adjust(p_values: pd.Series, is_divided: pd.Series) -> pd.Series:
    """Those that arithmetic makes small must not lower the bar for all others."""
    others = pd.Series(benjamini_hochberg(p_values.where(~is_divided)))
    return others.where(~is_divided, pd.Series(benjamini_hochberg(p_values)))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _caveats(cleared: Cleared | None) -> tuple[str, ...]:
    return ("clock_unknown",) if cleared is None else ()
