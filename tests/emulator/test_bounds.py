"""What an emulator keeps is bounded: what is oldest goes."""

from collections.abc import AsyncIterator

import pytest

from domain.samples import (
    MODEL,
    RETENTION,
    START,
    always,
    make_lease,
    make_new,
    make_success,
)
from fakes import SetCalendar
from kaiga.catalogue import read_catalogue
from kaiga.domain.errors import AccountsFull
from kaiga.domain.ids import AccountId, ObjectKey, TaskId
from kaiga.domain.limits import LimitBook
from kaiga.domain.tasks import StoredResult
from kaiga.objects import open_memory
from kaiga.service.emulation.bounds import BoundAccounts, BoundBytes, MeasuredObjects
from kaiga.service.emulation.forget_account import ForgetAccount
from kaiga.service.emulation.open_door import ACCOUNT_PREFIX, OpenDoor
from kaiga.service.limits.manage_limits import ManageLimits
from kaiga.store.sqlite import (
    SqliteAccountStore,
    SqliteDatabase,
    SqliteKeyStore,
    SqliteLimitStore,
    SqliteTaskStore,
    SqliteUploadStore,
)

PICTURE = bytes(400_000)


class Emulated:
    """The stores of an emulator in memory."""

    def __init__(self) -> None:
        self.database = SqliteDatabase.open_in_memory()
        self.tasks = SqliteTaskStore(self.database)
        self.keys = SqliteKeyStore(self.database)
        self.accounts = SqliteAccountStore(self.database)
        self.objects = MeasuredObjects(open_memory())

    def make_door(self, most: int) -> OpenDoor:
        limits = ManageLimits(
            store=SqliteLimitStore(self.database),
            keys=self.keys,
            catalogue=read_catalogue(None),
            book=LimitBook(),
        )
        forget = ForgetAccount(
            tasks=self.tasks,
            accounts=self.accounts,
            objects=self.objects,
            limits=limits,
            listeners=(),
        )
        bounds = BoundAccounts(
            accounts=self.accounts, forget=forget, prefix=ACCOUNT_PREFIX, most=most
        )
        return OpenDoor(store=self.keys, calendar=SetCalendar(START), pepper=b"x", bounds=bounds)

    def make_bound(self, most_bytes: int) -> BoundBytes:
        return BoundBytes(
            tasks=self.tasks,
            uploads=SqliteUploadStore(self.database),
            accounts=self.accounts,
            objects=self.objects,
            most_bytes=most_bytes,
        )

    async def end_task(self, number: int) -> TaskId:
        await self.tasks.add(make_new(number))
        (claim,) = await self.tasks.claim(
            frozenset({MODEL}), make_lease(), 1, "sketch", always(START)
        )
        outcome = make_success(claim)
        for result in outcome.results:
            assert isinstance(result, StoredResult)
            await self.objects.put(result.object_key, PICTURE)
        ended = make_new(number).task.submitted_at
        await self.tasks.finish(claim, outcome, ended, ended + RETENTION)
        return claim.task.id


@pytest.fixture
async def emulated() -> AsyncIterator[Emulated]:
    stores = Emulated()
    yield stores
    stores.database.close()


async def test_past_its_bound_an_emulator_forgets_what_ended_longest_ago(emulated: Emulated):
    tasks = [await emulated.end_task(number) for number in range(60)]
    await emulated.tasks.add(make_new(100))
    bound = emulated.make_bound(9_000_000)

    while await bound():
        pass

    assert await emulated.tasks.find(tasks[0]) is None
    assert await emulated.tasks.find(tasks[-1]) is not None
    assert await emulated.tasks.find(make_new(100).task.id) is not None
    assert emulated.objects.total_bytes <= 9_000_000


async def test_below_its_bound_an_emulator_forgets_nothing(emulated: Emulated):
    task = await emulated.end_task(1)

    assert not await emulated.make_bound(9_000_000)()

    assert await emulated.tasks.find(task) is not None


async def test_objects_are_measured_once_and_no_more_once_they_are_gone():
    objects = MeasuredObjects(open_memory())
    key = ObjectKey("a/b/1/0")
    await objects.put(key, b"123")
    await objects.put(key, b"123")
    measured = objects.total_bytes

    await objects.delete([key, key])

    assert (measured, objects.total_bytes) == (3, 0)


async def test_one_key_too_many_makes_the_longest_idle_account_go(emulated: Emulated):
    door = emulated.make_door(most=2)
    first, second = [await door(f"sk-{name}") for name in ("first", "second")]
    assert first is not None
    assert second is not None
    await emulated.keys.record_uses({first.key_id: START.replace(year=START.year + 1)})

    third = await door("sk-third")

    assert third is not None
    assert set(await emulated.accounts.list_accounts()) == {first.account, third.account}


async def test_an_account_whose_tasks_wait_is_not_forgotten_for_a_new_one(emulated: Emulated):
    door = emulated.make_door(most=1)
    first = await door("sk-first")
    assert first is not None
    await emulated.tasks.add(make_new(1, account=AccountId(first.account)))

    with pytest.raises(AccountsFull):
        await door("sk-second")
