"""What the task store only reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kaiga.domain.errors import SubmittedBefore
from kaiga.domain.ids import (
    AccountId,
    Lane,
    ObjectKey,
    TaskId,
    WorkspaceId,
    first_task_id_at,
    is_task_id,
)
from kaiga.domain.tasks import (
    Attempt,
    IdempotencyMark,
    StoredRequest,
    Task,
    attempt_of_object,
    task_of_thumbnail,
)
from kaiga.domain.timings import TaskTimes
from kaiga.ports.task_store import (
    FoundTasks,
    ModelQueue,
    QueueDepth,
    TaskFilter,
    TaskPage,
    TaskSearch,
    WaitingFilter,
    WaitingTask,
)
from kaiga.store.batched_lookup import BatchedLookup
from kaiga.store.postgres.adding import FIND_SUBMISSION
from kaiga.store.postgres.connecting import Connection
from kaiga.store.postgres.reading import Reader
from kaiga.store.postgres.searching import search
from kaiga.store.postgres.task_rows import (
    SELECT_TASKS,
    SELECT_TASKS_BY_IDS,
    read_attempts,
    tasks_from_rows,
)
from kaiga.store.rows import (
    ATTEMPT_TIMES_COLUMNS,
    INPUT_COLUMNS,
    REQUEST_COLUMNS,
    TIMES_COLUMNS,
    queues_from_rows,
    request_from_rows,
    submitted_before_from_row,
    times_from_rows,
    to_milliseconds,
)

_MATCHING = """
    WHERE account = $1 AND id >= $2 AND id < $3 AND (expires_ms IS NULL OR expires_ms > $4)
        AND ($5::uuid IS NULL OR id = $5) AND ($6::text IS NULL OR model = $6)
        AND ($7::text IS NULL OR status = $7) AND ($8::text IS NULL OR key_id = $8)
        AND region IN ('', $9)
"""
_PAGE = f"{SELECT_TASKS} {_MATCHING} ORDER BY id DESC LIMIT $10 OFFSET $11"
_COUNT = f"SELECT count(*) FROM tasks {_MATCHING}"  # noqa: S608  a constant of this module
_SUBMISSION = f"{FIND_SUBMISSION} AND expires_ms > $4"
_REQUEST = f"SELECT {REQUEST_COLUMNS} FROM tasks WHERE id = $1"  # noqa: S608  constants
_INPUTS = f"SELECT {INPUT_COLUMNS} FROM inputs WHERE task_id = $1 ORDER BY position"  # noqa: S608  constants
_FIND_WAITING = """
    SELECT id, region FROM tasks
    WHERE account = $1 AND status = 'PENDING' AND id < $2
        AND ($3::text IS NULL OR region IN ('', $3)) AND ($4::text IS NULL OR key_id = $4)
    LIMIT $5
"""
_NAMED = """
    SELECT object_key FROM results WHERE object_key = ANY ($1::text[])
    UNION SELECT object_key FROM inputs WHERE object_key = ANY ($1::text[])
    UNION SELECT request_object FROM tasks WHERE request_object = ANY ($1::text[])
    UNION SELECT object_key FROM uploads WHERE object_key = ANY ($1::text[])
    UNION SELECT asked.key FROM unnest($2::text[], $3::uuid[], $4::int4[])
        AS asked (key, task_id, attempt)
        JOIN tasks ON tasks.id = asked.task_id AND tasks.attempt = asked.attempt
        WHERE tasks.status = 'RUNNING'
    UNION SELECT asked.key FROM unnest($5::text[], $6::uuid[]) AS asked (key, task_id)
        JOIN tasks ON tasks.id = asked.task_id
"""
_FIRST_OF_LANE = """
    SELECT id FROM tasks WHERE account = $1 AND catalogue_model = $2 AND status = 'PENDING'
    ORDER BY rank_ms, id LIMIT $3
"""
_RUNNING_OF_ACCOUNT = (
    f"{SELECT_TASKS} WHERE status = 'RUNNING' AND account = $1 AND region IN ('', $2)"
)
_WAITING_OF_ACCOUNT = (
    f"{SELECT_TASKS} WHERE status = 'PENDING' AND account = $1 AND region IN ('', $2) LIMIT $3"
)
_LARGEST_ATTEMPT = 2**31 - 1
"""What its column can hold."""
_DEPTH = """
    SELECT (SELECT count(*) FROM tasks WHERE status = 'PENDING'),
           (SELECT count(*) FROM tasks WHERE status = 'RUNNING')
"""
_WAITING = """
    SELECT catalogue_model, count(*), min(id::text) FROM tasks
    WHERE status = 'PENDING' GROUP BY account, catalogue_model
"""
_RUNNING = """
    SELECT catalogue_model, count(*) FROM tasks WHERE status = 'RUNNING' GROUP BY catalogue_model
"""
_TIMES = f"SELECT {TIMES_COLUMNS} FROM tasks WHERE id = ANY ($1::uuid[])"  # noqa: S608  constants
_ATTEMPT_TIMES = f"""
    SELECT {ATTEMPT_TIMES_COLUMNS} FROM attempts
    WHERE task_id = ANY ($1::uuid[]) ORDER BY task_id, attempt
