"""A pool over a small server, and what its runs tell."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from kaiga.domain.tasks import Claim
from kaiga.engines.remote.converting import ConvertClip
from kaiga.engines.remote.measuring import MeasureFile
from kaiga.engines.remote.pool import RemotePool
from kaiga.engines.remote.remote_server import RemoteServer
from kaiga.media.inspecting import ContentInspector, find_ffmpeg
from kaiga.ports.engine import EngineEvent, GenerationJob, JobMedia, ResultMade

PICTURES, CLIPS = "wan2.5-t2i-preview", "wan2.5-t2v-preview"


@asynccontextmanager
async def pooled(
    server: RemoteServer, folder: Path, *, concurrency: int = 1, timeout_seconds: float = 30.0
) -> AsyncIterator[RemotePool]:
    pool = RemotePool(
        server,
        concurrency=concurrency,
        timeout_seconds=timeout_seconds,
        clips=frozenset({CLIPS}),
        measure=MeasureFile(
            inspector=ContentInspector(ffmpeg=find_ffmpeg()),
            folder=folder,
            convert=ConvertClip(find_ffmpeg()),
        ),
    )
    try:
        yield pool
    finally:
        await pool.stop()


async def run(pool: RemotePool, *jobs: GenerationJob) -> Sequence[EngineEvent]:
    turn = pool.begin_turn(cast("Claim", None))
    return [event async for event in turn.generate(jobs)]


def results_of(events: Sequence[EngineEvent]) -> Sequence[ResultMade]:
    made = [event for event in events if isinstance(event, ResultMade)]
    return sorted(made, key=lambda each: each.index)


def picture(prompt: str = "a red boat", **wishes: Any) -> GenerationJob:
    return GenerationJob(
        **{
            "model": PICTURES,
            "task": "text-to-image",
            "prompt": prompt,
            "width_pixels": 64,
            "height_pixels": 32,
            "seed": 7,
            **wishes,
        }
    )


def clip(prompt: str = "a boat leaves", **wishes: Any) -> GenerationJob:
    return GenerationJob(
        **{
            "model": CLIPS,
            "task": "text-to-video",
            "prompt": prompt,
            "width_pixels": 64,
            "height_pixels": 32,
            "seed": 7,
            "duration_seconds": 1.0,
            "frames_per_second": 8.0,
            **wishes,
        }
    )


def give(folder: Path, role: str, content: bytes, media_type: str = "image/png") -> JobMedia:
    path = folder / f"{role}-{len(list(folder.iterdir()))}"
    path.write_bytes(content)
    return JobMedia(role=role, path=str(path), media_type=media_type)


def holds_nothing(folder: Path) -> bool:
    return not list(folder.iterdir())


async def wait_until(condition: Callable[[], bool]) -> None:
    """Look again and again, for half a minute at most."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  it is another thread that is waited for
            await asyncio.sleep(0.01)
