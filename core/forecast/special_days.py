"""Public holidays and a person's notes as flags that a model can learn from.

Events are a frame with ``name``, ``start`` and ``end`` (naive times, the end exclusive); join those
of several sources with ``pd.concat``. ``flag_events`` turns them into one column of 0 and 1 a name.
Only what has an example in the history can be learned; what lies ahead without one must be said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

import numpy as np
import pandas as pd
from babel import Locale

from core.annotations import Annotation
from core.errors import NotEnoughData
from core.language import SOURCE, alphabetical, spoken

COLUMNS = ("name", "start", "end")
_MOVED = re.compile(r"\s*\([^()]*\b(?:observed|estimated|substitut\w*|in lieu)\b[^()]*\)\s*$", re.I)
"""What the package adds to a holiday on another day than its own, or on a day not yet certain."""
_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SMALL_WORDS = {"And", "Da", "Of", "The"}
_NAMES = {
    "BL": "Saint Barthélemy",
    "BQ": "Bonaire, Sint Eustatius and Saba",
    "CC": "Cocos (Keeling) Islands",
    "CI": "Côte d’Ivoire",
    "CW": "Curaçao",
    "GW": "Guinea-Bissau",
    "HM": "Heard Island and McDonald Islands",
    "RE": "Réunion",
    "SH": "Saint Helena, Ascension and Tristan da Cunha",
    "ST": "São Tomé and Príncipe",
    "SY": "Syria",
    "TL": "Timor-Leste",
    "TR": "Türkiye",
    "AX": "Åland Islands",
}
"""Where the name of the package's class is not the English name; ISO 3166 and CLDR."""


def countries() -> dict[str, str]:
    """Return the countries whose public holidays are known.

    Returns:
        Name in the language spoken by ISO 3166 alpha-2 code, sorted by name.

    >>> countries()["DE"], countries()["IM"], countries()["CD"]
    ('Germany', 'Isle of Man', 'DR Congo')
    """
    from holidays.registry import COUNTRIES

    names = {str(codes[1]): _country_name(codes[1], codes[0]) for codes in COUNTRIES.values()}
    return dict(sorted(names.items(), key=lambda item: alphabetical(item[1])))


def _country_name(code: str, class_name: str) -> str:
    """Return the name of a country: from the name of its class in English, else as CLDR has it.

    >>> _country_name("TT", "TrinidadAndTobago")
    'Trinidad and Tobago'
    """
    if spoken() != SOURCE and code in Locale.parse(spoken()).territories:
        return str(Locale.parse(spoken()).territories[code])
    words = _WORD_BREAK.sub(" ", class_name).split()
    return _NAMES.get(
        code, " ".join(word.lower() if word in _SMALL_WORDS else word for word in words)
    )


