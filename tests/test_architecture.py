"""The rules of the house (CONTRIBUTING.md), checked by machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_PAGE_LINES = 60

# Runs in a fresh interpreter: imports the named packages whole, prints unwelcome companions.
IMPORT_ALL = """
import importlib, pkgutil, sys

names, unwelcome = sys.argv[1].split(","), sys.argv[2].split(",")
for name in names:
    module = importlib.import_module(name)
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{name}."):
        importlib.import_module(found.name)
print(",".join(name for name in unwelcome if name in sys.modules))
"""

# What reads the clock or draws from a random state that all share.
IMPURE_CALLS = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "io.open",
    "open",
    "pandas.Timestamp.now",
    "pandas.Timestamp.today",
    "pandas.Timestamp.utcnow",
    "time.localtime",
    "time.monotonic",
    "time.perf_counter",
    "time.time",
    "time.time_ns",
}
OWN_STATE = {"Generator", "PCG64", "Philox", "RandomState", "SeedSequence", "default_rng"}


def sources(*places: str) -> list[Path]:
    """List the Python files in folders (or the files themselves), those that exist."""
    found: list[Path] = []
    for place in places:
        path = ROOT / place
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path] * path.is_file()
    return found


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_modules(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted name of every absolute import, wherever in the file it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def imports(tree: ast.Module, package: str) -> bool:
    return any(name.split(".")[0] == package for name in imported_modules(tree))


def mentions(tree: ast.Module, names: Iterable[str]) -> set[str]:
    """Return which of the names the code uses, as attribute, imported name or bare name."""
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return used & set(names)


def aliases(tree: ast.Module) -> dict[str, str]:
    """Map each imported local name to what it stands for: ``np`` to ``numpy``."""
    full: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                full[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return full


def dotted(node: ast.expr, full: dict[str, str]) -> str:
    """Return what an expression names, aliases resolved; empty when it is no plain name."""
    if isinstance(node, ast.Name):
        return full.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value, full)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def is_impure(name: str, call: ast.Call) -> bool:
    if name in IMPURE_CALLS:
        return True
    if name.startswith(("numpy.random.", "random.")):
        function = name.rpartition(".")[2]
        is_own = function in OWN_STATE or name == "random.Random"
        has_seed = bool(call.args or call.keywords)
        return not (is_own and has_seed)
    is_now_parser = name in {"pandas.Timestamp", "pandas.to_datetime"}
    return is_now_parser and any(
        isinstance(value, ast.Constant) and value.value in {"now", "today"} for value in call.args
    )


def impure_calls(tree: ast.Module) -> list[str]:
    """List the calls that make a result depend on more than its arguments."""
    full = aliases(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named_calls = [(dotted(call.func, full), call) for call in calls]
    return [f"line {call.lineno}: {name}" for name, call in named_calls if is_impure(name, call)]


def normalised(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


@cache
def installed() -> Mapping[str, list[str]]:
    """Return the distributions that each installed package comes from; half a second to find."""
    return packages_distributions()


def required() -> set[str]:
    """Return the distributions that requirements.txt names."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    names = [re.match(r"[A-Za-z0-9][\w.-]*", line) for line in lines]
    return {normalised(name.group()) for name in names if name}


def unrequired(tree: ast.Module) -> set[str]:
    """Return the top-level packages imported that requirements.txt does not name."""
    own = {"core", "data", "pages", "ui", "streamlit_app"}
    known = installed()
    tops = {name.split(".")[0] for name in imported_modules(tree)}
    foreign = tops - own - set(sys.stdlib_module_names)
    return {
        top
        for top in foreign
        if not {normalised(name) for name in known.get(top, [top])} & required()
    }


def loaded_with(packages: list[str], unwelcome: list[str]) -> str:
    """Import packages in a fresh interpreter; return which unwelcome modules came along."""
    command = [sys.executable, "-c", IMPORT_ALL, ",".join(packages), ",".join(unwelcome)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def test_core_loads_no_streamlit_no_altair_and_nothing_slow() -> None:
    slow_or_foreign = ["streamlit", "altair", "prophet", "cmdstanpy", "matplotlib"]
    assert loaded_with(["core"], slow_or_foreign) == ""


def test_charts_and_export_load_no_streamlit() -> None:
    packages = [name for name in ("ui.charts", "ui.export") if sources(*module_places(name))]
    assert loaded_with(packages, ["streamlit"]) == ""


def module_places(name: str) -> tuple[str, str]:
    path = name.replace(".", "/")
    return path, f"{path}.py"


@pytest.mark.parametrize("path", sources("ui/export.py", "ui/charts"), ids=named)
def test_charts_and_export_import_no_streamlit(path: Path) -> None:
    assert not imports(parse(path), "streamlit")


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        ("ui/state.py", {"session_state", "query_params"}),
        ("ui/cache.py", {"cache_data", "cache_resource"}),
    ],
)
def test_one_module_owns(owner: str, names: set[str]) -> None:
    others = [path for path in sources("streamlit_app.py", "pages", "ui") if named(path) != owner]
    found = {named(path): mentions(parse(path), names) for path in others}
    assert {path: used for path, used in found.items() if used} == {}


@pytest.mark.parametrize("path", sources("pages"), ids=named)
def test_page_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_PAGE_LINES


@pytest.mark.parametrize("path", sources("core"), ids=named)
def test_core_reads_no_clock_no_file_and_no_shared_random_state(path: Path) -> None:
    assert impure_calls(parse(path)) == []


@pytest.mark.parametrize(
    "path", sources("streamlit_app.py", "core", "ui", "pages", "data"), ids=named
)
def test_import_is_in_requirements(path: Path) -> None:
    assert unrequired(parse(path)) == set()


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime as dt\ndt.date.today()",
        "import time\ntime.time()",
        "import numpy as np\nnp.random.seed(1)",
        "import numpy as np\nnp.random.default_rng()",
        "from numpy import random\nrandom.normal(3)",
        "import pandas as pd\npd.Timestamp.now()",
        "import pandas as pd\npd.Timestamp('today')",
        "import random\nrandom.choice([1])",
        "open('a.csv')",
    ],
)
def test_impure_call_is_seen(code: str) -> None:
    assert len(impure_calls(ast.parse(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "import numpy as np\nnp.random.default_rng(7).normal()",
        "import random\nrandom.Random(7)",
        "import pandas as pd\npd.Timestamp('2026-01-01')",
        "import zipfile\narchive = zipfile.ZipFile(data)\narchive.open('a.csv')",
        "def f(now):\n    return now.time()",
    ],
)
def test_pure_call_is_let_through(code: str) -> None:
    assert impure_calls(ast.parse(code)) == []
