"""Claims checked: what each rule finds, and what it leaves alone."""

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import open_library
from lxml import etree
from tables import need, pdf_pages
from typer.testing import CliRunner

from assistant import evidence, quote, verify
from assistant.claimfile import claim_of, read
from assistant.claimplan import claim_in
from assistant.claims import check_claim
from assistant.cli import app
from assistant.findings import Claim, Finding, Line
from assistant.instructions import named
from assistant.lineedits import ASSOCIATED
from assistant.question import understand
from corpus import ingest
from corpus.catalog import Catalog
from corpus.model import AddOn, Code, Entry, Pair, Reading, Source, Unit
from index.library import Library

TODAY = date(2026, 11, 21)
MADE_UP = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>2026</version>
<chapter><name>1</name><desc>Made-up diseases (A00-B99)</desc>
<section id="A10-A19"><desc>Test fevers (A10-A19)</desc>
<diag><name>A11</name><desc>Test fever</desc>
  <excludes1><note>feline fever (B20.-)</note></excludes1>
  <excludes2><note>lasting fever (B21)</note></excludes2>
  <useAdditionalCode><note>code to identify the test (Z99.1)</note></useAdditionalCode>
  <diag><name>A11.0</name><desc>Test fever of the left ear</desc></diag>
  <diag><name>A11.1</name><desc>Test fever of the right ear</desc></diag>
  <diag><name>A11.2</name><desc>Test fever of the ear, bilateral</desc></diag>
</diag>
<diag><name>A12</name><desc>Fever in diseases classified elsewhere</desc>
  <codeFirst><note>underlying disease, such as:</note><note>lasting fever (B21)</note></codeFirst></diag>
<diag><name>A13</name><desc>Fever of the joints</desc><codeFirst><note>, if applicable, lasting fever (B21)</note></codeFirst></diag>
<diag><name>A14</name><desc>Fever after fever</desc><codeFirst><note>lasting fever (B21)</note></codeFirst></diag>
<diag><name>A15</name><desc>Fever with a use note</desc>
  <useAdditionalCode><note>code, if applicable, for the test (Z99.1)</note></useAdditionalCode></diag>
</section>
<section id="B20-B29"><desc>Diseases of male test organs (B20-B29)</desc>
<diag><name>B20</name><desc>Feline fever</desc><diag><name>B20.1</name><desc>Feline fever, mild</desc></diag></diag>
</section>
<section id="B30-B39"><desc>Diseases of anybody (B30-B39)</desc><diag><name>B21</name><desc>Lasting fever</desc></diag></section>
</chapter>
<chapter><name>15</name><desc>Pregnancy (O00-O9A)</desc>
<notes><note>CODES FROM THIS CHAPTER ARE FOR USE ONLY ON MATERNAL RECORDS, NEVER ON NEWBORN RECORDS</note></notes>
<section id="O10-O16"><desc>Made-up (O10-O16)</desc><diag><name>O10</name><desc>Fever of pregnancy</desc></diag></section></chapter>
<chapter><name>16</name><desc>Perinatal (P00-P96)</desc>
<notes><note>Codes from this chapter are for use on newborn records only, never on maternal records</note></notes>
<section id="P00-P04"><desc>Made-up (P00-P04)</desc><diag><name>P01</name><desc>Fever of birth</desc></diag></section></chapter>
<chapter><name>20</name><desc>External causes (V00-Y99)</desc>
<notes><note>A code from this chapter shall be used secondary to a code from another chapter.</note></notes>
<section id="W00-W19"><desc>Made-up (W00-W19)</desc><diag><name>W19</name><desc>Fall</desc></diag></section></chapter>
<chapter><name>21</name><desc>Factors (Z00-Z99)</desc>
<section id="Z00-Z13"><desc>Made-up (Z00-Z13)</desc>
<diag><name>Z00</name><desc>Encounters</desc>
  <diag><name>Z00.0</name><desc>General adult examination</desc></diag>
  <diag><name>Z00.1</name><desc>Routine child examination</desc></diag></diag>
<diag><name>Z68</name><desc>Body mass index</desc>
  <notes><note>BMI adult codes are for use for persons 20 years of age or older</note></notes>
  <diag><name>Z68.1</name><desc>Body mass index 19.9 or less, adult</desc></diag></diag>
