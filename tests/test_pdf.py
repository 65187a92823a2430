"""The PDF reader: pages, spans, sections, running heads, and what it refuses. PDFs are written here byte by byte."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import PDFS, need, pdf_pages

from corpus.chunks import SIZE
from corpus.model import CorpusError, Passage, Reading
from corpus.readers.outline import Heading, Outline, numbering
from corpus.readers.pdf import Line, furniture, is_contents, read_pdf

Mark = tuple[int, str, int]  # an entry of the outline: level, title, 0-based page
BLANK = "q 90 0 0 90 60 600 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q"  # a picture and no text
PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")  # PDF 1.7, 7.6.3.3


def _escaped(text: str) -> str:
    return re.sub(r"([\\()])", r"\\\1", text)


def _drawn(lines: Sequence[str]) -> str:
    shown = " ".join(f"({_escaped(line)}) Tj T*" for line in lines)
    return f"BT /F1 11 Tf 14 TL 60 770 Td {shown} ET" if lines else BLANK


def _outline(marks: Sequence[Mark], root: int) -> dict[int, str]:
    """The outline's objects from number `root` on; page n is object 4 + 2n."""
    parents, above = [], [(-1, root)]
    for at, (level, _, _) in enumerate(marks):
        above = [entry for entry in above if entry[0] < level]
        parents.append(above[-1][1])
        above.append((level, root + 1 + at))
    families: dict[int, list[int]] = {}
    for at, parent in enumerate(parents):
        families.setdefault(parent, []).append(root + 1 + at)
    objects = {root: f"<< /Type /Outlines{_span(families.get(root))} >>"}
    for at, (_, title, page) in enumerate(marks):
        number, family = root + 1 + at, families[parents[at]]
        place = family.index(number)
        beside = f" /Prev {family[place - 1]} 0 R" if place else ""
        beside += f" /Next {family[place + 1]} 0 R" if place + 1 < len(family) else ""
        ends = _span(families.get(number))
        objects[number] = f"<< /Title ({_escaped(title)}) /Parent {parents[at]} 0 R /Dest [{4 + 2 * page} 0 R /Fit]{beside}{ends} >>"
    return objects


def _span(family: list[int] | None) -> str:
    return f" /First {family[0]} 0 R /Last {family[-1]} 0 R /Count {len(family)}" if family else ""


def made_pdf(pages: Sequence[Sequence[str]], marks: Sequence[Mark] = (), title: str = "", trailer: str = "") -> bytes:
    """A PDF whose pages hold these lines; a page without lines holds a picture."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    root = 4 + 2 * len(pages)
    objects = {
        1: f"<< /Type /Catalog /Pages 2 0 R{f' /Outlines {root} 0 R' if marks else ''} >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        3: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    }
    for at, lines in enumerate(pages):
        own, body = 4 + 2 * at, _drawn(lines)
        fonts = "/Resources << /Font << /F1 3 0 R >> >>"
        objects[own] = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {fonts} /Contents {own + 1} 0 R >>"
        objects[own + 1] = f"<< /Length {len(body)} >>\nstream\n{body}\nendstream"
    objects |= _outline(marks, root) if marks else {}
    if title:
        objects[max(objects) + 1] = f"<< /Title ({_escaped(title)}) >>"
        trailer += f" /Info {max(objects)} 0 R"
    return _written(objects, trailer)


def _written(objects: dict[int, str], trailer: str) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number in sorted(objects):
        places.append(len(out))
        out += f"{number} 0 obj\n{objects[number]}\nendobj\n".encode("cp1252", "replace")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R{trailer} >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + end.encode()


def _rc4(key: bytes, data: bytes) -> bytes:
    box, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


def locked_pdf(line: str, password: bytes) -> bytes:
    """One page, encrypted (standard handler, 40-bit RC4: PDF 1.7, 7.6.3); without a password anyone may open it."""
    identity, allowed = bytes(16), -4
    owner = _rc4(hashlib.md5((b"owner" + PAD)[:32]).digest()[:5], (password + PAD)[:32])
    key = hashlib.md5((password + PAD)[:32] + owner + (allowed & 0xFFFFFFFF).to_bytes(4, "little") + identity).digest()[:5]
    user = _rc4(key, PAD)
    lock = f" /Encrypt << /Filter /Standard /V 1 /R 2 /P {allowed} /O <{owner.hex()}> /U <{user.hex()}> >>"
    plain = made_pdf([[line]], trailer=f" /ID [<{identity.hex()}><{identity.hex()}>]{lock}")
    begin, end = plain.index(b"stream\n") + 7, plain.index(b"\nendstream")
    stream_key = hashlib.md5(key + (5).to_bytes(3, "little") + bytes(2)).digest()[:10]
    return plain[:begin] + _rc4(stream_key, plain[begin:end]) + plain[end:]


def _read(folder: Path, data: bytes, name: str = "made_up.pdf") -> Reading:
    path = folder / name
    path.write_bytes(data)
    return read_pdf(path)


def _passages(reading: Reading) -> tuple[Passage, ...]:
    return reading.documents[0].passages


def _texts(reading: Reading) -> list[str]:
    return [passage.text for passage in _passages(reading)]


def _page_texts(data: bytes) -> list[str]:
    import pypdfium2

    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pypdfium2.PdfDocument(data)]


def _bare(text: str) -> str:
    """Text without white space; U+FFFE is how PDFium gives a hyphen at a line's end."""
    return re.sub(r"\s+", "", text.replace("\ufffe", "-"))


