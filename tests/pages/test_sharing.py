"""A link opens a view, the address follows the filters, and nothing hostile gets in."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

HOME = str(Path(__file__).parents[2] / "streamlit_app.py")
HOSTILE = "![x](https://evil.example/x.png)"


def opened(**params: str | list[str]) -> AppTest:
    app = AppTest.from_file(HOME, default_timeout=120)
    for name, value in params.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception[0].stack_trace
    return app


def as_lists(app: AppTest) -> dict[str, list[str]]:
    """The address, where one value and a list of one mean the same."""
    address = {name: app.query_params[name] for name in app.query_params}
    return {name: [one] if isinstance(one, str) else list(one) for name, one in address.items()}


def test_a_link_to_the_sample_opens_it_with_its_filters() -> None:
    app = opened(data="sample", channel=["Referral"], weekday=["mon", "tue"])
    assert app.session_state["filter_channels"] == ["Referral"]
    assert app.session_state["filter_weekdays"] == [0, 1]
    assert as_lists(app)["channel"] == ["Referral"]
    assert as_lists(app)["weekday"] == ["mon", "tue"]


def test_the_address_follows_the_filters() -> None:
    app = opened(data="sample", channel=["Referral"])
    next(one for one in app.button if one.label == "Reset filters").click().run()
    assert as_lists(app) == {"data": ["sample"]}


def test_without_data_the_wish_is_said_and_kept_for_the_file() -> None:
    app = opened(**{"from": "2024-04-06", "to": "2024-04-12", "channel": [HOSTILE]})
    said = next(one.value for one in app.info if "Drop the file" in one.value)
    assert "6" in said and "2024" in said
    assert HOSTILE not in said
    next(one for one in app.button if one.label == "Use the sample").click().run()
    assert not app.exception
    assert "filter_channels" not in app.session_state or not app.session_state["filter_channels"]
    assert any("Not everything in the link fits" in one.value for one in app.caption)


def test_a_hostile_link_changes_nothing() -> None:
    app = opened(data="sample", hours="18-8", compare="<script>", x="1")
    assert as_lists(app) == {"data": ["sample"]}
