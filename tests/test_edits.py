"""NCCI edits: pairs, units and add-on codes in CMS's own layouts, and every row of the real tables."""

import csv
import gzip
import io
import random
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import ingest
from corpus.catalog import Catalog
from corpus.model import AddOn, CorpusError, Entry, Pair, Reading, Unit, UnknownLayout
from corpus.readers.checked import iso_day
from corpus.readers.edits import LAYOUTS, is_add_on_text, read_add_on_text, setting_in
from corpus.readers.sheets import find, text_rows

Table = Sequence[Sequence[object]]
NOTICE = "CPT only copyright 2025 American Medical Association. All rights reserved."
BROKEN: Table = [  # as CMS breaks its headings
    [NOTICE],
    ["Column1/Column2 Edits"],
    ["Column 1", "Column 2", "*=in existence", "Effective", "Deletion", "Modifier", "PTP Edit Rationale"],
    ["", "", "prior to 1996", "Date", "Date", "0=not allowed", ""],
    ["", "", "", "", "*=no data", "1=allowed", ""],
    ["", "", "", "", "", "9=not applicable", ""],
]
RAISED: Table = [  # the same with the codes' headings at the foot
    [NOTICE],
    ["", "", "", "", "", "Modifier", ""],
    ["", "", "*=in existence", "Effective", "Deletion", "0=not allowed", "PTP Edit"],
    ["", "", "prior to", "Date", "Date", "1=allowed", "Rationale"],
    ["Column 1", "Column 2", "1996", "", "*=no data", "9=not applicable", ""],
]
WHOLE: Table = [
    [
        "Column 1",
        "Column 2",
        "*=in existence prior to 1996",
        "Effective Date",
        "Deletion Date *=no data",
        "Modifier 0=not allowed 1=allowed 9=not applicable",
        "PTP Edit Rationale",
    ]
]
PAIRS: Table = [
    ["J9901", "90001", "", "20240101", "*", "1", "Made-up reason"],
    ["J9901", "90002", "*", "19960101", "20191231", "0", "Another  reason"],
    ["90001", "J9902", "", "20200401", "20200401", "9", "Made-up reason"],
]
READ = (
    Pair("J9901", "90001", "1", "Made-up reason", "2024-01-01", ""),
    Pair("J9901", "90002", "0", "Another reason", "1996-01-01", "2019-12-31"),
    Pair("90001", "J9902", "9", "Made-up reason", "2020-04-01", "2020-04-01"),
)
UNIT_HEAD = ["HCPCS/CPT Code", "Practitioner Services MUE Values", "MUE Adjudication Indicator", "MUE Rationale"]
ADD_ON_HEAD = [
    "AOC_Edit_Type",
    "Add-On_Code",
    "AOC_DelDT",
    "Primary_Code",
    "Primary_Code_DelDT",
    "AOC_Edit_EffDT",
    "AOC_Edit_DelDT",
    "Special_Instruction_Notes",
]


def _text(rows: Table, mark: str) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=mark).writerows(rows)
    return file.getvalue()


def _read(rows: Table, name: str = "ccipra-v303r0.txt") -> Reading:
    """Read as the catalog does, without a file."""
    opened = find(Path(name), text_rows(_text(rows, "," if name.endswith("csv") else "\t")), LAYOUTS)
    assert opened
    layout, sheet = opened
    reading = layout.read(sheet)
    return Reading(
        reading.source,
        remarks=sheet.remarks,
        hints=reading.hints,
        pairs=reading.pairs,
        units=reading.units,
        addons=reading.addons,
        entries=reading.entries,
    )


def _book(path: Path, rows: Table) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([int(cell) if isinstance(cell, str) and len(cell) == 8 and cell.isdigit() else cell or None for cell in row])
    book.save(path)
    return path


# Pairs


@pytest.mark.parametrize("head", [BROKEN, RAISED, WHOLE, [[NOTICE], *WHOLE]], ids=["broken", "raised", "whole", "notice"])
def test_pairs_are_read_however_their_headings_are_broken(head: Table) -> None:
    reading = _read([*head, *PAIRS])
    assert (tuple(reading.pairs), reading.remarks, reading.hints) == (READ, (), ())


