"""Sources opened where they stand: over HTTP, and in a real browser from question to page and back."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from browser import chromium
from conftest import open_library, write_corpus
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Locator, Page, expect
from programs import environment, served
from test_pdf import made_pdf
from test_render import PAYLOADS, Shape

from assistant.web.sources import LONGEST, WIDTHS, sources
from corpus.model import Source
from index.library import Library

RULE = "Modifier 59 may be used for test fever when the laboratory was visited twice."
PAGES = [
    ["Rules of the test fever laboratory", "Nothing else is said on this first page of the rules."],
    ["The visits of a day are counted one by one.", RULE, "Every visit to the laboratory has a record of its own."],
    ["Modifier 59 is never used for laboratory fatigue."],
]
HOSTILE = '"><img src=x onerror=window.hacked=1>'


def written(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    write_corpus(folder)
    (folder / "rules of test fever.pdf").write_bytes(made_pdf(PAGES))
    return folder


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("viewer")
    with pytest.MonkeyPatch.context() as patch:
        held = open_library(folder / "home", patch)
        for path in sorted(written(folder / "in").iterdir()):
            assert held.add(path).status == "added", path
    return held


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(sources(library), prefix="/view")
    with TestClient(app) as started:  # one loop for all threads, as in a server
        yield started


def the_pdf(library: Library) -> Source:
    return next(source for source in library.sources if source.kind == "pdf")


def cited(library: Library, text: str = RULE) -> str:
    return next(str(row["id"]) for row in library.catalog.select("SELECT id FROM passages WHERE instr(text, ?)", (text,)))


def seen(client: TestClient, address: str) -> str:
    reply = client.get(address)
    assert reply.status_code == 200, reply.text
    return reply.text


def test_a_cited_page_is_shown_with_its_words_marked(client: TestClient, library: Library) -> None:
    shown = seen(client, f"/view/source/{cited(library)}?quote={quote(RULE)}")
    picture = re.search(r'src="([^"]+)"', shown)
    assert shown.count('class="box"') == 1
    assert f"<mark>{RULE}</mark>" in shown
    assert "Page 2 of 3 of rules of test fever" in shown
    assert picture is not None
    reply = client.get("/" + picture[1])
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert reply.content.startswith(b"\x89PNG")


def test_pages_are_turned_and_end_at_the_covers(client: TestClient, library: Library) -> None:
    address = f"/view/source/{cited(library)}?quote={quote(RULE)}"
    for page, ways in ((1, ["2"]), (2, ["1", "3"]), (3, ["2"])):
        shown = seen(client, f"{address}&page={page}")
        assert re.findall(r"data-to=\"[^\"]*page=(\d)", shown) == ways
        assert ('class="box"' in shown) == (page == 2)


def test_words_that_cannot_be_placed_are_marked_in_the_text_and_that_is_said(
    client: TestClient, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.pages.highlights", lambda *_: ())
    shown = seen(client, f"/view/source/{cited(library)}?quote={quote(RULE)}")
    assert 'class="box"' not in shown
    assert "cannot be placed exactly" in shown
    assert f"<mark>{RULE}</mark>" in shown
    assert '<details class="document" open>' in shown


def test_words_that_do_not_stand_there_are_marked_nowhere(client: TestClient, library: Library) -> None:
    shown = seen(client, f"/view/source/{cited(library)}?quote=Modifier+59+may+always+be+used")
    assert "<mark>" not in shown
    assert 'class="box"' not in shown
    assert "do not stand" in shown


def test_without_its_file_a_page_says_what_to_add_and_shows_the_text(client: TestClient, library: Library) -> None:
    (kept,) = (library.home / "files").glob("*.pdf")
    away = kept.rename(kept.with_suffix(".away"))
    try:
        shown = seen(client, f"/view/source/{cited(library)}?quote={quote(RULE)}")
    finally:
        away.rename(kept)
    assert "The page cannot be shown: add rules of test fever.pdf again." in shown
    assert f"<mark>{RULE}</mark>" in shown


def test_our_own_documents_are_shown_whole_with_the_passage_marked(client: TestClient, library: Library) -> None:
    words = "Medicare covers 90001 only after exposure to test fever."
    shown = seen(client, f"/view/source/{cited(library, words)}?quote={quote(words)}")
    assert f"<mark>{words}</mark>" in shown
    assert all(part in shown for part in ("injected into a muscle", "Giving 90001", "Prices of 90001."))


def test_a_row_is_shown_in_its_table(client: TestClient, library: Library) -> None:
    source = next(source for source in library.sources if source.kind == "HCPCS Level II")
    shown = seen(client, f"/view/row/{source.id}?place=row+J9902&code=HCPCS:J9902")
    (own,) = re.findall(r'<tr class="own".*?</tr>', shown)
    assert "J9902" in own
    assert "J9901" in shown.replace(own, "")
    assert source.digest[:12] in shown


@pytest.mark.parametrize(
    "address",
    [
        "source/nothing",
        "source/" + "0" * 64,
        "source/..%2F..%2Fcatalog.sqlite",
        "row/nothing?place=row+1",
        "file/nothing",
        "file/..%2Fcatalog.sqlite",
        "picture/" + "0" * 64 + "/1.png",
        "picture/..%2Fcatalog.sqlite/1.png",
        "picture/%00/1.png",
        "picture/*/1.png",
        "picture//1.png",
        "picture/DIGEST/0.png",
        "picture/DIGEST/4.png",
        "picture/DIGEST/99999999999999999999.png",
        "source/CITED?page=4",
        "source/CITED?page=-1",
        "source/CITED?at=nothing",
    ],
)
def test_what_is_not_there_is_said_in_one_line(client: TestClient, library: Library, address: str) -> None:
    known = address.replace("DIGEST", the_pdf(library).digest).replace("CITED", cited(library))
    reply = client.get(f"/view/{known}")
    assert reply.status_code == 404
    assert len(reply.text.strip().splitlines()) == 1
    assert "Traceback" not in reply.text


@pytest.mark.parametrize(("asked", "drawn"), [(1, 0), (700, 0), (701, 1), (5000, 2), (-5, 0), (10**12, 2)])
def test_pictures_are_of_few_sizes(client: TestClient, library: Library, asked: int, drawn: int) -> None:
    picture = client.get(f"/view/picture/{the_pdf(library).digest}/1.png?width={asked}").content
    assert abs(int.from_bytes(picture[16:20], "big") - WIDTHS[drawn]) <= 1


def test_fifty_pages_at_once_are_fifty_pictures(client: TestClient, library: Library) -> None:
    digest = the_pdf(library).digest
    wanted = [f"/view/picture/{digest}/{at % 3 + 1}.png?width={WIDTHS[at % 2]}" for at in range(50)]
    with ThreadPoolExecutor(50) as pool:
        replies = list(pool.map(client.get, wanted))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.content for reply in replies}) == 6


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_quote_changes_a_tag(client: TestClient, library: Library, payload: str) -> None:
    source = next(source for source in library.sources if source.kind == "HCPCS Level II")
    for address in (f"source/{cited(library)}?quote=", f"source/{cited(library, 'Giving 90001')}?quote=", f"row/{source.id}?place="):
        shown, harmless = (Shape(seen(client, f"/view/{address}{quote(words)}")) for words in (payload, "harmless words"))
        assert [tag for tag, _ in shown.tags] == [tag for tag, _ in harmless.tags]
        assert shown.links == harmless.links


def test_a_hostile_name_and_title_stay_words(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = HOSTILE.replace("/", "") + ".pdf"
    (tmp_path / name).write_bytes(made_pdf(PAGES, title=HOSTILE))
    held = open_library(tmp_path / "home", monkeypatch)
    assert held.add(tmp_path / name).status == "added"
    app = FastAPI()
    app.include_router(sources(held), prefix="/view")
    client = TestClient(app)
    shown = Shape(seen(client, f"/view/source/{cited(held)}?quote={quote(RULE)}"))
    assert [dict(attrs).get("src", "")[:13] for tag, attrs in shown.tags if tag == "img"] == ["view/picture/"]
    assert HOSTILE in shown.text
    reply = client.get(f"/view/file/{the_pdf(held).id}")
    assert reply.content == made_pdf(PAGES, title=HOSTILE)
    assert reply.headers["content-disposition"].startswith("attachment")
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["content-security-policy"] == "sandbox"


def test_a_quote_longer_than_any_is_refused(client: TestClient, library: Library) -> None:
    assert client.get(f"/view/source/{cited(library)}?quote={'a' * (LONGEST + 1)}").status_code == 422


# In the browser


@pytest.fixture(scope="module")
def address(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(environment(library, tmp_path_factory.mktemp("viewed"))) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def asked(browser: Browser, address: str, width: int) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    box = page.locator("#message textarea, #message input").first
    box.fill("when may modifier 59 be used for test fever in the laboratory?")
    box.press("Enter")
    expect(page.locator("#chat .thought")).to_have_count(1, timeout=20_000)
    return page


def mark_of_the_rule(page: Page) -> Locator:
    """The mark of the card that quotes the second page."""
    card = page.locator(".card", has=page.locator("mark", has_text=RULE))
    return page.locator(f'#chat a[href="#{card.get_attribute("id")}"]').first


LOADED = "[...document.querySelectorAll('#viewer img')].every((image) => image.complete && image.naturalWidth > 0)"


@pytest.mark.slow
@pytest.mark.parametrize("width", [1440, 390])
def test_a_second_click_on_a_mark_opens_its_page_and_escape_comes_back(browser: Browser, address: str, width: int) -> None:
    page = asked(browser, address, width)
    mark = mark_of_the_rule(page)
    mark.click()
    expect(page.locator(".card.flash")).to_be_visible()
    if width < 1024:
        page.keyboard.press("Escape")  # the drawer lies over the answer
    mark.click()
    expect(page.locator("#viewer .box").first).to_be_in_viewport()
    page.wait_for_function(LOADED)
    expect(page.locator("#viewer")).to_contain_text("p. 2")
    page.keyboard.press("]")
    expect(page.locator("#viewer")).to_contain_text("Text of page 3 of 3")
    page.wait_for_function(LOADED)
    page.keyboard.press("[")
    expect(page.locator("#viewer .box").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('#chat a')")
    page.close()


@pytest.mark.slow
def test_keys_alone_open_a_page_and_copy_takes_quote_and_place(browser: Browser, address: str) -> None:
    page = asked(browser, address, 1440)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    mark_of_the_rule(page).focus()
    page.keyboard.press("Enter")
    card = page.locator(".card.flash")
    expect(card).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#viewer .box").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    expect(card).to_be_focused()
    card.get_by_role("button", name="copy").click()
    expect(card.get_by_role("button", name="copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert str(copied).startswith(f"“{card.locator('mark').inner_text()}” (rules of test fever")
    page.close()
