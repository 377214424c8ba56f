"""Running a claimed task: every way in which it can end, and what is left behind."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from domain.samples import (
    MODEL,
    MODERATED,
    RETENTION,
    START,
    WEBHOOK,
    always,
    make_lease,
    make_new,
)
from fakes import PNG_BYTES, MemoryObjects, PlannedEngine, SetCalendar, leave_unmarked, make_result
from kaiga.domain.errors import EngineCrashed, EngineHung
from kaiga.domain.lifetimes import RAN_TOO_LONG
from kaiga.domain.tasks import (
    Claim,
    Failure,
    NewTask,
    StoredResult,
    Task,
    TaskStatus,
    result_object_key,
)
from kaiga.ports.engine import AnswerTold, JobFailed, PhaseBegan, PreviewMade, StepDone
from kaiga.ports.prompt_rewriter import ANY_PICTURE, PromptUse
from kaiga.service.running.make_results import MakeResults
from kaiga.service.running.run_task import RunTask
from kaiga.service.running.stop_requests import StopRequests
from service.building import build_run_task
from service.troubled_store import TroubledStore

BROKEN_PICTURE = Failure(code="InternalError.Algo", message="inference internal error.")


class Echo:
    """A `PromptRewriter` that shows what it was given."""

    async def rewrite(self, prompt: str, seed: int, use: PromptUse = ANY_PICTURE) -> str:  # noqa: ARG002  a port's parameter
        return f"{prompt}, rewritten with {seed}"


class BrokenRewriter:
    async def rewrite(self, prompt: str, seed: int, use: PromptUse = ANY_PICTURE) -> str:  # noqa: ARG002  a port's parameter
        raise RuntimeError(f"a bug with {prompt} {seed}")


@dataclass(kw_only=True)
class Running:
    """One claimed task and what runs it."""

    store: TroubledStore
    objects: MemoryObjects
    claim: Claim
    run_task: RunTask

    async def run(self, process: PlannedEngine) -> Task:
        await self.run_task(self.claim, process)
        return await self.look()

    async def look(self) -> Task:
        task = await self.store.tasks.find(self.claim.task.id)
        assert task is not None
        return task

    async def read_causes(self) -> list[object]:
        rows = await self.store.database.lists.read(
            lambda connection: connection.execute("SELECT cause FROM attempts").fetchall()
        )
        return [row[0] for row in rows]

    async def count_published(self) -> tuple[object, ...]:
        rows = await self.store.database.lists.read(
            lambda connection: connection.execute(
                "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM usage_ledger)"
            ).fetchall()
        )
        return tuple(rows[0])


def build(
    store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar, **changes: object
) -> RunTask:
    return build_run_task(
        store.folder / "inputs",
        store.tasks,
        store.keys,
        objects=objects,
        calendar=calendar,
        **{"rewriter": Echo(), **changes},
    )


async def claim_new(store: TroubledStore, count: int, **changes: object) -> Claim:
    new = make_new(0, count=count)
    generation = new.task.generation
    assert generation is not None
    values = {name: getattr(generation, name) for name in generation.__struct_fields__}
    fields = {name: getattr(new.task, name) for name in new.task.__struct_fields__}
    task = Task(**{**fields, "generation": type(generation)(**{**values, **changes})})
    await store.tasks.add(NewTask(task=task, request=b"{}", webhook=WEBHOOK))
    [claim] = await store.tasks.claim(frozenset({MODEL}), make_lease(), 1, "sketch", always(START))
    return claim


@pytest.fixture
async def running(store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar) -> Running:
    return Running(
        store=store,
        objects=objects,
        claim=await claim_new(store, 3),
        run_task=build(store, objects, calendar),
    )


class TestPublished:
    async def test_every_picture_is_stored_and_then_published(self, running: Running):
        task = await running.run(PlannedEngine())

        keys = [result_object_key(running.claim.task, position) for position in range(3)]
        assert task.status is TaskStatus.SUCCEEDED
        assert task.results == tuple(
            StoredResult(object_key=key, media_type="image/png", size_bytes=len(PNG_BYTES))
            for key in keys
        )
        assert running.objects.contents == dict.fromkeys(keys, PNG_BYTES)
        assert task.usage == {"image_count": 3}
        assert (task.ended_at, task.expires_at) == (START, START + RETENTION)

    async def test_each_picture_is_a_job_with_a_seed_of_its_own(self, running: Running):
        engine = PlannedEngine()

        await running.run(engine)

        [batch] = engine.batches
        assert [job.seed for job in batch] == [7, 8, 9]
        assert {(job.prompt, job.width_pixels, job.model) for job in batch} == {
            ("a cat", 768, MODEL)
        }

    async def test_what_an_engine_that_is_a_service_tells_stands_for_what_we_would_tell(
        self, store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar
    ):
        claim = await claim_new(store, 1, prompt_extend=True)
        run_task = build(store, objects, calendar, rewriter=None)
        told = AnswerTold(usage={"image_count": 1, "tokens.input": 5}, actual_prompt="a fine cat")
        engine = PlannedEngine([told, make_result(0, PNG_BYTES)])

        task = await Running(store=store, objects=objects, claim=claim, run_task=run_task).run(
            engine
        )

        [[job]] = engine.batches
        assert job.prompt == "a cat"
        assert task.usage == {"image_count": 1, "tokens.input": 5}
        assert task.actual_prompt == "a fine cat"

    async def test_pictures_may_come_in_any_order(self, running: Running):
        order = [2, 0, 1]
        events = [make_result(i, PNG_BYTES + bytes([i])) for i in order]

        task = await running.run(PlannedEngine(events))

        assert [
            running.objects.contents[result.object_key][-1]
            for result in task.results
            if isinstance(result, StoredResult)
        ] == [0, 1, 2]

    async def test_some_pictures_made_and_some_not_is_a_success_with_both(self, running: Running):
        events = [
            PhaseBegan(phase="generate"),
            StepDone(index=0, step=1, steps=2),
            PreviewMade(index=0, content=b"a sketch"),
            JobFailed(index=0, code=MODERATED.code, message=MODERATED.message),
            make_result(1, PNG_BYTES),
            make_result(2, b"this is no picture"),
        ]

        task = await running.run(PlannedEngine(events))

        assert task.status is TaskStatus.SUCCEEDED
        assert task.results[0] == MODERATED
        assert isinstance(task.results[1], StoredResult)
        assert task.results[2] == BROKEN_PICTURE
        assert task.usage == {"image_count": 1}
        assert len(running.objects.contents) == 1

    async def test_no_picture_at_all_is_a_failure_for_the_first_reason(self, running: Running):
        events = [
            make_result(2, b""),
            JobFailed(index=1, code="Second", message="second"),
            JobFailed(index=0, code="First", message="first"),
        ]

        task = await running.run(PlannedEngine(events))

        assert (task.status, task.usage) == (TaskStatus.FAILED, None)
        assert task.failure == Failure(code="First", message="first")
        assert running.objects.contents == {}

    async def test_a_prompt_is_rewritten_where_that_was_asked_for(
        self, store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar
    ):
        claim = await claim_new(store, 2, prompt_extend=True)
        engine = PlannedEngine()

        await build(store, objects, calendar)(claim, engine)

        task = await store.tasks.find(claim.task.id)
        assert task is not None
        assert task.actual_prompt == "a cat, rewritten with 7"
        assert {job.prompt for job in engine.batches[0]} == {"a cat, rewritten with 7"}

    async def test_with_rewriting_off_no_other_prompt_is_told(self, running: Running):
        assert (await running.run(PlannedEngine())).actual_prompt is None


class TestGivenBack:
    @pytest.mark.parametrize(
        "error", [EngineCrashed(), RuntimeError("a bug"), MemoryError(), OSError("odd")]
    )
    async def test_a_crash_gives_the_task_back_and_publishes_nothing(
        self, running: Running, error: Exception
    ):
        task = await running.run(PlannedEngine([make_result(0, PNG_BYTES)], error=error))

        assert task.status is TaskStatus.PENDING
        assert await running.read_causes() == ["engine_crashed"]
        assert await running.count_published() == (0, 0)

    async def test_an_engine_that_hung_is_told_apart_from_one_that_crashed(self, running: Running):
        task = await running.run(PlannedEngine([], error=EngineHung()))

        assert task.status is TaskStatus.PENDING
        assert await running.read_causes() == ["engine_hung"]

    async def test_a_task_that_no_engine_has_time_for_waits_again_at_no_cost(
        self, running: Running
    ):
        task = await running.run(PlannedEngine(busy=True))

        assert task.status is TaskStatus.PENDING
        assert await running.read_causes() == ["worker_stopped"]

    async def test_an_engine_that_leaves_a_job_out_counts_as_broken(self, running: Running):
        task = await running.run(PlannedEngine([make_result(0, PNG_BYTES)]))

        assert task.status is TaskStatus.PENDING
        assert await running.read_causes() == ["engine_crashed"]

    async def test_a_rewriter_with_a_bug_gives_the_task_back(
        self, store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar
    ):
        claim = await claim_new(store, 1, prompt_extend=True)
        run_task = build(store, objects, calendar, rewriter=BrokenRewriter())

        await run_task(claim, PlannedEngine())

        task = await store.tasks.find(claim.task.id)
        assert task is not None
        assert task.status is TaskStatus.PENDING

    async def test_an_object_store_that_is_down_gives_the_task_back_and_stops_the_engine(
        self, running: Running
    ):
        running.objects.is_down = True
        engine = PlannedEngine()

        task = await running.run(engine)

        assert task.status is TaskStatus.PENDING
        assert await running.read_causes() == ["objects_unavailable"]
        assert engine.is_abandoned

    async def test_a_worker_that_is_stopped_gives_the_task_back_at_once(self, running: Running):
        engine = PlannedEngine(gate=asyncio.Event())
        working = asyncio.ensure_future(running.run_task(running.claim, engine))
        await engine.has_begun.wait()

        working.cancel()
        await asyncio.wait([working])

        assert working.cancelled()
        assert engine.is_abandoned
        assert (await running.look()).status is TaskStatus.PENDING
        assert await running.read_causes() == ["worker_stopped"]

    async def test_a_worker_stopped_while_it_waits_out_an_outage_gives_the_task_back(
        self, running: Running
    ):
        running.objects.is_down = True
        engine = PlannedEngine()
        working = asyncio.ensure_future(running.run_task(running.claim, engine))
        await engine.has_begun.wait()
        for _ in range(20):  # past the failed put, into the pause after it
            await asyncio.sleep(0)

        working.cancel()
        await asyncio.wait([working])

        assert (await running.look()).status is TaskStatus.PENDING


class TestCanceled:
    async def ask(self, running: Running) -> None:
        task = running.claim.task
        answer = await running.store.tasks.request_cancel(
            task.account, task.region, task.id, START, START + RETENTION
        )
        assert answer is TaskStatus.RUNNING

    async def begin(self, running: Running, engine: PlannedEngine) -> "asyncio.Task[None]":
        working = asyncio.create_task(running.run_task(running.claim, engine))
        await engine.has_begun.wait()
        return working

    async def test_an_engine_that_stops_when_asked_is_not_abandoned(self, running: Running):
        engine = PlannedEngine(gate=asyncio.Event())
        working = await self.begin(running, engine)

        await self.ask(running)
        await working

        task = await running.look()
        assert (task.status, task.ended_at) == (TaskStatus.CANCELED, START)
        assert (task.results, task.usage) == ((), None)
        assert not engine.is_abandoned
        assert await running.count_published() == (1, 0)

    async def test_what_makes_a_task_that_was_forgotten_is_stopped(self, running: Running):
        engine = PlannedEngine(gate=asyncio.Event())
        working = await self.begin(running, engine)

        await running.store.tasks.forget_tasks(running.claim.task.account, 10)
        await working

        assert not engine.is_abandoned
        assert await running.store.tasks.find(running.claim.task.id) is None

    async def test_an_engine_that_does_not_stop_in_time_is_abandoned(
        self, store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar
    ):
        run_task = build(store, objects, calendar, stop_grace=timedelta(milliseconds=50))
        running = Running(
            store=store, objects=objects, claim=await claim_new(store, 1), run_task=run_task
        )
        engine = PlannedEngine(gate=asyncio.Event(), stubborn=True)
        working = await self.begin(running, engine)

        await self.ask(running)
        await working

        assert (await running.look()).status is TaskStatus.CANCELED
        assert engine.is_abandoned

    async def test_an_engine_that_is_done_before_it_can_stop_has_succeeded(self, running: Running):
        gate = asyncio.Event()
        progress = running.run_task.progress
        is_canceling = asyncio.Event()
        progress.on_report(lambda _, told: told.phase == "canceling" and is_canceling.set())
        working = await self.begin(running, PlannedEngine(gate=gate, stubborn=True))
        await self.ask(running)
        await is_canceling.wait()

        gate.set()
        await working

        assert (await running.look()).status is TaskStatus.SUCCEEDED
        assert await running.count_published() == (1, 1)

    async def test_a_request_of_before_the_run_has_begun_is_heeded(self, running: Running):
        await self.ask(running)
        engine = PlannedEngine(gate=asyncio.Event())

        await running.run_task(running.claim, engine)

        assert (await running.look()).status is TaskStatus.CANCELED

    async def test_a_crash_of_an_engine_that_is_to_stop_is_no_reason_to_run_again(
        self, running: Running
    ):
        engine = PlannedEngine([], error=EngineCrashed())
        await self.ask(running)

        await running.run_task(running.claim, engine)

        assert (await running.look()).status is TaskStatus.CANCELED

    async def test_a_request_that_no_notice_tells_of_is_found_all_the_same(
        self, store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar
    ):
        unheard = StopRequests(store.tasks, look_again=timedelta(milliseconds=20))
        run_task = build(store, objects, calendar, stop_requests=unheard)
        running = Running(
            store=store, objects=objects, claim=await claim_new(store, 1), run_task=run_task
        )
        working = await self.begin(running, PlannedEngine(gate=asyncio.Event()))
        store.tasks._change_listeners.clear()

        await self.ask(running)
        await working

        assert (await running.look()).status is TaskStatus.CANCELED


class TestProgress:
    async def test_phases_and_steps_are_told_and_count_over_all_jobs(self, running: Running):
        told: list[tuple[str, int, int, bytes]] = []
        running.run_task.progress.on_report(
            lambda _, each: told.append((each.phase, each.step, each.steps, each.preview))
        )
        events = [
            PhaseBegan(phase="generate"),
            StepDone(index=0, step=1, steps=2),
            PreviewMade(index=0, content=b"a draft"),
            make_result(0, PNG_BYTES),
            StepDone(index=1, step=2, steps=2),
            make_result(1, PNG_BYTES),
            JobFailed(index=2, code="Code", message="no"),
        ]

        await running.run(PlannedEngine(events))

        assert told == [
            ("inputs", 0, 0, b""),
            ("load", 0, 0, b""),
            ("generate", 0, 0, b""),
            ("generate", 1, 6, b""),
            ("generate", 1, 6, b"a draft"),
            ("generate", 2, 6, b"a draft"),
            ("generate", 4, 6, b"a draft"),
            ("generate", 4, 6, b"a draft"),
            ("store", 6, 6, b"a draft"),
        ]

    async def test_an_engine_that_tells_no_phase_generates_from_its_first_step(
        self, running: Running
    ):
        phases: list[str] = []
        running.run_task.progress.on_report(lambda _, each: phases.append(each.phase))
        made = [make_result(index, PNG_BYTES) for index in range(3)]

        await running.run(PlannedEngine([StepDone(index=0, step=1, steps=9), *made]))

        assert phases == ["inputs", "load", "generate", "generate", "generate", "store"]

    @pytest.mark.parametrize("error", [None, EngineCrashed()])
    async def test_nothing_is_told_any_more_once_the_attempt_is_over(
        self, running: Running, error: Exception | None
    ):
        await running.run(PlannedEngine(error=error))

        assert running.run_task.progress.find(running.claim.task.id) is None


class TestLost:
    async def test_an_attempt_that_lost_its_lease_publishes_nothing(self, running: Running):
        gate = asyncio.Event()
        engine = PlannedEngine(gate=gate)
        working = asyncio.ensure_future(running.run_task(running.claim, engine))
        await engine.has_begun.wait()
        await running.store.tasks.recover(float("inf"), always(START), RETENTION)
        [again] = await running.store.tasks.claim(
            frozenset({MODEL}), make_lease(), 1, "sketch", always(START)
        )

        gate.set()
        await working

        assert await running.look() == again.task
        assert await running.count_published() == (0, 0)
        assert await running.read_causes() == ["worker_lost", None]

    async def test_a_crash_after_the_lease_was_lost_costs_nothing_more(self, running: Running):
        await running.store.tasks.recover(float("inf"), always(START), RETENTION)

        await running.run(PlannedEngine([], error=EngineCrashed()))

        assert await running.read_causes() == ["worker_lost"]


class TestOutages:
    async def test_finished_work_waits_for_the_store_and_is_published_once(self, running: Running):
        running.store.tasks.is_down = True
        working = asyncio.ensure_future(running.run_task(running.claim, PlannedEngine()))
        for _ in range(2):
            await running.store.tasks.refusals.acquire()
        assert not working.done()

        running.store.tasks.is_down = False
        await working

        assert (await running.look()).status is TaskStatus.SUCCEEDED
        assert len(running.objects.contents) == 3
        assert await running.count_published() == (1, 1)

    async def test_a_finished_picture_waits_for_objects_that_are_away(self, running: Running):
        running.objects.is_down = True
        make_results = MakeResults(
            objects=running.objects, mark=leave_unmarked, patience=timedelta(hours=1)
        )
        run_task = replace(running.run_task, make_results=make_results)
        working = asyncio.ensure_future(run_task(running.claim, PlannedEngine()))
        for _ in range(20):  # past the failed put, into the pause after it
            await asyncio.sleep(0)
        assert not working.done()

        running.objects.is_down = False
        await working

        assert (await running.look()).status is TaskStatus.SUCCEEDED
        assert await running.read_causes() == [None]

    async def test_a_task_is_given_back_once_the_store_is_there_again(self, running: Running):
        running.store.tasks.is_down = True
        engine = PlannedEngine([], error=EngineCrashed())
        working = asyncio.ensure_future(running.run_task(running.claim, engine))
        await running.store.tasks.refusals.acquire()

        running.store.tasks.is_down = False
        await working

        assert (await running.look()).status is TaskStatus.PENDING
        assert await running.read_causes() == ["engine_crashed"]

    async def test_a_run_that_takes_too_long_fails_with_the_contract_s_words(
        self, store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar
    ):
        claim = await claim_new(store, 1)
        engine = PlannedEngine(gate=asyncio.Event())
        run_task = build(store, objects, calendar, longest_run=timedelta(milliseconds=50))

        await run_task(claim, engine)

        task = await store.tasks.find(claim.task.id)
        assert task is not None
        assert (task.status, task.failure) == (TaskStatus.FAILED, RAN_TOO_LONG)
        assert engine.is_abandoned

    async def test_a_time_limit_of_the_engine_s_own_is_no_run_that_took_too_long(
        self, running: Running
    ):
        task = await running.run(PlannedEngine([], error=TimeoutError("a socket was slow")))

        assert task.status is TaskStatus.PENDING
        assert await running.read_causes() == ["engine_crashed"]
