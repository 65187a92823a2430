"""Medicare's fee tables: read in the publishers' layouts, and the amounts computed from them."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import need

from assistant import fees
from assistant.indicators import GLOBAL_DAYS, OUTPATIENT, STATUS
from corpus.catalog import Catalog
from corpus.codes import CPT, HCPCS, NDC, ndc
from corpus.model import Code, CorpusError, Reading, with_ids
from corpus.readers.drugs import ASP, CROSSWALK
from corpus.readers.fees import GPCI, LAYOUTS, LOCALITY, OPPS, PFS, PFS_QP
from corpus.readers.figures import figure
from corpus.readers.sheets import book_rows, find, text_rows

Cells = Sequence[str]
# The last row of CMS's headings alone says RVU twice; what stands above it is for people.
CMS = """,,2025 National Physician Fee Schedule Relative Value File October Release,,
,,CPT codes and descriptions only are copyright 2024 American Medical Association. All Rights Reserved.,,
,,,,NOT USED,,,,,,,,,,,,,,,,,,,,,PHYSICIAN,,,,,
,,,STATUS,MEDICARE,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,MULT,BILAT,ASST,CO-,TEAM,ENDO,CONV,"
DIAGNOSTIC",CALCULATION,FAMILY,PAYMENT,PAYMENT,PAYMENT
HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG,SURG,SURG,SURG,\
BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT
90001,,made-up words,A,,1.30,1.35,,0.57,,0.10,2.75,1.97,0,XXX,0.00,0.00,0.00,0,0,0,0,0,,32.0000,09,0,99,0.00,0.00,0.00
90002,,made-up words,A,,2.00,4.00,NA,4.00,,1.00,7.00,7.00,0,090,0.10,0.80,0.10,2,1,2,0,0,,32.0000,09,0,99,0.00,0.00,0.00
90003,,made-up words,A,,0.50,2.00,,2.00,NA,0.10,2.60,2.60,1,XXX,0.00,0.00,0.00,4,0,0,0,0,,32.0000,01,0,88,1.00,1.00,0.20
90003,26,made-up words,A,,0.50,0.20,,0.20,,0.05,0.75,0.75,1,XXX,0.00,0.00,0.00,4,0,0,0,0,,32.0000,09,0,88,0.00,0.00,0.00
90004,,made-up words,N,+,1.00,1.00,,1.00,,1.00,3.00,3.00,0,XXX,0.00,0.00,0.00,9,9,9,9,9,,32.0000,09,0,99,0.00,0.00,0.00
90005,,made-up words,C,,0.00,0.00,,0.00,,0.00,0.00,0.00,0,YYY,0.00,0.00,0.00,9,9,9,9,9,,32.0000,09,0,99,0.00,0.00,0.00
G9901,,Made-up visit,R,,0.00,0.00,,0.00,,0.00,0.00,0.00,0,XXX,0.00,0.00,0.00,9,9,9,9,9,,32.0000,09,0,99,0.00,0.00,0.00
G9902,,Made-up visit 2,T,,0.17,0.20,,0.20,,0.02,0.39,0.39,5,XXX,0.00,0.00,0.00,0,0,0,0,0,,32.0000,09,0,99,0.00,0.00,0.00
"""
FLAT_HEADER = (
    "hcpcs,mod,description_hcpcs_level2_only,status_code,not_used_for_medicare_payment,work_rvu,nonfac_pe_rvu,nonfac_na,fac_pe_rvu,fac_na,"
    "mp_rvu,nonfac_total,fac_total,pctc_ind,glob_days,pre_op,intra_op,post_op,mult_proc,bilat_surg,asst_surg,co_surg,team_surg,endo_base,"
    "conv_factor,phys_superv_diag,calc_flag,diag_img_family,nonfac_pe_opps,fac_pe_opps,mp_opps"
)
FLAT = FLAT_HEADER + CMS[CMS.index("\n90001") :]
HALVES = {
    "pfs_rvu_amounts_2024.csv": """hcpcs_code,mod,rvu_work,rvu_non_pe,rvu_fac_pe,rvu_mp,rvu_non_sum,rvu_fac_sum,rvu_opps_non_pe,\
