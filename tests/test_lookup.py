"""What the box finds: codes and their beginnings, ranges, sections, words; how each stands on the date; and its views."""

from datetime import date
from html import unescape

import pytest
from desk import HOSTILE, ON, client, library
from fastapi.testclient import TestClient

from assistant import lookup
from assistant.completion import completed
from assistant.plan import known
from assistant.question import understand
from assistant.standing import standing
from assistant.validityplan import verdict
from corpus.codes import CPT, HCPCS, ICD10CM, MODIFIER, POS
from index.library import Library

__all__ = ["client", "library"]


def codes(query: str, library: Library, on: date = ON, systems: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(row.system, row.code) for row in lookup.found(query, library, on, systems)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("90001", (CPT, "90001")),
        ("cpt 90001", (CPT, "90001")),
        ("j9901", (HCPCS, "J9901")),
        ("A11.0", (ICD10CM, "A11.0")),
        ("a110", (ICD10CM, "A11.0")),
        ("A12.1XXA", (ICD10CM, "A12.1XXA")),
        ("POS 11", (POS, "11")),
        ("place of service 12", (POS, "12")),
        ("modifier 59", (MODIFIER, "59")),
        ("59", (MODIFIER, "59")),
        ("90001-59", (CPT, "90001")),
        ("00001-0002-03", (CPT, "90001")),
        ("test fever with rash", (ICD10CM, "A11.0")),
        ("testvax", (CPT, "90001")),
    ],
)
def test_what_is_meant_comes_first(library: Library, query: str, first: tuple[str, str]) -> None:
    assert codes(query, library)[0] == first or first in codes(query, library)[:2]


@pytest.mark.parametrize(
    ("start", "all_of"),
    [
        ("9000", {"90001", "90003", "90004", "90009"}),
        ("J99", {"J9901", "J9902"}),
        ("A11.", {"A11", "A11.0", "A11.9"}),
        ("modifier 5", {"59"}),
    ],
)
def test_a_beginning_finds_every_code_that_begins_so_and_no_other(library: Library, start: str, all_of: set[str]) -> None:
    assert {code for _, code in codes(start, library)} == all_of


@pytest.mark.parametrize(
    ("span", "all_of"),
    [
        ("90001-90004", ["90001", "90003", "90004"]),
        ("90001 to 90004", ["90001", "90003", "90004"]),
        ("J9901–J9902", ["J9901", "J9902"]),
        ("J9901-9902", ["J9901", "J9902"]),
        ("A11.0-A11.9", ["A11.0", "A11.9"]),
        ("a110 - a119", ["A11.0", "A11.9"]),
        ("A11-A12", ["A11", "A11.0", "A11.9", "A12", "A12.1", "A12.1XXA", "A12.1XXD"]),
    ],
)
def test_a_range_is_its_codes_in_order(library: Library, span: str, all_of: list[str]) -> None:
    assert [code for _, code in codes(span, library)] == all_of


@pytest.mark.parametrize("query", ["98765", "J0000", "Z99.99", "zzqx blorp", "", "   "])
def test_what_no_source_has_finds_nothing(library: Library, query: str) -> None:
    assert codes(query, library) == []


def test_a_chosen_system_is_the_only_one_found(library: Library) -> None:
    assert codes("testvax", library)[0] == (CPT, "90001")
    assert {system for system, _ in codes("testvax fever", library, systems=(ICD10CM,))} <= {ICD10CM}
    assert {system for system, _ in codes("9", library, systems=(CPT,))} == {CPT}
    assert codes("9", library, systems=(HCPCS,)) == []


@pytest.mark.parametrize(
    ("code", "on", "word"),
    [
        ("90001", ON, "valid"),
        ("90001", date(2000, 1, 1), "not yet"),
        ("90009", ON, "ended"),
        ("90009", date(2005, 5, 1), "valid"),
        ("J9902", ON, "ended"),
        ("A11.0", ON, "valid"),
        ("A11", ON, "heading"),
        ("A11.9", date(2019, 1, 1), "not yet"),
        ("A11.0", date(2019, 1, 1), "not told"),
        ("90004", ON, "listed"),
    ],
)
def test_every_row_says_how_its_code_stands_on_the_date(library: Library, code: str, on: date, word: str) -> None:
    row = next(row for row in lookup.found(code, library, on) if row.code == code)
    assert row.standing
    assert row.standing.word == word


