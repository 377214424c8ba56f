"""Housekeeping: what is forgotten, what is swept away, and what must stay."""

from datetime import timedelta

import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    RETENTION,
    START,
    WEBHOOK,
    after,
    always,
    make_failed,
    make_lease,
    make_new,
    make_success,
)
from fakes import MemoryObjects, SetCalendar, SetLeaseClock
from kaiga.domain.errors import ObjectsUnavailable
from kaiga.domain.ids import ObjectKey
from kaiga.domain.tasks import AttemptCause, Claim, TaskStatus, result_object_key
from kaiga.domain.uploads import upload_object_key
from kaiga.domain.webhooks import DeliveryState, Progress
from kaiga.ports.outbox import DeliveryFilter
from kaiga.ports.task_store import QueueDepth
from kaiga.ports.upload_store import Upload
from kaiga.service.running.recover_tasks import RecoverTasks
from kaiga.service.tending.keep_house import PurgeExpired, SweepObjects
from kaiga.store.sqlite import SqliteOutbox, SqliteUploadStore
from service.troubled_store import TroubledStore

MARGIN = timedelta(minutes=5)
STRAY = ObjectKey("1000000000000001/somebody/1/0")


@pytest.fixture
def uploads(store: TroubledStore) -> SqliteUploadStore:
    return SqliteUploadStore(store.database)


@pytest.fixture
def purge(
    store: TroubledStore,
    uploads: SqliteUploadStore,
    objects: MemoryObjects,
    calendar: SetCalendar,
) -> PurgeExpired:
    return PurgeExpired(
        store=store.tasks,
        uploads=uploads,
        outbox=SqliteOutbox(store.database),
        objects=objects,
        calendar=calendar,
    )


@pytest.fixture
def sweep(store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar) -> SweepObjects:
    return SweepObjects(
        store=store.tasks, objects=objects, calendar=calendar, oldest_unnamed=MARGIN
    )


async def claim_and_store(store: TroubledStore, objects: MemoryObjects) -> Claim:
    """A running task whose picture lies in the object store already."""
    await store.tasks.add(make_new(0))
    [claim] = await store.tasks.claim(frozenset({MODEL}), make_lease(), 1, "sketch", always(START))
    await objects.put(result_object_key(claim.task, 0), b"a picture")
    return claim


async def upload_one(uploads: SqliteUploadStore, objects: MemoryObjects, number: int = 0) -> Upload:
    """A file of a client that expires with the retention."""
    upload = Upload(
        key=f"dashscope-instant/0f/2026-05-02/2c5e/{number}.png",
        account=ACCOUNT,
        model="wan2.5-i2i-preview",
        object_key=upload_object_key(ACCOUNT, str(number)),
        size_bytes=9,
        uploaded_at=START,
        expires_at=START + RETENTION,
    )
    await objects.put(upload.object_key, b"a picture")
    assert await uploads.add_upload(upload)
    return upload


async def finish_one(store: TroubledStore, objects: MemoryObjects) -> Claim:
    claim = await claim_and_store(store, objects)
    await store.tasks.finish(claim, make_success(claim), START, START + RETENTION)
    return claim


class TestPurge:
    async def test_an_expired_task_goes_with_its_objects(
        self,
        store: TroubledStore,
        objects: MemoryObjects,
        calendar: SetCalendar,
        purge: PurgeExpired,
    ):
        claim = await finish_one(store, objects)
        await objects.put(STRAY, b"another's")
        calendar.advance(RETENTION)

        await purge()

        assert await store.tasks.find(claim.task.id) is None
        assert set(objects.contents) == {STRAY}

    async def test_before_its_expiry_nothing_goes(
        self,
        store: TroubledStore,
        objects: MemoryObjects,
        calendar: SetCalendar,
        purge: PurgeExpired,
    ):
        claim = await finish_one(store, objects)
        calendar.advance(RETENTION - timedelta(milliseconds=1))

        assert not await purge()

        assert await store.tasks.find(claim.task.id) is not None
        assert len(objects.contents) == 1

    async def test_what_a_webhook_was_told_stays_in_the_log_for_a_week(
        self, store: TroubledStore, calendar: SetCalendar, purge: PurgeExpired
    ):
        await store.tasks.add(make_failed(webhook=WEBHOOK))
        outbox, log = SqliteOutbox(store.database), DeliveryFilter(account=ACCOUNT)
        [due] = await outbox.claim_due(START, 1)
        told = Progress(state=DeliveryState.DELIVERED, tries=1, done_at=START)
        await outbox.record(due.delivery, told, disables=False)

        kept: list[int] = []
        for days in (6, 1):
            calendar.advance(timedelta(days=days))
            await purge()
            kept.append(len(await outbox.list_deliveries(log, 9)))

        assert kept == [1, 0]

    async def test_steps_are_small_and_tell_that_there_is_more_also_without_objects(
        self, store: TroubledStore, calendar: SetCalendar, purge: PurgeExpired
    ):
        for number in range(250):
            await store.tasks.add(make_failed(number))
        calendar.advance(RETENTION * 2)

        assert await purge()
        assert await store.tasks.find(make_failed(249).task.id) is not None
        assert await purge()
        assert await store.tasks.find(make_failed(249).task.id) is None
        assert not await purge()

    async def test_objects_that_could_not_be_deleted_are_left_to_the_sweep(
        self,
        store: TroubledStore,
        objects: MemoryObjects,
        calendar: SetCalendar,
        purge: PurgeExpired,
        sweep: SweepObjects,
    ):
        await finish_one(store, objects)
        calendar.advance(RETENTION)
        objects.is_down = True
        with pytest.raises(ObjectsUnavailable):
            await purge()

        objects.is_down = False
        assert await sweep() == 1

        assert objects.contents == {}


