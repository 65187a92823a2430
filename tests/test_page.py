"""The page in a real browser, over a real server: ask, click a citation, see its words."""

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import chromium
from conftest import write_corpus
from playwright.sync_api import Browser, Page, expect

from assistant.store import Store

pytestmark = pytest.mark.slow
HOSTILE = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script> **bold** [1](javascript:window.hacked=1)"
EXTRA = f"""---
id: cpt-90077
title: "CPT 90077 – {HOSTILE}"
kind: code
codes: ["90077"]
sources: []
---
CPT 90077 is a made-up product with {HOSTILE} in its text.
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[str], seconds: float = 240) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} did not answer")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The page over the embedded default and a made-up corpus, in a process of its own."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "in").mkdir()
    write_corpus(folder / "in")
    (folder / "in" / "hostile.md").write_text(EXTRA, encoding="utf-8")
    port = free_port()
    script = Path(__file__).with_name("data") / "page_server.py"
    command = [sys.executable, str(script), str(folder / "home"), str(folder / "in"), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}", folder / "home"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(autouse=True)
def closed(browser: Browser) -> Iterator[None]:
    """No page stays open behind its test: each asks its server for news as long as it is."""
    yield
    for context in browser.contexts:
        context.close()


def opened(browser: Browser, address: str, width: int = 1440, height: int = 900) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    page.wait_for_selector("#message textarea, #message input", timeout=90_000)  # ten pages open at once in one test
    return page


def ask(page: Page, question: str) -> None:
    """Type a question, press Enter and wait until its answer is whole."""
    before = page.locator("#chat .thought").count()
    box = page.locator("#message textarea, #message input").first
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#chat .thought")).to_have_count(before + 1, timeout=20_000)


def marks(page: Page):
    return page.locator('#chat a[href^="#cite-"]')


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_a_click_on_a_mark_shows_its_card_with_the_quoted_words(browser: Browser, served: tuple[str, Path], width: int) -> None:
    page = opened(browser, served[0], width)
    ask(page, "what is CPT 90001?")
    mark = marks(page).nth(1)
    target = str(mark.get_attribute("href")).removeprefix("#")
    mark.click()
    card = page.locator(f"[id='{target}']")
    expect(card).to_be_in_viewport()
    expect(card.locator("mark")).to_have_text("Giving 90001 is reported with 90002.")
    expect(card).to_contain_text("CPT 90001 – made-up vaccine for tests")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_keyboard_alone_asks_opens_a_source_and_comes_back(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0], 900)
    ask(page, "what is CPT 90001?")
    marks(page).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".card").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".card").first).to_be_hidden()


def test_marks_of_an_earlier_answer_open_that_answers_sources(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    ask(page, "what is CPT 90001?")
    ask(page, "is J9902 valid?")
    expect(page.locator(".card")).to_have_count(1)
    marks(page).first.click()
    expect(page.locator(".card:visible").first).to_contain_text("made-up vaccine against test fever")


def test_what_documents_and_people_write_never_runs(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    ask(page, "what is CPT 90077?")
    ask(page, HOSTILE)
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.locator("#chat img[src='x'], .sources img, #chat script, .sources script").count() == 0
    assert page.locator("#chat a[href^='javascript'], .sources a[href^='javascript']").count() == 0
    expect(page.locator("#chat")).to_contain_text("<img src=x onerror=window.hacked=1>")


def test_examples_answer_and_the_steps_fold_open(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    page.get_by_text("Is 90703 still valid?").click()
    expect(page.locator("#chat .thought")).to_have_count(1, timeout=20_000)
    expect(page.locator("#chat")).to_contain_text("2015-12-31")
    page.locator("#chat .thought .title").click()
    expect(page.locator("#chat .thought")).to_contain_text("Understood as validity")


def test_the_date_set_beside_the_question_counts(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    page.locator("#day input, #day textarea").first.fill("2014-05-01")
    ask(page, "is 90703 valid?")
    expect(page.locator("#chat")).to_contain_text("was valid on 2014-05-01")


def test_a_wrong_date_is_one_line_and_no_traceback(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    page.locator("#day input, #day textarea").first.fill("yesterday")
    page.locator("#message textarea, #message input").first.fill("is 90703 valid?")
    page.keyboard.press("Enter")
    expect(page.locator(".toast-wrap")).to_contain_text("is not a date")
    expect(page.locator("#message textarea, #message input").first).to_have_value("is 90703 valid?")
    expect(page.locator("#chat .user-row")).to_have_count(0)


def test_a_dislike_is_kept(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    ask(page, "what is CPT 90001?")
    page.get_by_label("dislike").first.click()
    page.wait_for_timeout(1000)
    store = Store.open(served[1])
    judged = next(iter(store.judgements.all()))
    assert (judged.liked, judged.question) == (False, "what is CPT 90001?")


def test_a_chat_is_resumed_listed_renamed_and_deleted(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    ask(page, "what is CPT 90002?")
    expect(page).to_have_url(re.compile("#/chat/"))
    page.reload()
    expect(page.locator("#chat .thought")).to_have_count(1, timeout=20_000)
    expect(page.locator(".card:visible").first).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept("a chat renamed"))
    listed = page.locator(".chats li").first
    listed.hover()
    listed.locator(".rename").click()
    expect(page.locator(".chats .open").first).to_have_text("a chat renamed")
    listed.hover()
    listed.locator(".delete").click()
    expect(page.locator(".chats .open", has_text="a chat renamed")).to_have_count(0)


def test_a_new_chat_begins_empty_and_the_one_before_stays(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    ask(page, "what is CPT 90001?")
    expect(page.locator("#understood")).to_be_visible()
    before = page.url
    page.locator("#new-chat").click()
    expect(page.locator("#chat .thought")).to_have_count(0)
    expect(page.locator("#understood")).not_to_be_visible()
    expect(page.locator("#next button")).to_have_count(0)
    assert "#" not in page.url
    ask(page, "what is CPT 90002?")
    assert page.url != before
    assert "#/chat/" in page.url
    expect(page.locator("#chat .thought")).to_have_count(1)
    page.goto(before)
    page.reload()
    expect(page.locator("#chat")).to_contain_text("90001")
    expect(page.locator("#chat .thought")).to_have_count(1)


def test_what_was_understood_is_put_right_and_asked_again(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    ask(page, "is 90703 valid?")
    page.locator("#understood button").first.click()
    page.locator("#fix-day textarea, #fix-day input").first.fill("2014-05-01")
    page.locator("#correct").click()
    expect(page.locator("#chat")).to_contain_text("was valid on 2014-05-01", timeout=20_000)
    expect(page.locator("#chat .user-row")).to_have_count(1)


def test_a_star_a_note_and_a_permanent_link_stay(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    ask(page, "what is CPT 90001?")
    page.locator(".star").click()
    expect(page.locator(".star")).to_have_attribute("aria-pressed", "true")
    page.locator("textarea.note").fill("look again")
    page.locator("textarea.note").blur()
    address = str(page.locator(".permanent").get_attribute("href"))
    page.wait_for_timeout(500)
    other = browser.new_page()
    other.goto(f"{served[0]}/{address}")
    expect(other.locator("textarea.note")).to_have_value("look again", timeout=20_000)
    expect(other.locator("#chat .thought")).to_have_count(1)


def test_a_suggestion_asks_itself(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    ask(page, "what is CPT 90001?")
    page.locator("[data-ask]").last.click()
    expect(page.locator("#chat .thought")).to_have_count(2, timeout=20_000)


def test_retry_answers_again_in_place(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    ask(page, "what is CPT 90001?")
    page.get_by_label("Retry").first.click()
    page.wait_for_timeout(1500)
    expect(page.locator("#chat .thought")).to_have_count(1)
    expect(page.locator("#chat .user-row")).to_have_count(1)
    expect(page.locator("#chat")).to_contain_text("made-up vaccine")


def test_dark_mode_and_status_line(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    colour = "getComputedStyle(document.querySelector('#brand h1')).color"
    light = page.evaluate(colour)
    page.click("#theme")
    assert page.evaluate(colour) != light
    expect(page.locator("#foot")).to_contain_text(re.compile(r"\d+ sources · vectors"))


def test_the_page_asks_no_other_host_for_anything(browser: Browser, served: tuple[str, Path]) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served[0])
    page.wait_for_selector("#message textarea, #message input", timeout=90_000)  # ten pages open at once in one test
    ask(page, "what is CPT 90001?")
    assert [url for url in asked if not url.startswith((served[0], "data:", "blob:", served[0].replace("http", "ws")))] == []


def test_ten_people_at_once_never_see_each_others_answers(browser: Browser, served: tuple[str, Path]) -> None:
    people = [(opened(browser, served[0]), f"what is J99{at:02}?") for at in range(10)]
    for turn in (1, 2):
        for page, question in people:
            box = page.locator("#message textarea, #message input").first
            box.fill(question)
            box.press("Enter")
        for page, _ in people:
            expect(page.locator("#chat .thought")).to_have_count(turn, timeout=30_000)
    for page, question in people:
        asked = page.locator("#chat .user-row").all_inner_texts()
        assert [text.strip() for text in asked] == [question, question]
        assert set(re.findall(r"J99\d\d", page.locator("#chat .bot-row").first.inner_text())) <= {question[8:13], "J9901", "J9902"}
        page.close()