def test_a_text_a_workbook_and_a_packed_csv_read_the_same(tmp_path: Path) -> None:
    text = tmp_path / "ccipra-v303r0-f1.TXT"
    text.write_bytes(_text([*BROKEN, *PAIRS], "\t").encode("cp1252"))
    short = [["column1", "column2", "modifier_indicator", "rationale"], *([row[0], row[1], row[5], row[6]] for row in PAIRS)]
    packed = tmp_path / "ptp_2024Q3_prac_active.csv.gz"
    packed.write_bytes(gzip.compress(_text(short, ",").encode("utf-8-sig")))
    assert tuple(ingest.read(text).pairs) == READ
    assert tuple(ingest.read(_book(tmp_path / "ccipra-v303r0-f1.xlsx", [*BROKEN, *PAIRS])).pairs) == READ
    assert tuple(ingest.read(packed).pairs) == tuple(pair._replace(effective="", ended="") for pair in READ)


@pytest.mark.parametrize(
    ("name", "setting", "begins"),
    [
        ("ccipra-v303r0.txt", "practitioner", date(2024, 10, 1)),
        ("ccioph-v322r0.txt", "outpatient hospital", date(2026, 7, 1)),
        ("ptp_2024Q3_out_active.txt", "outpatient hospital", date(2024, 7, 1)),
        ("medicare-ncci-2026q2-hospital-ptp-edits.txt", "outpatient hospital", date(2026, 4, 1)),
    ],
)
def test_a_file_s_name_says_setting_and_edition(name: str, setting: str, begins: date) -> None:
    source = _read([*WHOLE, *PAIRS], name).source
    assert (source.publication, source.payer) == (f"NCCI PTP edits, {setting}", "Medicare")
    assert (source.setting, source.effective) == (setting, begins)
    assert source.id == f"ncci-ptp-edits-{setting.replace(' ', '-')}-{begins:%Y-%m}"


def test_a_title_settles_the_setting_before_the_name_does() -> None:
    reading = _read([["NCCI edits, Outpatient Hospital Services"], *WHOLE, *PAIRS], "practice-2024Q1.txt")
    assert reading.source.setting == "outpatient hospital"


def test_where_nothing_tells_setting_or_edition_the_person_is_asked() -> None:
    reading = _read([*WHOLE, *PAIRS], "edits.txt")
    assert (reading.source.id, reading.source.setting, reading.source.publication) == ("", None, "NCCI PTP edits")
    assert len(reading.hints) == 2


@pytest.mark.parametrize(
    ("title", "name"), [("Medicaid NCCI edits", "prac-2026Q2.txt"), (NOTICE, "medicaid-ncci-q2-2026-ptp-edits-practitioner.txt")]
)
def test_medicaid_tables_are_a_publication_of_their_own(title: str, name: str) -> None:
    source = _read([[title], *WHOLE, *PAIRS], name).source
    assert (source.payer, source.publication) == ("Medicaid", "Medicaid NCCI PTP edits, practitioner")
    assert source.id == "medicaid-ncci-ptp-edits-practitioner-2026-04"


def test_the_name_of_cms_does_not_make_a_table_one_of_medicaid() -> None:
    assert _read([["Centers for Medicare & Medicaid Services"], *WHOLE, *PAIRS]).source.payer == "Medicare"


def test_the_four_files_of_one_table_do_not_replace_each_other(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "catalog.db")
    for part, row in enumerate(PAIRS, 1):
        catalog.put(_read([*WHOLE, row], f"ccipra-v303r0-f{part}.txt"))
    held = [tally.source for tally in catalog.sources()]
    assert [source.id for source in held] == [f"ncci-ptp-edits-practitioner-part-{part}-2024-10" for part in (1, 2, 3)]
    assert {source.publication for source in held} == {"NCCI PTP edits, practitioner"}
    assert [found.row for found in catalog.tables.pairs("J9902", "90001")] == [READ[2]]


def test_a_list_of_changes_is_no_table_to_answer_from() -> None:
    head = ["Column 1", "Column 2", "Modifier\nIndicator"]
    with pytest.raises(UnknownLayout, match="whole table"):
        _read([[NOTICE], head, ["J9901", "90001", "1"]], "2026q2-practitioner-additions-deletions-revisions-ptp.txt")


