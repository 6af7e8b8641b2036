"""What to do next: small rules that fire on evidence, corrected together, ranked by impact."""

from core.recommendations.engine import RULES, recommend
from core.recommendations.model import Finding, Outcome, Recommendation, TestPlan

__all__ = ["RULES", "Finding", "Outcome", "Recommendation", "TestPlan", "recommend"]
