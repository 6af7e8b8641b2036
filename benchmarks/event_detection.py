"""Are events found, and is noise left alone? Ours against STL, Prophet and a rolling z-score.

    python benchmarks/event_detection.py [PATH_TO/traffic.csv] [--sites 40]

The sites are those of ``tests/simulate.py``, whose truth is known; all detectors see the same
ones, Prophet only every third because it is slow. The file has the columns ``unique_id``, ``freq``
(``h`` or ``D``), ``ds``, ``y``; without one, the part on real series is left out.

    ours             core.spikes, core.levels
    STL 3 IQR        robust STL, the same week throughout; residuals more than 3 IQR outside the
                     quartiles (much as R's anomalize does)
    STL 1.5 IQR      the same with 1.5 IQR, the rule of the box plot
    STL root 3 IQR   as the first, but of the square roots of the counts, whose noise is even
    Prophet 99 %     Prophet's defaults fitted on everything; counts outside its 99 % interval
    z > 3            more than 3 sd from the mean of the week (days: of the 4 weeks) before

A peer with ``total`` looks at the total of all channels only; with ``channels`` also at each
channel of at least 3 sessions an hour (72 a day). Odd periods in the same direction at most one
apart are one event, also across channels; it is put down to the channel with the largest sum of
residuals. Printed, one table each, ``n`` being the number of sites:

Calm sites, by the hour, nothing happens
    per 28 d    false spikes and dips per 28 days
    any         share of sites with at least one
    levels      false level changes per 28 days (ours only)
    sec         seconds per site for spikes and dips, mean

Spikes: on two evenings four hours x 3.5 of a channel with at least 3 sessions an hour
    recall      share of these found: a spike overlaps the four hours
    precision   share of the reported spikes and dips that overlap one
    channel     share of the found ones put down to the right channel

Drop: all channels fall by 30 % for good, and the data end some days later
    1d ... 7d   share found when 1, 2, 3, 5, 7 days of the new level are known. Ours: a fall that
                starts at most three days before the true day or later. Peers (on the total): any
                dip that starts on the true day or later, which is generous
    nothing     share "found" by the rule of 7d when there is no drop: what chance alone achieves
    median      median days until found; inf where most are missed
    day         share of those found by 7d whose first day is off by one at most

Hard calm cases (a quarter of the sites), events per series, all should be 0; ours also has levels
    sine        daily, a sine of 7 days without any noise
    slow        daily, a sine of 8 weeks and 10 %, Poisson
    growth      hourly, steady growth of 5 % a week
    weekend     hourly, next to nobody comes at weekends

Days: as spikes, but daily data of three times the weeks and one day x 2.5
    recall, channel   as above
    false       reported spikes and dips per 28 days that overlap no planted day
    levels      level changes per 28 days, all false (ours only)

Real series: what is true is not known, so read the number of events and the recall together
    per 28 d    spikes and dips per 28 days
    levels      level changes per 28 days (ours only)
    recall      share found of places where 4 hours (or 1 day) were multiplied by 2.5, one at a time
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from statsmodels.tsa.seasonal import STL

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.levels import find_level_changes
from core.spikes import find_spikes
from core.traffic import ALL_CHANNELS, Traffic, make_traffic
from tests.simulate import (
    Site,
    plant_level,
    plant_spike,
    random_days,
    random_evenings,
    random_site,
    simulate,
)

STEP = {"hour": pd.Timedelta(hours=1), "day": pd.Timedelta(days=1)}
GRAIN = {"h": "hour", "D": "day"}
LEAST_MEAN = {"hour": 3, "day": 72}
SEASON = {"hour": 168, "day": 7}
BEFORE = {"hour": 168, "day": 28}
# Steps of a tenth of STL's windows: many times faster, residuals differ by less than one percent.
JUMPS = {
    "hour": {"trend_jump": 32, "low_pass_jump": 17},
    "day": {"trend_jump": 1, "low_pass_jump": 1},
}
CUTS = (1, 2, 3, 5, 7)
DAY = pd.Timedelta(days=1)
SLOW = ("prophet",)
REAL_PLACES = {"prophet": 4}


class Event(NamedTuple):
    """A reported spike or dip; ``end`` is exclusive."""

    kind: str
    start: pd.Timestamp
    end: pd.Timestamp
    channel: str


class Plant(NamedTuple):
    """What was planted, and where; ``end`` is exclusive."""

    start: pd.Timestamp
    end: pd.Timestamp
    channel: str


class Fit(NamedTuple):
    """What a peer makes of one series: residuals, and per rule -1, 0 or 1 for each period."""

    residual: np.ndarray
    flags: dict[str, np.ndarray]


# --- the peers ------------------------------------------------------------------------------------


def stl(series: pd.Series, grain: str) -> Fit:
    """Judge the residuals of a robust STL, of the counts and of their roots, by quartiles."""
    counts = series.to_numpy(dtype=float)
    left = stl_residual(counts, grain)
    roots = stl_residual(np.sqrt(counts + 3 / 8), grain)
    flags = {
        "STL 3 IQR": outliers(left, 3),
        "STL 1.5 IQR": outliers(left, 1.5),
        "STL root 3 IQR": outliers(roots, 3),
    }
    return Fit(left, flags)


def stl_residual(values: np.ndarray, grain: str) -> np.ndarray:
    """Return what is left after trend and week.

    STL's default lets the week change within 7 weeks. That follows the noise of short histories so
    closely that most residuals vanish and the rest look odd; so, as in R, the week stays the same.
    """
    same_week = {"seasonal": 10 * len(values) + 1, "seasonal_deg": 0}
    options = {"period": SEASON[grain], "robust": True} | same_week | JUMPS[grain]
    # Without noise the residuals are errors of rounding, which are no events.
    return np.round(STL(values, **options).fit().resid, 6)


def outliers(left: np.ndarray, times: float) -> np.ndarray:
    """Return -1, 0 or 1 for each residual: how many IQR outside of the quartiles is odd?"""
    low, high = np.quantile(left, [0.25, 0.75])
    reach = times * (high - low)
    return (left > high + reach).astype(int) - (left < low - reach).astype(int)


def prophet(series: pd.Series, grain: str) -> Fit:
    """Judge the counts by Prophet's own 99 % interval; it sees the grain by itself."""
    logging.getLogger("prophet.plot").setLevel(logging.CRITICAL)
    import cmdstanpy
    import prophet as library

    cmdstanpy.disable_logging()
    logging.getLogger("prophet").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", message="The inplace keyword", category=DeprecationWarning)
    np.random.seed(1)
    values = series.to_numpy(dtype=float)
    known = pd.DataFrame({"ds": series.index, "y": values})
    band = library.Prophet(interval_width=0.99).fit(known, seed=1).predict(known[["ds"]])
    is_high = values > band["yhat_upper"].to_numpy()
    is_low = values < band["yhat_lower"].to_numpy()
    left = values - band["yhat"].to_numpy()
    return Fit(left, {"Prophet 99 %": is_high.astype(int) - is_low.astype(int)})