"""  # noqa: S608  constants


class PostgresTaskReads:
    """The reading half of the port `TaskStore`; its promises are told there."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._lookup = BatchedLookup(self._find_tasks)

    async def find(self, task_id: TaskId) -> Task | None:
        """See the port."""
        return await self._lookup.find(task_id) if is_task_id(task_id) else None

    async def find_submission(
        self, account: AccountId, workspace: WorkspaceId, mark: IdempotencyMark, now: datetime
    ) -> SubmittedBefore | None:
        """See the port."""
        asked = (account, workspace, mark.key, to_milliseconds(now))
        rows = await self._reader.fetch(_SUBMISSION, *asked)
        return submitted_before_from_row(rows[0], mark) if rows else None

    async def list_page(self, wanted: TaskFilter, page: int, page_size: int) -> TaskPage:
        """See the port."""
        if wanted.task_id is not None and not is_task_id(wanted.task_id):
            return TaskPage(tasks=(), total=0)
        matching = (
            wanted.account,
            first_task_id_at(wanted.submitted_from),
            first_task_id_at(wanted.submitted_before),
            to_milliseconds(wanted.now),
            wanted.task_id,
            wanted.model,
            wanted.status.value if wanted.status else None,
            wanted.key_id,
            wanted.region,
        )

        async def read(connection: Connection) -> TaskPage:
            total = int(await connection.fetchval(_COUNT, *matching))
            rows = await connection.fetch(_PAGE, *matching, page_size, (page - 1) * page_size)
            return TaskPage(tasks=tuple(tasks_from_rows(rows).values()), total=total)

        return await self._reader.read(read)

    async def search(self, wanted: TaskSearch, limit: int) -> FoundTasks:
        """See the port."""
        return await self._reader.read(lambda connection: search(connection, wanted, limit))

    async def find_request(self, task_id: TaskId) -> StoredRequest | None:
        """See the port."""

        async def read(connection: Connection) -> StoredRequest | None:
            row = await connection.fetchrow(_REQUEST, task_id)
            if row is None:
                return None
            return request_from_rows(tuple(row), await connection.fetch(_INPUTS, task_id))

        return await self._reader.read(read) if is_task_id(task_id) else None

    async def find_waiting(self, wanted: WaitingFilter, limit: int) -> Sequence[WaitingTask]:
        """See the port."""
        before = first_task_id_at(wanted.submitted_before)
        asked = (wanted.account, before, wanted.region, wanted.key_id, limit)
        rows = await self._reader.fetch(_FIND_WAITING, *asked)
        return [WaitingTask(TaskId(str(task_id)), str(region)) for task_id, region in rows]

    async def list_attempts(self, task_id: TaskId) -> Sequence[Attempt]:
        """See the port."""
        if not is_task_id(task_id):
            return []
        return await self._reader.read(lambda connection: read_attempts(connection, task_id))

    async def find_named_objects(self, keys: Sequence[ObjectKey]) -> frozenset[ObjectKey]:
        """See the port."""
        attempts = [
            (key, *attempt)
            for key in keys
            if (attempt := attempt_of_object(key))
            and is_task_id(attempt[0])
            and attempt[1] <= _LARGEST_ATTEMPT
        ]
        shown = [
            (key, task_id)
            for key in keys
            if (task_id := task_of_thumbnail(key)) and is_task_id(task_id)
        ]
        rows = await self._reader.fetch(
            _NAMED, keys, *_columns(attempts, width=3), *_columns(shown, width=2)
        )
        return frozenset(ObjectKey(str(row[0])) for row in rows)

    async def list_waiting(self, lane: Lane, limit: int) -> Sequence[TaskId]:
        """See the port."""
        rows = await self._reader.fetch(_FIRST_OF_LANE, *lane, limit)
        return [TaskId(str(row[0])) for row in rows]

    async def list_unfinished(self, account: AccountId, region: str, limit: int) -> Sequence[Task]:
        """See the port."""

        async def read(connection: Connection) -> Sequence[Task]:
            running = await connection.fetch(_RUNNING_OF_ACCOUNT, account, region)
            waiting = await connection.fetch(_WAITING_OF_ACCOUNT, account, region, limit)
            return [*tasks_from_rows(running).values(), *tasks_from_rows(waiting).values()]

        return await self._reader.read(read)

    async def measure_queue(self) -> QueueDepth:
        """See the port."""
        [(pending, running)] = await self._reader.fetch(_DEPTH)
        return QueueDepth(pending=int(pending), running=int(running))

    async def measure_models(self) -> Sequence[ModelQueue]:
        """See the port."""

        async def read(connection: Connection) -> Sequence[ModelQueue]:
            waiting = await connection.fetch(_WAITING)
            return queues_from_rows(waiting, await connection.fetch(_RUNNING))

        return await self._reader.read(read)

    async def find_times(self, task_ids: Sequence[TaskId]) -> Sequence[TaskTimes]:
        """See the port."""
        ids = [task_id for task_id in task_ids if is_task_id(task_id)]

        async def read(connection: Connection) -> Sequence[TaskTimes]:
            tasks = await connection.fetch(_TIMES, ids)
            return times_from_rows(tasks, await connection.fetch(_ATTEMPT_TIMES, ids))

        return await self._reader.read(read)

    async def _find_tasks(self, ids: Sequence[TaskId]) -> Mapping[TaskId, Task]:
        return tasks_from_rows(
            await self._reader.fetch(SELECT_TASKS_BY_IDS, ids, min(ids), max(ids))
        )


def _columns(rows: Sequence[Sequence[object]], width: int) -> Sequence[Sequence[object]]:
    """Give the columns of some rows, also of none."""
    return [[row[number] for row in rows] for number in range(width)]
