"""How good is the forecast? Rolling origin against a naive guess and Prophet.

    python benchmarks/forecast_accuracy.py [PATH_TO/traffic.csv]

The file has the columns ``unique_id``, ``freq`` (``h`` or ``D``), ``ds``, ``y``. Without one, the
hourly sessions of the project's own sample are taken, of the site and of its channels; these are
simulated, so only a file of real traffic says how good the forecast is. Hours are forecast 7 days
ahead, days 28 days ahead, from up to eight moments of each series; the forecast knows only what
came before. Printed for each series:

    ours      MAE / MAE of "same hour (day) of last week"; below 1 is better
    prophet   the same for Prophet with its defaults
    cover     share of actual counts inside our 80 % band
    p.cover   the same for Prophet's own 80 % band
    total     share of actual totals inside our 80 % band for the total
    t.err     median absolute error of our totals, % of the actual total
    bias      sum of (ours - actual) / sum of actual, %
    sec       seconds for one of our forecasts, replay of the past included
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.forecast import Forecast, forecast
from core.ingest import read_export
from core.traffic import Filters, select, total_over_time

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample_ga4_export.csv"

LEVEL = 0.8
MOST_ORIGINS = 8
AHEAD = {"h": 7 * 24, "D": 28}
CYCLE = {"h": 24, "D": 1}
SEASON = {"h": 168, "D": 7}
LEAST = {"h": 14 * 24, "D": 56}
LEAST_MEAN = 5


def origins(length: int, freq: str) -> list[int]:
    """Return the known lengths to forecast from, newest last, apart by a horizon if possible."""
    last = length - AHEAD[freq]
    room = (last - LEAST[freq]) // CYCLE[freq]
    step = max(1, min(AHEAD[freq] // CYCLE[freq], room // (MOST_ORIGINS - 1))) * CYCLE[freq]
    return list(range(last, LEAST[freq] - 1, -step))[:MOST_ORIGINS][::-1]


def naive(known: pd.Series, freq: str) -> np.ndarray:
    """Return the newest count at the same place of the week."""
    week = known.ffill().to_numpy()[-SEASON[freq] :]
    return np.resize(week, AHEAD[freq])


def prophet_default(known: pd.Series, freq: str) -> pd.DataFrame:
    """Return Prophet's own forecast and 80 % band with its defaults and a fixed seed."""
    logging.getLogger("prophet.plot").setLevel(logging.CRITICAL)
    import cmdstanpy
    import prophet

    cmdstanpy.disable_logging()
    logging.getLogger("prophet").setLevel(logging.ERROR)
    np.random.seed(1)
    model = prophet.Prophet(interval_width=LEVEL)
    model.fit(pd.DataFrame({"ds": known.index, "y": known.to_numpy()}))
    times = pd.date_range(known.index[-1], periods=AHEAD[freq] + 1, freq=freq)[1:]
    return model.predict(pd.DataFrame({"ds": times}))


def measure(truth: np.ndarray, said: Forecast, other: pd.DataFrame, guess: np.ndarray) -> dict:
    """Return the raw numbers of one forecast."""
    frame, total = said.frame, float(np.nansum(truth))
    seen = ~np.isnan(truth)
    mean = frame["mean"].to_numpy()
    return {
        "ours": np.nanmean(np.abs(mean - truth)),
        "prophet": np.nanmean(np.abs(other["yhat"].to_numpy() - truth)),
        "naive": np.nanmean(np.abs(guess - truth)),
        "cover": np.mean(((frame["low"] <= truth) & (truth <= frame["high"]))[seen]),
        "p.cover": np.mean(((other.yhat_lower <= truth) & (truth <= other.yhat_upper))[seen]),
        "total": said.total.low <= total <= said.total.high,
        "t.err": abs(mean[seen].sum() - total) / total,
        "said": mean[seen].sum(),
        "sum": total,
    }


def replay(series: pd.Series, freq: str) -> Iterator[dict]:
    """Yield the numbers of each origin of one series."""
    for origin in origins(len(series), freq):
        known = series.iloc[:origin]
        truth = series.iloc[origin : origin + AHEAD[freq]].to_numpy()
        start = time.perf_counter()
        said = forecast(known, AHEAD[freq], LEVEL)
        seconds = time.perf_counter() - start
        numbers = measure(truth, said, prophet_default(known, freq), naive(known, freq))
        yield numbers | {"sec": seconds, "method": said.method}


def summarise(rows: pd.DataFrame) -> dict:
    """Return one line of the table."""
    base = rows["naive"].mean()
    return {
        "n": len(rows),
        "ours": rows["ours"].mean() / base,
        "prophet": rows["prophet"].mean() / base,
        "cover": rows["cover"].mean(),
        "p.cover": rows["p.cover"].mean(),
        "total": rows["total"].mean(),
        "t.err": 100 * rows["t.err"].median(),
        "bias": 100 * (rows["said"].sum() / rows["sum"].sum() - 1),
        "sec": rows["sec"].median(),
        "methods": ", ".join(f"{k} {v}" for k, v in rows["method"].value_counts().items()),
    }


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


def geometric_mean(values: pd.Series) -> float:
    """Return the geometric mean: relative errors multiply."""
    return float(np.exp(np.log(values).mean()))


def print_means(table: pd.DataFrame, kind: str) -> None:
    """Print the means over some of the series."""
    means = {key: geometric_mean(table[key].astype(float)) for key in ("ours", "prophet")}
    cover = {key: float(table[key].mean()) for key in ("cover", "p.cover", "total")}
    print(f"{kind}: geometric mean", {key: round(value, 3) for key, value in means.items()})
    print(f"{kind}: mean coverage", {key: round(value, 3) for key, value in cover.items()})


def main() -> None:
    """Read the series, forecast each of them, print the table."""
    parser = argparse.ArgumentParser(description="Rolling-origin benchmark of the forecast.")
    parser.add_argument("path", type=Path, nargs="?", help="CSV with unique_id, freq, ds, y")
    path = parser.parse_args().path
    data = pd.read_csv(path, parse_dates=["ds"]) if path else sample_series()
    warnings.filterwarnings("ignore", message="The inplace keyword", category=DeprecationWarning)
    lines = {}
    for name, group in data.groupby("unique_id"):
        freq = str(group["freq"].iloc[0])
        series = group.set_index("ds")["y"].asfreq(freq)
        lines[name] = summarise(pd.DataFrame(replay(series, freq))) | {"freq": freq}
        print(name, "done", file=sys.stderr)
    table = pd.DataFrame(lines).T
    print(table.to_string(float_format="{:.2f}".format))
    for freq, part in table.groupby("freq"):
        print_means(part, {"h": "hourly", "D": "daily"}[freq])
    print_means(table, "all")


if __name__ == "__main__":
    main()
