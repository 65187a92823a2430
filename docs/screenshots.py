"""Make the README's screenshot from the running page: `make screenshots` while `make chat` is up."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from browser import chromium

ADDRESS = "http://127.0.0.1:7860"
QUESTION = "Is 90703 still valid?"


def main() -> None:
    """Ask one question, open a citation and keep the picture."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(ADDRESS)
        box = page.locator("#message textarea, #message input").first
        box.fill(QUESTION)
        box.press("Enter")
        page.wait_for_selector("#chat .thought")
        page.locator('#chat a[href^="#cite-"]').first.click()
        page.wait_for_timeout(800)
        page.screenshot(path=str(Path(__file__).with_name("page.png")))


if __name__ == "__main__":
    main()
