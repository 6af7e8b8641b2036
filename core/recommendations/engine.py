"""Runs the rules, corrects everything they tested together, and ranks what is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType

import numpy as np

from core.forecast import Forecast
from core.recommendations import (
    change,
    depth,
    engagement,
    gaps,
    peaks,
    planning,
    quality,
    structure,
    switch,
    thin,
    timing,
)
from core.recommendations.model import Evidence, Finding, Outcome, Recommendation
from core.recommendations.strength import priority, strength_of
from core.statistics import benjamini_hochberg
from core.traffic import Traffic

Rule = Callable[[Evidence], Outcome]

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "busiest_hours": timing.busiest_hours,
        "engaged_hours": timing.engaged_hours,
        "weekday_shape": timing.weekday_shape,
        "spike": peaks.spikes,
        "better_channel": quality.better_channels,
        "worse_channel": quality.worse_channels,
        "promising_channel": thin.promising_channels,
        "too_small_to_judge": thin.too_small_to_judge,
        "growing_channel": change.growing_channels,
        "fading_channel": change.fading_channels,
        "new_level": change.new_levels,
        "channel_switch": switch.channel_switches,
        "engagement_change": engagement.engagement_change,
        "hidden_by_mix": engagement.hidden_by_mix,
        "engagement_falls_while_volume_grows": engagement.falls_while_volume_grows,
        "concentration": structure.concentration,
        "tagging_fault": structure.tagging_fault,
        "missing_hours": gaps.missing_hours,
        "loyalty": depth.loyalty,
        "session_depth": depth.session_depth,
        "capacity": planning.capacity,
        "season_ahead": planning.season_ahead,
    }
)
"""By rule id. What each asks for, says and rests on stands in its docstring."""
BUDGET: Mapping[str, float] = MappingProxyType(
    {"spike": 0.4, "hidden_by_mix": 0.1, "engaged_hours": 0.1}
)
"""Part of the error budget set aside, before any data are seen, for rules whose single p-value
stands for many looks already corrected, and for the one that can turn the reading of the whole
file round; the rest is shared alike by all other tests."""


def recommend(
    traffic: Traffic, *, with_forecast: bool = True, ahead: Forecast | None = None
) -> list[Recommendation]:
    """Say what the data support doing, and how sure that is.

    Everything that any rule tested is corrected together: Benjamini-Hochberg with weights that
    were fixed beforehand (``BUDGET``; Genovese, Roeder and Wasserman 2006, Biometrika 93:509). The
    criteria of strength stand in ``core.recommendations.strength``.

    Args:
        traffic: any grain; rules that need more than is there stay silent.
        with_forecast: whether to make a forecast (2-3 s) for the rules that need one.
        ahead: that forecast, where it is made already; see ``Evidence.ahead``.

    Returns:
        What is worth most first: impact a week times how sure it is. Empty when nothing stands
        out.
    """
    if traffic.is_empty:
        return []
    evidence = Evidence(traffic, with_forecast, ahead)
    outcomes = {name: rule(evidence) for name, rule in RULES.items()}
    weight = weigh({name: outcome.tested for name, outcome in outcomes.items()})
    pool = [p / weight[name] for name, found in outcomes.items() for p in _finite(found.tested)]
    graded = [
        _grade(finding, adjust(_weighed(finding.p_value, weight[name]), pool))
        for name, outcome in outcomes.items()
        for finding in outcome.findings
    ]
    kept = [recommendation for recommendation in graded if recommendation is not None]
    return sorted(kept, key=lambda item: (-priority(item), item.rule_id, item.subject))


def weigh(tested: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Weight of each rule's tests, 1 on average; a p-value is divided by it.

    >>> {k: round(w, 2) for k, w in weigh({"spike": [0.1], "fading_channel": [0.2, 0.4]}).items()}
    {'spike': 1.2, 'fading_channel': 0.9}
    """
    counts = {name: len(_finite(values)) for name, values in tested.items()}
    total = sum(counts.values())
    own = {name: part for name, part in BUDGET.items() if counts.get(name)}
    others = total - sum(counts[name] for name in own)
    if not others or not own:
        return dict.fromkeys(counts, 1.0)
    rest = total * (1 - sum(own.values())) / others
    return {name: total * own[name] / counts[name] if name in own else rest for name in counts}


def _finite(values: Sequence[float]) -> list[float]:
    return [float(value) for value in values if np.isfinite(value)]


def _weighed(p_value: float | None, weight: float) -> float | None:
    return None if p_value is None else p_value / weight


def adjust(p_value: float | None, pool: Sequence[float]) -> float | None:
    """A p-value corrected for everything that was tested.

    A finding of a family has its own corrected p-value, which is no less than the one with which
    the family stands in the pool; it joins the pool as one more.

    Args:
        p_value: of the finding, ``None`` for a plain count.
        pool: of everything tested; weighed like it, so maybe above 1.

    >>> round(adjust(0.01, [0.01, 0.5, 0.9]), 4), adjust(None, [0.01])
    (0.03, None)
    """
    if p_value is None:
        return None
    tested = np.array(pool, dtype="float64")
    if not np.isclose(tested, p_value, rtol=1e-9, atol=0).any():
        tested = np.append(tested, p_value)
    corrected = benjamini_hochberg(np.minimum(tested, 1.0))
    return float(corrected[np.isclose(tested, p_value, rtol=1e-9, atol=0)].max())


def _grade(finding: Finding, adjusted: float | None) -> Recommendation | None:
    strength = strength_of(finding, adjusted)
    if strength is None:
        return None
    values = {field.name: getattr(finding, field.name) for field in fields(Finding)}
    return Recommendation(**values, strength=strength, adjusted_p_value=adjusted)
