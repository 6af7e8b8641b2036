"""Ratios that share a count: is there more between them than the arithmetic of dividing?

If visits rise by chance, everything that is divided by them falls, and all such ratios fall
together, whatever people do. So what a ratio divides is also looked at by itself, once the
straight-line part that its denominators explain is taken away: a link of the ratios that these
parts do not show is one of arithmetic. Source: Pearson (1897), Proc. Royal Society 60:489.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.correlations.independence import Grid, Link, find_links
from core.metrics import METRICS

Array = NDArray[np.float64]
Pair = tuple[int, int]

_NOTHING_LEFT = 1e-6


def check_parts(grid: Grid, keys: Sequence[str], links: dict[Pair, Link]) -> dict[Pair, Link]:
    """Of each pair with a ratio the weaker link: of the two themselves, or of their parts.

    A ratio and its own denominator have no parts to compare, and stay as they are.

    Args:
        grid: without the clock, one metric per key.
        keys: keys of metrics.
        links: per pair of places in ``keys``.
    """
    by_divisors: dict[frozenset[str], dict[Pair, Pair]] = defaultdict(dict)
    for pair in links:
        one, two = keys[pair[0]], keys[pair[1]]
        parts, divisors = _parts(one, two), _divisors(one, two)
        if divisors and len(parts) == 2 and not parts & divisors:
            first, second = sorted(keys.index(part) if part in keys else -1 for part in parts)
            by_divisors[divisors][pair] = first, second
    result = dict(links)
    for divisors, pairs in by_divisors.items():
        places = [keys.index(key) for key in sorted(divisors) if key in keys]
        wanted = {looked_at for looked_at in pairs.values() if looked_at[0] >= 0}
        found = find_links(_given(grid, places), wanted)
        for pair, looked_at in pairs.items():
            result[pair] = _weaker(links[pair], found.get(looked_at))
    return result


def _parts(first: str, second: str) -> frozenset[str]:
    return frozenset({METRICS[first].numerator, METRICS[second].numerator})


def _divisors(first: str, second: str) -> frozenset[str]:
    found = {METRICS[key].denominator for key in (first, second)}
    return frozenset(key for key in found if key is not None)


def _given(grid: Grid, places: Sequence[int]) -> Grid:
    """What is left of each metric once a straight line of those at these places is taken away."""
    flat = grid.values.reshape(len(grid.values), -1)
    explained = flat[list(places)]
    slopes = np.linalg.lstsq(explained @ explained.T, explained @ flat.T, rcond=None)[0]
    left = flat - slopes.T @ explained
    is_gone = np.sum(left**2, axis=1) <= _NOTHING_LEFT * np.sum(flat**2, axis=1)
    left[is_gone] = 0.0
    return replace(grid, values=left.reshape(grid.values.shape))


def _weaker(whole: Link, parts: Link | None) -> Link:
    """A link that its parts do not show, or show the other way round, is none."""
    if parts is None or np.isnan(parts.p_value) or not parts.r * whole.r > 0:
        return Link(whole.r, 1.0 if not np.isnan(whole.p_value) else np.nan)
    return Link(whole.r, max(whole.p_value, parts.p_value))