@pytest.mark.parametrize(
    ("place", "cell", "told"),
    [
        (0, "J990", "row 8, Column 1: 'J990' is not a code of five characters"),
        (0, "", "row 8, Column 1: '' is not a code of five characters"),
        (1, "9000O1", "row 8, Column 2: '9000O1' is not a code of five characters"),
        (1, "TOTAL", "row 8, Column 2: 'TOTAL' is not a code of five characters"),
        (5, "2", "row 8, Modifier: '2' is not one of 0, 1, 9"),
        (5, "10", "row 8, Modifier: '10' is not one of 0, 1, 9"),
        (5, "", "row 8, Modifier: '' is not one of 0, 1, 9"),
        (3, "20240230", "row 8, Effective: '20240230' is not a date"),
        (4, "2024", "row 8, Deletion: '2024' is not a date"),
        (4, "never", "row 8, Deletion: 'never' is not a date"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_and_the_rest_lands(place: int, cell: str, told: str) -> None:
    bad = [cell if at == place else held for at, held in enumerate(PAIRS[0])]
    reading = _read([*BROKEN, PAIRS[1], bad, PAIRS[2]])
    assert (tuple(reading.pairs), reading.remarks) == (READ[1:], (told,))


def test_a_file_cut_off_in_its_last_row_says_so() -> None:
    reading = _read([*WHOLE, *PAIRS, ["J9901", "900"]])
    assert (len(reading.pairs), reading.remarks) == (3, ("row 5, Column 2: '900' is not a code of five characters",))


def test_blank_lines_and_notices_are_no_rows() -> None:
    reading = _read([*BROKEN, [], PAIRS[0], ["", "", ""], [NOTICE], PAIRS[1]])
    assert (len(reading.pairs), reading.remarks) == (2, ())


def test_a_rationale_may_be_long_broken_over_lines_or_hold_entities() -> None:
    long = "word " * 12_000
    reading = _read([*WHOLE, [*PAIRS[0][:6], long], [*PAIRS[1][:6], "One\nreason &amp; another"]])
    assert [pair.rationale for pair in reading.pairs] == [long.strip(), "One reason & another"]


def test_a_pair_stated_twice_stands_once_and_one_revived_stands_twice(tmp_path: Path) -> None:
    revived = [*PAIRS[1][:3], "20220101", "*", "1", "Made-up reason"]
    catalog = Catalog(tmp_path / "catalog.db")
    catalog.put(_read([*WHOLE, *PAIRS, PAIRS[0], revived]))
    assert [tally.rows for tally in catalog.sources()] == [4]
    assert [found.row.effective for found in catalog.tables.pairs("90002", "J9901")] == ["1996-01-01", "2022-01-01"]


CELLS = st.sampled_from(["J9901", "90001", "0001U", "9000", "", " ", "*", "0", "1", "9", "2", "20240101", "20241301", "a reason", "J9901 "])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELLS, min_size=7, max_size=7), max_size=30))
def test_no_row_of_pairs_is_lost_or_doubled(rows: list[list[str]]) -> None:
    reading = _read([*WHOLE, PAIRS[0], *rows])
    told = sum(1 if line.startswith("row") else int(line.split()[0]) for line in reading.remarks)
    data = [row for row in rows if len(filled := [cell for cell in row if cell.strip()]) > 1 or (filled and filled[0] != "a reason")]
    assert len(reading.pairs) + told == 1 + len(data)


# Units


@pytest.mark.parametrize(
    ("heading", "setting"),
    [
        ("Practitioner Services MUE Values", "practitioner"),
        ("Outpatient Hospital Services MUE Values", "outpatient hospital"),
        ("DME Supplier Services MUE Values", "DME supplier"),
    ],
)
def test_units_are_read_from_cms_s_own_table(heading: str, setting: str) -> None:
    head = ["HCPCS/\nCPT Code", heading, *UNIT_HEAD[2:]]
    rows = [
        ["J9901", "12", "1 Line Edit", "Made-up reason"],
        ["90001", "0", "2 Date of Service Edit: Policy", "Made-up reason"],
        ["90002", "3", "3 Date of Service Edit: Clinical", "Clinical: Data"],
    ]
    reading = _read([[f"{NOTICE}\nIt names practitioners and hospitals."], head, *rows], "MCR_MUE_Eff_10-01-2025.csv")
    assert tuple(reading.units) == (
        Unit("J9901", 12, "1", "Made-up reason"),
        Unit("90001", 0, "2", "Made-up reason"),
        Unit("90002", 3, "3", "Clinical: Data"),
    )
    assert (reading.source.setting, reading.source.publication) == (setting, f"Medicare MUE, {setting}")
    assert (reading.source.payer, reading.source.effective, reading.hints) == ("Medicare", date(2025, 10, 1), ())


def test_units_with_a_column_of_settings_are_of_one_setting() -> None:
    head = ["hcpcs_code", "mue_units", "mue_mai", "mue_rationale", "mue_service"]
    rows = [["J9901", "1", "2", "Reason", "DME Supplier"], ["J9902", "1", "2", "Reason", "Practitioner"]]
    reading = _read([head, *rows], "mue_2024Q3.csv")
    assert (reading.source.setting, len(reading.units)) == ("DME supplier", 1)
    assert reading.remarks == ("row 3, mue_service: 'Practitioner' in a table of the setting 'DME supplier'",)


