"""Is what we say about channels and correlations as sure as we say? Ours against what others do.

    python benchmarks/honest_verdicts.py [--sites 60] [--first-seed 0] [--only channels]

Sites and pairs are those of ``tests/simulate_rates.py`` and ``tests/simulate_pairs.py``; their
truth is known. For each bar: what is wanted, what was measured (±: one Monte Carlo standard error,
by site), whether it is passed, and the same of peers on the same data. A bar holds for all its
cases together as it stands, and for each case alone with two standard errors of slack. The exit
code is 1 if any bar is missed; with fresh seeds or few sites a miss of the first kind by less than
two standard errors may be chance. Every second site is daily instead of hourly.

Channels; true rates are long-run rates, the days' shocks integrated out
    false verdict     share of sites with any "better" or "worse" though no channel differs
    found             one channel is 8 points better: share of sites where it is called better
    wrongly alike     share of the same sites where it is called "like the rest"
    covers            share of 95 % intervals that hold the true ratio (channels of 200 sessions)
    gap covers        the same of the difference to all other channels together
    few covers        the same as covers of channels with fewer than 200 sessions; no bar
    not first         share of sites where a channel of 1 or 3 perfect sessions is not ranked first
    fair covers       share of like-for-like intervals that hold the rate at equal hours
    fair order        share of sites where the two best stand in their true order, whereas their
                      ratios of sums stand in the wrong one
    Peers: Wilson = intervals of independent sessions, z-tests; days = each day one independent
    cluster; rows = mean of the rates of rows, t-tests (all corrected by Holm); raw = ratio of sums.

Correlations
    independent       share of independent pairs called "still there" or "differs between channels"
    clock             the same where both follow the clock and share nothing else
    linked            a link of 0.3 beside the clock, 4 weeks by the hour: share "still there"
    flip              negative in each channel, positive over all: share "differs between channels"
    no flip           share of the same verdict where both go together within each channel, too
    r covers          share of 95 % intervals that hold the true correlation of 0.5
    rho covers        the same of rank correlations
    clean covers      the same of correlations with the clock removed
    lags              share of independent pairs with a finding at any lag
    lag found         clicks follow sessions by 3 hours: the strongest finding is at 2 to 4 hours
    Peer: plain = scipy's Pearson (p < 0.05) and its interval; lags outside 1.96 / sqrt(n).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.channels import compare_channels, like_for_like
from core.correlations import DIFFERS, STILL_THERE, correlate, find_lags
from core.traffic import Traffic, make_traffic
from tests.simulate_pairs import simulate_flip, simulate_pair, true_link
from tests.simulate_rates import (
    RATIOS,
    RateSite,
    add_perfect_channel,
    crossed_site,
    fair_rates,
    random_site,
    simulate_rates,
    true_differences,
    true_ratios,
)

POINTS = 0.08
LEAST = 200
"""Sessions a channel needs for its interval to be held against the bar."""
LEAST_DAYS = 7
FAMILY_ERROR = 0.05
OURS = "ours"
SLACK = 2


class Bar(NamedTuple):
    """What is wanted: a share from ``low`` to ``high``; 0 to 1 is no bar but a report."""

    low: float
    high: float

    @property
    def words(self) -> str:
        """The bar as it is printed."""
        if (self.low, self.high) == (0, 1):
            return "-"
        if self.low == 0:
            return f"<= {self.high:.0%}"
        if self.low == 1:
            return "100%"
        return f">= {self.low:.0%}" if self.high == 1 else f"{self.low:.0%}-{self.high:.0%}"


COVERS, SELDOM, REPORT = Bar(0.93, 0.97), Bar(0, 0.05), Bar(0, 1)
BARS = {
    "false verdict": SELDOM,
    "found": Bar(0.95, 1),
    "wrongly alike": SELDOM,
    "covers": COVERS,
    "gap covers": COVERS,
    "few covers": REPORT,
    "not first": Bar(1, 1),
    "fair covers": COVERS,
    "fair order": Bar(0.95, 1),
    "independent": SELDOM,
    "clock": SELDOM,
    "linked": Bar(0.9, 1),
    "flip": Bar(0.95, 1),
    "no flip": SELDOM,
    "r covers": COVERS,
    "rho covers": COVERS,
    "clean covers": COVERS,
    "lags": SELDOM,
    "lag found": Bar(0.9, 1),
}


class Record(NamedTuple):
    """One answer of one method about one site: right or wrong, found or not."""

    bar: str
    case: str
    who: str
    value: bool


# --- what others do about channels: the same columns as ours --------------------------------------


class Rows(NamedTuple):
    """A ratio's parts: by channel the rates of its rows; days by channels; days of all channels."""

    rates: dict[str, np.ndarray]
    top: pd.DataFrame
    bottom: pd.DataFrame
    all_top: np.ndarray
    all_bottom: np.ndarray


