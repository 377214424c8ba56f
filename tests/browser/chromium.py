"""Starts the system's Chromium."""

import os
import shutil

from playwright.sync_api import Browser, Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def start_chromium(playwright: Playwright, *arguments: str) -> Browser:
    """Start the program that `CHROMIUM` names, else the first that is found."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    assert program, "there is no Chromium: install it, or name it in CHROMIUM"
    # Containers give no namespaces to its sandbox, and it shows our own pages alone.
    return playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *arguments])
