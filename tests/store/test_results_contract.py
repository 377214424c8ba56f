"""The port `TaskStore`, 4: results of every form, media that came with requests, and regions."""

import asyncio

import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    MODERATED,
    OTHER_REGION,
    REGION,
    RETENTION,
    START,
    after,
    always,
    make_lease,
    make_new,
    make_result,
)
from kaiga.domain.ids import ObjectKey
from kaiga.domain.tasks import (
    AttemptCause,
    Claim,
    Finding,
    NewTask,
    Result,
    StoredInput,
    StoredResult,
    Task,
    TaskStatus,
    input_object_key,
    make_outcome,
    request_object_key,
    result_object_key,
    thumbnail_object_key,
)
from kaiga.ports.task_store import TaskFilter, TaskStore
from store.opened import OpenedStore

EXPIRY = START + RETENTION
FACE = {"bbox": [[1, 2], [3, 4]], "pass": True, "text": '猫 "a"', "none": None, "ratio": 0.25}


async def claim(tasks: TaskStore, slots: int = 1) -> list[Claim]:
    return list(
        await tasks.claim(frozenset({MODEL}), make_lease(), slots, "sketch", always(after(1000)))
    )


async def finish_with(tasks: TaskStore, *results: Result) -> Task:
    await tasks.add(make_new(0))
    [claimed] = await claim(tasks)
    await tasks.finish(claimed, make_outcome(results, {"count": 1}, None), after(2000), EXPIRY)
    task = await tasks.find(claimed.task.id)
    assert task is not None
    return task


def make_part(position: int, part: str = "", **findings: object) -> StoredResult:
    return StoredResult(
        object_key=ObjectKey(f"{ACCOUNT}/a-task/1/{position}"),
        media_type="image/png",
        size_bytes=10,
        part=part,
        findings=findings,
    )


def make_input(new: NewTask, position: int, member: str = "input.image") -> StoredInput:
    return StoredInput(
        member=member,
        object_key=input_object_key(ACCOUNT, new.task.id, position),
        media_type="image/png",
        size_bytes=100 + position,
    )


def make_new_with_inputs(number: int, count: int) -> NewTask:
    plain = make_new(number)
    return make_new(number, inputs=tuple(make_input(plain, place) for place in range(count)))


class TestResults:
    async def test_files_beside_a_result_and_what_was_found_out_come_back(self, tasks: TaskStore):
        results = (make_part(0, text="a cat"), make_part(1, "svg"), make_part(2), MODERATED)

        task = await finish_with(tasks, *results)

        assert task.results == results

    @pytest.mark.parametrize("findings", [FACE, {}, {"template_id": "AACT.1"}])
    async def test_a_judgement_without_a_file_comes_back(
        self, tasks: TaskStore, findings: dict[str, object]
    ):
        task = await finish_with(tasks, Finding(findings=findings))

        assert task.status is TaskStatus.SUCCEEDED
        assert task.results == (Finding(findings=findings),)

    async def test_a_task_with_nothing_but_a_judgement_names_no_object(self, opened: OpenedStore):
        task = await finish_with(opened.tasks, Finding(findings=FACE))

        purged = await opened.tasks.purge_expired(EXPIRY, 5)

        assert (list(purged.task_ids), list(purged.objects)) == ([task.id], [])
        assert opened.select("SELECT count(*) FROM results") == [(0,)]

    async def test_objects_of_files_beside_a_result_are_named_and_purged(self, tasks: TaskStore):
        results = (make_part(0), make_part(1, "visible_mask"))
        task = await finish_with(tasks, *results)
        keys = {result.object_key for result in results}
        thumbnail = thumbnail_object_key(task, 0)

        assert await tasks.find_named_objects(sorted(keys)) == keys
        assert set((await tasks.purge_expired(EXPIRY, 5)).objects) == {*keys, thumbnail}

    async def test_usage_of_every_kind_of_value_comes_back(self, tasks: TaskStore):
        usage = {"SR": 720, "size": "1280*720", "duration": 5.5, "audio": True, "none": 0}
        await tasks.add(make_new(0))
        [claimed] = await claim(tasks)
        outcome = make_outcome((make_result(claimed.task),), usage, None)

        await tasks.finish(claimed, outcome, after(2000), EXPIRY)

        task = await tasks.find(claimed.task.id)
        assert task is not None
        assert task.usage == usage
        assert {name: type(value) for name, value in (task.usage or {}).items()} == {
            name: type(value) for name, value in usage.items()
        }