def _misplaced(reading: Reading, pages: Sequence[str]) -> list[tuple[int, int, int]]:
    return [(p.page or 0, p.start, p.end) for p in _passages(reading) if _bare(pages[(p.page or 0) - 1][p.start : p.end]) != _bare(p.text)]


# Pages, spans and wrapping


def test_a_passage_knows_its_page_and_its_place(tmp_path: Path) -> None:
    data = made_pdf([["Test fever spreads by compiling."], ["Rest is the only remedy."]])
    first, second = _passages(_read(tmp_path, data))
    assert (first.page, first.locator, first.text) == (1, "p. 1", "Test fever spreads by compiling.")
    assert (second.page, second.locator, second.text) == (2, "p. 2", "Rest is the only remedy.")
    assert (second.start, second.end) == (0, len(second.text))


_words = st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=1, max_size=11).map(" ".join)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=st.lists(st.lists(_words, min_size=1, max_size=45), min_size=1, max_size=3))
def test_no_word_of_a_page_is_lost_and_every_span_is_found_again(tmp_path: Path, pages: list[list[str]]) -> None:
    data = made_pdf([["A page of words that are made up.", *lines] for lines in pages])
    reading = _read(tmp_path, data)
    assert _misplaced(reading, _page_texts(data)) == []
    for number, text in enumerate(_page_texts(data), 1):
        assert " ".join(p.text for p in _passages(reading) if p.page == number).split() == text.split()
    assert all(len(text) <= SIZE for text in _texts(reading))


def test_a_span_is_found_again_where_lines_are_indented(tmp_path: Path) -> None:
    data = made_pdf([["Made-up rules for indented lines:", " 1. the first rule,", " 2. the second rule."]])
    assert _misplaced(_read(tmp_path, data), _page_texts(data)) == []


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["a line that runs up to the right margin and", "goes on here"], "a line that runs up to the right margin and goes on here"),
        (["a short end.", "The next paragraph is longer than that"], "a short end.\nThe next paragraph is longer than that"),
        (["a line as long as the items:", "• an item", "• another"], "a line as long as the items:\n• an item\n• another"),
        (["a line as long as the items", "(a) first item", "(b) second"], "a line as long as the items\n(a) first item\n(b) second"),
        (["a line as long as the items", "2. second item"], "a line as long as the items\n2. second item"),
        (["a line of the full width,", "a stop at the far margin.", "end"], "a line of the full width, a stop at the far margin. end"),
        (["a line of the full width,", "a stop well before.", "end"], "a line of the full width, a stop well before.\nend"),
        (["a line of the full width,", "a comma well before", "end"], "a line of the full width, a comma well before end"),
        (["a line of the full width of a page", "a cell that", "goes on"], "a line of the full width of a page a cell that goes on"),
        (["a line of the full width of a page.", "A cell", "Another"], "a line of the full width of a page. A cell\nAnother"),
        (["a rule for a non-", "surgical service"], "a rule for a non-surgical service"),
    ],
)
def test_wrapped_lines_are_joined_and_items_start_anew(tmp_path: Path, lines: list[str], text: str) -> None:
    assert _texts(_read(tmp_path, made_pdf([lines]))) == [text]


