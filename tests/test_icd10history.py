"""How ICD-10 codes changed: the conversion table and the addenda, made up and real."""

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import need

from corpus.codes import ICD10CM, ICD10PCS
from corpus.ingest import read
from corpus.model import CorpusError, Entry, Reading, UnknownLayout
from corpus.readers.icd10history import previous_codes

TITLE = 'Made-up title of two lines,\n"quoted"'
HEADER = ("Current code assignment", "Effective", "Previous Code(s) Assignment")


def _table(rows: list[tuple[str, ...]], header: tuple[str, ...] = HEADER) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([(TITLE,), ("FY 2031 (October 1, 2030 Update)", "", ""), header, *rows])
    return out.getvalue()


def _conversion(folder: Path, rows: list[tuple[str, ...]], name: str = "conversion.csv", encoding: str = "utf-8") -> Reading:
    path = folder / name
    path.write_text(_table(rows), encoding=encoding, newline="")
    return read(path)


def _addenda(folder: Path, text: str, name: str = "icd10cm_codes_addenda_2031.txt") -> Reading:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read(path)


def _of(reading: Reading, code: str) -> list[Entry]:
    return [entry for entry in reading.entries if entry.code == code]


# The conversion table


def test_a_row_is_found_under_the_current_and_under_the_previous_code(tmp_path: Path) -> None:
    reading = _conversion(tmp_path, [("A01.01", "2029", "A01.0")])
    assert _of(reading, "A01.01") == [
        Entry(ICD10CM, "A01.01", "A01.0", (("current code", "A01.01"), ("effective", "2029-10-01"), ("previous code", "A01.0")))
    ]
    assert _of(reading, "A01.0") == [
        Entry(ICD10CM, "A01.0", "A01.01", (("previous code", "A01.0"), ("effective", "2029-10-01"), ("current code", "A01.01")))
    ]


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("A01.0", ["A01.0"]),
        ("A01.0 and A02.1", ["A01.0", "A02.1"]),
        ("A01.0 AND B99", ["A01.0", "B99"]),
        ("A01.0 & A02.1", ["A01.0", "A02.1"]),
        ("A01.0; A02.1, A03", ["A01.0", "A02.1", "A03"]),
        ("S01.011A, S01.012A", ["S01.011A", "S01.012A"]),
        ("A01.01-A01.06; A01.09", ["A01.01", "A01.06", "A01.09"]),
        ("None", []),
        ("Codes in Categories A15-A19", []),
        ("A01.0 AND Code from categories B36-B50", ["A01.0"]),
        ("A63.- and B91.88", ["B91.88"]),
        ("A31.89 and a code from B11-", ["A31.89"]),
    ],
)
def test_previous_codes_are_told_from_a_cell(cell: str, codes: list[str]) -> None:
    assert previous_codes(cell) == codes


def test_what_was_coded_with_two_codes_stays_as_written(tmp_path: Path) -> None:
    reading = _conversion(tmp_path, [("C01.3 ", "2031", "C01.1 and C01.2")])
    assert [dict(entry.cells)["previous code"] for entry in reading.entries] == ["C01.1 and C01.2"] * 3


@pytest.mark.parametrize(
    ("cell", "first_day"),
    [("2029", "2029-10-01"), ("04/01/30", "2030-04-01"), ("1/1/2031", "2031-01-01")],
)
def test_a_year_means_october_and_a_date_itself(tmp_path: Path, cell: str, first_day: str) -> None:
    assert dict(_conversion(tmp_path, [("A01.01", cell, "A01.0")]).entries[0].cells)["effective"] == first_day


