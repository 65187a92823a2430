"""The ICD-10-CM readers: 7th characters, notes and parents in small lists, and the whole of the real ones."""

import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import tables
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.codes import ICD10CM, dotted
from corpus.ingest import embedded_icd10cm, read
from corpus.model import NOTE, TERM, Code, CorpusError, Passage, Reading
from corpus.readers.icd10cm import NOTES, edition_of, read_order, read_tabular

pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated. Use files:DeprecationWarning")  # simple_icd_10_cm's own

FEVERS = """<section id="A10-A19"><desc>Test fevers (A10-A19)</desc>{}</section>"""
INJURY = '<sevenChrDef><extension char="A">initial\n encounter</extension><extension char="D">later encounter</extension></sevenChrDef>'


def _tabular(folder: Path, body: str, name: str = "made_up.xml", front: str = "") -> Reading:
    path = folder / name
    head = f'<?xml version="1.0" encoding="utf-8"?>{front}\n<ICD10CM.tabular><version>2031</version>'
    path.write_text(f"{head}<chapter><name>1</name><desc>Made-up diseases</desc>{body}</chapter></ICD10CM.tabular>", encoding="utf-8")
    return read_tabular(path)


def _diag(value: str, inner: str = "", title: str = "Test fever") -> str:
    return f"<diag><name>{value}</name><desc>{title}</desc>{inner}</diag>"


def _codes(reading: Reading) -> dict[str, Code]:
    return {code.value: code for code in reading.codes}


def _passages(reading: Reading, kind: str) -> list[Passage]:
    return [p for p in reading.documents[0].passages if p.kind == kind]


# Codes


def test_the_list_is_a_tree_of_chapters_blocks_and_codes(tmp_path: Path) -> None:
    codes = _codes(_tabular(tmp_path, FEVERS.format(_diag("A11", _diag("A11.0", _diag("A11.01"))))))
    assert [(value, code.parent, code.billable) for value, code in codes.items()] == [
        ("Chapter 1", None, False),
        ("A10-A19", "Chapter 1", False),
        ("A11", "A10-A19", False),
        ("A11.0", "A11", False),
        ("A11.01", "A11.0", True),
    ]


@pytest.mark.parametrize(
    ("tree", "billable"),
    [
        (_diag("A12", INJURY), ["A12.XXXA", "A12.XXXD"]),
        (_diag("A12.1", INJURY), ["A12.1XXA", "A12.1XXD"]),
        (_diag("A12.12", INJURY), ["A12.12XA", "A12.12XD"]),
        (_diag("A12.123", INJURY), ["A12.123A", "A12.123D"]),
        (_diag("A12", INJURY + _diag("A12.1") + _diag("A12.2", _diag("A12.21"))), ["A12.1XXA", "A12.1XXD", "A12.21XA", "A12.21XD"]),
        (_diag("A12", _diag("A12.1", INJURY) + _diag("A12.2")), ["A12.1XXA", "A12.1XXD", "A12.2"]),
        (
            _diag("A12", INJURY + _diag("A12.1", '<sevenChrDef><extension char="S">sequela</extension></sevenChrDef>')),
            ["A12.1XXS"],
        ),
    ],
    ids=["category", "4 characters", "5 characters", "6 characters", "inherited", "not by siblings", "nearest wins"],
)
def test_a_seventh_character_completes_every_code_below_it(tmp_path: Path, tree: str, billable: list[str]) -> None:
    codes = _codes(_tabular(tmp_path, FEVERS.format(tree)))
    assert [value for value, code in codes.items() if code.billable] == billable


def test_a_completed_code_is_titled_after_its_stem_and_its_character(tmp_path: Path) -> None:
    code = _codes(_tabular(tmp_path, FEVERS.format(_diag("A12", INJURY + _diag("A12.1")))))["A12.1XXA"]
    assert (code.system, code.title, code.parent) == (ICD10CM, "Test fever, initial encounter", "A12.1")


