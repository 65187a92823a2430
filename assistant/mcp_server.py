"""The tools over the Model Context Protocol: on standard input and output, and as an endpoint of the page."""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import metadata
from typing import Any

import anyio
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

import prompts
from assistant.gate import Gate
from assistant.ledger import lay_down
from assistant.records import Keep
from assistant.tools import TOOLS, Refused, Tool, call
from index.library import Library


def _listed(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        description=tool.description,
        input_schema=tool.takes.model_json_schema(),
        output_schema=tool.gives.model_json_schema(mode="serialization"),
        annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


def server(library: Library, gate: Gate, keeping: Callable[[Any], Keep]) -> Server[Any]:
    """Offer every tool to a client; what goes wrong is a tool's error of one line.

    `keeping` gives what keeps the records of who sends a request of HTTP, which is None on standard input.
    """
    listed = types.ListToolsResult(tools=[_listed(tool) for tool in TOOLS.values()])

    async def tools(context: object, asked: object) -> types.ListToolsResult:
        return listed

    async def called(context: Any, asked: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            found = await gate.run(call, library, asked.name, asked.arguments or {}, keeping(context.request))
        except Refused as refused:
            return types.CallToolResult(content=[types.TextContent(text=str(refused))], is_error=True)
        return types.CallToolResult(content=[types.TextContent(text=json.dumps(found))], structured_content=found)

    instructions = prompts.render("instructions")
    return Server("codecite", version=metadata.version("codecite"), instructions=instructions, on_list_tools=tools, on_call_tool=called)


def _warm(library: Library) -> None:
    """Load the encoder before the first search waits for it; what is wrong with it that search will say."""
    with suppress(Exception):
        library.warm()


def serve_stdio(library: Library) -> None:
    """Speak the protocol on standard input and output until the client hangs up; nothing else reaches standard output."""

    threading.Thread(target=_warm, args=(library,), daemon=True).start()

    async def serve() -> None:
        serving = server(library, Gate(), lambda request: partial(lay_down, library.home))
        async with stdio_server() as (incoming, outgoing):
            await serving.run(incoming, outgoing, serving.create_initialization_options())

    anyio.run(serve)
