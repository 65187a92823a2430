"""The HCPCS reader: columns by any of their names, dates as CMS writes them, and every code of the real release."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import tables
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.codes import HCPCS, MODIFIER
from corpus.model import TERM, Code, CorpusError, Reading
from corpus.readers.hcpcs import columns, read_hcpcs_csv, read_hcpcs_sheet, sheet_rows

HEADER = ("HCPC", "LONG DESCRIPTION", "SHORT DESCRIPTION", "COV", "ADD DT", "TERM DT", "XREF1")
DRUG = ("J9901", "Injection, madeupumab, 10 mg", "Madeupumab inj", "D", 20200101, None, None)
ENDED = ("J9902", "Injection, formerumab, 5 mg", "Formerumab inj", "C", 20100101, 20191231, "J9901")
Cells = Sequence[object]


def _csv(rows: Sequence[Cells], name: str = "made_up.csv") -> Reading:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return read_hcpcs_csv(Path(name), text.getvalue())


def _sheet(folder: Path, rows: Sequence[Cells], name: str = "made_up.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(folder / name)
    return folder / name


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (HEADER, {"code": 0, "long": 1, "short": 2, "coverage": 3, "added": 4, "ended": 5, "crossed": 6}),
        (("code", "long_description", "short_description", "coverage_code"), {"code": 0, "long": 1, "short": 2, "coverage": 3}),
        (("x", "HCPCS  Code", None, "Short Description", "\nLong\tDescription "), {"code": 1, "short": 3, "long": 4}),
        (("HCPC", "LONG DESCRIPTION"), None),
        (("HCPC", "SHORT DESCRIPTION", "Description"), None),
        (("", None, 4), None),
        ((), None),
    ],
)
def test_columns_are_known_by_any_of_their_names(header: Cells, found: dict[str, int] | None) -> None:
    assert columns(header) == found


def test_a_row_is_a_code_with_its_dates_and_attributes() -> None:
    first, second = _csv([HEADER, DRUG, ENDED]).codes
    assert first == Code(HCPCS, "J9901", DRUG[1], valid_from=date(2020, 1, 1), attributes=(("short", "Madeupumab inj"), ("coverage", "D")))
    assert (second.valid_to, dict(second.attributes)["see"]) == (date(2019, 12, 31), "J9901")


def test_a_workbook_and_its_csv_read_the_same(tmp_path: Path) -> None:
    rows = [HEADER, DRUG, ENDED]
    sheet = read_hcpcs_sheet(_sheet(tmp_path, rows))
    assert (sheet.codes, sheet.documents) == (_csv(rows).codes, _csv(rows).documents)


@pytest.mark.parametrize(
    ("cell", "system", "value"),
    [("J9901", HCPCS, "J9901"), (" j9901 ", HCPCS, "J9901"), ("  LT", MODIFIER, "LT"), ("25", MODIFIER, "25"), ("1P", MODIFIER, "1P")],
)
def test_a_code_has_five_characters_and_a_modifier_two(cell: str, system: str, value: str) -> None:
    (code,) = _csv([HEADER, (cell, "Made-up thing", "Thing")]).codes
    assert (code.system, code.value) == (system, value)


@pytest.mark.parametrize("row", [("90001", "five digits", "x"), ("J99011", "too long", "x"), ("J9901", "", "no long text"), ("J9901",)])
def test_a_row_that_is_no_code_is_left_out_with_a_remark(row: Cells) -> None:
    reading = _csv([HEADER, DRUG, row])
    assert [code.title for code in reading.codes] == [DRUG[1]]
    assert len(reading.remarks) == 1
    assert reading.remarks[0].startswith(f"row 3: '{row[0]}'")


def test_a_remark_counts_rows_as_the_sheet_does(tmp_path: Path) -> None:
    reading = read_hcpcs_sheet(_sheet(tmp_path, [("Made-up release",), ("",), HEADER, DRUG, ("total", "of one", "code")]))
    assert [remark.split(":")[0] for remark in reading.remarks] == ["row 5"]


def test_blank_rows_need_no_remark(tmp_path: Path) -> None:
    reading = read_hcpcs_sheet(_sheet(tmp_path, [HEADER, DRUG, (None,) * 7, ("", " "), ENDED]))
    assert (len(reading.codes), reading.remarks) == (2, ())


@pytest.mark.parametrize("stamp", [20191231, "20191231", "2019-12-31", " 20191231 ", datetime(2019, 12, 31), date(2019, 12, 31)], ids=repr)
def test_an_end_date_is_read_however_the_cell_holds_it(tmp_path: Path, stamp: object) -> None:
    (code,) = read_hcpcs_sheet(_sheet(tmp_path, [HEADER, (*ENDED[:5], stamp, None)])).codes
    assert code.valid_to == date(2019, 12, 31)


@pytest.mark.parametrize("stamp", ["12/31/2019", "31-Dec-19", "99999999", "soon"])
def test_a_row_whose_end_date_cannot_be_read_is_left_out_with_a_remark(stamp: str) -> None:
    reading = _csv([HEADER, DRUG, (*ENDED[:5], stamp, None)])
    assert [code.value for code in reading.codes] == ["J9901"]
    assert [remark[:14] for remark in reading.remarks] == ["row 3: 'J9902'"]


def test_a_release_none_of_whose_dates_can_be_read_is_refused_with_the_row() -> None:
    with pytest.raises(CorpusError, match=r"no codes \(row 2: 'J9902' has a date"):
        _csv([HEADER, (*ENDED[:5], "soon", None)])


def test_an_open_quote_never_swallows_the_rows_after_it() -> None:
    with pytest.raises(CorpusError, match="damaged"):
        read_hcpcs_csv(Path("made_up.csv"), 'HCPC,LONG DESCRIPTION,SHORT DESCRIPTION\nJ9901,"open,x\nJ9902,words,x\n')


@pytest.mark.parametrize(
    ("name", "added", "edition"),
    [
        ("HCPC2031_JAN_ANWEB.xlsx", 20200101, date(2031, 1, 1)),
        ("hcpc2031-oct.csv", 20200101, date(2031, 10, 1)),
        ("hcpcs_2031Q2_apr.csv", 20200101, date(2031, 4, 1)),
        ("mine.csv", 20200815, date(2020, 7, 1)),
        ("mine.csv", 20201231, date(2020, 10, 1)),
        ("mine.csv", None, None),
    ],
)
def test_the_edition_is_the_quarter_of_the_name_or_of_the_latest_code(name: str, added: int | None, edition: date | None) -> None:
    source = _csv([HEADER, (*DRUG[:4], added, None, None)], name).source
    assert (source.effective, source.id) == (edition, f"hcpcs-{edition:%Y-%m}" if edition else "")
    assert source.edition == (f"{edition:%B %Y}" if edition else "undated")


def test_a_code_is_found_by_its_long_and_its_short_text() -> None:
    same = ("J9903", "Same text", "Same text")
    terms = _csv([HEADER, DRUG, same]).documents[0].passages
    assert [(p.kind, p.text, p.codes) for p in terms] == [
        (TERM, DRUG[1], ((HCPCS, "J9901"),)),
        (TERM, DRUG[2], ((HCPCS, "J9901"),)),
        (TERM, "Same text", ((HCPCS, "J9903"),)),
    ]


_texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)


_rows = st.dictionaries(st.from_regex(r"[A-V][0-9]{4}", fullmatch=True), st.lists(_texts, min_size=1, max_size=5).map(" ".join), min_size=1)


@settings(max_examples=50, deadline=None)
@given(rows=_rows)
def test_every_code_and_its_words_come_through(rows: dict[str, str]) -> None:
    found = _csv([HEADER, *((code, text, "short") for code, text in rows.items())]).codes
    assert {code.value: code.title for code in found} == rows


def test_a_quoted_line_break_in_a_description_is_a_space() -> None:
    assert _csv([HEADER, ("J9901", "Injection,\nmadeupumab ", "x")]).codes[0].title == "Injection, madeupumab"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "first row"),
        ("a,b,c\n1,2,3\n", "first row"),
        ("HCPC,LONG DESCRIPTION,SHORT DESCRIPTION\n", "no codes"),
        ("HCPC,LONG DESCRIPTION,SHORT DESCRIPTION\n1,2,3\n", "no codes"),
        ('HCPC,LONG DESCRIPTION,SHORT DESCRIPTION\nJ9901,"never closed ' + "x" * 140_000, "damaged|quote|row"),
    ],
    ids=["empty", "other columns", "header only", "no code", "a quote that is never closed"],
)
def test_a_csv_without_codes_is_refused_with_its_cause(text: str, reason: str) -> None:
    with pytest.raises(CorpusError, match=reason):
        read_hcpcs_csv(Path("made_up.csv"), text)


def test_a_workbook_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no row that names the columns"):
        read_hcpcs_sheet(_sheet(tmp_path, [("a", "b"), (1, 2)]))


@pytest.mark.parametrize("data", [b"", b"not a workbook", b"PK\x03\x04" + b"x" * 300], ids=["empty", "text", "cut off"])
def test_a_damaged_workbook_is_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "made_up.xlsx"
    path.write_bytes(data)
    with pytest.raises(CorpusError, match="the workbook is damaged") as refused:
        list(sheet_rows(path))
    assert "\n" not in str(refused.value)


# The real release


@pytest.fixture(scope="module")
def release() -> Reading:
    return read_hcpcs_sheet(tables.need("hcpcs/HCPC2026_JAN_ANWEB.xlsx"))


def _stamp(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day else ""


def test_the_january_2026_release_is_read_whole(release: Reading) -> None:
    assert (release.source.id, release.source.edition, release.remarks) == ("hcpcs-2026-01", "January 2026", ())
    assert (len(release.codes), sum(code.valid_to is not None for code in release.codes)) == (8623, 1300)
    assert all(code.valid_from for code in release.codes)


def test_the_workbook_says_what_the_csv_says(release: Reading) -> None:
    facts = {code.value: (code.title, dict(code.attributes), _stamp(code.valid_from), _stamp(code.valid_to)) for code in release.codes}
    assert facts.keys() == tables.hcpcs().keys()
    for value, row in tables.hcpcs().items():
        title, attributes, added, ended = facts[value]
        assert (title, added, ended) == (" ".join(row["long_description"].split()), row["add_date"], row["term_date"]), value
        assert (attributes["short"], attributes.get("coverage", "")) == (row["short_description"].strip(), row["coverage_code"]), value


def test_the_csv_reads_as_the_workbook_does(release: Reading) -> None:
    path = tables.need("hcpcs/hcpcs_2026Q1_jan.csv")
    again = read_hcpcs_csv(path, path.read_text(encoding="utf-8-sig"))
    assert (again.source.id, again.documents[0].passages) == (release.source.id, release.documents[0].passages)
