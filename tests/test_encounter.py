"""What a question says beside its codes: the day, the place, whose rules, the setting, the units and the patient's age."""

from datetime import date

import pytest

from assistant.dates import date_in
from assistant.encounter import age_in, setting_in, setting_named, units_in
from assistant.question import understand
from corpus.payers import payer_in
from corpus.places import contractor_in, state_in, state_named

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("was it valid last March", date(2026, 3, 1)),
        ("last December", date(2025, 12, 1)),
        ("last november", date(2025, 11, 1)),
        ("last year", date(2025, 7, 1)),
        ("last month", date(2026, 10, 1)),
        ("last quarter", date(2026, 7, 1)),
        ("in Q3 2024", date(2024, 7, 1)),
        ("2024 Q3 edits", date(2024, 7, 1)),
        ("2024Q1", date(2024, 1, 1)),
        ("third quarter of 2024", date(2024, 7, 1)),
        ("seen yesterday", date(2026, 11, 19)),
        ("today", TODAY),
        ("two years ago", date(2024, 11, 20)),
        ("3 months ago", date(2026, 8, 20)),
        ("a year ago", date(2025, 11, 20)),
        ("10 days ago", date(2026, 11, 10)),
        ("FY2025", date(2024, 10, 1)),
        ("in fiscal year 2026", date(2025, 10, 1)),
        ("FY 25", date(2024, 10, 1)),
        ("as of 2015", date(2015, 7, 1)),
        ("effective 1/1/2026", date(2026, 1, 1)),
        ("effective 2026", date(2026, 1, 1)),
        ("DOS 3-1-24", date(2024, 3, 1)),
        ("dos 20240301", date(2024, 3, 1)),
        ("3-1-2024", date(2024, 3, 1)),
        ("1st of March 2024", date(2024, 3, 1)),
        ("fee for 99213 in CY2024", date(2024, 7, 1)),
        ("99213 2024 rates", date(2024, 7, 1)),
        ("on 02/29/2023", None),
        ("13/13/2024", None),
        ("FY2025 guidelines", None),
        ("1/2 tablet", None),
        ("24/7 care", None),
        ("5 years ago or 500000 years ago", date(2021, 11, 20)),
        ("99201 years ago", None),
        ("code 2024F", None),
    ],
)
def test_the_day_is_read_from_words_and_figures(text: str, stated: date | None) -> None:
    assert date_in(text, TODAY) == stated


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("covered in Texas?", "TX"),
        ("medicare in new york", "NY"),
        ("is it covered in TX", "TX"),
        ("LCD in OR?", "OR"),
        ("fee in IN", "IN"),
        ("Austin, TX", "TX"),
        ("TX Medicaid", "TX"),
        ("West Virginia", "WV"),
        ("TX?", "TX"),
        ("what about FL", "FL"),
        ("in ok", None),
        ("45378 or 45380 in me", None),
        ("hi, is it ok", None),
        ("code for MI", None),
        ("seen in OR by a PA", None),
        ("CO-16", None),
        ("modifier GA", None),
        ("Texas catheter", None),
        ("New York Heart Association class", None),
        ("in Texas or Florida", None),  # two are none
        ("", None),
    ],
)
def test_a_state_is_read_where_a_place_stands(text: str, state: str | None) -> None:
    assert state_in(text) == state


@pytest.mark.parametrize(("typed", "state"), [("Texas", "TX"), (" tx ", "TX"), ("new  york", "NY"), ("XX", "XX"), ("", None), (None, None)])
def test_a_state_set_apart_is_two_letters(typed: object, state: str | None) -> None:
    assert state_named(typed) == state


