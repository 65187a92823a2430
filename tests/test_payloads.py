"""Whatever is written into a field of the page is shown as text: fifty payloads in every field of desks, look-up and log-in."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from browser import chromium
from conftest import open_library, write_corpus
from playwright.sync_api import expect
from starlette.testclient import TestClient
from test_librarydesk import Desk
from test_render import PAYLOADS, Shape

from assistant.store import Store
from assistant.web.doors import Site
from assistant.web.pieces import rendered
from assistant.web.server import application
from index.library import Library

pytestmark = pytest.mark.usefixtures("quick_hashes")
ABOUT = ("date", "place", "setting", "payer", "age", "sex", "diagnoses")
CELLS = ("code", "units", "modifiers", "diagnoses")
BAD = {"script", "img", "svg", "iframe", "object", "embed", "style", "base", "video", "math", "audio", "meta"}
GUIDE = "# Guide for {}\n\nAetna and {} decide about test fever.\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A made-up library of its own, to which hostile files are added."""
    folder = tmp_path_factory.mktemp("payloads")
    (folder / "in").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        made = open_library(folder / "home", patch)
        for path in write_corpus(folder / "in"):
            assert made.add(path).status == "added"
        yield made


@pytest.fixture(scope="module")
def page(library: Library) -> Desk:
    return Desk(application(library, Store.open(library.home), Site(), print), base_url="http://localhost")


@pytest.fixture(scope="module")
def door(library: Library) -> TestClient:
    app = application(library, Store.open(library.home), Site(host="0.0.0.0"), print)
    return TestClient(app, follow_redirects=False, client=("10.1.1.1", 5000), base_url="https://testserver")


def harmless(markup: str, payload: str, head: bool = False) -> Shape:
    """The shape of what is shown, once nothing in it can run."""
    shape = Shape(markup)
    assert not {tag for tag, _ in shape.tags} & (BAD - {"meta", "style"} if head else BAD), payload
    attributes = [(name, value or "") for _, attrs in shape.tags for name, value in attrs]
    assert not [name for name, _ in attributes if name.startswith("on")], payload
    assert not [value for name, value in attributes if name in ("href", "src", "action") and ":" in value.split("/")[0]], payload
    return shape


def test_no_payload_in_a_field_of_a_claim_runs(page: Desk) -> None:
    for payload in PAYLOADS:
        for fields in (dict.fromkeys((*ABOUT, *(f"line.{name}" for name in CELLS)), payload), {"line.code": payload}):
            for to in ("check", "findings.md", "findings.csv"):
                reply = page.post(f"/view/claim/{to}", content=urlencode(fields))
                harmless(reply.text, payload)
                assert reply.status_code in (200, 422)


def test_no_payload_in_a_file_of_claims_runs(page: Desk) -> None:
    cells = ['"' + payload.replace('"', '""').replace("\n", " ") + '"' for payload in PAYLOADS]
    rows = "".join(f"{cell},{cell},1,{cell}\n" for cell in cells)
    shown = page.ended(page.post("/view/claim/batch", params={"name": PAYLOADS[0]}, content=f"claim,code,units,dx\n{rows}".encode()))
    assert harmless(shown, "all").text.count("claim ") >= len(PAYLOADS)


@pytest.mark.parametrize("at", range(0, len(PAYLOADS), 10))
def test_no_payload_in_a_file_its_name_or_what_is_stated_of_it_runs(page: Desk, library: Library, at: int) -> None:
    some = PAYLOADS[at : at + 10]
    files = {f"{payload}.md": GUIDE.format(payload, payload).encode() for payload in some}
    token, form = page.looked_at(files)
    harmless(form, str(some))
    told = {f"{number}.{name}": payload for number, payload in enumerate(some) for name in ("title", "payer", "state")}
    ticked = {f"{number}.take": "yes" for number in range(len(files))}
    reply = page.post(f"/view/library/uploads/{token}/add", data=told | ticked)
    shown = reply.text if "data-job" not in reply.text else page.ended(reply)
    harmless(shown, str(some))
    page.post(f"/view/library/uploads/{token}/drop")


def test_no_payload_that_was_taken_in_as_a_title_runs(page: Desk) -> None:
    token, _ = page.looked_at({f"{at}.md": GUIDE.format(at, at).encode() for at in range(len(PAYLOADS))})
    told = {f"f{at}_title": payload for at, payload in enumerate(PAYLOADS)}
    page.added(token, **told, **{f"f{at}_take": "yes" for at in range(len(PAYLOADS))})
    shape = harmless(page.get("/view/library/table").text, "all")
    assert "alert(1)" in shape.text
    harmless(page.get("/view/lookup/results", params={"q": "test fever"}).text, "all")


def test_no_payload_in_the_look_up_box_or_the_address_of_a_code_runs(page: Desk) -> None:
    for payload in PAYLOADS:
        replies = [page.get("/view/lookup/results", params={name: payload, **more}) for name, more in (("q", {}), ("on", {"q": "90001"}))]
        replies += [page.get("/view/lookup/results", params={"q": "90001", "system": payload})]
        replies += [page.get("/view/compare", params={"code": [f"CPT/{payload}", payload]})]
        replies += [page.get("/view/code/CPT/90001", params={"on": payload})]
        for reply in replies:
            harmless(reply.text, payload)
            assert reply.status_code in (200, 404, 422)


def test_no_payload_at_the_log_in_runs(door: TestClient) -> None:
    for payload in PAYLOADS[:25]:  # thirty attempts of an address are heard
        reply = door.post("/login", data={"name": payload, "password": "no such password", "next": payload})
        assert reply.status_code in (403, 429)
        harmless(reply.text, payload, head=True)
    for payload in PAYLOADS:
        harmless(door.get("/login", params={"next": payload}).text, payload, head=True)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_name_of_a_user_runs(library: Library, payload: str) -> None:
    store = Store.open(library.home)
    ann = store.people.local()
    object.__setattr__(ann, "name", payload)  # a store written by others; ours takes no such name
    assert payload.split()[0][:5] in harmless(bytes(rendered("who.html", user=ann, local="").body).decode(), payload).text
    store.close()


@pytest.mark.slow
def test_a_browser_shows_every_payload_as_text(page: Desk, library: Library) -> None:
    told = [page.post("/view/claim/check", content=urlencode({"line.code": payload, "payer": payload})).text for payload in PAYLOADS]
    told += [page.get("/view/lookup/results", params={"q": payload}).text for payload in PAYLOADS]
    with chromium() as browser:
        shown = browser.new_page()
        shown.on("dialog", lambda dialog: pytest.fail(f"it ran: {dialog.message}"))
        asked: list[str] = []
        shown.on("request", lambda request: asked.append(request.url))
        shown.set_content(f"<main>{''.join(told)}</main>", wait_until="load")
        shown.evaluate(
            "document.querySelectorAll('*').forEach((one) => { one.focus?.(); one.dispatchEvent(new MouseEvent('mouseover')); })"
        )
        expect(shown.locator("main")).to_contain_text("<script>alert(1)</script>")
        assert asked == []
