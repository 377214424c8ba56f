"""What axe finds below the first tab of keys, system and start: nothing that matters."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from browser.test_accessible import find_in_every_look
from running import MODEL, RunningKaiga

TABS = [
    *("keys/limits", "keys/usage", "system/troubles", "system/notices", "system/machine"),
    "start/postman",
]


@pytest.fixture(scope="module")
def busy(console: RunningKaiga) -> Iterator[None]:
    """Something used, something failed, a rule, and a notice that nobody takes."""
    own = f"{console.base_url}/kaiga/v1"
    with console.client() as client:
        client.patch(f"{own}/limits", json={"model": MODEL, "queued_tasks": 1000})
        added = client.post(f"{own}/webhooks", json={"url": "http://127.0.0.1:9/told"}).json()
        for task in (console.submit(client), console.submit(client, size="1*1")):
            console.wait_for_end(client, task)
        yield
        client.delete(f"{own}/webhooks/{added['id']}")


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("address", TABS)
def test_a_tab_is_accessible(page: Page, address: str):
    page.goto(f"/console/{address}")
    page.wait_for_selector("main section, main .steps, main table")

    assert find_in_every_look(page) == []