@pytest.mark.parametrize(("stem", "characters"), [("S06.1X7", "A"), ("S06.1X8", "A"), ("S06.1X6", "AD"), ("S07.1X7", "AD")])
def test_a_death_before_waking_has_an_initial_encounter_only(tmp_path: Path, stem: str, characters: str) -> None:
    codes = _codes(_tabular(tmp_path, FEVERS.format(_diag(stem, INJURY))))
    assert [value[-1] for value, code in codes.items() if code.billable] == list(characters)


def test_a_block_of_one_category_is_not_its_own_parent(tmp_path: Path) -> None:
    reading = _tabular(tmp_path, f'<section id="A11"><desc>One fever (A11)</desc>{_diag("A11")}</section>')
    assert [code.value for code in reading.codes if code.parent == code.value] == []


# Notes and terms


@pytest.mark.parametrize(
    ("tag", "notes", "text", "locator"),
    [
        ("includes", ["red fever", "blue fever"], "Includes: red fever; blue fever", "A11, Includes"),
        ("inclusionTerm", ["red  fever"], "Inclusion terms: red fever", "A11, Inclusion terms"),
        ("excludes1", ["cold (A12.-)", "flu (A13)"], "Excludes1: cold (A12.-); flu (A13)", "A11, Excludes1"),
        ("excludes2", ["cold"], "Excludes2: cold", "A11, Excludes2"),
        ("codeFirst", ["cause, such as:", "cold", "flu"], "Code first: cause, such as: cold; flu", "A11, Code first"),
        ("codeAlso", ["the cause"], "Code also: the cause", "A11, Code also"),
        ("useAdditionalCode", ["code to name it:", "unit (Z1)"], "Use additional code to name it: unit (Z1)", "A11, Use additional code"),
        ("useAdditionalCode", ["drug (Z2)"], "Use additional code: drug (Z2)", "A11, Use additional code"),
        ("sevenChrNote", ["Add a 7th character"], "Add a 7th character", "A11, 7th character"),
        ("notes", ["Tests are made up"], "Tests are made up", "A11, Note"),
    ],
)
def test_a_note_is_written_as_a_coder_reads_it(tmp_path: Path, tag: str, notes: list[str], text: str, locator: str) -> None:
    inner = f"<{tag}>{''.join(f'<note>{note}</note>' for note in notes)}</{tag}>"
    (note,) = _passages(_tabular(tmp_path, FEVERS.format(_diag("A11", inner))), NOTE)
    assert (note.text, note.locator, note.section, note.codes) == (text, locator, tag, ((ICD10CM, "A11"),))


def test_two_lists_of_one_kind_are_one_note(tmp_path: Path) -> None:
    inner = "<excludes1><note>one</note></excludes1><excludes1><note>two</note></excludes1>"
    (note,) = _passages(_tabular(tmp_path, FEVERS.format(_diag("A11", inner))), NOTE)
    assert note.text == "Excludes1: one; two"


def test_blocks_and_chapters_keep_their_notes(tmp_path: Path) -> None:
    body = "<includes><note>all of it</note></includes>" + FEVERS.format(f"<excludes2><note>cold</note></excludes2>{_diag('A11')}")
    assert [(p.locator, p.text) for p in _passages(_tabular(tmp_path, body), NOTE)] == [
        ("Chapter 1, Includes", "Includes: all of it"),
        ("A10-A19, Excludes2", "Excludes2: cold"),
    ]


def test_a_note_at_a_seventh_character_is_kept(tmp_path: Path) -> None:
    inner = INJURY.replace("<sevenChrDef>", "<sevenChrDef><note>One fetus takes the character 0</note>")
    notes = _passages(_tabular(tmp_path, FEVERS.format(_diag("A12", inner))), NOTE)
    assert any("One fetus takes the character 0" in note.text for note in notes)


