"""How good is the forecast? From many moments of the past, against what others would have said.

    python benchmarks/forecast_accuracy.py [PATH_TO/traffic.csv] [--without-statsforecast]

The file has the columns ``unique_id``, ``freq`` (``h`` or ``D``), ``ds``, ``y``. Without one, the
hourly sessions of the project's own sample are taken, of the site and of its channels; these are
simulated, so only a file of real traffic says how good the forecast is. Hours are forecast 7 days
ahead, days 28 days ahead, from up to eight moments of each series; who forecasts knows only what
came before. All run here and now on the same series:

    ours        ``core.forecast``
    naive       same hour (day) of last week
    four weeks  mean of the same hour (day) of the four prior weeks
    Prophet     with its defaults, its band from its own samples
    MSTL        of statsforecast: day and week (and year of days), with its own bands
    AutoETS     of statsforecast: day of hours or week of days, with its own bands

statsforecast needs another pandas and so an environment of its own, which ``make peers`` makes;
how each peer is set up stands in ``benchmarks/peers/``. No peer forecasts below zero. A peer whose
fit fails or takes longer than two minutes says what the naive says; how often is printed.

Printed, by series and over all of them:

    MAE             mean absolute error / that of the naive; below 1 is better. Over series:
                    geometric mean
    interval score  width of the 80 % band and 10 times what lies outside of it, / MAE of the naive;
                    less is better. Over series: geometric mean
    coverage        share of actual counts inside the band. Over series: mean
    bias            sum of (forecast - actual) / sum of actual, %. Over series: mean
    weeks           share of actual totals of seven days inside our 80 % band for them
    seconds         median for one of our forecasts, replay of the past included
    methods         which of our methods was chosen, how often

Then time and memory on two simulated years of hours, and the bars. The exit code is 1 if one fails,
2 if the environment of statsforecast is missing. On the sample bars are only an indication: none
fails the command.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.peers import cost, elsewhere
from benchmarks.peers.bars import OURS, PROPHET, Bar, Cost, accuracy_bars, cost_bars
from benchmarks.peers.contract import AHEAD, FAILURES, LEVELS, Case
from benchmarks.peers.profiles import four_weeks, last_week
from benchmarks.peers.prophet_default import prophet_default
from benchmarks.peers.scores import MEASURES, NAIVE, by_series, laid_out, score
from core.forecast import Forecast, at_level, forecast, sum_by
from core.ingest import read_export
from core.traffic import Filters, select, total_over_time

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample_ga4_export.csv"

LEVEL = 0.8
MOST_ORIGINS = 8
CYCLE = {"h": 24, "D": 1}
LEAST = {"h": 14 * 24, "D": 56}
LEAST_MEAN = 5
RUNS_MONTH, RUNS_YEARS = 5, 3

Answers = list[pd.DataFrame | None]
PEERS_HERE: dict[str, Callable[[Case], pd.DataFrame]] = {
    NAIVE: last_week,
    "four weeks": four_weeks,
    PROPHET: prophet_default,
}


# --- what is forecast -----------------------------------------------------------------------------


def origins(length: int, freq: str) -> list[int]:
    """Return the known lengths to forecast from, newest last, apart by a horizon if possible."""
    last = length - AHEAD[freq]
    room = (last - LEAST[freq]) // CYCLE[freq]
    step = max(1, min(AHEAD[freq] // CYCLE[freq], room // (MOST_ORIGINS - 1))) * CYCLE[freq]
    return list(range(last, LEAST[freq] - 1, -step))[:MOST_ORIGINS][::-1]


def cases_of(data: pd.DataFrame) -> Iterator[Case]:
    """Yield every moment of every series; a moment after a gap is moved to the last count."""
    for name, group in data.groupby("unique_id"):
        freq = str(group["freq"].iloc[0])
        series = group.set_index("ds")["y"].asfreq(freq).astype(float)
        for origin in origins(len(series), freq):
            known = series.iloc[:origin]
            known = known.loc[: known.last_valid_index()]
            truth = series.iloc[len(known) : len(known) + AHEAD[freq]]
            yield Case(str(name), freq, known, truth)


def sample_series() -> pd.DataFrame:
    """Return the sample's sessions by hour, of all channels together and of each that is large."""
    whole = read_export(SAMPLE.read_bytes(), SAMPLE.name).traffic
    parts = {"all": whole} | {
        channel: select(whole, Filters(channels=(channel,))) for channel in whole.channels
    }
    found = []
    for name, traffic in parts.items():
        sessions = total_over_time(traffic, ["sessions"])["sessions"]
        if sessions.mean() >= LEAST_MEAN:
            series = pd.DataFrame({"ds": sessions.index, "y": sessions.to_numpy()})
            found.append(series.assign(unique_id=f"sample {name}", freq="h"))
    return pd.concat(found)


# --- who forecasts --------------------------------------------------------------------------------


class Ours(NamedTuple):
    """One of our forecasts: both bands, which weekly totals held, what it took."""

    said: pd.DataFrame
    weeks: list[bool]
    seconds: float
    method: str


def ours(case: Case) -> Ours:
    """Forecast as the app does."""
    start = time.perf_counter()
    result = forecast(case.known, case.ahead, LEVEL)
    seconds = time.perf_counter() - start
    ends = {}
    for level in LEVELS:
        frame = at_level(result, level / 100).frame
        ends |= {f"low{level}": frame["low"], f"high{level}": frame["high"]}
    said = pd.DataFrame({"mean": result.frame["mean"], **ends})
    return Ours(said, list(weeks_held(case, result)), seconds, result.method)