# Sections


RULES = [
    ["Chapter I", "General Rules", "A. Opening", "Words of the opening.", "B. A second part whose title", "goes on", "Words of part two."],
    ["It runs on to this page.", "1. Deeper", "Deep words."],
    ["Chapter II", "Words of the next chapter."],
]
RULE_MARKS = [
    (0, "Chapter I General Rules", 0),
    (1, "A. Opening", 0),
    (1, "B. A second part whose title goes on", 0),
    (2, "1. Deeper", 1),
    (0, "Chapter II", 2),
]


def test_the_outline_names_the_section_of_every_passage(tmp_path: Path) -> None:
    found = [(p.page, p.locator, p.text) for p in _passages(_read(tmp_path, made_pdf(RULES, RULE_MARKS)))]
    assert found == [
        (1, "Chapter I, A", "Words of the opening."),
        (1, "Chapter I, B", "Words of part two."),
        (2, "Chapter I, B", "It runs on to this page."),
        (2, "Chapter I, B.1", "Deep words."),
        (3, "Chapter II", "Words of the next chapter."),
    ]


def test_the_path_of_headings_is_the_section(tmp_path: Path) -> None:
    deepest = _passages(_read(tmp_path, made_pdf(RULES, RULE_MARKS)))[3]
    assert deepest.section == "Chapter I General Rules › B. A second part whose title goes on › 1. Deeper"


def test_a_heading_that_no_line_matches_holds_from_the_next_page(tmp_path: Path) -> None:
    pages = [["Words of the first page."], ["Words of the second page."]]
    found = _passages(_read(tmp_path, made_pdf(pages, [(0, "Appendix A: a title drawn as a picture", 0)])))
    assert [(p.page, p.locator) for p in found] == [(1, "p. 1"), (2, "Appendix A")]


def test_bookmarks_may_stand_in_any_order(tmp_path: Path) -> None:
    pages = [["Alpha", "Words under alpha."], ["Beta", "Words under beta."], ["Gamma", "Words under gamma."]]
    marks = [(0, "Gamma", 2), (0, "Alpha", 0), (0, "Beta", 1)]
    assert [p.locator for p in _passages(_read(tmp_path, made_pdf(pages, marks)))] == ["Alpha", "Beta", "Gamma"]


def test_a_sentence_that_is_bookmarked_is_not_lost(tmp_path: Path) -> None:
    page = ["Alpha", "This sentence is a bookmark.", "So is the next sentence.", "Beta", "This one is plain."]
    reading = _read(tmp_path, made_pdf([page], [(0, "Alpha", 0), (1, page[1], 0), (1, page[2], 0), (0, "Beta", 0)]))
    kept = " ".join(f"{p.section} {p.text}" for p in _passages(reading))
    assert [line for line in page if line not in kept] == []


def test_an_outline_of_every_line_is_no_outline(tmp_path: Path) -> None:
    page = [f"Line {letter} of a page" for letter in "ABCDEFGHIJKL"]
    found = _passages(_read(tmp_path, made_pdf([page], [(0, line, 0) for line in page])))
    assert [(p.locator, p.text.split()) for p in found] == [("p. 1", " ".join(page).split())]


@pytest.mark.parametrize(
    ("path", "number"),
    [
        (("Section I. Made-up conventions", "C. Chapters", "1. Chapter 1", "d. Fevers"), "Section I.C.1.d"),
        (("Chapter XII Made-up services", "E. Modifiers"), "Chapter XII, E"),
        (("Chapter 4: Benefits", "(a) Limits", "iv. Exceptions"), "Chapter 4, a.iv"),
        (("SECTION II", "K. Leave"), "Section II.K"),
        (("Appendix A: Exempt",), "Appendix A"),
        (("Introduction", "A. Purpose"), ""),
        (("Sectional views",), ""),
        ((), ""),
    ],
)
def test_a_path_of_headings_spells_its_number(path: tuple[str, ...], number: str) -> None:
    assert numbering(path) == number


