"""What the command line promises to programs: every object has its promised form and every quote is the source's own words."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
import typer
from conftest import open_library, write_corpus
from fakes import BagEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from tables import need, pdf_pages
from typer.testing import CliRunner

from assistant import chat, cli, quote
from assistant.answer import Evidence, Question
from assistant.codepage import facts_of
from assistant.verify import marks
from corpus import ingest
from corpus.catalog import Catalog
from corpus.readers.prose import read_starter
from index import encoders
from index.library import Library

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "tests" / "data" / "answer.schema.json").read_text(encoding="utf-8"))
VALID = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
SALVE = (
    '---\nid: cpt-90003\ntitle: CPT 90003 – made-up salve\nkind: code\ncodes: ["90003"]\n---\nCPT 90003 is a made-up salve for elbows.\n'
)
Object = dict[str, Any]
Json = Callable[..., Object]

QUESTIONS = (
    "what is CPT 90001?",
    "90001",
    "what is J9901?",
    "What does HCPCS J9902 mean?",
    "Is 90009 still valid?",
    "Is 90001 valid on 2000-01-01?",
    "Is J9902 valid?",
    "A11.0 billable?",
    "Is A11 billable?",
    "excludes1 at A12",
    "excludes1 at A11",
    "what is the 7th character for A12.1?",
    "use additional code at A11.0",
    "difference between 90001 and 90009",
    "A11.0 vs A11.9",
    "90001-90009",
    "MUE for 90001?",
    "how much does Medicare pay for 90001?",
    "can 90001 and 90002 be billed together?",
    "does Medicare cover 90001?",
    "does Aetna cover the test fever vaccine for travellers?",
    "does Cigna cover the test fever vaccine?",
    "which is sequenced first, test fever or laboratory fatigue?",
    "when may a modifier bypass the made-up edit?",
    "administration code for 90001",
    "code for test fever with rash",
    "ICD-10 for laboratory fatigue of the left hand",
    "list all modifiers",
    "what is CPT 98765432?",
    "what is CPT 98765?",
    "what is the weather?",
    "¿qué es el código de la vacuna?",
    "hello",
    "",
    "x" * 3000,
    'what is 90001? "quotes" \\ back\\slash <b>tags</b> [1] **bold** \x00 \u2028 😀',
)
PROMISED = {
    "ask": {"--json", "--date", "--payer", "--state", "--model"},
    "batch": set(),
    "search": {"--json", "-k", "--date", "--payer", "--system"},
    "add": set(),
    "sources": {"--json"},
    "remove": set(),
    "code": {"--json"},
}


@pytest.fixture(autouse=True)
def _no_home_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CODECITE_HOME", str(tmp_path / "unused"))


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Json]:
    """The command line over a home, as a program uses it: one JSON object on standard output, nothing on standard error."""
    monkeypatch.setattr(encoders, "load", lambda name, cache: BagEncoder())

    def over(home: Path) -> Json:
        def run(*words: object, status: int = 0) -> Object:
            ended = CliRunner().invoke(cli.app, [str(word) for word in words], env={"CODECITE_HOME": str(home)})
            assert (ended.exit_code, ended.stderr if status == 0 else "") == (status, "")
            assert ended.stdout.count("\n") == 1
            found = json.loads(ended.stdout)
            assert isinstance(found, dict)
            return found

        return run

    return over


def with_starter(library: Library, folder: Path) -> Library:
    """Give a home a starter document of our own, so that the command line finds it prepared."""
    (folder / "starter").mkdir()
    (folder / "starter" / "cpt-90003.md").write_text(SALVE, encoding="utf-8")
    reading = ingest.finished(read_starter(folder / "starter"), "starter", library.catalog.knows_fast, "0")
    library.catalog.put(reading)
    library.keywords.sync(library.catalog)
    return library


@pytest.fixture(scope="module")
def small_home(small_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small library's home with a starter document."""
    folder = tmp_path_factory.mktemp("contract")
    home = shutil.copytree(small_library.home, folder / "home")
    return with_starter(Library(home, "bag-of-words"), folder).home


