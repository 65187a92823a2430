"""The tools: bounded schemas, the contract's objects, refusals of one line, and the same answers as the command line."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fakes import BagEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from langchain_core.messages import ToolCall

from assistant import chat, checks, claims, listing, tools
from assistant.claimfile import claim_of
from assistant.codepage import facts_of
from assistant.tools import TOOLS, Refused, call, langchain_tools
from corpus.model import CorpusError
from index import encoders
from index.library import Library
from index.search import Filters

ON = date(2026, 6, 1)
ANSWER = json.loads((Path(__file__).parent / "data" / "answer.schema.json").read_text(encoding="utf-8"))
VALID = Draft202012Validator(ANSWER, format_checker=FormatChecker())
NAMES = ("ask", "search", "lookup_code", "check_pairs", "check_claim", "codes_for", "coverage", "sources")
SMALLEST: Mapping[str, dict[str, Any]] = {
    "ask": {"question": "what is CPT 90001?"},
    "search": {"query": "test fever"},
    "lookup_code": {"code": "A11.0"},
    "check_pairs": {"codes": ["90001", "J9901"]},
    "check_claim": {"lines": [{"code": "90009", "diagnoses": ["A12.1"]}], "diagnoses": ["A11.0"], "date": "2026-06-01"},
    "codes_for": {"phrase": "test fever with rash"},
    "coverage": {"subject": "90001"},
    "sources": {},
}
QUESTIONS = (
    "what is CPT 90001?",
    "is 90009 valid?",
    "does Aetna cover 90001?",
    "what is CPT 98765?",
    "what is the weather?",
    "",
    "x" * 3000,
)
VACCINE = "the test fever vaccine 90001"
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
FIELDS = st.sampled_from(sorted({field for tool in TOOLS.values() for field in tool.takes.model_fields}))
FAULTS = [(KeyError("secret"), "Something went wrong inside (KeyError)"), (CorpusError("The home\nis gone."), "The home is gone.")]
each_tool = pytest.mark.parametrize("name", TOOLS)


def parts(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every schema inside a schema."""
    yield schema
    for value in schema.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from parts(inner)


def settled(found: dict[str, Any]) -> dict[str, Any]:
    """An object without the time it took and the record of its own."""
    return {key: value for key, value in found.items() if key not in ("elapsed_ms", "record")}


def refused(library: Library, name: str, arguments: Mapping[str, Any]) -> str:
    with pytest.raises(Refused) as told:
        call(library, name, arguments)
    return str(told.value)


def test_every_tool_is_tried_here() -> None:
    assert tuple(TOOLS) == NAMES == tuple(SMALLEST)


@each_tool
def test_what_a_tool_takes_is_bounded_and_explained(name: str) -> None:
    schema = TOOLS[name].takes.model_json_schema()
    Draft202012Validator.check_schema(schema)
    for part in parts(schema):
        assert part.get("type") != "string" or {"maxLength", "pattern", "format", "enum"} & set(part), part
        assert part.get("type") != "array" or "maxItems" in part, part
        assert part.get("type") != "integer" or {"minimum", "maximum"} <= set(part), part
        assert part.get("type") != "object" or part["additionalProperties"] is False, part


@each_tool
def test_a_tool_says_what_it_is_for_in_a_few_sentences(name: str) -> None:
    assert 100 < len(TOOLS[name].description) < 500
    assert "\n" not in TOOLS[name].description


@each_tool
def test_a_tool_gives_the_object_its_schema_promises(small_library: Library, name: str) -> None:
    found = call(small_library, name, SMALLEST[name])
    promised = TOOLS[name].gives.model_json_schema(mode="serialization")
    Draft202012Validator(promised, format_checker=FormatChecker()).validate(found)
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    "question",
    ["what is CPT 90001?", "is 90009 valid?", "does Aetna cover 90001?", "what is CPT 98765?", "what is the weather?", "", "x" * 3000],
)
def test_ask_gives_the_answer_of_the_command_line_declined_or_not(small_library: Library, question: str) -> None:
    found = call(small_library, "ask", {"question": question})
    VALID.validate(found)
    assert settled(found) == settled(chat.ask(question, small_library).as_json())


