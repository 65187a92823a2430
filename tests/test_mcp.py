"""The tools over the Model Context Protocol, asked by the SDK's own client: on standard input and output, and on the page."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from programs import BAG

from assistant import chat
from assistant.store import LOCAL, Store
from assistant.tools import TOOLS, call
from index.library import Library

pytestmark = pytest.mark.slow
Said = tuple[list[Any], list[Any]]
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ask", {"question": "what is CPT 90001?"}),
    ("ask", {"question": "what is CPT 98765?"}),
    ("search", {"query": "test fever", "k": 2}),
    ("lookup_code", {"code": "A11.0"}),
    ("check_pairs", {"codes": ["90001", "98765"]}),
    ("check_claim", {"lines": [{"code": "90009", "diagnoses": ["A12.1"]}], "diagnoses": ["A11.0"], "date": "2026-06-01"}),
    ("codes_for", {"phrase": "test fever with rash"}),
    ("coverage", {"subject": "the test fever vaccine 90001", "payer": "Aetna"}),
    ("sources", {"matching": "HCPCS"}),
    ("ask", {"question": "90001", "date_of_service": "soon"}),
    ("drop_everything", {"now": True}),
)


def conversation(server: StdioServerParameters | str, mode: str) -> Said:
    """The tools a server offers, and what it says to each call, all asked at once."""

    async def talk() -> Said:
        async with Client(server, mode=mode, read_timeout_seconds=60) as client:
            offered = await client.list_tools()
            return list(offered.tools), list(await asyncio.gather(*(client.call_tool(name, given) for name, given in CALLS)))

    return asyncio.run(talk())


@pytest.fixture(scope="module", params=["stdio", "page", "page to a client of the time before 2026"])
def said(request: pytest.FixtureRequest, program: dict[str, str]) -> Said:
    if request.param == "stdio":
        return conversation(StdioServerParameters(command=sys.executable, args=[str(BAG), "mcp"], env=program), "auto")
    return conversation(f"{request.getfixturevalue('page')}/mcp", "auto" if request.param == "page" else "legacy")


def settled(found: Any) -> Any:
    return {key: value for key, value in found.items() if key not in ("elapsed_ms", "record")}


def test_every_tool_is_offered_with_its_schemas_and_reads_only(said: Said) -> None:
    offered = {tool.name: tool for tool in said[0]}
    assert tuple(offered) == tuple(TOOLS)
    for name, tool in offered.items():
        assert tool.description == TOOLS[name].description
        assert tool.input_schema == TOOLS[name].takes.model_json_schema()
        assert tool.output_schema == TOOLS[name].gives.model_json_schema(mode="serialization")
        assert tool.annotations.read_only_hint


def test_a_call_gives_the_object_the_library_gives_as_structure_and_as_text(said: Said, small_library: Library) -> None:
    for (name, given), result in list(zip(CALLS, said[1], strict=True))[:8]:
        assert not result.is_error, result.content
        assert json.loads(result.content[0].text) == result.structured_content
        here, there = settled(call(small_library, name, given)), settled(result.structured_content)
        assert {key: there[key] for key in here} == here


def test_every_answer_has_a_record(said: Said, program: dict[str, str]) -> None:
    store = Store.open(Path(program["CODECITE_HOME"]))
    for (name, given), result in zip(CALLS[:8], said[1], strict=False):
        if name in ("ask", "coverage"):
            kept = store.records.of(LOCAL, result.structured_content["record"])
            assert kept.record.question == given.get("question", "Is the test fever vaccine 90001 covered by Aetna?")
        else:
            assert "record" not in result.structured_content
    store.close()


def test_what_the_sources_do_not_hold_is_declined_not_an_error(said: Said, small_library: Library) -> None:
    declined = said[1][1].structured_content
    assert declined["status"] == chat.ask("what is CPT 98765?", small_library).status == "declined"
    assert declined["codes"] == []


def test_a_wrong_call_is_a_tools_error_of_one_line(said: Said) -> None:
    *_, wrong, unknown = said[1]
    assert (wrong.is_error, unknown.is_error) == (True, True)
    assert wrong.content[0].text.startswith("date_of_service: ")
    assert unknown.content[0].text.startswith("there is no tool of this name")
    assert all("\n" not in result.content[0].text for result in (wrong, unknown))


def test_nothing_but_the_protocol_reaches_standard_output(program: dict[str, str]) -> None:
    begin = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}}
    sent = (
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": begin},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "search", "arguments": {"query": "test fever"}}},
        {"jsonrpc": "2.0", "id": 3, "method": "no/such/method", "params": {}},
    )
    lines = "".join(json.dumps(message) + "\n" for message in sent) + "no JSON at all\n"
    process = subprocess.Popen(
        [sys.executable, str(BAG), "mcp"], env=program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(lines)
    process.stdin.flush()
    answered: dict[Any, Any] = {}
    while not {1, 2, 3} <= set(answered):
        message = json.loads(process.stdout.readline())
        assert message["jsonrpc"] == "2.0"
        answered[message.get("id")] = message
    rest, logged = process.communicate(timeout=60)
    assert [json.loads(line)["jsonrpc"] for line in rest.splitlines()] == ["2.0"] * len(rest.splitlines())
    assert process.returncode == 0
    assert answered[1]["result"]["serverInfo"]["name"] == "codecite"
    assert "never from memory" in answered[1]["result"]["instructions"]
    assert answered[2]["result"]["structuredContent"]["hits"]
    assert "error" in answered[3]
    assert "Traceback" not in logged


def test_a_home_that_cannot_be_opened_is_one_line_and_no_protocol(program: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    here = program | {"CODECITE_HOME": str(tmp_path / "file" / "home")}
    done = subprocess.run([sys.executable, str(BAG), "mcp"], env=here, input="", capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
