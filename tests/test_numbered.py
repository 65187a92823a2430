"""Codes that are bare numbers: told by the name before them, only where they are on file, and answered from their rows."""

from collections.abc import Sequence
from datetime import date

import pytest
from conftest import open_library
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer
from assistant.chat import ask
from corpus.codes import (
    ARTICLE,
    CARC,
    CPT,
    CVX,
    HCPCS,
    ICD9CM,
    ICD10CM,
    ICD10PCS,
    LCD,
    MODIFIER,
    MSDRG,
    NCD,
    NDC,
    POS,
    RARC,
    REFERENCE,
    REVENUE,
    SYSTEMS,
    named,
    numbered,
    shelf_of,
)
from corpus.model import PROSE, Code, Document, Entry, Passage, Reading, Source, with_ids
from index.library import Library

ON = date(2026, 5, 1)
FILED = {
    (POS, "22"), (MSDRG, "470"), (CARC, "16"), (CARC, "B7"), (RARC, "N130"), (RARC, "MA01"), (REVENUE, "0450"), (CVX, "03"), (CVX, "207"),
    (NCD, "240.9"), (LCD, "L99901"), (ARTICLE, "A59901"), (ICD10PCS, "0XY0ZZ9"),
}  # fmt: skip
OTHERS = {(CPT, "90001"), (HCPCS, "J9901"), (ICD10CM, "N13.0"), (ICD10CM, "B7"), (ICD10CM, "A11.0")}
SAID = [
    ("POS 22", POS, "22"), ("place of service code 22", POS, "22"), ("DRG 470", MSDRG, "470"), ("MS-DRG 470", MSDRG, "470"),
    ("CO-16", CARC, "16"), ("PR 16", CARC, "16"), ("CARC 16", CARC, "16"), ("denial code B7", CARC, "B7"), ("CARC-B7", CARC, "B7"),
    ("RARC N130", RARC, "N130"), ("remark code: N130", RARC, "N130"), ("MA01", RARC, "MA01"), ("revenue code 450", REVENUE, "0450"),
    ("rev. code 0450", REVENUE, "0450"), ("CVX 3", CVX, "03"), ("CVX code 207", CVX, "207"), ("NCD 240.9", NCD, "240.9"),
    ("LCD L99901", LCD, "L99901"), ("L99901", LCD, "L99901"), ("article A59901", ARTICLE, "A59901"), ("PCS 0XY0ZZ9", ICD10PCS, "0XY0ZZ9"),
    ("ICD-10-PCS 0XY0ZZ9", ICD10PCS, "0XY0ZZ9"), ("ICD-10 code 0XY0ZZ9", ICD10PCS, "0XY0ZZ9"), ("0xy0zz9", ICD10PCS, "0XY0ZZ9"),
]  # fmt: skip
PLAIN = (
    "in 2022", "page 22", "group 3", "22 patients", "chapter 3, page 22 of 470", "CO 80202", "a CO2 laser", "CO 2 retention",
    "POS terminal", "the DRG system", "PI-RADS 4", "vitamin B12", "H1N1", "L5 and S1", "OA of the knee", "stage T2N1M0", "NCD 2022",
    "a revenue of 450 dollars",
)  # fmt: skip


def on_file(system: str, value: str) -> bool:
    return (system, value) in FILED | OTHERS


def pairs(text: str) -> list[tuple[str, str]]:
    return [(mention.system, mention.value) for mention in named(text, on_file)]


@pytest.mark.parametrize(("text", "system", "value"), SAID)
def test_a_name_before_a_number_makes_it_a_code_of_that_system(text: str, system: str, value: str) -> None:
    for said in (text, f"what is {text}?", f"What does {text} mean, please?"):
        assert pairs(said) == [(system, value)], said
        found = named(said, on_file)[0]
        assert value.lstrip("0") in said[found.start : found.end].upper()