@pytest.fixture
def small(small_home: Path, program: Callable[..., Json]) -> Json:
    return program(small_home)


@pytest.fixture(scope="module")
def starter_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The starter documents that come with the program, found by keyword."""
    home = tmp_path_factory.mktemp("starter")
    catalog = Catalog(home / "catalog.sqlite")
    catalog.put(ingest.finished(read_starter(ingest.STARTER), "starter", catalog.knows_fast, "0"))
    catalog.close()
    library = Library(home, "none")
    library.keywords.sync(library.catalog)
    return library


@cache
def catalog_of(home: Path) -> Catalog:
    return Catalog(home / "catalog.sqlite")


@cache
def passages(home: Path) -> dict[tuple[str, str, str], list[str]]:
    """The texts a home holds by source, document's title and locator."""
    catalog = catalog_of(home)
    held: dict[tuple[str, str, str], list[str]] = {}
    for tally in catalog.sources():
        for document in {placed.document.id: None for placed in catalog.shelf(tally.source.id)}:
            for placed in catalog.document(document):
                held.setdefault((tally.source.id, placed.document.title, placed.passage.locator), []).append(placed.passage.text)
    return held


def rests(citation: Object, home: Path) -> bool:
    """Whether a quote is the exact words of a passage at its locator, or the row of a code that its source lists."""
    value = re.sub(r"^row |, (?:notes|codes below it)$", "", citation["locator"])
    listed = [item for system in ("CPT", "HCPCS", "ICD-10-CM", "modifier") for item in catalog_of(home).codes(system, value)]
    if any(item.source.id == citation["source_id"] and item.code.title in citation["quote"] for item in listed):
        return True
    texts = passages(home).get((citation["source_id"], citation["title"], citation["locator"]), [])
    return any(citation["quote"] in text for text in texts)


def bare(text: str) -> str:
    """An answer's Markdown as its sentences, for finding a statement in it."""
    return " ".join(re.sub(r"\[\d+\]|\*", "", quote.unescaped(text)).split())


def complaints(answer: Object, home: Path) -> list[str]:
    """Everything in an answer that the contract does not allow."""
    found = [error.message for error in VALID.iter_errors(answer)]
    numbers = [citation["number"] for citation in answer["citations"]]
    cited = {number for said in answer["statements"] if said["verdict"] == "supported" for number in said["citations"]}
    if len(set(numbers)) != len(numbers) or set(numbers) != cited:
        found.append(f"citations {numbers}, cited {sorted(cited)}")
    if set(marks(answer["answer"])) != set(numbers):
        found.append(f"marks {marks(answer['answer'])}, citations {numbers}")
    found += [f"not in its passage: {item['locator']}: {item['quote']}" for item in answer["citations"] if not rests(item, home)]
    for said in answer["statements"]:
        kept = said["verdict"] == "supported"
        if kept != (bare(said["text"]) in bare(answer["answer"])):
            found.append(f"{said['verdict']}, but {'not ' if kept else ''}in the answer: {said['text']}")
        if kept and not said["citations"]:
            found.append(f"supported by nothing: {said['text']}")
    if answer["status"] == "declined" and (numbers or answer["codes"]):
        found.append("declined, and still citing")
    if answer["status"] == "answered" and answer["intent"] != "smalltalk" and not numbers:
        found.append("answered, citing nothing")
    return found


def test_the_schema_is_a_schema_and_refuses_what_is_no_answer() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert not VALID.is_valid({"question": "what is CPT 90001?"})


@pytest.mark.parametrize("name", PROMISED)
def test_every_promised_command_takes_its_promised_options(name: str) -> None:
    commands: dict[str, click.Command] = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    assert PROMISED[name] <= {option for parameter in commands[name].params for option in parameter.opts}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: repr(question)[:50])
def test_every_kind_of_question_is_answered_in_the_promised_form(question: str, small: Json, small_home: Path) -> None:
    assert complaints(small("ask", "--json", "--", question), small_home) == []