def test_a_code_is_found_by_its_title_and_its_inclusion_terms_but_not_by_its_seventh_characters(tmp_path: Path) -> None:
    inner = "<inclusionTerm><note>Red fever</note><note>Blue <i>fever</i></note></inclusionTerm>" + INJURY
    terms = _passages(_tabular(tmp_path, FEVERS.format(_diag("A12", inner))), TERM)
    assert [(p.text, p.locator) for p in terms] == [
        ("Test fever", "A12"),
        ("Red fever", "A12, inclusion term"),
        ("Blue fever", "A12, inclusion term"),
    ]
    assert {p.codes for p in terms} == {((ICD10CM, "A12"),)}


# Editions and refusals


@pytest.mark.parametrize(
    ("name", "version", "first_day"),
    [
        ("icd10c-tabular-April-1-2031", "2031", date(2031, 4, 1)),
        ("icd10cm_order_2031_april", None, date(2031, 4, 1)),
        ("icd10cm-tabular-October-1-2030", "2031", date(2030, 10, 1)),
        ("january2031", None, date(2031, 1, 1)),
        ("icd10cm_tabular_2031", None, date(2030, 10, 1)),
        ("icd10cm_tabular_2031", "2032", date(2031, 10, 1)),
        ("mine", "2031", date(2030, 10, 1)),
        ("mine", None, None),
    ],
)
def test_an_edition_begins_in_the_month_it_names_or_in_the_october_before(name: str, version: str | None, first_day: date | None) -> None:
    assert edition_of(name, version) == first_day


def test_two_editions_are_two_sources_of_one_publication(tmp_path: Path) -> None:
    body = FEVERS.format(_diag("A11"))
    older, newer = _tabular(tmp_path, body).source, _tabular(tmp_path, body, "tabular-April-1-2031.xml").source
    assert (older.id, newer.id) == ("icd-10-cm-2030-10", "icd-10-cm-2031-04")
    assert (older.publication, newer.edition) == (newer.publication, "April 2031")


LAUGHS = "".join(f'<!ENTITY {at} "{f"&{before};" * 10}">' for before, at in zip("abcdefghi", "bcdefghij", strict=True))


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        (f'<!ENTITY a "ha">{LAUGHS}', "&j;"),
        ('<!ENTITY a "ha">', "Test &a; fever"),
        ('<!ENTITY a SYSTEM "file:///etc/hostname">', "Test &a; fever"),
        ('<!ENTITY a SYSTEM "http://127.0.0.1:9/x">', "Test &a; fever"),
        ('<!ENTITY a SYSTEM "file:///etc/hostname">', "Test fever"),
    ],
    ids=["billion laughs", "one entity", "a file", "an address", "unused"],
)
def test_a_list_that_declares_entities_is_refused(tmp_path: Path, declared: str, title: str) -> None:
    with pytest.raises(CorpusError):
        _tabular(tmp_path, FEVERS.format(_diag("A11", title=title)), front=f"<!DOCTYPE ICD10CM.tabular [{declared}]>")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<ICD10CM.tabular><chapter>", "damaged"),
        ("<ICD10CM.tabular><chapter></ICD10CM.tabular>", "damaged"),
        ("", "damaged"),
        ("<ICD10CM.tabular/>", "without a single code"),
        ("<ICD10CM.tabular>" + "<diag>" * 3000, "damaged"),
    ],
    ids=["cut off", "crossed tags", "empty", "no codes", "too deep"],
)
def test_a_damaged_list_is_refused_with_its_cause(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "made_up.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=reason) as refused:
        read_tabular(path)
    assert "\n" not in str(refused.value)


# The order file


def _line(number: int, bare: str, flag: int, title: str) -> str:
    return f"{number:05} {bare:<7} {flag} {title[:60]:<60} {title}\n"


def _order(*rows: tuple[str, int], name: str = "icd10cm_order_2031_april.txt") -> Reading:
    return read_order(Path(name), "".join(_line(at, bare, flag, f"Made-up title of {bare}") for at, (bare, flag) in enumerate(rows, 1)))


def test_the_order_file_gives_every_code_its_flag_and_its_parent() -> None:
    reading = _order(("A11", 0), ("A110", 1), ("A12", 0), ("A121", 0), ("A121XXA", 1), ("A122X1", 0), ("A122X1D", 1), ("A13", 1))
    assert [(code.value, code.parent, code.billable) for code in reading.codes] == [
        ("A11", None, False),
        ("A11.0", "A11", True),
        ("A12", None, False),
        ("A12.1", "A12", False),
        ("A12.1XXA", "A12.1", True),
        ("A12.2X1", "A12.2X", False),
        ("A12.2X1D", "A12.2X1", True),
        ("A13", None, True),
    ]


def test_the_order_file_is_an_edition_of_its_own() -> None:
    source = _order(("A11", 1)).source
    assert (source.id, source.effective, source.publication) == ("icd-10-cm-order-2031-04", date(2031, 4, 1), "ICD-10-CM order file")


def test_the_order_file_brings_codes_and_no_second_set_of_titles_to_search() -> None:
    reading = _order(("A12", 0), ("A1212", 0), ("A12121", 0), ("A12121A", 1))
    assert ([code.value for code in reading.codes], reading.documents) == (["A12", "A12.12", "A12.121", "A12.121A"], ())


_bare = st.from_regex(r"[A-TV-Z][0-9][0-9AB][0-9A-Z]{0,4}", fullmatch=True)
_titles = st.lists(st.text("abcdefghé(),[]", min_size=1, max_size=12), min_size=1, max_size=20).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(_bare, st.integers(0, 1), _titles), min_size=1, max_size=8))
def test_every_line_in_the_layout_is_a_code(rows: list[tuple[str, int, str]]) -> None:
    reading = read_order(Path("order.txt"), "".join(_line(at, *row) for at, row in enumerate(rows, 1)))
    assert [(code.value, code.billable, code.title) for code in reading.codes] == [
        (dotted(bare), flag == 1, title) for bare, flag, title in rows
    ]
    assert reading.remarks == ()


