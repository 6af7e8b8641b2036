"""A view as a small JSON file: page and filters, never data. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import ExportError
from ui import links

FORMAT, VERSION = "traffic-insights-view", 1
MAX_BYTES = 100_000
Files = Sequence[tuple[str, bytes]]


@dataclass(frozen=True)
class SavedView:
    """A page with its filters.

    Args:
        page: key of the page, not checked here.
        wish: the filters.
    """

    page: str
    wish: links.Wish


def as_json(view: SavedView) -> bytes:
    """The file that a person keeps.

    >>> read_view(as_json(SavedView("trends", links.Wish(weekdays=(0,))))).wish.weekdays
    (0,)
    """
    content = {
        "format": FORMAT,
        "version": VERSION,
        "page": view.page,
        "filters": links.as_params(view.wish),
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8")


def read_view(data: bytes) -> SavedView | None:
    """What was kept, ``None`` if this is no view. Filters that make no sense are dropped.

    Raises:
        ExportError: ``view_other_version`` if another version of the app wrote it.
    """
    content = _read(data)
    if content.get("format") != FORMAT:
        return None
    if content.get("version") != VERSION:
        raise ExportError("view_other_version")
    page, filters = content.get("page"), content.get("filters")
    params = {
        name: values
        for name, values in (filters.items() if isinstance(filters, dict) else ())
        if isinstance(values, list) and all(isinstance(value, str) for value in values)
    }
    return SavedView(page if isinstance(page, str) else "", links.read_params(params))


def take_out(files: Files) -> tuple[SavedView | None, Files]:
    """The first saved view among dropped files, and the files that are none.

    Raises:
        ExportError: see ``read_view``.
    """
    found, others = None, []
    for name, data in files:
        view = read_view(data) if name.lower().endswith(".json") else None
        if view is None:
            others.append((name, data))
        else:
            found = found or view
    return found, others


def _read(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        return {}
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