def z_score(series: pd.Series, grain: str) -> Fit:
    """Judge each count by mean and sd of the periods right before it."""
    before = series.shift(1).rolling(BEFORE[grain])
    left = (series - before.mean()).fillna(0.0)
    is_out = left.abs() > 3 * before.std()
    return Fit(left.to_numpy(), {"z > 3": (np.sign(left) * is_out).to_numpy()})


PEERS: dict[str, Callable[[pd.Series, str], Fit]] = {"stl": stl, "prophet": prophet, "z": z_score}
DETECTORS = ("ours", *PEERS)


def peer_events(name: str, traffic: Traffic, *, channels: bool) -> dict[str, list[Event]]:
    """Run a peer; return the events of each of its rules, by label."""
    fits = {
        channel: PEERS[name](series, traffic.grain)
        for channel, series in watched(traffic, channels=channels).items()
    }
    total = {ALL_CHANNELS: fits[ALL_CHANNELS]}
    found = {}
    for rule in fits[ALL_CHANNELS].flags:
        found[f"{rule}, total"] = list(joined(total, fits, rule, traffic))
        if channels and traffic.has_channels:
            found[f"{rule}, channels"] = list(joined(fits, fits, rule, traffic))
    return found


def watched(traffic: Traffic, *, channels: bool) -> dict[str, pd.Series]:
    """Return the sessions of the total and, if asked, of each channel that is large enough."""
    table = traffic.frame.pivot_table(index="time", columns="channel", values="sessions")
    table = table.reindex(traffic.times).fillna(0.0)
    series = {ALL_CHANNELS: table.sum(axis=1)}
    if channels and traffic.has_channels:
        large = table.columns[table.mean() >= LEAST_MEAN[traffic.grain]]
        series |= {str(channel): table[channel] for channel in large}
    return series


