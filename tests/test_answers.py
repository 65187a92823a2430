"""Real questions over the real sources: the right code, status and page, whatever the wording."""

import re
from collections.abc import Iterable
from datetime import date

import pytest
import tables

from assistant.answer import Answer, Citation, Turn
from assistant.chat import ask
from assistant.verify import marks
from corpus.codes import CPT, HCPCS, ICD10CM, MODIFIER
from index.library import Library

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 20)
MANUAL, GUIDELINES = "2026-ncci-medicare-policy-manual-all-chapters", "fy-2025-icd-10-cm-coding-guidelines"
STARTER, ICD, DRUGS = "starter", "icd-10-cm-2026-04", "hcpcs-2026-01"
PUBLICATIONS = {MANUAL: "ncci_manual", GUIDELINES: "guidelines"}

QUESTIONS = [
    ("what is CPT 90389?", [(CPT, "90389")], [(STARTER, "opening"), (STARTER, "Administration"), (STARTER, "Medicare")]),
    ("what is cpt 90283", [(CPT, "90283")], [(STARTER, "opening"), (STARTER, "Dates")]),
    ("Is 90703 still valid?", [(CPT, "90703")], [(STARTER, "Related codes")]),
    ("is a tetanus booster without an injury covered by Medicare?", [], [(STARTER, "opening")]),
    (
        "which administration code goes with tetanus immune globulin?",
        [(CPT, "96372"), (CPT, "90389")],
        [(STARTER, "opening")],
    ),
    ("what is J1670?", [(HCPCS, "J1670")], [(STARTER, "opening"), (DRUGS, "row J1670")]),
    ("A4253", [(HCPCS, "A4253")], [(DRUGS, "row A4253")]),
    ("E11.65 billable?", [(ICD10CM, "E11.65")], [(ICD, "E11.65"), (ICD, "E11, Use additional code"), (ICD, "E11, Excludes1")]),
    ("excludes1 at J44", [(ICD10CM, "J44")], [(ICD, "J44, notes"), (ICD, "J44, Excludes2")]),
    ("code for type 2 diabetes with diabetic polyneuropathy", [(ICD10CM, "E11.42")], [(ICD, "E11.42")]),
    ("What does an NCCI modifier indicator of 0 mean?", [], [(MANUAL, "Chapter I, E")]),
    ("when may modifier 59 be used?", [(MODIFIER, "59")], [(MANUAL, "Chapter I, E")]),
    ("how is sepsis sequenced?", [], [(GUIDELINES, "Section I.C.1.d")]),
    ("difference between 90714 and 90715", [(CPT, "90714"), (CPT, "90715")], [(STARTER, "opening"), (STARTER, "Administration units")]),
    ("guidelines for E/M services", [], [(STARTER, "opening")]),
]
MORE = [  # descriptions a coder looks up every day, with the code that must lead
    ("code for hypertension", ICD10CM, "I10"),
    ("ICD-10 code for asthma", ICD10CM, "J45.909"),
    ("code for COPD", ICD10CM, "J44.9"),
    ("code for chest pain", ICD10CM, "R07.9"),
    ("sunburn first degree", ICD10CM, "L55.0"),
    ("burning when urinating", ICD10CM, "R30.0"),
    ("code for tetanus immune globulin", HCPCS, "J1670"),
    ("hcpcs code for strips for a home blood glucose monitor", HCPCS, "A4253"),
]
DECLINED = [
    "what is CPT 98765432?",
    "what is CPT 90390?",
    "what is Z99.999",
    "is 77777 valid?",
    "does Aetna cover IVIG for CIDP?",
    "does Cigna cover 90389?",
    "MUE for 20610",
    "can I bill 45380 with 45378?",
    "who won the world cup",
    "how do I bake bread",
]
EVERY = [question for question, *_ in QUESTIONS]


@pytest.fixture(scope="module")
def answers(real_library: Library) -> dict[str, Answer]:
    """Each question asked once."""
    asked = dict.fromkeys([*EVERY, *(question for question, *_ in MORE), *DECLINED])
    return {question: ask(question, real_library, today=TODAY) for question in asked}


def pages(answer: Answer, source: str) -> set[int]:
    return {item.evidence.page for item in answer.citations if item.evidence.source.id == source and item.evidence.page}


def lead(answer: Answer) -> str:
    return answer.statements[0].text


def statement_with(answer: Answer, words: str) -> str:
    return next(said.text for said in answer.statements if words in said.text)


@pytest.mark.parametrize(("question", "codes", "places"), QUESTIONS, ids=EVERY)
def test_a_question_is_answered_from_the_right_place(
    answers: dict[str, Answer], question: str, codes: list[tuple[str, str]], places: list[tuple[str, str]]
) -> None:
    answer = answers[question]
    assert answer.status == "answered"
    assert set(codes) <= set(answer.codes)
    cited = [(item.evidence.source.id, item.evidence.locator) for item in answer.citations]
    for source, locator in places:
        assert any(found == source and where.startswith(locator) for found, where in cited), (source, locator)


