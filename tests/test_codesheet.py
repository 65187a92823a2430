"""The sheet of a code: every fact with its source and date, a word where there is none, pairs by page, codes side by side."""

import re
from datetime import date
from html import unescape

import pytest
from desk import HOSTILE, ON, client, library
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant import codesheet, coveragesheet, fees, medicaresheet, pairlist
from assistant.codesheet import Sheet, sheet
from assistant.sheet import Line, Section, Subject, subject_of
from assistant.web.sources import sources
from corpus.codes import CPT, HCPCS, ICD10CM, MODIFIER, POS
from index.library import Library

__all__ = ["client", "library"]
VIEWS = ("", "/pairs", "/fees", "/coverage", "/passages")


def made(library: Library, system: str, code: str, on: date = ON) -> Sheet:
    found = sheet((system, code), library, on)
    assert found
    return found


def subject(library: Library, system: str, code: str, on: date = ON) -> Subject:
    found = subject_of((system, code), library, on)
    assert found
    return found


def part(of: Sheet, title: str) -> Section:
    return next(section for section in of.sections if section.title == title)


def said(section: Section) -> dict[str, str]:
    return {line.label: line.text for line in section.lines}


def every_line(of: Sheet) -> list[Line]:
    return [*of.titles, *(line for section in of.sections for line in section.lines)]


@pytest.mark.parametrize(
    ("title", "label", "text"),
    [
        ("Medicare payment", "status", "A: active: paid separately where covered"),
        ("Medicare payment", "global days", "010: minor procedure: the day of the procedure and 10 days after it"),
        ("Modifiers", "50", "1: modifier 50 applies: 150% for both sides"),
        ("Modifiers", "26, TC", "0: a physician service: modifiers 26 and TC do not apply"),
        ("Drug limit (ASP)", "payment limit", "$12.345 for 0.5 ML"),
        ("Products (NDC)", "00001-0002-03", "Testvax · dosage 0.5 ML"),
        ("Fees, national", "non-facility", "$78.00"),
        ("Fees, national", "facility", "$48.00"),
        ("Units (MUE)", "DME supplier", "0 units · none is payable (MAI 3)"),
    ],
)
def test_a_table_says_on_the_sheet_what_its_row_says(library: Library, title: str, label: str, text: str) -> None:
    assert said(part(made(library, CPT, "90001"), title))[label] == text


def test_units_are_told_by_setting_with_their_adjudication_in_words(library: Library) -> None:
    units = said(part(made(library, CPT, "90001"), "Units (MUE)"))
    assert list(units) == ["practitioner", "DME supplier"]
    assert units["practitioner"].startswith("2 units · MAI 2: an absolute limit")
    assert units["practitioner"].endswith("Made-up policy")


def test_add_on_codes_lead_both_ways(library: Library) -> None:
    lines = {line.label: line.codes for line in part(made(library, CPT, "90001"), "Add-on codes").lines}
    assert lines == {"add-on to": ((CPT, "90004"),), "its add-ons": ((CPT, "90003"),)}


@pytest.mark.parametrize(
    ("title", "system", "code", "on", "word"),
    [
        ("Category (RBCS)", CPT, "90001", ON, "not loaded"),
        ("Units (MUE)", CPT, "90003", ON, "none"),
        ("Drug limit (ASP)", HCPCS, "J9901", ON, "none"),
        ("Units (MUE)", CPT, "90001", date(2020, 1, 1), "not on file for 2020-01-01"),
        ("History", ICD10CM, "A12", ON, "none"),
    ],
)
def test_a_section_without_a_line_says_why_in_a_word(library: Library, title: str, system: str, code: str, on: date, word: str) -> None:
    section = part(made(library, system, code, on), title)
    assert (section.lines, section.absent) == ((), word)


@pytest.mark.parametrize("pair", [(CPT, "90001"), (CPT, "90009"), (HCPCS, "J9901"), (ICD10CM, "A11.0"), (MODIFIER, "59"), (POS, "11")])
def test_every_line_has_its_source_and_every_empty_section_its_word(library: Library, pair: tuple[str, str]) -> None:
    found = made(library, *pair)
    assert all(line.source.title and line.text for line in every_line(found))
    assert all(bool(section.lines) != bool(section.absent) for section in found.sections)


def test_a_diagnosis_stands_in_its_hierarchy_with_the_notes_that_hold_for_it(library: Library) -> None:
    found = made(library, ICD10CM, "A11.0")
    assert [listed.code.value for listed in found.place.above][-1] == "A11"
    assert {listed.code.value for listed in found.place.beside} == {"A11.0", "A11.9"}
    assert [listed.code.value for listed in made(library, ICD10CM, "A11").place.below] == ["A11.0", "A11.9"]
    assert {line.label for line in part(found, "Notes").lines} >= {"Inclusion terms", "Excludes2", "Use additional code"}
    assert (found.place.before, found.place.after) == ("A11", "A11.9")