def joined(
    watching: dict[str, Fit], blamable: dict[str, Fit], rule: str, traffic: Traffic
) -> Iterator[Event]:
    """Join odd periods that are at most one apart, and blame the channel that is off most."""
    candidates = {key: fit for key, fit in blamable.items() if key != ALL_CHANNELS} or blamable
    for sign, kind in ((1, "spike"), (-1, "dip")):
        is_odd = np.any([fit.flags[rule] == sign for fit in watching.values()], axis=0)
        places = np.flatnonzero(is_odd)
        for run in np.split(places, np.flatnonzero(np.diff(places) > 2) + 1):
            if len(run):
                off = {key: sign * fit.residual[run].sum() for key, fit in candidates.items()}
                end = traffic.times[run[-1]] + STEP[traffic.grain]
                yield Event(kind, traffic.times[run[0]], end, max(off, key=off.__getitem__))


# --- ours, and all of them alike ------------------------------------------------------------------


def our_events(traffic: Traffic) -> dict[str, list[Event]]:
    """Return our own spikes and dips."""
    rows = find_spikes(traffic, "sessions").frame[["kind", "start", "end", "channel"]]
    return {
        "ours": [
            Event(kind, pd.Timestamp(start), pd.Timestamp(end), channel)
            for kind, start, end, channel in rows.itertuples(index=False)
        ]
    }


def our_levels(traffic: Traffic) -> pd.DataFrame:
    """Return our own level changes."""
    return find_level_changes(traffic, "sessions").frame


def detect(name: str, traffic: Traffic, *, channels: bool = True) -> dict[str, list[Event]]:
    """Run one detector; return the events of each of its rules, by label."""
    if name == "ours":
        return our_events(traffic)
    return peer_events(name, traffic, channels=channels)


def as_export(frame: pd.DataFrame, grain: str) -> Traffic:
    """Leave out the zero rows, as GA4 does."""
    times = pd.DatetimeIndex(frame["time"].unique()).sort_values()
    return make_traffic(frame[frame["sessions"] > 0], grain, times)


def overlaps(event: Event, plant: Plant) -> bool:
    """Tell whether two of them share time."""
    return event.start < plant.end and plant.start < event.end


def hits(events: list[Event], plants: list[Plant]) -> dict[str, float]:
    """Count what was found, rightly blamed, reported, and reported for nothing."""
    found = [
        [event for event in events if event.kind == "spike" and overlaps(event, plant)]
        for plant in plants
    ]
    blamed = [
        any(event.channel == plant.channel for event in some)
        for some, plant in zip(found, plants, strict=True)
    ]
    false = [event for event in events if not any(overlaps(event, plant) for plant in plants)]
    return {
        "planted": len(plants),
        "found": sum(map(bool, found)),
        "blamed": sum(blamed),
        "reported": len(events),
        "false": len(false),
    }


# --- one job: one detector on one site; each yields records for a table ---------------------------


def calm(name: str, seed: int) -> Iterator[dict]:
    """Nothing happens."""
    traffic = as_export(simulate(seed, random_site(seed)), "hour")
    start = time.perf_counter()
    found = detect(name, traffic)
    seconds = time.perf_counter() - start
    levels = len(our_levels(traffic)) if name == "ours" else np.nan
    for label, events in found.items():
        counts = {"events": len(events), "levels": levels, "days": traffic.days}
        yield {"label": label, "seconds": seconds} | counts


