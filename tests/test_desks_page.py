"""The claim desk and the library desk in a real browser over a real server, wide and narrow."""

import csv
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from browser import chromium
from playwright.sync_api import Browser, Page, TimeoutError, expect
from programs import free_port
from test_page import wait_for

pytestmark = pytest.mark.slow
Opened = Callable[[int, str], Page]
WIDTHS = (1440, 390)
PASTED = "90001\\t3\\t\\tA11.0\\n90002\\t\\t25\\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over a made-up Tabular List and NCCI tables."""
    home, port = tmp_path_factory.mktemp("desks") / "home", free_port()
    script = Path(__file__).with_name("data") / "desk_server.py"
    process = subprocess.Popen(
        [sys.executable, str(script), str(home), str(port)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        wait_for(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def go_to(page: Page, tab: str) -> None:
    """Open a tab, from the menu where the page is too narrow to show it; tabs move for a moment after the page was resized."""
    place = page.locator(f'.view[data-view="view/{tab.lower()}"]')
    for _ in range(3):
        shown = page.get_by_role("tab", name=tab)
        if shown.count():
            shown.click()
        else:
            page.get_by_label("More tabs").click()
            page.locator(".overflow-dropdown").get_by_role("button", name=tab).click()
        with suppress(TimeoutError):
            place.wait_for(state="visible", timeout=5_000)
            return
    raise AssertionError(f"the tab {tab} does not open")


@pytest.fixture(scope="module")
def opened(browser: Browser, served: str) -> Callable[[int, str], Page]:
    """A desk as it is when it is first seen, in a page for each width."""
    pages: dict[int, Page] = {}

    def desk(width: int, tab: str) -> Page:
        if width not in pages:
            pages[width] = browser.new_page(viewport={"width": width, "height": 900})
            pages[width].goto(served)
            pages[width].wait_for_selector("#message textarea, #message input")
        page, place = pages[width], f'.view[data-view="view/{tab.lower()}"]'
        go_to(page, tab)
        page.wait_for_selector(f".desk.{tab.lower()}")
        page.evaluate(f"window.views.fill(document.querySelector('{place}'), 'view/{tab.lower()}')")
        return page

    return desk


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def paste(page: Page, text: str) -> None:
    page.evaluate(
        f"""() => {{ const held = new DataTransfer(); held.setData('text/plain', '{text}');
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: held, bubbles: true, cancelable: true }})); }}"""
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_a_claim_typed_by_keyboard_alone_is_checked_beside_its_lines(opened: Opened, width: int) -> None:
    page = opened(width, "Claim")
    page.fill("form.claim [name=date]", "2026-08-01")
    page.fill("form.claim [name=place]", "11")
    page.get_by_label("Line 1, code").focus()
    page.keyboard.type("90001")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Line 2, code")).to_be_focused()
    page.keyboard.type("90002")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".findings li.s-error", has_text="90001: 3 units")).to_be_visible()
    expect(page.locator(".lines tbody tr").nth(0).locator(".marks .s-error")).to_contain_text("✕")
    expect(page.locator(".lines tbody tr").nth(2).locator(".marks span")).to_have_count(0)
    expect(page.locator(".against")).to_contain_text("add-on codes none on file")
    assert fits(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_cells_pasted_from_a_spreadsheet_fill_the_table_and_are_taken_away(opened: Opened, width: int) -> None:
    page = opened(width, "Claim")
    page.fill("form.claim [name=date]", "2026-08-01")
    page.get_by_label("Line 6, code").focus()
    paste(page, PASTED)
    expect(page.get_by_label("Line 7, code")).to_have_value("90002")
    expect(page.get_by_label("Line 7, modifiers")).to_have_value("25")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_label("Line 1, code")).to_have_value("90001")  # blank lines between are closed
    expect(page.locator(".findings li.s-error").first).to_be_visible()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Findings as CSV").click()
    assert waited.value.suggested_filename == "claim-2026-08-01.csv"
    rows = list(csv.DictReader(Path(waited.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0]["severity"] == "error"


def test_columns_pasted_with_their_headings_go_where_they_belong(opened: Opened) -> None:
    page = opened(1440, "Claim")
    page.get_by_label("Line 1, code").focus()
    paste(page, "DX\\tMod 1\\tMod 2\\tCPT\\tCharge\\nA11.0\\t25\\t59\\t90002\\t10.00")
    expect(page.get_by_label("Line 1, code")).to_have_value("90002")
    expect(page.get_by_label("Line 1, modifiers")).to_have_value("25 59")
    expect(page.get_by_label("Line 1, diagnoses")).to_have_value("A11.0")
    expect(page.get_by_label("Line 1, units")).to_have_value("")


def test_the_date_set_beside_every_question_holds_for_a_claim(opened: Opened) -> None:
    opened(1440, "Claim").locator("#day input, #day textarea").first.fill("2026-08-02")
    page = opened(1440, "Claim")
    expect(page.locator("form.claim [name=date]")).to_have_value("2026-08-02")
    page.locator("#day input, #day textarea").first.fill("")


def test_a_cell_that_cannot_be_read_is_marked_and_focused(opened: Opened) -> None:
    page = opened(1440, "Claim")
    page.get_by_label("Line 1, code").fill("<b>90")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".found")).to_contain_text("line 1, code")
    expect(page.get_by_label("Line 1, code")).to_be_focused()
    expect(page.get_by_label("Line 1, code")).to_have_attribute("aria-invalid", "true")
    assert page.locator(".found li b b").count() == 0


@pytest.mark.parametrize(("units", "dx", "title"), [("1", "A12", "ICD-10-CM"), ("3", "", "units, 2026 Q3")], ids=["passage", "row"])
def test_what_a_finding_rests_on_opens_in_the_dialog(opened: Opened, units: str, dx: str, title: str) -> None:
    page = opened(1440, "Claim")
    page.fill("form.claim [name=date]", "2026-08-01")
    page.fill("form.claim [name=place]", "11")
    for name, value in (("code", "90001"), ("units", units), ("diagnoses", dx)):
        page.get_by_label(f"Line 1, {name}").fill(value)
    page.keyboard.press("Control+Enter")
    page.locator(".findings li.s-error [data-open]").first.click()
    expect(page.locator("#viewer .facts")).to_contain_text(title)
    page.locator("#close-viewer").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_file_of_claims_is_checked_and_its_results_are_downloaded(opened: Opened, width: int) -> None:
    page = opened(width, "Claim")
    text = "claim,code,units,date,pos\n1,90001,3,2026-08-01,11\n2,90002,x,2026-08-01,11\n"
    page.set_input_files(".batch input[type=file]", {"name": "claims.csv", "mimeType": "text/csv", "buffer": text.encode()})
    expect(page.locator(".batch .progress")).to_contain_text("1 claim checked, 1 with an error; 1 could not be read.")
    expect(page.locator(".batch .wrong")).to_contain_text(re.compile("claim 2: row 3, units"))
    with page.expect_download() as waited:
        page.locator(".batch .file").click()
    assert "not read" in Path(waited.value.path()).read_text(encoding="utf-8-sig")


def send(page: Page, name: str, text: str) -> None:
    page.set_input_files(".receive input[type=file]", {"name": name, "mimeType": "text/plain", "buffer": text.encode()})


@pytest.mark.parametrize("width", WIDTHS)
def test_a_file_is_sent_looked_at_added_seen_and_removed(opened: Opened, width: int) -> None:
    page, title = opened(width, "Library"), f"policy{width}"
    send(page, f"policy{width}.md", f"# {title}\n\nEffective Date: 03/01/2025. Aetna covers the vaccine {width}. Aetna decides.\n")
    expect(page.locator("[name='0.payer']")).to_have_value("Aetna")
    expect(page.locator("[name='0.effective']")).to_have_value("2025-03-01")
    page.locator("[name='0.effective']").fill("2025-04-01")
    assert fits(page)
    page.get_by_role("button", name="Add what is ticked").click()
    expect(page.locator(".receive .progress")).to_contain_text("1 added.")
    row = page.locator(".sources-loaded tbody tr", has_text=title)
    expect(row).to_contain_text("2025-04-01")
    page.get_by_label("Filter the sources").fill("no such source")
    expect(row).to_be_hidden()
    page.get_by_label("Filter the sources").fill(title.lower())
    expect(row).to_be_visible()
    assert fits(page)
    button = row.locator("[data-remove]")
    button.click()
    expect(button).to_have_text("Remove for good?")
    button.click()
    expect(page.locator(".sources-loaded")).not_to_contain_text(title)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_file_that_cannot_be_taken_in_says_why(opened: Opened, width: int) -> None:
    page = opened(width, "Library")
    send(page, "<img src=x onerror=window.hacked=1>.svg", "<svg onload='window.hacked=1'><script>window.hacked=1</script></svg>")
    expect(page.locator(".staged")).to_contain_text("a data file in a layout that cannot be read")
    expect(page.get_by_role("button", name="Add what is ticked")).to_have_count(0)
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".receive .progress")).to_contain_text("nothing was added")
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("width", [1440, 1024, 768, 390])
def test_what_is_loaded_fits_the_page(opened: Opened, width: int) -> None:
    page = opened(1440, "Library")
    page.set_viewport_size({"width": width, "height": 900})
    expect(page.locator(".sources-loaded tbody tr").first).to_be_visible()
    box = page.locator(".sources-loaded").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_file_over_the_limit_says_so_and_the_others_go_on(opened: Opened) -> None:
    page = opened(1440, "Library")
    page.evaluate("document.querySelector('.desk.library').dataset.largest = 0.001")
    files = [
        {"name": f"{name}.md", "mimeType": "text/plain", "buffer": b"Words. " * count} for name, count in (("long", 1000), ("short", 10))
    ]
    page.set_input_files(".receive input[type=file]", files)
    expect(page.locator(".staged")).to_contain_text("short.md")
    expect(page.locator(".receive .wrong")).to_contain_text("long.md: it has 0 MB; the limit is 0.001 MB")
    page.get_by_role("button", name="Discard").click()


def test_what_is_being_sent_can_be_cancelled(opened: Opened) -> None:
    page = opened(1440, "Library")
    page.route(re.compile("/file"), lambda route: None, times=1)  # a slow line: nothing comes back
    send(page, "long.md", "words " * 1000)
    page.locator(".receive .progress button", has_text="Cancel").click()
    expect(page.locator(".receive .progress")).to_contain_text("Cancelled: nothing was kept.")
