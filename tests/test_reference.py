"""Reference codes, modifiers, denials and risk adjustment maps: every row lands or is named, and CPT's wording stays where it is."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tables import need

from corpus import ingest
from corpus.codes import ADMISSION_SOURCE, ADMISSION_TYPE, CARC, DISCHARGE, GROUP, HCC, ICD10CM, MODIFIER, MSDRG, POS, RARC, REVENUE
from corpus.model import NOTE, Code, CorpusError, Entry, Passage, Reading, UnknownLayout
from corpus.readers.denials import Adjustment, adjustment
from corpus.readers.modifiers import WITHHELD
from corpus.readers.reference import ADMISSION_INDICATOR, LAYOUTS
from corpus.readers.sheets import find

PLACES = ("pos_code", "pos_type", "pos_name", "pos_description")
DENIALS = ("adj_code", "adj_type", "adj_description", "adj_usage", "adj_notes", "adj_start_date", "adj_last_modified", "adj_end_date")
RESOLUTIONS = ("carc", "rarc", "claim_type", "reasons", "resolutions")
GUIDE = ("adj_code", "denial_reason", "common_reasons", "next_steps", "claim_submission_tips")
MODIFIERS = ("mod_code", "mod_type", "mod_category", "mod_description", "mod_information", "mod_instructions", "mod_correct_use",
             "mod_incorrect_use", "mod_resources")  # fmt: skip
ADDITIONAL = ("modifier", "type", "description", "references")
MAP, LABELS = ("diagnosis_code", "cc", "model_name"), ("cc", "label", "model_domain", "model_version", "model_fullname")


def table(name: str, *rows: tuple[str, ...]) -> Reading:
    found = find(Path(name), rows, LAYOUTS)
    assert found
    return found[0].read(found[1])


def passages(reading: Reading) -> list[Passage]:
    return [passage for document in reading.documents for passage in document.passages]


def file(folder: Path, name: str, *rows: tuple[str, ...], encoding: str = "utf-8") -> Path:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    (folder / name).write_bytes(stream.getvalue().encode(encoding))
    return folder / name


def test_a_place_of_service_is_a_code_a_term_and_an_entry() -> None:
    reading = table("pos.csv", PLACES, ("7", "Non-Facility", "Made-up booth", "A booth made up for tests."))
    assert reading.codes == (Code(POS, "07", "Made-up booth", attributes=(("setting", "non-facility"),)),)
    assert [(p.text, p.locator, p.codes) for p in passages(reading)] == [("Made-up booth", "POS 07", ((POS, "07"),))]
    cells = (("name", "Made-up booth"), ("setting", "non-facility"), ("description", "A booth made up for tests."))
    assert list(reading.entries) == [Entry(POS, "07", "", cells)]


def test_a_place_that_is_unassigned_is_a_code_nobody_finds_by_its_name() -> None:
    reading = table("pos.csv", PLACES, ("28", "Unassigned", "Unassigned", "Unassigned"))
    assert ([code.value for code in reading.codes], passages(reading)) == (["28"], [])


@pytest.mark.parametrize(
    ("name", "header", "row", "system", "value"),
    [
        ("a.csv", ("place_of_service_code", "description"), ("7", "Made-up booth"), POS, "07"),
        ("a.csv", ("Place of Service Code(s)", "Place of Service Name", "Place of Service Description"), ("07", "Booth", "x"), POS, "07"),
        ("a.csv", ("revenue_center_code", "description"), ("450", "Made-up room"), REVENUE, "0450"),
        ("a.csv", ("ms_drg", "mdc", "medical_surgical", "description"), ("1", "", "Medical", "MADE-UP GROUP"), MSDRG, "001"),
        ("a.csv", ("MS-DRG", "MDC", "TYPE", "MS-DRG Title", "Weights"), ("470", "08", "SURG", "Made-up group", "1.9"), MSDRG, "470"),
        ("a.csv", ("admit_type_code", "description"), ("1", "Made-up type"), ADMISSION_TYPE, "1"),
        ("x_admit_source.csv", ("code", "description"), ("a", "Made-up source"), ADMISSION_SOURCE, "A"),
        ("a.csv", ("discharge_disposition_code", "description"), ("1", "Made-up end"), DISCHARGE, "01"),
        ("a.csv", ("present_on_admit_code", "description"), ("Y", "Made-up answer"), ADMISSION_INDICATOR, "Y"),
    ],
)
def test_each_list_is_known_by_its_columns(name: str, header: tuple[str, ...], row: tuple[str, ...], system: str, value: str) -> None:
    (code,) = table(name, header, row).codes
    assert (code.system, code.value) == (system, value)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("codes.csv", ("code", "description")),
        ("rules.csv", ("modifier", "type", "description", "references")),
        ("x.csv", ("code", "type", "description", "start")),
    ],
)
def test_a_file_of_generic_headings_is_taken_for_no_list(name: str, header: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(UnknownLayout):
        ingest.read(file(tmp_path, name, header, ("1", "x", "y", "z")))


def test_a_detail_of_a_revenue_code_is_named_with_what_it_details() -> None:
    reading = table("rev.csv", ("revenue_center_code", "description"), ("0450", "Made-up room"), ("0459", "Other"), ("0999", "Other"))
    assert [(code.parent, code.title) for code in reading.codes] == [(None, "Made-up room"), ("0450", "Other"), (None, "Other")]
    assert [p.text for p in passages(reading)] == ["Made-up room", "Made-up room: Other", "Other"]


def test_rows_that_are_no_codes_are_named_with_row_and_column() -> None:
    rows = (("22", "", "Booth", ""), ("222", "", "Wrong", ""), ("23", "", "", "no name"), ("", "", "", ""), ("22", "", "Again", ""))
    reading = table("pos.csv", ("licence line",), PLACES, *rows)
    assert [code.title for code in reading.codes] == ["Booth"]
    assert reading.remarks == (
        "row 4, pos_code: '222' is no POS",
        "row 5, pos_name: 23 has no name",
        "row 7, pos_code: 22 stands in row 3 already",
    )


def test_a_denial_code_carries_its_dates_and_what_is_said_of_it() -> None:
    rows = (
        ("ZZ", "Group", "Made-up bearer", "", "", "", "", ""),
        ("16", "CARC", "Made-up reason", "Use &amp; say", "Use 17.", "1995-01-01", "2020-03-01", "2021-07-01"),
        ("MA04", "RARC", "Made-up remark", "", "", "1997-01-01", "", ""),
    )
    reading = table("carc_rarc_2024.csv", DENIALS, *rows)
    said = (("usage", "Use & say"), ("notes", "Use 17."), ("last modified", "2020-03-01"))
    assert reading.codes[1] == Code(CARC, "16", "Made-up reason", date(1995, 1, 1), date(2021, 7, 1), attributes=said)
    assert [p.locator for p in passages(reading)] == [f"{GROUP} ZZ", "CARC 16", "RARC MA04"]
    assert (reading.source.edition, reading.hints) == ("2024", ())


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("16", "CARC", "x", "", "", "2024-02-30", "", ""), "adj_start_date"),
        (("16", "CARC", "x", "", "", "1995-01-01", "", "never"), "adj_end_date"),
        (("N16", "CARC", "x", "", "", "", "", ""), "adj_code"),
        (("16", "other", "x", "", "", "", "", ""), "adj_type"),
        (("16", "CARC", "", "", "", "", "", ""), "adj_description"),
    ],
)
def test_a_denial_code_that_cannot_be_so_is_refused_alone(row: tuple[str, ...], column: str) -> None:
    reading = table("carc.csv", DENIALS, ("17", "CARC", "Fine", "", "", "", "", ""), row)
    assert ([code.value for code in reading.codes], len(reading.remarks)) == (["17"], 1)
    assert reading.remarks[0].startswith(f"row 3, {column}: ")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("CO-16", Adjustment(CARC, "16", "CO")),
        ("pr 204", Adjustment(CARC, "204", "PR")),
        ("016", Adjustment(CARC, "16")),
        ("CO-B7", Adjustment(CARC, "B7", "CO")),
        ("MA04", Adjustment(RARC, "MA04")),
        (" n56 ", Adjustment(RARC, "N56")),
        ("CO-N56", None),
        ("ZZ-16", None),
        ("99213", None),
        ("", None),
    ],
)
def test_a_denial_is_read_as_people_write_it(text: str, meant: Adjustment | None) -> None:
    assert adjustment(text) == meant


def test_resolutions_are_passages_under_the_codes_of_the_denial() -> None:
    rows = (
        ("16", "MA04, N211", "MSP", "Made-up reason.<br/>Second &lt;line&gt;, x < y.", "Send it again."),
        ("", "N620", "All", "Another reason.", ""),
        ("16", "what", "All", "x", "y"),
        ("17", "", "All", "", ""),
    )
    reading = table("resolutions.csv", RESOLUTIONS, *rows)
    assert [(p.locator, p.section, p.text) for p in passages(reading)] == [
        ("CARC 16, RARC MA04, N211 (MSP), reasons", "Reasons", "Made-up reason.\nSecond <line>, x < y."),
        ("CARC 16, RARC MA04, N211 (MSP), resolutions", "Resolutions", "Send it again."),
        ("RARC N620, reasons", "Reasons", "Another reason."),
    ]
    assert passages(reading)[0].codes == ((CARC, "16"), (RARC, "MA04"), (RARC, "N211"))
    assert [(e.system, e.code, e.part) for e in reading.entries] == [(CARC, "16", "RARC MA04, N211"), (RARC, "N620", "")]
    assert [remark.split(":")[0] for remark in reading.remarks] == ["row 4, carc", "row 5, reasons"]


def test_rows_of_a_guide_that_say_the_same_are_one_denial() -> None:
    same = ("Made-up denial", "A reason.", "A step.", "A tip.")
    reading = table("guide.csv", GUIDE, ("CO-16", *same), ("N56", *same), ("PR-16", "Other denial", "", "Another step.", ""), ("??", *same))
    assert [document.title for document in reading.documents] == ["Made-up denial (CO-16, N56)", "Other denial (PR-16)"]
    assert [p.locator for p in passages(reading)] == [
        "CARC 16, RARC N56, common reasons",
        "CARC 16, RARC N56, next steps",
        "CARC 16, RARC N56, claim submission tips",
        "CARC 16, next steps",
    ]
    assert [(e.code, e.part) for e in reading.entries] == [("16", "CO"), ("N56", ""), ("16", "PR")]
    assert len(reading.remarks) == 1


def _modifier(code: str, kind: str) -> tuple[str, ...]:
    return (code, kind, "General", "Made-up name", "Made-up wording", "Say why.", "Use it so.", "Not so.", "A manual")


def test_the_wording_of_cpt_modifiers_is_left_in_the_file() -> None:
    reading = table("modifiers_2024.csv", MODIFIERS, _modifier("59", "CPT"), _modifier("P1", "HCPCS"), _modifier("QX", "HCPCS"))
    assert [(code.value, code.title) for code in reading.codes] == [("59", ""), ("P1", ""), ("QX", "Made-up name")]
    kept = [p for p in passages(reading) if p.codes != ((MODIFIER, "QX"),)]
    assert kept
    assert not [p for p in kept if "Made-up" in p.text]
    assert not [e for e in reading.entries if e.code != "QX" and "Made-up" in str(e.cells)]
    assert WITHHELD in reading.hints


def test_instructions_for_a_modifier_are_prose_of_its_own_document() -> None:
    reading = table("modifiers_2024.csv", MODIFIERS, _modifier("59", "CPT"), _modifier("59", "CPT"))
    (document,) = reading.documents
    assert document.title == "Modifier 59, instructions for use"
    assert [(p.locator, p.text) for p in document.passages] == [
        ("modifier 59, instructions for use", "Say why."),
        ("modifier 59, correct use", "Use it so."),
        ("modifier 59, incorrect use", "Not so."),
    ]
    cells = (("code set", "CPT"), ("category", "General"), ("references", "A manual"))
    assert list(reading.entries) == [Entry(MODIFIER, "59", "General", cells)] * 2


def test_a_description_that_goes_on_is_prose_beside_the_name() -> None:
    rows = (
        ("QX", "Other", "Made-up service.Report it always.", ""),
        ("D", "Ambulance", "", "x"),
        ("QX", "Surgical", "", ""),
        ("QQQ", "", "", ""),
    )
    reading = table("modifiers_additional_2024.csv", ADDITIONAL, *rows)
    assert reading.codes == (Code(MODIFIER, "QX", "Made-up service."),)
    assert [(p.text, p.locator) for p in passages(reading)] == [
        ("Made-up service.", "modifier QX"),
        ("Made-up service.Report it always.", "modifier QX, description"),
    ]
    assert [(e.code, e.part) for e in reading.entries] == [("QX", "Other"), ("D", "Ambulance"), ("QX", "Surgical")]
    assert reading.remarks == ("row 5, modifier: 'QQQ' is no modifier",)


def test_a_diagnosis_is_mapped_to_a_category_by_model() -> None:
    rows = (
        ("A0103", "115", "CMS-HCC Model V28"),
        ("a01.03", "RXHCC5", "RxHCC Model V08"),
        ("nope", "1", "x"),
        ("A0103", "x", "y"),
        ("A0103", "1", ""),
    )
    reading = table("hcc_dx_2026.csv", MAP, *rows)
    assert list(reading.entries) == [
        Entry(ICD10CM, "A01.03", "CMS-HCC Model V28", (("model", "CMS-HCC Model V28"), ("category", "HCC115"))),
        Entry(ICD10CM, "A01.03", "RxHCC Model V08", (("model", "RxHCC Model V08"), ("category", "RXHCC5"))),
    ]
    assert [remark.split(":")[0] for remark in reading.remarks] == ["row 4, diagnosis_code", "row 5, cc", "row 6, model_name"]


def test_the_map_is_read_as_cms_ships_it() -> None:
    header = (
        "Diagnosis\nCode",
        "Description",
        "CMS-HCC\nModel Category\nV24",
        "CMS-HCC\nModel Category\nV28",
        "RxHCC\nModel Category\nV08",
    )
    rows = (
        ("2026 made-up mappings",),
        header,
        ("A0103", "Made-up fever", "115", "", "5"),
        ("A0104", "Other", "", "", ""),
        ("Notes: made up",),
    )
    reading = table("2026 Mappings.csv", *rows)
    assert [(e.code, e.part, e.cells[1][1]) for e in reading.entries] == [
        ("A01.03", "CMS-HCC Model V24", "HCC115"),
        ("A01.03", "RxHCC Model V08", "RXHCC5"),
    ]
    assert reading.remarks == ()


def test_a_category_is_called_what_its_newest_version_calls_it() -> None:
    rows = (
        ("HCC1", "Old name", "CMS-HCC", "V24", "f"),
        ("HCC1", "New name", "CMS-HCC", "V28", "f"),
        ("HCC1", "Old name", "ESRD", "V24", "f"),
    )
    reading = table("hcc_labels_2026.csv", LABELS, *rows, ("HCC2", "", "CMS-HCC", "V28", "f"), ("two", "x", "CMS-HCC", "V28", "f"))
    assert reading.codes == (Code(HCC, "HCC1", "New name", attributes=(("model", "CMS-HCC V28"),)),)
    assert [(p.text, p.locator) for p in passages(reading)] == [
        ("New name", "HCC1 (CMS-HCC V28)"),
        ("Old name", "HCC1 (CMS-HCC V24, ESRD V24)"),
    ]
    assert [e.part for e in reading.entries] == ["CMS-HCC V24", "CMS-HCC V28", "ESRD V24"]
    assert len(reading.remarks) == 2


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (("adj_code", "adj_type", "adj_description", "adj_start_date"), ("16", "CARC", "x", "")),
        (("carc", "rarc", "reasons", "resolutions"), ("16", "", "x", "")),
        (("adj_code", "denial_reason", "next_steps"), ("16", "x", "y")),
        (MODIFIERS[:4] + MODIFIERS[6:8], ("QX", "HCPCS", "", "x", "y", "z")),
    ],
)
def test_columns_that_are_not_needed_may_be_missing(header: tuple[str, ...], row: tuple[str, ...]) -> None:
    reading = table("carc.csv", header, row)
    assert (len(reading.codes) or len(reading.entries), reading.remarks) == (1, ())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_files_of_either_encoding_are_read(encoding: str, tmp_path: Path) -> None:
    reading = ingest.read(file(tmp_path, "pos.csv", PLACES, ("22", "Facility", "Patient’s booth", "One\nmore line"), encoding=encoding))
    assert reading.codes[0].title == "Patient’s booth"
    assert dict(reading.entries[0].cells)["description"] == "One\nmore line"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    header = tuple(column for column in MODIFIERS if column != "mod_correct_use")
    with pytest.raises(CorpusError, match=r"Modifiers with instructions but for .*mod correct use"):
        ingest.read(file(tmp_path, "modifiers.csv", header, ("59",)))


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, "pos.csv", PLACES, ("22", "Facility", "Booth", "x" * 60_000 + "\n"))
    assert len(dict(ingest.read(path).entries[0].cells)["description"]) == 60_000
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(CorpusError, match="damaged"):
        ingest.read(path)


cells = st.sampled_from(
    ("", "16", "022", "CO-16", "N56", "CARC", "RARC", "HCC12", "A0103", "QX", "59", "2024-02-30", "19950101", "V28")
) | st.text(st.characters(codec="utf-8"), max_size=6)


@pytest.mark.parametrize("header", [PLACES, DENIALS, RESOLUTIONS, GUIDE, MODIFIERS, ADDITIONAL, MAP, LABELS], ids=lambda header: header[0])
@given(data=st.data())
@example(data=None)
def test_no_row_is_lost_and_none_is_read_twice(header: tuple[str, ...], data: st.DataObject | None) -> None:
    size = len(header)
    rows = data.draw(st.lists(st.tuples(*[cells] * size), max_size=12)) if data else [("16",) * size] * 3
    found = find(Path("carc_modifiers_2024.csv"), [header, *rows], LAYOUTS)
    assert found
    reading, sheet = found[0].read(found[1]), found[1]
    given_rows = [row for row in rows if any(cell.strip() for cell in row)]
    out = len(reading.codes) if header in (PLACES, DENIALS) else len(reading.entries)
    assert out + sheet.unreadable == len(given_rows)
    assert len(reading.remarks) == min(sheet.unreadable, 20) + (sheet.unreadable > 20)
    assert all(passage.locator and passage.kind != NOTE for passage in passages(reading))


REAL = {  # rows as the README of the data counts them: (codes, rows of tables)
    "place_of_service_codes.csv": (99, 99),
    "modifiers_northstar_2024.csv": (426, 433),  # seven modifiers stand twice
    "modifiers_additional_northstar_2024.csv": (227, 281),  # by category, and eleven halves of ambulance modifiers
    "carc_rarc_adjustment_codes_2024.csv": (1581, 0),
    "denial_resolutions_2.csv": (0, 53),
    "denial_resolutions_noridian_1.csv": (0, 64),
    "hcc_dx_to_cc_2026.csv": (0, 55_297),
    "hcc_labels_2026.csv": (275, 783),
    "tuva_admit_source.csv": (16, 0),
    "tuva_admit_type.csv": (9, 0),
    "tuva_discharge_disposition.csv": (41, 0),
    "tuva_ms_drg.csv": (767, 0),
    "tuva_place_of_service.csv": (50, 0),
    "tuva_present_on_admission.csv": (4, 0),
    "tuva_revenue_center_code.csv": (526, 0),
}


@pytest.mark.parametrize("name", REAL)
def test_the_real_file_is_read_whole(name: str) -> None:
    reading = ingest.read(need(f"reference/{name}"))
    assert (len(reading.codes), reading.rows) == REAL[name]
    assert reading.remarks == ()
    assert len({(code.system, code.value) for code in reading.codes}) == len(reading.codes)
    assert all(passage.locator and passage.text and passage.codes for passage in passages(reading))


def test_the_real_cpt_modifiers_have_no_title_and_no_term() -> None:
    for name in ("modifiers_northstar_2024.csv", "modifiers_additional_northstar_2024.csv"):
        reading = ingest.read(need(f"reference/{name}"))
        licensed = {code.value for code in reading.codes if code.value[0].isdigit() or code.value in {f"P{n}" for n in range(1, 7)}}
        assert {code.value for code in reading.codes if code.title} & licensed == set()
        assert not [p for p in passages(reading) if p.kind == "term" and p.codes[0][1] in licensed]