@pytest.mark.parametrize(
    ("place", "cell", "told"),
    [
        (0, "J99", "row 3, HCPCS/CPT Code: 'J99' is not a code of five characters"),
        (1, "two", "row 3, Practitioner Services MUE Values: 'two' is not a whole number"),
        (1, "-1", "row 3, Practitioner Services MUE Values: '-1' is not a whole number"),
        (1, "9" * 30, f"row 3, Practitioner Services MUE Values: '{'9' * 30}' is not a whole number"),
        (2, "4 Other", "row 3, MUE Adjudication Indicator: '4 Other' is not one of 1, 2, 3"),
        (2, "", "row 3, MUE Adjudication Indicator: '' is not one of 1, 2, 3"),
    ],
)
def test_a_unit_that_cannot_be_read_is_told(place: int, cell: str, told: str) -> None:
    good = ["J9901", "2", "2 Date of Service Edit: Policy", "Made-up reason"]
    reading = _read([UNIT_HEAD, good, [cell if at == place else held for at, held in enumerate(good)]], "mue.csv")
    assert (len(reading.units), reading.remarks) == (1, (told,))


def test_medicaid_units_need_no_adjudication_indicator_but_medicare_s_do() -> None:
    head, row = [UNIT_HEAD[0], UNIT_HEAD[1], UNIT_HEAD[3]], ["J9901", "2", "Made-up reason"]
    reading = _read([["Medicaid NCCI"], head, row], "mue-2026Q1.csv")
    assert (tuple(reading.units), reading.source.publication) == ((Unit("J9901", 2, "", "Made-up reason"),), "Medicaid MUE, practitioner")
    with pytest.raises(CorpusError, match="adjudication indicator"):
        _read([head, row], "mue-2026Q1.csv")


def test_a_missing_column_is_named() -> None:
    with pytest.raises(CorpusError, match="NCCI MUE but for “mue rationale”"):
        _read([UNIT_HEAD[:3], ["J9901", "2", "1"]], "mue.csv")


# Add-on codes


def test_add_on_codes_are_read_from_cms_s_own_table(tmp_path: Path) -> None:
    rows = [
        ["2", "90001", "", "CCCCC", "", "2013091", "", "Contractor Defined Primary Codes"],
        ["1", "90002", "", "90003", "2020366", "2013091", "", ""],
        ["3", "J9901", "", "90004", "", "20240101", "20241231", "Made-up note"],
    ]
    for reading in (
        _read([[NOTICE], ADD_ON_HEAD, *rows], "AOC_V2026Q2-MCR.txt"),
        ingest.read(_book(tmp_path / "AOC_V2026Q2-MCR.xlsx", [[NOTICE], ADD_ON_HEAD, *rows])),
    ):
        assert tuple(reading.addons) == (
            AddOn("90001", "CCCCC", "2", "2013-04-01", ""),
            AddOn("90002", "90003", "1", "2013-04-01", "2020-12-31"),
            AddOn("J9901", "90004", "3", "2024-01-01", "2024-12-31"),
        )
        assert tuple(reading.entries) == (Entry("HCPCS", "J9901", "with 90004", (("special instruction", "Made-up note"),)),)
        assert (reading.source.id, reading.source.publication) == ("ncci-add-on-code-edits-2026-04", "NCCI add-on code edits")
        assert (reading.source.setting, reading.remarks, reading.hints) == (None, (), ())


LINES = f"""{NOTICE}
290001       CCCCC       2013091       Contractor Defined Primary Codes
190002       9000320203662013091
190002       90004       20130912019365
19000320190019000420203662013091202036590001 Practitioner Only
290005   CCCCC   2013091   Contractor Defined Primary Codes
190002       900
"""


def test_add_on_codes_are_read_from_the_text_of_fixed_columns() -> None:
    assert is_add_on_text(LINES, "aoc.txt")
    reading = read_add_on_text(Path("AOC_V2026Q2-MCR.txt"), LINES)
    assert tuple(reading.addons) == (
        AddOn("90001", "CCCCC", "2", "2013-04-01", ""),
        AddOn("90002", "90003", "1", "2013-04-01", "2020-12-31"),
        AddOn("90002", "90004", "1", "2013-04-01", "2019-12-31"),
        AddOn("90005", "CCCCC", "2", "2013-04-01", ""),
    )
    assert [remark.split(":")[0] for remark in reading.remarks] == ["row 5, primary", "row 7, primary"]


