"""Start: the tutorial, filled in with this server's address, copied and run in the page."""

import json
import os
import re
import subprocess
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.looks import NARROW
from running import RunningKaiga

PATIENCE = 60_000


def step(page: Page, title: str) -> Locator:
    return page.locator(".steps > li").filter(has=page.get_by_role("heading", name=title))


def copy(page: Page, title: str) -> str:
    """Copy the command of a step; gives what is in the clipboard."""
    step(page, title).get_by_role("button", name="Copy").first.click()
    expect(page.get_by_text("Copied")).to_be_visible()
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_every_step_runs_in_the_page_up_to_the_picture(page: Page):
    page.goto("/console/start")
    expect(step(page, "Ask until it is done").get_by_role("button", name="Run")).to_be_disabled()

    step(page, "Create a task").get_by_role("button", name="Run").click()
    created = step(page, "Create a task").get_by_label("Answer")
    expect(created).to_contain_text("PENDING")
    task = json.loads(created.inner_text())["output"]["task_id"]
    expect(step(page, "Ask until it is done").get_by_label("Command")).to_contain_text(task)

    step(page, "Ask until it is done").get_by_role("button", name="Run").click()
    picture = page.locator("img.made")
    expect(picture).to_be_visible(timeout=PATIENCE)
    polled = json.loads(step(page, "Ask until it is done").get_by_label("Answer").inner_text())
    assert polled["output"]["task_status"] == "SUCCEEDED"
    expect(picture).to_have_js_property("naturalWidth", 1280)
    expect(step(page, "Open the picture").get_by_label("Command")).to_contain_text(
        polled["output"]["results"][0]["url"]
    )


def test_what_is_copied_runs_in_a_shell(page: Page, console: RunningKaiga):
    page.goto("/console/start")
    set_up = copy(page, "Set the key and the address").replace("sk-YOUR-KEY", console.key)
    create = copy(page, "Create a task")

    ended = subprocess.run(
        ["/bin/sh", "-ec", f"{set_up}\n{create}"],
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )

    assert json.loads(ended.stdout)["output"]["task_status"] == "PENDING"
    assert console.api_url in set_up


def test_postman_gets_fields_and_both_files(page: Page, console: RunningKaiga):
    page.goto("/console/start/postman")
    expect(step(page, "Create a task").get_by_label("Command").first).to_have_text(
        f"POST {console.api_url}/services/aigc/text2image/image-synthesis"
    )

    for name, kind in (("Collection", "collection"), ("Environment", "environment")):
        with page.expect_download() as saved:
            page.get_by_role("link", name=name).click()
        assert kind in saved.value.suggested_filename
        assert console.api_url in saved.value.path().read_text()


def test_the_way_stands_in_the_address_and_keeps_what_was_run(page: Page):
    page.goto("/console/start")
    step(page, "Create a task").get_by_role("button", name="Run").click()
    task = json.loads(step(page, "Create a task").get_by_label("Answer").inner_text())["output"]

    page.get_by_role("link", name="PowerShell").click()

    expect(page).to_have_url(re.compile("/console/start/powershell$"))
    expect(step(page, "Ask until it is done").get_by_label("Command")).to_contain_text(
        task["task_id"]
    )


def test_trouble_is_told_at_its_step(page: Page):
    page.goto("/console/start")
    page.route("**/services/aigc/**", lambda route: route.abort())

    step(page, "Create a task").get_by_role("button", name="Run").click()

    expect(step(page, "Create a task").get_by_role("status")).to_have_text(
        "The server does not answer."
    )


@pytest.mark.parametrize("language", ["en", "ja", "zh-CN"])
def test_nothing_is_wider_than_a_phone(open_page: Callable[..., Page], language: str):
    page = open_page(NARROW, "dark", language)
    for address in ("start", "start/powershell", "start/postman"):
        page.goto(f"/console/{address}")
        page.locator(".steps").wait_for()

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
