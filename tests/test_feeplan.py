"""What a code is paid, as people ask it: amounts from small files in the publishers' layouts, each worked out by hand."""

import csv
from datetime import date
from pathlib import Path

import pytest
from conftest import HCPCS, open_library
from tables import need, pfs
from test_fees import ADDENDUM_B, FLAT, INDICES, LIMITS

from assistant.answer import Answer
from assistant.chat import ask
from assistant.indicators import STATUS
from index.library import Library

ON = date(2025, 11, 1)
SCHEDULED = "Medicare Physician Fee Schedule, October 2025"
LIMITED = "Medicare Part B Drug Payment Limits (ASP), January 2026"
OUTPATIENT = "Medicare OPPS Addendum B, October 2025"
SPRING = date(2026, 2, 1)
NOT_PAID = "0.00,0.00,,0.00,,0.00,0.00,0.00,9,XXX,0.00,0.00,0.00,9,9,9,9,9,,32.0000,09,0,99,0.00,0.00,0.00"
SCHEDULE = f"{FLAT}90006,,made-up words,I,+,{NOT_PAID}\n90007,,made-up words,E,+,{NOT_PAID}\nJ9901,,Madeupumab inj,E,+,{NOT_PAID}\n"
FILES = {
    "PPRRVU2025_Oct.csv": SCHEDULE,
    "GPCI2025.csv": INDICES,
    "october_2025_addendum_b.csv": ADDENDUM_B,
    "asp_2026_jan.csv": LIMITS,
    "HCPC2026_JAN.csv": HCPCS,
}


def opened(folder: Path, files: dict[str, str]) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        library = open_library(folder / "home", patch)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
            assert library.add(folder / name).status == "added", name
        list(library.fill())
    return library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return opened(tmp_path_factory.mktemp("fees"), FILES)


def asked(library: Library, text: str, on: date = ON, state: str = "") -> Answer:
    answer = ask(text, library, today=on, on=on, **({"state": state} if state else {}))
    assert answer.question.intent == "fee"
    assert [statement for statement in answer.statements if statement.verdict != "supported"] == []
    return answer


def said(library: Library, text: str, on: date = ON, state: str = "") -> list[str]:
    """What is said, every sentence of it supported."""
    return [statement.text for statement in asked(library, text, on, state).statements]


def test_the_national_amounts_lead_with_the_formula_below(library: Library) -> None:
    answer = asked(library, "What does Medicare pay for 90001?")
    assert answer.status == "answered"
    assert [statement.text for statement in answer.statements][:3] == [  # 2.75 × 32 and 1.97 × 32
        "Medicare's fee schedule allows $88.00 (non-facility) and $63.04 (facility) for 90001 nationally, before coinsurance.",
        f"Non-facility: (1.30 + 1.35 + 0.10) × 32.0000 = $88.00, from {SCHEDULED}.",
        f"Facility: (1.30 + 0.57 + 0.10) × 32.0000 = $63.04, from {SCHEDULED}.",
    ]
    cited = answer.citations[0].as_json()
    assert (cited["locator"], cited["edition"], cited["effective"]) == ("row 90001", "October 2025", "2025-10-01")
    assert "work RVU 1.30" in cited["quote"]


PLACES = [  # (1.30 × work + 1.35 or 0.57 × practice + 0.10 × malpractice) × 32
    ("fee for 90001 in Alaska", "", "$111.52", "$84.06", "in ALASKA"),
    ("what is the Medicare fee for 90001 in Alaska in October 2025?", "", "$111.52", "$84.06", "in ALASKA"),
    ("fee for 90001?", "AK", "$111.52", "$84.06", "in ALASKA"),
    ("how much is 90001 in Los Angeles, CA?", "", "$97.34", "$67.39", "in LOS ANGELES-LONG BEACH (MADE UP CNTY)"),
    ("price of 90001 in Rest of California?", "", "$91.46", "$64.00", "in REST OF CALIFORNIA"),
    ("how much is 90001 in California?", "", "$88.00", "$63.04", "nationally"),  # two localities: neither is guessed
    ("how much is 90001?", "CA", "$88.00", "$63.04", "nationally"),
    ("how much is 90001 in Nowhere?", "", "$88.00", "$63.04", "nationally"),
    ("how much is 90001?", "TX", "$88.00", "$63.04", "nationally"),
]