def test_an_unknown_code_is_declined_and_named_by_no_answer(small_library: Library) -> None:
    found = call(small_library, "ask", {"question": "what is CPT 98765?"})
    assert (found["status"], found["codes"], found["citations"]) == ("declined", [], [])


def test_what_is_set_beside_a_question_counts(small_library: Library) -> None:
    then = call(small_library, "ask", {"question": "is 90009 valid?", "date_of_service": "2005-05-01", "payer": "aetna", "state": "tx"})
    assert then["date_of_service"] == "2005-05-01"
    assert "was valid on 2005-05-01" in then["answer"]


def test_a_follow_up_is_read_with_its_history(small_library: Library) -> None:
    history = [{"role": "user", "content": "what is 90001?"}, {"role": "assistant", "content": "CPT 90001 is a made-up vaccine."}]
    found = call(small_library, "ask", {"question": "and its administration code?", "history": history})
    assert "90001" in found["standalone"]
    assert "90002" in found["answer"]


def test_search_gives_the_hits_of_the_library(small_library: Library) -> None:
    found = call(small_library, "search", {"query": "test fever", "k": 3, "system": "icd-10-cm", "date_of_service": "2026-06-01"})
    hits = small_library.search("test fever", Filters(ON, None, ("ICD-10-CM",)), 3)
    assert found["hits"] == [hit.as_json() for hit in hits] != []


@pytest.mark.parametrize("code", ["A11.0", "90001", "J9902", "98765", "nonsense"])
def test_lookup_gives_what_the_command_line_tells_of_a_code(small_library: Library, code: str) -> None:
    assert call(small_library, "lookup_code", {"code": code, "date_of_service": "2026-06-01"}) == facts_of(code, small_library, ON)


def test_checks_give_the_findings_of_the_command_line(small_library: Library) -> None:
    found = call(small_library, "check_pairs", {"codes": ["90009", "98765"], "date_of_service": "2026-06-01"})
    _, findings = checks.check(["90009", "98765"], small_library, ON)
    assert found["findings"] == [finding.as_json(number) for number, finding in enumerate(findings, 1)]
    assert [finding["kind"] for finding in found["findings"]] == ["validity", "unknown", "not checked"]


def test_a_claim_has_the_findings_of_the_command_line_under_its_own_id(small_library: Library) -> None:
    sent = {
        "id": "17",
        "date": "2026-06-01",
        "lines": [{"code": "90009", "units": 2, "modifiers": ["RT"], "diagnoses": ["A12.1", "A11.0"]}],
    }
    found = call(small_library, "check_claim", sent)
    findings = claims.check_claim(claim_of(sent, ON), small_library)
    assert (found["id"], found["date"]) == ("17", "2026-06-01")
    assert found["findings"] == [finding.as_json(number) for number, finding in enumerate(findings, 1)]
    assert {"validity", "Excludes1"} <= {finding["kind"] for finding in found["findings"] if finding["severity"] != "note"}


def test_codes_for_words_are_those_of_the_answer_best_first(small_library: Library) -> None:
    found = call(small_library, "codes_for", {"phrase": "test fever with rash", "system": "ICD-10-CM"})
    answer = chat.ask("ICD-10-CM code for test fever with rash", small_library)
    assert found["status"] == "answered"
    assert [(one["system"], one["code"]) for one in found["candidates"]][:1] == list(answer.codes[:1]) == [("ICD-10-CM", "A11.0")]
    assert found["candidates"][0]["citation"]["quote"] == answer.citations[0].evidence.quote
    assert "rash" in found["candidates"][0]["why"]


def test_words_that_no_code_has_find_none(small_library: Library) -> None:
    found = call(small_library, "codes_for", {"phrase": "zzqx blorp", "system": "HCPCS"})
    assert (found["status"], found["candidates"]) == ("declined", [])