def parts_of(traffic: Traffic, metric: str) -> Rows:
    """Add up the hours of each day."""
    names = {RATIOS[metric]: "top", "sessions": "bottom"}
    frame = traffic.frame.rename(columns=names)[["time", "channel", "top", "bottom"]]
    rates = (frame["top"] / frame["bottom"]).groupby(frame["channel"])
    frame = frame.assign(time=frame["time"].dt.normalize())
    sums = frame.groupby(["time", "channel"])[["top", "bottom"]].sum().unstack(fill_value=0)
    totals = [sums[part].sum(axis=1).to_numpy() for part in ("top", "bottom")]
    by_channel = {str(name): values.to_numpy() for name, values in rates}
    return Rows(by_channel, sums["top"], sums["bottom"], *totals)


def by_wilson(rows: Rows, name: str) -> tuple[float, ...]:
    """Take every session for an independent coin toss."""
    hits, tries = rows.top[name].sum(), rows.bottom[name].sum()
    low, high = proportion_confint(hits, tries, method="wilson")
    others, rest = rows.all_top.sum() - hits, rows.all_bottom.sum() - tries
    gap = confint_proportions_2indep(hits, tries, others, rest, method="newcomb")
    pooled = (hits + others) / (tries + rest)
    error = np.sqrt(pooled * (1 - pooled) * (1 / tries + 1 / rest))
    z = (hits / tries - others / rest) / error
    return low, high, *gap, 2 * stats.norm.sf(abs(z))


def by_days(rows: Rows, name: str) -> tuple[float, ...]:
    """Take every day for one independent draw: the linearised variance of a ratio."""
    top, bottom = rows.top[name].to_numpy(), rows.bottom[name].to_numpy()
    value, pull = ratio_of_days(top, bottom)
    rest, rest_pull = ratio_of_days(rows.all_top - top, rows.all_bottom - bottom)
    gap = t_interval(value - rest, spread_of(pull - rest_pull), len(pull) - 1)
    return *t_interval(value, spread_of(pull), len(pull) - 1)[:2], *gap


def ratio_of_days(top: np.ndarray, bottom: np.ndarray) -> tuple[float, np.ndarray]:
    """Return a ratio of sums, and how far each day pulls it."""
    value = top.sum() / bottom.sum()
    return value, (top - value * bottom) / bottom.sum()


def spread_of(pull: np.ndarray) -> float:
    """Return the standard error of a sum of independent parts."""
    return float(np.sqrt(len(pull) / (len(pull) - 1) * (pull**2).sum()))


def t_interval(value: float, error: float, freedom: float) -> tuple[float, float, float]:
    """Return low, high and the p-value of no difference."""
    reach = stats.t.ppf(0.975, freedom) * error
    return value - reach, value + reach, 2 * stats.t.sf(abs(value) / error, freedom)


def by_rows(rows: Rows, name: str) -> tuple[float, ...]:
    """Average the rates of the rows."""
    own = rows.rates[name]
    rest = np.concatenate([rates for other, rates in rows.rates.items() if other != name])
    gap = stats.ttest_ind(own, rest, equal_var=False)
    interval = t_interval(own.mean(), stats.sem(own), len(own) - 1)
    return *interval[:2], *gap.confidence_interval(), gap.pvalue


PEERS: dict[str, Callable[[Rows, str], tuple[float, ...]]] = {
    "Wilson": by_wilson,
    "days": by_days,
    "rows": by_rows,
}