@pytest.mark.parametrize(("text", "system", "value"), SAID)
def test_a_code_that_is_not_on_file_is_none(text: str, system: str, value: str) -> None:
    assert numbered(text, lambda *pair: pair != (system, value) and pair in FILED) == []


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_numbers_are_no_codes_even_where_every_number_is_one(text: str) -> None:
    assert numbered(text, lambda system, value: system != ICD10PCS) == []


@pytest.mark.parametrize("beside", ["CPT 90001", "90001", "J9901", "A11.0", "modifier 26"])
@pytest.mark.parametrize(("text", "system", "value"), SAID[:4])
def test_beside_a_procedure_or_diagnosis_a_number_with_its_name_is_named_too(beside: str, text: str, system: str, value: str) -> None:
    for said in (f"{beside} in {text}", f"{text}: is {beside} paid?"):
        assert (system, value) in pairs(said)
        assert len(pairs(said)) == 2


@pytest.mark.parametrize(("text", "system", "value"), [("POS 97", POS, "97"), ("DRG 999", MSDRG, "999"), ("RARC N999", RARC, "N999")])
def test_a_number_with_its_name_is_meant_as_a_code_on_file_or_not(text: str, system: str, value: str) -> None:
    assert pairs(f"what is {text}?") == [(system, value)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("POS 22 or 11", {(POS, "22")}),  # 11 is not on file
        ("why was 90001 denied with N130", {(CPT, "90001"), (RARC, "N130")}),
        ("denied CO 16 and N130", {(CARC, "16"), (RARC, "N130")}),
        ("CO-16 with remark N130", {(CARC, "16"), (RARC, "N130")}),
        ("CO-16, B7", {(CARC, "16"), (CARC, "B7")}),
        ("NDC 12345-678-90", {(NDC, "12345067890")}),
        ("NDC 1234-5678-90", {(NDC, "01234567890")}),
        ("12345-6789-0", {(NDC, "12345678900")}),
        ("ndc# 12345678901", {(NDC, "12345678901")}),
        ("NDC 1234567890", {(NDC, "1234567890")}),  # ten digits do not tell which segment is short
        ("call 555-123-4567", set()),
        ("ICD-9 250.00 in ICD-10", {(ICD9CM, "250.00")}),
        ("convert 250.00 to ICD-10", {(ICD9CM, "250.00")}),
        ("a charge of 250.00", set()),
    ],
)
def test_lists_packages_and_old_diagnoses_are_named(text: str, found: set[tuple[str, str]]) -> None:
    assert set(pairs(text)) == found


def test_the_name_of_a_system_settles_whose_code_it_is() -> None:
    assert pairs("N130") == [(ICD10CM, "N13.0")]
    assert pairs("RARC N130") == pairs("remark codes N130") == [(RARC, "N130")]
    assert pairs("RARC N130 for A11.0") == [(RARC, "N130"), (ICD10CM, "A11.0")]
    assert [(m.system, m.value) for m in named("RARC N131", lambda system, value: (system, value) == (ICD10CM, "N13.1"))] == [
        (RARC, "N131")
    ]


@given(st.text(max_size=80) | st.lists(st.sampled_from([*(text for text, *_ in SAID), *PLAIN]), max_size=4).map(" ".join))
def test_where_nothing_is_known_nothing_is_found(text: str) -> None:
    assert numbered(text, lambda system, value: False) == []


@given(st.text("CARPOSNDMEVX0123456789-. ", max_size=60), st.sets(st.sampled_from(sorted(FILED))))
def test_only_what_is_on_file_is_found_and_it_stands_in_the_text(text: str, filed: set[tuple[str, str]]) -> None:
    for mention in numbered(text, lambda system, value: (system, value) in filed):
        assert (mention.system, mention.value) in filed
        assert mention.value.lstrip("0") in text[mention.start : mention.end].upper()


def test_large_systems_have_shelves_of_their_own_and_small_ones_share_one() -> None:
    large = {CPT, HCPCS, ICD10CM, MODIFIER, ICD10PCS}
    assert {system: shelf_of(system) for system in large} == {system: system for system in large}
    assert {shelf_of(system) for system in {*SYSTEMS, "HCC", "NDC", NCD, LCD, ARTICLE, "anything"} - large} == {REFERENCE}