def spikes(name: str, seed: int) -> Iterator[dict]:
    """Two evenings are busy."""
    site, rng = random_site(seed), np.random.default_rng([seed, 10])
    frame = simulate(seed, site)
    starts = random_evenings(rng, frame, count=2)
    frame, plants = planted(frame, site, starts, rng, hours=4, factor=3.5)
    for label, events in detect(name, as_export(frame, "hour")).items():
        yield {"label": label} | hits(events, plants)


def planted(
    frame: pd.DataFrame,
    site: Site,
    starts: list[pd.Timestamp],
    rng: np.random.Generator,
    *,
    hours: int,
    factor: float,
) -> tuple[pd.DataFrame, list[Plant]]:
    """Plant spikes on channels that are large enough to show one."""
    large = [c.name for c in site.channels if c.mean >= LEAST_MEAN["hour"]]
    plants = []
    for start in starts:
        channel = str(rng.choice(large))
        frame = plant_spike(frame, channel, start, hours, factor, seed=int(rng.integers(1 << 30)))
        plants.append(Plant(start, start + pd.Timedelta(hours=hours), channel))
    return frame, plants


def drops(name: str, seed: int) -> Iterator[dict]:
    """Report when a lasting drop was found first, after each number of days and without a drop."""
    calm_frame = simulate(seed, random_site(seed))
    drop = random_days(np.random.default_rng([seed, 11]), calm_frame, before=14, after=7)[0]
    fallen = plant_level(calm_frame, drop, 0.7, seed=seed)
    cases = {f"{days}d": (fallen, days) for days in CUTS} | {"nothing": (calm_frame, CUTS[-1])}
    for case, (frame, days) in cases.items():
        known = as_export(frame[frame["time"] < drop + days * DAY], "hour")
        for label, starts in falls(name, known, drop).items():
            off = (min(starts).normalize() - drop) / DAY if starts else np.nan
            yield {"label": label, "case": case, "found": bool(starts), "off": off, "seed": seed}


def falls(name: str, traffic: Traffic, drop: pd.Timestamp) -> dict[str, list[pd.Timestamp]]:
    """Return, by label, when the falls start that may be meant for this drop."""
    if name == "ours":
        rows = our_levels(traffic)
        starts = pd.to_datetime(rows.loc[rows["change"] < 0, "start"])
        return {"ours": [start for start in starts if start >= drop - 3 * DAY]}
    return {
        label: [event.start for event in events if event.kind == "dip" and event.start >= drop]
        for label, events in detect(name, traffic, channels=False).items()
    }


def hard(name: str, seed: int) -> Iterator[dict]:
    """Nothing happens, but in a way that misleads."""
    for case, traffic in hard_cases(seed):
        for label, events in detect(name, traffic).items():
            yield {"label": label, "case": case, "seed": seed, "events": len(events)}
        if name == "ours":
            count = len(our_levels(traffic))
            yield {"label": "ours, levels", "case": case, "seed": seed, "events": count}


def hard_cases(seed: int) -> Iterator[tuple[str, Traffic]]:
    """Yield the name and the data of each."""
    rng, day = np.random.default_rng([seed, 12]), np.arange(168)
    weekly = np.round(1000 * (1 + 0.3 * np.sin(2 * np.pi * (day + seed) / 7)))
    slow = rng.poisson(1000 * (1 + 0.1 * np.sin(2 * np.pi * day / 56 + seed)))
    for case, counts in {"sine": weekly, "slow": slow}.items():
        times = pd.date_range("2024-01-01", periods=len(day), freq="D", unit="s")
        yield case, make_traffic(pd.DataFrame({"time": times, "sessions": counts}), "day")
    site = random_site(seed)
    quiet = tuple(replace(channel, weekend=0.05) for channel in site.channels)
    yield "growth", as_export(simulate(seed, replace(site, growth=0.05)), "hour")
    yield "weekend", as_export(simulate(seed, replace(site, channels=quiet)), "hour")


def days(name: str, seed: int) -> Iterator[dict]:
    """One channel has two busy days in daily data."""
    site, rng = random_site(seed), np.random.default_rng([seed, 13])
    site = replace(site, weeks=site.weeks * 3)
    frame = simulate(seed, site, daily=True)
    starts = random_days(rng, frame, count=2, before=14)
    frame, plants = planted(frame, site, starts, rng, hours=24, factor=2.5)
    traffic = as_export(frame, "day")
    levels = len(our_levels(traffic)) if name == "ours" else np.nan
    for label, events in detect(name, traffic).items():
        yield {"label": label, "levels": levels, "days": traffic.days} | hits(events, plants)


