"""Ten thousand workloads: a page of a thousand rows scrolls without a hitch, and its pages lead through all."""

from conftest import BIG, names
from playwright.sync_api import expect

# What takes the page's thread longer than 50 ms (Long Tasks API), and how long each frame took to come.
WATCH = """() => {
  globalThis.tasks = [];
  globalThis.frames = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)))
    .observe({ type: "longtask" });
  let last = performance.now();
  const tick = (now) => { frames.push(now - last); last = now; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""


def test_a_thousand_rows_scroll(page):
    page.goto(BIG + "?limit=1000")
    assert len(names(page)) == 1000
    page.evaluate(WATCH)
    for _ in range(40):
        page.mouse.wheel(0, 900)
        page.wait_for_timeout(25)
    last = page.locator(".dots").last
    last.scroll_into_view_if_needed()
    last.click()
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("Escape")
    tasks, frames = page.evaluate("[tasks, frames]")
    loading = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    print(
        f"figures: 1,000 rows: loaded in {loading:.0f} ms; scrolling: {len(frames)} frames, slowest {max(frames):.0f} ms, "
        f"{len(tasks)} tasks over 50 ms, longest {max(tasks, default=0):.0f} ms"
    )


def test_what_is_not_in_sight_is_not_laid_out(open_page):
    page = open_page(viewport={"width": 390, "height": 800})
    page.goto(BIG + "?limit=1000")
    skipped = page.evaluate(
        """[...document.querySelectorAll("tbody th")]
          .filter((cell) => !cell.checkVisibility({ contentVisibilityAuto: true })).length"""
    )
    assert skipped > 900


def test_pages_lead_through_all_ten_thousand(page):
    page.goto(BIG + "?limit=1000")
    found = []
    while True:
        found += names(page)
        following = page.get_by_role("link", name="Next page")
        if following.count() == 0:
            break
        following.click()
        page.wait_for_url("**pageToken=*")
        assert len(found) <= 10_000
    assert found == [f"workload {number}" for number in range(10_000, 0, -1)]


def test_the_slider_moves_over_all_of_them(page):
    page.goto(BIG)
    page.get_by_role("slider").focus()
    for key in ["PageDown"] * 5:
        page.keyboard.press(key)
    page.get_by_text("This is the past").wait_for()
    position = int(page.get_by_role("slider").input_value())
    expect(page.get_by_text(f"position {position:,}.")).to_be_visible()
    assert names(page)[0] not in ("workload 10000", "workload 1")
