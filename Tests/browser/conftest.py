"""What the browser's tests share: one Chromium, a page of its own for each test, and the ledger's command line.

Each page is watched: an error in its script, a message in its console or a request to somebody else fails the test.
"""

import os
import subprocess

import pytest
from playwright.sync_api import sync_playwright

URL = os.environ["WORKLEDGER_URL"]
OURS = (URL, os.environ["WORKLEDGER_TOKEN_URL"])
VISION = URL + "/projects/vision/workloads"
BIG = URL + "/projects/big/workloads"


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def complaints():
    """What no page should do: whatever is left in it at the end of a test fails it."""
    complaints = []
    yield complaints
    assert complaints == []


@pytest.fixture
def open_page(browser, complaints):
    """Opens pages: `open_page(color_scheme="dark")`, with any option of a browser's context."""
    contexts = []

    def open_page(**options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()

        def note(message):
            # The status of a page that was asked for on purpose is the test's own matter.
            is_own_status = message.text.startswith("Failed to load resource") and message.location["url"] == page.url
            if not is_own_status:
                complaints.append(f"console: {message.text}")

        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("request", lambda request: request.url.startswith(OURS) or complaints.append(f"asks {request.url}"))
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture
def plain(open_page):
    """A page without scripts."""
    return open_page(java_script_enabled=False)


def run(*arguments):
    done = subprocess.run([os.environ["WORKLEDGER_BIN"], *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="session")
def workledger():
    """Runs a command on the ledger that is served, as alice."""
    return lambda *arguments: run(*arguments, "--as", "alice")


@pytest.fixture(scope="session")
def issue():
    """Gives out a token for a user."""
    return lambda user, role: run("token", "issue", user, "--role", role)


def names(page):
    """The names of the workloads in the rows of the table."""
    return page.locator("tbody th[scope=row] a").all_inner_texts()


def row(page, name):
    return page.locator("tbody tr").filter(has=page.get_by_role("rowheader", name=name, exact=True))
