"""The language in which the app speaks: words from the catalogues, numbers and days from CLDR.

English is the language of the source. ``t("Drop {count} files", count=…)`` looks its words up in
the catalogue of the language spoken in this run and fills in the values; the catalogues are gettext
files, ``data/languages/<language>.po``. The language is kept in a context variable, so that
visitors who are served at the same time do not hear each other's language.
"""

from __future__ import annotations

import gettext
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import ParamSpec, TypeVar

from babel import Locale
from babel.dates import format_skeleton, get_day_names, get_month_names
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français", "pt": "Português"}
)
"""The name of each language in itself."""
CATALOGUES = Path(__file__).resolve().parent.parent / "data" / "languages"

P = ParamSpec("P")
R = TypeVar("R")
_spoken: ContextVar[str] = ContextVar("language", default=SOURCE)


def speak(language: str) -> None:
    """Speak a language from here on, in this run only.

    Args:
        language: a key of ``LANGUAGES``.

    Raises:
        KeyError: for any other language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    _spoken.set(language)


def spoken() -> str:
    """The language spoken now, a key of ``LANGUAGES``."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while, such as English for an id made of words.

    >>> with speaking("de"):
    ...     weekday_names()[0]
    'Mo'
    """
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def bound(function: Callable[P, R]) -> Callable[P, R]:
    """The function, speaking the language of now whenever and in whichever thread it is called."""
    language = spoken()

    def in_it(*args: P.args, **kwargs: P.kwargs) -> R:
        with speaking(language):
            return function(*args, **kwargs)

    return in_it


def closest(tag: str | None) -> str:
    """The language for a browser's language tag, English where we do not know its own.

    >>> closest("de-AT"), closest("pt_BR"), closest("nl-NL"), closest(None)
    ('de', 'pt', 'en', 'en')
    """
    language = (tag or SOURCE).replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else SOURCE


def t(text: str, /, **values: object) -> str:
    """The text in the language spoken, with its ``{names}`` filled in.

    >>> t("{count} sessions on {day}", count="1,204", day="Mon")
    '1,204 sessions on Mon'
    """
    return _fill(_catalogue(spoken()).gettext(text), values)


def tn(one: str, many: str, n: float, /, **values: object) -> str:
    """As ``t``, in the form for one or for many, by the rule of the language spoken.

    ``{count}`` is filled in with ``n`` unless a value of that name is given.

    >>> tn("{count} day", "{count} days", 1), tn("{count} day", "{count} days", 2)
    ('1 day', '2 days')
    """
    whole = int(n) if float(n).is_integer() else 2
    filled = {"count": group(n, 0), **values}
    return _fill(_catalogue(spoken()).ngettext(one, many, whole), filled)


def tc(context: str, text: str, /, **values: object) -> str:
    """As ``t``, for a text that has to be translated differently in different places."""
    return _fill(_catalogue(spoken()).pgettext(context, text), values)


def mark(text: str, /) -> str:
    """Mark a constant for the catalogue; ``t`` translates it where it is shown."""
    return text


def in_sentence(label: str) -> str:
    """A label in the middle of a sentence: lower case, but for German nouns ("neue Nutzer").

    >>> in_sentence("Engaged sessions")
    'engaged sessions'
    """
    if spoken() == "de":
        return label.replace("Neue ", "neue ", 1)
    return label.lower()


def group(value: float, digits: int) -> str:
    """A number without its sign, with the separators of the language spoken.

    >>> group(-1234.5, 1)
    '1,234.5'
    """
    # Not Babel's own: it rounds decimal digits, and English would not stay as it was.
    return f"{abs(value):,.{digits}f}".translate(_separators(spoken()))


def separators() -> tuple[str, str]:
    """The signs for decimals and for thousands in the language spoken."""
    symbols = Locale.parse(spoken()).number_symbols["latn"]
    return symbols["decimal"], symbols["group"]


def listed(names: list[str] | tuple[str, ...]) -> str:
    """Names in a sentence, as the language spoken lists them.

    >>> listed(["Email", "Referral", "Direct"])
    'Email, Referral and Direct'
    """
    text = format_list(list(names), "standard", locale=_of_lists(spoken()))
    # Before the sound of i the Spanish "y" becomes "e", which CLDR's pattern cannot say.
    return re.sub(r" y (?=h?i(?![aeou]))", " e ", text) if spoken() == "es" else text


def alphabetical(name: str) -> str:
    """What to sort a name by: Åland stands with A, not behind Z.

    >>> sorted(["Zambia", "Åland", "Andorra"], key=alphabetical)
    ['Åland', 'Andorra', 'Zambia']
    """
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


def dated(value: date, skeleton: str) -> str:
    """A date as the language spoken writes it.

    Args:
        value: the date.
        skeleton: which fields, by CLDR's letters: ``yMMMEd``, ``yMMMd``, ``MMMd`` or ``yMMM``.

    >>> dated(date(2024, 4, 17), "yMMMEd")
    'Wed 17 Apr 2024'
    """
    if spoken() == SOURCE:
        return " ".join(_ENGLISH_ORDER[field].format(value) for field in _fields(skeleton))
    return str(format_skeleton(skeleton, value, locale=spoken()))


_ENGLISH_ORDER = {"E": "{:%a}", "d": "{0.day}", "MMM": "{:%b}", "y": "{:%Y}"}


def _fields(skeleton: str) -> list[str]:
    return [field for field in _ENGLISH_ORDER if field in skeleton]


def weekday_names(width: str = "abbreviated") -> tuple[str, ...]:
    """The names of the weekdays from Monday on.

    Args:
        width: ``abbreviated`` or ``wide``.
    """
    names = get_day_names(width, "stand-alone", Locale.parse(spoken()))  # type: ignore[arg-type]
    return tuple(names[number] for number in range(7))


def month_names(width: str = "abbreviated") -> tuple[str, ...]:
    """The names of the months from January on, as in a date."""
    names = get_month_names(width, "format", Locale.parse(spoken()))  # type: ignore[arg-type]
    return tuple(names[number] for number in range(1, 13))


def _fill(text: str, values: Mapping[str, object]) -> str:
    return text.format_map(values) if values else text


def _of_lists(language: str) -> str:
    # American English would put a comma before the "and".
    return "en_GB" if language == SOURCE else language


@cache
def _separators(language: str) -> dict[int, str]:
    symbols = Locale.parse(language).number_symbols["latn"]
    return {ord(","): symbols["group"], ord("."): symbols["decimal"]}


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """The words of a language; the compiled form stays in memory, shared by all visitors."""
    if language == SOURCE:
        return gettext.NullTranslations()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
