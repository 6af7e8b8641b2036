"""Finding a browser: who is asked, in which order, and what counts as one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.e2e import find_chromium as finder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the fakes are shell scripts")


def fake_browser(folder: Path, name: str, exit_code: int = 0) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {exit_code}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which nothing is found unless a test puts it there."""
    monkeypatch.delenv("CHROMIUM_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(finder, "USUAL_PLACES", ())
    monkeypatch.setattr(finder, "_playwright_chromium", lambda: None)


def test_nothing_there_is_none() -> None:
    assert finder.find_chromium() is None


def test_named_browser_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_browser(tmp_path, "chromium")
    mine = fake_browser(tmp_path, "mine")
    monkeypatch.setenv("CHROMIUM_PATH", str(mine))
    assert finder.find_chromium() == str(mine)


def test_named_browser_that_is_missing_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_browser(tmp_path, "chromium")
    monkeypatch.setenv("CHROMIUM_PATH", str(tmp_path / "gone"))
    assert finder.find_chromium() is None


def test_stub_on_the_path_is_passed_over(tmp_path: Path) -> None:
    fake_browser(tmp_path, "chromium", exit_code=1)
    works = fake_browser(tmp_path, "google-chrome")
    assert finder.find_chromium() == str(works)


def test_usual_place_and_environment_variables_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = fake_browser(tmp_path, "Some Browser")
    monkeypatch.setenv("SOME_FOLDER", str(tmp_path))
    monkeypatch.setattr(finder, "USUAL_PLACES", ("${SOME_FOLDER}/Some Browser",))
    assert finder.find_chromium() == str(works)


def test_playwrights_own_browser_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = fake_browser(tmp_path, "downloaded")
    monkeypatch.setattr(finder, "_playwright_chromium", lambda: str(own))
    assert finder.find_chromium() == str(own)


def test_nothing_to_be_had_is_said_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(finder, "install_chromium", lambda: None)
    assert finder.main() == 1
    assert "CHROMIUM_PATH" in capsys.readouterr().err


def commands_tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the installer run with commands that only get written down."""
    commands: list[str] = []
    monkeypatch.setattr(finder, "_run", lambda command: commands.append(" ".join(command[1:])))
    monkeypatch.setattr(finder, "_may_use_apt", lambda: True)
    finder.install_chromium()
    return commands


def test_apt_is_asked_after_playwright_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finder, "_driver_starts", lambda: True)
    download, update, install = commands_tried(monkeypatch)
    assert download == "-m playwright install chromium"
    assert update == "update"
    assert install.endswith(" chromium")


def test_only_the_missing_library_is_installed_where_a_browser_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_browser(tmp_path, "chromium")
    monkeypatch.setattr(finder, "_driver_starts", lambda: False)
    update, install = commands_tried(monkeypatch)
    assert update == "update"
    assert install.endswith(" libatomic1")


def test_driver_that_does_not_start_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_browser(tmp_path, "chromium")
    monkeypatch.setattr(finder, "_driver_starts", lambda: False)
    monkeypatch.setattr(finder, "install_chromium", lambda: None)
    assert finder.main() == 1
    assert "libatomic1" in capsys.readouterr().err


def test_browser_tests_cannot_skip_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception):
        finder.require_chromium()


def test_browser_tests_skip_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception):
        finder.require_chromium()


def test_require_gives_the_path(tmp_path: Path) -> None:
    works = fake_browser(tmp_path, "chromium")
    assert finder.require_chromium() == os.fspath(works)