def weeks_held(case: Case, result: Forecast) -> Iterator[bool]:
    """Yield whether the band of each total of seven days held; days with a gap have no total."""
    start = 0
    for week in sum_by(result, "week").itertuples():
        actual = case.truth.iloc[start : start + week.periods].sum(skipna=False)
        start += week.periods
        if not np.isnan(actual):
            yield bool(week.low <= actual <= week.high)


def ask_here(cases: list[Case], peer: Callable[[Case], pd.DataFrame]) -> Answers:
    """Return what a peer of this environment says in each case; None where its fit failed."""
    answers: Answers = []
    for case in cases:
        try:
            answers.append(peer(case))
        except FAILURES:
            answers.append(None)
    return answers


def ask_peers(cases: list[Case], with_statsforecast: bool) -> dict[str, Answers]:
    """Return by peer what it says in each case."""
    answers = {}
    for name, peer in PEERS_HERE.items():
        print(f"asking {name}", file=sys.stderr)
        answers[name] = ask_here(cases, peer)
    if with_statsforecast:
        print(f"asking {', '.join(elsewhere.PEERS)}", file=sys.stderr)
        answers |= elsewhere.ask(cases)
    return answers


def ask_ours(cases: list[Case]) -> list[Ours]:
    """Forecast every case ourselves."""
    print("asking ours", file=sys.stderr)
    return [ours(case) for case in cases]


# --- how good it was ------------------------------------------------------------------------------


def scores_of(cases: list[Case], own: list[Ours], peers: dict[str, Answers]) -> pd.DataFrame:
    """Return one row per case and method; where a peer failed, it says what the naive says."""
    rows = []
    for number, case in enumerate(cases):
        rows.append(score(case, OURS, own[number].said))
        for name, answers in peers.items():
            answer = answers[number]
            rows.append(score(case, name, peers[NAIVE][number] if answer is None else answer))
    return pd.DataFrame(rows)


def own_lines(cases: list[Case], own: list[Ours]) -> pd.DataFrame:
    """Return what is told of ours alone, a row a series."""
    rows = [
        {
            "series": case.series,
            "weeks": np.mean(one.weeks) if one.weeks else np.nan,
            "seconds": one.seconds,
            "method": one.method,
        }
        for case, one in zip(cases, own, strict=True)
    ]
    groups = pd.DataFrame(rows).groupby("series", sort=False)
    return pd.DataFrame(
        {
            "moments": groups.size(),
            "weeks": groups["weeks"].mean(),
            "seconds": groups["seconds"].median(),
            "methods": groups["method"].agg(
                lambda used: ", ".join(f"{key} {n}" for key, n in used.value_counts().items())
            ),
        }
    ).rename_axis(None)


def measured_cost() -> Cost:
    """Measure time and memory on simulated hours."""
    print("measuring time and memory", file=sys.stderr)
    years = cost.two_years_of_hours()
    month = cost.seconds_of(years.iloc[-cost.MONTH :], RUNS_MONTH)
    return Cost(month, cost.seconds_of(years, RUNS_YEARS), cost.memory_mib())


def print_tables(table: pd.DataFrame, own: pd.DataFrame, peers: dict[str, Answers]) -> None:
    """Print every measure, then ours alone."""
    for measure, (words, _) in MEASURES.items():
        form = "{:.1f}" if measure == "bias" else "{:.3f}"
        print(f"{words}\n{laid_out(table, measure).to_string(float_format=form.format)}\n")
    print(f"ours\n{own.to_string(float_format='{:.2f}'.format)}")
    print(f"weeks, all: {own['weeks'].mean():.3f}; seconds, all: {own['seconds'].median():.2f}\n")
    failed = {name: sum(one is None for one in answers) for name, answers in peers.items()}
    for name, times in failed.items():
        if times:
            print(f"{name} failed {times} times and said what the naive says\n")


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("path", type=Path, nargs="?", help="CSV with unique_id, freq, ds, y")
    parser.add_argument(
        "--without-statsforecast", action="store_true", help="leave out MSTL and AutoETS"
    )
    return parser.parse_args()


def verdict(bars: list[Bar], is_sample: bool) -> int:
    """Print the bars, return the exit code."""
    for bar in bars:
        print(bar.line)
    failed = sum(bar.is_passed is False for bar in bars)
    print(f"{failed} failed" if failed else "all passed")
    if is_sample:
        print("An indication only: the sample is simulated. Name a file of real traffic to judge.")
    return int(failed > 0 and not is_sample)


def main() -> int:
    """Ask all of them, print tables and bars."""
    chosen = options()
    if not (chosen.without_statsforecast or elsewhere.is_there()):
        print(
            "The peers MSTL and AutoETS need an environment of their own, which is not there.\n"
            "Make it with `make peers`, or leave them out with --without-statsforecast.",
            file=sys.stderr,
        )
        return 2
    warnings.filterwarnings("ignore", message="The inplace keyword", category=DeprecationWarning)
    data = pd.read_csv(chosen.path, parse_dates=["ds"]) if chosen.path else sample_series()
    cases = list(cases_of(data))
    peers = ask_peers(cases, not chosen.without_statsforecast)
    own = ask_ours(cases)
    table, lines = by_series(scores_of(cases, own, peers)), own_lines(cases, own)
    print_tables(table, lines, peers)
    if chosen.without_statsforecast:
        print("MSTL and AutoETS were left out: the bars hold against the other peers only.")
    bars = [*accuracy_bars(table, lines["weeks"]), *cost_bars(measured_cost())]
    return verdict(bars, is_sample=chosen.path is None)


if __name__ == "__main__":
    sys.exit(main())