class TestInputs:
    async def test_inputs_are_recorded_with_their_task(self, opened: OpenedStore):
        new = make_new_with_inputs(0, 2)

        await opened.tasks.add(new)

        assert opened.select(
            "SELECT task_id, position, member, object_key, media_type, size_bytes FROM inputs"
        ) == [
            (new.task.id, 0, "input.image", new.inputs[0].object_key, "image/png", 100),
            (new.task.id, 1, "input.image", new.inputs[1].object_key, "image/png", 101),
        ]

    async def test_many_tasks_recorded_at_once_keep_their_own_inputs(self, opened: OpenedStore):
        news = [make_new_with_inputs(number, number % 3) for number in range(150)]

        await asyncio.gather(*map(opened.tasks.add, news))

        expected = sorted((new.task.id, each.object_key) for new in news for each in new.inputs)
        rows = opened.select("SELECT task_id, object_key FROM inputs ORDER BY task_id, position")
        assert rows == expected

    async def test_a_task_that_is_refused_leaves_no_inputs(self, opened: OpenedStore):
        await opened.tasks.add(make_new(0))

        with pytest.raises(Exception, match=r"(?i)unique"):
            await opened.tasks.add(make_new_with_inputs(0, 2))

        assert opened.select("SELECT count(*) FROM inputs") == [(0,)]

    async def test_objects_of_inputs_are_named_for_as_long_as_their_task_is_kept(
        self, opened: OpenedStore
    ):
        tasks, new = opened.tasks, make_new_with_inputs(0, 2)
        keys = {each.object_key for each in new.inputs}
        await tasks.add(new)
        stray = input_object_key(ACCOUNT, new.task.id, 9)

        assert await tasks.find_named_objects([*keys, stray]) == keys

        [claimed] = await claim(tasks)
        results = (make_result(claimed.task),)
        await tasks.finish(claimed, make_outcome(results, {}, None), after(2000), EXPIRY)
        assert await tasks.find_named_objects(sorted(keys)) == keys

        purged = await tasks.purge_expired(EXPIRY, 5)
        made = {result_object_key(claimed.task, 0), thumbnail_object_key(claimed.task, 0)}
        assert set(purged.objects) == keys | made
        assert opened.select("SELECT count(*) FROM inputs") == [(0,)]
        assert await tasks.find_named_objects(sorted(keys)) == frozenset()

    async def test_a_purge_gives_no_object_of_a_task_that_stays(self, tasks: TaskStore):
        gone, stays = make_new_with_inputs(0, 1), make_new_with_inputs(1, 1)
        for new in (gone, stays):
            await tasks.add(new)
        await tasks.cancel(ACCOUNT, REGION, gone.task.id, after(5), EXPIRY)

        purged = await tasks.purge_expired(EXPIRY, 5)

        assert list(purged.objects) == [gone.inputs[0].object_key]

    async def test_an_input_is_no_result_of_a_running_attempt(self, tasks: TaskStore):
        """Else the sweep would spare it as long as an attempt of that number runs."""
        new = make_new_with_inputs(0, 0)
        await tasks.add(new)
        await claim(tasks)
        strays = [
            input_object_key(ACCOUNT, new.task.id, 0),
            request_object_key(ACCOUNT, new.task.id),
        ]

        assert await tasks.find_named_objects(strays) == frozenset()