def peer_comparison(rows: Rows, who: str) -> pd.DataFrame:
    """Compare large channels as a peer does; the frame has our columns."""
    columns = ["low", "high", "difference_low", "difference_high", "p_value"]
    bottom = rows.bottom.sum()
    is_large = (bottom >= LEAST) & (rows.bottom.gt(0).sum() >= LEAST_DAYS)
    lines = {name: PEERS[who](rows, name) for name in bottom.index[is_large]}
    frame = pd.DataFrame.from_dict(lines, orient="index", columns=columns)
    frame["n"] = bottom
    is_sure = holm(frame["p_value"].to_numpy()) < FAMILY_ERROR
    middle = frame["difference_low"] + frame["difference_high"]
    frame["verdict"] = np.where(is_sure, np.where(middle > 0, "better", "worse"), "")
    return frame


def holm(p_values: np.ndarray) -> np.ndarray:
    """Correct p-values for their number."""
    order = np.argsort(p_values)
    steps = p_values[order] * np.arange(len(order), 0, -1)
    corrected = np.empty(len(order))
    corrected[order] = np.maximum.accumulate(steps)
    return corrected


# --- channels: each job draws one site and yields records -----------------------------------------


def traffic_of(frame: pd.DataFrame, seed: int) -> Traffic:
    """Return hours of even sites and days of odd ones."""
    return make_traffic(frame, "day" if seed % 2 else "hour")


def draw(seed: int, site: RateSite) -> Traffic:
    """Draw a site by hours or days."""
    return traffic_of(simulate_rates(seed, site, daily=bool(seed % 2)), seed)


