"""Serve the page and its endpoints for programs at once, and fill the vectors in behind them."""

import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from assistant.gate import Gate
from assistant.mcp_server import server
from assistant.web.api import LARGEST, api
from assistant.web.desks import desks
from assistant.web.page import build, theme
from assistant.web.views import views
from corpus.model import CorpusError
from index.library import Library

STATIC = Path(__file__).parent / "static"
HEAD = """<link rel="stylesheet" href="static/page.css"><link rel="stylesheet" href="static/desks.css">
<script src="static/page.js" defer></script><script src="static/views.js" defer></script>
<script src="static/jobs.js" defer></script><script src="static/claim.js" defer></script><script src="static/library.js" defer></script>"""
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
Say = Callable[[str], None]


def fill_behind(library: Library, say: Say) -> threading.Thread:
    """Encode what is missing in a thread of its own, saying every tenth part."""

    def work() -> None:
        told = -1
        try:
            for now in library.fill():
                tenth = now.done * 10 // max(now.total, 1)
                if tenth != told:
                    told = tenth
                    say(f"Vectors {tenth * 10} % ({now.done:,} of {now.total:,})")
            say("Vectors ready.")
            library.warm()
        except Exception as error:  # the page goes on answering from codes and keywords
            say(f"Vectors stopped: {error}. Codes and keywords still answer; `codecite prepare` goes on.")

    thread = threading.Thread(target=work, name="vectors", daemon=True)
    thread.start()
    return thread


def _local(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def application(library: Library, host: str, say: Say, model: str = "quote") -> FastAPI:
    """The page at /, REST at /api, MCP at /mcp; on a loopback address they answer to its own names alone.

    A web page elsewhere whose name was made to point here (DNS rebinding) would otherwise read what is asked.
    """
    gate = Gate()
    protocol = server(library, gate)
    endpoint = protocol.streamable_http_app(json_response=True, stateless_http=True, max_request_body_size=LARGEST, host=host)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        async with protocol.session_manager.run():
            fill_behind(library, say)
            yield

    app = FastAPI(openapi_url=None, lifespan=running)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK if _local(host) else ("*",), www_redirect=False)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.mount("/api", api(library, gate))
    app.include_router(views(library), prefix="/view")
    app.include_router(desks(library, lambda: fill_behind(library, say)), prefix="/view")
    app.router.routes.extend(endpoint.routes)
    page = build(library, library.home, model).queue(default_concurrency_limit=16, max_size=256)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        ssr_mode=False,
        show_error=False,
        mcp_server=False,
        theme=theme(),
        head=HEAD,
        max_file_size="1kb",
    )
    return app


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128)
    except OSError:
        raise CorpusError(f"Port {port} on {host} is taken: stop what uses it, or run `codecite chat --port {port + 1}`.") from None


def serve(library: Library, host: str, port: int, say: Say, model: str = "quote") -> None:
    """Prepare the home, open the page, print its address and stay until stopped.

    Raises CorpusError where the port is taken.
    """
    if not library.prepared:
        say(f"First run: reading codes and keywords into {library.home}.")
    for outcome in library.prepare():
        say(f"  {outcome.kind}: {outcome.passages:,} passages, {outcome.codes:,} codes")
    with _listening(host, port) as listening:
        config = uvicorn.Config(application(library, host, say, model), log_level="warning", access_log=False)
        serving = threading.Thread(target=uvicorn.Server(config).run, kwargs={"sockets": [listening]}, daemon=True)
        serving.start()
        say(f"codecite is at http://{host}:{port}  (Ctrl-C stops it)")
        try:
            while serving.is_alive():  # in a thread, open pages hold nothing up when it is stopped
                serving.join(1)
        except KeyboardInterrupt:
            say("Stopped. Vectors so far are kept.")
