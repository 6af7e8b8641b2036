"""The header vocabulary: every row complete, no name with two meanings, and in order."""

import csv
import unicodedata
from collections import defaultdict
from pathlib import Path

VOCABULARY = Path(__file__).parents[2] / "data" / "header_vocabulary.csv"
COLUMNS = ["concept", "product", "language", "match", "spelling"]

TIME = """date_hour day hour week month year nth_hour nth_day nth_week nth_month date_range weekday
minute"""
DIMENSIONS = """channel first_user_channel source_medium first_user_source_medium source medium
campaign page page_title country region city visitor_language device browser operating_system
platform app_version event_name hostname gender age segment query user_type
session_duration_bucket"""
COUNTS = """sessions users new_users returning_users engaged_sessions events views clicks key_events
transactions revenue engagement_seconds impressions bounces rolling_users daily_users"""
RATES = """engagement_rate bounce_rate engaged_sessions_per_user events_per_session events_per_user
views_per_session views_per_user sessions_per_user engagement_seconds_per_session
engagement_seconds_per_user session_seconds_per_session click_through_rate search_position
conversion_rate"""
OTHER = "total_marker start_date end_date"
CONCEPTS = " ".join([TIME, DIMENSIONS, COUNTS, RATES, OTHER]).split()
PRODUCTS = {
    *("ga4", "ga4_api", "ua", "ua_api", "bigquery", "looker_studio", "matomo", "matomo_api"),
    *("plausible", "umami", "adobe", "search_console", "shopify", "cloudflare", "meta"),
    *("statcounter", "any"),
}
LANGUAGES = {
    *("en", "de", "fr", "es", "pt", "it", "nl"),
    *("pl", "cs", "ru", "tr", "ja", "zh", "ko"),
}
MATCHES = {"exact", "prefix"}


def read_rows():
    with VOCABULARY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def without_latin_accents(text):
    kept, base = [], ""
    for character in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(character):
            base = character
        elif "LATIN" in unicodedata.name(base, ""):
            continue
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def is_gap(character):
    dash = unicodedata.category(character) == "Pd" or character == "\N{MINUS SIGN}"
    return character.isspace() or character in "_." or dash


def fold(spelling):
    """Fold what the reader takes for the same name; written apart from the reader on purpose."""
    text = without_latin_accents(unicodedata.normalize("NFKC", spelling).casefold())
    return " ".join("".join(" " if is_gap(c) else c for c in text).split())


def test_fold_joins_what_is_one_name_and_no_more():
    assert fold("Sitzung \u2013 prima\u0308re  Channelgruppe") == "sitzung primare channelgruppe"
    assert fold("Unique.Visits") == fold("unique_visits") == fold("UNIQUE\u00a0visits")
    assert fold("1-Day") == "1 day"
    assert fold("ユーザー") == "ユーザー", "the long vowel sign is not a dash"
    assert fold("デバイス") != fold("テハイス"), "a voiced sound is not an accent"
    assert fold("й") != fold("и")


def test_the_header_line_and_the_line_ends():
    content = VOCABULARY.read_bytes()
    assert content.decode("utf-8").split("\n", 1)[0].split(",") == COLUMNS
    assert b"\r" not in content
    assert content.endswith(b"\n")


def test_every_row_is_complete_and_known():
    for line, row in enumerate(read_rows(), start=2):
        assert list(row) == COLUMNS, f"line {line}: too many or too few cells"
        assert all(row.values()), f"line {line}: an empty cell"
        assert row["concept"] in CONCEPTS, f"line {line}: {row['concept']}"
        assert row["product"] in PRODUCTS, f"line {line}: {row['product']}"
        assert row["language"] in LANGUAGES, f"line {line}: {row['language']}"
        assert row["match"] in MATCHES, f"line {line}: {row['match']}"
        assert row["spelling"] == row["spelling"].strip(), f"line {line}: spaces at an end"
        assert fold(row["spelling"]), f"line {line}: nothing is left of {row['spelling']!r}"


def test_every_concept_has_a_spelling():
    assert {row["concept"] for row in read_rows()} == set(CONCEPTS)


def test_one_spelling_means_one_concept():
    concepts = defaultdict(set)
    for row in read_rows():
        concepts[fold(row["spelling"])].add(row["concept"])
    assert {name: found for name, found in concepts.items() if len(found) > 1} == {}


def test_no_row_says_what_another_says():
    seen = defaultdict(list)
    for row in read_rows():
        seen[row["concept"], fold(row["spelling"]), row["match"]].append(row["spelling"])
    assert {key: spellings for key, spellings in seen.items() if len(spellings) > 1} == {}


def test_the_rows_are_sorted():
    rows = [
        (CONCEPTS.index(row["concept"]), row["product"], row["language"], row["spelling"])
        for row in read_rows()
    ]
    assert rows == sorted(rows)
