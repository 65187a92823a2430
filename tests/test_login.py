"""Nobody comes in by any route without a log-in, a token or a believed proxy, and whatever lets people in ends."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from click.testing import Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from programs import served
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.testclient import TestClient, WebSocketDenialResponse
from typer.testing import CliRunner

from assistant import cli
from assistant.roles import RIGHTS, ROLES
from assistant.store import LOCAL, Enough, Missing, Store, StoreError, sessions
from assistant.store import people as store_people
from assistant.store.tables import SessionRow, UserRow
from assistant.web import login
from assistant.web.doors import COOKIE, Guard, Site, foreign
from assistant.web.login import Attempts, door
from assistant.web.server import application
from index.library import Library

pytestmark = pytest.mark.usefixtures("quick_hashes")
PASSWORD = "correct horse battery"
FAR, NEAR = ("10.1.1.1", 5000), ("127.0.0.1", 5000)
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.open(tmp_path_factory.mktemp("people"))
    store.people.add("ann", "admin", PASSWORD)
    return store


@pytest.fixture(scope="module")
def whole(people: Store, small_library: Library) -> FastAPI:
    """Everything that is served, listening where others reach it."""
    return application(small_library, people, Site(host="0.0.0.0"), print)


def client(app: Any, peer: tuple[str, int] = FAR, **more: Any) -> TestClient:
    return TestClient(app, follow_redirects=False, client=peer, **more)


def routes(found: Any, above: str = "") -> Iterator[tuple[str, str]]:
    """Every path of an application with every method it takes, those of what is mounted in it too."""
    for route in found:
        path = above + getattr(route, "path", "")
        for method in getattr(route, "methods", None) or ("GET",):
            yield method, path or "/"
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        yield from routes(inner or [], path.rstrip("/"))


def test_no_route_is_open_but_the_log_in(whole: FastAPI) -> None:
    every = {(method, path.split("{")[0] + "x" * ("{" in path)) for method, path in routes(whole.routes)}
    assert {("POST", "/api/ask"), ("GET", "/config"), ("GET", "/theme.css")} <= every
    every |= {("POST", "/mcp"), ("GET", "/view/lookup"), ("POST", "/gradio_api/queue/join"), ("GET", "/gradio_api/file=/etc/passwd")}
    assert len(every) > 30
    outside = client(whole)
    let_in = {(method, path) for method, path in every if outside.request(method, path).status_code not in (303, 401)}
    assert let_in <= {("GET", "/login"), ("POST", "/login"), ("POST", "/logout")}


@pytest.mark.parametrize("path", "//login /login/ /Login /login/../config /static/../config /%6cogin/x /login;x /x/login".split())
def test_no_spelling_of_the_log_in_opens_another_route(whole: FastAPI, path: str) -> None:
    assert client(whole).get(path).status_code in (303, 401)


def test_no_websocket_is_opened_without_a_log_in(whole: FastAPI) -> None:
    with pytest.raises(WebSocketDenialResponse) as refused, client(whole).websocket_connect("/gradio_api/stream/x"):
        pass
    assert refused.value.status_code == 401


def test_a_log_in_opens_everything_and_a_log_out_closes_it(whole: FastAPI, people: Store) -> None:
    browser = client(whole)
    sent = browser.get("/")
    assert (sent.status_code, sent.headers["location"]) == (303, "/login")
    asked = browser.get("/login")
    assert asked.status_code == 200
    assert "frame-ancestors 'none'" in asked.headers["content-security-policy"]
    entered = browser.post("/login", data={"name": " ANN ", "password": PASSWORD})
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/"))
    ann = people.people.named("ann")
    assert ann
    assert browser.get("/config").status_code == 200
    assert browser.get("/codecite/page.css").status_code == 200
    assert browser.post("/api/sources", json={}).status_code == 200
    assert browser.get("/gradio_api/user").json() == ann.id
    held = browser.cookies[COOKIE]
    assert browser.post("/logout").headers["location"] == "/login"
    browser.cookies.set(COOKIE, held)
    assert browser.get("/config").status_code == 401


def test_a_token_opens_what_programs_ask_and_nothing_else(whole: FastAPI, people: Store) -> None:
    old, new = people.people.token("ann"), people.people.token("ann")
    program = client(whole)
    tried = {token: program.post("/api/sources", json={}, headers={"Authorization": f"Bearer {token}"}).status_code for token in (old, new)}
    assert tried == {old: 401, new: 200}
    assert program.post("/api/sources", json={}).headers["www-authenticate"] == "Bearer"
    bearer = {"Authorization": f"Bearer {new}"}
    assert [program.get(path, headers=bearer).status_code for path in ("/", "/config", "/view/lookup")] == [303, 401, 401]
    with people.people._database.reading() as session:
        row = session.query(UserRow).filter(UserRow.name == "ann").one()
        assert new not in (row.token or "")


def small(store: Store, **site: Any) -> FastAPI:
    """The doors before one route that tells who is there."""

    async def there(request: Request) -> JSONResponse:
        return JSONResponse({"id": request.state.user.id, "name": request.state.user.name})

    here = Site(**site)
    app = FastAPI()
    app.include_router(door(here, store))
    app.add_route("/{rest:path}", there, ["GET", "POST"])
    app.add_middleware(Guard, site=here, store=store)
    return app


@pytest.fixture
def staffed(home: Path) -> Iterator[Store]:
    store = Store.open(home)
    store.people.add("ann", "coder", PASSWORD)
    store.people.add("bob", "reader")
    yield store
    store.close()


def test_on_this_machines_own_address_whoever_sits_here_is_let_in(staffed: Store) -> None:
    assert client(small(staffed), NEAR).get("/").json() == {"id": LOCAL, "name": "local"}
    assert client(small(staffed, login=True), NEAR).get("/").status_code == 303
    assert client(small(staffed, host="::1"), NEAR).get("/").status_code == 200
    for elsewhere in ("0.0.0.0", "::", "192.168.1.5", "codes.example.org"):
        assert client(small(staffed, host=elsewhere), NEAR).get("/").status_code == 303


WRONG = [("ann", "wrong"), ("ann", ""), ("nobody", PASSWORD), ("local", ""), ("bob", ""), ("\x00\ufffd", "x")]


@pytest.mark.parametrize(("name", "password"), WRONG)
def test_a_wrong_name_or_password_lets_nobody_in_and_says_not_which(staffed: Store, name: str, password: str) -> None:
    browser = client(small(staffed, login=True))
    refused = browser.post("/login", data={"name": name, "password": password})
    assert refused.status_code == 403
    assert "Name or password is wrong." in refused.text
    assert COOKIE not in browser.cookies


def test_guessing_is_slowed_by_name_and_by_address(staffed: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "BY_NAME", 3)
    monkeypatch.setattr(login, "BY_ADDRESS", 6)
    app = small(staffed, login=True)
    for at in range(3):
        assert client(app, (f"10.0.0.{at}", 1)).post("/login", data={"name": "ann", "password": "x"}).status_code == 403
    slowed = client(app).post("/login", data={"name": "ann", "password": PASSWORD})
    assert slowed.status_code == 429
    assert 0 < int(slowed.headers["retry-after"]) <= 900
    for at in range(5):
        client(app).post("/login", data={"name": f"guess{at}", "password": ""})
    assert client(app).post("/login", data={"name": "bob", "password": "x"}).status_code == 429
    assert client(app, ("10.9.9.9", 1)).post("/login", data={"name": "bob", "password": "x"}).status_code == 403


def test_attempts_are_forgotten_after_the_window_and_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [0.0]
    monkeypatch.setattr(login, "monotonic", lambda: moment[0])
    attempts = Attempts(2, 10.0)
    assert [attempts.wait("a"), attempts.wait("a"), attempts.wait("a"), attempts.wait("b")] == [0, 0, 10, 0]
    moment[0] = 10.0
    assert attempts.wait("a") == 0
    for name in range(login.REMEMBERED + 10):
        attempts.wait(str(name))
    assert len(attempts._made) == login.REMEMBERED


def test_an_unknown_name_takes_as_long_as_a_wrong_password(staffed: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    costly = PasswordHasher(time_cost=20, memory_cost=1024, parallelism=1)
    monkeypatch.setattr(store_people, "_hasher", lambda: costly)
    monkeypatch.setattr(store_people, "_nobodys", cache(lambda: costly.hash("nobody's")))
    staffed.people.set_password("ann", PASSWORD)

    def taken(name: str) -> float:
        began = time.process_time()
        assert staffed.people.check(name, "wrong password") is None
        return time.process_time() - began

    taken("ann")
    spent = {name: median(taken(name) for _ in range(5)) for name in ("ann", "nobody", "bob")}
    assert max(spent.values()) < 4 * min(spent.values())  # without a hash it is a tenth


def test_a_session_ends_unused_old_and_with_its_password(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = store.people.add("ann", "coder", PASSWORD)
    secret = store.sessions.begin(ann.id)
    began = datetime.now(UTC)

    def at(later: timedelta) -> bool:
        monkeypatch.setattr(sessions, "now", lambda: began + later)
        return store.sessions.user(secret) == ann

    assert at(timedelta())
    assert not at(sessions.IDLE + timedelta(minutes=1))
    used = [at(sessions.IDLE * 0.9 * step) for step in range(1, 40)]
    assert used.index(False) == sum(used)  # once ended, it stays so
    assert sessions.LONGEST - sessions.IDLE < sessions.IDLE * 0.9 * (sum(used) + 1) <= sessions.LONGEST + sessions.IDLE
    monkeypatch.undo()
    other = store.sessions.begin(ann.id)
    store.people.set_password("ann", "another long password")
    assert store.sessions.user(other) is None
    third = store.sessions.begin(ann.id)
    store.people.remove("ann")
    assert store.sessions.user(third) is None


def test_what_the_store_keeps_of_secrets_is_of_no_use(store: Store) -> None:
    ann = store.people.add("ann", "coder", PASSWORD)
    secret, token = store.sessions.begin(ann.id), store.people.token("ann")
    with store.people._database.reading() as session:
        kept = [str(vars(row)) for table in (SessionRow, UserRow) for row in session.query(table)]
    assert not [words for words in (secret, token, PASSWORD) if any(words in row for row in kept)]
    assert any("$argon2id$" in row for row in kept)


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 1025])
def test_a_password_too_short_or_too_long_is_refused(staffed: Store, password: str) -> None:
    with pytest.raises(StoreError, match="12 to 1,024"):
        staffed.people.add("eve", "coder", password)
    with pytest.raises(StoreError, match="12 to 1,024"):
        staffed.people.set_password("ann", password)


FOREIGN = [
    ({}, False),
    ({"sec-fetch-site": "same-origin"}, False),
    ({"sec-fetch-site": "none"}, False),
    ({"sec-fetch-site": "cross-site"}, True),
    ({"sec-fetch-site": "same-site"}, True),
    ({"sec-fetch-site": "cross-site", "origin": "http://codes.example"}, True),
    ({"host": "codes.example", "origin": "http://codes.example"}, False),
    ({"host": "codes.example:7860", "origin": "http://codes.example"}, True),
    ({"host": "codes.example", "origin": "http://evil.example"}, True),
    ({"host": "codes.example", "origin": "null"}, True),
    ({"host": "codes.example", "origin": "http://["}, True),
    ({"host": "Codes.Example", "origin": "http://codes.example"}, False),
]


@pytest.mark.parametrize(("headers", "expected"), FOREIGN)
def test_a_request_of_another_sites_page_is_told_apart(headers: dict[str, str], expected: bool) -> None:
    assert foreign(Headers(headers)) is expected


@pytest.mark.parametrize("site", [{}, {"login": True}])
def test_another_sites_page_changes_nothing_through_a_persons_browser(staffed: Store, site: dict[str, Any]) -> None:
    browser = client(small(staffed, **site), NEAR)
    browser.post("/login", data={"name": "ann", "password": PASSWORD})
    evil = {"origin": "https://evil.example"}
    assert [browser.post(path, headers=evil).status_code for path in ("/", "/login", "/logout", "/x")] == [403] * 4
    basic = evil | {"authorization": "Basic YW5uOnNlY3JldA=="}  # what a browser adds by itself, unlike a token
    assert browser.post("/", headers=basic).status_code == 403
    assert browser.get("/").status_code == 200


PROXIED = [  # the peer, the headers it sends, who is there
    (NEAR, [("X-User", "bob")], "bob"),
    (NEAR, [("x-user", "BOB")], "bob"),
    (NEAR, [("X-User", "nobody")], None),
    (NEAR, [("X-User", "local")], None),
    (NEAR, [("X-User", "")], None),
    (NEAR, [("X-User", "bob"), ("X-User", "ann")], None),
    (NEAR, [], None),
    (FAR, [("X-User", "bob")], None),
    (FAR, [("X-User", "bob"), ("X-Forwarded-For", "127.0.0.1")], None),
    (("not an address", 1), [("X-User", "bob")], None),
]


@pytest.mark.parametrize(("peer", "headers", "who"), PROXIED)
def test_a_proxys_word_is_believed_from_its_address_alone(
    staffed: Store, peer: tuple[str, int], headers: list[tuple[str, str]], who: str | None
) -> None:
    reply = client(small(staffed, header="X-User"), peer).get("/", headers=headers)
    assert (reply.json()["name"] if reply.status_code == 200 else None) == who


def test_a_proxy_elsewhere_is_believed_when_its_network_is_named(staffed: Store) -> None:
    app = small(staffed, header="X-User", proxies=("10.1.0.0/16",))
    assert client(app, FAR).get("/", headers={"X-User": "bob"}).status_code == 200
    assert client(app, NEAR).get("/", headers={"X-User": "bob"}).status_code == 303


@pytest.mark.parametrize(
    ("next", "goes"),
    [
        ("/", "/"),
        ("/view/lookup", "/view/lookup"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ('/"><script>', '/"><script>'),
        ("", "/"),
    ],
)
def test_after_the_log_in_one_lands_on_this_site(staffed: Store, next: str, goes: str) -> None:
    browser = client(small(staffed, login=True, root="/codes"))
    entered = browser.post("/login", data={"name": "ann", "password": PASSWORD, "next": next})
    assert httpx.URL(entered.headers["location"]).path == f"/codes{goes}"
    assert "<script>" not in browser.get("/login", params={"next": next}).text


FORMS: list[tuple[dict[str, Any], int]] = [
    ({"content": b"x" * 9000}, 413),
    ({"content": b"a=1&" * 20}, 400),
    ({"content": b"name=\xff"}, 400),
    ({"content": b""}, 403),
    ({"json": {"name": "ann"}}, 403),
]


@pytest.mark.parametrize(("sent", "status"), FORMS)
def test_what_is_no_form_is_refused(staffed: Store, sent: dict[str, Any], status: int) -> None:
    assert client(small(staffed, login=True)).post("/login", **sent).status_code == status


def test_a_guest_asks_so_many_questions_a_day_and_no_program_asks_for_them(staffed: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    app = small(staffed, login=True, guests=2)
    browser = client(app)
    assert "2 questions a day" in browser.get("/login").text
    assert browser.post("/guest").status_code == 303
    guest = browser.get("/").json()
    assert guest["name"].startswith("guest-")
    assert browser.get("/api/x").status_code == browser.get("/mcp").status_code == 401
    first = staffed.conversations.ask(guest["id"], "what is 90001?")
    staffed.conversations.ask(guest["id"], "and then?", first.conversation_id)
    staffed.conversations.delete(guest["id"], first.conversation_id)
    with pytest.raises(Enough, match="2 questions"):
        staffed.conversations.ask(guest["id"], "one more?")
    monkeypatch.setattr(store_people, "now", lambda: datetime.now(UTC) + timedelta(days=1))
    staffed.conversations.ask(guest["id"], "one more?")
    assert [user.name for user in staffed.people.all()] == ["ann", "bob"]


def test_guests_are_let_in_only_where_the_owner_wants_them_and_few_from_an_address(staffed: Store) -> None:
    assert client(small(staffed, login=True)).post("/guest").status_code == 401
    app = small(staffed, login=True, guests=2)
    assert [client(app).post("/guest").status_code for _ in range(4)] == [303, 303, 303, 429]
    let_in = client(app, ("10.2.2.2", 1))
    let_in.post("/guest")
    shut = client(small(staffed, login=True), cookies={COOKIE: let_in.cookies[COOKIE]})
    assert shut.get("/").status_code == 303


def test_a_guest_goes_with_the_session(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    guest, ann = store.people.guest(2), store.people.add("ann", "coder", PASSWORD)
    store.sessions.begin(guest.id)
    store.conversations.ask(guest.id, "what is 90001?")
    monkeypatch.setattr(sessions, "now", lambda: datetime.now(UTC) + sessions.IDLE + timedelta(minutes=1))
    store.sessions.begin(ann.id)
    with pytest.raises(Missing):
        store.conversations.ask(guest.id, "still there?")
    assert [user.name for user in store.people.all()] == ["ann"]


def test_each_role_has_what_the_one_before_it_has() -> None:
    assert set(RIGHTS) == {"guest", *ROLES}
    assert RIGHTS["guest"] == frozenset()
    assert all(RIGHTS[less] < RIGHTS[more] for less, more in pairwise(ROLES))
    assert "people" in RIGHTS["admin"] - RIGHTS["librarian"]


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The commands for users over a home, with what is typed."""
    monkeypatch.setenv("CODECITE_HOME", str(home))
    return lambda *words, typed=PASSWORD: CliRunner().invoke(cli.app, ["user", *words], input=f"{typed}\n")