@pytest.mark.parametrize(
    ("text", "contractor"),
    [
        ("noridian lcd", "Noridian Healthcare Solutions, LLC"),
        ("Novitas", "Novitas Solutions, Inc."),
        ("palmetto gba", "Palmetto GBA"),
        ("NGS", "National Government Services, Inc."),
        ("National Government Services", "National Government Services, Inc."),
        ("our MAC is CGS", "CGS Administrators, LLC"),
        ("first coast", "First Coast Service Options, Inc."),
        ("WPS", "Wisconsin Physicians Service Insurance Corporation"),
        ("NGS panel for a tumor", None),
        ("our MAC", None),
    ],
)
def test_a_contractor_is_named_as_the_tables_name_it(text: str, contractor: str | None) -> None:
    assert contractor_in(text) == contractor


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        ("Aetna Medicare", "Aetna"),
        ("Medicare Advantage", "Medicare"),
        ("kaiser", "Kaiser Permanente"),
        ("wellcare of ohio", "Centene"),
        ("ambetter", "Centene"),
        ("a wellcare visit", None),
        ("molina", "Molina"),
        ("BCBSTX", "Blue Cross Blue Shield"),
        ("BC/BS", "Blue Cross Blue Shield"),
        ("highmark", "Blue Cross Blue Shield"),
        ("Medi-Cal", "Medicaid"),
        ("VA community care", "Veterans Affairs"),
        ("tri-care", "Tricare"),
        ("a CMS-1500 form", None),
    ],
)
def test_a_payer_is_known_by_its_names(text: str, payer: str | None) -> None:
    assert payer_in(text) == payer


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("MUE for 20610 outpatient hospital", "outpatient hospital"),
        ("under OPPS", "outpatient hospital"),
        ("facility MUE 20610", "outpatient hospital"),
        ("facility fee for 99213", None),
        ("skilled nursing facility", None),
        ("practitioner MUE", "practitioner"),
        ("in the office", "practitioner"),
        ("office visit", None),
        ("professional claim", "practitioner"),
        ("DME supplier", "DME supplier"),
        ("inpatient stay", "inpatient hospital"),
        ("what is 99213", None),
    ],
)
def test_the_setting_is_one_the_tables_know(text: str, setting: str | None) -> None:
    assert setting_in(text) == setting


@pytest.mark.parametrize(
    ("typed", "setting"),
    [
        ("office", "practitioner"),
        ("Physician", "practitioner"),
        ("outpatient", "outpatient hospital"),
        ("facility", "outpatient hospital"),
        ("hospital outpatient", "outpatient hospital"),
        ("DME", "DME supplier"),
        ("inpatient", "inpatient hospital"),
        ("inpatient hospital", "inpatient hospital"),
        ("practitioner", "practitioner"),
        ("DME supplier", "DME supplier"),
        ("moon", None),
        ("", None),
        (7, None),
    ],
)
def test_a_setting_set_apart_is_one_the_tables_know(typed: object, setting: str | None) -> None:
    assert setting_named(typed) == setting


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("3 units of 20610", 3),
        ("20610 x3", 3),
        ("20610 x 2", 2),
        ("20610x2", 2),
        ("two units 20610", 2),
        ("20610 qty 4", 4),
        ("97110 units: 4", 4),
        ("97110, units 2", 2),
        ("97110 3u", 3),
        ("add-on 0135U", None),
        ("how many units of 97110", None),
        ("CVX 207", None),
        ("x-ray 71046", None),
        ("20610", None),
    ],
)
def test_units_are_what_is_billed(text: str, units: int | None) -> None:
    assert units_in(text) == units


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("a 67-year-old man", 67),
        ("67 yo f", 67),
        ("67yo", 67),
        ("67 y/o", 67),
        ("aged 12", 12),
        ("age 4", 4),
        ("5 years old", 5),
        ("6 months old", 0),
        ("3 week old", 0),
        ("newborn patient", 0),
        ("age 7 and over", None),
        ("67 years ago", None),
        ("stage 3", None),
        ("page 12", None),
    ],
)
def test_age_is_in_whole_years(text: str, age: int | None) -> None:
    assert age_in(text) == age


def test_what_is_set_apart_wins() -> None:
    question = understand(
        "MUE for 20610 in the office in Texas last year",
        lambda *pair: False,
        TODAY,
        on=date(2020, 1, 1),
        state="florida",
        setting="facility",
    )
    assert (question.on, question.state, question.setting) == (date(2020, 1, 1), "FL", "outpatient hospital")
