"""Writes `sample_ga4_export.csv`: eight weeks of an invented site, in the form of a GA4 export.

Run `python data/generate_sample.py` from the root of the repository.

The truth is known: `STORIES` lists all that is planted, and everything else is noise. So the file
serves as a first look at the app and as a test of its claims: an analysis should find the
stories, and nothing more.

The file is the same to the last byte on every system and every Python, which takes three habits:

* Chance comes from `random.Random.random()` alone. Python promises that this method keeps its
  sequence for a given seed; numpy keeps that freedom for itself, and so do Python's own `gauss`
  and `shuffle`. Normal and binomial draws are built from it here, in a few lines.
* Arithmetic stays within `+ - * /` and the square root, which IEEE 754 rounds in one way only.
  `exp`, `log` and powers may differ in their last digit between C libraries.
* Fractions are added by `math.fsum`, as the rounding of `sum` changed with Python 3.12.

Each channel draws from streams of its own: a change to one leaves the others as they were.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

# The first seed from 1 on whose noise shows no trend by chance: over the span, the fitted line of
# no large channel moves by 1.2 points of engagement rate or by 6 % of sessions, stories aside.
SEED = 20
START = datetime(2025, 3, 3)
DAYS = 56
END = START + timedelta(days=DAYS)  # half-open, as all spans here: the first hour after
PATH = Path(__file__).with_name("sample_ga4_export.csv")

COLUMNS = (
    "Session primary channel group (Default channel group)",
    "Date + hour (YYYYMMDDHH)",
    "Users",
    "Sessions",
    "Engaged sessions",
    "Average engagement time per session",
    "Engaged sessions per user",
    "Events per session",
    "Engagement rate",
    "Event count",
)


@dataclass(frozen=True)
class Story:
    """Something that is really in the data.

    Attributes:
        key: name for code and tests.
        channel: the channel it happens to, or `(all)`.
        start: first hour of it.
        end: the first hour after it; for the fading channel, the hour from which it stays low.
        size: how strong it is.
        unit: what `size` counts.
        sentence: the story in words.
    """

    key: str
    channel: str
    start: datetime
    end: datetime
    size: float
    unit: str
    sentence: str

    def touches(self, channel: str, hour: datetime) -> bool:
        """Whether this hour of this channel lies in the story.

        >>> story("viral_spike").touches("Organic Social", datetime(2025, 4, 2, 22))
        True
        >>> story("viral_spike").touches("Organic Social", datetime(2025, 4, 2, 23))
        False
        """
        return self.channel in (channel, "(all)") and self.start <= hour < self.end


STORIES = (
    Story(
        "viral_spike",
        "Organic Social",
        datetime(2025, 4, 2, 18),
        datetime(2025, 4, 2, 23),
        4.5,
        "times the usual sessions",
        "On one Wednesday evening a post goes viral: many come, and fewer of them engage.",
    ),
    Story(
        "fading_channel",
        "Paid Search",
        datetime(2025, 4, 10),
        datetime(2025, 4, 18),
        0.4,
        "of the former sessions remain",
        "Paid Search fades within eight days to well below half of its level, and stays there.",
    ),
    Story(
        "better_channel",
        "Referral",
        START,
        END,
        0.12,
        "higher engagement rate",
        "Visitors from other sites engage more often, stay longer and do more than all others.",
    ),
    Story(
        "tagging_fault",
        "Unassigned",
        datetime(2025, 4, 8),
        END,
        0.06,
        "of all sessions",
        "A tag breaks: sessions of Direct turn up as Unassigned, with hardly any engagement.",
    ),
    Story(
        "weekend_dip",
        "(all)",
        START,
        END,
        0.25,
        "of the sessions missing",
        "Saturdays and Sundays bring a quarter fewer sessions than working days.",
    ),
    Story(
        "evening_peak",
        "(all)",
        START,
        END,
        1.9,
        "times the sessions of an average hour",
        "The day peaks from 19:00 to 21:59, most at 20:00, and is emptiest at 04:00 and 05:00.",
    ),
    Story(
        "tiny_channel",
        "Email",
        START,
        END,
        18,
        "sessions to be expected in all",
        "Email brings a handful of sessions: too few to say anything about it.",
    ),
)


def story(key: str) -> Story:
    """The story of that key.

    >>> story("tiny_channel").channel
    'Email'
    """
    return next(one for one in STORIES if one.key == key)


USUAL_RATE = 0.54
SPIKE_RATE_DROP = 0.16  # how far the engagement rate falls among those who came with the spike

# Sessions by hour of day, in per cent of an average hour: 2,400 together.
HOUR_SHAPE_PCT = (
    *(62, 46, 34, 26, 20, 22, 36, 60, 84, 102, 112, 118),
    *(120, 118, 118, 120, 124, 134, 154, 176, 190, 180, 146, 98),
)

# How far the numbers wander: shocks last for days, so that neighbouring days are alike.
SHOCK_PERSISTENCE = 0.5
VOLUME_SHOCK = 0.06  # standard deviation between days, as a share of the sessions
VOLUME_NOISE = 0.10  # the same between hours
RATE_SHOCK = 0.012  # standard deviation between days, in engagement rate
RATE_NOISE = 0.03  # the same between hours
RETURN_WITHIN_HOUR = 0.15  # share of sessions that a user of the same hour began


@dataclass(frozen=True)
class Channel:
    """What a channel is like when no story touches it.

    Attributes:
        name: as GA4 writes it.
        hourly_sessions: expected in an average hour of a working day.
        engagement_rate: engaged sessions of all sessions.
        events_always: events that every session makes.
        events_if_engaged: events that an engaged session adds.
        seconds_if_engaged: engagement time of an engaged session.
    """

    name: str
    hourly_sessions: float
    engagement_rate: float = USUAL_RATE
    events_always: float = 2.9
    events_if_engaged: float = 2.9
    seconds_if_engaged: float = 62.0


# The span's hours, with those of weekends counted for less.
WORKDAY_HOURS = 24 * DAYS * (1 - story("weekend_dip").size * 2 / 7)

CHANNELS = (
    Channel("Organic Social", 82.0),
    Channel("Direct", 70.0),
    Channel("Organic Search", 46.0),
    Channel("Referral", 30.0, USUAL_RATE + story("better_channel").size, 3.1, 3.6, 85.0),
    Channel("Paid Search", 30.0),
    Channel("Unassigned", 0.008, 0.01, 1.4),
    Channel("Email", story("tiny_channel").size / WORKDAY_HOURS),
)


@dataclass(frozen=True)
class Row:
    """One line of the export: counts of one channel in one hour, engagement in whole seconds."""

    channel: str
    hour: datetime
    users: int
    sessions: int
    engaged: int
    seconds: int
    events: int


# --- chance ------------------------------------------------------------------------------------


def stream(channel: str, purpose: str) -> Random:
    """A stream of chance for one purpose, untouched by what others draw."""
    return Random(f"{SEED}/{channel}/{purpose}")  # noqa: S311 - a sample, not a secret


def normal(rng: Random) -> float:
    """A draw with mean 0 and variance 1, close to normal: twelve uniform ones, less six."""
    return math.fsum(rng.random() for _ in range(12)) - 6.0


def binomial(rng: Random, trials: int, chance: float) -> int:
    """How many of the trials succeed.

    >>> binomial(Random(1), 10, 1.0), binomial(Random(1), 10, 0.0)
    (10, 0)
    """
    return sum(rng.random() < chance for _ in range(trials))


def poisson_like(rng: Random, mean: float) -> int:
    """A count around `mean`, with about nine tenths of a Poisson's variance, without `exp`."""
    trials = int(10 * mean) + 1
    return binomial(rng, trials, mean / trials)