@pytest.mark.parametrize(
    ("row", "remark"),
    [
        (("A01.01", "02/30/2031", "A01.0"), "row 4, Effective: '02/30/2031' is neither a year nor a date"),
        (("A01.01", "", "A01.0"), "row 4, Effective: '' is neither a year nor a date"),
        (("12345", "2031", "A01.0"), "row 4, Current code assignment: '12345' is not an ICD-10-CM code"),
        (("A01.01", "2031", ""), "row 4, Previous Code(s) Assignment: A01.01 has no previous assignment; write None where there was none"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_and_the_rest_stands(tmp_path: Path, row: tuple[str, ...], remark: str) -> None:
    reading = _conversion(tmp_path, [row, ("B01.1", "2031", "None")])
    assert reading.remarks == (remark,)
    assert [entry.code for entry in reading.entries] == ["B01.1"]


def test_blank_and_repeated_rows_do_not_count(tmp_path: Path) -> None:
    reading = _conversion(tmp_path, [("B01.1", "2031", "None"), ("", "", ""), ("B01.1", "2031", "None")])
    assert (len(reading.entries), reading.remarks) == (1, ())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_its_encoding_does_not_matter(tmp_path: Path, encoding: str) -> None:
    assert len(_conversion(tmp_path, [("B01.1", "2031", "None – new")], encoding=encoding).entries) == 1


@pytest.mark.parametrize(
    ("name", "first_day"),
    [("conversion_FY32.csv", date(2031, 10, 1)), ("conversion.csv", date(2030, 10, 1)), ("icd10cm_april_2031.csv", date(2031, 4, 1))],
)
def test_the_edition_is_in_the_name_or_above_the_header(tmp_path: Path, name: str, first_day: date) -> None:
    assert _conversion(tmp_path, [("B01.1", "2031", "None")], name).source.effective == first_day


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "conversion.csv"
    path.write_text(_table([("A01", "2031", "A02")], ("Current code assignment", "Since", "Previous Code(s) Assignment")), newline="")
    with pytest.raises(CorpusError, match="effective"):
        read(path)


ROW = st.tuples(
    st.sampled_from(["A01.01", "A01.02", "B99", "bad"]),
    st.sampled_from(["2029", "04/01/30", "13/13/13"]),
    st.sampled_from(["A01.0", "A01.0 and B98", "None", ""]),
)


@given(rows=st.lists(ROW, min_size=1, max_size=15))
@settings(max_examples=50, deadline=None)
def test_no_row_is_lost_or_told_twice(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]) -> None:
    good = [row for row in rows if row[0] != "bad" and row[1] != "13/13/13" and row[2]]
    folder = tmp_path_factory.mktemp("conversion")
    if not good:
        with pytest.raises(CorpusError, match="no rows that can be read"):
            _conversion(folder, rows)
        return
    reading = _conversion(folder, rows)
    assert sum(dict(entry.cells)["current code"] == entry.code for entry in reading.entries) == len(set(good))
    assert len(reading.remarks) == len(rows) - len(good)


# The addenda

ADDENDA = """Revise from: A0101   Test fevre
Revise to:   A0101   Test fever
Add:         C990    Test growth
Delete:      D1234   Test lump

Codes
  70000 codes in icd10cm_order_2030.txt
      1 additions
      1 deletions
      1 revisions
"""


def test_codes_new_deleted_and_revised(tmp_path: Path) -> None:
    reading = _addenda(tmp_path, ADDENDA)
    since = ("effective", "2030-10-01")
    assert reading.entries == [
        Entry(
            ICD10CM,
            "A01.01",
            "FY 2031",
            (("change", "revised title"), since, ("title before", "Test fevre"), ("title", "Test fever")),
        ),
        Entry(ICD10CM, "C99.0", "FY 2031", (("change", "new code"), since, ("title", "Test growth"))),
        Entry(ICD10CM, "D12.34", "FY 2031", (("change", "deleted code"), since, ("title", "Test lump"))),
    ]
    assert (reading.remarks, reading.source.edition) == ((), "FY 2031")


def test_addenda_of_the_order_file_have_a_number_and_a_flag(tmp_path: Path) -> None:
    line = f"Add:         00123 C990    1 {'Short':60} Test growth"
    assert dict(_addenda(tmp_path, line, "icd10cm_order_addenda_2031.txt").entries[0].cells)["title"] == "Test growth"


def test_addenda_of_procedure_codes(tmp_path: Path) -> None:
    reading = _addenda(tmp_path, "Add:         02583ZF Test procedure", "codes_addenda_2031.txt")
    assert (reading.entries[0].system, reading.entries[0].code) == (ICD10PCS, "02583ZF")


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        (ADDENDA.replace("Add:         C990    Test growth\n", ""), ["its last lines count 1 additions, but 0 could be read"]),
        (ADDENDA.replace("Revise to:   A0101   Test fever\n", ""), ["row 1, Revise from: no revised title of A0101", "count 1 revisions"]),
        (ADDENDA.replace("Revise from: A0101   Test fevre\n", ""), ["row 1, Revise to: no earlier title of A0101", "count 1 revisions"]),
        (ADDENDA.replace("Delete:      D1234", "Delete:      D!"), ["row 4, line: 'Delete:      D!", "count 1 deletions"]),
    ],
)
def test_what_is_missing_is_told(tmp_path: Path, text: str, remarks: list[str]) -> None:
    found = _addenda(tmp_path, text).remarks
    assert len(found) == len(remarks)
    assert all(part in remark for part, remark in zip(remarks, found, strict=True))


def test_without_a_year_in_its_name_the_edition_is_asked_for(tmp_path: Path) -> None:
    assert "--effective" in _addenda(tmp_path, ADDENDA, "addenda.txt").hints[0]


def test_the_list_of_codes_beside_the_order_file_is_left_to_it(tmp_path: Path) -> None:
    with pytest.raises(UnknownLayout, match="order file"):
        _addenda(tmp_path, "A000    Test one\nA001    Test two\nA009    Test three\n", "icd10cm_codes_2031.txt")


@given(actions=st.lists(st.sampled_from(["Add:        ", "Delete:     ", "Revise from:", "Revise to:  "]), max_size=12))
@settings(max_examples=50, deadline=None)
def test_no_line_is_lost_or_told_twice(tmp_path_factory: pytest.TempPathFactory, actions: list[str]) -> None:
    lines = ["Add:         Z99     Kept", *(f"{action} A{at // 2:02}1    Test {at}" for at, action in enumerate(actions))]
    reading = _addenda(tmp_path_factory.mktemp("addenda"), "\n".join(lines))
    told = sum(2 if dict(entry.cells)["change"] == "revised title" else 1 for entry in reading.entries)
    assert told + len(reading.remarks) == len(lines)


# The real ones


def test_the_real_conversion_table_is_read_whole() -> None:
    path = need("icd10cm/icd10cm_conversion_table_FY25.csv")
    reading = read(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[2:]
    assert (len(rows), len([row for row in rows if any(row)])) == (5408, 5405)  # the last three are blank; eight stand twice
    current = [entry for entry in reading.entries if dict(entry.cells)["current code"] == entry.code]
    assert (len(current), reading.remarks, reading.source.edition) == (5397, (), "FY 2025")
    assert {(row[0].strip(), " ".join(row[2].split())) for row in rows if any(row)} == {(entry.code, entry.part) for entry in current}


def test_the_real_addenda_are_read_whole() -> None:
    reading = read(need("icd10cm/icd10cm_codes_addenda_2025.txt"))
    assert Counter(dict(entry.cells)["change"] for entry in reading.entries) == {"new code": 252, "deleted code": 36, "revised title": 13}
    assert (reading.remarks, reading.source.effective) == ((), date(2024, 10, 1))
