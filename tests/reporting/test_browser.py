"""The HTML report as a person meets it: in a browser, headless, with nothing else to be reached."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from conformance import requirements
from conformance.reporting.html import html
from conformance.results import Finding
from conformance.verdict import Verdict
from tests.reporting.test_also_affected import GIVEN as CONSEQUENCES
from tests.reporting.test_html import FOUND, HOSTILE, RACE, exchange, violated

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET) as browser:
        yield browser


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A report with findings of every kind; nothing is asked of anybody, and nothing complains."""
    said = exchange(response_body=HOSTILE, response_headers={HOSTILE: HOSTILE})
    check = "test_cancel_coverage::test_any_number_of_live_orders[201-True-api-key]"
    hostile = Finding(HOSTILE, HOSTILE, HOSTILE, check, HOSTILE, (said,))
    (tmp_path / "report.html").write_text(html(violated(FOUND, replace(FOUND, exchanges=RACE[:1]), hostile)), "utf-8")
    context = browser.new_context(color_scheme=request.param)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    url = (tmp_path / "report.html").as_uri()
    page.goto(url)
    yield page
    assert complaints == []
    assert {each.partition("#")[0] for each in asked} == {url}
    context.close()


def test_it_is_accessible(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")] == []


def test_the_table_can_be_searched_and_narrowed(page: Page) -> None:
    rows = page.locator("tr[data-verdict]:visible")
    expect(rows).to_have_count(4)
    page.get_by_label("Search").fill("limit")
    expect(rows).to_have_count(1)
    expect(page.locator("output")).to_have_text("1 of 4")
    page.get_by_label("Search").fill("")
    page.get_by_role("checkbox", name="fail").uncheck()
    page.get_by_role("checkbox", name="implied").uncheck()
    expect(rows).to_have_count(2)


def test_a_slash_goes_to_the_search(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.get_by_label("Search")).to_have_value("a/b")


def test_a_line_to_paste_is_copied_or_selected(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    line = page.locator(".copied").first
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == line.text_content()
    assert page.evaluate("getSelection().toString()").strip() == line.inner_text().strip()


def test_all_that_is_closed_can_be_opened_and_closed_again(page: Page) -> None:
    page.get_by_role("button", name="Open all").click()
    expect(page.locator("details:not([open])")).to_have_count(0)
    page.get_by_role("button", name="Close all").click()
    expect(page.locator("details[open]")).to_have_count(0)


def test_on_paper_there_is_nothing_to_click(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="light")
    for selector in ("nav", "#filter", "button"):
        expect(page.locator(f"{selector}:visible")).to_have_count(0)
    expect(page.locator(".violation").first.get_by_text("Should have been").first).to_be_visible()


def test_on_a_telephone_nothing_lies_beside_the_page(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("checkbox", name="fail").uncheck()
    expect(page.locator("tr[data-verdict='fail']:visible")).to_have_count(0)
    expect(page.locator("tr[data-verdict]:visible")).to_have_count(3)


def test_what_is_undecided_everywhere_fits_on_a_telephone_too(browser: Browser, tmp_path: Path) -> None:
    given = violated(FOUND)
    undecided = replace(given.requirements[0], verdict=Verdict.INCONCLUSIVE, reason="no list", findings=())
    each = (replace(undecided, id=id, level=entry.level) for id, entry in requirements.load().items())
    left = f"108 orders ({', '.join(id for id in requirements.load())})"
    whole = replace(given, requirements=tuple(each), mishaps=replace(given.mishaps, left=(left,)))
    (tmp_path / "report.html").write_text(html(whole), "utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto((tmp_path / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".alert").bounding_box()["height"] < 400  # type: ignore[index]


def test_a_link_to_a_closed_finding_opens_it(page: Page) -> None:
    expect(page.locator("[id='finding-list.limit-max-2'] .compared")).to_be_hidden()
    page.evaluate("location.hash = 'finding-list.limit-max-2'")
    expect(page.locator("[id='finding-list.limit-max-2'] .compared")).to_be_in_viewport()


def test_the_first_screen_shows_what_should_have_been_and_what_was(page: Page) -> None:
    for words in ("Should have been", "Was", "Asked", "Came"):
        expect(page.locator(".violation").first.get_by_text(words, exact=True).first).to_be_in_viewport()


def test_what_a_violation_affects_is_closed_below_it_and_a_link_opens_it(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(html(CONSEQUENCES), "utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto((tmp_path / "report.html").as_uri())
    also = page.locator("[id='finding-list.limit-exact'] .compared")
    expect(also).to_be_hidden()
    page.locator("[id='list.limit-exact'] th a").click()
    expect(also).to_be_in_viewport()
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_it_can_be_read_without_scripts(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(html(violated(FOUND)), "utf-8")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((tmp_path / "report.html").as_uri())
    expect(page.locator("tr[data-verdict]:visible")).to_have_count(4)
    expect(page.locator("#filter")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1200])
def test_no_label_of_a_diagram_lies_on_a_line(width: int, page: Page) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    on_lines, smallest = page.evaluate("""() => {
        const boxes = (root, of) => [...root.querySelectorAll(of)].map((each) => each.getBoundingClientRect());
        const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
        const drawn = [...document.querySelectorAll('svg.sequence')];
        const met = drawn.map((each) => boxes(each, 'text').filter(
            (text) => boxes(each, 'line, rect').some((line) => meet(text, line))).length);
        const scale = (each) => each.getBoundingClientRect().width / each.viewBox.baseVal.width;
        return [met, 12 * Math.min(...drawn.map(scale))];
    }""")
    assert on_lines
    assert set(on_lines) == {0}
    assert smallest >= 9, "it can be read"
