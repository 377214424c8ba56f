"""Notices over HTTP: what is sent, what counts as an answer, and whom it never reaches."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from kaiga.domain.fetch_rules import read_allowed_place
from kaiga.notices import HttpxSender
from media.origins import Origin, ScriptedResolver, answer, make_head, open_origin, redirect

LOCAL = (read_allowed_place("127.0.0.1"),)
HEADERS = {"content-type": "application/json", "webhook-id": "1"}


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    async with open_origin() as opened:
        yield opened


def make_sender(timeout_seconds: float = 30.0) -> HttpxSender:
    return HttpxSender(allowed=LOCAL, timeout_seconds=timeout_seconds)


async def test_a_notice_arrives_whole(origin: Origin):
    bodies: list[bytes] = []

    async def read_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        bodies.append(await reader.readexactly(5))
        writer.write(make_head("202 Accepted", {"Content-Length": "2"}) + b"ok")
        await writer.drain()

    origin.plays["/told?a=b"] = read_body

    reply = await make_sender().send(origin.url("/told?a=b"), HEADERS, b"event")

    assert (reply.status, reply.answer, reply.trouble) == (202, "ok", "")
    assert bodies == [b"event"]
    head = origin.heads[0].lower().splitlines()
    assert head[0] == "post /told?a=b http/1.1"
    assert f"host: 127.0.0.1:{origin.port}" in head
    assert {"webhook-id: 1", "content-type: application/json", "content-length: 5"} <= set(head)


async def test_a_redirect_is_an_answer_and_is_not_followed(origin: Origin):
    origin.plays["/told"] = redirect(origin.url("/elsewhere"))

    reply = await make_sender().send(origin.url("/told"), HEADERS, b"event")

    assert reply.status == 302
    assert not reply.is_success
    assert origin.connections == 1


async def test_no_more_than_1_kib_of_an_answer_is_read(origin: Origin):
    origin.plays["/told"] = origin.endless()

    reply = await make_sender().send(origin.url("/told"), HEADERS, b"event")

    assert (reply.status, reply.answer) == (200, "x" * 1024)
    await asyncio.wait_for(origin.was_left.wait(), 30)


async def test_an_answer_whose_end_does_not_come_has_its_status(origin: Origin):
    raw = make_head("200 OK", {"Content-Length": "100"}) + b"half"
    origin.plays["/told"] = origin.stalled(raw)

    reply = await make_sender().send(origin.url("/told"), HEADERS, b"event")

    assert (reply.is_success, reply.answer) == (True, "half")


async def test_a_receiver_that_says_nothing_is_left(origin: Origin):
    origin.plays["/told"] = origin.stalled(b"")

    reply = await make_sender(0.2).send(origin.url("/told"), HEADERS, b"event")

    assert (reply.status, reply.trouble) == (None, "there was no answer within 0.2 s")
    await asyncio.wait_for(origin.was_left.wait(), 30)


@pytest.mark.parametrize("raw", [b"", b"no HTTP at all\r\n\r\n"])
async def test_an_answer_that_is_not_http_is_none(origin: Origin, raw: bytes):
    async def play(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    origin.plays["/told"] = play

    reply = await make_sender().send(origin.url("/told"), HEADERS, b"event")

    assert (reply.status, reply.trouble) == (None, "the host gave no answer that is HTTP")


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "100.100.100.200"]
)
async def test_a_private_address_is_never_connected_to(origin: Origin, address: str):
    sender = HttpxSender(resolver=ScriptedResolver([address]), timeout_seconds=30)

    reply = await sender.send(origin.url("/told", host="told.example"), HEADERS, b"event")

    assert reply.status is None
    assert "KAIGA_FETCH_ALLOW" in reply.trouble
    assert origin.connections == 0


async def test_a_name_is_not_resolved_again_between_check_and_connection(origin: Origin):
    origin.plays["/told"] = answer()
    resolver = ScriptedResolver(["127.0.0.1"], ["127.0.0.2"])
    sender = HttpxSender(allowed=LOCAL, resolver=resolver, timeout_seconds=30)

    reply = await sender.send(origin.url("/told", host="told.example"), HEADERS, b"event")

    assert reply.is_success
    assert resolver.asked == ["told.example"]


async def test_an_address_without_a_server_is_tried_and_the_next_one_is_told(origin: Origin):
    origin.plays["/told"] = answer()
    sender = HttpxSender(
        allowed=[read_allowed_place("127.0.0.0/8")],
        resolver=ScriptedResolver(["127.0.0.9", "127.0.0.1"]),
        timeout_seconds=30,
    )

    reply = await sender.send(origin.url("/told", host="told.example"), HEADERS, b"event")

    assert reply.is_success
    assert "content-length: 5" in origin.heads[0].lower()


@pytest.mark.parametrize("url", ["http://xn--zz-/", "http://a..b/", f"http://{'a' * 70}.example/"])
async def test_a_name_that_cannot_be_is_told_as_such(url: str):
    reply = await make_sender().send(url, HEADERS, b"event")

    assert reply.status is None
    assert reply.trouble
