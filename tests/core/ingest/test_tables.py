"""Tables out of text: two ways that must agree, and what stands between, above and below them."""

import random
from collections.abc import Callable
from unittest.mock import patch

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ExportError
from core.ingest import Import, read_export, tables

HEADER = ["Date + hour (YYYYMMDDHH)", "Session primary channel group", "Sessions", "Total revenue"]
HEAD_BYTES = 700
"""So that what is out of line stands below the part that is looked at first."""

OUT_OF_LINE = {
    "a blank line": [""],
    "blank lines": ["", ""],
    "a line of delimiters": [",,,"],
    "a comment": ["# a note"],
    "a comment with numbers": ["# 1,2,3,4"],
    "the header again": [",".join(HEADER)],
    "another header": [
        "Date + hour (YYYYMMDDHH),Session primary channel group,Users,Total revenue"
    ],
    "another table": ["", "Date,Users", "20240101,5", "20240102,7"],
    "a totals row": ["Grand total,,99999,1.5"],
    "a totals row without a label": [",,99999,1.5"],
    "a totals row marked beyond": [",,99999,1.5,Grand total"],
    "a short row": ["2024040600,Direct,3"],
    "a long row": ["2024040600,Direct,3,4,5"],
    "a thousand in quotes": ['2031040600,Direct,"1,204",4.25'],
    "a thousand with a dot": ["2031040600,Direct,1.204,4.25"],
    "a dash": ["2031040600,Direct,-,4"],
    "a word for a number": ["2031040600,Direct,many,4"],
    "nan": ["2031040600,Direct,nan,4"],
    "infinity": ["2031040600,Direct,inf,4"],
    "a large exponent": ["2031040600,Direct,1e300,4"],
    "a small exponent": ["2031040600,Direct,1e3,4"],
    "a negative number": ["2031040600,Direct,-3,-4"],
    "a padded number": ["2031040600,Direct, 3 ,4"],
    "a padded name": ["2031040600,  Direct ,3,4"],
    "a code with zeros": ["2031040600,Direct,0007,4"],
    "a date that is none": ["tomorrow,Direct,3,4"],
    "a quoted row": ['"2031040600","Direct","3","4"'],
    "a comma in quotes": ['2031040600,"a, b",3,4'],
    "quotes in quotes": ['2031040600,"say ""hi""",3,4'],
    "quotes in the middle": ['2031040600,say "hi",3,4'],
    "text behind quotes": ['2031040600,"say" hi,3,4'],
    "a line break in quotes": ['2031040600,"a', 'b",3,4'],
    "a mark left open": ['2031040600,"a,3,4'],
    "a row twice": ["2031040600,Direct,3,4", "2031040600,Direct,3,4"],
    "a row twice, written otherwise": ["2031040600,Direct,3,4", "2031040600,Direct,3,4.0"],
    "an empty cell": ["2031040600,Direct,,4"],
    "no channel": ["2031040600,,3,4"],
    "no time": [",Direct,3,4"],
}
CHANGES: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "old Mac line ends": lambda text: text.replace("\n", "\r"),
    "one old Mac line end": lambda text: text.replace("\n", "\r", 1),
    "padded": lambda text: text.replace("\n", ",,\n"),
    "no line end at the end": lambda text: text.rstrip("\n"),
    "blank lines at the end": lambda text: text + "\n\n",
    "all in quotes": lambda text: "".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) + "\n" for line in text.splitlines()
    ),
    "byte order mark": lambda text: "\ufeff" + text,
    "tabs": lambda text: text.replace(",", "\t"),
}


def make_lines(pick: random.Random, size: int = 60, largest: int = 2_000) -> list[str]:
    start = pd.Timestamp("2024-04-06")
    return [
        f"{start + pd.Timedelta(hours=n // 2):%Y%m%d%H},{('Direct', 'Email')[n % 2]},"
        f"{pick.randint(0, largest)},{pick.randint(0, 9_999) / 100}"
        for n in range(size)
    ]


