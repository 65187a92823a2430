"""Make the pictures of the page from the running page: `make screenshots` while `make chat` is up over its default home."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from browser import chromium
from playwright.sync_api import Page

ADDRESS = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7860"
QUESTION = "Is 90703 still valid?"


def kept(page: Page, name: str) -> None:
    """Keep a picture once nothing moves."""
    page.wait_for_timeout(800)
    page.screenshot(path=str(Path(__file__).with_name(f"{name}.png")))


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def main() -> None:
    """Ask a question and open a source, look a code up, and check a claim; keep a picture of each."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(ADDRESS)
        box = page.locator("#message textarea, #message input").first
        box.fill(QUESTION)
        box.press("Enter")
        page.wait_for_selector("#chat .thought")
        page.locator('#chat a[href^="#cite-"]').first.click()
        kept(page, "page")
        tab(page, "Lookup")
        page.locator("#lookup-q").press_sequentially("E11.4")
        page.locator("#lookup-list [role=option]").first.click()
        page.wait_for_selector("#sheet-title")
        kept(page, "lookup")
        tab(page, "Claim")
        page.locator("[name='line.code']").first.fill("90703")
        page.locator("[name=diagnoses]").fill("E11.4")
        page.get_by_role("button", name="Check", exact=True).click()
        page.wait_for_selector(".claim .findings li")
        kept(page, "claim")


if __name__ == "__main__":
    main()