@pytest.mark.parametrize(
    ("line", "following", "taken", "path"),
    [
        ("B. Second", "text", 1, ("Top", "B. Second")),
        ("b second", "text", 1, ("Top", "B. Second")),
        ("B.", "Second", 2, ("Top", "B. Second")),
        ("A. First", "text", 1, ("Top", "A. First")),
        ("Second", "text", 0, ()),
        ("C. Third", "text", 0, ()),
    ],
)
def test_a_line_is_a_heading_only_on_the_page_the_outline_says(line: str, following: str, taken: int, path: tuple[str, ...]) -> None:
    outline = Outline([Heading(0, "Top", 3), Heading(1, "A. First", 3), Heading(1, "B. Second", 3), Heading(1, "C. Third", 4)])
    assert outline.match(line, following, 3) == taken
    assert outline.path == path


# Running heads and tables of contents


def _lines(*texts: str) -> list[Line]:
    return [Line(text, 0, len(text)) for text in texts]


BODIES = ("red", "green", "blue", "grey", "pink", "brown")


def test_running_heads_and_page_numbers_are_no_text(tmp_path: Path) -> None:
    pages = [["Made-up Manual 2031", f"All about the {body} fever.", f"Page {at} of 6"] for at, body in enumerate(BODIES, 1)]
    assert _texts(_read(tmp_path, made_pdf(pages))) == [f"All about the {body} fever." for body in BODIES]


@pytest.mark.parametrize(
    ("pages", "heads"),
    [
        ([_lines("Head", f"body {word}") for word in BODIES], {"Head"}),
        ([_lines("Head", f"body {word}") for word in BODIES[:3]], set()),
        ([_lines(f"I-{at}", f"body {word}") for at, word in enumerate(BODIES)], {"##"}),
        ([_lines("Head", *BODIES)] * 4 + [_lines(f"other {at}" + "x" * at) for at in range(17)], set()),
    ],
    ids=["on every page", "on three pages", "a page number", "on four of twenty-one"],
)
def test_a_running_head_stands_at_the_edge_of_many_pages(pages: list[list[Line]], heads: set[str]) -> None:
    assert furniture(pages) == heads


def test_a_line_of_the_body_is_kept_where_it_equals_a_running_head(tmp_path: Path) -> None:
    pages = [["AND", f"One thing about the {body} fever,", f"{body} two,", f"{body} three,", "AND", f"{body} four."] for body in BODIES]
    pages = [[*page, f"{body} five.", f"{body} six."] for page, body in zip(pages, BODIES, strict=True)]
    assert " ".join(_texts(_read(tmp_path, made_pdf(pages)))).count("AND") >= len(BODIES)


def test_a_sentence_whose_numbers_do_not_run_with_the_pages_is_text(tmp_path: Path) -> None:
    ends = [f"Approval is issued for {months} months." for months in (6, 12, 12, 6, 3, 12)]
    bodies = zip(BODIES, ends, strict=True)
    pages = [[f"All about the {body} fever.", f"The {body} dose follows.", f"More on {body}.", end] for body, end in bodies]
    kept = " ".join(_texts(_read(tmp_path, made_pdf(pages))))
    assert [end for end in ends if end not in kept] == []


CONTENTS = [f"{letter}. Made-up part {letter} {'.' * 20} {at}" for at, letter in enumerate("ABCDEFGHIJ", 3)]


@pytest.mark.parametrize(
    ("texts", "contents"),
    [
        (CONTENTS, True),
        ([f"Made-up part {letter} II-{at}" for at, letter in enumerate("ABCDEFGHIJ", 1)], True),
        (CONTENTS[:8], False),
        (CONTENTS[:4] + ["a line of prose"] * 6, False),
        ([], False),
    ],
    ids=["dotted", "roman", "too few lines", "mostly prose", "empty"],
)
def test_a_page_of_contents_ends_most_lines_in_page_numbers(texts: list[str], contents: bool) -> None:
    assert is_contents(_lines(*texts)) == contents


def test_a_page_of_contents_is_left_out(tmp_path: Path) -> None:
    assert _texts(_read(tmp_path, made_pdf([CONTENTS, ["Part A begins here."]]))) == ["Part A begins here."]


