"""Asks the peers that live in an environment of their own. Plain CSV files go to and fro."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.peers.contract import COLUMNS, Case

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv-peers"
PROGRAM = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
SCRIPT = Path(__file__).with_name("statsforecast_peers.py")
PEERS = ("MSTL", "AutoETS")


def is_there() -> bool:
    """Tell whether the environment was made, to its end."""
    return PROGRAM.exists() and (ENVIRONMENT / ".installed").exists()


def ask(cases: list[Case]) -> dict[str, list[pd.DataFrame | None]]:
    """Return by peer what it says in each case; None where its fit failed."""
    with tempfile.TemporaryDirectory() as folder:
        asked, said = Path(folder, "known.csv"), Path(folder, "said.csv")
        parts = [
            pd.DataFrame({"case": number, "freq": case.freq, "y": case.known.to_numpy()})
            for number, case in enumerate(cases)
        ]
        pd.concat(parts).to_csv(asked, index=False)
        subprocess.run([str(PROGRAM), str(SCRIPT), str(asked), str(said)], check=True)
        answers = dict(list(pd.read_csv(said).groupby(["peer", "case"])))
    return {
        peer: [
            answers[peer, number][COLUMNS].reset_index(drop=True)
            if (peer, number) in answers
            else None
            for number in range(len(cases))
        ]
        for peer in PEERS
    }
