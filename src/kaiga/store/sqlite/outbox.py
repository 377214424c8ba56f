"""The outbox over SQLite.

What is claimed is known in memory alone: the file has one process, and what that has claimed is
free again when it dies.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import apsw

from kaiga.domain.ids import AccountId, DeliveryId
from kaiga.domain.notices import Notice
from kaiga.domain.webhooks import Delivery, DueDelivery, Progress
from kaiga.ports.outbox import DeliveryFilter
from kaiga.store.delivery_rows import DELIVERY_COLUMNS, delivery_from_row
from kaiga.store.delivery_turns import (
    NoticeWanted,
    Receiver,
    RecordWanted,
    make_notice_row,
    make_progress_row,
    receiver_of,
)
from kaiga.store.rows import to_milliseconds
from kaiga.store.sqlite.database import SqliteDatabase
from kaiga.store.sqlite.due_deliveries import find_due, find_planned, make_due
from kaiga.store.webhook_rows import read_row_id

_RECORD = """
    UPDATE outbox SET is_due = 0, state = ?, tries = ?, next_ms = ?, first_tried_ms = ?,
        last_tried_ms = ?, done_ms = ?, answer_status = ?, answer = ?, trouble = ?
    WHERE id = ?
"""
_DISABLE = """
    UPDATE webhooks SET disabled_ms = ? WHERE account = ? AND url = ? AND disabled_ms IS NULL
"""
_INSERT = """
    INSERT INTO outbox (task_id, account, url, origin, is_of_task, status, key_id, request_id,
        region, operation, model, started_ms, ended_ms)
    VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
_PAGE = f"""
    SELECT {DELIVERY_COLUMNS} FROM outbox
    WHERE account = ?1 AND (?2 IS NULL OR id < ?2) AND (?3 IS NULL OR state = ?3)
        AND (?4 IS NULL OR task_id = ?4) AND (?5 IS NULL OR url = ?5)
    ORDER BY id DESC LIMIT ?6
"""  # noqa: S608  constants
_REDELIVER = """
    UPDATE outbox SET state = 'WAITING', is_due = 1, next_ms = NULL, tries = 0,
        first_tried_ms = NULL, done_ms = NULL
    WHERE id = ? AND account = ?
"""
_PURGE = """
    DELETE FROM outbox WHERE id IN
        (SELECT id FROM outbox WHERE done_ms <= ? ORDER BY done_ms LIMIT ?)
"""


class SqliteOutbox:
    """Implements the port `Outbox`; its promises are told there."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._writer = database.writer
        self._lists = database.lists
        self._claimed: dict[DeliveryId, Receiver] = {}
        self._last = Receiver("", "")
        """Whose turn it was last."""
        self._claiming = asyncio.Lock()

    async def claim_due(self, now: datetime, free_slots: int) -> Sequence[DueDelivery]:
        """See the port."""
        async with self._claiming:
            planned = await self._lists.read(lambda connection: find_planned(connection, now))
            if planned:
                await self._writer.write(make_due, planned)
            claimed, last = dict(self._claimed), self._last
            due = await self._lists.read(
                lambda connection: find_due(connection, free_slots, claimed, last)
            )
            for each in due:
                self._last = receiver_of(each.delivery)
                self._claimed[each.delivery.id] = self._last
        return due

    def release(self, delivery_id: DeliveryId) -> None:
        """See the port."""
        self._claimed.pop(delivery_id, None)

    async def record(self, delivery: Delivery, progress: Progress, *, disables: bool) -> None:
        """See the port."""
        wanted = RecordWanted(delivery=delivery, progress=progress, disables=disables)
        await self._writer.write(_record, wanted)

    async def add(self, url: str, notice: Notice) -> DeliveryId:
        """See the port."""
        return await self._writer.write(_add, NoticeWanted(url=url, notice=notice))

    async def list_deliveries(self, wanted: DeliveryFilter, limit: int) -> Sequence[Delivery]:
        """See the port."""
        matching = (
            wanted.account,
            None if wanted.before is None else read_row_id(wanted.before),
            wanted.state.value if wanted.state else None,
            wanted.task_id,
            wanted.url,
            limit,
        )

        def read(connection: apsw.Connection) -> Sequence[Delivery]:
            return [delivery_from_row(row) for row in connection.execute(_PAGE, matching)]

        return await self._lists.read(read)

    async def redeliver(self, account: AccountId, delivery_id: DeliveryId) -> bool:
        """See the port."""
        return await self._writer.write(_redeliver, (read_row_id(delivery_id), account))

    async def purge_deliveries(self, done_until: datetime, limit: int) -> int:
        """See the port."""
        return await self._writer.write(_purge, (done_until, limit))


def _record(connection: apsw.Connection, wanted: Sequence[RecordWanted]) -> Sequence[None]:
    for each in wanted:
        delivery, progress = each.delivery, each.progress
        number = read_row_id(delivery.id)
        connection.execute(_RECORD, (*make_progress_row(progress), number))
        if each.disables:
            place = (delivery.notice.account, delivery.url)
            connection.execute(_DISABLE, (to_milliseconds(progress.done_at), *place))
    return [None] * len(wanted)


def _add(connection: apsw.Connection, wanted: Sequence[NoticeWanted]) -> Sequence[DeliveryId]:
    return [_add_one(connection, each) for each in wanted]


def _add_one(connection: apsw.Connection, wanted: NoticeWanted) -> DeliveryId:
    row = connection.execute(_INSERT, make_notice_row(wanted)).fetchone()
    return DeliveryId(str(row[0] if row else ""))


def _redeliver(
    connection: apsw.Connection, wanted: Sequence[tuple[int, AccountId]]
) -> Sequence[bool]:
    return [_redeliver_one(connection, each) for each in wanted]


def _redeliver_one(connection: apsw.Connection, which: tuple[int, AccountId]) -> bool:
    connection.execute(_REDELIVER, which)
    return connection.changes() == 1


def _purge(connection: apsw.Connection, wanted: Sequence[tuple[datetime, int]]) -> Sequence[int]:
    return [_purge_until(connection, *each) for each in wanted]


def _purge_until(connection: apsw.Connection, done_until: datetime, limit: int) -> int:
    connection.execute(_PURGE, (to_milliseconds(done_until), limit))
    return connection.changes()
