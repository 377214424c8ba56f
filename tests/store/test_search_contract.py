"""The port `TaskStore`, 8: tasks that are looked for, what they came from, and what made them."""

import msgspec
import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    OTHER_MODEL,
    OTHER_REGION,
    REGION,
    RETENTION,
    START,
    after,
    always,
    make_lease,
    make_new,
    make_success,
)
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Outcome, StoredResult, TaskStatus
from kaiga.ports.task_store import TaskSearch, TaskStore
from store.opened import OpenedStore


def looking_for(**wishes: object) -> TaskSearch:
    return TaskSearch(**{"account": ACCOUNT, "region": REGION, "now": START, **wishes})


async def add_five(tasks: TaskStore) -> list[TaskId]:
    """Add five tasks a second after each other; gives their ids, the newest first."""
    added = [make_new(number * 1000) for number in range(5)]
    for new in added:
        await tasks.add(new)
    return [new.task.id for new in reversed(added)]


async def find_ids(tasks: TaskStore, limit: int = 10, **wishes: object) -> list[TaskId]:
    found = await tasks.search(looking_for(**wishes), limit)
    assert found.stopped_at is None
    return [task.id for task in found.tasks]


async def test_the_newest_come_first(tasks: TaskStore):
    ids = await add_five(tasks)

    assert await find_ids(tasks) == ids
    assert await find_ids(tasks, 2) == ids[:2]


async def test_a_list_is_walked_in_both_directions(tasks: TaskStore):
    ids = await add_five(tasks)

    assert await find_ids(tasks, 2, older_than=ids[1]) == ids[2:4]
    assert await find_ids(tasks, 2, newer_than=ids[3]) == ids[1:3]
    assert await find_ids(tasks, older_than=ids[4]) == []
    assert await find_ids(tasks, newer_than=ids[0]) == []


async def test_tasks_of_several_models_are_found_by_the_catalogue_s_names(tasks: TaskStore):
    one = make_new(1000, model="an alias")
    other = make_new(2000, catalogue_model=OTHER_MODEL)
    for new in (one, other):
        await tasks.add(new)

    both = frozenset({MODEL, OTHER_MODEL})
    assert await find_ids(tasks, models=both) == [other.task.id, one.task.id]
    assert await find_ids(tasks, models=frozenset({MODEL})) == [one.task.id]
    assert await find_ids(tasks, models=frozenset({"an alias"})) == []
    assert await find_ids(tasks, models=frozenset()) == []


async def test_a_task_is_found_by_any_text_of_its_id(tasks: TaskStore):
    ids = await add_five(tasks)

    assert await find_ids(tasks, id_part=ids[2][4:30]) == [ids[2]]
    assert await find_ids(tasks, id_part="zzz") == []


@pytest.mark.parametrize(
    ("wishes", "numbers"),
    [
        ({"submitted_from": after(2000)}, [0, 1, 2]),
        ({"submitted_before": after(2000)}, [3, 4]),
        ({"submitted_from": after(1000), "submitted_before": after(3000)}, [2, 3]),
        ({"model": MODEL}, [0, 1, 2, 3, 4]),
        ({"model": OTHER_MODEL}, []),
        ({"status": TaskStatus.PENDING}, [0, 1, 2, 3, 4]),
        ({"status": TaskStatus.FAILED}, []),
        ({"region": OTHER_REGION}, []),
    ],
)
async def test_all_conditions_hold(tasks: TaskStore, wishes: dict[str, object], numbers: list[int]):
    ids = await add_five(tasks)

    assert await find_ids(tasks, **wishes) == [ids[number] for number in numbers]


async def test_what_has_expired_is_not_found(tasks: TaskStore):
    await tasks.add(make_new())
    [claim] = await tasks.claim(frozenset({MODEL}), make_lease(), 1, "sketch", always(after(1)))
    await tasks.finish(claim, make_success(claim), after(2), START + RETENTION)

    assert await find_ids(tasks, now=START + RETENTION) == []


async def test_a_request_is_given_as_it_was_recorded(opened: OpenedStore):
    new = make_new(request=b'{"model": "m"}')
    await opened.tasks.add(new)

    request = await opened.tasks.find_request(new.task.id)

    assert request is not None
    assert request.body == b'{"model": "m"}'
    assert await opened.tasks.find_request(TaskId("none")) is None


async def test_an_attempt_keeps_for_how_long_it_was_at_what(tasks: TaskStore):
    await tasks.add(make_new(0))
    await tasks.add(make_new(1))
    told, silent = await tasks.claim(
        frozenset({MODEL}), make_lease(), 2, "sketch", always(after(2))
    )
    outcome = make_success(told)
    outcome = type(outcome)(
        status=outcome.status, results=outcome.results, phases={"load": 3, "generate": 40}
    )

    await tasks.finish(told, outcome, after(50), START + RETENTION)
    await tasks.finish(silent, make_success(silent), after(50), START + RETENTION)

    [attempt] = await tasks.list_attempts(told.task.id)
    assert list(attempt.phases.items()) == [("load", 3), ("generate", 40)]
    assert (await tasks.list_attempts(silent.task.id))[0].phases == {}


async def test_an_end_keeps_what_made_its_results_and_what_they_were_before_marks(
    tasks: TaskStore,
):
    await tasks.add(make_new(0))
    await tasks.add(make_new(1))
    told, silent = await tasks.claim(
        frozenset({MODEL}), make_lease(), 2, "diffusers", always(after(2))
    )
    made_by = {"version": "0.36", "revision": "5f1c"}
    [file, *others] = make_success(told).results
    assert isinstance(file, StoredResult)
    results = (msgspec.structs.replace(file, made_digest="0a" * 32), *others)
    outcome = Outcome(status=TaskStatus.SUCCEEDED, results=results, made_by=made_by)

    await tasks.finish(told, outcome, after(50), START + RETENTION)
    await tasks.finish(silent, make_success(silent), after(50), START + RETENTION)

    [attempt] = await tasks.list_attempts(told.task.id)
    assert attempt.made_by == made_by
    found = await tasks.find(told.task.id)
    assert found is not None
    assert found.results == results
    assert (await tasks.list_attempts(silent.task.id))[0].made_by == {}