@pytest.mark.parametrize(("text", "state", "office", "hospital", "where"), PLACES)
def test_a_place_on_file_gives_its_own_amount(library: Library, text: str, state: str, office: str, hospital: str, where: str) -> None:
    told = said(library, text, state=state)
    assert told[0].endswith(f" allows {office} (non-facility) and {hospital} (facility) for 90001 {where}, before coinsurance.")
    assert told[1].endswith(f"= {office}, from {SCHEDULED}.")


@pytest.mark.parametrize("state", ["", "AK"])
@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("90004", f"status N, {STATUS['N']}"),
        ("90005", f"status C, {STATUS['C']}"),
        ("90006", f"status I, {STATUS['I']}"),
        ("90007", f"status E, {STATUS['E']}"),
        ("G9901", "status R with no RVUs: the Medicare contractor sets the price"),
    ],
)
def test_a_code_that_the_schedule_does_not_pay_gets_no_amount_and_the_reason(library: Library, code: str, why: str, state: str) -> None:
    answer = asked(library, f"How much does Medicare pay for {code}?", state=state)
    assert [statement.text for statement in answer.statements] == [f"{SCHEDULED} gives no amount for {code}: {why}."]
    assert "$" not in answer.text


def test_a_setting_without_an_amount_says_why(library: Library) -> None:
    told = said(library, "fee for 90002")
    assert told[0] == "Medicare's fee schedule allows $224.00 (facility) for 90002 nationally, before coinsurance."
    assert told[-1] == "No non-facility amount: CMS marks the non-facility setting NA: rarely or never performed there."


def test_another_payers_price_is_not_told_from_medicares_texts(library: Library) -> None:
    answer = asked(library, "what does Humana pay for 90001 in Alaska")
    assert answer.status == "declined"
    assert "$" not in answer.text


def test_a_modifier_has_a_row_of_its_own(library: Library) -> None:
    answer = asked(library, "fee for 90003-26?")
    assert "allows $24.00 (non-facility) and $24.00 (facility) for 90003-26 nationally" in answer.text  # 0.75 × 32
    assert answer.citations[0].evidence.locator == "row 90003-26"


def test_imaging_is_paid_no_more_than_a_hospital_is(library: Library) -> None:
    assert "allows $54.40 (non-facility) for 90003" in said(library, "fee for 90003?")[0]  # (0.50 + 1.00 + 0.20) × 32


def test_rvus_asked_for_lead_with_their_total(library: Library) -> None:
    assert said(library, "RVU for 90003?")[0].startswith("Total RVUs of 90003: 1.70 (non-facility)")


def test_what_restricts_an_amount_is_said_beside_it(library: Library) -> None:
    told = said(library, "fee for G9902?")
    assert "allows $12.48 (non-facility)" in told[0]
    assert f"Status T, {STATUS['T']}." in told


def test_the_limit_of_a_drug_leads_where_the_schedule_has_no_amount(library: Library) -> None:
    told = said(library, "what does Medicare pay for J9901?", SPRING)
    assert told[0] == f"Medicare Part B payment limit for J9901: $12.345 for 10 MG, in {LIMITED}."
    assert told[1].startswith("Hospital outpatient, J9901: status indicator K (")
    assert told[1].endswith(f"national unadjusted rate $12.340, in {OUTPATIENT}.")
    assert told[2].startswith(f"{SCHEDULED} gives no amount for J9901: status E")