@pytest.mark.parametrize("day", ["2000-06-01", "2010-12-31", "2026-11-20"])
@pytest.mark.parametrize("payer", ["Medicare", "Aetna", "Some Local Plan"])
def test_any_date_and_payer_keep_the_form(day: str, payer: str, small: Json, small_home: Path) -> None:
    for question in ("what is CPT 90009?", "is the test fever vaccine covered?", "Is J9902 valid?"):
        answer = small("ask", "--json", "--date", day, "--payer", payer, "--state", "TX", question)
        assert complaints(answer, small_home) == []
        assert answer["date_of_service"] == day


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from("90001 90009 J9901 A11.0 A12 is valid what code for test fever modifier 59 [1] ** covered Aetna ? -".split())
    ).map(" ".join)
)
def test_any_text_is_answered_in_the_promised_form(small_library: Library, text: str) -> None:
    answer = json.loads(json.dumps(chat.ask(text, small_library).as_json()))
    assert complaints(answer, small_library.home) == []


@cache
def starter_codes() -> list[str]:
    return [code.value for code in read_starter(ingest.STARTER).codes if code.system != "modifier"]


@pytest.mark.parametrize("form", ["what is {}?", "is {} still valid?", "does Medicare cover {}?", "administration of {}"])
def test_every_starter_code_is_answered_in_the_promised_form(form: str, starter_library: Library) -> None:
    wrong = {}
    for code in starter_codes():
        answer = chat.ask(form.format(code), starter_library).as_json()
        if found := complaints(json.loads(json.dumps(answer)), starter_library.home):
            wrong[code] = found
    assert wrong == {}


@pytest.mark.parametrize(
    "question",
    [
        "when is a sign or symptom code reported with a definitive diagnosis?",
        "how is sepsis sequenced when it is present on admission?",
        "may a code be assigned for an uncertain diagnosis in the outpatient setting?",
        "what does the seventh character D mean for injuries?",
    ],
)
def test_a_quote_from_a_pdf_stands_on_the_page_it_names(question: str, guidelines: Library, program: Callable[..., Json]) -> None:
    answer = program(guidelines.home)("ask", "--json", question)
    assert complaints(answer, guidelines.home) == []
    assert answer["citations"]
    for citation in answer["citations"]:
        assert citation["source_file"] == "fy-2025-icd-10-cm-coding-guidelines.pdf"
        shown = pdf_pages("guidelines")[citation["page"] - 1]
        assert letters(citation["quote"]) in letters(shown)


def letters(text: str) -> str:
    """A text without what a line's end adds or takes away."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


@pytest.fixture(scope="module")
def guidelines(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The Official Guidelines, found by keyword."""
    folder = tmp_path_factory.mktemp("guidelines")
    library = with_starter(Library(folder / "home", "none"), folder)
    assert library.add(need("icd10cm/fy-2025-icd-10-cm-coding-guidelines.pdf")).status == "added"
    return library


def test_a_citation_says_all_there_is_to_say_of_its_source(small: Json) -> None:
    answer = small("ask", "--json", "what is J9901?")
    (citation,) = [item for item in answer["citations"] if item["number"] == 1]
    assert {key: citation[key] for key in citation if key != "quote"} == {
        "number": 1,
        "source_id": "hcpcs-2026-01",
        "title": "HCPCS Level II, January 2026",
        "publisher": "CMS",
        "edition": "January 2026",
        "effective": "2026-01-01",
        "ended": None,
        "source_file": "HCPC2026_JAN_made_up.csv",
        "page": None,
        "locator": "row J9901",
        "url": "https://www.cms.gov/medicare/coding-billing/healthcare-common-procedure-system/quarterly-update",
        "licence": "public domain (US government)",
    }