rvu_opps_fac_pe,rvu_opps_mp,cf
90001,,1.3,1.25,0.5,0.1,2.65,1.9,0,0,0,33.2875
D9901,26,0,0,0,0,0,0,0,0,0,33.2875
""",
    "pfs_rvu_indicators_2024.csv": """hcpcs_code,mod,status,pctc,glob,pre_op,intra_op,post_op,mult_proc,bilat_surg,asst_surg,co_surg,\
team_surg,endo_base,phys_diag_pro,diag_img_fam,non_na,fac_na,not_used_mcr
90001,,A,0,XXX,0,0,0,0,0,0,0,0,,09,99,,,
D9901,26,R,0,YYY,0,0,0,0,0,0,0,0,,09,99,,,
""",
}
INDICES = """Addendum E. Geographic Practice Cost Indices (GPCIs) by State and Medicare Locality,,
"Medicare Administrative Contractor (MAC)",State,Locality Number,Locality Name,2025 PW GPCI (without 1.0 Floor),\
2025 PW GPCI (with 1.0 Floor),2025 PE GPCI,2025 MP GPCI
9901,AK,01,ALASKA*,1.4,1.5,1.1,0.5
09902,CA,18,LOS ANGELES-LONG BEACH (MADE UP CNTY),1.04,1.04,1.2,0.7
09902,CA,75,REST OF CALIFORNIA,1.01,1.01,1.1,0.6
* Work GPCI reflects a floor of 1.5 in Alaska.,,,,,,,
"""
ADDENDUM_B = """Addendum B.-OPPS Payment by HCPCS Code for CY 2025,,
HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate,National Unadjusted Copayment,Minimum Unadjusted Copayment,\
IRA Coinsurance percentage,Adjusted Beneficiary Copayment,Drug and Device Pass-Through Expiration during Calendar Year,\
"Note: copayments
are capped",* Indicates a Change
90001,made-up words,J1 ,5113,36.5000,"$3,244.610",.,$648.93,,,,,
90011,made-up words,N,,, ,,,,,,,*
J9901,Madeupumab inj,K,9901,,$12.340,,$2.47,19.5%,$2.41,,Inflation-adjusted coinsurance,
"""
LIMITS = """Payment Allowance Limits for Medicare Part B Drugs,,
"Effective January 1, 2026 through March 31, 2026",,
HCPCS Code,Short Description,HCPCS Code Dosage,Payment Limit,Co-insurance Percentage,Vaccine AWP%,Vaccine Limit,Blood AWP%,Blood limit,\
Clotting Factor,Notes
90001,made-up words,1 ML,137.828,20.000,,,,,,
J9901,Madeupumab inj,10 MG,12.345,20.000,,,,,,"first line
second line"
J9902,Formerumab inj,1 EA,N/A,20.000,,,,,,
"""
PRODUCTS = """_2026_CODE,Short Description,LABELER NAME,NDC2,Drug Name,HCPCS dosage,PKG SIZE,PKG QTY,BILLUNITS,BILLUNITSPKG
90001,made-up words,Nobody &amp; Sons,99999-0001-01,Testvax,1 ML,1,10,1,10
J9901,Madeupumab inj,"Nobody, Inc.",99999-0002-01,Madeuzza,10 MG,4,1,10,10
J9901,Madeupumab inj,"Nobody, Inc.",99999-0002-02,MADEUZZA,10 MG,4,2,10,20
J9902,Formerumab inj,"Nobody, Inc.",99999-0002-01,Madeuzza,5 MG,4,2,10,20
"""


def reading(text: str, name: str) -> Reading:
    """Read a text as the catalog's door does: by its columns."""
    found = find(Path(name), text_rows(text), LAYOUTS)
    assert found is not None
    return found[0].read(found[1])


def real(relative: str) -> Reading:
    path = need(relative)
    return reading(path.read_text(encoding="utf-8-sig"), path.name)


def catalog_of(folder: Path, readings: Iterable[Reading]) -> Catalog:
    catalog = Catalog(folder / "catalog.sqlite")
    for held in readings:
        documents = tuple(
            replace(document, id=f"{held.source.id}/{at}", passages=with_ids(f"{held.source.id}/{at}", document.passages))
            for at, document in enumerate(held.documents)
        )
        catalog.put(replace(held, documents=documents))
    return catalog


