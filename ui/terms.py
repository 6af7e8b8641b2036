"""The words of the glossary page, as ``docs/glossary.md`` has them. No streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.language import mark

TERMS: Mapping[str, str] = MappingProxyType(
    {
        mark("session"): mark("One visit."),
        mark("engaged session"): mark(
            "A visit that lasted over 10 seconds, had a key event, or saw two or more pages."
        ),
        mark("user-hours, user-days"): mark(
            "Users added up over hours or days: the same person counts once in each of them."
        ),
        mark("channel group"): mark(
            "GA4's name for where a visit came from: Direct, Organic Search, Referral and so on."
        ),
        mark("Unassigned, (other), (not set)"): mark(
            "GA4 could not tell the channel. A matter of tagging, never ranked."
        ),
        mark("note (annotation)"): mark(
            "What a person writes on the chart about an hour, a day or a range. In code an "
            "annotation, GA4's word for it; a Note there is a remark of the reader on a file."
        ),
        mark("grain"): mark("The step of the rows: hour, day, week, month, or none."),
        mark("comparison period"): mark(
            "As many days, a whole number of weeks earlier, so that Mondays meet Mondays; right "
            "before where the file does not reach back; the later half against the earlier "
            "where nothing lies before."
        ),
        mark("usual (expected)"): mark(
            "What the same hour of the other weeks would have, at the level of the days around, "
            "worked out as if the stretch itself were not in the file."
        ),
        mark("spike, dip"): mark(
            "A stretch of hours or a day so far above or below the usual that chance does not "
            "explain it, after a correction for everything looked at."
        ),
        mark("level change"): mark(
            "A day from which a channel, or all of them, has at least 20 % more or less and "
            "stays there."
        ),
        mark("weekdays evened out"): mark(
            "Each day divided by the usual factor of its weekday, so that a Sunday can be held "
            "against a Monday."
        ),
        mark("mix, change within"): mark(
            "A rate moves when channels with a high rate get another share (mix), and when "
            "channels change their own rate (within). The two add up to the whole."
        ),
        mark("lift"): mark(
            "Counted less usual during a note, with a 95 % interval. What went with it, not "
            "what came of it."
        ),
        mark("at this pace"): mark(
            "What an unfinished period comes to if the rest goes as usual: counted ÷ the part "
            "of its usual visits that is over."
        ),
        mark("unfinished period"): mark(
            "A day, week or month of which the file covers less than 98 % of the usual visits."
        ),
        mark("forecast horizon"): mark("How far ahead the forecast looks."),
        mark("band (prediction interval)"): mark(
            "The range meant to hold a given share of the counts to come, 80 % unless said "
            "otherwise."
        ),
        mark("95 % interval"): mark(
            "The range of values that the data do not contradict, made from the slow movements "
            "of days, for a good day is followed by a good day."
        ),
        mark("drawn towards the others (shrunken)"): mark(
            "A value pulled to the common mean as far as it is uncertain, so that three perfect "
            "visits top no list; channels are ranked by it."
        ),
        mark("at the same hours (like for like)"): mark(
            "What a channel's ratio would be if its visits came at the hours of the week at "
            "which those of the whole site come."
        ),
        mark("as concentrated as n channels"): mark(
            "1 ÷ the sum of squared shares: as many channels of equal size would be as "
            "concentrated."
        ),
        mark("even share"): mark(
            "All visits ÷ number of channels: the border between a small and a large channel."
        ),
        mark("mix of channels"): mark("The share of each channel in all visits."),
        mark("chance of more"): mark(
            "How likely the total ahead exceeds a number: Student's t on the logarithm of past "
            "actual ÷ forecast totals, as for the band of the total."
        ),
        mark("goal, path to it"): mark(
            "A count wanted for the whole horizon; the path is the expected count up to the end "
            "of each day, its band starts wider (in per cent) and ends as the band of the "
            "total."
        ),
        mark("what if, campaign"): mark(
            "An assumed change of one channel on some days, laid over the forecast. Arithmetic, "
            "no evidence; the assumption itself has no band."
        ),
        mark("channels that add up (reconciled)"): mark(
            "What the channels' own forecasts lack to that of all traffic is shared among them "
            "by how unsure each is."
        ),
        mark("plan for"): mark(
            "The upper end of a 90 % band round the busiest hour or day ahead: its 95th percentile."
        ),
        mark("level-only (cautious) forecast"): mark(
            "One level carried on with a wide band, where the history is too short to show what "
            "repeats."
        ),
        mark("level memory"): mark(
            "How fast the level of a forecast follows the newest days: fast, steady or slow."
        ),
        mark("replay, stretch (fold, window)"): mark(
            "A stretch of the past that is forecast with what was known before it, then held "
            "against what came."
        ),
        mark("reconciled"): mark(
            "Channels are forecast one by one, then moved, the unsure ones most, until they add "
            "up to all traffic."
        ),
        mark("special day (event)"): mark(
            "A public holiday or a note; a forecast learns those that have an example in the "
            "history."
        ),
        mark("typical miss per day"): mark(
            "WAPE of whole days: misses of hours cancel out within a day."
        ),
        mark("coverage"): mark("The share of past counts that lay in their band."),
        mark("WAPE"): mark("Sum of all misses ÷ sum of all counts."),
        mark("MASE"): mark(
            "Mean miss ÷ mean miss of repeating the last season inside the history."
        ),
        mark("skill"): mark(
            "1 − mean miss ÷ mean miss of repeating the last season on the same periods; above "
            "0 is better."
        ),
        mark("bias"): mark("Sum of (forecast − count) ÷ sum of counts; above 0 is too high."),
        mark("adjusted p-value"): mark(
            "How easily chance alone gives such a difference, corrected for all that was looked at."
        ),
        mark("correction for many looks"): mark(
            "Of twenty things that do not differ, about one looks as if it did. So the bar is "
            "raised with the number of things looked at: Holm's method for channels, Benjamini "
            "and Hochberg's elsewhere."
        ),
        mark("points"): mark(
            "A rate that moves from 50 % to 54 % moves by 4 points; as a change it would be 8 "
            "%. Differences of rates are always given in points."
        ),
        mark("false discovery rate"): mark("The share of findings that are chance, kept at 5 %."),
        mark("effective sample size"): mark(
            "How many independent rows would know as much as these dependent ones."
        ),
        mark("without the clock"): mark(
            "After the mean of the same hour of the week (and of the channel, for rows) is "
            "taken away."
        ),
        mark("typical hour"): mark(
            "The mean over the hours of the week, each weighing alike; for a rate the sum over "
            "all hours. A stretch of the week is held against the typical hour of the same "
            "weeks."
        ),
        mark("stretch of the week"): mark(
            "Two to six hours in a row, such as Thursday 18:00–22:00; also over midnight. "
            'Listed only when its interval, corrected for every stretch tried, leaves out "no '
            'difference".'
        ),
        mark("seen in 4 of 4 weeks"): mark(
            "Weeks in which a stretch was on that side of the typical hour of that week, and "
            "weeks that hold it whole."
        ),
        mark("too few to trust"): mark(
            "An hour of the week seen fewer than three times, or a rate from fewer than 100 "
            "visits there."
        ),
        mark("strength"): mark(
            "strong: adjusted p below 0.01. moderate: below 0.05, or a plain count. worth "
            "watching: too little to judge."
        ),
    }
)
"""Each term and what it means; ``t`` says them."""

VERDICTS = (
    (
        (mark("better"), mark("worse")),
        "channels",
        mark(
            "Differs from all other channels together, corrected for the number of "
            "channels; by a point at least (2 % of other ratios)."
        ),
    ),
    (
        (mark("like the rest"),),
        "channels",
        mark(
            "Surely within 5 points of the others (15 % of other ratios): the whole "
            "interval of the difference lies there."
        ),
    ),
    (
        (mark("too little data"),),
        "channels",
        mark("Under 200 sessions or 7 days, or an interval too wide to say anything."),
    ),
    ((mark("not a channel"),), "channels", mark("Unassigned, (other), (not set).")),
    (
        (mark("rose"), mark("fell")),
        "channels",
        mark("Changed against the period before, corrected for the number of channels."),
    ),
    (
        (mark("within chance"),),
        "channels",
        mark("The change is within what happens from day to day."),
    ),
    (
        (mark("same number twice"),),
        "correlations",
        mark("One is counted inside the other, so they must move together."),
    ),
    (
        (mark("both follow the clock"),),
        "correlations",
        mark("The link goes, or turns round, once the clock is taken out."),
    ),
    (
        (mark("differs between channels"),),
        "correlations",
        mark(
            "All channels together the two go one way, within channels the other (Simpson's "
            "paradox)."
        ),
    ),
    (
        (mark("still there"),),
        "correlations",
        mark("The link stays once the clock is taken out, corrected for all pairs."),
    ),
    ((mark("cannot tell"),), "correlations", mark("Could be chance.")),
)
"""Verdicts that mean the same, the key of the page that gives them, and what they mean."""
