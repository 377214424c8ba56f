"""How an upstream is, as operators are told."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
import pytest_asyncio

from domain.samples import START
from kaiga.domain.engines import EngineState
from kaiga.domain.ids import TaskId
from kaiga.engines.upstream import UpstreamOptions, UpstreamPool, open_pool
from kaiga.ports.engine import MadeFile
from kaiga.store.sqlite import SqliteDatabase, SqliteUpstreamCalls
from media.origins import Origin, Play, answer, open_origin, say

KEY = "sk-a-key-that-nobody-may-see"
LIST = "/api/v1/tasks?page_no=1&page_size=1"
ERROR = b'{"code": "%b", "message": "told for ' + KEY.encode() + b'", "request_id": "1"}'


@pytest_asyncio.fixture
async def origin() -> AsyncIterator[Origin]:
    async with open_origin() as opened:
        yield opened


async def measure_nothing(content: bytes) -> MadeFile:
    return MadeFile(content=content)


@pytest_asyncio.fixture
async def pool(origin: Origin) -> AsyncIterator[UpstreamPool]:
    database = SqliteDatabase.open_in_memory()

    async def read_body(task_id: TaskId) -> bytes:
        raise AssertionError(f"nobody reads {task_id}")

    def now() -> datetime:
        return START

    opened = open_pool(
        engine="cloud",
        options=UpstreamOptions(url=origin.url("/api/v1")),
        key=KEY,
        names={},
        find_model=lambda _: None,
        calls=SqliteUpstreamCalls(database),
        read_body=read_body,
        now=now,
        allowed=(),
        measure=measure_nothing,
    )
    yield opened
    await opened.stop()
    database.close()


@pytest.mark.parametrize(
    ("play", "state", "told"),
    [
        (answer(b'{"data": [], "total": 0}'), EngineState.READY, ""),
        (answer(ERROR % b"Throttling", "429 Slow"), EngineState.READY, ""),
        (answer(ERROR % b"InvalidApiKey", "401 No"), EngineState.AWAY, "InvalidApiKey"),
        (answer(ERROR % b"InternalError", "500 Bad"), EngineState.AWAY, "InternalError"),
        (answer(b"<h1>Bad Gateway</h1>", "502 Bad"), EngineState.AWAY, "status 502"),
        (say(b""), EngineState.AWAY, "does not answer"),
    ],
    ids=["ready", "busy", "a wrong key", "broken", "a proxy", "closed"],
)
async def test_an_upstream_is_there_if_it_answers_and_knows_the_key(
    origin: Origin, pool: UpstreamPool, play: Play, state: EngineState, told: str
):
    origin.plays[LIST] = play

    health = await pool.check_health()

    assert health.state is state
    assert told in health.message
    assert KEY not in health.message


async def test_a_stopped_engine_is_away(pool: UpstreamPool):
    await pool.stop()

    assert (await pool.check_health()).state is EngineState.AWAY