@pytest.fixture
def made_up(tmp_path: Path) -> Catalog:
    texts = {
        "PPRRVU2025_Oct.csv": CMS,
        **HALVES,
        "GPCI2025.csv": INDICES,
        "october_2025_addendum_b.csv": ADDENDUM_B,
        "asp_2026_jan.csv": LIMITS,
        "crosswalk_2026_jan.csv": PRODUCTS,
    }
    return catalog_of(tmp_path, (reading(text, name) for name, text in texts.items()))


REAL = {
    "fees/pprrvu2025_oct_nodesc.csv": (PFS, "October 2025", 19_090),
    "fees/pfs_rvu_amounts_2024_nodesc.csv": (PFS, "2024", 18_664),
    "fees/pfs_rvu_indicators_2024_nodesc.csv": (PFS, "2024", 18_664),
    "fees/pfs_gpci_2024.csv": (GPCI, "2024", 109),
    "fees/opps_addendum_b_2025_oct_nodesc.csv": (OPPS, "October 2025", 18_797),
    "fees/asp_payment_limits_2026_jan_nodesc.csv": (ASP, "January 2026", 877),
    "fees/asp_ndc_hcpcs_crosswalk_2026_jan_nodesc.csv": (CROSSWALK, "January 2026", 2 * 7_125),
}


# The schedule


def test_cms_headings_over_several_rows_are_told_by_their_turn() -> None:
    held = reading(CMS, "PPRRVU25_OCT.csv")
    first = held.entries[0]
    assert (first.system, first.code, first.part) == (CPT, "90001", "")
    assert dict(first.cells) == {
        "status": "A",
        "work RVU": "1.30",
        "non-facility PE RVU": "1.35",
        "facility PE RVU": "0.57",
        "malpractice RVU": "0.10",
        "non-facility total RVU": "2.75",
        "facility total RVU": "1.97",
        "PC/TC indicator": "0",
        "global days": "XXX",
        "preoperative share": "0.00",
        "intraoperative share": "0.00",
        "postoperative share": "0.00",
        "multiple procedure indicator": "0",
        "bilateral surgery indicator": "0",
        "assistant at surgery indicator": "0",
        "co-surgeons indicator": "0",
        "team surgery indicator": "0",
        "conversion factor": "32.0000",
        "physician supervision indicator": "09",
        "calculation flag": "0",
        "diagnostic imaging family": "99",
        "non-facility PE RVU for the OPPS cap": "0.00",
        "facility PE RVU for the OPPS cap": "0.00",
        "malpractice RVU for the OPPS cap": "0.00",
    }
    assert [(entry.code, entry.part) for entry in held.entries[2:4]] == [("90003", ""), ("90003", "26")]
    assert not held.remarks
    assert not held.hints


def test_all_layouts_of_the_schedule_say_the_same() -> None:
    assert reading(FLAT, "PPRRVU25_OCT.csv").entries == reading(CMS, "PPRRVU25_OCT.csv").entries


def test_a_workbook_is_read_like_the_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(CMS)):
        book.active.append([float(cell) if "." in cell and cell.replace(".", "").isdigit() else cell for cell in row])
    path = tmp_path / "PPRRVU2025_Oct.xlsx"
    book.save(path)
    found = find(path, book_rows(path), LAYOUTS)
    assert found is not None
    held = found[0].read(found[1])
    assert len(held.entries) == 8
    assert dict(held.entries[0].cells)["work RVU"] == "1.3"


def test_no_text_of_cpt_is_kept_and_codes_are_on_file_without_title() -> None:
    held = reading(CMS, "PPRRVU25_OCT.csv")
    assert "made-up words" not in str(held)
    assert dict(held.entries[6].cells)["short description"] == "Made-up visit"
    assert Code(CPT, "90001", "") in held.codes
    assert {code.system for code in held.codes} == {CPT}
    assert len(held.codes) == 5


