"""The menu of a row: by mouse, by keys, and without scripts."""

from conftest import URL, VISION
from playwright.sync_api import expect


def test_shows_details(page):
    page.goto(VISION + "?name=job 58")
    page.get_by_role("button", name="Actions of job 58").click()
    page.get_by_role("menuitem", name="Show details").click()
    page.wait_for_url(URL + "/workloads/*")
    assert page.get_by_role("heading", level=1).inner_text().startswith("job 58")
    assert page.get_by_text("Created by").is_visible()


def test_works_without_scripts(plain):
    plain.goto(VISION + "?name=job 58")
    plain.get_by_role("button", name="Actions of job 58").click()
    plain.get_by_role("link", name="Show details").click()
    plain.wait_for_url(URL + "/workloads/*")


def test_opens_a_workspace_in_a_new_tab_and_nothing_else(page):
    page.goto(VISION + "?name=lab")
    page.get_by_role("button", name="Actions of lab").click()
    item = page.get_by_role("menuitem", name="Open Workspace in a new tab")
    assert item.get_attribute("href") == "https://lab.example/x?a=1&b=2"
    assert item.get_attribute("target") == "_blank"
    assert "noopener" in item.get_attribute("rel")
    page.goto(VISION + "?type=Training")
    page.locator(".dots").first.click()
    assert page.get_by_role("menuitem", name="Show details").is_visible()
    assert page.get_by_role("menuitem", name="Open Workspace").count() == 0


def test_has_the_keys_of_a_menu(page):
    page.goto(VISION + "?name=lab")
    button = page.get_by_role("button", name="Actions of lab")
    button.focus()
    assert button.get_attribute("aria-haspopup") == "menu"
    page.keyboard.press("Enter")
    first, last = page.get_by_role("menuitem").first, page.get_by_role("menuitem").last
    expect(first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(last).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("End")
    expect(last).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(URL + "/workloads/*")


def test_closes_when_something_else_is_meant(page):
    page.goto(VISION)
    page.locator(".dots").nth(3).click()
    page.get_by_role("menu").wait_for()
    page.get_by_role("heading", level=1).click()
    page.get_by_role("menu").wait_for(state="hidden")
    # It stands at its button, and inside the window.
    last = page.locator(".dots").last
    last.scroll_into_view_if_needed()
    last.click()
    menu, button = page.get_by_role("menu").bounding_box(), last.bounding_box()
    assert abs(menu["x"] + menu["width"] - button["x"] - button["width"]) < 4
    assert 0 <= menu["y"] and menu["y"] + menu["height"] <= 900
