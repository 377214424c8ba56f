"""Partitions of days over PostgreSQL: what lies in them, when they go, and that nobody waits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    REGION,
    RETENTION,
    START,
    always,
    make_lease,
    make_new,
    make_success,
)
from fakes import MemoryObjects, SetCalendar
from kaiga.domain.errors import ObjectsUnavailable
from kaiga.domain.ids import ObjectKey, TaskId
from kaiga.domain.tasks import Claim, StoredInput, result_object_key
from kaiga.service.tending.keep_house import PurgeExpired, SweepObjects
from kaiga.store.postgres.connecting import Line, PostgresPlace, connect
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.outbox import PostgresOutbox
from kaiga.store.postgres.partitions import Made, list_days, make_day
from kaiga.store.postgres.task_store import PostgresTaskStore
from kaiga.store.postgres.upload_store import PostgresUploadStore
from postgres_server import PostgresServer
from raw_rows import PostgresRows
from store.opened import make_template

DAY = timedelta(days=1)
TODAY = START.date()
OVER = START + 2 * DAY
"""When all that was submitted at START, and ended at once, is over with its day."""
PARTED = ("tasks", "attempts", "results", "inputs")


OpenNode = Callable[[], Awaitable["Node"]]


class Node:
    """A node's store, its housekeeping, and a line to look beside them."""

    def __init__(self, database: PostgresDatabase, line: Line) -> None:
        self.database = database
        self.line = line
        self.store = PostgresTaskStore(database)
        self.objects = MemoryObjects()
        self.calendar = SetCalendar(START)
        self._purge = PurgeExpired(
            store=self.store,
            uploads=PostgresUploadStore(database),
            outbox=PostgresOutbox(database),
            objects=self.objects,
            calendar=self.calendar,
        )
        self.sweep = SweepObjects(
            store=self.store,
            objects=self.objects,
            calendar=self.calendar,
            oldest_unnamed=timedelta(minutes=5),
        )

    async def keep_house(self, at: datetime) -> None:
        """Do at `at` what is to be done, until nothing more is."""
        self.calendar.at = at
        while await self._purge():
            pass

    async def tables_of(self, task_id: TaskId) -> list[str]:
        """Give in which tables the rows of a task lie."""
        found = [
            await self.line.fetchval(
                f"SELECT tableoid::regclass::text FROM {table} WHERE {key} = $1 LIMIT 1",  # noqa: S608  names of our own
                task_id,
            )
            for table, key in zip(PARTED, ("id", *["task_id"] * 3), strict=True)
        ]
        return [str(table) for table in found if table is not None]

    async def list_days(self) -> list[str]:
        return [str(day) for day in await list_days(self.line)]

    async def finish_one(self, number: int = 0, **changes: Any) -> Claim:
        """Have a task ended whose picture, and whose medium, are in the object store."""
        medium = StoredInput(
            member="input.image",
            object_key=ObjectKey(f"in/{number}"),
            media_type="image/png",
            size_bytes=1,
        )
        await self.store.add(make_new(number, inputs=(medium,), **changes))
        lease = make_lease()
        [claim] = await self.store.claim(
            frozenset({MODEL}), lease, 1, "sketch", always(self.calendar.at)
        )
        await self.objects.put(medium.object_key, b"a medium")
        await self.objects.put(result_object_key(claim.task, 0), b"a picture")
        ended_at = claim.task.submitted_at
        await self.store.finish(claim, make_success(claim), ended_at, ended_at + RETENTION)
        return claim


@pytest.fixture(scope="module")
def template(postgres: PostgresServer) -> str:
    """A database with the partitions of START's day, and of the two before it."""
    url = postgres.make_database(make_template())

    async def make_days(line: Line) -> None:
        for back in range(3):
            assert await make_day(line, TODAY - back * DAY) is Made.IS_THERE

    PostgresRows(url).ask(make_days)
    return url.rpartition("/")[2]


@pytest.fixture
def url(postgres: PostgresServer, template: str) -> Iterator[str]:
    url = postgres.make_database(template)
    yield url
    postgres.drop_database(url)


