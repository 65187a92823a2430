"""JSON lines and tables of passages: every record lands under a citation of its own, or is named with what is wrong with it."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tables import need

from corpus import ingest
from corpus.chunks import SIZE
from corpus.model import CorpusError, Passage, Reading, UnknownLayout
from corpus.readers import lines
from corpus.readers.lines import read_lines
from corpus.readers.mapped import FieldNames, mapping_beside, read_mapped
from corpus.readers.sheets import Sheet, text_rows
from corpus.readers.statute import Record, section_document, units

ABOVE = ["Title 99— MADE UP", "CHAPTER 1— TESTS", "§ 100. Made-up section"]
NAMES = '[passages]\ntext = "body"\nlocator = "cite"\n'


def record(body: object, *headings: str, citation: str = "99 U.S.C. § 100", **more: object) -> str:
    return json.dumps({"citation": citation, "section_heading": "Made-up section", "headings": [*ABOVE, *headings], "text": body} | more)


def statute(*rows: str) -> Reading:
    return read_lines(Path("usc_title99_2023.jsonl"), "\n".join(rows))


def passages(reading: Reading) -> list[Passage]:
    return [passage for document in reading.documents for passage in document.passages]


def long(mark: str) -> str:
    return f"({mark}) provision {mark} " + "of made-up words " * 40 + ";"


def cited(*records: Record) -> list[str]:
    return [passage.locator.removeprefix("99 U.S.C. § 100") for passage in section_document(records).passages]


def test_a_section_is_a_document_with_its_address_and_edition() -> None:
    reading = statute(record("Made-up rule.", "(a) First"), record("Other rule.", "(b) Second"), record("x", citation="99 U.S.C. § 100a–1"))
    first, second = reading.documents
    assert (first.title, len(first.passages)) == ("99 U.S.C. § 100 – Made-up section", 2)
    assert second.url == "https://uscode.house.gov/view.xhtml?req=granuleid:USC-prelim-title99-section100a-1&num=0&edition=prelim"
    source = reading.source
    assert (source.publication, source.edition, source.publisher) == (
        "United States Code, Title 99",
        "2023",
        "Office of the Law Revision Counsel",
    )


def test_a_passage_is_cited_to_the_subdivisions_it_holds() -> None:
    text = "\n\n".join(["This opens a list of", long("1"), "(2)", long("A"), long("B"), "(3) short", "(4) short"])
    found = section_document([Record("99 U.S.C. § 100", "x", ("(a) First",), text)]).passages
    assert [passage.locator for passage in found] == [
        "99 U.S.C. § 100(a)(1)",
        "99 U.S.C. § 100(a)(2)(A)",
        "99 U.S.C. § 100(a)(2)(B)",
        "99 U.S.C. § 100(a)(3)–(4)",
    ]
    assert found[2].section == "(a) First › (2)"


def test_a_subdivision_that_fits_is_cited_as_a_whole() -> None:
    assert cited(Record("99 U.S.C. § 100", "x", ("(a) First",), "It is\n\n(1) this;\n\n(2) that.")) == ["(a)"]
    assert cited(Record("99 U.S.C. § 100", "x", (), "It is\n\n(1) this;\n\n(2) that.")) == [""]


def test_a_finished_sentence_is_not_cited_to_what_follows_it() -> None:
    text = "This is a whole rule.\n\n" + "\n\n".join(map(long, "12"))
    assert cited(Record("99 U.S.C. § 100", "x", ("(a) First",), text)) == ["(a)", "(a)(2)"]


def test_a_heading_that_leaves_out_a_level_goes_on_where_the_text_before_it_stopped() -> None:
    records = (
        Record("99 U.S.C. § 100", "x", ("(c) Third",), f"{long('1')}\n\n(2)\n\n{long('A')}"),
        Record("99 U.S.C. § 100", "x", ("(c) Third", "(B) Unless it is"), f"{long('i')}\n\n{long('ii')}"),
    )
    assert cited(*records) == ["(c)(1)", "(c)(2)(A)", "(c)(2)(B)(i)", "(c)(2)(B)(ii)"]


@pytest.mark.parametrize(
    ("marks", "last"),
    [
        (["(a)", "(h)", "(i) is the next subsection"], "i"),
        (["(1)", "(A)", "(i)", "(ii)"], "1.A.ii"),
        (["(1)", "(A)", "(i) of", "(I)", "(II)"], "1.A.i.II"),
        (["(1)", "(G)", "(H) so;", "(I) thus;", "(J)"], "1.J"),
        (["(1)", "(A)", "(v) a;", "(vi)"], "1.A.vi"),  # its elders stand within a line
        (["(1)", "(i) a level left out"], "1"),
        (["(1)(A) two at once", "(B)"], "1.B"),
        (["(1)", "(2)", "(5) after a gap"], "5"),
        (["(i)", "(ii) below nothing"], ""),
        (["(note) is no mark", "(1)"], "1"),
    ],
)
def test_a_mark_stands_where_its_neighbours_put_it(marks: list[str], last: str) -> None:
    text = "\n\n".join(f"{mark} text" for mark in marks)
    *_, unit = units(text)
    assert ".".join(step.mark for step in unit.path) == last


def test_long_records_are_cut_and_nothing_of_them_is_lost() -> None:
    text = "Word of a made-up law. " * 3000
    found = passages(statute(record(text, "(a) First")))
    assert len(found) > 60
    assert all(len(passage.text) <= SIZE for passage in found)
    assert {passage.locator for passage in found} == {"99 U.S.C. § 100(a)"}
    assert " ".join(" ".join(passage.text for passage in found).split()) == f"(a) First {text.strip()}"


WRONG = {
    "{": "line",
    "[1]": "line",
    '"text"': "line",
    "[" * 100_000: "line",
    '{"citation": 1' + "0" * 5000 + "}": "line",
    record("\\ud800").replace("\\\\", "\\"): "line",
    record(""): "text",
    record(7): "text",
    record("x", citation="somewhere"): "citation",
    record("x", citation=None): "citation",
    record("x", headings="a"): "headings",
    record("x", headings=[1]): "headings",
    record("Fine.", "(a) First"): "text",  # a second time
}


@pytest.mark.parametrize(("row", "column"), WRONG.items(), ids=range(len(WRONG)))
def test_a_line_that_cannot_be_read_is_refused_alone(row: str, column: str) -> None:
    reading = statute(record("Fine.", "(a) First"), "", row, record("Also fine.", "(b) Second"))
    assert [passage.text for passage in passages(reading)] == ["(a) First\n\nFine.", "(b) Second\n\nAlso fine."]
    assert [remark.split(":")[0] for remark in reading.remarks] == [f"row 3, {column}"]


def test_a_line_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST", 500)
    reading = statute(record("Fine."), record("x" * 500))
    assert (len(passages(reading)), reading.remarks[0][:20]) == (1, "row 2, line: it has ")


@pytest.mark.parametrize("text", ["{", "{]\n{]", '{"a": "half'])
def test_a_file_without_one_good_line_is_refused(text: str) -> None:
    with pytest.raises(CorpusError, match="no line of it can be read"):
        read_lines(Path("x.jsonl"), text)


def test_fields_nobody_knows_are_named_with_what_to_write(tmp_path: Path) -> None:
    path = tmp_path / "rules.jsonl"
    path.write_text('{"body": "x", "cite": "1"}\n')
    with pytest.raises(UnknownLayout, match=r"fields body, cite: .* rules\.jsonl\.toml .*\[passages\]"):
        ingest.read(path)


def mapped(folder: Path, toml: str, *rows: object) -> Reading:
    path = folder / "rules.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (folder / "rules.jsonl.toml").write_text(toml, encoding="utf-8")
    return ingest.read(path)


def test_a_file_beside_it_says_which_fields_are_the_passages(tmp_path: Path) -> None:
    toml = f'{NAMES}title = "heading"\ndocument = "doc"\nurl = "link"\npage = "page"\n'
    rows = [
        {"body": "Made-up rule.", "cite": "Rule 1", "heading": "Rules", "doc": "Book A", "link": "https://example.org/a", "page": 7},
        {"body": "Other rule.", "cite": 2, "doc": "Book B", "page": ""},
        {"body": "Third rule.", "cite": "Rule 3", "doc": "Book A", "page": "8"},
    ]
    first, second = mapped(tmp_path, toml, *rows).documents
    assert (first.title, first.url, second.title) == ("Book A", "https://example.org/a", "Book B")
    assert [(p.text, p.locator, p.section, p.page, p.start) for p in first.passages] == [
        ("Made-up rule.", "Rule 1", "Rules", 7, 0),
        ("Third rule.", "Rule 3", "", 8, 15),
    ]
    assert second.passages[0].locator == "2"


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("[passages]\ntext = 7\nlocator = 'x'", "texts in quotes"),
        ("[passages]\ntext = 'x'", "which field is locator"),
        ("[passages]\nwords = 'x'", "names words"),
        ("[other]\ntext = 'x'", "must hold a table"),
        ("passages = 1", "must hold a table"),
        ("[passages", "cannot be read"),
        ("x = " + "[" * 5000, "cannot be read"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(toml: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=says):
        mapped(tmp_path, toml, {"x": "y"})


@pytest.mark.parametrize(
    ("row", "column"),
    [({"body": ""}, "body"), ({"cite": None}, "cite"), ({"body": ["x"]}, "body"), ({"body": True}, "body"), ({"page": "vii"}, "page")],
)
def test_a_record_without_a_part_is_refused_alone(row: dict[str, object], column: str, tmp_path: Path) -> None:
    whole = {"body": "Made-up rule.", "cite": "Rule 1", "page": 1}
    reading = mapped(tmp_path, f'{NAMES}page = "page"', whole, whole | row)
    assert (len(passages(reading)), len(reading.remarks)) == (1, 1)
    assert reading.remarks[0].startswith(f"row 2, {column}: ")


def test_a_table_is_read_by_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.csv"
    path.with_name("rules.csv.toml").write_text(NAMES, encoding="utf-8")
    names = mapping_beside(path)
    assert names == FieldNames("body", "cite")
    reading = read_mapped(path, text_rows('cite,body\nRule 1,"Made-up\nrule."\n\nRule 2,\n'), names)
    assert [(p.text, p.locator) for p in passages(reading)] == [("Made-up\nrule.", "Rule 1")]
    assert reading.remarks == ("row 4, body: it is empty",)
    with pytest.raises(CorpusError, match="names body, but its columns are cite, words"):
        read_mapped(path, text_rows("cite,words\n1,x"), names)
    assert mapping_beside(tmp_path / "other.csv") is None


marks = st.sampled_from(
    ["(a) ", "(1) ", "(2)\n\n", "(A) ", "(i) ", "(ii) ", "(I) ", "(aa) ", "(x)(1) ", "(zzz) ", "(1a) ", "Text. ", "more;\n\n", "and "]
)
texts = st.lists(marks | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=5), min_size=1, max_size=30).map(
    "\n\n".join
)
good = st.tuples(texts.filter(str.strip), st.lists(st.sampled_from(["(a) First", "(b) Second", "(B) Lower", "(i) Clause"]), max_size=3))
bad = st.sampled_from([row for row in WRONG if len(row) < 1000 and row != record("Fine.", "(a) First")])


@settings(deadline=None)
@given(rows=st.lists(good | bad, min_size=1, max_size=8))
@example(rows=[("(1)", [])])
@example(rows=[("(a)\n\n(a)\n\n(1)", ["(a) First"]), ("(2)", ["(b) Second"])])
def test_no_record_is_lost_and_none_is_read_twice(rows: list[object]) -> None:
    written = [row if isinstance(row, str) else record(row[0], *row[1]) for row in rows]
    sheet = Sheet(Path("x"), {}, {}, "", iter(()))
    found = [fields for _, fields in lines.records("\n".join(written), sheet)]
    assert len(found) + sheet.unreadable == len(written)
    try:
        reading = statute(*written)
    except CorpusError:
        assert not [row for row in rows if not isinstance(row, str)]
        return
    kept = {(row[0].strip(), " ".join(row[1])) for row in rows if not isinstance(row, str)}
    assert len(reading.remarks) == len(rows) - len(kept)
    whole = "".join("".join(passage.text.split()) for passage in passages(reading))
    assert all("".join(text.split()) in whole for text, _ in kept)
    assert sum(len("".join(text.split())) for text, _ in kept) <= len(whole)


def test_the_real_statute_is_whole_under_its_citations() -> None:
    reading = ingest.read(need("statute/usc_title42_ssa_medicare_medicaid_2023.jsonl"))
    assert (len(reading.documents), reading.remarks, reading.source.edition) == (339, (), "2023")
    written = [
        json.loads(line) for line in need("statute/usc_title42_ssa_medicare_medicaid_2023.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(written) == 2270
    held = {document.id: "".join("".join(p.text.split()) for p in document.passages) for document in reading.documents}
    assert not [row["id"] for row in written if "".join(row["text"].split()) not in held[" ".join(row["citation"].split())]]
    locators = {passage.locator for passage in passages(reading)}
    assert "42 U.S.C. § 1395y(a)(1)(A)–(C)" in locators
    assert all(locator.startswith("42 U.S.C. § ") for locator in locators)
