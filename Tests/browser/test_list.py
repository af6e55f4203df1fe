"""The list: filters, pages, columns; with scripts and without."""

import pytest
from conftest import URL, VISION, names, row


@pytest.fixture(params=["with scripts", "without"])
def either(request, open_page):
    return open_page(java_script_enabled=request.param == "with scripts")


def test_filters_stand_in_the_address(either):
    either.goto(VISION)
    either.get_by_label("Name").fill("job 1")
    either.get_by_text("Type: all").click()
    either.get_by_role("group", name="Types").get_by_label("Training", exact=True).check()
    either.get_by_role("button", name="Apply").click()
    either.wait_for_url("**/workloads?name=job+1&*type=Training*")
    assert set(names(either)) == {"job 16"}
    assert either.get_by_label("Name").input_value() == "job 1"
    assert either.get_by_text("Type: Training").is_visible()
    either.get_by_role("link", name="Clear").click()
    either.wait_for_url(VISION)
    assert len(names(either)) == 50


def test_statuses_are_chosen_and_deleted_is_left_out(either):
    either.goto(VISION + "?limit=100")
    assert len(names(either)) == 60
    either.get_by_text("Status: all but Deleted").click()
    either.get_by_label("Failed", exact=True).check()
    either.get_by_label("Running", exact=True).check()
    either.get_by_role("button", name="Apply").click()
    either.get_by_text("Status: Running, Failed").wait_for()
    shown = either.locator("tbody .status").all_inner_texts()
    assert set(shown) == {"Running", "Failed"}


def test_pages_follow_one_another(either):
    either.goto(VISION + "?limit=25")
    found = []
    for size in (25, 25, 10):
        assert len(names(either)) == size
        found += names(either)
        if size == 25:
            either.get_by_role("link", name="Next page").click()
    assert len(set(found)) == 60
    assert either.get_by_text("10 of 60 workloads").is_visible()
    either.get_by_role("link", name="First page").click()
    assert names(either) == found[:25]


def test_a_row_says_all_that_the_page_promises(page):
    page.goto(VISION + "?name=job 58")
    cells = row(page, "job 58").locator("td").all_inner_texts()
    assert cells[:7] == ["Training", "Running", "c1", "alice", "4", "8Gi", "0.5"]
    assert cells[7] == "2023-11-14 22:14:18"


def test_refresh_reads_again(page, workledger):
    page.goto(VISION + "?name=job 56")
    assert row(page, "job 56").get_by_text("Added").is_visible()
    workledger("queue", "job 56", "--project", "vision")
    assert row(page, "job 56").get_by_text("Added").is_visible()
    page.get_by_role("link", name="Refresh").click()
    assert row(page, "job 56").get_by_text("Pending").is_visible()


def test_what_is_wrong_is_said_on_a_page(page):
    for address, text in [("?status=foo", "'foo' is no status"), ("?limit=0", "whole number")]:
        page.goto(VISION + address)
        assert page.get_by_text(text).is_visible()
    page.goto(URL + "/projects/nope/workloads")
    assert page.get_by_role("heading", level=1).inner_text() == "There is no such thing"
