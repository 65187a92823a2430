"""The tools over HTTP: POST /api/NAME with a JSON object, schemas in /api/openapi.json, errors as {"error": one line}."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.gate import Busy, Gate
from assistant.records import Keep
from assistant.tools import TOOLS, Failed, Refused, Tool, refusal, run
from index.library import Library

LARGEST = 256 * 1024  # bytes of a request
Keeping = Callable[[Request], Keep]


class _Bounded:
    """Read no more of a request than it may have."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST:
                raise HTTPException(413, f"a request may have {LARGEST:,} bytes")
            return message

        await self._app(scope, counted, send)


def _told(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": " ".join(message.split())}, status, {"Retry-After": "1"} if status == 503 else None)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    if any(one["type"] == "json_invalid" or len(one["loc"]) < 2 for one in errors):
        return _told(400, "send one JSON object, with Content-Type: application/json")
    return _told(422, refusal(errors))


async def _refused(request: Request, error: Exception) -> JSONResponse:
    return _told(503 if isinstance(error, Busy) else 500 if isinstance(error, Failed) else 422, str(error))


async def _other(request: Request, error: Exception) -> JSONResponse:
    return _told(error.status_code, error.detail) if isinstance(error, HTTPException) else _told(500, type(error).__name__)


def _endpoint(tool: Tool, library: Library, gate: Gate, keeping: Keeping) -> Callable[..., Awaitable[Any]]:
    async def endpoint(request: Request, asked: Any) -> Any:
        return await gate.run(run, library, tool, asked, keeping(request))

    endpoint.__annotations__ = {"request": Request, "asked": tool.takes, "return": tool.gives}
    return endpoint


def api(library: Library, gate: Gate, keeping: Keeping) -> FastAPI:
    """An endpoint a tool, with the tool's own schemas; `keeping` gives what keeps the records of who sends a request."""
    handlers: Any = {RequestValidationError: _invalid, Refused: _refused, HTTPException: _other, Exception: _other}
    app = FastAPI(title="codecite", docs_url=None, redoc_url=None, exception_handlers=handlers)
    app.add_middleware(_Bounded)
    for tool in TOOLS.values():
        app.post(f"/{tool.name}", operation_id=tool.name, description=tool.description)(_endpoint(tool, library, gate, keeping))
    return app
