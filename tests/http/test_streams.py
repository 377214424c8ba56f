"""Answers in parts: events to the byte, signs of life, errors as events, and clients that leave."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from http_calls import ENABLE, RawConnection
from msgspec import structs

from domain.samples import MODEL, MODERATED, START, after, always, make_lease, make_new
from fakes import SetCalendar
from kaiga.domain.ids import ObjectKey
from kaiga.domain.tasks import Claim, NewTask, Result, StoredResult, make_outcome
from kaiga.http.asgi import (
    AnswerCut,
    Call,
    Connection,
    Headers,
    Message,
    StreamedAnswer,
    send_stream,
)
from kaiga.http.dashscope.rendering import TaskRenderer
from kaiga.http.dashscope.synchronous import SynchronousAnswers
from kaiga.http.identity import PublicAddress
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.reading.await_task import AwaitTask
from running import OWN_MODELS, RunningKaiga
from service.building import open_links, read_models
from service.troubled_store import TroubledStore

CHAT = "/services/aigc/tests/chat"
EVENT = re.compile(
    rb"id:(?P<id>\d+)\nevent:(?P<kind>\w+)\n:HTTP_STATUS/(?P<status>\d+)\ndata:(?P<data>\{.*\})\n\n"
)
STREAM = {"X-DashScope-SSE": "enable", "Accept": "text/event-stream"}


def make_chat(text: str = "a cat", **parameters: object) -> dict[str, Any]:
    messages = [{"role": "user", "content": [{"text": text}]}]
    return {"model": "test-chat", "input": {"messages": messages}, "parameters": parameters}


def read_events(body: bytes) -> list[dict[str, Any]]:
    """Read a body that has to be made of events and of nothing else."""
    events = [
        {
            "id": int(found["id"]),
            "kind": found["kind"].decode(),
            "status": int(found["status"]),
            "data": json.loads(found["data"]),
        }
        for found in EVENT.finditer(body)
    ]
    assert EVENT.sub(b"", body) == b""
    return events


def content_of(event: dict[str, Any]) -> list[dict[str, str]]:
    [choice] = event["data"]["output"]["choices"]
    return choice["message"]["content"]


class TestOverHttp:
    def test_each_result_is_an_event_and_the_last_one_says_that_it_is_done(self, own: httpx.Client):
        response = own.post(CHAT, json=make_chat(n=3), headers=STREAM)

        events = read_events(response.content)
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream;charset=UTF-8"
        assert "no-store" in response.headers["cache-control"]
        assert [(each["id"], each["kind"], each["status"]) for each in events] == [
            (1, "result", 200),
            (2, "result", 200),
            (3, "result", 200),
        ]
        reasons = [each["data"]["output"]["choices"][0]["finish_reason"] for each in events]
        assert reasons == ["null", "null", "stop"]
        assert [each["data"]["output"]["finished"] for each in events] == [False, False, True]
        urls = {content_of(each)[0]["image"] for each in events}
        assert len(urls) == 3
        assert all(httpx.get(url).content.startswith(b"\x89PNG") for url in urls)
        request_ids = {each["data"]["request_id"] for each in events}
        assert request_ids == {response.headers["x-request-id"]}

    def test_results_of_another_shape_are_one_event(self, own: httpx.Client):
        order = {"model": "test-picture", "input": {"prompt": "a cat"}, "parameters": {"n": 2}}

        response = own.post("/services/aigc/tests/picture", json=order, headers=STREAM)

        [event] = read_events(response.content)
        assert len(event["data"]["output"]["results"]) == 2

    def test_there_is_no_space_after_any_colon_and_errors_begin_with_their_code(
        self, own: httpx.Client
    ):
        response = own.post(CHAT, json=make_chat(n=9), headers=STREAM)

        assert response.status_code == 200
        request_id = response.headers["x-request-id"]
        assert response.content == (
            b"id:1\nevent:error\n:HTTP_STATUS/400\n"
            b'data:{"code":"InvalidParameter","message":"Range of n should be [1, 4]: parameters.n"'
            b',"request_id":"' + request_id.encode() + b'"}\n\n'
        )

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"{", "InvalidParameter"),
            (b"{}", "BadRequest.EmptyModel"),
            (b'{"model":"none"}', "InvalidParameter"),
            (json.dumps({"model": "wan2.5-t2i-preview"}).encode(), "InvalidParameter"),
        ],
    )
    def test_whatever_is_wrong_with_the_order_is_an_event(
        self, own: httpx.Client, body: bytes, code: str
    ):
        response = own.post(CHAT, content=body, headers=STREAM)

        [event] = read_events(response.content)
        assert (response.status_code, event["kind"]) == (200, "error")
        assert (event["status"], event["data"]["code"]) == (400, code)

    def test_a_task_that_fails_is_an_event_with_its_own_code(self, own: httpx.Client):
        order = make_chat()
        order["input"]["messages"][0]["content"].append({"image": "http://127.0.0.1:1/a.png"})

        [event] = read_events(own.post(CHAT, json=order, headers=STREAM).content)

        assert event["kind"] == "error"
        assert event["status"] == 400
        assert "content[1].image" in event["data"]["message"]

    def test_a_wrong_key_is_refused_before_there_is_a_stream(self, own_server: RunningKaiga):
        headers = {**STREAM, "Authorization": "Bearer sk-wrong"}

        response = httpx.post(f"{own_server.api_url}{CHAT}", json=make_chat(), headers=headers)

        assert response.status_code == 401
        assert response.json()["code"] == "InvalidApiKey"

    def test_a_call_for_a_task_is_answered_with_one_whatever_it_says_of_events(
        self, own: httpx.Client
    ):
        response = own.post(CHAT, json=make_chat(), headers={**STREAM, **ENABLE})

        assert response.json()["output"]["task_status"] == "PENDING"

    def test_a_model_that_only_streams_tells_so_and_takes_the_header_for_its_member(
        self, own: httpx.Client
    ):
        order = {**make_chat(), "model": "test-interleaved"}
        path = "/services/aigc/tests/interleaved"

        refused = own.post(path, json=order)
        streamed = own.post(path, json=order, headers=STREAM)
        declined = own.post(path, json={**order, "parameters": {"stream": False}}, headers=STREAM)

        assert refused.json()["message"] == "currently stream=False is not supported"
        assert [each["kind"] for each in read_events(streamed.content)] == ["result"]
        assert [each["kind"] for each in read_events(declined.content)] == ["error"]

    @pytest.mark.parametrize("said", ["disable", ""])
    def test_events_that_are_declined_are_not_sent(self, own: httpx.Client, said: str):
        response = own.post(CHAT, json=make_chat(), headers={"X-DashScope-SSE": said})

        assert "choices" in response.json()["output"]

    @pytest.mark.parametrize("is_length_first", [True, False])
    def test_the_order_of_headers_does_not_matter(
        self, own_server: RunningKaiga, is_length_first: bool
    ):
        body = json.dumps(make_chat()).encode()
        length, stream = {"Content-Length": str(len(body))}, {"x-dashscope-sse": "enable"}
        headers = {**length, **stream} if is_length_first else {**stream, **length}

        with RawConnection(own_server) as connection:
            connection.begin(
                {"X-DashScope-Async": "disable", **headers}, f"POST /api/v1{CHAT} HTTP/1.1"
            )
            connection.send(body)
            received = connection.wait_for(b"\r\n0\r\n\r\n")

        assert b"id:1\nevent:result\n:HTTP_STATUS/200\ndata:{" in received

    def test_the_connection_of_a_stream_can_be_used_again(self, own_server: RunningKaiga):
        body = json.dumps(make_chat()).encode()
        headers = {"X-DashScope-Async": "disable", "Content-Length": str(len(body)), **STREAM}

        with RawConnection(own_server) as connection:
            for _ in range(2):
                connection.begin(headers, f"POST /api/v1{CHAT} HTTP/1.1")
                connection.send(body)
                assert b"event:result" in connection.wait_for(b"\r\n0\r\n\r\n")

    def test_a_client_that_leaves_in_mid_stream_leaves_a_task_that_ends_well(self, start_server):
        running = start_server({"KAIGA_SKETCH_SECONDS": "1", "KAIGA_CATALOGUE": str(OWN_MODELS)})
        body = json.dumps(make_chat()).encode()
        headers = {"X-DashScope-Async": "disable", "Content-Length": str(len(body)), **STREAM}
        with running.client() as client:
            with RawConnection(running) as connection:
                connection.begin(headers, f"POST /api/v1{CHAT} HTTP/1.1")
                connection.send(body)
                connection.wait_for(b"text/event-stream")
            [row] = client.get("/tasks").json()["data"]
            answer = running.wait_for_end(client, row["task_id"])

        assert answer["output"]["task_status"] == "SUCCEEDED"
        assert "Traceback" not in running.log()


class Streaming:
    """A stream about one running task, which ends when a test says so."""

    def __init__(self, store: TroubledStore, answers: SynchronousAnswers, waiting: AwaitTask):
        self.store = store
        self.answers = answers
        self.waiting = waiting
        self.claim: Claim | None = None

    async def begin(self, model: str = "test-chat", count: int = 1) -> StreamedAnswer:
        new = make_new(0, model=model, count=count)
        operation = read_models().find_model(model).endpoints[0].operation  # type: ignore[union-attr]
        task = structs.replace(new.task, operation=operation.replace("/", ":"))
        await self.store.tasks.add(NewTask(task=task, request=b"{}"))
        [self.claim] = await self.store.tasks.claim(
            frozenset({MODEL}), make_lease(), 1, "sketch", always(START)
        )
        return self.answers.stream(CALL, self.claim.task)

    async def end(self, *results: Result) -> None:
        assert self.claim is not None
        outcome = make_outcome(results or (make_picture(0),), {"image_count": 1}, None)
        await self.store.tasks.finish(self.claim, outcome, after(5), after(86_400_000))


async def receive_nothing() -> Message:
    return await asyncio.get_running_loop().create_future()


CALL = Call(
    method="POST",
    path=f"/api/v1{CHAT}",
    connection=Connection(receive=receive_nothing),
    headers=Headers({b"host": b"kaiga.test"}),
    request_id="r",
)


def make_picture(position: int, **findings: object) -> StoredResult:
    return StoredResult(
        object_key=ObjectKey(f"account/task/1/{position}"),
        media_type="image/png",
        size_bytes=10,
        findings=findings,
    )


class BrokenRenderer(TaskRenderer):
    def render_result(self, *_: object) -> Any:
        raise RuntimeError("a secret detail")


class TestParts:
    @pytest.fixture
    async def streaming(self, tmp_path: Path) -> AsyncIterator[Streaming]:
        opened = await open_streaming(tmp_path, TaskRenderer)
        yield opened
        opened.store.database.close()

    async def test_one_who_waits_is_shown_signs_of_life_until_the_end(self, streaming: Streaming):
        answer = await streaming.begin()

        signs = [await anext(answer.parts) for _ in range(3)]
        await streaming.end()
        rest = [part async for part in answer.parts]

        assert signs == [b": waiting\n\n"] * 3
        assert EVENT.fullmatch(rest[-1])
        assert set(rest[:-1]) <= {b": waiting\n\n"}

    async def test_texts_and_pictures_are_events_of_their_own_in_their_order(
        self, streaming: Streaming
    ):
        answer = await streaming.begin("test-interleaved", count=3)
        await streaming.end(
            make_picture(0, text="first"), MODERATED, make_picture(2, text="third"), make_picture(3)
        )

        events = read_events(b"".join([part async for part in answer.parts]))

        shown = [content_of(event)[0] for event in events]
        assert [each["type"] for each in shown] == ["text", "image", "text", "image", "image"]
        assert [each["text"] for each in shown if "text" in each] == ["first", "third"]
        reasons = [event["data"]["output"]["choices"][0]["finish_reason"] for event in events]
        assert reasons == ["null"] * 4 + ["stop"]

    async def test_a_failure_is_one_event(self, streaming: Streaming):
        answer = await streaming.begin()
        await streaming.end(MODERATED)

        [event] = read_events(b"".join([part async for part in answer.parts]))

        assert (event["kind"], event["status"]) == ("error", 400)
        assert event["data"] == {
            "code": MODERATED.code,
            "message": MODERATED.message,
            "request_id": "r",
        }

    async def test_a_reader_that_stops_ends_the_wait_and_not_the_task(self, streaming: Streaming):
        answer = await streaming.begin()
        await anext(answer.parts)

        await answer.parts.aclose()

        assert streaming.waiting._changed == {}
        await streaming.end()

    async def test_a_client_that_leaves_ends_the_wait_at_once(self, streaming: Streaming):
        left, sent = asyncio.Event(), asyncio.Queue[Message]()

        async def receive() -> Message:
            await left.wait()
            return {"type": "http.disconnect"}

        call = structs.replace(CALL, connection=Connection(receive=receive))
        sending = asyncio.ensure_future(send_stream(sent.put, call, await streaming.begin()))
        assert (await sent.get())["type"] == "http.response.start"

        left.set()
        await sending

        assert streaming.waiting._changed == {}
        await streaming.end()

    async def test_a_stop_of_the_server_ends_a_stream_with_an_error(self, streaming: Streaming):
        sent = asyncio.Queue[Message]()
        sending = asyncio.ensure_future(send_stream(sent.put, CALL, await streaming.begin()))
        assert (await sent.get())["type"] == "http.response.start"
        assert (await sent.get())["body"] == b": waiting\n\n"

        sending.cancel()
        await sending

        last = [sent.get_nowait() for _ in range(sent.qsize())][-2:]
        [event] = read_events(last[0]["body"])
        assert event["data"]["code"] == "RequestTimeOut"
        assert last[1] == {"type": "http.response.body", "body": b""}
        assert streaming.waiting._changed == {}

    async def test_a_reader_that_takes_nothing_is_cut_off_and_leaves_nothing_behind(
        self, streaming: Streaming
    ):
        ended = asyncio.Event()

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body":
                await asyncio.get_running_loop().create_future()

        answer = structs.replace(await streaming.begin(), on_end=ended.set, part_seconds=0.02)

        with pytest.raises(AnswerCut):
            await send_stream(send, CALL, answer)

        assert ended.is_set()
        assert streaming.waiting._changed == {}

    async def test_a_stream_of_which_nothing_was_sent_is_over_all_the_same(
        self, streaming: Streaming
    ):
        ended = asyncio.Event()

        async def send(message: Message) -> None:
            raise ConnectionError(message)

        answer = structs.replace(await streaming.begin(), on_end=ended.set)

        with pytest.raises(ConnectionError):
            await send_stream(send, CALL, answer)

        assert ended.is_set()

    async def test_a_bug_is_an_event_that_tells_nothing(self, tmp_path: Path):
        streaming = await open_streaming(tmp_path, BrokenRenderer)
        answer = await streaming.begin()
        await streaming.end()

        body = b"".join([part async for part in answer.parts])

        [event] = read_events(body)
        assert (event["status"], event["data"]["code"]) == (500, "InternalError")
        assert b"secret" not in body
        streaming.store.database.close()


async def open_streaming(folder: Path, renderer: type[TaskRenderer]) -> Streaming:
    store, calendar = TroubledStore(folder), SetCalendar(after(10))
    links = await open_links(store.tasks, store.keys, calendar)
    waiting = AwaitTask(store.tasks, HotTasks(store.tasks), timedelta(seconds=60))
    answers = SynchronousAnswers(
        await_task=waiting,
        renderer=renderer(read_models(), links, UTC, lambda _model: "sketch"),
        address=PublicAddress(None, ()),
        calendar=calendar,
        engine_of=lambda _model: "sketch",
        sign_of_life_seconds=0.02,
    )
    return Streaming(store, answers, waiting)
