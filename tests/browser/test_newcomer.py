"""What the README says up to the first picture in the browser, done by somebody who has only it.

Left out are the clone and what installs; the port is a free one.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from signal import SIGINT
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from browser.forms import prompt
from docs.fences import blocks_of
from kaiga.settings import list_settings
from running import wait_until

README = Path(__file__).parents[2] / "README.md"
CONSOLE = re.compile(r"Open (http://\S+) in a browser, .*press \"(\w+)\"")
PATIENCE_SECONDS = 60
PATIENCE_MILLISECONDS = PATIENCE_SECONDS * 1000


@pytest.fixture
def told(tmp_path: Path) -> Iterator[str]:
    """What the README's server shows at its first start, once it has shown all of it."""
    (command,) = [b.text for b in blocks_of(README) if b.text.endswith("kaiga serve\n")]
    (tmp_path / ".venv").symlink_to(sys.prefix)
    shown = tmp_path / "shown"
    kept = {name: text for name, text in os.environ.items() if not name.startswith("KAIGA_")}
    with shown.open("w") as output:
        server = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=tmp_path,
            env=kept | {"KAIGA_PORT": "0"},
            stdout=output,
        )
    try:
        wait_until(lambda: "kaiga env" in shown.read_text(), "it tells where it is")
        yield shown.read_text()
    finally:
        server.send_signal(SIGINT)
        server.wait(PATIENCE_SECONDS)


def test_the_address_in_the_readme_is_where_a_server_is_without_settings():
    defaults = {name: default for name, default, _ in list_settings()}

    address = urlsplit(find_in_readme(1))
    assert (address.hostname, str(address.port)) == (
        defaults["KAIGA_HOST"],
        str(defaults["KAIGA_PORT"]),
    )


def test_a_newcomer_has_a_picture_in_the_browser(told: str, open_page: Callable[..., Page]):
    shown = dict(re.findall(r"^(\S.*?): +(\S+)$", told, re.MULTILINE))
    address, button = shown["Console"], find_in_readme(2)
    assert urlsplit(address).path == urlsplit(find_in_readme(1)).path
    page = open_page(signed_in=False)

    page.goto(address)
    page.get_by_label("API key").fill(shown["API key"])
    page.get_by_role("button", name="Sign in").click()
    prompt(page).fill("A lighthouse at dusk")
    page.get_by_role("button", name=button).click()

    picture = page.get_by_role("img", name="A lighthouse at dusk").first
    expect(picture).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    wait_until(lambda: picture.evaluate("it => it.naturalWidth") > 0, "the picture is there")


def find_in_readme(group: int) -> str:
    found = CONSOLE.search(README.read_text("utf-8"))
    assert found
    return found[group]
