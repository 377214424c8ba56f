"""The port `AccountStore`: accounts as a whole, what they have, and how it is forgotten."""

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
from kaiga.ports.account_store import AccountStore
from kaiga.store.sqlite import SqliteAccountStore
from store.opened import OpenedSqlite, OpenedStore

MODELS = frozenset({MODEL})
where_emulators_are = pytest.mark.parametrize("opened", ["sqlite", "memory"], indirect=True)
"""An emulator keeps its tasks in SQLite, or in memory."""


@pytest.fixture
def accounts(opened: OpenedStore) -> AccountStore:
    assert isinstance(opened, OpenedSqlite)
    return SqliteAccountStore(opened.database)


async def claim_one(opened: OpenedStore):
    (claim,) = await opened.tasks.claim(MODELS, make_lease(), 1, "sketch", always(START))
    return claim


async def make_key(opened: OpenedStore, name: str) -> None:
    await opened.keys.add_key(
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
    opened: OpenedStore,
):
    for new in (make_new(1), make_failed(2), make_new(3, account=OTHER_ACCOUNT)):
        await opened.tasks.add(new)

    forgotten = await opened.tasks.forget_tasks(ACCOUNT, 10)

    assert len(forgotten.task_ids) == 2
    assert opened.select("SELECT account FROM tasks") == [(OTHER_ACCOUNT,)]


async def test_a_running_task_that_is_forgotten_is_published_no_more(opened: OpenedStore):
    await opened.tasks.add(make_new(1))
    claim = await claim_one(opened)

    await opened.tasks.forget_tasks(ACCOUNT, 10)

    with pytest.raises(LeaseLost):
        await opened.tasks.finish(claim, make_success(claim), START, START + RETENTION)
    assert opened.select("SELECT * FROM results") == []


async def test_a_forgotten_running_task_leaves_its_place_to_the_next(opened: OpenedStore):
    opened.policy.limits[Lane(ACCOUNT, MODEL)] = 1
    await opened.tasks.add(make_new(1))
    await claim_one(opened)
    await opened.tasks.forget_tasks(ACCOUNT, 10)
    await opened.tasks.add(make_new(2))

    claim = await claim_one(opened)

    assert claim.task.id == make_new(2).task.id


async def test_a_step_forgets_no_more_than_it_may_and_tells_the_objects(opened: OpenedStore):
    for number in range(3):
        await opened.tasks.add(make_new(number))
    claim = await claim_one(opened)
    await opened.tasks.finish(claim, make_success(claim), START, START + RETENTION)

    steps = [await opened.tasks.forget_tasks(ACCOUNT, 2) for _ in range(3)]

    assert [len(step.task_ids) for step in steps] == [2, 1, 0]
    assert sorted(key for step in steps for key in step.objects) == [
        result_object_key(claim.task, 0),
        thumbnail_object_key(claim.task, 0),
    ]


@where_emulators_are
async def test_a_task_that_ended_elsewhere_is_recorded_with_its_results_once(
    opened: OpenedStore, accounts: AccountStore
):
    await opened.tasks.add(make_new(1))
    claim = await claim_one(opened)
    await opened.tasks.finish(claim, make_success(claim), START, START + RETENTION)
    ended = await opened.tasks.find(claim.task.id)
    assert ended is not None
    await opened.tasks.forget_tasks(ACCOUNT, 1)
    await accounts.forget_some(ACCOUNT, 10)
    new = make_new(1)
    recorded = type(new)(task=ended, request=b"{}")

    first, second = [await accounts.add_ended(recorded) for _ in range(2)]

    assert (first, second) == (True, False)
    assert await opened.tasks.find(claim.task.id) == ended
    assert len(await opened.tasks.list_attempts(claim.task.id)) == 1
    assert opened.select("SELECT count(*) FROM outbox") == [(0,)]


@where_emulators_are
async def test_the_rest_of_an_account_is_forgotten_to_the_last_row(
    opened: OpenedStore, accounts: AccountStore
):
    await opened.webhooks.add_webhook(ACCOUNT, "https://example.com/told", "secret", START)
    await opened.tasks.add(make_new(1))
    claim = await claim_one(opened)
    await opened.tasks.finish(claim, make_success(claim), START, START + RETENTION)

    while (await accounts.forget_some(ACCOUNT, 1)).rows:
        pass

    assert opened.select("SELECT account FROM webhooks") == []
    assert opened.select("SELECT account FROM outbox") == []
    assert opened.select("SELECT account FROM usage_ledger") == []


@where_emulators_are
async def test_accounts_with_unfinished_tasks_are_not_idle(
    opened: OpenedStore, accounts: AccountStore
):
    for name in ("emu-a", "emu-b", "emu-c", "other"):
        await make_key(opened, name)
    await opened.tasks.add(make_new(1, account=AccountId("emu-a")))
    await claim_one(opened)
    await opened.tasks.add(make_new(2, account=AccountId("emu-b")))

    assert await accounts.find_idle("emu-", 10) == ["emu-c"]
    assert await accounts.count_accounts("emu-") == 3


@where_emulators_are
async def test_a_removed_account_has_no_key(opened: OpenedStore, accounts: AccountStore):
    await make_key(opened, "emu-a")

    await accounts.remove(AccountId("emu-a"))

    assert await opened.keys.find_principal(b"emu-a") is None
    assert await accounts.list_accounts() == []