@pytest.mark.parametrize(
    ("name", "source", "publication", "ended"),
    [
        ("PPRRVU25_OCT.csv", "medicare-physician-fee-schedule-2025-10", PFS, date(2025, 12, 31)),
        ("schedule.csv", "medicare-physician-fee-schedule-2025-10", PFS, date(2025, 12, 31)),  # the edition stands above the header
        ("PPRRVU2026_Jan_nonQPP.csv", "medicare-physician-fee-schedule-2026-01", PFS, date(2026, 12, 31)),
        (
            "PPRRVU2026_Jan_QPP.csv",
            "medicare-physician-fee-schedule-for-qualifying-apm-participants-2026-01",
            PFS_QP,
            date(2026, 12, 31),
        ),
    ],
)
def test_a_schedule_holds_for_its_year(name: str, source: str, publication: str, ended: date) -> None:
    found = reading(CMS, name).source
    assert (found.id, found.publication, found.ended, found.payer) == (source, publication, ended, "Medicare")


def test_the_tables_a_schedule_is_split_in_are_one_edition() -> None:
    amounts, indicators = (reading(text, name) for name, text in HALVES.items())
    assert amounts.source.id != indicators.source.id
    assert amounts.source.publication == indicators.source.publication == PFS
    assert amounts.source.effective == indicators.source.effective == date(2024, 1, 1)
    assert (amounts.entries[1].system, amounts.entries[1].part) == (HCPCS, "26")


def test_without_an_edition_the_person_is_asked() -> None:
    held = reading(FLAT, "schedule.csv")
    assert held.source.id == ""
    assert "--effective" in held.hints[0]


# Rows that cannot be read


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("90001,,", "9001,,", "row 6, HCPCS: '9001' is not a CPT or HCPCS code"),
        ("A,,1.30", "A,,one", "row 6, RVU: 'one' is not a number"),
        ("A,,1.30", "A,,", "row 6, RVU: it is empty"),
        ("words,A,,1.30", "words,AA,,1.30", "row 6, CODE: 'AA' is not a status letter"),
        ("2.75,1.97", "3.75,1.97", "row 6, TOTAL: 3.75 is not the sum of its parts, 2.75"),
        ("90002,", "90001,", "row 7, HCPCS: 90001 stands in row 6 already"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_by_row_and_column(good: str, bad: str, told: str) -> None:
    start = CMS.index("90001")
    held = reading(CMS[:start] + CMS[start:].replace(good, bad, 1), "PPRRVU25_OCT.csv")
    assert told in held.remarks
    assert len(held.entries) == 7


def test_a_file_cut_short_loses_its_last_row_alone() -> None:
    held = reading(CMS[: CMS.index("G9902") + 30], "PPRRVU25_OCT.csv")
    assert len(held.entries) == 7
    assert held.remarks == ("row 13, PE RVU: it is empty",)


@pytest.mark.parametrize(("heading", "named"), [("conv_factor", "conversion factor"), ("status_code", "status"), ("work_rvu", "work RVU")])
def test_columns_that_are_missing_are_named(heading: str, named: str) -> None:
    with pytest.raises(CorpusError, match=f"the columns of Medicare Physician Fee Schedule but for “{named}”"):
        reading(FLAT.replace(heading, "other"), "PPRRVU25_OCT.csv")


def test_a_crosswalk_without_ndcs_is_named() -> None:
    with pytest.raises(CorpusError, match="but for “ndc2” or “ndc”"):
        reading(PRODUCTS.replace("NDC2", "other"), "crosswalk_2026_jan.csv")


CELL = st.text("0123456789ABGJ.,$- x\n\"'&;é", max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["90001", "90002", "G9901", "x", ""]), st.sampled_from(["", "26"]), CELL, CELL), max_size=12))
def test_no_row_of_a_schedule_is_lost_or_doubled(rows: list[tuple[str, str, str, str]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for code, modifier, status, work in rows:
        writer.writerow([code, modifier, "", status, "", work, "1", "", "1", "", "1", "", "", *[""] * 11, "32", *[""] * 6])
    found = find(Path("PPRRVU25_OCT.csv"), text_rows(FLAT_HEADER + "\n" + out.getvalue()), LAYOUTS)
    assert found is not None
    held = found[0].read(found[1])
    assert len(held.entries) + found[1].unreadable == len(rows)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["90001", "J9901", "x"]), CELL, st.sampled_from(["99999-1-1", "99999-0002-01", ""]), CELL)))
