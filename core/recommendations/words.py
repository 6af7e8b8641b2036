"""Words and small tables that several rules share."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from core import wording
from core.expected import OTHERS
from core.language import SOURCE, mark, speaking, t
from core.metrics import METRICS
from core.recommendations.model import TestPlan

ALL = mark("All traffic")
"""Subject of what is about no channel."""
LONGEST_NAME = 30
"""Characters of a channel's name in a headline; what is longer is cut."""
MIN_LIFT = 0.2
"""Smallest difference of a count that a test should show: a fifth."""

MORE: Mapping[str, str] = MappingProxyType(
    {
        "Organic Social": mark(
            "Find the posts and the network that brought them, and plan more of the "
            "same kind there first."
        ),
        "Paid Social": mark(
            "Find the ads and audiences that brought them, and move a tenth of the budget there."
        ),
        "Direct": mark(
            "Give these returning visitors a page of their own: what is new, where they left off."
        ),
        "Email": mark(
            "Send the newsletter that brought them once more, to another part of the list."
        ),
        "Organic Video": mark(
            "Publish one more video of the same kind with the link in its first line."
        ),
        "Referral": mark(
            "Find the linking sites (Session source in GA4) and ask two more like them for a link."
        ),
        "Organic Search": mark(
            "Find the landing pages that brought them, and write one more for a related search."
        ),
        "Paid Search": mark(
            "Find the keywords that brought them, and move a tenth of the budget there."
        ),
    }
)
"""What to do more of where a channel's visits are good, by GA4's channel group."""
REPAIR: Mapping[str, str] = MappingProxyType(
    {
        "Direct": mark(
            "Personalise the page on which Direct visits land: show returning visitors what "
            "is new, and try it for half of them."
        ),
        "Email": mark(
            "Rethink the email: compare its subject with the page behind its link, and try "
            "another landing page for half of the clicks."
        ),
        "Organic Social": mark(
            "Compare what the posts promise with the page behind the link; try "
            "another landing page for half of the visits."
        ),
        "Organic Video": mark(
            "Compare what the video promises with the page behind its link; try "
            "another landing page for half of the visits."
        ),
        "Referral": mark(
            "Look at which sites link to you (Session source in GA4) and to which page; "
            "offer the two largest a better one."
        ),
    }
)
"""What to repair where a channel's visits are less engaged."""
_MORE = mark(
    "Find out what these visits have in common, and try one more campaign of the same kind."
)
_REPAIR = mark(
    "Check where these visits land and whether the page keeps what the link promised; try another "
    "landing page for half of them."
)


def do_more(channel: str) -> str:
    """The action for a channel that deserves more."""
    return t(MORE.get(channel, _MORE))


def repair(channel: str) -> str:
    """The action for a channel whose visits are less engaged."""
    return t(REPAIR.get(channel, _REPAIR))


def short(name: str) -> str:
    """A channel's name for a headline.

    >>> short("Referral"), short("a" * 40) == "a" * 29 + "…"
    ('Referral', True)
    """
    said = named(name)
    return said if len(said) <= LONGEST_NAME else f"{said[: LONGEST_NAME - 1]}…"


def named(channel: str) -> str:
    """A channel's own name; all traffic and the rest of the channels in words."""
    return t(channel) if channel in (ALL, OTHERS) else channel


def moment_as_subject(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """A stretch as the subject of a card: in English, so that ids are the same in every language.

    >>> moment_as_subject(pd.Timestamp("2024-04-17"), pd.Timestamp("2024-04-18"))
    'Wed 17 Apr 2024'
    """
    with speaking(SOURCE):
        return wording.moment(start, end)


def between(metric: str, low: float, high: float) -> str:
    """An interval of a metric's values; empty where there is none."""
    if not np.isfinite([low, high]).all():
        return ""
    return from_to(wording.metric_value(metric, low), wording.metric_value(metric, high))


def from_to(low: str, high: str) -> str:
    """An interval whose ends are written.

    >>> from_to("3", "4")
    '3 to 4'
    """
    return t("{low} to {high}", low=low, high=high)


def change_between(low: float, high: float, *, is_share: bool = False) -> str:
    """An interval of a change; empty where there is none."""
    if not np.isfinite([low, high]).all():
        return ""
    write = wording.points if is_share else wording.signed_percent
    return from_to(write(low), write(high))


def rate_table(frame: pd.DataFrame, metric: str) -> pd.DataFrame:
    """A comparison of channels, for people."""
    return pd.DataFrame(
        {
            t("Channel"): frame["channel"],
            wording.metric_label(str(METRICS[metric].denominator)): frame["n"].map(wording.count),
            METRICS[metric].label: [
                wording.metric_value(metric, value) for value in frame["value"]
            ],
            t("95 % interval"): [
                between(metric, low, high)
                for low, high in zip(frame["low"], frame["high"], strict=True)
            ],
            t("Verdict"): frame["verdict"].map(t),
        }
    )


def count_plan(change: str, channel: str, metric: str, daily: pd.Series) -> TestPlan | None:
    """Plan for a count: a fifth more than now; none where there is nothing.

    Args:
        change: what to do on one side.
        channel: for which channel, empty for all traffic.
        metric: a count.
        daily: its days.
    """
    weekly = 7 * float(daily.mean())
    if not weekly > 0:
        return None
    return TestPlan(change, channel, metric, weekly, MIN_LIFT, unevenness(daily), weekly)


def unevenness(daily: pd.Series) -> float:
    """Variance of days of the same weekday against that of independent visits, at least 1."""
    groups = daily.groupby(pd.DatetimeIndex(daily.index).day_of_week)
    spread = groups.var(ddof=1) / groups.mean().where(groups.mean() > 0)
    middle = float(spread.median())
    return max(middle, 1.0) if np.isfinite(middle) else 1.0
