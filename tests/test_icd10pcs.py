"""ICD-10-PCS: codes in three layouts, the index, the guidelines and root operations, made up and real."""

import csv
import gzip
import io
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import need

from corpus.catalog import Catalog
from corpus.codes import ICD10PCS
from corpus.ingest import add, read
from corpus.model import PROSE, TERM, CorpusError, Entry, Passage, Reading
from corpus.readers.icd10pcsbook import PROCEDURE, index_code

CODES = ("code", "billable", "short_name", "long_name")
INDEX = ("term", "content")
GUIDELINES = ("section", "type", "idx", "content")
OPERATIONS = ("section", "code", "value", "definition", "explanation", "examples")


def _csv(folder: Path, name: str, *rows: tuple[str, ...], encoding: str = "utf-8") -> Path:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    path = folder / name
    path.write_text(out.getvalue(), encoding=encoding, newline="")
    return path


def _text(folder: Path, name: str, text: str) -> Reading:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read(path)


def _passages(reading: Reading) -> list[Passage]:
    return [passage for document in reading.documents for passage in document.passages]


# Codes


def test_a_code_is_found_by_its_long_title(tmp_path: Path) -> None:
    reading = read(_csv(tmp_path, "icd10pcs_codes.csv", CODES, ("0AA10ZZ", "1", "Test Toe, Open", "Testing of Toe,\nOpen &amp; Wide")))
    (code,) = reading.codes
    assert (code.system, code.value, code.title, code.billable) == (ICD10PCS, "0AA10ZZ", "Testing of Toe, Open & Wide", True)
    assert code.attributes == (("short", "Test Toe, Open"),)
    (passage,) = _passages(reading)
    assert (passage.kind, passage.text, passage.locator, passage.codes) == (TERM, code.title, "0AA10ZZ", ((ICD10PCS, "0AA10ZZ"),))
    assert "--effective" in reading.hints[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_headings_may_be_called_otherwise(tmp_path: Path, encoding: str) -> None:
    header = ("ICD-10-PCS Code", "Long Description")
    reading = read(_csv(tmp_path, "pcs_2031.csv", header, ("0AA10ZZ", "Testing of Ménière’s Toe"), encoding=encoding))
    assert (reading.codes[0].title, reading.codes[0].billable) == ("Testing of Ménière’s Toe", None)
    assert (reading.source.edition, reading.source.effective) == ("FY 2031", date(2030, 10, 1))


@pytest.mark.parametrize(
    ("row", "remark"),
    [
        (("0AA1OZZ", "1", "", "Letter O"), "row 2, code: '0AA1OZZ' is not an ICD-10-PCS code"),
        (("EAA10ZZ", "1", "", "No section E"), "row 2, code: 'EAA10ZZ' is not an ICD-10-PCS code"),
        (("0AA10ZZ", "1", "", ""), "row 2, long_name: 0AA10ZZ has no title"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_and_the_rest_stands(tmp_path: Path, row: tuple[str, ...], remark: str) -> None:
    reading = read(_csv(tmp_path, "pcs.csv", CODES, row, ("0AA20ZZ", "1", "", "Testing")))
    assert ([code.value for code in reading.codes], reading.remarks) == (["0AA20ZZ"], (remark,))


def test_a_code_with_two_titles_keeps_the_first(tmp_path: Path) -> None:
    rows = (("0AA20ZZ", "1", "", "Testing"), ("0AA20ZZ", "1", "", "Testing"), ("0AA20ZZ", "1", "", "Other"))
    reading = read(_csv(tmp_path, "pcs.csv", CODES, *rows))
    assert [code.title for code in reading.codes] == ["Testing"]
    assert reading.remarks == ("row 4, code: 0AA20ZZ stands twice, with different titles; the first is kept",)


def test_a_list_without_a_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="without a code"):
        read(_csv(tmp_path, "pcs.csv", CODES, ("1", "1", "", "Testing")))


ORDER = f"00001 0AA     0 {'Testing of Toes':60} Testing of Toes\n00002 0AA10ZZ 1 {'Test Toe':60} Testing of Toe, Open\n"


def test_the_order_file_has_tables_above_codes(tmp_path: Path) -> None:
    reading = _text(tmp_path, "icd10pcs_order_2031.txt", ORDER + "nonsense\n")
    assert [(code.value, code.billable, code.parent) for code in reading.codes] == [("0AA", False, None), ("0AA10ZZ", True, "0AA")]
    assert [passage.text for passage in _passages(reading)] == ["Testing of Toe, Open"]
    assert reading.remarks == ("row 3, line: it is not in the layout of the order file",)
    assert reading.source.kind == "ICD-10-PCS order file"


def test_the_order_files_of_the_two_systems_are_told_apart(tmp_path: Path) -> None:
    diagnoses = f"00001 B00     0 {'Test fever':60} Test fever\n"
    assert _text(tmp_path, "order.txt", diagnoses).source.kind == "ICD-10-CM order file"
    assert _text(tmp_path, "order2.txt", ORDER).source.kind == "ICD-10-PCS order file"


def test_the_list_of_codes_is_read_where_it_is_called_so(tmp_path: Path) -> None:
    lines = "0AA10ZZ Testing of Toe\n0AA20ZZ Testing of Toes\n0AA30ZZ Testing of Noses\n0AA4"
    reading = _text(tmp_path, "icd10pcs_codes_2031.txt", lines)
    assert ([code.value for code in reading.codes], len(reading.remarks)) == (["0AA10ZZ", "0AA20ZZ", "0AA30ZZ"], 1)
    assert _text(tmp_path, "numbers.txt", lines).source.kind != "ICD-10-PCS codes"


ROW = st.tuples(st.sampled_from(["0AA10ZZ", "XAA20ZZ", "bad"]), st.just("1"), st.just(""), st.sampled_from(["One", "Two", ""]))


@given(rows=st.lists(ROW, min_size=1, max_size=15))
@settings(max_examples=50, deadline=None)
def test_no_row_is_lost_or_told_twice(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]) -> None:
    path = _csv(tmp_path_factory.mktemp("pcs"), "pcs.csv", CODES, ("0BB10ZZ", "1", "", "Kept"), *rows)
    reading = read(path)
    again = [row for at, row in enumerate(rows) if row[0] != "bad" and row[3] and row in rows[:at]]
    titles = {code.value: code.title for code in reading.codes}
    told_again = sum(titles[row[0]] == row[3] for row in again)
    assert len(reading.codes) + len(reading.remarks) + told_again == len(rows) + 1


# The index


def _index(folder: Path, *rows: tuple[str, str]) -> Reading:
    return read(_csv(folder, "pcs_index.csv", INDEX, *rows))


def test_a_line_of_the_index_is_an_entry_and_a_passage(tmp_path: Path) -> None:
    reading = _index(tmp_path, ("Toeplasty ", "see Repair, Toes **0YQ**\nsee Supplement, Toes **0YU**"))
    assert reading.entries[0] == Entry(
        PROCEDURE, "toeplasty", "Repair, Toes", (("term", "Toeplasty"), ("see", "Repair, Toes"), ("code begins", "0YQ"))
    )
    assert [(p.text, p.locator, p.codes[0][1]) for p in _passages(reading)] == [
        ("Toeplasty, see Repair, Toes", "ICD-10-PCS Index, Toeplasty", "0YQ"),
        ("Toeplasty, see Supplement, Toes", "ICD-10-PCS Index, Toeplasty", "0YU"),
    ]


def test_tabs_say_what_stands_below_what_even_over_a_page(tmp_path: Path) -> None:
    reading = _index(
        tmp_path,
        ("Testing", "Toe\n\tBig\n\t\tLeft **0AA1**\n\tSmall **0AA10ZZ**\nNose see Sniffing"),
        ("Testing", "(continued)\nToe (continued)\n\tBig (continued)\n\t\tRight **0AA2**"),
    )
    assert [entry.code for entry in reading.entries] == [
        "testing, toe, big, left",
        "testing, toe, small",
        "testing, nose",
        "testing, toe, big, right",
    ]
    assert dict(reading.entries[1].cells)["code"] == "0AA10ZZ"
    assert ("see", "Sniffing") in reading.entries[2].cells
    assert index_code("Testing,  Toe, Small") == reading.entries[1].code


def test_a_body_part_to_use_is_an_entry_without_a_passage(tmp_path: Path) -> None:
    reading = _index(tmp_path, ("Toe bone", "use Foot Bone, Left\nuse Foot Bone, Right"))
    assert [entry.part for entry in reading.entries] == ["Foot Bone, Left", "Foot Bone, Right"]
    assert _passages(reading) == []


def test_a_row_with_nothing_beside_its_term_is_refused(tmp_path: Path) -> None:
    reading = read(_csv(tmp_path, "pcs_index.csv", INDEX, ("Toe", ""), ("", "use Foot"), ("Big toe", "use Foot"), ("Big toe", "use Foot")))
    assert (len(reading.entries), len(reading.remarks)) == (1, 2)


def test_a_very_long_row_is_read_at_once(tmp_path: Path) -> None:
    begun = perf_counter()
    _index(tmp_path, ("Toe", "see X " * 10_000), ("Nose", "\t" * 60_000), ("Ear", "use Foot **0AA**"))
    assert perf_counter() - begun < 2


# Prose


def test_a_guideline_is_prose_with_its_number(tmp_path: Path) -> None:
    content = "**Toes**\nCount toes that\nare there.\nExample: Ten toes are\ncounted."
    reading = read(
        _csv(tmp_path, "pcs_guidelines.csv", GUIDELINES, ("Body Part", "Fingers", "B9.1a", content), ("Body Part", "", "B9.2", ""))
    )
    (passage,) = _passages(reading)
    assert (passage.kind, passage.locator, passage.section) == (PROSE, "ICD-10-PCS Guideline B9.1a", "Body Part › Fingers")
    assert passage.text == "Toes\nCount toes that are there.\nExample: Ten toes are counted."
    assert reading.remarks == ("row 3, content: it is empty",)


def test_a_root_operation_is_prose_with_its_section(tmp_path: Path) -> None:
    row = ("1", "Z", "Testing", "Trying out a body part", "", "Toe test")
    (passage,) = _passages(read(_csv(tmp_path, "pcs_root_operation.csv", OPERATIONS, row)))
    assert passage.text == "Testing: Trying out a body part.\nExamples: Toe test."
    assert passage.locator == "ICD-10-PCS root operation Testing, Obstetrics"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="definition"):
        read(_csv(tmp_path, "pcs_root.csv", ("section", "code", "value", "explanation"), ("1", "Z", "Testing", "x")))


# The real ones


def test_the_real_codes_are_read_whole_and_fast(tmp_path: Path) -> None:
    path = need("icd10pcs/icd10pcs_codes.csv.gz")
    catalog = Catalog(tmp_path / "catalog.sqlite")
    begun = perf_counter()
    outcome = add(catalog, path)
    assert perf_counter() - begun < 20  # 4 seconds on an idle machine
    assert (outcome.codes, outcome.passages, outcome.remarks) == (68_367, 68_367, ())
    with gzip.open(path, "rt", newline="") as file:
        row = next(csv.DictReader(file))
    assert catalog.codes(ICD10PCS, row["code"])[0].code.title == row["long_name"]


def test_the_real_index_leads_every_row_somewhere() -> None:
    path = need("icd10pcs/pcs_index.csv")
    reading = read(path)
    with path.open(encoding="utf-8", newline="") as file:
        content = "\n".join(row["content"] for row in csv.DictReader(file))
    assert reading.remarks == ()
    assert {code for passage in _passages(reading) for _, code in passage.codes} == set(content.split("**")[1::2])


@pytest.mark.parametrize(("name", "rows"), [("pcs_guidelines", 60), ("pcs_root_operation", 43)])
def test_the_real_prose_is_read_whole(name: str, rows: int) -> None:
    reading = read(need(f"icd10pcs/{name}.csv"))
    assert len({passage.locator for passage in _passages(reading)}) == rows
    assert reading.remarks == ()
