"""Help on hover: it comes from the registry, and every control and number has it."""

from __future__ import annotations

import pytest

from core.metrics import METRICS
from tests.pages.test_pages import HOME, PAGES, labelled, start
from ui.help import column_help, metric_help, metrics_help

METRIC_SELECTORS = {
    "pages/1_Trends.py": ["Metric"],
    "pages/3_Channels.py": ["What makes a visit good?", "Change of"],
    "pages/4_Forecast.py": ["Measure"],
}


def explained(text: str) -> set[str]:
    """The metrics whose definition, formula and link all stand in a text."""
    return {
        key
        for key, metric in METRICS.items()
        if metric.definition in text and metric.formula in text and metric.source_url in text
    }


@pytest.mark.parametrize("key", METRICS)
def test_help_holds_definition_formula_and_link(key) -> None:
    assert explained(metric_help(key)) >= {key}


def test_a_formula_names_both_parts_and_says_what_is_summed_first() -> None:
    assert METRICS["events_per_session"].formula == "events ÷ sessions, each summed first"
    assert METRICS["clicks"].formula == "sum of clicks over all rows"


def test_users_added_up_are_explained_only_where_they_are() -> None:
    assert "added up over hours" in metric_help("users", "hour")
    assert "added up" not in metric_help("users", "none")
    assert "added up" not in metric_help("sessions", "hour")


def test_a_link_to_search_console_is_not_called_one_to_ga4() -> None:
    assert "Search Console" in metric_help("clicks")
    assert "GA4" in metric_help("sessions")


def test_columns_that_show_a_metric_are_explained_and_others_not() -> None:
    columns = ["Channel", "User-hours", "Engagement rate without it", "Events per session", "low"]
    columns += ["Sessions per page", "Counted"]
    found = column_help(columns, "hour", "Views by day")
    assert set(found) == {
        "User-hours",
        "Engagement rate without it",
        "Events per session",
        "Counted",
    }
    assert explained(found["Events per session"]["help"]) == {"events_per_session"}
    assert explained(found["Counted"]["help"]) == {"views"}


def test_several_metrics_are_named_each() -> None:
    text = metrics_help(["users", "sessions"], "day")
    assert text.startswith("**User-days**: ")
    assert {"users", "sessions"} <= explained(text)


@pytest.mark.parametrize("page", [HOME, *PAGES])
def test_every_number_and_metric_selector_of_the_sample_is_explained(sample_export, page) -> None:
    app = start(sample_export, page)
    assert [metric.label for metric in app.metric if not explained(metric.help)] == []
    for name in METRIC_SELECTORS.get(page, []):
        controls = [*app.selectbox, *app.get("button_group")]
        assert explained(labelled(controls, name).help), name


def test_the_help_of_a_list_follows_what_is_chosen(sample_export) -> None:
    app = start(sample_export, "pages/1_Trends.py")
    assert explained(labelled(app.selectbox, "Metric").help) == {"sessions"}
    labelled(app.selectbox, "Metric").select("engagement_rate").run()
    assert not app.exception
    assert labelled(app.selectbox, "Metric").value == "engagement_rate"
    assert explained(labelled(app.selectbox, "Metric").help) == {"engagement_rate"}
