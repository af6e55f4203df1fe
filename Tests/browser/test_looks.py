"""What can be seen and heard: contrast, labels and roles by axe-core, both schemes, a phone's width."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import URL, VISION
from playwright.sync_api import expect

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def check(page):
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing(open_page, scheme, width):
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto(VISION + "?limit=10")
    check(page)
    page.locator(".dots").first.click()
    page.get_by_role("menu").wait_for()
    check(page)
    page.keyboard.press("Escape")
    page.get_by_text("Status: all but Deleted").click()
    check(page)
    page.goto(VISION + "?asOf=50")
    check(page)
    page.get_by_role("rowheader").first.get_by_role("link").click()
    page.get_by_role("heading", name="Timeline").wait_for()
    check(page)
    page.get_by_role("link", name="Evidence").click()
    check(page)
    page.goto(VISION)
    for tab in ["History", "Deletion queue", "Charts"]:
        page.get_by_role("navigation", name="Project", exact=True).get_by_role("link", name=tab).click()
        expect(page.get_by_role("link", name=tab)).to_have_attribute("aria-current", "page")
        check(page)
    page.goto(URL + "/projects")
    check(page)
    page.goto(VISION + "?status=foo")
    check(page)


def test_nothing_is_wider_than_a_phone(open_page):
    page = open_page(viewport={"width": 390, "height": 800})
    pages = [VISION.replace("workloads", name) for name in ["history", "deletions", "charts"]]
    for address in [VISION, URL + "/projects", VISION + "?asOf=50", *pages]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.goto(VISION)
    page.get_by_role("rowheader").first.get_by_role("link").click()
    page.get_by_role("heading", name="Timeline").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_everything_is_reached_by_keys(page):
    page.goto(VISION + "?limit=2")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        reached.append(page.evaluate("(document.activeElement.ariaLabel || document.activeElement.textContent).trim()"))
        # What has the focus is seen to have it.
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert reached[0] == "Skip to the content"
    for text in ["Apply", "Clear", "Status: all but Deleted", "Live", "Refresh", "lab", "Actions of lab", "Next page"]:
        assert text in reached, f"{text} is not among {reached}"
