"""Deleting: asked for, queued, refused; by mouse and keys, with scripts and without."""

from conftest import URL, VISION, row
from playwright.sync_api import expect


def test_asks_in_a_dialog_and_says_that_it_is_queued(page):
    page.goto(VISION + "?name=job 5&limit=20")
    page.get_by_role("button", name="Actions of job 51").click()
    page.get_by_role("menuitem", name="Delete…").click()
    dialog = page.get_by_role("dialog", name="Delete job 51?")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    dialog.get_by_label("Reason").fill("wrong dataset")
    dialog.get_by_role("button", name="Queue for deletion").click()
    expect(page.get_by_role("status").filter(has_text="Queued for deletion: job 51")).to_be_visible()
    # The filters are those that one came with.
    assert page.get_by_label("Name").input_value() == "job 5"
    assert row(page, "job 51").locator(".status").inner_text() == "Delete Requested"
    page.get_by_role("button", name="Actions of job 51").click()
    assert page.get_by_role("menuitem").all_inner_texts() == ["Show details"]
    page.get_by_role("menuitem").click()
    assert page.get_by_role("cell", name="wrong dataset").is_visible()


def test_nothing_happens_when_it_is_cancelled(page):
    page.goto(VISION + "?name=job 52")
    button = page.get_by_role("button", name="Actions of job 52")
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    for leave in ["Escape", "Cancel"]:
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("menuitem").first).to_be_focused()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        dialog.wait_for()
        if leave == "Escape":
            page.keyboard.press("Escape")
        else:
            dialog.get_by_role("link", name="Cancel").click()
        expect(dialog).to_have_count(0)
        expect(button).to_be_focused()
    assert sent == [] and page.url.endswith("?name=job%2052")


def test_works_without_scripts(plain):
    plain.goto(VISION + "?name=job 53")
    plain.get_by_role("button", name="Actions of job 53").click()
    plain.get_by_role("link", name="Delete…").click()
    assert plain.get_by_role("heading", level=1).inner_text() == "Delete job 53?"
    plain.get_by_label("Reason").fill("no longer needed")
    plain.get_by_role("button", name="Queue for deletion").click()
    assert plain.get_by_text("Queued for deletion: job 53").is_visible()
    assert plain.get_by_label("Name").input_value() == "job 53"


def test_a_refusal_is_said_in_the_words_of_the_ledger(page, workledger):
    page.goto(VISION + "?name=job 54")
    page.get_by_role("rowheader", name="job 54").get_by_role("link").click()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("dialog").wait_for()
    # Somebody else is faster.
    workledger("delete", "job 54", "--project", "vision", "--yes")
    page.get_by_label("Reason").fill("me too")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("A rule refuses this: ")
    expect(alert).to_contain_text("Delete Requested")
    assert page.get_by_label("Reason").input_value() == "me too"
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(VISION)


def test_is_not_offered_in_the_past(page):
    page.goto(VISION + "?asOf=60")
    page.locator(".dots").first.click()
    assert page.get_by_role("menuitem").all_inner_texts() == ["Show details"]


def test_another_project_is_chosen_at_the_top(page, plain):
    for each in (page, plain):
        each.goto(VISION)
        each.get_by_text("Change project").click()
        each.get_by_role("navigation", name="Choice of a project").get_by_role("link", name="big").click()
        each.wait_for_url(URL + "/projects/big/workloads")
        assert each.get_by_role("heading", level=1).inner_text() == "Workloads of big"
    page.get_by_text("Change project").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="vision")).to_be_hidden()
    expect(page.locator("summary", has_text="Change project")).to_be_focused()
