"""When people come: the busiest part of the day."""

from __future__ import annotations

import pandas as pd

from core import wording
from core.errors import NotEnoughData
from core.recommendations.model import Evidence, Finding, Outcome
from core.rhythm import find_window


def busiest_hours(evidence: Evidence) -> Outcome:
    """Four hours of the day hold clearly more than an even share: publish or staff there.

    Condition: even the low end of the share's interval is above an even share.
    """
    traffic, metric = evidence.traffic, evidence.traffic.main_metric
    try:
        busy = find_window(traffic, metric)
        quiet = find_window(traffic, metric, busiest=False)
    except NotEnoughData:
        return Outcome()
    tested = (busy.p_value / 24,) * 24
    if not busy.is_clearly_busy:
        return Outcome(tested=tested)
    total = float(traffic.frame[metric].sum())
    label = wording.metric_label(metric, traffic.grain).lower()
    when = f"{wording.clock(busy.start)}–{wording.clock(busy.end)}"
    finding = Finding(
        rule_id="busiest_hours",
        subject=when,
        headline=f"{when} holds {wording.percent(busy.share)} of {label} "
        f"in {wording.percent(busy.even_share)} of the hours",
        action="Publish, send and staff for these hours first; try one post a day moved into them.",
        evidence=_table([busy, quiet]),
        n=total,
        impact=(busy.share - busy.even_share) * total / evidence.weeks,
        impact_unit=f"{label} a week above an even day",
        p_value=busy.p_value,
        is_corrected=True,
        caveats=(
            "People may come then because that is when you publish now.",
            "Hours are in the time zone of the GA4 property.",
        ),
    )
    return Outcome((finding,), tested)


def _table(windows: list) -> pd.DataFrame:
    rows = [
        {
            "Hours": f"{wording.clock(w.start)}–{wording.clock(w.end)}",
            "Share": wording.percent(w.share),
            "Interval": f"{wording.percent(w.share_low)} to {wording.percent(w.share_high)}",
            "Even share": wording.percent(w.even_share),
        }
        for w in windows
    ]
    return pd.DataFrame(rows)
