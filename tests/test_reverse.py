"""A phrase is read in the words of the code set, and ranked to the billable code that says no more than was asked."""

from datetime import date

import pytest
from conftest import open_library
from tables import need

from assistant.asked import Asked, read
from assistant.chat import ask
from assistant.ranking import codes_for
from corpus.codes import HCPCS, ICD10CM
from index.library import Library

ON = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("phrase", "asked"),
    [
        ("s/p CABG", Asked("presence of aortocoronary bypass graft")),
        ("h/o MI", Asked("old myocardial infarction")),
        ("hx of breast cancer", Asked("personal history of malignant neoplasm of breast")),
        ("mother had colon cancer", Asked("family history of malignant neoplasm of colon")),
        ("long-term use of warfarin", Asked("long term (current) use of anticoagulants")),
        ("left hip pain", Asked("pain in hip, left", "left")),
        ("RLQ pain", Asked("right lower quadrant pain")),  # a quadrant is no side
        ("ankle sprain rt, subsequent encounter", Asked("sprain of unspecified ligament of ankle, right", "right", "subsequent")),
        ("HTN with CHF", Asked("hypertensive heart disease with heart failure")),
        ("diabetic retinopathy", Asked("type 2 diabetes mellitus with diabetic retinopathy")),  # Guidelines I.C.4.a.2
        ("diabetis", Asked("type 2 diabetes")),
    ],
)
def test_a_phrase_is_read_in_the_words_of_the_code_set(phrase: str, asked: Asked) -> None:
    assert read(phrase, ICD10CM) == asked


def test_words_for_equipment_and_drugs_are_those_of_their_own_system() -> None:
    assert read("Prolia", HCPCS).text == "denosumab"
    assert read("Prolia", ICD10CM).text == "Prolia"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        opened = open_library(tmp_path_factory.mktemp("reverse") / "home", patch)
    for name in ("icd10c-tabular-April-1-2026.xml", "icd10cm-neoplasm-April-1-2026.xml"):
        assert opened.add(need(f"icd10cm/{name}")).status == "added"
    return opened


@pytest.mark.parametrize(
    ("phrase", "value"),
    [
        ("pneumonia", "J18.9"),  # the unspecified child where nothing more is said
        ("gout", "M10.9"),
        ("right knee pain", "M25.561"),
        ("knee pain", "M25.569"),
        ("b/l carpal tunnel syndrome", "G56.03"),
        ("BMI 42", "Z68.41"),  # a number inside a range
        ("BPH w/o LUTS", "N40.0"),
        ("CKD stage 3b", "N18.32"),
        ("right breast cancer", "C50.911"),
        ("lung mets", "C78.00"),
        ("prostate ca", "C61"),
        ("heart attack", "I21.9"),
    ],
)
def test_the_best_code_says_what_was_asked_and_no_more(library: Library, phrase: str, value: str) -> None:
    assert codes_for(phrase, ICD10CM, library, ON).candidates[0].listed.code.value == value


def test_what_was_not_said_is_asked_once_each(library: Library) -> None:
    answer = ask("ICD-10 code for a broken collarbone", library, on=ON, today=ON)
    assert answer.codes[0] == (ICD10CM, "S42.009A")
    asks = [statement.text for statement in answer.statements if "?" in statement.text]
    assert [text.split("?")[0] for text in asks] == ["Right or left", "Initial encounter, subsequent encounter or sequela"]
    assert all(statement.verdict == "supported" for statement in answer.statements)


def test_what_was_said_is_not_asked(library: Library) -> None:
    answer = ask("ICD-10 code for a broken right collarbone, subsequent encounter", library, on=ON, today=ON)
    assert answer.codes[0] == (ICD10CM, "S42.001D")
    assert [statement for statement in answer.statements if "?" in statement.text] == []


def test_a_procedure_nobody_describes_gets_no_code_of_another_kind(library: Library) -> None:
    assert ask("CPT code for appendectomy", library, on=ON, today=ON).status == "declined"