def test_what_a_writer_invents_is_judged_and_left_out(small_library: Library) -> None:
    invented = (
        "90001 is paid with $77.50 in Texas.",
        "Ferrets are covered before breakfast.",
        "90001 is a made-up vaccine against test fever.",
    )

    def write(question: Question, evidence: Sequence[Evidence]) -> Iterator[str]:
        yield from quote.write(question, evidence)
        yield from (f"- {text} [{number}]\n" for text, number in zip(invented, (1, 2, 99), strict=True))

    answer = chat.ask("what is CPT 90001?", small_library, write=write).as_json()
    assert complaints(json.loads(json.dumps(answer)), small_library.home) == []
    assert [said["text"] for said in answer["statements"] if said["verdict"] == "unsupported"] == list(invented)


def test_stages_are_timed_and_the_total_covers_them(small: Json) -> None:
    spent = small("ask", "--json", "what is CPT 90001?")["elapsed_ms"]
    assert {"understand", "search", "write", "verify", "total"} <= set(spent)
    assert spent["total"] >= sum(value for name, value in spent.items() if name != "total") - 0.1


def test_a_fresh_home_answers_at_once_with_nothing_but_the_object(tmp_path: Path) -> None:
    """The real first run, in a process of its own: ICD-10-CM is read, the object stands alone on standard output."""
    command = [sys.executable, "-m", "assistant.cli", "ask", "--json", "Is E11.65 billable?"]
    environment = os.environ | {"CODECITE_HOME": str(tmp_path)}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0
    assert len(ended.stderr.splitlines()) == 1
    answer = json.loads(ended.stdout)
    assert complaints(answer, tmp_path) == []
    assert (answer["status"], answer["codes"]) == ("answered", [{"system": "ICD-10-CM", "code": "E11.65"}])


@pytest.mark.parametrize(
    "query", ["test fever vaccine", "90001", "laboratory fatigue", "madeupumab", "zebra", "", "<>[](){}*+-&|!:^~\"'\\"]
)
def test_hits_have_the_promised_form_and_come_best_first(query: str, small: Json, small_home: Path) -> None:
    found = small("search", "--json", "--", query)
    assert set(found) == {"hits", "elapsed_ms"}
    assert found["elapsed_ms"] >= 0
    for hit in found["hits"]:
        assert set(hit) == {"passage_id", "source_id", "title", "locator", "page", "text", "score", "codes", "ranks"}
        assert hit["text"] in passages(small_home)[hit["source_id"], hit["title"], hit["locator"]]
        assert set(hit["ranks"]) == {"keyword", "vector"}
        assert all(set(code) == {"system", "code"} for code in hit["codes"])
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert len({hit["passage_id"] for hit in found["hits"]}) == len(scores)


@pytest.mark.parametrize("k", [1, 2, 5, 50])
def test_no_more_hits_than_asked_for(k: int, small: Json) -> None:
    every = small("search", "--json", "-k", 50, "test fever vaccine")["hits"]
    assert small("search", "--json", "-k", k, "test fever vaccine")["hits"] == every[:k]
    assert small("search", "--json", "test fever vaccine")["hits"] == every[:10]


@pytest.mark.parametrize("system", ["CPT", "HCPCS", "ICD-10-CM", "cpt", "icd-10-cm"])
def test_hits_of_a_system_are_of_that_system(system: str, small: Json) -> None:
    query = {"CPT": "made-up vaccine", "HCPCS": "injection madeupumab", "ICD-10-CM": "test fever"}[system.upper()]
    hits = small("search", "--json", "--system", system, query)["hits"]
    assert hits
    assert {code["system"] for hit in hits for code in hit["codes"]} == {system.upper()}


@pytest.mark.parametrize(("payer", "shown"), [("Aetna", True), ("Cigna", False), ("Medicare", False)])
def test_hits_leave_other_payers_out(payer: str, shown: bool, small: Json) -> None:
    hits = small("search", "--json", "--payer", payer, "test fever vaccine for travellers")["hits"]
    assert ("policy-acme" in {hit["source_id"] for hit in hits}) == shown


