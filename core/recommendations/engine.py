"""Runs the rules, corrects everything they tested together, and ranks what is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType

import numpy as np

from core.recommendations import change, peaks, quality, structure, timing
from core.recommendations.model import (
    STRENGTHS,
    Evidence,
    Finding,
    Outcome,
    Recommendation,
)
from core.statistics import benjamini_hochberg
from core.traffic import Traffic

STRONG, MODERATE = 0.01, 0.05
"""Adjusted p-values below which a tested finding is strong or moderate; above it is dropped."""

RULES: Mapping[str, Callable[[Evidence], Outcome]] = MappingProxyType(
    {
        "busiest_hours": timing.busiest_hours,
        "better_channel": quality.better_channels,
        "worse_channel": quality.worse_channels,
        "too_small_to_judge": quality.too_small_to_judge,
        "growing_channel": change.growing_channels,
        "fading_channel": change.fading_channels,
        "engagement_change": change.engagement_change,
        "tagging_fault": structure.tagging_fault,
        "concentration": structure.concentration,
        "spike": peaks.spikes,
    }
)


def recommend(traffic: Traffic) -> list[Recommendation]:
    """Say what the data support doing, and how sure that is.

    Args:
        traffic: any grain; rules that need more than is there stay silent.

    Returns:
        Strong ones first, then by impact within a strength; empty when nothing stands out. A
        tested finding is kept only when it survives the Benjamini-Hochberg correction over all
        that the rules tested (spikes over all periods looked at). Plain counts are ``moderate``
        (tagging, concentration) or ``worth watching`` (too small to judge).
    """
    if traffic.is_empty:
        return []
    evidence = Evidence(traffic)
    outcomes = [rule(evidence) for rule in RULES.values()]
    findings = [finding for outcome in outcomes for finding in outcome.findings]
    adjusted = _adjust(findings, [p for outcome in outcomes for p in outcome.tested])
    graded = [_grade(f, p) for f, p in zip(findings, adjusted, strict=True)]
    kept = [recommendation for recommendation in graded if recommendation is not None]
    return sorted(kept, key=lambda r: (STRENGTHS.index(r.strength), -r.impact, r.subject))


def _adjust(findings: list[Finding], tested: list[float]) -> list[float | None]:
    """Each finding's p-value, corrected for everything that was tested."""
    pool = np.array(tested, dtype="float64")
    corrected = benjamini_hochberg(pool) if len(pool) else pool
    result: list[float | None] = []
    for finding in findings:
        if finding.p_value is None or finding.is_corrected:
            result.append(finding.p_value)
        else:
            same = np.flatnonzero(np.isclose(pool, finding.p_value, rtol=1e-9, atol=0))
            result.append(float(corrected[same].max()) if len(same) else finding.p_value)
    return result


def _grade(finding: Finding, adjusted: float | None) -> Recommendation | None:
    if adjusted is None:
        strength = STRENGTHS[2] if finding.rule_id == "too_small_to_judge" else STRENGTHS[1]
    elif adjusted < STRONG:
        strength = STRENGTHS[0]
    elif adjusted < MODERATE:
        strength = STRENGTHS[1]
    else:
        return None
    values = {field.name: getattr(finding, field.name) for field in fields(Finding)}
    return Recommendation(**values, strength=strength, adjusted_p_value=adjusted)