def real(name: str, series: pd.Series, grain: str, seed: int = 0) -> Iterator[dict]:
    """Count events in a real series, then plant spikes one at a time and look for them."""
    traffic = real_traffic(series, grain)
    levels = len(our_levels(traffic)) if name == "ours" else np.nan
    places = real_places(series, grain, REAL_PLACES.get(name, 10), seed)
    found = [is_found(name, series, grain, place) for place in places]
    for label, events in detect(name, traffic).items():
        counts = {"events": len(events), "levels": levels, "days": traffic.days}
        recall = float(np.mean([some[label] for some in found])) if found else np.nan
        yield {"label": label, "series": str(series.name), "recall": recall} | counts


def real_traffic(series: pd.Series, grain: str) -> Traffic:
    """Return a series as traffic without channels."""
    return make_traffic(pd.DataFrame({"time": series.index, "sessions": series.to_numpy()}), grain)


def real_places(series: pd.Series, grain: str, count: int, seed: int) -> list[int]:
    """Choose where to plant: away from the edges, and where somebody comes at all."""
    week, hours = SEASON[grain], 4 if grain == "hour" else 1
    busy = series.rolling(hours).mean().shift(1 - hours).to_numpy() >= 3
    busy[: 2 * week] = busy[-week:] = False
    places = np.flatnonzero(busy)
    rng = np.random.default_rng([seed, 14])
    return list(rng.choice(places, min(count, len(places)), replace=False))


def is_found(name: str, series: pd.Series, grain: str, place: int) -> dict[str, bool]:
    """Plant one spike into a copy; tell by label whether it is found."""
    hours, changed = 4 if grain == "hour" else 1, series.copy()
    changed.iloc[place : place + hours] = np.round(2.5 * changed.iloc[place : place + hours])
    start = series.index[place]
    plant = Plant(start, start + hours * STEP[grain], ALL_CHANNELS)
    events = detect(name, real_traffic(changed, grain))
    return {label: hits(some, [plant])["found"] == 1 for label, some in events.items()}


# --- tables ---------------------------------------------------------------------------------------


def summed(records: pd.DataFrame) -> pd.DataFrame:
    """Add up the records of each label, in the order of the detectors."""
    groups = records.groupby("label", sort=False)
    numbers = records.select_dtypes("number").columns
    return groups[list(numbers)].sum(min_count=1).assign(n=groups.size())


def per_28_days(table: pd.DataFrame, column: str) -> pd.Series:
    """Return how often something happens in four weeks."""
    return 28 * table[column] / table["days"]


def calm_table(records: pd.DataFrame) -> pd.DataFrame:
    """Summarise the calm sites."""
    table = summed(records)
    return pd.DataFrame(
        {
            "n": table["n"],
            "per 28 d": per_28_days(table, "events"),
            "any": records["events"].gt(0).groupby(records["label"]).mean(),
            "levels": per_28_days(table, "levels"),
            "sec": table["seconds"] / table["n"],
        }
    ).reindex(table.index)


def spikes_table(records: pd.DataFrame) -> pd.DataFrame:
    """Summarise the sites with planted spikes."""
    table = summed(records)
    right = table["reported"] - table["false"]
    return pd.DataFrame(
        {
            "n": table["n"],
            "recall": table["found"] / table["planted"],
            "precision": right / table["reported"],
            "channel": table["blamed"] / table["found"],
        }
    )


def drops_table(records: pd.DataFrame) -> pd.DataFrame:
    """Summarise the sites with a lasting drop."""
    records["label"] = records["label"].str.removesuffix(", total")
    order = records["label"].unique()
    table = records.pivot_table(index="label", columns="case", values="found", aggfunc="mean")
    at_end = records[records["case"].eq("7d") & records["found"]]
    is_near = at_end["off"].abs() <= 1
    known = records[records["found"] & records["case"].ne("nothing")]
    delay = known["case"].str.rstrip("d").astype(float)
    delay = delay.groupby([known["label"], known["seed"]]).min()
    everyone = pd.MultiIndex.from_frame(records[["label", "seed"]].drop_duplicates())
    delay = delay.reindex(everyone, fill_value=np.inf)
    return (
        table[[f"{days}d" for days in CUTS] + ["nothing"]]
        .assign(median=delay.groupby("label").median())
        .assign(day=is_near.groupby(at_end["label"]).mean())
        .assign(n=records.groupby("label")["seed"].nunique())
        .reindex(order)
    )


