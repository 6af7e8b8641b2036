"""How the numbers were made, in plain words."""

from core.language import mark, t
from ui.report.model import Section

_LINES = (
    mark("Rates are sums divided by sums, never the mean of rates."),
    mark(
        "Intervals hold the true value in about 95 of 100 cases; they allow for good and bad days "
        "following each other."
    ),
    mark(
        "A change or difference is called clear only when its interval leaves out zero, or when it "
        "stands after a correction for everything that was compared (Holm; Benjamini and Hochberg)."
    ),
    mark("Recommendations are corrected once more over all that was looked at in the file."),
    mark(
        "A forecast is tried on past stretches first, with what was known then; its band is made "
        "from how far off it was, and its slide says how often past totals lay in theirs."
    ),
    mark("What goes together need not be cause and effect: only a test can tell."),
)


def method_section() -> Section:
    """The method, for the appendix."""
    return Section(t("How it was worked out"), tuple(map(t, _LINES)))
