"""The page while an answer streams slowly, in a very long chat, and when the server is killed: nothing is lost, nobody is in the way."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browser import chromium
from chatserver import chat_server
from playwright.sync_api import Browser, Locator, Page, expect
from programs import BAG, environment, free_port

from assistant.store import LOCAL, Store
from assistant.store.conversations import Exchange
from assistant.store.tables import TurnRow, now
from index.library import Library

pytestmark = pytest.mark.slow
OPENING = """(chat) => new Promise((done) => {
  const began = performance.now();
  document.querySelector(`[data-chat="${chat}"] .open`).click();
  const look = () => [...document.querySelectorAll("#chat .user-row")].at(-1)?.textContent.includes("question 999")
    ? done(performance.now() - began) : requestAnimationFrame(look);
  look();
})"""  # milliseconds from the click on a chat to its last question in view
ASKED = "what is CPT 90001?"
SAYS = (
    "CPT 90001 is a made-up vaccine against test fever, injected into a muscle. [1]\n"
    "Giving 90001 is reported with 90002. [2]\n"
    "Medicare covers 90001 only after exposure to test fever. [3]\n"
    "90001 begins on 2001-01-01. [4]\n"
) * 3


class Server:
    """`codecite chat` in a process that can be killed and started again at the same address."""

    def __init__(self, told: dict[str, str]) -> None:
        self._told, self.port = told, free_port()
        self.address, self.home = f"http://127.0.0.1:{self.port}", Path(told["CODECITE_HOME"])
        self.start()

    def start(self) -> None:
        command = [sys.executable, str(BAG), "chat", "--port", str(self.port)]
        self._process = subprocess.Popen(command, env=self._told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            assert self._process.poll() is None
            try:
                httpx.get(f"{self.address}/api/openapi.json", timeout=5)
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError("it did not answer")

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)


@pytest.fixture(scope="module")
def server(small_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The page over the small home, written by a language model that takes its time."""
    with chat_server("slow", SAYS) as model:
        told = environment(small_library, tmp_path_factory.mktemp("live"))
        told |= {"CODECITE_MODEL": "openai:m", "OPENAI_BASE_URL": model.address, "OPENAI_API_KEY": "sk-none"}
        started = Server(told)
        yield started
        started.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    missing: list[str] = []
    opened.on("response", lambda reply: missing.append(reply.url) if reply.status == 404 else None)
    opened.goto(server.address)
    expect(box(opened)).to_be_visible(timeout=90_000)
    yield opened
    opened.close()
    assert missing == [], missing


def box(page: Page) -> Locator:
    return page.locator("#message textarea, #message input").first


def ask(page: Page, question: str = ASKED) -> None:
    """Ask, and wait for the first lines of the answer."""
    before = page.locator("#chat .user-row").count()
    box(page).fill(question)
    box(page).press("Enter")
    expect(page.locator("#chat .user-row")).to_have_count(before + 1)
    expect(page.locator("#chat .bot-row").last).to_contain_text("Giving 90001", timeout=20_000)


def whole(page: Page, count: int) -> None:
    expect(page.locator("#chat .thought")).to_have_count(count, timeout=30_000)


def newest(server: Server) -> tuple[Exchange, ...]:
    """What is kept of the chat asked in last."""
    store = Store.open(server.home)
    try:
        return store.conversations.page(LOCAL, store.conversations.listed(LOCAL)[0].id).exchanges
    finally:
        store.close()


def test_stop_keeps_what_stood_and_lets_the_next_be_asked(page: Page, server: Server) -> None:
    ask(page)
    page.keyboard.press("Escape")
    page.wait_for_timeout(1000)  # a question sent at the same moment Gradio would stop as well
    box(page).fill("what is J9902?")
    box(page).press("Enter")
    whole(page, 1)
    said = page.locator("#chat .bot-row").first.inner_text()
    assert "Giving 90001 is reported with 90002." in said
    assert said.count("made-up vaccine") < 3
    page.reload()
    whole(page, 2)
    expect(page.locator("#chat .bot-row").first).to_contain_text("Giving 90001 is reported with 90002.")
    expect(page.locator("#chat .bot-row").first).to_contain_text("broken off")
    assert [turn.state for turn in newest(server)] == ["broken off", "answered"]


