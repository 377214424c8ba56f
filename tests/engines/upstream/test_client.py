"""What is made of the upstream's answers on the wire, good and bad."""

import json
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from kaiga.engines.upstream.budget import QueryBudget
from kaiga.engines.upstream.client import ModelStudio
from kaiga.engines.upstream.refusals import NotSent, Refused, Unanswered
from media.origins import Origin, Play, answer, open_origin, redirect, say

KEY = "sk-a-key-that-nobody-may-see"
OPERATION = "aigc/text2image/image-synthesis"
PATH = f"/api/v1/services/{OPERATION}"


@pytest_asyncio.fixture
async def origin() -> AsyncIterator[Origin]:
    async with open_origin() as opened:
        yield opened


async def create_at(url: str) -> str:
    studio = ModelStudio(url, KEY, "ws-of-mine", QueryBudget(100))
    try:
        return await studio.create(OPERATION, b"{}", resolves_uploads=False)
    finally:
        await studio.close()


def refuse(status: str, code: str, message: str, **headers: str) -> Play:
    content = json.dumps({"code": code, "message": message, "request_id": "1"}).encode()
    return answer(content, status, {name.replace("_", "-"): each for name, each in headers.items()})


async def test_a_create_asks_for_a_task_in_the_workspace(origin: Origin):
    origin.plays[PATH] = answer(b'{"output": {"task_id": "there-1", "task_status": "PENDING"}}')

    assert await create_at(origin.url("/api/v1/")) == "there-1"

    [head] = origin.heads
    lines = head.lower().splitlines()
    assert "x-dashscope-async: enable" in lines
    assert "x-dashscope-workspace: ws-of-mine" in lines
    assert f"authorization: bearer {KEY}" in lines


@pytest.mark.parametrize(
    "play",
    [
        say(b""),
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
        answer(b"{"),
        answer(b'{"output": {}}'),
        answer(b"<h1>Bad Gateway</h1>", "502 Bad Gateway"),
        answer(b"", "504 Gateway Timeout"),
        redirect("/elsewhere"),
    ],
    ids=["closed", "cut", "half", "no id", "a page", "nothing", "a redirect"],
)
async def test_an_answer_that_tells_nothing_leaves_the_call_open(origin: Origin, play: Play):
    origin.plays[PATH] = play

    with pytest.raises(Unanswered):
        await create_at(origin.url("/api/v1"))


async def test_an_error_in_the_contracts_form_means_that_nothing_was_done(origin: Origin):
    origin.plays[PATH] = refuse("503 Away", "ModelUnavailable", "later", retry_after="7")

    with pytest.raises(Refused) as refused:
        await create_at(origin.url("/api/v1"))
    assert (refused.value.status, refused.value.code) == (503, "ModelUnavailable")
    assert refused.value.retry_after_seconds == 7


async def test_a_key_that_is_told_back_is_hidden(origin: Origin):
    origin.plays[PATH] = refuse("401 No", "InvalidApiKey", f"Incorrect API key: {KEY}")

    with pytest.raises(Refused) as refused:
        await create_at(origin.url("/api/v1"))
    assert KEY not in str(refused.value)
    assert KEY not in str(refused.value.as_error())


async def test_where_nobody_listens_nothing_was_sent():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(NotSent):
            await create_at(f"http://127.0.0.1:{unused.getsockname()[1]}/api/v1")
