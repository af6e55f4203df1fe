"""The live mode: rows change in place as events come, and nothing else does."""

from conftest import VISION, names, row
from playwright.sync_api import expect


def test_rows_change_in_place(page, workledger):
    page.goto(VISION + "?limit=5")
    live = page.get_by_role("button", name="Live")
    assert live.get_attribute("aria-pressed") == "false"
    live.click()
    assert live.get_attribute("aria-pressed") == "true"
    expect(page.locator("#live-text")).to_contain_text("Live")
    page.evaluate("document.querySelector('tbody tr').dataset.mark = 'same'")
    workledger("start", "lab", "--project", "vision")
    expect(row(page, "lab").locator(".status")).to_have_text("Running")
    assert page.locator("tr[data-mark=same]").count() == 1
    workledger("create", "newcomer", "--type", "training", "--cluster", "c1", "--project", "vision")
    expect(page.locator("tbody tr").first).to_contain_text("newcomer")
    assert len(names(page)) == 5
    expect(page.locator("#live-text")).to_contain_text("5 of 61 workloads")
    expect(live).to_be_focused()
    # What is shown is what a visit would show.
    shown = page.locator("tbody").inner_text()
    page.reload()
    assert page.locator("tbody").inner_text().splitlines()[0] == shown.splitlines()[0]


def test_leaves_alone_what_is_in_use(page, workledger):
    page.goto(VISION + "?limit=5&name=job 5")
    page.get_by_role("button", name="Live").click()
    expect(page.locator("#live-text")).to_contain_text("Live.")
    page.get_by_role("button", name="Actions of job 57").click()
    item = page.get_by_role("menuitem", name="Show details")
    expect(item).to_be_focused()
    workledger("terminate", "job 57", "--reason", "preempted", "--project", "vision")
    expect(row(page, "job 57").locator(".status")).to_have_text("Terminated")
    expect(item).to_be_visible()
    expect(item).to_be_focused()


def test_is_told_when_the_connection_is_lost_and_goes_on(open_page, complaints, workledger):
    page = open_page()
    lost = {"is": False}
    page.route("**/events/stream*", lambda route: route.abort() if lost["is"] else route.continue_())
    page.goto(VISION + "?limit=5&name=job 5")
    lost["is"] = True
    page.get_by_role("button", name="Live").click()
    expect(page.locator("#live-text")).to_have_text("Connection lost; trying again…")
    lost["is"] = False
    workledger("terminate", "job 58", "--reason", "preempted", "--project", "vision")
    expect(row(page, "job 58").locator(".status")).to_have_text("Terminated")
    page.get_by_role("button", name="Live").click()
    expect(page.locator("#live-text")).to_have_text("")
    complaints[:] = [complaint for complaint in complaints if "ERR_FAILED" not in complaint]


def test_the_past_is_not_live(page):
    page.goto(VISION)
    page.get_by_role("button", name="Live").click()
    expect(page.locator("#live-text")).to_contain_text("Live")
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="Live")).to_be_hidden()
    expect(page.locator("#live-text")).to_have_text("")
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Live")).to_be_visible()
    assert page.get_by_role("button", name="Live").get_attribute("aria-pressed") == "false"