def read_both_ways(text: str) -> tuple[Import | str, Import | str, bool]:
    """Read carefully, read fast if possible, and whether it was possible."""
    with patch.object(tables, "FAST_FROM_BYTES", 10**9):
        careful = outcome(text)
    with (
        patch.object(tables, "FAST_FROM_BYTES", 0),
        patch.object(tables, "HEAD_BYTES", HEAD_BYTES),
        patch.object(tables, "read_plain", wraps=tables.read_plain) as spy,
    ):
        found: list[object] = []
        spy.side_effect = lambda *args: found.append(result := READ_PLAIN(*args)) or result
        fast = outcome(text)
    return careful, fast, found != [None]


READ_PLAIN = tables.read_plain


def outcome(text: str) -> Import | str:
    try:
        return read_export(text.encode(), "x.csv")
    except ExportError as error:
        return error.code


def assert_same(careful: Import | str, fast: Import | str) -> None:
    if isinstance(careful, str) or isinstance(fast, str):
        assert careful == fast
        return
    pd.testing.assert_frame_equal(careful.traffic.frame, fast.traffic.frame, check_exact=True)
    assert careful.traffic.times.equals(fast.traffic.times)
    assert careful.traffic.grain == fast.traffic.grain
    assert careful.rows == fast.rows
    assert careful.notes == fast.notes


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("preamble", ["", "# a\n", '# "a\n\n# Start date: 20240406\n'])
def test_both_ways_agree_on_plain_files(change: str, preamble: str) -> None:
    lines = make_lines(random.Random(1))
    text = CHANGES[change](preamble + "\n".join([",".join(HEADER), *lines, ""]))
    careful, fast, _ = read_both_ways(text)
    assert isinstance(fast, Import)
    assert_same(careful, fast)


@pytest.mark.parametrize(
    "change", ["as it is", "Windows line ends", "padded", "all in quotes", "tabs"]
)
def test_plain_files_are_read_fast(change: str) -> None:
    text = "\n".join(["# a", ",".join(HEADER), *make_lines(random.Random(1)), ""])
    assert read_both_ways(CHANGES[change](text))[2]


@pytest.mark.parametrize("what", OUT_OF_LINE)
@pytest.mark.parametrize("place", [1, 40, 60])
@pytest.mark.parametrize("largest", [900, 2_000])
def test_both_ways_agree_on_what_is_out_of_line(what: str, place: int, largest: int) -> None:
    lines = make_lines(random.Random(2), largest=largest)
    lines[place:place] = OUT_OF_LINE[what]
    careful, fast, _ = read_both_ways("\n".join([",".join(HEADER), *lines, ""]))
    assert_same(careful, fast)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(OUT_OF_LINE)), st.integers(0, 60)), max_size=3),
    st.sampled_from(sorted(CHANGES)),
    st.permutations(range(4)),
    st.integers(0, 2**32),
)
def test_both_ways_agree_on_random_files(odd, change, order, seed) -> None:
    pick = random.Random(seed)
    body = make_lines(pick, largest=pick.choice((9, 900, 2_000)))
    rows = [line.split(",") for line in [",".join(HEADER), *body]]
    lines = [",".join(row[n] for n in order) for row in rows]
    for what, place in odd:
        lines[place + 1 : place + 1] = OUT_OF_LINE[what]
    careful, fast, _ = read_both_ways(CHANGES[change]("\n".join([*lines, ""])))
    assert_same(careful, fast)


def test_quotation_marks_round_whole_lines_are_taken_off() -> None:
    wrapped = b'"Date;Sessions"\n"2024-01-01;5"\n"2024-01-02;6"\n'
    assert read_export(wrapped).traffic.frame["sessions"].tolist() == [5, 6]
    one_column = b'"Sessions"\n"5"\n'
    with pytest.raises(ExportError):
        read_export(one_column)