@pytest.mark.parametrize(
    "text", ["", "Words and words", "2HELLO WORLD again", "J9901 made-up text", "1\t90001\tCCCCC", "12345 67890 20240101"]
)
def test_other_texts_are_not_taken_for_add_on_codes(text: str) -> None:
    assert not is_add_on_text(text, "notes.txt")


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("AOC_Edit_Type", "4", "'4' is not one of 1, 2, 3"),
        ("Add-On_Code", "CCCCC", "'CCCCC' is not a code of five characters"),
        ("Primary_Code", "", "'' is not a code of five characters"),
        ("AOC_Edit_EffDT", "2023366", "'2023366' is not a date"),
        ("AOC_Edit_DelDT", "2024000", "'2024000' is not a date"),
        ("AOC_Edit_DelDT", "20241301", "'20241301' is not a date"),
    ],
)
def test_an_add_on_code_that_cannot_be_read_is_told(column: str, cell: str, told: str) -> None:
    good = ["1", "90002", "", "90003", "", "2013091", "", ""]
    bad = [cell if head == column else held for head, held in zip(ADD_ON_HEAD, good, strict=True)]
    reading = _read([ADD_ON_HEAD, good, bad], "AOC_V2026Q2-MCR.txt")
    assert (len(reading.addons), reading.remarks) == (1, (f"row 3, {column}: {told}",))


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("2024366", "2024-12-31"),
        ("9999365", ""),
        ("99991231", ""),
        ("*", ""),
        ("", ""),
        ("2024-01-31", "2024-01-31"),
        ("1/31/2024", "2024-01-31"),
    ],
)
def test_a_day_is_read_in_every_way_cms_writes_it(cell: str, found: str) -> None:
    assert iso_day(cell) == found


@pytest.mark.parametrize("text", ["", "edits", "practitioner and hospital", "outline"])
def test_a_setting_is_not_guessed(text: str) -> None:
    assert setting_in(text) is None


# The real tables

REAL = {
    "ptp_2024Q3_prac_active.csv.gz": (1_669_820, "ncci-ptp-edits-practitioner-2024-07"),
    "ptp_2024Q3_out_active.csv.gz": (1_335_857, "ncci-ptp-edits-outpatient-hospital-2024-07"),
    "mue_2024Q3_prac.csv": (14_677, "medicare-mue-practitioner-2024-07"),
    "mue_2024Q3_out.csv": (14_628, "medicare-mue-outpatient-hospital-2024-07"),
    "mue_2024Q3_dme.csv": (2_928, "medicare-mue-dme-supplier-2024-07"),
    "addon_code_edits_2024.csv": (7_465, "ncci-add-on-code-edits-2024-01"),
}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    paths = [tables.need(f"ncci/{name}") for name in REAL]
    catalog = Catalog(tmp_path_factory.mktemp("edits") / "catalog.db")
    for path in paths:
        assert ingest.add(catalog, path).status == "added"
    yield catalog
    catalog.close()


def test_every_row_of_the_real_tables_is_on_file(real: Catalog) -> None:
    held = {tally.source.file: (tally.rows, tally.source.id) for tally in real.sources()}
    assert {name.removesuffix(".gz"): found for name, found in REAL.items()} == held
    assert {tally.codes + tally.passages for tally in real.sources()} == {0}


@pytest.mark.parametrize("short", ["prac", "out"])
def test_ten_random_pairs_are_found_again(real: Catalog, short: str) -> None:
    with gzip.open(tables.need(f"ncci/ptp_2024Q3_{short}_active.csv.gz"), "rt") as file:
        rows = random.Random(3).sample(list(csv.DictReader(file)), 10)
    for row in rows:
        found = [held for held in real.tables.pairs(row["column2"], row["column1"]) if held.source.file == f"ptp_2024Q3_{short}_active.csv"]
        assert Pair(row["column1"], row["column2"], row["modifier_indicator"], row["rationale"]) in [held.row for held in found]


@pytest.mark.parametrize("setting", ["practitioner", "outpatient", "dme"])
def test_ten_random_units_are_found_again(real: Catalog, setting: str) -> None:
    for code, row in random.Random(3).sample(sorted(tables.mue(setting).items()), 10):
        found = {held.source.setting: held.row for held in real.tables.units(code)}
        wanted = Unit(code, int(row["mue_units"]), row["mue_mai"], row["mue_rationale"])
        assert wanted == next(unit for name, unit in found.items() if name and name.lower().startswith(setting))


def test_every_add_on_code_is_found_again(real: Catalog) -> None:
    rows = tables.addons()
    found = {(held.row.primary, held.row.code, held.row.type) for code in {row[1] for row in rows} for held in real.tables.addons(code)}
    assert found == rows
