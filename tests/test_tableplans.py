"""Pairs, units and add-on codes: rows as sentences, silence never a permission, the edition in force on the date."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from conftest import HCPCS, open_library

from assistant.answer import Answer
from assistant.chat import ask
from assistant.checks import Finding, check
from corpus.model import AddOn, Code, Pair, Reading, Source, Unit
from index.library import Library

TODAY = date(2026, 11, 21)
CODES = ("90001", "90002", "90003", "90004")


def table(name: str, edition: str, begins: date, setting: str | None = None) -> Source:
    return Source(
        f"{name}-{edition}", f"{name}, {edition}", name, "made up", name, "CMS", edition, payer="Medicare", setting=setting,
        effective=begins, digest=f"{name}{edition}",
    )  # fmt: skip


def readings() -> list[Reading]:
    listed = tuple(Code("CPT", value, f"made-up service {value}", date(2001, 1, 1)) for value in CODES)
    misuse = "Made-up misuse of column two"
    old, new = date(2025, 1, 1), date(2026, 7, 1)
    return [
        Reading(Source("codes", "Made-up codes", "Made-up codes", "made up", "made up", digest="codes"), codes=listed),
        Reading(table("Made-up PTP", "2025 Q1", old, "practitioner"), pairs=(Pair("90002", "90001", "1", misuse),)),
        Reading(
            table("Made-up PTP", "2026 Q3", new, "practitioner"),
            pairs=(
                Pair("90001", "90002", "0", misuse, "2020-01-01"),
                Pair("90003", "90001", "1", misuse, "2020-01-01", "2026-09-30"),
                Pair("90004", "90001", "9", misuse),
            ),
        ),
        Reading(table("Made-up PTP hospital", "2026 Q3", new, "outpatient hospital"), pairs=(Pair("90001", "90002", "1", misuse),)),
        Reading(
            table("Made-up MUE", "2026 Q3", new, "practitioner"), units=(Unit("90001", 3, "2", "Made-up policy"), Unit("90002", 1, "1"))
        ),
        Reading(
            table("Made-up add-ons", "2026", date(2026, 1, 1)),
            addons=(AddOn("90003", "90001", "1"), AddOn("90003", "90002", "1"), AddOn("90004", "CCCCC", "2")),
        ),
    ]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        opened = open_library(tmp_path_factory.mktemp("tables") / "home", patch)
        for reading in readings():
            opened.catalog.put(reading)
        path = tmp_path_factory.mktemp("in") / "HCPC2026_JAN.csv"
        path.write_text(HCPCS)
        opened.add(path)
        list(opened.fill())
    return opened


def said(answer: Answer) -> list[str]:
    return [statement.text for statement in answer.statements if statement.verdict == "supported"]


def asked(library: Library, text: str, on: date = TODAY) -> Answer:
    return ask(text, library, on=on, today=TODAY)


@pytest.mark.parametrize("codes", ["90001 and 90002", "90002 and 90001"])
def test_a_pair_is_found_in_either_order_and_leads_the_answer(library: Library, codes: str) -> None:
    answer = asked(library, f"Can I bill {codes} together?")
    assert answer.status == "answered"
    assert said(answer)[0].startswith("Not together for the same session: 90002 is column 2 to 90001 in Made-up PTP, 2026 Q3")
    assert answer.citations[0].evidence.locator == "row 90001/90002"
    assert any(text.startswith("Only with a modifier") and "hospital" in text for text in said(answer))


def test_the_reason_on_file_is_told(library: Library) -> None:
    assert any("Made-up misuse of column two" in text for text in said(asked(library, "Can I bill 90001 and 90002 together?")))


def test_the_edition_in_force_on_the_date_answers(library: Library) -> None:
    answer = asked(library, "Can I bill 90001 and 90002 together?", date(2025, 3, 1))
    assert said(answer)[0].startswith("Only with a modifier: 90001 is column 2 to 90002 in Made-up PTP, 2025 Q1")


def test_a_pair_that_has_ended_is_said_to_be_over(library: Library) -> None:
    told = said(asked(library, "may 90003 and 90001 be billed together?"))
    assert told[0].startswith("Not in force on 2026-11-21: the pair 90003/90001")
    assert said(asked(library, "may 90003 and 90001 be billed together?", date(2026, 8, 1)))[0].startswith("Only with a modifier")


def test_indicator_9_is_no_edit(library: Library) -> None:
    assert said(asked(library, "may 90004 and 90001 be billed together?"))[0].startswith("No edit in force")


def test_no_row_is_never_a_permission(library: Library) -> None:
    answer = asked(library, "may 90002 and 90003 be billed together?")
    assert answer.status == "answered"
    assert all("There is no pair for 90002 and 90003" in text and "not a permission" in text for text in said(answer))
    assert {citation.evidence.source.setting for citation in answer.citations} == {"practitioner", "outpatient hospital"}


def test_every_pair_of_three_codes_is_looked_up(library: Library) -> None:
    told = " ".join(said(asked(library, "can 90001, 90002 and 90004 be billed together?")))
    assert all(
        f"{one}/{two}" in told or f"{one} and {two}" in told or f"{one} is column" in told
        for one, two in (("90002", "90004"), ("90001", "90004"))
    )
    assert "90002 is column 2 to 90001" in told


def test_units_are_a_sentence_with_the_adjudication_indicator(library: Library) -> None:
    answer = asked(library, "MUE for 90001?")
    assert said(answer)[0].startswith("90001: at most 3 units in Made-up MUE, 2026 Q3 (MAI 2: an absolute limit")
    assert said(asked(library, "how many units of 90002?"))[0].startswith("90002: at most 1 unit in")


def test_a_code_without_units_is_not_given_any(library: Library) -> None:
    answer = asked(library, "MUE for 90004?")
    assert said(answer) == ["Made-up MUE, 2026 Q3 has no MUE for 90004; that no limit is published is no permission."]


def test_an_add_on_names_its_primary_codes(library: Library) -> None:
    assert "the primary codes on file are 90001, 90002" in said(asked(library, "what are the primary codes for add-on 90003?"))[0]
    assert "the contractor defines the primary codes" in said(asked(library, "is 90004 an add-on code?"))[0]


def test_an_add_on_does_not_stand_alone_and_a_primary_names_its_add_ons(library: Library) -> None:
    assert said(asked(library, "can 90003 be billed alone?"))[0].startswith("No, not alone: 90003 is an add-on code")
    assert said(asked(library, "90003 without 90001"))[0].startswith("No, not alone: 90003 is an add-on code")
    assert said(asked(library, "can 90002 be billed alone?")) == [
        "Made-up add-ons, 2026 does not list 90002 as an add-on code, which would need its primary code beside it."
    ]
    assert said(asked(library, "which add-on codes go with 90001?")) == [
        "The add-on code on file for 90001 is 90003, in Made-up add-ons, 2026."
    ]
    assert said(asked(library, "is 90001 an add-on code?"))[0] == "No: Made-up add-ons, 2026 does not list 90001 as an add-on code."


def kinds(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(finding.severity, finding.kind) for finding in findings]


def test_check_finds_what_is_wrong_worst_first(library: Library) -> None:
    named, findings = check(["90001", "90002", "J9902", "99999"], library, TODAY)
    assert named == [("CPT", "90001"), ("CPT", "90002"), ("HCPCS", "J9902"), ("CPT", "99999")]
    assert kinds(findings)[:3] == [("error", "validity"), ("error", "unknown"), ("error", "pair")]
    assert {"warning", "note"} <= {severity for severity, _ in kinds(findings)}


def test_check_wants_a_primary_code_for_an_add_on(library: Library) -> None:
    assert ("error", "add-on") in kinds(check(["90003"], library, TODAY)[1])
    assert ("note", "add-on") in kinds(check(["90003", "90002"], library, TODAY)[1])
    assert ("warning", "add-on") in kinds(check(["90004"], library, TODAY)[1])


def test_every_finding_of_a_table_cites_its_row(library: Library) -> None:
    for number, finding in enumerate(check(["90001", "90002", "90003"], library, TODAY)[1], 1):
        citation = finding.as_json(number)["citation"]
        assert citation["number"] == number
        assert citation["locator"].startswith(("row ", "no row "))
        assert citation["edition"]


def test_a_code_written_twice_is_one_code(library: Library, tmp_path: Path) -> None:
    assert check(["90001", "90001"], library, TODAY)[0] == [("CPT", "90001")]