def test_history_says_what_a_code_was_before(library: Library) -> None:
    assert "A10.1" in said(part(made(library, ICD10CM, "A11.9"), "History"))["before"]


def test_a_code_that_ended_says_so_on_its_first_line(library: Library) -> None:
    found = made(library, CPT, "90009")
    assert found.standing == ("ended", "last valid 2010-12-31")
    assert said(part(found, "Validity"))["on the date"].startswith("No: CPT 90009 was last valid on 2010-12-31")


def test_an_unknown_code_has_no_sheet(library: Library) -> None:
    assert sheet((CPT, "98765"), library, ON) is None


def test_pairs_are_found_from_both_sides_and_in_every_setting(library: Library) -> None:
    found = pairlist.page(subject(library, CPT, "90001"))
    assert found.total == 63
    assert {(edit.other, edit.column, edit.source.setting) for edit in found.edits} >= {
        ("91000", 1, "practitioner"),
        ("91000", 1, "outpatient hospital"),
    }
    assert pairlist.page(subject(library, HCPCS, "J9901")).edits[0].column == 1
    assert [edit.column for edit in pairlist.page(subject(library, CPT, "90001"), "J9").edits] == [2]


def test_pages_hold_every_pair_once(library: Library) -> None:
    pages = [pairlist.page(subject(library, CPT, "90001"), number=number) for number in (1, 2, 3)]
    held = [(edit.other, edit.source.id) for page in pages for edit in page.edits]
    assert len(held) == len(set(held)) == 63
    assert (pages[0].last, pairlist.page(subject(library, CPT, "90001"), number=99).number) == (3, 3)


def test_pairs_that_do_not_hold_on_the_date_come_last_and_say_so(library: Library) -> None:
    last = pairlist.page(subject(library, CPT, "90001"), number=3).edits[-1]
    assert (last.other, last.holds) == ("90009", False)


def test_a_setting_narrows_the_pairs(library: Library) -> None:
    found = pairlist.page(subject(library, CPT, "90001"), setting="outpatient hospital")
    assert [(edit.other, edit.pair.indicator) for edit in found.edits] == [("91000", "0")]
    assert pairlist.settings(subject(library, CPT, "90001")) == ("practitioner", "outpatient hospital")


def test_no_pair_is_no_permission(client: TestClient) -> None:
    reply = client.get("/view/code/CPT/90001/pairs", params={"with": "99999"})
    assert "that is no permission" in reply.text


def test_fees_of_a_locality_are_those_the_fee_plan_computes(library: Library, client: TestClient) -> None:
    amounts = fees.amounts(library.catalog, "90001", ON, "", "CA 18", library.sources)
    assert amounts[0].value
    text = client.get("/view/code/CPT/90001/fees", params={"locality": "CA 18"}).text
    assert f"${amounts[0].value}" in text
    assert "Made-up bay" in text
    assert medicaresheet.localities(subject(library, CPT, "90001")) == [("CA 18", "Made-up bay")]


def test_local_coverage_leads_to_its_document_and_says_which_table_is_missing(library: Library, client: TestClient) -> None:
    assert [item.line.label for item in coveragesheet.local(subject(library, HCPCS, "J9901"))] == ["L33333"]
    text = client.get("/view/code/HCPCS/J9901/coverage").text
    assert "#/code/LCD/L33333" in text
    assert "not loaded: Coverage articles: codes" in text


def test_passages_that_name_a_code_are_grouped_and_lead_to_the_source(library: Library, client: TestClient) -> None:
    groups = {section.title: section for section in coveragesheet.passages(subject(library, CPT, "90001"))}
    assert [line.source.id for line in groups["Payers"].lines] == ["policy-acme"]
    assert groups["Guidelines and manuals"].absent == "not loaded"
    assert all(line.passage_id for section in groups.values() for line in section.lines)
    assert re.search(r'data-open="view/source/[0-9a-f]{16}"', client.get("/view/code/CPT/90001/passages").text)


def test_codes_side_by_side_are_aligned_and_differences_marked(library: Library) -> None:
    rows = codesheet.compared([made(library, CPT, "90001"), made(library, CPT, "90003")])
    status = next(row for row in rows if (row.section, row.label) == ("Medicare payment", "status"))
    assert [cell[0].text[0] for cell in status.cells] == ["A", "I"]
    assert status.differs
    days = next(row for row in rows if row.label == "global days")
    assert not days.differs


