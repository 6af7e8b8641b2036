"""Names beside dots, each on the side where it covers the fewest others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

Box = tuple[float, float, float, float]

SIDES = ("above", "right", "left", "below")
OFFSETS = MappingProxyType(
    {"above": (0, -27), "right": (22, 0), "left": (-22, 0), "below": (0, 27)}
)
"""Distance in pixels, to the right and down."""
ALIGN: Mapping[str, Literal["left", "center", "right"]] = MappingProxyType(
    {"above": "center", "right": "left", "left": "right", "below": "center"}
)
_LETTER, _LINE = 6.5, 15.0
"""Size of a letter and a line in pixels."""
_DOT = 16.0


def place_names(names: Sequence[str], places: Sequence[tuple[float, float]]) -> list[str]:
    """Choose a side for each name, one after the other.

    Args:
        names: what is written.
        places: centre of each dot in pixels, to the right and down.

    >>> place_names(["Direct", "Referral"], [(100.0, 100.0), (105.0, 80.0)])
    ['right', 'above']
    """
    taken: list[Box] = [_around(place) for place in places]
    chosen = []
    for name, place in zip(names, places, strict=True):
        own = _around(place)
        others = [box for box in taken if box != own]
        boxes = {side: _box(name, place, side) for side in SIDES}
        side = min(SIDES, key=lambda side: sum(_overlap(boxes[side], box) for box in others))
        taken.append(boxes[side])
        chosen.append(side)
    return chosen


def _around(place: tuple[float, float]) -> Box:
    x, y = place
    return x - _DOT, y - _DOT, x + _DOT, y + _DOT


def _box(name: str, place: tuple[float, float], side: str) -> Box:
    right, down = OFFSETS[side]
    x, y, width = place[0] + right, place[1] + down, _LETTER * len(name)
    left = x - {"left": width, "right": 0.0}.get(side, width / 2)
    return left, y - _LINE / 2, left + width, y + _LINE / 2


def _overlap(first: Box, second: Box) -> float:
    """Area that both cover."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    return max(width, 0.0) * max(height, 0.0)
