"""Find a Chromium for the browser tests; run as a script, get one where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ON_PATH = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
USUAL_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "~/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "~/Applications/Chromium.app/Contents/MacOS/Chromium",
    "$PROGRAMFILES/Google/Chrome/Application/chrome.exe",
    "${PROGRAMFILES(X86)}/Google/Chrome/Application/chrome.exe",
    "$LOCALAPPDATA/Google/Chrome/Application/chrome.exe",
    "$LOCALAPPDATA/Chromium/Application/chrome.exe",
    "${PROGRAMFILES(X86)}/Microsoft/Edge/Application/msedge.exe",
)
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
NONE_FOUND = """\
No Chromium or Chrome for the browser tests, and none could be installed.
Install one (https://www.chromium.org/getting-involved/download-chromium/, or on Debian:
sudo apt install chromium), or name the one you have: CHROMIUM_PATH=/path/to/chromium make test
`make unit` runs all tests that need no browser."""
DRIVER_BROKEN = """\
A browser is there, but Playwright, which steers it, does not start.
See what it says: .venv/bin/python -m playwright --version
(a bare Debian or Ubuntu lacks a library: sudo apt install libatomic1)."""


def find_chromium() -> str | None:
    """Return the path of a Chromium-like browser that starts, or None.

    Looks at ``CHROMIUM_PATH`` (if that is set, nothing else counts), then on the ``PATH``, in the
    usual places of macOS and Windows, and last at the browser that Playwright downloaded.
    """
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        return named if _starts(named) else None
    return next((path for path in _candidates() if _starts(path)), None)


def require_chromium() -> str:
    """Return the browser's path; without one skip the test, or fail it where ``CI=true``."""
    path = find_chromium()
    if path is not None:
        return path
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail("CI has no Chromium: browser tests never skip there.")
    pytest.skip("No Chromium: `make browser` gets one.")


def _candidates() -> Iterator[str]:
    """Yield paths worth trying, the quickest to find first."""
    yield from filter(None, map(shutil.which, ON_PATH))
    for place in USUAL_PLACES:
        yield str(Path(os.path.expandvars(place)).expanduser())
    downloaded = _playwright_chromium()
    if downloaded:
        yield downloaded


def _playwright_chromium() -> str | None:
    """Return where Playwright keeps its own Chromium, whether or not it was downloaded.

    Asked in a process of its own: Playwright refuses to start twice in one thread.
    """
    command = [sys.executable, "-c", ASK_PLAYWRIGHT]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def _starts(path: str) -> bool:
    """Tell whether the browser is there and runs: some are stubs, some lack libraries."""
    if not Path(path).is_file():
        return False
    if sys.platform == "win32":  # there --version opens a window and says nothing
        return True
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def is_ready() -> bool:
    """Tell whether a browser is there and Playwright's driver, which steers it, starts."""
    return find_chromium() is not None and _driver_starts()


def _driver_starts() -> bool:
    """Tell whether Playwright runs: its driver needs libatomic, which a bare Debian lacks."""
    command = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def install_chromium() -> None:
    """Let Playwright download a Chromium; if that is not enough, ask apt-get where we may."""
    if find_chromium() is None and _driver_starts():
        _run([sys.executable, "-m", "playwright", "install", "chromium"])
    if not is_ready() and _may_use_apt():
        packages = ["libatomic1"] if find_chromium() else ["libatomic1", "chromium"]
        _run(["apt-get", "update"])
        _run(["apt-get", "install", "-y", "--no-install-recommends", *packages])


def _may_use_apt() -> bool:
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root and shutil.which("apt-get") is not None


def _run(command: list[str]) -> None:
    """Run a command that may fail; its own output says why, and our caller looks for the result."""
    sys.stderr.write(f"$ {' '.join(command)}\n")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)


def what_is_wrong() -> str | None:
    """Return what keeps the browser tests from running, in words, or None."""
    if find_chromium() is None:
        named = os.environ.get("CHROMIUM_PATH")
        return f"CHROMIUM_PATH={named} is not a browser that starts." if named else NONE_FOUND
    return None if _driver_starts() else DRIVER_BROKEN


def main() -> int:
    """Make sure that a Chromium exists; print its path, or say what to do and return 1."""
    if not is_ready() and not os.environ.get("CHROMIUM_PATH"):
        install_chromium()
    problem = what_is_wrong()
    if problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"Browser for the tests: {find_chromium()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
