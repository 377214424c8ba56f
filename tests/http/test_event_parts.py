"""Events in parts: signs of life, ends that are not the task's, previews, and bugs."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from domain.samples import MODEL, START, after, always, make_lease, make_new
from fakes import PNG_BYTES, SetCalendar
from kaiga.domain.keys import Role
from kaiga.domain.progress import Progress
from kaiga.domain.tasks import Claim, Task
from kaiga.http.asgi import Call, Connection, Headers, Message, StreamedAnswer
from kaiga.http.callers import Callers
from kaiga.http.dashscope.rendering import TaskRenderer
from kaiga.http.identity import PublicAddress
from kaiga.http.operations.events import EventRoutes
from kaiga.http.operations.routing import RouteTable
from kaiga.service.events.task_events import TaskEvents
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.keys.manage_keys import ManageKeys
from kaiga.service.reading.inspect_task import InspectTask
from kaiga.service.reading.query_task import QueryTask
from kaiga.service.standing.crew import Crew
from kaiga.service.standing.queue_positions import QueuePositions
from kaiga.service.standing.run_costs import RunCosts
from kaiga.service.standing.task_progress import TaskProgress
from kaiga.service.standing.task_standing import TaskStanding
from running import KEY
from service.building import open_links, read_models
from service.troubled_store import TroubledStore

PEPPER = b"p" * 32
REGION = "cn-beijing"


async def receive_nothing() -> Message:
    return await asyncio.get_running_loop().create_future()


@dataclass(kw_only=True)
class Streaming:
    """The routes over a store of their own, and what the tasks in it tell."""

    store: TroubledStore
    progress: TaskProgress
    events: TaskEvents
    routes: RouteTable

    async def follow(self, path: str = "/kaiga/v1/events") -> StreamedAnswer:
        call = Call(
            method="GET",
            path=path,
            connection=Connection(receive=receive_nothing),
            headers=Headers({b"authorization": f"Bearer {KEY}".encode(), b"host": b"kaiga.test"}),
            request_id="r",
        )
        answer = await self.routes(call)
        assert isinstance(answer, StreamedAnswer)
        assert await anext(answer.parts) == b"retry:2000\n\n"
        return answer

    async def add(self) -> Task:
        new = make_new(0)
        await self.store.tasks.add(new)
        return new.task

    async def claim(self) -> Claim:
        await self.add()
        [claim] = await self.store.tasks.claim(
            frozenset({MODEL}), make_lease(), 1, "e", always(START)
        )
        return claim


class BrokenRenderer(TaskRenderer):
    def render(self, *_: object) -> Any:
        raise RuntimeError("a secret detail")


async def open_streaming(
    folder: Path,
    renderer: type[TaskRenderer] = TaskRenderer,
    sign_of_life_seconds: float = 0.02,
    longest_stream_seconds: float = 3600,
) -> Streaming:
    store, calendar = TroubledStore(folder), SetCalendar()
    hot, progress = HotTasks(store.tasks), TaskProgress(store.tasks)
    positions = QueuePositions(store.tasks)
    standing = TaskStanding(
        progress=progress, positions=positions, crew=Crew(1, RunCosts()), calendar=calendar
    )
    events = TaskEvents(
        store=store.tasks, hot=hot, standing=standing, positions=positions, calendar=calendar
    )
    ring = KeyRing(store.keys, calendar, PEPPER)
    manage = ManageKeys(
        store=store.keys, key_ring=ring, calendar=calendar, pepper=PEPPER, own_region=REGION
    )
    await manage.create(name="mine", role=Role.USER, text=KEY)
    address = PublicAddress(None, ())
    links = await open_links(store.tasks, store.keys, calendar)
    routes = EventRoutes(
        events=events,
        inspect_task=InspectTask(query_task=QueryTask(hot=hot, calendar=calendar)),
        callers=Callers(ring, REGION, address),
        renderer=renderer(read_models(), links, UTC, lambda _model: "sketch"),
        address=address,
        calendar=calendar,
        sign_of_life_seconds=sign_of_life_seconds,
        longest_stream_seconds=longest_stream_seconds,
    )
    return Streaming(
        store=store, progress=progress, events=events, routes=RouteTable(routes.routes())
    )


@pytest.fixture
async def streaming(tmp_path: Path) -> AsyncIterator[Streaming]:
    opened = await open_streaming(tmp_path)
    yield opened
    opened.events.stop()
    opened.store.database.close()


async def test_one_who_waits_is_shown_signs_of_life(streaming: Streaming):
    answer = await streaming.follow()

    assert [await anext(answer.parts) for _ in range(2)] == [b": waiting\n\n"] * 2
    answer.on_end()


async def test_a_stream_that_has_lasted_long_ends_so_that_its_key_is_looked_at_again(
    tmp_path: Path,
):
    streaming = await open_streaming(tmp_path, longest_stream_seconds=0)
    answer = await streaming.follow()

    assert [part async for part in answer.parts] == [b": time to come again\n\n"]
    streaming.events.stop()
    streaming.store.database.close()


async def test_a_reader_that_was_too_slow_is_told_so_and_no_more(streaming: Streaming):
    claim = await streaming.claim()
    answer = await streaming.follow()
    assert (await anext(answer.parts)).startswith(b"id:")
    for step in range(1, 300):
        progress = Progress(attempt=1, phase="generate", step=step, steps=300)
        streaming.progress.report(claim.task.id, progress)
        while streaming.events._looking is not None:
            await streaming.events._looking

    assert [part async for part in answer.parts] == [b": too much was left unread\n\n"]


async def test_a_preview_is_a_data_uri_and_has_no_id(streaming: Streaming):
    claim = await streaming.claim()
    answer = await streaming.follow()
    await anext(answer.parts)

    progress = Progress(attempt=1, phase="generate", preview=PNG_BYTES)
    streaming.progress.report(claim.task.id, progress)

    parts = [await anext(answer.parts) for _ in range(2)]
    [preview] = [part for part in parts if part.startswith(b"event:preview\ndata:")]
    assert json.loads(preview.partition(b"data:")[2]) == {
        "task_id": claim.task.id,
        "attempt": 1,
        "preview": f"data:image/png;base64,{base64.b64encode(PNG_BYTES).decode()}",
    }


async def test_a_bug_ends_a_stream_and_tells_nothing(tmp_path: Path):
    streaming = await open_streaming(tmp_path, BrokenRenderer, sign_of_life_seconds=30)
    task = await streaming.add()
    answer = await streaming.follow(f"/kaiga/v1/tasks/{task.id}/events")
    await anext(answer.parts)

    await streaming.store.tasks.cancel(task.account, REGION, task.id, START, after(86_400_000))
    [last] = [part async for part in answer.parts]

    assert last.startswith(b": An internal error")
    assert b"secret" not in last
    streaming.events.stop()
    streaming.store.database.close()
