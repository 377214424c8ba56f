"""The playground: forms from the catalogue, tasks as they come on, requests as code."""

import base64
import io
import json
import re
from collections.abc import Callable
from copy import copy
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from browser.conftest import NAME_IN_NETWORK
from browser.forms import field, generate, open_form, order_one_small_picture, prompt
from browser.looks import NARROW
from kaiga.catalogue import read_catalogue
from running import KEY, RunningKaiga, wait_until

FIRST_PICTURE = ".pg-results figure img"
PATIENCE = 60_000
READ_PIXELS = """async (image, places) => {
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const reds = places.map(([x, y]) => pen.getImageData(x, y, 1, 1).data[0]);
    return [canvas.width, canvas.height, ...reds];
}"""
"""Gives a picture's size, and how red it is at some places."""


OTHER_FIRST_FRAME = {"img_url": "media:image"}
"""What one model takes besides its list of media: the form shows the list alone."""
WRITE_AGAIN = """async (orders) => {
    const { listFields, makeOrder, readOrder } =
        await import("/console/assets/playground/order.js");
    const write = async (order) => {
        const answer = await fetch("/kaiga/v1/forms?model=" + encodeURIComponent(order.model));
        const form = await answer.json();
        const fields = listFields(form);
        const values = readOrder(fields, order, (url) => ({ url }));
        return makeOrder(form, fields, values, new Set());
    };
    return Promise.all(orders.map(write));
}"""
"""Reads orders into the fields of their forms, and gives what these make of them."""


EDIT = "/services/aigc/image2image/image-synthesis"
SIDE = 512


def make_inline_picture() -> str:
    file = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), "teal").save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def make_picture(folder: Path, *, side: int = 600) -> Path:
    picture = Image.new("RGB", (side, side), "skyblue")
    ImageDraw.Draw(picture).ellipse((150, 150, 450, 450), fill="tomato")
    picture.save(folder / "picture.png")
    return folder / "picture.png"


def test_a_chosen_shape_and_number_are_what_comes_out(page: Page):
    open_form(page, "wan2.5-t2i-preview")
    prompt(page).fill("a lighthouse at dusk")
    field(page, "parameters.size").get_by_label("1104×1472").check(force=True)
    field(page, "parameters.n").locator("[type=number]").fill("2")
    generate(page)

    expect(page.locator(FIRST_PICTURE)).to_have_count(2, timeout=PATIENCE)
    sides = page.locator(FIRST_PICTURE).first.evaluate("it => [it.naturalWidth, it.naturalHeight]")
    assert sides == [1104, 1472]
    expect(page.locator(".pg-run .status")).to_have_text("Succeeded")


def test_sliders_have_the_bounds_of_the_model(page: Page):
    open_form(page, "wan2.7-i2v")

    slider = field(page, "parameters.duration").get_by_role("slider")
    assert (slider.get_attribute("min"), slider.get_attribute("max")) == ("2", "15")
    assert slider.input_value() == "5"


def test_a_rule_between_fields_moves_a_bound_and_hides_what_does_not_count(page: Page):
    open_form(page, "wan2.7-image-pro")
    page.get_by_text("More settings").click()
    slider = field(page, "parameters.n").get_by_role("slider")
    assert slider.get_attribute("max") == "4"

    field(page, "parameters.enable_sequential").get_by_role("switch").check(force=True)

    expect(slider).to_have_attribute("max", "12")
    expect(field(page, "parameters.thinking_mode")).to_have_count(0)


def test_every_order_of_the_catalogue_can_be_written_in_its_form(page: Page):
    orders = list_orders()
    page.goto("/console/playground")

    for order, written in zip(orders, page.evaluate(WRITE_AGAIN, orders), strict=True):
        assert normalise(written) == normalise(order)


def list_orders() -> list[dict[str, Any]]:
    """Give the examples of all models where they make a task, or answer if they make none."""
    orders = [
        {"model": model.name, **request}
        for model in read_catalogue().list_models()
        for endpoint in sorted(model.endpoints, key=lambda each: each.mode)[:1]
        for request in (model.minimal_request_at(endpoint), *model.full_requests_at(endpoint))
    ]
    plain: list[dict[str, Any]] = json.loads(json.dumps(orders))
    return [order for order in plain if order.get("input") != OTHER_FIRST_FRAME]


def normalise(order: dict[str, Any]) -> dict[str, Any]:
    """Leave out the wish for a stream; media of several types may stand in any order."""
    order.get("parameters", {}).pop("stream", None)
    media: list[dict[str, str]] = order.get("input", {}).get("media", [])
    media.sort(key=itemgetter("type"))
    return order


def test_a_fault_stands_beside_the_field_that_it_names(page: Page):
    order_one_small_picture(page)
    field(page, "parameters.size").get_by_label("Width").fill("100")
    generate(page)

    expect(field(page, "parameters.size").get_by_role("alert")).to_contain_text("pixels")
    expect(page.locator(".pg-run .status")).to_have_text("Failed")


