"""The test plan of a card: how large a difference, how many visits, from when until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import streamlit as st

from core import wording
from core.language import bound, in_sentence, t, tn
from core.metrics import METRICS
from core.recommendations import Recommendation, TestPlan
from core.recommendations.calendar import as_ics
from core.recommendations.plan import (
    MOST_WEEKS,
    TestSize,
    describe_plan,
    difference_words,
    size_test,
)
from ui import export, state
from ui.fragments import fragment
from ui.text import escape

PAGE = "recommendations"
_MOST_POINTS, _MOST_PER_CENT = 10.0, 100.0
_TEXT_HEIGHT = 230
_STEP_POINTS, _STEP_PER_CENT = 0.5, 5.0


@fragment
def draw_plan(item: Recommendation, name: str) -> None:
    """A fold with the plan of a card, worked out when it is opened.

    Args:
        item: a card with a plan.
        name: of the card, for keys.
    """
    plan = item.test_plan
    fold = st.expander(
        t("Plan a test"), icon=":material/science:", key=open_key(name), on_change="rerun"
    )
    if plan is None or not fold.open:
        return
    with fold:
        st.markdown(t("**Change one side only:** {change}", change=escape(plan.change)))
        left, right = st.columns([3, 2], vertical_alignment="bottom")
        with left:
            smallest = _ask_smallest(plan, name)
        with right:
            start = _ask_start(name)
        try:
            size = size_test(plan, smallest)
        except ValueError:  # no traffic, or a rate with nothing to gain
            st.info(t("With what the file holds of it, a test of this cannot be planned."))
            return
        _draw_size(item, size, start, name)


def open_key(name: str) -> str:
    """Key of the fold with the plan of a card."""
    return state.choice_key(PAGE, f"plan_is_open_{name}")


def _is_share(plan: TestPlan) -> bool:
    return METRICS[plan.metric].unit == "share"


def effect_range(plan: TestPlan) -> tuple[float, float, float, float]:
    """Least, most, first and step of the slider, in points for shares, else in per cent.

    >>> plan = TestPlan("", "", "engagement_rate", 0.66, 0.02, 1.0, 6700.0)
    >>> effect_range(plan)
    (0.5, 10.0, 2.0, 0.5)
    >>> effect_range(TestPlan("", "", "engagement_rate", 0.97, 0.02, 1.0, 6700.0))
    (0.5, 2.5, 2.0, 0.5)
    """
    is_share = _is_share(plan)
    step, most = (_STEP_POINTS, _MOST_POINTS) if is_share else (_STEP_PER_CENT, _MOST_PER_CENT)
    wanted = round(100 * plan.smallest_effect / step) * step
    if is_share:  # a share cannot rise beyond all, nor fall below nothing
        room = 100 * min(plan.base, 1 - plan.base) - step / 2
        most = max(min(most, room // step * step), 2 * step)
    return step, most, min(max(wanted, step), most), step


def _ask_smallest(plan: TestPlan, name: str) -> float:
    """The smallest difference that would be worth the change, as a fraction."""
    least, most, first, step = effect_range(plan)
    is_share = _is_share(plan)
    chosen = st.slider(
        t(
            "Smallest difference in {metric} worth having",
            metric=in_sentence(METRICS[plan.metric].label),
        ),
        least,
        most,
        step=step,
        format=t("%.1f points") if is_share else "%.0f %%",
        key=state.start_with(state.choice_key(PAGE, f"smallest_{name}"), first),
        persist_state="session",
        help=t(
            "The smallest difference for which you would keep the change. Half of it takes four "
            "times as many visits to see."
        ),
    )
    return float(chosen) / 100


def _ask_start(name: str) -> date:
    key = state.start_with(
        state.choice_key(PAGE, f"start_{name}"),
        next_monday(date.today()),
    )
    chosen = st.date_input(
        t("Start"), key=key, format=wording.date_field(), persist_state="session"
    )
    return chosen if isinstance(chosen, date) else date.today()


def next_monday(today: date) -> date:
    """The first Monday after a day.

    >>> next_monday(date(2026, 11, 25)), next_monday(date(2026, 11, 30))
    (datetime.date(2026, 11, 30), datetime.date(2026, 12, 7))
    """
    return today + timedelta(days=7 - today.weekday())


def _draw_size(item: Recommendation, size: TestSize, start: date, name: str) -> None:
    plan = item.test_plan
    if plan is None:
        return
    if not size.is_feasible:
        st.warning(_too_long(plan, size), icon=":material/hourglass_disabled:")
        return
    st.markdown(_in_short(plan, size, start))
    text = describe_plan(plan, size, start)
    st.code(text, language=None, wrap_lines=True, height=_TEXT_HEIGHT)
    st.download_button(
        t("Add to your calendar (.ics)"),
        data=calendar(item, plan, size, start),
        file_name=export.file_name("test", item.subject, start.isoformat(), extension="ics"),
        mime="text/calendar",
        key=f"calendar_{name}",
        on_click="ignore",
        icon=":material/event:",
    )


def calendar(
    item: Recommendation, plan: TestPlan, size: TestSize, start: date
) -> Callable[[], bytes]:
    """Made when clicked, and stamped then."""
    return bound(lambda: as_ics(plan, size, start, item.headline, stamp=datetime.now(UTC)))


def _in_short(plan: TestPlan, size: TestSize, start: date) -> str:
    """The numbers of a test that fits."""
    metric = METRICS[plan.metric]
    values = {
        "visits": wording.count(float(f"{size.per_side:.3g}")),
        "metric": in_sentence(METRICS[metric.denominator or metric.key].label),
    }
    if 7 * size.weeks - size.days >= 7:
        there = tn(
            "about {visits} {metric} on each side (there after {count} day; whole weeks keep the "
            "weekdays even)",
            "about {visits} {metric} on each side (there after {count} days; whole weeks keep the "
            "weekdays even)",
            size.days,
            **values,
        )
    else:
        there = tn(
            "about {visits} {metric} on each side (there after {count} day)",
            "about {visits} {metric} on each side (there after {count} days)",
            size.days,
            **values,
        )
    span = tn(
        "{count} week: {first} to {last}",
        "{count} weeks: {first} to {last}",
        size.weeks,
        first=escape(wording.day(start)),
        last=escape(wording.day(size.last_day(start))),
    )
    then = t("decide on {day}", day=escape(wording.day(size.decision_day(start))))
    return f"**{span}** · {there} · {then}"


def _too_long(plan: TestPlan, size: TestSize) -> str:
    """What to do where twelve weeks do not show it."""
    wanted = difference_words(plan, size.smallest_effect)
    text = t(
        "At present traffic {limit} weeks do not show a difference of {difference}: it would "
        "take {weeks} weeks.",
        limit=MOST_WEEKS,
        difference=wanted,
        weeks=wording.count(size.weeks),
    )
    if size.larger_step is None:
        then = t(
            "Not even a doubling would show: bring more visits first, or test on more channels at "
            "once."
        )
    else:
        then = t(
            "Take a larger step, one that could make {difference} or more.",
            difference=difference_words(plan, size.larger_step),
        )
    return escape(f"{text} {then}")
