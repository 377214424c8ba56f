"""Engines that run in children of this process, each with what it can be asked for."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec

from domain.samples import MODEL
from engine_contract.engine_contract import TriedEngine, claim_any
from kaiga.compose.engines.engine_child import EngineOptions, make_child_command
from kaiga.domain.batch_profiles import BatchProfile, WorkShape
from kaiga.engines.sketch import capabilities as sketch
from kaiga.media.inspecting import find_ffmpeg
from kaiga.ports.engine import GenerationJob
from kaiga.worker.batching_pool import BatchingPool
from kaiga.worker.child_engine_process import ChildEngineProcess
from kaiga.worker.slots import Slots
from worker.jobs import make_jobs
from worker.odd_engine import OddEngine
from worker.workshop import ODD_ENGINE

ENDLESS_SECONDS = 3600.0
SECONDS_OF_BATCHES = {1: 1.0, 2: 1.1, 4: 1.5}


def build_odd_slots() -> Slots:
    return Slots([ChildEngineProcess(ODD_ENGINE)], OddEngine.capabilities)


@asynccontextmanager
async def open_odd() -> AsyncGenerator[TriedEngine]:
    tried = try_odd(build_odd_slots())
    yield tried
    await tried.pool.stop()


@asynccontextmanager
async def open_batching() -> AsyncGenerator[TriedEngine]:
    shape = WorkShape(model=MODEL, width_pixels=8, height_pixels=8)
    profile = BatchProfile(engine="odd", shape=shape, seconds=SECONDS_OF_BATCHES)
    tried = try_odd(BatchingPool(build_odd_slots(), [profile], {}))
    yield tried
    await tried.pool.stop()


def try_odd(pool: Slots | BatchingPool) -> TriedEngine:
    first, second, endless, refused = make_jobs("draw", "draw", "walk", "fail", model=MODEL)
    return TriedEngine(
        pool=pool, make_claim=claim_any, jobs=[first, second], endless=endless, refused=refused
    )


@asynccontextmanager
async def open_sketch() -> AsyncGenerator[TriedEngine]:
    command = make_child_command("sketch", EngineOptions(ffmpeg=find_ffmpeg()))
    picture = GenerationJob(
        model=MODEL,
        task="text-to-image",
        prompt="a red boat",
        width_pixels=64,
        height_pixels=64,
        seed=7,
    )
    tried = TriedEngine(
        pool=Slots([ChildEngineProcess(command)], sketch.CAPABILITIES),
        make_claim=claim_any,
        jobs=[picture, msgspec.structs.replace(picture, seed=8)],
        endless=msgspec.structs.replace(
            picture,
            task="text-to-video",
            duration_seconds=ENDLESS_SECONDS,
            frames_per_second=30.0,
        ),
    )
    yield tried
    await tried.pool.stop()
