"""Serve the page and its endpoints for programs at once, and fill the vectors in behind them."""

import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from assistant.gate import Gate
from assistant.mcp_server import server
from assistant.records import Keep
from assistant.store import Store
from assistant.web.api import LARGEST, api
from assistant.web.doors import Guard, Site
from assistant.web.login import door
from assistant.web.page import build, theme
from assistant.web.person import person
from assistant.web.tabs import Tabs
from assistant.web.views import views
from corpus.model import CorpusError
from index.library import Library

STATIC = Path(__file__).parent / "static"
STYLES, SCRIPTS = ("page", "lookup", "desks", "sources"), ("page", "views", "lookup", "jobs", "claim", "library", "sources")
HEAD = "".join(
    [f'<link rel="stylesheet" href="codecite/{name}.css">' for name in STYLES]
    + [f'<script src="codecite/{name}.js" defer></script>' for name in SCRIPTS]
)
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


def application(library: Library, store: Store, site: Site, say: Say, model: str = "quote") -> FastAPI:
    """The page at /, REST at /api, MCP at /mcp, all behind the guard; without log-in they answer to this machine's own names alone.

    A web page elsewhere whose name was made to point here (DNS rebinding) would otherwise read what is asked.
    """
    gate = Gate()

    def keeping(request: Any) -> Keep:
        return partial(store.records.add, person(request))

    protocol = server(library, gate, keeping)
    names = "" if site.guarded else site.host  # a proxy may call the site by any name
    endpoint = protocol.streamable_http_app(json_response=True, stateless_http=True, max_request_body_size=LARGEST, host=names)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        async with protocol.session_manager.run():
            fill_behind(library, say)
            yield

    app = FastAPI(openapi_url=None, lifespan=running)
    app.add_middleware(Tabs)
    app.add_middleware(Guard, site=site, store=store)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=("*",) if site.guarded else LOOPBACK, www_redirect=False)
    if site.guarded:
        app.include_router(door(site, store))
    app.mount("/codecite", StaticFiles(directory=STATIC))
    app.mount("/api", api(library, gate, keeping))
    app.include_router(views(library, store, lambda: fill_behind(library, say)), prefix="/view")
    app.router.routes.extend(endpoint.routes)
    page = build(library, store, model).queue(default_concurrency_limit=16, max_size=256)
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
        root_path=site.root or None,
        auth_dependency=lambda request: str(request.state.user.id),  # what a handler of the page finds as request.username
    )
    return app


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128)
    except OSError:
        raise CorpusError(f"Port {port} on {host} is taken: stop what uses it, or run `codecite chat --port {port + 1}`.") from None


def _checked(store: Store, site: Site) -> None:
    """CorpusError where nobody could come in, or where the certificate is none."""
    if site.guarded and not store.people.anybody(by_proxy=bool(site.header)):
        raise CorpusError(f"Who opens {site.host} must log in, and there is no user: `codecite user add NAME --role admin`.")
    if site.certificate:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(site.certificate, site.key, password="")
        except (OSError, ValueError) as error:
            raise CorpusError(f"The certificate {site.certificate} and its key cannot be used: {error}") from None


def serve(library: Library, store: Store, site: Site, say: Say, model: str = "quote") -> None:
    """Prepare the home, open the page, print its address and stay until stopped.

    Raises CorpusError where the port is taken, or where people must log in and there are none.
    """
    _checked(store, site)
    if not library.prepared:
        say(f"First run: reading codes and keywords into {library.home}.")
    for outcome in library.prepare():
        say(f"  {outcome.kind}: {outcome.passages:,} passages, {outcome.codes:,} codes")
    with _listening(site.host, site.port) as listening:
        app = application(library, store, site, say, model)
        spoken: dict[str, Any] = {"log_level": "warning", "access_log": False, "proxy_headers": False, "root_path": site.root}
        config = uvicorn.Config(app, ssl_certfile=site.certificate, ssl_keyfile=site.key, **spoken)
        serving = threading.Thread(target=uvicorn.Server(config).run, kwargs={"sockets": [listening]}, daemon=True)
        serving.start()
        say(f"codecite is at http{'s' * bool(site.certificate)}://{site.host}:{site.port}  (Ctrl-C stops it)")
        try:
            while serving.is_alive():  # in a thread, open pages hold nothing up when it is stopped
                serving.join(1)
        except KeyboardInterrupt:
            say("Stopped. Vectors so far are kept.")
