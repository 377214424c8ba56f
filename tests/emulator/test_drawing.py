"""Postponed results are drawn once, kept, and told of truly when they can't be."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulator.workshop import PacedWorkshop
from fakes import PNG_BYTES, PlannedEngine, leave_unmarked
from kaiga.domain.errors import EngineCrashed, ResultGone, TryLater
from kaiga.domain.tasks import StoredResult, Task, TaskStatus, result_object_key
from kaiga.ports.engine import GenerationJob, JobFailed, JobMedia
from kaiga.service.emulation.draw_results import DrawResults
from kaiga.service.emulation.packed_jobs import pack_job, unpack_job


class Drawing:
    """A task that has ended, and what draws its result by the engines given, in their order."""

    def __init__(self, workshop: PacedWorkshop, task: Task, folder: Path) -> None:
        self.workshop = workshop
        self.task = task
        [result] = task.results
        assert isinstance(result, StoredResult)
        self.result = result
        self.engines: list[PlannedEngine] = []
        self.draw = DrawResults(
            store=workshop.store,
            objects=workshop.objects,
            mark=leave_unmarked,
            begin_process=lambda: self.engines.pop(0),
            folder=folder,
        )


@pytest.fixture
async def drawing(tmp_path: Path) -> AsyncIterator[Drawing]:
    workshop = PacedWorkshop(tmp_path)
    async with workshop.at_work():
        added = await workshop.add()
        task = await workshop.wait_for(added.id, TaskStatus.SUCCEEDED)
    yield Drawing(workshop, task, tmp_path / "drawing")
    workshop.database.close()


async def test_whoever_asks_meanwhile_waits_for_the_same_file(drawing: Drawing):
    gate = asyncio.Event()
    drawing.engines = [PlannedEngine(gate=gate)]

    asking = [asyncio.ensure_future(drawing.draw(drawing.task, drawing.result)) for _ in range(5)]
    await asyncio.sleep(0)
    asking[0].cancel()
    gate.set()
    drawn = await asyncio.gather(*asking[1:])
    late = await drawing.draw(drawing.task, drawing.result)

    key = result_object_key(drawing.task, 0)
    assert {each.object_key for each in [*drawn, late]} == {key}
    assert late.size_bytes == len(PNG_BYTES)
    assert drawing.workshop.objects.contents == {key: PNG_BYTES}
    assert (await drawing.workshop.get(drawing.task.id)).results == (late,)


async def test_a_task_as_it_was_remembered_opens_what_was_drawn_by_a_former_process(
    drawing: Drawing, tmp_path: Path
):
    drawing.engines = [PlannedEngine()]
    drawn = await drawing.draw(drawing.task, drawing.result)
    later = Drawing(drawing.workshop, drawing.task, tmp_path)

    assert await later.draw(drawing.task, drawing.result) == drawn


async def test_an_engine_that_crashed_leaves_all_as_it_was(drawing: Drawing):
    drawing.engines = [PlannedEngine((), EngineCrashed()), PlannedEngine()]

    with pytest.raises(TryLater):
        await drawing.draw(drawing.task, drawing.result)
    drawn = await drawing.draw(drawing.task, drawing.result)

    assert drawn.object_key == result_object_key(drawing.task, 0)


async def test_a_result_that_is_refused_is_gone(drawing: Drawing):
    drawing.engines = [PlannedEngine([JobFailed(index=0, code="InvalidParameter", message="")])]

    with pytest.raises(ResultGone):
        await drawing.draw(drawing.task, drawing.result)


async def test_a_task_that_was_forgotten_while_it_was_drawn_has_no_file(drawing: Drawing):
    drawing.engines = [PlannedEngine()]
    expires_at = drawing.task.expires_at
    assert expires_at is not None
    await drawing.workshop.store.purge_expired(expires_at, 10)

    with pytest.raises(ResultGone):
        await drawing.draw(drawing.task, drawing.result)


def test_a_job_comes_out_with_its_inputs_as_it_was_packed(tmp_path: Path):
    (tmp_path / "given").write_bytes(b"a picture")
    media = JobMedia(role="image", path=str(tmp_path / "given"), media_type="image/png")
    job = GenerationJob(model="m", task="image-edit", prompt="x", media=(media,), options={"n": 1})

    unpacked = unpack_job(pack_job(job), tmp_path / "unpacked")

    assert Path(unpacked.media[0].path).read_bytes() == b"a picture"
    assert unpacked.media[0].role == "image"
    assert unpacked.options == {"n": 1}
