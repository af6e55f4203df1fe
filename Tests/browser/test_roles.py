"""Signing in, and what each role is shown: on a second server over the same ledger, which asks for tokens."""

import os
from urllib.parse import urlsplit

import pytest
from conftest import URL, VISION, row
from playwright.sync_api import expect

SIGNED = os.environ["WORKLEDGER_TOKEN_URL"]
SIGNED_VISION = VISION.replace(URL, SIGNED)


@pytest.fixture
def sign_in(open_page, issue):
    def sign_in(user, role="member", address=SIGNED_VISION, **options):
        page = open_page(**options)
        page.goto(address)
        assert page.url.startswith(SIGNED + "/sign-in?next=")
        expect(page.get_by_label("Token")).to_be_focused()
        page.keyboard.type(issue(user, role))
        page.keyboard.press("Enter")
        page.wait_for_url(address)
        return page

    return sign_in


def test_one_comes_back_to_where_one_was_going(sign_in):
    address = SIGNED_VISION + "?status=Failed&limit=3"
    page = sign_in("alice", address=address)
    assert page.url == address
    expect(page.get_by_role("banner")).to_contain_text("Signed in as alice member")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(SIGNED + "/sign-in")
    page.goto(address)
    assert urlsplit(page.url).path == "/sign-in"


def test_a_wrong_token_is_refused_on_the_page(open_page):
    page = open_page()
    page.goto(SIGNED + "/sign-in")
    page.get_by_label("Token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.context.cookies() == []


def test_a_member_deletes_and_it_is_the_member_who_did(sign_in):
    page = sign_in("alice", address=SIGNED_VISION + "?name=job 44".replace(" ", "%20"))
    page.get_by_role("button", name="Actions of job 44").click()
    page.get_by_role("menuitem", name="Delete…").click()
    page.get_by_label("Reason").fill("done with it")
    page.get_by_role("button", name="Queue for deletion").click()
    expect(page.get_by_text("Queued for deletion: job 44")).to_be_visible()
    row(page, "job 44").get_by_role("rowheader").get_by_role("link").click()
    expect(page.locator("tr", has_text="done with it")).to_contain_text("alice@workledger-server")


def test_an_auditor_is_shown_no_button_that_writes(sign_in):
    page = sign_in("ann", "auditor")
    page.locator(".dots").first.click()
    page.get_by_role("menu").wait_for()
    assert "Delete…" not in page.get_by_role("menuitem").all_inner_texts()
    page.get_by_role("menuitem", name="Show details").click()
    page.get_by_role("heading", name="Timeline").wait_for()
    assert page.get_by_role("link", name="Delete…").count() == 0


def test_to_who_is_no_member_a_project_does_not_exist(sign_in):
    page = sign_in("eve", address=SIGNED + "/projects")
    assert page.get_by_role("link", name="vision").count() == 0
    page.goto(SIGNED_VISION)
    assert page.get_by_role("heading", level=1).inner_text() == "There is no such thing"


def test_the_live_mode_and_the_evidence_are_for_who_is_signed_in(sign_in, workledger):
    page = sign_in("alice", address=SIGNED_VISION + "?name=job%2030")
    page.get_by_role("button", name="Live").click()
    expect(page.locator("#live-text")).to_contain_text("Live.")
    workledger("terminate", "job 30", "--reason", "preempted", "--project", "vision")
    expect(row(page, "job 30").locator(".status")).to_have_text("Terminated")
    workledger("checkpoint")
    row(page, "job 30").get_by_role("rowheader").get_by_role("link").click()
    page.get_by_role("link", name="Evidence").click()
    page.get_by_role("button", name="Check in this browser").click()
    expect(page.locator("#audit-verdict")).to_have_text("The evidence holds, by this server's own key.")


def test_who_was_signed_out_meanwhile_is_asked_again(sign_in):
    page = sign_in("alice")
    page.context.clear_cookies()
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    page.wait_for_url(SIGNED + "/sign-in?next=*")