@pytest.fixture
async def open_node(url: str) -> AsyncIterator[OpenNode]:
    opened: list[Node] = []

    async def open_one() -> Node:
        database = await PostgresDatabase.open(PostgresPlace(url, url))
        opened.append(Node(database, await connect(url)))
        return opened[-1]

    yield open_one
    for each in opened:
        await each.database.close()
        await each.line.close()


@pytest.fixture
async def node(open_node: OpenNode) -> Node:
    return await open_node()


class TestMaking:
    async def test_nodes_that_start_at_once_make_each_day_once(self, postgres: PostgresServer):
        url = postgres.make_database()
        place = PostgresPlace(url, url)

        opened = await asyncio.gather(*(PostgresDatabase.open(place) for _ in range(3)))

        [today, *ahead] = await opened[0].reader.read(list_days)
        assert ahead == [today + DAY, today + 2 * DAY]
        [(now,)] = await opened[0].reader.fetch("SELECT (now() AT TIME ZONE 'UTC')::date")
        assert now - today <= DAY  # midnight may have come since
        await asyncio.gather(*(each.close() for each in opened))
        postgres.drop_database(url)

    async def test_housekeeping_makes_the_days_ahead_and_drops_those_that_stayed_empty(
        self, node: Node
    ):
        await node.keep_house(OVER)

        ahead = [str(TODAY + timedelta(days=number)) for number in (2, 3, 4)]
        assert (await node.list_days())[:3] == ahead

    async def test_two_nodes_keep_house_at_once(self, node: Node, open_node: OpenNode):
        other = await open_node()

        await asyncio.gather(node.keep_house(OVER), other.keep_house(OVER))

        assert len(await node.list_days()) == 3 + 3  # those of this day's start, and from OVER on

    async def test_a_day_that_has_rows_where_there_are_no_bounds_stays_there(self, node: Node):
        late = START + 3 * DAY
        await node.store.add(make_new(0, submitted_at=late))

        await node.keep_house(late)

        assert await make_day(node.line, late.date()) is Made.LIES_IN_DEFAULT
        days = await node.list_days()
        assert str(late.date()) not in days
        assert str((late + DAY).date()) in days


class TestLying:
    async def test_all_rows_of_a_task_lie_in_its_day(self, node: Node):
        claim = await node.finish_one()

        assert await node.tables_of(claim.task.id) == [f"{table}_20260502" for table in PARTED]

    async def test_a_day_begins_and_ends_at_midnight_in_utc(self, node: Node):
        midnight = START.replace(hour=0, minute=0, second=0, microsecond=0)
        ids = [
            make_new(0, submitted_at=at) for at in (midnight, midnight - timedelta(milliseconds=1))
        ]
        for each in ids:
            await node.store.add(each)

        found = [(await node.tables_of(each.task.id))[0] for each in ids]

        assert found == ["tasks_20260502", "tasks_20260501"]

    async def test_a_task_of_no_day_is_found_ends_and_goes_row_by_row(self, node: Node):
        far = START - 300 * DAY
        claim = await node.finish_one(submitted_at=far)
        assert await node.tables_of(claim.task.id) == [f"{table}_default" for table in PARTED]
        assert await node.store.find(claim.task.id) is not None

        await node.keep_house(far + RETENTION)

        assert await node.tables_of(claim.task.id) == []
        assert node.objects.contents == {}