def test_a_picture_from_the_disk_is_uploaded_and_edited(page: Page, tmp_path: Path):
    open_form(page, "wan2.5-i2i-preview")
    prompt(page).fill("make it night")
    field(page, "parameters.n").locator("[type=number]").fill("1")
    field(page, "input.images").locator("[type=file]").set_input_files(make_picture(tmp_path))
    expect(field(page, "input.images").locator("img")).to_have_count(1)
    with page.expect_request("**/services/**") as sent:
        generate(page)

    body: dict[str, Any] = sent.value.post_data_json or {}
    assert body["input"]["images"][0].startswith("oss://")
    assert sent.value.headers["x-dashscope-ossresourceresolve"] == "enable"
    expect(page.locator(FIRST_PICTURE)).to_have_count(1, timeout=PATIENCE)


def test_a_machine_is_used_from_another_one_over_plain_http(
    open_page: Callable[..., Page], console: RunningKaiga, tmp_path: Path
):
    elsewhere = copy(console)
    elsewhere.base_url = console.base_url.replace("127.0.0.1", NAME_IN_NETWORK)
    page = open_page(server=elsewhere, signed_in=False)
    page.goto("/console")
    page.get_by_label("API key").fill(KEY)
    page.keyboard.press("Enter")
    open_form(page, "wan2.5-i2i-preview")
    prompt(page).fill("make it night")
    field(page, "parameters.n").locator("[type=number]").fill("1")

    field(page, "input.images").locator("[type=file]").set_input_files(make_picture(tmp_path))
    expect(field(page, "input.images").locator("img")).to_have_count(1)
    generate(page)

    expect(page.locator(FIRST_PICTURE)).to_have_count(1, timeout=PATIENCE)


def test_a_picture_is_dropped_on_its_field(page: Page):
    open_form(page, "wan2.5-i2i-preview")
    page.evaluate(
        """() => {
            const files = new DataTransfer();
            files.items.add(new File(["no picture"], "a.png", { type: "image/png" }));
            document.querySelector(".pg-drop").dispatchEvent(
                new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
        }"""
    )

    expect(field(page, "input.images").locator("li")).to_have_count(1)


def test_a_picture_is_pasted_while_one_writes_the_prompt(page: Page):
    open_form(page, "wan2.5-i2i-preview")
    prompt(page).evaluate(
        """(text) => {
            const files = new DataTransfer();
            files.items.add(new File(["no picture"], "a.png", { type: "image/png" }));
            text.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: files, bubbles: true }));
        }"""
    )

    expect(field(page, "input.images").locator("li")).to_have_count(1)


def test_a_mask_is_drawn_erased_and_undone_at_the_size_of_its_picture(page: Page, tmp_path: Path):
    open_form(page, "wanx2.1-imageedit")
    field(page, "input.function").locator("select").select_option("description_edit_with_mask")
    prompt(page).fill("a red hat")
    field(page, "input.base_image_url").locator("[type=file]").set_input_files(
        make_picture(tmp_path)
    )
    page.get_by_role("button", name="Draw a mask").click()
    drag_across(page.locator("dialog canvas"), page)
    drag_across(page.locator("dialog canvas"), page)
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Use this mask").click()

    mask = field(page, "input.mask_image_url").locator("li img")
    assert mask.evaluate(READ_PIXELS, [[300, 300], [300, 20]]) == [600, 600, 255, 0]
    generate(page)
    expect(page.locator(FIRST_PICTURE)).to_have_count(1, timeout=PATIENCE)


def drag_across(canvas: Locator, page: Page) -> None:
    box = canvas.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 20, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, middle, steps=8)
    page.mouse.up()


def test_a_result_is_used_as_the_input_of_another_model(page: Page):
    order_one_small_picture(page)
    generate(page)
    expect(page.locator(FIRST_PICTURE)).to_have_count(1, timeout=PATIENCE)

    page.locator(".pg-model").click()
    page.get_by_label("Search models").fill("wan2.7-i2v")
    page.keyboard.press("Enter")
    expect(page.locator(".pg-model code")).to_have_text("wan2.7-i2v")
    page.get_by_role("button", name="Use as input").click()

    shown = field(page, "input.media.first_frame").locator("li img")
    expect(shown).to_have_count(1)
    assert shown.evaluate("it => it.decode().then(() => it.naturalWidth)") == 768


def test_a_model_that_only_answers_at_once_shows_its_picture(page: Page):
    open_form(page, "qwen-image-max")
    prompt(page).fill("a cat")
    generate(page)

    expect(page.locator(FIRST_PICTURE)).to_have_count(1, timeout=PATIENCE)