# Answers


def source(name: str, begins: date = date(2026, 1, 1)) -> Source:
    return Source(f"{name}-{begins}", f"Made-up {name}, {begins.year}", name, "made up", name, "CMS", str(begins.year), effective=begins,
                  digest=f"{name}{begins}")  # fmt: skip


def filed(system: str, value: str, rows: Sequence[Entry] = ()) -> Reading:
    return Reading(source(f"{system} {value}"), codes=(Code(system, value, f"Made-up meaning of {value}"),), entries=rows)


def coverage() -> Reading:
    held = source("coverage")
    sentences = " ".join(f"Sentence number {word} of the policy says what it says." for word in "one two three four five six".split())
    passages = with_ids(held.id, [Passage("", PROSE, sentences, "NCD 240.9", section="Indications", codes=((NCD, "240.9"),))])
    document = Document(f"{held.id}/240.9-v2", "Made-up coverage", "policy", passages, effective=date(2026, 1, 1))
    rows = [Entry(NCD, "240.9", f"version {at}", (("version", str(at)), ("status", "final"))) for at in (1, 2)]
    return Reading(held, (document,), (Code(NCD, "240.9", "Made-up coverage"),), entries=rows)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    row = Entry(POS, "22", "", (("name", "left out"), ("setting", "facility")))
    many = [Entry(MSDRG, "470", f"part {at}", (("weight", f"{at}.5"),)) for at in range(6)]
    old = Reading(source("POS 22", date(2020, 1, 1)), codes=(Code(POS, "22", "Made-up old meaning"),))
    with pytest.MonkeyPatch.context() as patch:
        opened = open_library(tmp_path_factory.mktemp("numbered") / "home", patch)
        for reading in (coverage(), old, filed(POS, "22", [row]), filed(MSDRG, "470", many), filed(CARC, "16"), filed(REVENUE, "0450")):
            opened.catalog.put(reading)
        opened.keywords.sync(opened.catalog)
    return opened


def said(library: Library, text: str, on: date = ON) -> list[str]:
    answer: Answer = ask(text, library, on=on, today=ON)
    assert [statement for statement in answer.statements if statement.verdict != "supported"] == []
    return [statement.text for statement in answer.statements]


def test_a_code_is_defined_and_its_row_follows(library: Library) -> None:
    assert said(library, "what is place of service 22?") == ["POS 22: Made-up meaning of 22.", "POS 22: setting: facility."]
    assert said(library, "what does CO-16 mean?") == ["CARC 16: Made-up meaning of 16."]
    assert said(library, "what is revenue code 450?") == ["Revenue code 0450: Made-up meaning of 0450."]


def test_no_more_than_four_rows_are_told(library: Library) -> None:
    told = said(library, "what is DRG 470?")
    assert told == ["MS-DRG 470: Made-up meaning of 470.", *(f"MS-DRG 470, part {at}: weight: {at}.5." for at in range(4))]


def test_the_edition_of_the_date_defines(library: Library) -> None:
    assert said(library, "what is POS 22?", date(2021, 1, 1)) == ["POS 22: Made-up old meaning."]


def test_a_coverage_document_is_its_newest_version_and_its_first_sentences(library: Library) -> None:
    told = said(library, "what is NCD 240.9?")
    assert told[:2] == ["NCD 240.9: Made-up coverage.", "NCD 240.9, version 2: version: 2; status: final."]
    assert told[2:] == [f"Sentence number {word} of the policy says what it says." for word in "one two three four five".split()]


def test_what_is_not_on_file_is_not_made_up(library: Library) -> None:
    for text in ("what is POS 23?", "what does CO-17 mean?", "what is NCD 240.8?", "what is RARC N130?"):
        answer = ask(text, library, on=ON, today=ON)
        assert (answer.status, answer.citations) == ("declined", ())