def daily_shocks(rng: Random, days: int = DAYS) -> list[float]:
    """Shocks of mean 0 and variance 1, one a day, each leaning on the day before (AR(1))."""
    fresh = math.sqrt(1 - SHOCK_PERSISTENCE * SHOCK_PERSISTENCE)
    shocks = [normal(rng)]
    while len(shocks) < days:
        shocks.append(SHOCK_PERSISTENCE * shocks[-1] + fresh * normal(rng))
    return shocks


def clamp(value: float, low: float, high: float) -> float:
    """The value, or the limit that it crosses.

    >>> clamp(1.2, 0.0, 1.0)
    1.0
    """
    return min(max(value, low), high)


# --- expected levels ---------------------------------------------------------------------------


def hours() -> list[datetime]:
    """All hours of the span, in order."""
    return [START + timedelta(hours=number) for number in range(24 * DAYS)]


def weekday_factor(hour: datetime) -> float:
    """What the day of the week does to sessions.

    >>> weekday_factor(datetime(2025, 3, 7)), weekday_factor(datetime(2025, 3, 8))
    (1.0, 0.75)
    """
    return 1.0 - story("weekend_dip").size if hour.weekday() >= 5 else 1.0


def spike_factor(channel: str, hour: datetime) -> float:
    """What the viral evening does to sessions."""
    spike = story("viral_spike")
    return spike.size if spike.touches(channel, hour) else 1.0


