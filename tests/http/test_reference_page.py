"""`/docs`: the page on which the API is tried, and what it may load."""

import re

import httpx
import pytest

LARGEST_BYTES = 100_000
OUTSIDE = re.compile(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", re.IGNORECASE)
IMPORTED = re.compile(r"""(?:from|src=|href=)\s*["'](?:\./|/docs/files/)([a-z]+\.[a-z]+)["']""")


@pytest.fixture
def ask(idle_server):
    with httpx.Client(base_url=idle_server.base_url) as client:
        yield client.get


def list_files(ask) -> dict[str, httpx.Response]:
    """Everything that a browser would load, from the page on."""
    found = {"": ask("/docs")}
    wanted = set(IMPORTED.findall(found[""].text))
    while wanted - found.keys():
        for name in wanted - found.keys():
            found[name] = ask(f"/docs/files/{name}")
            wanted |= set(IMPORTED.findall(found[name].text))
    return found


def test_every_file_that_the_page_names_is_there(ask):
    files = list_files(ask)

    assert {response.status_code for response in files.values()} == {200}
    assert {"main.js", "style.css", "operation.js", "request.js"} <= files.keys()
    assert sum(len(response.content) for response in files.values()) < LARGEST_BYTES


def test_no_file_names_another_host(ask):
    named = {name: OUTSIDE.findall(response.text) for name, response in list_files(ask).items()}

    assert not any(named.values()), named


def test_scripts_and_styles_are_allowed_from_here_alone(ask):
    page = ask("/docs/")

    policy = page.headers["content-security-policy"]
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script>|<style|\sstyle=|\son[a-z]+=", page.text)


def test_a_file_that_a_browser_has_is_not_sent_again(ask):
    first = ask("/docs/files/main.js")

    again = ask("/docs/files/main.js", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["content-type"].startswith("text/javascript")
    assert (again.status_code, again.content) == (304, b"")


def test_a_file_that_is_none_of_the_pages_is_not_there(ask):
    assert ask("/docs/files/pages.py").status_code == 404
