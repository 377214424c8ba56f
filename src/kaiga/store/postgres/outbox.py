"""The outbox over PostgreSQL, for any number of couriers on any number of nodes.

What is claimed is leased by this database's clock: what a dead node had is free again by itself.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from kaiga.domain.ids import AccountId, DeliveryId, is_task_id
from kaiga.domain.notices import Notice
from kaiga.domain.webhooks import Delivery, DueDelivery, Progress
from kaiga.ports.outbox import DeliveryFilter
from kaiga.store.delivery_rows import DELIVERY_COLUMNS, delivery_from_row
from kaiga.store.delivery_turns import (
    NoticeWanted,
    Receiver,
    RecordWanted,
    due_from_row,
    make_notice_row,
    make_progress_row,
)
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.due_deliveries import ClaimWanted, claim_due
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.task_rows import turn_into_columns
from kaiga.store.rows import to_milliseconds
from kaiga.store.webhook_rows import read_row_id

LEASE_SECONDS = 120.0
"""Several times as long as any try takes; only what a dead node had waits for its end."""

_RECORD = """
    UPDATE outbox SET is_due = 0, state = $1, tries = $2, next_ms = $3, first_tried_ms = $4,
        last_tried_ms = $5, done_ms = $6, answer_status = $7, answer = $8, trouble = $9
    WHERE id = $10 AND ($11::float8 IS NULL OR leased_until = $11)
"""
"""Who has lost the lease leaves the record to who has it now."""
_DISABLE = """
    UPDATE webhooks SET disabled_ms = $1 WHERE account = $2 AND url = $3 AND disabled_ms IS NULL
"""
_RELEASE = """
    UPDATE outbox SET leased_until = NULL
    FROM unnest($1::int8[], $2::float8[]) AS held (id, until)
    WHERE outbox.id = held.id AND leased_until = held.until
"""
_INSERT = """
    INSERT INTO outbox (task_id, account, url, origin, is_of_task, status, key_id, request_id,
        region, operation, model, started_ms, ended_ms)
    VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id
"""
_PAGE = f"""
    SELECT {DELIVERY_COLUMNS} FROM outbox
    WHERE account = $1 AND ($2::int8 IS NULL OR id < $2) AND ($3::text IS NULL OR state = $3)
        AND ($4::uuid IS NULL OR task_id = $4) AND ($5::text IS NULL OR url = $5)
    ORDER BY id DESC LIMIT $6
"""  # noqa: S608  constants
_REDELIVER = """
    UPDATE outbox SET state = 'WAITING', is_due = 1, next_ms = NULL, tries = 0,
        first_tried_ms = NULL, done_ms = NULL
    WHERE id = $1 AND account = $2 RETURNING id
"""
_PURGE = """
    WITH gone AS (
        DELETE FROM outbox WHERE id IN (
            SELECT id FROM outbox WHERE done_ms <= $1
            ORDER BY done_ms LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id
    )
    SELECT count(*) FROM gone
"""


class _Held(msgspec.Struct, frozen=True):
    """A delivery under a lease; until when is what tells one lease from another."""

    number: int
    until: float


class PostgresOutbox:
    """Implements the port `Outbox`; its promises are told there."""

    def __init__(self, database: PostgresDatabase, lease_seconds: float = LEASE_SECONDS) -> None:
        self._writer = database.writer
        self._reader = database.reader
        self._lease_seconds = lease_seconds
        self._held: dict[DeliveryId, float] = {}
        self._last = Receiver("", "")
        """Whose turn it was last."""
        for kind in (claim_due, _release):
            self._writer.sync_later(kind)

    async def claim_due(self, now: datetime, free_slots: int) -> Sequence[DueDelivery]:
        """See the port."""
        wanted = ClaimWanted(
            now=now, free_slots=free_slots, last=self._last, lease_seconds=self._lease_seconds
        )
        leased = await self._writer.write(claim_due, wanted)
        due = [due_from_row(row) for row in leased.rows]
        self._last = leased.last
        self._held.update((each.delivery.id, leased.until) for each in due)
        return due

    def release(self, delivery_id: DeliveryId) -> None:
        """See the port; a release that the database does not take is left to the lease's end."""
        until = self._held.pop(delivery_id, None)
        if until is not None:
            held = _Held(read_row_id(delivery_id), until)
            self._writer.begin(_release, held, _ignore)

    async def record(self, delivery: Delivery, progress: Progress, *, disables: bool) -> None:
        """See the port."""
        wanted = RecordWanted(delivery=delivery, progress=progress, disables=disables)
        await self._writer.write(_record, (wanted, self._held.get(delivery.id)))

    async def add(self, url: str, notice: Notice) -> DeliveryId:
        """See the port."""
        return await self._writer.write(_add, NoticeWanted(url=url, notice=notice))

    async def list_deliveries(self, wanted: DeliveryFilter, limit: int) -> Sequence[Delivery]:
        """See the port."""
        if wanted.task_id is not None and not is_task_id(wanted.task_id):
            return ()
        rows = await self._reader.fetch(
            _PAGE,
            wanted.account,
            None if wanted.before is None else read_row_id(wanted.before),
            wanted.state.value if wanted.state else None,
            wanted.task_id,
            wanted.url,
            limit,
        )
        return [delivery_from_row(row) for row in rows]

    async def redeliver(self, account: AccountId, delivery_id: DeliveryId) -> bool:
        """See the port."""
        return await self._writer.write(_redeliver, (read_row_id(delivery_id), account))

    async def purge_deliveries(self, done_until: datetime, limit: int) -> int:
        """See the port."""
        return await self._writer.write(_purge, (done_until, limit))


def _ignore(_answer: object) -> None:
    """A lease that was not released lapses."""


async def _release(write: Write, held: Sequence[_Held]) -> Sequence[None]:
    rows = sorted((each.number, each.until) for each in held)
    await write.connection.execute(_RELEASE, *turn_into_columns(rows))
    return [None] * len(held)


async def _record(
    write: Write, wanted: Sequence[tuple[RecordWanted, float | None]]
) -> Sequence[None]:
    records = sorted(
        (read_row_id(each.delivery.id), make_progress_row(each.progress), until)
        for each, until in wanted
    )
    await write.connection.executemany(
        _RECORD, [(*progress, number, until) for number, progress, until in records]
    )
    for each, _ in wanted:
        if each.disables:
            place = (each.delivery.notice.account, each.delivery.url)
            await write.connection.execute(_DISABLE, to_milliseconds(each.progress.done_at), *place)
    return [None] * len(wanted)


async def _add(write: Write, wanted: Sequence[NoticeWanted]) -> Sequence[DeliveryId]:
    write.hint.announced = True
    return [
        DeliveryId(str(await write.connection.fetchval(_INSERT, *make_notice_row(each))))
        for each in wanted
    ]


async def _redeliver(write: Write, wanted: Sequence[tuple[int, AccountId]]) -> Sequence[bool]:
    write.hint.announced = True
    return [await write.connection.fetchval(_REDELIVER, *which) is not None for which in wanted]


async def _purge(write: Write, wanted: Sequence[tuple[datetime, int]]) -> Sequence[int]:
    return [
        int(await write.connection.fetchval(_PURGE, to_milliseconds(done_until), limit))
        for done_until, limit in wanted
    ]