def test_a_table_whose_rows_end_in_numbers_is_not_a_page_of_contents(tmp_path: Path) -> None:
    rows = [f"J99{at:02} madeupumab {units}" for at, units in enumerate((4, 1, 30, 2, 2, 8, 1, 50, 3, 6, 1, 2))]
    kept = " ".join(_texts(_read(tmp_path, made_pdf([["Units allowed for a day", *rows], ["Prose on the next page."]]))))
    assert [row for row in rows if row not in kept] == []


# What it is


@pytest.mark.parametrize(("title", "expected"), [("Acme policy", "Acme policy"), ("", "made up"), ("  ", "made up")])
def test_the_title_is_the_file_s_own_or_its_name(tmp_path: Path, title: str, expected: str) -> None:
    source = _read(tmp_path, made_pdf([["Words of a policy of nobody."]], title=title)).source
    assert (source.title, source.publisher, source.kind, source.file) == (expected, None, "pdf", "made_up.pdf")
    assert (source.effective, source.ended, source.id) == (None, None, "")


GUIDELINES = "ICD-10-CM Official Guidelines for Coding and Reporting"
MANUAL = "Medicare NCCI Coding Policy Manual"


@pytest.mark.parametrize(
    ("cover", "publication", "edition", "effective", "ended", "payer"),
    [
        ([GUIDELINES, "FY 2031"], "ICD-10-CM Official Guidelines", "FY 2031", date(2030, 10, 1), date(2031, 9, 30), None),
        ([GUIDELINES], "ICD-10-CM Official Guidelines", None, None, None, None),
        ([MANUAL, "January 1, 2031"], "NCCI Policy Manual for Medicare", "2031", date(2031, 1, 1), date(2031, 12, 31), "Medicare"),
        ([MANUAL, "Revised 1/1/2031"], "NCCI Policy Manual for Medicare", "2031", date(2031, 1, 1), date(2031, 12, 31), "Medicare"),
        ([MANUAL], "NCCI Policy Manual for Medicare", None, None, None, "Medicare"),
    ],
)
def test_an_official_manual_is_known_by_its_cover(
    tmp_path: Path, cover: list[str], publication: str, edition: str | None, effective: date | None, ended: date | None, payer: str | None
) -> None:
    source = _read(tmp_path, made_pdf([cover, ["Made-up words of the manual."]])).source
    assert (source.publication, source.edition, source.payer) == (publication, edition, payer)
    assert (source.effective, source.ended) == (effective, ended)
    assert source.publisher is not None


@pytest.mark.parametrize("cited", [f"Coding follows the {GUIDELINES}, FY 2031.", f"See the {MANUAL}, January 1, 2031."])
def test_a_policy_that_cites_an_official_manual_is_not_that_manual(tmp_path: Path, cited: str) -> None:
    source = _read(tmp_path, made_pdf([["Acme payment policy: test fever", "Acme pays for one test a year.", cited]])).source
    assert (source.publisher, source.kind, source.effective) == (None, "pdf", None)