@pytest.mark.parametrize(
    ("value", "system", "code"),
    [
        ("90001", "CPT", "90001"),
        (" 90001 ", "CPT", "90001"),
        ("CPT 90001", "CPT", "90001"),
        ("J9901", "HCPCS", "J9901"),
        ("j9901", "HCPCS", "J9901"),
        ("A11.0", "ICD-10-CM", "A11.0"),
        ("A110", "ICD-10-CM", "A11.0"),
        ("a110", "ICD-10-CM", "A11.0"),
        ("A12.1XXA", "ICD-10-CM", "A12.1XXA"),
        ("a121xxa", "ICD-10-CM", "A12.1XXA"),
    ],
)
def test_a_code_is_known_however_it_is_written(value: str, system: str, code: str, small: Json) -> None:
    facts = small("code", value, "--json")
    assert (facts["system"], facts["code"]) == (system, code)
    assert facts["listings"]
    assert facts["nearest"] == []


LISTING = {
    "locator",
    "title",
    "billable",
    "valid_from",
    "valid_to",
    "in_force",
    "parent",
    "attributes",
    "notes",
    "source_id",
    "source",
    "edition",
    "licence",
}


@pytest.mark.parametrize("value", ["90001", "90009", "J9901", "J9902", "A11", "A11.0", "A12.1", "A12.1XXD"])
def test_a_codes_facts_have_one_form(value: str, small: Json) -> None:
    facts = small("code", value, "--json")
    assert set(facts) == {"system", "code", "date", "listings", "units", "add_on", "rows", "named_in", "also", "nearest"}
    assert facts["date"] == date.today().isoformat()
    for listing in facts["listings"]:
        assert set(listing) == LISTING
    assert all(set(place) == {"title", "locator", "page"} for place in facts["named_in"])


@pytest.mark.parametrize(
    ("value", "day", "in_force"),
    [
        ("90009", "2000-12-31", False),
        ("90009", "2001-01-01", True),
        ("90009", "2010-12-31", True),
        ("90009", "2011-01-01", False),
        ("J9902", "2019-12-31", True),
        ("J9902", "2020-01-01", False),
        ("A11.0", "2026-11-20", True),
    ],
)
def test_a_code_is_in_force_from_its_first_day_to_its_last(value: str, day: str, in_force: bool, small: Json) -> None:
    facts = small("code", value, "--json", "--date", day)
    assert facts["date"] == day
    assert [listing["in_force"] for listing in facts["listings"]] == [in_force]


@pytest.mark.parametrize(("value", "billable"), [("A11", False), ("A11.0", True), ("A12.1", False), ("A12.1XXA", True), ("J9901", None)])
def test_only_a_complete_diagnosis_is_billable(value: str, billable: bool | None, small: Json) -> None:
    assert [listing["billable"] for listing in small("code", value, "--json")["listings"]] == [billable]


def test_a_code_brings_the_notes_above_it_and_where_it_is_named(small: Json) -> None:
    notes = small("code", "A11.0", "--json")["listings"][0]["notes"]
    assert [note["locator"] for note in notes] == ["A11.0, Inclusion terms", "A11, Excludes2", "A11, Use additional code"]
    assert {place["title"] for place in small("code", "90001", "--json")["named_in"]} >= {"Acme policy on test fever vaccine"}


@pytest.mark.parametrize(
    ("value", "near"), [("J9903", {"J9901", "J9902"}), ("A11.1", {"A11.0", "A11.9"}), ("90010", {"90001"}), ("qqq", set())]
)
def test_an_unknown_code_has_no_listing_and_names_the_nearest_real_ones(value: str, near: set[str], small: Json) -> None:
    facts = small("code", value, "--json", status=1)
    assert facts["listings"] == []
    assert near <= set(facts["nearest"])
    assert bool(near) == bool(facts["nearest"])


@pytest.mark.parametrize("form", ["{}", "CPT {}", "code {}"])
def test_every_starter_code_has_its_page_under_its_own_name(form: str, starter_library: Library) -> None:
    for value in starter_codes():
        facts = facts_of(form.format(value), starter_library, date(2026, 11, 20))
        assert (facts["code"], bool(facts["listings"])) == (value, True)


