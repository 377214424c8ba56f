"""Running a claimed task that has inputs, or whose results are more than one file each."""

import asyncio
from pathlib import Path

import pytest
from msgspec import structs

from domain.samples import MODERATED, START, always, make_generation, make_lease, make_task
from fakes import PNG_BYTES, MemoryObjects, PlannedEngine, SetCalendar, make_result
from kaiga.domain.generation import MediaInput
from kaiga.domain.tasks import (
    Claim,
    Failure,
    Finding,
    NewTask,
    StoredResult,
    Task,
    TaskStatus,
    result_object_key,
)
from kaiga.ports.engine import GenerationJob, JobFailed, MadeFile, ResultMade
from media.clips import make_clip
from service.building import build_run_task
from service.collecting import BLUE, RED, STORED, make_medium, make_stored
from service.troubled_store import TroubledStore

SVG_BYTES = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
UNREADABLE = Failure(code="InternalError.Algo", message="inference internal error.")


async def claim_new(
    store: TroubledStore,
    *media: MediaInput,
    count: int = 1,
    model: str = "test-edit",
    operation: str = "aigc:tests:edit",
    **more: object,
) -> Claim:
    task = structs.replace(
        make_task(0, catalogue_model=model),
        operation=operation,
        generation=make_generation(count, media=media, **more),
    )
    await store.tasks.add(NewTask(task=task, request=b"{}"))
    [claim] = await store.tasks.claim(frozenset({model}), make_lease(), 1, "sketch", always(START))
    return claim


class Runner:
    """Runs claims over one store, and looks at what came of them."""

    def __init__(self, store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar) -> None:
        self.store = store
        self.objects = objects
        self.folder = store.folder / "inputs"
        self.run_task = build_run_task(
            self.folder, store.tasks, store.keys, objects=objects, calendar=calendar
        )

    async def __call__(self, claim: Claim, engine: PlannedEngine) -> Task:
        await self.run_task(claim, engine)
        task = await self.store.tasks.find(claim.task.id)
        assert task is not None
        assert not self.folder.exists() or list(self.folder.iterdir()) == []
        return task


@pytest.fixture
def run(store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar) -> Runner:
    return Runner(store, objects, calendar)


def read_media(job: GenerationJob) -> list[bytes]:
    return [Path(each.path).read_bytes() for each in job.media]


