"""Do the cards say what is true, and stay silent where nothing is? Held against the bars.

    python benchmarks/honest_recommendations.py [--sites 20] [--first-seed 0] [--only flat light]

Sites are those of ``tests/simulate_recommendations.py``, whose truth is known. All go by hours but
those with the channel of three sessions, which go by days. For each bar: what was measured (±: one
Monte Carlo standard error), what is wanted, and whether it is passed as it stands. The exit code
is 1 if any is missed; with few sites or fresh seeds a miss by less than two standard errors may be
chance.

Nothing to find (3 times ``--sites``)
    any strong        share of sites with a strong card though nothing is there
    any moderate      the same with a moderate card or a strong one
    Also without a bar: sites that differ from these by busy hours and days only; cards about them
    are right, any other is not.

One effect each, on sites with busy hours (``--sites`` each); a card of strength moderate or above
(for tagging any) must name it with the right rule and the right subject
    quality           a channel of at least 10 % is better by 11 points
    fade              such a channel sinks to half in the last third
    spike             such a channel has 3.5 times its visits for 3 to 6 hours of one day (24 visits
                      or more are usual then; else it is the largest channel)
    tagging           Unassigned takes 15 % from all channels from the middle on
    window            visits of 3 to 5 hours of the day are engaged more often by 8 points
    mix               every channel falls by 8 points, hidden by the growth of a better one

Test plans
    sample sizes      share of a grid on which they agree with ``statsmodels`` within 2 % (or one
                      session): rates, counts and events per session
    tests find        share of simulated tests of that size, good and bad days as the design effect
                      says, in which Welch's t-test of the days' rates finds the effect: overall
                      and at each point of the grid

A channel of three sessions, all engaged or none (25 times ``--sites``)
    tiny              share of sites on which no card praises or blames it; cards that say that it
                      is too small to judge, or that speak of the data, may name it

Below: which cards were wrong, how often, and seeds to draw the site again.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.proportion import power_proportions_2indep
from statsmodels.stats.rates import power_poisson_ratio_2indep

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.recommendations import Recommendation, TestPlan, recommend
from core.recommendations.plan import TestSize, size_test
from core.traffic import make_traffic
from tests.simulate_recommendations import (
    FADE,
    MIX,
    PLANTS,
    QUALITY,
    SPIKE,
    TAGGING,
    TINY,
    WINDOW,
    Planted,
    World,
    add_tiny,
    calm_world,
    draw,
    flat_world,
    light_world,
    planted_world,
)

FLAT, CALM, LIGHT, PLANS = "flat", "calm", "light", "plans"
PARTS = {FLAT: 3.0, CALM: 0.5} | dict.fromkeys(PLANTS, 1.0) | {PLANS: 0.0, LIGHT: 25.0}
"""Parts of the benchmark, and how many sites each takes relative to ``--sites``."""

CLEAR = ("strong", "moderate")
SILENT_ON_TINY = {"too_small_to_judge"}
"""Rules that may name a channel of three sessions, beside those about the data."""

RULES = {
    QUALITY: {"better_channel"},
    FADE: {"fading_channel", "new_level"},
    SPIKE: {"spike"},
    TAGGING: {"tagging_fault", "channel_switch"},
    WINDOW: {"engaged_hours"},
    MIX: {"hidden_by_mix"},
}
"""Rules that name an effect rightly."""

SHAPE_KINDS = {"timing", "planning"}
"""Kinds of cards about busy hours and days, which all sites but flat ones have."""

FOLLOWS = {
    QUALITY: {"worse_channel"},
    FADE: {"new_level"},
    SPIKE: set(),
    TAGGING: set(),
    WINDOW: set(),
    MIX: {
        "better_channel",
        "worse_channel",
        "growing_channel",
        "new_level",
        "concentration",
        "engagement_falls_while_volume_grows",
    },
}
"""Rules whose cards are right as well where an effect is planted, because they follow from it."""


class Record(NamedTuple):
    """One answer: whether a site, a size or a test fulfils what the bar asks."""

    bar: str
    seed: int
    value: bool


class Wrong(NamedTuple):
    """A card that should not be there, or one that is missing."""

    part: str
    what: str
    seed: int


class Bar(NamedTuple):
    """What is wanted: a share from ``low`` to ``high``; 0 to 1 is no bar but a report."""

    low: float
    high: float


ANY_STRONG, ANY_MODERATE, BUSY = "flat: any strong", "flat: any moderate", "busy hours: any other"
SIZES, FOUND, TINY_SILENT = "plans: sample sizes", "plans: tests find", "light: tiny"
BARS = {ANY_STRONG: Bar(0, 0.05), ANY_MODERATE: Bar(0, 0.10), BUSY: Bar(0, 1)}
BARS |= {f"named: {kind}": Bar(0.95, 1) for kind in PLANTS}
BARS |= {SIZES: Bar(1, 1), FOUND: Bar(0.75, 0.85), TINY_SILENT: Bar(1, 1)}

# --- sites ----------------------------------------------------------------------------------------


def cards_of(seed: int, world: World) -> list[Recommendation]:
    """Draw a site by hours and ask what is to be done."""
    return recommend(make_traffic(draw(seed, world), "hour"), with_forecast=False)


def said(card: Recommendation) -> str:
    """Return a card in short."""
    return f"{card.rule_id} ({card.strength})"


def flat(seed: int) -> Iterator[Record | Wrong]:
    """Nothing is there."""
    cards = cards_of(seed, flat_world(seed))
    yield Record(ANY_STRONG, seed, any(card.strength == "strong" for card in cards))
    yield Record(ANY_MODERATE, seed, any(card.strength in CLEAR for card in cards))
    yield from (Wrong(FLAT, said(card), seed) for card in cards if card.strength in CLEAR)


def calm(seed: int) -> Iterator[Record | Wrong]:
    """Nothing is there but busy hours and days."""
    cards = [card for card in cards_of(seed, calm_world(seed)) if is_about_more_than_shape(card)]
    yield Record(BUSY, seed, bool(cards))
    yield from (Wrong(CALM, said(card), seed) for card in cards)


def is_about_more_than_shape(card: Recommendation) -> bool:
    """Whether it is clear and says something else than when people come."""
    return card.strength in CLEAR and (card.kind not in SHAPE_KINDS or is_about_rate(card))


def is_about_rate(card: Recommendation) -> bool:
    """Whether it says when people are engaged."""
    return card.rule_id in RULES[WINDOW]


def planted(kind: str, seed: int) -> Iterator[Record | Wrong]:
    """One effect is there."""
    world = planted_world(kind, seed)
    truth = world.planted
    assert truth is not None
    cards = cards_of(seed, world)
    is_named = [names(card, truth) for card in cards]
    yield Record(f"named: {kind}", seed, any(is_named))
    if not any(is_named):
        yield Wrong(kind, "MISSED", seed)
    others = [card for card, right in zip(cards, is_named, strict=True) if not right]
    wrong = [card for card in others if is_about_more_than_shape(card)]
    follows = FOLLOWS[kind]
    yield from (Wrong(kind, said(card), seed) for card in wrong if card.rule_id not in follows)


# --- does a card name what was planted? -----------------------------------------------------------


def names(card: Recommendation, truth: Planted) -> bool:
    """Whether a card says what is true: right rule, right subject, strong enough."""
    is_clear = card.strength in CLEAR or truth.kind == TAGGING
    return is_clear and card.rule_id in RULES[truth.kind] and SUBJECTS[truth.kind](card, truth)


def names_channel(card: Recommendation, truth: Planted) -> bool:
    """Whether the channel is its subject."""
    return card.subject == truth.channel


def names_spike(card: Recommendation, truth: Planted) -> bool:
    """Whether it names the channel, and some of its hours in the stretch marked."""
    hint = card.chart
    if hint is None or hint.start is None or hint.end is None:
        return False
    assert truth.start is not None
    assert truth.end is not None
    is_there = hint.start < truth.end and truth.start < hint.end
    is_short = hint.end - hint.start <= pd.Timedelta(days=1)
    return is_there and is_short and hint.channel == truth.channel


def names_hours(card: Recommendation, truth: Planted) -> bool:
    """Whether at least half of the hours that it names are right."""
    match = re.search(r"(\d\d?):00\D+(\d\d?):00", f"{card.subject} {card.headline}")
    if match is None:
        return False
    first, end = map(int, match.groups())
    hours = {hour % 24 for hour in range(first, end if end > first else end + 24)}
    return 2 * len(hours & set(truth.hours)) >= len(hours)


def names_fall(card: Recommendation, truth: Planted) -> bool:
    """Whether it speaks of all traffic, or of the channel that hides the fall."""
    return card.subject in {"All traffic", truth.channel}


SUBJECTS: dict[str, Callable[[Recommendation, Planted], bool]] = {
    QUALITY: names_channel,
    FADE: names_channel,
    SPIKE: names_spike,
    TAGGING: names_channel,
    WINDOW: names_hours,
    MIX: names_fall,
}

# --- a channel of three sessions ------------------------------------------------------------------


def light(seed: int) -> Iterator[Record | Wrong]:
    """Three sessions tempt to a verdict."""
    frame = add_tiny(draw(seed, light_world(seed), daily=True), seed)
    cards = recommend(make_traffic(frame, "day"), with_forecast=False)
    judging = [card for card in cards if speaks_of(card, TINY) and not may_speak(card)]
    yield Record(TINY_SILENT, seed, not judging)
    yield from (Wrong(LIGHT, said(card), seed) for card in judging)


def speaks_of(card: Recommendation, channel: str) -> bool:
    """Whether it names a channel anywhere but in its table."""
    hint, plan = card.chart, card.test_plan
    places = [card.subject, card.headline, card.action]
    places += [hint.channel] if hint else []
    places += [plan.channel, plan.change] if plan else []
    return any(channel in place for place in places)


def may_speak(card: Recommendation) -> bool:
    """Whether it neither praises nor blames."""
    return card.rule_id in SILENT_ON_TINY or card.kind == "data"


# --- test plans -----------------------------------------------------------------------------------

ALPHA, POWER = 0.05, 0.8
BASES = (0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)
EFFECTS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08)
DESIGN_EFFECTS = (1.0, 1.5, 3.0, 8.0)
COUNT_EFFECTS = (0.03, 0.1, 0.2, 0.5)
RATE, COUNT, MEAN = "engagement_rate", "sessions", "events_per_session"
AGREEMENT = 0.02
TRIALS = 1_000
WEEKS = (2, 4, 10)
TRIED = (
    *product([RATE], (0.1, 0.4, 0.65), (0.02, 0.05), (1.0, 1.5, 4.0), WEEKS),
    *product([COUNT], [1.0], (0.1, 0.3), (1.0, 1.5, 4.0), WEEKS),
)
"""Metric, its base, effect, design effect and weeks of the tests simulated."""


def size_of(
    metric: str, base: float, effect: float, design: float, weekly: float = 1e5
) -> TestSize:
    """Return the size of a test as we say it."""
    return size_test(TestPlan("", "", metric, base, effect, design, weekly), effect)


def plans(first: int) -> Iterator[Record | Wrong]:
    """Hold sample sizes against those of others, and try them."""
    yield from sample_sizes()
    for place, point in enumerate(TRIED):
        yield from tried(1_000 * first + place, point)


def sample_sizes() -> Iterator[Record | Wrong]:
    """Compare sizes over a grid of rates, counts and means of counts, but for the last session."""
    grid = [
        *product([RATE], BASES, EFFECTS, DESIGN_EFFECTS),
        *product([COUNT], [1.0], COUNT_EFFECTS, DESIGN_EFFECTS),
        *product([MEAN], (2.0, 6.0), COUNT_EFFECTS, DESIGN_EFFECTS),
    ]
    for place, (metric, base, effect, design) in enumerate(grid):
        needed = needed_sessions if metric == RATE else needed_counts
        wanted, size = design * needed(base, effect), size_of(metric, base, effect, design).per_side
        agrees = abs(size - wanted) <= max(AGREEMENT * wanted, 1)
        yield Record(SIZES, place, agrees)
        if not agrees:
            words = f"{metric} {base}, effect {effect}, design {design}: {size} for {wanted:.0f}"
            yield Wrong(PLANS, words, place)


def solved(power_of: Callable[[float], float]) -> float:
    """Return the size at which a power is the one asked for."""
    return float(np.exp(brentq(lambda size: power_of(np.exp(size)) - POWER, 1, 20)))


def needed_sessions(base: float, effect: float) -> float:
    """Sessions on each side according to ``statsmodels``."""
    return solved(lambda n: power_proportions_2indep(effect, base, n, alpha=ALPHA).power)


def needed_counts(base: float, effect: float) -> float:
    """Sessions on each side, of so many counts each, according to ``statsmodels``."""
    power = partial(
        power_poisson_ratio_2indep, base * (1 + effect), base, value=1, alternative="two-sided"
    )
    return solved(lambda size: power(size).power)


def tried(seed: int, point: tuple[str, float, float, float, int]) -> Iterator[Record]:
    """Simulate tests of the size asked for, at such traffic that they last so many weeks.

    Sides with a rate run side by side, those with a count in turns, so that each has half the days.
    Nothing is tried where we would have it last longer than that.
    """
    metric, base, effect, design, weeks = point
    size = size_of(metric, base, effect, design).per_side
    if size_of(metric, base, effect, design, weekly=2 * size / weeks).weeks > weeks:
        return
    rng, days = np.random.default_rng([seed, 60]), weeks * 7 // (1 if metric == RATE else 2)
    if metric == RATE:
        sides = [rates_of_days(rng, rate, size, days, design) for rate in (base, base + effect)]
    else:
        sides = [counts_of_days(rng, size * part / days, days, design) for part in (1, 1 + effect)]
    found = stats.ttest_ind(*sides, axis=1, equal_var=False).pvalue < ALPHA
    name = f"{FOUND}, {metric} {base}, effect {effect}, design {design}, {weeks} weeks"
    yield from (Record(name, seed, bool(value)) for value in found)


def rates_of_days(
    rng: np.random.Generator, rate: float, size: int, days: int, design: float
) -> np.ndarray:
    """Draw the rate of each day of each trial; its variance is ``design`` times a binomial one."""
    sessions = np.diff(np.linspace(0, size, days + 1).round()).astype(int)
    rates = np.full((TRIALS, days), rate)
    if design > 1:
        strength = (sessions - 1) / (design - 1) - 1
        rates = rng.beta(rate * strength, (1 - rate) * strength, rates.shape)
    return rng.binomial(sessions, rates) / sessions


def counts_of_days(rng: np.random.Generator, mean: float, days: int, design: float) -> np.ndarray:
    """Draw the count of each day of each trial; its variance is ``design`` times its mean."""
    if design == 1:
        return rng.poisson(mean, (TRIALS, days))
    return rng.negative_binomial(mean / (design - 1), 1 / design, (TRIALS, days))


# --- all of them ----------------------------------------------------------------------------------

JOBS: dict[str, Callable[[int], Iterator[Record | Wrong]]] = {
    FLAT: flat,
    CALM: calm,
    LIGHT: light,
    PLANS: plans,
} | {kind: partial(planted, kind) for kind in PLANTS}


def measured(part: str, sites: int, first: int) -> list[Record | Wrong]:
    """Run one part; say at once what came out and how long it took."""
    start, seeds = time.perf_counter(), range(first, first + max(1, round(PARTS[part] * sites)))
    found = [item for seed in seeds for item in JOBS[part](seed)]
    values = pd.DataFrame([item for item in found if isinstance(item, Record)])
    shares = values.assign(bar=values["bar"].str.split(",").str[0]).groupby("bar")["value"].mean()
    words = ", ".join(f"{name} {share:.1%}" for name, share in shares.items())
    print(f"{time.perf_counter() - start:.0f} s  {words}", file=sys.stderr)
    return found


def bar_line(name: str, values: np.ndarray, wanted: Bar, slack: float = 0.0) -> dict[str, str]:
    """Hold a share against its bar; where all or none are right, ± is that of one more that is not.

    Args:
        name: of the line.
        values: right or wrong.
        wanted: what is wanted.
        slack: standard errors by which it may be missed.
    """
    count, share = len(values), float(values.mean())
    error = np.sqrt(share * (1 - share) / count) if 0 < share < 1 else 1 / (count + 1)
    reach = slack * error + 1e-9
    is_passed = wanted.low - reach <= share <= wanted.high + reach
    return {
        "bar": name,
        "n": str(count),
        "measured %": f"{100 * share:.1f}",
        "±": f"{100 * error:.1f}",
        "wanted %": "-" if wanted == Bar(0, 1) else f"{100 * wanted.low:g}-{100 * wanted.high:g}",
        "verdict": "" if wanted == Bar(0, 1) else "pass" if is_passed else "FAIL",
    }


def bar_lines(records: list[Record]) -> pd.DataFrame:
    """Hold everything against its bar; the worst and best test plan with two errors of slack."""
    values = pd.DataFrame(records).assign(point=lambda frame: frame["bar"])
    values["bar"] = values["bar"].str.split(",").str[0]
    lines = []
    for name, part in values.groupby("bar", sort=False):
        lines.append(bar_line(str(name), part["value"].to_numpy(), BARS[str(name)]))
        points = part.groupby("point")["value"].mean()
        if len(points) > 1:
            for extreme in (points.idxmin(), points.idxmax()):
                rows = part.loc[part["point"].eq(extreme), "value"].to_numpy()
                lines.append(bar_line(str(extreme), rows, BARS[str(name)], slack=2))
    return pd.DataFrame(lines)


def wrong_lines(wrong: list[Wrong]) -> pd.DataFrame:
    """Count wrong and missing cards, with seeds to draw them again."""
    frame = pd.DataFrame(wrong, columns=Wrong._fields)
    groups = frame.groupby(["part", "what"], sort=False)["seed"]
    table = groups.agg(
        sites="nunique",
        cards="size",
        seeds=lambda seeds: " ".join(map(str, seeds.drop_duplicates().head(8))),
    )
    return table.reset_index().sort_values(["part", "sites"], ascending=[True, False])


def main() -> None:
    """Print the tables; leave with 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sites", type=int, default=20, help="simulated sites per effect")
    parser.add_argument("--first-seed", type=int, default=0, help="choose it anew for fresh sites")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts only")
    options = parser.parse_args()
    found = [
        item
        for part in options.only or PARTS
        for item in measured(part, options.sites, options.first_seed)
    ]
    lines = bar_lines([item for item in found if isinstance(item, Record)])
    print(lines.to_string(index=False), end="\n\n")
    wrong = wrong_lines([item for item in found if isinstance(item, Wrong)])
    if len(wrong):
        print("Wrong or missing", wrong.to_string(index=False), sep="\n", end="\n\n")
    missed = int(lines["verdict"].eq("FAIL").sum())
    print(f"{missed} missed" if missed else "all passed")
    sys.exit(int(missed > 0))


if __name__ == "__main__":
    main()
