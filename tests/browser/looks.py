"""How pages are looked at, and where their files are."""

from pathlib import Path

from playwright.sync_api import Page

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
STATIC = Path(__file__).parents[2] / "src" / "kaiga" / "http" / "console" / "static"
_LOOKS, _PAUSE_MILLISECONDS = 200, 50


def wait_until(page: Page, script: str) -> None:
    """Ask again until a script is true: the pages let none that waits into themselves."""
    for _ in range(_LOOKS):
        if page.evaluate(script):
            return
        page.wait_for_timeout(_PAUSE_MILLISECONDS)
    raise AssertionError(f"it did not become true: {script}")