def public_holidays(country: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Return the nationwide public holidays of a country, named in English.

    Args:
        country: ISO 3166 alpha-2 code, one of ``countries``.
        first: first day.
        last: last day, included.

    Returns:
        ``name``, ``start`` and ``end`` (datetime64, naive, midnight to midnight), sorted by start
        and name; one row a holiday, two where one day has two. "Christmas Day (observed)" is
        another row of "Christmas Day". Empty where a country has none.

    Raises:
        NotEnoughData: ``country_not_offered`` (``country``).

    Notes:
        Source: the package ``holidays``. Days that follow the moon may be its estimate, and days
        of single states or regions are not in.

    >>> easter = public_holidays("DE", pd.Timestamp("2024-04-01"), pd.Timestamp("2024-04-30"))
    >>> easter.iloc[0].tolist()
    ['Easter Monday', Timestamp('2024-04-01 00:00:00'), Timestamp('2024-04-02 00:00:00')]
    """
    import holidays

    if country not in countries():
        raise NotEnoughData("country_not_offered", country=country)
    years = range(first.year, last.year + 1)
    known = holidays.country_holidays(country, years=years, language="en_US")
    days = (day for day in known if first.date() <= day <= last.date())
    rows = {
        (_MOVED.sub("", name), day, day + timedelta(days=1))
        for day in days
        for name in known.get_list(day)
    }
    return _events(rows)


def events_from_notes(notes: Iterable[Annotation]) -> pd.DataFrame:
    """Return a person's notes as events, sorted by start and name.

    >>> from core.annotations import annotate
    >>> day = pd.Timestamp("2024-04-17")
    >>> events_from_notes([annotate("Fair", day, day + pd.Timedelta(days=2))]).iloc[0].tolist()
    ['Fair', Timestamp('2024-04-17 00:00:00'), Timestamp('2024-04-19 00:00:00')]
    """
    return _events({(note.text, note.start, note.end) for note in notes})


def _events(rows: Iterable[tuple[object, object, object]]) -> pd.DataFrame:
    events = pd.DataFrame(list(rows), columns=list(COLUMNS))
    events = events.astype({"name": "str", "start": "datetime64[us]", "end": "datetime64[us]"})
    return events.sort_values(["start", "name"], ignore_index=True)


def flag_events(
    times: pd.DatetimeIndex, events: pd.DataFrame, *, step_seconds: int
) -> pd.DataFrame:
    """Return for each period and each name of an event whether they share some time.

    Args:
        times: start of each period, naive, in any order.
        events: ``name``, ``start`` and ``end`` (exclusive). Rows without a name or a time, and
            rows that end before they start, flag nothing.
        step_seconds: length of a period: 3,600 for hours, 86,400 for days.

    Returns:
        0.0 and 1.0 by ``times``, one column a name, sorted, in the spelling that comes first:
        "Newsletter" and "newsletter " are one. A name has its column also where all is 0, so that
        the flags of history and future have the same columns if made from the same events.

    >>> days = pd.date_range("2024-04-16", periods=3, freq="D")
    >>> fair = ("Fair", pd.Timestamp("2024-04-17 18:00"), pd.Timestamp("2024-04-18"))
    >>> flags = flag_events(days, pd.DataFrame([fair], columns=COLUMNS), step_seconds=86_400)
    >>> flags["Fair"].tolist()
    [0.0, 1.0, 0.0]
    """
    begin = times.to_numpy(dtype="datetime64[us]")
    until = begin + np.timedelta64(step_seconds, "s")
    spelling: dict[str, str] = {}
    flags: dict[str, np.ndarray] = {}
    for name, start, end in _usable(events).itertuples(index=False):
        own = spelling.setdefault(name.casefold(), name)
        shares_time = (begin < end.to_datetime64()) & (until > start.to_datetime64())
        flags[own] = np.maximum(flags.get(own, 0.0), shares_time.astype(np.float64))
    return pd.DataFrame({name: flags[name] for name in sorted(flags)}, index=times, dtype="float64")


def _usable(events: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that name a stretch of time, white space in names collapsed."""
    rows = events[list(COLUMNS)].dropna()
    rows = rows.assign(name=rows["name"].astype("str").str.split().str.join(" "))
    return rows[(rows["name"] != "") & (rows["start"] < rows["end"])]


def learnable(flags_history: pd.DataFrame, flags_ahead: pd.DataFrame) -> list[str]:
    """Return the names that a model can learn: in the history some periods have them, some not.

    Args:
        flags_history: of ``flag_events``, for the periods that the model learns from.
        flags_ahead: for the periods ahead, from the same events; a name that has no column there
            is left out, for a model needs it on both sides.

    >>> learnable(pd.DataFrame({"Fair": [0.0, 1.0]}), pd.DataFrame({"Fair": [0.0]}))
    ['Fair']
    """
    some = flags_history.max() > 0
    contrast = some & (flags_history.min() < 1)
    return [str(name) for name in contrast.index[contrast] if name in flags_ahead]


def unlearnable(flags_history: pd.DataFrame, flags_ahead: pd.DataFrame) -> list[str]:
    """Return the names that lie ahead and have no example in the history.

    To be told: a period ahead with such a name is treated like any other.

    >>> unlearnable(pd.DataFrame({"Fair": [0.0, 0.0]}), pd.DataFrame({"Fair": [1.0]}))
    ['Fair']
    """
    ahead = flags_ahead.max() > 0
    known = flags_history.max() > 0
    return [str(name) for name in ahead.index[ahead] if not known.get(name, False)]
