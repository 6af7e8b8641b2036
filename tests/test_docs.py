"""What the documents promise exists: targets of make, files that links point to."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from ui.messages import HOW_TO_EXPORT
from ui.navigation import PAGES

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".git", ".venv", ".venv-peers", "venv", "node_modules", ".pytest_cache"}

FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`[^`\n]+`")
MAKE_CALL = re.compile(r"\bmake((?:[ \t]+[A-Za-z][\w-]*(?![\w=./-]))+)")
TARGET = re.compile(r"^([a-z][\w-]*):(?!=)", re.MULTILINE)
INLINE_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)")
REFERENCE = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)", re.MULTILINE)
HTML_LINK = re.compile(r"""<(?:a|img|source)\b[^>]*?(?:href|src|srcset)=["']([^"'\s]+)""")
OUTSIDE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)


def documents() -> list[Path]:
    """List every Markdown file of the project."""
    found = ROOT.rglob("*.md")
    return sorted(path for path in found if not NOT_OURS & set(path.relative_to(ROOT).parts))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def make_targets(makefile: str) -> set[str]:
    return set(TARGET.findall(makefile))


def mentioned_targets(markdown: str) -> set[str]:
    """Return the targets of ``make`` in code, in spans and in fences; prose may "make sure"."""
    fences = FENCE.findall(markdown)
    spans = CODE_SPAN.findall(FENCE.sub("", markdown))
    code = [re.sub(r"(^|\s)#.*", "", line) for part in fences + spans for line in part.split("\n")]
    calls = [call for line in code for call in MAKE_CALL.findall(line)]
    return {target for call in calls for target in call.split()}


def relative_links(markdown: str) -> set[str]:
    """Return the link targets outside of code that point into the project, without anchors."""
    text = CODE_SPAN.sub("", FENCE.sub("", markdown))
    links = [link for form in (INLINE_LINK, REFERENCE, HTML_LINK) for link in form.findall(text)]
    return {unquote(link.partition("#")[0]) for link in links if not OUTSIDE.match(link)}


@pytest.mark.parametrize("path", documents(), ids=named)
def test_mentioned_make_target_exists(path: Path) -> None:
    targets = make_targets((ROOT / "Makefile").read_text(encoding="utf-8"))
    assert mentioned_targets(path.read_text(encoding="utf-8")) - targets == set()


@pytest.mark.parametrize("path", documents(), ids=named)
def test_relative_link_resolves(path: Path) -> None:
    links = relative_links(path.read_text(encoding="utf-8"))
    assert [link for link in sorted(links) if not (path.parent / link).exists()] == []


def test_targets_are_read_from_code_only() -> None:
    text = "We make sure. `make run PORT=9000`, `make`\n```sh\n$ make lint types  # make tea\n```\n"
    assert mentioned_targets(text) == {"run", "lint", "types"}


def test_targets_of_a_makefile_leave_out_variables_and_dot_targets() -> None:
    assert make_targets("PORT := 1\nx := 2\n.PHONY: a\nrun: dev ## Start\n\techo: no\n") == {"run"}


def test_links_of_every_form_are_seen() -> None:
    text = (
        "[a](docs/a.md#part) ![b](b%20c.png 'title') <img src='d.png'> [web](https://x.org)\n"
        "[here](#anchor) `[code](no.md)`\n[ref]: e.md\n"
    )
    assert relative_links(text) == {"docs/a.md", "b c.png", "d.png", "e.md"}


GUIDE = ROOT / "docs" / "user-guide.md"


def test_the_guide_has_a_part_and_a_picture_for_every_page() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for page in PAGES:
        part = text.partition(f"\n## {page.title}\n")[2].partition("\n## ")[0]
        assert f"](screenshots/{page.key}.png)" in part, page.title


def test_every_picture_of_the_guide_is_taken_by_the_script() -> None:
    script = (ROOT / "docs" / "make_screenshots.py").read_text(encoding="utf-8")
    names = re.findall(r"\]\(screenshots/([a-z]+)\.png\)", GUIDE.read_text(encoding="utf-8"))
    assert len(names) == len(set(names))
    assert [n for n in names if f'"{n.title()}"' not in script and f'"{n}.png"' not in script] == []


def test_the_guide_and_home_tell_the_same_columns() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    rows = [line for line in HOW_TO_EXPORT.splitlines() if line.startswith("|")]
    assert len(rows) > 5
    assert [row for row in rows if row not in text] == []


def test_the_readme_links_to_the_guide() -> None:
    assert "docs/user-guide.md" in relative_links((ROOT / "README.md").read_text(encoding="utf-8"))
