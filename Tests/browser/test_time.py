"""The time slider: the same page as of another moment."""

from conftest import VISION, names
from playwright.sync_api import expect


def slide(page, *keys):
    page.get_by_role("slider").focus()
    for key in keys:
        page.keyboard.press(key)


def test_looks_back_by_keys_and_keeps_the_filters(page):
    page.goto(VISION + "?owner=bob&limit=10")
    slider = page.get_by_role("slider")
    assert slider.get_attribute("aria-valuetext").startswith("Now, position ")
    newest = names(page)
    slide(page, "Home")
    page.get_by_text("This is the past: as the ledger knew it at position 1.").wait_for()
    assert names(page) == []
    page.wait_for_url("**?owner=bob&limit=10&asOf=1")
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    page.get_by_text("position 41.").wait_for()
    assert names(page) == [f"job {number}" for number in range(17, 0, -2)]
    expect(slider).to_be_focused()
    slide(page, "End")
    page.get_by_text("This is the past").wait_for(state="detached")
    assert names(page) == newest
    page.wait_for_url(VISION + "?owner=bob&limit=10")


def test_says_the_time_of_the_position(page):
    page.goto(VISION)
    last = int(page.get_by_role("slider").get_attribute("max"))
    slide(page, "Home", "ArrowRight", "ArrowRight", "ArrowRight")
    page.locator("output", has_text="2023-11-14 22:13:20, position 4").wait_for()
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == "2023-11-14 22:13:20, position 4"
    assert page.get_by_text("Moment: the past").is_visible()
    assert last > 10_000


def test_the_browser_goes_back_and_forward(page):
    page.goto(VISION)
    now = names(page)
    slide(page, "Home")
    page.wait_for_url("**?asOf=1")
    page.get_by_text("This is the past").wait_for()
    page.go_back()
    page.get_by_text("This is the past").wait_for(state="detached")
    assert page.url == VISION and names(page) == now
    assert page.get_by_role("slider").input_value() == page.get_by_role("slider").get_attribute("max")
    page.go_forward()
    page.get_by_text("This is the past").wait_for()
    assert page.get_by_role("slider").input_value() == "1"


def test_follows_the_mouse_without_asking_for_every_step(page):
    page.goto(VISION)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    box = page.get_by_role("slider").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 5, middle)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(box["x"] + box["width"] - 5 - step * 5, middle)
    page.mouse.up()
    page.get_by_text("This is the past").wait_for()
    value = page.get_by_role("slider").input_value()
    page.wait_for_url(f"**?asOf={value}")
    page.wait_for_load_state("networkidle")
    assert asked[-1].endswith("asOf=" + value)
    shown = page.get_by_text("This is the past").inner_text()
    assert f"position {int(value):,}." in shown


def test_is_a_form_without_scripts(plain):
    plain.goto(VISION + "?owner=bob")
    plain.get_by_role("slider").focus()
    plain.keyboard.press("Home")
    plain.get_by_role("button", name="Show").click()
    assert plain.url == VISION + "?owner=bob&asOf=1"
    plain.get_by_role("link", name="Back to now").click()
    plain.get_by_text("Moment: now").click()
    plain.get_by_label("What was true").fill("2023-11-14T22:13:30Z")
    plain.get_by_role("button", name="Apply").click()
    assert plain.get_by_text("what was true at 2023-11-14T22:13:30Z").is_visible()
    assert names(plain) == ["job 9", "job 7", "job 5", "job 3", "job 1"]