def test_sources_are_listed_with_edition_rights_and_counts(small: Json, small_home: Path) -> None:
    rows = {row["source_id"]: row for row in small("sources", "--json")["sources"]}
    assert set(rows) == {"cpt-90001", "cpt-90009", "guide", "hcpcs-2026-01", "icd-10-cm-2026-04", "policy-acme", "starter"}
    assert len({tuple(row) for row in rows.values()}) == 1
    hcpcs = rows["hcpcs-2026-01"]
    assert (hcpcs["edition"], hcpcs["effective"], hcpcs["ended"], hcpcs["documents"], hcpcs["codes"]) == (
        "January 2026",
        "2026-01-01",
        None,
        1,
        2,
    )
    assert (rows["policy-acme"]["payer"], rows["policy-acme"]["licence"]) == ("Aetna", "not stated; supplied by you")
    assert all(re.fullmatch(r"[0-9a-f]{64}", row["digest"]) for name, row in rows.items() if name != "starter")
    assert sum(row["passages"] for row in rows.values()) == sum(map(len, passages(small_home).values()))


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: Callable[..., Json]) -> Json:
    """The command line over a home of the test's own."""
    library = with_starter(open_library(tmp_path / "home", monkeypatch), tmp_path)
    (tmp_path / "in").mkdir()
    for path in write_corpus(tmp_path / "in"):
        library.add(path)
    monkeypatch.setenv("CODECITE_HOME", str(tmp_path / "home"))
    return program(tmp_path / "home")


def test_what_is_added_is_found_cited_and_gone_once_removed(own: Json, tmp_path: Path) -> None:
    page = tmp_path / "cpt-90005.md"
    front = 'id: cpt-90005\ntitle: CPT 90005 – made-up ferret vaccine\nkind: code\ncodes: ["90005"]\n'
    page.write_text(f"---\n{front}---\nCPT 90005 is a made-up vaccine for ferrets.\n", encoding="utf-8")
    before = [own("sources", "--json"), own("ask", "--json", "what is CPT 90005?")["status"], own("code", "90005", "--json", status=1)]
    assert CliRunner().invoke(cli.app, ["add", str(page)]).exit_code == 0
    answer = own("ask", "--json", "what is CPT 90005?")
    assert [(item["source_id"], item["source_file"]) for item in answer["citations"][:1]] == [("cpt-90005", "cpt-90005.md")]
    assert complaints(answer, tmp_path / "home") == []
    assert "cpt-90005" in {hit["source_id"] for hit in own("search", "--json", "ferrets")["hits"][:3]}
    assert own("code", "90005", "--json")["listings"][0]["source_id"] == "cpt-90005"
    assert CliRunner().invoke(cli.app, ["remove", "cpt-90005"]).exit_code == 0
    assert "cpt-90005" not in {hit["source_id"] for hit in own("search", "--json", "ferrets")["hits"]}
    assert [
        own("sources", "--json"),
        own("ask", "--json", "what is CPT 90005?")["status"],
        own("code", "90005", "--json", status=1),
    ] == before


def test_a_line_of_batch_is_the_object_of_ask(small: Json, small_home: Path, tmp_path: Path) -> None:
    questions = [question for question in QUESTIONS if question]
    (tmp_path / "questions").write_text("".join(json.dumps({"question": question}) + "\n" for question in questions), encoding="utf-8")
    words = ["batch", str(tmp_path / "questions"), str(tmp_path / "answers")]
    assert CliRunner().invoke(cli.app, words, env={"CODECITE_HOME": str(small_home)}).exit_code == 0
    lines = [json.loads(line) for line in (tmp_path / "answers").read_text(encoding="utf-8").split("\n")[:-1]]
    asked = [small("ask", "--json", "--", question) for question in questions]
    for answer in (*lines, *asked):
        del answer["elapsed_ms"]
    assert all(answer.pop("record") for answer in asked)  # a batch keeps none
    assert lines == asked