def test_no_row_of_the_crosswalk_is_lost_or_doubled(rows: list[tuple[str, str, str, str]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for code, name, product, size in rows:
        writer.writerow([code, "", "Nobody", product, name, "1 MG", size, "1", "1", "1"])
    found = find(Path("crosswalk_2026_jan.csv"), text_rows(PRODUCTS[: PRODUCTS.index("\n") + 1] + out.getvalue()), LAYOUTS)
    assert found is not None
    held = found[0].read(found[1])
    assert len(held.entries) % 2 == 0
    assert len(held.entries) // 2 + found[1].unreadable == len(rows)


# Localities, outpatient rates, drugs


def test_localities_go_by_state_and_number() -> None:
    held = reading(INDICES, "GPCI2025.csv")
    assert [(entry.system, entry.code) for entry in held.entries] == [(LOCALITY, "AK 01"), (LOCALITY, "CA 18"), (LOCALITY, "CA 75")]
    assert dict(held.entries[0].cells) == {
        "locality name": "ALASKA",
        "MAC": "09901",
        "state": "AK",
        "locality number": "01",
        "work GPCI": "1.5",
        "work GPCI without the 1.0 floor": "1.4",
        "PE GPCI": "1.1",
        "malpractice GPCI": "0.5",
    }
    assert held.codes[2] == Code(LOCALITY, "CA 75", "REST OF CALIFORNIA", parent="CA")
    assert not held.remarks


def test_the_plain_table_of_indices_is_read_without_its_sum() -> None:
    text = "mac,state,locality,locality_name,gpci_work,gpci_pe,gpci_mp,gpci_gaf\n09901,AK,1,ALASKA,1.5,1.1,0.5,3.1\n"
    held = reading(text, "pfs_gpci_2024.csv")
    assert held.entries[0].code == "AK 01"
    assert "3.1" not in str(held.entries)


def test_addendum_b() -> None:
    held = reading(ADDENDUM_B, "october_2025_addendum_b.csv")
    assert dict(held.entries[0].cells) == {
        "status indicator": "J1",
        "APC": "5113",
        "relative weight": "36.5000",
        "payment rate": "$3,244.610",
        "minimum unadjusted copayment": "$648.93",
    }
    assert dict(held.entries[1].cells) == {"status indicator": "N", "changed since the last edition": "*"}
    assert held.source.ended == date(2025, 12, 31)
    assert [code.value for code in held.codes] == ["90001", "90011"]


def test_payment_limits() -> None:
    held = reading(LIMITS, "limits.csv")
    assert (held.source.effective, held.source.ended) == (date(2026, 1, 1), date(2026, 3, 31))
    assert dict(held.entries[1].cells)["note"] == "first line second line"
    assert dict(held.entries[2].cells)["payment limit"] == "N/A"


def test_a_product_is_found_by_code_by_ndc_and_by_brand() -> None:
    held = reading(PRODUCTS, "crosswalk_2026_jan.csv")
    assert [(entry.system, entry.code, entry.part) for entry in held.entries[:2]] == [
        (CPT, "90001", "99999-0001-01"),
        (NDC, "99999000101", "90001"),
    ]
    assert dict(held.entries[1].cells)["code"] == "CPT 90001"
    assert dict(held.entries[0].cells)["labeler"] == "Nobody & Sons"
    terms = held.documents[0].passages
    assert [(term.text, term.locator, term.codes) for term in terms] == [
        ("Testvax", "row 90001/99999-0001-01", ((CPT, "90001"),)),
        ("Madeuzza", "row J9901/99999-0002-01", ((HCPCS, "J9901"),)),
        ("Madeuzza", "row J9902/99999-0002-01", ((HCPCS, "J9902"),)),
    ]
    assert held.source.payer is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("99999-0001-01", "99999000101"),
        ("9999-0001-01", "09999000101"),
        ("99999-001-01", "99999000101"),
        (" 99999-0001-1 ", "99999000101"),
        ("99999000101", "99999000101"),
        ("999990001012", "999990001012"),
    ],
)
def test_an_ndc_has_eleven_digits(text: str, digits: str) -> None:
    assert ndc(text) == digits


