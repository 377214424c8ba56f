"""The account store over PostgreSQL."""

from collections.abc import Sequence

from kaiga.domain.ids import AccountId, ObjectKey, TaskId
from kaiga.domain.tasks import NewTask
from kaiga.ports.account_store import ForgottenThings, KnownKey, RecordedTask
from kaiga.store.account_rows import KNOWN_KEY_COLUMNS, bytes_or_none, known_key_from_row
from kaiga.store.postgres.connecting import Connection
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.finishing import INSERT_USAGE
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.task_rows import (
    SELECT_TASKS,
    insert_inputs,
    insert_results,
    insert_tasks,
    read_attempts,
    tasks_from_rows,
)
from kaiga.store.rows import make_row, to_milliseconds

_PAGE = "WHERE account = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"
_REQUESTS = f"SELECT id, request FROM tasks {_PAGE}"  # noqa: S608  constants
_TASKS = f"{SELECT_TASKS} {_PAGE}"
_KEYS = f"""
    SELECT {KNOWN_KEY_COLUMNS} FROM api_keys
    WHERE revoked_ms IS NULL AND ($1::text IS NULL OR account = $1) ORDER BY account, id LIMIT $2
"""  # noqa: S608  constants
_IS_THERE = "SELECT 1 FROM tasks WHERE id = $1"
_INSERT_ATTEMPT = """
    INSERT INTO attempts (task_id, attempt, worker, engine, claimed_ms, ended_ms)
    VALUES ($1, $2, '', $3, $4, $5)
"""
_FORGET_UPLOADS = """
    DELETE FROM uploads WHERE (account, key) IN
        (SELECT account, key FROM uploads WHERE account = $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING object_key
"""
_FORGET = tuple(
    f"""
    WITH gone AS (
        DELETE FROM {table} WHERE ({key}) IN
            (SELECT {key} FROM {table} WHERE account = $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING 1
    )
    SELECT count(*) FROM gone
    """  # noqa: S608  constants
    for table, key in (
        ("webhooks", "id"),
        ("outbox", "id"),
        ("submissions", "account, workspace, key"),
        ("usage_ledger", "task_id"),
    )
)
_REMOVE = (
    "DELETE FROM api_keys WHERE account = $1",
    "DELETE FROM workspaces WHERE account = $1",
    "DELETE FROM accounts WHERE id = $1",
)
_COUNT = "SELECT count(*) FROM accounts WHERE starts_with(id, $1)"
_IDLE = """
    SELECT account FROM api_keys
    WHERE starts_with(account, $1) AND NOT EXISTS (
        SELECT 1 FROM tasks
        WHERE account = api_keys.account AND status IN ('PENDING', 'RUNNING'))
    GROUP BY account ORDER BY max(coalesce(last_used_ms, created_ms)) LIMIT $2
"""
_BYTES = "SELECT pg_database_size(current_database())"


class PostgresAccountStore:
    """Implements the port `AccountStore`; its promises are told there."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._writer = database.writer
        self._reader = database.reader

    async def list_tasks(
        self, account: AccountId, before: TaskId | None, limit: int
    ) -> Sequence[RecordedTask]:
        """See the port."""
        page = (account, before, limit)

        async def read(connection: Connection) -> Sequence[RecordedTask]:
            requests = {str(row[0]): row[1] for row in await connection.fetch(_REQUESTS, *page)}
            tasks = tasks_from_rows(await connection.fetch(_TASKS, *page))
            return [
                RecordedTask(
                    task=task,
                    request=bytes_or_none(requests[task.id]),
                    attempts=await read_attempts(connection, task.id),
                )
                for task in tasks.values()
            ]

        return await self._reader.read(read)

    async def list_keys(self, account: AccountId | None, limit: int) -> Sequence[KnownKey]:
        """See the port."""
        return [known_key_from_row(row) for row in await self._reader.fetch(_KEYS, account, limit)]

    async def add_ended(self, new: NewTask) -> bool:
        """See the port."""
        return await self._writer.write(_add_ended, new)

    async def forget_some(self, account: AccountId, limit: int) -> ForgottenThings:
        """See the port."""
        return await self._writer.write(_forget_some, (account, limit))

    async def remove(self, account: AccountId) -> None:
        """See the port."""
        await self._writer.write(_remove, account)

    async def list_accounts(self) -> Sequence[AccountId]:
        """See the port."""
        rows = await self._reader.fetch("SELECT id FROM accounts ORDER BY id")
        return [AccountId(str(row[0])) for row in rows]

    async def count_accounts(self, prefix: str) -> int:
        """See the port."""
        [row] = await self._reader.fetch(_COUNT, prefix)
        return int(row[0])

    async def find_idle(self, prefix: str, limit: int) -> Sequence[AccountId]:
        """See the port."""
        return [AccountId(str(row[0])) for row in await self._reader.fetch(_IDLE, prefix, limit)]

    async def measure_bytes(self) -> int:
        """See the port."""
        [row] = await self._reader.fetch(_BYTES)
        return int(row[0])


async def _add_ended(write: Write, new: Sequence[NewTask]) -> Sequence[bool]:
    return [await _add_one_ended(write.connection, each) for each in new]


async def _add_one_ended(connection: Connection, new: NewTask) -> bool:
    task = new.task
    if await connection.fetchval(_IS_THERE, task.id) is not None:
        return False
    await insert_tasks(connection, [make_row(new)])
    await insert_inputs(connection, [new])
    await insert_results(connection, [(task.id, task.results)])
    if task.attempt:
        times = (to_milliseconds(task.scheduled_at), to_milliseconds(task.ended_at))
        await connection.execute(_INSERT_ATTEMPT, task.id, task.attempt, task.engine, *times)
    if task.usage is not None:
        await connection.execute(INSERT_USAGE, [task.id])
    return True


async def _forget_some(
    write: Write, wanted: Sequence[tuple[AccountId, int]]
) -> Sequence[ForgottenThings]:
    return [await _forget_some_of(write.connection, each) for each in wanted]


async def _forget_some_of(connection: Connection, wanted: tuple[AccountId, int]) -> ForgottenThings:
    gone = await connection.fetch(_FORGET_UPLOADS, *wanted)
    rows = len(gone)
    for statement in _FORGET:
        rows += int(await connection.fetchval(statement, *wanted))
    return ForgottenThings(rows=rows, objects=[ObjectKey(str(row[0])) for row in gone])


async def _remove(write: Write, accounts: Sequence[AccountId]) -> Sequence[None]:
    write.hint.keys = True
    for account in sorted(accounts):
        for statement in _REMOVE:
            await write.connection.execute(statement, account)
    return [None] * len(accounts)
