"""The console where results lie in another origin: links that the object store has signed."""

import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.forms import field, generate, open_form, order_one_small_picture, prompt
from running import RunningKaiga, wait_until
from s3_server import S3Server

EDIT = "/services/aigc/image2image/image-synthesis"
VIDEO = "/services/aigc/video-generation/video-synthesis"
CLIP = {
    "model": "wan2.2-t2v-plus",
    "input": {"prompt": "a kite over the sea"},
    "parameters": {"size": "832*480"},
}
PATIENCE = 60_000


@pytest.fixture(scope="module")
def shop(s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    settings = {**s3_server.make_place(), "KAIGA_LINKS": "presigned"}
    running = RunningKaiga(tmp_path_factory.mktemp("presigned") / "data", settings).start()
    yield running
    running.stop()


@pytest.fixture
def page(open_page: Callable[..., Page], shop: RunningKaiga) -> Page:
    return open_page(server=shop)


def lies_at(shown: Locator, server: S3Server) -> bool:
    """Tell whether it is fetched from the store; the last of its address is the signature."""
    address = str(shown.get_attribute("src"))
    return address.startswith(f"{server.endpoint}/") and "X-Amz-Signature=" in address


def is_there(shown: Locator, property_name: str) -> bool:
    return shown.evaluate(f"it => it.{property_name}") > 0


def end_of(server: RunningKaiga, body: dict[str, Any] | None = None) -> str:
    with server.client() as client:
        if body is None:
            task_id = server.submit(client)
        else:
            created = client.post(VIDEO, json=body, headers={"X-DashScope-Async": "enable"})
            task_id = created.json()["output"]["task_id"]
        server.wait_for_end(client, task_id)
    return task_id


def test_a_picture_of_the_playground_is_shown_from_the_store_and_is_the_next_input(
    page: Page, s3_server: S3Server
):
    order_one_small_picture(page)
    generate(page)
    made = page.locator(".pg-results figure img")
    expect(made).to_have_count(1, timeout=PATIENCE)
    assert lies_at(made, s3_server)
    wait_until(lambda: is_there(made, "naturalWidth"), "the picture is shown")

    open_form(page, "wan2.5-i2i-preview")
    page.get_by_role("button", name="Use as input").click()
    given = field(page, "input.images").locator("li img")
    wait_until(lambda: is_there(given, "naturalWidth"), "it is shown as an input")
    prompt(page).fill("at night")
    field(page, "parameters.n").locator("[type=number]").fill("1")
    generate(page)

    expect(made).to_have_count(2, timeout=PATIENCE)
    wait_until(lambda: is_there(made.first, "naturalWidth"), "the edited picture is shown")


def test_an_input_from_the_store_is_shown_where_its_order_is_changed(
    page: Page, shop: RunningKaiga, s3_server: S3Server
):
    with shop.client() as client:
        made = shop.wait_for_end(client, shop.submit(client))["output"]["results"][0]["url"]
        order = {
            "model": "wan2.5-i2i-preview",
            "input": {"prompt": "at night", "images": [made]},
            "parameters": {"n": 1, "size": "768*768", "prompt_extend": False},
        }
        created = client.post(EDIT, json=order, headers={"X-DashScope-Async": "enable"})
        task_id = created.json()["output"]["task_id"]
        shop.wait_for_end(client, task_id)

    page.goto(f"/console/tasks/{task_id}")
    page.get_by_role("link", name="Change and run").click()

    given = field(page, "input.images").locator("li img")
    expect(given).to_be_visible()
    assert lies_at(given, s3_server)
    wait_until(lambda: is_there(given, "naturalWidth"), "it is shown as an input")


def test_a_picture_from_the_store_is_downloaded_through_kaiga(page: Page):
    order_one_small_picture(page)
    generate(page)
    download = page.locator(".pg-results figure").get_by_role("link", name="Download")
    expect(download).to_be_visible(timeout=PATIENCE)

    with page.expect_download() as saved:
        download.click()

    with zipfile.ZipFile(saved.value.path()) as archive:
        [name] = archive.namelist()
        assert archive.read(name).startswith(b"\x89PNG")


def test_a_task_shows_its_picture(page: Page, shop: RunningKaiga, s3_server: S3Server):
    page.goto(f"/console/tasks/{end_of(shop)}")

    picture = page.get_by_role("img", name="Result 1")
    assert lies_at(picture, s3_server)
    wait_until(lambda: is_there(picture, "naturalWidth"), "the picture is shown")


def test_a_task_plays_its_clip(page: Page, shop: RunningKaiga, s3_server: S3Server):
    page.goto(f"/console/tasks/{end_of(shop, CLIP)}")

    clip = page.get_by_label("Result 1")
    assert lies_at(clip, s3_server)
    wait_until(lambda: is_there(clip, "videoWidth"), "the clip is shown")


def test_the_gallery_shows_what_goes_through_kaiga(page: Page, shop: RunningKaiga):
    """Its links stay good, where presigned ones end with the credentials that signed them."""
    task_id = end_of(shop)

    page.goto("/console/gallery")
    newest = page.locator(".tile").first.get_by_role("button")
    newest.click()

    large = page.locator("dialog img").first
    expect(large).to_have_attribute("src", re.compile("^/1d/"))
    wait_until(lambda: is_there(large, "naturalWidth"), "the picture is shown in large")
    assert task_id in str(large.get_attribute("src"))


def test_the_first_steps_end_with_the_picture(page: Page, s3_server: S3Server):
    page.goto("/console/start")
    page.get_by_role("button", name="Run").first.click()
    page.get_by_role("button", name="Run").last.click()

    made = page.locator("img.made")
    expect(made).to_be_visible(timeout=PATIENCE)
    assert lies_at(made, s3_server)
    wait_until(lambda: is_there(made, "naturalWidth"), "the picture is shown")
