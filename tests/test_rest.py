"""The tools over HTTP, on a page that is served: schemas, statuses, one-line errors, and nobody can keep the page from answering."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from assistant import chat
from assistant.tools import TOOLS, call
from assistant.web.api import LARGEST
from index.library import Library

pytestmark = pytest.mark.slow
ANSWER = json.loads((Path(__file__).parent / "data" / "answer.schema.json").read_text(encoding="utf-8"))
CALLS: dict[str, dict[str, Any]] = {
    "ask": {"question": "what is CPT 90001?", "date_of_service": "2026-06-01"},
    "search": {"query": "test fever", "k": 2},
    "lookup_code": {"code": "A11.0"},
    "check_pairs": {"codes": ["90001", "98765"]},
    "check_claim": {"lines": [{"code": "90009", "diagnoses": ["A12.1"]}], "diagnoses": ["A11.0"], "date": "2026-06-01"},
    "codes_for": {"phrase": "test fever with rash"},
    "coverage": {"subject": "the test fever vaccine 90001", "payer": "Aetna"},
    "sources": {"matching": "HCPCS"},
}
JSON = {"Content-Type": "application/json"}
Wrong = tuple[str, dict[str, Any], int, str]
WRONG: tuple[Wrong, ...] = (
    ("ask", {"json": {}}, 422, "question: "),
    ("ask", {"json": {"question": "90001", "date_of_service": 86_400}}, 422, "date_of_service: "),
    ("ask", {"json": {"question": "90001", "x": 1}}, 422, "x: "),
    ("ask", {"content": b'{"question": "half a \\ud800"}', "headers": JSON}, 422, "question: "),
    ("ask", {"content": b'{"question": ', "headers": JSON}, 400, "send one JSON object"),
    ("ask", {"content": b'["question"]', "headers": JSON}, 400, "send one JSON object"),
    ("ask", {"content": b'{"question": "90001"}', "headers": {"Content-Type": "text/plain"}}, 400, "send one JSON object"),
    ("ask", {"content": b"\xff\xfe", "headers": JSON}, 400, ""),
    ("ask", {"content": b"[" * 100_000, "headers": JSON}, 400, ""),
    ("ask", {"content": b" " * (LARGEST + 1), "headers": JSON}, 413, "a request may have"),
    ("ask", {"content": (b" " * 65_536 for _ in range(9)), "headers": JSON}, 413, "a request may have"),
    ("delete", {"json": {}}, 404, "Not Found"),
    ("../config", {"json": {}}, 405, ""),
)


def settled(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in ("elapsed_ms", "record")}


@pytest.mark.parametrize("name", TOOLS)
def test_an_endpoint_gives_the_object_of_its_tool(page: str, small_library: Library, name: str) -> None:
    answered = httpx.post(f"{page}/api/{name}", json=CALLS[name])
    assert (answered.status_code, answered.headers["content-type"]) == (200, "application/json")
    here, there = settled(call(small_library, name, CALLS[name])), settled(answered.json())
    assert {key: there[key] for key in here} == here


@pytest.mark.parametrize("question", ["what is CPT 90001?", "what is CPT 98765?", "", "x" * 3000])
def test_an_answer_is_the_contracts_declined_or_not(page: str, small_library: Library, question: str) -> None:
    answered = httpx.post(f"{page}/api/ask", json={"question": question})
    Draft202012Validator(ANSWER, format_checker=FormatChecker()).validate(answered.json())
    assert answered.status_code == 200
    assert answered.json()["answer"].split("72")[0] == chat.ask(question, small_library).text.split("72")[0]


def test_schemas_are_published(page: str) -> None:
    published = httpx.get(f"{page}/api/openapi.json").json()
    assert set(published["paths"]) == {f"/{name}" for name in TOOLS}
    for name, tool in TOOLS.items():
        operation = published["paths"][f"/{name}"]["post"]
        taken = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
        given = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
        assert (operation["operationId"], operation["description"]) == (name, tool.description)
        assert (taken, given) == (tool.takes.__name__, tool.gives.__name__)
        assert set(published["components"]["schemas"][taken]["properties"]) == set(tool.takes.model_fields)


@pytest.mark.parametrize(("path", "sent", "status", "begins"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_request_has_its_status_and_one_line(page: str, path: str, sent: dict[str, Any], status: int, begins: str) -> None:
    answered = httpx.post(f"{page}/api/{path}", **sent)
    assert answered.status_code == status
    if not path.startswith(".."):
        assert set(answered.json()) == {"error"}
        assert answered.json()["error"].startswith(begins)
    assert "Traceback" not in answered.text


@pytest.mark.parametrize("path", ["/", "/api/ask", "/api/openapi.json", "/mcp", "/config"])
def test_a_name_made_to_point_here_is_not_answered(page: str, path: str) -> None:
    assert httpx.get(f"{page}{path}", headers={"Host": "codecite.example.org"}).status_code == 400


def test_a_page_elsewhere_may_not_read_answers(page: str) -> None:
    asked = httpx.options(f"{page}/api/ask", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"})
    assert "access-control-allow-origin" not in asked.headers


def test_the_pages_own_events_are_no_endpoints(page: str) -> None:
    assert httpx.get(f"{page}/gradio_api/info").json() == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_a_hundred_programs_at_once_are_answered_or_sent_away_and_the_page_goes_on(page: str) -> None:
    with httpx.Client(timeout=60, limits=httpx.Limits(max_connections=101)) as client, ThreadPoolExecutor(100) as programs:
        asked = [programs.submit(client.post, f"{page}/api/search", json={"query": f"test fever {at}"}) for at in range(100)]
        assert client.get(f"{page}/config").status_code == 200
        still = sum(not one.done() for one in asked)
        answers = [one.result() for one in asked]
    assert {one.status_code for one in answers} <= {200, 503}
    assert sum(one.status_code == 200 for one in answers) >= 64
    assert all(one.json()["error"] and one.headers["retry-after"] for one in answers if one.status_code == 503)
    assert still  # the page did not wait for all of them