@pytest.mark.parametrize("text", ["9999000101", "9999-001-1", "", "99999-0001", "99999-0001-01-1", "²9999000101"])
def test_what_is_no_ndc_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an NDC"):
        ndc(text)


@pytest.mark.parametrize(("text", "value"), [("$3,244.610", "3244.610"), ("19.5%", "19.5"), (".5", "0.5"), ("-1", "-1"), ("7", "7")])
def test_a_figure(text: str, value: str) -> None:
    assert figure(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", " ", "N/A"])
def test_a_cell_may_hold_no_figure(text: str) -> None:
    assert figure(text) is None


@pytest.mark.parametrize("text", ["1e5", "one", "1.2.3", "NaN", "٣", "1_0", "$"])
def test_a_cell_that_is_no_figure(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        figure(text)


# Amounts

ON = date(2025, 11, 1)


def test_the_national_amount(made_up: Catalog) -> None:
    office, hospital = fees.amounts(made_up, "90001", ON)
    assert (office.setting, office.value, hospital.setting, hospital.value) == (
        "non-facility",
        Decimal("88.00"),
        "facility",
        Decimal("63.04"),
    )
    assert office.working == "(1.30 + 1.35 + 0.10) × 32.0000 = $88.00"
    assert [filed.row.code for filed in office.rows] == ["90001"]
    assert office.caveats == ()
    assert (office.status, office.why, office.locality) == ("A", "", "")


def test_the_amount_of_a_locality(made_up: Catalog) -> None:
    office, _ = fees.amounts(made_up, "90001", ON, locality="AK 01")
    assert office.value == Decimal("111.52")  # (1.30 × 1.5 + 1.35 × 1.1 + 0.10 × 0.5) × 32
    assert office.working == "(1.30 × 1.5 + 1.35 × 1.1 + 0.10 × 0.5) × 32.0000 = $111.52"
    assert office.locality == "ALASKA"
    assert [filed.row.system for filed in office.rows] == [CPT, LOCALITY]
    missing, _ = fees.amounts(made_up, "90001", ON, locality="ZZ 99")
    assert (missing.value, missing.why) == (None, "no geographic indices are on file for ZZ 99")


def test_half_a_cent_goes_up() -> None:
    one = (Decimal(1), Decimal(1), Decimal(1))
    assert fees.allowed((Decimal("0.5"), Decimal(0), Decimal(0)), one, Decimal("0.01")) == Decimal("0.01")
    assert fees.allowed((Decimal("0.1"), Decimal("0.2"), Decimal(0)), one, Decimal("10")) == Decimal("3.00")


def test_a_setting_marked_na_has_no_amount(made_up: Catalog) -> None:
    office, hospital = fees.amounts(made_up, "90002", ON)
    assert (office.value, hospital.value) == (None, Decimal("224.00"))
    assert office.why == "CMS marks the non-facility setting NA: rarely or never performed there"
    assert office.working == ""


def test_imaging_is_paid_no_more_than_under_opps(made_up: Catalog) -> None:
    office, _ = fees.amounts(made_up, "90003", ON)
    assert (office.value, office.capped) == (Decimal("54.40"), True)  # (0.50 + 1.00 + 0.20) × 32 for (0.50 + 2.00 + 0.10) × 32
    assert office.working == "(0.50 + 1.00 + 0.20) × 32.0000 = $54.40"
    reader, _ = fees.amounts(made_up, "90003", ON, modifier="26")
    assert (reader.value, reader.capped) == (Decimal("24.00"), False)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("90004", f"status N, {STATUS['N']}"),
        ("90005", f"status C, {STATUS['C']}"),
        ("G9901", "status R with no RVUs: the Medicare contractor sets the price"),
    ],
)
def test_what_the_schedule_does_not_price_says_why(made_up: Catalog, code: str, why: str) -> None:
    assert {(amount.value, amount.why) for amount in fees.amounts(made_up, code, ON)} == {(None, why)}


