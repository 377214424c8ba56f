"""The port `TaskStore`, told to those who watch: queues by model, and when things happened."""

from domain.samples import (
    MODEL,
    OTHER_ACCOUNT,
    OTHER_MODEL,
    RETENTION,
    after,
    always,
    make_failed,
    make_lease,
    make_new,
    make_success,
)
from kaiga.domain.tasks import AttemptCause, TaskStatus
from kaiga.domain.timings import AttemptTimes, TaskTimes
from kaiga.ports.task_store import ModelQueue, TaskStore

MODELS = frozenset({MODEL, OTHER_MODEL})


async def test_a_queue_is_that_of_a_model_over_all_accounts(tasks: TaskStore):
    await tasks.add(make_new(300))
    await tasks.add(make_new(200, account=OTHER_ACCOUNT))
    await tasks.add(make_new(400, catalogue_model=OTHER_MODEL))
    await tasks.claim(frozenset({OTHER_MODEL}), make_lease(), 1, "sketch", always(after(500)))

    measured = await tasks.measure_models()

    assert measured == [
        ModelQueue(model=OTHER_MODEL, running=1),
        ModelQueue(model=MODEL, waiting=2, oldest_at=after(200)),
    ]


async def test_a_queue_of_ended_tasks_is_none(tasks: TaskStore):
    await tasks.add(make_failed(1))

    assert await tasks.measure_models() == []


async def test_times_tell_every_attempt_in_its_order(tasks: TaskStore):
    new = make_new(0)
    await tasks.add(new)
    [first] = await tasks.claim(MODELS, make_lease(), 1, "sketch", always(after(100)))
    await tasks.give_back(first, AttemptCause.ENGINE_CRASHED, after(300), after(300) + RETENTION)
    [second] = await tasks.claim(MODELS, make_lease(), 1, "other", always(after(400)))
    await tasks.finish(second, make_success(second), after(900), after(900) + RETENTION)

    assert await tasks.find_times([new.task.id, make_new(7).task.id]) == [
        TaskTimes(
            id=new.task.id,
            model=MODEL,
            status=TaskStatus.SUCCEEDED,
            submitted_at=after(0),
            attempts=(
                AttemptTimes(
                    engine="sketch",
                    claimed_at=after(100),
                    ended_at=after(300),
                    cause=AttemptCause.ENGINE_CRASHED,
                ),
                AttemptTimes(engine="other", claimed_at=after(400), ended_at=after(900)),
            ),
        )
    ]
