"""How much does the Trends page cost beyond drawing? A rerun against its charts from ready frames.

    python benchmarks/trends_page.py [PATH_TO/export.csv] [--runs 15]

A person changes a control and the page runs again. The peer is a page that draws the same cards
(headline, chart, numbers, downloads) from frames handed over ready: nothing is filtered, computed
or looked up, there is no control and no sentence to make. Both run in turn in the same process,
caches warm. Printed: medians in milliseconds and
the median of the ratios, which is to stay below 1.5; for the file (by default the sample) and for
three years of it, tiled.
"""

from __future__ import annotations

import argparse
import hashlib
import inspect
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.ingest import Import, read_export
from core.traffic import make_traffic
from ui import cards, state
from ui.cards import Card
from ui.page import View

SAMPLE = ROOT / "data" / "sample_ga4_export.csv"
YEARS_HOURS = 3 * 365 * 24
PAGE = "pages/1_Trends.py"
SHOWN: list[tuple[View, Card]] = []
"""What the page has shown: its view and each card."""
MAKERS: dict[int, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = {}
"""How each chart was made of ready frames, by its identity."""
KEPT: list[Any] = []


def ready_page() -> None:
    """The peer: the same cards, ready made."""
    import streamlit as st  # noqa: PLC0415 - the text of this function is a script of its own

    from benchmarks.trends_page import SHOWN, made_again  # noqa: PLC0415
    from ui import cards  # noqa: PLC0415

    st.set_page_config(layout="wide")
    for view, card in SHOWN:
        cards.show(view, made_again(card))


def tiled(result: Import) -> Import:
    """The same traffic over and over, for three years."""
    traffic = result.traffic
    frame, length = traffic.frame, traffic.times[-1] - traffic.times[0] + pd.Timedelta(hours=1)
    copies = int(np.ceil(pd.Timedelta(hours=YEARS_HOURS) / length))
    parts = [frame.assign(time=frame["time"] + n * length) for n in range(copies)]
    return replace(result, traffic=make_traffic(pd.concat(parts), traffic.grain))


def open_page(result: Import, digest: str) -> AppTest:
    """The app with a file loaded, on the Trends page, run twice so that its caches are warm."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=300)
    app.session_state["source"] = state.Source("export.csv", digest, result, ())
    app.run()
    app.switch_page(PAGE).run()
    assert not app.exception, app.exception[0].stack_trace
    return app.run()


def made_again(card: Card) -> Card:
    """The card with its chart drawn anew from its frames."""
    return replace(card, chart=_draw(card.chart))


def _draw(value: Any) -> Any:
    if id(value) not in MAKERS:
        return value
    function, args, options = MAKERS[id(value)]
    return function(*(_draw(part) for part in args), **options)


def collect_cards(app: AppTest) -> None:
    """Keep what a rerun of the page shows, and how its charts were drawn."""
    SHOWN.clear()
    MAKERS.clear()
    originals = []
    for name, module in list(sys.modules.items()):
        if name.startswith(("ui.sections.", "ui.charts.")):
            for key, value in list(vars(module).items()):
                is_chart = getattr(value, "__module__", "").startswith("ui.charts.")
                if value is cards.show or (inspect.isfunction(value) and is_chart):
                    originals.append((module, key, value))
                    setattr(module, key, _keep_card if value is cards.show else _keep(value))
    app.run()
    for module, key, value in originals:
        setattr(module, key, value)


def _keep_card(view: View, card: Card) -> cards.Picked:
    SHOWN.append((view, card))
    return cards.show(view, card)


def _keep(function: Callable[..., Any]) -> Callable[..., Any]:
    def kept(*args: Any, **options: Any) -> Any:
        chart = function(*args, **options)
        if not any(chart is part for part in args):
            MAKERS[id(chart)] = (function, args, options)
        KEPT.append(chart)  # or its identity could be given away again
        return chart

    return kept


def seconds(app: AppTest) -> float:
    """How long one rerun takes."""
    start = time.perf_counter()
    app.run()
    return time.perf_counter() - start


def measure(name: str, result: Import, runs: int) -> None:
    """Print one line for one file."""
    page = open_page(result, hashlib.sha256(name.encode()).hexdigest())
    collect_cards(page)
    peer = AppTest.from_function(ready_page, default_timeout=300).run()
    assert not peer.exception, peer.exception[0].stack_trace
    assert len(peer.get("vega_lite_chart")) == len(page.get("vega_lite_chart"))
    pairs = [(seconds(page), seconds(peer)) for _ in range(runs)]
    ours, theirs = (1000 * statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{name:<12} {len(SHOWN):>5} {ours:>8.0f} {theirs:>8.0f} {ratio:>7.2f}")


def main() -> None:
    """Measure the file as it is, and three years of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("path", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    result = read_export(options.path.read_bytes())
    print(f"{'file':<12} {'cards':>5} {'page ms':>8} {'peer ms':>8} {'ratio':>7}")
    measure("as it is", result, options.runs)
    if result.traffic.grain == "hour":
        measure("three years", tiled(result), options.runs)


if __name__ == "__main__":
    sys.modules["benchmarks.trends_page"] = sys.modules["__main__"]
    main()