def test_an_injection_is_paid_alone_only(made_up: Catalog) -> None:
    office, _ = fees.amounts(made_up, "G9902", ON)
    assert office.value == Decimal("12.48")
    assert office.caveats == (f"Status T, {STATUS['T']}.",)


def test_a_code_or_modifier_the_schedule_lacks_has_no_amount(made_up: Catalog) -> None:
    assert fees.amounts(made_up, "90099", ON) == []
    assert fees.amounts(made_up, "90001", ON, modifier="26") == []


@pytest.mark.parametrize(
    ("on", "value", "caveat"),
    [
        (date(2024, 6, 1), "88.21", ""),
        (date(2024, 2, 1), "88.21", "The conversion factor 33.2875 holds from 2024-03-09"),
        (date(2025, 3, 1), "88.00", "begins on 2025-10-01, after 2025-03-01"),  # the year's own edition before that of the year past
        (date(2026, 3, 1), "88.00", "held until 2025-12-31"),
        (date(2020, 1, 1), "88.21", "begins on 2024-01-01"),
    ],
)
def test_the_edition_of_the_date_answers(made_up: Catalog, on: date, value: str, caveat: str) -> None:
    office, _ = fees.amounts(made_up, "90001", on)
    assert office.value == Decimal(value)
    assert caveat in " ".join(office.caveats)
    assert bool(caveat) == bool(office.caveats)


def test_two_tables_make_one_row(made_up: Catalog) -> None:
    office, _ = fees.amounts(made_up, "90001", date(2024, 6, 1))
    assert len(office.rows) == 2
    assert (office.status, office.factor) == ("A", Decimal("33.2875"))


def test_half_a_schedule_prices_nothing(tmp_path: Path) -> None:
    for at, (name, text) in enumerate(HALVES.items()):
        catalog = catalog_of(tmp_path / str(at), [reading(text, name)])
        office, _ = fees.amounts(catalog, "90001", date(2024, 6, 1))
        assert office.value is None
        assert "the table on file gives no" in office.why


def test_indices_of_another_year_make_an_estimate(made_up: Catalog) -> None:
    office, _ = fees.amounts(made_up, "90001", date(2024, 6, 1), locality="AK 01")
    assert "of different years (2024 and 2025): an estimate." in " ".join(office.caveats)


def test_sources_at_hand_are_used(made_up: Catalog) -> None:
    sources = [tally.source for tally in made_up.sources() if tally.source.effective == date(2024, 1, 1)]
    office, _ = fees.amounts(made_up, "90001", ON, sources=sources)
    assert office.value == Decimal("88.21")


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        ("ca 18", ["CA 18"]),
        ("CA", ["CA 18", "CA 75"]),
        ("California", ["CA 18", "CA 75"]),
        ("Alaska", ["AK 01"]),
        ("Los Angeles", ["CA 18"]),
        ("Long  Beach", ["CA 18"]),
        ("Los Angeles, CA", ["CA 18"]),
        ("Rest of California", ["CA 75"]),
        ("Nowhere", []),
        ("", []),
    ],
)
def test_a_place_stands_for_its_localities(made_up: Catalog, place: str, keys: list[str]) -> None:
    assert [code.value for code in fees.localities(made_up, place)] == keys


def test_a_drug_has_a_limit_for_its_dosage_and_quarter(made_up: Catalog) -> None:
    limit = fees.drug_limit(made_up, "J9901", date(2026, 2, 1))
    assert limit is not None
    assert (limit.dosage, limit.value, limit.caveats) == ("10 MG", Decimal("12.345"), ())
    late = fees.drug_limit(made_up, "J9902", date(2026, 5, 1))
    assert late is not None
    assert late.value is None
    assert "held until 2026-03-31" in late.caveats[0]
    assert fees.drug_limit(made_up, "J9999", ON) is None


def test_products_and_codes_lead_to_each_other(made_up: Catalog) -> None:
    on = date(2026, 2, 1)
    assert [product.ndc for product in fees.ndcs_of(made_up, "J9901", on)] == ["99999-0002-01", "99999-0002-02"]
    for written in ("99999-0002-01", "99999-002-01", "99999000201"):
        assert [product.code for product in fees.code_of_ndc(made_up, written, on)] == ["J9901", "J9902"]
    assert fees.code_of_ndc(made_up, "nothing", on) == []


