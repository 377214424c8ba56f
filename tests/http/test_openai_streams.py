"""Streams of pictures in OpenAI's shape: unfinished ones, finished ones, and ends without any."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from domain.samples import (
    MODEL,
    RETENTION,
    START,
    after,
    always,
    make_lease,
    make_new,
    make_success,
)
from fakes import PNG_BYTES, MemoryObjects, SetCalendar
from kaiga.domain.progress import Progress
from kaiga.domain.tasks import Claim, Failure, Outcome, TaskStatus
from kaiga.http.asgi import Call, Connection, Headers, Message
from kaiga.http.identity import PublicAddress
from kaiga.http.openai.image_answers import ImageAnswers
from kaiga.http.openai.image_wishes import ImageWish
from kaiga.ports.task_store import TaskStore
from kaiga.service.events.task_events import TaskEvents
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.links.drawn_results import drawn_at_once
from kaiga.service.reading.await_task import AwaitTask
from kaiga.service.standing.crew import Crew
from kaiga.service.standing.queue_positions import QueuePositions
from kaiga.service.standing.run_costs import RunCosts
from kaiga.service.standing.task_progress import TaskProgress
from kaiga.service.standing.task_standing import TaskStanding
from service.building import open_links
from service.troubled_store import TroubledStore

EXPIRY = after(2000) + RETENTION


async def receive_nothing() -> Message:
    return await asyncio.get_running_loop().create_future()


CALL = Call(
    method="POST",
    path="/v1/images/generations",
    connection=Connection(receive=receive_nothing),
    headers=Headers(),
    request_id="r",
)


@dataclass(kw_only=True)
class Streaming:
    """The answers over a store of their own, and one task in it that runs."""

    store: TroubledStore
    progress: TaskProgress
    events: TaskEvents
    answers: ImageAnswers
    claim: Claim

    @property
    def tasks(self) -> TaskStore:
        return self.store.tasks

    def begin(self, partial_images: int = 2) -> AsyncIterator[bytes]:
        wish = ImageWish(
            model=MODEL, prompt="", as_url=False, is_stream=True, partial_images=partial_images
        )
        return self.answers.stream(CALL, self.claim.task, wish, "image_generation").parts

    def report_preview(self, content: bytes = PNG_BYTES) -> None:
        progress = Progress(attempt=1, phase="generate", preview=content)
        self.progress.report(self.claim.task.id, progress)

    async def show_first(self, parts: AsyncIterator[bytes]) -> bytes:
        """Report unfinished pictures until one has come through."""
        first = asyncio.ensure_future(anext(parts))
        while not first.done():
            self.report_preview()
            await asyncio.sleep(0)
        return first.result()

    async def succeed(self) -> None:
        outcome = make_success(self.claim)
        for result in outcome.results:
            await self.answers.objects.put(result.object_key, PNG_BYTES)
        await self.tasks.finish(self.claim, outcome, after(2000), EXPIRY)


@pytest.fixture
async def streaming(tmp_path: Path) -> AsyncIterator[Streaming]:
    store, calendar = TroubledStore(tmp_path), SetCalendar()
    hot, progress = HotTasks(store.tasks), TaskProgress(store.tasks)
    positions = QueuePositions(store.tasks)
    standing = TaskStanding(
        progress=progress, positions=positions, crew=Crew(1, RunCosts()), calendar=calendar
    )
    events = TaskEvents(
        store=store.tasks, hot=hot, standing=standing, positions=positions, calendar=calendar
    )
    answers = ImageAnswers(
        await_task=AwaitTask(store.tasks, hot, RETENTION),
        events=events,
        have_drawn=drawn_at_once,
        links=await open_links(store.tasks, store.keys, calendar),
        objects=MemoryObjects(),
        address=PublicAddress(None, ()),
        calendar=calendar,
    )
    await store.tasks.add(make_new(0))
    [claim] = await store.tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(START))
    yield Streaming(store=store, progress=progress, events=events, answers=answers, claim=claim)
    events.stop()
    store.database.close()


def read_event(part: bytes) -> tuple[str, dict[str, Any]]:
    kind, _, data = part.decode().removeprefix("event: ").partition("\ndata: ")
    return kind, json.loads(data)


async def read_rest(parts: AsyncIterator[bytes]) -> Sequence[tuple[str, dict[str, Any]]]:
    return [read_event(part) async for part in parts if not part.startswith(b":")]


async def test_an_unfinished_picture_comes_before_the_finished_one(streaming: Streaming):
    parts = streaming.begin(partial_images=1)
    kind, partial = read_event(await streaming.show_first(parts))
    await streaming.succeed()

    [(last_kind, completed)] = await read_rest(parts)
    assert (kind, partial["partial_image_index"]) == ("image_generation.partial_image", 0)
    assert base64.b64decode(partial["b64_json"]) == PNG_BYTES
    assert last_kind == completed["type"] == "image_generation.completed"
    assert base64.b64decode(completed["b64_json"]) == PNG_BYTES
    assert completed["size"] == "768x768"


async def test_no_more_unfinished_pictures_come_than_are_wanted(streaming: Streaming):
    parts = streaming.begin(partial_images=1)
    await streaming.show_first(parts)
    rest = asyncio.ensure_future(read_rest(parts))
    streaming.report_preview(PNG_BYTES + b"another")
    while streaming.events._looking is not None:
        await streaming.events._looking
    await streaming.succeed()

    assert [kind for kind, _ in await rest] == ["image_generation.completed"]


async def test_a_task_that_fails_ends_its_stream_with_an_error(streaming: Streaming):
    parts = streaming.begin(partial_images=0)
    failure = Failure(code="DataInspectionFailed", message="Output data may contain it.")
    outcome = Outcome(status=TaskStatus.FAILED, failure=failure)
    await streaming.tasks.finish(streaming.claim, outcome, after(2000), EXPIRY)

    [(kind, told)] = await read_rest(parts)
    assert kind == "error"
    assert told == {
        "error": {
            "message": "Output data may contain it.",
            "type": "invalid_request_error",
            "param": None,
            "code": "content_policy_violation",
        }
    }


async def test_a_stream_that_is_left_leaves_nothing_behind(streaming: Streaming):
    parts = streaming.begin()
    await streaming.show_first(parts)

    await parts.aclose()

    assert all(not each.readers for each in streaming.events._readerships.values())
    assert streaming.answers.await_task._changed == {}
    assert (await streaming.tasks.find(streaming.claim.task.id)).status is TaskStatus.RUNNING


async def test_a_picture_that_is_gone_is_told_and_no_bug(streaming: Streaming):
    parts = streaming.begin(partial_images=0)
    outcome = make_success(streaming.claim)
    await streaming.tasks.finish(streaming.claim, outcome, after(2000), EXPIRY)

    [(kind, told)] = await read_rest(parts)
    assert (kind, told["error"]["code"]) == ("error", "NoSuchKey")
