"""How good is the forecast on real traffic? Rolling origin against a naive guess and Prophet.

    python benchmarks/forecast_accuracy.py PATH_TO/traffic.csv

The file has the columns ``unique_id``, ``freq`` (``h`` or ``D``), ``ds``, ``y``. Hours are
forecast 7 days ahead, days 28 days ahead, from up to eight moments of each series; the forecast
knows only what came before. Printed for each series:

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

LEVEL = 0.8
MOST_ORIGINS = 8
AHEAD = {"h": 7 * 24, "D": 28}
CYCLE = {"h": 24, "D": 1}
SEASON = {"h": 168, "D": 7}
LEAST = {"h": 14 * 24, "D": 56}


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


def geometric_mean(values: pd.Series) -> float:
    """Return the geometric mean: relative errors multiply."""
    return float(np.exp(np.log(values).mean()))


def main() -> None:
    """Read the file, forecast every series, print the table."""
    parser = argparse.ArgumentParser(description="Rolling-origin benchmark of the forecast.")
    parser.add_argument("path", type=Path, help="CSV with unique_id, freq, ds, y")
    data = pd.read_csv(parser.parse_args().path, parse_dates=["ds"])
    warnings.filterwarnings("ignore", message="The inplace keyword", category=DeprecationWarning)
    lines = {}
    for name, group in data.groupby("unique_id"):
        freq = str(group["freq"].iloc[0])
        lines[name] = summarise(pd.DataFrame(replay(group.set_index("ds")["y"], freq)))
        print(name, "done", file=sys.stderr)
    table = pd.DataFrame(lines).T
    print(table.to_string(float_format="{:.2f}".format))
    for kind in ("hourly", "daily", ""):
        part = table[table.index.str.startswith(kind)]
        means = {key: geometric_mean(part[key].astype(float)) for key in ("ours", "prophet")}
        cover = {key: part[key].astype(float).mean() for key in ("cover", "p.cover", "total")}
        print(f"{kind or 'all'}: geometric mean", {k: round(v, 3) for k, v in means.items()})
        print(f"{kind or 'all'}: mean coverage", {k: round(v, 3) for k, v in cover.items()})


if __name__ == "__main__":
    main()
