"""Guesses: what a person expects of a pair of measures, before seeing it. No streamlit."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.correlations import MIN_STRENGTH
from core.language import group, mark, t, tn

UP, NONE, DOWN = "up", "none", "down"
WEAK, MEDIUM, STRONG = "weak", "medium", "strong"
DIRECTIONS: Mapping[str, str] = MappingProxyType(
    {UP: mark("Rise together"), NONE: mark("No link"), DOWN: mark("One falls as the other rises")}
)
STRENGTHS: Mapping[str, str] = MappingProxyType(
    {WEAK: mark("Weak"), MEDIUM: mark("Medium"), STRONG: mark("Strong")}
)
_LINKS = {
    (UP, WEAK): mark("they weakly rise together"),
    (UP, MEDIUM): mark("they moderately rise together"),
    (UP, STRONG): mark("they strongly rise together"),
    (DOWN, WEAK): mark("one weakly falls as the other rises"),
    (DOWN, MEDIUM): mark("one moderately falls as the other rises"),
    (DOWN, STRONG): mark("one strongly falls as the other rises"),
    (NONE, ""): mark("there is no link"),
}
_EXPECTED = {
    (UP, WEAK): mark("You expected that they weakly rise together."),
    (UP, MEDIUM): mark("You expected that they moderately rise together."),
    (UP, STRONG): mark("You expected that they strongly rise together."),
    (DOWN, WEAK): mark("You expected that one weakly falls as the other rises."),
    (DOWN, MEDIUM): mark("You expected that one moderately falls as the other rises."),
    (DOWN, STRONG): mark("You expected that one strongly falls as the other rises."),
    (NONE, ""): mark("You expected that there is no link."),
}
_RIGHT = {
    (UP, WEAK): mark(
        "You expected that they weakly rise together, and that is so ({correlation})."
    ),
    (UP, MEDIUM): mark(
        "You expected that they moderately rise together, and that is so ({correlation})."
    ),
    (UP, STRONG): mark(
        "You expected that they strongly rise together, and that is so ({correlation})."
    ),
    (DOWN, WEAK): mark(
        "You expected that one weakly falls as the other rises, and that is so ({correlation})."
    ),
    (DOWN, MEDIUM): mark(
        "You expected that one moderately falls as the other rises, and that is so ({correlation})."
    ),
    (DOWN, STRONG): mark(
        "You expected that one strongly falls as the other rises, and that is so ({correlation})."
    ),
    (NONE, ""): mark("You expected that there is no link, and that is so ({correlation})."),
}
_ACTUAL = {
    (UP, WEAK): mark("In the file they weakly rise together ({correlation})."),
    (UP, MEDIUM): mark("In the file they moderately rise together ({correlation})."),
    (UP, STRONG): mark("In the file they strongly rise together ({correlation})."),
    (DOWN, WEAK): mark("In the file one weakly falls as the other rises ({correlation})."),
    (DOWN, MEDIUM): mark("In the file one moderately falls as the other rises ({correlation})."),
    (DOWN, STRONG): mark("In the file one strongly falls as the other rises ({correlation})."),
    (NONE, ""): mark("In the file there is no link ({correlation})."),
}
_ACTUAL_RIGHT_DIRECTION = {
    (UP, WEAK): mark("In the file they weakly rise together ({correlation}): the right direction."),
    (UP, MEDIUM): mark(
        "In the file they moderately rise together ({correlation}): the right direction."
    ),
    (UP, STRONG): mark(
        "In the file they strongly rise together ({correlation}): the right direction."
    ),
    (DOWN, WEAK): mark(
        "In the file one weakly falls as the other rises ({correlation}): the right direction."
    ),
    (DOWN, MEDIUM): mark(
        "In the file one moderately falls as the other rises ({correlation}): the right direction."
    ),
    (DOWN, STRONG): mark(
        "In the file one strongly falls as the other rises ({correlation}): the right direction."
    ),
}
_MEDIUM_FROM, _STRONG_FROM = 0.3, 0.6


@dataclass(frozen=True)
class Guess:
    """What was expected of one pair, and what it is.

    Args:
        pair: names the pair in this selection of this file; guessed once.
        direction: a key of ``DIRECTIONS``.
        strength: a key of ``STRENGTHS``; empty where no link is expected.
        r: the correlation as counted.
    """

    pair: Hashable
    direction: str
    strength: str
    r: float

    @property
    def is_direction_right(self) -> bool:
        """Whether both go as expected."""
        return self.direction == direction_of(self.r)

    @property
    def is_right(self) -> bool:
        """Whether direction and strength are as expected."""
        return self.is_direction_right and self.strength == strength_of(self.r)


def direction_of(r: float) -> str:
    """Direction of a correlation; under 0.1 either way there is none to speak of.

    >>> direction_of(0.27), direction_of(-0.05), direction_of(-0.4)
    ('up', 'none', 'down')
    """
    if not abs(r) >= MIN_STRENGTH:
        return NONE
    return UP if r > 0 else DOWN


def strength_of(r: float) -> str:
    """Strength of a correlation: weak under 0.3, strong from 0.6 on; empty where none.

    >>> strength_of(0.27), strength_of(-0.6), strength_of(0.05)
    ('weak', 'strong', '')
    """
    if direction_of(r) == NONE:
        return ""
    size = abs(r)
    return WEAK if size < _MEDIUM_FROM else MEDIUM if size < _STRONG_FROM else STRONG


def in_words(direction: str, strength: str) -> str:
    """A direction and a strength in the middle of a sentence.

    >>> in_words("up", "strong"), in_words("none", "")
    ('they strongly rise together', 'there is no link')
    """
    return t(_LINKS[direction, strength])


def sentence(guess: Guess) -> str:
    """The guess and what it is.

    >>> sentence(Guess("a", "up", "strong", 0.27)).partition(". ")[2]
    'In the file they weakly rise together (+0.27): the right direction.'
    """
    expected = guess.direction, guess.strength
    actual = direction_of(guess.r), strength_of(guess.r)
    number = _signed(guess.r)
    if guess.is_right:
        return t(_RIGHT[expected], correlation=number)
    told = _ACTUAL_RIGHT_DIRECTION if guess.is_direction_right else _ACTUAL
    return f"{t(_EXPECTED[expected])} {t(told[actual], correlation=number)}"


def _signed(r: float) -> str:
    """A correlation with its sign; what is zero when rounded is ``+0.00``."""
    return ("−" if round(r, 2) < 0 else "+") + group(round(r, 2), 2)


def tally(guesses: Sequence[Guess]) -> str:
    """How the guesses of a session went.

    >>> tally([Guess("a", "up", "strong", 0.27), Guess("b", "none", "", 0.01)])
    'So far: 2 of 2 directions right, 1 of 2 with the strength.'
    """
    count = len(guesses)
    if not count:
        return ""
    directions = sum(guess.is_direction_right for guess in guesses)
    exact = sum(guess.is_right for guess in guesses)
    return tn(
        "So far: {right} of {count} direction right, {exact} of {count} with the strength.",
        "So far: {right} of {count} directions right, {exact} of {count} with the strength.",
        count,
        right=group(directions, 0),
        exact=group(exact, 0),
    )
