"""The page of models in a browser: finding one, and what is told of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.looks import NARROW
from running import MODEL, OWN_MODELS, RunningKaiga


def test_every_model_is_there_and_words_narrow_them(page: Page):
    page.goto("/console/models")
    expect(page.locator(".models-head").get_by_role("status")).to_have_text("110 models")

    page.get_by_role("searchbox").fill("wan 2.5 text to image")

    expect(page.locator(".models-head").get_by_role("status")).to_have_text("1 models")
    card = page.get_by_role("listitem").filter(has_text=MODEL)
    expect(card).to_contain_text("sketch")
    expect(card.get_by_role("link", name="Try: Wan 2.5")).to_have_attribute(
        "href", f"/console/playground?model={MODEL}"
    )


def test_kinds_are_told_apart(page: Page):
    page.goto("/console/models")
    page.get_by_label("Kind").select_option("judgement")

    expect(page.get_by_role("heading", level=2, name="Checks")).to_be_visible()
    expect(page.get_by_role("heading", level=2, name="Clips")).to_have_count(0)


def test_a_search_that_finds_nothing_says_so(page: Page):
    page.goto("/console/models")
    page.get_by_role("searchbox").fill("no such thing")

    expect(page.get_by_role("heading", name="No model is like that")).to_be_visible()


def test_a_model_tells_its_fields_with_bounds_and_defaults(page: Page):
    page.goto("/console/models")
    page.get_by_role("link", name="Wan 2.5 text to image, preview", exact=True).click()

    size = page.get_by_role("row").filter(has_text="parameters.size")
    expect(size).to_contain_text("589,824 to 2,073,600 pixels in all")
    expect(size).to_contain_text("1280*1280")
    expect(page.get_by_role("row").filter(has_text="input.prompt")).to_contain_text("Needed")
    expect(page.get_by_role("row").filter(has_text="parameters.n ")).to_contain_text("1 to 4")
    expect(page.locator("main")).to_contain_text("no AI model")
    expect(page.locator("main")).to_contain_text("The documented lower bound")


def test_inputs_tell_their_role(page: Page):
    page.goto("/console/models/wan2.7-i2v")

    expect(page.get_by_role("row").filter(has_text="input.img_url")).to_contain_text("first_frame")


def test_the_speed_is_what_was_measured_here(page: Page, console: RunningKaiga):
    with console.client() as client:
        for number in range(3):
            console.wait_for_end(client, console.submit(client, f"cat {number}", size="768*768"))
    page.goto(f"/console/models/{MODEL}")

    expect(page.locator(".models-facts")).to_contain_text("a task")
    expect(page.locator(".models-facts")).not_to_contain_text("not measured")


def test_what_the_cloud_alone_has_is_listed(page: Page):
    page.goto("/console/models")
    listed = page.locator(".models-missing")

    expect(listed).to_contain_text("What the cloud has and this machine has not")
    expect(listed).to_contain_text("/compatible-mode/v1")


def test_one_s_own_models_are_marked(
    open_page: Callable[..., Page], tmp_path: pytest.TempPathFactory
):
    server = RunningKaiga(
        tmp_path / "data", {"KAIGA_CATALOGUE": str(OWN_MODELS), "KAIGA_WORKERS": "0"}
    ).start()
    try:
        page = open_page(server=server)
        page.goto("/console/models")
        marked = page.get_by_role("listitem").filter(has_text="Your own")

        expect(marked.first).to_be_visible()
        assert marked.count() < 110
    finally:
        server.stop()


@pytest.mark.parametrize("path", ["", "/wan2.7-i2v"])
@pytest.mark.parametrize("language", ["en", "ja", "zh-CN"])
def test_nothing_is_wider_than_a_phone(open_page: Callable[..., Page], language: str, path: str):
    page = open_page(NARROW, "dark", language)
    page.goto(f"/console/models{path}")
    page.wait_for_selector("main code")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
