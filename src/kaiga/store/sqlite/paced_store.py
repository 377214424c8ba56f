"""The task store of an emulator over SQLite."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import apsw
import msgspec

from kaiga.domain.ids import ObjectKey, TaskId
from kaiga.domain.tasks import Claim, Lease, StoredResult
from kaiga.store.rows import encode_digest
from kaiga.store.sqlite.task_store import SqliteTaskStore
from kaiga.store.wanted import ChosenWanted

_PENDING = "SELECT id FROM tasks WHERE status = 'PENDING'"
_REPLACE = """
    UPDATE results SET object_key = ?, media_type = ?, size_bytes = ?, made_digest = ?
    WHERE task_id = ? AND object_key = ?
"""


class _Replacement(msgspec.Struct, frozen=True):
    """The arguments of `replace_result`."""

    task_id: TaskId
    postponed: ObjectKey
    drawn: StoredResult


class SqlitePacedStore(SqliteTaskStore):
    """Implements the port `PacedStore`."""

    async def claim_these(
        self, scheduled_at: Mapping[TaskId, datetime], lease: Lease, engine: str
    ) -> Sequence[Claim]:
        """See the port."""
        wanted = ChosenWanted(scheduled_at=scheduled_at, lease=lease, engine=engine)
        return await self._write(
            self._claims.claim_these,
            wanted,
            lambda claims: self._tell([claim.task.id for claim in claims]),
        )

    async def list_pending(self) -> Sequence[TaskId]:
        """See the port."""
        return await self._lists.read(
            lambda connection: [TaskId(str(row[0])) for row in connection.execute(_PENDING)]
        )

    async def replace_result(
        self, task_id: TaskId, postponed: ObjectKey, drawn: StoredResult
    ) -> bool:
        """See the port."""
        wanted = _Replacement(task_id, postponed, drawn)
        return await self._write(_replace_results, wanted, _tell_nobody)


def _tell_nobody(_done: bool) -> None:
    """Keep it from those who count and tell of ends: the task ended long ago."""


def _replace_results(connection: apsw.Connection, wanted: Sequence[_Replacement]) -> Sequence[bool]:
    return [_replace_one(connection, each) for each in wanted]


def _replace_one(connection: apsw.Connection, wanted: _Replacement) -> bool:
    drawn = wanted.drawn
    connection.execute(
        _REPLACE,
        (
            drawn.object_key,
            drawn.media_type,
            drawn.size_bytes,
            encode_digest(drawn.made_digest),
            wanted.task_id,
            wanted.postponed,
        ),
    )
    return connection.changes() == 1