def test_people_are_managed_from_the_command_line(run: Run, home: Path) -> None:
    assert run("add", "Ann", "--role", "librarian").exit_code == 0
    assert run("add", "bob", "--no-password").exit_code == 0
    listed = json.loads(run("list", "--json").stdout)["users"]
    assert [(user["name"], user["role"]) for user in listed] == [("ann", "librarian"), ("bob", "coder")]
    assert "librarian" in run("list").stdout
    token = run("token", "ann").stdout.strip()
    assert run("password", "bob", typed="another long one").exit_code == 0
    store = Store.open(home)
    ann = store.people.check("ann", PASSWORD)
    assert ann
    assert store.people.of_token(token) == ann
    assert ann.may("library")
    assert not ann.may("people")
    assert store.people.check("bob", "another long one")
    assert run("remove", "bob").exit_code == 0
    assert [user.name for user in store.people.all()] == ["ann"]
    store.close()


@pytest.mark.parametrize(
    ("words", "typed", "status", "told"),
    [
        (["add", "ann", "--role", "owner"], PASSWORD, 2, "reader, coder, librarian, admin"),
        (["add", "ann"], "short", 1, "12 to 1,024"),
        (["add", "a b"], PASSWORD, 1, "letters"),
        (["add", "local"], PASSWORD, 1, "already"),
        (["remove", "nobody"], "", 1, "no user nobody"),
        (["remove", "local"], "", 1, "no user local"),
        (["password", "nobody"], PASSWORD, 1, "no user nobody"),
        (["token", "nobody"], "", 1, "no user nobody"),
    ],
)
def test_what_cannot_be_done_is_one_line(run: Run, words: list[str], typed: str, status: int, told: str) -> None:
    ended = run(*words, typed=typed)
    assert ended.exit_code == status
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_somebody_can_come_in_by_password_token_or_proxy(store: Store) -> None:
    def can() -> tuple[bool, bool]:
        return store.people.anybody(by_proxy=False), store.people.anybody(by_proxy=True)

    assert can() == (False, False)
    store.people.add("bob")
    assert can() == (False, True)
    store.people.token("bob")
    assert can() == (True, True)
    store.people.remove("bob")
    store.people.add("ann", "coder", PASSWORD)
    assert can() == (True, True)