@pytest.mark.parametrize("question", DECLINED)
def test_what_no_source_answers_is_declined(answers: dict[str, Answer], question: str) -> None:
    answer = answers[question]
    assert (answer.status, answer.statements, answer.citations, answer.codes) == ("declined", (), (), ())


@pytest.mark.parametrize(("question", "system", "code"), MORE, ids=[question for question, *_ in MORE])
def test_a_description_leads_to_the_code_a_coder_expects(answers: dict[str, Answer], question: str, system: str, code: str) -> None:
    assert answers[question].codes[:1] == ((system, code),)


@pytest.mark.parametrize("question", EVERY)
def test_every_sentence_is_supported_and_cited(answers: dict[str, Answer], question: str) -> None:
    answer = answers[question]
    numbers = {item.number for item in answer.citations}
    assert set(marks(answer.text)) == numbers
    assert all(said.verdict == "supported" and set(said.citations) <= numbers for said in answer.statements)


@pytest.mark.parametrize("question", [*EVERY, "difference between modifier 59 and XU", "what is modifier 25", "modifier 25 vs 57"])
def test_nothing_is_said_twice(real_library: Library, question: str) -> None:
    said = [statement.text for statement in ask(question, real_library, today=TODAY).statements]
    assert len(said) == len(set(said))


def squeezed(text: str) -> str:
    """Letters and figures only: how a page breaks its lines does not matter."""
    return re.sub(r"\W", "", text).casefold()


def of_a_page(answers: Iterable[Answer]) -> list[Citation]:
    return [item for answer in answers for item in answer.citations if item.evidence.source.id in PUBLICATIONS]


def test_a_cited_page_of_a_pdf_holds_the_quoted_words(answers: dict[str, Answer]) -> None:
    cited = of_a_page(answers.values())
    assert len(cited) >= 5
    for item in cited:
        text = tables.pdf_pages(PUBLICATIONS[item.evidence.source.id])
        assert item.evidence.page
        there = squeezed(" ".join(text[item.evidence.page - 1 : item.evidence.page + 1]))
        assert squeezed(item.evidence.quote) in there, (item.evidence.locator, item.evidence.page)


def test_indicator_0_is_cited_from_page_30_of_the_manual(answers: dict[str, Answer]) -> None:
    assert 30 in pages(answers["What does an NCCI modifier indicator of 0 mean?"], MANUAL)


def test_modifier_59_is_cited_from_a_page_that_treats_it(answers: dict[str, Answer]) -> None:
    found = pages(answers["when may modifier 59 be used?"], MANUAL)
    assert found
    for page in found:
        assert len(re.findall(r"\b59\b", tables.pdf_pages("ncci_manual")[page - 1])) > 1


def test_sepsis_is_cited_from_its_own_chapter_of_the_guidelines(answers: dict[str, Answer]) -> None:
    answer = answers["how is sepsis sequenced?"]
    assert pages(answer, GUIDELINES)
    for page in pages(answer, GUIDELINES):
        assert tables.pdf_pages("guidelines")[page - 1].casefold().count("sepsis") > 3
    assert {item.evidence.locator[:15] for item in of_a_page([answer])} == {"Section I.C.1.d"}


@pytest.mark.parametrize(
    ("question", "page", "says"),
    [  # bare words of a case, words a code is asked for, a diagnosis of which guidelines name the category
        ("glaucoma stage advanced while in hospital", 48, "highest stage"),
        ("painful hip prosthesis codes", 84, "Chapter 19"),
        ("Z15.01 as principal diagnosis?", 92, "Z15"),
    ],
)
def test_a_rule_stands_beside_the_codes(real_library: Library, question: str, page: int, says: str) -> None:
    answer = ask(question, real_library, today=TODAY)
    assert answer.status == "answered"
    assert page in pages(answer, GUIDELINES)
    assert says in answer.text


def test_no_rule_is_looked_for_where_a_title_says_all(real_library: Library) -> None:
    assert not pages(ask("code for type 2 diabetes with diabetic polyneuropathy", real_library, today=TODAY), GUIDELINES)


@pytest.mark.parametrize("question", ["SNOMED concept for asthma", "LOINC for hemoglobin", "what does ICD-11 say on asthma?"])
def test_a_code_set_that_is_not_on_file_is_named(real_library: Library, question: str) -> None:
    answer = ask(question, real_library, today=TODAY)
    assert answer.status != "answered"
    assert re.search(r"SNOMED|LOINC|ICD-11", answer.text)


def test_guidelines_whose_year_is_over_are_flagged(answers: dict[str, Answer]) -> None:
    (warning,) = [warning for warning in answers["how is sepsis sequenced?"].warnings if warning.kind == "stale_source"]
    assert "2025-09-30" in warning.text


