"""The HCPCS readers: columns by any of their names, text of 320 columns, dates as CMS writes them, and every code of real releases."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import tables
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.codes import HCPCS, MODIFIER
from corpus.model import TERM, Code, CorpusError, Entry, Reading, UnknownLayout
from corpus.readers.hcpcs import HCPCS_FIXED, LAYOUTS, read_text
from corpus.readers.sheets import Layout, Sheet, book_rows, find, text_rows
from corpus.reading import read, read_workbook

HEADER = ("HCPC", "LONG DESCRIPTION", "SHORT DESCRIPTION", "COV", "ADD DT", "TERM DT", "XREF1")
DRUG = ("J9901", "Injection, madeupumab, 10 mg", "Madeupumab inj", "D", 20200101, None, None)
ENDED = ("J9902", "Injection, formerumab, 5 mg", "Formerumab inj", "C", 20100101, 20191231, "J9901")
Cells = Sequence[object]


def _text(rows: Sequence[Cells]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _found(path: Path, rows: Sequence[Cells]) -> tuple[Layout, Sheet] | None:
    return find(path, text_rows(_text(rows)), LAYOUTS)


def _csv(rows: Sequence[Cells], name: str = "made_up.csv") -> Reading:
    opened = _found(Path(name), rows)
    assert opened
    return opened[0].read(opened[1])


def _file(folder: Path, text: str, name: str = "made_up.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder / name


def _sheet(folder: Path, rows: Sequence[Cells], name: str = "made_up.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(folder / name)
    return folder / name


# Columns


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (HEADER, {"code": 0, "long": 1, "short": 2, "coverage": 3, "added": 4, "ended": 5, "xref1": 6}),
        (("code", "long_description", "short_description", "coverage_code"), {"code": 0, "long": 1, "short": 2, "coverage": 3}),
        (("x", "HCPCS  Code", None, "Short Description", "\nLong\tDescription "), {"code": 1, "short": 3, "long": 4}),
        (
            ("HCPC", "LONG DESCRIPTION", "SHORT DESCRIPTION", "PRICE1", "PRICE2"),
            {"code": 0, "long": 1, "short": 2, "price1": 3, "price2": 4},
        ),
    ],
)
def test_columns_are_known_by_any_of_their_names(header: Cells, found: dict[str, int]) -> None:
    opened = _found(Path("made_up.csv"), [header, DRUG])
    assert opened
    assert (opened[0].name, opened[1].at) == ("HCPCS Level II", found)


@pytest.mark.parametrize("header", [("HCPC", "made up"), ("", None, 4), ("code", "description", "status")])
def test_other_columns_are_not_a_release(header: Cells) -> None:
    assert _found(Path("made_up.csv"), [header, DRUG]) is None


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(CorpusError, match="HCPCS Level II but for “short description”"):
        _found(Path("made_up.csv"), [("HCPC", "LONG DESCRIPTION"), DRUG])


def test_a_row_is_a_code_with_its_dates_and_attributes() -> None:
    first, second = _csv([HEADER, DRUG, ENDED]).codes
    assert first == Code(HCPCS, "J9901", DRUG[1], valid_from=date(2020, 1, 1), attributes=(("short", "Madeupumab inj"), ("coverage", "D")))
    assert (second.valid_to, dict(second.attributes)["see"]) == (date(2019, 12, 31), "J9901")


def test_a_workbook_and_its_csv_read_the_same(tmp_path: Path) -> None:
    rows = [HEADER, DRUG, ENDED]
    sheet = read_workbook(_sheet(tmp_path, rows))
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
    assert re.match(rf"row 3, (HCPC|LONG DESCRIPTION): '{row[0]}' ", reading.remarks[0])


def test_a_remark_counts_rows_as_the_sheet_does(tmp_path: Path) -> None:
    reading = read_workbook(_sheet(tmp_path, [("Made-up release",), ("",), HEADER, DRUG, ("total", "of one", "code")]))
    assert reading.remarks == ("row 5, HCPC: 'TOTAL' is not a HCPCS Level II code",)


def test_blank_rows_need_no_remark(tmp_path: Path) -> None:
    reading = read_workbook(_sheet(tmp_path, [HEADER, DRUG, (None,) * 7, ("", " "), ENDED]))
    assert (len(reading.codes), reading.remarks) == (2, ())


@pytest.mark.parametrize(
    "stamp", [20191231, "20191231", "2019-12-31", " 20191231 ", datetime(2019, 12, 31), date(2019, 12, 31), "12/31/2019"], ids=repr
)
def test_an_end_date_is_read_however_the_cell_holds_it(tmp_path: Path, stamp: object) -> None:
    (code,) = read_workbook(_sheet(tmp_path, [HEADER, (*ENDED[:5], stamp, None)])).codes
    assert code.valid_to == date(2019, 12, 31)


@pytest.mark.parametrize("stamp", ["31-Dec-19", "20190230", "20199999", "TBD", "soon", "2019"])
def test_a_row_whose_end_date_cannot_be_read_is_left_out_with_a_remark(stamp: str) -> None:
    reading = _csv([HEADER, DRUG, (*ENDED[:5], stamp, None)])
    assert [code.value for code in reading.codes] == ["J9901"]
    assert reading.remarks == (f"row 3, TERM DT: {stamp!r} is not a date",)


@pytest.mark.parametrize("stamp", ["99991231", "12/31/9999", "9999-12-31"])
def test_an_end_in_the_year_9999_is_none(stamp: str) -> None:
    assert _csv([HEADER, (*ENDED[:5], stamp, None)]).codes[0].valid_to is None


def test_a_release_none_of_whose_dates_can_be_read_is_refused_with_the_row(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no rows that can be read \(row 2, TERM DT: 'soon' is not a date"):
        read(_file(tmp_path, _text([HEADER, (*ENDED[:5], "soon", None)])))


def test_an_open_quote_never_swallows_the_rows_after_it(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="damaged"):
        read(_file(tmp_path, 'HCPC,LONG DESCRIPTION,SHORT DESCRIPTION\nJ9901,"open,x\nJ9902,words,x\n'))


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
    assert source.edition == (f"{edition:%B %Y}" if edition else None)


def test_a_year_in_the_name_yields_to_the_latest_code_and_does_without_one() -> None:
    assert _csv([HEADER, (*DRUG[:4], 20200815, None, None)], "hcpcs_2020.csv").source.effective == date(2020, 7, 1)
    assert _csv([HEADER, (*DRUG[:4], None, None, None)], "hcpcs_2020.csv").source.effective == date(2020, 1, 1)


def test_an_edition_that_cannot_be_told_is_asked_for() -> None:
    assert "--effective" in _csv([HEADER, (*DRUG[:4], None, None, None)]).hints[0]


def test_a_code_is_found_by_its_long_and_its_short_text() -> None:
    same = ("J9903", "Same text", "Same text")
    terms = _csv([HEADER, DRUG, same]).documents[0].passages
    assert [(p.kind, p.text, p.codes) for p in terms] == [
        (TERM, DRUG[1], ((HCPCS, "J9901"),)),
        (TERM, DRUG[2], ((HCPCS, "J9901"),)),
        (TERM, "Same text", ((HCPCS, "J9903"),)),
    ]


_texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="&"), min_size=1, max_size=20)


_rows = st.dictionaries(st.from_regex(r"[A-V][0-9]{4}", fullmatch=True), st.lists(_texts, min_size=1, max_size=5).map(" ".join), min_size=1)


@settings(max_examples=50, deadline=None)
@given(rows=_rows)
def test_every_code_and_its_words_come_through(rows: dict[str, str]) -> None:
    found = _csv([HEADER, *((code, text, "short") for code, text in rows.items())]).codes
    assert {code.value: code.title for code in found} == {code: "" if code[0] == "D" else text for code, text in rows.items()}


_cells = st.sampled_from(["", "J9901", "J9902", "LT", "90001", "x", "20200101", "20209999", "words, of it"])


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(*[_cells] * 7), max_size=30))
def test_no_row_is_lost_or_counted_twice(rows: list[tuple[str, ...]]) -> None:
    opened = _found(Path("made_up.csv"), [HEADER, *rows])
    assert opened
    layout, sheet = opened
    assert len(layout.read(sheet).codes) + sheet.unreadable == sum(any(row) for row in rows)


def test_a_quoted_line_break_in_a_description_is_a_space() -> None:
    assert _csv([HEADER, ("J9901", "Injection,\nmadeupumab ", "x")]).codes[0].title == "Injection, madeupumab"


def test_entities_are_read_and_bare_signs_stay() -> None:
    (code,) = _csv([HEADER, ("J9901", "Gauze &amp; tape, &lt; 5 in; 6 & more", "Gauze & tape")]).codes
    assert (code.title, dict(code.attributes)["short"]) == ("Gauze & tape, < 5 in; 6 & more", "Gauze & tape")


def test_a_description_of_60_000_characters_is_kept_whole() -> None:
    assert len(_csv([HEADER, ("J9901", "word " * 12_000, "x")]).codes[0].title) == 59_999


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_release_in_another_encoding_reads_the_same(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "HCPC2031_JAN.csv"
    path.write_bytes(_text([HEADER, ("J9901", "Gauze – 5 µg", "Gauze", "D", 20200101, None, None)]).encode(encoding))
    assert [code.title for code in read(path).codes] == ["Gauze – 5 µg"]


def test_a_row_that_only_goes_on_with_a_description_belongs_to_the_row_before() -> None:
    header = ("HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION", "SHORT DESCRIPTION", "ADD DT")
    rows = [("J9901", "00100", 3, "Injection of", "Inj", 20200101), ("J9901", "00200", 4, "madeupumab", "", "")]
    reading = _csv([header, *rows, ("J9902", "00200", 4, "of nothing", "", "")])
    assert [code.title for code in reading.codes] == ["Injection of madeupumab"]
    assert reading.remarks == ("row 4, RECID: 'J9902' goes on from a line that is not there",)


def test_a_dental_code_comes_without_its_descriptor() -> None:
    reading = _csv([HEADER, ("D9901", "Words of the ADA", "Words", "C", 20200101, None, None)])
    assert (reading.codes[0].title, reading.codes[0].valid_from) == ("", date(2020, 1, 1))
    assert "Words" not in repr(reading)


def test_what_the_release_says_of_payment_and_upkeep_is_a_row_in_words() -> None:
    header = (*HEADER[:3], "PRICE1", "PRICE2", "MULT_PI", "BETOS", "TOS1", "TOS2", "ACT EFF DT", "ACTION CD", "ANES_BU")
    reading = _csv([header, (*DRUG[:3], "11", "21", "A", "O1E", "1", "P", "20250101", "N", "0")])
    assert reading.entries == [
        Entry(
            HCPCS,
            "J9901",
            "",
            (
                ("pricing", "11 (national relative value units), 21 (clinical laboratory fee schedule, subject to the national limit)"),
                ("multiple pricing indicator", "A"),
                ("type of service", "1 (medical care), P (lump-sum purchase of DME, prosthetics, orthotics)"),
                ("BETOS", "O1E"),
                ("last action", "N (no maintenance)"),
                ("last action effective", "2025-01-01"),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("a,b,c\n1,2,3\n", "it has the fields a, b, c"),
        ("HCPC,LONG DESCRIPTION,SHORT DESCRIPTION\n", "no rows that can be read"),
        ("HCPC,LONG DESCRIPTION,SHORT DESCRIPTION\n1,2,3\n", "no rows that can be read .row 2, HCPC: '1' is not"),
        ('HCPC,LONG DESCRIPTION,SHORT DESCRIPTION\nJ9901,"never closed ' + "x" * 140_000, "damaged|quote|row"),
    ],
    ids=["empty", "other columns", "header only", "no code", "a quote that is never closed"],
)
def test_a_csv_without_codes_is_refused_with_its_cause(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(CorpusError, match=reason):
        read(_file(tmp_path, text))


def test_a_workbook_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownLayout, match="no row that names the columns of a publication"):
        read_workbook(_sheet(tmp_path, [("a", "b"), (1, 2)]))


@pytest.mark.parametrize("data", [b"", b"not a workbook", b"PK\x03\x04" + b"x" * 300], ids=["empty", "text", "cut off"])
def test_a_damaged_workbook_is_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "made_up.xlsx"
    path.write_bytes(data)
    with pytest.raises(CorpusError, match="the workbook is damaged") as refused:
        list(book_rows(path))
    assert "\n" not in str(refused.value)


# Text of 320 columns

COLUMNS = {  # CMS, HCPCS Contractor Record: first column and length
    "code": (1, 5),
    "sequence": (6, 5),
    "record": (11, 1),
    "long": (12, 80),
    "short": (92, 28),
    "pricing": (120, 8),
    "multiple": (128, 1),
    "xref": (205, 25),
    "coverage": (230, 1),
    "betos": (257, 3),
    "tos": (261, 5),
    "anesthesia": (266, 3),
    "added": (269, 8),
    "acted": (277, 8),
    "ended": (285, 8),
    "action": (293, 1),
}
FIRST = {"code": "J9901", "sequence": "00100", "record": "3", "long": "Injection of", "short": "Madeupumab inj", "added": "20200101"}
MORE = {"code": "J9901", "sequence": "00200", "record": "4", "long": "madeupumab, 10 mg"}
OTHER = {**FIRST, "code": "J9902", "long": "Formerumab", "ended": "20191231", "action": "D"}
SIDE = {**FIRST, "code": "   ZX", "record": "7", "long": "Made-up side", "short": "Side"}


def _line(cells: Mapping[str, str]) -> str:
    line = [" "] * 320
    for field, text in cells.items():
        first, length = COLUMNS[field]
        assert len(text) <= length
        line[first - 1 : first - 1 + len(text)] = text
    return "".join(line)


def _lines(*records: Mapping[str, str]) -> str:
    return "".join(_line(cells) + "\n" for cells in records)


def test_the_text_is_told_by_its_first_line() -> None:
    _, shows, _ = HCPCS_FIXED
    assert all(shows(_lines(cells)[:4000], "hcpc2031_jan_anweb.txt") for cells in (FIRST, OTHER, SIDE))
    assert not any(shows(text, "made_up.txt") for text in ("Words.", _text([HEADER, DRUG]), "J9901 words\n" * 40, ""))


def test_the_text_reads_as_the_workbook_does() -> None:
    reading = read_text(Path("HCPC2031_JAN_ANWEB.txt"), _lines(SIDE, FIRST, MORE, {**OTHER, "xref": "J9901J9903", "coverage": "C"}))
    side, drug, other = reading.codes
    assert (side.system, side.value, side.title) == (MODIFIER, "ZX", "Made-up side")
    assert drug == Code(HCPCS, "J9901", "Injection of madeupumab, 10 mg", date(2020, 1, 1), attributes=(("short", "Madeupumab inj"),))
    assert (other.valid_to, dict(other.attributes)) == (
        date(2019, 12, 31),
        {"short": "Madeupumab inj", "coverage": "C", "see": "J9901, J9903"},
    )
    assert (reading.source.id, reading.source.kind, reading.remarks) == ("hcpcs-2031-01", "HCPCS Level II", ())


def test_fields_that_stand_side_by_side_are_told_apart() -> None:
    cells = {
        **FIRST,
        "pricing": "1121",
        "multiple": "A",
        "betos": "O1E",
        "tos": "1P",
        "anesthesia": "  0",
        "acted": "20250101",
        "action": "N",
    }
    (entry,) = read_text(Path("x.txt"), _lines(cells)).entries
    assert dict(entry.cells) | {"pricing": "", "type of service": ""} == {
        "pricing": "",
        "multiple pricing indicator": "A",
        "type of service": "",
        "BETOS": "O1E",
        "last action": "N (no maintenance)",
        "last action effective": "2025-01-01",
    }
    assert re.findall(r"\b(\w+) \(", " ".join(dict(entry.cells)[name] for name in ("pricing", "type of service"))) == ["11", "21", "1", "P"]


def test_a_modifier_is_read_wherever_its_columns_put_it() -> None:
    assert [code.value for code in read_text(Path("x.txt"), _lines({**SIDE, "code": "ZX"})).codes] == ["ZX"]


def test_lines_that_are_trimmed_may_end_early() -> None:
    text = "\n".join(_line(cells).rstrip() for cells in (FIRST, MORE, OTHER)) + "\n"
    assert [code.value for code in read_text(Path("x.txt"), text).codes] == ["J9901", "J9902"]


@pytest.mark.parametrize("length", [60, 275, 280, 292])
def test_the_line_that_the_end_of_the_file_cuts_off_is_refused(length: int) -> None:
    reading = read_text(Path("x.txt"), _lines(FIRST) + _line(OTHER)[:length])
    assert [code.value for code in reading.codes] == ["J9901"]
    assert "J9902" in reading.remarks[0]
    assert re.match(r"row 2, column(s 269–276| 293): ", reading.remarks[0])


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({**OTHER, "added": ""}, "row 2, columns 269–276: 'J9902' has no date"),
        ({**OTHER, "added": "20190230"}, "row 2, columns 269–276: '20190230' is not a date"),
        ({**OTHER, "ended": "2019"}, "row 2, columns 285–292: '2019' is not a date"),
        ({**OTHER, "long": ""}, "row 2, columns 12–91: 'J9902' has no description"),
        ({**OTHER, "code": "90001"}, "row 2, columns 1–5: '90001' is not a HCPCS Level II code"),
        ({**MORE, "code": "J9903"}, "row 2, column 11: 'J9903' goes on from a line that is not there"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_its_columns(cells: Mapping[str, str], why: str) -> None:
    reading = read_text(Path("x.txt"), _lines(FIRST, cells))
    assert ([code.value for code in reading.codes], reading.remarks) == (["J9901"], (why,))


def test_a_text_without_codes_is_refused() -> None:
    with pytest.raises(CorpusError, match=r"no lines that can be read .row 1, columns 269–276"):
        read_text(Path("x.txt"), _lines({**FIRST, "added": ""}))


_codes = st.from_regex(r"[A-CE-V][0-9]{4}", fullmatch=True)
_lengths = st.dictionaries(_codes, st.lists(st.text("abc ", min_size=1, max_size=80).filter(str.strip), min_size=1, max_size=4), min_size=1)


@settings(max_examples=50, deadline=None)
@given(rows=_lengths)
def test_every_line_of_the_text_comes_through(rows: dict[str, list[str]]) -> None:
    lines = [
        {**FIRST, "code": code, "long": text} if at == 0 else {**MORE, "code": code, "long": text}
        for code, texts in rows.items()
        for at, text in enumerate(texts)
    ]
    reading = read_text(Path("x.txt"), _lines(*lines))
    assert {code.value: code.title for code in reading.codes} == {code: " ".join(" ".join(texts).split()) for code, texts in rows.items()}
    assert reading.remarks == ()


# A parse of that text

PARSE = ("Code", "Description1", "Description2", "Type", "Unknown1", "Unknown2", "Unknown3", "Unknown4")


def test_a_parse_of_the_text_is_put_back_into_its_columns() -> None:
    rows = [
        ("ZX001007", "Made-up side", "Side                                                   3350.5", "", "", "D", "", "198401012001"),
        (
            "J9901001003",
            "Injection of",
            "Madeupumab inj              1121    A60-11",
            "140220.0",
            "J9902J9903",
            "CYY20240101",
            "0205O1E",
            "1P     0202001012024",
        ),
        ("J9901002004", "madeupumab", "", "", "", "", "", ""),
    ]
    reading = _csv([PARSE, *rows], "HCPC2031_OCT_ANWEB_a.csv")
    side, drug = reading.codes
    assert (side.system, side.value, side.title) == (MODIFIER, "ZX", "Made-up side")
    assert (drug.title, dict(drug.attributes)) == (
        "Injection of madeupumab",
        {"short": "Madeupumab inj", "coverage": "C", "see": "J9902, J9903", "added": "2020-01-01"},
    )
    cells = dict(reading.entries[1].cells)
    assert {name: re.sub(r" \([^)]*\)", "", text) for name, text in cells.items()} == {
        "pricing": "11, 21",
        "multiple pricing indicator": "A",
        "type of service": "1, P",
        "BETOS": "O1E",
        "Coverage Issues Manual section": "60-11",
        "laboratory certification": "140, 220",
        "ASC payment group": "YY",
        "ASC payment group since": "2024-01-01",
        "processing note": "0205",
    }
    assert (reading.source.id, reading.remarks) == ("hcpcs-2031-10", ())


def test_codes_of_a_parse_without_termination_dates_are_not_said_to_be_valid() -> None:
    reading = _csv(
        [PARSE, ("J9901001003", "Injection", "Inj                         51      A", "", "", "C", "O1E", "1      0202001012024")]
    )
    assert (reading.codes[0].valid_from, reading.codes[0].valid_to) == (None, None)
    assert any("termination dates" in hint for hint in reading.hints)


def test_the_character_that_a_parse_cuts_off_a_full_description_is_put_back() -> None:
    full = "x" * 79
    rows = [
        ("J9901001003", full, "yShort                       51      A", "", "", "C", "O1E", "1      0202001012024"),
        ("J9901002004", full, "z", "", "", "", "", ""),
    ]
    (code,) = _csv([PARSE, *rows]).codes
    assert (code.title, dict(code.attributes)["short"]) == (f"{full}y {full}z", "Short")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("J99010", "x", "x", "", "", "", "", ""), "row 2, Code: 'J99010' is not a code, a sequence number"),
        (("J9901001003", "x", "x", "", "", "", "", "2020"), "row 2, Unknown4: '2020' does not end in two dates"),
        (("J9901001003", "x" * 99, "x", "", "", "", "", "198401012001"), "row 2, Code: 'J9901001003' has cells longer than"),
        (("J9901001003", "x", "x", "", "", "", "", "198402302001"), "row 2, added: '19840230' is not a date"),
    ],
)
def test_a_row_of_a_parse_that_cannot_be_read_is_told(row: Cells, why: str) -> None:
    reading = _csv([PARSE, row])
    assert (reading.codes, len(reading.remarks)) == ((), 1)
    assert reading.remarks[0].startswith(why)


# Lists about codes


def test_attributes_are_rows_in_words_and_no_codes() -> None:
    header = (
        "hcpcs_code,price,multi,cov,betos,tos,action,cim,mcm,statute,lab,xref,asc_grp,proc,anes,date_term,date_added,date_asc,date_action"
    )
    text = f'{header}\nJ9901,51,A,D,O1E,1:P,N,,2049,,,"J9902, J9903",,,0,2024-12-31,1985-01-01,,\nJ9902,51,A,D,O1E,1,N,,,,,,,,0,soon,,,\n'
    reading = _csv(list(csv.reader(io.StringIO(text))), "hcpcs_level2_attributes_2031.csv")
    assert (reading.codes, reading.source.id, reading.source.edition) == ((), "hcpcs-level-ii-attributes-2031-01", "2031")
    assert reading.entries == [
        Entry(
            HCPCS,
            "J9901",
            "",
            (
                ("coverage", "D (special coverage instructions apply)"),
                ("cross reference", "J9902, J9903"),
                ("added", "1985-01-01"),
                ("ended", "2024-12-31"),
                ("pricing", "51 (drugs)"),
                ("multiple pricing indicator", "A"),
                ("type of service", "1 (medical care), P (lump-sum purchase of DME, prosthetics, orthotics)"),
                ("BETOS", "O1E"),
                ("Medicare Carriers Manual section", "2049"),
                ("last action", "N (no maintenance)"),
            ),
        )
    ]
    assert reading.remarks == ("row 3, date_term: 'soon' is not a date",)


def test_a_code_that_classifies_nothing_is_said_to_be_one() -> None:
    rows = [("HCPCS", "LONG DESCRIPTION", "ADD DATE", "TERM DATE"), ("J9999", "Made-up drug, not otherwise classified", "2004-01-01", "")]
    (entry,) = _csv(rows, "NOC codes_APR 2031.csv").entries
    assert (entry.system, entry.code) == (HCPCS, "J9999")
    assert dict(entry.cells) == {"status": "not otherwise classified", "description": rows[1][1], "added": "2004-01-01"}


# The real releases


@pytest.fixture(scope="module")
def release() -> Reading:
    return read(tables.need("hcpcs/HCPC2026_JAN_ANWEB.xlsx"))


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
        assert (attributes["short"], attributes.get("coverage", "")) == (
            " ".join(row["short_description"].split()),
            row["coverage_code"],
        ), value


def test_the_csv_reads_as_the_workbook_does(release: Reading) -> None:
    again = read(tables.need("hcpcs/hcpcs_2026Q1_jan.csv"))
    assert (again.source.id, again.documents[0].passages) == (release.source.id, release.documents[0].passages)


def test_the_parse_of_the_october_2025_text_is_read_whole(release: Reading) -> None:
    reading = read(tables.need("hcpcs/HCPC2025_OCT_ANWEB_a.csv"))
    assert (reading.source.id, len(reading.codes), reading.remarks) == ("hcpcs-2025-10", 8846, ())
    assert sum(code.system == MODIFIER for code in reading.codes) == 383
    later = {code.value: code for code in release.codes}
    both = [(code, later[code.value]) for code in reading.codes if code.value in later]
    assert len(both) == 8463
    assert all(dict(old.attributes)["coverage"] == dict(new.attributes)["coverage"] for old, new in both)
    assert sum(dict(old.attributes)["added"] != str(new.valid_from) for old, new in both) == 1
    assert sum(old.title != new.title for old, new in both) == 295  # most of them end in "(add-on, list separately …)" since January
    assert not [old.value for old, new in both if old.title != new.title and old.title.replace(" ", "") == new.title.replace(" ", "")]


def test_attributes_and_the_unclassified_are_read_whole() -> None:
    attributes, unclassified = (read(tables.need(f"hcpcs/hcpcs_{name}_2024.csv")) for name in ("level2_attributes", "noc_codes"))
    assert (len(attributes.entries), attributes.remarks, attributes.source.edition) == (8033, (), "2024")
    assert (len(unclassified.entries), unclassified.remarks, unclassified.source.edition) == (161, (), "2024")


def test_the_parse_says_what_the_attributes_say_but_for_what_changed() -> None:
    """The columns of the text are right: a year later nearly every field of nearly every code is the same."""
    old = {entry.code: dict(entry.cells) for entry in read(tables.need("hcpcs/hcpcs_level2_attributes_2024.csv")).entries}
    new = {entry.code: dict(entry.cells) for entry in read(tables.need("hcpcs/HCPC2025_OCT_ANWEB_a.csv")).entries}
    both = old.keys() & new.keys()
    fields = {name for code in both for name in new[code]}
    changed = {name: sum(old[code].get(name) != new[code].get(name) for code in both) for name in fields}
    assert len(both) > 7800
    assert {name for name, count in changed.items() if count > 10} == {"ASC payment group", "ASC payment group since"}
    assert changed["ASC payment group"] == 76