def hard_table(records: pd.DataFrame) -> pd.DataFrame:
    """Summarise the hard calm cases."""
    table = records.pivot_table(index="label", columns="case", values="events", sort=False)
    counts = records.groupby("label")["seed"].nunique()
    return table[["sine", "slow", "growth", "weekend"]].assign(n=counts)


def days_table(records: pd.DataFrame) -> pd.DataFrame:
    """Summarise the daily sites."""
    table = summed(records)
    return spikes_table(records)[["n", "recall", "channel"]].assign(
        false=per_28_days(table, "false"), levels=per_28_days(table, "levels")
    )


def real_table(records: pd.DataFrame) -> pd.DataFrame:
    """Summarise the real series, then show them one by one."""
    lines = records.assign(
        **{"per 28 d": per_28_days(records, "events"), "levels": per_28_days(records, "levels")}
    )
    lines["label"] = lines["label"].str.removesuffix(", total")
    shown = ["per 28 d", "levels", "recall"]
    means = lines.groupby("label", sort=False)[shown].mean().assign(series="mean of all")
    each = lines.set_index("label")[["series", *shown]]
    return pd.concat([means.reset_index(), each.reset_index()]).set_index(["series", "label"])


SECTIONS = {
    "Calm sites": (calm, calm_table, 1.0),
    "Spikes": (spikes, spikes_table, 1.0),
    "Drop of 30 %": (drops, drops_table, 1.0),
    "Hard calm cases": (hard, hard_table, 0.25),
    "Days": (days, days_table, 1.0),
}


def run_section(
    pool: ProcessPoolExecutor, job: Callable[[str, int], Iterator[dict]], sites: int
) -> pd.DataFrame:
    """Run a job for all detectors and sites; slow detectors get every third site."""
    tasks = [
        (name, seed)
        for name in DETECTORS
        for seed in range(sites)
        if name not in SLOW or seed % 3 == 0
    ]
    return pd.DataFrame([row for rows in pool.map(partial(listed, job), tasks) for row in rows])


def listed(job: Callable[..., Iterator[dict]], task: tuple) -> list[dict]:
    """Run one job to its end: what comes back from another process is a list."""
    return list(job(*task))


def real_tasks(path: Path) -> list[tuple]:
    """Read the real series; counts that are missing are drawn straight between their neighbours."""
    tasks = []
    for name, group in pd.read_csv(path, parse_dates=["ds"]).groupby("unique_id"):
        freq = str(group["freq"].iloc[0])
        series = group.set_index("ds")["y"].asfreq(freq).interpolate().round().rename(str(name))
        tasks += [(detector, series, GRAIN[freq]) for detector in DETECTORS]
    return tasks


def print_table(title: str, table: pd.DataFrame) -> None:
    """Print one table."""
    print(f"\n{title}")
    print(table.rename_axis(columns=None).to_string(float_format="{:.2f}".format, na_rep=""))


def main() -> None:
    """Run all sections, print a table after each."""
    parser = argparse.ArgumentParser(description="Benchmark of spikes, dips and level changes.")
    parser.add_argument("path", type=Path, nargs="?", help="CSV with unique_id, freq, ds, y")
    parser.add_argument("--sites", type=int, default=40, help="simulated sites for each table")
    options = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        for title, (job, to_table, part) in SECTIONS.items():
            records = run_section(pool, job, max(1, round(part * options.sites)))
            print_table(title, to_table(records))
        if options.path:
            tasks = real_tasks(options.path)
            rows = [row for rows in pool.map(partial(listed, real), tasks) for row in rows]
            print_table("Real series", real_table(pd.DataFrame(rows)))


if __name__ == "__main__":
    main()