def fade_factor(channel: str, hour: datetime) -> float:
    """What remains of the fading channel: a straight line down, then level.

    >>> [round(fade_factor("Paid Search", datetime(2025, 4, day)), 2) for day in (1, 14, 27)]
    [1.0, 0.7, 0.4]
    """
    fade = story("fading_channel")
    if channel != fade.channel:
        return 1.0
    progress = clamp((hour - fade.start) / (fade.end - fade.start), 0.0, 1.0)
    return 1.0 - (1.0 - fade.size) * progress


def expected_sessions(channel: Channel, hour: datetime) -> float:
    """Sessions to be expected before any chance, and before the tagging fault moves some."""
    shape = HOUR_SHAPE_PCT[hour.hour] / 100 * weekday_factor(hour)
    stories = spike_factor(channel.name, hour) * fade_factor(channel.name, hour)
    return channel.hourly_sessions * shape * stories


def expected_rate(channel: Channel, hour: datetime) -> float:
    """Engagement rate to be expected before any chance."""
    is_spike = story("viral_spike").touches(channel.name, hour)
    return channel.engagement_rate - (SPIKE_RATE_DROP if is_spike else 0.0)


# --- sessions ----------------------------------------------------------------------------------


def draw_sessions(channel: Channel) -> list[int]:
    """Sessions of a channel, one count for each hour of the span."""
    rng = stream(channel.name, "sessions")
    shocks = daily_shocks(rng)
    counts = []
    for number, hour in enumerate(hours()):
        wander = 1 + VOLUME_SHOCK * shocks[number // 24] + VOLUME_NOISE * normal(rng)
        counts.append(poisson_like(rng, expected_sessions(channel, hour) * max(wander, 0.0)))
    return counts


def move_mistagged(sessions: dict[str, list[int]]) -> dict[str, list[int]]:
    """Takes sessions from Direct and books them as Unassigned while the tag is broken.

    Returns:
        New lists for these two channels, the old ones for the others; each hour's total is kept.
    """
    fault = story("tagging_fault")
    rng = stream(fault.channel, "moved")
    moved = []
    for number, hour in enumerate(hours()):
        direct = sessions["Direct"][number]
        total = sum(counts[number] for counts in sessions.values())
        is_faulty = direct > 0 and fault.touches(fault.channel, hour)
        moved.append(binomial(rng, direct, fault.size * total / direct) if is_faulty else 0)
    direct_left = [have - lost for have, lost in zip(sessions["Direct"], moved, strict=True)]
    found = [have + won for have, won in zip(sessions[fault.channel], moved, strict=True)]
    return {**sessions, "Direct": direct_left, fault.channel: found}


# --- what the sessions do ----------------------------------------------------------------------


def draw_total(rng: Random, mean: float, spread: float, lowest: int) -> int:
    """A whole number around `mean`, never under `lowest`."""
    return max(lowest, round(mean + spread * normal(rng)))


def draw_row(rng: Random, channel: Channel, hour: datetime, sessions: int, shock: float) -> Row:
    """Users, engagement, time and events of the sessions of one hour; `shock` is the day's."""
    rate = expected_rate(channel, hour)
    freedom = 4 * rate * (1 - rate)  # a rate close to 0 or 1 wanders less
    rate += freedom * (RATE_SHOCK * shock + RATE_NOISE * normal(rng))
    engaged = binomial(rng, sessions, rate)
    users = 1 + binomial(rng, sessions - 1, 1 - RETURN_WITHIN_HOUR)
    seconds = engaged * channel.seconds_if_engaged
    events = sessions * channel.events_always + engaged * channel.events_if_engaged
    return Row(
        channel=channel.name,
        hour=hour,
        users=users,
        sessions=sessions,
        engaged=engaged,
        seconds=draw_total(rng, seconds, 50.0 * math.sqrt(engaged), 10 * engaged),
        events=draw_total(rng, events, 0.8 * math.sqrt(sessions), sessions),
    )


def draw_rows(channel: Channel, sessions: list[int]) -> Iterator[Row]:
    """The lines of one channel. Hours without a session have none, as in GA4."""
    rng = stream(channel.name, "behaviour")
    shocks = daily_shocks(rng)
    for number, hour in enumerate(hours()):
        if sessions[number]:
            yield draw_row(rng, channel, hour, sessions[number], shocks[number // 24])


def sample_rows() -> list[Row]:
    """All lines in GA4's order, most users first; time and channel break every tie."""
    sessions = move_mistagged({channel.name: draw_sessions(channel) for channel in CHANNELS})
    rows = [row for channel in CHANNELS for row in draw_rows(channel, sessions[channel.name])]
    return sorted(rows, key=lambda row: (-row.users, row.hour, row.channel))


# --- GA4's form --------------------------------------------------------------------------------


def ratio(numerator: int, denominator: int) -> str:
    """A ratio as GA4 prints it: ten digits at most, 0 where there is nothing to divide by.

    >>> ratio(144, 237), ratio(9, 4), ratio(0, 5), ratio(3, 0)
    ('0.6075949367', '2.25', '0', '0')
    """
    return f"{numerator / denominator:.10g}" if denominator else "0"


def line(row: Row) -> str:
    """One line of the table, without its end.

    >>> line(Row("Email", datetime(2025, 3, 9, 7), 2, 4, 1, 50, 18))
    'Email,2025030907,2,4,1,12.5,0.5,4.5,0.25,18'
    """
    cells = (
        row.channel,
        f"{row.hour:%Y%m%d%H}",
        row.users,
        row.sessions,
        row.engaged,
        ratio(row.seconds, row.sessions),
        ratio(row.engaged, row.users),
        ratio(row.events, row.sessions),
        ratio(row.engaged, row.sessions),
        row.events,
    )
    return ",".join(map(str, cells))


def preamble() -> tuple[str, ...]:
    """The comment lines that GA4 puts over its table, and the empty line after them."""
    rule = "# " + "-" * 40
    return (
        rule,
        "# Report CSV Export",
        "# Account: Sample account",
        "# Property: Sample shop",
        rule,
        "# ",
        "# All Users",
        f"# Start date: {START:%Y%m%d}",
        f"# End date: {END - timedelta(days=1):%Y%m%d}",
        "",
    )


def export(rows: Iterable[Row]) -> bytes:
    """The file: UTF-8, each line ended as on Windows, as GA4 does."""
    lines = (*preamble(), ",".join(COLUMNS), *map(line, rows))
    return "".join(text + "\r\n" for text in lines).encode()


def main() -> None:
    """Writes the sample next to this script."""
    PATH.write_bytes(export(sample_rows()))


if __name__ == "__main__":
    main()
