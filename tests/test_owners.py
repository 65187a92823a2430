"""What is a person's is not found by anybody else, whatever ids they know, at every route there is."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient
from test_login import routes

from assistant import chat, records
from assistant.store import Missing, Store
from assistant.web.doors import Site
from assistant.web.server import application
from assistant.web.tabs import _USED
from index.library import Library

pytestmark = pytest.mark.usefixtures("quick_hashes")
PASSWORD = "correct horse battery"
OWN = {"conversation", "turn", "job_id", "token", "session_hash"}  # ids of what is one person's
SHARED = {  # what names something of the library, of the program or of the request itself
    *("passage_id", "source_id", "digest", "number", "width", "system", "code", "on", "kind", "name", "search", "before", "after"),
    *("quote", "page", "at", "place", "q", "with", "setting", "locality", "state", "next", "path", "size", "key", "deep_link"),
    "all_session",
}
ROUTES = """
GET /chats/{conversation}/export.{kind}
POST /chats/{conversation}/title {"text": "mine"}
GET /answer/{turn}
GET /answer/{turn}/chat
GET /answer/{turn}/export.{kind}
POST /answer/{turn}/star {"on": true}
POST /answer/{turn}/note {"text": "mine"}
GET /job/{job_id}
GET /job/{job_id}/file
POST /job/{job_id}/stop
PUT /library/uploads/{token}/file
POST /library/uploads/{token}/read
GET /library/uploads/{token}
POST /library/uploads/{token}/add
POST /library/uploads/{token}/drop
GET /gradio_api/queue/data
GET /gradio_api/heartbeat/{session_hash}
POST /gradio_api/queue/join {"data": [], "fn_index": 0, "session_hash": "SESSION"}
POST /gradio_api/run/{api_name} {"data": [], "fn_index": 0, "session_hash": "SESSION"}
POST /gradio_api/cancel {"event_id": "1", "fn_index": 0, "session_hash": "SESSION"}
POST /chats/{conversation}/delete
""".strip().splitlines()
Named = dict[str, str]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.open(tmp_path_factory.mktemp("owners"))
    for name in ("ann", "leo"):
        store.people.add(name, "admin", PASSWORD)
    return store


@pytest.fixture(scope="module")
def whole(store: Store, small_library: Library) -> FastAPI:
    return application(small_library, store, Site(host="0.0.0.0", guests=9), print)


@pytest.fixture(scope="module")
def people(whole: FastAPI) -> dict[str, TestClient]:
    """Ann, whose everything is; another who may do all that she may; a guest; and somebody outside."""
    made = {
        name: TestClient(whole, follow_redirects=False, client=("10.1.1.1", 5000), base_url="https://testserver", cookies={})
        for name in ("ann", "leo", "guest", "nobody")
    }
    for name in ("ann", "leo"):
        assert made[name].post("/login", data={"name": name, "password": PASSWORD}).status_code == 303
    assert made["guest"].post("/guest").status_code == 303
    return made


@pytest.fixture(scope="module")
def anns(people: dict[str, TestClient], store: Store, small_library: Library) -> Named:
    """The ids of an answer, a job with a file, an upload and an open tab of Ann's."""
    ann = people["ann"]
    owner = next(user.id for user in store.people.all() if user.name == "ann")
    exchange = store.conversations.ask(owner, "what is CPT 90001?")
    answer = chat.ask("what is CPT 90001?", small_library)
    store.conversations.answered(owner, exchange.id, answer, records.recorded(answer, small_library))
    shown = ann.post("/view/claim/batch?name=a.csv", content=b"claim,code,units\n1,90001,1\n").text
    job = shown.split('data-job="')[1].split('"')[0]
    while 'data-state="running"' in ann.get(f"/view/job/{job}").text:
        pass
    token = str(ann.post("/view/library/uploads").json()["id"])
    tab = "anns0tab"
    ann.post("/gradio_api/queue/join", json={"data": [], "session_hash": tab})
    return {"conversation": exchange.conversation_id, "turn": exchange.id, "job_id": job, "token": token, "session_hash": tab}