def test_a_user_removed_is_no_more(staffed: Store) -> None:
    staffed.people.remove("bob")
    with pytest.raises(Missing):
        staffed.people.token("bob")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1)
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths[1].write_bytes(key.private_bytes(*private))
    return paths


@pytest.mark.slow
def test_a_page_served_over_tls_below_a_path_logs_in_and_answers(program: dict[str, str], tmp_path: Path) -> None:
    made = {"CODECITE_STORE": f"sqlite:///{tmp_path / 'store.sqlite'}"}
    store = Store.open(tmp_path)
    store.people.add("ann", "coder", PASSWORD)
    token = store.people.token("ann")
    store.close()
    cert, key = map(str, certificate(tmp_path))
    words = ("--login", "--root-path", "/codes", "--tls-cert", cert, "--tls-key", key)
    with served(program | made, *words, scheme="https") as address, httpx.Client(base_url=address, verify=False, timeout=30) as browser:
        assert browser.get("/").headers["location"] == "/codes/login"
        entered = browser.post("/login", data={"name": "ann", "password": PASSWORD}, headers={"origin": address})
        assert entered.headers["location"] == "/codes/"
        cookie = entered.headers["set-cookie"]
        assert "Secure" in cookie
        assert "Path=/codes" in cookie
        held = {"cookie": cookie.split(";")[0]}
        assert browser.get("/config", headers=held).json()["root"] == f"{address}/codes"
        assert browser.get("/codecite/page.css", headers=held).status_code == 200
        asked = {"json": {"question": "what is CPT 90001?"}, "headers": {"Authorization": f"Bearer {token}"}}
        assert browser.post("/api/ask", **asked).json()["status"] == "answered"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--host", "0.0.0.0"], "codecite user add"),
        (["--login"], "codecite user add"),
        (["--user-header", "X-User"], "codecite user add"),
        (["--tls-cert", "CERT"], "--tls-key"),
        (["--tls-cert", "CERT", "--tls-key", "CERT"], "cannot be used"),
        (["--root-path", "no slash"], "/codecite"),
        (["--user-header", "X User"], "header"),
        (["--trusted-proxy", "everybody"], "address"),
    ],
)
def test_a_page_nobody_could_enter_or_that_is_set_wrongly_is_not_served(
    words: list[str], told: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    (home / "CERT").write_text("no certificate", encoding="utf-8")
    monkeypatch.setenv("CODECITE_HOME", str(home))
    ended = CliRunner().invoke(cli.app, ["chat", "--port", "1", *(str(home / word) if word == "CERT" else word for word in words)])
    assert ended.exit_code in (1, 2)
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
