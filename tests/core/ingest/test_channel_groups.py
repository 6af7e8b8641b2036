"""Channels from source, medium and campaign, against what Google's page on them says."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ingest.channel_groups import classify, split_source_medium

DATA = Path(__file__).parents[3] / "data"

# In the order in which the page gives them; AI Assistant stands before the lists of sources.
CHANNELS = [
    "Direct",
    "Cross-network",
    "Paid Shopping",
    "Paid Search",
    "Paid Social",
    "Paid Video",
    "Display",
    "Paid Other",
    "AI Assistant",
    "Organic Shopping",
    "Organic Social",
    "Organic Video",
    "Organic Search",
    "Referral",
    "Email",
    "Affiliates",
    "Audio",
    "SMS",
    "Mobile Push Notifications",
    "Unassigned",
]

CASES = [
    # Only the source "(direct)" is direct, and only without a medium.
    ("(direct)", "(none)", None, "Direct"),
    ("(direct)", "(not set)", None, "Direct"),
    ("(Direct)", "(None)", "(direct)", "Direct"),
    ("(direct)", "(none)", "cross-network", "Direct"),
    ("(direct)", "referral", None, "Referral"),
    ("direct", "(none)", None, "Unassigned"),
    # The campaign says so, whatever the source and the medium.
    ("google", "cpc", "Cross-network", "Cross-network"),
    ("google", "cpc", "spring_cross-network_2025", "Cross-network"),
    ("facebook", "paid", "CROSS-NETWORK", "Cross-network"),
    ("google", "cpc", "cross network", "Paid Search"),
    # A shopping site, or a campaign with "shop" in it; before "shop" no letter other than e.
    ("amazon", "cpc", None, "Paid Shopping"),
    ("ebay.de", "paid_listing", None, "Paid Shopping"),
    ("google", "cpc", "Shopping_x", "Paid Shopping"),
    ("google", "cpc", "eshop spring", "Paid Shopping"),
    ("google", "cpc", "brand_shop", "Paid Shopping"),
    ("google", "cpc", "windowshopping", "Paid Shopping"),
    ("google", "cpc", "workshop", "Paid Search"),
    ("bing", "ppc", "bishops", "Paid Search"),
    # A paid medium: "cp" anywhere, ppc, retargeting, or "paid" in front.
    ("google", "cpc", None, "Paid Search"),
    ("Google", "CPC", None, "Paid Search"),
    ("bing", "cpc", "brand", "Paid Search"),
    ("duckduckgo", "ppc", None, "Paid Search"),
    ("baidu", "retargeting", None, "Paid Search"),
    ("yandex", "paidsearch", None, "Paid Search"),
    ("google", "cpm", None, "Paid Search"),
    ("google", "unpaid", None, "Organic Search"),
    ("fb", "paid", None, "Paid Social"),
    ("facebook", "cpm", None, "Paid Social"),
    ("ig", "paid_social", None, "Paid Social"),
    ("linkedin.com", "cpc", None, "Paid Social"),
    ("youtube", "cpv", None, "Paid Video"),
    ("youtube.com", "cpc", None, "Paid Video"),
    ("vimeo", "paid-video", None, "Paid Video"),
    ("x", "banner", None, "Display"),
    ("x", "cpm", None, "Display"),
    ("x", "display", None, "Display"),
    ("x", "interstitial", None, "Display"),
    ("x", "expandable", None, "Display"),
    ("google", "display", None, "Display"),
    ("x", "cpc", None, "Paid Other"),
    ("partner.site", "paid", None, "Paid Other"),
    ("newsletter", "retargeting", None, "Paid Other"),
    # GA4 itself sets the medium "ai-assistant" when it recognises the referrer, and puts that
    # medium into its channel AI Assistant, since May 2026 and not for the time before. No list
    # of sources is published: the same referrer with the medium "referral" stays a Referral.
    # https://support.google.com/analytics/answer/9164320 (entry of 13 May 2026)
    ("chatgpt.com", "ai-assistant", "(ai-assistant)", "AI Assistant"),
    ("gemini.google.com", "ai-assistant", None, "AI Assistant"),
    ("bing", "ai-assistant", None, "AI Assistant"),
    ("chatgpt.com", "referral", None, "Referral"),
    ("chatgpt.com", "(not set)", None, "Unassigned"),
    # Unpaid: the list of sources, or else campaign or medium.
    ("amazon", "referral", None, "Organic Shopping"),
    ("Google Shopping", "organic", None, "Organic Shopping"),
    ("etsy.com", "social", None, "Organic Shopping"),
    ("newsletter", "email", "shop now", "Organic Shopping"),
    ("facebook.com", "referral", None, "Organic Social"),
    ("m.facebook.com", "referral", None, "Organic Social"),
    ("l.instagram.com", "referral", None, "Organic Social"),
    ("t.co", "referral", None, "Organic Social"),
    ("lnkd.in", "referral", None, "Organic Social"),
    ("reddit.com", "(none)", None, "Organic Social"),
    ("x", "social", None, "Organic Social"),
    ("x", "sm", None, "Organic Social"),
    ("x", "Social Media", None, "Organic Social"),
    ("x", "social_media", None, "Unassigned"),
    ("youtube.com", "referral", None, "Organic Video"),
    ("m.youtube.com", "referral", None, "Organic Video"),
    ("twitch.tv", "referral", None, "Organic Video"),
    ("x", "promo-video-1", None, "Organic Video"),
    ("google", "organic", None, "Organic Search"),
    ("google", "referral", None, "Organic Search"),
    ("bing", "(not set)", None, "Organic Search"),
    ("ecosia.org", "referral", None, "Organic Search"),
    ("uk.search.yahoo.com", "referral", None, "Organic Search"),
    ("small-engine", "organic", "(organic)", "Organic Search"),
    ("small-engine", "organic-social", None, "Unassigned"),
    ("news.site", "referral", None, "Referral"),
    ("notfacebook.com", "referral", None, "Referral"),
    ("partner", "link", None, "Referral"),
    ("partner", "app", None, "Referral"),
    ("email", "referral", None, "Referral"),
    ("newsletter", "email", None, "Email"),
    ("newsletter", "E-Mail", None, "Email"),
    ("newsletter", "e_mail", None, "Email"),
    ("e mail", "spring", None, "Email"),
    ("email", "(not set)", None, "Email"),
    ("newsletter", "newsletter", None, "Unassigned"),
    ("x", "affiliate", None, "Affiliates"),
    ("x", "audio", None, "Audio"),
    ("x", "audiobook", None, "Unassigned"),
    ("x", "sms", None, "SMS"),
    ("sms", "text", None, "SMS"),
    ("x", "push", None, "Mobile Push Notifications"),
    ("x", "web-push", None, "Mobile Push Notifications"),
    ("x", "mobile_message", None, "Mobile Push Notifications"),
    ("x", "app notification", None, "Mobile Push Notifications"),
    ("firebase", "message", None, "Mobile Push Notifications"),
    ("x", "pushed", None, "Unassigned"),
    # Nothing known, or nothing that a rule knows.
    ("(not set)", "(not set)", None, "Unassigned"),
    ("(not set)", "(none)", None, "Unassigned"),
    ("(data deleted)", "(data deleted)", None, "Unassigned"),
    ("(data deleted)", "(not set)", None, "Unassigned"),
    ("flyer", "qr", "spring", "Unassigned"),
    ("x", "random", None, "Unassigned"),
    (None, None, None, "Unassigned"),
    ("", " ", "", "Unassigned"),
]


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


RULES = table("channel_rules.csv")
SOURCES = table("source_categories.csv")


def slow_matches(source: str, medium: str, campaign: str) -> Iterator[int]:
    """Yield the numbers of all rules that hold, written anew from the files."""
    lowered = {"source": source.lower(), "medium": medium.lower(), "campaign": campaign.lower()}
    lists = [row["category"] for row in SOURCES if row["source"] == lowered["source"]]
    for number, rule in enumerate(RULES):
        patterns = {key: rule[f"{key}_pattern"] for key in lowered}
        fits = [
            re.search(f"^(?:{patterns[key]})$", lowered[key]) for key in lowered if patterns[key]
        ]
        if all(fits) and (rule["source_category"] in ["", *lists]):
            yield number


def given_texts(case: tuple[str | None, ...]) -> list[str]:
    return [(cell or "").strip() or "(not set)" for cell in case[:3]]


@pytest.mark.parametrize(("source", "medium", "campaign", "expected"), CASES)
def test_documented_channel(
    source: str | None, medium: str | None, campaign: str | None, expected: str
) -> None:
    cells = [pd.Series([cell], dtype=object) for cell in (source, medium, campaign)]
    assert classify(*cells).tolist() == [expected]


def test_channels_stand_in_the_order_of_evaluation() -> None:
    assert list(dict.fromkeys(rule["channel"] for rule in RULES)) == CHANNELS


def test_every_rule_decides_a_case() -> None:
    deciding = {next(slow_matches(*given_texts(case))) for case in CASES}
    assert deciding == set(range(len(RULES)))


def test_last_rule_takes_what_is_left_and_no_other_rule_takes_all() -> None:
    conditions = [[text for key, text in rule.items() if key != "channel"] for rule in RULES]
    assert [any(texts) for texts in conditions] == [True] * (len(RULES) - 1) + [False]


def test_sources_are_listed_once_in_lower_case_under_a_category_that_a_rule_uses() -> None:
    names = [row["source"] for row in SOURCES]
    assert len(names) == len(set(names))
    assert names == [name.strip().lower() for name in names]
    used = {rule["source_category"] for rule in RULES} - {""}
    assert {row["category"] for row in SOURCES} == used == {"search", "shopping", "social", "video"}


words = st.sampled_from(
    sorted({cell for case in CASES for cell in given_texts(case)} | {"FACEBOOK", "Cp", "shoP"})
)


@given(st.lists(st.tuples(words, words, words), max_size=12))
def test_agrees_with_a_slow_reader_row_by_row(rows: list[tuple[str, str, str]]) -> None:
    columns = [pd.Series([row[part] for row in rows], dtype=object) for part in range(3)]
    expected = [RULES[next(slow_matches(*row))]["channel"] for row in rows]
    assert classify(*columns).tolist() == expected


def test_index_is_kept_and_rows_go_by_position() -> None:
    sources = pd.Series(["google", "x", "google"], index=[7, 7, 2])
    mediums = pd.Series(["organic", "sms", "organic"], index=[0, 1, 2])
    expected = pd.Series(["Organic Search", "SMS", "Organic Search"], index=[7, 7, 2])
    pd.testing.assert_series_equal(classify(sources, mediums), expected, check_names=False)


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        classify(pd.Series(["google", "bing"]), pd.Series(["organic"]))


def test_without_campaigns_is_with_unset_campaigns() -> None:
    sources, mediums = pd.Series(["google", "x"]), pd.Series(["cpc", "email"])
    unset = pd.Series([np.nan, "(not set)"], dtype=object)
    pd.testing.assert_series_equal(classify(sources, mediums), classify(sources, mediums, unset))


def test_no_rows_give_no_rows() -> None:
    nothing = pd.Series([], dtype="str")
    assert classify(nothing, nothing).tolist() == []
    assert [part.tolist() for part in split_source_medium(nothing)] == [[], []]


def test_categorical_columns_are_read() -> None:
    sources = pd.Series(["google", None], dtype="category")
    assert classify(sources, sources).tolist() == ["Organic Search", "Unassigned"]


@pytest.mark.parametrize(
    ("cell", "source", "medium"),
    [
        ("google / organic", "google", "organic"),
        ("(direct) / (none)", "(direct)", "(none)"),
        ("(not set)", "(not set)", "(not set)"),
        ("Google Shopping / E-Mail", "Google Shopping", "E-Mail"),
        ("newsletter", "newsletter", "(not set)"),
        ("a/b / c/d", "a/b", "c/d"),
        ("a / b / c", "a", "b / c"),
        ("  google / ", "google", "(not set)"),
        (" / organic", "(not set)", "organic"),
        ("", "(not set)", "(not set)"),
        (None, "(not set)", "(not set)"),
    ],
)
def test_source_and_medium_come_apart(cell: str | None, source: str, medium: str) -> None:
    cells = pd.Series([cell, "bing / cpc", cell], index=[3, 1, 3], dtype=object)
    sources, mediums = split_source_medium(cells)
    assert sources.tolist() == [source, "bing", source]
    assert mediums.tolist() == [medium, "cpc", medium]
    assert sources.index.tolist() == mediums.index.tolist() == [3, 1, 3]