def sent(client: TestClient, route: str, named: Named) -> Any:
    method, path, *body = route.split(" ", 2)
    for name, value in {**named, "kind": "md", "api_name": "predict"}.items():
        path = path.replace(f"{{{name}}}", value)
    told = json.loads(body[0].replace("SESSION", named["session_hash"])) if body else None
    address = path if path.startswith("/gradio_api") else f"/view{path}"
    return client.request(method, address, json=told, params={"session_hash": named["session_hash"]} if path.endswith("data") else None)


def test_every_route_that_takes_an_id_is_tried_here(whole: FastAPI) -> None:
    tried, unknown = {" ".join(route.split(" ")[:2]) for route in ROUTES}, set()
    for method, path, names in parameters(whole.routes):
        used = not path.startswith("/gradio_api/") or _USED.fullmatch(path.removeprefix("/gradio_api/").replace("{api_name}", "predict"))
        if used:
            unknown |= names - OWN - SHARED - ({"api_name"} if "/run/" in path else set())
            assert not names & OWN or f"{method} {path}" in tried, f"{method} {path} takes {names & OWN}: add it to ROUTES"
    assert unknown == set(), "say whether these are ids of what is one person's"


def parameters(found: Any, above: str = "") -> Iterator[tuple[str, str, set[str]]]:
    """Every route of an application with what it takes in its path and its query."""
    for route in found:
        path = above + getattr(route, "path", "")
        if isinstance(route, APIRoute):
            names = {field.alias for field in (*route.dependant.path_params, *route.dependant.query_params)}
            yield from ((method, path, names) for method in route.methods)
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        yield from parameters(inner or [], path.rstrip("/"))


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_anns_is_found_by_nobody_else(people: dict[str, TestClient], anns: Named, route: str) -> None:
    replies = {name: sent(people[name], route, anns) for name in ("leo", "guest", "nobody")}
    uploads = "/library/" in route  # which a guest may not do at all
    assert {name: reply.status_code for name, reply in replies.items()} == {"leo": 404, "guest": 403 if uploads else 404, "nobody": 401}
    if "/gradio_api/" not in route:  # where one that never was is a new tab
        unknown = sent(people["leo"], route, dict.fromkeys(anns, "never-was"))
        assert replies["leo"].text == unknown.text  # nobody learns that there is such a thing
    assert not any("90001" in reply.text for reply in replies.values())


@pytest.mark.parametrize("route", [route for route in ROUTES if "/gradio_api/" not in route])
def test_ann_finds_what_is_hers(people: dict[str, TestClient], anns: Named, route: str) -> None:
    if "/uploads/{token}" in route:
        anns = anns | {"token": str(people["ann"].post("/view/library/uploads").json()["id"])}
    assert sent(people["ann"], route, anns).status_code in (200, 204, 422)


def test_what_the_page_does_not_use_of_gradio_is_not_there(people: dict[str, TestClient], whole: FastAPI) -> None:
    every = {(method, path.split("{")[0]) for method, path in routes(whole.routes) if path.startswith("/gradio_api/")}
    unused = {(method, path) for method, path in every if not _USED.match(path.removeprefix("/gradio_api/").rstrip("/"))}
    assert {("POST", "/gradio_api/upload"), ("GET", "/gradio_api/deep_link"), ("GET", "/gradio_api/run-history/records")} <= unused
    assert {people["ann"].request(method, path).status_code for method, path in unused} == {404}


def test_the_record_of_an_answer_is_of_the_user_whose_token_asked(people: dict[str, TestClient], store: Store) -> None:
    ann, leo = (next(user.id for user in store.people.all() if user.name == name) for name in ("ann", "leo"))
    bearer = {"Authorization": f"Bearer {store.people.token('ann')}"}
    record = people["nobody"].post("/api/ask", json={"question": "what is CPT 90001?"}, headers=bearer).json()["record"]
    assert store.records.of(ann, record).record.question == "what is CPT 90001?"
    with pytest.raises(Missing):
        store.records.of(leo, record)


@pytest.mark.parametrize("path", ["/api/ask", "/api/sources", "/mcp"])
@pytest.mark.parametrize("name", ["guest", "nobody"])
def test_programs_need_a_user(people: dict[str, TestClient], path: str, name: str) -> None:
    assert people[name].post(path, json={"question": "what is CPT 90001?"}).status_code == 401
