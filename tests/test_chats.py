"""The views of chats and answers: each person sees their own, whatever ids are guessed, and nothing hostile gets through."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from test_render import PAYLOADS, Shape

from assistant import chat, records
from assistant.store import Store
from assistant.web.doors import Site
from assistant.web.server import application
from index.library import Library

pytestmark = pytest.mark.usefixtures("quick_hashes")
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.open(Path(tmp_path_factory.mktemp("chats")))
    for name, role in (("ann", "coder"), ("bob", "reader"), ("lia", "librarian")):
        store.people.add(name, role, PASSWORD)  # type: ignore[arg-type]
    return store


@pytest.fixture(scope="module")
def clients(store: Store, small_library: Library) -> dict[str, TestClient]:
    app = application(small_library, store, Site(host="0.0.0.0"), print)
    made = {}
    for name in ("ann", "bob", "lia"):
        made[name] = TestClient(app, follow_redirects=False, client=("10.1.1.1", 5000), base_url="https://testserver")
        assert made[name].post("/login", data={"name": name, "password": PASSWORD}).status_code == 303
    return made


@pytest.fixture(scope="module")
def kept(store: Store, small_library: Library) -> dict[str, str]:
    """A chat of Ann's with one answer, and ids of hers."""
    ann = next(user.id for user in store.people.all() if user.name == "ann")
    exchange = store.conversations.ask(ann, "what is CPT 90001?")
    answer = chat.ask("what is CPT 90001?", small_library)
    store.conversations.answered(ann, exchange.id, answer, records.recorded(answer, small_library))
    return {"chat": exchange.conversation_id, "turn": exchange.id}


ROUTES = """
GET /view/answer/{turn}
GET /view/answer/{turn}/chat
GET /view/answer/{turn}/export.md
GET /view/answer/{turn}/export.docx
GET /view/answer/{turn}/export.pdf
GET /view/chats/{chat}/export.md
POST /view/answer/{turn}/star {"on": true}
POST /view/answer/{turn}/note {"text": "mine"}
POST /view/chats/{chat}/title {"text": "mine"}
""".strip().splitlines()


def sent(client: TestClient, route: str, kept: dict[str, str], **more: Any) -> Any:
    method, path, *body = route.split(" ", 2)
    told = json.loads(body[0]) if body else None
    address = path.replace("{turn}", kept["turn"]).replace("{chat}", kept["chat"])
    return client.request(method, address, json=told, **more)


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_anns_is_hers_alone(clients: dict[str, TestClient], kept: dict[str, str], route: str) -> None:
    assert sent(clients["ann"], route, kept).status_code in (200, 204)
    others = [sent(clients[name], route, kept) for name in ("bob", "lia")]
    assert [reply.status_code for reply in others] == [404, 404]
    assert not any("90001" in reply.text for reply in others)


def test_a_list_of_chats_holds_ones_own(clients: dict[str, TestClient], kept: dict[str, str]) -> None:
    assert kept["chat"] in clients["ann"].get("/view/chats").text
    assert kept["chat"] not in clients["bob"].get("/view/chats").text
    assert kept["chat"] not in clients["ann"].get("/view/chats", params={"search": "no such words"}).text


@pytest.mark.parametrize("route", [route for route in ROUTES if route.startswith("POST")])
def test_another_sites_page_changes_nothing(clients: dict[str, TestClient], kept: dict[str, str], route: str) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert sent(clients["ann"], route, kept, headers=headers).status_code == 403


def test_the_review_is_for_those_who_may_see_it(clients: dict[str, TestClient], store: Store, kept: dict[str, str]) -> None:
    ann = next(user.id for user in store.people.all() if user.name == "ann")
    store.judgements.judge(ann, kept["turn"], False, "Out of date")
    seen = {name: client.get("/view/review").status_code for name, client in clients.items()}
    assert seen == {"ann": 403, "bob": 403, "lia": 200}
    assert "Out of date" in clients["lia"].get("/view/review").text
    assert clients["lia"].get("/view/review/questions.jsonl").text.count("\n") == 1
    assert clients["ann"].get("/view/review/questions.jsonl").status_code == 403


def test_marks_on_a_code_are_ones_own(clients: dict[str, TestClient]) -> None:
    assert clients["ann"].post("/view/own/CPT/90001/favourite", json={"on": True}).status_code == 204
    assert clients["ann"].post("/view/own/CPT/90001/note", json={"text": "see memo 7"}).status_code == 204
    assert "see memo 7" in clients["ann"].get("/view/own/CPT/90001").text
    assert "see memo 7" not in clients["bob"].get("/view/own/CPT/90001").text
    assert "Favourites" in clients["ann"].get("/view/own").text
    assert "Favourites" not in clients["bob"].get("/view/own").text


@pytest.mark.parametrize("path", ["/view/own/NOSUCH/90001", "/view/own/CPT/" + "9" * 50, "/view/answer/no-such", "/view/chats/x/export.md"])
def test_what_is_not_there_is_not_found(clients: dict[str, TestClient], path: str) -> None:
    assert clients["ann"].get(path).status_code in (404, 422)


@pytest.mark.parametrize("at", range(len(PAYLOADS)))
def test_titles_and_notes_are_shown_as_typed(clients: dict[str, TestClient], kept: dict[str, str], at: int) -> None:
    ann, payload = clients["ann"], PAYLOADS[at]
    assert ann.post(f"/view/chats/{kept['chat']}/title", json={"text": payload}).status_code == 204
    assert ann.post(f"/view/answer/{kept['turn']}/note", json={"text": payload}).status_code == 204
    for path in ("/view/chats", f"/view/answer/{kept['turn']}", "/view/kept"):
        shape = Shape(ann.get(path).text)
        assert not {tag for tag, _ in shape.tags} & {"script", "img", "svg", "iframe", "object", "input", "style", "base", "video"}, payload
        assert not [name for _, attrs in shape.tags for name, _ in attrs if name.startswith("on")], payload


def test_a_name_is_told_with_a_way_out(clients: dict[str, TestClient]) -> None:
    assert "ann" in clients["ann"].get("/view/who").text
    assert 'action="logout"' in clients["ann"].get("/view/who").text


def test_a_chat_that_is_deleted_is_gone(clients: dict[str, TestClient], store: Store) -> None:
    bob = next(user.id for user in store.people.all() if user.name == "bob")
    exchange = store.conversations.ask(bob, "what is J9901?")
    assert clients["ann"].post(f"/view/chats/{exchange.conversation_id}/delete").status_code == 404
    assert clients["bob"].post(f"/view/chats/{exchange.conversation_id}/delete").status_code == 204
    assert clients["bob"].get(f"/view/answer/{exchange.id}").status_code == 404