def test_a_hospital_is_paid_by_status_and_apc(made_up: Catalog) -> None:
    found = fees.opps(made_up, "90001", ON)
    assert found is not None
    assert (found.status, found.apc, found.rate, found.meaning) == ("J1", "5113", Decimal("3244.610"), OUTPATIENT["J1"])
    packaged = fees.opps(made_up, "90011", ON)
    assert packaged is not None
    assert packaged.rate is None
    assert fees.opps(made_up, "90099", ON) is None


# The real files


@pytest.mark.parametrize("relative", REAL)
def test_a_real_file_lands_whole(relative: str) -> None:
    publication, edition, count = REAL[relative]
    held = real(relative)
    assert (held.source.publication, held.source.edition, len(held.entries)) == (publication, edition, count)
    assert held.remarks == held.hints == ()


def test_real_rows_keep_every_figure_and_every_key() -> None:
    """Each row of the schedule as its file has it, read by other code."""
    with need("fees/pprrvu2025_oct_nodesc.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    entries = real("fees/pprrvu2025_oct_nodesc.csv").entries
    assert [(entry.code, entry.part) for entry in entries] == [(row["hcpcs"], row["mod"]) for row in rows]
    for entry, row in zip(entries, rows, strict=True):
        written = [" ".join(text.split()) for name, text in row.items() if name not in ("hcpcs", "mod")]
        assert [text for _, text in entry.cells] == [text for text in written if text]


def test_real_amounts_are_the_totals_times_the_factor(tmp_path: Path) -> None:
    held = real("fees/pprrvu2025_oct_nodesc.csv")
    catalog = catalog_of(tmp_path, [held])
    sources = [held.source]
    priced = 0
    for entry in held.entries[::5]:
        cells = dict(entry.cells)
        for amount in fees.amounts(catalog, entry.code, ON, entry.part, sources=sources):
            assert (amount.value is None) == bool(amount.why)
            if amount.value is not None and not amount.capped:
                total = Decimal(cells[f"{amount.setting} total RVU"]) * Decimal(cells["conversion factor"])
                assert abs(amount.value - total) <= Decimal("0.005")
                priced += 1
    assert priced > 2000


def test_a_real_amount_worked_out_by_hand(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path, [real("fees/pprrvu2025_oct_nodesc.csv")])
    office, hospital = fees.amounts(catalog, "99213", ON)
    assert (office.value, hospital.value) == (Decimal("88.95"), Decimal("63.72"))  # by hand: 2.75 × 32.3465, 1.97 × 32.3465


def test_every_real_status_and_period_has_a_meaning() -> None:
    cells = [dict(entry.cells) for entry in real("fees/pprrvu2025_oct_nodesc.csv").entries]
    assert {cell["status"] for cell in cells} <= set(STATUS)
    assert {cell["global days"] for cell in cells} <= set(GLOBAL_DAYS)
    rates = [dict(entry.cells) for entry in real("fees/opps_addendum_b_2025_oct_nodesc.csv").entries]
    assert {cell["status indicator"] for cell in rates} == set(OUTPATIENT)


def test_real_rates_are_weights_times_one_factor() -> None:
    rates = [dict(entry.cells) for entry in real("fees/opps_addendum_b_2025_oct_nodesc.csv").entries]
    factor = Decimal("89.169")  # the OPPS conversion factor of 2025
    checked = 0
    for cell in rates:
        weight, rate = figure(cell.get("relative weight", "")), figure(cell.get("payment rate", ""))
        if weight and rate:
            assert abs(weight * factor - rate) <= Decimal("0.02")
            checked += 1
    assert checked > 5000


def test_real_brands_lead_to_their_codes() -> None:
    terms = real("fees/asp_ndc_hcpcs_crosswalk_2026_jan_nodesc.csv").documents[0].passages
    assert len(terms) == len({(term.codes, term.text.casefold()) for term in terms}) == 1134
    assert ((HCPCS, "J9271"),) in [term.codes for term in terms if term.text == "Keytruda"]
