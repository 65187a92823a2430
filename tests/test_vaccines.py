"""Vaccine codes: CVX with trade names and CPT codes, CDC's own texts between bars, and no descriptor of the AMA's anywhere."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import cvx, need

from corpus.catalog import Catalog
from corpus.codes import CPT, CVX
from corpus.ingest import add, read
from corpus.model import TERM, Code, CorpusError, Entry, Reading
from corpus.readers.sheets import Layout, Sheet, find, text_rows
from corpus.readers.vaccines import LAYOUTS, VACCINE_TEXTS

HEADER = ("cvx_code", "cvx_short_name", "cvx_full_name", "status", "cpt_codes", "vaccine_groups", "trade_names")
SHOT = ("901", "test fever", "test fever vaccine, live", "Active", "90001;90002", "TEST;OTHER", "Madeupax;MADEUPAX;Feverix")
Cells = Sequence[str]


def _open(rows: Sequence[Cells], name: str = "cvx_2031-01.csv") -> tuple[Layout, Sheet]:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    opened = find(Path(name), text_rows(text.getvalue()), LAYOUTS)
    assert opened
    return opened


def _cvx(*rows: Cells) -> Reading:
    layout, sheet = _open([HEADER, *rows])
    return layout.read(sheet)


def _barred(text: str, name: str = "made_up.txt") -> Reading:
    return next(reader for _, shows, reader in VACCINE_TEXTS if shows(text[:4000], name))(Path(name), text)


def test_a_vaccine_is_a_code_with_its_status_and_groups() -> None:
    reading = _cvx(SHOT)
    assert reading.codes == (Code(CVX, "901", SHOT[2], attributes=(("status", "Active"), ("group", "TEST, OTHER"))),)
    assert (reading.source.id, reading.source.publisher, reading.source.edition) == ("cvx-2031-01", "CDC", "January 2031")


def test_each_name_finds_the_vaccine_and_every_code_that_bills_it() -> None:
    terms = _cvx(SHOT).documents[0].passages
    assert {term.kind for term in terms} == {TERM}
    assert list(dict.fromkeys(term.text for term in terms)) == [SHOT[2], SHOT[1], "Madeupax", "Feverix"]
    assert [(term.locator, term.codes) for term in terms if term.text == "Feverix"] == [
        ("CVX 901", ((CVX, "901"),)),
        ("CVX 901, 90001", ((CPT, "90001"),)),
        ("CVX 901, 90002", ((CPT, "90002"),)),
    ]


def test_the_table_answers_both_ways() -> None:
    forth, back, _ = _cvx((*SHOT[:4], "90001;90002", "", "Feverix")).entries
    assert forth == Entry(CVX, "901", "", (("billed as", "90001, 90002"), ("status", "Active"), ("trade names", "Feverix")))
    about = (("vaccine", SHOT[2]), ("CVX", "901"), ("status", "Active"), ("trade names", "Feverix"))
    assert back == Entry(CPT, "90001", "CVX 901", about)


def test_a_code_that_a_spreadsheet_shortened_gets_its_zero_back() -> None:
    assert _cvx(("3", *SHOT[1:])).codes[0].value == "03"


def test_entities_and_line_breaks_in_names_are_read() -> None:
    reading = _cvx((*SHOT[:2], "test &amp;\nfever", *SHOT[3:6], "A &amp; B;Feverix"))
    assert reading.codes[0].title == "test & fever"
    assert dict(reading.entries[0].cells)["trade names"] == "A & B; Feverix"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("x1", *SHOT[1:]), "row 3, cvx_code: 'x1' is not a CVX code"),
        (("", *SHOT[1:]), "row 3, cvx_code: it has no CVX code"),
        (("902", "", "", *SHOT[3:]), "row 3, cvx_full_name: it has no name"),
        ((*SHOT[:4], "90001;9000", *SHOT[5:]), "row 3, cpt_codes: '90001;9000' is not a CPT or HCPCS code"),
        (("x1", *SHOT[1:4], "9000", *SHOT[5:]), "row 3, cvx_code: 'x1' is not a CVX code"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_and_the_rest_lands(row: Cells, why: str) -> None:
    reading = _cvx(SHOT, row)
    assert ([code.value for code in reading.codes], reading.remarks) == (["901"], (why,))


_cells = st.sampled_from(["", "901", "3", "90001", "90001;J9901", "x", "Active", "Feverix; MADEUPAX"])


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(*[_cells] * 7), max_size=20))
def test_no_row_is_lost_or_counted_twice(rows: list[tuple[str, ...]]) -> None:
    layout, sheet = _open([HEADER, *rows])
    reading = layout.read(sheet)
    assert sum(entry.system == CVX for entry in reading.entries) + sheet.unreadable == sum(any(row) for row in rows)


# CDC's texts

CVX_TEXT = """901       |test fever|test fever vaccine, live|made-up note|Active|False|2031/01/02
902|old fever|old fever vaccine||Inactive|False|2031/01/02
"""
CPT_TEXT = """90001     |WORDS OF THE AMA||test fever|901       ||2031/01/02|17
90002     |WORDS OF THE AMA||shots of old||made-up note|2031/01/02|18
"""
TRADE_TEXT = "Feverix|test fever|901       |Made-up maker|MUM|Active|Inactive|2031/01/02|\n"


def test_the_text_of_vaccines_is_read() -> None:
    reading = _barred(CVX_TEXT, "cvx.txt")
    assert [(code.value, code.title) for code in reading.codes] == [("901", "test fever vaccine, live"), ("902", "old fever vaccine")]
    assert reading.entries[0] == Entry(CVX, "901", "", (("status", "Active"), ("note", "made-up note")))
    assert (reading.source.kind, reading.source.id) == ("CVX", "")
    assert "--effective" in reading.hints[0]


def test_the_text_of_cpt_codes_is_read_without_their_descriptors() -> None:
    reading = _barred(CPT_TEXT, "cpt.txt")
    assert "WORDS" not in repr(reading)
    assert reading.entries == [
        Entry(CPT, "90001", "CVX 901", (("CVX", "901"), ("vaccine", "test fever"))),
        Entry(CVX, "901", "90001", (("billed as", "90001"), ("vaccine", "test fever"))),
        Entry(CPT, "90002", "", (("vaccine", "shots of old"), ("note", "made-up note"))),
    ]
    assert [(term.text, term.locator, term.codes) for term in reading.documents[0].passages] == [
        ("test fever", "CVX 901", ((CVX, "901"),)),
        ("test fever", "CVX 901, 90001", ((CPT, "90001"),)),
        ("shots of old", "90002", ((CPT, "90002"),)),
    ]


def test_the_text_of_trade_names_is_read() -> None:
    cells = (("trade name", "Feverix"), ("vaccine", "test fever"), ("manufacturer", "Made-up maker"), ("status", "Inactive"))
    assert _barred(TRADE_TEXT, "TRADENAME.txt").entries == [Entry(CVX, "901", "Feverix", cells)]


@pytest.mark.parametrize("text", [CVX_TEXT, CPT_TEXT, TRADE_TEXT])
def test_a_line_that_cannot_be_read_is_told_and_the_rest_lands(text: str) -> None:
    whole, cut = _barred(text), _barred(text + "x1|cut off\n")
    assert (cut.codes, cut.entries, len(cut.remarks)) == (whole.codes, whole.entries, 1)
    assert cut.remarks[0].startswith(f"row {text.count(chr(10)) + 1}, column ")


@pytest.mark.parametrize("text", ["Words.", "a|b|c\n1|2|3\n", "90001|words\n", "test fever | 901\n", "|||||||\n"])
def test_other_text_between_bars_is_none_of_these(text: str) -> None:
    assert not [name for name, shows, _ in VACCINE_TEXTS if shows(text, "made_up.txt")]


def test_a_text_without_a_row_that_can_be_read_is_refused() -> None:
    with pytest.raises(CorpusError, match=r"none that can be read .row 1, column 3: it has no name"):
        _barred("901|||note|Active|False|2031/01/02\n")


def test_the_columns_of_the_workbook_of_cpt_codes_are_known() -> None:
    header = ("CPT Code", "CPT Description", "CPT Code Status", "Vaccine Name", "CVX Code", "Comments", "Last Updated")
    layout, sheet = _open([header, ("90001", "WORDS OF THE AMA", "Active", "test fever", "901", "", "1/2/2031")], "cpt_2031.csv")
    reading = layout.read(sheet)
    assert "WORDS" not in repr(reading)
    assert reading.entries[0] == Entry(CPT, "90001", "CVX 901", (("CVX", "901"), ("vaccine", "test fever"), ("status", "Active")))


# The real file


@pytest.fixture(scope="module")
def vaccines() -> Reading:
    return read(need("vaccines/cvx_to_cpt_codes_only_2026-01.csv"))


def test_every_vaccine_lands(tmp_path: Path) -> None:
    outcome = add(Catalog(tmp_path / "catalog.db"), need("vaccines/cvx_to_cpt_codes_only_2026-01.csv"))
    assert (outcome.status, outcome.source_id, outcome.codes, outcome.rows, outcome.remarks) == ("added", "cvx-2026-01", 289, 289 + 171, ())


def test_each_real_row_is_found_again(vaccines: Reading) -> None:
    found = {(entry.system, entry.code, entry.part): dict(entry.cells) for entry in vaccines.entries}
    terms = {(term.text.casefold(), pair) for term in vaccines.documents[0].passages for pair in term.codes}
    for value, row in cvx().items():
        billed = [code for code in row["cpt_codes"].split(";") if code]
        assert found[CVX, value, ""].get("billed as", "") == ", ".join(billed)
        for code in billed:
            assert found[CPT, code, f"CVX {value}"]["status"] == row["status"]
            assert {(" ".join(name.casefold().split()), (CPT, code)) for name in row["trade_names"].split(";") if name} <= terms