@pytest.mark.parametrize(
    "line",
    ["A110    1 no number", "00002 A1       1 too short a code", "00002 A110    2 " + "x" * 70, "00002 A110    1 no long title", "total 1"],
)
def test_a_line_out_of_the_layout_is_left_out_with_a_remark(line: str) -> None:
    reading = read_order(Path("order.txt"), _line(1, "A11", 1, "Test fever") + "\n" + line + "\n")
    assert ([code.value for code in reading.codes], reading.remarks) == (["A11"], ("line 3 is not in the layout of the order file",))


def test_an_order_file_without_a_code_is_refused() -> None:
    with pytest.raises(CorpusError, match="no line in the layout"):
        read_order(Path("order.txt"), "words\n")


# The real lists


@pytest.fixture(scope="module")
def tabular() -> Reading:
    return read_tabular(embedded_icd10cm())


@pytest.fixture(scope="module")
def order() -> Reading:
    return read(tables.need("icd10cm/april-1-2025-code-descriptions-tabular-order.zip"))


@cache
def _chapters() -> list[ET.Element]:
    return list(ET.parse(embedded_icd10cm()).getroot().iter("chapter"))


def _folded(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def test_the_embedded_list_is_the_april_2026_edition(tabular: Reading) -> None:
    assert (tabular.source.id, tabular.source.effective, tabular.remarks) == ("icd-10-cm-2026-04", date(2026, 4, 1), ())


def test_the_tabular_list_holds_the_codes_another_reader_finds(tabular: Reading) -> None:
    import simple_icd_10_cm

    chapters = {f"Chapter {number}" for number in range(1, 23)}
    theirs = set(simple_icd_10_cm.get_all_codes(True))
    assert set(_codes(tabular)) - chapters == theirs - {str(number) for number in range(1, 23)}
    assert len(theirs) == 98_466
    assert tables.icd10cm() <= set(_codes(tabular))


def test_a_code_is_billable_where_another_reader_finds_nothing_below_it(tabular: Reading) -> None:
    import simple_icd_10_cm

    blocks = {section.get("id") for chapter in _chapters() for section in chapter.iter("section")}
    codes = [code for value, code in _codes(tabular).items() if value not in blocks and not value.startswith("Chapter")]
    assert len(codes) > 98_000
    assert [code.value for code in codes if code.billable != simple_icd_10_cm.is_leaf(code.value)] == []


def test_the_tabular_list_names_each_code_once(tabular: Reading) -> None:
    assert [value for value, times in Counter(code.value for code in tabular.codes).items() if times > 1] == []


def test_every_walk_up_the_tabular_list_ends_at_a_chapter(tabular: Reading) -> None:
    parents = {code.value: code.parent for code in tabular.codes}

    def top(value: str) -> str:
        for _ in range(12):
            if (above := parents[value]) is None:
                break
            value = above
        return value

    assert [value for value in parents if not top(value).startswith("Chapter ")] == []


def test_every_kind_of_note_is_read_wherever_it_stands(tabular: Reading) -> None:
    nodes = [node for chapter in _chapters() for node in chapter.iter() if node.tag in ("chapter", "section", "diag")]
    there = Counter(tag for node in nodes for tag in NOTES if node.find(tag) is not None)
    assert Counter(p.section for p in _passages(tabular, NOTE)) == there
    assert there["excludes1"] == 2644


def test_no_note_of_the_tabular_list_is_lost(tabular: Reading) -> None:
    kept: dict[str, str] = {}
    for p in _passages(tabular, NOTE):
        kept[p.codes[0][1]] = kept.get(p.codes[0][1], "") + "\n" + p.text
    nodes = [node for chapter in _chapters() for node in chapter.iter("diag")]
    notes = [(node.findtext("name", ""), " ".join("".join(note.itertext()).split())) for node in nodes for note in node.findall("*/note")]
    assert len(notes) > 24_000
    assert [value for value, note in notes if note not in kept.get(value, "")] == []


@pytest.mark.parametrize(
    ("value", "tags"),
    [("J44", {"includes", "excludes2", "codeAlso"}), ("E11", {"includes", "useAdditionalCode", "excludes1"})],
)
def test_the_notes_at_a_code_are_those_of_the_list(tabular: Reading, value: str, tags: set[str]) -> None:
    assert {p.section for p in _passages(tabular, NOTE) if p.codes == ((ICD10CM, value),)} == tags


def test_the_order_file_is_read_whole(order: Reading) -> None:
    assert (order.source.id, len(order.codes), order.remarks) == ("icd-10-cm-order-2025-04", 97_584, ())
    assert sum(code.billable is True for code in order.codes) == 74_260
    assert len(_codes(order)) == 97_584


def test_every_parent_in_the_order_file_is_in_it(order: Reading) -> None:
    codes = _codes(order)
    assert [value for value, code in codes.items() if code.parent and code.parent not in codes] == []
    assert all((code.parent is None) == (len(value) == 3) for value, code in codes.items())


def test_two_editions_agree_up_to_accents_and_a_year_s_revisions(tabular: Reading, order: Reading) -> None:
    newer, older = _codes(tabular), _codes(order)
    shared = older.keys() & newer.keys()
    assert len(shared) == 97_572
    titles = [(older[value].title, newer[value].title) for value in shared if older[value].title != newer[value].title]
    assert sum(_folded(before) != _folded(after) for before, after in titles) == 45
    assert sum(older[value].parent != newer[value].parent for value in shared if older[value].parent) == 0


def test_a_code_loses_its_flag_only_to_new_codes_below_it(tabular: Reading, order: Reading) -> None:
    newer, older = _codes(tabular), _codes(order)
    shared = older.keys() & newer.keys()
    divided = {code.parent for value, code in newer.items() if value not in older}
    assert [value for value in shared if older[value].billable and not newer[value].billable and value not in divided] == []
    assert [value for value in shared if newer[value].billable and not older[value].billable] == []
