"""Accounts as a whole, over SQLite: what they have, and how it is forgotten."""

import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    OTHER_ACCOUNT,
    RETENTION,
    START,
    always,
    make_failed,
    make_lease,
    make_new,
    make_success,
)
from kaiga.domain.errors import LeaseLost
from kaiga.domain.ids import AccountId, Lane, WorkspaceId
from kaiga.domain.keys import Role
from kaiga.domain.tasks import result_object_key, thumbnail_object_key
from kaiga.store.sqlite import SqliteAccountStore
from store.opened import OpenedSqlite

MODELS = frozenset({MODEL})


@pytest.fixture
def accounts(sqlite: OpenedSqlite) -> SqliteAccountStore:
    return SqliteAccountStore(sqlite.database)


async def claim_one(sqlite: OpenedSqlite):
    (claim,) = await sqlite.tasks.claim(MODELS, make_lease(), 1, "sketch", always(START))
    return claim


async def make_key(sqlite: OpenedSqlite, name: str) -> None:
    await sqlite.keys.add_key(
        key_hash=name.encode(),
        prefix="sk-...",
        name=name,
        account=AccountId(name),
        workspace=WorkspaceId("ws-default"),
        region=None,
        role=Role.USER,
        created_at=START,
        expires_at=None,
    )


async def test_forgetting_takes_every_task_of_one_account_and_none_of_another(
    sqlite: OpenedSqlite,
):
    for new in (make_new(1), make_failed(2), make_new(3, account=OTHER_ACCOUNT)):
        await sqlite.tasks.add(new)

    forgotten = await sqlite.tasks.forget_tasks(ACCOUNT, 10)

    assert len(forgotten.task_ids) == 2
    assert sqlite.select("SELECT account FROM tasks") == [(OTHER_ACCOUNT,)]


async def test_a_running_task_that_is_forgotten_is_published_no_more(sqlite: OpenedSqlite):
    await sqlite.tasks.add(make_new(1))
    claim = await claim_one(sqlite)

    await sqlite.tasks.forget_tasks(ACCOUNT, 10)

    with pytest.raises(LeaseLost):
        await sqlite.tasks.finish(claim, make_success(claim), START, START + RETENTION)
    assert sqlite.select("SELECT * FROM results") == []


async def test_a_forgotten_running_task_leaves_its_place_to_the_next(sqlite: OpenedSqlite):
    sqlite.policy.limits[Lane(ACCOUNT, MODEL)] = 1
    await sqlite.tasks.add(make_new(1))
    await claim_one(sqlite)
    await sqlite.tasks.forget_tasks(ACCOUNT, 10)
    await sqlite.tasks.add(make_new(2))

    claim = await claim_one(sqlite)

    assert claim.task.id == make_new(2).task.id


async def test_a_step_forgets_no_more_than_it_may_and_tells_the_objects(sqlite: OpenedSqlite):
    for number in range(3):
        await sqlite.tasks.add(make_new(number))
    claim = await claim_one(sqlite)
    await sqlite.tasks.finish(claim, make_success(claim), START, START + RETENTION)

    steps = [await sqlite.tasks.forget_tasks(ACCOUNT, 2) for _ in range(3)]

    assert [len(step.task_ids) for step in steps] == [2, 1, 0]
    assert sorted(key for step in steps for key in step.objects) == [
        result_object_key(claim.task, 0),
        thumbnail_object_key(claim.task, 0),
    ]


async def test_a_task_that_ended_elsewhere_is_recorded_with_its_results_once(
    sqlite: OpenedSqlite, accounts: SqliteAccountStore
):
    await sqlite.tasks.add(make_new(1))
    claim = await claim_one(sqlite)
    await sqlite.tasks.finish(claim, make_success(claim), START, START + RETENTION)
    ended = await sqlite.tasks.find(claim.task.id)
    assert ended is not None
    await sqlite.tasks.forget_tasks(ACCOUNT, 1)
    await accounts.forget_some(ACCOUNT, 10)
    new = make_new(1)
    recorded = type(new)(task=ended, request=b"{}")

    first, second = [await accounts.add_ended(recorded) for _ in range(2)]

    assert (first, second) == (True, False)
    assert await sqlite.tasks.find(claim.task.id) == ended
    assert len(await sqlite.tasks.list_attempts(claim.task.id)) == 1
    assert sqlite.select("SELECT count(*) FROM outbox") == [(0,)]


async def test_the_rest_of_an_account_is_forgotten_to_the_last_row(
    sqlite: OpenedSqlite, accounts: SqliteAccountStore
):
    await sqlite.webhooks.add_webhook(ACCOUNT, "https://example.com/told", "secret", START)
    await sqlite.tasks.add(make_new(1))
    claim = await claim_one(sqlite)
    await sqlite.tasks.finish(claim, make_success(claim), START, START + RETENTION)

    while (await accounts.forget_some(ACCOUNT, 1)).rows:
        pass

    assert sqlite.select("SELECT account FROM webhooks") == []
    assert sqlite.select("SELECT account FROM outbox") == []
    assert sqlite.select("SELECT account FROM usage_ledger") == []


async def test_accounts_with_unfinished_tasks_are_not_idle(
    sqlite: OpenedSqlite, accounts: SqliteAccountStore
):
    for name in ("emu-a", "emu-b", "emu-c", "other"):
        await make_key(sqlite, name)
    await sqlite.tasks.add(make_new(1, account=AccountId("emu-a")))
    await claim_one(sqlite)
    await sqlite.tasks.add(make_new(2, account=AccountId("emu-b")))

    assert await accounts.find_idle("emu-", 10) == ["emu-c"]
    assert await accounts.count_accounts("emu-") == 3


async def test_a_removed_account_has_no_key(sqlite: OpenedSqlite, accounts: SqliteAccountStore):
    await make_key(sqlite, "emu-a")

    await accounts.remove(AccountId("emu-a"))

    assert await sqlite.keys.find_principal(b"emu-a") is None
    assert await accounts.list_accounts() == []
