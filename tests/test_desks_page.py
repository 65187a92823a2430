"""The claim desk and the library desk in a real browser over a real server, wide and narrow."""

import csv
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import chromium
from playwright.sync_api import Browser, Page, expect
from programs import free_port
from test_page import wait_for

pytestmark = pytest.mark.slow
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


def opened(browser: Browser, address: str, width: int, tab: str) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    page.wait_for_selector("#message textarea, #message input")
    page.get_by_role("tab", name=tab).click()
    page.wait_for_selector(f".desk.{tab.lower()}")
    return page


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def paste(page: Page, text: str) -> None:
    page.evaluate(
        f"""() => {{ const held = new DataTransfer(); held.setData('text/plain', '{text}');
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: held, bubbles: true, cancelable: true }})); }}"""
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_a_claim_typed_by_keyboard_alone_is_checked_beside_its_lines(browser: Browser, served: str, width: int) -> None:
    page = opened(browser, served, width, "Claim")
    page.fill("[name=date]", "2026-08-01")
    page.fill("[name=place]", "11")
    page.get_by_label("Line 1, code").focus()
    page.keyboard.type("90001")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Line 2, code")).to_be_focused()
    page.keyboard.type("90002")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".findings li.error", has_text="90001: 3 units")).to_be_visible()
    expect(page.locator(".lines tbody tr").nth(0).locator(".marks .error")).to_contain_text("✕")
    expect(page.locator(".lines tbody tr").nth(2).locator(".marks span")).to_have_count(0)
    expect(page.locator(".against")).to_contain_text("add-on codes none on file")
    assert fits(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_cells_pasted_from_a_spreadsheet_fill_the_table_and_are_taken_away(browser: Browser, served: str, width: int) -> None:
    page = opened(browser, served, width, "Claim")
    page.fill("[name=date]", "2026-08-01")
    page.get_by_label("Line 6, code").focus()
    paste(page, PASTED)
    expect(page.get_by_label("Line 7, code")).to_have_value("90002")
    expect(page.get_by_label("Line 7, modifiers")).to_have_value("25")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_label("Line 1, code")).to_have_value("90001")  # blank lines between are closed
    expect(page.locator(".findings li.error").first).to_be_visible()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Findings as CSV").click()
    assert waited.value.suggested_filename == "claim-2026-08-01.csv"
    rows = list(csv.DictReader(Path(waited.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0]["severity"] == "error"


def test_columns_pasted_with_their_headings_go_where_they_belong(browser: Browser, served: str) -> None:
    page = opened(browser, served, 1440, "Claim")
    page.get_by_label("Line 1, code").focus()
    paste(page, "DX\\tMod 1\\tMod 2\\tCPT\\tCharge\\nA11.0\\t25\\t59\\t90002\\t10.00")
    expect(page.get_by_label("Line 1, code")).to_have_value("90002")
    expect(page.get_by_label("Line 1, modifiers")).to_have_value("25 59")
    expect(page.get_by_label("Line 1, diagnoses")).to_have_value("A11.0")
    expect(page.get_by_label("Line 1, units")).to_have_value("")


def test_a_cell_that_cannot_be_read_is_marked_and_focused(browser: Browser, served: str) -> None:
    page = opened(browser, served, 1440, "Claim")
    page.get_by_label("Line 1, code").fill("<b>90")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".found")).to_contain_text("line 1, code")
    expect(page.get_by_label("Line 1, code")).to_be_focused()
    expect(page.get_by_label("Line 1, code")).to_have_attribute("aria-invalid", "true")
    assert page.locator(".found li b b").count() == 0


def test_the_passage_of_a_finding_opens_in_the_dialog(browser: Browser, served: str) -> None:
    page = opened(browser, served, 1440, "Claim")
    page.get_by_label("Line 1, code").fill("90001")
    page.get_by_label("Line 1, diagnoses").fill("A12")
    page.keyboard.press("Control+Enter")
    page.locator(".findings [data-open]").first.click()
    expect(page.locator("#viewer")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_file_of_claims_is_checked_and_its_results_are_downloaded(browser: Browser, served: str, width: int) -> None:
    page = opened(browser, served, width, "Claim")
    text = "claim,code,units,date,pos\n1,90001,3,2026-08-01,11\n2,90002,x,2026-08-01,11\n"
    page.set_input_files(".batch input[type=file]", {"name": "claims.csv", "mimeType": "text/csv", "buffer": text.encode()})
    expect(page.locator(".batch .progress")).to_contain_text("1 claim checked, 1 with an error; 1 could not be read.")
    expect(page.locator(".batch .wrong")).to_contain_text(re.compile("claim 2: row 3, units"))
    with page.expect_download() as waited:
        page.locator(".batch .file").click()
    assert "not read" in Path(waited.value.path()).read_text(encoding="utf-8-sig")