@pytest.mark.parametrize(
    ("code", "on"), [("90001", ON), ("90009", ON), ("A11", ON), ("A11.9", date(2019, 1, 1)), ("90001", date(2000, 1, 1))]
)
def test_the_word_agrees_with_the_answer_on_validity(library: Library, code: str, on: date) -> None:
    question = understand(f"is {code} valid on {on}?", library.catalog.knows, ON)
    listed = known(question, library)[0][0]
    said = verdict(listed, question, library).say or ""
    word = standing(listed, on, library).word
    assert said.startswith("Yes") == (word == "valid")


def test_a_word_that_is_being_typed_is_written_out(library: Library) -> None:
    assert completed("red test fev", library) == "red test fever"
    assert completed("fever", library) == "fever"
    assert completed("zzz", library) == "zzz"
    assert codes("red test fev", library)[0] == (ICD10CM, "A11.0")


def test_rows_come_system_by_system(library: Library) -> None:
    systems = [row.system for row in lookup.found("test fever", library, ON)]
    assert len(set(systems)) == sum(one != two for one, two in zip(["", *systems], systems, strict=False))


def test_results_are_options_that_lead_to_the_sheet(client: TestClient) -> None:
    reply = client.get("/view/lookup/results", params={"q": "J99", "on": "2026-11-24"})
    assert reply.status_code == 200
    assert reply.text.count('role="option"') == 2
    assert 'href="#/code/HCPCS/J9901"' in reply.text
    assert "ended" in reply.text


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({"q": "90001", "on": "soon"}, 422, "“soon” is not a date"),
        ({"q": "90001", "on": HOSTILE}, 422, "is not a date"),
        ({"q": "x" * 10_000}, 422, "A search may have 200 characters."),
        ({"q": "90001", "system": "ICD-7"}, 422, "There is no such code system here."),
        ({"q": "90002x"}, 200, "finds nothing in these sources"),
        ({"q": HOSTILE}, 200, ""),
        ({"q": "'; DROP TABLE codes; --"}, 200, ""),
        ({"q": "\x00\x1b[2J"}, 200, ""),
        ({"q": "%_%"}, 200, ""),
        ({"q": "section %"}, 200, ""),
    ],
)
def test_what_cannot_be_used_is_told_in_one_escaped_line(client: TestClient, asked: dict[str, str], status: int, told: str) -> None:
    reply = client.get("/view/lookup/results", params=asked)
    assert reply.status_code == status
    assert told in unescape(reply.text)
    assert "<script" not in reply.text
    assert "<img" not in reply.text
    assert len(reply.text) < 20_000


def test_a_code_nobody_lists_has_its_nearest_by_spelling(client: TestClient) -> None:
    assert "#/code/CPT/90001" in client.get("/view/lookup/results", params={"q": "90000"}).text
    reply = client.get("/view/code/CPT/90000")
    assert reply.status_code == 404
    assert "is in none of these sources: it never existed, or no list on file has it." in reply.text
    assert "#/code/CPT/90001" in reply.text


REAL = [
    ("J18", "J18.9"),
    ("e119", "E11.9"),
    ("type 2 diab", "E11.9"),
    ("modifier 59", "59"),
    ("J1815", "J1815"),
    ("90700-90749", "90715"),
    ("left knee pain", "M25.562"),
    ("standard wheelchair", "K0001"),
    ("tetanus", "90714"),
]


@pytest.mark.parametrize(("query", "code"), REAL)
def test_on_real_tables_the_code_meant_is_among_the_first(real_library: Library, query: str, code: str) -> None:
    assert code in [row.code for row in lookup.found(query, real_library, ON)][:20]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("Section I.C.4.a", "Section I.C.4.a"),
        ("section i c 4 a", "Section I.C.4.a"),
        ("I.C.4.a.3", "Section I.C.4.a.3"),
        ("Chapter IX D.7", "Chapter IX, D"),
    ],
)
def test_a_section_is_the_passages_under_its_place(real_library: Library, query: str, place: str) -> None:
    rows = lookup.found(query, real_library, ON)
    assert rows
    assert all(row.passage_id and row.code.startswith(place) for row in rows)


def test_a_chapter_by_its_figure_may_be_of_either_book(real_library: Library) -> None:
    places = [row.code for row in lookup.found("chapter 9, D", real_library, ON)]
    assert places[0] == "Chapter IX, D"
    assert all(place.startswith(("Chapter IX, D", "Section I.C.9.d")) for place in places)