def test_typing_is_never_interrupted_and_a_second_question_stays_in_its_box(page: Page) -> None:
    ask(page)
    box(page).press_sequentially("and what is J9901, please?", delay=30)
    expect(page.locator("#chat .thought")).to_have_count(0)
    expect(box(page)).to_have_value("and what is J9901, please?")
    box(page).press("Enter")
    expect(page.locator(".toast-wrap")).to_contain_text("An answer is on its way")
    expect(box(page)).to_have_value("and what is J9901, please?")
    whole(page, 1)
    expect(page.locator("#chat .user-row")).to_have_count(1)
    expect(box(page)).to_be_focused()
    box(page).press("Enter")
    whole(page, 2)
    expect(page.locator("#chat .user-row").last).to_contain_text("J9901")


def test_an_edited_question_is_asked_in_place_of_the_first_and_of_what_followed(page: Page, server: Server) -> None:
    for count, question in enumerate(("is J9901 valid?", "is J9902 valid?"), 1):
        box(page).fill(question)
        box(page).press("Enter")
        whole(page, count)
    page.locator("#chat .user-row").first.hover()
    page.get_by_label("Edit").first.click()
    page.locator("#chat textarea").first.fill("is 90009 valid?")
    page.get_by_label("Submit").first.click()
    expect(page.locator("#chat .user-row")).to_have_count(1)
    whole(page, 1)
    expect(page.locator("#chat .user-row")).to_contain_text("is 90009 valid?")
    expect(page.locator("#chat .bot-row").first).to_contain_text("2010-12-31")
    assert [turn.question for turn in newest(server)] == ["is 90009 valid?"]


def filled(home: Path, count: int) -> str:
    """A chat of so many exchanges, written straight into the store."""
    store = Store.open(home)
    first = store.conversations.ask(LOCAL, "is J9901 valid? 0")
    with store.conversations._database.writing() as session:
        session.add_all(
            TurnRow(
                conversation_id=first.conversation_id,
                position=first.position + at,
                question=f"question {at}",
                text=f"Said {at}.",
                ended=now(),
            )
            for at in range(1, count)
        )
    store.conversations.broke_off(LOCAL, first.id, "Said 0.")
    store.close()
    return first.conversation_id


def test_a_chat_of_2000_messages_opens_with_the_latest_and_the_earlier_come_on_demand(page: Page, server: Server) -> None:
    chat = filled(server.home, 1000)
    page.reload()
    expect(page.locator(f"[data-chat='{chat}'] .open")).to_be_visible(timeout=20_000)
    print(f"opened in {page.evaluate(OPENING, chat):.0f} ms")
    rows = page.locator("#chat .user-row")
    expect(rows.last).to_contain_text("question 999")
    shown = rows.count()
    assert shown < 100
    page.locator("#earlier").click()
    expect(rows.first).to_contain_text(f"question {1000 - 2 * shown}", timeout=20_000)
    expect(rows.last).to_contain_text("question 999")
    page.get_by_label("Retry").locator("visible=true").last.click()
    expect(rows).to_have_count(shown + 1, timeout=20_000)
    page.locator("#earlier").click()
    expect(rows.first).to_contain_text(f"question {1000 - 2 * shown - 1}", timeout=20_000)
    numbers = [int(text.split()[-1]) for text in rows.all_inner_texts()]
    assert numbers == sorted(set(numbers))


def test_nothing_written_is_lost_when_the_server_is_killed_and_the_page_goes_on(page: Page, server: Server) -> None:
    ask(page)
    whole(page, 1)
    page.locator("textarea.note").fill("look again")
    page.wait_for_timeout(800)
    upload = httpx.post(f"{server.address}/view/library/uploads").json()["id"]
    httpx.put(f"{server.address}/view/library/uploads/{upload}/file", params={"name": "half.md"}, content=b"# Half\n\nHalf a guide.\n")
    ask(page)
    page.wait_for_timeout(1200)
    server.kill()
    page.locator("textarea.note").fill("look again twice")
    box(page).fill("half a question")
    expect(page.locator(".toast-wrap")).to_contain_text("Connection to the server was lost", timeout=20_000)
    server.start()
    whole(page, 2)
    expect(box(page)).to_have_value("half a question", timeout=20_000)
    first, second = newest(server)
    assert (first.state, first.note, second.state) == ("answered", "look again twice", "broken off")
    assert "Giving 90001 is reported with 90002." in second.text
    assert "Half" not in httpx.get(f"{server.address}/view/library/table").text
    assert httpx.get(f"{server.address}/view/library/uploads/{upload}").status_code == 404
    box(page).fill("is J9902 valid?")
    box(page).press("Enter")
    whole(page, 3)
