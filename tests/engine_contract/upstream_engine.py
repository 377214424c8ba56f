"""An engine that passes orders on, with an emulator for its upstream."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import msgspec

from domain.samples import MODEL, make_generation, make_new
from emulator.controlling import Tester
from engine_contract.engine_contract import TriedEngine
from kaiga.catalogue import read_catalogue
from kaiga.domain.fetch_rules import AllowedPlace
from kaiga.domain.ids import TaskId, WorkerId
from kaiga.domain.tasks import Claim
from kaiga.engines.remote.converting import ConvertClip
from kaiga.engines.remote.measuring import MeasureFile
from kaiga.engines.upstream import UpstreamOptions, open_pool
from kaiga.media.inspecting import ContentInspector, find_ffmpeg
from kaiga.ports.engine import GenerationJob
from kaiga.store.sqlite import SqliteDatabase, SqliteUpstreamCalls

ENDLESS_SECONDS = 3600.0
SIZE = 768


class Ledger:
    """The tasks of a gateway as its rows have them, and the bodies that they came from."""

    def __init__(self, database: SqliteDatabase) -> None:
        self.calls = SqliteUpstreamCalls(database)
        self._bodies: dict[TaskId, bytes] = {}
        self._numbers = count()

    def claim(self, jobs: Sequence[GenerationJob]) -> Claim:
        """Make a task of its own for the jobs; all of one order, they have one prompt."""
        task = make_new(next(self._numbers), count=len(jobs)).task
        generation = make_generation(len(jobs), jobs[0].prompt, seed=jobs[0].seed)
        task = msgspec.structs.replace(task, generation=generation, attempt=1)
        self._bodies[task.id] = json.dumps(
            {
                "model": jobs[0].model,
                "input": {"prompt": jobs[0].prompt},
                "parameters": {"n": len(jobs), "size": f"{SIZE}*{SIZE}", "prompt_extend": False},
            }
        ).encode()
        return Claim(task=task, worker=WorkerId("w"))

    async def read_body(self, task_id: TaskId) -> bytes:
        return self._bodies[task_id]


@asynccontextmanager
async def open_upstream(account: Tester, folder: Path) -> AsyncGenerator[TriedEngine]:
    """Open an engine whose key is the account's at an emulator; it refuses no single job."""
    account.control("POST", "reset")
    database = SqliteDatabase.open_in_memory()
    ledger = Ledger(database)
    ffmpeg = find_ffmpeg()
    picture = GenerationJob(
        model=MODEL,
        task="text-to-image",
        prompt="a red boat",
        width_pixels=SIZE,
        height_pixels=SIZE,
        seed=7,
    )
    pool = open_pool(
        engine="cloud",
        options=UpstreamOptions(
            url=account.server.api_url,
            poll_seconds=0.05,
            longest_poll_seconds=0.5,
            settle_seconds=0.2,
        ),
        key=account.key,
        names={MODEL: MODEL},
        find_model=read_catalogue().find_model,
        calls=ledger.calls,
        read_body=ledger.read_body,
        now=lambda: datetime.now(UTC),
        allowed=(AllowedPlace(host="127.0.0.1"),),
        measure=MeasureFile(
            inspector=ContentInspector(ffmpeg=ffmpeg), folder=folder, convert=ConvertClip(ffmpeg)
        ).describe,
    )
    yield TriedEngine(
        pool=pool,
        make_claim=ledger.claim,
        jobs=[picture, msgspec.structs.replace(picture, seed=8)],
        endless=picture,
        slow_down=lambda: _set_pace(account, ENDLESS_SECONDS),
        speed_up=lambda: _set_pace(account, 0),
    )
    await pool.stop()
    database.close()


def _set_pace(account: Tester, seconds: float) -> None:
    account.control("PUT", "pace", json={"default": {"running_seconds": seconds}})
