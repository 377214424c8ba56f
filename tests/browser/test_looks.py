"""How pages look: nothing is cut on a phone, nothing moves, and pages that fail say so well."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from browser.looks import NARROW, wait_until
from running import RunningKaiga

ADDRESSES = [
    *("tasks",),
]
BAR = {
    "en": ["Playground", "Tasks", "Gallery", "Models", "More"],
    "ja": ["プレイグラウンド", "タスク", "ギャラリー", "モデル", "その他"],
    "zh": ["体验中心", "任务", "图库", "模型", "更多"],
}
MOST_SHIFT = 0.01
"""A tenth of what the Core Web Vitals still call good: what no eye sees."""
LISTEN_FOR_SHIFTS = """
    window.shift = 0;
    new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) window.shift += value;
    }).observe({ type: "layout-shift", buffered: true });
"""
SUM_OF_SHIFTS = """
    new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(
        () => setTimeout(() => tell(window.shift)))))
"""
"""What moves is told after the frame in which it did."""
ARE_SHOWN = """
    () => [...document.querySelectorAll(".tile img")]
        .filter((it) => it.getBoundingClientRect().top < innerHeight)
        .every(({ naturalWidth }) => naturalWidth)
"""
LABELS = ".rail > ul span, .rail-more span"
FIND_CUT = """
    (labels) => labels.filter((label) => {
        const inner = label.getBoundingClientRect();
        const outer = label.closest("li, button").getBoundingClientRect();
        return label.scrollWidth > inner.width + 1
            || inner.left < outer.left || inner.right > outer.right;
    }).map(({ textContent }) => textContent)
"""


@pytest.fixture(scope="module")
def pictures(console: RunningKaiga) -> None:
    """Pictures of several shapes."""
    with console.client() as client:
        for size in ("768*768", "720*1280", "1280*720"):
            console.wait_for_end(client, console.submit(client, size=size, n=2))


@pytest.mark.usefixtures("pictures")
@pytest.mark.parametrize("language", BAR)
def test_a_phone_shows_whole_pages_with_whole_labels(open_page: Callable[..., Page], language: str):
    page = open_page(NARROW, language=language)

    for address in ADDRESSES:
        page.goto(f"/console/{address}")
        page.wait_for_selector("main h1")
        expect(page.locator(".spinner")).to_have_count(0)

        assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"], address
    assert page.locator(LABELS).all_inner_texts() == BAR[language]
    assert page.locator(LABELS).evaluate_all(FIND_CUT) == []


class TestMore:
    @pytest.fixture
    def phone(self, open_page: Callable[..., Page]) -> Page:
        page = open_page(NARROW)
        page.goto("/console/tasks")
        page.wait_for_selector("main h1")
        return page

    def test_it_leads_to_the_other_pages_and_closes_behind_one(self, phone: Page):
        phone.get_by_role("button", name="More").click()
        phone.get_by_role("link", name="Start").click()

        expect(phone.get_by_role("heading", level=1)).to_have_text("Your first picture")
        expect(phone.get_by_role("button", name="Sign out")).to_be_hidden()

    def test_it_is_opened_and_closed_by_keys(self, phone: Page):
        more = phone.get_by_role("button", name="More")
        more.focus()

        phone.keyboard.press("Enter")
        expect(phone.get_by_role("combobox", name="Language")).to_be_visible()
        phone.keyboard.press("Tab")
        expect(phone.get_by_role("link", name="Keys and usage")).to_be_focused()
        phone.keyboard.press("Escape")

        expect(phone.get_by_role("combobox", name="Language")).to_be_hidden()
        expect(more).to_be_focused()


@pytest.mark.usefixtures("pictures")
def test_nothing_moves_when_small_pictures_come(open_page: Callable[..., Page]):
    page = open_page(NARROW)
    held: list[Route] = []
    are_held = True

    def meet(route: Route) -> None:
        held.append(route) if are_held else route.continue_()

    page.route("**/thumbnails/**", meet)
    page.add_init_script(LISTEN_FOR_SHIFTS)
    with page.expect_request("**/thumbnails/**"):
        page.goto("/console/gallery")
    expect(page.locator(".tile").nth(5)).to_be_attached()

    are_held = False
    for route in held:
        route.continue_()
    wait_until(page, ARE_SHOWN)

    assert page.evaluate(SUM_OF_SHIFTS) < MOST_SHIFT


def test_a_page_that_is_none_leads_to_one_that_is(page: Page):
    page.goto("/console/nowhere")
    page.get_by_role("main").get_by_role("link", name="Playground").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Playground")
