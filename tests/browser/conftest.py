"""A real browser before a real console; whatever a page complains of fails its test.

`page` is signed in and shows nothing yet; go to an address with `page.goto("/console/tasks")`.
`open_page` makes more of them, of another size, scheme or language.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from browser.chromium import start_chromium
from browser.looks import WIDE
from running import KEY, RunningKaiga

FAILED = Path(__file__).with_name("failed")
"""Where a failed test leaves a picture of what was on the screen."""
NAME_IN_NETWORK = "kaiga.test"
"""Where the browser finds this machine, too: an address that is not its own, so that pages of plain
HTTP lack what browsers keep for safe ones."""
_REFUSED = "Failed to load resource"
_FOR_TLS_ALONE = "The Cross-Origin-Opener-Policy header has been ignored"
_PATIENCE_MILLISECONDS = 10_000
_outcome = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    item.stash[_outcome] = item.stash.get(_outcome, False) or report.failed
    return report


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    """A server that paints, and whose key is an administrator's."""
    running = RunningKaiga(tmp_path_factory.mktemp("console") / "data").start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = start_chromium(
            playwright, f"--host-resolver-rules=MAP {NAME_IN_NETWORK} 127.0.0.1"
        )
        yield started
        started.close()


@pytest.fixture
def open_page(
    browser: Browser, console: RunningKaiga, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Open pages in contexts of their own: `open_page(NARROW, "dark", "ja")`."""
    pages: list[Page] = []
    complaints: list[str] = []

    def open_one(
        size: dict[str, int] = WIDE,
        scheme: str = "light",
        language: str = "en",
        *,
        server: RunningKaiga = console,
        signed_in: bool = True,
    ) -> Page:
        context: Any = browser.new_context(
            base_url=server.base_url,
            viewport=size,
            color_scheme=scheme,
            locale=language,
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(_PATIENCE_MILLISECONDS)
        if signed_in:
            sign_in(context.request)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(message, complaints))
        pages.append(page)
        return page

    yield open_one
    has_failed = request.node.stash.get(_outcome, False)
    for number, page in enumerate(pages):
        if has_failed:
            page.screenshot(path=FAILED / f"{request.node.name}-{number}.png", full_page=True)
        page.context.close()
    assert not complaints, complaints


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A signed-in page, wide, light, in English."""
    return open_page()


def sign_in(request: Any, key: str = KEY) -> None:
    answer = request.post("/console/session", data={"key": key}, headers={"X-Kaiga-Console": "1"})
    assert answer.ok, answer.text()


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    """Keep errors; a refused call is for the page to tell, and plain HTTP is a test's choice."""
    is_refused_call = (
        message.text.startswith(_REFUSED) and "/console/assets/" not in message.location["url"]
    )
    is_ours = not is_refused_call and not message.text.startswith(_FOR_TLS_ALONE)
    if message.type == "error" and is_ours:
        complaints.append(message.text)
