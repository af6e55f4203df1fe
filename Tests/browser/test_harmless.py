"""Names that somebody chose to break the page with stay names."""

from urllib.parse import quote

from conftest import URL

PROJECT = URL + "/projects/" + quote("<b>&\"'", safe="") + "/workloads"


def test_hostile_names_are_only_names(page):
    page.goto(PROJECT)
    rows = page.locator("tbody tr")
    assert rows.count() == 16
    assert page.locator("script").count() == 1
    assert page.locator("tbody img, tbody b").count() == 0
    texts = page.locator("tbody bdi").all_inner_texts()
    assert "<script>alert(1)</script>" in texts and "\u202egnp.exe" in texts and "أحمد" in texts
    for index in range(rows.count()):
        rows.nth(index).locator(".dots").click()
        page.keyboard.press("Escape")


def test_a_name_from_right_to_left_leaves_its_neighbours_where_they_are(page):
    page.goto(PROJECT)
    first = page.locator("tbody tr").filter(has_text="أحمد")
    cells = first.locator("th, td").all()
    edges = [cell.bounding_box()["x"] for cell in cells]
    assert edges == sorted(edges)
    assert first.locator("td").first.inner_text() == "Workspace"


def test_what_would_get_into_a_page_may_do_nothing(page, complaints):
    page.goto(PROJECT)
    policy = page.request.get(PROJECT).headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    blocked = page.evaluate(
        """() => new Promise((resolve) => {
          document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
          const element = document.createElement("p");
          element.setAttribute("onclick", "globalThis.broken = true");
          document.body.append(element);
          element.click();
        })"""
    )
    assert blocked == "script-src-attr"
    assert page.evaluate("globalThis.broken") is None
    assert "Executing inline event handler violates" in complaints.pop()
