"""Who may come in: the site as its owner sets it, and the guard before every route of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from html import escape
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import quote, urlsplit

from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.store import Store
from assistant.store.people import User

COOKIE = "codecite"
LOGIN, LOGOUT, GUEST = "/login", "/logout", "/guest"
PROGRAMS = ("/api", "/mcp")  # where a token is taken
LOOPBACK = ("127.0.0.0/8", "::1")
_SAFE = ("GET", "HEAD", "OPTIONS")
_OPEN = (("GET", LOGIN), ("POST", LOGIN), ("POST", LOGOUT))


def local(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Site:
    """Where the page listens and who may come in."""

    host: str = "127.0.0.1"
    port: int = 7860
    login: bool = False  # also on this machine's own address
    root: str = ""  # the path under which a proxy serves it
    certificate: Path | None = None
    key: Path | None = None
    header: str = ""  # in which a proxy names who has logged in there
    proxies: tuple[str, ...] = LOOPBACK  # addresses and networks that are believed
    guests: int = 0  # questions a day of somebody without a name; 0 lets none in

    @property
    def guarded(self) -> bool:
        """Whether people log in: wherever others than who sits here may reach the page."""
        return self.login or bool(self.header) or not local(self.host)

    def believes(self, scope: Scope) -> bool:
        """Whether a request comes straight from a proxy that is believed."""
        try:
            peer = ip_address((scope.get("client") or ("",))[0])
        except ValueError:
            return False
        return any(peer in ip_network(proxy) for proxy in self.proxies)

    def secure(self, scope: Scope) -> bool:
        """Whether the browser speaks TLS, with us or with the proxy."""
        forwarded = self.believes(scope) and Headers(scope=scope).get("x-forwarded-proto", "").startswith("https")
        return scope["scheme"] in ("https", "wss") or forwarded

    def address(self, scope: Scope) -> str:
        """The address a request comes from; behind a proxy that is believed, the one it names."""
        peer = scope.get("client")
        named = Headers(scope=scope).get("x-forwarded-for", "").rpartition(",")[2].strip() if self.believes(scope) else ""
        return named or (peer[0] if peer else "")


def path_of(scope: Scope) -> str:
    """A request's path below the root."""
    return str(scope["path"]).removeprefix(scope.get("root_path", "")) or "/"


def foreign(headers: Headers) -> bool:
    """Whether a page of another site sends a request through the person's browser; it could not add a token."""
    if site := headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    try:
        return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True


def _token(headers: Headers) -> str:
    """The token that a program sends; what a browser adds by itself (Basic) is none."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


class Guard:
    """Let nobody by whom it does not know, whatever the route; who comes in is `scope["state"]["user"]`."""

    def __init__(self, app: ASGIApp, site: Site, store: Store) -> None:
        self._app = app
        self._site = site
        self._store = store
        self._local = store.people.local()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say why not."""
        if scope["type"] in ("http", "websocket") and (refused := await self._refused(scope)):
            await refused(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _refused(self, scope: Scope) -> Response | None:
        headers, path = Headers(scope=scope), path_of(scope)
        if scope.get("method") not in _SAFE and not _token(headers) and foreign(headers):
            return JSONResponse({"error": "this request comes from another site"}, 403)
        user = self._local if not self._site.guarded else await run_sync(partial(self._who, scope, headers, path))
        open_to_all = (*_OPEN, ("POST", GUEST)) if self._site.guests else _OPEN
        if user is None and (scope.get("method"), path) not in open_to_all:
            return self._turned_away(scope, headers, path)
        scope.setdefault("state", {})["user"] = user
        return None

    def _who(self, scope: Scope, headers: Headers, path: str) -> User | None:
        """Who sends a request: by the proxy's word, by a program's token, or by a session."""
        named = headers.getlist(self._site.header) if self._site.header and self._site.believes(scope) else []
        if named:
            return self._store.people.named(named[0]) if len(named) == 1 else None
        if (token := _token(headers)) and _below(path, PROGRAMS):
            return self._store.people.of_token(token)
        secret = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        user = self._store.sessions.user(secret) if secret else None
        return None if user and user.role == "guest" and (not self._site.guests or _below(path, PROGRAMS)) else user

    def _turned_away(self, scope: Scope, headers: Headers, path: str) -> Response:
        """To the log-in from the page, one line from anywhere else."""
        login = f"{self._site.root}{LOGIN}"
        if _below(path, PROGRAMS):
            return JSONResponse({"error": "log in, or send the token of a user"}, 401, {"WWW-Authenticate": "Bearer"})
        if scope.get("method") == "GET" and (path == "/" or headers.get("sec-fetch-mode") == "navigate"):
            return RedirectResponse(login if path == "/" else f"{login}?next={quote(path)}", 303)
        line = f'<p class="meta" role="alert">You are not logged in: <a href="{escape(login)}">log in</a>.</p>'
        return HTMLResponse(line, 401) if "text/html" in headers.get("accept", "") else JSONResponse({"error": "log in first"}, 401)


def _below(path: str, tops: Iterable[str]) -> bool:
    return any(path == top or path.startswith(f"{top}/") for top in tops)
