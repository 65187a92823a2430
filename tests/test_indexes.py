"""The indexes of ICD-10-CM: small ones in the layout of NCHS, hostile ones, and the whole of the real ones."""

from collections import Counter
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import icd10cm, need

from corpus.catalog import Catalog
from corpus.codes import ICD10CM
from corpus.ingest import add, read
from corpus.model import TERM, CorpusError, Entry, Passage, Reading, UnknownLayout
from corpus.readers.indexes import DRUG, EXTERNAL_CAUSE, INDEX, NEOPLASM, entry_code, read_index

DRUG_HEADS = ("Substance", "Poisoning Accidental (unintentional)", "Poisoning Assault", "Adverse effect")
SITE_HEADS = ("Neoplasm", "Malignant Primary", "Malignant Secondary", "Benign")
CAUSES = "ICD-10-CM EXTERNAL CAUSE of INJURIES INDEX"


def _index(body: str, heads: tuple[str, ...] = (), title: str = "", front: str = "") -> str:
    columns = "".join(f'<head col="{at}">{head}</head>' for at, head in enumerate(heads, 1))
    top = f"<indexHeading>{columns}</indexHeading>" if heads else f"<title>{title}</title>"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{front}\n<ICD10CM.index><version>2031</version>{top}'
        f"<letter><title>A</title>{body}</letter></ICD10CM.index>"
    )


def _read(folder: Path, text: str, name: str = "index.xml") -> Reading:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_index(path)


def _term(title: str, inner: str = "", level: int = 0) -> str:
    tag = f'term level="{level}"' if level else "mainTerm"
    return f"<{tag}><title>{title}</title>{inner}</{tag.split()[0]}>"


def _cells(*codes: str) -> str:
    return "".join(f'<cell col="{at}">{code}</cell>' for at, code in enumerate(codes, 2))


def _passages(reading: Reading) -> list[Passage]:
    return [passage for document in reading.documents for passage in document.passages]


def _entry(reading: Reading, code: str) -> Entry:
    (found,) = (entry for entry in reading.entries if entry.code == code)
    return found


# The Table of Drugs


def test_a_substance_is_one_passage_and_an_entry_of_all_its_columns(tmp_path: Path) -> None:
    reading = _read(tmp_path, _index(_term("Testamol", _cells("T99.0X1", "T99.0X3", "T99.0X5")), DRUG_HEADS))
    (passage,) = _passages(reading)
    assert (passage.kind, passage.text, passage.locator) == (TERM, "Testamol", "Table of Drugs, Testamol")
    assert passage.codes == ((ICD10CM, "T99.0X1"),)
    assert reading.entries == [
        Entry(
            DRUG,
            "testamol",
            "",
            (
                ("substance", "Testamol"),
                ("Poisoning Accidental (unintentional)", "T99.0X1"),
                ("Poisoning Assault", "T99.0X3"),
                ("Adverse effect", "T99.0X5"),
            ),
        )
    ]


def test_a_column_of_dashes_holds_no_code(tmp_path: Path) -> None:
    reading = _read(tmp_path, _index(_term("Testine", _cells("T99.1X1", "T99.1X3", "--")), DRUG_HEADS))
    assert "Adverse effect" not in dict(reading.entries[0].cells)


def test_spellings_of_one_substance_all_stay(tmp_path: Path) -> None:
    body = _term("Testamol, testamole", _cells("T99.0X1") + _term("salt", _cells("T99.0X1"), 1))
    assert [passage.text for passage in _passages(_read(tmp_path, _index(body, DRUG_HEADS)))] == [
        "Testamol, testamole",
        "Testamol, testamole, salt",
    ]


def test_modifiers_tell_rows_of_one_name_apart(tmp_path: Path) -> None:
    body = _term("Testine", _cells("T99.1X1")) + _term("Testine<nemod>(crude)</nemod>", _cells("T99.2X1"))
    reading = _read(tmp_path, _index(body, DRUG_HEADS))
    assert [(entry.code, entry.part) for entry in reading.entries] == [("testine", ""), ("testine", "(crude)")]


# The Table of Neoplasms


def test_a_site_is_named_by_its_path_and_leads_to_its_first_filled_column(tmp_path: Path) -> None:
    gland = _term("gland", _cells("-", "C99.1-", "D99.1"), 2)
    body = _term("Neoplasm, neoplastic", _cells("C99.0", "C99.9", "D99.9") + _term("toe, toed", _cells("C99.2", "-", "-") + gland, 1))
    reading = _read(tmp_path, _index(body, SITE_HEADS))
    assert [(passage.text, passage.locator, passage.codes[0][1]) for passage in _passages(reading)] == [
        ("Neoplasm, neoplastic", "Table of Neoplasms, Neoplasm", "C99.0"),
        ("Neoplasm, toe, toed", "Table of Neoplasms, Neoplasm, toe", "C99.2"),
        ("Neoplasm, toe, gland", "Table of Neoplasms, Neoplasm, toe, gland", "C99.1"),
    ]
    assert _passages(reading)[-1].section.endswith("Malignant Secondary")
    assert dict(_entry(reading, "neoplasm, toe, gland").cells)["Malignant Secondary"] == "C99.1-"


