"""Quoted words on a page: the boxes hold these words and no others, or there are none."""

from pathlib import Path

import pytest
from tables import need
from test_pdf import made_pdf

from bench.pages import marked, read_back, sample
from corpus.highlights import letters
from corpus.model import CorpusError
from corpus.pages import TALLEST, look, picture

PAGE = [
    "Test fever is sequenced first.",
    "A rule for a non-",
    "surgical service of the laboratory.",
    "Test fever is sequenced first.",
    "The last line stands alone.",
]
PDFS = (  # `python -m bench.pages` does the same with the booklets of three payers, too long for a test
    "ncci/2026_ncci_medicare_policy_manual_all-chapters.pdf",
    "icd10cm/fy-2025-icd-10-cm-coding-guidelines.pdf",
    *(f"payer/policy_00{number}.pdf" for number in range(1, 6)),
)


def written(folder: Path, data: bytes) -> Path:
    path = folder / "made_up.pdf"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("quote", "lines"),
    [
        ("The last line stands alone.", 1),
        ("last line", 1),
        ("A rule for a non-surgical service", 2),
        ("A rule  for a\nnon- surgical service of the laboratory. Test fever", 3),
        ("words that stand nowhere", 0),
        ("the last line stands alone.", 0),  # another case is another word
        ("", 0),
        ("   ", 0),
    ],
)
def test_the_boxes_of_a_quote_hold_it_and_nothing_else(tmp_path: Path, quote: str, lines: int) -> None:
    path = written(tmp_path, made_pdf([PAGE]))
    boxes = look(path, 1, quote).boxes
    assert len(boxes) == lines
    assert read_back(path, 1, boxes) == (letters(quote) if lines else "")


def test_of_words_that_come_twice_those_of_the_passage_are_marked(tmp_path: Path) -> None:
    path = written(tmp_path, made_pdf([PAGE]))
    (first,), (second,) = (look(path, 1, PAGE[0], start).boxes for start in (0, 70))
    assert second.top - first.top == pytest.approx(3 * 14 / 792 * 100, abs=0.1)  # three lines of 14 points lower


def test_words_printed_over_one_another_are_not_marked(tmp_path: Path) -> None:
    data = made_pdf([["Alpha rules the page.", "Gamma rules the page."]])
    path = written(tmp_path, data.replace(b"14 TL", b" 0 TL"))
    assert look(path, 1, "Alpha rules the page.").boxes == ()
    assert look(written(tmp_path, data), 1, "Alpha rules the page.").boxes != ()


def test_boxes_lie_where_a_turned_page_shows_the_words(tmp_path: Path) -> None:
    data = made_pdf([PAGE])
    (upright,) = look(written(tmp_path, data), 1, PAGE[4]).boxes
    turned = look(written(tmp_path, data.replace(b"/MediaBox", b"/Rotate 90 /MediaBox")), 1, PAGE[4])
    (box,) = turned.boxes
    assert (turned.width, turned.height) == (792, 612)
    assert (box.top, box.height) == pytest.approx((upright.left, upright.width), abs=0.01)
    assert (100 - box.left - box.width, box.width) == pytest.approx((upright.top, upright.height), abs=0.01)


def test_a_page_however_large_is_a_small_picture(tmp_path: Path) -> None:
    path = written(tmp_path, made_pdf([PAGE]).replace(b"[0 0 612 792]", b"[0 0 9 14400]"))
    data = picture(path, 1, 1600)
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))  # PNG, 11.2.2: the header's first fields
    assert (width, height) == (3, TALLEST)
    assert picture(path, 1, 1600) is data


@pytest.mark.parametrize("number", [0, -1, 2, 99_999])
def test_a_page_there_is_not_is_said(tmp_path: Path, number: int) -> None:
    path = written(tmp_path, made_pdf([PAGE]))
    with pytest.raises(CorpusError, match="it has 1 pages"):
        look(path, number)
    with pytest.raises(CorpusError, match="it has 1 pages"):
        picture(path, number, 700)


@pytest.mark.slow
def test_of_200_citations_of_real_documents_those_drawn_are_right() -> None:
    found = list(marked(sample([need(name) for name in PDFS])))
    drawn = [right for _, drawn, right in found if drawn]
    assert len(found) == 200
    assert len(drawn) >= 190
    assert all(drawn)