def test_a_task_that_waits_is_canceled(page: Page, console: RunningKaiga):
    with console.client() as client:
        before = [console.submit(client, size="1280*1280", n=4) for _ in range(4)]
    order_one_small_picture(page)
    generate(page)
    expect(page.locator(".pg-standing")).to_contain_text(re.compile("queue|place"))
    page.get_by_role("button", name="Cancel").click()

    expect(page.locator(".pg-run .status")).to_have_text("Canceled", timeout=PATIENCE)
    with console.client() as client:
        for task in before:
            client.post(f"{console.base_url}/kaiga/v1/tasks/{task}/cancel")


def test_tasks_stay_newest_first_over_a_reload(page: Page):
    order_one_small_picture(page, "a first cat")
    generate(page)
    expect(page.locator(".pg-run")).to_have_count(1)
    prompt(page).fill("a second cat")
    generate(page)
    expect(page.locator(FIRST_PICTURE)).to_have_count(2, timeout=PATIENCE)
    page.reload()

    expect(page.locator(".pg-prompt")).to_have_text(["a second cat", "a first cat"])
    expect(page.locator(FIRST_PICTURE)).to_have_count(2, timeout=PATIENCE)


def test_more_tasks_than_a_browser_has_connections_all_come_to_their_end(page: Page):
    open_form(page, "wan2.2-t2i-flash")
    prompt(page).fill("a cat")
    field(page, "parameters.size").get_by_label("Width").fill("512")
    field(page, "parameters.size").get_by_label("Height").fill("512")
    field(page, "parameters.n").locator("[type=number]").fill("1")
    for _ in range(8):
        generate(page)

    expect(page.locator(FIRST_PICTURE)).to_have_count(8, timeout=PATIENCE)


def test_polls_stand_in_where_no_events_come(page: Page):
    page.route("**/kaiga/v1/events", lambda route: route.fulfill(status=503))
    order_one_small_picture(page)
    generate(page)

    expect(page.locator(FIRST_PICTURE)).to_have_count(1, timeout=PATIENCE)


def test_a_form_is_filled_in_from_a_task(page: Page):
    order_one_small_picture(page, "a cat to begin with")
    with page.expect_response("**/services/**") as answered:
        generate(page)
    task = answered.value.json()["output"]["task_id"]
    open_form(page, "qwen-image")
    page.goto(f"/console/playground?from={task}")

    expect(page.locator(".pg-model code")).to_have_text("wan2.5-t2i-preview")
    expect(prompt(page)).to_have_value("a cat to begin with")
    expect(field(page, "parameters.size").get_by_label("Width")).to_have_value("768")


def test_a_task_of_the_server_fills_in_its_form_pictures_included(
    page: Page, console: RunningKaiga
):
    """An older draft of the same form is there, as one has come from it to the task."""
    order = {
        "model": "wan2.5-i2i-preview",
        "input": {"prompt": "the same at night", "images": [make_inline_picture()]},
        "parameters": {"n": 2, "seed": 77},
    }
    with console.client() as client:
        created = client.post(EDIT, json=order, headers={"X-DashScope-Async": "enable"}).json()
    task = created["output"]["task_id"]
    open_form(page, "wan2.5-i2i-preview")
    prompt(page).fill("an older draft")
    page.get_by_role("link", name="Tasks", exact=True).click()
    page.locator(f"a[href$='{task}']").click()

    page.get_by_role("link", name="Change and run").click()

    expect(page).to_have_url(re.compile(f"from={task}"))
    expect(page.locator(".pg-model code")).to_have_text("wan2.5-i2i-preview")
    expect(prompt(page)).to_have_value("the same at night")
    expect(field(page, "parameters.n").locator("[type=number]")).to_have_value("2")
    expect(field(page, "parameters.seed").locator("[type=number]")).to_have_value("77")
    picture = field(page, "input.images").get_by_role("img").first
    wait_until(lambda: picture.evaluate("it => it.naturalWidth") == SIDE, "the picture is shown")
    prompt(page).fill("the same at noon")
    generate(page)
    expect(page.locator(FIRST_PICTURE)).to_have_count(2, timeout=PATIENCE)


def test_a_model_is_found_by_keyboard_and_remembered(page: Page):
    open_form(page, "wan2.5-t2i-preview")
    page.locator(".pg-model").press("Enter")
    page.keyboard.type("happyhorse 1.0 text")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".pg-model code")).to_have_text("happyhorse-1.0-t2v")
    page.goto("/console/playground")

    expect(page.locator(".pg-model code")).to_have_text("happyhorse-1.0-t2v")


@pytest.mark.parametrize("language", ["en", "ja", "zh-CN"])
def test_nothing_is_wider_than_a_phone(open_page: Callable[..., Page], language: str):
    page = open_page(NARROW, "dark", language)
    open_form(page, "wan2.6-image")

    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