def test_limit_and_outpatient_rate_follow_where_the_schedule_pays(library: Library) -> None:
    told = said(library, "fee for 90001", SPRING)
    limit = told.index(f"Medicare Part B payment limit for 90001: $137.828 for 1 ML, in {LIMITED}.")
    rate = next(at for at, text in enumerate(told) if "status indicator J1" in text and "$3,244.610" in text)
    assert 0 < limit < rate


def test_a_limit_that_is_not_available_is_no_amount(library: Library) -> None:
    answer = asked(library, "payment limit for J9902?", SPRING)
    assert answer.statements[0].text.startswith("Medicare Part B payment limit for J9902: no amount, in")
    assert "$" not in answer.text


def test_a_packaged_service_has_a_status_and_no_rate(library: Library) -> None:
    told = said(library, "how much does Medicare pay for 90011?")
    assert told == [f"Hospital outpatient, 90011: status indicator N (packaged: no separate payment), in {OUTPATIENT}."]


def test_every_code_of_a_question_is_answered_or_named_as_unknown(library: Library) -> None:
    answer = asked(library, "fee for 90001 and 90004 and 90099?")
    assert answer.status == "partial"
    assert "*Not in my sources:* 90099." in answer.text
    assert {code for citation in answer.citations for _, code in citation.evidence.codes} == {"90001", "90004"}


def test_nothing_on_file_is_declined_with_what_to_add(library: Library, tmp_path: Path) -> None:
    bare = opened(tmp_path, {"HCPC2026_JAN.csv": HCPCS})
    for shelf, text in ((library, "fee for 90099?"), (bare, "fee for J9901?"), (bare, "what does Medicare pay for 90001 in Alaska?")):
        answer = asked(shelf, text)
        assert answer.status == "declined"
        assert "add the fee schedule that lists the code with `codecite add FILE`" in answer.text
        assert "$" not in answer.text


def test_an_edition_that_begins_after_the_date_is_said_to(library: Library) -> None:
    early = said(library, "fee for 90001", date(2025, 3, 1))
    assert f"{SCHEDULED} begins on 2025-10-01, after 2025-03-01." in early
    assert f"{LIMITED} begins on 2026-01-01, after {ON}." in said(library, "fee for J9901")
    assert not any("begins on" in text for text in said(library, "fee for G9902 in Alaska"))


def test_an_edition_that_is_over_is_warned_of(library: Library) -> None:
    answer = asked(library, "fee for 90001", SPRING)
    assert [warning.kind for warning in answer.warnings] == ["stale_source"] * 2
    assert answer.warnings[0].text.startswith(f"{SCHEDULED} held until 2025-12-31; for 2026-02-01 check")


def test_real_figures_are_multiplied_as_other_code_multiplies_them(tmp_path: Path) -> None:
    with need("fees/pfs_gpci_2024.csv").open(encoding="utf-8-sig", newline="") as file:
        place = next(row for row in csv.DictReader(file) if row["locality_name"].rstrip("* ").upper() == "MANHATTAN")
    row, indices = pfs()["99213"], {"gpci_work": "work_rvu", "gpci_pe": "nonfac_pe_rvu", "gpci_mp": "mp_rvu"}
    amount = sum(float(place[index]) * float(row[rvu]) for index, rvu in indices.items()) * float(row["conv_factor"])
    library = opened(tmp_path, {})
    for name in ("fees/pprrvu2025_oct_nodesc.csv", "fees/pfs_gpci_2024.csv"):
        assert library.add(need(name)).status == "added"
    told = said(library, "What does Medicare pay for 99213 in Manhattan?")
    assert f"allows ${amount:.2f} (non-facility)" in told[0]
    assert "for 99213 in MANHATTAN, before coinsurance." in told[0]
    assert any("of different years (2024 and 2025): an estimate." in text for text in told)
    assert "allows $88.95 (non-facility) and $63.72 (facility)" in said(library, "fee for 99213")[0]  # 2.75 and 1.97 × 32.3465