<diag><name>Z99.1</name><desc>Unit test</desc></diag></section></chapter>
</ICD10CM.tabular>
"""


def table(name: str, setting: str | None = None, payer: str = "Medicare", begins: date = date(2026, 7, 1)) -> Source:
    return Source(
        name, f"{name}, 2026 Q3", name, "made up", name, "CMS", "2026 Q3", payer=payer, setting=setting, effective=begins, digest=name
    )


def readings() -> list[Reading]:
    codes = ("90001", "90002", "90003", "90004", "90007", "99213")
    equipment = Code("HCPCS", "E9901", "made-up walker", date(2001, 1, 1))
    listed = tuple(Code("CPT", value, f"made-up service {value}", date(2001, 1, 1)) for value in codes)
    ended = Code("CPT", "90005", "made-up service", date(2001, 1, 1), date(2019, 12, 31))
    later = Code("CPT", "90006", "made-up service", date(2027, 1, 1))
    mine, theirs = "practitioner", "outpatient hospital"
    pairs = (
        Pair("90001", "90002", "0", "Made-up misuse"),
        Pair("90001", "90003", "1", "Made-up misuse"),
        Pair("90001", "99213", "1", "Made-up misuse"),
        Pair("90002", "90003", "1", "", "2020-01-01", "2021-12-31"),
        Pair("90002", "99213", "9", "", "2020-01-01", "2020-01-01"),
    )
    units = (Unit("90001", 2, "1"), Unit("90002", 2, "2"), Unit("90003", 2, "3"), Unit("99213", 0, "3"))
    return [
        Reading(Source("codes", "Codes", "Codes", "made up", "made up", digest="codes"), codes=(*listed, equipment, ended, later)),
        Reading(table("PTP practitioner", mine), pairs=pairs),
        Reading(table("PTP hospital", theirs), pairs=(Pair("90001", "90004", "0"),)),
        Reading(table("MUE practitioner", mine), units=(*units[:3], Unit("E9901", 0, "2"))),
        Reading(table("MUE hospital", theirs), units=(Unit("90001", 1, "2"), units[3])),
        Reading(table("MUE supplier", "DME supplier"), units=(Unit("90001", 1, "2"), Unit("E9901", 1, "2"))),
        Reading(table("Add-ons"), addons=(AddOn("90003", "90001", "3"), AddOn("90004", "90001", "1"), AddOn("90007", "CCCCC", "2"))),
        Reading(table("LCDs: codes"), entries=(Entry("CPT", "99213", "", (("document", "L33333"),)),)),
    ]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        opened = open_library(tmp_path_factory.mktemp("claims") / "home", patch)
        for reading in readings():
            opened.catalog.put(reading)
        path = tmp_path_factory.mktemp("in") / "icd10c-tabular-April-1-2026.xml"
        path.write_text(MADE_UP)
        assert opened.add(path).status == "added"
    return opened


def claim(*lines: str, on: date = TODAY, place: str = "11", **more: object) -> Claim:
    """A claim written shortly: '90001-59 x2 A11.0' is a line."""
    return replace(claim_of({"lines": [_line(text) for text in lines]}, on), place=place, **more)  # type: ignore[arg-type]


def _line(text: str) -> dict[str, object]:
    code, *rest = text.split()
    units = next((word[1:] for word in rest if word[0] == "x"), "1")
    return {"code": code, "units": units, "diagnoses": [word for word in rest if word[0] != "x"]}


def told(findings: Sequence[Finding]) -> set[tuple[str, str]]:
    """What matters of findings: errors and warnings, and the notes that are about the claim itself."""
    return {(item.severity, item.kind) for item in findings if item.kind not in ("no pair", "coverage")}


MAY, BAD, NOTE = "warning", "error", "note"
CASES: dict[str, tuple[Claim, set[tuple[str, str]]]] = {
    "a clean line": (claim("90001 B21"), set()),
    "units at the limit": (claim("90002 x2", "90001"), {(BAD, "pair")}),
    "a code no source lists": (claim("90099"), {(BAD, "unknown")}),
    "a diagnosis no source lists": (claim("90001 C99.9"), {(BAD, "unknown")}),
    "a code that has ended": (claim("90005"), {(BAD, "validity")}),
    "a code before its end": (claim("90005", on=date(2019, 12, 31)), {(NOTE, "not checked")}),
    "a code that has not begun": (claim("90006"), {(BAD, "validity")}),
    "a heading": (claim("90001 A11"), {(BAD, "validity"), (NOTE, "use additional")}),
    "indicator 0": (claim("90001", "90002"), {(BAD, "pair")}),
    "indicator 0 in the other order": (claim("90002", "90001"), {(BAD, "pair")}),
    "indicator 0 and a modifier": (claim("90001", "90002-59"), {(BAD, "pair")}),
    "indicator 1 without a modifier": (claim("90001", "90003"), {(BAD, "pair")}),
    "indicator 1 and a modifier on column two": (claim("90001", "90003-59"), {(MAY, "pair")}),
    "indicator 1 and a modifier on column one": (claim("90001-XS", "90003"), {(MAY, "pair")}),
    "indicator 1 and a modifier that bypasses nothing": (claim("90001", "90003-76"), {(BAD, "pair")}),
    "indicator 1 and 22": (claim("90001-22", "90003"), {(BAD, "pair")}),
    "one side on both lines": (claim("90001-RT", "90003-RT"), {(MAY, "pair")}),
    "two sides": (claim("90001-LT", "90003-RT"), {(MAY, "pair")}),
    "a visit with 25": (claim("90001", "99213-25"), {(MAY, "pair")}),
    "a visit without 25": (claim("90001", "99213"), {(BAD, "pair")}),
    "a visit without 25 beside a side": (claim("90001-RT", "99213"), {(BAD, "pair")}),
    "a visit with 59": (claim("90001", "99213-59"), {(MAY, "pair")}),
    "a pair that has ended": (claim("90002", "90003", "90001", on=date(2026, 8, 1)), {(BAD, "pair"), (NOTE, "pair")}),
    "an edit that never held": (claim("90002", "99213"), {(NOTE, "pair")}),
    "pairs of another day": (Claim((Line("90001"), Line("90002", on=date(2026, 11, 20))), TODAY, place="11"), set()),
    "a hospital's pair on a practitioner's claim": (claim("90001", "90004"), set()),
    "a hospital's pair": (claim("90001", "90004", place="", setting="outpatient hospital"), {(BAD, "pair")}),
    "a surgical center is judged as a practitioner": (claim("90001", "90004", place="24"), set()),
    "units over a line's limit": (claim("90001 x3"), {(BAD, "units")}),
    "units on two lines, each within a line's limit": (claim("90001-59 x2", "90001 x2"), set()),
    "units of a day over its limit": (claim("90002-59 x2", "90002 x1", "90004", "90001", place=""), {(BAD, "units"), (BAD, "pair")}),
    "units over a clinical limit": (claim("90003-59 x3", "90001"), {(MAY, "units"), (MAY, "pair")}),
    "no units are payable": (claim("99213", place="", setting="outpatient hospital"), {(BAD, "units")}),
    "no units are payable by Medicare": (
        claim("99213", place="", setting="outpatient hospital", payer="Aetna"), {(NOTE, "units"), (NOTE, "payer")}
    ),
    "equipment from a practitioner": (claim("E9901"), set()),
    "equipment over the suppliers' limit": (claim("E9901 x2"), {(BAD, "units")}),
    "a service is not judged as equipment": (claim("90001 x2"), set()),
    "an add-on alone": (claim("90004"), {(BAD, "add-on")}),
    "an add-on with its primary": (claim("90004", "90001"), set()),
    "an add-on of which some primaries are listed": (claim("90003"), {(MAY, "add-on")}),
    "an add-on whose primaries the contractor defines": (claim("90007"), {(MAY, "add-on")}),
    "such an add-on beside something": (claim("90007", "90001"), {(NOTE, "add-on")}),
    "one code twice": (claim("90001", "90001"), {(MAY, "duplicate")}),
    "one code on two sides": (claim("90001-RT", "90001-LT"), set()),
    "one code in two parts": (claim("90001-26", "90001-TC"), set()),
    "one code repeated": (claim("90001", "90001-76"), set()),
    "Excludes1": (claim("90001 B20.1 A11.0 Z99.1"), {(BAD, "Excludes1")}),
    "Excludes1 over two lines": (claim("90001-59 A11.0 Z99.1", "90001 B20.1"), {(BAD, "Excludes1")}),
    "Excludes2": (claim("90001 A11.0 B21 Z99.1"), {(NOTE, "Excludes2")}),
    "a manifestation first": (claim("90001 A12"), {(BAD, "code first")}),
    "a manifestation before its cause": (claim("90001 A12 B21"), {(MAY, "code first")}),
    "a manifestation after its cause": (claim("90001 B21 A12"), set()),
    "a manifestation after another cause": (claim("90001 A13 A12"), set()),
    "code first, if applicable": (claim("90001 A13"), set()),
    "code first, applicable and after": (claim("90001 A13 B21"), {(MAY, "code first")}),
    "code first, and none is there": (claim("90001 A13 A14"), {(NOTE, "code first")}),
    "use additional code": (claim("90001 A11.0"), {(NOTE, "use additional")}),
    "use additional code, and it is there": (claim("90001 A11.0 Z99.1"), set()),
    "use additional code, if applicable": (claim("90001 A15"), set()),
    "an external cause first": (claim("90001 W19 B21"), {(BAD, "external cause")}),
    "an external cause second": (claim("90001 B21 W19"), set()),
    "the other side": (claim("90001-RT A11.0 Z99.1"), {(BAD, "laterality")}),
    "the other side's finger": (claim("90001-F7 A11.0 Z99.1"), {(BAD, "laterality")}),
    "the side": (claim("90001-LT A11.0 Z99.1"), set()),
    "one of both sides": (claim("90001-LT A11.2 Z99.1"), set()),
    "both sides for one": (claim("90001-50 A11.1 Z99.1"), {(MAY, "laterality")}),
    "a side among two": (claim("90001-RT A11.0 A11.1 Z99.1"), set()),
    "the other sex": (claim("90001 B20.1", sex="female"), {(MAY, "sex")}),
    "the sex": (claim("90001 B20.1", sex="male"), set()),
    "a maternal code for a man": (claim("90001 O10", sex="male"), {(MAY, "sex")}),
    "a maternal code": (claim("90001 O10", sex="female", age=30), set()),
    "a newborn code at thirty": (claim("90001 P01", age=30), {(MAY, "age")}),
    "a newborn code at birth": (claim("90001 P01", age=0), set()),
    "mother and child on one claim": (claim("90001 O10 P01"), {(BAD, "records")}),
    "an adult's examination of a child": (claim("90001 Z00.0", age=7), {(MAY, "age")}),
    "an adult's examination": (claim("90001 Z00.0", age=40), set()),
    "a child's examination of an adult": (claim("90001 Z00.1", age=40), {(MAY, "age")}),
    "ages in figures": (claim("90001 Z68.1", age=19), {(MAY, "age")}),
    "ages in figures, met": (claim("90001 Z68.1", age=20), set()),
    "another payer": (claim("90001", payer="Aetna"), {(NOTE, "payer")}),
    "Medicaid has tables of its own": (claim("90001", "90002", payer="Medicaid"), {(NOTE, "not checked")}),
    "inpatient claims have no such tables": (claim("90001", "90002", place="", setting="inpatient hospital"), {(NOTE, "not checked")}),
    "before the tables began": (claim("90001", "90002", on=date(2026, 6, 1)), {(NOTE, "not checked")}),
    "before the list of diagnoses began": (claim("90001 B21", on=date(2026, 1, 1)), {(NOTE, "not checked"), (NOTE, "edition")}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_claim_has_the_findings_it_deserves_and_no_others(library: Library, name: str) -> None:
    asked, wanted = CASES[name]
    assert told(check_claim(asked, library)) == wanted


def test_findings_are_the_same_each_time_worst_first_and_cite(library: Library) -> None:
    asked = claim("90001-RT x3 A11.0 B20.1", "90002 A12", "90004", age=30, sex="female")
    found = check_claim(asked, library)
    assert found == check_claim(asked, library)
    assert [item.severity for item in found] == sorted((item.severity for item in found), key=["error", "warning", "note"].index)
    assert all(item.evidence and item.evidence.quote in item.evidence.text for item in found if item.kind != "not checked")
    assert all(set(item.lines) <= {1, 2, 3} for item in found)


def test_what_is_missing_and_whose_edits_they_are_is_said_once(library: Library) -> None:
    found = check_claim(claim("90001", "90002", "90003", payer="Medicaid"), library)
    assert [item.text for item in found if item.kind == "not checked"] == [
        "Not checked: NCCI pairs, units (MUE), add-on codes. No such table of Medicaid, practitioner is on file for 2026-11-21."
    ]
    assert not [item for item in found if item.evidence and item.evidence.source.payer == "Medicare" and item.kind != "coverage"]
    assert sum(item.kind == "payer" for item in check_claim(claim("90001", "90003", payer="Humana"), library)) == 1


def test_tables_of_medicaid_judge_claims_to_medicaid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = open_library(tmp_path, monkeypatch)
    for reading in readings():
        library.catalog.put(reading)
    library.catalog.put(Reading(table("Medicaid PTP", "practitioner", "Medicaid"), pairs=(Pair("90001", "90004", "0"),)))
    library.catalog.touch()
    opened = Library(tmp_path, "bag-of-words")
    assert ("error", "pair") in told(check_claim(claim("90001", "90004", payer="Medicaid"), opened))
    assert ("error", "pair") not in told(check_claim(claim("90001", "90004"), opened))


def test_one_note_says_of_a_table_which_codes_it_has_no_pair_for(library: Library) -> None:
    notes = [item.text for item in check_claim(claim("90002", "90003-59", "90004", "90099"), library) if item.kind == "no pair"]
    assert len(notes) == 1
    assert "90002/90004, 90003/90004 in PTP practitioner" in notes[0]
    assert "not a permission" in notes[0]
    assert "90099" not in notes[0]  # of a code that nobody lists no table is silent


def test_a_coverage_document_that_lists_a_code_is_a_note(library: Library) -> None:
    (found,) = [item for item in check_claim(claim("99213"), library) if item.kind == "coverage"]
    assert found.text == "Coverage of 99213 is the subject of L33333."
    assert not [item for item in check_claim(claim("99213", payer="Aetna"), library) if item.kind == "coverage"]


# Notes of the Tabular List


@pytest.mark.parametrize(
    ("note", "code", "holds"),
    [
        ("fever (E10.-)", "E10.65", True),
        ("fever (E10.-)", "E11.65", False),
        ("fever (O24.4-)", "O24.419", True),
        ("fever (A00-B99)", "B20", True),
        ("fever (A00-B99)", "C00.1", False),
        ("fever (O00-O9A)", "O9A.211", True),
        ("fever (H66.01-H66.4)", "H66.40", True),
        ("fever (H66.01-H66.4)", "H66.9", False),
        ("fever (E08.3-, E11.3-)", "E11.311", True),
        ("fever (E08-E13 with .51-.52)", "E11.52", True),
        ("fever (E08-E13 with .51-.52)", "E11.65", False),
        ("fever (T36-T50 with fifth or sixth character 5)", "T36.0X5A", True),
        ("fever (T36-T50 with fifth or sixth character 5)", "T39.015A", True),
        ("fever (T36-T65 with fifth or sixth character 1-4)", "T39.015A", False),
        ("fever (T36-T65 with fifth or sixth character 1-4)", "T36.0X1A", True),
        ("fever (I69. with final characters -23)", "I69.323", True),
        ("fever (I69. with final characters -23)", "I69.320", False),
        ("fever (S52.- with open fracture 7th character)", "S52.001B", False),  # not understood, so never a conflict
        ("deficiency of G6PD (G6PD)", "G60.0", False),
        ("fever E10.-", "E10.65", False),  # what a note names is in parentheses
    ],
)
def test_a_note_names_codes(note: str, code: str, holds: bool) -> None:
    assert any(part.holds(code) for part in named(note)) is holds


def test_the_part_of_a_note_that_names_a_code_is_quoted() -> None:
    assert [part.words for part in named("Excludes1: one fever (E10.-); another (E11.0, E11.1)")] == [
        "one fever (E10.-)",
        "another (E11.0, E11.1)",
    ]


# Files of claims

HEAD = "Claim ID,CPT,Mod1,Mod2,Dx1,Dx2,DOS,POS,Qty,Payer,Age,Gender\n"


def filed(tmp_path: Path, text: str, name: str = "claims.csv") -> Path:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


def test_rows_of_a_claim_become_its_lines_whatever_the_columns_are_called(tmp_path: Path) -> None:
    rows = "7,90001,RT,59,A110,B21,3/1/24,11,2,Medicare Part B,71,F\n7,99213-25,,,B21,,3/1/24,,,,,\n8,90002,,,,,2024-03-02,24,1.0,,,\n"
    first, second = read(filed(tmp_path, HEAD + rows), TODAY)
    day = date(2024, 3, 1)
    lines = (Line("90001", 2, ("RT", "59"), ("A11.0", "B21")), Line("99213", 1, ("25",), ("B21",)))
    assert first.claim == Claim(lines, day, "7", place="11", payer="Medicare", age=71, sex="female")
    assert second.claim == Claim((Line("90002"),), date(2024, 3, 2), "8", place="24")


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("7,9000,,,,,,,1,,,", "row 2, CPT: '9000' is not a code of five characters"),
        ("7,90001,RTX,,,,,,1,,,", "row 2, Mod1: 'RTX' is not a modifier of two characters"),
        ("7,90001,,,tall,,,,1,,,", "row 2, Dx1: 'TALL' is not an ICD-10-CM code"),
        ("7,90001,,,,,2024-02-30,,1,,,", "row 2, DOS: '2024-02-30' is not a date"),
        ("7,90001,,,,,,11,two,,,", "row 2, Qty: 'two' is not a whole number"),
        ("7,90001,,,,,,11,0,,,", "row 2, Qty: '0' units bill nothing"),
        ("7,90001,,,,,,office,1,,,", "row 2, POS: 'office' is not a place of service of two digits"),
        ("7,90001,,,,,,,1,,140,", "row 2, Age: '140' is not an age in years"),
        (",90001,,,,,,,1,,,", "row 2, Claim ID: no claim is named"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_the_other_claims_are_checked(tmp_path: Path, row: str, wrong: str) -> None:
    bad, good = read(filed(tmp_path, f"{HEAD}{row}\n9,90001,,,,,2024-03-01,11,1,,,\n"), TODAY)
    assert (bad.claim, bad.errors) == (None, [wrong])
    assert good.claim


def test_json_lines_are_claims(tmp_path: Path) -> None:
    lines = [
        {"id": 7, "date": "2024-03-01", "sex": "M", "lines": [{"code": "90001", "units": 2, "modifiers": ["RT"], "diagnoses": ["A11.0"]}]},
        {"id": "8", "lines": [{"code": "90001", "units": True}]},
        {"lines": 3},
    ]
    found = read(filed(tmp_path, "\n".join(map(json.dumps, lines)) + "\n{nonsense"), TODAY)
    assert found[0].claim == Claim((Line("90001", 2, ("RT",), ("A11.0",)),), date(2024, 3, 1), "7", sex="male")
    assert [item.id for item in found] == ["7", "8", "line 3", "line 4"]
    assert [item.errors[0].split("(")[0].strip() for item in found[1:]] == [
        "line 2, lines[0].'True' is neither text nor number",
        "line 3, lines: a claim is an object with a list `lines` of objects",
        "line 4: not JSON",
    ]


@pytest.fixture
def home(library: Library, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CODECITE_HOME", str(library.home))
    monkeypatch.setattr(Library, "prepared", property(lambda self: True))
    return library.home


def test_the_command_ends_with_1_where_a_claim_is_wrong_or_unread(home: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    good = "1,90001,,,B21,,2026-11-21,11,1,,,\n"
    assert run(app, ["claim", str(filed(tmp_path, HEAD + good))]).exit_code == 0
    pair = run(app, ["claim", str(filed(tmp_path, f"{HEAD}{good}1,90002,,,,,2026-11-21,11,1,,,\n")), "--json"])
    (told_of,) = json.loads(pair.stdout)["claims"]
    assert (pair.exit_code, told_of["id"], told_of["date"]) == (1, "1", "2026-11-21")
    finding = told_of["findings"][0]
    assert (finding["severity"], finding["kind"], finding["lines"]) == ("error", "pair", [1, 2])
    assert finding["citation"]["locator"] == "row 90001/90002"
    unread = run(app, ["claim", str(filed(tmp_path, f"{HEAD}{good}2,90002,,,,,,11,x,,,\n"))])
    assert (unread.exit_code, "claim 2: row 3, Qty: 'x' is not a whole number" in unread.stderr) == (1, True)
    assert "claim 1 on 2026-11-21" in unread.stdout


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00\x01", "[]"])
def test_a_file_that_holds_no_claims_is_one_line(home: Path, tmp_path: Path, text: str) -> None:
    ended = CliRunner().invoke(app, ["claim", str(filed(tmp_path, text))])
    assert (ended.exit_code, len(ended.stderr.strip().splitlines())) == (1, 1)
    assert CliRunner().invoke(app, ["claim", str(tmp_path / "none.csv")]).exit_code == 2


# Claims told in a sentence


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("can I bill 99213-25 with 90001 x2 RT?", [Line("99213", 1, ("25",)), Line("90001", 2, ("RT",))]),
        ("check this claim: 90001, 90003-59-RT", [Line("90001"), Line("90003", 1, ("59", "RT"))]),
        ("3 units of 90001 and 90002 x 2 units modifier 59", [Line("90001", 3), Line("90002", 2, ("59",))]),
        ("may I report 90001-RT and 90001-LT", [Line("90001", 1, ("RT",)), Line("90001", 1, ("LT",))]),
        ("90001 with 90003, modifier 59 on 90003", [Line("90001"), Line("90003", 1, ("59",))]),
        ("may 90001 and 90003 be billed together", [Line("90001", 1, None), Line("90003", 1, None)]),
    ],
)
def test_lines_are_read_from_a_sentence(library: Library, text: str, lines: list[Line]) -> None:
    assert list(claim_in(understand(text, library.catalog.knows, TODAY)).lines) == lines


def test_the_patient_the_place_and_the_diagnoses_are_read(library: Library) -> None:
    told_so = understand(
        "bill 90001 for A11.0 and B21 on 8/1/2026, POS 22, for a 7 year old girl with Medicaid?", library.catalog.knows, TODAY
    )
    found = claim_in(replace(told_so, age=7))
    assert (found.diagnoses, found.place, found.sex, found.age, found.payer) == (("A11.0", "B21"), "22", "female", 7, "Medicaid")
    assert found.on == date(2026, 8, 1)


def answered(library: Library, text: str) -> tuple[list[str], list[str]]:
    """The verified sentences of the answer to a question about a claim, and the kinds of its warnings."""
    question = replace(understand(text, library.catalog.knows, TODAY), intent="claim")
    chosen = evidence.choose(question, library)
    offered = {item.number: item for item in reversed(chosen.evidence)}
    judged = [verify.statement(line, offered, question, library.keywords.analyzed) for line in quote.write(question, chosen.evidence)]
    assert all(item and item.verdict == "supported" for item in judged), judged
    return [item.text for item in judged if item], [warning.kind for warning in chosen.warnings]


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("can I bill 90001 with 90002-59 in POS 11?", "No, not as written: not together for the same session: 90002 is column 2 to 90001"),
        ("can I bill 90001 with 90003-59, POS 11?", "It depends: modifier 59 on 90003 may bypass the pair if the record supports it"),
        ("check the claim 90001 x3 POS 11", "No, not as written: 90001: 3 units on one line, and at most 2"),
        ("check the claim 90001 with B21, POS 11", "No error found in the sources on file; 90001: at most 2 units"),
        ("check 90001 with A11.0 and B20.1 POS 11", "No, not as written: A11.0 and B20.1 exclude each other"),
    ],
)
def test_the_answer_opens_with_the_verdict_and_every_sentence_holds(library: Library, text: str, opening: str) -> None:
    assert answered(library, text)[0][0].startswith(opening)


def test_a_code_no_source_lists_takes_the_verdict_away(library: Library) -> None:
    question = replace(understand("check claim CPT 90099 and 90001", library.catalog.knows, TODAY), intent="claim")
    chosen = evidence.choose(question, library)
    assert chosen.unknown == ("90099",)
    assert not any("No error" in (item.say or "") for item in chosen.evidence)


def test_what_was_not_checked_is_a_warning(library: Library) -> None:
    assert "not_checked" in answered(library, "check claim 90001 with B21, Medicaid")[1]


# The real tables


def cut_lines(path: Path, folder: Path) -> Path:
    """The rows of a table that are about the codes of the claims below."""
    head, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    codes = {line.code for asked, _ in REAL.values() for line in asked.lines}
    kept = [row for row in rows if codes & set(re.findall(r"\w+", row)[:3])]
    (folder / path.name).write_text("\n".join((head, *kept)))
    return folder / path.name


def cut_tree(path: Path, folder: Path) -> Path:
    """The Tabular List with the categories of the claims below, and every note of their blocks and chapters."""
    tree = etree.parse(str(path))
    wanted = {value[:3] for asked, _ in REAL.values() for value in asked.every_diagnosis()}
    for node in tree.findall(".//section/diag"):
        if node.findtext("name") not in wanted:
            node.getparent().remove(node)
    tree.write(str(folder / path.name), encoding="utf-8")
    return folder / path.name


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """What the public tables hold of the codes of the claims below."""
    tables = ("ncci/mue_2024Q3_prac.csv", "ncci/addon_code_edits_2024.csv", "codes_only/cpt_hcpcs_codes_seen_in_public_cms_files.csv")
    folder, home = tmp_path_factory.mktemp("cut"), tmp_path_factory.mktemp("real")
    paths = [cut_tree(need("icd10cm/icd10c-tabular-April-1-2026.xml"), folder), *(cut_lines(need(name), folder) for name in tables)]
    catalog = Catalog(home / "catalog.sqlite")
    for path in paths:
        assert ingest.add(catalog, path).status == "added"
    with gzip.open(need("ncci/ptp_2024Q3_prac_active.csv.gz"), "rt") as file:
        held = [Pair(*line.split(",")[:3]) for line in file if line[:11] in PAIRS]
    assert len(held) == len(PAIRS)
    catalog.put(Reading(table("PTP of the real table", "practitioner", begins=date(2024, 7, 1)), pairs=held))
    catalog.close()
    return Library(home, "none")


PAIRS = {"20610,99213", "45385,45380", "45380,45378", "29881,29877"}
REAL: dict[str, tuple[Claim, set[tuple[str, str]]]] = {
    "an injection with a visit": (claim("99213-25 M25.561", "20610-RT M25.561", age=55, sex="male"), {(MAY, "pair")}),
    "the same without 25": (claim("99213 M25.561", "20610-RT M25.561"), {(BAD, "pair")}),
    "biopsy and removal of other polyps": (claim("45385 D12.3", "45380-59 D12.5", place="24"), {(MAY, "pair")}),
    "diagnostic within surgical": (claim("45380 K63.5", "45378-59 K63.5"), {(BAD, "pair")}),
    "a knee": (claim("29881-RT S83.241A", "29877-RT M94.261"), {(BAD, "pair")}),
    "lesions": (claim("17000 L57.0", "17003 x5 L57.0"), {(NOTE, "use additional")}),
    "lesions without the first": (claim("17003 x5 L57.0"), {(BAD, "add-on"), (NOTE, "use additional")}),
    "injections of both knees": (claim("20610-50 M17.0"), set()),
    "too many injections": (claim("20610 x3 M17.0"), {(MAY, "units")}),
    "a cataract of the other eye": (claim("66984-LT H25.11"), {(BAD, "laterality")}),
    "a cataract": (claim("66984-RT H25.11", age=74, sex="female"), set()),
    "two types of diabetes": (claim("99213 E10.9 E11.9 Z79.4"), {(BAD, "Excludes1")}),
    "depression once and again": (claim("99214 F32.9 F41.1 F33.1"), {(BAD, "Excludes1")}),
    "a routine visit": (claim("99214 E11.9 I10 E78.5 Z79.84", age=68, sex="female"), set()),
    "an ulcer before its diabetes": (claim("11042 L97.511 E11.621 Z79.4"), {(MAY, "code first")}),
    "an ulcer after its diabetes": (claim("11042 E11.621 L97.511 Z79.4"), set()),
    "a kidney before its hypertension": (claim("99214 N18.6 I12.0 Z99.2"), {(MAY, "code first")}),
    "heart failure after its hypertension": (claim("99215 I11.0 I50.22"), set()),
    "a fall first": (claim("99283 W19.XXXA S01.81XA", place="23"), {(BAD, "external cause")}),
    "a fall second": (claim("99283 S01.81XA W19.XXXA", place="23"), set()),
    "a heading": (claim("99213 E11 Z79.4"), {(BAD, "validity")}),
    "a prostate of a woman": (claim("99213 N40.1 R35.1", sex="female"), {(MAY, "sex")}),
    "a prostate": (claim("99213 N40.1 R35.1", sex="male", age=70), set()),
    "a delivery": (claim("59400 O80 Z37.0 Z3A.39", place="21", sex="female", age=29), set()),
    "a newborn": (claim("99460 Z38.00", place="21", sex="male", age=0), set()),
    "an obese child by an adult's index": (claim("99213 E66.01 Z68.41", age=17), {(MAY, "age")}),
    "pneumonia and COPD": (claim("99214 J44.0 J18.9"), set()),
    "a chest pain explained": (claim("93000 R07.9 I25.119"), set()),
    "a manifestation of a neoplasm": (claim("99214 C50.911 Z17.0 D63.0"), set()),
    "a manifestation of a neoplasm, without it": (claim("99214 D63.0"), {(NOTE, "code first")}),
    "neuropathy of what": (claim("99214 G63"), {(BAD, "code first")}),
    "heart failure alone": (claim("99214 I50.22"), set()),
    "a left ventricle and a right side": (claim("20610-RT I50.1"), set()),
    "a vaccine": (claim("90471 Z23", "90686 Z23", age=40), set()),
    "parts of an X-ray": (claim("71046-26 J18.9", "71046-TC J18.9", place="22"), set()),
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_claims_have_the_findings_they_deserve(real: Library, name: str) -> None:
    asked, wanted = REAL[name]
    found = told(check_claim(asked, real)) - {("note", "stale source")}
    assert found == wanted


def test_the_modifiers_that_may_bypass_a_pair_are_those_of_the_manual() -> None:
    page = next(text for text in pdf_pages("ncci_manual") if "referred to as NCCI PTP-associated modifiers" in text)
    words = " ".join(page.split())
    listed = words[words.index("Anatomic modifiers") : words.index("These modifiers are referred to")]
    spans = re.findall(r"([A-Z])(\d)-[A-Z](\d)", listed)
    found = {f"{letter}{at}" for letter, first, last in spans for at in range(int(first), int(last) + 1)}
    assert found | set(re.findall(r"\b(?:[A-Z]{2}|\d\d)\b", listed)) == ASSOCIATED
