"""The most important recommendations with their evidence."""

from __future__ import annotations

from core import wording
from core.capabilities import missing
from core.errors import NotEnoughData
from core.forecast import Forecast
from core.language import in_sentence, t
from core.metrics import METRICS
from core.recommendations import Recommendation, TestPlan
from core.recommendations.model import Evidence
from core.recommendations.plan import MOST_WEEKS, difference_words, size_test
from ui.page import View
from ui.report.model import Advice
from ui.report.slides import look_ahead
from ui.sections import recommendations_words as words
from ui.sections.recommendations import undecided, weigh

MOST = 5


def advise(view: View) -> tuple[Advice, ...]:
    """At most five cards that are neither done nor dismissed, in the order of the page."""
    if view.traffic.is_empty:
        return ()
    return tuple(_advice(view, item) for item in undecided(weigh(view, _ahead(view)))[:MOST])


def _ahead(view: View) -> Forecast | None:
    """The forecast of the slide, where it is the very one that the rules would make."""
    if view.traffic.grain not in ("hour", "day") or missing(view.whole, "forecast") is not None:
        return None
    try:
        question, result = look_ahead(view)
    except NotEnoughData:
        return None
    is_same = question.metric == view.traffic.main_metric and question.history.equals(
        Evidence(view.traffic).history
    )
    return result if is_same else None


def _advice(view: View, item: Recommendation) -> Advice:
    name, size = words.size(item)
    facts = [t(words.BADGES[item.strength])]
    if size:
        facts.append(f"{in_sentence(name)} {size}")
    facts.append(t("counted on {sessions}", sessions=words.counted_on(item, view.whole)))
    lines = [
        (t("Try"), words.short_action(item.action)),
        (t("Evidence"), "; ".join(facts) + "."),
    ]
    if item.test_plan is not None:
        lines.append((t("How to test"), _test(item.test_plan)))
    elif item.caveats:
        lines.append((t("Mind"), item.caveats[0]))
    return Advice(item.headline, tuple(lines))


def _test(plan: TestPlan) -> str:
    """What to change on one side, and how long that takes to show."""
    try:
        size = size_test(plan, plan.smallest_effect)
    except ValueError:
        return plan.change
    wanted = difference_words(plan, size.smallest_effect)
    if not size.is_feasible:
        said = t(
            "At present traffic {limit} weeks do not show {difference}: take a larger step.",
            limit=MOST_WEEKS,
            difference=wanted,
        )
        return f"{plan.change} {said}"
    metric = METRICS[plan.metric]
    said = t(
        "{weeks} weeks with about {visits} {metric} on each side show a difference of "
        "{difference}.",
        weeks=size.weeks,
        visits=wording.count(float(f"{size.per_side:.3g}")),
        metric=in_sentence(METRICS[metric.denominator or metric.key].label),
        difference=wanted,
    )
    return f"{plan.change} {said}"
