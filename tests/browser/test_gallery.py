"""The gallery in a browser: looking, comparing, choosing, keeping, and what fails."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.looks import NARROW
from running import RunningKaiga, wait_until

VIDEO = "/services/aigc/video-generation/video-synthesis"
CLIP = {
    "model": "wan2.2-t2v-plus",
    "input": {"prompt": "a kite over the sea"},
    "parameters": {"size": "832*480"},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    """A server that keeps on wish, with three pictures and a clip, the clip being the newest."""
    settings = {"KAIGA_KEEP_DAYS": "30"}
    running = RunningKaiga(tmp_path_factory.mktemp("gallery") / "data", settings).start()
    with running.client() as client:
        for prompt, sizes in (("a red fox", {"n": 2}), ("a tall house", {"size": "720*1280"})):
            running.wait_for_end(client, running.submit(client, prompt, seed=11, **sizes))
        headers = {"X-DashScope-Async": "enable"}
        clip = client.post(VIDEO, json=CLIP, headers=headers).json()["output"]["task_id"]
        running.wait_for_end(client, clip)
    yield running
    running.stop()


@pytest.fixture
def gallery(open_page: Callable[..., Page], shop: RunningKaiga) -> Page:
    page = open_page(server=shop)
    page.goto("/console/gallery")
    expect(page.locator(".tile")).to_have_count(4)
    return page


def tile(page: Page, number: int) -> Any:
    return page.locator(".tile").nth(number)


def choose(page: Page, *numbers: int) -> None:
    for number in numbers:
        tile(page, number).hover()
        tile(page, number).get_by_role("checkbox").check()


def test_the_newest_come_first_and_every_small_picture_is_there(gallery: Page):
    expect(tile(gallery, 0).get_by_role("button")).to_have_accessible_name(
        "a kite over the sea, 23 hr left"
    )
    expect(tile(gallery, 1).get_by_role("button")).to_have_accessible_name(
        "a tall house, 23 hr left"
    )

    loaded = "[...document.querySelectorAll('.tile img')].every(({ naturalWidth }) => naturalWidth)"
    wait_until(lambda: gallery.evaluate(loaded), "all small pictures are there")


def test_nothing_moves_while_small_pictures_arrive(
    open_page: Callable[..., Page], shop: RunningKaiga
):
    page = open_page(server=shop)
    held: list[Any] = []
    page.route("**/thumbnails/*", lambda route: held.append(route))  # noqa: PLW0108  it is wrapped
    page.goto("/console/gallery")
    expect(page.locator(".tile")).to_have_count(4)
    places = [page.locator(".tile").nth(n).bounding_box() for n in range(4)]
    for route in held:
        route.continue_()

    loaded = "document.querySelector('.tile img').naturalWidth > 0"
    wait_until(lambda: page.evaluate(loaded), "the first small picture is there")

    assert [page.locator(".tile").nth(n).bounding_box() for n in range(4)] == places


def test_a_clip_plays_while_it_is_pointed_at_or_focused(gallery: Page):
    expect(gallery.locator(".tile video")).to_have_count(0)

    tile(gallery, 0).hover()
    is_playing = "document.querySelector('.tile video')?.currentTime > 0"
    wait_until(lambda: gallery.evaluate(is_playing), "it plays")
    gallery.mouse.move(0, 0)
    expect(gallery.locator(".tile video")).to_have_count(0)

    tile(gallery, 0).get_by_role("button").focus()
    expect(gallery.locator(".tile video")).to_have_count(1)


def test_filters_are_part_of_the_address(gallery: Page):
    gallery.get_by_label("Kind").select_option("video")
    expect(gallery.locator(".tile")).to_have_count(1)
    assert gallery.url.endswith("?kind=video")

    gallery.reload()
    expect(gallery.locator(".tile")).to_have_count(1)
    gallery.get_by_label("Kind").select_option("")
    gallery.get_by_label("Model").select_option("wan2.5-t2i-preview")
    expect(gallery.locator(".tile")).to_have_count(3)


def test_a_result_is_opened_walked_from_and_left_by_keyboard(gallery: Page):
    tile(gallery, 1).get_by_role("button").focus()
    gallery.keyboard.press("Enter")
    large = gallery.get_by_role("dialog")
    expect(large).to_contain_text("a tall house")
    expect(large).to_contain_text("720 × 1280")
    expect(large).to_contain_text("23 hr left")

    gallery.keyboard.press("ArrowRight")
    expect(large).to_contain_text("a red fox")
    expect(large.locator("code").first).to_have_text("11")
    gallery.keyboard.press("ArrowRight")
    expect(large.locator("code").first).to_have_text("12")

    gallery.keyboard.press("Escape")
    expect(large).to_have_count(0)


def test_two_are_compared_and_enlarged_together(gallery: Page):
    choose(gallery, 2)
    expect(gallery.get_by_role("button", name="Compare")).to_be_disabled()
    choose(gallery, 3)
    gallery.get_by_role("button", name="Compare").click()
    shown = gallery.locator(".compare-window img")
    expect(shown).to_have_count(2)

    gallery.keyboard.press("+")

    transforms = shown.evaluate_all("images => images.map(({ style }) => style.transform)")
    assert transforms[0] == transforms[1]
    assert "scale(1.25)" in transforms[0]


def test_one_is_downloaded_as_it_is_and_several_as_an_archive(gallery: Page):
    choose(gallery, 2)
    with gallery.expect_download() as single:
        gallery.get_by_role("link", name="Download").click()
    choose(gallery, 3)
    with gallery.expect_download() as several:
        gallery.get_by_role("link", name="Download").click()

    assert "a-red-fox" in single.value.suggested_filename
    content = Path(several.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.namelist()) == 2
        assert archive.testzip() is None


def test_what_is_kept_has_more_time_left(gallery: Page):
    tile(gallery, 1).get_by_role("button").click()
    large = gallery.get_by_role("dialog")
    large.get_by_role("button", name="Keep for 30 days").click()

    expect(large.get_by_role("button", name="Kept for 30 days")).to_be_disabled()
    expect(large).to_contain_text("29 days left")


def test_what_expires_leaves_while_one_looks(open_page: Callable[..., Page], shop: RunningKaiga):
    page = open_page(server=shop)
    page.clock.install()
    page.goto("/console/gallery?kind=video")
    expect(page.locator(".tile")).to_have_count(1)

    page.clock.fast_forward(23.5 * 3600 * 1000)
    expect(tile(page, 0).get_by_role("button")).to_have_accessible_name(
        "a kite over the sea, 29 min left"
    )
    page.clock.fast_forward(3600 * 1000)
    expect(page.locator(".tile")).to_have_count(0)


def test_more_is_loaded_as_one_comes_near_the_end(
    open_page: Callable[..., Page], shop: RunningKaiga
):
    page = open_page(NARROW, server=shop)
    page.route(
        "**/kaiga/v1/results?*", lambda it: it.continue_(url=it.request.url.replace("48", "1"))
    )
    page.goto("/console/gallery")

    expect(page.locator(".tile")).to_have_count(4)


def test_trouble_is_told_and_tried_again(open_page: Callable[..., Page], shop: RunningKaiga):
    page = open_page(server=shop)
    page.route("**/kaiga/v1/results?*", lambda it: it.abort())
    page.goto("/console/gallery")
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer")

    page.unroute("**/kaiga/v1/results?*")
    page.get_by_role("button", name="Try again").click()

    expect(page.locator(".tile")).to_have_count(4)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Nothing matches"),
        ("ja", "該当するものはありません"),
        ("zh-CN", "没有符合条件的作品"),
    ],
)
def test_an_empty_gallery_says_so_in_the_reader_s_language(
    open_page: Callable[..., Page], shop: RunningKaiga, language: str, told: str
):
    page = open_page(NARROW, "dark", language, server=shop)
    page.goto("/console/gallery?model=none")

    expect(page.get_by_role("heading", name=told)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