class TestDropping:
    async def test_objects_go_as_tasks_expire_and_rows_with_their_day(self, node: Node):
        claim = await node.finish_one()
        kept = await node.finish_one(1, submitted_at=START + timedelta(hours=5))

        await node.keep_house(START + RETENTION)

        assert result_object_key(claim.task, 0) not in node.objects.contents
        assert result_object_key(kept.task, 0) in node.objects.contents
        assert len(await node.tables_of(claim.task.id)) == len(PARTED)

        await node.keep_house(START + RETENTION + timedelta(hours=6))

        assert node.objects.contents == {}
        assert "2026-05-02" not in await node.list_days()
        assert await node.store.find(claim.task.id) is None
        assert await node.line.fetchval("SELECT count(*) FROM usage_ledger") == 2
        assert (
            await node.line.fetchval(
                "SELECT count(*) FROM pg_tables WHERE tablename LIKE '%20260502'"
            )
            == 0
        )

    async def test_a_day_is_not_dropped_before_its_objects_were_given(self, node: Node):
        claim = await node.finish_one()
        node.calendar.at = OVER

        await node.database.days.tend(node.database.reader, OVER)

        assert await node.store.find(claim.task.id) is not None
        await node.keep_house(OVER)
        assert await node.store.find(claim.task.id) is None

    async def test_objects_that_could_not_be_removed_are_swept_once_their_day_is_dropped(
        self, node: Node
    ):
        await node.finish_one()
        node.objects.is_down = True
        with pytest.raises(ObjectsUnavailable):
            await node.keep_house(OVER)
        node.objects.is_down = False

        await node.keep_house(OVER)
        assert await node.sweep() == 2

        assert node.objects.contents == {}

    @pytest.mark.parametrize("does_run", [False, True])
    async def test_a_day_with_a_task_that_has_not_ended_stays(self, node: Node, does_run: bool):
        done = await node.finish_one()
        await node.store.add(make_new(1))
        if does_run:
            await node.store.claim(frozenset({MODEL}), make_lease(), 1, "sketch", always(START))

        await node.keep_house(OVER - timedelta(hours=10))
        assert len(await node.tables_of(done.task.id)) == len(PARTED)
        await node.keep_house(OVER + DAY)

        assert "2026-05-02" in await node.list_days()
        assert await node.store.find(make_new(1).task.id) is not None
        assert await node.tables_of(done.task.id) == []  # it does not wait for others for ever

    async def test_a_day_with_a_task_that_is_kept_stays(self, node: Node):
        kept = await node.finish_one()
        await node.store.keep(ACCOUNT, REGION, kept.task.id, START, 10 * DAY)

        await node.keep_house(OVER)

        assert await node.store.find(kept.task.id) is not None
        assert result_object_key(kept.task, 0) in node.objects.contents

        await node.keep_house(START + 10 * DAY)

        assert await node.store.find(kept.task.id) is None
        assert node.objects.contents == {}

    async def test_what_its_owner_wants_gone_does_not_wait_for_its_day(self, node: Node):
        claim = await node.finish_one()
        at = START + timedelta(minutes=1)
        assert await node.store.expire(ACCOUNT, REGION, claim.task.id, at)

        await node.keep_house(at)

        assert await node.tables_of(claim.task.id) == []
        assert node.objects.contents == {}

    async def test_a_late_clock_has_a_dropped_day_come_back_in_no_partition(self, node: Node):
        await node.finish_one()
        await node.keep_house(OVER)

        late = await node.finish_one(1)

        assert await node.tables_of(late.task.id) == [f"{table}_default" for table in PARTED]

    async def test_a_clock_that_was_far_ahead_drops_nothing_that_others_keep(self, node: Node):
        await node.finish_one()
        await node.keep_house(START + 400 * DAY)
        await make_day(node.line, TODAY)
        claim = await node.finish_one(1)

        await node.keep_house(START + RETENTION - timedelta(minutes=1))
        assert await node.store.find(claim.task.id) is not None
        assert node.objects.contents

        await node.keep_house(START + RETENTION + DAY)
        assert node.objects.contents == {}


class TestLocks:
    async def test_a_long_reader_holds_a_drop_up_and_nobody_else(self, node: Node):
        old = await node.finish_one()
        async with node.line.transaction():
            await node.line.fetch("SELECT count(*) FROM tasks")

            keeping = asyncio.create_task(node.keep_house(OVER))
            for number in range(50):
                await node.store.add(make_new(number + 1, submitted_at=OVER))
            await keeping

            assert await node.store.find(old.task.id) is not None
        await node.keep_house(OVER)
        assert await node.store.find(old.task.id) is None

    async def test_creates_go_on_where_a_day_can_not_be_made(self, node: Node, url: str):
        holding = await connect(url)
        async with holding.transaction():
            await holding.execute("LOCK TABLE tasks_default IN ACCESS SHARE MODE")

            await node.keep_house(START)
            await node.store.add(make_new(0))

            assert str(TODAY + DAY) not in await node.list_days()
        await holding.close()
        await node.keep_house(START)
        assert str(TODAY + DAY) in await node.list_days()
