"""What axe finds on every page, in light and dark, wide and narrow: nothing that matters."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.looks import NARROW, STATIC, WIDE
from running import RunningKaiga

AXE = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"
PAGES = re.findall(r'name: "(\w+)"', (STATIC / "pages.js").read_text())
ASKING_PAGES = [name for name in PAGES if name not in {"start", "emulator"}]
"""Those that ask the server for something before a button is pressed, and that every server has."""
FIND = "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)"
LOOKS = [(size, scheme) for size in (WIDE, NARROW) for scheme in ("light", "dark")]
TWO_LOOKS = [(WIDE, "light"), (NARROW, "dark")]
OPENED = {
    "the models to choose from": ("playground", [".pg-model"]),
    "a request as code": ("playground", [".pg-go button:has-text('Copy as')"]),
    "a new key": ("keys", ["main button.main"]),
    "a key to revoke": ("keys", ["td.actions button"]),
    "a new rule": ("keys/limits", ["main button.main"]),
    "a picture": ("gallery", [".tile-open"]),
    "two pictures": (
        "gallery",
        [".tile-pick >> nth=0", ".tile-pick >> nth=1", "button:has-text('Compare')"],
    ),
}
"""Which presses on which page open what."""
TROUBLE = {"code": "InternalError", "message": "The store does not answer.", "request_id": "1-2-3"}


@pytest.fixture(scope="module")
def with_tasks(console: RunningKaiga) -> list[str]:
    """One task that succeeded, of two pictures, and one that failed."""
    with console.client() as client:
        tasks = [console.submit(client, n=2), console.submit(client, size="1*1")]
        for task in tasks:
            console.wait_for_end(client, task)
    return tasks


@pytest.mark.usefixtures("with_tasks")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible(page: Page, name: str):
    page.goto(f"/console/{name}")
    page.wait_for_selector("main h1")

    assert find_in_every_look(page) == []


@pytest.mark.parametrize("number", [0, 1], ids=["succeeded", "failed"])
def test_the_page_of_a_task_is_accessible(page: Page, number: int, with_tasks: list[str]):
    page.goto(f"/console/tasks/{with_tasks[number]}")
    page.wait_for_selector("main h1")

    assert find_in_every_look(page) == []


def test_signing_in_is_accessible(open_page: Callable[..., Page]):
    page = open_page(signed_in=False)
    page.goto("/console")
    page.wait_for_selector("#key")

    assert find_in_every_look(page) == []


@pytest.mark.usefixtures("with_tasks")
@pytest.mark.parametrize(("address", "presses"), OPENED.values(), ids=OPENED)
def test_what_opens_over_a_page_is_accessible(page: Page, address: str, presses: list[str]):
    page.goto(f"/console/{address}")
    for press in presses:
        page.locator(press).first.click()
    page.wait_for_selector("dialog[open]")

    assert find_in_every_look(page, TWO_LOOKS) == []


def test_more_pages_on_a_phone_are_accessible(open_page: Callable[..., Page]):
    page = open_page(NARROW)
    page.goto("/console/tasks")
    page.get_by_role("button", name="More").click()

    assert find_in_every_look(page, [(NARROW, "light"), (NARROW, "dark")]) == []


@pytest.mark.parametrize("name", ASKING_PAGES)
def test_a_page_that_fails_is_accessible(page: Page, name: str):
    page.route("**/kaiga/v1/**", lambda route: route.fulfill(status=500, json=TROUBLE))
    page.goto(f"/console/{name}")
    expect(page.get_by_role("alert")).to_contain_text(TROUBLE["message"])

    assert find_in_every_look(page, TWO_LOOKS) == []


def find_in_every_look(
    page: Page, looks: Sequence[tuple[dict[str, int], str]] = LOOKS
) -> list[str]:
    """Give what is serious or critical, with the element that it is about."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text())
    found: list[str] = []
    for size, scheme in looks:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}, {size['width']} wide: {it}" for it in list_serious(page)]
    return found


def list_serious(page: Page) -> list[str]:
    violations: list[dict[str, Any]] = page.evaluate(FIND)
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in violations
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