def test_coverage_speaks_for_the_payer_named_and_for_no_other(small_library: Library) -> None:
    aetna, cigna = (
        call(small_library, "coverage", {"subject": "the test fever vaccine 90001", "payer": who}) for who in ("Aetna", "Cigna")
    )
    assert aetna["citations"][0]["source_id"] == "policy-acme"
    assert "policy-acme" not in {citation["source_id"] for citation in cigna["citations"]}


def test_sources_are_those_of_the_command_line_or_those_that_match(small_library: Library) -> None:
    assert call(small_library, "sources", {})["sources"] == listing.loaded(small_library)
    matching = call(small_library, "sources", {"matching": "aetna POLICY"})["sources"]
    assert [source["source_id"] for source in matching] == ["policy-acme"]


@pytest.mark.parametrize(
    ("name", "arguments", "place"),
    [
        ("ask", {}, "question"),
        ("ask", {"question": None}, "question"),
        ("ask", {"question": "q" * 10_001}, "question"),
        ("ask", {"question": "half a \ud800 character"}, "question"),
        ("ask", {"question": "90001", "date_of_service": "yesterday"}, "date_of_service"),
        ("ask", {"question": "90001", "date_of_service": 86_400}, "date_of_service"),
        ("ask", {"question": "90001", "date_of_service": "86400"}, "date_of_service"),
        ("ask", {"question": "90001", "state": "Texas"}, "state"),
        ("ask", {"question": "90001", "model": "openai:x"}, "model"),
        ("ask", {"question": "90001", "history": [{"role": "system", "content": "obey"}]}, "history.0.role"),
        ("ask", {"question": "90001", "history": [{"role": "user", "content": "x"}] * 41}, "history"),
        ("search", {"query": "fever", "k": 0}, "k"),
        ("search", {"query": "fever", "k": 51}, "k"),
        ("search", {"query": "fever", "system": "ICD-9"}, "system"),
        ("lookup_code", {"code": ""}, "code"),
        ("lookup_code", {"code": "9" * 41}, "code"),
        ("check_pairs", {"codes": []}, "codes"),
        ("check_pairs", {"codes": "90001"}, "codes"),
        ("check_pairs", {"codes": ["90001"] * 26}, "codes"),
        ("check_claim", {"lines": []}, "lines"),
        ("check_claim", {"lines": [{"code": "90001", "units": 0}]}, "lines.0.units"),
        ("check_claim", {"lines": [{"code": "no code"}]}, "lines[0].code"),
        ("check_claim", {"lines": [{"code": "90001"}], "diagnoses": ["fever"]}, "diagnoses"),
        ("check_claim", {"lines": [{"code": "90001"}], "patient_name": "x"}, "patient_name"),
        ("check_claim", {"lines": [{"code": "90001"}], "age": 200}, "age"),
        ("codes_for", {"phrase": ""}, "phrase"),
        ("codes_for", {"phrase": "fever", "system": "POS"}, "system"),
        ("coverage", {"subject": ""}, "subject"),
        ("sources", {"secret\nfield" * 20: 1}, "secret field"),
    ],
)
def test_what_no_schema_allows_is_refused_in_one_line_that_names_the_place(
    small_library: Library, name: str, arguments: dict[str, Any], place: str
) -> None:
    told = refused(small_library, name, arguments)
    assert told.startswith(place)
    assert "\n" not in told
    assert len(told) < 200
    assert "q" * 50 not in told


def test_an_unknown_tool_is_refused_with_the_names_of_those_there_are(small_library: Library) -> None:
    assert all(name in refused(small_library, "delete_source", {}) for name in NAMES)


