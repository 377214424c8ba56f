"""An attempt that is watched goes as it would unwatched, and leaves its numbers."""

import asyncio

import pytest
from structlog.contextvars import get_contextvars

from domain.samples import MODEL, START, always, make_lease, make_new
from fakes import PNG_BYTES, PlannedEngine
from kaiga.domain.errors import EngineCrashed
from kaiga.domain.tasks import Claim, TaskStatus
from kaiga.ports.engine import MadeFile, PhaseBegan, ResultMade, StepDone
from kaiga.ports.engine_process import EngineProcess
from kaiga.service.recent import Recent
from kaiga.service.running.watch_runs import Run, RunsUnderWay, WatchRuns
from kaiga.service.untraced import Untraced
from noting_meter import NotingMeter
from service.building import build_run_task
from service.troubled_store import TroubledStore

PICTURE = MadeFile(content=PNG_BYTES, width_pixels=1000, height_pixels=500)
BESIDE = MadeFile(content=PNG_BYTES, part="mask", width_pixels=1000, height_pixels=500)
CLIP = MadeFile(content=PNG_BYTES, width_pixels=640, height_pixels=480, duration_seconds=5.0)


@pytest.fixture
async def claim(store: TroubledStore) -> Claim:
    await store.tasks.add(make_new(0, count=2))
    [claim] = await store.tasks.claim(frozenset({MODEL}), make_lease(), 1, "sketch", always(START))
    return claim


def watch(run: Run, meter: NotingMeter, under_way: RunsUnderWay | None = None) -> WatchRuns:
    return WatchRuns(
        run,
        under_way=under_way or RunsUnderWay(),
        meter=meter,
        tracer=Untraced(),
        trace_parents=Recent(10),
    )


async def test_what_is_made_is_counted_by_its_pixels_or_its_seconds(
    store: TroubledStore, claim: Claim
):
    meter = NotingMeter()
    run_task = build_run_task(store.folder / "inputs", store.tasks, store.keys)
    engine = PlannedEngine(
        [
            PhaseBegan(phase="generate"),
            StepDone(index=0, step=1, steps=1),
            ResultMade(index=0, files=(PICTURE, BESIDE)),
            ResultMade(index=1, files=(CLIP,)),
        ]
    )

    await watch(run_task, meter)(claim, engine)

    task = await store.tasks.find(claim.task.id)
    assert task is not None
    assert task.status is TaskStatus.SUCCEEDED
    assert meter.busy == {(MODEL, "sketch")}
    assert meter.notes == [
        ("step", MODEL, "sketch"),
        ("made", MODEL, 0.5, 0.0),
        ("made", MODEL, 0.0, 5.0),
    ]


async def test_an_engine_that_crashes_is_counted_as_busy_and_its_error_goes_on(
    store: TroubledStore, claim: Claim
):
    meter = NotingMeter()
    run_task = build_run_task(store.folder / "inputs", store.tasks, store.keys)

    await watch(run_task, meter)(claim, PlannedEngine([], error=EngineCrashed()))

    task = await store.tasks.find(claim.task.id)
    assert task is not None
    assert (task.status, meter.busy) == (TaskStatus.PENDING, {(MODEL, "sketch")})


async def test_a_cancelled_run_abandons_its_engine_and_is_under_way_no_more(
    store: TroubledStore, claim: Claim
):
    under_way = RunsUnderWay()
    run_task = build_run_task(store.folder / "inputs", store.tasks, store.keys)
    engine = PlannedEngine(gate=asyncio.Event())
    running = asyncio.ensure_future(watch(run_task, NotingMeter(), under_way)(claim, engine))
    await engine.has_begun.wait()
    [run] = under_way()
    assert (run.task.id, run.seconds >= 0) == (claim.task.id, True)

    running.cancel()
    await asyncio.wait([running])

    assert running.cancelled()
    assert under_way() == []


async def test_what_is_logged_in_a_run_names_its_task_and_hides_its_words(claim: Claim):
    async def run(claim: Claim, process: EngineProcess) -> None:
        del claim, process

    await watch(run, NotingMeter())(claim, PlannedEngine())

    assert get_contextvars() == {
        "task_id": claim.task.id,
        "request_id": claim.task.request_id,
        "attempt": 1,
        "unspeakable": ["a cat"],
    }
