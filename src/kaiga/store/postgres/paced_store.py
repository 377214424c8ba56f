"""The task store of an emulator over PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from kaiga.domain.ids import ObjectKey, TaskId
from kaiga.domain.tasks import Claim, Lease, StoredResult
from kaiga.store.postgres.claiming import claim_these
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.task_store import PostgresTaskStore
from kaiga.store.rows import encode_digest
from kaiga.store.wanted import ChosenWanted

_PENDING = "SELECT id FROM tasks WHERE status = 'PENDING'"
_REPLACE = """
    UPDATE results SET object_key = $1, media_type = $2, size_bytes = $3, made_digest = $4
    WHERE task_id = $5 AND object_key = $6 RETURNING 1
"""


class _Replacement(msgspec.Struct, frozen=True):
    """The arguments of `replace_result`."""

    task_id: TaskId
    postponed: ObjectKey
    drawn: StoredResult


class PostgresPacedStore(PostgresTaskStore):
    """Implements the port `PacedStore`."""

    async def claim_these(
        self, scheduled_at: Mapping[TaskId, datetime], lease: Lease, engine: str
    ) -> Sequence[Claim]:
        """See the port."""
        wanted = ChosenWanted(scheduled_at=scheduled_at, lease=lease, engine=engine)
        return await self._writer.write(claim_these, wanted)

    async def list_pending(self) -> Sequence[TaskId]:
        """See the port."""
        return [TaskId(str(row[0])) for row in await self._reader.fetch(_PENDING)]

    async def replace_result(
        self, task_id: TaskId, postponed: ObjectKey, drawn: StoredResult
    ) -> bool:
        """See the port."""
        return await self._writer.write(_replace, _Replacement(task_id, postponed, drawn))


async def _replace(write: Write, wanted: Sequence[_Replacement]) -> Sequence[bool]:
    return [await _replace_one(write, each) for each in wanted]


async def _replace_one(write: Write, wanted: _Replacement) -> bool:
    drawn = wanted.drawn
    replaced = await write.connection.fetchval(
        _REPLACE,
        drawn.object_key,
        drawn.media_type,
        drawn.size_bytes,
        encode_digest(drawn.made_digest),
        wanted.task_id,
        wanted.postponed,
    )
    return replaced is not None