def comparisons(traffic: Traffic, metric: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield what each method says, ours first."""
    yield OURS, compare_channels(traffic, metric).frame.set_index("channel")
    rows = parts_of(traffic, metric)
    for who in PEERS:
        if who != "Wilson" or metric == "engagement_rate":
            yield who, peer_comparison(rows, who)


def any_kind(seed: int) -> dict[str, Any]:
    """Choose 2 to 60 channels (log-uniform), 2 to 12 weeks and a memory of 0 to 0.6."""
    rng = np.random.default_rng([seed, 40])
    channels = int(np.exp(rng.uniform(np.log(2), np.log(61))))
    return {
        "channels": channels,
        "weeks": int(rng.integers(2, 13)),
        "memory": float(rng.uniform(0, 0.6)),
    }


KINDS = {
    f"{channels} channels, {weeks} weeks, memory {memory}": {
        "channels": channels,
        "weeks": weeks,
        "memory": memory,
    }
    for channels, weeks, memory in product((4, 12), (4, 8), (0.0, 0.5))
}
ANY = "2-60 channels, 2-12 weeks"


def kind_of(case: str, seed: int) -> dict[str, Any]:
    """Return the arguments of a site of this kind."""
    return KINDS[case] if case in KINDS else any_kind(seed)


def alike(case: str, seed: int) -> Iterator[Record]:
    """No channel differs in its engagement rate."""
    yield from nothing_differs(case, seed, "engagement_rate")


def alike_otherwise(case: str, seed: int) -> Iterator[Record]:
    """No channel differs in events and engagement time per session."""
    for metric in list(RATIOS)[1:]:
        for record in nothing_differs(metric.replace("_", " "), seed, metric):
            yield record._replace(bar=f"{record.bar}, {case}")


def nothing_differs(case: str, seed: int, metric: str) -> Iterator[Record]:
    """Compare channels of a site that are all alike."""
    site = random_site(seed, **kind_of(case, seed))
    truth = truth_of(site, metric)
    for who, frame in comparisons(draw(seed, site), metric):
        is_judged = frame["verdict"].isin(["better", "worse"]).any()
        yield Record("false verdict", case, who, bool(is_judged))
        yield from coverage(case, who, frame, truth)


def one_better(case: str, seed: int) -> Iterator[Record]:
    """The second largest channel is better by 8 points."""
    site = random_site(10_000 + seed, **kind_of(case, seed), better=POINTS)
    truth = truth_of(site, "engagement_rate")
    for who, frame in comparisons(draw(seed, site), "engagement_rate"):
        verdict = frame["verdict"].get(site.names[1])
        yield Record("found", case, who, verdict == "better")
        if who == OURS:
            yield Record("wrongly alike", case, who, verdict == "like the rest")
        yield from coverage(case, who, frame, truth)


def different(case: str, seed: int) -> Iterator[Record]:
    """All channels differ."""
    site = random_site(20_000 + seed, **kind_of(case, seed), spread=0.15)
    truth = truth_of(site, "engagement_rate")
    for who, frame in comparisons(draw(seed, site), "engagement_rate"):
        yield from coverage(f"{case}, all differ", who, frame, truth)


def truth_of(site: RateSite, metric: str) -> pd.DataFrame:
    """Return the true ratio and the true difference to the rest of each channel."""
    return pd.DataFrame({"ratio": true_ratios(site, metric), "gap": true_differences(site, metric)})


def coverage(case: str, who: str, frame: pd.DataFrame, truth: pd.DataFrame) -> Iterator[Record]:
    """Hold intervals against the true ratios and differences."""
    for name, row in frame.iterrows():
        bar = "covers" if row["n"] >= LEAST else "few covers"
        if np.isfinite(row["low"]):
            yield Record(bar, case, who, row["low"] <= truth["ratio"][name] <= row["high"])
        if row["n"] >= LEAST and np.isfinite(row["difference_low"]):
            is_held = row["difference_low"] <= truth["gap"][name] <= row["difference_high"]
            yield Record("gap covers", case, who, is_held)


def perfect(case: str, seed: int) -> Iterator[Record]:
    """A channel has one or three sessions, all engaged."""
    site = random_site(30_000 + seed, **any_kind(seed), spread=0.15 * (seed % 3) / 2)
    frame = simulate_rates(seed, site, daily=bool(seed % 2))
    count = 1 if case == "1 session" else 3
    traffic = traffic_of(add_perfect_channel(frame, "Perfect", count, seed), seed)
    result = compare_channels(traffic).frame.set_index("channel")
    yield Record("not first", case, OURS, result["rank"]["Perfect"] != 1)
    yield Record("not first", case, "raw", result["value"]["Perfect"] < result["value"].max())


def crossed(case: str, seed: int) -> Iterator[Record]:
    """Channels live at different hours, and hours differ in quality."""
    site = crossed_site(seed, weeks=int(case.split(maxsplit=1)[0]))
    truth = fair_rates(site)
    traffic = make_traffic(simulate_rates(seed, site), "hour")
    frame = like_for_like(traffic).frame.set_index("channel")
    for name, row in frame.iterrows():
        is_held = row["fair_low"] <= truth[name] <= row["fair_high"]
        yield Record("fair covers", case, OURS, is_held)
    best, second = truth.nlargest(2).index
    yield Record("fair order", case, OURS, frame["fair"][best] > frame["fair"][second])
    yield Record("fair order", case, "raw", frame["value"][best] > frame["value"][second])


# --- correlations ---------------------------------------------------------------------------------

HOURS, DAYS = {"grain": "hour", "days": 28}, {"grain": "day", "days": 90}
UNLINKED = {
    "28 days by the hour, memory 0.9": HOURS | {"memory": 0.9},
    "28 days by the hour, memory 0.5": HOURS | {"memory": 0.5},
    "90 days, memory 0.9": DAYS | {"memory": 0.9},
    "90 days, memory 0.5": DAYS | {"memory": 0.5},
}
CLOCKED = {f"{case}, clock": kind | {"strength": 0.5} for case, kind in UNLINKED.items()}
LINKED = {
    f"28 days by the hour, memory {memory}{', clock' if strength else ''}": HOURS
    | {"memory": memory, "strength": strength}
    for memory, strength in product((0.0, 0.5, 0.9), (0.0, 0.5))
}
PAIRS = UNLINKED | CLOCKED | LINKED


def pair_of(case: str, seed: int, **more: Any) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Draw a pair; return it with our answer."""
    kind = PAIRS[case] | more
    frame = simulate_pair(seed, **kind)
    return frame, row_of(make_traffic(frame, kind["grain"]), kind["grain"])


def row_of(traffic: Traffic, level: str) -> dict[str, Any]:
    """Return our answer about sessions and clicks."""
    frame = correlate(traffic, level).frame
    is_pair = frame["first"].eq("sessions") & frame["second"].eq("clicks")
    return frame[is_pair].to_dict("records")[0]


def unlinked(case: str, seed: int) -> Iterator[Record]:
    """Nothing ties the two together, but perhaps the clock."""
    frame, row = pair_of(case, seed)
    bar = "clock" if case in CLOCKED else "independent"
    yield Record(bar, case, OURS, row["verdict"] in {STILL_THERE, DIFFERS})
    plain = stats.pearsonr(frame["sessions"], frame["clicks"])
    yield Record(bar, case, "plain", plain.pvalue < 0.05)


def linked(case: str, seed: int) -> Iterator[Record]:
    """The two share a part of their noise."""
    frame, row = pair_of(case, seed, link=0.3)
    yield Record("linked", case, OURS, row["verdict"] == STILL_THERE)
    plain = stats.pearsonr(frame["sessions"], frame["clicks"])
    yield Record("linked", case, "plain", plain.pvalue < 0.05)


def flipped(case: str, seed: int) -> Iterator[Record]:
    """Over all rows the two go together; within each channel against one another, or as well."""
    grain = "hour" if case.endswith("hour") else "day"
    for bar, link in (("flip", -0.6), ("no flip", 0.6)):
        frame = simulate_flip(seed, 28 if grain == "hour" else 90, grain, link=link)
        verdict = row_of(make_traffic(frame, grain), "rows")["verdict"]
        yield Record(bar, case, OURS, verdict == DIFFERS)


def correlated(case: str, seed: int) -> Iterator[Record]:
    """The two have a known correlation of 0.5."""
    frame, row = pair_of(case, seed, link=0.5)
    yield Record("r covers", case, OURS, row["low"] <= 0.5 <= row["high"])
    plain = stats.pearsonr(frame["sessions"], frame["clicks"]).confidence_interval()
    yield Record("r covers", case, "plain", plain.low <= 0.5 <= plain.high)
    rho = 6 / np.pi * np.arcsin(0.25)
    yield Record("rho covers", case, OURS, row["rho_low"] <= rho <= row["rho_high"])


def correlated_by_clock(case: str, seed: int) -> Iterator[Record]:
    """The two have a known correlation of 0.5 once the clock is removed."""
    row, kind = pair_of(case, seed, link=0.5)[1], PAIRS[case]
    truth = true_link(kind["days"], kind["grain"], 0.5, kind["strength"])
    yield Record("clean covers", case, OURS, row["without_low"] <= truth <= row["without_high"])


def lags_of(frame: pd.DataFrame, grain: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return our findings and those of the plain cross-correlation; both with ``lag`` and ``r``."""
    result = find_lags(make_traffic(frame, grain), "sessions", "clicks", grain).frame
    plain = [plain_lag(frame, int(lag)) for lag in result["lag"]]
    table = pd.DataFrame({"lag": result["lag"], "r": plain})
    return result[result["is_finding"]], table[table["r"].abs() > 1.96 / np.sqrt(len(frame))]


def plain_lag(frame: pd.DataFrame, lag: int) -> float:
    """Correlate clicks with the sessions of ``lag`` periods before."""
    return float(frame["clicks"].corr(frame["sessions"].shift(lag)))


def unlinked_lags(case: str, seed: int) -> Iterator[Record]:
    """Nothing follows anything."""
    findings = lags_of(simulate_pair(seed, **PAIRS[case]), PAIRS[case]["grain"])
    for who, found in zip((OURS, "plain"), findings, strict=True):
        yield Record("lags", case, who, len(found) > 0)


def planted_lag(case: str, seed: int) -> Iterator[Record]:
    """Clicks follow sessions by three hours."""
    findings = lags_of(simulate_pair(seed, **PAIRS[case], link=0.4, lag=3), "hour")
    for who, found in zip((OURS, "plain"), findings, strict=True):
        strongest = found.loc[found["r"].abs().idxmax(), "lag"] if len(found) else np.nan
        yield Record("lag found", case, who, 2 <= strongest <= 4)


# --- all of them ----------------------------------------------------------------------------------


class Section(NamedTuple):
    """A job, the cases it is run for, and how many sites each gets relative to ``--sites``."""

    job: Callable[[str, int], Iterator[Record]]
    cases: Iterable[str]
    part: float = 1.0


SECTIONS = {
    "channels": [
        Section(alike, [*KINDS, ANY]),
        Section(alike_otherwise, ["other ratios"], 2),
        Section(one_better, KINDS),
        Section(different, [ANY]),
        Section(perfect, ["1 session", "3 sessions"]),
        Section(crossed, ["4 weeks", "8 weeks"]),
    ],
    "correlations": [
        Section(unlinked, UNLINKED | CLOCKED, 2),
        Section(linked, LINKED),
        Section(flipped, ["28 days by the hour", "90 days"]),
        Section(correlated, UNLINKED, 4),
        Section(correlated_by_clock, CLOCKED, 2),
        Section(unlinked_lags, UNLINKED | CLOCKED),
        Section(planted_lag, LINKED),
    ],
}


def run(task: tuple[Callable[[str, int], Iterator[Record]], str, int]) -> list[dict[str, Any]]:
    """Run one job for one site."""
    job, case, seed = task
    site = f"{job.__name__}, {case}, {seed}"
    return [record._asdict() | {"site": site} for record in job(case, seed)]


def tasks(names: Iterable[str], sites: int, first: int) -> Iterator[tuple]:
    """Yield every job, case and seed."""
    for section in (section for name in names for section in SECTIONS[name]):
        for case in section.cases:
            for seed in range(first, first + max(1, round(section.part * sites))):
                yield section.job, case, seed


def share(records: pd.DataFrame) -> tuple[float, float]:
    """Return the share of right ones and its standard error: answers on one site go together.

    Where all or none are right, the error is that of one site more that is not.
    """
    sites = records.groupby("site")["value"].agg(["sum", "count"])
    value, pull = ratio_of_days(sites["sum"].to_numpy(), sites["count"].to_numpy())
    if value in {0, 1} or len(sites) == 1:
        return float(value), 1 / (len(sites) + 1)
    return float(value), spread_of(pull)


def line(name: str, case: str, records: pd.DataFrame, slack: float) -> dict[str, Any]:
    """Hold one figure against its bar, peers beside it."""
    by_method = {who: share(part) for who, part in records.groupby("who", sort=False)}
    value, error = by_method.pop(OURS)
    bar, reach = BARS[name.split(", ", maxsplit=1)[0]], slack * error + 1e-9
    is_passed = bar.low - reach <= value <= bar.high + reach
    peers = {who: f"{100 * peer:.1f}" for who, (peer, _) in by_method.items()}
    verdict = "" if bar == REPORT else "pass" if is_passed else "MISSED"
    figures = {"measured %": f"{100 * value:.1f}", "±": f"{100 * error:.1f}", "wanted": bar.words}
    start = {"bar": name, "case": case, "sites": records["site"].nunique()}
    return start | figures | {"verdict": verdict} | peers


def case_lines(records: pd.DataFrame) -> pd.DataFrame:
    """Hold each case alone against its bar."""
    lines = [
        line(str(name), str(case), part, SLACK)
        for name, group in records.groupby("bar", sort=False)
        for case, part in group.groupby("case", sort=False)
    ]
    return pd.DataFrame(lines).fillna("")


def bar_lines(records: pd.DataFrame) -> pd.DataFrame:
    """Hold all cases together against each bar."""
    groups = records.groupby("bar", sort=False)
    return pd.DataFrame([line(str(name), "all", part, 0) for name, part in groups]).fillna("")


def measured(names: list[str], sites: int, first: int, workers: int | None) -> pd.DataFrame:
    """Run everything; one row per record."""
    with ProcessPoolExecutor(workers) as pool:
        found = pool.map(run, list(tasks(names, sites, first)), chunksize=4)
        return pd.DataFrame([row for rows in found for row in rows])


def main() -> None:
    """Print the table; leave with 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sites", type=int, default=60, help="simulated sites per case")
    parser.add_argument("--first-seed", type=int, default=0, help="choose it anew for fresh sites")
    parser.add_argument("--only", choices=SECTIONS, help="one part only")
    parser.add_argument("--workers", type=int, help="processes; by default one per core")
    options = parser.parse_args()
    names = [options.only] if options.only else list(SECTIONS)
    records = measured(names, options.sites, options.first_seed, options.workers)
    tables = [case_lines(records), bar_lines(records)]
    for lines in tables:
        print(lines.to_string(index=False), end="\n\n")
    missed = sum(lines["verdict"].eq("MISSED").sum() for lines in tables)
    print(f"{missed} missed" if missed else "all passed")
    sys.exit(int(missed > 0))


if __name__ == "__main__":
    main()