# What it refuses


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (locked_pdf("Nobody may read this made-up text.", b"secret"), "encrypted"),
        (made_pdf([[], [], []]), "3 pages hold images only"),
        (made_pdf([["A made-up text that is cut off."]])[:300], "not a readable PDF"),
        (b"%PDF-1.7\nnothing else", "not a readable PDF"),
        (made_pdf([]), "not a readable PDF"),
    ],
    ids=["password", "images only", "cut off", "header only", "no pages"],
)
def test_an_unreadable_pdf_is_refused_with_its_cause(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(CorpusError, match=reason):
        _read(tmp_path, data)


def test_a_scan_with_stamped_page_numbers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no text"):
        _read(tmp_path, made_pdf([[f"Page {at} of 9"] for at in range(1, 10)]))


def test_a_pdf_locked_against_changes_only_is_read(tmp_path: Path) -> None:
    assert _texts(_read(tmp_path, locked_pdf("Anyone may read this made-up text.", b""))) == ["Anyone may read this made-up text."]


# The real files


@pytest.fixture(scope="module")
def real(request: pytest.FixtureRequest) -> tuple[Reading, list[str]]:
    name = request.param
    return read_pdf(need(PDFS[name])), [page.replace("\r\n", "\n") for page in pdf_pages(name)]


BOTH = pytest.mark.parametrize("real", ["ncci_manual", "guidelines"], indirect=True)
NCCI = pytest.mark.parametrize("real", ["ncci_manual"], indirect=True)
OFFICIAL = pytest.mark.parametrize("real", ["guidelines"], indirect=True)


@BOTH
def test_every_passage_of_a_manual_stands_on_its_page_in_one_piece(real: tuple[Reading, list[str]]) -> None:
    reading, pages = real
    bare = [_bare(page) for page in pages]
    assert [(p.page, p.locator) for p in _passages(reading) if _bare(p.text) not in bare[(p.page or 0) - 1]] == []


@BOTH
def test_every_span_of_a_manual_holds_the_passage(real: tuple[Reading, list[str]]) -> None:
    assert _misplaced(*real) == []


@NCCI
def test_the_ncci_manual_is_read_page_by_page(real: tuple[Reading, list[str]]) -> None:
    reading, pages = real
    found = _passages(reading)
    assert (len(pages), reading.source.edition, reading.source.payer) == (287, "2026", "Medicare")
    assert (reading.source.effective, reading.source.ended) == (date(2026, 1, 1), date(2026, 12, 31))
    assert len({p.page for p in found}) == 266  # the other 21 are tables of contents
    assert len(found) > 1000
    assert max(len(p.text) for p in found) <= SIZE
    assert not any(re.search(r"Revision Date", p.text) for p in found)


@NCCI
@pytest.mark.parametrize(("page", "locator"), [(24, "Chapter I, B"), (30, "Chapter I, E"), (73, "Chapter III, E"), (130, "Chapter VI, C")])
def test_the_ncci_manual_s_sections_are_known(real: tuple[Reading, list[str]], page: int, locator: str) -> None:
    assert locator in {p.locator for p in _passages(real[0]) if p.page == page}


@NCCI
def test_no_page_of_the_ncci_manual_is_cited_as_another_chapter(real: tuple[Reading, list[str]]) -> None:
    reading, pages = real
    labels = {at: found[1] for at, page in enumerate(pages, 1) if (found := re.search(r"^\s*([IVX]+|Intro)-\d+\s*$", page, re.M))}
    assert len(labels) == 277
    cited = {(p.page or 0, found[1]) for p in _passages(reading) if (found := re.match(r"Chapter ([IVX]+)", p.locator))}
    assert sorted((page, labels[page], chapter) for page, chapter in cited if labels.get(page, chapter) != chapter) == []


@NCCI
def test_a_chapter_without_bookmarks_is_known_by_its_file(real: tuple[Reading, list[str]]) -> None:
    assert {p.locator for p in _passages(real[0]) if 83 <= (p.page or 0) <= 102} == {"Chapter IV"}


@OFFICIAL
def test_the_guidelines_sections_are_known(real: tuple[Reading, list[str]]) -> None:
    reading, pages = real
    assert (len(pages), reading.source.edition, reading.source.ended) == (120, "FY 2025", date(2025, 9, 30))
    on_page = {p.locator for p in _passages(reading) if p.page == 24}
    assert on_page
    assert all(locator.startswith("Section I.C.1.d") for locator in on_page)


@pytest.mark.parametrize("name", ["Aetna_EOC", "Cigna_EOC", "UHC_1_EOC", "policy_001", "policy_003"])
def test_hardly_a_word_of_a_payer_s_file_is_lost(name: str) -> None:
    path = need(f"payer/{name}.pdf")
    reading = read_pdf(path)
    kept: dict[int, set[str]] = {}
    for p in _passages(reading):
        kept.setdefault(p.page or 0, set()).update(f"{p.section} {p.text}".split())
    pages = [(number, page) for number, page in enumerate(_page_texts(path.read_bytes()), 1) if not re.search(r"\.{9}", page)]
    printed = [(number, word) for number, page in pages for word in set(page.replace("\ufffe", "-").split())]
    assert sum(word in kept.get(number, ()) for number, word in printed) > 0.9 * len(printed)


def test_every_connective_of_a_payer_s_criteria_is_kept() -> None:
    path = need("payer/policy_004.pdf")
    printed = sum(page.replace("\ufffe", "-").count("-AND-") for page in _page_texts(path.read_bytes()))
    assert sum(text.count("-AND-") for text in _texts(read_pdf(path))) == printed