class TestRegions:
    async def list_in(self, tasks: TaskStore, region: str) -> list[str]:
        wanted = TaskFilter(
            account=ACCOUNT,
            region=region,
            submitted_from=START,
            submitted_before=after(1000),
            now=START,
        )
        page = await tasks.list_page(wanted, 1, 10)
        assert page.total == len(page.tasks)
        return [task.id for task in page.tasks]

    async def test_a_task_comes_back_with_its_region(self, tasks: TaskStore):
        new = make_new(0, region=OTHER_REGION)
        await tasks.add(new)

        found = await tasks.find(new.task.id)

        assert found == new.task
        assert found.region == OTHER_REGION

    async def test_a_list_shows_one_region_and_tasks_of_before_there_were_any(
        self, tasks: TaskStore
    ):
        here, there, old = (
            make_new(0),
            make_new(1, region=OTHER_REGION),
            make_new(2, region=""),
        )
        for new in (here, there, old):
            await tasks.add(new)

        assert await self.list_in(tasks, REGION) == [old.task.id, here.task.id]
        assert await self.list_in(tasks, OTHER_REGION) == [old.task.id, there.task.id]
        assert await self.list_in(tasks, "eu-central-1") == [old.task.id]

    async def test_a_task_is_canceled_in_its_own_region_alone(self, tasks: TaskStore):
        new = make_new(0, region=OTHER_REGION)
        await tasks.add(new)

        assert not await tasks.cancel(ACCOUNT, REGION, new.task.id, after(5), EXPIRY)
        assert not await tasks.cancel(ACCOUNT, "", new.task.id, after(5), EXPIRY)
        assert await tasks.find(new.task.id) == new.task
        assert await tasks.cancel(ACCOUNT, OTHER_REGION, new.task.id, after(5), EXPIRY)

    async def test_a_task_of_before_there_were_regions_is_canceled_from_any(self, tasks: TaskStore):
        new = make_new(0, region="")
        await tasks.add(new)

        assert await tasks.cancel(ACCOUNT, OTHER_REGION, new.task.id, after(5), EXPIRY)


class TestLanes:
    MODELS = tuple(f"model-{number:03}" for number in range(106))

    async def claim(self, tasks: TaskStore, slots: int, *models: str) -> list[Claim]:
        wanted = frozenset(models or self.MODELS)
        return list(await tasks.claim(wanted, make_lease(), slots, "e", always(after(5000))))

    async def test_the_lanes_of_an_account_take_turns_and_each_gives_its_oldest_first(
        self, tasks: TaskStore
    ):
        first, other = self.MODELS[0], self.MODELS[105]
        for number, model in enumerate([first, first, first, first, other, other]):
            await tasks.add(make_new(number, catalogue_model=model))

        claimed = [claim for slots in (3, 2, 5) for claim in await self.claim(tasks, slots)]

        turns = [each.task.catalogue_model for each in claimed]
        assert {turns[0], turns[1]} == {turns[2], turns[3]} == {first, other}
        assert turns[4:] == [first, first]
        for model, numbers in ((first, range(4)), (other, range(4, 6))):
            taken = [
                each.task.submitted_at for each in claimed if each.task.catalogue_model == model
            ]
            assert taken == [after(number) for number in numbers]

    async def test_a_long_queue_in_one_lane_does_not_hide_the_others(self, tasks: TaskStore):
        await asyncio.gather(
            *(tasks.add(make_new(n, catalogue_model=self.MODELS[0])) for n in range(200)),
            *(tasks.add(make_new(200 + n, catalogue_model=self.MODELS[n])) for n in range(1, 106)),
        )

        claimed = await self.claim(tasks, 106)
        rest = await self.claim(tasks, 305)

        assert {each.task.catalogue_model for each in claimed} == set(self.MODELS)
        assert [each.task.submitted_at for each in rest] == [after(n) for n in range(1, 200)]

    @pytest.mark.parametrize("name", ["", "猫", "a'b", "A", "z" * 300, "vidu/viduq3-fast"])
    async def test_a_lane_of_any_name_is_claimed_from(self, tasks: TaskStore, name: str):
        await tasks.add(make_new(0, catalogue_model=name))
        await tasks.add(make_new(1, catalogue_model=self.MODELS[0]))

        claimed = await self.claim(tasks, 5, name)

        assert [each.task.catalogue_model for each in claimed] == [name]

    async def test_a_lane_whose_last_task_was_taken_is_empty_until_it_comes_back(
        self, tasks: TaskStore
    ):
        await tasks.add(make_new(0, catalogue_model=self.MODELS[7]))
        [claimed] = await self.claim(tasks, 1)

        assert await self.claim(tasks, 1) == []
        await tasks.give_back(claimed, AttemptCause.WORKER_STOPPED, after(6), EXPIRY)
        assert [each.task.id for each in await self.claim(tasks, 1)] == [claimed.task.id]