def test_a_site_without_any_code_is_an_entry_and_no_passage(tmp_path: Path) -> None:
    body = _term("Neoplasm", _term("elbow", "<see>Neoplasm, arm</see>" + _cells("-", "-", "-"), 1))
    reading = _read(tmp_path, _index(body, SITE_HEADS))
    assert _passages(reading) == []
    assert _entry(reading, "neoplasm, elbow").cells == (("neoplasm", "Neoplasm, elbow"), ("see", "Neoplasm, arm"))


def test_a_note_in_the_place_of_a_term_belongs_to_the_term_above(tmp_path: Path) -> None:
    body = _term("Neoplasm", _term("toe NEC", _cells("C99.2") + _term("Note: Made up <nemod>(twice)</nemod>", "", 2), 1))
    reading = _read(tmp_path, _index(body, SITE_HEADS))
    assert reading.entries[-1] == Entry(NEOPLASM, "neoplasm, toe", "note", (("note", "Made up (twice)"),))


def test_a_cross_reference_finds_its_entry(tmp_path: Path) -> None:
    body = _term("Neoplasm, neoplastic", _term("skin NOS", _term("toe, toed", _cells("C99.2"), 2), 1))
    assert entry_code("Neoplasm, skin, toe") in {entry.code for entry in _read(tmp_path, _index(body, SITE_HEADS)).entries}


# The indexes of words


def test_a_path_of_titles_leads_to_a_code_without_its_modifiers(tmp_path: Path) -> None:
    inner = _term("boat, boating", _term("striking <nemod>(a)</nemod> swimmer", "<code>V99.1-</code>", 2), 1)
    reading = _read(tmp_path, _index(_term("Mishap<nemod>(to)</nemod>", inner), title=CAUSES))
    (passage,) = _passages(reading)
    assert passage.text == "Mishap, boat, striking swimmer"
    assert passage.section == "Mishap (to), boat, boating, striking (a) swimmer"
    assert passage.codes == ((ICD10CM, "V99.1"),)
    assert passage.locator == "External Cause Index, Mishap, boat, striking swimmer"


@pytest.mark.parametrize(
    ("inner", "cell"),
    [
        ("<see>Fall, from bed</see>", ("see", "Fall, from bed")),
        ("<seeAlso>Fall</seeAlso><code>W99</code>", ("see also", "Fall")),
        ("<seecat>W99</seecat>", ("see category", "W99")),
        ("<subcat>W99.0</subcat>", ("subcategory", "W99.0")),
        ("<code>W99.0</code><manif>G99.2</manif>", ("manifestation code", "G99.2")),
        ("<code>W99.0</code><manif>of the toe</manif>", ("in brackets", "of the toe")),
    ],
)
def test_pointers_are_cells(tmp_path: Path, inner: str, cell: tuple[str, str]) -> None:
    assert cell in _entry(_read(tmp_path, _index(_term("Tumble", inner), title=CAUSES)), "tumble").cells


def test_a_code_that_a_misprint_moved_into_the_title_is_read(tmp_path: Path) -> None:
    reading = _read(tmp_path, _index(_term("Activity", _term("chopping Y99.L1", "", 1)), title=CAUSES))
    assert [(passage.text, passage.codes[0][1]) for passage in _passages(reading)] == [("Activity, chopping", "Y99.L1")]


@pytest.mark.parametrize(
    ("heads", "title", "system", "publication"),
    [
        (DRUG_HEADS, "", DRUG, "ICD-10-CM Table of Drugs and Chemicals"),
        (SITE_HEADS, "", NEOPLASM, "ICD-10-CM Table of Neoplasms"),
        ((), CAUSES, EXTERNAL_CAUSE, "ICD-10-CM External Cause of Injuries Index"),
        ((), "ICD-10-CM INDEX TO DISEASES and INJURIES", INDEX, "ICD-10-CM Index to Diseases and Injuries"),
    ],
)
def test_each_index_is_a_publication_of_its_own(tmp_path: Path, heads: tuple[str, ...], title: str, system: str, publication: str) -> None:
    reading = _read(tmp_path, _index(_term("Test", "<code>A01</code>"), heads, title), "any_name_April-1-2031.xml")
    assert (reading.source.publication, reading.entries[0].system) == (publication, system)
    assert (reading.source.effective, reading.source.edition) == (date(2031, 4, 1), "April 2031")


