"""The audit view: the browser checks the proof by itself, and finds whatever was changed in it."""

import base64
import json

import pytest
from conftest import URL, VISION
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def evidence(workledger):
    """The address of the evidence for a workload with three events."""
    workledger("checkpoint")
    workload = json.loads(workledger("show", "job 59", "--project", "vision", "-o", "json"))
    return f"{URL}/workloads/{workload['id']}/evidence"


@pytest.fixture
def audit(page, evidence):
    """Opens the evidence and checks it; gives the verdict and the steps that were shown."""

    def audit(change=None, key=""):
        if change:

            def answer(route):
                document = route.fetch().json()
                change(document)
                route.fulfill(json=document)

            page.route("**/api/v1/workloads/*/proof", answer)
        page.goto(evidence)
        page.get_by_label("The log's public key").fill(key)
        page.get_by_role("button", name="Check in this browser").click()
        verdict = page.locator("#audit-verdict")
        expect(verdict).to_contain_text("hold")
        return verdict.inner_text(), page.locator("#audit-steps > li").all_inner_texts()

    return audit


def test_the_evidence_holds(audit, page):
    verdict, steps = audit()
    assert verdict == "The evidence holds, by this server's own key."
    assert len(steps) == 5 and all(step.startswith("Holds") for step in steps)
    assert all(f"{event} by alice" in steps[4] for event in ["created", "started", "completed"])
    # It is the same that the page shows.
    leaf = page.locator("td[data-label=Leaf]").first.inner_text()
    path = page.locator("td[data-label=Path] summary").first.inner_text()
    assert len(base64.b64decode(leaf)) == 32 and path.endswith("hashes")


def test_a_pasted_key_counts_more_than_the_server(audit, workledger):
    key = workledger("checkpoint", "--public-key")
    verdict, _ = audit(key=key)
    assert verdict == "The evidence holds, by the key that you pasted."
    other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    for wrong, reason in [(other, "not that of PeterNeumann's key"), (key[:-6] + "AAAAA=", "hash"), ("x", "key")]:
        verdict, steps = audit(key=wrong)
        assert verdict == "The evidence does not hold."
        assert len(steps) == 2 and steps[1].startswith("Fails") and reason in steps[1]


def flipped(text, index=0):
    data = bytearray(base64.b64decode(text))
    data[index] ^= 1
    return base64.b64encode(data).decode()


def flip_record(document):
    document["records"][1]["record"] = flipped(document["records"][1]["record"], 40)


def flip_path(document):
    document["records"][0]["proof"][2] = flipped(document["records"][0]["proof"][2], 31)


def shorten_path(document):
    document["records"][0]["proof"].pop()


def lengthen_path(document):
    document["records"][0]["proof"].append(document["records"][0]["proof"][0])


def move_record(document):
    document["records"][1]["position"] += 1


def flip_signature(document):
    lines = document["checkpoint"].split("\n")
    mark, name, signature = lines[4].split(" ")
    lines[4] = " ".join([mark, name, flipped(signature, 50)])
    document["checkpoint"] = "\n".join(lines)


def change_size(document):
    lines = document["checkpoint"].split("\n")
    document["checkpoint"] = "\n".join([lines[0], str(int(lines[1]) + 1), *lines[2:]])


def change_name(document):
    next(name for name in document["names"] if name["name"] == "alice")["name"] = "mallory"


def leave_out(document):
    del document["records"][1]


def pass_for_another(document):
    # Every record of it is genuine, and none is about this workload.
    document["records"] = document["context"][:1]


@pytest.mark.parametrize(
    ("change", "step"),
    [(flip_record, 3), (flip_path, 3), (shorten_path, 3), (lengthen_path, 3), (move_record, 3), (flip_signature, 2),
     (change_size, 2), (change_name, 4), (leave_out, 5), (pass_for_another, 5)],
)  # fmt: skip
def test_what_was_changed_is_found(audit, change, step):
    verdict, steps = audit(change)
    assert verdict == "The evidence does not hold."
    assert len(steps) == step and steps[-1].startswith("Fails"), steps
    assert all(step.startswith("Holds") for step in steps[:-1])


def test_stands_on_the_details_and_shows_without_scripts_what_can_be_shown(plain, evidence):
    plain.goto(VISION + "?name=job 59")
    plain.get_by_role("rowheader", name="job 59").get_by_role("link").click()
    plain.get_by_role("link", name="Evidence").click()
    assert plain.url == evidence
    expect(plain.get_by_text("It reaches the whole timeline")).to_be_visible()
    expect(plain.get_by_role("button", name="Check in this browser")).to_be_hidden()
    address = URL + plain.get_by_role("link", name="the proof").get_attribute("href")
    proof = plain.request.get(address).json()
    assert proof["format"] == "workledger-evidence@v1"
    assert proof["checkpoint"] == plain.locator("pre").inner_text()
