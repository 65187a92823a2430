"""What of Gradio the page uses, and whose each open tab is: Gradio itself gives the events of a tab to whoever names it."""

import json
import re
from collections import OrderedDict
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.doors import path_of
from assistant.web.pieces import blocks

GRADIO = "/gradio_api/"
_USED = re.compile(r"queue/(join|data)|run/predict|heartbeat/[^/]+|cancel|reset|startup-events|info|user|app_id|theme\.css")
REMEMBERED = 100_000  # tabs
LARGEST = 32 * 2**20  # bytes of an event: it carries the messages in view
_NOT_FOUND = JSONResponse({"detail": "Not Found"}, 404)


class Tabs:
    """Pass on what the page uses, from the person who opened the tab it names; anything else below /gradio_api is not found."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say that there is no such thing."""
        path = path_of(scope) if scope["type"] == "http" else ""
        if path.startswith(GRADIO):
            what, body = path.removeprefix(GRADIO).rstrip("/"), b""
            if not _USED.fullmatch(what):
                await _NOT_FOUND(scope, receive, send)
                return
            if scope["method"] == "POST":
                try:
                    body = b"".join([block async for block in blocks(Request(scope, receive), LARGEST)])
                except HTTPException as error:
                    await JSONResponse({"detail": error.detail}, error.status_code)(scope, receive, send)
                    return
                receive = _again(body, receive)
            if not all(self._own(tab, scope["state"]["user"].id) for tab in _named(scope, what, body)):
                await _NOT_FOUND(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _own(self, tab: str, user: str) -> bool:
        """Whether a tab is a person's, as a new one is."""
        while len(self._owners) >= REMEMBERED:
            self._owners.popitem(last=False)
        return self._owners.setdefault(tab, user) == user


def _named(scope: Scope, what: str, body: bytes) -> list[str]:
    """The tabs that a request names: in its query, its path or its body."""
    found = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])
    found += [what.removeprefix("heartbeat/")] if what.startswith("heartbeat/") else []
    try:
        held = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return found  # Gradio refuses it
    told = held.get("session_hash") if isinstance(held, dict) else None
    return [*found, told] if isinstance(told, str) else found


def _again(body: bytes, receive: Receive) -> Receive:
    """A way to receive once more what was read."""
    held: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return held.pop() if held else await receive()

    return again