def test_90703_ended_on_the_day_the_table_gives(answers: dict[str, Answer]) -> None:
    answer, row = answers["Is 90703 still valid?"], tables.rbcs()["90703"]
    ended = re.sub(r"\D", "", row["hcpcs_date_ended"])[:8]
    day = f"{ended[:4]}-{ended[4:6]}-{ended[6:]}"
    assert lead(answer).startswith("No")
    assert day in lead(answer)
    assert {"90714", "90715"} <= set(re.findall(r"\d{5}", statement_with(answer, "90714")))
    assert {"deleted_code", "undated_source"} <= {warning.kind for warning in answer.warnings}


def test_a_booster_without_an_injury_is_not_covered(answers: dict[str, Answer]) -> None:
    answer = answers["is a tetanus booster without an injury covered by Medicare?"]
    assert re.search(r"\bnot\b", lead(answer))
    assert answer.question.payer == "Medicare"
    assert not {item.evidence.document.payer for item in answer.citations} - {None, "Medicare"}


def test_90389_has_the_mue_and_status_of_the_tables(answers: dict[str, Answer]) -> None:
    answer = answers["what is CPT 90389?"]
    assert tables.mue("practitioner")["90389"]["mue_units"] in re.findall(r"\d+", statement_with(answer, "practitioner MUE"))
    assert f"status {tables.pfs()['90389']['status_code']}" in statement_with(answer, "fee schedule")
    assert re.search(r"\bnot a vaccine\b", lead(answer))


def test_j1670_has_the_dates_of_the_hcpcs_file(answers: dict[str, Answer]) -> None:
    added = tables.hcpcs()["J1670"]["add_date"]
    assert f"{added[:4]}-{added[4:6]}-{added[6:8]}" in statement_with(answers["what is J1670?"], "valid from")


@pytest.mark.parametrize("question", ["what is J1670?", "A4253"])
def test_a_hcpcs_code_is_told_in_the_files_own_words(answers: dict[str, Answer], question: str) -> None:
    (system, value), *_ = answers[question].codes
    words = squeezed(tables.hcpcs()[value]["long_description"])
    assert system == HCPCS
    assert any(words in squeezed(item.evidence.quote) for item in answers[question].citations)


def test_e11_65_is_billable_and_e11_is_not(real_library: Library, answers: dict[str, Answer]) -> None:
    assert "E11.65" in tables.icd10cm()
    assert lead(answers["E11.65 billable?"]).startswith("Yes")
    assert lead(ask("is E11 billable?", real_library, today=TODAY)).startswith("No")


def test_the_premise_about_j44_is_corrected_first(answers: dict[str, Answer]) -> None:
    assert re.search(r"\bno Excludes1\b", lead(answers["excludes1 at J44"]))
    assert "J47" in answers["excludes1 at J44"].text


def test_polyneuropathy_leads_with_the_type_2_code(answers: dict[str, Answer]) -> None:
    answer = answers["code for type 2 diabetes with diabetic polyneuropathy"]
    assert answer.codes[0] == (ICD10CM, "E11.42")
    assert answer.codes[0][1] in tables.icd10cm()


def test_a_comparison_says_what_each_code_is(answers: dict[str, Answer]) -> None:
    answer = answers["difference between 90714 and 90715"]
    assert {"90714", "90715"} <= set(re.findall(r"\d{5}", lead(answer)))
    titles = {item.evidence.document.title[:9] for item in answer.citations}
    assert {"CPT 90714", "CPT 90715"} <= titles


@pytest.mark.parametrize("question", ["was 99201 deleted?", "what is 99201", "is 99201 still valid?"])
def test_a_code_deleted_long_ago_is_said_to_be_so_first(real_library: Library, question: str) -> None:
    answer = ask(question, real_library, today=TODAY)
    assert "2020-12-31" in lead(answer)
    assert "deleted_code" in {warning.kind for warning in answer.warnings}


def test_asked_whether_a_code_was_deleted_the_answer_is_not_no(real_library: Library) -> None:
    assert not lead(ask("was 99201 deleted?", real_library, today=TODAY)).startswith("No")


def test_giving_a_vaccine_is_not_the_vaccine(real_library: Library) -> None:
    answer = ask("how do I report administration of Tdap", real_library, today=TODAY)
    assert any("90471" in said.text for said in answer.statements)


def test_a_follow_up_is_answered_about_the_code_before(real_library: Library, answers: dict[str, Answer]) -> None:
    turns = [Turn("user", "what is CPT 90389?"), Turn("assistant", answers["what is CPT 90389?"].text)]
    answer = ask("And its administration code?", real_library, turns=turns, today=TODAY)
    assert answer.status == "answered"
    assert {(CPT, "90389"), (CPT, "96372")} <= set(answer.codes)


@pytest.mark.parametrize("question", EVERY)
def test_an_answer_names_only_codes_on_file_or_in_what_it_cites(real_library: Library, answers: dict[str, Answer], question: str) -> None:
    cited = " ".join(item.evidence.text for item in answers[question].citations)
    for system, value in answers[question].codes:
        assert real_library.catalog.knows(system, value) or value in cited