class ReadingEngine(PlannedEngine):
    """Reads the inputs of its jobs while it works, as engines do."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[list[bytes]] = []

    async def generate(self, batch):
        self.read = [read_media(job) for job in batch]
        async for event in super().generate(batch):
            yield event


def made(index: int, *files: MadeFile, **findings: object) -> ResultMade:
    return ResultMade(index=index, files=files, findings=findings)


class TestInputs:
    async def test_every_job_is_given_the_inputs_and_they_are_gone_afterwards(
        self, store: TroubledStore, objects: MemoryObjects, run: Runner
    ):
        await objects.put(STORED, RED)
        engine = ReadingEngine()

        task = await run(await claim_new(store, make_stored(RED), count=2), engine)

        assert task.status is TaskStatus.SUCCEEDED
        assert engine.read == [[RED], [RED]]
        [jobs] = engine.batches
        assert [[(each.role, each.media_type) for each in job.media] for job in jobs] == [
            [("reference", "image/png")]
        ] * 2

    async def test_an_input_that_can_not_be_used_fails_the_task_and_no_engine_is_asked(
        self, store: TroubledStore, run: Runner
    ):
        engine = PlannedEngine()

        task = await run(await claim_new(store, make_stored(RED)), engine)

        assert task.status is TaskStatus.FAILED
        assert task.failure is not None
        assert task.failure.code == "BadRequest.InputDownloadFailed"
        assert "input.images[0]" in task.failure.message
        assert (task.results, task.usage, engine.batches) == ((), None, [])

    async def test_base64_that_is_none_fails_the_task_with_a_clear_text(
        self, store: TroubledStore, run: Runner
    ):
        claim = await claim_new(store, make_medium("data:image/png;base64,iVBORw0KGgo###"))

        task = await run(claim, PlannedEngine())

        assert task.failure is not None
        assert task.failure.message.startswith("Invalid image format or corrupted file.")
        assert "input.images[0]" in task.failure.message

    @pytest.mark.parametrize("trouble", ["objects", "folder"])
    async def test_an_input_that_may_be_there_later_gives_the_task_back(
        self, store: TroubledStore, objects: MemoryObjects, run: Runner, trouble: str
    ):
        await objects.put(STORED, RED)
        claim = await claim_new(store, make_stored(RED))
        if trouble == "objects":
            objects.is_down = True
        else:
            run.run_task = build_run_task(
                store.folder / "kaiga.db", store.tasks, store.keys, objects=objects
            )

        task = await run(claim, PlannedEngine())

        assert task.status is TaskStatus.PENDING
        rows = await store.database.lists.read(
            lambda connection: connection.execute("SELECT cause FROM attempts").fetchall()
        )
        assert rows == [("objects_unavailable",)]

    async def test_a_worker_that_is_stopped_leaves_no_files(
        self, store: TroubledStore, objects: MemoryObjects, run: Runner
    ):
        await objects.put(STORED, RED)
        claim = await claim_new(store, make_stored(RED))
        engine = PlannedEngine(gate=asyncio.Event())
        working = asyncio.ensure_future(run.run_task(claim, engine))
        await engine.has_begun.wait()
        assert list(run.folder.rglob("*"))

        working.cancel()
        await asyncio.wait([working])

        assert list(run.folder.iterdir()) == []

    async def test_a_size_that_follows_the_input_is_the_input_s_own(
        self, store: TroubledStore, objects: MemoryObjects, run: Runner
    ):
        await objects.put(STORED, BLUE)
        claim = await claim_new(
            store, make_stored(BLUE), width_pixels=0, height_pixels=0, model="test-follows"
        )
        engine = PlannedEngine()

        await run(claim, engine)

        [[job]] = engine.batches
        assert (job.width_pixels, job.height_pixels) == (40, 30)

    async def test_a_clip_that_is_too_long_with_the_one_given_fails_and_no_engine_is_asked(
        self, store: TroubledStore, objects: MemoryObjects, run: Runner
    ):
        content = make_clip(store.folder / "clip.mp4", size="64x64", seconds=4.0).read_bytes()
        await objects.put(STORED, content)
        medium = make_stored(content, role="video", kind="video", limits="")
        engine = PlannedEngine()

        task = await run(await claim_new(store, medium, model="test-clip"), engine)

        assert task.failure is not None
        assert task.failure.code == "InvalidParameter"
        assert "must be at most 8 seconds. Got 9." in task.failure.message
        assert engine.batches == []


class TestResults:
    async def test_files_beside_a_result_and_findings_are_published_with_it(
        self, store: TroubledStore, objects: MemoryObjects, run: Runner
    ):
        claim = await claim_new(store, count=2, model="test-picture")
        files = (MadeFile(content=PNG_BYTES), MadeFile(content=SVG_BYTES, part="svg"))

        task = await run(
            claim, PlannedEngine([made(0, *files, text="a cat"), made(1, *files, text="a dog")])
        )

        keys = [result_object_key(claim.task, place) for place in range(4)]
        assert list(objects.contents.values()) == [PNG_BYTES, SVG_BYTES] * 2
        assert [
            (each.object_key, each.media_type, each.part, each.findings)
            for each in task.results
            if isinstance(each, StoredResult)
        ] == [
            (keys[0], "image/png", "", {"text": "a cat"}),
            (keys[1], "image/svg+xml", "svg", {}),
            (keys[2], "image/png", "", {"text": "a dog"}),
            (keys[3], "image/svg+xml", "svg", {}),
        ]
        assert task.usage == {"image_count": 2}

    async def test_a_judgement_without_a_file_is_published(
        self, store: TroubledStore, objects: MemoryObjects, run: Runner
    ):
        claim = await claim_new(store, model="test-picture")

        task = await run(claim, PlannedEngine([made(0, check_pass=True)]))

        assert task.status is TaskStatus.SUCCEEDED
        assert task.results == (Finding(findings={"check_pass": True}),)
        assert objects.contents == {}

    async def test_a_file_that_nobody_can_read_makes_its_own_result_a_failure(
        self, store: TroubledStore, run: Runner
    ):
        claim = await claim_new(store, count=2, model="test-picture")
        broken = (MadeFile(content=PNG_BYTES), MadeFile(content=b"noise", part="svg"))

        task = await run(claim, PlannedEngine([made(0, *broken), make_result(1, PNG_BYTES)]))

        assert task.results[0] == UNREADABLE
        assert isinstance(task.results[1], StoredResult)
        assert task.usage == {"image_count": 1}

    async def test_results_stand_in_the_order_of_their_jobs(
        self, store: TroubledStore, objects: MemoryObjects, run: Runner
    ):
        claim = await claim_new(store, count=3, model="test-picture")
        refused = JobFailed(index=1, code=MODERATED.code, message=MODERATED.message)
        files = (MadeFile(content=PNG_BYTES + b"2"), MadeFile(content=SVG_BYTES, part="svg"))

        task = await run(
            claim, PlannedEngine([made(2, *files), refused, make_result(0, PNG_BYTES + b"0")])
        )

        shown = [
            objects.contents[each.object_key] if isinstance(each, StoredResult) else each
            for each in task.results
        ]
        assert shown == [PNG_BYTES + b"0", MODERATED, PNG_BYTES + b"2", SVG_BYTES]

    @pytest.mark.parametrize("indexes", [[0], [0, 1, 2], [1, 2], [0, 0]])
    async def test_an_engine_that_answers_for_other_jobs_than_asked_counts_as_broken(
        self, store: TroubledStore, run: Runner, indexes: list[int]
    ):
        claim = await claim_new(store, count=2, model="test-picture")

        task = await run(claim, PlannedEngine([make_result(index, PNG_BYTES) for index in indexes]))

        assert (task.status, task.results) == (TaskStatus.PENDING, ())

    @pytest.mark.parametrize(
        ("path", "usage"),
        [
            ("one", {"image_count": 1}),
            ("two", {"image_count": 1, "details.tokens": 0, "details.size": "0*0"}),
        ],
    )
    async def test_a_task_is_billed_in_the_words_of_the_path_that_it_was_asked_at(
        self, store: TroubledStore, run: Runner, path: str, usage: dict[str, object]
    ):
        claim = await claim_new(store, model="test-two-paths", operation=f"aigc:tests:{path}")

        task = await run(claim, PlannedEngine())

        assert task.usage == usage

    async def test_a_task_of_a_model_that_is_gone_fails(self, store: TroubledStore, run: Runner):
        claim = await claim_new(store, model="no-longer-offered")

        task = await run(claim, PlannedEngine())

        assert (task.status, task.failure) == (
            TaskStatus.FAILED,
            Failure(code="ModelNotFound", message="Model can not be found."),
        )

    async def test_a_prompt_that_is_empty_is_not_rewritten(self, store: TroubledStore, run: Runner):
        claim = await claim_new(store, model="test-picture", prompt="", prompt_extend=True)
        engine = PlannedEngine()

        task = await run(claim, engine)

        [[job]] = engine.batches
        assert isinstance(job, GenerationJob)
        assert (job.prompt, task.actual_prompt) == ("", None)
