"""A small program over the official SDK: it orders pictures, waits for them, and saves them.

It stands here for yours; what matters is how `test_posters.py` tests it.
"""

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from dashscope import ImageSynthesis

MODEL = "wan2.5-t2i-preview"
TRIES = 3
POLL_SECONDS = 3.0
PATIENCE_SECONDS = 120.0

Sleep = Callable[[float], None]


class NoPoster(Exception):
    """There is no picture; `code` is the service's, or a word of this program."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def order(prompt: str, *, count: int = 1, sleep: Sleep = time.sleep) -> str:
    """Order pictures, again after a while where the service is busy; gives the task's id."""
    for attempt in range(1, TRIES + 1):
        answer = ImageSynthesis.async_call(model=MODEL, prompt=prompt, n=count, size="768*768")
        if answer.status_code == HTTPStatus.OK:
            return answer.output.task_id
        if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS or attempt == TRIES:
            raise NoPoster(answer.code, answer.message)
        sleep(2.0**attempt)
    raise AssertionError("not reached")


def wait_for_links(task_id: str, *, sleep: Sleep = time.sleep) -> Sequence[str]:
    """Poll until the task has ended; gives the links of the pictures that were made."""
    waited = 0.0
    while waited < PATIENCE_SECONDS:
        answer = ImageSynthesis.fetch(task_id)
        output = answer.output
        if answer.status_code != HTTPStatus.OK:
            pass  # a poll that failed says nothing of the task
        elif output.task_status == "SUCCEEDED":
            return [result.url for result in output.results if result.url]
        elif output.task_status not in {"PENDING", "RUNNING"}:
            raise NoPoster(output.get("code") or output.task_status, output.get("message") or "")
        sleep(POLL_SECONDS)
        waited += POLL_SECONDS
    raise NoPoster("TooSlow", f"{task_id} has not ended in {PATIENCE_SECONDS:g} seconds")


def save(link: str, folder: Path) -> Path:
    """Download a picture, whole or not at all; gives its file."""
    try:
        answer = httpx.get(link)
    except httpx.HTTPError as error:
        raise NoPoster("Interrupted", str(error)) from error
    if answer.status_code != HTTPStatus.OK:
        raise NoPoster("LinkGone", f"HTTP {answer.status_code}")
    if answer.headers["content-type"] != "image/png":
        raise NoPoster("NoPicture", answer.headers["content-type"])
    file = folder / Path(urlsplit(link).path).name
    file.write_bytes(answer.content)
    return file