class TestUploads:
    async def test_an_expired_upload_goes_with_its_object(
        self,
        uploads: SqliteUploadStore,
        objects: MemoryObjects,
        calendar: SetCalendar,
        purge: PurgeExpired,
    ):
        upload = await upload_one(uploads, objects)
        await objects.put(STRAY, b"another's")
        calendar.advance(RETENTION)

        await purge()

        assert await uploads.find_upload(ACCOUNT, upload.key) is None
        assert set(objects.contents) == {STRAY}

    async def test_before_its_expiry_an_upload_stays_also_through_a_sweep(
        self,
        uploads: SqliteUploadStore,
        objects: MemoryObjects,
        calendar: SetCalendar,
        purge: PurgeExpired,
        sweep: SweepObjects,
    ):
        upload = await upload_one(uploads, objects)
        calendar.advance(RETENTION - timedelta(milliseconds=1))

        assert not await purge()
        assert await sweep() == 0

        assert await uploads.find_upload(ACCOUNT, upload.key) == upload
        assert set(objects.contents) == {upload.object_key}

    async def test_steps_are_small_and_tell_that_there_is_more(
        self,
        uploads: SqliteUploadStore,
        objects: MemoryObjects,
        calendar: SetCalendar,
        purge: PurgeExpired,
    ):
        for number in range(250):
            await upload_one(uploads, objects, number)
        calendar.advance(RETENTION)

        assert await purge()
        assert len(objects.contents) == 50
        assert await purge()
        assert not await purge()

        assert objects.contents == {}

    async def test_an_object_that_was_never_recorded_is_swept(
        self, objects: MemoryObjects, calendar: SetCalendar, sweep: SweepObjects
    ):
        await objects.put(upload_object_key(ACCOUNT, "0123"), b"a crash came before the row")
        calendar.advance(MARGIN)

        assert await sweep() == 1

        assert objects.contents == {}


class TestSweep:
    async def test_an_old_object_that_nothing_names_is_removed(
        self, objects: MemoryObjects, calendar: SetCalendar, sweep: SweepObjects
    ):
        await objects.put(STRAY, b"left by a crash")
        calendar.advance(MARGIN)

        assert await sweep() == 1

        assert objects.contents == {}

    async def test_a_young_object_that_nothing_names_stays(
        self, objects: MemoryObjects, calendar: SetCalendar, sweep: SweepObjects
    ):
        await objects.put(STRAY, b"about to be named")
        calendar.advance(MARGIN - timedelta(milliseconds=1))

        assert await sweep() == 0

        assert set(objects.contents) == {STRAY}

    async def test_an_object_that_a_row_names_stays_however_old(
        self,
        store: TroubledStore,
        objects: MemoryObjects,
        calendar: SetCalendar,
        sweep: SweepObjects,
    ):
        await finish_one(store, objects)
        key = ObjectKey(f"{ACCOUNT}/large/request")
        await objects.put(key, b"a request")
        await store.tasks.add(make_new(1, request=None, request_object=key))
        calendar.advance(RETENTION * 30)

        assert await sweep() == 0

        assert len(objects.contents) == 2

    async def test_what_a_running_attempt_has_stored_stays_however_long_it_runs(
        self,
        store: TroubledStore,
        objects: MemoryObjects,
        calendar: SetCalendar,
        sweep: SweepObjects,
    ):
        claim = await claim_and_store(store, objects)
        calendar.advance(RETENTION)

        assert await sweep() == 0

        await store.tasks.finish(claim, make_success(claim), after(9), calendar.at + RETENTION)
        assert await sweep() == 0
        assert len(objects.contents) == 1

    async def test_what_an_attempt_left_that_ended_without_a_result_is_removed(
        self,
        store: TroubledStore,
        objects: MemoryObjects,
        calendar: SetCalendar,
        sweep: SweepObjects,
    ):
        claim = await claim_and_store(store, objects)
        cause = AttemptCause.ENGINE_CRASHED
        await store.tasks.give_back(claim, cause, after(9), START + RETENTION)
        calendar.advance(MARGIN)

        assert await sweep() == 1

    async def test_a_sweep_without_an_object_store_is_told(
        self, objects: MemoryObjects, sweep: SweepObjects
    ):
        objects.is_down = True

        with pytest.raises(ObjectsUnavailable):
            await sweep()


class TestRecover:
    @pytest.fixture
    def lease_clock(self) -> SetLeaseClock:
        return SetLeaseClock(50.0)

    @pytest.fixture
    def recover(
        self, store: TroubledStore, calendar: SetCalendar, lease_clock: SetLeaseClock
    ) -> RecoverTasks:
        return RecoverTasks(
            store=store.tasks, calendar=calendar, lease_clock=lease_clock, retention=RETENTION
        )

    async def test_lapsed_leases_are_recovered_by_the_lease_clock(
        self,
        store: TroubledStore,
        objects: MemoryObjects,
        lease_clock: SetLeaseClock,
        recover: RecoverTasks,
        calendar: SetCalendar,
    ):
        claim = await claim_and_store(store, objects)  # until 100 of the lease clock
        calendar.advance(RETENTION)

        assert await recover() == 0
        lease_clock.at = 100.0
        assert await recover() == 1

        task = await store.tasks.find(claim.task.id)
        assert task is not None
        assert task.status is TaskStatus.PENDING

    async def test_at_a_start_everything_that_ran_waits_again(
        self, store: TroubledStore, objects: MemoryObjects, recover: RecoverTasks
    ):
        await claim_and_store(store, objects)

        assert await recover.take_over() == 1

        assert await store.tasks.measure_queue() == QueueDepth(pending=1, running=0)
