"""The Lookup tab in a real browser: type, choose by the arrows, open a sheet, find a pair, compare, all by keyboard or by link."""

from collections.abc import Iterator

import pytest
from browser import chromium
from desk import filled
from playwright.sync_api import Browser, Page, expect
from programs import environment, served

pytestmark = pytest.mark.slow
WIDTHS = pytest.mark.parametrize("width", [1440, 390])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over the made-up library with tables, in a process of its own."""
    folder = tmp_path_factory.mktemp("desk")
    library = filled(folder / "made")
    (folder / "program").mkdir()
    with served(environment(library, folder / "program")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def opened(browser: Browser, address: str, width: int = 1440) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    if "#" not in address:
        page.get_by_role("tab", name="Lookup").click()
    expect(page.locator("#lookup-q")).to_be_visible(timeout=20_000)
    return page


def typed(page: Page, text: str) -> None:
    page.locator("#lookup-q").press_sequentially(text)
    expect(page.locator("#lookup-list [role=option]").first).to_be_visible()


@WIDTHS
def test_typing_the_arrows_and_enter_open_a_sheet(browser: Browser, address: str, width: int) -> None:
    page = opened(browser, address, width)
    typed(page, "J99")
    box = page.locator("#lookup-q")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    box.press("ArrowDown")
    chosen = page.locator("#lookup-list [aria-selected=true]")
    expect(chosen).to_contain_text("J9902")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    box.press("Enter")
    expect(page.locator("#sheet-title")).to_contain_text("J9902")
    expect(page.locator("#sheet-title")).to_contain_text("ended")
    assert page.url.endswith("#/code/HCPCS/J9902")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@WIDTHS
def test_pairs_are_filtered_by_the_other_code_and_by_setting(browser: Browser, address: str, width: int) -> None:
    page = opened(browser, f"{address}/#/code/CPT/90001", width)
    box = page.locator("form[data-fill$='/pairs'] input[name=with]")
    box.scroll_into_view_if_needed(timeout=20_000)
    place = page.locator("form[data-fill$='/pairs'] + .view")
    expect(place).to_contain_text("63 pairs, page 1 of 3")
    place.get_by_text("more ›").click()
    expect(place).to_contain_text("page 2 of 3")
    box.press_sequentially("91000")
    expect(place).to_contain_text("2 pairs")
    expect(box).to_be_focused()
    page.locator("form[data-fill$='/pairs'] select").select_option("outpatient hospital")
    expect(place).to_contain_text("Hospital reason")
    expect(place).to_contain_text("1 pairs")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@WIDTHS
def test_two_codes_stand_side_by_side(browser: Browser, address: str, width: int) -> None:
    page = opened(browser, f"{address}/#/code/CPT/90001", width)
    page.locator("[data-compare]").click()
    page.locator("#lookup-q").fill("")
    typed(page, "90003")
    page.locator("#lookup-q").press("Enter")
    expect(page.locator("#sheet-title")).to_contain_text("90003")
    page.locator("[data-compare]").click()
    page.get_by_text("side by side").click()
    expect(page.locator(".compare tr.differs").first).to_be_visible()
    assert page.url.endswith("#/compare/CPT/90001/CPT/90003")
    page.reload()
    expect(page.locator(".compare tr.differs").first).to_be_visible(timeout=20_000)


def test_an_address_opens_its_code_and_back_goes_to_the_one_before(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/#/code/ICD-10-CM/A11.0")
    expect(page.locator("#sheet-title")).to_contain_text("A11.0", timeout=20_000)
    page.get_by_role("link", name="A11", exact=True).first.click()
    expect(page.locator("#sheet-title")).to_contain_text("heading")
    page.go_back()
    expect(page.locator("#sheet-title")).to_contain_text("A11.0")


def test_a_slash_goes_to_the_box_in_view(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.locator("#foot").click()
    page.keyboard.press("/")
    expect(page.locator("#lookup-q")).to_be_focused()
    assert page.locator("#lookup-q").input_value() == ""
    page.get_by_role("tab", name="Chat").click()
    page.keyboard.press("/")
    expect(page.locator("#message textarea, #message input").first).to_be_focused()


def test_the_last_thing_typed_is_what_is_shown(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    for text in ("9", "90", "900", "9000", "90001"):
        page.locator("#lookup-q").fill(text)
    expect(page.locator("#lookup-list [role=option]")).to_have_count(1)
    expect(page.locator("#lookup-list")).to_contain_text("90001")


def test_the_date_set_counts_for_results_and_sheet(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    typed(page, "90009")
    expect(page.locator("#lookup-list")).to_contain_text("ended")
    page.locator("#lookup-on").fill("2005-05-01")
    expect(page.locator("#lookup-list")).to_contain_text("valid")
    page.locator("#lookup-q").press("Enter")
    expect(page.locator("#sheet-title")).to_contain_text("on 2005-05-01")


def test_hostile_text_of_tables_and_of_people_never_runs(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/#/code/CPT/90003")
    expect(page.locator(".sheet .titles")).to_contain_text("<img src=x onerror=window.hacked=1>", timeout=20_000)
    page.locator("#lookup-q").fill("<img src=x onerror=window.hacked=1>")
    page.wait_for_timeout(300)
    page.goto(f"{address}/#/code/<img src=x onerror=window.hacked=1>/x")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.locator("#lookup-sheet img, #lookup-found img, #lookup-sheet script").count() == 0