def test_without_a_date_in_its_name_an_index_holds_from_the_october_before_its_version(tmp_path: Path) -> None:
    assert _read(tmp_path, _index(_term("Test", "<code>A01</code>"), title=CAUSES)).source.effective == date(2030, 10, 1)


# Bad input


def test_a_term_with_a_cell_that_is_no_code_is_refused_and_the_rest_stands(tmp_path: Path) -> None:
    body = _term("Bad", _cells("T99.0X1", "see page 3") + "\n" + _term("good", _cells("T99.1X1"), 1))
    reading = _read(tmp_path, _index(body, DRUG_HEADS))
    assert reading.remarks == ("row 2, Poisoning Assault: 'see page 3' is not an ICD-10-CM code",)
    assert [entry.code for entry in reading.entries] == ["bad, good"]


def test_a_term_without_a_title_is_refused(tmp_path: Path) -> None:
    reading = _read(tmp_path, _index("<mainTerm><code>A01</code></mainTerm>" + _term("Test", "<code>A01</code>"), title=CAUSES))
    assert len(reading.entries) == len(reading.remarks) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (_index(_term("A", "<code>A01</code>"), title=CAUSES)[:-20], "the XML is damaged"),
        (_index("&e;", title=CAUSES, front='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'), "declares a document type"),
        (_index("", title=CAUSES), "without a single term"),
    ],
)
def test_a_damaged_index_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(CorpusError, match=why):
        _read(tmp_path, text)


def test_an_index_of_another_kind_is_not_known(tmp_path: Path) -> None:
    with pytest.raises(UnknownLayout, match="INDEX OF TESTS"):
        _read(tmp_path, _index(_term("A", "<code>A01</code>"), title="INDEX OF TESTS"))


def test_a_long_title_with_entities_and_line_breaks_is_one_line(tmp_path: Path) -> None:
    reading = _read(tmp_path, _index(_term("Cat &amp;\n dog " + "x " * 30_000, "<code>A01</code>"), title=CAUSES))
    assert _passages(reading)[0].text.startswith("Cat & dog x x")
    assert len(_passages(reading)[0].text) > 60_000


WORDS = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=12)
CODE = st.sampled_from(["A01", "A01.1", "A01.2-", "no code", ""])


@given(rows=st.lists(st.tuples(WORDS, CODE, st.lists(st.tuples(WORDS, CODE), max_size=3)), max_size=8))
@settings(max_examples=50, deadline=None)
def test_no_term_is_lost_or_told_twice(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, list[tuple[str, str]]]]
) -> None:
    body = _term("Kept", "<code>A01</code>")
    for word, code, below in rows:
        inner = "".join(_term(escape(title), f"<code>{held}</code>", 1) for title, held in below)
        body += _term(escape(word), f"<code>{code}</code>{inner}")
    reading = _read(tmp_path_factory.mktemp("index"), _index(body, title=CAUSES))
    terms = 1 + sum(1 + len(below) for *_, below in rows)
    more = sum(int(remark.split()[0]) - 1 for remark in reading.remarks if remark.endswith("more rows that could not be read"))
    assert len(reading.entries) + len(reading.remarks) + more == terms


# The real ones


@pytest.mark.parametrize(("name", "terms", "passages"), [("drug", 7430, 7204), ("eindex", 8090, 6684), ("neoplasm", 1940, 1822)])
def test_a_real_index_is_read_whole(name: str, terms: int, passages: int) -> None:
    reading = read(need(f"icd10cm/icd10cm-{name}-April-1-2026.xml"))
    assert (len(reading.entries), len(_passages(reading)), reading.remarks) == (terms, passages, ())
    assert reading.source.effective == date(2026, 4, 1)
    assert {passage.codes[0][1] for passage in _passages(reading)} <= icd10cm()


def test_most_cross_references_of_the_real_table_of_neoplasms_find_their_entry() -> None:
    entries = read(need("icd10cm/icd10cm-neoplasm-April-1-2026.xml")).entries
    known = {entry.code for entry in entries}
    found = Counter(entry_code(text) in known for entry in entries for name, text in entry.cells if name.startswith("see"))
    assert found[True] > 150 > found[False]


def test_a_real_substance_is_found_again(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    assert add(catalog, need("icd10cm/icd10cm-drug-April-1-2026.xml")).rows == 7430
    (filed,) = catalog.tables.entries(DRUG, "acetaminophen")
    assert dict(filed.row.cells)["Poisoning Accidental (unintentional)"] == "T39.1X1"
    assert dict(filed.row.cells)["Adverse effect"] == "T39.1X5"
    assert filed.source.edition == "April 2026"
