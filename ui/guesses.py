"""Guesses: what a person expects of a pair of measures, before seeing it. No streamlit."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.correlations import MIN_STRENGTH

UP, NONE, DOWN = "up", "none", "down"
WEAK, MEDIUM, STRONG = "weak", "medium", "strong"
DIRECTIONS: Mapping[str, str] = MappingProxyType(
    {UP: "Rise together", NONE: "No link", DOWN: "One falls as the other rises"}
)
STRENGTHS: Mapping[str, str] = MappingProxyType({WEAK: "Weak", MEDIUM: "Medium", STRONG: "Strong"})
_HOW = {WEAK: "weakly", MEDIUM: "moderately", STRONG: "strongly"}
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
    """A direction and a strength as the second half of a sentence.

    >>> in_words("up", "strong"), in_words("none", "")
    ('they strongly rise together', 'there is no link')
    """
    how = _HOW.get(strength, "")
    if direction == NONE:
        return "there is no link"
    return f"they {how} rise together" if direction == UP else f"one {how} falls as the other rises"


def sentence(guess: Guess) -> str:
    """The guess and what it is.

    >>> sentence(Guess("a", "up", "strong", 0.27)).partition(". ")[2]
    'In the file they weakly rise together (+0.27): the right direction.'
    """
    expected = in_words(guess.direction, guess.strength)
    number = f"{round(guess.r, 2) + 0.0:+.2f}".replace("-", "−")
    if guess.is_right:
        return f"You expected that {expected}, and that is so ({number})."
    actual = in_words(direction_of(guess.r), strength_of(guess.r))
    end = ": the right direction" if guess.is_direction_right else ""
    return f"You expected that {expected}. In the file {actual} ({number}){end}."


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
    noun = "direction" if count == 1 else "directions"
    return f"So far: {directions} of {count} {noun} right, {exact} of {count} with the strength."
