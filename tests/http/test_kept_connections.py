"""Connections on which clients say the same again: nothing is told but what was asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from wires import Wire

from kaiga.compose.server import KaigaServer, open_server
from kaiga.settings import read_settings
from running import CREATE, MODEL

KEY = "sk-0123456789abcdef0123456789abcdef"
ORDER = json.dumps({"model": MODEL, "input": {"prompt": "a cat"}}).encode()


def make_call(line: str, body: bytes = b"", *more: str) -> bytes:
    fields = ["Host: localhost", f"Authorization: Bearer {KEY}", "X-DashScope-Async: enable", *more]
    if body:
        fields.append(f"Content-Length: {len(body)}")
    return "\r\n".join([f"{line} HTTP/1.1", *fields]).encode() + b"\r\n\r\n" + body


def make_poll(task_id: str) -> bytes:
    return make_call(f"GET /api/v1/tasks/{task_id}")


ORDERED = make_call(f"POST /api/v1{CREATE}", ORDER)


@pytest.fixture
async def kaiga(tmp_path: Path) -> AsyncIterator[KaigaServer]:
    settings = {
        "KAIGA_DATA": str(tmp_path / "data"),
        "KAIGA_API_KEY": KEY,
        "KAIGA_API_KEY_ROLE": "admin",
        "KAIGA_WORKERS": "0",
    }
    async with open_server(read_settings(settings)) as kaiga:
        yield kaiga


@pytest.fixture
async def wire(kaiga: KaigaServer) -> AsyncIterator[Wire]:
    wire = Wire(kaiga.application)
    yield wire
    wire.protocol.connection_lost(None)


@pytest.fixture
async def task_id(wire: Wire) -> str:
    _, _, created = await wire.ask(ORDERED)
    return created["output"]["task_id"]


async def test_every_poll_has_an_answer_and_an_id_of_its_own(wire: Wire, task_id: str):
    answers = [await wire.ask(make_poll(task_id)) for _ in range(3)]
    answers.append(await wire.ask(make_poll("another")))

    assert [answer[0] for answer in answers] == [200] * 4
    outputs = [body["output"] for _, _, body in answers]
    assert [each["task_id"] for each in outputs] == [task_id] * 3 + ["another"]
    assert [each["task_status"] for each in outputs] == ["PENDING"] * 3 + ["UNKNOWN"]
    assert len({headers["x-request-id"] for _, headers, _ in answers}) == 4
    for _, headers, body in answers:
        assert body["request_id"] == headers["x-request-id"]
        assert headers["date"] == "today"


async def test_creates_that_differ_in_their_bodies_alone_are_tasks_of_their_own(wire: Wire):
    bodies = [
        ORDER,
        ORDER.replace(b"cat", b"dog"),
        ORDER.replace(b"a cat", b"7.cat"),
        b"{" * len(ORDER),
    ]

    answers = [await wire.ask(make_call(f"POST /api/v1{CREATE}", body)) for body in bodies]

    assert [status for status, _, _ in answers] == [200, 200, 200, 400]
    assert len({body["output"]["task_id"] for _, _, body in answers[:3]}) == 3


async def test_a_poll_may_come_in_pieces_or_with_others_after_one_that_came_whole(
    wire: Wire, task_id: str
):
    poll = make_poll(task_id)
    await wire.ask(poll)

    for cut in (1, 20, len(poll) - 1):
        assert (await wire.ask(poll[:cut], poll[cut:]))[0] == 200
    wire.send(poll + poll, poll + make_poll("x")[:30], make_poll("x")[30:], poll)
    asked = [(await wire.read_answer())[2]["output"]["task_id"] for _ in range(5)]

    assert asked == [task_id, task_id, task_id, "x", task_id]


async def test_a_body_that_looks_like_a_poll_is_a_body(wire: Wire, task_id: str):
    poll = make_poll(task_id)
    await wire.ask(poll)

    status, _, refused = await wire.ask(
        make_call(f"POST /api/v1{CREATE}", poll)[: -len(poll)], poll
    )

    assert (status, refused["code"]) == (400, "InvalidParameter")
    assert not wire.received


async def test_a_call_does_not_overtake_the_one_before_it(wire: Wire):
    poll_with_a_body = make_call("GET /api/v1/tasks/last", ORDER)
    await wire.ask(ORDERED)

    wire.send(ORDERED, poll_with_a_body)
    answers = [(await wire.read_answer())[2]["output"] for _ in range(2)]

    assert answers[0]["task_status"] == "PENDING"
    assert answers[1]["task_id"] == "last"


async def test_a_client_that_reads_nothing_is_not_written_to(wire: Wire, task_id: str):
    await wire.ask(make_poll(task_id))
    wire.protocol.pause_writing()
    wire.send(make_poll(task_id))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not wire.received

    wire.protocol.resume_writing()

    assert (await wire.read_answer())[0] == 200


async def test_a_key_that_was_revoked_opens_nothing_on_any_connection(
    kaiga: KaigaServer, wire: Wire
):
    async def call_with(key: str, line: str, body: bytes = b"") -> Any:
        return await wire.ask(make_call(line, body).replace(KEY.encode(), key.encode()))

    _, _, made = await call_with(KEY, "POST /kaiga/v1/keys", b"{}")
    polls = [await call_with(made["key"], "GET /api/v1/tasks/1") for _ in range(2)]
    elsewhere = Wire(kaiga.application)
    poll = make_poll("1").replace(KEY.encode(), made["key"].encode())
    polls += [await elsewhere.ask(poll) for _ in range(2)]
    other = Wire(kaiga.application)
    await other.ask(make_call(f"DELETE /kaiga/v1/keys/{made['id']}"))

    refused = [await call_with(made["key"], "GET /api/v1/tasks/1"), await elsewhere.ask(poll)]

    assert [status for status, _, _ in polls] == [200] * 4
    assert [status for status, _, _ in refused] == [401, 401]
    for each in (elsewhere, other):
        each.protocol.connection_lost(None)


async def test_other_fields_are_read_anew(wire: Wire, task_id: str):
    await wire.ask(make_poll(task_id))

    answers = [
        await wire.ask(make_poll(task_id).replace(KEY.encode(), b"sk-" + b"0" * 32)),
        await wire.ask(make_poll(task_id)),
        await wire.ask(make_poll(task_id).replace(b"Authorization", b"authorization")),
        await wire.ask(make_call(f"GET /api/v1/tasks/{task_id}?a=b")),
        await wire.ask(make_call(f"DELETE /api/v1/tasks/{task_id}")),
        await wire.ask(make_call(f"GET /api/v1/tasks/{task_id}", b"", "Connection: close")),
    ]

    assert [status for status, _, _ in answers] == [401, 200, 200, 200, 400, 200]
    assert answers[-1][1]["connection"] == "close"
    assert wire.is_closing()


async def test_fields_that_came_in_two_pieces_are_not_taken_for_the_second_piece(wire: Wire):
    without_key = b"GET /api/v1/tasks/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    first_piece = make_poll("1")[:-2] + b"X-Other: "
    assert (await wire.ask(first_piece, without_key))[0] == 200

    status, _, _ = await wire.ask(without_key)

    assert status == 401


@pytest.mark.parametrize("odd", [b"NOT HTTP\r\n\r\n", b"\x00", b"GET / HTTP/9.9\r\n\r\n"])
async def test_nothing_is_answered_after_what_is_no_http(wire: Wire, task_id: str, odd: bytes):
    await wire.ask(make_poll(task_id))
    assert (await wire.ask(odd))[0] == 400

    wire.send(make_poll(task_id))
    for _ in range(20):
        await asyncio.sleep(0)

    assert b"200 OK" not in wire.received


async def test_a_task_that_changes_is_shown_anew_and_a_strangers_never(wire: Wire, task_id: str):
    assert (await wire.ask(make_poll(task_id)))[2]["output"]["task_status"] == "PENDING"
    _, _, made = await wire.ask(make_call("POST /kaiga/v1/keys", b'{"account":"1000000000000002"}'))
    strange = make_poll(task_id).replace(KEY.encode(), made["key"].encode())
    seen = [(await wire.ask(strange))[2]["output"]["task_status"] for _ in range(3)]

    await wire.ask(make_call(f"POST /api/v1/tasks/{task_id}/cancel"))

    assert seen == ["UNKNOWN"] * 3
    for _ in range(2):
        assert (await wire.ask(make_poll(task_id)))[2]["output"]["task_status"] == "CANCELED"
