"""The three files of a report: they open, they hold the words, and text stays text."""

import io
import os
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from PIL import Image
from pptx import Presentation
from pypdf import PdfReader

from ui.report.fit import fitting, height
from ui.report.layout import HEIGHT, WIDTH, Text, lay_out
from ui.report.model import Advice, Number, Report, Section, Slide
from ui.report.pdf import as_pdf
from ui.report.powerpoint import as_powerpoint
from ui.report.web import as_html

HOSTILE = (
    "<script>alert(1)</script>",
    "![x](https://evil.example/x.png)",
    '" onerror="alert(1)',
    "日本語チャンネル",
    "قناة",
    "🎉",
    "a\x00b\x0bc\ud800",
    "A" * 300,
    "long name " * 60,
)


def a_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (900, 300), "white").save(file, "PNG")
    return file.getvalue()


def a_report(name: str = "Referral", *, advice: int = 5, lines: int = 4) -> Report:
    slide = Slide("Channels", f"{name} is clearly above", "It says.", "Mind.", a_picture(), name)
    facts = (("Try", f"Ask {name}."), ("Evidence", "Strong evidence."), ("How to test", "Halve."))
    return Report(
        title="Website traffic, 6 Apr – 3 May 2024",
        selection=f"6 Apr – 3 May 2024 · {name}",
        source=f"{name}.csv",
        made="Sat 28 Nov 2026",
        numbers=tuple(Number(f"Count {n}", f"{n},000", "+1.0 %", "good") for n in range(5)),
        compared="14 days against the 14 before",
        slides=(slide, slide),
        advice=tuple(Advice(f"{name} {n}", facts) for n in range(advice)),
        no_advice="Nothing stands out.",
        appendix=(Section("Data", (f"Read: {name}",) * lines), Section("Method", ("Sums.",))),
    )


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs) -> None:
        self.seen.append((tag, dict(attrs)))


def titles(data: bytes) -> list[str]:
    return [slide.shapes.title.text for slide in Presentation(io.BytesIO(data)).slides]


def test_slides_have_titles_editable_text_and_described_pictures() -> None:
    deck = Presentation(io.BytesIO(as_powerpoint(a_report())))
    assert [slide.shapes.title.text for slide in deck.slides] == [
        "Website traffic, 6 Apr – 3 May 2024",
        "Referral is clearly above",
        "Referral is clearly above",
        "What to do, and how to test it",
        "What to do, and how to test it (more)",
        "Appendix: data and method",
    ]
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=0.01)
    texts = [shape.text for shape in deck.slides[1].shapes if shape.has_text_frame]
    assert {"It says.", "Mind.", "Source: Referral.csv", "2 / 6"} <= set(texts)
    pictures = [shape for shape in deck.slides[1].shapes if shape.shape_type == 13]
    assert [shape._element.nvPicPr.cNvPr.get("descr") for shape in pictures] == ["Referral"]


def test_pdf_has_a_page_for_each_slide_and_holds_the_headline() -> None:
    data = as_pdf(a_report())
    assert data.startswith(b"%PDF")
    pages = PdfReader(io.BytesIO(data)).pages
    assert len(pages) == len(titles(as_powerpoint(a_report())))
    assert "Website traffic, 6 Apr – 3 May 2024" in pages[0].extract_text()
    assert "3,000" in pages[0].extract_text()


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_a_file(name: str) -> None:
    report = a_report(name)
    assert len(titles(as_powerpoint(report))) == len(lay_out(report))
    assert as_pdf(report).startswith(b"%PDF")
    assert as_html(report).startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("name", HOSTILE)
def test_html_asks_for_nothing_and_text_stays_text(name: str) -> None:
    page = as_html(a_report(name)).decode()
    assert "default-src 'none'" in page
    tags = Tags()
    tags.feed(page)
    assert "script" not in {tag for tag, _ in tags.seen}
    for tag, attributes in tags.seen:
        assert not {name for name in attributes if name.startswith("on") or name == "href"}
        assert attributes.get("src", "data:").startswith("data:"), tag


@pytest.mark.parametrize("name", HOSTILE)
def test_everything_stays_in_its_box_and_on_its_page(name: str) -> None:
    for page in lay_out(a_report(name, lines=40)):
        for part in (page.title, *page.parts):
            assert part.left >= 0 and part.left + part.width <= WIDTH + 0.01
            assert part.top >= 0 and part.top + part.height <= HEIGHT
            if isinstance(part, Text):
                text = "".join(run.text for run in part.runs)
                assert height(text, part.size, part.width) <= part.height + 0.01


def test_a_long_appendix_goes_on_on_a_further_page() -> None:
    pages = [page.title.runs[0].text for page in lay_out(a_report(lines=40))]
    more = [title for title in pages if title == "Appendix: data and method (more)"]
    assert len(more) >= 1 and pages[-1] == more[0]
    assert pages.count("Appendix: data and method") == 1


def test_no_advice_is_said() -> None:
    report = a_report(advice=0)
    assert "Recommendations" in titles(as_powerpoint(report))
    assert "Nothing stands out." in as_html(report).decode()


def test_text_that_never_fits_is_cut_with_an_ellipsis() -> None:
    text, size = fitting("word " * 500, 2.0, 0.5, largest=20, smallest=9)
    assert text.endswith("…") and size == 9


def test_libreoffice_opens_the_slides(tmp_path) -> None:
    office = shutil.which("soffice")
    if office is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("CI has no LibreOffice: this test never skips there.")
        pytest.skip("no LibreOffice")
    slides = tmp_path / "report.pptx"
    slides.write_bytes(as_powerpoint(a_report("日本語 <b> & \x00")))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(slides)], check=True, capture_output=True, timeout=120)
    pages = PdfReader(tmp_path / "report.pdf").pages
    assert len(pages) == 6
    assert "Website traffic" in pages[0].extract_text()