def test_naming_itself_is_no_difference(library: Library) -> None:
    rows = codesheet.compared([made(library, POS, "11"), made(library, POS, "12")])
    assert not next(row for row in rows if (row.section, row.label) == ("Validity", "on the date")).differs


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("pair", ["CPT/90001", "CPT/90003", "HCPCS/J9901", "ICD-10-CM/a110", "modifier/59", "pos/11"])
def test_every_view_of_every_kind_of_code_is_written_and_escaped(client: TestClient, pair: str, view: str) -> None:
    reply = client.get(f"/view/code/{pair}{view}", params={"on": "2026-11-24"})
    assert reply.status_code == 200
    assert "<img src=x" not in reply.text
    assert "<script" not in reply.text
    assert "49" not in re.findall(r"\{\{.*?\}\}|onerror=\S+ ?49", reply.text)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("code", "on", "status", "told"),
    [
        ("90001", "2026-13-01", 422, "“2026-13-01” is not a date"),
        ("90001", HOSTILE, 422, "is not a date"),
        ("98765", "", 404, "CPT 98765 is in none of these sources"),
        ("x" * 10_000, "", 404, "is in none of these sources"),
        ("%3Cscript%3E", "", 404, "is in none of these sources"),
        ("'; DROP TABLE codes", "", 404, "is in none of these sources"),
    ],
)
def test_what_cannot_be_shown_is_told_in_one_escaped_line(
    client: TestClient, view: str, code: str, on: str, status: int, told: str
) -> None:
    reply = client.get(f"/view/code/CPT/{code}{view}", params={"on": on})
    assert reply.status_code == status
    assert told in unescape(reply.text)
    assert "<script" not in reply.text
    assert len(reply.text) < 1000


@pytest.mark.parametrize(
    ("codes", "status", "told"),
    [
        ([], 422, "Choose two to 4 codes"),
        (["CPT/90001"], 422, "Choose two to 4 codes"),
        ([f"CPT/9000{at}" for at in range(5)], 422, "Choose two to 4 codes"),
        (["CPT/90001", "CPT/98765"], 404, "98765 is in none of these sources"),
        (["CPT/90001", HOSTILE], 404, "is in none of these sources"),
        (["CPT/90001", "HCPCS/J9901", "ICD-10-CM/A11.0", "POS/11"], 200, "differs"),
    ],
)
def test_two_to_four_codes_are_compared(client: TestClient, codes: list[str], status: int, told: str) -> None:
    reply = client.get("/view/compare", params={"code": codes})
    assert reply.status_code == status
    assert told in unescape(reply.text)
    assert "<script" not in reply.text


@pytest.mark.parametrize("page", ["", "0", "-1", "2", "999999", "x", "9" * 40])
def test_any_page_number_is_a_page(client: TestClient, page: str) -> None:
    assert "63 pairs" in client.get("/view/code/CPT/90001/pairs", params={"page": page}).text


def test_codes_in_a_text_lead_to_their_sheets(client: TestClient) -> None:
    text = client.get("/view/code/CPT/90001/passages").text
    assert 'href="#/code/ICD-10-CM/A11"' in client.get("/view/code/ICD-10-CM/A12").text
    assert 'href="#/code/CPT/90001"' not in text


def test_on_real_tables_a_sheet_says_what_the_tables_say(real_library: Library) -> None:
    found = made(real_library, HCPCS, "J1815")
    assert found.titles[0].text == next(iter(real_library.catalog.codes(HCPCS, "J1815"))).code.title
    assert found.titles[0].passage_id
    assert said(part(found, "Validity"))["on the date"].startswith("Yes")
    assert part(found, "Fees, national").absent == "not loaded"
    diagnosis = made(real_library, ICD10CM, "S52.501A")
    assert [listed.code.value for listed in diagnosis.place.above][-3:] == ["S52.5", "S52.50", "S52.501"]
    assert "7th character" in {line.label for line in part(diagnosis, "Notes").lines}


@pytest.mark.parametrize("view", ["", "/pairs"])
def test_what_a_row_says_leads_to_the_row_among_its_neighbours(library: Library, client: TestClient, view: str) -> None:
    app = FastAPI()
    app.include_router(sources(library), prefix="/view")
    rows, told = TestClient(app), client.get(f"/view/code/CPT/90001{view}").text
    links = {unescape(found) for found in re.findall(r'data-open="(view/row/[^"]+)"', told)}
    assert len(links) > (1 if view else 6)
    for link in links:
        reply = rows.get(f"/{link}")
        assert reply.status_code == 200
        assert 'aria-current="true"' in reply.text, link
