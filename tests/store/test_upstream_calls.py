"""Which calls to another server were made for which task."""

import msgspec
import pytest

from domain.samples import START, make_new
from kaiga.ports.upstream_calls import UpstreamCall, UpstreamCalls
from kaiga.store.postgres.upstream_calls import PostgresUpstreamCalls
from kaiga.store.sqlite import SqliteUpstreamCalls
from store.opened import OpenedPostgres, OpenedSqlite, OpenedStore

CALL = UpstreamCall(
    task_id=make_new(0).task.id, engine="cloud", attempt=1, model="wan", intended_at=START
)
OTHER = msgspec.structs.replace(CALL, task_id=make_new(1).task.id)


@pytest.fixture
def calls(opened: OpenedStore) -> UpstreamCalls:
    if isinstance(opened, OpenedPostgres):
        return PostgresUpstreamCalls(opened.database)
    assert isinstance(opened, OpenedSqlite)
    return SqliteUpstreamCalls(opened.database)


async def test_a_call_is_open_until_the_upstreams_id_is_known(calls: UpstreamCalls):
    await calls.intend(CALL)
    await calls.intend(OTHER)
    assert await calls.find_call(CALL.task_id, "cloud") == CALL
    assert await calls.list_open("cloud", "wan") == [CALL, OTHER]

    await calls.note_taken(CALL, "there-1")

    found = await calls.find_call(CALL.task_id, "cloud")
    assert found is not None
    assert found.upstream_id == "there-1"
    assert await calls.list_open("cloud", "wan") == [OTHER]


async def test_a_call_that_was_not_taken_is_forgotten(calls: UpstreamCalls):
    await calls.intend(CALL)

    await calls.withdraw(CALL)

    assert await calls.find_call(CALL.task_id, "cloud") is None


async def test_engines_do_not_see_each_others_calls(calls: UpstreamCalls):
    await calls.intend(CALL)
    await calls.note_taken(CALL, "there-1")

    assert await calls.find_call(CALL.task_id, "other") is None
    assert await calls.find_named("other", ["there-1"]) == frozenset()
    assert await calls.find_named("cloud", ["there-1", "there-2"]) == {"there-1"}


async def test_a_new_call_takes_the_place_of_the_one_before(calls: UpstreamCalls):
    await calls.intend(CALL)
    await calls.note_taken(CALL, "there-1")

    again = msgspec.structs.replace(CALL, attempt=2)
    await calls.intend(again)

    assert await calls.find_call(CALL.task_id, "cloud") == again


async def test_a_forgotten_tasks_calls_are_forgotten(opened: OpenedStore, calls: UpstreamCalls):
    new = make_new(1)
    await opened.tasks.add(new)
    await calls.intend(msgspec.structs.replace(CALL, task_id=new.task.id))

    await opened.tasks.forget_tasks(new.task.account, 10)

    assert await calls.find_call(new.task.id, "cloud") is None
