"""The bars that the forecast is held against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from benchmarks.peers.scores import overall

OURS, PROPHET = "ours", "Prophet"
MOST_RELATIVE, WORST_RELATIVE, MOST_OF_PROPHET = 0.77, 1.05, 0.70
COVER80, COVER80_EACH, COVER95, COVER_WEEKS = (0.77, 0.83), (0.7, 0.9), (0.92, 0.98), (0.7, 0.9)
MOST_SECONDS_MONTH, MOST_SECONDS_YEARS, MOST_MIB = 3, 15, 200


class Bar(NamedTuple):
    """What is wanted, what was measured, whether that is enough; None: it was not measured."""

    wanted: str
    measured: str
    is_passed: bool | None

    @property
    def line(self) -> str:
        """The bar as it is printed."""
        verdict = {True: "pass", False: "FAIL", None: "-   "}[self.is_passed]
        return f"{verdict}  {self.wanted}: {self.measured}"


class Cost(NamedTuple):
    """Seconds of one forecast on 28 days and on two years of hours; MiB of the latter."""

    month: float
    years: float
    mib: float | None


def at_most(what: str, value: float, most: float, form: str = ".3f") -> Bar:
    """Want a figure of at most so much."""
    return Bar(f"{what} <= {most:g}", f"{value:{form}}", bool(value <= most))


def within(what: str, value: float, ends: tuple[float, float]) -> Bar:
    """Want a share between two ends."""
    low, high = ends
    return Bar(f"{what} {low:.0%}-{high:.0%}", f"{value:.1%}", bool(low <= value <= high))


def each_within(what: str, values: pd.Series, ends: tuple[float, float]) -> Bar:
    """Want the share of every series between two ends."""
    low, high = ends
    outside = values[(values < low) | (values > high)]
    names = "".join(f", {name} {value:.1%}" for name, value in outside.items())
    measured = f"{values.min():.1%} to {values.max():.1%}"
    measured += f"; outside{names[1:]}" if names else ""
    return Bar(f"{what} {low:.0%}-{high:.0%}", measured, outside.empty)


def below_all(what: str, figures: pd.Series) -> Bar:
    """Want our figure below that of every peer."""
    ours, peers = figures[OURS], figures.drop(OURS)
    best = f"{peers.idxmin()} {peers.min():.3f}"
    return Bar(
        f"{what} below every peer's", f"{ours:.3f}, best peer {best}", bool(ours < peers.min())
    )


def accuracy_bars(table: pd.DataFrame, weeks: pd.Series) -> Iterator[Bar]:
    """Yield the bars on errors and bands.

    Args:
        table: measures by series and method, see ``scores.by_series``.
        weeks: coverage of weekly totals by series.
    """
    relative, each = overall(table, "rel"), table.xs(OURS, level="who")
    yield at_most("geometric mean of relative MAE", relative[OURS], MOST_RELATIVE)
    yield below_all("relative MAE", relative)
    share = relative[OURS] / relative[PROPHET]
    yield at_most("relative MAE / that of default Prophet", share, MOST_OF_PROPHET)
    worst = each["rel"].idxmax()
    yield at_most(f"worst series, {worst}: relative MAE", each["rel"].max(), WORST_RELATIVE)
    yield within("80 % bands cover, over all,", overall(table, "cover80")[OURS], COVER80)
    yield each_within("80 % bands cover, every series,", each["cover80"], COVER80_EACH)
    yield within("95 % bands cover, over all,", overall(table, "cover95")[OURS], COVER95)
    yield within("80 % bands of weekly totals cover", float(weeks.mean()), COVER_WEEKS)
    yield below_all("interval score at 80 %", overall(table, "interval"))


def cost_bars(cost: Cost) -> Iterator[Bar]:
    """Yield the bars on time and memory."""
    yield at_most("seconds on 28 days of hours", cost.month, MOST_SECONDS_MONTH, ".2f")
    yield at_most("seconds on two years of hours", cost.years, MOST_SECONDS_YEARS, ".2f")
    what = "MiB above the app, two years of hours,"
    if cost.mib is None:
        yield Bar(f"{what} <= {MOST_MIB}", "this system does not tell", None)
    else:
        yield at_most(what, cost.mib, MOST_MIB, ".0f")
