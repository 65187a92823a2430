"""The page by WCAG 2.2 AA, checked by axe in a real browser: every tab, the dialogs, light and dark, wide and narrow."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from test_page import ask, browser, closed, opened, served

__all__ = ["browser", "closed", "served"]
pytestmark = pytest.mark.slow
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# (rule, what the element has in it) inside Gradio's own components, seen in Gradio 6.31.0.
GRADIOS = (
    ("aria-required-children", 'class="examples '),  # a list of buttons, where examples are offered
    ("button-name", 'class="icon-button '),  # the chat's button to clear it has an empty label
    ("target-size", 'class="icon-button '),  # the same button, of 18 px
    ("nested-interactive", 'class="title '),  # the fold of the steps is a button in a button
)
MOVES = """new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
}).observe({ type: "layout-shift", buffered: false })"""


def faults(page: Page) -> list[str]:
    """Serious and critical violations in what is ours now in view."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    nodes = [(fault["id"], node["html"]) for fault in found if fault["impact"] in ("serious", "critical") for node in fault["nodes"]]
    return [f"{rule}: {html}" for rule, html in nodes if not any(rule == known and part in html for known, part in GRADIOS)]


def check(page: Page) -> None:
    for dark in (False, True):
        page.evaluate("(dark) => document.body.classList.toggle('dark', dark)", dark)
        assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


def to(page: Page, name: str) -> None:
    """Open a tab, out of Gradio's menu of those that do not fit where need be."""
    tab = page.get_by_role("tab", name=name, exact=True)
    if tab.count() and tab.first.is_visible():
        tab.first.click()
    else:
        page.locator("#tabs .overflow-menu > button").click()
        page.locator("#tabs .overflow-dropdown button", has_text=name).click()


@pytest.mark.parametrize("width", [1440, 390])
def test_no_tab_and_no_dialog_shuts_anybody_out(browser: Browser, served: tuple[str, Path], width: int) -> None:
    page = opened(browser, served[0], width)
    page.emulate_media(reduced_motion="reduce")  # colours are what they will be at once
    ask(page, "what is CPT 90001?")
    check(page)
    page.locator('#chat a[href^="#cite-"]').first.click()
    page.locator(".card [data-open]").first.click()
    expect(page.locator("#viewer h2")).to_be_visible()
    check(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("#help").click()
    check(page)
    page.keyboard.press("Escape")
    for name, piece in (("Lookup", "#lookup-q"), ("Claim", ".claim .lines"), ("Review", ".kept"), ("Settings", "#preferences")):
        to(page, name)
        expect(page.locator(piece).first).to_be_visible()
        check(page)


@pytest.mark.parametrize("width", [1024, 768])
def test_nothing_runs_over_the_edge_at_the_widths_between(browser: Browser, served: tuple[str, Path], width: int) -> None:
    page = opened(browser, served[0], width)
    for name in ("Lookup", "Claim", "Library", "Review", "Settings", "Chat"):
        to(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_moves_while_an_answer_streams(browser: Browser, served: tuple[str, Path]) -> None:
    page = opened(browser, served[0])
    ask(page, "what is CPT 90001?")
    page.evaluate("window.moved = 0")
    page.evaluate(MOVES)
    ask(page, "is J9902 valid?")
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") < 0.1
