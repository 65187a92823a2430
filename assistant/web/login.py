"""Logging in and out, slowly for who guesses."""

import math
import re
from collections import OrderedDict, deque
from time import monotonic
from urllib.parse import parse_qs

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.store import Store
from assistant.store.people import User
from assistant.web.doors import COOKIE, GUEST, LOGIN, LOGOUT, Site
from assistant.web.pieces import rendered

WINDOW = 900.0  # seconds over which attempts are counted
BY_NAME, BY_ADDRESS = 10, 30  # attempts within it
DAY, GUESTS = 86400.0, 3  # guests that come in from an address a day
REMEMBERED = 10_000  # names or addresses
HASHING = 2  # passwords verified at once: each takes 64 MiB for a moment
FORM = 8192  # bytes
_HERE = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")  # a path of this site
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


class Attempts:
    """Count attempts by whom they are made, and say how long the next must wait."""

    def __init__(self, most: int, window: float = WINDOW) -> None:
        self._most = most
        self._window = window
        self._made: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, who: str) -> float:
        """Seconds until `who` may try; 0 counts as an attempt made now."""
        made = self._made.setdefault(who, deque(maxlen=self._most))
        self._made.move_to_end(who)
        if len(self._made) > REMEMBERED:
            self._made.popitem(last=False)
        now = monotonic()
        if len(made) == self._most and now - made[0] < self._window:
            return self._window - (now - made[0])
        made.append(now)
        return 0.0

    def forget(self, who: str) -> None:
        """Begin to count anew."""
        self._made.pop(who, None)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; HTTPException where it is none."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > FORM:
            raise HTTPException(413, "too much for a log-in")
    try:
        return {name: values[-1] for name, values in parse_qs(body.decode(), max_num_fields=8).items()}
    except ValueError:
        raise HTTPException(400, "not a form") from None


class _Door:
    """What people meet on their way in."""

    def __init__(self, site: Site, store: Store) -> None:
        self._site = site
        self._store = store
        self._names, self._addresses, self._guests = Attempts(BY_NAME), Attempts(BY_ADDRESS), Attempts(GUESTS, DAY)
        self._hashing = CapacityLimiter(HASHING)

    def form(self, to: str, error: str = "", status: int = 200, wait: float = 0.0) -> HTMLResponse:
        """The form, with what was wrong."""
        page = rendered("login.html", status, to=to, error=error, guests=self._site.guests)
        page.headers["Content-Security-Policy"] = _POLICY
        if wait:
            page.headers["Retry-After"] = str(math.ceil(wait))
        return page

    async def login(self, request: Request) -> Response:
        """Let somebody in by name and password."""
        sent = await _form(request)
        name, to = sent.get("name", "").strip().casefold(), _here(sent.get("next", "/"))
        if wait := self._addresses.wait(self._site.address(request.scope)) or self._names.wait(name):
            return self.form(to, f"Too many attempts: wait {math.ceil(wait / 60)} min.", 429, wait)
        user = await run_sync(self._store.people.check, name, sent.get("password", ""), limiter=self._hashing)
        if user is None:
            return self.form(to, "Name or password is wrong.", 403)
        self._names.forget(name)
        return await self._entered(request, user, to)

    async def guest(self, request: Request) -> Response:
        """Let somebody in without a name."""
        if wait := self._guests.wait(self._site.address(request.scope)):
            return self.form("/", "No more guests from your address today.", 429, wait)
        return await self._entered(request, await run_sync(self._store.people.guest, self._site.guests), "/")

    async def _entered(self, request: Request, user: User, to: str) -> Response:
        secret = await run_sync(self._store.sessions.begin, user.id)
        reply = RedirectResponse(f"{self._site.root}{to}", 303)
        secure = self._site.secure(request.scope)
        reply.set_cookie(COOKIE, secret, path=self._site.root or "/", secure=secure, httponly=True, samesite="lax")
        return reply

    async def logout(self, request: Request) -> Response:
        """End a session."""
        if secret := request.cookies.get(COOKIE):
            await run_sync(self._store.sessions.end, secret)
        reply = RedirectResponse(f"{self._site.root}{LOGIN}", 303)
        reply.delete_cookie(COOKIE, path=self._site.root or "/", httponly=True, samesite="lax")
        return reply


def door(site: Site, store: Store) -> APIRouter:
    """The routes by which people come in and leave."""
    router, at = APIRouter(), _Door(site, store)

    @router.get(LOGIN)
    def form(next: str = "/") -> HTMLResponse:
        return at.form(_here(next))

    router.add_api_route(LOGIN, at.login, methods=["POST"], response_model=None)
    router.add_api_route(LOGOUT, at.logout, methods=["POST"], response_model=None)
    if site.guests:
        router.add_api_route(GUEST, at.guest, methods=["POST"], response_model=None)
    return router


def _here(path: str) -> str:
    """A path of this site to go to after the log-in; the page where it is none."""
    return path if _HERE.fullmatch(path) else "/"