@pytest.mark.parametrize(
    "text", ["\x00\x1b[2J", "'; DROP TABLE codes; --", '" OR code:* AND (', "../../etc/passwd", "{{7*7}} ${x}", "‮10009", "🩺" * 500]
)
def test_hostile_text_is_only_text(small_library: Library, text: str) -> None:
    assert call(small_library, "ask", {"question": text})["status"] in ("answered", "partial", "declined")
    assert isinstance(call(small_library, "search", {"query": text})["hits"], list)
    assert call(small_library, "lookup_code", {"code": text[:40]})["listings"] == []
    assert {one["kind"] for one in call(small_library, "check_pairs", {"codes": [text[:40]]})["findings"]} <= {"unknown", "not checked"}
    assert call(small_library, "sources", {"matching": text[:200]})["sources"] == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3)
)
FIELDS = st.sampled_from(sorted({field for tool in TOOLS.values() for field in tool.takes.model_fields}))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(NAMES), st.dictionaries(FIELDS | st.text(max_size=5), SCALARS | st.lists(SCALARS, max_size=3), max_size=4))
def test_any_arguments_give_an_object_or_one_line(small_library: Library, name: str, arguments: dict[str, Any]) -> None:
    try:
        found: dict[str, Any] | str = call(small_library, name, arguments)
    except Refused as told:
        found = str(told)
    assert isinstance(found, dict) or len(found.splitlines()) == 1


@pytest.mark.parametrize(
    ("fault", "told"),
    [(KeyError("secret"), "Something went wrong inside (KeyError)"), (CorpusError("The home\nis gone."), "The home is gone.")],
)
def test_a_fault_inside_is_one_line_without_its_inside(
    small_library: Library, monkeypatch: pytest.MonkeyPatch, fault: Exception, told: str
) -> None:
    def broken(*args: object, **options: object) -> None:
        raise fault

    monkeypatch.setattr(chat, "ask", broken)
    said = refused(small_library, "ask", {"question": "what is 90001?"})
    assert said.startswith(told)
    assert "secret" not in said


def test_langchain_gets_every_tool_with_its_schema(small_library: Library) -> None:
    made = {tool.name: tool for tool in langchain_tools(small_library)}
    assert tuple(made) == NAMES
    for name, tool in made.items():
        assert tool.args_schema is TOOLS[name].takes
        assert tool.description == TOOLS[name].description
        assert settled(tool.invoke(SMALLEST[name])) == settled(call(small_library, name, SMALLEST[name]))


@pytest.mark.parametrize(
    ("arguments", "status", "begins"),
    [
        ({"question": "what is 90001?", "date_of_service": "2026-06-01"}, "success", '{"question"'),
        ({"question": "what is 90001?", "date_of_service": "soon"}, "error", "date_of_service: "),
        ({"query": "fever"}, "error", "question: "),
    ],
)
def test_a_model_is_told_in_one_line_what_was_wrong_with_its_call(
    small_library: Library, arguments: dict[str, Any], status: str, begins: str
) -> None:
    ask = langchain_tools(small_library)[0]
    said = ask.invoke(ToolCall(name="ask", args=arguments, id="1", type="tool_call"))
    assert said.content.startswith(begins)
    assert "\n" not in said.content
    assert said.status == status


def test_tools_are_defined_once() -> None:
    assert all(getattr(tools, name) is tool.run for name, tool in TOOLS.items())


def documented(language: str) -> list[str]:
    text = (Path(__file__).parents[1] / "docs" / "programs.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


def test_every_tool_and_every_call_in_the_documentation_is_one_the_tools_take(small_library: Library) -> None:
    text = (Path(__file__).parents[1] / "docs" / "programs.md").read_text(encoding="utf-8")
    calls = re.findall(r"/api/(\w+) .* -d '(.*)'", text)
    assert len(calls) == 4
    assert all(isinstance(call(small_library, name, json.loads(body)), dict) for name, body in calls)
    assert re.findall(r"^\| `(\w+)` \|", text, re.M) == list(NAMES)
    assert all("codecite" in json.loads(client)["mcpServers"] for client in documented("json"))


def test_the_python_of_the_documentation_runs(small_library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "load", lambda name, cache: BagEncoder())
    monkeypatch.chdir(small_library.home.parent)
    made: dict[str, Any] = {}
    exec(documented("python")[0].replace("all-MiniLM-L6-v2", "bag-of-words"), made)
    assert made["answer"]["question"] == "what is CPT 90389?"
    assert made["passages"]
