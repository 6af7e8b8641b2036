"""How sure a finding is, and what it is worth: the criteria stand here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from core.recommendations.model import STRENGTHS, Effect, Finding, Recommendation

STRONG, MODERATE = 0.01, 0.05
"""Adjusted p-values below which a tested finding may be strong, or is moderate."""
WORTH_HAVING: Mapping[str, float] = MappingProxyType(
    {"points": 0.03, "percent": 0.1, "count": 0.0, "times": 1.3}
)
"""Effect, by unit, that changes a decision: three points, a tenth, any, or 1.3 times the usual."""
CONFIDENCE: Mapping[str, float] = MappingProxyType(
    dict(zip(STRENGTHS, (1.0, 0.6, 0.2), strict=True))
)
"""What a unit of impact counts for in the ranking."""


def strength_of(finding: Finding, adjusted: float | None) -> str | None:
    """Say how sure a finding is.

    - ``strong``: adjusted p-value below ``STRONG``, and the end of the effect's 95 % interval that
      lies nearest to nothing is still worth having (``WORTH_HAVING``);
    - ``moderate``: adjusted p-value below ``MODERATE``;
    - ``worth watching``: a plain count, on which nothing was tested;
    - ``None``: tested and within chance: no card.

    Args:
        finding: with its effect.
        adjusted: p-value after Benjamini-Hochberg over everything that was tested on the file.
    """
    strong, moderate, watching = STRENGTHS
    if adjusted is None:
        return watching
    if not adjusted < MODERATE:
        return None
    is_strong = adjusted < STRONG and finding.effect is not None and is_worth(finding.effect)
    return strong if is_strong else moderate


def is_worth(effect: Effect) -> bool:
    """Whether even the end nearest to nothing is an effect worth having; no interval, no.

    >>> is_worth(Effect(0.11, 0.08, 0.14, "points")), is_worth(Effect(-0.11, -0.2, -0.02, "points"))
    (True, False)
    """
    ends = np.array([effect.low, effect.high])
    least = WORTH_HAVING[effect.unit]
    if not np.isfinite(ends).all():
        return False
    if effect.unit == "times":
        return bool((ends >= least).all() or (ends <= 1 / least).all())
    return bool(np.abs(ends).min() >= least and ends.min() * ends.max() > 0)


def priority(item: Recommendation) -> float:
    """Impact in the person's unit times how sure it is."""
    return item.impact * CONFIDENCE[item.strength]
